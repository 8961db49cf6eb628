"""What is chosen before a residual fit takes its first step."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mem_lib.data import Dataset
from mem_lib.exact.device import Device
from mem_lib.two_layer.residual.goal import Goal, Values
from mem_lib.two_layer.residual.steps import Step

#: Directions that are multiplied with the points at a time.
BLOCK = 64


@dataclass(frozen=True, eq=False)
class FitPlan:
    """The values, the goal, and the steps that are taken until it is met.

    most:    the most neurons
    seed:    block k of the draws comes from SeedSequence(seed, spawn_key=(k,))
    options: what decides which steps are taken, as networks and files tell it
    path:    of the file that keeps the fit, or None
    """

    data: Dataset
    values: Values
    goal: Goal
    step: Step
    damp: float
    rounding_bits: int
    most: int
    seed: int
    options: dict[str, Any] = field(repr=False)
    device: Device
    path: Path | None

    @property
    def needs_no_neuron(self) -> bool:
        """Whether a constant gives all values."""
        return self.values.constant is not None or not self.values.numbers.any()

    @property
    def what(self) -> str:
        """For a message."""
        return f"a fit of {self.data.N} points in dimension {self.data.d}"

    @property
    def bytes(self) -> int:
        """Of the points, a block of products, the neurons of a step and the Gram matrix."""
        if self.needs_no_neuron:
            return 0
        D, products = self.data.d + 1, BLOCK * self.step.vectors
        each = 2 * D + 2 * products + 2 * self.step.neurons
        return 8 * self.data.N * each + 8 * min(self.data.N, D) * D

    @property
    def burden(self) -> str:
        return f"dataset: {self.what}"

    @property
    def key(self) -> dict[str, Any]:
        """What a file has to be about, so that the fit can go on there."""
        return {"dataset": self.data.sha256, **self.options, "seed": self.seed}

    @property
    def about(self) -> dict[str, Any]:
        """The options that mean something, as JSON values."""
        return {name: value for name, value in self.options.items() if value not in (None, 0)}
