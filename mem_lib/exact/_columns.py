"""Narrow, deep networks: a neuron on many points is its *distinct values and a code per point*.

A deep memorizer is deep because it groups points.  Inside a group its huge numbers agree, so each
is computed once; and most of its rows copy, shift or cancel what is there already, so most of them
need no data at all.  Three facts, none of which knows how the network was made:

* A **column** is ``scale * stored + offset``: an affine function of one stored array.  A row of one
  column is an affine function of the same array, so its exact range follows from the least and
  largest stored value.  Where the range does not cross 0, ReLU and threshold change nothing or
  leave a constant: no array is touched.  In a row of several columns equal arrays are collected,
  so ``relu(x - 2) - relu(x - 3)`` above 3 is the constant 1.
* A **stored array** has one value for each class of a partition of the points (or for each point).
  A sum of arrays over one partition is computed class by class.  Over several partitions it is
  computed point by point in int64 while a bound allows it; else the partitions are joined, and
  classes of equal value merged again.
* Numbers are int64 while a bound proves that every partial sum stays below 2^62, and Python
  integers otherwise.

Every rule is exact.  What speaks for a rule is speed only; where no rule applies there is one value
per point, as slow as it must be, and ``Tally.expanded`` counts such arrays of Python integers.
"""

from collections.abc import Iterable, Sequence
from math import gcd
from typing import NamedTuple

import numpy as np

from mem_lib.exact._tally import Tally

LIMIT = 2**62
#: A row with more partitions than this is computed point by point.
MOST_JOINED = 6
#: Lookup tables that stay in the cache; longer ones are replaced by sorting.
TABLE = 2**20

Row = tuple[int, list[tuple[int, int]]]  # (bias, [(input, weight), ...])


class Partition:
    """Point i belongs to class ``codes[i]``; each of the ``size`` classes has a point."""

    __slots__ = ("codes", "size")

    def __init__(self, codes: np.ndarray, size: int) -> None:
        self.codes, self.size = codes, size


Joined = tuple[Partition, np.ndarray, np.ndarray]  # see _joined


class Stored:
    """``values[codes]``, or ``values`` itself where ``partition`` is None.

    ``low`` and ``high`` are the least and the largest value; they differ.
    """

    __slots__ = ("_recoded", "high", "low", "partition", "values")

    def __init__(self, partition: Partition | None, values: np.ndarray, low: int, high: int):
        if values.dtype == object and low > -LIMIT and high < LIMIT:
            values = values.astype(np.int64)
        self.partition, self.values, self.low, self.high = partition, values, low, high
        self._recoded: Stored | None = None

    @property
    def peak(self) -> int:
        return max(self.high, -self.low)

    @property
    def bytes(self) -> int:
        """What the numbers themselves take, at 8 bits a byte."""
        if self.values.dtype != object:
            return self.values.nbytes
        return len(self.values) * (self.peak.bit_length() // 8 + 1)

    def at_points(self) -> np.ndarray:
        """One value per point."""
        return self.values if self.partition is None else self.values[self.partition.codes]

    def recoded(self) -> "Stored":
        """The same numbers over the partition into points of equal value; cached."""
        if self.partition is not None:
            return self
        if self._recoded is None:
            values, codes = _distinct(self.values, self.low, self.high)
            self._recoded = Stored(Partition(codes, len(values)), values, self.low, self.high)
        return self._recoded


class Column(NamedTuple):
    """One neuron: ``scale * stored + offset``; the constant ``offset`` where stored is None."""

    stored: Stored | None
    scale: int
    offset: int


def columns_of(block: np.ndarray) -> list[Column]:
    """The rows of an array (units, points) of integers, of any dtype, as columns."""
    return [_column(None, row if row.dtype == object else row.astype(np.int64)) for row in block]


def block_of(columns: Sequence[Column], points: int) -> np.ndarray:
    """Columns as one array (units, points), int64 or Python integers."""
    rows = [_at_points(column, points) for column in columns]
    if any(row.dtype == object for row in rows):
        rows = [row.astype(object) for row in rows]
    return np.stack(rows)


def fits_machine(columns: Iterable[Column]) -> bool:
    """Whether every value lies below 2^62."""
    return all(max(map(abs, _range(column))) < LIMIT for column in columns)


class ColumnLayer:
    """One layer applied to columns; what its rows have in common is computed once."""

    def __init__(self, activation: str, columns: Sequence[Column], points: int, tally: Tally):
        self.activation, self.columns, self.points, self.tally = activation, columns, points, tally
        self._sums: dict[tuple, Column] = {}
        self._joins: dict[tuple[Partition, Partition], Joined] = {}

    def run(self, rows: Iterable[Row]) -> list[Column]:
        return [self._activate(self._affine(*row)) for row in rows]

    # -- the sum of a row --------------------------------------------------------------------

    def _affine(self, bias: int, terms: list[tuple[int, int]]) -> Column:
        parts: dict[Stored, int] = {}
        for k, weight in terms:
            stored, scale, offset = self.columns[k]
            bias += weight * offset
            if stored is not None:
                parts[stored] = parts.get(stored, 0) + weight * scale
        if not all(parts.values()):
            parts = {stored: scale for stored, scale in parts.items() if scale}
        if len(parts) < 2:
            for stored, scale in parts.items():
                return Column(stored, scale, bias)
            return Column(None, 0, bias)
        # rows that differ by a factor and a bias share their sum
        factor = gcd(*parts.values())
        if next(iter(parts.values())) < 0:
            factor = -factor
        key = tuple((id(stored), scale // factor) for stored, scale in parts.items())
        if key not in self._sums:
            whole = {stored: scale // factor for stored, scale in parts.items()}
            self._sums[key] = self._sum(whole)
        stored, scale, offset = self._sums[key]
        return Column(stored, scale * factor, offset * factor + bias)

    def _sum(self, parts: dict[Stored, int]) -> Column:
        groups: dict[Partition | None, list[tuple[Stored, int]]] = {}
        for stored, scale in parts.items():
            groups.setdefault(stored.partition, []).append((stored, scale))
        terms, offset = [], 0
        for partition, members in groups.items():
            if partition is None or len(members) == 1:
                terms += members
                continue
            column = self._add(partition, members)
            offset += column.offset
            if column.stored is not None:
                terms.append((column.stored, column.scale))
        if not terms:
            return Column(None, 0, offset)
        if len(terms) == 1:
            return Column(*terms[0], offset)
        if sum(abs(scale) * stored.peak for stored, scale in terms) < LIMIT:
            column = self._add(None, terms)
        else:
            column = self._join(terms)
        return column._replace(offset=column.offset + offset)

    def _add(self, partition: Partition | None, terms: list[tuple[Stored, int]]) -> Column:
        """The sum over one partition, or point by point."""
        machine = sum(abs(scale) * stored.peak for stored, scale in terms) < LIMIT
        total: np.ndarray | None = None
        for stored, scale in terms:
            values = stored.values if partition is not None else stored.at_points()
            total = _plus(total, values, scale, machine)
            self.tally.moved += stored.bytes
        assert total is not None
        return self._new(partition, total)

    def _join(self, terms: list[tuple[Stored, int]]) -> Column:
        """The sum over the join of several partitions: big numbers stay one per class."""
        coded = [term for term in terms if term[0].partition is not None]
        buckets: dict[int, list[tuple[Stored, int]]] = {}
        for stored, scale in terms:
            if stored.partition is None:
                buckets.setdefault(abs(scale), []).append((stored, 1 if scale > 0 else -1))
        if len(coded) + len(buckets) > MOST_JOINED:
            return self._add(None, terms)
        offset = 0
        for scale, members in buckets.items():  # J a - J b is J (a - b), and a - b may be small
            column = self._add(None, members) if len(members) > 1 else Column(*members[0], 0)
            offset += scale * column.offset
            if column.stored is not None:
                coded.append((column.stored.recoded(), scale * column.scale))
        partition, places = self._common(coded)
        if partition is None:
            return self._add(None, terms)
        machine = sum(abs(scale) * stored.peak for stored, scale in coded) < LIMIT
        total: np.ndarray | None = None
        for (stored, scale), place in zip(coded, places, strict=True):
            total = _plus(total, stored.values[place], scale, machine)
        if total is None:
            return Column(None, 0, offset)
        column = self._new(*_merged(partition, total))
        return column._replace(offset=column.offset + offset)

    def _common(self, terms: list[tuple[Stored, int]]) -> tuple[Partition | None, list[np.ndarray]]:
        """The coarsest partition that refines all, and for each term the class that holds a class
        of it; None where it would be hardly coarser than the points themselves."""
        most = max(self.points // 2, 64)
        common: Partition | None = None
        places: list[np.ndarray] = []
        for stored, _ in terms:
            partition = stored.partition
            assert partition is not None
            if partition.size > most:
                return None, []
            if common is None:
                common, places = partition, [np.arange(partition.size)]
                continue
            common, left, right = self._pair(common, partition)
            if common.size > most:
                return None, []
            places = [place[left] for place in places] + [right]
        return common or Partition(np.zeros(self.points, np.intp), 1), places

    def _pair(self, p: Partition, q: Partition) -> Joined:
        if (p, q) not in self._joins:
            self._joins[p, q] = _joined(p, q)
        return self._joins[p, q]

    # -- the activation ----------------------------------------------------------------------

    def _activate(self, column: Column) -> Column:
        stored, scale, offset = column
        low, high = _range(column)
        self.tally.peak = max(self.tally.peak, high, -low)
        if self.activation == "identity":
            return column
        if self.activation == "threshold":
            if low <= 0 <= high:
                self.tally.ties += self._zeros(column)
            if low >= 0 or high < 0:
                return Column(None, 0, int(low >= 0))
            assert stored is not None
            return self._new(stored.partition, (self._values(column) >= 0).astype(np.int64))
        if low >= 0:
            return column
        if high <= 0:
            return Column(None, 0, 0)
        assert stored is not None
        if stored.partition is None and not _machine(column):
            recoded = stored.recoded()  # big numbers that few values cause
            if recoded.values.size <= max(self.points // 2, 64):
                column = Column(recoded, scale, offset)
                stored = recoded
        values = np.maximum(self._values(column), 0)
        return Column(self._kept(Stored(stored.partition, values, 0, high)), 1, 0)

    def _values(self, column: Column) -> np.ndarray:
        stored, scale, offset = column
        assert stored is not None
        self.tally.moved += stored.bytes
        z = _plus(None, stored.values, scale, _machine(column))
        self.tally.arithmetic.add("python" if z.dtype == object else "int64")
        return z + offset if offset else z

    def _zeros(self, column: Column) -> int:
        """How many points have the value 0."""
        if column.stored is None:
            return self.points if column.offset == 0 else 0
        zero = np.flatnonzero(self._values(column) == 0)
        if column.stored.partition is None:
            return len(zero)
        return int(np.isin(column.stored.partition.codes, zero).sum())

    # -- new arrays --------------------------------------------------------------------------

    def _new(self, partition: Partition | None, values: np.ndarray) -> Column:
        self.tally.arithmetic.add("python" if values.dtype == object else "int64")
        column = _column(partition, values)
        if column.stored is not None:
            self._kept(column.stored)
        return column

    def _kept(self, stored: Stored) -> Stored:
        self.tally.moved += stored.bytes
        if stored.values.dtype == object and stored.partition is None:
            self.tally.expanded += 1
        return stored


def _column(partition: Partition | None, values: np.ndarray) -> Column:
    low, high = int(values.min()), int(values.max())
    if low == high:
        return Column(None, 0, low)
    return Column(Stored(partition, values, low, high), 1, 0)


def _range(column: Column) -> tuple[int, int]:
    stored, scale, offset = column
    if stored is None:
        return offset, offset
    if scale > 0:
        return scale * stored.low + offset, scale * stored.high + offset
    return scale * stored.high + offset, scale * stored.low + offset


def _machine(column: Column) -> bool:
    """Whether ``scale * stored`` and its sum with ``offset`` stay below 2^62."""
    stored, scale, offset = column
    assert stored is not None
    return abs(scale) * stored.peak + abs(offset) < LIMIT


def _at_points(column: Column, points: int) -> np.ndarray:
    stored, scale, offset = column
    if stored is None:
        return np.full(points, offset, dtype=np.int64 if abs(offset) < LIMIT else object)
    values = _plus(None, stored.values, scale, _machine(column)) + offset
    return values if stored.partition is None else values[stored.partition.codes]


def _plus(total: np.ndarray | None, values: np.ndarray, scale: int, machine: bool) -> np.ndarray:
    """``total + scale * values``: in int64 where ``machine``, else in Python integers."""
    if not machine and values.dtype != object:
        values = values.astype(object)
    if machine and values.dtype == object:
        values = values.astype(np.int64)
    if total is None:
        return values if scale == 1 else -values if scale == -1 else values * scale
    if scale == 1:
        return total + values
    return total - values if scale == -1 else total + values * scale


def _distinct(values: np.ndarray, low: int, high: int) -> tuple[np.ndarray, np.ndarray]:
    """The distinct values and for each point the place of its value among them."""
    if values.dtype == object or high - low >= TABLE:
        distinct, codes = np.unique(values, return_inverse=True)
        return distinct, codes.reshape(-1)
    classes, codes = _compressed(values - low, high - low + 1)
    return classes + low, codes


def _compressed(keys: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
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


def _joined(p: Partition, q: Partition) -> Joined:
    """The join, and for each of its classes the classes of p and of q that hold it; p or q itself
    where it is the finer one, so that what agrees goes on agreeing."""
    if p is q:
        same = np.arange(p.size)
        return p, same, same
    classes, codes = _compressed(p.codes * q.size + q.codes, p.size * q.size)
    left, right = classes // q.size, classes % q.size
    if len(classes) == p.size:  # sorted by the class of p, so left is 0, 1, 2, ...
        return p, left, right
    if len(classes) == q.size:
        order = np.argsort(right)
        return q, left[order], right[order]
    return Partition(codes, len(classes)), left, right


def _merged(partition: Partition, values: np.ndarray) -> tuple[Partition, np.ndarray]:
    """Classes of equal value made one."""
    first: dict[int, int] = {}
    place = [first.setdefault(value, len(first)) for value in values.tolist()]
    if len(first) == len(values):
        return partition, values
    distinct = np.empty(len(first), dtype=values.dtype)
    distinct[:] = list(first)
    return Partition(np.array(place, dtype=np.intp)[partition.codes], len(first)), distinct
