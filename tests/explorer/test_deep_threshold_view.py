"""The explorer of ``deep_threshold``: three cuts of the same points, codes, values, the table."""

import base64
import gzip
import itertools
import json
import re

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import explorer
from mem_lib.deep_threshold import bits_of, table_network
from mem_lib.explorer.views import deep_threshold as view
from tests.explorer.pages import Finger, Live, count, move, saved

START = view.START
STOPS = {axis.name: axis.values for axis in view.AXES}
KEY = "|".join(map(str, START.values()))


@pytest.fixture(scope="module")
def made():
    return explorer.deep_threshold()


@pytest.fixture(scope="module")
def address(made, folder):
    return saved(folder, "deep", made._repr_html_())


# --- Data and cells -----------------------------------------------------------------------------


@pytest.mark.parametrize("d", STOPS["d"])
def test_samples_are_nested_and_keep_their_margin(d):
    many, few = (view.sample(N, d, 0.2) for N in (800, 50))
    assert (many.points[:50] == few.points).all() and (many.labels[:50] == few.labels).all()
    assert many.margin >= 0.2 and many.shift <= view.COARSE
    more = view.sample(900, d, 0.2)
    assert more.N == 900 and more.margin >= 0.2 and more.shift <= view.FINE
    assert view.sample(50, d, 0.2, seed=2) != few


@pytest.mark.parametrize(
    ("setting", "kind", "told"),
    [
        ({"margin": 3}, ml.InvalidDataset, "margin=3.0 in d=2"),
        ({"margin": 0}, ml.InvalidArgument, "margin: "),
        ({"d": 0}, ml.InvalidArgument, "d: "),
        ({"N": 0}, ml.InvalidArgument, "N: "),
    ],
)
def test_what_cannot_be_drawn_is_told(setting, kind, told):
    with pytest.raises(kind, match=told):
        view.cell(START | setting)


@pytest.mark.parametrize("setting", [{"N": 1}, {"N": 2}, {"d": 1}, {"d": 10, "seed": 1}])
@pytest.mark.parametrize("cut", STOPS["cut"])
def test_every_cut_memorizes_whatever_is_asked_for(setting, cut):
    cell = view.cell(START | setting | {"cut": cut})
    assert cell.certified() and cell.network.size.neurons == cell.more["gates"][cut]
    for built, promised in cell.counters.values():
        assert promised is None or built <= promised
    assert cell.bound is None or cell.network.size.neurons <= cell.bound.neurons


def test_a_cut_that_has_no_room_has_no_count(monkeypatch):
    def refuse(*_args, **_more):
        raise ml.TooLarge("first_layer: too many rows")

    monkeypatch.setattr(type(view.CUTS["stair"]), "build", refuse)
    setting = START | {"N": 20, "seed": 77}
    assert view.cell(setting).more["gates"]["stair"] is None
    with pytest.raises(ml.TooLarge, match="too many rows"):
        view.cell(setting | {"cut": "stair"})


def test_a_wrong_network_is_not_counted(monkeypatch):
    class Wrong:
        def build(self, dataset):
            return ml.Network([ml.Layer([[0] * dataset.d], [0], "identity")], dataset.shift)

    monkeypatch.setitem(view.CUTS, "grid", Wrong())
    with pytest.raises(ml.ConstructionFailed, match="grid: a network does not fit"):
        view.cell(START | {"N": 20, "seed": 78})


# --- What the theorem says, and what it does not ------------------------------------------------


def cells():
    """The settings of the complete product, and (d, margin) of each place in it."""
    for d, margin in itertools.product(STOPS["d"], STOPS["margin"]):
        yield d, margin, {N: START | {"N": N, "d": d, "margin": margin} for N in STOPS["N"]}


def counts(made, setting, kind="built"):
    return made.values["study"]["counts"]["|".join(map(str, setting.values()))][kind]


def gates(setting):
    return view.cell(setting).more["gates"]


def test_the_crossing_lies_within_the_grid():
    """One direction takes the fewest gates for few points, a table for many."""
    for d, _, of in cells():
        few, many = gates(of[50]), gates(of[800])
        assert min(few, key=few.get) == "stair"
        assert min(many, key=many.get) == ("lines" if d == 10 else "grid")
        assert many["stair"] > 4 * few["stair"]


def test_n_moves_the_table_and_never_the_depth(made):
    for d, _, of in cells():
        few, some, many = (counts(made, of[N]) for N in STOPS["N"])
        assert few["depth"] == some["depth"] == many["depth"] == 4
        table = [one["rows and columns"] for one in (few, some, many)]
        assert table == sorted(set(table))
        if d == 10:  # where nearly every point has a cell of its own
            assert 1.8 <= table[2] / table[1] <= 2.2
        assert many["lines"] < 3 * few["lines"]  # by the logarithm of N


def test_the_margin_moves_the_lines_and_not_what_is_promised_of_the_table(made):
    for N, d in itertools.product(STOPS["N"], STOPS["d"]):
        row = [START | {"N": N, "d": d, "margin": margin} for margin in STOPS["margin"]]
        lines = [counts(made, setting)["lines"] for setting in row]
        assert lines == sorted(set(lines))
        promised = [counts(made, setting, "promised") for setting in row]
        assert len({one["rows and columns"] for one in promised}) == 1
        assert len({one["depth"] for one in promised}) == 1
        assert [one["lines"] for one in promised] == sorted({one["lines"] for one in promised})


def test_dimension_moves_the_grid_and_not_random_lines(made):
    for N, margin in itertools.product(STOPS["N"], STOPS["margin"]):
        row = [START | {"N": N, "d": d, "margin": margin} for d in STOPS["d"]]
        grid = [gates(setting)["grid"] for setting in row]
        assert grid == sorted(set(grid)) and grid[-1] > 2 * grid[0]
        lines = [counts(made, setting)["lines"] for setting in row]
        assert max(lines) <= 1.1 * lines[0]
        weights = [counts(made, setting)["weights"] for setting in row]
        assert max(weights) < 3 * min(weights)  # for five times the coordinates


def test_every_stop_is_another_network(made):
    packed = made.values["study"]["cells"].values()
    found = [json.loads(gzip.decompress(base64.b64decode(text))) for text in packed]
    assert len({cell["sha"] for cell in found}) == len(found) == 27 + 18
    assert {cell["correct"] for cell in found} == set(STOPS["N"])


# --- The page: code, value, table ---------------------------------------------------------------


def layers(network, point, count):
    """What the first ``count`` layers make of a point, layer by layer, by the library."""
    parts = [ml.Network(network.layers[: k + 1], network.input_shift, readout="argmax")
             for k in range(count)]  # fmt: skip
    return [ml.evaluate(part, [point])[0][0] for part in parts]


def here(live, cell):
    """The point that the page asks about, in floats: dyadic, hence exact."""
    shift = max(cell.network.input_shift, cell.view.finer + cell.dataset.integers()[1])
    return [int(x) / 2.0**shift for x in live.data("point").split(",")]


def code(live):
    return [int(c) for c in live.page.locator(".mem-code").text_content() if c in "01"]


def value(live):
    """The value that the page tells."""
    told = live.page.locator(".mem-top .mem-head", has_text="Value:").text_content()
    text = re.search(r"v = (\u2212?[\d\u202f]+)", told)[1]
    return int(text.replace("\u202f", "").replace("\u2212", "-"))


def lamps(live):
    """(row gates, column gates) that are on, as the lamps of the real network's table say."""
    table = live.page.locator(".mem-table-of-runs").first
    told = table.get_attribute("aria-label")
    rows, columns = re.search(r"(\d+) of \d+ row.*?(\d+) of \d+ column", told).groups()
    assert table.locator(".mem-lit").count() == int(rows) + int(columns)
    return int(rows), int(columns)


def hashes(network):
    """The number that each line adds to the value: half of what a row gate reads."""
    layer = network.layers[1]
    _, terms = list(layer.rows())[layer.names.index("row 1")]
    weights = {k: int(w) for k, w in terms}
    return [weights.get(j, 0) // 2 for j in range(network.about["hyperplanes"])]


def test_code_value_and_table_are_the_librarys(live):
    cell = view.cell(START)
    m = cell.network.about["hyperplanes"]
    for keys in ((), ("ArrowDown",) * 3, ("PageDown",), ("Shift+ArrowLeft",) * 2):
        live.page.focus(".mem-ring")
        for key in keys:
            live.page.keyboard.press(key)
        live.data("query")
        bits, rows, columns = layers(cell.network, here(live, cell), 3)
        assert code(live) == bits.tolist()
        assert value(live) == sum(
            a * int(z) for a, z in zip(hashes(cell.network), bits, strict=True)
        )
        assert lamps(live) == (rows[m:].sum(), columns.sum())
        frame = live.page.locator(".mem-line .mem-row-on-line").first
        left, wide = (float(frame.get_attribute(name)) for name in ("x", "width"))
        (at,) = re.findall(
            r"translate\(([\d.]+)",
            live.page.locator(".mem-line .mem-pointer").first.get_attribute("transform"),
        )
        assert left - 0.2 <= float(at) <= left + wide + 0.2
        told = live.page.locator(".mem-side .mem-inside").first.text_content()
        assert told.endswith(live.data("answer"))


def test_crossing_one_line_flips_one_bit(live):
    cell = view.cell(START)
    live.page.focus(".mem-ring")
    seen = set()
    for key in ["ArrowRight", "ArrowUp"] * 12:
        before = code(live), value(live)
        live.page.keyboard.press(key)
        live.data("query")
        after = code(live), value(live)
        changed = [j for j, (a, b) in enumerate(zip(before[0], after[0], strict=True))
                   if a != b]  # fmt: skip
        assert live.page.locator(".mem-flipped").count() == len(changed)
        moved = sum(hashes(cell.network)[j] * (1 if after[0][j] else -1) for j in changed)
        assert after[1] - before[1] == moved
        text = live.page.inner_text(".mem-sentence")
        assert ("One line was crossed, one bit flipped" in text) == (len(changed) == 1)
        seen.add(min(len(changed), 2))
    assert {0, 1} <= seen


def test_a_cell_has_one_code(live):
    """The corners of the cell that is drawn, pulled in a little, have the code of the ring."""
    live.page.focus(".mem-ring")
    live.page.keyboard.press("ArrowRight")
    live.data("query")
    cell = view.cell(START)
    left, _, _, top = cell.view.box
    text = live.page.locator(".mem-own-cell").get_attribute("points")
    corners = np.array([[float(x) for x in pair.split(",")] for pair in text.split()])
    places = (corners.mean(axis=0) + 0.98 * (corners - corners.mean(axis=0))) * [1, -1]
    scale = 2.0 ** -(cell.dataset.integers()[1] + cell.view.finer)
    u, v = cell.view.u[0], cell.view.v[1]
    points = np.rint((places + np.array([left, top])) * [u, v]) * scale
    assert len(corners) >= 3
    codes = {tuple(layers(cell.network, point, 1)[0].tolist()) for point in points}
    assert codes == {tuple(code(live))}


def choose(live, cut):
    words = view.WORDS[cut]
    live.page.get_by_role("button", name=words, exact=True).click()
    live.page.wait_for_selector(f".mem-explorer[data-key$='|{cut}']")


def test_the_grid_and_one_direction_live(live):
    choose(live, "grid")
    cell = view.cell(START | {"cut": "grid"})
    bits, rows, _ = layers(cell.network, here(live, cell), 3)
    assert code(live) == bits.tolist()
    assert lamps(live)[0] == rows[cell.network.about["hyperplanes"] :].sum()
    choose(live, "stair")
    cell = view.cell(START | {"cut": "stair"})
    (bits,) = layers(cell.network, here(live, cell), 1)
    assert f"{bits.sum()} of {len(bits)} steps lie below it" in live.page.inner_text(
        ".mem-sentence"
    )
    assert not code(live) and not live.page.locator(".mem-table-of-runs").first.is_visible()
    direction = [int(w) for w in np.asarray(cell.network.layers[0].weight)[0]]
    point = here(live, cell)
    scale = 2 ** int(cell.network.input_shift + cell.view.finer)
    whole = [round(x * scale) for x in point]
    assert 2 * value(live) == sum(w * x for w, x in zip(direction, whole, strict=True))


def test_three_small_pictures_in_the_plane_and_their_gates_everywhere(live):
    items = live.page.locator(".mem-cuts > li")
    for d, N in ((2, "50"), (10, "800")):
        move(live, "points N", N)
        move(live, "dimensions d", d)
        live.page.wait_for_selector(f".mem-explorer[data-key^='{N}|{d}|']")
        expected = gates(START | {"N": int(N), "d": d})
        told = items.locator("b").all_inner_texts()
        assert told == [f"{n} gates" for n in expected.values()]
        fewest = live.page.locator(".mem-cuts > li", has_text="fewest")
        assert fewest.get_attribute("data-cut") == min(expected, key=expected.get)
        shown = 3 if d == 2 else 1
        live.page.wait_for_function(
            "n => [...document.querySelectorAll('.mem-cuts canvas')]"
            ".filter(c => !c.hidden).length === n",
            arg=shown,
        )
        assert count(live, "neurons") == expected["lines"]


# --- The table by hand --------------------------------------------------------------------------


@pytest.fixture
def hand(live):
    live.page.get_by_role("button", name="by hand").click()
    return live.page.locator(".mem-hand")


def test_the_small_network_is_the_real_one(live, hand):
    network = table_network(view.VALUES, view.LABELS, top=view.TOP)
    slider = live.page.get_by_role("slider", name="value v")
    slider.focus()
    live.page.keyboard.press("Home")
    for v in range(view.TOP + 1):
        said = int(ml.predict(network, bits_of([v], 5))[0])
        first, columns = layers(network, bits_of([v], 5)[0], 2)
        on = [[str(i + 1) for i, bit in enumerate(part) if bit] for part in (first[5:], columns)]
        told = hand.locator(".mem-hand-told").text_content()
        rows, cols = (", ".join(part) or "none" for part in on)
        assert told.startswith(f"v = {v}, in bits {v:05b}. Rows on: {rows}. Columns on: {cols}.")
        assert f"The network says {said}" in told
        asked = v in view.VALUES
        assert ("as it should" in told) == asked and ("nobody asked" in told) == (not asked)
        live.page.keyboard.press("ArrowRight")


def write(live, hand, entry, v):
    slider = live.page.get_by_role("slider", name="value v")
    slider.fill(str(v))
    hand.get_by_role("button", name=entry).click()


def test_a_reader_fills_the_table_and_the_page_checks_it(live, hand):
    status = hand.locator("[role=status]")
    line = hand.locator(".mem-line")
    assert "mem-shut" in line.get_attribute("class")
    right = {"Row 1, column 1": 5, "Row 1, column 2": 9,
             "Row 2, column 1": 14, "Row 2, column 2": 20}  # fmt: skip
    assert hand.locator(".mem-entry").count() == len(right)
    write(live, hand, "Row 1, column 2", 8)
    assert "0 of 4 entries are right, 1 not" in status.inner_text()
    for entry, v in right.items():
        write(live, hand, entry, v)
    assert "All 4 entries are the network’s: 4 gates look up 6 labels" in status.inner_text()
    assert "mem-shut" not in line.get_attribute("class")
    hand.get_by_role("button", name="Empty the table").click()
    assert "0 of 4 entries are right." in status.inner_text()
    live.page.get_by_role("button", name="of this network").click()
    assert not hand.is_visible()


# --- Bad and bare networks ----------------------------------------------------------------------


def replaced(made, cell):
    """The explorer with another cell at its start."""
    values = json.loads(json.dumps(made.values))
    values["study"]["train"] = 0
    packed = cell.packed(START) | {"pool": "own", "N": cell.dataset.N}
    for place, name, value in (("cells", KEY, packed), ("pools", "own", cell.points())):
        text = gzip.compress(json.dumps(value).encode())
        values["study"][place][name] = base64.b64encode(text).decode()
    return explorer.Explorer(made.view, values, {}, made.fallback, made.caption)


def test_one_class_has_no_gates(chromium, folder, made):
    cell = view.cell(START | {"N": 1})
    live = Live(chromium, saved(folder, "one", replaced(made, cell)._repr_html_()))
    live.page.get_by_text("One class: the network says the same everywhere.").wait_for()
    live.page.focus(".mem-ring")
    live.page.keyboard.press("ArrowLeft")
    assert live.data("answer") == str(cell.dataset.labels[0])
    live.close()


def test_names_are_only_names(chromium, folder, made):
    """Without names the answers are the same, and the table says what it lacks."""
    values = json.loads(json.dumps(made.values))
    cell = json.loads(gzip.decompress(base64.b64decode(values["study"]["cells"][KEY])))
    for layer in cell["network"]["layers"]:
        layer.pop("names", None)
    packed = gzip.compress(json.dumps(cell).encode())
    values["study"]["cells"][KEY] = base64.b64encode(packed).decode()
    nameless = explorer.Explorer(made.view, values, {}, made.fallback, made.caption)
    live = Live(chromium, saved(folder, "nameless-deep", nameless._repr_html_())).ready()
    assert live.data("answer") == str(view.cell(START).dataset.labels[view.TRAIN])
    live.page.get_by_text("The gates of this network have no names").wait_for()
    live.close()


# --- On a phone ---------------------------------------------------------------------------------


def test_on_a_phone(chromium, address):
    phone = Live(
        chromium, address, viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True
    ).ready()
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    phone.scroll_to(".mem-plane")
    scrolled = phone.page.evaluate("scrollY")
    ring = phone.page.locator(".mem-ring").bounding_box()
    start = ring["x"] + 22, ring["y"] + 22
    before = phone.query()
    Finger(phone).drag(start, (start[0] - 60, start[1] + 40))
    phone.at_rest()
    assert phone.comes(lambda: phone.query() != before)
    assert phone.page.evaluate("scrollY") == scrolled
    phone.page.get_by_role("button", name="by hand").tap()
    phone.page.locator(".mem-entry").first.wait_for()
    boxes = phone.page.evaluate(  # of all at one moment: they are drawn anew at every change
        "() => [...document.querySelectorAll('.mem-entry')].map((one) => "
        "one.getBoundingClientRect()).map((box) => Math.min(box.width, box.height))"
    )
    assert boxes and min(boxes) >= 44
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    phone.close()
