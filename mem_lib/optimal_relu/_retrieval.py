"""Width 8: no key is stored; each folder is a table whose cells add up to the label.

The label of x is the XOR of three cells of the folder's table, at x modulo three primes.  The
network finds the folder, runs through its table once for each prime, cell after cell, and picks
the bits of the cell whose number is x modulo that prime.  It sums them in base 4, one digit for
each bit of the label: a digit is at most 3, and its parity is the bit.

A test [v >= T] of integers takes one layer of two units: relu(v - T + 1) - relu(v - T).

Tables fill badly when keys share divisors with the primes: the multiples of p1 p2 p3 all have the
same three cells.  So keys are multiplied by a random odd number and reduced modulo a random odd Q
before they are sorted into folders, unless the folders come out fewer without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mem_lib._base.integers import INT64_LIMIT
from mem_lib._base.progress import bar as progress_bar
from mem_lib.network.builder import Builder, Value
from mem_lib.optimal_relu._folders import Folders, in_rows
from mem_lib.parts.gates import in_one_layer, reduced
from mem_lib.parts.gf2 import equations, fill, primes_near
from mem_lib.parts.projection import (
    Projection,
    distinct_residues,
    draw_odd,
    halvings,
)
from mem_lib.parts.stages import DECODE, FIND, PROJECT, READ

#: Pairs (Q, factor) that are compared, and how many are drawn to find them.
HASHES, DRAWS = 4, 40
#: Products of factor and key stay below 2^WORD, so that int64 holds them; they exceed Q by
#: MIXING bits.
WORD, MIXING = 61, 12
#: Above this many keys a hash is judged by runs of consecutive keys.
MOST_JUDGED, RUNS = 20_000, 6
#: The part of the cells that equations fill, as far as the default table size is concerned.
FILL = 0.85


@dataclass(frozen=True)
class RetrievalPlan:
    """Everything that the layers are made of, but the tables."""

    projection: Projection  # times the factor
    labels: np.ndarray  # in the order of ``order``
    modulus: int  # Q
    keys: np.ndarray  # residues modulo Q, increasing
    order: np.ndarray  # rows of the data in that order
    primes: tuple[int, int, int]
    label_bits: int

    @classmethod
    def of(
        cls,
        projection: Projection,
        labels: np.ndarray,
        label_bits: int,
        cells: int | None,
        rng: np.random.Generator,
    ) -> RetrievalPlan:
        """``labels`` in the order of the projection's keys."""
        N = len(labels)
        primes = primes_near(round((N / (FILL * label_bits)) ** 0.5) if cells is None else cells)
        plans = (
            cls._hashed(projection, labels, label_bits, primes, factor, Q)
            for factor, Q in _hashes(projection, rng)
        )
        return min(plans, key=cls._judged_depth)

    @classmethod
    def _hashed(
        cls,
        projection: Projection,
        labels: np.ndarray,
        label_bits: int,
        primes: tuple[int, int, int],
        factor: int,
        Q: int,
    ) -> RetrievalPlan:
        projection = projection.times(factor)
        keys = projection.keys % Q
        if Q < INT64_LIMIT:
            keys = keys.astype(np.int64)
        by_key = np.argsort(keys)
        order = projection.order[by_key]
        return cls(projection, labels[by_key], Q, keys[by_key], order, primes, label_bits)

    @property
    def cells(self) -> int:
        return sum(self.primes)

    @property
    def table_range(self) -> int:
        """The tables see x modulo p1 p2 p3, and x is below Q."""
        p1, p2, p3 = self.primes
        return p1 * p2 * p3

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
        return equations(self.keys[part], self.labels[part], self.primes, self.label_bits)

    def _judged_depth(self) -> float:
        N = len(self.keys)
        parts, length = [slice(None)], 3 * self.cells
        if max(MOST_JUDGED, RUNS * length) < N:
            begins = np.linspace(0, N - length, RUNS).astype(int).tolist()
            parts = [slice(i, i + length) for i in begins]
        found = [fill(self.rows(p), self.cells, self.label_bits, solve=False)[0] for p in parts]
        if len(found) == 1:
            folders = float(len(found[0]))
        else:  # keys in all full tables, and how many tables those are
            folders = N * sum(len(s) - 1 for s in found) / max(1, sum(s[-1] for s in found))
        return folders + sum(self.steps)

    @property
    def first_layer(self) -> tuple[list[int], int]:
        """Weights and bias of the unit "x"."""
        return self.projection.first_layer()

    def about(self, folders: Folders | None = None) -> dict[str, object]:
        """With the number of folders, or the fewest there can be."""
        least = -(-len(self.keys) // self.cells)
        hash_steps, table_steps, *prime_steps = self.steps
        return {
            "folders": least if folders is None else len(folders.starts),
            "folder_size": self.cells,
            "primes": list(self.primes),
            "key_bits": max(1, (self.modulus - 1).bit_length()),
            "label_bits": self.label_bits,
            "string_bits": self.cells * self.label_bits,
            "hash_steps": hash_steps,
            "table_steps": table_steps,
            "prime_steps": prime_steps,
            "modulus": hex(self.modulus),
        }

    def folders(self, progress: bool | None = None) -> Folders:
        with progress_bar(len(self.keys), "keys", "fill the tables", progress) as bar:
            starts, tables = fill(self.rows(), self.cells, self.label_bits, bar.update)
        return Folders(
            in_rows(self.keys, self.order),
            tuple(self.keys[starts].tolist()),
            tuple(tables),
            (),
            self.cells * self.label_bits,
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
        for p in self.primes:
            h["r"] = h["x"]
            if p == self.primes[-1]:
                del h["x"]
            reduced(net, h, "r", below, p)
            rest = h.pop("r")
            gate: Value | None = None  # the bit before this one, if its cell is that of x
            digit = 0
            for cell in range(p):
                for b in reversed(range(self.label_bits)):
                    T >>= 1
                    units = h | {"above": rest - cell, "below": cell - rest}
                    units |= {} if gate is None else {"gate": gate}
                    bit = in_one_layer(net, READ, units, h["U"], T)
                    _add_gate(units, digit)
                    above, beneath = units.pop("above"), units.pop("below")
                    rest = above - beneath + cell
                    gate, digit = bit - above - beneath, 4**b
                    h = units
                    h["U"] -= T * bit
            if p == self.primes[-1]:
                del h["U"]
            assert gate is not None
            h = net.layer(READ, h | {"gate": gate})
            _add_gate(h, digit)
        return h["y"]


def _add_gate(h: dict[str, Value], digit: int) -> None:
    """y += digit * gate, where there is a gate."""
    if "gate" in h:
        h["y"] = h.get("y", 0) + digit * h.pop("gate")


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


def _hashes(projection: Projection, rng: np.random.Generator) -> Iterator[tuple[int, int]]:
    """(factor, Q) that keep the keys apart; (1, range), which changes nothing, is one of them
    unless the keys are longer than a machine word."""
    size, N = projection.range, len(projection.keys)
    short = size.bit_length() <= WORD
    if short:
        yield 1, size
    if N == 1:
        return
    bits = (N * N).bit_length() + 1
    factor_bits = min(bits + MIXING, WORD) - size.bit_length()
    found = 0
    for _ in range(DRAWS):
        Q = draw_odd(rng, bits)
        factor = draw_odd(rng, factor_bits) if factor_bits > 1 else 1
        if distinct_residues(projection.times(factor).keys, Q) is not None:
            yield factor, Q
            found += 1
        if found == HASHES:
            return
    if not (short or found):
        yield 1, size
