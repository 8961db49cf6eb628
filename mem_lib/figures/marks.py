"""What a frame of a :class:`~mem_lib.figures.Film` is made of: points, lines, bars, texts.

A mark says where (in the film's data coordinates) and in which ink: ``"class-0"`` to ``"class-5"``,
the colours of the classes; ``"ink"`` of the text, ``"faint"``, or ``"accent"``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mem_lib._base.arguments import one_of
from mem_lib.errors import InvalidArgument, shown

INKS = (*(f"class-{k}" for k in range(6)), "ink", "faint", "accent")
#: Outlines around a point, in halves of its size: one for each class, as in pictures.
SHAPES = (
    "m-1 0c0 -0.55 0.45 -1 1 -1c0.55 0 1 0.45 1 1c0 0.55 -0.45 1 -1 1c-0.55 0 -1 -0.45 -1 -1z",
    "m0 -1.25l1.25 1.25l-1.25 1.25l-1.25 -1.25z",
    "m-1 -1h2v2h-2z",
    "m0 -1.2l1.2 2.2h-2.4z",
    "m0 1.2l1.2 -2.2h-2.4z",
    "m-0.4 -1.2h0.8v0.8h0.8v0.8h-0.8v0.8h-0.8v-0.8h-0.8v-0.8h0.8z",
)
#: Data coordinates (M, 2) to whole units of the film's box.
Place = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Points:
    """Points at ``places`` (M, 2), ``size`` pixels wide, as rings if ``hollow``; those of
    ``"class-1"`` are diamonds, and so on, as in all pictures.

    >>> Points([(0, 1), (2, 3)], "class-1").kind
    'points'
    """

    places: Any
    ink: str = "class-0"
    size: float = 8
    hollow: bool = False

    kind = "points"

    def packed(self, place: Place) -> list[Any]:
        """[kind, ink, half the size, hollow, shape, coordinates]."""
        shape = INKS.index(self.ink) if self.ink.startswith("class-") else 0
        return [0, self.ink, self.size / 2, int(self.hollow), shape, _flat(place, self.places)]


@dataclass(frozen=True)
class Lines:
    """One polyline (M, 2), or several; ``width`` in pixels, dashed if ``dashed``.

    >>> Lines([(0, 0), (1, 1), (2, 0)], "accent", dashed=True).width
    1.6
    """

    places: Any
    ink: str = "class-0"
    width: float = 1.6
    dashed: bool = False

    kind = "lines"

    def packed(self, place: Place) -> list[Any]:
        """[kind, ink, width, dashed, one list of coordinates for each polyline]."""
        lines = self.places
        if len(lines) and np.ndim(lines[0]) == 1:
            lines = [lines]
        return [1, self.ink, self.width, int(self.dashed), [_flat(place, line) for line in lines]]


@dataclass(frozen=True)
class Bars:
    """Rectangles (M, 4): left, right, bottom, top; ``opacity`` below 1 shades a region.

    >>> Bars([(0, 1, 0, 3)]).opacity
    1.0
    """

    rectangles: Any
    ink: str = "class-0"
    opacity: float = 1.0

    kind = "bars"

    def packed(self, place: Place) -> list[Any]:
        """[kind, ink, opacity, coordinates of two corners for each rectangle]."""
        table = np.asarray(self.rectangles, dtype=float).reshape(-1, 4)
        return [2, self.ink, self.opacity, _flat(place, table[:, [0, 2, 1, 3]].reshape(-1, 2))]


@dataclass(frozen=True)
class Text:
    """``text`` at (x, y), which is its ``anchor``: its "start", "middle" or "end".

    >>> Text(1, 2, "the bound", "faint", anchor="end").bold
    False
    """

    x: float
    y: float
    text: str
    ink: str = "ink"
    anchor: str = "start"
    bold: bool = False

    kind = "text"

    def packed(self, place: Place) -> list[Any]:
        """[kind, ink, anchor, bold, coordinates, text]."""
        one_of(self.anchor, "anchor", ("start", "middle", "end"))
        spot = _flat(place, [(self.x, self.y)])
        return [3, self.ink, self.anchor, int(self.bold), spot, str(self.text)]


Mark = Points | Lines | Bars | Text


def packed(marks: Sequence[Mark], name: str, place: Place) -> list[Any]:
    """Marks as the lists that the page draws; ``name`` is the argument, for messages.

    Raises ``InvalidArgument`` for what is no mark, for another ink, for places that are no table of
    finite pairs and for another anchor.
    """
    result = []
    for k, mark in enumerate(marks):
        if not isinstance(mark, Mark):
            raise InvalidArgument(f"{name}[{k}]: a mark is needed, got {shown(mark)}")
        try:
            one_of(mark.ink, "ink", INKS)
            result.append(mark.packed(place))
        except (InvalidArgument, TypeError, ValueError) as error:
            raise InvalidArgument(f"{name}[{k}], {mark.kind}: {error}") from None
    return result


def _flat(place: Place, places: Any) -> list[int]:
    table = np.asarray(places, dtype=float)
    if table.size == 0:
        return []
    if table.ndim != 2 or table.shape[1] != 2 or not np.isfinite(table).all():
        raise InvalidArgument(f"places: finite pairs (M, 2) are needed, got {shown(places)}")
    return [int(value) for value in place(table).ravel()]
