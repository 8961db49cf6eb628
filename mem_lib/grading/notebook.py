"""The cells of a notebook, as far as a grader needs them; nothing is executed here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mem_lib.errors import InvalidArgument, shown

#: How long a notebook may be that is graded, in bytes.
MOST_BYTES = 1 << 25


@dataclass(frozen=True)
class Cell:
    """A code cell: its place among all cells, and its source."""

    index: int
    source: str


def content(path: Path) -> dict[str, Any]:
    """The JSON of a notebook; ``InvalidArgument`` for what is none."""
    with open(path, "rb") as file:
        text = file.read(MOST_BYTES + 1)
    if len(text) > MOST_BYTES:
        raise InvalidArgument(f"notebook: {path.name} has more than {MOST_BYTES >> 20} MB")
    if not text.strip():
        raise InvalidArgument(f"notebook: {path.name} is empty")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidArgument(f"notebook: {path.name} is no notebook ({error})") from error
    if not isinstance(found, dict) or not isinstance(found.get("cells"), list):
        raise InvalidArgument(f"notebook: {path.name} is no notebook: it has no list of cells")
    return found


def code(path: Path) -> list[Cell]:
    """The code cells of a notebook, whatever their metadata say."""
    cells = []
    for index, cell in enumerate(content(path)["cells"]):
        if not isinstance(cell, dict):
            raise InvalidArgument(f"notebook: cell {index} of {path.name} is {shown(cell)}")
        source = cell.get("source", "")
        if isinstance(source, list):
            source = "".join(map(str, source))
        if cell.get("cell_type") == "code" and isinstance(source, str):
            cells.append(Cell(index, source))
    return cells
