"""What every residual fit is asked for, and how it answers.

The fits differ in the step that they take, and in nothing else: :meth:`ResidualFit.step`.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from mem_lib._base.arguments import between, integer_in, truth
from mem_lib._base.files import checked_path
from mem_lib._base.memory import check_memory
from mem_lib.constructions import Construction
from mem_lib.data import Dataset
from mem_lib.exact.device import Device
from mem_lib.network import Network
from mem_lib.two_layer.residual import arguments
from mem_lib.two_layer.residual.goal import Goal, Values
from mem_lib.two_layer.residual.plan import FitPlan
from mem_lib.two_layer.residual.result import Fit
from mem_lib.two_layer.residual.run import fitted
from mem_lib.two_layer.residual.steps import Step

COARSENESS = 0.3


@dataclass(frozen=True)
class ResidualFit(Construction):
    """Parameters of every residual fit.

    relative_error: the relative squared error sum (f(x) - y)^2 / sum y^2 at which the fit stops.
                    Default: 0.01 for targets without a tolerance, no condition otherwise
    tolerance:      how far an output may be from its value.  Default: no condition for targets;
                    9/10 for two classes and 2/5 for more, so that every label is right
    coarseness:     the root mean square of the change of a preactivation by the finite difference,
                    for points of norm 1.  The larger, the smaller the weights, and the more neurons
    damp:           the part of the best step size that is taken; below 1, smaller weights and more
                    neurons
    neurons:        the most neurons; default: 400 N/d for each factor of ten in the error, and at
                    least 10,000
    rounding_bits:  to how many bits the largest coordinate of a finite difference and the outgoing
                    weights are rounded.  The fit sees the rounding and makes up for it, so few
                    bits do
    device:         None computes with NumPy; "auto" takes a GPU where there is one, "cuda" asks for
                    it, "cpu" takes PyTorch without one.  Directions do not depend on it; roundings,
                    and so the last bits of the weights, do
    checkpoint:     a file that keeps the neurons every few seconds, when the fit is interrupted,
                    and when it fails, so that the same call goes on there, with another
                    relative_error, tolerance or neurons if that is wanted.  It is removed at the
                    end
    """

    relative_error: float | None = None
    tolerance: float | Fraction | None = None
    coarseness: float | None = COARSENESS
    damp: float = 1.0
    neurons: int | None = None
    rounding_bits: int = 10
    device: str | None = field(default=None, compare=False)
    checkpoint: str | Path | None = field(default=None, compare=False)

    slug: ClassVar[str] = "two_layer"
    theorem: ClassVar[str] = "thm-two_layer-ntk"
    exact: ClassVar[bool] = False

    def __post_init__(self) -> None:
        checked: dict[str, Any] = {
            "coarseness": self._coarseness(),
            "damp": between(self.damp, "damp", 0, 1, closed=True),
            "rounding_bits": arguments.at_most(
                self.rounding_bits, "rounding_bits", 1, arguments.MOST_BITS
            ),
        }
        if self.relative_error is not None:
            checked["relative_error"] = between(self.relative_error, "relative_error", 0, 1)
        if self.tolerance is not None:
            checked["tolerance"] = arguments.tolerance(self.tolerance)
        if self.neurons is not None:
            checked["neurons"] = integer_in(self.neurons, "neurons", 1)
        if self.checkpoint is not None:
            checked["checkpoint"] = checked_path(self.checkpoint)
        vars(self).update(checked)

    def _coarseness(self) -> float | None:
        return arguments.coarseness(self.coarseness)

    @abstractmethod
    def step(self) -> Step:
        """The steps that it takes."""

    def options(self) -> dict[str, Any]:
        """What decides which steps are taken, as networks and files tell it."""
        return {
            "variant": self.variant,
            "coarseness": self.coarseness,
            "damp": self.damp,
            "bits": self.rounding_bits,
        }

    def plan(self, data: Dataset, rng: np.random.Generator) -> FitPlan:
        """The values, the goal and the most neurons.  Draws take the seed of ``rng``, each block of
        them its own generator."""
        place, values = Device.named(self.device), Values.of(data)
        tolerance = None if self.tolerance is None else Fraction(self.tolerance)
        goal = Goal.of(data, values, self.relative_error, tolerance)
        most = _most_neurons(data, goal, values) if self.neurons is None else self.neurons
        sequence = rng.bit_generator.seed_seq
        assert isinstance(sequence, np.random.SeedSequence) and isinstance(sequence.entropy, int)
        path = None if self.checkpoint is None else Path(self.checkpoint)
        return FitPlan(
            data=data,
            values=values,
            goal=goal,
            step=self.step(),
            damp=self.damp,
            rounding_bits=self.rounding_bits,
            most=most,
            seed=sequence.entropy,
            options=self.options(),
            device=place,
            path=path,
        )

    def network(self, plan: FitPlan, progress: bool | None) -> Network:
        return fitted(plan, progress).network

    def fit(
        self,
        dataset: Dataset,
        *,
        seed: int = 0,
        progress: bool | None = None,
        partial: bool = False,
        keep: bool = False,
    ) -> Fit:
        """What ``build`` does, with the history of the fit.

        partial : whether a fit that cannot go on is returned as it is, in place of an error: when
            its neurons are used up, or when what is left is about as small as what rounding does.
        keep : whether the file of ``checkpoint`` stays at the end.

        Raises
        ------
        InvalidArgument
            When an argument is out of range.
        HypothesisViolated
            When the data are beyond the range of floats.
        ConstructionFailed
            When the neurons are used up: the message tells the error reached and the eigenvalues
            that decide the speed; when rounding is too coarse for the goal.
        InvalidCertificate
            When ``checkpoint`` is another file, or that of another run.
        ImportError
            When ``device`` is given and PyTorch is not installed.
        MemorizationError
            When the memory of ``device`` is too small; with ``checkpoint`` the neurons found are
            kept.
        """
        data, seed = self.accepted(dataset), integer_in(seed, "seed", 0)
        partial, keep = truth(partial, "partial"), truth(keep, "keep")
        plan = self.plan(data, np.random.default_rng(seed))
        check_memory(plan.bytes, plan.burden)
        found = fitted(plan, progress, partial=partial, keep=keep)
        return replace(found, about=self.origin(data, seed) | found.about, classes=data.names)


def _most_neurons(data: Dataset, goal: Goal, values: Values) -> int:
    tens = 1.0
    if goal.squared:
        tens = max(tens, math.log10(float(values.numbers @ values.numbers) / goal.squared))
    if goal.largest:
        tens = max(tens, -2 * math.log10(goal.largest))
    return max(10_000, math.ceil(400 * tens * data.N / data.d))
