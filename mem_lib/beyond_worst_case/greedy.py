"""Fewer neurons for the same hyperplanes: the second layer as a problem of covering sets.

A neuron with centre c that is silent on all rivals has a threshold of at most m_c, so it fires on
no more points of the class than S_c, those with a score below m_c.  The fewest neurons are a
smallest family of these sets with the same union.  Finding one is hard; the greedy family, of the
set that covers most of what is left, then again, is at most H(s) times as large, s the number of
points of the largest set and H(s) = 1 + 1/2 + ... + 1/s (theorem
``thm-beyond_worst_case-greedy``).

Sets are rows of packed bits, one bit for each of ``count`` elements, in 64-bit words: 7,000 sets of
7,000 points take 6 MB.
"""

import heapq
from collections.abc import Callable, Iterable
from fractions import Fraction

import numpy as np

from mem_lib._base.integers import integers
from mem_lib.beyond_worst_case.counting import Counting
from mem_lib.beyond_worst_case.cover import Cover

#: Centres whose scores are held at a time.
CENTRES = 512


def by_greedy(
    own: np.ndarray,
    rivals: np.ndarray,
    advance: Callable[[int], object] = lambda points: None,
) -> Cover:
    """The greedy algorithm: every point of the class is a candidate, and the one that covers most
    of the points still uncovered gets the next neuron, of equals the first row; at the end neurons
    go whose points the others cover.  No neuron fires on a rival (theorem
    ``thm-beyond_worst_case-correct``), and they are few (``thm-beyond_worst_case-greedy``).

    own, rivals : (N-, n) and (N+, n), codes of at least one point each: bits as uint8, or integers
        >= 0 of any size.
    advance : is told how many points each neuron settled, and how many are left at the end.

    Takes N- (N- + N+) scores and N-^2 bits of memory.  Raises nothing of its own: arguments are not
    checked.

    >>> own, rivals = np.array([[0, 0], [0, 1]], np.uint8), np.array([[1, 1]], np.uint8)
    >>> found = by_greedy(own, rivals)                          # [0, 0] covers [0, 1]
    >>> found.centres.tolist(), found.thresholds.tolist(), found.uncovered.tolist()
    ([0], [2], [])
    """
    return greedily(Counting(own, rivals), advance)


def without_redundant(own: np.ndarray, found: Cover) -> Cover:
    """``found`` less the neurons all of whose points others cover, the last visited first: no
    neuron that is left could go.  What is covered stays covered.

    own : (N-, n), the codes that ``found`` covers.

    Raises nothing of its own: arguments are not checked.

    >>> from mem_lib.beyond_worst_case.cover import by_candidates
    >>> own, rivals = np.array([[0, 0, 1], [1, 0, 0]], np.uint8), np.array([[1, 1, 0]], np.uint8)
    >>> found = by_candidates(own, rivals, np.array([1, 0]))      # the second one covers both
    >>> len(found.centres), without_redundant(own, found).centres.tolist()
    (2, [0])
    """
    sets = _covered(Counting(own, own[:1]), found.centres, found.thresholds)
    kept = irredundant(sets, len(own))
    return Cover(found.centres[kept], found.thresholds[kept], found.uncovered)


def harmonic(count: int) -> Fraction:
    """H(count) = 1 + 1/2 + ... + 1/count, the factor of theorem ``thm-beyond_worst_case-greedy``,
    exactly; it is at most 1 + ln(count).  ``count`` is a whole number >= 0, not checked: nothing is
    raised.

    >>> harmonic(3)
    Fraction(11, 6)
    """
    return sum((Fraction(1, k) for k in range(1, count + 1)), Fraction(0))


# -- the sets of a class -----------------------------------------------------------------------


def greedily(counting: Counting, advance: Callable[[int], object] = lambda points: None) -> Cover:
    """:func:`by_greedy`, where the codes are held already."""
    count = counting.points
    everything = np.arange(count)
    least = [counting.least(everything[i : i + CENTRES]) for i in range(0, count, CENTRES)]
    thresholds = integers(int(m) for part in least for m in part)
    sets = _covered(counting, everything, thresholds)
    centres = np.array(greedy_family(sets, advance), dtype=np.int64)
    centres = centres[irredundant(sets[centres], count)]
    left = np.flatnonzero(~unpacked(union(sets), count))
    advance(len(left))
    return Cover(centres, thresholds[centres], left)


def _covered(counting: Counting, centres: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """For every centre the points of the class with a score below its threshold, packed."""
    parts = (slice(i, i + CENTRES) for i in range(0, len(centres), CENTRES))
    blocks = (counting.fires(centres[part], thresholds[part]) for part in parts)
    return packed(blocks, counting.points)


# -- families of packed sets -------------------------------------------------------------------


def packed(blocks: Iterable[np.ndarray], count: int) -> np.ndarray:
    """Blocks of rows of truth values as rows of 64-bit words."""
    words = -(-count // 64)
    rows = [np.empty((0, words), np.uint64)]
    for block in blocks:
        octets = np.zeros((len(block), 8 * words), np.uint8)
        octets[:, : -(-count // 8)] = np.packbits(block, axis=1)
        rows.append(octets.view(np.uint64))
    return np.concatenate(rows)


def unpacked(sets: np.ndarray, count: int) -> np.ndarray:
    """The truth values that were packed, of one set or of several."""
    return np.unpackbits(sets.view(np.uint8), axis=-1, count=count).astype(bool)


def sizes(sets: np.ndarray) -> np.ndarray:
    """How many elements each set has."""
    return np.bitwise_count(sets).sum(axis=-1, dtype=np.int64)


def union(sets: np.ndarray) -> np.ndarray:
    """The elements of any of the sets, packed."""
    return np.bitwise_or.reduce(sets, axis=0)


def greedy_family(
    sets: np.ndarray, advance: Callable[[int], object] = lambda elements: None
) -> list[int]:
    """Rows of sets with the union of all, in the order in which they are chosen: each covers most
    of what is left, of equals the first.

    What a set would add only falls while others are chosen.  So what it added when it was last
    looked at bounds it from above, and most sets are looked at a few times only.
    """
    left = ~np.zeros(sets.shape[1], np.uint64)
    heap = [(-size, row) for row, size in enumerate(sizes(sets).tolist())]
    heapq.heapify(heap)
    chosen = []
    while heap and heap[0][0]:
        bound, row = heap[0]
        adds = int(sizes(sets[row] & left))
        if adds == -bound:
            heapq.heappop(heap)
            chosen.append(row)
            left &= ~sets[row]
            advance(adds)
        else:
            heapq.heapreplace(heap, (-adds, row))
    return chosen


def irredundant(sets: np.ndarray, count: int) -> np.ndarray:
    """Positions of sets with the union of all, of which none can be left out; the last are the
    first to go."""
    times = np.zeros(count, np.int64)
    for row in sets:
        times += unpacked(row, count)
    kept = []
    for position in reversed(range(len(sets))):
        inside = unpacked(sets[position], count)
        if (times[inside] > 1).all():
            times -= inside
        else:
            kept.append(position)
    return np.array(kept[::-1], dtype=np.int64)
