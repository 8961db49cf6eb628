"""Sweeps that are disturbed: nothing finished is lost, nothing is counted twice, and the message
says how to go on.  What is refused is refused before anything is computed, and left as it was."""

import errno
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

import mem_lib as ml
from mem_lib._base import version
from mem_lib.sweeps import (
    InvalidResults,
    Sweep,
    SweepStopped,
    read,
    results,
    rows,
    run,
    running,
    sets,
)
from mem_lib.sweeps.__main__ import main
from mem_lib.sweeps.compute import Outcome
from mem_lib.sweeps.lock import Lock

needs_joblib = pytest.mark.skipif(not find_spec("joblib"), reason="joblib is not installed")
needs_dask = pytest.mark.skipif(
    not find_spec("distributed"), reason='Dask is not installed: pip install "mem_lib[cluster]"'
)
needs_signals = pytest.mark.skipif(
    sys.platform == "win32", reason="processes are killed in another way"
)

PATIENCE = 120  # for a machine that is busy; what is waited for takes seconds
#: A construction whose process dies at one of the seeds, as often as it is told to.
DYING = """
import os, signal, time
from dataclasses import dataclass
from typing import ClassVar
from mem_lib.constructions import REGISTRY

@REGISTRY.register
@dataclass(frozen=True)
class Dying(REGISTRY["optimal_relu.narrow"]):
    at: int = -1
    times: int = 1
    seconds: float = 0.0
    slug: ClassVar[str] = "tests"
    variant: ClassVar[str] = "dying"

    def build(self, dataset, *, seed=0, progress=None):
        time.sleep(self.seconds)
        for i in range(self.times if seed == self.at else 0):
            if not os.path.exists(f"death-{i}"):
                open(f"death-{i}", "x").close()
                os.kill(os.getpid(), signal.SIGKILL)
        return super().build(dataset, seed=seed, progress=progress)
"""
#: The command line, which knows it.
PROGRAM = """
import sys
from mem_lib.sweeps.__main__ import main
if __name__ == "__main__":
    import dying
    sys.exit(main(sys.argv[1:]))
"""


def small(**changes):
    given = {
        "constructions": {"name": "beyond_worst_case", "n": [9, 60], "attempt": True},
        "data": {"name": "moons", "N": 30, "margin": 0.1},
        "seeds": "0:4",
    }
    return Sweep(**given | changes)


@pytest.fixture(scope="module")
def complete(tmp_path_factory):
    """A folder with the results of ``small()``, undisturbed."""
    folder = tmp_path_factory.mktemp("whole")
    run(small(), folder / "results.csv", jobs=1)
    return folder


@pytest.fixture
def whole(complete):
    """The bytes of these results."""
    return (complete / "results.csv").read_bytes()


@pytest.fixture
def path(tmp_path, complete):
    """The same, to be damaged."""
    shutil.copytree(complete, tmp_path / "r")
    return tmp_path / "r" / "results.csv"


@pytest.fixture
def nothing_is_computed(complete, monkeypatch):
    monkeypatch.setattr("mem_lib.sweeps.schedulers.serial.compute", None)


def refused(path, message, sweep=None, kind=InvalidResults):
    """The message of a refusal, which changed nothing in the folder."""
    before = {entry.name: entry.read_bytes() for entry in path.parent.iterdir()}
    with pytest.raises(kind, match=message) as caught:
        run(sweep or small(), path, jobs=1)
    assert {entry.name: entry.read_bytes() for entry in path.parent.iterdir()} == before
    return str(caught.value)


# -- files that are torn or damaged ------------------------------------------------------------


@pytest.mark.parametrize("part", [0.001, 0.3, 0.6, 0.9, 0.999])
def test_a_torn_line_is_dropped_and_its_trial_run_again(path, whole, part):
    lines = whole.splitlines(keepends=True)
    kept = b"".join(lines[:4])
    path.write_bytes(kept + lines[4][: max(1, int(part * len(lines[4])))])
    assert [row["trial"] for row in read(path)] == [0, 1, 2]
    with pytest.warns(RuntimeWarning, match="the last line was only begun and is dropped"):
        assert len(run(small(), path, jobs=1)) == 8
    assert path.read_bytes() == whole


@pytest.mark.parametrize("length", [0, 1, 30])
def test_a_file_that_was_hardly_begun(path, whole, length):
    path.write_bytes(whole[:length])
    if length:
        with pytest.warns(RuntimeWarning, match="only begun"):
            run(small(), path, jobs=1)
    else:
        run(small(), path, jobs=1)
    assert path.read_bytes() == whole


def test_a_file_that_vanished_is_written_again(path, whole):
    path.unlink()
    run(small(), path, jobs=1)
    assert path.read_bytes() == whole


@pytest.mark.usefixtures("nothing_is_computed")
@pytest.mark.parametrize("line", [2, 5, 9])
def test_any_changed_byte_is_refused_with_its_line(path, whole, line):
    lines = whole.splitlines(keepends=True)
    draw = random.Random(line)
    for _ in range(12):
        place, byte = draw.randrange(len(lines[line - 1]) - 1), draw.choice(b'\x00\xff07,x"')
        changed = bytearray(lines[line - 1])
        if changed[place] == byte:
            continue
        changed[place] = byte
        path.write_bytes(b"".join([*lines[: line - 1], bytes(changed), *lines[line:]]))
        said = refused(path, rf"results\.csv, line {line}: ")
        assert "remove this line, and its trial is run again" in said
        with pytest.raises(InvalidResults, match=f"line {line}: "):
            read(path)


def test_what_the_message_says_helps(path, whole):
    lines = whole.splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:3], *lines[4:]]))
    assert len(run(small(), path, jobs=1)) == 8
    assert path.read_bytes() == whole


@pytest.mark.usefixtures("nothing_is_computed")
def test_a_trial_that_is_there_twice_is_refused(path, whole):
    lines = whole.splitlines(keepends=True)
    path.write_bytes(whole + lines[3])
    refused(path, "line 10: trial 2 is in line 4 already")


@pytest.mark.usefixtures("nothing_is_computed")
def test_results_of_something_else_are_refused(path, monkeypatch):
    refused(path, "the sweep of these results differ.*digest", small(seeds="0:5"))
    refused(path, "the sweep of these results differ", small(metrics=["width"]))
    monkeypatch.setattr(version, "VERSION", "9.9.9")
    refused(path, "mem_lib of these results differ: there version is '0.1.0', here '9.9.9'")


@pytest.mark.usefixtures("nothing_is_computed")
def test_other_columns_are_refused(path, whole):
    path.write_bytes(whole.replace(b"trial,key", b"trial,kex", 1))
    refused(path, "line 1: the columns are not those of this sweep")
    about = results.beside(path)
    stated = json.loads(about.read_text())
    stated["columns"][0] = "number"
    about.write_text(json.dumps(stated))
    refused(path, "the columns of these results differ")


@pytest.mark.usefixtures("nothing_is_computed")
def test_rows_of_another_sweep_among_ours_are_refused(path, whole):
    kept = b"".join(whole.splitlines(keepends=True)[:8])
    other = small(data={"name": "moons", "N": 31, "margin": 0.1})
    path.write_bytes(kept + rows.row(other, other[7], outcome(version.VERSION)))
    refused(path, "line 9: it is of no trial of this sweep, '7'")
    path.write_bytes(kept + rows.row(small(), small()[7], outcome("0.0.1")))
    refused(path, r"line 9: it is of mem_lib '0\.0\.1'")


def outcome(number):
    """Of a trial that a worker of this version has finished."""
    return Outcome(number, "ok", "", (None,) * len(ml.sweeps.DEFAULT))


@pytest.mark.usefixtures("nothing_is_computed")
@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"{}", b'{"format": "x"}', b"\xff", b"null"])
def test_a_file_beside_that_says_nothing(path, text):
    results.beside(path).write_bytes(text)
    refused(path, "it does not say of what results.csv is .* name another file, or remove both")
    with pytest.raises(InvalidResults):
        read(path)


@pytest.mark.usefixtures("nothing_is_computed")
def test_a_table_that_is_no_results_is_left_alone(path):
    results.beside(path).unlink()
    refused(path, "results.csv.json, which says of what it is, is not beside")
    path.write_text("x,y\n1,2\n")
    refused(path, "is not beside")


def test_data_that_changed_are_refused(tmp_path, nothing_is_computed):
    table = tmp_path / "data.csv"
    table.write_text("x,label\n0,0\n1,1\n2,0\n3,1\n")
    sweep = small(data={"file": str(table)})
    with results.Results(sweep, tmp_path / "results.csv", running._stored(sweep)) as begun:
        begun.begin()
    table.write_text("x,label\n0,0\n1,1\n2,0\n4,1\n")
    sets._made.cache_clear()
    refused(tmp_path / "results.csv", "the stored data of these results differ", sweep)


def test_data_that_differ_on_a_worker_end_the_sweep(tmp_path, monkeypatch):
    table = tmp_path / "data.csv"
    table.write_text("x,label\n0,0\n1,1\n2,0\n3,1\n")
    sweep = small(data={"file": str(table)})
    hashes = dict.fromkeys(running._stored(sweep), "0" * 64)
    monkeypatch.setattr(running, "_stored", lambda sweep: hashes)
    with pytest.raises(SweepStopped, match=r"trial 0, .* is not what it was when the sweep began"):
        run(sweep, tmp_path / "results.csv", jobs=1)


# -- places that cannot be written -------------------------------------------------------------


@pytest.mark.usefixtures("nothing_is_computed")
def test_places_that_cannot_be_written(tmp_path, monkeypatch):
    for path, kind, message in (
        (tmp_path, ml.InvalidArgument, "is no regular file"),
        (tmp_path / "none" / "results.csv", FileNotFoundError, "there is no folder"),
        (7, ml.InvalidArgument, "path: the name of a file"),
    ):
        with pytest.raises(kind, match=message):
            run(small(), path, jobs=1)
    real = os.access
    monkeypatch.setattr(os, "access", lambda p, mode: mode != os.W_OK and real(p, mode))
    with pytest.raises(PermissionError, match=r"path: the folder .* cannot be written to"):
        run(small(), tmp_path / "results.csv", jobs=1)
    assert not any(tmp_path.iterdir())


@pytest.mark.skipif(not Path("/proc/sys").is_dir(), reason="/proc is a read-only folder of Linux")
def test_a_folder_in_which_nobody_can_write(nothing_is_computed):
    with pytest.raises(OSError, match="/proc/sys"):
        run(small(), "/proc/sys/results.csv", jobs=1)


@needs_signals
def test_a_full_disk_keeps_what_is_finished(tmp_path):
    """A limit on the size of files, which is met in the middle of a line."""
    sweep = small(seeds="0:40")
    run(sweep, tmp_path / "whole.csv", jobs=1)
    whole = (tmp_path / "whole.csv").read_bytes()
    (tmp_path / "sweep.json").write_text(sweep.to_json())
    program = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, ({len(whole) * 2 // 3}, resource.RLIM_INFINITY))
from mem_lib.sweeps.__main__ import main
sys.exit(main(["run", "sweep.json", "--jobs", "1"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "there is no room on the disk" in done.stderr
    kept = read(tmp_path / "results.csv")
    assert 40 < len(kept) < 80 and f"{len(kept)} of 80 trials are in" in done.stderr
    assert "make some; " in done.stderr and "the same command goes on" in done.stderr
    assert whole.startswith((tmp_path / "results.csv").read_bytes())  # no piece of a line
    run(sweep, tmp_path / "results.csv", jobs=1)
    assert (tmp_path / "results.csv").read_bytes() == whole


def test_a_disk_that_is_full_when_rows_are_put_in_order(tmp_path, whole, monkeypatch):
    path = tmp_path / "results.csv"
    run(small(), path, jobs=1, only="4:8")

    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(results, "write_atomically", full)
    with pytest.raises(SweepStopped, match=r"8 of 8 trials are in .*; the same command goes on"):
        run(small(), path, jobs=1)
    monkeypatch.undo()
    monkeypatch.setattr("mem_lib.sweeps.schedulers.serial.compute", None)
    run(small(), path, jobs=1)
    assert path.read_bytes() == whole


def test_a_disk_that_fails_in_another_way_is_told_as_it_is(tmp_path, monkeypatch):
    def broken(*arguments):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(results.Results, "_append", broken)
    with pytest.raises(OSError, match="Input/output error") as caught:
        run(small(), tmp_path / "results.csv", jobs=1)
    assert not isinstance(caught.value, SweepStopped)


# -- two at a time -----------------------------------------------------------------------------

HOLDER = """
import sys
from pathlib import Path
from mem_lib.sweeps.compute import Outcome
from mem_lib.sweeps.lock import Lock
with Lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(path):
    command = [sys.executable, "-c", HOLDER, str(path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    return process


def test_a_file_that_another_sweep_writes_to_is_refused(path, whole):
    process = holder(path)
    try:
        said = refused(path, "another sweep writes to it")
        assert f"(process {process.pid} on {socket.gethostname()})" in said
        process.kill()  # it lets go of nothing by itself
        process.wait()
        assert path.with_name("results.csv.lock").exists()
        assert len(run(small(), path, jobs=1)) == 8
        assert not path.with_name("results.csv.lock").exists()
    finally:
        process.kill()
        process.communicate()
    assert path.read_bytes() == whole


@pytest.mark.usefixtures("nothing_is_computed")
def test_a_lock_of_another_machine_is_respected(path):
    lock = path.with_name("results.csv.lock")
    lock.write_text('{"pid": 7, "host": "elsewhere"}')
    said = refused(path, r"process 7 on elsewhere")
    assert f"if it runs no longer, remove {lock}" in said
    lock.unlink()
    assert len(run(small(), path, jobs=1)) == 8


def test_a_lock_without_sense_holds_nobody(path):
    path.with_name("results.csv.lock").write_bytes(b"\xff")
    assert len(run(small(), path, jobs=1)) == 8


def test_a_lock_that_was_removed_in_between_is_taken_anew(path, monkeypatch):
    seen = []
    there = Lock._is_there

    def once(self, fd):
        if not seen:
            self.path.unlink()
        seen.append(there(self, fd))
        return seen[-1]

    monkeypatch.setattr(Lock, "_is_there", once)
    with Lock(path):
        assert seen == [False, True] and path.with_name("results.csv.lock").exists()


# -- processes that end ------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "dying.py").write_text(DYING)
    (tmp_path / "program.py").write_text(PROGRAM)
    return tmp_path


def describe(folder, seeds, **parameters):
    """A sweep of the construction that dies, in a file."""
    content = {
        "constructions": {"name": "tests.dying"} | parameters,
        "data": {"name": "ball", "N": 12, "d": 2},
        "seeds": seeds,
        "metrics": ["memorized", "correct", "layers", "weights"],
    }
    (folder / "sweep.json").write_text(json.dumps(content))


def started(folder, *arguments, output="results.csv"):
    command = [sys.executable, "program.py", "run", "sweep.json", "-o", output, "--quiet"]
    return subprocess.Popen(
        [*command, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True, env={**os.environ, "PYTHONPATH": str(folder)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip


def ended(process):
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err


def wait_for_rows(folder, process, count):
    end, path = time.monotonic() + PATIENCE, folder / "results.csv"
    while not (path.exists() and path.read_bytes().count(b"\n") > count):
        assert time.monotonic() < end and process.poll() is None, process.communicate()
        time.sleep(0.01)


def undisturbed(folder):
    assert ended(started(folder, "--jobs", "1", output="whole.csv"))[0] == 0
    return (folder / "whole.csv").read_bytes()


def killed_and_resumed(folder, draw, *arguments):
    """Kill the whole group after some of 200 trials, go on, and give the bytes of the results."""
    (folder / "results.csv").unlink(missing_ok=True)
    process = started(folder, *arguments)
    wait_for_rows(folder, process, draw.randrange(0, 170))
    time.sleep(draw.random() * 0.05)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    process.communicate()
    before = len(read(folder / "results.csv"))
    assert before < 200
    status, out, err = ended(started(folder, *arguments))
    assert (status, out) == (0, "results.csv: 200 of 200 trials\n"), err
    return (folder / "results.csv").read_bytes()


@needs_signals
def test_killed_at_a_random_moment_and_resumed(folder):
    describe(folder, "0:200")
    assert killed_and_resumed(folder, random.Random(), "--jobs", "1") == undisturbed(folder)


@needs_signals
@needs_joblib
@pytest.mark.slow
def test_killed_twenty_times_in_two_processes(folder):
    describe(folder, "0:200")
    whole, draw = undisturbed(folder), random.Random()
    for _ in range(20):
        assert killed_and_resumed(folder, draw, "--jobs", "2") == whole


ENDS = {
    signal.SIGINT: (130, "mem_lib: interrupted"),
    signal.SIGTERM: (143, "mem_lib: ended by SIGTERM"),
}
ONE, TWO, DASK = ("--jobs", "1"), ("--jobs", "2"), ("--scheduler", "dask", "--jobs", "2")


@needs_signals
@pytest.mark.parametrize(
    ("how", "number"),
    [
        pytest.param(ONE, signal.SIGINT, marks=pytest.mark.slow),
        (ONE, signal.SIGTERM),
        pytest.param(TWO, signal.SIGINT, marks=needs_joblib),
        pytest.param(TWO, signal.SIGTERM, marks=[needs_joblib, pytest.mark.slow]),
        pytest.param(DASK, signal.SIGINT, marks=[needs_dask, pytest.mark.slow]),
        pytest.param(DASK, signal.SIGTERM, marks=[needs_dask, pytest.mark.slow]),
    ],
)
def test_told_to_end(folder, how, number):
    """Ctrl-C goes to all processes of a terminal, SIGTERM to one.  All of them end, without a word
    but ours."""
    describe(folder, "0:40", seconds=0.05)
    process = started(folder, *how)
    wait_for_rows(folder, process, 3)
    (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
    code, out, err = ended(process)
    kept, (status, said) = len(read(folder / "results.csv")), ENDS[number]
    assert (code, out) == (status, "") and 3 <= kept < 40
    place = folder / "results.csv"
    assert err == f"{said}; {kept} of 40 trials are in {place}; the same command goes on\n"
    assert not (folder / "results.csv.lock").exists()
    end = time.monotonic() + PATIENCE
    while is_there(process.pid):
        assert time.monotonic() < end
        time.sleep(0.1)


def is_there(group):
    """Whether a process of this group is left."""
    try:
        os.killpg(group, 0)
        return True
    except ProcessLookupError:
        return False


@needs_signals
@needs_joblib
def test_a_trial_whose_process_dies_is_tried_again(folder):
    describe(folder, "0:12", at=5)
    status, _, err = ended(started(folder, "--jobs", "2"))
    assert (status, err) == (0, "") and (folder / "death-0").exists()
    assert (folder / "results.csv").read_bytes() == undisturbed(folder)


@needs_signals
@needs_joblib
@pytest.mark.slow
def test_a_trial_that_always_kills_its_process_stops_no_other(folder):
    describe(folder, "0:12", at=5, times=9)
    status, _, err = ended(started(folder, "--jobs", "2"))
    assert (
        status == 2 and "trial 5, tests.dying, at = 5, times = 9, seed 5: the process died" in err
    )
    assert "11 of 12 trials are in" in err and "the same command goes on" in err
    assert (folder / "death-3").exists() and not (folder / "death-4").exists()
    for i in range(4, 9):
        (folder / f"death-{i}").touch()  # what killed it is gone
    assert ended(started(folder, "--jobs", "2"))[0] == 0
    assert (folder / "results.csv").read_bytes() == undisturbed(folder)


@needs_signals
@needs_dask
def test_a_worker_of_dask_that_dies_costs_nothing(folder):
    """Two workers, of which one is killed in the midst of a trial."""
    describe(folder, "0:12", at=5)
    status, _, err = ended(started(folder, "--scheduler", "dask", "--jobs", "2"))
    assert (status, err) == (0, "") and (folder / "death-0").exists()
    assert (folder / "results.csv").read_bytes() == undisturbed(folder)


@needs_signals
@needs_dask
@pytest.mark.slow
def test_a_trial_that_kills_every_worker_stops_no_other(folder):
    describe(folder, "0:12", at=5, times=9)
    status, _, err = ended(started(folder, "--scheduler", "dask", "--jobs", "2"))
    assert status == 2 and "trial 5, " in err and "11 of 12 trials are in" in err, err


# -- schedulers elsewhere ----------------------------------------------------------------------


@pytest.fixture
def local():
    """A scheduler in this process, with one worker."""
    distributed = pytest.importorskip("distributed", reason="Dask is not installed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        yield cluster


def test_an_address_with_workers(local, tmp_path, whole):
    found = run(
        small(), tmp_path / "results.csv", scheduler="dask", address=local.scheduler_address
    )
    assert len(found) == 8 and (tmp_path / "results.csv").read_bytes() == whole


def test_workers_with_another_version_are_refused(local, tmp_path, monkeypatch):
    monkeypatch.setattr(ml, "__version__", "0.0.1")
    with pytest.raises(SweepStopped, match=r"all workers need .* has mem_lib 0\.0\.1; nothing"):
        run(small(), tmp_path / "results.csv", scheduler="dask", address=local.scheduler_address)
    assert not any(tmp_path.iterdir())


def test_a_worker_with_another_version_that_comes_later_ends_the_sweep(tmp_path, monkeypatch):
    other = outcome("0.0.1")
    monkeypatch.setattr("mem_lib.sweeps.schedulers.serial.compute", lambda task: other)
    with pytest.raises(SweepStopped, match=r"trial 0, .*: a worker has mem_lib 0\.0\.1"):
        run(small(), tmp_path / "results.csv", jobs=1)
    assert read(tmp_path / "results.csv") == []


def test_a_scheduler_without_workers(local, tmp_path):
    local.scale(0)
    local.sync(local._correct_state)
    with pytest.raises(ConnectionError, match="has no workers after 1 s"):
        run(
            small(), tmp_path / "results.csv", scheduler="dask", timeout=1,
            address=local.scheduler_address,
        )  # fmt: skip
    assert not any(tmp_path.iterdir())


@needs_dask
def test_addresses_that_do_not_answer(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # which listens, and says nothing
        port = silent.getsockname()[1]
        for address in ("tcp://127.0.0.1:1", f"tcp://127.0.0.1:{port}"):
            with pytest.raises(ConnectionError, match=f"no scheduler answers at {address} within"):
                run(small(), tmp_path / "r.csv", scheduler="dask", address=address, timeout=0.5)
    for address in ("", "host", "post://host:1"):
        with pytest.raises(ml.InvalidArgument, match="address: an address such as 'tcp:"):
            run(small(), tmp_path / "r.csv", scheduler="dask", address=address, timeout=0.5)
    assert not any(tmp_path.iterdir())


@needs_signals
@needs_dask
@pytest.mark.slow
@pytest.mark.parametrize("gone", ["scheduler", "workers"])
def test_a_cluster_that_goes_away_in_the_midst(folder, gone):
    describe(folder, "0:60", seconds=0.2)
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    address, env = f"tcp://127.0.0.1:{port}", {**os.environ, "PYTHONPATH": str(folder)}
    dask = [sys.executable, "-m", "dask"]
    how = {"cwd": folder, "env": env, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    options = ["--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    scheduler = subprocess.Popen([*dask, "scheduler", *options], **how)
    worker = subprocess.Popen([*dask, "worker", address, "--no-nanny", "--nthreads", "1"], **how)
    try:
        process = started(folder, "--address", address, "--timeout", "10")
        wait_for_rows(folder, process, 3)
        (scheduler if gone == "scheduler" else worker).kill()
        status, _, err = ended(process)
        kept = len(read(folder / "results.csv"))
        assert status == 2 and f"address: the scheduler at {address}: " in err, err
        assert f"{kept} of 60 trials are in" in err and "the same command goes on" in err
    finally:
        for one in (worker, scheduler):
            one.kill()
            one.wait()
    assert ended(started(folder, "--jobs", "1"))[0] == 0
    assert (folder / "results.csv").read_bytes() == undisturbed(folder)


# -- what is no result -------------------------------------------------------------------------


@pytest.mark.parametrize("error", [MemoryError(), ImportError("no flint"), OSError("disk")])
def test_what_lies_with_the_machine_is_no_result(tmp_path, whole, monkeypatch, error, capsys):
    cls = ml.constructions.REGISTRY["beyond_worst_case.practical"]
    attempt, seen = cls.attempt, []

    def sometimes(self, dataset, **how):
        seen.append(how["seed"])
        if len(seen) == 4:
            raise error
        return attempt(self, dataset, **how)

    monkeypatch.setattr(cls, "attempt", sometimes)
    (tmp_path / "sweep.json").write_text(small().to_json())
    output = str(tmp_path / "results.csv")
    arguments = ["run", str(tmp_path / "sweep.json"), "-o", output, "--jobs", "1"]
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert f"seed 3: {type(error).__name__}: {error}" in said and "3 of 8 trials are in" in said
    assert main(arguments) == 0
    assert Path(output).read_bytes() == whole
