"""Data for explorers: random points of the ball, of which two are exactly as far apart as is said.

A random sample is usually better separated than it has to be, and a network follows what is there
and not what is promised.  So here the margin is attained: point 1 stands beside point 0 and has
another label, and a slider of the margin moves this one point along a rail.  Samples are nested:
more points leave the first ones where they are.
"""

from __future__ import annotations

import math

import numpy as np

from mem_lib._base.arguments import above_zero, integer_in
from mem_lib.data import Dataset, ball
from mem_lib.errors import InvalidDataset

#: Directions in which the second point may stand beside the first.
_RAILS = 256
#: A pair has room where the other points are this many times farther apart.
_ROOM = 1.2


def neighbours(
    N: int, d: int, margin: float, *, seed: int = 0, apart: float = 0.12, most: int = 96
) -> Dataset:
    """N points of the unit ball with labels 0 and 1; rows 0 and 1 differ in label and are at
    distance ``margin``, or a few steps of the grid 2^-20 more; all other pairs are at least
    ``margin`` apart.

    The points are those of :func:`mem_lib.data.ball` with margin ``apart``.  The first ``most`` are
    the same for every N up to it, and only row 1 depends on ``margin``.  Where that many do not fit
    so far apart, as on a line, or ``apart`` is less than 1.2 times the margin, the sample is drawn
    for this N and margin alone.

    Raises as :func:`mem_lib.data.ball`, and ``InvalidDataset`` when the second point has no room.

    >>> few, many = neighbours(8, 2, 0.01), neighbours(24, 2, 0.001)
    >>> bool((few.points[2:] == many.points[2:8]).all()), 0.01 <= few.margin < 0.01001
    (True, True)
    """
    N, margin = integer_in(N, "N", 2), above_zero(margin, "margin")
    base = _base(N, d, margin, seed, apart, most)
    rng = np.random.default_rng([seed, 1])
    labels = rng.integers(0, 2, base.N)
    labels[:2] = 0, 1
    points = base.points.copy()
    points[1] = _beside(points, margin, max(margin, apart / _ROOM), rng)
    return Dataset(points[:N], labels[:N], classes=2, separation_at_least=margin)


def _base(N: int, d: int, margin: float, seed: int, apart: float, most: int) -> Dataset:
    if _ROOM * margin <= apart:
        try:
            return ball(max(N, most), d, margin=apart, seed=seed)
        except InvalidDataset:
            pass
    try:
        return ball(N, d, margin=_ROOM * margin, seed=seed)
    except InvalidDataset as error:
        raise InvalidDataset(
            f"margin={margin}: N={N} points in d={d} dimensions with room for the nearest pair "
            f"were not found ({error})"
        ) from None


def _beside(points: np.ndarray, margin: float, free: float, rng: np.random.Generator) -> np.ndarray:
    """A point of the ball at distance ``margin`` from row 0, on a rail that at distance ``free``
    from it is still no nearer to rows 2, 3, …: the points nearer to row 0 than to another row are
    a half-space, so that what holds at both ends of the rail holds on all of it."""
    here, others = points[0], points[2:]
    for rail in range(_RAILS):
        way = rng.standard_normal(len(here))
        way /= np.linalg.norm(way)
        if 2 * rail >= _RAILS:  # in many dimensions all points are near the sphere: inwards
            way -= here / np.linalg.norm(here)
            if not way.any():  # on a line it may be the way out
                continue
            way /= np.linalg.norm(way)
        far = here + free * way
        alone = not len(others) or np.linalg.norm(others - far, axis=1).min() > free * 1.001
        if alone and np.linalg.norm(far) <= 1 - 2.0**-18:
            return _rounded(here, way, margin)
    raise InvalidDataset(f"margin={margin}: the second of {len(points)} points has no room")


def _rounded(here: np.ndarray, way: np.ndarray, margin: float) -> np.ndarray:
    """The point of the grid 2^-20 about ``margin`` away, and not less."""
    step = 2.0**-20
    reach = margin
    while True:
        there = np.rint((here + reach * way) / step) * step
        if math.dist(here, there) >= margin:
            return there
        reach += step / 4
