"""What the constructions of this chapter have in common: hyperplanes, a key, a table.

A first layer of hyperplanes turns each point into a code; a *compression* makes of it an integer,
the key, in a few layers; the table looks the label up.  The three constructions differ in the
compression alone: the methods at the end of :class:`Compressing`.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from mem_lib._base.arguments import integer_in, one_of
from mem_lib._base.text import json_int
from mem_lib.constructions import Construction, Facts
from mem_lib.data import Dataset
from mem_lib.deep_threshold import sizes
from mem_lib.deep_threshold.first_layer import KINDS, planned_rows
from mem_lib.deep_threshold.first_layer import first_layer as separating_layer
from mem_lib.deep_threshold.keys import Compression, pairs_of
from mem_lib.deep_threshold.layers import constant_network
from mem_lib.deep_threshold.sizes import Stage
from mem_lib.deep_threshold.table import Table
from mem_lib.errors import InvalidArgument, shown
from mem_lib.network import Network, Size


@dataclass(frozen=True, eq=False)
class DeepPlan:
    """How many hyperplanes there will be about, and what they take.

    rows: of the first layer; 0 where the network is a constant
    size: at most that of the network
    kind: of the first layer
    rng:  from which everything random is drawn
    """

    data: Dataset
    kind: str
    rows: int
    size: Size
    rng: np.random.Generator = field(repr=False)

    @property
    def bytes(self) -> int:
        """The weights with their places, and the codes of all points."""
        return 24 * self.size.weights + 2 * self.rows * self.data.N if self.rows else 0

    @property
    def burden(self) -> str:
        what = "first_layer: a grid of" if self.kind == "grid" else "hyperplanes:"
        return f"{what} {self.rows} rows in dimension {self.data.d} for {self.data.N} points"


@dataclass(frozen=True)
class Compressing(Construction):
    """Parameters of every construction with a table.

    first_layer: ``"gaussian"``, random hyperplanes, whatever the dimension; ``"grid"``, thresholds
                 of single coordinates at equal steps, nothing random; ``"greedy"``, a small choice
                 of random hyperplanes that separates these data
    hyperplanes: how many, for the two random kinds; by default as many as the theorem, or the data,
                 ask for
    clear:       hyperplanes that keep away from all points, for a larger radius of robustness
    """

    first_layer: str = "gaussian"
    hyperplanes: int | None = None
    clear: bool = False

    slug: ClassVar[str] = "deep_threshold"
    theorem: ClassVar[str] = "thm-deep_threshold-main"
    takes_targets: ClassVar[bool] = False

    def __post_init__(self) -> None:
        one_of(self.first_layer, "first_layer", KINDS)
        if not isinstance(self.clear, bool):
            raise InvalidArgument(f"clear: True or False is needed, got {shown(self.clear)}")
        if self.hyperplanes is not None:
            vars(self).update(hyperplanes=integer_in(self.hyperplanes, "hyperplanes", 1))
            if self.first_layer == "grid":
                raise InvalidArgument(
                    f"hyperplanes: the steps of a grid follow from the margin; omit it, got "
                    f"{shown(self.hyperplanes)}"
                )

    def plan(self, data: Dataset, rng: np.random.Generator) -> DeepPlan:
        """The number of hyperplanes, and at most the size."""
        rows = 0
        size = sizes.constant_size(data.d, int(data.classes))
        if (data.labels != data.labels[0]).any():
            rows = planned_rows(data, self.first_layer, self.hyperplanes, clear=self.clear)
            first = Stage(rows, data.d, ((rows * (data.d + 1), 1),))
            size = self._size(first, data.N, int(data.classes), pairs_of(data.labels))
        return DeepPlan(data, self.first_layer, rows, size, rng)

    def network(self, plan: DeepPlan, progress: bool | None) -> Network:
        """The first layer, the key, the table."""
        data = plan.data
        if not plan.rows:
            return constant_network(data.d, int(data.labels[0]), data.shift)
        for_rows, for_keys = plan.rng.spawn(2)
        first = separating_layer(
            data,
            plan.kind,
            for_rows,
            hyperplanes=plan.rows if plan.kind == "gaussian" else self.hyperplanes,
            clear=self.clear,
            progress=progress,
        )
        found = self.compress(first.codes, data.labels, for_keys)
        table = Table.of(found.key.values, data.labels, found.key.top)
        layers = [first.layer, *found.layers, *table.layers(found.bits, found.key.coefficients)]
        about = {
            "first_layer": plan.kind,
            "hyperplanes": first.layer.units,
            "draw": first.draws,
            "key_draw": found.draw,
            "breaks": table.breaks,
            "rows": table.rows,
            "columns": table.columns,
            "top": json_int(table.top),
        }
        return Network(layers, data.shift, readout="value", about=about)

    def bound(self, facts: Facts) -> Size | None:
        """What theorem ``thm-deep_threshold-main`` promises: no entry of the network's size is
        larger when its first draw of hyperplanes separates, which has probability 0.48 at least."""
        classes = self.labelled(facts.classes)
        if facts.one_class:
            return sizes.constant_size(facts.d, classes)
        pairs = facts.N**2 * (classes - 1) // (2 * classes)
        first = sizes.first_stage(facts, self.first_layer, self.hyperplanes, pairs, self.clear)
        return self._size(first, facts.N, classes, pairs)

    def _size(self, first: Stage, N: int, classes: int, pairs: int) -> Size:
        """At most the size behind this first layer, for N points and so many pairs."""
        between, k, fan, top = self.stages(first.units, pairs)
        inputs = between[-1].units if between else first.units
        q = max(1, (classes - 1).bit_length())
        table = sizes.table_stages(k, fan, inputs, N - 1, q, top)
        return sizes.size_of([first, *between, *table])

    # -- what a compression is -----------------------------------------------------------------

    @abstractmethod
    def compress(
        self, codes: np.ndarray, labels: np.ndarray, rng: np.random.Generator
    ) -> Compression:
        """A key of the codes (N, m), and the layers that compute its bits."""

    @abstractmethod
    def stages(self, m: int, pairs: int) -> tuple[list[Stage], int, int, int]:
        """(the layers of the compression of m bits, how many bits the table reads, the units that
        make up one of them, the largest key) at most, for so many differently labelled pairs."""
