"""The size of a network of this chapter in closed form, and the constant network."""

import math
from fractions import Fraction

import numpy as np

from mem_lib.data import Dataset
from mem_lib.network import Layer, Network, Size


def network_size(
    n: int, d: int, covering: int, classes: int, largest: float, max_bias: float,
    weight_bits: int, grid_bits: int, score: int,
) -> Size:  # fmt: skip
    """At most, for n hyperplanes whose weights are at most ``largest``, at most ``covering``
    covering neurons and scores of at most ``score``: proposition ``thm-beyond_worst_case-size``."""
    outputs = 1 if classes <= 2 else classes
    weight = (2 * steps(largest, weight_bits)).bit_length()
    bias = (2 * steps(max_bias, weight_bits + grid_bits) + 2).bit_length()
    threshold = (2 * score).bit_length()  # the two-sided bias is 2m - 1 - 2|on| >= -2n
    readout = 1 if score == n else threshold  # ReLU: the smallest gap
    return Size(
        depth=3,
        width=max(n, covering),
        neurons=n + covering,
        weights=n * (d + 1) + covering * (n + 1) + covering + outputs,
        dense_weights=n * (d + 1) + covering * (n + 1) + outputs * (covering + 1),
        bits=max(weight, bias, threshold, 2),
        total_bits=n * (d * weight + bias)
        + covering * (2 * n + threshold)
        + 2 * covering
        + outputs * readout,
    )


def constant_size(d: int, classes: int) -> Size:
    """The size of :func:`constant_network`."""
    outputs = 1 if classes <= 2 else classes
    return Size(
        depth=1, width=0, neurons=0, weights=outputs, dense_weights=outputs * (d + 1),
        bits=1, total_bits=outputs,
    )  # fmt: skip


def constant_network(dataset: Dataset) -> Network:
    """One class: the output is constant."""
    label, classes = int(dataset.labels[0]), dataset.classes
    outputs = 1 if classes <= 2 else classes
    own = np.arange(outputs) == label if classes > 2 else np.array([label == 1])
    layer = Layer(np.zeros((outputs, dataset.d), dtype=np.int64), np.where(own, 1, -1), "identity")
    readout = "sign" if classes <= 2 else "onehot"
    return Network([layer], output_denominator=2, readout=readout, about={"constant": label})


def steps(value: float, bits: int) -> int:
    """value * 2^bits, rounded up."""
    return math.ceil(Fraction(value) * 2**bits)
