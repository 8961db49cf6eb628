"""A column: one neuron on many points, as an affine function of one stored array.

Why this is fast, and exact: :mod:`mem_lib.exact.columns`.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from mem_lib._base.integers import INT64_LIMIT
from mem_lib.exact.arrays import NUMPY, Codes, NumPyArrays, Values


class Partition:
    """Point i belongs to class ``codes[i]``; each of the ``size`` classes has a point."""

    __slots__ = ("codes", "size")

    def __init__(self, codes: Codes, size: int) -> None:
        self.codes, self.size = codes, size


class Stored:
    """``values[codes]``, or ``values`` itself where ``partition`` is None.

    ``low`` and ``high`` are the least and the largest value; they differ.
    """

    __slots__ = ("high", "low", "partition", "recoded", "values")

    def __init__(self, partition: Partition | None, values: Values, low: int, high: int):
        self.partition, self.values, self.low, self.high = partition, values, low, high
        self.recoded: Stored | None = None  # the same over the partition by value, once known

    @property
    def peak(self) -> int:
        return max(self.high, -self.low)


class Column(NamedTuple):
    """One neuron: ``scale * stored + offset``; the constant ``offset`` where stored is None."""

    stored: Stored | None
    scale: int
    offset: int

    @property
    def range(self) -> tuple[int, int]:
        """The least and the largest value."""
        stored, scale, offset = self
        if stored is None:
            return offset, offset
        if scale > 0:
            return scale * stored.low + offset, scale * stored.high + offset
        return scale * stored.high + offset, scale * stored.low + offset

    @property
    def is_machine(self) -> bool:
        """Whether ``scale * stored`` and its sum with ``offset`` stay below 2^62."""
        peak = 0 if self.stored is None else self.stored.peak
        return abs(self.scale) * peak + abs(self.offset) < INT64_LIMIT


Term = tuple[Stored, int]  # an array and its factor


def columns_of(block: np.ndarray, arrays: NumPyArrays = NUMPY) -> list[Column]:
    """The rows of an array (units, points) of integers, of any dtype, as columns."""
    return [column_of(None, arrays.load(row), arrays) for row in block]


def block_of(columns: Sequence[Column], points: int, arrays: NumPyArrays = NUMPY) -> np.ndarray:
    """Columns as one array (units, points), int64 or Python integers."""
    rows = [arrays.dump(at_points(column, points, arrays)) for column in columns]
    if any(row.dtype == object for row in rows):
        rows = [row.astype(object) for row in rows]
    return np.stack(rows)


def fits_machine(columns: Iterable[Column]) -> bool:
    """Whether every value lies below 2^62."""
    return all(max(map(abs, column.range)) < INT64_LIMIT for column in columns)


def column_of(partition: Partition | None, values: Values, arrays: NumPyArrays) -> Column:
    low, high = arrays.extremes(values)
    if low == high:
        return Column(None, 0, low)
    return Column(stored_of(partition, values, low, high, arrays), 1, 0)


def stored_of(
    partition: Partition | None, values: Values, low: int, high: int, arrays: NumPyArrays
) -> Stored:
    return Stored(partition, arrays.fitted(values, max(high, -low)), low, high)


def spread(stored: Stored, arrays: NumPyArrays) -> Values:
    """One value per point."""
    partition = stored.partition
    return stored.values if partition is None else arrays.take(stored.values, partition.codes)


def at_points(column: Column, points: int, arrays: NumPyArrays) -> Values:
    stored, scale, offset = column
    if stored is None:
        return arrays.constant(offset, points)
    kind = arrays.machine if column.is_machine else arrays.long
    values = arrays.shifted(arrays.times(kind(stored.values), scale), offset)
    return values if stored.partition is None else arrays.take(values, stored.partition.codes)
