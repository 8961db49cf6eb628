"""One style for light and for dark pages: colours, marks, lines, and what matplotlib is told."""

import re
from dataclasses import dataclass
from html import escape
from typing import Any

from mem_lib.errors import InvalidArgument, shown


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

_NAME = re.compile("(fig|tab)-[a-z0-9_]+(-[a-z0-9_]+)+")

# Dark is what the book (data-theme) or JupyterLab (data-jp-theme-light) calls so.
DARK_THEME = ':is([data-theme="dark"],[data-jp-theme-light="false"])'

# The theme of the book has faint, thin, centred captions; ours are read with the text.
CAPTION_CSS = (
    "figure>.mem-caption{color:inherit;font-family:inherit;font-weight:inherit;font-size:.9em;"
    "line-height:1.45;text-align:start;margin:.5em auto 0;max-width:42em;opacity:1}"
    ".mem-caption>.caption-number{font-weight:600;margin-inline-end:.35em}"
)


def figcaption(text: str, name: str = "", kind: str = "figure") -> str:
    """The caption of a figure or a table, as HTML; none where ``text`` is empty.

    The book counts what is marked so (``tools/numbering.py``) and cites it by ``name``.
    """
    if not text:
        return ""
    label = f' data-name="{name}"' if name else ""
    return (
        f'<figcaption class="mem-caption" data-number="{kind}"{label}>'
        f"{escape(text, quote=True)}</figcaption>"
    )


def uncounted(html: str) -> str:
    """``html`` as a part of a figure that has a caption of its own: its captions do not count."""
    return re.sub(r'(<figcaption [^>]*?) data-number="[^"]*"(?: data-name="[^"]*")?', r"\1", html)


def anchor(name: str, caption: str) -> str:
    """The attribute that makes a figure the target of its citations.

    Raises ``InvalidArgument`` for another form than ``fig-<slug>-<what>`` (``tab-…`` of a table),
    and for a name without a caption.
    """
    if name and not (_NAME.fullmatch(name) and caption):
        raise InvalidArgument(
            "name: the form fig-<slug>-<what> and a caption are needed, "
            f"got {shown(name)} and {shown(caption)}"
        )
    return f' id="{name}"' if name else ""


def rc(colours: Colours) -> Any:
    """What ``matplotlib.rc_context`` is given for one theme."""
    return {
        "svg.hashsalt": "mem_lib",
        "svg.fonttype": "path",
        "figure.facecolor": "none",
        "savefig.facecolor": colours.paper if colours is LIGHT else "none",
        "axes.facecolor": "none",
        "font.size": 8.5,  # 11 pixels on a page
        "font.family": ["DejaVu Sans"],
        "text.color": colours.ink,
        "axes.edgecolor": colours.faint,
        "axes.labelcolor": colours.ink,
        "axes.titlesize": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.color": colours.ink,
        "ytick.color": colours.ink,
        "legend.frameon": False,
        "lines.linewidth": 1.6,
    }


def themed(selector: str) -> str:
    """CSS: the colours of both themes as variables (``--mem-ink``, ``--mem-class-0``, …) of what
    is drawn by scripts."""
    light, dark = _variables(LIGHT), _variables(DARK)
    return (
        f"{selector}{{{light}}}"
        f"{DARK_THEME} {selector}{{{dark}}}"
        "@media (prefers-color-scheme:dark){html:not([data-theme]) "
        f"body:not([data-jp-theme-light]) {selector}{{{dark}}}}}"
    )


def _variables(colours: Colours) -> str:
    named = {
        "ink": colours.ink,
        "paper": colours.paper,
        "faint": colours.faint,
        "soft": f"color-mix(in srgb,{colours.ink} 78%,{colours.paper})",
        "tint": f"color-mix(in srgb,{colours.ink} 9%,{colours.paper})",
        "accent": colours.accent,
        **{f"class-{k}": colour for k, colour in enumerate(colours.classes)},
    }
    return "".join(f"--mem-{name}:{value};" for name, value in named.items())
