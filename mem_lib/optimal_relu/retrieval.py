"""Tables: how keys are prepared for them, and what that promises.

Tables fill badly when keys share divisors with the primes: the multiples of p1 p2 p3 all have the
same three cells.  So keys are multiplied by a random odd number and reduced modulo a random odd Q
before they are sorted into folders, unless the folders come out fewer without it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from mem_lib._base.arguments import integer_in
from mem_lib._base.integers import INT64_LIMIT
from mem_lib.constructions import Facts
from mem_lib.network import Size
from mem_lib.optimal_relu.file_network import FileNetwork, Line
from mem_lib.optimal_relu.shape import Shape
from mem_lib.optimal_relu.tables import TablePlan, TableShape
from mem_lib.optimal_relu.worst_case import WorstCase, largest
from mem_lib.parts.gf2 import primes_near
from mem_lib.parts.projection import Projection, distinct_residues, draw_odd, halvings

#: Pairs (Q, factor) that are compared, and how many are drawn to find them.
HASHES, DRAWS = 4, 40
#: Products of factor and key stay below 2^WORD, so that int64 holds them; they exceed Q by
#: MIXING bits.
WORD, MIXING = 61, 12
#: The part of the cells that equations fill, as far as the default table size is concerned.
FILL = 0.85


@dataclass(frozen=True)
class Retrieval(FileNetwork):
    """Width 8, and no key is stored (theorem ``thm-optimal_relu-tables``): a file is a table,
    filled by elimination over GF(2), of which three cells add up to the label."""

    variant: ClassVar[str] = "retrieval"
    title: ClassVar[str] = "tables without keys, three cells add up to the label; width 8"
    theorem: ClassVar[str] = "thm-optimal_relu-tables"
    shape_class: ClassVar[type[Shape]] = TableShape

    def primes(self, N: int, label_bits: int) -> tuple[int, int, int]:
        """Three consecutive ones, whose sum is near the wanted number of cells."""
        default = round((N / (FILL * label_bits)) ** 0.5)
        return primes_near(default if self.folder_size is None else self.folder_size)

    def filed(self, line: Line, rng: np.random.Generator) -> TablePlan:
        """The preparation of the keys that makes the network least deep."""
        primes = self.primes(len(line.values), line.codes.bits)
        hashes = _hashes(line.projection, rng)
        return min((_hashed(line, primes, *h) for h in hashes), key=TablePlan.judged_depth)

    def bound(
        self, facts: Facts, *, direction_bits: int | None = None, folders: int | None = None
    ) -> Size:
        """As for the others, with one more:

        folders: the number of folders that were filled.  No rate at which tables fill is proved, so
                 the default is what is: one point in each, N folders
        """
        worst = self.worst_case(facts, direction_bits)
        if folders is not None:
            folders = integer_in(folders, "folders", 1)
        return self.answered(worst, self.promised(worst, folders))

    def promised(self, worst: WorstCase, folders: int | None = None) -> Size:
        """The largest over the two ways to prepare the keys: as they are, or times a factor and
        modulo a number Q, both drawn."""
        N, size, c = worst.N, worst.range, worst.label_bits
        primes = self.primes(N, c)
        product = math.prod(primes)
        Q = (2 << (N * N).bit_length()) - 1
        mixed = max(size, 1 << min(Q.bit_length() + MIXING, WORD))  # the range times the factor
        found = []
        for modulus, before in ((size, size), (Q, mixed)):
            shape = TableShape(
                d=worst.d,
                projection_bits=worst.first_layer + WORD,  # the factor has at most WORD bits
                answer_bits=0,
                folders=N if folders is None else folders,
                folder_size=sum(primes),
                label_bits=c,
                primes=primes,
                hash_steps=0 if before == modulus else halvings(before, modulus // 2 + 1),
                table_steps=halvings(modulus, product),
                prime_steps=tuple(halvings(min(modulus, product), p) for p in primes),
                modulus=modulus,
            )
            found.append(shape.most)
        size_ = largest(found)
        # the way with more weights may be another one than that with longer ones
        return replace(size_, total_bits=size_.weights * size_.bits)


def _hashed(line: Line, primes: tuple[int, int, int], factor: int, Q: int) -> TablePlan:
    """The plan for keys times ``factor`` modulo Q."""
    projection = line.projection.times(factor)
    keys = projection.keys % Q
    if Q < INT64_LIMIT:
        keys = keys.astype(np.int64)
    by_key = np.argsort(keys)
    return TablePlan(line, projection, Q, keys[by_key], by_key, primes)


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
