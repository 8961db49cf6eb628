"""The fingerprint of a data set and its npz file."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
import zlib
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
_ENTRIES = {"format", "sha256", "points", "labels", "targets", "classes", "names", "separation"}


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
    entries: dict[str, Any] = {
        "format": _FORMAT,
        "sha256": dataset.sha256,
        "points": _as_text(dataset.points),
    }
    if dataset.labels is not None:
        entries |= {"labels": dataset.labels, "classes": dataset.classes}
    if dataset.targets is not None:
        entries["targets"] = _as_text(dataset.targets)
    if dataset.names is not None:
        entries["names"] = json.dumps(dataset.names)
    if dataset.separation_at_least is not None:
        entries["separation"] = dataset.separation_at_least
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **entries)
    write_atomically(Path(path), [buffer.getvalue()])


def load(path: str | os.PathLike[str], max_bytes: int) -> Dataset:
    from mem_lib.data._dataset import Dataset

    shown = show(os.fspath(path))
    try:
        _check_container(path, max_bytes)
        with np.load(path, allow_pickle=False) as file:
            entries = {name: file[name] for name in file.files}
        text = {name: str(entries[name][()]) for name in ("format", "sha256")}
        if text["format"] != _FORMAT or not entries.keys() <= _ENTRIES:
            raise InvalidDataset(f"its format is {show(text['format'])}, not {_FORMAT}")
        separation = entries.get("separation")
        dataset = Dataset(
            _from_text(entries["points"]),
            entries.get("labels"),
            targets=_from_text(entries.get("targets")),
            classes=int(entries["classes"]) if "classes" in entries else None,
            names=json.loads(str(entries["names"])) if "names" in entries else None,
            separation_at_least=None if separation is None else float(separation),
        )
        if dataset.sha256 != text["sha256"]:
            raise InvalidDataset("the fingerprint does not match the content")
    except FileNotFoundError as error:
        raise InvalidDataset(f"there is no file {shown}") from error
    except (
        OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, NotImplementedError,
        RuntimeError, OverflowError, MemoryError, zipfile.BadZipFile, zlib.error,
    ) as error:  # fmt: skip
        raise InvalidDataset(f"{shown} is not a data set written by save: {error}") from error
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


def _from_text(array: np.ndarray | None) -> np.ndarray | None:
    if array is None or array.dtype.kind != "S":
        return array
    result = np.empty(array.size, dtype=object)
    for k, text in enumerate(array.flat):
        numerator, slash, denominator = text.decode("ascii").partition("/")
        value = int(numerator, 16)
        result[k] = Fraction(value, int(denominator, 16)) if slash else value
    return result.reshape(array.shape)
