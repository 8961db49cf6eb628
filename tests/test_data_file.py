"""The fingerprint of a data set and its npz file."""

import hashlib
import io
import json
import os
import zipfile
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mem_lib.data import Dataset, ball, grid, hostile
from mem_lib.errors import InvalidDataset, TooLarge
from tests.datasets import datasets, exact


def reference_sha256(dataset):
    """The stream of `Dataset.sha256`, written down a second time in plain Python."""

    def block(numbers):
        size = next(
            k
            for k in (1, 2, 4, *range(8, 10**6, 8))
            if all(-(256**k) // 2 <= v < 256**k // 2 for v in numbers)
        )
        digits = b"".join(v.to_bytes(size, "little", signed=True) for v in numbers)
        return f"bytes {size}\n".encode() + digits

    values = [v for row in exact(dataset.points) for v in row]
    q = max(v.denominator for v in values).bit_length() - 1
    stream = f"mem_lib.dataset 1\nN {dataset.N}\nd {dataset.d}\nshift {q}\n".encode()
    stream += block([int(v * 2**q) for v in values])
    if dataset.labels is not None:
        stream += f"classes {dataset.classes}\n".encode()
        stream += b"".join(c.to_bytes(8, "little") for c in dataset.labels.tolist())
    else:
        targets = [Fraction(t) for t in dataset.targets.tolist()]
        D = next(D for D in range(1, 10**6) if all((t * D).denominator == 1 for t in targets))
        stream += f"denominator {D:x}\n".encode() + block([int(t * D) for t in targets])
    return hashlib.sha256(stream).hexdigest()


# --- the fingerprint ------------------------------------------------------------------------------


@given(datasets())
def test_the_documented_stream(dataset):
    assert dataset.sha256 == reference_sha256(dataset)


@pytest.mark.parametrize(
    "targets", [[1, -1, 3], [0.5, 0.25, 3], [Fraction(1, 3), Fraction(5, 7), 2**90]]
)
def test_the_documented_stream_with_targets(targets):
    dataset = Dataset([[0], [-1], [2]], targets=targets)
    assert dataset.sha256 == reference_sha256(dataset)


@pytest.mark.parametrize("family", sorted(hostile))
def test_the_documented_stream_of_hostile_data(family):
    dataset = hostile[family](25, seed=3)
    assert dataset.sha256 == reference_sha256(dataset)


@pytest.mark.parametrize("value", [0, -1, 127, 128, -128, -129, 2**31, 2**63 - 1, 2**63, -(2**63)])
def test_widths_at_their_edges(value):
    dataset = Dataset([[value], [1]], [0, 1]) if value != 1 else Dataset([[1]], [0])
    assert dataset.sha256 == reference_sha256(dataset)


def test_a_fixed_value():
    # files and certificates rely on it: it must never change
    stream = b"mem_lib.dataset 1\nN 2\nd 1\nshift 1\nbytes 1\n\x01\xff"
    stream += b"classes 2\n" + bytes(8) + b"\x01" + bytes(7)
    dataset = Dataset([[0.5], [-0.5]], [0, 1])
    assert dataset.sha256 == hashlib.sha256(stream).hexdigest()
    assert dataset.sha256 == "5f71b32de6057a3208215570a9bf52a579f2e57ec345da597f8dc579da767311"


def test_types_and_layout_do_not_matter():
    values = np.array([[1, 2, 3], [4, 5, 6]])
    labels = [0, 1]
    expected = Dataset(values, labels).sha256
    for dtype in ("u1", "i2", ">i4", "u8", "f2", "f4", "f8", object):
        assert Dataset(values.astype(dtype), np.array(labels, "u1")).sha256 == expected
    assert Dataset(np.asfortranarray(values), labels).sha256 == expected
    assert Dataset(np.repeat(values, 2, axis=1)[:, ::2], labels).sha256 == expected
    assert Dataset(values.astype(float) * 2 / 2, labels, classes=2).sha256 == expected
    assert Dataset.from_arrays(values, ["a", "b"]).sha256 == expected
    halves = Dataset(values, targets=[0.5, 2.0]).sha256
    assert Dataset(values, targets=[Fraction(1, 2), 2]).sha256 == halves


@given(datasets(), st.data())
def test_any_single_change_matters(dataset, data):
    labels = dataset.labels.tolist()
    i = data.draw(st.integers(0, dataset.N - 1))
    j = data.draw(st.integers(0, dataset.d - 1))
    before, after = dataset.points.tolist(), dataset.points.tolist()
    if isinstance(after[i][j], float):
        after[i][j] = float(np.nextafter(after[i][j], 1.0 if after[i][j] < 1 else 0.0))
    else:
        after[i][j] += 1
    # one label for all, since equal points may part
    zeros = [0] * dataset.N
    assert Dataset(before, zeros).sha256 != Dataset(after, zeros).sha256
    assert Dataset(before, labels, classes=4).sha256 != dataset.sha256
    assert Dataset(before, [(c + 1) % 3 for c in labels], classes=3).sha256 != dataset.sha256
    assert Dataset(before, targets=labels).sha256 != dataset.sha256


def test_order_and_shape_matter():
    one = Dataset([[1, 2], [3, 4]], [0, 0])
    assert one.sha256 != Dataset([[3, 4], [1, 2]], [0, 0]).sha256
    assert one.sha256 != Dataset([[1], [2], [3], [4]], [0, 0, 0, 0]).sha256
    assert one.sha256 != Dataset([[2, 4], [6, 8]], [0, 0]).sha256
    assert one.sha256 != Dataset([[0.5, 1], [1.5, 2]], [0, 0]).sha256


def test_streaming_in_blocks_changes_nothing(monkeypatch):
    whole = [ball(100, 3, seed=1).sha256, hostile["moment_curve"](500).sha256]
    monkeypatch.setattr(grid, "BLOCK", 7 * 8)
    assert [ball(100, 3, seed=1).sha256, hostile["moment_curve"](500).sha256] == whole


# --- the file -------------------------------------------------------------------------------------


def round_trip(dataset, path):
    dataset.save(path)
    again = Dataset.load(path)
    assert again == dataset and again.points.dtype == dataset.points.dtype
    assert again.separation_at_least == dataset.separation_at_least
    assert os.listdir(path.parent) == [path.name]
    return again


@given(datasets())
def test_round_trip(tmp_path_factory, dataset):
    round_trip(dataset, tmp_path_factory.mktemp("data") / "data.npz")


@pytest.mark.parametrize(
    "targets", [[1, 2], [0.5, 1e-300], [Fraction(1, 3), -5], [2**90, -1], np.array([1, 2], "u1")]
)
def test_round_trip_with_targets(tmp_path, targets):
    dataset = Dataset([[0], [1]], targets=targets)
    again = round_trip(dataset, tmp_path / "x.npz")
    assert again.targets.tolist() == dataset.targets.tolist()


def test_round_trip_with_names(tmp_path):
    dataset = Dataset.from_arrays(ball(3, 2).points, ["Å", "b", "Å"])
    assert round_trip(dataset, tmp_path / "x.npz").names == ("b", "Å")
    assert round_trip(ball(20, 2, margin=0.1), tmp_path / "x.npz").separation_at_least == 0.1


def test_saving_is_deterministic_and_replaces(tmp_path):
    path = tmp_path / "x.npz"
    path.write_text("something else")
    ball(10, 2).save(path)
    first = path.read_bytes()
    ball(10, 2).save(str(path))
    assert path.read_bytes() == first


def test_an_interrupted_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "x.npz"
    ball(10, 2).save(path)

    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ball(20, 2).save(path)
    assert Dataset.load(path).N == 10 and os.listdir(tmp_path) == ["x.npz"]


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "x.npz"
    Dataset.from_arrays([[1, 2], [3, 4], [2**70, 0]], ["a", "b", "a"]).save(path)
    return path


def test_every_truncation_is_refused(saved):
    content = saved.read_bytes()
    for length in range(0, len(content), 5):
        saved.write_bytes(content[:length])
        with pytest.raises(InvalidDataset, match="not a data set written by save"):
            Dataset.load(saved)


def test_every_damaged_byte_is_refused_or_harmless(saved):
    content, whole = saved.read_bytes(), Dataset.load(saved)
    refused = 0
    for place in range(0, len(content), 3):
        damaged = bytearray(content)
        damaged[place] ^= 0x55
        saved.write_bytes(damaged)
        try:
            assert Dataset.load(saved) == whole  # a time stamp, say
        except InvalidDataset:
            refused += 1
    assert refused > len(content) // 6


@pytest.mark.parametrize("junk", [b"\0", b"junk" * 1000])
def test_over_long_files_are_refused(saved, junk):
    content = saved.read_bytes()
    for longer in (content + junk, junk + content):
        saved.write_bytes(longer)
        with pytest.raises(InvalidDataset, match="begin and end"):
            Dataset.load(saved)


def rewrite(path, about=None, **changes):
    """The npz file with some arrays or parts of ``about`` replaced (or dropped: None)."""
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    if about is not None:
        arrays["about"] = np.array(json.dumps(json.loads(str(arrays["about"])) | about))
    arrays |= changes
    np.savez(path, **{name: v for name, v in arrays.items() if v is not None})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"about": {"format": "mem_lib.dataset 2"}}, "its format is 'mem_lib.dataset 2'"),
        ({"about": {"sha256": "0" * 64}}, "fingerprint"),
        ({"about": {"classes": "many"}}, "classes must be an integer"),
        ({"about": {"classes": 1}}, "out of range for classes=1"),
        ({"about": {"names": 5}}, "not a data set"),
        ({"about": {"names": ["a"]}}, "names has 1 entries"),
        ({"about": {"separation_at_least": -1.0}}, "separation_at_least"),
        ({"about": {"extra": 0}}, "its format"),
        ({"extra": np.arange(3)}, "its format"),
        ({"points": None}, "its format"),
        ({"points": None, "targets": np.arange(3)}, "not a data set"),
        ({"labels": np.array([0, 1, 1])}, "fingerprint"),
        ({"labels": np.array([0, 1])}, "shape"),
        ({"points": np.array([["g", "1"]] * 3, "S1")}, "invalid literal"),
        ({"points": np.array([["1/0", "1"]] * 3, "S3")}, "not a data set"),
        ({"points": np.ones((3, 2)) * np.nan}, "not a finite number"),
    ],
)
def test_wrong_entries_are_refused(saved, changes, message):
    rewrite(saved, **changes)
    with pytest.raises(InvalidDataset, match=message):
        Dataset.load(saved)


def test_pickles_are_not_opened(saved):
    class Bomb:
        def __reduce__(self):
            return (os.mkdir, (str(saved.parent / "boom"),))

    bomb = np.empty((1, 1), dtype=object)
    bomb[0, 0] = Bomb()
    rewrite(saved, points=bomb)
    with pytest.raises(InvalidDataset, match="not a data set"):
        Dataset.load(saved)
    assert not (saved.parent / "boom").exists()


def test_foreign_files_are_refused(tmp_path):
    path = tmp_path / "x.npz"
    np.save(tmp_path / "x.npy", np.eye(2))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "hello")
    for name in ("x.npz", "x.npy"):
        with pytest.raises(InvalidDataset, match="not a data set"):
            Dataset.load(tmp_path / name)
    path.write_text(json.dumps({"points": [[1]]}))
    with pytest.raises(InvalidDataset, match="not a data set"):
        Dataset.load(path)
    for name, error in (("missing.npz", FileNotFoundError), (".", IsADirectoryError)):
        with pytest.raises(error):
            Dataset.load(tmp_path / name)


def test_bombs_are_refused_before_they_unpack(saved):
    rewrite(saved, points=np.zeros((1000, 1000)))
    with pytest.raises(TooLarge, match=r"unpacked needs about 1\d\d\.\d MiB of memory, the budget"):
        Dataset.load(saved, max_bytes=10**6)
    header = io.BytesIO()
    np.lib.format.write_array_header_2_0(
        header, {"descr": "<f8", "fortran_order": False, "shape": (10**12, 10**3)}
    )
    with zipfile.ZipFile(saved, "w") as archive:
        archive.writestr("about.npy", header.getvalue())
    with pytest.raises(InvalidDataset, match="not a data set"):
        Dataset.load(saved)
