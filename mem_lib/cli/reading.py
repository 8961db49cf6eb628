"""Data that are named on the command line: a table or an npz file; its content says which."""

from pathlib import Path
from typing import Any

from mem_lib.data import Dataset
from mem_lib.data.csv import table
from mem_lib.data.lines import ZIP, head
from mem_lib.errors import InvalidDataset

#: More digits than a number of classes can have.
MOST_DIGITS = 20


def read(
    path: str,
    *,
    label: Any = None,
    target: Any = None,
    delimiter: str | None = None,
    header: bool | None = None,
    classes: Any = None,
) -> tuple[Dataset, str]:
    """The data, and what of a table was taken for what.  Options of a table are as they are typed:
    ``classes`` is a number or names with commas, TAB a delimiter."""
    if head(path).startswith(ZIP):
        return Dataset.load(path), ""
    if starts_as_json(path):
        raise InvalidDataset(
            f"{path!r} begins with '{{' as a network or a certificate does; data are needed"
        )
    if isinstance(classes, str):
        whole = classes.isdecimal() and len(classes) < MOST_DIGITS
        classes = int(classes) if whole else classes.split(",")
    found = table(
        path,
        label=label,
        target=target,
        delimiter=delimiter_named(delimiter),
        header=header,
        classes=classes,
    )
    return found.dataset, str(found)


def starts_as_json(path: str | Path) -> bool:
    return head(path).lstrip().startswith(b"{")


def delimiter_named(text: str | None) -> str | None:
    return "\t" if text in ("TAB", "\\t") else text
