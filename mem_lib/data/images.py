"""Three collections of small images as data sets of integers.

Pixels stay what they are, integers 0..16 or 0..255; divide by nothing, put the scale into the
network.  Files are looked up in ``folder``, else in ``$MEM_LIB_DATA``, else in
``$XDG_CACHE_HOME/mem_lib`` (``~/.cache/mem_lib``), there in the sub-folders ``mnist`` and
``cifar10``, plain or gzipped, and downloaded there once when they are missing.
"""

import gzip
import os
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from mem_lib._base.arguments import one_of
from mem_lib._base.budget import budget, keep_within
from mem_lib._base.extras import need
from mem_lib.data.dataset import Dataset
from mem_lib.data.download import data_folder, extract, fetch
from mem_lib.errors import InvalidDataset

MNIST_MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
MNIST_SHA256 = {
    "train-images-idx3-ubyte": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}
CIFAR10_MIRRORS = ("https://www.cs.toronto.edu/~kriz/",)
CIFAR10_ARCHIVE = "cifar-10-binary.tar.gz"
CIFAR10_MD5 = "c32a1d4ab5d03f1284b67883e8d87530"
CIFAR10_BATCH = 10_000  # images in each of the six files
COPIES = 6  # of the images, while a data set is made of them

_PREFIXES = {"train": ("train",), "test": ("t10k",), "all": ("train", "t10k")}
_TRAIN = tuple(f"data_batch_{k}.bin" for k in range(1, 6))
_BATCHES = {"train": _TRAIN, "test": ("test_batch.bin",), "all": (*_TRAIN, "test_batch.bin")}
_Folder = str | os.PathLike[str] | None


def digits() -> Dataset:
    """The 1,797 handwritten digits of scikit-learn: 8 x 8 pixels 0..16, ten classes.

    Raises ``ImportError`` without the extra ``data``.

    >>> digits()
    Dataset(N=1797, d=64, classes=10, points=uint8)
    """
    digits = need("sklearn.datasets", "its digits").load_digits
    points, labels = digits(return_X_y=True)
    return Dataset(points.astype(np.uint8), labels, classes=10)


def mnist(
    split: str = "all",
    folder: _Folder = None,
    *,
    download: bool = True,
    progress: bool | None = None,
) -> Dataset:
    """MNIST: 60,000 training and 10,000 test images of 28 x 28 pixels 0..255 (uint8), ten classes.

    ``split`` is "train", "test" or "all" (training images first).  ``progress`` shows a bar for a
    download, None only in a terminal.  Y. LeCun, C. Cortes, C. Burges; CC BY-SA 3.0.

    Raises
    ------
    InvalidArgument
        For another ``split``.
    FileNotFoundError
        When files are missing and ``download`` is False.
    ConnectionError
        When they cannot be downloaded; another OSError when they cannot be written or read.
    InvalidDataset
        For a damaged file, and for a download with a wrong checksum.

    >>> mnist("test")  # doctest: +SKIP
    Dataset(N=10000, d=784, classes=10, points=uint8)
    """
    prefixes = _PREFIXES[one_of(split, "split", _PREFIXES)]
    names = [f"{p}-{kind}" for p in prefixes for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")]
    home = data_folder(folder) / "mnist"
    for name in names:
        if _find(home, name) is None:
            target = home / f"{name}.gz"
            mirrors = tuple(f"{m}{target.name}" for m in MNIST_MIRRORS)
            checksum = f"sha256:{MNIST_SHA256[name]}"
            _obtain("MNIST", mirrors, checksum, target, names, download, progress)
    images = np.concatenate([_idx(home, f"{p}-images-idx3-ubyte", 3) for p in prefixes])
    labels = np.concatenate([_idx(home, f"{p}-labels-idx1-ubyte", 1) for p in prefixes])
    if images.shape[1:] != (28, 28):
        raise InvalidDataset(f"{home}: images are {images.shape[1:]}, not 28 x 28")
    return Dataset(images.reshape(len(images), 784), labels, classes=10)


def cifar10(
    split: str = "all",
    folder: _Folder = None,
    *,
    download: bool = True,
    progress: bool | None = None,
) -> Dataset:
    """CIFAR-10: images of 3 x 32 x 32 bytes (red, green, blue plane; uint8), ten classes.

    Uses as many of the files ``data_batch_1..5.bin`` and ``test_batch.bin`` of 10,000 images as
    it finds in the sub-folder (complete: 60,000), and downloads only when it finds none of
    ``split`` ("train", "test" or "all").  A. Krizhevsky, 2009.

    Raises
    ------
    InvalidArgument
        For another ``split``.
    FileNotFoundError
        When all files are missing and ``download`` is False.
    ConnectionError
        When they cannot be downloaded; another OSError when they cannot be written or read.
    InvalidDataset
        For a damaged file, and for a download with a wrong checksum or without the files.

    >>> cifar10("test")  # doctest: +SKIP
    Dataset(N=10000, d=3072, classes=10, points=uint8)
    """
    names = _BATCHES[one_of(split, "split", _BATCHES)]
    home = data_folder(folder) / "cifar10"
    if not any(_find(home, name) for name in names):
        archive = home / CIFAR10_ARCHIVE
        mirrors = tuple(f"{m}{CIFAR10_ARCHIVE}" for m in CIFAR10_MIRRORS)
        new = [name for name in _BATCHES["all"] if not (home / name).exists()]
        _obtain("CIFAR-10", mirrors, f"md5:{CIFAR10_MD5}", archive, names, download, progress)
        try:
            extract(archive, set(_BATCHES["all"]), home)
        except BaseException:  # some of the files would pass for all of them
            for name in new:
                (home / name).unlink(missing_ok=True)
            raise
        finally:
            archive.unlink(missing_ok=True)
    found = [path for name in names if (path := _find(home, name))]
    if not found:
        raise InvalidDataset(f"{home}: the archive {CIFAR10_ARCHIVE} has none of {_list(names)}")
    batches = np.concatenate([_cifar_batch(path) for path in found])
    return Dataset(batches[:, 1:], batches[:, 0], classes=10)


def _find(home: Path, name: str) -> Path | None:
    """The file in plain or gzipped form."""
    return next((p for p in (home / name, home / f"{name}.gz") if p.is_file()), None)


def _obtain(
    what: str,
    mirrors: tuple[str, ...],
    checksum: str,
    path: Path,
    names: Iterable[str],
    download: bool,
    progress: bool | None,
) -> None:
    reason: InvalidDataset | OSError | None = None
    if download:
        try:
            return fetch(mirrors, checksum, path, progress)
        except (InvalidDataset, OSError) as error:
            reason = error
    kind = type(reason) if reason else FileNotFoundError
    raise kind(
        f"{what} is not in {path.parent}: put the files {_list(names)} (plain or .gz) there, or "
        f"set MEM_LIB_DATA to the folder that holds {path.parent.name}/"
        + (f"; {reason}" if reason else " (download=False)")
    ) from reason


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)


def _content(path: Path, at_most: int) -> bytes:
    """The bytes of a plain or gzipped file; an error for a damaged one or more than ``at_most``,
    and as soon as a data set of the bytes so far might take more than the budget."""
    content, most = bytearray(), budget()
    try:
        with gzip.open(path) if path.suffix == ".gz" else open(path, "rb") as file:
            while len(content) <= at_most and (piece := file.read(1 << 20)):
                content += piece
                keep_within(COPIES * len(content), f"path: {str(path)!r} as a data set", most)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InvalidDataset(f"{path} is damaged or truncated: {error}") from error
    if len(content) > at_most:
        raise InvalidDataset(f"{path} is longer than {at_most} bytes")
    return bytes(content)


def _idx(home: Path, name: str, dimensions: int) -> np.ndarray:
    """An array of unsigned bytes in the IDX format: magic number, big-endian shape, bytes."""
    path = _find(home, name)
    if path is None:
        raise FileNotFoundError(f"{home / name} has vanished")
    content = _content(path, 1 << 28)
    head = 4 + 4 * dimensions
    magic, *shape = struct.unpack(f">{1 + dimensions}I", content[:head].ljust(head, b"\0"))
    if magic != 0x0800 + dimensions:
        raise InvalidDataset(f"{path} has the magic number {magic}, not {0x0800 + dimensions}")
    expected = head + int(np.prod(shape, dtype=object))
    if len(content) != expected:
        raise InvalidDataset(f"{path} has {len(content)} bytes; its header promises {expected}")
    return np.frombuffer(content, np.uint8, offset=head).reshape(shape)


def _cifar_batch(path: Path) -> np.ndarray:
    size = CIFAR10_BATCH * 3073
    content = _content(path, size)
    if len(content) != size:
        raise InvalidDataset(f"{path} has {len(content)} bytes, a batch has {size}")
    return np.frombuffer(content, np.uint8).reshape(-1, 3073)
