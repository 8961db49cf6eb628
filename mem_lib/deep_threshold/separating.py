"""The fewest lines that give points of the plane different codes, found by exhaustion.

*Which sets a line can cut off.*  Move a line that cuts A off B until it touches both: then it
passes through a point of A and one of B, with A on one side, B on the other, and on the line itself
A before B.  So it is enough to look at every line through two points, and to cut its own points
anywhere.  N points have at most N^2 such sets, up to complements, and orientations are decided in
integers.

*How few suffice.*  A set of pairs has to be covered.  The pair that the fewest cuts separate is
separated by one of them: try each, with one cut fewer for the rest.  A branch is given up when the
cuts that are left could not separate the pairs that are left, each as many as the best one does.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np

from mem_lib.data import Dataset
from mem_lib.errors import InvalidDataset, TooLarge

#: More points than this are refused: the search is exponential.
MOST = 12


def least_separating(points: Any, labels: Any = None) -> np.ndarray:
    """The sides of the points for a least set of lines that gives them different codes: shape
    (lines, N), bits in uint8.  With ``labels`` only differently labelled points need different
    codes.  Exact: integers decide, all possibilities are covered (theorem
    ``thm-deep_threshold-circle`` gives ceil(N/2) for points of a circle).

    points : (N, 2) finite floats or integers, at most 12 different points

    Raises ``InvalidDataset`` for what are no points of the plane, equal points that would need
    different codes, and bad labels; ``TooLarge`` for more than 12 points.

    >>> square = [[1, 0], [0, 1], [-1, 0], [0, -1]]
    >>> len(least_separating(square)), len(least_separating(square, [0, 0, 1, 1]))
    (2, 1)
    """
    rows = Dataset(points, np.arange(len(points)) if labels is None else labels)
    if rows.d != 2:
        raise InvalidDataset(f"points: points of the plane are needed, got d = {rows.d}")
    if rows.N > MOST:
        raise TooLarge(f"points: the search is exponential and stops at {MOST}, got {rows.N}")
    cuts = dichotomies(rows.integers()[0].tolist())
    values = rows.labels.tolist()
    pairs = [(i, j) for i, j in combinations(range(rows.N), 2) if values[i] != values[j]]
    apart = [_mask((cut >> i ^ cut >> j) & 1 for i, j in pairs) for cut in cuts]
    found = _least_cover(apart, len(pairs))
    sides = [[cuts[k] >> i & 1 for i in range(rows.N)] for k in found]
    return np.array(sides, dtype=np.uint8).reshape(len(found), rows.N)


def dichotomies(points: list[list[int]]) -> list[int]:
    """The sets, as bit masks, that a line cuts off integer points of the plane and that leave
    something, one of each set and its complement: the one without the first point.

    >>> dichotomies([[0, 0], [1, 0], [2, 0]]), len(dichotomies([[0, 0], [1, 0], [0, 1], [1, 1]]))
    ([4, 6], 6)
    """
    everything = (1 << len(points)) - 1
    found = {c for cut in _cuts(points) for c in (cut, everything ^ cut) if not c & 1}
    return sorted(found - {0})


def _cuts(points: list[list[int]]) -> Iterator[int]:
    for i, j in combinations(range(len(points)), 2):
        (x, y), (u, v) = points[i], points[j]
        if (x, y) == (u, v):
            continue
        side = [(u - x) * (q - y) - (v - y) * (p - x) for p, q in points]
        left = _mask(s > 0 for s in side)
        along = [(u - x) * p + (v - y) * q for p, q in points]
        on = [k for k, s in enumerate(side) if s == 0]
        for level in sorted({along[k] for k in on}):
            first = sum(1 << k for k in on if along[k] <= level)
            yield left | first
            yield left | sum(1 << k for k in on if along[k] >= level)
        yield left


def _mask(bits: Any) -> int:
    return sum(1 << k for k, bit in enumerate(bits) if bit)


def _least_cover(sets: list[int], universe: int) -> list[int]:
    """The numbers of the fewest ``sets`` whose union is all of range(universe)."""
    wanted, size = (1 << universe) - 1, 0
    uncoverable: dict[int, int] = {}  # what is left: so many sets are known not to do
    while True:
        found = _cover(sets, wanted, size, uncoverable)
        if found is not None:
            return found
        size += 1


def _cover(
    sets: list[int], wanted: int, size: int, uncoverable: dict[int, int]
) -> list[int] | None:
    """At most ``size`` sets that cover ``wanted``, or None."""
    if not wanted:
        return []
    if uncoverable.get(wanted, -1) >= size:
        return None
    gains = sorted(((s & wanted).bit_count() for s in sets), reverse=True)[:size]
    if sum(gains) >= wanted.bit_count():
        useful = [k for k, s in enumerate(sets) if s & wanted]
        bits = [1 << b for b in range(wanted.bit_length()) if wanted >> b & 1]
        rarest = min(bits, key=lambda b: sum(1 for k in useful if sets[k] & b))
        through = [k for k in useful if sets[k] & rarest]
        through.sort(key=lambda k: -(sets[k] & wanted).bit_count())
        for k in through:
            rest = _cover(sets, wanted & ~sets[k], size - 1, uncoverable)
            if rest is not None:
                return [k, *rest]
    uncoverable[wanted] = size
    return None
