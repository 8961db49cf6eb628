"""The judges of ``optimal_relu``."""

from typing import Any

import numpy as np

from mem_lib.certificate import verify
from mem_lib.data import Dataset
from mem_lib.grading.exercise import Exercise, Task, arguments, value_at
from mem_lib.grading.verdict import Sheet
from mem_lib.network import Network


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
                for call, outcome in zip(task.calls[calls], (answer or [])[calls], strict=True):
                    file, size, bits = call
                    right = [file >> bits * i & (1 << bits) - 1 for i in reversed(range(size))]
                    found = value_at(call, outcome)
                    sheet.need(
                        found == right, f"for {arguments(call)}: {right} is right, got {found}"
                    )


class Remainder(Exercise):
    """A network of one input and one output that computes a remainder."""

    key = "optimal_relu.remainder"
    title = "a ReLU network that computes x mod Q for the integers 0 <= x < S"
    asks = "network"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        return {"Q": int(rng.integers(5, 60)), "S": 4096}

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        Q, S = task.given["Q"], task.given["S"]
        with sheet.part("it is right for every x", 4):
            sheet.need(isinstance(answer, Network), "a network is needed")
            x = np.arange(S)
            certificate = verify(answer, Dataset(x[:, None], targets=x % Q))
            sheet.need(certificate.ok, str(certificate.counterexample or certificate))
        with sheet.part("at most 4 neurons in a layer", 1, if_right=True):
            sheet.need(answer.size.width <= 4, f"its width is {answer.size.width}")
        with sheet.part("about log2(S/Q) tests of two layers, and no more", 1, if_right=True):
            most = 2 * (S // Q).bit_length() + 2
            sheet.need(answer.depth <= most, f"its depth is {answer.depth}, {most} are enough")


EXERCISES = (Fold, Remainder)
