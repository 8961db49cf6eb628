"""How large the weights are: the total weight, and what follows from it.

W_tot(f) = sum_l |a_l| sqrt(|w_l|^2 + b_l^2) for f(x) = sum_l a_l relu(<w_l, x> + b_l).  It does not
change when a neuron is rescaled to (a / s, s w, s b), and it is the least cost
(1/2) sum_l (a_l^2 + |w_l|^2 + b_l^2) over all such rescalings: the cost of weight decay.

It bounds what rounding can do (:func:`rounding_bound`), and no network that fits random signs can
make it small (:func:`weight_bound`).

Floating point: everything is computed in integers and rounded at the end, once; bounds are rounded
to the safe side.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mem_lib._base.arguments import at_least_zero, integer_in
from mem_lib._base.numbers import as_fraction
from mem_lib._base.roots import grid_root
from mem_lib.errors import InvalidArgument, shown
from mem_lib.network import Network
from mem_lib.parts.neurons import layers_of

#: Significant bits of a root; a sum of 2^40 of them is right to 2^-100.
_BITS = 140
_INWARDS = 1 - 1e-12  # far more than a few roots and logarithms in binary64 lose


def total_weight(network: Network) -> float:
    """sum_l |a_l| sqrt(|w_l|^2 + b_l^2), for a ReLU network of depth 2 with one output, in the
    units of the points: proposition ``thm-two_layer-weight``.

    Network(x) = sum_l a_l relu(<w_l, x> + b_l) + c.  An output bias c counts |c|, because it is the
    neuron c relu(<0, x> + 1).  A constant network may have depth 1.

    The result is right to a relative 2^-52, however long the weights are.

    Raises
    ------
    InvalidArgument
        For another depth, threshold units or several outputs; and when the total weight is beyond
        the range of floats.

    >>> from mem_lib import Layer
    >>> hidden, output = Layer([[6], [0]], [8, 5], "relu"), Layer([[-3, 2]], [0], "identity")
    >>> total_weight(Network([hidden, output], output_denominator=2))  # (3 * 10 + 2 * 5) / 2
    20.0
    """
    low, _ = weight_between(network)
    weight = _as_float(low)
    if low and weight < sys.float_info.min:
        raise InvalidArgument(f"network: its total weight {_size(low)} is too small for a float")
    return weight


def neuron_weights(network: Network) -> np.ndarray:
    """|a_l| sqrt(|w_l|^2 + b_l^2) for each of k neurons, as floats, shape (k,); with the output
    bias, if there is one, they add up to :func:`total_weight` (``thm-two_layer-weight``).

    Each is right up to 2^-52 of itself and 2^-100 of the largest.

    Raises ``InvalidArgument`` for another depth, threshold units or several outputs, and when a
    weight is too large for a float.

    >>> from mem_lib import Layer
    >>> hidden, output = Layer([[6], [0]], [8, 5], "relu"), Layer([[-3, 2]], [0], "identity")
    >>> neuron_weights(Network([hidden, output])).tolist()
    [30.0, 10.0]
    """
    roots, _, unit = _roots(network)
    return np.array([_as_float(root * unit) for root in roots])


def weight_between(network: Network) -> tuple[Fraction, Fraction]:
    """Two fractions that enclose the total weight, apart by a relative 2^-100 at most, however
    large or small it is: :func:`total_weight` (``thm-two_layer-weight``) before it is rounded to a
    float.

    Raises ``InvalidArgument`` for another depth, threshold units or several outputs.

    >>> from mem_lib import Layer
    >>> hidden, output = Layer([[1]], [1], "relu"), Layer([[1]], [0], "identity")
    >>> low, high = weight_between(Network([hidden, output]))    # around the root of 2
    >>> low**2 < 2 < high**2, (high - low) / low < Fraction(1, 2**100)
    (True, True)
    """
    roots, bias, unit = _roots(network)
    total = sum(roots)
    inexact = sum(root > 0 for root in roots)
    return total * unit + bias, (total + inexact) * unit + bias


def rational_bits(network: Network) -> int:
    """How long the weights are as fractions, for a network of depth 2 with one output.

    The function x -> sum_l a_l act(<w_l, x> + b_l) + c of the points is written with integers
    (w_l, b_l) without a common factor, and with a_l and c in lowest terms; the result is the
    largest bit length of a numerator plus that of its denominator (1 bit for an integer).
    ReLU passes the common factor on to a_l; behind a threshold unit it is dropped.

    Raises ``InvalidArgument`` for another depth or several outputs.

    >>> from mem_lib import Layer
    >>> hidden, output = Layer([[6]], [9], "relu"), Layer([[5]], [0], "identity")
    >>> rational_bits(Network([hidden, output], output_denominator=4))  # (15 / 4) relu(2 x + 3)
    7
    """
    parts = _Parts.of(network, ("relu", "threshold"))
    found = [_length(Fraction(parts.offset, parts.denominator))]
    for row, bias, a in zip(parts.rows, parts.biases, parts.outer, strict=True):
        longest = max(abs(v) for v in (*(row << parts.shift), bias))
        factor = math.gcd(*(row << parts.shift), bias) or 1
        found.append((longest // factor).bit_length() + 1)
        found.append(_length(Fraction(a * factor if parts.relu else a, parts.denominator)))
    return max(found)


def rounding_bound(
    network: Network,
    radius: float | Fraction = 1,
    roundoff: float | Fraction = Fraction(1, 2**53),
    *,
    rounded_weights: bool = True,
) -> float:
    """How far a floating-point evaluation of ``network`` can be from its exact value, at points of
    norm at most ``radius``: theorem ``thm-two_layer-rounding``.

    With k neurons, d inputs and unit roundoff u the bound is
    gamma_m sqrt(radius^2 + 1) W_tot with gamma_m = m u / (1 - m u) and m = k + d + 3, or
    m = k + d + 1 when the weights are floats and need no rounding; one more with an output bias.
    It holds for sum_l a_l relu(<w_l, x> + b_l) in any order of summation, each neuron rescaled by
    any factor, if the coordinates of x are floats and nothing over- or underflows.

    Parameters
    ----------
    radius : at least the norm of every point, in the units of the points.
    roundoff : u; 2^-53 for float64, 2^-24 for float32.
    rounded_weights : whether the weights are rounded to floats before the evaluation.

    Rounded upwards.

    Raises ``InvalidArgument`` for another depth, threshold units or several outputs, when
    ``radius`` is negative or ``roundoff`` not positive, when m u >= 1, where nothing is known, and
    when the bound is beyond the range of floats.

    >>> from mem_lib import Layer
    >>> hidden, output = Layer([[3]], [4], "relu"), Layer([[1]], [0], "identity")
    >>> network = Network([hidden, output])
    >>> rounding_bound(network, rounded_weights=False) / (3 * 2**-53 * 2**0.5 * 5)
    1.0000000000000004
    """
    lift = _lift(radius)
    u = as_fraction(roundoff)
    if u is None or u <= 0:
        raise InvalidArgument(f"roundoff: a finite number > 0 is needed, got {shown(roundoff)}")
    _, weight = weight_between(network)
    output = network.layers[-1]
    k = output.inputs if network.depth == 2 else 0
    m = k + network.inputs + (3 if rounded_weights else 1) + bool(output.bias[0])
    if m * u >= 1:
        raise InvalidArgument(
            f"roundoff: {m} roundings with unit roundoff {shown(roundoff)} may lose everything; "
            "(neurons + d + 4) roundoff < 1 is needed"
        )
    return _above(m * u / (1 - m * u) * lift * weight)


def weight_bound(
    N: int,
    relative_error: float | Fraction = 0,
    failure: float | Fraction = 0.05,
    radius: float | Fraction = 1,
) -> float:
    """A total weight that almost no labels can do without: theorem ``thm-two_layer-weight-bound``.

    For N points of norm at most ``radius`` and independent uniform labels y_i = -1 or 1, with
    probability at least 1 - ``failure`` every f = sum_l a_l relu(<w_l, x> + b_l), of however many
    neurons, with sum_i (f(x_i) - y_i)^2 <= e N, e the ``relative_error``, has
    W_tot(f) >= (1 - sqrt(e)) sqrt(N) / (sqrt(1 + radius^2) (1 + sqrt(2 ln(2 / failure)))).

    Rounded downwards.  Raises ``InvalidArgument`` when an argument is out of range.

    >>> round(weight_bound(100, relative_error=0.1), 4)
    1.3011
    """
    N, eps, p = integer_in(N, "N", 1), as_fraction(relative_error), as_fraction(failure)
    if N.bit_length() > 1000:
        raise InvalidArgument(f"N: less than 2^1000 points are needed, got {shown(N)}")
    if eps is None or not 0 <= eps <= 1:
        raise InvalidArgument(
            f"relative_error: a number from 0 to 1 is needed, got {shown(relative_error)}"
        )
    if p is None or not 0 < p < 1:
        raise InvalidArgument(
            f"failure: a probability strictly between 0 and 1 is needed, got {shown(failure)}"
        )
    # math.log takes integers of any size
    tail = math.log(2) + math.log(p.denominator) - math.log(p.numerator)
    lift = _above(_lift(radius), "radius")
    part = (1 - eps) / (1 + math.sqrt(eps))  # 1 - sqrt(eps) without cancellation
    return part * math.sqrt(N) / (lift * (1 + math.sqrt(2 * tail))) * _INWARDS


# -- integers -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Parts:
    """x -> (sum_l outer[l] act(<rows[l], 2^shift x> + biases[l]) + offset) / denominator, in Python
    integers; ``relu`` says what act is."""

    rows: np.ndarray
    biases: list[int]
    outer: list[int]
    shift: int
    offset: int
    denominator: int
    relu: bool

    @classmethod
    def of(cls, network: Network, activations: tuple[str, ...]) -> _Parts:
        hidden, output = layers_of(network)
        offset = int(output.bias[0])
        if hidden is None:
            rows = np.empty((0, network.inputs), dtype=object)
            return cls(rows, [], [], 0, offset, network.output_denominator, True)
        if hidden.activation not in activations:
            raise InvalidArgument(
                f"network: hidden units {' or '.join(map(shown, activations))} are needed, got "
                f"{shown(hidden.activation)}"
            )
        return cls(
            hidden.dense.astype(object),
            hidden.bias.tolist(),
            output.dense[0].tolist(),
            network.input_shift,
            offset,
            network.output_denominator,
            hidden.activation == "relu",
        )


def _roots(network: Network) -> tuple[list[int], Fraction, Fraction]:
    """|a_l| |(w_l, b_l)| of each neuron in a common unit, rounded down; the output bias; the unit.

    The largest has about ``_BITS`` bits, so k neurons lose less than k 2^(2 - _BITS) of the total.
    """
    parts = _Parts.of(network, ("relu",))
    squares = (parts.rows * parts.rows).sum(axis=1).tolist() if len(parts.rows) else []
    norms = [(s << 2 * parts.shift) + b * b for s, b in zip(squares, parts.biases, strict=True)]
    terms = [a * a * n for a, n in zip(parts.outer, norms, strict=True)]
    longest = max((t.bit_length() for t in terms), default=0)
    shift = longest // 2 - _BITS
    roots = [math.isqrt(_times_power(t, -2 * shift)) for t in terms]
    unit = Fraction(2) ** shift / parts.denominator
    return roots, abs(Fraction(parts.offset, parts.denominator)), unit


def _times_power(value: int, k: int) -> int:
    """value * 2^k, rounded down."""
    return value << k if k >= 0 else value >> -k


def _lift(radius: float | Fraction) -> Fraction:
    """sqrt(radius^2 + 1), the norm of (x, 1), rounded up by a relative 2^-60 at most."""
    return grid_root(at_least_zero(radius, "radius") ** 2 + 1, 64, up=True)


def _length(value: Fraction) -> int:
    return value.numerator.bit_length() + value.denominator.bit_length()


def _as_float(value: Fraction, name: str = "network") -> float:
    """The nearest float; ``name`` is the argument to blame when there is none."""
    try:
        return float(value)
    except OverflowError:
        raise InvalidArgument(
            f"{name}: a weight of {_size(value)} is too large for a float"
        ) from None


def _above(value: Fraction, name: str = "network") -> float:
    """A float >= value."""
    nearest = _as_float(value, name)
    return nearest if nearest >= value else math.nextafter(nearest, math.inf)


def _size(value: Fraction) -> str:
    return f"about 2^{value.numerator.bit_length() - value.denominator.bit_length()}"
