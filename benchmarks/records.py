"""Files of results: written whole or not at all, and filled row by row where rows take long."""

import csv
import io
import os
import platform
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy

from mem_lib._base.files import write_atomically
from mem_lib.errors import InvalidArgument


def write(path: Path, rows: Sequence[dict]) -> None:
    """``rows`` with the facts of this machine; a row that was read keeps those it came with."""
    facts = {
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "processor": f"{platform.machine()}, {os.cpu_count()} cores",
    }
    path.parent.mkdir(exist_ok=True)
    text = io.StringIO()
    names = dict.fromkeys(["benchmark", *(name for name in rows[0] if name not in facts), *facts])
    writer = csv.DictWriter(text, list(names), lineterminator="\n")
    writer.writeheader()
    writer.writerows({"benchmark": path.stem, **facts, **row} for row in rows)
    write_atomically(path, [text.getvalue().encode()])


def resumed(
    path: Path, trials: Sequence[dict[str, Any]], measure: Callable[..., dict[str, Any]]
) -> list[dict[str, Any]]:
    """A row for each of ``trials``, in their order: ``{**trial, **measure(**trial)}``.

    The file is written after each row, and a trial whose row it has is not measured again.
    ``InvalidArgument`` where the file has a row of no trial: it belongs to another list.
    """
    found = {}
    if path.is_file():
        with open(path, encoding="utf-8", newline="") as file:
            found = {_key(row, trials[0]): row for row in csv.DictReader(file)}
    keys = [_key(trial, trials[0]) for trial in trials]
    if strange := sorted(set(found) - set(keys)):
        raise InvalidArgument(
            f"path: {path} has rows of other trials, such as {strange[0]}; move it away to begin "
            "anew"
        )
    for key, trial in zip(keys, trials, strict=True):
        if key not in found:
            found[key] = {**trial, **measure(**trial)}
            write(path, [found[k] for k in keys if k in found])
    return [found[key] for key in keys]


def _key(row: dict[str, Any], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(str(row.get(name)) for name in names)
