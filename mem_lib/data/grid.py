"""Rounding to a dyadic grid, exactly: numpy moves mantissas and exponents, and Python integers
take over where 62 bits are not enough."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from mem_lib._base.dyadic import scaled
from mem_lib._base.integers import INT64_LIMIT, entry_bytes, largest

BLOCK = 8 << 20  # bytes handled at a time, so that large arrays need no large temporaries


def blocks(array: np.ndarray, bits: int) -> Iterator[slice]:
    """Slices of rows that cover ``array``, each of about a million machine integers, or fewer
    where the integers that are made of the entries have more ``bits``."""
    step = max(1, BLOCK * len(array) // (array.size * entry_bytes(bits)))
    for start in range(0, len(array), step):
        yield slice(start, start + step)


def rounded(array: np.ndarray, bits: int) -> np.ndarray:
    """The nearest multiples of 2^-bits, halves to even, exactly."""
    if array.dtype.kind == "f":
        return _rounded_floats(array, bits)
    if bits >= 0:
        return array
    if array.dtype == object or largest(array) >= INT64_LIMIT:
        return np.asarray(np.frompyfunc(_half_even, 2, 1)(array.astype(object), -bits))
    if bits < -62:  # every value is below half a step
        return np.zeros(array.shape, np.int64)
    return np.asarray(_half_even(array.astype(np.int64), -bits))


def _half_even(value: Any, s: int) -> Any:
    """An integer, or an int64 array, rounded to the nearest multiple of 2^s, halves to even."""
    if isinstance(value, int) and s > value.bit_length() + 1:
        return 0
    return ((value + ((1 << (s - 1)) - 1) + ((value >> s) & 1)) >> s) << s


def _rounded_floats(array: np.ndarray, bits: int) -> np.ndarray:
    if bits >= 1074:
        return array
    if bits < -1025:  # |x| < 2^1024 is below half a step
        return np.zeros_like(array)
    off_grid = np.frexp(array)[1] + bits <= 53  # the others are multiples of 2^-bits already
    steps = np.rint(np.ldexp(np.where(off_grid, array, 0.0), bits))
    with np.errstate(over="ignore"):
        result = np.where(off_grid, np.ldexp(steps, -bits), array)
    if np.isfinite(result).all():
        return result
    # rounding up left the range of binary64; there bits < 0, so that all results are integers
    return scaled(steps, -bits, wide=True) + scaled(np.where(off_grid, 0.0, array), 0, wide=True)
