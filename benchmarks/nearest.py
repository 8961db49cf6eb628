"""Balls around points that reach to the nearest point of another class, exactly.

For many hyperplanes and biases of a wide range the neuron of a centre covers what lies in the open
ball, perhaps more, and nothing outside of the closed one (theorem
``thm-beyond_worst_case-limit``).
"""

import numpy as np

import mem_lib as ml
from mem_lib.errors import InvalidDataset

_ROWS, _OTHERS = 1000, 4000  # of a block of distances


def alone(dataset: ml.Dataset, orders: int = 5) -> dict[str, object]:
    """Of N points with integer coordinates, in classes:

    nearest_is_a_rival : how many have a rival nearer than every other point of their class, so that
        the closed ball holds nothing else of the class
    in_no_other_ball : how many lie in the closed ball of no other point of their class, so that
        every cover by such balls has theirs among its own
    balls : how many open balls cover all classes when points that are not covered yet get theirs in
        random order; the mean of so many ``orders``, with one digit

    ``InvalidDataset`` for other coordinates, and for such large ones that distances might round.
    """
    reach = _reach(dataset)
    empty = outside = 0
    balls = np.zeros(orders)
    for k in np.unique(dataset.labels):
        rows = np.flatnonzero(dataset.labels == k)
        square = squares(dataset, rows, rows)
        closed = square <= reach[rows, None]
        empty += int((closed.sum(axis=1) == 1).sum())
        outside += int((closed.sum(axis=0) == 1).sum())
        for seed in range(orders):
            rng = np.random.default_rng([seed, k])
            balls[seed] += _in_random_order(square < reach[rows, None], rng)
    return {
        "nearest_is_a_rival": empty,
        "in_no_other_ball": outside,
        "balls": f"{balls.mean():.1f}",
    }


def _in_random_order(inside: np.ndarray, rng: np.random.Generator) -> int:
    waiting, balls = np.ones(len(inside), dtype=bool), 0
    for centre in rng.permutation(len(inside)):
        if waiting[centre]:
            waiting &= ~inside[centre]
            balls += 1
    return balls


def _reach(dataset: ml.Dataset) -> np.ndarray:
    """The squared distance of each point to its nearest rival."""
    everything = np.arange(dataset.N)
    reach = np.full(dataset.N, np.inf)
    for start in range(0, dataset.N, _OTHERS):
        others = everything[start : start + _OTHERS]
        for first in range(0, dataset.N, _ROWS):
            some = everything[first : first + _ROWS]
            square = squares(dataset, some, others)
            square[dataset.labels[some, None] == dataset.labels[others]] = np.inf
            reach[some] = np.minimum(reach[some], square.min(axis=1))
    return reach


def squares(dataset: ml.Dataset, some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Squared distances of points with integer coordinates, (some, others), exact: all that is
    summed up, in whatever order, are integers below 2^53."""
    x, y = (np.asarray(dataset.points[rows], dtype=float) for rows in (some, others))
    most = max(np.abs(x).max(), np.abs(y).max())
    if dataset.shift > 0 or 4 * dataset.d * most**2 >= 2**53:
        raise InvalidDataset(
            f"dataset: integers are needed, with 4 d max^2 < 2^53; got {dataset}, max = {most:g}"
        )
    return (x * x).sum(axis=1)[:, None] + (y * y).sum(axis=1) - 2 * (x @ y.T)
