"""Kernels of random neurons.

A random gate 1[<u, x> > 0] correlates two points x, y at the angle arccos(rho) as
P(both open) = 1/4 + arcsin(rho) / (2 pi).  The gates carry linear maps, so the kernel of a step is
H = (1/4 + arcsin(rho) / (2 pi)) <x, y>.  Coarse Hermite steps of order p see the powers
<x, y>^(p+1) instead; harmonic steps see F_l (``thm-two_layer-harmonic``), which begins with the
power l.  What follows for a data set: :mod:`.spread`.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from mem_lib._base.arguments import integer_in
from mem_lib._base.numbers import as_fraction, floats_of
from mem_lib.errors import InvalidArgument, shown

#: Harmonic orders beyond leave the range of floats.
MOST_HARMONIC = 170
#: The same for the orders of multipliers.
MOST_MULTIPLIER = 10**150
#: Terms of a sum that :func:`tau` adds up at most.
MOST_TERMS = 10**7
#: Orders of Hermite polynomials; beyond, their constants leave the range of floats.
MOST_ORDER = 99
#: The same for biases.
MOST_TAU = 1e50


def gate_kernel(G: ArrayLike) -> np.ndarray:
    """(1/4 + arcsin(G) / (2 pi)) G, entry by entry, for inner products of unit vectors.

    E sum_ij r_i r_j 1[<u, x_i> > 0] 1[<u, x_j> > 0] <x_i, x_j> = r^T gate_kernel(G) r for a
    Gaussian u: what theorem ``thm-two_layer-ntk`` is about.  Any shape, which the result has too.

    Raises ``InvalidArgument`` for numbers beyond -1 and 1, ``InvalidDataset`` for other
    things.

    >>> gate_kernel([[1.0, 0.6], [0.6, 1.0]]).round(7).tolist()
    [[0.5, 0.2114498], [0.2114498, 0.5]]
    """
    G = cosines(G, "G")
    return (0.25 + np.arcsin(G) / (2 * math.pi)) * G


def harmonic_kernel(order: int, rho: ArrayLike) -> np.ndarray:
    """F_l(rho) for l = ``order``: E exp(i l (theta_x - theta_y)), theta the phases of <w, x> and
    <w, y>, for unit vectors with <x, y> = rho and a complex Gaussian w.  It is what harmonic steps
    see of the points: theorem ``thm-two_layer-harmonic``.

    F_l(rho) = Gamma(1 + l/2)^2 / Gamma(l + 1) rho^l 2F1(l/2, l/2; l + 1; rho^2); F_l(1) = 1.

    Raises ``InvalidArgument`` for numbers beyond -1 and 1 and an order out of range,
    ``InvalidDataset`` for other things.

    >>> harmonic_kernel(1, [0.3, 0.6, 0.9]).round(6).tolist()
    [0.238364, 0.496002, 0.820436]
    """
    from scipy.special import gammaln, hyp2f1

    order, rho = integer_in(order, "order", 0), cosines(rho, "rho")
    if order > MOST_HARMONIC:
        raise InvalidArgument(
            f"order: computed up to {MOST_HARMONIC} in floating point, got {shown(order)}"
        )
    front = math.exp(2 * gammaln(1 + order / 2) - gammaln(order + 1))
    return front * rho**order * hyp2f1(order / 2, order / 2, order + 1, rho * rho)


def gate_multiplier(order: int) -> float:
    """s_l = sin(pi l / 2) / (pi l), the coefficients of 1[cos t > 0] = sum_l s_l e^(i l t);
    s_0 = 1/2, and s_(-l) = s_l.  Theorem ``thm-two_layer-harmonic`` takes s_l for odd l.

    Raises ``InvalidArgument`` when an argument is out of range.

    >>> [round(gate_multiplier(order), 7) for order in (1, 2, 3)]
    [0.3183099, 0.0, -0.1061033]
    """
    order = integer_in(order, "order", 0, MOST_MULTIPLIER)
    if order % 2 == 0:
        return 0.0 if order else 0.5
    return (1 if order % 4 == 1 else -1) / (math.pi * order)


def relu_multiplier(order: int) -> float:
    """c_m, the coefficients of relu(cos t) = sum_m c_m e^(i m t): 1/4 for m = 1, else 0 for odd m
    and (-1)^(m/2 + 1) / (pi (m^2 - 1)) for even m; c_(-m) = c_m.

    Raises ``InvalidArgument`` when an argument is out of range.

    >>> [round(relu_multiplier(m), 7) for m in range(5)]
    [0.3183099, 0.25, 0.1061033, 0.0, -0.0212207]
    """
    m = integer_in(order, "order", 0, MOST_MULTIPLIER)
    if m % 2:
        return 0.25 if m == 1 else 0.0
    return (1 if m % 4 else -1) / (math.pi * (m * m - 1))


def tau(q: int) -> float:
    """tau_q = 1/4 - sum_{j < q} C(2j, j) / (2 pi 4^j (2j + 1)).

    For unit vectors with coherence g and (N - 1) g^(2q + 2) <= 1/2 the least eigenvalue of
    :func:`gate_kernel` is at least tau_q / 2: proposition ``thm-two_layer-ntk``.

    Raises ``InvalidArgument`` when an argument is out of range.

    >>> [round(tau(q), 7) for q in range(4)]
    [0.25, 0.0908451, 0.0643192, 0.0523826]
    """
    total, term = 0.25, 1 / (2 * math.pi)  # term: C(2j, j) / (2 pi 4^j)
    for j in range(integer_in(q, "q", 0, MOST_TERMS)):
        total -= term / (2 * j + 1)
        term *= (2 * j + 1) / (2 * j + 2)
    return total


def kappa(order: int, tau: float | Fraction = 0) -> float:
    """E he_p(s) Phi(s / tau) = (1 + tau^2)^(-p/2) He_(p-1)(0) / sqrt(2 pi p!), for a Gaussian s and
    odd p = ``order``: the part of order p in a gate that is smoothed by a bias of standard
    deviation ``tau`` (theorem ``thm-two_layer-hermite``).

    Raises ``InvalidArgument`` when ``order`` is even, below 1 or above 99, or ``tau`` out of range.

    >>> [round(kappa(order), 7) for order in (1, 3, 5)]
    [0.3989423, -0.1628675, 0.1092548]
    """
    p, bias = odd_order(order), as_fraction(tau)
    if bias is None or not 0 <= bias <= MOST_TAU:
        raise InvalidArgument(f"tau: a number from 0 to {MOST_TAU} is needed, got {shown(tau)}")
    double = math.prod(range(1, p - 1, 2))  # |He_(p-1)(0)| = (p - 2)!!
    sign = -1 if p % 4 == 3 else 1
    at_zero = sign * double / math.sqrt(2 * math.pi * math.factorial(p))
    return at_zero * (1 + float(bias) ** 2) ** (-p / 2)


def cosines(values: ArrayLike, name: str) -> np.ndarray:
    """Numbers from -1 to 1."""
    array = floats_of(name, values)
    if not (np.abs(array) <= 1).all():
        raise InvalidArgument(
            f"{name}: inner products of unit vectors are from -1 to 1, got {shown(values)}"
        )
    return array


def odd_order(p: int) -> int:
    """The order of a Hermite polynomial that a gate has a part of."""
    p = integer_in(p, "order", 1)
    if p % 2 == 0 or p > MOST_ORDER:
        raise InvalidArgument(f"order: an odd number up to {MOST_ORDER} is needed, got {shown(p)}")
    return p
