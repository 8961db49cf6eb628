"""Which line of a table names its columns, and which column holds the labels.

The first line is a header when it cannot be a point, and a point when it cannot be a header.  A
line of numbers can be both (years as names of columns), and then ``header=`` has to say which; it
is suspected only where something speaks for names: its cells count 0, 1, 2, ..., or its label
occurs nowhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from mem_lib._base.numbers import is_integer
from mem_lib.data.lines import Line
from mem_lib.errors import InvalidArgument, InvalidDataset, shown

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_UNNAMED = re.compile(r"|Unnamed: \d+(_level_\d+)?")


@dataclass(frozen=True)
class Columns:
    """What the first line says: the column of labels (or targets), and whether the line is a
    header; None where only the other lines can tell."""

    first: Line
    column: int
    header: bool | None
    option: str  # "label" or "target", as error messages call the column

    @property
    def width(self) -> int:
        return len(self.first.cells)

    def features(self, cells: list[str]) -> list[str]:
        return cells[: self.column] + cells[self.column + 1 :]

    def name(self, column: int) -> str:
        """The column, for a message."""
        return self.first.cells[column] if self.header else str(column)

    def place(self, line: int, column: int) -> str:
        """A cell, for a message."""
        return f"line {line}, column {shown(self.name(column))}"


def columns(first: Line, key: Any, option: str, header: Any) -> Columns:
    """The columns as far as the first line and the options tell."""
    if header is not None and not isinstance(header, bool):
        raise InvalidArgument(f"header: True, False or None is needed, got {shown(header)}")
    cells = first.cells
    if len(cells) < 2:
        raise InvalidDataset(
            f"line {first.number} has 1 cell; points and a label need two. What separates the "
            f"cells, delimiter= says, such as ' '; the line is {shown(cells[0])}"
        )
    column, named = _column(cells, key, option, header)
    found = Columns(first, column, True if named else header, option)
    if found.header is None:
        numeric = [looks_numeric(cell) for cell in found.features(cells)]
        if not any(numeric):
            found = replace(found, header=True)
        elif not all(INTEGER.fullmatch(cell) for cell in found.features(cells)):
            found = replace(found, header=False)
    if found.header:
        _check_names(found, key)
    return found


def _column(cells: list[str], key: Any, option: str, header: bool | None) -> tuple[int, bool]:
    """The column, and whether the key was found as a name.  Names come first, so that a column may
    be called 2019."""
    width = len(cells)
    number = None
    if is_integer(key):
        number = int(key)
    elif isinstance(key, str) and INTEGER.fullmatch(key):
        number = int(key) if len(key) < 19 else None
    inside = number is not None and -width <= number < width
    by_name = header is not False and cells.count(str(key)) == 1
    if by_name and (not inside or (header and isinstance(key, str))):
        return cells.index(str(key)), True
    if number is not None and inside:
        return number % width, False
    raise InvalidArgument(
        f"{option}: the name of one column, or its number from 0 (from the end: negative), is "
        f"needed, got {shown(key)}; the first of {width} cells are {shown(cells)}"
    )


def _check_names(found: Columns, key: Any) -> None:
    cells = found.first.cells
    for column, name in enumerate(cells):
        if _UNNAMED.fullmatch(name):
            last = column == len(cells) - 1
            hint = (
                "a comma at the end of the line?"
                if last
                else "row numbers? Write the table without them (index=False, row.names=FALSE)"
            )
            raise InvalidDataset(
                f"line {found.first.number}: column {column} has no name ({name!r}); {hint}"
            )
    if cells.count(str(key)) == 1 and cells.index(str(key)) != found.column:
        raise InvalidArgument(
            f"{found.option}: {key} is the number of one column and the name of another; as text, "
            f"with header=True, it is the name, and {cells[found.column]!r} the other"
        )


def settled(found: Columns, key: Any, values: list[str], plain: bool) -> Columns:
    """Whether the first line is a header, where it might be: its features are integers.

    ``key`` is that of :func:`columns`, ``values`` are the labels of the other lines, ``plain``
    tells that all their features are integers.
    """
    if found.header is not None:
        return found
    mine, cells = found.first.cells[found.column], found.first.cells
    others_numeric = bool(values) and all(NUMBER.fullmatch(v) for v in values)
    reason = ""
    if not NUMBER.fullmatch(mine):
        if others_numeric:
            found = replace(found, header=True)
            _check_names(found, key)
            return found
        distinct = len(set(found.features(cells))) == len(cells) - 1
        if distinct and values and mine not in values:
            reason = f"{mine!r} is the {found.option} of no other line"
    else:
        start = int(mine) if INTEGER.fullmatch(mine) and len(mine) < 19 else 0
        start -= found.column
        counting = [str(start + k) for k in range(len(cells))] == cells
        if counting and values and (len(cells) > 2 or not plain):
            reason = "the cells count on"
    if reason:
        raise InvalidDataset(
            f"line {found.first.number} may be a header or a point: {shown(cells)}, {reason}; "
            "header=True or header=False says which"
        )
    return replace(found, header=False)


def looks_numeric(cell: str) -> bool:
    """Whether Python reads it as a float, which takes nan, inf and 1_000 too."""
    try:
        float(cell)
    except ValueError:
        return False
    return True
