"""Charts that several pages share: curves with their names at their ends, bars, reference lines.

A function here draws into ``ax`` with the ``colours`` of a theme, as all drawings do.  Series are
told apart by colour and by mark or dash, in the order in which they are given.
"""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mem_lib._base.arguments import one_of
from mem_lib.errors import InvalidArgument, shown
from mem_lib.figures.numbers import number_text, tick
from mem_lib.figures.style import DASHES, MARKERS, Colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SMALL = 8  # letters of labels inside a chart, in points


def curves(
    ax: "Axes",
    colours: Colours,
    x: Sequence[float] | np.ndarray | None,
    series: Mapping[str, Any],
    *,
    log: str = "",
    labels: str = "ends",
    marks: bool = True,
    lines: bool = True,
    dashes: bool = False,
    inks: Sequence[str] | None = None,
    ticks: Mapping[str, Sequence[float]] | None = None,
    **axes: Any,
) -> None:
    """One curve for each entry ``{name: y}`` of ``series`` over the common ``x``.

    Where ``x`` is None each entry is a pair ``(x, y)`` or a mapping ``{x: y}``.  ``log``: the
    logarithmic axes, "", "x", "y" or "xy".  ``labels``: names at the "ends" of the curves, in a
    "legend", or "none" (so for a second panel).  ``marks`` and ``lines`` may be left out;
    ``dashes`` tells curves without marks apart.  ``inks``: colours, if not those of the classes.
    ``ticks``: ``{"x": values}``.  ``axes`` (``xlabel``, ``ylim``, ``title``, …) goes to ``ax.set``
    before the names find their places.

    Raises ``InvalidArgument`` for series of another length than ``x``, for another word than these
    and for ticks of another axis than x and y.

    >>> from mem_lib.figures import show
    >>> show(lambda ax, colours: curves(ax, colours, [1, 2, 4], {"half": [0.5, 1, 2]}, log="xy",
    ...                                 xlabel="N", ticks={"x": [1, 2, 4]}), "A rising line.")
    Picture: A rising line.
    """
    one_of(labels, "labels", ("ends", "legend", "none"))
    inks = tuple(inks or colours.classes)
    ends: list[tuple[str, float, float, str]] = []
    for k, (name, entry) in enumerate(series.items()):
        at, y = _pair(x, name, entry)
        ink = inks[k % len(inks)]
        ax.plot(
            at, y, color=ink, label=name, markersize=4.5,
            marker=MARKERS[k % len(MARKERS)] if marks else "",
            linestyle="none" if not lines else DASHES[k % len(DASHES)] if dashes else "-",
        )  # fmt: skip
        seen = np.flatnonzero(np.isfinite(at) & np.isfinite(y))
        if len(seen):
            ends.append((name, float(at[seen[-1]]), float(y[seen[-1]]), ink))
    scale(ax, log=log, ticks=ticks, **axes)
    if labels == "legend":
        ax.legend(fontsize=SMALL)
    elif labels == "ends":
        _name_ends(ax, ends)


def _pair(x: Any, name: str, entry: Any) -> tuple[np.ndarray, np.ndarray]:
    if x is None and isinstance(entry, Mapping):
        entry = list(entry), list(entry.values())
    at, y = (np.asarray(v, dtype=float) for v in (entry if x is None else (x, entry)))
    if at.ndim != 1 or at.shape != y.shape:
        raise InvalidArgument(
            f"series[{shown(name)}]: as many y as x are needed, got shapes {y.shape} and {at.shape}"
        )
    return at, y


def _name_ends(ax: "Axes", ends: Sequence[tuple[str, float, float, str]]) -> None:
    """Each name to the right of its curve, moved up or down until none is on another.

    Places are fractions of the axes, which the layout cannot change any more; its height in points
    is taken from the figure, before titles and labels claim their part of it.
    """
    if not ends:
        return
    ax.get_xlim(), ax.get_ylim()  # limits that follow the curves are found when asked for
    inches = ax.get_figure(root=True).get_figheight()  # type: ignore[union-attr]
    gap = 1.3 * SMALL / (0.75 * 72 * inches)
    to_axes = ax.transData + ax.transAxes.inverted()
    spots = to_axes.transform([(x, y) for _, x, y, _ in ends])
    heights = spread(spots[:, 1].tolist(), gap)
    for (name, _, _, ink), across, height in zip(ends, spots[:, 0], heights, strict=True):
        ax.annotate(
            name, (across, height), xycoords="axes fraction", xytext=(6, 0),
            textcoords="offset points", va="center", color=ink, fontsize=SMALL,
            annotation_clip=False,
        )  # fmt: skip


def spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Places in the order of ``wanted``, ``gap`` apart, with the least sum of squared moves.

    With i gaps taken off the i-th, the places only have to ascend: neighbours that do not are
    pooled at their mean.

    >>> spread([0, 10, 10], 2)
    [0.0, 9.0, 11.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    pools: list[tuple[float, int]] = []
    for rank, i in enumerate(order):
        mean, count = float(wanted[i]) - rank * gap, 1
        while pools and pools[-1][0] >= mean:
            other, more = pools.pop()
            mean, count = (mean * count + other * more) / (count + more), count + more
        pools.append((mean, count))
    level = [mean for mean, count in pools for _ in range(count)]
    places = [0.0] * len(order)
    for rank, i in enumerate(order):
        places[i] = level[rank] + rank * gap
    return places


def scale(
    ax: "Axes",
    *,
    log: str = "",
    ticks: Mapping[str, Sequence[float]] | None = None,
    **axes: Any,
) -> None:
    """Set logarithmic axes (as :func:`curves`), the ``axes`` of ``ax.set``, and ``ticks`` with
    plain numbers, powers of ten where those are long.

    Raises ``InvalidArgument`` for other axes than x and y.

    >>> from mem_lib.figures import show
    >>> show(lambda ax, colours: scale(ax, log="x", ticks={"x": [1, 10**5]}, xlim=(1, 10**6)),
    ...      "Axes without a curve.")
    Picture: Axes without a curve.
    """
    one_of(log, "log", ("", "x", "y", "xy"))
    ax.set(**{f"{axis}scale": "log" for axis in log}, **axes)
    for axis, values in (ticks or {}).items():
        one_of(axis, "ticks", ("x", "y"))
        side = getattr(ax, f"{axis}axis")
        side.set_ticks(list(values), [tick(value) for value in values])
        side.set_ticks([], minor=True)


def level(
    ax: "Axes",
    colours: Colours,
    text: str = "",
    *,
    x: float | None = None,
    y: float | None = None,
    at: float = 0.02,
) -> None:
    """A dotted reference line at the height ``y``, or upright at ``x``, with its meaning beside it,
    ``at`` this fraction of its length.

    Raises ``InvalidArgument`` unless one of both is given.

    >>> from mem_lib.figures import show
    >>> show(lambda ax, colours: level(ax, colours, "a coin", y=0.5), "A line at one half.")
    Picture: A line at one half.
    """
    dotted: dict[str, Any] = {
        "color": colours.faint, "linestyle": ":", "linewidth": 1, "zorder": 0,
    }  # fmt: skip
    place: tuple[float, float]
    if x is None and y is not None:
        ax.axhline(y, **dotted)
        place, where, coordinates = (at, y), (0, 3), ax.get_yaxis_transform()
    elif y is None and x is not None:
        ax.axvline(x, **dotted)
        place, where, coordinates = (x, at), (3, 0), ax.get_xaxis_transform()
    else:
        raise InvalidArgument(f"x, y: one of both is needed, got {shown(x)} and {shown(y)}")
    if text:
        ax.annotate(
            text, place, xycoords=coordinates, xytext=where, textcoords="offset points",
            color=colours.faint, fontsize=SMALL,
        )  # fmt: skip


def slope(
    ax: "Axes", colours: Colours, through: tuple[float, float], power: float, text: str = ""
) -> None:
    """On logarithmic axes: the line y ~ x^power through one point, dashed, from edge to edge.
    Set the limits first.

    >>> from mem_lib.figures import show
    >>> def draw(ax, colours):
    ...     scale(ax, log="xy", xlim=(1, 100), ylim=(1, 100))
    ...     slope(ax, colours, (4, 2), 0.5, "slope 1/2")
    >>> show(draw, "A line of slope one half.")
    Picture: A line of slope one half.
    """
    x, y = through
    ends = np.array(ax.get_xlim(), dtype=float)
    kept = ax.get_ylim()
    ax.plot(ends, y * (ends / x) ** power, color=colours.faint, linestyle="--", linewidth=1)
    ax.set(xlim=ends, ylim=kept)
    if text:
        ax.annotate(text, (x, y), xytext=(4, 6 if power < 0 else -10), textcoords="offset points",
                    color=colours.faint, fontsize=SMALL)  # fmt: skip


def forbidden(
    ax: "Axes",
    colours: Colours,
    x: Sequence[float] | np.ndarray,
    bound: Sequence[float] | np.ndarray,
    text: str = "forbidden",
    *,
    at: tuple[float, float] = (0.06, 0.06),
) -> None:
    """A lower bound: its curve, and what lies below it shaded; ``text`` at this fraction of the
    axes.  Set the limits first.

    >>> from mem_lib.figures import show
    >>> def draw(ax, colours):
    ...     scale(ax, xlim=(1, 4), ylim=(0, 8))
    ...     forbidden(ax, colours, [1, 2, 4], [4, 2, 1], "no network")
    >>> show(draw, "What lies below a falling curve is shaded.")
    Picture: What lies below a falling curve is shaded.
    """
    low = ax.get_ylim()[0]
    ax.plot(x, bound, color=colours.ink, linewidth=1.2)
    ax.fill_between(x, bound, low, color=colours.faint, alpha=0.25, linewidth=0)
    ax.set_ylim(bottom=low)
    ax.text(*at, text, transform=ax.transAxes, color=colours.ink, fontsize=SMALL)


def bars(
    ax: "Axes",
    colours: Colours,
    lengths: Mapping[str, Any],
    *,
    parts: Sequence[str] = (),
    log: bool = False,
    **axes: Any,
) -> None:
    """One bar for each entry, the first at the top, with its length at its end.

    With ``parts``, the names of the pieces that an entry lists, bars are stacked and their pieces
    explained in a legend.

    Raises ``InvalidArgument`` for an entry with another number of pieces, or without a bar.

    >>> from mem_lib.figures import show
    >>> show(lambda ax, colours: bars(ax, colours, {"A": [3, 4], "B": [5, 0]},
    ...                               parts=["key", "label"]), "Bars: A 7, B 5.")
    Picture: Bars: A 7, B 5.
    """
    table = [np.atleast_1d(np.asarray(entry, dtype=float)) for entry in lengths.values()]
    wanted = max(len(parts), 1)
    for name, entry in zip(lengths, table, strict=True):
        if entry.shape != (wanted,):
            raise InvalidArgument(
                f"lengths[{shown(name)}]: {wanted} pieces are needed, got {shown(lengths[name])}"
            )
    if not table:
        raise InvalidArgument("lengths: at least one bar is needed, got none")
    pieces = np.stack(table, axis=1)
    places = np.arange(len(lengths))[::-1]
    for k, (piece, left) in enumerate(zip(pieces, np.cumsum(pieces, axis=0) - pieces, strict=True)):
        ax.barh(places, piece, left=left if k else 0, height=0.7,
                color=colours.classes[k % len(colours.classes)],
                label=parts[k] if parts else None)  # fmt: skip
    totals = pieces.sum(axis=0)
    ax.set_yticks(places, list(lengths))
    scale(ax, log="x" if log else "", **axes)
    for place, total in zip(places, totals, strict=True):
        text = number_text(int(total) if total == math.floor(total) else float(total))
        ax.annotate(text, (total, place), xytext=(4, 0), textcoords="offset points", va="center",
                    fontsize=SMALL, color=colours.ink)  # fmt: skip
    if parts:
        ax.legend(fontsize=SMALL, loc="lower right")


def shades(colours: Colours, *, both: bool = False) -> Any:
    """A colour map from the paper to the first class; ``both``: from class to class, the paper in
    the middle.

    >>> from mem_lib.figures import LIGHT
    >>> [round(float(part), 3) for part in shades(LIGHT)(0.0)]
    [1.0, 1.0, 1.0, 1.0]
    """
    from matplotlib.colors import LinearSegmentedColormap

    ends = [colours.paper, colours.classes[0]]
    if both:
        ends = [colours.classes[0], colours.paper, colours.classes[1]]
    return LinearSegmentedColormap.from_list("mem_lib", ends)


def heat(
    ax: "Axes",
    colours: Colours,
    values: np.ndarray,
    extent: tuple[float, float, float, float],
    *,
    between: tuple[float, float] = (0, 1),
    both: bool = False,
    bar: bool = True,
    **axes: Any,
) -> None:
    """``values`` (rows from the bottom up) as shades over ``extent`` = (left, right, bottom, top),
    with a bar that explains them; ``both`` as in :func:`shades`.

    Raises ``InvalidArgument`` for values that are no table.

    >>> from mem_lib.figures import show
    >>> show(lambda ax, colours: heat(ax, colours, [[0, 0.5], [0.5, 1]], (0, 2, 0, 2)),
    ...      "Darker to the upper right.")
    Picture: Darker to the upper right.
    """
    values = np.asarray(values, dtype=float)
    if values.ndim != 2:
        raise InvalidArgument(f"values: a table is needed, got shape {values.shape}")
    image = ax.imshow(
        values, origin="lower", aspect="auto", extent=extent, vmin=between[0], vmax=between[1],
        cmap=shades(colours, both=both), interpolation="none",
    )  # fmt: skip
    ax.set(**axes)
    if bar:
        ax.figure.colorbar(image, ax=ax)
