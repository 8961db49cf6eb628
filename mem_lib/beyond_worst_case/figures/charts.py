"""Charts of what draws need and reach: rates over n and lambda, sizes over N, certified radii."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from mem_lib import figures
from mem_lib.beyond_worst_case.draw import Attempt
from mem_lib.beyond_worst_case.rates import Cells
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, InvalidDataset
from mem_lib.figures import DARK, MARKERS, Colours, Picture
from mem_lib.figures.numbers import number_text
from mem_lib.network import Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
        f"One image of each class from {labels[first[0]]} to {labels[first[-1]]}.",
        size=(7.2, 1.1),
        panels=len(first),
        caption=f"One image of each of {len(first)} classes: {dataset.d} integers from 0 to "
        f"{most:g}, in {side} rows.",
    )


def widths(
    dataset: Dataset,
    draws: Mapping[float, Sequence[tuple[int, Attempt]]],
    *,
    name: str = "",
) -> Picture:
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

    n = max(n for found in draws.values() for n, _ in found)
    last = {bias: sum(dict(found)[n].covering) for bias, found in draws.items() if n in dict(found)}
    return figures.show(
        draw,
        "Covering neurons against the number of hyperplanes for several ranges of the bias.",
        size=(6.2, 3.8),
        name=name,
        caption=f"More hyperplanes, fewer neurons: at n = {n} it takes "
        + ", ".join(f"{most} with λ = {bias} R" for bias, most in last.items())
        + f", for {dataset.N} points. Hollow marks are draws that left a point uncovered.",
    )


def rates(cells: Cells, bound: Mapping[float, int], *, name: str = "") -> Picture:
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
            ylim=(0, 10),
        )  # fmt: skip

    n = min(cells.ns, key=lambda n: abs(n - 100))
    row = cells.ns.index(n)
    best = int(np.argmax(cells.memorized[row]))
    least = min(bound, key=lambda bias: bound[bias])
    width = {bias: cells.at(cells.ns[-1], bias)[1] for bias in (0.5, 1, 2)}
    return figures.show(
        draw_rates,
        "Heat map of the share of draws that memorize, over the range of the biases and the number "
        "of hyperplanes, with the curve of the bound above the climb.",
        size=(3.2, 3.1),
        name=name,
        caption=f"None where the biases vanish. At n = {n} most memorize at λ = "
        f"{cells.biases[best]:g}: {cells.memorized[row, best]} of {cells.draws}. The curve, the "
        f"bound for one half of the draws, has its least n = {bound[least]} at λ = {least:g}.",
    ) + figures.show(
        draw_widths,
        "Mean number of covering neurons against the number of hyperplanes for three ranges of "
        "the biases: each curve falls slowly.",
        size=(3.2, 3.1),
        caption=f"At n = {cells.ns[-1]} the mean cover has "
        + ", ".join(f"{mean:.1f} neurons at λ = {bias:g}" for bias, mean in width.items())
        + ".",
    )


def growth(neurons: Mapping[str, Mapping[int, float]], *, name: str = "") -> Picture:
    """Covering neurons over N, a curve for each kind of data, beside one neuron a point."""
    sizes = [N for curve in neurons.values() for N in curve]
    least, most = min(sizes), max(sizes)

    def draw(ax: "Axes", colours: Colours) -> None:
        figures.curves(
            ax, colours, None, neurons, log="xy", xlabel="points N", ylabel="covering neurons",
            xlim=(0.6 * least, 2 * most), ylim=(1, most),
        )  # fmt: skip
        middle = (least * most) ** 0.5
        figures.slope(ax, colours, (middle, middle / 2), 1, "one neuron a point of the class")

    ends = (
        f"{kind}: {curve[min(curve)]:g} neurons for {number_text(min(curve))} points, "
        f"{curve[max(curve)]:g} for {number_text(max(curve))}"
        for kind, curve in neurons.items()
    )
    return figures.show(
        draw,
        "Covering neurons against the number of points, nearly flat beside the line of one neuron "
        "for each point of the class.",
        size=(6.2, 3.6),
        name=name,
        caption="; ".join(ends).capitalize()
        + ". The dashed line is one neuron for each covered point.",
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


NAMES = ("rivals", "the covered class")


def radii(
    dataset: Dataset, rows: Sequence[int], certified: Sequence[float], *, name: str = ""
) -> Picture:
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
    distances = cdist(points[np.asarray(rows)], points)
    distances[own[:, None] == labels[None]] = np.inf
    nearest = distances.min(axis=1)
    share, far = lengths / nearest, nearest.max()
    medians = [
        f"{np.median(share[own == k]):.2f} for {name}"
        for k, name in enumerate(NAMES)
        if (own == k).any()
    ]

    def draw(ax: "Axes", colours: Colours) -> None:
        for k, name in enumerate(NAMES):
            ax.scatter(nearest[own == k], lengths[own == k], s=12, color=colours.classes[k],
                       marker=MARKERS[k])  # fmt: skip
            ax.text(0.99, 0.04 + 0.08 * k, name, color=colours.classes[k], ha="right",
                    transform=ax.transAxes)  # fmt: skip
        for slope, name in ((1, "the whole distance"), (0.5, "half of it")):
            ax.axline((0, 0), slope=slope, color=colours.faint, linestyle=":")
            ax.annotate(name, (0.5 * far / slope, 0.5 * far), (-6, 2), ha="right",
                        textcoords="offset points", color=colours.faint, fontsize=8)  # fmt: skip
        ax.set(xlabel="distance to the other class", ylabel="certified radius")
        ax.set(xlim=(0, 1.05 * far), ylim=(0, 0.55 * far))

    return figures.show(
        draw,
        "Certified radius against the distance to the nearest point of the other class.",
        size=(6.2, 3.6),
        name=name,
        caption=f"One mark for each of {len(own)} points. The radius is at most "
        f"{share.max():.2f} of the distance to the other class; the median share is "
        f"{' and '.join(medians)}.",
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
            "hyperplanes: flat, then a rise that comes later the more hyperplanes there are.",
            size=(3.2, 3.0),
            caption=f"With {N} points {balls} neurons cover {balls} small balls; at r = "
            f"{ratios[-1]} δ it takes "
            + ", ".join(f"{line[-1]} with n = {n}" for n, line in widths[N].items())
            + ".",
        )
        for N in widths
    ]
    if not pictures:
        raise InvalidArgument("widths: at least one N is needed, got none")
    return sum(pictures[1:], start=pictures[0])
