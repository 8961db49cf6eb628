"""What is measured of a trial, by name; each is a column of the results.

All but the times are the same whenever and wherever a trial is run.  A trial without a network has
none of them: its ``status`` is the type of the error, its ``message`` what the error says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from mem_lib.certificate import Certificate
from mem_lib.data import Dataset
from mem_lib.network import Network


@dataclass(frozen=True)
class Measured:
    """What there is to measure.  ``attempt``: what a single draw told, None for a complete
    construction; ``certificate``: None where no metric asks for one."""

    dataset: Dataset
    network: Network
    certificate: Certificate | None
    attempt: Any
    build_seconds: float
    verify_seconds: float


def _memorized(found: Measured) -> int:
    return int(bool(found.certificate))


def _correct(found: Measured) -> int:
    assert found.certificate is not None
    return found.certificate.correct


def _max_error(found: Measured) -> float | None:
    assert found.certificate is not None
    error = found.certificate.max_error
    return None if error is None else float(error)


def _layers(found: Measured) -> str:
    return " ".join(str(layer.units) for layer in found.network.layers)


def _uncovered(found: Measured) -> int | None:
    rows = getattr(found.attempt, "uncovered", None)
    return None if rows is None else len(rows)


def _covering(found: Measured) -> int | None:
    counts = getattr(found.attempt, "covering", None)
    return None if counts is None else int(np.sum(counts))


def _of_size(name: str, found: Measured) -> int:
    return int(getattr(found.network.size, name))


def _of_data(name: str, found: Measured) -> int | None:
    value = getattr(found.dataset, name)
    return None if value is None else int(value)


def _seconds(name: str, found: Measured) -> float:
    return round(float(getattr(found, name)), 6)


#: Those that need the network to be verified.
VERIFIED = ("memorized", "correct", "max_error")
#: Processor time of building and of verifying: no two runs agree on it.
TIMES = ("build_seconds", "verify_seconds")
#: Each metric by name: whether every point is right, and how many rows are; the largest error of
#: outputs that are values; of a single draw, the points that it leaves out and the neurons of its
#: cover; units of each layer, the counts of ``Size``, and of the data.
METRICS: dict[str, Callable[[Measured], int | float | str | None]] = {
    "memorized": _memorized,
    "correct": _correct,
    "max_error": _max_error,
    "uncovered": _uncovered,
    "covering": _covering,
    "layers": _layers,
    **{
        name: partial(_of_size, name)
        for name in ("depth", "width", "neurons", "weights", "dense_weights", "bits", "total_bits")
    },
    **{name: partial(_of_data, name) for name in ("N", "d", "classes")},
    **{name: partial(_seconds, name) for name in TIMES},
}
#: Those that are the same in every run.
DEFAULT = tuple(name for name in METRICS if name not in TIMES)
