"""Codes of bits, packed, and counts over them: exact, and many at a time.

*Few centres* are counted word by word: 64 hyperplanes by one AND (XOR in both directions) and one
popcount.

*Many centres* are counted in one float64 product, six points at a time.  Six bits of six points,
the same hyperplane of each, make the number sum_f bit_f 256^f; a product with masks of at most 255
hyperplanes adds such numbers up, and as no sum exceeds 255, nothing is carried from one field into
the next: the six bytes of the result are six counts.  Everything stays below 2^48, the constant
2^52 that is added puts these bytes at the end of the significand, and no partial sum reaches 2^53:
lemma ``thm-foundations-sums`` says that no sum is rounded, in whichever order it is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

#: Words of a block of counts: what it reads and writes stays in the cache of a core.
_WORDS = 2**15
#: Points in one number, the hyperplanes of a product, and what lifts its counts into place.
_FIELDS, _CHUNK, _LIFT = 6, 255, 2.0**52
#: From so many centres on a product is quicker, where there are at most so many hyperplanes (twice
#: a count has to fit into 16 bits) and the numbers of all points take at most so many bytes.
_MANY, _MOST, _BYTES = 48, 2**14, 2**27
#: Every second byte of a word.
_BYTES_APART = np.uint64(0x00FF00FF00FF)


class Bits:
    """The bits of N points: ``words`` of shape (ceil(n/64), N), bit i of word w for hyperplane
    64 w + i.

    The score of a point x for a centre c is the number of hyperplanes that are off at c and on at
    x; with ``two_sided`` the number of those that tell c and x apart.
    """

    def __init__(self, words: np.ndarray, n: int, two_sided: bool = False) -> None:
        self._words, self.n, self._two_sided = words, n, two_sided
        self.N = words.shape[1]

    @classmethod
    def of(cls, blocks: Iterable[np.ndarray], N: int, n: int, two_sided: bool = False) -> Bits:
        """From blocks of points, each of shape (points, n) and of zeros and ones."""
        words, first = np.zeros((-(-n // 64), N), np.uint64), 0
        for block in blocks:
            words[:, first : first + len(block)] = packed(block)
            first += len(block)
        return cls(words, n, two_sided)

    def codes(self, rows: np.ndarray | slice) -> np.ndarray:
        """The bits of some points: (points, n), uint8."""
        return unpacked(self._words[:, rows], self.n)

    def scores(self, centres: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """(centres, rows), uint16 or uint32."""
        out: np.ndarray = np.empty((len(centres), len(rows)), self._dtype)
        for which, points, counts in self._counts(centres, self._words[:, rows]):
            out[which, points] = counts
        return out

    def least(self, centres: np.ndarray, first: int, stop: int) -> np.ndarray:
        """The smallest score of a point outside first..stop, for every centre."""
        least = np.full(len(centres), np.iinfo(np.int64).max)
        sides = [slice(0, first), slice(stop, self.N)]
        if len(centres) >= _MANY and self._has_fields:
            a, b = first // _FIELDS, -(-stop // _FIELDS)
            for groups in (slice(0, a), slice(b, -(-self.N // _FIELDS))):
                np.minimum(least, self._least_of_fields(centres, groups), out=least)
            sides = [slice(_FIELDS * a, first), slice(stop, _FIELDS * b)]
        for side in sides:
            for which, _, counts in self._counts(centres, self._words[:, side]):
                np.minimum(least[which], counts.min(axis=1), out=least[which])
        return least

    # -- word by word --------------------------------------------------------------------------

    @property
    def _dtype(self) -> Any:
        return np.uint16 if self.n < 2**16 else np.uint32

    def _masks(self, centres: np.ndarray) -> np.ndarray:
        """What is combined with the words of a point: (centres, words)."""
        words = np.ascontiguousarray(self._words[:, centres].T)
        return words if self._two_sided else ~words & _ones(self.n)

    def _counts(
        self, centres: np.ndarray, words: np.ndarray
    ) -> Iterator[tuple[slice, slice, np.ndarray]]:
        """Blocks of scores, with the centres and the columns of ``words`` that they belong to."""
        combine = np.bitwise_xor if self._two_sided else np.bitwise_and
        masks, (deep, points) = self._masks(centres), words.shape
        step = max(1, _WORDS // deep)
        many = max(1, step // max(1, min(step, points)))
        for start in range(0, points, step):
            part = words[:, start : start + step]
            for i in range(0, len(centres), many):
                both = combine(part, masks[i : i + many, :, None])
                counts = np.bitwise_count(both).sum(axis=1, dtype=self._dtype)
                yield slice(i, i + len(counts)), slice(start, start + part.shape[1]), counts

    # -- six points in one number --------------------------------------------------------------

    @property
    def _has_fields(self) -> bool:
        return self.n <= _MOST and field_bytes(self.N, self.n) <= _BYTES

    @cached_property
    def _fields(self) -> np.ndarray:
        """(ceil(N/6), columns): the numbers of six points; each chunk of hyperplanes is followed by
        2^52.  The last points of all are repeated where there are no six."""
        groups = -(-self.N // _FIELDS)
        out = np.empty((groups, self.n + len(self._chunks)))
        step = max(1, 2**21 // self.n)
        for start in range(0, groups, step):
            rows = np.arange(_FIELDS * start, _FIELDS * min(groups, start + step))
            code = self.codes(np.minimum(rows, self.N - 1))
            numbers = np.zeros((len(rows) // _FIELDS, self.n, 8), np.uint8)
            for f in range(_FIELDS):
                numbers[:, :, f] = code[f::_FIELDS]
            values = numbers.view(np.uint64)[:, :, 0]
            for i, chunk in enumerate(self._chunks):
                to = out[start : start + step, chunk.start + i : chunk.stop + i + 1]
                to[:, :-1] = values[:, chunk]
                to[:, -1] = _LIFT
        return out

    @property
    def _chunks(self) -> list[slice]:
        number = -(-self.n // _CHUNK)
        ends = [self.n * i // number for i in range(number + 1)]
        return [slice(a, b) for a, b in pairwise(ends)]

    def _least_of_fields(self, centres: np.ndarray, groups: slice) -> np.ndarray:
        code = self.codes(centres)
        masks = np.ascontiguousarray((code == 0).T.astype(np.float64))
        ones = np.ones((1, len(centres)))
        parts = [np.concatenate([masks[chunk], ones]) for chunk in self._chunks]
        step = max(16, 2**17 // len(centres))
        found = [np.full(4 * len(centres), 2**16 - 1, np.uint16)]
        for start in range(groups.start, groups.stop, step):
            some = slice(start, min(start + step, groups.stop))
            found += [lanes.view(np.uint16).min(axis=0) for lanes in self._lanes(parts, some)]
        # the fourth lane of each word is empty
        least = np.min(found, axis=0).reshape(-1, 4)[:, :3].min(axis=1).astype(np.int64)
        return least + code.sum(axis=1, dtype=np.int64) - self.n if self._two_sided else least

    def _lanes(self, parts: list[np.ndarray], groups: slice) -> tuple[np.ndarray, np.ndarray]:
        """The scores of some groups: two arrays (groups, centres) of words, three scores in the
        lower 48 bits of each; with ``two_sided`` they are n - |c| larger."""
        fields = self._fields[groups]
        even = np.zeros((len(fields), parts[0].shape[1]), np.uint64)
        odd, column = even.copy(), 0
        for part in parts:
            bytes_ = (fields[:, column : column + len(part)] @ part).view(np.uint64)
            column += len(part)
            even += bytes_ & _BYTES_APART
            bytes_ >>= np.uint64(8)
            bytes_ &= _BYTES_APART
            odd += bytes_
        if self._two_sided:  # |x| + |c| - 2 <c, x> = 2 (|x| - <c, x>) + |c| - |x|
            for lanes, weights in zip((even, odd), self._complements, strict=True):
                lanes <<= np.uint64(1)
                lanes += weights[groups, None]
        return even, odd

    @cached_property
    def _complements(self) -> tuple[np.ndarray, np.ndarray]:
        """n - |x| of six points, as :meth:`_lanes` has their scores."""
        off = self.n - np.bitwise_count(self._words).sum(axis=0, dtype=np.int64)
        groups = -(-self.N // _FIELDS)
        off = off[np.minimum(np.arange(_FIELDS * groups), self.N - 1)].reshape(groups, _FIELDS)
        even, odd = (
            sum(off[:, f + side].astype(np.uint64) << np.uint64(8 * f) for f in (0, 2, 4))
            for side in (0, 1)
        )
        return np.asarray(even), np.asarray(odd)


def packed(bits: np.ndarray) -> np.ndarray:
    """Zeros and ones, shape (points, n), as words of shape (ceil(n/64), points)."""
    found = np.packbits(bits.astype(bool, copy=False), axis=1, bitorder="little")
    whole = np.zeros((len(bits), 8 * -(-bits.shape[1] // 64)), np.uint8)
    whole[:, : found.shape[1]] = found
    return np.ascontiguousarray(whole.view(np.uint64).T)


def unpacked(words: np.ndarray, n: int) -> np.ndarray:
    """The inverse of :func:`packed`."""
    rows = np.ascontiguousarray(words.T).view(np.uint8)
    return np.unpackbits(rows, axis=1, count=n, bitorder="little")


def field_bytes(N: int, n: int) -> int:
    """What the numbers of all points take."""
    return 8 * -(-N // _FIELDS) * (n + -(-n // _CHUNK))


def _ones(n: int) -> np.ndarray:
    return packed(np.ones((1, n), bool))[:, 0]
