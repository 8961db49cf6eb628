"""The paper's experiments, theirs beside ours: recorded rows as tables and charts."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from mem_lib import figures
from mem_lib._base.rates import holm, interval, same_rate
from mem_lib.beyond_worst_case.published import Pair, apart, deviation, mean_error, published
from mem_lib.errors import InvalidArgument
from mem_lib.figures import MARKERS, Colours, Picture, Table, table
from mem_lib.figures.numbers import number_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Rows = Sequence[dict[str, Any]]
PAPER = "the paper's draws"


def percent(successes: int, trials: int, digits: int = 1) -> str:
    """The 95% interval of a rate, in per cent.

    >>> percent(39, 50)
    '64.0 to 88.5'
    """
    low, high = interval(successes, trials)
    return f"{100 * low:.{digits}f} to {100 * high:.{digits}f}"


def agreement(pairs: Sequence[Pair], *, name: str = "") -> Table:
    """Rates of two moons with their intervals, and whether they can be told apart."""
    if not pairs:
        raise InvalidArgument("pairs: at least one is needed, got none")
    told = sum(pair.family < 0.05 for pair in pairs)
    (theirs,), (ours,) = ({p.theirs[1] for p in pairs}, {p.ours[1] for p in pairs})
    rows = [
        (p.n, p.max_bias, p.theirs[0], percent(*p.theirs), p.ours[0], percent(*p.ours),
         _chance(p.chance), _chance(p.family))
        for p in pairs
    ]  # fmt: skip
    return table(
        rows,
        ["n", "λ", f"paper, of {theirs}", "interval, %", f"ours, of {ours}", "interval, %",
         "chance", f"of {len(pairs)} cells"],
        caption="Draws that memorize, with 95% intervals of their rates. The last columns: if both "
        "rates were the same, how often they would differ as much, in this cell, and in the most "
        f"different of all. Told apart at the level 5%: {told} of {len(pairs)} cells",
        name=name,
    )  # fmt: skip


def _chance(value: float) -> str:
    return f"{value:.4f}" if value < 0.0095 else f"{value:.2f}"


def moons_widths(rows: Rows, *, name: str = "") -> Table:
    """Mean widths of two moons: the published ones beside those of ``rows`` with ``n``,
    ``max_bias``, ``draws``, ``width`` and ``deviation``."""
    cells = {(row["n"], float(row["max_bias"])): row for row in rows}
    found = []
    for cell in published("moons"):
        ours = cells[cell["n"], float(cell["max_bias"])]
        error = ours["deviation"] / ours["draws"] ** 0.5
        away = apart(
            cell["width"], cell["restarts"], ours["width"], ours["deviation"], ours["draws"]
        )
        found.append((cell["n"], cell["max_bias"], f"{cell['width']:.1f}",
                      f"{ours['width']:.2f} ± {error:.2f}", f"{away:+.1f}"))  # fmt: skip
    return table(
        found,
        ["n", "λ", "neurons, paper", "neurons, ours", "difference"],
        caption="Mean numbers of covering neurons, ours with their standard errors; the difference "
        "in standard errors of both. An empty layer counts as one neuron",
        name=name,
    )


def intervals(pairs: Sequence[Pair], *, name: str = "") -> Picture:
    """The rates of the cells where some draws memorize and others do not: theirs with intervals,
    ours as marks."""
    shown = [p for p in pairs if 0 < p.ours[0] < p.ours[1] and 0 < p.theirs[0] < p.theirs[1]]
    if not shown:
        raise InvalidArgument("pairs: none is between the rates 0 and 1")
    outside = [
        p for p in shown
        if not (ends := interval(*p.theirs))[0] <= p.ours[0] / p.ours[1] <= ends[1]
    ]  # fmt: skip

    def draw(ax: "Axes", colours: Colours) -> None:
        places = np.arange(len(shown))[::-1]
        for place, pair in zip(places, shown, strict=True):
            low, high = interval(*pair.theirs)
            ax.plot([low, high], [place, place], color=colours.classes[0], linewidth=2)
            ax.plot(pair.theirs[0] / pair.theirs[1], place, "o", color=colours.classes[0],
                    label=PAPER if pair is shown[0] else None)  # fmt: skip
            ax.plot(pair.ours[0] / pair.ours[1], place, "s", color=colours.classes[1],
                    label="ours" if pair is shown[0] else None)  # fmt: skip
        ax.set_yticks(places, [f"n = {p.n}, λ = {p.max_bias:g}" for p in shown])
        ax.set(xlabel="share of draws that memorize", xlim=(-0.02, 1.02))
        ax.legend(fontsize=8, loc="lower left")

    few, many = shown[0].theirs[1], shown[0].ours[1]
    told = ", ".join(f"n = {p.n}, λ = {p.max_bias:g}" for p in outside) or "none"
    return figures.show(
        draw,
        "Intervals of the published rates, a line a cell, with our rates as marks on them.",
        size=(6.2, 3.8),
        name=name,
        caption=f"The paper's rates over {few} draws with 95% intervals, and ours over {many}, for "
        f"the {len(shown)} published cells where both lie between 0 and 1. Ours is outside of the "
        f"interval in {len(outside)}: {told}.",
    )


def against_samples(rows: Rows, *, name: str = "") -> Picture:
    """Width and rate as the number of points grows, for rows with ``n``, ``N``, ``width`` and
    ``uncovered``, beside the published ones."""
    ours = grouped(rows, "n", "N")
    theirs = {(row["n"], row["N"]): row for row in published("samples")}
    sizes = {n: sorted(N for m, N in ours if m == n) for n in sorted({n for n, _ in ours})}
    least = min(sizes)

    def draw_widths(ax: "Axes", colours: Colours) -> None:
        for k, (n, line) in enumerate(sizes.items()):
            for N in line:
                mean, error = mean_error([row["width"] for row in ours[n, N]])
                place, ends = N / 1e5 + (k - 1) / 6, (mean - (error or 0), mean + (error or 0))
                ax.plot([place, place], ends, color=colours.classes[k], linewidth=1)
                ax.plot(place, mean, MARKERS[k], color=colours.classes[k], markersize=4.5,
                        markerfacecolor=colours.paper)  # fmt: skip
        curves = {
            f"n = {n}": ([N / 1e5 for N in line], [theirs[n, N]["width"] for N in line])
            for n, line in sizes.items()
        }
        figures.curves(
            ax, colours, None, curves, marks=False, xlabel="points N / 10⁵",
            ylabel="covering neurons, mean", ylim=(0, 16), xlim=(0, 10.5),
        )  # fmt: skip

    def draw_rates(ax: "Axes", colours: Colours) -> None:
        for k, (label, move) in enumerate(((PAPER, -0.12), ("ours", 0.12))):
            for N in sizes[least]:
                row = theirs[least, N]
                counts = (
                    (round(row["rate"] * row["restarts"]), row["restarts"])
                    if label == PAPER
                    else memorized(ours[least, N])
                )
                place, ink = N / 1e5 + move, colours.classes[k]
                ax.plot([place, place], interval(*counts), color=ink, linewidth=2)
                ax.plot(place, counts[0] / counts[1], "os"[k], color=ink, markersize=4.5,
                        label=label if sizes[least][0] == N else None)  # fmt: skip
        ax.set(xlabel="points N / 10⁵", ylabel=f"share that memorize, n = {least}")
        ax.set(ylim=(0, 1.03), xlim=(0, 10.5))
        ax.legend(fontsize=8, loc="lower left")

    ends = "; ".join(
        f"n = {n}: {theirs[n, line[0]]['width']:.1f} neurons for {number_text(line[0])} points, "
        f"{theirs[n, line[-1]]['width']:.1f} for {number_text(line[-1])}"
        for n, line in sizes.items()
    )
    return figures.show(
        draw_widths,
        "Mean number of covering neurons against the number of points: published means as three "
        "slowly rising curves, ours as marks around them.",
        size=(3.3, 3.2),
        name=name,
        caption=f"Curves: the paper's means; {ends}. Marks: ours, with standard errors.",
    ) + figures.show(
        draw_rates,
        f"Share of draws that memorize at n = {least} against the number of points, with 95% "
        "intervals, the published shares beside them.",
        size=(3.3, 3.2),
        caption=f"At n = {least} some draws fail. 95% intervals of the rates, of "
        f"{theirs[least, sizes[least][0]]['restarts']} draws of the paper's and "
        f"{len(ours[least, sizes[least][0]])} of ours.",
    )


def samples_table(rows: Rows, *, name: str = "") -> Table:
    """The same as numbers, with the rates that can be told apart."""
    ours = grouped(rows, "n", "N")
    cells = [row for row in published("samples") if (row["n"], row["N"]) in ours]
    spread = {
        n: deviation([[row["width"] for row in some] for (m, _), some in ours.items() if m == n])
        for n, _ in ours
    }
    found, chances = [], []
    for row in cells:
        some = ours[row["n"], row["N"]]
        theirs = (round(row["rate"] * row["restarts"]), row["restarts"])
        chances.append(same_rate(theirs, memorized(some)))
        away = apart(
            row["width"], row["restarts"], _mean(some, "width"), spread[row["n"]], len(some)
        )
        good, draws = memorized(some)
        found.append((row["n"], row["N"], f"{row['rate']:.2f}", f"{good} of {draws}",
                      percent(good, draws, 0), f"{row['width']:.1f}", _told(some),
                      f"{away:+.1f}"))  # fmt: skip
    told = sum(chance < 0.05 for chance in holm(chances))
    return table(
        found,
        ["n", "points N", "rate, paper", "memorize, ours", "interval, %", "neurons, paper",
         "neurons, ours", "difference"],
        caption="Two moons of up to a million points, λ = 1: draws that memorize, mean numbers of "
        "covering neurons with standard errors, and their difference in standard errors of both, "
        "from the deviation of all draws of an n from the means for their N. "
        f"Rates told apart at the level 5%: {told} of {len(found)} cells",
        name=name,
    )  # fmt: skip


def mnist_table(rows: Rows, *, name: str = "") -> Table:
    """All of MNIST: rows with ``n``, ``max_bias``, ``width``, ``uncovered`` and
    ``not_of_the_last_class``, beside the published ones."""
    ours = grouped(rows, "n", "max_bias")
    found = []
    for row in published("mnist"):
        some = ours.get((row["n"], row["max_bias"]))
        if not some:
            continue
        good, draws = memorized(some)
        lenient = sum(not one["not_of_the_last_class"] for one in some)
        mean, _ = mean_error([one["width"] for one in some])
        found.append((row["n"], row["max_bias"], f"{row['rate']:.2f}", f"{good} of {draws}",
                      f"{lenient} of {draws}", row["width"], _told(some, 0),
                      f"{mean / row['width']:.2f}"))  # fmt: skip
    return table(
        found,
        ["n", "λ", "rate, paper", "ours, strictly", "ours, as theirs", "neurons, paper",
         "neurons, ours", "ours / paper"],
        caption=f"All {number_text(70_000)} images of MNIST, ten classes: draws that memorize, and "
        "mean numbers of covering neurons, with standard errors where there are several draws. As "
        "theirs: an image that no output claims counts as one of the last class",
        name=name,
    )  # fmt: skip


def pairs_growth(rows: Rows, *, name: str = "") -> Picture:
    """Ones against another digit with growing shares of the images, rows with ``rival``, ``n``,
    ``N`` and ``width``; published ends as crosses."""
    ours = grouped(rows, "rival", "n", "N")
    pictures: list[Picture] = []
    for rival in sorted({rival for rival, _, _ in ours}):
        curves: dict[int, dict[int, float]] = {}
        for (other, n, N), some in sorted(ours.items()):
            if other == rival:
                curves.setdefault(n, {})[N] = _mean(some, "width")
        told = "; ".join(
            f"n = {n}: {line[min(line)]:.0f} for {number_text(min(line))} images, "
            f"{line[max(line)]:.0f} for {number_text(max(line))}"
            for n, line in curves.items()
        )
        picture = figures.show(
            partial(_draw_pair, curves=curves, theirs=published(f"pairs_1_{rival}")),
            f"Covering neurons of the ones against the images of 1 and {rival}, on logarithmic "
            "axes: curves less steep than the dashed line.",
            size=(3.3, 3.2),
            name="" if pictures else name,
            caption=f"Ones, covered, against {rival}. Neurons with {told}. Crosses: the paper.",
        )
        pictures.append(picture)
    if not pictures:
        raise InvalidArgument("rows: at least one is needed, got none")
    return sum(pictures[1:], start=pictures[0])


def _draw_pair(
    ax: "Axes", colours: Colours, curves: dict[int, dict[int, float]], theirs: Rows
) -> None:
    for k, n in enumerate(curves):
        ends = [(row["N"], row["width"]) for row in theirs if row["n"] == n]
        ax.plot(*zip(*ends, strict=True), "x", color=colours.classes[k], markersize=7)
    figures.curves(
        ax, colours, None, {f"n = {n}": line for n, line in curves.items()}, log="xy",
        xlabel="images N", ylabel="covering neurons", xlim=(1200, 18000), ylim=(10, 400),
        ticks={"x": [2000, 5000, 15000], "y": [10, 30, 100, 300]},
    )  # fmt: skip
    figures.slope(ax, colours, (1600, 120), 1, "in proportion")


def nearest_table(near: Rows, drawn: Rows, *, name: str = "") -> Table:
    """Images whose nearest image is of another class, and widths: rows with ``images``, ``N``,
    ``nearest_is_a_rival``, ``in_no_other_ball``, ``balls``; and with ``n``, ``width``."""
    widths = grouped(drawn, "images", "N", "n")
    counts = sorted({n for _, _, n in widths})
    rows = [
        (row["images"], row["N"],
         *(f"{100 * row[what] / row['N']:.1f}"
           for what in ("nearest_is_a_rival", "in_no_other_ball", "balls")),
         *(f"{100 * _mean(widths[row['images'], row['N'], n], 'width') / row['N']:.1f}"
           for n in counts))
        for row in near
    ]  # fmt: skip
    return table(
        rows,
        ["images", "N", "nearest is a rival", "in no other ball", "balls",
         *(f"n = {n}" for n in counts)],
        caption="All in per cent of N images: those with a rival as the nearest image, those in no "
        "other image's ball, balls in random order that cover all, and covering neurons with n "
        "hyperplanes",
        name=name,
    )  # fmt: skip


def grouped(rows: Iterable[dict[str, Any]], *names: str) -> dict[tuple, list[dict[str, Any]]]:
    """The rows that have the same entries ``names``, in order."""
    found: dict[tuple, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in names), []).append(row)
    return found


def memorized(rows: Rows) -> tuple[int, int]:
    """How many of these draws leave no point uncovered, and how many they are."""
    return sum(row["uncovered"] == 0 for row in rows), len(rows)


def _mean(rows: Rows, name: str) -> float:
    return sum(row[name] for row in rows) / len(rows)


def _told(rows: Rows, digits: int = 1) -> str:
    """The mean width, with its standard error where there are several."""
    mean, error = mean_error([row["width"] for row in rows])
    return f"{mean:.{digits}f}" + ("" if error is None else f" ± {error:.{digits}f}")
