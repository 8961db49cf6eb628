"""One style for light and for dark pages: colours, marks, lines, and what matplotlib is told."""

from dataclasses import dataclass
from html import escape
from typing import Any


@dataclass(frozen=True)
class Colours:
    """The colours of one theme; the classes are told apart by any reader (Okabe and Ito)."""

    ink: str
    faint: str
    paper: str
    classes: tuple[str, ...]
    accent: str


LIGHT = Colours(
    ink="#1a1a1a",
    faint="#8a8a8a",
    paper="#ffffff",
    classes=("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#7a6400", "#56b4e9"),
    accent="#6a3d9a",
)
DARK = Colours(
    ink="#e8e8e8",
    faint="#8f8f8f",
    paper="#121212",
    classes=("#56b4e9", "#f0883e", "#2fc596", "#e39ac4", "#f0e442", "#3f8fd0"),
    accent="#b79be0",
)
MARKERS = ("o", "D", "s", "^", "v", "P")
DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)))

# The theme of the book has faint, thin, centred captions; ours are read with the text.
CAPTION_CSS = (
    "figure>.mem-caption{color:inherit;font-family:inherit;font-weight:inherit;font-size:.9em;"
    "line-height:1.4;text-align:start;margin:.3em auto 0;max-width:40em}"
)


def figcaption(text: str) -> str:
    """The caption of a figure, as HTML; none where ``text`` is empty."""
    return (
        f'<figcaption class="mem-caption">{escape(text, quote=True)}</figcaption>' if text else ""
    )


def rc(colours: Colours) -> Any:
    """What ``matplotlib.rc_context`` is given for one theme."""
    return {
        "svg.hashsalt": "mem_lib",
        "svg.fonttype": "path",
        "figure.facecolor": "none",
        "savefig.facecolor": colours.paper if colours is LIGHT else "none",
        "axes.facecolor": "none",
        "font.size": 10,
        "font.family": ["DejaVu Sans"],
        "text.color": colours.ink,
        "axes.edgecolor": colours.faint,
        "axes.labelcolor": colours.ink,
        "axes.titlesize": 10,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.color": colours.ink,
        "ytick.color": colours.ink,
        "legend.frameon": False,
        "lines.linewidth": 1.6,
    }
