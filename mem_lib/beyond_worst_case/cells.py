"""The bits of many points in few dimensions, 64 neighbours at a time.

Points are sorted along a curve that keeps neighbours together (the bits of their coordinates taken
in turn), and each 64 in a row make a cell.  Over the box of a cell <w, x> + b is smallest and
largest at corners, so most hyperplanes have a cell on one side: 64 bits are known at once.  Counts
over the known bits are bounds for every point of the cell, from below and, with the unknown ones
added, from above.  Only where these do not decide are the points of a cell looked at, and only at
the hyperplanes that meet its box.  All sums are float64 sums of integers that stay below 2^53, so
none is rounded (lemma ``thm-foundations-sums``).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from mem_lib.beyond_worst_case.bits import Bits, held_bytes
from mem_lib.beyond_worst_case.words import packed, unpacked
from mem_lib.data import Dataset
from mem_lib.exact.arithmetic import FLOAT64, upper_bound
from mem_lib.network import Layer
from mem_lib.parts.hyperplanes import magnitudes

#: The most dimensions and the least number of points for which cells are worth their while.
MOST_DIMENSIONS, LEAST_POINTS = 3, 2**14
_CELL = 64
#: Bits of a coordinate that decide the order; entries of a block.
_FINE, _ENTRIES = 10, 2**20
#: From so many centres on all bits are held, where they take at most so many bytes.
_MANY, _BYTES = 32, 2**26


class CellBits:
    """As :class:`mem_lib.beyond_worst_case.bits.Bits`: ``points`` are integers (N, d) in float64,
    one class after the other; bit i of a point tells whether <weight_i, x> >= least_i."""

    def __init__(
        self,
        points: np.ndarray,
        labels: np.ndarray,
        weight: np.ndarray,
        least: np.ndarray,
        two_sided: bool,
        advance: Callable[[int], object],
    ) -> None:
        self._points, self._weight, self._least = points, weight, least
        self.N, self.n, self.two_sided = len(points), len(weight), two_sided
        self._curve = _along(points, labels)
        lacking = -self.N % _CELL
        curve = np.concatenate([self._curve, np.repeat(self._curve[-1:], lacking)])
        self._cells = points[curve].reshape(-1, _CELL, points.shape[1])
        self._on, self._met = (
            np.empty((-(-self.n // 64), len(self._cells)), np.uint64) for _ in range(2)
        )
        self._judge(advance)

    @classmethod
    def of(
        cls,
        layer: Layer,
        dataset: Dataset,
        rows: np.ndarray,
        two_sided: bool,
        advance: Callable[[int], object],
    ) -> CellBits | None:
        """The bits of the points in ``rows``, one class after the other; None where cells do not
        pay, or float64 is not proven to be exact."""
        if dataset.d > MOST_DIMENSIONS or dataset.N < LEAST_POINTS:
            return None
        points = dataset.integers(rows)[0]
        if (
            points.dtype == object
            or (sizes := magnitudes(layer)) is None
            or upper_bound(*sizes, np.abs(points).max(axis=0).astype(float)) > FLOAT64
        ):
            return None
        weight, least = np.asarray(layer.weight, float), -layer.bias.astype(float)
        labels = dataset.labels[rows]
        return cls(points.astype(float), labels, weight, least, two_sided, advance)

    def codes(self, rows: np.ndarray | slice) -> np.ndarray:
        """The bits of some points: (points, n), uint8."""
        return (self._points[rows] @ self._weight.T >= self._least).astype(np.uint8)

    def scores(self, centres: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """(centres, rows), uint32."""
        masks, step = self._masks(centres), max(1, _ENTRIES // self.n)
        out: np.ndarray = np.empty((len(centres), len(rows)), np.uint32)
        for start in range(0, len(rows), step):
            words = packed(self.codes(rows[start : start + step]))
            for i, mask in enumerate(masks):
                out[i, start : start + step] = self._count(mask, words)
        return out

    def least(self, centres: np.ndarray, first: int, stop: int) -> np.ndarray:
        """The smallest score of a point outside first..stop, for every centre: int64."""
        if self._all_bits(len(centres)):
            return self._packed.least(centres, first, stop)
        inner = slice(-(-first // _CELL), stop // _CELL)
        cells = np.arange(len(self._cells))
        cells = np.delete(cells, inner) if inner.start < inner.stop else cells
        found = []
        for mask in self._masks(centres):
            low, _ = self._bounds(mask, cells)
            least, order = _FAR, np.argsort(low, kind="stable")
            for some in _blocks(order, self.n):
                if low[some[0]] >= least:
                    break
                columns = self._columns(cells[some])
                rivals = (columns < first) | ((columns >= stop) & (columns < self.N))
                counts = self._count(mask, self._words(cells[some]))[rivals]
                least = min(least, int(counts.min(initial=_FAR)))
            found.append(least)
        return np.array(found, dtype=np.int64)

    def below(
        self, centres: np.ndarray, thresholds: np.ndarray, first: int, stop: int
    ) -> np.ndarray:
        """Whether the score of each point in first..stop is below the threshold of each centre:
        (centres, stop - first), bool."""
        if self._all_bits(len(centres)):
            return self._packed.below(centres, thresholds, first, stop)
        start = first // _CELL
        cells = np.arange(start, -(-stop // _CELL))
        places = self._places[first:stop] - _CELL * start
        out = np.empty((len(centres), stop - first), bool)
        for i, mask in enumerate(self._masks(centres)):
            low, high = self._bounds(mask, cells)
            fires = np.repeat(high < thresholds[i], _CELL)
            for block in _blocks(cells[(low < thresholds[i]) & (high >= thresholds[i])], self.n):
                columns = self._columns(block) - _CELL * start
                fires[columns] = self._count(mask, self._words(block)) < thresholds[i]
            out[i] = fires[places]
        return out

    def _all_bits(self, centres: int) -> bool:
        """Whether so many centres pay for all bits, and memory holds them."""
        return centres >= _MANY and held_bytes(self.N, self.n) <= _BYTES

    @cached_property
    def _packed(self) -> Bits:
        """All bits: for many centres quicker than a look at the cells for each."""
        step = max(1, _ENTRIES // self.n)
        blocks = (self.codes(slice(i, i + step)) for i in range(0, self.N, step))
        return Bits.of(blocks, self.N, self.n, self.two_sided)

    @cached_property
    def _places(self) -> np.ndarray:
        """Where each point stands along the curve."""
        places = np.empty(self.N, np.int64)
        places[self._curve] = np.arange(self.N)
        return places

    def _columns(self, cells: np.ndarray) -> np.ndarray:
        """The places of the points of some cells."""
        return (_CELL * cells[:, None] + np.arange(_CELL)).ravel()

    def _judge(self, advance: Callable[[int], object]) -> None:
        """``_on``: the hyperplanes that are on at a whole cell; ``_met``: those that may be on at
        some of its points and off at others; as words (words, cells)."""
        weight = self._weight
        sides = np.concatenate([np.maximum(weight, 0), np.minimum(weight, 0)], axis=1).T
        step, done = max(1, _ENTRIES // self.n), 0
        for start in range(0, len(self._cells), step):
            block = self._cells[start : start + step]
            low, high = block.min(axis=1), block.max(axis=1)
            on = np.concatenate([low, high], axis=1) @ sides >= self._least
            some = np.concatenate([high, low], axis=1) @ sides >= self._least
            self._on[:, start : start + step] = packed(on)
            self._met[:, start : start + step] = packed(some & ~on)
            points = min(self.N, _CELL * (start + step))
            advance((points - done) * self.n)
            done = points

    def _masks(self, centres: np.ndarray) -> np.ndarray:
        """What is combined with the words of a point: (centres, words)."""
        code = self.codes(centres)
        return np.ascontiguousarray(packed(code if self.two_sided else code == 0).T)

    def _count(self, mask: np.ndarray, words: np.ndarray) -> np.ndarray:
        both = words ^ mask[:, None] if self.two_sided else words & mask[:, None]
        return np.asarray(np.bitwise_count(both).sum(axis=0, dtype=np.int64))

    def _bounds(self, mask: np.ndarray, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The least and the largest score that the points of each cell may have."""
        on, met = self._on[:, cells], self._met[:, cells]
        if self.two_sided:
            known, unknown = (on ^ mask[:, None]) & ~met, met
        else:
            known, unknown = on & mask[:, None], met & mask[:, None]
        low = np.bitwise_count(known).sum(axis=0, dtype=np.int64)
        return low, low + np.bitwise_count(unknown).sum(axis=0, dtype=np.int64)

    def _words(self, cells: np.ndarray) -> np.ndarray:
        """The bits of the points of some cells, as words (words, points)."""
        words = np.repeat(self._on[:, cells], _CELL, axis=1).reshape(-1, len(cells), _CELL)
        cell, plane = np.nonzero(unpacked(self._met[:, cells], self.n))
        points, step = self._cells[cells], _ENTRIES // _CELL
        for start in range(0, len(cell), step):
            c, h = cell[start : start + step], plane[start : start + step]
            sums = points[c, :, 0] * self._weight[h, 0, None]
            for axis in range(1, points.shape[2]):
                sums += points[c, :, axis] * self._weight[h, axis, None]
            on = (sums >= self._least[h, None]).astype(np.uint64)
            on <<= (h % 64).astype(np.uint64)[:, None]
            # several hyperplanes of one word meet the same cell: together, in one step
            first = np.flatnonzero(np.diff(c * len(words) + h // 64, prepend=-1))
            words[h[first] // 64, c[first]] |= np.bitwise_or.reduceat(on, first, axis=0)
        return words.reshape(len(words), -1)


#: More than every score.
_FAR = 2**40


def _blocks(cells: np.ndarray, n: int) -> list[np.ndarray]:
    step = max(1, 4 * _ENTRIES // (_CELL * n))
    return [cells[start : start + step] for start in range(0, len(cells), step)]


def _along(points: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The order of points along the curve, class by class."""
    low = points.min(axis=0)
    span = points.max(axis=0) - low + 1
    keys = labels.astype(np.int64)
    steps = ((points - low) * (2.0**_FINE / span)).astype(np.int64)
    for bit in range(_FINE - 1, -1, -1):
        for axis in range(points.shape[1]):
            keys = (keys << 1) | ((steps[:, axis] >> bit) & 1)
    return np.argsort(keys, kind="stable")
