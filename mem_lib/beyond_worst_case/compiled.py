"""Counts over packed bits in loops that Numba compiles for the machine at hand.

What is counted of a point x for a mask are the bits of (x ^ flip) & keep: with flip = 0 those of x
that the mask keeps, with keep = ~0 those in which x and the mask differ.  Everything is an integer
of 64 bits.  Four words are taken at a time, which saves passes over the sums, and a block of points
stays in the cache nearest to the core while all masks pass over it.

Importing this module needs Numba (extra ``fast``); :mod:`bits` does without where there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

#: Points of a block.
_POINTS = 512


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Kept for the next process, where there is a folder for that."""
    try:
        return njit(nogil=True, cache=True)(function)
    except RuntimeError:  # neither this folder nor the user's can be written to
        return njit(nogil=True)(function)


def _population(_: Any, word: Any) -> Any:
    """How many bits of a word are one, as an instruction of the machine."""
    return types.uint64(word), lambda context, build, signature, given: build.ctpop(given[0])


_ones: Any = intrinsic(_population)


@_compiled
def _count(out, words, start, flip, keep):  # type: ignore[no-untyped-def]
    """What is counted of the points from ``start`` on, as many as fit into ``out``."""
    stop, number = start + len(out), len(words)
    out[:] = 0
    for w in range(0, number - 3, 4):
        a, b = words[w, start:stop], words[w + 1, start:stop]
        c, d = words[w + 2, start:stop], words[w + 3, start:stop]
        f0, f1, f2, f3 = flip[w], flip[w + 1], flip[w + 2], flip[w + 3]
        k0, k1, k2, k3 = keep[w], keep[w + 1], keep[w + 2], keep[w + 3]
        for j in range(len(out)):
            low = _ones((a[j] ^ f0) & k0) + _ones((b[j] ^ f1) & k1)
            out[j] += low + _ones((c[j] ^ f2) & k2) + _ones((d[j] ^ f3) & k3)
    for w in range(number - number % 4, number):
        a, f0, k0 = words[w, start:stop], flip[w], keep[w]
        for j in range(len(out)):
            out[j] += _ones((a[j] ^ f0) & k0)


@_compiled
def least(words, first, stop, flips, keeps, found):  # type: ignore[no-untyped-def]
    """Make ``found``, shape (masks,), no larger than the least count of the points first..stop."""
    room = np.empty(_POINTS, np.uint64)
    for start in range(first, stop, _POINTS):
        counts = room[: min(_POINTS, stop - start)]
        for i in range(len(found)):
            _count(counts, words, start, flips[i], keeps[i])
            low = found[i]
            for j in range(len(counts)):
                low = min(low, counts[j])
            found[i] = low


@_compiled
def below(words, first, stop, flips, keeps, thresholds, out):  # type: ignore[no-untyped-def]
    """Whether each count is below the threshold of its mask: (masks, stop - first), bool."""
    room = np.empty(_POINTS, np.uint64)
    for start in range(first, stop, _POINTS):
        counts = room[: min(_POINTS, stop - start)]
        for i in range(len(out)):
            _count(counts, words, start, flips[i], keeps[i])
            fires, limit = out[i, start - first :], thresholds[i]
            for j in range(len(counts)):
                fires[j] = counts[j] < limit
