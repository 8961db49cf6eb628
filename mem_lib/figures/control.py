"""One control over frames, for :class:`Stepper` and :class:`Film`: its HTML, style and script.

Values on a scale get a slider of the column's width with ticks below it, words get a row of
buttons, of which one is pressed.  Where the frames are the steps of a process, a button plays them
once, to the end; for a reader who wants no motion it is called "Next".  Mouse, touch and keys move
all of them; JupyterLab, which keeps the arrow keys for itself, is asked not to.
"""

import json
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any

from mem_lib.figures.numbers import number_text
from mem_lib.figures.style import CAPTION_CSS, anchor, figcaption, themed

STATIC = files(__package__) / "static"
LETTERS = 48  # of names below a slider, on a phone


def static(name: str) -> str:
    """A file of ``static``."""
    return (STATIC / name).read_text(encoding="utf-8")


def control(label: str, values: Sequence[Any], start: int, play: bool, key: str) -> str:
    """The control named ``label`` over ``values``, at the one with index ``start``; ``key`` is
    another text for another figure of a page."""
    names = [value if isinstance(value, str) else number_text(value) for value in values]
    listed = escape(json.dumps(names, ensure_ascii=False), quote=True)
    button = '<button type="button">Play</button>' if play else ""
    words = all(isinstance(value, str) for value in values)
    moved = _choice(label, names, start, key) if words else _slider(label, names, start)
    return f'<div class="mem-control" data-names="{listed}">{button}{moved}</div>'


def _slider(label: str, names: list[str], start: int) -> str:
    label, last = escape(label, quote=True), max(len(names) - 1, 1)
    marks = "".join(f'<i style="--at:{i / last:.4g}"></i>' for i in range(len(names)))
    ends = {0: ' class="first"', last: ' class="last"'}
    told = "".join(
        f'<b style="--at:{i / last:.4g}"{ends.get(i, "")}>{escape(names[i])}</b>'
        for i in _told(names)
    )
    value = escape(names[start], quote=True)
    return (
        f'<label><span>{label}</span><output aria-hidden="true">{value}</output>'
        f'<input type="range" min="0" max="{len(names) - 1}" value="{start}" '
        f'aria-label="{label}" aria-valuetext="{value}">'
        f'<span class="mem-ticks" aria-hidden="true">{marks}{told}</span></label>'
    )


def _told(names: list[str]) -> list[int]:
    """The indices whose names stand below the slider: as many as there is room for."""
    last, room = len(names) - 1, max(LETTERS // (max(map(len, names)) + 2), 2)
    stride = -(-len(names) // room) if len(names) > room else 1
    told = [i for i in range(0, len(names), stride) if i == 0 or last - i >= stride or i == last]
    return told if told[-1] == last else [*told, last]


def _choice(label: str, names: list[str], start: int, key: str) -> str:
    group = "c" + sha256(json.dumps([label, names, key]).encode()).hexdigest()[:8]
    buttons = "".join(
        f'<label><input type="radio" name="{group}" value="{i}"{" checked" * (i == start)}>'
        f"{escape(name)}</label>"
        for i, name in enumerate(names)
    )
    return f'<fieldset class="mem-choice"><legend>{escape(label)}</legend>{buttons}</fieldset>'


def framed(inside: str, kind: str, script: str, css: str, caption: str, name: str) -> str:
    """The whole figure: style, what is ``inside``, the caption, and the ``script`` that finds its
    ``root`` and the function ``control``."""
    uid = "s" + sha256((inside + caption + name).encode()).hexdigest()[:12]
    style = CAPTION_CSS + themed(".mem-frames") + static("control.css") + css
    root = f'const root = document.getElementById("{uid}");'
    code = f"(() => {{\n{root}\n{static('control.js')}{script}}})();"
    body = f'<div class="mem-frames {kind}" id="{uid}">{inside}</div>'
    if caption:
        body = (
            f'<figure class="mem-steps"{anchor(name, caption)}>{body}'
            f"{figcaption(caption, name)}</figure>"
        )
    return f"<style>{style}</style>{body}<script>{code}</script>"
