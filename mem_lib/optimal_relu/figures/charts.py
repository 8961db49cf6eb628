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
from mem_lib.foundations import weights_needed
from mem_lib.network import Network, Size
from mem_lib.optimal_relu import bound, least_depth, paper_depth

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PROVED = ("paper", "narrow")  # the variants whose promises are drawn


def growth(sizes: Mapping[str, Mapping[int, Size]], *, d: int, separation: float) -> Picture:
    """Depth and weights over N, ``sizes[variant][N]``; dashed, what the theorems promise for such
    points of the unit ball, and what no network can do without."""
    N = np.unique(np.geomspace(100, 10**5, 13).astype(int)).tolist()
    promised = {
        v: [bound(N=n, d=d, separation=separation, variant=v) for n in N]
        for v in sizes if v in PROVED
    }  # fmt: skip
    lines = {
        "depth": {
            "lemmas": ([paper_depth(n, d, separation) for n in N], "-"),
            "needed": ([least_depth(n, 12, d=d) for n in N], ":"),
        },
        "weights": {"N": (N, "-"), "needed": ([weights_needed(n) for n in N], ":")},
    }

    def draw(ax: "Axes", colours: Colours, what: str, most: float) -> None:
        measured = {
            v: (list(found), [getattr(size, what) for size in found.values()])
            for v, found in sizes.items()
        }
        figures.curves(
            ax, colours, None, measured, log="xy", labels="none", xlabel="points N", ylabel=what,
            xlim=(80, 1.2e5), ylim=(1, most),
        )  # fmt: skip
        for k, v in enumerate(sizes):
            if v in promised:
                ax.plot(N, [getattr(size, what) for size in promised[v]], "--",
                        color=colours.classes[k], linewidth=1)  # fmt: skip
        for name, (y, dash) in lines[what].items():
            ink = colours.ink if name == "N" else colours.faint
            ax.plot(N, y, dash, color=ink, linewidth=1.2, label=name)
        ax.legend(loc="upper left", fontsize=8, ncols=2)

    return figures.show(
        partial(draw, what="depth", most=2e5),
        "Depth against N on logarithmic axes. Measured curves: paper on top, then narrow, both of "
        "slope about one half, then retrieval, flatter. The dashed promises run just above the "
        "first two, the curve of the lemmas above both. The depth that is needed lies far below.",
        size=(3.5, 3.4),
    ) + figures.show(
        partial(draw, what="weights", most=2e6),
        "Nonzero weights against N on logarithmic axes. The line N starts below all three "
        "networks; retrieval and narrow are below it at ten thousand, the promise for paper comes "
        "down to it at about a hundred thousand.",
        size=(3.5, 3.4),
    )


def margins(depths: Mapping[int, Mapping[str, Mapping[int, int]]]) -> Stepper:
    """Depth over the bits b of the margin, ``depths[N][variant][b]``; one picture each N."""

    def draw(ax: "Axes", colours: Colours, N: int) -> None:
        figures.curves(
            ax, colours, None, depths[N], xlabel="b, for a margin of 2^-b", ylabel="depth",
            xlim=(0, 262), ylim=(0, 3500),
        )  # fmt: skip

    return Stepper(
        "points N",
        {
            N: figures.show(
                partial(draw, N=N),
                f"Depth against the bits of the margin for N = {N}. Narrow and retrieval rise "
                "along straight lines of the same slope for every N; paper rises more the more "
                "points there are.",
                size=(5.0, 3.2),
            )
            for N in depths
        },
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
    """The right labels of all runs with the same N, for each variant and type of floats."""
    kinds = list(dict.fromkeys((run.variant, run.floats) for run in runs))
    rows = []
    for N in sorted({run.N for run in runs}):
        found = [[r.right for r in runs if (r.variant, r.floats, r.N) == (*k, N)] for k in kinds]
        rows.append((N, N * len(found[0]), *map(sum, found)))
    return figures.table(
        rows, ["N", "labels", *map(", ".join, kinds)], caption="Right labels in floating point"
    )


def collapse(runs: Sequence[Run]) -> Stepper:
    """The share of right labels of each variant, over N and over the bits of a file."""
    names = list(dict.fromkeys(run.floats for run in runs))
    afters = {
        "narrow": "from about a hundred on; float32 is wrong below",
        "paper": "soon after; float32 is right at most up to",
    }
    if not {run.variant for run in runs} <= set(afters):
        raise InvalidArgument(f"runs: variants {list(afters)} are drawn, got others")

    def over_points(ax: "Axes", colours: Colours, variant: str) -> None:
        mine = [run for run in runs if run.variant == variant]
        N = sorted({run.N for run in mine})
        shares = {"integers": [100.0] * len(N)}
        for name in names:
            found = [[r.right for r in mine if (r.floats, r.N) == (name, n)] for n in N]
            shares[name] = [100 * sum(f) / (n * len(f)) for f, n in zip(found, N, strict=True)]
        figures.curves(
            ax, colours, N, shares, log="x", labels="legend", xlabel="points N", ylim=(-3, 105),
            ylabel="right labels, percent", title=f"{variant}: against N",
            inks=[colours.ink, *colours.classes[1:]],
        )  # fmt: skip
        figures.level(ax, colours, y=50)

    def over_bits(ax: "Axes", colours: Colours, variant: str) -> None:
        shares = {
            name: tuple(
                zip(*((r.bits, 100 * r.right / r.N) for r in runs
                      if (r.variant, r.floats) == (variant, name)), strict=True)
            )
            for name in names
        }  # fmt: skip
        figures.curves(
            ax, colours, None, {"": ((), ()), **shares}, labels="none", lines=False,
            xlabel="bits of a file", ylabel="right labels, percent", xlim=(0, 180),
            ylim=(-3, 105), title=f"{variant}: against the length of a file",
        )  # fmt: skip
        for bits in (24, 53):
            figures.level(ax, colours, str(bits), x=bits)

    return Stepper(
        "variant",
        {
            variant: figures.show(
                partial(over_points, variant=variant),
                f"Share of right labels against N, {variant}: integers stay at a hundred percent; "
                "float32 falls to fifty below N = 100, float64 between a hundred and a thousand.",
                size=(3.5, 3.0),
            )
            + figures.show(
                partial(over_bits, variant=variant),
                f"The same runs of {variant} against the bits of a file: float64 is right up to "
                f"about 53 bits and at fifty percent {after} 24 bits.",
                size=(3.5, 3.0),
            )
            for variant, after in afters.items()
            if any(run.variant == variant for run in runs)
        },
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
    told = {
        "paper": "plateaus half a unit long that begin at the points, and ramps; 0 at integers "
        "without a point.",
        "narrow": "spikes at the points, 0 at other integers, and between integers values that "
        "are no label.",
        "retrieval": "right at the points, and some label at every other integer.",
    }
    places = np.asarray(line.points, float)[:, 0]
    x = np.arange(16 * (places.min() - 1), 16 * (places.max() + 2) + 1) / 16
    seen = Dataset(np.stack([places, line.labels], axis=1), line.labels)

    def draw(ax: "Axes", colours: Colours, variant: str) -> None:
        y = [float(value) for value in answers(networks[variant], x)]
        ax.plot(x, y, color=colours.faint, linewidth=1)
        figures.points(ax, seen, colours, size=26)
        ax.set(xlim=(x[0], x[-1]), ylabel="output", title=variant, ylim=(-0.3, 6.3))
        ax.set(xlabel="input x" if variant == list(networks)[-1] else "")

    pictures = [
        figures.show(
            partial(draw, variant=variant),
            f"The output of {variant} over the input; {told.get(variant, 'right at the points.')}",
            size=(6.6, 2.0),
        )
        for variant in networks
    ]
    if not pictures:
        raise InvalidArgument("networks: at least one is needed, got none")
    return sum(pictures[1:], start=pictures[0])


def fill(fills: Mapping[int, Mapping[int, float]]) -> Picture:
    """The fill of tables over N, in percent: ``fills[classes][N]``."""

    def draw(ax: "Axes", colours: Colours) -> None:
        figures.curves(
            ax, colours, None, {f"{k} classes": line for k, line in fills.items()},
            log="x", xlabel="points N", ylabel="fill, percent", ylim=(40, 100),
        )  # fmt: skip
        figures.level(ax, colours, "three random cells, large tables: 91.8", y=91.8)

    return figures.show(
        draw,
        "Fill of the tables against N for two and for sixteen classes. Both curves rise, the first "
        "from about seventy percent to nearly ninety, and stay below the line at 91.8 percent.",
        size=(5.0, 3.0),
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
