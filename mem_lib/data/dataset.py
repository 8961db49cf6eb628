"""`Dataset`: points with labels or targets, validated once, exact from then on.

Words.  *separation*: the smallest distance of two different points.  *margin*: the smallest
distance of two differently labelled points.  *radius*: the largest Euclidean norm.  All three are
decided in integer arithmetic and computed only when asked for.
"""

from __future__ import annotations

import math
import os
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from mem_lib._base.arguments import above_zero
from mem_lib._base.budget import budget
from mem_lib._base.dyadic import least_shift, scaled
from mem_lib._base.integers import is_wide
from mem_lib._base.memory import check_memory
from mem_lib._base.names import Names
from mem_lib._base.numbers import whole
from mem_lib._base.roots import nearest_root
from mem_lib._base.rows import first_occurrence
from mem_lib.data import checks, distances, file, grid
from mem_lib.errors import InvalidArgument, InvalidDataset, shown

#: What a file tells beside the arrays.
_TOLD = ("classes", "names", "separation_at_least")


class Dataset:
    """N points in d dimensions, each with a label or with a target.

    Parameters
    ----------
    points : (N, d) finite floats of at most 64 bits, or integers of any size
        Floats are kept as float64, integer arrays in their own dtype, larger Python integers as
        an object array.  Booleans become 0 and 1.  Integers and rational numbers of gmpy2, FLINT
        and SymPy, Fractions and Decimals enter as the integers or binary64 numbers that they are.
        A table (pandas, polars, pyarrow, a structured array) is taken column by column, so that
        none is rounded for the type of another.
    labels : (N,) integers 0..C-1
    targets : (N,) finite floats, integers, or Fractions and other rational numbers
        Exactly one of labels and targets.  Equal points must have equal values.
    classes : C, by default the largest label plus one.  Unused labels are allowed.
    names : one name for each class: different strings or numbers (1 and "1" are the same name).
    separation_at_least : a known lower bound on the separation; generators set it.

    The arrays are read-only.  Two data sets are equal when their `sha256` and names are.

    Raises
    ------
    InvalidDataset
        NaN or inf, a wrong shape or type, no points, a label out of range, or equal points with
        different labels or targets.
        What is no array of numbers (a sparse matrix, a generator, a masked entry) is named by its
        type, with what makes one of it.
    InvalidArgument
        When ``separation_at_least`` is no finite number > 0.
    MemorizationError
        When there are floats, and this process takes those below 2^-1022 for zero or does not round
        to the nearest.

    Examples
    --------
    >>> xor = Dataset([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
    >>> xor
    Dataset(N=4, d=2, classes=2, points=int64)
    >>> xor.squared_margin, xor.squared_radius
    (Fraction(1, 1), Fraction(2, 1))
    >>> Dataset([[0.5], [0.25]], targets=[1.5, -1]).integers()
    (array([[2],
           [1]]), 2)
    """

    points: np.ndarray
    labels: Any  # (N,) int64, or None with targets
    targets: Any  # (N,) float64, int64 or object; or None with labels
    classes: Any  # int, or None with targets
    names: Names | None
    separation_at_least: float | None
    _repeats: bool

    def __init__(
        self,
        points: Any,
        labels: Any = None,
        *,
        targets: Any = None,
        classes: int | None = None,
        names: Any = None,
        separation_at_least: float | None = None,
    ) -> None:
        if (labels is None) == (targets is None):
            given = "neither" if labels is None else "both"
            raise InvalidDataset(f"give exactly one of labels and targets, got {given}")
        if labels is None and not (classes is None and names is None):
            raise InvalidDataset("classes and names belong to labels, not to targets")
        points = checks.as_points(points)
        N = len(points)
        if targets is None:
            labels = checks.as_labels(labels, N)
            classes = checks.as_classes(classes, labels)
            names = checks.as_names(names, classes)
            labels = checks.frozen(labels)
        else:
            targets = checks.frozen(checks.as_targets(targets, N))
        if separation_at_least is not None:
            separation_at_least = above_zero(separation_at_least, "separation_at_least")
        first = first_occurrence(points)
        for name, values in (("labels", labels), ("targets", targets)):
            if values is not None:
                checks.check_consistent(first, values, name)
        self.__dict__.update(
            points=checks.frozen(points),
            labels=labels,
            targets=targets,
            classes=classes,
            names=names,
            separation_at_least=separation_at_least,
            _repeats=bool((first != np.arange(N)).any()),
        )

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Dataset is read-only: cannot set {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a Dataset is read-only: cannot delete {name}")

    def __setstate__(self, state: dict[str, Any]) -> None:
        # copies and unpickled arrays come back writeable
        for name in ("points", "labels", "targets"):
            if state[name] is not None:
                state[name] = checks.frozen(state[name])
        self.__dict__.update(state)

    @classmethod
    def from_arrays(cls, X: Any, y: Any) -> Dataset:
        """Points with any labels: -1 and 1, strings, booleans, numbers.

        The classes are the sorted distinct labels; ``names`` keeps them.

        >>> Dataset.from_arrays([[0.0], [1.0], [2.0]], [-1, 1, -1]).names
        (-1, 1)
        """
        names, labels = checks.known_names(y)
        return cls(X, labels, names=names)

    @property
    def N(self) -> int:
        """The number of points, repeated ones included."""
        return len(self.points)

    @property
    def d(self) -> int:
        """The dimension."""
        return int(self.points.shape[1])

    def __len__(self) -> int:
        return self.N

    def __repr__(self) -> str:
        values = "targets" if self.labels is None else f"classes={self.classes}"
        kind = "big integers" if self.points.dtype == object else str(self.points.dtype)
        return f"Dataset(N={self.N}, d={self.d}, {values}, points={kind})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Dataset):
            return NotImplemented
        return self.names == other.names and self.sha256 == other.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)

    # exact integers -------------------------------------------------------------------------

    @cached_property
    def shift(self) -> int:
        """The least q >= 0 with ``points * 2**q`` integer."""
        return least_shift(self.points)

    @cached_property
    def _wide(self) -> bool:
        return is_wide(self.points, self.shift)

    def integers(self, rows: Any = slice(None)) -> tuple[np.ndarray, int]:
        """``(array, q)`` with ``array == points[rows] * 2**q`` exactly, and q = `shift`.

        The array is int64 when all points of the data set, times 2^q, are below 2^62 in absolute
        value, and an object array of Python integers otherwise; both q and the type are the same
        for every choice of rows.
        """
        return scaled(self.points[rows], self.shift, wide=self._wide), self.shift

    def integer_targets(self) -> tuple[np.ndarray, int]:
        """``(array, D)`` with ``targets == array / D`` exactly, D >= 1 least; types as above."""
        if self.targets is None:
            raise InvalidDataset("this data set has labels, not targets")
        if self.targets.dtype == object:
            exact = [Fraction(t) for t in self.targets]
            longest = sum(d.bit_length() for d in {t.denominator for t in exact})
            check_memory(self.N * longest // 8, "targets: as integers over one denominator, they")
            denominator = math.lcm(*(t.denominator for t in exact))
            array = np.empty(self.N, dtype=object)
            array[:] = [int(t * denominator) for t in exact]
            wide = is_wide(array, 0)
            return (array if wide else array.astype(np.int64)), denominator
        q = least_shift(self.targets)
        return scaled(self.targets, q, wide=is_wide(self.targets, q)), 1 << q

    # geometry -------------------------------------------------------------------------------

    def _integers_of(self, numbers: np.ndarray) -> np.ndarray:
        return self.integers(numbers)[0]

    def _square(self, value: int | None) -> Fraction | None:
        return None if value is None else Fraction(value, 4**self.shift)

    @cached_property
    def squared_radius(self) -> Fraction:
        """The largest squared norm, exactly."""
        return Fraction(distances.largest_square(self.points, self._integers_of), 4**self.shift)

    @cached_property
    def squared_separation(self) -> Fraction | None:
        """The smallest squared distance of two different points, exactly."""
        if self._repeats:
            return self.distinct().squared_separation
        return self._square(distances.smallest_square(self.points, self._integers_of))

    @cached_property
    def squared_margin(self) -> Fraction | None:
        """The smallest squared distance of two points with different labels (targets), exactly."""
        if self._repeats:
            return self.distinct().squared_margin
        values = self.integer_targets()[0] if self.labels is None else self.labels
        codes = np.unique(values, return_inverse=True)[1]
        return self._square(distances.smallest_square(self.points, self._integers_of, codes))

    @property
    def radius(self) -> float:
        """The largest norm: the binary64 number nearest to the exact value."""
        return nearest_root(self.squared_radius)

    @property
    def separation(self) -> float | None:
        """The smallest distance of two different points (nearest binary64); None for one point."""
        square = self.squared_separation
        return None if square is None else nearest_root(square)

    @property
    def margin(self) -> float | None:
        """The smallest distance of two differently labelled points; None for one class."""
        square = self.squared_margin
        return None if square is None else nearest_root(square)

    # other data sets ------------------------------------------------------------------------

    def _with(self, points: Any, rows: Any, separation_at_least: float | None) -> Dataset:
        labels, targets = (None if v is None else v[rows] for v in (self.labels, self.targets))
        return Dataset(
            points,
            labels,
            targets=targets,
            classes=self.classes,
            names=self.names,
            separation_at_least=separation_at_least,
        )

    def subset(self, rows: Any) -> Dataset:
        """The chosen rows (a slice, row numbers or a mask); classes and names stay.

        Raises InvalidDataset for what selects no rows.
        """
        rows = checks.as_rows(rows, self.N)
        return self._with(self.points[rows], rows, self.separation_at_least)

    def distinct(self) -> Dataset:
        """The first occurrence of every distinct point, in order; ``self`` if nothing repeats."""
        if not self._repeats:
            return self
        first = first_occurrence(self.points)
        return self.subset(np.flatnonzero(first == np.arange(self.N)))

    def rounded(self, bits: int) -> Dataset:
        """The data with coordinates rounded to multiples of 2^-bits, halves to even, exactly.

        ``self`` when all points lie on that grid; negative bits are allowed.  Raises
        InvalidArgument for ``bits`` that are no integer, and InvalidDataset when points with
        different labels or targets would coincide.
        """
        number = whole(bits)
        if number is None:
            raise InvalidArgument(f"bits: a whole number is needed, got {shown(bits)}")
        if number >= self.shift:
            return self
        try:
            return self._with(grid.rounded(self.points, number), slice(None), None)
        except InvalidDataset as error:
            raise InvalidDataset(f"rounding to the grid 2^-{number}: {error}") from None

    # identity and files ---------------------------------------------------------------------

    @cached_property
    def sha256(self) -> str:
        """A fingerprint of the mathematical content, independent of types and memory layout.

        SHA-256 (hexadecimal) of the ASCII line ``mem_lib.dataset 1``, then the lines ``N``,
        ``d``, ``shift`` and ``bytes`` with their decimal values (``N 4``), then the integers
        points * 2^shift row by row, each in ``bytes`` bytes, little-endian two's complement.
        Then, for labels, the line ``classes C`` and each label in 8 bytes; for targets, the line
        ``denominator D`` (lower-case hexadecimal, no prefix, D least), a line ``bytes`` and the
        integers targets * D.  ``bytes`` is the least of 1, 2, 4, 8, 16, 24, 32, ... that holds
        all integers of its block.  Every line ends with a line feed.
        """
        return file.sha256(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write an npz file (no pickle), replacing ``path`` only when the file is complete."""
        about = {name: getattr(self, name) for name in ("sha256", *_TOLD)}
        arrays = {"points": self.points, "labels": self.labels, "targets": self.targets}
        file.save(path, about, {name: v for name, v in arrays.items() if v is not None})

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, max_bytes: int | None = None) -> Dataset:
        """Read a file written by `save`, and check its fingerprint.

        ``max_bytes`` is the memory that reading may take, by default half of what is free; the
        headers of the arrays tell beforehand.  Raises TooLarge for a file that might need more,
        InvalidDataset for a damaged, truncated or foreign one; an OSError, such as
        FileNotFoundError, for one that is missing or cannot be read.
        """
        most = budget(max_bytes)
        with file.reading(path):
            about, arrays = file.load(path, most)
            fingerprint = about.pop("sha256")
            if set(about) != set(_TOLD):
                raise InvalidDataset(f"its format has other names: {sorted(about)}")
            dataset = cls(**arrays, **about)
            if dataset.sha256 != fingerprint:
                raise InvalidDataset("the fingerprint does not match the content")
            return dataset
