"""The landing page of the book."""

import gzip
import json
import re

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import explorer
from mem_lib.constructions import REGISTRY
from tests import browser as reader
from tests.explorer.pages import DATASETS, POINTS, SLUG, Live, bars


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


def words(live, head):
    """What stands in a fold of the page."""
    told = live.page.locator("details", has_text=head).text_content()
    return re.sub(r"\s+", " ", told)


def test_the_explorer_is_small(page_of_the_book):
    """Networks, module, style, and the figure that stands in: what the page carries for it."""
    html = page_of_the_book.read_text(encoding="utf-8")
    figure = re.search(r'<figure class="mem-host".*?</script></figure>', html, re.DOTALL)[0]
    assert "application/json" in figure and "start(document" in figure
    assert len(gzip.compress(figure.encode(), 9)) <= 300_000


def test_every_construction_and_every_labelling(chromium, page_of_the_book):
    """The list is the registry's, and the page finds all of its networks right, as it says."""
    live = Live(chromium, page_of_the_book.as_uri()).ready()
    listed = live.page.locator(".mem-catalogue option").all_inner_texts()
    assert listed == [name for name, cls in REGISTRY.items() if cls.exact]
    told = words(live, "What was checked when this page was made")
    asked, wrong = map(int, re.search(r"(\d+) outputs, (\d+) of them wrong", told).groups())
    assert wrong == 0 and asked == len(listed) * 64 * 6
    assert f"{len(REGISTRY)} constructions the list holds the {len(listed)} that" in told
    live.page.get_by_role("button", name="Check all 64").click()
    assert live.data("all") == f"{asked}/{asked}"
    live.close()


def test_no_point_of_the_picture_is_near_a_line(chromium, page_of_the_book):
    """Measured on the screen, wide and narrow: from the middle of a mark to the nearest line."""
    for width in (1280, 390):
        live = Live(
            chromium, page_of_the_book.as_uri(), viewport={"width": width, "height": 900}
        ).ready()
        nearest = live.page.evaluate("""() => {
          const svg = document.querySelector(".mem-plane > svg");
          const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
          const frame = svg.getBoundingClientRect();
          const marks = [...document.querySelectorAll(".mem-point > svg")].map((mark) => {
            const box = mark.getBoundingClientRect();
            return [box.x + box.width / 2 - frame.x, box.y + box.height / 2 - frame.y];
          });
          return Math.min(...[...svg.querySelectorAll("line")].flatMap((line) => {
            const [x, y, u, v] = ["x1", "y1", "x2", "y2"].map((k) => line[k].baseVal.value * scale);
            const length = Math.hypot(u - x, v - y);
            return marks.map(([p, q]) =>
              Math.abs((u - x) * (y - q) - (x - p) * (v - y)) / length);
          }));
        }""")
        assert nearest >= 8
        live.close()


def test_where_floating_point_is_wrong(chromium, page_of_the_book):
    live = Live(chromium, page_of_the_book.as_uri()).ready()
    text = live.page.locator(
        "section", has_text="Where floating point is wrong"
    ).last.text_content()
    text = re.sub(r"\s+", " ", text)
    found = re.search(r"point number (\d+), .*, whose label is (\d+), .* network to (\d+)", text)
    i, label, said = map(int, found.groups())
    dataset = ml.data.ball(N=100, d=2, margin=0.01, seed=0)
    network = ml.build(dataset, "optimal_relu.merged")
    x = np.ldexp(dataset.points[i], network.input_shift)
    for layer in network.layers:
        weight = np.zeros((layer.units, layer.inputs))
        for row, (_, terms) in enumerate(layer.rows()):
            for k, w in terms:
                weight[row, k] = float(w)
        x = weight @ x + np.array([float(b) for b in layer.bias])
        x = np.maximum(x, 0) if layer.activation == "relu" else x
    assert x / float(network.output_denominator) == said != label == dataset.labels[i]
    assert ml.verify(network, dataset) and ml.predict(network, dataset.points[[i]]) == label
    live.close()


def test_the_map_lists_every_chapter_and_marks_what_is_to_come(chromium, page_of_the_book):
    live = Live(chromium, page_of_the_book.as_uri()).ready()
    rows = live.page.locator("table.mem-rows tbody tr").all_inner_texts()
    slugs = ["foundations", "two_layer", "deep_threshold", "optimal_relu", "beyond_worst_case",
             "generalization"]  # fmt: skip
    assert len(rows) == len(slugs)
    for slug, row in zip(slugs, rows, strict=True):
        assert ("to come" in row) != (reader.ROOT / "book" / slug / "index.md").is_file()
    text = live.page.locator("article").inner_text()
    assert not re.search("is a beginning|exist so far", text)
    live.close()


def test_what_there_is_to_discover(chromium, engine, page_of_the_book):
    """Every number under the explorer, read off the live page."""
    live = Live(chromium, page_of_the_book.as_uri()).ready()
    told = words(live, "What you may have found")
    constructions, labellings = map(
        int, re.search(r"(\d+) constructions, (\d+) labellings, and no output", told).groups()
    )
    assert live.page.locator(".mem-catalogue option").count() == constructions
    assert labellings == 64

    shared = re.search(r"the (\d+) lines never .* all (\d+) labellings", told)
    lines, mixed = map(int, shared.groups())
    low, high = map(int, re.search(r"second layer, (\d+) to (\d+) neurons", told).groups())
    values = json.loads(live.page.text_content(".mem-host script[type='application/json']"))
    networks = explorer.unpack(values["packs"][SLUG])
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

    name, rival, half = re.search(
        r"In (\S+), from the same list, .* half way to ([A-F]), (\d+) from A", told
    ).groups()
    nearest = explorer.unpack(values["packs"][name])[values["labelling"]]
    labels = DATASETS[values["labelling"]].labels
    away = {i: np.hypot(*np.subtract(a, POINTS[i])) for i in range(6) if labels[i] != labels[0]}
    assert min(away, key=away.get) == ord(rival) - 65 and int(half) == round(min(away.values()) / 2)
    turn = np.linspace(0, 2 * np.pi, 60)
    around = np.rint(np.column_stack([np.cos(turn), np.sin(turn)]) * (int(half) - 1) + a)
    assert set(ml.predict(nearest, around)) == {labels[0]}
    middle = np.add(a, POINTS[ord(rival) - 65]) / 2
    assert ml.predict(nearest, [middle])[0] == -1  # no network can promise both points more

    cost = re.search(r"N = (\d+) points, (\d+) weights .* one per point, and (\d+)", told)
    N, moons, coins = map(int, cost.groups())
    assert live.data("n") == str(N) and bars(live.page) == [moons, coins]
    assert f"{round(coins / moons)} times as many" in told
    assert moons < N < coins
    live.close()
