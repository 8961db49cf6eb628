"""Running through the cells of a table: the part that networks of tables share.

The cells stand in a string one after the other, the highest bits first, and the network takes them
off it bit by bit.  It holds relu(r - t) and relu(t - r) for the number t of the cell and the number
r that is looked for; a gate, relu(bit - relu(r - t) - relu(t - r)), is the bit if r = t, and else
0.
"""

from __future__ import annotations

from collections.abc import Sequence

from mem_lib.network.builder import Builder, Value
from mem_lib.parts.gates import in_one_layer
from mem_lib.parts.stages import READ


def take_cell(
    net: Builder,
    h: dict[str, Value],
    cells: int,
    adds: Sequence[tuple[str, int]],
    T: int,
) -> tuple[dict[str, Value], int]:
    """The layers that run through ``cells`` cells of the string h["U"], which is below ``T``, and
    take up the one whose number is h["r"].

    adds: for every bit of a cell the unit to which it is added, and its weight.

    Returns the units behind them, without r and with the rest of U, and what that is below.  The
    gate of the last bit is a term of its unit, which the next layer computes.
    """
    rest = h.pop("r")
    gate: Value | None = None  # the bit before this one, if its cell is the one
    taken = adds[-1]
    for cell in range(cells):
        for add in adds:
            T >>= 1
            units = h | {"above": rest - cell, "below": cell - rest}
            units |= {} if gate is None else {"gate": gate}
            bit = in_one_layer(net, READ, units, h["U"], T)
            _take_up(units, taken)
            above, beneath = units.pop("above"), units.pop("below")
            rest = above - beneath + cell
            gate, taken = bit - above - beneath, add
            h = units
            h["U"] -= T * bit
    if T == 1:
        del h["U"]  # all of it was read
    assert gate is not None
    h = net.layer(READ, h | {"gate": gate})
    _take_up(h, taken)
    return h, T


def _take_up(h: dict[str, Value], taken: tuple[str, int]) -> None:
    """Add the gate, where there is one, to its unit."""
    if "gate" in h:
        name, weight = taken
        h[name] = h.get(name, 0) + weight * h.pop("gate")
