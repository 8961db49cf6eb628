"""Answers and tasks as JSON, so that one process may judge what another has made.

What is written here is data and nothing else: whole numbers, fractions, floats, texts, lists, data
sets and networks.  Reading executes nothing, and a number comes back as the number that it was: a
fraction is no float, and an integer of a thousand bits has a thousand bits.

    5 -> 5      2**60 -> {"int": "0x1000000000000000"}      Fraction(1, 3) -> {"ratio": "1/3"}
    0.5 -> 0.5  {"a": 1} -> {"dict": {"a": 1}}              a network -> {"network": its file}
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import singledispatch
from numbers import Integral
from typing import Any, NoReturn

import numpy as np

from mem_lib._base.text import read_fraction, written
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, MemorizationError, shown
from mem_lib.network import Network

#: How long the JSON of one answer may be, and how deep lists may lie in lists.
MOST_BYTES = 1 << 26
MOST_DEPTH = 40
#: Whole numbers below are written as they are: every JSON reader gets them right.
PLAIN = 2**53


class NotData(InvalidArgument):
    """A value that cannot be handed in, or a text that holds none."""


@dataclass(frozen=True)
class Raised:
    """What takes the place of a value where a function raised an error."""

    error: str


def encoded(value: Any, depth: int = 0) -> Any:
    """``value`` as JSON values; :class:`NotData` for what is no data."""
    if depth > MOST_DEPTH:
        raise NotData(f"answer: lists lie in lists {MOST_DEPTH} deep, or one holds itself")
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise NotData(f"answer: the keys of a dict are texts, got {shown(list(value))}")
        return {"dict": {key: encoded(entry, depth + 1) for key, entry in value.items()}}
    if isinstance(value, np.ndarray):
        return encoded(value.tolist(), depth)
    if isinstance(value, list | tuple | range):
        return [encoded(entry, depth + 1) for entry in value]
    return _single(value)


@singledispatch
def _single(value: Any) -> Any:
    raise NotData(
        f"answer: numbers, texts, lists, dicts, data sets and networks can be handed in, got "
        f"{type(value).__name__}: {shown(value)}"
    )


@_single.register(str)
@_single.register(bool)
@_single.register(type(None))
def _(value: str | bool | None) -> Any:
    return value


@_single.register(np.bool_)
def _(value: np.bool_) -> bool:
    return bool(value)


@_single.register(Integral)
def _(value: Integral) -> Any:
    number = int(value)
    return number if abs(number) < PLAIN else {"int": hex(number)}


@_single.register(Fraction)
def _(value: Fraction) -> Any:
    return {"ratio": written(value)}


@_single.register(float)
@_single.register(np.floating)
def _(value: float | np.floating) -> Any:
    number = float(value)
    if not math.isfinite(number) or number != value:
        raise NotData(f"answer: a finite number of at most 53 bits is needed, got {shown(value)}")
    return number


@_single.register(Network)
def _(value: Network) -> Any:
    return {"network": json.loads(b"".join(value.chunks()))}


@_single.register(Dataset)
def _(value: Dataset) -> Any:
    names = ("points", "labels", "targets", "classes")
    entries = {name: getattr(value, name) for name in names}
    return {"dataset": {name: encoded(v) for name, v in entries.items() if v is not None}}


@_single.register(Raised)
def _(value: Raised) -> Any:
    return {"raised": value.error}


def decoded(content: Any) -> Any:
    """The inverse of :func:`encoded`: lists come back as lists, whatever they were."""
    if isinstance(content, list):
        return [decoded(entry) for entry in content]
    if isinstance(content, float):
        return content if math.isfinite(content) else _refuse(str(content))  # 1e999
    if not isinstance(content, dict):
        return content
    if len(content) != 1:
        raise NotData(f"answer: one tag a value is needed, got {shown(sorted(content))}")
    ((tag, entry),) = content.items()
    read = _TAGS.get(tag)
    if read is None:
        raise NotData(f"answer: {shown(tag)} is no tag of a value; there are {', '.join(_TAGS)}")
    try:
        return read(entry)
    except NotData:
        raise
    except MemorizationError as error:
        raise NotData(f"answer: {error}") from error
    except (TypeError, ValueError, AttributeError, ZeroDivisionError, OverflowError) as error:
        raise NotData(f"answer: {shown(entry)} is no {tag} ({error})") from error


def _dataset(entry: dict[str, Any]) -> Dataset:
    return Dataset(**{name: decoded(value) for name, value in entry.items()})


_TAGS: dict[str, Callable[[Any], Any]] = {
    "int": lambda text: int(text, 16),
    "ratio": read_fraction,
    "raised": lambda error: Raised(str(error)),
    "dict": lambda entries: {key: decoded(entry) for key, entry in entries.items()},
    "network": lambda content: Network.from_json(json.dumps(content)),
    "dataset": _dataset,
}


def text_of(value: Any) -> str:
    """``value`` as the text of a file."""
    text = json.dumps(encoded(value), separators=(",", ":"))
    if len(text) > MOST_BYTES:
        raise NotData(f"answer: its file has {len(text)} bytes, at most {MOST_BYTES} are read")
    return text


def value_of(text: str | bytes) -> Any:
    """The value that :func:`text_of` wrote; :class:`NotData` for anything else."""
    if len(text) > MOST_BYTES:
        raise NotData(f"answer: {len(text)} bytes, at most {MOST_BYTES} are read")
    try:
        content = json.loads(text, parse_constant=_refuse)
    except NotData:
        raise
    except (ValueError, RecursionError) as error:
        raise NotData(f"answer: this is no JSON ({error})") from error
    return decoded(content)


def _refuse(name: str) -> NoReturn:
    raise NotData(f"answer: a finite number is needed, got {name}")
