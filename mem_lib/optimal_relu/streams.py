"""A stream of keys and codes: its shape, and the plan of a network that reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mem_lib.optimal_relu.fields import Keys
from mem_lib.optimal_relu.file_network import FilePlan
from mem_lib.optimal_relu.folder import Folders, in_rows
from mem_lib.optimal_relu.shape import Shape
from mem_lib.parts.strings import stream, string_bits


@dataclass(frozen=True)
class StreamShape(Shape):
    """What all networks that read a stream depend on.

    key_bits:       rho, the bits of an increment
    first_key_bits: rho_0, of the first key of a string
    hash_steps:     K, the subtractions that reduce a projection
    modulus:        Q
    """

    key_bits: int
    first_key_bits: int
    hash_steps: int
    modulus: int

    @property
    def string_bits(self) -> int:
        rho_0, c = self.first_key_bits, self.label_bits
        return int(string_bits(rho_0, self.key_bits, c, self.folder_size))

    @property
    def bits(self) -> int:
        hash_bits = self.modulus.bit_length() + max(self.hash_steps - 1, 0)
        return max(self.projection_bits, hash_bits, self.string_bits + self.beside(self.label_bits))

    @staticmethod
    def beside(label_bits: int) -> int:
        """By how many bits the longest weight is longer than a string."""
        return 0


@dataclass(frozen=True, eq=False)
class StreamPlan(FilePlan):
    """The fields of the strings; ``most_folders`` is known before they are filled."""

    keys: Keys
    key_bits: int
    folder_size: int
    most_folders: int

    shape_class: ClassVar[type[StreamShape]]

    @property
    def first_layer(self) -> tuple[list[int], int]:
        return self.line.projection.first_layer()

    @property
    def string_bits(self) -> int:
        return int(string_bits(self.keys.bits, self.key_bits, self.label_bits, self.folder_size))

    def shape(self, folders: int | None = None) -> StreamShape:
        count = self.most_folders if folders is None else folders
        return self.shape_class(
            **self.common(self.shape_class),
            folders=count,
            folder_size=self.folder_size,
            key_bits=self.key_bits,
            first_key_bits=self.keys.bits,
            hash_steps=self.keys.hash_steps,
            modulus=self.keys.modulus,
            **self.arranged(count),
        )

    def arranged(self, folders: int) -> dict[str, int]:
        """What else the shape has: how so many folders are arranged."""
        return {}

    def folders(self, progress: bool | None = None) -> Folders:
        keys, codes = self.keys, self.line.values[self.keys.by_key]
        firsts, strings = stream(
            keys.residues, codes, self.key_bits, self.label_bits, self.folder_size
        )
        rows = in_rows(keys.residues, self.line.projection.order[keys.by_key])
        return Folders(rows, tuple(firsts), tuple(strings), (), self.string_bits)
