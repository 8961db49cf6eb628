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
from typing import ClassVar, TypeVar

import numpy as np

from mem_lib.network import Size
from mem_lib.network.builder import Builder, Value
from mem_lib.optimal_relu.fields import Fields
from mem_lib.optimal_relu.folder import Folders
from mem_lib.optimal_relu.stream_network import ShortWeights
from mem_lib.optimal_relu.streams import StreamPlan, StreamShape
from mem_lib.optimal_relu.worst_case import WorstCase
from mem_lib.parts.gates import in_two_layers
from mem_lib.parts.projection import subtrahends
from mem_lib.parts.stages import FIND, HASH, PROJECT, READ

Numbers = TypeVar("Numbers", int, np.ndarray)


def narrow_depth(
    hash_steps: int,
    folders: Numbers,
    first_bits: int,
    folder_size: Numbers,
    key_bits: Numbers,
    label_bits: int,
) -> Numbers:
    """1 + 2K + 2 (N1 - 1) + 2 (rho_0 + (n - 1) rho) + 6nc hidden layers, and the output."""
    read = 2 * (first_bits + (folder_size - 1) * key_bits) + 6 * folder_size * label_bits
    return 2 + 2 * hash_steps + 2 * (folders - 1) + read


@dataclass(frozen=True)
class NarrowShape(StreamShape):
    """Two layers for each conditional subtraction, folder and key bit, six for each label bit."""

    units: ClassVar[int] = 3

    @property
    def depth(self) -> int:
        folders, n, key = self.folders, self.folder_size, self.key_bits
        return narrow_depth(self.hash_steps, folders, self.first_key_bits, n, key, self.label_bits)

    @property
    def width(self) -> int:
        return 3

    @property
    def weights(self) -> int:
        n, key, label = self.folder_size, self.key_bits, self.label_bits
        finding = 8 * self.hash_steps + 9 * (self.folders - 1) - 1
        entries = 11 * self.first_key_bits + n * (28 * label + 2) + (n - 1) * (11 * key - 1)
        return self.d + 1 + finding + entries + 2

    @staticmethod
    def beside(label_bits: int) -> int:
        """The label collects below the string."""
        return label_bits

    @staticmethod
    def coefficient(label_bits: int) -> int:
        """A code is v - 2^c bit."""
        return 1 << label_bits


@dataclass(frozen=True, eq=False)
class NarrowPlan(StreamPlan):
    """Everything that the layers are made of."""

    shape_class: ClassVar[type[StreamShape]] = NarrowShape

    def wire(self, net: Builder, folders: Folders) -> Value:
        """All hidden layers; returns the output."""
        h = net.layer(PROJECT, {"x": net.first(*self.first_layer)})
        for T in subtrahends(self.keys.range, self.keys.modulus):
            reached = in_two_layers(net, HASH, h, h["x"], T)
            h["x"] -= T * reached
        h["U"] = folders.strings[0]
        for first, jump in folders.jumps():
            reached = in_two_layers(net, FIND, h, h["x"], first)
            h["U"] += jump * reached
        return self._read(net, h)

    def _read(self, net: Builder, h: dict[str, Value]) -> Value:
        """The string, bit by bit; the label stays behind in its low bits."""
        c = self.label_bits
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


@dataclass(frozen=True)
class Narrow(ShortWeights):
    """Width 3 (theorem ``thm-optimal_relu-narrow``): one string for each folder, and the label is
    collected in its low bits.

    The output is 0 at every remainder that is no key (proposition ``thm-optimal_relu-total``).  The
    logarithm of the spread is added to the depth, not multiplied with it (proposition
    ``thm-optimal_relu-margin``); short weights: theorem ``thm-optimal_relu-short``.  Sums stay two
    bits above the weights (theorem ``thm-optimal_relu-floats``): with ``max_weight_bits=51`` labels
    come out exactly in plain float64 too, if the first layer's sums stay below 2^53.
    """

    variant: ClassVar[str] = "narrow"
    title: ClassVar[str] = "one string for each folder, the label in its low bits; width 3"
    theorem: ClassVar[str] = "thm-optimal_relu-narrow"
    shape_class: ClassVar[type[StreamShape]] = NarrowShape
    plan_class: ClassVar[type[StreamPlan]] = NarrowPlan

    def depths(self, ways: Fields) -> np.ndarray:
        return narrow_depth(
            ways.hash_steps,
            ways.folders,
            ways.first_bits,
            ways.folder_size,
            ways.key_bits,
            ways.label_bits,
        )

    def rates(self, ways: Fields) -> tuple[int, np.ndarray]:
        return 2, 2 * ways.key_bits + 6 * ways.label_bits

    def most(self, worst: WorstCase, possible: Fields, cost: int) -> Size:
        d, behind, bits = worst.d, cost - 2, self.longest(worst, possible)
        entries = 6 + 11 * behind // 2
        return Size(
            depth=cost,
            width=3,
            neurons=1 + 3 * behind,
            weights=d + 1 + entries,
            dense_weights=d + 1 + 12 * behind + 4,
            bits=bits,
            # of the entries of two layers at most four are long
            total_bits=(d + 1) * worst.first_layer + (2 * cost + 5) * bits + 2 * (d + 1 + entries),
        )
