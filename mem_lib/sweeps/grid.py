"""An entry of a sweep: values by name, each one value or a list of alternatives.

An entry means the product of its lists, the last name going round fastest.  A value that is itself
a list (``centres``) is written as a list of lists.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np

from mem_lib._base.numbers import exact_number, whole
from mem_lib.errors import InvalidArgument, TooLarge, shown

#: More rows than anybody reads; the files of a larger experiment are several sweeps.
MOST_TRIALS = 10**6
#: Longer integers are no parameters.
MOST_BITS = 3000


def plain(value: Any, where: str, depth: int = 2) -> Any:
    """``value`` as JSON has it; ``InvalidArgument`` for what JSON cannot say exactly."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple | range) and depth:
        return [plain(v, f"{where}[{i}]", depth - 1) for i, v in enumerate(value)]
    if value is None or isinstance(value, bool | np.bool_):
        return None if value is None else bool(value)
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise InvalidArgument(f"{where}: no text in UTF-8, got {shown(value)}") from None
        return str(value)
    number = None if isinstance(value, list | tuple | range) else _number(value)
    if number is None:
        kinds = "a finite binary64 number, a text, true, false or null, or a list of such values"
        raise InvalidArgument(f"{where}: {kinds} is needed, got {shown(value)}")
    return number


def _number(value: Any) -> int | float | None:
    if (integer := whole(value)) is not None:
        return integer if integer.bit_length() <= MOST_BITS else None
    number = exact_number(value)
    if number is None:
        return None
    try:
        return float(number) if float(number) == number else None
    except OverflowError:
        return None


def canonical(value: Any) -> str:
    """The JSON text of a plain value, the same for the same meaning: names are in order, 1.0 is
    1, and what is null is left out."""
    return json.dumps(_bare(value), sort_keys=True, separators=(",", ":"), allow_nan=False)


def _bare(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _bare(v) for name, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        return [_bare(v) for v in value]
    if isinstance(value, float) and value.is_integer() and not math.copysign(1, value) < 0:
        return int(value)
    return value


def digest(value: Any) -> str:
    """The SHA-256 of what a plain value means."""
    return hashlib.sha256(canonical(value).encode("ascii")).hexdigest()


def entry(value: Any, where: str, naming: tuple[str, ...]) -> dict[str, Any]:
    """A mapping of names to plain values, of which one of ``naming`` says what it is; a text alone
    is the first of these."""
    given = {naming[0]: value} if isinstance(value, str) else value
    if not isinstance(given, Mapping) or not all(isinstance(name, str) for name in given):
        raise InvalidArgument(f"{where}: a name, or values by name, are needed, got {shown(value)}")
    if sum(name in given for name in naming) != 1:
        raise InvalidArgument(f"{where}: {' or '.join(naming)} is needed, got {shown(dict(given))}")
    found = {str(name): plain(v, f"{where}.{name}") for name, v in given.items()}
    for name in naming:
        if name in found and not isinstance(found[name], str):
            raise InvalidArgument(f"{where}.{name}: one name is needed, got {shown(found[name])}")
    return found


def entries(values: Any, where: str, naming: tuple[str, ...]) -> tuple[dict[str, Any], ...]:
    """The entries of a list, or a single one."""
    single = isinstance(values, str | Mapping)
    if not single and not isinstance(values, list | tuple):
        raise InvalidArgument(f"{where}: a list is needed, got {shown(values)}")
    found = [values] if single else values
    if not found:
        raise InvalidArgument(f"{where}: the list is empty")
    return tuple(entry(v, f"{where}[{i}]", naming) for i, v in enumerate(found))


def size(given: Mapping[str, Any], where: str) -> int:
    """How many alternatives an entry means; ``InvalidArgument`` where a list is empty."""
    for name, value in given.items():
        if value == []:
            raise InvalidArgument(f"{where}.{name}: the list is empty")
    return math.prod(len(v) for v in given.values() if isinstance(v, list))


def alternatives(given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every choice of one value for each name."""
    lists = [v if isinstance(v, list) else [v] for v in given.values()]
    for chosen in product(*lists):
        yield dict(zip(given, chosen, strict=True))


def check_count(counts: Mapping[str, int]) -> None:
    """``TooLarge`` for more trials than a sweep has."""
    if (total := math.prod(counts.values())) > MOST_TRIALS:
        told = " × ".join(f"{count} {name}" for name, count in counts.items())
        raise TooLarge(
            f"{max(counts, key=lambda name: counts[name])}: {told} are {shown(total)} trials; a "
            f"sweep has at most {MOST_TRIALS}"
        )
