"""One plotting style, for light and for dark pages, and the figures that several pages share.

A figure is a function ``draw(ax, colours)``.  :func:`show` calls it twice, once for each theme,
and returns both pictures as SVG with alternative text; the page displays the one that fits.  The
bytes depend on nothing but the drawing.
"""

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from mem_lib._base.dyadic import as_floats
from mem_lib._base.extras import need
from mem_lib._base.numbers import numbers_of
from mem_lib.data import Dataset
from mem_lib.errors import InvalidDataset, InvalidNetwork
from mem_lib.exact import evaluate
from mem_lib.network import Network, Sparse

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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

# Dark is what the book (data-theme) or JupyterLab (data-jp-theme-light) calls so.  JupyterLab
# takes the style away from a notebook that it does not trust yet; then the dark picture keeps its
# width of 0 and the light one brings its own white paper.
_DARK = ':is([data-theme="dark"],[data-jp-theme-light="false"]) .mem-figure'
_CSS = (
    ".mem-figure{display:flex;flex-wrap:wrap;gap:.5em;margin:1em 0}"
    ".mem-figure img{max-width:100%;width:auto;height:auto}"
    ".mem-figure .only-dark{display:none}"
    f"{_DARK} .only-dark{{display:inline}}{_DARK} .only-light{{display:none}}"
)


class Picture:
    """A figure in both themes, displayed by notebooks and by the book.

    ``one + two`` stands side by side where there is room, one above the other on a phone.
    """

    def __init__(self, light: bytes, dark: bytes, alt: str) -> None:
        self.light, self.dark, self.alt = light, dark, alt
        self.beside: tuple[Picture, ...] = ()

    def __add__(self, other: "Picture") -> "Picture":
        both = Picture(self.light, self.dark, self.alt)
        both.beside = (*self.beside, other)
        return both

    def _repr_html_(self) -> str:
        images = "".join(
            f'<img class="only-{theme}"{extra} alt="{escape(picture.alt, quote=True)}" '
            f'src="data:image/svg+xml;base64,{base64.b64encode(svg).decode()}">'
            for picture in (self, *self.beside)
            for theme, extra, svg in (
                ("light", "", picture.light),
                ("dark", ' width="0" height="0"', picture.dark),
            )
        )
        return f'<style>{_CSS}</style><div class="mem-figure">{images}</div>'

    def __repr__(self) -> str:
        return f"Picture: {self.alt}"


class Stepper:
    """A slider over pictures drawn in advance: it moves on a page without a kernel.

    Mouse, touch and arrow keys move it; JupyterLab, which keeps the arrow keys for itself, is asked
    not to.  Without JavaScript the picture in the middle stands alone.
    """

    def __init__(self, label: str, frames: dict[object, Picture]) -> None:
        if not label.strip() or not frames:
            raise ValueError("label, frames: a slider needs a name and at least one picture")
        self.label, self.frames = label, frames

    def _repr_html_(self) -> str:
        start, last = len(self.frames) // 2, len(self.frames) - 1
        name = escape(self.label, quote=True)
        pictures = "".join(
            f'<div class="mem-frame" data-value="{escape(str(value), quote=True)}"'
            f"{'' if i == start else ' hidden'}>{picture._repr_html_()}</div>"
            for i, (value, picture) in enumerate(self.frames.items())
        )
        uid = "s" + sha256((name + pictures).encode()).hexdigest()[:12]
        slider = (
            f"<label>{name} = <output>{escape(str(list(self.frames)[start]))}</output> "
            f'<input type="range" min="0" max="{last}" value="{start}" aria-label="{name}"></label>'
        )
        script = _STEP.replace("UID", uid)
        return (
            f'<div class="mem-stepper" id="{uid}">{slider}{pictures}</div><script>{script}</script>'
        )

    def __repr__(self) -> str:
        return f"Stepper: {self.label} in {', '.join(map(str, self.frames))}"


_STEP = """
(() => {
  const root = document.getElementById("UID"), input = root.querySelector("input");
  const frames = [...root.querySelectorAll(".mem-frame")], output = root.querySelector("output");
  const show = () => {
    frames.forEach((frame, i) => { frame.hidden = i !== Number(input.value); });
    const value = frames[Number(input.value)].dataset.value;
    output.textContent = value;
    input.setAttribute("aria-valuetext", value);
  };
  input.addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    input.value = Number(input.value) + step;
    show();
  });
  input.addEventListener("input", show);
  show();
})();
"""


def show(
    draw: Callable[..., None],
    alt: str,
    *,
    size: tuple[float, float] = (6.4, 3.6),
    panels: int = 1,
    **subplots: Any,
) -> Picture:
    """The picture drawn by ``draw(ax, colours)``; several ``panels``: ``draw(axes, colours)``.

    ``alt`` says in words what the picture shows; ``size`` is in inches.  Raises ``ValueError`` when
    ``alt`` is empty.
    """
    if not alt.strip():
        raise ValueError("alt: a picture needs a text for those who do not see it")
    light, dark = (_svg(draw, colours, size, panels, subplots) for colours in (LIGHT, DARK))
    return Picture(light, dark, alt)


def _svg(
    draw: Callable[..., None],
    colours: Colours,
    size: tuple[float, float],
    panels: int,
    subplots: dict[str, Any],
) -> bytes:
    matplotlib = need("matplotlib", "figures")
    with matplotlib.rc_context(_style(colours)):
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

        figure: Figure = Figure(figsize=size, layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.subplots(1, panels, **subplots)
        draw(axes, colours)
        out = io.BytesIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()


def _style(colours: Colours) -> Any:
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


def points(ax: "Axes", dataset: Dataset, colours: Colours, *, size: float = 14) -> None:
    """The points of a plane data set, each class with its colour and its mark.

    ``InvalidDataset`` for targets, and for points of another dimension than 2.
    """
    if dataset.labels is None or dataset.d != 2:
        raise InvalidDataset(f"dataset: labelled points of the plane are needed, got {dataset}")
    for k in range(dataset.classes):
        rows = np.flatnonzero(dataset.labels == k)
        if len(rows):
            x, y = np.asarray(dataset.points[rows], dtype=float).T
            ax.plot(  # a line of marks alone: a third of the bytes of a scatter plot
                x, y, linestyle="none", markersize=size**0.5, color=colours.classes[k % 6],
                marker=MARKERS[k % 6], markeredgewidth=0.4, markeredgecolor=colours.paper,
                label=f"label {k}", zorder=3,
            )  # fmt: skip


def firing(network: Network, layer: int, grid: np.ndarray) -> np.ndarray:
    """Which units of hidden ``layer`` fire at the points of ``grid`` (M, 2): (M, units).

    Exact at the points rounded to 30 bits of the largest coordinate, which no picture shows.
    ``InvalidDataset`` when ``grid`` has another shape or holds what is no finite number.
    """
    part = Network(network.layers[: layer + 1], network.input_shift, readout="argmax")
    grid = as_floats(numbers_of("grid", grid), np.dtype(np.float64))
    bits = 30 - int(np.frexp(np.abs(grid).max(initial=0.0))[1])
    rounded = np.ldexp(np.rint(np.ldexp(grid, bits)), -bits)
    return np.asarray(evaluate(part, rounded)[0] > 0, dtype=bool)


def regions(
    ax: "Axes", network: Network, colours: Colours, *, pixels: int = 240, layer: int = 1
) -> None:
    """Shade, for every unit of hidden ``layer``, the part of the plane where it fires.

    ``InvalidDataset`` for a network of points of another dimension than 2.
    """
    from matplotlib.colors import to_rgb

    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    x, y = np.meshgrid(np.linspace(left, right, pixels), np.linspace(top, bottom, pixels))
    fires = firing(network, layer, np.column_stack([x.ravel(), y.ravel()]))
    image = np.zeros((pixels * pixels, 4))
    image[:, :3] = to_rgb(colours.classes[1])
    image[:, 3] = np.minimum(0.16 * fires.sum(axis=1), 0.55)
    ax.imshow(
        image.reshape(pixels, pixels, 4), extent=(left, right, bottom, top), aspect="auto",
        interpolation="nearest", zorder=0,
    )  # fmt: skip


def lines(ax: "Axes", network: Network, colours: Colours, *, most: int = 200) -> None:
    """The first ``most`` hyperplanes of the first layer (d = 2), faintly; set the limits first.

    ``InvalidNetwork`` for another d.
    """
    if network.inputs != 2:
        raise InvalidNetwork(f"network: 2 inputs are needed, got {network.inputs}")
    xlim, ylim = ax.get_xlim(), ax.get_ylim()
    # no visible point is farther from the origin, so none is farther along its line from the foot
    reach = max(9.0, float(np.hypot(max(map(abs, xlim)), max(map(abs, ylim)))))
    layer = network.layers[0]
    weight = layer.weight.toarray() if isinstance(layer.weight, Sparse) else layer.weight
    weight = np.asarray(weight, dtype=float)[:most] * 2.0**network.input_shift
    bias = np.asarray(layer.bias, dtype=float)[:most]
    norm = np.hypot(*weight.T)
    weight, bias, norm = weight[norm > 0], bias[norm > 0], norm[norm > 0]
    foot = -(bias / norm**2)[:, None] * weight
    along = reach * np.column_stack([-weight[:, 1], weight[:, 0]]) / norm[:, None]
    gap = np.full_like(foot, np.nan)  # lifts the pen: all lines are one path
    x, y = np.stack([foot - along, foot + along, gap], axis=1).reshape(-1, 2).T
    ax.plot(x, y, color=colours.faint, linewidth=0.35, alpha=0.5, zorder=1)
    ax.set_xlim(xlim)
    ax.set_ylim(ylim)
