"""From what a caller passes to arrays that are known to be good: points, labels, targets."""

from typing import Any

import numpy as np

from mem_lib._base import names
from mem_lib._base.foreign import hides_entries
from mem_lib._base.numbers import (
    array_of,
    exact_number,
    numbers_of,
    sample_text,
    shape_text,
    whole,
)
from mem_lib.errors import InvalidDataset, shown

_OTHER_LABELS = "Dataset.from_arrays(X, y) takes other labels (-1 and 1, strings, floats)"


def frozen(array: np.ndarray) -> np.ndarray:
    """A read-only view of a read-only array, so that ``setflags`` cannot thaw it."""
    array.setflags(write=False)
    return array.view()


def as_points(points: Any) -> np.ndarray:
    """A fresh (N, d) array: float64 (without -0.0), an integer dtype, or Python integers."""
    array = numbers_of("points", points, fractions=False)
    if array.ndim != 2:
        raise InvalidDataset(f"points must have shape (N, d), got {shape_text(array)}")
    if 0 in array.shape:
        raise InvalidDataset(f"points is empty: it has shape {array.shape}")
    return array


def as_targets(targets: Any, N: int) -> np.ndarray:
    """A fresh (N,) array: float64, an integer dtype, Python integers, or Fractions."""
    array = numbers_of("targets", targets, fractions=True)
    _check_length("targets", array, N)
    return array


def as_labels(labels: Any, N: int) -> np.ndarray:
    """A fresh (N,) int64 array of labels >= 0."""
    array = array_of("labels", labels)
    integral = array.dtype.kind in "iu"
    if array.dtype.kind in "fO":  # a list with integers beyond 64 bits arrives as either
        array = np.array(labels, dtype=object)
        integral = all(whole(v) is not None for v in array.flat)
    if not integral:
        raise InvalidDataset(
            f"labels must be integers 0..C-1, got {sample_text(array)} of type "
            f"{np.asarray(labels).dtype}; {_OTHER_LABELS}"
        )
    if array.dtype == object:
        array = np.frompyfunc(whole, 1, 1)(array)
    _check_length("labels", array, N)
    wrong = np.flatnonzero((array < 0) | (array > np.iinfo(np.int64).max - 1))
    if len(wrong):
        raise InvalidDataset(
            f"labels[{wrong[0]}] = {shown(int(array[wrong[0]]))} is out of range: "
            f"labels are 0..C-1; {_OTHER_LABELS}"
        )
    return array.astype(np.int64)


def as_rows(rows: Any, N: int) -> np.ndarray:
    """The numbers of the chosen rows of N: of a slice, a list of numbers, or a mask."""
    if hides_entries(rows):
        raise InvalidDataset("rows has masked entries; fill or drop them first")
    try:
        chosen = np.arange(N)[list(rows) if isinstance(rows, tuple) else rows]
    except (IndexError, ValueError, OverflowError, TypeError) as error:
        raise InvalidDataset(f"rows does not select from {N} points: {error}") from error
    if not isinstance(chosen, np.ndarray) or chosen.ndim != 1:
        raise InvalidDataset(f"rows must be a list of rows, a slice or a mask, got {shown(rows)}")
    return chosen


def as_classes(classes: Any, labels: np.ndarray) -> int:
    """The number of classes, at least ``labels.max() + 1``."""
    top = int(labels.max())
    if classes is None:
        return top + 1
    number = whole(classes)
    if number is None:
        raise InvalidDataset(f"classes must be an integer, got {shown(classes)}")
    if number <= top:
        row = int(labels.argmax())
        raise InvalidDataset(f"labels[{row}] = {top} is out of range for classes={number}")
    return number


def as_names(given: Any, classes: int) -> names.Names | None:
    """One name for each class, as plain Python values, all different."""
    if given is None:
        return None
    plain = names.checked(given, "names", InvalidDataset)
    if len(plain) != classes:
        raise InvalidDataset(f"names has {len(plain)} entries for classes={classes}")
    return plain


def _check_length(name: str, array: np.ndarray, N: int) -> None:
    if array.shape != (N,):
        raise InvalidDataset(
            f"{name} must have shape ({N},) to match points, got {shape_text(array)}"
        )


def check_consistent(first: np.ndarray, values: np.ndarray, name: str) -> None:
    """Raise when equal points have different labels or targets."""
    wrong = np.flatnonzero(values[first] != values)
    if len(wrong):
        j = int(wrong[0])
        i = int(first[j])
        raise InvalidDataset(
            f"points[{i}] and points[{j}] are equal but {name}[{i}] = {values[i]} and "
            f"{name}[{j}] = {values[j]} differ: no function has both values"
        )


def known_names(y: Any) -> tuple[list[Any], np.ndarray]:
    """The sorted distinct labels of ``y``, and the place of each label among them."""
    values = array_of("y", y)
    if values.dtype == object:
        values = array_of("y", values.tolist())  # strings in an object array, as tables have them
    if values.ndim != 1:
        raise InvalidDataset(f"y must hold one label for each point, got {shape_text(values)}")
    numeric = values.dtype.kind in "biuf"
    if values.dtype == object:
        odd = [v for v in values if exact_number(v) is None]
        if odd:
            raise InvalidDataset(f"y must hold numbers, booleans or strings, got {shown(odd[0])}")
        values, numeric = numbers_of("y", values), True  # integers of any size and of any library
    if not numeric and values.dtype.kind != "U":
        raise InvalidDataset(f"y must hold numbers, booleans or strings, got {shown(y)}")
    if values.dtype.kind == "U" and not all(isinstance(v, str) for v in y):
        raise InvalidDataset(f"y mixes strings with other labels: {shown(list(y))}")
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise InvalidDataset(f"y has a label that is not finite: {shown(y)}")
    if values.dtype.kind == "f":
        values = numbers_of("y", y)  # where it was made of integers, some may have been rounded
    found, labels = np.unique(values, return_inverse=True)
    return found.tolist(), labels
