"""From floating point to integers: the integer form, and when floats are as good as integers.

*Integer form.*  ReLU and identity let positive factors through.  A layer of dyadic weights is
multiplied by the power of two that makes its weights whole, and its biases on the grid of its
inputs; the next layer inherits the factor.  A threshold unit keeps only the sign of z, so there the
factor ends: theorem ``thm-foundations-integer-form``.

*Sums.*  If |b| + sum |w_k| |x_k| <= 2^p for integers, a floating-point sum with p-bit significands
is exact in every order, fused or not: lemma ``thm-foundations-sums``.  p is 11, 24 and 53 for
float16, float32 and float64.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from mem_lib._base.arguments import instance, integer_in
from mem_lib._base.dyadic import as_floats, least_shift, nearest, scaled
from mem_lib._base.numbers import array_of, numbers_of
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, InvalidDataset, InvalidNetwork, shown
from mem_lib.exact.classes import meant
from mem_lib.exact.engine import Engine, on_grid, times_power
from mem_lib.network import ACTIVATIONS, Layer, Network


def from_dyadic(
    layers: Sequence[tuple[Any, Any]],
    activations: Sequence[str],
    input_shift: int = 0,
    *,
    readout: str = "value",
) -> Network:
    """The network of integers that computes exactly what these floats define: theorem
    ``thm-foundations-integer-form``.

    layers : pairs (W, b) of shapes (units, inputs) and (units,): finite floats of at most 64 bits,
        taken as the dyadic rationals that they are, or integers.
    activations : one for each layer.
    input_shift : points are to be multiples of 2^-input_shift; finer points stay exact too.

    Nothing is rounded: float weights of a trained network come out as they are, not as they were
    meant.  Raises ``InvalidNetwork`` for NaN, infinities and shapes that do not fit.

    >>> first, second = ([[0.5], [1.5]], [0.25, -3]), ([[1, -0.125]], [0])
    >>> net = from_dyadic([first, second], ["relu", "identity"])
    >>> [layer.row(0) for layer in net.layers], net.output_denominator
    ([(1, [(0, 2)]), (0, [(0, 8), (1, -1)])], 32)
    """
    input_shift = _shift(input_shift)
    for name, values in (("layers", layers), ("activations", activations)):
        if not isinstance(values, list | tuple):
            raise InvalidNetwork(f"{name}: a list is needed, got {shown(values)}")
    if len(layers) != len(activations) or not layers:
        raise InvalidNetwork(
            f"activations: one for each layer is needed, got {len(activations)} for "
            f"{len(layers)} layers"
        )
    made, shift = [], input_shift  # the value passed on is 2^shift times the true one
    for i, (pair, activation) in enumerate(zip(layers, activations, strict=True)):
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise InvalidNetwork(f"layers[{i}]: a pair (W, b) is needed, got {shown(pair)}")
        if not isinstance(activation, str) or activation not in ACTIVATIONS:
            raise InvalidNetwork(f"activations[{i}] = {shown(activation)} is not of {ACTIVATIONS}")
        W, b = _dyadic(pair[0], f"layers[{i}][0]", 2), _dyadic(pair[1], f"layers[{i}][1]", 1)
        factor = max(least_shift(W), least_shift(b) - shift, 0)
        shift += factor
        made.append(Layer(scaled(W, factor), scaled(b, shift), activation))
        if activation == "threshold":
            shift = 0
    return Network(made, input_shift, 1 << shift, readout)


def evaluate_in_floats(network: Network, points: Any, dtype: Any = np.float64) -> np.ndarray:
    """The outputs of ``network`` at ``points`` (M, d) as a floating-point program would compute
    them: shape (M, outputs), of type ``dtype``.

    **This certifies nothing.**  Points, weights and biases are rounded to ``dtype`` (through
    float64), every product and sum may round again, and what is too large becomes infinite or NaN;
    no error is bounded or reported.  :func:`mem_lib.evaluate` is the exact evaluation,
    :func:`bits_needed` says when the two agree.

    dtype : ``np.float16``, ``np.float32`` or ``np.float64``.

    Raises ``InvalidArgument`` when ``network`` is none and for another type, ``InvalidDataset``
    when ``points`` has another shape or holds something else than finite numbers.

    >>> one = Network([Layer([[1]], [1], "identity")])
    >>> x = 2.0**24
    >>> [int(evaluate_in_floats(one, [[x]], t)[0, 0] - x) for t in (np.float32, np.float64)]
    [0, 1]
    """
    dtype, points = _float_type(dtype), _points(network, points)
    with np.errstate(all="ignore"):
        x = np.ldexp(as_floats(points, dtype), network.input_shift).T
        for layer in network.layers:
            z = np.stack([_sum(bias, terms, x, dtype) for bias, terms in layer.rows()])
            if layer.activation == "relu":
                z = np.maximum(z, 0)
            x = (z >= 0).astype(dtype) if layer.activation == "threshold" else z
        return np.asarray(x.T / dtype.type(nearest(network.output_denominator)))


def right_in_floats(network: Network, dataset: Dataset, dtype: Any = np.float64) -> int:
    """How many labels a floating-point program gets right: outputs of :func:`evaluate_in_floats`
    that are the label, for readout ``"value"``.  **This certifies nothing.**

    Raises ``InvalidArgument`` when ``dataset`` or ``network`` is none and for another type,
    ``InvalidDataset`` for targets, for points of another dimension and for classes that the network
    does not know by their names, ``InvalidNetwork`` for another readout.

    >>> one = Network([Layer([[1]], [0], "identity")])
    >>> right_in_floats(one, Dataset([[0], [1], [2]], [0, 1, 0]), np.float32)
    2
    """
    if instance(dataset, "dataset", Dataset).labels is None:
        raise InvalidDataset(f"dataset: labelled points are needed, got {shown(dataset)}")
    if isinstance(network, Network) and network.readout != "value":
        raise InvalidNetwork(f'network: the readout "value" is needed, got {network.readout!r}')
    answers = evaluate_in_floats(network, dataset.points, dtype)[:, 0]
    return int((answers == meant(network, dataset)).sum())


def bits_needed(network: Network, points: Any) -> int:
    """The least p such that |w_k|, |x_k| and |b| + sum |w_k| |x_k| are at most 2^p for every unit
    of every layer, where |x_k| is the largest value that input k of the layer takes at ``points``
    (M, d), times 2^input_shift.

    With at most 24 (float32) or 53 (float64) the same network in floating point is exact at these
    points, lemma ``thm-foundations-sums``, up to the last division by the denominator.

    Raises ``InvalidArgument`` when ``network`` is none, ``InvalidDataset`` when ``points`` is
    empty, has another shape or holds something else than finite numbers.

    >>> bits_needed(Network([Layer([[1]], [1], "identity")]), [[2**24]])
    25
    """
    points = _points(network, points)
    if not len(points):
        raise InvalidDataset(f"points: M >= 1 of them are needed, got shape {points.shape}")
    shift = least_shift(points)
    network, k = on_grid(network, shift)
    integers = times_power(scaled(points, shift), k)
    largest = 0
    for layer, values in zip(network.layers, _values(network, integers), strict=True):
        peaks = [max(abs(int(v)) for v in (column.min(), column.max())) for column in values.T]
        sums = (abs(b) + sum(abs(w) * peaks[k] for k, w in terms) for b, terms in layer.rows())
        weights = layer.tally.largest
        largest = max(largest, weights, *sums, *peaks)
    return max(largest - 1, 0).bit_length()


def _float_type(value: Any) -> np.dtype:
    try:
        dtype = np.dtype(value)
    except (TypeError, ValueError):
        dtype = np.dtype(object)
    if value is None or dtype not in (np.float16, np.float32, np.float64):
        raise InvalidArgument(f"dtype: float16, float32 or float64 is needed, got {shown(value)}")
    return dtype


def _points(network: Network, points: Any) -> np.ndarray:
    instance(network, "network", Network)
    array = numbers_of("points", points.points if isinstance(points, Dataset) else points)
    if array.ndim != 2 or array.shape[1] != network.inputs:
        raise InvalidDataset(
            f"points: an array of shape (M, {network.inputs}) is needed, got shape {array.shape}"
        )
    return array


def _shift(value: Any) -> int:
    try:
        return integer_in(value, "input_shift", 0)
    except ValueError as error:
        raise InvalidNetwork(str(error)) from None


def _values(network: Network, integers: np.ndarray) -> Iterator[np.ndarray]:
    """The inputs of every layer at the integer points, (M, inputs) each, exact."""
    for layer in network.layers:
        yield integers
        one = Network([layer], readout="argmax")
        integers = Engine(one).run(integers)[0].T


def _dyadic(values: Any, name: str, dimensions: int) -> np.ndarray:
    try:
        if array_of(name, values).dtype.kind == "b":
            raise InvalidDataset(f"{name}: floats or integers are needed, got booleans")
        array = numbers_of(name, values)
    except InvalidDataset as error:
        raise InvalidNetwork(str(error)) from None
    if array.ndim != dimensions:
        raise InvalidNetwork(
            f"{name}: an array of {dimensions} dimensions is needed, got shape {array.shape}"
        )
    return array


def _sum(bias: int, terms: list[tuple[int, int]], x: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """The weighted sum in the order of the inputs, the bias last: the same on every machine."""
    z = np.zeros(x.shape[1], dtype)
    for k, weight in terms:
        z = z + dtype.type(nearest(weight)) * x[k]
    return z + dtype.type(nearest(bias))
