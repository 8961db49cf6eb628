"""Sizes in closed form: what each layer of a network of this chapter has at most."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mem_lib.constructions import Facts
from mem_lib.deep_threshold.first_layer import POOL
from mem_lib.deep_threshold.gaussian import CLIP, weight_bits
from mem_lib.deep_threshold.rows_enough import enough_for
from mem_lib.deep_threshold.table import rows_and_columns
from mem_lib.network import Size


@dataclass(frozen=True)
class Stage:
    """One layer, at most.

    entries: pairs (how many weights and biases, the largest absolute value among them)
    """

    units: int
    inputs: int
    entries: tuple[tuple[int, int], ...]


def size_of(stages: Sequence[Stage]) -> Size:
    """The size of a network of these layers, the last of which is the output: proposition
    ``thm-deep_threshold-main``."""
    hidden = [stage.units for stage in stages[:-1]]
    entries = [(count, most.bit_length()) for s in stages for count, most in s.entries if count]
    return Size(
        depth=len(stages),
        width=max(hidden, default=0),
        neurons=sum(hidden),
        weights=sum(count for count, _ in entries),
        dense_weights=sum(s.units * (s.inputs + 1) for s in stages),
        bits=max((bits for _, bits in entries), default=0),
        total_bits=sum(count * bits for count, bits in entries),
    )


def constant_size(d: int, classes: int) -> Size:
    """One class: a bias, its label."""
    return size_of([Stage(1, d, ((1 if classes > 1 else 0, classes - 1),))])


def first_stage(facts: Facts, kind: str, hyperplanes: int | None, pairs: int, clear: bool) -> Stage:
    """The first layer: theorems ``thm-deep_threshold-first-layer`` and ``-grid``.  Random rows are
    seen from the centre of the points or from the origin, as a whole number of half units of the
    grid away as the frame of the rows has it."""
    d, scale = facts.d, 1 << facts.grid_bits
    if kind != "grid" and hyperplanes is not None:
        return gaussian_stage(hyperplanes, d, kind, math.ceil(2 * facts.radius * scale))
    margin = facts.known("margin", "separation") * scale
    reach = math.ceil(facts.radius * scale)
    if kind == "grid":
        step = math.isqrt((math.ceil(margin**2) - 1) // d) + 1
        rows = max(1, d * (2 * reach // step + clear))
        return Stage(rows, d, ((rows, 2), (rows, 2 * reach + 2)))
    radius = math.ceil(2 * facts.radius * scale)
    share = 2 if clear else 1
    separated = facts.N - 1 if d == 1 else pairs  # on a line, neighbours
    rows = enough_for(4 * margin**2 / radius**2, separated, d, share=share)
    return gaussian_stage(rows, d, kind, radius)


def gaussian_stage(rows: int, d: int, kind: str, radius: int) -> Stage:
    """Rows of rounded Gaussians, for points of at most this norm in half units of the grid: biases
    are at most 8 radii, and 8 times what the centre has in its d coordinates."""
    drawn = rows * POOL if kind == "greedy" else rows
    largest = int(CLIP) << weight_bits(drawn, d)
    return Stage(rows, d, ((rows * d, 2 * largest), (rows, largest * radius * (d + 1) + 1)))


def table_stages(k: int, fan: int, inputs: int, breaks: int, q: int, top: int) -> list[Stage]:
    """Rows, columns and answer for at most so many breaks and q label bits; the table reads k bits,
    each made of ``fan`` of ``inputs`` units, of a key of at most ``top``.

    The rows are at most G, or q (S - 1) where fewer breaks need one column less; that is never more
    than sqrt(qB) + 1, and q S never more than sqrt(qB) + q.  Rows times columns of one label bit
    are at most B + S - 1.
    """
    rows, width = rows_and_columns(breaks, q)
    rows, columns, most = max(rows, q * (width - 1)), q * width, 2 * (top + 1)
    return [
        Stage(
            k + rows,
            inputs,
            ((k * fan, 2), (rows * k * fan, most), (k, 1), (rows, most)),
        ),
        Stage(
            columns,
            k + rows,
            ((columns * k, most), (q * (breaks + width - 1), most), (columns, most)),
        ),
        Stage(1, columns, ((columns, 1 << (q - 1)),)),
    ]


def most_hash(m: int, pairs: int) -> int:
    """The largest sum of m weights below 2D."""
    return m * (2 * pairs - 1)
