"""One frame of a film as SVG.  ``static/film.js`` draws the same at any width; a test compares.

The box of the axes has whole units, ``UNITS`` across and down; around it there is room for the
numbers and names of the axes, whose letters keep their size at every width.
"""

import math
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

UNITS = 2000
LETTER = 7  # pixels, about
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class Box(NamedTuple):
    """Where the axes are, in pixels, and how tall everything is."""

    left: float
    top: float
    width: float
    height: float
    all: float


def box_of(data: Mapping[str, Any], width: float) -> Box:
    """The box in a drawing ``width`` pixels wide."""
    x, y = data["x"], data["y"]
    left = 14 + LETTER * max((len(text) for _, text in y["ticks"]), default=0) if y else 10
    top = 26 if y and y["label"] else 10
    below = 10 if not x else 46 if x["label"] else 26
    wide = width - left - 16
    tall = round(data["height"] * min(1, max(0.7, width / 640))) - top - below
    if data["ratio"]:
        tall = min(tall, wide / data["ratio"])
        left, wide = left + (wide - tall * data["ratio"]) / 2, tall * data["ratio"]
    return Box(left, top, wide, tall, top + tall + below)


def drawing(data: Mapping[str, Any], frame: int, width: int) -> str:
    """Frame number ``frame``, ``width`` pixels wide."""
    box = box_of(data, width)
    marks = [*data["still"], *data["frames"][frame]]
    inside = "".join(_mark(mark, data["shapes"], box) for mark in marks)
    return (
        f'<svg viewBox="0 0 {_n(width)} {_n(box.all)}" aria-hidden="true" font-size="12">'
        f"{_across(data['x'], box)}{_down(data['y'], box)}"
        f'<svg x="{_n(box.left - 8)}" y="{_n(box.top - 8)}" width="{_n(box.width + 16)}" '
        f'height="{_n(box.height + 16)}">{inside}</svg></svg>'
    )


def _across(axis: Mapping[str, Any] | None, box: Box) -> str:
    if not axis:
        return ""
    bottom, ticks = box.top + box.height, axis["ticks"]
    longest = max((len(text) for _, text in ticks), default=0)
    step = 1
    while math.ceil(len(ticks) / step) * (LETTER * longest + 8) > box.width and step < len(ticks):
        step *= 2
    at = [box.left + u * box.width / UNITS for u, _ in ticks]
    line = f"M{_n(box.left)} {_n(bottom)}h{_n(box.width)}"
    line += "".join(f"M{_n(x)} {_n(bottom)}v5" for x in at)
    told = "".join(
        _text(x, bottom + 18, text, "middle")
        for x, (_, text) in list(zip(at, ticks, strict=True))[::step]
    )
    name = _text(box.left + box.width / 2, bottom + 38, axis["label"], "middle")
    return _axis(line) + told + name


def _down(axis: Mapping[str, Any] | None, box: Box) -> str:
    if not axis:
        return ""
    at = [box.top + box.height - u * box.height / UNITS for u, _ in axis["ticks"]]
    line = f"M{_n(box.left)} {_n(box.top)}v{_n(box.height)}"
    line += "".join(f"M{_n(box.left)} {_n(y)}h-5" for y in at)
    told = "".join(
        _text(box.left - 8, y + 4, text, "end")
        for y, (_, text) in zip(at, axis["ticks"], strict=True)
    )
    return _axis(line) + told + _text(2, 13, axis["label"], "start")


def _axis(path: str) -> str:
    return f'<path d="{path}" fill="none" stroke="currentColor" {_ink("faint")}/>'


def _text(x: float, y: float, text: str, anchor: str, more: str = "") -> str:
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}" fill="currentColor"{more}>'
        f"{escape(text, quote=False)}</text>"
    )


def _mark(mark: Sequence[Any], shapes: Sequence[str], box: Box) -> str:
    kind, ink = mark[0], _ink(mark[1])
    if kind == 0:
        return _points(mark, shapes, box)
    if kind == 1:
        path = "".join("M" + "L".join(_pairs(line, box)) for line in mark[4])
        dash = ' stroke-dasharray="5 4"' if mark[3] else ""
        return (
            f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="{_n(mark[2])}" '
            f'stroke-linejoin="round"{dash} {ink}/>'
        )
    if kind == 2:
        corners = [c.split(" ") for c in _pairs(mark[3], box)]
        path = "".join(
            f"M{a[0]} {a[1]}H{b[0]}V{b[1]}H{a[0]}z"
            for a, b in zip(corners[::2], corners[1::2], strict=True)
        )
        return f'<path d="{path}" fill="currentColor" fill-opacity="{_n(mark[2])}" {ink}/>'
    x, y = (float(part) for part in _pairs(mark[4], box)[0].split(" "))
    bold = ' font-weight="700"' if mark[3] else ""
    return _text(x, y + 4, mark[5], mark[2], f"{bold} {ink}")


def _points(mark: Sequence[Any], shapes: Sequence[str], box: Box) -> str:
    shape = _NUMBER.sub(lambda found: _n(float(found[0]) * mark[2]), shapes[mark[4]])
    path = "".join(f"M{pair}{shape}" for pair in _pairs(mark[5], box))
    if mark[3]:
        look = f'fill="none" stroke="currentColor" stroke-width="1.6" {_ink(mark[1])}'
    else:
        look = (
            'fill="currentColor" stroke-width="0.8" '
            f'style="color:var(--mem-{mark[1]});stroke:var(--mem-paper)"'
        )
    return f'<path d="{path}" {look}/>'


def _pairs(flat: Sequence[int], box: Box) -> list[str]:
    """Units as "x y" in the inner drawing, whose border is 8 pixels outside the box."""
    return [
        f"{_n(8 + u * box.width / UNITS)} {_n(8 + v * box.height / UNITS)}"
        for u, v in zip(flat[::2], flat[1::2], strict=True)
    ]


def _ink(name: str) -> str:
    return f'style="color:var(--mem-{name})"'


def _n(value: float) -> str:
    """Two decimals, as a script prints them."""
    return f"{math.floor(value * 100 + 0.5) / 100 + 0.0:.8g}"
