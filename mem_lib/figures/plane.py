"""The plane: the points of a data set, where neurons fire, the lines of a first layer."""

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from mem_lib._base.arguments import instance
from mem_lib._base.dyadic import as_floats
from mem_lib._base.numbers import numbers_of
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, InvalidDataset, InvalidNetwork
from mem_lib.exact import evaluate
from mem_lib.figures.style import MARKERS, Colours
from mem_lib.network import Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def drawable(
    dataset: Any,
    name: str = "dataset",
    d: Literal[1, 2] | None = 2,
    values: Literal["labels", "targets"] | None = "labels",
) -> Dataset:
    """``dataset``, if a figure can show it: in ``d`` dimensions and with these ``values``, both
    any where None.  ``name``: the argument, for messages.

    Raises ``InvalidArgument`` for what is no ``Dataset``, ``InvalidDataset`` for one of another
    dimension or with other values.

    >>> drawable(Dataset([[0, 1]], [0]))
    Dataset(N=1, d=2, classes=1, points=int64)
    """
    dataset = instance(dataset, name, Dataset)
    if d not in (None, dataset.d) or (values and getattr(dataset, values) is None):
        before = "labelled " if values == "labels" else ""
        after = " with targets" if values == "targets" else ""
        where = {None: "", 1: " on a line", 2: " of the plane"}[d]
        raise InvalidDataset(f"{name}: {before}points{where}{after} are needed, got {dataset}")
    return dataset


def points(ax: "Axes", dataset: Dataset, colours: Colours, *, size: float = 14) -> None:
    """The points of a plane data set, each class with its colour and its mark.

    Raises ``InvalidArgument`` for what is no ``Dataset``, ``InvalidDataset`` for targets and for
    points of another dimension than 2.

    >>> from mem_lib.figures import show
    >>> xor = Dataset([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
    >>> show(lambda ax, colours: points(ax, xor, colours), "Four points of two classes.")
    Picture: Four points of two classes.
    """
    dataset = drawable(dataset)
    for k in range(dataset.classes):
        rows = np.flatnonzero(dataset.labels == k)
        if len(rows):
            x, y = np.asarray(dataset.points[rows], dtype=float).T
            ax.plot(  # a line of marks alone: a third of the bytes of a scatter plot
                x, y, linestyle="none", markersize=size**0.5, color=colours.classes[k % 6],
                marker=MARKERS[k % 6], markeredgewidth=0.4, markeredgecolor=colours.paper,
                label=f"label {k}", zorder=3,
            )  # fmt: skip


def firing(network: Network, layer: int, grid: np.ndarray) -> np.ndarray:
    """Which units of hidden ``layer`` fire at the points of ``grid`` (M, 2): (M, units).

    Exact at the points rounded to 30 bits of the largest coordinate, which no picture shows.

    Raises ``InvalidArgument`` for what is no ``Network``, ``InvalidDataset`` when ``grid`` has
    another shape or holds what is no finite number.

    >>> from mem_lib.network import Layer
    >>> half = Network([Layer([[1, 0]], [-1], "threshold")], readout="argmax")  # x >= 1
    >>> firing(half, 0, [[0.5, 0], [1, 3]]).tolist()
    [[False], [True]]
    """
    network = instance(network, "network", Network)
    part = Network(network.layers[: layer + 1], network.input_shift, readout="argmax")
    grid = as_floats(numbers_of("grid", grid), np.dtype(np.float64))
    bits = 30 - int(np.frexp(np.abs(grid).max(initial=0.0))[1])
    rounded = np.ldexp(np.rint(np.ldexp(grid, bits)), -bits)
    return np.asarray(evaluate(part, rounded)[0] > 0, dtype=bool)


def regions(
    ax: "Axes", network: Network, colours: Colours, *, pixels: int = 240, layer: int = 1
) -> None:
    """Shade, for every unit of hidden ``layer``, the part of the plane where it fires.

    Raises ``InvalidArgument`` for what is no ``Network``, ``InvalidDataset`` for a network of
    points of another dimension than 2.

    >>> from mem_lib.figures import show
    >>> from mem_lib.network import Layer
    >>> half = Network([Layer([[2, 0]], [-1], "threshold")], readout="argmax")
    >>> show(lambda ax, colours: regions(ax, half, colours, pixels=8, layer=0), "The right half.")
    Picture: The right half.
    """
    from matplotlib.colors import to_rgb

    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    x, y = np.meshgrid(np.linspace(left, right, pixels), np.linspace(top, bottom, pixels))
    fires = firing(network, layer, np.column_stack([x.ravel(), y.ravel()]))
    image = np.zeros((pixels * pixels, 4))
    image[:, :3] = to_rgb(colours.classes[1])
    image[:, 3] = np.minimum(0.16 * fires.sum(axis=1), 0.55)
    ax.imshow(
        image.reshape(pixels, pixels, 4), extent=(left, right, bottom, top), aspect="auto",
        interpolation="nearest", zorder=0,
    )  # fmt: skip


def lines(ax: "Axes", network: Network, colours: Colours, *, most: int = 200) -> None:
    """The first ``most`` hyperplanes of the first layer (d = 2), faintly; set the limits first.

    Raises ``InvalidArgument`` for what is no ``Network``, ``InvalidNetwork`` for another d.

    >>> from mem_lib.figures import show
    >>> from mem_lib.network import Layer
    >>> half = Network([Layer([[2, 0]], [-1], "threshold")], readout="argmax")
    >>> show(lambda ax, colours: lines(ax, half, colours), "An upright line.")
    Picture: An upright line.
    """
    network = instance(network, "network", Network)
    if network.inputs != 2:
        raise InvalidNetwork(f"network: 2 inputs are needed, got {network.inputs}")
    xlim, ylim = ax.get_xlim(), ax.get_ylim()
    # no visible point is farther from the origin, so none is farther along its line from the foot
    reach = max(9.0, float(np.hypot(max(map(abs, xlim)), max(map(abs, ylim)))))
    layer = network.layers[0]
    weight = np.asarray(layer.dense, dtype=float)[:most] * 2.0**network.input_shift
    bias = np.asarray(layer.bias, dtype=float)[:most]
    norm = np.hypot(*weight.T)
    weight, bias, norm = weight[norm > 0], bias[norm > 0], norm[norm > 0]
    foot = -(bias / norm**2)[:, None] * weight
    along = reach * np.column_stack([-weight[:, 1], weight[:, 0]]) / norm[:, None]
    gap = np.full_like(foot, np.nan)  # lifts the pen: all lines are one path
    x, y = np.stack([foot - along, foot + along, gap], axis=1).reshape(-1, 2).T
    ax.plot(x, y, color=colours.faint, linewidth=0.35, alpha=0.5, zorder=1)
    ax.set_xlim(xlim)
    ax.set_ylim(ylim)


def frame(ax: "Axes", left: float, right: float, bottom: float, top: float, **axes: Any) -> None:
    """The part of the plane that is seen; more, such as ``title``, goes to ``ax.set``.

    Comes before :func:`lines` and :func:`regions`, which fill what is seen.

    >>> from mem_lib.figures import show
    >>> show(lambda ax, colours: frame(ax, -1, 1, -1, 1, title="a square"), "An empty square.")
    Picture: An empty square.
    """
    ax.set(xlim=(left, right), ylim=(bottom, top))
    ax.set(**{"xlabel": "first coordinate", "ylabel": "second coordinate", **axes})


def rings(ax: "Axes", places: np.ndarray, colours: Colours, *, size: float = 70) -> None:
    """A ring around each of ``places`` (M, 2): the points that failed, or that the text names.

    Raises ``InvalidArgument`` for places of another dimension than 2.

    >>> from mem_lib.figures import show
    >>> show(lambda ax, colours: rings(ax, [[0, 1], [1, 0]], colours), "Two rings.")
    Picture: Two rings.
    """
    places = np.asarray(places, dtype=float)
    if places.ndim != 2 or places.shape[1] != 2:
        raise InvalidArgument(f"places: points of the plane are needed, got shape {places.shape}")
    x, y = places.T
    ax.scatter(x, y, s=size, facecolors="none", edgecolors=colours.accent, zorder=4)
