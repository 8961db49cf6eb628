"""Exact and of small weight: a residual fit, and exact neurons for the little that it leaves.

The fit carries almost all of the labels on small weights.  What is left is an exact dyadic number
at each point; a "sorted" network for these numbers is added.  Its weights are proportional to what
is left, so they fade with every further step of the fit.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from mem_lib._base.arguments import between, one_of
from mem_lib._base.progress import progress_bar
from mem_lib.constructions import Construction
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, shown
from mem_lib.network import Network
from mem_lib.parts.neurons import Neurons, joined
from mem_lib.two_layer.groups import GroupPlan
from mem_lib.two_layer.residual.antisymmetric import Antisymmetric
from mem_lib.two_layer.residual.fit import ResidualFit
from mem_lib.two_layer.residual.harmonic import Harmonic
from mem_lib.two_layer.residual.hermite import Hermite
from mem_lib.two_layer.residual.ntk import Ntk
from mem_lib.two_layer.residual.plan import FitPlan
from mem_lib.two_layer.residual.run import fitted
from mem_lib.two_layer.sorted import Sorted, sorted_neurons
from mem_lib.two_layer.values import missed, values_of

#: What may be corrected.
METHODS: dict[str, type[ResidualFit]] = {
    cls.variant: cls for cls in (Ntk, Antisymmetric, Harmonic, Hermite)
}


@dataclass(frozen=True, eq=False)
class HybridPlan:
    """The fit, and the groups of its correction."""

    fit: FitPlan
    correction: GroupPlan

    @property
    def _larger(self) -> FitPlan | GroupPlan:
        plans: tuple[FitPlan | GroupPlan, ...] = (self.correction, self.fit)
        return max(plans, key=lambda plan: plan.bytes)

    @property
    def bytes(self) -> int:
        """Of the larger of the two."""
        return self._larger.bytes

    @property
    def burden(self) -> str:
        return self._larger.burden


@dataclass(frozen=True)
class Hybrid(Construction):
    """A residual fit corrected exactly, with more neurons than strips and much smaller weights, for
    points in general position (theorem ``thm-two_layer-hybrid``; with the coarse steps of
    ``method="hermite"`` corollary ``thm-two_layer-exact-light``).

    method:         the variant of the fit
    relative_error: where the fit stops; one that has used up its ``neurons`` before is corrected
                    from there

    tolerance, coarseness, damp, order, phases, tau, neurons, rounding_bits:
                    those of the fit, with its defaults
    device, checkpoint:
                    where the fit computes, and the file that it keeps
    """

    method: str = Antisymmetric.variant
    relative_error: float = 1e-6
    tolerance: float | Fraction | None = None
    coarseness: float | None = None
    damp: float | None = None
    order: int | None = None
    phases: int | None = None
    tau: float | None = None
    neurons: int | None = None
    rounding_bits: int | None = None
    device: str | None = field(default=None, compare=False)
    checkpoint: str | Path | None = field(default=None, compare=False)

    slug: ClassVar[str] = "two_layer"
    variant: ClassVar[str] = "hybrid"
    title: ClassVar[str] = "a residual fit and an exact correction: exact, with small weights"
    theorem: ClassVar[str] = "thm-two_layer-hybrid"

    def __post_init__(self) -> None:
        one_of(self.method, "method", METHODS)
        between(self.relative_error, "relative_error", 0, 1)
        given, fit = self._given(), self.residual_fit()
        vars(self).update({name: getattr(fit, name) for name in given})

    def residual_fit(self) -> ResidualFit:
        """What is corrected."""
        cls, given = METHODS[self.method], self._given()
        for name, value in given.items():
            if name not in cls.parameters():
                raise InvalidArgument(
                    f"{name}: it means nothing to the method {self.method!r}, got {shown(value)}"
                )
        return cls(**given)

    def _given(self) -> dict[str, Any]:
        """The parameters of the fit that do not have its defaults."""
        values = {name: getattr(self, name) for name in self.parameters() if name != "method"}
        return {name: value for name, value in values.items() if value is not None}

    def plan(self, data: Dataset, rng: np.random.Generator) -> HybridPlan:
        numbers = data if data.labels is None else Dataset(data.points, targets=data.labels)
        return HybridPlan(self.residual_fit().plan(numbers, rng), Sorted().plan(data, rng))

    def network(self, plan: HybridPlan, progress: bool | None) -> Network:
        """Points that cannot be corrected are refused before the fit, and the file of an
        interrupted one stays until the network is whole."""
        correction = plan.correction
        data, rng = correction.data, correction.rng
        points, shift = data.integers()
        sorted_neurons(points, [Fraction(0)] * data.N, shift, deepcopy(rng))
        found = fitted(plan.fit, progress, partial=True, keep=True).neurons
        with progress_bar(correction.groups, "groups", "correct", progress) as bar:
            neurons = corrected(found, data, values_of(data), rng, bar.update)
        if plan.fit.path is not None:
            plan.fit.path.unlink(missing_ok=True)
        return neurons.network()


def corrected(
    fitted: Neurons,
    dataset: Dataset,
    values: list[Fraction],
    rng: np.random.Generator,
    advance: Callable[[int], object],
) -> Neurons:
    """``fitted`` and the neurons that make up what it leaves of ``values``, exactly."""
    left = missed(fitted.network(), dataset, values)
    points, shift = dataset.integers()
    return joined([fitted, sorted_neurons(points, left, shift, rng, advance)])
