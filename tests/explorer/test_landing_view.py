"""What the landing explorer shows: layers, sizes, cards, regions, colours."""

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import explorer
from tests.explorer.pages import POINTS, SHOWN, SLUG, Live, bars, exactly, saved, some


def test_layers_by_slider_tape_and_button(live, networks):
    slider = live.page.get_by_role("slider", name="Layer (of 3)")
    assert live.data("layer") == "3" and slider.get_attribute("aria-valuetext") == "3: readout"
    slider.focus()
    live.page.keyboard.press("ArrowLeft")
    assert live.data("layer") == "2" and slider.get_attribute("aria-valuetext") == "2: cover"
    live.page.keyboard.press("Home")
    assert live.data("layer") == "1"
    point = np.array([live.query()])
    first = ml.Network(networks[21].layers[:1], readout="argmax")
    bits = " ".join(map(str, ml.evaluate(first, point)[0][0]))
    assert live.page.inner_text(".mem-inside") == bits
    live.page.keyboard.press("End")
    tape = live.page.locator(".mem-tape").bounding_box()
    live.page.mouse.click(tape["x"] + tape["width"] / 2, tape["y"] + 20)
    assert live.data("layer") == "2"
    live.page.focus(".mem-ring")
    live.page.keyboard.press("ArrowUp")
    assert live.data("layer") == "2"  # stays where the reader put it
    live.page.get_by_role("button", name="Play the layers").click()
    assert live.data("layer") == "1"
    live.page.wait_for_selector(".mem-explorer[data-layer='3']")


def test_without_motion_the_button_steps(chromium, address):
    still = Live(chromium, address, reduced_motion="reduce").ready()
    button = still.page.get_by_role("button", name="Next layer")
    seen = []
    for _ in range(4):
        button.click()
        seen.append(still.data("layer"))
    still.page.wait_for_timeout(800)
    assert seen == ["1", "2", "3", "1"] and still.data("layer") == "1"
    still.close()


def test_the_bars_follow_n(live, landing):
    rows = landing.values["explorer"]["sizes"]["rows"]
    slider = live.page.get_by_role("slider", name="Number of points N")
    assert live.data("n") == "100"
    assert bars(live.page) == [row["weights"][1] for row in rows]
    slider.focus()
    live.page.keyboard.press("ArrowLeft")
    assert live.data("n") == "6" and bars(live.page) == [row["weights"][0] for row in rows]


def test_the_scale_is_linear_and_says_the_factor(live, landing):
    low, high = bars(live.page)
    shown = live.page.locator(".mem-length").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().width)"
    )
    assert shown[1] / shown[0] == pytest.approx(high / low, rel=0.02)
    text = live.page.inner_text(".mem-factor").replace("\u202f", "")
    assert f"{high} against {low}: {high / low:.1f} times as many" in text
    ticks = [
        int(t.replace("\u202f", "")) for t in live.page.locator(".mem-scale span").all_inner_texts()
    ]
    assert ticks[0] == 0 and ticks[-1] >= high and len(set(np.diff(ticks))) == 1


@pytest.mark.parametrize(("most", "ticks"), [
    (163, [0, 50, 100, 150, 200]), (429373, [0, 200000, 400000, 600000]),
    (2, [0, 0.5, 1, 1.5, 2]), (10, [0, 5, 10]),
])  # fmt: skip
def test_ticks_are_round_and_few(engine, most, ticks):
    assert engine.evaluate("(most) => ruler.ticks(most)", most) == ticks


@pytest.mark.parametrize(("a", "b", "text"), [
    (1381, 429373, "311"), (100, 377, "3.8"), (50, 150, "3"), (1, 20000, "20\u202f000"),
])  # fmt: skip
def test_factors_are_written_short(engine, a, b, text):
    assert engine.evaluate("([a, b]) => ruler.factor(a, b)", [a, b]) == text


def test_tries_set_the_stage(live, landing):
    for stage in landing.values["explorer"]["tries"]:
        live.page.get_by_role("button", name=stage["title"]).click()
        assert live.data("labelling") == str(stage["labelling"])
        assert live.query() == tuple(stage["query"])


def test_regions_are_the_networks_answers(live, networks):
    canvas = live.page.locator(".mem-plane canvas")
    side = None
    while side != (side := canvas.get_attribute("data-side")):  # until it gets no finer
        live.page.wait_for_timeout(2000)
    pixels = canvas.evaluate(
        "c => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]"
        ".filter((_, i) => i % 4 == 3)",
    )
    left, right, _, top = explorer.box_of(POINTS)
    step = {203: 1, 102: 2, 51: 4, 26: 8}[int(side)]
    along = np.minimum(np.arange(int(side)) * step + step // 2, right - left)
    x, y = np.meshgrid(left + along, top - along)
    labels = ml.predict(networks[21], np.column_stack([x.ravel(), y.ravel()]))
    assert sorted(set(pixels)) == [26, 92]
    assert ((np.array(pixels) == 92) == (labels == 1)).all()


def test_the_picture_follows_the_theme(live):
    ink = "() => getComputedStyle(document.querySelector('.mem-explorer')).color"
    pixel = """() => {
      const pen = document.querySelector(".mem-tape").getContext("2d");
      return [...pen.getImageData(9, 9, 1, 1).data];
    }"""
    seen = []
    for theme in ("light", "dark"):
        live.page.evaluate("(t) => { document.documentElement.dataset.theme = t; }", theme)
        live.data("query")
        seen.append((live.page.evaluate(ink), live.page.evaluate(pixel)))
    assert seen[0][0] != seen[1][0] and seen[0][1] != seen[1][1]


def test_the_same_explorer_twice_on_one_page(chromium, folder, landing):
    html = landing._repr_html_()
    both = Live(chromium, saved(folder, "twice", html + html)).ready()
    both.page.wait_for_function("document.querySelectorAll('.mem-explorer').length === 2")
    both.close()


def test_constructions_are_chosen_from_one_list(live, landing):
    """By chapter, with mouse or keys; the network, its counts and its words follow."""
    choice = live.page.get_by_role("combobox", name="One of 3 constructions")
    assert choice.locator("option").all_inner_texts() == list(SHOWN)
    groups = choice.locator("optgroup").evaluate_all("all => all.map(e => e.label)")
    assert groups == [card["chapter"] for card in landing.values["explorer"]["cards"]]
    assert live.data("construction") == SLUG
    for slug in SHOWN:
        choice.select_option(slug)
        net = landing.networks(slug)[21]
        assert live.data("construction") == slug
        assert live.page.inner_text("[data-count=neurons]") == str(net.size.neurons)
        assert live.page.inner_text(".mem-title") == ml.constructions.REGISTRY[slug].title
        assert live.data("output") == exactly(net, live.query())
        live.page.wait_for_selector(".mem-explorer[data-everyone='3/3']")
        assert "Of all 3 constructions, 3 memorize" in live.page.inner_text(".mem-verdict")
        close = "run close to points" in live.page.inner_text(".mem-beside")
        assert close == (slug == "optimal_relu.narrow")
    choice.focus()
    live.page.keyboard.press("ArrowUp")
    assert live.data("construction") == "optimal_relu.narrow"
    live.page.get_by_role("button", name="Check all 64").click()
    assert live.data("all") == "1152/1152"


def test_a_single_construction_needs_no_list(chromium, folder):
    one = explorer.landing([(0, 0), (90, 0), (0, 90)], some()[-1:], sizes=())
    live = Live(chromium, saved(folder, "one", one._repr_html_())).ready()
    assert live.page.get_by_role("combobox").count() == 0
    assert live.page.inner_text(".mem-verdict") == "✓ 3 of 3"
    assert live.page.locator(".mem-ruler").count() == 0
    live.close()


@pytest.mark.parametrize("why", ["no JavaScript", "an old browser"])
def test_the_static_figure_stands_in(chromium, address, why):
    if why == "no JavaScript":
        page = Live(chromium, address, java_script_enabled=False)
    else:
        page = Live(chromium, address, init="delete window.DecompressionStream")
    page.page.wait_for_timeout(300)
    pictures = page.page.locator(".mem-static img.only-light")
    assert pictures.count() == 2 and all(one.is_visible() for one in pictures.all())
    assert pictures.first.get_attribute("alt").startswith("The points A to F")
    assert page.page.get_by_text("Six points and a network that gives each").is_visible()
    assert page.page.locator(".mem-explorer").count() == 0
    page.close()


def test_the_static_figure_leaves_when_the_live_one_comes(live):
    assert live.page.locator(".mem-static").count() == 0
    assert live.page.get_by_text("Six points and a network that gives each").is_visible()
