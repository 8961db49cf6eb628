"""Several sums in one number: wide layers of threshold units on bits.

Let a unit have the sum z = b + sum_k w_k x_k over bits x_k, let 2^j divide all of its w_k, w_k =
2^j v_k, and write b = 2^j q + r with 0 <= r < 2^j.  Let ``low`` be the sum of its negative v_k.
Its *count* s = sum_k v_k x_k - low lies between 0 and sum_k |v_k|, the *span* of the unit, and with
``least`` = -q - low

    z = 2^j (s - least) + r,

so z >= 0 exactly where s >= least, and z = 0 exactly where s = least and r = 0.

Counts below 2^8 are bytes, six of which stand side by side in a float64 number, and three below
2^16.  So one product gives the counts of six units, or of three: its weights are the sums over
these units of v_k 2^(8 f), f = 0, ..., 5, or of v_k 2^(16 f), f = 0, 1, 2, and one more input that
is 1 adds 2^52 - sum_f 2^(8 f) low_f.  The result is 2^52 + sum_f 2^(8 f) s_f.  Nothing is carried
from one lane to the next, and 2^52 puts the lanes at the end of the significand: in memory, six
bytes of the number are the six counts.  All terms together are at most

    2^52 + sum_f 2^(8 f) (|low_f| + span_f) <= 2^52 + 2 * 2^48 <= 2^53,

so no sum is rounded, in whichever order it is taken (lemma ``thm-foundations-sums``).
"""

from collections.abc import Iterator

import numpy as np

from mem_lib.exact.products import product, with_ones
from mem_lib.exact.tally import Tally

#: The type of a lane, and how many of them a number holds.
BYTES, PAIRS = (np.uint8, 6), (np.uint16, 3)
#: What lifts the counts to the end of the significand.
_LIFT = 2.0**52
#: Numbers of a tile, and the least rows of it: BLAS arranges all inputs anew for each tile.
TILE, TILE_ROWS = 1 << 19, 1 << 9
#: Entries of the inputs of a tile, and its least number of points.
TILE_INPUTS, TILE_POINTS = 1 << 20, 1 << 8
#: Weights that are looked at at a time.
_BLOCK = 1 << 19


class Counts:
    """What is known of units with the weights ``weight`` (units, inputs) and the biases ``bias``,
    where no |b| + sum_k |w_k| is beyond 2^53: arrays of int64, one entry for each unit.

    shift:  j, for the largest power 2^j of two that divides all weights of the unit
    rest:   r
    low:    the sum of the negative v_k
    span:   the largest count that is possible
    least:  the least count at which the unit is on
    """

    def __init__(self, weight: np.ndarray, bias: np.ndarray) -> None:
        self.weight = weight
        step = max(1, _BLOCK // weight.shape[1])
        blocks = (
            weight[a : a + step].astype(np.int64, copy=False) for a in range(0, len(weight), step)
        )
        found = zip(*map(_of_block, blocks), strict=True)
        self.shift, self.low, self.span = (np.concatenate(parts) for parts in found)
        self.rest = bias & ((1 << self.shift) - 1)
        self.least = -(bias >> self.shift) - self.low

    def within(self, kind: type) -> np.ndarray:
        """Which units have counts that fit into a lane, as does a threshold above all of them."""
        return np.asarray(self.span < np.iinfo(kind).max)


def _of_block(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(shift, low, span) of some units."""
    bits = np.bitwise_or.reduce(weight, axis=1)  # its last 1 is the last one of all weights
    power = np.where(bits == 0, 1, bits & -bits)
    total, size = weight.sum(axis=1), np.abs(weight).sum(axis=1)
    exponent = np.frexp(power)[1].astype(np.int64) - 1
    return exponent, (total - size) // (2 * power), size // power


class Group:
    """Units whose counts stand in lanes of one type.

    Lane f of row i of ``weight``, an array (rows, inputs + 1), is that of the unit ``units[f][i]``.
    """

    def __init__(self, counts: Counts, units: np.ndarray, kind: type, fields: int) -> None:
        self.kind, self.fields, self._counts = kind, fields, counts
        rows = -(-len(units) // fields)
        self.units = [units[a : a + rows] for a in range(0, len(units), rows)]
        above = counts.span + 1
        self._thresholds = np.clip(counts.least, 0, above).astype(kind)
        self._ties = (counts.rest == 0) & (counts.least >= 0) & (counts.least < above)
        self.weight = np.zeros((rows, counts.weight.shape[1] + 1))
        self.weight[:, -1] = _LIFT
        for f, lane in enumerate(self.units):
            self._put(lane, 2.0 ** (8 * np.dtype(kind).itemsize * f))

    def _put(self, lane: np.ndarray, place: float) -> None:
        """Adds the weights of the units of one lane to those of the numbers."""
        counts, step = self._counts, max(1, _BLOCK // self.weight.shape[1])
        factor = place * 2.0**-counts.shift
        for start in range(0, len(lane), step):
            units = lane[start : start + step]
            rows = self.weight[start : start + len(units)]
            rows[:, :-1] += counts.weight[units] * factor[units, None]
            rows[:, -1] -= counts.low[units] * place

    def run(self, x: np.ndarray, out: np.ndarray, tally: Tally, bound: float) -> None:
        """The bits of these units, into ``out``, at the points ``x``, of shape (inputs + 1,
        points), the last input 1."""
        points = x.shape[1]
        step = min(len(self.weight), max(TILE_ROWS, TILE // max(points, 1)))
        tile, room = np.empty((step, points)), np.empty((step, points), self.kind)
        for start in range(0, len(self.weight), step):
            rows = self.weight[start : start + step]
            numbers = product(rows, x, tile[: len(rows)])
            for units, counts in self._lanes(numbers, start, room):
                if bound > tally.peak:
                    tally.peak = max(tally.peak, self._peak(units, counts))
                out[units] = self._bits(units, counts, tally)

    def _lanes(
        self, numbers: np.ndarray, start: int, room: np.ndarray
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """(units, their counts) of the lanes of the rows from ``start`` on; in ``room``, where the
        next ones take their place."""
        apart = 8 // room.itemsize
        lanes: np.ndarray = numbers.view(self.kind)
        for f, lane in enumerate(self.units):
            units = lane[start : start + len(numbers)]
            counts = room[: len(units)]
            np.copyto(counts, lanes[: len(units), f::apart])
            yield units, counts

    def _bits(self, units: np.ndarray, counts: np.ndarray, tally: Tally) -> np.ndarray:
        thresholds, ties = self._thresholds[units, None], self._ties[units]
        if ties.any():
            tally.ties += int(np.count_nonzero(counts[ties] == thresholds[ties]))
        return np.greater_equal(counts, thresholds)

    def _peak(self, units: np.ndarray, counts: np.ndarray) -> int:
        """The largest |z|."""
        known = self._counts
        ends = np.stack([counts.min(axis=1), counts.max(axis=1)]).astype(np.int64)
        z = ((ends - known.least[units]) << known.shift[units]) + known.rest[units]
        return int(np.abs(z).max(initial=0))


class Lanes:
    """A layer of threshold units on bits, all of whose counts stand in lanes."""

    def __init__(self, units: int, groups: list[Group]) -> None:
        self.units, self.groups = units, groups

    def run(self, x: np.ndarray, tally: Tally, bound: float = np.inf) -> np.ndarray:
        """The bits of all units at the points ``x``, bool of shape (inputs, points), where no |sum|
        is larger than ``bound``; what is met is noted in ``tally``."""
        inputs, points = x.shape
        out = np.empty((self.units, points), bool)
        step = max(TILE_POINTS, TILE_INPUTS // (inputs + 1))
        for start in range(0, points, step):
            part = with_ones(x[:, start : start + step], np.float64)
            for group in self.groups:
                group.run(part, out[:, start : start + step], tally, bound)
        return out


def lanes_of(weight: np.ndarray, bias: np.ndarray) -> Lanes | None:
    """The lanes of a layer with weights (units, inputs) and biases, as :class:`Counts` wants them;
    None where a count does not fit into any."""
    counts = Counts(weight, bias)
    narrow, wide = counts.within(BYTES[0]), counts.within(PAIRS[0])
    if not (wide.all() and np.little_endian):
        return None
    groups = [
        Group(counts, np.flatnonzero(mine), *kind)
        for mine, kind in ((narrow, BYTES), (~narrow, PAIRS))
        if mine.any()
    ]
    return Lanes(len(weight), groups)
