"""One-sided pairs of neurons behind random gates: exact derivatives, and enormous weights."""

from dataclasses import dataclass
from typing import ClassVar

from mem_lib.two_layer.residual.fit import ResidualFit
from mem_lib.two_layer.residual.steps import Step


@dataclass(frozen=True)
class Ntk(ResidualFit):
    """A random gate, and behind it one linear map, as the difference of two neurons (theorem
    ``thm-two_layer-ntk``).

    coarseness: default: the exact derivative on the data, which has enormous weights
    """

    coarseness: float | None = None

    variant: ClassVar[str] = "ntk"
    title: ClassVar[str] = "a fit by linear maps behind random gates; few neurons, huge weights"

    def _coarseness(self) -> float | None:
        return None if self.coarseness is None else super()._coarseness()

    def step(self) -> Step:
        return Step(self.coarseness)
