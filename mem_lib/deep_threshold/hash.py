"""Hash: the sum v is taken apart into its K bits, and the table reads those.

One layer for each bit, from the highest down: with the bits above l known, v less their sum is v
modulo 2^(l+1), and bit l is 1 where that is at least 2^l.  Beside the new bit a layer copies what
is needed later: the m bits of the code, and the bits found so far (theorem
``thm-deep_threshold-hash``).  K = log N + log m + O(1) layers of m gates, and no row or column
reads more than K bits: gates O(m log(Nm) + sqrt(qN)), weights O(md + m log(Nm) + qN + ...).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mem_lib._base.integers import INT64_LIMIT
from mem_lib.deep_threshold import sizes
from mem_lib.deep_threshold.compressing import Compressing
from mem_lib.deep_threshold.keys import Compression, Key, hashed
from mem_lib.deep_threshold.layers import threshold_layer
from mem_lib.deep_threshold.sizes import Stage
from mem_lib.deep_threshold.table import identity, powers
from mem_lib.network import Layer


@dataclass(frozen=True)
class Hash(Compressing):
    """Depth K + 4, where K is at most log2(2Dm) + 1 for m hyperplanes and D pairs of differently
    labelled points, and weights of at most mN^2 (theorems ``thm-deep_threshold-hash`` and
    ``thm-deep_threshold-main``)."""

    variant: ClassVar[str] = "hash"
    title: ClassVar[str] = "random hyperplanes, a hash taken apart into bits, and a table"

    def compress(
        self, codes: np.ndarray, labels: np.ndarray, rng: np.random.Generator
    ) -> Compression:
        """A hash, and its bits."""
        key, draw = hashed(codes, labels, rng)
        K = key.top.bit_length()
        kind = np.int64 if 2 << K < INT64_LIMIT else object
        a = key.coefficients.astype(kind)
        layers = tuple(_bit_layer(a, K, k, powers(K).astype(kind)) for k in reversed(range(K)))
        return Compression(Key(key.values, key.top, powers(K)), layers, identity(K), draw)

    def stages(self, m: int, pairs: int) -> tuple[list[Stage], int, int, int]:
        top = sizes.most_hash(m, pairs)
        K = top.bit_length()
        found = [
            Stage(
                units=(0 if k == 0 else m) + K - k,
                inputs=m + K - 1 - k,
                # a copy and its threshold are 2 and -1; the new bit reads everything
                entries=(
                    ((0 if k == 0 else m) + K - 1 - k, 2),
                    (m + K - 1 - k, 2 * (top + 1)),
                    ((0 if k == 0 else m) + K - 1 - k, 1),
                    (1, 2 * (top + 1)),
                ),
            )
            for k in reversed(range(K))
        ]
        return found, K, 1, top


def _bit_layer(a: np.ndarray, K: int, k: int, places: np.ndarray) -> Layer:
    """Behind m bits of a code and the bits K - 1, ..., k + 1 of their hash: bit k beside copies of
    these, and of the code unless k is 0.

    places: 2^(K-1), ..., 1
    """
    m, found = len(a), K - 1 - k
    first = 0 if k == 0 else m  # the gate of the first bit
    copied = np.concatenate([np.arange(first), m + np.arange(found)])
    new, read = first + found, np.flatnonzero(a)
    row = np.concatenate([np.arange(new), np.full(len(read) + found, new)])
    column = np.concatenate([copied, read, m + np.arange(found)])
    weights = np.concatenate([np.ones(new, dtype=a.dtype), a[read], -places[:found]])
    thetas = np.concatenate([np.ones(new, dtype=a.dtype), places[found : found + 1]])
    names = [f"copy {j + 1}" for j in range(first)] + [f"bit {j}" for j in range(K - 1, k - 1, -1)]
    return threshold_layer("hash", (row, column), weights, thetas, (new + 1, m + found), names)
