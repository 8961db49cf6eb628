r"""A certificate that a sample writes about itself: few points were kept, the others were tests.

*Theorem* (thm-generalization-compression; sample compression, Littlestone and Warmuth 1986, Floyd
and Warmuth 1995).  Let a rule choose ``kept`` = kappa of N independent samples, and let its
classifier depend on these alone and be right on all N.  With probability >= 1 - eta its error
(undecided counts as wrong) is, for all kappa < N at the same time, at most

    1 - (eta / (N C(N, kappa)))^(1/(N - kappa)).

*Proof.*  Fix the places I of the kept points.  The other N - kappa samples are independent of the
classifier that I gives; that it is right on all of them and errs with a probability above e has a
probability of at most (1 - e)^(N - kappa).  Add up over C(N, kappa) sets I and N - 1 values of
kappa.

The condensed max-net is such a rule: its sign is that of the nearest kept point.
"""

from __future__ import annotations

import math

from mem_lib._base.arguments import integer_in, probability
from mem_lib.errors import InvalidArgument, shown

_MOST = 10**12
#: Part of a log-gamma, far above its relative error.
_ROUNDING = 1e-14


def compression_certificate(N: int, kept: int, failure: float) -> float:
    """A bound on the error of a classifier that depends on ``kept`` of N independent samples and is
    right on all N; wrong with probability <= ``failure`` (theorem
    ``thm-generalization-compression``).

    1.0 says nothing, as it does for kept = N; a bound of 1/2 or more is useless for two balanced
    classes.  Floating point, rounded up.  Raises ``InvalidArgument`` for an N outside 1 to 10^12,
    a kept outside 1 to N or a failure outside (0, 1).

    >>> [round(compression_certificate(N, 8, 0.05), 3) for N in (100, 500, 2000)]
    [0.306, 0.093, 0.03]
    >>> compression_certificate(1000, 546, 0.05) > 0.75, compression_certificate(8, 8, 0.05)
    (True, 1.0)
    """
    N, kept = integer_in(N, "N", 1, _MOST), integer_in(kept, "kept", 1)
    failure = probability(failure, "failure")
    if kept > N:
        raise InvalidArgument(f"kept: at most N = {N} samples can be kept, got {shown(kept)}")
    if kept == N:
        return 1.0
    all_orders = math.lgamma(N + 1)
    sets = all_orders - math.lgamma(kept + 1) - math.lgamma(N - kept + 1) + _ROUNDING * all_orders
    rate = (sets + math.log(N) - math.log(failure)) / (N - kept)
    return -math.expm1(-rate)
