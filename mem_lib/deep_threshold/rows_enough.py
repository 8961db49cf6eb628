"""How many random hyperplanes suffice: from the margin, or from all pairs of a data set."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np

from mem_lib._base.arguments import (
    at_least_zero,
    check_distance,
    instance,
    integer_in,
    positive,
    probability,
)
from mem_lib.data import Dataset
from mem_lib.deep_threshold import decimals, keys
from mem_lib.deep_threshold.angles import least_rows, tallied_rates
from mem_lib.deep_threshold.decimals import arctan, decimal, root
from mem_lib.deep_threshold.frame import Frame
from mem_lib.errors import HypothesisViolated


def line_probability(margin: Any, radius: Any = 1, *, d: int = 2) -> float:
    """p(s), s = margin / radius, of theorem ``thm-deep_threshold-hyperplane``: the least
    probability with which a random hyperplane tells apart two points of norm at most ``radius`` at
    distance at least ``margin`` (both in the unit of the points).  The hyperplane is <w, x> + b = 0
    with w ~ N(0, I_d) and b ~ N(0, radius^2).  Sharp in every dimension; rounded to nearest.

    Raises ``InvalidArgument`` when an argument is out of range, or the margin above twice the
    radius.

    >>> line_probability(2), round(line_probability(0.1), 6), round(line_probability(1, d=1), 6)
    (0.5, 0.016738, 0.25)
    """
    return float(_probability(*_ratio(margin, radius), integer_in(d, "d", 1)))


def hyperplanes_enough(
    margin: Any, radius: Any, pairs: int, *, d: int = 2, failure: Any = Fraction(1, 2)
) -> int:
    """The least m with ``pairs`` (1 - p)^m <= ``failure``, p the sharp probability of
    :func:`line_probability`: so many random rows tell all of that many pairs apart with probability
    at least 1 - ``failure`` (theorem ``thm-deep_threshold-first-layer``).  At least 1.

    On a line (d = 1) only the B neighbours of different labels count as pairs.  Decided with fifty
    digits; where these cannot tell, m is one too large.

    Raises ``InvalidArgument`` when an argument is out of range, or the margin above twice the
    radius.

    >>> hyperplanes_enough(0.1, 1, 1000 * 999 // 2), hyperplanes_enough(2, 1, 2**28)
    (819, 29)
    """
    margin, radius = _ratio(margin, radius)
    pairs, d = integer_in(pairs, "pairs", 0), integer_in(d, "d", 1)
    probability(failure, "failure")
    return enough_for(margin**2 / radius**2, pairs, d, Fraction(failure))


def enough_for(
    square: Fraction, pairs: int, d: int, failure: Fraction = Fraction(1, 2), share: int = 1
) -> int:
    """The m of :func:`hyperplanes_enough` for the square of margin / radius; ``share`` = 2: when
    rows tell a pair apart with half of that probability."""
    wanted = Fraction(pairs) / failure
    if wanted <= 1:
        return 1
    if square == 4 and share == 1:  # p = 1/2: the least m with 2^m >= wanted, exactly
        return (math.ceil(wanted) - 1).bit_length()
    with localcontext(prec=decimals.DIGITS):
        p = _of_square(square, d) / share
        # -ln(1 - p) = 2 artanh(p / (2 - p)), without cancelling digits
        rate = 2 * decimals.artanh(p / (2 - p))
        return max(1, decimals.above(decimals.ln(wanted) / rate))


def data_bound(dataset: Dataset, *, failure: Any = 0.5, loss: Any = 0) -> int:
    """The m of theorem ``thm-deep_threshold-adaptive``: the least m for which the sum of
    (1 - theta / pi)^m over all differently labelled pairs is at most ``failure``, theta the angle
    of the two points lifted to (x, r).  Points are seen from the middle of their range where that
    makes the radius r smaller.  On a line only neighbours count.

    ``loss`` is taken from every probability theta / pi (where rows close to a point are refused),
    and leaves at least half of it.

    In float64, on classes of almost equal angles: m is at most a relative 2^-12, and one, above the
    least one, and meets the inequality up to a relative 1e-9 (the layer is verified anyway).  It is
    never above that of :func:`hyperplanes_enough` for the margin, which takes its place above 5e8
    pairs, and where points are too close for floats.  O(N^2 d) time.

    Raises ``HypothesisViolated`` for targets, ``InvalidArgument`` for a ``failure`` that is no
    probability and a negative ``loss``.

    >>> data_bound(Dataset([[5], [6]], [0, 1])), data_bound(Dataset([[0, 0], [9, 1]], [1, 1]))
    (1, 1)
    """
    data = labelled(dataset)
    failed = probability(failure, "failure")
    lost = float(at_least_zero(loss, "loss"))
    if (data.labels == data.labels[0]).all():
        return 1
    frame = Frame.of(data)
    share = 2 if lost else 1
    most = enough_for(ratio_of(data, frame), pairs_of(data), data.d, Fraction(failed), share)
    found = tallied_rates(data, frame)
    if found is None:
        return most
    rates, times = found
    return min(most, least_rows(np.maximum(rates - lost, rates / 2), times, failed))


def labelled(dataset: Any) -> Dataset:
    """The distinct points of a data set with labels."""
    if instance(dataset, "dataset", Dataset).targets is not None:
        raise HypothesisViolated("dataset: this construction needs labels 0..C-1, got real targets")
    return dataset.distinct()


def pairs_of(data: Dataset) -> int:
    """D, the number of differently labelled pairs; on a line B, that of differently labelled
    neighbours."""
    if data.d == 1:
        order = sorted(range(data.N), key=data.integers()[0][:, 0].tolist().__getitem__)
        ordered = data.labels[order]
        return int((ordered[1:] != ordered[:-1]).sum())
    return keys.pairs_of(data.labels)


def ratio_of(data: Dataset, frame: Frame) -> Fraction:
    """The square of margin / radius, seen from the centre; at most 4."""
    margin = data.squared_margin
    assert margin is not None
    return 4 * margin * 4**data.shift / frame.radius**2


def pair_probability(data: Dataset, frame: Frame | None = None) -> float:
    """p(s) for the margin and the radius of the data, rounded down; 1/2 where all labels are
    equal."""
    if (data.labels == data.labels[0]).all():
        return 0.5
    p = _of_square(ratio_of(data, frame or Frame.of(data)), data.d)
    return math.nextafter(float(p), 0.0)


def _ratio(margin: Any, radius: Any) -> tuple[Fraction, Fraction]:
    margin, radius = positive(margin, "margin"), positive(radius, "radius")
    check_distance(margin, "margin", radius)
    return margin, radius


def _probability(margin: Fraction, radius: Fraction, d: int) -> Decimal:
    return _of_square(margin**2 / radius**2, d)


def _of_square(square: Fraction, d: int) -> Decimal:
    """p(s) for s^2."""
    half = Decimal("0.5")
    if square == 4:
        return half
    with localcontext(prec=decimals.DIGITS):
        # s / (2 - s) = (2 s + s^2) / (4 - s^2)
        radial = arctan((2 * root(square) + decimal(square)) / decimal(4 - square))
        if d == 1:
            return radial / decimals.pi()
        # arcsin(y) = arctan(y / sqrt(1 - y^2)) for y^2 = s^2 / 8
        outer = 2 * arctan(root(square / (8 - square)))
        return min(radial, outer) / decimals.pi()
