"""Points in pairs of neighbours at distance 1, in a region as large as one asks: what a small
margin costs.

The coordinates are Python integers, since no float could hold them.
"""

import numpy as np

from mem_lib._base.arguments import integer_in
from mem_lib.data.dataset import Dataset
from mem_lib.data.sampling import count, generator
from mem_lib.errors import InvalidDataset

FINE = 12  # bits of the places among which pairs are drawn
MOST_BITS = 2**20


def pairs(N: int, bits: int, *, seed: int = 0) -> Dataset:
    """N/2 points of a square of side 2^(bits+1), and to the right of each another one at
    distance 1; two classes at random.

    The pairs start at multiples of 2^(bits-11).  ``InvalidDataset`` for an odd N and for more pairs
    than half of these places; ``InvalidArgument`` for ``bits`` below 12.

    >>> pairs(4, 100).separation
    1.0
    """
    half, bits, rng = (
        _half(N, 4**FINE // 2),
        integer_in(bits, "bits", FINE, MOST_BITS),
        generator(seed),
    )
    places = rng.choice(4**FINE, half, replace=False)
    one = np.stack(np.divmod(places, 2**FINE), axis=1).astype(object) * 2 ** (bits - FINE + 1)
    other = one + np.array([1, 0], dtype=object)
    return Dataset(np.concatenate([one, other]), rng.permutation(N) % 2)


def scattered(N: int, bits: int, *, seed: int = 0) -> Dataset:
    """N integers in pairs of neighbours, at scales from 2^12 to 2^bits; two classes at random.

    ``InvalidDataset`` for an odd N and for more pairs than half of the 2048 places of one scale;
    ``InvalidArgument`` for ``bits`` below 12.

    >>> scattered(4, 100, seed=1).points[:, 0].tolist()[:2]
    [6034, 6035]
    """
    half, bits, rng = _half(N, 2**10), integer_in(bits, "bits", FINE, MOST_BITS), generator(seed)
    taken: set[int] = set()
    for k in np.linspace(FINE, bits, half).astype(int).tolist():
        place = None
        while place is None or place in taken:
            place = 2 * (int(rng.integers(2**11, 2**12)) << (k - FINE))
        taken.add(place)
    points = sorted(place + i for place in taken for i in (0, 1))
    return Dataset(np.array(points, dtype=object)[:, None], rng.permutation(N) % 2)


def _half(N: int, most: int) -> int:
    """How many pairs N points are."""
    half, odd = divmod(count(N, "N"), 2)
    if odd or half > most:
        raise InvalidDataset(f"N: an even number of at most {2 * most} is needed, got {N}")
    return half
