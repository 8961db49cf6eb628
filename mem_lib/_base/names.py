"""Names of classes: texts or numbers, one for each class, all different.

Two names are the same when they are written the same, a whole number without a point: 1, 1.0 and
``"1"`` are one name, ``"01"`` is another.  So a file in which all labels happen to be numbers
names the classes of one in which some are words.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np

from mem_lib.errors import shown

Name: TypeAlias = str | int | float | bool
Names: TypeAlias = tuple[Name, ...]

#: Longer integers name nothing that a person could read.
MOST_BITS = 3000


def checked(names: Any, argument: str, error: type[ValueError]) -> Names:
    """``names`` as plain Python values; an ``error`` that names the argument when they are no
    sequence of different texts and finite numbers."""
    listed: list[Any] = []
    unordered = set | frozenset | dict
    single = isinstance(names, str | bytes) or getattr(names, "shape", None) == ()
    if isinstance(names, Iterable) and not single and not isinstance(names, unordered):
        listed = [n.item() if isinstance(n, np.generic) else n for n in names]
    if not listed:
        raise error(f"{argument} must be one name for each class, got {shown(names)}")
    plain = [_plain(name) for name in listed]
    for i, name in enumerate(plain):
        if name is None:
            raise error(
                f"{argument} must be strings or numbers, got {argument}[{i}] = {shown(listed[i])}"
            )
    found = tuple(name for name in plain if name is not None)
    first: dict[str, int] = {}
    for i, name in enumerate(found):
        if (k := first.setdefault(key(name), i)) != i:
            raise error(
                f"{argument}[{k}] = {shown(found[k])} and {argument}[{i}] = {shown(name)} are the "
                "same name"
            )
    return found


def key(name: Name) -> str:
    """How ``name`` is written: the same for the same name."""
    if isinstance(name, float) and name.is_integer():
        name = int(name)
    return str(name)


def same(one: Names | None, other: Names | None) -> bool:
    """Whether two sides call their classes the same, in the same order."""
    if one is None or other is None:
        return one is other
    return list(map(key, one)) == list(map(key, other))


def places(names: Names) -> dict[str, int]:
    """The label that each name stands for."""
    return {key(name): label for label, name in enumerate(names)}


def spelled(names: Names) -> str:
    """The names as JSON, in ASCII and without spaces."""
    return json.dumps(list(names), separators=(",", ":"))


def listing(names: Iterable[Name], most: int = 8) -> str:
    """The names for a message: as many as a line holds."""
    shown_names = [shown(name, 40) for name in names]
    more = f" and {len(shown_names) - most} more" if len(shown_names) > most else ""
    return ", ".join(shown_names[:most]) + more


def called(label: int, names: Names | None) -> str:
    """A label for a message: by its name, where it has one that is not its number."""
    name = _name_of(label, names)
    return f"{name} (label {label})" if name else str(label)


def numbered(label: int, names: Names | None) -> str:
    """The same, with the number first."""
    name = _name_of(label, names)
    return f"{label} ({name})" if name else str(label)


def _name_of(label: int, names: Names | None) -> str:
    if names is None or not 0 <= label < len(names) or key(names[label]) == str(label):
        return ""
    return shown(names[label], 40)


def _plain(name: Any) -> Name | None:
    """Without what a subclass adds; None for what is no name."""
    if isinstance(name, bool):
        return name
    if isinstance(name, int):
        return int(name) if name.bit_length() <= MOST_BITS else None
    if isinstance(name, float):
        return float(name) if math.isfinite(name) else None
    if isinstance(name, str):
        return str(name) if _is_unicode(name) else None
    return None


def _is_unicode(text: str) -> bool:
    """Whether UTF-8 can write it: no half of a surrogate pair."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
