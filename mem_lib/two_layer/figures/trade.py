"""Neurons against weights, and weights against N, chance and floats: numbers that a page measured.

Neurons are counted in units of N/d, total weights in units of the root of N.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from mem_lib import figures
from mem_lib.errors import InvalidArgument, shown
from mem_lib.figures import MARKERS, Colours, Picture
from mem_lib.network import Network
from mem_lib.two_layer import History, least_neurons, total_weight, weight_bound
from mem_lib.two_layer.figures.floats import FORMATS, Rounding

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ERROR_TICKS = [0.001, 0.01, 0.1, 1]


def opening(built: Mapping[str, Mapping[int, Network]], d: int) -> Picture:
    """Neurons and total weights of ReLU networks for N random signs in ``d`` dimensions, a curve
    ``{N: network}`` for each name, beside what is necessary.  Raises as ``total_weight``;
    ``InvalidArgument`` without a network."""
    sizes = sorted({N for nets in built.values() for N in nets})
    if not sizes:
        raise InvalidArgument(f"built: at least one network is needed, got {shown(built)}")
    neurons: dict[str, Any] = {}
    weights: dict[str, Any] = {}
    for name, nets in built.items():
        neurons[name] = list(nets), [net.size.neurons for net in nets.values()]
        weights[name] = list(nets), [total_weight(net) for net in nets.values()]
    few = [least_neurons(N, d) for N in sizes]
    light = [weight_bound(N) for N in sizes]

    def draw(
        ax: "Axes", colours: Colours, rows: Mapping[str, Any], lower: Sequence[float], **axes: Any
    ) -> None:
        figures.curves(ax, colours, None, rows, log="xy", xlabel="points N", ticks={"x": sizes},
                       **axes)  # fmt: skip
        ax.plot(sizes, lower, color=colours.ink, linestyle=":", label="necessary")

    def draw_neurons(ax: "Axes", colours: Colours) -> None:
        draw(ax, colours, neurons, few, labels="none", title="how many neurons", ylabel="neurons",
             ylim=(2, 2e5))  # fmt: skip
        ax.legend(loc="upper left", fontsize=8)

    return figures.show(
        draw_neurons,
        "Neurons against points, logarithmic axes. The slabs and the strips run in parallel to "
        "the number that is necessary, a small factor above it; the corrected fit lies far above "
        "them.",
        size=(3.4, 3.2),
    ) + figures.show(
        partial(draw, rows=weights, lower=light, labels="none", title="how large they are",
                ylabel="total weight"),
        "Total weight against points, logarithmic axes. Here the order is the reverse: slabs and "
        "strips lie orders of magnitude above the fit, and grow much faster than the square root "
        "of N that is necessary.",
        size=(3.4, 3.2),
    )  # fmt: skip


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

    return figures.show(
        partial(draw, what="neurons", over=N / d, labels="legend", xlabel="neurons / (N/d)",
                xlim=(0.1, 1500), ticks={"x": [0.1, 1, 10, 100, 1000], "y": ERROR_TICKS}),
        "Relative squared error against neurons, logarithmic axes, six residual fits. The exact "
        "pairs fall first; antisymmetric, one-sided, Hermite and harmonic pairs of coarseness 0.3 "
        "follow within a factor of five; antisymmetric pairs of coarseness 1 come last.",
        size=(3.5, 3.4),
    ) + figures.show(
        draw_weights,
        "Relative squared error against the total weight. The exact pairs end hundreds of times "
        "to the right of all others, which end between ten and fifty. The optimum is marked at "
        "two and a half, the impossible region ends a little below one fifth.",
        size=(3.5, 3.4),
    )  # fmt: skip


def methods(
    fits: Mapping[str, Sequence[float]],
    exact: Mapping[str, Sequence[float]],
    N: int,
    d: int,
    optimum: Sequence[float],
) -> Picture:
    """All methods as marks of the plane of neurons / (N/d) and W_tot / sqrt N.

    ``fits``, at the relative error 0.01, and ``exact`` hold such a pair for each name; grey is
    what no network of d inputs can do for N random signs; ``optimum``: the pair of the least total
    weight.  ``InvalidArgument`` for more than six fits or three exact networks.
    """
    if len(fits) > len(MARKERS) or len(exact) > 3:
        raise InvalidArgument(
            f"fits, exact: 6 and 3 names at most are needed, got {len(fits)} and {len(exact)}"
        )

    def draw(ax: "Axes", colours: Colours) -> None:
        marks = [
            *zip(fits.items(), MARKERS, colours.classes, strict=False),
            *zip(exact.items(), "*Xp", [colours.ink] * 3, strict=False),
        ]
        for (name, place), marker, ink in marks:
            ax.plot(*place, marker, color=ink, markersize=9 if name in exact else 7, label=name,
                    linestyle="none")  # fmt: skip
        ax.plot(*optimum, "_", color=colours.accent, markersize=16, markeredgewidth=3,
                linestyle="none", label="optimum, N = 60")  # fmt: skip
        grey: dict[str, Any] = {"color": colours.faint, "alpha": 0.25, "linewidth": 0}
        ax.axhspan(0.01, weight_bound(N, relative_error=0.01) / N**0.5, **grey)
        ax.axvspan(0.1, d / (d + 1), **grey)
        figures.scale(
            ax, log="xy", xlim=(0.5, 2000), ylim=(0.05, 1e7), xlabel="neurons / (N/d)",
            ylabel="W_tot / √N",
            ticks={"x": [1, 10, 100, 1000], "y": [0.1, 10, 1000, 10**5]},
        )  # fmt: skip
        ax.legend(loc="upper right", fontsize=8)

    return figures.show(
        draw,
        "The plane of neurons over N/d against total weight over the root of N, logarithmic axes. "
        "Paper and sorted are at the top left, exact pairs below them, all coarse fits at the "
        "bottom right, with the hybrid beside them. The optimum lies below, at twenty N/d neurons. "
        "Grey: too few neurons for all labels, too little weight for any network.",
        size=(4.8, 4.6),
    )


def pairs(control: Mapping[str, Mapping[str, Sequence[float]]]) -> Picture:
    """Neurons and total weights of several kinds of pairs, data set below data set:
    ``control[case][kind]`` is the pair (neurons / (N/d), W_tot / |y|)."""
    cases = list(control)[::-1]
    if not cases:
        raise InvalidArgument("control: at least one data set is needed, got none")

    def draw(ax: "Axes", colours: Colours, what: int, xlabel: str) -> None:
        for k, kind in enumerate(control[cases[0]]):
            ax.plot([control[case][kind][what] for case in cases], range(len(cases)), MARKERS[k],
                    color=colours.classes[k], markersize=6, label=kind)  # fmt: skip
        for y in range(len(cases)):
            ax.axhline(y, color=colours.faint, linewidth=0.4, zorder=0)
        figures.scale(ax, log="x", ticks={"x": [1, 3, 10, 30, 100, 300]}, xlim=(1, 300),
                      ylim=(-0.6, len(cases) + 0.9), xlabel=xlabel)  # fmt: skip
        ax.set_yticks(range(len(cases)), cases)
        ax.legend(loc="upper left", fontsize=8)

    return figures.show(
        partial(draw, what=0, xlabel="neurons / (N/d)"),
        "Neurons of three kinds of pairs on five data sets, logarithmic axis: one-sided and "
        "antisymmetric marks nearly coincide, the harmonic one is to the right of them each time.",
        size=(3.5, 3.0),
    ) + figures.show(
        partial(draw, what=1, xlabel="W_tot / |y|"),
        "Total weight of the three kinds of pairs: the one-sided mark is about twice as far to "
        "the right as the antisymmetric one; the harmonic one is a little to the right of the "
        "antisymmetric.",
        size=(3.5, 3.0),
    )


def power(line: Mapping[int, float]) -> float:
    """The exponent of the law through the first and the last of the points N: W.
    ``InvalidArgument`` for fewer than two.

    >>> power({10: 3, 100: 300})
    2.0
    """
    if len(line) < 2:
        raise InvalidArgument(f"line: at least two numbers of points are needed, got {shown(line)}")
    (first, low), *_, (last, high) = line.items()
    return round(float(np.log(high / low) / np.log(last / first)), 1)


def growth(lines: Mapping[str, Mapping[int, float]], bound: Mapping[int, float]) -> Picture:
    """Total weight over N, a curve ``{N: weight}`` for each method, above the lower ``bound``."""

    def draw(ax: "Axes", colours: Colours) -> None:
        figures.curves(
            ax, colours, None, lines, log="xy", xlabel="points N", ylabel="total weight",
            xlim=(45, 1000), ylim=(0.3, 1e8),
            ticks={"x": list(bound), "y": [1, 100, 10**4, 10**6]},
        )  # fmt: skip
        figures.forbidden(ax, colours, list(bound), list(bound.values()), "lower bound",
                          at=(0.62, 0.03))  # fmt: skip
        figures.slope(ax, colours, (100, 3e3), 2, "slope 2")
        figures.slope(ax, colours, (60, 25), 0.5, "slope 1/2")

    return figures.show(
        draw,
        "Total weight against N from 50 to 800, logarithmic axes. Paper, sorted and exact pairs "
        "rise with slopes of two to two and a half; ntk 0.1 and antisymmetric 0.3 far below with "
        "a slope below one, and the lower bound at the bottom with a slope of one half.",
        size=(4.8, 3.8),
    )


def tails(luck: Mapping[str, Sequence[float]]) -> Picture:
    """The share of the values of each entry that is at least t, over t.
    ``InvalidArgument`` without one."""
    if not luck or not all(len(found) for found in luck.values()):
        raise InvalidArgument(
            f"luck: at least one value for each name is needed, got {shown(luck)}"
        )

    def draw(ax: "Axes", colours: Colours) -> None:
        for k, (name, found) in enumerate(luck.items()):
            ax.step(np.sort(found), 1 - np.arange(len(found)) / len(found), where="post",
                    color=colours.classes[k], linestyle=figures.DASHES[k], label=name)  # fmt: skip
        figures.scale(
            ax, log="xy", xlabel="t", ylabel="share with W_tot / √N ≥ t", ylim=(0.003, 1.2)
        )
        ax.set_yticks([0.01, 0.1, 1], ["1 %", "10 %", "all"])
        ax.set_yticks([], minor=True)
        median = float(np.median(next(iter(luck.values()))))
        figures.slope(ax, colours, (12 * median, 0.5 / 12), -1, "slope -1")
        ax.legend(loc="lower left", fontsize=8)

    return figures.show(
        draw,
        "Share of two hundred exact networks whose total weight exceeds t, logarithmic axes. "
        "Behind the median both curves fall along a line of slope minus one for two orders of "
        "magnitude.",
        size=(4.6, 3.0),
    )


def rounded_floats(
    weights: Mapping[str, float], rounded: Mapping[str, Mapping[str, Rounding]]
) -> Picture:
    """The error of float64 and float32 over the total weight: ``weights[name]`` is W_tot / sqrt N,
    ``rounded[name][dtype]`` what the format does to that network.  ``InvalidArgument`` where one
    of both lacks a name."""
    if set(weights) != set(rounded):
        raise InvalidArgument(
            f"weights, rounded: the same names are needed, got {sorted(weights)} and "
            f"{sorted(rounded)}"
        )

    def draw(ax: "Axes", colours: Colours) -> None:
        at = [weights[name] for name in rounded]
        for dtype, ink, marker in zip(FORMATS, colours.classes, MARKERS, strict=False):
            found = [formats[dtype] for formats in rounded.values()]
            ax.plot(at, [one.bound for one in found], "_", color=ink, markersize=12,
                    markeredgewidth=2, linestyle="none", label=f"{dtype}, bound")  # fmt: skip
            ax.plot(at, [one.measured for one in found], marker, color=ink, markersize=6,
                    linestyle="none", label=f"{dtype}, measured")  # fmt: skip
        figures.level(ax, colours, y=1)
        for i, name in enumerate(sorted(weights, key=lambda name: weights[name])):
            ax.annotate(name, (weights[name], (1e-16, 1e-17)[i % 2]), fontsize=8,
                        ha=("right", "center", "left")[i % 3], color=colours.ink)  # fmt: skip
        figures.scale(
            ax, log="xy", ylabel="error of the output", xlabel="W_tot / √N", xlim=(1, 2e6),
            ylim=(3e-18, 1e6),
            ticks={"x": [1, 100, 10**4, 10**6], "y": [1e-15, 1e-10, 1e-5, 1]},
        )  # fmt: skip
        ax.legend(loc="upper left", fontsize=8, ncols=2)

    return figures.show(
        draw,
        "Error of the output in float64 and in float32 against the total weight of six networks, "
        "logarithmic axes. Bounds and measured errors rise with the total weight on the whole, "
        "over four orders of magnitude; the measured errors are about a hundred to ten thousand "
        "times below the bounds. A dotted line marks an error of 1, where signs may be wrong.",
        size=(4.8, 3.6),
    )
