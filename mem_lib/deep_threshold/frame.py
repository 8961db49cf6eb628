"""The points as integers about a centre, in the units in which first layers are written.

The centre is the middle of the range of every coordinate, in halves of a unit, or the origin where
that gives the smaller radius.  With Z = 2 X - centre all integers stay whole; a row w of a
first layer takes the value <w, Z> + b = <2 w, X> + (b - <w, centre>) there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mem_lib._base.integers import largest
from mem_lib.data import Dataset
from mem_lib.data.distances import largest_square


@dataclass(frozen=True, eq=False)
class Frame:
    """Z, shape (N, d), int64 or Python integers; the centre, d Python integers; and the radius, a
    whole number that no norm of a row of Z exceeds, at least 1."""

    points: np.ndarray
    centre: tuple[int, ...]
    radius: int

    @classmethod
    def of(cls, data: Dataset) -> Frame:
        X, _ = data.integers()
        if X.dtype == object or largest(X) >= 1 << 60:
            X = X.astype(object)
        else:
            X = X.astype(np.int64, copy=False)
        middle = X.min(axis=0) + X.max(axis=0)
        moved = 2 * X - middle
        square, plain = _square(moved), 4 * _square(X)
        if plain <= square:
            moved, middle, square = 2 * X, np.zeros_like(middle), plain
        radius = math.isqrt(max(square - 1, 0)) + 1
        return cls(moved, tuple(int(c) for c in middle), radius)

    def floats(self) -> tuple[np.ndarray, float]:
        """Z and the radius in float64, divided by a power of two near the radius."""
        scale = 1 << self.radius.bit_length()
        if self.points.dtype == object:
            unit = np.frompyfunc(lambda v: v / scale, 1, 1)(self.points).astype(float)
        else:
            unit = np.ldexp(self.points.astype(float), -self.radius.bit_length())
        return unit, self.radius / scale


def _square(points: np.ndarray) -> int:
    return int(largest_square(points, lambda rows: points[rows]))
