"""What a residual fit may be asked for."""

from fractions import Fraction
from typing import Any

from mem_lib._base.arguments import integer_in
from mem_lib._base.numbers import as_fraction
from mem_lib.errors import InvalidArgument, shown

MOST_ORDER, MOST_PHASES, MOST_BITS = 64, 1024, 48


def at_most(value: Any, name: str, least: int, most: int) -> int:
    """A whole number from ``least`` to ``most``."""
    number = integer_in(value, name, least)
    if number > most:
        raise InvalidArgument(f"{name}: at most {most} is possible, got {shown(value)}")
    return number


def coarseness(value: Any) -> float:
    """A number from 2^-32 to 2^32."""
    number = as_fraction(value)
    if number is None or not Fraction(1, 2**32) <= number <= 2**32:
        raise InvalidArgument(
            f"coarseness: a number > 0, from 2^-32 to 2^32, is needed, got {shown(value)}"
        )
    return float(number)


def tolerance(value: Any) -> Fraction:
    """A number > 0, exactly."""
    number = as_fraction(value)
    if number is None or number <= 0:
        raise InvalidArgument(
            f"tolerance: a finite number > 0 is needed (a fit is not exact), got {shown(value)}"
        )
    return number
