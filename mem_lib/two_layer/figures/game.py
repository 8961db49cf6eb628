"""The residual game: a gate that opens, two neurons that stand for it, what is left after many.

Drawn are points of the unit circle, where a function of homogeneous neurons is a curve over the
angle; the histories of fits; and what a pair of neurons makes of a gate.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from mem_lib import figures
from mem_lib._base.arguments import integer_in
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, shown
from mem_lib.figures import MARKERS, Axis, Colours, Film, Picture, marks
from mem_lib.figures.numbers import number_text
from mem_lib.two_layer import Fit, History
from mem_lib.two_layer.figures.floats import about
from mem_lib.two_layer.figures.plane import valued

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SPOKE = np.exp(0.6j)  # of the wheel: the complex number h <v, x>
HUB = 0.35 + 0.5j  # <w, x>
BESIDE = 4.9  # where the mean stands beside the wheel
FRAMES = 48  # of a game that is played back

Function = Callable[[np.ndarray], np.ndarray]


def gate(ring: Dataset, u: np.ndarray, v: np.ndarray) -> Picture:
    """Points of the circle with values of both signs, the half plane that ``u`` opens, and the
    direction ``v`` that helps.  ``InvalidDataset`` unless there are targets in the plane."""
    points, values = valued(ring, "ring")

    def draw(ax: "Axes", colours: Colours) -> None:
        turn = np.linspace(0, 2 * np.pi, 91)
        ax.plot(np.cos(turn), np.sin(turn), color=colours.faint, linewidth=0.8)
        half = np.arctan2(u[1], u[0]) + np.linspace(-np.pi / 2, np.pi / 2, 46)
        ax.fill(1.25 * np.cos(half), 1.25 * np.sin(half), linewidth=0,
                color=colours.accent, alpha=0.13)  # fmt: skip
        for k, chosen in enumerate((values < 0, values > 0)):
            ax.plot(*points[chosen].T, MARKERS[k], color=colours.classes[k], markersize=6)
        for name, (x, y) in (("u", 0.75 * u / np.hypot(*u)), ("v", 0.3 * v)):
            ax.annotate("", (x, y), (0, 0), arrowprops={
                "arrowstyle": "->", "color": colours.ink, "linewidth": 1.4})  # fmt: skip
            ax.annotate(name, (1.15 * x, 1.15 * y), color=colours.ink, ha="center",
                        va="center", fontstyle="italic")  # fmt: skip
        ax.set(aspect="equal", xlim=(-1.3, 1.3), ylim=(-1.3, 1.3))
        ax.axis("off")

    inside = int((points @ u > 0).sum())
    return figures.show(
        draw,
        f"{ring.N} points of two labels on a circle, two arrows u and v, and a shaded half plane.",
        size=(3.0, 2.8),
        caption="The gate: it is open in the shaded half plane, to which u points, and holds "
        f"{inside} of the {ring.N} points. v points to where the label 1 (diamonds) outweighs the "
        "label -1 among them.",
    )


def around(ring: Dataset, function: Function, alt: str = "", **options: Any) -> Picture:
    """``function`` of points (M, 2) over the angle, and lines from it to the values of ``ring``;
    ``options`` go to :func:`mem_lib.figures.show`.  Raises as :func:`gate`."""
    points, values = valued(ring, "ring")
    degrees = np.linspace(0, 360, 91)
    circle = np.stack([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], axis=1)
    curve, given = function(circle), function(points)
    angles = np.degrees(np.arctan2(points[:, 1], points[:, 0])) % 360

    def draw(ax: "Axes", colours: Colours) -> None:
        ax.axhline(0, color=colours.faint, linewidth=0.6)
        ax.plot(degrees, curve, color=colours.ink, linewidth=1.3)
        for angle, y, out in zip(angles, values, given, strict=True):
            k = int(y > 0)
            ax.plot([angle, angle], [y, out], color=colours.classes[k], linewidth=1)
            ax.plot(angle, y, MARKERS[k], color=colours.classes[k], markersize=6)
        ax.set(xticks=[0, 90, 180, 270, 360], yticks=[-1, 0, 1], ylim=(-2.2, 2.2), xlim=(0, 360))
        ax.set(xlabel="angle, degrees")

    alt = alt or (f"A function over the angle, and lines from it to the {ring.N} labels.")
    before, left = (float(r @ r) for r in (values, values - given))
    caption = (
        "The two neurons over the angle: zero where the gate is shut, half a wave where it is "
        f"open. The lines are what is left of the labels; their squares add up to {left:.2f} "
        f"instead of {before:.2f}."
    )
    return figures.show(draw, alt, **{"size": (3.7, 2.8), "caption": caption, **options})


def playback(ring: Dataset, fit: Fit, *, name: str = "") -> Film:
    """The network after each of some forty steps of a fit of ``ring`` by pairs of neurons, over the
    angle: the first ones all, then fewer and fewer; ``name`` as for a picture.

    Raises as :func:`gate`, and ``InvalidArgument`` for a fit of other steps than pairs.
    """
    points, values = valued(ring, "ring")
    most = len(fit.history.error)
    if len(fit.neurons) != 2 * most:
        raise InvalidArgument(
            f"fit: two neurons a step are needed, got {len(fit.neurons)} for {most} steps"
        )
    degrees = np.linspace(0, 360, 121)
    circle = np.stack([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], axis=1)
    angles = np.degrees(np.arctan2(points[:, 1], points[:, 0])) % 360
    steps = sorted({round(k) for k in np.geomspace(1, most, FRAMES)})
    half, frames, says = steps[len(steps) // 2], {}, {}
    for k in steps:
        function = after(fit, k)
        given = function(points)
        left = [[(x, y), (x, out)] for x, y, out in zip(angles, values, given, strict=True)]
        frames[k] = [
            marks.Lines(left, "accent", 1.2),
            marks.Lines(np.column_stack([degrees, np.clip(function(circle), -2.4, 2.4)]), "ink"),
        ]
        says[k] = f"{_percent(fit, k)} % of the squares are left."
    given_points = [
        marks.Points(np.column_stack([angles[chosen], values[chosen]]), f"class-{kind}")
        for kind, chosen in enumerate((values <= 0, values > 0))
        if chosen.any()
    ]
    return Film(
        "steps", frames, x=Axis(0, 360, "angle, degrees", (0, 90, 180, 270, 360)),
        y=Axis(-2.4, 2.4, "output", (-1, 0, 1)), says=says, name=name, height=280,
        still=[marks.Lines([(0, 0), (360, 0)], "faint", 0.8), *given_points],
        alt=f"The network over the angle, and lines from it to the {ring.N} labels, step by step.",
        caption="The game on the circle: the network after so many steps, and what it still lacks "
        f"at each point. Of the squares {_percent(fit, half)} % are left after {half} steps, and "
        f"{_percent(fit, most)} % after {most}.",
    )  # fmt: skip


def _percent(fit: Fit, k: int) -> int | float:
    return about(100 * fit.history.error[k - 1], 2)


def after(fit: Fit, k: int) -> Function:
    """The network after ``k`` steps of a fit by pairs, as a function of points in floats."""
    part = fit.neurons
    rows = np.asarray(part.rows[: 2 * k], float) * 2.0**part.shift
    biases = np.asarray(part.biases[: 2 * k], float)
    outer = np.array([float(a) for a in part.outer[: 2 * k]])
    return lambda points: np.asarray(np.maximum(points @ rows.T + biases, 0) @ outer)


def reached(history: History, error: float) -> int:
    """The first step, from 0, that left at most the relative squared ``error``.

    ``InvalidArgument`` where none did.
    """
    found = np.flatnonzero(history.error <= error)
    if not len(found):
        raise InvalidArgument(
            f"error: the fit left {min(history.error, default=1.0):.2g}, not {shown(error)}"
        )
    return int(found[0])


def progress(fits: Mapping[str, Fit]) -> Picture:
    """Relative squared error and total weight over the neurons, a curve for each fit.
    ``InvalidArgument`` without one."""

    ends = {name: (fit.history.neurons[-1], fit.history.weight[-1]) for name, fit in fits.items()}
    if not ends:
        raise InvalidArgument("fits: at least one is needed, got none")
    most = max(neurons for neurons, _ in ends.values())
    least = min(weight for _, weight in ends.values())

    def draw(ax: "Axes", colours: Colours, what: str, **axes: Any) -> None:
        series = {
            name: (fit.history.neurons[::12], getattr(fit.history, what)[::12])
            for name, fit in fits.items()
        }
        figures.curves(
            ax, colours, None, series, log="y", marks=False, dashes=True, xlabel="neurons",
            xlim=(0, 1.05 * most), **axes,
        )  # fmt: skip

    errors = partial(
        draw, what="error", ylabel="relative squared error", ylim=(5e-5, 2), labels="legend",
        ticks={"y": [1, 0.1, 0.01, 0.001, 0.0001]},
    )  # fmt: skip
    weights = partial(
        draw, what="weight", ylabel="total weight", ylim=(10, 1e6), labels="none",
        ticks={"y": [10, 1000, 10**5]},
    )  # fmt: skip
    return figures.show(
        errors,
        "Relative squared error against neurons, logarithmic upwards: falling lines, steep at "
        "first, then nearly straight.",
        size=(3.3, 2.9),
        caption="What is left, over the neurons: each step removes about the same share. Neurons "
        "at the end: " + _each(ends, 0),
    ) + figures.show(
        weights,
        "Total weight against neurons, logarithmic upwards: each curve rises and levels off.",
        size=(3.3, 2.9),
        caption="The total weight hardly grows after the first steps. Times the least of them: "
        + _each({name: (0, weight / least) for name, (_, weight) in ends.items()}, 1),
    )


def _each(numbers: Mapping[str, Sequence[float]], k: int) -> str:
    return ", ".join(f"{n} {number_text(about(row[k], 3))}" for n, row in numbers.items()) + "."


def ramp(t: np.ndarray, sides: int) -> np.ndarray:
    """What a pair gives in place of the gate at <u, x> = ``t``, in units of h <v, x> > 0, over
    <v, x>; one-sided or two-sided.  ``InvalidArgument`` for another number of sides.

    >>> ramp(np.array([-2, -0.5, 0, 3]), 1).tolist(), ramp(np.array([-2, 0, 0.5, 3]), 2).tolist()
    ([0.0, 0.5, 1.0, 1.0], [0.0, 0.5, 0.75, 1.0])
    """
    sides = integer_in(sides, "sides", 1, 2)
    low = np.maximum(t + (1 - sides), 0)
    return np.asarray((np.maximum(t + 1, 0) - low) / sides)


def ramps() -> Picture:
    """A one-sided and an antisymmetric pair in place of a gate, and what they differ by."""

    def draw(ax: "Axes", colours: Colours, sides: int, title: str) -> None:
        t, step = np.array([-2, -1, 0, 0, 1, 2.0]), np.array([0, 0, 0, 1, 1, 1.0])
        for part, ink in ((slice(0, 3), 1), (slice(3, 6), 0)):
            ax.fill_between(t[part], step[part], ramp(t[part], sides), linewidth=0,
                            color=colours.classes[ink], alpha=0.4)  # fmt: skip
        ax.plot(t, step, color=colours.faint, linestyle="--", linewidth=1.2)
        ax.plot(t, ramp(t, sides), color=colours.ink)
        ax.set(xlim=(-2, 2), ylim=(-0.15, 1.25), title=title, yticks=[0, 1])
        ax.set(xlabel="⟨u, x⟩ in units of h ⟨v, x⟩")

    return figures.show(
        partial(draw, sides=1, title="one-sided"),
        "A ramp that ends where the dashed step is; the area between them lies above the step.",
        size=(3.3, 2.4),
        caption="The one-sided pair is a ramp that ends where the gate opens: all of the "
        "difference is too much.",
    ) + figures.show(
        partial(draw, sides=2, title="antisymmetric"),
        "A ramp with its middle where the dashed step is, above it before and below it behind.",
        size=(3.3, 2.4),
        caption="The antisymmetric pair has its middle where the gate opens: what it has too much "
        "before, it lacks behind.",
    )


def _phases(J: int) -> np.ndarray:
    return (0.0 if J <= 2 else 0.4) + 2 * np.pi * np.arange(J) / J


def turned(t: np.ndarray, J: int) -> np.ndarray:
    """The mean of cos(beta) relu(t + Re(e^(-i beta) spoke)) over ``J`` equally spaced phases
    beta, for hubs with the real parts ``t`` (M,)."""
    beta = _phases(integer_in(J, "J", 1))
    moved = np.maximum(np.asarray(t, float)[:, None] + (np.exp(-1j * beta) * SPOKE).real, 0)
    return np.asarray((np.cos(beta) * moved).mean(axis=1))


def wheel(counts: Iterable[int], *, name: str = "") -> Film:
    """The phases of a complex direction as marks on a wheel, and beside it the mean of their
    neurons as the hub moves; a frame for each number of phases, ``name`` as for a picture."""
    turn = np.linspace(0, 2 * np.pi, 73)
    rim = np.column_stack([HUB.real + np.cos(turn), HUB.imag + np.sin(turn)])
    still: list[marks.Mark] = [
        marks.Bars([(-1.6, 0, -0.8, 1.8)], "faint", 0.2),
        marks.Lines(rim, "faint", 1),
        marks.Lines([(BESIDE - 2, 0), (BESIDE + 2, 0)], "faint", 0.8),
        marks.Text(-1.5, -0.65, "off", "faint"),
        marks.Text(BESIDE, -0.65, "real part of the hub, from −2 to 2", "faint", "middle"),
    ]
    frames = {J: _phase_marks(integer_in(J, "counts", 1)) for J in counts}
    return Film(
        "phases J", frames, x=Axis(-1.7, 7.0, "", ()), y=Axis(-0.9, 1.9, "", ()), still=still,
        equal=True, height=300, name=name,
        alt="A circle about a hub in the complex plane with marks at equal angles, and the mean of "
        "their neurons as a curve.",
        caption="The wheel: neurons are read on the rim about the hub ⟨w, x⟩; circles are added, "
        "diamonds subtracted, in proportion to their size, and in the grey half they are off. "
        "Beside it their mean, over the real part of the hub: one phase is a neuron that grows "
        "without end, from two on a ramp is left; dashed, a step of its height.",
    )  # fmt: skip


def _phase_marks(J: int) -> list[marks.Mark]:
    """One frame of the wheel: its spokes and marks, and the mean beside it."""
    spokes, found = [], []
    for beta in _phases(J):
        at, size = HUB + np.exp(-1j * beta) * SPOKE, float(np.cos(beta))
        spokes.append([(HUB.real, HUB.imag), (at.real, at.imag)])
        found.append(
            marks.Points([(at.real, at.imag)], f"class-{int(size < 0)}", 4 + 9 * abs(size))
        )
    t = np.linspace(-2, 2, 61)
    height = SPOKE.real / (2 if J > 2 else 1)
    step = [(-2, 0), (0, 0), (0, height), (2, height)]
    return [
        marks.Lines(spokes, "faint", 0.8),
        *found,
        marks.Lines([(BESIDE + x, y) for x, y in step], "faint", 1.2, dashed=True),
        marks.Lines(np.column_stack([BESIDE + t, np.minimum(turned(t, J), 1.85)]), "ink"),
    ]
