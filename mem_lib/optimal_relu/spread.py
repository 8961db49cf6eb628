"""Whether a direction keeps the promise of theorem ``thm-optimal_relu-projection``.

A Gaussian direction has at most the spread 2 R N^2 sqrt(2 d / pi) / delta with probability above
1/2.  The spread of a drawn one is known exactly, so drawing until it is small enough takes fewer
than two draws on average, and what is printed as a promise is kept and not only likely.

The separation delta takes long to measure for many points.  But N balls of radius delta/2 around
the points fit beside each other into one of radius R + delta/2, so that delta <= 2R and
delta (N^(1/d) - 1) <= 2R: a spread of at most N^2 sqrt(2 d / pi) max(1, N^(1/d) - 1) needs no
measuring.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from mem_lib.constructions import Facts
from mem_lib.data import Dataset
from mem_lib.optimal_relu.bounds import OUTWARDS, spread_bound
from mem_lib.parts.projection import MANY, Projection


@dataclass(frozen=True)
class SpreadTest:
    """Is the spread of a projection of ``dataset``, whose points are different, at most
    :func:`spread_bound`?"""

    dataset: Dataset

    @cached_property
    def unmeasured(self) -> Fraction:
        """No more than the bound, for any points of that number and dimension."""
        N, d = self.dataset.N, self.dataset.d
        packed = max(1.0, N ** (1 / d) - 1)
        return N * N * Fraction(math.sqrt(2 * d / math.pi) * packed / OUTWARDS)

    @cached_property
    def bound(self) -> Fraction:
        """For these very points."""
        facts = Facts.of(self.dataset)
        return spread_bound(facts.N, facts.d, facts.separation, facts.radius)

    def __call__(self, projection: Projection, *, last: bool = False) -> bool:
        """Sure to say yes where it is so for fewer than ``MANY`` points, or for the ``last`` try;
        else a spread that only measuring could accept is refused."""
        N, d = self.dataset.N, self.dataset.d
        spread = Fraction(projection.range - 1, projection.gap)
        if min(N, d) == 1 or spread <= self.unmeasured:
            return True
        return (last or N < MANY) and spread <= self.bound
