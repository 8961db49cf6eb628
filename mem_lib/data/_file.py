"""The fingerprint of a data set and its npz file."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mem_lib._files import write_atomically
from mem_lib.data import _grid
from mem_lib.errors import InvalidDataset, show

if TYPE_CHECKING:
    from mem_lib.data._dataset import Dataset

_FORMAT = "mem_lib.dataset 1"


def sha256(dataset: Dataset) -> str:
    """The fingerprint documented at `Dataset.sha256`, streamed in blocks of rows."""
    digest = hashlib.sha256()

    def line(text: str) -> None:
        digest.update(text.encode("ascii") + b"\n")

    def numbers(array_of: Callable[[slice], np.ndarray], source: np.ndarray) -> None:
        size = max(_bytes_needed(array_of(rows)) for rows in _grid.blocks(source))
        line(f"bytes {size}")
        for rows in _grid.blocks(source):
            digest.update(_encode(array_of(rows), size))

    line(_FORMAT)
    for name, value in (("N", dataset.N), ("d", dataset.d), ("shift", dataset.shift)):
        line(f"{name} {value}")
    numbers(lambda rows: dataset.integers(rows)[0], dataset.points)
    if dataset.labels is not None:
        line(f"classes {dataset.classes}")
        digest.update(dataset.labels.astype("<i8").tobytes())
    else:
        array, denominator = dataset.integer_targets()
        line(f"denominator {denominator:x}")
        numbers(lambda rows: array[rows], array)
    return digest.hexdigest()


def _bytes_needed(array: np.ndarray) -> int:
    """The least of 1, 2, 4, 8, 16, 24, ... bytes that hold all values in two's complement."""
    extremes = (int(array.max()), int(array.min()))
    bits = 1 + max((v if v >= 0 else ~v).bit_length() for v in extremes)
    return next((b for b in (1, 2, 4, 8) if bits <= 8 * b), 8 * -(-bits // 64))


def _encode(array: np.ndarray, size: int) -> bytes:
    if array.dtype != object:
        return array.astype(f"<i{size}").tobytes()
    return b"".join(int(v).to_bytes(size, "little", signed=True) for v in array.flat)


def save(dataset: Dataset, path: str | os.PathLike[str]) -> None:
    about = {
        "format": _FORMAT,
        "sha256": dataset.sha256,
        "classes": dataset.classes,
        "names": dataset.names,
        "separation_at_least": dataset.separation_at_least,
    }
    arrays: dict[str, Any] = {
        "about": np.array(json.dumps(about)),
        "points": _as_text(dataset.points),
    }
    if dataset.labels is not None:
        arrays["labels"] = dataset.labels
    if dataset.targets is not None:
        arrays["targets"] = _as_text(dataset.targets)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    write_atomically(Path(path), [buffer.getvalue()])


def load(path: str | os.PathLike[str], max_bytes: int) -> Dataset:
    shown = repr(os.fspath(path))
    try:
        _check_container(path, max_bytes)
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return _rebuilt(arrays)
    except FileNotFoundError as error:
        raise InvalidDataset(f"there is no file {shown}") from error
    except Exception as error:  # whatever a decoder raises on damaged bytes
        raise InvalidDataset(f"{shown} is not a data set written by save: {error}") from error


def _rebuilt(arrays: dict[str, Any]) -> Dataset:
    from mem_lib.data._dataset import Dataset

    about = json.loads(str(arrays.pop("about")))
    kind, fingerprint = about.pop("format"), about.pop("sha256")
    if kind != _FORMAT or len(arrays) != 2 or len(about) != 3:
        raise InvalidDataset(f"its format is {show(kind)} with {sorted(arrays)}")
    for name in arrays.keys() & {"points", "targets"}:
        arrays[name] = _from_text(arrays[name])
    dataset = Dataset(**arrays, **about)
    if dataset.sha256 != fingerprint:
        raise InvalidDataset("the fingerprint does not match the content")
    return dataset


def _check_container(path: str | os.PathLike[str], max_bytes: int) -> None:
    """An npz file and nothing more: no bytes before, between or after, no giant inside."""
    with open(path, "rb") as file:
        start = file.read(4)
        file.seek(max(0, os.fstat(file.fileno()).st_size - 22))
        end = file.read()
    if start != b"PK\x03\x04" or end[:4] != b"PK\x05\x06":
        raise InvalidDataset("it does not begin and end as an npz file does")
    with zipfile.ZipFile(path) as archive:
        total = sum(info.file_size for info in archive.infolist())
        if total > max_bytes:
            raise InvalidDataset(f"it unpacks to {total} bytes, more than max_bytes={max_bytes}")


def _as_text(array: np.ndarray) -> np.ndarray:
    """Big integers and fractions as hexadecimal text, other arrays as they are."""
    if array.dtype != object:
        return array
    flat = [
        f"{v.numerator:x}/{v.denominator:x}" if isinstance(v, Fraction) else f"{v:x}"
        for v in array.flat
    ]
    return np.array([text.encode("ascii") for text in flat]).reshape(array.shape)


def _from_text(array: np.ndarray) -> np.ndarray:
    if array.dtype.kind != "S":
        return array
    result = np.empty(array.size, dtype=object)
    for k, text in enumerate(array.flat):
        numerator, slash, denominator = text.decode("ascii").partition("/")
        value = int(numerator, 16)
        result[k] = Fraction(value, int(denominator, 16)) if slash else value
    return result.reshape(array.shape)
