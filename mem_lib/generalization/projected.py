"""A max-net that sees the points through few directions.

Its first layer has 2w units, relu(<u_k, z>) and relu(-<u_k, z>) for w directions, so everything
behind depends on w numbers: two points with the same projections get the same answer.  What is lost
there is lost.  Behind it stands the max-net of the projected points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mem_lib._base.arguments import integer_in
from mem_lib.constructions import Facts
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated
from mem_lib.generalization import nearest
from mem_lib.generalization.keys import projections, separating
from mem_lib.generalization.maxnet import MaxPlan, Nearest
from mem_lib.network import Layer, Network, Size
from mem_lib.network.builder import Builder
from mem_lib.parts.constant import constant_network, constant_size
from mem_lib.parts.stages import PROJECT


@dataclass(frozen=True, eq=False)
class ProjectedPlan(MaxPlan):
    """The points, and the directions along which they are seen."""

    directions: list[list[int]]


@dataclass(frozen=True)
class Projected(Nearest):
    """The nearest training point after a projection (theorem ``thm-generalization-projected``): a
    first layer of rank ``rank``, at most d.

    rank: how many directions; each has small random integers, larger ones where these do not tell
          points of different labels apart

    It is right at all training points; elsewhere what was lost in the projection is lost.
    """

    rank: int = 1

    variant: ClassVar[str] = "projected"
    title: ClassVar[str] = "the nearest training point behind a first layer of low rank"
    theorem: ClassVar[str] = "thm-generalization-projected"

    def __post_init__(self) -> None:
        vars(self).update(rank=integer_in(self.rank, "rank", 1))

    def plan(self, data: Dataset, rng: np.random.Generator) -> ProjectedPlan:
        self._check(data.d)
        if (data.labels == data.labels[0]).all():
            return ProjectedPlan(data, {}, [])
        directions = separating(data, rng, self.rank, short=True)
        return ProjectedPlan(data, {"rank": self.rank}, directions)

    def network(self, plan: MaxPlan, progress: bool | None) -> Network:
        assert isinstance(plan, ProjectedPlan)
        data = plan.data
        if plan.one_class:
            return constant_network(data)
        classes = int(data.classes)
        net = Builder(data.d)
        sides = np.array(plan.directions, dtype=object)
        names = [f"{sign}{k}" for sign in "+-" for k in range(self.rank)]
        weight = np.vstack([sides, -sides])
        net.append(Layer(weight, [0] * len(weight), "relu", names=names, stage=PROJECT))
        keys = projections(data, plan.directions)
        nearest.write(net, keys, data.labels, classes, signed=True)
        readout = "sign" if classes == 2 else "argmax"
        return Network(net.layers, data.shift, 4**data.shift, readout, plan.told)

    def bound(self, facts: Facts) -> Size:
        N, d, classes, w = facts.N, facts.d, self.labelled(facts.classes), self.rank
        self._check(d)
        if facts.one_class:
            return constant_size(d, classes)
        reach = 2 * N * N * d * nearest.integer_reach(facts.radius, facts.grid_bits)
        before = (1, 2 * w, 2 * w * (d + 1))
        return nearest.size_bound(N, 2 * w, classes, w * reach, before)

    def _check(self, d: int) -> None:
        if self.rank > d:
            raise HypothesisViolated(
                f"rank: a first layer of {d} inputs has rank {d} at most, got {self.rank}"
            )
