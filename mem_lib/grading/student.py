"""What a student's notebook calls: look at what is given, hand in, ask.

``hand_in`` writes a file and judges nothing.  ``ask`` shows the verdict of another process, which
reads that file and nothing of this one: whatever a notebook has changed in its own process, the
verdict is not made there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mem_lib._base.files import write_atomically
from mem_lib.constructions import Construction
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, shown
from mem_lib.grading import alarm, values
from mem_lib.grading.exercise import Task
from mem_lib.grading.tasks import at_hand
from mem_lib.grading.values import Raised
from mem_lib.grading.verdict import Verdict
from mem_lib.network import Network

#: Where answers lie, verdicts of a graded run, and whether this process is such a run.
ANSWERS, VERDICTS, GRADED = "MEM_LIB_ANSWERS", "MEM_LIB_VERDICTS", alarm.VARIABLE
FOLDER = "handed_in"
#: How long the judge of a practising student may take, in seconds.
PATIENCE = 300


class NotSolved(Exception):
    """Raised by :func:`ask` where an answer has no points, so that the cell is seen to fail."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def given(key: str) -> dict[str, Any]:
    """What an exercise gives, by name: data sets, numbers, texts.

    >>> from mem_lib import grading
    >>> sorted(grading.given("optimal_relu.fold"))
    ['bits', 'file', 'size']
    """
    return at_hand(key)[0][key].task.given


def hand_in(key: str, answer: Any) -> Path:
    """Write the answer to an exercise into the folder ``handed_in`` and return its file.

    ``answer``: what the exercise asks for.  A network: a :class:`~mem_lib.Network`, the path of a
    saved one, a construction, or a function of what is given, in its order.  A function: it is
    called here on the arguments of the task, and what it gives is written.  Values: numbers,
    fractions, texts, lists.  Raises ``InvalidArgument`` for another kind.
    """
    entry = at_hand(key)[0][key]
    text = values.text_of(answer_of(entry.asks, entry.task, answer))
    folder = Path(os.environ.get(ANSWERS) or FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{key}.json"
    write_atomically(path, [text.encode() + b"\n"])
    print(f"{key}: handed in, {len(text)} bytes")
    return path


def answer_of(asks: str, task: Task, answer: Any) -> Any:
    """An answer as data: the function called, the network built or read."""
    if asks == "network":
        return _network(task, answer)
    if asks == "function":
        if not callable(answer):
            raise InvalidArgument(f"answer: a function is needed, got {shown(answer)}")
        return [_outcome(answer, call) for call in task.calls]
    return answer


def _network(task: Task, answer: Any) -> Network:
    dataset = next((v for v in task.given.values() if isinstance(v, Dataset)), None)
    if isinstance(answer, str | os.PathLike):
        answer = Network.load(answer)
    elif isinstance(answer, Construction) and dataset is not None:
        answer = answer.build(dataset)
    elif callable(answer) and not isinstance(answer, Network):  # which may be called too
        answer = answer(*task.given.values())
    if not isinstance(answer, Network):
        raise InvalidArgument(
            "answer: a Network, the path of a saved one, a construction, or a function that builds "
            f"one is needed, got {shown(answer)}"
        )
    return answer


def _outcome(function: Callable[..., Any], call: list[Any]) -> Any:
    """What a function gives for its own copy of the arguments, as far as it is data.  A call that
    hangs in a graded run ends without a value, and the next one is made."""
    most = alarm.limits() or (float("inf"), float("inf"))
    try:
        with alarm.within(*(alarm.CALL * seconds for seconds in most)):
            value = function(*values.decoded(values.encoded(call)))
            value = values.decoded(values.encoded(value))  # now, not when others have changed it
    except (Exception, SystemExit, alarm.TooLong) as error:  # whatever it raises is its outcome
        return Raised(f"{type(error).__name__}: {str(error)[:200]}")
    return value


def ask(key: str) -> float:
    """Show the verdict on what was handed in, and return its points.

    Raises :class:`NotSolved` where there are none.  A graded run shows the verdict that it has
    made; otherwise another process makes one now, on the tasks of this folder.
    """
    tasks, path = at_hand(key)
    if GRADED in os.environ:
        print(f"{key}: judged after the run")
        return 0
    if folder := os.environ.get(VERDICTS):
        verdict = Verdict.load(Path(folder), key)
    else:
        verdict = _judged(key, path or tasks.text())
    if not verdict.points:
        raise NotSolved(str(verdict))
    print(verdict)
    return verdict.points


def _judged(key: str, tasks: Path | str) -> Verdict:
    """The verdict of another process; ``tasks``: their file, or its text."""
    answers = Path(os.environ.get(ANSWERS) or FOLDER).resolve()
    with tempfile.TemporaryDirectory(prefix="mem_lib-") as place:
        if isinstance(tasks, str):
            text, tasks = tasks, Path(place) / "tasks.json"
            tasks.write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "mem_lib.grading", "judge", str(tasks.resolve()),
                   str(answers), "--only", key, "--out", place]  # fmt: skip
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL
        )
        if done.returncode:
            raise InvalidArgument(f"judge: {done.stderr.strip() or done.returncode}")
        return Verdict.load(Path(place), key)
