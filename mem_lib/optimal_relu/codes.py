"""What the network has to say at each point, as integers that a folder can hold.

A label is such an integer already.  Targets are taken to a grid: target = (offset + factor * code)
/ denominator, and the last layer does that arithmetic.  The grid of the targets themselves gives
them back exactly; a grid of the powers of two gives them to a given tolerance, with fewer bits.

>>> dataset = Dataset([[0], [1], [2]], targets=[-1.5, 0.5, 8])
>>> of_targets(*dataset.integer_targets())
Codes(values=array([ 0,  4, 19]), bits=5, grid=Grid(factor=1, offset=-3, denominator=2))
>>> of_targets(*dataset.integer_targets(), 1)  # the targets, rounded to multiples of 2
Codes(values=array([0, 1, 5]), bits=3, grid=Grid(factor=2, offset=-2, denominator=1))
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mem_lib._base.arguments import at_least_zero
from mem_lib._base.integers import is_wide
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated, InvalidArgument, shown

#: Targets that take more bits than this are stored exactly only when that is asked for.
MOST_BITS = 64


@dataclass(frozen=True)
class Grid:
    """How the last layer makes a target of a code: (offset + factor * code) / denominator."""

    factor: int = 1
    offset: int = 0
    denominator: int = 1

    def longest(self, coefficient: int, one: int) -> int:
        """The bits of the longest entry of that layer, when the code arrives in units of 1/one, as
        a sum of units times at most ``coefficient``."""
        return max((self.factor * coefficient).bit_length(), (self.offset * one).bit_length())

    def told(self) -> dict[str, str]:
        """For a network's ``about``."""
        return {name: hex(value) for name, value in vars(self).items()}


@dataclass(frozen=True, eq=False)
class Codes:
    """values: integers 0 <= code < 2^bits, one for each row
    grid:   what they stand for; None where they are the labels themselves
    """

    values: np.ndarray
    bits: int
    grid: Grid | None = None

    @classmethod
    def of(cls, data: Dataset, tolerance: float | Fraction | None) -> Codes:
        """The codes of the labels or the targets of ``data``.

        Raises ``InvalidArgument`` for a tolerance where there are labels, and as
        :func:`of_targets`.
        """
        if data.targets is not None:
            return of_targets(*data.integer_targets(), tolerance)
        if tolerance is not None:
            raise InvalidArgument(
                "tolerance: it is for real targets; labels come out exactly, got "
                f"{shown(tolerance)}"
            )
        return cls(data.labels, label_bits(data.classes))


def label_bits(classes: int) -> int:
    """c = max(1, ceil(log2 C)): the bits of a label.

    >>> [label_bits(C) for C in (1, 2, 3, 4, 5)]
    [1, 1, 2, 2, 3]
    """
    return max(1, (classes - 1).bit_length())


def of_targets(
    numerators: np.ndarray, denominator: int, tolerance: float | Fraction | None = None
) -> Codes:
    """Codes of the targets numerators / denominator: exact ones, or of the grid of ``tolerance``
    where they are shorter.  How many bits they take: proposition ``thm-optimal_relu-real``.

    Raises ``HypothesisViolated`` where exact ones are long, and nobody has asked for them.
    """
    exact = _on_grid(numerators.astype(object), 1, denominator)
    if tolerance is None:
        if exact.bits > MOST_BITS:
            raise HypothesisViolated(
                f"tolerance: exact targets take {exact.bits} bits each; above {MOST_BITS} bits, "
                "say how far an output may be from its target, or 0, got None"
            )
        return exact
    distance = at_least_zero(tolerance, "tolerance")
    if distance == 0:
        return exact
    step, grid = _power_below(2 * distance), exact.grid
    assert grid is not None
    spread = Fraction(grid.factor * int(exact.values.max()), grid.denominator)
    if max(1, math.floor(spread / step).bit_length()) >= exact.bits:
        return exact
    p, q = denominator * step.numerator, step.denominator  # target / step = numerator q / p
    nearest = (2 * q * numerators.astype(object) + p) // (2 * p)
    return _on_grid(nearest, step.numerator, step.denominator)


def _on_grid(values: np.ndarray, numerator: int, denominator: int) -> Codes:
    """Codes for the targets values * numerator / denominator; Python integers."""
    least = min(values.tolist())
    above = values - least
    step = math.gcd(*above.tolist()) or 1
    codes = above // step
    largest = int(codes.max())
    return Codes(
        codes if is_wide(codes, 0) else codes.astype(np.int64),
        max(1, largest.bit_length()),
        Grid(step * numerator if largest else 1, least * numerator, denominator),
    )


def _power_below(value: Fraction) -> Fraction:
    """The largest power of two up to ``value`` > 0.

    >>> [str(_power_below(Fraction(v))) for v in (1, 3, 0.75, Fraction(1, 3))]
    ['1', '2', '1/2', '1/4']
    """
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    power = Fraction(2) ** exponent
    return power if power <= value else power / 2
