"""4 ceil(N/d) ReLU neurons for real values: one thin slab for every d points.

A group S of d points spans a hyperplane s(z) = 0 that no other point lies on; the nearest one has
|s| = gap.  Half of that is τ.  An affine function ℓ has the given values on S.  The four neurons

    (relu(s + τ + hℓ) - relu(s + τ) - relu(s - τ + hℓ) + relu(s - τ)) / h

add up to ℓ where s = 0, and to 0 where |s| >= 2τ, if h|ℓ| < τ at all points: none of the four
changes its sign between s and s + hℓ.  So every group gives its own points their values and leaves
all others alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import numpy as np

from mem_lib.constructions import Facts
from mem_lib.data import Dataset
from mem_lib.network import Network, Size
from mem_lib.parts.affine import (
    IntegerPoints,
    affine,
    column_plus,
    column_times,
    floor_log2,
    hyperplane,
    power,
    redrawn,
)
from mem_lib.parts.neurons import Difference, Neurons, neurons_from
from mem_lib.two_layer.bounds import slabs_size
from mem_lib.two_layer.groups import Grouped, GroupPlan
from mem_lib.two_layer.values import values_of

HYPOTHESIS = (
    "4 ceil(N/d) ReLU neurons need points in general position: no hyperplane holds more than d of "
    "them, and up to d of them are affinely independent"
)
NAMES = ("s + τ + hℓ", "s + τ", "s - τ + hℓ", "s - τ")


@dataclass(frozen=True)
class Slabs(Grouped):
    """A thin slab for every d points, of four ReLU neurons: 4 ceil(N/d) of them, for any labels or
    targets of points in general position (theorem ``thm-two_layer-slabs``).  What they weigh:
    theorem ``thm-two_layer-slab-weight``."""

    variant: ClassVar[str] = "paper"
    title: ClassVar[str] = "4 ceil(N/d) ReLU neurons, a slab for every d points in general position"
    theorem: ClassVar[str] = "thm-two_layer-slabs"

    def plan(self, data: Dataset, rng: np.random.Generator) -> GroupPlan:
        return GroupPlan(data, data.d, 4 * math.ceil(data.N / data.d), rng)

    def written(self, plan: GroupPlan, advance: Callable[[int], object]) -> Network:
        points, shift = plan.data.integers()
        return slab_neurons(points, values_of(plan.data), shift, plan.rng, advance).network()

    def bound(self, facts: Facts) -> Size:
        """For points in general position: no entry is larger when a hyperplane through fewer than d
        points was completed within 8 draws."""
        return slabs_size(facts)


def slab_neurons(
    points: np.ndarray,
    values: Sequence[Fraction],
    shift: int,
    rng: np.random.Generator,
    advance: Callable[[int], object] = lambda groups: None,
) -> Neurons:
    """Neurons whose sum is ``values[i]`` at ``points[i]``, exactly.

    Parameters
    ----------
    points : (N, d) integers, different rows; they stand for points / 2^shift.
    values : N integers or fractions.
    rng : makes the groups, and completes the hyperplane of a group of fewer than d points.
    advance : is told of every group.

    Raises
    ------
    HypothesisViolated
        When the points of a group are affinely dependent, or their hyperplane holds another point,
        in several random partitions.

    >>> z = np.array([[0, 0], [4, 1], [1, 5]])
    >>> values = [Fraction(2), Fraction(-1, 3), Fraction(0)]
    >>> len(slab_neurons(z, values, 0, np.random.default_rng(0)))
    8
    """
    cloud = IntegerPoints.of(points, shift)
    exact = [Fraction(value) for value in values]
    return redrawn(lambda: _slabs(cloud, exact, rng, advance), HYPOTHESIS)


def _slabs(
    points: IntegerPoints,
    values: list[Fraction],
    rng: np.random.Generator,
    advance: Callable[[int], object],
) -> Neurons:
    slabs: list[Difference] = []
    groups = partition(np.arange(points.N), points.d, rng)
    for group in groups:
        slabs.append(_slab(points, group, [values[i] for i in group], rng))
        advance(1)
    names = [f"slab {g}: {name}" for g in range(1, len(groups) + 1) for name in NAMES]
    return neurons_from(slabs, points, names)


def partition(rows: np.ndarray, size: int, rng: np.random.Generator) -> list[list[int]]:
    """The rows in random groups of ``size``, the last one smaller."""
    shuffled = rng.permutation(rows).tolist()
    return [sorted(shuffled[i : i + size]) for i in range(0, len(shuffled), size)]


def _slab(
    points: IntegerPoints, group: list[int], values: list[Fraction], rng: np.random.Generator
) -> Difference:
    """The four functions inside the ReLUs, and 1/h."""
    plane = hyperplane(points, group, rng)
    function = affine(points, group, values)
    numerators, denominator = function.numer_denom()
    largest = max(int(abs(value)) for value in points.at(numerators))
    # the largest power of two h with h * largest / denominator < gap / 2
    k = -floor_log2(2 * largest, plane.gap * int(denominator)) - 1 if largest else 0
    bend = column_times(function, power(k))
    half = Fraction(plane.gap, 2)
    lower, upper = column_plus(plane.column, half), column_plus(plane.column, -half)
    weight = power(-k) if largest else Fraction(0)  # nothing to give out: idle neurons
    return Difference([lower + bend, lower, upper + bend, upper], [1, -1, -1, 1], weight)
