"""One submission, from a notebook to verdicts, in two processes that share a folder of data.

First the notebook runs in the sandbox, with the tasks and no judge; then a second process judges
the answers that lie in the folder.  What a student's code does to its own process, to the verdicts
of a former run or to this library changes nothing in the second.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mem_lib.errors import MemorizationError
from mem_lib.grading import notebook, sandbox, watch
from mem_lib.grading.exercise import find
from mem_lib.grading.student import ANSWERS, GRADED
from mem_lib.grading.tasks import FILE, VARIABLE, Tasks
from mem_lib.grading.verdict import Verdict

#: How many bytes of files a submission may have beside its notebook.
MOST_BESIDE = 1 << 27
#: What nbgrader lays beside a notebook that it collects, no work of a student's.
COLLECTED = ("timestamp.txt", "submission_secret.txt")
#: How the folders are called in which submissions run, before the number of the grader's process.
ROOMS = "mem_lib-room-"


@dataclass(frozen=True)
class Graded:
    """What became of a submission.  ``remarks``: what the report says beside the verdicts."""

    verdicts: dict[str, Verdict]
    remarks: tuple[str, ...] = ()
    isolation: tuple[str, ...] = ()
    outputs: dict[int, str] = field(default_factory=dict)

    @property
    def points(self) -> float:
        return sum(verdict.points for verdict in self.verdicts.values())


def graded(
    path: Path,
    tasks: Tasks,
    *,
    limits: sandbox.Limits | None = None,
    hidden: Iterable[Path] = (),
    beside: Path | None = None,
    without: Collection[str] = (),
) -> Graded:
    """Run a notebook and judge what it hands in.  Never an error of the submission's: what cannot
    be graded gets no points and a remark.

    ``beside``: the folder it was handed in with; a file of a network that took a night to find lies
    there, and the notebook's run finds it again.  ``without``: means of isolation to leave out.
    """
    limits = limits or sandbox.Limits()
    place = Path(tempfile.mkdtemp(prefix=f"{ROOMS}{os.getpid()}-")).resolve()
    try:
        return _graded(place, path, tasks, limits, hidden, beside, without)
    finally:
        watch.remove(place)


def _graded(
    place: Path,
    path: Path,
    tasks: Tasks,
    limits: sandbox.Limits,
    hidden: Iterable[Path],
    beside: Path | None,
    without: Collection[str],
) -> Graded:
    room = place / "room"
    room.mkdir()
    try:
        notebook.code(path)
    except (MemorizationError, OSError) as error:
        return Graded(nothing(tasks, str(error)), (str(error),))
    remarks = _copied(beside, room) if beside else []
    shutil.copyfile(path, room / "notebook.ipynb")
    tasks.save(room / FILE)
    outcome = sandbox.run(
        [sys.executable, "-P", "-m", "mem_lib.grading.execute", "notebook.ipynb", "outputs.json"],
        room, limits, hidden=hidden, without=without,
        environment={VARIABLE: str(room / FILE), ANSWERS: str(room / "handed_in"),
                     GRADED: f"{limits.seconds} {limits.patience}"},
    )  # fmt: skip
    remarks += [outcome.stopped] if outcome.stopped else []
    if outcome.status and not outcome.stopped:
        remarks.append(f"the run ended with status {outcome.status}: {_last(outcome.output)}")
    remarks += [f"{line}, and was stopped" for line in _too_long(outcome.output)]
    tasks.save(place / FILE)  # not that of the room, which the notebook may have changed
    answers = room / "handed_in"
    if room.is_symlink() or answers.is_symlink():  # what lies elsewhere is not this notebook's
        remarks.append("handed_in is a link")
        answers = place / "none"
    verdicts = judged(place / FILE, tasks, answers, place / "verdicts", limits.judging)
    outputs = {  # its paths are those of a folder that ends with the run
        index: text.replace(f"{room}{os.sep}", "")
        for index, text in _outputs(room / "outputs.json").items()
    }
    return Graded(verdicts, tuple(remarks), outcome.isolation, outputs)


def sweep() -> None:
    """Remove the rooms of runs that were killed: those whose process is no more."""
    for place in Path(tempfile.gettempdir()).glob(f"{ROOMS}*-*"):
        pid = place.name.removeprefix(ROOMS).partition("-")[0]
        try:
            os.kill(int(pid), 0)
        except (ProcessLookupError, OverflowError):
            watch.remove(place)
        except (ValueError, PermissionError):
            continue


def judged(file: Path, tasks: Tasks, answers: Path, out: Path, seconds: int) -> dict[str, Verdict]:
    """The verdicts of a second process.  Where it ends in the middle of an answer, that answer gets
    no points, and another process goes on with the next.  It looks for modules where this process
    has found this library, and nowhere near a submission."""
    out.mkdir()
    left = list(tasks)
    paths = [str(sandbox.LIBRARY.parent), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    while left:
        only = [word for key in left for word in ("--only", key)]
        command = [sys.executable, "-P", "-m", "mem_lib.grading", "judge", str(file), str(answers),
                   "--out", str(out), "--limited", str(seconds), *only]  # fmt: skip
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, errors="replace", cwd=out,
                stdin=subprocess.DEVNULL, env=environment, timeout=2 * seconds * len(left) + 60,
            )  # fmt: skip
            late = done.returncode == -getattr(signal, "SIGALRM", 0)
            said = f"more than {seconds} s" if late else _last(done.stderr)
        except subprocess.TimeoutExpired:
            said = f"more than {seconds} s"
        left = [key for key in left if not (out / f"{key}.json").exists()]
        if left:  # the first of these ended it
            lost = left.pop(0)
            error = f"the judge did not come to an end on this answer ({said})"
            find(lost).nothing(tasks[lost].task, error).save(out)
    return {key: Verdict.load(out, key) for key in tasks}


def _copied(folder: Path, room: Path) -> list[str]:
    """Copy the files of a submission, no links and no folders; and what was left out."""
    left_out, size = [], 0
    for path in lying(folder):
        if path.is_symlink() or not path.is_file():
            left_out.append(path.name)
            continue
        size += path.stat().st_size
        if size > MOST_BESIDE:
            return [*left_out, f"more than {MOST_BESIDE >> 20} MB of files, from {path.name} on"]
        shutil.copyfile(path, room / path.name)
    return [f"without {', '.join(left_out)}"] if left_out else []


def lying(folder: Path) -> Iterator[Path]:
    """What a student has laid into a folder: hidden files are a program's, and the sandbox's."""
    for path in sorted(folder.iterdir()):
        if not path.name.startswith(".") and path.name not in COLLECTED:
            yield path


def nothing(tasks: Tasks, error: str) -> dict[str, Verdict]:
    """The verdicts where there is nothing to judge."""
    return {key: find(key).nothing(entry.task, error) for key, entry in tasks.items()}


def _outputs(path: Path) -> dict[int, str]:
    """What cells printed; nothing where the file is not what it should be: it is a student's."""
    try:
        if path.is_symlink() or not path.is_file() or os.path.getsize(path) > 1 << 24:
            return {}
        found = json.loads(path.read_text(encoding="utf-8"))
        return {int(index): _plain(str(text)) for index, text in found.items()}
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}


def _too_long(output: str) -> list[str]:
    """The cells that were stopped and not the run: ``execute`` says which."""
    lines = [line.partition(": ") for line in output.splitlines()]
    return [f"{cell} takes too long" for cell, _, error in lines
            if error == "TooLong" and re.fullmatch(r"cell \d{1,6}", cell)][:5]  # fmt: skip


def _plain(text: str) -> str:
    """Characters that every file takes."""
    return text.encode(errors="replace").decode()


def _last(text: str) -> str:
    """The last line that says something, without what a terminal would obey."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    last = lines[-1][:300] if lines else "without a word"
    return "".join(c if c.isprintable() else "·" for c in last)
