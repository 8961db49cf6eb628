"""Few rows from a large pool: again and again the one that tells apart the most differently
labelled pairs that are still together.

The pairs that a row newly tells apart are counted cell by cell, a cell being the points with equal
bits so far.  They only become fewer, so a row is looked at again only while the number that it had
before makes it a candidate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_array

#: Rows that are looked at together.
_BLOCK = 64


def chosen(bits: np.ndarray, labels: np.ndarray) -> list[int]:
    """Columns of ``bits``, shape (N, pool), that tell apart all differently labelled rows that the
    whole pool does; none of them can be left out.

    >>> chosen(np.array([[0, 0, 1], [0, 1, 1], [1, 1, 1]], dtype=np.uint8), np.array([0, 1, 0]))
    [0, 1]
    """
    found: list[int] = []
    cells = np.zeros(len(labels), dtype=np.int64)
    stale = np.full(bits.shape[1], np.iinfo(np.int64).max)
    while True:
        active = _mixed(cells, labels)
        best = _best(bits[active], cells[active], labels[active], stale) if active.any() else None
        if best is None:
            return sorted(_pruned(bits, labels, found))
        found.append(best)
        cells = np.unique(2 * cells + bits[:, best], return_inverse=True)[1]


def _mixed(cells: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The points of cells with more than one label."""
    one = np.zeros(cells.max() + 1, dtype=labels.dtype)
    one[cells] = labels
    mixed = np.zeros(len(one), dtype=bool)
    mixed[cells[labels != one[cells]]] = True
    return np.asarray(mixed[cells])


def _best(bits: np.ndarray, cells: np.ndarray, labels: np.ndarray, stale: np.ndarray) -> int | None:
    """The row with the largest gain, the first of several; None where no row gains.  ``stale``
    holds gains that were true once, and is brought up to date for the rows that are looked at."""
    group = np.unique(np.stack([cells, labels]), axis=1, return_inverse=True)[1].ravel()
    cell = np.unique(cells, return_inverse=True)[1]
    in_group, in_cell = _members(group), _members(cell)
    order = np.argsort(-stale, kind="stable")
    best, gain = None, 0
    for k in range(0, len(order), _BLOCK):
        block = order[k : k + _BLOCK]
        if stale[block[0]] <= gain:
            break
        ones = bits[:, block].astype(np.int64)
        fresh = _separated(in_cell, ones) - _separated(in_group, ones)
        stale[block] = fresh
        i = int(fresh.argmax())
        if fresh[i] > gain:
            best, gain = int(block[i]), int(fresh[i])
    return best


def _members(group: np.ndarray) -> csr_array:
    """Which point belongs to which group."""
    from scipy.sparse import csr_array

    n = len(group)
    return csr_array((np.ones(n, dtype=np.int64), (group, np.arange(n))))


def _separated(members: csr_array, ones: np.ndarray) -> np.ndarray:
    """How many pairs within one group every column tells apart."""
    up = members @ ones
    size = np.asarray(members.sum(axis=1)).reshape(-1, 1)
    return np.asarray((up * (size - up)).sum(axis=0))


def _pruned(bits: np.ndarray, labels: np.ndarray, found: list[int]) -> list[int]:
    """The rows without those that turned out not to be needed."""
    kept = list(found)
    whole = _apart(bits[:, kept], labels)
    for row in found:
        fewer = [k for k in kept if k != row]
        if fewer and _apart(bits[:, fewer], labels) == whole:
            kept = fewer
    return kept


def _apart(bits: np.ndarray, labels: np.ndarray) -> int:
    """How many differently labelled pairs have equal bits."""
    packed = np.packbits(bits, axis=1)
    cell = np.unique(packed, axis=0, return_inverse=True)[1].ravel()
    group = np.unique(np.stack([cell, labels]), axis=1, return_inverse=True)[1].ravel()
    return int((np.bincount(cell) ** 2).sum() - (np.bincount(group) ** 2).sum()) // 2
