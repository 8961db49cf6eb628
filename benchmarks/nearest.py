"""Balls around points that reach to the nearest point of another class, exactly.

The neuron of a centre fires on its class where few hyperplanes lie between.  With many hyperplanes
and biases much larger than the data these numbers go as the distances, and the neuron fires inside
this ball.
"""

import numpy as np

import mem_lib as ml

_BLOCK = 1000


def alone(dataset: ml.Dataset, orders: int = 5) -> dict[str, object]:
    """Of N labelled points with integer coordinates:

    nearest_is_a_rival : how many have no point of their class strictly nearer than every rival;
        the ball of such a point holds no other point of its class
    in_no_other_ball : how many lie in the ball of no other point of their class; each cover of all
        points by such balls has theirs among its own
    balls : how many balls cover all classes when points that are not covered yet get theirs in
        random order; the mean of so many ``orders``, with one digit
    """
    reach = _reach(dataset)
    empty = outside = 0
    balls = np.zeros(orders)
    for k in np.unique(dataset.labels):
        rows = np.flatnonzero(dataset.labels == k)
        inside = np.concatenate([
            squares(dataset, rows[i : i + _BLOCK], rows) < reach[rows[i : i + _BLOCK], None]
            for i in range(0, len(rows), _BLOCK)
        ])  # fmt: skip
        empty += int((inside.sum(axis=1) == 1).sum())
        outside += int((inside.sum(axis=0) == 1).sum())
        for seed in range(orders):
            balls[seed] += _in_random_order(inside, np.random.default_rng([seed, k]))
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
    reach = np.empty(dataset.N)
    for i in range(0, dataset.N, _BLOCK):
        some = everything[i : i + _BLOCK]
        square = squares(dataset, some, everything)
        square[dataset.labels[some, None] == dataset.labels] = np.inf
        reach[some] = square.min(axis=1)
    return reach


def squares(dataset: ml.Dataset, some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Squared distances of integer points, exact: every partial sum is an integer below 2^53."""
    points = np.asarray(dataset.points, dtype=float)
    assert (points == np.rint(points)).all() and 4 * dataset.d * np.abs(points).max() ** 2 < 2**53
    x, y = points[some], points[others]
    return (x * x).sum(axis=1)[:, None] + (y * y).sum(axis=1) - 2 * (x @ y.T)
