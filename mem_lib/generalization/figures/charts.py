"""Charts: caps of narrow layers, what unseen points cost, sizes, and accuracies beside bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mem_lib import figures
from mem_lib.errors import InvalidArgument
from mem_lib.figures import MARKERS, Colours, Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def caps(
    curves: Mapping[int, Mapping[int, float]],
    dots: Mapping[int, Sequence[tuple[int, float]]],
    *,
    name: str = "",
) -> Picture:
    """The cap on the accuracy over the rank w of the first layer, a curve for each dimension d, and
    the accuracies (w, share) that networks were measured to have, as dots in its colour.

    Raises ``InvalidArgument`` for no curve, dots of a dimension without a curve, or a w that the
    curve does not have.
    """
    if not curves or not all(curves.values()):
        raise InvalidArgument("curves: at least one is needed, got none")
    for d, found in dots.items():
        for w, _ in found:
            if w not in curves.get(d, {}):
                raise InvalidArgument(f"dots: no cap for d = {d}, w = {w}")
    slack = [curves[d][w] - share for d, found in dots.items() for w, share in found]

    def draw(ax: Axes, colours: Colours) -> None:
        ranks = sorted({w for found in curves.values() for w in found})
        for k, d in enumerate(curves):
            if dots.get(d):
                w, share = zip(*dots[d], strict=True)
                ax.plot(w, share, linestyle="none", marker=MARKERS[k % len(MARKERS)], markersize=5,
                        color=colours.classes[k % 6], markerfacecolor=colours.paper)  # fmt: skip
        figures.curves(
            ax, colours, None, {f"d = {d}": found for d, found in curves.items()},
            xlabel="rank w of the first layer", ylabel="accuracy", ylim=(0.4, 1.03), marks=False,
            ticks={"x": ranks},
        )  # fmt: skip
        figures.level(ax, colours, "a coin", y=0.5, at=0.75)

    told = f" The closest dot is {100 * min(slack):.1f} points below its curve." if slack else ""
    return figures.show(
        draw,
        "The cap on the accuracy against the rank of the first layer, one rising curve for each "
        "dimension, with hollow marks for measured networks below it.",
        size=(6.4, 3.8),
        caption="Curves: no function of w linear forms is more accurate. Marks: what memorizing "
        f"networks with such a first layer reached on new points.{told}",
        name=name,
    )


def unseen(
    found: Mapping[int, tuple[float, float]], formula: Mapping[int, float], k: int, *,
    name: str = "",
) -> Picture:  # fmt: skip
    """Accuracy on k equally likely points with labels by coins, over N/k.

    found:   N -> (share right, share undecided) as measured
    formula: N -> the share right that is expected when ties are answered

    Raises ``InvalidArgument`` unless both speak of the same N, and for none.
    """
    if not found or list(found) != list(formula):
        raise InvalidArgument(
            f"found, formula: the same N are needed, got {list(found)} and {list(formula)}"
        )

    def draw(ax: Axes, colours: Colours) -> None:
        x = [N / k for N in found]
        figures.curves(
            ax, colours, x,
            {
                "right": [right for right, _ in found.values()],
                "right, ties by a coin": [right + open_ / 2 for right, open_ in found.values()],
                "undecided": [open_ for _, open_ in found.values()],
            },
            log="x", xlabel="samples N, in units of the number of points k", ylabel="share",
            ylim=(0, 1.03), ticks={"x": x},
        )  # fmt: skip
        ax.plot(x, list(formula.values()), color=colours.ink, linestyle="--", linewidth=1)

    off = max(abs(found[N][0] + found[N][1] / 2 - formula[N]) for N in found)
    return figures.show(
        draw,
        "Share of right answers against the number of samples: it rises from one half to one, on a "
        "dashed curve; the share of undecided points falls to none.",
        size=(6.4, 3.6),
        caption=f"{k} points with labels by coins: what was not seen cannot be known. Dashed: "
        f"1 − (1 − 1/k)ᴺ/2; a coin for each tie comes within {100 * off:.1f} points of it.",
        name=name,
    )


def both_ends(
    curves: Mapping[str, Mapping[int, float]], below: Mapping[str, Mapping[int, float]], *,
    name: str = "",
) -> Picture:  # fmt: skip
    """Numbers over the dimension on a logarithmic scale: ``curves`` from above, and lower bounds
    ``below``, dashed.  Raises ``InvalidArgument`` for no curve or an empty one."""
    if not curves or not all({**curves, **below}.values()):
        raise InvalidArgument("curves, below: at least one dimension is needed in each, got none")

    def draw(ax: Axes, colours: Colours) -> None:
        d = sorted({k for found in curves.values() for k in found})
        both = {**curves, **below}
        figures.curves(
            ax, colours, None, both, log="y", marks=False, xlabel="dimensions d",
            ylabel="samples, and parameters squared", ticks={"x": d}, dashes=True,
        )  # fmt: skip

    told = "; ".join(
        f"{what}, {math.log2(found[max(found)] / found[min(found)]):.1f} times"
        for what, found in {**curves, **below}.items()
    )
    d = sorted({k for found in curves.values() for k in found})
    return figures.show(
        draw,
        "Four curves against the dimension on a logarithmic axis, nearly straight and parallel.",
        size=(6.8, 3.8),
        caption=f"Labels by coins at all 2ᵈ vertices of the cube. From d = {d[0]} to {d[-1]} they "
        f"double: {told}.",
        name=name,
    )


def parameters(
    curves: Mapping[str, Mapping[int, int]], needed: Mapping[int, int], *, name: str = ""
) -> Picture:
    """Parameters over N on logarithmic axes, and what is needed for the worst labels, shaded below.

    Raises ``InvalidArgument`` for no curve, an empty one, or nothing needed.
    """
    if not curves or not all(curves.values()) or not needed:
        raise InvalidArgument("curves, needed: at least one N is needed in each, got none")

    def draw(ax: Axes, colours: Colours) -> None:
        N = sorted({n for found in curves.values() for n in found})
        most = max(max(found.values()) for found in curves.values())
        figures.curves(
            ax, colours, None, curves, log="xy", xlabel="points N", ylabel="parameters, dense",
            ticks={"x": N}, ylim=(max(1, min(needed.values()) / 2), 2 * most),
        )  # fmt: skip
        figures.forbidden(ax, colours, list(needed), list(needed.values()),
                          "too few for some labels")  # fmt: skip

    last = {what: (max(found), found[max(found)]) for what, found in curves.items()}
    told = "; ".join(f"{what} {W:,} at N = {N}" for what, (N, W) in last.items())
    return figures.show(
        draw,
        "Parameters against the number of points on logarithmic axes for several networks, above a "
        "shaded region.",
        size=(6.8, 4.0),
        caption=f"All entries of all matrices: {told}. "
        f"Needed: {needed[max(needed)]} at N = {max(needed)}.",
        name=name,
    )


def accuracies(
    found: Mapping[str, Mapping[int, float]], bound: Mapping[int, float], *, name: str = ""
) -> Picture:
    """Shares of right answers over N, one curve for each network, and the lower bound that a
    theorem gives for their mean, shaded below.  Raises ``InvalidArgument`` for no curve."""
    if not found or not all(found.values()) or not bound:
        raise InvalidArgument("found, bound: at least one N is needed in each, got none")

    def draw(ax: Axes, colours: Colours) -> None:
        N = sorted({n for curve in found.values() for n in curve})
        figures.curves(
            ax, colours, None, found, log="x", xlabel="samples N", ylabel="share",
            ticks={"x": N}, ylim=(-0.04, 1.03),
        )  # fmt: skip
        figures.forbidden(ax, colours, list(bound), list(bound.values()), "the theorem: above this",
                          at=(0.45, 0.3))  # fmt: skip

    last = max(bound)
    told = "; ".join(
        f"{what} {100 * curve[last]:.1f} %" for what, curve in found.items() if last in curve
    )
    return figures.show(
        draw,
        "Share of right answers against the number of samples, above the curve of the bound.",
        size=(6.4, 3.6),
        caption=f"Means over samples. At N = {last} the theorem promises {100 * bound[last]:.1f} % "
        f"for the max-net; measured are {told}.",
        name=name,
    )
