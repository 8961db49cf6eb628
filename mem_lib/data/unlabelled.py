"""Points from a table without labels: what a network is asked about.

The same rules as for a table with labels (:mod:`mem_lib.data.csv`); but every column is a
coordinate, so that a first line of integers is a header only where it counts its columns.
"""

from __future__ import annotations

import csv
import os

import numpy as np

from mem_lib._base.budget import budget
from mem_lib._base.numbers import numbers_of
from mem_lib.data.features import number
from mem_lib.data.headers import INTEGER, Columns, looks_numeric
from mem_lib.data.lines import Line, lines_of
from mem_lib.errors import InvalidDataset, shown


def read_points(
    path: str | os.PathLike[str],
    d: int,
    *,
    delimiter: str | None = None,
    header: bool | None = None,
) -> np.ndarray | None:
    """The points of a table of d columns, (N, d), every one a coordinate; None where the first line
    has another number of cells.

    delimiter, header : as for ``read_csv``

    Raises ``InvalidDataset`` where the table is not one of numbers, or its first line may be a
    header or a point; ``OSError`` when the file cannot be opened.
    """
    try:
        with lines_of(path, delimiter, budget()) as (lines, _):
            first = next(lines)
            if len(first.cells) != d:
                return None
            found = Columns(first, d, _is_header(first, header), "label")
            rows = [] if found.header else [_row(first, found)]
            rows += [_row(line, found) for line in lines]
            if not rows:
                raise InvalidDataset("the file has a header and no data")
            return numbers_of("points", rows)
    except (UnicodeDecodeError, csv.Error, InvalidDataset) as error:
        raise InvalidDataset(f"{os.fspath(path)!r}: {error}") from error


def _is_header(first: Line, header: bool | None) -> bool:
    if header is not None:
        return header
    cells = first.cells
    if not any(looks_numeric(cell) for cell in cells):
        return True
    start = int(cells[0]) if INTEGER.fullmatch(cells[0]) and len(cells[0]) < 19 else 0
    if len(cells) > 2 and cells == [str(start + k) for k in range(len(cells))]:
        raise InvalidDataset(
            f"line {first.number} may be a header or a point: {shown(cells)}, the cells count on; "
            "header=True or header=False says which"
        )
    return False


def _row(line: Line, found: Columns) -> list[int | float]:
    if len(line.cells) != found.width:
        raise InvalidDataset(
            f"line {line.number} has {len(line.cells)} cells, the first has {found.width}"
        )
    return [number(cell, line.number, k, found) for k, cell in enumerate(line.cells)]
