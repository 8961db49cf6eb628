"""A point of the plane comes near a slab that is not its own: the slab gets thin, and heavy."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from mem_lib._base.arguments import integer_in
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument
from mem_lib.figures import Axis, Film, marks
from mem_lib.figures.numbers import number_text
from mem_lib.network import Network
from mem_lib.two_layer import neurons_of, total_weight
from mem_lib.two_layer.figures.plane import HALF, line, slab, valued

if TYPE_CHECKING:
    pass


def moved(dataset: Dataset, network: Network, gap: float, *, g: int, row: int) -> Dataset:
    """The same with point ``row`` at the distance ``gap`` from the middle hyperplane of slab ``g``,
    up to the grid 2^-20.

    ``InvalidDataset`` without targets, ``InvalidArgument`` for a row that is not there; else raises
    as :func:`slab`."""
    row = integer_in(row, "row", 0, dataset.N - 1) if isinstance(dataset, Dataset) else row
    points, (normal, offset, _) = valued(dataset, d=None)[0].copy(), slab(network, g)
    points[row] = (gap - offset) * normal - 0.45 * _across(normal)
    return Dataset(np.round(points * 2**20) / 2**20, targets=dataset.targets)


def _across(normal: np.ndarray) -> np.ndarray:
    """A direction of length 1 perpendicular to ``normal``; on a line there is none."""
    if len(normal) == 1:
        return np.zeros(1)
    if len(normal) == 2:
        return np.array([-normal[1], normal[0]])
    away = np.eye(len(normal))[np.abs(normal).argmin()]
    away -= (away @ normal) * normal
    return np.asarray(away / np.linalg.norm(away))


def slabs_near(
    cases: Mapping[float, tuple[Dataset, Network]], *, g: int, row: int, name: str = ""
) -> Film:
    """Slabs that a point comes near: point ``row`` is at the distance of the key from the middle
    line of slab ``g``; ``name`` as for a picture.  Raises as :func:`slabs` and :func:`slab`, and
    ``InvalidArgument`` without a case."""
    for case, (data, _) in cases.items():
        valued(data, f"cases[{case}]")
    if not cases:
        raise InvalidArgument("cases: at least one gap with its network is needed, got none")
    told = {gap: number_text(round(total_weight(network))) for gap, (_, network) in cases.items()}
    first, last = max(told), min(told)
    frames = {_short(gap): _slabs(*case, g, row) for gap, case in cases.items()}
    return Film(
        "gap", frames, x=Axis(-HALF, HALF, "", (-1, 0, 1)), y=Axis(-HALF, HALF, "", (-1, 0, 1)),
        says={_short(gap): f"total weight {weight}" for gap, weight in told.items()},
        alt="Points of the plane and their slabs; the ringed point comes near a slab that is not "
        "its own.",
        caption="The ringed point comes near the slab in colour, which is not its own and must "
        f"become thinner: from the gap {first:g} to {last:g} the total weight of the network grows "
        f"from {told[first]} to {told[last]}.",
        name=name, equal=True, height=460,
    )  # fmt: skip


def _short(gap: float) -> float:
    return float(f"{gap:.2g}")


def _slabs(dataset: Dataset, network: Network, g: int, row: int) -> list[marks.Mark]:
    """The two borders of every slab, its middle, the points, and a ring."""
    points = np.asarray(dataset.points, float)
    drawn: list[marks.Mark] = []
    for k in sorted(range(len(neurons_of(network)) // 4), key=lambda k: k == g):
        normal, offset, half = slab(network, k)
        edges = [line(normal, s * half - offset, 2) for s in (-1, 1)]
        drawn.append(marks.Lines(edges, "accent" if k == g else "faint", 2 if k == g else 1))
    drawn.append(marks.Points(points, "ink", 8))
    return [*drawn, marks.Points(points[[row]], "accent", 20, hollow=True)]
