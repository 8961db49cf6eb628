"""How few covering neurons: each order and each kind of score over n, above the floor.

What is drawn are the rows that ``python -m benchmarks covers`` recorded, or some like them.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mem_lib import figures
from mem_lib.errors import InvalidArgument, shown
from mem_lib.figures import Colours, Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: (variant, order) of the recorded rows, what the curve is called, and what a caption says.
CURVES = {
    ("practical", "random"): ("random", "in random order"),
    ("practical", "greedy"): ("greedy", "in greedy order"),
    ("two_sided", "random"): ("random, two-sided", "two-sided in random order"),
    ("two_sided", "greedy"): ("greedy, two-sided", "two-sided in greedy order"),
}
#: Names of the rows of a floor, from above and from below, with what they count; the last that is
#: there is drawn, since it belongs to the biases of the draws.
FLOORS = {
    ("open balls", "apart"): "balls",
    ("open sets of p", "apart by p"): "sets of p",
}


def fewer(
    rows: Sequence[Mapping[str, Any]], data: str, *, wide: bool = True, name: str = ""
) -> Picture:
    """Covering neurons of all classes of ``data`` over n, a curve for each order and each kind of
    score, and a band between the two numbers of the floor.  ``wide``: alone, with the curves'
    names at their ends; else half as wide, with a legend.

    Raises ``InvalidArgument`` when the rows have nothing of these data, no n at which all curves
    have a draw that left nothing out, or no floor.
    """
    curves, N = curves_of(rows, data), next(row["N"] for row in rows if row["data"] == data)
    what, above, below = floor_of(rows, data)
    if not (common := set.intersection(*map(set, curves.values()))):
        raise InvalidArgument(f"rows: no n has a complete draw of every kind, for {shown(data)}")
    last = max(common)

    def draw(ax: "Axes", colours: Colours) -> None:
        ax.axhspan(below, above, color=colours.faint, alpha=0.35, linewidth=0, zorder=0)
        grid = sorted({n for curve in curves.values() for n in curve})
        low, high = 0.7 * below, N * (1.25 if wide else (N / (0.7 * below)) ** 0.5)
        figures.curves(
            ax, colours, None, curves, log="xy", labels="ends" if wide else "legend",
            xlabel="hyperplanes n", ylabel="covering neurons, all classes", ylim=(low, high),
            ticks={"x": grid, "y": round_numbers(low, high)},
        )  # fmt: skip
        figures.level(ax, colours, "one neuron a point", y=N)
        figures.level(ax, colours, y=above)  # where the band is too thin to be seen
        ax.annotate(
            f"the fewest {what}", (0.02, below), (0, -10), color=colours.faint, fontsize=8,
            xycoords=ax.get_yaxis_transform(), textcoords="offset points",
        )  # fmt: skip

    says = dict(CURVES.values())
    ends = ", ".join(f"{round(curve[last])} {says[kind]}" for kind, curve in curves.items())
    return figures.show(
        draw,
        "Covering neurons against the number of hyperplanes: four falling curves, greedy order in "
        "both directions the lowest, above a band.",
        size=(6.2, 3.8) if wide else (3.2, 3.3),
        name=name,
        caption=f"{N} points. With n = {last}: {ends}. Grey: the fewest {what} are at least "
        f"{below} and at most {above}.",
    )


def round_numbers(low: float, high: float) -> list[int]:
    """Ticks of a logarithmic axis: 1, 2 and 5 times the powers of ten; all digits where these are
    fewer than three."""
    powers = [10**k for k in range(12)]
    few, many = (
        [digit * power for power in powers for digit in digits if low <= digit * power <= high]
        for digits in ((1, 2, 5), range(1, 10))
    )
    return few if len(few) >= 3 else many


def curves_of(rows: Sequence[Mapping[str, Any]], data: str) -> dict[str, dict[int, float]]:
    """{name of the curve: {n: mean neurons}} of the draws that left nothing out."""
    found: dict[str, dict[int, float]] = {}
    for key, (kind, _) in CURVES.items():
        curve = {
            row["n"]: row["neurons"]
            for row in rows
            if (row["data"], row["variant"], row["order"]) == (data, *key) and not row["left_out"]
        }
        if curve:
            found[kind] = curve
    if not found:
        raise InvalidArgument(f"data: rows of these data are needed, got {shown(data)}")
    return found


def floor_of(rows: Sequence[Mapping[str, Any]], data: str) -> tuple[str, int, int]:
    """(what is counted, so many do, so few do not)."""
    counts = {row["order"]: row["neurons"] for row in rows if (row["data"], row["n"]) == (data, 0)}
    there = [pair for pair in FLOORS if set(pair) <= set(counts)]
    if not there:
        raise InvalidArgument(f"rows: a floor of {shown(data)} is needed, got none")
    above, below = there[-1]
    return FLOORS[above, below], int(counts[above]), int(counts[below])
