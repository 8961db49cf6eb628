"""Integer directions on which points of different labels stay apart.

For a fixed pair of points and u uniform on {-R..R}^d, <u, x - x'> = 0 has probability at most
1/(2R + 1): all entries but one where x and x' differ are fixed, and one value of that is wrong.  At
most N^2/4 pairs have different labels in two classes, N^2/2 in more, so for R = 2N^2 one draw fails
with probability below 1/8.
"""

from __future__ import annotations

from itertools import takewhile

import numpy as np

from mem_lib._base.integers import INT64_LIMIT, largest
from mem_lib._base.rows import collision
from mem_lib.data import Dataset
from mem_lib.errors import ConstructionFailed

#: Draws of the length of the proof before a construction gives up.
DRAWS = 200


def separating(
    data: Dataset, rng: np.random.Generator, rank: int, *, short: bool = False
) -> list[list[int]]:
    """``rank`` directions with entries in -R..R, R = 2 N^2, such that no two points of different
    labels have the same projections; ``ConstructionFailed`` with two that do, after 200 draws.

    short: draws with smaller R come first, from 1 on, doubled each time
    """
    most = 2 * data.N**2
    below = takewhile(lambda reach: reach < most, (2**k for k in range(128))) if short else ()
    for reach in (*below, *[most] * DRAWS):
        drawn = [[int(u) for u in rng.integers(-reach, reach + 1, data.d)] for _ in range(rank)]
        pair = collision(projections(data, drawn), data.labels)
        if pair is None:
            return drawn
    assert pair is not None
    raise ConstructionFailed(
        f"dataset: in {DRAWS} draws of directions none told all points of different labels apart; "
        f"in the last one rows {pair[0]} and {pair[1]} of the distinct points coincide"
    )


def projections(data: Dataset, directions: list[list[int]]) -> np.ndarray:
    """(N, rank): int64 where that is exact, Python integers otherwise."""
    integers, _ = data.integers()
    reach = max(sum(map(abs, direction)) for direction in directions) * int(largest(integers))
    kind = np.int64 if reach < INT64_LIMIT else object
    return np.asarray(integers.astype(kind) @ np.array(directions, dtype=kind).T)
