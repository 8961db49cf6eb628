"""One round of hashing: which keys get a cell of their own, and the tables that this makes.

The keys that have no answer yet are cut into folders of n, in order.  Every folder has a table of
2n cells, and one function h(x) = ((a x + b) mod P) mod 2n sends the keys of every folder to its
cells.  A key that is alone in its cell is answered: the cell holds a mark and its code.  Cells with
two keys or none hold zeros.

For a prime P above all keys, 1 <= a < P and 0 <= b < P drawn uniformly, two keys meet with
probability at most 1/(2n) (Carter and Wegman 1979).  So a draw leaves at most half of the keys
without an answer with probability at least 1/n: theorem ``thm-optimal_relu-provable-tables``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mem_lib._base.integers import INT64_LIMIT
from mem_lib.errors import ConstructionFailed

#: Of so many draws the one that leaves the fewest keys is taken.
HASHES = 8
#: So many draws for each key of a folder, and the round is given up: if each is good with
#: probability 1/n, all of 40 n are bad with one below e^-40.
DRAWS = 40


@dataclass(frozen=True, eq=False)
class Round:
    """A round for ``keys``, increasing, and their ``codes``.

    size:  n, the keys in a folder
    prime: P, larger than every key
    a, b:  of the hash; the theorem's alpha and alpha'
    """

    keys: np.ndarray
    codes: np.ndarray
    size: int
    prime: int
    a: int
    b: int

    @property
    def cells(self) -> int:
        """Of a table."""
        return 2 * self.size

    @cached_property
    def folder(self) -> np.ndarray:
        """Of each key, the number of its folder."""
        return np.arange(len(self.keys)) // self.size

    @cached_property
    def cell(self) -> np.ndarray:
        """Of each key, the number of its cell."""
        top = self.a * (self.prime - 1) + self.b
        keys = self.keys.astype(object) if top >= INT64_LIMIT else self.keys
        return ((self.a * keys + self.b) % self.prime % self.cells).astype(np.int64)

    @cached_property
    def left(self) -> np.ndarray:
        """The places of the keys that share a cell."""
        place = self.folder * self.cells + self.cell
        return np.flatnonzero(np.bincount(place)[place] > 1)

    @property
    def starts(self) -> tuple[int, ...]:
        """The first key of every folder."""
        return tuple(self.keys[:: self.size].tolist())

    def strings(self, label_bits: int, marks: bool) -> tuple[int, ...]:
        """The tables: cell after cell, each with its mark, if there are marks, before its code."""
        mark, cell_bits = (1 << label_bits, label_bits + 1) if marks else (0, label_bits)
        tables = [0] * -(-len(self.keys) // self.size)
        alone = np.delete(np.arange(len(self.keys)), self.left)
        found = (column[alone].tolist() for column in (self.folder, self.cell, self.codes))
        for folder, cell, code in zip(*found, strict=True):
            tables[folder] |= (mark | code) << cell_bits * (self.cells - 1 - cell)
        return tuple(tables)


def best_size(keys: int, label_bits: int) -> int:
    """n = ceil(sqrt(N / (2 + 2c))): about as many folders as a table has bits.

    >>> best_size(1000, 1), best_size(4, 1), best_size(5, 1)
    (16, 1, 2)
    """
    return math.isqrt((keys - 1) // (2 + 2 * label_bits)) + 1


def drawn(
    keys: np.ndarray, codes: np.ndarray, size: int, prime: int, rng: np.random.Generator
) -> Round:
    """A round that leaves at most half of the keys: the best of ``HASHES`` draws, or the first good
    one behind them.  Raises ``ConstructionFailed`` after ``DRAWS`` n draws."""
    best: Round | None = None
    for draw in range(max(HASHES, DRAWS * size)):
        if best is not None and (
            not len(best.left) or (draw >= HASHES and 2 * len(best.left) <= len(keys))
        ):
            return best
        found = Round(keys, codes, size, prime, 1 + _below(prime - 1, rng), _below(prime, rng))
        if best is None or len(found.left) < len(best.left):
            best = found
    assert best is not None
    if 2 * len(best.left) <= len(keys):
        return best
    raise ConstructionFailed(
        f"seed: {DRAWS * size} hashes were drawn for {len(keys)} keys in folders of {size}, and "
        f"the best of them leaves {len(best.left)} keys that share a cell, more than half; "
        "draws of another seed may do"
    )


def _below(limit: int, rng: np.random.Generator) -> int:
    """A uniform integer 0 <= value < ``limit``, of any length."""
    bits = (limit - 1).bit_length()
    while True:
        value = int.from_bytes(rng.bytes((bits + 7) // 8), "little") & ((1 << bits) - 1)
        if value < limit:
            return value
