"""What the neurons hold while they read a file: folds, a stream of bits, the cells of a table.

Everything is met by ``exact.reference.trace``, which knows the layers and one point.
"""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mem_lib import figures
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, shown
from mem_lib.exact import reference
from mem_lib.figures import Colours, Picture, Table
from mem_lib.network import Network
from mem_lib.optimal_relu import Folders
from mem_lib.optimal_relu.figures.finding import about, fitting

if TYPE_CHECKING:
    from matplotlib.axes import Axes

READ = "read the folder"


def traced(dataset: Dataset, network: Network, row: int) -> list[dict[str, int]]:
    """What the layers that read hold at a row of the data, by name, in units of 2^-f."""
    dataset = figures.drawable(dataset, d=None, values=None)
    if not 0 <= row < dataset.N:
        raise InvalidArgument(f"row: 0..{dataset.N - 1} are there, got {shown(row)}")
    one = network.output_denominator
    met = reference.trace(network, dataset.integers()[0][row])
    return [
        dict(zip(layer.names or (), (value // one for value in values), strict=True))
        for layer, values in zip(network.layers, met, strict=True)
        if layer.stage == READ
    ]


def folds(dataset: Dataset, network: Network, row: int) -> list[tuple[str, int]]:
    """The bits of u1 before each fold, one fewer each time, and the key bit that was read.

    ``InvalidNetwork`` unless the network is of variant ``"paper"``.
    """
    left = about(network, "paper")["string_bits"] + 2
    met = traced(dataset, network, row)
    found: list[tuple[str, int]] = []
    u1 = met[0]["u1"]
    for held in met:
        if "key bit" in held:
            found.append((f"{u1:0{left - len(found)}b}".rjust(left), held["key bit"]))
            u1 = held["u1"]
    return found


def stream(dataset: Dataset, network: Network, row: int) -> list[tuple[str, int, str]]:
    """The bits of v before each bit of the string is read and at the end, e, and what comes next:
    a bit of a "key", of a "label", or the "end".

    ``InvalidNetwork`` unless the network is of variant ``"narrow"``.
    """
    told = about(network, "narrow")
    first, rho, c = (told[name] for name in ("first_key_bits", "key_bits", "label_bits"))
    met = traced(dataset, network, row)
    found, at, left = [], 0, told["string_bits"] + c
    for entry in range(told["folder_size"]):
        key = [("key", 2)] * (rho if entry else first)  # layers that a bit takes
        for kind, layers in [*key, *[("label", 6)] * c]:
            found.append((met[at]["v"], met[at]["e"], kind))
            at += layers
    point = dataset.integers()[0][row]
    found.append((reference.evaluate(network, point)[0], 0, "end"))
    return [(f"{v:0{left - i}b}".rjust(left), e, kind) for i, (v, e, kind) in enumerate(found)]


def streaming(dataset: Dataset, network: Network, shelf: Folders, row: int) -> Picture:
    """The stream of one point, a row for each bit that is read; errors as :func:`stream`."""
    about(network, "narrow")
    fitting(network, shelf, dataset)
    states, c = stream(dataset, network, row), network.about["label_bits"]
    length, label = len(states[0][0]), label_of(dataset, row)
    kinds = {"key": "1", "label": "l", "answer": "a"}
    # the place of a bit says what it is: place i is read as the i-th, the last c hold the answer
    ones = [kinds[kind] for _, _, kind in states[: length - c]] + [kinds["answer"]] * c
    lines = [
        "".join(one if bit == "1" else bit for bit, one in zip(bits, ones, strict=True))
        for bits, _, _ in states
    ]
    notes = ["the answer" if kind == "end" else f"{kind}, e = {e}" for _, e, kind in states]
    strong = [i for i, (_, e, kind) in enumerate(states) if e == 1 and kind == "label"]

    def draw(ax: "Axes", colours: Colours) -> None:
        inks = dict(zip(kinds.values(), (*colours.classes[:2], colours.accent), strict=True))
        figures.strings(
            ax, colours, lines, inks=inks, notes=notes, strong=strong, ylabel="bits read",
            yticks=range(0, length - c + 1, 6),
        )  # fmt: skip

    matched = " and ".join(str(i) for i in strong) or "no row"
    return figures.show(
        draw,
        f"The bits of v, one row for each bit read, for the point with reduced key "
        f"{shelf.keys[row]}. Each row is one bit shorter than the one above.",
        size=(6.4, 4.6),
        caption=f"The point with reduced key {shelf.keys[row]}, label {label}. Each row says what "
        f"its first bit is, of a key or of a label. When {matched} bits have been read, e is 1 at "
        f"a bit of a label; it is copied into the {c} lowest places, which end as {label:0{c}b}.",
    )


def cells(network: Network, shelf: Folders, row: int) -> tuple[int, list[int], list[int]]:
    """The table of a row's key, the three places into which the key looks, and all its cells.

    ``InvalidNetwork`` unless the network is of variant ``"retrieval"``.
    """
    told = about(network, "retrieval")
    fitting(network, shelf)
    key, primes, c = int(shelf.keys[row]), told["primes"], told["label_bits"]
    firsts = (sum(primes[:k]) for k in range(3))
    places = [first + key % p for first, p in zip(firsts, primes, strict=True)]
    j = folder_of(shelf, row)
    bits = f"{shelf.strings[j]:0{sum(primes) * c}b}"
    return j, places, [int(bits[i : i + c], 2) for i in range(0, len(bits), c)]


def lookups(dataset: Dataset, network: Network, shelf: Folders) -> Table:
    """The three cells of every key, and their sum modulo 2; errors as :func:`cells`."""
    c = about(network, "retrieval")["label_bits"]
    fitting(network, shelf, dataset)
    rows = []
    for row in np.argsort(shelf.keys):
        j, places, held = cells(network, shelf, row)
        found = " + ".join(f"{held[i]:0{c}b}" for i in places)
        rows.append((int(shelf.keys[row]), j, ", ".join(map(str, places)),
                     f"{found} = {label_of(dataset, row):0{c}b}"))  # fmt: skip
    return figures.table(
        rows, ["key", "table", "cells", "their sum, the label"],
        caption="Three cells for each key",
    )  # fmt: skip


def tables(dataset: Dataset, network: Network, shelf: Folders, row: int) -> Picture:
    """The table of one point, with the cells that are looked into lit; errors as :func:`cells`."""
    c = about(network, "retrieval")["label_bits"]
    fitting(network, shelf, dataset)
    key, label, primes = int(shelf.keys[row]), label_of(dataset, row), network.about["primes"]
    _, places, contents = cells(network, shelf, row)
    rests = ", ".join(f"{key % p} modulo {p}" for p in primes)
    total = " + ".join(f"{contents[i]:0{c}b}" for i in places)
    return figures.show(
        partial(_table, primes=primes, c=c, held=(places, contents)),
        f"The table of key {key} in three parts; one cell of each is lit.",
        size=(6.4, 1.3),
        caption=f"The table of key {key}, which is {rests}: one cell of each part. Their sum, bit "
        f"by bit modulo 2, is {total} = {label:0{c}b}: the label is {label}.",
    )


def _table(
    ax: "Axes",
    colours: Colours,
    primes: Sequence[int],
    c: int,
    held: tuple[list[int], list[int]],
) -> None:
    places, contents = held
    firsts = [sum(primes[:part]) for part in range(len(primes))]
    left = [
        first + i + 0.6 * part
        for part, (first, p) in enumerate(zip(firsts, primes, strict=True))
        for i in range(p)
    ]
    lit = [left[i] for i in places]
    figures.squares(ax, [(x, 0) for x in left if x not in lit], colours.faint, alpha=0.25)
    figures.squares(ax, [(x, 0) for x in lit], colours.accent)
    for x, content in zip(left, contents, strict=True):
        ax.text(x + 0.5, 0.5, f"{content:0{c}b}", ha="center", va="center", fontsize=9,
                color=colours.paper if x in lit else colours.ink)  # fmt: skip
    for first, p in zip(firsts, primes, strict=True):
        ax.text(left[first] + p / 2, -0.45, f"modulo {p}", ha="center", fontsize=9)
    ax.set(xlim=(-0.1, sum(primes) + 1.3), ylim=(-0.6, 1.1), aspect="equal")
    ax.set_axis_off()


def folder_of(shelf: Folders, row: int) -> int:
    """The folder that a row is in."""
    return sum(start <= shelf.keys[row] for start in shelf.starts) - 1


def label_of(dataset: Dataset, row: int) -> int:
    """The label of a row; ``InvalidDataset`` without labels."""
    return int(figures.drawable(dataset, d=None).labels[row])
