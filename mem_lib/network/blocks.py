"""Matrices too large to be stored: a function gives some of their rows, whenever they are needed.

The rows of a layer often say little each: the difference of two of N points, say, for each of N^2/4
pairs.  Such a matrix is never there as a whole; what reads it, reads it in blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mem_lib.errors import InvalidNetwork, shown
from mem_lib.network.integers import Array, matrix
from mem_lib.network.sparse import Term, checked_shape

#: Entries of a block: they stay in the cache.
BLOCK_ENTRIES = 1 << 18

Rows = Callable[[int, int], Any]


@dataclass(frozen=True, eq=False, repr=False)
class Blocks:
    """A matrix of exact integers of which ``rows(a, b)`` gives the rows a to b.

    rows:  called with 0 <= a < b <= units; returns b - a rows of integers, the same ones each time.
           Networks that are to be pickled, as for several processes, need a function that can be
    shape: (units, inputs)

    >>> band = Blocks(lambda a, b: np.eye(3, 4, dtype=int)[a:b], (3, 4))
    >>> band.toarray(1, 3).tolist(), band.row(2)
    ([[0, 1, 0, 0], [0, 0, 1, 0]], [(2, 1)])
    """

    rows: Rows
    shape: tuple[int, int]
    _last: list[tuple[int, Array]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        if not callable(self.rows):
            raise InvalidNetwork(f"rows = {shown(self.rows)} is no function of a and b")
        vars(self).update(shape=checked_shape(self.shape))

    @property
    def step(self) -> int:
        """The rows of a block."""
        return max(1, BLOCK_ENTRIES // self.shape[1])

    def toarray(self, start: int = 0, stop: int | None = None) -> Array:
        """The rows ``start`` to ``stop`` as a canonical dense array; ``InvalidNetwork`` where the
        function gives anything but so many rows of exact integers."""
        stop = self.shape[0] if stop is None else stop
        block = matrix(self.rows(start, stop), f"rows({start}, {stop})")
        if block.shape != (stop - start, self.shape[1]):
            raise InvalidNetwork(
                f"rows({start}, {stop}) has shape {block.shape}; {stop - start} rows of "
                f"{self.shape[1]} entries are needed"
            )
        return block

    def blocks(self) -> Iterator[tuple[int, Array]]:
        """(first row, dense block), from first to last."""
        for start in range(0, self.shape[0], self.step):
            yield start, self.toarray(start, min(start + self.step, self.shape[0]))

    def row(self, i: int) -> list[Term]:
        """The nonzero entries of row ``i`` as pairs (column, value) of Python ints."""
        start = i - i % self.step
        last = self._last[0] if self._last else None  # one look: threads may read other rows
        if last is None or last[0] != start:
            last = start, self.toarray(start, min(start + self.step, self.shape[0]))
            self._last[:] = [last]
        row = last[1][i - start]
        places = np.flatnonzero(row)
        return list(zip(places.tolist(), row[places].tolist(), strict=True))

    def __repr__(self) -> str:
        return f"Blocks(shape={self.shape})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Blocks, (self.rows, self.shape)
