"""Where |g| is large on the unit sphere, for g(w, b) = sum_i prices[i] relu(<w, x_i> + b).

On a cell, where the signs of all <w, x_i> + b are fixed, g is linear.  For d <= 2 all cells, with
their edges and corners, are looked at; for d > 2 there is a search from many starts.

``lifted`` holds the rows (x_i, 1), up to a common factor.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

#: Neurons that a round adds at most.
ADDED = 100
#: Steps of a search, and the factors of its step length after a success and a failure.
SWEEPS, LONGER, SHORTER = 60, 1.5, 0.4
#: Unit vectors with a larger inner product count as one.
SAME = 1 - 1e-10


def heights_of(lifted: np.ndarray, prices: np.ndarray, units: np.ndarray) -> np.ndarray:
    """|g| at unit vectors, the columns of ``units``."""
    return np.abs(prices @ (lifted @ units).clip(0))


def searched(
    lifted: np.ndarray,
    prices: np.ndarray,
    used: np.ndarray,
    rng: np.random.Generator,
    starts: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Local maxima of |g| on the sphere and their heights, from random starts and from neurons in
    use, by steps along the gradient that are kept when they go up."""
    near = used + 0.1 * rng.standard_normal(used.shape)
    units = normalised(np.hstack([rng.standard_normal((len(used), starts)), used, near]))
    gates = lifted @ units
    signs = np.where(prices @ gates.clip(0) < 0, -1.0, 1.0)
    heights = heights_of(lifted, prices, units)
    lengths = np.full(units.shape[1], 4.0)
    for _ in range(SWEEPS):
        gradients = normalised(lifted.T @ ((gates > 0) * prices[:, None]) * signs)
        moved = normalised(units + lengths * gradients)
        moved_gates = lifted @ moved
        moved_heights = prices @ moved_gates.clip(0) * signs
        up = moved_heights > heights
        units, gates = np.where(up, moved, units), np.where(up, moved_gates, gates)
        heights = np.where(up, moved_heights, heights)
        lengths = np.where(up, LONGER * lengths, SHORTER * lengths)
    return units, heights


def on_a_circle(lifted: np.ndarray, prices: np.ndarray) -> Iterator[np.ndarray]:
    """For rows (x, 1) of length 2: unit vectors among which |g| is largest.

    On an arc between two neighbouring zeros of the preactivations g is <v, u>; so |g| is largest at
    an end or at a multiple of v.
    """
    corners, middles = _arcs(lifted)
    inside = lifted.T @ ((lifted @ middles > 0) * prices[:, None])
    yield np.hstack([corners, normalised(inside), -normalised(inside)])


def on_a_sphere(lifted: np.ndarray, prices: np.ndarray) -> Iterator[np.ndarray]:
    """The same for rows (x, 1) of length 3, in blocks.

    The zeros of each preactivation are a circle, and the circles cut the sphere into cells, on
    which g is <v, u>.  So |g| is largest at a multiple of v, for one of the cells on either side of
    an arc of a circle; or on a circle, where g is a sum over the other rows.
    """
    for i, row in enumerate(lifted):
        plane = np.linalg.svd(row[None, :])[2][1:].T  # orthonormal columns, orthogonal to the row
        others = lifted @ plane
        others[i] = 0
        _, middles = _arcs(others)
        beside = lifted.T @ ((others @ middles > 0) * prices[:, None])
        cells = normalised(np.hstack([beside, beside + prices[i] * row[:, None]]))
        (edges,) = on_a_circle(others, prices)
        yield np.hstack([plane @ edges, cells, -cells])


def _arcs(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For rows of length 2: the unit vectors orthogonal to one of them or on an axis, in order, and
    one between each two neighbours."""
    angles = np.arctan2(-rows[:, 0], rows[:, 1])
    axes = np.arange(4) * (math.pi / 2)
    ends = np.unique(np.concatenate([angles, angles + math.pi, axes]) % (2 * math.pi))
    middles = (ends + np.append(ends[1:], ends[0] + 2 * math.pi)) / 2
    return np.array([np.cos(ends), np.sin(ends)]), np.array([np.cos(middles), np.sin(middles)])


def different(units: np.ndarray, heights: np.ndarray, most: int = ADDED) -> np.ndarray:
    """Of those with |g| > 1 the highest, no two the same."""
    chosen: list[int] = []
    for k in np.argsort(-heights):
        if heights[k] <= 1 + 1e-9 or len(chosen) == most:
            break
        if not chosen or (units[:, k] @ units[:, chosen]).max() < SAME:
            chosen.append(int(k))
    return units[:, chosen]


def normalised(columns: np.ndarray) -> np.ndarray:
    """The columns divided by their lengths; 0 stays 0."""
    lengths = np.linalg.norm(columns, axis=0)
    return columns / np.where(lengths > 0, lengths, 1)
