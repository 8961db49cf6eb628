"""The landing explorer: a few points, every labelling of them, the networks built for each.

Everything the page shows is built here by the library and verified before it is packed; the page
then evaluates the same files again by itself.  A construction joins by one entry of
:data:`CONSTRUCTIONS`.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from mem_lib import beyond_worst_case, figures
from mem_lib._base.numbers import array_of, is_integer
from mem_lib.certificate import verify
from mem_lib.data import Dataset, ball, moons
from mem_lib.errors import ConstructionFailed, InvalidDataset, show
from mem_lib.exact import predict
from mem_lib.explorer._host import Explorer
from mem_lib.explorer._pack import pack, short_hash
from mem_lib.network import Network, Size

Point = tuple[int, int]
Box = tuple[int, int, int, int]

#: Five points around a sixth, whole numbers.
POINTS: tuple[Point, ...] = ((-64, 62), (30, 78), (88, 8), (40, -70), (-52, -66), (-8, 2))
WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight")
#: Numbers of points for the chart of sizes.
NUMBERS = (6, 100, 1000, 10_000)
#: No coordinate of a point is larger.
MOST = 10**6


@dataclass(frozen=True)
class Construction:
    """One card of the landing page.

    ``build`` makes one network.  ``build_all``, where given, makes the networks of all labellings
    of the same points together, so that they may share what does not depend on labels.  ``bound``
    is what a theorem promises, ``theorem`` says which; ``stages`` puts into words what the neurons
    of a stage do.
    """

    slug: str
    title: str
    build: Callable[[Dataset], Network]
    build_all: Callable[[Sequence[Dataset]], list[Network]] | None = None
    bound: Callable[[Dataset], Size] | None = None
    theorem: str = "no promise"
    stages: Mapping[str, str] = field(default_factory=dict)

    def networks(self, datasets: Sequence[Dataset]) -> list[Network]:
        """A verified network for each data set; ``ConstructionFailed`` when one is wrong."""
        if self.build_all is None:
            built = [self.build(dataset) for dataset in datasets]
        else:
            built = self.build_all(datasets)
        for network, dataset in zip(built, datasets, strict=True):
            _check(self, network, dataset)
        return built


@dataclass(frozen=True)
class Family:
    """Data sets of any size, for the chart of sizes."""

    name: str
    dataset: Callable[[int], Dataset]


def _check(construction: Construction, network: Network, dataset: Dataset) -> None:
    certificate = verify(network, dataset)
    if not certificate:
        raise ConstructionFailed(f"{construction.slug} does not fit an explorer: {certificate}")


def _same_lines(datasets: Sequence[Dataset]) -> list[Network]:
    """``beyond_worst_case`` with one first layer for all labellings: the first of ten seeds whose
    2N lines tell all pairs of points apart both ways, then 4N lines, and so on."""
    for doubling in range(8):
        n = datasets[0].N << (1 + doubling)
        for seed in range(10):
            attempts = [beyond_worst_case.attempt(data, n, seed=seed) for data in datasets]
            if not any(len(attempt.uncovered) for attempt in attempts):
                return [attempt.network for attempt in attempts]
    raise ConstructionFailed(f"points: no draw of up to {n} lines tells all pairs apart")


CONSTRUCTIONS = (
    Construction(
        "beyond_worst_case",
        "Random lines, then a cover",
        beyond_worst_case.build,
        build_all=_same_lines,
        bound=beyond_worst_case.bound,
        theorem="what the theorem on finite sets promises for these labels",
        stages={
            "hyperplanes": "lines are on",
            "cover": "covering neurons fire",
        },
    ),
)
#: Data that are kind and data that are not: a fixed shape, and labels by coin flip.
SIZES = (
    Family("two moons", lambda N: moons(N=N, noise=0.05, margin=0.1, seed=1)),
    Family("coin flips in a ball, d = 10", lambda N: ball(N=N, d=10, margin=0.1, seed=0)),
)


def labellings(points: Sequence[Point]) -> list[Dataset]:
    """The points with each of their labellings; bit i of the index is the label of point i.

    Raises ``InvalidDataset`` unless these are 2 to 8 distinct points of the plane, whole
    numbers up to a million.

    >>> [dataset.labels.tolist() for dataset in labellings([(0, 1), (9, 5)])]
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    array = _checked(points)
    places = np.arange(len(array))
    return [Dataset(array, index >> places & 1) for index in range(2 ** len(array))]


def box_of(points: Sequence[Point]) -> Box:
    """The square that the page shows, (left, right, bottom, top), all whole numbers.

    Raises as :func:`labellings`.

    >>> box_of([(0, 0), (100, 40)])
    (-16, 116, -46, 86)
    """
    low, high = _checked(points).min(axis=0), _checked(points).max(axis=0)
    middle, half = (low + high) // 2, math.ceil(0.66 * int((high - low).max()))
    (x, y) = middle.tolist()
    return x - half, x + half, y - half, y + half


def landing(
    points: Sequence[Point] = POINTS,
    constructions: Sequence[Construction] = CONSTRUCTIONS,
    *,
    labelling: int | None = None,
    sizes: Sequence[Family] = SIZES,
    numbers: Sequence[int] = NUMBERS,
) -> Explorer:
    """The landing explorer for ``points``: 2 to 8 distinct points of the plane, whole numbers.

    ``labelling`` is the first one shown (by default labels alternate), ``sizes`` and ``numbers``
    are the data sets whose networks make the bars.  Every network is verified.

    Raises
    ------
    InvalidDataset
        When the points are not as described, ``labelling`` is out of range, or there is no
        construction.
    ConstructionFailed
        When a construction fails, or a network is wrong on a point.
    """
    datasets = labellings(points)
    points = [(x, y) for x, y in datasets[0].points.tolist()]
    last = len(datasets) - 1
    start = 0b01010101 & last if labelling is None else labelling
    if not is_integer(start) or not 0 <= start <= last:
        raise InvalidDataset(f"labelling: 0 to {last} is needed, got {show(labelling)}")
    if not constructions:
        raise InvalidDataset("constructions: at least one is needed, got none")
    built = [construction.networks(datasets) for construction in constructions]
    query = _first_query(points)
    values: dict[str, Any] = {
        "view": "landing",
        "points": points,
        "shift": 0,
        "box": box_of(points),
        "constructions": [
            _entry(construction, networks, datasets)
            for construction, networks in zip(constructions, built, strict=True)
        ],
        "sizes": _sizes(constructions, sizes, numbers),
        "cards": _cards(points, start),
    }
    values["id"] = short_hash(repr(values))
    shown = built[0][start]
    return Explorer(
        {"explorer": values, "labelling": start, "query": query},
        _static_figure(shown, datasets[start], box_of(points)),
        f"{WORDS[len(points)]} points and a network that gives each of them its label: blue discs "
        f"are 0, orange diamonds 1. The lines are the {shown.layers[0].units} neurons of its first "
        "layer; shaded orange is where it answers 1.",
    )


def nearest_other_answer(network: Network, point: Point, box: Box) -> Point | None:
    """The whole point of the box nearest to ``point`` with another answer; None if there is none.

    Exact: every whole point of the box is evaluated.  Of several the leftmost, then lowest.

    Raises as :func:`mem_lib.predict`.
    """
    left, right, bottom, top = box
    x, y = np.meshgrid(np.arange(left, right + 1), np.arange(bottom, top + 1), indexing="ij")
    grid = np.column_stack([x.ravel(), y.ravel()])
    here = predict(network, np.array([point]))[0]
    others = grid[predict(network, grid) != here]
    if not len(others):
        return None
    a, b = others[((others - point) ** 2).sum(axis=1).argmin()].tolist()
    return a, b


def _checked(points: Any) -> np.ndarray:
    array = array_of("points", points)
    if array.ndim != 2 or array.shape[1] != 2 or not 2 <= len(array) <= 8:
        raise InvalidDataset(
            f"points: 2 to 8 points of the plane are needed, got shape {array.shape}"
        )
    if array.dtype.kind != "i" or not -MOST <= array.min() <= array.max() <= MOST:
        raise InvalidDataset(
            f"points: whole numbers up to a million are needed, got {show(array.tolist())}"
        )
    if len(np.unique(array, axis=0)) < len(array):
        raise InvalidDataset(f"points: all have to differ, got {show(array.tolist())}")
    return array


def _first_query(points: Sequence[Point]) -> Point:
    """Between the first two points, a third of the way: off the data, on its way."""
    (a, b), (c, d) = points[:2]
    return (2 * a + c) // 3, (2 * b + d) // 3


def _entry(
    construction: Construction, networks: Sequence[Network], datasets: Sequence[Dataset]
) -> dict[str, Any]:
    bound = construction.bound
    counts = ("depth", "neurons", "weights", "bits")
    promised = [asdict(bound(dataset)) if bound else {} for dataset in datasets]
    return {
        "slug": construction.slug,
        "title": construction.title,
        "stages": dict(construction.stages),
        "theorem": construction.theorem,
        "promised": [{k: size[k] for k in counts if k in size} for size in promised],
        "pack": pack(networks),
    }


def _sizes(
    constructions: Sequence[Construction], families: Sequence[Family], numbers: Sequence[int]
) -> dict[str, Any]:
    """Weights of networks that are built and verified here."""
    rows = []
    for family in families:
        datasets = [family.dataset(N) for N in numbers]
        for construction in constructions:
            networks = [construction.build(dataset) for dataset in datasets]
            for network, dataset in zip(networks, datasets, strict=True):
                _check(construction, network, dataset)
            several = f": {construction.title}" if len(constructions) > 1 else ""
            weights = [network.size.weights for network in networks]
            rows.append({"name": family.name + several, "weights": weights})
    return {"N": list(numbers), "rows": rows}


def _cards(points: Sequence[Point], start: int) -> list[dict[str, Any]]:
    """Three stages, each with a question that one gesture answers."""
    last = len(points) - 1
    return [
        {
            "title": "Fool it",
            "text": "Is there a labelling that no network has? Try yours, then check all.",
            "labelling": start,
            "query": _first_query(points),
        },
        {
            "title": "One against all",
            "text": f"Only {chr(65 + last)} is orange. Press it: do the lines move?",
            "labelling": 1 << last,
            "query": points[last],
        },
        {
            "title": "Step aside",
            "text": "Leave A slowly. How far until the network says something else?",
            "labelling": start,
            "query": points[0],
        },
    ]


def _static_figure(network: Network, dataset: Dataset, box: Box) -> figures.Picture:
    size = (3.4, 3.4)

    def draw(ax: Any, colours: figures.Colours, knows: bool) -> None:
        ax.set(xlim=box[:2], ylim=box[2:], aspect="equal")
        ax.set(xlabel="first coordinate", ylabel="second coordinate")
        if knows and network.depth > 1:
            figures.lines(ax, network, colours)
            figures.regions(ax, network, colours)
        figures.points(ax, dataset, colours, size=60)
        ax.set_title("a network that knows them" if knows else "the points and their labels")

    ones = ", ".join(chr(65 + i) for i in np.flatnonzero(dataset.labels))
    places = ", ".join(str((x, y)) for x, y in dataset.points.tolist())
    return figures.show(
        lambda ax, colours: draw(ax, colours, False),
        f"The points A to {chr(64 + dataset.N)} at {places}; label 1, an orange diamond: {ones}.",
        size=size,
    ) + figures.show(
        lambda ax, colours: draw(ax, colours, True),
        f"The same points over the {network.layers[0].units} lines of a network's first layer; "
        "its shaded region holds every orange diamond and no blue disc.",
        size=size,
    )
