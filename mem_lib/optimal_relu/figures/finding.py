"""Where a file is: slabs of the plane, the staircase of files, what is stored in which stage."""

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from mem_lib import figures
from mem_lib._base.arguments import integer_in
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, InvalidNetwork, shown
from mem_lib.exact import evaluate
from mem_lib.figures import Colours, Picture, Table
from mem_lib.network import Layer, Network
from mem_lib.optimal_relu import Folders

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FIND = "find the folder"


def about(network: Network, *variants: str) -> dict:
    """The ``about`` of a network of one of these ``variants``; else ``InvalidNetwork``."""
    found = network.about.get("variant") if isinstance(network, Network) else None
    if found not in variants:
        raise InvalidNetwork(f"network: variant {' or '.join(variants)} is needed, got {found}")
    return network.about


def fitting(network: Network, shelf: Folders, dataset: Dataset | None = None) -> None:
    """``InvalidArgument`` unless the folders are those of the network, with one key a point."""
    if dataset is not None:
        dataset = figures.drawable(dataset, d=None, values=None)
    folders, N = network.about["folders"], network.about["N"]
    if (len(shelf.starts), len(shelf.keys)) != (folders, N) or (dataset and dataset.N != N):
        raise InvalidArgument(
            f"dataset, shelf: {N} points in {folders} folders, which the network was built for, "
            f"are needed, got {dataset.N if dataset else len(shelf.keys)} points in "
            f"{len(shelf.starts)} folders"
        )


def finder(network: Network, *, first: int = 0) -> Network:
    """The layers from ``first`` up to the last that finds the folder; of ``"paper"``."""
    about(network, "paper")
    last = max(i for i, layer in enumerate(network.layers) if layer.stage == FIND)
    shift = network.input_shift if first == 0 else 0
    return Network(network.layers[first : last + 1], shift, readout="argmax")


def files(network: Network, shelf: Folders) -> Table:
    """The file U of each folder, its bits key by key, and the keys (``"paper"``, ``"merged"``)."""
    width = about(network, "paper", "merged")["key_bits"]
    fitting(network, shelf)
    rows = []
    for j, string in enumerate(shelf.strings):
        bits = f"{string:0{shelf.string_bits}b}"
        keys = ", ".join(str(shelf.keys[row]) for row in shelf.members(j))
        rows.append((str(j), string, " ".join(_cut(bits, width)), keys))
    return figures.table(
        rows, ["folder", "U", "in bits, key by key", "keys"], caption="The files of the folders"
    )


def _cut(bits: str, width: int) -> list[str]:
    return [bits[i : i + width] for i in range(0, len(bits), width)]


def projections(network: Network, points: np.ndarray) -> np.ndarray:
    """z at each of ``points`` (M, d), in units of a key: (M,) floats of exact values."""
    about(network, "paper", "merged")
    first = Network(network.layers[:1], network.input_shift, readout="argmax")
    out, over = evaluate(first, points)
    return np.array([float(Fraction(int(x), over * network.output_denominator)) for x in out[:, 0]])


def slabs(dataset: Dataset, network: Network, shelf: Folders, *, name: str = "") -> Picture:
    """The slab of the plane in which each folder is found, and the points with their keys.

    The projection is what the network computes, exactly, on a grid of 137 by 137 points.
    ``InvalidDataset`` unless points are labelled and of the plane.
    """
    about(network, "paper", "merged")
    fitting(network, shelf, dataset)
    dataset = figures.drawable(dataset)
    pixels = np.arange(-68, 69) / 64
    grid = np.stack(np.meshgrid(pixels, pixels), axis=-1).reshape(-1, 2)
    z = projections(network, grid).reshape(len(pixels), -1)

    def draw(ax: "Axes", colours: Colours) -> None:
        figures.frame(ax, -1.05, 1.05, -1.05, 1.05, aspect="equal")
        for j, start in enumerate(shelf.starts):
            end = shelf.keys[shelf.members(j)].max() + 1
            ax.contourf(pixels, pixels, z, levels=[start, end], colors=[colours.accent],
                        alpha=0.12 + 0.1 * (j % 2))  # fmt: skip
        figures.points(ax, dataset, colours, size=36)
        for key, point in zip(shelf.keys, np.asarray(dataset.points, float), strict=True):
            ax.annotate(str(key), point, xytext=(5, 4), textcoords="offset points", fontsize=8)

    sizes = [len(shelf.members(j)) for j in range(len(shelf.starts))]
    spread = f"{min(sizes)} to {max(sizes)}" if min(sizes) < max(sizes) else str(sizes[0])
    shares = [((z >= start) & (z <= shelf.keys[shelf.members(j)].max() + 1)).mean()
              for j, start in enumerate(shelf.starts)]  # fmt: skip
    return figures.show(
        draw,
        f"{dataset.N} points of {dataset.classes} labels in the plane, each with its key. "
        f"{len(shelf.starts)} parallel slabs, {spread} points in each.",
        size=(6.0, 5.4),
        caption=f"{len(shelf.starts)} slabs, {spread} points in each. Marks tell labels apart, "
        "numbers are keys. A slab reaches from the smallest key of a folder to one beyond the "
        f"largest; together they cover {100 * sum(shares):.0f} percent of this square. "
        "Elsewhere a point belongs to no folder.",
        name=name,
    )


def heights(network: Network, shelf: Folders, *, steps: int = 2000) -> tuple[np.ndarray, list]:
    """The projection z from 0 to one beyond the last key, in ``steps`` steps, and log2 of the file
    that the network holds there, NaN where it holds none."""
    about(network, "paper")
    fitting(network, shelf)
    line, one = finder(network, first=1), network.output_denominator
    ends = int(shelf.keys.max()) + 1
    z = [[one * i * ends // steps] for i in range(steps + 1)]
    held = evaluate(line, z)[0][:, (line.layers[-1].names or ()).index("U")]
    return np.array(z)[:, 0] / one, [math.log2(v // one) if v >= one else math.nan for v in held]


def staircase(network: Network, shelf: Folders) -> Picture:
    """The file that the network holds over the projection, on an axis that counts bits."""
    z, bits = heights(network, shelf)
    top = shelf.string_bits

    def draw(ax: "Axes", colours: Colours) -> None:
        ax.plot(z, bits, color=colours.accent, linewidth=1.4)
        for start in shelf.starts:
            ax.axvline(start, color=colours.faint, linewidth=0.4, zorder=0)
        ax.set(xlabel="projection z, in keys", ylabel="file U, in bits")
        ax.set(xlim=(0, z[-1]), ylim=(top - 8, top + 0.3))
        ax.set_title(f"{len(shelf.starts)} folders, files of {top} bits")

    none = sum(map(math.isnan, bits)) / len(bits)
    return figures.show(
        draw,
        "The file over the projection: a staircase of plateaus that rises by bits, fast at first, "
        "then slowly, with a short gap after each plateau.",
        size=(6.8, 3.2),
        caption=f"{len(shelf.starts)} plateaus, one a folder, up to {top} bits high. The thin "
        "lines are the first keys of the folders. Before each of them the file falls to 0: in "
        f"{100 * none:.0f} percent of the range no file is held.",
    )


def by_stage(network: Network) -> dict[str, tuple[int, int]]:
    """The nonzero weights and biases of each stage, and their bits; zeros at the end of a weight
    are not counted."""
    found: dict[str, tuple[int, int]] = {}
    for layer in network.layers:
        weights, bits = found.get(layer.stage or "", (0, 0))
        for array in (layer.entries, layer.bias):
            entries = [abs(int(v)) for v in array.ravel() if v]
            weights += len(entries)
            bits += sum((v // (v & -v)).bit_length() for v in entries)
        found[layer.stage or ""] = weights, bits
    return found


def stored(network: Network) -> Table:
    """What each stage of a network stores: :func:`by_stage` as a table."""
    return figures.table(
        [(stage, *counts) for stage, counts in by_stage(network).items()],
        ["stage", "weights", "bits"],
        caption="What is stored where",
    )


def nudged(network: Network, trials: int, *, seed: int = 0) -> Iterator[tuple[Network, str]]:
    """``trials`` networks with 1 added to one nonzero weight, chosen at random; and its place.

    ``InvalidNetwork`` for a network without weights.
    """
    rng, trials = np.random.default_rng(seed), integer_in(trials, "trials", 1)
    spots = [
        (at, i, k)
        for at, layer in enumerate(network.layers)
        for i, k in np.argwhere(layer.dense != 0)
    ]
    if not spots:
        raise InvalidNetwork(f"network: a nonzero weight is needed, got {shown(network)}")
    for at, i, k in (spots[s] for s in rng.integers(len(spots), size=trials)):
        layer = network.layers[at]
        weight = layer.dense.astype(object)
        weight[i, k] += 1
        changed = Layer(weight, layer.bias, layer.activation)
        layers = [*network.layers[:at], changed, *network.layers[at + 1 :]]
        again = Network(layers, network.input_shift, network.output_denominator, network.readout)
        yield again, f"{layer.stage}, unit {(layer.names or {i: i})[i]}"
