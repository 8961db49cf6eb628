"""How large the networks are, where floats break them, what they say between the points.

The numbers drawn are measured by a page on networks that it built, or recorded.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from mem_lib import figures, recorded
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument
from mem_lib.exact import evaluate
from mem_lib.figures import Colours, Picture, Stepper, Table
from mem_lib.figures.numbers import number_text
from mem_lib.foundations import weights_needed
from mem_lib.network import Network, Size
from mem_lib.optimal_relu import bound, least_depth, paper_depth
from mem_lib.optimal_relu.figures.budgets import round_numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PROVED = ("paper", "narrow")  # the variants whose promises are drawn


def growth(sizes: Mapping[str, Mapping[int, Size]], *, d: int, separation: float) -> Picture:
    """Depth and weights over N, ``sizes[variant][N]``; dashed, what the theorems promise for such
    points of the unit ball, and what no network can do without."""
    points = sorted({n for found in sizes.values() for n in found})
    N = np.unique(np.geomspace(min(points), 10 * max(points), 13).astype(int)).tolist()
    promised = {
        v: [bound(N=n, d=d, separation=separation, variant=v) for n in N]
        for v in sizes if v in PROVED
    }  # fmt: skip
    compared = {
        "depth": {
            "lemmas": [paper_depth(n, d, separation) for n in N],
            "needed": [least_depth(n, 12, d=d) for n in N],
        },
        "weights": {"one a point": N, "needed": [weights_needed(n) for n in N]},
    }

    def draw(ax: "Axes", colours: Colours, what: str) -> None:
        measured = {
            v: (list(found), [getattr(size, what) for size in found.values()])
            for v, found in sizes.items()
        }
        figures.curves(ax, colours, None, measured, log="xy", labels="none")
        promises = {v: (N, [getattr(size, what) for size in promised[v]]) for v in promised}
        others = {name: (N, y) for name, y in compared[what].items()}
        inks = [colours.classes[k % 6] for k in range(len(sizes))] + [colours.ink, colours.faint]
        figures.curves(
            ax, colours, None, measured | promises | others, log="xy", marks=False, inks=inks,
            xlabel="points N", title=what, ticks={"x": round_numbers(N)},
        )  # fmt: skip
        for name, line in zip([*sizes, *others], ax.lines[len(sizes) :], strict=True):
            line.set(linestyle="--" if name in promises else ":" if name in others else "-")

    def last(what: str) -> str:
        ends = {v: number_text(getattr(found[max(found)], what)) for v, found in sizes.items()}
        return ", ".join(f"{value} ({v})" for v, value in ends.items())

    return figures.show(
        partial(draw, what="depth"),
        "Depth against N on logarithmic axes: a curve of marks for each network, and just above "
        "some of them, dashed, what is promised. What is needed lies far below.",
        size=(3.3, 3.4),
        caption=f"At N = {number_text(max(points))} the depth is {last('depth')}. Dashed, what is "
        "promised; dotted, the paper's lemmas above and what is needed far below.",
    ) + figures.show(
        partial(draw, what="weights"),
        "Nonzero weights against N on logarithmic axes: curves of marks, promises, and the line "
        "of one weight a point, which is steeper than all of them.",
        size=(3.3, 3.4),
        caption=f"At N = {number_text(max(points))} there are {last('weights')} weights. One "
        "weight a point is the steepest line: every other falls below it in the end.",
    )


def margins(depths: Mapping[int, Mapping[str, Mapping[int, int]]]) -> Stepper:
    """Depth over the bits b of the margin, ``depths[N][variant][b]``; one picture each N."""
    b = sorted({b for found in depths.values() for line in found.values() for b in line})
    most = max(y for found in depths.values() for line in found.values() for y in line.values())

    def draw(ax: "Axes", colours: Colours, N: int) -> None:
        figures.curves(
            ax, colours, None, depths[N], xlabel="b, for a margin of 2^-b", ylabel="depth",
            xlim=(0, max(b) * 1.02), ylim=(0, most * 1.1),
        )  # fmt: skip

    few, many = min(depths), max(depths)
    grown = {
        v: " and ".join(str(depths[N][v][max(b)] - depths[N][v][min(b)]) for N in (few, many))
        for v in depths[few]
    }
    return Stepper(
        "points N",
        {
            N: figures.show(
                partial(draw, N=N),
                f"Depth against the bits of the margin for N = {N}: "
                + "; ".join(
                    f"{v} from {line[min(line)]} to {line[max(line)]}"
                    for v, line in depths[N].items()
                )
                + ".",
                size=(6.4, 3.2),
            )
            for N in depths
        },
        caption=f"More layers for b = {max(b)} than for b = {min(b)}, with {few} and with {many} "
        f"points: {'; '.join(f'{v} {more}' for v, more in grown.items())}.",
    )


@dataclass(frozen=True)
class Run:
    """How many labels of N a network of a variant, with files of so many bits, gets right in a
    type of floats."""

    variant: str
    floats: str
    N: int
    bits: int
    right: int


def right_labels(runs: Sequence[Run]) -> Table:
    """The right labels of all runs with the same N, in percent, for each variant and type of
    floats."""
    kinds = list(dict.fromkeys((run.variant, run.floats) for run in runs))
    rows = [
        (N, *(_percent([r for r in runs if (r.variant, r.floats, r.N) == (*k, N)]) for k in kinds))
        for N in sorted({run.N for run in runs})
    ]
    return figures.table(
        rows, ["points N", *map(" in ".join, kinds)],
        caption="Right labels in floating point, percent",
    )  # fmt: skip


def _percent(runs: Sequence[Run]) -> int:
    """Right labels of all, rounded down: 100 means all."""
    return 100 * sum(run.right for run in runs) // sum(run.N for run in runs)


def collapse(runs: Sequence[Run]) -> Stepper:
    """The share of right labels of each variant, over N and over the bits of a file.

    Raises ``InvalidArgument`` without a run.
    """
    if not runs:
        raise InvalidArgument("runs: at least one is needed, got none")
    names = list(dict.fromkeys(run.floats for run in runs))
    longest = max(run.bits for run in runs)

    def of(variant: str, name: str) -> list[Run]:
        return [run for run in runs if (run.variant, run.floats) == (variant, name)]

    def over_points(ax: "Axes", colours: Colours, variant: str) -> None:
        N = sorted({run.N for run in runs if run.variant == variant})
        shares = {
            name: [_percent([r for r in of(variant, name) if n == r.N]) for n in N]
            for name in names
        }
        figures.curves(
            ax, colours, N, {"integers": [100.0] * len(N), **shares}, log="x", xlabel="points N",
            ylim=(-3, 108), ylabel="right labels, percent", title="against N",
            inks=[colours.ink, *colours.classes[1:]], ticks={"x": round_numbers(N)},
        )  # fmt: skip
        figures.level(ax, colours, y=50)
        ax.text(  # below the marks, which lie on the line
            0.02, 38, "a coin", color=colours.faint, fontsize="small",
            transform=ax.get_yaxis_transform(),
        )  # fmt: skip

    def over_bits(ax: "Axes", colours: Colours, variant: str) -> None:
        shares = {
            name: tuple(zip(*((r.bits, 100 * r.right / r.N) for r in of(variant, name)),
                            strict=True))
            for name in names
        }  # fmt: skip
        figures.curves(
            ax, colours, None, {"": ((), ()), **shares}, labels="none", lines=False,
            xlabel="bits of a file", ylabel="right labels, percent", xlim=(0, 1.05 * longest),
            ylim=(-3, 108), title="against the length of a file",
        )  # fmt: skip
        for bits in (24, 53):
            figures.level(ax, colours, f"{bits} bits", x=bits)

    frames: dict[str, Picture] = {}
    for variant in dict.fromkeys(run.variant for run in runs):
        right = {
            name: max((r.bits for r in of(variant, name) if r.right == r.N), default=None)
            for name in names
        }
        last = ", ".join(
            f"{bits} bits in {name}" if bits else f"no file in {name}"
            for name, bits in right.items()
        )
        wrong = {
            name: min((r.N for r in of(variant, name) if r.right < r.N), default=None)
            for name in names
        }
        first = ", ".join(
            f"N = {N} in {name}" if N else f"nowhere in {name}" for name, N in wrong.items()
        )
        frames[variant] = figures.show(
            partial(over_points, variant=variant),
            f"Share of right labels against N, {variant}: integers stay at a hundred percent, "
            "floats fall to that of a coin.",
            size=(3.3, 3.0),
            caption=f"{variant}: labels begin to be wrong at {first}.",
        ) + figures.show(
            partial(over_bits, variant=variant),
            f"The same runs of {variant} against the bits of a file; verticals at 24 and 53 bits.",
            size=(3.3, 3.0),
            caption=f"{variant}: the longest files of which all labels were right have {last}.",
        )
    return Stepper(
        "network",
        frames,
        caption=f"Right labels of {len(runs)} networks run in floats. Integers get all of them "
        "right, floats as long as a file is not much longer than their significand.",
    )


def answers(network: Network, places: Any) -> list[Fraction]:
    """What a network says at each of ``places`` (M,) of the line, exactly.

    >>> from mem_lib import Dataset, optimal_relu
    >>> answers(optimal_relu.build(Dataset([[0], [2]], [1, 0])), [0, 0.5, 2])
    [Fraction(1, 1), Fraction(1, 1), Fraction(0, 1)]
    """
    out, over = evaluate(network, np.asarray(places)[:, None])
    return [Fraction(int(y), over) for y in out[:, 0]]


def between(line: Dataset, networks: Mapping[str, Network]) -> Picture:
    """The outputs of networks at all multiples of 1/16 around integers with labels.

    ``InvalidDataset`` unless the points are labelled and have one coordinate.
    """
    line = figures.drawable(line, "line", d=1)
    if not networks:
        raise InvalidArgument("networks: at least one is needed, got none")
    places = np.asarray(line.points, float)[:, 0]
    x = np.arange(16 * (places.min() - 1), 16 * (places.max() + 2) + 1) / 16
    seen = Dataset(np.stack([places, line.labels], axis=1), line.labels)

    def draw(ax: "Axes", colours: Colours, variant: str, y: Sequence[Fraction]) -> None:
        ax.plot(x, [float(value) for value in y], color=colours.faint, linewidth=1)
        figures.points(ax, seen, colours, size=26)
        ax.set(xlim=(x[0], x[-1]), ylabel="output", title=variant, ylim=(-0.3, 6.3))
        ax.set(xlabel="input x" if variant == list(networks)[-1] else "")

    def picture(variant: str, network: Network) -> Picture:
        y = answers(network, x)
        others = [value for value, at in zip(y, x, strict=True) if at not in places]
        zeros = sum(value == 0 for value in others)
        strange = sum(value not in range(line.classes) for value in others)
        return figures.show(
            partial(draw, variant=variant, y=y),
            f"The output of {variant} over the input, a curve through {line.N} marks.",
            size=(6.8, 2.0),
            caption=f"{variant}: of {len(others)} places beside the points {zeros} are answered "
            f"with 0, and {strange} with a number that is no label.",
        )

    pictures = [picture(*pair) for pair in networks.items()]
    return sum(pictures[1:], start=pictures[0])


def fill(fills: Mapping[int, Mapping[int, float]]) -> Picture:
    """The fill of tables over N, in percent: ``fills[classes][N]``."""

    def draw(ax: "Axes", colours: Colours) -> None:
        figures.curves(
            ax, colours, None, {f"{k} classes": line for k, line in fills.items()},
            log="x", xlabel="points N", ylabel="fill, percent", ylim=(40, 100),
        )  # fmt: skip
        figures.level(ax, colours, "three random cells, large tables: 91.8", y=91.8)

    ends = {k: (line[min(line)], line[max(line)]) for k, line in fills.items()}
    told = [f"from {few:.0f} to {many:.0f} percent with {k}" for k, (few, many) in ends.items()]
    few, many = (choose(n for line in fills.values() for n in line) for choose in (min, max))
    return figures.show(
        draw,
        "Fill of the tables against N, a rising curve for each number of classes, all of them "
        "below a line at 91.8 percent.",
        size=(6.4, 3.0),
        caption=f"Between N = {few} and N = {number_text(many)} the fill goes "
        f"{', '.join(told)} classes.",
    )


def recorded_runs() -> list[dict[str, Any]]:
    """The recorded networks of up to ten million points, a dict each: its numbers, how long it took
    to build and to verify, and how many times as long that is as the baseline of the same run."""
    runs: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in recorded.read("optimal_relu") + recorded.read("largest"):
        net = re.search(r"(\w+), N = (\d+), depth (\d+)", row["what"])
        if not net:
            raise InvalidArgument(f"what: a recorded network is expected, got {row['what']!r}")
        variant, N, depth = net.groups()
        run = runs.setdefault(
            net.groups(), {"network": variant, "points N": int(N), "depth": int(depth)}
        )
        kind = row["what"].split()[0].strip(",")
        if kind in ("build", "verify"):
            run[f"{kind}, s"], run[f"{kind}, times as long"] = row["value"], 1 / row["ratio"]
        elif kind == "peak":
            run["memory, MiB"] = row["value"]
        else:
            run["points a weight"] = int(N) / row["value"]
    return list(runs.values())
