"""The explorer of Neurons and weights: one point moves, and counts follow the theorems."""

import base64
import gzip
import json
import re
from fractions import Fraction

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import explorer, two_layer
from mem_lib.constructions import REGISTRY
from mem_lib.explorer.views import two_layer as view
from mem_lib.two_layer.figures import in_floats
from tests import browser as reader
from tests.explorer.pages import Live, discoveries, saved

START = {"N": 12, "d": 2, "margin": 0.1, "gap": 1, "construction": "slabs"}


@pytest.fixture(scope="module")
def made():
    return explorer.two_layer()


@pytest.fixture
def page(chromium, folder, made):
    live = Live(chromium, saved(folder, "two_layer", made._repr_html_())).ready()
    live.page.wait_for_selector(".mem-explorer[data-certificate]")
    yield live
    live.close()


def counts(made, **moved):
    key = "|".join(str(value) for value in (START | moved).values())
    return made.values["study"]["counts"][key]["built"]


def axis(made, name):
    return next(one["values"] for one in made.values["study"]["axes"] if one["name"] == name)


# --- The choice --------------------------------------------------------------------------------


def test_the_constructions_follow_a_rule_and_a_new_one_appears():
    assert [cls.variant for cls in view.choices()] == ["paper", "sorted", "threshold"]

    class Other(two_layer.Sorted):
        variant, title = "other", "another one"

    REGISTRY.register(Other)
    try:
        assert view.axes()[-1].values == ("slabs", "strips", "threshold", "other")
    finally:
        REGISTRY.remove("two_layer.other")


# --- The data ----------------------------------------------------------------------------------


@pytest.mark.parametrize("d", [2, 3, 10])
def test_points_are_nested_and_a_margin_moves_one(d):
    few, many = (view.cell(START | {"N": N, "d": d}).dataset for N in (6, 48))
    track = view.rail(6, d)
    same = [i for i in range(6) if track is None or i != track.row]
    assert (few.points[same] == many.points[same]).all() or d > 2
    near = view.cell(START | {"N": 48, "d": d, "margin": 0.001}).dataset
    moved = np.flatnonzero((near.points != many.points).any(axis=1))
    assert moved.tolist() == [1] and 0.001 <= float(near.margin) < 0.001001
    assert (near.labels == many.labels).all()


@pytest.mark.parametrize("k", view.GAPS)
@pytest.mark.parametrize("N", [6, 12, 24, 48])
def test_the_point_is_as_far_from_the_slab_as_is_said(N, k):
    cell = view.cell(START | {"N": N, "gap": k})
    track = view.rail(N, 2)
    a, b = (np.array([Fraction(x) for x in cell.dataset.points[i]]) for i in track.group)
    x = np.array([Fraction(v) for v in cell.dataset.points[track.row]])
    way = b - a
    away = abs((x - a)[0] * way[1] - (x - a)[1] * way[0])  # times the length of `way`
    gap = float(away) / np.hypot(*way.astype(float))
    assert 0.97 < gap * 10**k < 1.03
    groups = two_layer.slabs.partition(np.arange(N), 2, np.random.default_rng(track.seed))
    assert list(track.group) in groups and track.row not in track.group
    assert cell.dataset.separation >= 0.1 and cell.more["gap"] == 10.0**-k


def test_the_own_weight_is_that_of_the_near_slab():
    cell = view.cell(START | {"gap": 6})
    assert cell.network.readout == "sign" and ml.verify(cell.network, cell.dataset)
    track, weights = view.rail(12, 2), two_layer.neuron_weights(cell.network)
    assert 0.9 * cell.more["weight"] < cell.more["own"] < weights.sum()
    assert cell.more["own"] == max(weights[4 * g : 4 * g + 4].sum() for g in range(6))
    assert cell.more["slab"] == list(track.group)


@pytest.mark.parametrize("k", view.GAPS)
def test_a_plane_of_few_steps_holds_the_points(k):
    cell = view.cell(START | {"gap": k})
    left, right, bottom, top = cell.view.box
    assert right - left == top - bottom <= 2**20 + 2
    points, shift = cell.dataset.integers()
    spots, off = cell.view.projected(points, int(shift))
    assert (spots >= (left, bottom)).all() and (spots <= (right, top)).all() and off.max() < 1e-9
    a, b, c = spots[[*cell.more["slab"], cell.more["row"]]]
    area = abs((b - a)[0] * (c - a)[1] - (b - a)[1] * (c - a)[0])
    assert area / np.hypot(*(b - a)) / (right - left) < 10.0**-k  # near the line on the screen too


def test_float32_is_measured_on_the_same_network():
    cell = view.cell(START | {"gap": 8})
    out = in_floats(cell.network, cell.dataset.points, np.dtype("float32"))
    wrong = [i for i, (x, label) in enumerate(zip(out, cell.dataset.labels, strict=True))
             if (x > 0) != (label == 1)]  # fmt: skip
    assert cell.more["missed"] == wrong and wrong
    assert cell.counters["right in float32"] == (12 - len(wrong), "12 in integers")


@pytest.mark.parametrize(
    "setting",
    [{"N": 2, "d": 2}, {"N": 5, "d": 1}, {"N": 30, "d": 2, "margin": 0.2}, {"N": 200, "d": 2}],
)
def test_a_kernel_builds_what_is_not_on_the_page(setting):
    cell = view.cell({"margin": 0.01, "seed": 1} | setting)
    assert ml.verify(cell.network, cell.dataset) and setting["N"] == cell.dataset.N
    if cell.more.get("row"):
        a = cell.dataset.points[cell.more["row"]]
        track = view.rail(setting["N"], setting["d"], 1, setting.get("margin", 0.01))
        assert np.allclose(a, track.foot + track.way / 10, atol=0.002)


def test_a_setting_that_cannot_be_packed_is_refused():
    with pytest.raises(ml.InvalidDataset, match="N=60"):
        view.cell({"N": 60, "d": 2, "margin": 0.5})
    with pytest.raises(KeyError):
        view.cell(START | {"construction": "dragons"})


# --- What the theorems say -----------------------------------------------------------------------


def strips(N, d):
    return 2 * -(-N // (d + 1)) - (N % (d + 1) == 1)


@pytest.mark.proves("thm-two_layer-slabs", "thm-two_layer-sorted", "thm-two_layer-threshold")
def test_neurons_do_not_know_margin_or_gap(made):
    formula = {"slabs": lambda N, d: 4 * -(-N // d), "strips": strips}
    for key, found in made.values["study"]["counts"].items():
        N, d, _, _, name = key.split("|")
        neurons = found["built"]["neurons"]
        if name in formula:
            assert neurons == formula[name](int(N), int(d))
        else:
            assert neurons <= -(-(int(N) - 1) // int(d))


@pytest.mark.proves("thm-two_layer-weight")
def test_no_network_is_lighter_than_its_margin_allows(made):
    for key, found in made.values["study"]["counts"].items():
        if "total weight" in found["built"]:
            margin = float(key.split("|")[2])
            assert found["built"]["total weight"] >= 2 / margin * 0.999


@pytest.mark.proves("thm-two_layer-slab-weight")
def test_the_total_weight_grows_as_the_gap_shrinks(made):
    gaps = axis(made, "gap")
    for N in axis(made, "N"):
        weights = [counts(made, N=N, gap=k)["total weight"] for k in gaps]
        assert weights == sorted(weights) and weights[-1] > 10**4 * weights[0]
        for k, weight in zip(gaps, weights, strict=True):
            assert weight >= 4 * 10**k * 0.97  # one slab alone, with labels of size 1


def test_a_margin_costs_weight_and_no_neuron(made):
    for N in axis(made, "N"):
        for d in axis(made, "d"):
            row = [counts(made, N=N, d=d, margin=m) for m in axis(made, "margin")]
            assert len({one["neurons"] for one in row}) == 1
            weights = [one["total weight"] for one in row]
            assert weights == sorted(weights) and len(set(weights)) == 3


def test_every_setting_is_another_network(made):
    cells = made.values["study"]["cells"]
    shas = {json.loads(gzip.decompress(base64.b64decode(cell)))["sha"] for cell in cells.values()}
    assert len(shas) == len(cells)


# --- The page ------------------------------------------------------------------------------------


def tile(live, name):
    return live.page.locator(f"[data-tile='{name}']").text_content()


def step(live, name, key):
    live.page.locator(f"[data-axis='{name}'] input").focus()
    live.page.keyboard.press(key)
    live.page.wait_for_timeout(50)


def test_the_gap_moves_weight_and_floats_and_no_neuron(page, made):
    before = tile(page, "neurons"), tile(page, "total weight"), page.data("sha")
    assert before[0] == "24" and before[1].replace("\u202f", "") == str(
        counts(made)["total weight"]
    )
    step(page, "gap", "End")
    page.page.wait_for_selector(".mem-explorer[data-key='12|2|0.1|8|slabs']")
    assert tile(page, "neurons") == "24" and page.data("sha") != before[2]
    power = len(str(counts(made, gap=8)["total weight"])) - 1
    assert tile(page, "total weight").endswith("10" + "⁰¹²³⁴⁵⁶⁷⁸⁹"[power])
    right = counts(made, gap=8)["right in float32"]
    assert tile(page, "right in float32") == f"{right} of 12" and right < 12
    assert page.page.locator(".mem-missed").count() == 12 - right
    page.page.wait_for_selector(".mem-explorer[data-certificate='12/12']")


def test_the_terms_add_up_to_the_label(page):
    text = page.page.text_content(".mem-sentence")
    plus, less = re.search(r"neurons add ([\d.]+) and \u2212([\d.]+)\.", text).groups()
    assert page.data("output") in ("1", "-1")
    assert abs(float(plus) - float(less) - float(page.data("output"))) < 0.6
    awake = int(re.search(r"(\d+) of 24 neurons", text)[1])
    assert page.page.locator(".mem-plus, .mem-minus").count() == awake


def test_long_integers_are_terms_too(page):
    """At N = 48 and d = 10 numerators and denominator are beyond the range of a float."""
    step(page, "d", "End")
    step(page, "N", "End")
    page.page.wait_for_selector(".mem-explorer[data-key='48|10|0.1|1|slabs']")
    text = page.page.text_content(".mem-sentence").replace("\u202f", "")
    plus, less = re.search(r"neurons add ([\d.]+) and \u2212([\d.]+)\.", text).groups()
    assert float(plus) > 1 < float(less)
    assert abs(float(plus) - float(less) - float(page.data("output"))) < 0.01 * float(plus)


def test_outside_of_all_slabs_nothing_is_said(page):
    for _ in range(60):
        page.page.locator(".mem-ring").press("ArrowDown")
        if page.data("output") == "0":
            break
    assert "no label is stored here" in page.page.text_content(".mem-answer")


def test_strips_and_threshold_units(page):
    for name, neurons, weight in (("strips", "8", True), ("threshold", "6", False)):
        page.page.get_by_role("button", name=name, exact=True).click()
        page.page.wait_for_selector(f".mem-explorer[data-key='12|2|0.1|1|{name}']")
        assert tile(page, "neurons") == neurons
        assert (tile(page, "total weight") != "\u2013") == weight
        page.page.wait_for_selector(".mem-explorer[data-certificate='12/12']")


# --- The book ------------------------------------------------------------------------------------


def test_what_there_is_to_find_out(chromium, built, made):
    """Every number under the explorer, read off the live page."""
    with reader.served(built) as base:
        live = Live.__new__(Live)
        live.problems, live.context = [], chromium.new_context()
        live.page = live.context.new_page()
        live.page.goto(base + "book/two_layer/index.html")
        live.ready()
        digits = re.sub(r"(?<=\d) (?=\d)", "", discoveries(live))
        first, last = map(int, re.search(r"grows from (\d+) to (\d+)\. The", digits).groups())
        assert first == counts(made)["total weight"]
        step(live, "gap", "End")
        live.page.wait_for_selector(".mem-explorer[data-key='12|2|0.1|8|slabs']")
        cell = live.page.locator("[data-count='total weight']").text_content()
        assert int(re.sub(r"\D", "", cell)) == last
        lost = int(re.search(r"gap 10\^.(\d)", digits)[1])
        assert counts(made, gap=lost)["right in float32"] < 12
        before = [k for k in axis(made, "gap") if k < lost]
        assert {counts(made, gap=k)["right in float32"] for k in before} == {12}
        live.context.close()
