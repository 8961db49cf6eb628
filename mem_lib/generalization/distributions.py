"""Distributions where the truth is known.

===================== ============================= ========================================
distribution          support                       known
===================== ============================= ========================================
:class:`Shells`       alternating shells, same mass the cap of every narrow first layer
:class:`BallAndShell` a ball in a shell             the same; the paper's example
:class:`Balls`        balls on a lattice            S_D, exactly
:class:`CubeVertices` the vertices of the cube      what memorizers achieve, on average
:class:`Gadget`       points that encode a formula  N_D = d + 8 where it can be satisfied
:class:`Separable`    two parts of a cube           N_D = d + 1
===================== ============================= ========================================
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from mem_lib._base.arguments import integer_in, positive
from mem_lib.data import Dataset
from mem_lib.data.sampling import generator, on_grid
from mem_lib.errors import InvalidArgument
from mem_lib.generalization.distribution import BITS, Distribution, independent
from mem_lib.generalization.gadget import Gadget
from mem_lib.generalization.lattice import Balls
from mem_lib.generalization.rings import BallAndShell, Shells
from mem_lib.network import Layer, Network

__all__ = [
    "BallAndShell",
    "Balls",
    "CubeVertices",
    "Distribution",
    "Gadget",
    "Separable",
    "Shells",
]


@dataclass(frozen=True)
class CubeVertices(Distribution):
    """The k = 2^d vertices of the cube {0, 1}^d, uniform, each with a random label that stays.

    The labels are fair coins, drawn from ``labelling_seed``: what a sample does not show cannot be
    known, so that about k samples are needed (theorem ``thm-generalization-needed``).

    Raises ``InvalidArgument`` for a d outside 1 to 24 or a negative seed.

    >>> cube = CubeVertices(d=10)
    >>> cube.k, cube.support().N, round(float(cube.expected_accuracy(1024)), 3)
    (1024, 1024, 0.816)
    """

    d: int
    labelling_seed: int = 0

    def __post_init__(self) -> None:
        d = integer_in(self.d, "d", 1, 24)
        vars(self).update(d=d, labelling_seed=integer_in(self.labelling_seed, "labelling_seed", 0))

    @property
    def k(self) -> int:
        """The number of vertices."""
        return 1 << self.d

    @cached_property
    def _coins(self) -> np.ndarray:
        return generator(self.labelling_seed, 2).integers(0, 2, self.k)

    @property
    def margin(self) -> float | None:
        """1, since along some edge the label changes; None when all coins agree."""
        return 1.0 if self._coins.min() < self._coins.max() else None

    def support(self) -> Dataset:
        """All vertices, with their labels."""
        return Dataset(self._points(np.arange(self.k)), self._coins, classes=2)

    def expected_accuracy(self, N: int) -> Fraction:
        """1 - (1 - 1/k)^N / 2: what a memorizer of N samples that answers everywhere achieves on
        average over the labellings; memorizers that may abstain achieve at most that.

        Raises ``InvalidArgument`` for an N outside 0 to 10^7.

        >>> CubeVertices(d=1).expected_accuracy(2)
        Fraction(7, 8)
        """
        return 1 - (1 - Fraction(1, self.k)) ** integer_in(N, "N", 0, 10**7) / 2

    def _points(self, index: np.ndarray) -> np.ndarray:
        return (index[:, None] >> np.arange(self.d)) & 1

    def _draw(self, N: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        index = rng.integers(0, self.k, N)
        return self._points(index), self._coins[index]

    def _labels(self, integers: np.ndarray, shift: int) -> np.ndarray:
        one = 1 << shift
        on = ((integers == 0) | (integers == one)).all(axis=1)
        index = (integers == one).astype(np.int64) @ (1 << np.arange(self.d))
        return np.where(on, self._coins[index], -1)


@dataclass(frozen=True)
class Separable(Distribution):
    """The cube [0, 1]^d without a slab of thickness ``gap`` through its centre, uniform; the label
    tells the side, 1 where the coordinates are large.

    One affine function separates the classes, and no network on R^d has fewer than d + 1
    parameters, so N_D = d + 1 exactly; the memorizers of this size are half-spaces, for which a
    number of samples of order d is enough, not d^2: :func:`~mem_lib.generalization.vc_samples` of
    d + 1 (proposition ``thm-generalization-separable``).

    Raises ``InvalidArgument`` for a d outside 1 to 10^4 or a gap outside 0 < gap <= 1/2.

    >>> sides = Separable(d=3)
    >>> sides.N_D, sides.smallest().size.dense_weights
    (4, 4)
    >>> sample = sides.sample(N=50)
    >>> sample.margin >= sides.margin
    True
    """

    d: int
    gap: float = 0.1

    def __post_init__(self) -> None:
        vars(self).update(d=integer_in(self.d, "d", 1, 10**4))
        if positive(self.gap, "gap") > Fraction(1, 2):
            raise InvalidArgument(f"gap: at most 1/2 is needed, got {self.gap}")

    @property
    def N_D(self) -> int:  # type: ignore[override]
        """d + 1."""
        return self.d + 1

    @property
    def margin(self) -> float:
        """The thickness of the slab, rounded down."""
        gap = float(self.gap)
        return gap if Fraction(gap) <= Fraction(self.gap) else math.nextafter(gap, 0.0)

    def smallest(self) -> Network:
        """The memorizer with d + 1 parameters: x_1 + ... + x_d - d/2."""
        return Network([Layer([[2] * self.d], [-self.d], "identity")], readout="sign")

    def _draw(self, N: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        def draw(n: int) -> tuple[np.ndarray, np.ndarray]:
            points = on_grid(rng.random((n, self.d)), BITS)
            labels = self._labels(np.ldexp(points, BITS).astype(np.int64), BITS)
            return points[labels >= 0], labels[labels >= 0]

        return independent(draw, N, f"d={self.d}, gap={self.gap}")

    def _labels(self, integers: np.ndarray, shift: int) -> np.ndarray:
        one = 1 << shift
        sums = 2 * integers.astype(object).sum(axis=1) - self.d * one
        # |sum - d/2| >= sqrt(d) gap / 2
        gap = Fraction(self.gap)
        far = sums * sums * gap.denominator**2 >= self.d * gap.numerator**2 * one**2
        far &= ((integers >= 0) & (integers <= one)).all(axis=1)
        return np.where(far.astype(bool), (sums > 0).astype(np.int64), -1)
