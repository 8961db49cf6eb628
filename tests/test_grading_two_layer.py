"""The exercises of two_layer: a reference has all points, and each mistake loses its own."""

from fractions import Fraction
from math import lcm

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import grading, two_layer
from mem_lib.grading.exercise import find
from tests.grading_references import have_all_points

SEEDS = ("practice", "a", "b")


def network_of(neurons):
    """Rows of fractions and their outgoing weights as an integer network."""
    scale = lcm(*(v.denominator for row, _ in neurons for v in row))
    bottom = scale * lcm(*(Fraction(a).denominator for _, a in neurons))
    rows = [[int(v * scale) for v in row] for row, _ in neurons]
    outer = [int(a * bottom / scale) for _, a in neurons]
    return ml.Network([
        ml.Layer([row[:-1] for row in rows], [row[-1] for row in rows], "relu"),
        ml.Layer([outer], [0], "identity"),
    ], output_denominator=bottom)  # fmt: skip


def pair(x, y, t, h=None):
    """The first neuron has h times the line through the values added to it."""
    slope = Fraction(y[1] - y[0], x[1] - x[0])
    if h is None:
        h = Fraction(1, 2**200)
        while all(2 * h * abs(v) <= Fraction(abs(at - t), 2) for at, v in zip(x, y, strict=True)):
            h *= 2
    first = [1 + h * slope, h * (y[0] - slope * x[0]) - t, 1 / h]
    return [first, [1, -t, -1 / h]]


def caps_of_two(x, y, t):
    """Right, but each neuron looks at one point only."""
    gap = x[1] - x[0]
    return [[-1, x[1], Fraction(y[0], gap)], [1, -x[0], Fraction(y[1], gap)]]


def at_most_one(x, y, t):
    """Powers of two from 1 downwards."""
    return pair(x, y, t, min(1 / pair(x, y, t)[0][2], Fraction(1)))


def one_neuron_where_it_does(x, y, t):
    """The second one has no say where the line through the values is positive at t, too."""
    slope = Fraction(y[1] - y[0], x[1] - x[0])
    line = [slope, y[0] - slope * x[0], 1]
    return [line, [1, -t, 0]] if min(y) > 0 else pair(x, y, t)


def levels_or_equal(points):
    """Caps where another point is as far along as the point itself."""
    found = []
    for i, x in enumerate(points):
        products = [sum(a * b for a, b in zip(x, z, strict=True)) for z in points]
        own = products.pop(i)
        found.append(max(products) if max(products) <= own else None)
    return found


def levels(points):
    found = []
    for i, x in enumerate(points):
        products = [sum(a * b for a, b in zip(x, z, strict=True)) for z in points]
        own = products.pop(i)
        found.append(max(products) if max(products) < own else None)
    return found


def in_int64(points):
    z = np.array(points)
    products = (z @ z.T).astype(object)
    own = products.diagonal().copy()
    np.fill_diagonal(products, -(2**100))
    return [int(b) if b < s else None for b, s in zip(products.max(axis=1), own, strict=True)]


def few_units(points, labels):
    return two_layer.build(ml.Dataset(points, labels), variant="threshold")


def slabs_alone(points, labels):
    """Two units around each point of label 1, however many there are."""
    rows, outer = [], []
    for p, label in zip(points, labels, strict=True):
        if label:
            w = next([1, k] for k in range(1, 999) if all(
                x == p or x[0] - p[0] + k * (x[1] - p[1]) for x in points))  # fmt: skip
            at = 2 * (w[0] * p[0] + w[1] * p[1])
            rows += [([2, 2 * w[1]], 1 - at), ([2, 2 * w[1]], -1 - at)]
            outer += [2, -2]
    return ml.Network([
        ml.Layer([w for w, _ in rows], [b for _, b in rows], "threshold"),
        ml.Layer([outer], [-1], "identity"),
    ], readout="sign")  # fmt: skip


def on_a_point(points, labels):
    """Right, with an idle unit that has 0 to decide on at the first point."""
    hidden, out = few_units(points, labels).layers
    return ml.Network([
        ml.Layer([*hidden.dense.tolist(), [1, 0]], [*hidden.bias, -points[0][0]], "threshold"),
        ml.Layer([[*out.dense[0], 0]], out.bias, "identity"),
    ], readout="sign")  # fmt: skip


def with_an_output_gate(points, labels):
    """The sum that is read by its sign goes into a gate."""
    hidden, out = few_units(points, labels).layers
    return ml.Network([hidden, ml.Layer(out.weight, out.bias, "threshold")])


def strips(dataset, c):
    """One neuron of the pair of each group opens at the border before it."""
    data = sorted(
        zip(dataset.integers()[0].tolist(), dataset.targets.tolist(), strict=True),
        key=lambda entry: c[0] * entry[0][0] + c[1] * entry[0][1],
    )
    heights = {tuple(x): c[0] * x[0] + c[1] * x[1] for x, _ in data}
    groups = [[]]
    for x, y in data:
        if plane([*groups[-1], (x, 0)]) is None:
            groups.append([])
        groups[-1].append((x, y))
    before, neurons = [Fraction(0)] * 3, []
    for g, group in enumerate(groups):
        low = heights[tuple(groups[g - 1][-1][0])] if g else heights[tuple(group[0][0])] - 9
        t = Fraction(low + heights[tuple(group[0][0])], 2)
        base = [Fraction(c[0]), Fraction(c[1]), -t]
        now = plane([(x, Fraction(y)) for x, y in group])
        change = [a - b for a, b in zip(now, before, strict=True)]
        sizes = [abs(sum(a * b for a, b in zip(change, (*x, 1), strict=True))) for x, _ in data]
        room = [abs(heights[tuple(x)] - t) / 2 for x, _ in data]
        h = min([r / s for r, s in zip(room, sizes, strict=True) if s] or [Fraction(1)])
        neurons += [([a + h * b for a, b in zip(base, change, strict=True)], 1 / h),
                    (base, -1 / h)]  # fmt: skip
        before = now
    return network_of(neurons)


def plane(entries):
    """The affine function with these values at up to three points, or None."""
    rows = [[Fraction(v) for v in (*x, 1, y)] for x, y in entries]
    pivots = []
    for row in rows:
        for k, done in pivots:
            row[:] = [a - row[k] * b for a, b in zip(row, done, strict=True)]
        k = next((k for k in range(3) if row[k]), None)
        if k is None:
            return None
        row[:] = [a / row[k] for a in row]
        for _, done in pivots:
            done[:] = [a - done[k] * b for a, b in zip(done, row, strict=True)]
        pivots.append((k, row))
    solution = [Fraction(0)] * 3
    for k, row in pivots:
        solution[k] = row[3]
    return solution


def moment(t, values):
    """Make them large, then smaller one after the other while they stay right."""
    judge = find("two_layer.moment")
    task = grading.Tasks.drawn("two_layer")["two_layer.moment"].task
    task = type(task)({"t": t, "values": values})
    s = [2**12] * 3
    for k in range(3):
        step = 2**12
        while step:
            s[k] -= step
            if judge.verdict(task, s).points < 2:
                s[k] += step
            step //= 2
    return s


@pytest.mark.parametrize("seed", SEEDS)
def test_references_have_all_points(seed):
    tasks = grading.Tasks.drawn("two_layer", seed)
    answers = {
        "two_layer.two": pair,
        "two_layer.caps": levels,
        "two_layer.facet": few_units,
        "two_layer.strips": strips,
        "two_layer.moment": moment(**tasks["two_layer.moment"].task.given),
    }
    have_all_points(answers, seed, slug="two_layer")


def without_targets_of(dataset, c):
    return strips(ml.Dataset(dataset.points, targets=dataset.targets[::-1]), c)


def two_for_each(dataset, c):
    return two_layer.build(dataset, variant="sorted", group_size=2)


def hidden_twice(dataset, c):
    """The same function with a hidden layer more."""
    hidden, out = strips(dataset, c).layers
    same = ml.Layer(np.eye(hidden.units, dtype=int), [0] * hidden.units, "relu")
    return ml.Network([hidden, same, out], 0, strips(dataset, c).output_denominator)


@pytest.mark.parametrize(
    ("name", "answer", "points", "word"),
    [
        ("two", caps_of_two, 2, "not positive at"),
        ("two", lambda x, y, t: pair(x, y, t, Fraction(1, 2**90)), 3, "is the largest"),
        ("two", lambda x, y, t: pair(x, y, t - 1), 2, "the second is 1 before relu"),
        ("two", lambda x, y, t: [[float(v) for v in n] for n in pair(x, y, t)], 0, "they say"),
        ("two", lambda x, y, t: pair(x, y, t)[:1], 0, "two neurons"),
        ("two", lambda x, y, t: [n[:2] for n in pair(x, y, t)], 0, "[w, b, a] are needed"),
        ("two", at_most_one, 3, "is the largest, yours is 1"),
        ("two", lambda x, y, t: pair(x, y, t) if all(y) else None, 0, "two neurons"),
        ("two", one_neuron_where_it_does, 3, "the outgoing weight 0"),
        ("two", lambda x, y, t: [["1", 2, 3]] * 2, 0, "a number is needed"),
        ("caps", lambda points: [max(b, 0) if b else b for b in in_int64(points)], 1, "is right"),
        ("caps", lambda points: [b or 0 for b in levels(points)], 2, "is right"),
        ("caps", in_int64, 3, "is right"),
        ("caps", lambda points: None, 0, "levels, got None"),
        ("caps", lambda points: levels(points)[1:], 0, "levels, got ["),
        ("caps", levels_or_equal, 2, "None is right, got"),
        ("caps", lambda points: [b if b is None else max(b, -1) for b in levels(points)], 2,
         "is right, got -1"),
        ("facet", slabs_alone, 3, "units, "),
        ("facet", lambda points, labels: few_units(points, [1 - v for v in labels]), 0, "expected"),
        ("facet", lambda points, labels: two_layer.build(ml.Dataset(points, labels)), 2, "relu"),
        ("facet", lambda points, labels: labels, 0, "a network is needed"),
        ("facet", on_a_point, 0, "is exactly 0 before its threshold"),
        ("strips", two_for_each, 4, "it has 21 neurons"),
        ("strips", without_targets_of, 0, "expected"),
        ("strips", hidden_twice, 3, "its layers are relu, relu, identity"),
        ("moment", [10**6] * 3, 2, "they are right as well"),
        ("moment", [0, 0, 0], 0, "they say"),
        ("moment", "one", 1, "they say"),
        ("moment", [1.5, 2, 3], 0, "three whole numbers"),
        ("moment", [1, 2], 0, "three whole numbers"),
        ("moment", {"s": 1}, 0, "three whole numbers"),
    ],
)  # fmt: skip
def test_a_mistake_loses_its_points(name, answer, points, word):
    if answer == "one":
        answer = [2**12, 0, 2**12]
    verdict = grading.check(f"two_layer.{name}", answer)
    assert verdict.points == points and word in str(verdict), verdict


@pytest.mark.parametrize("seed", SEEDS)
def test_the_library_s_strips_do_not_get_by_with_as_few(seed):
    """Many points of the task lie on a line: groups of three are not independent."""
    given = grading.Tasks.drawn("two_layer", seed)["two_layer.strips"].task.given
    with pytest.raises(ml.MemorizationError):
        two_layer.build(given["dataset"])


def test_the_output_of_threshold_units_may_be_a_gate():
    assert grading.check("two_layer.facet", with_an_output_gate)
