"""What a verification is asked for, checked: the tolerance and the number of workers."""

import os
from fractions import Fraction
from typing import Any

from mem_lib._base.arguments import at_least_zero, integer_in
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, shown


def allowed(tolerance: Any, readout: str, dataset: Dataset) -> Fraction:
    """How far outputs may be off; ``InvalidArgument`` where that means nothing."""
    value = at_least_zero(tolerance, "tolerance")
    if value and readout != "value":
        raise InvalidArgument(
            f"tolerance: only the readout 'value' has one, this network has the readout "
            f"{readout!r}; got {shown(tolerance)}"
        )
    if dataset.targets is None and value >= Fraction(1, 2):
        raise InvalidArgument(
            f"tolerance: labels differ by 1, so it must be below 1/2; got {shown(tolerance)}"
        )
    return value


def workers_of(workers: Any) -> int:
    """How many chunks are evaluated at a time, at most four for each core; None is the default."""
    cores = os.cpu_count() or 1
    return min(4, cores) if workers is None else min(4 * cores, integer_in(workers, "workers", 1))
