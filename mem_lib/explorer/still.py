"""The static figure of a study's first cell: for paper, and where no script runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from mem_lib import figures
from mem_lib.explorer.cells import Cell

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Draw = Callable[["Axes", figures.Colours, np.ndarray], None]


def still(
    cell: Cell, marks: Sequence[tuple[int, str]], alt: str, draw: Draw = lambda *_: None
) -> figures.Picture:
    """The plane of ``cell`` with its points, each class with its colour and mark; ``draw(ax,
    colours, spots)`` adds what one view shows, ``spots`` (N, 2) being the places of the points.

    Raises ``InvalidArgument`` when ``alt`` is empty.
    """
    points, shift = cell.dataset.integers()
    spots, _ = cell.view.projected(np.asarray(points), int(shift))
    values = cell.dataset.labels if cell.dataset.targets is None else cell.dataset.targets
    left, right, bottom, top = cell.view.box

    def paint(ax: Axes, colours: figures.Colours) -> None:
        ax.set(xlim=(left, right), ylim=(bottom, top), aspect="equal", xticks=[], yticks=[])
        draw(ax, colours, spots)
        for k, (value, word) in enumerate(marks):
            x, y = spots[np.flatnonzero(values == value)].T
            ax.plot(x, y, linestyle="none", marker=figures.MARKERS[k], color=colours.classes[k],
                    label=word, markersize=6)  # fmt: skip

    return figures.show(paint, alt, size=(4.4, 4.4))
