"""Covers in the plane: the lines of the first layer, and where each covering neuron fires.

Points of more than two dimensions are drawn where their first two coordinates put them, and the
network is cut by the plane of these two, which is that of the crescents of `mem_lib.data.moons`.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from mem_lib import figures
from mem_lib._base.arguments import instance
from mem_lib.beyond_worst_case.draw import Attempt
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, shown
from mem_lib.exact import predict
from mem_lib.exact.classes import meant
from mem_lib.figures import Axis, Colours, Film, Picture, marks
from mem_lib.figures.marks import Mark
from mem_lib.network import Layer, Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOONS = (-1.4, 2.4, -1.0, 1.5)  # the part of the plane that holds two moons


def cover(
    ax: "Axes",
    colours: Colours,
    dataset: Dataset,
    network: Network,
    *,
    box: tuple[float, float, float, float] = MOONS,
    size: float = 9,
    most: int = 200,
    pixels: int = 240,
    **axes: Any,
) -> None:
    """The lines of the first layer, the regions where covering neurons fire, outlined and numbered,
    and the points; those on which ``network`` is wrong are ringed.  ``box``: (left, right, bottom,
    top).  Raises ``InvalidDataset`` for points of a line and for points without labels, and
    ``InvalidArgument`` for a network without three layers, which covers nothing."""
    dataset, flat, plane = _cut(dataset, network)
    figures.frame(ax, *box, **axes)
    figures.lines(ax, plane, colours, most=most)
    figures.points(ax, flat, colours, size=size)
    outlines(ax, plane, colours, avoid=flat.points, pixels=pixels)
    figures.rings(ax, _plane_of(dataset)[_wrong(dataset, network)], colours)


def _cut(dataset: Any, network: Network, case: str = "") -> tuple[Dataset, Dataset, Network]:
    """The data, their points in the plane (of those that fall together one), the network there;
    ``case`` is the argument that both came in, if it was one."""
    name = case or "dataset"
    dataset = figures.drawable(dataset, name, d=None)
    _check_cover(network, case or "network")
    if dataset.d <= 2:
        return figures.drawable(dataset, name), dataset, network
    first, *others = network.layers
    layers = [Layer(first.dense[:, :2], first.bias, first.activation), *others]
    plane = Network(layers, network.input_shift, network.output_denominator, network.readout)
    points, rows = np.unique(_plane_of(dataset), axis=0, return_index=True)
    return dataset, Dataset(points, dataset.labels[rows]), plane


def _check_cover(network: Network, name: str) -> None:
    if len(instance(network, name, Network).layers) != 3:
        raise InvalidArgument(
            f"{name}: a network of three layers is needed, lines and a cover of one class against "
            f"another, got {shown(network)}"
        )


def _plane_of(dataset: Dataset) -> np.ndarray:
    return np.asarray(dataset.points[:, :2], float)


def _wrong(dataset: Dataset, network: Network) -> np.ndarray:
    return np.asarray(predict(network, dataset.points, names=False) != meant(network, dataset))


def outlines(
    ax: "Axes",
    network: Network,
    colours: Colours,
    *,
    avoid: np.ndarray | Sequence[Any] = (),
    pixels: int = 240,
) -> int:
    """Shade the regions where neurons of the second layer fire, outline each, and number those
    that are seen from 1; their number.  Numbers keep away from the points ``avoid`` (M, 2)."""
    figures.regions(ax, network, colours, pixels=pixels)
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    x, y = np.linspace(left, right, pixels), np.linspace(bottom, top, pixels)
    places = np.stack(np.meshgrid(x, y), axis=-1)
    fires = figures.firing(network, 1, places.reshape(-1, 2)).T.reshape(-1, pixels, pixels)
    seen = fires[fires.any(axis=(1, 2))]
    taken = np.zeros((pixels, pixels), bool)
    if len(avoid):
        spots = (np.asarray(avoid, float) - (left, bottom)) / (right - left, top - bottom)
        columns, rows = np.rint(spots * (pixels - 1)).astype(int).clip(0, pixels - 1).T
        taken[rows, columns] = True
    for k, region in enumerate(seen):
        ink = colours.classes[1:][k % (len(colours.classes) - 1)]
        ax.contour(x, y, region, [0.5], colors=[ink], linewidths=1.2, zorder=2)
        row, column = _roomiest(region, seen.sum(axis=0) == 1, taken)
        taken[row, column] = True
        ax.text(
            x[column], y[row], str(k + 1), color=ink, fontsize=9, fontweight="bold", zorder=5,
            ha="center", va="center",
            bbox={"boxstyle": "circle,pad=0.15", "facecolor": colours.paper, "edgecolor": ink},
        )  # fmt: skip
    return len(seen)


def _roomiest(region: np.ndarray, alone: np.ndarray, taken: np.ndarray) -> tuple[int, int]:
    """The place of a region farthest from its border and from what is taken; where no other region
    is, if there is such a place."""
    from scipy.ndimage import distance_transform_edt

    own = region & alone
    free = np.pad((own if own.any() else region) & ~taken, 1)  # the frame is a border, too
    far = distance_transform_edt(free)[1:-1, 1:-1]
    row, column = np.unravel_index(far.argmax(), far.shape)
    return int(row), int(column)


def covers(cases: Sequence[tuple[Dataset, Network]], *, size: float = 7, name: str = "") -> Picture:
    """Networks that cover two moons side by side, each with its numbers of points and neurons.

    ``InvalidArgument`` without a case; else raises as :func:`cover`.
    """
    if not cases:
        raise InvalidArgument("cases: at least one pair of data and network is needed, got none")
    inches = (4.6, 3.9) if len(cases) == 1 else (3.2, 2.7)
    pictures = [
        _one_cover(
            _cut(dataset, network, f"cases[{i}]")[0], network, size, inches, "" if i else name
        )
        for i, (dataset, network) in enumerate(cases)
    ]
    return sum(pictures[1:], start=pictures[0])


def _one_cover(
    dataset: Dataset, network: Network, size: float, inches: tuple[float, float], name: str
) -> Picture:
    n, neurons = (layer.units for layer in network.layers[:2])
    return figures.show(
        partial(
            cover, dataset=dataset, network=network, size=size if dataset.N < 500 else 3,
            title=f"N = {dataset.N}, n = {n}: {neurons} covering neurons",
        ),
        f"{dataset.N} points on two interleaved crescents, over {n} lines, with the regions of "
        f"{neurons} neurons.",
        size=inches,
        name=name,
        caption=_held(dataset, network),
    )  # fmt: skip


def _held(dataset: Dataset, network: Network) -> str:
    """What a cover holds and what it leaves out, in words."""
    wrong, own = int(_wrong(dataset, network).sum()), int((dataset.labels == 1).sum())
    neurons = network.layers[1].units
    if network.layers[1].names == ("silent",):  # a layer is not without a unit
        return f"No region: for each of {own} orange points some rival is on at no line more."
    regions = "The one region holds" if neurons == 1 else f"The {neurons} regions together hold"
    left = f"; rings mark the {wrong} left out" if wrong else " and none of the other class"
    return f"{regions} {own - wrong} of {own} orange points{left}.{_beside(dataset)}"


def _beside(dataset: Dataset) -> str:
    """What a reader has to know of a picture of more than two dimensions."""
    if dataset.d == 2:
        return ""
    return (
        f" d = {dataset.d}: this is the plane of the first two coordinates, and points lie beside "
        "it, so that some seem to be outside."
    )


def steps(dataset: Dataset, draws: Mapping[int, Attempt], *, name: str = "") -> Film:
    """One draw after the other, each with more lines: ``draws`` by their numbers of lines.

    ``InvalidArgument`` without a draw; else raises as :func:`cover` and :class:`Film`.
    """
    cases = {n: _cut(dataset, draw.network) for n, draw in draws.items()}
    if not cases:
        raise InvalidArgument("draws: at least one is needed, got none")
    dataset = next(iter(cases.values()))[0]
    left, right, bottom, top = MOONS
    frames: dict[int, list[Mark]] = {}
    says = {}
    for n, (_, _, plane) in cases.items():
        missed = _plane_of(dataset)[_wrong(dataset, draws[n].network)]
        frames[n] = [
            marks.Lines(_segments(plane), "faint", width=0.5),
            *(
                marks.Lines(border, f"class-{1 + k % 4}", width=1.8)
                for k, border in enumerate(_borders(plane))
            ),
            marks.Points(missed, "accent", size=16, hollow=True),
        ]
        neurons = draws[n].covering[0]
        says[n] = f"{n} lines: {neurons} covering neurons leave out {len(missed)} points."
    enough = [n for n, draw in draws.items() if not len(draw.uncovered)]
    last = f"with {min(enough)} lines there are none" if enough else "there are some to the end"
    return Film(
        "lines n", frames, x=Axis(left, right, ""), y=Axis(bottom, top, ""), name=name, says=says,
        equal=True, still=[
            marks.Points(_plane_of(dataset)[dataset.labels == k], f"class-{k}", size=6)
            for k in range(dataset.classes)
        ],
        alt="Lines come in one by one; outlined are the regions where a covering neuron fires.",
        caption=f"{dataset.N} points, more and more random lines, and the regions of the covering "
        f"neurons. Rings mark points that are left out: {last}.{_beside(dataset)}",
    )  # fmt: skip


def _segments(plane: Network) -> list[np.ndarray]:
    """The lines of the first layer, as segments across what is seen."""
    first, (left, right, bottom, top) = plane.layers[0], MOONS
    weight = np.asarray(first.entries, float) * 2.0**plane.input_shift
    norms = np.hypot(*weight.T)
    weight, bias = weight[norms > 0], np.asarray(first.bias, float)[norms > 0]
    unit = weight / norms[norms > 0, None]
    middle = np.array([left + right, bottom + top]) / 2
    foot = middle - ((weight @ middle + bias) / norms[norms > 0])[:, None] * unit
    along = np.column_stack([-unit[:, 1], unit[:, 0]]) * (right - left + top - bottom) / 2
    return list(np.stack([foot - along, foot + along], axis=1))


def _borders(plane: Network, pixels: int = 56) -> list[list[np.ndarray]]:
    """The borders of the regions where neurons of the second layer fire, each as polylines."""
    from matplotlib.path import Path

    left, right, bottom, top = MOONS
    corner, side = np.array([left, bottom]), np.array([right - left, top - bottom])
    x, y = np.linspace(left, right, pixels), np.linspace(bottom, top, pixels)
    places = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    fires = figures.firing(plane, 1, places).T.reshape(-1, pixels, pixels)
    borders = []
    for region in fires:
        border = []
        for line in _lines(region):
            path = Path(line)
            path.simplify_threshold, path.should_simplify = 0.6, True
            corners = np.asarray(path.cleaned(simplify=True).vertices)[:-1] / (pixels - 1)
            border.append(corner + corners * side)
        borders.append(border)
    return borders


def _lines(region: np.ndarray) -> list[Any]:
    from contourpy import contour_generator

    return list(contour_generator(z=region.astype(float)).lines(0.5))


def isolated(dataset: Dataset, network: Network) -> Picture:
    """Two rows of points, each point of the covered row in a region of its own.
    Raises as :func:`cover`."""
    dataset = figures.drawable(dataset)
    _check_cover(network, "network")
    neurons = network.layers[1].units
    own = int((dataset.labels == 1).sum())

    def draw(ax: "Axes", colours: Colours) -> None:
        figures.frame(ax, -1.2, 1.2, -0.35, 0.35)
        figures.regions(ax, network, colours)
        figures.points(ax, dataset, colours, size=24)

    return figures.show(
        draw,
        "Two rows of points. Each point of the upper row sits in a small region of its own.",
        size=(6.4, 2.9),
        caption=f"{own} points above, as many rivals below, and {neurons} regions: each ends "
        "before the next point of its own row, because a rival is nearer.",
    )
