"""The names of cells, put back where a notebook has lost them on its way.

nbgrader finds the cells that it grades by the names in their metadata, and gives no point, and no
word, for those without one.  Editors and converters drop metadata.  A cell without a name is
known by its text, where students do not write, or by its neighbours, where they do; a test cell
that is gone is put at the end, since its points are those of what was handed in.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

Cell = dict[str, Any]

GONE = "The notebook has no cell of this name any more; the answer may stand in another one."


def restore(cells: list[Cell], source: list[Cell]) -> list[str]:
    """Give ``cells``, those of a submission, the names that they have in ``source``, and say what
    was done.  Both are changed and read as nbformat has them, of its version 4."""
    wanted = {name: place for place, cell in enumerate(source) if (name := named(cell))}
    for cell in cells:
        told = source[wanted[name]] if (name := named(cell)) in wanted else None
        _name(cell, told)
    lost = [name for name in wanted if name not in map(named, cells)]
    # those with a text of their own first: the others are found beside them
    for name in sorted(lost, key=lambda name: not _locked(source[wanted[name]])):
        again = _find(cells, source, wanted[name])
        if again is not None:
            _name(again, source[wanted[name]])
    found = [name for name in lost if name in map(named, cells)]
    gone = [name for name in lost if name not in found and _told(source[wanted[name]])["grade"]]
    cells += [_again(source[wanted[name]]) for name in gone]
    words = {"cells that had lost their names": found, "cells that are gone": gone}
    return [f"{what}: {', '.join(names)}" for what, names in words.items() if names]


def named(cell: Cell) -> str:
    """nbgrader's name of a cell; an empty one where it has none."""
    name = _told(cell).get("grade_id")
    return name if isinstance(name, str) else ""


def _told(cell: Cell) -> dict[str, Any]:
    told = cell["metadata"].get("nbgrader")
    return told if isinstance(told, dict) else {}


def _name(cell: Cell, of: Cell | None) -> None:
    """Let nbgrader's metadata be those of a cell of the source, or none: a broken one stops it."""
    cell["metadata"].pop("nbgrader", None)
    if of is not None:
        cell["metadata"]["nbgrader"] = deepcopy(_told(of))


def _locked(cell: Cell) -> bool:
    return bool(_told(cell).get("locked"))


def _find(cells: list[Cell], source: list[Cell], place: int) -> Cell | None:
    """The cell without a name that is the one at this place of the source."""
    wanted = source[place]
    free = [i for i, one in enumerate(cells)
            if not named(one) and one["cell_type"] == wanted["cell_type"]]  # fmt: skip
    if _locked(wanted):
        return next((cells[i] for i in free if _text(cells[i]) == _text(wanted)), None)
    for step in (1, -1):  # behind the one before it, before the one behind it
        beside = source[place - step] if 0 <= place - step < len(source) else None
        for i in free:
            if beside and 0 <= i - step < len(cells) and _same(cells[i - step], beside):
                return cells[i]
    return None


def _same(cell: Cell, other: Cell) -> bool:
    """Whether a cell is that one of the source, by its name, or by its text if that has none."""
    if named(other):
        return named(cell) == named(other)
    return bool(_text(other)) and _text(cell) == _text(other)


def _text(cell: Cell) -> str:
    return "".join(cell["source"]).strip()


def _again(cell: Cell) -> Cell:
    """A cell of the source, for the end of a notebook; one for an answer asks a person to look."""
    new = deepcopy(cell)
    new.pop("id", None)
    if not _locked(cell):
        new["source"] = GONE
    return new
