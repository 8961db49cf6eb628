"""From what a caller passes to arrays that are known to be good: points, labels, targets.

Numbers enter exactly or not at all: binary64 and narrower floats, integers of any size, and, for
targets, fractions.  A list that mixes floats with integers is accepted when no integer would be
rounded by the mix.
"""

import numbers
from fractions import Fraction
from typing import Any

import numpy as np

from mem_lib.errors import InvalidDataset, show

_OTHER_LABELS = "Dataset.from_arrays(X, y) takes other labels (-1 and 1, strings, floats)"


def frozen(array: np.ndarray) -> np.ndarray:
    """A read-only view of a read-only array, so that ``setflags`` cannot thaw it."""
    array.setflags(write=False)
    return array.view()


def as_points(points: Any) -> np.ndarray:
    """A fresh (N, d) array: float64 (without -0.0), an integer dtype, or Python integers."""
    array = _numbers("points", points, fractions=False)
    if array.ndim != 2:
        raise InvalidDataset(f"points must have shape (N, d), got {_shape(array)}")
    if 0 in array.shape:
        raise InvalidDataset(f"points is empty: it has shape {array.shape}")
    return array


def as_targets(targets: Any, N: int) -> np.ndarray:
    """A fresh (N,) array: float64, an integer dtype, Python integers, or Fractions."""
    array = _numbers("targets", targets, fractions=True)
    _check_length("targets", array, N)
    return array


def as_labels(labels: Any, N: int) -> np.ndarray:
    """A fresh (N,) int64 array of labels >= 0."""
    array = _array("labels", labels)
    integral = array.dtype.kind in "iu"
    if array.dtype.kind in "fO":  # a list with integers beyond 64 bits arrives as either
        array = np.array(labels, dtype=object)
        integral = all(_is_integer(v) for v in array.flat)
    if not integral:
        raise InvalidDataset(
            f"labels must be integers 0..C-1, got {_sample(array)} of type "
            f"{np.asarray(labels).dtype}; {_OTHER_LABELS}"
        )
    _check_length("labels", array, N)
    wrong = np.flatnonzero((array < 0) | (array > np.iinfo(np.int64).max - 1))
    if len(wrong):
        raise InvalidDataset(
            f"labels[{wrong[0]}] = {show(int(array[wrong[0]]))} is out of range: "
            f"labels are 0..C-1; {_OTHER_LABELS}"
        )
    return array.astype(np.int64)


def as_classes(classes: Any, labels: np.ndarray) -> int:
    """The number of classes, at least ``labels.max() + 1``."""
    top = int(labels.max())
    if classes is None:
        return top + 1
    if not _is_integer(classes):
        raise InvalidDataset(f"classes must be an integer, got {show(classes)}")
    if classes <= top:
        row = int(labels.argmax())
        raise InvalidDataset(f"labels[{row}] = {top} is out of range for classes={int(classes)}")
    return int(classes)


def as_names(names: Any, classes: int) -> tuple[str | int | float | bool, ...] | None:
    """One name for each class, as plain Python values."""
    if names is None:
        return None
    plain = tuple(n.item() if isinstance(n, np.generic) else n for n in names)
    if len(plain) != classes:
        raise InvalidDataset(f"names has {len(plain)} entries for classes={classes}")
    if not all(isinstance(n, str | int | float) and n == n for n in plain):
        raise InvalidDataset(f"names must be strings or numbers, got {show(plain)}")
    return plain


def _numbers(name: str, values: Any, fractions: bool) -> np.ndarray:
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise InvalidDataset(f"{name} has masked entries; fill or drop them first")
    array = _array(name, values)
    listed = not hasattr(values, "__array__")
    if listed and array.dtype.kind == "f" and not np.abs(array).max(initial=0.0) < 2.0**53:
        array = np.array(values, dtype=object)  # it may have rounded an integer: look at each
    if array.dtype == object:
        array = _from_objects(name, array, fractions)
    kind = array.dtype.kind
    if kind == "b":
        return array.astype(np.uint8)
    if kind in "iu" or array.dtype == object:
        return np.array(array, dtype=array.dtype.newbyteorder("="), order="C")
    if kind != "f" or array.dtype.itemsize > 8:
        allowed = "floats of at most 64 bits, integers or Fractions"
        raise InvalidDataset(
            f"{name} must be {allowed if fractions else allowed.replace(' or Fractions', '')}, "
            f"got {_sample(array)} of type {array.dtype}"
        )
    wrong = np.argwhere(~np.isfinite(array))
    if len(wrong):
        place = tuple(int(i) for i in wrong[0])
        raise InvalidDataset(f"{name}[{_index(place)}] = {array[place]} is not a finite number")
    return np.add(array, 0.0, dtype=np.float64, order="C")  # a copy, in which -0.0 becomes 0.0


def _array(name: str, values: Any) -> np.ndarray:
    try:
        return np.asarray(values)
    except (ValueError, TypeError, OverflowError) as error:
        raise InvalidDataset(f"{name} is not a rectangular array of numbers: {error}") from error


def _from_objects(name: str, array: np.ndarray, fractions: bool) -> np.ndarray:
    """Python numbers as the narrowest exact array: int64, float64, integers, or Fractions."""
    plain = [v.item() if isinstance(v, np.generic) else v for v in array.flat]
    for k, v in enumerate(plain):
        good = isinstance(v, int | float | Fraction if fractions else int | float)
        if not good or v != v or v in (float("inf"), float("-inf")):
            place = _index(tuple(int(i) for i in np.unravel_index(k, array.shape)))
            raise InvalidDataset(f"{name}[{place}] = {show(v)} is not a finite number")
    result = np.empty(len(plain), dtype=object)
    if all(isinstance(v, int) for v in plain):
        result[:] = [int(v) for v in plain]
        if plain and min(plain) >= -(1 << 63) and max(plain) < 1 << 63:
            result = result.astype(np.int64)
    elif all(_fits_float(v) for v in plain):
        result = np.array([float(v) for v in plain])
    elif fractions:
        result[:] = [Fraction(v) for v in plain]
    else:
        v = next(v for v in plain if not _fits_float(v))
        raise InvalidDataset(f"{name} mixes floats with {show(v)}, which binary64 cannot hold")
    return result.reshape(array.shape)


def _fits_float(value: int | float | Fraction) -> bool:
    try:
        return float(value) == value
    except OverflowError:
        return False


def _check_length(name: str, array: np.ndarray, N: int) -> None:
    if array.shape != (N,):
        raise InvalidDataset(f"{name} must have shape ({N},) to match points, got {_shape(array)}")


def _shape(array: np.ndarray) -> str:
    return f"shape {array.shape}"


def _index(place: tuple[int, ...]) -> str:
    return ", ".join(map(str, place))


def _is_integer(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _sample(array: np.ndarray) -> str:
    return show(array.ravel()[:1].tolist()[0] if array.size else array)


def known_names(y: Any) -> tuple[list[Any], np.ndarray]:
    """The sorted distinct labels of ``y``, and the place of each label among them."""
    values = _array("y", y)
    if values.dtype == object:
        values = _array("y", values.tolist())  # strings in an object array, as tables have them
    if values.ndim != 1 or values.dtype.kind not in "biufU":
        raise InvalidDataset(f"y must hold N numbers, booleans or strings, got {show(y)}")
    if values.dtype.kind == "U" and not all(isinstance(v, str) for v in y):
        raise InvalidDataset(f"y mixes strings with other labels: {show(y)}")
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise InvalidDataset(f"y has a label that is not finite: {show(y)}")
    names, labels = np.unique(values, return_inverse=True)
    return names.tolist(), labels


def real(name: str, value: Any, zero: bool = False) -> float:
    """A positive (or zero, if allowed) finite number as a float."""
    number = float("nan")
    if not isinstance(value, bool) and isinstance(value, numbers.Real):
        try:
            number = float(value)
        except OverflowError:
            number = float("inf")
    if not (0 < number < float("inf") or (zero and number == 0)):
        kind = "non-negative" if zero else "positive"
        raise InvalidDataset(f"{name} must be a finite {kind} number, got {show(value)}")
    return number
