"""What the generators share: checked arguments, random directions, points on the grid."""

from typing import Any

import numpy as np

from mem_lib._base.arguments import integer_in
from mem_lib._base.memory import check_memory
from mem_lib.errors import TooLarge, shown

#: No memory holds more coordinates; more classes, shells, ... than that are of no use.
MOST = 10**12


class Cycle:
    """Tags 0, 1, ..., k-1, 0, 1, ... that go on from call to call."""

    def __init__(self, k: int) -> None:
        self.k, self.next = k, 0

    def __call__(self, n: int) -> np.ndarray:
        tags = np.arange(self.next, self.next + n) % self.k
        self.next += n
        return tags


def directions(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    """Uniform points of the unit sphere."""
    points = rng.standard_normal((n, d))
    return points / np.maximum(norms(points), 1e-300)[:, None]


def norms(points: np.ndarray) -> np.ndarray:
    return np.sqrt(np.einsum("ij,ij->i", points, points))


def on_grid(points: np.ndarray, bits: int) -> np.ndarray:
    return np.ldexp(np.rint(np.ldexp(points, bits)), -bits) + 0.0


def shape(N: Any, d: Any, name: str = "N") -> tuple[int, int]:
    """N points in d dimensions, both at least 1; ``TooLarge`` for more than this machine holds."""
    N, d = integer_in(N, name, 1), integer_in(d, "d", 1)
    what = f"{name}, d: the coordinates of {shown(N)} points in dimension {shown(d)}"
    check_memory(8 * N * d, what)
    if N * d > MOST:  # where a system does not tell its memory
        raise TooLarge(f"{what} are more than any machine holds")
    return N, d


def grid_bits(value: Any) -> int:
    return integer_in(value, "bits", 1, 52)


def generator(seed: Any, *stream: int) -> np.random.Generator:
    """The random numbers of a seed, or one of several independent streams of them."""
    return np.random.default_rng([integer_in(seed, "seed", 0), *stream])
