"""First layers of chapter ``deep_threshold``: every kind tells apart what has to be told apart."""

import math
import re
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mem_lib as ml
from mem_lib import Dataset
from mem_lib._base.rows import collision
from mem_lib.deep_threshold.circle import circle_points
from mem_lib.deep_threshold.first_layer import KINDS, first_layer, planned_rows
from mem_lib.deep_threshold.frame import Frame
from mem_lib.deep_threshold.gaussian import (
    Rows,
    clear_distance,
    is_clear,
    squared_clearances,
    weight_bits,
)
from mem_lib.deep_threshold.greedy import chosen
from mem_lib.deep_threshold.grid import grid_layer, grid_rows, spacing
from mem_lib.deep_threshold.robustness import (
    robustness_radius,
    squared_distances,
    squared_robustness_radius,
)
from mem_lib.deep_threshold.rows_enough import data_bound

BOTH = [False, True]


def rng(seed=0):
    return np.random.default_rng(seed)


@st.composite
def labelled(draw):
    """Small integer points, many of them repeated or on one line, of up to three classes; far away
    from the origin, and long, now and then."""
    d = draw(st.integers(1, 3))
    rows = draw(
        st.lists(st.lists(st.integers(-4, 4), min_size=d, max_size=d), min_size=1, max_size=9)
    )
    away, stretch = draw(st.sampled_from([0, 9, -(2**70)])), draw(st.sampled_from([1, 3, 2**65]))
    rows = [[v * stretch + away for v in row] for row in rows]
    of = {}
    labels = [of.setdefault(tuple(row), draw(st.integers(0, 2))) for row in rows]
    return Dataset(np.array(rows, dtype=object), labels, classes=3).distinct()


def by_hand(layer, dataset):
    """What every row takes at every point, in Python integers: one list for each point."""
    points = dataset.integers()[0].tolist()
    rows = list(layer.rows())
    return [[bias + sum(w * p[k] for k, w in terms) for bias, terms in rows] for p in points]


@pytest.mark.proves("thm-deep_threshold-first-layer", "thm-deep_threshold-grid")
@pytest.mark.parametrize("clear", BOTH)
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(dataset=labelled(), seed=st.integers(0, 99))
def test_differently_labelled_points_get_different_codes(kind, clear, dataset, seed):
    found = first_layer(dataset, kind, rng(seed), clear=clear)
    values = by_hand(found.layer, dataset)
    assert all(v != 0 for row in values for v in row)
    assert [[int(v > 0) for v in row] for row in values] == found.codes.tolist()
    assert found.codes.dtype == np.uint8
    for i, j in combinations(range(dataset.N), 2):
        if dataset.labels[i] != dataset.labels[j]:
            assert found.codes[i].tolist() != found.codes[j].tolist()
    assert found.layer.units <= planned_rows(dataset, kind, clear=clear)
    assert (found.draws == 0) == (kind == "grid")
    if not (kind == "grid" and clear):
        assert all(b % 2 for b in found.layer.bias.tolist())


def test_a_layer_is_reproducible():
    dataset = ml.data.ball(N=30, d=2, margin=0.1, seed=3)
    for kind in KINDS:
        first, again = (first_layer(dataset, kind, rng(5)) for _ in range(2))
        assert first.layer == again.layer and first.draws == again.draws
    assert (
        first_layer(dataset, "gaussian", rng(6)).layer
        != first_layer(dataset, "gaussian", rng(5)).layer
    )


@pytest.mark.parametrize("kind", KINDS)
def test_one_class_and_one_point_get_a_row(kind):
    for points, labels in (([[3, 1]], [1]), ([[0, 0], [5, 5], [9, 1]], [2, 2, 2])):
        found = first_layer(Dataset(points, labels), kind, rng())
        assert found.codes.shape == (len(points), found.layer.units)
        assert found.layer.units == planned_rows(Dataset(points, labels), kind) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_points_on_one_ray_are_told_apart(kind):
    dataset = Dataset([[3, 4], [6, 8], [12, 16]], [0, 1, 0])
    assert collision(first_layer(dataset, kind, rng()).codes, dataset.labels) is None


# Gaussian rows ---------------------------------------------------------------------------------


@pytest.mark.proves("thm-deep_threshold-rounding")
@pytest.mark.parametrize("away", [0, 1000])
def test_rounding_moves_a_row_by_what_the_lemma_says(away):
    dataset = Dataset(np.array([[3, -5], [-3, 4], [0, 1]]) + away, [0, 1, 0])
    frame, m, bits = Frame.of(dataset), 200, 16
    layer = Rows(frame, bits).draw(m, rng(1))
    again = rng(1)
    gaussian = np.clip(again.standard_normal((m, 2)), -8, 8)
    heights = np.clip(again.standard_normal(m), -8, 8)
    exact = frame.points @ gaussian.T + heights * frame.radius  # in half units
    stored = np.array(by_hand(layer, dataset)) / 2**bits
    norms = np.linalg.norm(frame.points, axis=1, keepdims=True)
    moved = 2.0 ** -(bits + 1) * (math.sqrt(2) * norms + 2)
    assert (np.abs(stored - exact) <= moved * (1 + 1e-6)).all()
    assert (np.asarray(layer.weight) % 2 == 0).all()
    assert np.abs(layer.weight).max() <= 2 * 8 * 2**bits


@pytest.mark.proves("thm-deep_threshold-rounding")
def test_weight_bits_are_the_least_that_the_lemma_allows():
    for m, d in ((1, 1), (10, 2), (1000, 100), (10**6, 7)):
        needed = 80 * m * (math.sqrt(d) + 2)
        bits = weight_bits(m, d)
        assert bits >= 16 and 2**bits >= needed
        assert bits == 16 or 2**bits <= 4 * needed


@pytest.mark.proves("thm-deep_threshold-hyperplane", "thm-deep_threshold-rounding")
@pytest.mark.parametrize("points", [[[9, 0], [6, 0]], [[9, 1], [8, 4]], [[-9, 0], [9, 0]]])
def test_rows_tell_a_pair_apart_as_often_as_its_angle_says(points):
    frame = Frame(2 * np.array(points), (0, 0), 20)
    rows = Rows(frame, 16).draw(40_000, rng(7))
    bits = np.array(by_hand(rows, Dataset(points, [0, 1]))) > 0
    x, y = (np.array([*p, 10.0]) for p in points)
    p = math.acos(x @ y / math.sqrt((x @ x) * (y @ y))) / math.pi
    sigma = math.sqrt(p * (1 - p) / 40_000)
    assert abs((bits[0] != bits[1]).mean() - p) < 4 * sigma


@pytest.mark.proves("thm-deep_threshold-first-layer", "thm-deep_threshold-adaptive")
def test_few_draws_are_needed():
    dataset = ml.data.ball(N=60, d=3, margin=0.15, seed=0)
    draws = [first_layer(dataset, "gaussian", rng(s)).draws for s in range(60)]
    assert sum(draws) <= 2.05 * len(draws)


def test_hyperplanes_are_as_many_as_asked_for():
    dataset = ml.data.ball(N=20, d=2, margin=0.1, seed=0)
    assert first_layer(dataset, "gaussian", rng(), hyperplanes=300).layer.units == 300
    assert first_layer(dataset, "greedy", rng(), hyperplanes=300).layer.units < 20


@pytest.mark.parametrize("kind", ["gaussian", "greedy"])
def test_the_pair_that_stays_together_is_named(kind):
    dataset = Dataset(circle_points(16), np.arange(16) % 2)
    with pytest.raises(ml.ConstructionFailed, match="stay together") as caught:
        first_layer(dataset, kind, rng(), hyperplanes=3)
    i, j = map(int, re.search(r"rows (\d+) and (\d+) of", str(caught.value)).groups())
    assert dataset.labels[i] != dataset.labels[j]


def test_what_is_no_first_layer_is_refused():
    dataset = Dataset([[0, 0], [1, 1]], [0, 1])
    for kind in ("random", None, 3):
        with pytest.raises(ml.InvalidArgument, match=r"^first_layer: one of"):
            first_layer(dataset, kind, rng())
    for m in (0, -1, 2.5, True, "3"):
        with pytest.raises(ml.InvalidArgument, match=r"^hyperplanes: a whole number >= 1"):
            first_layer(dataset, "gaussian", rng(), hyperplanes=m)
    with pytest.raises(ml.InvalidArgument, match=r"^hyperplanes: the grid has as many"):
        planned_rows(dataset, "grid", 5)
    with pytest.raises(ml.InvalidArgument, match=r"^dataset: a Dataset is needed"):
        planned_rows([[0, 0]], "grid")
    with pytest.raises(ml.HypothesisViolated, match=r"labels 0\.\.C-1"):
        first_layer(Dataset([[0.0]], targets=[1.5]), "gaussian", rng())


@pytest.mark.parametrize("kind", KINDS)
def test_rows_that_no_memory_holds_are_refused(kind):
    dataset = Dataset(np.array([[0], [1], [2**80]], dtype=object), [0, 1, 0])
    assert planned_rows(dataset, kind) > 2**70
    with pytest.raises(ml.errors.TooLarge, match=r"^first_layer: "):
        first_layer(dataset, kind, rng())
    if kind == "gaussian":
        with pytest.raises(ml.errors.TooLarge, match=r"^first_layer: "):
            first_layer(Dataset([[0], [1]], [0, 1]), kind, rng(), hyperplanes=10**30)


# the frame -------------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(dataset=labelled())
def test_the_frame_has_the_smaller_radius(dataset):
    frame = Frame.of(dataset)
    X = dataset.integers()[0].astype(object)
    assert (frame.points == 2 * X - np.array(frame.centre, dtype=object)).all()
    square = max(sum(v * v for v in row) for row in frame.points.tolist())
    plain = max(sum(4 * v * v for v in row) for row in X.tolist())
    assert square <= plain
    assert (frame.radius - 1) ** 2 < max(square, 1) <= frame.radius**2
    unit, radius = frame.floats()
    assert 0.25 <= radius < 1 and np.abs(unit).max() <= 1


def test_two_points_far_from_the_origin_are_seen_from_between():
    frame = Frame.of(Dataset([[5], [6]], [0, 1]))
    assert (frame.centre, frame.radius, frame.points.tolist()) == ((11,), 1, [[-1], [1]])


# the grid --------------------------------------------------------------------------------------


@pytest.mark.proves("thm-deep_threshold-grid")
@settings(max_examples=100, deadline=None)
@given(dataset=labelled())
def test_the_grid_has_the_promised_rows(dataset):
    h, d = spacing(dataset), dataset.d
    layer = grid_layer(dataset)
    assert layer.units == grid_rows(dataset)
    assert all(len(terms) == 1 and terms[0][1] == 2 for _, terms in layer.rows())
    if h is None:
        return
    square = dataset.squared_margin * 4**dataset.shift
    assert d * (h - 1) ** 2 < square <= d * h**2
    spans = [int(v) for v in np.ptp(dataset.integers()[0].astype(object), axis=0)]
    assert layer.units == sum(s // h for s in spans)
    assert grid_layer(dataset, clear=True).units <= sum(s // h + 1 for s in spans)


def test_all_labels_equal_gives_no_spacing():
    assert spacing(Dataset([[0], [5]], [1, 1])) is None


@pytest.mark.proves("thm-deep_threshold-clear")
@settings(max_examples=100, deadline=None)
@given(dataset=labelled())
def test_a_clear_grid_keeps_its_distance(dataset):
    if dataset.squared_margin is None:
        return
    network = through(grid_layer(dataset, clear=True), dataset)
    least = dataset.squared_margin / (4 * dataset.N**2 * dataset.d)
    assert squared_robustness_radius(network, dataset) >= least


# greedy rows -----------------------------------------------------------------------------------


@pytest.mark.proves("thm-deep_threshold-circle")
@pytest.mark.parametrize("N", [4, 8, 16, 32])
def test_greedy_rows_on_the_circle_are_as_few_as_can_be(N):
    dataset = Dataset(circle_points(N), np.arange(N) % 2)
    assert first_layer(dataset, "greedy", rng(1)).layer.units == N // 2


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 12), st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_greedy_rows_do_what_the_pool_does_and_none_is_idle(N, pool, seed):
    draw = rng(seed)
    bits = draw.integers(0, 2, (N, pool)).astype(np.uint8)
    labels = draw.integers(0, 3, N)

    def apart(columns):
        return {
            (i, j)
            for i, j in combinations(range(N), 2)
            if labels[i] != labels[j] and (bits[i, columns] != bits[j, columns]).any()
        }

    rows = chosen(bits, labels)
    assert apart(rows) == apart(list(range(pool)))
    assert all(apart([k for k in rows if k != row]) != apart(rows) for row in rows)
    if rows:  # the first choice is a best one, unless it became idle
        best = max(len(apart([k])) for k in range(pool))
        assert len(apart(rows)) <= best * len(rows)


# clear rows and robustness ---------------------------------------------------------------------


def through(layer, dataset):
    """A network with this first layer."""
    answer = ml.Layer(np.ones((1, layer.units), dtype=int), [0], "identity")
    return ml.Network([layer, answer], dataset.shift, readout="value")


@pytest.mark.proves("thm-deep_threshold-clear")
@pytest.mark.parametrize("kind", ["gaussian", "greedy"])
def test_clear_rows_keep_their_distance(kind):
    dataset = ml.data.ball(N=40, d=3, margin=0.1, seed=2)
    frame = Frame.of(dataset)
    rho = clear_distance(frame, dataset)
    found = first_layer(dataset, kind, rng(3), clear=True)
    square = squared_robustness_radius(through(found.layer, dataset), dataset)
    assert square >= (rho / 2**dataset.shift) ** 2
    # and rho is the promised share of margin over N and sqrt(d)
    least = Fraction(dataset.squared_margin) / (Fraction(102, 10) ** 2 * dataset.N**2 * dataset.d)
    assert (rho / 2**dataset.shift) ** 2 >= least
    plain = first_layer(dataset, "gaussian", rng(3), hyperplanes=400)
    assert squared_robustness_radius(through(plain.layer, dataset), dataset) < square


@pytest.mark.proves("thm-deep_threshold-clear")
def test_few_rows_come_close():
    dataset = ml.data.ball(N=40, d=3, margin=0.1, seed=2)
    frame = Frame.of(dataset)
    layer = Rows(frame, 20).draw(4000, rng(0))
    refused = 4000 - int(is_clear(layer, dataset, clear_distance(frame, dataset)).sum())
    assert 0 < refused < 4000 * 0.02  # p / 2 is about 0.01 here


def test_clear_rows_are_farther_than_the_theorem_asks_where_there_is_choice():
    dataset = ml.data.ball(100, 10, seed=1)
    rows, rho = Rows(Frame.of(dataset), 16), Fraction(1)
    first = rows.draw_clear(20, rng(), dataset, rho, 1)
    chosen = rows.draw_clear(20, rng(), dataset, rho, 4)
    assert first.units == chosen.units == 20
    least = [min(squared_clearances(layer, dataset)) for layer in (first, chosen)]
    assert rho**2 <= least[0] < least[1]


def test_rows_that_are_never_clear_are_given_up():
    dataset = Dataset([[0, 0], [4, 0]], [0, 1])
    with pytest.raises(ml.ConstructionFailed, match=r"^clear: of 72 random rows 0 are clear"):
        Rows(Frame.of(dataset), 16).draw_clear(1, rng(), dataset, Fraction(10**6), 1)


@pytest.mark.proves("thm-deep_threshold-clear")
@settings(max_examples=60, deadline=None)
@given(dataset=labelled(), seed=st.integers(0, 99), finer=st.integers(0, 2))
def test_the_radius_is_the_distance_to_the_nearest_row(dataset, seed, finer):
    layer = first_layer(dataset, "gaussian", rng(seed)).layer
    network = through(layer, dataset).refined(finer)
    expected = [
        min(
            Fraction(v * v, sum(w * w for _, w in terms) * 4**dataset.shift)
            for v, (_, terms) in zip(values, layer.rows(), strict=True)
            if terms
        )
        for values in by_hand(layer, dataset)
    ]
    assert squared_distances(network, dataset) == expected
    assert squared_robustness_radius(network, dataset) == min(expected)
    radius = robustness_radius(network, dataset)
    assert Fraction(radius) ** 2 <= min(expected) < Fraction(math.nextafter(radius, math.inf)) ** 2


def test_no_row_to_cross_means_no_limit():
    dataset = Dataset([[1.5, 2.0]], [0])
    constant = ml.Network([ml.Layer([[0, 0]], [3], "identity")], readout="value")
    assert robustness_radius(constant, dataset) == math.inf
    assert squared_distances(constant, dataset) == [math.inf]


def test_networks_without_threshold_gates_have_no_radius():
    dataset = Dataset([[1.5, 2.0]], [0])
    relu = ml.Network([ml.Layer([[1, 0]], [0], "relu")], readout="value")
    with pytest.raises(ml.InvalidArgument, match=r"^network: threshold gates are needed"):
        robustness_radius(relu, dataset)
    with pytest.raises(ml.InvalidArgument, match=r"^network: a Network is needed"):
        robustness_radius(3, dataset)
    line = through(ml.Layer([[2]], [1], "threshold"), dataset)
    with pytest.raises(ml.InvalidArgument, match=r"^dataset: a Dataset is needed"):
        robustness_radius(line, [[0]])
    with pytest.raises(ml.InvalidDataset, match="dimension 1, got 2"):
        robustness_radius(line, dataset)


def test_close_pairs_leave_the_bound_to_the_margin():
    near = Dataset(np.array([[0, 0], [1, 0], [2**60, 5]]), [0, 1, 0])
    assert data_bound(near) > 2**50
