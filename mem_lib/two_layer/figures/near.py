"""A point of the plane comes near a slab that is not its own: the slab gets thin, and heavy."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mem_lib import figures
from mem_lib._base.arguments import integer_in
from mem_lib.data import Dataset
from mem_lib.figures import Colours, Stepper
from mem_lib.network import Network
from mem_lib.two_layer import neurons_of, total_weight
from mem_lib.two_layer.figures.plane import dots, frame, line, slab, valued, weight_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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


def slabs_near(cases: Mapping[float, tuple[Dataset, Network]], *, g: int, row: int) -> Stepper:
    """Slabs that a point comes near: point ``row`` is at the distance of the key from the middle
    line of slab ``g``.  Raises as :func:`slabs` and :func:`slab`."""
    for case, (data, _) in cases.items():
        valued(data, f"cases[{case}]")
    weights = {gap: total_weight(network) for gap, (_, network) in cases.items()}

    def draw(ax: "Axes", colours: Colours, gap: float) -> None:
        dataset, network = cases[gap]
        for k in range(len(neurons_of(network)) // 4):
            ink, alpha = (colours.accent, 0.6) if k == g else (colours.faint, 0.3)
            normal, offset, half = slab(network, k)
            low, middle, high = (line(normal, s * half - offset) for s in (-1, 0, 1))
            ax.fill(*np.vstack([low, high[::-1]]).T, color=ink, alpha=alpha, linewidth=0)
            ax.plot(*middle.T, color=ink, linewidth=0.7)
        dots(ax, colours, *valued(dataset))
        figures.rings(ax, np.asarray(dataset.points, float)[[row]], colours, size=180)
        frame(ax, title=f"gap {gap}: {weight_of(network)}")

    return Stepper(
        "gap",
        {
            gap: figures.show(
                partial(draw, gap=gap),
                f"The {dataset.N} points and their slabs. A ringed point is at distance {gap} from "
                "the middle line of a slab that is not its own; the total weight is "
                f"{total_weight(network):,.0f}.",
                size=(4.8, 4.6),
            )
            for gap, (dataset, network) in cases.items()
        },
        caption=f"The ringed point comes near a slab (coloured) that is not its own: from the "
        f"distance {max(weights):g} to {min(weights):g} the total weight of the network grows "
        f"from {weights[max(weights)]:,.0f} to {weights[min(weights)]:,.0f}.",
    )
