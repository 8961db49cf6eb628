"""The plane of a challenge: rivals by their sizes, the line of all labels, and an attempt."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from mem_lib import figures
from mem_lib.grading.challenges.measures import MEASURES, Measure, Number
from mem_lib.grading.challenges.rivals import Line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SMALL = 8
SIZE = (6.4, 3.9)  # inches
ROUGHLY = (400, 230)  # the plane in points
NEAR = 12  # points between two marks whose numbers would meet
MOST_TICKS = 7
ROOM = 0.12  # of the axis, beyond what is drawn
Spot = tuple[float, float]


class Contest(Protocol):
    """What is drawn of a challenge."""

    @property
    def title(self) -> str: ...
    @property
    def axes(self) -> tuple[str, str]: ...
    @property
    def line(self) -> Line: ...
    def standing(self) -> list[dict[str, Any]]: ...


class Judged(Protocol):
    """What is drawn of an attempt."""

    @property
    def values(self) -> Mapping[str, Number | None]: ...
    @property
    def verdict(self) -> str: ...


def plane(challenge: Contest, attempt: Judged | None = None, name: str = "") -> figures.Picture:
    """The picture of a challenge, with its caption."""
    return drawn(challenge, attempt, text=caption(challenge, attempt), name=name)


def drawn(
    challenge: Contest, attempt: Judged | None = None, *, text: str = "", name: str = ""
) -> figures.Picture:
    """The plane of a challenge; a rival's number is its place in the table."""
    axes = [MEASURES[axis] for axis in challenge.axes]
    rivals = [(row[axes[0].name], row[axes[1].name]) for row in challenge.standing()]
    yours = None if attempt is None else _spot(attempt.values, axes)
    low, high = frame(challenge, yours)

    def draw(ax: Axes, colours: figures.Colours) -> None:
        logarithmic = "".join(name for name, axis in zip("xy", axes, strict=True) if axis.log)
        marked = {name: ticks(axes[k].log, low[k], high[k]) for k, name in enumerate("xy")}
        ends = {"xlim": (low[0], high[0]), "ylim": (low[1], high[1])}
        names = {"xlabel": axes[0].title, "ylabel": axes[1].title}
        figures.scale(ax, log=logarithmic, ticks=marked, **ends, **names)
        line = corners(challenge, low, high)
        ax.plot(*zip(*line, strict=True), color=colours.faint, linestyle="--", linewidth=1.2,
                label="needed for all labels")  # fmt: skip
        ax.plot(*zip(*rivals, strict=True), linestyle="none", marker="o", markersize=6,
                color=colours.classes[0], label="rivals")  # fmt: skip
        seen = [*rivals, *([] if yours is None or yours in rivals else [yours])]
        places = ax.transLimits.transform(ax.transScale.transform(seen)) * ROUGHLY
        for i, spot in enumerate(rivals):
            others = [*places[:i], *places[len(rivals) :]]
            near = any(math.dist(places[i], other) < NEAR for other in others)
            ax.annotate(str(i + 1), spot, xytext=(-5, -3) if near else (5, 4),
                        textcoords="offset points", ha="right" if near else "left",
                        fontsize=SMALL)  # fmt: skip
        if yours is not None:
            ax.plot(*yours, linestyle="none", marker="D", markersize=8, color=colours.classes[1],
                    label="yours")  # fmt: skip
            ax.annotate("yours", yours, xytext=(7, -11), textcoords="offset points",
                        fontsize=SMALL, color=colours.classes[1])  # fmt: skip
        ax.legend(fontsize=SMALL, loc="best")

    return figures.show(draw, _alt(challenge, rivals, yours), size=SIZE,
                        caption=text, name=name)  # fmt: skip


def caption(challenge: Contest, attempt: Judged | None = None) -> str:
    """What is read below the plane."""
    axes = [MEASURES[axis] for axis in challenge.axes]
    own = "" if attempt is None else f" Your network is {attempt.verdict}."
    return (
        f"The rivals of “{challenge.title}” by {axes[0].title} and {axes[1].title}, numbered by "
        f"their place in the table; the dashed line is what every construction for all labels "
        f"needs. {challenge.line.text} {challenge.line.caveat}{own}"
    )


def frame(challenge: Contest, yours: Spot | None = None) -> tuple[list[float], list[float]]:
    """The lowest and the highest values of both axes."""
    axes = [MEASURES[axis] for axis in challenge.axes]
    spots = [(row[axes[0].name], row[axes[1].name]) for row in challenge.standing()]
    spots += [corner for corner in challenge.line.corners] + ([] if yours is None else [yours])
    low, high = [], []
    for k, axis in enumerate(axes):
        values = [spot[k] for spot in spots if math.isfinite(spot[k])]
        if axis.log:
            values = [max(value, 1) for value in values]
            room = (max(values) / min(values)) ** ROOM
            low.append(min(values) / room)
            high.append(max(values) * room)
        else:
            low.append(0 - 0.05 * max(values))
            high.append((1 + ROOM) * max(values))
    return low, high


def ticks(log: bool, low: float, high: float) -> list[float]:
    """At most seven round values between the ends of an axis.

    >>> ticks(True, 4, 90), ticks(True, 0.3, 10**6.5), ticks(False, -1, 9)
    ([5, 10, 20, 50], [1, 10, 100, 1000, 10000, 100000, 1000000], [0, 3, 6, 9])
    """
    if log:
        powers = [10**k for k in range(math.ceil(math.log10(high)) + 1)]
        for steps in ((1, 2, 5), (1, 3), (1,)):
            found = [s * p for p in powers for s in steps if low <= s * p <= high]
            if len(found) <= MOST_TICKS:
                return list(found)
        return [p for p in powers if low <= p <= high][::2]
    step = max(1, math.ceil((high - low) / 4))
    return list(range(0, math.floor(high) + 1, step))


def corners(challenge: Contest, low: list[float], high: list[float]) -> list[Spot]:
    """The line within a frame."""
    return [
        (min(max(x, low[0]), high[0]), min(max(y, low[1]), high[1]))
        for x, y in challenge.line.corners
    ]


def _spot(values: Any, axes: list[Measure]) -> Spot | None:
    x, y = (values[axis.name] for axis in axes)
    return None if x is None or y is None else (x, y)


def _alt(challenge: Contest, rivals: list[Spot], yours: Spot | None) -> str:
    axes = [MEASURES[axis].title for axis in challenge.axes]
    told = "; ".join(
        f"{i}. {row['network']}, {x:g} and {y:g}"
        for i, (row, (x, y)) in enumerate(zip(challenge.standing(), rivals, strict=True), 1)
    )
    own = "" if yours is None else f" Yours: {yours[0]:g} and {yours[1]:g}."
    return f"A plane of {axes[0]} and {axes[1]} with the rivals {told}.{own}"
