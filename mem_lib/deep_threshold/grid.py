"""Rows parallel to the axes: no randomness, one weight a row (lemma ``thm-deep_threshold-grid``).

Let delta^2 be the least squared distance of differently labelled integer points, and h the largest
integer with d (h - 1)^2 < delta^2.  Thresholds at distance h in every coordinate leave intervals
of h integers.  Points that share all intervals differ by at most h - 1 in every coordinate, so
their distance is less than delta: their labels are equal.
"""

from __future__ import annotations

import math

import numpy as np

from mem_lib.data import Dataset
from mem_lib.deep_threshold.gaussian import STAGE
from mem_lib.deep_threshold.rows_enough import labelled
from mem_lib.network import Layer, Sparse


def spacing(data: Dataset) -> int | None:
    """h, in the unit of ``data.integers()``; None where all labels are equal."""
    square = data.squared_margin
    if square is None:
        return None
    return math.isqrt((int(square * 4**data.shift) - 1) // data.d) + 1


def grid_rows(data: Dataset, *, clear: bool = False) -> int:
    """The number of rows of the grid for these data, at least 1: the sum over coordinates of
    floor(range / h) (lemma ``thm-deep_threshold-grid``), and with offsets of their own (``clear``)
    at most one more for each.

    Raises ``InvalidArgument`` for what is no data set, ``HypothesisViolated`` for targets.

    >>> grid_rows(Dataset([[0, 0], [4, 0], [0, 4], [4, 4]], [0, 1, 1, 0]))
    2
    """
    data = labelled(data)
    h = spacing(data)
    if h is None:
        return 1
    X, _ = data.integers()
    ranges = (int(b) - int(a) for a, b in zip(X.min(axis=0), X.max(axis=0), strict=True))
    return max(1, sum(r // h + clear for r in ranges))


def grid_layer(data: Dataset, *, clear: bool = False) -> Layer:
    """The gates [x_k >= threshold], as 2 x_k - (2 threshold - 1) >= 0: odd at every point.

    ``clear``: in every coordinate the thresholds move to the middle of the largest gap of the
    coordinates modulo h.  That gap is at least h / N >= delta / (N sqrt(d)), so every point is at
    distance at least delta / (2 N sqrt(d)) of every threshold.  Values may be even then, and are 0
    at no point.
    """
    h = spacing(data)
    X, _ = data.integers()
    axes: list[int] = []
    bias: list[int] = []
    for k in range(data.d if h is not None else 0):
        assert h is not None
        low, high = int(X[:, k].min()), int(X[:, k].max())
        doubled = 2 * (low + h) - 1
        if clear:
            doubled = 2 * low + _middle_of_gap(X[:, k] - low, h)
        found = range(doubled, 2 * high + 1, 2 * h)
        axes += [k] * len(found)
        bias += [-t for t in found]
    if not bias:  # one class: a gate that is always on
        axes, bias = [0], [1 - 2 * int(X[:, 0].min())]
    places = np.arange(len(axes) + 1)
    weight = Sparse(places, np.array(axes), np.full(len(axes), 2), (len(axes), data.d))
    return Layer(weight, bias, "threshold", stage=STAGE)


def _middle_of_gap(offsets: np.ndarray, h: int) -> int:
    """Twice the middle of the largest gap of the offsets modulo h, as a number from 1 to 2 h: the
    first threshold above 0, doubled."""
    residues = np.unique(offsets % h).tolist()  # 0 is one of them
    gaps = [b - a for a, b in zip(residues, [*residues[1:], h], strict=True)]
    widest = max(range(len(gaps)), key=gaps.__getitem__)
    return int(2 * residues[widest] + gaps[widest])
