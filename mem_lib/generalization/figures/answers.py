"""What is answered where: a memorizer on slabs, and the label of the nearest point.

The colours of a plane ask at tens of thousands of points.  They ask rules, in floating point, not
networks: which label such a network gives there is a theorem (``thm-generalization-bad``,
``thm-generalization-maxnet``).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from mem_lib._base.arguments import above_zero
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument
from mem_lib.figures import Picture, drawable, frame, points, show
from mem_lib.figures.style import Colours
from mem_lib.generalization.measures import nearest

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: (M, 2) -> (M,) labels, negative where undecided
Rule = Callable[[np.ndarray], np.ndarray]


def by_nearest(dataset: Dataset) -> Rule:
    """The label of the nearest data point: what a max-net says."""
    return lambda asked: nearest(dataset, np.ldexp(np.rint(np.ldexp(asked, 20)), -20))


def by_slabs(dataset: Dataset, direction: tuple[float, float], half_width: float) -> Rule:
    """1 within ``half_width`` of a point of label 1 along the unit vector of ``direction``, else 0:
    what the memorizer of theorem ``thm-generalization-bad`` says.

    Raises ``InvalidDataset`` for no labelled points of the plane, ``InvalidArgument`` for a
    half-width that is not above 0 or is larger than the theorem allows: a slab would hold a point
    of the other label.

    >>> two = Dataset([[0, 0], [1, 5]], [1, 0])
    >>> by_slabs(two, (1, 0), 0.5)(np.array([[0.25, 9], [0.75, 0]])).tolist()
    [1, 0]
    """
    dataset, width = drawable(dataset), above_zero(half_width, "half_width")
    unit = np.asarray(direction, dtype=float) / np.hypot(*direction)
    keys = np.asarray(dataset.points, dtype=float) @ unit
    own, other = keys[dataset.labels == 1], keys[dataset.labels != 1]
    gap = np.abs(own[:, None] - other).min(initial=np.inf)
    if width > gap:
        raise InvalidArgument(f"half_width: at most {gap:.6g} is needed here, got {half_width}")

    def say(asked: np.ndarray) -> np.ndarray:
        away = np.abs((asked @ unit)[:, None] - own).min(axis=1, initial=np.inf)
        return (away < width).astype(np.int64)

    return say


def said(
    dataset: Dataset,
    rule: Rule,
    alt: str,
    *,
    pixels: int = 240,
    size: tuple[float, float] = (3.3, 3.3),
    marks: float = 12,
    **told: Any,
) -> Picture:
    """The points of a plane data set over the answers of ``rule``, each label in its colour, what
    is undecided in none.  ``told`` goes to :func:`mem_lib.figures.show`: caption, name.

    Raises ``InvalidDataset`` for no labelled points of the plane.

    >>> two = Dataset([[0, 0], [1, 1]], [0, 1])
    >>> said(two, by_nearest(two), "Two points, each with its half of the plane.", pixels=8)
    Picture: Two points, each with its half of the plane.
    """
    dataset = drawable(dataset)
    reach = 1.08 * float(np.abs(np.asarray(dataset.points, dtype=float)).max(initial=0.5))

    def draw(ax: "Axes", colours: Colours) -> None:
        frame(ax, -reach, reach, -reach, reach)
        shade(ax, colours, rule, reach, pixels)
        points(ax, dataset, colours, size=marks)

    return show(draw, alt, size=size, **told)


def shade(ax: "Axes", colours: Colours, rule: Rule, reach: float, pixels: int) -> None:
    """The answers at the middles of pixels of the square of half-side ``reach``."""
    from matplotlib.colors import to_rgb

    middles = reach * ((np.arange(pixels) + 0.5) * 2 / pixels - 1)
    x, y = np.meshgrid(middles, middles[::-1])
    labels = rule(np.column_stack([x.ravel(), y.ravel()]))
    image = np.zeros((pixels * pixels, 4))
    for label in np.unique(labels[labels >= 0]):
        image[labels == label, :3] = to_rgb(colours.classes[label % len(colours.classes)])
        image[labels == label, 3] = 0.3
    ax.imshow(
        image.reshape(pixels, pixels, 4), extent=(-reach, reach, -reach, reach), aspect="auto",
        interpolation="nearest", zorder=0,
    )  # fmt: skip
