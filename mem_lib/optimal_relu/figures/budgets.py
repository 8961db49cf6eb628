"""What depth, width, weights and bits cost in each other."""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mem_lib import figures
from mem_lib.errors import InvalidArgument
from mem_lib.figures import Colours, Picture, Stepper
from mem_lib.figures.numbers import number_text
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
    deep, flat = (choose(sizes, key=lambda size: size.depth) for choose in (max, min))
    depths = [size.depth for size in sizes]

    def draw(ax: "Axes", colours: Colours, what: str) -> None:
        values = [getattr(size, what) for size in sizes]
        least, most = min(values) / 1.5, max(values) * 1.5
        figures.curves(
            ax, colours, depths, {what: values}, log="xy", labels="none",
            xlim=(min(depths) / 1.2, max(depths) * 1.2), xlabel="depth L", ylabel=what,
            title=f"{what} against depth",
            ylim=(least, most) if what == "width" else (min(least, N / 1.5), most),
            ticks={"x": round_numbers(depths), "y": round_numbers(values)},
        )  # fmt: skip
        if what == "weights":
            figures.level(ax, colours, "N", y=N, at=0.94)
        through, power = (middle.depth, getattr(middle, what)), -2 if what == "width" else -1
        figures.slope(ax, colours, through, power, f"slope {power}")

    less = f"From depth {deep.depth} to depth {flat.depth}, "
    per_layer = deep.depth / flat.depth
    return figures.show(
        partial(draw, what="width"),
        f"Width against depth for {len(sizes)} networks, logarithmic axes: a falling curve close "
        "to a line of slope minus two.",
        size=(3.3, 3.2),
        caption=f"{less}which is {per_layer:.1f} times fewer layers, the width grows "
        f"{flat.width / deep.width:.0f} times, from {deep.width} to {flat.width}; along the dashed "
        f"line it would grow {per_layer**2:.0f} times.",
    ) + figures.show(
        partial(draw, what="weights"),
        "Weights against depth for the same networks, logarithmic axes: a falling curve, steeper "
        "than a line of slope minus one where networks are short, above the line of N weights.",
        size=(3.3, 3.2),
        caption=f"{less}the weights grow {flat.weights / deep.weights:.1f} times, from "
        f"{number_text(deep.weights)} to {number_text(flat.weights)}. The dotted line is one "
        "weight for each point.",
    )


def round_numbers(values: Sequence[float]) -> list[float]:
    """1, 2 and 5 times the powers of ten from the least to the largest of ``values``, for an axis;
    the powers alone where these are many.

    >>> round_numbers([60, 341]), round_numbers([3, 20_000])
    ([100, 200], [10, 100, 1000, 10000])
    """
    low, high = min(values), max(values)
    tens = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 2, 5), (1,)):
        found = [step * 10**k for k in tens for step in steps if low <= step * 10**k <= high]
        if len(found) <= 5:
            break
    return found


def plane(
    needed: float,
    curves: Mapping[str, Sequence[Size]],
    marks: Mapping[str, Size],
    *,
    name: str = "",
) -> Picture:
    """The plane of weights W against bits B: curves of networks with budgets, single ``marks``, and
    the hyperbola W (B + 1) = ``needed``, below which no wiring serves all labels."""

    if not curves or not marks:
        raise InvalidArgument(
            f"curves, marks: at least one of each is needed, got {len(curves)} and {len(marks)}"
        )
    sizes = [*(size for found in curves.values() for size in found), *marks.values()]
    bits = [size.bits for size in sizes]

    def draw(ax: "Axes", colours: Colours) -> None:
        found = {
            name: ([size.bits for size in sizes], [size.weights for size in sizes])
            for name, sizes in curves.items()
        }
        span = min(*bits, 24) / 1.8, max(bits) * 1.3
        figures.curves(
            ax, colours, None, found, log="xy", xlabel="bits of the longest weight, B",
            ylabel="weights W", xlim=span, ticks={"x": [16, 24, 53, 100, 200, 400]},
            ylim=(needed / (span[1] + 1) / 1.5, max(size.weights for size in sizes) * 2),
        )  # fmt: skip
        at = np.geomspace(*span, 50)
        figures.forbidden(ax, colours, at, needed / (at + 1), "no network for all labels",
                          at=(0.03, 0.05))  # fmt: skip
        for b, kind in ((24, "float32"), (53, "float64")):
            figures.level(ax, colours, kind, x=b, at=0.94)
        for mark, size in marks.items():
            ax.plot(size.bits, size.weights, "P", color=colours.accent, markersize=6)
            ax.annotate(mark, (size.bits, size.weights), xytext=(5, 4), fontsize=8,
                        textcoords="offset points", color=colours.accent)  # fmt: skip

    times = {
        name: [round(size.weights * (size.bits + 1) / needed) for size in found]
        for name, found in {**curves, **{name: [size] for name, size in marks.items()}}.items()
    }
    nearest = min(times, key=lambda name: min(times[name]))
    beside = _and([f"{min(times[name])} to {max(times[name])} times ({name})" for name in curves])
    return figures.show(
        draw,
        "The plane of weights W against bits B, logarithmic axes, with a shaded region below a "
        f"hyperbola, {len(curves)} curves ({_and(curves)}) above it, {len(marks)} single marks "
        f"({_and(marks)}), and verticals at 24 and 53 bits.",
        size=(6.6, 4.2),
        caption="In the shaded region no wiring serves all labels. The curves run beside its edge: "
        f"their products W (B + 1) are {beside} what is needed. Nearest is {nearest}, with "
        f"{min(times[nearest])} times.",
        name=name,
    )


def _and(names: Iterable[str]) -> str:
    *some, last = names
    return f"{', '.join(some)} and {last}" if some else last


def layers_of(network: Network) -> tuple[int, ...]:
    """How many layers of a network belong to each of :data:`STAGES`; to decode is to read."""
    found = [(layer.stage or "").replace("decode", "read the folder") for layer in network.layers]
    return tuple(found.count(stage) for stage in STAGES)


def layers(counts: Mapping[int, Mapping[str, Sequence[int]]]) -> Stepper:
    """Layers of several networks by stage, each counted by :func:`layers_of`: ``counts[b][name]``;
    one picture each b."""
    totals = {b: {name: sum(parts) for name, parts in found.items()} for b, found in counts.items()}
    most = max((n for found in totals.values() for n in found.values()), default=1)

    def draw(ax: "Axes", colours: Colours, b: int) -> None:
        figures.bars(ax, colours, counts[b], parts=STAGES, xlabel="layers", title=f"b = {b}",
                     xlim=(0, 1.15 * most))  # fmt: skip

    frames = {
        b: figures.show(
            partial(draw, b=b),
            f"Layers of {len(found)} networks for keys of {b} bits, by stage: "
            + ", ".join(f"{name} {total}" for name, total in found.items())
            + ".",
            size=(6.6, 3.2),
        )
        for b, found in totals.items()
    }
    first, last = min(counts), max(counts)
    grown = {
        name: [
            more - less for less, more in zip(counts[first][name], counts[last][name], strict=True)
        ]
        for name in counts[first]
    }
    told = [
        f"{name}: {sum(more)}, {max(more)} of them to {STAGES[more.index(max(more))]}"
        for name, more in grown.items()
    ]
    return Stepper(
        "b, for keys below 2^(b+1)",
        frames,
        caption=f"Layers that b = {last} takes more than b = {first}. {'; '.join(told)}.",
    )
