"""A layer in tiles: the numbers and what is noted of them are those of the definition, at the edge
of every bound, for any size of a tile."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import mem_lib as ml
from mem_lib.exact import arithmetic, chunks, engine, reference
from mem_lib.exact.arithmetic import Affine, activate
from mem_lib.exact.engine import Engine
from mem_lib.exact.tally import Tally
from tests.memory import traced
from tests.networks import as_sparse, big_integers, random_network

#: The largest sum of absolute values that the inflated bound lets into float32.
MOST = 2**24 - 16


def met(network, points):
    """(outputs, largest |sum|, ties) by the definition."""
    outputs, peak, ties = [], 0, 0
    for point in points:
        values = [int(v) for v in point]
        for layer in network.layers:
            sums = [bias + sum(w * values[k] for k, w in terms) for bias, terms in layer.rows()]
            peak = max(peak, *map(abs, sums))
            ties += sums.count(0) if layer.activation == "threshold" else 0
            values = [reference.ACTIVATIONS[layer.activation](z) for z in sums]
        outputs.append(values)
    return outputs, peak, ties


def check(network, points):
    out, tally = Engine(network).run(np.array(points))
    outputs, peak, ties = met(network, points)
    assert out.T.tolist() == outputs
    assert (tally.peak, tally.ties) == (peak, ties)
    return tally


def of_bits(weight, bias, activation="identity", sparse=False):
    """A layer behind one whose units say whether an input is >= 0, and those that say 0."""
    inputs = len(weight[0])
    weight = as_sparse(np.array(weight, dtype=object)) if sparse else weight
    bits = ml.Layer(np.eye(inputs, dtype=int), [0] * inputs, "threshold")
    return ml.Network([bits, ml.Layer(weight, bias, activation)], readout="argmax")


# --- tiles of any size ---------------------------------------------------------------------------


@pytest.mark.parametrize("bits", [1, 5, 12, 26, 62])
@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize("units", [0, 32])
def test_tiles_of_any_size_give_what_the_definition_gives(bits, size, units, monkeypatch):
    monkeypatch.setattr(arithmetic, "PART_UNITS", units)  # with 0, no layer is cut into parts
    monkeypatch.setattr(arithmetic, "PART_INPUTS", min(size, 2))
    monkeypatch.setattr(arithmetic, "SLICED_TILE", size)
    monkeypatch.setattr(arithmetic, "TILE", size)
    monkeypatch.setattr(arithmetic, "TILE_ROWS", size)
    monkeypatch.setattr(arithmetic, "SPARSE_TILE", size)
    monkeypatch.setattr(arithmetic, "SPARSE_POINTS", size)
    rng = np.random.default_rng(bits)
    for _ in range(30):
        network = random_network(rng, depth=int(rng.integers(1, 5)), bits=bits)
        check(network, big_integers(rng, (int(rng.integers(1, 9)), 3), int(rng.integers(1, 9))))


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("activation", ["threshold", "relu", "identity"])
def test_tiles_that_do_not_come_out_even(activation, sparse, monkeypatch):
    """As they are cut for a wide layer: whole tiles, and a smaller one at the end."""
    monkeypatch.setattr(arithmetic, "TILE", 1)
    monkeypatch.setattr(arithmetic, "TILE_ROWS", 100)
    rng = np.random.default_rng(0)
    weight = rng.integers(-2, 3, (2 * arithmetic.TILE_ROWS + 3, 5))
    network = of_bits(weight, rng.integers(-2, 3, len(weight)), activation, sparse)
    monkeypatch.setattr(arithmetic, "SPARSE_TILE", 1)
    points = rng.integers(-1, 2, (arithmetic.SPARSE_POINTS + 3, 5))
    assert check(network, points).arithmetic == {"float32"}


def test_no_points_pass_through_every_kind_of_layer():
    for sparse in (False, True):
        for activation in ("threshold", "relu", "identity"):
            for most in (1, 2**40, 2**55):
                network = of_bits([[most, -1], [0, 1], [2, 2]], [1, 0, -1], activation, sparse)
                out, tally = Engine(network).run(np.empty((0, 2), dtype=np.int64))
                assert out.shape == (3, 0) and (tally.peak, tally.ties) == (0, 0)


def test_a_layer_of_thresholds_never_has_its_sums_in_memory():
    network = of_bits(np.ones((8000, 3), dtype=int), [-1] * 8000, "threshold")
    affine, block = Affine(network.layers[1]), np.ones((3, 1000), dtype=bool)
    affine(block[:, :2], Tally())  # converts the weights
    bits, peak = traced(affine, block, Tally())
    assert bits.dtype == bool and bits.all()
    # one byte for each bit; the sums in float32 took four more
    assert bits.nbytes == 8_000_000 < peak < 2 * bits.nbytes


# --- the edge of the bound -----------------------------------------------------------------------


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("sign", [1, -1])
def test_bits_at_the_edge_of_float32(sign, sparse):
    for total in (MOST, MOST + 1, 2**24 - 1, 2**24, 2**24 + 1, 2**24 + 3):
        for bias in (0, 1, total - 1):
            weight = [[sign * (total - bias - 1), sign, 0]]
            network = of_bits(weight, [sign * bias], "identity", sparse)
            tally = check(network, [[1, 1, 1], [1, -1, 1], [-1, 1, -1], [-1, -1, -1]])
            # the first layer is one of bits and small integers
            assert ("float64" in tally.arithmetic) == (total > MOST), (total, bias)


@pytest.mark.parametrize("sparse", [False, True])
def test_integers_at_the_edge_of_float32_and_of_float64(sparse):
    for limit, wider in ((2**24, "float64"), (2**53, "int64" if sparse else "slices")):
        most = limit - limit // 2**20
        for total in (most - 1, most, most + 1, limit - 1, limit, limit + 1):
            weight = np.array([[total // 2, -1, 1]], dtype=object)
            layer = ml.Layer(as_sparse(weight) if sparse else weight, [total % 2], "identity")
            network = ml.Network([layer])
            tally = check(network, [[2, 0, 0], [-2, 0, 0], [1, 0, 0]])
            near = abs(total - most) <= 1 and limit > 2**24  # the bound itself is rounded there
            assert near or (wider in tally.arithmetic) == (total > most), total


def test_a_weight_that_only_zeros_meet_does_not_count():
    """The rough bound is too large, the one for the largest input is not."""
    for sparse in (False, True):
        for huge in (2**25, 2**54, 2**61):
            network = of_bits([[huge, 1], [-huge, 3]], [1, -3], "threshold", sparse)
            assert check(network, [[-1, 0], [-2, 1], [-9, -1]]).arithmetic == {"float32"}
            assert check(network, [[-1, 0], [1, 1]]).arithmetic != {"float32"}


def test_the_rough_bound_is_no_less_than_the_bound():
    rng = np.random.default_rng(2)
    for _ in range(200):
        bits = int(rng.integers(1, 62))
        weight = big_integers(rng, (3, 4), bits)
        for kind in (weight, as_sparse(weight)):
            affine = Affine(ml.Layer(kind, big_integers(rng, (3,), bits), "identity"))
            peaks = rng.integers(0, 2**20, 4).astype(np.float64)
            assert affine._rough_bound(peaks.max()) >= affine.bound(peaks)
            exact = max(
                abs(bias) + sum(abs(w) * int(peaks[k]) for k, w in terms)
                for bias, terms in affine.layer.rows()
            )
            assert affine.bound(peaks) >= exact


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("activation", ["threshold", "relu", "identity"])
def test_biases_beyond_the_range(activation, sparse):
    points = [[1, 1], [-1, 1], [-1, -1], [0, 0]]
    machine = "int64" if sparse else "slices"
    for bias, key in (
        (MOST - 2, "float32"),
        (MOST - 1, "float64"),
        (2**24, "float64"),
        (2**53 - 2**34, "float64"),
        (2**53, machine),
        (2**62 - 2**43, machine),
        (2**62, None),
        (2**63 - 1, None),
        (2**63, None),
        (2**200, None),
    ):
        for sign in (1, -1):
            network = of_bits([[1, -1], [1, 1]], [sign * bias, -sign], activation, sparse)
            found, bound = Affine(network.layers[1]).arithmetic(np.ones((2, 1), dtype=bool))
            assert found == key and bound >= bias
            check(network, points)


# --- what is noted -------------------------------------------------------------------------------


def test_a_negative_zero_is_a_zero():
    z = np.array([[-0.0, 0.0], [-3.0, 2.0]], dtype=np.float32)
    tally = Tally()
    bits = np.ones((2, 2), dtype=bool)
    assert activate("threshold", z, tally, out=bits) is bits
    assert bits.tolist() == [[True, True], [False, True]]
    assert (tally.peak, tally.ties) == (3, 2)
    network = ml.Network([ml.Layer([[0, -1]], [0], "threshold")])
    assert check(network, [[-5, 0], [5, 0], [0, 1]]).ties == 2


def test_sums_that_cannot_be_larger_than_those_met_are_not_looked_at():
    z = np.array([[-7, 5]])
    for bound, peak in ((7, 7), (6, 6), (np.inf, 7)):
        tally = Tally(peak=6)
        activate("identity", z, tally, bound)
        assert tally.peak == peak
    rising = ml.Layer([[1], [-1]], [0, 0], "threshold")
    network = ml.Network([ml.Layer([[5]], [0], "relu"), rising, ml.Layer([[9, 99]], [1], "relu")])
    assert [check(network, [[x]]).peak for x in (1, -1, 30, 0)] == [10, 109, 150, 109]


# --- several threads -----------------------------------------------------------------------------


def test_threads_that_ask_at_a_time_have_the_weights_converted_once(monkeypatch):
    made, together = [], threading.Barrier(4)
    convert = Affine._converted

    def slowly(self, dtype):
        made.append(dtype)
        time.sleep(0.05)
        return convert(self, dtype)

    monkeypatch.setattr(Affine, "_converted", slowly)
    affine = Affine(ml.Layer([[1, 2]], [3], "identity"))

    def run(x):
        together.wait()
        return affine(np.full((2, 1), x), Tally()).tolist()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(run, range(4))) == [[[3 + 3 * x]] for x in range(4)]
    assert made == [np.float32]


def test_what_fails_to_be_made_is_made_by_the_next_one():
    affine = Affine(ml.Layer([[1]], [0], "identity"))

    def full():
        raise MemoryError

    with pytest.raises(MemoryError):
        affine._once("a", full)
    assert affine._once("a", lambda: 5) == affine._once("a", full) == 5


def test_chunks_in_threads_come_in_order_and_not_all_at_once(monkeypatch):
    monkeypatch.setattr(engine, "MOST_POINTS", 5)
    network = ml.Network([ml.Layer([[1]], [0], "identity")])
    dataset = ml.Dataset(np.arange(200)[:, None], np.arange(200))
    whole, asked = chunks.Chunks._whole, []

    def noted(self, i):
        asked.append(i)
        return whole(self, i)

    monkeypatch.setattr(chunks.Chunks, "_whole", noted)
    run = chunks.Chunks(Engine(network), 200, lambda rows: dataset.integers(rows)[0], 8).run(
        2, progress=False
    )
    first = next(run)
    time.sleep(0.05)
    assert len(asked) <= 4 * 2 < 40
    found = [first, *run]
    assert [i for i, *_ in found] == list(range(40)) and sorted(asked) == list(range(40))
    assert [out.tolist() for _, _, out, _ in found] == [[rows.tolist()] for _, rows, _, _ in found]


def test_what_a_thread_raises_is_raised_here(monkeypatch):
    monkeypatch.setattr(engine, "MOST_POINTS", 5)

    def fails(self, i):
        if i == 3:
            raise ZeroDivisionError
        return np.zeros((1, 5), dtype=np.int64), Tally()

    monkeypatch.setattr(chunks.Chunks, "_whole", fails)
    network = ml.Network([ml.Layer([[1]], [0], "identity")])
    run = chunks.Chunks(Engine(network), 50, lambda rows: None, 8).run(2, progress=False)
    assert [next(run)[0] for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ZeroDivisionError):
        next(run)
