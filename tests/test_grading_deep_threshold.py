"""The exercises of deep_threshold: a reference has all points, and each mistake loses its own."""

from math import atan2, isqrt

import pytest

import mem_lib as ml
from mem_lib import deep_threshold, grading
from tests.grading_references import have_all_points

SEEDS = ("practice", "a", "b")


def table(values, labels, size=None, first=True):
    """Rows of ``size`` changes, isqrt(B) or a little more of them by default."""
    order = sorted(range(len(values)), key=values.__getitem__)
    v, y = [values[i] for i in order], [labels[i] for i in order]
    changes = [i for i in range(1, len(v)) if y[i] != y[i - 1]]
    S = size or isqrt(max(len(changes) - 1, 0)) + 1
    starts = [v[i] for i in changes[::S]]
    lists = [[0] if y[0] and first else []]
    for t in range(0, len(changes), S):
        row, bit = [], 0
        for i in changes[t : t + S]:
            if y[i] != bit:
                row.append(v[i])
                bit = y[i]
        lists.append(row)
    longest = max(map(len, lists))
    ends = [*starts, v[-1] + 1]
    full = [row + [end] * (longest - len(row)) for row, end in zip(lists, ends, strict=True)]
    return starts, [list(column) for column in zip(*full, strict=True)]


def forgets_ones(values, labels):
    """Takes it for granted that row 0 begins with label 0."""
    return table(values, labels, first=False)


def in_floats(values, labels):
    return table([int(float(v)) for v in values], labels)


def lines(points):
    """One through the middle of each gap of a half circle."""
    half = sorted((p for p in points if p[1] > 0 or (p[1] == 0 < p[0])),
                  key=lambda p: atan2(p[1], p[0]))  # fmt: skip
    beyond = [-half[0][0], -half[0][1]]
    middles = [(a[0] + b[0], a[1] + b[1]) for a, b in zip(half, [*half[1:], beyond], strict=True)]
    return [[-y, x] for x, y in middles]


def parity(m, fan_in=2):
    """A tree; a virtual bit is a list of gates with signs, doubled to keep away from 0."""
    bits, layers = [[(k, 2)] for k in range(m)], []
    inputs = m
    while len(bits) > 1:
        rows, merged = [], []
        for k in range(0, len(bits), fan_in):
            group = [entry for bit in bits[k : k + fan_in] for entry in bit]
            merged.append([])
            for i in range(len(bits[k : k + fan_in])):
                merged[-1].append((len(rows), 2 * (-1) ** i))
                rows.append((group, -1 - 2 * i))
        layers.append(layer(rows, inputs, "threshold"))
        bits, inputs = merged, len(rows)
    last = layer([(bits[0], 0)], inputs, "identity")
    return ml.Network([*layers, last], output_denominator=2)


def layer(rows, inputs, activation):
    dense = [[dict(terms).get(k, 0) for k in range(inputs)] for terms, _ in rows]
    return ml.Layer(dense, [bias for _, bias in rows], activation)


def one_gate_more(m):
    """Right, and a last ReLU unit behind it."""
    tree = parity(m)
    last = tree.layers[-1]
    return ml.Network([*tree.layers[:-1], ml.Layer(last.weight, last.bias, "relu"),
                       ml.Layer([[1]], [0], "identity")], output_denominator=2)  # fmt: skip


def second_look(dataset, u=(1009, 2003), size=None):
    keys = [u[0] * int(x) + u[1] * int(y) for x, y in dataset.points]
    starts, columns = table([k - min(keys) for k in keys], dataset.labels.tolist(), size)
    return [list(u), -min(keys), starts, columns]


def two_bits(values, labels):
    """The same rows for both bits: a new one at every second change of the label."""
    starts = values[1::2]
    columns = []
    for place in (0, 1):
        bits = [label >> place & 1 for label in labels]
        on = [0 if bits[0] else starts[0]]
        for first, second, end in ((1, 2, starts[1]), (3, 4, 16)):
            on.append(values[first] if bits[first] else values[second] if bits[second] else end)
        columns.append([on])
    return [starts, *columns]


def on_from_one(values, labels):
    """No threshold is 0."""
    starts, columns = table(values, labels)
    return starts, [[max(v, 1) for v in column] for column in columns]


@pytest.mark.parametrize("seed", SEEDS)
def test_references_have_all_points(seed):
    tasks = grading.Tasks.drawn("deep_threshold", seed)
    answers = {
        "deep_threshold.by-hand": two_bits(**tasks["deep_threshold.by-hand"].task.given),
        "deep_threshold.table": table,
        "deep_threshold.collector": lines(**tasks["deep_threshold.collector"].task.given),
        "deep_threshold.parity": parity,
        "deep_threshold.skip": second_look(**tasks["deep_threshold.skip"].task.given),
    }
    have_all_points(answers, seed, slug="deep_threshold")


@pytest.mark.parametrize(
    ("name", "answer", "points", "word"),
    [
        ("by-hand", "swapped", 0, "the gates say"),
        ("by-hand", "a row each", 2, "rows and"),
        ("by-hand", "no low bit", 1, "at "),
        ("by-hand", [[1], [[2, 3]]], 0, "[starts, low, high] is needed"),
        ("by-hand", [5, [], []], 0, "a list of whole numbers, got 5"),
        ("by-hand", [[2], [3, 4], [3, 4]], 0, "a column is a list of whole numbers, got 3"),
        ("by-hand", [[2], 3, 4], 0, "a list of columns is needed, got 3"),
        ("table", lambda values, labels: table(values, labels, 1), 4, "rows and"),
        ("table", forgets_ones, 1, "the gates say"),
        ("table", in_floats, 3, "the gates say"),
        ("table", lambda values, labels: ([], [[0]]), 0, "the gates say 1, not 0"),
        ("table", lambda values, labels: ([1.5], []), 0, "a list of whole numbers, got [1.5]"),
        ("table", on_from_one, 2, "at 0 the gates say 0, not 1"),
        ("table", lambda values, labels: ([1], [[0]]), 0, "a column has 2 thresholds"),
        ("table", lambda values, labels: labels, 0, "[starts, columns] is needed"),
        ("table", lambda values, labels: 1 // 0, 0, "ZeroDivisionError"),
        ("collector", "one less", 0, "no line separates"),
        ("collector", "twice", 2, "18 lines"),
        ("collector", "through a point", 0, "] goes through ["),
        ("collector", [[0.5, 1]], 0, "two whole numbers"),
        ("collector", 7, 0, "two whole numbers"),
        ("parity", lambda m: parity(m, m), 4, "at most 6m"),
        ("parity", lambda m: parity(m - 1), 0, "wrong"),
        ("parity", one_gate_more, 3, "relu"),
        ("parity", lambda m: ml.Network([ml.Layer([[1] * m], [0], "threshold")]), 0,
         "at [0, 0, 0, "),
        ("parity", lambda m: ml.Network([ml.Layer([[0] * m], [-1], "threshold")]), 0,
         "at [1, 0, 0, "),
        ("parity", lambda m: ml.Network([ml.Layer([[1] * m], [0], "identity")]), 0, "expected"),
        ("skip", "rows of one", 3, "rows and"),
        ("skip", "equal numbers", 0, "they say"),
        ("skip", "no offset", 0, "they say"),
        ("skip", [[1, 2], 0.5, [], []], 0, "whole numbers u"),
        ("skip", [1, 2, [], []], 0, "whole numbers u"),
        ("skip", "x", 0, "is needed"),
    ],
)  # fmt: skip
def test_a_mistake_loses_its_points(name, answer, points, word):
    key = f"deep_threshold.{name}"
    given = grading.given(key)
    if isinstance(answer, str):
        answer = changed(answer, given)
    verdict = grading.check(key, answer)
    assert verdict.points == points and word in str(verdict), verdict


def changed(mistake, given):
    if mistake == "swapped":
        starts, low, high = two_bits(**given)
        return [starts, high, low]
    if mistake == "no low bit":
        starts, _, high = two_bits(**given)
        return [starts, [], high]
    if mistake == "a row each":
        values, labels = given["values"], given["labels"]
        bits = [[label >> place & 1 for label in labels] for place in (0, 1)]
        ends = [*values[1:], 16]
        on = [[[v if b else end for v, b, end in zip(values, own, ends, strict=True)]]
              for own in bits]  # fmt: skip
        return [values[1:], *on]
    if mistake == "rows of one":
        return second_look(**given, size=1)
    if mistake == "equal numbers":
        return second_look(**given, u=(0, 0))
    if mistake == "no offset":
        u, _, starts, columns = second_look(**given)
        return [u, 0, starts, columns]
    if mistake == "one less":
        return lines(**given)[1:]
    if mistake == "twice":
        return lines(**given) * 2
    if mistake == "through a point":
        x, y = given["points"][0]
        return [*lines(**given), [-y, x]]
    return mistake


def test_the_library_separates_the_points_with_as_many_lines():
    points = grading.given("deep_threshold.collector")["points"]
    assert deep_threshold.circle_lines_needed(len(points)) == len(points) // 2
