"""What networks answer everywhere: the plane, shaded by their answers.

In more than two dimensions it is the plane of the first two coordinates through the origin that is
shaded, without points, since none lies in it; on a line the line, drawn as a band.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from mem_lib import figures
from mem_lib._base.arguments import integer_in
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument
from mem_lib.exact import predict
from mem_lib.figures import Colours, Picture
from mem_lib.generalization.measures import Accuracy, accuracy
from mem_lib.network import Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: More stripes are not drawn, and said so.
MOST_STRIPES = 200


def answers(
    dataset: Dataset,
    networks: Mapping[str, Network],
    test: Dataset,
    *,
    pixels: int = 110,
    name: str = "",
) -> Picture:
    """What each network answers, two to a row; grey where it is undecided.  Titles say how many of
    the ``test`` points are right, and how many undecided; the caption, whether all of ``dataset``
    is right.

    Spikes are thinner than any pixel: of a network built as "spike" each slab is drawn as a line.

    Raises ``InvalidDataset`` for targets, ``InvalidArgument`` for no network and for less than 2
    ``pixels``.
    """
    dataset, test = (figures.drawable(data, d=None) for data in (dataset, test))
    pixels = integer_in(pixels, "pixels", 2, 1000)
    if not networks:
        raise InvalidArgument("networks: at least one is needed, got none")
    reach = 1.08 * float(np.abs(np.asarray(dataset.points, float)).max(initial=1e-9))
    images = {t: answers_at(network, reach, pixels) for t, network in networks.items()}
    found = {title: accuracy(network, test) for title, network in networks.items()}
    rows = -(-len(networks) // 2)
    columns = min(2, len(networks))

    def draw(ax: Axes, colours: Colours) -> None:
        figure: Any = ax.figure
        ax.remove()
        axes = figure.subplots(rows, columns, squeeze=False)
        for ax in axes.flat[len(networks) :]:
            ax.remove()
        for ax, (title, network) in zip(axes.flat, networks.items(), strict=False):
            figures.frame(
                ax, -reach, reach, -reach, reach, aspect="equal", xlabel="", ylabel="",
                xticks=[], yticks=[], title=f"{title}\n{_told(found[title])}",
            )  # fmt: skip
            shade(ax, images[title], reach, colours)
            if dataset.d <= 2:
                _stripes(ax, network, dataset, colours)
                flat = np.column_stack([dataset.points, 0 * dataset.points[:, 0]])[:, :2]
                figures.points(ax, Dataset(flat, dataset.labels, classes=dataset.classes),
                               colours, size=12 if dataset.N > 60 else 22)  # fmt: skip

    right = {title: accuracy(network, dataset).right for title, network in networks.items()}
    wrong = [f"{title}: {n} of {dataset.N}" for title, n in right.items() if n < dataset.N]
    known = (
        f"All {dataset.N} training points are right in " + _each(len(networks))
        if not wrong
        else f"Of {dataset.N} training points there are right {'; '.join(wrong)}"
    )
    where = "" if dataset.d <= 2 else " The plane goes through the origin."
    thin = dataset.d == 2 and any(map(_has_spikes, networks.values()))
    slabs = " Slabs of spikes are drawn as lines." if thin else ""
    return figures.show(
        draw,
        f"The plane shaded by the answers of {', '.join(networks)}, with the training points.",
        size=(6.6, 3.55 * rows) if columns == 2 else (4.6, 4.9),
        caption=f"Shaded: what a network answers, grey where it is undecided. {known}; the titles "
        f"tell of {test.N} new points.{where}{slabs}",
        name=name,
    )


def _each(count: int) -> str:
    return "the network" if count == 1 else f"each of {count} networks"


def _told(found: Accuracy) -> str:
    return f"{_percent(found.accuracy)} right, {_percent(found.abstention)} undecided"


def _percent(share: Any) -> str:
    """One digit after the point, all and none without one; all that is not all says so."""
    if share in (0, 1):
        return f"{int(100 * share)} %"
    return f"{min(max(float(100 * share), 0.1), 99.9):.1f} %"


def answers_at(network: Network, reach: float, pixels: int) -> np.ndarray:
    """The answers (pixels, pixels) of the network on the square of half-width ``reach`` in the
    plane of its first two coordinates, rows from the bottom up; exact at the middles of the
    pixels, rounded to 2^-12 of the square."""
    middles = reach * (2 * np.arange(pixels) + 1 - pixels) / pixels
    grid = 2.0 ** (int(np.frexp(reach)[1]) - 12)
    middles = np.rint(middles / grid) * grid
    x, y = np.meshgrid(middles, middles)
    plane = np.zeros((pixels * pixels, max(2, network.inputs)))
    plane[:, 0], plane[:, 1] = x.ravel(), y.ravel()
    if network.inputs == 1:
        row = predict(network, middles[:, None], names=False)
        return np.broadcast_to(row, (pixels, pixels))
    return predict(network, plane, names=False).reshape(pixels, pixels)


def shade(ax: Axes, image: np.ndarray, reach: float, colours: Colours) -> None:
    """Colour the square of half-width ``reach`` by the answers of :func:`answers_at`."""
    from matplotlib.colors import to_rgba

    table = [to_rgba(colours.classes[k % 6], 0.28) for k in range(max(1, int(image.max()) + 1))]
    table.append(to_rgba(colours.faint, 0.75))  # index -1: undecided
    ax.imshow(
        np.array(table)[image], origin="lower", extent=(-reach, reach, -reach, reach),
        interpolation="nearest", zorder=0,
    )  # fmt: skip


def _has_spikes(network: Network) -> bool:
    return network.about.get("variant") == "spike" and len(network.layers) > 1


def _stripes(ax: Axes, network: Network, dataset: Dataset, colours: Colours) -> None:
    """Lines through the training points on which a network of spikes says more than a constant."""
    if not _has_spikes(network) or dataset.d != 2:
        return
    _, terms = network.layers[0].row(0)
    u = np.zeros(2)
    for k, weight in terms:
        u[k] = float(weight)
    u /= np.hypot(*u)
    sign = int(network.layers[-1].bias[0] < 0)  # the answer off the slabs is the other one
    own = np.asarray(dataset.points[dataset.labels == sign], float)[:MOST_STRIPES]
    far = 4 * np.abs(np.asarray(ax.get_xlim())).max() * np.array([-u[1], u[0]])
    gap = np.full_like(own, np.nan)
    x, y = np.stack([own - far, own + far, gap], axis=1).reshape(-1, 2).T
    ax.plot(x, y, color=colours.classes[sign], linewidth=0.5, alpha=0.8, zorder=1,
            scalex=False, scaley=False)  # fmt: skip
