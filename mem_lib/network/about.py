"""What a network tells about itself: JSON values in one canonical spelling."""

from __future__ import annotations

import json
import math
from typing import Any

from mem_lib.errors import InvalidNetwork, shown
from mem_lib.network.integers import integer

MAX_DEPTH = 64
MAX_BYTES = 1 << 24


def canonical(about: Any) -> str:
    """The JSON text of ``about``: sorted keys, no spaces, ASCII."""
    if not isinstance(about, dict):
        raise InvalidNetwork(f"about = {shown(about)} must be a dict")
    spelled = json.dumps(_plain(about, "about", 0), sort_keys=True, separators=(",", ":"))
    if len(spelled) > MAX_BYTES:
        raise InvalidNetwork(f"about takes {len(spelled)} bytes, more than {MAX_BYTES}")
    return spelled


def text(value: Any, place: str) -> str:
    """``value`` as a text that UTF-8 can write."""
    if not isinstance(value, str):
        raise InvalidNetwork(f"{place} = {shown(value)} is not a text")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidNetwork(f"{place} = {shown(value)} holds half a surrogate pair") from None
    return str(value)


def _plain(value: Any, place: str, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise InvalidNetwork(f"about is nested more than {MAX_DEPTH} deep")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return text(value, place)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise InvalidNetwork(f"{place} = {value} is not finite")
        return float(value)
    if isinstance(value, (list, tuple)):
        return [_plain(entry, f"{place}[{i}]", depth + 1) for i, entry in enumerate(value)]
    if isinstance(value, dict):
        return {
            text(key, f"a key of {place}"): _plain(entry, f"{place}[{shown(key)}]", depth + 1)
            for key, entry in value.items()
        }
    return _small(value, place)


def _small(value: Any, place: str) -> int:
    try:
        number = integer(value, place)
    except InvalidNetwork:
        kind = type(value).__name__
        raise InvalidNetwork(f"{place} = {shown(value)} ({kind}) is no JSON value") from None
    if abs(number) >= 2**53:
        raise InvalidNetwork(f"{place} = {shown(number)} is 2^53 or more; tell it as text, hex(n)")
    return number
