r"""The max-net as a pipeline: narrow, deep, with about 8 N d entries in its matrices.

The first layer of a max-net has N units, and the matrix behind it N^2 entries, most of them 0.
Here the points come in groups of 2 xi, one group a layer, and a layer has

1. d units that carry the input, while groups remain to be opened;
2. for the group that is opened, two units a pair: relu(s_a - s_b) and relu(s_b), with the scores
   s_i(z) = 2 <x_i, z> - |x_i|^2 + K;
3. for groups that were opened before, their partial maxima, paired again;
4. for each class one running maximum, merged with one finished group a layer; what waits, waits in
   one unit.

A coordinate is carried by one unit, and two units make a maximum, where all is >= 0.  So the
coordinates are counted from ``low``, which lies below the lowest one by the width of the data, and
K = max |x_i|^2.  **Wherever no coordinate of z is below low the function is that of the max-net**;
elsewhere nothing is promised.

With xi = d/4 the width is about 2d, there are about 2N/d layers, and each matrix has about 4 d^2
entries: less than the max-net's about N d + 5N^2/3 from about N = 4 d or 5 d on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from mem_lib.constructions import Construction, Facts
from mem_lib.data import Dataset
from mem_lib.generalization.nearest import COMPARE, exact, integer_reach, squares
from mem_lib.network import Network, Size
from mem_lib.network.builder import Affine, Builder, Value
from mem_lib.parts.constant import constant_network, constant_size

FLOW = "pipeline"


@dataclass(frozen=True, eq=False)
class PipelinePlan:
    """The groups: rows of the points of one class each, in the order in which they are opened."""

    data: Dataset
    groups: tuple[tuple[int, np.ndarray], ...]

    @property
    def bytes(self) -> int:
        """Forms are Python integers while they are written."""
        return self.data.N * self.data.d * 200 + len(self.groups) * 40 * self.data.d**2

    @property
    def burden(self) -> str:
        return f"dataset: {self.data.N} points in dimension {self.data.d}"


@dataclass(frozen=True)
class Pipelined(Construction):
    """The max-net, narrow and deep (theorem ``thm-generalization-pipelined``): width about 2d,
    about 2N/d layers.

    It gives the label of the nearest training point wherever no coordinate is below the lowest of
    the data by more than the width of the data; ``about`` tells that ``low``, in steps of the grid.
    """

    slug: ClassVar[str] = "generalization"
    variant: ClassVar[str] = "pipelined"
    title: ClassVar[str] = "the nearest training point, in about 2N/d layers of width about 2d"
    theorem: ClassVar[str] = "thm-generalization-pipelined"
    takes_targets: ClassVar[bool] = False
    most_classes: ClassVar[int | None] = 2**16

    def plan(self, data: Dataset, rng: np.random.Generator) -> PipelinePlan:
        step, groups = 2 * pairs_of(data.d), []
        for c in np.unique(data.labels):
            rows = np.flatnonzero(data.labels == c)
            groups += [(int(c), rows[i : i + step]) for i in range(0, len(rows), step)]
        return PipelinePlan(data, tuple(groups))

    def network(self, plan: PipelinePlan, progress: bool | None) -> Network:
        data = plan.data
        if (data.labels == data.labels[0]).all():
            return constant_network(data)
        flow, classes = _Flow.of(plan), int(data.classes)
        while flow.goes_on:
            flow.layer()
        largest = flow.running
        if classes == 2:
            outputs = {"value": largest[1] - largest[0]}
        else:
            never = min(largest.items())[1] - 1
            outputs = {f"class {c}": largest.get(c, never) for c in range(classes)}
        flow.net.layer(COMPARE, outputs, "identity")
        readout = "sign" if classes == 2 else "argmax"
        about = {"low": hex(flow.low)}
        return Network(flow.net.layers, data.shift, 4**data.shift, readout, about)

    def bound(self, facts: Facts) -> Size:
        N, d, classes = facts.N, facts.d, self.labelled(facts.classes)
        if facts.one_class:
            return constant_size(d, classes)
        present, p = min(classes, N), pairs_of(d)
        rounds = (p - 1).bit_length()
        groups = (N - present) // (2 * p) + present
        hidden = groups + rounds + 2
        width = d + 4 * p + rounds + 1 + 4 * present
        outputs = 1 if classes == 2 else classes
        small = d + groups * (d + 6 * (p + rounds + 2)) + 12 * present * hidden + 5 * outputs
        bits = (64 * d * integer_reach(facts.radius, facts.grid_bits) ** 2).bit_length()
        return Size(
            depth=hidden + 1,
            width=width,
            neurons=hidden * width,
            weights=N * (d + 1) + small,
            dense_weights=width * (d + 1)
            + (hidden - 1) * width * (width + 1)
            + outputs * (width + 1),
            bits=bits,
            total_bits=(N * (d + 1) + d) * bits + small,
        )


def pairs_of(d: int) -> int:
    """p, the pairs of a group: a quarter of d, which makes the matrices smallest.

    >>> [pairs_of(d) for d in (1, 4, 5, 784)]
    [1, 1, 2, 196]
    """
    return -(-d // 4)


@dataclass(eq=False)
class _Flow:
    """What is on its way between two layers.

    open:    (class, partial maxima) of groups that are not finished
    waiting: finished groups of each class
    running: the largest score of each class so far
    """

    net: Builder
    points: np.ndarray  # counted from low
    low: int
    groups: list[tuple[int, np.ndarray]]
    square: np.ndarray
    open: list[tuple[int, list[Value]]] = field(default_factory=list)
    waiting: dict[int, list[Value]] = field(default_factory=dict)
    running: dict[int, Value] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: PipelinePlan) -> _Flow:
        integers, _ = plan.data.integers()
        lowest, highest = int(integers.min()), int(integers.max())
        low = 2 * lowest - highest
        points = exact(exact(integers, 4) - low)
        return cls(Builder(plan.data.d), points, low, list(plan.groups), squares(points))

    @property
    def goes_on(self) -> bool:
        return bool(self.groups or self.open or any(self.waiting.values()))

    def layer(self) -> None:
        """One layer: everything takes a step."""
        units: dict[str, Value] = {}
        opened = self.groups.pop(0) if self.groups else None
        if self.groups:
            units |= {f"z{k}": self._coordinate(k) for k in range(self.points.shape[1])}
        if opened is not None:
            self.open.append((opened[0], [self._score(int(row)) for row in opened[1]]))
        paired = []
        for g, (c, values) in enumerate(self.open):
            pairs = _pairs(f"group {g}", values)
            units |= {name: form for pair in pairs for name, form in pair.items()}
            paired.append((c, [tuple(pair) for pair in pairs]))
        merged = {}
        for c in sorted({*self.running, *self.waiting}):
            queue = self.waiting.get(c, [])
            first = self.running[c] if c in self.running else queue.pop(0)
            pair = [first, *queue[:1]]
            merged[c] = _pairs(f"class {c}", pair)[0]
            units |= merged[c]
            units |= {f"class {c} waits {k}": value for k, value in enumerate(queue[1:])}
        h = self.net.layer(FLOW, units)
        self._step(h, paired, {c: tuple(pair) for c, pair in merged.items()})

    def _step(
        self,
        h: dict[str, Value],
        paired: list[tuple[int, list[tuple[str, ...]]]],
        merged: dict[int, tuple[str, ...]],
    ) -> None:
        """The same values as forms in the units of the layer that was written."""
        self.running = {c: _sum(h, names) for c, names in merged.items()}
        self.waiting = {
            c: [h[f"class {c} waits {k}"] for k in range(len(queue) - 1)]
            for c, queue in self.waiting.items()
        }
        self.open = []
        for c, names in paired:
            values = [_sum(h, pair) for pair in names]
            if len(values) > 1:
                self.open.append((c, values))
            else:
                self.waiting.setdefault(c, []).append(values[0])

    def _coordinate(self, k: int) -> Value:
        """z_k less low; it is unit k of every layer that carries it."""
        layer = len(self.net.layers)
        return Affine({k: 1}, 0 if layer else -self.low, layer)

    def _score(self, row: int) -> Value:
        layer, point = len(self.net.layers), self.points[row].tolist()
        constant = int(self.square.max()) - int(self.square[row])
        if not layer:
            constant -= 2 * self.low * sum(point)
        return Affine({k: 2 * x for k, x in enumerate(point) if x}, constant, layer)


def _pairs(name: str, values: list[Value]) -> list[dict[str, Value]]:
    """Of each pair of values >= 0 the units whose sum is the larger one; of a single value one."""
    found: list[dict[str, Value]] = []
    for k in range(0, len(values), 2):
        *first, last = values[k : k + 2]
        found.append({f"{name}.{k} first": a - last for a in first} | {f"{name}.{k}": last})
    return found


def _sum(h: dict[str, Value], names: tuple[str, ...]) -> Value:
    total: Value = 0
    for name in names:
        total += h[name]
    return total
