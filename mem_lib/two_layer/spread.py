"""How well the points of a data set are spread out, and what that promises for residual fits.

With mu = lambda_min of the kernel of a step and lambda the largest eigenvalue of the Gram matrix, a
step removes a share of the order of mu / lambda of the squared error, in expectation: for gates
``thm-two_layer-ntk``, which holds for points of any norms; for coarse Hermite steps
``thm-two_layer-hermite``, for points on a sphere.

Floating point: eigenvalues are computed in binary64 and moved outwards by a bound of their error,
so that nothing that follows from them promises too much.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from mem_lib._base.arguments import between, instance
from mem_lib._base.dyadic import unit_box
from mem_lib._base.memory import check_memory
from mem_lib._base.numbers import as_fraction, floats_of
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated, InvalidArgument, TooLarge, shown
from mem_lib.two_layer.kernels import MOST_TAU, gate_kernel, kappa, odd_order

#: More is refused by :func:`dispersion`: eigenvalues take time of the order of N^3.
MOST_POINTS = 5000
#: Norms that differ by less, relatively, count as those of a sphere.
SPHERE = 1e-3
_ULP = 2.0**-52
_OUTWARDS = 1 + 1e-12


@dataclass(frozen=True)
class Dispersion:
    """What theorem ``thm-two_layer-ntk`` needs to know about points, divided by their largest norm.

    coherence: gamma, the largest |cos| of an angle between two points; 0 for one point
    largest:   lambda, the largest eigenvalue of the Gram matrix
    least:     mu, the least eigenvalue of the kernel H; 0 where rounding leaves its sign open
    zero:      the row of the point 0, if it is among the distinct points: then mu = 0
    """

    N: int
    d: int
    coherence: float
    largest: float
    least: float
    zero: int | None = field(default=None, kw_only=True)

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

    Repeated points count once.  The points may have any norms; a point 0, which no gate moves,
    makes the least eigenvalue 0.  Takes time of the order of N^3.

    Raises ``InvalidArgument`` when ``dataset`` is none, ``TooLarge`` for more than 5000 points, or
    more than fit into memory, ``HypothesisViolated`` where only the origin is given.

    >>> spread = dispersion(Dataset([[1.0, 0.0], [0.6, 0.8]], [0, 1]))
    >>> round(spread.coherence, 7), round(spread.largest, 7), round(spread.least, 7)
    (0.6, 1.6, 0.2885502)
    >>> steps_needed(spread, relative_error=0.01, failure=0.1)
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
    zero = None if norms.all() else int(np.argmin(norms))
    return Dispersion(N, d, _coherence(cosines, e), largest, max(least, 0.0), zero=zero)


def hermite_dispersion(
    dataset: Dataset, order: int = 3, tau: float | Fraction = 1
) -> HermiteDispersion:
    """The same for coarse steps with a Hermite polynomial of odd ``order``, at most 99, and biases
    of standard deviation ``tau``, in units of the radius (theorem ``thm-two_layer-hermite``).

    The theorem is about points on a sphere.  Norms that agree up to a relative 1e-3 are accepted,
    and the promise is then for the points divided by their norms.

    Raises ``InvalidArgument`` when an argument is of the wrong kind or out of range, ``TooLarge``
    for more than 5000 points, or more than fit into memory, ``HypothesisViolated`` where only the
    origin is given, or points on no sphere.

    >>> spread = hermite_dispersion(Dataset([[1.0, 0.0], [0.6, 0.8]], [0, 1]))
    >>> round(spread.power, 7), round(spread.next_power, 7), round(spread.least, 7)
    (1.216, 1.1296, 0.8704)
    """
    order, bias = odd_order(order), as_fraction(tau)
    if bias is None or not 1 / MOST_TAU <= bias <= MOST_TAU:
        raise InvalidArgument(
            f"tau: a number from {1 / MOST_TAU} to {MOST_TAU} is needed, got {shown(tau)}"
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


def steps_needed(spread: Dispersion, *, relative_error: float, failure: float = 0.5) -> int:
    """K = ceil(ln(1 / (relative_error failure)) / contraction): after so many independent steps, of
    two neurons each, sum (f(x_i) - y_i)^2 <= ``relative_error`` sum y_i^2 with probability at least
    1 - ``failure``.

    ``spread`` is a :func:`dispersion` (theorem ``thm-two_layer-ntk``) or a
    :func:`hermite_dispersion` (theorem ``thm-two_layer-hermite``).

    Raises ``InvalidArgument`` when an argument is out of range, ``HypothesisViolated`` when the
    least eigenvalue is zero.

    >>> spread = dispersion(Dataset([[1, 0], [0, 1]], [0, 1]))    # mu = 1/2, lambda = 1
    >>> steps_needed(spread, relative_error=0.01), steps_needed(spread, relative_error=0.001)
    (11, 16)
    """
    instance(spread, "spread", Dispersion)
    share = between(relative_error, "relative_error", 0, 1, closed=True)
    chance = between(failure, "failure", 0, 1, closed=True)
    if spread.zero is not None:
        raise HypothesisViolated(
            f"spread: points other than 0 are needed, but row {spread.zero} of the distinct points "
            "is 0; no gate moves it, so no number of steps is known"
        )
    if spread.contraction == 0:
        raise HypothesisViolated(
            "spread: its least eigenvalue is 0, up to rounding, or its rate below all floats, and "
            "no number of steps is known; some points are too close to one direction"
        )
    return math.ceil((0 - math.log(share) - math.log(chance)) / spread.contraction * _OUTWARDS)


def hermite_step(spread: HermiteDispersion, residual: ArrayLike) -> float:
    """The largest h that theorem ``thm-two_layer-hermite`` admits for this residual r:
    h^2 (max r_i^2 + sqrt(N) gamma^3 |r|^2) = c_0^2.  In units of the radius.

    residual : (N,) numbers, not all 0: what the distinct points still miss.

    Raises ``InvalidArgument`` when ``spread`` is no HermiteDispersion, or ``residual`` is zero,
    beyond the range of floats or of another shape; ``InvalidDataset`` when it holds something else
    than finite numbers; ``HypothesisViolated`` when the least eigenvalue is zero.

    >>> spread = hermite_dispersion(Dataset([[1, 0], [0, 1]], [0, 1]))    # gamma = 0
    >>> [round(hermite_step(spread, r), 6) for r in ([1, -1], [2, -2])]
    [0.096687, 0.048344]
    """
    largest, shape = _residual(spread, residual)
    if spread.least == 0:
        raise HypothesisViolated(
            "spread: its least eigenvalue is 0, up to rounding, and no step is admitted; some "
            "points are too close to one direction"
        )
    peak = 1 + math.sqrt(spread.N) * spread.coherence**3 * float(shape @ shape)
    step = spread.reach / math.sqrt(peak) / largest / _OUTWARDS
    if step == math.inf:
        raise InvalidArgument(
            f"residual: its step leaves the range of floats, got {shown(residual)}"
        )
    return step


def step_weight(spread: HermiteDispersion, residual: ArrayLike) -> float:
    """What the two neurons of a step of length :func:`hermite_step` add to the total weight at
    most, in expectation: |eta| (sqrt(d + tau^2) / h + sqrt(M') |r|); summed up in theorem
    ``thm-two_layer-hermite``.  In units of the radius.

    residual : (N,) numbers, not all 0: what the distinct points still miss.

    Raises ``InvalidArgument`` when ``spread`` is no HermiteDispersion, or ``residual`` is zero,
    beyond the range of floats or of another shape; ``InvalidDataset`` when it holds something else
    than finite numbers; ``HypothesisViolated`` when the least eigenvalue is zero.

    >>> spread = hermite_dispersion(Dataset([[1, 0], [0, 1]], [0, 1]))
    >>> [round(step_weight(spread, r), 4) for r in ([1, -1], [2, -2])]
    [0.8347, 1.6694]
    """
    base = math.sqrt(spread.d + spread.tau**2) / hermite_step(spread, residual)
    largest, shape = _residual(spread, residual)
    moved = math.sqrt(spread.next_power) * largest * float(np.linalg.norm(shape))
    return abs(spread.rate) * (base + moved) * _OUTWARDS


def _directions(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """The distinct points divided by their norms, and the norms divided by the largest."""
    dataset = instance(dataset, "dataset", Dataset).distinct()
    if dataset.N > MOST_POINTS:
        raise TooLarge(
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


def _residual(spread: HermiteDispersion, residual: ArrayLike) -> tuple[float, np.ndarray]:
    """The largest absolute value, and the residual divided by it, so that squares stay in range."""
    instance(spread, "spread", HermiteDispersion)
    array = floats_of("residual", residual)
    if array.shape != (spread.N,) or not array.any():
        raise InvalidArgument(
            f"residual: {spread.N} numbers, not all 0, are needed, got {shown(residual)}"
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
