"""The lines of a table: from bytes to cells, with one answer to what separates them.

A table is UTF-8 text, gzipped or not; what a file is, its first bytes say, not its name.  The
cells of a line are separated by the one of comma, tab, semicolon and bar that its first line
holds, outside quotes; where that line holds two of them, ``delimiter=`` has to say which.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from gzip import BadGzipFile, GzipFile
from itertools import chain
from typing import Any, BinaryIO, NamedTuple
from zlib import error as DamagedGzip

from mem_lib._base.budget import keep_within
from mem_lib._base.files import named
from mem_lib.errors import InvalidArgument, InvalidDataset, shown

DELIMITERS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}
GZIP, ZIP = b"\x1f\x8b", b"PK"
_CHARACTER = 64  # bytes for each of a line: its cells as text and as numbers, short ones worst
_FOREIGN = {
    b"\xff\xfe": "it is UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "it is UTF-16 text; save it as UTF-8",
    ZIP: "it is a zip archive, such as npz or xlsx, and no text; Dataset.load reads npz",
    b"PAR1": "it is a Parquet file, and no text",
    b"\x89HDF": "it is an HDF5 file, and no text",
    b"\x93NUMPY": "it is a npy file, and no text; numpy.load reads it",
}


class Line(NamedTuple):
    """The cells of a line, without spaces around them, and its number in the file, from 1."""

    number: int
    cells: list[str]


def head(path: str | os.PathLike[str], size: int = 64) -> bytes:
    """The first bytes of what a file holds, unpacked where it is gzipped; damaged ones are b""."""
    with open(named(path), "rb") as file, _unpacked(file) as source:
        try:
            return source.read(size)
        except (EOFError, BadGzipFile, DamagedGzip):
            return b""


@contextmanager
def lines_of(
    path: str | os.PathLike[str], delimiter: str | None, max_bytes: int
) -> Iterator[tuple[Iterator[Line], str]]:
    """The lines that are not blank, one by one, at least one, and what separates their cells."""
    _check_delimiter(delimiter)
    start = head(path)
    for mark, reason in _FOREIGN.items():
        if start.startswith(mark):
            raise InvalidDataset(reason)
    if b"\0" in start:
        raise InvalidDataset("it holds zero bytes: UTF-16 text, or no text; save it as UTF-8")
    with open(named(path), "rb") as file, _unpacked(file) as source:
        bounded = io.BufferedReader(_Bounded(source, os.fspath(path), max_bytes))
        text = io.TextIOWrapper(bounded, encoding="utf-8-sig", newline="")
        rows = _TextLines(text, os.fspath(path), max_bytes)
        try:
            first = next((line for line in rows if line.strip()), None)
            if first is None:
                raise InvalidDataset("the file is empty")
            rows.again(first)
            if delimiter is None:
                delimiter = _delimiter_of(first, rows.number + 1)
            lines = _cells(rows, delimiter)
            top = next(lines, None)
            if top is None:
                raise InvalidDataset("no line has a cell that is not empty")
            yield chain([top], lines), delimiter
        except (EOFError, BadGzipFile, DamagedGzip) as error:
            raise InvalidDataset(f"the gzip stream is damaged: {error}") from None


def _check_delimiter(delimiter: Any) -> None:
    good = isinstance(delimiter, str) and len(delimiter) == 1 and delimiter not in '"\r\n\0'
    if delimiter is not None and not good:
        raise InvalidArgument(
            f"delimiter: one character is needed, such as ';' or '\\t', got {shown(delimiter)}"
        )


@contextmanager
def _unpacked(file: BinaryIO) -> Iterator[Any]:
    packed = file.read(len(GZIP)) == GZIP
    file.seek(0)
    if not packed:
        yield file
        return
    with GzipFile(fileobj=file) as source:
        yield source


class _Bounded(io.RawIOBase):
    """A stream that says so when it was longer than it may be."""

    def __init__(self, source: Any, path: str, most: int) -> None:
        self.source, self.path, self.read_so_far, self.most = source, path, 0, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece: bytes = self.source.read(len(buffer))
        self.read_so_far += len(piece)
        keep_within(self.read_so_far, f"path: the text of {self.path!r}, read so far,", self.most)
        buffer[: len(piece)] = piece
        return len(piece)


class _TextLines:
    """Lines of text that can be put back once; ``number`` counts those that were given out.

    ``length`` counts the characters since the last row of cells: a quoted cell may go on in the
    next lines.
    """

    def __init__(self, text: io.TextIOWrapper, path: str, most: int) -> None:
        self.text, self.path, self.most = text, path, most
        self.number, self.length, self.kept = 0, 0, list[str]()

    def __iter__(self) -> _TextLines:
        return self

    def __next__(self) -> str:
        line = self.kept.pop() if self.kept else self.text.readline(self.most // _CHARACTER + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self.length += len(line)
        what = f"path: line {self.number} of {self.path!r}, with {self.length} characters and more,"
        keep_within(_CHARACTER * self.length, what, self.most)
        return line

    def again(self, line: str) -> None:
        self.kept.append(line)
        self.number -= 1


def _delimiter_of(line: str, number: int) -> str:
    """The one of the four that the line holds outside quotes; a comma where it holds none."""
    bare = "".join(line.split('"')[::2])
    found = [one for one in DELIMITERS if one in bare]
    if len(found) > 1:
        names = " and ".join(DELIMITERS[one] for one in found)
        raise InvalidDataset(
            f"line {number} holds {names}: {shown(line.strip())}; delimiter= says which of them "
            f"separate the cells, one of {found}"
        )
    return found[0] if found else ","


def _cells(rows: _TextLines, delimiter: str) -> Iterator[Line]:
    before = rows.number
    if delimiter == " ":  # runs of spaces, as numpy writes and aligns them
        for text in rows:
            rows.length = 0
            if cells := text.split():
                yield Line(rows.number, cells)
        return
    reader = csv.reader(rows, strict=True, delimiter=delimiter)
    for row in reader:
        rows.length = 0
        if any(cell.strip() for cell in row):
            yield Line(before + reader.line_num, [cell.strip() for cell in row])
