"""The judges of ``optimal_relu``."""

import math
from fractions import Fraction
from typing import Any

import numpy as np

from mem_lib.data import Dataset
from mem_lib.exact import evaluate
from mem_lib.grading.exercise import Exercise, Task, arguments, value_at
from mem_lib.grading.judges.common import memorizes, whole
from mem_lib.grading.verdict import Sheet, Wrong
from mem_lib.network import Network
from mem_lib.optimal_relu import Paper


class Fold(Exercise):
    """``keys(file, size, bits)``: the keys in a file of a folder, read by folds."""

    key = "optimal_relu.fold"
    title = "a function keys(file, size, bits) that reads the keys in the file of a folder"
    asks = "function"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        keys = np.sort(rng.choice(np.arange(1, 8), 2, replace=False)).tolist()
        return {"file": keys[0] * 8 + keys[1], "size": 2, "bits": 3}

    def calls(self, given: dict[str, Any], rng: np.random.Generator) -> list[list[Any]]:
        drawn = [[given["file"], given["size"], given["bits"]]]
        for size, bits in ((1, 1), (1, 20), (3, 4), (5, 12), (4, 80)):
            keys = [int.from_bytes(rng.bytes(10), "big") >> (80 - bits) for _ in range(size)]
            drawn.append([sum(k << (bits * i) for i, k in enumerate(reversed(keys))), size, bits])
        return drawn

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        for asked, most, calls in (
            ("the file that is given", 1, slice(0, 1)),
            ("files of short keys", 2, slice(1, 4)),
            ("files beyond 53 bits", 1, slice(4, None)),
        ):
            with sheet.part(asked, most):
                for call, outcome in task.outcomes(answer)[calls]:
                    file, size, bits = call
                    right = [file >> bits * i & (1 << bits) - 1 for i in reversed(range(size))]
                    found = value_at(call, outcome)
                    sheet.need(
                        found == right, f"for {arguments(call)}: {right} is right, got {found}"
                    )


class Folder(Exercise):
    """The folder of least depth."""

    key = "optimal_relu.folder"
    title = "[n, depth]: the folder size of least depth of the network of width 12, and that depth"
    asks = "values"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        while True:  # until it is not enough to round the best real number
            N, m = int(rng.integers(2_000, 50_000)), int(rng.integers(12, 40))
            rounded = round(math.sqrt(3 * N / (3 * m + 2)))
            if depth(N, m, rounded) > min(depth(N, m, n) for n in range(1, 4 * rounded)):
                return {"N": N, "m": m}

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        N, m = task.given["N"], task.given["m"]
        least = min(depth(N, m, n) for n in range(1, N + 1))
        n, stated = answer if isinstance(answer, list) and len(answer) == 2 else (None, None)
        with sheet.part("a folder size of least depth", 2):
            if (n := whole(n)) is None or not 1 <= n <= N:
                raise Wrong(f"[n, depth] with a whole n from 1 to {N} is needed, got {answer!r}")
            found = depth(N, m, n)
            sheet.need(found == least, f"n = {n} gives depth {found}, and less is possible")
        with sheet.part("its depth", 1, if_right=True):
            sheet.need(stated == least, f"the depth is {least}, got {stated!r}")


def depth(N: int, m: int, n: int) -> int:
    """The layers of the network of width 12 for folders of n points.

    >>> depth(1000, 21, 6)
    894
    """
    return 3 * -(-N // n) + n * (3 * m + 2) + 3


class Remainder(Exercise):
    """A network of one input and one output that computes a remainder."""

    key = "optimal_relu.remainder"
    title = "a ReLU network that computes x mod Q for the integers 0 <= x < S"
    asks = "network"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        return {"Q": int(rng.integers(20, 60)), "S": 4096}

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        Q, S = task.given["Q"], task.given["S"]
        steps = (S // Q).bit_length()
        with sheet.part("it is right for every x", 3):
            x = np.arange(S)
            memorizes(sheet, answer, Dataset(x[:, None], targets=x % Q))
        with sheet.part("with ReLU units alone", 1, if_right=True):
            kinds = {layer.activation for layer in answer.layers}
            sheet.need("threshold" not in kinds, "it has threshold units")
        with sheet.part(
            f"at most 3 neurons in a layer and {2 * steps + 2} layers", 2, if_right=True
        ):
            size = answer.size
            small = size.width <= 3 and size.depth <= 2 * steps + 2
            sheet.need(small, f"its width is {size.width} and its depth {size.depth}")


class NoLabel(Exercise):
    """An input on which a network that memorizes says what is no label."""

    key = "optimal_relu.break"
    title = "a number x for which the given network answers with something that is no label"
    asks = "values"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        while True:  # until there is such a place, on a grid of sixteenths
            gaps = rng.integers(3, 9, 8)
            labels = rng.permutation([0, 0, 0, 0, 1, 1, 1, 1])
            dataset = Dataset(np.cumsum(gaps)[:, None], labels)
            network = Paper(folder_size=2).build(dataset, seed=int(rng.integers(1000)))
            places = np.arange(16 * int(gaps.sum()))[:, None] / 16
            numerators, denominator = evaluate(network, places)
            if not np.isin(numerators, (0, denominator)).all():
                return {"network": network, "dataset": dataset}

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        network: Network = task.given["network"]
        with sheet.part("a finite number of moderate size", 1):
            number = type(answer) in (int, float, Fraction)
            sheet.need(number and abs(answer) < 2**40, f"a number below 2^40 is needed: {answer!r}")
            sheet.need(float(answer) == answer, f"a number that float64 holds is needed: {answer}")
        with sheet.part("the network answers with neither 0 nor 1", 3, if_right=True):
            numerators, denominator = evaluate(network, [[float(answer)]])
            value = Fraction(int(numerators[0, 0]), denominator)
            sheet.need(value not in (0, 1), f"at {answer} it answers {value}")


EXERCISES = (Fold, Folder, Remainder, NoLabel)
