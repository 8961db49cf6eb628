"""Processes of this machine, by joblib.

When a process dies, those trials that were under way with it are run again one by one, each in a
process of its own, so that a trial that kills its process is found out and stops no other.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

from mem_lib._base import version
from mem_lib._base.extras import need
from mem_lib.sweeps.compute import Outcome, Task, compute

#: How often a trial is tried whose process dies.
TRIES = 3
#: Seconds after which a process notices that nobody waits for it any more.
WATCH = 1.0


class Processes:
    """``jobs`` processes at a time."""

    def __init__(self, jobs: int) -> None:
        self.joblib = need("joblib", "trials in several processes; one, jobs=1, needs none")
        self.jobs = jobs

    def outcomes(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Outcome]]:
        waiting = {task.index: task for task in tasks}
        while waiting:
            under_way: dict[int, Task] = {}
            for task, outcome in self._until_a_death(list(waiting.values()), under_way):
                del waiting[task.index]
                yield task, outcome
            for task in under_way.values():
                del waiting[task.index]
                yield task, self._alone(task)

    def _until_a_death(
        self, tasks: list[Task], under_way: dict[int, Task]
    ) -> Iterator[tuple[Task, Outcome]]:
        """Outcomes until a process dies; then ``under_way`` holds what it may have died of."""
        of_index = {task.index: task for task in tasks}

        def calls() -> Iterator[Any]:
            for task in tasks:
                under_way[task.index] = task
                yield self.joblib.delayed(_guarded)(os.getpid(), task)

        parallel = self.joblib.Parallel(
            self.jobs, backend="loky", return_as="generator_unordered",
            batch_size=1, pre_dispatch=2 * self.jobs,
        )  # fmt: skip
        found = parallel(calls())
        try:
            for index, outcome in found:
                under_way.pop(index, None)
                yield of_index[index], outcome
        except _broken() as error:
            if not under_way:
                raise RuntimeError("a process died that had nothing to do") from error
        finally:
            found.close()

    def _alone(self, task: Task) -> Outcome:
        for _ in range(TRIES):
            for _, outcome in self._until_a_death([task], {}):
                return outcome
        return Outcome(version.VERSION, "", f"its process died {TRIES} times", (), "died")


def _broken() -> type[BaseException]:
    """What joblib raises when a process is gone."""
    from concurrent.futures.process import BrokenProcessPool

    return BrokenProcessPool


def _guarded(parent: int, task: Task) -> tuple[int, Outcome]:
    """In a process of joblib: the outcome, with the number of its trial."""
    _watch(parent)
    return task.index, compute(task)


_watching: list[int] = []


def _watch(parent: int) -> None:
    """End this process when the one that waits for it is gone, even if that was killed."""
    if not _watching and hasattr(os, "getppid"):
        _watching.append(parent)
        threading.Thread(target=_wait, args=(os.getppid(),), daemon=True).start()


def _wait(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH)
    os._exit(1)
