"""The bits of many points in few dimensions, 64 neighbours at a time.

Points are sorted along a curve that keeps neighbours together (the bits of their coordinates taken
in turn), and each 64 in a row make a cell.  Over the box of a cell <w, x> + b is smallest and
largest at corners, so most hyperplanes have a cell on one side, which settles 64 bits at once; only
where a hyperplane meets the box are its points looked at one by one.  All sums are float64 sums of
integers that stay below 2^53, so none is rounded (lemma ``thm-foundations-sums``).
"""

from collections.abc import Callable

import numpy as np

from mem_lib.beyond_worst_case.words import packed
from mem_lib.data import Dataset
from mem_lib.exact.arithmetic import FLOAT64
from mem_lib.network import Layer
from mem_lib.parts.hyperplanes import row_bounds

#: The most dimensions and the least number of points for which cells are worth their while.
MOST_DIMENSIONS, LEAST_POINTS = 3, 2**14
_CELL = 64
#: Bits of a coordinate that decide the order; entries of a block.
_FINE, _ENTRIES = 10, 2**20


def in_cells(
    layer: Layer, dataset: Dataset, order: np.ndarray, advance: Callable[[int], object]
) -> tuple[np.ndarray, np.ndarray] | None:
    """(words, places) for the points in ``order``, one class after the other: the bits of point i
    of them are column ``places[i]`` of ``words``, shape (ceil(n/64), N); classes stay in place.
    None where cells do not pay, or float64 is not proven to be exact."""
    N, d = dataset.N, dataset.d
    weight, points = layer.weight, dataset.integers(order)[0]
    if d > MOST_DIMENSIONS or N < LEAST_POINTS or points.dtype == object:
        return None
    bounds = row_bounds(layer, np.abs(points).max(axis=0).astype(np.float64))
    if bounds is None or bounds.max() > FLOAT64:
        return None
    curve = _along(points, dataset.labels[order])
    places = np.empty(N, np.int64)
    places[curve] = np.arange(N)
    lacking = -N % _CELL
    curve = np.concatenate([curve, np.repeat(curve[-1:], lacking)])
    cells = points[curve].astype(np.float64).reshape(-1, _CELL, d)
    words = np.empty((-(-layer.units // 64), len(cells), _CELL), np.uint64)
    rows, least = np.asarray(weight, dtype=np.float64), -layer.bias.astype(np.float64)
    step = max(1, _ENTRIES // layer.units)
    for start in range(0, len(cells), step):
        block = cells[start : start + step]
        _fill(words[:, start : start + step], block, rows, least)
        advance(min(N, _CELL * (start + step)) * layer.units - _CELL * start * layer.units)
    return words.reshape(len(words), -1)[:, :N], places


def _along(points: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The order of points along the curve, class by class."""
    low = points.min(axis=0)
    span = (points.max(axis=0) - low).astype(np.float64) + 1
    keys = labels.astype(np.int64)
    steps = ((points - low) * (2.0**_FINE / span)).astype(np.int64)
    for bit in range(_FINE - 1, -1, -1):
        for axis in range(points.shape[1]):
            keys = (keys << 1) | ((steps[:, axis] >> bit) & 1)
    return np.argsort(keys, kind="stable")


def _fill(words: np.ndarray, cells: np.ndarray, weight: np.ndarray, least: np.ndarray) -> None:
    """The bits [<w, x> >= least] of points (cells, 64, d), as words (words, cells, 64)."""
    low, high = cells.min(axis=1), cells.max(axis=1)
    sides = np.concatenate([np.maximum(weight, 0), np.minimum(weight, 0)], axis=1).T
    on = np.concatenate([low, high], axis=1) @ sides >= least
    met = (np.concatenate([high, low], axis=1) @ sides >= least) & ~on
    words[:] = packed(on)[:, :, None]
    cell, plane = np.nonzero(met)
    step = _ENTRIES // _CELL
    for start in range(0, len(cell), step):
        c, h = cell[start : start + step], plane[start : start + step]
        sums = cells[c, :, 0] * weight[h, 0, None]
        for axis in range(1, cells.shape[2]):
            sums += cells[c, :, axis] * weight[h, axis, None]
        bits = (sums >= least[h, None]).astype(np.uint64) << (h % 64).astype(np.uint64)[:, None]
        # several hyperplanes of one word meet the same cell: together, in one step
        first = np.flatnonzero(np.diff(c * len(words) + h // 64, prepend=-1))
        words[h[first] // 64, c[first]] |= np.bitwise_or.reduceat(bits, first, axis=0)
