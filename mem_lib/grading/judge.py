"""From the answers in a folder to verdicts: the second process.

It reads files of data and runs no line of a student's.  An answer that takes too long or too much
memory to judge ends a worker, and not the run: that answer gets no points, and the report says why.
"""

from __future__ import annotations

import os
import signal
import stat
from pathlib import Path
from typing import Any

from mem_lib.errors import MemorizationError
from mem_lib.grading import values
from mem_lib.grading.exercise import find
from mem_lib.grading.student import answer_of
from mem_lib.grading.tasks import Tasks
from mem_lib.grading.verdict import Verdict

#: How much memory the judge may take.
MEMORY = 6 << 30


def check(key: str, answer: Any, *, seed: str = "practice") -> Verdict:
    """The verdict on an answer, at once and in this process: for practice, and for trying out.

    ``answer``: a function, a construction, a network or the file of one, or values, as the exercise
    asks.  ``seed`` draws the task; the default is the public one, which the book's pages use.

    >>> from mem_lib import grading
    >>> bool(grading.check("optimal_relu.fold", lambda file, size, bits: []))
    False
    """
    exercise = find(key)
    task = exercise.task(seed)
    answer = values.value_of(values.text_of(answer_of(exercise.asks, task, answer)))
    return exercise.verdict(task, answer)


def verdict(tasks: Tasks, key: str, path: Path) -> Verdict:
    """The verdict on the answer in a file."""
    exercise, task = find(key), tasks[key].task
    if not os.path.lexists(path):
        return exercise.nothing(task)
    try:
        answer = values.value_of(read(path))
    except (MemorizationError, OSError) as error:
        return exercise.nothing(task, str(error))
    return exercise.verdict(task, answer)


def limit() -> None:
    """Bound this process, so that no answer can take the machine."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    most = MEMORY if hard == resource.RLIM_INFINITY else min(hard, MEMORY)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def alarm(seconds: float) -> None:
    """End this process when one answer takes longer than it may."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def read(path: Path) -> bytes:
    """The bytes of an answer: of a regular file alone, no link and no pipe, of bounded length."""
    descriptor = os.open(
        path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    )
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise values.NotData("answer: a regular file is needed")
        if status.st_size > values.MOST_BYTES:
            raise values.NotData(
                f"answer: its file has {status.st_size} bytes, at most {values.MOST_BYTES} are read"
            )
        return file.read()
