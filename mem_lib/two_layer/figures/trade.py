"""Neurons against weights, and weights against floats: numbers that a page measured.

Neurons are counted in units of N/d, total weights in units of the root of N.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from mem_lib import figures
from mem_lib.errors import InvalidArgument
from mem_lib.figures import MARKERS, Colours, Picture
from mem_lib.figures.numbers import number_text
from mem_lib.two_layer import History, weight_bound
from mem_lib.two_layer.figures.floats import FORMATS, Rounding, about
from mem_lib.two_layer.figures.labels import named

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ERROR_TICKS = [0.001, 0.01, 0.1, 1]
SMALLEST = 1e-17  # of errors that can be drawn
LAST = 0.01  # the relative error at which fits are compared


def listed(values: Mapping[str, float]) -> str:
    """Names and about their numbers, for a caption."""
    return ", ".join(f"{name} {number_text(about(value, 2))}" for name, value in values.items())


def residuals(curves: Mapping[str, History], N: int, d: int, optimum: float) -> Picture:
    """The relative squared error over the neurons and over the total weight, a curve for each fit
    of N points in d dimensions; ``optimum``: the least W_tot / sqrt N of an exact network."""

    def draw(ax: "Axes", colours: Colours, what: str, over: float, **axes: Any) -> None:
        series = {}
        for name, past in curves.items():
            at = np.unique(np.geomspace(1, len(past.error), 60).astype(int)) - 1
            series[name] = getattr(past, what)[at] / over, past.error[at]
        figures.curves(
            ax, colours, None, series, log="xy", marks=False, dashes=True, ylim=(0.001, 1.1),
            ylabel="relative squared error", **axes,
        )  # fmt: skip

    def draw_weights(ax: "Axes", colours: Colours) -> None:
        draw(ax, colours, "weight", N**0.5, labels="none", xlabel="W_tot / √N", xlim=(0.015, 1e5),
             ticks={"x": [0.1, 10, 1000, 10**5], "y": ERROR_TICKS})  # fmt: skip
        errors = np.geomspace(0.001, 0.9, 25)
        bound = [weight_bound(N, relative_error=e) / N**0.5 for e in errors]
        ax.fill_betweenx(errors, 0.01, bound, color=colours.faint, alpha=0.25, linewidth=0)
        ax.plot([optimum] * 2, [0.001, 0.0016], color=colours.accent, linewidth=3)
        ax.annotate("optimum", (optimum, 0.0018), ha="center", fontsize=8, color=colours.accent)
        ax.annotate("im-\npossible", (0.017, 0.0025), fontsize=8, color=colours.ink)

    ends = {
        name: (past.neurons[at] * d / N, past.weight[at] / N**0.5)
        for name, past in curves.items()
        if len(at := np.flatnonzero(past.error <= LAST)[:1])
    }
    at_last = [listed({name: float(end[what][0]) for name, end in ends.items()}) for what in (0, 1)]
    return figures.show(
        partial(draw, what="neurons", over=N / d, labels="legend", xlabel="neurons / (N/d)",
                xlim=(0.1, 1500), ticks={"x": [0.1, 1, 10, 100, 1000], "y": ERROR_TICKS}),
        f"Relative squared error against neurons, logarithmic axes, {len(curves)} residual fits.",
        size=(3.3, 3.4),
        caption=f"The error over the neurons. The relative error {LAST} is reached, in units of "
        f"N/d, at: {at_last[0]}.",
    ) + figures.show(
        draw_weights,
        "Relative squared error against the total weight. The optimum is marked; grey is what no "
        "network can do.",
        size=(3.3, 3.4),
        caption=f"The same over the total weight. At the error {LAST}, in units of √N: "
        f"{at_last[1]}; the best possible exact network {number_text(round(optimum, 1))}.",
    )  # fmt: skip


def methods(
    fits: Mapping[str, Sequence[float]],
    exact: Mapping[str, Sequence[float]],
    N: int,
    d: int,
    optimum: Sequence[float],
    *,
    name: str = "",
) -> Picture:
    """All methods as marks of the plane of neurons / (N/d) and W_tot / sqrt N.

    ``fits``, at the relative error 0.01, and ``exact`` hold such a pair for each name; grey is
    what no network of d inputs can do for N random signs; ``optimum``: the pair of the least total
    weight; ``name`` as for a picture.

    ``InvalidArgument`` for more than six fits or three exact networks.
    """
    if len(fits) > len(MARKERS) or len(exact) > 3:
        raise InvalidArgument(
            f"fits, exact: 6 and 3 names at most are needed, got {len(fits)} and {len(exact)}"
        )

    best = "best possible exact network"
    places = {**exact, **fits, best: optimum}

    def draw(ax: "Axes", colours: Colours) -> None:
        marks = [
            *zip(exact.items(), "*Xp", [colours.ink] * 3, strict=False),
            *zip(fits.items(), MARKERS, colours.classes, strict=False),
            ((best, optimum), "_", colours.accent),
        ]
        for (_, place), marker, ink in marks:
            ax.plot(*place, marker, color=ink, linestyle="none", markersize=8,
                    markeredgewidth=3 if marker == "_" else 1)  # fmt: skip
        grey: dict[str, Any] = {"color": colours.faint, "alpha": 0.25, "linewidth": 0}
        ax.axhspan(0.01, weight_bound(N, relative_error=LAST) / N**0.5, **grey)
        ax.axvspan(0.1, d / (d + 1), **grey)
        figures.scale(
            ax, log="xy", xlim=(0.5, 2000), ylim=(0.05, 1e7), xlabel="neurons / (N/d)",
            ylabel="total weight / √N",
            ticks={"x": [1, 10, 100, 1000], "y": [0.1, 10, 1000, 10**5]},
        )  # fmt: skip
        inks = {name: ink for (name, _), _, ink in marks}
        named(ax, colours, places, inks, (5.2, 3.7))

    neurons = listed({name: place[0] for name, place in exact.items()})
    weights = listed({name: place[1] for name, place in exact.items()})
    light, heavy = (f(place[1] for place in fits.values()) for f in (min, max))
    return figures.show(
        draw,
        "The plane of neurons over N/d against total weight over the root of N, logarithmic axes, "
        "with a mark for each network. Few neurons stand at great weights, small weights at many "
        "neurons. Two bars at the edges are grey.",
        size=(6.2, 4.6),
        caption=f"The chapter in one view. Neurons, over N/d: {neurons}; total weight, over √N: "
        f"{weights}. The fits, at the relative error {LAST}, weigh {number_text(about(light, 2))} "
        f"to {number_text(about(heavy, 2))}. Grey is what no network can do: too few neurons for "
        "all values, too little weight for random signs.",
        name=name,
    )


def rounded_floats(
    weights: Mapping[str, float], rounded: Mapping[str, Mapping[str, Rounding]], *, name: str = ""
) -> Picture:
    """The error of float64 and float32 over the total weight: ``weights[name]`` is W_tot / sqrt N,
    ``rounded[name][dtype]`` what the format does to that network; ``name`` as for a picture.

    ``InvalidArgument`` where one of both lacks a name."""
    if set(weights) != set(rounded):
        raise InvalidArgument(
            f"weights, rounded: the same names are needed, got {sorted(weights)} and "
            f"{sorted(rounded)}"
        )

    order = sorted(weights, key=lambda name: weights[name])

    def draw(ax: "Axes", colours: Colours) -> None:
        for dtype, ink, marker in zip(FORMATS, colours.classes, MARKERS, strict=False):
            found = [rounded[name][dtype] for name in order]
            for y, one in enumerate(found):
                ax.plot([max(one.measured, SMALLEST), one.bound], [y, y], color=ink, linewidth=0.8,
                        alpha=0.6)  # fmt: skip
                ax.plot(one.bound, y, "|", color=ink, markersize=12, markeredgewidth=2)
                ax.plot(one.measured, y, marker, color=ink, markersize=6)
            top = found[-1]
            between = float(np.sqrt(max(top.measured, SMALLEST) * top.bound))
            ax.annotate(dtype, (between, len(order) - 1), xytext=(0, 9), color=ink, fontsize=8,
                        textcoords="offset points", ha="center")  # fmt: skip
        figures.level(ax, colours, "signs may be wrong", x=1, at=0.02)
        figures.scale(
            ax, log="x", xlabel="error of the output", xlim=(3e-18, 1e6),
            ylim=(-0.7, len(order) + 0.2), ticks={"x": [1e-15, 1e-10, 1e-5, 1]},
        )  # fmt: skip
        ax.set_yticks(
            range(len(order)),
            [f"{name}, {number_text(about(weights[name], 2))} √N" for name in order],
        )

    ratios = [
        one.bound / max(one.measured, SMALLEST)
        for formats in rounded.values()
        for one in formats.values()
    ]
    low, high = (number_text(about(f(ratios), 1)) for f in (min, max))
    return figures.show(
        draw,
        f"Errors of the output in float64 and in float32, a row for each of {len(order)} networks, "
        "the heaviest at the top, logarithmic axis. Bounds and measured errors move to larger "
        "values with the total weight.",
        size=(6.2, 3.6),
        caption="Each network with its total weight, and how far a floating-point program is off: "
        f"the mark is measured, the bar is what the theorem allows, {low} to {high} times more. "
        "Beyond the dotted line, an error of 1, signs may be wrong.",
        name=name,
    )
