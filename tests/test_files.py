"""Writing files: whole or not at all, and through links and pipes."""

import os
import stat
import threading

import pytest

import mem_lib as ml
from mem_lib._base.files import write_atomically


def interrupted():
    yield b"half"
    raise KeyboardInterrupt


def test_an_interruption_leaves_the_old_file(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, interrupted())
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["f"]


def test_new_files_have_ordinary_rights(tmp_path):
    write_atomically(tmp_path / "f", [b"x"])
    (tmp_path / "g").write_bytes(b"x")
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in "fg"}
    assert len(modes) == 1


@pytest.mark.skipif(os.name == "nt", reason="files have no such rights there")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444])
def test_a_file_keeps_its_rights(tmp_path, mode):
    path = tmp_path / "f"
    path.write_bytes(b"old")
    path.chmod(mode)
    seen = []

    def chunks():
        (part,) = set(tmp_path.iterdir()) - {path}
        seen.append(stat.S_IMODE(part.stat().st_mode))
        yield b"new"

    write_atomically(path, chunks())
    assert path.read_bytes() == b"new" and stat.S_IMODE(path.stat().st_mode) == mode
    assert seen == [mode]  # nor can others read what is not complete


@pytest.mark.parametrize("length", [1, 100, 242, 255])
def test_names_as_long_as_the_system_takes(tmp_path, length):
    path = tmp_path / ("x" * length)
    for content in (b"old", b"new"):
        write_atomically(path, [content])
        assert path.read_bytes() == content and len(os.listdir(tmp_path)) == 1


def test_a_name_that_is_longer_leaves_nothing(tmp_path):
    with pytest.raises(OSError):
        write_atomically(tmp_path / ("x" * 256), [b"x"])
    assert os.listdir(tmp_path) == []


def test_a_link_is_followed(tmp_path):
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_atomically(tmp_path / "link", [b"new"])
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real").read_bytes() == b"new"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in this system's folders")
def test_a_pipe_stays_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    got = []
    reader = threading.Thread(target=lambda: got.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write_atomically(tmp_path / "pipe", [b"a", b"b"])
    reader.join(10)
    assert got == [b"ab"] and stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        write_atomically(tmp_path / "nowhere" / "f", [b"x"])


def test_names_with_nul_are_refused_by_all(tmp_path):
    path = tmp_path / "a\0b"
    network, dataset = ml.Network([ml.Layer([[1]], [0], "relu")]), ml.Dataset([[1]], [1])
    for thing in (network, dataset, ml.verify(network, dataset)):
        with pytest.raises(ml.InvalidArgument, match="path: no file name has NUL characters"):
            thing.save(path)
    for load in (ml.Network.load, ml.Certificate.load, ml.Dataset.load, ml.data.read_csv):
        with pytest.raises(ml.InvalidArgument, match="path: no file name has NUL characters"):
            load(path)
    assert os.listdir(tmp_path) == []
