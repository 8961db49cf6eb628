"""What a caller passes: as it has to be, or an ``InvalidArgument`` that names the argument.

Every check takes ``(value, name, ...)`` and returns the value, a number as a plain Python one.
"""

import operator
import sys
from collections.abc import Collection
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np

from mem_lib._base.numbers import as_fraction
from mem_lib._base.text import rounded
from mem_lib.errors import InvalidArgument, shown

T = TypeVar("T")


def instance(value: Any, name: str, kind: type[T]) -> T:
    """An object of that class."""
    if not isinstance(value, kind):
        raise InvalidArgument(f"{name}: a {kind.__name__} is needed, got {shown(value)}")
    return value


def one_of(value: Any, name: str, choices: Collection[str]) -> str:
    """One of a few words."""
    if not isinstance(value, str) or value not in choices:
        raise InvalidArgument(f"{name}: one of {tuple(choices)} is needed, got {shown(value)}")
    return value


def truth(value: Any, name: str) -> bool:
    """True or False, as Python or NumPy have them."""
    if not isinstance(value, bool | np.bool_):
        raise InvalidArgument(f"{name}: True or False is needed, got {shown(value)}")
    return bool(value)


def integer_in(value: Any, name: str, least: int, most: int | None = None) -> int:
    """A whole number of at least ``least``; at most ``most``, where formulas beyond would not end
    in good time or leave the range of floats."""
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if isinstance(value, bool) or number < least:
        raise InvalidArgument(f"{name}: a whole number >= {least} is needed, got {shown(value)}")
    if most is not None and number > most:
        limit = most if most < 10**12 else f"10^{len(str(most)) - 1}"
        raise InvalidArgument(f"{name}: this is computed up to {limit}, got {shown(value)}")
    return number


def at_least_zero(value: Any, name: str) -> Fraction:
    """A finite number >= 0, exactly."""
    number = as_fraction(value)
    if number is None or number < 0:
        raise InvalidArgument(f"{name}: a finite number >= 0 is needed, got {shown(value)}")
    return number


def positive(value: Any, name: str) -> Fraction:
    """A finite number > 0, exactly."""
    number = as_fraction(value)
    if number is None or number <= 0:
        raise InvalidArgument(f"{name}: a finite number > 0 is needed, got {shown(value)}")
    return number


def check_distance(distance: Fraction | float, name: str, radius: Fraction | float) -> None:
    """Two points of norm at most ``radius`` can be so far apart."""
    if distance > 2 * radius:
        raise InvalidArgument(
            f"{name}: two points of norm at most radius = {rounded(radius)} are at most "
            f"{rounded(2 * radius)} apart, got {rounded(distance)}"
        )


def above_zero(value: Any, name: str, *, or_zero: bool = False) -> float:
    """A finite number > 0, as a float that is neither 0 nor infinite; or 0 where allowed."""
    number = as_fraction(value)
    if or_zero and number == 0:
        return 0.0
    if number is None or not 0 < number < sys.float_info.max or not float(number):
        sign = ">= 0" if or_zero else "> 0"
        raise InvalidArgument(f"{name}: a finite number {sign} is needed, got {shown(value)}")
    return float(number)


def between(
    value: Any, name: str, low: int, high: int, *, closed: bool = False, what: str = "a number"
) -> float:
    """A float in (low, high), or in (low, high] where ``closed``."""
    number = as_fraction(value)
    inside = number is not None and low < number <= high and low < float(number) <= high
    if number is None or not inside or not (closed or float(number) < high):
        text = f"above {low} and {'at most' if closed else 'below'} {high}"
        raise InvalidArgument(f"{name}: {what} {text} is needed, got {shown(value)}")
    return float(number)


def probability(value: Any, name: str) -> float:
    """A float strictly between 0 and 1."""
    return between(value, name, 0, 1, what="a probability")


def listed(values: Any, name: str) -> list[Any]:
    """What a list, a tuple, a one-dimensional array, ... holds."""
    try:
        return list(values)
    except TypeError:
        raise InvalidArgument(f"{name}: a list is needed, got {shown(values)}") from None
