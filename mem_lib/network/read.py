"""From the bytes of a network file to the arguments of its layers; nothing is executed.

JSON leaves much open: duplicate keys, ``NaN``, numbers of any length, any depth.  Here each of them
has one answer, an :class:`~mem_lib.InvalidNetwork` that names the place.  A plain number must be
below 2^53 in absolute value, since most JSON readers would round it beyond; longer integers are
strings ``"0x..."`` or ``"-0x..."``, lower case, without leading zeros, as ``hex`` writes them.
Converting such a string takes linear time, and so does everything else in this module.
"""

from __future__ import annotations

import json
import math
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from gzip import BadGzipFile, GzipFile
from itertools import chain
from typing import Any, BinaryIO, NoReturn

import numpy as np

from mem_lib._base.integers import largest
from mem_lib._base.json_price import Price
from mem_lib.errors import InvalidNetwork, shown
from mem_lib.network.integers import Array, Name, locked, pack, stack
from mem_lib.network.sparse import Sparse
from mem_lib.network.write import FORMAT, PLAIN, VERSION

#: Bytes for a weight in the arrays that are made of the parsed text, copies included.
WEIGHT = 48
MAX_DIGITS = 10**6

HEXADECIMAL = re.compile(r"0x0|-?0x[1-9a-f][0-9a-f]*")
PLAIN_DIGITS = 16  # 2^53 has 16 decimal digits
FLOAT_LENGTH = 64
GZIP = b"\x1f\x8b"
PIECE = 1 << 20

NETWORK_KEYS = {"format", "version", "inputs", "input_shift", "output_denominator", "readout"}
OPTIONAL_NETWORK_KEYS = {"about", "classes"}
OPTIONAL_LAYER_KEYS = {"names", "stage"}


@contextmanager
def inside(place: str) -> Iterator[None]:
    """Put the place before the message of an error raised inside."""
    try:
        yield
    except InvalidNetwork as error:
        raise InvalidNetwork(f"{place}: {error}") from None


# --- bytes ---------------------------------------------------------------------------------------


def uncompressed(file: BinaryIO, most: int, what: str) -> bytes:
    """The text of a plain or gzipped file; ``TooLarge``, which ``what`` begins, as soon as a
    network of what was read so far might take more than ``most`` bytes."""
    packed = file.read(len(GZIP)) == GZIP
    file.seek(0)
    source = GzipFile(fileobj=file) if packed else file
    text, price = bytearray(), Price(what, most, WEIGHT)
    try:
        while piece := source.read(PIECE):
            price.add(piece)
            text += piece
    except (EOFError, BadGzipFile, zlib.error) as error:
        raise InvalidNetwork(f"the gzip stream is damaged: {error}") from None
    return bytes(text)


# --- JSON ----------------------------------------------------------------------------------------


def document(text: bytes) -> dict[str, Any]:
    """The JSON object, strictly: UTF-8 without a byte order mark, no key twice, no NaN."""
    if not re.match(rb"[ \t\r\n]*\{", text):
        raise InvalidNetwork("a network file is one JSON object, this does not begin with '{'")
    try:
        value: dict[str, Any] = json.loads(
            text.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_no_constant,
            parse_float=_float,
            parse_int=_int if _has_long_number(text) else None,
        )
    except UnicodeDecodeError as error:
        raise InvalidNetwork(f"not UTF-8: {error.reason} at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise InvalidNetwork(f"not JSON: {error}") from None
    return value


def _has_long_number(text: bytes) -> bool:
    """Whether more than 16 digits in a row occur where a number could begin.

    Without any, ``json`` may convert integers by itself: no hook, several times faster, and no
    conversion can be slow.  Digits within hexadecimal strings follow an x, a letter or a digit.
    """
    return b" " + b"0" * (PLAIN_DIGITS + 1) in text.translate(_CLASSES)


_CLASSES = bytes(
    ord("0") if chr(c) in "0123456789" else ord(" ") if chr(c) in "[,:- \t\r\n" else ord("x")
    for c in range(256)
)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise InvalidNetwork(f"the key {shown(twice)} occurs twice in one object")
    return result


def _no_constant(name: str) -> NoReturn:
    raise InvalidNetwork(f"{name} is not a JSON number")


def _float(digits: str) -> float:
    value = float(digits) if len(digits) <= FLOAT_LENGTH else math.inf
    if not math.isfinite(value):
        raise InvalidNetwork(f"the number {shown(digits)} is too large or too long")
    return value


def _int(digits: str) -> int:
    if len(digits) > PLAIN_DIGITS + 1:  # one more for the sign
        _too_long(f"an integer of {len(digits)} digits")
    return int(digits)


def _too_long(what: str) -> NoReturn:
    raise InvalidNetwork(f"{what}: 2^53 and more must be a hexadecimal string '0x...'")


# --- the fields ----------------------------------------------------------------------------------


def fields(text: bytes, max_digits: int = MAX_DIGITS) -> dict[str, Any]:
    """The arguments of ``Network``; ``layers`` is a list of the arguments of ``Layer``."""
    try:
        return _Reader(max_digits).network(document(text))
    except RecursionError:
        raise InvalidNetwork("the brackets are nested too deeply for a network file") from None


@dataclass(frozen=True)
class _Reader:
    max_digits: int

    def network(self, data: dict[str, Any]) -> dict[str, Any]:
        if data.get("format") != FORMAT:
            raise InvalidNetwork(f"format is {shown(data.get('format'))}, not {FORMAT!r}")
        if "version" in data and self.scalar(data["version"], "version") != VERSION:
            raise InvalidNetwork(f"version is {shown(data['version'])}; known: {VERSION}")
        _check_keys(data, NETWORK_KEYS | {"layers"}, OPTIONAL_NETWORK_KEYS)
        inputs = self.scalar(data["inputs"], "inputs")
        if not 0 < inputs < PLAIN:
            raise InvalidNetwork(f"inputs = {shown(inputs)} must be at least 1 and below 2^53")
        shift = self.scalar(data["input_shift"], "input_shift")
        if shift > 4 * self.max_digits:
            raise InvalidNetwork(f"input_shift = {shown(shift)} exceeds 4 max_digits bits")
        return {
            "layers": self.layers(_list(data["layers"], "layers"), inputs),
            "input_shift": shift,
            "output_denominator": self.scalar(data["output_denominator"], "output_denominator"),
            "readout": data["readout"],
            "about": data.get("about", {}),
            "classes": _names(data["classes"]) if "classes" in data else None,
        }

    def layers(self, data: list[Any], inputs: int) -> list[dict[str, Any]]:
        result = []
        for i, entry in enumerate(data):
            with inside(f"layers[{i}]"):
                layer = self.layer(entry, inputs)
            inputs = layer["weight"].shape[0]
            result.append(layer)
        return result

    def layer(self, data: Any, inputs: int) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise InvalidNetwork(f"{shown(data)} is not an object")
        body = {"rows"} if "rows" in data else {"weight", "bias"}
        _check_keys(data, {"activation"} | body, OPTIONAL_LAYER_KEYS)
        weight, bias = self.rows(data, inputs) if "rows" in data else self.dense(data, inputs)
        told = {key: data[key] for key in OPTIONAL_LAYER_KEYS & data.keys()}
        return {"weight": weight, "bias": bias, "activation": data["activation"], **told}

    def dense(self, data: dict[str, Any], inputs: int) -> tuple[Array, Array]:
        rows = _list(data["weight"], "weight")
        for i, row in enumerate(rows):
            if len(_list(row, f"weight[{i}]")) != inputs:
                raise InvalidNetwork(
                    f"weight[{i}] has {len(row)} entries, the layer has {inputs} inputs"
                )
        bias = self.vector(_list(data["bias"], "bias"), lambda i: f"bias[{i}]")
        if rows and set(map(type, chain.from_iterable(rows))) == {int}:
            weight = locked(np.array(rows, dtype=np.int64))
            if largest(weight) < PLAIN:
                return weight, bias
        named = [(row, lambda j, i=i: f"weight[{i}][{j}]") for i, row in enumerate(rows)]
        return stack([self.vector(row, name) for row, name in named], "weight"), bias

    def rows(self, data: dict[str, Any], inputs: int) -> tuple[Sparse, Array]:
        rows = _list(data["rows"], "rows")
        if not rows:
            raise InvalidNetwork("rows is empty; a layer has at least one unit")
        for i, row in enumerate(rows):
            _check_row(row, i)
        indptr = np.cumsum([0] + [len(row["weights"]) for row in rows])
        terms = list(chain.from_iterable(row["weights"] for row in rows))

        def name(position: int) -> str:
            i = int(np.searchsorted(indptr, position, side="right")) - 1
            return f"rows[{i}].weights[{position - indptr[i]}]"

        indices = self.vector([k for k, _ in terms], lambda t: f"{name(t)}[0]")
        values = self.vector([w for _, w in terms], lambda t: f"{name(t)}[1]")
        bias = self.vector([row["bias"] for row in rows], lambda i: f"rows[{i}].bias")
        return Sparse(indptr, indices, values, (len(rows), inputs)), bias

    def vector(self, values: list[Any], name: Name) -> Array:
        if set(map(type, values)) <= {int}:
            array = pack(values)
            if largest(array) < PLAIN:
                return array
        return pack([self.scalar(value, name(i)) for i, value in enumerate(values)])

    def scalar(self, value: Any, place: str) -> int:
        if type(value) is int:
            if abs(value) >= PLAIN:
                _too_long(f"{place} = {value}")
            return value
        if type(value) is not str:
            raise InvalidNetwork(f"{place} = {shown(value)} is not an integer")
        if len(value) > self.max_digits + len("-0x"):
            raise InvalidNetwork(
                f"{place} has {len(value)} characters, more than max_digits = {self.max_digits}"
            )
        if not HEXADECIMAL.fullmatch(value):
            raise InvalidNetwork(f"{place} = {shown(value)} is not a hexadecimal integer '-0x1f'")
        return int(value, 16)


def _check_keys(data: dict[str, Any], required: set[str], optional: set[str]) -> None:
    missing, unknown = required - data.keys(), data.keys() - required - optional
    if missing:
        raise InvalidNetwork(f"the key {min(missing)!r} is missing")
    if unknown:
        raise InvalidNetwork(f"the key {shown(min(unknown))} is unknown")
    for key in sorted(optional & data.keys()):
        if data[key] is None:
            raise InvalidNetwork(f"the key {key!r} is null; leave it out")


def _names(data: Any) -> list[Any]:
    for i, name in enumerate(_list(data, "classes")):
        if type(name) is int and abs(name) >= PLAIN:
            raise InvalidNetwork(f"classes[{i}] = {name}: 2^53 and more must be a text")
    return list(data)


def _check_row(row: Any, i: int) -> None:
    if not isinstance(row, dict):
        raise InvalidNetwork(f"rows[{i}] = {shown(row)} is not an object")
    if row.keys() != {"bias", "weights"}:
        with inside(f"rows[{i}]"):
            _check_keys(row, {"bias", "weights"}, set())
    terms = _list(row["weights"], f"rows[{i}].weights")
    if not (set(map(type, terms)) <= {list} and set(map(len, terms)) <= {2}):
        for j, term in enumerate(terms):
            if type(term) is not list or len(term) != 2:
                raise InvalidNetwork(
                    f"rows[{i}].weights[{j}] = {shown(term)} is not a pair [input, weight]"
                )


def _list(value: Any, place: str) -> list[Any]:
    if type(value) is not list:
        raise InvalidNetwork(f"{place} = {shown(value)} is not a list")
    return value
