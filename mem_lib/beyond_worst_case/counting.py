"""What neurons count: the scores of one class and the least score of its rivals, exactly.

Points are known by their codes: bits, or what ReLU units give.  The neuron of a centre c adds up
the code of x over the hyperplanes that are off at c (code 0); this score is 0 at c.
"""

import numpy as np

from mem_lib._base.integers import integers
from mem_lib.exact.engine import Engine
from mem_lib.network import Layer, Network

#: Scores of bits are sums of at most n ones in float32, which counts without rounding up to 2^24.
MOST_HYPERPLANES = 2**24
_BLOCK = 2**23  # float32 entries of a block of bits


class Counting:
    """The codes of one class and of its rivals, and the scores between them.

    own, rivals : (N-, n) and (N+, n), codes of at least one point each: bits as uint8, or integers
        >= 0 of any size.  A centre is a row of ``own``.

    Raises nothing of its own: arguments are not checked.

    >>> own, rivals = np.array([[0, 0], [0, 1]], np.uint8), np.array([[1, 1]], np.uint8)
    >>> counting = Counting(own, rivals)
    >>> counting.scores(np.array([0, 1]), np.array([0, 1])).astype(int).tolist()
    [[0, 1], [0, 0]]
    >>> counting.least(np.array([0, 1])).astype(int).tolist()
    [2, 1]
    """

    def __init__(self, own: np.ndarray, rivals: np.ndarray) -> None:
        self._own, self._rivals = own, rivals

    @property
    def points(self) -> int:
        """Of the class: N-."""
        return len(self._own)

    def scores(self, centres: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """The score of each point of the class in ``rows``, for every centre: shape (centres,
        rows), whole numbers of whichever type counts exactly."""
        off = self._off_at(centres)
        parts = [_products(off, self._own[rows[part]]) for part in self._blocks(len(rows))]
        return np.concatenate([np.zeros((len(centres), 0), np.float32), *parts], axis=1)

    def least(self, centres: np.ndarray) -> np.ndarray:
        """The smallest score of a rival, for every centre: (centres,), int64 or object."""
        off = self._off_at(centres)
        parts = [
            _products(off, self._rivals[part]).min(axis=1)
            for part in self._blocks(len(self._rivals))
        ]
        return integers([int(v) for v in np.min(parts, axis=0)])

    def _off_at(self, centres: np.ndarray) -> np.ndarray:
        return off_at(self._own[centres])

    def _blocks(self, rows: int) -> list[slice]:
        step = max(1, _BLOCK // self._own.shape[1])
        return [slice(i, i + step) for i in range(0, rows, step)]


def off_at(codes: np.ndarray) -> np.ndarray:
    """1 where a hyperplane is off, else 0: what the neurons of these centres look at."""
    return (codes == 0).astype(np.float32)


def _products(off: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Bits are counted in float32, see MOST_HYPERPLANES; larger integers go through the exact
    engine, which proves for each block which arithmetic cannot round."""
    if codes.dtype == np.uint8:
        return off @ codes.astype(np.float32).T
    layer = Layer(off.astype(np.int64), np.zeros(len(off), dtype=np.int64), "identity")
    return Engine(Network([layer], readout="argmax")).run(codes)[0]
