"""The judges of ``two_layer``."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np

from mem_lib.data import Dataset
from mem_lib.grading.exercise import Exercise, Task, arguments, value_at
from mem_lib.grading.judges.common import memorizes, wholes
from mem_lib.grading.verdict import Sheet, Wrong
from mem_lib.network import Network


def exact(value: Any) -> Fraction:
    """A number of an answer, exactly as it was handed in."""
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        raise Wrong(f"a number is needed, got {value!r}")
    return Fraction(value)


def one_hidden_layer(sheet: Sheet, network: Network, activation: str, *outputs: str) -> None:
    """This part needs one hidden layer, and behind it a sum or one of these ``outputs``."""
    kinds = [layer.activation for layer in network.layers]
    good = kinds[:1] == [activation] and kinds[1:] in [["identity"], *([kind] for kind in outputs)]
    sheet.need(good, f"its layers are {', '.join(kinds)}")


class Two(Exercise):
    """A strip of two neurons for two points of a line."""

    key = "two_layer.two"
    title = "a function pair(x, y, t): the two neurons [[w, b, a], [w, b, a]] of a strip"
    asks = "function"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        return {
            "x": [0, int(rng.integers(1, 4))],
            "y": [int(rng.integers(2, 9)), -int(rng.integers(2, 9))],
            "t": -int(rng.integers(1, 4)),
        }

    def calls(self, given: dict[str, Any], rng: np.random.Generator) -> list[list[Any]]:
        drawn = [[given["x"], given["y"], given["t"]]]
        for size in (2**5, 2**10, 2**70):
            first = int.from_bytes(rng.bytes(12), "big") % size
            x = [first, first + int(rng.integers(1, 9))]
            drawn.append([x, rng.integers(-9, 10, 2).tolist(), first - int(rng.integers(1, 20))])
        a, gap, far = (int(rng.integers(low, 2 * low)) for low in (9, 4, 500))
        high = rng.permutation([0, int(rng.integers(1, 9))]).tolist()  # one value 0, and h above 1
        drawn += [[[0, 1], [2**60, -1], -1], [[a, a + gap], high, a - far]]
        return [call for call in drawn if any(call[1])]

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        def each() -> Any:
            for call, outcome in task.outcomes(answer):
                found = value_at(call, outcome)
                if not (isinstance(found, list) and len(found) == 2):
                    raise Wrong(f"for {arguments(call)}: two neurons are needed, got {found!r}")
                if not all(isinstance(neuron, list) and len(neuron) == 3 for neuron in found):
                    raise Wrong(f"for {arguments(call)}: [w, b, a] are needed, got {found!r}")
                neurons = [[exact(v) for v in neuron] for neuron in found]
                yield arguments(call), *call, neurons

        with sheet.part("right at both points", 2):
            for called, x, y, _, neurons in each():
                for at, value in zip(x, y, strict=True):
                    said = sum((a * max(w * at + b, 0) for w, b, a in neurons), Fraction(0))
                    sheet.need(said == value, f"for {called}: at {at} they say {said}, not {value}")
        with sheet.part("both are positive at both points, the second is 0 at t", 1, if_right=True):
            for called, x, _, t, neurons in each():
                for at in x:
                    awake = all(w * at + b > 0 for w, b, _ in neurons)
                    sheet.need(awake, f"for {called}: one of them is not positive at {at}")
                w, b, _ = neurons[1]
                sheet.need(w * t + b == 0, f"for {called}: the second is {w * t + b} before relu")
        with sheet.part("with the largest power of two as h", 1, if_right=True):
            for called, x, y, t, neurons in each():
                w, _, a = neurons[1]
                sheet.need(a != 0, f"for {called}: the second neuron has the outgoing weight 0")
                h, largest = -1 / (a * w), step(x, y, t)
                sheet.need(
                    h == largest, f"for {called}: h = {largest} is the largest, yours is {h}"
                )


def step(x: Sequence[int], y: Sequence[int], t: int) -> Fraction:
    """The largest power of two h with h |y_i| <= |x_i - t| / 2 at both points.

    >>> step([0, 1], [3, -2], -2)
    Fraction(1, 4)
    """
    room = min(Fraction(abs(at - t), 2 * abs(v)) for at, v in zip(x, y, strict=True) if v)
    h = Fraction(1)
    while h > room:
        h /= 2
    while 2 * h <= room:
        h *= 2
    return h


class Caps(Exercise):
    """The lowest level of a cap."""

    key = "two_layer.caps"
    title = "a function levels(points): the lowest b of each point's cap, None where it has none"
    asks = "function"

    #: The integer points of a circle.
    CIRCLE = [[x, y] for x in range(-65, 66) for y in range(-65, 66) if x * x + y * y == 65**2]

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        return {"points": self._on_circle(rng, 5)}

    def _on_circle(self, rng: np.random.Generator, size: int) -> list[list[int]]:
        return [self.CIRCLE[k] for k in rng.choice(len(self.CIRCLE), size, replace=False)]

    def calls(self, given: dict[str, Any], rng: np.random.Generator) -> list[list[Any]]:
        def drawn(N: int, d: int, inside: list[list[int]]) -> list[list[int]]:
            """Different points, and some that lie in the hull of others."""
            points = rng.choice(np.arange(-20, 21), (N, d)).tolist() + inside
            return [list(x) for x in dict.fromkeys(map(tuple, points))]

        scale = int.from_bytes(rng.bytes(5), "big") | 1 << 39
        corners = [[30, 0], [0, 30], [-30, -30]]
        found = [
            [given["points"]],
            [self._on_circle(rng, 8)],
            [drawn(6, 3, [[25, 25, 25], [24, 24, 24]])],
            [drawn(5, 2, [*corners, [1, 2]])],
            [[[scale * v for v in x] for x in self._on_circle(rng, 6)]],
        ]
        a, b = rng.integers(1, 20, 2).tolist()
        # a level below -1, and no cap by equality alone: the second point is as far along the first
        # as the first itself, and so is every point along the origin
        found[4:4] = [[[[a, b], [a - b, a + b], [-a, -b]]], [[[0, 0], [a, b]]]]
        return found

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        for asked, most, part in (
            ("points of one circle", 1, slice(0, 2)),
            ("any points", 2, slice(2, 6)),
            ("long coordinates", 1, slice(6, None)),
        ):
            with sheet.part(asked, most):
                for call, outcome in task.outcomes(answer)[part]:
                    found, right = value_at(call, outcome), lowest(call[0])
                    fits = isinstance(found, list) and len(found) == len(right)
                    if not fits:
                        raise Wrong(f"for {arguments(call)}: {len(right)} levels, got {found!r}")
                    for x, b, said in zip(call[0], right, found, strict=True):
                        sheet.need(
                            said == b, f"for {arguments(call)}: at {x} {b} is right, got {said!r}"
                        )


def lowest(points: list[list[int]]) -> list[int | None]:
    """The largest inner product with another point, where it is below that with itself.

    >>> lowest([[1, 0], [0, 1], [-1, 0]])
    [0, 0, 0]
    """
    found = list[int | None]()
    for i, x in enumerate(points):
        products = [sum(a * b for a, b in zip(x, other, strict=True)) for other in points]
        own = products.pop(i)
        found.append(max(products) if max(products) < own else None)
    return found


class Facet(Exercise):
    """One unit less than two for a slab."""

    key = "two_layer.facet"
    title = "a function few_units(points, labels): a network of at most (N - 1) / 2 threshold units"
    asks = "function"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        return dict(zip(("points", "labels"), _in_general_position(rng, 6, 3), strict=True))

    def calls(self, given: dict[str, Any], rng: np.random.Generator) -> list[list[Any]]:
        sizes = ((5, 2), (9, 4), (10, 5), (12, 4), (14, 7), (13, 8))
        drawn = [list(_in_general_position(rng, N, P)) for N, P in sizes]
        return [[given["points"], given["labels"]], *drawn]

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        def each() -> Any:
            for call, outcome in task.outcomes(answer):
                yield arguments(call), *call, value_at(call, outcome)

        with sheet.part("it memorizes every set", 2):
            for called, points, labels, network in each():
                memorizes(sheet, network, Dataset(points, labels), f"for {called}: ")
        with sheet.part("one hidden layer of threshold units", 1, if_right=True):
            for _, _, _, network in each():
                one_hidden_layer(sheet, network, "threshold", "threshold")
        with sheet.part("at most (N - 1) / 2 of them, rounded up", 3, if_right=True):
            for called, points, _, network in each():
                most, found = len(points) // 2, network.size.neurons
                sheet.need(found <= most, f"for {called}: it has {found} units, {most} are enough")


def _in_general_position(
    rng: np.random.Generator, N: int, ones: int
) -> tuple[list[list[int]], list[int]]:
    """N points of the plane, no three on a line, and labels of which so many are 1."""
    while True:
        points = rng.integers(-99, 100, (N, 2)).tolist()
        if all(dependent(three) is False for three in combinations(points, 3)):
            return points, rng.permutation([1] * ones + [0] * (N - ones)).tolist()


def dependent(points: Sequence[Sequence[int]]) -> bool:
    """Whether these points are affinely dependent.

    >>> dependent([[0, 0], [1, 1], [2, 2]]), dependent([[0, 0], [1, 1], [2, 3]])
    (True, False)
    """
    rows = [[Fraction(v) for v in (*x, 1)] for x in points]
    while rows:
        row = rows.pop()
        k = next((k for k, v in enumerate(row) if v), None)
        if k is None:
            return True
        rows = [[a - r[k] / row[k] * b for a, b in zip(r, row, strict=True)] for r in rows]
    return False


class Strips(Exercise):
    """Strips for points that are not in general position."""

    key = "two_layer.strips"
    title = "an exact ReLU network of strips for points of which many lie on a line"
    asks = "network"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        # sorted along c, these points are on one line: too many for groups of three, however made
        N, line = 21, slice(4, 19)
        while True:
            heights = np.cumsum(rng.integers(1, 5, N))
            second = rng.integers(-30, 31, N)
            second[line] = rng.integers(1, 4) * heights[line] + rng.integers(-30, 31)
            k = int(rng.integers(1, 4))
            points = np.column_stack([heights - k * second, second])
            if [len(group) for group in groups(points.tolist())] == [3, 3, *[2] * 6, 3]:
                points = rng.permutation(points)
                dataset = Dataset(points, targets=rng.integers(-9, 10, N))
                return {"dataset": dataset, "c": [1, k]}

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        dataset, c = task.given["dataset"], task.given["c"]
        with sheet.part("exact at every point", 3):
            memorizes(sheet, answer, dataset)
        with sheet.part("one hidden layer of ReLU neurons", 1, if_right=True):
            one_hidden_layer(sheet, answer, "relu")
        points = sorted(dataset.integers()[0].tolist(), key=lambda x: c[0] * x[0] + c[1] * x[1])
        found = groups(points)
        most = 2 * len(found) - (len(found[-1]) == 1)
        with sheet.part(f"at most {most} of them", 2, if_right=True):
            neurons = answer.size.neurons
            sheet.need(neurons <= most, f"it has {neurons} neurons")


def groups(points: list[list[int]]) -> list[list[list[int]]]:
    """The points in order, in groups that end before a point that depends on the group.

    >>> [len(group) for group in groups([[0, 0], [1, 1], [2, 2], [3, 5], [4, 4]])]
    [2, 3]
    """
    found: list[list[list[int]]] = [[]]
    for x in points:
        if dependent([*found[-1], x]):
            found.append([])
        found[-1].append(x)
    return found


class Moment(Exercise):
    """Three neurons for six points of the moment curve."""

    key = "two_layer.moment"
    title = "[s0, s1, s2]: whole numbers for which three neurons are exact at six points"
    asks = "values"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        while True:  # until s1 and s2 have to be positive
            t = np.cumsum(rng.integers(1, 3, 6)).tolist()
            values = rng.integers(-9, 10, 6).tolist()
            ends = [[parabola(t[p], values[p], at) for at in t] for p in (slice(3), slice(3, 6))]
            above = [second > first for first, second in zip(*ends, strict=True)]
            if any(above[:3]) and not all(above[3:]):
                return {"t": t, "values": values}

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        t, values, s = task.given["t"], task.given["values"], wholes(answer)

        def wrong(s: Any, part: slice) -> str:
            for at, value in list(zip(t, values, strict=True))[part]:
                if (said := three_neurons(t, values, s, at)) != value:
                    return f"at t = {at} they say {said}, not {value}"
            return ""

        for asked, part in (("right at the first three", slice(3)),
                            ("right at the last three", slice(3, None))):  # fmt: skip
            with sheet.part(asked, 1):
                if s is None or len(s) != 3:
                    raise Wrong(f"three whole numbers are needed, got {answer!r}")
                why = wrong(s, part)
                sheet.need(not why, why)
        with sheet.part("none of them can be smaller by 1 alone", 2, if_right=True):
            for k in range(3):
                smaller = [v - (i == k) for i, v in enumerate(s or [])]
                why = wrong(smaller, slice(None))
                sheet.need(bool(why), f"with s{k} = {smaller[k]} they are right as well")


def three_neurons(t: list[int], values: list[int], s: list[int], at: int) -> Fraction:
    """What the three neurons of the theorem on the moment curve say at the point of ``at``."""
    first, last = t[:3], t[3:]
    B0 = Fraction(s[0])
    B1 = parabola(first, values[:3], at) - s[1] * product(at, first)
    B2 = parabola(last, values[3:], at) + s[2] * product(at, last)
    return max(B0, Fraction(0)) - max(B0 - B1, Fraction(0)) + max(B2 - B1, Fraction(0))


def parabola(t: list[int], values: list[int], at: int) -> Fraction:
    """The parabola with these values at three places.

    >>> parabola([0, 1, 2], [1, -1, 1], 3)
    Fraction(7, 1)
    """
    total = Fraction(0)
    for i, (own, value) in enumerate(zip(t, values, strict=True)):
        others = t[:i] + t[i + 1 :]
        total += Fraction(value * product(at, others), product(own, others))
    return total


def product(at: int, roots: list[int]) -> int:
    """The polynomial with these roots and leading coefficient 1."""
    found = 1
    for root in roots:
        found *= at - root
    return found


EXERCISES = (Two, Caps, Facet, Strips, Moment)
