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
