"""One hidden layer as a list of neurons with rational outgoing weights, and as a network.

A neuron is a * act(<w, z> + b), with integers w and b and a fraction a, on integer points
z = 2^shift x.  ReLU lets a positive factor through, so every rational neuron has this form, and a
primitive one, in which the entries of (w, b) have no common factor.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from mem_lib.network import Layer, Network


@dataclass(frozen=True, eq=False)
class Neurons:
    """The function x ↦ sum_l outer[l] * act(<rows[l], 2^shift x> + biases[l]).

    rows:   (k, d) integers, int64 or Python integers
    biases: (k,) integers
    outer:  k fractions
    names:  a text for each neuron, or none at all
    """

    rows: np.ndarray
    biases: np.ndarray
    outer: tuple[Fraction, ...]
    shift: int
    names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.outer)

    @property
    def d(self) -> int:
        return int(self.rows.shape[1])

    def primitive(self) -> Neurons:
        """The same function of ReLU neurons whose (w, b) have no common factor."""
        both = np.column_stack([self.rows, self.biases])
        factors = np.maximum(np.gcd.reduce(both, axis=1), 1)  # 1 for a neuron of zeros
        outer = tuple(a * int(g) for a, g in zip(self.outer, factors, strict=True))
        rows = self.rows // factors[:, None]
        return Neurons(rows, self.biases // factors, outer, self.shift, self.names)

    def network(
        self,
        *,
        activation: str = "relu",
        offset: Fraction = Fraction(0),
        readout: str = "value",
        about: dict[str, Any] | None = None,
    ) -> Network:
        """The network of these neurons and an output bias ``offset``; no neurons, a constant."""
        denominator = math.lcm(offset.denominator, *(a.denominator for a in self.outer))
        bias = integers([int(offset * denominator)])
        layers = []
        if len(self):
            names = self.names or None
            layers.append(Layer(self.rows, self.biases, activation, names=names, stage="neurons"))
            outer = integers([int(a * denominator) for a in self.outer])[None, :]
        else:
            outer = np.zeros((1, self.d), dtype=np.int64)
        layers.append(Layer(outer, bias, "identity", stage="output"))
        return Network(
            layers,
            input_shift=self.shift,
            output_denominator=denominator,
            readout=readout,
            about=about,
        )


def joined(parts: Iterable[Neurons]) -> Neurons:
    """The sum of the functions; at least one part, all on points of the same shift."""
    parts = list(parts)
    shift = parts[0].shift
    assert all(part.shift == shift for part in parts)
    named = all(len(part.names) == len(part) for part in parts)
    return Neurons(
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.biases for part in parts]),
        tuple(a for part in parts for a in part.outer),
        shift,
        tuple(name for part in parts for name in part.names) if named else (),
    )


def neurons_of(network: Network) -> Neurons:
    """The hidden layer and the outgoing weights of a network of depth 2 with one output.

    The output bias is left out.
    """
    hidden, output = network.layers
    return Neurons(
        _dense(hidden),
        hidden.bias,
        tuple(Fraction(int(a), network.output_denominator) for a in _dense(output)[0]),
        network.input_shift,
        hidden.names or (),
    )


def integers(values: Iterable[int]) -> np.ndarray:
    """int64 where all fit, Python integers otherwise."""
    listed = list(values)
    if all(-(2**62) < value < 2**62 for value in listed):
        return np.array(listed, dtype=np.int64)
    array = np.empty(len(listed), dtype=object)
    array[:] = listed
    return array


def _dense(layer: Layer) -> np.ndarray:
    weight = layer.weight
    return weight if isinstance(weight, np.ndarray) else weight.toarray()
