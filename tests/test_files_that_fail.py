"""Files that cannot be read or written are one family of errors, whoever reads them; and values
that only look like what an argument needs are refused by its name."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import beyond_worst_case as bwc
from mem_lib import two_layer
from mem_lib.__main__ import main

DATASET = ml.Dataset([[1], [-1]], [1, 0])
NETWORK = ml.Network([ml.Layer([[1]], [0], "identity")], readout="sign")

LOADERS = {
    "network": ml.Network.load,
    "certificate": ml.Certificate.load,
    "dataset": ml.Dataset.load,
    "table": ml.data.read_csv,
}
SAVERS = {
    "network": NETWORK.save,
    "certificate": lambda path: ml.verify(NETWORK, DATASET).save(path),
    "dataset": DATASET.save,
}
WAYS = {
    "info": lambda path: ["info", path],
    "data": lambda path: ["verify", "network.json", path],
    "network": lambda path: ["verify", path, "data.npz"],
    "against": lambda path: ["verify", "network.json", "data.npz", "--against", path],
}


def missing(folder):
    return folder / "none", FileNotFoundError


def in_a_missing_folder(folder):
    return folder / "none" / "x", FileNotFoundError


def below_a_file(folder):
    (folder / "file").write_text("x")
    return folder / "file" / "x", NotADirectoryError


def a_folder(folder):
    return folder, IsADirectoryError


def a_circle_of_links(folder):
    (folder / "a").symlink_to(folder / "b")
    (folder / "b").symlink_to(folder / "a")
    return folder / "a", OSError


def a_long_name(folder):
    return folder / ("x" * 300), OSError


SITUATIONS = [missing, in_a_missing_folder, below_a_file, a_folder, a_circle_of_links, a_long_name]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other errors for these")
@pytest.mark.parametrize("situation", SITUATIONS)
def test_what_cannot_be_read_is_one_oserror(tmp_path, situation):
    path, kind = situation(tmp_path)
    for load in LOADERS.values():
        with pytest.raises(OSError) as raised:
            load(path)
        assert type(raised.value) is kind and str(path.name) in str(raised.value)
        assert not isinstance(raised.value, ml.MemorizationError)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other errors for these")
@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("way", WAYS)
def test_the_command_line_says_so(tmp_path, monkeypatch, capsys, situation, way):
    monkeypatch.chdir(tmp_path)
    DATASET.save("data.npz")
    NETWORK.save("network.json")
    path, kind = situation(tmp_path)
    assert main(WAYS[way](str(path))) == 2
    assert capsys.readouterr().err.startswith(f"mem_lib: {kind.__name__}: ")


@pytest.mark.parametrize("name", LOADERS)
def test_a_file_that_is_denied(tmp_path, monkeypatch, name):
    """Told by the system, as to one who is not root."""
    path, opened = tmp_path / "x", open
    path.write_bytes(b"PK\x03\x04")

    def denied(file, *arguments, **named):
        if os.fspath(file) == os.fspath(path):
            raise PermissionError(13, "Permission denied", os.fspath(file))
        return opened(file, *arguments, **named)

    monkeypatch.setattr("builtins.open", denied)
    with pytest.raises(PermissionError, match="Permission denied"):
        LOADERS[name](path)


@pytest.mark.parametrize("number", [5, 13, 116])
def test_a_disk_that_fails_in_the_midst_is_no_bad_data_set(tmp_path, monkeypatch, number):
    DATASET.save(tmp_path / "d.npz")

    def failing(*arguments, **named):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(np, "load", failing)
    with pytest.raises(OSError) as raised:
        ml.Dataset.load(tmp_path / "d.npz")
    assert raised.value.errno == number


@pytest.mark.parametrize("error", [OSError("odd bytes"), OSError(22, "Invalid argument")])
def test_an_oserror_about_the_bytes_is_a_bad_data_set(tmp_path, monkeypatch, error):
    """Decoders have it too, without a number, or for a place that no file has."""
    DATASET.save(tmp_path / "d.npz")

    def failing(*arguments, **named):
        raise error

    monkeypatch.setattr(np, "load", failing)
    with pytest.raises(ml.InvalidDataset, match="is not a data set written by save"):
        ml.Dataset.load(tmp_path / "d.npz")


@pytest.mark.parametrize("name", SAVERS)
def test_what_cannot_be_written(tmp_path, name):
    for path in (tmp_path / "none" / "x", tmp_path / ("x" * 300), tmp_path):
        with pytest.raises(OSError) as raised:
            SAVERS[name](path)
        assert not isinstance(raised.value, ml.MemorizationError)
    for path in (5, True, [], b"x", "a\0b", None):
        with pytest.raises(ml.InvalidArgument, match="path: "):
            SAVERS[name](path)
    assert os.listdir(tmp_path) == []


# -- values that only look like what is needed -----------------------------------------------------


class Whole:
    def __init__(self, number):
        self.number = number

    def __index__(self):
        return self.number


PAIR = np.array([1, 2])
CALLS = {
    "weight_bits": lambda: bwc.build(DATASET, weight_bits=Whole(99)),
    "n": lambda: bwc.build(DATASET, n=PAIR),
    "centres": lambda: bwc.Idealised(centres=np.array(3)),
    "progress": lambda: ml.verify(NETWORK, DATASET, progress=PAIR),
    "progress ": lambda: ml.build(DATASET, "two_layer.sorted", progress=PAIR),
    "progress  ": lambda: ml.build(DATASET, "beyond_worst_case", progress="no"),
    "progress   ": lambda: ml.build(DATASET, "two_layer.antisymmetric", progress=1),
    "partial": lambda: two_layer.Antisymmetric().fit(DATASET, partial=PAIR),
    "keep": lambda: two_layer.Antisymmetric().fit(DATASET, keep=PAIR),
    "workers": lambda: ml.verify(NETWORK, DATASET, workers=PAIR),
    "tolerance": lambda: ml.verify(NETWORK, DATASET, tolerance=PAIR),
    "sign": lambda: ml.build(DATASET, "generalization.spike", sign=PAIR),
    "max_bytes": lambda: ml.Network.load("x", max_bytes=PAIR),
    "max_digits": lambda: ml.Network.load("x", max_digits="many"),
    "max_bytes ": lambda: ml.Dataset.load("x", max_bytes=PAIR),
}


@pytest.mark.parametrize("name", CALLS)
def test_arrays_and_other_values_are_refused_by_the_name_of_the_argument(name):
    with pytest.raises(ml.InvalidArgument) as refused:
        CALLS[name]()
    assert str(refused.value).startswith(f"{name.strip()}: ")


@pytest.mark.parametrize("layers", [np.array(3), 3, None, NETWORK.layers[0]])
def test_layers_that_are_none(layers):
    with pytest.raises(ml.InvalidNetwork, match=r"layers = .* is not a sequence of layers"):
        ml.Network(layers=layers)


@pytest.mark.parametrize("device", [PAIR, [1], 5, object()])
def test_devices_that_are_none(device):
    pytest.importorskip("torch")
    for call in (
        lambda: ml.verify(NETWORK, DATASET, device=device),
        lambda: ml.build(DATASET, "two_layer.ntk", device=device),
        lambda: NETWORK.to_torch(DATASET, device=device),
    ):
        with pytest.raises(ml.InvalidArgument, match=r"^device: "):
            call()


def test_what_looks_like_a_whole_number_is_one():
    assert bwc.build(DATASET, weight_bits=Whole(20), n=Whole(50)) == bwc.build(
        DATASET, weight_bits=20, n=50
    )
    assert ml.verify(NETWORK, DATASET, workers=Whole(1), progress=np.bool_(False)).ok


def test_relative_names_are_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, save in SAVERS.items():
        save(name)
        save(Path(name))
    assert ml.Network.load("network") == NETWORK and ml.Dataset.load("dataset") == DATASET
