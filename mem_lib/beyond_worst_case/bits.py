"""Codes of bits, packed, and counts over them: exact, and many at a time.

Few centres are counted word by word: 64 hyperplanes by one AND (XOR in both directions) and one
popcount.  For many centres rivals go through a sieve (:mod:`sieve`) first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import numpy as np

from mem_lib.beyond_worst_case.sieve import MOST_FIELDS, Numbers, Sieve, sieve_bytes
from mem_lib.beyond_worst_case.words import packed, unpacked

#: Words of a block of counts: what it reads and writes stays in the cache of a core.
_WORDS = 2**15
#: From so many centres on a sieve is quicker, where it takes at most so many bytes.
_MANY, _BYTES = 32, 2**27
#: Centres whose thresholds a sieve has to know.
_KNOWN = 32


class Bits:
    """The bits of N points: ``words`` of shape (ceil(n/64), N), bit i of word w for hyperplane
    64 w + i.

    The score of a point x for a centre c is the number of hyperplanes that are off at c and on at
    x; with ``two_sided`` the number of those that tell c and x apart.
    """

    def __init__(self, words: np.ndarray, n: int, two_sided: bool = False) -> None:
        self._words, self.n, self.two_sided = words, n, two_sided
        self.N = words.shape[1]
        self._known: tuple[tuple[int, int], np.ndarray, np.ndarray] | None = None
        self._kept: tuple[tuple[int, int], Sieve] | None = None

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
        if self._sieves(len(centres)):
            return self._sieve(centres, first, stop).least(centres)
        return self._plainly(centres, first, stop)

    def _plainly(self, centres: np.ndarray, first: int, stop: int) -> np.ndarray:
        """:meth:`least`, word by word."""
        least = np.full(len(centres), np.iinfo(np.int64).max)
        for side in (slice(0, first), slice(stop, self.N)):
            for which, _, counts in self._counts(centres, self._words[:, side]):
                np.minimum(least[which], counts.min(axis=1), out=least[which])
        self._known = (first, stop), centres, least
        return least

    def below(
        self,
        centres: np.ndarray,
        thresholds: np.ndarray,
        first: int,
        stop: int,
        among: np.ndarray | None = None,
    ) -> np.ndarray:
        """Whether the score of each point in first..stop is below the threshold of each centre:
        (centres, stop - first), bool; a sieve tells only of the points ``among`` these."""
        if self._sieves(len(centres)):
            return self._sieve(centres, first, stop).below(centres, thresholds, among)
        out = np.empty((len(centres), stop - first), bool)
        for which, points, counts in self._counts(centres, self._words[:, first:stop]):
            out[which, points] = counts < thresholds[which, None]
        return out

    def _sieves(self, centres: int) -> bool:
        return sieves(centres, self.N, self.n)

    def _sieve(self, centres: np.ndarray, first: int, stop: int) -> Sieve:
        """The one made last serves as long as it is asked for the same class."""
        if self._kept is None or self._kept[0] != (first, stop):
            self._kept = None  # before the next one takes its place
            if self._known is None or self._known[0] != (first, stop):
                self._plainly(centres[:_KNOWN], first, stop)
            assert self._known is not None
            _, known, least = self._known
            sieve = Sieve(self._numbers, first, stop, known[:_KNOWN], least[:_KNOWN])
            self._kept = (first, stop), sieve
        return self._kept[1]

    @cached_property
    def _numbers(self) -> Numbers:
        return Numbers(self)

    def _masks(self, centres: np.ndarray) -> np.ndarray:
        """What is combined with the words of a point: (centres, words)."""
        words = np.ascontiguousarray(self._words[:, centres].T)
        return words if self.two_sided else ~words & packed(np.ones((1, self.n), bool))[:, 0]

    # -- word by word --------------------------------------------------------------------------

    @property
    def _dtype(self) -> Any:
        return np.uint16 if self.n < 2**16 else np.uint32

    def _counts(
        self, centres: np.ndarray, words: np.ndarray
    ) -> Iterator[tuple[slice, slice, np.ndarray]]:
        """Blocks of scores, with the centres and the columns of ``words`` that they belong to."""
        combine = np.bitwise_xor if self.two_sided else np.bitwise_and
        masks, (deep, points) = self._masks(centres), words.shape
        step = max(1, _WORDS // deep)
        many = max(1, step // max(1, min(step, points)))
        for start in range(0, points, step):
            part = words[:, start : start + step]
            for i in range(0, len(centres), many):
                both = combine(part, masks[i : i + many, :, None])
                counts = np.bitwise_count(both).sum(axis=1, dtype=self._dtype)
                yield slice(i, i + len(counts)), slice(start, start + part.shape[1]), counts


def sieves(centres: int, N: int, n: int) -> bool:
    """Whether so many centres are counted through a sieve."""
    return centres >= _MANY and _sieve_bytes(N, n) > 0


def held_bytes(N: int, n: int) -> int:
    """What the bits take, with their numbers and the sieve of a class."""
    return 8 * -(-n // 64) * N + 2 * _sieve_bytes(N, n)


def _sieve_bytes(N: int, n: int) -> int:
    """What a sieve takes, at most; 0 where none is made."""
    need = sieve_bytes(N, n)
    return need if n <= MOST_FIELDS and need <= _BYTES else 0
