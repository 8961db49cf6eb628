"""The staircase explorer: points on a line, moved and labelled by the reader.

The reader's points are nobody's before they are chosen, so this network is built in the page:
``static/steps.mjs`` writes the file that :func:`mem_lib.foundations.staircase` writes for the same
points, byte for byte.
"""

from collections.abc import Sequence
from typing import Any, TypedDict

import numpy as np

from mem_lib import figures
from mem_lib._base.arguments import integer_in, listed
from mem_lib.certificate import verify
from mem_lib.data import Dataset
from mem_lib.errors import ConstructionFailed, InvalidArgument, InvalidDataset, shown
from mem_lib.explorer.host import Explorer
from mem_lib.foundations import staircase as built
from mem_lib.foundations.figures import coins

#: The last place of the line, and the numbers of points that can be chosen.
SPAN = 40
NUMBERS = tuple(range(2, 21))


class Try(TypedDict):
    """A stage for the reader: what labels the points get, and a question."""

    title: str
    text: str
    rule: str


TRIES: tuple[Try, ...] = (
    {
        "title": "One point",
        "text": "Back to the first points. Move one of them between its neighbours, then past one: "
        "where does the answer change?",
        "rule": "start",
    },
    {
        "title": "The dearest labels",
        "text": "Labels in turn, 1 and 0 along the line. Is anything left of what was promised?",
        "rule": "alternating",
    },
    {
        "title": "The cheapest labels",
        "text": "0 on one half, 1 on the other. Now move N: which of the counts follow?",
        "rule": "sorted",
    },
)


def tossed(N: int = 14, *, seed: int = 4, span: int = SPAN) -> Dataset:
    """``N`` whole places of 0..``span`` and as many tosses of a coin.

    Raises ``InvalidArgument`` for a number that is not whole or out of range.

    >>> tossed(3).labels.tolist()
    [0, 1, 1]
    """
    span = integer_in(span, "span", 1, 1000)
    N, seed = integer_in(N, "N", 1, span + 1), integer_in(seed, "seed", 0)
    rng = np.random.default_rng(seed)
    places = rng.permutation(span + 1)
    return Dataset(places[:N, None], rng.integers(0, 2, span + 1)[:N])


def staircase(
    dataset: Dataset | None = None,
    *,
    numbers: Sequence[int] = NUMBERS,
    seed: int = 4,
    name: str = "",
) -> Explorer:
    """The staircase explorer, begun with ``dataset``: points on a line at different whole places
    from 0 to 40, with labels 0 and 1; by default :func:`tossed`.

    ``numbers`` are the numbers of points that can be chosen, ascending, that of ``dataset`` among
    them; further points are drawn from ``seed``.  ``name`` is how the book cites the figure.

    Raises
    ------
    InvalidArgument
        When ``numbers`` or ``seed`` are not as described, or ``dataset`` is no data set.
    InvalidDataset
        When the points are not as described.

    >>> staircase().values["N"]
    14
    """
    dataset = _checked(tossed(seed=integer_in(seed, "seed", 0)) if dataset is None else dataset)
    numbers = _numbers(numbers, dataset.N)
    points = [[int(x), int(label)] for (x,), label in zip(*_values(dataset), strict=True)]
    certificate = verify(built(dataset), dataset)
    if not certificate:
        raise ConstructionFailed(f"staircase: {certificate}")
    picture = coins(dataset)
    return Explorer(
        "staircase",
        {
            "explorer": {
                "span": SPAN,
                "numbers": numbers,
                "promised": {str(N): promised(N) for N in numbers},
                "tries": list(TRIES),
                "start": points,
            },
            "points": points + _further(points, numbers[-1], seed),
            "N": dataset.N,
        },
        {},
        picture,
        f"{dataset.N} points with labels by coin, and a network of {certificate.size.neurons} "
        "neurons that knows them: the curve is its answer at every place of the line. At the "
        f"points it is right, {certificate.correct} of {certificate.points}, exactly; in between "
        "it answers something that nobody asked for.",
        name,
    )


def promised(N: int) -> dict[str, int]:
    """What theorem ``thm-foundations-staircase`` promises for N points of a line.

    Raises ``InvalidArgument`` unless N >= 2.

    >>> promised(14)
    {'depth': 3, 'neurons': 27, 'weights': 81}
    """
    N = integer_in(N, "N", 2)
    return {"depth": 3, "neurons": 2 * N - 1, "weights": 1 + 6 * N - 4}


def _values(dataset: Dataset) -> tuple[Any, Any]:
    return dataset.points.tolist(), dataset.labels.tolist()


def _checked(dataset: Any) -> Dataset:
    data: Dataset = figures.drawable(dataset, d=1)
    places, labels = _values(data)
    whole = [x for (x,) in places if x == int(x) and 0 <= x <= SPAN]
    if len(set(whole)) < len(places) or not set(labels) <= {0, 1}:
        raise InvalidDataset(
            f"dataset: different whole places from 0 to {SPAN} with labels 0 and 1 are needed, "
            f"got places {shown([x for (x,) in places])}, labels {shown(labels)}"
        )
    return data


def _numbers(numbers: Any, N: int) -> list[int]:
    found = [
        integer_in(n, f"numbers[{i}]", 2, SPAN + 1)
        for i, n in enumerate(listed(numbers, "numbers"))
    ]
    if found != sorted(set(found)) or N not in found:
        raise InvalidArgument(
            f"numbers: ascending numbers, N = {N} of the data among them, are needed, "
            f"got {shown(found)}"
        )
    return found


def _further(points: list[list[int]], most: int, seed: int) -> list[list[int]]:
    """Points at other places, up to ``most`` in all."""
    data = tossed(SPAN + 1, seed=seed)
    taken = {place for place, _ in points}
    others = [[x, label] for (x,), label in zip(*_values(data), strict=True) if x not in taken]
    return others[: most - len(points)]
