"""Finite floating-point numbers as what they are: integers over a power of two.

Shared by all packages, so that a point means the same to each of them.
"""

import math

import numpy as np

from mem_lib._base.floating import check_floats, check_rounding
from mem_lib._base.integers import is_wide, largest

#: A sum, product or conversion in float64 is off by at most this part.
ROUNDED = 2.0**-53
#: Of the powers 2^k that are normal floats, with their inverses.
_POWER = 1000


def least_shift(values: np.ndarray) -> int:
    """The least q >= 0 such that ``values * 2**q`` are integers.

    Raises MemorizationError as :func:`check_floats`.
    """
    if values.dtype.kind != "f" or values.size == 0:
        return 0
    check_floats()
    flat = values.astype(np.float64, copy=False).ravel()
    most = 0
    for start in range(0, flat.size, 2**20):  # blocks keep the temporaries small
        block = flat[start : start + 2**20]
        block = block[block != np.trunc(block)]
        if block.size:
            mantissa, exponent = np.frexp(block)
            whole = np.ldexp(mantissa, 53).astype(np.int64)
            zeros = np.frexp((whole & -whole).astype(np.float64))[1] - 1  # trailing zero bits
            most = max(most, int((53 - zeros - exponent).max()))
    return most


def scaled(values: np.ndarray, q: int, *, wide: bool | None = None) -> np.ndarray:
    """The integers ``values * 2**q`` (q at least the least shift), exact.

    int64 when all are below 2^62, else an object array of Python integers; ``wide`` forces one of
    the two, so that blocks of one array agree.  Raises MemorizationError as :func:`check_floats`.
    """
    if values.dtype.kind == "f":
        check_floats()
    if wide is None:
        wide = is_wide(values, q)
    if values.dtype.kind == "f":
        if not wide:
            return np.ldexp(values.astype(np.float64, copy=False), q).astype(np.int64)
        return np.array([_whole(v, q) for v in values.ravel().tolist()], dtype=object).reshape(
            values.shape
        )
    if not wide:
        return values.astype(np.int64) << q
    return values.astype(object) * (1 << q)


def as_floats(array: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """The integers of ``array`` in floating point, through float64; infinite beyond its range."""
    if array.dtype != object:
        return array.astype(np.float64).astype(dtype)
    flat = [nearest(v) for v in array.ravel().tolist()]
    return np.array(flat, dtype=np.float64).reshape(array.shape).astype(dtype)


def nearest(value: int) -> float:
    """The float64 nearest to an integer of any size."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def unit_box(points: np.ndarray) -> tuple[np.ndarray, float]:
    """The points scaled into [-1, 1] by a power of two, and eta = 2 sqrt(d) (e + 2^-530), where e
    bounds the error of a coordinate: 0 unless an integer of more than 53 bits was rounded."""
    check_rounding()
    d = points.shape[1]
    if points.dtype == object:
        size = int(largest(points)).bit_length()
        unit = np.asarray(np.frompyfunc(lambda v: v / (1 << size), 1, 1)(points), dtype=float)
        exact = all((abs(v) // (v & -v or 1)).bit_length() <= 53 for v in points.flat)
    else:
        unit = points.astype(np.float64)  # a copy, which may be changed
        size = int(np.frexp(max(unit.max(), -unit.min()))[1])
        if abs(size) <= _POWER:  # 2^-size is a float, and the product is far quicker
            unit *= 2.0**-size
        else:
            np.ldexp(unit, -size, out=unit)
        exact = points.dtype.kind == "f" or largest(points) <= 1 << 53
    return unit, 2 * math.sqrt(d) * (2.0**-530 + (0.0 if exact else ROUNDED))


def _whole(value: float, q: int) -> int:
    numerator, denominator = value.as_integer_ratio()
    whole, rest = divmod(numerator << q, denominator)
    if rest:
        raise RuntimeError(f"{value} times 2^{q} is no integer; this is a bug")
    return whole
