"""One figure of each chapter, on a slide: ``python -m mem_lib.slides FOLDER`` writes them all.

A slide is a figure of the book, drawn again: 16 to 9, on white, with letters that the last row
reads, and one sentence as its title.  What the sentence says is counted when the slide is made.
As SVG it is sharp at any size, as PNG it goes into any program.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mem_lib import (
    beyond_worst_case,
    deep_threshold,
    foundations,
    generalization,
    optimal_relu,
    two_layer,
)
from mem_lib._base.arguments import one_of
from mem_lib._base.extras import need
from mem_lib._base.files import named, write_atomically
from mem_lib._base.program import ended, program
from mem_lib._base.streams import say
from mem_lib.data import Dataset, ball, moons
from mem_lib.figures.picture import Picture
from mem_lib.figures.style import LIGHT, rc

#: In inches, half of what a projector's slide has: drawn small and shown large, letters are large.
SIZE = (6.667, 3.75)
#: Points; on a slide 13.3 inches wide twice as many.
LETTERS = {"font.size": 10.5, "axes.titlesize": 9, "legend.fontsize": 10}
TITLE = 13
#: Pixels of the PNG for each inch: 1920 by 1080.
PIXELS = 288


@dataclass(frozen=True)
class Slide:
    """A slide of a chapter: ``title``, a sentence; ``alt``, for those who do not see it; the
    bytes of both files."""

    slug: str
    title: str
    alt: str
    svg: bytes
    png: bytes


def slide(slug: str) -> Slide:
    """The slide of a chapter; ``InvalidArgument`` for a slug that is none."""
    title, picture = _CHAPTERS[one_of(slug, "slug", _CHAPTERS)]()
    matplotlib = need("matplotlib", "figures")
    with matplotlib.rc_context(rc(LIGHT) | LETTERS):
        figure = _laid_out(title, picture)
        svg, png = io.BytesIO(), io.BytesIO()
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
        figure.savefig(png, format="png", dpi=PIXELS, metadata={"Software": None})
    return Slide(slug, title, picture.alt, svg.getvalue(), _small(png))


def _laid_out(title: str, picture: Picture) -> Any:
    """The figure: the sentence above, below it the drawings side by side."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure: Any = Figure(figsize=SIZE, layout="constrained", facecolor=LIGHT.paper)
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=TITLE, color=LIGHT.ink)
    drawings = [one.drawn for one in (picture, *picture.beside)]
    for place, drawn in zip(np.atleast_1d(figure.subfigures(1, len(drawings))), drawings,
                            strict=True):  # fmt: skip
        assert drawn is not None
        drawn(place, LIGHT)
    return figure


def _small(png: io.BytesIO) -> bytes:
    """The same with a palette: a drawing has few colours."""
    from PIL import Image

    out = io.BytesIO()
    Image.open(png).convert("RGB").quantize(48, dither=Image.Dither.NONE).save(
        out, format="png", optimize=True
    )
    return out.getvalue()


def write(folder: str | os.PathLike[str]) -> list[Path]:
    """Write ``SLUG.svg`` and ``SLUG.png`` of every chapter into ``folder``; the files."""
    place = named(folder)
    place.mkdir(parents=True, exist_ok=True)
    for slug in _CHAPTERS:
        found = slide(slug)
        write_atomically(place / f"{slug}.svg", [found.svg])
        write_atomically(place / f"{slug}.png", [found.png])
    return [place / name for name in NAMES]


def _foundations() -> tuple[str, Picture]:
    from mem_lib.foundations import figures

    labels = np.random.default_rng(5).integers(0, 2, 18)
    dataset = Dataset(np.arange(1, 19)[:, None], labels, classes=2)
    size = foundations.staircase(dataset).size
    title = f"{dataset.N} coin flips, known by heart with {size.weights} weights"
    return title, figures.coins(dataset)


def _two_layer() -> tuple[str, Picture]:
    from mem_lib.two_layer import figures

    places = ball(N=8, d=2, margin=0.3, bits=4, seed=3).points
    dataset = Dataset(places, targets=np.random.default_rng(0).integers(-8, 9, size=8) / 8)
    network = two_layer.Slabs().build(dataset)
    title = f"{dataset.N} points in the plane: four neurons for every two of them"
    assert network.size.neurons == 2 * dataset.N
    return title, figures.slabs(dataset, network, (0, 5))


def _deep_threshold() -> tuple[str, Picture]:
    from mem_lib.deep_threshold import figures

    dataset = ball(N=80, d=2, margin=0.06, seed=0)
    networks = {
        "one direction": deep_threshold.build(dataset, variant="staircase"),
        "a grid": deep_threshold.build(dataset, first_layer="grid"),
        "random lines": deep_threshold.build(dataset),
    }
    return "Cut the plane until no cell holds two colours", figures.cuts(dataset, networks)


def _optimal_relu() -> tuple[str, Picture]:
    from mem_lib.optimal_relu import figures

    dataset = ball(N=200, d=2, margin=0.01, seed=0)
    flipped = Dataset(dataset.points, 1 - dataset.labels)
    heads, tails = (optimal_relu.build(data) for data in (dataset, flipped))
    found = optimal_relu.label_weights(heads, tails)
    title = f"{len(found.places)} of {found.weights:,} weights know {dataset.N} labels"
    return title, figures.who_knows(heads, found)


def _beyond_worst_case() -> tuple[str, Picture]:
    from mem_lib.beyond_worst_case import figures

    data = [moons(N=N, noise=0.05, margin=0.1, seed=1) for N in (100, 600)]
    cases = [(one, beyond_worst_case.build(one, n=100, seed=4)) for one in data]
    (few, less), (many, more) = ((one.N, net.layers[1].units) for one, net in cases)
    title = f"{few} and {many} points of the same shape: {less} and {more} covering neurons"
    return title, figures.covers(cases)


def _generalization() -> tuple[str, Picture]:
    from mem_lib.generalization import figures

    world = generalization.Shells(d=2, shells=4)
    known, fresh = world.sample(60, seed=1), world.test(1000)
    networks = {
        "spike": generalization.build(known, variant="spike"),
        "max-net": generalization.build(known),
    }
    title = f"Both know {known.N} points by heart; what of {fresh.N:,} new ones?"
    return title, figures.answers(known, networks, fresh)


_CHAPTERS: dict[str, Callable[[], tuple[str, Picture]]] = {
    "foundations": _foundations,
    "two_layer": _two_layer,
    "deep_threshold": _deep_threshold,
    "optimal_relu": _optimal_relu,
    "beyond_worst_case": _beyond_worst_case,
    "generalization": _generalization,
}

#: The files of all slides.
NAMES = tuple(f"{slug}.{kind}" for slug in _CHAPTERS for kind in ("svg", "png"))


def main(arguments: list[str] | None = None) -> int:
    parser = program("mem_lib.slides", "Write a slide for each chapter, SVG and PNG.")
    parser.add_argument("folder", type=Path, help="made, where there is none")
    return ended(parser, arguments, _run)


def _run(options: argparse.Namespace) -> int:
    for path in write(options.folder):
        say(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
