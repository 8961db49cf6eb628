"""Codes of bits, packed, and counts over them: exact, 64 hyperplanes to a word.

A word of counts is one AND (one XOR in both directions) and one popcount.  NumPy makes a pass over
the points for each of these; where Numba is installed, whoever has counted much goes on in loops
that are compiled (:mod:`compiled`), about eight times as fast where the machine counts the bits of
eight words at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from importlib import import_module
from typing import Any

import numpy as np

from mem_lib.beyond_worst_case.words import packed, unpacked

#: Words of a block of counts: what it reads and writes stays in the cache of a core.
_WORDS = 2**15
#: Loading the compiled loops takes about as long as NumPy needs for three times so many words.
_MUCH = 2**27
_ALL = np.uint64(2**64 - 1)


class Bits:
    """The bits of N points: ``words`` of shape (ceil(n/64), N), bit i of word w for hyperplane
    64 w + i.

    The score of a point x for a centre c is the number of hyperplanes that are off at c and on at
    x; with ``two_sided`` the number of those that tell c and x apart.
    """

    def __init__(self, words: np.ndarray, n: int, two_sided: bool = False) -> None:
        self._words, self.n, self.two_sided = words, n, two_sided
        self.N = words.shape[1]
        self._counted = 0

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
        sides = (0, first), (stop, self.N)
        if loops := self._loops(len(centres), self.N - (stop - first)):
            found = np.full(len(centres), _ALL)
            for start, end in sides:
                loops.least(self._words, start, end, *self._flips(centres), found)
            return found.astype(np.int64)
        least = np.full(len(centres), np.iinfo(np.int64).max)
        for start, end in sides:
            for which, _, counts in self._counts(centres, self._words[:, start:end]):
                np.minimum(least[which], counts.min(axis=1), out=least[which])
        return least

    def below(
        self, centres: np.ndarray, thresholds: np.ndarray, first: int, stop: int
    ) -> np.ndarray:
        """Whether the score of each point in first..stop is below the threshold of each centre:
        (centres, stop - first), bool."""
        out = np.empty((len(centres), stop - first), bool)
        if loops := self._loops(len(centres), stop - first):
            limits = thresholds.astype(np.uint64)
            loops.below(self._words, first, stop, *self._flips(centres), limits, out)
            return out
        for which, points, counts in self._counts(centres, self._words[:, first:stop]):
            out[which, points] = counts < thresholds[which, None]
        return out

    def _loops(self, centres: int, points: int) -> Any:
        """The compiled ones, once they pay, or None."""
        self._counted += centres * points * len(self._words)
        return _compiled() if self._counted > _MUCH else None

    def _masks(self, centres: np.ndarray) -> np.ndarray:
        """What is combined with the words of a point: (centres, words)."""
        words = np.ascontiguousarray(self._words[:, centres].T)
        return words if self.two_sided else ~words & self._used

    def _flips(self, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The same for the compiled loops, which turn some bits over and then keep some."""
        masks = self._masks(centres)
        if self.two_sided:
            return masks, np.full_like(masks, _ALL)
        return np.zeros_like(masks), masks

    @cached_property
    def _used(self) -> np.ndarray:
        """The bits of each word that are one of a hyperplane."""
        return packed(np.ones((1, self.n), np.uint8))[:, 0]

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


@cache
def _compiled() -> Any:
    """The compiled loops, or None where there is no Numba, or none that works on this machine."""
    word = np.zeros((1, 1), np.uint64)
    try:
        loops = import_module("mem_lib.beyond_worst_case.compiled")
        loops.least(word, 0, 1, word, word, word[0])
        loops.below(word, 0, 1, word, word, word[0], np.zeros((1, 1), bool))
    except Exception:  # of whichever kind: NumPy counts the same
        return None
    return loops


def held_bytes(N: int, n: int) -> int:
    """What the bits of N points take."""
    return 8 * -(-n // 64) * N
