"""Classes from the labels of a table.

Labels are numbers when all of them are written as numbers, and none as a code (01); otherwise they
are text.  The classes are the sorted distinct labels, which stay known as names.  What is more
likely something else, missing (NA, nan) or a measured quantity (0.25), has to be asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from mem_lib._base.floating import check_floats
from mem_lib._base.numbers import is_integer
from mem_lib.data.headers import INTEGER, NUMBER, looks_numeric
from mem_lib.errors import InvalidArgument, InvalidDataset, shown

_CODE = re.compile(r"[+-]?0\d+", re.ASCII)
_MISSING = {"na", "n/a", "#n/a", "<na>", "nan", "-nan", "null", "none", "nil", "?", "."}
_LONGEST = 4000  # digits that Python converts, and decimal places

Labels = tuple[list[int], dict[str, Any]]  # labels, and the keywords of Dataset that go with them


def labels_of(
    cells: list[str], lines: list[int], column: str, classes: Any, *, asked: bool
) -> Labels:
    """Labels 0..C-1 of the cells, which stand on these lines of that column.

    ``asked`` tells that the caller named the column, so that real numbers may be labels.
    """
    if classes is not None and not is_integer(classes):
        return _given(cells, lines, column, classes)
    for cell, line in zip(cells, lines, strict=True):
        if cell.lower() in _MISSING:
            raise InvalidDataset(
                f"line {line}, column {shown(column)}: {shown(cell)} stands for a missing label; "
                "leave the line out, or name all classes, this one too: classes=[...]"
            )
    if classes is not None:
        return _counted(cells, lines, column, int(classes))
    values = _numbers(cells, lines, column, asked=asked)
    names = sorted(set(values or cells))
    place = {name: k for k, name in enumerate(names)}
    return [place[value] for value in values or cells], {"names": names}


def _given(cells: list[str], lines: list[int], column: str, classes: Any) -> Labels:
    """The names that the caller gives, in that order; unused ones too."""
    if isinstance(classes, str) or not isinstance(classes, Sequence) or not classes:
        raise InvalidArgument(
            f"classes: a whole number or a list of names is needed, got {shown(classes)}"
        )
    names = list(classes)
    place: dict[Any, int] = {}
    for k, name in enumerate(names):
        key = name if isinstance(name, str) else _key(str(name))
        if isinstance(name, bool) or not isinstance(name, str | int | float) or key in place:
            raise InvalidArgument(
                f"classes: different strings or numbers are needed, got {shown(names)}"
            )
        place[key] = k
    labels = []
    for cell, line in zip(cells, lines, strict=True):
        found = place.get(cell, place.get(_key(cell)))
        if found is None:
            raise InvalidDataset(
                f"line {line}, column {shown(column)}: {shown(cell)} is none of the classes "
                f"{shown(names)}"
            )
        labels.append(found)
    return labels, {"names": names, "classes": len(names)}


def _key(text: str) -> Any:
    """Numbers are the same when their values are."""
    value = _fraction(text) if NUMBER.fullmatch(text) and len(text) < _LONGEST else None
    return text if value is None else value


def _fraction(number: str) -> Fraction | None:
    """The value of a number; None where an exponent such as e-9999999 would be written out."""
    value = Decimal(number)
    return Fraction(value) if not value or abs(value.adjusted()) < _LONGEST else None


def _counted(cells: list[str], lines: list[int], column: str, classes: int) -> Labels:
    """Labels 0..C-1 as they are, for a number C of classes."""
    if classes < 1:
        raise InvalidArgument(f"classes: a whole number >= 1 is needed, got {classes}")
    labels = []
    for cell, line in zip(cells, lines, strict=True):
        value = int(cell) if INTEGER.fullmatch(cell) and len(cell) < 19 else -1
        if not 0 <= value < classes:
            raise InvalidDataset(
                f"line {line}, column {shown(column)}: {shown(cell)} is none of the labels "
                f"0..{classes - 1} of classes={classes}"
            )
        labels.append(value)
    return labels, {"classes": classes}


def _numbers(cells: list[str], lines: list[int], column: str, *, asked: bool) -> list[Any]:
    """The values where all cells are numbers; an empty list where they are text."""
    distinct = {cell: line for cell, line in zip(reversed(cells), reversed(lines), strict=True)}
    if any(_CODE.fullmatch(cell) or not looks_numeric(cell) for cell in distinct):
        return []
    if not all(INTEGER.fullmatch(cell) for cell in distinct):
        check_floats()
    value: dict[str, int | float] = {}
    exactly: dict[int | float, Fraction] = {}
    for cell, line in sorted(distinct.items(), key=lambda one: one[1]):
        where = f"line {line}, column {shown(column)}"
        if not NUMBER.fullmatch(cell) or len(cell) > _LONGEST or "inf" in str(float(cell)):
            raise InvalidDataset(f"{where}: the label {shown(cell)} is not a finite number")
        fraction = _fraction(cell)
        if fraction is None:
            raise InvalidDataset(f"{where}: the label {shown(cell)} is beyond binary64")
        value[cell] = int(cell) if INTEGER.fullmatch(cell) else float(cell)
        if not asked and fraction.denominator > 1:
            raise InvalidDataset(
                f"{where}: {shown(cell)} is no whole number; target={column!r} reads targets, "
                f"label={column!r} takes the numbers for classes"
            )
        if exactly.setdefault(value[cell], fraction) != fraction:
            raise InvalidDataset(
                f"{where}: the label {shown(cell)} has the same binary64 number as another label"
            )
    return [value[cell] for cell in cells]
