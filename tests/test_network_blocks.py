"""Layers whose weights are generated: everything as if they were stored, and never all at once."""

import pickle

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import Layer, Network
from mem_lib.exact import engine, reference
from mem_lib.network import Blocks, blocks, write

#: Largest entries that lead to each kind of arithmetic.
SCALES = {"float32": 1, "float64": 2**20, "slices": 2**40, "limbs or python": 2**70}


class Table:
    """A function of rows that can be pickled, and remembers what it was asked."""

    def __init__(self, rows):
        self.table, self.asked = rows, []

    def __call__(self, a, b):
        self.asked.append((a, b))
        return self.table[a:b]


def table(units=37, inputs=5, scale=1, seed=0):
    drawn = np.random.default_rng(seed).integers(-9, 10, (units, inputs))
    return drawn * scale if scale < 2**60 else drawn.astype(object) * scale


def pair(rows, activation="relu", bias=None):
    """(generated, stored)."""
    bias = np.arange(-3, len(rows) - 3) if bias is None else bias
    told = {"names": [f"n{i}" for i in range(len(rows))], "stage": "first"}
    generated = Layer.from_blocks(Table(rows), *rows.shape, activation, bias=bias, **told)
    return generated, Layer(rows, bias, activation, **told)


def networks(rows, activation="relu"):
    """The same network with a first layer of each kind."""
    answer = Layer(table(1, len(rows), seed=1), [2], "identity")
    return tuple(Network([first, answer], readout="sign") for first in pair(rows, activation))


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Blocks of 8 rows of 5 entries."""
    monkeypatch.setattr(blocks, "BLOCK_ENTRIES", 40)


@pytest.mark.parametrize("scale", SCALES.values(), ids=SCALES)
@pytest.mark.parametrize("activation", ["relu", "threshold", "identity"])
def test_outputs_certificates_sizes_and_hashes(activation, scale):
    """At 40 points."""
    generated, stored = networks(table(scale=scale), activation)
    points = np.random.default_rng(2).integers(-50, 51, (40, 5))
    one, other = (ml.evaluate(net, points) for net in (generated, stored))
    assert (one[0] == other[0]).all() and one[0].dtype == other[0].dtype and one[1] == other[1]
    assert one[0][0].tolist() == reference.evaluate(generated, points[0])
    dataset = ml.Dataset(points, (other[0][:, 0] > 0).astype(int))
    one, other = (ml.verify(net, dataset) for net in (generated, stored))
    assert one == other and one.arithmetic == other.arithmetic
    assert generated.size == stored.size and generated.sha256 == stored.sha256
    assert generated == stored and generated.layers[0] == stored.layers[0]
    assert hash(generated) == hash(stored)


def test_blocks_of_different_arithmetic():
    """The layer reports what its largest rows need, as a stored one does."""
    for big in (2**30, 2**45, 2**70):
        rows = table(scale=1).astype(object)
        rows[20] *= big
        generated, stored = networks(rows)
        points = np.random.default_rng(2).integers(-50, 51, (40, 5))
        assert (ml.evaluate(generated, points)[0] == ml.evaluate(stored, points)[0]).all()
        dataset = ml.Dataset(points, np.arange(40) % 2)
        assert ml.verify(generated, dataset).arithmetic == ml.verify(stored, dataset).arithmetic


def test_points_off_the_grid_and_several_chunks(monkeypatch):
    monkeypatch.setattr(engine, "MOST_POINTS", 7)
    generated, stored = networks(table())
    points = np.random.default_rng(2).standard_normal((40, 5))
    assert (ml.evaluate(generated, points)[0] == ml.evaluate(stored, points)[0]).all()
    dataset = ml.Dataset(points, np.arange(40) % 2)
    assert ml.verify(generated, dataset, workers=2) == ml.verify(stored, dataset, workers=2)


def test_rows_are_asked_for_in_blocks(monkeypatch):
    monkeypatch.setattr(write, "BLOCK", 40)
    network, _ = networks(table())
    rows = network.layers[0].weight.rows
    ml.evaluate(network, np.ones((3, 5), dtype=int))
    assert network.size.weights and network.sha256 and list(network.layers[0].rows())
    assert rows.asked and max(b - a for a, b in rows.asked) == 8
    assert network.layers[0].dense.tolist() == rows.table.tolist()


def test_pickled_saved_and_refined(tmp_path):
    generated, stored = networks(table())
    again = pickle.loads(pickle.dumps(generated))
    assert again == generated and isinstance(again.layers[0].weight, Blocks)
    generated.save(tmp_path / "network.json.gz")
    assert Network.load(tmp_path / "network.json.gz") == stored
    assert generated.refined(3) == stored.refined(3)
    assert isinstance(generated.refined(3).layers[0].weight, Blocks)
    assert "generated" in repr(generated.layers[0])


def test_without_a_bias_it_is_zero():
    layer = Layer.from_blocks(Table(table()), 37, 5, "identity")
    assert layer == Layer(table(), [0] * 37, "identity")
    assert layer.row(9) == (0, [(k, int(w)) for k, w in enumerate(table()[9]) if w])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (lambda a, b: table()[a : b - 1], r"rows\(0, 8\) has shape \(7, 5\); 8 rows of 5"),
        (lambda a, b: table()[a:b, :4], r"rows\(0, 8\) has shape \(8, 4\)"),
        (lambda a, b: table()[a:b] / 2, r"rows\(0, 8\).* not an integer"),
        (lambda a, b: 7, r"rows\(0, 8\) must be two-dimensional"),
        (lambda a, b: [[1] * 5] * (b - a - 1) + [[1]], r"rows\(0, 8\) is ragged"),
    ],
)
def test_rows_that_are_no_rows(rows, message):
    network = Network([Layer.from_blocks(rows, 37, 5, "relu")], readout="argmax")
    for act in (lambda: ml.evaluate(network, [[1] * 5]), lambda: network.sha256):
        with pytest.raises(ml.InvalidNetwork, match=message):
            act()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"rows": None}, "rows = None is no function"),
        ({"units": 0}, "at least one unit"),
        ({"inputs": 1.5}, "not an integer"),
        ({"activation": "tanh"}, "activation = 'tanh'"),
        ({"bias": [1, 2]}, "bias has 2 entries, weight has 37 rows"),
        ({"names": ["a"]}, "names has 1 entries"),
    ],
)
def test_bad_layers(changed, message):
    right = {"rows": Table(table()), "units": 37, "inputs": 5, "activation": "relu"}
    assert Layer.from_blocks(**right).units == 37
    with pytest.raises(ml.InvalidNetwork, match=message):
        Layer.from_blocks(**right | changed)
