"""Two hosts for one renderer: the plain page, which needs no kernel, and an anywidget."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mem_lib._base.kernel import in_kernel
from mem_lib.errors import InvalidNetwork, printable, shown
from mem_lib.explorer.pack import short_hash, unpack
from mem_lib.explorer.renderer import module, style
from mem_lib.figures import Picture
from mem_lib.figures.style import CAPTION_CSS, anchor, figcaption, uncounted
from mem_lib.network import Network


@dataclass(frozen=True)
class Explorer:
    """An interactive figure, displayed by notebooks and by the book.

    ``view`` names the view, a file of ``static/views``.  ``values`` are JSON values
    that this view reads: what it shows, and where the reader starts.  ``packs`` are the networks
    of the page, each value a text of :func:`mem_lib.explorer.pack`.  ``fallback`` is the figure of
    the first state, for readers without JavaScript or with a browser that cannot unpack;
    ``caption`` stands under both; ``name`` (``fig-<slug>-<what>``) is how the book cites it.

    Raises ``InvalidArgument`` for a name of another form, or without a caption.
    """

    view: str
    values: Mapping[str, Any]
    packs: Mapping[str, str]
    fallback: Picture
    caption: str
    name: str = ""

    def __post_init__(self) -> None:
        anchor(self.name, self.caption)

    @property
    def model(self) -> dict[str, Any]:
        """What the renderer's model holds: the values, and ``"packs"``."""
        return {**self.values, "packs": dict(self.packs)}

    @property
    def id(self) -> str:
        """Depends on the content alone."""
        return "mem-" + short_hash(json.dumps([self.view, self.model], sort_keys=True))

    def networks(self, slug: str) -> list[Network]:
        """The networks of pack ``slug``, as the page holds them.

        Raises ``InvalidNetwork`` when there is no such pack.
        """
        if slug not in self.packs:
            raise InvalidNetwork(f"slug: one of {sorted(self.packs)} is needed, got {shown(slug)}")
        return unpack(self.packs[slug])

    def _repr_html_(self) -> str:
        data = json.dumps(self.model, sort_keys=True, separators=(",", ":")).replace("</", "<\\/")
        look = CAPTION_CSS + style(self.view)
        root = f'document.querySelector("#{self.id}:not([data-started])")'
        return (
            f'<figure class="mem-host" id="{self.id}"><style>{look}</style>'
            f"<span{anchor(self.name, self.caption)}></span>"
            f'<div class="mem-static">{uncounted(self.fallback._repr_html_())}</div>'
            f"{figcaption(self.caption, self.name)}"
            f'<script type="application/json">{data}</script>'
            f'<script type="module">{module(self.view)}start({root}, render);\n</script></figure>'
        )

    def __repr__(self) -> str:
        return printable(f"Explorer: {self.caption}")

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """With a kernel the widget comes first, and the page's HTML where nothing shows it."""
        widget = self.widget() if in_kernel() else self
        bundle: Any = {} if widget is self else widget._repr_mimebundle_()
        if isinstance(bundle, tuple):  # with metadata, of which there are none
            bundle = bundle[0]
        return {**bundle, "text/plain": repr(self), "text/html": self._repr_html_()}

    def widget(self) -> Any:
        """The same explorer as an anywidget, whose traits follow the reader; this explorer itself
        where anywidget is not installed."""
        try:
            import anywidget
            import traitlets
        except ImportError:
            return self
        values = {**self.model, **self.kernel_values()}
        traits = {name: traitlets.Any(value).tag(sync=True) for name, value in values.items()}
        host = type("ExplorerWidget", (anywidget.AnyWidget,), {
            "_esm": module(self.view), "_css": style(self.view), **traits,
        })  # fmt: skip
        widget = host()
        self.attend(widget)
        return widget

    def kernel_values(self) -> dict[str, Any]:
        """What the renderer's model holds beside :attr:`model` where there is a kernel."""
        return {}

    def attend(self, widget: Any) -> None:
        """Answer what a reader asks of the kernel through ``widget``."""
