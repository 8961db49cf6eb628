"""2 ceil(N/(d+1)) ReLU neurons or one fewer for real values: strips along one direction.

Sort the points along an integer direction c and cut them into groups of d + 1.  On each group one
affine function A_g has the given values.  Between two groups lies a level t_g of p = <c, z>; there
the network changes from A_(g-1) to A_g, by the two neurons

    (relu(p - t_g + h_g ℓ_g) - relu(p - t_g)) / h_g,     ℓ_g = A_g - A_(g-1),  A_0 = 0.

They add up to ℓ_g at the points above t_g and to 0 at those below, if h_g |ℓ_g| <= |p - t_g| / 2 at
all of them, because then both ReLUs have the sign of p - t_g.  The sum over all groups telescopes.

A last group of one point x, as for N = 1 modulo d + 1, needs no affine function: the one neuron
relu(p - t_g) (y - A_(g-1)(x)) / (p(x) - t_g) makes up what is missing at the one point above t_g.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from mem_lib._base.arguments import integer_in
from mem_lib.constructions import Facts
from mem_lib.data import Dataset
from mem_lib.errors import ConstructionFailed, InvalidArgument, shown
from mem_lib.network import Network, Size
from mem_lib.parts.affine import (
    IntegerPoints,
    affine,
    column_plus,
    column_times,
    flint,
    floor_log2,
    least_ratio,
    oriented,
    power,
    redrawn,
)
from mem_lib.parts.neurons import Difference, Neurons, neurons_from
from mem_lib.two_layer.bounds import sorted_size, strip_neurons
from mem_lib.two_layer.groups import Grouped, GroupPlan
from mem_lib.two_layer.lengths import MOST_BITS
from mem_lib.two_layer.values import values_of

HYPOTHESIS = (
    "2 ceil(N/(d+1)) ReLU neurons need groups of d + 1 affinely independent points that follow "
    "each other along a direction; points in general position always have them, and any different "
    "points make do with group_size = 2"
)
#: Directions that are drawn until the groups are apart; coefficients grow up to 2^RANGES.
RANGES = 60


@dataclass(frozen=True)
class Sorted(Grouped):
    """Strips along one direction, of two ReLU neurons each: 2 ceil(N/(d+1)) of them, and one fewer
    where the last group is one point (N = 1 modulo d + 1), for any labels or targets of points in
    general position (theorem ``thm-two_layer-sorted``).

    group_size: points in a group, from 1 to d + 1, the default.  Groups of two take any different
                points, in general position or not, and N neurons
    """

    group_size: int | None = None

    variant: ClassVar[str] = "sorted"
    title: ClassVar[str] = "2 ceil(N/(d+1)) ReLU neurons, strips along one direction"
    theorem: ClassVar[str] = "thm-two_layer-sorted"

    def __post_init__(self) -> None:
        if self.group_size is not None:
            vars(self).update(group_size=integer_in(self.group_size, "group_size", 1))

    def plan(self, data: Dataset, rng: np.random.Generator) -> GroupPlan:
        size = self._size(data.d)
        return GroupPlan(data, size, strip_neurons(data.N, size), rng)

    def written(self, plan: GroupPlan, advance: Callable[[int], object]) -> Network:
        (points, shift), values = plan.data.integers(), values_of(plan.data)
        neurons = sorted_neurons(points, values, shift, plan.rng, advance, plan.group_size)
        return neurons.network()

    def bound(self, facts: Facts, *, direction_bits: int | None = None) -> Size:
        """For points in general position: no entry is larger when the direction has no more than
        ``direction_bits`` bits.  Default: what one of the directions that are drawn stays within
        with probability above 1 - 2^-8; most are much shorter."""
        if direction_bits is not None:
            direction_bits = integer_in(direction_bits, "direction_bits", 1, MOST_BITS)
        return sorted_size(facts, self._size(facts.d), direction_bits)

    def _size(self, d: int) -> int:
        size = d + 1 if self.group_size is None else self.group_size
        if size > d + 1:
            raise InvalidArgument(
                f"group_size: an affine function has values of its own at d + 1 = {d + 1} points "
                f"at most, got {shown(size)}"
            )
        return size


def sorted_neurons(
    points: np.ndarray,
    values: Sequence[Fraction],
    shift: int,
    rng: np.random.Generator,
    advance: Callable[[int], object] = lambda groups: None,
    group_size: int | None = None,
) -> Neurons:
    """Neurons whose sum is ``values[i]`` at ``points[i]``, exactly.

    Parameters
    ----------
    points : (N, d) integers, different rows; they stand for points / 2^shift.
    values : N integers or fractions.
    rng : draws the direction.
    advance : is told of every group.
    group_size : points in a group, at most d + 1, the default.

    Raises
    ------
    HypothesisViolated
        When a group of consecutive points is affinely dependent, for several directions.
    ConstructionFailed
        When no direction keeps the groups apart, as happens with equal points.

    >>> z = np.array([[0, 0], [4, 1], [1, 5]])
    >>> values = [Fraction(2), Fraction(-1, 3), Fraction(0)]
    >>> len(sorted_neurons(z, values, 0, np.random.default_rng(0)))
    2
    """
    cloud = IntegerPoints.of(points, shift)
    exact = [Fraction(value) for value in values]
    strips = _directions(cloud, group_size or cloud.d + 1, rng)
    return redrawn(lambda: _pairs(cloud, exact, next(strips), advance), HYPOTHESIS)


@dataclass(frozen=True, eq=False)
class _Strips:
    """Groups of consecutive points along a direction, and a level below each of them."""

    column: Any  # p = <c, z> as integers (c, 0)
    heights: list[Any]  # p at all points
    groups: list[list[int]]
    levels: list[Fraction]


def _directions(points: IntegerPoints, size: int, rng: np.random.Generator) -> Iterator[_Strips]:
    """Strips along random directions with small coefficients, whose range doubles every time."""
    tie: tuple[int, int] | None = None
    for k in range(RANGES):
        direction = rng.integers(-(1 << k), 1 << k, points.d, endpoint=True).tolist()
        if not any(direction):
            continue
        column = oriented(flint().fmpz_mat(points.d + 1, 1, [*direction, 0]))
        heights = points.at(column)
        order = sorted(range(points.N), key=heights.__getitem__)
        groups = [order[i : i + size] for i in range(0, points.N, size)]
        borders = [(below[-1], above[0]) for below, above in pairwise(groups)]
        tie = next(((i, j) for i, j in borders if heights[i] == heights[j]), None)
        if tie is None:
            levels = [Fraction(int(heights[i] + heights[j]), 2) for i, j in borders]
            yield _Strips(column, heights, groups, [_lowest(points, column, heights), *levels])
    raise ConstructionFailed(
        f"dataset: none of {RANGES} random directions kept the groups apart; along the last one "
        f"the rows {shown(tie)} of the distinct points tie"
    )


def _lowest(points: IntegerPoints, column: Any, heights: list[Any]) -> Fraction:
    """A level well below all points: a small gap would make large weights."""
    lowest, highest = int(min(heights)), int(max(heights))
    room = sum(abs(int(value)) for value in column.entries()) * points.reach
    return Fraction(2 * lowest - highest - (room or 1 << points.shift))


def _pairs(
    points: IntegerPoints, values: list[Fraction], strips: _Strips, advance: Callable[[int], object]
) -> Neurons:
    pairs: list[Difference] = []
    names: list[str] = []
    below: Any = None
    for g, (group, level) in enumerate(zip(strips.groups, strips.levels, strict=True), 1):
        if len(group) == 1 and g == len(strips.groups):
            left = values[group[0]] - (0 if below is None else _at(points, group[0], below))
            pairs.append(_ramp(strips, level, group[0], left))
        else:
            above = affine(points, group, [values[i] for i in group])
            change = above if below is None else above - below
            pairs.append(_pair(points, strips, level, change))
            names.append(f"group {g}: p - t + hℓ")
            below = above
        names.append(f"group {g}: p - t")
        advance(1)
    return neurons_from(pairs, points, names)


def _at(points: IntegerPoints, row: int, function: Any) -> Fraction:
    """The value of an affine function of fractions at a point."""
    numerators, denominator = function.numer_denom()
    (top,) = (points.chosen([row]) * numerators).entries()
    return Fraction(int(top), int(denominator))


def _ramp(strips: _Strips, level: Fraction, row: int, value: Fraction) -> Difference:
    """One neuron, with this value at a point that is alone above the level."""
    base = column_plus(strips.column, -level)
    return Difference([base], [1], value / (Fraction(int(strips.heights[row])) - level))


def _pair(points: IntegerPoints, strips: _Strips, level: Fraction, change: Any) -> Difference:
    """The two functions inside the ReLUs, and 1/h."""
    numerators, denominator = change.numer_denom()
    doubled = int(2 * level)  # levels are halves of integers
    distances = (2 * height - doubled for height in strips.heights)
    least = least_ratio(distances, points.at(numerators))
    # the largest power of two h with h |change| <= |p - level| / 2 at all points
    k = 0 if least is None else floor_log2(least[0] * int(denominator), 4 * least[1])
    base = column_plus(strips.column, -level)
    weight = power(-k) if least else Fraction(0)  # no change at any point: idle neurons
    return Difference([base + column_times(change, power(k)), base], [1, -1], weight)
