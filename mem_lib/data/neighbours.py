"""Points in pairs of neighbours at distance 1, in a region as large as one asks: what a small
margin costs.

The coordinates are Python integers, since no float could hold them.
"""

import numpy as np

from mem_lib._base.arguments import integer_in
from mem_lib._base.memory import check_memory
from mem_lib.data.dataset import Dataset
from mem_lib.data.sampling import generator
from mem_lib.errors import InvalidArgument, shown

FINE = 12  # bits of the places among which pairs are drawn
MOST_BITS = 2**20


def pairs(N: int, bits: int, *, seed: int = 0) -> Dataset:
    """N/2 points of a square of side 2^(bits+1), and to the right of each another one at
    distance 1; two classes at random.

    The pairs start at multiples of 2^(bits-11).  Raises ``InvalidArgument`` for an N that is odd or
    below 1, for more pairs than half of these places, for ``bits`` outside 12 to 2^20 and for a
    negative seed; ``TooLarge`` for more bits than this machine holds.

    >>> pairs(4, 100).separation
    1.0
    """
    (half, bits), rng = _checked(N, bits, 4**FINE // 2, 2), generator(seed)
    places = rng.choice(4**FINE, half, replace=False)
    one = np.stack(np.divmod(places, 2**FINE), axis=1).astype(object) * 2 ** (bits - FINE + 1)
    other = one + np.array([1, 0], dtype=object)
    return Dataset(np.concatenate([one, other]), rng.permutation(N) % 2)


def scattered(N: int, bits: int, *, seed: int = 0) -> Dataset:
    """N integers in pairs of neighbours, at scales from 2^12 to 2^bits; two classes at random.

    Raises ``InvalidArgument`` for an N that is odd or below 1, for more pairs than half of the 2048
    places of one scale, for ``bits`` outside 12 to 2^20 and for a negative seed; ``TooLarge`` for
    more bits than this machine holds.

    >>> scattered(4, 100, seed=1).points[:, 0].tolist()[:2]
    [6034, 6035]
    """
    (half, bits), rng = _checked(N, bits, 2**10, 1), generator(seed)
    taken: set[int] = set()
    for k in np.linspace(FINE, bits, half).astype(int).tolist():
        place = None
        while place is None or place in taken:
            place = 2 * (int(rng.integers(2**11, 2**12)) << (k - FINE))
        taken.add(place)
    points = sorted(place + i for place in taken for i in (0, 1))
    return Dataset(np.array(points, dtype=object)[:, None], rng.permutation(N) % 2)


def _checked(N: int, bits: int, most: int, d: int) -> tuple[int, int]:
    """How many pairs N points of d coordinates are, at most ``most``; and the bits."""
    half, odd = divmod(integer_in(N, "N", 1), 2)
    if odd or half > most:
        raise InvalidArgument(f"N: an even number of at most {2 * most} is needed, got {shown(N)}")
    bits = integer_in(bits, "bits", FINE, MOST_BITS)
    check_memory(2 * half * d * (bits // 8), f"N, bits: {2 * half} points of {bits} bits")
    return half, bits
