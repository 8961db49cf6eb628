"""Arrays of exact numbers from what a caller passes.

Numbers enter exactly or not at all: binary64 and narrower floats, integers of any size, and, where
asked for, fractions.  A list that mixes floats with integers is accepted when no integer would be
rounded by the mix.  Shared by all packages.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from mem_lib.errors import InvalidArgument, InvalidDataset, shown

#: Decimal exponents beyond it are refused before they are written out as digits.
MOST_EXPONENT = 10**5


def numbers_of(name: str, values: Any, fractions: bool = False) -> np.ndarray:
    """A fresh array: float64 (without -0.0), an integer dtype, Python integers, or Fractions.

    Raises InvalidDataset, naming ``name`` and the entry, for NaN, infinities and other things.
    """
    array = array_of(name, values)
    listed = not hasattr(values, "__array__")
    if listed and array.dtype.kind == "f" and not np.abs(array).max(initial=0.0) < 2.0**53:
        array = np.array(values, dtype=object)  # it may have rounded an integer: look at each
    if array.dtype == object:
        array = _from_objects(name, array, fractions)
    kind = array.dtype.kind
    if kind == "b":
        return array.astype(np.uint8)
    if kind in "iu" or array.dtype == object:
        return np.array(array, dtype=array.dtype.newbyteorder("="), order="C")
    if kind != "f" or array.dtype.itemsize > 8:
        allowed = "floats of at most 64 bits, integers or Fractions"
        raise InvalidDataset(
            f"{name} must be {allowed if fractions else allowed.replace(' or Fractions', '')}, "
            f"got {sample_text(array)} of type {array.dtype}"
        )
    wrong = np.argwhere(~np.isfinite(array))
    if len(wrong):
        place = tuple(int(i) for i in wrong[0])
        raise InvalidDataset(f"{name}[{_index(place)}] = {array[place]} is not a finite number")
    return np.add(array, 0.0, dtype=np.float64, order="C")  # a copy, in which -0.0 becomes 0.0


def floats_of(name: str, values: Any) -> np.ndarray:
    """float64, each rounded to the nearest.  Raises as :func:`numbers_of`, and ``InvalidArgument``
    beyond the range of floats."""
    array = numbers_of(name, values, fractions=True)
    try:
        return np.asarray(array, dtype=np.float64)
    except OverflowError:
        raise InvalidArgument(
            f"{name}: numbers in the range of floats are needed, got {shown(values)}"
        ) from None


def array_of(name: str, values: Any) -> np.ndarray:
    """numpy's array of ``values``, where it is rectangular and nothing is masked."""
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise InvalidDataset(f"{name} has masked entries; fill or drop them first")
    try:
        return np.asarray(values)
    except (ValueError, TypeError, OverflowError, RuntimeError) as error:
        raise InvalidDataset(f"{name} is not a rectangular array of numbers: {error}") from error


def _from_objects(name: str, array: np.ndarray, fractions: bool) -> np.ndarray:
    """Python numbers as the narrowest exact array: int64, float64, integers, or Fractions."""
    plain = [v.item() if isinstance(v, np.generic) else v for v in array.flat]
    for k, v in enumerate(plain):
        good = isinstance(v, int | float | Fraction if fractions else int | float)
        if not good or v != v or v in (float("inf"), float("-inf")):
            place = _index(tuple(int(i) for i in np.unravel_index(k, array.shape)))
            kind = "float or integer" if isinstance(v, Fraction) else "finite number"
            raise InvalidDataset(f"{name}[{place}] = {shown(v)} is not a {kind}")
    result = np.empty(len(plain), dtype=object)
    if all(isinstance(v, int) for v in plain):
        result[:] = [int(v) for v in plain]
        if plain and min(plain) >= -(1 << 63) and max(plain) < 1 << 63:
            result = result.astype(np.int64)
    elif all(_fits_float(v) for v in plain):
        result = np.array([float(v) for v in plain])
    elif fractions:
        result[:] = [Fraction(v) for v in plain]
    else:
        v = next(v for v in plain if not _fits_float(v))
        raise InvalidDataset(f"{name} mixes floats with {shown(v)}, which binary64 cannot hold")
    return result.reshape(array.shape)


def _fits_float(value: int | float | Fraction) -> bool:
    try:
        return float(value) == value
    except OverflowError:
        return False


def shape_text(array: np.ndarray) -> str:
    """The shape, for a message."""
    return f"shape {array.shape}"


def _index(place: tuple[int, ...]) -> str:
    return ", ".join(map(str, place))


def is_integer(value: Any) -> bool:
    """Whether ``value`` is an integer, and no boolean."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def sample_text(array: np.ndarray) -> str:
    """The first entry, for a message."""
    return shown(array.ravel()[:1].tolist()[0] if array.size else array)


def as_fraction(value: Any) -> Fraction | None:
    """A real number as a fraction, exactly; None for what is not a finite real number, and for a
    Decimal such as 1e999999999, whose digits would not fit into any memory, or take for ever."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool | str):
        return None
    if isinstance(value, Decimal) and value.is_finite():
        places = value.as_tuple().exponent  # the exponents of its last and of its first digit
        if max(abs(value.adjusted()), abs(int(places))) > MOST_EXPONENT:
            return None
    try:
        return Fraction(value)
    except (TypeError, ValueError, OverflowError):
        return None
