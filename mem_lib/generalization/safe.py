r"""Safe sets: one sample point inside, and everything inside is right.

*Lemma* (thm-generalization-safe).  Call a subset A of the support safe when
diam A < dist(z, points with another label) for every z in A.  If a sample point lies in A, the
nearest neighbour's label, hence the max-net, is right on all of A.  *Proof.*  |z - x| <= diam A for
the sample point x in A, and that is less than the distance of z to any point with another label;
so the nearest sample point, which is no further than x, has the label of z.

*Cells* (thm-generalization-cube).  Let points with different labels keep the distance c.  With
m = floor(sqrt(d)/c) + 1 half-open cells along each axis, a cell has diameter sqrt(d)/m < c, so the
part of the support in it is safe: m^d sets cover a support in [0, 1]^d.  The paper's count, in the
version we read, is (floor(6.2 d/c) + 1)^d.

*Balls* (thm-generalization-covering).  B(v, L/kappa), v in the support and L its distance to the
other labels, is safe for kappa > 3; and the *cells* network of parameter tau is right on all of it
as soon as kappa >= (3 + 2 tau)/(1 - 2 tau).
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from mem_lib._base.arguments import at_least_zero, instance, integer_in, positive
from mem_lib._base.dyadic import least_shift, scaled
from mem_lib._base.numbers import numbers_of, shape_text
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, InvalidDataset, shown

_MOST = 10**6


def cells_per_side(d: int, c: float | Fraction) -> int:
    """m = floor(sqrt(d)/c) + 1, exactly: the cube [0, 1]^d cut in m^d cells has cells of diameter
    < c (proposition ``thm-generalization-cube``).

    ``c`` > 0 is a distance that points with different labels keep.  Raises ``InvalidArgument`` for
    a d outside 1 to 10^6 or a c that is no finite number > 0.

    >>> cells_per_side(2, 0.1), cells_per_side(4, Fraction(1, 10)), cells_per_side(1, 2)
    (15, 21, 1)
    """
    square = integer_in(d, "d", 1, _MOST) / positive(c, "c") ** 2
    return math.isqrt(math.floor(square)) + 1


def safe_cells(d: int, c: float | Fraction) -> int:
    """(floor(sqrt(d)/c) + 1)^d: so many safe sets cover every support in [0, 1]^d whose labels keep
    the distance c (proposition ``thm-generalization-cube``).  Arguments and errors as
    :func:`cells_per_side`.

    >>> tenth = Fraction(1, 10)
    >>> safe_cells(2, tenth), safe_cells(2, 2 * tenth), paper_cells(2, tenth)
    (225, 64, 15625)
    """
    return cells_per_side(d, c) ** d


def paper_cells(d: int, c: float | Fraction) -> int:
    """(floor(6.2 d/c) + 1)^d, the bound on S_D that the paper has in place of :func:`safe_cells`
    (proposition ``thm-generalization-cube``), in the version we read.  Arguments and errors as
    :func:`cells_per_side`."""
    d = integer_in(d, "d", 1, _MOST)
    return (math.floor(Fraction(62, 10) * d / positive(c, "c")) + 1) ** d


def least_ratio(tau: float | Fraction = 0) -> Fraction:
    """(3 + 2 tau)/(1 - 2 tau): balls B(v, L/kappa) with kappa at least that, for the cells network
    of parameter tau, or above 3, for the max-net (tau = 0), are right when a sample point hits them
    (lemma ``thm-generalization-covering``).

    Raises ``InvalidArgument`` for a tau outside 0 <= tau < 1/2.

    >>> least_ratio(Fraction(1, 100)), least_ratio() < least_ratio(Fraction(1, 100)) < 3.1
    (Fraction(151, 49), True)
    """
    exact = at_least_zero(tau, "tau")
    if exact >= Fraction(1, 2):
        raise InvalidArgument(f"tau: a number below 1/2 is needed, got {shown(tau)}")
    return (3 + 2 * exact) / (1 - 2 * exact)


def in_hit_cells(sample: Dataset, points: Any, cells: int) -> np.ndarray:
    """Which of ``points`` (M, d) lie in a cell that holds a sample point, when the unit cube, and
    with it all of R^d, is cut in ``cells`` half-open cells along each axis: bool, (M,); exact.

    With :func:`cells_per_side` of them the nearest neighbour is right on each such point of the
    support (lemma ``thm-generalization-safe``).  The last cells of the cube hold its upper
    faces too.

    Raises ``InvalidArgument`` for no data set or cells below 1, ``InvalidDataset`` for points of
    another shape or that are no finite numbers.

    >>> sample = Dataset([[0.1, 0.1], [0.9, 0.9]], [0, 1])
    >>> in_hit_cells(sample, [[0.3, 0.2], [0.3, 0.7], [1, 0.5]], 2).tolist()
    [True, False, True]
    """
    instance(sample, "sample", Dataset)
    cells = integer_in(cells, "cells", 1, _MOST)
    array = numbers_of("points", points)
    if array.ndim != 2 or array.shape[1] != sample.d:
        raise InvalidDataset(f"points must have shape (M, {sample.d}); got {shape_text(array)}")
    hit = set(_cell_of(sample.points, cells))
    return np.array([cell in hit for cell in _cell_of(array, cells)], dtype=bool)


def _cell_of(points: np.ndarray, cells: int) -> list[tuple[int, ...]]:
    shift = least_shift(points)
    integers = scaled(points, shift)
    wide = integers.dtype == object or int(np.abs(integers).max(initial=0)) * cells >= 1 << 62
    integers = integers.astype(object) if wide else integers
    index = np.where(integers == 1 << shift, cells - 1, (integers * cells) >> shift)
    return [tuple(row) for row in index.tolist()]
