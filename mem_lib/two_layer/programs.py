"""The linear programs of a least total weight: neurons in, outgoing weights and prices out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mem_lib._base.arguments import instance
from mem_lib._base.integers import integers
from mem_lib.data import Dataset
from mem_lib.errors import ConstructionFailed, HypothesisViolated, TooLarge, shown
from mem_lib.network import Network
from mem_lib.parts.neurons import Neurons
from mem_lib.two_layer.caps import cap_neurons
from mem_lib.two_layer.residual.goal import Values
from mem_lib.two_layer.residual.points import MOST_SCALE
from mem_lib.two_layer.search import (
    ADDED,
    heights_of,
    normalised,
    on_a_circle,
    on_a_sphere,
    searched,
)
from mem_lib.two_layer.values import missed, signed_values

#: Neurons that are kept, for each point.
KEPT = 15
#: Starts of a search that is to find the last missing neuron.
MANY_STARTS = 4000
#: Bits behind the point of unit vectors, and of outgoing weights relative to the largest.
BITS = 50


@dataclass(frozen=True, eq=False)
class Problem:
    """lifted: rows (x_i, 1) / unit, at most 1 long; y: values / 2^values.scale."""

    data: Dataset
    lifted: np.ndarray
    unit: float
    values: Values

    @classmethod
    def of(cls, dataset: Dataset, most: int | None = None) -> Problem:
        """Of the distinct points; more than ``most`` are refused."""
        data = instance(dataset, "dataset", Dataset).distinct()
        if most is not None and most < data.N:
            raise TooLarge(
                f"dataset: this is computed for up to {most} points in good time, got N = {data.N}"
            )
        if data.squared_radius > 4**MOST_SCALE:
            raise HypothesisViolated(
                f"dataset: points of norm up to 2^{MOST_SCALE} are possible; multiply them by a "
                "power of two"
            )
        lifted = np.column_stack([data.points.astype(np.float64), np.ones(data.N)])
        unit = float(np.linalg.norm(lifted, axis=1).max())
        return cls(data, lifted / unit, unit, Values.of(data))

    @property
    def N(self) -> int:
        return self.data.N

    @property
    def d(self) -> int:
        return self.data.d

    @property
    def y(self) -> np.ndarray:
        return self.values.numbers

    def caps(self) -> np.ndarray:
        """Unit vectors, as columns, with which any values can be fitted: the lightest caps."""
        points, shift = self.data.integers()
        biases = cap_neurons(points, [Fraction(0)] * self.N, shift, "rational").biases
        offsets = [bias / (1 << shift) / (1 << shift) for bias in biases.tolist()]
        columns = np.vstack([self.data.points.astype(np.float64).T, offsets])
        return normalised(columns / np.abs(columns).max(axis=0))

    def first_units(self, rng: np.random.Generator) -> np.ndarray:
        """The caps; a neuron that opens between any two points along a direction, and random ones:
        where points nearly coincide, floats do better with these."""
        direction = rng.standard_normal(self.d)
        heights = np.sort(self.lifted[:, :-1] @ direction)
        below = heights[0] - max(heights[-1] - heights[0], 1.0)
        levels = np.concatenate([[below], (heights[1:] + heights[:-1]) / 2])
        sorted_ = np.vstack([np.repeat(direction[:, None], self.N, axis=1), -levels * self.unit])
        random = rng.standard_normal((self.d + 1, 4 * self.N))
        return np.hstack([self.caps(), normalised(np.hstack([sorted_, random]))])

    def solved(self, units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Outgoing weights of least sum |a_l| for these neurons, and the prices of the points."""
        from scipy.optimize import linprog

        features = (self.lifted @ units).clip(0)
        k = units.shape[1]
        solution = linprog(
            np.ones(2 * k),
            A_eq=np.hstack([features, -features]),
            b_eq=self.y,
            bounds=(0, None),
            method="highs",
            options={"primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9},
        )
        if solution.status != 0:
            raise ConstructionFailed(
                f"dataset: a linear program of {self.N} points and {k} neurons was not solved in "
                f"floating point: {shown(solution.message)}; points that nearly coincide do that"
            )
        return solution.x[:k] - solution.x[k:], solution.eqlin.marginals

    def kept(self, units: np.ndarray, used: np.ndarray, prices: np.ndarray) -> np.ndarray:
        """All neurons; once they are too many, those in use and those that nearly were."""
        if units.shape[1] <= KEPT * self.N:
            return np.ones_like(used)
        heights = heights_of(self.lifted, prices, units)
        return used | (heights >= np.sort(heights)[-(KEPT * self.N // 2)])

    def thoroughly_searched(
        self, prices: np.ndarray, used: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Unit vectors and their |g|; the largest of all is among them if d <= 2."""
        if self.d > 2:
            return searched(self.lifted, prices, used, rng, MANY_STARTS)
        blocks = on_a_circle if self.d == 1 else on_a_sphere
        best = []
        for candidates in blocks(self.lifted, prices):
            heights = heights_of(self.lifted, prices, candidates)
            highest = np.argsort(-heights)[: max(8, ADDED // self.N)]
            best.append((candidates[:, highest], heights[highest]))
        found, peaks = zip(*best, strict=True)
        return np.hstack(found), np.concatenate(peaks)

    def network(self, units: np.ndarray, outer: np.ndarray, *, variant: str = "optimum") -> Network:
        """The network of these neurons, rounded to a grid."""
        return self.rounded(units, outer).network(
            readout=self.values.readout,
            about={"chapter": "two_layer", "variant": variant, "N": self.N, "d": self.d},
        )

    def finer(self, units: np.ndarray, outer: np.ndarray) -> np.ndarray:
        """Outgoing weights that make up for what the equations of a program were missed by."""
        if not outer.size:
            return outer
        features = (self.lifted @ units).clip(0)
        return np.asarray(outer + np.linalg.lstsq(features, self.y - features @ outer)[0])

    def largest_error(self, network: Network) -> Fraction:
        """The largest |network(x_i) - y_i|, exactly."""
        return max(map(abs, missed(network, self.data, signed_values(self.data))))

    def rounded(self, units: np.ndarray, outer: np.ndarray, bits: int = BITS) -> Neurons:
        """Unit vectors and outgoing weights to ``bits`` bits behind the point, the latter relative
        to the largest."""
        shift = self.data.shift
        whole = np.rint(np.ldexp(units.T, bits)).astype(np.int64)
        biases = integers([bias << shift for bias in whole[:, -1].tolist()])
        largest = math.frexp(float(np.abs(outer).max(initial=1.0)) / self.unit)[1]
        rounded = np.rint(np.ldexp(outer / self.unit, bits - largest)).astype(np.int64)
        factor = Fraction(2) ** (self.values.scale + largest - 2 * bits - shift)
        weights = tuple(a * factor for a in rounded.tolist())
        return Neurons(whole[:, :-1], biases, weights, shift)
