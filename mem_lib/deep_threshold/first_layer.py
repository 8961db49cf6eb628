"""The first layer: rows after which differently labelled points have different bits.

Whatever rows are drawn or computed, the bits of all points are evaluated exactly and compared: a
layer that leaves two differently labelled points together is never returned.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mem_lib._base.arguments import integer_in, one_of
from mem_lib._base.memory import check_memory
from mem_lib._base.progress import progress_bar
from mem_lib._base.rows import collision
from mem_lib.data import Dataset
from mem_lib.deep_threshold.frame import Frame
from mem_lib.deep_threshold.gaussian import (
    Rows,
    clear_distance,
    is_clear,
    joined,
    selected,
    weight_bits,
)
from mem_lib.deep_threshold.greedy import chosen
from mem_lib.deep_threshold.grid import grid_layer, grid_rows
from mem_lib.deep_threshold.rows_enough import (
    data_bound,
    labelled,
    pair_probability,
)
from mem_lib.errors import ConstructionFailed, InvalidArgument, shown
from mem_lib.network import Layer
from mem_lib.parts.hyperplanes import codes

KINDS = ("gaussian", "grid", "greedy")
#: How often all rows are drawn again.
DRAWS = 16
#: In the first draws, of so many clear rows the farthest one is taken; later on, any.
CLEAREST = (4, 4, 2, 2)
#: Rows of the pool of greedy rows, in multiples of what Gaussian rows would be.
POOL = 8


@dataclass(frozen=True, eq=False)
class FirstLayer:
    """A layer of m threshold gates, the bits that it gives at the points, shape (N, m), uint8, and
    how often rows were drawn for it (0: none are random).

    Differently labelled points have different bits: that was verified.
    """

    layer: Layer
    codes: np.ndarray
    draws: int


def first_layer(
    data: Dataset,
    kind: str,
    rng: np.random.Generator,
    *,
    hyperplanes: int | None = None,
    clear: bool = False,
    progress: bool | None = None,
) -> FirstLayer:
    """A first layer for the points of ``data``.

    Parameters
    ----------
    data : labelled points, all different (``distinct()``); one class gets any one row.
    kind : ``"gaussian"``: random rows, all drawn again while they leave a pair together
        (``thm-deep_threshold-first-layer``).  ``"grid"``: parallel to the axes, one weight a row
        (``thm-deep_threshold-grid``).  ``"greedy"``: few rows, chosen one by one from a pool of
        random ones, which takes N times the pool for each: 20,000 points, ten seconds.
    rng : draws the rows.
    hyperplanes : how many Gaussian rows, and at most how many greedy ones; by default those of
        :func:`.data_bound`.  The grid takes none.
    clear : rows keep away from all points (``thm-deep_threshold-clear``), Gaussian ones farther
        than the theorem asks for where four times as many can be drawn to choose from.

    Raises
    ------
    InvalidArgument
        For an unknown kind, ``hyperplanes`` below 1 or with the grid.
    HypothesisViolated
        For real targets.
    ConstructionFailed
        When every draw leaves two differently labelled points together: their rows are named.
    TooLarge
        When the rows do not fit into memory.

    >>> xor = Dataset([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
    >>> found = first_layer(xor, "grid", np.random.default_rng(0))
    >>> found.codes.tolist(), found.draws
    ([[0, 0], [0, 1], [1, 0], [1, 1]], 0)
    """
    m = planned_rows(data, kind, hyperplanes, clear=clear)
    if kind == "grid":
        _check_rows(data, m)
        layer = grid_layer(data, clear=clear)
        return FirstLayer(layer, codes(layer, data), 0)
    count, precision = m, weight_bits(m, data.d)
    if kind == "greedy":
        count = POOL * (m if hyperplanes is None else data_bound(data))
        precision = weight_bits(POOL * m, data.d)
    _check_rows(data, count)
    rows = Rows(Frame.of(data), precision)
    pair = None
    with progress_bar(DRAWS, "draws", f"{kind} rows", progress) as bar:
        for draw in range(1, DRAWS + 1):
            pool = CLEAREST[draw - 1] if kind == "gaussian" and draw <= len(CLEAREST) else 1
            layer = _drawn(rows, data, count, rng, through=kind == "greedy", clear=clear, pool=pool)
            bits = codes(layer, data)
            if kind == "greedy":
                layer, bits = _picked(layer, bits, data.labels, m)
            pair = collision(np.packbits(bits, axis=1), data.labels)
            if pair is None:
                return FirstLayer(layer, bits, draw)
            bar.update(1)
    assert pair is not None
    i, j = pair
    raise ConstructionFailed(
        f"hyperplanes: rows {i} and {j} of the distinct points, with labels {data.labels[i]} and "
        f"{data.labels[j]}, stay together in the last of {DRAWS} draws of {m} rows, and some pair "
        "in each of the others; more rows tell more points apart"
    )


def planned_rows(
    data: Dataset, kind: str, hyperplanes: int | None = None, *, clear: bool = False
) -> int:
    """How many rows :func:`first_layer` will have with these arguments, at most; it raises the same
    errors for them, and makes nothing large.

    >>> planned_rows(Dataset([[0], [8], [9]], [0, 0, 1]), "grid")
    9
    """
    points = labelled(data)
    one_of(kind, "first_layer", KINDS)
    if kind == "grid":
        if hyperplanes is not None:
            raise InvalidArgument(
                "hyperplanes: the grid has as many rows as its data ask for, got "
                f"{shown(hyperplanes)}"
            )
        return grid_rows(points, clear=clear)
    if hyperplanes is not None:
        return integer_in(hyperplanes, "hyperplanes", 1)
    return data_bound(points, loss=pair_probability(points) / 2 if clear else 0)


def _drawn(
    rows: Rows,
    data: Dataset,
    count: int,
    rng: np.random.Generator,
    *,
    through: bool,
    clear: bool,
    pool: int,
) -> Layer:
    """So many rows; half of them ``through`` the centre, where that is asked for.  These cut
    evenly, and the others tell apart points on one ray."""
    rho = clear_distance(rows.frame, data) if clear else Fraction(0)
    half = count // 2 if through else 0
    free = count - half
    drawn = rows.draw_clear(free, rng, data, rho, pool) if clear else rows.draw(free, rng)
    if not half:
        return drawn
    central = rows.draw(half, rng, biased=False)
    kept = is_clear(central, data, rho) if clear else np.ones(half, dtype=bool)
    return joined(selected(central, kept), drawn) if kept.any() else drawn


def _picked(
    layer: Layer, bits: np.ndarray, labels: np.ndarray, most: int
) -> tuple[Layer, np.ndarray]:
    """The greedy rows of a pool, at least one and at most ``most``, and their bits."""
    rows = np.array(chosen(bits, labels)[:most] or [0])
    return selected(layer, rows), np.ascontiguousarray(bits[:, rows])


def _check_rows(data: Dataset, m: int) -> None:
    check_memory(
        m * (2 * data.N + 80 * data.d),
        f"first_layer: {m} rows for {data.N} points in {data.d} dimensions",
    )
