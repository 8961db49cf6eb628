"""Square roots of fractions of any size."""

import math
import sys
from fractions import Fraction


def nearest_root(square: Fraction) -> float:
    """The binary64 number nearest to the square root; inf beyond the range of binary64."""
    denominator = square.denominator
    # a root of 70 bits with a sticky bit decides every rounding
    k = max(0, 141 + denominator.bit_length() - square.numerator.bit_length()) // 2
    scaled, rest = divmod(square.numerator << (2 * k), denominator)
    whole = math.isqrt(scaled)
    sticky = rest > 0 or whole * whole != scaled
    try:
        return (2 * whole + sticky) / (2 << k)
    except OverflowError:
        return math.inf


def root_below(square: Fraction) -> float:
    """The square root, rounded down to binary64."""
    root = min(nearest_root(square), sys.float_info.max)
    while Fraction(root) ** 2 > square:
        root = math.nextafter(root, 0.0)
    return root


def directed_root(square: Fraction, *, up: bool) -> Fraction:
    """The square root, rounded up or down in its 64th bit."""
    if not square:
        return Fraction(0)
    k = max(0, 130 + square.denominator.bit_length() - square.numerator.bit_length()) // 2
    return grid_root(square, k, up=up)


def grid_root(square: Fraction, bits: int, *, up: bool) -> Fraction:
    """The square root, rounded down to the grid 2^-bits; ``up``: the next point of the grid."""
    scaled = (square.numerator << 2 * bits) // square.denominator
    return Fraction(math.isqrt(scaled) + up, 1 << bits)
