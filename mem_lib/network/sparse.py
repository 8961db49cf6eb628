"""Sparse integer matrices: the three arrays of compressed sparse rows, always canonical."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mem_lib.errors import InvalidNetwork, shown
from mem_lib.network.integers import Array, integer, locked, vector

Term = tuple[int, int]


@dataclass(frozen=True, eq=False, repr=False)
class Sparse:
    """A matrix of exact integers, of which only the nonzero entries are stored.

    Row i has the entries ``values[a:b]`` in the columns ``indices[a:b]``, where
    ``a, b = indptr[i], indptr[i + 1]``.  Unsorted rows are sorted and explicit zeros dropped; two
    entries in one place are an error, because readers disagree on what they mean.

    indptr:  (units + 1,) int64
    indices: (nonzero,) int64, strictly increasing within a row
    values:  (nonzero,) int64, or object (Python ints) when some |value| >= 2^63
    shape:   (units, inputs)

    >>> list(Sparse([0, 2, 3], [2, 0, 1], [5, -1, 2**70], (2, 3)).rows())
    [[(0, -1), (2, 5)], [(1, 1180591620717411303424)]]
    """

    indptr: Array
    indices: Array
    values: Array
    shape: tuple[int, int]

    def __post_init__(self) -> None:
        units, inputs = checked_shape(self.shape)
        indptr = _positions(vector(self.indptr, "indptr"), "indptr")
        indices = _positions(vector(self.indices, "indices"), "indices")
        _check_indptr(indptr, units, len(indices))
        _check_indices(indptr, indices, inputs)
        values = vector(self.values, "values", lambda i: _name(indptr, indices, i))
        if len(values) != len(indices):
            raise InvalidNetwork(f"{len(indices)} indices, but {len(values)} values")
        indptr, indices, values = _canonical(indptr, indices, values)
        vars(self).update(indptr=indptr, indices=indices, values=values, shape=(units, inputs))

    @classmethod
    def from_coo(cls, coo: Any) -> Sparse:
        """From an object with ``row``, ``col``, ``data``, ``shape`` (a scipy.sparse COO matrix)."""
        if len(coo.shape) != 2:
            raise InvalidNetwork(f"weight must be two-dimensional, its shape is {coo.shape}")
        row = np.asarray(coo.row)
        order = np.argsort(row, kind="stable")
        counts = np.bincount(row, minlength=coo.shape[0])
        indptr = np.concatenate([[0], np.cumsum(counts)])
        data = np.asarray(coo.data)
        return cls(indptr, np.asarray(coo.col)[order], data[order], coo.shape)

    def row(self, i: int) -> list[Term]:
        """The nonzero entries of row ``i`` as pairs (column, value) of Python ints."""
        part = slice(int(self.indptr[i]), int(self.indptr[i + 1]))
        return list(zip(self.indices[part].tolist(), self.values[part].tolist(), strict=True))

    def rows(self) -> Iterator[list[Term]]:
        """The rows, from first to last."""
        return map(self.row, range(self.shape[0]))

    def toarray(self, start: int = 0, stop: int | None = None) -> Array:
        """The rows ``start`` to ``stop`` as a dense array of the same dtype."""
        indptr = self.indptr[start : self.shape[0] + 1 if stop is None else stop + 1]
        part = slice(int(indptr[0]), int(indptr[-1]))
        dense = np.zeros((len(indptr) - 1, self.shape[1]), dtype=self.values.dtype)
        dense[_row_of_each(indptr), self.indices[part]] = self.values[part]
        return dense

    def __repr__(self) -> str:
        return f"Sparse(shape={self.shape}, nonzero={len(self.values)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Sparse, (self.indptr, self.indices, self.values, self.shape)


def checked_shape(shape: Any) -> tuple[int, int]:
    """A pair of positive numbers; ``InvalidNetwork`` for anything else."""
    if not isinstance(shape, (tuple, list)) or len(shape) != 2:
        raise InvalidNetwork(f"shape = {shown(shape)} must be a pair (units, inputs)")
    units, inputs = (integer(n, "shape entry") for n in shape)
    if not (0 < units < 2**53 and 0 < inputs < 2**53):
        raise InvalidNetwork(f"shape = {shown(shape)} needs at least one unit and one input")
    return units, inputs


def _positions(array: Array, name: str) -> Array:
    if array.dtype == object:
        raise InvalidNetwork(f"{name} has an entry of 2^63 or more")
    return array


def _check_indptr(indptr: Array, units: int, nonzero: int) -> None:
    if len(indptr) != units + 1:
        raise InvalidNetwork(f"indptr has {len(indptr)} entries; {units} units need {units + 1}")
    falls = np.flatnonzero(indptr[1:] < indptr[:-1])
    if len(falls):
        raise InvalidNetwork(f"indptr decreases at entry {falls[0] + 1}")
    if indptr[0] != 0 or indptr[-1] != nonzero:
        raise InvalidNetwork(
            f"indptr must run from 0 to {nonzero}, the number of indices;"
            f" it runs from {indptr[0]} to {indptr[-1]}"
        )


def _check_indices(indptr: Array, indices: Array, inputs: int) -> None:
    wrong = np.flatnonzero((indices < 0) | (indices >= inputs))
    if len(wrong):
        i = int(wrong[0])
        raise InvalidNetwork(
            f"row {_row(indptr, i)} has an entry in column {indices[i]};"
            f" columns are 0..{inputs - 1}"
        )


def _canonical(indptr: Array, indices: Array, values: Array) -> tuple[Array, Array, Array]:
    rows = _row_of_each(indptr)
    same_row = rows[1:] == rows[:-1]
    if np.any(same_row & (indices[1:] <= indices[:-1])):
        order = np.lexsort((indices, rows))
        indices, values = locked(indices[order]), locked(values[order])
        twice = np.flatnonzero(same_row & (indices[1:] == indices[:-1]))
        if len(twice):
            i = int(twice[0])
            raise InvalidNetwork(f"row {rows[i]} has two entries in column {indices[i]}")
    nonzero = values.astype(bool)
    if not nonzero.all():
        counts = np.bincount(rows[nonzero], minlength=len(indptr) - 1)
        indptr = locked(np.concatenate([[0], np.cumsum(counts)]))
        indices, values = locked(indices[nonzero]), locked(values[nonzero])
    return indptr, indices, values


def _row_of_each(indptr: Array) -> Array:
    return np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))


def _row(indptr: Array, i: int) -> int:
    return int(np.searchsorted(indptr, i, side="right")) - 1


def _name(indptr: Array, indices: Array, i: int) -> str:
    known = i < len(indices)
    return f"weight[{_row(indptr, i)}][{indices[i]}]" if known else f"values[{i}]"
