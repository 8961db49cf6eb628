"""Verification in chunks: ordered points, several processes, interruptions; always one evidence."""

import json
import os
import threading
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest

import mem_lib as ml
from mem_lib.certificate.checkpoint import Checkpoint
from mem_lib.certificate.judge import Evidence
from mem_lib.certificate.options import workers_of
from mem_lib.exact import chunks as chunks_module
from mem_lib.exact import engine
from mem_lib.exact import workers as workers_module
from mem_lib.exact.arrays.numpy import NumPyArrays
from mem_lib.exact.engine import Engine
from tests.networks import ladder, ladder_labels, random_network

SHAPE = {"steps": 6, "width": 40, "bits": 80}


@pytest.fixture
def case(monkeypatch):
    """(network, 300 points in random order with their labels), cut into chunks of 50."""
    monkeypatch.setattr(engine, "MOST_POINTS", 50)
    x = np.random.default_rng(5).permutation(300)
    return ladder(**SHAPE), ml.Dataset(x[:, None], labels=ladder_labels(**SHAPE, points=x))


def test_processes_give_the_same_certificate(case, monkeypatch):
    network, dataset = case
    alone = ml.verify(network, dataset, workers=1)
    assert alone.ok
    monkeypatch.setattr(chunks_module, "WORTH_PROCESSES", 0.0)
    used = []
    processes = chunks_module.Chunks._in_processes

    def spy(self, todo, workers):
        used.extend(todo)
        yield from processes(self, todo, workers)

    monkeypatch.setattr(chunks_module.Chunks, "_in_processes", spy)
    assert ml.verify(network, dataset, workers=2) == alone
    assert used == [1, 2, 3, 4, 5]


def test_chunks_of_any_size_give_the_same_certificate(case, monkeypatch):
    network, dataset = case
    certificates = []
    for most in (7, 50, 10_000):
        monkeypatch.setattr(engine, "MOST_POINTS", most)
        certificates.append(replace(ml.verify(network, dataset), arithmetic=""))
    assert certificates[0] == certificates[1] == certificates[2]


def test_the_counterexample_is_the_first_row_in_the_order_of_the_data(case):
    network, dataset = case
    labels = dataset.labels.copy()
    labels[[17, 90, 250]] ^= 1
    certificate = ml.verify(network, ml.Dataset(dataset.points, labels=labels))
    assert (certificate.correct, certificate.counterexample.row) == (297, 17)


def test_points_beyond_machine_integers_are_ordered_too(case):
    network, dataset = case
    far = ml.Dataset(dataset.points.astype(object) * 2**70, labels=dataset.labels)
    fine = network.refined(70)
    certificate = ml.verify(ml.Network(fine.layers, output_denominator=2**70), far)
    assert certificate.ok
    assert certificate.max_bits > 140


class Stop(KeyboardInterrupt):
    pass


def interrupt(monkeypatch, after):
    """Stop the run before its chunk number ``after``; returns the chunks that were run."""
    run, ran = chunks_module.Chunks._tail, []

    def tail(self, i):
        if len(ran) == after:
            raise Stop
        ran.append(i)
        return run(self, i)

    monkeypatch.setattr(chunks_module.Chunks, "_tail", tail)
    return ran


def stopped(monkeypatch, network, dataset, path, after):
    """A run with the checkpoint ``path`` that is stopped before its chunk number ``after``."""
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        interrupt(patch, after=after)
        ml.verify(network, dataset, checkpoint=path)


def test_verified_chunks_survive_an_interruption(case, monkeypatch, tmp_path):
    network, dataset = case
    whole, path = ml.verify(network, dataset), tmp_path / "run.jsonl"
    stopped(monkeypatch, network, dataset, path, after=4)
    with monkeypatch.context() as patch:
        ran = interrupt(patch, after=99)
        assert ml.verify(network, dataset, checkpoint=path) == whole
    assert ran == [4, 5]
    assert not path.exists()


def test_a_wrong_row_is_remembered_across_an_interruption(case, monkeypatch, tmp_path):
    network, dataset = case
    labels = dataset.labels.copy()
    labels[np.argmin(dataset.points[:, 0])] ^= 1  # in the first chunk
    wrong, path = ml.Dataset(dataset.points, labels=labels), tmp_path / "run.jsonl"
    stopped(monkeypatch, network, wrong, path, after=2)
    resumed = ml.verify(network, wrong, checkpoint=path)
    assert resumed == ml.verify(network, wrong)
    assert not resumed.ok


@pytest.mark.parametrize(
    ("damage", "rerun"),
    [
        (lambda lines: [*lines[:-1], lines[-1][:40]], [3, 4, 5]),  # cut short
        (
            lambda lines: [*lines[:-1], lines[-1].replace('"correct": 50', '"correct": 51')],
            [3, 4, 5],
        ),
        (lambda lines: [*lines[:2], "{}\n", *lines[3:]], [1, 2, 3, 4, 5]),
        (lambda lines: [*lines[:2], "[" * 10_000 + "\n"], [1, 2, 3, 4, 5]),
    ],
)
def test_damaged_lines_are_run_again(case, monkeypatch, tmp_path, damage, rerun):
    network, dataset = case
    path = tmp_path / "run.jsonl"
    stopped(monkeypatch, network, dataset, path, after=4)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(damage(lines)))
    with monkeypatch.context() as patch:
        ran = interrupt(patch, after=99)
        assert ml.verify(network, dataset, checkpoint=path).ok
    assert ran == rerun


def test_a_checkpoint_of_another_run_is_refused_and_kept(case, monkeypatch, tmp_path):
    network, dataset = case
    path = tmp_path / "run.jsonl"
    stopped(monkeypatch, network, dataset, path, after=2)
    text = path.read_text()
    other = ml.Dataset(dataset.points + 1, labels=dataset.labels)
    with pytest.raises(ml.InvalidCertificate, match="belongs to another run: its dataset"):
        ml.verify(network, other, checkpoint=path)
    with pytest.raises(ml.InvalidCertificate, match="tolerance"):
        ml.verify(network, dataset, tolerance=0.25, checkpoint=path)
    assert path.read_text() == text


def test_a_checkpoint_of_rows_in_another_order_is_refused(case, monkeypatch, tmp_path):
    """Which rows a chunk holds depends on the layer that orders them, and that on the device."""
    network, dataset = case
    path = tmp_path / "run.jsonl"
    stopped(monkeypatch, network, dataset, path, after=2)
    with monkeypatch.context() as patch:
        patch.setattr(engine, "NARROW", 1)
        patch.setattr(chunks_module, "EVEN", 1)  # as many points a chunk as with a head
        assert engine.Engine(network).head == 0
        with pytest.raises(
            ml.InvalidCertificate, match="another run: its head is 2, this run has 0"
        ):
            ml.verify(network, dataset, checkpoint=path)
    assert ml.verify(network, dataset, checkpoint=path).ok


@pytest.mark.parametrize(
    "text", ["my notes\n", "[1, 2]\n", '{"format": "x"}\n', "\x00\xff", "1e400\n"]
)
def test_another_file_is_never_overwritten(case, tmp_path, text):
    network, dataset = case
    path = tmp_path / "precious.txt"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(ml.InvalidCertificate, match="not a checkpoint file"):
        ml.verify(network, dataset, checkpoint=path)
    assert path.read_text(encoding="latin-1") == text


def test_a_run_that_was_stopped_anywhere_in_the_first_line_starts_again(case, tmp_path):
    """Twice: what is written behind a cut header must not spoil the file."""
    network, dataset = case
    path = tmp_path / "run.jsonl"
    whole = ml.verify(network, dataset)
    first = Checkpoint(path, {"network": network.sha256, "dataset": dataset.sha256,
                              "tolerance": "0", "points_per_chunk": 50, "head": 2})  # fmt: skip
    header = path.read_bytes()
    assert first.done == {} and header.endswith(b"\n")
    for length in (0, 1, 40, len(header) - 1, len(header)):
        path.write_bytes(header[:length])
        kept = Checkpoint(path, dict(first._key))
        kept.add(3, Evidence(judged=50, correct=50))
        assert list(Checkpoint(path, dict(first._key)).done) == [3]
        path.write_bytes(header[:length])
        assert ml.verify(network, dataset, checkpoint=path) == whole


def test_two_runs_on_one_file(tmp_path):
    path, key = tmp_path / "run.jsonl", {"network": "a"}
    one, two = Checkpoint(path, key), Checkpoint(path, key)
    one.add(0, Evidence(judged=1, correct=1))
    two.add(1, Evidence(judged=1, correct=1))
    one.remove()
    two.add(2, Evidence(judged=1, correct=1))
    assert sorted(Checkpoint(path, key).done) == [1, 2]


def test_a_link_is_followed(case, monkeypatch, tmp_path):
    network, dataset = case
    link, path = tmp_path / "link", tmp_path / "run.jsonl"
    link.symlink_to(path)
    stopped(monkeypatch, network, dataset, link, after=2)
    assert path.is_file() and link.is_symlink()
    assert ml.verify(network, dataset, checkpoint=link).ok
    assert not path.exists() and link.is_symlink()


@pytest.mark.parametrize(
    "path", [5, True, b"x", [], object(), "", "a\0b", "no such folder/x", ".", os.devnull]
)
def test_paths_that_cannot_be_a_checkpoint(case, path):
    network, dataset = case
    with pytest.raises(ml.InvalidArgument, match="checkpoint: "):
        ml.verify(network, dataset, checkpoint=path)
    assert Path(os.devnull).exists()


@pytest.mark.parametrize("place", [0, 2])
def test_a_killed_worker_leaves_its_work_to_the_others(case, monkeypatch, place):
    """The process that was asked for the answer of that place is gone."""
    network, dataset = case
    asked = []
    answer = workers_module.Worker.answer

    def killed(self, block):
        asked.append(block)
        if len(asked) > place:
            self.process.kill()
            self.process.wait()
        return answer(self, block)

    monkeypatch.setattr(chunks_module, "WORTH_PROCESSES", 0.0)
    monkeypatch.setattr(workers_module.Worker, "answer", killed)
    assert ml.verify(network, dataset, workers=2) == ml.verify(network, dataset, workers=1)
    assert asked


def test_where_no_process_can_be_started_the_work_is_done_here(case, monkeypatch):
    network, dataset = case
    monkeypatch.setattr(chunks_module, "WORTH_PROCESSES", 0.0)
    monkeypatch.setattr("sys.executable", "no such program")
    assert ml.verify(network, dataset, workers=2) == ml.verify(network, dataset, workers=1)


def test_what_a_worker_raises_is_raised_here(case):
    network, _ = case
    with pytest.raises(IndexError):
        list(workers_module.answers(network, [np.array([1, 2])], 1))


@pytest.mark.parametrize("what", ["program", "parent"])
def test_where_processes_cannot_be_started_none_are(case, monkeypatch, what):
    network, dataset = case
    monkeypatch.setattr(chunks_module, "WORTH_PROCESSES", 0.0)
    monkeypatch.setattr(chunks_module.Chunks, "_in_processes", None)
    if what == "program":
        monkeypatch.setattr("sys.executable", "")
    else:
        monkeypatch.setattr("multiprocessing.parent_process", lambda: 1)
    assert ml.verify(network, dataset, workers=2, progress=False).ok


def test_a_machine_arithmetic_network_has_checkpoints_too(monkeypatch, tmp_path):
    monkeypatch.setattr(engine, "MOST_POINTS", 10)
    network = ml.Network([ml.Layer([[1]], [0], "identity")])
    dataset = ml.Dataset(np.arange(35)[:, None] % 2, labels=np.arange(35) % 2)
    path = tmp_path / "run.jsonl"
    parts = []
    add = Checkpoint.add

    def stop(self, chunk, evidence):
        add(self, chunk, evidence)
        parts.append(json.loads(path.read_text().splitlines()[-1]))
        if len(parts) == 2:
            raise Stop

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Checkpoint, "add", stop)
        ml.verify(network, dataset, checkpoint=path)
    assert [part["judged"] for part in parts] == [9, 9]  # of 9, 9, 9 and 8
    assert ml.verify(network, dataset, checkpoint=path).points == 35


def test_there_are_four_workers_for_each_core_at_most(monkeypatch):
    for cores, chosen in ((1, 1), (2, 2), (16, 4), (None, 1)):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        most = 4 * (cores or 1)
        found = [workers_of(workers) for workers in (None, 1, most, most + 1, 10**9)]
        assert found == [chosen, 1, most, most, most]


def full_beyond(monkeypatch, room):
    """A device that holds so many points at once."""
    run_layers, tried = Engine.run_layers, []

    def run(self, block, *cut):
        tried.append(block.shape[1])
        if block.shape[1] > room:
            raise MemoryError("no more")
        return run_layers(self, block, *cut)

    monkeypatch.setattr(NumPyArrays, "memory_full", (MemoryError,))
    monkeypatch.setattr(Engine, "run_layers", run)
    return tried


@pytest.mark.parametrize(("room", "pieces"), [(1, [8, 4, 2] + 8 * [1]), (2, [8, 4, 2, 2, 2, 2]),
                         (5, [8, 4, 4]), (8, [8])])  # fmt: skip
def test_a_full_device_takes_fewer_points_at_once(monkeypatch, room, pieces):
    network, dataset = random_network(np.random.default_rng(0)), ml.data.ball(8, 3, seed=1)
    wanted = ml.verify(network, dataset)
    tried = full_beyond(monkeypatch, room)
    assert ml.verify(network, dataset) == wanted and tried == pieces


def test_a_device_without_room_for_a_point_is_told(monkeypatch):
    network, dataset = random_network(np.random.default_rng(0)), ml.data.ball(8, 3, seed=1)
    full_beyond(monkeypatch, 0)
    message = r"device: its memory does not hold .* a single point \(no more\)"
    with pytest.raises(ml.MemorizationError, match=message):
        ml.verify(network, dataset)


@pytest.mark.parametrize("points, workers", [(35, 1), (35, 2), (5, 2)])
def test_both_are_hashed_while_chunks_run(monkeypatch, points, workers):
    """Where there are several; nothing else of the certificate depends on it."""
    monkeypatch.setattr(engine, "MOST_POINTS", 10)
    seen = []
    for kind in (ml.Network, ml.Dataset):
        plain = kind.sha256.func

        def noted(self, plain=plain):
            seen.append(threading.current_thread() is threading.main_thread())
            return plain(self)

        kept = cached_property(noted)
        kept.__set_name__(kind, "sha256")
        monkeypatch.setattr(kind, "sha256", kept)
    network = ml.Network([ml.Layer([[1]], [0], "identity")])
    dataset = ml.Dataset(np.arange(points)[:, None] % 2, labels=np.arange(points) % 2)
    certificate = ml.verify(network, dataset, workers=workers)
    assert certificate.ok and seen == 2 * [points < 10]
    assert (certificate.network_sha256, certificate.dataset_sha256) == (
        network.sha256, dataset.sha256
    )  # fmt: skip


def test_what_hashing_raises_is_raised_at_the_end(monkeypatch):
    monkeypatch.setattr(engine, "MOST_POINTS", 10)

    def full(self):
        raise MemoryError("no room for the file")

    monkeypatch.setattr(ml.Network, "sha256", property(full))
    network = ml.Network([ml.Layer([[1]], [0], "identity")])
    dataset = ml.Dataset(np.arange(35)[:, None] % 2, labels=np.arange(35) % 2)
    with pytest.raises(MemoryError, match="no room for the file"):
        ml.verify(network, dataset)
