"""Exact and nearly as light as can be: the neurons of a small total weight, rounded and repaired.

A network of N neurons whose weight is nearly the least is found in floating point.  Its unit
vectors and outgoing weights are rounded to t bits.  What the rounded network misses at the points
is then computed exactly, and is about 2^-t: strips for these values, 2 ceil(N/(d+1)) neurons, make
it exact, and add a weight that is proportional to what was missing.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from mem_lib._base.arguments import integer_in, one_of
from mem_lib._base.numbers import as_fraction
from mem_lib.constructions import Construction
from mem_lib.data import Dataset
from mem_lib.errors import ConstructionFailed, HypothesisViolated, InvalidArgument, shown
from mem_lib.network import Network
from mem_lib.parts.neurons import Neurons, joined
from mem_lib.two_layer.caps import cap_neurons
from mem_lib.two_layer.optimum import LEAST_TOLERANCE, Solution, lightest
from mem_lib.two_layer.programs import Problem
from mem_lib.two_layer.sorted import sorted_neurons
from mem_lib.two_layer.squares import reweighted
from mem_lib.two_layer.values import missed, values_of
from mem_lib.two_layer.weight import weight_between

METHODS = {"programs": lightest, "squares": reweighted}
FINISHES = ("strips", "caps")
#: Linear programs up to so many points, reweighted least squares beyond.
PROGRAMS = 400
FEWEST_BITS, MOST_BITS = 8, 50


@dataclass(frozen=True, eq=False)
class LightPlan:
    """The points with their values as targets, and what is random."""

    data: Dataset
    rng: np.random.Generator = field(repr=False)

    @property
    def bytes(self) -> int:
        """Of a linear program or a system of least squares."""
        return 400 * self.data.N**2

    @property
    def burden(self) -> str:
        return f"dataset: {self.data.N} points, each with up to 15 neurons to choose from,"


@dataclass(frozen=True)
class Light(Construction):
    """Exact, nearly of the least total weight, N + 2 ceil(N/(d+1)) neurons, for any labels or
    targets of points in general position (theorem ``thm-two_layer-light``).

    Other points are repaired by caps, with 2N neurons.  Where floating point fails, as with points
    that nearly coincide, and where they would not be heavier, the network is that of caps alone.
    ``about`` tells ``"fit"`` and ``"finish"``, and the rounds that were made.

    tolerance: stop when the weight is within this relative distance of a lower bound, which is
               estimated by a search
    bits:      behind the point of unit vectors and outgoing weights, 8 to 50
    finish:    ``"strips"`` or ``"caps"``: what repairs the rest
    method:    ``"programs"``, linear programs; ``"squares"``, reweighted least squares, for many
               points, with 2N neurons and not N; default: programs up to 400 points
    rounds:    searches for further neurons, at most
    """

    tolerance: float | Fraction = 0.05
    bits: int = 32
    finish: str = "strips"
    method: str | None = None
    rounds: int = 60

    slug: ClassVar[str] = "two_layer"
    variant: ClassVar[str] = "light"
    title: ClassVar[str] = "N + 2 ceil(N/(d+1)) ReLU neurons of nearly the least total weight"
    theorem: ClassVar[str] = "thm-two_layer-light"

    def __post_init__(self) -> None:
        accepted = as_fraction(self.tolerance)
        if accepted is None or accepted < LEAST_TOLERANCE:
            raise InvalidArgument(
                f"tolerance: a finite number >= {LEAST_TOLERANCE} is needed, got "
                f"{shown(self.tolerance)}"
            )
        vars(self).update(
            bits=integer_in(self.bits, "bits", FEWEST_BITS, MOST_BITS),
            rounds=integer_in(self.rounds, "rounds", 1),
        )
        one_of(self.finish, "finish", FINISHES)
        if self.method is not None:
            one_of(self.method, "method", METHODS)

    def plan(self, data: Dataset, rng: np.random.Generator) -> LightPlan:
        numbers = data if data.labels is None else Dataset(data.points, targets=data.labels)
        return LightPlan(numbers, rng)

    def network(self, plan: LightPlan, progress: bool | None) -> Network:
        """What repairs the rest is settled before the search, so that none is in vain."""
        data, rng = plan.data, plan.rng
        points, shift = data.integers()
        caps = cap_neurons(points, values_of(data), shift).network(
            about={"fit": "none", "finish": "caps", "rounds": 0}
        )
        finish = self.finish
        if finish == "strips" and not _may_be_strips(data, rng):
            finish = "caps"
        try:
            problem = Problem.of(data)
            method = self.method or ("programs" if data.N <= PROGRAMS else "squares")
            found = METHODS[method](problem, rng, float(self.tolerance), self.rounds, progress)
        except (ConstructionFailed, HypothesisViolated):
            return caps
        about = {"fit": method, "finish": finish, "rounds": found.rounds}
        network = self._repaired(problem, found, finish, rng, about)
        return network if weight_between(network)[1] < weight_between(caps)[0] else caps

    def _repaired(
        self,
        problem: Problem,
        found: Solution,
        finish: str,
        rng: np.random.Generator,
        about: dict[str, Any],
    ) -> Network:
        """The rounded neurons, and those that make up exactly for what they miss."""
        data = problem.data
        points, shift = data.integers()
        fitted = problem.rounded(found.units, found.outer, self.bits)
        left = missed(fitted.network(), data, values_of(data))
        if not any(left):
            return fitted.network(about=about)
        repair: Neurons
        if finish == "strips":
            repair = sorted_neurons(points, left, shift, rng)
        else:
            repair = cap_neurons(points, left, shift)
        return joined([fitted, repair]).network(about=about)


def _may_be_strips(data: Dataset, rng: np.random.Generator) -> bool:
    """Whether strips exist for these points along the directions that ``rng`` is about to draw."""
    points, shift = data.integers()
    try:
        sorted_neurons(points, [Fraction(0)] * data.N, shift, deepcopy(rng))
    except (ConstructionFailed, HypothesisViolated):
        return False
    return True
