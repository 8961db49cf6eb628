"""Combinations of complex phases in place of a gate."""

from dataclasses import dataclass
from typing import Any, ClassVar

from mem_lib.errors import InvalidArgument
from mem_lib.two_layer.residual.arguments import MOST_ORDER, MOST_PHASES, at_most
from mem_lib.two_layer.residual.fit import ResidualFit
from mem_lib.two_layer.residual.steps import HarmonicStep, Step


@dataclass(frozen=True)
class Harmonic(ResidualFit):
    """Complex directions whose phases hide the neighbours of a point better than gates do (theorem
    ``thm-two_layer-harmonic``).

    order:  the order m, even
    phases: neurons in a step
    """

    order: int = 2
    phases: int = 2

    variant: ClassVar[str] = "harmonic"
    title: ClassVar[str] = "a fit by combinations of complex phases"
    theorem: ClassVar[str] = "thm-two_layer-harmonic"

    def __post_init__(self) -> None:
        super().__post_init__()
        order = at_most(self.order, "order", 2, MOST_ORDER)
        if order % 2:
            raise InvalidArgument(
                f"order: harmonic steps of odd order m have mean 0; an even one is needed, "
                f"got {order}"
            )
        phases = at_most(self.phases, "phases", 2, MOST_PHASES)
        vars(self).update(order=order, phases=phases)

    def step(self) -> Step:
        return HarmonicStep(self.coarseness, self.order, self.phases)

    def options(self) -> dict[str, Any]:
        return super().options() | {"order": self.order, "phases": self.phases}
