"""A max-net of few of the points: constant size, whatever N is.

Go through the sample and keep a point unless one that was kept lies nearer than the margin c0, the
smallest distance of two points with different labels.  A point that is not kept has a kept one at a
distance below c0, which therefore has its label, and every kept point of another label is at c0 at
least.  So the max-net of the kept points memorizes all of them.  Kept points are c0 apart, and the
balls of radius c0/2 about them are disjoint: in a ball of radius R there are at most
(1 + 2R/c0)^d, for any N.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import numpy as np

from mem_lib.constructions import Facts
from mem_lib.data import Dataset
from mem_lib.generalization.maxnet import MaxPlan, Nearest
from mem_lib.generalization.nearest import exact, squared_distances
from mem_lib.network import Size

#: Points that are compared at a time with those that are kept.
BLOCK = 512


@dataclass(frozen=True)
class Condensed(Nearest):
    """The nearest of a few training points that are the margin apart (theorem
    ``thm-generalization-condensed``).

    It memorizes all N points, and how many it keeps is bounded by the radius, the margin and d
    alone.  Points are kept in their order in the data set; ``about`` tells how many: ``kept``.
    """

    variant: ClassVar[str] = "condensed"
    title: ClassVar[str] = "the nearest of few training points: a size that N does not change"
    theorem: ClassVar[str] = "thm-generalization-condensed"

    def plan(self, data: Dataset, rng: np.random.Generator) -> MaxPlan:
        rows = kept(data)
        return MaxPlan(data.subset(rows), {"kept": len(rows)})

    def bound(self, facts: Facts) -> Size:
        if facts.one_class or facts.margin is None:
            return self.promised(facts, facts.N)
        return self.promised(facts, min(facts.N, packing(facts.d, facts.radius, facts.margin)))


def kept(data: Dataset) -> np.ndarray:
    """The rows that :class:`Condensed` keeps, increasing: greedily in the order of the data, none
    nearer to another than the margin; the first one alone where there is one class.

    >>> kept(Dataset([[0], [1], [2], [9], [4]], [0, 0, 0, 1, 0])).tolist()
    [0, 3]
    """
    square, (integers, shift) = data.squared_margin, data.integers()
    if square is None:
        return np.array([0])
    points, least = exact(integers), int(square * 4**shift)
    found = np.array([0])
    for start in range(0, data.N, BLOCK):
        block = points[start : start + BLOCK]
        rows = start + np.flatnonzero(
            (squared_distances(block, points[found]) >= least).all(axis=1)
        )
        near = squared_distances(points[rows], points[rows]) < least
        chosen: list[int] = []
        for k in range(len(rows)):
            if not near[k, chosen].any():
                chosen.append(k)
        found = np.concatenate([found, rows[chosen]])
    return found


def packing(d: int, radius: Fraction, distance: Fraction) -> int:
    """At most so many points of norm ``radius`` at most are ``distance`` apart.

    >>> packing(2, Fraction(1), Fraction(1))
    9
    """
    return math.floor((1 + 2 * radius / distance) ** d)
