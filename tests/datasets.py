"""Hypothesis draws data sets, and brute force answers questions about them in fractions."""

from fractions import Fraction
from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from mem_lib.data import Dataset

HARD_FLOATS = [0.0, -0.0, 1.0, 0.1, 1e308, -1e308, 1e-308, 5e-324, 2.0**-30, 1e3, 1 + 2.0**-52]
HARD_INTEGERS = [0, 1, -1, 255, 2**53, 2**53 + 1, 2**62 - 1, 2**62, -(2**63), 2**63, 2**64, 2**300]

floats = st.one_of(
    st.sampled_from(HARD_FLOATS), st.floats(allow_nan=False, allow_infinity=False, width=64)
)
integers = st.one_of(
    st.sampled_from(HARD_INTEGERS), st.integers(-8, 8), st.integers(-(2**70), 2**70)
)
small_floats = st.integers(-16, 16).map(lambda k: k / 8)  # many repeated points
coordinates = st.sampled_from([floats, integers, small_floats])


@st.composite
def point_lists(draw, least=1, most=6):
    """Rows of Python numbers: one kind of coordinate, 1 to 3 dimensions."""
    d, kind = draw(st.integers(1, 3)), draw(coordinates)
    return draw(st.lists(st.lists(kind, min_size=d, max_size=d), min_size=least, max_size=most))


@st.composite
def datasets(draw, most=6, classes=3):
    """Labelled data in which equal points have equal labels."""
    rows = draw(point_lists(most=most))
    labels = draw(st.lists(st.integers(0, classes - 1), min_size=len(rows), max_size=len(rows)))
    of = {}
    labels = [of.setdefault(tuple(row), c) for row, c in zip(rows, labels, strict=True)]
    return Dataset(as_array(rows), labels, classes=classes)


def as_array(rows):
    """float64, or an object array of Python integers."""
    kind = float if isinstance(rows[0][0], float) else object
    return np.array(rows, dtype=kind)


def exact(points):
    """The rows of an array as tuples of fractions."""
    return [tuple(Fraction(v) for v in row) for row in points.tolist()]


def smallest_square(rows, values=None):
    """The smallest squared distance of two different rows (with different values), or None."""
    squares = [
        sum((a - b) ** 2 for a, b in zip(rows[i], rows[j], strict=True))
        for i, j in combinations(range(len(rows)), 2)
        if rows[i] != rows[j] and (values is None or values[i] != values[j])
    ]
    return min(squares, default=None)
