"""Exact numbers as text: for sentences, for files, for JSON."""

from collections.abc import Sequence
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction

#: Significant digits of a number that is too long to be written out: as many as tell it apart.
DIGITS = (4, 6, 9, 12, 16, 20)
#: Beyond 2^1000, and below 2^-1000, a number is told by its order of magnitude.
MOST_BITS = 1000


def short(value: Fraction) -> str:
    """``value`` for a sentence: itself where it is short, else its order of magnitude."""
    if is_short(value):
        return str(value)
    return f"about {'-' if value < 0 else ''}2^{_magnitude(value)}"


def apart(values: Sequence[Fraction]) -> list[str]:
    """``values`` for a sentence, different ones seen to differ: with more digits where that takes
    them, or by how far they are from one of them."""
    different = set(values)
    for digits in () if all(map(is_short, different)) else DIGITS:
        seen = {value: _decimal(value, digits) for value in different}
        if len(set(seen.values())) == len(different):
            return [str(v) if is_short(v) else f"about {_plain(seen[v])}" for v in values]
    exact = [value for value in values if is_short(value)]
    return [_beside(value, [*exact, *values][0]) for value in values]


def _decimal(value: Fraction, digits: int) -> Decimal | str:
    if not _is_moderate(value):
        return short(value).removeprefix("about ")
    return _quotient(value, Context(prec=digits))


def _plain(value: Decimal | str) -> str:
    """Without an exponent where that is not too long."""
    if isinstance(value, str) or -6 < value.adjusted() < 12:
        return f"{value:f}" if isinstance(value, Decimal) else value
    return f"{value:e}"


def _beside(value: Fraction, other: Fraction) -> str:
    if value == other or is_short(value):
        return short(value)
    gap = short(abs(value - other))
    return f"{short(other)} and {gap} {'more' if value > other else 'less'}"


def at_least(value: Fraction, below: Fraction | None = None) -> str | None:
    """The shortest decimal of 3 digits or more that is >= ``value`` > 0 (and < ``below``); None
    where 20 digits do not do, or the value is beyond 2^1000 or its inverse."""
    for digits in range(3, 21) if _is_moderate(value) else ():
        found = _quotient(value, Context(prec=digits, rounding=ROUND_CEILING))
        if below is None or Fraction(found) < below:
            return _plain(found)
    return None


def _quotient(value: Fraction, context: Context) -> Decimal:
    """Rounded once more where the value is long: upwards, by less than 2^-100 of it."""
    extra = max(0, value.denominator.bit_length() - 2 * MOST_BITS)
    above, below = -(-value.numerator >> extra), value.denominator >> extra
    return context.divide(Decimal(above), Decimal(below))


def _magnitude(value: Fraction) -> int:
    return value.numerator.bit_length() - value.denominator.bit_length()


def _is_moderate(value: Fraction) -> bool:
    return -MOST_BITS < _magnitude(value) < MOST_BITS


def is_short(value: Fraction) -> bool:
    """Whether it can be written out in a sentence."""
    return value.numerator.bit_length() + value.denominator.bit_length() < 80


def rounded(value: Fraction | float) -> str:
    """``value`` for a message: to six digits, or its order of magnitude beyond the range of
    floats."""
    try:
        return f"{float(value):g}"
    except OverflowError:
        return short(Fraction(value))


def written(value: Fraction) -> str:
    """``value`` for a file: decimal where it is short, else hexadecimal, which has no limit."""
    if is_short(value):
        return str(value)
    return f"{value.numerator:#x}/{value.denominator:#x}"


def read_fraction(text: str) -> Fraction:
    """The inverse of :func:`written`."""
    numerator, _, denominator = text.partition("/")
    return Fraction(int(numerator, 0), int(denominator or "1", 0))


def json_int(number: int) -> int | str:
    """A number >= 0 as a network's ``about`` takes it: hexadecimal from 2^53 on."""
    return int(number) if number < 2**53 else hex(number)
