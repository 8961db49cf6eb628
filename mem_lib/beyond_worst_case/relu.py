"""ReLU in both hidden layers, with thresholds halfway in the gap."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mem_lib.beyond_worst_case.ordered import Ordered
from mem_lib.beyond_worst_case.plan import CoverPlan


@dataclass(frozen=True)
class Relu(Ordered):
    """As ``"practical"``, with ReLU units in both hidden layers (proposition
    ``thm-beyond_worst_case-relu``).

    A threshold unit of the second layer has slack 1/2 in a count; no float evaluation that adds
    small integers can miss it.  A ReLU unit decides between real sums of n terms.  Written with the
    smallest score m of a rival as its bias, as the algorithm suggests, it is exactly 0 at that
    rival, and a sum in another order may come out positive: the answer at a *training point* would
    depend on the order of summation.  Here the bias lies halfway between the largest covered score
    and m, both exact integers, so that every data point keeps its distance: the certificate's
    slack is a quarter of the smallest gap, in the unit of the preactivations <w, x> + b.  It is
    positive, and it may be small; a float evaluation is safe as far as its error is below it.
    """

    variant: ClassVar[str] = "relu"
    title: ClassVar[str] = "the same with ReLU units"
    theorem: ClassVar[str] = "thm-beyond_worst_case-relu"
    activation: ClassVar[str] = "relu"
    code_bits: ClassVar[int] = 128

    def neurons(
        self, weight: np.ndarray, thresholds: np.ndarray, reach: Callable[[], np.ndarray]
    ) -> tuple[np.ndarray, np.ndarray, int]:
        """Halfway between the largest covered score and the threshold."""
        covered = reach()
        return weight, thresholds + covered, int((thresholds - covered).min())

    def denominator(self, plan: CoverPlan) -> int:
        """Outputs are in the unit of <w, x> + b."""
        return 1 << (plan.weight_bits + plan.data.shift + 3)

    def largest_score(self, n: int, reach: int) -> int:
        return n * reach
