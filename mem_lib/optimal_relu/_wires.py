"""Layers written as what they compute: every unit is an affine form in the units before it.

>>> net = Wires(inputs=1)
>>> h = net.layer("project", {"x": net.first([2], -3)})
>>> h = net.layer("answer", {"hat": h["x"] - 1, "rest": 5 - 2 * h["x"]})
>>> net.layers[1]
Layer(1 → 2, relu, dense, stage 'answer')
>>> list(net.layers[1].rows())
[(-1, [(0, 1)]), (5, [(0, -2)])]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mem_lib.network import Layer

#: The stages that the layers of this chapter belong to.
PROJECT, HASH, FIND, READ, DECODE, ANSWER = (
    "project", "hash", "find the folder", "read the folder", "decode", "answer",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """constant + sum of coefficient times unit, over the units of one layer."""

    terms: dict[int, int]
    constant: int
    layer: int

    def __add__(self, other: Form | int) -> Form:
        if isinstance(other, int):
            return Form(self.terms, self.constant + other, self.layer)
        assert self.layer == other.layer, "a form mixes the units of two layers"
        terms = dict(self.terms)
        for unit, coefficient in other.terms.items():
            terms[unit] = terms.get(unit, 0) + coefficient
        return Form(terms, self.constant + other.constant, self.layer)

    __radd__ = __add__

    def __mul__(self, factor: int) -> Form:
        terms = {unit: factor * coefficient for unit, coefficient in self.terms.items()}
        return Form(terms, factor * self.constant, self.layer)

    __rmul__ = __mul__

    def __sub__(self, other: Form | int) -> Form:
        return self + -1 * other

    def __rsub__(self, other: int) -> Form:
        return -1 * self + other


#: A unit before it is built; an integer stands for the constant form.
Value = Form | int


class Wires:
    """A network under construction, layer after layer."""

    def __init__(self, inputs: int, advance: Callable[[int], object] = lambda layers: None) -> None:
        self.layers: list[Layer] = []
        self._units = inputs
        self._advance = advance

    def first(self, weights: Sequence[int], constant: int) -> Form:
        """The form <weights, input> + constant."""
        return Form(dict(enumerate(weights)), constant, len(self.layers))

    def layer(
        self, stage: str, units: Mapping[str, Value], activation: str = "relu"
    ) -> dict[str, Value]:
        """Add a layer with one unit for each named form; returns the units, by name."""
        rows, bias = [], []
        for value in units.values():
            row = [0] * self._units
            if isinstance(value, Form):
                assert value.layer == len(self.layers), "a form names units of an earlier layer"
                for unit, coefficient in value.terms.items():
                    row[unit] = coefficient
                value = value.constant
            rows.append(row)
            bias.append(value)
        self.layers.append(Layer(rows, bias, activation, names=tuple(units), stage=stage))
        self._units = len(rows)
        self._advance(1)
        return {name: Form({i: 1}, 0, len(self.layers)) for i, name in enumerate(units)}
