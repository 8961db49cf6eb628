"""The plane cut by first layers, and the cells that still mix colours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from mem_lib import figures
from mem_lib._base.arguments import instance, integer_in
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument
from mem_lib.figures import Colours, Film, Picture, marks
from mem_lib.network import Layer, Network
from mem_lib.parts.hyperplanes import codes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


#: A picture of several panels shows no more points than this.
MOST_POINTS = 300


def cuts(dataset: Dataset, networks: Mapping[str, Network], *, name: str = "") -> Picture:
    """The first 300 points, and the lines of the first layer of each network; the caption says how
    many lines there are and how many gates the whole network has.

    Raises ``InvalidDataset`` unless the points lie in the plane, ``InvalidArgument`` for no
    network, ``InvalidNetwork`` for one of points of another dimension.
    """
    dataset = figures.drawable(dataset)
    if not networks:
        raise InvalidArgument("networks: at least one is needed, got none")
    seen = dataset.subset(np.arange(min(dataset.N, MOST_POINTS)))
    reach = 1.05 * float(np.abs(np.asarray(dataset.points, float)).max(initial=1e-9))

    def draw(axes: Any, colours: Colours) -> None:
        panels = zip(np.atleast_1d(axes), networks.items(), strict=True)
        for ax, (title, network) in panels:
            figures.frame(
                ax, -reach, reach, -reach, reach, title=title, aspect="equal",
                xlabel="", ylabel="", xticks=[], yticks=[],
            )  # fmt: skip
            _cut(ax, network, colours)
            figures.points(ax, seen, colours, size=6 if dataset.N > 100 else 14)

    told = "; ".join(
        f"{title}: {_lines(network)} lines, {network.size.neurons} gates in all"
        for title, network in networks.items()
    )
    return figures.show(
        draw,
        f"The same {dataset.N} points, cut by {', by '.join(networks)}.",
        size=(2.4 * len(networks), 2.65) if len(networks) > 1 else (4.6, 4.8),
        panels=len(networks),
        caption=f"The same {dataset.N} points, cut so that no two colours share a cell"
        + (f" (the first {seen.N} are drawn)" if seen.N < dataset.N else "")
        + f". {told}.",
        name=name,
    )


def _lines(network: Network) -> int:
    """How many units of the first layer look at the point."""
    layer = network.layers[0]
    return sum(bool(terms) for _, terms in layer.rows())


def _cut(ax: Axes, network: Network, colours: Colours) -> None:
    drawn = segments(network.layers[0], network.input_shift, ax.get_xlim())
    if not len(drawn):
        return
    gap = np.full((len(drawn), 1, 2), np.nan)  # lifts the pen: all lines are one path
    x, y = np.concatenate([drawn, gap], axis=1).reshape(-1, 2).T
    thin = len(drawn) > 60
    ax.plot(x, y, color=colours.ink, linewidth=0.4 if thin else 0.7, alpha=0.6, zorder=1)


def segments(layer: Layer, shift: int, ends: tuple[float, float]) -> np.ndarray:
    """Where the rows of ``layer`` are 0 in the square with these ends: (M, 2, 2), the two ends of
    every line that crosses it."""
    low, high = ends
    found = []
    for bias, terms in layer.rows():
        w = np.zeros(2)
        for k, weight in terms:
            w[k] = float(weight) * 2.0**shift
        if not w.any():
            continue
        across = abs(w[0]) < abs(w[1])  # steep lines are told by y, flat ones by x
        i, j = (0, 1) if across else (1, 0)
        both = [(t, -(float(bias) + w[i] * t) / w[j]) for t in (low, high)]
        found.append([p if across else p[::-1] for p in both])
    return np.array(found).reshape(-1, 2, 2)


def pairs_together(codes: np.ndarray, labels: np.ndarray) -> int:
    """Pairs of differently labelled points with equal rows of ``codes`` (N, m).

    >>> pairs_together(np.array([[0], [0], [1]]), np.array([0, 1, 1]))
    1
    """
    _, cell = np.unique(codes, axis=0, return_inverse=True)
    cell = cell.ravel()
    _, both = np.unique(np.stack([cell, labels]), axis=1, return_counts=True)
    whole = np.bincount(cell).astype(object)
    return int((whole**2).sum() - (both.astype(object) ** 2).sum()) // 2


def cutting(dataset: Dataset, network: Network, *, frames: int = 24, name: str = "") -> Film:
    """The lines of the first layer come in, some at a time; rings are points that share their cell
    with another colour.

    Raises ``InvalidDataset`` unless the points lie in the plane, ``InvalidArgument`` for what is no
    network and for less than 2 frames.
    """
    dataset, network = figures.drawable(dataset), instance(network, "network", Network)
    frames = integer_in(frames, "frames", 2)
    layer = network.layers[0]
    Z, places = codes(layer, dataset), np.asarray(dataset.points, float)
    seen = np.arange(dataset.N) < MOST_POINTS
    reach = 1.05 * float(np.abs(places).max(initial=1e-9))
    lines = segments(layer, network.input_shift, (-reach, reach))
    stops = sorted({round(m) for m in np.linspace(1, layer.units, min(frames, layer.units))})
    shown, says = {}, {}
    for m in stops:
        mixed = _mixed(Z[:, :m], dataset.labels)
        left = pairs_together(Z[:, :m], dataset.labels)
        rings = (
            [marks.Points(places[mixed & seen], "accent", size=9, hollow=True)]
            if (mixed & seen).any()
            else []
        )
        drawn = [marks.Lines(_inside(lines[:m], reach), "faint", width=0.8)]
        shown[m] = drawn + rings
        says[m] = (
            f"{m} lines: {int(mixed.sum())} points share a cell with another colour, in "
            f"{left} pairs." if left else f"{m} lines: no two colours share a cell."
        )  # fmt: skip
    classes = [
        marks.Points(places[seen & (dataset.labels == k)], f"class-{k % 6}", size=5)
        for k in range(dataset.classes)
        if (seen & (dataset.labels == k)).any()
    ]
    at, side = next((m for m in stops if not says[m].find("no two") < 0), stops[-1]), reach
    return Film(
        "lines m", shown, x=figures.Axis(-side, side), y=figures.Axis(-side, side),
        alt="Points of the plane, cut by more and more lines; rings around points that share their "
        "cell with another colour become fewer and are gone at the end.",
        caption=f"Each line turns one bit of the code. With {at} lines no cell holds two colours.",
        name=name, still=classes, says=says, equal=True, height=420,
    )  # fmt: skip


def _mixed(codes: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Which points have the code of a differently labelled one."""
    _, cell = np.unique(codes, axis=0, return_inverse=True)
    cell = cell.ravel()
    low = np.full(cell.max() + 1, labels.max())
    high = np.zeros(cell.max() + 1, dtype=labels.dtype)
    np.minimum.at(low, cell, labels)
    np.maximum.at(high, cell, labels)
    return np.asarray((low < high)[cell])


def _inside(lines: np.ndarray, reach: float) -> list[np.ndarray]:
    """The parts of lines inside the square, for a drawing that clips nothing."""
    found = []
    for a, b in lines:
        way, first, last = b - a, 0.0, 1.0
        for k in range(2):
            if way[k]:
                t = sorted(((-reach - a[k]) / way[k], (reach - a[k]) / way[k]))
                first, last = max(first, t[0]), min(last, t[1])
            elif abs(a[k]) > reach:
                last = -1.0
        if first < last:
            found.append(np.array([a + first * way, a + last * way]))
    return found
