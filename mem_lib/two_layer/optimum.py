"""The least total weight with which one hidden layer fits a data set, by linear programming.

Neurons may be scaled to |(w, b)| = 1 without changing the total weight, so the least one is

    W* = min sum_l |a_l|   such that   sum_l a_l relu(<w_l, x_i> + b_l) = y_i for all i,

over unit vectors (w_l, b_l).  For finitely many of them this is a linear program.  Its dual prices
p_i say which others are missing: those where |g| > 1 for

    g(w, b) = sum_i p_i relu(<w, x_i> + b).

They are looked for (:mod:`.search`) and added until there are none.  Whatever the prices are,
sum_i p_i y_i = sum_l a_l g(w_l, b_l) <= W* max |g|, which bounds W* from below.  For d <= 2
max |g| is known; for d > 2 it is searched for.

Floating point throughout: the linear programs are solved in binary64, to about 1e-9.  The network
is rounded to a grid, and what it then misses is measured exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from mem_lib._base.arguments import integer_in
from mem_lib._base.numbers import as_fraction
from mem_lib._base.progress import progress_bar
from mem_lib._base.threads import blas_threads
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, TooLarge, shown
from mem_lib.network import Network
from mem_lib.two_layer.programs import Problem
from mem_lib.two_layer.search import different, searched
from mem_lib.two_layer.weight import total_weight

#: More is refused: hundreds of linear programs with N rows are solved.
MOST_POINTS = 200
#: Linear programs are solved more finely than that, but not much.
LEAST_TOLERANCE = 1e-6
#: Starts of a search.
STARTS = 200


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
    tolerance: float | Fraction = 0.01,
    rounds: int = 300,
    progress: bool | None = None,
) -> Optimum:
    """A network of nearly the least total weight, over any number of ReLU neurons without an output
    bias (theorem ``thm-two_layer-optimum``).

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
        When an argument is out of range; ``TooLarge`` when there are more points.
    HypothesisViolated
        When numbers are beyond 2^400.
    ConstructionFailed
        When a linear program cannot be solved in floats, as with points that nearly coincide.

    >>> found = optimal_weight(Dataset([[-1], [0], [1]], targets=[1, 0, 1]), tolerance=1e-6)
    >>> found.proven, round(found.lower, 2), round(found.weight, 2), found.neurons
    (True, 2.0, 2.0, 2)
    """
    problem = Problem.of(dataset)
    if problem.N > MOST_POINTS:
        raise TooLarge(
            f"dataset: linear programs for up to {MOST_POINTS} points are solved, got "
            f"N = {problem.N}"
        )
    rng = np.random.default_rng(np.random.SeedSequence(integer_in(seed, "seed", 0)))
    rounds, accepted = integer_in(rounds, "rounds", 1), as_fraction(tolerance)
    if accepted is None or accepted < LEAST_TOLERANCE:
        raise InvalidArgument(
            f"tolerance: a finite number >= {LEAST_TOLERANCE} is needed, got {shown(tolerance)}"
        )
    found = lightest(problem, rng, float(accepted), rounds, progress)
    network = problem.network(found.units, found.outer)
    return Optimum(
        weight=total_weight(network),
        lower=math.ldexp(found.lower / problem.unit, problem.values.scale),
        proven=problem.d <= 2,
        rounds=found.rounds,
        network=network,
        max_error=problem.largest_error(network),
    )


@dataclass(frozen=True, eq=False)
class Solution:
    """Neurons (unit vectors, as columns) and their outgoing weights, in the units of the problem;
    the lower bound that the prices of the last round give, whatever those before gave: where a
    search missed the largest |g|, the largest bound is the most wrong one."""

    units: np.ndarray
    outer: np.ndarray
    lower: float
    rounds: int


def lightest(
    problem: Problem, rng: np.random.Generator, tolerance: float, rounds: int, progress: bool | None
) -> Solution:
    """Linear programs and searches in turns, until the weight is within ``tolerance`` of the bound.

    Raises ``ConstructionFailed`` when a program cannot be solved in floats.
    """
    if not problem.y.any():
        return Solution(np.empty((problem.d + 1, 0)), np.empty(0), 0.0, 0)
    units, lower = problem.first_units(rng), 0.0
    # products are narrow: threads would wait for each other longer than they compute
    with (
        blas_threads(1),
        progress_bar(rounds, "rounds", "least total weight", progress) as bar,
    ):
        for done in range(1, rounds + 1):
            outer, prices = problem.solved(units)
            near = float(np.abs(outer).sum()) / (1 + tolerance)
            used = outer != 0
            found, peaks = searched(problem.lifted, prices, units[:, used], rng, STARTS)
            if done == rounds or prices @ problem.y >= near * peaks.max():
                more, higher = problem.thoroughly_searched(prices, units[:, used], rng)
                found, peaks = np.hstack([found, more]), np.concatenate([peaks, higher])
                lower = float(prices @ problem.y / peaks.max())
            if lower >= near:
                break
            bar.update(1)
            if done < rounds:
                kept = problem.kept(units, used, prices)
                units = np.hstack([units[:, kept], different(found, peaks)])
    used_units = units[:, used]
    return Solution(used_units, problem.finer(used_units, outer[used]), lower, done)
