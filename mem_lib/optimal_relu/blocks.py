"""One layer for each bit; and blocks of folders, side by side or one after the other.

The stream of the width 3 network is read here with tests of one layer: the layer of a bit of
weight T holds relu(s - T + 1) and relu(s - T), whose difference is the bit.  The rest s of the
string, e = relu(x - key + 1) and the label found so far, y, are carried.  At a bit of the label
the layer also holds r = relu(e - 1), and the next one gate = relu(bit + e - 2r - 1), which is the
bit if e = 1 and 0 otherwise.

A *block* is some consecutive folders.  At an input of another block it delivers its first or its
last string.  There e never becomes 1 at a label that is not 0, because a string knows its own keys
and no others, so y does not change: blocks can be added up.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, TypeVar

import numpy as np

from mem_lib.network import Size
from mem_lib.network.builder import Builder, Value
from mem_lib.optimal_relu.fields import Fields, Keys
from mem_lib.optimal_relu.file_network import Line
from mem_lib.optimal_relu.folder import Folders
from mem_lib.optimal_relu.shape import burden
from mem_lib.optimal_relu.stream_network import StreamNetwork
from mem_lib.optimal_relu.streams import StreamPlan, StreamShape
from mem_lib.optimal_relu.worst_case import WorstCase
from mem_lib.parts.gates import reduced
from mem_lib.parts.stages import FIND, PROJECT, READ

Numbers = TypeVar("Numbers", int, np.ndarray)


def block_depth(
    hash_steps: int, folders: Numbers | int, string_bits: Numbers, rounds: Numbers | int = 1
) -> Numbers:
    """1 + K + (N1 - r) + r T + 1 hidden layers, and the output, for r rounds of one block each.

    For blocks side by side, N1 is the number of folders in the largest.
    """
    return 3 + hash_steps + folders - rounds + rounds * string_bits


@dataclass(frozen=True)
class BlockShape(StreamShape):
    """One layer for each conditional subtraction, for each folder but the first of a block, and
    for each bit of the strings.

    blocks: side by side
    rounds: one after the other
    """

    blocks: int
    rounds: int

    @property
    def most_in_a_block(self) -> int:
        """Folders in the largest block."""
        return -(-self.folders // (self.blocks * self.rounds))

    @property
    def depth(self) -> int:
        folders = self.folders if self.rounds > 1 else self.most_in_a_block
        return block_depth(self.hash_steps, folders, self.string_bits, self.rounds)

    @property
    def width(self) -> int:
        return (6 + (self.label_bits > 1) + (self.rounds > 1)) * self.blocks

    @property
    def weights(self) -> int:
        return self.d + 1 + self._finding() + self._reading() + self._carrying() + self._hashing()

    def _shelves(self) -> dict[int, int]:
        """How many blocks have so many folders, for the two sizes that differ by one."""
        shelves = self.blocks * self.rounds
        short, longer = divmod(self.folders, shelves)
        return {short: shelves - longer, short + 1: longer}

    def _finding(self) -> int:
        """The entries that find the folders, and those of the first bit of the strings."""
        total = 0
        for folders, number in self._shelves().items():
            # one layer longer, for larger blocks beside it
            waits = self.blocks > 1 and folders < self.most_in_a_block
            finding = 7 * (folders - 1) - 2 + 3 * waits if folders > 1 else waits
            # a string that was carried, that is a constant, or that was just found
            total += number * (finding + (5 if waits else 3 if folders == 1 else 11))
        return total

    def _reading(self) -> int:
        """The other bits; then e, r and the gate, and the step of y that takes it up."""
        n, c, T = self.folder_size, self.label_bits, self.string_bits
        key_bits = self.first_key_bits + (n - 1) * self.key_bits
        one = 11 * (T - 1) - 1 + 3 * key_bits + n * c + 1 + n * (2 * c + 2) + 6 * n * c
        return self.blocks * self.rounds * one

    def _carrying(self) -> int:
        """x while the folder is found, and y."""
        count, T, rounds = self.folders, self.string_bits, self.rounds
        if rounds == 1:
            return self.most_in_a_block - 1 + self.blocks * (T + 1)
        short = min(self._shelves())
        return count - rounds + (rounds - 1) * T + rounds * T + count - short - rounds + 2

    def _hashing(self) -> int:
        """A difference of three units instead of x, wherever the next layer takes x."""
        if not self.hash_steps:
            return 0
        shelves = self._shelves()
        short = min(shelves)
        begin = self.most_in_a_block if self.rounds == 1 else short
        begun = self.blocks - shelves[short] * (short == 1) if self.rounds == 1 else 1
        uses = 1 + 2 * begun if begin > 1 else self.blocks + (self.rounds > 1)
        return 11 * self.hash_steps - 6 + 2 * uses

    @property
    def readings(self) -> int:
        return self.blocks * self.rounds

    @property
    def bytes(self) -> int:
        """Side by side, layers are sparse: the entries count."""
        return super().bytes + (100 * self.weights if self.blocks > 1 else 0)

    @property
    def burden(self) -> str:
        return burden(self.folder_size, self.label_bits, self.string_bits, self.blocks)


@dataclass(frozen=True, eq=False)
class BlockPlan(StreamPlan):
    """Everything that the layers are made of.

    room: the most folders in a block; None: all of them
    """

    room: int | None = None

    shape_class: ClassVar[type[StreamShape]] = BlockShape
    #: Whether blocks lie side by side.
    side_by_side: ClassVar[bool] = False

    def arranged(self, folders: int) -> dict[str, int]:
        count = 1 if self.room is None else -(-folders // self.room)
        blocks, rounds = (count, 1) if self.side_by_side else (1, count)
        return {"blocks": blocks, "rounds": rounds}

    def wire(self, net: Builder, folders: Folders) -> Value:
        """All hidden layers; returns the output."""
        blocks, rounds = self.arranged(len(folders.starts)).values()
        h = net.layer(PROJECT, {"x": net.first(*self.first_layer)})
        reduced(net, h, "x", self.keys.range, self.keys.modulus)
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
            for i in reversed(range(plan.label_bits)):
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


@dataclass(frozen=True)
class BlockNetwork(StreamNetwork):
    """A layer reads one bit of the string of each block, with six units for each block, or seven
    for more than two classes."""

    shape_class: ClassVar[type[StreamShape]] = BlockShape
    plan_class: ClassVar[type[BlockPlan]] = BlockPlan
    #: Units that carry the line beside a block.
    carriers: ClassVar[int] = 0

    def room(self, ways: Fields) -> np.ndarray | None:
        """The most folders in a block, for each way; None: all of them."""
        return None

    def planned(self, line: Line, keys: Keys, way: Fields) -> BlockPlan:
        room = self.room(way)
        return self.plan_class(line, keys, *way.only, None if room is None else room.item())

    @abstractmethod
    def extent(self, possible: Fields, cost: int) -> tuple[int, int]:
        """The depth, and the blocks side by side, at most."""

    def most(self, worst: WorstCase, possible: Fields, cost: int) -> Size:
        (depth, blocks), bits = self.extent(possible, cost), self.longest(worst, possible)
        d, behind = worst.d, depth - 2
        width = (6 + (worst.label_bits > 1) + self.carriers) * blocks
        # a layer has up to 23 entries for each block that reads, and up to 11 to reduce
        entries = 23 * behind * blocks + 2
        return Size(
            depth=depth,
            width=width,
            neurons=1 + width * behind,
            weights=d + 1 + entries,
            dense_weights=d + 1 + width * (width + 1) * behind + 2 * width + 1,
            bits=bits,
            total_bits=(d + 1) * worst.first_layer + entries * bits,
        )
