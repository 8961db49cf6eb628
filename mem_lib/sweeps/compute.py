"""One trial, wherever it is run: a task goes in, an outcome comes out.

An error of the construction, or of data that cannot be, is a result like any other: it would be
the same in every run.  What lies with the machine (a file that is missing, a library, memory) and
faults of ours are none, and end the sweep.  BLAS has one thread: workers do not fight over the
cores, and no sum of floats depends on who computes it.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO, TextIOWrapper
from typing import Any

from mem_lib._base import version
from mem_lib._base.threads import blas_threads
from mem_lib.certificate import verify
from mem_lib.constructions import REGISTRY, Construction, made
from mem_lib.data import Dataset
from mem_lib.errors import MemorizationError, printable
from mem_lib.network import Network
from mem_lib.sweeps import sets
from mem_lib.sweeps.metrics import METRICS, VERIFIED, Measured

#: Longer messages are cut.
MOST_LETTERS = 400
#: The status of a trial with a network.
OK = "ok"


@dataclass(frozen=True)
class Task:
    """What a worker has to know.  ``module``: where the construction is defined; ``sha256``: of
    data that are stored, which have to be the same everywhere."""

    index: int
    construction: str
    module: str
    parameters: Mapping[str, Any]
    attempt: bool
    data: Mapping[str, Any]
    sha256: str | None
    seed: int
    metrics: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """How a trial went: a row (``status``, the metrics in ``values``), or a ``fault`` that is no
    result: ``"machine"``, ``"library"``, or ``"died"`` for a process that did not come back."""

    version: str
    status: str
    message: str
    values: tuple[int | float | str | None, ...]
    fault: str = ""


def compute(task: Task) -> Outcome:
    """The outcome of a task; raises nothing."""
    try:
        construction = _construction(task)
        with blas_threads(1):
            try:
                status, message, values = OK, "", _values(task, construction)
            except MemorizationError as error:
                status, message = type(error).__name__, _message(error)
                values = (None,) * len(task.metrics)
        return Outcome(version.VERSION, status, message, values)
    except (OSError, ImportError, MemoryError) as error:
        return Outcome(version.VERSION, type(error).__name__, _message(error), (), "machine")
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        text = f"{_message(error)} at {place.filename}, line {place.lineno}"
        return Outcome(version.VERSION, type(error).__name__, text, (), "library")


def _construction(task: Task) -> Construction:
    """The construction, which was made before, elsewhere: that it cannot be is no result."""
    import_module(task.module)
    if task.construction not in REGISTRY:
        raise ImportError(
            f"{task.module} was imported, and registers no construction {task.construction!r} here"
        )
    return made(task.construction, **task.parameters)


def _values(task: Task, construction: Any) -> tuple[int | float | str | None, ...]:
    dataset = _dataset(task)
    start = time.process_time()
    attempt, network = None, None
    if task.attempt:
        attempt = construction.attempt(dataset, seed=task.seed, progress=False)
        network = attempt.network
    else:
        network = construction.build(dataset, seed=task.seed, progress=False)
    built = time.process_time()
    certificate = _verified(task, network, dataset)
    measured = Measured(
        dataset, network, certificate, attempt, built - start, time.process_time() - built
    )
    return tuple(METRICS[name](measured) for name in task.metrics)


def _dataset(task: Task) -> Dataset:
    dataset = sets.kept(task.data)
    if task.sha256 is not None and dataset.sha256 != task.sha256:
        raise OSError(
            f"data: {sets.told(task.data)!r} is not what it was when the sweep began: its SHA-256 "
            f"is {dataset.sha256}, it was {task.sha256}"
        )
    return dataset


def _verified(task: Task, network: Network, dataset: Dataset) -> Any:
    if not any(name in VERIFIED or name == "verify_seconds" for name in task.metrics):
        return None
    return verify(network, dataset, workers=1, progress=False)


def _message(error: BaseException) -> str:
    """One line in ASCII, the same whatever the standard output of a worker can show."""
    line = " ".join(str(error).split())
    plain = printable(line, TextIOWrapper(BytesIO(), encoding="ascii"))
    return plain if len(plain) <= MOST_LETTERS else plain[: MOST_LETTERS - 3] + "..."
