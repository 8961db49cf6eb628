"""The first layer: n random hyperplanes with dyadic weights, on which no data point can lie."""

from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np

from mem_lib.data import Dataset
from mem_lib.exact.engine import Engine
from mem_lib.network import Layer, Network

#: Hyperplanes between two signs of life.
BLOCK = 2**14


def hyperplanes(
    n: int,
    d: int,
    max_bias: Fraction,
    *,
    weight_bits: int,
    shift: int,
    rng: np.random.Generator,
    activation: str = "threshold",
    advance: Callable[[int], object] = lambda drawn: None,
) -> Layer:
    """A layer of n random units for points on the grid 2^-shift.

    w ~ N(0, I_d) and b uniform on [-max_bias, max_bias] are drawn, then w is rounded to the grid
    2^-weight_bits and b to the grid 2^-(weight_bits + shift), so that t = <w, x> + b is an integer
    on the grid of the points.  The unit is 1 for t > 0.  It is stored as 2t - 1 >= 0: an odd
    number is never 0, hence no point lies on a hyperplane.  A ReLU unit gets the same row, so it
    is positive exactly where the threshold unit is 1.

    The rows of a larger n begin with those of a smaller one (same ``rng``).  ``advance`` is told
    how many were drawn.
    """
    for_weights, for_biases = rng.spawn(2)
    weight = np.rint(np.ldexp(for_weights.standard_normal((n, d)), weight_bits)).astype(np.int64)
    scale = max_bias * 2 ** (weight_bits + shift)
    # u is a multiple of 2^-53 in [0, 1), so 2u - 1 is one of 2^-52
    multiples = np.ldexp(for_biases.random(n), 53).astype(np.int64) - 2**52
    bias: list[int] = []
    for start in range(0, n, BLOCK):
        some = multiples[start : start + BLOCK].tolist()
        bias += [2 * _nearest(k * scale.numerator, scale.denominator << 52) - 1 for k in some]
        advance(len(some))
    return Layer(2 * weight, bias, activation, stage="hyperplanes")


def _nearest(numerator: int, denominator: int) -> int:
    """The integer next to a fraction, halves to even; quicker than ``round`` of a Fraction."""
    whole, rest = divmod(numerator, denominator)
    return whole + (2 * rest > denominator or (2 * rest == denominator and whole & 1))


def codes(
    layer: Layer, dataset: Dataset, advance: Callable[[int], object] = lambda entries: None
) -> np.ndarray:
    """What the layer gives at every point, exactly, shape (N, n): bits in uint8 for threshold
    units, integers >= 0 (int64, or Python integers) for ReLU units.  ``advance`` is told how many
    entries are there."""
    out = np.empty((dataset.N, layer.units), np.uint8 if layer.activation == "threshold" else int)
    for units, part in _parts(layer):
        engine = Engine(Network([part], readout="onehot"))
        step = engine.chunk(dataset.N)
        for i in range(0, dataset.N, step):
            integers, _ = dataset.integers(slice(i, i + step))
            block = engine.run(integers)[0].T
            if block.dtype == object and out.dtype != object:
                out = out.astype(object)
            out[i : i + step, units] = block
            advance(block.size)
    return out


def _parts(layer: Layer) -> Iterator[tuple[slice, Layer]]:
    """The layer, a block of units at a time where it is dense."""
    weight = layer.weight
    if not isinstance(weight, np.ndarray) or layer.units <= BLOCK:
        yield slice(None), layer
        return
    for first in range(0, layer.units, BLOCK):
        units = slice(first, first + BLOCK)
        yield units, Layer(weight[units], layer.bias[units], layer.activation)
