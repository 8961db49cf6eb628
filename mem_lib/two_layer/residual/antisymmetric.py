"""Two-sided pairs of neurons behind random gates: coarse steps, and small weights."""

from dataclasses import dataclass
from typing import ClassVar

from mem_lib.two_layer.residual.fit import ResidualFit
from mem_lib.two_layer.residual.steps import Step, TwoSided


@dataclass(frozen=True)
class Antisymmetric(ResidualFit):
    """As ``"ntk"`` with a central difference, which permits a coarse step.  How fast its error
    falls is measured, not proved; ``thm-two_layer-ntk`` is about its limit of small steps."""

    variant: ClassVar[str] = "antisymmetric"
    title: ClassVar[str] = "a fit by central differences behind random gates; small weights"

    def step(self) -> Step:
        return TwoSided(self.coarseness)
