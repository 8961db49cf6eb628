"""Marks with their names beside them, in place of a legend.

A name is put where it hides nothing: to the right of its mark, else to the left, above, below, and
farther away with a thin line from the mark.  Distances are in points, which the zoom of an axis
does not change.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mem_lib.figures import Colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = 8.0  # of the letters
_LETTER, _LINE = 0.56 * SIZE, 1.15 * SIZE  # about what a letter takes, and a line
_REACHES = (8.0, 16.0, 28.0, 42.0, 58.0)
_WAYS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1), (2, 1), (-2, 1),
         (2, -1), (-2, -1))  # fmt: skip

Box = tuple[float, float, float, float]


def named(
    ax: "Axes",
    colours: Colours,
    places: Mapping[str, Sequence[float]],
    inks: Mapping[str, str],
    inches: tuple[float, float],
) -> None:
    """Write each name beside its place (x, y) in the colour of ``inks``.

    The limits of ``ax`` must be set; ``inches`` is about the size of the axes.
    """
    to_axes = ax.transData + ax.transAxes.inverted()
    spots = to_axes.transform([(float(x), float(y)) for x, y in places.values()])
    room = 72 * np.asarray(inches)
    boxes = [_box(x, y, 9.0, 9.0) for x, y in spots * room]
    for (name, place), spot in zip(places.items(), spots * room, strict=True):
        offset, box = _free(name, spot, boxes, room)
        boxes.append(box)
        far = float(np.hypot(*offset)) > _REACHES[0] + 1
        arrow: dict[str, Any] = {"arrowstyle": "-", "color": colours.faint, "linewidth": 0.6}
        ax.annotate(
            name, (float(place[0]), float(place[1])), xytext=offset, textcoords="offset points",
            fontsize=SIZE, color=inks[name], va="center",
            ha="center" if offset[0] == 0 else "left" if offset[0] > 0 else "right",
            arrowprops={**arrow, "shrinkB": 4} if far else None,
        )  # fmt: skip


def _free(
    name: str, spot: np.ndarray, taken: Sequence[Box], room: np.ndarray
) -> tuple[tuple[float, float], Box]:
    """The first offset at which ``name`` is inside the axes and on nothing."""
    width, found = _LETTER * len(name), []
    for reach in _REACHES:
        for way in _WAYS:
            x, y = (float(step) * reach for step in way)
            middle = spot[0] + x + np.sign(x) * width / 2
            box = _box(middle, spot[1] + y, width, _LINE)
            inside = min(box[0], box[2]) >= 0 and box[1] <= room[0] and box[3] <= room[1]
            if inside and not any(_meet(box, other) for other in taken):
                return (x, y), box
            found.append(((x, y), box))
    return found[0]


def _box(x: float, y: float, width: float, height: float) -> Box:
    return x - width / 2, x + width / 2, y - height / 2, y + height / 2


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]
