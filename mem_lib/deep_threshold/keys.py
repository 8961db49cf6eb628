"""From codes to keys: integers that differ where labels do.

A *key* is drawn at random and kept when differently labelled points have different ones; that is
checked exactly.  Each draw succeeds with probability at least 1/2.

*Hash.*  v = sum a_j z_j with a_j uniform on 0..2D - 1, where D counts the pairs of differently
labelled points.  Two codes differ in some z_j; given all other a's, at most one value of a_j makes
the sums equal.  So a pair gets equal keys with probability at most 1/(2D), and some pair does with
probability at most 1/2 (theorem ``thm-deep_threshold-hash``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mem_lib._base.integers import INT64_LIMIT
from mem_lib._base.rows import collision
from mem_lib.errors import ConstructionFailed
from mem_lib.network import Layer, Sparse

#: Draws of a key, each of which fails with probability at most 1/2.
DRAWS = 64
#: Entries of codes that are widened to 64 bits at a time.
BLOCK = 1 << 22


@dataclass(frozen=True, eq=False)
class Key:
    """What the layers behind the first one make of a code.

    values:       (N,) integers in 0..top, different for differently labelled points
    coefficients: (k,) integers: a value is the sum of coefficient times bit
    """

    values: np.ndarray
    top: int
    coefficients: np.ndarray


@dataclass(frozen=True, eq=False)
class Compression:
    """A key and the layers that compute its bits: bit j is the sum of ``bits[j]``, shape
    (k, units), over the units of the last of ``layers``, or of the first layer where there are
    none.

    draw: how many keys were drawn
    """

    key: Key
    layers: tuple[Layer, ...]
    bits: Sparse
    draw: int


def pairs_of(labels: np.ndarray) -> int:
    """D, the number of pairs of differently labelled points.

    >>> pairs_of(np.array([0, 1, 1, 0, 2]))
    8
    """
    counts = [int(n) for n in np.unique(labels, return_counts=True)[1]]
    return int(len(labels) ** 2 - sum(n * n for n in counts)) // 2


def drawn(draw: Callable[[], Key], labels: np.ndarray, what: str) -> tuple[Key, int]:
    """The first key that keeps differently labelled points apart, and how many were drawn; each
    draw is checked.  ``ConstructionFailed`` names a pair that stayed together in the last one."""
    for n in range(1, DRAWS + 1):
        key = draw()
        pair = collision(key.values[:, None], labels)
        if pair is None:
            return key, n
    assert pair is not None
    i, j = pair
    raise ConstructionFailed(
        f"seed: {DRAWS} draws of {what} left differently labelled points together; in the last one "
        f"rows {i} (label {labels[i]}) and {j} (label {labels[j]}) of the distinct points"
    )


def hashed(codes: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> tuple[Key, int]:
    """A hash of the codes, and how many were drawn (theorem ``thm-deep_threshold-hash``)."""
    most = 2 * pairs_of(labels)

    def draw() -> Key:
        a = np.asarray(rng.integers(0, most, codes.shape[1]))
        return Key(sums(codes, a), sum(a.tolist()), a)

    return drawn(draw, labels, "a hash")


def sums(codes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """codes @ weights, for bits (N, m) and integers >= 0: int64 where the sum of all weights is
    below 2^62, which bounds every partial sum; Python integers otherwise."""
    if sum(weights.tolist()) >= INT64_LIMIT:
        low = sums(codes, (weights & (2**31 - 1)).astype(np.int64))
        high = sums(codes, weights >> 31)
        return np.asarray(low.astype(object) + high.astype(object) * 2**31)
    out, step = np.empty(len(codes), dtype=np.int64), max(1, BLOCK // codes.shape[1])
    weights = weights.astype(np.int64)
    for i in range(0, len(codes), step):
        out[i : i + step] = codes[i : i + step].astype(np.int64) @ weights
    return out
