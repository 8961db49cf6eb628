"""Random points with a guaranteed separation: sequential rejection, in batches.

A candidate is kept unless an earlier kept point is too near.  Distances are computed in floating
point and compared with separation * (1 + 1e-9), far above their relative error (at most
(d + 5) 2^-53, `mem_lib.data.distances`), so every kept pair has the separation exactly.
"""

import math
from collections.abc import Callable, Iterator

import numpy as np

from mem_lib._base.rows import first_occurrence
from mem_lib.data.distances import block_squares, direct
from mem_lib.errors import InvalidDataset

Draw = Callable[[int], tuple[np.ndarray, np.ndarray]]  # n -> about n points, their tags
_FEW = (4, 6, 8)  # how many coordinates a tree looks at
_BATCH = 1 << 14


def packed(
    draw: Draw, N: int, separation: float | None = None, *, radius: float = math.inf, what: str = ""
) -> tuple[np.ndarray, np.ndarray]:
    """The first N acceptable points of ``draw``, and their tags.

    Points are distinct and, with ``separation``, that far apart.  Gives up after 50 N + 10,000
    candidates, or at once when N balls of half the separation cannot fit beside each other into
    the ball of the given ``radius`` enlarged by half the separation.
    """
    points, tags = draw(0)
    d, tried, limit = points.shape[1], 0, 50 * N + 10_000
    if separation is not None and math.log(N) > d * math.log1p(2 * radius / separation) + 1e-9:
        most = math.floor((1 + 2 * radius / separation) ** d)
        raise InvalidDataset(f"{what}: N={N} points cannot be packed; at most {most} could fit")
    while len(points) < N:
        if tried >= limit:
            raise InvalidDataset(
                f"{what}: only {len(points)} of N={N} points fitted after {tried} candidates"
            )
        share = max(len(points) / tried, 0.02) if tried else 1.0
        wanted = 16 + int(1.02 * (N - len(points)) / share)
        most = max(_BATCH, len(points)) if d <= _FEW[-1] or separation is None else _BATCH
        n = min(wanted, most, limit - tried)
        batch, batch_tags = draw(n)
        tried += n
        good = _acceptable(points, batch, separation)
        points = np.concatenate([points, batch[good]])
        tags = np.concatenate([tags, batch_tags[good]])
    return points[:N], tags[:N]


def _acceptable(kept: np.ndarray, batch: np.ndarray, separation: float | None) -> np.ndarray:
    """Which rows of ``batch`` may be kept, each judged against the kept ones before it."""
    together = np.concatenate([kept, batch])
    first = first_occurrence(together)[len(kept) :]
    good = np.flatnonzero(first == np.arange(len(kept), len(together)))
    if separation is None or not len(good):
        return good
    reach = separation * (1 + 1e-9)
    if len(kept):
        free = np.ones(len(good), bool)
        for i, _ in _close_pairs(batch[good], kept, reach):
            free[i] = False
        good = good[free]
    if not len(good):
        return good
    pairs = [np.stack([i, j])[:, i < j] for i, j in _close_pairs(batch[good], batch[good], reach)]
    i, j = np.concatenate(pairs, axis=1) if pairs else np.empty((2, 0), int)
    order = np.argsort(j, kind="stable")  # then every earlier point is settled before it is used
    alive = [True] * len(good)
    for a, b in zip(i[order].tolist(), j[order].tolist(), strict=True):
        if alive[a]:
            alive[b] = False
    return good[alive]


def _close_pairs(
    left: np.ndarray, right: np.ndarray, reach: float
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """All pairs (row of left, row of right) within ``reach``, and none much further apart.

    The distance in a few coordinates is at most the distance.  Where that leaves few pairs, a tree
    finds them; elsewhere the matrix product does.
    """
    k = _telling(left, right, reach)
    if k is None:
        for a, b, squares, noise in block_squares(left, right):
            i, j = np.nonzero(squares <= reach**2 + noise)
            yield i + a.start, j + b.start
        return
    from scipy.spatial import cKDTree

    one, other = (cKDTree(x[:, :k]) for x in (left, right))
    pairs = one.sparse_distance_matrix(other, reach, output_type="ndarray")
    i, j = pairs["i"], pairs["j"]
    near = direct(left, right, i, j) <= reach
    yield i[near], j[near]


def _telling(left: np.ndarray, right: np.ndarray, reach: float) -> int | None:
    """A number of coordinates in which at most 4 of 4096 pairs are close, or all, or None."""
    d, k = left.shape[1], np.arange(4096)
    i, j = k % len(left), (k * 7919 + 1) % len(right)
    for few in _FEW:
        if few < d and (direct(left[:, :few], right[:, :few], i, j) <= reach).sum() <= 4:
            return few
    return d if d <= _FEW[-1] else None
