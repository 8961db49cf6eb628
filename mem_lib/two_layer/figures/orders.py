"""How coarse a pair may be, and what a kernel hides: the orders of h and of <x, x'>.

A pair of coarseness s changes a preactivation by s in the root mean square over the points; it
differs from the gate where <u, x> is about that small.  The kernel of a step says how much two
points disturb each other, as a function of their inner product.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from mem_lib import figures
from mem_lib._base.arguments import integer_in
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, InvalidDataset
from mem_lib.figures import Axis, Colours, Film, Picture, Table, marks
from mem_lib.two_layer import gate_kernel, gate_multiplier, harmonic_kernel
from mem_lib.two_layer.figures.plane import valued

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIDES = {"one-sided": 1, "antisymmetric": 2}
ORDERS = (1, 3, 5)  # of the harmonics
LABELLED = (0.01, 0.03, 0.1, 0.3, 1.0)


def difference(dataset: Dataset, u: np.ndarray, s: float, sides: int) -> np.ndarray:
    """What the pair of direction ``u`` (d,) and coarseness ``s`` gives minus what its gate gives,
    on the first step of a game, at each point: (N,).  One-sided pairs are never below 0.

    ``InvalidDataset`` without targets, ``InvalidArgument`` for sides that are not 1 or 2.
    """
    sides = integer_in(sides, "sides", 1, 2)
    x, r = valued(dataset, d=None)
    at = x @ u
    moves = x @ (x.T @ ((at > 0) * r))
    moves = moves / np.sqrt(np.mean(moves**2))
    low = np.maximum(at - (sides - 1) * s * moves, 0)
    return np.asarray((np.maximum(at + s * moves, 0) - low) / (sides * s) - (at > 0) * moves)


def biases(
    dataset: Dataset, u: np.ndarray, scales: Iterable[float], *, most: int = 80, name: str = ""
) -> Film:
    """:func:`difference` of both kinds of pairs over <u, x> at the first ``most`` points, where it
    is not 0; a frame for each coarseness, ``name`` as for a picture.  Raises as
    :func:`difference`."""
    at = (valued(dataset, d=None)[0] @ u)[:most]
    frames: dict[float, list[marks.Mark]] = {}
    says = {}
    for s in scales:
        key, counts = float(f"{s:.2g}"), []
        frames[key] = []
        for kind in ("one-sided", "antisymmetric"):
            d = difference(dataset, u, s, SIDES[kind])[:most]
            off = np.abs(d) > 1e-9
            places = np.column_stack([at[off], np.clip(d[off], -1.5, 2.5)])
            frames[key].append(marks.Points(places, f"class-{2 - SIDES[kind]}", 8))
            counts.append(f"{kind} pair off at {off.sum()} points, below 0 at {(d[off] < 0).sum()}")
        says[key] = "; ".join(counts)
    names = [
        marks.Text(2.1, 2.2, "diamonds: one-sided", "class-1", "end"),
        marks.Text(2.1, 1.85, "circles: antisymmetric", "class-0", "end"),
    ]
    return Film(
        "coarseness s", frames, x=Axis(-2.2, 2.2, "⟨u, x⟩", (-2, -1, 0, 1, 2)),
        y=Axis(-1.5, 2.5, "pair minus gate", (-1, 0, 1, 2)), says=says, height=300, name=name,
        still=[marks.Lines([(-2.2, 0), (2.2, 0)], "faint", 0.8), *names],
        alt=f"What pairs differ by from the gate, at {len(at)} of the points: above zero for "
        "the one-sided pair, on both sides of it for the antisymmetric one.",
        caption=f"Those of {len(at)} points at which a pair is not the gate, and by how much. The "
        "one-sided pair is never below the gate, the antisymmetric one is on both sides; the "
        "coarser the pair, the more points.",
    )  # fmt: skip


def ladder(plane: Mapping[str, Mapping[float, Sequence[float]]], *, name: str = "") -> Picture:
    """Total weight over neurons along a ladder of coarseness: ``plane[kind][s]`` is the pair
    (neurons / (N/d), W_tot / sqrt N), ``kind`` "one-sided" or "antisymmetric".
    ``name`` as for a picture; ``InvalidArgument`` for another kind."""
    if unknown := sorted(set(plane) - set(SIDES)):
        raise InvalidArgument(f"plane: kinds of {list(SIDES)} are needed, got {unknown[0]!r}")

    def draw(ax: "Axes", colours: Colours) -> None:
        ticks = [10, 30, 100, 300]
        series = {
            name: tuple(zip(*plane[name].values(), strict=True))
            for name in ("antisymmetric", "one-sided")
            if name in plane
        }
        figures.curves(
            ax, colours, None, series, log="xy", labels="legend", ticks={"x": ticks, "y": ticks},
            xlabel="neurons / (N/d)", ylabel="total weight / √N", xlim=(8, 300), ylim=(6, 900),
        )  # fmt: skip
        for k, name in enumerate(series):
            for s in sorted(set(plane[name]) & set(LABELLED)):
                x, y = plane[name][s]
                ax.annotate(
                    f"{s:g}", (x, y), xytext=((-5, -10), (5, 5))[k], ha=("right", "left")[k],
                    textcoords="offset points", color=colours.classes[k], fontsize=8,
                )  # fmt: skip

    return figures.show(
        draw,
        "Total weight against neurons for several values of s, logarithmic axes, one curve for "
        "each kind of pair: both fall straight down, then bend, and neurons grow.",
        size=(6.0, 3.6),
        caption=f"Down the ladder of the coarseness s. {' '.join(map(_rungs, plane.items()))}",
        name=name,
    )


def _rungs(entry: tuple[str, Mapping[float, Sequence[float]]]) -> str:
    name, line = entry
    (fine, first), (coarse, last) = min(line.items()), max(line.items())
    return (
        f"{name.capitalize()} pairs from s = {fine:g} to {coarse:g}: the weight falls from "
        f"{round(first[1])} to {round(last[1])}, the neurons rise from {round(first[0])} to "
        f"{round(last[0])}."
    )


def kernels() -> dict[str, Callable[[Any], np.ndarray]]:
    """What a step sees of two points of inner product rho, scaled to 1 at rho = 1: with a gate,
    and with harmonics of several orders l.

    >>> [kernel(1.0).round(9).tolist() for kernel in kernels().values()]
    [1.0, 1.0, 1.0, 1.0]
    """

    def harmonic(rho: Any, order: int) -> np.ndarray:
        return np.asarray(harmonic_kernel(order, rho) * rho)

    return {
        "gate": lambda rho: np.asarray(2 * gate_kernel(rho)),
        **{f"l = {order}": partial(harmonic, order=order) for order in ORDERS},
    }


def _cosines(dataset: Dataset) -> np.ndarray:
    """The inner products of points of norm 1, the diagonal exactly 1."""
    dataset = figures.drawable(dataset, d=None, values=None)
    x = np.asarray(dataset.points, float)
    if not np.allclose(np.linalg.norm(x, axis=1), 1, atol=1e-3):
        raise InvalidDataset(f"dataset: points of norm 1 are needed, got {dataset}")
    cosines = np.clip(x @ x.T, -1, 1)
    np.fill_diagonal(cosines, 1)
    return cosines


def interference(dataset: Dataset) -> Table:
    """For each of :func:`kernels` its mass off the diagonal and its least eigenvalue at the points
    of ``dataset``, and the factor with which a step takes it in.  ``InvalidDataset`` for points
    that are not of norm 1."""
    cosines = _cosines(dataset)
    taken = [0.5, *(2 * gate_multiplier(order) ** 2 for order in ORDERS)]
    rows = []
    for (name, kernel), factor in zip(kernels().items(), taken, strict=True):
        least = np.linalg.eigvalsh(kernel(cosines))[0]
        numbers = round(_mass(kernel, cosines), 2), round(least, 2), round(factor, 3)
        rows.append((name, *numbers, round(least * factor, 3)))
    return figures.table(
        rows,
        ["kernel", "off the diagonal", "least eigenvalue", "taken in", "product"],
        caption=f"Four kernels at {dataset.N} points in dimension {dataset.d}",
        best={"off the diagonal": "min", "product": "max"},
        digits=4,
    )


def _mass(kernel: Callable[[Any], np.ndarray], cosines: np.ndarray) -> float:
    """What a row has off its diagonal of ones, on average."""
    return float(np.abs(kernel(cosines)).sum() / len(cosines) - 1)


def kernel_curves(dataset: Dataset) -> Picture:
    """The kernels over the inner product, how often it occurs, and their mass off the diagonal.
    Raises as :func:`interference`."""
    cosines = _cosines(dataset)
    rho = np.linspace(-1, 1, 41)
    curves = {name: kernel(rho) for name, kernel in kernels().items()}
    masses = {name: _mass(kernel, cosines) for name, kernel in kernels().items()}

    def draw_kernels(ax: "Axes", colours: Colours) -> None:
        height, edges = np.histogram(cosines[np.triu_indices(dataset.N, 1)], bins=21)
        ax.stairs(height / height.max(), edges, fill=True, color=colours.faint, alpha=0.35)
        figures.curves(
            ax, colours, rho, curves, marks=False, dashes=True, labels="legend", xlim=(-1, 1),
            xlabel="inner product of two points", ylim=(-0.85, 1.05),
            xticks=[-1, 0, 1], yticks=[0, 1], title="kernels, and how often",
        )  # fmt: skip

    def draw_masses(ax: "Axes", colours: Colours) -> None:
        names = list(masses)[::-1]
        ax.barh(names, [masses[name] for name in names],
                color=colours.classes[: len(names)][::-1])  # fmt: skip
        ax.axvline(1, color=colours.ink, linewidth=1)
        figures.scale(
            ax, log="x", xlabel="off the diagonal / on it", xlim=(0.01, 40), title="interference",
            ticks={"x": [0.01, 0.1, 1, 10]},
        )  # fmt: skip

    return figures.show(
        draw_kernels,
        "Four kernels against the inner product, all 1 at 1, over a histogram of the inner "
        "products, a bell about 0.",
        size=(3.5, 2.9),
        caption="Kernels over the inner product of two points, and (grey) how often it occurs, "
        f"half of the time within {_half(cosines, dataset.N)} of 0. The gate's kernel has a slope "
        "there; those of the harmonics are flat, the flatter the higher l.",
    ) + figures.show(
        draw_masses,
        "Bars on a logarithmic axis: what a row of the kernel has off the diagonal, over the "
        "diagonal.",
        size=(3.2, 2.9),
        caption="What a row of a kernel has off its diagonal of ones: "
        + ", ".join(f"{name} {mass:.3g}" for name, mass in masses.items())
        + ".",
    )


def _half(cosines: np.ndarray, N: int) -> float:
    return round(float(np.median(np.abs(cosines[np.triu_indices(N, 1)]))), 2)
