"""A layer a part of its inputs or of its points at a time, and how many points come together."""

import numpy as np
import pytest

import mem_lib as ml
from mem_lib.exact import arithmetic, chunks, engine, reference
from mem_lib.exact.arithmetic import Affine
from mem_lib.exact.engine import Engine
from mem_lib.exact.tally import Tally
from tests.memory import traced
from tests.networks import as_sparse
from tests.test_exact_tiles import MOST, of_bits


def test_sums_put_together_from_slices_are_not_in_memory_as_a_whole(monkeypatch):
    network = of_bits(np.full((1 << 14, 3), 2**55), [-(2**55)] * (1 << 14), "threshold")
    affine, block = Affine(network.layers[1]), np.ones((3, 2000), dtype=bool)
    affine(block[:, :2], tally := Tally())
    monkeypatch.setattr(arithmetic, "SLICED_TILE", 1 << 20)
    bits, peak = traced(lambda: affine(block, tally))
    assert bits.all() and tally.arithmetic == {"slices"} and tally.peak == 2**56
    assert bits.nbytes < peak < 3 * bits.nbytes  # the sums alone would take eight times the bits


# --- few units of many inputs --------------------------------------------------------------------


def _counts(inputs, rng, most=3):
    """A sparse layer of ten units, some of them and some inputs without weights."""
    weight = np.where(rng.random((10, inputs)) < 0.1, rng.integers(-most, most + 1), 0)
    weight[3], weight[:, 256:512] = 0, 0
    return ml.Layer(as_sparse(weight), rng.integers(-9, 10, 10), "identity"), weight


@pytest.mark.parametrize("inputs", [256, 257, 512, 1000])
@pytest.mark.parametrize("points", [127, 128, 129, 2500])
def test_few_units_are_summed_a_part_of_their_inputs_at_a_time(inputs, points, monkeypatch):
    parts = []
    summed = Affine._summed_in_parts
    monkeypatch.setattr(
        Affine, "_summed_in_parts", lambda *given: parts.append(given) or summed(*given)
    )
    rng = np.random.default_rng(inputs)
    layer, weight = _counts(inputs, rng)
    for x in (rng.random((inputs, points)) < 0.5, rng.integers(-(2**40), 2**40, (inputs, points))):
        found = Affine(layer)(x, tally := Tally())
        sums = weight @ x.astype(np.int64) + layer.bias[:, None]
        assert found.astype(np.int64).tolist() == sums.tolist()
        assert tally.peak == np.abs(sums).max()
    # where one tile holds all inputs of all points, nothing is cut
    step = max(128, arithmetic.SPARSE_TILE // inputs)
    assert bool(parts) == (inputs > 256 and points > step)


@pytest.mark.parametrize("inputs", [256, 257, 20_000])
@pytest.mark.parametrize("points", [128, 129, 9000])
@pytest.mark.parametrize("units", [1, 32, 33])
def test_so_are_those_of_a_dense_layer_where_inputs_come_in_another_type(
    inputs, points, units, monkeypatch
):
    if inputs * points > 2**23:
        points = 300
    parts = []
    summed = Affine._summed_in_parts
    monkeypatch.setattr(
        Affine, "_summed_in_parts", lambda *given: parts.append(given) or summed(*given)
    )
    rng = np.random.default_rng(inputs)
    weight, bits = rng.integers(-9, 10, (units, inputs)), rng.random((inputs, points)) < 0.5
    affine = Affine(ml.Layer(weight, rng.integers(-9, 10, units), "identity"))
    sums = weight @ bits.astype(np.int64) + affine.layer.bias[:, None]
    for x, other in ((bits, True), (bits.astype(np.float32), False)):
        parts.clear()
        found = affine(x, tally := Tally())
        assert np.array_equal(found, sums) and tally.peak == np.abs(sums).max()
        many = inputs > 256 and points > max(128, arithmetic.SPARSE_TILE // inputs)
        assert bool(parts) == (many and units <= 32 and other)


@pytest.mark.parametrize("wide", [False, True])
def test_parts_at_the_edge_of_every_bound(wide, monkeypatch):
    monkeypatch.setattr(arithmetic, "SPARSE_POINTS", 1)
    monkeypatch.setattr(arithmetic, "SPARSE_TILE", 1)
    monkeypatch.setattr(arithmetic, "PART_INPUTS", 2 if wide else 1)
    points = np.array([[1, 1, 1, 1, 1], [0, 0, 0, 0, 0], [1, 0, 0, 0, 1]], dtype=bool)
    for total, key in (
        (MOST, "float32"),
        (MOST + 1, "float64"),
        (2**24, "float64"),
        (2**53 - 2**34, "float64"),
        (2**53, "int64"),
        (2**62 - 2**43, "int64"),
        (2**62, None),
        (2**63 - 1, None),
    ):
        for sign in (1, -1):
            rest = total - 3
            weight = [[sign * (rest - rest // 2), 0, sign, 0, sign * (rest // 2)]]
            for activation in ("identity", "threshold", "relu"):
                layer = ml.Layer(as_sparse(np.array(weight, dtype=object)), [2 * sign], activation)
                tally = Tally()
                found = Affine(layer)(points.T, tally)
                assert tally.arithmetic == ({key} if key else set())
                if key is None:
                    assert found is None
                    continue
                sums = [sign * total, 2 * sign, sign * (total - 1)]
                met = [reference.ACTIVATIONS[activation](z) for z in sums]
                assert [int(v) for v in found[0]] == met and tally.peak == total


def test_parts_of_no_points_and_without_weights():
    empty = ml.Layer(as_sparse(np.zeros((2, 3000), dtype=int)), [0, -4], "threshold")
    for points in (0, 1, 3000):
        bits = Affine(empty)(np.ones((3000, points), dtype=bool), tally := Tally())
        assert bits.shape == (2, points) and bits[0].all() and not bits[1].any()
        assert (tally.ties, tally.peak) == (points, 4 if points else 0)


def test_a_readout_of_many_bits_does_not_convert_them_all():
    layer, _ = _counts(20_000, np.random.default_rng(1))
    affine, bits = Affine(layer), np.ones((20_000, 1000), dtype=bool)
    affine(bits[:, :200], Tally())  # cuts the weights
    _, peak = traced(lambda: affine(bits, Tally()))
    assert peak < bits.nbytes // 10  # in float32 they take four times as much


# --- the points of a chunk -----------------------------------------------------------------------


def _wide(*units, activation="threshold"):
    layers = [
        ml.Layer(np.ones((n, d), dtype=int), [0] * n, activation)
        for d, n in zip((4, *units), units, strict=False)
    ]
    return Engine(ml.Network(layers, readout="argmax"))


def test_bits_take_less_of_a_chunk_than_sums():
    assert _wide(1000, 900, 5).point_bytes(8) == 1000 * engine.BIT_BYTES
    assert _wide(1000, 900, 5, activation="relu").point_bytes(8) == 8000
    assert _wide(70, 900).point_bytes(8) == 8 * 900  # outputs are handed on as int64
    assert _wide(70, 5).point_bytes(62) == 70 * 56  # sums beyond 62 bits are Python integers
    assert _wide(3, 5).point_bytes(8) == 8 * 5
    assert _wide(1, 1).point_bytes(8) == 8 * 4  # the points themselves


@pytest.mark.parametrize("N", [1, 2, 7, 476, 477, 70_000])
@pytest.mark.parametrize("most", [1, 3, 476, 1904, 69_999])
def test_chunks_come_in_fours_of_one_size(N, most, monkeypatch):
    monkeypatch.setattr(engine, "MOST_POINTS", most)
    network = ml.Network([ml.Layer([[1]], [0], "identity")])
    cut = chunks.Chunks(Engine(network), N, lambda rows: None, 8)
    rows = [cut.rows(i) for i in range(len(cut))]
    assert np.concatenate(rows).tolist() == list(range(N))
    sizes = [len(r) for r in rows]
    assert max(sizes) <= most and min(sizes) >= 1 and len(set(sizes[:-1])) <= 1
    if most < N:  # as many for each of four workers as there may be, but no more than that
        assert len(cut) <= 4 * -(-N // (4 * most))
        assert len(cut) % 4 == 0 or 4 * len(cut) > N
    else:
        assert len(cut) == 1
