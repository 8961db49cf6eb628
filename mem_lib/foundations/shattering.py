"""Real weights of unlimited precision: how many labellings of N points a wiring can realise.

A set of points is shattered by a wiring if every one of its 2^N labellings is realised by some
choice of the real weights.  The label is 1 where the output is >= 0.

*Affine forms.*  N affine forms in w variables have at most sum_{i <= w} C(N, i) patterns of signs
[form >= 0]: :func:`dichotomies`.  A threshold unit with w incoming weights (its bias included) is
that, on any N inputs, so a wiring of threshold units realises at most (eN)^W labellings.

*Polynomials.*  K >= w polynomials of degree at most D in w variables have at most (4eDK/w)^w
patterns (Warren 1968): :func:`log_sign_patterns`.  As long as no ReLU changes sides, the
preactivations of layer l are polynomials of degree l in the W_l weights of the first l layers, so
the patterns multiply layer by layer: :func:`log_labellings`.

*Any wiring.*  A network may choose its wiring with the labels.  There are at most (W (W + d))^W
wirings of at most W places and d inputs (:func:`log_wirings`), each with the labellings above, so
the bounds gain the summand W log2(W (W + d)), which is less than the W^2 log W of ReLU units.

Logarithms are computed in binary64 and rounded outwards where an integer is read off them: the
limits below are upper bounds whatever the rounding does.
"""

import math
from collections.abc import Sequence

from mem_lib._base.arguments import integer_in, listed
from mem_lib._base.search import least_integer
from mem_lib.errors import InvalidArgument, shown

ACTIVATIONS = ("relu", "threshold")
#: More is refused: products of three such numbers stay in the range of floats.
MOST = 10**100
_OUTWARDS = 1 + 1e-12


def dichotomies(N: int, weights: int) -> int:
    """The most patterns of signs [form >= 0] of N affine forms in ``weights`` variables: lemma
    ``thm-foundations-cells``.

    Raises ``InvalidArgument`` when an argument is out of range.

    >>> [dichotomies(N, 2) for N in (1, 2, 3, 4)]   # lines in the plane and their regions
    [2, 4, 7, 11]
    """
    N, weights = integer_in(N, "N", 0), integer_in(weights, "weights", 0)
    return sum(math.comb(N, i) for i in range(min(N, weights) + 1))


def log_sign_patterns(polynomials: int, degree: int, variables: int) -> float:
    """log2 of the most patterns [p >= 0] of so many real polynomials: theorem
    ``thm-foundations-warren`` and its corollary; never more than ``polynomials``.

    Raises ``InvalidArgument`` when an argument is out of range.

    >>> log_sign_patterns(10, 1, 20)
    10.0
    """
    count = integer_in(polynomials, "polynomials", 0, MOST)
    D = integer_in(degree, "degree", 1, MOST)
    return _log_patterns(count, D, integer_in(variables, "variables", 1, MOST))


def _log_patterns(count: int, D: int, w: int) -> float:
    """The same of K = ``count`` polynomials of degree D in w variables."""
    if count < w:
        return float(count)
    return min(float(count), w * math.log2(4 * math.e * D * count / w))


def log_labellings(
    N: int, units: Sequence[int], weights: Sequence[int], activation: str = "relu"
) -> float:
    """log2 of the most labellings of N points by a layered wiring of real weights: at most the
    product in ``thm-foundations-vc`` and ``thm-foundations-threshold``, each factor and the whole
    cut off at 2^(number of signs) and 2^N.

    units : the number of units of each layer; the last layer has 1.
    weights : the number of nonzero weights and biases of each layer, at least one for each unit.
    activation : of the hidden layers.

    Raises ``InvalidArgument`` when an argument is out of range, or the lists do not fit.

    >>> log_labellings(5, [2, 1], [4, 3]), round(log_labellings(100, [2, 1], [4, 3]), 2)
    (5.0, 94.3)
    """
    units, weights = _layers(units, weights, activation)
    return _log_labellings(integer_in(N, "N", 1, MOST), units, weights, activation)


def _log_labellings(N: int, units: list[int], weights: list[int], activation: str) -> float:
    if activation == "threshold":
        # one unit with w weights has at most (eN/w)^w ways; equal shares are the worst case
        return min(float(N), sum(_unit_ways(N, k, w) for k, w in zip(units, weights, strict=True)))
    total, before = 0.0, 0
    for layer, (k, w) in enumerate(zip(units, weights, strict=True), start=1):
        before += w
        total += _log_patterns(k * N, layer, before)
    return min(float(N), total)


def most_shattered(units: Sequence[int], weights: Sequence[int], activation: str = "relu") -> int:
    """No more points than this are shattered by the wiring (theorems ``thm-foundations-threshold``
    and ``thm-foundations-vc``); arguments as in :func:`log_labellings`, whose product it solves for
    N.

    Raises ``InvalidArgument`` when an argument is out of range, or the lists do not fit.

    >>> most_shattered([1], [3], "threshold") >= 3    # a half-plane shatters three points
    True
    """
    units, weights = _layers(units, weights, activation)
    # if N points are too many then so are more: some N points of those would be shattered
    return (
        least_integer(lambda N: _log_labellings(N, units, weights, activation) * _OUTWARDS < N) - 1
    )


def vc_bound(
    weights: int,
    depth: int | None = None,
    *,
    activation: str = "relu",
    inputs: int | None = None,
) -> int:
    """No wiring of so many real weights shatters more points than this.

    ``"relu"``, depth L: floor(2 W L log2(12 W L^2)), theorem ``thm-foundations-vc``; without
    ``depth`` any depth up to W.  ``"threshold"``: floor(2 W log2(3 W)), whatever the depth, theorem
    ``thm-foundations-threshold``.

    ``inputs`` d: the wiring may depend on the labels.  No family of networks with d inputs and one
    output, of at most W weights and at most L layers each, gives more points all labellings:
    2 W log2(W (W + d)) is added before rounding, theorem ``thm-foundations-any-wiring``.

    Raises ``InvalidArgument`` for numbers below 1, a depth above the number of weights, or another
    activation.

    >>> vc_bound(100, 3), vc_bound(100), vc_bound(100, activation="threshold")
    (8039, 470330, 1645)
    >>> vc_bound(100, 3, inputs=10), vc_bound(100, inputs=10)
    (10724, 473015)
    """
    W = integer_in(weights, "weights", 1, MOST)
    L = W if depth is None else integer_in(depth, "depth", 1)
    _known(activation)
    if L > W:
        raise InvalidArgument(
            f"depth: every layer has a weight, so depth <= weights = {W} is needed, got {L}"
        )
    wirings = 0.0 if inputs is None else log_wirings(W, inputs)
    if activation == "threshold":
        patterns = W * math.log2(3 * W)
    else:
        patterns = W * L * math.log2(12 * W * L * L)
    return math.floor(2 * (patterns + wirings) * _OUTWARDS)


def log_wirings(weights: int, inputs: int) -> float:
    """log2 of the most wirings in theorem ``thm-foundations-any-wiring``: W log2(W (W + d)).

    At most W units have a place for a weight.  Numbered in an order in which each reads earlier
    ones, they leave W choices for the unit of a place and d + (W - 1) + 1 for its source: an input,
    another unit, or the constant 1 of a bias.

    Raises ``InvalidArgument`` when an argument is out of range.

    >>> log_wirings(4, 12)
    24.0
    """
    W = integer_in(weights, "weights", 1, MOST)
    return W * math.log2(W * (W + integer_in(inputs, "inputs", 1, MOST)))


def weights_needed(
    N: int,
    depth: int | None = None,
    *,
    activation: str = "relu",
    inputs: int | None = None,
) -> int:
    """The least W with ``vc_bound(W, depth) >= N``: a wiring of fewer weights does not shatter any
    N points (theorems ``thm-foundations-vc`` and ``thm-foundations-threshold``); with ``inputs``
    no network of fewer weights has enough labellings, whatever its wiring
    (``thm-foundations-any-wiring``).

    Labels are read as [output >= theta], one number for all of them, which is no weight: 1/2 for a
    network that answers 0 or 1.

    Raises ``InvalidArgument`` when an argument is out of range.

    >>> weights_needed(10_000), weights_needed(10_000, activation="threshold")
    (18, 477)
    >>> weights_needed(10_000, inputs=10), weights_needed(10**6, 30, inputs=10)
    (18, 710)
    """
    N = integer_in(N, "N", 1, MOST)
    start = 1 if depth is None else integer_in(depth, "depth", 1, MOST)
    return least_integer(
        lambda W: vc_bound(W, depth, activation=activation, inputs=inputs) >= N, start
    )


def _unit_ways(N: int, units: int, weights: int) -> float:
    """log2 of the ways of ``units`` threshold units with ``weights`` weights between them."""
    share, most = weights / units, float(units * N)
    return min(most, weights * math.log2(math.e * N / share)) if share < N else most


def _layers(
    units: Sequence[int], weights: Sequence[int], activation: str
) -> tuple[list[int], list[int]]:
    _known(activation)
    units = [integer_in(k, f"units[{i}]", 1, MOST) for i, k in enumerate(listed(units, "units"))]
    weights = [
        integer_in(w, f"weights[{i}]", 1, MOST) for i, w in enumerate(listed(weights, "weights"))
    ]
    if len(units) != len(weights) or not units or units[-1] != 1:
        raise InvalidArgument(
            "units, weights: one number for each layer and one output are needed, "
            f"got units = {shown(units)}, weights = {shown(weights)}"
        )
    for i, (k, w) in enumerate(zip(units, weights, strict=True)):
        if w < k:
            raise InvalidArgument(
                f"weights[{i}]: a unit without a weight is a constant, so at least {k} are needed "
                f"for {k} units, got {w}"
            )
    return units, weights


def _known(activation: str) -> None:
    if not isinstance(activation, str) or activation not in ACTIVATIONS:
        raise InvalidArgument(f"activation: one of {ACTIVATIONS}, got {shown(activation)}")
