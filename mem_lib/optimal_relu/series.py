"""Blocks one after the other, which share the line and the sum of the labels.

Short strings, and as many layers for finding as for reading, as in the paper's trade-off between
weights and bits.  For the same bits one block of more folders, :class:`Wide` with
``max_weight_bits=``, is smaller still, because it reads only once.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mem_lib.optimal_relu.blocks import BlockNetwork, block_depth
from mem_lib.optimal_relu.fields import Fields
from mem_lib.optimal_relu.stream_network import ShortWeights


@dataclass(frozen=True)
class Series(BlockNetwork, ShortWeights):
    """Blocks one after the other, with as many folders as their strings have bits (proposition
    ``thm-optimal_relu-series``); one unit more carries the line beside them."""

    variant: ClassVar[str] = "series"
    title: ClassVar[str] = "blocks of short strings, one after the other"
    theorem: ClassVar[str] = "thm-optimal_relu-series"
    carriers: ClassVar[int] = 1

    def room(self, ways: Fields) -> np.ndarray:
        return ways.string_bits

    def depths(self, ways: Fields) -> np.ndarray:
        rounds = -(-ways.folders // self.room(ways))
        return block_depth(ways.hash_steps, ways.folders, ways.string_bits, rounds)

    def rates(self, ways: Fields) -> None:
        return None

    def extent(self, possible: Fields, cost: int) -> tuple[int, int]:
        return cost, 1
