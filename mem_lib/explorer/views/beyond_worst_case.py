"""The explorer of ``beyond_worst_case``: what if the data are kind?

Each cell is one draw, shown whether it memorizes the data or not: where it does not, the points
left out are ringed.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from mem_lib import beyond_worst_case as chapter
from mem_lib import figures
from mem_lib._base.arguments import above_zero, integer_in
from mem_lib.constructions import Facts
from mem_lib.data import Dataset, moons
from mem_lib.explorer.cells import Cell
from mem_lib.explorer.grid import Axis, Setting
from mem_lib.explorer.slices import slice_of
from mem_lib.explorer.still import still
from mem_lib.explorer.study import Study, Try, study

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKS = ((0, "blue disc"), (1, "orange diamond"))
AXES = (
    Axis("N", "points N", (100, 400, 1000), 400),
    Axis("d", "dimensions d", (2, 3, 10), 2),
    Axis("margin", "margin", (0.4, 0.2, 0.05), 0.2),
    Axis("hyperplanes", "hyperplanes n", (25, 50, 100, 200, 400), 100),
    Axis("draw", "draw", (1, 2, 3, 4, 5), 1, ("1", "2", "3", "4", "5")),
)
START = {axis.name: axis.start for axis in AXES}
#: Points are displaced by at most half of what the gap is wider than the margin; those of the grid
#: lie on 2^-10, which keeps the page small, and larger samples, which would not fit, on 2^-20.
_NOISE, _WIDER, _COARSE, _FINE = 0.05, 0.1, 10, 20
_MOST = max(AXES[0].values)
#: The range of the biases, the same for all data: about 0.7 of their radius.
BIASES = 1.5


def beyond_worst_case() -> Study:
    """The explorer of the chapter: one draw of its algorithm on two moons.

    The grid is built and verified here; draws that leave points out are shown with them.  Raises as
    :func:`mem_lib.explorer.study.study`.
    """
    return study(
        "beyond_worst_case",
        AXES,
        cell,
        theorem="what the theorem on finite sets asks for with these data",
        marks=MARKS,
        count="covering neurons",
        train=39,
        tries=(
            Try(
                "Ten times the points",
                "Move N from 100 to 1,000. Which counts follow, and which stand still?",
                START | {"N": 100},
                train=39,
            ),
            Try(
                "Bad luck",
                "The second draw leaves points out. Where are they? Draw again.",
                START | {"draw": 2},
                train=7,
            ),
            Try(
                "Nearly touching",
                "The crescents come four times nearer. How many lines until none is left out?",
                START | {"margin": 0.05},
                train=61,
            ),
        ),
        caption=_caption,
        fallback=_still,
        more={"missed": "silent on"},
    )


@cache
def _sample(N: int, d: int, margin: float, seed: int) -> Dataset:
    gap, bits = min(1.0, margin + _WIDER), _COARSE if N <= _MOST else _FINE
    return moons(N, d, noise=_NOISE, gap=gap, margin=margin, seed=seed, bits=bits)


def sample(N: int, d: int, margin: float, *, seed: int = 1) -> Dataset:
    """Two moons with this margin, whatever N is: up to the largest stop of the grid the first N of
    its points.

    Raises as :func:`mem_lib.data.moons`, and ``InvalidArgument`` for no margin.
    """
    N, margin = integer_in(N, "N", 1), above_zero(margin, "margin")
    many = _sample(max(N, _MOST), d, margin, seed)
    return Dataset(many.points[:N], many.labels[:N], classes=2)


def cell(setting: Setting) -> Cell:
    """The draw of one setting: N, d, margin, and where given hyperplanes, draw and seed."""
    n, draw = setting.get("hyperplanes", 100), setting.get("draw", 1)
    dataset = sample(setting["N"], setting["d"], setting["margin"], seed=setting.get("seed", 0) + 1)
    found = chapter.attempt(dataset, n, BIASES, seed=draw - 1)
    facts = Facts.of(dataset)
    own = int((dataset.labels == 1).sum())
    promised = chapter.bound(facts, max_bias=BIASES)
    enough = None if promised is None else promised.neurons - own
    return Cell(
        dataset,
        found.network,
        slice_of(dataset, np.eye(dataset.d)[0], centre=True),
        promised,
        counters={
            "hyperplanes": (n, enough),
            "covering neurons": (sum(found.covering), own),
            "points left out": (len(found.uncovered), None),
        },
        more={"missed": [int(i) for i in found.uncovered]},
        attempt=True,
    )


def _still(cell: Cell) -> figures.Picture:
    def rings(ax: Axes, colours: figures.Colours, spots: np.ndarray) -> None:
        figures.rings(ax, spots[cell.more["missed"]].reshape(-1, 2), colours)

    return still(
        cell,
        MARKS,
        f"{cell.dataset.N} points on two interleaved crescents, one blue, one orange; rings mark "
        f"the {len(cell.more['missed'])} orange ones that no covering neuron holds.",
        rings,
    )


def _caption(cell: Cell) -> str:
    n, neurons = (layer.units for layer in cell.network.layers[:2])
    own = int((cell.dataset.labels == 1).sum())
    return (
        f"{cell.dataset.N} points on two crescents, {n} random lines, and {neurons} covering "
        f"neurons that hold the {own} orange points. A neuron counts the lines that are off at its "
        "centre and on at the ring; it fires while they are few. The regions where one fires are "
        "orange, that of the neuron chosen below is violet."
    )
