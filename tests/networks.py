"""Random networks and points for tests: every mix of storage, size and activation."""

from itertools import pairwise

import numpy as np

from mem_lib import Layer, Network, Sparse

READOUTS = ("value", "sign", "onehot", "argmax")


def random_network(rng, *, depth=3, width=6, bits=4, inputs=3, outputs=2, shift=0, sparse=None):
    """Integer layers with entries of up to ``bits`` bits, some rows zero, some layers sparse."""
    units = [inputs, *rng.integers(1, width + 1, depth - 1).tolist(), outputs]
    layers = []
    for before, after in pairwise(units):
        weight = big_integers(rng, (after, before), bits)
        weight[rng.random((after, before)) < rng.choice([0.0, 0.5, 0.9])] = 0
        bias = big_integers(rng, (after,), bits)
        is_sparse = rng.random() < 0.5 if sparse is None else sparse
        activation = str(rng.choice(["relu", "threshold", "identity"]))
        layers.append(Layer(as_sparse(weight) if is_sparse else weight, bias, activation))
    readout = "argmax" if outputs > 1 else "value"
    denominator = int(rng.integers(1, 9))
    return Network(layers, shift, denominator, readout)


def big_integers(rng, shape, bits):
    """Integers of random bit length up to ``bits``, as an object array."""
    lengths = rng.integers(0, bits + 1, shape)
    draw = np.frompyfunc(
        lambda k: (
            int.from_bytes(rng.bytes(int(k) // 8 + 1), "big", signed=True) % (1 << int(k) + 1)
            - (1 << int(k))
        ),
        1,
        1,
    )
    return draw(lengths).astype(object).reshape(shape)


def as_sparse(weight):
    rows = [np.flatnonzero(row) for row in weight]
    values = [v for row, places in zip(weight, rows, strict=True) for v in row[places]]
    return Sparse(
        np.cumsum([0, *map(len, rows)]),
        np.concatenate(rows).astype(np.int64) if rows else np.array([], dtype=np.int64),
        np.array(values, dtype=object),
        weight.shape,
    )


def ladder(steps, width, bits, seed=0):
    """On integers x >= 0: a staircase that climbs by a random huge jump at every multiple of
    ``width``; the label is bit 0 of the height, found by taking off the higher bits one by one."""
    rng = np.random.default_rng(seed)
    jumps = [int.from_bytes(rng.bytes(bits // 8), "big") for _ in range(steps)]
    layers = [Layer([[1], [0]], [0, 0], "relu")]
    for j, jump in enumerate(jumps):
        step = [[1, 0], [1, 0], [1, 0], [0, 1]]
        layers.append(Layer(step, [0, 1 - width * j, -width * j, 0], "relu"))
        layers.append(Layer([[1, 0, 0, 0], [0, jump, -jump, 1]], [0, 0], "relu"))
    rest = [0, 1]
    for i in reversed(range(1, sum(jumps).bit_length())):
        power = 1 << i
        layers.append(Layer([rest] * 3, [0, 1 - power, -power], "relu"))
        rest = [1, -power, power]
    layers.append(Layer([rest], [0], "identity"))
    return Network(layers)


def ladder_labels(steps, width, bits, points, seed=0):
    """What :func:`ladder` says at the integers ``points``."""
    rng = np.random.default_rng(seed)
    jumps = np.array([int.from_bytes(rng.bytes(bits // 8), "big") for _ in range(steps)], object)
    heights = np.cumsum(jumps)
    return np.array([int(heights[min(x // width, steps - 1)]) % 2 for x in points])
