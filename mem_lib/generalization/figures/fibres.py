r"""A line through rings: what a network that is constant along it can say of it.

Behind a first layer of rank d - 1 a network is constant along lines.  In the plane that such a line
spans with the centre, rings are rings and the line is level, so one drawing serves every d.  The
line at distance h is in the ring a <= |x| <= b for a length of
2 (sqrt(b^2 - h^2)_+ - sqrt(a^2 - h^2)_+).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mem_lib._base.arguments import integer_in, listed
from mem_lib.errors import InvalidArgument
from mem_lib.figures import Axis, Film, marks
from mem_lib.generalization.caps import Ring, best_accuracy


def lengths(rings: Sequence[Ring], h: float) -> dict[int, float]:
    """How long the line at distance ``h`` lies in the rings of each label.

    >>> lengths([(0, 5, 1), (12, 13, 0)], 3)[1]
    8.0
    """
    found: dict[int, float] = {}
    for inner, outer, label in rings:
        part = _half(outer, h) - _half(inner, h)
        found[label] = found.get(label, 0.0) + 2 * part
    return found


def _half(radius: float, h: float) -> float:
    return float(np.sqrt(max(0.0, radius**2 - h**2)))


def fibres(rings: Sequence[Ring], d: int, *, frames: int = 24, name: str = "") -> Film:
    """The line moves away from the centre; its parts in rings take the colours of their labels, and
    two bars below compare how long they are.

    rings: (inner radius, outer radius, label), labels 0 and 1
    d:     the dimension, at least 2, of which the caption tells the cap of rank d - 1

    Raises ``InvalidArgument`` for less than 2 frames, a d below 2, and rings that
    :func:`~mem_lib.generalization.best_accuracy` refuses.
    """
    d, frames = integer_in(d, "d", 2), integer_in(frames, "frames", 2, 200)
    cap = best_accuracy(d, d - 1, rings)
    rings = sorted(tuple(ring) for ring in listed(rings, "rings"))
    if not {label for _, _, label in rings} <= {0, 1}:
        raise InvalidArgument(f"rings: the labels 0 and 1 are needed, got {rings}")
    outermost = rings[-1][1]
    shown, says = {}, {}
    for h in np.linspace(0, outermost, frames, endpoint=False):
        parts = lengths(rings, h)
        total = sum(parts.values())
        if not total:
            continue
        key = round(float(h), 3)
        shown[key] = [*_segments(rings, h, outermost), *_bars(parts, outermost)]
        best = max(parts, key=lambda label: parts[label])
        says[key] = (
            f"Along this line label {best} is the better answer, right on "
            f"{100 * parts[best] / total:.0f} % of what lies in the shells."
        )
    turn = np.linspace(0, 2 * np.pi, 97)
    circle = np.column_stack([np.cos(turn), np.sin(turn)])
    still = [
        marks.Lines([r * circle for r in (inner, outer) if r], f"class-{label}", width=1)
        for inner, outer, label in rings
    ]
    low, high = 1.45 * outermost, 1.06 * outermost
    return Film(
        "distance of the line from the centre", shown, x=Axis(-high, high), y=Axis(-low, high),
        alt="Shells of two labels about a centre and a level line that moves outwards; its parts "
        "in the shells are coloured, and two bars compare how much of it has either label.",
        caption="A first layer of rank d − 1 cannot tell the points of a line apart, so one answer "
        "has to do for all of it. Bars: how long the line is in shells of either label. Averaged "
        f"over all lines, the better answers are right on {100 * cap:.1f} % in d = {d}: "
        "no such network exceeds that.",
        name=name, still=still, says=says, equal=True, height=480,
    )  # fmt: skip


def _segments(rings: Sequence[Ring], h: float, outermost: float) -> list[marks.Lines]:
    drawn = [marks.Lines([(-1.06 * outermost, h), (1.06 * outermost, h)], "faint", width=1)]
    for inner, outer, label in rings:
        a, b = _half(inner, h), _half(outer, h)
        if b > a:
            sides = [[(s * a, h), (s * b, h)] for s in (-1, 1)]
            drawn.append(marks.Lines(sides, f"class-{label}", width=6))
    return drawn


def _bars(parts: dict[int, float], outermost: float) -> list[marks.Mark]:
    drawn: list[marks.Mark] = []
    for label, length in sorted(parts.items()):
        top = -(1.14 + 0.16 * label) * outermost
        left, right = -0.7 * outermost, -0.7 * outermost + 0.8 * length
        drawn.append(marks.Bars([(left, right, top - 0.1 * outermost, top)], f"class-{label}", 0.8))
        drawn.append(
            marks.Text(left - 0.04 * outermost, top - 0.08 * outermost, f"label {label}",
                       anchor="end")
        )  # fmt: skip
    return drawn
