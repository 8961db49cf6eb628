"""What no threshold network can do without.

Counting comes first: how many functions a wiring of so many gates can compute on N points.  Then
geometry: how many hyperplanes N points of a ball, a sphere or a circle need so that all of them get
different codes; the bits of the first layer are all that later layers ever see.

Every bound is a whole number, decided in integers or with fifty digits, the last of which are given
away: a bound may be one too small where the digits cannot tell, and is never too large.

These gates include the output gates, one for each of the q = ceil(log2(classes)) label bits; a
network with one linear output that adds up label bits has its hidden gates and q more.
"""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from mem_lib._base.arguments import integer_in, positive
from mem_lib._base.search import least_integer
from mem_lib.deep_threshold import decimals
from mem_lib.deep_threshold.decimals import decimal, ln, log2
from mem_lib.errors import InvalidArgument, shown

#: Points, gates or dimensions up to which the bounds end in good time.
MOST = 10**18
#: The same where binomial coefficients up to d are added, or powers are compared in integers.
MOST_TERMS, MOST_EXACT = 10**4, 20_000


def weights_needed(N: int, classes: int = 2) -> int:
    """N log2(classes) / log2(eN), rounded up: if one wiring realises all labellings of some N
    points, it has at least so many weights and thresholds (theorem ``thm-deep_threshold-wiring``).
    When each of W is written in a fixed format of nu bits, also nu W >= N log2(classes).

    Raises ``InvalidArgument`` when an argument is out of range.

    >>> [weights_needed(N) for N in (50, 100, 1000, 20000)], weights_needed(1000, 10)
    ([8, 13, 88, 1272], 292)
    """
    N, classes = integer_in(N, "N", 1, MOST), integer_in(classes, "classes", 1)
    with localcontext(prec=decimals.DIGITS):
        return decimals.needed(_labellings(N, classes) / _per_parameter(N))


def weights_needed_free(N: int, d: int, classes: int = 2) -> int:
    """The same when the wiring is chosen after the labels: the least W with
    N log2(classes) <= W (log2(eN) + log2(W (W + d + 1))), for points in d dimensions (theorem
    ``thm-deep_threshold-wiring``).

    Raises ``InvalidArgument`` when an argument is out of range.

    >>> [weights_needed_free(N, 10) for N in (100, 1000, 20000)]
    [7, 45, 586]
    """
    N, d = integer_in(N, "N", 1, MOST), integer_in(d, "d", 1, MOST)
    wanted = _labellings(N, integer_in(classes, "classes", 1))

    def enough(W: int) -> bool:
        return _reaches(W * (_per_parameter(N) + log2(W * (W + d + 1))), wanted)

    return least_integer(enough) if wanted else 0


def gates_needed(N: int, d: int, classes: int = 2) -> int:
    """The least n with n (d + 1 + (n - 1)/2) log2(eN) + q log2(n) >= N log2(classes): some labels
    of any given N points in d dimensions need at least so many gates, whatever the wiring is and
    output gates included (theorem ``thm-deep_threshold-gates``).

    Raises ``InvalidArgument`` when an argument is out of range.

    >>> gates_needed(1000, 10), gates_needed(10**6, 2), gates_needed(10**6, 2, 10)
    (7, 304, 556)
    """
    N, d = integer_in(N, "N", 1, MOST), integer_in(d, "d", 1, MOST)
    classes = integer_in(classes, "classes", 1)
    wanted, q = _labellings(N, classes), max(1, (classes - 1).bit_length())

    def enough(n: int) -> bool:
        parameters = n * (d + 1) + n * (n - 1) // 2
        return _reaches(parameters * _per_parameter(N) + q * log2(n), wanted)

    return least_integer(enough) if wanted else 0


def labels_out_of_reach(N: int, d: int, m: int, classes: int = 2, *, sphere: bool = False) -> bool:
    """Whether counting shows that some labels of *any* given N points in d dimensions are out of
    reach of every layered network with m gates in its first layer (theorem
    ``thm-deep_threshold-labels``).

    m half-spaces act on N points in at most (2 sum_(i <= d) C(N - 1, i))^m ways, and make at most
    sum_(i <= d) C(m, i) cells, each with one label; points of a ``sphere`` lie in at most
    2 sum_(i < d) C(m - 1, i) cells (theorem ``thm-deep_threshold-sphere``).

    Raises ``InvalidArgument`` when an argument is out of range.

    >>> labels_out_of_reach(1000, 2, 15), labels_out_of_reach(1000, 2, 40)
    (True, False)
    """
    N, d = integer_in(N, "N", 1), integer_in(d, "d", 1, MOST_TERMS)
    m, classes = integer_in(m, "m", 0), integer_in(classes, "classes", 2)
    return _out_of_reach(N, d, m, classes, _sphere_cells(m, d) if sphere else _binomials(m, d))


def ball_hyperplanes_needed(d: int, margin: Any) -> int:
    """The least m with sum_(i <= d) C(m, i) >= N, for the N = ceil(margin^-d) points of the unit
    ball with distances of at least ``margin`` that exist: so many hyperplanes are needed to give
    all of them different codes (theorem ``thm-deep_threshold-ball``).  At least d / (e margin) for
    a margin of at most 1/2.

    Raises ``InvalidArgument`` when an argument is out of range; margins are at most 1.

    >>> ball_hyperplanes_needed(2, 0.1), ball_hyperplanes_needed(10, 0.1)
    (14, 49)
    """
    d, delta = integer_in(d, "d", 1, MOST_TERMS), _margin(margin, Fraction(1))
    N = math.ceil(1 / delta**d)
    return least_integer(lambda m: _binomials(m, d) >= N) if N > 1 else 0


def sphere_hyperplanes_needed(
    d: int, margin: Any, *, N: int | None = None, labels: bool = False
) -> int:
    """How many hyperplanes the points of a sphere need (theorem ``thm-deep_threshold-sphere``).

    There are n = ceil(2 margin^-(d - 1)) points of the unit sphere in d dimensions with distances
    of at least ``margin``.  To give all of them different codes, as many hyperplanes are needed as
    this returns: the least m with 2 sum_(i < d) C(m - 1, i) >= n, at least
    1 + (d - 1) / (e margin).

    N : for so many points, in the subspace of the largest d' <= d dimensions that has
        ceil(2 margin^-(d' - 1)) <= N (corollary); the points that are left over repeat others.
    labels : the least m that counting does not exclude, so that *some labels* of the points need
        that many gates in the first layer, in every layered threshold network.

    Raises ``InvalidArgument`` when an argument is out of range; margins are at most 1/2, and N at
    least 2 / margin.

    >>> sphere_hyperplanes_needed(3, 0.125), sphere_hyperplanes_needed(3, 0.125, labels=True)
    (12, 6)
    """
    d, delta = integer_in(d, "d", 2, MOST_TERMS), _margin(margin, Fraction(1, 2))
    if N is not None:
        N = integer_in(N, "N", 1)
        if 2 / delta > N:
            raise InvalidArgument(f"N: at least 2 / margin points are needed, got {shown(N)}")
        d = max(k for k in range(2, d + 1) if k == 2 or 2 / delta ** (k - 1) <= N)
    points = math.ceil(2 / delta ** (d - 1))
    if labels:
        return least_integer(lambda m: not _out_of_reach(points, d, m, 2, _sphere_cells(m, d)))
    return least_integer(lambda m: _sphere_cells(m, d) >= points)


def collector_mean(N: int) -> Fraction:
    """(N/2) H_(N/2): how many random lines through the centre it takes on average until N points at
    equal steps on a circle, with alternating labels, are told apart; N is even (theorem
    ``thm-deep_threshold-collector``).

    Raises ``InvalidArgument`` for an N that is odd, below 2 or above 20,000.

    >>> collector_mean(8), round(float(collector_mean(256)), 1)
    (Fraction(25, 3), 695.4)
    """
    half = _half(N)
    return half * sum((Fraction(1, k) for k in range(1, half + 1)), Fraction(0))


def collector_bound(N: int) -> int:
    """The least m with (N/2) (1 - 2/N)^m <= 1/2: so many random lines through the centre tell apart
    all N points of :func:`collector_mean` with probability at least 1/2 (theorem
    ``thm-deep_threshold-collector``).  Decided in integers.

    Raises ``InvalidArgument`` for an N that is odd, below 2 or above 20,000.

    >>> [collector_bound(2**k) for k in range(3, 9)]
    [8, 21, 54, 131, 309, 708]
    """
    half = _half(N)
    if half == 1:
        return 1
    with localcontext(prec=decimals.DIGITS):  # within one of it, whatever the rounding
        near = decimals.needed(ln(2 * half) / -ln(Fraction(half - 1, half)))
    return least_integer(lambda m: 2 * half * (half - 1) ** m <= half**m, start=max(1, near - 1))


def _half(N: Any) -> int:
    number = integer_in(N, "N", 2, MOST_EXACT)
    if number % 2:
        raise InvalidArgument(f"N: an even number is needed, got {shown(N)}")
    return number // 2


def _margin(margin: Any, most: Fraction) -> Fraction:
    exact = positive(margin, "margin")
    if exact > most:
        raise InvalidArgument(f"margin: at most {most} is needed, got {shown(margin)}")
    return exact


def _labellings(N: int, classes: int) -> Decimal:
    """log2 of how many labellings there are."""
    with localcontext(prec=decimals.DIGITS):
        return N * log2(classes)


def _per_parameter(N: int) -> Decimal:
    """log2(eN): no weight or threshold adds more to what a wiring can do on N points."""
    with localcontext(prec=decimals.DIGITS):
        return (1 + ln(N)) / ln(2)


def _reaches(have: Decimal, wanted: Decimal) -> bool:
    """Not certainly too little."""
    with localcontext(prec=decimals.DIGITS):
        return have >= wanted * (1 - decimals.ERROR)


def _binomials(n: int, most: int) -> int:
    """sum_(i <= most) C(n, i)."""
    if most >= n:
        return 1 << n
    total, term = 0, 1
    for i in range(most + 1):
        total += term
        term = term * (n - i) // (i + 1)
    return total


def _sphere_cells(m: int, d: int) -> int:
    return 2 * _binomials(m - 1, d - 1) if m else 1


def _out_of_reach(N: int, d: int, m: int, classes: int, cells: int) -> bool:
    """Whether (ways)^m classes^cells < classes^N, certainly."""
    if cells >= N:
        return False
    with localcontext(prec=decimals.DIGITS):
        ways = m * log2(2 * _binomials(N - 1, d))
        labels = decimal(N - cells) * log2(classes)
        return ways < labels * (1 - decimals.ERROR)
