"""What neurons count: the scores of one class and the least score of its rivals, exactly.

Points are known by their codes: bits, or what ReLU units give.  The neuron of a centre c adds up
the code of x over the hyperplanes that are off at c (code 0); this score is 0 at c.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, Self

import numpy as np

from mem_lib._base.integers import integers
from mem_lib.beyond_worst_case.bits import Bits
from mem_lib.beyond_worst_case.tensors import TorchBits
from mem_lib.exact.device import Device
from mem_lib.exact.engine import Engine
from mem_lib.network import Layer, Network

#: Scores of bits are counted exactly in float32, on whichever machine, up to 2^24.
MOST_HYPERPLANES = 2**24
_BLOCK = 2**23  # entries of a block of codes


class Codes(Protocol):
    """The codes of points, held in one of several ways: what a centre counts at each of them."""

    n: int
    N: int

    def codes(self, rows: np.ndarray | slice) -> np.ndarray:
        """Those of some points: (points, n)."""

    def scores(self, centres: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """(centres, rows), whole numbers of whichever type counts exactly."""

    def least(self, centres: np.ndarray, first: int, stop: int) -> np.ndarray:
        """The smallest score of a point outside first..stop, for every centre; there is one."""

    def below(
        self, centres: np.ndarray, thresholds: np.ndarray, first: int, stop: int
    ) -> np.ndarray:
        """Whether the score of each point in first..stop is below the threshold of each centre:
        (centres, stop - first), bool."""


class Counting:
    """The codes of one class and of its rivals, and the scores between them.

    own, rivals : (N-, n) and (N+, n), codes of at least one point each: bits as uint8, or integers
        >= 0 of any size.  A centre is a row of ``own``.
    two_sided : whether bits are counted in both directions: the score is the number of hyperplanes
        between centre and point.
    device : None counts bits with NumPy, else where PyTorch does, as in :func:`mem_lib.verify`.

    Raises nothing of its own but what is wrong with ``device``: the other arguments are not
    checked.

    >>> own, rivals = np.array([[0, 0], [0, 1]], np.uint8), np.array([[1, 1]], np.uint8)
    >>> counting = Counting(own, rivals)
    >>> counting.scores(np.array([0, 1]), np.array([0, 1])).astype(int).tolist()
    [[0, 1], [0, 0]]
    >>> counting.least(np.array([0, 1])).tolist()
    [2, 1]
    """

    def __init__(
        self,
        own: np.ndarray,
        rivals: np.ndarray,
        *,
        two_sided: bool = False,
        device: str | None = None,
    ) -> None:
        codes = np.concatenate([own, rivals])
        self._first, self._stop = 0, len(own)
        self._held = held(codes, two_sided, Device.named(device).name)

    @classmethod
    def within(cls, codes: Codes, first: int, stop: int) -> Self:
        """The class of the points first..stop of all."""
        found = cls.__new__(cls)
        found._held, found._first, found._stop = codes, first, stop
        return found

    @property
    def points(self) -> int:
        """Of the class: N-."""
        return self._stop - self._first

    def scores(self, centres: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """The score of each point of the class in ``rows``, for every centre: shape (centres,
        rows), whole numbers of whichever type counts exactly."""
        return self._held.scores(self._first + centres, self._first + rows)

    def least(self, centres: np.ndarray) -> np.ndarray:
        """The smallest score of a rival, for every centre: (centres,), int64 or object."""
        return self._held.least(self._first + centres, self._first, self._stop)

    def fires(self, centres: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
        """Which points of the class each neuron covers, those with a score below its threshold:
        (centres, points), bool.  Less work than :meth:`scores`."""
        first, stop = self._first, self._stop
        return self._held.below(first + centres, thresholds, first, stop)


class Integers:
    """Codes of any integers >= 0, in an array (N, n).  Products go through the exact engine, which
    proves for each block which arithmetic cannot round."""

    def __init__(self, codes: np.ndarray) -> None:
        self._codes, self.n, self.N = codes, codes.shape[1], len(codes)

    def codes(self, rows: np.ndarray | slice) -> np.ndarray:
        return self._codes[rows]

    def scores(self, centres: np.ndarray, rows: np.ndarray) -> np.ndarray:
        engine, step = self._engine(centres), max(1, _BLOCK // self.n)
        parts = [
            engine.run(self._codes[rows[start : start + step]])[0]
            for start in range(0, len(rows), step)
        ]
        return np.concatenate([np.zeros((len(centres), 0), np.int64), *parts], axis=1)

    def least(self, centres: np.ndarray, first: int, stop: int) -> np.ndarray:
        engine, step, found = self._engine(centres), max(1, _BLOCK // self.n), []
        for begin, end in ((0, first), (stop, self.N)):
            for start in range(begin, end, step):
                scores = engine.run(self._codes[start : min(start + step, end)])[0]
                found.append(scores.min(axis=1))
        return integers([int(v) for v in np.min(found, axis=0)])

    def below(
        self, centres: np.ndarray, thresholds: np.ndarray, first: int, stop: int
    ) -> np.ndarray:
        return self.scores(centres, np.arange(first, stop)) < thresholds[:, None]

    def _engine(self, centres: np.ndarray) -> Engine:
        off = (self._codes[centres] == 0).astype(np.int64)
        layer = Layer(off, np.zeros(len(off), dtype=np.int64), "identity")
        return Engine(Network([layer], readout="argmax"))


def held(codes: np.ndarray, two_sided: bool = False, device: str | None = None) -> Codes:
    """Codes (N, n): bits as uint8 are packed."""
    if codes.dtype != np.uint8:
        return Integers(codes)
    N, n = codes.shape
    step = max(1, _BLOCK // n)
    blocks = (codes[start : start + step] for start in range(0, N, step))
    return bits_of(blocks, N, n, two_sided, device)


def bits_of(
    blocks: Iterable[np.ndarray], N: int, n: int, two_sided: bool, device: str | None
) -> Codes:
    """The bits of N points from blocks (points, n), on ``device`` or packed for NumPy."""
    if device is None:
        return Bits.of(blocks, N, n, two_sided)
    return TorchBits.of(blocks, N, n, two_sided, device)
