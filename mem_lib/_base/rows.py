"""Equal rows: which rows repeat an earlier one."""

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
