"""The first layer: n random hyperplanes with dyadic weights, on which no data point can lie."""

from fractions import Fraction

import numpy as np

from mem_lib.data import Dataset
from mem_lib.exact.engine import Engine
from mem_lib.network import Layer, Network


def hyperplanes(
    n: int,
    d: int,
    max_bias: Fraction,
    *,
    weight_bits: int,
    shift: int,
    rng: np.random.Generator,
    activation: str = "threshold",
) -> Layer:
    """A layer of n random units for points on the grid 2^-shift.

    w ~ N(0, I_d) and b uniform on [-max_bias, max_bias] are drawn, then w is rounded to the grid
    2^-weight_bits and b to the grid 2^-(weight_bits + shift), so that t = <w, x> + b is an integer
    on the grid of the points.  The unit is 1 for t > 0.  It is stored as 2t - 1 >= 0: an odd
    number is never 0, hence no point lies on a hyperplane.  A ReLU unit gets the same row, so it
    is positive exactly where the threshold unit is 1.

    The rows of a larger n begin with those of a smaller one (same ``rng``).
    """
    for_weights, for_biases = rng.spawn(2)
    weight = np.rint(np.ldexp(for_weights.standard_normal((n, d)), weight_bits)).astype(np.int64)
    scale = max_bias * 2 ** (weight_bits + shift)
    unit = (Fraction(u) * 2 - 1 for u in for_biases.random(n).tolist())
    bias = [2 * round(u * scale) - 1 for u in unit]
    return Layer(2 * weight, bias, activation, stage="hyperplanes")


def codes(layer: Layer, dataset: Dataset) -> np.ndarray:
    """What the layer gives at every point, exactly, shape (N, n): bits in uint8 for threshold
    units, integers >= 0 (int64, or Python integers) for ReLU units."""
    engine = Engine(Network([layer], readout="onehot"))
    step = engine.chunk(dataset.N)
    out = np.empty((dataset.N, layer.units), np.uint8 if layer.activation == "threshold" else int)
    for i in range(0, dataset.N, step):
        integers, _ = dataset.integers(slice(i, i + step))
        block = engine.run(integers)[0].T
        if block.dtype == object and out.dtype != object:
            out = out.astype(object)
        out[i : i + step] = block
    return out
