"""The reading of a file as a film: a step for each fold, and one for each key that is compared.

What is drawn is what the neurons of the network hold at the point, met by ``reference.trace``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mem_lib.data import Dataset
from mem_lib.figures import Film, marks
from mem_lib.network import Network
from mem_lib.optimal_relu import Folders
from mem_lib.optimal_relu.figures.finding import about, fitting
from mem_lib.optimal_relu.figures.reading import folder_of, label_of, traced

ROWS = 6  # of the drawing: a name, the register, a name, the bits read, keys, what passes


@dataclass(frozen=True)
class Step:
    """u1 and the bits that were read so far, and what each gate so far let through."""

    u1: int
    bits: tuple[int, ...] = ()
    gates: tuple[int, ...] = ()


def steps(dataset: Dataset, network: Network, row: int) -> Iterator[Step]:
    """The states of the network of variant ``"paper"`` while it reads a file: at first, and after
    each fold and each comparison.  Raises ``InvalidNetwork`` for another network."""
    about(network, "paper")
    met = traced(dataset, network, row)
    now = Step(met[0]["u1"])
    yield now
    for held in met:
        if "key bit" in held:
            now = Step(held["u1"], (*now.bits, held["key bit"]), now.gates)
        elif "gate" in held:
            now = Step(now.u1, now.bits, (*now.gates, held["gate"]))
        else:
            continue
        yield now


def reading(
    dataset: Dataset, network: Network, shelf: Folders, row: int, *, name: str = ""
) -> Film:
    """The file of a point being read; ``InvalidNetwork`` unless by variant ``"paper"``."""
    told = about(network, "paper")
    fitting(network, shelf, dataset)
    label, key, rho = label_of(dataset, row), int(shelf.keys[row]), told["key_bits"]
    entries = shelf.keys[shelf.members(folder_of(shelf, row))]
    mine = int(np.flatnonzero(entries == key)[0])
    length = told["string_bits"] + 2
    frames, says = {}, {}
    for at, step in enumerate(steps(dataset, network, row)):
        frames[at] = list(_drawn(step, length, rho, key))
        says[at] = _said(step, length, rho, key)
    return Film(
        "step",
        frames,
        x=None,
        y=None,
        alt=f"The bits of u1 as squares, one fewer after each of {length - 2} folds; below them "
        "the bits that were read, and the keys that they make.",
        caption=f"The network reads the file of the point with key {key}. Each fold takes one bit "
        f"off u1, {length - 2} folds in all; after every {rho} of them a key is complete and is "
        f"compared. Key number {mine + 1} agrees, and the label {label} passes.",
        name=name,
        says=says,
        height=190,
    )


def _drawn(step: Step, length: int, rho: int, key: int) -> Iterator[marks.Mark]:
    """The drawing of one step: u1 above, below it the bits that were taken off."""
    read = len(step.bits)
    u1 = [int(bit) for bit in f"{step.u1:0{length - read}b}"]
    yield _text(0, 0, length, "u1")
    yield from _squares(u1, 1, read, length, "class-0")
    yield _text(0, 2, length, "the bits that were read")
    for e in range(-(-read // rho)):
        bits = step.bits[e * rho : (e + 1) * rho]
        found, done = _key(bits), e < len(step.gates)
        agrees = done and found == key
        ink = "accent" if agrees else "class-1"
        yield from _squares(bits, 3, e * rho, length, ink)
        if done:
            name = f"{found} = {key}" if agrees else f"{found} ≠ {key}"
            yield _text((e + 0.5) * rho, 4, length, name, "accent" if agrees else "ink", agrees)
            passes = f"passes {step.gates[e]}"
            yield _text((e + 0.5) * rho, 5, length, passes, "accent" if agrees else "ink", agrees)


def _said(step: Step, length: int, rho: int, key: int) -> str:
    read, entries = len(step.bits), len(step.gates)
    if not read:
        return "u1 is the file, with 10 behind it."
    if read > entries * rho:
        return f"Fold {read} of {length - 2}: the bit that was read is {step.bits[-1]}."
    found = _key(step.bits[-rho:])
    what = "agrees with" if found == key else "differs from"
    return (
        f"Key number {entries}, {found}, {what} that of the point, {key}: the gate passes "
        f"{step.gates[-1]}, and the answer so far is {sum(step.gates)}."
    )


def _key(bits: tuple[int, ...]) -> int:
    return int("".join(map(str, bits)), 2)


def _squares(
    bits: list[int] | tuple[int, ...], row: int, first: int, length: int, ink: str
) -> Iterator[marks.Mark]:
    """Bits from column ``first`` on: ones filled, zeros pale."""
    pad = 0.08
    for value, name, opacity in ((0, "faint", 0.3), (1, ink, 1.0)):
        places = [first + i for i, bit in enumerate(bits) if bit == value]
        yield marks.Bars(
            [((x + pad) / length, (x + 1 - pad) / length, 1 - (row + 1 - pad) / ROWS,
              1 - (row + pad) / ROWS) for x in places],
            name, opacity,
        )  # fmt: skip


def _text(
    x: float, row: int, length: int, text: str, ink: str = "faint", bold: bool = False
) -> marks.Text:
    anchor = "start" if ink == "faint" else "middle"
    return marks.Text(x / length, 1 - (row + 0.5) / ROWS, text, ink, anchor, bold)
