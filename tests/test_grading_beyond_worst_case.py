"""The exercises of beyond_worst_case: a reference has all points, and each mistake loses its
own."""

import math
import operator
from fractions import Fraction

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import beyond_worst_case as bwc
from mem_lib import grading
from tests.grading_references import have_all_points


def second_layer(own, rivals, order, falls=operator.lt):
    """``falls``: which scores, compared with the threshold, are covered."""
    own, rivals = np.array(own), np.array(rivals)
    waiting, neurons = set(order), []
    for c in order:
        off = own[c] == 0
        m = int(rivals[:, off].sum(axis=1).min())
        if c in waiting and m > 0:
            neurons.append([c, m])
            waiting -= set(np.flatnonzero(falls(own[:, off].sum(axis=1), m)).tolist())
    return neurons


def least_n(own, rivals, bias, eta):
    p = bwc.separation_probability(np.array(own)[:, None], np.array(rivals)[None], bias)
    low, high = 0, 1
    while ((1 - p) ** high).sum() > eta:
        low, high = high, 2 * high
    while high - low > 1:
        n = (low + high) // 2
        low, high = (n, high) if ((1 - p) ** n).sum() > eta else (low, n)
    return high


def distances(network, point):
    """The value at every hyperplane, and the squared distance to it; None where there is none."""
    found = []
    for bias, row in network.layers[0].rows():
        value = bias + sum(w * point[k] for k, w in row)
        square = sum(w * w for _, w in row)
        found.append((value, Fraction(value**2, square) if square else None))
    return found


def radius(network, point):
    crossed = distances(network, point)
    flips = []
    for bias, row in network.layers[1].rows():
        value = bias + sum(w for k, w in row if crossed[k][0] >= 0)
        fires, reach = value >= 0, math.inf
        moves = [(crossed[k][1], -w if crossed[k][0] >= 0 else w) for k, w in row]
        for square, move in sorted((s, m) for s, m in moves if s is not None and (m < 0) == fires):
            value += move
            if (value >= 0) != fires:
                reach = square
                break
        flips.append((fires, reach))
    firing = [reach for fires, reach in flips if fires]
    return max(firing) if firing else min(reach for _, reach in flips)


def wrong_point(network, dataset, distance):
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    ring = 0.995 * distance * np.column_stack([np.cos(angle), np.sin(angle)])
    near = np.argsort([bwc.robustness_radius(network, point) for point in dataset.points])
    for i in near.tolist():
        around = dataset.points[i] + ring
        wrong = ml.predict(network, around) != dataset.labels[i]
        if wrong.any():
            return around[wrong][0].tolist()
    raise AssertionError("the task has no answer")


def board(side=7, spacing=0.21):
    i, j = np.mgrid[:side, :side].reshape(2, -1)
    return ml.Dataset((np.column_stack([i, j]) - (side - 1) / 2) * spacing, (i + j) % 2)


SEEDS = ("practice", "a", "b")


@pytest.mark.parametrize("seed", SEEDS)
def test_references_have_all_points(seed):
    given = grading.Tasks.drawn("beyond_worst_case", seed)["beyond_worst_case.break"].task.given
    x = wrong_point(given["network"], given["dataset"], given["distance"])
    answers = {
        "beyond_worst_case.cover": second_layer,
        "beyond_worst_case.bound": least_n,
        "beyond_worst_case.radius": radius,
        "beyond_worst_case.break": [x, board()],
    }
    have_all_points(answers, seed, slug="beyond_worst_case")


def test_the_library_has_all_points_too():
    assert grading.check("beyond_worst_case.radius", bwc.squared_robustness_radius)


def one_too_high(own, rivals, order):
    return [[c, m + 1] for c, m in second_layer(own, rivals, order)]


def without_skipping(own, rivals, order):
    return [pair for c in order for pair in second_layer(own, rivals, [c])]


def ties_are_covered(own, rivals, order):
    return second_layer(own, rivals, order, falls=operator.le)


def in_the_order_of_the_list(own, rivals, order):
    """Another cover, which may be as small."""
    return second_layer(own, rivals, list(range(len(own))))


def with_idle_neurons(own, rivals, order):
    """A neuron that never fires for each point that none can cover."""
    found = second_layer(own, rivals, order)
    scores = (1 - np.array(own)) @ np.array(rivals).T
    return [*found, *([int(c), 0] for c in np.flatnonzero(scores.min(axis=1) == 0))]


def by_the_worst_pair(own, rivals, bias, eta):
    p = bwc.separation_probability(np.array(own)[:, None], np.array(rivals)[None], bias)
    return math.ceil(math.log(eta / p.size) / math.log(1 - p.min()))


def one_less(*call):
    return least_n(*call) - 1


def one_more(*call):
    return least_n(*call) + 1


def to_the_nearest(network, point):
    return min(square for _, square in distances(network, point) if square is not None)


def scanned(network, point):
    """On a line as far as the answer is the same, which is further; elsewhere not far enough."""
    if len(point) > 1:
        return to_the_nearest(network, point)
    edges = [Fraction(-b, row[0][1]) for b, row in network.layers[0].rows() if row]
    stops = sorted({abs(e - point[0]) for e in edges})
    answer = ml.predict(network, [point])[0]
    for k, stop in enumerate(stops):
        end = stops[k + 1] if k + 1 < len(stops) else stop + 1
        beyond = [point[0] + s * float(stop + end) / 2 for s in (-1, 1)]
        at = [point[0] + s * float(stop) for s in (-1, 1)]
        if (ml.predict(network, np.array([beyond, at]).reshape(-1, 1)) != answer).any():
            return stop**2
    return stops[-1] ** 2


def too_far(network, point):
    return 50 * radius(network, point)


@pytest.mark.parametrize(
    ("name", "answer", "points", "word"),
    [
        ("cover", one_too_high, 0, "below the threshold"),
        ("cover", ties_are_covered, 1, "no neuron fires at point"),
        ("cover", without_skipping, 3, "is no centre: it is covered already"),
        ("cover", in_the_order_of_the_list, 3, "at its turn, so a centre with threshold"),
        ("cover", with_idle_neurons, 3, "is no centre: it is out of reach"),
        ("cover", lambda *a: second_layer(*a) * 2, 3, "some centre comes twice"),
        ("cover", lambda *a: [], 1, "no neuron fires at point"),
        ("cover", lambda *a: 5, 0, "a list of pairs"),
        ("cover", lambda *a: [[99, 1]], 0, "in whole numbers"),
        ("cover", lambda *a: [[0.5, 1]], 0, "in whole numbers"),
        ("cover", lambda *a: 1 / 0, 0, "ZeroDivisionError"),
        ("bound", by_the_worst_pair, 1, "is enough, and so is"),
        ("bound", one_less, 0, "leaves the sum"),
        ("bound", one_more, 0, "is enough, and so is"),
        ("bound", lambda *a: least_n(*a) + 0.5, 0, "a whole number"),
        ("bound", lambda *a: "many", 0, "a whole number"),
        ("bound", lambda *a: 10**15, 0, "is enough, and so is"),
        ("bound", lambda *a: 10**400, 0, "a whole number"),
        ("radius", to_the_nearest, 2, "crossings give"),
        ("radius", scanned, 3, "crossings give"),
        ("radius", too_far, 0, "the answer changes at"),
        ("radius", lambda *a: 0, 2, "crossings give"),
        ("radius", lambda *a: -1, 0, "a fraction"),
        ("radius", lambda *a: [1], 0, "a fraction"),
        ("radius", lambda *a: float("inf"), 0, "finite number"),
    ],
)
def test_a_mistake_of_a_function_loses_its_points(name, answer, points, word):
    verdict = grading.check(f"beyond_worst_case.{name}", answer)
    assert verdict.points == points and word in str(verdict), verdict


@pytest.fixture(scope="module")
def broken():
    given = grading.given("beyond_worst_case.break")
    x = wrong_point(given["network"], given["dataset"], given["distance"])
    return x, given["dataset"].points[0].tolist()


@pytest.mark.parametrize(
    ("change", "points", "word"),
    [
        (lambda x, right: [right, board()], 3, "as at training point"),
        (lambda x, right: [[5.0, 5.0], board()], 3, "away from"),
        (lambda x, right: ["here", board()], 3, "two numbers"),
        (lambda x, right: [x, board(4)], 3, "different points"),
        (lambda x, right: [x, board(7, 0.3)], 3, "above 1"),
        (lambda x, right: [x, board(7, 0.01)], 3, "its margin is"),
        (lambda x, right: [x, striped()], 4, "not both positive"),
        (lambda x, right: [x, three_labels()], 3, "with two classes"),
        (lambda x, right: [x, None], 3, "with two classes"),
        (lambda x, right: x, 0, "with two classes"),
        (lambda x, right: 7, 0, "two numbers"),
    ],
)
def test_a_mistake_in_what_breaks_it_loses_its_points(broken, change, points, word):
    verdict = grading.check("beyond_worst_case.break", change(*broken))
    assert verdict.points == points and word in str(verdict), verdict


def striped():
    """Columns of one label: neighbours cover each other."""
    points = board().points
    return ml.Dataset(points, np.repeat([0, 1, 0, 1, 0, 1, 0], 7))


def three_labels():
    return ml.Dataset(board().points, np.arange(49) % 3)
