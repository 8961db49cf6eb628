"""Hermite polynomials in place of a gate."""

from dataclasses import dataclass
from typing import Any, ClassVar

from mem_lib._base.arguments import between
from mem_lib.errors import InvalidArgument
from mem_lib.two_layer.residual.arguments import MOST_ORDER, at_most
from mem_lib.two_layer.residual.fit import ResidualFit
from mem_lib.two_layer.residual.steps import HermiteStep, Step

#: Biases beyond drown the directions.
MOST_TAU = 2**10


@dataclass(frozen=True)
class Hermite(ResidualFit):
    """Two-sided pairs with a Hermite polynomial for a gate (theorem ``thm-two_layer-hermite``).

    order: the degree p, odd
    tau:   on points of equal norms: biases are drawn from N(0, tau^2), for points of norm 1.
           Default: no biases
    """

    order: int = 3
    tau: float | None = None

    variant: ClassVar[str] = "hermite"
    title: ClassVar[str] = "a fit by Hermite polynomials of random directions"
    theorem: ClassVar[str] = "thm-two_layer-hermite"

    def __post_init__(self) -> None:
        super().__post_init__()
        order = at_most(self.order, "order", 1, MOST_ORDER)
        if order % 2 == 0:
            raise InvalidArgument(
                f"order: Hermite steps of even order p have mean 0; an odd one is needed, "
                f"got {order}"
            )
        vars(self).update(order=order)
        if self.tau is not None:
            vars(self).update(tau=between(self.tau, "tau", 0, MOST_TAU, closed=True))

    def step(self) -> Step:
        return HermiteStep(self.coarseness, self.order, tau=self.tau or 0.0)

    def options(self) -> dict[str, Any]:
        return super().options() | {"order": self.order, "tau": self.tau or 0.0}
