r"""Samples that make *every* memorizer with P parameters right.

*Theory* (theorem thm-generalization-smallest; the argument of Vapnik and Chervonenkis, and of
Blumer, Ehrenfeucht, Haussler, Warmuth 1989).  Let a family of classifiers have at most Pi(n)
answers on n points, and let N >= 8/eps.  Draw N samples and, in thought, N more.  A classifier of
the family that is right on the first N and errs with a probability above eps errs on at least
eps N/2 of the others with probability >= 1/2 (Chebyshev).  Given the 2N samples, exchange the
partners i and N + i by coins: for one of the Pi(2N) answers the probability that all its errors, at
least eps N/2 of them, stand in the second half is at most 2^(-eps N/2).  So

    P(some member is right on N samples and errs above eps) <= 2 Pi(2N) 2^(-eps N/2).

ReLU networks with at most P parameters have Pi(n) <= 2^(3P/2) (e n P)^(P^2/2) for n >= P
(thm-generalization-parameters).

Floating point: logarithms, rounded towards more samples by a relative 10^-12.
"""

from __future__ import annotations

import math

from mem_lib._base.arguments import integer_in, probability
from mem_lib._base.search import least_integer

_ROUNDING = 1e-12
_MOST = 10**100


def samples_for_size(P: int, error: float, failure: float) -> int:
    """So many independent samples: with probability >= 1 - ``failure`` *every* ReLU network with at
    most ``P`` parameters, counted densely, that memorizes them errs with probability <= ``error``
    (theorem ``thm-generalization-smallest``).  Of order P^2 log P, for P = N_D the smallest
    memorizers.

    Raises ``InvalidArgument`` for a P outside 1 to 10^100, an error or failure outside (0, 1).

    >>> [samples_for_size(P, 0.1, 0.1) for P in (10, 20)]
    [20473, 93816]
    """
    P = integer_in(P, "P", 1, _MOST)
    error, failure = probability(error, "error"), probability(failure, "failure")
    power = P * P / 2
    # from there on the left side grows faster than the right one
    start = max(P, math.ceil(8 / error), math.ceil(2 * power / (error * math.log(2))))

    def enough(more: int) -> bool:
        N = start + more
        lists = power * (math.log2(2 * math.e * P) + math.log2(N)) + 1.5 * P
        return error * N / 2 >= (lists + 1 - math.log2(failure)) * (1 + _ROUNDING)

    return start + least_integer(enough, start=0)
