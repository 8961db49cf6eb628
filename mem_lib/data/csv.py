"""Data sets from CSV files."""

import csv
import math
import os
import re
from collections.abc import Iterator
from typing import Any

from mem_lib._base.files import named
from mem_lib._base.numbers import is_integer
from mem_lib.data.dataset import Dataset
from mem_lib.errors import InvalidArgument, InvalidDataset, shown

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_Cells = tuple[int, list[str]]  # line number, cells


def read_csv(path: str | os.PathLike[str], *, label: int | str = -1) -> Dataset:
    """Labelled points from a CSV file (comma separated, UTF-8), with or without a header.

    ``label`` names the column of labels, or counts it from 0, from the end when negative.  The
    first line is a header when none of its other cells is a number.

    Numbers are read as the nearest binary64 (0.1 becomes the binary64 number next to 0.1), unless
    every entry of every feature column is an integer: integers are kept exactly, at any size.

    Labels that are all integers 0, 1, 2, ... keep their meaning, and one that does not occur is an
    unused class.  All other labels are sorted, as integers if they all are and have at most 18
    characters, else as text; the classes are their places and `Dataset.names` keeps them.

    Raises InvalidDataset for an empty file, a line of another length, and a cell that is not a
    finite number; the message names line and column.  InvalidArgument when ``label`` is no column.
    A missing file is a FileNotFoundError.

    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "data.csv")
    ...     _ = path.write_text("x,y,label\\n0.5,1,yes\\n0.25,-1,no\\n")
    ...     dataset = read_csv(path)
    >>> dataset.points.tolist(), dataset.labels.tolist(), dataset.names
    ([[0.5, 1.0], [0.25, -1.0]], [1, 0], ('no', 'yes'))
    """
    try:
        with open(named(path), newline="", encoding="utf-8-sig") as file:
            return _read(_lines(file), label)
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidDataset(f"{os.fspath(path)!r} cannot be read as CSV: {error}") from error
    except InvalidDataset as error:
        raise InvalidDataset(f"{os.fspath(path)!r}: {error}") from error


def _lines(file: Any) -> Iterator[_Cells]:
    reader = csv.reader(file, strict=True)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield reader.line_num, [cell.strip() for cell in cells]


def _read(lines: Iterator[_Cells], label: int | str) -> Dataset:
    first = next(lines, None)
    if first is None:
        raise InvalidDataset("the file is empty")
    width = len(first[1])
    column, names = _header(first[1], label)
    points: list[list[int | float]] = []
    labels: list[str] = []
    exact = True
    for number, cells in lines if names else _chain(first, lines):
        if len(cells) != width:
            raise InvalidDataset(f"line {number} has {len(cells)} cells, the first has {width}")
        if not cells[column]:
            raise InvalidDataset(f"line {number} has no label")
        labels.append(cells[column])
        row = [
            _number(cell, number, names[k] if names else str(k))
            for k, cell in enumerate(cells)
            if k != column
        ]
        exact = exact and all(isinstance(v, int) for v in row)
        points.append(row)
    if not points:
        raise InvalidDataset("the file has a header and no data")
    if not exact:
        points = [[_nearest(v) for v in row] for row in points]
    return _labelled(points, labels)


def _chain(first: _Cells, rest: Iterator[_Cells]) -> Iterator[_Cells]:
    yield first
    yield from rest


def _header(cells: list[str], label: int | str) -> tuple[int, list[str] | None]:
    """The label's column, and the column names if the first line is a header."""
    width = len(cells)
    if width < 2:
        raise InvalidDataset(f"the first line has {width} cell; points and a label need two")
    if isinstance(label, str):
        if cells.count(label) != 1:
            raise InvalidArgument(
                f"label: the name of one column is needed, got {shown(label)}; the first line is "
                f"{shown(cells)}"
            )
        return cells.index(label), cells
    if not is_integer(label) or not -width <= label < width:
        raise InvalidArgument(
            f"label: the name or the number of a column is needed, got {shown(label)}; the first "
            f"line has {width}"
        )
    column = int(label) % width
    is_header = not any(_looks_numeric(c) for k, c in enumerate(cells) if k != column)
    return column, cells if is_header else None


def _looks_numeric(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _number(cell: str, line: int, column: str) -> int | float:
    where = f"line {line}, column {shown(column)}"
    if not _NUMBER.fullmatch(cell):
        kind = "a finite number" if _looks_numeric(cell) else "a number"
        raise InvalidDataset(f"{where}: {shown(cell)} is not {kind}")
    try:
        value = int(cell) if _INTEGER.fullmatch(cell) else float(cell)
    except ValueError as error:  # more digits than Python converts
        raise InvalidDataset(f"{where}: {len(cell)} digits are too many") from error
    if isinstance(value, float) and math.isinf(value):
        raise InvalidDataset(f"{where}: {shown(cell)} is beyond binary64")
    return value


def _nearest(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError as error:
        reason = f"{shown(value)} is beyond binary64, and not all cells are integers"
        raise InvalidDataset(reason) from error


def _labelled(points: list[list[int | float]], labels: list[str]) -> Dataset:
    if not all(_INTEGER.fullmatch(text) and len(text) < 19 for text in labels):
        return Dataset.from_arrays(points, labels)
    values = [int(text) for text in labels]
    return Dataset(points, values) if min(values) >= 0 else Dataset.from_arrays(points, values)
