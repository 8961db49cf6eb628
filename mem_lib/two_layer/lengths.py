"""How long the integers of an exact network can be, as base-2 logarithms.

Lengths follow from Hadamard's inequality.  Let (z, 1) be integer points z = 2^grid_bits x, at most
r long.  A hyperplane through d of them is a column of minors, at most r^d long.  An affine function
with given values at d + 1 points has the denominator det (z_i, 1) <= r^(d+1); one of least norm at
s points the Gram determinant of (z_i, 2^grid_bits), up to twice as long.  A row of the network is a
combination of both.

Floating point: logarithms of these bounds are added up in binary64 and rounded upwards, so a
promise is never too small.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from mem_lib._base.arguments import integer_in
from mem_lib.constructions import Facts

#: How often random points that complete a hyperplane may have to be drawn again.
REDRAWN = 8
#: More is refused, because the entries of ``Size`` leave the range of exact floats.
MOST_POINTS, MOST_BITS = 10**9, 10**7
_OUTWARDS = 1 + 1e-9


@dataclass(frozen=True)
class Lengths:
    """Integer points z = 2^shift x and values p / q, as base-2 logarithms.

    norm:    of |z|, or 0
    lifted:  of |(z, 1)|
    unit:    of |(z, 2^shift)|
    above:   of the numerators p
    below:   of the common denominator q
    """

    N: int
    d: int
    shift: int
    norm: float
    lifted: float
    unit: float
    above: float
    below: float

    @classmethod
    def of(cls, facts: Facts) -> Lengths:
        """From N, d, the radius, the grid and the values."""
        N, d = integer_in(facts.N, "N", 1, MOST_POINTS), integer_in(facts.d, "d", 1, MOST_POINTS)
        shift = facts.grid_bits
        square = math.ceil(facts.radius**2 * 4**shift)
        largest, denominator = _values(facts)
        return cls(
            N,
            d,
            shift,
            norm=math.log2(max(square, 1)) / 2,
            lifted=math.log2(square + 1) / 2,
            unit=math.log2(square + 4**shift) / 2,
            above=math.log2(max(largest, 1)),
            below=math.log2(denominator),
        )

    def hyperplane(self, missing: int) -> float:
        """The length of the column of minors through d points, ``missing`` of them random ones, in
        a box as large as the data and ``REDRAWN`` times doubled."""
        completed = math.log2(self.d + 1) / 2 + self.norm + REDRAWN
        return (self.d - missing) * self.lifted + missing * completed

    def last(self, size: int) -> int:
        """How many points the last group of that size has."""
        return (self.N - 1) % size + 1


@dataclass(frozen=True)
class AffineLengths:
    """An affine function (w, b) on z of fractions with one denominator, as base-2 logarithms.

    entries:     of its numerators
    determinant: of its denominator, without that of the values
    """

    entries: float
    determinant: float

    @classmethod
    def through(cls, points: Lengths, size: int, above: float) -> AffineLengths:
        """With values at ``size`` points, of numerators up to 2^above: by Cramer's rule for d + 1
        points, by the inverse of the Gram matrix for fewer."""
        if size == points.d + 1:
            return cls(above + math.log2(size) + points.d * points.lifted, size * points.lifted)
        gram = (2 * size - 1) * points.unit
        return cls(above + 2 * math.log2(size) + gram + points.shift, gram + points.unit)

    def less(self, other: AffineLengths) -> AffineLengths:
        """The difference of two."""
        entries = log_sum(self.entries + other.determinant, other.entries + self.determinant)
        return AffineLengths(entries, self.determinant + other.determinant)

    def at(self, points: Lengths) -> float:
        """The numerator of a value at a point."""
        return self.entries + math.log2(points.d + 1) / 2 + points.lifted


@dataclass(frozen=True)
class PairLengths:
    """relu(base + h ℓ) and relu(base), with outgoing weights ± 1/h; base-2 logarithms.

    row:   of the entries of their rows, both on one scale
    outer: of the outgoing weights
    power: of the power of two in their denominators
    """

    row: float
    outer: float
    power: float

    @classmethod
    def of(cls, points: Lengths, base: float, bend: AffineLengths) -> PairLengths:
        """For an affine function ``base`` with half-integer entries and values of at most 2^base,
        not 0 at the points.  h is a power of two with h |ℓ| <= |base| at all of them, and 1/h <=
        max(1, 8 max |ℓ|).
        """
        denominator = points.below + bend.determinant
        steep = 3 + bend.at(points)  # of 1/h, and of that times the denominator of ℓ
        # h (w, b) has values of at most 2^base at the points, which bounds it
        slope = AffineLengths.through(points, min(points.N, points.d + 1), base).entries
        # h < 1: the row is base denominator / h + (w, b)
        small = log_sum(steep + base, bend.entries)
        # h >= 1: 2 denominator (base + h (w, b))
        large = 1 + denominator + log_sum(base, slope)
        return cls(max(small, large), small, base + denominator + 1)


def log_sum(*logarithms: float) -> float:
    """The logarithm of the sum."""
    largest = max(logarithms)
    return largest + math.log2(math.fsum(2.0 ** (value - largest) for value in logarithms))


def whole_bits(logarithm: float) -> int:
    """The bit length of integers whose base-2 logarithm is at most this."""
    return math.floor(logarithm * _OUTWARDS + 1e-6) + 1


def _values(facts: Facts) -> tuple[int, int]:
    """The largest numerator and the common denominator of the values."""
    if facts.targets is not None:
        numerators, denominator = facts.targets
        return max(abs(int(p)) for p in numerators), denominator
    if facts.value_bits is not None:
        largest = 1 << integer_in(facts.value_bits, "value_bits", 1, MOST_BITS)
        return largest, largest
    return int(facts.classes or 0) - 1, 1
