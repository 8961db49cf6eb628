"""One control over pictures drawn in advance: it moves on a page without a kernel.

Without JavaScript the frame in the middle stands alone.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

from mem_lib.errors import InvalidArgument, printable, shown
from mem_lib.figures.control import control, framed, static
from mem_lib.figures.style import anchor, uncounted

Frame = Any  # whatever displays itself as HTML: a Picture, a Table


class Stepper:
    """Frames of which one is seen, and the control that chooses it.

    ``frames`` maps each value of what ``label`` names to a :class:`Picture` or a :class:`Table`.
    Frames keyed by texts get a row of buttons, by numbers a slider with its values below it; with
    ``play=True`` also a button that plays them from the first to the last, for the steps of a
    process.  ``caption`` stands below all frames, ``name`` (``fig-<slug>-<what>``) is how the book
    cites the figure.  Many light frames of points and lines are a :class:`Film`.

    Raises ``InvalidArgument`` without a label, without a frame, for a frame that is not HTML, and
    for a name of another form or without a caption.

    >>> from mem_lib.figures import table
    >>> Stepper("points N", {N: table([(N, N**2)], ["N", "its square"], caption="A square")
    ...                      for N in (2, 3)})
    Stepper: points N in 2, 3
    """

    def __init__(
        self,
        label: str,
        frames: Mapping[Any, Frame],
        *,
        caption: str = "",
        name: str = "",
        play: bool = False,
    ) -> None:
        if not label.strip() or not frames:
            raise InvalidArgument(
                "label, frames: a slider needs a name and at least one picture, "
                f"got {shown(label)} and {len(frames)} frames"
            )
        for value, frame in frames.items():
            if not hasattr(frame, "_repr_html_"):
                raise InvalidArgument(
                    f"frames[{shown(value)}]: a picture or a table is needed, got {shown(frame)}"
                )
        anchor(name, caption)
        self.label, self.frames, self.caption = label, dict(frames), caption
        self.name, self.play = name, play

    def _repr_html_(self) -> str:
        start = len(self.frames) // 2
        frames = "".join(
            f'<div class="mem-frame" data-value="{escape(str(value), quote=True)}"'
            f"{'' if i == start else ' hidden'}>{uncounted(frame._repr_html_())}</div>"
            for i, (value, frame) in enumerate(self.frames.items())
        )
        inside = control(self.label, list(self.frames), start, self.play, frames) + frames
        return framed(inside, "mem-stepper", static("stepper.js"), "", self.caption, self.name)

    def __repr__(self) -> str:
        return printable(f"Stepper: {self.label} in {', '.join(map(str, self.frames))}")
