"""The least total weight with which one hidden layer fits a data set, by linear programming.

Neurons may be scaled to |(w, b)| = 1 without changing the total weight, so the least one is

    W* = min sum_l |a_l|   such that   sum_l a_l relu(<w_l, x_i> + b_l) = y_i for all i,

over unit vectors (w_l, b_l).  For finitely many of them this is a linear program.  Its dual prices
p_i say which others are missing: those where |g| > 1 for

    g(w, b) = sum_i p_i relu(<w, x_i> + b).

They are looked for and added until there are none.  Whatever the prices are, sum_i p_i y_i =
sum_l a_l g(w_l, b_l) <= W* max |g|, which bounds W* from below.  On a cell, where the signs of all
<w, x_i> + b are fixed, g is linear.  For d <= 2 all cells, with their edges and corners, are looked
at, and max |g| is known; for d > 2 it is searched for from many starts.

Floating point throughout: the linear programs are solved in binary64, to about 1e-9.  The network
is rounded to a grid, and what it then misses is measured exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from mem_lib._base.arguments import instance, whole
from mem_lib._base.integers import integers
from mem_lib._base.numbers import as_fraction
from mem_lib._base.progress import bar as progress_bar
from mem_lib.data import Dataset
from mem_lib.errors import ConstructionFailed, InvalidArgument, show
from mem_lib.network import Network
from mem_lib.parts.neurons import Neurons
from mem_lib.two_layer._cloud import MOST_SCALE
from mem_lib.two_layer._fit_options import Values
from mem_lib.two_layer._values import missed, values_of
from mem_lib.two_layer._weight import total_weight

#: More is refused: hundreds of linear programs with N rows are solved.
MOST_POINTS = 200
#: Linear programs are solved more finely than that, but not much.
LEAST_TOLERANCE = 1e-6
#: Neurons that a round adds at most; and that are kept, for each point.
ADDED, KEPT = 100, 15
#: Starts of a search, and of one that is to find the last missing neuron.
STARTS, MANY_STARTS = 200, 4000
#: Steps of a search, and the factors of its step length after a success and a failure.
SWEEPS, LONGER, SHORTER = 60, 1.5, 0.4
#: Unit vectors with a larger inner product count as one.
SAME = 1 - 1e-10
#: Bits behind the point of unit vectors, and of outgoing weights relative to the largest.
BITS = 50


@dataclass(frozen=True)
class Optimum:
    """What :func:`optimal_weight` found.

    weight:    total weight of the network; W* is not larger, up to rounding
    lower:     a lower bound of W*
    proven:    whether it is one, up to rounding.  For d > 2 it rests on a search for the largest
               |g|; where that missed it, W* may be smaller
    rounds:    linear programs solved
    network:   with weights rounded to a grid
    max_error: the largest |network(x_i) - y_i|, exactly
    """

    weight: float
    lower: float
    proven: bool
    rounds: int
    network: Network = field(repr=False)
    max_error: Fraction = field(repr=False)

    @property
    def gap(self) -> float:
        """weight / lower - 1; 0 where all values are zero."""
        return self.weight / self.lower - 1 if self.lower else 0.0

    @property
    def neurons(self) -> int:
        """The number of hidden units."""
        return self.network.size.neurons


def optimal_weight(
    dataset: Dataset,
    *,
    seed: int = 0,
    tolerance: Any = 0.01,
    rounds: int = 300,
    progress: bool | None = None,
) -> Optimum:
    """A network of nearly the least total weight, over any number of ReLU neurons without an output
    bias.

    Parameters
    ----------
    dataset : up to 200 distinct points.  Two classes are fitted as -1 and 1, more as 0..C-1,
        targets as they are.
    seed : a whole number >= 0, from which everything random is drawn.
    tolerance : stop when the total weight is within this relative distance of the lower bound;
        at least 1e-6.
    rounds : stop after so many linear programs; the result says how far that led.
    progress : True shows a bar, False none; by default a terminal shows one when the work takes
        longer than two seconds.

    The network has at most N neurons.  100 points in 20 dimensions take 10 to 30 seconds, 200 some
    minutes.

    Raises
    ------
    InvalidArgument
        When there are more points, or numbers beyond 2^400; or an argument is out of range.
    ConstructionFailed
        When a linear program cannot be solved in floats, as with points that nearly coincide.

    >>> found = optimal_weight(Dataset([[-1], [0], [1]], targets=[1, 0, 1]), tolerance=1e-6)
    >>> found.proven, round(found.lower, 2), round(found.weight, 2), found.neurons
    (True, 2.0, 2.0, 2)
    """
    problem = _Problem.of(dataset)
    rng = np.random.default_rng(np.random.SeedSequence(whole(seed, "seed", 0)))
    rounds, accepted = whole(rounds, "rounds", 1), as_fraction(tolerance)
    if accepted is None or accepted < LEAST_TOLERANCE:
        raise InvalidArgument(
            f"tolerance: a finite number >= {LEAST_TOLERANCE} is needed, got {show(tolerance)}"
        )
    if not problem.y.any():
        return problem.optimum(np.empty((problem.d + 1, 0)), np.empty(0), 0.0, 0)
    units, lower = problem.first_units(rng), 0.0
    with progress_bar(rounds, "rounds", "least total weight", progress) as bar:
        for done in range(1, rounds + 1):
            outer, prices = problem.solved(units)
            near = float(np.abs(outer).sum()) / (1 + float(accepted))
            used = outer != 0
            found, peaks = _searched(problem.lifted, prices, units[:, used], rng, STARTS)
            if done == rounds or prices @ problem.y >= near * peaks.max():
                more, higher = problem.thoroughly_searched(prices, units[:, used], rng)
                found, peaks = np.hstack([found, more]), np.concatenate([peaks, higher])
                lower = max(lower, float(prices @ problem.y / peaks.max()))
            if lower >= near:
                break
            bar.update(1)
            if done < rounds:
                kept = problem.kept(units, used, prices)
                units = np.hstack([units[:, kept], _different(found, peaks)])
    return problem.optimum(units[:, used], outer[used], lower, done)


@dataclass(frozen=True, eq=False)
class _Problem:
    """lifted: rows (x_i, 1) / unit, at most 1 long; y: values / 2^values.scale."""

    data: Dataset
    lifted: np.ndarray
    unit: float
    values: Values

    @classmethod
    def of(cls, dataset: Any) -> _Problem:
        data = instance(dataset, "dataset", Dataset).distinct()
        if data.N > MOST_POINTS:
            raise InvalidArgument(
                f"dataset: linear programs for up to {MOST_POINTS} points are solved, got "
                f"N = {data.N}"
            )
        if data.squared_radius > 4**MOST_SCALE:
            raise InvalidArgument(
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

    def first_units(self, rng: np.random.Generator) -> np.ndarray:
        """Unit vectors, as columns, with which any values can be fitted: a neuron that opens
        between any two points along a direction, and random ones."""
        direction = rng.standard_normal(self.d)
        heights = np.sort(self.lifted[:, :-1] @ direction)
        below = heights[0] - max(heights[-1] - heights[0], 1.0)
        levels = np.concatenate([[below], (heights[1:] + heights[:-1]) / 2])
        sorted_ = np.vstack([np.repeat(direction[:, None], self.N, axis=1), -levels * self.unit])
        return _normalised(np.hstack([sorted_, rng.standard_normal((self.d + 1, 4 * self.N))]))

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
                f"floating point: {show(solution.message)}; points that nearly coincide do that"
            )
        return solution.x[:k] - solution.x[k:], solution.eqlin.marginals

    def kept(self, units: np.ndarray, used: np.ndarray, prices: np.ndarray) -> np.ndarray:
        """All neurons; once they are too many, those in use and those that nearly were."""
        if units.shape[1] <= KEPT * self.N:
            return np.ones_like(used)
        heights = _heights(self.lifted, prices, units)
        return used | (heights >= np.sort(heights)[-(KEPT * self.N // 2)])

    def thoroughly_searched(
        self, prices: np.ndarray, used: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Unit vectors and their |g|; the largest of all is among them if d <= 2."""
        if self.d > 2:
            return _searched(self.lifted, prices, used, rng, MANY_STARTS)
        blocks = _on_a_circle if self.d == 1 else _on_a_sphere
        best = []
        for candidates in blocks(self.lifted, prices):
            heights = _heights(self.lifted, prices, candidates)
            highest = np.argsort(-heights)[: max(8, ADDED // self.N)]
            best.append((candidates[:, highest], heights[highest]))
        found, peaks = zip(*best, strict=True)
        return np.hstack(found), np.concatenate(peaks)

    def optimum(self, units: np.ndarray, outer: np.ndarray, lower: float, rounds: int) -> Optimum:
        """The network, rounded and measured."""
        features = (self.lifted @ units).clip(0)
        if outer.size:  # what the linear program left of its equations
            outer = outer + np.linalg.lstsq(features, self.y - features @ outer)[0]
        scale = self.values.scale
        network = self._neurons(units, outer).network(
            readout=self.values.readout,
            about={"chapter": "two_layer", "variant": "optimum", "N": self.N, "d": self.d},
        )
        return Optimum(
            weight=total_weight(network),
            lower=math.ldexp(lower / self.unit, scale),
            proven=self.d <= 2,
            rounds=rounds,
            network=network,
            max_error=self._largest_error(network),
        )

    def _neurons(self, units: np.ndarray, outer: np.ndarray) -> Neurons:
        shift = self.data.shift
        whole = np.rint(np.ldexp(units.T, BITS)).astype(np.int64)
        biases = integers([bias << shift for bias in whole[:, -1].tolist()])
        largest = math.frexp(float(np.abs(outer).max(initial=1.0)) / self.unit)[1]
        rounded = np.rint(np.ldexp(outer / self.unit, BITS - largest)).astype(np.int64)
        factor = Fraction(2) ** (self.values.scale + largest - 2 * BITS - shift)
        weights = tuple(a * factor for a in rounded.tolist())
        return Neurons(whole[:, :-1], biases, weights, shift)

    def _largest_error(self, network: Network) -> Fraction:
        wanted = values_of(self.data)
        if self.values.readout == "sign":
            wanted = [2 * value - 1 for value in wanted]
        return max(map(abs, missed(network, self.data, wanted)))


# -- where |g| is large ---------------------------------------------------------------------------


def _heights(lifted: np.ndarray, prices: np.ndarray, units: np.ndarray) -> np.ndarray:
    """|g| at unit vectors, the columns of ``units``."""
    return np.abs(prices @ (lifted @ units).clip(0))


def _searched(
    lifted: np.ndarray,
    prices: np.ndarray,
    used: np.ndarray,
    rng: np.random.Generator,
    starts: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Local maxima of |g| on the sphere and their heights, from random starts and from neurons in
    use, by steps along the gradient that are kept when they go up."""
    near = used + 0.1 * rng.standard_normal(used.shape)
    units = _normalised(np.hstack([rng.standard_normal((len(used), starts)), used, near]))
    gates = lifted @ units
    signs = np.where(prices @ gates.clip(0) < 0, -1.0, 1.0)
    heights = _heights(lifted, prices, units)
    lengths = np.full(units.shape[1], 4.0)
    for _ in range(SWEEPS):
        gradients = _normalised(lifted.T @ ((gates > 0) * prices[:, None]) * signs)
        moved = _normalised(units + lengths * gradients)
        moved_gates = lifted @ moved
        moved_heights = prices @ moved_gates.clip(0) * signs
        up = moved_heights > heights
        units, gates = np.where(up, moved, units), np.where(up, moved_gates, gates)
        heights = np.where(up, moved_heights, heights)
        lengths = np.where(up, LONGER * lengths, SHORTER * lengths)
    return units, heights


def _on_a_circle(lifted: np.ndarray, prices: np.ndarray) -> Iterator[np.ndarray]:
    """For rows (x, 1) of length 2: unit vectors among which |g| is largest.

    On an arc between two neighbouring zeros of the preactivations g is <v, u>; so |g| is largest at
    an end or at a multiple of v.
    """
    corners, middles = _arcs(lifted)
    inside = lifted.T @ ((lifted @ middles > 0) * prices[:, None])
    yield np.hstack([corners, _normalised(inside), -_normalised(inside)])


def _on_a_sphere(lifted: np.ndarray, prices: np.ndarray) -> Iterator[np.ndarray]:
    """The same for rows (x, 1) of length 3, in blocks.

    The zeros of each preactivation are a circle, and the circles cut the sphere into cells, on
    which g is <v, u>.  So |g| is largest at a multiple of v, for one of the cells on either side of
    an arc of a circle; or on a circle, where g is a sum over the other rows.
    """
    for i, row in enumerate(lifted):
        plane = np.linalg.svd(row[None, :])[2][1:].T  # orthonormal columns, orthogonal to the row
        others = lifted @ plane
        others[i] = 0
        _, middles = _arcs(others)
        beside = lifted.T @ ((others @ middles > 0) * prices[:, None])
        cells = _normalised(np.hstack([beside, beside + prices[i] * row[:, None]]))
        (edges,) = _on_a_circle(others, prices)
        yield np.hstack([plane @ edges, cells, -cells])


def _arcs(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For rows of length 2: the unit vectors orthogonal to one of them or on an axis, in order, and
    one between each two neighbours."""
    angles = np.arctan2(-rows[:, 0], rows[:, 1])
    axes = np.arange(4) * (math.pi / 2)
    ends = np.unique(np.concatenate([angles, angles + math.pi, axes]) % (2 * math.pi))
    middles = (ends + np.append(ends[1:], ends[0] + 2 * math.pi)) / 2
    return np.array([np.cos(ends), np.sin(ends)]), np.array([np.cos(middles), np.sin(middles)])


def _different(units: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """Of those with |g| > 1 the highest, no two the same."""
    chosen: list[int] = []
    for k in np.argsort(-heights):
        if heights[k] <= 1 + 1e-9 or len(chosen) == ADDED:
            break
        if not chosen or (units[:, k] @ units[:, chosen]).max() < SAME:
            chosen.append(int(k))
    return units[:, chosen]


def _normalised(columns: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(columns, axis=0)
    return columns / np.where(lengths > 0, lengths, 1)
