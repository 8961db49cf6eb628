"""Columns against the definition: narrow, deep networks whose numbers repeat across points."""

from itertools import pairwise

import numpy as np
import pytest

from mem_lib import Layer, Network
from mem_lib.exact import arrays as arrays
from mem_lib.exact import columns as columns
from mem_lib.exact import reference
from mem_lib.exact.arrays.numpy import NUMPY
from mem_lib.exact.engine import Engine
from tests.networks import ladder

ENTRIES = [0, 0, 0, 1, 1, 1, -1, -1, 2, -2, 3, 7]
BIG = [2**40, -(2**61), 2**61 - 1, 2**62, 2**63, -(2**64), 2**90 + 1, -(2**200), 2**200 - 3]


def deep_network(rng, inputs, depth, width, bias=4, big=0.2):
    """Small weights, some huge ones, every activation: numbers copy, cancel, clip and collide."""
    units = [inputs, *rng.integers(1, width + 1, depth - 1).tolist(), int(rng.integers(1, 4))]
    layers = []
    for before, after in pairwise(units):
        weight = rng.choice(ENTRIES, (after, before)).astype(object)
        offset = rng.integers(-bias, bias + 1, after).astype(object)
        if rng.random() < big:
            scale = int(rng.choice(np.array(BIG, dtype=object)))
            weight[rng.integers(after)] *= scale
            if rng.random() < 0.5:
                offset[rng.integers(after)] += scale * int(rng.integers(-2, 3))
        activation = str(rng.choice(["relu", "relu", "relu", "identity", "threshold"]))
        layers.append(Layer(weight, offset, activation))
    return Network(layers, readout="value" if units[-1] == 1 else "argmax")


def met(network, points):
    """(outputs, largest |preactivation|, ties) by the definition."""
    peak = ties = 0
    outputs = []
    for point in points.tolist():
        values = point
        for layer in network.layers:
            rows = layer.rows()
            z = [bias + sum(w * values[k] for k, w in terms) for bias, terms in rows]
            peak = max(peak, *map(abs, z))
            ties += z.count(0) if layer.activation == "threshold" else 0
            values = [reference.ACTIVATIONS[layer.activation](v) for v in z]
        outputs.append(values)
    return outputs, peak, ties


def check(network, points):
    out, tally = Engine(network).run(points)
    outputs, peak, ties = met(network, points)
    assert out.T.tolist() == outputs
    assert (tally.peak, tally.ties) == (peak, ties)
    return tally


@pytest.mark.parametrize("seed", range(20))
def test_columns_equal_reference(seed):
    """100 networks each, on points that repeat, spread, or are huge."""
    rng = np.random.default_rng(seed)
    for _ in range(100):
        inputs = int(rng.integers(1, 4))
        network = deep_network(
            rng, inputs, int(rng.integers(1, 13)), 5, bias=int(rng.choice([1, 9]))
        )
        reach = int(rng.choice([2, 10, 1000]))
        points = rng.integers(-reach, reach + 1, (int(rng.integers(1, 60)), inputs))
        if rng.random() < 0.2:
            points = points.astype(object) * int(rng.choice(np.array([1, 2**61, 2**70], object)))
        check(network, points)


@pytest.mark.parametrize("limit", [64, 10**9])
def test_every_way_of_joining_is_exact(monkeypatch, limit):
    """Tables or sorting; joined or point by point: the same numbers."""
    rng = np.random.default_rng(limit)
    monkeypatch.setattr(arrays, "TABLE", 4 if limit == 64 else arrays.TABLE)
    monkeypatch.setattr(columns, "MOST_JOINED", 1 if limit == 64 else columns.MOST_JOINED)
    for _ in range(150):
        network = deep_network(rng, 2, 8, 4, big=0.7)
        check(network, rng.integers(-9, 10, (300, 2)))


def test_a_step_is_a_constant_where_it_does_not_step():
    """relu(x - 2) - relu(x - 3) times a huge weight, away from the step: no array is touched."""
    jump = 2**3000 + 1
    network = Network(
        [
            Layer([[1], [1]], [-2, -3], "relu"),
            Layer([[jump, -jump]], [0], "relu"),
        ]
    )
    for points in (np.arange(100)[:, None] + 3, -np.arange(100)[:, None]):
        tally = check(network, points)
        assert tally.expanded == tally.moved == 0
    tally = check(network, np.arange(100)[:, None])
    assert tally.expanded == 0 < tally.moved


def test_huge_numbers_are_stored_once_per_group():
    network = ladder(steps=20, width=50, bits=304)
    tally = check(network, np.random.default_rng(1).permutation(np.arange(1000))[:, None])
    assert tally.expanded == 0
    assert tally.arithmetic == {"int64", "python"}


def test_where_nothing_repeats_every_point_has_its_number():
    network = Network([Layer([[2**70]], [1], "relu"), Layer([[2**70]], [-(2**139)], "relu")])
    spread = Network([Layer([[1, 2**70]], [-(2**70)], "relu"), Layer([[3]], [-1], "relu")])
    assert check(network, np.arange(500)[:, None]).expanded > 0
    assert check(spread, np.arange(1000).reshape(500, 2) % 499).expanded > 0


def test_a_wide_layer_after_huge_numbers_returns_to_machine_arithmetic():
    rng = np.random.default_rng(2)
    wide = rng.integers(-5, 6, (100, 2))
    layers = [
        Layer([[2**100, 0], [0, 1]], [-(2**101), 3], "threshold"),
        Layer(wide, rng.integers(-5, 6, 100), "relu"),
        Layer(rng.integers(-5, 6, (1, 100)), [1], "identity"),
    ]
    tally = check(Network(layers), rng.integers(-9, 9, (50, 2)))
    assert "float32" in tally.arithmetic


@pytest.mark.parametrize(
    ("values", "size"),
    [
        ([], 0),
        ([1, -2, 3], 24),
        ([2**61] * 2, 16),
        ([2**63, 1], 18),
        ([2**71 - 1], 9),
        ([2**72], 10),
    ],
)
def test_what_numbers_take_is_counted(values, size):
    """Eight bytes, or as many as the longest one has with its sign."""
    kind = np.int64 if max(values, default=0) < 2**62 else object
    assert NUMPY.bytes(np.array(values, dtype=kind), max(map(abs, values), default=0)) == size
