"""The exercises of optimal_relu: a reference has all points, and each mistake loses its own."""

import math

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import grading
from tests.grading_references import have_all_points


def keys(file, size, bits):
    found = []
    v, w, half = 4 * file + 1, 4 * file + 2, 1 << size * bits + 1
    for _ in range(size * bits):
        v, w = (t - 2 * max(t - half, 0) for t in (v, w))
        found.append(max(v - w, 0))
        half //= 2
    digits = ["".join(map(str, found[i * bits : (i + 1) * bits])) for i in range(size)]
    return [int(text, 2) for text in digits]


def best(N, m):
    def depth(n):
        return 3 * -(-N // n) + n * (3 * m + 2) + 3

    n = min(range(1, N + 1), key=depth)
    return [n, depth(n)]


def remainder(Q, S):
    layers, row, bias = [], [1], 0
    for T in (Q << k for k in reversed(range((-(-S // Q) - 1).bit_length()))):
        minus = [-a for a in row]
        layers.append(ml.Layer([row, minus], [bias, T - bias], "relu"))
        layers.append(ml.Layer([[1, 0], [0, -1]], [0, 1], "relu"))
        row = [1, -T]
    return ml.Network([*layers, ml.Layer([row], [bias], "identity")])


def no_label(network, dataset):
    last = int(dataset.points.max())
    places = np.arange(64 * last)[:, None] / 64
    values, denominator = ml.evaluate(network, places)
    return float(places[~np.isin(values[:, 0], (0, denominator))][0, 0])


SEEDS = ("practice", "a", "b")


@pytest.mark.parametrize("seed", SEEDS)
def test_references_have_all_points(seed):
    given = {
        key: entry.task.given for key, entry in grading.Tasks.drawn("optimal_relu", seed).items()
    }
    answers = {
        "optimal_relu.fold": keys,
        "optimal_relu.folder": best(**given["optimal_relu.folder"]),
        "optimal_relu.remainder": remainder,
        "optimal_relu.break": no_label(**given["optimal_relu.break"]),
    }
    have_all_points(answers, seed, slug="optimal_relu")


def wrong_order(file, size, bits):
    return keys(file, size, bits)[::-1]


def in_floats(file, size, bits):
    return keys(int(float(file)), size, bits)


def one_test_less(Q, S):
    return remainder(2 * Q, S)


def threshold(Q, S):
    steps = ml.Layer([[1]] * (S // Q), [-Q * k for k in range(1, S // Q + 1)], "threshold")
    return ml.Network([steps, ml.Layer([[-Q] * (S // Q)], [0], "identity")])


def wide(Q, S):
    """Right, with a neuron for each step of a staircase: too wide."""
    rows = [[1]] * (2 * (S // Q) + 1)
    biases = [0, *(-Q * k + e for k in range(1, S // Q + 1) for e in (1, 0))]
    out = [1, *(s * Q for _ in range(S // Q) for s in (-1, 1))]
    return ml.Network([ml.Layer(rows, biases, "relu"), ml.Layer([out], [0], "identity")])


@pytest.mark.parametrize(
    ("name", "answer", "points", "word"),
    [
        ("fold", wrong_order, 0, "is right, got"),
        ("fold", in_floats, 3, "is right, got"),
        ("fold", lambda *a: 1 / 0, 0, "ZeroDivisionError"),
        ("folder", "paper", 0, "less is possible"),
        ("folder", "rounded", 0, "less is possible"),
        ("folder", "no depth", 2, "the depth is"),
        ("folder", [0, 0], 0, "a whole n from 1 to"),
        ("folder", 7, 0, "[n, depth]"),
        ("folder", [1.5, 2], 0, "a whole n from 1 to"),
        ("remainder", one_test_less, 0, "expected"),
        ("remainder", threshold, 0, "expected"),
        ("remainder", wide, 4, "its width is"),
        ("break", "a point", 1, "it answers"),
        ("break", 0.1, 1, "it answers"),
        ("break", 2**41, 0, "below 2^40"),
        ("break", "a", 0, "below 2^40"),
    ],
)  # fmt: skip
def test_a_mistake_loses_its_points(name, answer, points, word):
    key = f"optimal_relu.{name}"
    given = grading.given(key)
    if answer == "paper":
        n = round(math.sqrt(given["N"] / math.log2(given["N"])))
        answer = [n, 3 * -(-given["N"] // n) + n * (3 * given["m"] + 2) + 3]
    elif answer == "rounded":
        n = round(math.sqrt(3 * given["N"] / (3 * given["m"] + 2)))
        answer = [n, 3 * -(-given["N"] // n) + n * (3 * given["m"] + 2) + 3]
    elif answer == "no depth":
        answer = [best(**given)[0], 5]
    elif answer == "a point":
        answer = int(given["dataset"].points[0, 0])
    verdict = grading.check(key, answer)
    assert verdict.points == points and word in str(verdict), verdict
