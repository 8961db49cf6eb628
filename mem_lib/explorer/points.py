"""Points of the plane that a reader can label: whole numbers, few enough for every labelling."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mem_lib._base.numbers import array_of
from mem_lib.data import Dataset
from mem_lib.errors import InvalidDataset, shown
from mem_lib.exact import predict
from mem_lib.network import Network

Point = tuple[int, int]
#: The square that a page shows: left, right, bottom, top.
Box = tuple[int, int, int, int]

#: Five points around a sixth, whole numbers.
POINTS: tuple[Point, ...] = ((-64, 62), (30, 78), (88, 8), (40, -70), (-52, -66), (-8, 2))
#: No coordinate of a point is larger.
_MOST = 10**6


def labellings(points: Sequence[Point]) -> list[Dataset]:
    """The points with each of their labellings; bit i of the index is the label of point i.

    Raises ``InvalidDataset`` unless these are 2 to 8 distinct points of the plane, whole
    numbers up to a million.

    >>> [dataset.labels.tolist() for dataset in labellings([(0, 1), (9, 5)])]
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    array = _checked(points)
    places = np.arange(len(array))
    return [Dataset(array, index >> places & 1) for index in range(2 ** len(array))]


def box_of(points: Sequence[Point]) -> Box:
    """The square that the page shows, (left, right, bottom, top), all whole numbers.

    Raises as :func:`labellings`.

    >>> box_of([(0, 0), (100, 40)])
    (-16, 116, -46, 86)
    """
    low, high = _checked(points).min(axis=0), _checked(points).max(axis=0)
    middle, half = (low + high) // 2, math.ceil(0.66 * int((high - low).max()))
    (x, y) = middle.tolist()
    return x - half, x + half, y - half, y + half


def nearest_other_answer(network: Network, point: Point, box: Box) -> Point | None:
    """The whole point of the box nearest to ``point`` with another answer; None if there is none.

    Exact: every whole point of the box is evaluated.  Of several the leftmost, then lowest.

    Raises as :func:`mem_lib.predict`.
    """
    left, right, bottom, top = box
    x, y = np.meshgrid(np.arange(left, right + 1), np.arange(bottom, top + 1), indexing="ij")
    grid = np.column_stack([x.ravel(), y.ravel()])
    here = predict(network, np.array([point]), names=False)[0]
    others = grid[predict(network, grid, names=False) != here]
    if not len(others):
        return None
    a, b = others[((others - point) ** 2).sum(axis=1).argmin()].tolist()
    return a, b


def _checked(points: Any) -> np.ndarray:
    array = array_of("points", points)
    if array.ndim != 2 or array.shape[1] != 2 or not 2 <= len(array) <= 8:
        raise InvalidDataset(
            f"points: 2 to 8 points of the plane are needed, got shape {array.shape}"
        )
    if array.dtype.kind != "i" or not -_MOST <= array.min() <= array.max() <= _MOST:
        raise InvalidDataset(
            f"points: whole numbers up to a million are needed, got {shown(array.tolist())}"
        )
    if len(np.unique(array, axis=0)) < len(array):
        raise InvalidDataset(f"points: all have to differ, got {shown(array.tolist())}")
    return array
