"""Data sets from tables: CSV and its relatives.

What a table leaves open is never guessed: a line that may be a header or a point, a column without
a name, a label that may be a measured number are refused, with the option that settles it.
"""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from itertools import chain
from typing import Any

from mem_lib._base.budget import budget
from mem_lib.data import headers
from mem_lib.data.classes import labels_of
from mem_lib.data.dataset import Dataset
from mem_lib.data.features import Points, number
from mem_lib.data.lines import DELIMITERS, Line, lines_of
from mem_lib.errors import InvalidArgument, InvalidDataset, shown


def read_csv(
    path: str | os.PathLike[str],
    *,
    label: int | str | None = None,
    target: int | str | None = None,
    delimiter: str | None = None,
    header: bool | None = None,
    classes: Any = None,
    max_bytes: int | None = None,
) -> Dataset:
    """Points with labels or targets from a table: text in UTF-8, gzipped or not.

    Parameters
    ----------
    label : the column of labels, by name or by number (from 0; from the end: negative).  Names are
        looked up first.  By default the last column.
    target : instead of it, the column of real targets.
    delimiter : what separates cells; by default the one of comma, tab, semicolon and bar that the
        first line holds.  ``" "`` stands for runs of spaces.
    header : whether the first line names the columns; by default it does when none of its features
        is a number, or when they are integers and its label, unlike all others, is no number.
    classes : C, when labels are the integers 0..C-1 and mean just that; or the names of all
        classes in their order.  By default the classes are the sorted distinct labels, as in
        `Dataset.from_arrays`, and `Dataset.names` keeps them.
    max_bytes : the memory that reading may take, by default half of what is free; also the most
        bytes of text (of an unpacked file).  What the lines so far will take is known at each line.

    Numbers are read as the nearest binary64 (0.1 becomes the binary64 number next to 0.1), unless
    every entry of every feature column is an integer: integers are kept exactly, at any size.
    Labels are numbers when all are, and none is a code such as 01; otherwise text.

    Raises
    ------
    InvalidDataset
        An empty or foreign file, a line of another length, a cell that is not a finite number, an
        integer that would be rounded beside decimals, a missing label; what may be a header or a
        point, a label or a target, and a column without a name.  The message names line, column and
        the option that settles it.
    InvalidArgument
        When an option is out of range, or no column is called that.
    TooLarge
        When the text is longer, a line or all points would take more than ``max_bytes``.
    OSError
        When the file cannot be opened.

    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "data.csv")
    ...     _ = path.write_text("x,y,label\\n0.5,1,yes\\n0.25,-1,no\\n")
    ...     dataset = read_csv(path)
    >>> dataset.points.tolist(), dataset.labels.tolist(), dataset.names
    ([[0.5, 1.0], [0.25, -1.0]], [1, 0], ('no', 'yes'))
    """
    options = (label, target, delimiter, header, classes, max_bytes)
    return table(path, *options).dataset


@dataclass(frozen=True)
class Table:
    """A data set, and what of its file was taken for what."""

    dataset: Dataset
    columns: headers.Columns
    delimiter: str

    def __str__(self) -> str:
        found = self.columns
        if found.header:
            names = ", ".join(shown(name) for name in found.features(found.first.cells)[:6])
            more = ", ..." if found.width > 7 else ""
            head = f"line {found.first.number} is the header ({names}{more})"
        else:
            head = "no header"
        kind = DELIMITERS.get(self.delimiter, repr(self.delimiter))
        name = shown(found.name(found.column))
        return f"{head}, {found.option}s from column {name}, cells separated by {kind}"


def table(
    path: str | os.PathLike[str],
    label: Any = None,
    target: Any = None,
    delimiter: Any = None,
    header: Any = None,
    classes: Any = None,
    max_bytes: Any = None,
) -> Table:
    """:func:`read_csv`, with what was taken for header and label."""
    if target is not None and (label is not None or classes is not None):
        other = "label" if label is not None else "classes"
        raise InvalidArgument(f"target: {shown(target)} was given beside {other}; one is possible")
    most = budget(max_bytes)
    try:
        with lines_of(path, delimiter, most) as (lines, separator):
            points = Points(os.fspath(path), most)
            found, cells, numbers = _read(lines, points, label, target, header)
            column = found.name(found.column)
            if target is None:
                asked = label is not None
                labels, more = labels_of(cells, numbers, column, classes, asked=asked)
                dataset = Dataset(points.array(), labels, **more)
            else:
                places = zip(cells, numbers, strict=True)
                values = [number(cell, line, found.column, found) for cell, line in places]
                dataset = Dataset(points.array(), targets=values)
            return Table(dataset, found, separator)
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidDataset(f"{os.fspath(path)!r} cannot be read as CSV: {error}") from error
    except InvalidDataset as error:
        raise InvalidDataset(f"{os.fspath(path)!r}: {error}") from error


def _read(
    lines: Any, points: Points, label: Any, target: Any, header: Any
) -> tuple[headers.Columns, list[str], list[int]]:
    """The columns, the cells of the label's column and the lines they stand on; the other cells go
    to ``points``."""
    first: Line = next(lines)
    key, option = (label, "label") if target is None else (target, "target")
    key = -1 if key is None else key
    found = headers.columns(first, key, option, header)
    cells, numbers = list[str](), list[int]()
    for line in lines if found.header in (True, None) else chain([first], lines):
        _take(line, found, points, cells, numbers)
    if found.header is None:
        found = headers.settled(found, key, cells, points.plain)
        if not found.header:
            ahead = Points(points.path, points.most)
            _take(first, found, ahead, cells, numbers)
            points.blocks.insert(0, ahead.packed())
            cells.insert(0, cells.pop())
            numbers.insert(0, numbers.pop())
    if not cells:
        raise InvalidDataset("the file has a header and no data")
    return found, cells, numbers


def _take(
    line: Line, found: headers.Columns, points: Points, cells: list[str], numbers: list[int]
) -> None:
    if len(line.cells) != found.width:
        hint = ""
        if len(line.cells) == found.width + 1:
            hint = "; " + (
                "a comma at the end of the line?"
                if not line.cells[-1]
                else "row names without a name? Write the table without them"
                if found.header is not False
                else "one delimiter too many?"
            )
        raise InvalidDataset(
            f"line {line.number} has {len(line.cells)} cells, the first has {found.width}{hint}"
        )
    cell = line.cells[found.column]
    if not cell:
        raise InvalidDataset(f"line {line.number} has no {found.option}")
    points.add(line, found)
    cells.append(cell)
    numbers.append(line.number)
