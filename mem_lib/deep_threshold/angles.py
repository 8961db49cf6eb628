"""How many random hyperplanes the pairs of a data set ask for.

A random row <w, Z> + b with w ~ N(0, I) and b ~ N(0, radius^2) tells Z and Z' apart with
probability theta / pi, where theta is the angle of (Z, radius) and (Z', radius).  So m rows fail on
some pair with probability at most the sum over pairs of (1 - theta / pi)^m.

The sum runs over classes of almost equal angles.  Chords |u - u'| of unit vectors are tallied by
their leading bits and rounded down, so the sum is too large by little, and never too small but
for a relative 1e-9.
"""

import math

import numpy as np

from mem_lib._base.search import least_integer
from mem_lib._base.threads import blas_threads
from mem_lib.data import Dataset
from mem_lib.deep_threshold.frame import Frame

#: Mantissa bits by which squared chords are told apart.
_BITS = 11
#: Squared chords below this are not known well enough from float products.
_CLOSE = 2.0**-34
#: More pairs are not looked at one by one.
MOST_PAIRS = 5 * 10**8
#: Failing is allowed to be more probable by this part: rounding noise.
_SLACK = 1 + 1e-9


def tallied_rates(data: Dataset, frame: Frame) -> tuple[np.ndarray, np.ndarray] | None:
    """(theta / pi, how many pairs have it) over the differently labelled pairs that matter; None
    where they are too many, or some of them too close for floats.  On a line only neighbours
    matter: a row that tells two points apart is a threshold between two neighbours of different
    labels."""
    unit, radius = frame.floats()
    labels = data.labels
    if data.d == 1:
        order = np.array(sorted(range(data.N), key=frame.points[:, 0].tolist().__getitem__))
        i, j = order[:-1], order[1:]
        differ = labels[i] != labels[j]
        i, j = i[differ], j[differ]
        difference = np.abs(frame.points[i, 0] - frame.points[j, 0])
        scale = 1 << frame.radius.bit_length()
        apart = np.array([int(v) / scale for v in difference], dtype=float)
        angle = np.arctan2(radius * apart, radius**2 + unit[i, 0] * unit[j, 0])
        good = bool((angle > 1e-300).all())
        return (angle / math.pi, np.ones(len(angle))) if good else None
    lifted = np.hstack([unit, np.full((data.N, 1), radius)])
    lifted /= np.linalg.norm(lifted, axis=1, keepdims=True)
    with blas_threads(1):  # many small products: threads would wait for each other
        times = _chords(lifted, labels)
    if times is None:
        return None
    bins = np.flatnonzero(times)
    edges = (bins.astype(np.int64) + _bin(_CLOSE)) << (52 - _BITS)
    chords = np.sqrt(edges.view(np.float64))
    return 2 * np.arcsin(np.minimum(chords / 2, 1)) / math.pi, times[bins]


def _bin(square: float) -> int:
    return int(np.float64(square).view(np.int64)) >> (52 - _BITS)


def _chords(unit: np.ndarray, labels: np.ndarray) -> np.ndarray | None:
    """How often squared chords of differently labelled unit vectors fall into every bin."""
    order = np.argsort(labels, kind="stable")
    unit, labels = unit[order], labels[order]
    ends = np.searchsorted(labels, labels, side="right")  # later classes begin there
    rows = np.flatnonzero(ends < len(labels))
    if int((len(labels) - ends).sum()) > MOST_PAIRS:
        return None
    noise = 4 * (unit.shape[1] + 4) * 2.0**-53
    first, bins = _bin(_CLOSE), _bin(4.0) - _bin(_CLOSE) + 2
    times = np.zeros(bins)
    starts, step = ends[rows], max(1, 2**18 // len(labels))
    for begin in np.unique(starts).tolist():
        block = rows[starts == begin]
        later = -2 * unit[begin:].T
        for k in range(0, len(block), step):
            squares = unit[block[k : k + step]] @ later
            squares += 2 - noise
            if squares.min() < _CLOSE:
                return None
            found = squares.view(np.int64).ravel()
            found >>= 52 - _BITS
            found -= first
            times += np.bincount(found, minlength=bins)
    return times


def least_rows(probability: np.ndarray, times: np.ndarray, failure: float) -> int:
    """The least m with sum of times (1 - probability)^m <= failure."""
    if not len(probability):
        return 1
    rate = -np.log1p(-np.minimum(probability, 1 - 1e-16))
    enough = failure * _SLACK
    return least_integer(lambda m: float((times * np.exp(-m * rate)).sum()) <= enough)
