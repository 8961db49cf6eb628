"""The sizes of these networks beside those of a staircase: few weights that are long."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from mem_lib import figures
from mem_lib.errors import InvalidArgument
from mem_lib.figures import Colours, Picture
from mem_lib.figures.numbers import number_text, tick
from mem_lib.network import Size
from mem_lib.optimal_relu.figures.budgets import round_numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def beside(
    built: Mapping[str, Mapping[int, Size]],
    promised: Mapping[str, Mapping[int, Size]],
    weights: Mapping[str, Mapping[int, int]],
) -> Picture:
    """Weights over N, and bits over N: marks are ``built[name][N]``, lines of the same colour
    ``promised[name][N]``, or the ``weights[name][N]`` of networks that are counted and no more.

    Raises ``InvalidArgument`` without a network, and for a promise of none of them.
    """
    if not built or not {*promised, *weights} <= set(built):
        raise InvalidArgument(
            "built, promised, weights: networks, and promises for them, are needed, "
            f"got {list(built)}, {list(promised)} and {list(weights)}"
        )
    most: dict[str, dict[str, Mapping[int, int]]] = {
        "weights": {**_values(promised, "weights"), **weights},
        "bits": {**_values(promised, "bits")},
    }
    few, many = (
        choose(n for found in [*built.values(), *promised.values()] for n in found)
        for choose in (min, max)
    )

    def draw(ax: "Axes", colours: Colours, what: str, title: str) -> None:
        marks = _values(built, what)
        figures.curves(ax, colours, None, marks, log="xy", labels="none", lines=False)
        figures.curves(
            ax, colours, None, {**marks, **most[what]}, log="xy", marks=False, xlabel="points N",
            title=title, ticks={"x": round_numbers([few, many])},
        )  # fmt: skip

    ends = {name: found[max(found)] for name, found in most["weights"].items()}
    longest = {name: max(found.values()) for name, found in _values(built, "bits").items()}

    def told(values: Mapping[str, int]) -> str:
        return ", ".join(f"{number_text(value)} ({name})" for name, value in values.items())

    return figures.show(
        partial(draw, what="weights", title="how many weights"),
        "Weights against points, logarithmic axes: marks, and lines through or above them, one of "
        "slope one and others of slope one half.",
        size=(3.3, 3.1),
        caption="Marks were built and verified, lines are promised for all such data: at N = "
        f"{tick(many)} that is {told(ends)}.",
    ) + figures.show(
        partial(draw, what="bits", title="how long is the longest"),
        "Bits of the longest weight against points, logarithmic axes: rising lines, and low marks "
        "of one network.",
        size=(3.3, 3.1),
        caption=f"The price: bits of the longest weight. Those that were built have up to "
        f"{told(longest)} bits.",
    )


def _values(sizes: Mapping[str, Mapping[int, Size]], what: str) -> dict[str, dict[int, int]]:
    return {
        name: {N: getattr(size, what) for N, size in found.items()} for name, found in sizes.items()
    }
