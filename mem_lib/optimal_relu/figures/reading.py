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
from mem_lib.figures import Colours, Picture, Stepper, Table
from mem_lib.network import Network
from mem_lib.optimal_relu import Folders
from mem_lib.optimal_relu.figures.finding import about, fitting

if TYPE_CHECKING:
    from matplotlib.axes import Axes

READ = "read the folder"


def _traced(dataset: Dataset, network: Network, row: int) -> list[dict[str, int]]:
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
    met = _traced(dataset, network, row)
    found: list[tuple[str, int]] = []
    u1 = met[0]["u1"]
    for held in met:
        if "key bit" in held:
            found.append((f"{u1:0{left - len(found)}b}".rjust(left), held["key bit"]))
            u1 = held["u1"]
    return found


def reading(dataset: Dataset, network: Network, shelf: Folders, rows: Sequence[int]) -> Stepper:
    """The folds of some points, one picture each: at which entry the gate opens.

    Errors as :func:`folds`.
    """
    about(network, "paper")
    fitting(network, shelf, dataset)
    return Stepper(
        "key of the point",
        {int(shelf.keys[row]): _read(dataset, network, shelf, int(row)) for row in rows},
    )


def _read(dataset: Dataset, network: Network, shelf: Folders, row: int) -> Picture:
    n, rho = (network.about[name] for name in ("folder_size", "key_bits"))
    lines = [bits for bits, _ in folds(dataset, network, row)]
    gates = [held["gate"] for held in _traced(dataset, network, row) if "gate" in held]
    entries = shelf.members(_folder(shelf, row))
    length, mine = len(lines[0]), int(np.flatnonzero(entries == row)[0])
    own = range(mine * rho, (mine + 1) * rho)
    lines = [bits.replace("1", "!") if i in own else bits for i, bits in enumerate(lines)]

    def draw(ax: "Axes", colours: Colours) -> None:
        figures.strings(
            ax, colours, lines, inks={"!": colours.accent}, xlim=(0, length + 8), ylabel="folds",
            yticks=range(0, n * rho + 1, rho),
            title=f"label of the point: {_label(dataset, row)}",
        )  # fmt: skip
        for e, other in enumerate(shelf.keys[entries]):
            sign, ink, weight = "≠", colours.ink, "normal"
            if e == mine:
                sign, ink, weight = "=", colours.accent, "bold"
            ax.text(length + 0.8, (e + 0.5) * rho, va="center", color=ink, weight=weight,
                    s=f"key {other} {sign} {shelf.keys[row]}\ngate {gates[e]}")  # fmt: skip
            ax.axhline((e + 1) * rho, color=colours.faint, linewidth=0.6)

    return figures.show(
        draw,
        f"The bits of u1 before each fold, for the point with key {shelf.keys[row]}: one bit fewer "
        f"in every row. {len(entries)} entries are read; the gate opens at the one whose key "
        f"agrees and adds the label {_label(dataset, row)}.",
        size=(4.6, 3.6),
    )


def stream(dataset: Dataset, network: Network, row: int) -> list[tuple[str, int, str]]:
    """The bits of v before each bit of the string is read and at the end, e, and what comes next:
    a bit of a "key", of a "label", or the "end".

    ``InvalidNetwork`` unless the network is of variant ``"narrow"``.
    """
    told = about(network, "narrow")
    first, rho, c = (told[name] for name in ("first_key_bits", "key_bits", "label_bits"))
    met = _traced(dataset, network, row)
    found, at, left = [], 0, told["string_bits"] + c
    for entry in range(told["folder_size"]):
        key = [("key", 2)] * (rho if entry else first)  # layers that a bit takes
        for kind, layers in [*key, *[("label", 6)] * c]:
            found.append((met[at]["v"], met[at]["e"], kind))
            at += layers
    point = dataset.integers()[0][row]
    found.append((reference.evaluate(network, point)[0], 0, "end"))
    return [(f"{v:0{left - i}b}".rjust(left), e, kind) for i, (v, e, kind) in enumerate(found)]


def streaming(dataset: Dataset, network: Network, shelf: Folders, rows: Sequence[int]) -> Stepper:
    """The streams of some points, one picture each; errors as :func:`stream`."""
    about(network, "narrow")
    fitting(network, shelf, dataset)
    return Stepper(
        "key of the point, reduced",
        {int(shelf.keys[row]): _streamed(dataset, network, shelf, int(row)) for row in rows},
    )


def _streamed(dataset: Dataset, network: Network, shelf: Folders, row: int) -> Picture:
    states, c = stream(dataset, network, row), network.about["label_bits"]
    length = len(states[0][0])
    kinds = {"key": "1", "label": "l", "answer": "a"}
    # the place of a bit says what it is: place i is read as the i-th, the last c hold the answer
    ones = [kinds[kind] for _, _, kind in states[: length - c]] + [kinds["answer"]] * c
    lines = [
        "".join(one if bit == "1" else bit for bit, one in zip(bits, ones, strict=True))
        for bits, _, _ in states
    ]
    notes = ["" if kind == "end" else f"e = {e}" for _, e, kind in states]
    strong = [i for i, (_, e, kind) in enumerate(states) if e == 1 and kind == "label"]

    def draw(ax: "Axes", colours: Colours) -> None:
        inks = dict(zip(kinds.values(), (*colours.classes[:2], colours.accent), strict=True))
        figures.strings(
            ax, colours, lines, inks=inks, notes=notes, strong=strong, ylabel="bits read",
            title=f"label of the point: {_label(dataset, row):0{c}b}",
        )  # fmt: skip
        for name, character in kinds.items():
            ax.plot([], [], "s", color=inks[character], label=name)
        ax.legend(loc="lower left", fontsize=8)

    return figures.show(
        draw,
        "The bits of v, one row for each bit read, for the point with reduced key "
        f"{shelf.keys[row]}. The string is used up from the left; when e is 1 at a label, that "
        f"label appears in the {c} columns on the right: {_label(dataset, row)}.",
        size=(5.0, 4.4),
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
    j = _folder(shelf, row)
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
                     f"{found} = {_label(dataset, row):0{c}b}"))  # fmt: skip
    return figures.table(
        rows, ["key", "table", "cells", "their sum, the label"],
        caption="Three cells for each key",
    )  # fmt: skip


def tables(dataset: Dataset, network: Network, shelf: Folders, rows: Sequence[int]) -> Stepper:
    """The tables of some points, one picture each, with the cells that are looked into lit.

    Errors as :func:`cells`.
    """
    c = about(network, "retrieval")["label_bits"]
    fitting(network, shelf, dataset)
    pictures = {}
    for row in rows:
        key, label = int(shelf.keys[row]), _label(dataset, row)
        pictures[key] = figures.show(
            partial(
                _table, primes=network.about["primes"], c=c, label=label,
                held=cells(network, shelf, row)[1:],
            ),
            f"The table of key {key} in three parts; one cell of each is lit, and their sum is the "
            f"label {label}.",
            size=(4.6, 1.2),
        )  # fmt: skip
    return Stepper("key", pictures)


def _table(
    ax: "Axes",
    colours: Colours,
    primes: Sequence[int],
    c: int,
    label: int,
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
        ax.text(x + 0.5, 0.5, f"{content:0{c}b}", ha="center", va="center", fontsize=8,
                color=colours.paper if x in lit else colours.ink)  # fmt: skip
    for first, p in zip(firsts, primes, strict=True):
        ax.text(left[first] + p / 2, -0.35, f"mod {p}", ha="center", fontsize=8)
    total = " + ".join(f"{contents[i]:0{c}b}" for i in places)
    ax.text(sum(primes) / 2 + 0.6, 1.5, f"{total} = {label:0{c}b}", ha="center")
    ax.set(xlim=(-0.1, sum(primes) + 1.3), ylim=(-0.6, 1.9), aspect="equal")
    ax.set_axis_off()


def _folder(shelf: Folders, row: int) -> int:
    return sum(start <= shelf.keys[row] for start in shelf.starts) - 1


def _label(dataset: Dataset, row: int) -> int:
    return int(figures.drawable(dataset, d=None).labels[row])
