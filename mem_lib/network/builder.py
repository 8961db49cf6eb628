"""Layers written as what they compute: every unit is an affine form in the units before it.

>>> net = Builder(inputs=1)
>>> h = net.layer("project", {"x": net.first([2], -3)})
>>> h = net.layer("answer", {"hat": h["x"] - 1, "rest": 5 - 2 * h["x"]})
>>> net.layers[1]
Layer(1 -> 2, relu, dense, stage 'answer')
>>> list(net.layers[1].rows())
[(-1, [(0, 1)]), (5, [(0, -2)])]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from mem_lib.network.layer import Layer
from mem_lib.network.sparse import Sparse

#: Layers with more inputs and units than this are stored as sparse matrices.
SPARSE = 64


@dataclass(frozen=True, slots=True)
class Affine:
    """constant + sum of coefficient times unit, over the units of one layer."""

    terms: dict[int, int]
    constant: int
    layer: int

    def __add__(self, other: Affine | int) -> Affine:
        if isinstance(other, int):
            return Affine(self.terms, self.constant + other, self.layer)
        assert self.layer == other.layer, "a form mixes the units of two layers"
        terms = dict(self.terms)
        for unit, coefficient in other.terms.items():
            terms[unit] = terms.get(unit, 0) + coefficient
        return Affine(terms, self.constant + other.constant, self.layer)

    __radd__ = __add__

    def __mul__(self, factor: int) -> Affine:
        terms = {unit: factor * coefficient for unit, coefficient in self.terms.items()}
        return Affine(terms, factor * self.constant, self.layer)

    __rmul__ = __mul__

    def __sub__(self, other: Affine | int) -> Affine:
        return self + -1 * other

    def __rsub__(self, other: int) -> Affine:
        return -1 * self + other


#: A unit before it is built; an integer stands for the constant form.
Value = Affine | int


class Builder:
    """A network under construction, layer after layer."""

    def __init__(self, inputs: int, advance: Callable[[int], object] = lambda layers: None) -> None:
        self.layers: list[Layer] = []
        self._units = inputs
        self._advance = advance

    def first(self, weights: Sequence[int], constant: int) -> Affine:
        """The form <weights, input> + constant."""
        return Affine(dict(enumerate(weights)), constant, len(self.layers))

    def layer(
        self, stage: str, units: Mapping[str, Value], activation: str = "relu"
    ) -> dict[str, Value]:
        """Add a layer with one unit for each named form; returns the units, by name."""
        terms: list[dict[int, int]] = []
        bias = []
        for value in units.values():
            if isinstance(value, Affine):
                assert value.layer == len(self.layers), "a form names units of an earlier layer"
                terms.append(value.terms)
                value = value.constant
            else:
                terms.append({})
            bias.append(value)
        weight = _matrix(terms, self._units)
        layer = Layer(weight, bias, activation, names=tuple(units), stage=stage)
        return dict(zip(units, self.append(layer), strict=True))

    def append(self, layer: Layer) -> list[Value]:
        """Add a layer that was written as arrays; returns its units, in order."""
        assert layer.inputs == self._units, "a layer does not fit behind the one before"
        self.layers.append(layer)
        self._units = layer.units
        self._advance(1)
        return [Affine({i: 1}, 0, len(self.layers)) for i in range(layer.units)]


def _matrix(terms: list[dict[int, int]], inputs: int) -> list[list[int]] | Sparse:
    """The rows {input: weight}; sparse where most of a wide matrix would be 0."""
    if min(inputs, len(terms)) > SPARSE:
        ends = np.array([0, *accumulate(map(len, terms))])
        columns = np.array([k for row in terms for k in row], dtype=np.int64)
        values = np.array([w for row in terms for w in row.values()], dtype=object)
        return Sparse(ends, columns, values, (len(terms), inputs))
    return [[row.get(k, 0) for k in range(inputs)] for row in terms]
