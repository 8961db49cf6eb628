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
from mem_lib.figures import Table, table

#: n: (rate in per cent, mean number of covering neurons) for each of LAMBDAS; from the result
#: files that the authors publish with their program.
LAMBDAS = (0, 0.5, 0.75, 1.0, 1.5, 2.5)
PUBLISHED = {
    50: [(0, 2.1), (20, 8.2), (16, 8.8), (12, 7.4), (4, 7.0), (0, 3.8)],
    200: [(0, 5.2), (98, 6.3), (98, 6.4), (96, 6.1), (78, 7.1), (50, 7.2)],
    500: [(0, 14.0), (100, 5.4), (100, 5.3), (100, 5.3), (100, 5.5), (100, 6.2)],
}


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


def beside_published(cells: Cells) -> Table:
    """The authors' cells beside ours, in draws out of 50 and mean numbers of neurons."""
    rows = []
    for n, line in PUBLISHED.items():
        for bias, (rate, width) in zip(LAMBDAS, line, strict=True):
            memorized, covering = cells.at(n, bias)
            rows.append((n, bias, rate // 2, memorized, width, round(covering, 1)))
    apart = max(abs(row[2] - row[3]) for row in rows)
    return table(
        rows,
        ["n", "λ", "draws, paper", "draws, ours", "neurons, paper", "neurons, ours"],
        caption=f"Of 50 draws, how many memorize; they differ by {apart} at most. "
        "Mean numbers of covering neurons",
    )
