"""The values to fit, and when a fit is over."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated, InvalidArgument, shown
from mem_lib.two_layer.residual.points import MOST_SCALE

#: The relative squared error that is wanted of targets.
RELATIVE_ERROR = 0.01
#: How far from -1 and 1, or from a number of a class, an output may be.
SIGN_TOLERANCE, LABEL_TOLERANCE = Fraction(9, 10), Fraction(2, 5)


@dataclass(frozen=True)
class Values:
    """The values to fit, divided by 2^scale so that all are below 1 in absolute value.

    constant: for labels of one class, what the network gives everywhere
    """

    numbers: np.ndarray
    scale: int
    readout: str
    constant: Fraction | None

    @classmethod
    def of(cls, data: Dataset) -> Values:
        readout, constant = "value", None
        if data.targets is None:
            exact, denominator = data.labels, 1
            if data.classes <= 2:
                exact, readout = 2 * exact - 1, "sign"
            if (exact == exact[0]).all():
                constant = Fraction(int(exact[0]))
        else:
            exact, denominator = data.integer_targets()
        listed = exact.tolist()
        largest = Fraction(max(map(abs, listed)), denominator)
        scale = largest.numerator.bit_length() - largest.denominator.bit_length() + 1
        if largest and abs(scale) > MOST_SCALE:
            raise HypothesisViolated(
                f"dataset: the largest target is about 2^{scale}, beyond 2^{MOST_SCALE} or below "
                f"2^-{MOST_SCALE}; multiply the targets by a power of two"
            )
        up, down = max(-scale, 0), denominator << max(scale, 0)
        numbers = np.array([(v << up) / down for v in listed])  # of integers, rounded once
        return cls(numbers, scale, readout, constant)


@dataclass(frozen=True)
class Goal:
    """When a fit is over; in units of 2^scale, as the values are.

    squared: the sum of the squared errors is to be at most this, or None
    largest: the largest error is to be at most this, or None
    """

    squared: float | None
    largest: float | None
    N: int

    @classmethod
    def of(
        cls,
        data: Dataset,
        values: Values,
        relative_error: float | None,
        tolerance: Fraction | None,
    ) -> Goal:
        """The defaults: ``RELATIVE_ERROR`` for targets without a tolerance; for labels, all of them
        right.  ``InvalidArgument`` for a tolerance that lets labels be wrong."""
        if relative_error is None and tolerance is None and data.targets is not None:
            relative_error = RELATIVE_ERROR
        squared = None
        if relative_error is not None:
            squared = relative_error * float(values.numbers @ values.numbers)
        limit = None
        if data.targets is None:
            limit = Fraction(1) if values.readout == "sign" else Fraction(1, 2)
            wanted = SIGN_TOLERANCE if values.readout == "sign" else LABEL_TOLERANCE
            tolerance = wanted if tolerance is None else tolerance
        largest = None if tolerance is None else _scaled(tolerance, limit, values.scale)
        return cls(squared, largest, len(values.numbers))

    def met(self, squared: float, largest: float, bound: float) -> bool:
        """Whether it is reached although every error may be larger by ``bound``."""
        if self.largest is not None and largest + bound > self.largest:
            return False
        return self.squared is None or _total(squared, self.N, bound) <= self.squared

    def out_of_reach(self, bound: float) -> bool:
        """Whether ``bound`` alone is too much."""
        if self.largest is not None and bound >= self.largest:
            return True
        return self.squared is not None and _total(0.0, self.N, bound) >= self.squared

    def part(self, start: tuple[float, float], now: tuple[float, float]) -> float:
        """How far the way from errors ``start`` to the goal is done, on a logarithmic scale."""
        parts = [
            math.log(before / max(value, goal)) / math.log(before / goal)
            for before, value, goal in zip(start, now, (self.squared, self.largest), strict=True)
            if goal is not None and 0 < goal < before
        ]
        return max(0.0, min(parts, default=1.0))


def _total(squared: float, N: int, bound: float) -> float:
    """An upper bound on the sum of N squared errors: ``squared`` when each is off by ``bound``."""
    root = math.sqrt(squared) * (1 + N * 2.0**-52) + math.sqrt(N) * bound
    return root * root * (1 + 2.0**-40)


def _scaled(tolerance: Fraction, limit: Fraction | None, scale: int) -> float:
    if limit is not None and tolerance >= limit:
        raise InvalidArgument(
            f"tolerance: below {limit} every label is right, so it must be below that; "
            f"got {shown(float(tolerance))}"
        )
    return float(min(tolerance / Fraction(2) ** scale, Fraction(2**64)))
