"""Points coloured by the cells of a partition of the ball: a margin between colours, for any N.

Sites s_1, ..., s_k of the unit ball get colours.  A point x may be a point of site i only if, for
every site j of another colour, it lies on the side of s_i of their bisector and at distance at
least margin/2 from it.  The nearest site then has the colour of s_i.

*Two points of different colours are at least the margin apart.*  Let x belong to s_i and y to s_j.
Both keep the distance from the bisector of s_i and s_j, on different sides of it, and a segment
from x to y crosses both halves of the strip of width ``margin`` about it.

*In numbers, rounding included.*  With g_i(x) = <x, s_i> - |s_i|^2 / 2 and D = |s_i - s_j| the
signed distance of x from the bisector is (g_i(x) - g_j(x)) / D.  What is computed of g_i, after x
was rounded to the grid, is off by less than (d + 8) 2^-53, since |x|, |s_i| <= 1, and D by a
relative (d + 5) 2^-53.  So x is kept only if g_i(x) - g_j(x) >= D margin/2 (1 + 1e-9) +
(d + 8) 2^-51 as computed; this holds exactly without the last term, and the same for y with i and j
exchanged.  Added up, <x - y, s_i - s_j> >= D margin, hence |x - y| >= margin.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mem_lib._base.arguments import above_zero, integer_in
from mem_lib.data.dataset import Dataset
from mem_lib.data.packing import packed
from mem_lib.data.sampling import directions, generator, grid_bits, norms, on_grid, shape
from mem_lib.errors import InvalidArgument, InvalidDataset

#: The distances of all pairs of sites are kept.
MOST_CELLS = 4096
#: Sites lie this many margins apart, so that a ball of a quarter of the margin about each is free.
ROOM = 1.5
#: Candidates for sites, unless more sites than a quarter of that are wanted.
_TRIED = 200
#: Points are made in blocks of this size, so that no sum depends on N in its last bit.
_BLOCK = 256


def partition(
    N: int,
    d: int = 2,
    *,
    margin: float,
    cells: int = 12,
    classes: int = 2,
    seed: int = 0,
    bits: int = 20,
) -> Dataset:
    """N points of the unit ball, labelled by the Voronoi cells of at most ``cells`` random sites.

    Differently labelled points are at least ``margin`` apart (proof: `mem_lib.data.cells`), equally
    labelled ones as close as the grid allows, so that any N fits.  The sites are about 1.5 margins
    apart; where not so many fit, there are fewer.  They depend on the seed, d and the margin, not
    on N, and the first n of N points are the points of ``N=n``.

    Labels go round in turn, and within a label its cells (but for candidates that the rounding
    moves away or together); the first ``classes`` points are sites, so every class occurs when
    N >= classes.  A point is uniform in the ball where that is free for its site, and is drawn back
    towards the site, to a random place, where not.

    Raises InvalidArgument for N, d, cells, classes or bits below 1, bits above 52, cells above 4096
    or below ``classes``, a margin that is no finite number > 0 and a negative seed; TooLarge for
    more coordinates, of points or of sites, than this machine holds; InvalidDataset when
    ``classes`` sites found no room, with the margin that would have fitted, or when the grid is too
    coarse for N points.

    >>> dataset = partition(N=800, margin=0.2)
    >>> dataset, dataset.margin >= 0.2, dataset.labels[:4].tolist()
    (Dataset(N=800, d=2, classes=2, points=float64), True, [0, 1, 0, 1])
    """
    (N, d), classes = shape(N, d), integer_in(classes, "classes", 1, MOST_CELLS)
    cells, bits = integer_in(cells, "cells", 1, MOST_CELLS), grid_bits(bits)
    margin = above_zero(margin, "margin")
    if cells < classes:
        raise InvalidArgument(f"cells: {classes} classes take as many cells, got {cells}")
    sites = _sites(d, margin, cells, classes, seed, bits)
    walls = _Walls.of(sites, margin, classes, bits)
    where, how_far, made = generator(seed, 2), generator(seed, 3), 0

    def block() -> tuple[np.ndarray, np.ndarray]:
        nonlocal made
        number = np.arange(made, made + _BLOCK)
        made += _BLOCK
        label = number % classes
        cell = label + classes * (number // classes % walls.cells_of(label))
        length, share = (how_far.random((2, _BLOCK)) ** (1 / d))[:, :, None]
        uniform = directions(where, _BLOCK, d) * length
        points = on_grid(walls.drawn_back(uniform, cell, share), bits)
        first = number < classes
        points[first] = sites[cell[first]]
        good = walls.free(points, cell) & (norms(points) <= 1)
        return points[good], label[good]

    def draw(n: int) -> tuple[np.ndarray, np.ndarray]:
        blocks = [(sites[:0], np.arange(0)), *(block() for _ in range(-(-n // _BLOCK)))]
        points, labels = zip(*blocks, strict=True)
        return np.concatenate(points), np.concatenate(labels)

    points, labels = packed(draw, N, what=f"{len(sites)} cells on the grid 2^-{bits}")
    return Dataset(points, labels, classes=classes, separation_at_least=2.0**-bits)


def _sites(d: int, margin: float, cells: int, classes: int, seed: Any, bits: int) -> np.ndarray:
    """Sites on the grid, site j of colour j mod ``classes``: random points as far as they keep
    their distance, or where these are too few the farthest ones of many."""
    rng = generator(seed, 1)
    count, _ = shape(max(_TRIED, 4 * cells), d, "cells")
    drawn = on_grid(directions(rng, count, d) * rng.random((count, 1)) ** (1 / d), bits)
    drawn = drawn[norms(drawn) <= 1]
    # a quarter of the margin is left over when both sides keep half of it and were rounded
    rounding = 2 * math.sqrt(d) * 2.0**-bits + (d + 8) * 2.0**-48
    apart = min(ROOM * margin * (1 + 1e-9) + rounding, 3.0) if classes > 1 else 0.0
    kept, refused = _far_apart(drawn, cells, apart, in_order=True)
    if len(kept) < classes:
        kept, refused = _far_apart(drawn, classes, apart, in_order=False)
    if len(kept) < classes:
        fits = max(0.0, refused - rounding) / ROOM
        raise InvalidDataset(
            f"margin={margin} in d={d} on the grid 2^-{bits}: {len(kept)} of {classes} cells of "
            f"different classes found room in the unit ball; a margin of about {fits:.2g} would fit"
        )
    return drawn[kept]


def _far_apart(
    drawn: np.ndarray, most: int, apart: float, *, in_order: bool
) -> tuple[list[int], float]:
    """Rows at distance > ``apart``: the first ones that are, or the farthest ones, which begin
    with the longest vector; and the largest distance that was refused."""
    gap, kept = np.full(len(drawn), np.inf), list[int]()
    while len(kept) < most and len(drawn):
        if not kept:
            place = 0 if in_order else int(norms(drawn).argmax())
        else:
            place = int((gap > apart).argmax() if in_order else gap.argmax())
        if not gap[place] > apart:
            return kept, float(gap.max())
        kept.append(place)
        gap = np.minimum(gap, norms(drawn - drawn[place]))
    return kept, 0.0


@dataclass(frozen=True)
class _Walls:
    """Sites, half of their squares, and for each pair how much g_i - g_j must be at least: for a
    point of the grid, and for one that has yet to be rounded.  -inf where colours are equal."""

    sites: np.ndarray
    halves: np.ndarray
    least: np.ndarray
    before: np.ndarray
    classes: int

    @classmethod
    def of(cls, sites: np.ndarray, margin: float, classes: int, bits: int) -> "_Walls":
        d, colour = sites.shape[1], np.arange(len(sites)) % classes
        distance = np.stack([norms(sites - site) for site in sites])
        least = distance * (margin / 2 * (1 + 1e-9)) + (d + 8) * 2.0**-51
        before = least + distance * (math.sqrt(d) * 2.0**-bits)  # twice what the rounding moves
        same = colour[:, None] == colour
        least[same] = before[same] = -np.inf
        return cls(sites, norms(sites) ** 2 / 2, least, before, classes)

    def cells_of(self, label: np.ndarray) -> np.ndarray:
        """How many cells have that label."""
        return (len(self.sites) - 1 - label) // self.classes + 1

    def _above(self, points: np.ndarray, cell: np.ndarray) -> np.ndarray:
        """g_i - g_j of every point of its site i, for all sites j."""
        g = points @ self.sites.T - self.halves
        return np.take_along_axis(g, cell[:, None], 1) - g

    def free(self, points: np.ndarray, cell: np.ndarray) -> np.ndarray:
        return (self._above(points, cell) >= self.least[cell]).all(axis=1)

    def drawn_back(self, points: np.ndarray, cell: np.ndarray, share: np.ndarray) -> np.ndarray:
        """The points that are free; the rest at that ``share`` of the free way from its site."""
        end, start = self._above(points, cell), self._above(self.sites, np.arange(len(self.sites)))
        begin, least = start[cell], self.before[cell]
        blocked = end < least
        way = np.where(blocked, begin - least, 1) / np.where(blocked, begin - end, 1)
        far, here = np.where(blocked, way, 1).min(axis=1, keepdims=True) * share, self.sites[cell]
        return np.where(blocked.any(axis=1, keepdims=True), here + far * (points - here), points)
