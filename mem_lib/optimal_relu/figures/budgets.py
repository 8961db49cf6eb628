"""What depth, width, weights and bits cost in each other."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mem_lib import figures
from mem_lib.errors import InvalidArgument
from mem_lib.figures import Colours, Picture, Stepper
from mem_lib.network import Network, Size

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STAGES = ("hash", "find the folder", "read the folder")


def shapes(sizes: Sequence[Size], N: int) -> Picture:
    """Width and weights over depth, of networks for N points; dashed, the slopes of the theorem
    through the one in the middle."""
    if not sizes:
        raise InvalidArgument("sizes: at least one is needed, got none")
    middle = sizes[len(sizes) // 2]
    ticks = {"width": {"y": [10, 100]}, "weights": {"y": [2000, 5000, 10_000, 20_000, 50_000]}}

    def draw(ax: "Axes", colours: Colours, what: str) -> None:
        figures.curves(
            ax, colours, [size.depth for size in sizes],
            {what: [getattr(size, what) for size in sizes]}, log="xy", labels="none",
            xlim=(50, 420), xlabel="depth L", ylabel=what, title=f"{what} against depth",
            ylim=(4, 900) if what == "width" else (1500, 60_000),
            ticks={"x": [50, 100, 200, 400], **ticks[what]},
        )  # fmt: skip
        if what == "weights":
            figures.level(ax, colours, "N", y=N, at=0.94)
        through, power = (middle.depth, getattr(middle, what)), -2 if what == "width" else -1
        figures.slope(ax, colours, through, power, f"slope {power}")

    return figures.show(
        partial(draw, what="width"),
        "Width against depth for seven networks, logarithmic axes. The width falls from more than "
        "five hundred at depth 60 to six at depth 341, roughly like the inverse square of the "
        "depth.",
        size=(3.5, 3.2),
    ) + figures.show(
        partial(draw, what="weights"),
        "Weights against depth for the same networks, logarithmic axes: a curve of slope about "
        "minus one at the right, steeper at the left, above the line of N weights.",
        size=(3.5, 3.2),
    )


def plane(
    needed: float, curves: Mapping[str, Sequence[Size]], marks: Mapping[str, Size]
) -> Picture:
    """The plane of weights W against bits B: curves of networks with budgets, single ``marks``, and
    the hyperbola W (B + 1) = ``needed``, below which no wiring serves all labels."""

    if not curves or not marks:
        raise InvalidArgument(
            f"curves, marks: at least one of each is needed, got {len(curves)} and {len(marks)}"
        )

    def draw(ax: "Axes", colours: Colours) -> None:
        found = {
            name: ([size.bits for size in sizes], [size.weights for size in sizes])
            for name, sizes in curves.items()
        }
        figures.curves(
            ax, colours, None, found, log="xy", labels="none",
            xlabel="bits of the longest weight, B", ylabel="weights W", xlim=(12, 700),
            ylim=(5, 90_000), ticks={"x": [16, 24, 53, 100, 200, 400]},
        )  # fmt: skip
        ax.legend(loc="lower right", fontsize=8)
        bits = np.geomspace(12, 420, 50)
        figures.forbidden(ax, colours, bits, needed / (bits + 1), "no network\nfor all labels",
                          at=(0.04, 0.14))  # fmt: skip
        for b, name in ((24, "float32"), (53, "float64")):
            figures.level(ax, colours, name, x=b)
        for name, size in marks.items():
            ax.plot(size.bits, size.weights, "P", color=colours.accent, markersize=6)
            ax.annotate(name, (size.bits, size.weights), xytext=(5, 3), fontsize=8,
                        textcoords="offset points", color=colours.accent)  # fmt: skip

    return figures.show(
        draw,
        "The plane of weights W against bits B, logarithmic axes. Below the hyperbola W (B + 1) = "
        f"N no wiring serves all labels. Three curves of built networks, {_and(curves)}, run "
        "beside it; narrow and wide bend at about a hundred bits; "
        f"{_and(marks)} are single marks. Verticals stand at 24 bits, float32, and 53 bits, "
        "float64.",
        size=(6.2, 4.2),
    )


def _and(names: Mapping[str, object]) -> str:
    *some, last = names
    return f"{', '.join(some)} and {last}" if some else last


def layers_of(network: Network) -> tuple[int, ...]:
    """How many layers of a network belong to each of :data:`STAGES`; to decode is to read."""
    found = [(layer.stage or "").replace("decode", "read the folder") for layer in network.layers]
    return tuple(found.count(stage) for stage in STAGES)


def layers(counts: Mapping[int, Mapping[str, Sequence[int]]]) -> Stepper:
    """Layers of several networks by stage, each counted by :func:`layers_of`: ``counts[b][name]``;
    one picture each b."""

    def draw(ax: "Axes", colours: Colours, b: int) -> None:
        figures.bars(ax, colours, counts[b], parts=STAGES, xlabel="layers", title=f"b = {b}",
                     xlim=(0, 3700), xticks=range(0, 3001, 1000))  # fmt: skip

    return Stepper(
        "b, for keys below 2^(b+1)",
        {
            b: figures.show(
                partial(draw, b=b),
                f"Layers of {len(found)} networks for keys of {b} bits, by stage: "
                + ", ".join(f"{name} {sum(parts)}" for name, parts in found.items())
                + ". In narrow, wide and retrieval only the stage that hashes depends much on b, "
                "from b = 24 on.",
                size=(6.2, 3.2),
            )
            for b, found in counts.items()
        },
    )
