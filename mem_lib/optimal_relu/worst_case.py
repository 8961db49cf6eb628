"""How long the integers of a network are in the worst case: what all promises begin with.

Square roots are taken in binary64 and rounded outwards, all else is exact.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from fractions import Fraction

from mem_lib._base.arguments import integer_in
from mem_lib.constructions import Facts
from mem_lib.errors import HypothesisViolated, InvalidArgument, shown
from mem_lib.network import MOST_SHIFT, Size
from mem_lib.optimal_relu.bounds import (
    MOST_POINTS,
    OUTWARDS,
    Real,
    key_bits_bound,
    modulus_bound,
)
from mem_lib.optimal_relu.codes import Grid, label_bits, of_targets
from mem_lib.parts.projection import halvings, proven_bits


@dataclass(frozen=True)
class WorstCase:
    """How long the integers of a network are at most, for data with given facts.

    N, d:       different points, dimensions
    label_bits: of a code
    grid:       what codes stand for; None for labels
    key_bits:   of a key of ``"paper"``, when the direction has the spread of :func:`spread_bound`
    entry:      bits of an entry of the direction
    projection: |<a, X>| of a point
    """

    N: int
    d: int
    label_bits: int
    grid: Grid | None
    key_bits: int
    entry: int
    projection: int

    @classmethod
    def of(
        cls, facts: Facts, tolerance: Real | None, direction_bits: int | None, proven: bool
    ) -> WorstCase:
        """``proven``: whether the direction has the bits of theorem
        ``thm-optimal_relu-projection``."""
        c, grid = _codes(facts, tolerance)
        N, d = integer_in(facts.N, "N", 1, MOST_POINTS), integer_in(facts.d, "d", 1, MOST_POINTS)
        radius, shift = facts.radius, integer_in(facts.grid_bits, "grid_bits", 0, MOST_SHIFT)
        apart = None if N == 1 else facts.known("separation")
        key_bits = key_bits_bound(N, d, apart, radius)
        if direction_bits is not None:
            bits = integer_in(direction_bits, "direction_bits", 1, MOST_SHIFT)
        elif d == 1:
            bits = 1
        else:
            bits = max(12, 2 * N.bit_length() + 6, proven_bits(N, d) if proven else 0) + 3
        norm = (1 << bits) * (Fraction(1, 2) if d == 1 else Fraction(math.sqrt(d) * OUTWARDS))
        projection = math.ceil(norm * radius * Fraction(OUTWARDS) * 2**shift)
        return cls(N, d, c, grid, key_bits, bits, projection)

    @property
    def range(self) -> int:
        """One more than the largest difference of two projections."""
        return 1 if self.N == 1 else max(self.N, 2 * self.projection + 1)

    @property
    def moduli(self) -> list[tuple[int, int, int]]:
        """For all lengths that the modulus of lemma ``thm-optimal_relu-modulus`` may have: the
        largest one, the most subtractions that reduce by it, and its bits."""
        size = self.range
        most = min(size, modulus_bound(self.N, size))
        return [
            (min(most, (1 << bits) - 1), halvings(size, 1 << (bits - 1)), bits)
            for bits in range(self.N.bit_length(), most.bit_length() + 1)
        ]

    @property
    def unit_bits(self) -> int:
        """f, for the smallest gap of N projections."""
        gap = 2 if self.N == 1 else max(2, 2 * self.projection // (self.N - 1))
        return gap.bit_length() - 2

    @property
    def first_layer(self) -> int:
        """The bits of its longest entry."""
        return max(self.entry, (self.projection + 1).bit_length())


def _codes(facts: Facts, tolerance: Real | None) -> tuple[int, Grid | None]:
    """The bits of a code, and what codes stand for."""
    if facts.targets is not None:
        codes = of_targets(*facts.targets, tolerance)
        return codes.bits, codes.grid
    if tolerance is not None:
        raise InvalidArgument(
            "tolerance: it is for real targets of a data set; without one give classes = 2^bits, "
            f"got {shown(tolerance)}"
        )
    if facts.classes is None:
        raise HypothesisViolated(
            "value_bits: this chapter counts the bits of codes, which depend on all targets "
            f"together; give a data set, or classes = 2^bits, got {shown(facts.value_bits)}"
        )
    return label_bits(facts.classes), None


def largest(sizes: Iterable[Size]) -> Size:
    """Entry by entry."""
    return Size(*(max(column) for column in zip(*map(astuple, sizes), strict=True)))


def answering(size: Size, longest: int) -> Size:
    """``size`` with a last layer that makes targets of codes, with entries of ``longest`` bits."""
    return replace(
        size,
        weights=size.weights + 1,
        bits=max(size.bits, longest),
        total_bits=size.total_bits + (size.width + 1) * longest,
    )
