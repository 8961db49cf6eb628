"""ceil((N-1)/d) threshold units for two classes: slabs around the smaller class.

A slab around the hyperplane s(z) = 0 of d points, thin enough to hold no other point, takes two
units: step(s + τ) - step(s - τ) is 1 on the slab and 0 elsewhere.  So a class P takes
2 ceil(|P|/d) of them, and the output is their sum - 1/2.

This may be one more than ceil((N-1)/d), when that number is odd: 2t + 1.  Then one unit cuts off a
facet.  Let d of the points span a facet of the convex hull, s >= 0 its half space, and C the points
of a class among them.  An affine e that is -1 on C and +1 on the rest of the facet tilts it: the
unit step(-s - κe) is 1 on C and on no other point, if κ is small.  For P, or else for the other
class, at most td points remain, and 2t more units serve for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar

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
    least_ratio,
    power,
    redrawn,
)
from mem_lib.parts.facets import facet
from mem_lib.parts.neurons import units_from
from mem_lib.two_layer.bounds import least_neurons, threshold_size
from mem_lib.two_layer.groups import Grouped, GroupPlan
from mem_lib.two_layer.slabs import partition

HYPOTHESIS = (
    "ceil((N-1)/d) threshold units need points in general position: no hyperplane holds more than "
    "d of them, and up to d of them are affinely independent"
)


@dataclass(frozen=True, eq=False)
class UnitPlan(GroupPlan):
    """As for other groups; but outgoing weights are 1 and -1, and a row is a column of minors."""

    @property
    def neuron_bits(self) -> int:
        return min(self.data.N, self.data.d) * (self.data.d + 1) * self.coordinate_bits


@dataclass(frozen=True)
class Threshold(Grouped):
    """Slabs of two threshold units around the points of one class: at most ceil((N-1)/d) units, and
    none for a single class, for two classes of points in general position (theorem
    ``thm-two_layer-threshold``).

    The output is -1/2 or 1/2 at every point, with the readout ``"sign"``.
    """

    variant: ClassVar[str] = "threshold"
    title: ClassVar[str] = "at most ceil((N-1)/d) threshold units for two classes"
    theorem: ClassVar[str] = "thm-two_layer-threshold"
    takes_targets: ClassVar[bool] = False
    most_classes: ClassVar[int] = 2

    def plan(self, data: Dataset, rng: np.random.Generator) -> UnitPlan:
        ones = int(data.labels.sum())
        slabs = -(-min(ones, data.N - ones) // data.d)
        units = min(2 * slabs, least_neurons(data.N, data.d, "threshold"))
        return UnitPlan(data, data.d, units, rng)

    def written(self, plan: GroupPlan, advance: Callable[[int], object]) -> Network:
        return threshold_network(plan.data, plan.rng, advance)

    def bound(self, facts: Facts) -> Size:
        """For points in general position: no entry is larger when a hyperplane through fewer than d
        points was completed within 8 draws."""
        self.labelled(facts.classes)
        return threshold_size(facts)


def threshold_network(
    data: Dataset,
    rng: np.random.Generator,
    advance: Callable[[int], object] = lambda groups: None,
) -> Network:
    """At most ceil((N-1)/d) threshold units, and none for one class.

    Parameters
    ----------
    data : different points with labels of at most two classes.
    rng : makes the groups, and finds a facet where one is needed.
    advance : is told of every slab.

    Raises
    ------
    HypothesisViolated
        When the points are not in general position, which shows when a group, or a facet, holds too
        many of them, for several random choices.

    >>> square = Dataset([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
    >>> threshold_network(square, np.random.default_rng(0)).size.neurons
    2
    """
    labels, points = data.labels, IntegerPoints.of(*data.integers())
    if 1 < points.N <= points.d + 1 and labels.any() and not labels.all():
        units = redrawn(lambda: _half_space(points, labels), HYPOTHESIS, draws=1)
    else:
        units = redrawn(lambda: _slabs(points, labels, rng, advance), HYPOTHESIS)
    return units.network(points)


@dataclass(eq=False)
class _Units:
    """Units whose sum is 1 at the points of the class ``own`` and 0 at the others."""

    own: int
    columns: list[Any] = field(default_factory=list)
    outer: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def add(self, column: Any, outer: int, name: str) -> None:
        self.columns.append(column)
        self.outer.append(outer)
        self.names.append(name)

    def network(self, points: IntegerPoints) -> Network:
        side = 1 if self.own == 1 else -1
        outer = [side * weight for weight in self.outer]
        neurons = units_from(self.columns, outer, points, self.names)
        return neurons.network(activation="threshold", offset=Fraction(-side, 2), readout="sign")


def _half_space(points: IntegerPoints, labels: np.ndarray) -> _Units:
    """Up to d + 1 independent points: an affine function is 1 and -1 on the classes."""
    units = _Units(own=1)
    values = [Fraction(2 * int(label) - 1) for label in labels]
    units.add(affine(points, list(range(points.N)), values), 1, "half space")
    return units


def _slabs(
    points: IntegerPoints,
    labels: np.ndarray,
    rng: np.random.Generator,
    advance: Callable[[int], object],
) -> _Units:
    ones = int(labels.sum())
    units = _Units(own=int(2 * ones <= points.N))  # the smaller class; it may be empty
    rows = np.flatnonzero(labels == units.own)
    most = -(-(points.N - 1) // points.d)
    if 2 * _groups(len(rows), points) > most:
        rows = _cut_facet(points, labels, most // 2, units, rng)
    for g, group in enumerate(partition(rows, points.d, rng), 1):
        plane = hyperplane(points, group, rng)
        half = Fraction(plane.gap, 2)
        units.add(column_plus(plane.column, half), 1, f"slab {g}: s + τ")
        units.add(column_plus(plane.column, -half), -1, f"slab {g}: s - τ")
        advance(1)
    return units


def _cut_facet(
    points: IntegerPoints, labels: np.ndarray, slabs: int, units: _Units, rng: np.random.Generator
) -> np.ndarray:
    """Add a unit for the points of a class on a facet; the other points of that class.

    The class becomes the other one where more than ``slabs`` slabs would remain.
    """
    face = facet(points, rng)
    captured = [i for i in face.rows if labels[i] == units.own]
    if _groups(int((labels == units.own).sum()) - len(captured), points) > slabs:
        units.own = 1 - units.own
        captured = [i for i in face.rows if labels[i] == units.own]
    tilt = affine(points, face.rows, [Fraction(-1 if i in captured else 1) for i in face.rows])
    numerators, denominator = tilt.numer_denom()
    tilts = points.at(numerators)
    off = sorted(set(range(points.N)) - set(face.rows))
    # the largest power of two κ with κ (|tilt| + 1) <= s / 2 at all points off the facet
    least = least_ratio((face.values[i] for i in off), (abs(tilts[i]) + denominator for i in off))
    assert least is not None  # there are more than d + 1 points
    k = floor_log2(least[0] * int(denominator), 2 * least[1])
    units.add(column_times(tilt, -power(k)) - column_times(face.column, Fraction(1)), 1, "facet")
    return np.setdiff1d(np.flatnonzero(labels == units.own), captured)


def _groups(count: int, points: IntegerPoints) -> int:
    return -(-count // points.d)
