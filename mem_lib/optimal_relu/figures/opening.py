"""What the first page shows: the four stages, which weights know the labels, and the sizes of these
networks beside those of a staircase."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from mem_lib import figures
from mem_lib.errors import InvalidArgument, InvalidNetwork
from mem_lib.figures import Colours, Picture
from mem_lib.figures.numbers import number_text, tick
from mem_lib.network import Network, Size
from mem_lib.optimal_relu.difference import Difference, Place
from mem_lib.optimal_relu.figures.budgets import round_numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Of a picture of stages, in inches: the height of a row, a stage with the value that leaves it.
ROW = 0.95


def pipeline(
    stages: Sequence[tuple[str, str, str]],
    enters: str,
    *,
    examples: Sequence[str] = (),
    repeat: tuple[int, int, str] | None = None,
    name: str = "",
) -> Picture:
    """Boxes from the top down, one for each stage (its name, its price, what leaves it), and what
    ``enters`` the first; beside each value its entry of ``examples``.  ``repeat``: the first and
    the last stage of a loop, and how often it runs.

    Raises ``InvalidArgument`` for no stage, and for examples that are not one for each value.
    """
    values = [enters, *(leaves for *_, leaves in stages)]
    if not stages or (examples and len(examples) != len(values)):
        raise InvalidArgument(
            f"stages, examples: at least one stage, and {len(values)} examples or none, are "
            f"needed, got {len(stages)} and {len(examples)}"
        )

    def draw(ax: "Axes", colours: Colours) -> None:
        ax.set(xlim=(0, 10), ylim=(len(stages) + 0.25, -0.3))
        ax.axis("off")
        box = {"boxstyle": "round,pad=0.4", "fc": "none", "ec": colours.accent, "lw": 1.3}
        line = {"arrowstyle": "-|>", "color": colours.ink, "shrinkA": 0, "shrinkB": 0}
        for y, (stage, price, _) in enumerate(stages):
            ax.text(1.6, y + 0.5, stage, color=colours.accent, weight="bold", va="center",
                    ha="center", bbox=box, fontsize=10)  # fmt: skip
            ax.text(2.75, y + 0.5, price, color=colours.faint, va="center", fontsize=9.5)
        for y, value in enumerate(values):
            start, end = y - 0.28 * (y > 0), y + 0.28 * (y < len(stages))
            ax.annotate("", (1.6, end), (1.6, start), arrowprops=line)
            ax.text(1.85, y, value, color=colours.ink, va="center", fontsize=10)
        for y, example in enumerate(examples):
            ax.text(10, y, example, color=colours.classes[1], va="center", ha="right",
                    fontsize=9.5, family="DejaVu Sans Mono")  # fmt: skip
        if repeat:
            first, last, often = repeat
            bend = line | {"connectionstyle": "arc3,rad=-0.6"}
            ax.annotate("", (0.75, first + 0.5), (0.75, last + 0.5), arrowprops=bend)
            ax.text(10, last + 0.5, often, color=colours.faint, va="center", ha="right",
                    fontsize=9.5)  # fmt: skip

    told = "; ".join(f"{stage} ({price}) gives {leaves}" for stage, price, leaves in stages)
    return figures.show(
        draw,
        f"Boxes in a row from the top down. {enters} enters. {told}.",
        size=(6.4, ROW * (len(stages) + 0.55)),
        caption="The stages, with their prices, and the values that travel between them"
        + ("; beside them, those of the example worked by hand." if examples else "."),
        name=name,
    )


def who_knows(network: Network, difference: Difference, *, name: str = "") -> Picture:
    """Every weight of a network by its layer and its length; those of ``difference``, to a network
    for the same points and other labels, in another colour.

    ``InvalidNetwork`` for a network that is not the first of the two that were compared.
    """
    for place in difference.places:
        if not _stands(network, place):
            raise InvalidNetwork(
                f"network: the first of the two that were compared is needed, got {network!r}"
            )
    lengths: dict[int, list[int]] = {}
    for at, layer in enumerate(network.layers):
        for bias, terms in layer.rows():
            for weight in (bias, *(w for _, w in terms)):
                if weight:
                    lengths.setdefault(abs(weight).bit_length(), []).append(at)
    knows = difference.places
    longest = max((place.bits for place in knows), default=0)
    same = difference.weights - len(knows)

    def draw(ax: "Axes", colours: Colours) -> None:
        for bits, found in lengths.items():
            starts, ends = zip(*_runs(found), strict=True)
            ax.hlines([bits] * len(starts), starts, ends, color=colours.faint, linewidth=1)
        ax.vlines([place.layer for place in knows], 0, [place.bits for place in knows],
                  color=colours.accent, linewidth=1.2)  # fmt: skip
        ax.set(xlabel="layer", ylabel="bits of a weight", xlim=(-5, network.depth + 4))
        ax.set_ylim(0, 1.08 * max(lengths))
        if knows:
            middle = knows[len(knows) // 2].layer
            ax.annotate(f"{len(knows)} weights know the labels", (middle, longest),
                        xytext=(middle, 0.6 * max(lengths)), color=colours.accent, ha="center",
                        arrowprops={"arrowstyle": "-", "color": colours.accent})  # fmt: skip

    return figures.show(
        draw,
        "All weights by layer and length. Layers that find the folder hold long ones of about one "
        "length, and short ones in colour; in the layers that read the longest weights get shorter "
        "from layer to layer.",
        size=(6.8, 3.2),
        caption=f"Every weight of the network, by its layer and its length. In colour those "
        f"that change when all labels do: {len(knows)} of {difference.weights}, of at most "
        f"{longest} bits, {difference.bits} bits together. The other {number_text(same)}, in grey, "
        "do not know the labels. The long ones among them hold the keys, and the falling line "
        "is where files are read, one bit after the other.",
        name=name,
    )


def _stands(network: Network, place: Place) -> bool:
    """Whether the first of two networks has this entry."""
    if place.layer >= network.depth or place.unit >= network.layers[place.layer].units:
        return False
    bias, terms = network.layers[place.layer].row(place.unit)
    entry = bias if place.source is None else dict(terms).get(place.source, 0)
    return entry == place.before


def _runs(layers: Iterable[int], gap: int = 3) -> list[tuple[float, float]]:
    """Layers at most ``gap`` apart as one run, from half a layer before to half behind.

    >>> _runs([1, 2, 4, 9])
    [(0.5, 4.5), (8.5, 9.5)]
    """
    runs: list[tuple[float, float]] = []
    for at in sorted(set(layers)):
        if runs and at - gap <= runs[-1][1]:
            runs[-1] = runs[-1][0], at + 0.5
        else:
            runs.append((at - 0.5, at + 0.5))
    return runs


def beside(
    built: Mapping[str, Mapping[int, Size]],
    promised: Mapping[str, Mapping[int, Size]],
    counted: Mapping[str, Mapping[int, int]],
    *,
    name: str = "",
) -> Picture:
    """Weights over N, and bits over N: marks are ``built[name][N]``, lines of the same colour
    ``promised[name][N]``; dashed, ``counted[name][N]``, weights of networks that are counted only.

    Raises ``InvalidArgument`` without a network, and for a promise of none of them.
    """
    if not built or not set(promised) <= set(built):
        raise InvalidArgument(
            "built, promised: networks, and promises for them, are needed, "
            f"got {list(built)} and {list(promised)}"
        )
    few, many = (
        choose(n for found in [*built.values(), *promised.values()] for n in found)
        for choose in (min, max)
    )

    def draw(ax: "Axes", colours: Colours, what: str, title: str) -> None:
        marks, most = _values(built, what), _values(promised, what)
        inks = dict(zip(built, colours.classes, strict=False))
        figures.curves(ax, colours, None, marks, log="xy", labels="none", lines=False)
        more = counted if what == "weights" else {}
        lines: dict[str, Mapping[int, int]] = {**most, **more}
        if what == "bits":  # the marks of networks without a promise get their name here
            lines = {**marks, **most}
        shades = [inks.get(line, colours.faint) for line in lines]
        figures.curves(
            ax, colours, None, lines, log="xy", marks=False, inks=shades, xlabel="points N",
            title=title, ticks={"x": round_numbers([few, many])[::2]},
        )  # fmt: skip
        for line in ax.lines[-len(more) :] if more else ():
            line.set_linestyle("--")

    ends = {
        name: found[max(found)]
        for name, found in [*_values(promised, "weights").items(), *counted.items()]
    }
    longest = {name: max(found.values()) for name, found in _values(built, "bits").items()}

    def told(values: Mapping[str, int]) -> str:
        return ", ".join(f"{number_text(value)} ({name})" for name, value in values.items())

    return figures.show(
        partial(draw, what="weights", title="how many weights"),
        "Weights against points, logarithmic axes: marks, and lines through or above them, some of "
        "slope one and others of slope one half, which are lower where there are many points.",
        size=(3.3, 3.4),
        caption="Marks were built and verified, solid lines are promised for all such data, dashed "
        f"ones are counted: at N = {tick(many)} that is {told(ends)}.",
        name=name,
    ) + figures.show(
        partial(draw, what="bits", title="how long is the longest"),
        "Bits of the longest weight against points, logarithmic axes: rising lines, and low marks "
        "of one network.",
        size=(3.3, 3.4),
        caption=f"The price: bits of the longest weight. Those that were built have up to "
        f"{told(longest)} bits.",
    )


def _values(sizes: Mapping[str, Mapping[int, Size]], what: str) -> dict[str, dict[int, int]]:
    return {
        name: {N: getattr(size, what) for N, size in found.items()} for name, found in sizes.items()
    }
