"""One block: one layer for each bit, and width 6 or 7."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mem_lib.optimal_relu.blocks import BlockNetwork, block_depth
from mem_lib.optimal_relu.fields import Fields
from mem_lib.optimal_relu.stream_network import ShortWeights


@dataclass(frozen=True)
class Wide(BlockNetwork, ShortWeights):
    """The strings of ``"narrow"`` in one layer for each bit instead of two: width 6, or 7 for more
    than two classes (theorem ``thm-optimal_relu-wide``)."""

    variant: ClassVar[str] = "wide"
    title: ClassVar[str] = "one layer for each bit of a string; width 6, or 7 from three classes on"
    theorem: ClassVar[str] = "thm-optimal_relu-wide"

    def depths(self, ways: Fields) -> np.ndarray:
        return block_depth(ways.hash_steps, ways.folders, ways.string_bits)

    def rates(self, ways: Fields) -> tuple[int, np.ndarray]:
        return 1, ways.key_bits + ways.label_bits

    def extent(self, possible: Fields, cost: int) -> tuple[int, int]:
        return cost, 1
