"""The explorer of ``generalization``: all fit; which of them understood?

A sample of a distribution whose truth is known, a ball inside a shell, and three networks that are
right at every point of it.  How many further points they are right at is counted here, by the
library, through their layers; the page counts again for a part of these points.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mem_lib import figures
from mem_lib._base.arguments import above_zero, integer_in
from mem_lib.constructions import Construction, Facts
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument
from mem_lib.explorer.cells import Cell, fitting
from mem_lib.explorer.grid import Axis, Setting
from mem_lib.explorer.pack import coded
from mem_lib.explorer.slices import Slice
from mem_lib.explorer.study import Study, Try, study
from mem_lib.generalization import (
    Cells,
    MaxNet,
    Projected,
    Shells,
    accuracy,
    safe_cells,
    samples_enough,
)
from mem_lib.generalization.bounds import MOST
from mem_lib.generalization.distribution import BITS
from mem_lib.generalization.figures.planes import answers_at, shade
from mem_lib.network import Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKS = ((0, "blue disc"), (1, "orange diamond"))
#: The networks side by side.
NETWORKS: dict[str, Construction] = {
    "maxnet": MaxNet(),
    "cells": Cells(),
    "projected": Projected(),
}
WORDS = {"maxnet": "max-net", "cells": "cells", "projected": "one direction"}
AXES = (
    Axis("N", "points N", (10, 20, 40), 40),
    Axis("d", "dimensions d", (2, 3, 10), 2),
    Axis("margin", "margin", (0.06, 0.03, 0.015), 0.06),
    Axis("network", "network", tuple(NETWORKS), "maxnet", tuple(WORDS.values())),
)
START = {axis.name: axis.start for axis in AXES}
SEED = 1
_MOST = max(AXES[0].values)
#: Points that no network was built from: so many are counted here, so many of them in the page too.
TEST, PART = 2000, 100
#: Up to so many training points all networks are counted; cells have about N^2/2 units.
COUNTED = 200
#: The error and the failure for which the theorem says how many points are enough.
ERROR, FAILURE = 0.1, 0.1
RAISED = str.maketrans("0123456789", "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079")
#: A step of the plane is 2^-STEPS, half its side is HALF steps.
STEPS, HALF = 12, 4440
#: Where the query starts: three networks, three answers; and the point of a card.
SPOT, TRAIN = (325, -3250), 5


def generalization() -> Study:
    """The explorer of the chapter: one sample, three networks that memorize it, new points.

    The grid is built and verified here.  Raises as :func:`mem_lib.explorer.study.study`.
    """
    return study(
        "generalization",
        AXES,
        cell,
        theorem="what the theorems say for this distribution",
        marks=MARKS,
        count="test accuracy, %",
        tries=(
            Try(
                "Half way",
                "Go from this blue point to the orange one beside it. Where does max-net change "
                "its mind, and what do the cells say there?",
                START | {"network": "cells"},
                train=TRAIN,
            ),
            Try(
                "Along the line",
                "This network sees one number of a point. Move along its line: what changes, the "
                "answer or the truth?",
                START | {"network": "projected"},
                spot=SPOT,
            ),
            Try(
                "Ten dimensions",
                "As many points, the same margin, and all of them are known. How many new ones?",
                START | {"d": 10},
                train=TRAIN,
            ),
        ),
        caption=_caption,
        fallback=_still,
        more={
            "spot": SPOT,
            "tests": {_place(d, c): _part(d, c) for d in AXES[1].values for c in AXES[2].values},
        },
    )


# --- Data -----------------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def shells(d: int, margin: float) -> Shells:
    """A ball (label 0) inside a shell (label 1) of the same volume, ``margin`` apart, within the
    unit ball.

    Raises ``InvalidArgument`` for a margin for which there is no room.

    >>> shells(2, 0.06).margin >= 0.06
    True
    """
    d, margin = integer_in(d, "d", 1), above_zero(margin, "margin")
    most = 1 - 2 ** (-1 / d)
    if margin + 2.0**-18 >= most:  # a little more, since radii are rounded to the grid
        raise InvalidArgument(
            f"margin={margin}: less than {most:.4f} is needed for a shell in d={d} dimensions"
        )
    return Shells(d, 2, 2 * (margin + 2.0**-18 + 2 ** (-1 / d)) ** d - 1)


def sample(N: int, d: int, margin: float, *, seed: int = SEED) -> Dataset:
    """N independent points; up to the largest stop of the page the first N of the same points,
    which keep their directions at every margin.

    Raises as :func:`shells`, and ``InvalidArgument`` for no point.
    """
    N = integer_in(N, "N", 1)
    many = shells(d, margin).sample(max(N, _MOST), seed)
    return Dataset(many.points[:N], many.labels[:N], classes=2)


@lru_cache(maxsize=9)
def _test(d: int, margin: float, seed: int) -> Dataset:
    return shells(d, margin).test(TEST, seed)


def _place(d: int, margin: float) -> str:
    return f"{d}|{margin}"


def _part(d: int, margin: float, seed: int = SEED) -> str:
    """The test points that the page asks about, packed."""
    points, shift = _test(d, margin, seed).integers()
    labels = _test(d, margin, seed).labels[:PART].tolist()
    told = {"points": points[:PART].tolist(), "values": labels, "shift": int(shift)}
    return coded(json.dumps(told, separators=(",", ":")))


# --- Networks -------------------------------------------------------------------------------------


def cell(setting: Setting) -> Cell:
    """The network of one setting: N, d, margin, and where given network and seed."""
    N, d, margin = setting["N"], setting["d"], setting["margin"]
    name, seed = setting.get("network", START["network"]), setting.get("seed", SEED)
    dataset, truth = sample(N, d, margin, seed=seed), shells(d, margin)
    counted = [one for one in NETWORKS if one == name or N <= COUNTED]
    scores = {one: _score(one, N, d, margin, seed) for one in counted}
    more: dict[str, Any] = {"scores": scores, "tested": TEST, "rings": truth.rings}
    if seed != SEED or d not in AXES[1].values or margin not in AXES[2].values:
        more["test"] = _part(d, margin, seed)
    return Cell(
        dataset,
        _built(name, N, d, margin, seed),
        _plane(dataset),
        NETWORKS[name].bound(Facts.of(dataset)),
        counters=_counters(scores[name], dataset, truth, name),
        more=more,
    )


def _plane(dataset: Dataset) -> Slice:
    """The plane of the first two axes, with all of the unit ball in it: the distribution does not
    tell directions apart, so one plane is as good as another."""
    _, shift = dataset.integers()
    finer = max(0, BITS - int(shift))
    step = 1 << (int(shift) + finer - STEPS)
    first, second = (tuple(step * (k == axis) for k in range(dataset.d)) for axis in (0, 1))
    return Slice((0,) * dataset.d, first, second, (-HALF, HALF, -HALF, HALF), finer)


@lru_cache(maxsize=3)
def _built(name: str, N: int, d: int, margin: float, seed: int) -> Network:
    """The verified network of a name."""
    dataset = sample(N, d, margin, seed=seed)
    network = NETWORKS[name].build(dataset)
    fitting(network, dataset, name=name)
    return network


@lru_cache(maxsize=256)
def _score(name: str, N: int, d: int, margin: float, seed: int) -> dict[str, list[int]]:
    """[right, silent] of all test points, and of the part that the page asks about."""
    network, test = _built(name, N, d, margin, seed), _test(d, margin, seed)
    found = {}
    for which, count in (("all", TEST), ("part", PART)):
        some = Dataset(test.points[:count], test.labels[:count], classes=2)
        counted = accuracy(network, some)
        found[which] = [counted.right, counted.undecided]
    return found


def _counters(
    score: dict[str, list[int]], dataset: Dataset, truth: Shells, name: str
) -> dict[str, Any]:
    """What is measured, each with what a theorem says of it."""
    right, silent = score["all"]
    narrow = name == "projected" and truth.d > 1
    found: dict[str, Any] = {
        "test accuracy, %": (100 * right / TEST, 100 * truth.cap(1) if narrow else None),
        "answered, %": (100 - 100 * silent / TEST, None),
        "training points": (dataset.N, _enough(truth) if name == "maxnet" else None),
    }
    if name == "maxnet" and dataset.margin is not None:
        assert truth.margin is not None
        found["robust radius"] = (dataset.margin / 2, f"\u2265 {truth.margin / 2:.3g}")
    return found


def _enough(truth: Shells) -> str:
    """How many points the theorem says are enough, in words that fit into a table."""
    assert truth.margin is not None
    sets = safe_cells(truth.d, truth.margin / 2)  # the support lies in a cube of side 2
    if sets > MOST:
        return "more than 10\u00b3\u2070\u2070"
    return f"{_short(samples_enough(sets, ERROR, FAILURE))} are enough"


def _short(n: int) -> str:
    """Below a million three digits, with narrow spaces; above one digit and a power of ten.

    >>> _short(62_613).replace("\u202f", " "), _short(1_240 * 10**18)
    ('62 600', '1\u00b710\u00b2\u00b9')
    """
    if n < 10**6:
        return f"{round(n, 3 - len(str(n))):,}".replace(",", "\u202f")
    digit, power = f"{n:.0e}".split("e+")
    return f"{digit}\u00b710{str(int(power)).translate(RAISED)}"


# --- Without a script -----------------------------------------------------------------------------


def _still(cell: Cell) -> figures.Picture:
    """The answers of the three networks of the start, side by side."""
    scores = cell.more["scores"]

    def paint(axes: Sequence[Axes], colours: figures.Colours) -> None:
        for ax, name in zip(axes, NETWORKS, strict=True):
            right = scores[name]["all"][0] / TEST
            title = f"{WORDS[name]}: {right:.1%}"
            figures.frame(ax, -1.1, 1.1, -1.1, 1.1, title=title, ylabel="")
            network = _built(name, START["N"], START["d"], START["margin"], SEED)
            shade(ax, answers_at(network, 1.1, 90), 1.1, colours)
            figures.points(ax, cell.dataset, colours, size=10)

    return figures.show(
        paint,
        f"Three times the same {cell.dataset.N} points of a ring inside a ring. Max-net and cells "
        "shade about the outer ring orange, the cells with thin gaps, and the network that "
        "sees one direction shades stripes; all are right at the points.",
        size=(7.2, 2.9),
        panels=len(NETWORKS),
    )


def _caption(cell: Cell) -> str:
    scores = cell.more["scores"]
    shares = ", ".join(f"{WORDS[one]} {scores[one]['all'][0] / TEST:.1%}" for one in NETWORKS)
    return (
        f"{cell.dataset.N} points of two rings, the inner one blue, the outer one orange, and what "
        "a network built from them says everywhere else; the thin circles are the true borders. "
        "The ring is the same point in all pictures. Every network is right at all training "
        f"points; of {TEST} new points it is right at these shares: {shares}."
    )
