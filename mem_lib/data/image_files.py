"""What a file of images holds, whatever it is called.

Browsers unpack a file and leave it its suffix, and other collections of images come under the names
of MNIST.  So a file is judged by its first bytes, and told apart from others by a hash of what it
holds once it is unpacked: one that was packed anew is the same.
"""

import gzip
import hashlib
import math
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from mem_lib._base.budget import budget, keep_within
from mem_lib.data.pickled import is_pickle, pickled_batch
from mem_lib.errors import InvalidDataset

CIFAR_RECORD = 3073  # a label and 3 x 32 x 32 bytes
COPIES = 6  # of the images, while a data set is made of them
_GZIP = b"\x1f\x8b"
_KINDS = ((b"PK", "a zip archive"), (b"<", "a web page"), (b"\x80", "a pickle"))


def find(homes: Iterable[Path], names: Iterable[str]) -> list[Path] | None:
    """The files of these names in the first folder that has all of them; None if none has.

    A file may be gzipped, have a dot in place of the last dash (``train-images.idx3-ubyte``), or
    lie in a folder of its own name.
    """
    names = list(names)
    for home in homes:
        found = [path for name in names if (path := find_one(home, name))]
        if len(found) == len(names):
            return found
    return None


def find_one(home: Path, name: str) -> Path | None:
    """The file of that name in a folder."""
    names = (name, name.replace("-idx", ".idx"))
    paths = (p for n in names for p in (home / n, home / f"{n}.gz", home / n / n))
    return next((path for path in paths if path.is_file()), None)


def content(path: Path, at_most: int) -> bytes:
    """The bytes of a file, unpacked if they are gzipped; an error for a damaged one or more than
    ``at_most``, and as soon as a data set of the bytes so far might take more than the budget."""
    found, most = bytearray(), budget()
    try:
        with open(path, "rb") as raw:
            zipped = raw.read(2) == _GZIP
        with gzip.open(path) if zipped else open(path, "rb") as file:
            while len(found) <= at_most and (piece := file.read(1 << 20)):
                found += piece
                keep_within(COPIES * len(found), f"path: {str(path)!r} as a data set", most)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InvalidDataset(f"{path} is damaged or truncated: {error}") from error
    if len(found) > at_most:
        raise InvalidDataset(f"{path} is longer than {at_most} bytes")
    return bytes(found)


def idx(path: Path, inner: tuple[int, ...], sha256: str | None) -> np.ndarray:
    """Unsigned bytes in the IDX format: magic number, big-endian shape, bytes.

    ``inner`` is the shape of each entry, ``sha256`` that of the unpacked file, None for any.
    """
    found = content(path, 1 << 28)
    head = 8 + 4 * len(inner)
    magic, *shape = struct.unpack(f">{2 + len(inner)}I", found[:head].ljust(head, b"\0"))
    wanted = 0x0801 + len(inner)
    if magic != wanted:
        kinds = [kind for start, kind in _KINDS if found.startswith(start)]
        hint = f"; it looks like {kinds[0]}" if kinds else ""
        raise InvalidDataset(f"{path} has the magic number {magic}, not {wanted}{hint}")
    expected = head + math.prod(shape)
    if len(found) != expected:
        raise InvalidDataset(f"{path} has {len(found)} bytes; its header promises {expected}")
    if tuple(shape[1:]) != inner:
        raise InvalidDataset(f"{path}: images are {_by(shape[1:])}, not {_by(inner)}")
    if sha256 is not None and (digest := hashlib.sha256(found).hexdigest()) != sha256:
        what = f"{shape[0]} images of {_by(inner)}" if inner else f"{shape[0]} labels"
        raise InvalidDataset(
            f"{path} reads well as {what}, but it is not MNIST (sha256 {digest}, unpacked); "
            "Fashion-MNIST, KMNIST and others have the same names. checked=False takes what is "
            "there"
        )
    return np.frombuffer(found, np.uint8, offset=head).reshape(shape)


def cifar_batch(path: Path, images: int, md5: str | None) -> np.ndarray:
    """The records of a batch, (images, 3073): label, red, green and blue plane.

    A batch of the Python version is read without running what is pickled in it.  ``md5`` is that
    of the records, None for any.
    """
    size = images * CIFAR_RECORD
    found = content(path, 2 * size)
    if is_pickle(found):
        found = pickled_batch(found, path)
    if len(found) != size:
        raise InvalidDataset(f"{path} has {len(found)} bytes, a batch has {size}")
    digest = hashlib.md5(found, usedforsecurity=False).hexdigest()
    if md5 is not None and digest != md5:
        raise InvalidDataset(
            f"{path} reads well as {images} images of 3 x 32 x 32, but it is not this batch of "
            f"CIFAR-10 (md5 {digest}, unpacked). checked=False takes what is there"
        )
    return np.frombuffer(found, np.uint8).reshape(-1, CIFAR_RECORD)


def _by(shape: Iterable[int]) -> str:
    return " x ".join(map(str, shape))
