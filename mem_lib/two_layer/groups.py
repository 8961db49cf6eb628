"""What exact constructions have in common: points in groups, a few neurons for each of them."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from mem_lib._base.progress import progress_bar
from mem_lib.constructions import Construction
from mem_lib.data import Dataset
from mem_lib.network import Network


@dataclass(frozen=True, eq=False)
class GroupPlan:
    """What is chosen before the points are put into groups.

    group_size: points in a group; the last one may be smaller
    neurons:    of the network, at most
    rng:        chooses the groups
    """

    data: Dataset
    group_size: int
    neurons: int
    rng: np.random.Generator = field(repr=False)

    @property
    def groups(self) -> int:
        """How many there are."""
        return math.ceil(self.data.N / self.group_size)

    @property
    def coordinate_bits(self) -> int:
        """Of the longest coordinate, and of a sum of d of them."""
        longest = max(int(np.abs(self.data.integers()[0]).max()).bit_length(), 1)
        return longest + self.data.d.bit_length()

    @property
    def neuron_bits(self) -> int:
        """The outgoing weights have a common denominator, as long as all groups' determinants."""
        return self.groups * (self.data.d + 1) * self.coordinate_bits

    @property
    def bytes(self) -> int:
        """Of all neurons."""
        return self.neurons * self.neuron_bits // 8

    @property
    def burden(self) -> str:
        return (
            f"dataset: {self.data.N} points, that is {self.neurons} neurons with "
            f"{self.neuron_bits} bits or more each,"
        )


@dataclass(frozen=True)
class Grouped(Construction):
    """Points in groups: exact, for points in general position."""

    slug: ClassVar[str] = "two_layer"

    @abstractmethod
    def plan(self, data: Dataset, rng: np.random.Generator) -> GroupPlan:
        """The size of a group, and the number of neurons."""

    def network(self, plan: GroupPlan, progress: bool | None) -> Network:
        """The neurons of all groups."""
        with progress_bar(plan.groups, "groups", "build", progress) as bar:
            return self.written(plan, bar.update)

    @abstractmethod
    def written(self, plan: GroupPlan, advance: Callable[[int], object]) -> Network:
        """The network; ``advance`` is told of every group."""
