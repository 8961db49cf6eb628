"""Exact numbers as text: for sentences, for files, for JSON."""

from fractions import Fraction


def short(value: Fraction) -> str:
    """``value`` for a sentence: itself where it is short, else its order of magnitude."""
    bits = value.numerator.bit_length() - value.denominator.bit_length()
    if value.numerator.bit_length() + value.denominator.bit_length() < 80:
        return str(value)
    return f"about {'-' if value < 0 else ''}2^{bits}"


def rounded(value: Fraction | float) -> str:
    """``value`` for a message: to six digits, or its order of magnitude beyond the range of
    floats."""
    try:
        return f"{float(value):g}"
    except OverflowError:
        return short(Fraction(value))


def written(value: Fraction) -> str:
    """``value`` for a file: decimal where it is short, else hexadecimal, which has no limit."""
    if value.numerator.bit_length() + value.denominator.bit_length() < 80:
        return str(value)
    return f"{value.numerator:#x}/{value.denominator:#x}"


def read_fraction(text: str) -> Fraction:
    """The inverse of :func:`written`."""
    numerator, _, denominator = text.partition("/")
    return Fraction(int(numerator, 0), int(denominator or "1", 0))


def json_int(number: int) -> int | str:
    """A number >= 0 as a network's ``about`` takes it: hexadecimal from 2^53 on."""
    return int(number) if number < 2**53 else hex(number)
