"""The square cut in safe cells, those that a sample point hits in colour."""

from typing import TYPE_CHECKING, Any

import numpy as np

from mem_lib._base.arguments import integer_in
from mem_lib.data import Dataset
from mem_lib.errors import InvalidDataset
from mem_lib.figures import Picture, drawable, frame, points, show
from mem_lib.figures.style import Colours
from mem_lib.generalization.measures import nearest
from mem_lib.generalization.safe import in_hit_cells

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def hit_cells(
    sample: Dataset, test: Dataset, cells: int, alt: str, *, size: float = 4.6, **told: Any
) -> Picture:
    """The unit square in ``cells`` x ``cells``, those with a point of ``sample`` in colour; of
    ``test`` the points that the nearest sample point gets wrong, as crosses (lemma
    ``thm-generalization-safe``).  ``told`` goes to :func:`mem_lib.figures.show`: caption, name.

    Raises ``InvalidDataset`` for what is no labelled data set in the unit square,
    ``InvalidArgument`` for ``cells`` below 1 or above 200.

    >>> corners = Dataset([[0.1, 0.1], [0.9, 0.9]], [0, 1])
    >>> hit_cells(corners, corners, 2, "Two of four cells are hit.")
    Picture: Two of four cells are hit.
    """
    cells = integer_in(cells, "cells", 1, 200)
    for name, data in (("sample", drawable(sample, "sample")), ("test", drawable(test, "test"))):
        if data.points.min() < 0 or data.points.max() > 1:
            raise InvalidDataset(f"{name}: points of the unit square are needed, got {data}")
    wrong = np.asarray(test.points, dtype=float)[nearest(sample, test.points) != test.labels]
    # the middles are dyadic for no number of cells in particular: rounded, they stay inside
    middles = np.rint((np.arange(cells) + 0.5) / cells * 2**20) / 2**20
    x, y = np.meshgrid(middles, middles[::-1])
    hit = in_hit_cells(sample, np.column_stack([x.ravel(), y.ravel()]), cells)

    def draw(ax: "Axes", colours: Colours) -> None:
        from matplotlib.colors import to_rgb

        frame(ax, 0, 1, 0, 1)
        image = np.zeros((cells * cells, 4))
        image[:, :3] = to_rgb(colours.classes[2])
        image[:, 3] = np.where(hit, 0.35, 0.0)
        ax.imshow(
            image.reshape(cells, cells, 4), extent=(0, 1, 0, 1), aspect="auto",
            interpolation="nearest", zorder=0,
        )  # fmt: skip
        steps = np.arange(1, cells) / cells
        ax.hlines(steps, 0, 1, color=colours.faint, linewidth=0.3, zorder=1)
        ax.vlines(steps, 0, 1, color=colours.faint, linewidth=0.3, zorder=1)
        points(ax, sample, colours, size=9)
        ax.plot(
            *wrong.T, linestyle="none", marker="x", markersize=5, color=colours.ink, zorder=4,
            label="wrong",
        )  # fmt: skip

    return show(draw, alt, size=(size, size), **told)
