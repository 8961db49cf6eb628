"""A distribution whose truth is known: independent samples, and the label of every point.

Theorems on unseen points speak of *independent* draws, so nothing is spread evenly here as it is by
the generators of `mem_lib.data`, and a point may come twice.

Each continuous distribution is the uniform one on a union of solid pieces, rounded to the grid
2^-20: a uniform point is rounded, and drawn again where rounding took it out of its piece.  Whether
it lies in a piece is decided in integers, by the same rule that tells its label.  So the distance
of two pieces holds for the rounded points too, without a word about rounding errors.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

from mem_lib._base.dyadic import least_shift, scaled
from mem_lib._base.numbers import numbers_of, shape_text
from mem_lib.data import Dataset
from mem_lib.data.sampling import generator, shape
from mem_lib.errors import InvalidDataset

#: Continuous distributions are rounded to the grid 2^-BITS.
BITS = 20
#: Points and the piece in which each lies: n -> at most n of them.
Draw = Callable[[int], tuple[np.ndarray, np.ndarray]]


class Distribution(ABC):
    """Points of R^d with labels; what is not known of one is ``None``.

    d:      the dimension
    margin: points with different labels are at least that far apart; None for one class
    N_D:    the least P such that every sample has a memorizing ReLU network with P parameters,
            counted densely
    S_D:    the least number of balls B(v, L/3.1) that cover the support, v in the support and L the
            distance from v to the points with the other label
    """

    d: int
    N_D: int | None = None
    S_D: int | None = None

    @property
    @abstractmethod
    def margin(self) -> float | None:
        """A distance that two points with different labels keep; None for one class."""

    @abstractmethod
    def _draw(self, N: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """N independent points and their labels."""

    @abstractmethod
    def _labels(self, integers: np.ndarray, shift: int) -> np.ndarray:
        """The labels of the points ``integers / 2^shift``, -1 off the support."""

    def sample(self, N: int, seed: int = 0) -> Dataset:
        """N independent points with their labels; the same arguments give the same sample.

        Raises ``InvalidArgument`` for an N below 1 or a negative seed, ``TooLarge`` for more
        coordinates than this machine holds.
        """
        return self._dataset(N, generator(seed, 0))

    def test(self, M: int, seed: int = 0) -> Dataset:
        """M further points, independent of every sample; arguments and errors of :meth:`sample`."""
        return self._dataset(M, generator(seed, 1), "M")

    def label(self, points: Any) -> np.ndarray:
        """The true label of each row of ``points`` (M, d): int64, -1 off the support; exact.

        Raises ``InvalidDataset`` for another shape or what is no finite number.
        """
        array = numbers_of("points", points)
        if array.ndim != 2 or array.shape[1] != self.d:
            raise InvalidDataset(f"points must have shape (M, {self.d}); got {shape_text(array)}")
        shift = least_shift(array)
        return self._labels(scaled(array, shift), shift)

    def _dataset(self, N: Any, rng: np.random.Generator, name: str = "N") -> Dataset:
        N, _ = shape(N, self.d, name)
        points, labels = self._draw(N, rng)
        return Dataset(points, labels, classes=2)


def independent(draw: Draw, N: int, what: str) -> tuple[np.ndarray, np.ndarray]:
    """The first N points that ``draw`` keeps, and their pieces; ``InvalidDataset`` when 50 N +
    10,000 candidates do not give them."""
    found, pieces, tried = [], [], 0
    have, limit = 0, 50 * N + 10_000
    while have < N and tried < limit:
        n = min(16 + 2 * (N - have), 1 << 16, limit - tried)
        points, piece = draw(n)
        found.append(points)
        pieces.append(piece)
        tried, have = tried + n, have + len(points)
    if have < N:
        raise InvalidDataset(
            f"{what}: only {have} of N={N} points stayed in their piece after {tried} candidates"
        )
    return np.concatenate(found)[:N], np.concatenate(pieces)[:N]
