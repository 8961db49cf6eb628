"""Digits, MNIST and CIFAR-10: their facts, their file formats, and the download."""

import gzip
import hashlib
import http.server
import io
import os
import pickle
import struct
import tarfile
import threading
from pathlib import Path

import numpy as np
import pytest

from mem_lib.data import cifar10, digits, mnist
from mem_lib.data import download as download
from mem_lib.data import images as images
from mem_lib.errors import InvalidArgument, InvalidDataset

HERE = download.data_folder(None)


def needs(path):
    reason = f"no {path} in {HERE}; set MEM_LIB_DATA to the folder that has it"
    return pytest.mark.skipif(not (HERE / path).exists(), reason=reason)


# --- the data themselves --------------------------------------------------------------------------


def test_digits():
    dataset = digits()
    assert (dataset.N, dataset.d, dataset.classes) == (1797, 64, 10)
    assert dataset.points.dtype == np.uint8 and dataset.points.max() == 16
    counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert np.bincount(dataset.labels).tolist() == counts


@needs("mnist/train-images-idx3-ubyte.gz")
@pytest.mark.usefixtures("real")
def test_mnist():
    train, test = mnist("train", download=False), mnist("test", download=False)
    for part, N, mean, counts in (
        (train, 60000, 33.318421, "5923 6742 5958 6131 5842 5421 5918 6265 5851 5949"),
        (test, 10000, 33.791224, "980 1135 1032 1010 982 892 958 1028 974 1009"),
    ):
        assert (part.N, part.d, part.classes, part.points.dtype) == (N, 784, 10, np.uint8)
        assert np.bincount(part.labels).tolist() == list(map(int, counts.split()))
        assert abs(part.points.mean() - mean) < 1e-6
        assert part.distinct() is part
    both = mnist(download=False)
    assert both.N == 70000
    assert (both.points[60000:] == test.points).all() and (
        both.labels[:60000] == train.labels
    ).all()
    assert both.integers(slice(0, 3))[0].dtype == np.int64 and both.shift == 0


@needs("cifar10/data_batch_1.bin.gz")
@pytest.mark.usefixtures("real")
def test_cifar10():
    dataset = cifar10("train", download=False)
    first = dataset.subset(slice(0, 10000))
    assert (dataset.d, dataset.classes, dataset.points.dtype) == (3072, 10, np.uint8)
    counts = [1005, 974, 1032, 1016, 999, 937, 1030, 1001, 1025, 981]
    assert np.bincount(first.labels).tolist() == counts
    raw = np.column_stack([first.labels.astype(np.uint8), first.points]).tobytes()
    assert hashlib.md5(raw).hexdigest() == "5dd7e06a14cb22eb9f671a540d1b7c25"


# --- small stand-ins in the same formats ----------------------------------------------------------


def idx(array):
    head = struct.pack(f">{1 + array.ndim}I", 0x800 + array.ndim, *array.shape)
    return head + array.astype(np.uint8).tobytes()


def small_mnist(N, start):
    """The two files of N images that are distinct by construction."""
    pixels = np.zeros((N, 28, 28))
    pixels[:, 0, 0] = np.arange(start, start + N)
    return idx(pixels), idx(np.arange(N) % 10)


NAMES = [f"{p}-{k}-ubyte" for p in ("train", "t10k") for k in ("images-idx3", "labels-idx1")]


def mnist_files():
    return dict(zip(NAMES, [*small_mnist(30, 0), *small_mnist(12, 100)], strict=True))


@pytest.fixture
def real():
    """The data themselves are wanted."""


@pytest.fixture(autouse=True)
def stand_ins(request, monkeypatch):
    """The hashes of the small files in place of the real ones."""
    if "real" not in request.fixturenames:
        for name, content in mnist_files().items():
            monkeypatch.setitem(images.MNIST_CONTENT, name, hashlib.sha256(content).hexdigest())
        for k, name in enumerate(images.CIFAR10_CONTENT, 1):
            monkeypatch.setitem(images.CIFAR10_CONTENT, name, hashlib.md5(batch(k)).hexdigest())


def write_mnist(folder, zipped):
    (folder / "mnist").mkdir(parents=True)
    for k, (name, content) in enumerate(mnist_files().items()):
        if zipped[k]:
            (folder / "mnist" / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (folder / "mnist" / name).write_bytes(content)


@pytest.mark.parametrize("zipped", ["    ", "gggg", "g  g"])
def test_idx_files_plain_and_gzipped(tmp_path, zipped):
    write_mnist(tmp_path, [z == "g" for z in zipped])
    train, test, both = (mnist(s, tmp_path) for s in ("train", "test", "all"))
    assert (train.N, test.N, both.N) == (30, 12, 42)
    assert both.points[:, 0].tolist() == [*range(30), *range(100, 112)]
    assert both.labels.tolist() == [i % 10 for i in [*range(30), *range(12)]]


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(images, "CIFAR10_BATCH", 4)


def batch(k):
    records = np.zeros((4, 3073), np.uint8)
    records[:, 0], records[:, 1], records[:, 2] = [1, 2, 3, 9], range(4), k
    return records.tobytes()


def test_cifar_files_as_many_as_there_are(tmp_path, small_batches):
    home = tmp_path / "cifar10"
    home.mkdir()
    (home / "data_batch_2.bin").write_bytes(batch(2))
    assert cifar10("train", tmp_path).points[:, 1].tolist() == [2] * 4
    (home / "test_batch.bin.gz").write_bytes(gzip.compress(batch(6)))
    (home / "data_batch_1.bin").write_bytes(batch(1))
    assert cifar10(folder=tmp_path).points[:, 1].tolist() == [1] * 4 + [2] * 4 + [6] * 4
    assert cifar10("test", str(tmp_path)).labels.tolist() == [1, 2, 3, 9]


@pytest.mark.parametrize(
    ("name", "damage", "message"),
    [
        (NAMES[0], lambda c: c[:-1], "its header promises"),
        (NAMES[0], lambda c: c + b"\0", "its header promises"),
        (NAMES[0], lambda c: c[:3], "magic number"),
        (NAMES[0], lambda c: b"", "magic number 0, not 2051"),
        (NAMES[0], lambda c: idx(np.zeros((30, 14, 56))), "not 28 x 28"),
        (NAMES[0], lambda c: c[:4] + b"\xff" * 12 + c[16:], "its header promises"),
        (NAMES[1], lambda c: c[:3] + b"\3" + c[4:], "magic number 2051, not 2049"),
        (NAMES[1], lambda c: idx(np.zeros(29)), r"labels must have shape \(30,\)"),
        (NAMES[1], lambda c: idx(np.full(30, 10)), "out of range for classes=10"),
    ],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_damaged_idx_files(tmp_path, name, damage, message, zipped):
    write_mnist(tmp_path, [zipped] * 4)
    path = tmp_path / "mnist" / (name + ".gz" * zipped)
    content = damage(mnist_files()[name])
    path.write_bytes(gzip.compress(content) if zipped else content)
    with pytest.raises(InvalidDataset, match=message):
        mnist("train", tmp_path, checked=False)


@pytest.mark.parametrize("damage", [lambda c: c[:-9], lambda c: c[:40], lambda c: c[:9] + b"?"])
def test_damaged_gzip_files(tmp_path, damage):
    write_mnist(tmp_path, [True] * 4)
    path = tmp_path / "mnist" / f"{NAMES[0]}.gz"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(InvalidDataset, match="damaged or truncated"):
        mnist("train", tmp_path)


@pytest.mark.parametrize(
    ("length", "message"), [(-1, "a batch has"), (1, "a batch has"), (4 * 3073 + 1, "longer than")]
)
def test_damaged_cifar_files(tmp_path, small_batches, length, message):
    home = tmp_path / "cifar10"
    home.mkdir()
    (home / "data_batch_1.bin").write_bytes((batch(1) * 3)[: 4 * 3073 + length])
    with pytest.raises(InvalidDataset, match=message):
        cifar10("train", tmp_path)
    (home / "data_batch_1.bin").write_bytes(b"\x0a" + batch(1)[1:])
    with pytest.raises(InvalidDataset, match=r"labels\[0\] = 10 is out of range"):
        cifar10("train", tmp_path, checked=False)


# --- files as people have them --------------------------------------------------------------------


@pytest.mark.parametrize("home", ["mnist", "MNIST/raw", "raw", "."])
@pytest.mark.parametrize("called", ["{0}", "{0}.gz", "{1}", "{1}.gz", "{0}/{0}", "{1}/{1}"])
def test_files_are_found_where_people_have_them(tmp_path, home, called):
    for name, content in mnist_files().items():
        path = tmp_path / home / called.format(name, name.replace("-idx", ".idx"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    assert mnist("all", tmp_path, download=False).N == 42


def test_a_folder_that_has_all_goes_first(tmp_path):
    write_mnist(tmp_path, [False] * 4)
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    (tmp_path / "mnist" / NAMES[1]).replace(raw / NAMES[1])
    assert mnist("test", tmp_path, download=False).N == 12
    with pytest.raises(FileNotFoundError, match="MNIST is not in"):  # files are not mixed
        mnist("train", tmp_path, download=False)
    (tmp_path / "mnist" / NAMES[0]).replace(raw / NAMES[0])
    assert mnist("train", tmp_path, download=False).N == 30


def test_content_and_not_the_suffix_tells_what_is_gzipped(tmp_path):
    """A browser unpacks a file and leaves it its name; another packs it and does not tell."""
    write_mnist(tmp_path, [True] * 4)
    home = tmp_path / "mnist"
    (home / f"{NAMES[0]}.gz").write_bytes(mnist_files()[NAMES[0]])
    (home / f"{NAMES[1]}.gz").unlink()
    anew = gzip.compress(mnist_files()[NAMES[1]], 1, mtime=7)
    (home / NAMES[1]).write_bytes(anew)
    assert mnist("train", tmp_path).N == 30


@pytest.mark.parametrize(
    ("k", "other", "message"),
    [
        (
            0,
            small_mnist(30, 7)[0],
            "reads well as 30 images of 28 x 28, but it is not MNIST .sha256",
        ),
        (1, idx(np.arange(30) % 7), "reads well as 30 labels, but it is not MNIST .sha256"),
    ],
)
def test_other_images_under_the_names_of_mnist_are_said_so(tmp_path, k, other, message):
    write_mnist(tmp_path, [True] * 4)
    (tmp_path / "mnist" / f"{NAMES[k]}.gz").write_bytes(gzip.compress(other))
    digest = hashlib.sha256(other).hexdigest()
    with pytest.raises(InvalidDataset, match=f"{message} {digest}, unpacked.; Fashion-MNIST"):
        mnist("train", tmp_path)
    assert mnist("train", tmp_path, checked=False).N == 30
    assert mnist("test", tmp_path).N == 12


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<!DOCTYPE html>", "magic number .* a web page"),
        (b"PK\3\4archive", "magic number .* a zip archive"),
        (small_mnist(3, 0)[1], "magic number 2049, not 2051$"),
    ],
)
def test_what_a_file_looks_like_is_said(tmp_path, content, message):
    write_mnist(tmp_path, [False] * 4)
    (tmp_path / "mnist" / NAMES[0]).write_bytes(content)
    with pytest.raises(InvalidDataset, match=message):
        mnist("train", tmp_path)


def test_another_batch_is_said_so(tmp_path, small_batches):
    home = tmp_path / "cifar10"
    home.mkdir()
    (home / "data_batch_1.bin").write_bytes(batch(2))
    with pytest.raises(InvalidDataset, match="4 images of 3 x 32 x 32, but it is not this batch"):
        cifar10("train", tmp_path)
    assert cifar10("train", tmp_path, checked=False).N == 4


def pickled(k, protocol=2, **changed):
    """The batch as the Python version keeps it."""
    records = np.frombuffer(batch(k), np.uint8).reshape(-1, 3073)
    pixels = np.ascontiguousarray(records[:, 1:])
    content = {b"labels": records[:, 0].tolist(), b"data": pixels, b"batch_label": b"one"}
    return pickle.dumps(content | changed, protocol)


@pytest.mark.parametrize("home", ["cifar-10-batches-py", "cifar10", "."])
@pytest.mark.parametrize("protocol", [2, 3, 4])
def test_batches_of_the_python_version(tmp_path, small_batches, home, protocol):
    (tmp_path / home).mkdir(exist_ok=True)
    (tmp_path / home / "data_batch_2").write_bytes(pickled(2, protocol))
    (tmp_path / home / "test_batch").write_bytes(gzip.compress(pickled(6, protocol)))
    dataset = cifar10(folder=tmp_path, download=False)
    (tmp_path / home / "data_batch_2.bin").write_bytes(batch(2))
    (tmp_path / home / "test_batch.bin").write_bytes(batch(6))
    assert dataset.N == 8 and dataset == cifar10(folder=tmp_path, download=False)


class Marker:
    """What would run if anything did."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_nothing_that_is_pickled_is_run(tmp_path, small_batches):
    ran = tmp_path / "ran"
    (tmp_path / "cifar10").mkdir()
    path = tmp_path / "cifar10" / "data_batch_1"
    bad = {
        "names posix.mkdir|nt.mkdir": pickled(1, extra=Marker(ran)),
        "labels": pickle.dumps({b"data": 1}, 2),
        "state": pickle.dumps({b"labels": [1], b"data": 1}, 2),
        "no bytes": pickled(1).replace(b"u1", b"i1"),
        "names numpy": pickle.dumps({b"labels": [1], b"data": np.arange(3.0)}, 5),
        "b'labels'": b"\x80\x02}.",
        "empty|underflow": b"\x80\x02.",
    }
    for message, content in bad.items():
        path.write_bytes(content)
        with pytest.raises(InvalidDataset, match=f"is a pickle, but no batch .*({message})"):
            cifar10("train", tmp_path, download=False)
    assert not ran.exists()
    pickle.loads(bad["names posix.mkdir|nt.mkdir"])
    assert ran.exists()  # the twin: Python's own would have


@pytest.mark.parametrize("load", [mnist, cifar10])
def test_bad_split(load, tmp_path):
    for split in ("validation", None, 3):
        with pytest.raises(InvalidArgument, match=r"split: one of \('train', 'test', 'all'\)"):
            load(split, tmp_path)


def test_where_data_are_looked_for(monkeypatch, tmp_path):
    monkeypatch.setenv("MEM_LIB_DATA", str(tmp_path / "a"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "b"))
    assert download.data_folder(tmp_path) == tmp_path
    assert download.data_folder(None) == tmp_path / "a"
    monkeypatch.delenv("MEM_LIB_DATA")
    assert download.data_folder(None) == tmp_path / "b" / "mem_lib"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert download.data_folder(None) == Path.home() / ".cache" / "mem_lib"
    assert download.data_folder("~/x") == Path.home() / "x"


# --- the download, from a server on this machine --------------------------------------------------


class Server(http.server.ThreadingHTTPServer):
    """Serves ``files``; ``cut`` bytes are missing at the end of each answer."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.asked, self.cut = {}, [], 0
        self.address = f"http://127.0.0.1:{self.server_port}/"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.lstrip("/")
        self.server.asked.append(name)
        content = self.server.files.get(name)
        if content is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) - self.server.cut])

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(monkeypatch):
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "127.0.0.1")
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setattr(images, "MNIST_MIRRORS", (server.address,))
    monkeypatch.setattr(images, "CIFAR10_MIRRORS", (server.address,))
    for name, content in mnist_files().items():
        server.files[f"{name}.gz"] = gzip.compress(content)
        digest = hashlib.sha256(server.files[f"{name}.gz"]).hexdigest()
        monkeypatch.setitem(images.MNIST_SHA256, name, digest)
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_missing_files_are_downloaded_once(server, tmp_path):
    assert mnist("test", tmp_path).N == 12
    assert server.asked == [f"{name}.gz" for name in NAMES[2:]]
    assert mnist("all", tmp_path).N == 42 and len(server.asked) == 4
    assert mnist("all", tmp_path).N == 42 and len(server.asked) == 4
    assert sorted(os.listdir(tmp_path / "mnist")) == sorted(f"{name}.gz" for name in NAMES)


def test_the_second_mirror_helps(server, tmp_path, monkeypatch):
    monkeypatch.setattr(images, "MNIST_MIRRORS", (server.address + "gone/", server.address))
    assert mnist("test", tmp_path).N == 12


def test_progress_shows_a_bar(server, tmp_path, capsys):
    mnist("test", tmp_path / "a", progress=True)
    assert NAMES[2] in capsys.readouterr().err
    for hidden in (False, None):
        mnist("test", tmp_path / str(hidden), progress=hidden)
    assert capsys.readouterr().err == ""


def refused(tmp_path, message, kind):
    with pytest.raises(kind, match=message) as error:
        mnist("test", tmp_path)
    assert type(error.value) is kind
    home = tmp_path / "mnist"
    assert not home.exists() or os.listdir(home) == []
    text = str(error.value)
    assert all(name in text for name in NAMES[2:])
    assert str(home) in text and "MEM_LIB_DATA" in text
    return error.value


def test_a_wrong_checksum_is_refused(server, tmp_path):
    server.files[f"{NAMES[2]}.gz"] = gzip.compress(b"something else")
    refused(tmp_path, "wrong checksum: sha256", InvalidDataset)


def test_a_truncated_answer_is_refused_and_the_next_attempt_starts_afresh(server, tmp_path):
    server.cut = 5
    refused(tmp_path, r"the connection ended after \d+ of \d+ bytes", ConnectionError)
    server.cut = 0
    assert mnist("test", tmp_path).N == 12


def test_an_endless_answer_is_cut_off(server, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "_LIMIT", 20)
    refused(tmp_path, "more than 20 bytes", InvalidDataset)


def test_an_interruption_leaves_nothing(server, tmp_path, monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(os, "replace", interrupted)
        mnist("test", tmp_path)
    assert os.listdir(tmp_path / "mnist") == []
    assert mnist("test", tmp_path).N == 12


def test_an_unknown_file_on_the_server(server, tmp_path):
    server.files.clear()
    error = refused(tmp_path, "404", ConnectionError)
    assert "404" in str(error.__cause__)


def test_offline(server, tmp_path, monkeypatch):
    # port 9 of this machine: nobody answers
    monkeypatch.setattr(images, "MNIST_MIRRORS", ("http://127.0.0.1:9/",))
    error = refused(tmp_path, "could not be downloaded", ConnectionError)
    assert isinstance(error.__cause__.__cause__, OSError)


def test_a_folder_that_cannot_be_written_is_no_trouble_with_the_connection(server, tmp_path):
    (tmp_path / "mnist").write_text("a file where the folder would be")
    with pytest.raises(OSError, match=r"MNIST is not in .*could not be downloaded") as error:
        mnist("test", tmp_path)
    assert type(error.value) is OSError


def test_a_file_that_cannot_be_read_is_not_damaged(tmp_path, monkeypatch):
    write_mnist(tmp_path, [True] * 4)

    def locked(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(gzip, "open", locked)
    with pytest.raises(PermissionError, match="Permission denied"):
        mnist("train", tmp_path)


def test_no_download_when_told_so(server, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"MNIST is not in .*MEM_LIB_DATA.*download=False"):
        mnist("test", tmp_path, download=False)
    with pytest.raises(FileNotFoundError, match=r"CIFAR-10 is not in .*data_batch_1\.bin"):
        cifar10("train", tmp_path, download=False)
    assert server.asked == []


def archive(members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            if content is None:
                info.type, info.linkname = tarfile.SYMTYPE, "/etc/hostname"
            else:
                info.size = len(content)
            tar.addfile(info, io.BytesIO(content or b""))
    return buffer.getvalue()


def serve_cifar(server, monkeypatch, content):
    server.files[images.CIFAR10_ARCHIVE] = content
    monkeypatch.setattr(images, "CIFAR10_MD5", hashlib.md5(content).hexdigest())


def test_cifar_is_downloaded_and_unpacked_safely(server, tmp_path, monkeypatch, small_batches):
    folder = "cifar-10-batches-bin"
    members = {f"{folder}/data_batch_{k}.bin": batch(k) for k in range(1, 5)}
    members |= {
        f"{folder}/data_batch_5.bin": None,  # a link
        "../../outside.bin": b"x",
        f"{folder}/readme.html": b"x",
        "/absolute/test_batch.bin": batch(6),
    }
    serve_cifar(server, monkeypatch, archive(members))
    target = tmp_path / "data"
    assert cifar10("train", target).N == 16
    assert cifar10("test", target).N == 4 and len(server.asked) == 1
    expected = [*(f"data_batch_{k}.bin" for k in range(1, 5)), "test_batch.bin"]
    assert sorted(os.listdir(target / "cifar10")) == expected
    assert os.listdir(tmp_path) == ["data"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_an_interrupted_extraction_leaves_what_was_there(
    server, tmp_path, monkeypatch, small_batches, error
):
    """Some of the files would pass for all of them."""
    members = {f"data_batch_{k}.bin": batch(k) for k in range(1, 6)} | {"test_batch.bin": batch(6)}
    serve_cifar(server, monkeypatch, archive(members))
    home = tmp_path / "cifar10"
    home.mkdir()
    (home / "test_batch.bin").write_bytes(batch(6))

    def stopped(archive, names, folder):
        (folder / "data_batch_1.bin").write_bytes(batch(1))
        raise error

    with monkeypatch.context() as patch, pytest.raises(error):
        patch.setattr(images, "extract", stopped)
        cifar10("train", tmp_path)
    assert os.listdir(home) == ["test_batch.bin"]
    assert cifar10("all", tmp_path).N == 4  # nothing is downloaded for what is found
    assert cifar10("train", tmp_path).N == 20


def test_a_full_disk_is_no_damaged_archive(tmp_path, monkeypatch):
    def full(path, blocks):
        raise OSError(28, "No space left on device", str(path))

    (tmp_path / "a.tar.gz").write_bytes(archive({"test_batch.bin": b"x"}))
    monkeypatch.setattr(download, "write_atomically", full)
    with pytest.raises(OSError, match="No space left"):
        download.extract(tmp_path / "a.tar.gz", {"test_batch.bin"}, tmp_path)


def test_bad_cifar_archives(server, tmp_path, monkeypatch):
    serve_cifar(server, monkeypatch, archive({"notes.txt": b"x"}))
    with pytest.raises(InvalidDataset, match="has none of data_batch_1"):
        cifar10("train", tmp_path)
    serve_cifar(server, monkeypatch, b"not an archive")
    with pytest.raises(InvalidDataset, match="cannot be unpacked"):
        cifar10("train", tmp_path)
    serve_cifar(server, monkeypatch, archive({"data_batch_1.bin": bytes(10**5)})[:-60])
    with pytest.raises(InvalidDataset, match="cannot be unpacked"):
        cifar10("train", tmp_path)
    monkeypatch.setattr(images, "CIFAR10_MD5", "0" * 32)
    with pytest.raises(InvalidDataset, match="wrong checksum: md5"):
        cifar10("train", tmp_path)
    assert os.listdir(tmp_path / "cifar10") == []
