"""Equal rows: which rows repeat an earlier one, and which two of them have different labels."""

from typing import Any

import numpy as np


def first_occurrence(points: np.ndarray) -> np.ndarray:
    """For every row the number of the first row equal to it.

    Rows of one dtype without -0.0 are equal exactly when their bytes are.
    """
    if points.dtype == object:
        seen: dict[tuple[Any, ...], int] = {}
        return np.array([seen.setdefault(tuple(row), i) for i, row in enumerate(points)])
    width = points.dtype.itemsize * points.shape[1]
    whole = points.view(np.dtype((np.void, width))).ravel()
    _, first, inverse = np.unique(whole, return_index=True, return_inverse=True)
    return np.asarray(first[inverse])


def collision(rows: np.ndarray, labels: np.ndarray) -> tuple[int, int] | None:
    """Two equal rows with different labels, or None.

    >>> collision(np.array([[0, 1], [1, 1], [0, 1]]), np.array([0, 1, 1]))
    (0, 2)
    """
    first = first_occurrence(np.ascontiguousarray(rows))
    wrong = np.flatnonzero(labels[first] != labels)
    return (int(first[wrong[0]]), int(wrong[0])) if len(wrong) else None
