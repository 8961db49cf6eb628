"""Facets of the convex hull of integer points, by gift wrapping.

A hyperplane that touches the hull is an affine function that is 0 at the points it touches and not
negative at the others.  It starts at one point and turns about the flat of the points it touches
until it meets a further one, which makes them independent; with d points it is a facet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mem_lib.errors import ConstructionFailed, shown
from mem_lib.parts.affine import Dependent, IntegerPoints, flint, primitive

#: Turns that are tried at one face.  A turn fails when it is parallel to the hyperplane itself.
TURNS = 64
#: Bits of a hyperplane in the coordinates of its face; twice as many as often as they are too few.
BITS = 32


@dataclass(frozen=True, eq=False)
class Facet:
    """d points on a hyperplane that has all other points on its positive side."""

    rows: list[int]
    column: Any  # primitive integers
    values: list[Any]  # at all points: 0 on the rows, positive elsewhere


def facet(points: IntegerPoints, rng: np.random.Generator) -> Facet:
    """A facet of at least d + 1 points in general position; which one is up to chance."""
    face, column = _touching(points, rng)
    while len(face.rows) < points.d:
        row, column = _turned(points, face, column, rng)
        face.add(row)
    rows = sorted(face.rows)
    values = points.at(column)
    extra = [i for i, value in enumerate(values) if value == 0 and i not in face.rows]
    if extra:
        reason = points.dependence([*rows, extra[0]])
        raise Dependent(f"row {extra[0]} lies on the facet {shown(rows)}: {reason}")
    return Facet(rows, column, values)


class _Face:
    """Independent points, and the functions that are 0 at them, as the points come in.

    A function is told by its coordinates, its entries at the places ``free``, divided by
    ``scale``.  Its entry at the place ``pivots[i]`` is the sum of coordinate * block[i] over the
    coordinates.  Elimination without fractions: all divisions have no remainder, and the entries
    are minors of the rows (z, 1).
    """

    def __init__(self, points: IntegerPoints) -> None:
        self.points = points
        self.rows: list[int] = []
        self.pivots: list[int] = []
        self.free = list(range(points.d + 1))
        self.scale = flint().fmpz(1)
        self.blocks: list[list[Any]] = [[] for _ in self.free]  # one for each free place

    def add(self, row: int) -> None:
        """One more point, independent of the others."""
        point = self.points.rows[row]
        values = [
            point[j] * self.scale
            + sum(point[i] * b for i, b in zip(self.pivots, block, strict=True))
            for j, block in zip(self.free, self.blocks, strict=True)
        ]
        k = next(k for k, value in enumerate(values) if value != 0)
        place, leading, pivot = self.free.pop(k), values.pop(k), self.blocks.pop(k)
        for value, block in zip(values, self.blocks, strict=True):
            block[:] = [
                (leading * b - value * p) // self.scale for b, p in zip(block, pivot, strict=True)
            ]
            block.append(-value)
        self.rows.append(row)
        self.pivots.append(place)
        self.scale = leading

    def function(self, coordinates: Sequence[Any]) -> Any:
        column = flint().fmpz_mat(self.points.d + 1, 1)
        for j, coordinate in zip(self.free, coordinates, strict=True):
            column[j, 0] = coordinate * self.scale
        for k, i in enumerate(self.pivots):
            parts = zip(coordinates, self.blocks, strict=True)
            column[i, 0] = sum(coordinate * block[k] for coordinate, block in parts)
        return column

    def shortened(self, column: Any) -> tuple[Any, list[Any]]:
        """A nearby hyperplane that touches the same points and no other, with short coordinates,
        and its values: without it, every turn would add the length of the one before."""
        coordinates = [int(column[j, 0]) for j in self.free]
        length = max(value.bit_length() for value in coordinates)
        bits = BITS
        while bits < length:
            short = primitive(self.function([value >> (length - bits) for value in coordinates]))
            # the function of these coordinates is column * scale, and scale may be negative
            short = short if self.scale > 0 else -short
            values = self.points.at(short)
            if sum(value <= 0 for value in values) == len(self.rows):
                return short, values
            bits *= 2
        return column, self.points.at(column)


def _touching(points: IntegerPoints, rng: np.random.Generator) -> tuple[_Face, Any]:
    """A lowest point in a random direction, and the hyperplane through it."""
    column = flint().fmpz_mat(points.d + 1, 1, [*_random(points.d, rng), 0])
    heights = points.at(column)
    lowest = min(range(points.N), key=heights.__getitem__)
    column[points.d, 0] = -heights[lowest]
    face = _Face(points)
    face.add(lowest)
    return face, primitive(column)


def _turned(
    points: IntegerPoints, face: _Face, column: Any, rng: np.random.Generator
) -> tuple[int, Any]:
    """The first point that the hyperplane meets when it turns in a random way, and where it is."""
    column, heights = face.shortened(column)
    for _ in range(TURNS):
        turn = face.function(_random(len(face.free), rng))
        slopes = points.at(turn)
        if all(slope >= 0 for slope in slopes):
            turn, slopes = -turn, [-slope for slope in slopes]
        met = _first_met(heights, slopes)
        if met is None:
            raise Dependent(f"all {points.N} points lie on one hyperplane")
        turned = -slopes[met] * column + heights[met] * turn
        if any(turned.entries()):  # all 0 where the turn is a negative multiple of the hyperplane
            return met, primitive(turned)
    raise ConstructionFailed(
        f"dataset: {TURNS} random turns about the rows {shown(face.rows)} of the distinct points "
        "were all parallel to the hyperplane through them"
    )


def _first_met(heights: list[Any], slopes: list[Any]) -> int | None:
    """Where heights + t slopes falls to 0 at the least t >= 0; None where no slope is negative."""
    met = None
    for i, slope in enumerate(slopes):
        if slope < 0 and (met is None or heights[i] * -slopes[met] < heights[met] * -slope):
            met = i
    return met


def _random(count: int, rng: np.random.Generator) -> list[int]:
    """Small integers other than 0."""
    return (rng.integers(1, 10, count) * rng.choice([-1, 1], count)).tolist()
