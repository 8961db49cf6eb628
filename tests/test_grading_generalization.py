"""The exercises of generalization: a reference has all points, and each mistake loses its own."""

import itertools
from fractions import Fraction

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import generalization as gen
from mem_lib import grading
from mem_lib.generalization.measures import nearest
from tests.grading_references import have_all_points


def score(x, base):
    return [2 * (a - b) for a, b in zip(x, base, strict=True)], sum(
        b * b - a * a for a, b in zip(x, base, strict=True)
    )


def four_units(square):
    zeros, ones = (square.points[square.labels == y].tolist() for y in (0, 1))
    lead = score(ones[0], zeros[0])
    back = [-a for a in lead[0]], -lead[1]
    units = [lead, back, score(ones[1], ones[0]), score(zeros[1], zeros[0])]
    weights, biases = zip(*units, strict=True)
    return ml.Network(
        [ml.Layer(weights, biases, "relu"), ml.Layer([[1, -1, 1, -1]], [0], "identity")]
    )


def cells(points, labels, p, q, reach=2):
    points, n = np.array(points), len(points)
    pairs = [(i, j) for i in range(n) for j in range(n) if labels[i] != labels[j]]
    away = [int(((points[i] - points[j]) ** 2).sum()) for i, j in pairs]
    square = (points**2).sum(axis=1).tolist()
    rows = [(-2 * q * (points[i] - points[j])).tolist() for i, j in pairs]
    biases = [
        q * (square[i] - square[j]) + 2 * p * a for (i, j), a in zip(pairs, away, strict=True)
    ]
    gather = [[-int(i == k) for i, _ in pairs] for k in range(n)]
    sides = [2 * y - 1 for y in labels]
    return ml.Network(
        [
            ml.Layer(rows, biases, "relu"),
            ml.Layer(gather, [reach * p * min(away)] * n, "relu"),
            ml.Layer([sides], [0], "identity"),
        ],
        readout="sign",
    )


def max_net(points, labels):
    return gen.build(ml.Dataset(points, labels))


def satisfying(clauses):
    """The assignments that satisfy all clauses, found by trying."""
    for s in itertools.product((1, -1), repeat=7):
        signs = [{s[abs(x) - 1] * x > 0 for x in clause} for clause in clauses]
        if all(len(found) == 2 for found in signs):
            yield s


def assigned(s, last=-1):
    return ml.Network(
        [
            ml.Layer([s], [60 - 22 * sum(s)], "relu"),
            ml.Layer([[1], [1]], [-39, -81], "relu"),
            ml.Layer([[2, -100]], [last], "identity"),
        ],
        readout="sign",
    )


def formula(clauses, dataset):
    return assigned(next(satisfying(clauses)))


def unknown(network, dataset):
    places = np.arange(-200, 100)[:, None]
    right = nearest(dataset, places)
    return int(places[(ml.predict(network, places) != right) & (right >= 0)][0, 0])


SEEDS = ("practice", "a", "b")


@pytest.mark.parametrize("seed", SEEDS)
def test_references_have_all_points(seed):
    tasks = grading.Tasks.drawn("generalization", seed)
    given = tasks["generalization.break"].task.given
    answers = {
        "generalization.two": four_units,
        "generalization.cells": cells,
        "generalization.maxnet": max_net,
        "generalization.formula": formula,
        "generalization.break": [
            unknown(given["two"], given["two_points"]),
            unknown(given["three"], given["three_points"]),
        ],
    }
    have_all_points(answers, seed, slug="generalization")


def test_a_construction_of_the_library_is_an_answer_too():
    assert grading.check("generalization.two", gen.MaxNet())


def test_a_network_and_its_file_are_answers(tmp_path):
    network = formula(**grading.given("generalization.formula"))
    network.save(tmp_path / "network.json")
    for answer in (network, tmp_path / "network.json", lambda clauses, dataset: network):
        assert grading.check("generalization.formula", answer)


def of_the_other_sign(square):
    return four_units(ml.Dataset(square.points, 1 - square.labels))


def with_a_long_bias(square):
    """Three units: the difference of the bases is never below -2^200, where anybody looks."""
    first, _ = four_units(square).layers
    rows, bias = first.dense.tolist(), first.bias.tolist()
    hidden = ml.Layer([rows[0], *rows[2:]], [bias[0] + 2**200, *bias[2:]], "relu")
    return ml.Network([hidden, ml.Layer([[1, 1, -1]], [-(2**200)], "identity")])


def by_cells(square):
    return gen.build(square, variant="cells")


def with_a_spare_unit(square):
    first, last = four_units(square).layers
    rows, bias = [*first.weight.tolist(), [0, 0]], [*first.bias.tolist(), 1]
    return ml.Network(
        [ml.Layer(rows, bias, "relu"), ml.Layer([[*last.weight[0].tolist(), 0]], [0], "identity")]
    )


def by_the_nearest(points, labels, p, q):
    """Large at training points; it is never silent, and small where a cell comes to its end."""
    *first, last = max_net(points, labels).layers
    weights = (2 * p * last.dense).tolist()
    return ml.Network([*first, ml.Layer(weights, [0], "identity")], readout="sign")


def half_as_high(points, labels, p, q):
    return cells(points, labels, p, q, reach=1)


def twice_as_wide(points, labels, p, q):
    """Their threshold is that of a larger margin: they reach beyond the middle."""
    return cells(points, labels, p, q, reach=4)


def with_a_unit_for_nothing(points, labels, p, q):
    first, second, last = cells(points, labels, p, q).layers
    second = ml.Layer([*second.dense.tolist(), [0] * second.inputs], [*second.bias, 1], "relu")
    last = ml.Layer([[*last.dense[0].tolist(), 0]], [0], "identity")
    return ml.Network([first, second, last], readout="sign")


def higher_by_one(points, labels, p, q):
    """Over the middle between two labels by the width of a hair."""
    first, second, last = cells(points, labels, p, q).layers
    return ml.Network([first, ml.Layer(second.weight, second.bias + 1, "relu"), last])


def of_other_labels(points, labels, p, q):
    return cells(points, [1 - y for y in labels], p, q)


def by_pairs(points, labels):
    """Right on a line between two points, and nowhere else: the first points alone."""
    points, labels = np.array(points), np.array(labels)
    chosen = [int(np.flatnonzero(labels == y)[0]) for y in (0, 1)]
    return gen.build(ml.Dataset(points[chosen], labels[chosen]))


def with_a_long_base(points, labels):
    """For two points an affine function, by a unit that is on down to -2^200."""
    network = max_net(points, labels)
    if len(points) > 2:
        return network
    (only,) = network.layers
    hidden = ml.Layer(only.weight, [int(only.bias[0]) + 2**200], "relu")
    return ml.Network([hidden, ml.Layer([[1]], [-(2**200)], "identity")])


def with_spare_units(points, labels):
    first, *rest = max_net(points, labels).layers
    if not rest:  # two points, and no maximum
        return max_net(points, labels)
    rows, bias = [*first.dense.tolist(), [0] * first.inputs], [*first.bias.tolist(), 1]
    wider = [[*row, 0] for row in rest[0].dense.tolist()]
    layers = [ml.Layer(rows, bias, "relu"), ml.Layer(wider, rest[0].bias, rest[0].activation)]
    return ml.Network([*layers, *rest[1:]], readout="sign")


def heavy(points, labels):
    """Right and narrow, with a layer that copies what it gets in a costly way."""
    network = max_net(points, labels)
    *first, last = network.layers
    before, n = [ml.Layer([[1], [-1]], [0, 0], "relu"), ml.Layer([[1, -1]], [0], "identity")], 40
    return ml.Network([*first, last, *n * before])


def for_even_classes(points, labels):
    sizes = np.bincount(labels)
    if (sizes % 2).any():
        raise IndexError("a pair is needed")
    return max_net(points, labels)


def first_assignment(clauses, dataset):
    return assigned((1, 1, 1, 1, 1, 1, 1))


def below_the_cap(clauses, dataset):
    return assigned(next(satisfying(clauses)), last=1000)


def with_more_parameters(clauses, dataset):
    return gen.build(dataset)


@pytest.mark.parametrize(
    ("name", "answer", "points", "word"),
    [
        ("two", of_the_other_sign, 0, "is right"),
        ("two", by_cells, 0, "is right"),
        ("two", with_a_long_bias, 0, "at 2^352 times ["),
        ("two", with_a_spare_unit, 3, "its layers have"),
        ("cells", by_the_nearest, 4, "or beyond is asked"),
        ("cells", half_as_high, 2, "or beyond is asked"),
        ("cells", twice_as_wide, 2, "not for the nearest point"),
        ("cells", with_a_unit_for_nothing, 5, "are enough"),
        ("cells", higher_by_one, 2, "not for the nearest point"),
        ("cells", of_other_labels, 0, "not for the nearest point"),
        ("cells", lambda *a: [], 0, "a network is needed"),
        ("cells", lambda *a: 1 / 0, 0, "ZeroDivisionError"),
        ("maxnet", by_pairs, 0, "is right"),
        ("maxnet", with_a_long_base, 2, "at 2^352 times ["),
        ("maxnet", for_even_classes, 2, "a pair is needed"),
        ("maxnet", with_spare_units, 4, "units, "),
        ("maxnet", heavy, 5, "weights, "),
        ("maxnet", lambda *a: "a net", 0, "a network is needed"),
        ("formula", first_assignment, 2, "for label 0"),
        ("formula", below_the_cap, 0, "expected"),
        ("formula", with_more_parameters, 4, "it has"),
    ],
)
def test_a_mistake_loses_its_points(name, answer, points, word):
    verdict = grading.check(f"generalization.{name}", answer)
    assert verdict.points == points and word in str(verdict), verdict


@pytest.mark.parametrize(
    ("change", "points", "word"),
    [
        (lambda a, b: [b, a], 0, "as the nearest point"),
        (lambda a, b: [a, 1000], 2, "as the nearest point"),
        (lambda a, b: [a, "b"], 2, "below 2^40"),
        (lambda a, b: [a, 2**50], 2, "below 2^40"),
        (lambda a, b: [Fraction(1, 3), b], 2, "float64 holds"),
        (lambda a, b: [True, b], 2, "below 2^40"),
        (lambda a, b: a, 0, "below 2^40"),
        (lambda a, b: {"a": a}, 0, "below 2^40"),
    ],
)
def test_a_mistake_in_what_breaks_it_loses_its_points(change, points, word):
    given = grading.given("generalization.break")
    pair = [unknown(given[n], given[f"{n}_points"]) for n in ("two", "three")]
    verdict = grading.check("generalization.break", change(*pair))
    assert verdict.points == points and word in str(verdict), verdict


def test_where_both_labels_are_equally_near_there_is_no_nearest():
    dataset = grading.given("generalization.break")["two_points"]
    halves = np.arange(-100, 100) / 2
    tie = float(halves[nearest(dataset, halves[:, None]) < 0][0])
    verdict = grading.check("generalization.break", [tie, 1000])
    assert verdict.points == 0 and "equally near" in str(verdict)
