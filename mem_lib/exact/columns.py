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
  computed point by point in machine integers while a bound allows it; else the partitions are
  joined, and classes of equal value merged again.
* Numbers are int64 while a bound proves that every partial sum stays below 2^62, and long integers
  otherwise (:mod:`mem_lib.exact.arrays`).

Every rule is exact.  What speaks for a rule is speed only; where no rule applies there is one value
per point, as slow as it must be, and ``Tally.expanded`` counts such arrays of long integers.
"""

from collections.abc import Iterable, Sequence
from math import gcd

import numpy as np

from mem_lib._base.integers import INT64_LIMIT
from mem_lib.exact.arrays import NUMPY, NumPyArrays, Values
from mem_lib.exact.column import Column, Partition, Stored, Term, spread, stored_of
from mem_lib.exact.joins import Joins
from mem_lib.exact.limbs import FEWEST_INPUTS, limb_bytes, product
from mem_lib.exact.tally import Tally

#: Sums are taken together where their matrix has at most that many entries for a nonzero one.
MOST_ZEROS = 4
#: A row with more partitions than this is computed point by point.
MOST_JOINED = 6

Row = tuple[int, list[tuple[int, int]]]  # (bias, [(input, weight), ...])


class ColumnLayer:
    """One layer applied to columns; what its rows have in common is computed once."""

    def __init__(
        self,
        activation: str,
        columns: Sequence[Column],
        points: int,
        tally: Tally,
        arrays: NumPyArrays = NUMPY,
    ) -> None:
        self.activation, self.columns, self.points = activation, columns, points
        self.tally, self.arrays = tally, arrays
        self.joins = Joins(points, arrays)
        self._sums: dict[tuple, Column] = {}

    def run(self, rows: Sequence[Row]) -> list[Column]:
        if self.arrays.has_products:
            self._sum_together([row for row in rows if len(row[1]) >= FEWEST_INPUTS])
        return [self._activate(self._affine(*row)) for row in rows]

    # -- the sum of a row --------------------------------------------------------------------

    def _affine(self, bias: int, terms: list[tuple[int, int]]) -> Column:
        parts, bias = self._parts(bias, terms)
        if len(parts) < 2:
            for only, scale in parts.items():
                return Column(only, scale, bias)
            return Column(None, 0, bias)
        key, factor, primitive = _primitive(parts)
        if key not in self._sums:
            self._sums[key] = self._sum(primitive)
        stored, scale, offset = self._sums[key]
        return Column(stored, scale * factor, offset * factor + bias)

    def _parts(self, bias: int, terms: list[tuple[int, int]]) -> tuple[dict[Stored, int], int]:
        """The stored arrays that a row adds up, with their factors, and a constant."""
        parts: dict[Stored, int] = {}
        for k, weight in terms:
            stored, scale, offset = self.columns[k]
            bias += weight * offset
            if stored is not None:
                parts[stored] = parts.get(stored, 0) + weight * scale
        if not all(parts.values()):
            parts = {stored: scale for stored, scale in parts.items() if scale}
        return parts, bias

    def _sum_together(self, rows: Sequence[Row]) -> None:
        """Long sums of many machine integers, one a point: all of them as one product of limbs."""
        long: dict[tuple, list[Term]] = {}
        for row in rows:
            parts, _ = self._parts(*row)
            if len(parts) >= FEWEST_INPUTS and _is_loose(parts):
                key, _, terms = _primitive(parts)
                if not _is_machine(terms):
                    long[key] = terms
        if not long:
            return
        inputs = list({stored: None for terms in long.values() for stored, _ in terms})
        size = limb_bytes(len(inputs), max(stored.peak for stored in inputs))
        terms_in_all = sum(map(len, long.values()))
        if not size or len(long) * len(inputs) > MOST_ZEROS * terms_in_all:
            return
        place = {stored: k for k, stored in enumerate(inputs)}
        weight = np.zeros((len(long), len(inputs)), dtype=object)
        for entries, terms in zip(weight, long.values(), strict=True):
            for stored, scale in terms:
                entries[place[stored]] = scale
        sums = product(weight, np.stack([stored.values for stored in inputs]), size)
        self.tally.arithmetic.add("limbs")
        for (key, terms), values in zip(long.items(), sums, strict=True):
            self._read(terms)
            self._sums[key] = self._new(None, values)

    def _sum(self, parts: list[Term]) -> Column:
        groups: dict[Partition | None, list[Term]] = {}
        for stored, scale in parts:
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
        column = self._add(None, terms) if _is_machine(terms) else self._join(terms)
        return column._replace(offset=column.offset + offset)

    def _add(self, partition: Partition | None, terms: list[Term]) -> Column:
        """The sum over one partition, or point by point."""
        machine, offset = _is_machine(terms), 0
        if not machine:
            terms, offset = self._factored(partition, terms)
            if not terms:
                return Column(None, 0, offset)
            if len(terms) == 1:
                return Column(*terms[0], offset)
        values = [s.values if partition is not None else spread(s, self.arrays) for s, _ in terms]
        self._read(terms)
        total = self._total(values, [scale for _, scale in terms], machine)
        column = self._new(partition, total)
        return column._replace(offset=column.offset + offset)

    def _factored(self, partition: Partition | None, terms: list[Term]) -> tuple[list[Term], int]:
        """J a - J b as J (a - b): the difference is often small where a and b are not."""
        buckets: dict[int, list[Term]] = {}
        for stored, scale in terms:
            buckets.setdefault(abs(scale), []).append((stored, 1 if scale > 0 else -1))
        if len(buckets) == 1 and 1 in buckets:
            return terms, 0
        found, offset = [], 0
        for scale, members in buckets.items():
            one = self._add(partition, members) if len(members) > 1 else Column(*members[0], 0)
            offset += scale * one.offset
            if one.stored is not None:
                found.append((one.stored, scale * one.scale))
        return found, offset

    def _join(self, terms: list[Term]) -> Column:
        """The sum over the join of several partitions: long numbers stay one per class."""
        coded = [term for term in terms if term[0].partition is not None]
        loose, offset = self._factored(None, [t for t in terms if t[0].partition is None])
        if len(coded) + len(loose) > MOST_JOINED:
            return self._add(None, terms)
        coded += [(self.joins.recoded(stored), scale) for stored, scale in loose]
        if not coded:
            return Column(None, 0, offset)
        partition, places = self.joins.common(coded)
        if partition is None:
            return self._add(None, terms)
        self._read(coded)
        values = [
            self.arrays.take(stored.values, place)
            for (stored, _), place in zip(coded, places, strict=True)
        ]
        total = self._total(values, [scale for _, scale in coded], _is_machine(coded))
        merged = self.arrays.merged(total)
        if merged is not None:
            total, place = merged
            codes = self.arrays.take(place, partition.codes)
            partition = Partition(codes, len(total))
        column = self._new(partition, total)
        return column._replace(offset=column.offset + offset)

    def _total(self, values: list[Values], scales: list[int], machine: bool) -> Values:
        kind = self.arrays.machine if machine else self.arrays.long
        total = self.arrays.times(kind(values[0]), scales[0])
        for v, scale in zip(values[1:], scales[1:], strict=True):
            total = self.arrays.plus(total, kind(v), scale)
        return total

    # -- the activation ----------------------------------------------------------------------

    def _activate(self, column: Column) -> Column:
        low, high = column.range
        self.tally.peak = max(self.tally.peak, high, -low)
        if self.activation == "identity":
            return column
        if self.activation == "threshold":
            return self._threshold(column, low, high)
        if low >= 0:
            return column
        if high <= 0:
            return Column(None, 0, 0)
        stored, scale, offset = column
        assert stored is not None
        if stored.partition is None and not column.is_machine:
            recoded = self.joins.recoded(stored)  # long numbers that few values cause
            assert recoded.partition is not None
            if recoded.partition.size <= self.joins.most:
                stored = recoded
        values = self.arrays.relu(self._values(Column(stored, scale, offset)))
        return Column(self._kept(stored.partition, values, 0, high), 1, 0)

    def _threshold(self, column: Column, low: int, high: int) -> Column:
        if low <= 0 <= high:
            self.tally.ties += self._zeros(column)
        if low >= 0 or high < 0:
            return Column(None, 0, int(low >= 0))
        assert column.stored is not None
        return self._new(column.stored.partition, self.arrays.step(self._values(column)))

    def _values(self, column: Column) -> Values:
        stored, scale, offset = column
        assert stored is not None
        self._read([(stored, scale)])
        z = self._total([stored.values], [scale], column.is_machine)
        self._note(z)
        return self.arrays.shifted(z, offset)

    def _zeros(self, column: Column) -> int:
        """How many points have the value 0."""
        stored = column.stored
        if stored is None:
            return self.points if column.offset == 0 else 0
        zero = self.arrays.zeros(self._values(column))
        if stored.partition is not None:
            zero = self.arrays.take(zero, stored.partition.codes)
        return self.arrays.count(zero)

    # -- new arrays --------------------------------------------------------------------------

    def _new(self, partition: Partition | None, values: Values) -> Column:
        self._note(values)
        low, high = self.arrays.extremes(values)
        if low == high:
            return Column(None, 0, low)
        return Column(self._kept(partition, values, low, high), 1, 0)

    def _kept(self, partition: Partition | None, values: Values, low: int, high: int) -> Stored:
        stored = stored_of(partition, values, low, high, self.arrays)
        self._read([(stored, 1)])
        if partition is None and self.arrays.is_long(stored.values):
            self.tally.expanded += 1
        return stored

    def _read(self, terms: list[Term]) -> None:
        for stored, _ in terms:
            self.tally.moved += self.arrays.bytes(stored.values, stored.peak)

    def _note(self, values: Values) -> None:
        name = self.arrays.long_name if self.arrays.is_long(values) else "int64"
        self.tally.arithmetic.add(name)


def _primitive(parts: dict[Stored, int]) -> tuple[tuple, int, list[Term]]:
    """A key that rows share that differ by a factor, the factor, and the sum without it."""
    factor = gcd(*parts.values())
    if next(iter(parts.values()), 0) < 0:
        factor = -factor
    terms = [(stored, scale // factor) for stored, scale in parts.items()]
    return tuple((id(stored), scale) for stored, scale in terms), factor, terms


def _is_loose(arrays: Iterable[Stored]) -> bool:
    """Whether all hold machine integers, one a point."""
    return all(stored.partition is None and stored.peak < INT64_LIMIT for stored in arrays)


def _is_machine(terms: list[Term]) -> bool:
    """Whether every partial sum stays below 2^62."""
    return sum(abs(scale) * stored.peak for stored, scale in terms) < INT64_LIMIT
