"""The explorer of ``optimal_relu``: how can a weight remember your points?

Labels are 1 and 2, so that an answer of 0 visibly means "nothing is stored here".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mem_lib import figures
from mem_lib.constructions import Facts
from mem_lib.data import Dataset
from mem_lib.explorer.cells import Cell
from mem_lib.explorer.grid import Axis, Setting
from mem_lib.explorer.samples import neighbours
from mem_lib.explorer.slices import slice_of
from mem_lib.explorer.still import still
from mem_lib.explorer.study import Study, Try, study
from mem_lib.network import Network
from mem_lib.optimal_relu import Merged

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKS = ((1, "blue disc"), (2, "orange diamond"))
AXES = (
    Axis("N", "points N", (8, 24, 48, 96), 24),
    Axis("d", "dimensions d", (2, 3, 10), 2),
    Axis("margin", "margin", (0.1, 0.01, 0.001), 0.01),
    Axis("folder_size", "points in a folder", (1, 2, 4, 8, 24), 4),
)


def optimal_relu() -> Study:
    """The explorer of the chapter: ``Merged(folder_size=n)`` on random points of the ball.

    The grid is built and verified here.  Raises as :func:`mem_lib.explorer.study.study`.
    """
    return study(
        "optimal_relu",
        AXES,
        cell,
        theorem="what its theorem promises for these data",
        marks=MARKS,
        exists=lambda setting: setting["folder_size"] <= setting["N"],
        count="depth",
        train=3,
        tries=(
            Try(
                "Along a stripe",
                "Drag the ring up and down, then sideways. Where does the answer change?",
                train=3,
            ),
            Try(
                "One point a folder",
                "One key a weight, or all in one weight: which folder gives the fewest layers?",
                {"d": 2, "folder_size": 1},
                train=3,
            ),
            Try(
                "Ten times closer",
                "Two points nearly touch. What has to grow so that the keys still differ?",
                {"margin": 0.001},
                train=1,
            ),
        ),
        caption=_caption,
        fallback=_still,
    )


def cell(setting: Setting) -> Cell:
    """The network of one setting: N, d, margin, and where given folder_size and seed."""
    seed = setting.get("seed", 0)
    sample = neighbours(setting["N"], setting["d"], setting["margin"], seed=seed)
    dataset = Dataset(
        sample.points, sample.labels + 1, classes=3, separation_at_least=setting["margin"]
    )
    construction = Merged(folder_size=setting.get("folder_size", 4))
    network = construction.build(dataset, seed=seed)
    view = slice_of(dataset, _direction(network))
    return Cell(dataset, network, view, construction.bound(Facts.of(dataset)))


def _direction(network: Network) -> list[int]:
    """The direction that the first layer projects to: its only row."""
    ((_, terms),) = network.layers[0].rows()
    found = [0] * network.inputs
    for k, weight in terms:
        found[k] = int(weight)
    return found


def _still(cell: Cell) -> figures.Picture:
    def stripes(ax: Axes, colours: figures.Colours, spots: np.ndarray) -> None:
        for s, label in zip(spots[:, 0].tolist(), cell.dataset.labels.tolist(), strict=True):
            ax.axvline(s, color=colours.classes[label - 1], alpha=0.3, linewidth=1)

    return still(
        cell,
        MARKS,
        f"{cell.dataset.N} points of two classes; through each of them runs a thin vertical "
        "stripe, on which the network gives the label of that point.",
        stripes,
    )


def _caption(cell: Cell) -> str:
    size, N = cell.network.size, cell.dataset.N
    return (
        f"{N} points and a network of {size.depth} layers that knows their labels. It lets a point "
        "fall along the vertical stripes, finds the folder below, and reads the labels of that "
        f"folder from the bits of one weight, of at most {size.bits} bits."
    )
