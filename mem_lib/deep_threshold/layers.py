"""Layers of threshold gates [sum of weight times unit >= theta], none of which is ever 0.

With integers, z >= theta and 2z - 2 theta + 1 >= 0 say the same, and the second sum is odd: no gate
sits on a tie, at any point.  Layers are stored sparse where most of a wide matrix would be 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mem_lib.network import Layer, Network, Sparse

#: A layer with more units and inputs than this, of whose entries fewer than one in so many are not
#: 0, is stored as a sparse matrix.
WIDE, RARE = 64, 16


class _Entries(NamedTuple):
    """A sparse matrix as its entries, with the names that scipy has for them."""

    row: np.ndarray
    col: np.ndarray
    data: np.ndarray
    shape: tuple[int, int]


def threshold_layer(
    stage: str,
    places: tuple[np.ndarray, np.ndarray],
    weights: np.ndarray,
    thetas: np.ndarray,
    shape: tuple[int, int],
    names: Sequence[str] | None = None,
) -> Layer:
    """The gates [sum of weight times unit >= theta], doubled.

    places, weights: rows and columns of the entries of the matrix, each place once, and what is
    there; shape is (gates, units before).
    """
    row, column = places
    if min(shape) > WIDE and RARE * len(weights) < shape[0] * shape[1]:
        weight: np.ndarray | Sparse = Sparse.from_coo(_Entries(row, column, 2 * weights, shape))
    else:
        weight = np.zeros(shape, dtype=weights.dtype)
        weight[row, column] = 2 * weights
    return Layer(weight, 1 - 2 * thetas, "threshold", names=names, stage=stage)


def entries_of(matrix: Sparse) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(rows, columns, values) of the entries that are not 0."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return rows, matrix.indices, matrix.values


def constant_network(inputs: int, label: int, shift: int) -> Network:
    """One class: the output is its label."""
    layer = Layer(np.zeros((1, inputs), dtype=np.int64), [label], "identity", stage="answer")
    return Network([layer], shift, readout="value", about={"constant": label})
