r"""Neurons drawn at random: how light an exact network from them can be.

Draw w uniformly from the unit sphere of R^d, without a bias.  The kernel of these neurons is

    K_ij = E relu(<w, x_i>) relu(<w, x_j>) = |x_i| |x_j| kappa_1(cos(x_i, x_j)) / d,
    kappa_1(r) = (sqrt(1 - r^2) + r (pi - arccos r)) / (2 pi).

With biases, (w, b) uniform on the unit sphere of R^(d+1), the same holds for the points (x, 1) and
d + 1; then K is invertible for all different points, because no two (x, 1) lie on one line.  If K
is invertible, the outgoing weights g(w)^T K^-1 y, averaged over all w, give y, and their absolute
values have a mean of at most sqrt(y^T K^-1 y).  So (``thm-two_layer-drawn``)

    W* <= sqrt(y^T K^-1 y) <= |y| / sqrt(lambda_min(K)).

Finitely many do nearly as well: m = ceil(16 N ln(N/omega)) neurons from the density
1/2 + g^T K^-1 g / (2 N), weighted by its inverse, span an exact network with
W_tot <= 2 sqrt(y^T K^-1 y), by one least-squares solution, with probability at least 1 - omega.
From m ordinary draws with the kernel K' = (1/m) sum_l g_l g_l^T the same solution has
W_tot <= sqrt(y^T K'^-1 y).

Floating point: kernels and solutions are computed in binary64; networks are rounded, and what they
then miss is measured exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from mem_lib._base.arguments import integer_in, probability
from mem_lib.data import Dataset
from mem_lib.errors import ConstructionFailed, HypothesisViolated, TooLarge, shown
from mem_lib.network import Network
from mem_lib.two_layer.kernels import cosines
from mem_lib.two_layer.programs import Problem
from mem_lib.two_layer.search import normalised
from mem_lib.two_layer.units import stream
from mem_lib.two_layer.weight import total_weight

#: More points are refused by :func:`drawn_weight` and by :func:`drawn_network`.
MOST_POINTS, MOST_DRAWN = 5000, 500
#: Neurons drawn at most, and candidates for them.
MOST_DRAWS, MOST_CANDIDATES = 10**6, 10**8
_ULP = 2.0**-52


def relu_kernel(G: ArrayLike) -> np.ndarray:
    """kappa_1(r) = (sqrt(1 - r^2) + r (pi - arccos r)) / (2 pi), entry by entry:
    E relu(<u, x>) relu(<u, y>) for unit vectors with <x, y> = r and a standard Gaussian u
    (``thm-two_layer-drawn``).  Any shape, which the result has too.

    Raises ``InvalidArgument`` for numbers beyond -1 and 1, ``InvalidDataset`` for other things.

    >>> relu_kernel([1.0, 0.0, -1.0]).round(7).tolist()
    [0.5, 0.1591549, 0.0]
    """
    G = cosines(G, "G")
    return (np.sqrt((1 - G) * (1 + G)) + G * (math.pi - np.arccos(G))) / (2 * math.pi)


def draws_needed(N: int, *, failure: float = 0.05) -> int:
    """ceil(16 N ln(N/omega)): so many draws from the density of theorem ``thm-two_layer-drawn``
    span an exact network of weight at most 2 sqrt(y^T K^-1 y), with probability 1 - omega.

    Raises ``InvalidArgument`` when an argument is out of range.

    >>> draws_needed(100)
    12162
    """
    N, omega = integer_in(N, "N", 1, 10**12), probability(failure, "failure")
    return math.ceil(16 * N * (math.log(N) - math.log(omega)) * (1 + 1e-12))


def drawn_weight(dataset: Dataset, *, biases: bool = False) -> float:
    """sqrt(y^T K^-1 y), an upper bound of the least total weight W* of an exact network: theorem
    ``thm-two_layer-drawn``.

    dataset : two classes are -1 and 1, more are 0..C-1, targets as they are.
    biases : whether neurons have them.  Without, K is singular when a point is 0 or two lie on one
        ray; with them never.

    Floating point: eigenvalues are moved down by a bound of their error, so the result is not too
    small.  Takes time of the order of N^3.

    Raises ``InvalidArgument`` when an argument is of the wrong kind, ``TooLarge`` for more than
    5000 points, ``HypothesisViolated`` where floats cannot tell the least eigenvalue from 0, or for
    numbers beyond 2^400.

    >>> data = Dataset([[1, 0], [-1, 0]], targets=[1, -1])    # K = I / 4
    >>> round(drawn_weight(data), 6)
    2.828427
    """
    law = _Law.of(Problem.of(dataset, MOST_POINTS), biases)
    return law.scaled(math.sqrt(law.form())) * (1 + 1e-9)


@dataclass(frozen=True, eq=False)
class Drawn:
    """What :func:`drawn_network` found.

    draws:       neurons drawn
    weight:      total weight of the network
    certificate: sqrt(y^T K'^-1 y) for their own kernel K'; of ordinary draws the weight is at most
                 that, of draws by leverage at most sqrt(2) times that
    bound:       sqrt(y^T K^-1 y), as :func:`drawn_weight`
    network:     with weights rounded to a grid
    max_error:   the largest |network(x_i) - y_i|, exactly
    """

    draws: int
    weight: float
    certificate: float
    bound: float
    network: Network = field(repr=False)
    max_error: Fraction = field(repr=False)


def drawn_network(
    dataset: Dataset,
    *,
    draws: int | None = None,
    leverage: bool = True,
    biases: bool = False,
    failure: float = 0.05,
    seed: int = 0,
) -> Drawn:
    """A network from neurons drawn without looking at the values, which enter only by one
    least-squares solution: theorem ``thm-two_layer-drawn``.

    Parameters
    ----------
    dataset : up to 500 distinct points; values as in :func:`drawn_weight`.
    draws : m.  Default: :func:`draws_needed`.
    leverage : whether the density is 1/2 + g^T K^-1 g / (2 N), or 1.
    biases : as in :func:`drawn_weight`.
    failure : for the default of ``draws``.
    seed : a whole number >= 0, from which everything random is drawn.

    Raises
    ------
    InvalidArgument
        When an argument is out of range; ``TooLarge`` for more points or draws.
    HypothesisViolated
        As :func:`drawn_weight`.
    ConstructionFailed
        When the draws do not span all values, or the density needs too many candidates.

    >>> data = Dataset([[1, 0], [0, 1], [-1, 0]], targets=[1, -1, 1])
    >>> found = drawn_network(data)
    >>> found.draws, found.weight <= 2 * found.bound, found.max_error < Fraction(1, 10**9)
    (197, True, True)
    """
    problem = Problem.of(dataset, MOST_DRAWN)
    law = _Law.of(problem, biases)
    rng = stream(seed)
    m = draws_needed(problem.N, failure=failure)
    if draws is not None:
        m = integer_in(draws, "draws", 1, MOST_DRAWS)
    if m * problem.N > 10**8:
        raise TooLarge(
            f"draws: up to 10^8 values are computed, got {m} draws for {problem.N} points"
        )
    units, shares = law.drawn(m, rng) if leverage else (law.ordinary(m, rng), np.ones(m))
    features = law.features(units) * np.sqrt(shares / m)
    solution, _, rank, _ = np.linalg.lstsq(features, problem.y)
    if rank < problem.N:
        raise ConstructionFailed(
            f"draws: {m} neurons span values of dimension {rank} only, for {problem.N} points"
        )
    certificate = law.scaled(float(np.linalg.norm(solution)))
    lifted = units if biases else np.vstack([units, np.zeros(m)])
    outer = problem.finer(lifted, solution * np.sqrt(shares / m))
    network = problem.network(lifted, outer, variant="drawn")
    return Drawn(
        m,
        total_weight(network),
        certificate,
        law.scaled(math.sqrt(law.form())) * (1 + 1e-9),
        network,
        problem.largest_error(network),
    )


@dataclass(frozen=True, eq=False)
class _Law:
    """The law of the neurons; ``rows`` are the points that they see, divided by the unit, and the
    eigenvalues of K, moved down, belong to the columns of ``vectors``."""

    problem: Problem
    rows: np.ndarray
    values: np.ndarray
    vectors: np.ndarray

    @classmethod
    def of(cls, problem: Problem, biases: bool) -> _Law:
        rows = problem.lifted if biases else problem.lifted[:, :-1]
        N, D = rows.shape
        norms = np.linalg.norm(rows, axis=1)
        units = rows / np.where(norms > 0, norms, 1)[:, None]
        angles = np.clip(units @ units.T, -1, 1)
        np.fill_diagonal(angles, 1)
        kernel = norms[:, None] * norms * relu_kernel(angles) / D
        values, vectors = np.linalg.eigh(kernel)
        # each entry is off by a few ulp of 1 / D, and so are eigenvalues by those of their sum
        values = values - (4 * N + D + 16) * _ULP * float(norms @ norms) / D
        if values[0] <= 0:
            again = "" if biases else "; biases=True takes any different points"
            raise HypothesisViolated(
                "dataset: an invertible kernel of drawn neurons is needed, but its least "
                f"eigenvalue is {shown(float(values[0]))}, up to rounding: points on one ray, or "
                f"nearly, or a point 0{again}"
            )
        return cls(problem, rows, values, vectors)

    def form(self) -> float:
        """y^T K^-1 y, in the units of the program."""
        return float(((self.vectors.T @ self.problem.y) ** 2 / self.values).sum())

    def scaled(self, weight: float) -> float:
        """In the units of the data."""
        return math.ldexp(weight / self.problem.unit, self.problem.values.scale)

    def features(self, units: np.ndarray) -> np.ndarray:
        return np.asarray((self.rows @ units).clip(0))

    def ordinary(self, m: int, rng: np.random.Generator) -> np.ndarray:
        """m unit vectors, as columns."""
        return normalised(rng.standard_normal((self.rows.shape[1], m)))

    def drawn(self, m: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """m unit vectors from the density 1/2 + g^T K^-1 g / (2 N), and its inverse there: half of
        them ordinary, half from g^T K^-1 g / N by rejection, for it is at most |g|^2 / lambda_min
        and that at most the largest eigenvalue of the Gram matrix of the rows / lambda_min."""
        N = self.problem.N
        most = float(np.linalg.eigvalsh(self.rows @ self.rows.T)[-1] / self.values[0])
        ordinary = int((rng.random(m) < 0.5).sum())
        chosen, missing, seen = [self.ordinary(ordinary, rng)], m - ordinary, 0
        block = max(min(2**24 // N, m * 8), 1)
        while missing > 0:
            units = self.ordinary(block, rng)
            kept = units[:, rng.random(block) * most < self._leverages(units)][:, :missing]
            chosen.append(kept)
            missing, seen = missing - kept.shape[1], seen + block
            if seen > MOST_CANDIDATES:
                raise ConstructionFailed(
                    f"dataset: {seen} candidates gave {m - missing} of {m} draws; the points are "
                    "nearly dependent to drawn neurons; leverage=False draws without"
                )
        units = np.hstack(chosen)
        return units, 1 / (0.5 + self._leverages(units) / (2 * N))

    def _leverages(self, units: np.ndarray) -> np.ndarray:
        """g^T K^-1 g."""
        parts = self.vectors.T @ self.features(units)
        return np.asarray((parts**2 / self.values[:, None]).sum(axis=0))
