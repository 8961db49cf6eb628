"""The plane of weights and bits: what counting excludes, and where the networks of the book lie.

Every network is built and verified here, for a few numbers of points; the page holds their sizes.
The list is the registry's, with the two networks of this chapter before it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mem_lib import figures
from mem_lib._base.arguments import integer_in, listed, one_of
from mem_lib.certificate import verify
from mem_lib.constructions import REGISTRY, build
from mem_lib.data import Dataset, ball
from mem_lib.errors import (
    ConstructionFailed,
    HypothesisViolated,
    InvalidArgument,
    TooLarge,
    shown,
)
from mem_lib.explorer.host import Explorer
from mem_lib.foundations import counting_bound, log_networks, staircase, table
from mem_lib.network import Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NUMBERS = (8, 32, 128, 512, 2048)
#: Larger networks are not built for a picture.
MOST_WEIGHTS = 200_000
#: What is registered and not built here, and why.
WITHOUT: Mapping[str, str] = {
    "two_layer.moment_curve": "it needs points in the order of a moment curve's",
    "two_layer.light": "it is searched for before it is built, for minutes",
    "two_layer.hybrid": "it is trained before it is built, for a minute and more",
}
APPROXIMATE = "it approximates the labels, within a tolerance"
#: The lengths of weights at which the bounds are drawn, and the longest strings of a table.
BITS = sorted({round(10 ** (k / 8)) for k in range(33)})
LONGEST = 64

#: Where a network lies: weights and bits; or why it is not there.
Place = list[int] | str


def flips(N: int) -> Dataset:
    """``N`` points of the plane with random labels, on the grid 2^-10.

    >>> flips(8)
    Dataset(N=8, d=2, classes=2, points=float64)
    """
    return ball(N=N, d=2, margin=0.02, bits=10)


def weights_bits(
    data: Callable[[int], Dataset] = flips,
    *,
    numbers: Sequence[int] = NUMBERS,
    without: Mapping[str, str] = WITHOUT,
    start: str = "foundations.staircase",
    name: str = "",
) -> Explorer:
    """The plane of weights and bits for the data sets ``data(N)``: points with labels of two
    classes, N in ``numbers``, ascending.

    ``without`` says of constructions why they are not built; ``start`` is the network chosen first,
    ``name`` is how the book cites the figure.

    Raises
    ------
    InvalidArgument
        When ``numbers`` are not ascending, ``data`` gives no labelled data set of two classes, or
        ``without`` or ``start`` name no construction.

    >>> weights_bits(numbers=(4,)).values["chosen"]
    'foundations.staircase'
    """
    numbers = _numbers(numbers)
    datasets = [_checked(data, N) for N in numbers]
    for one in without:
        one_of(one, "without", REGISTRY)
    rows = {
        "foundations.staircase": [_place(staircase(one), one) for one in datasets],
        "foundations.table": [_best_table(one) for one in datasets],
        **{one: _row(one, datasets, without) for one in REGISTRY},
    }
    titles = {
        "foundations.staircase": "a step at each change of the label",
        "foundations.table": "the labels as strings of bits in the weights, on its own points",
    }
    titles |= {one: cls.title for one, cls in REGISTRY.items()}
    first = min(2, len(numbers) - 1)
    at_first = {one: places[first] for one, places in rows.items()}
    return Explorer(
        "weights_bits",
        {
            "explorer": {
                "numbers": numbers,
                "networks": [
                    {"name": one, "title": titles[one], "places": places}
                    for one, places in rows.items()
                ],
                "rates": [[bits, log_networks(1, bits)] for bits in BITS],
                "free": [[_free(one, bits) for bits in BITS] for one in datasets],
            },
            "n": first,
            "chosen": one_of(start, "start", rows),
        },
        {},
        _still(numbers[first], at_first),
        _caption(numbers[first], at_first),
        name,
    )


def _numbers(numbers: Any) -> list[int]:
    found = [
        integer_in(n, f"numbers[{i}]", 2, 10**6) for i, n in enumerate(listed(numbers, "numbers"))
    ]
    if not found or found != sorted(set(found)):
        raise InvalidArgument(f"numbers: at least one, ascending, is needed, got {shown(found)}")
    return found


def _checked(data: Callable[[int], Dataset], N: int) -> Dataset:
    found = data(N)
    if not isinstance(found, Dataset) or found.classes != 2 or found.N != N:
        raise InvalidArgument(
            f"data: N = {N} points with labels of two classes are needed, got {shown(found)}"
        )
    return found


def _place(network: Network, dataset: Dataset) -> Place:
    certificate = verify(network, dataset)
    return [network.size.weights, network.size.bits] if certificate else str(certificate)


def _best_table(dataset: Dataset) -> Place:
    """The table with the least W (B + 1) for the same labels, on its own points (i, j)."""
    labels = np.asarray(dataset.labels)
    shapes = [labels.reshape(-1, m) for m in range(1, LONGEST + 1) if dataset.N % m == 0]
    made = [(table(strings), strings) for strings in shapes]
    network, strings = min(made, key=lambda one: one[0].size.weights * (one[0].size.bits + 1))
    return _place(network, Dataset(np.argwhere(strings >= 0), strings.ravel()))


def _row(name: str, datasets: Sequence[Dataset], without: Mapping[str, str]) -> list[Place]:
    """Where the networks of a registered construction lie, or why they do not."""
    refused = without.get(name, "" if REGISTRY[name].exact else APPROXIMATE)
    places: list[Place] = []
    for dataset in datasets:
        place: Place = refused or _built(name, dataset)
        places.append(place)
        if isinstance(place, list) and place[0] > MOST_WEIGHTS // 4:
            refused = f"it takes {place[0]:,} weights already for {dataset.N} points"
    return places


def _built(name: str, dataset: Dataset) -> Place:
    try:
        return _place(build(dataset, name, progress=False), dataset)
    except (HypothesisViolated, ConstructionFailed, TooLarge) as error:
        return str(error)


def _free(dataset: Dataset, bits: int) -> float:
    """How many weights the counting bound asks for when the wiring may depend on the labels:
    between two whole numbers, where the straight line through their counts reaches N."""
    N, d = dataset.N, dataset.d
    enough = counting_bound(N, 2, bits, inputs=d)
    low, high = (log_networks(W, bits, inputs=d) for W in (enough - 1, enough))
    return enough - 1 + (N - low) / (high - low)


def _still(N: int, places: Mapping[str, Place]) -> figures.Picture:
    """The plane for ``N`` points, a mark for each network."""

    def draw(ax: "Axes", colours: figures.Colours) -> None:
        figures.scale(ax, log="xy", xlabel="weights", ylabel="bits of the longest weight",
                      xlim=(1, 2e5), ylim=(1, 1e4))  # fmt: skip
        bits = np.geomspace(1, 1e4, 100)
        figures.forbidden(ax, colours, N / (bits + 1), bits, "no network for all labels")
        chapters = list(dict.fromkeys(name.partition(".")[0] for name in places))
        for k, chapter in enumerate(chapters):
            there = [p for name, p in places.items()
                     if name.startswith(f"{chapter}.") and isinstance(p, list)]  # fmt: skip
            if not there:
                continue
            x, y = zip(*there, strict=True)
            ax.plot(x, y, figures.MARKERS[k % 6], color=colours.classes[k % 6], markersize=5)
            ax.annotate(chapter, (x[0], y[0]), xytext=(5, 5), textcoords="offset points",
                        color=colours.classes[k % 6], fontsize=8)  # fmt: skip

    return figures.show(
        draw,
        f"Weights against bits, logarithmic, for {N} points with random labels: a mark for each "
        "network, all of them beyond the shaded region.",
        size=(6.4, 3.8),
    )


def _caption(N: int, places: Mapping[str, Place]) -> str:
    there = {name: place for name, place in places.items() if isinstance(place, list)}
    spent = {name: int(w) * (int(b) + 1) for name, (w, b) in there.items()}
    nearest = min(spent, key=lambda name: spent[name])
    return (
        f"{len(there)} networks for {N} random labels, all of them built and verified when this "
        "page was made. Shaded is what counting excludes: fewer weights, or shorter ones, than all "
        "labellings need; the lighter part only where the wiring is fixed before the labels are "
        f"known. The nearest to it is {nearest}: weights times bits, counted with their signs, are "
        f"{spent[nearest] / N:.1f} times the number of points."
    )
