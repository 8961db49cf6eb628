"""What a network does on labelled points: right, wrong, undecided; and how far points may move.

*Robustness* (thm-generalization-robust).  Let c_0 be the margin of the data.  A point z at distance
below c_0/2 from a data point x is nearer to x than to any point with another label, so the
max-net gives all of the open ball of radius c_0/2 about x the label of x.  No classifier that
memorizes does so for a larger radius: two points at distance c_0 share the middle.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from mem_lib._base.arguments import instance
from mem_lib._base.dyadic import least_shift, scaled
from mem_lib._base.integers import largest
from mem_lib._base.numbers import numbers_of, shape_text
from mem_lib._base.roots import root_below
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated, InvalidDataset
from mem_lib.exact import predict
from mem_lib.exact.classes import meant
from mem_lib.network import Network

_BLOCK = 1 << 24  # entries of a table of distances


@dataclass(frozen=True)
class Accuracy:
    """How a network answers ``points`` labelled points: counts, and shares as fractions."""

    points: int
    right: int
    undecided: int

    @property
    def accuracy(self) -> Fraction:
        """The share of right answers; undecided counts as wrong."""
        return Fraction(self.right, self.points)

    @property
    def abstention(self) -> Fraction:
        """The share of points on which the readout is undecided."""
        return Fraction(self.undecided, self.points)

    def __str__(self) -> str:
        return f"{self.right} of {self.points} right, {self.undecided} undecided"


def accuracy(network: Network, dataset: Dataset) -> Accuracy:
    """How many points of ``dataset`` the network answers rightly, and on how many it abstains:
    evaluated exactly, through its layers.

    Raises ``InvalidArgument`` when an argument is of another kind, ``HypothesisViolated`` for
    targets in place of labels, ``InvalidDataset`` for points of another dimension and for classes
    that the network does not know by their names.

    >>> from mem_lib import Layer
    >>> side = Network([Layer([[1, -1]], [0], "identity")], readout="sign")
    >>> print(accuracy(side, Dataset([[1, 0], [0, 1], [2, 2]], [1, 1, 0])))
    1 of 3 right, 1 undecided
    """
    instance(network, "network", Network)
    _labels(dataset)
    labels, answers = meant(network, dataset), predict(network, dataset.points, names=False)
    return Accuracy(dataset.N, int((answers == labels).sum()), int((answers < 0).sum()))


def fair_coin_accuracy(network: Network, points: Any) -> Fraction:
    """The expected accuracy on ``points`` (M, d) whose labels 0 and 1 are fair coins: half of the
    share of points on which the network decides, exactly (proposition
    ``thm-generalization-coins``).

    So on labels that are independent of the points no network exceeds 1/2.  Raises
    ``InvalidArgument`` for no network, ``InvalidDataset`` for points of another shape.

    >>> from mem_lib import Layer
    >>> side = Network([Layer([[1, -1]], [0], "identity")], readout="sign")
    >>> fair_coin_accuracy(side, [[1, 0], [0, 1], [2, 2]])
    Fraction(1, 3)
    """
    answers = predict(network, points, names=False)
    return Fraction(int(np.isin(answers, (0, 1)).sum()), 2 * len(answers))


def nearest(dataset: Dataset, points: Any) -> np.ndarray:
    """The label of the nearest data point for each of ``points`` (M, d), -1 where points with
    different labels are equally near: int64, (M,); exact.

    This is what the max-net answers, found without the network: for figures, which ask it at very
    many points.  ``accuracy`` never uses it.

    Raises ``InvalidArgument`` for no data set, ``HypothesisViolated`` for targets,
    ``InvalidDataset`` for points of another shape or that are no finite numbers.

    >>> nearest(Dataset([[0, 0], [4, 0]], [0, 1]), [[1, 7], [2, -1], [2.5, 0]]).tolist()
    [0, -1, 1]
    """
    labels = _labels(dataset)
    array = numbers_of("points", points)
    if array.ndim != 2 or array.shape[1] != dataset.d:
        raise InvalidDataset(f"points must have shape (M, {dataset.d}); got {shape_text(array)}")
    shift = max(dataset.shift, least_shift(array))
    data, queries = scaled(dataset.points, shift), scaled(array, shift)
    # |x|^2 - 2 x.z, of which every partial sum is an integer that float64 holds
    size, most = int(largest(data)), int(largest(queries)) if queries.size else 0
    kind = np.float64 if dataset.d * size * (size + 2 * most) < 1 << 53 else object
    data, queries = data.astype(kind), queries.astype(kind)
    norms = (data * data).sum(axis=1)
    groups = [np.flatnonzero(labels == c) for c in np.unique(labels)]
    names = np.array([labels[group[0]] for group in groups])
    found = np.empty(len(queries), np.int64)
    step = max(1, _BLOCK // dataset.N)
    for start in range(0, len(queries), step):
        part = slice(start, start + step)
        scores = norms - 2 * (queries[part] @ data.T)
        best = np.stack([scores[:, group].min(axis=1) for group in groups], axis=1)
        least = best == best.min(axis=1, keepdims=True)
        found[part] = np.where(least.sum(axis=1) == 1, names[least.argmax(axis=1)], -1)
    return found


def squared_robustness_radius(dataset: Dataset) -> Fraction | float:
    """c_0^2/4, exactly, for the margin c_0 of the data; ``inf`` for one class.

    On the open ball of this squared radius about each data point the max-net's answer is that
    point's label, and no larger radius is possible (theorem ``thm-generalization-robust``).
    Raises ``InvalidArgument`` for no data set, ``HypothesisViolated`` for targets.

    >>> squared_robustness_radius(Dataset([[0, 0], [1, 2], [3, 3]], [0, 1, 1]))
    Fraction(5, 4)
    """
    _labels(dataset)
    square = dataset.squared_margin
    return math.inf if square is None else square / 4


def robustness_radius(dataset: Dataset) -> float:
    """The root of :func:`squared_robustness_radius`, rounded down (theorem
    ``thm-generalization-robust``), in the unit of the points; errors as there.

    >>> robustness_radius(Dataset([[0, 0], [3, 4]], [0, 1]))
    2.5
    """
    square = squared_robustness_radius(dataset)
    return root_below(square) if isinstance(square, Fraction) else square


def _labels(dataset: Any) -> np.ndarray:
    labels: Any = instance(dataset, "dataset", Dataset).labels
    if labels is None:
        raise HypothesisViolated("dataset: labels 0..C-1 are needed, got real targets")
    return np.asarray(labels)
