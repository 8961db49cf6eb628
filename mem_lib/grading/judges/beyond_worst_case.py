"""The judges of ``beyond_worst_case``."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from mem_lib.beyond_worst_case import (
    attempt,
    by_candidates,
    isolation_gap,
    separation_probability,
    squared_robustness_radius,
)
from mem_lib.data import Dataset, generators
from mem_lib.exact import predict
from mem_lib.exact.reference import through
from mem_lib.grading.exercise import Exercise, Task, arguments, value_at
from mem_lib.grading.judges.common import whole
from mem_lib.grading.judges.visits import neurons, other_visits, visits
from mem_lib.grading.verdict import Sheet, Wrong
from mem_lib.network import Layer, Network


class SecondLayer(Exercise):
    """``second_layer(own, rivals, order)``: the covering neurons of a class."""

    key = "beyond_worst_case.cover"
    title = "a function second_layer(own, rivals, order) that returns [[centre, threshold], ...]"
    asks = "function"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        while True:  # until it matters in which order points are visited
            own, rivals = rng.integers(0, 2, (4, 5)), rng.integers(0, 2, (1, 5))
            orders = [[0, 1, 2, 3], [3, 2, 1, 0]]
            sizes = {len(visits(own, rivals, order)) for order in orders}
            if len(sizes) == 2 and 0 not in sizes:
                return {"own": own.tolist(), "rivals": rivals.tolist(), "order": orders[0]}

    def calls(self, given: dict[str, Any], rng: np.random.Generator) -> list[list[Any]]:
        drawn = [[given["own"], given["rivals"], order] for order in (given["order"], [3, 2, 1, 0])]
        for N, M, n in ((1, 1, 4), (12, 5, 8), (20, 5, 10), (20, 30, 8), (40, 10, 24), (60, 6, 40)):
            bits = rng.integers(0, 2, (N + M, n))
            drawn.append([bits[:N].tolist(), bits[N:].tolist(), rng.permutation(N).tolist()])
        return drawn

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        outcomes = task.outcomes(answer)
        with sheet.part("no neuron fires on a rival", 1):
            for call, outcome in outcomes:
                own, rivals = map(np.array, call[:2])
                for c, m in neurons(call, outcome):
                    scores = rivals[:, own[c] == 0].sum(axis=1)
                    k = int(scores.argmin())
                    sheet.need(
                        m <= scores[k],
                        f"for {arguments(call)}: at rival {k} the score of centre {c} is "
                        f"{scores[k]}, below the threshold {m}",
                    )
        with sheet.part("every point is covered that can be", 2, if_right=True):
            for call, outcome in outcomes:
                own, rivals = map(np.array, call[:2])
                found = neurons(call, outcome)
                for c, row in enumerate(own):
                    possible = rivals[:, row == 0].sum(axis=1).min() > 0
                    covered = any(row[own[k] == 0].sum() < m for k, m in found)
                    sheet.need(
                        covered or not possible,
                        f"for {arguments(call)}: no neuron fires at point {c}",
                    )
        with sheet.part("the neurons are those of the visits in this order", 1, if_right=True):
            for call, outcome in outcomes:
                if why := other_visits(call, neurons(call, outcome)):
                    raise Wrong(f"for {arguments(call)}: {why}")


class LeastHyperplanes(Exercise):
    """The bound that the data give."""

    key = "beyond_worst_case.bound"
    title = "a function least_n(own, rivals, bias, eta): the least n that the data promise"
    asks = "function"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        own, rivals, bias, eta = _pairs(rng, (6, 4), 2, 1.0)
        return {"own": own, "rivals": rivals, "bias": bias, "eta": eta}

    def calls(self, given: dict[str, Any], rng: np.random.Generator) -> list[list[Any]]:
        return [
            list(given.values()),
            _pairs(rng, (1, 1), 2, 1.0),
            _pairs(rng, (1, 1), 3, 0.5),
            _pairs(rng, (8, 12), 2, 0.75),
            _pairs(rng, (30, 20), 4, 1.5),
            _pairs(rng, (5, 5), 2, 0.75, near=0.004),
            _pairs(rng, (1, 3), 3, 1.0, near=0.004),
        ]

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        outcomes = task.outcomes(answer)
        for asked, most, cases in (
            ("two points, where there is a closed form", 1, outcomes[1:3]),
            ("two classes of points", 2, [outcomes[0], *outcomes[3:5]]),
            ("two classes that nearly touch", 1, outcomes[5:]),
        ):
            with sheet.part(asked, most):
                for call, outcome in cases:
                    self._least(call, value_at(call, outcome), sheet)

    @staticmethod
    def _least(call: list[Any], found: Any, sheet: Sheet) -> None:
        own, rivals, bias, eta = call
        if (n := whole(found)) is None or not 0 < n < 2**53:
            raise Wrong(f"a whole number n > 0 below 2^53 is needed, got {found!r}")
        p, name = _told_apart(own, rivals, bias), f"for {arguments(call)}: n = {n}"
        sheet.need(_missed(p, n) <= eta, f"{name} leaves the sum {_missed(p, n):.4g} > {eta}")
        sheet.need(
            n == 1 or _missed(p, n - 1) > eta,
            f"{name} is enough, and so is {n - 1}: its sum is {_missed(p, n - 1):.4g} <= {eta}",
        )


def _told_apart(own: Any, rivals: Any, bias: float) -> np.ndarray:
    return separation_probability(np.array(own)[:, None], np.array(rivals)[None], bias)


def _missed(p: np.ndarray, n: int) -> float:
    return float(((1 - p) ** n).sum())


def _pairs(
    rng: np.random.Generator, sizes: tuple[int, int], d: int, bias: float, near: float = 0.1
) -> list[Any]:
    """Two classes, [own, rivals, bias, eta], for which n does not hang on the digits of p: p is
    known to 1e-6, and a relative change of 1e-5 in all of them leaves n as it is."""
    while True:
        points = np.round(rng.uniform(-0.7, 0.7, (sum(sizes), d)), 3)
        own, rivals = points[: sizes[0]], points[sizes[0] :]
        if near < 0.1:
            rivals[0] = own[0] + near * rng.choice([-1, 1], d)
        distances = np.linalg.norm(own[:, None] - rivals[None], axis=2)
        eta = float(rng.choice([0.05, 0.1, 0.25, 0.5]))
        if not near / 2 <= distances.min() <= 4 * near and sizes != (1, 1):
            continue
        p, n = _told_apart(own, rivals, bias), 1
        while _missed(p, n) > eta:
            n *= 2
        low = n // 2
        while n - low > 1:
            middle = (low + n) // 2
            low, n = (middle, n) if _missed(p, middle) > eta else (low, middle)
        clear = _missed((1 - 1e-5) * p, n) <= eta < _missed((1 + 1e-5) * p, n - 1)
        if n > 1 and clear:
            return [own.tolist(), rivals.tolist(), bias, eta]


class Radius(Exercise):
    """A ball on which nothing changes."""

    key = "beyond_worst_case.radius"
    title = "a function radius(network, point): the squared radius of a ball of one answer"
    asks = "function"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        network, (point, _) = _covering(rng, 1, 10)
        return {"network": network, "point": point}

    def calls(self, given: dict[str, Any], rng: np.random.Generator) -> list[list[Any]]:
        drawn = [list(given.values())]
        for d, n in ((1, 8), (1, 12), (2, 12), (3, 16)):
            network, points = _covering(rng, d, n)
            drawn += [[network, point] for point in points]
        return drawn

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        outcomes = task.outcomes(answer)
        line = [(call, outcome) for call, outcome in outcomes if len(call[1]) == 1]
        space = [(call, outcome) for call, outcome in outcomes if len(call[1]) > 1]
        with sheet.part("on a line: nothing changes on the open ball", 2):
            for call, outcome in line:
                change = _first_change(*call)
                square = _square(call, outcome)
                sheet.need(
                    change is None or square <= change,
                    f"at the point {call[1]} the answer changes at the squared distance {change}, "
                    f"inside {square}",
                )
        for asked, cases in (("on a line", line), ("in space", space)):
            with sheet.part(f"{asked}: the radius that the crossings give", 1, if_right=True):
                for call, outcome in cases:
                    promised, square = squared_robustness_radius(*call), _square(call, outcome)
                    good = square >= promised if asked == "on a line" else square == promised
                    sheet.need(
                        good, f"at the point {call[1]} crossings give {promised}, got {square}"
                    )


def _square(call: list[Any], outcome: Any) -> Fraction:
    if isinstance(outcome, list) or outcome is None:
        raise Wrong(f"a fraction or a whole number is needed, got {outcome!r}")
    value = value_at([call[1]], outcome)
    if type(value) not in (int, float, Fraction) or value < 0:
        raise Wrong(f"a fraction or a whole number >= 0 is needed, got {value!r}")
    return Fraction(value)


def _first_change(network: Network, point: list[int]) -> Fraction | None:
    """The squared distance from a point of a line to the nearest places of another answer, exactly:
    bits change at the hyperplanes, and between two neighbours all is constant."""
    x = Fraction(point[0])
    edges = sorted({Fraction(-bias, row[0][1]) for bias, row in network.layers[0].rows() if row})
    ends = [edges[0] - 1, *edges, edges[-1] + 1]
    places = [(edge, edge) for edge in edges]
    places += [((a + b) / 2, min(max(x, a), b)) for a, b in pairwise(ends)]
    answer = through(network, [x])[-1][0] > 0
    other = [end for place, end in places if (through(network, [place])[-1][0] > 0) != answer]
    return min(((end - x) ** 2 for end in other), default=None)


def _covering(rng: np.random.Generator, d: int, n: int) -> tuple[Network, list[list[int]]]:
    """A network of this chapter for eight points in integers, one hyperplane of it zero, with a
    point of each class near which something can be crossed and more than one hyperplane counts."""
    while True:
        points = rng.integers(-12, 13, (8, d))
        rows, biases = rng.integers(-3, 4, (n, d)), rng.integers(-20, 21, n)
        rows[rng.integers(n)] = 0
        codes = ((2 * points @ rows.T + 2 * biases + 1) > 0).astype(np.uint8)
        apart = ((codes[:4, None] == 0) & (codes[None, 4:] == 1)).any(axis=2)
        if len(np.unique(points, axis=0)) < 8 or not apart.all():
            continue
        cover = by_candidates(codes[:4], codes[4:], np.arange(4))
        weights, m = -2 * (codes[cover.centres] == 0).astype(int), np.array(cover.thresholds)
        network = Network(
            [
                Layer(2 * rows, 2 * biases + 1, "threshold"),
                Layer(weights, 2 * m.astype(int) - 1, "threshold"),
                Layer([[2] * len(m)], [-1], "identity"),
            ],
            readout="sign",
        )
        chosen = [points[0].tolist(), points[7].tolist()]
        squares = [squared_robustness_radius(network, point) for point in chosen]
        nearest = [_nearest(rows, biases, point) for point in chosen]
        if all(a < s < float("inf") for a, s in zip(nearest, squares, strict=True)):
            return network, chosen


def _nearest(rows: np.ndarray, biases: np.ndarray, point: list[int]) -> Fraction:
    """The squared distance to the nearest hyperplane."""
    values = 2 * rows @ point + 2 * biases + 1
    pairs = zip(values.tolist(), (4 * (rows**2).sum(axis=1)).tolist(), strict=True)
    return min(Fraction(v * v, w) for v, w in pairs if w)


class Break(Exercise):
    """A wrong answer beside a training point, and data that need all their neurons."""

    key = "beyond_worst_case.break"
    title = "[x, board]: a point that the network gets wrong, and a data set without savings"
    asks = "values"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        while True:  # until there are such points, and not at every turn
            seed = int(rng.integers(2**31))
            data = generators.moons(N=100, noise=0.05, margin=0.1, seed=seed)
            made = attempt(data, 120, seed=seed)
            wrong = _wrong_around(made.network, data)
            found = wrong.any(axis=1).sum()
            if not len(made.uncovered) and 2 <= found <= 5:
                break
        asked = {"least": int(rng.integers(40, 50)), "margin": int(rng.integers(5, 20)) / 100}
        return {"network": made.network, "dataset": data, "distance": 0.02} | asked

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        given = task.given
        x, board = answer if isinstance(answer, list) and len(answer) == 2 else (None, None)
        least, margin = given["least"], given["margin"]
        with sheet.part(f"{least} points in the unit disc, with margin {margin}", 1):
            if not isinstance(board, Dataset) or board.d != 2 or board.classes != 2:
                raise Wrong(f"a Dataset in the plane with two classes is needed, got {board!r}")
            N, square = board.distinct().N, board.squared_margin
            sheet.need(board.squared_radius <= 1, f"its radius is {board.radius}, above 1")
            sheet.need(least <= N <= 1000, f"{N} different points, {least} to 1000 are needed")
            wide = square is not None and square >= Fraction(round(100 * margin), 100) ** 2
            sheet.need(wide, f"its margin is {board.margin}, below {margin}")
        with sheet.part("none of them is covered by the neuron of another", 2, if_right=True):
            gaps = [isolation_gap(board, max_bias=2, covered=c) for c in (0, 1)]
            sheet.need(
                min(gaps) > 1e-5, "the gaps are {:.3g} and {:.3g}, not both positive".format(*gaps)
            )
        with sheet.part("a wrong answer at the distance 0.02 from a training point", 3):
            network, data = given["network"], given["dataset"]
            if not isinstance(x, list) or len(x) != 2 or not {type(v) for v in x} <= {int, float}:
                raise Wrong(f"x has two numbers, floats or integers, got {x!r}")
            away = [_squared(x, point) for point in data.points.tolist()]
            i, label = min(range(data.N), key=away.__getitem__), int(predict(network, [x])[0])
            sheet.need(
                away[i] <= Fraction(1, 50) ** 2,
                f"the nearest training point, {i}, is {float(away[i]) ** 0.5:.4f} away from {x}",
            )
            sheet.need(
                label != data.labels[i],
                f"at {x} the network says {label}, as at training point {i}",
            )


def _squared(x: list[float], y: list[float]) -> Fraction:
    """The squared distance of two points, exactly."""
    return sum(((Fraction(a) - Fraction(b)) ** 2 for a, b in zip(x, y, strict=True)), Fraction())


def _wrong_around(network: Network, dataset: Dataset) -> np.ndarray:
    """Where on a circle about each training point the network is wrong, in floats: (N, 16).  Every
    place that is found is checked exactly."""
    angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    ring = 0.0199 * np.column_stack([np.cos(angle), np.sin(angle)])
    around = (dataset.points[:, None] + ring[None]).reshape(-1, 2)
    values = np.ldexp(around, network.input_shift)
    for layer in network.layers:
        values = values @ layer.dense.T.astype(float) + layer.bias.astype(float)
        values = (values >= 0).astype(float) if layer.activation == "threshold" else values
    labels = np.repeat(dataset.labels, len(ring))
    wrong = (values[:, 0] > 0) != labels
    wrong[wrong] = predict(network, around[wrong]) != labels[wrong] if wrong.any() else False
    return np.asarray(wrong.reshape(dataset.N, len(ring)))


EXERCISES = (SecondLayer, LeastHyperplanes, Radius, Break)
