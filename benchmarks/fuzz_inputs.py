"""What is fuzzed: valid files of every kind, how they are read, and how they are damaged."""

import gzip
import io
import json
import struct
import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

import mem_lib as ml
from mem_lib.certificate import checkpoint
from mem_lib.certificate import file as certificate_file
from mem_lib.data import images
from mem_lib.exact import engine
from mem_lib.two_layer.residual import file as fit_file

EXTREME = [
    b"0", b"-1", b"1e999", b"-0.0", b"9" * 400, b"1" + b"0" * 5000, b"4194304", b"9007199254740993",
    b"0x" + b"f" * 3000, b"-0x1", b"1e-999999999", b"NaN", b"Infinity", b"18446744073709551616",
]  # fmt: skip
TOKENS = {
    "json": [b"[", b"]", b"{", b"}", b",", b":", b'"', b"null", b"true", b"\\u0000", b"[" * 3000,
             b"[]," * 3000, b'"a":', b"\xff", b"\xef\xbb\xbf", b"\xf0\x9f\x98\x80"],
    "csv": [b",", b";", b"\t", b'"', b"\n", b"\r", b"\0", b"NA", b"nan", b"inf", b"0x10", b"1_0",
            b"\xff\xfe", b"," * 3000, b"\n" * 3000, b"'", b"1,5", b"\xe2\x88\x921", b"#"],
    "binary": [b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"\0" * 64, b"\xff" * 64, b"\x93NUMPY",
               b"\x80\x00\x00\x00", b"(99999999999,)", b"|O", b"<f16", b"|S9"],
}  # fmt: skip
VALUES = [
    None, True, 0, -1, 1 << 22, 1 << 53, 1 << 70, 0.5, 1e308, "", "0x", "0x1/0x0", "1/0",
    "0x" + "f" * 3000, "-0x" + "1" * 9, "text", "\ud800", [], [[]], {}, [[1, 2], [3]], {"a": [0]},
    [0] * 3000, "a" * 3000, "1e-99999999", "1e999999999",
]  # fmt: skip


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
        _replace(document, rng)
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
            found.append(path.read_bytes())
        return found

    def load(self, path: Path) -> None:
        ml.Dataset.load(path)

    def edited(self, content: bytes, rng: np.random.Generator) -> bytes:
        return _npz(content, rng)


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
        _replace(document, rng)
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
        _replace(document, rng)
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
        return [path.read_bytes()]

    def fit(self, path: Path, **how: Any) -> None:
        ml.two_layer.fit(self.dataset, checkpoint=path, **self.how, **how)

    def load(self, path: Path) -> None:
        self.fit(path, relative_error=0.25)

    def edited(self, content: bytes, rng: np.random.Generator) -> bytes:
        changed = _npz(content, rng)
        return self.sealed(changed) if rng.random() < 0.8 else changed

    def sealed(self, content: bytes) -> bytes:
        """With the checksum of what it holds now, where such files have one."""
        digest = getattr(fit_file, "_digest", None)
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            members = {name: archive[name] for name in archive.files}
        stated = members.pop("sha256", None)
        if digest is None or stated is None or not _all_arrays(members):
            return content
        made = io.BytesIO()
        np.savez(made, **members, sha256=np.array(digest(members)))
        return made.getvalue()


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
        images.mnist("test", path.parent, download=False)

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
        images.cifar10("test", path.parent, download=False)

    def edited(self, content: bytes, rng: np.random.Generator) -> bytes:
        changed = bytearray(content)
        changed[3073 * int(rng.integers(self.batch)) % len(changed)] = int(rng.integers(256))
        return bytes(changed)


KINDS: dict[str, Callable[[Path], Kind]] = {
    "network json": NetworkJson, "network json.gz": NetworkGzip, "data set npz": Npz,
    "csv": Csv, "certificate": Certificate, "verify checkpoint": VerifyCheckpoint,
    "fit checkpoint": FitCheckpoint, "idx images": Idx, "cifar batch": Cifar,
}  # fmt: skip


def mutated(kind: Kind, rng: np.random.Generator) -> bytes:
    """A valid file with one to four changes, the first of which may know the format."""
    content = kind.seeds[int(rng.integers(len(kind.seeds)))]
    changes = int(rng.integers(1, 5))
    if rng.random() < 0.6:
        content, changes = kind.edited(content, rng), changes - int(rng.integers(1, 5))
    for _ in range(changes):
        content = CHANGES[int(rng.integers(len(CHANGES)))](content, kind, rng)
    return content


def _place(content: bytes, rng: np.random.Generator) -> int:
    return int(rng.integers(len(content) + 1))


def _flipped(content: bytes, kind: Kind, rng: np.random.Generator) -> bytes:
    changed = bytearray(content)
    if changed:
        changed[int(rng.integers(len(changed)))] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def _cut(content: bytes, kind: Kind, rng: np.random.Generator) -> bytes:
    return content[: _place(content, rng)]


def _doubled(content: bytes, kind: Kind, rng: np.random.Generator) -> bytes:
    a, b = sorted((_place(content, rng), _place(content, rng)))
    return content[:b] + content[a:b] * int(rng.integers(1, 4)) + content[b:]


def _spliced(content: bytes, kind: Kind, rng: np.random.Generator) -> bytes:
    other = kind.seeds[int(rng.integers(len(kind.seeds)))]
    return content[: _place(content, rng)] + other[_place(other, rng) :]


def _token(content: bytes, kind: Kind, rng: np.random.Generator) -> bytes:
    tokens, k = TOKENS[kind.tokens], _place(content, rng)
    return content[:k] + tokens[int(rng.integers(len(tokens)))] + content[k:]


def _number(content: bytes, kind: Kind, rng: np.random.Generator) -> bytes:
    digits = [k for k, c in enumerate(content[:20_000]) if chr(c) in "0123456789"]
    if not digits:
        return content
    start = stop = digits[int(rng.integers(len(digits)))]
    while stop < len(content) and chr(content[stop]) in "0123456789":
        stop += 1
    return content[:start] + EXTREME[int(rng.integers(len(EXTREME)))] + content[stop:]


CHANGES = [_flipped, _cut, _doubled, _spliced, _token, _number]


def _replace(document: Any, rng: np.random.Generator) -> None:
    """Replace, double or drop a value somewhere in a JSON document."""
    while isinstance(document, dict | list) and document:
        keys = list(document) if isinstance(document, dict) else list(range(len(document)))
        key = keys[int(rng.integers(len(keys)))]
        if isinstance(document[key], dict | list) and document[key] and rng.random() < 0.8:
            document = document[key]
            continue
        way = rng.random()
        if way < 0.15:
            del document[key]
        elif way < 0.25 and isinstance(document, list):
            document.append(document[key])
        else:
            document[key] = VALUES[int(rng.integers(len(VALUES)))]
        return


def _npz(content: bytes, rng: np.random.Generator) -> bytes:
    """One member of an npz as another array, without it, or under another name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    names = list(members)
    name = names[int(rng.integers(len(names)))]
    array = np.load(io.BytesIO(members[name]), allow_pickle=False)
    way = int(rng.integers(8))
    if way == 0:
        del members[name]
    elif way == 1:
        members[names[0]], members[name] = members[name], members[names[0]]
    elif way == 2:
        members[name] = b"no array"
    elif way == 3 and array.dtype.kind == "U":
        document = json.loads(str(array))
        _replace(document, rng)
        members[name] = _npy(np.array(json.dumps(document)))
    elif way == 4:
        kinds = ["u1", "i8", "f4", "f8", "f2", "c8", "U4", "S9", "M8[s]", "?"]
        kind = kinds[int(rng.integers(len(kinds)))]
        members[name] = _npy(np.zeros(array.shape, dtype=kind))
    elif way == 5:
        shapes = [(), (0,), (1,), (3,), (0, 2), (2, 0), (2, 2), (1, 1, 1), (3000, 1)]
        members[name] = _npy(np.resize(array, shapes[int(rng.integers(len(shapes)))]))
    elif array.dtype.kind in "iuf" and array.size:
        extreme = [0, -1, 1, 1 << 31, 1 << 62, -(1 << 63), np.nan, np.inf, 1e308, 5e-324, 10**6]
        value = extreme[int(rng.integers(len(extreme)))]
        changed = np.array(array)
        with np.errstate(all="ignore"):
            changed.flat[int(rng.integers(array.size))] = np.array(value).astype(array.dtype)
        members[name] = _npy(changed)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return made.getvalue()


def _all_arrays(members: dict[str, Any]) -> bool:
    return all(isinstance(member, np.ndarray) for member in members.values())


def _npy(array: np.ndarray) -> bytes:
    made = io.BytesIO()
    np.save(made, array)
    return made.getvalue()


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
