"""Checkpoints that are damaged, forged, or cannot be written: typed errors or the same result, and
no work lost."""

import json
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import two_layer
from mem_lib.certificate import checkpoint
from mem_lib.certificate.checkpoint import Checkpoint
from mem_lib.exact import engine
from mem_lib.two_layer.residual import file
from mem_lib.two_layer.residual.file import FitFile

NETWORK = ml.Network([ml.Layer([[1]], [0], "identity")])
DATASET = ml.Dataset(np.arange(40)[:, None] % 2, labels=np.arange(40) % 2)


class Stop(KeyboardInterrupt):
    pass


# -- of a verification -----------------------------------------------------------------------------


@pytest.fixture
def stopped(monkeypatch, tmp_path):
    """The file of a run that was stopped after three of its four chunks of ten points."""
    monkeypatch.setattr(engine, "MOST_POINTS", 10)
    path, add = tmp_path / "run.jsonl", Checkpoint.add

    def stop(self, chunk, evidence):
        add(self, chunk, evidence)
        if chunk == 2:
            raise Stop

    with monkeypatch.context() as patch, pytest.raises(Stop):
        patch.setattr(Checkpoint, "add", stop)
        ml.verify(NETWORK, DATASET, checkpoint=path)
    return path


def judged_here(monkeypatch):
    """The chunks that are noted from now on."""
    chunks, add = [], Checkpoint.add

    def noting(self, chunk, evidence):
        chunks.append(chunk)
        add(self, chunk, evidence)

    monkeypatch.setattr(Checkpoint, "add", noting)
    return chunks


def forged(path, **changed):
    """Rewrite the first line of evidence, with a right digest."""
    header, first, *rest = path.read_text().splitlines(keepends=True)
    content = json.loads(first)
    content.pop("sha256")
    content |= changed
    first = json.dumps({**content, "sha256": checkpoint._digest(content)}) + "\n"
    path.write_text("".join([header, first, *rest]))


WRONG = {"row": 3, "expected": "0", "outputs": ["1"], "predicted": 1}


@pytest.mark.parametrize(
    "changed",
    [
        {"chunk": 4}, {"chunk": 10**400}, {"chunk": True}, {"chunk": 1.0},
        {"judged": 9}, {"judged": 11}, {"judged": 10.0}, {"judged": None}, {"judged": "10"},
        {"correct": 11}, {"correct": -1}, {"correct": 9}, {"correct": []},
        {"distance": "-0x1"}, {"distance": 1}, {"max_error": "-1"}, {"max_error": "1/0"},
        {"peak": "-0x1"}, {"peak": None}, {"ties": -1}, {"ties": True}, {"ties": 0.5},
        {"arithmetic": ["proof"]}, {"arithmetic": 5}, {"arithmetic": [[]]},
        {"counterexample": WRONG}, {"counterexample": {}}, {"counterexample": 0},
        {"correct": 9, "counterexample": WRONG | {"row": "3"}},
        {"correct": 9, "counterexample": WRONG | {"row": -1}},
    ],
)  # fmt: skip
def test_evidence_that_no_run_would_have_written_is_dropped(stopped, monkeypatch, changed):
    whole = ml.verify(NETWORK, DATASET)
    forged(stopped, **changed)
    chunks = judged_here(monkeypatch)
    assert ml.verify(NETWORK, DATASET, checkpoint=stopped) == whole
    assert chunks == [0, 1, 2, 3]


def test_evidence_that_a_run_could_have_written_is_believed(stopped, monkeypatch):
    """So a checkpoint is trusted, as the guide says; a check without it is not deceived."""
    chunks = judged_here(monkeypatch)
    forged(stopped, correct=9, counterexample=WRONG)
    certificate = ml.verify(NETWORK, DATASET, checkpoint=stopped)
    assert (certificate.correct, chunks) == (39, [3])
    with pytest.raises(ml.InvalidCertificate, match="ok: the certificate states False"):
        certificate.check(NETWORK, DATASET)


def test_random_damage_changes_no_certificate(stopped):
    whole, content = ml.verify(NETWORK, DATASET), stopped.read_bytes()
    rng = np.random.default_rng(0)
    ends = Counter()
    for _ in range(200):
        damaged = bytearray(content[: rng.integers(1, len(content) + 1)])
        for place in rng.integers(len(damaged), size=rng.integers(3)):
            damaged[place] = rng.integers(256)
        stopped.write_bytes(damaged)
        try:
            assert ml.verify(NETWORK, DATASET, checkpoint=stopped) == whole
            ends["same"] += 1
        except ml.InvalidCertificate:
            assert stopped.read_bytes() == bytes(damaged)
            ends["refused"] += 1
    assert min(ends["same"], ends["refused"]) > 20


def test_a_full_disk_costs_no_verdict(stopped, monkeypatch):
    """The file is written again when there is room, and then holds all that was verified."""
    whole, opened, appended = ml.verify(NETWORK, DATASET), Path.open, []
    stopped.write_text(stopped.read_text().splitlines(keepends=True)[0])  # nothing is done yet
    full = OSError(28, "No space left on device")

    def short(self, mode="r", **options):
        """Chunk 1 finds room for half of its line."""
        handle = opened(self, mode, **options)
        appended.extend(["line"] * (mode == "a"))
        if mode == "a" and len(appended) == 2:
            handle.write("{half of a li")
            handle.close()
            raise full
        return handle

    write, kept = checkpoint.write_atomically, []

    def scarce(path, chunks):
        kept.append(path)
        if len(kept) == 2:  # the first is that of the beginning
            raise full
        write(path, chunks)

    monkeypatch.setattr(Path, "open", short)
    monkeypatch.setattr(checkpoint, "write_atomically", scarce)
    monkeypatch.setattr(Checkpoint, "remove", lambda self: None)
    with pytest.warns(RuntimeWarning, match=r"^checkpoint: .* the work goes on: .*No space"):
        assert ml.verify(NETWORK, DATASET, checkpoint=stopped) == whole
    assert len(kept) == 3
    found = [json.loads(line) for line in stopped.read_text().splitlines()]
    assert [line["chunk"] for line in found[1:]] == [0, 1, 2, 3]


def test_a_file_that_stays_costs_no_verdict(stopped, monkeypatch):
    def kept(self, missing_ok):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", kept)
    with pytest.warns(RuntimeWarning, match="could not be written or removed"):
        assert ml.verify(NETWORK, DATASET, checkpoint=stopped).ok


@pytest.mark.parametrize("take", ["verify", "fit"])
@pytest.mark.parametrize("name", ["x" * 5000, "x" * 300, "/".join(["x" * 200] * 100)])
def test_names_that_no_file_can_have(tmp_path, take, name):
    with pytest.raises(ml.InvalidArgument, match=r"^checkpoint: (no file can be called|there is)"):
        if take == "fit":
            two_layer.Antisymmetric(checkpoint=tmp_path / name)
        else:
            ml.verify(NETWORK, DATASET, checkpoint=tmp_path / name)


# -- of a fit --------------------------------------------------------------------------------------

CLOUD = ml.data.sphere(N=30, d=6, classes=2, seed=0)
#: That of 12 steps and 3 draws in vain, as any run would keep it.
STEPS = 12


def fit_file(path):
    return FitFile(path, {"seed": 0, "variant": "antisymmetric"}, 30, (2, 6))


@pytest.fixture
def kept(tmp_path):
    """A file of a fit: it, its content, and its arrays."""
    rng = np.random.default_rng(1)
    ledger = file.Ledger(
        rows=list(rng.integers(-500, 500, (STEPS, 2, 6))),
        exponents=[-9] * STEPS,
        outer=list(rng.standard_normal((STEPS, 2))),
        left=[(1.0 / (k + 1), 0.5, 3.0 * k) for k in range(STEPS)],
    )
    state = file.State(rng.standard_normal(30), 1e-12, 36.0, STEPS, STEPS + 3, 1)
    found = fit_file(tmp_path / "fit.npz")
    found.write(state, ledger, np.asarray)
    with np.load(found.path) as archive:
        return found, found.path.read_bytes(), dict(archive)


def content_of(found):
    state, ledger = found.load()
    return [state.output.tolist(), *list(vars(state).values())[1:], ledger.exponents, ledger.left,
            np.array(ledger.rows).tolist(), np.array(ledger.outer).tolist()]  # fmt: skip


def test_what_was_kept_is_read(kept):
    found, _, arrays = kept
    state, ledger = found.load()
    assert (state.steps, state.draws, state.idle, state.weight) == (STEPS, STEPS + 3, 1, 36.0)
    assert (np.array(ledger.rows) == arrays["rows"]).all() and ledger.exponents == [-9] * STEPS


def test_random_damage_is_noticed(kept):
    """500 times: bytes changed, cut off, repeated, dropped; never another fit, and never anything
    but our error."""
    found, content, _ = kept
    whole, rng = content_of(found), np.random.default_rng(2)
    refused = 0
    for _ in range(500):
        damaged = bytearray(content)
        for place in rng.integers(len(damaged), size=rng.integers(1, 4)):
            how = rng.integers(4)
            if how == 0:
                del damaged[place:]
            elif how == 1:
                del damaged[place : place + rng.integers(1, 20)]
            elif how == 2:
                damaged[place:place] = damaged[place : place + rng.integers(1, 20)]
            else:
                damaged[place : place + 1] = bytes([rng.integers(256)])
            if not damaged:
                break
        found.path.write_bytes(damaged)
        try:
            assert content_of(found) == whole
        except ml.InvalidCertificate as error:
            assert str(error).startswith(f"checkpoint: {found.path} ")
            refused += 1
        assert found.path.read_bytes() == bytes(damaged)
    assert refused > 400


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("exponents", np.full(STEPS, 10**6), "a number in exponents is beyond"),
        ("exponents", np.full(STEPS, -(2**62)), "a number in exponents is beyond"),
        ("exponents", np.full(STEPS, -(2**63)), "a number in exponents is beyond"),
        ("rows", np.full((STEPS, 2, 6), 2**60), "a number in rows is beyond"),
        ("rows", np.zeros((STEPS, 2, 5), dtype=int), "rows has shape"),
        ("rows", np.zeros((STEPS, 2, 6)), "rows has shape"),
        ("counts", np.array([STEPS, 2**60, 0]), "steps in"),
        ("counts", np.array([STEPS, STEPS, STEPS + 1]), "idle"),
        ("counts", np.array([STEPS, STEPS + 3, -1]), "idle"),
        ("counts", np.array([12.0, 15.0, 1.0]), "counts has shape"),
        ("counts", np.array(["a", "b", "c"]), "counts has shape"),
        ("sums", np.zeros((2, 2)), "sums has shape"),
        ("sums", np.array([1, 2]), "sums has shape"),
        ("sums", np.array([0.0, np.inf]), "not finite"),
        ("output", np.zeros(31), "an output of shape"),
        ("outer", np.zeros((STEPS, 2)), "has the SHA-256"),  # no check but the digest's
        ("left", np.zeros((STEPS, 3)), "has the SHA-256"),
        ("sha256", np.array("0" * 64), "has the SHA-256"),
        ("more", np.zeros(1), "has the SHA-256"),
        ("about", np.array("[" * 100_000), "recursion"),
        ("about", np.zeros(3), "is not a checkpoint"),
    ],
)
def test_forged_members_are_refused(kept, name, value, message):
    found, _, arrays = kept
    np.savez(found.path, **(arrays | {name: value}))
    with pytest.raises(ml.InvalidCertificate, match=message):
        found.load()


def test_forged_members_with_a_right_digest_are_bounded(kept):
    """Whoever can write the file decides what is in it, but makes nothing run for ever."""
    found, _, arrays = kept
    for name, value in (("exponents", np.full(STEPS, 10**6)), ("sums", np.zeros(3))):
        changed = {k: v for k, v in (arrays | {name: value}).items() if k != "sha256"}
        np.savez(found.path, **changed, sha256=np.array(file._digest(changed)))
        with pytest.raises(ml.InvalidCertificate, match=name):
            found.load()


def test_foreign_archives_are_refused(kept):
    import zipfile

    found, content, arrays = kept
    np.savez_compressed(found.path, **(arrays | {"output": np.zeros(10**7)}))
    with pytest.raises(ml.InvalidCertificate, match="it is compressed"):
        found.load()
    found.path.write_bytes(content)
    with zipfile.ZipFile(found.path, "a") as archive:
        archive.writestr("sums.txt", b"no array")
    with pytest.raises(ml.InvalidCertificate, match="is not a checkpoint"):
        found.load()
    header = b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (%s,), }"
    with zipfile.ZipFile(found.path, "w") as archive:
        archive.writestr("about.npy", (header % (b"9" * 15)).ljust(127) + b"\n")
    with pytest.raises(ml.InvalidCertificate, match="is not a checkpoint"):
        found.load()


def test_what_the_system_refuses_stays_an_oserror(kept, monkeypatch):
    def denied(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(PermissionError):
        kept[0].load()


def test_a_full_disk_costs_no_fit(tmp_path, monkeypatch):
    def full(path, chunks):
        raise OSError(28, "No space left on device")

    path = tmp_path / "fit.npz"
    whole = two_layer.Antisymmetric(relative_error=0.1).fit(CLOUD).network
    monkeypatch.setattr(file, "write_atomically", full)
    with pytest.warns(RuntimeWarning, match="No space left"):
        found = two_layer.Antisymmetric(relative_error=0.1, checkpoint=path).fit(CLOUD)
    assert found.network == whole and os.listdir(tmp_path) == []
