"""The least count of many centres, and all counts below thresholds, without counting most of them.

A count over some of the hyperplanes is a lower bound of the count over all, because every term is
at least 0.  So points whose part is no smaller than what is looked for need no further look.  Taken
are the hyperplanes that count most on average between both sides: half of them hold three quarters
of the sum, and one point in a hundred is left to be counted in full.

The parts are counted in one float64 product, six points at a time.  The bits of six points for one
hyperplane make the number sum_f bit_f 256^f; a product with masks over at most 254 hyperplanes adds
such numbers up, and as no sum exceeds 254, nothing is carried from one field into the next: six
bytes of the result are six counts.  The constant 2^52 that is added puts them at the end of the
significand.  Everything is an integer below 2^53, so no sum is rounded, in whichever order it is
taken (lemma ``thm-foundations-sums``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from mem_lib.beyond_worst_case.words import packed

#: Points in one number, the most hyperplanes of a product, and what lifts its counts into place.
_FIELDS, _CHUNK, _LIFT = 6, 254, 2.0**52
#: In so many blocks points whose part is less than so much above the smallest are counted first.
_FIRST, _NEXT = 2, 3
#: More than every score.
_FAR = 2**40
#: The share of the sum of all counts that the hyperplanes taken hold.
_SHARE = 0.75
#: At most so many hyperplanes: three times a count has to fit into 16 bits.
MOST_FIELDS = 2**14
#: Entries of a product, and pairs of centre and point that are counted in full at a time.
_ENTRIES, _PAIRS = 2**17, 2**13
#: Every second byte of a word, and how far the others have to be moved.
_APART, _BYTE = np.uint64(0x00FF00FF00FF), np.uint64(8)
#: Which of the six points stand in the lanes of a word: of bytes, and of pairs of bytes.
_LANES = np.array([0, 1, 2, 3, 4, 5, 0, 0]), np.array([0, 2, 4, 0]), np.array([1, 3, 5, 1])


class Points(Protocol):
    """What a sieve asks of the bits of points."""

    n: int
    N: int
    two_sided: bool

    def codes(self, rows: np.ndarray | slice) -> np.ndarray: ...


class Sieve:
    """Points in ``rows``, seen from centres among ``own``."""

    def __init__(self, points: Points, own: np.ndarray, rows: np.ndarray) -> None:
        self._points, self._count = points, len(rows)
        self._taken, self._rest = self._choice(own, rows)
        number = -(-len(self._taken) // _CHUNK)
        ends = [len(self._taken) * i // number for i in range(number + 1)]
        self._chunks = [slice(a, b) for a, b in pairwise(ends)]
        lacking = -len(rows) % _FIELDS
        self._fill(np.concatenate([rows, np.repeat(rows[-1:], lacking)]))

    def least(self, centres: np.ndarray) -> np.ndarray:
        """The smallest score of a point, for every centre: int64."""
        found = np.full(len(centres), _FAR)
        for i, block in enumerate(self._blocks(centres)):
            if i < _FIRST:  # those with the smallest parts tell nearly how small the least is
                for centre, _, scores in block.below(block.lowest() + _NEXT):
                    np.minimum.at(found, centre, scores)
            for centre, _, scores in block.below(found):
                np.minimum.at(found, centre, scores)
        return found

    def below(self, centres: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
        """Whether the score of each point is below the threshold of each centre: (centres, rows),
        bool."""
        out = np.zeros((len(centres), len(self._words.T)), bool)
        for block in self._blocks(centres):
            for centre, place, scores in block.below(thresholds):
                fires = scores < thresholds[centre]
                out[centre[fires], place[fires]] = True
        return out[:, : self._count]

    def _choice(self, own: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The hyperplanes that count most, judged by a sample of both sides, and the others."""
        centre, point = self._on(own), self._on(rows)
        counts = (1 - centre) * point
        if self._points.two_sided:
            counts += centre * (1 - point)
        order = np.argsort(-counts, kind="stable")
        shares = np.cumsum(counts[order])
        enough = int(np.searchsorted(shares, _SHARE * shares[-1])) + 1
        taken = -(-enough // _CHUNK) * _CHUNK
        return np.sort(order[:taken]), np.sort(order[taken:])

    def _on(self, rows: np.ndarray) -> np.ndarray:
        """How often each hyperplane is on at a sample of the points."""
        return self._points.codes(rows[:: -(-len(rows) // 1024)]).mean(axis=0)

    def _fill(self, rows: np.ndarray) -> None:
        """``_numbers``, shape (groups, columns): those of six points; each chunk of hyperplanes is
        followed by 2^52.  ``_lift``, shape (2, groups): how many of the hyperplanes are off at each
        point, as lanes.  ``_words``: the bits of the hyperplanes that are not taken."""
        groups, width = len(rows) // _FIELDS, len(self._taken)
        self._numbers = np.empty((groups, width + len(self._chunks)))
        self._lift = np.zeros((2, groups), np.uint64)
        self._words = np.empty((-(-len(self._rest) // 64), len(rows)), np.uint64)
        step = max(1, 2**18 // self._points.n)
        for start in range(0, groups, step):
            some = slice(start, min(groups, start + step))
            here = slice(_FIELDS * some.start, _FIELDS * some.stop)
            code = self._points.codes(rows[here])
            self._words[:, here] = packed(code[:, self._rest])
            code = code[:, self._taken]
            fields = np.zeros((some.stop - start, width, 8), np.uint8)
            for f in range(_FIELDS):
                fields[:, :, f] = code[f::_FIELDS]
                if self._points.two_sided:
                    off = width - code[f::_FIELDS].sum(axis=1, dtype=np.uint64)
                    self._lift[f % 2, some] += off << np.uint64(16 * (f // 2))
            values = fields.view(np.uint64)[:, :, 0]
            for i, chunk in enumerate(self._chunks):
                to = self._numbers[some, chunk.start + i : chunk.stop + i + 1]
                to[:, :-1] = values[:, chunk]
                to[:, -1] = _LIFT

    def _blocks(self, centres: np.ndarray) -> Iterator[_Block]:
        code = self._points.codes(centres)
        rest = packed(code[:, self._rest])
        if not self._points.two_sided:
            rest = packed(code[:, self._rest] == 0)
        code = code[:, self._taken]
        off = (code == 0).T.astype(np.float64)
        ones = np.ones((1, len(centres)))
        parts = [np.concatenate([off[chunk], ones]) for chunk in self._chunks]
        lifted = np.zeros(len(centres), np.int64)
        if self._points.two_sided:
            lifted = len(self._taken) - code.sum(axis=1, dtype=np.int64)
        step = max(16, _ENTRIES // len(centres))
        for start in range(0, len(self._numbers), step):
            for lanes, fields in self._parts(parts, slice(start, start + step)):
                yield _Block(self, lanes, _FIELDS * start, fields, lifted, rest)

    @property
    def lifts(self) -> bool:
        """Whether parts are larger than they should be."""
        return self._points.two_sided

    def rests(self, masks: np.ndarray, places: np.ndarray) -> np.ndarray:
        """The counts over the hyperplanes that are not taken, for pairs of mask and point."""
        words = np.take(self._words, places, axis=1)
        words = words ^ masks if self._points.two_sided else words & masks
        return np.asarray(np.bitwise_count(words).sum(axis=0, dtype=np.int64))

    def _parts(self, parts: list[np.ndarray], groups: slice) -> list[tuple[np.ndarray, np.ndarray]]:
        """The counts of some groups over the hyperplanes taken, as arrays (groups, centres, lanes),
        each with the numbers in their group of the points in its lanes."""
        numbers = self._numbers[groups]
        if len(parts) == 1 and not self._points.two_sided:
            return [((numbers @ parts[0]).view(np.uint8).reshape(len(numbers), -1, 8), _LANES[0])]
        even = np.zeros((len(numbers), parts[0].shape[1]), np.uint64)
        odd, column = even.copy(), 0
        for part in parts:
            words = (numbers[:, column : column + len(part)] @ part).view(np.uint64)
            column += len(part)
            even += words & _APART
            words >>= _BYTE
            words &= _APART
            odd += words
        if self._points.two_sided:  # |x| + |c| - 2 <c, x> = 2 (|x| - <c, x>) + |c| - |x|
            for lanes, lift in zip((even, odd), self._lift, strict=True):
                lanes <<= np.uint64(1)
                lanes += lift[groups, None]
        shape = (len(numbers), -1, 4)
        return [
            (even.view(np.uint16).reshape(shape), _LANES[1]),
            (odd.view(np.uint16).reshape(shape), _LANES[2]),
        ]


@dataclass(frozen=True)
class _Block:
    """``parts``, shape (groups, centres, lanes), of the counts of the points ``first`` + 6 group +
    ``fields[lane]``; larger than the parts themselves by ``lifted``, shape (centres,).  ``masks``,
    shape (words, centres), are what the centres look at in the hyperplanes that are not taken."""

    sieve: Sieve
    parts: np.ndarray
    first: int
    fields: np.ndarray
    lifted: np.ndarray
    masks: np.ndarray

    @property
    def used(self) -> int:
        """The lanes that hold something."""
        return 6 if self.parts.shape[2] == 8 else 3

    def lowest(self) -> np.ndarray:
        """The smallest part, for every centre."""
        least = self.parts.min(axis=0)[:, : self.used].min(axis=1)
        return np.asarray(least.astype(np.int64) - self.lifted)

    def below(self, thresholds: np.ndarray) -> Iterator[tuple[np.ndarray, ...]]:
        """(centre, place, score) of every point whose part is below the threshold of the centre, in
        batches of three arrays."""
        _, centres, lanes = self.parts.shape
        most: np.ndarray = np.zeros((centres, lanes), self.parts.dtype)
        limit = np.clip(thresholds + self.lifted, 0, np.iinfo(most.dtype).max)
        most[:, : self.used] = limit[:, None]
        hits = self.parts < most
        where = np.flatnonzero(hits.view(np.uint64 if lanes == 8 else np.uint32) != 0)
        lane = np.flatnonzero(hits.reshape(-1, lanes)[where].ravel())
        where = where[lane // lanes]
        lane %= lanes
        flat = self.parts.reshape(-1)
        for start in range(0, len(where), _PAIRS):
            word, field = where[start : start + _PAIRS], lane[start : start + _PAIRS]
            group = word // centres
            centre = word - group * centres
            places = self.first + _FIELDS * group + self.fields[field]
            scores = self.sieve.rests(np.take(self.masks, centre, axis=1), places)
            scores += flat[word * lanes + field]
            if self.sieve.lifts:
                scores -= self.lifted[centre]
            yield centre, places, scores


def sieve_bytes(N: int, n: int) -> int:
    """What a sieve takes, at most."""
    return 8 * -(-N // _FIELDS) * (n + -(-n // _CHUNK) + 2)
