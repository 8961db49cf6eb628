"""Balls on a lattice, so arranged that the number of balls S_D of the paper is known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mem_lib._base.arguments import integer_in
from mem_lib._base.dyadic import scaled
from mem_lib._base.integers import squared_norms
from mem_lib.data.sampling import directions, generator, on_grid
from mem_lib.errors import InvalidArgument
from mem_lib.generalization.distribution import BITS, Distribution, independent

_UNIT = 2**BITS


@dataclass(frozen=True)
class Balls(Distribution):
    """M balls of one label each in the cube [0, 1]^d, uniform, for which S_D = M exactly: theorem
    ``thm-generalization-balls``.

    The centres are the first M of a cubic lattice of ceil(M^(1/d))^d cells, at distance h, the
    radius a is a tenth of that.  The labels are drawn from ``labelling_seed``, those of centres
    without a centre of the other label within sqrt(6) h again and again.  Then the distance L of a
    point to the other label is at least h - 2a and at most sqrt(6) h, but for the grid, so that

        2a <= L/3.1   and   L/3.1 < h - 2a:

    the ball B(v, L/3.1) about a point v of the support holds all of the ball that v lies in, and
    no point of another one.  (With a single ball L is infinite, and S_D = 1 as well.)

    Raises ``InvalidArgument`` for an M outside 1 to 10^6, a d outside 1 to 1000, a negative seed,
    and where the grid 2^-20 is too coarse for the second inequality, asserted in integers.

    >>> balls = Balls(M=8, d=3)
    >>> balls.S_D, sorted(set(balls.labels.tolist()))
    (8, [0, 1])
    >>> sample = balls.sample(N=50)
    >>> sample.margin >= balls.margin >= 0.4
    True
    """

    M: int
    d: int
    labelling_seed: int = 0

    def __post_init__(self) -> None:
        M, d = integer_in(self.M, "M", 1, 10**6), integer_in(self.d, "d", 1, 1000)
        seed = integer_in(self.labelling_seed, "labelling_seed", 0)
        vars(self).update(M=M, d=d, labelling_seed=seed)
        h, a = self._spacing, self._radius
        # an end of L is a grid point at most sqrt(d) further in; 10 sqrt(6) h is rounded up
        if 31 * (h - 2 * a) - 10 * math.isqrt(d) - 11 <= math.isqrt(600 * h * h):
            raise InvalidArgument(f"M, d: the grid 2^-{BITS} is too coarse for {M} balls in R^{d}")

    @property
    def S_D(self) -> int:  # type: ignore[override]
        """The number of balls."""
        return self.M

    @cached_property
    def _side(self) -> int:
        """Cells of the lattice along each axis."""
        side = 1
        while side**self.d < self.M:
            side += 1
        return side

    @property
    def _spacing(self) -> int:
        return _UNIT // self._side

    @property
    def _radius(self) -> int:
        return self._spacing // 10

    @cached_property
    def _cells(self) -> np.ndarray:
        rest, digits = np.arange(self.M), []
        for _ in range(self.d):
            rest, digit = np.divmod(rest, self._side)
            digits.append(digit)
        return np.stack(digits, axis=1)

    @property
    def centres(self) -> np.ndarray:
        """The centres, (M, d)."""
        return np.ldexp(self._integers().astype(np.float64), -BITS)

    @property
    def radius(self) -> float:
        """The radius of the balls."""
        return math.ldexp(self._radius, -BITS)

    @property
    def margin(self) -> float | None:
        """The distance of balls at neighbouring centres; None for a single ball."""
        return None if self.M == 1 else math.ldexp(self._spacing - 2 * self._radius, -BITS)

    @cached_property
    def labels(self) -> np.ndarray:
        """The label of each ball."""
        from scipy.spatial import cKDTree

        rng = generator(self.labelling_seed, 2)
        labels = rng.integers(0, 2, self.M)
        if self.M == 1:
            return labels
        pairs = cKDTree(self._cells).query_pairs(2.45, output_type="ndarray")  # sqrt(6) = 2.449...
        while True:
            content = np.zeros(self.M, bool)
            good = pairs[labels[pairs[:, 0]] != labels[pairs[:, 1]]]
            content[good.ravel()] = True
            if content.all():
                return labels
            again = np.flatnonzero(~content)
            labels[again] = rng.integers(0, 2, len(again))

    def _integers(self) -> np.ndarray:
        return self._cells * self._spacing + self._spacing // 2

    def _draw(self, N: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        centres, a = self._integers(), self._radius

        def draw(n: int) -> tuple[np.ndarray, np.ndarray]:
            j = rng.integers(0, self.M, n)
            size = self.radius * rng.random((n, 1)) ** (1 / self.d)
            offset = np.ldexp(on_grid(directions(rng, n, self.d) * size, BITS), BITS)
            offset = offset.astype(np.int64)
            good = squared_norms(offset) <= a * a
            return centres[j[good]] + offset[good], j[good]

        points, j = independent(draw, N, f"M={self.M}, d={self.d}: the grid 2^-{BITS}")
        return np.ldexp(points.astype(np.float64), -BITS), self.labels[j]

    def _labels(self, integers: np.ndarray, shift: int) -> np.ndarray:
        # both in units of 2^-(shift + BITS)
        X, one = scaled(integers, BITS), 1 << shift
        cells = X // (self._spacing * one)
        powers = self._side ** np.arange(self.d).astype(object)
        index = (cells * powers).sum(axis=1)
        inside = ((cells >= 0) & (cells < self._side)).all(axis=1) & (index < self.M)
        index = np.where(inside, index, 0).astype(np.int64)
        offset = X - self._integers()[index].astype(object) * one
        inside &= squared_norms(offset) <= (self._radius * one) ** 2
        return np.where(inside.astype(bool), self.labels[index], -1)
