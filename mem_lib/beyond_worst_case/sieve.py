"""The least count of many centres, and all counts below thresholds, without counting most of them.

A count over some of the hyperplanes is a lower bound of the count over all, because every term is
at least 0.  So points whose part is no smaller than what is looked for need no further look.
Points with similar bits are kept together: for each such cell those hyperplanes are taken that
count most between it and the class, as many as pay, which a few centres with known thresholds tell.

The parts are counted in one float64 product, six points at a time.  The bits of six points for one
hyperplane make the number sum_f bit_f 256^f; a product with masks over at most 254 hyperplanes adds
such numbers up, and as no sum exceeds 254, nothing is carried from one field into the next: six
bytes of the result are six counts.  The constant 2^52 that is added puts them at the end of the
significand.  Everything is an integer below 2^53, so no sum is rounded, in whichever order it is
taken (lemma ``thm-foundations-sums``).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Protocol

import numpy as np

from mem_lib.beyond_worst_case.words import packed

#: Points in one number, the most hyperplanes of a product, and what lifts its counts into place.
_FIELDS, _CHUNK, _LIFT = 6, 254, 2.0**52
#: More than every score.
_FAR = 2**40
#: Points in a cell, about, and the most cells.
_CELL, _CELLS = 2048, 32
#: Of a cell, points that are looked at; and of these times ``_CELLS``, those that place the cells.
_SAMPLE = 128
#: So many hyperplanes, and a further product, cost as much as counting in full what share of pairs.
_SHARE, _PRODUCT = 1 / 3000, 0.02
#: Rivals that were nearest before and bound the least count from above.
_NEAREST = 256
#: Of the points of a class, a smaller share still asked for is sieved anew.
_FEW = 0.7
#: At most so many hyperplanes: three times a count has to fit into 16 bits.
MOST_FIELDS = 2**14
#: Entries of a product, and pairs of centre and point that are counted in full at a time.
_ENTRIES, _PAIRS = 2**17, 2**13
#: Every second byte of a word, one in every second byte, and how far the others have to be moved.
_APART, _ONES, _BYTE = np.uint64(0x00FF00FF00FF), np.uint64(0x000100010001), np.uint64(8)
#: The same in a whole word, and how far its uppermost two bytes have to be moved.
_EVERY, _UNITS, _TOP = np.uint64(0x00FF00FF00FF00FF), np.uint64(0x0001000100010001), np.uint64(48)
#: Which of the six points stand in the lanes of a word: of bytes, and of pairs of bytes.
_LANES = np.array([0, 1, 2, 3, 4, 5, 0, 0]), np.array([0, 2, 4, 0]), np.array([1, 3, 5, 1])


class Points(Protocol):
    """What a sieve asks of the bits of points."""

    n: int
    N: int
    two_sided: bool

    def codes(self, rows: np.ndarray | slice) -> np.ndarray: ...


class Numbers:
    """The bits of all points, as numbers and as words.

    rows:    (groups, 6), the points of each number; the last ones are repeated to fill it up
    values:  (groups, n), the numbers
    starts:  where each cell begins among the groups, and their end
    words:   (N, w), the bits of each point, w a multiple of 8
    """

    def __init__(self, points: Points) -> None:
        self.points = points
        cell = _cells(points)
        order = np.argsort(cell, kind="stable")
        number = -(-len(order) // _FIELDS)
        self.rows = np.resize(order, (number, _FIELDS))
        self.rows.reshape(-1)[len(order) :] = order[-1]
        edges = np.searchsorted(cell[order], np.arange(1, cell.max() + 1)) // _FIELDS
        self.starts = [0, *edges.tolist(), number]
        self.values = np.empty((number, points.n))
        self.words = np.zeros((points.N, 8 * -(-points.n // 512)), np.uint64)
        step = max(1, 2**18 // points.n)
        for start in range(0, number, step):
            rows = self.rows[start : start + step]
            code = points.codes(rows.reshape(-1))
            self.values[start : start + step] = _numbers(code)
            words = packed(code)
            self.words[rows.reshape(-1), : len(words)] = words.T

    def counts(self, masks: np.ndarray, which: np.ndarray, points: np.ndarray) -> np.ndarray:
        """The scores of pairs: of each mask (a row of ``masks``) and a point."""
        words, mask = np.take(self.words, points, axis=0), np.take(masks, which, axis=0)
        words = (
            np.bitwise_xor(words, mask, out=mask)
            if self.points.two_sided
            else (np.bitwise_and(words, mask, out=mask))
        )
        eight = np.bitwise_count(words).view(np.uint64)
        pairs = (eight & _EVERY) + ((eight >> _BYTE) & _EVERY)
        total = pairs[:, 0] if pairs.shape[1] == 1 else pairs.sum(axis=1)
        return ((total * _UNITS) >> _TOP).astype(np.int64)

    def masks(self, centres: np.ndarray) -> np.ndarray:
        """What is combined with the words of a point."""
        return self.words[centres] if self.points.two_sided else ~self.words[centres]


class Sieve:
    """The class of the points first..stop and its rivals; ``thresholds`` of some ``centres`` are
    known."""

    def __init__(
        self, numbers: Numbers, first: int, stop: int, centres: np.ndarray, thresholds: np.ndarray
    ) -> None:
        self._numbers, self._first, self._stop = numbers, first, stop
        self._view = _View(numbers.points, np.arange(first, stop), centres, thresholds)
        self._held: np.ndarray = np.zeros(stop - first, bool)
        self._own: list[_Cell] = []
        inside: np.ndarray = (numbers.rows >= first) & (numbers.rows < stop)
        some = np.asarray(inside.any(axis=1))
        lots = [a + np.flatnonzero(~some[a:b]) for a, b in pairwise(numbers.starts)]
        cells = [
            _Cell(self._view, numbers.rows[lot], numbers.values, lot) for lot in lots if len(lot)
        ]
        mixed = some & ~inside.all(axis=1)
        cells += self._regrouped(numbers.rows[mixed][~inside[mixed]])
        self._rivals = sorted(cells, key=lambda cell: cell.distance)
        spread = np.concatenate([cell.rows.reshape(-1) for cell in cells])
        self._nearest = spread[:: -(-len(spread) // _NEAREST)]

    def least(self, centres: np.ndarray) -> np.ndarray:
        """The smallest score of a rival, for every centre: int64."""
        masks, near = self._numbers.masks(centres), self._nearest
        found = np.full(len(centres), _FAR)
        for start in range(0, len(centres), step := _PAIRS // len(near)):
            some = slice(start, start + step)
            which = np.repeat(np.arange(len(masks[some])), len(near))
            counts = self._numbers.counts(masks[some], which, np.tile(near, len(masks[some])))
            found[some] = counts.reshape(-1, len(near)).min(axis=1)
        code, met = self._numbers.points.codes(centres), [near]
        for cell in self._rivals:
            for centre, point in cell.below(code, found):
                scores = self._numbers.counts(masks, centre, point)
                np.minimum.at(found, centre, scores)
                met.append(point[scores <= found[centre]])
        recent = np.concatenate(met)[::-1]
        self._nearest = recent[np.sort(np.unique(recent, return_index=True)[1])[:_NEAREST]]
        return found

    def below(
        self, centres: np.ndarray, thresholds: np.ndarray, among: np.ndarray | None = None
    ) -> np.ndarray:
        """Whether the score of each point of the class is below the threshold of each centre:
        (centres, points), bool; False at points that are not ``among`` those asked for."""
        if among is None:
            among = np.ones(self._stop - self._first, bool)
        if among.sum() < _FEW * self._held.sum() or (among & ~self._held).any():
            self._held = among.copy()
            self._own = self._regrouped(self._first + np.flatnonzero(among))
        out = np.zeros((len(centres), len(among)), bool)
        code, masks = self._numbers.points.codes(centres), self._numbers.masks(centres)
        for cell in self._own:
            for centre, point in cell.below(code, thresholds):
                asked = among[point - self._first]
                centre, point = centre[asked], point[asked]
                fires = self._numbers.counts(masks, centre, point) < thresholds[centre]
                out[centre[fires], point[fires] - self._first] = True
        return out

    def _regrouped(self, points: np.ndarray) -> list[_Cell]:
        """A cell from these points, if there are any."""
        if not len(points):
            return []
        rows = np.resize(points, (-(-len(points) // _FIELDS), _FIELDS))
        values = _numbers(self._numbers.points.codes(rows.reshape(-1)))
        return [_Cell(self._view, rows, values, np.arange(len(rows)))]


class _View:
    """How the class sees points: which hyperplanes count most, and how many pay."""

    def __init__(
        self, points: Points, own: np.ndarray, centres: np.ndarray, thresholds: np.ndarray
    ) -> None:
        self.points, self._thresholds = points, thresholds
        self._on = points.codes(own[:: -(-len(own) // 1024)]).mean(axis=0)
        self._code = points.codes(centres).astype(np.float32)

    def choice(self, rows: np.ndarray) -> tuple[np.ndarray, float]:
        """The hyperplanes that are taken for these points, and how far away these are."""
        there = self.points.codes(rows[:: -(-len(rows) // _SAMPLE)]).astype(np.float32)
        on = there.mean(axis=0)
        counts = (1 - self._on) * on
        if self.points.two_sided:
            counts += self._on * (1 - on)
        order = np.argsort(-counts, kind="stable")
        code, there, n = self._code[:, order], there[:, order], len(order)
        ends = {*range(0, n, -(-n // 20)), *range(0, n, _CHUNK), n}
        parts, costs = np.zeros((len(code), len(there)), np.float32), {}
        for a, b in pairwise(sorted(ends)):
            parts += (1 - code[:, a:b]) @ there[:, a:b].T
            if self.points.two_sided:
                parts += code[:, a:b] @ (1 - there[:, a:b]).T
            share = float((parts < self._thresholds[:, None]).mean())
            costs[b] = share + b * _SHARE + -(-b // _CHUNK) * _PRODUCT
        return np.sort(order[: min(costs, key=lambda b: costs[b])]), float(counts.sum())


class _Cell:
    """Points ``rows``, shape (groups, 6), from the rows ``lot`` of ``values``, with the hyperplanes
    that are taken for them."""

    def __init__(self, view: _View, rows: np.ndarray, values: np.ndarray, lot: np.ndarray) -> None:
        self.rows, self._two_sided = rows, view.points.two_sided
        self._taken, self.distance = view.choice(rows.reshape(-1))
        width = len(self._taken)
        number = -(-width // _CHUNK)
        ends = [width * i // number for i in range(number + 1)]
        self._chunks = [slice(a, b) for a, b in pairwise(ends)]
        self._values = np.full((len(lot), width + number), _LIFT)
        for i, chunk in enumerate(self._chunks):
            columns = values[lot[:, None], self._taken[chunk]]
            self._values[:, chunk.start + i : chunk.stop + i] = columns
        if self._two_sided:  # how many hyperplanes are off at each point, as lanes
            ones = [np.ones((chunk.stop - chunk.start + 1, 1)) for chunk in self._chunks]
            on = self._sums(self._values, ones)
            self._off = [np.uint64(width) * _ONES - lanes for lanes in on]

    def below(
        self, code: np.ndarray, thresholds: np.ndarray
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """(centre, point) of all pairs whose part is below the threshold of the centre, in batches
        of two arrays; ``thresholds`` may get smaller from one batch to the next."""
        code = code[:, self._taken]
        ones = np.ones((1, len(code)))
        off = (code == 0).T.astype(np.float64)
        masks = [np.concatenate([off[chunk], ones]) for chunk in self._chunks]
        lifted = np.zeros(len(code), np.int64)
        if self._two_sided:
            lifted = len(self._taken) - code.sum(axis=1, dtype=np.int64)
        step = max(16, _ENTRIES // len(code))
        for start in range(0, len(self.rows), step):
            for parts, lanes in self._parts(masks, slice(start, start + step)):
                for centre, group, field in _below(parts, thresholds + lifted):
                    places = _FIELDS * (start + group) + lanes[field]
                    yield centre, np.take(self.rows, places)

    def _parts(self, masks: list[np.ndarray], groups: slice) -> list[tuple[np.ndarray, np.ndarray]]:
        """The counts of some groups over the hyperplanes taken, as arrays (groups, centres, lanes),
        each with the places in their group of the points in its lanes."""
        values = self._values[groups]
        if len(masks) == 1 and not self._two_sided:
            return [((values @ masks[0]).view(np.uint8).reshape(len(values), -1, 8), _LANES[0])]
        sums = self._sums(values, masks)
        if self._two_sided:  # |x| + |c| - 2 <c, x> = 2 (|x| - <c, x>) + |c| - |x|
            for lanes, off in zip(sums, self._off, strict=True):
                lanes <<= np.uint64(1)
                lanes += off[groups]
        shape = (len(values), -1, 4)
        return [
            (lanes.view(np.uint16).reshape(shape), of)
            for lanes, of in zip(sums, _LANES[1:], strict=True)
        ]

    def _sums(self, values: np.ndarray, masks: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """The counts of all products, those of every second point: (groups, masks), as lanes."""
        even = np.zeros((len(values), masks[0].shape[1]), np.uint64)
        odd, column = even.copy(), 0
        for mask in masks:
            words = (values[:, column : column + len(mask)] @ mask).view(np.uint64)
            column += len(mask)
            even += words & _APART
            words >>= _BYTE
            words &= _APART
            odd += words
        return even, odd


def _below(parts: np.ndarray, limits: np.ndarray) -> Iterator[tuple[np.ndarray, ...]]:
    """(centre, group, lane) of the ``parts``, shape (groups, centres, lanes), below the limit of
    their centre, in batches."""
    _, centres, lanes = parts.shape
    most: np.ndarray = np.zeros((centres, lanes), parts.dtype)
    most[:, : 6 if lanes == 8 else 3] = np.clip(limits, 0, np.iinfo(most.dtype).max)[:, None]
    hits = parts < most
    where = np.flatnonzero(hits.view(np.uint64 if lanes == 8 else np.uint32) != 0)
    lane = np.flatnonzero(hits.reshape(-1, lanes)[where].ravel())
    where = where[lane // lanes]
    lane %= lanes
    for start in range(0, len(where), _PAIRS):
        word = where[start : start + _PAIRS]
        group = word // centres
        yield word - group * centres, group, lane[start : start + _PAIRS]


def _numbers(code: np.ndarray) -> np.ndarray:
    """Six points in one number: (groups, n), from bits (6 groups, n)."""
    fields = np.zeros((len(code) // _FIELDS, code.shape[1], 8), np.uint8)
    for f in range(_FIELDS):
        fields[:, :, f] = code[f::_FIELDS]
    return fields.view(np.uint64)[:, :, 0].astype(np.float64)


def _cells(points: Points) -> np.ndarray:
    """A cell for each point, (N,): that of the nearest of some means of bits."""
    number, rng = min(_CELLS, -(-points.N // _CELL)), np.random.default_rng(0)
    some = rng.permutation(points.N)[: number * _SAMPLE]
    sample = points.codes(some).astype(np.float32)
    means = sample[:number]
    for _ in range(5):
        cell = _nearest(sample, means)
        held = [sample[cell == i] for i in range(number)]
        means = np.array(
            [c.mean(axis=0) if len(c) else m for c, m in zip(held, means, strict=True)]
        )
    step = max(1, 2**21 // points.n)
    return np.concatenate([
        _nearest(points.codes(slice(a, min(a + step, points.N))).astype(np.float32), means)
        for a in range(0, points.N, step)
    ])  # fmt: skip


def _nearest(code: np.ndarray, means: np.ndarray) -> np.ndarray:
    return np.asarray(((means**2).sum(axis=1) - 2 * (code @ means.T)).argmin(axis=1))


def sieve_bytes(N: int, n: int) -> int:
    """What the numbers of N points take, or the cells of a class and of its rivals, at most."""
    return 8 * -(-N // _FIELDS) * (n + -(-n // _CHUNK) + 2)
