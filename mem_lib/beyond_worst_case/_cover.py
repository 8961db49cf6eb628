"""The second layer: cover one class by neurons that never fire on the others.

Points are known by their bits.  The neuron of a centre c counts the hyperplanes that are off at c
and on at x; this score is 0 at c.  With m the smallest score of a rival, "score < m" holds at c,
fails at every rival, and covers whatever lies close to c.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

#: Scores are sums of at most n ones in float32, which counts without rounding up to 2^24.
MOST_HYPERPLANES = 2**24
_BLOCK = 2**23  # float32 entries of a block of bits


@dataclass(frozen=True)
class Cover:
    """Centres (rows of the covered class) with their thresholds m > 0, and the rows left over."""

    centres: np.ndarray
    thresholds: np.ndarray
    uncovered: np.ndarray


def by_candidates(
    own: np.ndarray,
    rivals: np.ndarray,
    order: np.ndarray,
    advance: Callable[[int], object] = lambda points: None,
) -> Cover:
    """The practical algorithm: visit the points of the class in ``order``, skip the covered ones,
    and give each other one a neuron when its threshold is positive.

    ``own`` (N-, n) and ``rivals`` (N+, n) are bits.  The result is that of visiting one candidate
    after the other; candidates are scored in batches because a matrix product is much cheaper
    than as many matrix-vector products.  ``advance`` is told how many points each batch settled.
    """
    waiting = np.ones(len(own), dtype=bool)
    centres: list[int] = []
    thresholds: list[int] = []
    silent: list[int] = []  # visited, threshold 0, perhaps covered later
    batch, position = 8, 0
    while position < len(order):
        upcoming = order[position:]
        upcoming = upcoming[waiting[upcoming]][:batch]
        if not len(upcoming):
            break
        position = int(np.flatnonzero(order == upcoming[-1])[0]) + 1
        off = 1.0 - own[upcoming].astype(np.float32)
        least = smallest_scores(off, rivals)
        rows = np.flatnonzero(waiting)
        score = scores(off, own[rows])
        accepted = 0
        for i, candidate in enumerate(upcoming):
            if not waiting[candidate]:
                continue
            if least[i] == 0:
                waiting[candidate] = False
                silent.append(candidate)
                continue
            centres.append(int(candidate))
            thresholds.append(int(least[i]))
            waiting[rows[score[i] < least[i]]] = False
            accepted += 1
        advance(len(rows) - int(waiting.sum()))
        batch = min(512, 2 * batch) if 2 * accepted > len(upcoming) else max(8, batch // 2)
    return Cover(
        np.array(centres, dtype=np.int64),
        np.array(thresholds, dtype=np.int64),
        _left_over(own, silent, centres, thresholds),
    )


def by_centres(own: np.ndarray, rivals: np.ndarray, centres: np.ndarray) -> Cover:
    """The idealised algorithm: one neuron for every given centre with a positive threshold."""
    off = 1.0 - own[centres].astype(np.float32)
    least = smallest_scores(off, rivals)
    kept = np.flatnonzero(least > 0)
    thresholds = least[kept].astype(np.int64)
    everything = list(range(len(own)))
    return Cover(centres[kept], thresholds, _left_over(own, everything, centres[kept], thresholds))


def scores(off: np.ndarray, bits: np.ndarray) -> np.ndarray:
    """How many hyperplanes are off at the centre and on at the point: (centres, points)."""
    out = np.empty((len(off), len(bits)), dtype=np.float32)
    for rows in _blocks(bits):
        out[:, rows] = off @ bits[rows].astype(np.float32).T
    return out


def smallest_scores(off: np.ndarray, rivals: np.ndarray) -> np.ndarray:
    """The smallest score of a rival, for every centre."""
    least = np.full(len(off), np.inf, dtype=np.float32)
    for rows in _blocks(rivals):
        np.minimum(least, (off @ rivals[rows].astype(np.float32).T).min(axis=1), out=least)
    return least


def _left_over(own: np.ndarray, rows: list[int], centres: Any, thresholds: Any) -> np.ndarray:
    """Which of ``rows`` no neuron covers."""
    left = np.array(sorted(rows), dtype=np.int64)
    for start in range(0, len(centres), 512):
        if not len(left):
            break
        off = 1.0 - own[centres[start : start + 512]].astype(np.float32)
        bound = np.asarray(thresholds[start : start + 512], dtype=np.float32)[:, None]
        left = left[~(scores(off, own[left]) < bound).any(axis=0)]
    return left


def _blocks(bits: np.ndarray) -> list[slice]:
    step = max(1, _BLOCK // bits.shape[1])
    return [slice(i, i + step) for i in range(0, len(bits), step)]
