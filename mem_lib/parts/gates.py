"""Tests [v >= T] of integers, as layers.

One layer of two units: relu(v - T + 1) - relu(v - T).  Or two layers of one unit: q = relu(T - v),
then relu(1 - q).  The second kind is narrower; and a float rounds less in it, because what follows
multiplies 0 or 1, and not the difference of two large numbers.

That both are right, and that they reduce modulo a number: lemma ``thm-optimal_relu-tests``.
"""

from __future__ import annotations

from mem_lib.network.builder import Builder, Value
from mem_lib.parts.projection import subtrahends
from mem_lib.parts.stages import HASH


def in_one_layer(net: Builder, stage: str, h: dict[str, Value], value: Value, T: int) -> Value:
    """[value >= T]; all of ``h`` is carried along."""
    h |= net.layer(stage, h | {"A": value - T + 1, "B": value - T})
    return h.pop("A") - h.pop("B")


def in_two_layers(net: Builder, stage: str, h: dict[str, Value], value: Value, T: int) -> Value:
    """[value >= T], by lemma ``thm-optimal_relu-tests``; all of ``h`` is carried along."""
    h |= net.layer(stage, h | {"q": T - value})
    q = h.pop("q")
    h |= net.layer(stage, h | {"p": 1 - q})
    return h.pop("p")


def reduced(net: Builder, h: dict[str, Value], name: str, size: int, modulus: int) -> None:
    """h[name], which is below ``size``, modulo ``modulus``: one layer for each subtraction."""
    for T in subtrahends(size, modulus):
        reached = in_one_layer(net, HASH, h, h[name], T)
        h[name] -= T * reached
