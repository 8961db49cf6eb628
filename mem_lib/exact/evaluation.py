"""Exact outputs, and the labels they are read as."""

from fractions import Fraction

import numpy as np

from mem_lib._base.arguments import instance
from mem_lib._base.budget import budget, keep_within
from mem_lib._base.dyadic import least_shift, scaled
from mem_lib._base.integers import bits_of, entry_bytes
from mem_lib._base.numbers import numbers_of, shape_text
from mem_lib.data import Dataset
from mem_lib.errors import InvalidDataset
from mem_lib.exact.chunks import Chunks
from mem_lib.exact.engine import Engine, on_grid, times_power
from mem_lib.network import Network
from mem_lib.network.readout import READ


def evaluate(network: Network, points: object) -> tuple[np.ndarray, int]:
    """The exact outputs of ``network`` at ``points``.

    Parameters
    ----------
    points : array of shape (M, d)
        Finite floats (taken as the dyadic rationals that they are) or integers; or a ``Dataset``.

    Returns
    -------
    numerators : array of shape (M, outputs), int64 or Python integers
    denominator : int
        The outputs are ``numerators / denominator``.

    Raises
    ------
    InvalidArgument
        When ``network`` is no Network.
    InvalidDataset
        When ``points`` has another shape, or holds NaN, an infinity or something not a number.
    TooLarge
        When a single point, or all outputs, take more than half of the free memory, or than the
        variable ``MEM_LIB_MAX_BYTES`` says.
    MemorizationError
        When there are floats, and this process takes those below 2^-1022 for zero or does not round
        to the nearest.

    >>> from mem_lib import Layer, Network, evaluate
    >>> half = Network([Layer([[1]], [0], "relu")], output_denominator=2)
    >>> evaluate(half, [[0.75], [-1.0]])
    (array([[3],
           [0]]), 8)
    """
    points = _checked(network, points)
    shift = least_shift(points)
    network, k = on_grid(network, shift)
    chunks = Chunks(
        Engine(network),
        len(points),
        lambda rows: times_power(scaled(points[rows], shift), k),
        bits_of(points, shift + k),
    )
    found, size, most = [], 0, budget()
    for _, rows, out, _ in chunks.run(workers=1, progress=False):
        found.append((rows, out))
        size += out.size * entry_bytes(bits_of(out, 0))
        keep_within(2 * size, f"points: the outputs for {len(points)} of them, so far,", most)
    big = any(out.dtype == object for _, out in found)
    numerators = np.empty((len(points), network.outputs), dtype=object if big else np.int64)
    for rows, out in found:
        numerators[rows] = out.T
    return numerators, network.output_denominator


def predict(network: Network, points: object, *, names: bool = True) -> np.ndarray:
    """What ``network`` says of ``points`` (M, d): labels, int64 of shape (M,), -1 where the readout
    is undecided.

    Where its classes have names, the names, as an array of objects (M,), None where the readout is
    undecided or no class has that number; ``names=False`` gives the labels.

    ``"value"``: the output, where it is a non-negative integer below 2^63.  ``"sign"``: 1 above 0,
    0 below.  ``"onehot"``: the one output above 0.  ``"argmax"``: the one largest output.

    Raises ``InvalidArgument`` when ``network`` is none, ``InvalidDataset`` when ``points`` is
    empty, has another shape or holds something else than finite numbers, ``MemorizationError`` as
    :func:`evaluate`.

    >>> from mem_lib import Layer, Network
    >>> side = Network([Layer([[1, -1]], [0], "identity")], readout="sign")  # x > y
    >>> predict(side, [[2, 1], [0.5, 0.75], [3, 3]]).tolist()
    [1, 0, -1]
    >>> predict(side.named(["below", "above"]), [[2, 1], [0.5, 0.75], [3, 3]]).tolist()
    ['above', 'below', None]
    """
    numerators, denominator = evaluate(network, points)
    labels: np.ndarray = READ[network.readout](numerators, denominator)
    if network.classes is None or not names:
        return labels
    known = len(network.classes)
    called = np.empty(known + 1, dtype=object)
    called[:known] = network.classes  # and None at the end, for -1 and for what has no name
    return called[np.minimum(labels, known)]


def fractions(numerators: np.ndarray, denominator: int) -> np.ndarray:
    """What :func:`evaluate` gives, as an array of Fractions."""
    return np.asarray(np.frompyfunc(lambda n: Fraction(int(n), denominator), 1, 1)(numerators))


def _checked(network: Network, points: object) -> np.ndarray:
    instance(network, "network", Network)
    d = network.inputs
    array = numbers_of("points", points.points if isinstance(points, Dataset) else points)
    if array.ndim != 2 or array.shape[1] != d:
        raise InvalidDataset(
            f"points must have shape (M, {d}), the network has {d} inputs; got {shape_text(array)}"
        )
    if len(array) == 0:
        raise InvalidDataset(f"points is empty: it has shape {array.shape}")
    return array
