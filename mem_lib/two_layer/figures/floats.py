"""What a floating-point program makes of a network, beside what it is promised to make.

Each neuron is scaled so that its largest weight or bias is 1: a ReLU lets the factor through to
the outgoing weight, and no integer is too long for a float.  A factor 2^shift is exact and goes
into the points.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mem_lib._base.arguments import instance, integer_in, one_of
from mem_lib.data import Dataset
from mem_lib.exact import evaluate
from mem_lib.network import Network
from mem_lib.two_layer import neurons_of, rounding_bound

FORMATS = {"float64": Fraction(1, 2**53), "float32": Fraction(1, 2**24)}  # unit roundoffs


@dataclass(frozen=True)
class Rounding:
    """``measured``: the largest difference at a point between the output in floats and the exact
    one; ``bound``: what theorem ``thm-two_layer-rounding`` promises."""

    measured: float
    bound: float


def rounding(network: Network, dataset: Dataset, dtype: str) -> Rounding:
    """What "float64" or "float32" does to ``network`` at the points of ``dataset``: products and
    sums are rounded one after the other, the same on every machine.

    ``InvalidArgument`` for another format, without a data set and as ``rounding_bound``.
    """
    dtype = one_of(dtype, "dtype", FORMATS)
    dataset = instance(dataset, "dataset", Dataset)
    bound = rounding_bound(network, dataset.radius, FORMATS[dtype])
    exact, over = evaluate(network, dataset.points)
    floats = in_floats(network, dataset.points, np.dtype(dtype))
    errors = (
        abs(Fraction(float(out)) - Fraction(int(y), over))
        for out, y in zip(floats, exact[:, 0], strict=True)
    )
    return Rounding(float(max(errors)), bound)


def in_floats(network: Network, points: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """The outputs at ``points`` (M, d) of a program that computes in ``dtype``: (M,).

    Raises as ``neurons_of``."""
    points = np.asarray(points, float)
    part, relu = neurons_of(network), network.layers[0].activation == "relu"
    offset = Fraction(int(network.layers[-1].bias[0]), network.output_denominator)
    total = np.full(len(points), float(offset), dtype)
    scaled = np.ldexp(points, part.shift).astype(dtype)
    for row, bias, a in zip(part.rows.tolist(), part.biases.tolist(), part.outer, strict=True):
        unit = max(map(abs, [*row, bias])) or 1
        z = np.full(len(points), bias / unit, dtype)
        for weight, x in zip(row, scaled.T, strict=True):
            z = z + dtype.type(weight / unit) * x
        if relu:
            total = total + dtype.type(float(a * unit)) * np.maximum(z, 0)
        else:
            total = total + dtype.type(float(a)) * (z >= 0)
    return np.asarray(total)


def about(number: float, digits: int = 1) -> int | float:
    """``number`` to so many significant digits; a whole number from 1 on where it is one.

    What a fit computes in floats may differ behind them.  ``InvalidArgument`` for no digit.

    >>> about(123456), about(123456, 2), about(0.00123)
    (100000, 120000, 0.001)
    """
    digits = integer_in(digits, "digits", 1)
    value = float(f"{float(number):.{digits - 1}e}")
    return int(value) if value == int(value) else value
