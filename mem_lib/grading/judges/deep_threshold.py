"""The judges of ``deep_threshold``."""

import math
from itertools import pairwise
from typing import Any

import numpy as np

from mem_lib.data import Dataset
from mem_lib.deep_threshold import table as tables
from mem_lib.grading.exercise import Exercise, Task, arguments, value_at
from mem_lib.grading.judges.common import memorizes, whole, wholes
from mem_lib.grading.verdict import Sheet, Wrong


def gates(starts: Any, columns: Any) -> tuple[list[int], list[list[int]]]:
    """Rows and columns of an answer, where they are ones."""
    rows = wholes(starts)
    if rows is None:
        raise Wrong(f"the starts of the rows are a list of whole numbers, got {starts!r}")
    if not isinstance(columns, list):
        raise Wrong(f"a list of columns is needed, got {columns!r}")
    thresholds = list[list[int]]()
    for column in columns:
        if (tau := wholes(column)) is None:
            raise Wrong(f"a column is a list of whole numbers, got {column!r}")
        if len(tau) != len(rows) + 1:
            raise Wrong(
                f"{len(rows)} rows begin somewhere, so a column has {len(rows) + 1} "
                f"thresholds, got {column}"
            )
        thresholds.append(tau)
    return rows, thresholds


def read(v: int, starts: list[int], columns: list[list[int]]) -> int:
    """What the gates say of v: rows [v >= s], columns [v - shift >= tau(0)], added with signs.

    >>> [read(v, [5, 14], [[5, 5, 14], [5, 9, 20]]) for v in (3, 5, 8, 9, 14, 20)]
    [0, 1, 1, 0, 1, 0]
    """
    rows = [v >= s for s in starts]
    said = 0
    for i, tau in enumerate(columns):
        shift = sum(b - a for (a, b), on in zip(pairwise(tau), rows, strict=True) if on)
        said += (-1) ** i * (v - shift >= tau[0])
    return said


class ByHand(Exercise):
    """A table for two label bits, on paper."""

    key = "deep_threshold.by-hand"
    title = "[starts, low, high]: rows, and columns for each bit, of a table for five numbers"
    asks = "values"

    #: How many rows and columns the data are drawn for.
    GATES = 4

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        while True:  # until two rows, and one column for each bit, are what it takes
            values = np.sort(rng.choice(np.arange(1, 15), 5, replace=False)).tolist()
            labels = [int(rng.integers(1, 4)), *rng.integers(0, 4, 4).tolist()]
            found = tables.Table.of(values, labels, top=15)
            if found.breaks == 4 and (found.rows, [len(t) for t in found.thresholds]) == (
                2,
                [1, 1],
            ):
                return {"values": values, "labels": labels}

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        values, labels = task.given["values"], task.given["labels"]
        for place, name in enumerate(("low", "high")):
            with sheet.part(f"the {name} bit of every label", 1):
                if not (isinstance(answer, list) and len(answer) == 3):
                    raise Wrong(f"[starts, low, high] is needed, got {answer!r}")
                starts, columns = gates(answer[0], answer[1 + place])
                for v, label in zip(values, labels, strict=True):
                    said, bit = read(v, starts, columns), label >> place & 1
                    sheet.need(said == bit, f"at {v} the gates say {said}, not {bit}")
        with sheet.part("with two rows and two columns", 1, if_right=True):
            found = [len(part) for part in answer]
            sheet.need(sum(found) <= self.GATES, f"{found[0]} rows and {sum(found[1:])} columns")


class Table(Exercise):
    """The table stage, from scratch."""

    key = "deep_threshold.table"
    title = "a function table(values, labels) that returns [starts, columns]"
    asks = "function"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        values = np.sort(rng.choice(np.arange(1, 30), 6, replace=False)).tolist()
        return {"values": values, "labels": [0, 1, 1, 0, 1, 0]}

    def calls(self, given: dict[str, Any], rng: np.random.Generator) -> list[list[Any]]:
        drawn = [[given["values"], given["labels"]]]
        for n, most in ((2, 9), (12, 40), (40, 300), (60, 500)):
            values = rng.choice(most, n, replace=False).tolist()
            drawn.append([values, rng.integers(0, 2, n).tolist()])
        alternating = sorted(rng.choice(9999, 101, replace=False).tolist())
        drawn.append([alternating, [1 - i % 2 for i in range(101)]])
        drawn += [[[7, 3, 5], [label] * 3] for label in (0, 1)]
        far = sorted(2**70 + v for v in rng.choice(200, 30, replace=False).tolist())
        last = [far, [1, *rng.integers(0, 2, 29).tolist()]]
        zero = [0, *sorted(rng.choice(np.arange(1, 50), 4, replace=False).tolist())]
        return [*drawn, [zero, [1, 0, 0, 1, 0]], last]  # a row 0 that is on from 0, not from 1

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        def each(part: slice) -> Any:
            for call, outcome in task.outcomes(answer)[part]:
                found = value_at(call, outcome)
                if not (isinstance(found, list) and len(found) == 2):
                    raise Wrong(f"for {arguments(call)}: [starts, columns] is needed: {found!r}")
                yield call, gates(*found)

        for asked, most, part in (("the values that are given", 1, slice(1)),
                                  ("random labels, alternating ones, one class", 2, slice(1, 9)),
                                  ("values beyond 53 bits", 1, slice(9, None))):  # fmt: skip
            with sheet.part(asked, most):
                for call, (starts, columns) in each(part):
                    for v, label in zip(*call, strict=True):
                        said = read(v, starts, columns)
                        sheet.need(
                            said == label,
                            f"for {arguments(call)}: at {v} the gates say {said}, not {label}",
                        )
        with sheet.part("at most 2 sqrt(B) + 2 rows and columns", 2, if_right=True):
            for call, (starts, columns) in each(slice(None)):
                B, found = changes(*call), len(starts) + len(columns)
                sheet.need(
                    few(found, B),
                    f"for {arguments(call)}: {len(starts)} rows and {len(columns)} columns, where "
                    f"labels change {B} times",
                )


def changes(values: list[int], labels: list[int]) -> int:
    """How often the label changes along the values."""
    ordered = [label for _, label in sorted(zip(values, labels, strict=True))]
    return sum(a != b for a, b in pairwise(ordered))


def few(found: int, B: int) -> bool:
    """Whether found <= 2 sqrt(B) + 2, in integers."""
    return found <= 2 or (found - 2) ** 2 <= 4 * B


class Collector(Exercise):
    """Lines through the centre that separate all points of a circle."""

    key = "deep_threshold.collector"
    title = "lines [[w1, w2], ...] through the centre that separate the given points"
    asks = "values"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        n = 9  # pairs of opposite points
        angles = np.cumsum(rng.integers(2, 9, n))
        turns = np.pi * angles / (angles[-1] + 3)
        half = np.rint(10_000 * np.column_stack([np.cos(turns), np.sin(turns)])).astype(int)
        return {"points": rng.permutation(np.concatenate([half, -half])).tolist()}

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        points = task.given["points"]
        with sheet.part("they separate all points", 2):
            lines = list[list[int]]()
            for line in answer if isinstance(answer, list) else [answer]:
                if (w := wholes(line)) is None or len(w) != 2:
                    raise Wrong(f"two whole numbers for each line are needed, got {line!r}")
                lines.append(w)
            seen = dict[tuple[bool, ...], list[int]]()
            for x in points:
                sides = [w[0] * x[0] + w[1] * x[1] for w in lines]
                for w, side in zip(lines, sides, strict=True):
                    sheet.need(side != 0, f"the line {w} goes through {x}")
                code = tuple(side > 0 for side in sides)
                other = seen.setdefault(code, x)
                sheet.need(other is x, f"no line separates {other} and {x}")
        most = len(points) // 2
        with sheet.part(f"no more than {most} lines", 2, if_right=True):
            sheet.need(len(answer) <= most, f"{len(answer)} lines")


class Parity(Exercise):
    """The parity of m bits by threshold gates."""

    key = "deep_threshold.parity"
    title = "a threshold network for the parity of m bits with at most 6m connections"
    asks = "network"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        return {"m": int(rng.integers(9, 13))}

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        m = task.given["m"]
        with sheet.part(f"right for all {2**m} lists of bits", 3):
            bits = np.arange(2**m)[:, None] >> np.arange(m) & 1
            memorizes(sheet, answer, Dataset(bits, bits.sum(axis=1) % 2))
        with sheet.part("all units are threshold gates", 1, if_right=True):
            kinds = {layer.activation for layer in answer.layers[:-1]}
            kinds |= {answer.layers[-1].activation} - {"identity"}
            sheet.need(kinds == {"threshold"}, f"it has units of the kinds {sorted(kinds)}")
        with sheet.part(f"at most 6m = {6 * m} connections", 2, if_right=True):
            links = sum(len(terms) for layer in answer.layers for _, terms in layer.rows())
            sheet.need(links <= 6 * m, f"it has {links}")


class Skip(Exercise):
    """A table on the point itself."""

    key = "deep_threshold.skip"
    title = "[u, c, starts, columns]: a table on the number <u, X> + c of a point X"
    asks = "values"

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        N = 2 * int(rng.integers(60, 90))
        turns = 2 * np.pi * (np.arange(N) + rng.random()) / N
        points = np.rint(2**20 * np.column_stack([np.cos(turns), np.sin(turns)])).astype(int)
        return {"dataset": Dataset(points, np.arange(N) % 2)}

    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        dataset = task.given["dataset"]
        with sheet.part("the gates give every point its label", 3):
            if not (isinstance(answer, list) and len(answer) == 4):
                raise Wrong(f"[u, c, starts, columns] is needed, got {answer!r}")
            u, c = wholes(answer[0]), whole(answer[1])
            if u is None or len(u) != 2 or c is None:
                told = f"{answer[0]!r} and {answer[1]!r}"
                raise Wrong(f"whole numbers u = [u1, u2] and c are needed, got {told}")
            starts, columns = gates(*answer[2:])
            for x, label in zip(
                dataset.points.astype(int).tolist(), dataset.labels.tolist(), strict=True
            ):
                v = u[0] * x[0] + u[1] * x[1] + c
                said = read(v, starts, columns)
                sheet.need(said == label, f"at {x}, where v = {v}, they say {said}, not {label}")
        most = math.isqrt(4 * (dataset.N - 1)) + 2
        with sheet.part(f"at most {most} rows and columns", 2, if_right=True):
            found = len(answer[2]) + len(answer[3])
            sheet.need(found <= most, f"{len(answer[2])} rows and {len(answer[3])} columns")


EXERCISES = (ByHand, Table, Collector, Parity, Skip)
