"""One direction, one gate at each change of label: the network that every other has to beat.

An integer direction u takes the points to the integers z = <u, 2^shift x>, differently labelled
points to different ones.  Read along the line, the label changes B <= N - 1 times, from y_0 to y_1
and so on up to y_B; between the last point before change i and the first one behind it lies t_i.
The gates e_i = [z >= t_i] are on up to the place where a point lies, so that the sum

    y_0 + sum_i (y_i - y_{i-1}) e_i

telescopes to its label.  A gate is stored as [2z + b >= 0] with b odd: no point is on the border.

Neither a margin nor depth is needed.  What it costs: as many gates as labels change, which for N
points with random labels is about N/2 whatever the geometry is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mem_lib._base.arguments import integer_in
from mem_lib._base.integers import largest
from mem_lib._base.roots import directed_root
from mem_lib.constructions import Construction, Facts
from mem_lib.data import Dataset
from mem_lib.network import Layer, Network, Size
from mem_lib.parts.line import Line, line_apart

#: Directions that are drawn before the construction gives up; each serves with probability > 1/2.
DRAWS = 64


@dataclass(frozen=True, eq=False)
class StaircasePlan:
    """The values as integers over one denominator, and the line; None for one value alone."""

    data: Dataset
    values: np.ndarray
    denominator: int
    line: Line | None

    @property
    def gates(self) -> int:
        """One for each change of value."""
        return 0 if self.line is None else len(self.line.changes)

    @property
    def bytes(self) -> int:
        """Of the weights, and of the lists from which they are made."""
        return 24 * self.gates * (self.data.d + 2)

    @property
    def burden(self) -> str:
        return f"dataset: {self.gates} changes of the label in dimension {self.data.d}"


@dataclass(frozen=True)
class Staircase(Construction):
    """One integer direction, and a threshold gate at each change of label along it: depth 2, at
    most N - 1 gates (theorem ``thm-deep_threshold-staircase``).

    directions: how many random directions are tried; the one with the fewest changes is taken.
    """

    slug: ClassVar[str] = "deep_threshold"
    variant: ClassVar[str] = "staircase"
    title: ClassVar[str] = "one direction, one gate at each change of label"
    theorem: ClassVar[str] = "thm-deep_threshold-staircase"

    directions: int = 16

    def __post_init__(self) -> None:
        directions = integer_in(self.directions, "directions", 1, DRAWS)
        object.__setattr__(self, "directions", directions)

    def plan(self, data: Dataset, rng: np.random.Generator) -> StaircasePlan:
        values, denominator = (data.labels, 1) if data.targets is None else data.integer_targets()
        if (values == values[0]).all():
            return StaircasePlan(data, values, denominator, None)
        most = largest_entry(data.N)
        line = line_apart(
            data,
            values,
            lambda: [int(u) for u in rng.integers(-most, most, data.d, endpoint=True)],
            draws=DRAWS,
            wanted=self.directions,
        )
        return StaircasePlan(data, values, denominator, line)

    def network(self, plan: StaircasePlan, progress: bool | None) -> Network:
        first = int(plan.values[0])
        if plan.line is None:
            constant = Layer([[0] * plan.data.d], [first], "identity", stage="answer")
            return Network([constant], plan.data.shift, plan.denominator, about={"breaks": 0})
        line, values = plan.line, plan.values[plan.line.order].astype(object)
        places = line.places.astype(object)
        before, behind = places[line.changes], places[line.changes + 1]
        middle = -(before + behind)  # of twice the places
        steps = Layer(
            _repeated([2 * u for u in line.direction], plan.gates),
            middle + (middle + 1) % 2,
            "threshold",
            stage="steps",
            names=[f"change {i}" for i in range(1, plan.gates + 1)],
        )
        jumps = values[line.changes + 1] - values[line.changes]
        answer = Layer(jumps[None], [values[0]], "identity", stage="answer")
        about = {"breaks": plan.gates}
        return Network([steps, answer], plan.data.shift, plan.denominator, about=about)

    def bound(self, facts: Facts) -> Size:
        """N - 1 gates; the entries of a direction are at most N^2/2 + 1, and places at most as
        long as the longest direction times the radius."""
        value = _value_bits(facts)
        if facts.one_class:
            return Size(
                depth=1, width=0, neurons=0, weights=1, dense_weights=facts.d + 1,
                bits=value, total_bits=value,
            )  # fmt: skip
        gates, d = facts.N - 1, facts.d
        entry = 1 if d == 1 else largest_entry(facts.N)
        radius = facts.radius * 2**facts.grid_bits
        reach = directed_root(d * entry**2 * radius**2, up=True)
        weight, bias = (2 * entry).bit_length(), (int(2 * reach) + 1).bit_length()
        # targets of either sign are twice as far apart as they are large
        jump = value if facts.classes is not None else value + 1
        return Size(
            depth=2,
            width=gates,
            neurons=gates,
            weights=gates * (d + 2) + 1,
            dense_weights=gates * (d + 2) + 1,
            bits=max(weight, bias, jump),
            total_bits=gates * (d * weight + bias + jump) + value,
        )


def largest_entry(N: int) -> int:
    """The least R with 2R + 1 >= N^2: of the directions with entries in -R..R a share of at most
    1/N^2 takes two given points to one place, less than half does so for some pair; theorem
    ``thm-deep_threshold-staircase``.

    >>> largest_entry(4), largest_entry(1)
    (8, 0)
    """
    return N * N // 2


def _repeated(row: list[int], times: int) -> np.ndarray:
    """(times, d), int64 where the row allows it."""
    kind = np.int64 if largest(np.array(row, dtype=object)) < 2**62 else object
    return np.tile(np.array(row, dtype=kind), (times, 1))


def _value_bits(facts: Facts) -> int:
    """Of the longest label, or numerator of a target."""
    if facts.targets is not None:
        return max(1, int(largest(facts.targets[0])).bit_length())
    if facts.classes is None:
        return facts.value_bits or 1
    return max(1, (facts.classes - 1).bit_length())
