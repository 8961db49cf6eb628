"""Where the neurons of a network bend and how heavy each of them is, and how many there are."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mem_lib import figures
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, shown
from mem_lib.figures import Colours, Picture
from mem_lib.figures.numbers import number_text
from mem_lib.network import Network
from mem_lib.two_layer import neuron_weights, neurons_of, total_weight
from mem_lib.two_layer.figures.floats import about
from mem_lib.two_layer.figures.plane import crease, frame, line, shaded, weight_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

THICK = 3.0  # of the crease of the heaviest neuron, in points


def creases(dataset: Dataset, networks: Mapping[str, Network], *, name: str = "") -> Picture:
    """The functions of ``networks`` at the points of ``dataset``, beside each other, each with the
    line along which every neuron bends, the thicker the heavier the neuron; ``name`` as for a
    picture.

    ``InvalidDataset`` unless there are values in the plane, ``InvalidArgument`` without a network.
    """
    if not networks:
        raise InvalidArgument(f"networks: at least one is needed, got {shown(networks)}")
    pictures = [
        figures.show(
            _creases(dataset, network),
            f"The same {dataset.N} points; {len(neurons_of(network))} lines cross the plane.",
            size=(3.3, 3.4),
            caption=f"{what.capitalize()}: {len(neurons_of(network))} neurons, total weight "
            f"{number_text(about(total_weight(network), 2))}, of which the heaviest neuron has "
            f"{number_text(about(float(neuron_weights(network).max(initial=0)), 2))}.",
            name=name if k == 0 else "",
        )
        for k, (what, network) in enumerate(networks.items())
    ]
    return sum(pictures[1:], start=pictures[0])


def _creases(dataset: Dataset, network: Network) -> Any:
    function, part = shaded(dataset, network), neurons_of(network)
    weights = neuron_weights(network)
    widths = THICK * weights / max(weights.max(initial=0), 1e-300)
    bent = [k for k in range(len(part)) if any(part.rows[k])]  # others are constant

    def draw(ax: "Axes", colours: Colours) -> None:
        function(ax, colours, title=weight_of(network))
        for k in bent:
            normal, offset = crease(part, k)
            ax.plot(*line(normal, -offset).T, color=colours.ink, alpha=0.7,
                    linewidth=max(widths[k], 0.3))  # fmt: skip
        frame(ax)

    return draw


def counts(lines: Mapping[str, Mapping[int, int]], d: int, *, name: str = "") -> Picture:
    """Numbers of neurons over N in ``d`` dimensions, a curve ``{N: neurons}`` for each name;
    ``name`` as for a picture.  ``InvalidArgument`` without a number."""
    if not lines or not all(lines.values()):
        raise InvalidArgument(f"lines: at least one number of each is needed, got {shown(lines)}")

    def draw(ax: "Axes", colours: Colours) -> None:
        figures.curves(ax, colours, None, lines, labels="legend", xlabel="points N",
                       ylabel="neurons", ylim=(0, None))  # fmt: skip

    last = {what: max(line.items()) for what, line in lines.items()}
    told = ", ".join(f"{what} {k}" for what, (_, k) in last.items())
    return figures.show(
        draw,
        f"Neurons over points: {len(lines)} rising staircases, one below the other.",
        size=(5.9, 3.2),
        caption=f"Neurons for real values at N points of the moment curve in {d} dimensions. At "
        f"N = {max(N for N, _ in last.values())}: {told}.",
        name=name,
    )
