r"""The steps of a residual fit: from what is left to a few neurons that lower it.

A step draws a Gaussian direction u, looks at the residual r through a multiplier m_i of each point,
and moves along v = sum_i r_i m_i x_i:

* a *gate* takes m_i = 1 where <u, x_i> > 0, else 0.  The derivative of relu(<u + h v, x>) by h at
  h = 0 is <v, x> behind the gate, and its product with the residual is |v|^2: it helps.
* *Hermite* takes m_i = he_p(<u, x_i>), p odd, the normalised Hermite polynomial.
* *harmonic* takes a complex direction w = u + i u' and m_i = exp(-i l theta_i), l = m - 1 odd,
  theta_i the angle of <w, x_i>.

The neurons are a finite difference with step h:

* one-sided, (relu(<u + h v, x>) - relu(<u, x>)) / h, which is off by a term of order h;
* antisymmetric, (relu(<u + h v, x>) - relu(<u - h v, x>)) / 2h, which loses all even orders;
* J phases, sum_j cos(beta_j) relu(Re <w + h e^{-i beta_j} v, x>) / J h at equally spaced beta_j,
  which keeps the terms (h v)^a (h conj v)^b with a - b = 1 or -1 modulo J.  With J = 2 and
  beta_0 = 0 it is the antisymmetric pair with direction Re v.

``coarseness`` is the root mean square of h <v, x_i>, for points of norm 1.  The one-sided pair also
knows an exact h, half the largest for which no neuron changes its sign at a data point; the pair
then equals <v, x> behind the gate at all of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from mem_lib.exact.device import Array
from mem_lib.two_layer.kernels import gate_kernel, harmonic_kernel
from mem_lib.two_layer.residual.points import FitPoints


class Draw(NamedTuple):
    """What a step draws."""

    u: np.ndarray  # Gaussian vectors, (vectors, D)
    products: Sequence[Array]  # of each vector with the points, (N,) on the device
    phase: float  # uniform in [0, 2 pi)


class Bundle(NamedTuple):
    """sum_j outer[j] relu(<rows[j], p>), before the step size."""

    rows: np.ndarray  # (neurons, D)
    outer: np.ndarray  # (neurons,)
    spread: float  # the largest coordinate of h v, by which the rows differ


@dataclass(frozen=True)
class Step:
    """Gates and one-sided pairs; the classes below say what they do otherwise.

    coarseness: None for the exact h
    order:      p of Hermite, m of harmonic
    neurons:    in a bundle; J of harmonic
    tau:        of Hermite: neurons get biases b ~ N(0, tau^2), for points of norm 1, which the
                multiplier does not see and v does not move
    """

    coarseness: float | None
    order: int = 0
    neurons: int = 2
    tau: float = 0.0

    vectors: ClassVar[int] = 1

    def bundle(self, cloud: FitPoints, residual: Array, draw: Draw) -> Bundle | None:
        """The neurons; None where v vanishes at all points."""
        v = self.direction(cloud, residual, draw)
        h = self._length(cloud, v, draw)
        return self.difference(draw.u[0], v, h) if h else None

    def direction(self, cloud: FitPoints, residual: Array, draw: Draw) -> np.ndarray:
        """v."""
        return cloud.device.get(cloud.points @ ((draw.products[0] > 0) * residual))

    def difference(self, u: np.ndarray, v: np.ndarray, h: float) -> Bundle:
        """The finite difference at u along v."""
        return Bundle(np.stack([u + h * v, u]), np.array([1.0, -1.0]) / h, _spread(h, v))

    def kernel(self, gram: np.ndarray) -> np.ndarray:
        """The mean of m_i conj(m_j) <x_i, x_j> over the draws, for points of norm 1."""
        return gate_kernel(gram)

    def _length(self, cloud: FitPoints, v: np.ndarray, draw: Draw) -> float:
        """h; 0 where v vanishes at all points."""
        if self.coarseness is None:
            return _exact_length(cloud, v, draw.products[0])
        move = cloud.mean_move(v)
        return self.coarseness * cloud.size / move if move else 0.0


class TwoSided(Step):
    """Two sides."""

    def difference(self, u: np.ndarray, v: np.ndarray, h: float) -> Bundle:
        rows = np.stack([u + h * v, u - h * v])
        return Bundle(rows, np.array([0.5, -0.5]) / h, _spread(h, v))


class HermiteStep(TwoSided):
    """The multiplier he_p(<u, x>)."""

    def direction(self, cloud: FitPoints, residual: Array, draw: Draw) -> np.ndarray:
        t = draw.products[0]
        if self.tau:
            t = t - cloud.constant * float(draw.u[0, -1])
        v = cloud.device.get(cloud.points @ (hermite(self.order, t / cloud.norms) * residual))
        if self.tau:
            v[-1] = 0.0
        return v

    def kernel(self, gram: np.ndarray) -> np.ndarray:
        return gram ** (self.order + 1)


class HarmonicStep(TwoSided):
    """The multiplier exp(-i (m - 1) theta)."""

    vectors = 2

    def bundle(self, cloud: FitPoints, residual: Array, draw: Draw) -> Bundle | None:
        if self.neurons == 2:
            return super().bundle(cloud, residual, draw)
        real, imaginary = self.parts(cloud, residual, draw)
        h = self._length(cloud, real, draw)
        return self.circle(draw.u[0], real, imaginary, h, draw.phase) if h else None

    def circle(
        self, u: np.ndarray, real: np.ndarray, imaginary: np.ndarray, h: float, phase: float
    ) -> Bundle:
        """The combination of phases for v = real + i imaginary."""
        beta = phase + 2 * math.pi * np.arange(self.neurons) / self.neurons
        moves = np.cos(beta)[:, None] * real + np.sin(beta)[:, None] * imaginary
        return Bundle(u + h * moves, np.cos(beta) / (self.neurons * h), _spread(h, moves))

    def direction(self, cloud: FitPoints, residual: Array, draw: Draw) -> np.ndarray:
        """Re v."""
        cosine, _ = harmonic(self.order - 1, *draw.products)
        return cloud.device.get(cloud.points @ (cosine * residual))

    def parts(self, cloud: FitPoints, residual: Array, draw: Draw) -> tuple[np.ndarray, np.ndarray]:
        """Re v and Im v."""
        cosine, sine = harmonic(self.order - 1, *draw.products)
        get = cloud.device.get
        return get(cloud.points @ (cosine * residual)), -get(cloud.points @ (sine * residual))

    def kernel(self, gram: np.ndarray) -> np.ndarray:
        return harmonic_kernel(self.order - 1, gram) * gram


def hermite(p: int, t: Array) -> Array:
    """he_p(t) = He_p(t) / sqrt(p!) for p >= 1; its mean square under N(0, 1) is 1."""
    before, value = t * 0 + 1, t
    for n in range(1, p):
        before, value = value, (t * value - math.sqrt(n) * before) / math.sqrt(n + 1)
    return value


def harmonic(k: int, real: Array, imaginary: Array) -> tuple[Array, Array]:
    """cos(k theta) and sin(k theta) for k >= 1, theta the angle of real + i imaginary."""
    length = (real * real + imaginary * imaginary) ** 0.5
    cosine, sine = real / length, imaginary / length
    c, s = cosine, sine
    for _ in range(k - 1):
        c, s = c * cosine - s * sine, s * cosine + c * sine
    return c, s


def drawn(
    step: Step, cloud: FitPoints, seed: int, block: int, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Block number ``block`` of the draws: Gaussians (size, vectors, D) and phases (size,).

    They depend on the seed and on nothing that was drawn before.
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(block,)))
    u = rng.standard_normal((size, step.vectors, cloud.D))
    if step.tau:
        u[:, :, -1] *= step.tau * cloud.size / cloud.constant
    return u, 2 * math.pi * rng.random(size)


def rounded(bundle: Bundle, bits: int) -> tuple[np.ndarray, int]:
    """The rows as integers times 2^exponent, all on one grid.

    The grid gives ``bits`` bits to the largest coordinate of h v, and no coordinate of a row more
    than 52, so that the rounded rows are floats.
    """
    finest = math.frexp(bundle.spread)[1] - bits
    exponent = max(finest, math.frexp(float(np.abs(bundle.rows).max()))[1] - 52)
    return np.rint(np.ldexp(bundle.rows, -exponent)).astype(np.int64), exponent


def _exact_length(cloud: FitPoints, v: np.ndarray, products: Array) -> float:
    moves = cloud.device.put(v) @ cloud.points
    with np.errstate(divide="ignore", invalid="ignore"):
        fastest = float((abs(moves) / abs(products)).max())
    return 0.5 / fastest if 0 < fastest < math.inf else 0.0


def _spread(h: float, v: np.ndarray) -> float:
    return h * float(np.abs(v).max())
