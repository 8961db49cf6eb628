"""A film: many light frames of points, lines, bars and texts, drawn in the page.

A stored picture costs some ten kilobytes and comes in two themes; a frame of a film is a list of
marks, its places whole numbers from 0 to 2000 across and down a box.  The page draws the frame at
which the control stands, at the width that it has there, in the colours of its theme.  Without
JavaScript the frame in the middle stands alone: the same drawing, made here.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from mem_lib.errors import InvalidArgument, TooLarge, printable, shown
from mem_lib.figures.control import control, framed, static
from mem_lib.figures.drawing import UNITS, drawing
from mem_lib.figures.marks import SHAPES, Mark, packed
from mem_lib.figures.numbers import tick
from mem_lib.figures.style import anchor

WIDTH = 640  # of the drawing without a script, in pixels
MOST_BYTES = 300_000


@dataclass(frozen=True)
class Axis:
    """From ``low`` to ``high``, with the ``label`` that names quantity and unit.

    ``ticks`` are chosen where none are given; ``log`` is the logarithmic scale.

    Raises ``InvalidArgument`` for ends that are not finite and in order (above 0 if ``log``).

    >>> Axis(0, 10, "points N").places
    (0, 2, 4, 6, 8, 10)
    >>> Axis(1, 1000, log=True).places
    (1, 10, 100, 1000)
    """

    low: float
    high: float
    label: str = ""
    ticks: tuple[float, ...] | None = None
    log: bool = False

    def __post_init__(self) -> None:
        ends = self.low, self.high
        if not all(map(math.isfinite, ends)) or self.low >= self.high:
            raise InvalidArgument(f"low, high: finite and in order are needed, got {shown(ends)}")
        if self.log and self.low <= 0:
            raise InvalidArgument(f"low: above 0 on a logarithmic axis, got {shown(self.low)}")

    @property
    def places(self) -> tuple[float, ...]:
        """Where numbers stand."""
        if self.ticks is not None:
            return tuple(self.ticks)
        if self.log:
            powers = range(math.ceil(math.log10(self.low)), math.floor(math.log10(self.high)) + 1)
            return tuple(10**k if k >= 0 else 10.0**k for k in powers)
        size = 10 ** math.floor(math.log10(self.high - self.low))
        step = next(
            s * size for s in (0.2, 0.25, 0.5, 1, 2) if self.high - self.low <= 6 * s * size
        )
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        places = (float(f"{k * step:.10g}") for k in range(first, last + 1))
        return tuple(int(value) if value == int(value) else value for value in places)

    def along(self, values: np.ndarray) -> np.ndarray:
        """Data coordinates as fractions of the axis.

        Raises ``InvalidArgument`` for values that a logarithmic axis does not have.
        """
        low, high = self.low, self.high
        if self.log:
            if (values <= 0).any():
                raise InvalidArgument("places: above 0 on a logarithmic axis")
            values, low, high = np.log10(values), math.log10(low), math.log10(high)
        return np.asarray((values - low) / (high - low))


class Film:
    """Frames of marks and the control that moves between them.

    ``frames`` maps each value of what ``label`` names to the marks of that frame
    (:mod:`mem_lib.figures.marks`), ``still`` are marks of every frame, drawn below them.  ``x`` and
    ``y`` are the axes, one of both None where the drawing has none there.  ``alt`` says in words
    what the film shows, ``caption`` stands below it, ``name`` (``fig-<slug>-<what>``) is how the
    book cites it.  ``says`` maps values to one sentence each, shown above the drawing and told to
    those who hear it.  ``play`` adds the button, ``equal`` makes a unit of x as long as one of y;
    ``height`` is in pixels, beside a width of 640.

    Raises ``InvalidArgument`` without a label, frames or ``alt``, for what is no mark, for places
    that are no finite pairs, for a sentence of no frame, and for a name as :class:`Picture`;
    ``TooLarge`` when the frames take more than 300 kB.

    >>> from mem_lib.figures import Axis, marks
    >>> frames = {n: [marks.Lines([(0, 0), (n, n * n)]), marks.Points([(n, n * n)])]
    ...           for n in range(1, 21)}
    >>> Film("points N", frames, x=Axis(0, 20, "points N"), y=Axis(0, 400, "pairs"),
    ...      alt="A line that gets steeper.", caption="Twice the points, four times the pairs.")
    Film: points N in 1 … 20, 20 frames
    """

    def __init__(
        self,
        label: str,
        frames: Mapping[Any, Sequence[Mark]],
        *,
        x: Axis | None,
        y: Axis | None,
        alt: str,
        caption: str = "",
        name: str = "",
        still: Sequence[Mark] = (),
        says: Mapping[Any, str] | None = None,
        play: bool = True,
        equal: bool = False,
        height: int = 320,
    ) -> None:
        if not label.strip() or not frames or not alt.strip():
            raise InvalidArgument(
                "label, frames, alt: a film needs a name, a frame and a text for those who do not "
                f"see it, got {shown(label)}, {len(frames)} frames and {shown(alt)}"
            )
        strange = [value for value in says or () if value not in frames]
        if strange:
            raise InvalidArgument(f"says: no frame {shown(strange[0])}")
        anchor(name, caption)
        self.label, self.frames, self.alt = label, dict(frames), alt
        self.caption, self.name, self.play = caption, name, play
        across, down = x or Axis(0, 1), y or Axis(0, 1)

        def place(table: np.ndarray) -> np.ndarray:
            u, v = across.along(table[:, 0]), 1 - down.along(table[:, 1])
            units = np.rint(UNITS * np.column_stack([u, v]))
            return np.clip(units, -20 * UNITS, 20 * UNITS)

        said = says or {}
        self.data: dict[str, Any] = {
            "height": height,
            "ratio": round((across.high - across.low) / (down.high - down.low), 4) if equal else 0,
            "x": _ticks(x),
            "y": _ticks(y),
            "shapes": SHAPES,
            "still": packed(still, "still", place),
            "frames": [
                packed(marks, f"frames[{shown(value)}]", place) for value, marks in frames.items()
            ],
            "says": [said.get(value, "") for value in frames],
        }
        size = len(self._json())
        if size > MOST_BYTES:
            raise TooLarge(f"frames: {size} bytes of marks, at most {MOST_BYTES} fit a page")

    def _json(self) -> str:
        text = json.dumps(self.data, separators=(",", ":"), ensure_ascii=False)
        return text.replace("</", "<\\/")

    def _repr_html_(self) -> str:
        start, alt = len(self.frames) // 2, escape(self.alt, quote=True)
        data = self._json()
        said = f'<p class="mem-says">{escape(self.data["says"][start])}</p>'
        inside = (
            control(self.label, list(self.frames), start, self.play, data)
            + (said if any(self.data["says"]) else "")
            + f'<div class="mem-screen" role="img" aria-label="{alt}">'
            + f'{drawing(self.data, start, WIDTH)}</div><script type="application/json">{data}'
            + "</script>"
        )
        script, css = static("film.js"), static("film.css")
        return framed(inside, "mem-film", script, css, self.caption, self.name)

    def __repr__(self) -> str:
        values = list(self.frames)
        text = f"Film: {self.label} in {values[0]} … {values[-1]}, {len(values)} frames"
        return printable(text)


def _ticks(axis: Axis | None) -> dict[str, Any] | None:
    """The label, and places with their numbers, in units of the box."""
    if axis is None:
        return None
    places = [round(UNITS * float(at)) for at in axis.along(np.array(axis.places, dtype=float))]
    told = [(at, tick(v)) for at, v in zip(places, axis.places, strict=True) if 0 <= at <= UNITS]
    return {"label": axis.label, "ticks": told}
