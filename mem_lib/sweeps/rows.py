"""Rows of a results file: a trial and how it went, a line each, and the same line wherever it was
run.  The last cell is a checksum of the line before it, so that no damage passes for a number."""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from mem_lib.errors import shown
from mem_lib.sweeps import sets
from mem_lib.sweeps.compute import OK, Outcome
from mem_lib.sweeps.sweep import Sweep, Trial

#: What precedes the digits of a checksum, lest a table takes them for a number.
MARK = "x"
#: Cells that hold text, whatever they look like.
_TEXTS = ("key", "version", "construction", "data", "status", "layers", "message", "check")


class Damaged(Exception):
    """A line that is no row; the text says why."""


def header(sweep: Sweep) -> bytes:
    return _line(sweep.columns)


def row(sweep: Sweep, trial: Trial, outcome: Outcome) -> bytes:
    """The line of a finished trial."""
    cells = _told(trial) | dict(zip(sweep.metrics, outcome.values, strict=True))
    cells |= {"version": outcome.version, "status": outcome.status, "message": outcome.message}
    texts = [_text(cells.get(name)) for name in sweep.columns[:-1]]
    return _line([*texts, _checksum(texts)])


def _told(trial: Trial) -> dict[str, Any]:
    """What the row says of the trial itself."""
    told: dict[str, Any] = {
        "trial": trial.index,
        "key": trial.key,
        "construction": trial.construction,
        "attempt": int(trial.attempt),
        "data": sets.told(trial.data),
        "seed": trial.seed,
    }
    told |= {f"set.{name}": value for name, value in trial.parameters.items()}
    return told | {f"data.{name}": value for name, value in trial.data.items()}


def _text(value: Any) -> str:
    """A cell on one line; what is not there is empty."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        plain = value.isprintable() and value[0] not in '"[{'
        return value if plain else json.dumps(value)
    return json.dumps(value, separators=(",", ":"))


def _line(cells: Sequence[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue().encode("utf-8")


def _checksum(texts: Sequence[str]) -> str:
    return f"{MARK}{zlib.crc32(_line(texts)):08x}"


def read_line(columns: Sequence[str], line: bytes) -> dict[str, str]:
    """The cells of a line, by column; ``Damaged`` where it is no row."""
    try:
        found = list(csv.reader([line.decode("utf-8")], strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Damaged(f"it cannot be decoded ({error})") from None
    texts = found[0] if len(found) == 1 else []
    if len(texts) != len(columns):
        raise Damaged(f"it has {len(texts)} cells, {len(columns)} are needed")
    if texts[-1] != _checksum(texts[:-1]) or line != _line(texts):
        raise Damaged(f"its checksum is {shown(texts[-1])}, that of its cells is another one")
    return dict(zip(columns, texts, strict=True))


def value(column: str, text: str) -> Any:
    """A cell as it was written: a number, a text, or None."""
    if text == "":
        return None
    if column in _TEXTS and not text.startswith('"'):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def finished(cells: Mapping[str, Any]) -> bool:
    """Whether a row is of a trial with a network."""
    return bool(cells["status"] == OK)
