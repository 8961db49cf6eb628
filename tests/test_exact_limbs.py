"""Products of long weights with machine integers, and the engine that uses them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mem_lib import Layer, Network
from mem_lib.exact import limbs as limbs
from mem_lib.exact.limbs import FEWEST_INPUTS, limb_bytes, product
from tests.test_exact_columns import check

EDGES = [0, 1, 2**23, 2**24 - 1, 2**24, 2**47, 2**48 - 1, 2**48, 2**63, 2**64, 2**1000]
long = st.sampled_from(EDGES + [-v for v in EDGES]) | st.integers(-(2**200), 2**200)


def objects(rows):
    return np.array(rows, dtype=object).reshape(len(rows), -1)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_product_equals_python(data):
    inputs, bits = data.draw(st.integers(1, 40)), data.draw(st.integers(1, 38))
    rows = st.lists(long, min_size=inputs, max_size=inputs)
    weight = objects(data.draw(st.lists(rows, min_size=1, max_size=3)))
    small = st.integers(1 - 2**bits, 2**bits - 1)
    column = st.lists(small, min_size=inputs, max_size=inputs)
    x = np.array(data.draw(st.lists(column, min_size=1, max_size=3)), dtype=np.int64).T
    size = limb_bytes(inputs, float(np.abs(x).max()))
    assert size > 0 and (product(weight, x, size) == weight @ x.astype(object)).all()
    assert (product(weight, x, 1) == weight @ x.astype(object)).all()


@pytest.mark.parametrize("inputs, peak, size", [
    (8, 2.0**20, 3), (2**8, 2.0**19, 3), (2**8, 2.0**20, 2), (8, 2.0**40 - 1, 1),
    (8, 2.0**41, 0), (8, 2.0**60, 0), (1, 0.0, 3),
])  # fmt: skip
def test_limbs_are_as_long_as_float64_allows(inputs, peak, size):
    assert limb_bytes(inputs, peak) == size
    if size:  # the worst case: all limbs full, all inputs at their peak
        most = (2 ** (8 * size) - 1) * int(peak) * inputs
        assert most <= 2**53
        weight = objects([[2 ** (8 * size * 3) - 1] * inputs, [-(2 ** (8 * size * 3))] * inputs])
        x = np.full((inputs, 2), int(peak), dtype=np.int64)
        x[:, 1] *= -1
        assert (product(weight, x, size) == weight @ x.astype(object)).all()


def test_blocks_of_rows(monkeypatch):
    monkeypatch.setattr(limbs, "BLOCK", 1)
    rng = np.random.default_rng(0)
    weight = objects([[int(v) ** 9 for v in row] for row in rng.integers(-999, 999, (7, 9))])
    x = rng.integers(-(2**20), 2**20, (9, 5))
    assert (product(weight, x, 3) == weight @ x.astype(object)).all()


@pytest.mark.parametrize("seed", range(12))
def test_the_engine_takes_them(seed):
    """Dense layers with long weights; rows that differ by a factor and a bias, zeros, ties."""
    rng = np.random.default_rng(seed)
    inputs, units = int(rng.integers(FEWEST_INPUTS, 30)), int(rng.integers(1, 90))
    weight = rng.integers(-9, 9, (units, inputs)).astype(object)
    weight *= 2 ** int(rng.integers(60, 400))
    weight += rng.integers(-9, 9, (units, inputs))
    weight[rng.random((units, inputs)) < 0.1] = 0
    bias = rng.integers(-9, 9, units).astype(object)
    for k in range(1, units, 3):
        weight[k], bias[k] = -3 * weight[k - 1], 2**300
    points = rng.integers(-(2**20), 2**20, (25, inputs))
    points[rng.random(points.shape) < 0.2] = 0
    points[3] = 0
    bias[0], activation = 0, str(rng.choice(["relu", "threshold", "identity"]))
    outer = rng.integers(-(2**62), 2**62, (2, units)).astype(object) * 2**90
    layers = [Layer(weight, bias, activation), Layer(outer, [5, -(2**99)], "identity")]
    tally = check(Network(layers, readout="argmax"), points)
    assert "limbs" in tally.arithmetic


def test_the_engine_leaves_what_does_not_fit():
    """Inputs beyond 45 bits leave no room for a byte."""
    weight = objects([[3**99 + k * 7**30 for k in range(9)]] * 2)
    points = np.arange(18).reshape(2, 9) + 2**50
    tally = check(Network([Layer(weight, [0, 1], "identity")], readout="argmax"), points)
    assert tally.arithmetic == {"python"}


def test_one_long_weight_does_not_make_the_others_long(monkeypatch):
    """Rows of different lengths, in any order, are taken by themselves."""
    rng = np.random.default_rng(0)
    weight = objects([[int(v) ** 9 for v in row] for row in rng.integers(-999, 999, (9, 8))])
    weight[4, 3] = -(3**3000)
    seen = []
    whole = limbs._limbs
    monkeypatch.setattr(limbs, "_limbs", lambda v, n, s: seen.append((len(v), n)) or whole(v, n, s))
    x = rng.integers(-(2**20), 2**20, (8, 5))
    assert (product(weight, x, 3) == weight @ x.astype(object)).all()
    assert sorted(seen) == [(1, 199), (8, 4)]


def test_sparse_long_layers_are_summed_row_by_row():
    """Rows that share no inputs would make a matrix of zeros."""
    blocks = np.zeros((9, 9 * 8), dtype=object)
    for k in range(9):
        blocks[k, 8 * k : 8 * k + 8] = [3**60 + j for j in range(8)]
    points = np.random.default_rng(0).integers(-99, 99, (7, 72))
    network = Network([Layer(blocks, np.arange(9), "identity")], readout="argmax")
    assert "limbs" not in check(network, points).arithmetic
    assert (
        "limbs"
        in check(Network([Layer(blocks[:1], [1], "identity")], readout="value"), points).arithmetic
    )
