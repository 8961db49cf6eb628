r"""How many points at mutual distance >= c the unit cube holds.

Open balls of radius c/2 about them are disjoint and lie in a cube of side 1 + c, so there are at
most (1 + c)^d / (Omega_d (c/2)^d), Omega_d the volume of the unit ball.  And the balls of radius c
about the points of a set that cannot be enlarged cover the cube, so that one has at least
1/(Omega_d c^d) points.

Both are computed in integers: Omega_d is a power of pi times a fraction, and pi is enclosed in
fractions.
"""

from __future__ import annotations

import math
from fractions import Fraction

from mem_lib._base.arguments import integer_in, positive

#: Larger dimensions are refused, for the length of the numbers.
MOST = 10**4
_DIGITS = 60
_PI = Fraction(314159265358979323846264338327950288419716939937510582097494, 10 ** (_DIGITS - 1))


def packing_bound(d: int, c: float | Fraction) -> int:
    """At most so many points of [0, 1]^d are at mutual distance >= c > 0:
    (1 + c)^d 2^d/(Omega_d c^d), rounded down.

    So many points at most does a condensed network keep of any sample in the cube with margin >= c
    (theorem ``thm-generalization-condensed``).

    Raises ``InvalidArgument`` for a d outside 1 to 10^4 or a c that is no finite number > 0.

    >>> packing_bound(1, 0.5), packing_bound(2, 0.1), packing_bound(10, 1.0)
    (3, 154, 411179)
    """
    d, exact = integer_in(d, "d", 1, MOST), positive(c, "c")
    return math.floor((2 * (1 + exact) / exact) ** d / _volume(d, up=False))


def packing_exists(d: int, c: float | Fraction) -> int:
    """So many points of [0, 1]^d at mutual distance >= c > 0 there are, at least: 1/(Omega_d c^d),
    rounded up.

    With k such points :func:`~mem_lib.generalization.bounds.samples_needed` asks for about k
    samples (theorem ``thm-generalization-needed``).  Errors as :func:`packing_bound`.

    >>> packing_exists(2, 0.1), packing_exists(20, 1.0), packing_exists(63, 1) > 2**63
    (32, 39, True)
    """
    d, exact = integer_in(d, "d", 1, MOST), positive(c, "c")
    return math.ceil(1 / (_volume(d, up=True) * exact**d))


def _volume(d: int, *, up: bool) -> Fraction:
    """Omega_d, the volume of the unit ball of R^d, rounded down in its 50th digit or so, or up."""
    pi = _PI + Fraction(int(up), 10 ** (_DIGITS - 1))
    half = d // 2
    if d % 2 == 0:
        return pi**half / math.factorial(half)
    # Omega_d = 2 pi Omega_{d-2} / d, Omega_1 = 2
    return 2 * (2 * pi) ** half / math.prod(range(3, d + 1, 2))
