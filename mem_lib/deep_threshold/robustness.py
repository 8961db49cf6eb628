r"""How far a point may move before the network's answer can change.

Everything behind the first layer is a function of its bits, so the answer is constant as long as
no row changes sign: on the open ball that reaches to the nearest row.  A row takes the value z at
an integer point and has slope w there, so the distance is |z| / |w|: its square is a fraction, and
nothing is rounded (theorem ``thm-deep_threshold-clear``).
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from mem_lib._base.arguments import instance
from mem_lib._base.roots import root_below
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, InvalidDataset
from mem_lib.exact import evaluate
from mem_lib.network import Layer, Network

#: A squared distance; infinite when there is no row to cross.
Square = Fraction | float
#: Values that are looked at together.
BLOCK = 1 << 20


def squared_robustness_radius(network: Network, dataset: Dataset) -> Square:
    """The least squared distance of a point of ``dataset`` to a row of the first layer of
    ``network``, in the unit of the points: a Fraction, or ``inf`` when no row has a weight.  The
    answer is constant on the open ball of this radius around every point (theorem
    ``thm-deep_threshold-clear``).

    ``network`` begins with threshold gates, or is a constant; what follows does not matter.

    Raises ``InvalidArgument`` for another network, ``InvalidDataset`` for points of another
    dimension.

    >>> line = Layer([[2]], [-1], "threshold")              # x > 1/2
    >>> network = Network([line, Layer([[1]], [0], "identity")], readout="value")
    >>> squared_robustness_radius(network, Dataset([[0], [3]], [0, 1]))
    Fraction(1, 4)
    """
    return min(squared_distances(network, dataset))


def squared_distances(network: Network, dataset: Dataset) -> list[Square]:
    """The squared radius of every point of its own, in the order of ``dataset``; as above.

    >>> line = Layer([[2]], [-1], "threshold")              # x > 1/2
    >>> network = Network([line, Layer([[1]], [0], "identity")], readout="value")
    >>> squared_distances(network, Dataset([[0], [3]], [0, 1]))
    [Fraction(1, 4), Fraction(25, 4)]
    """
    layer = _checked(network, dataset)
    squares = [sum(w * w for _, w in terms) for _, terms in layer.rows()]
    crossed = [k for k, square in enumerate(squares) if square]
    if layer.activation != "threshold" or not crossed:
        return [math.inf] * dataset.N
    linear = Network(
        [Layer(layer.weight, layer.bias, "identity")], network.input_shift, readout="argmax"
    )
    found: list[Square] = []
    step = max(1, BLOCK // layer.units)
    for i in range(0, dataset.N, step):
        values, denominator = evaluate(linear, dataset.points[i : i + step])
        unit = (denominator << network.input_shift) ** 2
        for point in values.tolist():
            found.append(min(Fraction(point[k] ** 2, squares[k] * unit) for k in crossed))
    return found


def robustness_radius(network: Network, dataset: Dataset) -> float:
    """The root of :func:`squared_robustness_radius`, rounded down, in the unit of the points;
    ``inf`` when no row has a weight (theorem ``thm-deep_threshold-clear``).

    Raises ``InvalidArgument`` for a network of another kind, ``InvalidDataset`` for points of
    another dimension.

    >>> line = Layer([[2]], [-1], "threshold")              # x > 1/2
    >>> network = Network([line, Layer([[1]], [0], "identity")], readout="value")
    >>> robustness_radius(network, Dataset([[0], [3]], [0, 1]))
    0.5
    """
    square = squared_robustness_radius(network, dataset)
    return root_below(square) if isinstance(square, Fraction) else square


def _checked(network: Any, dataset: Any) -> Layer:
    """The first layer; ``InvalidArgument`` for a network of another kind."""
    instance(network, "network", Network)
    instance(dataset, "dataset", Dataset)
    layer = network.layers[0]
    if layer.inputs != dataset.d:
        raise InvalidDataset(
            f"dataset: the network reads points of dimension {layer.inputs}, got {dataset.d}"
        )
    constant = network.depth == 1 and not layer.entries.any()
    if layer.activation != "threshold" and not constant:
        raise InvalidArgument(
            f"network: threshold gates are needed in the first layer, got {layer.activation!r}"
        )
    return layer
