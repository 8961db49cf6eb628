"""Boxes of the square that samples hit: all new points in them are right."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from mem_lib import figures
from mem_lib._base.arguments import integer_in, listed
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, shown
from mem_lib.figures import Axis, Film, marks
from mem_lib.generalization.bounds import missing_mass
from mem_lib.generalization.caps import Ring
from mem_lib.generalization.measures import nearest
from mem_lib.generalization.safe import in_hit_cells


def cells_met(rings: Sequence[Ring], cells: int) -> int:
    """How many of the ``cells``^2 cells of the unit square meet the rings, whose unit disc is moved
    into the square: radius 1 becomes 1/2.  Rounding can only count too many.

    >>> cells_met([(0, 1, 0)], 2), cells_met([(0, 0.1, 0)], 3)
    (4, 1)
    """
    cells = integer_in(cells, "cells", 1, 10**4)
    edges = np.abs(2 * np.arange(cells + 1) / cells - 1)
    far = np.maximum(edges[:-1], edges[1:])
    near = np.minimum(edges[:-1], edges[1:])
    if cells % 2:
        near[cells // 2] = 0
    least, most = (np.hypot(side[:, None], side[None, :]) for side in (near, far))
    met = np.zeros((cells, cells), bool)
    for inner, outer, _ in rings:
        met |= (least <= outer + 1e-9) & (most >= inner - 1e-9)
    return int(met.sum())


def hit_cells(
    sample: Dataset,
    test: Dataset,
    cells: int,
    cover: int,
    steps: Sequence[int],
    *,
    name: str = "",
) -> Film:
    """The first N points of ``sample``, for each N of ``steps``, and the cells that they hit; of
    the ``test`` points those are ringed that the nearest of these N points gets wrong.

    cells: along each side of the unit square, such that a cell is safe
           (:func:`~mem_lib.generalization.cells_per_side`)
    cover: how many cells meet the support, the S' of the bound S'/(e N)

    Raises ``InvalidDataset`` unless both lie in the plane, ``InvalidArgument`` for points outside
    the unit square, for no step and for steps outside 1 to N.
    """
    sample, test = figures.drawable(sample, "sample"), figures.drawable(test, "test")
    cells, cover = integer_in(cells, "cells", 1, 200), integer_in(cover, "cover", 1)
    steps = [integer_in(n, "steps", 1, sample.N) for n in listed(steps, "steps")]
    for data in (sample, test):
        places = np.asarray(data.points, float)
        if places.min() < 0 or places.max() > 1:
            raise InvalidArgument(
                f"sample, test: points of the unit square are needed, got {shown(data)}"
            )
    if not steps:
        raise InvalidArgument("steps: at least one is needed, got none")
    shown_at: dict[int, list[marks.Mark]] = {}
    says = {}
    places = np.asarray(test.points, float)
    for n in steps:
        part = sample.subset(np.arange(n))
        inside = in_hit_cells(part, test.points, cells)
        wrong = nearest(part, test.points) != test.labels
        hit = _hit(part, cells)
        shown_at[n] = [marks.Bars(_runs(hit), "class-2", 0.35)]
        shown_at[n] += [
            marks.Points(places[test.labels == k], f"class-{k}", size=3.5)
            for k in range(test.classes)
            if (test.labels == k).any()
        ]
        if wrong.any():
            shown_at[n].append(marks.Points(places[wrong], "ink", size=9, hollow=True))
        says[n] = (
            f"N = {n}: {hit.sum()} of {cover} boxes hit. Of {test.N} new points {inside.sum()} lie "
            f"in them, {(wrong & inside).sum()} of these wrong. Wrong in all: "
            f"{100 * wrong.mean():.1f} %; outside hit boxes: {100 * (~inside).mean():.1f} %; "
            f"the bound on average: {100 * missing_mass(cover, n):.0f} %."
        )
    return Film(
        "samples N", shown_at, x=Axis(0, 1), y=Axis(0, 1),
        alt="The unit square in small boxes; as samples come in, boxes that hold one turn green, "
        "and rings around wrongly answered new points are found outside green boxes only.",
        caption=f"A box turns green once a sample falls into it. Its diameter is below the gap "
        f"between the labels, so everything in it is right from then on. {cover} boxes meet the "
        "shells; rings mark new points that the nearest sample gets wrong.",
        name=name, says=says, equal=True, height=460,
    )  # fmt: skip


def _hit(part: Dataset, cells: int) -> np.ndarray:
    """Which cells hold a point: (cells, cells) by column and row."""
    at = np.minimum((np.asarray(part.points, float) * cells).astype(int), cells - 1)
    hit = np.zeros((cells, cells), bool)
    hit[at[:, 0], at[:, 1]] = True
    return hit


def _runs(hit: np.ndarray) -> list[tuple[float, float, float, float]]:
    """Rectangles (left, right, bottom, top) of neighbouring hit cells in a row, joined."""
    found, size = [], len(hit)
    for row in range(size):
        edges = np.flatnonzero(np.diff(np.r_[0, hit[:, row].astype(int), 0]))
        for start, stop in edges.reshape(-1, 2).tolist():
            found.append((start / size, stop / size, row / size, (row + 1) / size))
    assert math.isclose(sum((b - a) * size for a, b, _, _ in found), hit.sum(), abs_tol=1e-6)
    return found
