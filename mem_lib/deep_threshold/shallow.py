"""Shallow: the hash goes straight into the table.

The rows read the sum v = sum a_j z_j themselves, beside copies of all m bits; so do the columns.
Depth 4 and the fewest gates, m + m + G + (columns); but each row and column reads m bits, so that
m sqrt(N) of the weights buy what a compression to log N bits does without.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mem_lib.deep_threshold import sizes
from mem_lib.deep_threshold.compressing import Compressing
from mem_lib.deep_threshold.keys import Compression, hashed
from mem_lib.deep_threshold.sizes import Stage
from mem_lib.deep_threshold.table import identity


@dataclass(frozen=True)
class Shallow(Compressing):
    """Depth 4 and at most 2m + 2 sqrt(qB) + q + 1 threshold gates, behind m hyperplanes, for B
    changes of label and q label bits (theorem ``thm-deep_threshold-main``)."""

    variant: ClassVar[str] = "shallow"
    title: ClassVar[str] = "random hyperplanes and a table; depth 4, the fewest gates"

    def compress(
        self, codes: np.ndarray, labels: np.ndarray, rng: np.random.Generator
    ) -> Compression:
        """A hash, whose bits are the hyperplanes."""
        key, draw = hashed(codes, labels, rng)
        return Compression(key, (), identity(codes.shape[1]), draw)

    def stages(self, m: int, pairs: int) -> tuple[list[Stage], int, int, int]:
        return [], m, 1, sizes.most_hash(m, pairs)
