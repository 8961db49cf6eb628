"""Width 3: one string for each folder, keys reduced modulo Q, the label in the string's low bits.

A test [v >= T] of integers takes two layers of one unit: q = relu(T - v), p = relu(1 - q).  So the
network needs one unit for a test besides what it carries: the key x and the string U while it
finds the folder; then v, and e = relu(x - key + 1), which is 1 exactly at the current key and 0
behind it.  Subtracting an increment from e moves on to the next key.  The label found so far lies
below the unread bits, in the low bits of v, where no test of a higher bit can see it.

Floats.  If no weight behind the first layer has more than B bits, then no sum there, with every
term taken absolute, exceeds 2^(B+2): a test compares with T what is below 2T, or below 2^(B+1) for
a projection.  With B = 51 plain float64 does not round.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mem_lib.network.builder import Builder, Value
from mem_lib.optimal_relu._fields import Budget, Keys, StreamPlan, fields_in_bits
from mem_lib.optimal_relu._folders import Folders
from mem_lib.optimal_relu._sizes import narrow_depth_of
from mem_lib.parts.gates import in_two_layers
from mem_lib.parts.projection import subtrahends
from mem_lib.parts.stages import FIND, HASH, PROJECT, READ


@dataclass(frozen=True)
class NarrowPlan(StreamPlan):
    """Everything that the layers are made of."""

    @classmethod
    def of(cls, keys: Keys, folder_size: int | None, budget: Budget) -> NarrowPlan:
        """The fields of least depth that keep to the budget."""
        steps, first_bits, c = keys.hash_steps, keys.bits, keys.label_bits

        def depth(folders: np.ndarray, n: np.ndarray, T: np.ndarray, key_bits: int) -> np.ndarray:
            return narrow_depth_of(steps, folders, first_bits, n, key_bits, c)

        found = fields_in_bits(keys, folder_size, budget, c, depth)
        return cls(keys, found.key_bits, found.folder_size, found.folders)

    def wire(self, net: Builder, folders: Folders) -> Value:
        """All hidden layers; returns the output."""
        h = net.layer(PROJECT, {"x": net.first(*self.first_layer)})
        for T in subtrahends(self.keys.projection.range, self.keys.modulus):
            reached = in_two_layers(net, HASH, h, h["x"], T)
            h["x"] -= T * reached
        h["U"] = folders.strings[0]
        for first, jump in folders.jumps():
            reached = in_two_layers(net, FIND, h, h["x"], first)
            h["U"] += jump * reached
        return self._read(net, h)

    def _read(self, net: Builder, h: dict[str, Value]) -> Value:
        """The string, bit by bit; the label stays behind in its low bits."""
        c = self.keys.label_bits
        h = {"v": (1 << c) * h["U"], "e": h["x"] + 1}
        T = 1 << (self.string_bits + c)
        for k in range(self.folder_size):
            for i in reversed(range(self.key_bits if k else self.keys.bits)):
                T >>= 1
                bit = in_two_layers(net, READ, h, h["v"], T)
                h["v"] -= T * bit
                h["e"] -= (1 << i) * bit  # clamped at 0 by the next layer
            for i in reversed(range(c)):
                T >>= 1
                _take_label_bit(net, h, T, 1 << i)
        return h["v"]


def _take_label_bit(net: Builder, h: dict[str, Value], T: int, weight: int) -> None:
    """v += weight [e = 1] [v >= T], then v -= T [v >= T].  Six layers."""
    h |= net.layer(READ, h | {"t": h["e"] - 1})
    t = h.pop("t")
    h |= net.layer(READ, h | {"t": h["e"] - 2 * t})
    found = h.pop("t")  # [e = 1]
    # v < 2T, so without a match the test fails by far
    h |= net.layer(READ, h | {"q": T - h["v"] + 2 * T * (1 - found)})
    q = h.pop("q")
    h |= net.layer(READ, h | {"p": 1 - q})
    h["v"] += weight * h.pop("p")
    bit = in_two_layers(net, READ, h, h["v"], T)
    h["v"] -= T * bit
