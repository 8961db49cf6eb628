"""The mean of guided pairs: each made for what the mean before still misses.

Step t = 0, 1, ..., from f_0 = 0: r_t = y - f_t at the points, g_t a pair for alpha = r_t as in
:mod:`.guided`, and f_(t+1) = (t f_t + (2 D_y/(kappa delta)) g_t) / (t + 1).  So f_K is the mean of
K scaled pairs, 2 K neurons, and under (A)-(F) E |r_K|^2 <= D^2 / K with a mean total weight of at
most W_y: part (b) of theorem ``thm-two_layer-guided``.

The other step, part (c), is f_(t+1) = f_t + eta g_t, eta = kappa Gamma/(2.2 lambda delta nu): it
takes kappa^2 Gamma^2/(4.4 lambda nu) off |r_t|^2 in the mean.

Floating point: the run computes in binary64; the network is rounded to a grid of 2^-50.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from mem_lib._base.arguments import integer_in, one_of
from mem_lib._base.progress import progress_bar
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated
from mem_lib.network import Network
from mem_lib.two_layer.guided import Clipped, GuidedConditions, clipped, guided_conditions
from mem_lib.two_layer.programs import Problem
from mem_lib.two_layer.spread import SPHERE
from mem_lib.two_layer.units import stream

#: More points, or more steps, are refused.
MOST_POINTS, MOST_STEPS = 5000, 10**5


@dataclass(frozen=True, eq=False)
class Guided:
    """What :func:`guided_pairs` found.

    conditions: of the points, divided by their norms; whether they hold is for the reader to see
    errors:     |r_t|^2 / |y|^2 for t = 0, ..., K, shape (K + 1,)
    weights:    of the pairs as they were added, shape (K,): a mean of t pairs weighs
                weights[:t].mean(), a sum weights[:t].sum()
    network:    f_K
    """

    conditions: GuidedConditions
    errors: np.ndarray
    weights: np.ndarray
    network: Network = field(repr=False)


@dataclass(frozen=True, eq=False)
class Pair:
    """(w, b) of its two neurons, relu's of which are subtracted and halved; both for unit points.

    rows: (2, d + 1); sign: of the first
    """

    rows: np.ndarray
    sign: int

    def at(self, points: np.ndarray) -> np.ndarray:
        """g at (N, d) points."""
        gates = (points @ self.rows[:, :-1].T + self.rows[:, -1]).clip(0)
        return self.sign / 2 * (gates[:, 0] - gates[:, 1])

    @property
    def weight(self) -> float:
        return float(np.linalg.norm(self.rows, axis=1).sum()) / 2


def drawn_pair(
    points: np.ndarray, cut: Clipped, conditions: GuidedConditions, rng: np.random.Generator
) -> Pair:
    """Steps 2 and 3 of a pair, for (N, d) unit points and a clipped alpha."""
    p, d = conditions.p, points.shape[1]
    directions = rng.standard_normal((p, d))
    u, products = directions.sum(axis=0) / math.sqrt(p), (points @ directions.T).prod(axis=1)
    v = (cut.a * products) @ points * (conditions.delta / cut.theta)
    b = conditions.tau * rng.standard_normal()
    rows = np.array([[*(u + v), b], [*(u - v), b]])
    return Pair(rows, 1 if (p - 1) // 2 % 2 == 0 else -1)


def guided_pairs(
    dataset: Dataset,
    *,
    p: int = 3,
    steps: int = 1000,
    seed: int = 0,
    delta: float | Fraction | None = None,
    tau: float | Fraction | None = None,
    method: str = "mean",
    progress: bool | None = None,
) -> Guided:
    """K guided pairs, and how the error falls: theorem ``thm-two_layer-guided``, whether or not its
    conditions hold; at the sizes of a book they hold for (nearly) orthogonal points only.

    Parameters
    ----------
    dataset : points of one norm, up to a relative 1e-3; the run divides them by their norms.  Two
        classes are fitted as -1 and 1, more as 0..C-1, targets as they are, not all 0.
    p, delta, tau : those of :func:`guided_conditions`.
    steps : K, up to 100,000.
    seed : a whole number >= 0, from which everything random is drawn.
    method : "mean", part (b), or "sum", part (c).
    progress : True shows a bar, False none; by default a terminal shows one when the work takes
        longer than two seconds.

    Raises ``InvalidArgument`` when an argument is out of range, ``TooLarge`` for more than 5000
    points, ``HypothesisViolated`` for points on no sphere, values that are all 0, or numbers beyond
    2^400.

    >>> found = guided_pairs(Dataset(np.eye(4), targets=[1, -1, 1, -1]), steps=4000, delta=1)
    >>> found.network.size.neurons, bool(found.errors[-1] < 0.5)
    (8000, True)
    """
    steps = integer_in(steps, "steps", 1, MOST_STEPS)
    rng = stream(seed)
    one_of(method, "method", ("mean", "sum"))
    problem = Problem.of(dataset, MOST_POINTS)
    points = _unit_points(problem)
    y = problem.y
    if not y.any():
        raise HypothesisViolated("dataset: a value other than 0 is needed, got only 0")
    gram = points @ points.T
    chi = min(float(np.abs(gram - np.diag(np.diag(gram))).max(initial=0.0)), 1.0)
    conditions = guided_conditions(problem.N, chi, p=p, delta=delta, tau=tau)
    largest = float(np.linalg.eigvalsh(gram)[-1])
    mean = method == "mean"
    spread = conditions.spread(float(np.abs(y).max()), float(np.linalg.norm(y)))
    total, residual = np.zeros(problem.N), y
    pairs, factors, errors = [], np.zeros(steps), np.ones(steps + 1)
    with progress_bar(steps, "steps", "guided pairs", progress) as bar:
        for t in range(steps):
            cut = clipped(residual, chi)
            pair = drawn_pair(points, cut, conditions, rng)
            factors[t] = conditions.factor * spread
            if not mean:
                share = 2.2 * largest * conditions.delta * conditions.nu
                factors[t] = conditions.kappa * cut.gain / share
            total = total + factors[t] * pair.at(points)
            residual = y - (total / (t + 1) if mean else total)
            errors[t + 1] = float(residual @ residual) / float(y @ y)
            pairs.append(pair)
            bar.update(1)
            if not residual.any():
                break
    size = len(pairs)
    weights = factors[:size] * np.array([pair.weight for pair in pairs])
    network = _network(problem, pairs, factors[:size] / (size if mean else 1))
    return Guided(conditions, errors[: size + 1], np.ldexp(weights, problem.values.scale), network)


def _network(problem: Problem, pairs: list[Pair], factors: np.ndarray) -> Network:
    """sum_t factors[t] pairs[t], on the points as they are."""
    norms = np.linalg.norm(problem.lifted[:, :-1], axis=1) * problem.unit
    rows = np.concatenate([pair.rows for pair in pairs])
    rows[:, :-1] /= float(norms.mean())
    lengths = np.linalg.norm(rows, axis=1)
    signs = pairs[0].sign * np.tile([1.0, -1.0], len(pairs))
    outer = signs * np.repeat(factors / 2, 2) * lengths * problem.unit
    return problem.network((rows / lengths[:, None]).T, outer, variant="guided")


def _unit_points(problem: Problem) -> np.ndarray:
    points = problem.lifted[:, :-1]
    norms = np.linalg.norm(points, axis=1)
    if not norms.max() or norms.min() < (1 - SPHERE) * norms.max():
        raise HypothesisViolated(
            f"dataset: points on a sphere are needed, up to a relative {SPHERE}; the norms are "
            f"from {norms.min() * problem.unit:.6g} to {norms.max() * problem.unit:.6g}"
        )
    return points / norms[:, None]
