"""Exact extreme distances of point sets: the largest norm, the closest pair.

Floating point only *selects*.  A pair stays a candidate unless a rigorous error bound shows that
it is further apart than another one, and the candidates are compared in integers.

Error bounds.  The points are scaled into [-1, 1] by a power of two; each coordinate then carries
an absolute error e, which is 0 unless an integer of more than 53 significant bits was rounded.
A distance computed from differences is off by at most a relative (d + 5) 2^-53 and an absolute
eta = 2 sqrt(d) (e + 2^-530); the latter covers squares that underflow.  ``_reach`` is generous on
both.  In many dimensions |x|^2 + |y|^2 - 2 x.y comes from a matrix product first; its absolute
error is at most 8 (d + 4) 2^-53 max |x|^2 in any order of summation.

Up to 12 dimensions a k-d tree proposes the pairs, beyond it the blockwise matrix product, with
N^2 / 2 pairs (70,000 images of 784 pixels: one to two minutes on one core).  Clusters of long
integers that lie far apart, each of points that floats do not tell apart, take N^2 pairs as well.
"""

import math
from collections.abc import Callable, Iterator

import numpy as np

from mem_lib._base.dyadic import ROUNDED, unit_box
from mem_lib._base.integers import largest
from mem_lib._base.threads import blas_threads

Rows = Callable[[np.ndarray], np.ndarray]  # row numbers -> exact integers of these rows
TREE_DIMENSIONS = 12
_BLOCK = 1024
#: Below so many coordinates a product of blocks is over before two threads have met, and on a busy
#: machine they wait for each other most of the time.
_NARROW = 256


def largest_square(points: np.ndarray, rows: Rows) -> int:
    """The largest squared norm, in the units of ``rows``."""
    unit, eta = unit_box(points)
    norms = np.sqrt(np.einsum("ij,ij->i", unit, unit))
    candidates = np.flatnonzero(norms >= norms.max() * (1 - 1e-9) - 4 * eta)
    return max(int(s.max()) for s in _squares(rows, candidates, None))


def smallest_square(points: np.ndarray, rows: Rows, codes: np.ndarray | None = None) -> int | None:
    """The smallest squared distance of two rows with different ``codes`` (default: of any two).

    ``None`` where there is no such pair.  Rows with different codes must be different points.
    """
    if len(points) < 2 or (codes is not None and codes.min() == codes.max()):
        return None
    unit, eta = unit_box(points)
    if eta > ROUNDED:  # long integers were rounded; less the first point they have fewer bits
        moved = points.astype(object)
        unit, eta = unit_box(moved - moved[0])
    if points.shape[1] <= TREE_DIMENSIONS:
        i, j = _by_tree(unit, eta, codes)
    else:
        i, j = _by_blocks(unit, eta, np.arange(len(points)) if codes is None else codes)
    return min(int(s.min()) for s in _squares(rows, i, j))


def _squares(rows: Rows, i: np.ndarray, j: np.ndarray | None) -> Iterator[np.ndarray]:
    """Exact squared norms of rows i, or squared distances of rows i and j, in chunks."""
    step = max(1, (1 << 20) // rows(i[:1]).size)
    for start in range(0, len(i), step):
        part = slice(start, start + step)
        difference = rows(i[part]) if j is None else rows(i[part]) - rows(j[part])
        fits = difference.shape[1] * int(largest(difference)) ** 2 < 1 << 63
        if not fits:
            difference = difference.astype(object)
        yield (difference * difference).sum(axis=1)


def _reach(distance: float, eta: float) -> float:
    """No pair closer than the true minimum can be computed further apart than this."""
    return distance * (1 + 1e-9) + 4 * eta


def _by_tree(
    unit: np.ndarray, eta: float, codes: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Candidates from k-d trees.  Different codes differ in a bit: one pair of trees for each."""
    from scipy.spatial import cKDTree

    if codes is None:
        tree = cKDTree(unit)
        reach = _reach(_nearest(tree, unit, 2, math.inf), eta)
        pairs = tree.query_pairs(reach, output_type="ndarray")
        return pairs[:, 0], pairs[:, 1]
    sides, best = [], math.inf
    for bit in range(int(codes.max()).bit_length()):
        upper = (codes >> bit) & 1 == 1
        a, b = np.flatnonzero(upper), np.flatnonzero(~upper)
        if len(a) and len(b):
            sides.append((a, cKDTree(unit[a]), b, cKDTree(unit[b])))
            best = _nearest(sides[-1][1], unit[b], 1, best)
    found = []
    for a, tree_a, b, tree_b in sides:
        close = tree_a.sparse_distance_matrix(tree_b, _reach(best, eta), output_type="ndarray")
        found.append((a[close["i"]], b[close["j"]]))
    return np.concatenate([i for i, _ in found]), np.concatenate([j for _, j in found])


def _nearest(tree: object, queries: np.ndarray, k: int, best: float) -> float:
    """The smallest distance to the k-th neighbour; each batch searches within the best so far."""
    for start in range(0, len(queries), _BLOCK):
        batch = queries[start : start + _BLOCK]
        distance, _ = tree.query(batch, k=[k], distance_upper_bound=best)  # type: ignore[attr-defined]
        best = min(best, float(distance.min()))
    return best


def _by_blocks(unit: np.ndarray, eta: float, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Candidates from blockwise matrix products, rows sorted by code."""
    order = np.argsort(codes, kind="stable")
    unit, codes = unit[order], codes[order]
    best, found = math.inf, []

    def rivals(a: slice, b: slice) -> bool:
        return bool(codes[a.start] != codes[b.stop - 1])

    for a, b, squares, noise in block_squares(unit, unit, rivals, upper=True):
        if codes[a][-1] >= codes[b][0]:
            squares[codes[a][:, None] == codes[b]] = math.inf
        nearest = int(squares.argmin())
        i, j = divmod(nearest, squares.shape[1])
        if squares[i, j] > _reach(best, eta) ** 2 + noise:
            continue
        best = min(best, math.dist(unit[a.start + i], unit[b.start + j]))
        i, j = np.nonzero(squares <= _reach(best, eta) ** 2 + noise)
        i, j = i + a.start, j + b.start
        exact = direct(unit, unit, i, j)
        best = min(best, float(exact.min()))
        near = exact <= _reach(best, eta)
        found.append((i[near], j[near], exact[near]))
    i, j, exact = (np.concatenate(part) for part in zip(*found, strict=True))
    near = exact <= _reach(best, eta)
    return order[i[near]], order[j[near]]


def block_squares(
    left: np.ndarray,
    right: np.ndarray,
    wanted: Callable[[slice, slice], bool] = lambda a, b: True,
    *,
    upper: bool = False,
) -> Iterator[tuple[slice, slice, np.ndarray, float]]:
    """Approximate squared distances by blocks, with a bound on their absolute error.

    Only the blocks that are ``wanted``; with ``upper``, those on and above the diagonal.  The array
    is reused.
    """
    norms, others = (np.einsum("ij,ij->i", x, x)[:, None] for x in (left, right))
    noise = 8 * (left.shape[1] + 4) * ROUNDED * float(max(norms.max(), others.max()))
    one = np.ones((_BLOCK, 1))
    buffer = np.empty(_BLOCK * _BLOCK)
    for s in range(0, len(left), _BLOCK):
        a = slice(s, min(s + _BLOCK, len(left)))
        rows = np.hstack([left[a], norms[a], one[: a.stop - s]])
        for t in range(s if upper else 0, len(right), _BLOCK):
            b = slice(t, min(t + _BLOCK, len(right)))
            if not wanted(a, b):
                continue
            columns = np.hstack([-2 * right[b], one[: b.stop - t], others[b]]).T
            out = buffer[: len(rows) * columns.shape[1]].reshape(len(rows), -1)
            with blas_threads(1 if left.shape[1] < _NARROW else None):
                np.matmul(rows, columns, out=out)
            yield a, b, out, noise


def direct(left: np.ndarray, right: np.ndarray, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Distances of the rows ``left[i]`` and ``right[j]``, computed from differences."""
    result = np.empty(len(i))
    step = max(1, (1 << 20) // left.shape[1])
    for start in range(0, len(i), step):
        part = slice(start, start + step)
        difference = left[i[part]] - right[j[part]]
        result[part] = np.sqrt(np.einsum("ij,ij->i", difference, difference))
    return result
