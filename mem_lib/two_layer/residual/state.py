"""The state of a residual fit between two draws."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from mem_lib.exact.device import Array


@dataclass(frozen=True)
class State:
    """output:      of the network at each point, as tracked in floats, on the device
    float_error: how far that may be from the exact output
    weight:      the total weight
    steps:       steps taken
    draws:       directions drawn
    idle:        how many of these, at the end, gave no step
    """

    output: Array
    float_error: float = 0.0
    weight: float = 0.0
    steps: int = 0
    draws: int = 0
    idle: int = 0


@dataclass(frozen=True)
class Ledger:
    """What each step added and left."""

    rows: list[np.ndarray] = field(default_factory=list)  # integers, (neurons, D)
    exponents: list[int] = field(default_factory=list)  # the rows stand for rows * 2^exponent
    outer: list[np.ndarray] = field(default_factory=list)  # outgoing weights, (neurons,)
    left: list[tuple[float, float, float]] = field(default_factory=list)
    # ^ the sum of squares and the largest entry of the residual, the total weight

    def arrays(self, steps: int, shape: tuple[int, int]) -> dict[str, np.ndarray]:
        """The first ``steps`` entries, as one array each; ``shape`` is that of one of ``rows``."""
        return {
            "rows": np.array(self.rows[:steps], dtype=np.int64).reshape(steps, *shape),
            "exponents": np.array(self.exponents[:steps], dtype=np.int64),
            "outer": np.array(self.outer[:steps], dtype=np.float64).reshape(steps, shape[0]),
            "left": np.array(self.left[:steps], dtype=np.float64).reshape(steps, 3),
        }

    @classmethod
    def of(cls, arrays: dict[str, np.ndarray]) -> Ledger:
        left = [(a, b, c) for a, b, c in arrays["left"].tolist()]
        return cls(list(arrays["rows"]), arrays["exponents"].tolist(), list(arrays["outer"]), left)
