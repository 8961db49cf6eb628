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


def is_wide(array: np.ndarray, q: int) -> bool:
    """Whether some ``|value| * 2**q`` is 2^62 or more."""
    return Fraction(largest(array)) * (1 << q) >= INT64_LIMIT


def squared_norms(points: np.ndarray) -> np.ndarray:
    """The squared norm of each row of integers, exactly."""
    fits = points.shape[1] * int(largest(points)) ** 2 < INT64_LIMIT
    return np.asarray((points.astype(np.int64 if fits else object) ** 2).sum(axis=1))
