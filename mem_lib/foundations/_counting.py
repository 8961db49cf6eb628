"""How many networks there are, how many labellings, and what follows.

In a fixed wiring each of the W places of a weight holds one of the 2^(B+1) - 1 integers of at most
B bits.  If the wiring is free, a network is told by W triples (unit, source, value): the unit is
one of at most W that have an incoming weight or one of the o outputs, the source is one of the d
inputs, one of the W units, or the constant 1 of a bias; beside that one of three activations for
each of at most W units, and one for the output layer.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from mem_lib._arguments import listed, whole
from mem_lib._dyadic import INT64_LIMIT
from mem_lib._dyadic import largest as largest_of
from mem_lib._numbers import array_of
from mem_lib._search import least
from mem_lib.errors import HypothesisViolated, show

#: :func:`labellings` evaluates at most this many networks.
MOST_NETWORKS = 2_000_000
_ROUNDING = 1e-12  # far above the relative error of a few logarithms and products in binary64
#: Longer weights are refused, and longer integers do not decide what logarithms cannot.
MOST_BITS = 10**7
#: More points or weights are refused: their logarithms would leave the range of floats.
MOST = 10**300


def counting_bound(
    N: int, classes: int = 2, bits: int = 1, *, inputs: int | None = None, outputs: int = 1
) -> int:
    """The least number of weights that theorem ``thm-foundations-counting`` leaves possible: fewer
    nonzero weights and biases of at most ``bits`` bits cannot realise all ``classes**N`` labellings
    of N points.

    Parameters
    ----------
    N : number of points, at least 1.
    classes : number of classes C, at least 1.
    bits : the largest bit length, without the sign, as ``Size.bits``.
    inputs, outputs : the wiring may depend on the labels, of a network with that many inputs and
        outputs.  Without ``inputs`` the wiring is fixed in advance.

    Raises
    ------
    HypothesisViolated
        When a number is not an integer or too small.

    >>> counting_bound(1000, 2, bits=9)            # 1000 labels, weights from -511 to 511
    101
    >>> counting_bound(1000, 2, bits=9, inputs=2)  # the wiring stores labels too
    45
    """
    N, classes = whole(N, "N", 1, MOST), whole(classes, "classes", 1, MOST)
    wiring = _wiring(bits, inputs, outputs)
    return least(lambda W: _enough(_factors(W, *wiring), N, classes), start=0)


def log_networks(weights: int, bits: int, *, inputs: int | None = None, outputs: int = 1) -> float:
    """log2 of the number of networks that the counting theorem allows: at most that many bits are
    stored in ``weights`` weights of at most ``bits`` bits each.  Arguments as in
    :func:`counting_bound`; computed in binary64, relative error below 1e-12.

    Raises ``HypothesisViolated`` when an argument is out of range.

    >>> log_networks(10, 1) == 10 * math.log2(3)   # each weight is -1, 0 or 1
    True
    """
    weights = whole(weights, "weights", 0, MOST)
    factors = _factors(weights, *_wiring(bits, inputs, outputs))
    return sum(exponent * math.log2(base) for base, exponent in factors)


def labellings(
    widths: Sequence[int], points: Any, largest: int, activation: str = "relu"
) -> set[tuple[int, ...]]:
    """All labellings of ``points`` by the networks of one tiny wiring, found by trying every one.

    Parameters
    ----------
    widths : d, then the units of each hidden layer, then 1: all layers dense with biases.
    points : (M, d) integers.
    largest : every weight and bias runs through -largest .. largest.
    activation : of the hidden layers, ``"relu"`` or ``"threshold"``; the label is 1 where the
        output is at least 0, else 0.

    Raises ``HypothesisViolated`` for more than 2,000,000 networks.

    >>> sorted(labellings([1, 1], [[0], [1]], largest=1))   # [w x + b >= 0]
    [(0, 0), (0, 1), (1, 0), (1, 1)]
    """
    widths = [whole(k, f"widths[{i}]", 1) for i, k in enumerate(listed(widths, "widths"))]
    points = array_of("points", points)
    if len(widths) < 2 or widths[-1] != 1 or activation not in ("relu", "threshold"):
        raise HypothesisViolated(
            "widths, activation: at least one layer, one output, and relu or threshold are needed, "
            f"got widths = {show(widths)}, activation = {show(activation)}"
        )
    if (
        points.ndim != 2
        or points.dtype.kind not in "iu"
        or points.shape[1] != widths[0]
        or not len(points)
    ):
        raise HypothesisViolated(
            f"points: integers of shape (M, {widths[0]}) are needed, M >= 1, "
            f"got shape {points.shape}, dtype {points.dtype}"
        )
    reach = largest_of(points)
    for k in widths[:-1]:  # no preactivation is larger
        reach = whole(largest, "largest", 0) * (k * reach + 1)
    if reach >= INT64_LIMIT:
        raise HypothesisViolated(
            f"points, largest: sums of up to {show(reach)} leave the range of int64, in which "
            "all networks are tried"
        )
    blocks = _all_labels(widths, points, largest, activation)
    return {tuple(row) for block in blocks for row in block.tolist()}


def _wiring(bits: Any, inputs: Any, outputs: Any) -> tuple[int, int | None, int]:
    """The arguments of the same names, checked."""
    bits = whole(bits, "bits", 1, MOST_BITS)
    if inputs is None:
        return bits, None, 1
    return bits, whole(inputs, "inputs", 1, MOST), whole(outputs, "outputs", 1, MOST)


def _factors(weights: int, bits: int, inputs: int | None, outputs: int) -> list[tuple[int, int]]:
    """The number of networks as factors (base, exponent)."""
    values = (2 << bits) - 1
    if inputs is None:
        return [(values, weights)]
    return [(3, weights + 1), ((weights + outputs) * (weights + inputs + 1) * values, weights)]


def _enough(factors: list[tuple[int, int]], N: int, classes: int) -> bool:
    """Whether the networks are at least as many as the labellings; in integers when it is close.

    A call too close for logarithms and too long for integers counts as enough: never too strict.
    """
    have = sum(exponent * math.log2(base) for base, exponent in factors)
    want = N * math.log2(classes)
    if abs(have - want) > _ROUNDING * (have + want):
        return have > want
    if want > MOST_BITS:
        return True
    return bool(math.prod(base**exponent for base, exponent in factors) >= classes**N)


def _all_labels(
    widths: list[int], points: np.ndarray, largest: int, activation: str
) -> Iterator[np.ndarray]:
    """Distinct label rows, block by block: shape (at most the block, M)."""
    values = 2 * whole(largest, "largest", 0) + 1
    shapes = [(k, j + 1) for j, k in pairwise(widths)]  # the bias is the last column
    places = sum(k * j for k, j in shapes)
    if values**places > MOST_NETWORKS:
        raise HypothesisViolated(
            f"widths, largest: {places} places with {values} values each are more than "
            f"{MOST_NETWORKS} networks; take fewer units or smaller weights"
        )
    digits = values ** np.arange(places)
    step = 1 + 4_000_000 // (len(points) * max(widths))
    for start in range(0, values**places, step):
        codes = np.arange(start, min(start + step, values**places))
        entries = codes[:, None] // digits % values - largest
        yield np.unique(_signs(entries, shapes, points.astype(np.int64), activation), axis=0)


def _signs(
    entries: np.ndarray, shapes: list[tuple[int, int]], points: np.ndarray, activation: str
) -> np.ndarray:
    """[output >= 0] of many networks (rows of ``entries``) at all points, in int64."""
    x = np.broadcast_to(points, (len(entries), *points.shape))
    place = 0
    for layer, (units, columns) in enumerate(shapes):
        matrix = entries[:, place : place + units * columns].reshape(-1, units, columns)
        place += units * columns
        z = x @ matrix[:, :, :-1].transpose(0, 2, 1) + matrix[:, None, :, -1]
        if layer < len(shapes) - 1:
            x = np.maximum(z, 0) if activation == "relu" else (z >= 0).astype(np.int64)
    return np.asarray(z[:, :, 0] >= 0, dtype=np.int64)
