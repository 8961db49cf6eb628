"""What the authors publish, beside what is measured here.

Their result files (github.com/patrickfinke/memo, results.zip) hold one row a draw; the recorded
results ``reference`` hold cells of these: rates with two digits, mean widths, and how many draws
there were.  Their width counts one neuron for a class whose layer is empty.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mem_lib import recorded
from mem_lib._base.rates import holm, same_rate
from mem_lib.errors import InvalidArgument, shown


def published(experiment: str) -> list[dict[str, Any]]:
    """The cells of one experiment; ``InvalidArgument`` with the names of all for another one.

    >>> published("moons")[0]["restarts"]
    50
    """
    rows = recorded.read("reference")
    found = [row for row in rows if row["experiment"] == experiment]
    if not found:
        names = ", ".join(dict.fromkeys(row["experiment"] for row in rows))
        raise InvalidArgument(f"experiment: one of {names} is needed, got {shown(experiment)}")
    return found


@dataclass(frozen=True)
class Pair:
    """A cell of two moons, theirs and ours: (draws that memorize, draws).

    chance: if both had the same rate, how often they would differ as much as that (Fisher's exact
            test, two-sided)
    family: the same, raised so that it holds for the most different of all cells (Holm)
    """

    n: int
    max_bias: float
    theirs: tuple[int, int]
    ours: tuple[int, int]
    chance: float
    family: float


def compared(ours: Mapping[tuple[int, float], tuple[int, int]]) -> list[Pair]:
    """The published cells of two moons beside ``ours``, which has (draws that memorize, draws) for
    each (n, max_bias).  ``InvalidArgument`` where one is missing."""
    found = []
    for row in published("moons"):
        cell, draws = (row["n"], float(row["max_bias"])), row["restarts"]
        if cell not in ours:
            raise InvalidArgument(f"ours: the published cell {cell} is missing")
        theirs = (round(row["rate"] * draws), draws)
        found.append((*cell, theirs, ours[cell], same_rate(theirs, ours[cell])))
    raised = holm([chance for *_, chance in found])
    return [Pair(*cell, family) for cell, family in zip(found, raised, strict=True)]


def apart(theirs: float, restarts: int, ours: float, deviation: float, draws: int) -> float:
    """The difference of two mean widths in standard errors; ``deviation`` is that of one draw of
    ours, taken for theirs as well."""
    error = deviation * math.sqrt(1 / restarts + 1 / draws)
    return (theirs - ours) / error if error else math.copysign(math.inf, theirs - ours)


def deviation(groups: Sequence[Sequence[float]]) -> float:
    """The standard deviation of one value from the mean of its group, as far as they tell; 0 where
    every group has one.

    >>> deviation([[1, 2, 3], [10, 12]]), deviation([[4]])
    (1.1547005383792515, 0.0)
    """
    means = [sum(group) / len(group) for group in groups]
    squares = sum((v - mean) ** 2 for group, mean in zip(groups, means, strict=True) for v in group)
    return math.sqrt(squares / max(sum(len(group) - 1 for group in groups), 1))


def mean_error(values: Sequence[float]) -> tuple[float, float | None]:
    """The mean and its standard error; None for one value.

    >>> mean_error([4]), round(mean_error([1, 2, 3])[1], 3)
    ((4.0, None), 0.577)
    """
    error = deviation([values]) / math.sqrt(len(values)) if len(values) > 1 else None
    return sum(values) / len(values), error
