"""The explorer of ``two_layer``: how many neurons, and how large must their weights be?

One point comes near a slab that is not its own, on a rail across it.  That gap is another distance
than the margin, and no count of neurons knows it.  Labels are read by the sign of the output: ReLU
networks are built for the values -1 and 1, so that 0 visibly means "no slab".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from mem_lib import figures
from mem_lib.constructions import REGISTRY, Construction, Facts
from mem_lib.data import Dataset
from mem_lib.errors import InvalidDataset
from mem_lib.explorer.cells import Cell
from mem_lib.explorer.grid import Axis, Setting
from mem_lib.explorer.samples import neighbours
from mem_lib.explorer.slices import Slice, slice_of
from mem_lib.explorer.still import still
from mem_lib.explorer.study import Study, Try, study
from mem_lib.figures.numbers import number_text
from mem_lib.network import Network
from mem_lib.two_layer import (
    Slabs,
    least_neurons,
    neuron_weights,
    rounding_bound,
    total_weight,
)
from mem_lib.two_layer.figures import EXACT, FORMATS, about, in_floats
from mem_lib.two_layer.groups import Grouped
from mem_lib.two_layer.slabs import partition

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKS = ((0, "blue disc"), (1, "orange diamond"))
SIZES, START = (6, 12, 24, 48), 12
MARGINS = (0.1, 0.01, 0.001)
GAPS = (1, 2, 4, 6, 8)  # powers of ten below 1
SEED = 98  # of data whose slab of rows 2 and 3 no other point is near
MOST = SIZES[-1]
FACTS = Facts(N=MOST, d=2)
FIRST = 2  # the first row of the slab that is not the moving point's own
COARSE, FINE = 2.0**-7, 2.0**-6  # the grid of most points; that of the moving one, over its gap
SEEDS, PARTITIONS, RAILS = 4000, 12, 400  # that are tried


def choices() -> tuple[type[Construction], ...]:
    """The constructions of the chapter that put points into groups and say beforehand how large
    they are; slabs first, since the gap is theirs."""
    of_chapter = REGISTRY.of_chapter("two_layer")
    found = [c for c in of_chapter if issubclass(c, Grouped) and c().bound(FACTS) is not None]
    return tuple(sorted(found, key=lambda cls: cls is not Slabs))


def two_layer() -> Study:
    """The explorer of the chapter, on random points of the ball of which one moves.

    The grid is built and verified here.  Raises as :func:`mem_lib.explorer.study.study`.
    """
    return study(
        "two_layer",
        axes(),
        cell,
        theorem="what its theorem promises for these data",
        marks=MARKS,
        count="total weight",
        train=FIRST + 2,
        tries=(
            Try(
                "A point comes near",
                "It is now a millionth away from a slab that is not its own. Which numbers move, "
                "and which stand still?",
                {"d": 2, "gap": 6},
                train=4,
            ),
            Try(
                "Too near for float32",
                "A hundred times nearer still. In integers all is well; which points does float32 "
                "lose?",
                {"d": 2, "gap": 8},
                train=4,
            ),
            Try(
                "The same in strips",
                "Half of the neurons, and no slab to come near. What do strips say far from the "
                "points?",
                {"d": 2, "construction": "strips"},
                train=4,
            ),
        ),
        caption=_caption,
        fallback=_still,
    )


def axes() -> tuple[Axis, ...]:
    """The controls of the explorer."""
    words = tuple(map(_word, choices()))
    return (
        Axis("N", "points N", SIZES, START),
        Axis("d", "dimensions d", (2, 3, 10), 2),
        Axis("margin", "margin", MARGINS, MARGINS[0]),
        Axis("gap", "gap of one point: 10^\u2212k, with k", GAPS, GAPS[0]),
        Axis("construction", "construction", words, words[0], words),
    )


def _word(cls: type[Construction]) -> str:
    """What the chapter calls it; where it has no word of its own, the variant."""
    return {variant: word for word, variant in EXACT.items()}.get(cls.variant, cls.variant)


@dataclass(frozen=True, eq=False)
class Rail:
    """How one point comes near a slab that is not its own.

    ``seed`` is that of the builder, whose groups it decides; the slab is that of the rows
    ``group``, ``row`` is the point that moves, along ``foot`` + gap * ``way``.
    """

    seed: int
    group: tuple[int, ...]
    row: int
    foot: np.ndarray
    way: np.ndarray


def sample(N: int, d: int, margin: float, seed: int) -> Dataset:
    """The points before one of them moves; they are nested in N, and two of them, with different
    labels, are at distance ``margin``.  On the page all but the second of these are on a coarse
    grid: that makes short weights."""
    data = neighbours(N, d, margin, seed=seed, most=MOST)
    if N > MOST:
        return data
    points = np.rint(data.points / COARSE) * COARSE
    points[1] = points[0] + data.points[1] - data.points[0]
    return Dataset(points, data.labels, classes=2)


@lru_cache
def rail(N: int, d: int, seed: int = SEED, margin: float = MARGINS[0]) -> Rail | None:
    """The rail for N points in d dimensions, the same for all margins of the page; None where one
    group holds all points that may move."""
    if N <= FIRST:
        return None
    data = _together(N, d, margin, seed)
    few = Dataset(data.points[:N], targets=2 * data.labels[:N] - 1)
    builder, group = _groups(few, seed)
    outside = [i for i in range(FIRST, N) if i not in group]
    if not outside:
        return None
    foot, way = _across(data.points, group, outside[0], seed)
    return Rail(builder, group, outside[0], foot, way)


def _together(N: int, d: int, margin: float, seed: int) -> Dataset:
    """The sample of the page's largest N and margin, of which others are the beginning; where that
    does not fit, what was asked for."""
    try:
        return sample(max(N, MOST), d, max(margin, MARGINS[0]), seed)
    except InvalidDataset:
        return sample(N, d, margin, seed)


def _groups(data: Dataset, seed: int) -> tuple[int, tuple[int, ...]]:
    """A seed of the builder, and the group of row ``FIRST`` that it makes.

    Where it can be found, the group is made of the next rows, the same for all N; and of several
    such partitions the lightest one is taken, so that other gaps do not hide the one that moves.
    """
    N, d = data.N, data.d
    wanted = tuple(range(FIRST, FIRST + d))
    found = [s for s in range(SEEDS) if FIRST + d <= N and _group(N, d, s) == wanted]
    if not found:
        return seed, _group(N, d, seed)
    tried = found[: PARTITIONS if N <= MOST else 1]
    return min(tried, key=lambda s: total_weight(Slabs().build(data, seed=s))), wanted


def _group(N: int, d: int, seed: int) -> tuple[int, ...]:
    groups = partition(np.arange(N), d, np.random.default_rng(seed))
    return next(tuple(group) for group in groups if FIRST in group)


def _across(
    points: np.ndarray, group: tuple[int, ...], row: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Where the rail meets the hyperplane of ``group``, and its unit direction: as far from the
    other points as the best of some draws."""
    first = points[group[0]]
    normal = np.linalg.svd(points[list(group)] - first)[2][-1]
    others = np.delete(points, [1, row], axis=0)  # row 1 depends on the margin
    rng, best = np.random.default_rng([seed, 2]), -1.0
    foot, way = first, normal
    for x in rng.standard_normal((RAILS, len(first))):
        x = x * rng.random() ** (1 / len(x)) / np.linalg.norm(x)
        f = x - ((x - first) @ normal) * normal
        for n in (normal, -normal):
            ends = np.array([f, f + 0.1 * n])
            if np.linalg.norm(ends, axis=1).max() < 0.8:
                free = np.linalg.norm(others - ends[:, None], axis=2).min()
                if free > best:
                    best, foot, way = free, f, n
    return foot, way


def _signs(data: Dataset) -> Dataset:
    return Dataset(data.points, targets=2 * data.labels - 1)


def cell(setting: Setting) -> Cell:
    """The network of one setting: N, d, margin, and where given gap (a power of ten),
    construction and seed."""
    N, d, margin = setting["N"], setting["d"], setting["margin"]
    seed, inverse = setting.get("seed", SEED), 10 ** setting.get("gap", GAPS[0])
    named = {_word(one): one for one in choices()}
    cls = named[setting.get("construction", _word(Slabs))]
    track = rail(N, d, seed, margin)
    data = sample(N, d, margin, seed)
    points = data.points.copy()
    if track:
        step = min(COARSE, FINE * 2.0 ** -int(inverse).bit_length())
        points[track.row] = np.rint((track.foot + track.way / inverse) / step) * step
    data = Dataset(points, data.labels, classes=2)
    network = _network(cls(), data, track.seed if track else seed)
    view = _coarser(slice_of(data))
    bound = cls().bound(Facts.of(data))
    more, counters = _weights(cls(), network, data, track)
    more |= _track(data, view, track, inverse)
    return Cell(data, network, view, bound, counters=counters, more=more)


def _network(construction: Construction, data: Dataset, seed: int) -> Network:
    """Built for the values -1 and 1, or for the labels where only these are taken; the sign says
    which label."""
    given = _signs(data) if construction.takes_targets else data
    built = construction.build(given, seed=seed)
    return Network(
        built.layers, built.input_shift, built.output_denominator, "sign", about=built.about
    )


def _weights(
    construction: Construction, network: Network, data: Dataset, track: Rail | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the page shows beside the neurons, and what it counts."""
    floats = in_floats(network, data.points, np.dtype("float32"))
    wrong = np.flatnonzero((floats > 0) != (data.labels == 1))
    right = data.N - len(wrong)
    more: dict[str, Any] = {
        "least": least_neurons(data.N, data.d),
        "floats": [float(f"{x:.4g}") for x in floats.tolist()],
        "missed": wrong.tolist(),
    }
    counters: dict[str, Any] = {"right in float32": (right, f"{data.N} in integers")}
    if network.layers[0].activation == "relu":
        weight = total_weight(network)
        # f is +1 and -1 at two points this near, and W_tot is a Lipschitz constant of f
        # (thm-two_layer-weight)
        needed = 2 / float(data.margin or np.inf)
        bounds = {name: rounding_bound(network, data.radius, u) for name, u in FORMATS.items()}
        more |= {
            "weight": weight,
            "needed": needed,
            "sure": {name: weight / bound for name, bound in bounds.items()},
        }
        if track and isinstance(construction, Slabs):
            more["own"] = float(neuron_weights(network)[_neurons(network, data, track)].sum())
        counters = {
            "total weight": (round(weight), f"\u2265 {number_text(about(needed, 3))}")
        } | counters
    return more, counters


def _neurons(network: Network, data: Dataset, track: Rail) -> list[int]:
    """The neurons whose crease is at the slab of the rail: at its points they are all equally far
    from 0 in pairs, and no other group's are."""
    groups = partition(np.arange(data.N), data.d, np.random.default_rng(track.seed))
    g = [tuple(group) for group in groups].index(track.group)
    return list(range(4 * g, 4 * g + 4))


def _coarser(view: Slice) -> Slice:
    """The same plane in so few steps that a browser draws lines across it: beyond 2^25 of them
    Chromium does not."""
    left, right, bottom, top = view.box
    k = max(0, (right - left).bit_length() - 20)
    half, x, y = (
        ((right - left) >> (k + 1)) + 1,
        (left + right) >> (k + 1),
        (bottom + top) >> (k + 1),
    )
    u, v = (tuple(c << k for c in way) for way in (view.u, view.v))
    return replace(view, u=u, v=v, box=(x - half, x + half, y - half, y + half))


def _track(data: Dataset, view: Slice, track: Rail | None, inverse: int) -> dict[str, Any]:
    """The moving point, its rail and the slab it comes near, as places of the plane."""
    if track is None:
        return {}
    ends = np.array([track.foot, track.foot + 0.1 * track.way])
    _, shift = data.integers()
    spots, _ = view.projected(np.ldexp(ends, int(shift)), int(shift))
    return {
        "row": track.row,
        "slab": list(track.group),
        "gap": 1 / inverse,
        "rail": np.rint(spots).astype(int).tolist(),
    }


def _still(cell: Cell) -> figures.Picture:
    def rail_drawn(ax: Axes, colours: figures.Colours, spots: np.ndarray) -> None:
        a, b = spots[cell.more["slab"]]
        way = 4 * (b - a)
        ax.plot(*np.array([a - way, b + way]).T, color=colours.ink, linewidth=1)
        ax.plot(*np.array(cell.more["rail"]).T, color=colours.accent, linestyle=":")

    return still(
        cell,
        MARKS,
        f"{cell.dataset.N} points of two classes in the plane, a line through two of them, and a "
        "dotted rail on which a third one comes near that line.",
        rail_drawn,
    )


def _caption(cell: Cell) -> str:
    size, more = cell.network.size, cell.more
    return (
        f"{cell.dataset.N} points and a network of {size.neurons} neurons that is right on all of "
        "them: where a point lies in a thin slab, the neurons of that slab add up to its label. "
        f"They weigh {number_text(about(more['weight'], 3))} in all. One point, on the dotted "
        f"rail, is {more['gap']:g} away from the slab of two others; its neighbours are much "
        "farther."
    )
