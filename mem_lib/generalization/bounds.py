r"""How many samples and how many parameters are enough, and how many are needed.

*Enough* (theorem thm-generalization-samples).  Let S sets cover the support, each such that one
sample point in it makes the answer right on all of it (the balls of S_D, or the safe cells of
`mem_lib.generalization.safe`).  An error above eps needs a family of sets of mass above eps that N
samples all miss: probability at most (1 - eps)^N <= e^(-eps N), for each of 2^S - 1 families.

*Missing mass* (thm-generalization-mass).  Made disjoint, the sets have masses q, and
E(missed) = sum q (1 - q)^N <= S max q (1 - q)^N = S N^N / (N + 1)^(N + 1) <= S/(e N).

*Few ways to be wrong* (thm-generalization-separable).  Let the sets on which the networks of a
class err have VC dimension V.  Draw a second sample of N: a set of mass above eps that the first
one misses is hit more than eps N/2 times by the second with probability 1/2 at least, and of at
most (2 e N/V)^V sets that the 2N points tell apart each has all its hits in the second half with
probability at most 2^(-eps N/2).  So a memorizer of the class errs with a probability above eps
with probability at most 2 (2 e N/V)^V e^(-eps N/4), which is at most eta for
N >= (8/eps) (2 V ln(16 e/eps) + ln(2/eta)) (Blumer, Ehrenfeucht, Haussler, Warmuth 1989).  For
half-spaces of R^d, V = d + 1.

*Needed* (thm-generalization-needed).  k points far apart, uniform, labels by fair coins.  After N
samples n >= k - N labels are still fair coins, whatever the algorithm, and by Hoeffding
P(at most eps k of n wrong) <= exp(-2 n (1/2 - eps k/n)^2), which decreases in n; at
n = (2 eps + t) k the exponent is k t^2 / (2 (2 eps + t)) >= k t^2 / 2.

*Parameters needed* (thm-generalization-parameters).  With P parameters, counted densely, the hidden
widths add up to at most P/2: at most 2^P architectures of at most P/2 layers.  In one of them the
sign of a unit on k points, given those before it, is that of k polynomials; layer by layer there
are at most 2 (e k P)^P patterns (Warren 1968), so at most 2^P (2 (e k P)^P)^(P/2) sign patterns in
all.  Each is within eps k of at most 2^(H(eps) k) labellings, H the binary entropy.  All 2^k
labellings are served only if (P^2/2) log2(e k P) + 3P/2 >= (1 - H(eps)) k.

Floating point: logarithms only, rounded towards the safe side by a relative 10^-12, so that a
number may be off by one where an exact threshold is hit, never on the wrong side.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, NamedTuple

from mem_lib._base.arguments import at_least_zero, integer_in, probability
from mem_lib._base.search import least_integer
from mem_lib.errors import InvalidArgument, shown

#: More points, sets or samples are refused: they leave the range of floats.
MOST = 10**300
_ROUNDING = 1e-12


def samples_enough(S: int, error: float, failure: float) -> int:
    """So many independent samples: with probability >= 1 - ``failure`` the max-net of them errs
    with probability <= ``error``, where S sets cover the support of which each is right as soon as
    it is hit: ln((2^S - 1)/failure)/error, rounded up (theorem ``thm-generalization-samples``).

    Raises ``InvalidArgument`` for an S outside 1 to 10^300, an error or failure outside (0, 1).

    >>> samples_enough(1000, 0.1, 0.1), paper_samples(1000, 0.1, 0.1)
    (6955, 92104)
    """
    S = integer_in(S, "S", 1, MOST)
    error, failure = probability(error, "error"), probability(failure, "failure")
    sets = S * math.log(2) + (math.log1p(-(2.0**-S)) if S < 1000 else 0.0)
    return _rounded_up(sets - math.log(failure), error)


def paper_samples(S: int, error: float, failure: float) -> int:
    """S ln(S/failure)/error, rounded up: the number that the paper has, in the version we read, in
    place of :func:`samples_enough` (theorem ``thm-generalization-samples``), of which it is at
    least the value.  Arguments and errors as there.

    >>> [paper_samples(S, 0.1, 0.1) for S in (8, 32, 128)]
    [351, 1846, 9158]
    """
    S = integer_in(S, "S", 1, MOST // 10**10)
    error, failure = probability(error, "error"), probability(failure, "failure")
    return _rounded_up(S * (math.log(S) - math.log(failure)), error)


def vc_samples(dimension: int, error: float, failure: float) -> int:
    """(8/error) (2 V ln(16 e/error) + ln(2/failure)), rounded up, for the VC ``dimension`` V of the
    sets on which the networks of a class err: with so many samples, and probability >= 1 -
    ``failure``, *every* network of the class that memorizes them errs with probability <= ``error``
    (proposition ``thm-generalization-separable``, where V = d + 1).

    Raises ``InvalidArgument`` for a dimension outside 1 to 10^300, an error or failure outside
    (0, 1).

    >>> vc_samples(11, 0.1, 0.1)  # half-spaces in ten dimensions
    10932
    """
    V = integer_in(dimension, "dimension", 1, MOST)
    error, failure = probability(error, "error"), probability(failure, "failure")
    patterns = 2 * V * (math.log(16 * math.e) - math.log(error))
    return _rounded_up(8 * (patterns + math.log(2) - math.log(failure)), error)


def missing_mass(S: int, N: int) -> float:
    """S/(e N), or 1 where that is less: in expectation at most that part of the mass lies in sets
    that N independent samples miss, when S sets cover the support (proposition
    ``thm-generalization-mass``).  It bounds the expected error of the max-net.

    Raises ``InvalidArgument`` for an S below 1, an N below 0, or either above 10^300.

    >>> round(missing_mass(100, 1000), 4), missing_mass(100, 0)
    (0.0368, 1.0)
    """
    S, N = integer_in(S, "S", 1, MOST), integer_in(N, "N", 0, MOST)
    return min(1.0, S / (math.e * N) * (1 + _ROUNDING)) if N else 1.0


class Needed(NamedTuple):
    """Up to ``samples`` samples, an accuracy of 1 - error has at most the probability
    ``success``."""

    samples: int
    success: float


def samples_needed(k: int, error: float, t: float) -> Needed:
    """No algorithm does with fewer: up to N = (1 - 2 error - t) k samples of k equally likely
    points, averaged over all labellings, an accuracy >= 1 - ``error`` has a probability of at most
    exp(-k t^2/2) (theorem ``thm-generalization-needed``).

    So for every algorithm, a random one too, there is a labelling with at most this probability.
    ``t`` > 0 trades the two numbers.  N = -1 would mean that nothing is said; it never occurs.

    Raises ``InvalidArgument`` for a k outside 1 to 10^300, an error below 0, a t that is not
    above 0, or 2 error + t above 1.

    >>> needed = samples_needed(2**10, 0.1, 0.1)
    >>> needed.samples, round(needed.success, 4)
    (716, 0.006)
    """
    k, exact = integer_in(k, "k", 1, MOST), at_least_zero(error, "error")
    trade = at_least_zero(t, "t")
    if not trade or 2 * exact + trade > 1:
        raise InvalidArgument(
            f"t: a number above 0 is needed with 2 error + t <= 1, got t={shown(t)}, "
            f"error={shown(error)}"
        )
    success = math.exp(-float(k * trade**2 / 2) * (1 - _ROUNDING))
    return Needed(math.floor((1 - 2 * exact - trade) * k), success)


def parameters_needed(k: int, error: float) -> int:
    """The least number of parameters, counted densely, with which ReLU networks can have an
    accuracy >= 1 - ``error`` on k equally likely points for *every* labelling: fewer cannot
    (theorem ``thm-generalization-parameters``).

    An error of at most half of 1/k asks for memorization.  Raises ``InvalidArgument`` for a k
    outside 1 to 10^300 or an error outside 0 <= error < 1/2.

    >>> [parameters_needed(2**d, 0.1) for d in (10, 16, 20, 30)]
    [9, 55, 196, 5105]
    """
    k, eps = integer_in(k, "k", 1, MOST), at_least_zero(error, "error")
    if eps >= Fraction(1, 2):
        raise InvalidArgument(f"error: a number below 1/2 is needed, got {shown(error)}")
    wanted = (1 - _entropy(float(eps))) * k * (1 - _ROUNDING) - k * _ROUNDING

    def enough(P: int) -> bool:
        pairs = math.log2(math.e) + math.log2(k) + math.log2(P)
        return k < P or P * P / 2 * pairs + 1.5 * P >= wanted

    return least_integer(enough)


def _entropy(p: float) -> float:
    """The binary entropy, in bits."""
    return -sum(q * math.log2(q) for q in (p, 1 - p) if q)


def _rounded_up(value: float, error: float) -> int:
    quotient: Any = value / error * (1 + _ROUNDING)
    if not quotient < math.inf:
        raise InvalidArgument(f"error: the number of samples leaves the range of floats at {error}")
    return math.ceil(quotient)
