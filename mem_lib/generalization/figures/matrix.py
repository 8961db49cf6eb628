"""All pairs of ten digits: a square for each pair, darker where more test images are right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from mem_lib import figures
from mem_lib.errors import InvalidArgument
from mem_lib.figures import Colours, Picture
from mem_lib.generalization.measures import Accuracy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: The shades end here: what a coin gets, and all.
BETWEEN = (0.5, 1.0)


def pairs(found: Mapping[str, Mapping[tuple[int, int], Accuracy]], *, name: str = "") -> Picture:
    """One matrix for each kind of network, two to a row: the share of right answers for the pair
    (a, b), a < b.  Titles give mean and minimum; the caption, undecided ones and the worst pair.

    Raises ``InvalidArgument`` for no network, none of its pairs, or pairs that are not a < b.
    """
    if not found or not all(found.values()):
        raise InvalidArgument("found: a network with a pair is needed, got none")
    for results in found.values():
        for a, b in results:
            if not 0 <= a < b:
                raise InvalidArgument(f"found: pairs a < b are needed, got {(a, b)}")
    size = 1 + max(b for results in found.values() for _, b in results)
    rows = -(-len(found) // 2)

    def draw(ax: Axes, colours: Colours) -> None:
        figure: Any = ax.figure
        ax.remove()
        axes = figure.subplots(rows, 2, squeeze=False)
        for ax in axes.flat[len(found) :]:
            ax.remove()
        for ax, (title, results) in zip(axes.flat, found.items(), strict=False):
            shares = [float(one.accuracy) for one in results.values()]
            figures.heat(
                ax, colours, _table(results, size), (-0.5, size - 0.5, -0.5, size - 0.5),
                between=BETWEEN, bar=False, aspect="equal", xticks=range(size - 1),
                yticks=range(1, size), xlim=(-0.5, size - 1.5), ylim=(0.5, size - 0.5),
                title=f"{title}\nmean {100 * np.mean(shares):.1f} %, least "
                f"{100 * min(shares):.1f} %",
            )  # fmt: skip
            for (a, b), one in results.items():
                share = float(one.accuracy)
                ink = colours.paper if share > 0.8 else colours.ink
                ax.text(a, b, f"{100 * share:.0f}", ha="center", va="center", fontsize=8,
                        color=ink)  # fmt: skip

    told = "; ".join(f"{title}: {_undecided(results)}" for title, results in found.items())
    return figures.show(
        draw,
        f"Matrices of all pairs of digits for {', '.join(found)}; numbers are percentages.",
        size=(6.6, 3.65 * rows),
        caption="Test images with the right label, in percent, for each pair of digits; the shade "
        f"begins at one half. Undecided, on average over the pairs: {told}.",
        name=name,
    )


def _table(results: Mapping[tuple[int, int], Accuracy], size: int) -> np.ndarray:
    """Row b, column a; not a number where there is no pair."""
    table = np.full((size, size), np.nan)
    for (a, b), one in results.items():
        table[b, a] = float(one.accuracy)
    return table


def _undecided(results: Mapping[tuple[int, int], Accuracy]) -> str:
    mean = np.mean([float(one.abstention) for one in results.values()])
    return f"{100 * mean:.1f} %" if mean else "none"
