"""All labellings by the networks of one tiny wiring: every network is tried."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from mem_lib._base.arguments import integer_in, listed
from mem_lib._base.integers import INT64_LIMIT
from mem_lib._base.integers import largest as largest_of
from mem_lib._base.numbers import array_of
from mem_lib.errors import InvalidArgument, shown

#: :func:`labellings` evaluates at most this many networks.
MOST_NETWORKS = 2_000_000


def labellings(
    widths: Sequence[int], points: Any, largest: int, activation: str = "relu"
) -> set[tuple[int, ...]]:
    """All labellings of ``points`` by the networks of one tiny wiring, found by trying every one.

    Parameters
    ----------
    widths : d, then the units of each hidden layer, then 1: all layers dense with biases.
    points : (M, d) integers.
    largest : every weight and bias runs through -largest .. largest.
    activation : of the hidden layers, ``"relu"`` or ``"threshold"``; the label is 1 where the
        output is at least 0, else 0.

    Raises ``InvalidArgument`` for more than 2,000,000 networks, sums beyond int64, or an argument
    out of range, ``InvalidDataset`` for points that are no rectangular array.

    >>> sorted(labellings([1, 1], [[0], [1]], largest=1))   # [w x + b >= 0]
    [(0, 0), (0, 1), (1, 0), (1, 1)]
    """
    widths = [integer_in(k, f"widths[{i}]", 1) for i, k in enumerate(listed(widths, "widths"))]
    points = array_of("points", points)
    known = isinstance(activation, str) and activation in ("relu", "threshold")
    if len(widths) < 2 or widths[-1] != 1 or not known:
        raise InvalidArgument(
            "widths, activation: at least one layer, one output, and relu or threshold are needed, "
            f"got widths = {shown(widths)}, activation = {shown(activation)}"
        )
    if (
        points.ndim != 2
        or points.dtype.kind not in "iu"
        or points.shape[1] != widths[0]
        or not len(points)
    ):
        raise InvalidArgument(
            f"points: integers of shape (M, {widths[0]}) are needed, M >= 1, "
            f"got shape {points.shape}, dtype {points.dtype}"
        )
    reach = largest_of(points)
    for k in widths[:-1]:  # no preactivation is larger
        reach = integer_in(largest, "largest", 0) * (k * reach + 1)
    if reach >= INT64_LIMIT:
        raise InvalidArgument(
            f"points, largest: sums of up to {shown(reach)} leave the range of int64, in which "
            "all networks are tried"
        )
    blocks = _all_labels(widths, points, largest, activation)
    return {tuple(row) for block in blocks for row in block.tolist()}


def _all_labels(
    widths: list[int], points: np.ndarray, largest: int, activation: str
) -> Iterator[np.ndarray]:
    """Distinct label rows, block by block: shape (at most the block, M)."""
    values = 2 * integer_in(largest, "largest", 0) + 1
    shapes = [(k, j + 1) for j, k in pairwise(widths)]  # the bias is the last column
    places = sum(k * j for k, j in shapes)
    if values**places > MOST_NETWORKS:
        raise InvalidArgument(
            f"widths, largest: {places} places with {values} values each are more than "
            f"{MOST_NETWORKS} networks; take fewer units or smaller weights"
        )
    digits = values ** np.arange(places)
    step = 1 + 4_000_000 // (len(points) * max(widths))
    for start in range(0, values**places, step):
        codes = np.arange(start, min(start + step, values**places))
        entries = codes[:, None] // digits % values - largest
        yield np.unique(_signs(entries, shapes, points.astype(np.int64), activation), axis=0)


def _signs(
    entries: np.ndarray, shapes: list[tuple[int, int]], points: np.ndarray, activation: str
) -> np.ndarray:
    """[output >= 0] of many networks (rows of ``entries``) at all points, in int64."""
    x = np.broadcast_to(points, (len(entries), *points.shape))
    place = 0
    for layer, (units, columns) in enumerate(shapes):
        matrix = entries[:, place : place + units * columns].reshape(-1, units, columns)
        place += units * columns
        z = x @ matrix[:, :, :-1].transpose(0, 2, 1) + matrix[:, None, :, -1]
        if layer < len(shapes) - 1:
            x = np.maximum(z, 0) if activation == "relu" else (z >= 0).astype(np.int64)
    return np.asarray(z[:, :, 0] >= 0, dtype=np.int64)
