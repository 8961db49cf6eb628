r"""Neurons that are fixed before the labels are seen cannot be light.

Fix m unit neurons (w_l, b_l), biases allowed, and draw y_i = -1 or 1 afterwards.  With
g_l = (relu(<w_l, x_i> + b_l))_i and P = I - J/N, which takes the mean away,

    |P g_l|^2 <= sum_i (relu(<w_l, x_i> + b_l) - relu(b_l))^2 <= sum_i <w_l, x_i>^2 <= lambda,

lambda the largest eigenvalue of the Gram matrix.  An exact network from these neurons has
<y, P y> = sum_l a_l <y, P g_l> <= W_tot max_l |<y, P g_l>|.  By Hoeffding's inequality <y, P y> is
at least N - 2 ln(4/omega), and all |<y, P g_l>| are at most sqrt(2 lambda ln(4 m/omega)), together
with probability at least 1 - omega (``thm-two_layer-blind``).
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from mem_lib._base.arguments import instance, integer_in, positive, probability
from mem_lib.data import Dataset
from mem_lib.network import Network
from mem_lib.two_layer.units import unit_neurons

_INWARDS = 1 - 1e-12  # far more than a few roots and logarithms in binary64 lose


def blind_weight_bound(
    N: int, neurons: int, largest: float | Fraction, *, failure: float = 0.05
) -> float:
    """(N - 2 ln(4/omega)) / sqrt(2 lambda ln(4 m/omega)), or 0 where that is negative: with
    probability at least 1 - omega every exact network for N random signs, from m unit neurons fixed
    before, weighs at least so much (theorem ``thm-two_layer-blind``).

    Parameters
    ----------
    N : different points.
    neurons : m.
    largest : lambda, at least the largest eigenvalue of the Gram matrix, in the units of the
        points; or, for given neurons, :func:`centred_square`, which is at most that.
    failure : omega.

    Rounded downwards.  Raises ``InvalidArgument`` when an argument is out of range.

    >>> round(blind_weight_bound(300, 2400, 20) / 300**0.5, 2)
    0.76
    """
    N, m = integer_in(N, "N", 1, 10**15), integer_in(neurons, "neurons", 1)
    root, omega = positive(largest, "largest"), probability(failure, "failure")
    left = N - 2 * math.log(4 / omega) / _INWARDS
    spread = 2 * float(root) * (math.log(4 / omega) + math.log(m))
    return max(left, 0.0) / math.sqrt(spread) * _INWARDS


def centred_square(network: Network, dataset: Dataset) -> float:
    """The largest |P g_l|^2 = sum_i (g_l(x_i) - mean of g_l)^2 over the neurons g_l of ``network``,
    scaled to |(w_l, b_l)| = 1, at the distinct points: at most lambda (``thm-two_layer-blind``).

    Floating point: each g_l(x_i) is right up to about 1e-15 of |(x_i, 1)|.

    Raises ``InvalidArgument`` for another depth, several outputs, no neurons, or points of another
    dimension.

    >>> from mem_lib import Layer
    >>> hidden, output = Layer([[3]], [4], "relu"), Layer([[1]], [0], "identity")
    >>> data = Dataset([[0], [1]], [0, 1])    # the unit neuron has the values 0.8 and 1.4
    >>> round(centred_square(Network([hidden, output]), data), 6)
    0.18
    """
    data = instance(dataset, "dataset", Dataset).distinct()
    units = unit_neurons(network, data)[0]
    values = (data.points.astype(np.float64) @ units[:, :-1].T + units[:, -1]).clip(0)
    return float(((values - values.mean(axis=0)) ** 2).sum(axis=0).max())
