"""What no cover falls below, however many hyperplanes there are.

With n hyperplanes the score of x for the centre c is about n p(c, x).  As n grows the neuron of c
comes to cover the points of its class that are nearer to c than every rival is, where "nearer"
means a smaller p; for biases of a wide range p orders points as their Euclidean distance does
(theorem ``thm-beyond_worst_case-limit``).  So the width comes down to the number of balls around
points of a class, each as large as the distance of its centre to the nearest rival, that cover it.

That number is hard to find; here it is put between two that are easy.  A greedy family of *open*
balls is a cover.  And no cover by *closed* balls, which hold the points at exactly that distance as
well, has fewer than there are points no two of which lie in one ball (proposition
``thm-beyond_worst_case-floor``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from mem_lib._base.arguments import at_least_zero
from mem_lib._base.integers import largest
from mem_lib._base.memory import check_memory
from mem_lib.beyond_worst_case.arguments import binary, classes_of, in_units_of_the_radius
from mem_lib.beyond_worst_case.greedy import (
    greedy_family,
    irredundant,
    packed,
    sizes,
    union,
    unpacked,
)
from mem_lib.beyond_worst_case.rays import check_rays
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, shown
from mem_lib.exact.engine import Engine
from mem_lib.network import Layer, Network
from mem_lib.parts.separation import all_pairs

#: Centres and points of a block of distances; p takes several temporaries a pair.
CENTRES, POINTS = 1024, 2048
#: Twice the error of p by quadrature: p are told apart when they differ by more.
SLACK = 2e-6

#: (rows of centres, rows of points) -> how far they are apart, in an order that counts alone.
Gap = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Floor:
    """How many balls cover each class that gets covered, in the order of the classes.

    balls:    so many open balls do, a greedy family
    at_least: no cover by closed balls has fewer
    ties:     pairs of a centre and a point on the border of its ball, in the closed one only
    """

    balls: tuple[int, ...]
    at_least: tuple[int, ...]
    ties: int


def covering_floor(
    dataset: Dataset, *, covered: int = 1, max_bias: float | Fraction | None = None
) -> Floor:
    """The floor of theorem ``thm-beyond_worst_case-limit``: how many balls around points of a
    class, as large as the distance of their centre to the nearest rival, cover the class; one or
    two-sided networks of this chapter come down to it as n grows, and no order of the centres goes
    below.

    covered : with two classes, the one that gets covered.
    max_bias : None: Euclidean balls, in exact integers; what networks come down to for all large
        enough ranges of the biases.  A number: balls of p for biases up to it, in the unit of the
        data; p is computed to 1e-6, and pairs that it does not tell apart count as ties.

    Takes N- N products of points, and N-^2 / 4 bytes.  Raises ``HypothesisViolated`` for targets,
    and for a ``max_bias`` of 0 where classes share a ray from the origin or a rival is the origin;
    ``InvalidArgument`` when an argument is out of range, or ``max_bias`` positive and below a
    fiftieth of the radius, where p is not known to 1e-6; ``TooLarge`` when the balls do not fit
    into memory.

    >>> covering_floor(Dataset([[0], [1], [2], [9], [3]], [1, 1, 1, 1, 0]))
    Floor(balls=(2,), at_least=(2,), ties=1)
    """
    classes, covered = classes_of(dataset), binary(covered)
    data = dataset.distinct()
    present = np.unique(data.labels)
    if len(present) < 2:
        return Floor((), (), 0)
    targets = (covered,) if classes == 2 else tuple(range(classes))
    own = [np.flatnonzero(data.labels == k) for k in targets]
    most = max(map(len, own))
    check_memory(
        most * (most // 4 + 16 * CENTRES), f"dataset: the balls of {most} points of a class"
    )
    gap, slack = (_distances(data), 0.0) if max_bias is None else _rates(data, max_bias, targets)
    found = [
        _between(*_balls(rows, np.flatnonzero(data.labels != k), gap, slack), len(rows))
        for k, rows in zip(targets, own, strict=True)
    ]
    return Floor(
        tuple(balls for balls, _, _ in found),
        tuple(least for _, least, _ in found),
        sum(ties for _, _, ties in found),
    )


# -- balls -------------------------------------------------------------------------------------


def _distances(data: Dataset) -> Gap:
    """|x|^2 - 2 <c, x>, exactly: the squared distance, but for a term that all x share."""

    def gap(centres: np.ndarray, points: np.ndarray) -> np.ndarray:
        c, x = _lifted(data, centres), _lifted(data, points)
        weight = -2 * c
        weight[:, -1] = 1
        layer = Layer(weight, np.zeros(len(c), dtype=np.int64), "identity")
        return Engine(Network([layer], readout="argmax")).run(x)[0]

    return gap


def _lifted(data: Dataset, rows: np.ndarray) -> np.ndarray:
    """Integer points, and their squared norms as one more coordinate."""
    points, _ = data.integers(rows)
    if data.d * int(largest(points)) ** 2 >= 2**62:
        points = points.astype(object)
    return np.hstack([points, (points * points).sum(axis=1)[:, None]])


def _rates(data: Dataset, max_bias: Any, targets: tuple[int, ...]) -> tuple[Gap, float]:
    """p(c, x), and the difference beyond which two of them are told apart."""
    exact = at_least_zero(max_bias, "max_bias")
    if exact == 0:
        check_rays(data, targets, two_sided=False)
    elif 2500 * exact**2 < data.squared_radius:
        raise InvalidArgument(
            f"max_bias: 0, or at least a fiftieth of the radius {data.radius:g} is needed, got "
            f"{shown(max_bias)}"
        )
    scaled, bias, _ = in_units_of_the_radius(data, exact)
    return lambda centres, points: all_pairs(scaled[centres], scaled[points], bias), SLACK


def _balls(
    own: np.ndarray, rivals: np.ndarray, gap: Gap, slack: float
) -> tuple[np.ndarray, np.ndarray]:
    """The points of the class in the open ball of each of its points, and in the closed one,
    packed.  A centre lies in its ball: rivals are elsewhere."""
    open_, closed = [], []
    for start in range(0, len(own), CENTRES):
        centres = own[start : start + CENTRES]
        least = np.min([gap(centres, part).min(axis=1) for part in _parts(rivals)], axis=0)[:, None]
        far = np.concatenate([gap(centres, part) for part in _parts(own)], axis=1)
        open_.append(packed([far < least - slack], len(own)))
        closed.append(packed([far <= least + slack], len(own)))
    whole = [np.concatenate(parts) if parts else packed([], 0) for parts in (open_, closed)]
    return whole[0], whole[1]


def _parts(rows: np.ndarray) -> list[np.ndarray]:
    return [rows[i : i + POINTS] for i in range(0, len(rows), POINTS)]


# -- how many ----------------------------------------------------------------------------------


def _between(open_: np.ndarray, closed: np.ndarray, count: int) -> tuple[int, int, int]:
    """(balls that do, balls at least, ties) of one class of ``count`` points."""
    if not count:
        return 0, 0, 0
    balls = open_[greedy_family(open_)]
    ties = int((sizes(closed) - sizes(open_)).sum())
    return len(irredundant(balls, count)), scattered(closed, count), ties


def scattered(sets: np.ndarray, count: int) -> int:
    """How many elements are found no two of which lie in one of the packed ``sets``: a cover has no
    fewer (proposition ``thm-beyond_worst_case-floor``).  Elements of few sets go first."""
    times = np.zeros(count, np.int64)
    for row in sets:
        times += unpacked(row, count)
    free, found = np.ones(count, bool), 0
    for element in np.argsort(times, kind="stable"):
        if free[element]:
            word, bit = divmod(int(element), 64)
            holds = unpacked(sets[:, word : word + 1], min(64, count - 64 * word))[:, bit]
            free &= ~unpacked(union(sets[holds]), count)
            found += 1
    return found
