"""Neurons as floats of length 1: those of an exact network, and where drawn ones come from."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from mem_lib._base.arguments import integer_in
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, shown
from mem_lib.network import Network
from mem_lib.parts.neurons import neurons_of


def unit_neurons(network: Network, dataset: Dataset) -> tuple[np.ndarray, list[Fraction]]:
    """(w_l, b_l) / |(w_l, b_l)| in the units of the points, (k, d + 1), each entry right up to
    1e-15, and the outgoing weights of these, rounded to floats; neurons that are 0 are left out.

    Raises ``InvalidArgument`` for another depth, threshold units, several outputs, no neurons, or
    points of another dimension.
    """
    neurons = neurons_of(network)
    if len(neurons) and network.layers[0].activation != "relu":
        raise InvalidArgument(
            f"network: ReLU units are needed, got {shown(network.layers[0].activation)}"
        )
    if neurons.d != dataset.d:
        raise InvalidArgument(
            f"network: its points have {neurons.d} coordinates, those of dataset {dataset.d}"
        )
    units, outer = [], []
    columns = (neurons.rows.tolist(), neurons.biases.tolist(), neurons.outer)
    for row, bias, a in zip(*columns, strict=True):
        entries = [*(value << neurons.shift for value in row), bias]
        size = max(map(abs, entries))
        if not size:
            continue
        small = np.array([value / size for value in entries])
        length = float(np.linalg.norm(small))
        units.append(small / length)
        outer.append(a * size * Fraction(length))
    if not units:
        raise InvalidArgument("network: at least one neuron other than 0 is needed, got none")
    return np.array(units), outer


def stream(seed: int) -> np.random.Generator:
    """Random numbers that differ from those which ``ml.data`` draws points from: with the same seed
    directions would be the points themselves."""
    sequence = np.random.SeedSequence(integer_in(seed, "seed", 0), spawn_key=(1,))
    return np.random.default_rng(sequence)
