"""The explorer of ``beyond_worst_case``: draws that fail are shown failing, and what is counted."""

import base64
import gzip
import json
import math
import re

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import beyond_worst_case as bwc
from mem_lib import explorer
from mem_lib.explorer.views import beyond_worst_case as view
from tests.explorer.pages import Live, count, move, saved

START = view.START
KEY = "|".join(map(str, START.values()))
UNLUCKY = START | {"draw": 2}


@pytest.fixture(scope="module")
def made():
    return explorer.beyond_worst_case()


@pytest.fixture(scope="module")
def address(made, folder):
    return saved(folder, "beyond", made._repr_html_())


# --- Data and cells -----------------------------------------------------------------------------


@pytest.mark.parametrize("d", [2, 3, 10])
def test_samples_are_nested_and_keep_their_margin(d):
    many, few = (view.sample(N, d, 0.05) for N in (1000, 100))
    assert (many.points[:100] == few.points).all() and (many.labels[:100] == few.labels).all()
    assert many.margin >= 0.05 and many.shift <= 10
    assert many.points[:, 2:].any(axis=0).all()
    more = view.sample(1200, d, 0.05)
    assert more.N == 1200 and more.margin >= 0.05 and more.shift <= 20
    assert view.sample(100, d, 0.05, seed=2) != few


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({"margin": 1.2}, "margin=1.2 does not fit"),
        ({"margin": 0}, "margin: "),
        ({"d": 1}, "d: a whole number >= 2"),
        ({"N": 0}, "N: "),
        ({"hyperplanes": 0}, "n: "),
        ({"draw": 0}, "seed: "),
    ],
)
def test_what_cannot_be_drawn_is_told(setting, told):
    with pytest.raises(ml.InvalidArgument, match=told):
        view.cell(START | setting)


def test_a_draw_that_fails_is_shown_with_what_it_leaves_out():
    cell = view.cell(UNLUCKY)
    missed = cell.more["missed"]
    said = ml.predict(cell.network, cell.dataset.points)
    assert missed and missed == np.flatnonzero(said != cell.dataset.labels).tolist()
    assert set(cell.dataset.labels[missed].tolist()) == {1}  # silent, never wrong on a rival
    assert cell.counters["points left out"] == (len(missed), None)
    assert not view.cell(START).more["missed"]


def test_another_seed_gives_other_data():
    assert view.cell(START | {"seed": 1}).dataset != view.cell(START).dataset


def built(made, name, **setting):
    """A count along the stops of the one control that is named with None."""
    (axis,) = [axis for axis, stop in setting.items() if stop is None]
    stops = next(one.values for one in view.AXES if one.name == axis)
    keys = ("|".join(map(str, (START | setting | {axis: stop}).values())) for stop in stops)
    return [made.values["study"]["counts"][key]["built"][name] for key in keys]


def test_which_counts_follow_which_control(made):
    """The theorem: N is nowhere in the size, the margin is in the number of lines that it takes."""
    for name in ("N", "d", "margin", "hyperplanes", "draw"):
        assert set(built(made, "depth", **{name: None})) == {3}
    for name in ("N", "d", "margin", "draw"):
        assert set(built(made, "hyperplanes", **{name: None})) == {START["hyperplanes"]}
    assert built(made, "hyperplanes", hyperplanes=None) == [25, 50, 100, 200, 400]
    for margin in (0.4, 0.2):  # ten times the points, no more than three neurons more
        cover = built(made, "covering neurons", N=None, margin=margin)
        assert max(cover) - min(cover) <= 4 and max(cover) < 10
        weights = built(made, "weights", N=None, margin=margin)
        assert max(weights) < 2 * min(weights)
    weights = built(made, "weights", d=None)
    assert weights[0] < weights[1] < weights[2] < 4 * weights[0]
    left = built(made, "points left out", margin=None)
    assert left[0] == left[1] == 0 < left[2]
    for margin in (0.4, 0.2, 0.05):  # lines come to those that are there
        left = built(made, "points left out", hyperplanes=None, margin=margin)
        assert left == sorted(left, reverse=True) and left[-1] == 0
    assert len(set(built(made, "covering neurons", draw=None))) > 1


def test_every_stop_is_another_network(made):
    cells = [json.loads(gzip.decompress(base64.b64decode(packed)))
             for packed in made.values["study"]["cells"].values()]  # fmt: skip
    assert len({cell["sha"] for cell in cells}) == len(cells) == 99


def test_lines_are_packed_once(made):
    """Cells of one draw and one dimension share their first layers, of which they begin."""
    pools = made.values["study"]["pools"]
    assert sum(name.startswith("layer") for name in pools) == 7  # five draws, d = 3 and d = 10


# --- The page -----------------------------------------------------------------------------------


def scores(cell, point):
    """The score and the threshold of every covering neuron at a point, by the library."""
    first, second = cell.network.layers[:2]
    bits = ml.evaluate(ml.Network([first], cell.network.input_shift, readout="argmax"), [point])[0][
        0
    ]
    return [
        [int(-row @ bits) // 2, (int(bias) + 1) // 2]
        for row, bias in zip(second.weight, second.bias, strict=True)
    ]


def shown(live):
    """The score and the threshold of every neuron on the page."""
    return live.page.eval_on_selector_all(
        ".mem-score", "all => all.map(b => [Number(b.dataset.score), Number(b.dataset.threshold)])"
    )


def here(live, cell):
    """The point that the page asks about, in floats: dyadic, hence exact."""
    grid = live.page.evaluate("() => document.querySelector('.mem-explorer').dataset.point")
    shift = max(cell.network.input_shift, cell.view.finer + cell.dataset.integers()[1])
    return [int(x) / 2.0**shift for x in grid.split(",")]


def test_scores_thresholds_and_the_ball_are_the_librarys(live):
    cell = view.cell(START)
    for keys in ((), ("ArrowDown",) * 3, ("PageDown",), ("ArrowLeft",) * 5):
        live.page.focus(".mem-ring")
        for key in keys:
            live.page.keyboard.press(key)
        live.data("query")
        point = here(live, cell)
        assert shown(live) == scores(cell, point)
        firing = [s < m for s, m in shown(live)]
        assert live.page.locator(".mem-score.mem-fires").count() == sum(firing)
        assert live.data("answer") == str(int(any(firing)))
        radius = float(live.page.get_attribute(".mem-ball", "data-radius"))
        assert math.isclose(radius, bwc.robustness_radius(cell.network, point), rel_tol=1e-9)


def test_a_neuron_that_is_pressed_shows_its_region(live):
    canvas = live.page.locator(".mem-plane > canvas").nth(1)
    live.page.wait_for_function(
        "() => document.querySelectorAll('.mem-plane > canvas')[1].dataset.ms"
    )
    before = canvas.evaluate("canvas => canvas.toDataURL()")
    live.page.locator(".mem-score").nth(1).click()
    live.page.wait_for_function(
        "(old) => document.querySelectorAll('.mem-plane > canvas')[1].toDataURL() !== old",
        arg=before,
    )
    assert live.page.locator(".mem-score[aria-pressed=true]").inner_text().startswith("2: ")
    assert "neuron 2" in live.page.locator(".mem-side").inner_text()


def test_an_unlucky_draw_rings_what_it_leaves_out(live):
    left = len(view.cell(UNLUCKY).more["missed"])
    live.page.get_by_role("button", name="2", exact=True).click()
    live.page.wait_for_selector(f".mem-explorer[data-certificate='{400 - left}/400']")
    assert live.page.locator(".mem-missed").count() == left == count(live, "points left out")
    told = live.page.inner_text(".mem-certificate")
    assert re.search(rf"{400 - left} of 400 points right.*silent on {left};", told)
    live.page.get_by_role("button", name="Bad luck").click()
    live.page.wait_for_selector(".mem-explorer[data-train='7']")
    assert "This draw left it out" in live.page.inner_text(".mem-sentence")
    assert "\u2717 has not its label" in live.page.inner_text(".mem-sentence")
    move(live, "points N", "100")
    live.page.wait_for_selector(".mem-explorer[data-key='100|2|0.2|100|2']")


def test_another_dimension_while_a_region_is_filled(live):
    """What fills the region asks its own network, not the next one (the page logs no error)."""
    for stop in ("3", "10", "2"):
        move(live, "dimensions d", stop)
        live.page.wait_for_selector(f".mem-explorer[data-key='400|{stop}|0.2|100|1']")
        live.data("query")


def replaced(made, cell):
    """The explorer with another cell at its start."""
    values = json.loads(json.dumps(made.values))
    values["study"]["train"] = 0
    packed = cell.packed(START) | {"pool": "own", "N": cell.dataset.N}
    for place, name, value in (("cells", KEY, packed), ("pools", "own", cell.points())):
        text = gzip.compress(json.dumps(value).encode())
        values["study"][place][name] = base64.b64encode(text).decode()
    return explorer.Explorer(made.view, values, {}, made.fallback, made.caption)


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({"N": 1}, "One class: the network says the same everywhere."),
        ({"d": 3, "margin": 0.05, "hyperplanes": 2, "draw": 3}, "No covering neuron"),
    ],
)
def test_networks_without_covering_neurons(chromium, folder, made, setting, told):
    cell = view.cell(START | setting)
    page = saved(folder, f"bare-{len(told)}", replaced(made, cell)._repr_html_())
    live = Live(chromium, page)
    live.page.get_by_text(told).wait_for()
    assert live.page.locator(".mem-score").count() == 0 and live.data("answer") == "0"
    live.page.focus(".mem-ring")
    live.page.keyboard.press("ArrowLeft")
    assert live.data("answer") == "0"
    live.close()


def test_names_are_only_names(chromium, folder, made):
    """Without the names of neurons nothing changes but the number of the centre."""
    values = json.loads(json.dumps(made.values))
    cell = json.loads(gzip.decompress(base64.b64decode(values["study"]["cells"][KEY])))
    for layer in cell["network"]["layers"]:
        layer.pop("names", None)
    packed = gzip.compress(json.dumps(cell).encode())
    values["study"]["cells"][KEY] = base64.b64encode(packed).decode()
    nameless = explorer.Explorer(made.view, values, {}, made.fallback, made.caption)
    live = Live(chromium, saved(folder, "nameless", nameless._repr_html_())).ready()
    assert shown(live) == scores(view.cell(START), here(live, view.cell(START)))
    assert live.data("answer") == "1"
    live.close()
