r"""How far from 1/2 a narrow first layer can get, in formulas: two families of rings.

:func:`~mem_lib.generalization.caps.best_accuracy` computes the exact cap of any rings; these
formulas say that it tends to 1/2.

*Ball and shell* (thm-generalization-ball-shell), r_1 = 1, r_2 = 2^(1/d), r_3 = 3^(1/d).  On the
plane at distance h < r_1 from the centre the ratio of shell to ball increases with h, so it is at
least beta = 3^(1 - w/d) - 2^(1 - w/d), its value at h = 0, and beta <= 1: whatever the answer
there, a mass of at least beta times the ball's is wrong.  So every accuracy is at most 1 - beta/2.

*Shells of equal thickness* (thm-generalization-shells): M shells (j + 1/2)/M <= |x| <= (j + 1)/M
with alternating labels, rank d - 1.  Along a line the parts in successive shells get shorter, so
the difference of both labels is at most twice the first of them, at most 2 sqrt(3/(2M)).
Integrated over all lines, the best accuracy is at most 1/2 + sqrt(3 (d + 1)/(pi M)).
"""

from __future__ import annotations

import math
from fractions import Fraction

from mem_lib._base.arguments import integer_in, positive
from mem_lib.errors import InvalidArgument, shown

#: More dimensions are refused.
MOST = 10**15


def ball_and_shell_bound(d: int, w: int) -> float:
    """1 - beta/2 for beta = 3^(1 - w/d) - 2^(1 - w/d): no network whose first layer has rank <= w
    is more accurate on :class:`~mem_lib.generalization.distributions.BallAndShell` (theorem
    ``thm-generalization-ball-shell``); at most 0.51 from d = 95 w on.

    Floating point.  Raises ``InvalidArgument`` for a d outside 1 to 10^15 or a w outside 1 to d.

    >>> ball_and_shell_bound(94, 1) > 0.51 > ball_and_shell_bound(95, 1)
    True
    """
    d, w = integer_in(d, "d", 1, MOST), integer_in(w, "w", 1)
    if w > d:
        raise InvalidArgument(f"w: the rank of a layer on R^{d} is at most {d}, got {shown(w)}")
    share = (d - w) / d
    return 1 - (3**share - 2**share) / 2


def shells_needed(d: int, excess: float | Fraction) -> int:
    """M = 3 (d + 1)/(pi excess^2), rounded up: with so many shells of equal thickness, gaps as wide
    and alternating labels, no network whose first layer has rank < d has an accuracy above
    1/2 + ``excess`` (theorem ``thm-generalization-shells``).

    Raises ``InvalidArgument`` for a d outside 2 to 10^15 or an excess outside 0 < excess < 1/2.

    >>> shells_needed(2, 0.1), shells_needed(10, 0.1)
    (287, 1051)
    """
    d, theta = integer_in(d, "d", 2, MOST), positive(excess, "excess")
    if theta >= Fraction(1, 2):
        raise InvalidArgument(f"excess: a number below 1/2 is needed, got {shown(excess)}")
    # pi is at least the float below it
    return math.ceil(3 * (d + 1) / (Fraction(math.nextafter(math.pi, 0)) * theta**2))
