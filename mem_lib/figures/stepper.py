"""One control over pictures drawn in advance: it moves on a page without a kernel.

Values on a scale get a slider with their names below it, words get a row of buttons, of which one
is pressed.  Mouse, touch and arrow keys move both; JupyterLab, which keeps the arrow keys for
itself, is asked not to.  Without JavaScript the frame in the middle stands alone.
"""

from collections.abc import Mapping
from hashlib import sha256
from html import escape
from typing import Any

from mem_lib.errors import InvalidArgument, shown
from mem_lib.figures.style import CAPTION_CSS, figcaption

_CSS = CAPTION_CSS + (
    ".mem-stepper>:is(label,fieldset){display:block;max-width:40em;margin:0 auto;border:0;"
    "padding:0;font-variant-numeric:tabular-nums}"
    ".mem-stepper input[type=range]{display:block;width:100%;margin:.4em 0 0;height:1.5em}"
    ".mem-ticks{display:flex;justify-content:space-between;font-size:.85em}"
    # as wide as the thumb, so that a name stands below its place
    ".mem-ticks>span{width:1.2em;display:flex;justify-content:center;white-space:nowrap}"
    ".mem-ticks>span:first-child{justify-content:start}"
    ".mem-ticks>span:last-child{justify-content:end}"
    ".mem-stepper legend{float:left;margin:0 1em 0 0;padding:0;width:auto;font-size:inherit}"
    ".mem-steps{margin:1em 0}"
    ".mem-stepper fieldset label{display:inline-block;margin-right:1em;padding:.2em 0}"
)
MOST_LETTERS = 48  # of names below a slider, on a phone

Frame = Any  # whatever displays itself as HTML: a Picture, a Table


class Stepper:
    """Frames of which one is seen, and the control that chooses it.

    ``frames`` maps each value of what ``label`` names to a :class:`Picture` or a :class:`Table`.

    Raises ``InvalidArgument`` without a label, without a frame, and for a frame that is not HTML.

    >>> from mem_lib.figures import table
    >>> Stepper("points N", {N: table([(N, N**2)], ["N", "its square"], caption="A square")
    ...                      for N in (2, 3)})
    Stepper: points N in 2, 3
    """

    def __init__(self, label: str, frames: Mapping[Any, Frame], *, caption: str = "") -> None:
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
        self.label, self.frames, self.caption = label, dict(frames), caption

    def _repr_html_(self) -> str:
        values = [escape(str(value), quote=True) for value in self.frames]
        start = len(values) // 2
        frames = "".join(
            f'<div class="mem-frame" data-value="{value}"{"" if i == start else " hidden"}>'
            f"{frame._repr_html_()}</div>"
            for i, (value, frame) in enumerate(zip(values, self.frames.values(), strict=True))
        )
        name = escape(self.label, quote=True)
        uid = "s" + sha256((name + frames).encode()).hexdigest()[:12]
        control = _slider(name, values, start)
        if all(isinstance(value, str) for value in self.frames):
            control = _buttons(name, values, start, uid)
        inside = f'<div class="mem-stepper" id="{uid}">{control}{frames}</div>'
        if self.caption:
            inside = f'<figure class="mem-steps">{inside}{figcaption(self.caption)}</figure>'
        return f"<style>{_CSS}</style>{inside}<script>{_STEP.replace('UID', uid)}</script>"

    def __repr__(self) -> str:
        return f"Stepper: {self.label} in {', '.join(map(str, self.frames))}"


def _slider(name: str, values: list[str], start: int) -> str:
    names = values if len("".join(values)) <= MOST_LETTERS else [values[0], values[-1]]
    ticks = "".join(f"<span>{value}</span>" for value in names)
    return (
        f"<label>{name} = <output>{values[start]}</output> "
        f'<input type="range" min="0" max="{len(values) - 1}" value="{start}" '
        f'aria-label="{name}"><span class="mem-ticks" aria-hidden="true">{ticks}</span></label>'
    )


def _buttons(name: str, values: list[str], start: int, uid: str) -> str:
    buttons = "".join(
        f'<label><input type="radio" name="{uid}" value="{i}"{" checked" if i == start else ""}> '
        f"{value}</label>"
        for i, value in enumerate(values)
    )
    return f"<fieldset><legend>{name}</legend>{buttons}</fieldset>"


_STEP = """
(() => {
  const root = document.getElementById("UID"), inputs = [...root.querySelectorAll("input")];
  const frames = [...root.querySelectorAll(".mem-frame")], output = root.querySelector("output");
  const chosen = () => Number((inputs.find(i => i.checked) ?? inputs[0]).value);
  const show = () => {
    frames.forEach((frame, i) => { frame.hidden = i !== chosen(); });
    if (!output) return;
    output.textContent = frames[chosen()].dataset.value;
    inputs[0].setAttribute("aria-valuetext", output.textContent);
  };
  for (const input of inputs) {
    input.addEventListener("keydown", event => {
      const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
      if (!step) return;
      event.stopPropagation();
      if (input.type !== "range") return;
      event.preventDefault();
      input.value = Number(input.value) + step;
      show();
    });
    input.addEventListener("input", show);
  }
  show();
})();
"""
