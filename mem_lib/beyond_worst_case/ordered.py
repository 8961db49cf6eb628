"""Constructions that choose their centres, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from mem_lib._base.arguments import one_of
from mem_lib.beyond_worst_case import greedy
from mem_lib.beyond_worst_case.counting import Counting
from mem_lib.beyond_worst_case.cover import Cover
from mem_lib.beyond_worst_case.covering import Covering
from mem_lib.beyond_worst_case.plan import CoverPlan
from mem_lib.data import Dataset
from mem_lib.errors import TooLarge

ORDERS = ("random", "greedy")
#: So many hyperplanes and pairs of points are counted in the time of one operation of a plan.
COUNTING = 2**12


@dataclass(frozen=True, eq=False)
class GreedyPlan(CoverPlan):
    """What greedy order takes beside the draw: the scores of all points for every centre, and a bit
    for each two points of a class.

    own: the numbers of points of the classes that get covered
    """

    own: tuple[int, ...] = ()

    def bytes_of(self, n: int) -> int:
        """With the covering sets of the largest class, and the scores of a block of centres."""
        largest = max(self.own)
        return super().bytes_of(n) + largest * (largest // 8 + 16 * greedy.CENTRES)

    def operations_of(self, n: int) -> int:
        """With the scores."""
        return super().operations_of(n) + n * sum(self.own) * self.data.N // COUNTING

    def burden_of(self, n: int) -> str:
        return (
            f"order: {self.drawn(n)}, and all covering sets of {max(self.own)} points "
            "(order='random' keeps none)"
        )


@dataclass(frozen=True)
class Ordered(Covering):
    """How centres are chosen.

    order: "random" visits the points in random order, and skips those that are covered; "greedy"
           takes of all points the one that covers most of what is left, then again, and drops the
           neurons that are not needed at the end: far fewer, for more time and a bit of memory for
           each two points of a class (theorem ``thm-beyond_worst_case-greedy``).  Of
           ``max_operations`` the scores take n N N- / 4096, N- all points that get covered
    """

    order: str = "random"

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of(self.order, "order", ORDERS)

    def plan(self, data: Dataset, rng: np.random.Generator) -> CoverPlan:
        """Of greedy order, with what it takes."""
        plan = super().plan(data, rng)
        if self.order == "random" or not plan.sizes:
            return plan
        own = tuple(int((data.labels == k).sum()) for k in plan.classes)
        parts = {field.name: getattr(plan, field.name) for field in fields(plan)}
        whole, n = GreedyPlan(**parts, own=own), plan.sizes[0]
        if whole.operations_of(n) > self.max_operations:
            raise TooLarge(
                f"order: the scores of {data.N} points for {sum(own)} centres over {n} hyperplanes "
                f"take {whole.operations_of(n)} operations, and max_operations = "
                f"{self.max_operations}; order='random' takes {plan.operations_of(n)}; a smaller "
                "n, or a larger max_operations, helps as well"
            )
        return whole

    def cover_class(
        self,
        rows: np.ndarray,
        counting: Counting,
        rng: np.random.Generator,
        advance: Callable[[int], object],
    ) -> Cover:
        if self.order == "random":
            return super().cover_class(rows, counting, rng, advance)
        return greedy.greedily(counting, advance)

    def origin(self, data: Dataset, seed: int) -> dict[str, object]:
        """With the order, where it is not the usual one."""
        about = super().origin(data, seed)
        return about if self.order == "random" else about | {"order": self.order}
