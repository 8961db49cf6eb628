"""How many networks there are, how many labellings, and what follows.

In a fixed wiring each of the W places of a weight holds one of the 2^(B+1) - 1 integers of at most
B bits.  If the wiring is free, a network is told by W triples (unit, source, value): the unit is
one of at most W that have an incoming weight or one of the o outputs, the source is one of the d
inputs, one of the W units, or the constant 1 of a bias; beside that one of three activations for
each of at most W units, and one for the output layer.
"""

import math
from typing import Any

from mem_lib._base.arguments import integer_in
from mem_lib._base.search import least_integer

_ROUNDING = 1e-12  # far above the relative error of a few logarithms and products in binary64
#: Longer weights are refused, and longer integers do not decide what logarithms cannot.
MOST_BITS = 10**7
#: More points or weights are refused: their logarithms would leave the range of floats.
MOST = 10**300


def counting_bound(
    N: int, classes: int = 2, bits: int = 1, *, inputs: int | None = None, outputs: int = 1
) -> int:
    """The least number of weights that theorem ``thm-foundations-counting`` leaves possible: fewer
    nonzero weights and biases of at most ``bits`` bits cannot realise all ``classes**N`` labellings
    of N points.

    Parameters
    ----------
    N : number of points, at least 1.
    classes : number of classes C, at least 1.
    bits : the largest bit length, without the sign, as ``Size.bits``.
    inputs, outputs : the wiring may depend on the labels, of a network with that many inputs and
        outputs.  Without ``inputs`` the wiring is fixed in advance.

    Raises
    ------
    InvalidArgument
        When a number is not an integer or too small.

    >>> counting_bound(1000, 2, bits=9)            # 1000 labels, weights from -511 to 511
    101
    >>> counting_bound(1000, 2, bits=9, inputs=2)  # the wiring stores labels too
    45
    """
    N, classes = integer_in(N, "N", 1, MOST), integer_in(classes, "classes", 1, MOST)
    wiring = _wiring(bits, inputs, outputs)
    return least_integer(lambda W: _enough(_factors(W, *wiring), N, classes), start=0)


def log_networks(weights: int, bits: int, *, inputs: int | None = None, outputs: int = 1) -> float:
    """log2 of the number of networks in theorem ``thm-foundations-counting``: at most that many
    bits are stored in ``weights`` weights of at most ``bits`` bits each.  Arguments as in
    :func:`counting_bound`; computed in binary64, relative error below 1e-12.

    Raises ``InvalidArgument`` when an argument is out of range.

    >>> log_networks(10, 1) == 10 * math.log2(3)   # each weight is -1, 0 or 1
    True
    """
    weights = integer_in(weights, "weights", 0, MOST)
    factors = _factors(weights, *_wiring(bits, inputs, outputs))
    return sum(exponent * math.log2(base) for base, exponent in factors)


def _wiring(bits: Any, inputs: Any, outputs: Any) -> tuple[int, int | None, int]:
    """The arguments of the same names, checked."""
    bits = integer_in(bits, "bits", 1, MOST_BITS)
    if inputs is None:
        return bits, None, 1
    return bits, integer_in(inputs, "inputs", 1, MOST), integer_in(outputs, "outputs", 1, MOST)


def _factors(weights: int, bits: int, inputs: int | None, outputs: int) -> list[tuple[int, int]]:
    """The number of networks as factors (base, exponent)."""
    values = (2 << bits) - 1
    if inputs is None:
        return [(values, weights)]
    return [(3, weights + 1), ((weights + outputs) * (weights + inputs + 1) * values, weights)]


def _enough(factors: list[tuple[int, int]], N: int, classes: int) -> bool:
    """Whether the networks are at least as many as the labellings; in integers when it is close.

    A call too close for logarithms and too long for integers counts as enough: never too strict.
    """
    have = sum(exponent * math.log2(base) for base, exponent in factors)
    want = N * math.log2(classes)
    if abs(have - want) > _ROUNDING * (have + want):
        return have > want
    if want > MOST_BITS:
        return True
    return bool(math.prod(base**exponent for base, exponent in factors) >= classes**N)
