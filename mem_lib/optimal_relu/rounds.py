"""Rounds of hashing: tables without keys, whose number is bounded by a theorem.

In each round (:mod:`mem_lib.optimal_relu.hashing`) at least half of the keys that are left get a
cell of their own in the table of their folder.  The network finds the folder, hashes x, runs
through the table, and takes up the cell of that number: the code is added to y, and the mark adds
Delta to x, where a Delta >= 2 P^2 for the factors a of all later rounds.  What the reductions
subtract is less than 2 P^2 - 2n, so a marked x hashes to a number beyond all cells: no unit has to
say who was answered.

The last round answers all the keys that it gets.  It needs no marks, and no x behind the hash.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mem_lib.network import Size
from mem_lib.network.builder import Builder, Value
from mem_lib.optimal_relu.cells import take_cell
from mem_lib.optimal_relu.fields import Keys
from mem_lib.optimal_relu.file_network import FileNetwork, FilePlan, Line
from mem_lib.optimal_relu.folder import Folders, in_rows
from mem_lib.optimal_relu.hashing import Round, best_size, drawn
from mem_lib.optimal_relu.shape import Shape
from mem_lib.optimal_relu.worst_case import WorstCase, largest
from mem_lib.parts.gates import in_one_layer, reduced
from mem_lib.parts.primes import prime_from
from mem_lib.parts.projection import halvings
from mem_lib.parts.stages import FIND, PROJECT

#: The most entries in a layer that reads: two for x or y and one for the other, three for U and for
#: each of two neurons of the cell's number, four for each of two of the test, four for the gate.
ENTRIES = 24


@dataclass(frozen=True)
class RoundShape(Shape):
    """One layer for each conditional subtraction, folder and bit of a table, in every round; the
    fields that all shapes have tell of the first round.

    hash_steps:    subtractions modulo Q
    modulus:       Q
    prime:         P
    mark:          Delta; 0 for a single round
    round_folders: folders of each round
    round_sizes:   n, keys in a folder of each round
    """

    hash_steps: int
    modulus: int
    prime: int
    mark: int
    round_folders: tuple[int, ...]
    round_sizes: tuple[int, ...]

    @property
    def rounds(self) -> Iterator[tuple[int, int, int, int]]:
        """(folders, subtractions, cells, bits of a cell) of each round."""
        c, last = self.label_bits, len(self.round_sizes) - 1
        for k, (folders, n) in enumerate(zip(self.round_folders, self.round_sizes, strict=True)):
            yield folders, sum(hash_layers(self.prime, n)), 2 * n, c + (k < last)

    @property
    def string_bits(self) -> int:
        return 2 * self.round_sizes[0] * (self.label_bits + (len(self.round_sizes) > 1))

    @property
    def depth(self) -> int:
        """1 + K_Q + sum of (N1 - 1) + K_P + K_m + m (1 + c) + 1 hidden layers, where the last round
        has no marks, and the output."""
        return 2 + self.hash_steps + sum(f + s + m * bits for f, s, m, bits in self.rounds)

    @property
    def width(self) -> int:
        """A last round has no x; and y begins two layers behind the first label bit."""
        if len(self.round_sizes) > 1:
            return 8
        return 7 if self.string_bits > 2 else 6

    @property
    def weights(self) -> int:
        """Layer after layer.  A test of a form of e entries has e + 1 in each of its two units; the
        form that it leaves behind has 3, until a unit holds it."""
        K, c, last = self.hash_steps, self.label_bits, len(self.round_sizes) - 1
        weights = self.d + 1 + max(11 * K - 6, 0)
        x, y = 3 if K else 1, 0  # entries of the form that the next layer carries on
        for k, (folders, steps, cells, bits) in enumerate(self.rounds):
            U, carried = 1, int(k < last)
            if folders > 1:  # x, y, the first file and a test of x; then U has a jump
                weights += 3 * x + y + 3
                x, y, U = 1, min(y, 1), 3
                weights += (folders - 2) * (8 + y)
            weights += x * carried + y + U + 3 * (x + 1)  # the hash, and a test of it
            x, y = 1, min(y, 1)
            weights += (steps - 1) * (12 + carried + y)
            # the first bit: 3 + 3 for the number of the cell, U, and a test of it; at each later
            # one 2 + 2, 3, 4 + 4, and 4 for a gate, which x or y takes up one layer later
            read = cells * bits
            weights += 11 + 19 * (read - 1) + (carried + y) * (read + 1)
            weights += 2 * (cells - 1)  # where a cell begins, its number is a bias
            weights += read + 2  # no bias with the threshold 1, and a gate behind the last bit
            if not y:  # before a label's first bit was taken up there is none
                weights += read - 2 - (bits - c)
            y = 2
        return weights + 2

    @property
    def bits(self) -> int:
        highest = halvings(self.prime**2, self.prime) - 1
        return max(
            self.projection_bits,
            self.modulus.bit_length() + max(self.hash_steps - 1, 0),
            (self.prime << highest).bit_length(),
            self.mark.bit_length(),
            self.string_bits,
        )

    @property
    def readings(self) -> int:
        return len(self.round_sizes)


def hash_layers(prime: int, size: int) -> tuple[int, int]:
    """K_P and K_m: the subtractions that reduce a x + b < P^2 modulo P, and that modulo 2n."""
    return halvings(prime**2, prime), halvings(prime, 2 * size)


@dataclass(frozen=True, eq=False)
class RoundPlan(FilePlan):
    """Everything that the layers are made of, but the strings."""

    keys: Keys
    rounds: tuple[Round, ...]

    @property
    def first_layer(self) -> tuple[list[int], int]:
        return self.line.projection.first_layer()

    @property
    def prime(self) -> int:
        return self.rounds[0].prime

    @property
    def mark(self) -> int:
        """Delta, the least that is enough."""
        return max((-(-2 * self.prime**2 // one.a) for one in self.rounds[1:]), default=0)

    def shape(self, folders: int | None = None) -> RoundShape:
        counts = tuple(len(one.starts) for one in self.rounds)
        return RoundShape(
            **self.common(RoundShape),
            folders=counts[0],
            folder_size=self.rounds[0].size,
            hash_steps=self.keys.hash_steps,
            modulus=self.keys.modulus,
            prime=self.prime,
            mark=self.mark,
            round_folders=counts,
            round_sizes=tuple(one.size for one in self.rounds),
        )

    def folders(self, progress: bool | None = None) -> Folders:
        """Those of the first round."""
        rows = in_rows(self.keys.residues, self.line.projection.order[self.keys.by_key])
        return self._folders(0, rows)

    def _folders(self, k: int, keys: np.ndarray) -> Folders:
        one, marks, c = self.rounds[k], k + 1 < len(self.rounds), self.label_bits
        strings = one.strings(c, marks)
        return Folders(keys, one.starts, strings, (), one.cells * (c + marks))

    def wire(self, net: Builder, folders: Folders) -> Value:
        """All hidden layers; returns the output."""
        h = net.layer(PROJECT, {"x": net.first(*self.first_layer)})
        reduced(net, h, "x", self.keys.range, self.keys.modulus)
        for k, one in enumerate(self.rounds):
            h = self._answer(net, h, k, self._folders(k, one.keys) if k else folders)
        return h["y"]

    def _answer(
        self, net: Builder, h: dict[str, Value], k: int, folders: Folders
    ) -> dict[str, Value]:
        """The layers of round ``k``."""
        one, marks = self.rounds[k], k + 1 < len(self.rounds)
        h["U"] = folders.strings[0]
        for first, jump in folders.jumps():
            reached = in_one_layer(net, FIND, h, h["x"], first)
            h["U"] += jump * reached
        x = h["x"] if marks else h.pop("x")
        h["r"] = one.a * x + one.b
        reduced(net, h, "r", one.prime**2, one.prime)
        reduced(net, h, "r", one.prime, one.cells)
        adds = [("x", self.mark)] if marks else []
        adds += [("y", 1 << b) for b in reversed(range(self.label_bits))]
        return take_cell(net, h, one.cells, adds, 1 << folders.string_bits)[0]


@dataclass(frozen=True)
class Rounds(FileNetwork):
    """Width 8, no keys, and a depth that is proved (theorem ``thm-optimal_relu-provable-tables``):
    rounds of hashing, each of which answers half of the keys that are left or more.

    ``folder_size`` is for the first round, and for all in which as many keys are left; by default
    each round has folders of about the root of what is left.  The promise holds when the modulus
    is at most :func:`modulus_bound`.
    """

    variant: ClassVar[str] = "rounds"
    title: ClassVar[str] = "tables without keys, in rounds of hashing, proved shallow; width 8"
    theorem: ClassVar[str] = "thm-optimal_relu-provable-tables"
    shape_class: ClassVar[type[Shape]] = RoundShape

    def size_for(self, left: int, label_bits: int) -> int:
        """n, for so many keys that are left."""
        if self.folder_size is None:
            return best_size(left, label_bits)
        return min(self.folder_size, left)

    def most_layers(self, left: int, label_bits: int) -> int:
        """N1 - 1 + m (1 + c) for that many keys or fewer: by default less than
        2 sqrt(2 (1 + c) N) + 2 (1 + c)."""
        cell = 1 + label_bits
        if self.folder_size is None:
            return math.isqrt(8 * cell * left) + 2 * cell
        n = self.size_for(left, label_bits)
        return -(-left // n) - 1 + 2 * n * cell

    def filed(self, line: Line, rng: np.random.Generator) -> RoundPlan:
        keys, c = Keys.of(line.projection, rng), line.codes.bits
        left, codes = keys.residues, line.values[keys.by_key]
        prime = prime_from(max(keys.modulus, 2 * self.size_for(len(left), c)))
        rounds = []
        while len(left):
            rounds.append(drawn(left, codes, self.size_for(len(left), c), prime, rng))
            left, codes = left[rounds[-1].left], codes[rounds[-1].left]
        return RoundPlan(line, keys, tuple(rounds))

    def promised(self, worst: WorstCase) -> Size:
        """The largest over all lengths that the modulus may have."""
        return largest(self._promised_for(worst, *modulus) for modulus in worst.moduli)

    def _promised_for(self, worst: WorstCase, Q: int, hash_steps: int, _: int) -> Size:
        """For a modulus up to Q: a prime below 2 max(Q, 2n), and half of the keys in each round."""
        N, c, d = worst.N, worst.label_bits, worst.d
        prime = 2 * max(Q, 2 * self.size_for(N, c)) - 1
        steps = sum(hash_layers(prime, 1))
        reading = sum(self.most_layers(N >> k, c) for k in range(N.bit_length()))
        behind = hash_steps + reading + N.bit_length() * (steps + 1)
        bits = max(
            worst.first_layer,
            worst.range.bit_length() + 1,
            (2 * prime**2).bit_length(),
            2 * self.size_for(N, c) * (1 + c),
        )
        weights = d + 1 + ENTRIES * behind + 2
        return Size(
            depth=2 + behind,
            width=8,
            neurons=1 + 8 * behind,
            weights=weights,
            dense_weights=d + 1 + 72 * behind + 9,
            bits=bits,
            total_bits=weights * bits,
        )
