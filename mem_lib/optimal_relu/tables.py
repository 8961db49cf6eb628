"""The network of tables: no key is stored, the cells of a folder's table add up to the label.

The label of x is the XOR of three cells of the folder's table, at x modulo three primes.  The
network finds the folder, runs through its table once for each prime, cell after cell, and picks
the bits of the cell whose number is x modulo that prime.  It sums them in base 4, one digit for
each bit of the label: a digit is at most 3, and its parity is the bit.

A test [v >= T] of integers takes one layer of two units: relu(v - T + 1) - relu(v - T).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mem_lib._base.progress import progress_bar
from mem_lib.network import Size
from mem_lib.network.builder import Builder, Value
from mem_lib.optimal_relu.cells import take_cell
from mem_lib.optimal_relu.file_network import FilePlan
from mem_lib.optimal_relu.folder import Folders, in_rows
from mem_lib.optimal_relu.shape import Shape
from mem_lib.parts.gates import in_one_layer, reduced
from mem_lib.parts.gf2 import equations, fill
from mem_lib.parts.projection import Projection, halvings
from mem_lib.parts.stages import DECODE, FIND, PROJECT

#: Above this many keys a hash is judged by runs of consecutive keys.
MOST_JUDGED, RUNS = 20_000, 6


@dataclass(frozen=True)
class TableShape(Shape):
    """One layer for each conditional subtraction, folder and bit of the table.

    primes:      of three consecutive ones; a table has as many cells as their sum
    hash_steps:  subtractions modulo Q
    table_steps: modulo the product of the primes
    prime_steps: modulo each prime
    modulus:     Q
    """

    primes: tuple[int, ...]
    hash_steps: int
    table_steps: int
    prime_steps: tuple[int, ...]
    modulus: int

    @property
    def string_bits(self) -> int:
        return self.folder_size * self.label_bits

    @property
    def key_bits(self) -> int:
        return max(1, (self.modulus - 1).bit_length())

    @property
    def depth(self) -> int:
        """1 + K_Q + (N1 - 1) + K_M + K_1 + K_2 + K_3 + 3 + mc + 2c hidden layers, and the
        output."""
        steps = self.hash_steps + self.table_steps + sum(self.prime_steps)
        return 2 + steps + (self.folders - 1) + 3 + self.string_bits + 2 * self.label_bits

    @property
    def width(self) -> int:
        return 8

    @property
    def weights(self) -> int:
        m, c = self.folder_size, self.label_bits
        weights = self.d + 1 + 11 * self.hash_steps + 8 * (self.folders - 1) - 2
        # (entries of a subtraction, how many the first of its kind has fewer); a kind without a
        # subtraction hands its sum of three units on, so its first one counts where it lengthens it
        counts = [self.table_steps, *self.prime_steps]
        kinds = zip(counts, [(12, 4), (13, -2), (14, 5), (13, 5)], strict=True)
        weights += sum(each * count - first for count, (each, first) in kinds if count or first < 0)
        weights += m * (22 * c + 2) - self.primes[-1] * c - 14  # the last pass does without x
        return weights + 26 * c - 9

    @property
    def bits(self) -> int:
        return max(
            self.projection_bits,
            self.modulus.bit_length() + max(self.hash_steps - 1, 0),
            math.prod(self.primes).bit_length() + max(self.table_steps - 1, 0),
            self.string_bits,
        )

    @property
    def most(self) -> Size:
        """No entry of the network's size is larger."""
        behind = self.depth - 2
        return Size(
            depth=self.depth,
            width=8,
            neurons=1 + 8 * behind,
            weights=self.weights,
            dense_weights=self.d + 1 + 72 * behind + 9,
            bits=self.bits,
            total_bits=self.weights * self.bits,
        )

    def told(self) -> dict[str, object]:
        return super().told() | {"key_bits": self.key_bits}


@dataclass(frozen=True, eq=False)
class TablePlan(FilePlan):
    """Everything that the layers are made of, but the tables."""

    projection: Projection  # times the factor
    modulus: int  # Q
    keys: np.ndarray  # residues modulo Q, increasing
    by_key: np.ndarray  # the places of the projection's keys in that order
    primes: tuple[int, int, int]

    @property
    def cells(self) -> int:
        """Of a table."""
        return sum(self.primes)

    @property
    def table_range(self) -> int:
        """The tables see x modulo p1 p2 p3, and x is below Q."""
        return math.prod(self.primes)

    @property
    def steps(self) -> list[int]:
        """Conditional subtractions: modulo Q, modulo p1 p2 p3, modulo each prime."""
        Q, product = self.modulus, self.table_range
        below = min(Q, product)
        return [
            halvings(self.projection.range, Q),
            halvings(Q, product),
            *(halvings(below, p) for p in self.primes),
        ]

    def rows(self, part: slice = slice(None)) -> Iterator[int]:
        """The equations that the cells have to satisfy, key after key."""
        codes = self.line.values[self.by_key]
        return equations(self.keys[part], codes[part], self.primes, self.label_bits)

    def judged_depth(self) -> float:
        """About how deep the network gets; exact for few keys."""
        N, c = len(self.keys), self.label_bits
        parts, length = [slice(None)], 3 * self.cells
        if max(MOST_JUDGED, RUNS * length) < N:
            begins = np.linspace(0, N - length, RUNS).astype(int).tolist()
            parts = [slice(i, i + length) for i in begins]
        found = [fill(self.rows(p), self.cells, c, solve=False)[0] for p in parts]
        if len(found) == 1:
            folders = float(len(found[0]))
        else:  # keys in all full tables, and how many tables those are
            folders = N * sum(len(s) - 1 for s in found) / max(1, sum(s[-1] for s in found))
        return folders + sum(self.steps)

    @property
    def first_layer(self) -> tuple[list[int], int]:
        return self.projection.first_layer()

    def shape(self, folders: int | None = None) -> TableShape:
        """With the number of folders, or the fewest there can be."""
        hash_steps, table_steps, *prime_steps = self.steps
        return TableShape(
            **self.common(TableShape),
            folders=-(-len(self.keys) // self.cells) if folders is None else folders,
            folder_size=self.cells,
            primes=self.primes,
            hash_steps=hash_steps,
            table_steps=table_steps,
            prime_steps=tuple(prime_steps),
            modulus=self.modulus,
        )

    def folders(self, progress: bool | None = None) -> Folders:
        c = self.label_bits
        with progress_bar(len(self.keys), "keys", "fill the tables", progress) as bar:
            starts, tables = fill(self.rows(), self.cells, c, bar.update)
        return Folders(
            in_rows(self.keys, self.projection.order[self.by_key]),
            tuple(self.keys[starts].tolist()),
            tuple(tables),
            (),
            self.cells * c,
        )

    def wire(self, net: Builder, folders: Folders) -> Value:
        """All hidden layers; returns the output."""
        h = net.layer(PROJECT, {"x": net.first(*self.first_layer)})
        reduced(net, h, "x", self.projection.range, self.modulus)
        h["U"] = folders.strings[0]
        for first, jump in folders.jumps():
            reached = in_one_layer(net, FIND, h, h["x"], first)
            h["U"] += jump * reached
        reduced(net, h, "x", self.modulus, self.table_range)
        return _parities(net, self._read(net, h), self.label_bits)

    def _read(self, net: Builder, h: dict[str, Value]) -> Value:
        """The sum of the three cells of x, one base-4 digit for each bit of the label."""
        below, T = min(self.modulus, self.table_range), 1 << (self.cells * self.label_bits)
        digits = [("y", 4**b) for b in reversed(range(self.label_bits))]
        for p in self.primes:
            h["r"] = h["x"]
            if p == self.primes[-1]:
                del h["x"]
            reduced(net, h, "r", below, p)
            h, T = take_cell(net, h, p, digits, T)
        return h["y"]


def _parities(net: Builder, y: Value, label_bits: int) -> Value:
    """The number whose bits are the parities of the base-4 digits of ``y``."""
    h = {"y": y}
    for b in reversed(range(label_bits)):
        pair = in_one_layer(net, DECODE, h, h["y"], 2 * 4**b)
        h["y"] -= 2 * 4**b * pair
        y = h["y"] if b else h.pop("y")
        odd = in_one_layer(net, DECODE, h, y, 4**b)
        if b:
            h["y"] -= 4**b * odd
        h["label"] = h.get("label", 0) + (1 << b) * odd
    return h["label"]
