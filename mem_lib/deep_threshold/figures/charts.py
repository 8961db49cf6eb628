"""Charts of what lines and gates cost: on the circle, over the margin, over N, over depth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mem_lib import figures
from mem_lib.errors import InvalidArgument
from mem_lib.figures import Colours, Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def collector(
    needed: Mapping[int, Sequence[int]],
    mean: Mapping[int, float],
    enough: Mapping[int, int],
    *,
    name: str = "",
) -> Picture:
    """Random lines through the centre that N points of a circle needed, draw by draw, beside the
    ``mean`` of the theorem, its bound ``enough`` for one half, and the N/2 that any lines need.

    Raises ``InvalidArgument`` unless all three speak of the same N.
    """
    if not (list(needed) == list(mean) == list(enough)) or not needed:
        raise InvalidArgument(
            f"needed, mean, enough: the same N are needed, got {list(needed)}, {list(mean)} and "
            f"{list(enough)}"
        )
    N = list(needed)

    def draw(ax: Axes, colours: Colours) -> None:
        for n, found in needed.items():
            ax.plot([n] * len(found), list(found), linestyle="none", marker="o", markersize=3,
                    color=colours.faint, alpha=0.6)  # fmt: skip
        figures.curves(
            ax, colours, N,
            {"enough for one half": [enough[n] for n in N], "mean of random lines": [
                mean[n] for n in N], "well chosen: N/2": [n / 2 for n in N]},
            log="xy", xlabel="points N on the circle", ylabel="lines m", ticks={"x": N},
        )  # fmt: skip

    last = N[-1]
    middle = int(np.median(list(needed[last])))
    return figures.show(
        draw,
        "Lines that were needed against the number of points on a circle, on logarithmic axes: "
        "dots of single draws around the curve of their mean, a bound just above it, and far below "
        "the straight line N/2.",
        size=(6.4, 3.8),
        caption=f"Dots are draws. At N = {last} half of them needed at most {middle} random lines, "
        f"the theorem says {mean[last]:.0f} on average and promises {enough[last]} for one half; "
        f"{last // 2} lines do if they are chosen.",
        name=name,
    )


def over_margin(
    curves: Mapping[str, Mapping[float, float]], *, exponential: bool = True, name: str = ""
) -> Picture:
    """Lines m against the margin over the radius, one curve for each entry; with the growth of
    e^(1/margin²) that this chapter's paper did away with."""
    margins = sorted({s for found in curves.values() for s in found})
    if not margins:
        raise InvalidArgument("curves: at least one margin is needed, got none")

    def draw(ax: Axes, colours: Colours) -> None:
        most = max(max(found.values()) for found in curves.values())
        figures.curves(
            ax, colours, None, {what: dict(sorted(found.items(), reverse=True))
                                for what, found in curves.items()},
            log="xy", xlabel="margin over radius", ylabel="lines m", ticks={"x": margins},
            xlim=(1.15 * margins[-1], margins[0] / 1.15), ylim=(1, 3 * most),
        )  # fmt: skip
        if exponential:
            s = np.geomspace(margins[0], margins[-1], 200)
            with np.errstate(over="ignore"):
                y = np.exp(1 / s**2)
            seen = y < 3 * most
            ax.plot(s[seen], y[seen], color=colours.faint, linestyle="--", linewidth=1)
            ax.annotate("exp(1/margin²)", (s[seen][0], y[seen][0]), xytext=(-6, -12),
                        textcoords="offset points", ha="right", color=colours.faint,
                        fontsize=8)  # fmt: skip

    told = ", ".join(f"{found[min(found)]:g} {what}" for what, found in curves.items())
    return figures.show(
        draw,
        "Number of lines against the margin, which falls along the axis, on logarithmic axes: "
        + "; ".join(curves)
        + ".",
        size=(6.6, 4.0),
        caption=f"The closer the colours, the more lines. At margin {margins[0]:g}: {told}.",
        name=name,
    )


def over_points(
    panels: Mapping[str, Mapping[str, Mapping[int, float]]],
    *,
    crossing: Mapping[str, int] | None = None,
    ylabel: str = "gates",
    name: str = "",
) -> Picture:
    """``ylabel`` against N, one panel for each margin, one curve for each kind of network;
    ``crossing``: an N for each panel, marked by an upright line."""
    if not panels:
        raise InvalidArgument("panels: at least one is needed, got none")
    marked = crossing or {}

    def draw(axes: Any, colours: Colours) -> None:
        for i, (ax, (title, curves)) in enumerate(
            zip(np.atleast_1d(axes), panels.items(), strict=True)
        ):
            N = sorted({n for found in curves.values() for n in found})
            figures.curves(
                ax, colours, None, curves, log="xy", title=title, xlabel="points N",
                ylabel=ylabel if i == 0 else "", ticks={"x": N[::2]},
                labels="ends" if i == len(panels) - 1 else "none",
            )  # fmt: skip
            if title in marked:
                figures.level(ax, colours, f"N = {marked[title]}", x=marked[title])

    told = "; ".join(f"{title}: N = {n}" for title, n in marked.items())
    return figures.show(
        draw,
        f"{ylabel.capitalize()} against N on logarithmic axes for {len(panels)} margins: a steep "
        "line and flatter curves that start above it and end below it.",
        size=(7.2, 3.4),
        panels=len(panels),
        sharey=True,
        caption="The staircase climbs with N; lines with a table start higher and climb slower. "
        + (f"The upright line is where the formulas cross: {told}." if told else ""),
        name=name,
    )


def over_depth(found: Mapping[str, tuple[int, int, int]], *, name: str = "") -> Picture:
    """Gates and weights of networks for the same data, against their depth; ``found``: (depth,
    gates, weights) by name."""
    if not found:
        raise InvalidArgument("found: at least one network is needed, got none")

    def draw(axes: Any, colours: Colours) -> None:
        for k, (ax, what) in enumerate(zip(axes, ("gates", "weights"), strict=True), 1):
            for i, (title, entry) in enumerate(found.items()):
                ax.plot(entry[0], entry[k], "o", markersize=5, color=colours.classes[i % 6])
                ax.annotate(title, (entry[0], entry[k]), xytext=(6, 0), va="center",
                            textcoords="offset points", fontsize=8, color=colours.ink)  # fmt: skip
            figures.scale(ax, log="y", xlabel="depth", title=what)
            ax.margins(x=0.25, y=0.15)

    few = min(found, key=lambda title: found[title][1])
    light = min(found, key=lambda title: found[title][2])
    return figures.show(
        draw,
        "Two panels, gates and weights against depth, one mark for each way to compress the code.",
        size=(7.0, 3.4),
        panels=2,
        caption=f"Fewest gates, {found[few][1]:,}, has {few}; fewest weights, "
        f"{found[light][2]:,}, has {light}.",
        name=name,
    )


def wrong_points(wrong: Mapping[str, Mapping[int, int]], *, name: str = "") -> Picture:
    """How many points get a wrong label when the same integers are computed in an arithmetic that
    rounds; one curve for each arithmetic."""
    if not wrong:
        raise InvalidArgument("wrong: at least one arithmetic is needed, got none")

    def draw(ax: Axes, colours: Colours) -> None:
        N = sorted({n for found in wrong.values() for n in found})
        figures.curves(
            ax, colours, None, wrong, log="x", xlabel="points N", ylabel="wrong labels",
            ticks={"x": N},
        )  # fmt: skip

    first = {
        what: next((n for n, count in sorted(found.items()) if count), None)
        for what, found in wrong.items()
    }
    told = "; ".join(
        f"{what} is right everywhere" if n is None else f"{what} first goes wrong at N = {n}"
        for what, n in first.items()
    )
    return figures.show(
        draw,
        "Points with a wrong label against N for several arithmetics.",
        size=(6.2, 3.4),
        caption=f"The same network of integers: {told}.",
        name=name,
    )


def over_dimension(curves: Mapping[str, Mapping[int, float]], *, name: str = "") -> Picture:
    """Rows of the first layer against the dimension, one curve for each kind."""
    if not curves:
        raise InvalidArgument("curves: at least one is needed, got none")

    def draw(ax: Axes, colours: Colours) -> None:
        d = sorted({k for found in curves.values() for k in found})
        figures.curves(
            ax, colours, None, curves, log="xy", xlabel="dimensions d",
            ylabel="gates of the first layer", ticks={"x": d},
        )  # fmt: skip

    ends = {what: (found[min(found)], found[max(found)]) for what, found in curves.items() if found}
    told = "; ".join(f"{what} from {a:g} to {b:g}" for what, (a, b) in ends.items())
    return figures.show(
        draw,
        "Hyperplanes of the first layer against the dimension: falling for random ones, rising for "
        "the grid.",
        size=(6.2, 3.6),
        caption=f"Random directions do not see the dimension, the axes do: {told}.",
        name=name,
    )


def radii(found: Mapping[str, Sequence[float]], limit: float, *, name: str = "") -> Picture:
    """Certified radii of all points, sorted, one curve for each first layer; ``limit`` is half the
    margin, beyond which nobody can go."""
    if not found:
        raise InvalidArgument("found: at least one first layer is needed, got none")

    def draw(ax: Axes, colours: Colours) -> None:
        curves = {}
        for what, values in found.items():
            ordered = np.sort(np.asarray(values, float))
            share = np.linspace(0, 100, len(ordered))
            kept = np.linspace(0, len(ordered) - 1, min(60, len(ordered))).round().astype(int)
            curves[what] = (share[kept], ordered[kept])
        figures.curves(
            ax, colours, None, curves, log="y", marks=False, dashes=True,
            xlabel="share of the points, in percent", ylabel="certified radius",
        )  # fmt: skip
        figures.level(ax, colours, "half the margin", y=limit)

    told = "; ".join(f"{what} {min(values):.1e}" for what, values in found.items())
    return figures.show(
        draw,
        "Certified radius of every point, sorted, for several first layers, on a logarithmic axis.",
        size=(6.2, 3.6),
        caption=f"How far a point may move before a line is crossed. The smallest radius: {told}.",
        name=name,
    )
