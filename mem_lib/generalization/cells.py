r"""Cells: every training point answers for the places that are clearly nearer to it than to any
point of another label.

With a parameter 0 < tau < 1/2 let, for points i and j of different labels,

    lambda_ij(z) = (|z - x_j|^2 - |z - x_i|^2)/2 - tau |x_i - x_j|^2,

which is affine in z.  The cell of i is where lambda_ij >= 0 for all such j.  One unit
phi_ij = relu(-lambda_ij) a pair says by how much z misses the half space;
psi_i = relu(r - sum_j phi_ij), r = tau gamma^2 with the margin gamma, is r on the cell and 0 at
some way from it; the output of a class is the sum of its psi_i.

*Where a psi_i is positive, x_i is nearer than every point of another label*: then
phi_ij < tau gamma^2 for each j, so

    |z - x_j|^2 - |z - x_i|^2 > 2 tau (|x_i - x_j|^2 - gamma^2) >= 0.

So units of one label only are ever on, and the network answers with the label of the nearest point
or not at all.  At x_i itself lambda_ij = (1/2 - tau) |x_i - x_j|^2 > 0, so psi_i = r there.

In integers: tau = p/q, everything times 2q.  The row of phi_ij is -2q (x_i - x_j), its bias
q (|x_i|^2 - |x_j|^2) + 2p |x_i - x_j|^2.  From ``STORED`` weights on, the rows are generated in
blocks from the points (:meth:`mem_lib.network.Layer.from_blocks`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import ClassVar

import numpy as np

from mem_lib._base.arguments import positive
from mem_lib.constructions import Construction, Facts
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, shown
from mem_lib.generalization.nearest import exact, integer_reach, squared_distances, squares
from mem_lib.network import Layer, Network, Size, Sparse
from mem_lib.parts.constant import constant_network, constant_size

#: Up to so many weights the first layer is stored; one that is larger is generated.
STORED = 1 << 20
#: Units of layers with at most that many have names.
NAMED = 1 << 10


@dataclass(frozen=True, eq=False)
class Pairs:
    """The ordered pairs (i, j) of different labels: sorted by i, then by j."""

    labels: np.ndarray

    @cached_property
    def ends(self) -> np.ndarray:
        """(N + 1,): the pairs of i are those from ``ends[i]`` to ``ends[i + 1]``."""
        _, inverse, counts = np.unique(self.labels, return_inverse=True, return_counts=True)
        return np.concatenate([[0], np.cumsum(len(self.labels) - counts[inverse])])

    @cached_property
    def _others(self) -> dict[int, np.ndarray]:
        return {int(c): np.flatnonzero(self.labels != c) for c in np.unique(self.labels)}

    def __len__(self) -> int:
        return int(self.ends[-1])

    def of(self, start: int, stop: int) -> Iterator[tuple[int, np.ndarray]]:
        """(i, its j's) for the pairs ``start`` to ``stop``."""
        i = int(np.searchsorted(self.ends, start, side="right")) - 1
        while start < stop:
            end = min(int(self.ends[i + 1]), stop)
            first = int(self.ends[i])
            others = self._others[int(self.labels[i])]
            yield i, others[start - first : end - first]
            start, i = end, i + 1


@dataclass(frozen=True, eq=False)
class HalfSpaces:
    """The rows -2q (x_i - x_j), as they are asked for."""

    points: np.ndarray
    pairs: Pairs
    factor: int

    def __call__(self, start: int, stop: int) -> np.ndarray:
        parts = [self.points[j] - self.points[i] for i, j in self.pairs.of(start, stop)]
        rows = parts[0] if len(parts) == 1 else np.concatenate(parts)
        rows *= self.factor
        return rows


@dataclass(frozen=True, eq=False)
class CellPlan:
    """The points, and which pairs of them a unit tells apart."""

    data: Dataset
    tau: Fraction

    @cached_property
    def pairs(self) -> Pairs:
        return Pairs(self.data.labels)

    @property
    def bytes(self) -> int:
        """The first layer where it is stored, its biases, the second layer, one block of values."""
        stored = 32 * len(self.pairs) * self.data.d
        return (stored if stored <= 32 * STORED else 0) + 120 * len(self.pairs)

    @property
    def burden(self) -> str:
        return f"dataset: {len(self.pairs)} pairs of points with different labels"


@dataclass(frozen=True)
class Cells(Construction):
    """A cell about each training point (theorem ``thm-generalization-cells``): the label of the
    nearest one, or undecided near the border.

    tau: how far from the border cells end, above 0 and below 1/2; as it falls, what is undecided
         shrinks to the bisector

    The output of the right class is at least tau times the squared margin at every training point.
    A unit for each ordered pair of points with different labels: 2 N_0 N_1 for two classes.
    """

    tau: Fraction | float = Fraction(1, 100)

    slug: ClassVar[str] = "generalization"
    variant: ClassVar[str] = "cells"
    title: ClassVar[str] = "a cell about each training point, undecided near the border"
    theorem: ClassVar[str] = "thm-generalization-cells"
    takes_targets: ClassVar[bool] = False
    most_classes: ClassVar[int | None] = 2**16

    def __post_init__(self) -> None:
        tau = positive(self.tau, "tau")
        if tau >= Fraction(1, 2):
            raise InvalidArgument(f"tau: a number below 1/2 is needed, got {shown(self.tau)}")
        vars(self).update(tau=tau)

    def plan(self, data: Dataset, rng: np.random.Generator) -> CellPlan:
        return CellPlan(data, Fraction(self.tau))

    def network(self, plan: CellPlan, progress: bool | None) -> Network:
        data, pairs, (p, q) = plan.data, plan.pairs, plan.tau.as_integer_ratio()
        if not len(pairs):
            return constant_network(data)
        integers, shift = data.integers()
        points, classes = exact(integers, 4 * q), int(data.classes)
        layers = [
            _half_spaces(points, pairs, p, q),
            _cells(pairs, 2 * p * int(data.squared_margin * 4**shift)),
            _sums(data.labels, classes),
        ]
        readout = "sign" if classes == 2 else "argmax"
        return Network(layers, shift, 2 * q * 4**shift, readout)

    def bound(self, facts: Facts) -> Size:
        N, d, classes = facts.N, facts.d, self.labelled(facts.classes)
        if facts.one_class:
            return constant_size(d, classes)
        pairs = N * N * (classes - 1) // classes
        p, q = Fraction(self.tau).as_integer_ratio()
        reach = integer_reach(facts.radius, facts.grid_bits)
        bits = max(4 * q * reach, (q + 8 * p) * reach**2, 1).bit_length()
        outputs = 1 if classes == 2 else classes
        return Size(
            depth=3,
            width=max(pairs, N),
            neurons=pairs + N,
            weights=pairs * (d + 2) + 2 * N,
            dense_weights=pairs * (d + 1) + N * (pairs + 1) + outputs * (N + 1),
            bits=bits,
            total_bits=(pairs * (d + 1) + N) * bits + pairs + N,
        )


def _half_spaces(points: np.ndarray, pairs: Pairs, p: int, q: int) -> Layer:
    """A unit phi_ij for each pair."""
    square, distances = squares(points), squared_distances(points, points)
    biases = [
        q * (square[i] - square[j]) + 2 * p * distances[i, j] for i, j in pairs.of(0, len(pairs))
    ]
    rows, units, d = HalfSpaces(points, pairs, 2 * q), len(pairs), points.shape[1]
    names = None
    if units <= NAMED:
        names = [f"{i} against {k}" for i, j in pairs.of(0, units) for k in j.tolist()]
    bias, stage = np.concatenate(biases), "half spaces"
    if units * d > STORED:
        return Layer.from_blocks(rows, units, d, "relu", bias=bias, names=names, stage=stage)
    return Layer(rows(0, units), bias, "relu", names=names, stage=stage)


def _cells(pairs: Pairs, threshold: int) -> Layer:
    """psi_i = relu(2p gamma^2 - sum of phi_ij)."""
    units, N = len(pairs), len(pairs.labels)
    weight = Sparse(pairs.ends, np.arange(units), np.full(units, -1), (N, units))
    names = [f"cell {i}" for i in range(N)]
    return Layer(weight, [threshold] * N, "relu", names=names, stage="cells")


def _sums(labels: np.ndarray, classes: int) -> Layer:
    """The sum of the cells of each class; for two classes the second less the first."""
    if classes == 2:
        weight = np.where(labels == 1, 1, -1)[None]
        return Layer(weight, [0], "identity", names=["value"], stage="compare")
    weight = (labels == np.arange(classes)[:, None]).astype(np.int64)
    names = [f"class {c}" for c in range(classes)]
    return Layer(weight, [0] * classes, "identity", names=names, stage="compare")
