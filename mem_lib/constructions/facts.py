"""What a promise may depend on: a few numbers about data, given or measured."""

from __future__ import annotations

import inspect
from fractions import Fraction
from functools import cached_property

import numpy as np

from mem_lib._base.arguments import at_least_zero, check_distance, instance, integer_in, positive
from mem_lib._base.roots import directed_root
from mem_lib._base.text import rounded
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument
from mem_lib.network import MOST_SHIFT


class Facts:
    """What a promise may depend on: a few numbers, given or measured.

    N, d:       how many different points there are, in how many dimensions
    classes:    number of classes C, default 2; None for real targets
    radius:     at least the norm of every point; default 1
    separation: smallest distance of two points, in the same unit; None where unknown, or N = 1
    margin:     smallest distance of two differently labelled points; None where unknown, or for
                one class
    grid_bits:  points lie on the grid 2^-grid_bits; default 20
    value_bits: for targets: fractions with one denominator, of at most that many bits above and
                below

    :meth:`of` measures the facts of a data set, each when it is first asked for: a margin is never
    computed for a promise that does without.

    Facts do not change.  Raises ``InvalidArgument`` when a number is out of range, or two numbers
    contradict each other.

    >>> Facts(N=1000, d=10, separation=0.28)
    Facts(N=1000, d=10, separation=0.28)
    >>> Facts.of(Dataset([[0], [3], [4]], [0, 1, 1])).margin
    Fraction(3, 1)
    """

    NAMES = ("N", "d", "classes", "radius", "separation", "margin", "grid_bits", "value_bits")

    N: int
    d: int
    classes: int | None
    radius: Fraction
    separation: Fraction | None
    margin: Fraction | None
    grid_bits: int
    value_bits: int | None
    #: The targets of a data set as integers over one denominator; None where there is none.
    targets: tuple[np.ndarray, int] | None = None

    def __init__(
        self,
        N: int,
        d: int,
        *,
        classes: int | None = None,
        radius: float | Fraction = 1,
        separation: float | Fraction | None = None,
        margin: float | Fraction | None = None,
        grid_bits: int = 20,
        value_bits: int | None = None,
    ) -> None:
        if classes is not None and value_bits is not None:
            raise InvalidArgument("classes: give it or value_bits, not both")
        vars(self).update(
            N=integer_in(N, "N", 1),
            d=integer_in(d, "d", 1),
            classes=2 if classes is None else integer_in(classes, "classes", 1),
            radius=at_least_zero(radius, "radius"),
            separation=None if separation is None else positive(separation, "separation"),
            margin=None if margin is None else positive(margin, "margin"),
            grid_bits=integer_in(grid_bits, "grid_bits", 0, MOST_SHIFT),
            value_bits=None if value_bits is None else integer_in(value_bits, "value_bits", 1),
        )
        if value_bits is not None:
            vars(self)["classes"] = None
        self._check_distances()

    def _check_distances(self) -> None:
        for name in ("separation", "margin"):
            distance = getattr(self, name)
            if distance is not None and self.N > 1:
                check_distance(distance, name, self.radius)
        if self.separation and self.margin and self.margin < self.separation:
            raise InvalidArgument(
                f"margin: no two points are closer than separation = {rounded(self.separation)}, "
                f"got {rounded(self.margin)}"
            )

    def known(self, *names: str) -> Fraction:
        """The first distance of these that is known; ``InvalidArgument`` where none is."""
        for name in names:
            if (distance := getattr(self, name)) is not None:
                return Fraction(distance)
        raise InvalidArgument(f"{' or '.join(names)}: the promise depends on it, got None")

    @property
    def one_class(self) -> bool:
        """Whether one class alone can occur, so that a constant will do."""
        return self.N == 1 or self.classes == 1

    @staticmethod
    def of(dataset: Dataset) -> Facts:
        """The facts of the distinct points of ``dataset``; roots are rounded to the safe side, in
        their 64th bit."""
        return _Measured(instance(dataset, "dataset", Dataset).distinct())

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name}: facts do not change; make others")

    def __eq__(self, other: object) -> bool:
        return type(other) is Facts and self._numbers() == other._numbers()

    def __hash__(self) -> int:
        return hash(self._numbers())

    def _numbers(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.NAMES)

    def __repr__(self) -> str:
        default = inspect.signature(Facts).parameters
        told = {
            name: getattr(self, name)
            for name in self.NAMES
            if name in ("N", "d") or getattr(self, name) not in (None, default[name].default)
        }
        if self.classes == 2:
            told.pop("classes", None)
        entries = (f"{k}={float(v) if isinstance(v, Fraction) else v}" for k, v in told.items())
        return f"Facts({', '.join(entries)})"


class _Measured(Facts):
    """The facts of a data set of distinct points."""

    dataset: Dataset

    def __init__(self, dataset: Dataset) -> None:
        vars(self).update(
            dataset=dataset,
            N=dataset.N,
            d=dataset.d,
            classes=dataset.classes,
            grid_bits=dataset.shift,
            value_bits=None,
        )

    @property
    def one_class(self) -> bool:
        labels = self.dataset.labels
        return self.N == 1 or (labels is not None and bool((labels == labels[0]).all()))

    @cached_property
    def radius(self) -> Fraction:  # type: ignore[override]
        return directed_root(self.dataset.squared_radius, up=True)

    @cached_property
    def separation(self) -> Fraction | None:  # type: ignore[override]
        return _below(self.dataset.squared_separation)

    @cached_property
    def margin(self) -> Fraction | None:  # type: ignore[override]
        return _below(self.dataset.squared_margin)

    @cached_property
    def targets(self) -> tuple[np.ndarray, int] | None:  # type: ignore[override]
        return None if self.dataset.targets is None else self.dataset.integer_targets()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Measured) and self.dataset == other.dataset

    def __hash__(self) -> int:
        return hash((self.N, self.d))

    def __repr__(self) -> str:  # measuring for a text would take too long
        return f"Facts.of({self.dataset!r})"


def _below(square: Fraction | None) -> Fraction | None:
    return None if square is None else directed_root(square, up=False)
