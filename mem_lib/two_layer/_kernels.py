"""Kernels of random neurons, and what they promise for a data set.

A random gate 1[<u, x> > 0] correlates two points x, y at the angle arccos(rho) as
P(both open) = 1/4 + arcsin(rho) / (2 pi).  The gates carry linear maps, so the kernel of a step is
H = (1/4 + arcsin(rho) / (2 pi)) <x, y>.  With mu = lambda_min(H) and lambda the largest eigenvalue
of the Gram matrix, a step removes a share mu / lambda of the squared error, in expectation
(``thm-two_layer-ntk``); that theorem holds for points of any norms.  Coarse Hermite steps of order
p see the powers <x, y>^(p+1) instead (``thm-two_layer-hermite``), for points on a sphere; harmonic
steps see F_l (``thm-two_layer-harmonic``), which begins with the power l.

Floating point: eigenvalues are computed in binary64 and moved outwards by a bound of their error,
so that nothing that follows from them promises too much.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mem_lib._base.arguments import between, whole
from mem_lib._base.dyadic import unit_box
from mem_lib._base.memory import check_memory
from mem_lib._base.numbers import as_fraction, numbers_of
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated, show

#: More is refused by :func:`dispersion`: eigenvalues take time of the order of N^3.
MOST_POINTS = 5000
#: Harmonic orders beyond leave the range of floats.
MOST_HARMONIC = 170
#: The same for the orders of multipliers.
MOST_MULTIPLIER = 10**150
#: Terms of a sum that :func:`tau` adds up at most.
MOST_TERMS = 10**7
#: Norms that differ by less, relatively, count as those of a sphere.
SPHERE = 1e-3
#: Orders of Hermite polynomials; beyond, their constants leave the range of floats.
MOST_ORDER = 99
#: The same for biases.
MOST_TAU = 1e50
_ULP = 2.0**-52
_OUTWARDS = 1 + 1e-12


# -- kernels --------------------------------------------------------------------------------------


def gate_kernel(G: Any) -> np.ndarray:
    """(1/4 + arcsin(G) / (2 pi)) G, entry by entry, for inner products of unit vectors.

    E sum_ij r_i r_j 1[<u, x_i> > 0] 1[<u, x_j> > 0] <x_i, x_j> = r^T gate_kernel(G) r for a
    Gaussian u.

    Raises ``HypothesisViolated`` for numbers beyond -1 and 1, ``InvalidDataset`` for other
    things.

    >>> gate_kernel([[1.0, 0.6], [0.6, 1.0]]).round(7).tolist()
    [[0.5, 0.2114498], [0.2114498, 0.5]]
    """
    G = _cosines(G, "G")
    return (0.25 + np.arcsin(G) / (2 * math.pi)) * G


def harmonic_kernel(order: int, rho: Any) -> np.ndarray:
    """F_l(rho) for l = ``order``: E exp(i l (theta_x - theta_y)), theta the phases of <w, x> and
    <w, y>, for unit vectors with <x, y> = rho and a complex Gaussian w.  It is what harmonic steps
    see of the points: theorem ``thm-two_layer-harmonic``.

    F_l(rho) = Gamma(1 + l/2)^2 / Gamma(l + 1) rho^l 2F1(l/2, l/2; l + 1; rho^2); F_l(1) = 1.

    Raises ``HypothesisViolated`` for numbers beyond -1 and 1 and an order out of range,
    ``InvalidDataset`` for other things.

    >>> harmonic_kernel(1, [0.3, 0.6, 0.9]).round(6).tolist()
    [0.238364, 0.496002, 0.820436]
    """
    from scipy.special import gammaln, hyp2f1

    order, rho = whole(order, "order", 0), _cosines(rho, "rho")
    if order > MOST_HARMONIC:
        raise HypothesisViolated(
            f"order: computed up to {MOST_HARMONIC} in floating point, got {show(order)}"
        )
    front = math.exp(2 * gammaln(1 + order / 2) - gammaln(order + 1))
    return front * rho**order * hyp2f1(order / 2, order / 2, order + 1, rho * rho)


def gate_multiplier(order: int) -> float:
    """s_l = sin(pi l / 2) / (pi l), the coefficients of 1[cos t > 0] = sum_l s_l e^(i l t);
    s_0 = 1/2, and s_(-l) = s_l.

    Raises ``HypothesisViolated`` when an argument is out of range.

    >>> [round(gate_multiplier(order), 7) for order in (1, 2, 3)]
    [0.3183099, 0.0, -0.1061033]
    """
    order = whole(order, "order", 0, MOST_MULTIPLIER)
    if order % 2 == 0:
        return 0.0 if order else 0.5
    return (1 if order % 4 == 1 else -1) / (math.pi * order)


def relu_multiplier(order: int) -> float:
    """c_m, the coefficients of relu(cos t) = sum_m c_m e^(i m t): 1/4 for m = 1, else 0 for odd m
    and (-1)^(m/2 + 1) / (pi (m^2 - 1)) for even m; c_(-m) = c_m.

    Raises ``HypothesisViolated`` when an argument is out of range.

    >>> [round(relu_multiplier(m), 7) for m in range(5)]
    [0.3183099, 0.25, 0.1061033, 0.0, -0.0212207]
    """
    m = whole(order, "order", 0, MOST_MULTIPLIER)
    if m % 2:
        return 0.25 if m == 1 else 0.0
    return (1 if m % 4 else -1) / (math.pi * (m * m - 1))


def tau(q: int) -> float:
    """tau_q = 1/4 - sum_{j < q} C(2j, j) / (2 pi 4^j (2j + 1)).

    For unit vectors with coherence g and (N - 1) g^(2q + 2) <= 1/2 the least eigenvalue of
    :func:`gate_kernel` is at least tau_q / 2: proposition ``thm-two_layer-ntk``.

    Raises ``HypothesisViolated`` when an argument is out of range.

    >>> [round(tau(q), 7) for q in range(4)]
    [0.25, 0.0908451, 0.0643192, 0.0523826]
    """
    total, term = 0.25, 1 / (2 * math.pi)  # term: C(2j, j) / (2 pi 4^j)
    for j in range(whole(q, "q", 0, MOST_TERMS)):
        total -= term / (2 * j + 1)
        term *= (2 * j + 1) / (2 * j + 2)
    return total


def kappa(order: int, tau: Any = 0) -> float:
    """E he_p(s) Phi(s / tau) = (1 + tau^2)^(-p/2) He_(p-1)(0) / sqrt(2 pi p!), for a Gaussian s and
    odd p = ``order``: the part of order p in a gate that is smoothed by a bias of standard
    deviation ``tau``.

    Raises ``HypothesisViolated`` when an argument is out of range.

    >>> [round(kappa(order), 7) for order in (1, 3, 5)]
    [0.3989423, -0.1628675, 0.1092548]
    """
    p, bias = _order(order), as_fraction(tau)
    if bias is None or not 0 <= bias <= MOST_TAU:
        raise HypothesisViolated(f"tau: a number from 0 to {MOST_TAU} is needed, got {show(tau)}")
    double = math.prod(range(1, p - 1, 2))  # |He_(p-1)(0)| = (p - 2)!!
    sign = -1 if p % 4 == 3 else 1
    at_zero = sign * double / math.sqrt(2 * math.pi * math.factorial(p))
    return at_zero * (1 + float(bias) ** 2) ** (-p / 2)


# -- promises for a data set ----------------------------------------------------------------------


@dataclass(frozen=True)
class Dispersion:
    """What theorem ``thm-two_layer-ntk`` needs to know about points, divided by their largest norm.

    coherence: gamma, the largest |cos| of an angle between two points; 0 for one point
    largest:   lambda, the largest eigenvalue of the Gram matrix
    least:     mu, the least eigenvalue of the kernel H; 0 where rounding leaves its sign open
    """

    N: int
    d: int
    coherence: float
    largest: float
    least: float

    @property
    def contraction(self) -> float:
        """The share of the squared error that a step removes at least, in expectation."""
        return self.least / self.largest


@dataclass(frozen=True)
class HermiteDispersion(Dispersion):
    """What theorem ``thm-two_layer-hermite`` needs to know about points on a sphere, of radius 1
    after division by their norms; with G the Gram matrix and o its entrywise powers.

    order, tau: p, and the standard deviation of the biases
    least:      mu, the least eigenvalue of G o(p + 1)
    power:      M, the largest eigenvalue of G o p
    next_power: M', the largest eigenvalue of G o(p + 1)
    """

    order: int
    tau: float
    power: float
    next_power: float

    @property
    def kappa(self) -> float:
        """The part of order p in a smoothed gate: :func:`kappa`."""
        return kappa(self.order, self.tau)

    @property
    def rate(self) -> float:
        """eta = 3 kappa / (4 lambda), the factor of a step."""
        return 3 * self.kappa / (4 * self.largest)

    @property
    def contraction(self) -> float:
        """(9/16) kappa^2 mu / lambda: the share of the squared error that a step removes at least,
        in expectation."""
        return 9 / 16 * self.kappa**2 * self.least / self.largest

    @property
    def reach(self) -> float:
        """c_0, by which :func:`hermite_step` is bounded."""
        spread = self.power**1.5 * 3.0**self.order
        constant = 6 * math.sqrt(2 * math.pi * math.e)
        square = self.tau**2 * abs(self.kappa) * self.least / spread
        return math.sqrt(constant * square / (4 * math.sqrt(2)))


def dispersion(dataset: Dataset) -> Dispersion:
    """How well the points are dispersed, as random gates see it (theorem ``thm-two_layer-ntk``).

    Repeated points count once.  The points may have any norms.  Takes time of the order of N^3.

    Raises ``HypothesisViolated`` for more than 5000 points, or more than fit into memory.

    >>> spread = dispersion(Dataset([[1.0, 0.0], [0.6, 0.8]], [0, 1]))
    >>> round(spread.coherence, 7), round(spread.largest, 7), round(spread.least, 7)
    (0.6, 1.6, 0.2885502)
    >>> steps(spread, error=0.01, failure=0.1)
    39
    """
    points, norms = _directions(dataset)
    N, d = points.shape
    e = (d + 8) * _ULP  # of an inner product of two directions
    cosines = np.clip(points @ points.T, -1, 1)
    np.fill_diagonal(cosines, 1)
    products = norms[:, None] * norms
    # arcsin is steep near 1: an error e of its argument is magnified
    magnified = 5 * e / np.sqrt(np.maximum(1 - cosines * cosines, e))
    np.fill_diagonal(magnified, 0)
    slack = N * 2 * e + float((products * magnified).sum(axis=1).max())
    largest = _extremes(products * cosines)[1] + N * 2 * e
    least = _extremes(products * gate_kernel(cosines))[0] - slack
    return Dispersion(N, d, _coherence(cosines, e), largest, max(least, 0.0))


def hermite_dispersion(dataset: Dataset, order: int = 3, tau: Any = 1) -> HermiteDispersion:
    """The same for coarse steps with a Hermite polynomial of odd ``order`` and biases of standard
    deviation ``tau``, in units of the radius.

    The theorem is about points on a sphere.  Norms that agree up to a relative 1e-3 are accepted,
    and the promise is then for the points divided by their norms.

    Raises ``HypothesisViolated`` also for points that are on no sphere.
    """
    order, bias = _order(order), as_fraction(tau)
    if bias is None or not 1 / MOST_TAU <= bias <= MOST_TAU:
        raise HypothesisViolated(
            f"tau: a number from {1 / MOST_TAU} to {MOST_TAU} is needed, got {show(tau)}"
        )
    points, norms = _directions(dataset)
    if norms.min() < 1 - SPHERE:
        raise HypothesisViolated(
            f"dataset: points on a sphere are needed, up to a relative {SPHERE}; a norm is "
            f"{norms.min():.6g} times the largest"
        )
    N, d = points.shape
    e = (d + 8) * _ULP
    cosines = np.clip(points @ points.T, -1, 1)
    np.fill_diagonal(cosines, 1)
    power = _extremes(cosines**order)[1]
    least, next_power = _extremes(cosines ** (order + 1))
    slack = N * (order + 2) * e
    return HermiteDispersion(
        N,
        d,
        _coherence(cosines, e),
        _extremes(cosines)[1] + slack,
        max(least - slack, 0.0),
        order,
        float(bias),
        power + slack,
        next_power + slack,
    )


def steps(spread: Dispersion, *, error: Any, failure: Any = 0.5) -> int:
    """K = ceil(ln(1 / (error failure)) / contraction): after so many independent steps, of two
    neurons each, sum (f(x_i) - y_i)^2 <= ``error`` sum y_i^2 with probability at least
    1 - ``failure``.

    ``spread`` is a :func:`dispersion` (theorem ``thm-two_layer-ntk``) or a
    :func:`hermite_dispersion` (theorem ``thm-two_layer-hermite``).

    Raises ``HypothesisViolated`` when an argument is out of range, or the least eigenvalue is zero.
    """
    if not isinstance(spread, Dispersion):
        raise HypothesisViolated(f"spread: a Dispersion is needed, got {show(spread)}")
    error, failure = (
        between(value, name, 0, 1, closed=True)
        for value, name in ((error, "error"), (failure, "failure"))
    )
    if spread.contraction == 0:
        raise HypothesisViolated(
            "spread: its least eigenvalue is 0, up to rounding, and no rate is known; some points "
            "are too close to one direction"
        )
    return math.ceil((0 - math.log(error) - math.log(failure)) / spread.contraction * _OUTWARDS)


def hermite_step(spread: HermiteDispersion, residual: Any) -> float:
    """The largest h that theorem ``thm-two_layer-hermite`` admits for this residual r:
    h^2 (max r_i^2 + sqrt(N) gamma^3 |r|^2) = c_0^2.  In units of the radius.

    Raises ``HypothesisViolated`` when ``residual`` is not N finite numbers, or zero.
    """
    largest, shape = _residual(spread, residual)
    peak = 1 + math.sqrt(spread.N) * spread.coherence**3 * float(shape @ shape)
    return spread.reach / math.sqrt(peak) / largest / _OUTWARDS


def step_weight(spread: HermiteDispersion, residual: Any) -> float:
    """What the two neurons of a step of length :func:`hermite_step` add to the total weight at
    most, in expectation: |eta| (sqrt(d + tau^2) / h + sqrt(M') |r|).  In units of the radius;
    raises as :func:`hermite_step`.
    """
    base = math.sqrt(spread.d + spread.tau**2) / hermite_step(spread, residual)
    largest, shape = _residual(spread, residual)
    moved = math.sqrt(spread.next_power) * largest * float(np.linalg.norm(shape))
    return abs(spread.rate) * (base + moved) * _OUTWARDS


# -- arguments ------------------------------------------------------------------------------------


def _directions(dataset: Any) -> tuple[np.ndarray, np.ndarray]:
    """The distinct points divided by their norms, and the norms divided by the largest."""
    if not isinstance(dataset, Dataset):
        raise HypothesisViolated(f"dataset: a Dataset is needed, got {show(dataset)}")
    dataset = dataset.distinct()
    if dataset.N > MOST_POINTS:
        raise HypothesisViolated(
            f"dataset: eigenvalues of up to {MOST_POINTS} points are computed, in time of the "
            f"order of N^3, got N = {dataset.N}"
        )
    check_memory(8 * 8 * dataset.N**2, f"dataset: the kernels of N = {dataset.N} points")
    points = unit_box(dataset.points)[0]
    sizes = np.abs(points).max(axis=1, keepdims=True)  # keeps squares from underflow
    if not sizes.any():
        raise HypothesisViolated("dataset: a point other than 0 is needed, got only 0")
    points = points / np.where(sizes > 0, sizes, 1)
    lengths = np.maximum(np.sqrt((points**2).sum(axis=1)), 1)  # 0 stays 0
    norms = lengths * sizes[:, 0]
    return points / lengths[:, None], norms / norms.max()


def _residual(spread: Any, residual: Any) -> tuple[float, np.ndarray]:
    """The largest absolute value, and the residual divided by it, so that squares stay in range."""
    if not isinstance(spread, HermiteDispersion):
        raise HypothesisViolated(f"spread: a HermiteDispersion is needed, got {show(spread)}")
    array = np.asarray(numbers_of("residual", residual, fractions=True), dtype=np.float64)
    if array.shape != (spread.N,) or not array.any():
        raise HypothesisViolated(
            f"residual: {spread.N} numbers, not all 0, are needed, got {show(residual)}"
        )
    largest = float(np.abs(array).max())
    return largest, array / largest


def _extremes(matrix: np.ndarray) -> tuple[float, float]:
    """The least and the largest eigenvalue of a symmetric matrix."""
    values = np.linalg.eigvalsh(matrix)
    return float(values[0]), float(values[-1])


def _coherence(cosines: np.ndarray, e: float) -> float:
    off = np.abs(cosines - np.eye(len(cosines)))
    return min(float(off.max()) + (e if len(off) > 1 else 0.0), 1.0)


def _cosines(values: Any, name: str) -> np.ndarray:
    array = np.asarray(numbers_of(name, values, fractions=True), dtype=np.float64)
    if not (np.abs(array) <= 1).all():
        raise HypothesisViolated(
            f"{name}: inner products of unit vectors are from -1 to 1, got {show(values)}"
        )
    return array


def _order(p: Any) -> int:
    p = whole(p, "order", 1)
    if p % 2 == 0 or p > MOST_ORDER:
        raise HypothesisViolated(
            f"order: an odd number up to {MOST_ORDER} is needed, got {show(p)}"
        )
    return p
