"""How large spreads, keys and moduli get in the worst case, and what no network can do without.

Floating point: spreads and lengths are computed with fractions, square roots and logarithms are
taken in binary64 and rounded outwards, so a promise is never too small and a limit never too
strong.  Only :func:`paper_depth` is a curve and not a bound.
"""

from __future__ import annotations

import math
from fractions import Fraction

from mem_lib import foundations
from mem_lib._base.arguments import at_least_zero, check_distance, integer_in, positive
from mem_lib._base.search import least_integer
from mem_lib.errors import InvalidArgument, shown

#: Takes a rounded root or logarithm outwards.
OUTWARDS = 1 + 1e-9
#: More is refused: searches for the best folders take time of the order of the root of N.
MOST_POINTS, MOST_FOLDER = 10**9, 10**6
#: Longer weights are refused by :func:`least_bits`, which counts with integers of that many bits.
MOST_WEIGHT_BITS = 10**7

Real = float | Fraction


# -- a direction and a modulus --------------------------------------------------------------------


def spread_bound(N: int, d: int, separation: Real | None, radius: Real) -> Fraction:
    """The spread that a good direction has: theorem ``thm-optimal_relu-projection``.

    The spread of a direction is (largest difference of two projections) / (smallest).  For N points
    of norm at most ``radius`` at distances of at least ``separation``, a Gaussian direction has a
    spread of at most 2 radius N^2 sqrt(2 d / pi) / separation with probability above 1/2; on a line
    (d = 1) every direction has at most 2 radius / separation.  One point has spread 0.

    Raises ``InvalidArgument`` when an argument is out of range, or two points cannot be that far
    apart.

    >>> math.ceil(spread_bound(1000, 10, 0.28, 1))
    18022376
    """
    N, d = integer_in(N, "N", 1, MOST_POINTS), integer_in(d, "d", 1, MOST_POINTS)
    radius = at_least_zero(radius, "radius")
    if N == 1:
        return Fraction(0)
    separation = positive(separation, "separation")
    check_distance(separation, "separation", radius)
    line = 2 * radius / separation
    return line if d == 1 else line * N * N * Fraction(math.sqrt(2 * d / math.pi) * OUTWARDS)


def key_bits_bound(N: int, d: int, separation: Real | None, radius: Real) -> int:
    """How many bits a key of the ``"paper"`` variant has at most, when the direction has the spread
    of :func:`spread_bound` (theorem ``thm-optimal_relu-projection``).

    Raises ``InvalidArgument`` when an argument is out of range, or two points cannot be that far
    apart.

    >>> key_bits_bound(1000, 10, 0.28, 1)
    27
    """
    return (math.floor(4 * spread_bound(N, d, separation, radius)) + 1).bit_length()


def modulus_bound(N: int, range_: int) -> int:
    """Some odd number up to this one tells N different integers 0 <= x < ``range_`` apart, that is,
    leaves N different remainders: lemma ``thm-optimal_relu-modulus``.

    Raises ``InvalidArgument`` when an argument is out of range, or the range is smaller than N.

    >>> modulus_bound(2, 1000), modulus_bound(1000, 2**34)
    (16, 16983027)
    """
    N, range_ = integer_in(N, "N", 1, 10**100), integer_in(range_, "range_", 1)
    if range_ < N:
        raise InvalidArgument(
            f"range_: {N} different integers need a range of at least {N}, got {shown(range_)}"
        )
    product = N * (N - 1) // 2 * log2(range_) * OUTWARDS  # log2 of the product of all differences
    return least_integer(lambda m: m - 2 - math.log2(m) > product)


def paper_depth(
    N: int, d: int, separation: Real | None, radius: Real = 1, classes: int = 2
) -> float:
    """The depth of the paper's theorem as restated (Kim et al. 2025), with the constants of the
    lemmas restated there: a curve to compare with.

    3 sqrt(N log N) + sqrt(N / log N) (3 max(log R, log C) + 2) + 4 with
    R = 10 radius N^2 sqrt(pi d) / separation, logarithms to base 2, N >= 2.  Numbers of folders and
    of bits are not rounded to integers here, so no network has exactly this depth; what is promised
    is the bound of the construction, theorem ``thm-optimal_relu-paper``.

    Raises ``InvalidArgument`` when an argument is out of range, or two points cannot be that far
    apart.

    >>> round(paper_depth(1000, 10, 0.28))
    1152
    """
    N, classes = integer_in(N, "N", 2), integer_in(classes, "classes", 1)
    line = spread_bound(N, 1, separation, radius) / 2
    log_R = log2(line) + math.log2(
        10 * N * N * math.sqrt(math.pi * integer_in(d, "d", 1, MOST_POINTS))
    )
    bits = max(log_R, math.log2(classes))
    folders = math.sqrt(N * math.log2(N))
    return 3 * folders + N / folders * (3 * bits + 2) + 4


# -- what no network can do without ---------------------------------------------------------------


def least_bits(
    N: int, weights: int, classes: int = 2, *, inputs: int | None = None, outputs: int = 1
) -> int:
    """The least number of bits that theorem ``thm-optimal_relu-precision`` leaves possible: with
    shorter weights, ``weights`` of them cannot realise all labellings of N points.

    The counting is that of ``foundations.counting_bound``, read the other way; ``inputs`` and
    ``outputs`` as there: with them the wiring may depend on the labels.

    Raises ``InvalidArgument`` when a number is out of range, or no length suffices.

    >>> least_bits(10**6, 10_000), least_bits(10**6, 10_000, inputs=10)
    (100, 71)
    """
    N, weights, classes = (
        integer_in(N, "N", 1, MOST_POINTS),
        integer_in(weights, "weights", 0),
        integer_in(classes, "classes", 1),
    )
    if weights == 0 and classes > 1:
        raise InvalidArgument(
            f"weights: without a weight all networks are the same, and {classes} labels need "
            "different ones; at least 1 is needed, got 0"
        )
    if weights and N * math.log2(classes) > MOST_WEIGHT_BITS * weights:
        raise InvalidArgument(
            f"weights: {shown(weights)} weights would need more than {MOST_WEIGHT_BITS} bits each, "
            "and longer ones are not counted"
        )

    def enough(bits: int) -> bool:
        needed = foundations.counting_bound(N, classes, bits, inputs=inputs, outputs=outputs)
        return needed <= weights

    return least_integer(enough)


def least_depth(N: int, width: int, d: int = 1) -> int:
    """No wiring of ReLU layers of at most ``width`` units, with d inputs and one output, shatters N
    points with a smaller depth: proposition ``thm-optimal_relu-depth``.

    The bound is the product of ``foundations.log_labellings`` for dense layers.

    Raises ``InvalidArgument`` when an argument is out of range.

    >>> [least_depth(N, 12) for N in (10**3, 10**6, 10**9)]
    [3, 27, 659]
    """
    N, width, d = (
        integer_in(N, "N", 1, MOST_POINTS),
        integer_in(width, "width", 1, MOST_POINTS),
        integer_in(d, "d", 1, MOST_POINTS),
    )

    def enough(depth: int) -> bool:
        if depth == 1:
            return foundations.most_shattered([1], [d + 1]) >= N
        inner = depth - 2
        units = [width] * (depth - 1) + [1]
        weights = [width * (d + 1)] + [width * (width + 1)] * inner + [width + 1]
        return foundations.log_labellings(N, units, weights) * OUTWARDS >= N

    return least_integer(enough)


def log2(value: Fraction | int) -> float:
    """log2 of a positive fraction of any size."""
    value = Fraction(value)
    shift = value.numerator.bit_length() - value.denominator.bit_length()
    return shift + math.log2(value / Fraction(2) ** shift)
