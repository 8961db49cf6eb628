r"""A few neurons instead of many: draw them with probabilities as their weights.

Let f = sum_l a_l relu(<w_l, x> + b_l), |(w_l, b_l)| = 1, weigh W = sum_l |a_l|.  Draw l_1, ..., l_k
independently with probabilities |a_l| / W.  The mean over j of W sign(a_(l_j)) relu(..) has the
mean f; but a neuron with a large bias is nearly constant, and as large as sqrt(N) over the points.
So write relu(<w, x> + b) = relu(b) + rest, sum_i rest(x_i)^2 <= lambda as in :mod:`.blind`, draw
the rests only, and give one more neuron, relu(<0, x> + 1), the weight of all constants.  Then

    E sum_i (f_k(x_i) - f(x_i))^2 <= W^2 lambda / k,      E W_tot(f_k) <= W (1 + 1/sqrt(k)):

the constants drawn have the mean sum_l a_l relu(b_l), and differ from it by W/sqrt(k) or less in
the root mean square (``thm-two_layer-few``).
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from mem_lib._base.arguments import instance, integer_in, positive
from mem_lib._base.integers import integers
from mem_lib.data import Dataset
from mem_lib.network import Network
from mem_lib.parts.neurons import Neurons
from mem_lib.two_layer.units import stream, unit_neurons

#: Bits behind the point of unit vectors, and significant ones of outgoing weights.
BITS = 50


def few_error(weight: float | Fraction, largest: float | Fraction, neurons: int) -> float:
    """W^2 lambda / k: at most so large is the mean of sum_i (f_k(x_i) - f(x_i))^2 for
    :func:`few_neurons` (``thm-two_layer-few``).

    Parameters
    ----------
    weight : W, the total weight of f.
    largest : lambda, the largest eigenvalue of the Gram matrix, in the units of the points.
    neurons : k, those drawn.

    Rounded upwards.  Raises ``InvalidArgument`` when an argument is out of range.

    >>> few_error(30, 2, 100) / 18
    1.000000000001
    """
    W, largest = positive(weight, "weight"), positive(largest, "largest")
    return float(W * W * largest / integer_in(neurons, "neurons", 1)) * (1 + 1e-12)


def few_neurons(network: Network, dataset: Dataset, neurons: int, *, seed: int = 0) -> Network:
    """``neurons`` drawn of those of ``network``, and one for the constants: near ``network`` at the
    points of ``dataset`` (``thm-two_layer-few``).

    The result is dyadic: weights are rounded, by 2^-50 or so of the largest.

    Raises ``InvalidArgument`` when an argument is out of range, for another depth, threshold units,
    several outputs, no neurons, or points of another dimension.

    >>> data = Dataset([[0], [1], [2]], targets=[0, 1, 5])
    >>> from mem_lib.two_layer import build
    >>> few_neurons(build(data), data, 8).size.neurons
    9
    """
    k = integer_in(neurons, "neurons", 1, 10**6)
    rng = stream(seed)
    data = instance(dataset, "dataset", Dataset)
    units, outer = unit_neurons(network, data)
    total = sum(map(abs, outer), Fraction(0)) or Fraction(1)
    shares = np.array([float(abs(a) / total) for a in outer])
    drawn = rng.choice(len(outer), size=k, p=shares / shares.sum()) if shares.any() else [0] * k
    heights = [Fraction(max(float(unit[-1]), 0.0)) for unit in units]
    offset = Fraction(int(network.layers[-1].bias[0]), network.output_denominator)
    constant = offset + sum((a * b for a, b in zip(outer, heights, strict=True)), Fraction(0))
    each = [(total if outer[i] > 0 else -total) / k if outer[i] else Fraction(0) for i in drawn]
    constant -= sum((a * heights[i] for a, i in zip(each, drawn, strict=True)), Fraction(0))
    rows = np.vstack([units[drawn], np.eye(data.d + 1)[-1:]])
    whole = np.rint(np.ldexp(rows, BITS)).astype(np.int64)
    biases = integers([bias << network.input_shift for bias in whole[:, -1].tolist()])
    unit = Fraction(2) ** (BITS + network.input_shift)
    weights = tuple(_dyadic(a / unit) for a in (*each, constant))
    return (
        Neurons(whole[:, :-1], biases, weights, network.input_shift)
        .network(
            readout=network.readout,
            about={"chapter": "two_layer", "variant": "few", "N": data.N, "d": data.d},
        )
        .named(network.classes)
    )


def _dyadic(value: Fraction) -> Fraction:
    """To ``BITS`` significant bits."""
    size = value.numerator.bit_length() - value.denominator.bit_length()
    step = Fraction(2) ** (size - BITS)
    return round(value / step) * step
