"""The definition of what a network computes, in plain Python integers.

Everything else in :mod:`mem_lib.exact` is a faster way to the same numbers and is tested against
these few lines.
"""

from collections.abc import Callable, Sequence
from typing import Any

from mem_lib.network import Network

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "relu": lambda z: max(z, 0),
    "threshold": lambda z: int(z >= 0),
    "identity": lambda z: z,
}


def evaluate(network: Network, point: Sequence[int]) -> list[int]:
    """Numerators of the outputs at one point, over ``network.output_denominator``.

    ``point`` holds the d integers ``2**network.input_shift * x``.

    >>> from mem_lib import Layer, Network
    >>> tent = Network([Layer([[1], [1]], [0, -2], "relu"), Layer([[1, -2]], [0], "identity")])
    >>> [evaluate(tent, [x]) for x in (0, 1, 2, 3, 4)]
    [[0], [1], [2], [1], [0]]
    """
    return trace(network, point)[-1]


def trace(network: Network, point: Sequence[int]) -> list[list[int]]:
    """What every unit of every layer passes on at one point.

    >>> from mem_lib import Layer, Network
    >>> tent = Network([Layer([[1], [1]], [0, -2], "relu"), Layer([[1, -2]], [0], "identity")])
    >>> trace(tent, [3])
    [[3, 1], [1]]
    """
    return through(network, [int(v) for v in point])


def through(network: Network, values: list[Any]) -> list[list[Any]]:
    """The same for any exact numbers, integers or fractions, that enter the first layer."""
    met = []
    for layer in network.layers:
        act = ACTIVATIONS[layer.activation]
        values = [act(bias + sum(w * values[k] for k, w in terms)) for bias, terms in layer.rows()]
        met.append(values)
    return met
