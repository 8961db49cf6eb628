"""The explorers in a browser: the evaluator against the library, hands, and what stands in."""

import base64
import gzip
import json
import re
import statistics
from fractions import Fraction

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import explorer
from mem_lib.exact import READ, reference
from tests import browser as reader
from tests.networks import READOUTS, big_integers, random_network

SLUG = "beyond_worst_case"
POINTS = explorer.POINTS
DATASETS = explorer.labellings(POINTS)
ROOT_OF = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Explorer</title>
<meta name="viewport" content="width=device-width"></head>
<body style="margin: 8px; font-family: sans-serif"><article><h1>Explorer</h1>%s
<div style="height: 2000px"></div></article></body></html>"""
EXPOSED = "compile, run, outputs, label, certify, size, onGrid, unpack, fraction, bitLength"


@pytest.fixture(scope="module")
def landing():
    return explorer.landing(numbers=(6, 100))


@pytest.fixture(scope="module")
def networks(landing):
    return landing.networks(SLUG)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("explorer")


@pytest.fixture(scope="module")
def engine(chromium, folder):
    """A page that has the renderer's functions as ``mem``."""
    script = f'<script type="module">{explorer.module()}\nwindow.mem = {{ {EXPOSED} }};</script>'
    (folder / "engine.html").write_text(ROOT_OF % script, encoding="utf-8")
    page = chromium.new_page()
    page.goto((folder / "engine.html").as_uri())
    page.wait_for_function("() => window.mem")
    yield page
    page.close()


class Live:
    """A page with an explorer, and all that went wrong on it."""

    def __init__(self, chromium, address, init="", **context):
        self.problems = []
        context = {"viewport": {"width": 1000, "height": 900}, **context}
        self.context = chromium.new_context(**context)
        self.context.set_offline(True)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.problems.append(error.message))
        self.page.on("console", self._console)
        if init:
            self.page.add_init_script(init)
        self.page.goto(address)

    def _console(self, message):
        if message.type == "error":
            self.problems.append(message.text)

    def ready(self):
        self.page.wait_for_selector(".mem-explorer[data-output]")
        return self

    def data(self, name):
        """A ``data-`` attribute of the explorer, two frames later."""
        self.page.evaluate(
            "() => new Promise(d => requestAnimationFrame(() => requestAnimationFrame(d)))"
        )
        return self.page.get_attribute(".mem-explorer", f"data-{name}")

    def query(self):
        return tuple(map(int, self.data("query").split(",")))

    def spot(self, point):
        """Where a point of the plane is on the screen."""
        left, right, bottom, top = explorer.box_of(POINTS)
        frame = self.page.locator(".mem-plane").bounding_box()
        return (
            frame["x"] + (point[0] - left) / (right - left) * frame["width"],
            frame["y"] + (top - point[1]) / (top - bottom) * frame["height"],
        )

    def close(self):
        self.context.close()
        assert self.problems == []


@pytest.fixture(scope="module")
def address(landing, folder):
    (folder / "live.html").write_text(ROOT_OF % landing._repr_html_(), encoding="utf-8")
    return (folder / "live.html").as_uri()


@pytest.fixture
def live(chromium, address):
    page = Live(chromium, address).ready()
    yield page
    page.close()


def exactly(network, point):
    """The library's answer as the page writes it."""
    (out,), denominator = ml.evaluate(network, np.array([point]))
    return ", ".join(str(Fraction(int(v), denominator)) for v in out)


# --- The evaluator --------------------------------------------------------------------------------


def random_networks(count):
    rng = np.random.default_rng(20)
    for k in range(count):
        bits = (3, 40, 70, 400)[k % 4]
        readout = READOUTS[k // 4 % 4]
        outputs = 1 if readout in ("value", "sign") else int(rng.integers(1, 4))
        net = random_network(
            rng, depth=int(rng.integers(1, 7)), width=7, bits=bits, outputs=outputs,
            inputs=int(rng.integers(1, 5)), shift=int(rng.integers(0, 30)),
        )  # fmt: skip
        net = ml.Network(net.layers, net.input_shift, net.output_denominator, readout)
        points = [big_integers(rng, (net.inputs,), 60).tolist() for _ in range(3)]
        yield net, [[0] * net.inputs, *points]


EVALUATE = """(cases) => cases.map(([text, points]) => {
  const net = mem.compile(JSON.parse(text));
  return [mem.size(net), points.map((point) => {
    const trace = mem.run(net, point.map(BigInt));
    const out = trace.at(-1).values;
    return [trace.map(({ values }) => values.map(String)), mem.label(net, out),
      out.map((v) => mem.fraction(v, net.denominator))];
  })];
})"""


def test_the_evaluator_equals_the_definition_on_300_random_networks(engine):
    cases = list(random_networks(300))
    told = [(net.to_json(), [[str(x) for x in p] for p in points]) for net, points in cases]
    answers = engine.evaluate(EVALUATE, told)
    judged = set()
    for (net, points), (size, results) in zip(cases, answers, strict=True):
        assert size == {name: getattr(net.size, name) for name in size}
        for point, (trace, label, fractions) in zip(points, results, strict=True):
            wanted = reference.evaluate(net, point)
            assert [int(v) for v in trace[-1]] == wanted
            for depth in range(1, net.depth):
                part = ml.Network(net.layers[:depth], net.input_shift, readout="argmax")
                assert [int(v) for v in trace[depth - 1]] == reference.evaluate(part, point)
            if max(map(abs, wanted)) < 2**53:  # labels are plain numbers
                out = np.array([wanted], dtype=object)
                assert label == READ[net.readout](out, net.output_denominator)[0]
                judged.add((net.readout, label >= 0))
            assert fractions == [str(Fraction(v, net.output_denominator)) for v in wanted]
    # The draw was worth the name.
    texts = "".join(text for text, _ in told)
    assert texts.count('"rows"') > 50 and texts.count('"weight":') > 50
    assert all(texts.count(f'"activation":"{a}"') > 50 for a in reference.ACTIVATIONS)
    assert all(texts.count(f'"readout":"{r}"') > 50 for r in READOUTS)
    assert re.search(r'"-0x[0-9a-f]{60}', texts)
    assert judged == {(readout, decided) for readout in READOUTS for decided in (True, False)}


def test_all_labellings_on_and_off_the_data(engine, landing, networks):
    """The pack as the page opens it, exactly the library's numbers."""
    rng = np.random.default_rng(3)
    left, right, bottom, top = explorer.box_of(POINTS)
    spots = [[int(rng.integers(left, right + 1)), int(rng.integers(bottom, top + 1))]
             for _ in range(20)]  # fmt: skip
    beside = [[x + a, y + b] for x, y in POINTS for a, b in ((0, 0), (1, 0), (0, -1))]
    spots += beside
    pack = landing.values["explorer"]["constructions"][0]["pack"]
    answers = engine.evaluate(
        """async ([pack, spots]) => (await mem.unpack(pack)).map((text) => {
          const net = mem.compile(JSON.parse(text));
          return spots.map((p) => mem.outputs(net, mem.onGrid(net, p, 0)).map(String));
        })""",
        [pack, spots],
    )
    for net, rows in zip(networks, answers, strict=True):
        numerators, _ = ml.evaluate(net, np.array(spots))
        assert [[int(v) for v in row] for row in rows] == numerators.tolist()


def test_points_of_a_coarser_grid_are_moved_to_the_networks(engine):
    net = ml.Network([ml.Layer([[1]], [-3], "identity")], input_shift=5)
    answer = engine.evaluate(
        "(text) => { const net = mem.compile(JSON.parse(text));"
        " return String(mem.outputs(net, mem.onGrid(net, [7], 2))); }",
        net.to_json(),
    )
    assert int(answer) == 7 * 2**3 - 3
    with pytest.raises(Exception, match="coarser"):
        engine.evaluate("(t) => mem.onGrid(mem.compile(JSON.parse(t)), [7], 6)", net.to_json())


GOOD = json.loads(ml.Network([ml.Layer([[1, 2]], [2**60], "relu")]).to_json())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.update(format="other"), "not a network file"),
        (lambda f: f.update(version=2), "version 2"),
        (lambda f: f.update(readout="loud"), "readout loud"),
        (lambda f: f.update(input_shift=0.5), "0.5 is not an integer"),
        (lambda f: f["layers"][0].update(activation="toString"), "activation toString"),
        (lambda f: f["layers"][0]["rows"][0].update(bias="0x0f"), "0x0f is not an integer"),
        (lambda f: f["layers"][0]["rows"][0].update(bias=2**53), "is not an integer"),
        (lambda f: f["layers"][0]["rows"][0].update(weights=[[2, 1]]), "input 2 does not exist"),
        (lambda f: f["layers"][0]["rows"][0].update(weights=[[-1, 1]]), "input -1"),
    ],
)
def test_what_is_no_network_file_is_refused(engine, change, message):
    file = json.loads(json.dumps(GOOD))
    engine.evaluate("(f) => { mem.compile(f); }", file)
    change(file)
    with pytest.raises(Exception, match=message):
        engine.evaluate("(f) => { mem.compile(f); }", file)


def test_bit_lengths(engine):
    values = [0, 1, -1, 2, 7, 8, -255, 256, 2**64 - 1, -(2**64), 3**500]
    seen = engine.evaluate("(v) => v.map((x) => mem.bitLength(BigInt(x)))", list(map(str, values)))
    assert seen == [v.bit_length() for v in values]


# --- The certificate ------------------------------------------------------------------------------


def changed(network, layer, row, place, by):
    """The network with one weight (or, for place -1, one bias) changed."""
    layers = list(network.layers)
    weight = np.array(layers[layer].weight, dtype=object)
    bias = np.array(layers[layer].bias, dtype=object)
    if place < 0:
        bias[row] += by
    else:
        weight[row, place] += by
    old = layers[layer]
    layers[layer] = ml.Layer(weight, bias, old.activation, stage=old.stage)
    return ml.Network(layers, network.input_shift, network.output_denominator, network.readout)


def all_changes(network):
    for i, layer in enumerate(network.layers):
        for row in range(layer.units):
            for place in range(-1, layer.inputs):
                for by in (1, -2, 10**5):
                    yield changed(network, i, row, place, by)


def test_the_pages_certificate_is_the_librarys_for_every_changed_weight(engine, networks):
    labels = DATASETS[21].labels.tolist()
    several = list(all_changes(networks[21]))
    seen = engine.evaluate(
        """([texts, points, labels]) => texts.map((text) => {
          const { correct, ties } = mem.certify(mem.compile(JSON.parse(text)), points, labels, 0);
          return [correct, ties];
        })""",
        [[net.to_json() for net in several], POINTS, labels],
    )
    wanted = [ml.verify(net, DATASETS[21]) for net in several]
    assert seen == [[c.correct, c.ties] for c in wanted]
    noticed = sum(not c.ok for c in wanted)
    assert noticed > 20 and any(c.ties for c in wanted)


def with_pack(landing, networks):
    """The same page around other networks, unverified."""
    values = json.loads(json.dumps(landing.values))
    values["explorer"]["constructions"][0]["pack"] = explorer.pack(networks)
    return explorer.Explorer(values, landing.fallback, landing.caption)


def test_one_changed_weight_shows_on_the_page(chromium, folder, landing, networks):
    wrong = next(
        net for net in all_changes(networks[21])
        if ml.verify(net, DATASETS[21]).correct == 5 and net.layers[2] == networks[21].layers[2]
    )  # fmt: skip
    page = with_pack(landing, [*networks[:21], wrong, *networks[22:]])
    (folder / "wrong.html").write_text(ROOT_OF % page._repr_html_(), encoding="utf-8")
    shown = Live(chromium, (folder / "wrong.html").as_uri()).ready()
    assert shown.data("certificate") == "5/6"
    assert "✗ 5 of 6" in shown.page.inner_text(".mem-certificate")
    assert "✗ 5 of 6" in shown.page.inner_text(".mem-card")
    shown.page.get_by_role("button", name="Check all 64").click()
    assert shown.data("all") == "383/384"
    assert "1 wrong" in shown.page.inner_text(".mem-report")
    shown.close()


def test_the_page_shows_the_certificate_of_the_labels_chosen(live, networks):
    """All labellings by pressing one point after the other (a Gray code)."""
    labelling, query = 21, live.query()
    for step in range(64):
        if step:
            point = (step & -step).bit_length() - 1
            labelling ^= 1 << point
            live.page.locator(".mem-point").nth(point).click()
        assert live.data("labelling") == str(labelling)
        assert live.data("certificate") == "6/6" and live.data("ties") == "0"
        assert live.data("output") == exactly(networks[labelling], query)
        pressed = live.page.eval_on_selector_all(
            ".mem-point", "all => all.map(e => e.getAttribute('aria-pressed'))"
        )
        assert [p == "true" for p in pressed] == [bool(x) for x in DATASETS[labelling].labels]
    assert "tried so far: 64" in live.page.inner_text(".mem-chosen")


def test_counters_and_the_file_are_those_of_the_network(live, networks):
    size = networks[21].size
    for name in ("depth", "neurons", "weights", "bits"):
        assert live.page.inner_text(f"[data-count={name}]") == str(getattr(size, name))
    href = live.page.get_attribute(".mem-file", "href")
    text = live.page.evaluate("async (href) => (await fetch(href)).text()", href)
    assert text == networks[21].to_json()


# --- Hands ----------------------------------------------------------------------------------------


def agrees(live, networks, labelling=21):
    """The output on the page is the library's for the place on the page."""
    assert live.data("output") == exactly(networks[labelling], live.query())
    label = ml.predict(networks[labelling], np.array([live.query()]))[0]
    assert live.data("answer") == str(label)
    return True


def test_mouse(live, networks):
    before = live.query(), live.data("output")
    mouse = live.page.mouse
    mouse.move(*live.spot(before[0]))
    mouse.down()
    for x in range(0, 50, 10):
        mouse.move(*live.spot((-30 + x, 40 - x)))
        assert agrees(live, networks)
    mouse.move(*live.spot((10, -60)))
    mouse.up()
    assert np.abs(np.subtract(live.query(), (10, -60))).max() <= 1
    assert live.data("output") != before[1]
    mouse.move(0, 0)
    assert np.abs(np.subtract(live.query(), (10, -60))).max() <= 1
    mouse.click(*live.spot((60, 60)))  # anywhere in the plane
    assert np.abs(np.subtract(live.query(), (60, 60))).max() <= 1 and agrees(live, networks)


def test_a_dragged_query_snaps_to_a_point_and_a_press_there_toggles(live, networks):
    mouse = live.page.mouse
    mouse.move(*live.spot(live.query()))
    mouse.down()
    x, y = live.spot(POINTS[1])
    mouse.move(x + 20, y)
    mouse.move(x + 5, y - 4)
    mouse.up()
    assert live.query() == POINTS[1] and agrees(live, networks)
    assert "Training point B: ✓" in live.page.inner_text(".mem-sentence")
    mouse.click(x, y)
    assert live.data("labelling") == str(21 ^ 2) and live.query() == POINTS[1]
    assert live.data("answer") == "1" and agrees(live, networks, 21 ^ 2)


def test_keyboard(live, networks):
    keys = live.page.keyboard
    live.page.focus(".mem-ring")
    x, y = live.query()
    steps = {"ArrowRight": (2, 0), "ArrowDown": (0, -2), "Shift+ArrowLeft": (-16, 0)}
    for key, moved in steps.items():
        keys.press(key)
        x, y = x + moved[0], y + moved[1]
        assert live.query() == (x, y) and agrees(live, networks)
    for key, i in {"PageDown": 0, "n": 1, "PageUp": 0, "p": 5}.items():
        keys.press(key)
        assert live.query() == POINTS[i] and agrees(live, networks)
        assert live.data("answer") == str(DATASETS[21].labels[i])
    for _ in range(30):
        keys.press("Shift+ArrowUp")
    assert live.query() == (POINTS[5][0], explorer.box_of(POINTS)[3])
    before = live.query()
    keys.press("a")
    assert live.query() == before
    live.page.focus(".mem-point >> nth=2")
    keys.press("Space")
    assert live.data("labelling") == str(21 ^ 4)
    ring = live.page.locator(".mem-ring")
    assert ring.get_attribute("role") == "slider"
    assert ring.get_attribute("aria-valuetext").startswith("(−8, 105)")
    live.page.wait_for_timeout(500)
    assert live.page.inner_text(".mem-spoken") == live.page.inner_text(".mem-sentence")


@pytest.fixture
def phone(chromium, address):
    page = Live(
        chromium, address, viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True
    ).ready()
    yield page
    page.close()


class Finger:
    def __init__(self, live):
        self.session = live.context.new_cdp_session(live.page)

    def _send(self, kind, *points):
        self.session.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]},
        )

    def drag(self, start, end, steps=8):
        self._send("touchStart", start)
        for t in range(1, steps + 1):
            way = [a + (b - a) * t / steps for a, b in zip(start, end, strict=True)]
            self._send("touchMove", way)
        self._send("touchEnd")


def test_touch_on_the_ring_drags_and_does_not_scroll(phone, networks):
    phone.page.evaluate("() => document.querySelector('.mem-plane').scrollIntoView()")
    scrolled = phone.page.evaluate("scrollY")
    Finger(phone).drag(phone.spot(phone.query()), phone.spot((0, -50)))
    assert np.abs(np.subtract(phone.query(), (0, -50))).max() <= 2 and agrees(phone, networks)
    assert phone.page.evaluate("scrollY") == scrolled


def test_touch_beside_the_ring_scrolls_and_a_tap_places(phone, networks):
    before = phone.query()
    start = phone.spot((60, -20))
    Finger(phone).drag(start, (start[0], start[1] - 200))
    phone.page.wait_for_function("scrollY > 50")
    phone.page.wait_for_timeout(1000)  # until the scrolling has come to rest
    assert phone.query() == before
    phone.page.evaluate("() => document.querySelector('.mem-plane').scrollIntoView()")
    phone.page.touchscreen.tap(*phone.spot((60, -20)))
    assert np.abs(np.subtract(phone.query(), (60, -20))).max() <= 1 and agrees(phone, networks)
    phone.page.touchscreen.tap(*phone.spot(POINTS[2]))
    assert phone.data("labelling") == str(21 ^ 4)
    assert np.abs(np.subtract(phone.query(), (60, -20))).max() <= 1


def test_a_phone_does_not_scroll_sideways_and_a_finger_has_room(phone):
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    for selector in (".mem-point", ".mem-ring"):
        box = phone.page.locator(selector).first.bounding_box()
        assert box["width"] >= 44 and box["height"] >= 44


# --- Layers, sizes, cards -------------------------------------------------------------------------


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


def numbers(page):
    texts = page.locator(".mem-bars [data-count]").all_inner_texts()
    return [int(re.sub(r"\D", "", text)) for text in texts]


def test_the_bars_follow_n(live, landing):
    rows = landing.values["explorer"]["sizes"]["rows"]
    slider = live.page.get_by_role("slider", name="Number of points N")
    assert live.data("n") == "100"
    assert numbers(live.page) == [row["weights"][1] for row in rows]
    slider.focus()
    live.page.keyboard.press("ArrowLeft")
    assert live.data("n") == "6" and numbers(live.page) == [row["weights"][0] for row in rows]


def test_cards_set_the_stage(live, landing):
    for card in landing.values["explorer"]["cards"]:
        live.page.get_by_role("button", name=card["title"]).click()
        assert live.data("labelling") == str(card["labelling"])
        assert live.query() == tuple(card["query"])


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
    (folder / "twice.html").write_text(ROOT_OF % (html + html), encoding="utf-8")
    both = Live(chromium, (folder / "twice.html").as_uri()).ready()
    both.page.wait_for_function("document.querySelectorAll('.mem-explorer').length === 2")
    both.close()


def test_two_constructions_are_two_cards(chromium, folder):
    other = explorer.Construction("second", "Another draw", ml.beyond_worst_case.build)
    points = [(0, 0), (90, 0), (0, 90)]
    both = explorer.landing(points, [*explorer.CONSTRUCTIONS, other], sizes=())
    (folder / "two.html").write_text(ROOT_OF % both._repr_html_(), encoding="utf-8")
    live = Live(chromium, (folder / "two.html").as_uri()).ready()
    for title, slug in (("Another draw", "second"), ("Random lines", SLUG)):
        live.page.get_by_role("radio", name=title).check()
        net = both.networks(slug)[both.values["labelling"]]
        live.data("query")
        assert live.page.inner_text("[data-count=neurons]") == str(net.size.neurons)
        assert live.data("output") == exactly(net, live.query())
    live.page.get_by_role("button", name="Check all 8").click()
    assert live.data("all") == "48/48"
    live.close()


# --- What stands in, and what it costs ------------------------------------------------------------


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


def test_one_evaluation_takes_far_less_than_a_frame(engine, landing):
    pack = landing.values["explorer"]["constructions"][0]["pack"]
    times = engine.evaluate(
        """async (pack) => {
          const net = mem.compile(JSON.parse((await mem.unpack(pack))[21]));
          return Array.from({ length: 200 }, (_, i) => {
            const start = performance.now();
            mem.outputs(net, mem.onGrid(net, [i - 90, 50 - i], 0));
            return performance.now() - start;
          });
        }""",
        pack,
    )
    assert statistics.median(times) <= 3 * 16


def test_a_whole_frame_of_a_drag_is_in_time(live):
    times = live.page.evaluate(
        """async () => {
          const ring = document.querySelector(".mem-ring");
          const frame = window.requestAnimationFrame;
          const times = [];
          window.requestAnimationFrame = (draw) => frame((now) => {
            const start = performance.now();
            draw(now);
            times.push(performance.now() - start);
          });
          for (let i = 0; i < 60; i++) {
            const key = i % 30 < 15 ? "ArrowLeft" : "n";
            ring.dispatchEvent(new KeyboardEvent("keydown", { key }));
            await new Promise((done) => frame(() => frame(done)));
          }
          return times;
        }"""
    )
    assert len(times) >= 60 and statistics.median(times) <= 3 * 16


# --- The landing page of the book -----------------------------------------------------------------


@pytest.fixture(scope="module")
def page_of_the_book(built):
    return built / "book" / "index.html"


def test_the_landing_page_is_small_and_alive(chromium, page_of_the_book):
    assert page_of_the_book.stat().st_size <= 1_500_000
    with reader.served(page_of_the_book.parents[1]) as base:
        context = chromium.new_context()
        page = context.new_page()
        page.goto(base + "book/index.html")
        page.wait_for_selector(".mem-explorer[data-certificate='6/6']")
        context.close()


def test_without_javascript_the_landing_page_has_its_figure(chromium, page_of_the_book):
    page = Live(chromium, page_of_the_book.as_uri(), java_script_enabled=False)
    assert page.page.locator(".mem-static img.only-light").first.is_visible()
    page.context.close()


def test_what_there_is_to_discover(chromium, engine, page_of_the_book):
    """Every number under the explorer, read off the live page."""
    live = Live(chromium, page_of_the_book.as_uri()).ready()
    told = live.page.locator("details", has_text="What you may have found").text_content()
    told = re.sub(r"\s+", " ", told)

    asked, labellings, wrong = map(
        int, re.search(r"(\d+) outputs for (\d+) labellings, (\d+) of them wrong", told).groups()
    )
    live.page.get_by_role("button", name=f"Check all {labellings}").click()
    assert live.data("all") == f"{asked - wrong}/{asked}" and wrong == 0

    shared = re.search(r"The (\d+) lines never .* all (\d+) labellings", told)
    lines, mixed = map(int, shared.groups())
    low, high = map(int, re.search(r"second layer, (\d+) to (\d+) neurons", told).groups())
    values = json.loads(live.page.text_content(".mem-host script[type='application/json']"))
    networks = explorer.unpack(values["explorer"]["constructions"][0]["pack"])
    units = [[layer.units for layer in net.layers] for net in networks if net.depth == 3]
    assert len(units) == mixed and {u[0] for u in units} == {lines}
    assert (min(u[1] for u in units), max(u[1] for u in units)) == (low, high)
    seen = set()
    for point in range(6):
        live.page.locator(".mem-point").nth(point).click()
        live.data("query")
        drawn = live.page.locator(".mem-plane line").all()
        seen.add(tuple(line.get_attribute("x1") for line in drawn))
    assert len(seen) == 1 and len(seen.pop()) == lines

    place, away, border = re.search(
        r"right at A = (\(.*?\)) .* About (\d+) further, at (\(.*?\)),", told
    ).groups()
    a, b = (tuple(map(int, text.strip("()").split(", "))) for text in (place, border))
    assert a == POINTS[0] and round(np.hypot(*np.subtract(a, b))) == int(away)
    start = networks[values["labelling"]]
    reach = (b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2
    disc = [(i, j) for i in range(-40, 41) for j in range(-40, 41) if i * i + j * j < reach]
    near = [[a[0] + i, a[1] + j] for i, j in disc]
    answers = engine.evaluate(
        """([text, spots]) => { const net = mem.compile(JSON.parse(text));
          return spots.map((p) => mem.label(net, mem.outputs(net, mem.onGrid(net, p, 0)))); }""",
        [start.to_json(), [*near, list(b)]],
    )
    assert int(away) < 40 and answers.pop() == 0 and set(answers) == {1}

    cost = re.search(r"N = (\d+) points, (\d+) weights .* one per point, and (\d+)", told)
    N, moons, coins = map(int, cost.groups())
    assert live.data("n") == str(N) and numbers(live.page) == [moons, coins]
    assert moons < N < coins
    live.close()


def test_the_packed_networks_are_small(landing):
    pack = landing.values["explorer"]["constructions"][0]["pack"]
    assert len(pack) <= 5000 and len(gzip.decompress(base64.b64decode(pack))) > 20 * len(pack)
