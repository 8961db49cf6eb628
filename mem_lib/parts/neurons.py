"""One hidden layer as a list of neurons with rational outgoing weights, and as a network.

A neuron is a * act(<w, z> + b), with integers w and b and a fraction a, on integer points
z = 2^shift x.  ReLU lets a positive factor through, so every rational neuron has this form.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from mem_lib._base.arguments import instance
from mem_lib._base.integers import integers
from mem_lib.errors import InvalidArgument, shown
from mem_lib.network import Layer, Network
from mem_lib.parts.affine import IntegerPoints, flint, primitive


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
        """The dimension of the points."""
        return int(self.rows.shape[1])

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
            outer = integers([a.numerator * (denominator // a.denominator) for a in self.outer])
            outer = outer[None, :]
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
    """The hidden layer and the outgoing weights of a network of depth 2 with one output, without
    the output bias; no neurons for a constant network of depth 1.

    Raises ``InvalidArgument`` for any other network.

    >>> hidden, output = Layer([[6], [0]], [8, 5], "relu"), Layer([[-3, 2]], [0], "identity")
    >>> found = neurons_of(Network([hidden, output], output_denominator=2))
    >>> found.rows.tolist(), found.biases.tolist(), found.outer
    ([[6], [0]], [8, 5], (Fraction(-3, 2), Fraction(1, 1)))
    """
    hidden, output = layers_of(network)
    if hidden is None:
        none = np.zeros((0, network.inputs), dtype=np.int64)
        return Neurons(none, none[:, 0], (), network.input_shift)
    return Neurons(
        hidden.dense,
        hidden.bias,
        tuple(Fraction(int(a), network.output_denominator) for a in output.dense[0]),
        network.input_shift,
        hidden.names or (),
    )


def layers_of(network: Any) -> tuple[Layer | None, Layer]:
    """The hidden layer and the output layer, or None and the layer of a constant network."""
    instance(network, "network", Network)
    output = network.layers[-1]
    if network.outputs != 1 or output.activation != "identity":
        raise InvalidArgument(
            f"network: one output, behind no activation, is needed, got {network.outputs} with "
            f"{shown(output.activation)}"
        )
    if network.depth == 1 and not output.entries.any():
        return None, output
    if network.depth != 2:
        raise InvalidArgument(f"network: depth 2 is needed, got {network.depth}")
    return network.layers[0], output


# from columns of fractions -----------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Difference:
    """sum_j weight * signs[j] * relu(columns[j]): neurons that cancel each other."""

    columns: Sequence[Any]  # of fractions
    signs: Sequence[int]
    weight: Fraction


def neurons_from(
    differences: Sequence[Difference], points: IntegerPoints, names: Sequence[str]
) -> Neurons:
    """ReLU neurons of integers.  Those of a difference stay on one scale: where they cancel each
    other, so do their integers."""
    columns: list[Any] = []
    outer: list[Fraction] = []
    for each in differences:
        rows, factor = _whole(each.columns)
        columns += rows
        outer += [each.weight * sign / factor for sign in each.signs]
    return _neurons(columns, outer, points, names)


def _whole(columns: Sequence[Any]) -> tuple[list[Any], Fraction]:
    """Columns of fractions times the least factor that makes all of them integer, and that."""
    parts = [column.numer_denom() for column in columns]
    common = math.lcm(*(int(denominator) for _, denominator in parts))
    rows = [[value * (common // int(q)) for value in top.entries()] for top, q in parts]
    content = math.gcd(*(int(value) for row in rows for value in row)) or 1
    found = [flint().fmpz_mat(len(row), 1, [value // content for value in row]) for row in rows]
    return found, Fraction(common, content)


def units_from(
    columns: Sequence[Any], outer: Sequence[int], points: IntegerPoints, names: Sequence[str]
) -> Neurons:
    """Threshold units outer * step(column), columns of fractions, with primitive integer rows."""
    rows = [primitive(column.numer_denom()[0]) for column in columns]
    return _neurons(rows, list(map(Fraction, outer)), points, names)


def _neurons(
    columns: Sequence[Any], outer: Sequence[Fraction], points: IntegerPoints, names: Sequence[str]
) -> Neurons:
    entries = integers(int(value) for column in columns for value in column.entries())
    table = entries.reshape(len(columns), points.d + 1)
    return Neurons(table[:, :-1], table[:, -1], tuple(outer), points.shift, tuple(names))
