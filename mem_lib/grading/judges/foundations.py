"""The judges of ``foundations``."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from mem_lib.certificate import verify
from mem_lib.data import Dataset
from mem_lib.exact.floats import evaluate_in_floats
from mem_lib.foundations import bit_reader, pieces_of
from mem_lib.grading.exercise import Exercise, Task, arguments, value_at
from mem_lib.grading.judges.common import failure, memorizes, whole
from mem_lib.grading.verdict import Sheet, Wrong
from mem_lib.network import Layer, Network


class Count(Exercise):
    """Five numbers on a line, memorized by hand."""

    key = "foundations.count"
    title = "a network with one hidden layer of three ReLU neurons that memorizes five points"
    asks = "network"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        while True:  # until no slope is 0 or comes twice, and some neurons can look left
            labels = rng.integers(0, 9, 5)
            slopes = np.diff(labels)
            changes = np.diff(slopes)
            left = [changes[list(few)].sum() for few in ((1,), (2,), (1, 2), (0, 2))]
            if slopes.all() and changes.all() and -slopes[0] in left:
                return {"dataset": Dataset(np.arange(5)[:, None], labels)}

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        with sheet.part("it is right at every point", 2):
            memorizes(sheet, answer, task.given["dataset"])
        with sheet.part("one hidden layer of at most four ReLU neurons", 1, if_right=True):
            kinds = [layer.activation for layer in answer.layers]
            sheet.need(kinds == ["relu", "identity"], f"its layers are {', '.join(kinds)}")
            neurons = answer.size.neurons
            sheet.need(neurons <= 4, f"it has {neurons} neurons")
        with sheet.part("at most three", 2, if_right=True):
            sheet.need(answer.size.neurons <= 3, "it has four neurons")


class Precision(Exercise):
    """From which N on a fixed number of bits is not enough."""

    key = "foundations.precision"
    title = "the least N from which on no such wiring memorizes every labelling of N points"
    asks = "values"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        return {"factor": int(rng.integers(3, 40)), "bits": int(rng.integers(5, 31))}

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        factor, bits = task.given["factor"], task.given["bits"]
        with sheet.part("the least N", 2):
            if (N := whole(answer)) is None or N < 1:
                raise Wrong(f"a whole number N >= 1 is needed, got {answer!r}")
            # 2^(bits W) settings and 2^N labellings, with W^2 = factor^2 N
            least = (factor * bits) ** 2 + 1
            more = f"at N = {N} there are as many settings as labellings, or more"
            sheet.need(least <= N, more)
            sheet.need(least == N, f"it is impossible for smaller N than {N}, too")


class Unfold(Exercise):
    """Which numbers a network in floating point is wrong on."""

    key = "foundations.unfold"
    title = "a function wrong(x, digits): whether floats of so many digits lose the last bit of x"
    asks = "function"

    #: For each number of digits: the bits of the network, and its floats.
    READERS = {24: (30, np.float32), 53: (60, np.float64)}

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        return {"x": int(rng.integers(2**23, 2**24)) * 2 + 1, "digits": 24}

    def calls(self, given: dict[str, Any], rng: np.random.Generator) -> list[list[Any]]:
        def drawn(digits: int, length: int) -> int:
            return int(rng.integers(2**length, 2 ** (length + 1))) & -2

        return [
            *([drawn(24, length) + odd, 24] for length in (20, 22, 25, 26, 28) for odd in (0, 1)),
            *([2**24 + k, 24] for k in range(-4, 6)),
            *([2**53 + k, 53] for k in range(-4, 4)),
            *([drawn(53, length) + odd, 53] for length in (24, 51, 54, 58) for odd in (0, 1)),
        ]

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        for asked, most, part in (
            ("float32, numbers of many sizes", 1, slice(0, 10)),
            ("float32, near the border", 2, slice(10, 20)),
            ("float64", 1, slice(20, None)),
        ):
            with sheet.part(asked, most):
                for call, outcome in task.outcomes(answer)[part]:
                    said, found = self._bit(*call), value_at(call, outcome)
                    truth = said != call[0] % 2
                    sheet.need(
                        found in (0, 1) and found == truth,  # 1 is true, as in Python
                        f"for {arguments(call)} the network says {said}, so {truth} is right, "
                        f"got {found!r}",
                    )

    def _bit(self, x: int, digits: int) -> int:
        """What the network says is the last bit of x."""
        bits, floats = self.READERS[digits]
        points = pieces_of([x], bits, 2)
        return int(evaluate_in_floats(bit_reader(bits, pieces=2), points, floats)[0, 0])


class Break(Exercise):
    """A network that no change of one entry breaks."""

    key = "foundations.break"
    title = "a network that stays right when any one weight or bias changes by 1"
    asks = "network"

    #: How many entries are tried.
    ENTRIES = 300

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        places = np.cumsum(rng.integers(1, 9, 8))
        labels = np.array([0, 1, 1, 0, 1, 0, 0, 1]) ^ rng.integers(2)
        return {"dataset": Dataset(places[:, None], labels)}

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        dataset = task.given["dataset"]
        with sheet.part("it is right at every point", 2):
            memorizes(sheet, answer, dataset)
        with sheet.part("and after every change", 4, if_right=True):
            entries = answer.size.dense_weights
            most = self.ENTRIES
            sheet.need(entries <= most, f"it has {entries} entries; at most {most} are tried")
            for changed, change in changes(answer):
                found = verify(changed, dataset)
                sheet.need(found.ok, f"{change}: {failure(found, changed, dataset)}")


def changes(network: Network) -> Iterator[tuple[Network, str]]:
    """``network`` with each entry of its matrices and biases changed by 1, and the change."""
    for place, layer in enumerate(network.layers):
        whole = np.zeros((layer.units, layer.inputs + 1), dtype=object)
        for i, (bias, terms) in enumerate(layer.rows()):
            whole[i, -1] = bias
            for j, weight in terms:
                whole[i, j] = weight
        for i, j in np.ndindex(*whole.shape):
            name = f"bias[{i}]" if j == layer.inputs else f"weight[{i}, {j}]"
            for step in (1, -1):
                other = whole.copy()
                other[i, j] += step
                layers = list(network.layers)
                layers[place] = Layer(other[:, :-1], other[:, -1], layer.activation)
                changed = Network(
                    layers, network.input_shift, network.output_denominator, network.readout
                )
                yield changed, f"layer {place}, {name} + {step}".replace("+ -", "- ")


class Threshold(Exercise):
    """From which size on threshold units cannot have the table."""

    key = "foundations.threshold"
    title = "the least m from which on threshold units need more weights than the table"
    asks = "values"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        return {"rows": int(rng.integers(3, 31))}

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        k = task.given["rows"]

        def enough(m: int) -> bool:
            """Whether the theorem leaves the weights of the table to threshold units."""
            N, W = k * m * m, (3 * k + 15) * m - 4
            return W * math.log2(math.e * N) >= N

        last = max(m for m in range(1, 10_000) if enough(m))
        with sheet.part("the least m", 2):
            if (m := whole(answer)) is None or m < 1:
                raise Wrong(f"a whole number m >= 1 is needed, got {answer!r}")
            sheet.need(m > last, f"at m = {last} the theorem does not exclude them yet")
            sheet.need(m == last + 1, f"m = {last + 1} and all above are excluded already")


EXERCISES = (Count, Precision, Unfold, Break, Threshold)
