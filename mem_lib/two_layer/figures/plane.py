"""Exact networks in the plane: slabs of four neurons, strips of two.

A slab is |<n, x> + offset| <= half: the second and the fourth of its four neurons have their
creases on its borders.  In a network of strips every second neuron has its crease on a border.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from mem_lib import figures
from mem_lib._base.arguments import integer_in
from mem_lib.data import Dataset
from mem_lib.errors import InvalidNetwork, MemorizationError
from mem_lib.exact import evaluate, reference
from mem_lib.figures import Colours, Picture, Stepper, Table
from mem_lib.figures.numbers import number_text
from mem_lib.network import Network
from mem_lib.two_layer import neurons_of, total_weight

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HALF = 1.08  # what is seen: the unit disc and a little more
SIDE = np.linspace(-HALF, HALF, 217)


class Slab(NamedTuple):
    """The points x with |<normal, x> + offset| <= half; ``normal`` (d,) has length 1."""

    normal: np.ndarray
    offset: float
    half: float


@dataclass(frozen=True)
class Refused:
    """One line in place of a picture."""

    reason: str

    def _repr_html_(self) -> str:
        return f"<p>{escape(str(self))}</p>"

    def __repr__(self) -> str:
        return f"No picture here. {self.reason}"


def drawn(draw: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """What ``draw(...)`` shows or, where it cannot show these data, the one line that says why:
    a page whose pictures need the plane runs to its end in other dimensions too.

    >>> drawn(slabs, Dataset([[0, 0, 1]], targets=[1]), None, (0, 0))
    No picture here. dataset: points of the plane with targets are needed, got Dataset(N=1, d=3,\
 targets, points=int64)
    """
    try:
        return draw(*arguments, **named)
    except MemorizationError as error:
        return Refused(str(error))


def neurons(network: Network, chosen: slice = slice(None)) -> Table:
    """The neurons a relu(<w, z> + b) of ``network``, on the integers z = 2^shift x, a row each.

    ``InvalidNetwork`` without names; else raises as ``neurons_of``.
    """
    part = neurons_of(network)
    if len(part.names) != len(part):
        raise InvalidNetwork(f"network: neurons with names are needed, got {network.size}")
    rows = zip(part.names, part.outer, part.rows.tolist(), part.biases.tolist(), strict=True)
    return figures.table(
        [(name, str(a), *w, b) for name, a, w, b in list(rows)[chosen]],
        ["neuron", "outgoing weight a", *(f"w{i + 1}" for i in range(part.d)), "bias b"],
        caption="Neurons a relu(⟨w, z⟩ + b), on integers z",
    )


def slab(network: Network, g: int) -> Slab:
    """Slab ``g`` of a network of variant ``"paper"``.  ``InvalidArgument`` when it has no such
    slab, ``InvalidNetwork`` when its neurons make none."""
    part = neurons_of(network)
    if len(part) % 4:
        raise InvalidNetwork(f"network: four neurons a slab are needed, got {len(part)}")
    g = integer_in(g, "g", 0, len(part) // 4 - 1)
    (w, low), (other, high) = crease(part, 4 * g + 1), crease(part, 4 * g + 3)
    if not np.allclose(w, other):
        raise InvalidNetwork(f"network: creases {4 * g + 1} and {4 * g + 3} are not parallel")
    return Slab(w, (low + high) / 2, abs(low - high) / 2)


def borders(network: Network) -> tuple[np.ndarray, list[float]]:
    """The unit direction of the strips of a network of variant ``"sorted"``, and the places of
    their borders along it.  ``InvalidNetwork`` when its creases are not parallel."""
    part = neurons_of(network)
    creases = [crease(part, k) for k in range(1, len(part), 2)]
    if not creases or not all(np.allclose(w, creases[0][0]) for w, _ in creases):
        raise InvalidNetwork(f"network: parallel borders are needed, got {network.size}")
    return creases[0][0], [-offset for _, offset in creases]


def crease(part: Any, k: int) -> tuple[np.ndarray, float]:
    """Unit normal and offset of the crease of neuron ``k``, in the units of the points."""
    w, bias = part.rows[k].tolist(), int(part.biases[k])
    norm = math.hypot(*w)
    return np.array([value / norm for value in w]), bias / norm / 2**part.shift


def said(dataset: Dataset, network: Network, g: int) -> Table:
    """What the four neurons of slab ``g`` say: at a point of the group, and at a point on either
    side of it.  Raises as :func:`slab`, and ``InvalidArgument`` without a data set."""
    slab(network, g)
    dataset = figures.drawable(dataset, d=None, values=None)
    four = slice(4 * g, 4 * g + 4)
    outer = neurons_of(network).outer[four]
    columns: dict[int, tuple[str, list[str]]] = {}
    for row, z in enumerate(dataset.integers()[0]):
        held = reference.trace(network, z)[0][four]
        parts = [a * value for a, value in zip(outer, held, strict=True)]
        awake = sum(value > 0 for value in held)
        columns[awake] = f"row {row}, {awake} awake", [*map(str, parts), str(sum(parts))]
    names, entries = zip(*(columns[awake] for awake in sorted(columns)), strict=True)
    return figures.table(
        list(zip(["first", "second", "third", "fourth", "sum"], *entries, strict=True)),
        ["neuron", *names],
        caption="What the four neurons say",
    )


def outputs(network: Network, points: np.ndarray) -> np.ndarray:
    """The exact outputs at ``points`` (M, d), rounded once: (M,) floats."""
    numerators, denominator = evaluate(network, points)
    return np.asarray(numerators[:, 0] / denominator, dtype=float)


def on_a_line(
    dataset: Dataset,
    network: Network,
    box: tuple[int, int],
    limits: tuple[float, float],
    caption: str,
) -> Picture:
    """The graph of ``network`` over the interval ``box``, and the targets of ``dataset`` on it.
    ``InvalidDataset`` unless there are targets at points with one coordinate."""
    points, targets = valued(dataset, d=1)
    x = np.arange(box[0] * 256, box[1] * 256 + 1)[:, None] / 256
    graph = outputs(network, x)

    def draw(ax: "Axes", colours: Colours) -> None:
        ax.plot(x, graph, color=colours.accent)
        ax.plot(points[:, 0], targets, "o", color=colours.classes[1], zorder=3)
        ax.set(xlabel="x", ylim=limits)

    alt = f"The output of {len(neurons_of(network))} neurons over the line, and {dataset.N} points."
    return figures.show(draw, alt, size=(3.3, 2.6), caption=caption)


def slabs(dataset: Dataset, network: Network, pair: tuple[int, int], *, name: str = "") -> Picture:
    """The function of a network of slabs, and its values on the walk between the two rows
    ``pair``; ``name`` as for a picture.

    ``InvalidDataset`` unless there are values in the plane."""
    function = shaded(dataset, network)

    def draw(ax: "Axes", colours: Colours) -> None:
        function(ax, colours, bar=True)
        ax.plot(*np.asarray(dataset.points, float)[list(pair)].T, color=colours.ink,
                linewidth=0.8, linestyle=":")  # fmt: skip

    number = len(neurons_of(network)) // 4
    return figures.show(
        draw,
        f"{dataset.N} points in the plane and {number} strips, each along a line through two of "
        "the points; colours inside, white elsewhere. A dotted line joins two points.",
        size=(3.6, 3.0),
        caption=f"The function of {number} slabs. Inside a slab the colour changes along it and "
        "agrees with its two points; where slabs cross, values add up; elsewhere it is 0. Colours "
        "come in steps of ⅛ and are cut off beyond ±1.",
        name=name,
    ) + _walk(
        dataset, network, pair,
        "The output along the dotted line: 0, and a plateau with steep sides for each slab that is "
        "crossed",
    )  # fmt: skip


def strips(dataset: Dataset, network: Network, pair: tuple[int, int], *, name: str = "") -> Picture:
    """The function of a network of strips, and its values on the walk between the two rows
    ``pair``.  Raises as :func:`slabs` and :func:`borders`."""
    return figures.show(
        _strips(dataset, network),
        f"The {dataset.N} points in {len(borders(network)[1])} parallel strips between dashed "
        "borders.",
        size=(3.5, 3.2),
        caption=f"The function of {len(borders(network)[1])} strips. In a strip the colour changes "
        "evenly, in a direction of its own; at the dashed borders it jumps.",
        name=name,
    ) + _walk(
        dataset, network, pair,
        "The output along the same walk: straight pieces, joined by short steep ones",
    )  # fmt: skip


def caps(dataset: Dataset, network: Network, *, name: str = "") -> Picture:
    """The function of a network of one neuron for each point, and the border of each neuron.

    ``InvalidDataset`` unless there are values in the plane, ``InvalidNetwork`` without neurons."""
    function, part = shaded(dataset, network), neurons_of(network)
    if not len(part):
        raise InvalidNetwork(f"network: neurons are needed, got {network.size}")
    creases = [crease(part, k) for k in range(len(part))]

    def draw(ax: "Axes", colours: Colours) -> None:
        function(ax, colours, bar=True)
        for w, offset in creases:
            ax.plot(*line(w, -offset).T, color=colours.ink, linewidth=0.8, linestyle="--")
        turn = np.linspace(0, 2 * np.pi, 361)
        ax.plot(np.cos(turn), np.sin(turn), color=colours.faint, linewidth=0.8)
        frame(ax)

    return figures.show(
        draw,
        f"{len(dataset.points)} points on a circle. Each lies alone beyond a dashed line, in a cap "
        "whose colour grows stronger towards the rim.",
        size=(5.9, 5.0),
        caption=f"{len(creases)} caps. Each dashed line cuts off one point and goes through the "
        "nearest other one; towards the point the colour grows to its value, beyond the circle it "
        "goes on, and where caps overlap, values add up. Colours come in steps of ⅛ and are cut "
        "off beyond ±1.",
        name=name,
    )


def directions(dataset: Dataset, networks: Mapping[Any, Network]) -> Stepper:
    """The same points in strips across several directions, which are the keys of ``networks``.
    Raises as :func:`strips`."""
    valued(dataset)
    weights = {c: total_weight(network) for c, network in networks.items()}
    least = min(weights, key=weights.__getitem__)
    return Stepper(
        "direction c",
        {
            str(c): figures.show(
                partial(_strips(dataset, network), title=weight_of(network)),
                f"The same points in {len(borders(network)[1])} strips across the direction {c}.",
                size=(4.8, 4.6),
            )
            for c, network in networks.items()
        },
        caption="The same points, cut into strips across other directions. The least total weight "
        f"is {number_text(round(weights[least]))}, for c = {least}; the greatest "
        f"{number_text(round(max(weights.values())))}.",
    )


def valued(
    dataset: Dataset, name: str = "dataset", d: Literal[1, 2] | None = 2
) -> tuple[np.ndarray, np.ndarray]:
    """The points and their targets, as floats.  Raises as :func:`mem_lib.figures.drawable`."""
    dataset = figures.drawable(dataset, name, d, "targets")
    return np.asarray(dataset.points, float), np.asarray(dataset.targets, float)


def shaded(dataset: Dataset, network: Network) -> Any:
    """``draw(ax, colours, bar=, title=)``: the function, cut off at -1 and 1, and the points."""
    points, values = valued(dataset)
    grid = np.stack(np.meshgrid(SIDE, SIDE), axis=-1).reshape(-1, 2)
    seen = np.clip(outputs(network, grid), -1, 1).reshape(len(SIDE), -1)
    seen = np.round(8 * seen) / 8  # steps of 1/8 make a small picture

    def draw(ax: "Axes", colours: Colours, bar: bool = False, title: str = "") -> None:
        figures.heat(ax, colours, seen, (-HALF, HALF, -HALF, HALF), between=(-1, 1), both=True,
                     bar=bar)  # fmt: skip
        dots(ax, colours, points, values)
        frame(ax, title=title)

    return draw


def _strips(dataset: Dataset, network: Network) -> Any:
    """As :func:`shaded`, with the borders."""
    function, (c, places) = shaded(dataset, network), borders(network)

    def draw(ax: "Axes", colours: Colours, title: str = "") -> None:
        function(ax, colours, title=title)
        for place in places:
            ax.plot(*line(c, place).T, color=colours.ink, linewidth=0.8, linestyle="--")
        frame(ax)

    return draw


def _walk(dataset: Dataset, network: Network, pair: tuple[int, int], what: str) -> Picture:
    points, values = (part[list(pair)] for part in valued(dataset))
    t = np.linspace(-0.15, 1.15, 1301)
    seen = outputs(network, points[0] + t[:, None] * (points[1] - points[0]))

    def draw(ax: "Axes", colours: Colours) -> None:
        ax.axhline(0, color=colours.faint, linewidth=0.5)
        ax.plot(t, seen, color=colours.accent, linewidth=1.2)
        dots(ax, colours, np.column_stack([[0, 1], values]), values)
        ax.set(xlabel="from one point to the other", ylabel="output", xticks=[0, 1])

    return figures.show(
        draw,
        "The output on a straight walk from one point to the other.",
        size=(3.0, 3.0),
        caption=f"{what}. It takes the values {values[0]:g} and {values[1]:g} of the two points.",
    )


def line(normal: np.ndarray, place: float, reach: float = 4) -> np.ndarray:
    """Two points far out on the line <normal, x> = place."""
    along = reach * np.array([-normal[1], normal[0]])
    return np.array([place * normal - along, place * normal + along])


def dots(ax: "Axes", colours: Colours, points: np.ndarray, values: np.ndarray) -> None:
    x, y = points.T
    ax.scatter(x, y, c=values, cmap=figures.shades(colours, both=True), vmin=-1, vmax=1,
               s=40, edgecolors=colours.ink, linewidths=1, zorder=3)  # fmt: skip


def frame(ax: "Axes", **axes: Any) -> None:
    ax.set(xlim=(-HALF, HALF), ylim=(-HALF, HALF), aspect="equal", **axes)
    ax.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])


def weight_of(network: Network) -> str:
    return f"W_tot = {number_text(round(total_weight(network)))}"
