"""Points on a line that need not all differ: only different values must not meet.

A random integer direction takes two different points to one place with probability at most one over
the number of values of an entry, since the other entries leave at most one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mem_lib.data import Dataset
from mem_lib.errors import ConstructionFailed
from mem_lib.exact import evaluate
from mem_lib.network import Layer, Network


@dataclass(frozen=True, eq=False)
class Line:
    """A direction, and the points in the order of their places on it.

    direction: integers a; the place of x is <a, 2^shift x>
    order:     rows of the data in that order
    places:    their places, int64 or Python integers, in that order
    changes:   the i with different values at order[i] and order[i + 1]
    """

    direction: list[int]
    order: np.ndarray
    places: np.ndarray
    changes: np.ndarray


def line_apart(
    data: Dataset,
    values: np.ndarray,
    draw: Callable[[], list[int]],
    *,
    draws: int,
    wanted: int = 1,
) -> Line:
    """Of the first ``wanted`` directions that keep different values apart, the one with the fewest
    changes of value.  In one dimension there is one direction.

    Raises ConstructionFailed when none of ``draws`` directions does.
    """
    best: Line | None = None
    i = j = 0
    for _ in range(draws):
        found = _placed(data, values, [1] if data.d == 1 else draw())
        if isinstance(found, tuple):
            i, j = found
            continue
        if best is None or len(found.changes) < len(best.changes):
            best = found
        wanted -= 1
        if wanted <= 0 or data.d == 1:
            break
    if best is None:
        raise ConstructionFailed(
            f"seed: {draws} directions took differently labelled points to one place, the last one "
            f"points {i} and {j} of the distinct points; try another seed"
        )
    return best


def _placed(data: Dataset, values: np.ndarray, direction: list[int]) -> Line | tuple[int, int]:
    """The line, or two points with different values in one place."""
    line = Network([Layer([direction], [0], "identity")], data.shift)
    places = evaluate(line, data.points)[0][:, 0]
    order = np.argsort(places, kind="stable")
    places, values = places[order], values[order]
    changed = values[1:] != values[:-1]
    if len(bad := np.flatnonzero((places[1:] == places[:-1]) & changed)):
        return int(order[bad[0]]), int(order[bad[0] + 1])
    return Line(direction, order, places, np.flatnonzero(changed))
