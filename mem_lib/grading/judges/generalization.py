"""The judges of ``generalization``."""

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import numpy as np

from mem_lib.certificate import verify
from mem_lib.data import Dataset
from mem_lib.exact import evaluate, predict
from mem_lib.generalization import Formula, gadget_data
from mem_lib.generalization.measures import nearest
from mem_lib.grading.exercise import Exercise, Task, arguments, value_at
from mem_lib.grading.judges.common import memorizes
from mem_lib.grading.judges.nearest import difference, equal, grid, squares
from mem_lib.grading.verdict import Sheet, Wrong
from mem_lib.network import Layer, Network

#: In units of 1/FINE all places are whole at which cells are looked at.
FINE = 2**20
#: A call of a function with what it gave.
Case = tuple[list[Any], Any]


class FourUnits(Exercise):
    """The corners of a square with alternating labels, and the nearest of them."""

    key = "generalization.two"
    title = "a network with four units that is the difference of two squared distances"
    asks = "network"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        corner, (a, b) = rng.integers(-6, 7, 2), rng.choice([-5, -4, -3, -2, 2, 3, 4, 5], 2)
        sides = np.array([[a, b], [-b, a]])
        square = corner + np.array([[0, 0], [1, 1], [1, 0], [0, 1]]) @ sides
        return {"square": Dataset(square, rng.permutation([[0, 0, 1, 1], [1, 1, 0, 0]])[0])}

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        square: Dataset = task.given["square"]
        with sheet.part("it is the difference at every point", 3):
            equal(_network(answer, 2), square.points, square.labels, "")
        with sheet.part("one hidden layer of at most four ReLU units", 1, if_right=True):
            units = [layer.units for layer in answer.layers]
            kinds = [layer.activation for layer in answer.layers]
            good = len(units) == 2 and units[0] <= 4 and kinds == ["relu", "identity"]
            sheet.need(good, f"its layers have {units} units, {kinds}")


class CellLayers(Exercise):
    """``cells(points, labels, p, q)``: a cell about each training point."""

    key = "generalization.cells"
    title = "a function cells(points, labels, p, q) that returns the network of cells"
    asks = "function"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        points, labels = _sample(rng, 2, (3, 3), 6)
        return {"points": points, "labels": labels, "p": 1, "q": int(rng.integers(10, 100))}

    def calls(self, given: dict[str, Any], rng: np.random.Generator) -> list[list[Any]]:
        drawn = [list(given.values())]
        for d, sizes, p in ((1, (2, 3), 1), (2, (1, 4), 1), (2, (5, 4), 3), (3, (4, 4), 2)):
            points, labels = _sample(rng, d, sizes, 7)
            drawn.append([points, labels, p, int(rng.integers(2 * p + 1, 30))])
        for call in drawn[3:]:  # points that come twice, as in samples
            call[:2] = [points + points[:2] for points in call[:2]]
        return drawn

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        outcomes = task.outcomes(answer)
        with sheet.part("every training point has at least 2p times the squared margin", 2):
            for call, outcome in outcomes:
                self._at_least(call, outcome, np.array(call[0]), "at the training point")
        with sheet.part("elsewhere the nearest point's label, or no answer", 2):
            for call, outcome in outcomes:
                points, labels = np.array(call[0]), np.array(call[1])
                asked = np.concatenate([grid(points.shape[1], 10), _across(points, labels)])
                values, below = _evaluated(call, outcome, asked)
                fine = (FINE * asked).astype(np.int64)
                against = values * np.sign(difference(FINE * points, labels, fine)) <= 0
                wrong = against & (values != 0)
                if wrong.any():
                    i = int(np.flatnonzero(wrong)[0])
                    raise Wrong(
                        f"for {arguments(call)}: at {asked[i].tolist()} the output "
                        f"{Fraction(int(values[i]), below)} is not for the nearest point"
                    )
        with sheet.part("as far as its cell reaches", 1, if_right=True):
            for call, outcome in outcomes:
                asked = grid(len(call[0][0]), 10)
                asked = asked[(_slack(call, asked) >= 0).any(axis=0)]
                self._at_least(call, outcome, asked, "in a cell,")
        with sheet.part("at most 2 N0 N1 units, then N, then one", 1, if_right=True):
            for call, outcome in outcomes:
                ones, N = sum(call[1]), len(call[1])
                units = [layer.units for layer in value_at(call, outcome).layers]
                wanted = [2 * ones * (N - ones), N, 1]
                few = len(units) == 3 and (np.array(units) <= wanted).all()
                sheet.need(bool(few), f"for {arguments(call)}: {units}, {wanted} are enough")

    @staticmethod
    def _at_least(call: list[Any], outcome: Any, asked: np.ndarray, where: str) -> None:
        """Outputs of the size that is promised, with the sign of the nearest point."""
        points, labels, p, _ = call
        least = 2 * p * int(Dataset(points, labels).squared_margin or 0)
        values, below = _evaluated(call, outcome, asked)
        sides = np.sign(difference(np.array(points), np.array(labels), asked))
        short = values * sides < least * below
        if short.any():
            i = int(np.flatnonzero(short)[0])
            raise Wrong(
                f"for {arguments(call)}: {where} {asked[i].tolist()} the output is "
                f"{Fraction(int(values[i]), below)}, {int(sides[i]) * least} or beyond is asked"
            )


def _across(points: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """A place for each two points of different labels, just beyond their middle: dyadic floats."""
    first, second = np.nonzero(labels[:, None] != labels)
    there = points[second] - points[first]
    return np.asarray(points[first] + there / 2 + there / FINE)


def _slack(call: list[Any], asked: np.ndarray) -> np.ndarray:
    """(N, M): at least 0 where a place lies in the cell of a point."""
    points, labels, p, q = np.array(call[0]), np.array(call[1]), *call[2:]
    away = squares(points, asked)
    between = squares(points, points)
    found = q * (away[None] - away[:, None]) - 2 * p * between[:, :, None]
    found[labels[:, None] == labels] = np.iinfo(np.int64).max
    return np.asarray(found.min(axis=1))


class NearestPoint(Exercise):
    """``max_net(points, labels)``: the nearest point with few weights."""

    key = "generalization.maxnet"
    title = "a function max_net(points, labels): a network, the difference of squared distances"
    asks = "function"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        points, labels = _sample(rng, 2, (4, 4), 9)
        return {"points": points, "labels": labels}

    def calls(self, given: dict[str, Any], rng: np.random.Generator) -> list[list[Any]]:
        shapes = ((2, (2, 4)), (3, (8, 8)), (1, (1, 1)), (2, (1, 4)), (2, (3, 5)), (1, (7, 1)),
                  (3, (6, 9)), (4, (11, 13)))  # fmt: skip
        return [list(given.values()), *([*_sample(rng, d, sizes, 20)] for d, sizes in shapes)]

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        outcomes = task.outcomes(answer)
        for asked, most, cases in (
            ("classes of 2, 4, 8 points", 2, outcomes[:3]),
            ("classes of other sizes, 1 among them", 2, outcomes[3:]),
        ):
            with sheet.part(asked, most):
                for call, outcome in cases:
                    network = _network(value_at(call, outcome), len(call[0][0]))
                    equal(network, np.array(call[0]), np.array(call[1]), f"for {arguments(call)} ")
        with sheet.part("N units in the first layer, and ReLU units alone", 1, if_right=True):
            for call, network in outcomes:
                units, N = network.layers[0].units, len(call[1])
                kinds = {layer.activation for layer in network.layers}
                sheet.need(units <= N, f"for {arguments(call)}: {units} units, {N} are enough")
                sheet.need("threshold" not in kinds, f"for {arguments(call)}: threshold units")
        with sheet.part("at most N(d+1) + 9N/2 + 14 log2(N) weights", 1, if_right=True):
            for call, network in outcomes:
                N, d, found = len(call[1]), len(call[0][0]), network.size.weights
                most = N * (d + 1) + 9 * N // 2 + 14 * math.ceil(math.log2(N))
                sheet.need(
                    found <= most, f"for {arguments(call)}: {found} weights, {most} are enough"
                )


class FormulaNetwork(Exercise):
    """A network with d + 8 parameters that memorizes the points of a formula."""

    key = "generalization.formula"
    title = "a network with 15 parameters that memorizes the points of a formula"
    asks = "network"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        while True:  # until a few of the 128 assignments satisfy it
            formula = Formula.random(7, 100, seed=int(rng.integers(2**31)))
            if 2 <= len(list(formula.assignments())) <= 6:
                clauses = [list(clause) for clause in formula.clauses]
                return {"clauses": clauses, "dataset": gadget_data(formula)}

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        dataset: Dataset = task.given["dataset"]
        with sheet.part("it is right on all points but those of clauses", 2):
            network, axes = _network(answer, 7), 4 * dataset.d
            memorizes(sheet, network, Dataset(dataset.points[:axes], dataset.labels[:axes]))
        with sheet.part("and on the points of all clauses", 2, if_right=True):
            values = predict(network, dataset.points)[axes:]
            broken = [clause for clause, y in zip(task.given["clauses"], values, strict=True)
                      if y != 1]  # fmt: skip
            sheet.need(not broken, f"it takes {len(broken)} for label 0, among them {broken[:1]}")
        with sheet.part("with 15 parameters, zeros counted", 1, if_right=True):
            found = network.size.dense_weights
            sheet.need(found <= 15, f"it has {found}")


class BrokenMaxima(Exercise):
    """Two networks that memorize and do not know the nearest point."""

    key = "generalization.break"
    title = "[a, b]: for each of two networks a number whose nearest point it does not know"
    asks = "values"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for name, net, rules in (
            ("two", _two_units, [_two]),
            ("three", _three_units, [_three, _two]),
        ):
            while name not in given:
                x = _wrong_below(rng, rules)
                half = len(x) // 2
                data, network = (
                    Dataset(x[:, None], np.repeat([1, 0], half)),
                    net(x[:half], x[half:]),
                )
                if verify(network, data):
                    given |= {name: network, f"{name}_points": data}
        return given

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        pair = answer if isinstance(answer, list) and len(answer) == 2 else (None, None)
        for name, z in zip(("two", "three"), pair, strict=True):
            with sheet.part(f"a number that the network {name!r} gets wrong", 2):
                if type(z) not in (int, float, Fraction) or abs(z) > 2**40:
                    raise Wrong(f"a number below 2^40 is needed, got {z!r}")
                sheet.need(float(z) == z, f"a number that float64 holds is needed, got {z}")
                network, dataset, at = task.given[name], task.given[f"{name}_points"], [[float(z)]]
                said, right = int(predict(network, at)[0]), int(nearest(dataset, at)[0])
                sheet.need(right >= 0, f"points of both labels are equally near to {z}")
                sheet.need(said != right, f"at {z} it says {said}, as the nearest point")


def _two(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The maximum where b >= 0."""
    return np.maximum(a - b, 0) + np.maximum(b, 0)


def _three(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return _two(a, b) - np.maximum(-b, 0)


def _wrong_below(rng: np.random.Generator, rules: list[Any]) -> np.ndarray:
    """Numbers, first those of label 1, with which a tree of these rules is wrong at a few places
    somewhere below 0, and neither at once nor for ever."""
    z, size = np.arange(-150, 0), 2 ** len(rules)
    while True:
        x = np.argsort(rng.random((200, 40)), axis=1)[:, : 2 * size, None]
        scores = 2 * x * z - x**2 + (x**2).max(axis=1, keepdims=True)
        classes, found = (scores[:, :size], scores[:, size:]), []
        for tree in classes:
            for rule in rules:
                tree = rule(tree[:, ::2], tree[:, 1::2])
            found.append(tree[:, 0])
        right = np.sign(classes[0].max(axis=1) - classes[1].max(axis=1))
        wrong = (np.sign(found[0] - found[1]) != right) & (right != 0)
        few = (wrong.sum(axis=1) >= 2) & (wrong.sum(axis=1) <= 40)
        good = few & ~wrong[:, :10].any(axis=1) & ~wrong[:, -8:].any(axis=1)
        if good.any():
            return np.asarray(x[int(np.argmax(good)), :, 0])


def _scores(x: Iterable[int], K: int) -> list[tuple[int, int]]:
    """Slope and height of 2xz - x^2 + K for each x."""
    return [(2 * int(v), K - int(v) ** 2) for v in x]


def _less(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    return a[0] - b[0], a[1] - b[1]


def _two_units(ones: np.ndarray, zeros: np.ndarray) -> Network:
    """max(a, b) = relu(a - b) + relu(b) of the two scores of each class."""
    K = int(max(*ones, *zeros)) ** 2
    lines = [line for a, b in (_scores(ones, K), _scores(zeros, K)) for line in (_less(a, b), b)]
    first = Layer([[slope] for slope, _ in lines], [height for _, height in lines], "relu")
    return Network([first, Layer([[1, 1, -1, -1]], [0], "identity")], readout="sign")


def _three_units(ones: np.ndarray, zeros: np.ndarray) -> Network:
    """The same for four, with relu(a - b) + relu(b) - relu(-b) in the first layer."""
    K, lines = int(max(*ones, *zeros)) ** 2, []
    for a, b in zip(
        _scores([*ones, *zeros], K)[::2], _scores([*ones, *zeros], K)[1::2], strict=True
    ):
        lines += [_less(a, b), b, (-b[0], -b[1])]
    pair = np.kron(np.eye(4, dtype=int), [1, 1, -1])  # the four first maxima
    first = Layer([[slope] for slope, _ in lines], [height for _, height in lines], "relu")
    second = Layer([pair[0] - pair[1], pair[1], pair[2] - pair[3], pair[3]], [0] * 4, "relu")
    return Network([first, second, Layer([[1, 1, -1, -1]], [0], "identity")], readout="sign")


def _sample(
    rng: np.random.Generator, d: int, sizes: tuple[int, int], reach: int
) -> tuple[list[list[int]], list[int]]:
    """Different points in integers, so many of each label, in random order."""
    N, points = sum(sizes), np.zeros((1, d), dtype=int)
    while len(points) < N:
        points = np.unique(rng.integers(-reach, reach + 1, (2 * N, d)), axis=0)
    labels = rng.permutation(np.repeat([0, 1], sizes))
    return rng.permutation(points)[:N].tolist(), labels.tolist()


def _network(value: Any, d: int) -> Network:
    """What was handed in; :class:`Wrong` where it is no network from R^d to R."""
    if not isinstance(value, Network):
        raise Wrong(f"a network is needed, got {value!r}")
    if (value.inputs, value.outputs) != (d, 1):
        raise Wrong(f"{d} inputs and one output are needed, got {value.inputs}, {value.outputs}")
    return value


def _evaluated(call: list[Any], outcome: Any, asked: np.ndarray) -> tuple[np.ndarray, int]:
    values, below = evaluate(_network(value_at(call, outcome), asked.shape[1]), asked)
    return values[:, 0], below


EXERCISES = (FourUnits, CellLayers, NearestPoint, FormulaNetwork, BrokenMaxima)
