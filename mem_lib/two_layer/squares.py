"""Light neurons for many points: least squares, reweighted again and again.

For weights p_l > 0 of m unit neurons with columns g_l = (relu(<w_l, x_i> + b_l))_i let
K = sum_l p_l g_l g_l^T.  The outgoing weights

    a_l = p_l <g_l, K^-1 y>

are exact, and sum |a_l| <= sqrt(y^T K^-1 y) for every p of sum 1, by Cauchy and Schwarz
(``thm-two_layer-drawn``).  With p ~ |a| the bound does not grow, and the least one over all p is
the least total weight.  <g, K^-1 y> then says which neurons are missing, as the prices of a linear
program do: those where it is larger than the bound.
"""

from __future__ import annotations

import numpy as np

from mem_lib._base.progress import progress_bar
from mem_lib.errors import ConstructionFailed
from mem_lib.two_layer.optimum import Solution
from mem_lib.two_layer.programs import Problem
from mem_lib.two_layer.search import different, normalised, searched

#: Neurons that are kept for each point while others are added, and at the end.
KEPT, LAST = 3, 2
#: Reweightings in a round, and of the last neurons.
REWEIGHTED, AT_LAST = 3, 12
#: Starts of a search; the least weight of a neuron.
STARTS, LEAST = 300, 1e-9


def reweighted(
    problem: Problem, rng: np.random.Generator, tolerance: float, rounds: int, progress: bool | None
) -> Solution:
    """At most 2N neurons; ends when no neuron is found that is missing by more than ``tolerance``,
    or after ``rounds``.  The lower bound rests on a search and is no theorem.

    Raises ``ConstructionFailed`` when the points are too close to each other for floats.
    """
    if not problem.y.any():
        return Solution(np.empty((problem.d + 1, 0)), np.empty(0), 0.0, 0)
    random = normalised(rng.standard_normal((problem.d + 1, 2 * problem.N)))
    units = np.hstack([problem.caps(), random])
    p = np.full(units.shape[1], 1 / units.shape[1])
    lower, most = 0.0, min(STARTS, problem.N)
    with progress_bar(rounds, "rounds", "least squares", progress) as bar:
        for done in range(1, rounds + 1):
            outer, prices, p = _solved(problem, units, p, REWEIGHTED)
            used = np.argsort(-np.abs(outer))[:STARTS]
            found, peaks = searched(problem.lifted, prices, units[:, used], rng, STARTS)
            lower = float(prices @ problem.y / peaks.max())
            bar.update(1)
            if done == rounds or np.abs(outer).sum() <= (1 + tolerance) * lower:
                break
            units, p = _with(units, p, different(found, peaks, most), KEPT * problem.N)
    best = np.argsort(-np.abs(outer), kind="stable")[: LAST * problem.N]
    units, p = units[:, best], p[best] / p[best].sum()
    outer, _, _ = _solved(problem, units, p, AT_LAST)
    return Solution(units, problem.finer(units, outer), lower, done)


def _with(
    units: np.ndarray, p: np.ndarray, found: np.ndarray, most: int
) -> tuple[np.ndarray, np.ndarray]:
    """Further neurons, of the weight of an average one, in place of the lightest."""
    kept = np.sort(np.argsort(-p, kind="stable")[: max(most - found.shape[1], 0)])
    p = np.concatenate([p[kept], np.full(found.shape[1], 1 / most)])
    return np.hstack([units[:, kept], found]), p / p.sum()


def _solved(
    problem: Problem, units: np.ndarray, p: np.ndarray, times: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outgoing weights, prices of sum 1 in the sense of a linear program, and the new p."""
    from scipy.linalg import LinAlgError, cho_factor, cho_solve

    features = (problem.lifted @ units).clip(0)
    for _ in range(times):
        try:
            factor = cho_factor((features * p) @ features.T)
        except LinAlgError:
            raise ConstructionFailed(
                f"dataset: least squares of {problem.N} points and {units.shape[1]} neurons were "
                "not solved in floating point; points that nearly coincide do that"
            ) from None
        solution = cho_solve(factor, problem.y)
        outer = p * (solution @ features)
        p = np.maximum(np.abs(outer) / np.abs(outer).sum(), LEAST)
        p /= p.sum()
    return outer, solution / np.sqrt(solution @ problem.y), p
