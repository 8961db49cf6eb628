"""Law and luck: kinds of pairs on several data sets, weights over N, and weights by chance."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mem_lib import figures
from mem_lib.errors import InvalidArgument, shown
from mem_lib.figures import MARKERS, Colours, Picture
from mem_lib.figures.numbers import number_text
from mem_lib.two_layer.figures.floats import about

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BESIDE = "antisymmetric"  # the kind of pairs with which the others are compared


def pairs(control: Mapping[str, Mapping[str, Sequence[float]]]) -> Picture:
    """Neurons and total weights of several kinds of pairs, data set below data set:
    ``control[case][kind]`` is the pair (neurons / (N/d), W_tot / |y|).

    ``InvalidArgument`` without a data set, and where one lacks antisymmetric pairs."""
    cases = list(control)[::-1]
    if not cases or not all(BESIDE in kinds for kinds in control.values()):
        raise InvalidArgument(
            f"control: at least one data set with {BESIDE} pairs is needed, got {shown(control)}"
        )

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

    def against(what: int) -> str:
        found = []
        for kind in [name for name in control[cases[0]] if name != BESIDE]:
            ratios = [one[kind][what] / one[BESIDE][what] for one in control.values()]
            low, high = (number_text(about(f(ratios), 2)) for f in (min, max))
            found.append(f"{kind} ones {low} to {high} times")
        return f"{' and '.join(found)} what {BESIDE} ones take"

    return figures.show(
        partial(draw, what=0, xlabel="neurons / (N/d)"),
        "Neurons of several kinds of pairs, data set below data set, logarithmic axis.",
        size=(3.3, 3.0),
        caption=f"Neurons. Of pairs, {against(0)}.",
    ) + figures.show(
        partial(draw, what=1, xlabel="total weight / |y|"),
        "Total weight of the same pairs, data set below data set, logarithmic axis.",
        size=(3.3, 3.0),
        caption=f"Total weight. Of pairs, {against(1)}.",
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


def growth(
    lines: Mapping[str, Mapping[int, float]], bound: Mapping[int, float], *, name: str = ""
) -> Picture:
    """Total weight over N, a curve ``{N: weight}`` for each method, above the lower ``bound``;
    ``name`` as for a picture."""

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

    powers = ", ".join(f"{name} {power(line)}" for name, line in lines.items())
    return figures.show(
        draw,
        "Total weight against N, logarithmic axes: straight lines of different slopes, all above "
        "the lower bound.",
        size=(4.8, 3.8),
        caption=f"Total weight over N, and the power of N with which it grows: {powers}; the "
        f"lower bound {power(bound)}. Medians.",
        name=name,
    )


def tails(luck: Mapping[str, Sequence[float]], *, name: str = "") -> Picture:
    """The share of the values of each entry that is at least t, over t; ``name`` as for a picture.
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

    number = len(next(iter(luck.values())))
    spans = "; ".join(
        f"{name} {number_text(about(float(np.median(found)), 2))} in the middle, "
        f"{number_text(about(max(found), 2))} at most"
        for name, found in luck.items()
    )
    return figures.show(
        draw,
        "Share of networks whose total weight exceeds t, logarithmic axes: behind the median the "
        "curves fall along a line of slope minus one.",
        size=(6.2, 3.4),
        caption=f"The share of {number} exact networks that weigh at least t, over √N: {spans}. "
        "Along the dashed line ten times the weight is ten times as rare.",
        name=name,
    )
