"""Measures of chapter generalization: accuracy, abstention, the nearest point, robustness."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mem_lib as ml
from mem_lib.generalization import (
    Cells,
    MaxNet,
    accuracy,
    fair_coin_accuracy,
    robustness_radius,
    squared_robustness_radius,
)
from mem_lib.generalization.measures import nearest

SIDE = ml.Network([ml.Layer([[1, -1]], [0], "identity")], readout="sign")
TARGETS = ml.Dataset([[0, 0]], targets=[0.5])
PAIR = ml.Dataset([[0, 0], [3, 4]], [0, 1])


@st.composite
def samples(draw):
    """Few points of a small grid in up to three classes, some of them tied or equal."""
    d, reach = draw(st.integers(1, 3)), draw(st.sampled_from([1, 4, 30]))
    scale = draw(st.sampled_from([1, 0.125, 2.0**-30, 2**40]))
    point = st.tuples(*[st.integers(-reach, reach)] * d)
    labels = draw(st.dictionaries(point, st.integers(0, 2), min_size=1, max_size=12))
    rows = [*labels, *draw(st.lists(st.sampled_from(sorted(labels)), max_size=2))]
    points = [[v * scale for v in row] for row in rows]
    return ml.Dataset(points, [labels[row] for row in rows], classes=3), scale


# -- accuracy --------------------------------------------------------------------------------------


def test_accuracy_counts_undecided_as_wrong():
    found = accuracy(SIDE, ml.Dataset([[1, 0], [0, 1], [2, 2], [5, 0]], [1, 1, 0, 1]))
    assert (found.points, found.right, found.undecided) == (4, 2, 1)
    assert (found.accuracy, found.abstention) == (Fraction(1, 2), Fraction(1, 4))
    assert str(found) == "2 of 4 right, 1 undecided"


def test_a_memorizer_is_right_on_what_it_memorized():
    dataset = ml.data.ball(N=40, d=3, classes=3, margin=0.1, seed=2)
    for construction in (MaxNet(), Cells()):
        found = accuracy(ml.build(dataset, construction), dataset)
        assert (found.right, found.undecided) == (40, 0)


@pytest.mark.proves("thm-generalization-cells")
def test_cells_are_never_more_accurate_than_the_maxnet():
    shells = ml.generalization.Shells(2, 4)
    sample, test = shells.sample(80, seed=1), shells.test(500)
    cells, maxnet = (accuracy(ml.build(sample, c), test) for c in (Cells(), MaxNet()))
    assert cells.right <= maxnet.right < 500 and cells.undecided > maxnet.undecided == 0
    assert maxnet.right - cells.right <= cells.undecided


@pytest.mark.proves("thm-generalization-coins")
def test_fair_coins_are_right_half_of_the_time():
    """The mean over all labellings of five points, two of which are ties."""
    points = [[1, 0], [0, 1], [2, 2], [3, 1], [0, 0]]
    mean = Fraction(0)
    for labels in itertools.product((0, 1), repeat=5):
        mean += accuracy(SIDE, ml.Dataset(points, labels, classes=2)).accuracy / 2**5
    assert fair_coin_accuracy(SIDE, points) == mean == Fraction(3, 10) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: accuracy(3, PAIR), ml.InvalidArgument, "network: a Network"),
        (lambda: accuracy(SIDE, [[0, 0]]), ml.InvalidArgument, "dataset: a Dataset"),
        (lambda: accuracy(SIDE, TARGETS), ml.HypothesisViolated, "dataset: labels"),
        (lambda: accuracy(SIDE, ml.Dataset([[0]], [0])), ml.InvalidDataset, "points must have"),
        (lambda: fair_coin_accuracy(3, [[0, 0]]), ml.InvalidArgument, "network: a Network"),
        (lambda: fair_coin_accuracy(SIDE, [[0]]), ml.InvalidDataset, "points must have"),
        (lambda: nearest([[0]], [[0]]), ml.InvalidArgument, "dataset: a Dataset"),
        (lambda: nearest(TARGETS, [[0, 0]]), ml.HypothesisViolated, "dataset: labels"),
        (lambda: nearest(PAIR, [[0]]), ml.InvalidDataset, r"points must have shape \(M, 2\)"),
        (lambda: nearest(PAIR, [[0, math.inf]]), ml.InvalidDataset, "not a finite number"),
        (lambda: robustness_radius(3), ml.InvalidArgument, "dataset: a Dataset"),
        (lambda: squared_robustness_radius(TARGETS), ml.HypothesisViolated, "dataset: labels"),
    ],
)
def test_bad_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()


# -- the nearest point -----------------------------------------------------------------------------


@given(samples())
def test_nearest_is_what_the_network_answers(drawn):
    """Negative coordinates, ties, three classes, points far outside, finer and huge grids."""
    dataset, scale = drawn
    rng = np.random.default_rng(0)
    asked = rng.integers(-70, 71, (60, dataset.d)) * scale
    asked = np.concatenate([asked, dataset.points, asked / 2 if scale < 1 else asked])
    network = ml.build(dataset, MaxNet())
    assert (nearest(dataset, asked) == ml.predict(network, asked)).all()


def test_nearest_on_thousands_of_integers():
    rng = np.random.default_rng(1)
    points = np.unique(rng.integers(-20, 21, (300, 2)), axis=0)
    dataset = ml.Dataset(points, rng.integers(0, 2, len(points)))
    asked = rng.integers(-40, 41, (6000, 2))
    found = nearest(dataset, asked)
    assert (found == ml.predict(ml.build(dataset, MaxNet()), asked)).all()
    assert (found == -1).any() and nearest(dataset, np.zeros((0, 2))).tolist() == []


def test_nearest_where_floats_could_not_tell():
    dataset = ml.Dataset([[0], [2**80]], [0, 1])
    assert nearest(dataset, [[2**79 - 1], [2**79], [2**79 + 1]]).tolist() == [0, -1, 1]


# -- robustness ------------------------------------------------------------------------------------


@pytest.mark.proves("thm-generalization-robust")
@given(samples())
def test_the_radius_is_half_the_margin_and_labels_are_kept_within(drawn):
    dataset, _ = drawn
    square, radius = squared_robustness_radius(dataset), robustness_radius(dataset)
    if len(set(dataset.labels.tolist())) == 1:
        assert square == radius == math.inf
        return
    assert square == dataset.squared_margin / 4
    assert Fraction(radius) ** 2 <= square < Fraction(math.nextafter(radius, math.inf)) ** 2
    if dataset.points.dtype == object:
        return
    # towards the nearest point of another label, which is the worst direction
    network = ml.build(dataset, MaxNet())
    for row in range(dataset.N):
        others = dataset.points[dataset.labels != dataset.labels[row]].astype(float)
        steps = others - dataset.points[row]
        worst = steps[(steps**2).sum(axis=1).argmin()]
        length = np.linalg.norm(worst)
        inside = dataset.points[row] + 0.999 * radius / length * worst
        assert ml.predict(network, [inside])[0] == dataset.labels[row]


@pytest.mark.proves("thm-generalization-robust")
def test_the_middle_of_the_nearest_pair_is_at_the_radius_of_both():
    assert robustness_radius(PAIR) == 2.5
    middle = [1.5, 2]
    for network in (ml.build(PAIR, MaxNet()), ml.build(PAIR, Cells())):
        assert ml.predict(network, [middle])[0] == -1
