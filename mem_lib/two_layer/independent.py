r"""Two neurons for at most d + 1 points, and the exact optimum where the points are orthonormal.

On affinely independent points x_1, ..., x_N, N <= d + 1, some affine function takes any values.
With y_+ = max(y, 0) and y_- = max(-y, 0), and A_+, A_- the affine functions <w, x> + b of least
|(w, b)| with these values,

    f = relu(A_+) - relu(A_-)

is exact, because A_+ and A_- are never negative at a point.  With G_ij = <x_i, x_j>, J the matrix
of ones and H = G + J, the least |(w, b)|^2 is y_+^T H^-1 y_+, so

    W_tot = sqrt(y_+^T H^-1 y_+) + sqrt(y_-^T H^-1 y_-) <= sqrt(2) |y| / sqrt(lambda_min(H)).

The pair relu(A) - relu(-A), A with the values y, weighs 2 sqrt(y^T H^-1 y); now and then that is
less.  For orthonormal points and as many targets 1 as -1 nothing is lighter than
sqrt(N (N + 2) / (N + 1)), and the first pair weighs just that (``thm-two_layer-independent``).
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from mem_lib._base.arguments import instance, integer_in
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated, InvalidArgument, shown
from mem_lib.network import Network
from mem_lib.parts.affine import Dependent, IntegerPoints, affine
from mem_lib.parts.neurons import Difference, neurons_from
from mem_lib.two_layer.programs import Problem
from mem_lib.two_layer.values import signed_values
from mem_lib.two_layer.weight import total_weight

HYPOTHESIS = "two neurons need affinely independent points, at most d + 1 of them"
#: More is refused by :func:`independent_weight`: eigenvalues take time of the order of N^3.
MOST_POINTS = 5000
_ULP = 2.0**-52


def two_neurons(dataset: Dataset) -> Network:
    """The lighter of the pairs relu(A_+) - relu(A_-) and relu(A) - relu(-A), exact in integers:
    proposition ``thm-two_layer-independent``.

    dataset : affinely independent points, hence at most d + 1 different ones.  Two classes are
        fitted as -1 and 1, more as 0..C-1, targets as they are.

    Raises ``InvalidArgument`` when ``dataset`` is none, ``HypothesisViolated`` for dependent
    points, ``ImportError`` when python-flint is not installed.

    >>> import mem_lib as ml
    >>> network = two_neurons(Dataset(np.eye(4, dtype=int), targets=[1, -1, 1, -1]))
    >>> network.size.neurons, round(total_weight(network), 6), round(orthonormal_weight(4), 6)
    (2, 2.19089, 2.19089)
    """
    data = instance(dataset, "dataset", Dataset).distinct()
    values = signed_values(data)
    if data.d + 1 < data.N:
        raise HypothesisViolated(
            f"dataset: {HYPOTHESIS}, got {data.N} different points in {data.d} dimensions"
        )
    points = IntegerPoints.of(*data.integers())
    everything = range(points.N)
    try:
        above = affine(points, everything, [max(value, Fraction(0)) for value in values])
        below = affine(points, everything, [max(-value, Fraction(0)) for value in values])
    except Dependent as met:
        raise HypothesisViolated(f"dataset: of the distinct points, {met}; {HYPOTHESIS}") from None
    slope = above - below  # least |(w, b)| is linear in the values
    pairs = ((above, below, ("A+", "A-")), (slope, -slope, ("A", "-A")))
    readout = "sign" if data.labels is not None and data.classes <= 2 else "value"
    about = {"chapter": "two_layer", "variant": "two neurons", "N": data.N, "d": data.d}
    made = [
        neurons_from([Difference(columns, [1, -1], Fraction(1))], points, names).network(
            readout=readout, about=about
        )
        for *columns, names in pairs
    ]
    return min(made, key=total_weight)


def independent_weight(dataset: Dataset) -> float:
    """sqrt(2) |y| / sqrt(lambda_min(H)), H_ij = <x_i, x_j> + 1: what :func:`two_neurons` weighs at
    most (``thm-two_layer-independent``).  For N <= d independent points lambda_min(H) is at least
    that of the Gram matrix.

    Floating point: the eigenvalue is moved down by a bound of its error, and the result is rounded
    upwards.  Values as in :func:`two_neurons`.

    Raises ``InvalidArgument`` when ``dataset`` is none, ``TooLarge`` for more than 5000 points,
    ``HypothesisViolated`` for dependent points, or where floats cannot tell.

    >>> data = Dataset(np.eye(4, dtype=int), targets=[1, -1, 1, -1])
    >>> round(independent_weight(data), 6)    # H = I + J has the least eigenvalue 1
    2.828427
    """
    problem = Problem.of(dataset, MOST_POINTS)
    N, d = problem.N, problem.d
    kernel = problem.lifted @ problem.lifted.T
    least = float(np.linalg.eigvalsh(kernel)[0]) - 8 * (N + d) * N * _ULP
    if d + 1 < N or least <= 0:
        seen = "" if d + 1 < N else ", and floats cannot tell the least eigenvalue of H from 0"
        raise HypothesisViolated(
            f"dataset: {HYPOTHESIS}, got {N} different points in {d} dimensions{seen}"
        )
    norm = math.ldexp(float(np.linalg.norm(problem.y)), problem.values.scale)
    return math.sqrt(2 / least) * norm / problem.unit * (1 + 1e-12)


def orthonormal_weight(N: int) -> float:
    """W* = sqrt(N (N + 2) / (N + 1)), the least total weight with which a network with one hidden
    layer, of however many neurons, has the values 1 at one half of N orthonormal points and -1 at
    the other: proposition ``thm-two_layer-independent``.

    The nearest float, up to a relative 2^-51.  Raises ``InvalidArgument`` unless N is even and at
    least 2.

    >>> round(orthonormal_weight(2), 6), round(orthonormal_weight(100) / 10, 6)
    (1.632993, 1.004938)
    """
    N = integer_in(N, "N", 2, 10**15)
    if N % 2:
        raise InvalidArgument(f"N: an even number is needed, half of either sign, got {shown(N)}")
    return math.sqrt(N * (N + 2) / (N + 1))
