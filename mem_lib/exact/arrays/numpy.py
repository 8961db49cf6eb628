"""What columns need of an array library: integers of machine size, and integers of any size.

Machine integers are int64 arrays.  Long ones are whatever the library offers: NumPy has object
arrays of Python integers; :mod:`mem_lib.exact.arrays.torch` brings tensors of digits, for a GPU.
"""

from typing import Any

import numpy as np

from mem_lib._base.integers import INT64_LIMIT

#: Lookup tables that stay in the cache; longer ones are replaced by sorting.
TABLE = 2**20

Values = Any  # one-dimensional: machine integers, or long ones
Codes = Any  # one-dimensional machine integers, used as places


class NumPyArrays:
    """int64 and object arrays."""

    #: What a certificate says of long integers: a key of ``ARITHMETIC``.
    long_name = "python"
    #: Points that are taken at a time, and bytes that their activations may take.
    most_points, most_bytes = 25_000, 512 * 2**20
    #: Whether many sums may be one product of matrices of limbs.
    has_products = True
    #: Whether several processes may share the work.
    shares = True
    #: What is raised when the memory of the device is full.
    memory_full: tuple[type[BaseException], ...] = ()

    def load(self, row: np.ndarray) -> Values:
        """A row of integers of any dtype."""
        return row if row.dtype == object else row.astype(np.int64, copy=False)

    def dump(self, values: Values) -> np.ndarray:
        """The inverse of :meth:`load`: int64 or Python integers."""
        return np.asarray(values)

    def is_long(self, values: Values) -> bool:
        return bool(values.dtype == object)

    def long(self, values: Values) -> Values:
        return values if self.is_long(values) else values.astype(object)

    def machine(self, values: Values) -> Values:
        """int64; every value is known to be below 2^62."""
        return values.astype(np.int64) if self.is_long(values) else values

    def fitted(self, values: Values, peak: int) -> Values:
        """The same in the smallest room; ``peak`` is the largest absolute value."""
        return self.machine(values) if peak < INT64_LIMIT else values

    def extremes(self, values: Values) -> tuple[int, int]:
        """The least and the largest value."""
        return int(values.min()), int(values.max())

    def times(self, values: Values, scale: int) -> Values:
        return values if scale == 1 else -values if scale == -1 else values * scale

    def plus(self, total: Values, values: Values, scale: int) -> Values:
        """``total + scale * values``, both of one kind."""
        if scale == 1:
            return total + values
        return total - values if scale == -1 else total + values * scale

    def shifted(self, values: Values, offset: int) -> Values:
        return values + offset if offset else values

    def relu(self, values: Values) -> Values:
        return np.maximum(values, 0)

    def step(self, values: Values) -> Values:
        return (values >= 0).astype(np.int64)

    def zeros(self, values: Values) -> Values:
        """A mask of the values that are 0."""
        return np.asarray(values == 0, dtype=bool)

    def count(self, mask: Values) -> int:
        return int(np.count_nonzero(mask))

    def take(self, values: Values, places: Codes) -> Values:
        return values[places]

    def places(self, size: int) -> Codes:
        """0, 1, ..., size - 1."""
        return np.arange(size)

    def constant(self, value: int, size: int) -> Values:
        return np.full(size, value, dtype=np.int64 if abs(value) < INT64_LIMIT else object)

    def argsort(self, places: Codes) -> Codes:
        return np.argsort(places)

    def compressed(self, keys: Codes, size: int) -> tuple[Codes, Codes]:
        """The keys that occur, of 0 .. size-1, and each key's place among them."""
        if size > TABLE:
            classes, codes = np.unique(keys, return_inverse=True)
            return classes, codes.reshape(-1)
        present = np.zeros(size, dtype=bool)
        present[keys] = True
        classes = np.flatnonzero(present)
        place = np.empty(size, dtype=np.intp)
        place[classes] = np.arange(len(classes))
        return classes, place[keys]

    def distinct(self, values: Values, low: int, high: int) -> tuple[Values, Codes]:
        """The distinct values and for each point the place of its value among them."""
        top = values == high
        if (top | (values == low)).all():  # the usual case: a gate
            return np.array([low, high], dtype=values.dtype), top.astype(np.intp)
        if self.is_long(values):  # to hash a long number is cheaper than to compare it often
            return _first_seen(values)
        if high - low >= TABLE:
            distinct, codes = np.unique(values, return_inverse=True)
            return distinct, codes.reshape(-1)
        classes, codes = self.compressed(values - low, high - low + 1)
        return classes + low, codes

    def merged(self, values: Values) -> tuple[Values, Codes] | None:
        """``distinct`` for a short table; None where no value occurs twice."""
        distinct, codes = _first_seen(values)
        return None if len(distinct) == len(values) else (distinct, codes)

    def bytes(self, values: Values, peak: int) -> int:
        """What the numbers themselves take, at 8 bits a byte."""
        return len(values) * (peak.bit_length() // 8 + 1 if self.is_long(values) else 8)


def _first_seen(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct values in the order in which they occur, and the place of each value."""
    first: dict[int, int] = {}
    place = [first.setdefault(value, len(first)) for value in values.tolist()]
    distinct = np.empty(len(first), dtype=values.dtype)
    distinct[:] = list(first)
    return distinct, np.array(place, dtype=np.intp)


NUMPY = NumPyArrays()
