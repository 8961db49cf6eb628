"""What the network has to say at each point, as integers that a folder can hold.

A label is such an integer already.  Targets are taken to a grid: target = (offset + factor * code)
/ denominator, and the last layer does that arithmetic.  The grid of the targets themselves gives
them back exactly; a grid of the powers of two gives them to a given accuracy, with fewer bits.

>>> dataset = Dataset([[0], [1], [2]], targets=[-1.5, 0.5, 8])
>>> of_targets(dataset, None)
Answers(codes=array([ 0,  4, 19]), bits=5, factor=1, offset=-3, denominator=2)
>>> of_targets(dataset, 1)  # the targets, rounded to multiples of 2
Answers(codes=array([0, 1, 5]), bits=3, factor=2, offset=-2, denominator=1)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from mem_lib._base.arguments import at_least_zero
from mem_lib._base.integers import is_wide
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated, show
from mem_lib.optimal_relu._folders import label_bits

#: Targets that take more bits than this are stored exactly only when that is asked for.
MOST_BITS = 64


@dataclass(frozen=True)
class Answers:
    """codes: integers 0 <= code < 2^bits, one for each row; what they stand for is
    (offset + factor * code) / denominator."""

    codes: np.ndarray
    bits: int
    factor: int = 1
    offset: int = 0
    denominator: int = 1

    def longest(self, coefficient: int, one: int) -> int:
        """The bits of the longest entry of the last layer, when the code arrives in units of
        1/one, as a sum of units times at most ``coefficient``."""
        return max((self.factor * coefficient).bit_length(), (self.offset * one).bit_length())

    def about(self) -> dict[str, object]:
        """How the network makes targets of codes."""
        return {
            "targets": {
                "factor": hex(self.factor),
                "offset": hex(self.offset),
                "denominator": hex(self.denominator),
            }
        }


def answers_of(dataset: Dataset, accuracy: Any) -> Answers:
    """The answers that ``dataset`` asks for; ``accuracy`` as in ``build``."""
    if dataset.targets is not None:
        return of_targets(dataset, accuracy)
    if accuracy is not None:
        raise HypothesisViolated(
            f"accuracy: it is for real targets; labels come out exactly, got {show(accuracy)}"
        )
    return Answers(dataset.labels, label_bits(dataset.classes))


def of_targets(dataset: Dataset, accuracy: Any) -> Answers:
    """Codes of the targets: exact ones, or of the grid of ``accuracy`` where they are shorter.  How
    many bits they take: proposition ``thm-optimal_relu-real``."""
    numerators, denominator = dataset.integer_targets()
    exact = _on_grid(numerators.astype(object), 1, denominator)
    if accuracy is None:
        if exact.bits > MOST_BITS:
            raise HypothesisViolated(
                f"accuracy: exact targets take {exact.bits} bits each; above {MOST_BITS} bits, "
                "say how far an output may be from its target, or 0, got None"
            )
        return exact
    distance = at_least_zero(accuracy, "accuracy")
    if distance == 0:
        return exact
    step = _power_below(2 * distance)
    spread = Fraction(exact.factor * int(exact.codes.max()), exact.denominator)
    if max(1, math.floor(spread / step).bit_length()) >= exact.bits:
        return exact
    p, q = denominator * step.numerator, step.denominator  # target / step = numerator q / p
    nearest = (2 * q * numerators.astype(object) + p) // (2 * p)
    return _on_grid(nearest, step.numerator, step.denominator)


def _on_grid(values: np.ndarray, numerator: int, denominator: int) -> Answers:
    """Answers for the targets values * numerator / denominator; Python integers."""
    least = min(values.tolist())
    above = values - least
    step = math.gcd(*above.tolist()) or 1
    codes = above // step
    largest = int(codes.max())
    return Answers(
        codes if is_wide(codes, 0) else codes.astype(np.int64),
        max(1, largest.bit_length()),
        step * numerator if largest else 1,
        least * numerator,
        denominator,
    )


def _power_below(value: Fraction) -> Fraction:
    """The largest power of two up to ``value`` > 0.

    >>> [str(_power_below(Fraction(v))) for v in (1, 3, 0.75, Fraction(1, 3))]
    ['1', '2', '1/2', '1/4']
    """
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    power = Fraction(2) ** exponent
    return power if power <= value else power / 2
