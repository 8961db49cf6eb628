"""Whether a network follows the nearest point of a sample: near the data, and far away."""

from fractions import Fraction
from itertools import product

import numpy as np

from mem_lib.exact import evaluate
from mem_lib.grading.verdict import Wrong
from mem_lib.network import Network


def grid(d: int, reach: int) -> np.ndarray:
    """Points in integers, negative ones too: all for d <= 2, in space those of a coarser grid."""
    step = (1, 1, 3, 5)[d - 1]
    return np.array(list(product(range(-reach, reach + 1, step), repeat=d)))


def squares(points: np.ndarray, asked: np.ndarray) -> np.ndarray:
    return np.asarray(((points[:, None] - asked[None]) ** 2).sum(axis=2))


def difference(points: np.ndarray, labels: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """The squared distance to the nearest point of label 0 less that of label 1."""
    away = squares(points, asked)
    return np.asarray(away[labels == 0].min(axis=0) - away[labels == 1].min(axis=0))


def equal(network: Network, points: np.ndarray, labels: np.ndarray, where: str) -> None:
    """That the output is the difference of squared distances: near the data, far away, and so far
    that no bias of the network counts any more."""
    lattice = grid(points.shape[1], 24)
    near = np.concatenate([points, lattice, 1001 * lattice[::7], -(2**22) * lattice[::11]])
    bits = reach(network)
    sizes = [22 * 2**k for k in range(1, 13) if 22 * 2 ** (k - 1) <= bits]
    far = [(f"2^{size} times ", 2**size, -lattice[::11].astype(object)) for size in sizes]
    for times, size, asked in [("", 1, near), *far]:
        values, below = evaluate(network, size * asked)
        wanted = difference(points, labels, size * asked)
        wrong = np.flatnonzero(values[:, 0] != wanted * below)
        if len(wrong):
            i = int(wrong[0])
            raise Wrong(
                f"{where}at {times}{asked[i].tolist()} it is "
                f"{Fraction(int(values[i, 0]), below)}, {wanted[i]} is right"
            )


def reach(network: Network) -> int:
    """So many bits that no kink lies beyond: on the ray of an integer v, at the points tv, a unit
    is at + b on each piece with a whole a, and |b| is at most the product of the layers' sums."""
    bits = network.input_shift
    for layer in network.layers:
        rows = ([bias, *(w for _, w in terms)] for bias, terms in layer.rows())
        bits += max(sum(map(abs, row)) + 1 for row in rows).bit_length()
    return bits
