"""Two hosts for one renderer: the plain page, which needs no kernel, and an anywidget."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from mem_lib.errors import InvalidNetwork, show
from mem_lib.explorer._pack import short_hash, unpack
from mem_lib.figures import DARK, LIGHT, Colours, Picture
from mem_lib.network import Network

#: The renderer's parts, in the order in which they are joined to one ES module.
PARTS = ("evaluate", "pieces", "picture", "landing", "renderer")

_DARK_THEME = ':is([data-theme="dark"],[data-jp-theme-light="false"])'


@cache
def module() -> str:
    """The renderer: one ES module without imports, ``export default { render }``."""
    return "\n".join(_static(f"{part}.mjs") for part in PARTS)


@cache
def style() -> str:
    """The renderer's style sheet, with the colours of :mod:`mem_lib.figures`."""
    light, dark = _variables(LIGHT), _variables(DARK)
    return (
        f".mem-explorer{{{light}}}"
        f"{_DARK_THEME} .mem-explorer{{{dark}}}"
        "@media (prefers-color-scheme:dark){html:not([data-theme]) "
        f"body:not([data-jp-theme-light]) .mem-explorer{{{dark}}}}}\n" + _static("explorer.css")
    )


@dataclass(frozen=True)
class Explorer:
    """An interactive figure, displayed by notebooks and by the book.

    ``values`` is what the renderer's model holds: JSON values, among them ``"explorer"``, a dict
    whose ``"view"`` names the view.  ``fallback`` is the figure of the first state, for readers
    without JavaScript or with a browser that cannot unpack; ``caption`` stands under both.
    """

    values: Mapping[str, Any]
    fallback: Picture
    caption: str

    @property
    def id(self) -> str:
        """Depends on the content alone."""
        return "mem-" + short_hash(json.dumps(self.values, sort_keys=True))

    def networks(self, slug: str) -> list[Network]:
        """The networks of construction ``slug`` that the page holds, as it holds them."""
        packs = {c["slug"]: c["pack"] for c in self.values["explorer"]["constructions"]}
        if slug not in packs:
            raise InvalidNetwork(f"slug: one of {sorted(packs)} is needed, got {show(slug)}")
        return unpack(packs[slug])

    def _repr_html_(self) -> str:
        data = json.dumps(self.values, sort_keys=True, separators=(",", ":")).replace("</", "<\\/")
        root = f'document.querySelector("#{self.id}:not([data-started])")'
        return (
            f'<figure class="mem-host" id="{self.id}"><style>{style()}</style>'
            f'<div class="mem-static">{self.fallback._repr_html_()}</div>'
            f"<figcaption>{escape(self.caption)}</figcaption>"
            f'<script type="application/json">{data}</script>'
            f'<script type="module">{module()}\nstart({root});\n</script></figure>'
        )

    def __repr__(self) -> str:
        return f"Explorer: {self.caption}"

    def widget(self) -> Any:
        """The same explorer as an anywidget, whose traits follow the reader; this explorer itself
        where anywidget is not installed."""
        try:
            import anywidget
            import traitlets
        except ImportError:
            return self
        traits = {name: traitlets.Any(value).tag(sync=True) for name, value in self.values.items()}
        host = type("ExplorerWidget", (anywidget.AnyWidget,), {
            "_esm": module(), "_css": style(), **traits,
        })  # fmt: skip
        return host()


def _static(name: str) -> str:
    return (files(__package__) / "static" / name).read_text(encoding="utf-8")


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
