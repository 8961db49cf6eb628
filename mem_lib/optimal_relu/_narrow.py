"""Width 3: one string for each folder, keys reduced modulo Q, the label in the string's low bits.

A test [v >= T] of integers takes two layers of one unit: q = relu(T - v), p = relu(1 - q).  So the
network needs one unit for a test besides what it carries: the key x and the string U while it
finds the folder; then v, and e = relu(x - key + 1), which is 1 exactly at the current key and 0
behind it.  Subtracting an increment from e moves on to the next key.  The label found so far lies
below the unread bits, in the low bits of v, where no test of a higher bit can see it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mem_lib._dyadic import INT64_LIMIT
from mem_lib.optimal_relu._folders import Folders, in_rows
from mem_lib.optimal_relu._projection import Projection, halvings, small_modulus, subtrahends
from mem_lib.optimal_relu._sizes import narrow_depth_of
from mem_lib.optimal_relu._stream import best_fields, stream, string_bits
from mem_lib.optimal_relu._wires import FIND, HASH, PROJECT, READ, Value, Wires


@dataclass(frozen=True)
class NarrowPlan:
    """Everything that the layers are made of."""

    projection: Projection
    labels: np.ndarray  # in the order of ``order``
    modulus: int  # Q
    keys: np.ndarray  # residues modulo Q, increasing
    order: np.ndarray  # rows of the data in that order
    first_bits: int
    key_bits: int
    label_bits: int
    folder_size: int
    most_folders: int

    @classmethod
    def of(
        cls,
        projection: Projection,
        labels: np.ndarray,
        label_bits: int,
        folder_size: int | None,
        rng: np.random.Generator,
    ) -> NarrowPlan:
        """``labels`` in the order of the projection's keys."""
        Q = small_modulus(projection.keys, rng)
        residues = projection.keys % Q
        if Q < INT64_LIMIT:
            residues = residues.astype(np.int64)
        by_key = np.argsort(residues)
        keys = residues[by_key]
        steps, first_bits = halvings(projection.range, Q), max(1, (Q - 1).bit_length())

        def depth(folders: np.ndarray, n: np.ndarray, key_bits: int) -> np.ndarray:
            return narrow_depth_of(steps, folders, first_bits, n, key_bits, label_bits)

        key_bits, n, most = best_fields(keys, first_bits, folder_size, depth)
        order = projection.order[by_key]
        return cls(
            projection, labels[by_key], Q, keys, order, first_bits, key_bits, label_bits, n, most
        )

    @property
    def first_layer(self) -> tuple[list[int], int]:
        """Weights and bias of the unit "x"."""
        return self.projection.first_layer()

    @property
    def string_bits(self) -> int:
        return string_bits(self.first_bits, self.key_bits, self.label_bits, self.folder_size)

    def about(self, folders: Folders | None = None) -> dict[str, object]:
        """With the number of folders, or the bound that is known before they are filled."""
        return {
            "folders": self.most_folders if folders is None else len(folders.starts),
            "folder_size": self.folder_size,
            "key_bits": self.key_bits,
            "first_key_bits": self.first_bits,
            "label_bits": self.label_bits,
            "string_bits": self.string_bits,
            "hash_steps": halvings(self.projection.range, self.modulus),
            "modulus": hex(self.modulus),
        }

    def folders(self, progress: bool | None = None) -> Folders:
        firsts, strings = stream(
            self.keys, self.labels, self.first_bits, self.key_bits, self.label_bits,
            self.folder_size,
        )  # fmt: skip
        keys = in_rows(self.keys, self.order)
        return Folders(keys, tuple(firsts), tuple(strings), (), self.string_bits)

    def wire(self, net: Wires, folders: Folders) -> Value:
        """All hidden layers; returns the output."""
        h = net.layer(PROJECT, {"x": net.first(*self.first_layer)})
        for T in subtrahends(self.projection.range, self.modulus):
            reached = _at_least(net, HASH, h, h["x"], T)
            h["x"] -= T * reached
        h["U"] = folders.strings[0]
        for first, jump in folders.jumps():
            reached = _at_least(net, FIND, h, h["x"], first)
            h["U"] += jump * reached
        return self._read(net, h)

    def _read(self, net: Wires, h: dict[str, Value]) -> Value:
        """The string, bit by bit; the label stays behind in its low bits."""
        c = self.label_bits
        h = {"v": (1 << c) * h["U"], "e": h["x"] + 1}
        T = 1 << (self.string_bits + c)
        for k in range(self.folder_size):
            for i in reversed(range(self.key_bits if k else self.first_bits)):
                T >>= 1
                bit = _at_least(net, READ, h, h["v"], T)
                h["v"] -= T * bit
                h["e"] -= (1 << i) * bit  # clamped at 0 by the next layer
            for i in reversed(range(c)):
                T >>= 1
                _take_label_bit(net, h, T, 1 << i)
        return h["v"]


def _at_least(net: Wires, stage: str, h: dict[str, Value], value: Value, T: int) -> Value:
    """[value >= T] in two layers; all of ``h`` is carried along."""
    h |= net.layer(stage, h | {"q": T - value})
    q = h.pop("q")
    h |= net.layer(stage, h | {"p": 1 - q})
    return h.pop("p")


def _take_label_bit(net: Wires, h: dict[str, Value], T: int, weight: int) -> None:
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
    bit = _at_least(net, READ, h, h["v"], T)
    h["v"] -= T * bit
