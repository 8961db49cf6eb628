"""The network file as bytes, decided by the content alone.

One JSON object without spaces, keys in a fixed order, ASCII.  Integers below 2^53 in absolute
value are plain numbers, because every JSON reader gets them right; the others are hexadecimal
strings.  A layer is written as a dense matrix when all its entries are plain and more than an
eighth of its weights are nonzero, else row by row.  So equal networks have equal files, whether
their matrices are stored dense or sparse.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import numpy as np

from mem_lib._base.integers import largest
from mem_lib._base.names import spelled
from mem_lib.network.integers import BLOCK
from mem_lib.network.sparse import Term

#: Layers and networks are written here, by what they have, before there is a class of them.
Layer: TypeAlias = Any
Network: TypeAlias = Any

FORMAT = "mem_lib.network"
VERSION = 1
PLAIN = 2**53
#: Numbers that take four bytes with their comma, and these bytes: looked up, a matrix of them is
#: written ten times as fast as by Python's integers.
SHORT = range(-99, 1000)
_SPELLED = np.array([f"{value}," for value in SHORT], dtype="S4")


def network_chunks(network: Network, *, told: bool = True) -> Iterator[bytes]:
    """The whole file, in pieces of moderate size; without what readers are told (``about``, names
    and stages of layers, names of classes) on demand."""
    about = network.about_json if told else "{}"
    named = told and network.classes is not None
    classes = f',"classes":{spelled(network.classes)}' if named else ""
    yield (
        f'{{"format":"{FORMAT}","version":{VERSION},"inputs":{number(network.inputs)}'
        f',"input_shift":{number(network.input_shift)}'
        f',"output_denominator":{number(network.output_denominator)}'
        f',"readout":"{network.readout}","about":{about}{classes},"layers":['
    ).encode("ascii")
    for i, layer in enumerate(network.layers):
        if i:
            yield b","
        yield from layer_chunks(layer, told=told)
    yield b"]}"


def layer_chunks(layer: Layer, *, told: bool = True) -> Iterator[bytes]:
    """One layer as a JSON object; without names and stage on demand."""
    head = f'{{"activation":"{layer.activation}"'
    if told and layer.names is not None:
        head += f',"names":{json.dumps(layer.names, separators=(",", ":"))}'
    if told and layer.stage is not None:
        head += f',"stage":{json.dumps(layer.stage)}'
    yield head.encode("ascii")
    yield from _dense(layer) if _is_dense(layer) else _rows(layer)


def number(value: int) -> str:
    """An integer in JSON: plain below 2^53, else a hexadecimal string."""
    return str(value) if -PLAIN < value < PLAIN else f'"{value:#x}"'


def gzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks as one gzip stream without name and time."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    for chunk in chunks:
        yield packer.compress(chunk)
    yield packer.flush()


def sha256(chunks: Iterable[bytes]) -> str:
    """SHA-256 of the joined chunks, in hexadecimal."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def _is_dense(layer: Layer) -> bool:
    if max(layer.tally.largest, largest(layer.bias)) >= PLAIN:
        return False
    return bool(8 * layer.tally.nonzero > layer.units * layer.inputs)


def _dense(layer: Layer) -> Iterator[bytes]:
    weight, step = layer.weight, max(1, BLOCK // layer.inputs)
    lead = b',"weight":['
    for start in range(0, layer.units, step):
        stop = min(start + step, layer.units)
        dense = isinstance(weight, np.ndarray)
        rows = weight[start:stop] if dense else weight.toarray(start, stop)
        yield lead + _matrix(rows)
        lead = b","
    yield b'],"bias":' + _compact(layer.bias.tolist()) + b"}"


def _matrix(rows: np.ndarray) -> bytes:
    """Rows of plain numbers in JSON, without the brackets around all of them."""
    if not (rows.min() >= SHORT[0] and rows.max() <= SHORT[-1]):
        return _compact(rows.tolist())[1:-1]
    cells = np.empty((len(rows), rows.shape[1] + 2), dtype=_SPELLED.dtype)
    cells[:, 0], cells[:, 1:-1], cells[:, -1] = b"[", _SPELLED[rows - SHORT[0]], b"],"
    # NumPy fills cells up with zero bytes, and the last number of a row has a comma too many
    return cells.tobytes().translate(None, b"\0").replace(b",]", b"]")[:-1]


def _compact(values: list[int] | list[list[int]]) -> bytes:
    """A list of plain numbers in JSON: what Python prints, without the spaces."""
    return str(values).replace(" ", "").encode("ascii")


def _rows(layer: Layer) -> Iterator[bytes]:
    lead, size = ',"rows":[', 0
    pieces: list[str] = []
    for bias, terms in layer.rows():
        pieces.append(f'{lead}{{"bias":{number(bias)},"weights":[{_terms(terms)}]}}')
        lead, size = ",", size + len(pieces[-1])
        if size > BLOCK:
            yield "".join(pieces).encode("ascii")
            pieces, size = [], 0
    yield "".join(pieces).encode("ascii") + b"]}"


def _terms(terms: list[Term]) -> str:
    return ",".join([f"[{k},{number(w)}]" for k, w in terms])
