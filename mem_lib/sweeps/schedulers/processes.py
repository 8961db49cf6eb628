"""Processes of this machine, by joblib.

When a process dies, those trials that were under way with it are run again one by one, each in a
process of its own, so that a trial that kills its process is found out and stops no other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mem_lib._base import version
from mem_lib._base.extras import need
from mem_lib.sweeps.compute import Outcome, Task, compute
from mem_lib.sweeps.schedulers.worker import unbound, watched

#: How often a trial is tried whose process dies.
TRIES = 3


class Processes:
    """``jobs`` processes at a time."""

    def __init__(self, jobs: int) -> None:
        self.joblib = need("joblib", "trials in several processes; one, jobs=1, needs none")
        self.jobs = jobs

    def outcomes(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Outcome]]:
        waiting = {task.index: task for task in tasks}
        try:
            while waiting:
                under_way: dict[int, Task] = {}
                for task, outcome in self._until_a_death(list(waiting.values()), under_way):
                    del waiting[task.index]
                    yield task, outcome
                for task in under_way.values():
                    del waiting[task.index]
                    yield task, self._alone(task)
        finally:  # joblib would let the processes wait for more
            pool = self.joblib.externals.loky.get_reusable_executor()
            pool.shutdown(wait=True, kill_workers=True)

    def _until_a_death(
        self, tasks: list[Task], under_way: dict[int, Task]
    ) -> Iterator[tuple[Task, Outcome]]:
        """Outcomes until a process dies; then ``under_way`` holds what it may have died of."""
        of_index = {task.index: task for task in tasks}

        def calls() -> Iterator[Any]:
            for task in tasks:
                under_way[task.index] = task
                yield self.joblib.delayed(_guarded)(task)

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


def _guarded(task: Task) -> tuple[int, Outcome]:
    """In a process of joblib: the outcome, with the number of its trial."""
    unbound()
    watched()
    return task.index, compute(task)
