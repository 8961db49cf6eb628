"""Neurons against total weight, one plane for all networks of one data set.

The line N is where one neuron for each point stands: to its left a network shares its neurons.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mem_lib import figures
from mem_lib._base.arguments import integer_in
from mem_lib.errors import InvalidArgument
from mem_lib.figures import Colours, Picture
from mem_lib.figures.numbers import number_text
from mem_lib.two_layer.bounds import least_neurons
from mem_lib.two_layer.figures.floats import about
from mem_lib.two_layer.figures.labels import named
from mem_lib.two_layer.weight import weight_bound

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Place = Sequence[float]

INCHES = (6.4, 4.8)
_MARKS = {"exact": "o", "close": "D", "proved": "_"}


def frontier(
    exact: Mapping[str, Place],
    close: Mapping[str, Place],
    proved: Mapping[str, Place],
    N: int,
    d: int,
    *,
    name: str = "",
) -> Picture:
    """Networks for N random signs in ``d`` dimensions as marks of the plane of neurons and
    W_tot / sqrt N: ``exact`` ones are filled, those that only come ``close`` are hollow, and what
    is ``proved`` but not built is a bar.  Each holds a pair for a name.  Grey is what no network
    can do; ``name`` as for a picture.

    ``InvalidArgument`` without an exact network, or when a name stands twice.
    """
    kinds = {"exact": exact, "close": close, "proved": proved}
    places = {what: place for kind in kinds.values() for what, place in kind.items()}
    if not exact or len(places) < sum(map(len, kinds.values())):
        raise InvalidArgument(
            "exact, close, proved: an exact network and different names are needed, got "
            f"{[sorted(kind) for kind in kinds.values()]}"
        )
    N, d = integer_in(N, "N", 1), integer_in(d, "d", 1)
    few, light = least_neurons(N, d), weight_bound(N) / N**0.5
    most = max(place[0] for place in places.values())
    heaviest = max(place[1] for place in places.values())

    def draw(ax: "Axes", colours: Colours) -> None:
        inks = dict(zip(kinds, (colours.ink, colours.classes[0], colours.accent), strict=True))
        figures.scale(ax, log="xy", xlim=(0.6 * few, 4 * most), ylim=(0.3 * light, 30 * heaviest),
                      xlabel="neurons", ylabel="total weight / √N")  # fmt: skip
        ax.axhspan(0.3 * light, light, color=colours.faint, alpha=0.25, linewidth=0)
        ax.axvspan(0.6 * few, few, color=colours.faint, alpha=0.25, linewidth=0)
        figures.level(ax, colours, "N neurons", x=N, at=0.93)
        for kind, held in kinds.items():
            for place in held.values():
                face = "none" if kind == "close" else inks[kind]
                ax.plot(*place, _MARKS[kind], color=inks[kind], markerfacecolor=face, zorder=3,
                        markersize=7, markeredgewidth=3 if kind == "proved" else 1.2)  # fmt: skip
        written = {what: inks[kind] for kind, held in kinds.items() for what in held}
        named(ax, colours, places, written, (INCHES[0] - 1, INCHES[1] - 0.9))

    return figures.show(
        draw,
        "The plane of neurons and total weight over the root of N, logarithmic axes, with a mark "
        f"for each network. A vertical line stands at {N} neurons. Two bars at the edges are grey.",
        size=INCHES,
        caption=f"{N} random signs in {d} dimensions. {meaning(exact, close, proved)} Grey is what "
        "no network can do: too few neurons for all values, too little weight for random signs.",
        name=name,
    )


def meaning(
    exact: Mapping[str, Place], close: Mapping[str, Place], proved: Mapping[str, Place]
) -> str:
    """What the marks stand for, of the kinds that are there."""
    parts = [f"Filled marks are networks that are exact at every point ({said(exact)})."]
    if close:
        parts.append(f"Hollow ones come close ({said(close)}).")
    if proved:
        parts.append(f"A bar is an upper bound, proved ({said(proved)}).")
    return " ".join(parts)


def said(places: Mapping[str, Place]) -> str:
    """Neurons and weights, for a caption.

    >>> said({"caps": (300, 51.52)})
    'caps: 300 neurons and 52 √N'
    """
    found = (
        f"{what}: {number_text(round(neurons))} neurons and {number_text(about(weight, 2))} √N"
        for what, (neurons, weight) in places.items()
    )
    return "; ".join(found)
