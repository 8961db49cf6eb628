"""The results file: rows as they come, kept through every end of the process.

``results.csv`` is a plain table; ``results.csv.json`` beside it says of which sweep, data and
version it is.  Each row is one write at the end of the file, so a process that is killed leaves
whole rows, and a piece of one at most, which is dropped when the sweep goes on.  When all trials
are there the rows are put into their order, in one move.
"""

from __future__ import annotations

import errno
import json
import os
import time
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mem_lib._base import version
from mem_lib._base.files import named, write_atomically
from mem_lib.errors import InvalidArgument, shown
from mem_lib.sweeps import rows
from mem_lib.sweeps.compute import Outcome
from mem_lib.sweeps.errors import InvalidResults, SweepStopped
from mem_lib.sweeps.lock import Lock
from mem_lib.sweeps.sweep import Sweep, Trial

FORMAT = "mem_lib.sweep results 1"
#: Seconds after which what was written has to reach the disk.
SYNC = 5.0
#: A disk on which there is no room.
FULL = tuple(getattr(errno, n) for n in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, n))


def beside(path: Path) -> Path:
    """The file that says of what a results file is."""
    return path.with_name(f"{path.name}.json")


class Results:
    """The results of ``sweep`` in the file ``path``, open for writing from ``with`` to its end.

    ``stored``: the SHA-256 of data sets that are files, by what they are.  ``done``: the trials
    that are there.  Raises ``InvalidResults`` for a file that is damaged, in use, of another sweep
    or of another version, ``OSError`` where nothing can be written; then nothing was changed.
    """

    def __init__(self, sweep: Sweep, path: str | os.PathLike[str], stored: Mapping[str, str]):
        self.sweep, self.path = sweep, checked(path)
        self.content = {
            "format": FORMAT,
            "version": version.VERSION,
            "digest": sweep.digest,
            "trials": len(sweep),
            "columns": list(sweep.columns),
            "stored": dict(stored),
            "sweep": sweep.to_dict(),
        }
        self.done: set[int] = set()
        self._lock = Lock(self.path)
        self._fd, self._length, self._torn, self._synced = -1, 0, False, 0.0

    def __enter__(self) -> Results:
        self._lock.__enter__()
        try:
            self._open()
        except BaseException:
            self._lock.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        try:
            if self._fd >= 0:
                os.fsync(self._fd)
                os.close(self._fd)
        finally:
            self._lock.__exit__()

    def _open(self) -> None:
        """Look at what there is; nothing is changed."""
        begun = self.path.exists() and self.path.stat().st_size > 0
        if beside(self.path).exists():
            self._check_content()
        elif begun:
            raise InvalidResults(
                f"{self.path}: {beside(self.path).name}, which says of what it is, is not beside "
                "it: name another file"
            )
        if begun:
            self._length, self._torn = self._read()

    def begin(self) -> None:
        """Make the files ready for more rows."""
        if not self._length:
            self._write(beside(self.path), [json.dumps(self.content, indent=1).encode()])
        self._fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        if self._torn:
            os.ftruncate(self._fd, self._length)
            warnings.warn(
                f"{self.path}: the last line was only begun and is dropped; its trial is run again",
                RuntimeWarning,
                stacklevel=3,
            )
        if not self._length:
            self._append(rows.header(self.sweep))

    def _check_content(self) -> None:
        """``InvalidResults`` unless the file beside speaks of this sweep, version and data."""
        stated = content_of(self.path)
        for name, what in (
            ("version", "mem_lib"), ("digest", "the sweep"), ("columns", "the columns"),
            ("stored", "the stored data"),
        ):  # fmt: skip
            if stated[name] != self.content[name]:
                both = f"{shown(stated[name])}, here {shown(self.content[name])}"
                raise InvalidResults(
                    f"{self.path}: {what} of these results differ: there {name} is {both}; name "
                    "another file, or run what they were begun with"
                )

    def _read(self) -> tuple[int, bool]:
        """Note what is done; (the length of whole lines, whether there is a piece of one)."""
        head = rows.header(self.sweep)
        with open(self.path, "rb") as file:
            first = file.readline()
            if not first.endswith(b"\n") and head.startswith(first):
                return 0, True
            if first != head:
                raise InvalidResults(
                    f"{self.path}, line 1: the columns are not those of this sweep: name another "
                    "file"
                )
            kept, lines = len(head), dict[int, int]()
            for number, line in enumerate(file, 2):
                if not line.endswith(b"\n"):
                    return kept, True
                index = self._index(number, line)
                if (before := lines.setdefault(index, number)) != number:
                    raise self._damage(number, f"trial {index} is in line {before} already")
                self.done.add(index)
                kept += len(line)
        return kept, False

    def _index(self, number: int, line: bytes) -> int:
        """The trial of a line; ``InvalidResults`` where it is not of this sweep."""
        try:
            cells = rows.read_line(self.sweep.columns, line)
        except rows.Damaged as error:
            raise self._damage(number, str(error)) from None
        index = int(cells["trial"]) if cells["trial"].isdecimal() else -1
        if not 0 <= index < len(self.sweep) or cells["key"] != self.sweep[index].key:
            raise self._damage(number, f"it is of no trial of this sweep, {shown(cells['trial'])}")
        if cells["version"] != version.VERSION:
            raise self._damage(number, f"it is of mem_lib {shown(cells['version'])}")
        return index

    def _damage(self, number: int, why: str) -> InvalidResults:
        return InvalidResults(
            f"{self.path}, line {number}: {why}; remove this line, and its trial is run again, or "
            "name another file"
        )

    # -- rows --------------------------------------------------------------------------------

    def add(self, trial: Trial, outcome: Outcome) -> None:
        """Append the row of a finished trial; ``SweepStopped`` where there is no room for it."""
        self._append(rows.row(self.sweep, trial, outcome), trial.index)

    def _append(self, line: bytes, *trials: int) -> None:
        try:
            written = os.write(self._fd, line)
            if written < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self._length += len(line)
            self.done.update(trials)
            if time.monotonic() > self._synced + SYNC:
                os.fsync(self._fd)
                self._synced = time.monotonic()
        except OSError as error:
            os.ftruncate(self._fd, self._length)  # no piece of a line stays
            self._full(error)
            raise

    def _full(self, error: OSError) -> None:
        if error.errno in FULL:
            raise SweepStopped(
                f"{self.path}: there is no room on the disk ({error.strerror}), make some"
            ) from error

    def told(self) -> str:
        """How far it is."""
        return f"{len(self.done)} of {len(self.sweep)} trials are in {self.path}"

    def sort(self) -> None:
        """Put the rows into the order of the trials."""
        lines = list(lines_of(self.path))
        order = sorted(range(1, len(lines)), key=lambda i: int(lines[i].partition(b",")[0]))
        if order == list(range(1, len(lines))):
            return
        self._write(self.path, [lines[0], *(lines[i] for i in order)])

    def _write(self, path: Path, chunks: list[bytes]) -> None:
        try:
            write_atomically(path, chunks)
        except OSError as error:
            self._full(error)
            raise


def checked(path: Any) -> Path:
    """Where results can be written; ``InvalidArgument`` or an ``OSError`` elsewhere."""
    found = Path(os.path.realpath(named(path)))
    if found.exists() and not found.is_file():
        raise InvalidArgument(f"path: {shown(str(path))} is no regular file")
    if not found.parent.is_dir():
        raise FileNotFoundError(f"path: there is no folder {str(found.parent)!r} to write to")
    for place, kind in ((found.parent, "folder"), (found, "file")):
        if place.exists() and not os.access(place, os.W_OK):
            raise PermissionError(f"path: the {kind} {str(place)!r} cannot be written to")
    return found


def content_of(path: Path) -> dict[str, Any]:
    """What the file beside says; ``InvalidResults`` where it cannot be that."""
    try:
        stated = json.loads(beside(path).read_bytes())
        if stated["format"] != FORMAT:
            raise ValueError(f"its format is {shown(stated['format'])}")
        for name in ("version", "digest", "columns", "stored", "sweep"):
            stated[name]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InvalidResults(
            f"{beside(path)}: it does not say of what {path.name} is ({error}): name another file, "
            "or remove both"
        ) from None
    found: dict[str, Any] = stated
    return found


def lines_of(path: Path) -> Iterator[bytes]:
    with open(path, "rb") as file:
        yield from file


def read(path: str | os.PathLike[str]) -> list[dict[str, Any]]:
    """The rows of a results file, finished or not, in the order of the trials: a dict each, whose
    cells are numbers, texts, or None where there is nothing.

    Raises ``InvalidResults`` for a file that is damaged or no results, naming the line; an
    ``OSError`` where it cannot be read.
    """
    place = named(path)
    found = []
    with open(place, "rb") as file:
        columns = content_of(place)["columns"]
        if file.readline() != ",".join(columns).encode() + b"\n":
            raise InvalidResults(f"{place}, line 1: the columns are not those of {beside(place)}")
        for number, line in enumerate(file, 2):
            if not line.endswith(b"\n"):
                break  # it is being written, or was when its process ended
            try:
                cells = rows.read_line(columns, line)
            except rows.Damaged as error:
                raise InvalidResults(f"{place}, line {number}: {error}") from None
            found.append({name: rows.value(name, text) for name, text in cells.items()})
    return sorted(found, key=lambda row: row["trial"])
