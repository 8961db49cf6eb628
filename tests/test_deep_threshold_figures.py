"""The figures of deep_threshold draw real networks and refuse what they cannot."""

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import deep_threshold as dt
from mem_lib.deep_threshold import figures as drawing
from mem_lib.errors import InvalidArgument, InvalidDataset, InvalidNetwork

SPOTS = ml.data.partition(N=60, d=2, margin=0.2, cells=20, seed=1)
SHALLOW = dt.build(SPOTS, variant="shallow", seed=1)
GRID = dt.build(SPOTS, variant="shallow", first_layer="grid")
SPACE = ml.data.partition(N=20, d=3, margin=0.2, seed=1)
CONSTANT = dt.build(ml.Dataset([[0, 0], [1, 1]], [0, 0]))


def test_cuts_count_lines_and_gates_of_every_network():
    picture = drawing.cuts(SPOTS, {"random": SHALLOW, "grid": GRID})
    for title, network in (("random", SHALLOW), ("grid", GRID)):
        lines, gates = network.layers[0].units, network.size.neurons
        assert f"{title}: {lines} lines, {gates} gates in all" in picture.caption
    assert "are drawn" not in picture.caption


def test_cuts_of_many_points_say_how_many_are_drawn():
    many = ml.data.partition(N=400, d=2, margin=0.2, seed=1)
    network = dt.build(many, variant="shallow", first_layer="grid")
    assert "the first 300 are drawn" in drawing.cuts(many, {"grid": network}).caption


def test_cuts_draw_every_line_where_the_gate_changes():
    """Both ends of every segment satisfy the equation of the row."""
    layer, shift = SHALLOW.layers[0], SHALLOW.input_shift
    segments = drawing.segments(layer, shift, (-1.0, 1.0))
    assert len(segments) == layer.units
    for (bias, terms), ends in zip(layer.rows(), segments, strict=True):
        w = np.zeros(2)
        for k, weight in terms:
            w[k] = weight
        values = ends @ w * 2.0**shift + bias
        assert np.allclose(values / (np.abs(w).sum() * 2.0**shift), 0, atol=1e-9)


@pytest.mark.parametrize(
    ("data", "networks", "error", "message"),
    [
        (SPACE, {"grid": GRID}, InvalidDataset, "of the plane"),
        (SPOTS, {}, InvalidArgument, "at least one"),
        ([[0, 1]], {"grid": GRID}, InvalidArgument, "dataset"),
    ],
)
def test_cuts_refuse(data, networks, error, message):
    with pytest.raises(error, match=message):
        drawing.cuts(data, networks)


def test_pairs_together_counts_by_hand():
    codes, labels = np.array([[0, 1], [0, 1], [0, 1], [1, 1]]), np.array([0, 1, 1, 0])
    assert drawing.pairs_together(codes, labels) == 2
    assert drawing.pairs_together(codes, np.zeros(4, int)) == 0


def test_cutting_ends_with_no_two_colours_in_a_cell():
    film = drawing.cutting(SPOTS, SHALLOW, frames=6)
    html = film._repr_html_()
    assert f"{SHALLOW.layers[0].units} lines: no two colours share a cell." in html
    assert "1 lines: " in html and "in pairs" not in html


@pytest.mark.parametrize(
    ("arguments", "options", "error"),
    [
        ((SPACE, SHALLOW), {}, InvalidDataset),
        ((SPOTS, "network"), {}, InvalidArgument),
        ((SPOTS, SHALLOW), {"frames": 1}, InvalidArgument),
    ],
)
def test_cutting_refuses(arguments, options, error):
    with pytest.raises(error):
        drawing.cutting(*arguments, **options)


@pytest.mark.parametrize("variant", ["hash", "shallow", "parity"])
def test_values_are_those_the_rows_compare(variant):
    """The row gates of the network are [v >= s] at every point."""
    network = dt.build(SPOTS, variant=variant, seed=1)
    values, starts = drawing.values_in(network, SPOTS)
    at = [layer.stage for layer in network.layers].index("rows")
    part = ml.Network(network.layers[: at + 1], network.input_shift, readout="argmax")
    gates = ml.evaluate(part, SPOTS)[0][:, -len(starts) :]
    assert (gates == (values[:, None] >= starts[None, :])).all()


def test_bookkeeping_writes_every_point_once():
    network = dt.build(SPOTS, variant="shallow", seed=1)
    values, starts = drawing.values_in(network, SPOTS)
    order = np.argsort(values, kind="stable")
    changes = int((np.diff(SPOTS.labels[order]) != 0).sum())
    picture = drawing.bookkeeping(network, SPOTS)
    assert f"the colour changes {changes} times" in picture.caption
    assert f"as {len(starts) + 1} rows" in picture.caption
    assert changes == network.about["breaks"]


@pytest.mark.parametrize(
    ("network", "data", "error"),
    [
        (CONSTANT, SPOTS, InvalidNetwork),
        ("network", SPOTS, InvalidArgument),
        (SHALLOW, ml.Dataset([[0.0, 1.0]], targets=[0.5]), InvalidDataset),
    ],
)
def test_bookkeeping_refuses(network, data, error):
    with pytest.raises(error):
        drawing.bookkeeping(network, data)


def test_charts_say_the_numbers_that_they_draw():
    circle = drawing.collector({8: [7, 9], 16: [20, 30]}, {8: 8.3, 16: 21.7}, {8: 8, 16: 21})
    assert "promises 21 for one half; 8 lines do" in circle.caption
    margin = drawing.over_margin({"a": {0.5: 10, 0.1: 40}, "b": {0.5: 3, 0.1: 9}})
    assert "At margin 0.1: 40 a, 9 b." in margin.caption
    points = drawing.over_points({"m": {"a": {10: 1, 20: 2, 40: 3}}}, crossing={"m": 21})
    assert "m: N = 21" in points.caption
    depth = drawing.over_depth({"flat": (4, 100, 900), "deep": (9, 300, 700)})
    assert "100, has flat" in depth.caption and "700, has deep" in depth.caption
    wrong = drawing.wrong_points({"float32": {10: 0, 20: 3}, "float64": {10: 0, 20: 0}})
    assert "float32 first goes wrong at N = 20; float64 is right" in wrong.caption
    dimension = drawing.over_dimension({"random": {2: 50, 10: 40}})
    assert "random from 50 to 40" in dimension.caption
    radii = drawing.radii({"plain": [0.25, 0.5]}, 1.0)
    assert "plain 2.5e-01" in radii.caption


@pytest.mark.parametrize(
    "call",
    [
        lambda: drawing.collector({8: [7]}, {8: 8.3}, {16: 21}),
        lambda: drawing.collector({}, {}, {}),
        lambda: drawing.over_margin({}),
        lambda: drawing.over_points({}),
        lambda: drawing.over_depth({}),
        lambda: drawing.wrong_points({}),
        lambda: drawing.over_dimension({}),
        lambda: drawing.radii({}, 1.0),
    ],
)
def test_charts_refuse_to_draw_nothing(call):
    with pytest.raises(InvalidArgument):
        call()


def test_the_exponential_is_drawn_only_if_asked():
    curves = {"a": {0.5: 10, 0.1: 40}}
    with_it, without = (drawing.over_margin(curves, exponential=e) for e in (True, False))
    assert len(with_it.light) > len(without.light)
