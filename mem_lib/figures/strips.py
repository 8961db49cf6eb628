"""Strings of bits as strips of squares: files, tables and labels that a network reads.

All squares of one ink are one path, and what is pale behind them is one bar a run: a picture of a
thousand bits stays small.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mem_lib.errors import InvalidArgument, shown
from mem_lib.figures.style import Colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def strings(
    ax: "Axes",
    colours: Colours,
    rows: Sequence[str],
    *,
    inks: Mapping[str, str] | None = None,
    notes: Sequence[str] = (),
    strong: Iterable[int] = (),
    **axes: Any,
) -> None:
    """Each of ``rows``, from the top down, as a pale strip with one square a character.

    "1" is filled, "0" left pale, " " nothing; ``inks`` gives further characters their colours, so
    that kinds of ones can be told apart.  ``notes``: a text to the right of each row, bold and
    coloured in the rows ``strong``.  ``axes`` goes to ``ax.set``.

    Raises ``InvalidArgument`` for no row, for a character without an ink, and for notes that are
    not one a row.

    >>> from mem_lib.figures import show
    >>> show(lambda ax, colours: strings(ax, colours, ["1011", " 011"], notes=["all", "less"]),
    ...      "Four bits, and three.")
    Picture: Four bits, and three.
    """
    inks = {"1": colours.classes[0], **(inks or {})}
    unknown = set("".join(rows)) - {*inks, "0", " "}
    if not rows or unknown:
        raise InvalidArgument(
            f"rows: strings of {sorted({*inks, '0', ' '})} are needed, "
            f"got {shown(sorted(unknown)[0]) if rows else 'none'}"
        )
    if notes and len(notes) != len(rows):
        raise InvalidArgument(
            f"notes: one for each of {len(rows)} rows is needed, got {len(notes)}"
        )
    spots = [(c, x, y) for y, row in enumerate(rows) for x, c in enumerate(row) if c != " "]
    runs = [(run, y) for y, row in enumerate(rows) for run in re.finditer("[^ ]+", row)]
    pale = [(run.start(), y, run.end() - run.start()) for run, y in runs]
    _bars(ax, pale, colours.faint, alpha=0.25, pad=0.08)
    for character, ink in inks.items():
        squares(ax, [(x, y) for c, x, y in spots if c == character], ink)
    length, bold = max(map(len, rows)), set(strong)
    for y, note in enumerate(notes):
        weight, ink = ("bold", colours.accent) if y in bold else ("normal", colours.ink)
        ax.text(length + 0.6, y + 0.5, note, va="center", fontsize=7, weight=weight, color=ink)
    ax.set(xlim=(0, length + (0.35 * max(map(len, notes)) + 1 if notes else 0)))
    ax.set(ylim=(len(rows), 0), aspect="equal", xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.set(**axes)


def squares(
    ax: "Axes",
    cells: Iterable[tuple[float, float]],
    colour: str,
    *,
    alpha: float = 1.0,
    pad: float = 0.08,
) -> None:
    """Unit squares with their corner at each of ``cells`` = (column, row), as one path.

    >>> from mem_lib.figures import show
    >>> show(lambda ax, colours: squares(ax, [(0, 0), (2, 0)], colours.accent), "Two squares.")
    Picture: Two squares.
    """
    _bars(ax, [(x, y, 1) for x, y in cells], colour, alpha=alpha, pad=pad)


def _bars(
    ax: "Axes",
    cells: Iterable[tuple[float, float, float]],
    colour: str,
    *,
    alpha: float,
    pad: float,
) -> None:
    """Bars of height 1, each from (column, row) and so long, as one path."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    corners = [
        corner
        for x, y, length in cells
        for left, right, low, high in [(x + pad, x + length - pad, y + pad, y + 1 - pad)]
        for corner in ((left, low), (right, low), (right, high), (left, high), (left, low))
    ]
    if corners:
        kinds = [Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY] * (len(corners) // 5)
        ax.add_patch(PathPatch(Path(corners, kinds), facecolor=colour, alpha=alpha, linewidth=0))
