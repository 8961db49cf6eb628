"""What every construction knows before it is wired: the folders and their strings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mem_lib._base.numbers import is_integer
from mem_lib.errors import InvalidArgument, shown


@dataclass(frozen=True)
class Folders:
    """The keys of the points, cut into folders, and the strings that hold what each folder knows.

    keys:          the key of every row of ``dataset.distinct()``, as the network compares it
    starts:        the smallest key of every folder
    strings:       one integer for each folder: keys (paper, merged), a table (retrieval, and the
                   first of the rounds), or keys and codes (the others); the weights of the layers
                   that find the folder
    label_strings: the second string of ``"paper"`` and ``"merged"``; else empty
    string_bits:   the length of a string, leading zeros included
    """

    keys: np.ndarray
    starts: tuple[int, ...]
    strings: tuple[int, ...]
    label_strings: tuple[int, ...]
    string_bits: int

    def jumps(self) -> Iterator[tuple[int, int]]:
        """For every folder but the first: its first key, and its string less the one before."""
        pairs = zip(self.strings, self.strings[1:], strict=False)
        for start, (before, string) in zip(self.starts[1:], pairs, strict=True):
            yield start, string - before

    def members(self, folder: int) -> np.ndarray:
        """The rows of one folder, by increasing key; ``InvalidArgument`` where there is none."""
        if not is_integer(folder) or not 0 <= folder < len(self.starts):
            raise InvalidArgument(
                f"folder: 0..{len(self.starts) - 1} are there, got {shown(folder)}"
            )
        inside = self.keys >= self.starts[folder]
        if folder + 1 < len(self.starts):
            inside &= self.keys < self.starts[folder + 1]
        rows = np.flatnonzero(inside)
        return rows[np.argsort(self.keys[rows])]


def in_rows(values: np.ndarray, order: np.ndarray) -> np.ndarray:
    """``values``, given in the order ``order`` of the rows, back in the order of the rows."""
    result = np.empty_like(values)
    result[order] = values
    return result
