"""The figures of this chapter: covers in the plane, rates over n and lambda, sizes over N.

What is drawn are networks and draws that a page built, or recorded results; each function says
which.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from mem_lib import figures
from mem_lib.beyond_worst_case.draw import Attempt
from mem_lib.beyond_worst_case.rates import Cells, beside_published, recorded_cells
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, InvalidDataset
from mem_lib.exact import predict
from mem_lib.figures import DARK, MARKERS, Colours, Picture, Stepper
from mem_lib.network import Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "Cells", "beside_published", "cover", "covers", "growth", "images", "isolated", "probes",
    "radii", "rates", "recorded_cells", "steps", "unions", "widths",
]  # fmt: skip

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
    """The lines of the first layer, the regions where covering neurons fire, and the points; those
    on which ``network`` is wrong are ringed.  ``box``: (left, right, bottom, top).  Raises as
    :func:`mem_lib.figures.drawable`."""
    dataset = figures.drawable(dataset)
    figures.frame(ax, *box, **axes)
    figures.lines(ax, network, colours, most=most)
    figures.regions(ax, network, colours, pixels=pixels)
    figures.points(ax, dataset, colours, size=size)
    wrong = predict(network, dataset.points) != dataset.labels
    figures.rings(ax, np.asarray(dataset.points, float)[wrong], colours)


def covers(cases: Sequence[tuple[Dataset, Network]], *, size: float = 7) -> Picture:
    """Networks that cover two moons side by side, each with its numbers of points and neurons.

    ``InvalidArgument`` without a case; else raises as :func:`cover`.
    """
    if not cases:
        raise InvalidArgument("cases: at least one pair of data and network is needed, got none")
    pictures = [
        _one_cover(figures.drawable(dataset, f"cases[{i}]"), network, size)
        for i, (dataset, network) in enumerate(cases)
    ]
    return sum(pictures[1:], start=pictures[0])


def _one_cover(dataset: Dataset, network: Network, size: float) -> Picture:
    n, neurons = (layer.units for layer in network.layers[:2])
    wrong = int((predict(network, dataset.points) != dataset.labels).sum())
    left = f"rings mark {wrong} points that no region holds" if wrong else "no point is left out"
    return figures.show(
        partial(
            cover, dataset=dataset, network=network, size=size if dataset.N < 500 else 3,
            title=f"N = {dataset.N}, n = {n}: {neurons} covering neurons",
        ),
        f"{dataset.N} points on two interleaved crescents, over {n} random lines. The regions of "
        f"{neurons} neurons cover one crescent and avoid the other; {left}.",
        size=(3.4, 2.8),
    )  # fmt: skip


def steps(dataset: Dataset, draws: Mapping[int, Attempt]) -> Stepper:
    """One draw for each number of lines, behind a slider.  Raises as :func:`cover`."""
    return Stepper(
        "lines n",
        {
            n: figures.show(
                partial(
                    cover, dataset=dataset, network=draw.network, most=40, pixels=120,
                    title=f"{draw.covering[0]} covering neurons, "
                    f"{len(draw.uncovered)} points left out",
                ),
                f"{n} lines: {draw.covering[0]} covering neurons leave "
                f"{len(draw.uncovered)} points out.",
                size=(4.2, 3.2),
            )
            for n, draw in draws.items()
        },
    )  # fmt: skip


def images(dataset: Dataset) -> Picture:
    """The first image of each class, for square images of grey values.

    ``InvalidDataset`` unless there are labels, and as many values a point as a square has.
    """
    dataset = figures.drawable(dataset, d=None)
    side = int(dataset.d**0.5)
    if side**2 != dataset.d:
        raise InvalidDataset(f"dataset: labelled square images are needed, got {dataset}")
    labels, most = dataset.labels, float(np.asarray(dataset.points).max())
    first = [int(np.flatnonzero(labels == k)[0]) for k in np.unique(labels)]

    def draw(axes: Any, colours: Colours) -> None:
        for row, ax in zip(first, np.atleast_1d(axes), strict=True):
            image = np.asarray(dataset.points[row], float).reshape(side, side)
            ink = "gray" if colours is DARK else "gray_r"
            ax.imshow(image, cmap=ink, vmin=0, vmax=most)
            ax.set(xticks=[], yticks=[], xlabel=str(labels[row]))
            ax.spines[:].set_visible(False)

    return figures.show(
        draw,
        f"One image of each class from {labels[first[0]]} to {labels[first[-1]]}, "
        f"{side} by {side} pixels.",
        size=(7.2, 1.1),
        panels=len(first),
    )


def widths(dataset: Dataset, draws: Mapping[float, Sequence[tuple[int, Attempt]]]) -> Picture:
    """Covering neurons of all classes over the number of hyperplanes; ``draws``: (n, attempt) for
    each range of the biases, in units of the radius.  A draw that left a point out is hollow."""
    dataset = figures.drawable(dataset, d=None, values=None)

    def draw(ax: "Axes", colours: Colours) -> None:
        curves = {
            f"λ = {bias} R": zip(*((n, sum(one.covering)) for n, one in found), strict=True)
            for bias, found in draws.items()
        }
        figures.curves(
            ax, colours, None, {name: tuple(pair) for name, pair in curves.items()},
            xlabel="hyperplanes n", ylabel="covering neurons, all classes",
            ylim=(0, 1.12 * dataset.N),
        )  # fmt: skip
        for k, found in enumerate(draws.values()):
            for n, one in found:
                if len(one.uncovered):
                    ax.plot(n, sum(one.covering), MARKERS[k], color=colours.classes[k],
                            markersize=4.5, markerfacecolor=colours.paper)  # fmt: skip
        figures.level(ax, colours, "one neuron a point", y=dataset.N)

    return figures.show(
        draw,
        "Covering neurons against the number of hyperplanes for several ranges of the bias. All "
        "curves fall; the smaller the range, the lower the curve. Hollow marks are draws that "
        "left a point uncovered.",
        size=(5.4, 3.6),
    )


def rates(cells: Cells, bound: Mapping[float, int]) -> Picture:
    """The paper's figure: the share of draws that memorize, with the n of a ``bound`` by bias; and
    the mean number of covering neurons where half of the draws memorize."""
    dx, dy = ((v[1] - v[0]) / 2 for v in (cells.biases, cells.ns))
    extent = (
        cells.biases[0] - dx, cells.biases[-1] + dx, cells.ns[0] - dy, cells.ns[-1] + dy,
    )  # fmt: skip

    def draw_rates(ax: "Axes", colours: Colours) -> None:
        figures.heat(
            ax, colours, cells.memorized / cells.draws, extent,
            xlabel="range λ of the biases", ylabel="hyperplanes n",
            title="share of draws that memorize",
        )  # fmt: skip
        ax.plot(list(bound), list(bound.values()), color=colours.classes[1], marker="o",
                markersize=3)  # fmt: skip

    def draw_widths(ax: "Axes", colours: Colours) -> None:
        often = {
            f"λ = {bias:g}": np.where(
                cells.memorized[:, j] >= cells.draws / 2, cells.covering[:, j], np.nan
            )
            for j, bias in enumerate(cells.biases)
            if bias in (0.5, 1, 2)
        }
        figures.curves(
            ax, colours, cells.ns, often, xlabel="hyperplanes n",
            ylabel="covering neurons, mean", title="where half of the draws memorize",
            ylim=(0, 10), labels="legend",
        )  # fmt: skip

    return figures.show(
        draw_rates,
        "Heat map of the share of draws that memorize, over the range of the biases and the "
        "number of hyperplanes. It is 0 along the left edge, where the biases vanish; elsewhere "
        "it climbs, soonest and steepest near 0.7, more slowly to either side, and near the left "
        "edge not to 1 within the picture. The curve of the bound has the same shape and runs "
        "above the climb.",
        size=(3.4, 3.2),
    ) + figures.show(
        draw_widths,
        "Mean number of covering neurons against the number of hyperplanes for three ranges of "
        "the biases: each curve falls slowly towards five.",
        size=(3.4, 3.2),
    )


def growth(neurons: Mapping[str, Mapping[int, float]]) -> Picture:
    """Covering neurons over N, a curve for each kind of data, beside one neuron a point."""

    def draw(ax: "Axes", colours: Colours) -> None:
        figures.curves(
            ax, colours, None, neurons, log="xy", xlabel="points N", ylabel="covering neurons",
            xlim=(60, 2e5), ylim=(1, 1e5),
        )  # fmt: skip
        figures.slope(ax, colours, (2500, 1250), 1, "one neuron a point")

    return figures.show(
        draw,
        "Covering neurons against the number of points, from a hundred to a hundred thousand. "
        "With a kept margin the curve stays below eight; with unbounded noise it climbs to ten. "
        "The line of one neuron for each point climbs to fifty thousand.",
        size=(5.2, 3.2),
    )


def probes(
    network: Network,
    points: np.ndarray,
    radii: Sequence[float],
    *,
    count: int = 100,
    seed: int = 0,
) -> np.ndarray:
    """Places just inside the ball of each of ``points`` (M, d), of ``radii`` (M,): (M, 2 count, d).

    ``count`` go in random directions, and up to ``count`` straight at the nearest hyperplanes.
    They are rounded to the grid 2^-30, so that they are exact.
    """
    rng = np.random.default_rng(seed)
    first = network.layers[0]
    w = np.asarray(first.entries, float) * 2.0**network.input_shift
    lengths = np.linalg.norm(w, axis=1)
    moved = []
    for point, radius in zip(np.asarray(points, float), radii, strict=True):
        z = w @ point + np.asarray(first.bias, float)
        near = np.resize(np.argsort(np.abs(z) / lengths)[:count], count)
        aimed = -np.sign(z[near])[:, None] * w[near]
        ways = np.vstack([rng.normal(size=(count, len(point))), aimed])
        ways /= np.linalg.norm(ways, axis=1)[:, None]
        moved.append(point + (1 - 1e-6) * radius * ways)
    return np.rint(np.stack(moved) * 2.0**30) / 2.0**30


def radii(dataset: Dataset, rows: Sequence[int], certified: Sequence[float]) -> Picture:
    """Certified radii of some points, one for each of ``rows``, against the distance to the nearest
    point of the other class; dotted, the whole distance and half of it.

    ``InvalidDataset`` unless there are two classes, ``InvalidArgument`` for another number of
    radii.
    """
    from scipy.spatial.distance import cdist

    dataset = figures.drawable(dataset, d=None)
    if dataset.classes != 2:
        raise InvalidDataset(f"dataset: labels of two classes are needed, got {dataset}")
    points, labels = np.asarray(dataset.points, float), dataset.labels
    own, lengths = labels[np.asarray(rows)], np.asarray(certified, float)
    if own.shape != lengths.shape:
        raise InvalidArgument(
            f"certified: one radius for each of {len(own)} rows is needed, got {len(lengths)}"
        )
    far = cdist(points[np.asarray(rows)], points)
    far[own[:, None] == labels[None]] = np.inf
    nearest = far.min(axis=1)

    def draw(ax: "Axes", colours: Colours) -> None:
        for k, name in ((0, "rival"), (1, "covered class")):
            ax.scatter(nearest[own == k], lengths[own == k], s=12, label=name,
                       color=colours.classes[k], marker=MARKERS[k])  # fmt: skip
        for slope in (1, 0.5):
            ax.axline((0, 0), slope=slope, color=colours.faint, linestyle=":")
        ax.set(xlabel="distance to the other class", ylabel="certified radius")
        ax.set(xlim=(0, 1.05 * nearest.max()), ylim=(0, 0.55 * nearest.max()))
        ax.legend(loc="upper left")

    return figures.show(
        draw,
        "Certified radius against the distance to the nearest point of the other class. All lie "
        "below half of the diagonal, and many far below.",
        size=(5.2, 3.4),
    )


def isolated(dataset: Dataset, network: Network) -> Picture:
    """Two rows of points, each point of the covered row in a region of its own.
    Raises as :func:`cover`."""
    dataset = figures.drawable(dataset)

    def draw(ax: "Axes", colours: Colours) -> None:
        figures.frame(ax, -1.2, 1.2, -0.35, 0.35)
        figures.regions(ax, network, colours)
        figures.points(ax, dataset, colours, size=24)

    return figures.show(
        draw,
        "Two rows of points. Each point of the upper row sits in a small region of its own that "
        "ends before the next point.",
        size=(5.2, 2.4),
    )


def unions(
    balls: int, ratios: Sequence[float], widths: Mapping[int, Mapping[int, Sequence[int]]]
) -> Picture:
    """Covering neurons of unions of ``balls`` balls over radius / distance: ``widths[N][n]`` has
    one number for each of ``ratios``; one panel an N, one curve an n."""

    def draw(ax: "Axes", colours: Colours, N: int) -> None:
        figures.curves(
            ax, colours, ratios, {f"n = {n}": line for n, line in widths[N].items()}, log="y",
            xlabel="radius / δ", ylabel="covering neurons", title=f"N = {N}", ylim=(7, 400),
        )  # fmt: skip
        figures.level(ax, colours, y=balls)

    pictures = [
        figures.show(
            partial(draw, N=N),
            f"Covering neurons against radius over distance for N = {N} and several numbers of "
            f"hyperplanes: {balls} for small balls, then a rise that comes later the more "
            "hyperplanes there are.",
            size=(3.4, 3.0),
        )
        for N in widths
    ]
    if not pictures:
        raise InvalidArgument("widths: at least one N is needed, got none")
    return sum(pictures[1:], start=pictures[0])
