"""The explorer of ``deep_threshold``: how many cuts until nobody shares a cell with the other
colour, and is it worth it?

The same points are cut by random lines, by a grid and by one direction.  The first two write a code
for each point, which a table looks up; the third climbs a stair at each change of colour.  Codes go
straight into the table (``Shallow``, depth 4): of the constructions with a table it has the fewest
gates, and all that it does fits on a screen.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mem_lib import figures
from mem_lib._base.arguments import integer_in
from mem_lib.constructions import Construction, Facts
from mem_lib.data import Dataset, partition
from mem_lib.deep_threshold import (
    Shallow,
    Staircase,
    grid_bound,
    hyperplanes_enough,
    table_network,
)
from mem_lib.deep_threshold.keys import pairs_of
from mem_lib.errors import TooLarge
from mem_lib.explorer.cells import Cell, fitting
from mem_lib.explorer.grid import Axis, Setting
from mem_lib.explorer.slices import slice_of
from mem_lib.explorer.study import Study, Try, study
from mem_lib.network import Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKS = ((0, "blue disc"), (1, "orange diamond"))
#: Directions of which the best one is taken.
TRIED = 16
#: What cuts the points, and the network behind it.
CUTS: dict[str, Construction] = {
    "lines": Shallow(),
    "grid": Shallow(first_layer="grid"),
    "stair": Staircase(directions=TRIED),
}
WORDS = {"lines": "random lines", "grid": "a grid", "stair": "one direction"}
AXES = (
    Axis("N", "points N", (50, 200, 800), 800),
    Axis("d", "dimensions d", (2, 3, 10), 2),
    Axis("margin", "margin", (0.5, 0.3, 0.2), 0.3),
    Axis("cut", "cut by", tuple(CUTS), "lines", tuple(WORDS.values())),
)
START = {axis.name: axis.start for axis in AXES}
#: A seed whose points no direction tells apart cheaply, not even in the plane at the widest margin,
#: where few cells have room; and a grid 2^-10 that keeps the page small.
SEED, CELLS, COARSE, FINE = 4, 40, 10, 20
_MOST = max(AXES[0].values)
#: The point that the query starts on: in a middle row, with some columns on.
TRAIN = 15
#: Points of the static figure.
STILL = 200
#: The table that is filled by hand.
VALUES, LABELS, TOP = (3, 5, 8, 9, 14, 20), (0, 1, 1, 0, 1, 0), 31


def deep_threshold() -> Study:
    """The explorer of the chapter: points coloured by the cells of a random partition, cut in three
    ways.

    The grid is built and verified here.  Raises as :func:`mem_lib.explorer.study.study`.
    """
    return study(
        "deep_threshold",
        AXES,
        cell,
        theorem="what its theorem promises for these data",
        marks=MARKS,
        count="neurons",
        train=TRAIN,
        tries=(
            Try(
                "Few points",
                "Now N = 50. Which of the three takes the fewest gates, and at which N does that "
                "change?",
                {"N": 50, "d": 2},
                train=TRAIN,
            ),
            Try(
                "Ten dimensions",
                "The same in ten dimensions: which of the three has hardly noticed?",
                {"N": 800, "d": 10},
                train=1,
            ),
            Try(
                "Crossing a line",
                "Move slowly out of the cell. How many bits of the code change, and how far does "
                "the value jump?",
                START,
                train=5,
            ),
        ),
        caption=_caption,
        fallback=_still,
        more={"hand": by_hand()},
    )


def by_hand() -> dict[str, Any]:
    """Six values, their labels, and the network that looks them up."""
    network = table_network(VALUES, LABELS, top=TOP)
    return {
        "values": list(VALUES),
        "labels": list(LABELS),
        "network": json.loads(network.to_json()),
    }


def sample(N: int, d: int, margin: float, *, seed: int = SEED) -> Dataset:
    """Points in two colours at this margin; up to the largest stop of the page the first N of the
    same points.

    Raises as :func:`mem_lib.data.partition`, and ``InvalidArgument`` for no point.
    """
    N = integer_in(N, "N", 1)
    bits = COARSE if N <= _MOST else FINE
    many = partition(max(N, _MOST), d, margin=margin, cells=CELLS, seed=seed, bits=bits)
    return Dataset(many.points[:N], many.labels[:N], classes=2)


def cell(setting: Setting) -> Cell:
    """The network of one setting: N, d, margin, and where given cut and seed."""
    N, d, margin = setting["N"], setting["d"], setting["margin"]
    seed, cut = setting.get("seed", SEED), setting.get("cut", START["cut"])
    dataset = sample(N, d, margin, seed=seed)
    construction = CUTS[cut]
    network = _built(cut, N, d, margin, seed)
    facts = Facts.of(dataset)
    return Cell(
        dataset,
        network,
        slice_of(dataset),
        construction.bound(facts),
        counters=_counters(network, dataset, cut),
        more={"gates": {one: _gates(one, N, d, margin, seed) for one in CUTS}},
    )


@lru_cache(maxsize=3)
def _built(cut: str, N: int, d: int, margin: float, seed: int) -> Network:
    """The verified network of a cut."""
    dataset = sample(N, d, margin, seed=seed)
    network = CUTS[cut].build(dataset)
    fitting(network, dataset, name=cut)
    return network


@lru_cache(maxsize=256)
def _gates(cut: str, N: int, d: int, margin: float, seed: int) -> int | None:
    """How many gates it takes; None where they do not fit into memory."""
    try:
        return _built(cut, N, d, margin, seed).size.neurons
    except TooLarge:
        return None


def _counters(network: Network, dataset: Dataset, cut: str) -> dict[str, Any]:
    """The lines of the first layer and the gates of the table, each with what is promised."""
    lines = network.layers[0].units if network.depth > 1 else 0
    table = sum(int(network.about.get(name, 0)) for name in ("rows", "columns"))
    breaks = max(dataset.N - 1, 1)  # changes of the label at most
    return {
        "lines": (lines, _lines_enough(dataset, cut)),
        "rows and columns": (table, None if cut == "stair" else math.isqrt(4 * breaks - 1) + 1),
    }


def _lines_enough(dataset: Dataset, cut: str) -> int | None:
    """What the theorem of a cut promises of its first layer."""
    N, d, radius = dataset.N, dataset.d, dataset.radius
    if dataset.margin is None:
        return None
    margin = min(dataset.margin, 2 * radius)  # both are rounded
    if cut == "lines":
        return hyperplanes_enough(margin, radius, pairs_of(dataset.labels), d=d)
    return N - 1 if cut == "stair" else grid_bound(margin, radius, d)


def _still(cell: Cell) -> figures.Picture:
    """Some of the points and the three cuts of the start, side by side."""
    few = Dataset(cell.dataset.points[:STILL], cell.dataset.labels[:STILL], classes=2)
    gates = cell.more["gates"]

    def paint(axes: Sequence[Axes], colours: figures.Colours) -> None:
        for ax, cut in zip(axes, CUTS, strict=True):
            network = _built(cut, START["N"], START["d"], START["margin"], SEED)
            figures.frame(ax, -1.05, 1.05, -1.05, 1.05, title=f"{WORDS[cut]}: {gates[cut]} gates")
            figures.points(ax, few, colours, size=8)
            figures.lines(ax, network, colours, most=10**4)

    return figures.show(
        paint,
        f"Three times the same points in two colours, of which {few.N} are drawn, cut by random "
        "lines, by a grid and by parallel lines in one direction, so that no cell holds both "
        "colours.",
        size=(7.2, 2.9),
        panels=len(CUTS),
    )


def _caption(cell: Cell) -> str:
    N, lines = cell.dataset.N, cell.network.layers[0].units
    gates = cell.more["gates"]
    table = cell.counters["rows and columns"][0]
    counts = ", ".join(f"{gates[cut]} by {WORDS[cut]}" for cut in CUTS)
    return (
        f"{N} points and {lines} random lines, between which no cell holds two colours. A cell is "
        f"a string of {lines} bits; {table} threshold gates in rows and columns look up its "
        f"colour (variant {CUTS['lines'].variant}, depth {cell.network.depth}). Below, the same "
        "points cut in three ways, and the threshold gates that each takes: "
        f"{counts}, the best of {TRIED} tried."
    )
