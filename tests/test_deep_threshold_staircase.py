"""The staircase of the chapter deep_threshold: one gate at each change of label along a line."""

from dataclasses import astuple
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mem_lib as ml
from mem_lib.constructions import Facts
from mem_lib.data import hostile
from mem_lib.deep_threshold.staircase import Staircase
from mem_lib.exact import evaluate
from mem_lib.parts.line import line_apart

XOR = ml.Dataset([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])


def sums_of_the_gates(network, dataset):
    """W x + b of the first layer at every point, in Python integers."""
    first = network.layers[0]
    shift = network.input_shift
    points = [[int(Fraction(v) * 2**shift) for v in row] for row in dataset.points.tolist()]
    weight, bias = (np.array(a.tolist(), dtype=object) for a in (first.weight, first.bias))
    return np.array(points, dtype=object) @ weight.T + bias


def breaks_along(network, dataset):
    """Changes of value in the order of the direction, counted anew."""
    row = [int(u) for u in network.layers[0].weight[0]]
    values = dataset.labels if dataset.targets is None else dataset.targets
    line = sorted(
        (sum(u * Fraction(v) for u, v in zip(row, x, strict=True)), y)
        for x, y in zip(dataset.points.tolist(), values.tolist(), strict=True)
    )
    return sum(a[1] != b[1] for a, b in pairwise(line))


def check(dataset, **parameters):
    """Everything that holds for every network with a gate."""
    network = Staircase(**parameters).build(dataset, seed=3)
    assert ml.verify(network, dataset)
    size, bound = network.size, Staircase(**parameters).bound(Facts.of(dataset))
    assert all(a <= b for a, b in zip(astuple(size), astuple(bound), strict=True))
    assert network.depth == 2 and size.neurons == size.width == network.about["breaks"]
    assert size.neurons == breaks_along(network, dataset) <= dataset.distinct().N - 1
    first, answer = network.layers
    assert (first.activation, answer.activation) == ("threshold", "identity")
    assert (first.weight == first.weight[0]).all() and not (first.weight % 2).any()
    sums = sums_of_the_gates(network, dataset)
    assert (sums % 2 == 1).all()  # odd: never 0
    # the border is in the middle of its gap, but for one half
    below, above = (np.where(sums * sign > 0, sums * sign, 10**40).min(axis=0) for sign in (-1, 1))
    assert (abs(below - above) <= 2).all()
    return network


@pytest.mark.parametrize("name", sorted(hostile))
@pytest.mark.parametrize("N", [5, 24])
def test_hostile_data(name, N):
    dataset = hostile[name](N, seed=N)
    if len(set(dataset.labels.tolist())) > 1:
        check(dataset)
    else:
        assert ml.verify(Staircase().build(dataset), dataset)


@pytest.mark.proves("thm-deep_threshold-staircase")
@pytest.mark.parametrize("classes", [2, 3, 7])
@pytest.mark.parametrize("d", [1, 2, 3, 30])
def test_random_labels(classes, d):
    network = check(ml.data.ball(80, d, classes=classes, seed=classes))
    jumps = network.layers[1].weight
    assert abs(jumps).max() <= classes - 1 and jumps.all()


@given(
    st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=2, max_size=14),
    st.integers(2, 4),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_lattices_repetitions_and_lines(points, classes, collinear, random):
    if collinear:
        points = [(3 * a, -2 * a) for a, _ in points]
    label = {x: random.randrange(classes) for x in points}
    dataset = ml.Dataset(points, [label[x] for x in points], classes=classes)
    if len(set(label.values())) > 1:
        check(dataset, directions=2)
    else:
        assert ml.verify(Staircase().build(dataset), dataset)


def test_numbers_longer_than_any_float():
    check(ml.data.pairs(20, 200, seed=1))
    check(ml.data.scattered(20, 5000, seed=1))


def test_xor_by_hand():
    """The places 0, 1, 2, 3 of four points have the labels 0, 1, 1, 0: gates at 1 and at 3."""
    network = Staircase().build(ml.Dataset([[0], [1], [2], [3]], [0, 1, 1, 0]))
    assert network.layers[0].weight.tolist() == [[2], [2]]
    assert network.layers[0].bias.tolist() == [-1, -5]
    assert network.layers[1].weight.tolist() == [[1, -1]]
    assert check(XOR).size.neurons in (2, 3)


def test_a_gate_stands_in_the_middle_of_its_gap():
    network = Staircase().build(ml.Dataset([[0], [10], [21]], [0, 1, 2]))
    assert network.layers[0].bias.tolist() == [-9, -31]  # 4.5 and 15.5


@pytest.mark.parametrize("d", [1, 4])
def test_targets(d):
    points = ml.data.ball(40, d, seed=2).points
    for targets in (
        np.random.default_rng(1).integers(-40, 90, 40) / 16,
        [Fraction(k, 7) for k in range(-20, 20)],
        np.arange(40) % 3 - 1,
    ):
        check(ml.Dataset(points, targets=targets))


@pytest.mark.parametrize("label", [0, 1, 6])
def test_one_class_is_a_constant(label):
    for points in ([[0.5, 3]], [[0.5, 3], [1, 1], [0.5, 3]]):
        dataset = ml.Dataset(points, [label] * len(points))
        network = Staircase().build(dataset)
        assert ml.verify(network, dataset) and network.size.neurons == 0 and network.depth == 1
        bound = Staircase().bound(Facts.of(dataset))
        assert all(a <= b for a, b in zip(astuple(network.size), astuple(bound), strict=True))
    targets = ml.Dataset([[1], [2]], targets=[-2.5, -2.5])
    assert evaluate(Staircase().build(targets), [[7]])[0].tolist() == [[-5]]


def test_more_directions_mean_no_more_gates():
    dataset = ml.data.partition(400, 2, margin=0.3, cells=2, seed=3)
    gates = [Staircase(directions=k).build(dataset).size.neurons for k in (1, 4, 16, 64)]
    assert gates == sorted(gates, reverse=True) and gates[-1] < gates[0] / 4


def test_the_seed_decides():
    dataset = ml.data.ball(50, 3, seed=1)
    assert Staircase().build(dataset, seed=4) == Staircase().build(dataset, seed=4)
    assert Staircase().build(dataset, seed=4) != Staircase().build(dataset, seed=5)


def test_a_bound_of_told_facts():
    size = Staircase().bound(Facts(N=1000, d=10))
    assert (size.depth, size.neurons, size.weights) == (2, 999, 999 * 12 + 1)
    assert Staircase().bound(Facts(N=1, d=3)).neurons == 0
    assert Staircase().bound(Facts(N=9, d=3, value_bits=8)).bits >= 9


def test_directions_that_fail_are_told_with_the_pair(monkeypatch):
    monkeypatch.setattr("mem_lib.deep_threshold.staircase.DRAWS", 1)
    dataset = ml.Dataset([[0, 0], [1, 0]], [0, 1])
    failed = 0
    for seed in range(40):  # an entry is 0 in one draw out of five
        try:
            Staircase(directions=1).build(dataset, seed=seed)
        except ml.ConstructionFailed as error:
            failed += 1
            assert "seed: 1 directions took" in str(error) and "points 0 and 1" in str(error)
    assert 0 < failed < 20


def test_few_directions_that_serve_are_enough():
    """Fewer good directions than wanted: the best of them."""
    dataset, entries = ml.Dataset([[0, 0], [1, 0]], [0, 1]), iter([[0, 1], [3, 1], [0, 2]])
    line = line_apart(dataset, dataset.labels, lambda: next(entries), draws=3, wanted=3)
    assert line.direction == [3, 1] and line.places.tolist() == [0, 3]


@pytest.mark.parametrize("directions", [0, -1, 1.5, "4", None, True, 65])
def test_directions_are_a_small_whole_number(directions):
    with pytest.raises(ml.InvalidArgument, match="directions: "):
        Staircase(directions=directions)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((None,), "dataset: a Dataset is needed"), ((XOR, -1), "seed: a whole number >= 0")],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ml.InvalidArgument, match=message):
        Staircase().build(arguments[0], **dict(zip(["seed"], arguments[1:], strict=False)))


def test_what_does_not_fit_into_memory(monkeypatch):
    monkeypatch.setattr("mem_lib._base.memory.physical_memory", lambda: 2**12)
    dataset = ml.Dataset(np.arange(100)[:, None], np.arange(100) % 2)
    with pytest.raises(ml.TooLarge, match="dataset: 99 changes of the label in dimension 1"):
        Staircase().build(dataset)
