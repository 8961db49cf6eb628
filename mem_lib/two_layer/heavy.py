r"""What is heavy: exact gates, and strips.

*Gates.*  A step of ``thm-two_layer-ntk`` draws u and takes v = sum_i r_i 1[<u, x_i> > 0] x_i.  Its
pair (relu(<u + h v, x>) - relu(<u, x>)) eta/h is exact for h <= |<u, x_i>| / (2 |<v, x_i>|), all i,
with eta >= 1/lambda, lambda the largest eigenvalue of the Gram matrix.  So it weighs at least

    (2/lambda) |u| max_i |<v, x_i>| / |<u, x_i>|.

Where u crosses the hyperplane orthogonal to x_i, with r_i != 0, <v, x_i> jumps by r_i |x_i|^2, so
on one side it is at least half of that, while <u, x_i> has a positive density at 0: the weight
exceeds T with a probability of the order 1/T at least, and its mean is infinite, for d >= 2 and
points other than 0, no two on one line through 0 (``thm-two_layer-gates-heavy``).

*Strips.*  With x_+ the first point of group g along the direction, gap_g its distance from the last
point before, along it, and A_(g-1) the affine function of the group before, the neurons of level g
weigh at least 4 |y_+ - A_(g-1)(x_+)| / gap_g.  For N >= max(100, 5 (d + 2)) points drawn from
N(0, I/d), d >= 2, random signs and a direction chosen without looking at them, W_tot is at least
N^2/(90 sqrt(d)) with a probability of at least 1/5, and its mean is infinite
(``thm-two_layer-strips-heavy``).
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from mem_lib._base.arguments import instance, integer_in
from mem_lib._base.numbers import floats_of
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated, InvalidArgument, shown
from mem_lib.network import Network
from mem_lib.parts.affine import Dependent, IntegerPoints, affine, flint
from mem_lib.parts.neurons import neurons_of
from mem_lib.two_layer.programs import Problem
from mem_lib.two_layer.values import values_of

#: More points are refused: eigenvalues take time of the order of N^3.
MOST_POINTS = 5000
#: Entries of a block of products.
_BLOCK = 2**22
_INWARDS = 1 - 1e-12


def gate_weights(dataset: Dataset, directions: ArrayLike) -> np.ndarray:
    """(2/lambda) |u| max_i |<v, x_i>| / |<u, x_i>| for each direction u: what the first step of
    exact gates for the values of ``dataset`` weighs at least (``thm-two_layer-gates-heavy``).

    dataset : points other than 0.  Two classes are -1 and 1, more are 0..C-1, targets as they are.
    directions : (K, d) numbers.

    Returns (K,) floats.  In binary64: <u, x_i> is off by about 1e-16 |u| |x_i|, so weights of
    1e10 or more are known by their order only; infinite where some <u, x_i> is 0 and <v, x_i> not.

    Raises ``InvalidArgument`` for another shape, ``TooLarge`` for more than 5000 points,
    ``HypothesisViolated`` where a point is 0 or numbers are beyond 2^400.

    >>> data = Dataset([[1, 0], [0, 1]], targets=[1, 1])     # lambda = 1
    >>> gate_weights(data, [[0.6, 0.8], [0.06, 0.08], [3, -4]]).round(6).tolist()
    [3.333333, 3.333333, 3.333333]
    """
    problem = Problem.of(dataset, MOST_POINTS)
    points = problem.lifted[:, :-1]  # divided by the unit
    if not points.any(axis=1).all():
        row = int(np.argmin(points.any(axis=1)))
        raise HypothesisViolated(
            f"dataset: points other than 0 are needed, but row {row} of the distinct points is 0"
        )
    drawn = floats_of("directions", directions)
    if drawn.ndim != 2 or drawn.shape[1] != problem.d:
        raise InvalidArgument(
            f"directions: (K, {problem.d}) numbers are needed, got an array of shape {drawn.shape}"
        )
    gram = points @ points.T
    largest = float(np.linalg.eigvalsh(gram)[-1])
    blocks = max(_BLOCK // problem.N, 1)
    found = [
        _weights(points, gram, problem.y, drawn[k : k + blocks])
        for k in range(0, len(drawn), blocks)
    ]
    factor = math.ldexp(2 / largest / problem.unit, problem.values.scale)
    return np.concatenate([*found, np.empty(0)]) * factor


def _weights(
    points: np.ndarray, gram: np.ndarray, residual: np.ndarray, directions: np.ndarray
) -> np.ndarray:
    """|u| max_i |<v, x_i>| / |<u, x_i>|."""
    at = directions @ points.T
    moved = np.abs(((at > 0) * residual) @ gram)
    with np.errstate(divide="ignore"):
        ratios = np.divide(moved, np.abs(at), out=np.zeros_like(moved), where=moved > 0)
    return np.linalg.norm(directions, axis=1) * ratios.max(axis=1)


def strips_weight(dataset: Dataset, network: Network) -> float:
    """4 sum_g |y_+ - A_(g-1)(x_+)| / gap_g over the levels g >= 2 of a network that
    ``build(dataset, variant="sorted")`` made with groups of d + 1: its total weight is not smaller
    (``thm-two_layer-strips-heavy``).

    Computed in integers, and rounded at the end.

    Raises ``InvalidArgument`` when ``network`` is no ReLU network of depth 2 with one output on
    such points, or puts two of them on one level, ``HypothesisViolated`` when a group is dependent,
    ``ImportError`` when python-flint is not installed.

    >>> from mem_lib.two_layer import Sorted, total_weight
    >>> data = Dataset([[0], [1], [3], [4]], targets=[0, 0, 2, 3])
    >>> strips_weight(data, Sorted().build(data))    # 4 (2 - 0) / 2
    4.0
    """
    data = instance(dataset, "dataset", Dataset).distinct()
    neurons = neurons_of(network)
    if neurons.d != data.d:
        raise InvalidArgument(
            f"network: its points have {neurons.d} coordinates, those of dataset {data.d}"
        )
    if data.d + 1 >= data.N:
        return 0.0
    direction = neurons.rows[1].tolist() if len(neurons) > 1 else []
    points, values = IntegerPoints.of(*data.integers()), values_of(data)
    if not any(direction):
        raise InvalidArgument("network: strips are needed; its second neuron has no direction")
    heights = points.at(flint().fmpz_mat(points.d + 1, 1, [*direction, 0]))
    order = sorted(range(points.N), key=heights.__getitem__)
    groups = [order[i : i + points.d + 1] for i in range(0, points.N, points.d + 1)]
    total = Fraction(0)
    for below, above in pairwise(groups):
        last, first = below[-1], above[0]
        gap = int(heights[first] - heights[last])
        if not gap:
            raise InvalidArgument(
                f"network: its direction puts the rows {shown([last, first])} of the distinct "
                "points on one level; strips keep groups apart"
            )
        try:
            column = affine(points, below, [values[i] for i in below])
        except Dependent as met:
            raise HypothesisViolated(f"dataset: of the distinct points, {met}") from None
        reached = (flint().fmpq_mat(flint().fmpz_mat([points.rows[first]])) * column)[0, 0]
        total += abs(values[first] - Fraction(int(reached.p), int(reached.q))) / gap
    # heights are 2^shift <c, x>
    length = math.hypot(*(value / max(map(abs, direction)) for value in direction))
    try:
        return float(4 * total * max(map(abs, direction)) * (1 << points.shift)) * length
    except OverflowError:
        raise InvalidArgument("network: its total weight is too large for a float") from None


def strips_weight_bound(N: int, d: int) -> float:
    """N^2/(90 sqrt(d)): with a probability of at least 1/5 strips for N points of N(0, I/d) and
    random signs weigh at least so much (theorem ``thm-two_layer-strips-heavy``).

    Rounded downwards.  Raises ``InvalidArgument`` when N or d is no whole number from 1 on,
    ``HypothesisViolated`` unless d >= 2 and N >= max(100, 5 (d + 2)).

    >>> round(strips_weight_bound(300, 20))
    224
    """
    N, d = integer_in(N, "N", 1, 10**100), integer_in(d, "d", 1, 10**100)
    if d < 2 or max(100, 5 * (d + 2)) > N:
        raise HypothesisViolated(
            f"N, d: d >= 2 and N >= max(100, 5 (d + 2)) are needed, got N = {shown(N)}, "
            f"d = {shown(d)}"
        )
    return N * N / (90 * math.sqrt(d)) * _INWARDS
