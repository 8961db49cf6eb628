"""Arrays of exact integers: int64 while every |value| is below 2^62, Python integers otherwise.

Below 2^62 a sum or difference of two still fits int64.
"""

from collections.abc import Iterable
from fractions import Fraction

import numpy as np

#: int64 arrays are used while every |value| is below this, Python integers otherwise.
INT64_LIMIT = 2**62


def integers(values: Iterable[int]) -> np.ndarray:
    """int64 where all fit, Python integers otherwise."""
    listed = list(values)
    if all(abs(value) < INT64_LIMIT for value in listed):
        return np.array(listed, dtype=np.int64)
    array = np.empty(len(listed), dtype=object)
    array[:] = listed
    return array


def largest(array: np.ndarray) -> int | float:
    """The largest absolute value, exactly; 0 for an empty array."""
    if not array.size:
        return 0
    top, bottom = array.max(), array.min()
    if array.dtype.kind == "f":
        return max(float(top), -float(bottom))
    return max(int(top), -int(bottom))


def bits_of(array: np.ndarray, q: int) -> int:
    """The bit length of the largest ``|value| * 2**q``, rounded down."""
    return int(Fraction(largest(array)) * (1 << q)).bit_length()


def is_wide(array: np.ndarray, q: int) -> bool:
    """Whether some ``|value| * 2**q`` is 2^62 or more."""
    return bits_of(array, q) >= INT64_LIMIT.bit_length()


def entry_bytes(bits: int) -> int:
    """What an integer of ``bits`` bits takes in an array: 8 in int64, else a pointer and an object
    of Python, which has 24 bytes and 4 for every 30 bits, in steps of 16.

    >>> [entry_bytes(bits) for bits in (62, 63, 365, 4_000_000)]
    [8, 56, 88, 533368]
    """
    if bits < INT64_LIMIT.bit_length():
        return 8
    return 8 + -(-(24 + 4 * -(-bits // 30)) // 16) * 16


def squared_norms(points: np.ndarray) -> np.ndarray:
    """The squared norm of each row of integers, exactly."""
    fits = points.shape[1] * int(largest(points)) ** 2 < INT64_LIMIT
    return np.asarray((points.astype(np.int64 if fits else object) ** 2).sum(axis=1))
