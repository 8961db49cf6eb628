"""Width 6 or 7, one layer for each bit; and blocks of it, side by side or one after the other.

The stream of the width 3 network is read here with tests of one layer: the layer of a bit of
weight T holds relu(s - T + 1) and relu(s - T), whose difference is the bit.  The rest s of the
string, e = relu(x - key + 1) and the label found so far, y, are carried.  At a bit of the label
the layer also holds r = relu(e - 1), and the next one gate = relu(bit + e - 2r - 1), which is the
bit if e = 1 and 0 otherwise.

A *block* is some consecutive folders.  At an input of another block it delivers its first or its
last string.  There e never becomes 1 at a label that is not 0, because a string knows its own keys
and no others, so y does not change: blocks can be added up.

* ``"wide"``: one block.
* ``"parallel"``: blocks side by side, whose sum is the label.  Fewer layers, more units.
* ``"series"``: one block after the other; x and y run on beside them.  Short strings, and as many
  layers for finding as for reading, as in the paper's trade-off between weights and bits.  For the
  same bits one block of more folders, ``"wide"`` with ``bits=``, is smaller still, because it
  reads only once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from mem_lib.errors import HypothesisViolated, show
from mem_lib.network.builder import Builder, Value
from mem_lib.optimal_relu._fields import (
    TOO_MUCH,
    Budget,
    Keys,
    StreamPlan,
    best_fields,
    fields_in_bits,
    shortest_string,
)
from mem_lib.optimal_relu._folders import Folders
from mem_lib.optimal_relu._sizes import block_depth_of
from mem_lib.parts.gates import reduced
from mem_lib.parts.stages import FIND, PROJECT, READ

#: Entries in the layer of a bit, for each block, and in the layer of a threshold, for "parallel":
#: they decide which fields make the fewest weights.
READING, FINDING = 16, 7


@dataclass(frozen=True)
class BlockPlan(StreamPlan):
    """Everything that the layers are made of.

    room:     the most folders in a block; None: all of them
    parallel: whether blocks lie side by side
    """

    room: int | None = None
    parallel: bool = False

    @classmethod
    def wide(cls, keys: Keys, folder_size: int | None, budget: Budget) -> BlockPlan:
        """The fields of least depth that keep to the budget."""

        def depth(folders: np.ndarray, n: np.ndarray, T: np.ndarray, key_bits: int) -> np.ndarray:
            return block_depth_of(keys.hash_steps, folders, T)

        found = fields_in_bits(keys, folder_size, budget, 0, depth)
        return cls(keys, found.key_bits, found.folder_size, found.folders)

    @classmethod
    def in_series(cls, keys: Keys, folder_size: int | None, budget: Budget) -> BlockPlan:
        """The same for blocks that have as many folders as their strings have bits."""

        def depth(folders: np.ndarray, n: np.ndarray, T: np.ndarray, key_bits: int) -> np.ndarray:
            return block_depth_of(keys.hash_steps, folders, T, -(-folders // T))

        found = fields_in_bits(keys, folder_size, budget, 0, depth)
        plan = cls(keys, found.key_bits, found.folder_size, found.folders)
        return replace(plan, room=plan.string_bits)

    @classmethod
    def in_parallel(cls, keys: Keys, folder_size: int | None, depth: int | None) -> BlockPlan:
        """The fields of about the fewest weights, for at most ``depth`` weight layers, in as few
        blocks as they allow."""
        beside = block_depth_of(keys.hash_steps, 0, 0)  # layers that neither find nor read

        def weights(folders: np.ndarray, n: np.ndarray, T: np.ndarray, key_bits: int) -> np.ndarray:
            if depth is None:
                return FINDING * folders + READING * T
            room = depth - beside - T
            blocks = -(-folders // np.maximum(room, 1))
            return np.where(room > 0, FINDING * folders + READING * blocks * T, TOO_MUCH)

        found = best_fields(keys, folder_size, weights)
        if found is None:
            least = beside + 1 + shortest_string(keys, folder_size)
            raise HypothesisViolated(
                f"depth: at least {least} layers are needed with this direction, modulus and "
                f"folder_size = {show(folder_size)}; got {show(depth)}"
            )
        plan = cls(keys, found.key_bits, found.folder_size, found.folders, parallel=True)
        return plan if depth is None else replace(plan, room=depth - beside - plan.string_bits)

    def about(self, folders: Folders | None = None) -> dict[str, Any]:
        about = super().about(folders)
        blocks = 1 if self.room is None else -(-about["folders"] // self.room)
        rounds, blocks = (1, blocks) if self.parallel else (blocks, 1)
        return about | {"blocks": blocks, "rounds": rounds}

    def wire(self, net: Builder, folders: Folders) -> Value:
        """All hidden layers; returns the output."""
        projection, about = self.keys.projection, self.about(folders)
        h = net.layer(PROJECT, {"x": net.first(*self.first_layer)})
        reduced(net, h, "x", projection.range, self.keys.modulus)
        blocks, rounds = about["blocks"], about["rounds"]
        tags = [f" {b + 1}" for b in range(blocks)] if blocks > 1 else [""]
        reader = _Reader(net, h, tags)
        shelves = _cut(folders, blocks * rounds)
        for i in range(rounds):
            part = shelves[i * blocks : (i + 1) * blocks]
            reader.find(dict(zip(tags, part, strict=True)))
            reader.read(self, last=i == rounds - 1)
        return reader.answer()


@dataclass(frozen=True)
class _Shelf:
    """The folders of one block: the first string, and then (first key, what to add)."""

    string: int
    jumps: list[tuple[int, int]]


def _cut(folders: Folders, count: int) -> list[_Shelf]:
    """``count`` shelves of consecutive folders, as equal as possible."""
    strings, jumps = folders.strings, [(0, 0), *folders.jumps()]
    ends = [i * len(strings) // count for i in range(count + 1)]
    return [_Shelf(strings[a], jumps[a + 1 : b]) for a, b in pairwise(ends)]


class _Reader:
    """Blocks side by side, each with a tag in the names of its units.

    ``h`` holds what the next layer carries; ``weight`` belongs to the label bit whose gates are
    under way in ``h``.
    """

    def __init__(self, net: Builder, h: dict[str, Value], tags: list[str]) -> None:
        self.net, self.h, self.tags, self.weight = net, h, tags, 0

    def find(self, shelves: Mapping[str, _Shelf]) -> None:
        """U becomes the string of the last folder of each shelf that begins up to x."""
        h = self.h
        h |= {f"U{tag}": shelf.string for tag, shelf in shelves.items()}
        for i in range(max(len(shelf.jumps) for shelf in shelves.values())):
            jumps = {tag: shelf.jumps[i] for tag, shelf in shelves.items() if i < len(shelf.jumps)}
            reached = self._layer(FIND, {tag: (h["x"], first) for tag, (first, _) in jumps.items()})
            for tag, (_, jump) in jumps.items():
                h[f"U{tag}"] += jump * reached[tag]

    def read(self, plan: StreamPlan, last: bool) -> None:
        """The string, bit by bit; y += label where the key is x."""
        h, T = self.h, 1 << plan.string_bits
        for tag in self.tags:
            h |= {f"s{tag}": h.pop(f"U{tag}"), f"e{tag}": h["x"] + 1}
            h.setdefault(f"y{tag}", 0)
        if last:
            del h["x"]
        for k in range(plan.folder_size):
            for i in reversed(range(plan.key_bits if k else plan.keys.bits)):
                T >>= 1
                self._key_bit(T, 1 << i)
            for i in reversed(range(plan.keys.label_bits)):
                T >>= 1
                self._label_bit(T, 1 << i)
        for tag in self.tags:
            del h[f"s{tag}"], h[f"e{tag}"]

    def answer(self) -> Value:
        """The sum of the labels, when the last gates have passed."""
        self._layer(READ, {})
        return sum((self.h[f"y{tag}"] for tag in self.tags), 0)

    def _key_bit(self, T: int, weight: int) -> None:
        h = self.h
        for tag, bit in self._bits(T).items():
            h[f"e{tag}"] -= weight * bit  # clamped at 0 by the next layer

    def _label_bit(self, T: int, weight: int) -> None:
        h = self.h
        h |= {f"r{tag}": h[f"e{tag}"] - 1 for tag in self.tags}
        for tag, bit in self._bits(T).items():
            h[f"gate{tag}"] = bit + h[f"e{tag}"] - 2 * h.pop(f"r{tag}") - 1
        self.weight = weight

    def _bits(self, T: int) -> dict[str, Value]:
        h = self.h
        bits = self._layer(READ, {tag: (h[f"s{tag}"], T) for tag in self.tags})
        for tag, bit in bits.items():
            h[f"s{tag}"] -= T * bit
        return bits

    def _layer(self, stage: str, tests: Mapping[str, tuple[Value, int]]) -> dict[str, Value]:
        """Carry ``h``, take up the gates in it, and run the tests [value >= T]."""
        h = self.h
        units = dict(h)
        for tag, (value, T) in tests.items():
            units |= {f"A{tag}": value - T + 1, f"B{tag}": value - T}
        h |= self.net.layer(stage, units)
        for tag in self.tags:
            if f"gate{tag}" in h:
                h[f"y{tag}"] += self.weight * h.pop(f"gate{tag}")
        return {tag: h.pop(f"A{tag}") - h.pop(f"B{tag}") for tag in tests}
