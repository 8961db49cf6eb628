"""The plane that a page shows of data in d dimensions.

A point of the plane is origin + s u + t v with whole numbers s and t, where origin, u and v are
integers on a grid at least as fine as that of the data.  So every place that a reader can point at
is a dyadic point, and the network is evaluated at exactly the point that is shown.  u and v are
rounded: they are perpendicular and equally long to within 2^-8, which no screen resolves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, shown

#: The largest coordinate of a plane's grid has at least 20 bits, and u and v about 8, so that
#: rounding them is unseen.
_GRID_BITS, _STEP_BITS = 20, 8


@dataclass(frozen=True)
class Slice:
    """A plane through data: ``origin``, ``u`` and ``v`` are integers on a grid ``finer`` bits finer
    than that of the data, and the page shows ``box``, (left, right, bottom, top), counted in steps
    of ``u`` and ``v``."""

    origin: tuple[int, ...]
    u: tuple[int, ...]
    v: tuple[int, ...]
    box: tuple[int, int, int, int]
    finer: int = 0

    def packed(self, shift: int) -> dict[str, Any]:
        """JSON of the plane; the page projects the points by itself."""
        return {
            "shift": shift + self.finer,
            "origin": list(self.origin),
            "u": list(self.u),
            "v": list(self.v),
            "box": list(self.box),
        }

    def projected(self, points: np.ndarray, shift: int) -> tuple[np.ndarray, np.ndarray]:
        """For points (N, d): the places (N, 2) in steps, and the distances off the plane."""
        away = np.ldexp(np.asarray(points, float), self.finer) - np.asarray(self.origin, float)
        basis = np.array([self.u, self.v], float).T
        spots, *_ = np.linalg.lstsq(basis, away.T, rcond=None)
        off = np.linalg.norm(away.T - basis @ spots, axis=0)
        return spots.T, np.ldexp(off, -shift - self.finer)


def slice_of(dataset: Dataset, direction: Any = None, *, centre: bool = False) -> Slice:
    """The plane in which a page shows ``dataset``.

    With ``direction``, d numbers, this direction lies horizontally; otherwise the first axis for
    d = 2, and the direction in which the points spread most for d > 2.  Vertical is what is
    perpendicular to it and spreads the points most.  The plane goes through the first point, or,
    with ``centre``, through the middle of the data.  One dimension is shown as a line in a plane
    whose second direction does nothing.

    Raises ``InvalidArgument`` when the direction is 0 or has not d entries.

    >>> from mem_lib.data import ball
    >>> found = slice_of(ball(N=8, d=2))
    >>> found.u, found.v, found.origin
    ((256, 0), (0, 256), (0, 0))
    """
    points, _ = dataset.integers()
    values = np.asarray(points, float)
    finer = max(0, _GRID_BITS - int(np.abs(values).max()).bit_length())
    values = np.ldexp(values, finer)
    flat = dataset.d <= 2 and not centre
    origin = np.zeros(dataset.d) if flat else np.rint(values.mean(axis=0) if centre else values[0])
    first = _first(values, direction)
    second = _second(values - origin, first)
    basis = np.array([first, second]) * 2.0**_STEP_BITS
    u, v = (tuple(int(x) for x in np.rint(w)) for w in basis)
    spots = (values - origin) @ np.array([first, second]).T / 2.0**_STEP_BITS
    return Slice(tuple(int(x) for x in origin), u, v, _box(spots), finer)


def _first(values: np.ndarray, direction: Any) -> np.ndarray:
    d = values.shape[1]
    if direction is None:
        if d <= 2:
            return np.eye(d)[0]
        return _spread(values - values.mean(axis=0))
    given = np.asarray([float(x) for x in direction])
    if given.shape != (d,) or not given.any():
        raise InvalidArgument(f"direction: {d} numbers, not all 0, are needed, got {shown(given)}")
    return given / np.linalg.norm(given)


def _second(away: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The direction perpendicular to ``first`` in which the points spread most."""
    if len(first) == 1:
        return np.zeros(1)
    if len(first) == 2:
        return np.array([-first[1], first[0]])
    rest = away - np.outer(away @ first, first)
    found = _spread(rest - rest.mean(axis=0))
    found -= (found @ first) * first
    return found / np.linalg.norm(found)


def _spread(values: np.ndarray) -> np.ndarray:
    """The first principal direction, its largest entry positive."""
    if not values.any():
        return np.eye(values.shape[1])[-1]
    found = np.linalg.svd(values, full_matrices=False)[2][0]
    return found * np.sign(found[np.abs(found).argmax()])


def _box(spots: np.ndarray) -> tuple[int, int, int, int]:
    """A square of whole steps around all places, with room at the edge."""
    low, high = spots.min(axis=0), spots.max(axis=0)
    half = max(16, int(np.ceil(0.56 * float((high - low).max()))))
    x, y = (int(c) for c in np.rint((low + high) / 2))
    return x - half, x + half, y - half, y + half
