"""The fingerprint of a data set and its npz file."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import numpy as np

from mem_lib._base.files import named, write_atomically
from mem_lib.data import grid
from mem_lib.errors import InvalidDataset, shown

FORMAT = "mem_lib.dataset 1"


def sha256(dataset: Any) -> str:
    """The fingerprint documented at `Dataset.sha256`, of one, streamed in blocks of rows."""
    digest = hashlib.sha256()

    def line(text: str) -> None:
        digest.update(text.encode("ascii") + b"\n")

    def numbers(array_of: Callable[[slice], np.ndarray], source: np.ndarray) -> None:
        size = max(_bytes_needed(array_of(rows)) for rows in grid.blocks(source))
        line(f"bytes {size}")
        for rows in grid.blocks(source):
            digest.update(_encode(array_of(rows), size))

    line(FORMAT)
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


def save(path: str | os.PathLike[str], about: dict[str, Any], arrays: dict[str, Any]) -> None:
    """Write named arrays, and JSON values about them."""
    texts: dict[str, Any] = {name: _as_text(array) for name, array in arrays.items()}
    texts["about"] = np.array(json.dumps({"format": FORMAT, **about}))
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **texts)
    write_atomically(named(path), [buffer.getvalue()])


def load(path: str | os.PathLike[str], max_bytes: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The inverse: (about, arrays).  Whatever a decoder raises on damaged bytes comes out as it
    is: see :func:`reading`."""
    _check_container(path, max_bytes)
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    if "about" not in arrays:
        held = ", ".join(f"{n} {a.shape} {a.dtype}" for n, a in arrays.items())
        names = [*arrays, "points", "labels"]
        raise InvalidDataset(
            f"it holds {held}; with arrays = numpy.load(path), for example "
            f"Dataset.from_arrays(arrays[{names[0]!r}], arrays[{names[1]!r}]) is a data set"
        )
    about = json.loads(str(arrays.pop("about")))
    kind = about.pop("format")
    if kind != FORMAT or len(arrays) != 2:
        raise InvalidDataset(f"its format is {shown(kind)} with {sorted(arrays)}")
    return about, {name: _from_text(array) for name, array in arrays.items()}


@contextmanager
def reading(path: str | os.PathLike[str]) -> Iterator[None]:
    """What a decoder raises on damaged bytes, as an ``InvalidDataset`` that names the file."""
    with open(named(path), "rb") as file:  # a missing or unreadable file stays its OSError
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise InvalidDataset(f"{os.fspath(path)!r} is a device or a pipe, and no regular file")
    try:
        yield
    except OSError as error:  # a damaged file has no error number, or asks for an odd place
        if error.errno not in (None, errno.EINVAL):
            raise
        raise _foreign(path, error) from error
    except Exception as error:
        raise _foreign(path, error) from error


def _foreign(path: str | os.PathLike[str], error: Exception) -> InvalidDataset:
    return InvalidDataset(f"{os.fspath(path)!r} is not a data set written by save: {error}")


def _check_container(path: str | os.PathLike[str], max_bytes: int) -> None:
    """An npz file and nothing more: no bytes before, between or after, no giant inside."""
    with open(path, "rb") as file:
        start = file.read(4)
        file.seek(max(0, os.fstat(file.fileno()).st_size - 22))
        end = file.read(22)
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
