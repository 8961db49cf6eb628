"""Recorded results: what ``python -m benchmarks`` measured, read by pages that cannot wait for it.

They are files of this package, so a page finds them wherever it is run.

>>> [row["n"] for row in read("moons")[:3]]
[10, 20, 30]
"""

import csv
import math
from pathlib import Path
from typing import Any

from mem_lib.errors import InvalidArgument, shown

FOLDER = Path(__file__).resolve().parent / "results"


def read(name: str) -> list[dict[str, Any]]:
    """The rows of the recorded results ``name``, a dict a row; whole numbers as ``int``, other
    finite ones as ``float``, all else as text.

    ``FileNotFoundError`` where nothing of this name was recorded; ``InvalidArgument`` for what is
    no name.
    """
    if not isinstance(name, str) or not name.isidentifier():
        raise InvalidArgument(f"name: a name such as 'moons' is needed, got {shown(name)}")
    path = FOLDER / f"{name}.csv"
    if not path.is_file():
        there = ", ".join(sorted(p.stem for p in FOLDER.glob("*.csv"))) or "none"
        raise FileNotFoundError(
            f"name: {path} holds no recorded results; `python -m benchmarks {name}` writes those "
            f"that it knows; recorded are: {there}"
        )
    with open(path, encoding="utf-8", newline="") as file:
        return [{key: _value(text) for key, text in row.items()} for row in csv.DictReader(file)]


def _value(text: str) -> Any:
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        if math.isfinite(number):
            return number
    return text
