"""How many hyperplanes suffice, and how many are needed.

Floating point: the numbers here are promises about random draws; each formula is evaluated in
float64 with a relative error far below the rounding up to a whole number of hyperplanes.
"""

import math
import sys
from fractions import Fraction

import numpy as np

from mem_lib._base.arguments import (
    above_zero,
    at_least_zero,
    check_distance,
    integer_in,
    probability,
)
from mem_lib.beyond_worst_case.arguments import (
    binary,
    classes_of,
    default_bias,
    in_units_of_the_radius,
)
from mem_lib.beyond_worst_case.rays import check_rays
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated, InvalidArgument, shown
from mem_lib.network import MOST_SHIFT
from mem_lib.parts.separation import (
    Tallied,
    chi3,
    least_count,
    opposite_pairs,
    rates,
    rounding_loss,
)

WEIGHT_BITS = 16
#: More points, dimensions or pairs are refused: they leave the range of floats.
MOST = 10**300
#: Above this many pairs :func:`data_bound` rounds their probabilities, to keep few of them.
EXACT_PAIRS = 2_000_000


def hyperplanes_enough(
    margin: float,
    radius: float,
    max_bias: float,
    pairs: int,
    *,
    failure: float = 0.5,
    loss: float = 0.0,
    two_sided: bool = False,
) -> int:
    """The least n with ``pairs`` (1 - p)^n <= ``failure``, for the lower bound p of lemma
    ``thm-beyond_worst_case-hyperplane``; at most the n of theorem ``thm-beyond_worst_case-finite``.

    With probability at least 1 - ``failure`` each of ``pairs`` ordered pairs at distance at least
    ``margin``, of norm at most ``radius``, is told apart by one of n hyperplanes in the needed
    direction.  ``loss`` is what rounding takes from p; ``two_sided`` neurons are content with
    either direction, which doubles p.

    Raises ``InvalidArgument`` when an argument is out of range or the margin above twice the
    radius, ``HypothesisViolated`` when the loss leaves nothing of p.

    >>> hyperplanes_enough(0.1, 1.0, 2.137, 250_000)
    1765
    """
    margin, radius = above_zero(margin, "margin"), above_zero(radius, "radius")
    max_bias, failure = above_zero(max_bias, "max_bias"), probability(failure, "failure")
    pairs, loss = integer_in(pairs, "pairs", 0), above_zero(loss, "loss", or_zero=True)
    check_distance(margin, "margin", radius)
    p = chi3(min(max_bias / radius, 1e300)) * margin / (2 * math.sqrt(2 * math.pi) * max_bias)
    p = (2 * p if two_sided else p) - loss
    if not p > sys.float_info.min:
        raise HypothesisViolated(
            f"weight_bits: rounding may undo every separation at margin = {margin}, "
            f"max_bias = {max_bias}; more bits, or a larger margin, are needed"
        )
    if not pairs:
        return 1
    return max(1, math.ceil((math.log(pairs) - math.log(failure)) / -math.log1p(-p)))


def data_bound(
    dataset: Dataset,
    *,
    max_bias: float | Fraction | None = None,
    failure: float = 0.5,
    covered: int = 1,
    weight_bits: int = WEIGHT_BITS,
    two_sided: bool = False,
) -> int:
    """The n of theorem ``thm-beyond_worst_case-data``: the least n with
    sum over pairs (1 - p)^n <= ``failure``, for the p of every ordered pair of differently labelled
    points of this data set, less what rounding may take.  ``two_sided``: p is the probability that
    a hyperplane tells the pair apart in either direction.

    p is computed in floating point, by quadrature as in :func:`separation_probability`, whose error
    is bounded while ``max_bias`` is at least a fiftieth of the radius, or 0.  Above two million
    pairs -log(1 - p) is rounded down, and n exceeds the least one by a relative 2^-15 at most, and
    one.

    Takes O(N^2 d) time.  ``max_bias = 0`` ignores rounding.  Raises ``HypothesisViolated`` when a
    pair can never be told apart.

    >>> far = Dataset([[1.0, 0.0], [-1.0, 0.0]], [0, 1])
    >>> near = Dataset([[1.0, 0.0], [0.9, 0.0]], [0, 1])
    >>> data_bound(far, max_bias=1), data_bound(near, max_bias=1)
    (2, 82)
    """
    classes, covered = classes_of(dataset), binary(covered)
    weight_bits = integer_in(weight_bits, "weight_bits", 1, MOST_SHIFT)
    dataset, failure = dataset.distinct(), probability(failure, "failure")
    if (dataset.labels == dataset.labels[0]).all():
        return 1
    exact_bias = default_bias(dataset) if max_bias is None else at_least_zero(max_bias, "max_bias")
    if exact_bias == 0:
        check_rays(dataset, (covered,) if classes == 2 else range(classes), two_sided)
    points, bias, shift = in_units_of_the_radius(dataset, exact_bias)
    labels = 1 - dataset.labels if classes == 2 and covered == 0 else dataset.labels
    one_norms = np.abs(points).sum(axis=1)
    counts = np.unique(labels, return_counts=True)[1]
    few = dataset.N**2 - int((counts**2).sum()) <= 2 * EXACT_PAIRS
    found, tallied = [], Tallied()
    for c, x, p in opposite_pairs(points, labels, bias, two_sided):
        if bias > 0:
            p = p - rounding_loss(one_norms[c] + one_norms[x], bias, weight_bits, shift)
        if not (p > 0).all():
            i = int(np.argmin(p))
            raise HypothesisViolated(
                f"max_bias: rows {c[i]} and {x[i]} of the distinct points have different labels "
                f"and no promise to be told apart at max_bias = {shown(max_bias)}, "
                f"weight_bits = {weight_bits}"
            )
        if few:
            found.append(rates(p))
        else:
            tallied.add(rates(p))
    # more classes: a neuron for either point of the pair has to fail on the other, unless the
    # event is the same for both
    both_ways = 1 if classes == 2 or two_sided else 2
    if few:
        return least_count(np.concatenate(found), failure / both_ways)
    return least_count(tallied.values, failure / both_ways, tallied.times)


def hyperplanes_needed(
    margin: float, max_bias: float, success: float = 0.5, *, pairs: int = 1
) -> float:
    """Fewer hyperplanes than this, and the network memorizes with probability below ``success``,
    whatever its later layers do.

    One pair of differently labelled points at distance ``margin``: proposition
    ``thm-beyond_worst_case-needed``.  More ``pairs``, the end points of disjoint intervals of
    length ``margin`` on one line: proposition ``thm-beyond_worst_case-logarithm``.

    Raises ``InvalidArgument`` when an argument is out of range.

    >>> round(hyperplanes_needed(0.1, 1.0), 1)
    17.0
    >>> round(hyperplanes_needed(0.1, 1.0, pairs=10))
    66
    """
    pairs, success = integer_in(pairs, "pairs", 1, MOST), probability(success, "success")
    crossed = above_zero(margin, "margin") / (
        math.sqrt(2 * math.pi) * above_zero(max_bias, "max_bias")
    )
    if crossed >= 1:
        return 0.0
    if crossed < sys.float_info.min:
        raise InvalidArgument(
            f"margin, max_bias: their quotient leaves the range of floats, got {shown(margin)} and "
            f"{shown(max_bias)}"
        )
    return math.log(-math.expm1(math.log(success) / pairs)) / math.log1p(-crossed)
