r"""Pairs of neurons that look at the labels, and weigh little: what is proved about them.

One pair for alpha in R^N, the residual, say.  Points are on the unit sphere, p >= 3 is odd,
chi = max |<x_i, x_j>| over different points, nu = min(N, 1/chi^2), tau and delta are positive.

1. Clip (:func:`clipped`): a_j = alpha_j cut off at -theta and theta, where sum a_j^2 = nu theta^2;
   the signs alone, and theta = 1, where fewer than nu entries differ from 0.  h = delta/theta, and
   the *gain* is Gamma = sum |alpha_j a_j| / theta.
2. Draw u_1, ..., u_p standard Gaussian and a bias b of standard deviation tau.
   u = (u_1 + ... + u_p)/sqrt(p), v = sum_i a_i <u_1, x_i> ... <u_p, x_i> x_i.
3. The pair is g = (1/2)(-1)^((p-1)/2) [relu(<u + h v, x> + b) - relu(<u - h v, x> + b)].

If six inequalities (A)-(F) between N, chi, p, delta and tau hold (:func:`guided_conditions`), then
E <alpha, g> >= (1/2) kappa delta Gamma, E |g|^2 <= 1.1 lambda delta^2 nu, and the pair weighs
sqrt(d + tau^2 + 1.1 delta^2 nu) at most in the mean; and <alpha, y> <= D_y Gamma for every y, with
D_y = max |y_i| + chi |y|.  By duality some exact network then weighs no more than
W_y = (2/(kappa delta)) sqrt(d + tau^2 + 1.1 delta^2 nu) D_y (:func:`guided_weight`), and the mean
of K pairs, each for the residual of the mean before, finds one to the squared error
O(1/K) (:mod:`.pairs`): theorem ``thm-two_layer-guided``.

The theorem is about orders: (A)-(F) hold for random points from d of about 10^7 on.

Floating point: constants are computed in binary64, right up to about 1e-12 of themselves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from mem_lib._base.arguments import above_zero, between, integer_in, positive, probability
from mem_lib._base.numbers import floats_of
from mem_lib.errors import HypothesisViolated, InvalidArgument, shown

#: Orders p; the constants of larger ones leave the range of floats.
MOST_ORDER = 21
_OUTWARDS = 1 + 1e-12


@dataclass(frozen=True)
class GuidedConditions:
    """N points of coherence chi, pairs of order p with delta and tau; and what the six inequalities
    of theorem ``thm-two_layer-guided`` say of them.

    kappa, nu: the constants of the theorem
    sizes:     for each inequality, "A" to "F", left side / right side: it holds where that is <= 1
    """

    N: int
    chi: float
    p: int
    delta: float
    tau: float
    kappa: float
    nu: float
    sizes: dict[str, float]

    @property
    def hold(self) -> bool:
        """Whether all six hold."""
        return max(self.sizes.values()) <= 1

    @property
    def failing(self) -> tuple[str, ...]:
        """Those that do not."""
        return tuple(name for name, size in self.sizes.items() if not size <= 1)

    @property
    def factor(self) -> float:
        """2/(kappa delta)."""
        return 2 / (self.kappa * self.delta)

    def pair_weight(self, d: int) -> float:
        """sqrt(d + tau^2 + 1.1 delta^2 nu): what a pair weighs at most in the mean, in R^d."""
        return math.sqrt(d + self.tau**2 + 1.1 * self.delta**2 * self.nu) * _OUTWARDS

    def spread(self, largest_value: float, norm: float) -> float:
        """D_y = max |y_i| + chi |y|."""
        return (largest_value + self.chi * norm) * _OUTWARDS

    def error(self, largest_value: float, norm: float, largest: float) -> float:
        """D^2, D = |y| + 2.1 sqrt(lambda)/kappa (sqrt(nu) max |y_i| + |y|): the squared error of
        the mean of K pairs is at most D^2/K in the mean.  ``largest`` is lambda."""
        reach = math.sqrt(self.nu) * largest_value + norm
        return (norm + 2.1 * math.sqrt(largest) / self.kappa * reach) ** 2 * _OUTWARDS


def guided_conditions(
    N: int,
    chi: float | Fraction,
    *,
    p: int = 3,
    delta: float | Fraction | None = None,
    tau: float | Fraction | None = None,
) -> GuidedConditions:
    """The six inequalities of theorem ``thm-two_layer-guided``, with chi' = chi + chi^2 and
    theta'^2 = 1 + tau^2.  The density of the bias and its derivatives are bounded by
    psi_n = tau^(1-n) 2^((n-3)/2) Gamma((n-1)/2) / pi, and
    b_p = sqrt(2) sum_{0<k<p} sqrt(C(p, k)).

    (A) delta^2 <= theta'^2 / (8 p)
    (B) 1.21 delta^2 psi_3 (2 sqrt(2/pi))^p / 6 <= kappa / 12
    (C) (1 + chi sqrt(N)) N chi^(p+1) <= 1/10
    (D) sum_{n=2}^{p-1} psi_(n+1)/n! n^((n+1) p/2) (delta b_p sqrt(chi))^n <= kappa / 20
    (E) (1 + chi sqrt(N)) chi^(p/2) sum_{n=2}^{p} psi_n/n! (n-1)^(n p/2) (delta b_p)^n
        <= kappa delta / 10
    (F) N chi'^p <= 1

    Parameters
    ----------
    N : different points of the unit sphere.
    chi : at least the largest |<x_i, x_j>| of two of them, from 0 to 1.
    p : odd, from 3 to 21.
    delta : any positive number.  Default: the largest with (A) and (B).
    tau : standard deviation of the biases.  Default: 1/sqrt(1.5 p - 1).

    Raises ``InvalidArgument`` when an argument is out of range.

    >>> N, d = 60_000_000, 30_000_000
    >>> found = guided_conditions(N, random_coherence(N, d, failure=0.01))
    >>> found.hold, round(found.factor)
    (True, 548)
    >>> guided_conditions(300, 0.6).failing
    ('C', 'D', 'E', 'F')
    """
    N, p = integer_in(N, "N", 1, 10**30), _order(p)
    coherence = 0.0 if chi == 0 else between(chi, "chi", 0, 1, closed=True)
    bias = 1 / math.sqrt(1.5 * p - 1) if tau is None else above_zero(tau, "tau")
    kappa = _kappa(p, bias)
    third = _psi(3, bias) * (2 * math.sqrt(2 / math.pi)) ** p
    roots = (math.sqrt((1 + bias**2) / (8 * p)), math.sqrt(kappa / (2 * 1.21 * third)))
    step = min(roots) / _OUTWARDS if delta is None else above_zero(delta, "delta")
    nu = float(N) if coherence == 0 else min(float(N), coherence**-2)
    b = math.sqrt(2) * sum(math.sqrt(math.comb(p, k)) for k in range(1, p))
    near, wide = step * b * math.sqrt(coherence), step * b
    second = sum(
        _psi(n + 1, bias) / math.factorial(n) * n ** ((n + 1) * p / 2) * near**n
        for n in range(2, p)
    )
    first = sum(
        _psi(n, bias) / math.factorial(n) * (n - 1) ** (n * p / 2) * wide**n
        for n in range(2, p + 1)
    )
    crowd = 1 + coherence * math.sqrt(N)
    sizes = {
        "A": step**2 * 8 * p / (1 + bias**2),
        "B": 2 * 1.21 * step**2 * third / kappa,
        "C": 10 * crowd * N * coherence ** (p + 1),
        "D": 20 * second / kappa,
        "E": 10 * crowd * coherence ** (p / 2) * first / (kappa * step),
        "F": N * (coherence + coherence**2) ** p,
    }
    return GuidedConditions(N, coherence, p, step, bias, kappa, nu, sizes)


def guided_weight(
    conditions: GuidedConditions,
    d: int,
    *,
    largest_value: float | Fraction = 1,
    norm: float | Fraction | None = None,
) -> float:
    """W_y = (2/(kappa delta)) sqrt(d + tau^2 + 1.1 delta^2 nu) (max |y_i| + chi |y|): some exact
    network for the values y weighs no more (theorem ``thm-two_layer-guided``).

    Parameters
    ----------
    conditions : :func:`guided_conditions` of the points, all of which have to hold.
    d : the dimension of the points.
    largest_value, norm : max |y_i| and |y|.  Default: those of N signs.

    Rounded upwards.  Raises ``InvalidArgument`` when an argument is out of range,
    ``HypothesisViolated`` when a condition does not hold.

    >>> N, d = 60_000_000, 30_000_000
    >>> found = guided_conditions(N, random_coherence(N, d, failure=0.01))
    >>> round(guided_weight(found, d) / N**0.5)
    5313
    """
    if not isinstance(conditions, GuidedConditions):
        raise InvalidArgument(f"conditions: GuidedConditions are needed, got {shown(conditions)}")
    if not conditions.hold:
        sizes = {name: f"{conditions.sizes[name]:.3g}" for name in conditions.failing}
        raise HypothesisViolated(
            f"conditions: all of (A) to (F) are needed; left side / right side is {sizes}"
        )
    top = float(positive(largest_value, "largest_value"))
    length = math.sqrt(conditions.N) if norm is None else float(positive(norm, "norm"))
    d = integer_in(d, "d", 1)
    reach = conditions.spread(top, length)
    return conditions.factor * conditions.pair_weight(d) * reach * _OUTWARDS


def random_coherence(N: int, d: int, *, failure: float = 0.05) -> float:
    """min(1, sqrt(2 ln(N^2/omega) / d)): so large is the coherence of N independent uniform points
    of the unit sphere at most, with probability at least 1 - omega = 1 - ``failure``.  For each of
    the pairs |<x_i, x_j>| > t has a probability of at most 2 exp(-d t^2 / 2).

    Rounded upwards.  Raises ``InvalidArgument`` when an argument is out of range.

    >>> round(random_coherence(300, 20000), 3)
    0.038
    """
    N, d = integer_in(N, "N", 1, 10**30), integer_in(d, "d", 1)
    omega = probability(failure, "failure")
    if N == 1:
        return 0.0
    return min(1.0, math.sqrt(2 * (2 * math.log(N) - math.log(omega)) / d) * _OUTWARDS)


@dataclass(frozen=True, eq=False)
class Clipped:
    """theta, a and Gamma = sum |alpha_j a_j| / theta for one alpha (``thm-two_layer-guided``)."""

    theta: float
    a: np.ndarray
    gain: float


def clipped(alpha: ArrayLike, chi: float) -> Clipped:
    """alpha cut off at -theta and theta: step 1 of a pair (theorem ``thm-two_layer-guided``).

    alpha : N finite numbers, not all 0.
    chi : from 0 to 1.

    Raises ``InvalidArgument`` for zeros or another shape, or a chi out of range; ``InvalidDataset``
    for other things than finite numbers.

    >>> cut = clipped([4.0, 1.0, 1.0, 1.0], 0.5)    # all of a^2 is to be theta^2 / chi^2
    >>> cut.theta, cut.a.tolist(), cut.gain
    (1.0, [1.0, 1.0, 1.0, 1.0], 7.0)
    >>> clipped([3, -2], 0.5).a.tolist()            # two entries are fewer than four: signs
    [1.0, -1.0]
    """
    values = floats_of("alpha", alpha)
    if values.ndim != 1 or not values.any():
        raise InvalidArgument(f"alpha: a list of numbers, not all 0, is needed, got {shown(alpha)}")
    coherence = 0.0 if chi == 0 else between(chi, "chi", 0, 1, closed=True)
    sizes = np.sort(np.abs(values[values != 0]))
    nu = math.inf if coherence == 0 else coherence**-2
    if len(sizes) < nu:
        theta, a = 1.0, np.sign(values)
    else:
        theta = _threshold(sizes, nu)
        a = np.clip(values, -theta, theta)
    return Clipped(theta, a, float(np.abs(values) @ np.abs(a)) / theta)


def _threshold(sizes: np.ndarray, nu: float) -> float:
    """The largest theta with sum min(sizes^2 / theta^2, 1) = nu <= len(sizes); ``sizes`` ascend.

    With the k least below theta it is sum of their squares = (nu - (n - k)) theta^2, and the count
    falls with theta, so k is found by halving.
    """
    n, largest = len(sizes), float(sizes[-1])
    relative = sizes / largest
    below = np.concatenate([[0.0], np.cumsum(relative**2)])
    # the count at theta = relative[k]: the first k are below it, the others count 1
    counts = below[:-1] / relative**2 + np.arange(n, 0, -1)
    k = int(np.searchsorted(-counts, -nu, side="right"))
    if k == 0:
        return float(sizes[0])
    room = nu - (n - k)
    if room <= 0:  # only where nu = n - k: any theta between the two neighbours does
        return float(sizes[k])
    return min(math.sqrt(below[k] / room), float(relative[k]) if k < n else math.inf) * largest


def _order(p: int) -> int:
    p = integer_in(p, "p", 3, MOST_ORDER)
    if p % 2 == 0:
        raise InvalidArgument(f"p: an odd number is needed, got {shown(p)}")
    return p


def _kappa(p: int, tau: float) -> float:
    """p^(-p/2) theta'^-p (p-2)!! / sqrt(2 pi)."""
    double = math.prod(range(1, p - 1, 2))
    return (p * (1 + tau**2)) ** (-p / 2) * double / math.sqrt(2 * math.pi)


def _psi(n: int, tau: float) -> float:
    return tau ** (1 - n) * 2 ** ((n - 3) / 2) * math.gamma((n - 1) / 2) / math.pi
