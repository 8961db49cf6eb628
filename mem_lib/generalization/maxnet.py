"""The nearest training point, exactly: a maximum of scores for each class.

The theory of its layers stands at the head of :mod:`mem_lib.generalization.nearest`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mem_lib.constructions import Construction, Facts
from mem_lib.data import Dataset
from mem_lib.generalization import nearest
from mem_lib.network import Network, Size
from mem_lib.network.builder import Builder
from mem_lib.parts.constant import constant_network, constant_size


@dataclass(frozen=True, eq=False)
class MaxPlan:
    """The points whose scores are compared.

    told: what the network tells about itself
    """

    data: Dataset
    told: dict[str, int]

    @property
    def one_class(self) -> bool:
        labels = self.data.labels
        return bool((labels == labels[0]).all())

    @property
    def bytes(self) -> int:
        """The first layer, its copy while it is checked, and the forms of the maxima."""
        return self.data.N * (32 * (self.data.d + 1) + 2000)

    @property
    def burden(self) -> str:
        return f"dataset: {self.data.N} points in dimension {self.data.d}"


class Nearest(Construction):
    """Labels of any number of classes; where one alone occurs, the network is a constant."""

    slug: ClassVar[str] = "generalization"
    takes_targets: ClassVar[bool] = False
    most_classes: ClassVar[int | None] = 2**16

    def network(self, plan: MaxPlan, progress: bool | None) -> Network:
        if plan.one_class:
            return constant_network(plan.data)
        integers, shift = plan.data.integers()
        classes = int(plan.data.classes)
        net = Builder(plan.data.d)
        nearest.write(net, integers, plan.data.labels, classes)
        readout = "sign" if classes == 2 else "argmax"
        return Network(net.layers, shift, 4**shift, readout, plan.told)

    def promised(self, facts: Facts, N: int) -> Size:
        """The size for N of the points that the facts are about."""
        classes = self.labelled(facts.classes)
        if facts.one_class:
            return constant_size(facts.d, classes)
        reach = nearest.integer_reach(facts.radius, facts.grid_bits)
        return nearest.size_bound(N, facts.d, classes, reach)


@dataclass(frozen=True)
class MaxNet(Nearest):
    """The label of the nearest training point, at every point of R^d (theorem
    ``thm-generalization-maxnet``).

    For two classes the output is the squared distance to class 0 less the squared distance to
    class 1: positive where class 1 is nearer, 0 exactly on the bisector, where the network is
    undecided.  For more classes the largest of C outputs is the answer, undecided on a tie.  Every
    training point keeps its label within half the margin, and no network can promise more (theorem
    ``thm-generalization-robust``).  N points in two classes take at most N(d + 1) + 9N/2 + O(log N)
    weights and 1 + ceil(log2(n - 1)) hidden layers, n the size of the larger class.
    """

    variant: ClassVar[str] = "maxnet"
    title: ClassVar[str] = "the nearest training point, exactly, on all of R^d"
    theorem: ClassVar[str] = "thm-generalization-maxnet"

    def plan(self, data: Dataset, rng: np.random.Generator) -> MaxPlan:
        return MaxPlan(data, {})

    def bound(self, facts: Facts) -> Size:
        return self.promised(facts, facts.N)
