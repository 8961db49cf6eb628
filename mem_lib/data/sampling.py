"""What the generators share: checked arguments, random directions, points on the grid."""

from typing import Any

import numpy as np

from mem_lib._base.numbers import is_integer
from mem_lib.errors import InvalidDataset, shown

#: No memory holds more points or coordinates.
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


def count(value: Any, name: str, most: int = MOST) -> int:
    if not is_integer(value) or not 1 <= value <= most:
        end = f" and at most {most}" if is_integer(value) and value > most else ""
        raise InvalidDataset(f"{name} must be an integer, at least 1{end}, got {shown(value)}")
    return int(value)


def grid_bits(value: Any) -> int:
    return count(value, "bits", most=52)


def generator(seed: Any, *stream: int) -> np.random.Generator:
    if not is_integer(seed) or seed < 0:
        raise InvalidDataset(f"seed must be a non-negative integer, got {shown(seed)}")
    return np.random.default_rng([int(seed), *stream])
