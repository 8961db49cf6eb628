"""One submission, from a notebook to verdicts, in two processes that share a folder of data.

First the notebook runs in the sandbox, with the tasks and no judge; then a second process judges
the answers that lie in the folder.  What a student's code does to its own process, to the verdicts
of a former run or to this library changes nothing in the second.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from mem_lib.errors import MemorizationError
from mem_lib.grading import notebook, sandbox
from mem_lib.grading.exercise import find
from mem_lib.grading.judge import SECONDS, write
from mem_lib.grading.student import ANSWERS, GRADED
from mem_lib.grading.tasks import FILE, VARIABLE, Tasks
from mem_lib.grading.verdict import Verdict

#: How many bytes of files a submission may have beside its notebook.
MOST_BESIDE = 1 << 27


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
) -> Graded:
    """Run a notebook and judge what it hands in.  Never an error of the submission's: what cannot
    be graded gets no points and a remark.

    ``beside``: the folder it was handed in with; a file of a network that took a night to find lies
    there, and the notebook's run finds it again.
    """
    with tempfile.TemporaryDirectory(prefix="mem_lib-", ignore_cleanup_errors=True) as name:
        place = Path(name).resolve()
        room, out = place / "room", place / "verdicts"
        room.mkdir()
        try:
            notebook.code(path)
        except (MemorizationError, OSError) as error:
            return Graded(_nothing(tasks, str(error)), (str(error),))
        remarks = _copied(beside, room) if beside else []
        shutil.copyfile(path, room / "notebook.ipynb")
        tasks.save(room / FILE)
        outcome = sandbox.run(
            [sys.executable, "-m", "mem_lib.grading.execute", "notebook.ipynb", "outputs.json"],
            room, limits, hidden=hidden,
            environment={VARIABLE: FILE, ANSWERS: "handed_in", GRADED: "1"},
        )  # fmt: skip
        remarks += [outcome.stopped] if outcome.stopped else []
        if outcome.status and not outcome.stopped:
            remarks.append(f"the run ended with status {outcome.status}: {_last(outcome.output)}")
        tasks.save(place / FILE)  # not that of the room, which the notebook may have changed
        answers = room / "handed_in"
        if answers.is_symlink():  # answers that lie elsewhere are not this notebook's
            remarks.append("handed_in is a link")
            answers = place / "none"
        verdicts = judged(place / FILE, tasks, answers, out)
        return Graded(verdicts, tuple(remarks), outcome.isolation, _outputs(room / "outputs.json"))


def judged(file: Path, tasks: Tasks, answers: Path, out: Path) -> dict[str, Verdict]:
    """The verdicts of a second process.  Where it ends in the middle of an answer, that answer gets
    no points, and another process goes on with the next."""
    out.mkdir()
    left = list(tasks)
    while left:
        only = [word for key in left for word in ("--only", key)]
        command = [sys.executable, "-m", "mem_lib.grading", "judge", str(file), str(answers),
                   "--out", str(out), "--limited", *only]  # fmt: skip
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                timeout=2 * SECONDS * len(left),
            )  # fmt: skip
            said = _last(done.stderr)
        except subprocess.TimeoutExpired:
            said = f"more than {2 * SECONDS} s"
        left = [key for key in left if not (out / f"{key}.json").exists()]
        if left:  # the first of these ended it
            lost = find(left.pop(0))
            verdict = lost.nothing(f"the judge did not come to an end on this answer ({said})")
            write(verdict, out)
    return {key: _read(out, key) for key in tasks}


def _read(out: Path, key: str) -> Verdict:
    return Verdict.from_content(json.loads((out / f"{key}.json").read_text(encoding="utf-8")))


def _copied(folder: Path, room: Path) -> list[str]:
    """Copy the files of a submission, no links and no folders; and what was left out."""
    left_out, size = [], 0
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or not path.is_file():
            left_out.append(path.name)
            continue
        size += path.stat().st_size
        if size > MOST_BESIDE:
            return [*left_out, f"more than {MOST_BESIDE >> 20} MB of files, from {path.name} on"]
        shutil.copyfile(path, room / path.name)
    return [f"without {', '.join(left_out)}"] if left_out else []


def _nothing(tasks: Tasks, error: str) -> dict[str, Verdict]:
    return {key: find(key).nothing(error) for key in tasks}


def _outputs(path: Path) -> dict[int, str]:
    """What cells printed; nothing where the file is not what it should be: it is a student's."""
    try:
        if path.is_symlink() or not path.is_file() or os.path.getsize(path) > 1 << 24:
            return {}
        found = json.loads(path.read_text(encoding="utf-8"))
        return {int(index): str(text) for index, text in found.items()}
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "without a word"
