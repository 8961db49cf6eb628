"""What the landing explorer shows: layers, sizes, cards, regions, colours."""

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import explorer
from tests.explorer.pages import POINTS, SLUG, Live, bars, exactly, saved


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


def test_two_constructions_are_two_cards(chromium, folder):
    other = explorer.Card("second", "Another draw", ml.beyond_worst_case.build)
    points = [(0, 0), (90, 0), (0, 90)]
    both = explorer.landing(points, [*explorer.CARDS, other], sizes=())
    live = Live(chromium, saved(folder, "two", both._repr_html_())).ready()
    for title, slug in (("Another draw", "second"), ("Random lines", SLUG)):
        live.page.get_by_role("radio", name=title).check()
        net = both.networks(slug)[both.values["labelling"]]
        live.data("query")
        assert live.page.inner_text("[data-count=neurons]") == str(net.size.neurons)
        assert live.data("output") == exactly(net, live.query())
    live.page.get_by_role("button", name="Check all 8").click()
    assert live.data("all") == "48/48"
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
