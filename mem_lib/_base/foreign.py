"""Tables and containers of other libraries, known by what they can do: none of them is imported.

A table becomes one array column by column.  Asked for an array, it would make one type of all its
columns, and where some are integers and some are floats that rounds integers beyond 2^53.
"""

from collections.abc import Iterable, Mapping, Set
from itertools import pairwise
from typing import Any

import numpy as np

from mem_lib.errors import InvalidDataset, shown

_INSIDE = (list, tuple, np.ma.MaskedArray)

Columns = list[tuple[Any, Any]]  # the name of each column, and what it holds


def columns_of(values: Any) -> Columns | None:
    """The columns of a table: of pandas and what is like it, polars, pyarrow, or a structured array
    of numpy; None for everything else."""
    if isinstance(values, np.ndarray):
        names = values.dtype.names
        return [(name, values[name]) for name in names] if names and values.ndim == 1 else None
    if hasattr(values, "iloc") and hasattr(values, "columns"):  # two columns may have one name
        return [(name, values.iloc[:, k]) for k, name in enumerate(values.columns)]
    if hasattr(values, "get_columns") and hasattr(values, "columns"):
        return list(zip(values.columns, values.get_columns(), strict=True))
    if hasattr(values, "itercolumns") and hasattr(values, "column_names"):
        return list(zip(values.column_names, values.itercolumns(), strict=True))
    return None


def side_by_side(name: str, names: list[Any], columns: list[np.ndarray]) -> np.ndarray:
    """One array of exact columns: their integer type, float64 where one is of floats, or objects.

    Raises InvalidDataset for columns of different lengths, and for an integer that float64 does not
    hold beside a column of floats.
    """
    for (one, a), (other, b) in pairwise(zip(names, columns, strict=True)):
        if a.ndim != 1 or a.shape != b.shape:
            raise InvalidDataset(
                f"{name}: columns {shown(one)} and {shown(other)} have the shapes {a.shape} and "
                f"{b.shape}; one number in each row is needed"
            )
    common = np.result_type(*columns)
    if common.kind in "iu":
        return np.stack(columns, axis=1, dtype=common)
    floats = [k for k, column in enumerate(columns) if column.dtype.kind == "f"]
    if common.kind == "O" or not floats:
        return np.stack([column.astype(object) for column in columns], axis=1)
    for label, column in zip(names, columns, strict=True):
        for row in _inexact(column):
            raise InvalidDataset(
                f"{name}, column {shown(label)}: {column[row]} in row {row} is no binary64 number, "
                f"and column {shown(names[floats[0]])} holds floats, so that all become binary64; "
                "give integers in all columns, or subtract what they have in common"
            )
    return np.stack(columns, axis=1, dtype=np.float64)


def _inexact(column: np.ndarray) -> Iterable[int]:
    """The rows whose integer float64 does not hold."""
    if column.dtype.kind not in "iu":
        return ()
    large = np.flatnonzero((column > 1 << 53) | (column < -(1 << 53)))
    return (int(row) for row in large if int(float(int(column[row]))) != int(column[row]))


def hides_entries(values: Any) -> bool:
    """Whether it is a masked array with a masked entry, or a list, or list of lists, with one:
    numpy would take what the mask hides."""
    if isinstance(values, np.ma.MaskedArray):
        return bool(np.ma.is_masked(values))
    if not isinstance(values, list | tuple):
        return False
    inside = [kind for kind in set(map(type, values)) if issubclass(kind, _INSIDE)]
    return bool(inside) and any(hides_entries(v) for v in values if type(v) in inside)


def what_to_do(value: Any) -> str:
    """How an array could be made of a container that numpy takes for one thing; "" if unknown."""
    if isinstance(value, str | bytes):
        return "; read_csv and Dataset.load read files"
    if isinstance(value, Mapping):
        return "; pass a list of rows, made of its values"
    if isinstance(value, Set):
        return "; it has no order: pass sorted(...)"
    for method in ("toarray", "todense", "collect", "compute", "tolist"):
        if hasattr(value, method):
            return f"; pass what its .{method}() gives"
    return "; pass list(...) of it" if isinstance(value, Iterable) else ""
