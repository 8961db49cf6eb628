"""Points from the cells of a table, in blocks: integers exactly, decimals as the nearest binary64.

A table is one array.  Where all its cells are integers they stay integers of any size; where some
are decimals all become binary64, and an integer that binary64 cannot hold is refused, as it is in
a list.
"""

from __future__ import annotations

import math
import sys

import numpy as np

from mem_lib._base.budget import keep_within
from mem_lib.data.headers import INTEGER, NUMBER, Columns, looks_numeric
from mem_lib.data.lines import Line
from mem_lib.errors import InvalidDataset, shown

_BLOCK = 1 << 12  # cells, or one line where a line has more
_ROW = 400  # bytes for the label of a line: its text, its number, its name, its place


class Points:
    """The rows of features so far; ``plain`` as long as all of them are integers.

    ``most`` bytes may be taken by all that is made of the file at ``path``.
    """

    def __init__(self, path: str, most: int) -> None:
        self.path, self.most = path, most
        self.blocks: list[np.ndarray] = []
        self.rows: list[list[int | float]] = []
        self.decimal = ""  # where the first decimal stands
        self.inexact = ""  # the first integer that binary64 cannot hold, and where
        self.need = 0

    @property
    def plain(self) -> bool:
        return not self.decimal

    def add(self, line: Line, columns: Columns) -> None:
        row: list[int | float] = []
        for k, cell in enumerate(line.cells):
            if k != columns.column:
                value = number(cell, line.number, k, columns)
                row.append(value)
                if isinstance(value, float):
                    if not self.decimal:
                        self.decimal = f"{columns.place(line.number, k)} has {shown(cell)}"
                elif not self.inexact and abs(value) > 1 << 53 and not _held(value):
                    self.inexact = f"{columns.place(line.number, k)}: {shown(value)}"
        self.rows.append(row)
        self.need += _ROW + len(line.cells[columns.column])
        if len(self.rows) * len(row) >= _BLOCK:
            self._pack()

    def packed(self) -> np.ndarray:
        """The rows that were added since the last block, as a block."""
        self._pack()
        return self.blocks[-1]

    def _pack(self) -> None:
        if self.rows:
            kinds = {type(v) for row in self.rows for v in row}
            small = kinds == {int} and max(abs(v) for row in self.rows for v in row) < 1 << 63
            block = np.array(self.rows, dtype=np.int64 if small else object)
            if kinds == {float}:
                block = block.astype(np.float64)
            self.blocks.append(block)
            # the blocks, one array of them, a copy, and what sorting its rows takes
            self.need += 5 * block.nbytes
            if block.dtype == object:
                self.need += sum(map(sys.getsizeof, block.flat))
            lines = sum(map(len, self.blocks))
            keep_within(self.need, f"path: {self.path!r} with {lines} points and more", self.most)
            self.rows = []

    def array(self) -> np.ndarray:
        """All rows as one array."""
        self._pack()
        if self.plain:
            return np.concatenate(self.blocks)
        if self.inexact:
            raise InvalidDataset(
                f"{self.inexact} is no binary64 number, and {self.decimal}, so that all become "
                "binary64; write integers in all columns, or subtract what they have in common"
            )
        return np.concatenate([np.asarray(block, dtype=np.float64) for block in self.blocks])


def number(cell: str, line: int, column: int, columns: Columns) -> int | float:
    """An integer as it is, a decimal as the nearest binary64."""
    if not NUMBER.fullmatch(cell):
        kind = "a finite number" if looks_numeric(cell) else "a number"
        hint = ""
        if NUMBER.fullmatch(cell.replace(",", ".", 1)):
            hint = "; a decimal comma? Write a point"
        elif line == columns.first.number and columns.header is False:
            hint = "; header=True if this line names the columns"
        raise InvalidDataset(f"{columns.place(line, column)}: {shown(cell)} is not {kind}{hint}")
    try:
        value = int(cell) if INTEGER.fullmatch(cell) else float(cell)
    except ValueError as error:  # more digits than Python converts
        raise InvalidDataset(
            f"{columns.place(line, column)}: {len(cell)} digits are too many"
        ) from error
    if isinstance(value, float) and math.isinf(value):
        raise InvalidDataset(f"{columns.place(line, column)}: {shown(cell)} is beyond binary64")
    return value


def _held(value: int) -> bool:
    try:
        return int(float(value)) == value
    except OverflowError:
        return False
