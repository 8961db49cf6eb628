"""What a residual fit is asked for: its step, the values to fit, and when to stop."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from mem_lib._base.arguments import between, whole
from mem_lib._base.numbers import as_fraction
from mem_lib._base.text import json_int
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated, show
from mem_lib.two_layer._cloud import MOST_SCALE
from mem_lib.two_layer._steps import Antisymmetric, Harmonic, Hermite, Step

STEPS: dict[str, type[Step]] = {
    "ntk": Step,
    "antisymmetric": Antisymmetric,
    "harmonic": Harmonic,
    "hermite": Hermite,
}
METHODS = tuple(STEPS)

COARSENESS = 0.3
#: The relative squared error that is wanted of targets.
ERROR = 0.01
#: How far from -1 and 1, or from a number of a class, an output may be.
SIGN_TOLERANCE, LABEL_TOLERANCE = Fraction(9, 10), Fraction(2, 5)
MOST_ORDER, MOST_PHASES = 64, 1024


@dataclass(frozen=True)
class Options:
    """Which steps a fit takes, checked.  Two fits of equal options take the same steps."""

    variant: str
    seed: int
    coarseness: float | None
    damp: float
    order: int
    phases: int
    tau: float
    bits: int

    @classmethod
    def checked(
        cls,
        variant: Any,
        seed: Any,
        coarseness: Any,
        damp: Any,
        order: Any,
        phases: Any,
        tau: Any,
        bits: Any,
    ) -> Options:
        if not isinstance(variant, str) or variant not in METHODS:
            raise HypothesisViolated(f"variant: one of {METHODS} is needed, got {show(variant)}")
        if variant not in ("harmonic", "hermite"):
            _no_meaning(variant, "order", order)
        if variant != "harmonic":
            _no_meaning(variant, "phases", phases)
        if variant != "hermite":
            _no_meaning(variant, "tau", tau)
        return cls(
            variant=variant,
            seed=whole(seed, "seed", 0),
            coarseness=_coarseness(variant, coarseness),
            damp=between(damp, "damp", 0, 1, closed=True),
            order=_order(variant, order),
            phases=_at_most(2 if phases is None else phases, "phases", 2, MOST_PHASES),
            tau=0.0 if tau is None else between(tau, "tau", 0, 2**10, closed=True),
            bits=_at_most(bits, "bits", 1, 48),
        )

    @property
    def step(self) -> Step:
        return STEPS[self.variant](self.coarseness, self.order, self.phases, self.tau)

    def about(self) -> dict[str, Any]:
        """The options that mean something to the variant, as JSON values."""
        given = {name: value for name, value in asdict(self).items() if value not in (None, 0)}
        if self.variant != "harmonic":
            del given["phases"]
        return given | {"seed": json_int(self.seed)}


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
    def checked(cls, data: Dataset, values: Values, error: Any, tolerance: Any) -> Goal:
        """The defaults: ``ERROR`` for targets without a tolerance; for labels, all of them
        right."""
        if error is None and tolerance is None and data.targets is not None:
            error = ERROR
        if error is not None:
            share = between(error, "error", 0, 1)
            error = share * float(values.numbers @ values.numbers)
        limit = None
        if data.targets is None:
            limit = Fraction(1) if values.readout == "sign" else Fraction(1, 2)
            wanted = SIGN_TOLERANCE if values.readout == "sign" else LABEL_TOLERANCE
            tolerance = wanted if tolerance is None else tolerance
        if tolerance is not None:
            tolerance = _tolerance(tolerance, limit, values.scale)
        return cls(error, tolerance, len(values.numbers))

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


# -- arguments ------------------------------------------------------------------------------------


def _no_meaning(variant: str, name: str, value: Any) -> None:
    if value is not None:
        raise HypothesisViolated(
            f"{name}: it means nothing to the variant {variant!r}, got {show(value)}"
        )


def _at_most(value: Any, name: str, least: int, most: int) -> int:
    number = whole(value, name, least)
    if number > most:
        raise HypothesisViolated(f"{name}: at most {most} is possible, got {show(value)}")
    return number


def _coarseness(variant: str, value: Any) -> float | None:
    if value is None:
        return None if variant == "ntk" else COARSENESS
    number = as_fraction(value)
    if number is None or not Fraction(1, 2**32) <= number <= 2**32:
        raise HypothesisViolated(
            f"coarseness: a number > 0, from 2^-32 to 2^32, is needed, got {show(value)}"
        )
    return float(number)


def _order(variant: str, value: Any) -> int:
    if variant == "harmonic":
        order = _at_most(2 if value is None else value, "order", 2, MOST_ORDER)
        if order % 2:
            raise HypothesisViolated(
                f"order: harmonic steps of odd order m have mean 0; an even one is needed, "
                f"got {order}"
            )
        return order
    if variant == "hermite":
        order = _at_most(3 if value is None else value, "order", 1, MOST_ORDER)
        if order % 2 == 0:
            raise HypothesisViolated(
                f"order: Hermite steps of even order p have mean 0; an odd one is needed, "
                f"got {order}"
            )
        return order
    return 0


def _tolerance(value: Any, limit: Fraction | None, scale: int) -> float:
    number = as_fraction(value)
    if number is None or number <= 0:
        raise HypothesisViolated(
            f"tolerance: a finite number > 0 is needed (a fit is not exact), got {show(value)}"
        )
    if limit is not None and number >= limit:
        raise HypothesisViolated(
            f"tolerance: below {limit} every label is right, so it must be below that; "
            f"got {show(value)}"
        )
    scaled = number / Fraction(2) ** scale
    return float(min(scaled, Fraction(2**64)))
