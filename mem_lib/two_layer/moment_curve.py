"""ceil(N/d) + 1 ReLU neurons for real values, where hyperplanes cut the points into ordered groups.

In the order of their first coordinate the points fall into groups 1..G.  Let an affine function
e_g be 0 on group g, negative on all earlier and positive on all later groups, and e_0 = 1.  With
A0_g the affine function of the values of group g, A0_0 = 0, signs ε_g = (-1)^g and

    A_g = A0_g + ε_g s_g e_g,     L_g = A_g - A_(g-1),     L_0 = A_0,

the network is sum_g ε_g relu(ε_g L_g), one neuron for each g = 0..G.  For

    ε_g L_g = s_g e_g + s_(g-1) e_(g-1) + ε_g (A0_g - A0_(g-1))

is positive from group g on and negative before, as soon as each s_g e_g outweighs the differences
of A0 on both sides of it outside group g; so f = A_j on group j, where e_j = 0.

On the moment curve (t, t^2, .., t^d) a polynomial with d zeros changes its sign d times: for odd d
groups of d follow each other in this way.  For even d the last coordinate is left out.  A last
group of s points takes a polynomial of degree s, that is, the first s coordinates.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from mem_lib._base.progress import progress_bar
from mem_lib.constructions import Construction, Facts
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated, shown
from mem_lib.network import Network, Size
from mem_lib.parts.affine import (
    IntegerPoints,
    affine,
    column_times,
    flint,
    floor_log2,
    oriented,
    power,
)
from mem_lib.parts.neurons import Difference, Neurons, neurons_from
from mem_lib.two_layer.bounds import curve_group, moment_curve_size
from mem_lib.two_layer.groups import GroupPlan
from mem_lib.two_layer.values import values_of

HYPOTHESIS = (
    "sorted by the first coordinate, the points must fall into groups of d, or of d - 1 for even "
    "d, such that a hyperplane through each group has all earlier points on one side and all later "
    "ones on the other, as on the moment curve"
)


@dataclass(frozen=True)
class MomentCurve(Construction):
    """One ReLU neuron for a group and one more: ceil(N/d) + 1 of them for odd d, ceil(N/(d-1)) + 1
    for even d, for any labels or targets of points like those of the moment curve (theorem
    ``thm-two_layer-moment-curve``).

    The hypothesis is checked exactly; points in general position rarely satisfy it for d >= 3.
    """

    slug: ClassVar[str] = "two_layer"
    variant: ClassVar[str] = "moment_curve"
    title: ClassVar[str] = "ceil(N/d) + 1 ReLU neurons, for points in order like a moment curve's"
    theorem: ClassVar[str] = "thm-two_layer-moment-curve"

    def plan(self, data: Dataset, rng: np.random.Generator) -> GroupPlan:
        """Nothing is drawn."""
        size = curve_group(data.d)
        return GroupPlan(data, size, math.ceil(data.N / size) + 1, rng)

    def network(self, plan: GroupPlan, progress: bool | None) -> Network:
        """The neurons of all groups."""
        points, shift = plan.data.integers()
        with progress_bar(plan.groups, "groups", "build", progress) as bar:
            neurons = curve_neurons(points, values_of(plan.data), shift, bar.update)
        return neurons.network()

    def bound(self, facts: Facts) -> Size:
        """For points that satisfy the hypothesis."""
        return moment_curve_size(facts)


def curve_neurons(
    points: np.ndarray,
    values: Sequence[Fraction],
    shift: int,
    advance: Callable[[int], object] = lambda groups: None,
) -> Neurons:
    """Neurons whose sum is ``values[i]`` at ``points[i]``, exactly.

    Parameters
    ----------
    points : (N, d) integers, different rows; they stand for points / 2^shift.
    values : N integers or fractions.
    advance : is told of every group.

    Raises ``HypothesisViolated``, and names the group, where no hyperplane does as is needed.

    >>> t = np.arange(7)
    >>> len(curve_neurons(np.stack([t, t**2, t**3], axis=1), [Fraction(1)] * 7, 0))
    4
    """
    cloud = IntegerPoints.of(points, shift)
    order = sorted(range(cloud.N), key=lambda i: cloud.rows[i][0])
    size = curve_group(cloud.d)
    groups = [order[k : k + size] for k in range(0, cloud.N, size)]
    zero = flint().fmpq_mat(cloud.d + 1, 1)
    one = flint().fmpz_mat(cloud.d + 1, 1, [0] * cloud.d + [1])
    walls, pieces = [one], [zero]
    for g, group in enumerate(groups):
        earlier = order[: g * size]
        walls.append(_wall(cloud, group, earlier, order[g * size + len(group) :]))
        pieces.append(affine(cloud, group, [Fraction(values[i]) for i in group]))
        advance(1)
    return _alternating(cloud, walls, pieces)


def _wall(
    points: IntegerPoints, group: list[int], earlier: Sequence[int], later: Sequence[int]
) -> Any:
    """The hyperplane through a group of s points in their first s coordinates: negative on all
    earlier, positive on all later points."""
    s = len(group)
    chosen = flint().fmpz_mat([[*points.rows[i][:s], 1] for i in group])
    basis, dimension = chosen.nullspace()
    if dimension != 1:
        raise HypothesisViolated(
            f"dataset: of the distinct points, the first {s} coordinates of rows {shown(group)} "
            f"are affinely dependent; {HYPOTHESIS}"
        )
    entries = [basis[k, 0] for k in range(s + 1)]
    padded = [*entries[:s], *[0] * (points.d - s), entries[s]]
    column = oriented(flint().fmpz_mat(points.d + 1, 1, padded))
    heights = points.at(column)
    if any(heights[i] > 0 for i in earlier) or any(heights[i] < 0 for i in later):
        column, heights = -column, [-height for height in heights]
    wrong = next((i for i in earlier if heights[i] >= 0), None)
    if wrong is None:
        wrong = next((i for i in later if heights[i] <= 0), None)
    if wrong is not None:
        raise HypothesisViolated(
            f"dataset: of the distinct points, row {wrong} is on the wrong side of the hyperplane "
            f"through rows {shown(group)}; {HYPOTHESIS}"
        )
    return column


def _alternating(points: IntegerPoints, walls: list[Any], pieces: list[Any]) -> Neurons:
    """One neuron for each wall."""
    changes = [(above - below).numer_denom() for below, above in pairwise(pieces)]
    gaps = [(points.at(top), int(bottom)) for top, bottom in changes]
    lines: list[Any] = []
    for g, (wall, piece) in enumerate(zip(walls, pieces, strict=True)):
        steep = power(_steepness(points.at(wall), gaps[max(g - 1, 0) : g + 1]))
        lines.append(piece + column_times(wall, steep if g % 2 == 0 else -steep))
    neurons = []
    for g, line in enumerate(lines):
        step = line if g == 0 else line - lines[g - 1]
        sign = 1 if g % 2 == 0 else -1
        neurons.append(Difference([column_times(step, Fraction(sign))], [sign], Fraction(1)))
    names = ["start", *(f"group {g}" for g in range(1, len(lines)))]
    return neurons_from(neurons, points, names)


def _steepness(heights: list[Any], gaps: Sequence[tuple[list[Any], int]]) -> int:
    """The least k >= 0 with 2^k |e| > |change of A0| for the changes beside a wall, off it."""
    least = 0
    for changes, bottom in gaps:
        for height, change in zip(heights, changes, strict=True):
            if height != 0 and change != 0:
                ratio = floor_log2(int(abs(change)), bottom * int(abs(height)))
                least = max(least, ratio + 1)
    return least
