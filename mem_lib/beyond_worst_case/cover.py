"""The second layer: cover one class by neurons that never fire on the others.

Points are known by their codes: bits, or what ReLU units give.  The neuron of a centre c adds up
the code of x over the hyperplanes that are off at c (code 0); this score is 0 at c.  With m the
smallest score of a rival, "score < m" holds at c, fails at every rival, and covers whatever lies
close to c.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mem_lib._base.integers import integers
from mem_lib.exact.engine import Engine
from mem_lib.network import Layer, Network

#: Scores of bits are sums of at most n ones in float32, which counts without rounding up to 2^24.
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
    and give each other one a neuron when its threshold is positive.  No neuron fires on a rival
    (theorem ``thm-beyond_worst_case-correct``).

    own, rivals : (N-, n) and (N+, n), codes of at least one point each: bits as uint8, or integers
        >= 0 of any size.
    order : rows of ``own``, each once.
    advance : is told how many points each batch settled.

    The result is that of visiting one candidate after the other; candidates are scored in batches
    because a matrix product is much cheaper than as many matrix-vector products.

    Raises nothing of its own: arguments are not checked.

    >>> own, rivals = np.array([[0, 0], [0, 1]], np.uint8), np.array([[1, 1]], np.uint8)
    >>> found = by_candidates(own, rivals, np.array([0, 1]))    # [0, 0] covers [0, 1]
    >>> found.centres.tolist(), found.thresholds.tolist(), found.uncovered.tolist()
    ([0], [2], [])
    """
    waiting = np.ones(len(own), dtype=bool)
    centres: list[int] = []
    thresholds: list[int] = []
    silent: list[int] = []  # visited, threshold 0; with bits they stay uncovered
    batch, position = 8, 0
    while position < len(order):
        upcoming = order[position:]
        upcoming = upcoming[waiting[upcoming]][:batch]
        if not len(upcoming):
            break
        position = int(np.flatnonzero(order == upcoming[-1])[0]) + 1
        off = off_at(own[upcoming])
        least = smallest_scores(off, rivals)
        rows = np.flatnonzero(waiting)
        score = scores(off, own[rows])
        used = 0
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
            waiting[rows[score[i] < least[i]]] = False
        advance(len(rows) - int(waiting.sum()))
        batch = min(512, 2 * batch) if 2 * used > len(upcoming) else max(8, batch // 2)
    return Cover(
        np.array(centres, dtype=np.int64),
        integers(thresholds),
        _left_over(own, silent, centres, thresholds),
    )


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
    least = smallest_scores(off_at(own[centres]), rivals)
    kept = np.flatnonzero(least > 0)
    thresholds = integers(least[kept].tolist())
    everything = list(range(len(own)))
    return Cover(centres[kept], thresholds, _left_over(own, everything, centres[kept], thresholds))


def off_at(codes: np.ndarray) -> np.ndarray:
    """1 where a hyperplane is off, else 0: what the neurons of these centres look at."""
    return (codes == 0).astype(np.float32)


def scores(off: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """The sum of the codes over the hyperplanes that are off at the centre: (centres, points)."""
    return np.concatenate([_products(off, codes[rows]) for rows in _blocks(codes)], axis=1)


def smallest_scores(off: np.ndarray, rivals: np.ndarray) -> np.ndarray:
    """The smallest score of a rival, for every centre."""
    least = [_products(off, rivals[rows]).min(axis=1) for rows in _blocks(rivals)]
    return np.min(least, axis=0)


def largest_covered(own: np.ndarray, centres: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """For every centre the largest score below its threshold, over all points of the class."""
    largest: list[int] = []
    for start in range(0, len(centres), 512):
        score = scores(off_at(own[centres[start : start + 512]]), own)
        below = score < thresholds[start : start + 512, None]
        largest += [int(v) for v in np.where(below, score, 0).max(axis=1)]
    return integers(largest)


def _products(off: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Bits are counted in float32, see MOST_HYPERPLANES; larger integers go through the exact
    engine, which proves for each block which arithmetic cannot round."""
    if codes.dtype == np.uint8:
        return off @ codes.astype(np.float32).T
    layer = Layer(off.astype(np.int64), np.zeros(len(off), dtype=np.int64), "identity")
    return Engine(Network([layer], readout="argmax")).run(codes)[0]


def _left_over(own: np.ndarray, rows: list[int], centres: Any, thresholds: Any) -> np.ndarray:
    """Which of ``rows`` no neuron covers."""
    left = np.array(sorted(rows), dtype=np.int64)
    for start in range(0, len(centres), 512):
        if not len(left):
            break
        off = off_at(own[centres[start : start + 512]])
        below = integers(map(int, thresholds[start : start + 512]))[:, None]
        left = left[~(scores(off, own[left]) < below).any(axis=0)]
    return left


def _blocks(codes: np.ndarray) -> list[slice]:
    step = max(1, _BLOCK // codes.shape[1])
    return [slice(i, i + step) for i in range(0, len(codes), step)]
