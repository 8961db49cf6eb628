"""Running a sweep: what is missing is computed, what comes is kept."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from mem_lib._base import version
from mem_lib._base.arguments import instance
from mem_lib._base.progress import progress_bar
from mem_lib.constructions import REGISTRY
from mem_lib.errors import InvalidArgument
from mem_lib.sweeps import sets
from mem_lib.sweeps.compute import Outcome, Task
from mem_lib.sweeps.errors import SweepStopped
from mem_lib.sweeps.grid import canonical
from mem_lib.sweeps.results import Results, read
from mem_lib.sweeps.schedulers import opened
from mem_lib.sweeps.sweep import Sweep, Trial, slice_of


def run(
    sweep: Sweep,
    path: str | os.PathLike[str],
    *,
    scheduler: str = "processes",
    jobs: int | None = None,
    address: str | None = None,
    timeout: float = 30,
    only: str | range | None = None,
    progress: bool | None = None,
) -> list[dict[str, Any]]:
    """Compute the trials of ``sweep`` that are not in the file ``path`` yet, and keep each there as
    it comes; the rows of the file (:func:`read`).

    Parameters
    ----------
    path : a table ``results.csv``, a row for each trial; ``results.csv.json`` beside it says of
        what.  A sweep that was stopped in whatever way goes on with the same call.  When it is
        complete, the file is the same, byte for byte, however it was run (but for the times).
    scheduler : ``"processes"`` of this machine, or ``"dask"``, which needs the extra ``cluster``.
    jobs : trials at a time; default: as many as there are cores (one without joblib).
    address : of a Dask scheduler, such as ``"tcp://host:8786"``; default: one is started here.
    timeout : seconds that a scheduler may take to answer, and to find a worker.
    only : a range of trials, such as ``"0:100"``; default: all.
    progress : True shows a bar, False none; by default a terminal shows one when the work takes
        longer than two seconds.

    A trial whose process dies is tried three times, then left out: all others are run, and
    ``SweepStopped`` tells which is missing.

    Raises
    ------
    InvalidArgument
        When an argument is of the wrong kind or out of range.
    InvalidResults
        Before anything is computed, for a results file that is damaged, in use, or of another
        sweep, other data or another version of the library.
    SweepStopped
        When something other than a result ended the sweep: no room on the disk, processes that
        die, a scheduler that is gone.  What was finished is kept.
    OSError
        When a file cannot be read or written; ``ConnectionError``, one of them, when no scheduler
        answers.
    ImportError
        When a library is missing.
    """
    sweep = instance(sweep, "sweep", Sweep)
    wanted = _wanted(sweep, only)
    stored = _stored(sweep)
    with Results(sweep, path, stored) as results:
        tasks = [_task(sweep[i], sweep, stored) for i in wanted if i not in results.done]
        with ExitStack() as stack:
            outcomes = None
            if tasks:
                how = opened(scheduler, jobs=jobs, address=address, timeout=timeout)
                outcomes = stack.enter_context(how)
            stack.enter_context(_going_on(results))
            results.begin()
            if outcomes is not None:
                _compute(results, tasks, len(wanted), outcomes, progress)
            results.sort()
    return read(results.path)


def _compute(
    results: Results, tasks: Sequence[Task], wanted: int, outcomes: Any, progress: bool | None
) -> None:
    died: list[Trial] = []
    with progress_bar(wanted, "trials", "sweep", progress) as bar:
        bar.update(wanted - len(tasks))
        for task, outcome in outcomes(tasks):
            trial = results.sweep[task.index]
            _check(trial, outcome)
            if outcome.fault == "died":
                died.append(trial)
            else:
                results.add(trial, outcome)
            bar.update(1)
    if died:
        more = f", and {len(died) - 3} more" if len(died) > 3 else ""
        raise SweepStopped(
            f"{'; '.join(map(str, died[:3]))}{more}: the process died each time it was tried, for "
            "want of memory perhaps"
        )


def _check(trial: Trial, outcome: Outcome) -> None:
    """``SweepStopped`` for what is no result, ``RuntimeError`` for a fault of ours."""
    if outcome.version != version.VERSION:
        raise SweepStopped(
            f"{trial}: a worker has mem_lib {outcome.version}, all need {version.VERSION}"
        )
    if outcome.fault == "machine":
        raise SweepStopped(f"{trial}: {outcome.status}: {outcome.message}")
    if outcome.fault == "library":
        raise RuntimeError(f"{trial}: {outcome.status}: {outcome.message}")


@contextmanager
def _going_on(results: Results) -> Iterator[None]:
    """Whatever ends a sweep before its time is told how to go on."""
    how = "the same command goes on"
    try:
        yield
    except SweepStopped as error:
        raise SweepStopped(f"{error}; {results.told()}; {how}") from error
    except (Exception, KeyboardInterrupt) as error:
        error.add_note(f"{results.told()}; {how}")
        raise


def _wanted(sweep: Sweep, only: Any) -> range:
    if only is None:
        return range(len(sweep))
    chosen = slice_of(only, "only") if isinstance(only, str) else instance(only, "only", range)
    if not len(chosen) or chosen.step != 1 or chosen[-1] >= len(sweep) or chosen[0] < 0:
        raise InvalidArgument(f"only: the trials are 0:{len(sweep)}, got {only!r}")
    return chosen


def _stored(sweep: Sweep) -> dict[str, str]:
    """The SHA-256 of the data sets that are read from files, which have to be there."""
    chosen = [given for given in sweep.sets if sets.is_stored(given)]
    return {canonical(given): sets.kept(given).sha256 for given in chosen}


def _task(trial: Trial, sweep: Sweep, stored: dict[str, str]) -> Task:
    return Task(
        trial.index,
        trial.construction,
        REGISTRY[trial.construction].__module__,
        trial.parameters,
        trial.attempt,
        trial.data,
        stored.get(canonical(trial.data)),
        trial.seed,
        sweep.metrics,
    )
