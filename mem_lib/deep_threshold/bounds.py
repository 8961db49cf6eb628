r"""What is enough: rows of the first layer, gates, weights, and digits.

The bounds on rows are in :mod:`.rows_enough`, :mod:`.gaussian` and :mod:`.grid`, next to what they
bound; they are named here once more so that all promises can be found in one place.

Gates are hidden gates, as everywhere in this book; the one linear output is not counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from mem_lib._base.arguments import check_distance, integer_in, one_of, positive
from mem_lib._base.roots import grid_root
from mem_lib.deep_threshold.gaussian import weight_bits
from mem_lib.deep_threshold.grid import grid_rows
from mem_lib.deep_threshold.rows_enough import (
    data_bound,
    enough_for,
    hyperplanes_enough,
    line_probability,
)

__all__ = [
    "crossing",
    "data_bound",
    "exact_limit",
    "gates_enough",
    "grid_bound",
    "grid_rows",
    "hyperplanes_enough",
    "largest_dimension",
    "line_probability",
    "vershynin_curve",
    "weight_bits",
    "weights_enough",
]

#: Integers of absolute value below this are exact, partial sums included.
_LIMITS = {"int64": 1 << 63, "float64": 1 << 53, "float32": 1 << 24}


def grid_bound(margin: Any, radius: Any, d: int) -> int:
    """No grid has more rows: 2 d^1.5 radius / margin, rounded down (lemma
    ``thm-deep_threshold-grid``), for points within ``radius`` of the origin and differently
    labelled ones at least ``margin`` apart, both in one unit.

    Raises ``InvalidArgument`` when an argument is out of range, or the margin above twice the
    radius.

    >>> grid_bound(0.5, 1, 2), grid_bound(1, 1, 4)
    (11, 16)
    """
    margin, radius = positive(margin, "margin"), positive(radius, "radius")
    check_distance(margin, "margin", radius)
    square = 4 * Fraction(integer_in(d, "d", 1)) ** 3 * (radius / margin) ** 2
    return int(grid_root(square, 0, up=False))


def gates_enough(N: int, m: int, *, classes: int = 2, breaks: int | None = None) -> int:
    """The bound of theorem ``thm-deep_threshold-main`` on gates: the smaller of ``breaks`` for the
    staircase and 2m + 2 sqrt(q breaks) + q + 1, rounded down, for the shallow network over m rows;
    q = ceil(log2(classes)) label bits.  ``breaks``: changes of the label, by default N - 1.

    Raises ``InvalidArgument`` when an argument is out of range.

    >>> gates_enough(1000, 755), gates_enough(20000, 502)
    (999, 1288)
    """
    N, m = integer_in(N, "N", 1), integer_in(m, "m", 1)
    classes = integer_in(classes, "classes", 1)
    B = N - 1 if breaks is None else integer_in(breaks, "breaks", 0, N)
    return min(B, _table_gates(m, B, _label_bits(classes)))


def weights_enough(N: int, d: int, m: int, *, classes: int = 2) -> int:
    """The bound of theorem ``thm-deep_threshold-main`` on weights, biases counted: the least of the
    staircase, the shallow network and the network with a hash over m rows in d dimensions.

    The staircase has d weights, a bias and an outgoing weight for each of N - 1 gates, and the
    output's bias; the others are counted with every connection of their wiring.

    Raises ``InvalidArgument`` when an argument is out of range.

    >>> weights_enough(1000, 2, 755), weights_enough(20000, 20, 502)
    (3997, 98406)
    """
    N, d, m = integer_in(N, "N", 1), integer_in(d, "d", 1), integer_in(m, "m", 1)
    classes = integer_in(classes, "classes", 1)
    return min(_staircase_weights(N, d), _table_weights(N, d, m, classes))


def crossing(
    margin: Any, radius: Any = 1, *, d: int = 2, classes: int = 2, count: str = "gates"
) -> int:
    """The N from which on depth pays (``thm-deep_threshold-crossing``): hyperplanes and table have
    a smaller bound on ``count``, ``"gates"`` or ``"weights"`` (biases counted), than the staircase,
    for the worst labels of N points of that margin and radius, both in one unit.

    m is that of :func:`hyperplanes_enough` for the most pairs that N points in ``classes`` classes
    have.  Whole numbers make the bounds jump: the N after the last one that fails is found among
    the next 5 %, where a jump could still matter.  The dimension d matters for weights alone, and
    for d = 1.

    Raises ``InvalidArgument`` when an argument is out of range, or the margin above twice the
    radius.

    >>> crossing(0.5), crossing(0.2), crossing(0.2, d=10, count="weights")
    (221, 761, 5096)
    """
    margin, radius = positive(margin, "margin"), positive(radius, "radius")
    check_distance(margin, "margin", radius)
    d, classes = integer_in(d, "d", 1), integer_in(classes, "classes", 2)
    one_of(count, "count", ("gates", "weights"))
    square, q = (margin / radius) ** 2, _label_bits(classes)

    def pays(N: int) -> bool:
        pairs = N - 1 if d == 1 else N * N * (classes - 1) // (2 * classes)
        m = enough_for(square, pairs, d)
        if count == "gates":
            return _table_gates(m, N - 1, q) < N - 1
        return _table_weights(N, d, m, classes) < _staircase_weights(N, d)

    return _from_then_on(pays)


def exact_limit(arithmetic: str = "int64", *, variant: str = "hash") -> int:
    """How large the data may be while every sum behind the first layer is exact in ``arithmetic``:
    ``"int64"``, ``"float64"`` or ``"float32"`` (proposition ``thm-deep_threshold-integers``).

    For ``"hash"`` and ``"shallow"`` the largest m N^2: sums of absolute values in a row are at most
    6 m N^2 + 1.  For ``"parity"`` of pairs the largest N: they are at most 8 2^k + 1, where
    2^k < 2 N^2.  The linear unit stays below both when every label occurs.

    Raises ``InvalidArgument`` for other words.

    >>> exact_limit(), exact_limit("float64", variant="parity")
    (1537228672809129301, 23726566)
    """
    limit = _LIMITS[one_of(arithmetic, "arithmetic", _LIMITS)]
    if one_of(variant, "variant", ("hash", "shallow", "parity")) == "parity":
        return math.isqrt((limit - 2) // 16)
    return (limit - 2) // 6


def largest_dimension(
    arithmetic: str = "int64", *, weight_bits: int = 20, grid_bits: int = 20, radius: int = 1
) -> int:
    """The largest d in which the sums of a Gaussian first layer are exact in ``arithmetic``, for
    points of the grid 2^-``grid_bits`` in the ball of ``radius`` about the origin: sums of absolute
    values in a row are at most 2^(weight_bits + grid_bits + 4) radius (sqrt(d) + 1) + 1
    (proposition ``thm-deep_threshold-integers``).  0 where not even d = 1 is.

    Raises ``InvalidArgument`` when an argument is out of range.

    >>> largest_dimension("float64"), largest_dimension("int64")
    (261120, 274876858368)
    """
    limit = _LIMITS[one_of(arithmetic, "arithmetic", _LIMITS)]
    bits = integer_in(weight_bits, "weight_bits", 1) + integer_in(grid_bits, "grid_bits", 0) + 4
    # sqrt(d) <= (limit - 2) / unit - 1
    root = Fraction(limit - 2, integer_in(radius, "radius", 1) << bits) - 1
    return math.floor(root * root) if root >= 1 else 0


def vershynin_curve(margin: Any) -> float:
    """exp(1 / margin^2), the growth with the margin of what was known before, on the unit ball: a
    curve to draw, without the constants and logarithms that go with it, and no bound.  ``inf``
    beyond the range of floats.

    Raises ``InvalidArgument`` unless ``margin`` is a finite number > 0.

    >>> round(vershynin_curve(0.5)), vershynin_curve(0.01)
    (55, inf)
    """
    exponent = 1 / positive(margin, "margin") ** 2
    return math.exp(exponent) if exponent < 709 else math.inf


def _label_bits(classes: int) -> int:
    return max(1, (classes - 1).bit_length())


def _table_gates(m: int, breaks: int, q: int) -> int:
    return 2 * m + math.isqrt(4 * q * breaks) + q + 1


def _staircase_weights(N: int, d: int) -> int:
    return (N - 1) * (d + 2) + 1


def _table_weights(N: int, d: int, m: int, classes: int) -> int:
    """The smaller one of shallow network and hash, for N - 1 breaks, biases counted."""
    B, q = N - 1, _label_bits(classes)
    if not B:
        return 1
    S = math.isqrt((B - 1) // q) + 1  # the least S with q S^2 >= B
    G, columns = -(-B // S), q * S
    pairs = N * N * (classes - 1) // (2 * classes)
    K = (m * (2 * pairs - 1)).bit_length()
    first = m * (d + 1)
    between = q * (B + S - 1) + columns  # rows to columns, columns to the output
    shallow = m + (G + columns) * m + m + G + columns
    extraction = (2 * K - 1) * m + K * (K - 1) + m * (K - 1) + K * (K + 1) // 2
    hashed = extraction + K + (G + columns) * K + K + G + columns
    return first + between + 1 + min(shallow, hashed)


def _from_then_on(holds: Callable[[int], bool]) -> int:
    """The N from which on a property holds that, but for jumps, does not get lost."""
    low, high = 2, 4
    while not holds(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    later = range(high, high + high // 20 + 64)
    return max((N for N in later if not holds(N)), default=high - 1) + 1
