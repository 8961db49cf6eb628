"""The static figure of an explorer's first state: for paper, and where no script runs."""

from typing import TYPE_CHECKING

import numpy as np

from mem_lib import figures
from mem_lib.data import Dataset
from mem_lib.explorer.points import Box
from mem_lib.network import Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def before_and_after(network: Network, dataset: Dataset, box: Box) -> figures.Picture:
    """The points with their labels; beside them, the network that knows them."""

    def draw(ax: "Axes", colours: figures.Colours, knows: bool) -> None:
        ax.set(xlim=box[:2], ylim=box[2:], aspect="equal")
        ax.set(xlabel="first coordinate", ylabel="second coordinate")
        if knows and network.depth > 1:
            figures.lines(ax, network, colours)
            figures.regions(ax, network, colours)
        figures.points(ax, dataset, colours, size=60)
        ax.set_title("a network that knows them" if knows else "the points and their labels")

    ones = ", ".join(chr(65 + i) for i in np.flatnonzero(dataset.labels))
    places = ", ".join(str((x, y)) for x, y in dataset.points.tolist())
    size = (3.4, 3.4)
    return figures.show(
        lambda ax, colours: draw(ax, colours, False),
        f"The points A to {chr(64 + dataset.N)} at {places}; label 1, an orange diamond: {ones}.",
        size=size,
    ) + figures.show(
        lambda ax, colours: draw(ax, colours, True),
        f"The same points over the {network.layers[0].units} lines of a network's first layer; "
        "its shaded region holds every orange diamond and no blue disc.",
        size=size,
    )
