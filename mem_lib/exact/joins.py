"""Partitions of the points that are joined: each pair once."""

from collections.abc import Sequence

from mem_lib.exact.arrays import Codes, NumPyArrays
from mem_lib.exact.column import Partition, Stored, Term

Joined = tuple[Partition, Codes, Codes]  # see Joins._joined


class Joins:
    """The joins of partitions of so many points that are worth their name: of ``most`` classes."""

    def __init__(self, points: int, arrays: NumPyArrays) -> None:
        self.arrays = arrays
        self.most = max(points // 2, 64)
        self._joins: dict[tuple[Partition, Partition], Joined] = {}

    def recoded(self, stored: Stored) -> Stored:
        """The same numbers over the partition into points of equal value."""
        if stored.partition is not None:
            return stored
        if stored.recoded is None:
            values, codes = self.arrays.distinct(stored.values, stored.low, stored.high)
            partition = Partition(codes, len(values))
            stored.recoded = Stored(partition, values, stored.low, stored.high)
        return stored.recoded

    def common(self, terms: Sequence[Term]) -> tuple[Partition | None, list[Codes]]:
        """The coarsest partition that refines all, and for each term the class that holds a class
        of it; None where it would be hardly coarser than the points themselves."""
        common: Partition | None = None
        places: list[Codes] = []
        for stored, _ in terms:
            partition = stored.partition
            assert partition is not None
            if partition.size > self.most:
                return None, []
            if common is None:
                common, places = partition, [self.arrays.places(partition.size)]
                continue
            common, left, right = self._joined(common, partition)
            if common.size > self.most:
                return None, []
            places = [self.arrays.take(place, left) for place in places] + [right]
        return common, places

    def _joined(self, p: Partition, q: Partition) -> Joined:
        """The join, and for each of its classes the classes of p and of q that hold it; p or q
        itself where it is the finer one, so that what agrees goes on agreeing."""
        if (p, q) not in self._joins:
            self._joins[p, q] = self._pair(p, q)
        return self._joins[p, q]

    def _pair(self, p: Partition, q: Partition) -> Joined:
        if p is q:
            same = self.arrays.places(p.size)
            return p, same, same
        classes, codes = self.arrays.compressed(p.codes * q.size + q.codes, p.size * q.size)
        left, right = classes // q.size, classes % q.size
        if len(classes) == p.size:  # sorted by the class of p, so left is 0, 1, 2, ...
            return p, left, right
        if len(classes) == q.size:
            order = self.arrays.argsort(right)
            return q, self.arrays.take(left, order), self.arrays.take(right, order)
        return Partition(codes, len(classes)), left, right
