"""What all products have in common."""

from typing import Any

import numpy as np


def product(weight: Any, x: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """W x, in the type of both."""
    with np.errstate(invalid="ignore"):  # some BLAS raise the flag on lanes that they drop
        return np.asarray(weight @ x if out is None else np.matmul(weight, x, out=out))


def with_ones(x: np.ndarray, dtype: type) -> np.ndarray:
    """``x`` in ``dtype``, and below it a last input that is 1 at every point."""
    longer: np.ndarray = np.empty((len(x) + 1, x.shape[1]), dtype)
    longer[:-1], longer[-1] = x, 1
    return longer
