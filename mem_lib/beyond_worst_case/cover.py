"""The second layer: cover one class by neurons that never fire on the others.

With m the smallest score of a rival (:mod:`counting` says what a score is), "score < m" holds at
the centre, fails at every rival, and covers whatever lies close to the centre.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mem_lib._base.integers import integers
from mem_lib.beyond_worst_case.counting import Counting

#: Centres whose scores are held at a time.
_CENTRES = 512


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
    and give each other one a neuron when its threshold is positive.  No neuron fires on a rival
    (theorem ``thm-beyond_worst_case-correct``).

    own, rivals : (N-, n) and (N+, n), codes of at least one point each: bits as uint8, or integers
        >= 0 of any size.
    order : rows of ``own``, each once.
    advance : is told how many points each batch settled.

    Raises nothing of its own: arguments are not checked.

    >>> own, rivals = np.array([[0, 0], [0, 1]], np.uint8), np.array([[1, 1]], np.uint8)
    >>> found = by_candidates(own, rivals, np.array([0, 1]))    # [0, 0] covers [0, 1]
    >>> found.centres.tolist(), found.thresholds.tolist(), found.uncovered.tolist()
    ([0], [2], [])
    """
    return in_order(Counting(own, rivals), order, advance)


def by_centres(own: np.ndarray, rivals: np.ndarray, centres: np.ndarray) -> Cover:
    """The idealised algorithm: one neuron for every given centre with a positive threshold.  No
    neuron fires on a rival (theorem ``thm-beyond_worst_case-correct``).

    own, rivals : (N-, n) and (N+, n), codes of at least one point each: bits as uint8, or integers
        >= 0 of any size.
    centres : (M,) rows of ``own``.

    Raises nothing of its own: arguments are not checked.

    >>> own, rivals = np.array([[0, 0], [0, 1]], np.uint8), np.array([[1, 1]], np.uint8)
    >>> found = by_centres(own, rivals, np.array([1]))    # [0, 1] has threshold 1, and [0, 0] 0
    >>> found.centres.tolist(), found.thresholds.tolist(), found.uncovered.tolist()
    ([1], [1], [])
    """
    return around(Counting(own, rivals), centres)


def in_order(
    counting: Counting, order: np.ndarray, advance: Callable[[int], object] = lambda points: None
) -> Cover:
    """:func:`by_candidates`, where the codes are held already.

    The result is that of visiting one candidate after the other; candidates are scored in batches
    because a matrix product is much cheaper than as many matrix-vector products.
    """
    waiting = np.ones(counting.points, dtype=bool)
    centres: list[int] = []
    thresholds: list[int] = []
    silent: list[int] = []  # visited, threshold 0; with bits they stay uncovered
    batch, position = 1, 0
    while position < len(order):
        upcoming = order[position:]
        upcoming = upcoming[waiting[upcoming]][:batch]
        if not len(upcoming):
            break
        position = int(np.flatnonzero(order == upcoming[-1])[0]) + 1
        least = counting.least(upcoming)
        fires = counting.fires(upcoming, least)
        used, before = 0, int(waiting.sum())
        for i, candidate in enumerate(upcoming):
            if not waiting[candidate]:
                continue
            used += 1
            if least[i] == 0:
                waiting[candidate] = False
                silent.append(candidate)
                continue
            centres.append(int(candidate))
            thresholds.append(int(least[i]))
            waiting &= ~fires[i]
        advance(before - int(waiting.sum()))
        batch = min(_CENTRES, 2 * batch) if 2 * used > len(upcoming) else max(1, batch // 2)
    return Cover(
        np.array(centres, dtype=np.int64),
        integers(thresholds),
        left_over(counting, silent, centres, thresholds),
    )


def around(counting: Counting, centres: np.ndarray) -> Cover:
    """:func:`by_centres`, where the codes are held already."""
    least = counting.least(centres)
    kept = np.flatnonzero(least > 0)
    thresholds = integers(least[kept].tolist())
    everything = list(range(counting.points))
    return Cover(
        centres[kept], thresholds, left_over(counting, everything, centres[kept], thresholds)
    )


def largest_covered(counting: Counting, centres: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """For every centre the largest score below its threshold, over all points of the class."""
    largest: list[int] = []
    everything = np.arange(counting.points)
    for start in range(0, len(centres), _CENTRES):
        score = counting.scores(centres[start : start + _CENTRES], everything)
        below = score < thresholds[start : start + _CENTRES, None]
        largest += [int(v) for v in np.where(below, score, 0).max(axis=1)]
    return integers(largest)


def left_over(counting: Counting, rows: list[int], centres: Any, thresholds: Any) -> np.ndarray:
    """Which of ``rows`` no neuron covers."""
    left = np.array(sorted(rows), dtype=np.int64)
    centres = np.array(centres, dtype=np.int64)
    for start in range(0, len(centres), _CENTRES):
        if not len(left):
            break
        part = slice(start, start + _CENTRES)
        fires = counting.fires(centres[part], integers(map(int, thresholds[part])))
        left = left[~np.logical_or.reduce(fires, axis=0)[left]]
    return left
