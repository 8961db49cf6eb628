"""What is fuzzed: valid files of every kind, how they are read, and what changes know of them."""

import gzip
import io
import json
import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED

import numpy as np

import mem_lib as ml
from benchmarks.fuzz_changes import (
    EXTREME,
    all_arrays,
    changed_npz,
    members_of,
    npy,
    replaced,
    zipped,
)
from mem_lib.certificate import checkpoint
from mem_lib.certificate import file as certificate_file
from mem_lib.data import images
from mem_lib.exact import engine
from mem_lib.two_layer.residual import file as fit_file


class Kind:
    """Valid files (``seeds``), the tokens of their format, and what reads them."""

    tokens = "json"
    suffix = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seeds = self.made()

    def made(self) -> list[bytes]:
        raise NotImplementedError

    def read(self, content: bytes) -> None:
        path = self.folder / f"input{self.suffix}"
        path.write_bytes(content)
        self.load(path)

    def load(self, path: Path) -> None:
        raise NotImplementedError

    def edited(self, content: bytes, rng: np.random.Generator) -> bytes:
        """A change that knows the format."""
        return content


class _Json(Kind):
    def edited(self, content: bytes, rng: np.random.Generator) -> bytes:
        document = json.loads(content)
        replaced(document, rng)
        return json.dumps(document).encode()


class NetworkJson(_Json):
    suffix = ".json"

    def made(self) -> list[bytes]:
        networks = [_network(), _network(sparse=True), _deep()]
        return [network.to_json().encode() for network in networks]

    def load(self, path: Path) -> None:
        ml.Network.load(path)


class NetworkGzip(NetworkJson):
    suffix = ".json.gz"
    tokens = "binary"

    def made(self) -> list[bytes]:
        return [gzip.compress(content, mtime=0) for content in super().made()]

    def edited(self, content: bytes, rng: np.random.Generator) -> bytes:
        return gzip.compress(super().edited(gzip.decompress(content), rng), mtime=0)


class Npz(Kind):
    suffix = ".npz"
    tokens = "binary"

    def made(self) -> list[bytes]:
        path, found = self.folder / "seed.npz", []
        for dataset in (
            ml.Dataset([[0.5, 1], [2, 3], [4, -5]], [0, 1, 2], names=("a", "b", "c")),
            ml.Dataset([[1 << 80, 1], [2, 3]], [0, 1]),
            ml.Dataset([[1], [2]], targets=[Fraction(1, 3), Fraction(5, 7)]),
            ml.Dataset(np.array([[1], [2]], np.uint8), targets=[0.5, 1e300]),
        ):
            dataset.save(path)
            found.append(zipped(members_of(path.read_bytes())))
        return found

    def load(self, path: Path) -> None:
        ml.Dataset.load(path)

    def edited(self, content: bytes, rng: np.random.Generator) -> bytes:
        return changed_npz(content, rng)


class Csv(Kind):
    suffix = ".csv"
    tokens = "csv"

    def made(self) -> list[bytes]:
        return [
            b"x,y,label\n0.5,1,yes\n0.25,-1,no\n3,4,no\n", b"u;v;w\n4;5;6\n7;8;9\n",
            b'"a","b"\n1,0\n123456789012345678901234567890,1\n', b"x\tl\n1.5\t5\n2.5\t15\n",
            gzip.compress(b"x,l\n1,0\n2,1\n", mtime=0),
        ]  # fmt: skip

    def load(self, path: Path) -> None:
        ml.data.read_csv(path)

    def edited(self, content: bytes, rng: np.random.Generator) -> bytes:
        if content.startswith(b"\x1f\x8b"):
            return gzip.compress(self.edited(gzip.decompress(content), rng), mtime=0)
        lines = content.split(b"\n")
        k = int(rng.integers(len(lines)))
        cells = lines[k].split(b",")
        cells[int(rng.integers(len(cells)))] = EXTREME[int(rng.integers(len(EXTREME)))]
        lines[k] = b",".join(cells)
        return b"\n".join(lines)


class Certificate(_Json):
    suffix = ".json"

    def made(self) -> list[bytes]:
        path, found = self.folder / "seed.json", []
        points = ml.Dataset([[1, 2], [3, 5], [0, 1]], [0, 1, 0])
        for network in (_network(), ml.foundations.staircase(points)):
            ml.verify(network, points, progress=False).save(path)
            found.append(path.read_bytes())
        return found

    def load(self, path: Path) -> None:
        repr(ml.Certificate.load(path))

    def edited(self, content: bytes, rng: np.random.Generator) -> bytes:
        document = json.loads(content)
        replaced(document, rng)
        if rng.random() < 0.8:
            document.pop("sha256", None)
            document["sha256"] = certificate_file.digest(document)
        return json.dumps(document).encode()


class VerifyCheckpoint(Kind):
    suffix = ".jsonl"

    def made(self) -> list[bytes]:
        engine.MOST_POINTS = 2  # several chunks; in a child process only
        self.dataset = ml.Dataset(np.arange(12).reshape(6, 2), [0, 1, 0, 1, 0, 1])
        self.network, kept = _network(), list[bytes]()
        add, path = checkpoint.Checkpoint.add, self.folder / "seed.jsonl"

        def keeping(this: Any, *given: Any) -> None:
            add(this, *given)
            kept.append(path.read_bytes())

        checkpoint.Checkpoint.add = keeping  # type: ignore[method-assign]
        ml.verify(self.network, self.dataset, checkpoint=path, progress=False)
        checkpoint.Checkpoint.add = add  # type: ignore[method-assign]
        return kept[:-1]

    def load(self, path: Path) -> None:
        str(ml.verify(self.network, self.dataset, checkpoint=path, progress=False, workers=1))

    def edited(self, content: bytes, rng: np.random.Generator) -> bytes:
        lines = content.splitlines(keepends=True)
        k = int(rng.integers(len(lines)))
        document = json.loads(lines[k])
        replaced(document, rng)
        if k and isinstance(document, dict):
            document.pop("sha256", None)
            document["sha256"] = checkpoint._digest(document)
        lines[k] = json.dumps(document).encode() + b"\n"
        return b"".join(lines)


class FitCheckpoint(Kind):
    suffix = ".npz"
    tokens = "binary"
    how = {"variant": "antisymmetric", "progress": False}

    def made(self) -> list[bytes]:
        rng = np.random.default_rng(1)
        self.dataset = ml.Dataset(rng.integers(-9, 9, (12, 4)), targets=rng.choice([-1, 1], 12))
        path = self.folder / "seed.npz"
        self.fit(path, relative_error=0.3, keep=True)
        return [zipped(members_of(path.read_bytes()), ZIP_STORED)]

    def fit(self, path: Path, **how: Any) -> None:
        ml.two_layer.fit(self.dataset, checkpoint=path, **self.how, **how)

    def load(self, path: Path) -> None:
        self.fit(path, relative_error=0.25)

    def edited(self, content: bytes, rng: np.random.Generator) -> bytes:
        changed = changed_npz(content, rng)
        return self.sealed(changed) if rng.random() < 0.8 else changed

    def sealed(self, content: bytes) -> bytes:
        """With the checksum of what it holds now."""
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            members = {name: archive[name] for name in archive.files}
        stated = members.pop("sha256", None)
        if stated is None or not all_arrays(members):
            return content
        members["sha256"] = np.array(fit_file._digest(members))
        files = {f"{name}.npy": npy(array) for name, array in members.items()}
        return zipped(files, ZIP_STORED)


class Idx(Kind):
    tokens = "binary"

    def made(self) -> list[bytes]:
        return [struct.pack(">4I", 0x0803, 2, 28, 28) + bytes(k % 251 for k in range(2 * 784))]

    def load(self, path: Path) -> None:
        home = path.parent / "mnist"
        home.mkdir(exist_ok=True)
        good = struct.pack(">2I", 0x0801, 2) + b"\0\1"
        (home / "t10k-labels-idx1-ubyte").write_bytes(good)
        path.replace(home / "t10k-images-idx3-ubyte")
        images.mnist("test", path.parent, download=False, checked=False)

    def edited(self, content: bytes, rng: np.random.Generator) -> bytes:
        extreme = [0, 1, 27, 28, 1 << 16, (1 << 31) - 1, (1 << 32) - 1]
        k = 4 * int(rng.integers(4))
        value = struct.pack(">I", extreme[int(rng.integers(len(extreme)))])
        return content[:k] + value + content[k + 4 :]


class Cifar(Kind):
    tokens = "binary"
    batch = 4  # images, for speed

    def made(self) -> list[bytes]:
        images.CIFAR10_BATCH = self.batch  # in a child process only
        rng = np.random.default_rng(2)
        rows = rng.integers(0, 256, (self.batch, 3073), dtype=np.uint8)
        rows[:, 0] %= 10
        return [rows.tobytes()]

    def load(self, path: Path) -> None:
        home = path.parent / "cifar10"
        home.mkdir(exist_ok=True)
        path.replace(home / "test_batch.bin")
        images.cifar10("test", path.parent, download=False, checked=False)

    def edited(self, content: bytes, rng: np.random.Generator) -> bytes:
        changed = bytearray(content)
        changed[3073 * int(rng.integers(self.batch)) % len(changed)] = int(rng.integers(256))
        return bytes(changed)


KINDS: dict[str, Callable[[Path], Kind]] = {
    "network json": NetworkJson, "network json.gz": NetworkGzip, "data set npz": Npz,
    "csv": Csv, "certificate": Certificate, "verify checkpoint": VerifyCheckpoint,
    "fit checkpoint": FitCheckpoint, "idx images": Idx, "cifar batch": Cifar,
}  # fmt: skip


def _network(sparse: bool = False) -> ml.Network:
    weight: Any = [[1, -2], [3, 4], [1 << 70, 5]]
    if sparse:
        weight = ml.Sparse([0, 1, 2, 4], [0, 1, 0, 1], [1, -2, 3, 1 << 70], (3, 2))
    first = ml.Layer(weight, [0, -1, 1 << 60], "relu", names=["a", "b", ""], stage="one")
    last = ml.Layer([[1, -1, 0]], [0], "identity")
    return ml.Network([first, last], 3, 4, "sign", about={"chapter": "none", "list": [1, 0.5]})


def _deep() -> ml.Network:
    layers = [ml.Layer([[1, 0], [0, 1]], [0, k], "threshold") for k in range(5)]
    return ml.Network(layers, readout="argmax")
