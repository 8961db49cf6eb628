r"""How far a point may move before the network's answer can change.

The bits of a point change only when it crosses a hyperplane, and a neuron of the second layer
changes only when enough bits do.  Let v >= 0 be the value of a neuron that fires.  Order the
hyperplanes whose crossing would lower v by their distance; the neuron fires on the whole *open*
ball up to the distance at which the changes first add up to more than v.  For a silent neuron,
likewise with the crossings that raise v.  An output stays positive while one of its neurons
fires, and negative while all of them are silent.

Distances are |z| / |w| with integers z and w, so their squares are fractions: nothing is rounded.
The radius is certified, not optimal: crossings are taken to happen all at once, in the worst
direction.
"""

import math
from fractions import Fraction
from typing import Any

import numpy as np

from mem_lib._base.arguments import instance
from mem_lib._base.roots import root_below
from mem_lib.errors import InvalidArgument
from mem_lib.exact import evaluate
from mem_lib.network import Network

#: A squared distance; infinite when nothing can be crossed.
Square = Fraction | float


def squared_robustness_radius(network: Network, point: Any) -> Square:
    """The squared radius of an open ball around ``point`` on which the answer of ``network`` is
    certainly constant (proposition ``thm-beyond_worst_case-robust``): a Fraction, or ``inf``.

    ``network`` is one with threshold units as this chapter builds it: two hidden layers, and each
    output compares the number of neurons that fire, of its own, with 1/2.  ``point`` holds d
    finite floats or integers.

    Raises ``InvalidArgument`` for another network, ``InvalidDataset`` for another point.

    >>> from mem_lib import Layer
    >>> line = Layer([[2]], [-1], "threshold")              # x > 1/2
    >>> cover = Layer([[-2]], [1], "threshold")             # fires where no line is on
    >>> network = Network([line, cover, Layer([[2]], [-1], "identity")], readout="sign")
    >>> squared_robustness_radius(network, [0.0])
    Fraction(1, 4)
    """
    outgoing = _checked(network)
    if network.depth == 1:
        return math.inf
    first, second, _ = network.layers
    values, denominator = evaluate(_linear(network), [point])
    z = [int(v) for v in values[0]]
    on = np.array([v >= 0 for v in z])
    unit = denominator << network.input_shift  # z / unit changes with slope w
    distances = [_square(v, row, unit) for v, (_, row) in zip(z, first.rows(), strict=True)]
    neurons = []
    for bias, terms in second.rows():
        value = bias + sum(w for k, w in terms if on[k])
        # a crossing moves the value by -w where the bit is 1, by +w where it is 0
        moves = [(distances[k], -w if on[k] else w) for k, w in terms]
        neurons.append((value >= 0, _flip(value, moves)))
    return min((_output(row, neurons) for row in outgoing), default=math.inf)


def robustness_radius(network: Network, point: Any) -> float:
    """The root of :func:`squared_robustness_radius`, rounded down: the answer is constant on the
    open ball of this radius around ``point``, d finite floats or integers, in their unit
    (proposition ``thm-beyond_worst_case-robust``).  ``inf`` when nothing can be crossed.

    Raises ``InvalidArgument`` for a network that is not of this chapter's kind, with threshold
    units, ``InvalidDataset`` for another point.

    >>> from mem_lib import Layer
    >>> line = Layer([[2]], [-1], "threshold")              # x > 1/2
    >>> cover = Layer([[-2]], [1], "threshold")             # fires where no line is on
    >>> network = Network([line, cover, Layer([[2]], [-1], "identity")], readout="sign")
    >>> robustness_radius(network, [0.0]), robustness_radius(network, [2])
    (0.5, 1.5)
    """
    square = squared_robustness_radius(network, point)
    return root_below(square) if isinstance(square, Fraction) else square


def _linear(network: Network) -> Network:
    """The first layer without its activation."""
    first = network.layers[0]
    return Network(
        [type(first)(first.weight, first.bias, "identity")], network.input_shift, readout="argmax"
    )


def _square(z: int, row: list[tuple[int, int]], unit: int) -> Square:
    """The squared distance of the point to the hyperplane of ``row``."""
    square = sum(w * w for _, w in row)
    return Fraction(z * z, square * unit**2) if square else math.inf


def _flip(value: int, moves: list[tuple[Square, int]]) -> Square:
    """The squared distance at which crossings can have moved ``value`` across the threshold."""
    fires = value >= 0
    for distance, move in sorted((d, m) for d, m in moves if (m < 0) == fires):
        value += move
        if (value >= 0) != fires:
            return distance
    return math.inf


def _output(row: list[int], neurons: list[tuple[bool, Square]]) -> Square:
    """An output with these neurons keeps its sign: one that fires goes on, or none begins."""
    firing = [neurons[k][1] for k in row if neurons[k][0]]
    return max(firing) if firing else min((neurons[k][1] for k in row), default=math.inf)


def _checked(network: Any) -> list[list[int]]:
    """The neurons of each output; ``InvalidArgument`` for a network of another kind."""
    instance(network, "network", Network)
    kinds = tuple(layer.activation for layer in network.layers)
    if kinds == ("identity",) and not network.layers[0].entries.any():
        return []
    if kinds != ("threshold", "threshold", "identity"):
        raise InvalidArgument(
            f"network: two layers of threshold units and a linear readout are needed, got {kinds}"
        )
    if network.readout not in ("sign", "onehot"):
        raise InvalidArgument(
            f"network: the readout 'sign' or 'onehot' is needed, got {network.readout!r}"
        )
    outgoing = []
    for i, (bias, terms) in enumerate(network.layers[2].rows()):
        side = 1 if bias < 0 else -1
        if bias == 0 or any(side * (bias + w) <= 0 for _, w in terms):
            raise InvalidArgument(
                f"network: output {i} is not decided by whether one of its neurons fires"
            )
        outgoing.append([k for k, _ in terms])
    return outgoing
