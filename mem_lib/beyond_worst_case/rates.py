"""The paper's figure, cell by cell: how many of the recorded draws memorize two moons.

A cell belongs to a number n of hyperplanes and a range lambda of the biases, and holds the outcome
of 50 draws; ``python -m benchmarks moons`` records them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mem_lib import recorded
from mem_lib.errors import InvalidArgument, shown


@dataclass(frozen=True, eq=False)
class Cells:
    """``memorized`` (how many of ``draws``) and ``covering`` (mean number of covering neurons), a
    row for each of ``ns`` and a column for each of ``biases``, both ascending."""

    ns: tuple[int, ...]
    biases: tuple[float, ...]
    draws: int
    memorized: np.ndarray
    covering: np.ndarray

    @classmethod
    def of(cls, rows: Sequence[dict[str, Any]]) -> "Cells":
        """From recorded rows with ``n``, ``max_bias``, ``draws``, ``memorized``, ``covering``.
        ``InvalidArgument`` unless there is one row for every n and every bias."""
        ns = tuple(sorted({row["n"] for row in rows}))
        biases = tuple(sorted({float(row["max_bias"]) for row in rows}))
        found = {(row["n"], float(row["max_bias"])): row for row in rows}
        if not rows or len(rows) != len(found) or len(rows) != len(ns) * len(biases):
            raise InvalidArgument(
                f"rows: one for each of {len(ns)} n and {len(biases)} biases is needed, "
                f"got {len(rows)}"
            )
        memorized, covering = (
            np.array([[found[n, b][name] for b in biases] for n in ns])
            for name in ("memorized", "covering")
        )
        return cls(ns, biases, int(rows[0]["draws"]), memorized, covering.astype(float))

    def at(self, n: int, bias: float) -> tuple[int, float]:
        """How many draws memorize, and the mean number of covering neurons."""
        try:
            cell = self.ns.index(n), self.biases.index(bias)
        except ValueError:
            raise InvalidArgument(
                f"n, bias: no recorded cell has n = {shown(n)} and bias = {shown(bias)}"
            ) from None
        return int(self.memorized[cell]), float(self.covering[cell])

    def counts(self) -> dict[tuple[int, float], tuple[int, int]]:
        """(draws that memorize, draws) of each cell (n, bias)."""
        return {
            (n, bias): (int(self.memorized[i, j]), self.draws)
            for i, n in enumerate(self.ns)
            for j, bias in enumerate(self.biases)
        }

    def half(self, bias: float) -> int:
        """The least n at which half of the draws memorize, in the mean of three neighbours."""
        self.at(self.ns[0], bias)
        column = self.memorized[:, self.biases.index(bias)]
        smooth = [column[max(i - 1, 0) : i + 2].mean() for i in range(len(self.ns))]
        enough = [n for n, mean in zip(self.ns, smooth, strict=True) if mean >= self.draws / 2]
        if not enough:
            raise InvalidArgument(f"bias: nowhere do half of the draws memorize at {shown(bias)}")
        return enough[0]


def recorded_cells() -> Cells:
    """The cells that ``python -m benchmarks moons`` recorded."""
    return Cells.of(recorded.read("moons"))
