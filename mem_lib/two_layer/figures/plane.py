"""Exact networks in the plane: slabs of four neurons, strips of two, threshold lines.

A slab is |<n, x> + offset| <= half: the second and the fourth of its four neurons have their
creases on its borders.  In a network of strips every second neuron has its crease on a border.
"""

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from mem_lib import figures
from mem_lib._base.arguments import integer_in
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, InvalidNetwork
from mem_lib.exact import evaluate, predict, reference
from mem_lib.figures import Colours, Picture, Stepper, Table
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
        caption="Neurons a relu(⟨w, z⟩ + b)",
    )


def slab(network: Network, g: int) -> Slab:
    """Slab ``g`` of a network of variant ``"paper"``.  ``InvalidArgument`` when it has no such
    slab, ``InvalidNetwork`` when its neurons make none."""
    part = neurons_of(network)
    if len(part) % 4:
        raise InvalidNetwork(f"network: four neurons a slab are needed, got {len(part)}")
    g = integer_in(g, "g", 0, len(part) // 4 - 1)
    (w, low), (other, high) = _crease(part, 4 * g + 1), _crease(part, 4 * g + 3)
    if not np.allclose(w, other):
        raise InvalidNetwork(f"network: creases {4 * g + 1} and {4 * g + 3} are not parallel")
    return Slab(w, (low + high) / 2, abs(low - high) / 2)


def borders(network: Network) -> tuple[np.ndarray, list[float]]:
    """The unit direction of the strips of a network of variant ``"sorted"``, and the places of
    their borders along it.  ``InvalidNetwork`` when its creases are not parallel."""
    part = neurons_of(network)
    creases = [_crease(part, k) for k in range(1, len(part), 2)]
    if not creases or not all(np.allclose(w, creases[0][0]) for w, _ in creases):
        raise InvalidNetwork(f"network: parallel borders are needed, got {network.size}")
    return creases[0][0], [-offset for _, offset in creases]


def _crease(part: Any, k: int) -> tuple[np.ndarray, float]:
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
    dataset: Dataset, network: Network, box: tuple[int, int], limits: tuple[float, float], alt: str
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

    return figures.show(draw, alt, size=(3.4, 2.6))


def slabs(dataset: Dataset, network: Network, pair: tuple[int, int]) -> Picture:
    """The function of a network of slabs, and its values on the walk between the two rows
    ``pair``.  ``InvalidDataset`` unless there are values in the plane."""
    function = _function(dataset, network)

    def draw(ax: "Axes", colours: Colours) -> None:
        function(ax, colours, bar=True)
        ax.plot(*np.asarray(dataset.points, float)[list(pair)].T, color=colours.ink,
                linewidth=0.8, linestyle=":")  # fmt: skip

    return figures.show(
        draw,
        f"{dataset.N} points in the plane and {len(neurons_of(network)) // 4} strips, each along a "
        "line through two of the points. Inside a strip the colour changes along the strip and "
        "agrees with the colours of its two points; where strips cross they add up; elsewhere the "
        "function is zero. A dotted line joins two points.",
        size=(3.8, 3.0),
    ) + _walk(
        dataset, network, pair,
        "The output along the dotted line: zero, with a steep-sided plateau for each strip that "
        "is crossed. It passes through the values of the two points at the ends.",
    )  # fmt: skip


def strips(dataset: Dataset, network: Network, pair: tuple[int, int]) -> Picture:
    """The function of a network of strips, and its values on the walk between the two rows
    ``pair``.  Raises as :func:`slabs` and :func:`borders`."""
    return figures.show(
        _strips(dataset, network),
        f"The {dataset.N} points in {len(borders(network)[1])} parallel strips. In a strip the "
        "colour changes evenly, in a direction of its own; at the dashed borders it jumps.",
        size=(3.5, 3.2),
    ) + _walk(
        dataset, network, pair,
        "The output along the same walk as before: straight pieces joined by short steep ones, "
        "through the values of the two points at its ends.",
    )  # fmt: skip


def directions(dataset: Dataset, networks: Mapping[Any, Network]) -> Stepper:
    """The same points in strips across several directions, which are the keys of ``networks``.
    Raises as :func:`strips`."""
    return Stepper(
        "direction c",
        {
            c: figures.show(
                partial(_strips(dataset, network), title=_weight(network)),
                f"The same points in {len(borders(network)[1])} strips across the direction {c}.",
                size=(4.0, 3.9),
            )
            for c, network in networks.items()
        },
    )


def moved(dataset: Dataset, network: Network, gap: float, *, g: int, row: int) -> Dataset:
    """The same with point ``row`` at the distance ``gap`` from the middle line of slab ``g``, up to
    the grid 2^-20.  Raises as :func:`slabs` and :func:`slab`."""
    points, (normal, offset, _) = valued(dataset)[0].copy(), slab(network, g)
    points[row] = (gap - offset) * normal - 0.45 * np.array([-normal[1], normal[0]])
    return Dataset(np.round(points * 2**20) / 2**20, targets=dataset.targets)


def slabs_near(cases: Mapping[float, tuple[Dataset, Network]], *, g: int, row: int) -> Stepper:
    """Slabs that a point comes near: point ``row`` is at the distance of the key from the middle
    line of slab ``g``.  Raises as :func:`slabs` and :func:`slab`."""
    for case, (data, _) in cases.items():
        valued(data, f"cases[{case}]")

    def draw(ax: "Axes", colours: Colours, gap: float) -> None:
        dataset, network = cases[gap]
        for k in range(len(neurons_of(network)) // 4):
            ink, alpha = (colours.accent, 0.6) if k == g else (colours.faint, 0.3)
            normal, offset, half = slab(network, k)
            low, middle, high = (_line(normal, s * half - offset) for s in (-1, 0, 1))
            ax.fill(*np.vstack([low, high[::-1]]).T, color=ink, alpha=alpha, linewidth=0)
            ax.plot(*middle.T, color=ink, linewidth=0.7)
        _dots(ax, colours, *valued(dataset))
        figures.rings(ax, np.asarray(dataset.points, float)[[row]], colours, size=180)
        _frame(ax, title=f"gap {gap}: {_weight(network)}")

    return Stepper(
        "gap",
        {
            gap: figures.show(
                partial(draw, gap=gap),
                f"The {dataset.N} points and their slabs. A ringed point is at distance {gap} from "
                "the middle line of a slab that is not its own; the total weight is "
                f"{total_weight(network):,.0f}.",
                size=(4.0, 3.9),
            )
            for gap, (dataset, network) in cases.items()
        },
    )


def classes(cases: Sequence[tuple[Dataset, Network]]) -> Picture:
    """Threshold units in the plane, case beside case: their lines, and which class is read where.
    ``InvalidArgument`` without a case; else raises as :func:`mem_lib.figures.drawable`."""
    if not cases:
        raise InvalidArgument("cases: at least one pair of data and network is needed, got none")
    pictures = [
        _classes(figures.drawable(dataset, f"cases[{i}]"), network)
        for i, (dataset, network) in enumerate(cases)
    ]
    return sum(pictures[1:], start=pictures[0])


def _classes(dataset: Dataset, network: Network) -> Picture:
    part = neurons_of(network)
    (left, bottom), (right, top) = (
        (edge(axis=0) + s).tolist()
        for edge, s in ((dataset.points.min, -1), (dataset.points.max, 1))
    )
    x, y = np.meshgrid(np.linspace(left, right, 191), np.linspace(bottom, top, 201))
    found = predict(network, np.column_stack([x.ravel(), y.ravel()])).reshape(x.shape)
    word = "".join(map(str, np.asarray(dataset.labels).tolist()))
    facets = sum(name.startswith("facet") for name in part.names)

    def draw(ax: "Axes", colours: Colours) -> None:
        from matplotlib.colors import ListedColormap

        ax.imshow(found, extent=(left, right, bottom, top), alpha=0.3, origin="lower",
                  cmap=ListedColormap(colours.classes[:2]), interpolation="none")  # fmt: skip
        for k in range(len(part)):
            normal, offset = _crease(part, k)
            ax.plot(*_line(normal, -offset, 20).T, color=colours.ink, linewidth=0.8)
        figures.points(ax, dataset, colours, size=50)
        ax.set(xlim=(left, right), ylim=(bottom, top), aspect="equal", title=word)

    return figures.show(
        draw,
        f"{dataset.N} points with the labels {word} and {len(part)} lines: pairs of parallel ones "
        f"close to each other around two points: {(len(part) - facets) // 2}; such as cut off a "
        f"corner: {facets}.",
        size=(3.3, 3.3),
    )


def valued(
    dataset: Dataset, name: str = "dataset", d: Literal[1, 2] | None = 2
) -> tuple[np.ndarray, np.ndarray]:
    """The points and their targets, as floats.  Raises as :func:`mem_lib.figures.drawable`."""
    dataset = figures.drawable(dataset, name, d, "targets")
    return np.asarray(dataset.points, float), np.asarray(dataset.targets, float)


def _function(dataset: Dataset, network: Network) -> Any:
    """``draw(ax, colours, bar=, title=)``: the function, cut off at -1 and 1, and the points."""
    points, values = valued(dataset)
    grid = np.stack(np.meshgrid(SIDE, SIDE), axis=-1).reshape(-1, 2)
    seen = np.clip(outputs(network, grid), -1, 1).reshape(len(SIDE), -1)
    seen = np.round(8 * seen) / 8  # steps of 1/8 make a small picture

    def draw(ax: "Axes", colours: Colours, bar: bool = False, title: str = "") -> None:
        figures.heat(ax, colours, seen, (-HALF, HALF, -HALF, HALF), between=(-1, 1), both=True,
                     bar=bar)  # fmt: skip
        _dots(ax, colours, points, values)
        _frame(ax, title=title)

    return draw


def _strips(dataset: Dataset, network: Network) -> Any:
    """As :func:`_function`, with the borders."""
    function, (c, places) = _function(dataset, network), borders(network)

    def draw(ax: "Axes", colours: Colours, title: str = "") -> None:
        function(ax, colours, title=title)
        for place in places:
            ax.plot(*_line(c, place).T, color=colours.ink, linewidth=0.8, linestyle="--")
        _frame(ax)

    return draw


def _walk(dataset: Dataset, network: Network, pair: tuple[int, int], alt: str) -> Picture:
    points, values = (part[list(pair)] for part in valued(dataset))
    t = np.linspace(-0.15, 1.15, 1301)
    seen = outputs(network, points[0] + t[:, None] * (points[1] - points[0]))

    def draw(ax: "Axes", colours: Colours) -> None:
        ax.axhline(0, color=colours.faint, linewidth=0.5)
        ax.plot(t, seen, color=colours.accent, linewidth=1.2)
        _dots(ax, colours, np.column_stack([[0, 1], values]), values)
        ax.set(xlabel="from one point to the other", ylabel="output", xticks=[0, 1])

    return figures.show(draw, alt, size=(3.2, 3.0))


def _line(normal: np.ndarray, place: float, reach: float = 4) -> np.ndarray:
    """Two points far out on the line <normal, x> = place."""
    along = reach * np.array([-normal[1], normal[0]])
    return np.array([place * normal - along, place * normal + along])


def _dots(ax: "Axes", colours: Colours, points: np.ndarray, values: np.ndarray) -> None:
    x, y = points.T
    ax.scatter(x, y, c=values, cmap=figures.shades(colours, both=True), vmin=-1, vmax=1,
               s=40, edgecolors=colours.ink, linewidths=1, zorder=3)  # fmt: skip


def _frame(ax: "Axes", **axes: Any) -> None:
    ax.set(xlim=(-HALF, HALF), ylim=(-HALF, HALF), aspect="equal", **axes)
    ax.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])


def _weight(network: Network) -> str:
    return f"W_tot = {total_weight(network):,.0f}"
