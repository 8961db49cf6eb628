r"""What the first layer does not see.

*Lemma* (thm-generalization-first-layer).  A network is G(Ax), A the matrix of its first layer.  If
A e = 0, it is constant along every line x + R e.  A first layer of fewer than d units, or of rank
below d, has such an e != 0: its *fibre*.  A distribution whose labels change along these lines is
one on which no G helps: `mem_lib.generalization.caps`.

Fractions, nothing is rounded.
"""

from __future__ import annotations

import math
from fractions import Fraction

from mem_lib._base.arguments import instance
from mem_lib.network import Layer, Network


def first_layer_rank(network: Network) -> int:
    """The rank of the first weight matrix: the w of :func:`~mem_lib.generalization.best_accuracy`,
    which the network does not exceed.  Raises ``InvalidArgument`` for another object.

    >>> from mem_lib import Layer
    >>> first_layer_rank(Network([Layer([[1, 2, 0], [-2, -4, 0], [0, 0, 3]], [0] * 3, "relu")],
    ...                          readout="argmax"))
    2
    """
    return len(_echelon(instance(network, "network", Network).layers[0]))


def fibre(network: Network) -> list[int] | None:
    """A direction e of d integers without a common factor, along which the network is constant
    because its first layer is (lemma ``thm-generalization-first-layer``); None when the first layer
    has rank d.  Raises ``InvalidArgument`` for another object.

    >>> from mem_lib import Layer
    >>> fibre(Network([Layer([[2, 3]], [1], "identity")], readout="sign"))
    [-3, 2]
    >>> fibre(Network([Layer([[1, 0], [1, 1]], [1, 0], "identity")], readout="argmax")) is None
    True
    """
    first = instance(network, "network", Network).layers[0]
    pivots = _echelon(first)
    free = next((k for k in range(first.inputs) if k not in pivots), None)
    if free is None:
        return None
    direction = [Fraction(k == free) for k in range(first.inputs)]
    for pivot, row in pivots.items():
        direction[pivot] = -row.get(free, Fraction(0))
    scale = math.lcm(*(x.denominator for x in direction))
    whole = [int(x * scale) for x in direction]
    factor = math.gcd(*whole)
    return [x // factor for x in whole]


def _echelon(layer: Layer) -> dict[int, dict[int, Fraction]]:
    """pivot -> row of the reduced echelon form, nonzero entries only."""
    pivots: dict[int, dict[int, Fraction]] = {}
    for _, terms in layer.rows():
        row = _cleared({k: Fraction(w) for k, w in terms}, pivots)
        if not row:
            continue
        pivot = min(row)
        row = {k: w / row[pivot] for k, w in row.items()}
        pivots = {p: _cleared(other, {pivot: row}) for p, other in pivots.items()}
        pivots[pivot] = row
        if len(pivots) == layer.inputs:
            break
    return pivots


def _cleared(
    row: dict[int, Fraction], pivots: dict[int, dict[int, Fraction]]
) -> dict[int, Fraction]:
    """The row with zeros at the pivots."""
    for pivot, other in pivots.items():
        factor = row.get(pivot)
        if factor:
            keys = row.keys() | other.keys()
            row = {k: row.get(k, Fraction(0)) - factor * other.get(k, Fraction(0)) for k in keys}
    return {k: w for k, w in row.items() if w}
