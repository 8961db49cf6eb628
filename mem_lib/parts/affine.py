"""Exact linear algebra on integer points: hyperplanes and affine functions.

A point is a row (z, 1) of an integer matrix and an affine function z ↦ <w, z> + b is a column
(w, b), so one product gives the values at all points.  FLINT multiplies and solves in integers and
fractions of any size; nothing here is rounded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from mem_lib._base.extras import need
from mem_lib.errors import ConstructionFailed, HypothesisViolated, shown

T = TypeVar("T")

#: How often a random partition or direction is drawn again when the points it puts together are
#: affinely dependent.  IntegerPoints in general position never are.
DRAWS = 8
#: How often random points that complete a hyperplane are drawn again, each time from a larger box.
COMPLETIONS = 64


def flint() -> Any:
    """The library of long integers; it loads when points come in."""
    return need("flint", "exact two-layer networks")


class Dependent(Exception):
    """Points lie on a smaller flat than points in general position do; the text says which."""


@dataclass(frozen=True, eq=False)
class IntegerPoints:
    """Integer points z = 2^shift x, all different."""

    rows: list[list[int]]  # (z, 1)
    matrix: Any  # the same rows
    shift: int

    @classmethod
    def of(cls, points: np.ndarray, shift: int) -> IntegerPoints:
        rows = [[*row, 1] for row in points.tolist()]
        return cls(rows, flint().fmpz_mat(rows), shift)

    @property
    def N(self) -> int:
        return len(self.rows)

    @property
    def d(self) -> int:
        return len(self.rows[0]) - 1

    @cached_property
    def reach(self) -> int:
        """The largest absolute value of a coordinate."""
        return max(abs(value) for row in self.rows for value in row[:-1])

    def at(self, column: Any) -> list[Any]:
        """The values of an affine function at all points."""
        return (self.matrix * column).entries()

    def chosen(self, group: Iterable[int], *further: list[int]) -> Any:
        """The matrix of some of the points, and of further rows (z, 1)."""
        return flint().fmpz_mat([*(self.rows[i] for i in group), *further])

    def independent(self, group: Sequence[int]) -> bool:
        return self.chosen(group).rank() == len(group)

    def dependence(self, group: Sequence[int]) -> str:
        """Which of the points of a dependent group already are: a least such set, and its flat."""
        basis, _ = self.chosen(group).transpose().nullspace()
        rows = sorted(i for k, i in enumerate(group) if basis[k, 0] != 0)
        dimension = len(rows) - 2
        flat = {0: "are equal", 1: "lie on one line", 2: "lie on one plane"}.get(dimension)
        return f"rows {shown(rows)} {flat or f'lie on one flat of dimension {dimension}'}"


def redrawn(draw: Callable[[], T], hypothesis: str, draws: int = DRAWS) -> T:
    """``draw()``, again as long as it meets dependent points; then ``hypothesis`` is violated."""
    for _ in range(draws):
        try:
            return draw()
        except Dependent as met:
            reason = str(met)
    again = f" (and so on in each of {draws} draws)" if draws > 1 else ""
    raise HypothesisViolated(f"dataset: of the distinct points, {reason}{again}; {hypothesis}")


# hyperplanes ------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Hyperplane:
    """The hyperplane through the points of a group and through no other point."""

    column: Any  # primitive integers
    gap: int  # the least absolute value off the group; that at distance 2 where no point is off it


def hyperplane(points: IntegerPoints, group: Sequence[int], rng: np.random.Generator) -> Hyperplane:
    """Through at most d points, completed by random integer points where they are fewer; it exists
    in general position (``thm-two_layer-general-position``)."""
    if not points.independent(group):
        raise Dependent(f"the group {shown(group)} is dependent: {points.dependence(group)}")
    members = set(group)
    for k in range(COMPLETIONS):
        further = _random_points(points, points.d - len(group), k, rng)
        column = _through(points.chosen(group, *further))
        if column is None:
            continue
        values = points.at(column)
        extra = [i for i, value in enumerate(values) if value == 0 and i not in members]
        if not extra:
            off = [abs(value) for i, value in enumerate(values) if i not in members]
            return Hyperplane(column, int(min(off)) if off else _at_distance_two(points, column))
        wider = [*group, extra[0]]
        if not points.independent(wider):
            raise Dependent(
                f"row {extra[0]} lies on the flat of the group {shown(group)}: "
                f"{points.dependence(wider)}"
            )
    raise ConstructionFailed(
        f"dataset: {COMPLETIONS} times random points were added to the rows {shown(group)} of the "
        "distinct points, and gave no hyperplane, or one that holds another row"
    )


def _at_distance_two(points: IntegerPoints, column: Any) -> int:
    """About the value at distance 2 in the units of the points, at least 2."""
    square = sum(int(value) ** 2 for value in column.entries()[:-1])
    return 2 * math.isqrt(square) << points.shift


def _random_points(
    points: IntegerPoints, count: int, draw: int, rng: np.random.Generator
) -> list[list[int]]:
    """Rows (z, 1) in a box as large as the data, and twice as large with every draw."""
    reach = max(points.reach, 1) << draw
    coarse = max(reach.bit_length() - 30, 0)  # long coordinates get zeros behind 30 random bits
    box = rng.integers(
        -(reach >> coarse), reach >> coarse, (count, points.d), endpoint=True
    ).tolist()
    return [[*(value << coarse for value in row), 1] for row in box]


def _through(matrix: Any) -> Any:
    """The one hyperplane that holds d points, or None where there are several."""
    basis, dimension = matrix.nullspace()
    if dimension != 1:
        return None
    return oriented(_column(basis, 0))


def primitive(column: Any) -> Any:
    """Integers without a common factor."""
    entries = column.entries()
    factor = math.gcd(*map(int, entries))
    return flint().fmpz_mat(len(entries), 1, [value // factor for value in entries])


def oriented(column: Any) -> Any:
    """Primitive, and its first nonzero entry is positive."""
    column = primitive(column)
    leading = next(value for value in column.entries() if value != 0)
    return column if leading > 0 else -column


def _column(matrix: Any, k: int) -> Any:
    return flint().fmpz_mat(matrix.nrows(), 1, [matrix[i, k] for i in range(matrix.nrows())])


# affine functions -------------------------------------------------------------------------------


def affine(points: IntegerPoints, group: Sequence[int], values: Sequence[Fraction]) -> Any:
    """The affine function <v, x> + c with given values at a group of at most d + 1 independent
    points; of all such functions the one with the least |v|^2 + c^2.  Fractions (w, b), on z."""
    unit = 1 << points.shift  # <v, x> + c = (<v, z> + c unit) / unit, and w = v / unit
    denominator = math.lcm(*(value.denominator for value in values))
    right = flint().fmpz_mat(len(group), 1, [int(value * denominator) * unit for value in values])
    system = flint().fmpz_mat([[*points.rows[i][:-1], unit] for i in group])
    try:
        if len(group) == points.d + 1:
            solution = system.solve(right)
        else:  # the solution in the span of the rows
            rows: Any = system.transpose()
            solution = rows * (system * rows).solve(right)
    except ZeroDivisionError:
        reason = points.dependence(group)
        raise Dependent(f"the group {shown(group)} is dependent: {reason}") from None
    scale = [flint().fmpq(1, denominator * unit)] * points.d + [flint().fmpq(1, denominator)]
    entries = [value * s for value, s in zip(solution.entries(), scale, strict=True)]
    return flint().fmpq_mat(points.d + 1, 1, entries)


def least_ratio(tops: Iterable[Any], bottoms: Iterable[Any]) -> tuple[int, int] | None:
    """The least |top| / |bottom| over the nonzero bottoms, as numerator and denominator."""
    least: tuple[Any, Any] | None = None
    for top, bottom in zip(tops, bottoms, strict=True):
        if bottom != 0 and (least is None or abs(top) * least[1] < least[0] * abs(bottom)):
            least = abs(top), abs(bottom)
    return None if least is None else (int(least[0]), int(least[1]))


def floor_log2(top: int, bottom: int) -> int:
    """The largest k with 2^k <= top / bottom, for positive integers.

    >>> floor_log2(8, 1), floor_log2(7, 1), floor_log2(1, 8), floor_log2(1, 9)
    (3, 2, -3, -4)
    """
    k = top.bit_length() - bottom.bit_length()
    return k if top << max(-k, 0) >= bottom << max(k, 0) else k - 1


def power(k: int) -> Fraction:
    return Fraction(2) ** k


def column_times(column: Any, factor: Fraction) -> Any:
    """A column of fractions times a fraction."""
    return flint().fmpq_mat(column) * flint().fmpq(factor.numerator, factor.denominator)


def column_plus(column: Any, constant: Fraction) -> Any:
    """The function plus a constant, in fractions."""
    column = flint().fmpq_mat(column)
    column[column.nrows() - 1, 0] += flint().fmpq(constant.numerator, constant.denominator)
    return column
