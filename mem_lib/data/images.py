"""Three collections of small images as data sets of integers.

Pixels stay what they are, integers 0..16 or 0..255; divide by nothing, put the scale into the
network.  Files are looked up in ``folder``, else in ``$MEM_LIB_DATA``, else in
``$XDG_CACHE_HOME/mem_lib`` (``~/.cache/mem_lib``): there in the sub-folders ``mnist`` and
``cifar10``, in those that PyTorch's torchvision makes, and in the folder itself, plain or gzipped.
They are downloaded into the first of these once when they are missing.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from mem_lib._base.arguments import one_of
from mem_lib._base.extras import need
from mem_lib.data.dataset import Dataset
from mem_lib.data.download import data_folder, extract, fetch
from mem_lib.data.image_files import cifar_batch, find, find_one, idx
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
#: The same files, unpacked.
MNIST_CONTENT = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
_MNIST_HOMES = ("mnist", "MNIST/raw", "raw", "")
CIFAR10_MIRRORS = ("https://www.cs.toronto.edu/~kriz/",)
CIFAR10_ARCHIVE = "cifar-10-binary.tar.gz"
CIFAR10_MD5 = "c32a1d4ab5d03f1284b67883e8d87530"
CIFAR10_BATCH = 10_000  # images in each of the six files
CIFAR10_CONTENT = {  # md5 of the six files
    "data_batch_1.bin": "5dd7e06a14cb22eb9f671a540d1b7c25",
    "data_batch_2.bin": "5ea93a67294ea407fff1d09f752e9692",
    "data_batch_3.bin": "942cd6a4bcdd0dd3c604fbe906cb4421",
    "data_batch_4.bin": "ae636b3ba5c66a11e91e8cb52e771fcb",
    "data_batch_5.bin": "53f37980c15c3d472c316c40844f3f0d",
    "test_batch.bin": "803d5f7f4d78ea53de84dbe85f74fb6d",
}
_CIFAR10_HOMES = ("cifar10", "cifar-10-batches-bin", "cifar-10-batches-py", "")

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
    checked: bool = True,
) -> Dataset:
    """MNIST: 60,000 training and 10,000 test images of 28 x 28 pixels 0..255 (uint8), ten classes.

    ``split`` is "train", "test" or "all" (training images first).  ``progress`` shows a bar for a
    download, None only in a terminal.  Y. LeCun, C. Cortes, C. Burges; CC BY-SA 3.0.

    Files are judged by what they hold: gzipped or not whatever their suffix, and MNIST by a hash of
    the unpacked content.  ``checked=False`` takes other images in files of the same names and
    format, such as Fashion-MNIST or KMNIST, 28 x 28 pixels and ten classes as well.

    Raises
    ------
    InvalidArgument
        For another ``split``.
    FileNotFoundError
        When files are missing and ``download`` is False.
    ConnectionError
        When they cannot be downloaded; another OSError when they cannot be written or read.
    InvalidDataset
        For a damaged file, a download with a wrong checksum, and for images that are not MNIST.

    >>> mnist("test")  # doctest: +SKIP
    Dataset(N=10000, d=784, classes=10, points=uint8)
    """
    prefixes = _PREFIXES[one_of(split, "split", _PREFIXES)]
    names = [f"{p}-{kind}" for p in prefixes for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")]
    homes = [data_folder(folder) / home for home in _MNIST_HOMES]
    paths = find(homes, names)
    if paths is None:
        for name in names:
            if find_one(homes[0], name) is None:
                target = homes[0] / f"{name}.gz"
                mirrors = tuple(f"{m}{target.name}" for m in MNIST_MIRRORS)
                checksum = f"sha256:{MNIST_SHA256[name]}"
                _obtain("MNIST", mirrors, checksum, target, names, download, progress)
        paths = find(homes[:1], names)
    if paths is None:
        raise FileNotFoundError(f"files of MNIST have vanished from {homes[0]}")
    hashes = [MNIST_CONTENT[name] if checked else None for name in names]
    images = [idx(p, (28, 28), h) for p, h in zip(paths[::2], hashes[::2], strict=True)]
    labels = [idx(p, (), h) for p, h in zip(paths[1::2], hashes[1::2], strict=True)]
    points = np.concatenate(images)
    return Dataset(points.reshape(len(points), 784), np.concatenate(labels), classes=10)


def cifar10(
    split: str = "all",
    folder: _Folder = None,
    *,
    download: bool = True,
    progress: bool | None = None,
    checked: bool = True,
) -> Dataset:
    """CIFAR-10: images of 3 x 32 x 32 bytes (red, green, blue plane; uint8), ten classes.

    Uses as many of the files ``data_batch_1..5.bin`` and ``test_batch.bin`` of 10,000 images as
    it finds in one sub-folder (complete: 60,000), and downloads only when it finds none of
    ``split`` ("train", "test" or "all").  The pickled batches of the Python version, as torchvision
    keeps them, are read as well, and nothing that is pickled is run.  A. Krizhevsky, 2009.

    Each batch is known by a hash of its content; ``checked=False`` takes others of that format.

    Raises
    ------
    InvalidArgument
        For another ``split``.
    FileNotFoundError
        When all files are missing and ``download`` is False.
    ConnectionError
        When they cannot be downloaded; another OSError when they cannot be written or read.
    InvalidDataset
        For a damaged file, a download with a wrong checksum or without the files, and for images
        that are not CIFAR-10.

    >>> cifar10("test")  # doctest: +SKIP
    Dataset(N=10000, d=3072, classes=10, points=uint8)
    """
    names = _BATCHES[one_of(split, "split", _BATCHES)]
    homes = [data_folder(folder) / home for home in _CIFAR10_HOMES]
    found = _batches(homes, names)
    if not found:
        _download_cifar(homes[0], names, download, progress)
        found = _batches(homes[:1], names)
    if not found:
        raise InvalidDataset(
            f"{homes[0]}: the archive {CIFAR10_ARCHIVE} has none of {_list(names)}"
        )
    hashes = [CIFAR10_CONTENT[name] if checked else None for name in found]
    batches = np.concatenate(
        [cifar_batch(p, CIFAR10_BATCH, h) for p, h in zip(found.values(), hashes, strict=True)]
    )
    return Dataset(batches[:, 1:], batches[:, 0], classes=10)


def _batches(homes: list[Path], names: Iterable[str]) -> dict[str, Path]:
    """Those of the batches that the first folder with any has, by name."""
    for home in homes:
        pairs = [(n, find_one(home, n) or find_one(home, n.removesuffix(".bin"))) for n in names]
        if found := {name: path for name, path in pairs if path}:
            return found
    return {}


def _download_cifar(
    home: Path, names: Iterable[str], download: bool, progress: bool | None
) -> None:
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
