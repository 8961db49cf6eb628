"""Real processes that are told to end: what they leave behind, and what they say.

Each verifies a network slowly, its work shared among processes, as ``python -m mem_lib`` does.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import mem_lib as ml
from tests.networks import ladder, ladder_labels

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="processes are looked for in /proc"
)

SHAPE = {"steps": 6, "width": 40, "bits": 80}
#: The command line, with small chunks of which each takes long enough to be interrupted.
PROGRAM = """
import sys, time
from mem_lib.exact import chunks, engine
chunks.WORTH_PROCESSES, engine.MOST_POINTS = 0.0, 5
from mem_lib.__main__ import main
sys.exit(main(sys.argv[1:]))
"""
PATIENCE = 60  # for a machine that is busy; what is waited for takes a moment


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("signals")
    x = np.random.default_rng(5).permutation(40_000)
    ladder(**SHAPE).save(folder / "network.json")
    labels = ladder_labels(**SHAPE, points=x)
    ml.Dataset(x[:, None], labels=labels).save(folder / "data.npz")
    return folder


def workers(mark: str) -> list[int]:
    """The processes that were started to share the work of the program with this mark."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
            if b"exact.workers" in command and mark.encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:  # it ended
            pass
    return found


def until(condition):
    """Wait for what takes a moment."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


class Running:
    """``verify`` at work, with two processes that have begun."""

    def __init__(self, files, folder):
        self.mark = f"TEST_MARK_{os.getpid()}_{time.monotonic_ns()}"
        self.folder = folder
        self.checkpoint = folder / "run.jsonl"
        command = [sys.executable, "-c", PROGRAM, "verify", "network.json", "data.npz"]
        command += ["--workers", "2", "--checkpoint", str(self.checkpoint), "--quiet"]
        self.memory = set(os.listdir("/dev/shm"))
        self.process = subprocess.Popen(
            command,
            cwd=files,
            env={**os.environ, self.mark: "1", "TMPDIR": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # who runs the tests may have it ignored, as nohup does
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
        )
        try:
            until(lambda: len(workers(self.mark)) == 2 and self.chunks() > 3)
        except BaseException:
            self.process.kill()
            raise

    def chunks(self) -> int:
        return self.checkpoint.read_bytes().count(b"\n") if self.checkpoint.exists() else 0

    def end(self, number):
        """(exit status, output, errors), read to their end, which a worker that lived would put
        off."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=PATIENCE)
        until(lambda: not workers(self.mark))
        assert os.listdir(self.folder) == ["run.jsonl"]  # no temporary folder
        assert set(os.listdir("/dev/shm")) <= self.memory
        return self.process.returncode, out, err


@pytest.mark.parametrize(
    ("number", "status", "said"),
    [
        (signal.SIGINT, 130, "mem_lib: interrupted\n"),
        (signal.SIGTERM, 143, "mem_lib: ended by SIGTERM\n"),
        (signal.SIGHUP, 129, "mem_lib: ended by SIGHUP\n"),
        (signal.SIGKILL, -signal.SIGKILL, ""),
    ],
)
def test_nothing_stays_behind(files, tmp_path, number, status, said):
    run = Running(files, tmp_path)
    assert run.end(number) == (status, "", said)
    kept = run.chunks()
    assert kept > 3
    for line in run.checkpoint.read_text().splitlines():
        assert line.startswith("{") and line.endswith("}")


def test_a_killed_worker_costs_nothing_but_time(files, tmp_path):
    """The others' work is gone too, and what is left is done by the program itself."""
    run = Running(files, tmp_path)
    os.kill(workers(run.mark)[0], signal.SIGKILL)
    before = run.chunks()
    until(lambda: run.chunks() > before + 8)
    assert workers(run.mark) == [] and run.process.poll() is None
    run.end(signal.SIGTERM)
