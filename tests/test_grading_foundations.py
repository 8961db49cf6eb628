"""The exercises of foundations: a reference has all points, and each mistake loses its own."""

from itertools import combinations
from math import e, log2

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import foundations, grading
from mem_lib.grading.exercise import find
from tests.grading_references import have_all_points

SEEDS = ("practice", "a", "b")


def kinks(dataset):
    labels = dataset.labels.tolist()
    slopes = np.diff(labels).tolist()
    return labels, slopes, np.diff(slopes).tolist()


def four(dataset):
    """A neuron for every change of the slope, and one to begin with."""
    labels, slopes, changes = kinks(dataset)
    hidden = ml.Layer([[1]] * 4, [0, -1, -2, -3], "relu")
    return ml.Network(
        [hidden, ml.Layer([[slopes[0], *changes]], [labels[0]], "identity")]
    )  # fmt: skip


def three(dataset):
    """Those that look left make the first slope."""
    labels, slopes, changes = kinks(dataset)
    for size in range(4):
        for left in combinations(range(3), size):
            if sum(changes[k] for k in left) == -slopes[0]:
                signs = [-1 if k in left else 1 for k in range(3)]
                hidden = ml.Layer([[s] for s in signs], [-s * (k + 1) for k, s in enumerate(signs)],
                                  "relu")  # fmt: skip
                first = labels[0] - sum(changes[k] * (k + 1) for k in left)
                return ml.Network([hidden, ml.Layer([changes], [first], "identity")])
    raise AssertionError("no such neurons")


def deep(dataset):
    """Right, with a hidden layer too many."""
    hidden, out = four(dataset).layers
    return ml.Network([ml.Layer([[1]], [0], "relu"), hidden, out])


def wide(dataset):
    hidden, out = four(dataset).layers
    return ml.Network([
        ml.Layer([[1]] * 5, [*hidden.bias, -9], "relu"),
        ml.Layer([[*out.weight[0], 1]], out.bias, "identity"),
    ])  # fmt: skip


def wrong(x, digits):
    return x % 2 == 1 and x >= 2**digits


def sturdy(dataset, size=1000):
    """Steps whose arguments and sums are far from 0."""
    order = np.argsort(dataset.points[:, 0])
    at, labels = dataset.points[order, 0].tolist(), dataset.labels[order].tolist()
    steps = [i for i in range(1, len(at)) if labels[i] != labels[i - 1]]
    rises = [2 * size * (labels[i] - labels[i - 1]) for i in steps]
    middle = [-size * int(at[i] + at[i - 1]) for i in steps]
    return ml.Network([
        ml.Layer([[2 * size]] * len(steps), middle, "threshold"),
        ml.Layer([rises], [size * (2 * labels[0] - 1)], "identity"),
    ], readout="sign")  # fmt: skip


def least(rows):
    def enough(m):
        return ((3 * rows + 15) * m - 4) * log2(e * rows * m * m) >= rows * m * m

    return 1 + max(m for m in range(1, 2000) if enough(m))


@pytest.mark.parametrize("seed", SEEDS)
def test_references_have_all_points(seed):
    tasks = grading.Tasks.drawn("foundations", seed)
    scarce = tasks["foundations.precision"].task.given
    answers = {
        "foundations.count": three,
        "foundations.precision": (scarce["factor"] * scarce["bits"]) ** 2 + 1,
        "foundations.unfold": wrong,
        "foundations.break": sturdy,
        "foundations.threshold": least(**tasks["foundations.threshold"].task.given),
    }
    have_all_points(answers, seed, slug="foundations")


@pytest.mark.parametrize(
    ("name", "answer", "points", "word"),
    [
        ("count", four, 3, "it has four neurons"),
        ("count", wide, 2, "it has 5 neurons"),
        ("count", deep, 2, "its layers are relu, relu, identity"),
        ("count", lambda data: foundations.staircase(ml.Dataset(data.points, data.labels[::-1])),
         0, "expected"),
        ("precision", "last", 0, "as many settings as labellings"),
        ("precision", 10**9, 0, "for smaller N"),
        ("precision", 1.5, 0, "whole number"),
        ("precision", [1], 0, "whole number"),
        ("unfold", lambda x, digits: x >= 2**digits, 0, "the network says"),
        ("unfold", lambda x, digits: x % 2 == 1 and x >= 2**24, 3, "(9007199254740989, 53)"),
        ("unfold", lambda x, digits: x % 2 == 1 and x > 2**digits + 1, 1, "(16777217, 24)"),
        ("unfold", lambda x, digits: 2 * wrong(x, digits), 0, "got 2"),
        ("unfold", lambda x, digits: x % 0, 0, "ZeroDivisionError"),
        ("break", foundations.staircase, 2, "expected"),
        ("break", lambda data: sturdy(data, 1), 2, "layer 0, "),
        ("break", lambda data: sturdy(data, 32), 2, "is exactly 0 before its threshold"),
        ("break", lambda data: sturdy(ml.Dataset(data.points, 1 - data.labels)), 0, "expected"),
        ("break", lambda data: padded(sturdy(data)), 2, "entries; at most 300"),
        ("threshold", "early", 0, "does not exclude"),
        ("threshold", 5000, 0, "excluded already"),
        ("threshold", None, 0, "whole number"),
    ],
)  # fmt: skip
def test_a_mistake_loses_its_points(name, answer, points, word):
    key = f"foundations.{name}"
    given = grading.given(key)
    if answer == "last":
        answer = (given["factor"] * given["bits"]) ** 2
    elif answer == "early":
        answer = least(**given) - 1
    verdict = grading.check(key, answer)
    assert verdict.points == points and word in str(verdict), verdict


def padded(network):
    """The same function, with a hundred units that are never on."""
    hidden, out = network.layers
    return ml.Network([
        ml.Layer([*hidden.weight.tolist(), *[[0]] * 100], [*hidden.bias.tolist(), *[-9] * 100],
                 "threshold"),
        ml.Layer([[*out.weight[0].tolist(), *[0] * 100]], out.bias, "identity"),
    ], readout="sign")  # fmt: skip


@pytest.mark.parametrize("digits", [24, 53])
def test_the_network_is_wrong_where_the_rule_says(digits):
    """The judge asks the network itself; the reference is the rule that the book proves."""
    exercise = find("foundations.unfold")
    rng = np.random.default_rng(0)
    border = range(2**digits - 20, 2**digits + 20)
    for x in [*border, *rng.integers(0, 2 ** (digits + 3), 60).tolist()]:
        assert (exercise._bit(x, digits) != x % 2) == wrong(x, digits)
