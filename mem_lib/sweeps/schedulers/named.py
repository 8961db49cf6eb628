"""Schedulers by name."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any, Protocol

from mem_lib._base.arguments import above_zero, integer_in, one_of
from mem_lib.errors import InvalidArgument, shown
from mem_lib.sweeps.compute import Outcome, Task
from mem_lib.sweeps.schedulers.cluster import Cluster
from mem_lib.sweeps.schedulers.processes import Processes
from mem_lib.sweeps.schedulers.serial import outcomes

NAMES = ("processes", "dask")
#: More processes than any machine has use for.
MOST_JOBS = 4096


class Scheduler(Protocol):
    """Gives the outcomes of tasks as they come."""

    def __call__(self, tasks: Sequence[Task], /) -> Iterator[tuple[Task, Outcome]]: ...


@contextmanager
def opened(
    scheduler: Any = "processes", *, jobs: Any = None, address: Any = None, timeout: Any = 30
) -> Iterator[Scheduler]:
    """The scheduler of this name, ready for tasks; the arguments are those of
    :func:`mem_lib.sweeps.run`."""
    name = one_of(scheduler, "scheduler", NAMES)
    jobs = None if jobs is None else integer_in(jobs, "jobs", 1, MOST_JOBS)
    if address is not None and (not isinstance(address, str) or name != "dask"):
        raise InvalidArgument(
            "address: that of a Dask scheduler is needed, with scheduler='dask', got "
            f"{shown(address)}"
        )
    if address is not None and jobs is not None:
        raise InvalidArgument(f"jobs: the workers at {address} are there already, got {jobs}")
    patience = above_zero(timeout, "timeout")
    if name == "dask":
        with Cluster(address, jobs or _cores(), patience) as cluster:
            yield cluster.outcomes
        return
    if jobs is None:  # joblib comes with scikit-learn, and without both there is one process
        jobs = _cores() if find_spec("joblib") else 1
    yield outcomes if jobs == 1 else Processes(jobs).outcomes


def _cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
