"""Neurons that count all hyperplanes between centre and point, in both directions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mem_lib.beyond_worst_case.ordered import Ordered


@dataclass(frozen=True)
class TwoSided(Ordered):
    """As ``"practical"``, but a neuron counts hyperplanes in both directions, so that its score is
    the Hamming distance to its centre: about half as many hyperplanes suffice (proposition
    ``thm-beyond_worst_case-two-sided``)."""

    variant: ClassVar[str] = "two_sided"
    title: ClassVar[str] = "the same with half as many hyperplanes, counted in both directions"
    theorem: ClassVar[str] = "thm-beyond_worst_case-two-sided"
    two_sided: ClassVar[bool] = True

    def code(self, code: np.ndarray) -> np.ndarray:
        """Off where on: the score becomes the Hamming distance."""
        return np.hstack([code, 1 - code])

    def neurons(
        self, weight: np.ndarray, thresholds: np.ndarray, reach: Callable[[], np.ndarray]
    ) -> tuple[np.ndarray, np.ndarray, int]:
        """<off, bits> + <on, 1 - bits> = <off - on, bits> + |on|."""
        off, on = np.hsplit(weight, 2)
        return off - on, 2 * thresholds - 1 + on.sum(axis=1), 1
