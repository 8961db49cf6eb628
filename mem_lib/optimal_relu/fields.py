"""Keys modulo a small number, and the fields of the strings that hold them.

A stream may be written in many ways: with short increments and dummies between far keys, or with
long ones; in many short strings, or in few long ones.  Here stand all the ways for some keys, and
all for any N keys below Q; which of them costs least is the construction's to say.  What a string
looks like: :mod:`mem_lib.parts.strings`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from mem_lib._base.integers import INT64_LIMIT
from mem_lib.parts.projection import Projection, halvings, small_modulus
from mem_lib.parts.strings import entries, string_bits

#: Key bits that need more than this many entries for each point are not considered.
MOST_ENTRIES = 64
#: The cost of fields that do not meet a budget.
TOO_MUCH = INT64_LIMIT


@dataclass(frozen=True, eq=False)
class Keys:
    """The keys that a stream holds: what the projection leaves, modulo a small number."""

    range: int  # of the projection
    modulus: int  # Q
    residues: np.ndarray  # modulo Q, increasing
    by_key: np.ndarray  # the places of the projection's keys in that order

    @classmethod
    def of(cls, projection: Projection, rng: np.random.Generator) -> Keys:
        Q = small_modulus(projection.keys, rng)
        residues = projection.keys % Q
        if Q < INT64_LIMIT:
            residues = residues.astype(np.int64)
        by_key = np.argsort(residues)
        return cls(projection.range, Q, residues[by_key], by_key)

    @property
    def bits(self) -> int:
        """rho_0, the bits of a key that is written out."""
        return max(1, (self.modulus - 1).bit_length())

    @property
    def hash_steps(self) -> int:
        """K, the conditional subtractions that reduce a projection modulo Q."""
        return halvings(self.range, self.modulus)

    @property
    def hash_bits(self) -> int:
        """The bits of the largest number that they subtract."""
        return self.modulus.bit_length() + self.hash_steps - 1 if self.hash_steps else 0


@dataclass(frozen=True, eq=False)
class Fields:
    """Ways to write the strings: what all of them share, and one entry of each array for a way.

    hash_steps:  K
    first_bits:  rho_0, of the first key of a string
    label_bits:  c
    key_bits:    rho, of an increment
    folder_size: n, entries in a folder
    folders:     how many folders suffice
    """

    hash_steps: int
    first_bits: int
    label_bits: int
    key_bits: np.ndarray
    folder_size: np.ndarray
    folders: np.ndarray

    @classmethod
    def of(cls, keys: Keys, label_bits: int, folder_size: int | None) -> Fields:
        """All ways for these keys.

        E entries fill at most ceil(E/n) folders: a folder is closed when it and the bridge to the
        next point hold n entries or more.  With as many key bits as the first key has there are no
        dummies.
        """
        lengths = range(1, keys.bits + 1)
        needed = ((bits, entries(keys.residues, bits)) for bits in lengths)
        few = ((bits, E) for bits, E in needed if MOST_ENTRIES * len(keys.residues) >= E)
        ways = ((bits, _sizes(folder_size, math.isqrt(E) + 1), E) for bits, E in few)
        return cls._joined(keys.hash_steps, keys.bits, label_bits, ways)

    @classmethod
    def of_all(
        cls,
        N: int,
        modulus: int,
        hash_steps: int,
        first_bits: int,
        label_bits: int,
        folder_size: int | None,
        largest: int,
    ) -> Fields:
        """All ways for any N keys below a modulus of ``first_bits`` bits, at most ``modulus``, with
        folders of up to ``largest`` entries."""
        sizes = _sizes(folder_size, largest)
        lengths = range(1, max(2, first_bits))
        needed = ((bits, N + (modulus - N) // ((1 << bits) - 1)) for bits in lengths)
        ways = (
            (bits, sizes, E)
            for bits, E in needed
            if MOST_ENTRIES * N >= E or bits >= first_bits - 1
        )
        return cls._joined(hash_steps, first_bits, label_bits, ways)

    @classmethod
    def _joined(
        cls,
        hash_steps: int,
        first_bits: int,
        label_bits: int,
        ways: Iterable[tuple[int, np.ndarray, int]],
    ) -> Fields:
        """From (key bits, folder sizes, number of entries)."""
        columns = zip(*((np.full_like(n, bits), n, -(-E // n)) for bits, n, E in ways), strict=True)
        return cls(hash_steps, first_bits, label_bits, *map(np.concatenate, columns))

    @cached_property
    def string_bits(self) -> np.ndarray:
        """T."""
        return np.asarray(
            string_bits(self.first_bits, self.key_bits, self.label_bits, self.folder_size)
        )

    @property
    def only(self) -> tuple[int, int, int]:
        """(key_bits, folder_size, folders), where one way is left."""
        return self.key_bits.item(), self.folder_size.item(), self.folders.item()

    def among(self, chosen: np.ndarray | slice) -> Fields:
        """Some of the ways."""
        return replace(
            self,
            key_bits=self.key_bits[chosen],
            folder_size=self.folder_size[chosen],
            folders=self.folders[chosen],
        )

    def with_folders(self, folders: np.ndarray) -> Fields:
        """The same ways with other numbers of folders."""
        return replace(self, folders=folders)


def _sizes(folder_size: int | None, largest: int) -> np.ndarray:
    return np.arange(1, largest + 1) if folder_size is None else np.array([folder_size])
