"""Threshold units in the plane: slabs of two parallel lines, and lines that cut off corners."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from mem_lib import figures
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument
from mem_lib.exact import predict
from mem_lib.figures import Colours, Picture
from mem_lib.network import Network
from mem_lib.two_layer import neurons_of
from mem_lib.two_layer.figures.plane import crease, line

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def classes(cases: Sequence[tuple[Dataset, Network]]) -> Picture:
    """Threshold units in the plane, case beside case: their lines, and which class is read where.
    ``InvalidArgument`` without a case; else raises as :func:`mem_lib.figures.drawable`."""
    if not cases:
        raise InvalidArgument("cases: at least one pair of data and network is needed, got none")
    pictures = [
        _classes(figures.drawable(dataset, f"cases[{i}]"), network)
        for i, (dataset, network) in enumerate(cases)
    ]
    return sum(pictures[1:], start=pictures[0])


def _classes(dataset: Dataset, network: Network) -> Picture:
    part = neurons_of(network)
    (left, bottom), (right, top) = (
        (edge(axis=0) + s).tolist()
        for edge, s in ((dataset.points.min, -1), (dataset.points.max, 1))
    )
    x, y = np.meshgrid(np.linspace(left, right, 191), np.linspace(bottom, top, 201))
    plane = np.column_stack([x.ravel(), y.ravel()])
    found = predict(network, plane, names=False).reshape(x.shape)
    word = "".join(map(str, np.asarray(dataset.labels).tolist()))
    facets = sum(name.startswith("facet") for name in part.names)

    def draw(ax: "Axes", colours: Colours) -> None:
        from matplotlib.colors import ListedColormap

        ax.imshow(found, extent=(left, right, bottom, top), alpha=0.3, origin="lower",
                  cmap=ListedColormap(colours.classes[:2]), interpolation="none")  # fmt: skip
        for k in range(len(part)):
            normal, offset = crease(part, k)
            ax.plot(*line(normal, -offset, 20).T, color=colours.ink, linewidth=0.8)
        figures.points(ax, dataset, colours, size=50)
        ax.set(xlim=(left, right), ylim=(bottom, top), aspect="equal", title=word)

    return figures.show(
        draw,
        f"{dataset.N} points with the labels {word} and {len(part)} lines.",
        size=(3.3, 3.3),
        caption=f"{word}: {len(part)} units. Slabs, each of two parallel lines around two points: "
        f"{(len(part) - facets) // 2}; lines that cut off a corner: {facets}.",
    )
