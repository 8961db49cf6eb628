"""The figures of this chapter: folds, float arithmetic that fails, weights against bits.

Everything drawn is computed by real networks in exact arithmetic, or counted from them.
"""

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mem_lib import figures
from mem_lib._base.arguments import integer_in
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument
from mem_lib.exact import evaluate
from mem_lib.figures import MARKERS, Colours, Picture
from mem_lib.foundations.networks import staircase, strip
from mem_lib.foundations.shattering import weights_needed
from mem_lib.network import Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KINDS = ("table", "staircase", "covering")  # a kind keeps its colour and its mark


def coins(dataset: Dataset) -> Picture:
    """Labelled points on a line, and beside them the graph of the staircase that knows them.

    ``InvalidDataset`` unless the points are labelled and have one coordinate.
    """
    dataset = figures.drawable(dataset, d=1)
    places, labels = np.asarray(dataset.points, float)[:, 0], dataset.labels
    low, high = places.min() - 1, places.max() + 1
    at = np.linspace(low, high, 40 * int(high - low) + 1)
    answers, denominator = evaluate(staircase(dataset), at[:, None])

    def draw(ax: "Axes", colours: Colours, knows: bool) -> None:
        if knows:
            ax.plot(at, answers[:, 0] / denominator, color=colours.accent, zorder=1)
        for k in range(dataset.classes):
            chosen = labels == k
            ax.scatter(
                places[chosen], labels[chosen], s=40, zorder=3,
                c=colours.classes[k % 6], marker=MARKERS[k % 6],
            )  # fmt: skip
        ax.set(xlim=(low, high), ylim=(-0.3, dataset.classes - 0.7), xlabel="the point")
        ax.set(yticks=range(dataset.classes))
        ax.set(ylabel="the network's answer" if knows else "its label")
        ax.set_title("a network that knows them" if knows else "coin flips")

    return figures.show(
        partial(draw, knows=False),
        f"{dataset.N} points on a line, some with label 0, some with label 1, in no order.",
        size=(3.4, 2.4),
    ) + figures.show(
        partial(draw, knows=True),
        "The graph of a network's answer, a curve of straight pieces that goes through all "
        "of these points, up to 1 and down to 0 again.",
        size=(3.4, 2.4),
    )


def folds() -> Picture:
    """The strip from 0 to 16 after one, two, three and four folds, as networks fold it."""

    def draw(axes: Sequence["Axes"], colours: Colours, first: int) -> None:
        y = np.arange(0, 16 * 16 + 1)[:, None] / 16
        for count, ax in enumerate(axes, start=first):
            values, denominator = evaluate(strip(4, count), y)
            ax.plot(y, values[:, 0] / denominator, color=colours.accent)
            ax.set(xlim=(0, 16), xticks=[0, 8, 16], ylim=(-0.3, 8.3), yticks=[0, 16 >> count])
            ax.set_title("1 fold" if count == 1 else f"{count} folds")

    return figures.show(
        partial(draw, first=1),
        "The strip from 0 to 16 after one and after two folds: one tent of height 8, two of "
        "height 4.",
        size=(3.4, 1.9),
        panels=2,
    ) + figures.show(
        partial(draw, first=3),
        "After three and after four folds: four tents of height 2, eight of height 1.",
        size=(3.4, 1.9),
        panels=2,
    )


def some_numbers(k: int, *, most: int = 2000, seed: int = 0) -> list[int]:
    """All numbers of ``k`` bits, or ``most`` random ones where there are more than 4096.

    ``InvalidArgument`` unless 1 <= k <= 64.

    >>> some_numbers(2)
    [0, 1, 2, 3]
    """
    k = integer_in(k, "k", 1, 64)
    if k <= 12:
        return list(range(2**k))
    rng = np.random.default_rng(seed)
    high = rng.integers(0, 2 ** max(k - 32, 0), most).tolist()
    low = rng.integers(0, 2 ** min(k, 32), most).tolist()
    return [(a << 32) + b for a, b in zip(high, low, strict=True)]


def right_answers(rows: Sequence[Sequence[int]], *, name: str = "") -> Picture:
    """Shares of right answers over the number of bits.

    ``rows``: m, the number of points, and how many are right in float32, in float64 and in
    integers; ``name``: how the book cites it.  ``InvalidArgument`` for a row of another length.
    """
    if not rows or any(len(row) != 5 for row in rows):
        raise InvalidArgument(f"rows: at least one, each of 5 numbers, is needed, got {rows}")
    m, points, *right = np.array(rows).T
    names = ("float32", "float64", "integers")
    shares = {kind: 100 * count / points for kind, count in zip(names, right, strict=True)}

    def draw(ax: "Axes", colours: Colours) -> None:
        figures.curves(
            ax, colours, m, shares, ylim=(0, 105), xlabel="bits m of the number",
            ylabel="right answers, per cent",
        )  # fmt: skip
        figures.level(ax, colours, "a coin", y=50)

    return figures.show(
        draw,
        "Share of right answers against the number of bits: a level line for the integers, a fall "
        "to one half for float32 and, later, for float64.",
        size=(6.4, 3.4),
        caption=" ".join(_first_error(kind, m, share) for kind, share in shares.items())
        + " Both then fall to the share of a coin.",
        name=name,
    )


def _first_error(name: str, k: np.ndarray, share: np.ndarray) -> str:
    wrong = np.flatnonzero(share < 100)
    if not len(wrong):
        return f"{name.capitalize()} are right on all numbers of every length."
    i = wrong[0]
    return f"{name} is right on all numbers tried up to {k[i - 1]} bits, and errs at {k[i]}."


def weights_and_bits(
    N: int,
    networks: Mapping[str, Sequence[Network]],
    *,
    title: str,
    xlim: tuple[float, float],
    caption: str = "",
    name: str = "",
) -> Picture:
    """Networks as points of the plane of weights and bits, above the curve W (B + 1) = N of the
    counting bound (``thm-foundations-counting``).

    Each entry ``{kind: networks}`` is a series, of a kind in :data:`KINDS`, with its name beside
    its first network.  ``InvalidArgument`` for another kind and for a series without a network.
    """
    for kind, nets in networks.items():
        if kind not in KINDS or not nets:
            raise InvalidArgument(
                f"networks[{kind!r}]: networks of a kind in {KINDS} are needed, got {len(nets)}"
            )
    kinds = " and ".join(f"{len(nets)} of the kind {kind}" for kind, nets in networks.items())
    return figures.show(
        lambda ax, colours: _plane(ax, colours, N, networks, title, xlim),
        f"Weights against bits, both logarithmic, for {title}: the region below the falling curve "
        f"W(B+1) = N is shaded; networks: {kinds}.",
        size=(6.4, 3.2),
        caption=caption,
        name=name,
    )


def _plane(
    ax: "Axes",
    colours: Colours,
    N: int,
    networks: Mapping[str, Sequence[Network]],
    title: str,
    xlim: tuple[float, float],
) -> None:
    figures.scale(
        ax, log="xy", xlabel="weights W", ylabel="bits B", ylim=(0.9, 400), xlim=xlim, title=title
    )
    bits = np.geomspace(1, 400, 200)
    figures.forbidden(ax, colours, N / (bits + 1), bits)
    for kind, nets in networks.items():
        k = KINDS.index(kind)
        weights, longest = zip(*((net.size.weights, net.size.bits) for net in nets), strict=True)
        ax.plot(
            weights, longest, color=colours.classes[k], marker=MARKERS[k], markersize=5,
            linestyle=":" if len(nets) > 2 else "none", linewidth=1,
        )  # fmt: skip
        ax.annotate(
            kind, (weights[0], longest[0]), xytext=(4, 7), textcoords="offset points",
            color=colours.classes[k],
        )  # fmt: skip


def needed(*, name: str = "") -> Picture:
    """What the staircase and the table use, and what no wiring can undercut, over N."""
    N = np.unique(np.geomspace(10, 10**6, 60).astype(int))
    relu = [weights_needed(int(n)) for n in N]
    threshold = [weights_needed(int(n), activation="threshold") for n in N]
    sizes = np.arange(2, 450)

    def draw(ax: "Axes", colours: Colours) -> None:
        figures.scale(ax, log="xy", xlim=(10, 10**6), ylim=(1, 6e6))
        ax.set(xlabel="points N", ylabel="weights W")
        ax.plot(5 * sizes**2, 30 * sizes - 4, color=colours.classes[0])
        ax.plot(N, 6 * N - 3, color=colours.classes[1])
        ax.plot(N, threshold, color=colours.ink, linestyle="--")
        figures.forbidden(ax, colours, N, relu, "")
        for text, x, y, colour in (
            ("staircase", 500, 3e4, colours.classes[1]),
            ("table", 40, 28, colours.classes[0]),
            ("needed, threshold", 1.5e4, 250, colours.ink),
            ("needed, ReLU", 6e3, 4, colours.ink),
        ):
            ax.text(x, y, text, color=colour)

    return figures.show(
        draw,
        "Weights against points, both logarithmic: two upper curves, staircase and table, and two "
        "lower ones; what lies below the last of them is forbidden.",
        size=(6.4, 3.8),
        caption="What networks use (staircase, on a line, and table), and what no wiring can "
        f"undercut. At N = {N[-1]:,} that is {6 * int(N[-1]) - 3:,} weights for the staircase "
        f"beside {threshold[-1]:,} that threshold units need at least; the table takes "
        f"{30 * math.isqrt(int(N[-1]) // 5) - 4:,} for about as many points, and ReLU units need "
        f"at least {relu[-1]:,}.",
        name=name,
    )
