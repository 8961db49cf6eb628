"""Parity: a random linear code, computed by trees of threshold gates.

Bit r of the key is the parity of a random half of the m bits of a code; 1 + log2(D) such bits keep
differently labelled points apart with probability at least 1/2, since two different codes differ in
a random parity with probability 1/2, each time anew.

A group of f bits with sum s is on, as a parity, where [s >= 1] - [s >= 2] + [s >= 3] - ... is 1.
That difference need not be computed: the next layer reads its f gates with signs.  Such a *virtual
bit* costs no gate, and a parity of m bits is a tree of ceil(log_f m) layers whose weights are
-1, 0, 1, here doubled (theorem ``thm-deep_threshold-parity``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mem_lib._base.arguments import integer_in
from mem_lib.deep_threshold.compressing import Compressing
from mem_lib.deep_threshold.keys import Compression, Key, drawn, pairs_of, sums
from mem_lib.deep_threshold.layers import threshold_layer
from mem_lib.deep_threshold.sizes import Stage
from mem_lib.deep_threshold.table import powers
from mem_lib.network import Layer, Sparse


@dataclass(frozen=True)
class Parity(Compressing):
    """Depth L + 4, where L is at most ceil(log_f m) for m hyperplanes and f = ``fan_in``, and
    weights -2, 0 and 2 between the hyperplanes and the table (theorems
    ``thm-deep_threshold-parity`` and ``thm-deep_threshold-main``).

    fan_in: virtual bits that a gate of a tree adds up; more of them make fewer gates and layers,
            and more weights
    """

    fan_in: int = 2

    variant: ClassVar[str] = "parity"
    title: ClassVar[str] = "random hyperplanes, random parities in trees, and a table"

    def __post_init__(self) -> None:
        super().__post_init__()
        vars(self).update(fan_in=integer_in(self.fan_in, "fan_in", 2))

    def compress(
        self, codes: np.ndarray, labels: np.ndarray, rng: np.random.Generator
    ) -> Compression:
        """Random parities of the codes, and their trees."""
        k = parities(pairs_of(labels))
        chosen = np.zeros((k, codes.shape[1]), dtype=np.int64)

        def draw() -> Key:
            chosen[:] = rng.integers(0, 2, chosen.shape)
            bits = np.stack([sums(codes, row) & 1 for row in chosen], axis=1)
            return Key(_joined(bits), (1 << k) - 1, powers(k)[::-1])

        key, count = drawn(draw, labels, f"{k} parities")
        layers, bits = trees(chosen, self.fan_in)
        return Compression(key, tuple(layers), bits, count)

    def stages(self, m: int, pairs: int) -> tuple[list[Stage], int, int, int]:
        k, f = parities(pairs), self.fan_in
        found, bits, fan = [], m, 1
        inputs = m
        while bits > 1:
            units, each = k * bits, min(f, bits) * fan
            entries = ((units * each, 2), (units, 2 * f - 1))
            found.append(Stage(units, inputs, entries))
            inputs, bits, fan = units, -(-bits // f), f
        return found, k, fan, (1 << k) - 1


def parities(pairs: int) -> int:
    """ceil(log2(2 D)), the number of parities for D pairs.

    >>> [parities(D) for D in (1, 4, 5)]
    [1, 3, 4]
    """
    return max(1, (2 * pairs - 1).bit_length())


def trees(chosen: np.ndarray, fan_in: int) -> tuple[list[Layer], Sparse]:
    """The layers that compute the parities of the ``chosen`` units, and their bits as sums over the
    units of the last one, or over the inputs where no parity has two of them: lemma
    ``thm-deep_threshold-parity``.

    chosen: (k, m), 1 where parity r reads unit j

    >>> layers, bits = trees(np.array([[1, 0], [0, 1], [1, 1]]), 2)
    >>> [layer.units for layer in layers], [bits.row(r) for r in range(3)]
    ([4], [[(0, 1)], [(1, 1)], [(2, 1), (3, -1)]])
    """
    owner, unit = np.nonzero(chosen)
    count = max(len(unit), 1)  # a matrix has a row
    ends, ones = np.minimum(np.arange(count + 1), len(unit)), np.ones(len(unit), dtype=np.int64)
    bits = Sparse(ends, unit, ones, (count, chosen.shape[1]))
    layers: list[Layer] = []
    while np.bincount(owner, minlength=1).max() > 1:
        layer, bits, owner = _level(bits, owner, fan_in)
        layers.append(layer)
    rows = np.concatenate([[0], np.searchsorted(owner, np.arange(len(chosen)), side="right")])
    return layers, Sparse(
        bits.indptr[rows], bits.indices, bits.values, (len(chosen), bits.shape[1])
    )


def _level(bits: Sparse, owner: np.ndarray, f: int) -> tuple[Layer, Sparse, np.ndarray]:
    """One layer of all trees: virtual bits in groups of f, with a gate [sum >= i] for each i.

    owner: which parity a virtual bit belongs to, in increasing order
    """
    place = np.arange(len(owner)) - np.searchsorted(owner, owner)
    starts = np.flatnonzero(place % f == 0)
    sizes = np.diff(np.append(starts, len(owner)))
    group = np.repeat(np.arange(len(starts)), sizes)  # of a virtual bit, and of a gate
    at_least = np.arange(len(owner)) - starts[group] + 1
    # every gate of a group reads what its virtual bits are made of
    ends = bits.indptr[np.append(starts, len(owner))]
    length = np.diff(ends)[group]
    row = np.repeat(np.arange(len(group)), length)
    entry = np.arange(len(row)) - np.repeat(np.cumsum(length) - length - ends[group], length)
    layer = threshold_layer(
        "parity",
        (row, bits.indices[entry]),
        bits.values[entry],
        at_least,
        (len(group), bits.shape[1]),
    )
    signs = 1 - 2 * ((at_least - 1) % 2)
    return (
        layer,
        Sparse(
            np.append(starts, len(group)), np.arange(len(group)), signs, (len(starts), len(group))
        ),
        owner[starts],
    )


def _joined(bits: np.ndarray) -> np.ndarray:
    """The integers with these bits, least significant first."""
    values = np.zeros(len(bits), dtype=np.int64 if bits.shape[1] < 62 else object)
    for column in bits.T[::-1]:
        values = 2 * values + column
    return values
