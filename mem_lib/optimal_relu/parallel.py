"""Blocks side by side, whose sum is the label: fewer layers, more units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mem_lib.errors import HypothesisViolated, shown
from mem_lib.optimal_relu.blocks import BlockNetwork, BlockPlan, block_depth
from mem_lib.optimal_relu.fields import TOO_MUCH, Fields
from mem_lib.optimal_relu.file_network import budget
from mem_lib.optimal_relu.worst_case import WorstCase

#: Entries in the layer of a bit, for each block, and in the layer of a threshold: they decide which
#: fields make the fewest weights.
READING, FINDING = 16, 7


@dataclass(frozen=True, eq=False)
class ParallelPlan(BlockPlan):
    """The plan of blocks side by side."""

    side_by_side: ClassVar[bool] = True


@dataclass(frozen=True)
class Parallel(BlockNetwork):
    """Blocks of ``"wide"`` side by side, with about the fewest weights that a depth allows
    (theorem ``thm-optimal_relu-parallel``): half the depth takes about twice the weights, down to a
    depth of little more than the bits of a projection.

    depth: the most weight layers.  The fewer, the more blocks; a budget that cannot be met is
           refused, with the least that can.  Default: one block
    """

    depth: int | None = None

    variant: ClassVar[str] = "parallel"
    title: ClassVar[str] = "blocks side by side, in as many layers as are allowed"
    theorem: ClassVar[str] = "thm-optimal_relu-parallel"
    plan_class: ClassVar[type[BlockPlan]] = ParallelPlan

    def __post_init__(self) -> None:
        super().__post_init__()
        vars(self).update(depth=budget(self.depth, "depth"))

    def room(self, ways: Fields) -> np.ndarray | None:
        if self.depth is None:
            return None
        return self.depth - block_depth(ways.hash_steps, 0, ways.string_bits)

    def cost(self, ways: Fields) -> np.ndarray:
        """About the number of weights."""
        T, room = ways.string_bits, self.room(ways)
        if room is None:
            return FINDING * ways.folders + READING * T
        blocks = -(-ways.folders // np.maximum(room, 1))
        return np.where(room > 0, FINDING * ways.folders + READING * blocks * T, TOO_MUCH)

    def rates(self, ways: Fields) -> tuple[int, np.ndarray] | None:
        if self.depth is not None:
            return None
        return FINDING, READING * (ways.key_bits + ways.label_bits)

    def check(self, ways: Fields, met: bool, elsewhere: int) -> None:
        if not met:
            raise HypothesisViolated(
                f"depth: at least {_least(ways)} layers are needed with this direction, modulus "
                f"and folder_size = {shown(self.folder_size)}; got {shown(self.depth)}"
            )

    def check_all(self, worst: WorstCase, shortest: list[Fields]) -> None:
        fewest = max(map(_least, shortest))
        if self.depth is not None and self.depth < fewest:
            raise HypothesisViolated(
                f"depth: for projections of {worst.range.bit_length()} bits and keys of up to "
                f"{shortest[-1].first_bits} bits {fewest} layers are always enough, and fewer may "
                f"not be, got {self.depth}"
            )

    def extent(self, possible: Fields, cost: int) -> tuple[int, int]:
        T = possible.string_bits
        if self.depth is None:  # one block; T bits leave so much for the folders
            folders = (cost - READING * T) // FINDING
            return int(block_depth(possible.hash_steps, folders, T).max()), 1
        blocks = (cost - FINDING * possible.folders) // (READING * T)
        return self.depth, int(blocks.clip(1).max())


def _least(ways: Fields) -> int:
    """The depth of a folder a block, in the way that makes strings shortest."""
    return block_depth(ways.hash_steps, 1, int(ways.string_bits.min()))
