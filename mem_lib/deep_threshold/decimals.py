"""Logarithms and angles to fifty digits: wherever a formula is rounded to a whole number, fifty
digits decide, and the last ones are given away in the safe direction."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from fractions import Fraction
from functools import cache

#: Digits that are computed, and a relative error that the results stay below.
DIGITS, ERROR = 64, Decimal(10) ** -50


def decimal(value: Fraction | int) -> Decimal:
    """The number to 64 digits."""
    exact = Fraction(value)
    with localcontext(prec=DIGITS):
        return Decimal(exact.numerator) / Decimal(exact.denominator)


def ln(value: Fraction | int) -> Decimal:
    """The natural logarithm of a number > 0; near 1 by its series, where digits would cancel.

    >>> round(ln(2), 20)
    Decimal('0.69314718055994530942')
    """
    exact = Fraction(value)
    with localcontext(prec=DIGITS):
        if Fraction(1, 2) < exact < 2:  # 2 artanh((x - 1) / (x + 1))
            return 2 * artanh(decimal((exact - 1) / (exact + 1)))
        return Decimal(exact.numerator).ln() - Decimal(exact.denominator).ln()


def log2(value: Fraction | int) -> Decimal:
    """The logarithm to base 2 of a number > 0."""
    with localcontext(prec=DIGITS):
        return ln(value) / ln(2)


def root(value: Fraction | int | Decimal) -> Decimal:
    """The square root of a number >= 0."""
    with localcontext(prec=DIGITS):
        return (value if isinstance(value, Decimal) else decimal(value)).sqrt()


def arctan(x: Decimal) -> Decimal:
    """Of a number >= 0: the angle is halved until the series is short."""
    with localcontext(prec=DIGITS):
        halvings = 0
        while x > Decimal("0.05"):
            x = x / (1 + (1 + x * x).sqrt())
            halvings += 1
        return _odd_series(x, -1) * 2**halvings


def artanh(x: Decimal) -> Decimal:
    """Of a number of at most 1/3 in absolute value."""
    with localcontext(prec=DIGITS):
        return _odd_series(x, 1)


def _odd_series(x: Decimal, sign: int) -> Decimal:
    """x + sign x^3/3 + x^5/5 + sign x^7/7 + ..., for |x| <= 1/3."""
    total, power, square, k = x, x, x * x, 1
    while power and abs(power) > abs(x) * Decimal(10) ** -DIGITS:
        power *= sign * square
        k += 2
        total += power / k
    return total


@cache
def pi() -> Decimal:
    """Machin's formula.

    >>> round(pi(), 20)
    Decimal('3.14159265358979323846')
    """
    with localcontext(prec=DIGITS):
        return 16 * arctan(decimal(Fraction(1, 5))) - 4 * arctan(decimal(Fraction(1, 239)))


def above(value: Decimal) -> int:
    """A whole number that is certainly at least ``value``: its ceiling, unless the digits cannot
    tell."""
    with localcontext(prec=DIGITS):
        return _whole(value + abs(value) * ERROR, ROUND_CEILING)


def needed(value: Decimal) -> int:
    """The least whole number that is not certainly below ``value``: its ceiling, unless the digits
    cannot tell."""
    with localcontext(prec=DIGITS):
        return _whole(value - abs(value) * ERROR, ROUND_CEILING)


def below(value: Decimal) -> int:
    """A whole number that is certainly at most ``value``: its floor, unless the digits cannot
    tell."""
    with localcontext(prec=DIGITS):
        return _whole(value - abs(value) * ERROR, ROUND_FLOOR)


def _whole(value: Decimal, rounding: str) -> int:
    with localcontext(prec=max(DIGITS, value.adjusted() + 2)):
        return int(value.to_integral_value(rounding))
