"""The fingerprint of a data set and its npz file."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import math
import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import IO, Any

import numpy as np

from mem_lib._base.budget import keep_within
from mem_lib._base.files import named, write_atomically
from mem_lib._base.integers import bits_of, entry_bytes
from mem_lib._base.json_price import check as check_price
from mem_lib.data import grid
from mem_lib.errors import InvalidDataset, TooLarge, shown

FORMAT = "mem_lib.dataset 1"
FLOAT_BITS = 2098  # 5e-324 and 1.8e308 on one grid


def sha256(dataset: Any) -> str:
    """The fingerprint documented at `Dataset.sha256`, of one, streamed in blocks of rows."""
    digest = hashlib.sha256()

    def line(text: str) -> None:
        digest.update(text.encode("ascii") + b"\n")

    def numbers(array_of: Callable[[slice], np.ndarray], source: np.ndarray, shift: int) -> None:
        blocks = list(grid.blocks(source, bits_of(source, shift)))
        size = max(_bytes_needed(array_of(rows)) for rows in blocks)
        line(f"bytes {size}")
        for rows in blocks:
            digest.update(_encode(array_of(rows), size))

    line(FORMAT)
    for name, value in (("N", dataset.N), ("d", dataset.d), ("shift", dataset.shift)):
        line(f"{name} {value}")
    numbers(lambda rows: dataset.integers(rows)[0], dataset.points, dataset.shift)
    if dataset.labels is not None:
        line(f"classes {dataset.classes}")
        digest.update(dataset.labels.astype("<i8").tobytes())
    else:
        array, denominator = dataset.integer_targets()
        line(f"denominator {denominator:x}")
        numbers(lambda rows: array[rows], array, 0)
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


def load(path: str | os.PathLike[str], most: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The inverse: (about, arrays), in at most ``most`` bytes of memory.  Whatever a decoder raises
    on damaged bytes comes out as it is: see :func:`reading`."""
    _check_container(path)
    keep_within(_need(path), f"path: {os.fspath(path)!r} unpacked", most)
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    if "about" not in arrays:
        held = ", ".join(f"{n} {a.shape} {a.dtype}" for n, a in arrays.items())
        names = [*arrays, "points", "labels"]
        raise InvalidDataset(
            f"it holds {held}; with arrays = numpy.load(path), for example "
            f"Dataset.from_arrays(arrays[{names[0]!r}], arrays[{names[1]!r}]) is a data set"
        )
    text = str(arrays.pop("about"))
    check_price(text.encode(), f"path: what {os.fspath(path)!r} tells about itself", most)
    about = json.loads(text)
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
    except TooLarge:
        raise
    except OSError as error:  # a damaged file has no error number, or asks for an odd place
        if error.errno not in (None, errno.EINVAL):
            raise
        raise _foreign(path, error) from error
    except Exception as error:
        raise _foreign(path, error) from error


def _foreign(path: str | os.PathLike[str], error: Exception) -> InvalidDataset:
    return InvalidDataset(f"{os.fspath(path)!r} is not a data set written by save: {error}")


def _check_container(path: str | os.PathLike[str]) -> None:
    """An npz file and nothing more: no bytes before or after."""
    with open(path, "rb") as file:
        start = file.read(4)
        file.seek(max(0, os.fstat(file.fileno()).st_size - 22))
        end = file.read(22)
    if start != b"PK\x03\x04" or end[:4] != b"PK\x05\x06":
        raise InvalidDataset("it does not begin and end as an npz file does")


def _need(path: str | os.PathLike[str]) -> int:
    """What the data set will take at most while it is made, from the headers of the arrays: they
    themselves, a copy, what sorting the rows takes, and integers of any size from text."""
    need = 0
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            with archive.open(info) as member:
                shape, dtype = _header(member)
            entries = math.prod(shape)
            if entries * dtype.itemsize > info.file_size:
                raise InvalidDataset(f"{info.filename} promises {shape} {dtype}, and has less")
            need += 5 * info.file_size + 64 * (shape[0] if shape else 1)
            each = entry_bytes(FLOAT_BITS) + 80 if dtype.kind == "f" else 64
            need += min(each * entries, 8 * grid.BLOCK)  # integers, a block at a time
            if dtype.kind == "S":  # hexadecimal digits, half of a byte each
                need += entries * (2 * entry_bytes(4 * dtype.itemsize) + 128)
            if info.filename == "targets.npy":  # all of them are integers at once
                need += 2 * entries * entry_bytes(FLOAT_BITS)
    return need


def _header(member: IO[bytes]) -> tuple[tuple[int, ...], np.dtype]:
    version = np.lib.format.read_magic(member)
    if version == (1, 0):
        shape, _, dtype = np.lib.format.read_array_header_1_0(member)
    else:
        shape, _, dtype = np.lib.format.read_array_header_2_0(member)
    return shape, dtype


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
