"""Arrays of exact numbers from what a caller passes.

Numbers enter exactly or not at all: binary64 and narrower floats, integers of any size, and, where
asked for, fractions, of Python or of any library.  A list or a table that mixes floats with
integers is accepted when no integer would be rounded by the mix.  Shared by all packages.
"""

import math
import operator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from mem_lib._base.floating import check_floats
from mem_lib._base.foreign import columns_of, hides_entries, side_by_side, what_to_do
from mem_lib.errors import InvalidArgument, InvalidDataset, MemorizationError, shown

#: Decimal exponents beyond it are refused before they are written out as digits.
MOST_EXPONENT = 10**5


def numbers_of(name: str, values: Any, fractions: bool = False) -> np.ndarray:
    """A fresh array: float64 (without -0.0), an integer dtype, Python integers, or Fractions.

    Tables are taken column by column.  Raises InvalidDataset, naming ``name`` and the entry, for
    NaN, infinities and other things, MemorizationError as :func:`check_floats`.
    """
    if columns := columns_of(values):
        names = [label for label, _ in columns]
        exact = [numbers_of(f"{name}, column {shown(k)}", v, fractions) for k, v in columns]
        return numbers_of(name, side_by_side(name, names, exact), fractions)
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
    check_floats()
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


def array_of(name: str, values: Any, kind: type[MemorizationError] = InvalidDataset) -> np.ndarray:
    """numpy's array of ``values``, where it is rectangular and nothing is masked; ``kind``, with
    the type of ``values`` and what to do, where numpy finds none in it."""
    if hides_entries(values):
        raise kind(f"{name} has masked entries; fill or drop them first")
    what = f"of type {type(values).__name__}"
    try:
        array = np.asarray(values)
    except MemoryError:
        raise
    except Exception as error:  # whatever the type's own conversion raises
        given = "" if isinstance(values, list | tuple) else f" but {what}"
        hint = "; .double() holds the same numbers" if "ScalarType" in str(error) else ""
        raise kind(f"{name} is not a rectangular array of numbers{given}: {error}{hint}") from error
    if array.ndim == 0 and array.dtype.kind in "OSU" and exact_number(array.item()) is None:
        raise kind(f"{name} is not an array of numbers but {what}{what_to_do(values)}")
    return array


def _from_objects(name: str, array: np.ndarray, fractions: bool) -> np.ndarray:
    """Numbers as the narrowest exact array: int64, float64, integers, or Fractions."""
    plain: list[Any] = []
    for k, v in enumerate(array.flat):
        number = v if type(v) is int else exact_number(v)
        if number is None:
            kind = "" if isinstance(v, float) else f" (type {type(v).__name__})"
            raise InvalidDataset(
                f"{_place(name, k, array)} = {shown(v)} is not a finite number{kind}"
            )
        plain.append(number)
    result = np.empty(len(plain), dtype=object)
    if all(isinstance(v, int) for v in plain):
        result[:] = plain
        if plain and min(plain) >= -(1 << 63) and max(plain) < 1 << 63:
            result = result.astype(np.int64)
        return result.reshape(array.shape)
    check_floats()
    odd = next((k for k, v in enumerate(plain) if not _fits_float(v)), None)
    if odd is None:
        result = np.array([float(v) for v in plain])
    elif fractions:
        result[:] = [Fraction(v) for v in plain]
    elif isinstance(plain[odd], Fraction):
        raise InvalidDataset(
            f"{_place(name, odd, array)} = {shown(array.flat[odd])} is neither an integer nor a "
            "binary64 number; float(...) rounds it"
        )
    else:
        raise InvalidDataset(
            f"{name} mixes floats with {shown(plain[odd])}, which binary64 cannot hold"
        )
    return result.reshape(array.shape)


def _fits_float(value: int | float | Fraction) -> bool:
    try:
        return float(value) == value
    except OverflowError:
        return False


def shape_text(array: np.ndarray) -> str:
    """The shape, for a message."""
    return f"shape {array.shape}"


def _place(name: str, k: int, array: np.ndarray) -> str:
    """The entry number ``k``, for a message."""
    return f"{name}[{_index(tuple(int(i) for i in np.unravel_index(k, array.shape)))}]"


def _index(place: tuple[int, ...]) -> str:
    return ", ".join(map(str, place))


def sample_text(array: np.ndarray) -> str:
    """The first entry, for a message."""
    return shown(array.ravel()[:1].tolist()[0] if array.size else array)


def whole(value: Any) -> int | None:
    """An integer of any library, of Python's, numpy's, gmpy2's, FLINT's or SymPy's, as a Python
    one; None for booleans and everything else.  Data sets and layers take integers through it."""
    if type(value) is int:
        return value
    if isinstance(value, bool | np.bool_):
        return None
    try:
        return int(operator.index(value))
    except TypeError:
        return None


def is_integer(value: Any) -> bool:
    """Whether ``value`` is an integer of Python or numpy, and no boolean."""
    return isinstance(value, int | np.integer) and whole(value) is not None


def exact_number(value: Any) -> int | float | Fraction | None:
    """A finite real number of any library as a plain Python one, exactly: an integer where it is
    one of the library, a float, a Fraction.  Booleans are 0 and 1.

    None for everything else, and for a Decimal such as 1e999999999, whose digits would not fit into
    any memory.  Numbers are known by ``__index__``, ``as_integer_ratio`` or ``numerator`` and
    ``denominator``.
    """
    if isinstance(value, np.datetime64 | np.timedelta64):  # would pass for integers
        return None
    if getattr(value, "shape", None) == () and hasattr(value, "item"):  # a scalar of arrays
        value = value.item()
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, bool):
        return int(value)
    if (number := whole(value)) is not None:
        return number
    if isinstance(value, Decimal) and value.is_finite():
        places = value.as_tuple().exponent  # the exponents of its last and of its first digit
        if max(abs(value.adjusted()), abs(int(places))) > MOST_EXPONENT:
            return None
    try:
        if hasattr(value, "as_integer_ratio"):
            p, q = map(whole, value.as_integer_ratio())
        else:
            p, q = whole(value.numerator), whole(value.denominator)
    except (AttributeError, TypeError, ValueError, OverflowError):  # NaN and infinities, too
        return None
    if p is None or not q:
        return None
    return p if q == 1 else Fraction(p, q)


def as_fraction(value: Any) -> Fraction | None:
    """A real number as a fraction, exactly; None for what :func:`exact_number` does not take, and
    for booleans."""
    if isinstance(value, bool | np.bool_):
        return None
    number = exact_number(value)
    if isinstance(number, float):
        check_floats()
    return None if number is None else Fraction(number)
