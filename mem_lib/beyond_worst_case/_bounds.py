"""How many hyperplanes suffice, and how large the network then is.

Floating point: the numbers here are promises about random draws; each formula is evaluated in
float64 with a relative error far below the rounding up to a whole number of hyperplanes.
"""

import math
import sys
from fractions import Fraction

import numpy as np

from mem_lib._base.arguments import above_zero, at_least_zero, probability, whole
from mem_lib.beyond_worst_case._arguments import (
    binary,
    classes_of,
    default_bias,
    in_units_of_the_radius,
    known_variant,
)
from mem_lib.beyond_worst_case._rays import check_rays
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated, show
from mem_lib.network import MOST_SHIFT, Size
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


def bound(
    dataset: Dataset | None = None,
    *,
    N: int | None = None,
    d: int | None = None,
    margin: float | None = None,
    separation: float | None = None,
    radius: float | None = None,
    classes: int | None = None,
    variant: str = "practical",
    max_bias: float | None = None,
    failure: float = 0.5,
    weight_bits: int = WEIGHT_BITS,
    grid_bits: int | None = None,
) -> Size:
    """What theorem ``thm-beyond_worst_case-finite`` promises: with probability at least
    1 - ``failure`` one draw of so many hyperplanes yields a network that memorizes any N points,
    and no entry of ``Size`` is larger than stated.

    ``bound(dataset)`` fills in N, d, margin, radius, classes and grid_bits from the data.

    Parameters
    ----------
    margin : smallest distance of differently labelled points; ``separation`` may be given instead,
        since it is never larger.
    radius : largest norm of a point, in the same unit.
    max_bias : biases are uniform on [-max_bias, max_bias]; default: three quarters of the radius,
        as in ``build``.
    weight_bits, grid_bits : weights are rounded to the grid 2^-weight_bits, points lie on the grid
        2^-grid_bits.

    variant : as in ``build``.  ``"two_sided"`` needs about half as many hyperplanes; ``"relu"`` as
        many, with longer biases in the second layer.

    Raises
    ------
    HypothesisViolated
        When an argument is out of range, or rounding eats the margin.

    >>> bound(N=100, d=2, margin=0.1, radius=1).depth
    3
    """
    if dataset is not None:
        given = (N, d, margin, separation, radius, classes, grid_bits)
        if any(value is not None for value in given):
            raise HypothesisViolated(
                "dataset: N, d, the margin, radius, classes and grid_bits are those of the data; "
                "omit them"
            )
        classes = classes_of(dataset)
        N, d = dataset.N, dataset.d
        margin, radius, grid_bits = dataset.margin, dataset.radius, dataset.shift
        if margin is None:
            return constant_size(d, classes)
    radius = 1.0 if radius is None else radius
    classes = 2 if classes is None else classes
    grid_bits = 20 if grid_bits is None else grid_bits
    N, d = whole(N, "N", 1, MOST), whole(d, "d", 1, MOST)
    classes = whole(classes, "classes", 1)
    weight_bits = whole(weight_bits, "weight_bits", 1, MOST_SHIFT)
    grid_bits = whole(grid_bits, "grid_bits", 0, MOST_SHIFT)
    known_variant(variant)
    failure = probability(failure, "failure")
    if N == 1 or classes == 1:
        return constant_size(d, classes)
    margin = separation if margin is None else margin
    margin, radius = above_zero(margin, "margin"), above_zero(radius, "radius")
    max_bias = 0.75 * radius if max_bias is None else above_zero(max_bias, "max_bias")
    pairs = N * N // 4 if classes == 2 else N * N * (classes - 1) // classes
    loss = rounding_loss(2 * math.sqrt(d) * radius, max_bias, weight_bits, grid_bits)
    n = hyperplanes_enough(
        margin, radius, max_bias, pairs,
        failure=failure / 2, loss=min(float(loss), 1.0), two_sided=variant == "two_sided",
    )  # fmt: skip
    covering = N - 1 if classes == 2 else N
    # failure / 2 is left for the event that some |w_ij| exceeds this
    largest = math.sqrt(2 * (math.log(4 * n * d) - math.log(failure)))
    score = n  # the largest score of a point
    if variant == "relu":
        reach = math.sqrt(d) * (largest + 1) * radius + max_bias
        score = n * (2 * _steps(reach, weight_bits + grid_bits) + 2)
    return _size(n, d, covering, classes, largest, max_bias, weight_bits, grid_bits, score)


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

    Raises ``HypothesisViolated`` when an argument is out of range, the margin is above twice
    the radius, or the loss leaves nothing of p.

    >>> hyperplanes_enough(0.1, 1.0, 2.137, 250_000)
    1765
    """
    margin, radius = above_zero(margin, "margin"), above_zero(radius, "radius")
    max_bias, failure = above_zero(max_bias, "max_bias"), probability(failure, "failure")
    pairs, loss = whole(pairs, "pairs", 0), above_zero(loss, "loss", or_zero=True)
    if margin > 2 * radius:
        raise HypothesisViolated(
            f"margin: two points of norm at most radius = {radius} are at most {2 * radius} "
            f"apart, got margin = {margin}"
        )
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
    variant: str = "practical",
) -> int:
    """The n of theorem ``thm-beyond_worst_case-data``: the least n with
    sum over pairs (1 - p)^n <= ``failure``, for the p of every ordered pair of differently labelled
    points of this data set, less what rounding may take.  For ``"two_sided"`` p is the probability
    that a hyperplane tells the pair apart in either direction.

    p is computed in floating point, by quadrature as in :func:`separation_probability`, whose error
    is bounded while ``max_bias`` is at least a fiftieth of the radius, or 0.  Above two million
    pairs -log(1 - p) is rounded down, and n exceeds the least one by a relative 2^-15 at most, and
    one.

    Takes O(N^2 d) time.  ``max_bias = 0`` ignores rounding.  Raises ``HypothesisViolated`` when a
    pair can never be told apart.
    """
    known_variant(variant)
    classes, covered = classes_of(dataset), binary(covered)
    weight_bits = whole(weight_bits, "weight_bits", 1, MOST_SHIFT)
    dataset, failure = dataset.distinct(), probability(failure, "failure")
    if (dataset.labels == dataset.labels[0]).all():
        return 1
    exact_bias = default_bias(dataset) if max_bias is None else at_least_zero(max_bias, "max_bias")
    if exact_bias == 0:
        check_rays(dataset, (covered,) if classes == 2 else range(classes), variant)
    points, bias, shift = in_units_of_the_radius(dataset, exact_bias)
    labels = 1 - dataset.labels if classes == 2 and covered == 0 else dataset.labels
    one_norms = np.abs(points).sum(axis=1)
    counts = np.unique(labels, return_counts=True)[1]
    few = dataset.N**2 - int((counts**2).sum()) <= 2 * EXACT_PAIRS
    found, tallied = [], Tallied()
    two_sided = variant == "two_sided"
    for c, x, p in opposite_pairs(points, labels, bias, two_sided):
        if bias > 0:
            p = p - rounding_loss(one_norms[c] + one_norms[x], bias, weight_bits, shift)
        if not (p > 0).all():
            i = int(np.argmin(p))
            raise HypothesisViolated(
                f"max_bias: rows {c[i]} and {x[i]} of the distinct points have different labels "
                f"and no promise to be told apart at max_bias = {show(max_bias)}, "
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

    Raises ``HypothesisViolated`` when an argument is out of range.

    >>> round(hyperplanes_needed(0.1, 1.0), 1)
    17.0
    >>> round(hyperplanes_needed(0.1, 1.0, pairs=10))
    66
    """
    pairs, success = whole(pairs, "pairs", 1, MOST), probability(success, "success")
    crossed = above_zero(margin, "margin") / (
        math.sqrt(2 * math.pi) * above_zero(max_bias, "max_bias")
    )
    if crossed >= 1:
        return 0.0
    if crossed < sys.float_info.min:
        raise HypothesisViolated(
            f"margin, max_bias: their quotient leaves the range of floats, got {show(margin)} and "
            f"{show(max_bias)}"
        )
    return math.log(-math.expm1(math.log(success) / pairs)) / math.log1p(-crossed)


def constant_size(d: int, classes: int) -> Size:
    """The size of the constant network that one class needs."""
    outputs = 1 if classes <= 2 else classes
    return Size(
        depth=1, width=0, neurons=0, weights=outputs, dense_weights=outputs * (d + 1),
        bits=1, total_bits=outputs,
    )  # fmt: skip


def _size(
    n: int, d: int, covering: int, classes: int, largest: float, max_bias: float,
    weight_bits: int, grid_bits: int, score: int,
) -> Size:  # fmt: skip
    """The closed size formulas, for n hyperplanes, at most ``covering`` covering neurons and scores
    of at most ``score``."""
    outputs = 1 if classes <= 2 else classes
    weight = (2 * _steps(largest, weight_bits)).bit_length()
    bias = (2 * _steps(max_bias, weight_bits + grid_bits) + 2).bit_length()
    threshold = (2 * score).bit_length()  # the two-sided bias is 2m - 1 - 2|on| >= -2n
    readout = 1 if score == n else threshold  # ReLU: the smallest gap
    return Size(
        depth=3,
        width=max(n, covering),
        neurons=n + covering,
        weights=n * (d + 1) + covering * (n + 1) + covering + outputs,
        dense_weights=n * (d + 1) + covering * (n + 1) + outputs * (covering + 1),
        bits=max(weight, bias, threshold, 2),
        total_bits=n * (d * weight + bias)
        + covering * (2 * n + threshold)
        + 2 * covering
        + outputs * readout,
    )


def _steps(value: float, bits: int) -> int:
    """value * 2^bits, rounded up."""
    return math.ceil(Fraction(value) * 2**bits)
