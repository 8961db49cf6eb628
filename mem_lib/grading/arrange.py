"""Submissions under the names and with the times that nbgrader wants.

``grade`` takes a notebook whatever it is called.  nbgrader knows ``STUDENT/SET/SET.ipynb`` alone,
skips any other without a grade, and grades a notebook again only where ``timestamp.txt`` beside it
is later than it was.  Its own collector writes that file; what came by mail has none.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from mem_lib.errors import InvalidArgument
from mem_lib.grading.classes import Found, submissions
from mem_lib.grading.submission import lying

STAMP = "timestamp.txt"


def arrange(folder: Path, slug: str) -> Iterator[str]:
    """Move the notebook of each student to its place in ``folder``, and write down how old it is;
    what was done, and what cannot be graded, in words."""
    for one in submissions(folder, slug):
        if one.path is not None:
            place = folder / one.student / slug / f"{slug}.ipynb"
            if one.path != place:
                yield _moved(one, place, folder)
            _stamp(place.parent)
        if one.error:
            yield f"{one.student}: {one.error}"


def _moved(one: Found, place: Path, folder: Path) -> str:
    assert one.path is not None
    if place.parent.is_symlink() or place.parent.parent.is_symlink() or os.path.lexists(place):
        raise InvalidArgument(f"submissions: {one.path} cannot move to {place}, which is there")
    place.parent.mkdir(parents=True, exist_ok=True)
    one.path.rename(place)
    return f"{one.path.relative_to(folder)} -> {place.relative_to(folder)}"


def _stamp(folder: Path) -> None:
    """Let the time in ``timestamp.txt`` be no earlier than the last change of a file beside it."""
    last = max(path.lstat().st_mtime for path in lying(folder))
    path = folder / STAMP
    if path.is_symlink():  # a stranger's, to anywhere
        path.unlink()
    if not path.is_file() or _time(path) < last:
        told = datetime.fromtimestamp(last, UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
        path.write_text(told, encoding="utf-8")


def _time(path: Path) -> float:
    """The time in the file; long ago where nbgrader would not read it."""
    from nbgrader.utils import parse_utc

    try:
        read: datetime = parse_utc(path.read_text(encoding="utf-8").strip())
        return read.replace(tzinfo=UTC).timestamp()
    except (ValueError, OverflowError, TypeError):
        return 0.0
