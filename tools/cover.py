"""Draw the picture of the README: book/_static/cover-light.svg and cover-dark.svg.

    .venv/bin/python tools/cover.py
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Draw and write both files."""
    import mem_lib as ml
    from mem_lib import figures

    moons = ml.data.moons(N=300, noise=0.05, margin=0.1, seed=1)
    network = ml.beyond_worst_case.build(moons, n=120, seed=4)
    if not ml.verify(network, moons):
        raise SystemExit("the network of the cover does not memorize its data")

    def draw(ax, colours):
        ax.set(xlim=(-1.5, 2.5), ylim=(-1.0, 1.5))
        ax.set_axis_off()
        figures.lines(ax, network, colours)
        figures.regions(ax, network, colours)
        figures.points(ax, moons, colours)

    picture = figures.show(draw, "two moons, covered", size=(7.0, 3.2))
    folder = ROOT / "book" / "_static"
    (folder / "cover-light.svg").write_bytes(picture.light)
    (folder / "cover-dark.svg").write_bytes(picture.dark)
    return 0


if __name__ == "__main__":
    sys.exit(main())
