"""Points of a circle: exactly ceil(N/2) lines tell N of them apart (theorem
``thm-deep_threshold-circle``).

A line separates at most two of the N neighbouring pairs, and all N pairs have to be separated.
Conversely, with k = floor(N/2), take the lines through gaps i and i + k for i < ceil(N/2).  Of two
points, the arc with at most k gaps holds some gap; no such arc holds both gaps of a line, so the
line through that gap separates them.  All that is used of the circle is that the points are the
corners of a convex polygon.
"""

from __future__ import annotations

import math
from decimal import localcontext
from fractions import Fraction
from typing import Any

import numpy as np

from mem_lib._base.arguments import check_distance, integer_in, positive
from mem_lib.deep_threshold import decimals
from mem_lib.network import Layer

#: Points lie on the grid 2^-BITS; up to MOST of them stay corners of a convex polygon.
BITS, MOST = 26, 4096


def circle_lines_needed(N: int) -> int:
    """ceil(N/2), and 0 for one point: so many lines, and no fewer, give N points of a circle
    different codes, wherever they lie.  When labels alternate (N even), no layered threshold
    network has fewer gates in its first layer (theorem ``thm-deep_threshold-circle``).

    Raises ``InvalidArgument`` unless N is a whole number >= 1.

    >>> [circle_lines_needed(N) for N in (1, 2, 3, 8)]
    [0, 1, 2, 4]
    """
    N = integer_in(N, "N", 1)
    return -(-N // 2) if N > 1 else 0


def circle_size(margin: Any) -> int:
    """The largest even N with 2 sin(pi/N) >= margin: so many points at equal steps on the unit
    circle are at least ``margin`` apart (theorem ``thm-deep_threshold-circle``).

    Raises ``InvalidArgument`` unless 0 < margin <= 2.

    >>> circle_size(2), circle_size(1), circle_size(0.1)
    (2, 6, 62)
    """
    exact = positive(margin, "margin")
    check_distance(exact, "margin", 1)
    return size_for(exact**2)


def size_for(square: Fraction) -> int:
    """The same for the square of the margin.  The squares 4, 3, 2 and 1 are the only fractions that
    the square of 2 sin(pi/N) meets (N = 2, 3, 4, 6); for others fifty digits decide.

    >>> size_for(Fraction(2)), size_for(Fraction(3))
    (4, 2)
    """
    met = {4: 2, 3: 2, 2: 4, 1: 6}
    if square in met:
        return met[int(square)]
    with localcontext(prec=decimals.DIGITS):
        # arcsin(margin / 2) = arctan(sqrt(square / (4 - square)))
        angle = decimals.arctan(decimals.root(square / (4 - square)))
        return 2 * decimals.below(decimals.pi() / (2 * angle))


def circle_points(N: int) -> np.ndarray:
    """N points at equal steps on the unit circle, counterclockwise from (1, 0), rounded towards 0
    to the grid 2^-26: shape (N, 2), float64.  They are the corners of a convex polygon.

    Raises ``InvalidArgument`` unless N is a whole number from 1 to 4096.

    >>> circle_points(4).tolist()
    [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]]
    """
    angle = 2 * np.pi * np.arange(integer_in(N, "N", 1, MOST)) / N
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.trunc(np.ldexp(points, BITS) * (1 + 2.0**-50)) / 2**BITS + 0.0


def circle_lines(N: int) -> Layer:
    """ceil(N/2) lines that tell all points of :func:`circle_points` apart: a layer of threshold
    gates for the grid 2^-26 (theorem ``thm-deep_threshold-circle``).  Line i passes through the
    middle of the edge from point i to point i + 1, and of that from i + k, k = floor(N/2).

    Raises ``InvalidArgument`` unless N is a whole number from 2 to 4096.

    >>> circle_lines(7).units
    4
    """
    N = integer_in(N, "N", 2, MOST)
    points = [[int(v) for v in row] for row in np.ldexp(circle_points(N), BITS).tolist()]
    middles = [
        [a + b for a, b in zip(points[i], points[(i + 1) % N], strict=True)] for i in range(N)
    ]
    weight, bias = [], []
    for i in range(circle_lines_needed(N)):
        (x, y), (u, v) = middles[i], middles[(i + N // 2) % N]
        normal = (y - v, u - x)  # <normal, 2p - (x, y)> > 0 on one side
        if N == 2:  # both edges are the same one: the line across its middle
            normal = (points[0][0] - points[1][0], points[0][1] - points[1][1])
        factor = math.gcd(*normal)
        p, q = normal[0] // factor, normal[1] // factor
        weight.append([4 * p, 4 * q])
        bias.append(-2 * (p * x + q * y) - 1)  # odd: z > 0 as 2z - 1 >= 0
    return Layer(weight, bias, "threshold", stage="hyperplanes")
