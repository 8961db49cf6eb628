"""The size of a network of this chapter in closed form."""

import math
from fractions import Fraction

from mem_lib.network import Size


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


def steps(value: float, bits: int) -> int:
    """value * 2^bits, rounded up."""
    return math.ceil(Fraction(value) * 2**bits)
