"""Balls and shells about the origin, given by volumes.

A ring is told by two *volumes* u < v, parts of that of the unit ball: it holds the points with
u^(1/d) <= |x| <= v^(1/d), so under the uniform distribution its mass is proportional to v - u.
With the integers X = 2^20 x that says |X|^2 >= (4^(20 d) u^2)^(1/d) and <= (4^(20 d) v^2)^(1/d):
two roots, rounded inwards to integers, decide membership, and their distance is the margin.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

import numpy as np

from mem_lib._base.arguments import between, integer_in
from mem_lib._base.integers import squared_norms
from mem_lib._base.roots import directed_root
from mem_lib._base.search import least_integer
from mem_lib.data.sampling import directions, on_grid
from mem_lib.errors import InvalidArgument
from mem_lib.generalization.caps import Ring, best_accuracy
from mem_lib.generalization.distribution import BITS, Distribution, independent

#: More dimensions or shells are refused: the roots above have 40 d bits.
MOST_DIMENSIONS = 2000
MOST_SHELLS = 1024


class Rings(Distribution):
    """The uniform distribution on rings; a subclass tells their ``volumes``, from inside out."""

    @property
    def volumes(self) -> list[tuple[Fraction, Fraction, int]]:
        """(inner volume, outer volume, label) of each ring."""
        raise NotImplementedError

    @property
    def rings(self) -> list[Ring]:
        """(inner radius, outer radius, label) of each ring, for :func:`best_accuracy`."""
        root = 1 / self.d
        return [(float(u) ** root, float(v) ** root, label) for u, v, label in self.volumes]

    def cap(self, w: int) -> float:
        """The best accuracy of any function of w linear forms: :func:`best_accuracy`."""
        return best_accuracy(self.d, w, self.rings)

    @cached_property
    def _squares(self) -> list[tuple[int, int]]:
        """The least and the largest |X|^2 of each ring."""
        found = []
        for j, (u, v, _) in enumerate(self.volumes):
            found.append((_root(u, self.d, up=True), _root(v, self.d, up=False)))
            if found[-1][0] > found[-1][1]:
                raise InvalidArgument(f"d: ring {j} is thinner than the grid 2^-{BITS} can tell")
        return found

    @cached_property
    def _gap(self) -> Fraction | None:
        labels = [label for _, _, label in self.volumes]
        gaps = [
            directed_root(Fraction(inner), up=False) - directed_root(Fraction(outer), up=True)
            for j, ((_, outer), (inner, _)) in enumerate(pairwise(self._squares))
            if labels[j] != labels[j + 1]
        ]
        return min(gaps, default=None)

    @property
    def margin(self) -> float | None:
        """The narrowest gap between rings with different labels, rounded down; None for one."""
        return None if self._gap is None else math.nextafter(float(self._gap / 2**BITS), 0.0)

    def _draw(self, N: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        volumes = np.array([(float(u), float(v)) for u, v, _ in self.volumes])
        mass = volumes[:, 1] - volumes[:, 0]
        limits = np.array(self._squares)

        def draw(n: int) -> tuple[np.ndarray, np.ndarray]:
            j = rng.choice(len(mass), size=n, p=mass / mass.sum())
            volume = volumes[j, 0] + mass[j] * rng.random(n)
            points = on_grid(directions(rng, n, self.d) * volume[:, None] ** (1 / self.d), BITS)
            size = squared_norms(np.ldexp(points, BITS).astype(np.int64))
            good = (limits[j, 0] <= size) & (size <= limits[j, 1])
            return points[good], j[good]

        points, j = independent(draw, N, f"d={self.d}: the grid 2^-{BITS}")
        return points, np.array([label for _, _, label in self.volumes])[j]

    def _labels(self, integers: np.ndarray, shift: int) -> np.ndarray:
        labels = np.full(len(integers), -1)
        size = squared_norms(integers).astype(object) * 4**BITS
        for (low, high), (_, _, label) in zip(self._squares, self.volumes, strict=True):
            inside = (size >= low * 4**shift) & (size <= high * 4**shift)
            labels[inside.astype(bool)] = label
        return labels


@dataclass(frozen=True)
class Shells(Rings):
    """Concentric shells of equal volume with alternating labels, uniform, in the unit ball of R^d.

    With k = ``shells``, shell j holds ((j + gamma)/k)^(1/d) <= |x| <= ((j + 1)/k)^(1/d) and has the
    label j mod 2; k even, or 1, so that both classes have mass 1/2.

    Raises ``InvalidArgument`` for a d below 1 or above 2000, a number of shells that is odd, below
    1 or above 1024, a ``gamma`` outside 0 < gamma < 1, and shells thinner than the grid.

    >>> shells = Shells(d=3, shells=4, gamma=0.2)
    >>> sample = shells.sample(N=100, seed=1)
    >>> sample.margin >= shells.margin > 0.019
    True
    >>> bool((shells.label(sample.points) == sample.labels).all())
    True
    """

    d: int
    shells: int = 2
    gamma: float = 0.2

    def __post_init__(self) -> None:
        d = integer_in(self.d, "d", 1, MOST_DIMENSIONS)
        k = integer_in(self.shells, "shells", 1, MOST_SHELLS)
        if k % 2 and k > 1:
            raise InvalidArgument(f"shells: an even number is needed, or 1, got {k}")
        vars(self).update(d=d, shells=k, gamma=between(self.gamma, "gamma", 0, 1))
        _ = self._squares

    @property
    def volumes(self) -> list[tuple[Fraction, Fraction, int]]:
        """(inner volume, outer volume, label) of each shell."""
        k, gamma = self.shells, Fraction(self.gamma)
        return [((j + gamma) / k, Fraction(j + 1, k), j % 2) for j in range(k)]


@dataclass(frozen=True)
class BallAndShell(Rings):
    """A ball (label 1) inside a shell (label 0) of the same volume, a third of the unit ball's:
    |x| <= 3^(-1/d), and (2/3)^(1/d) <= |x| <= 1; uniform.

    Raises ``InvalidArgument`` for a d below 1 or above 2000.

    >>> BallAndShell(d=2).sample(N=6, seed=1).labels.tolist()
    [0, 0, 1, 0, 1, 1]
    >>> round(BallAndShell(d=2).cap(1), 4)
    0.7875
    """

    d: int

    def __post_init__(self) -> None:
        vars(self).update(d=integer_in(self.d, "d", 1, MOST_DIMENSIONS))

    @property
    def volumes(self) -> list[tuple[Fraction, Fraction, int]]:
        """(inner volume, outer volume, label) of the ball and the shell."""
        third = Fraction(1, 3)
        return [(0 * third, third, 1), (2 * third, 3 * third, 0)]


def _root(volume: Fraction, d: int, *, up: bool) -> int:
    """4^BITS volume^(2/d) as an integer, rounded down, or ``up``."""
    power = Fraction(4) ** (BITS * d) * volume**2
    top, bottom = power.numerator, power.denominator

    def enough(n: int) -> bool:
        return n**d * bottom >= top if up else n**d * bottom > top

    # a float is off by 1 or so; then few powers are needed
    near = max(0, int(4.0**BITS * float(volume) ** (2 / d)) - 8)
    start = 0 if near == 0 or enough(near - 1) else near
    return start + least_integer(lambda n: enough(start + n), start=0) - (not up)
