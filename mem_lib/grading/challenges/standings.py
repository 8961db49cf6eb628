"""A table of results: every network file of a folder, judged."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mem_lib._base.files import write_atomically
from mem_lib.errors import InvalidArgument, MemorizationError, shown
from mem_lib.grading.challenges.contest import Challenge

#: A longer file is a remark in the table.
MOST = 64 << 20
ENDINGS = (".json", ".json.gz")
#: What a spreadsheet takes for the beginning of a formula.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Standings:
    """The rows of a table, the best valid network first, what is not valid at the end."""

    challenge: Challenge
    rows: tuple[dict[str, Any], ...]

    @property
    def valid(self) -> int:
        return sum(bool(row["valid"]) for row in self.rows)

    def to_csv(self) -> str:
        """Comma-separated, one line a file.  A name or a remark that a spreadsheet would take for a
        formula has an apostrophe in front."""
        out = io.StringIO()
        places = ("place", "among_rivals")
        columns = ["file", "valid", *places, *self.challenge.measures, "network_sha256", "remark"]
        writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
        writer.writeheader()
        for row in self.rows:
            cells = {name: "" if value is None else value for name, value in row.items()}
            cells |= {name: _cell(cells[name]) for name in ("file", "remark")}
            cells["valid"] = "yes" if row["valid"] else "no"
            writer.writerow(cells)
        return out.getvalue()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write :meth:`to_csv` to a file, in UTF-8 with the mark that spreadsheets look for."""
        write_atomically(Path(path), [self.to_csv().encode("utf-8-sig")])


def standings(
    challenge: Challenge,
    folder: str | os.PathLike[str],
    *,
    report: Callable[[dict[str, Any]], None] = lambda row: None,
) -> Standings:
    """Judge every file of a folder whose name ends in .json or .json.gz, in the order of names;
    ``report`` hears of each row.

    A file that is no network, is too long, leads out of the folder or cannot be read is a row with
    a remark.  ``place`` is the one among the files, ``among_rivals`` the one that each has among
    the rivals; equal files share a place.

    Raises ``InvalidArgument`` where ``folder`` is none.
    """
    place = Path(folder)
    if not place.is_dir():
        raise InvalidArgument(
            f"folder: a folder of network files is needed, got {shown(str(place))}"
        )
    rows = []
    for path in sorted(place.iterdir()):
        if path.name.lower().endswith(ENDINGS) and not path.name.startswith("."):
            rows.append({"file": path.name, **_judged(challenge, path, place)})
            report(rows[-1])
    first = challenge.measures[0]
    rows.sort(key=lambda row: (not row["valid"], row[first] if row["valid"] else 0, row["file"]))
    valid = [row[first] for row in rows if row["valid"]]
    for row in rows:
        ahead = [value for value in valid if row["valid"] and value < row[first]]
        row["place"] = 1 + len(ahead) if row["valid"] else None
    return Standings(challenge, tuple(rows))


def _judged(challenge: Challenge, path: Path, folder: Path) -> dict[str, Any]:
    try:
        if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
            raise InvalidArgument("a link out of the folder is not followed")
        if not path.is_file():
            raise InvalidArgument("this is no file")
        if path.stat().st_size > MOST:
            raise InvalidArgument(f"{path.stat().st_size} bytes are more than {MOST}")
        return challenge.judge(path).as_dict()
    except (MemorizationError, OSError, MemoryError) as error:
        told = str(error).removeprefix(f"{path}: ") or type(error).__name__
        return {"valid": False, "among_rivals": None, "remark": " ".join(told.split())}


def _cell(text: str) -> str:
    """One printable line that no spreadsheet computes."""
    line = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return f"'{line}" if line.startswith(FORMULAS) else line
