"""Constructions that read a stream: which fields they choose, and what that promises.

A construction says what it makes as small as it can, :meth:`StreamNetwork.cost`.  Asked about the
ways to write given keys, that decides what is built; asked about the ways that any keys may need,
it bounds what can be built.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mem_lib.errors import HypothesisViolated, shown
from mem_lib.network import Size
from mem_lib.optimal_relu.fields import MOST_ENTRIES, TOO_MUCH, Fields, Keys
from mem_lib.optimal_relu.file_network import FileNetwork, Line, budget
from mem_lib.optimal_relu.streams import StreamPlan, StreamShape
from mem_lib.optimal_relu.worst_case import WorstCase, largest


@dataclass(frozen=True)
class StreamNetwork(FileNetwork):
    """Keys are reduced modulo a number of about 2 log2 N bits and written as increments.

    The promise holds when the direction has at most the spread of :func:`spread_bound` and the
    modulus is at most :func:`modulus_bound`.
    """

    shape_class: ClassVar[type[StreamShape]]
    plan_class: ClassVar[type[StreamPlan]]

    # -- what a construction decides -----------------------------------------------------------

    @abstractmethod
    def cost(self, ways: Fields) -> np.ndarray:
        """What is made as small as possible; ``TOO_MUCH`` beyond the budget."""

    @abstractmethod
    def rates(self, ways: Fields) -> tuple[int, np.ndarray] | None:
        """What a folder costs, and what an entry of all strings does; None where that is no
        constant."""

    @abstractmethod
    def check(self, ways: Fields, met: bool, elsewhere: int) -> None:
        """Refuse a budget that none of the ways has ``met``, or that is below the ``elsewhere``
        bits of a weight that reads no string."""

    @abstractmethod
    def check_all(self, worst: WorstCase, shortest: list[Fields]) -> None:
        """Refuse a budget that is too small for some modulus; for each length of it the ways with
        the shortest strings are given."""

    @abstractmethod
    def most(self, worst: WorstCase, possible: Fields, cost: int) -> Size:
        """The size at most, when one of the ``possible`` ways is taken, at that cost or less."""

    # -- building ------------------------------------------------------------------------------

    def filed(self, line: Line, rng: np.random.Generator) -> StreamPlan:
        keys, codes = Keys.of(line.projection, rng), line.codes
        ways = Fields.of(keys, codes.bits, self.folder_size)
        costs = self.cost(ways)
        i = int(np.argmin(costs))
        answer = self.shape_class.answer(codes.grid, codes.bits)
        self.check(ways, bool(costs[i] < TOO_MUCH), max(keys.hash_bits, answer))
        return self.planned(line, keys, ways.among(slice(i, i + 1)))

    def planned(self, line: Line, keys: Keys, way: Fields) -> StreamPlan:
        """The plan that writes the strings in the only way that is left."""
        return self.plan_class(line, keys, *way.only)

    # -- promises ------------------------------------------------------------------------------

    def promised(self, worst: WorstCase) -> Size:
        """The largest over all lengths that the modulus may have; it is at least N."""
        moduli = worst.moduli
        c, n = worst.label_bits, self.folder_size or 1
        self.check_all(worst, [Fields.of_all(worst.N, *modulus, c, n, 1) for modulus in moduli])
        return largest(self._promised_for(worst, *modulus) for modulus in moduli)

    def _promised_for(self, worst: WorstCase, Q: int, hash_steps: int, first_bits: int) -> Size:
        """For a modulus of ``first_bits`` bits, at most Q.

        The data decide how many entries there are.  What costs least for the most entries is an
        upper bound of the cost; and what is built costs no more than that, with the fewest entries.
        """
        N, c, n = worst.N, worst.label_bits, self.folder_size

        def ways(most: int) -> Fields:
            return Fields.of_all(N, Q, hash_steps, first_bits, c, n, math.isqrt(most) + 1)

        cost = int(self.cost(ways(2 * N)).min())
        # a folder size of least cost is at most sqrt(E) + 1, and E at most MOST_ENTRIES N
        built = ways(MOST_ENTRIES * N)
        fewest = built.with_folders(self._fewest(built, N))
        return self.most(worst, fewest.among(self.cost(fewest) <= cost), cost)

    def _fewest(self, ways: Fields, N: int) -> np.ndarray:
        """At least how many folders there are, if these ways cost least for some data.

        At least one entry a point.  And, where n was chosen by a cost of a for a folder and s for
        an entry of each string: as n - 1 was no better, s <= a (ceil(E / (n-1)) - ceil(E / n))
        < a E / (n (n-1)) + a.
        """
        n, rates = ways.folder_size, self.rates(ways)
        fewest = -(-N // n)
        if self.folder_size is not None or rates is None:
            return fewest
        a, s = rates
        return np.maximum(fewest, (s - a) * (n - 1) // a + 1)

    def longest(self, worst: WorstCase, possible: Fields) -> int:
        """The bits of the longest entry, at most."""
        string = int(possible.string_bits.max()) + self.shape_class.beside(worst.label_bits)
        return max(worst.first_layer, worst.range.bit_length() + 1, string)


@dataclass(frozen=True)
class ShortWeights(StreamNetwork):
    """The fields of least depth that keep to a budget of bits (theorem
    ``thm-optimal_relu-short``): half the bits take about twice the weights.

    max_weight_bits: the most bits of a weight or a bias behind the first layer.  The fewer, the
                     more layers; a budget that cannot be met is refused, with the least that can
    """

    max_weight_bits: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        vars(self).update(max_weight_bits=budget(self.max_weight_bits, "max_weight_bits"))

    @property
    def short_direction(self) -> bool:
        return self.max_weight_bits is not None

    @abstractmethod
    def depths(self, ways: Fields) -> np.ndarray:
        """Weight layers."""

    def cost(self, ways: Fields) -> np.ndarray:
        depths, bits = self.depths(ways), self.max_weight_bits
        if bits is None:
            return depths
        longest = ways.string_bits + self.shape_class.beside(ways.label_bits)
        return np.where(longest <= bits, depths, TOO_MUCH)

    def check(self, ways: Fields, met: bool, elsewhere: int) -> None:
        bits = self.max_weight_bits
        if bits is None or (met and elsewhere <= bits):
            return
        string = int(ways.string_bits.min()) + self.shape_class.beside(ways.label_bits)
        raise HypothesisViolated(
            "max_weight_bits: the longest weight behind the first layer has at least "
            f"{max(string, elsewhere)} bits with this direction, modulus and folder_size = "
            f"{shown(self.folder_size)}; got {shown(bits)}"
        )

    def check_all(self, worst: WorstCase, shortest: list[Fields]) -> None:
        bits, c = self.max_weight_bits, worst.label_bits
        if bits is None:
            return
        fewest = 0
        for ways in shortest:
            string = int(ways.string_bits.min()) + self.shape_class.beside(c)
            hash_bits = ways.first_bits + ways.hash_steps - 1 if ways.hash_steps else 0
            fewest = max(fewest, string, hash_bits)
        if bits < fewest:
            raise HypothesisViolated(
                f"max_weight_bits: for projections of {worst.range.bit_length()} bits and keys of "
                f"up to {shortest[-1].first_bits} bits {fewest} bits are always enough, and fewer "
                f"may not be, got {bits}"
            )
        longest = self.shape_class.answer(worst.grid, c)
        if bits < longest:
            raise HypothesisViolated(
                "max_weight_bits: the last layer, which makes targets of codes, takes "
                f"{longest} bits, got {bits}"
            )
