"""A figure is a function ``draw(ax, colours)``; a :class:`Picture` holds it for both themes.

:func:`show` calls the function twice, once for each theme, and keeps both drawings as SVG with
alternative text; the page displays the one that fits.  The bytes depend on nothing but the drawing.
"""

import base64
import io
from collections.abc import Callable
from functools import partial
from html import escape
from typing import Any

from mem_lib._base.extras import need
from mem_lib.errors import InvalidArgument, printable
from mem_lib.figures.style import (
    CAPTION_CSS,
    DARK,
    DARK_THEME,
    LIGHT,
    Colours,
    anchor,
    figcaption,
    rc,
)

#: Draws into a figure of matplotlib's, or a part of one.
Drawn = Callable[[Any, Colours], None]

# JupyterLab takes the style away from a notebook that it does not trust yet; then the dark picture
# keeps its width of 0 and the light one brings its own white paper.
_CSS = CAPTION_CSS + (
    ".mem-figure{display:flex;flex-wrap:wrap;justify-content:center;gap:.5em;margin:1em 0}"
    ".mem-figure img{max-width:100%;width:auto;height:auto}"
    ".mem-figure figure{margin:0;max-width:100%;display:table}"
    # the text of a picture is as wide as the picture
    ".mem-figure figure>figcaption{display:table-caption;caption-side:bottom}"
    ".mem-figure .only-dark{display:none}"
    f"{DARK_THEME} .mem-figure .only-dark{{display:inline}}"
    f"{DARK_THEME} .mem-figure .only-light{{display:none}}"
)


class Picture:
    """A figure in both themes, displayed by notebooks and by the book.

    ``light``, ``dark``: SVG.  ``alt``: what it shows, for those who do not see it.  ``caption``:
    what everybody reads below it; none where it is empty.  ``name``: how the book cites it, by
    ``{numref}``.  ``one + two`` stands side by side where there is room, one above the other on a
    phone.

    Raises ``InvalidArgument`` for a name of another form than ``fig-<slug>-<what>``, or without a
    caption.

    >>> one = show(lambda ax, colours: ax.plot([0, 1], color=colours.ink), "A rising line.")
    >>> (one + one).alt, len((one + one).beside)
    ('A rising line.', 1)
    """

    def __init__(
        self, light: bytes, dark: bytes, alt: str, caption: str = "", name: str = ""
    ) -> None:
        anchor(name, caption)
        self.light, self.dark, self.alt, self.caption, self.name = light, dark, alt, caption, name
        self.beside: tuple[Picture, ...] = ()
        self.drawn: Drawn | None = None  # how to draw it again, on other paper

    def __add__(self, other: "Picture") -> "Picture":
        both = Picture(self.light, self.dark, self.alt, self.caption, self.name)
        both.beside, both.drawn = (*self.beside, other, *other.beside), self.drawn
        return both

    def _repr_html_(self) -> str:
        pictures = "".join(picture._images() for picture in (self, *self.beside))
        return f'<style>{_CSS}</style><div class="mem-figure">{pictures}</div>'

    def _images(self) -> str:
        """The drawing of each theme, and its caption."""
        images = "".join(
            f'<img class="only-{theme}"{extra} alt="{escape(self.alt, quote=True)}" '
            f'src="data:image/svg+xml;base64,{base64.b64encode(svg).decode()}">'
            for theme, extra, svg in (
                ("light", "", self.light),
                ("dark", ' width="0" height="0"', self.dark),
            )
        )
        # the book hides a caption beside a picture of the other theme, so that it is one level up
        if self.caption:
            images = (
                f"<figure{anchor(self.name, self.caption)}><div>{images}</div>"
                f"{figcaption(self.caption, self.name)}</figure>"
            )
        return images

    def __repr__(self) -> str:
        return printable(f"Picture: {self.alt}")


def show(
    draw: Callable[..., None],
    alt: str,
    *,
    size: tuple[float, float] = (6.4, 3.6),
    panels: int = 1,
    caption: str = "",
    name: str = "",
    **subplots: Any,
) -> Picture:
    """The picture drawn by ``draw(ax, colours)``; several ``panels``: ``draw(axes, colours)``.

    ``alt`` says in words what the picture shows, ``caption`` stands below it, ``name``
    (``fig-<slug>-<what>``) is how the text cites it.  ``size`` is in inches, of which a page shows
    96 pixels each: a picture that stands alone fills the column with a width of 5.9 to 7.2 and
    letters of 8 to 9 points.  ``subplots`` goes to matplotlib's function of that name.

    Raises ``InvalidArgument`` when ``alt`` is empty, and as :class:`Picture`.

    >>> show(lambda ax, colours: ax.plot([0, 1], color=colours.ink), "A rising line.")
    Picture: A rising line.
    """
    if not alt.strip():
        raise InvalidArgument("alt: a picture needs a text for those who do not see it, got ''")
    anchor(name, caption)  # before the work
    drawn = partial(_drawn, draw, panels, subplots)
    light, dark = (_svg(drawn, colours, size) for colours in (LIGHT, DARK))
    picture = Picture(light, dark, alt, caption, name)
    picture.drawn = drawn
    return picture


def _drawn(
    draw: Callable[..., None], panels: int, subplots: dict[str, Any], figure: Any, colours: Colours
) -> None:
    draw(figure.subplots(1, panels, **subplots), colours)


def _svg(drawn: Drawn, colours: Colours, size: tuple[float, float]) -> bytes:
    matplotlib = need("matplotlib", "figures")

    with matplotlib.rc_context(rc(colours)):
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

        figure: Figure = Figure(figsize=size, layout="constrained")
        FigureCanvasSVG(figure)
        drawn(figure, colours)
        out = io.BytesIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()
