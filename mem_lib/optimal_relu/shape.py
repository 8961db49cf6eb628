"""The few integers that the size of a network depends on, and the size in closed form.

A *shape* belongs to each kind of network of this chapter.  A plan makes one, a network tells it in
``about``, a promise tries many: all of them compute the size by the same formulas.

Depth and width are exact.  Weights and bits are upper bounds: an entry may happen to be 0 (a folder
whose labels are all 0, a coefficient of the direction, the smallest projection), and a longest
weight may happen to be shorter than it could be.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

from mem_lib._base.arguments import integer_in
from mem_lib.errors import shown
from mem_lib.optimal_relu.codes import MOST_BITS, Grid

#: Fields that may be longer than a machine word: hexadecimal in ``about``.
LONG = ("modulus", "prime", "mark")


@dataclass(frozen=True)
class Formula:
    """depth and width exactly, weights and bits at most; the words of :class:`mem_lib.Size`."""

    depth: int
    width: int
    weights: int
    bits: int


@dataclass(frozen=True)
class Shape(ABC):
    """What the shapes of all constructions have in common.

    d:               inputs
    projection_bits: bits of the longest entry of the first layer
    answer_bits:     of the last layer, where it makes targets of codes; 0 for labels
    folders:         how many there are
    folder_size:     points, entries or cells in each
    label_bits:      c, the bits of a code
    """

    d: int
    projection_bits: int
    answer_bits: int
    folders: int
    folder_size: int
    label_bits: int

    #: Units in a layer, and long entries in one that reads, as far as memory is concerned.
    units: ClassVar[int] = 8
    long_entries: ClassVar[int] = 3

    # -- the size ------------------------------------------------------------------------------

    @property
    @abstractmethod
    def string_bits(self) -> int:
        """T, the bits of a string."""

    @property
    @abstractmethod
    def depth(self) -> int:
        """Weight layers."""

    @property
    @abstractmethod
    def width(self) -> int:
        """Units of the widest hidden layer."""

    @property
    @abstractmethod
    def weights(self) -> int:
        """Entries, when the last layer passes on a label."""

    @property
    @abstractmethod
    def bits(self) -> int:
        """Of the longest entry, when the last layer passes on a label."""

    @property
    def formula(self) -> Formula:
        """The size; a last layer that makes targets has a bias, and weights that are not 1."""
        weights = self.weights + (self.answer_bits > 0)
        return Formula(self.depth, self.width, weights, max(self.bits, self.answer_bits))

    @property
    def one(self) -> int:
        """What stands for 1 behind the projection."""
        return 1

    @staticmethod
    def coefficient(label_bits: int) -> int:
        """By what the last layer multiplies a unit at most, to get a code."""
        return 1

    @classmethod
    def answer(cls, grid: Grid | None, label_bits: int, one: int = 1) -> int:
        """``answer_bits`` for codes that stand for the targets of ``grid``."""
        return 0 if grid is None else grid.longest(cls.coefficient(label_bits), one)

    # -- memory --------------------------------------------------------------------------------

    @property
    def bytes(self) -> int:
        """About how much memory the network takes: small entries, strings, and thresholds."""
        longest = self.string_bits + self.one.bit_length() - 1
        return self.reading_bytes(self.depth, longest, self.readings) + self.folders * longest // 4

    @property
    def readings(self) -> int:
        """How often a string is read."""
        return 1

    @classmethod
    def reading_bytes(cls, depth: int, string_bits: int, times: int = 1) -> int:
        """The part of ``depth`` layers, which read a string ``times`` times.  A layer takes some
        small arrays, and the one that reads bit i of L has a few entries of L - i bits, so that all
        bits together take L^2/16 bytes for each."""
        small = depth * (1000 + 8 * cls.units**2)
        return small + times * cls.long_entries * string_bits**2 // 15

    @property
    def burden(self) -> str:
        """What takes the memory, with the argument to blame."""
        return burden(self.folder_size, self.label_bits, self.string_bits)

    # -- what a network tells ------------------------------------------------------------------

    def told(self) -> dict[str, Any]:
        """For a network's ``about``; ``d`` is told there anyway."""
        about = {name: _spelled(name, value) for name, value in vars(self).items()}
        if not self.answer_bits:
            del about["answer_bits"]
        return about | {"string_bits": self.string_bits}

    @classmethod
    def read(cls, about: Mapping[str, Any]) -> Self:
        """The shape that ``about`` tells of; some error where it is damaged."""
        known: dict[str, Any] = {"answer_bits": 0, **about}
        return cls(**{field.name: _read(field.name, known[field.name]) for field in fields(cls)})


def burden(folder_size: int | None, label_bits: int, string_bits: int, blocks: int = 1) -> str:
    """What the strings take memory for, with the argument to blame."""
    what = f"folder_size: {shown(folder_size)} makes"
    if label_bits > MOST_BITS:
        what = f"tolerance: targets of {shown(label_bits)} bits make"
    elif blocks > 1:
        what = f"depth: {blocks} blocks side by side, with"
    return f"{what} strings of {shown(string_bits)} bits or more; the layers that read them"


def _spelled(name: str, value: Any) -> Any:
    return hex(value) if name in LONG else list(value) if isinstance(value, tuple) else value


def _read(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(integer_in(entry, name, 0) for entry in value)
    return integer_in(int(value, 16) if name in LONG else value, name, 0)
