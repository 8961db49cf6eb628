"""Several sums in one number: the bits, the ties and the peak are those of the definition, and the
certificate is the same as without."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mem_lib as ml
from mem_lib.exact import arithmetic, lanes
from mem_lib.exact import engine as engines
from mem_lib.exact.arithmetic import Affine
from mem_lib.exact.lanes import BYTES, PAIRS, Lanes, lanes_of
from mem_lib.exact.tally import Tally
from tests.memory import traced
from tests.networks import as_sparse

#: The most that a lane of each type holds below a threshold that nothing reaches.
BYTE, PAIR = 2**8 - 2, 2**16 - 2


def kinds(weight, bias):
    made = lanes_of(np.asarray(weight), np.asarray(bias))
    return None if made is None else [group.kind for group in made.groups]


def check(weight, bias, x):
    """What lanes give is what int64 gives."""
    weight, bias, x = np.asarray(weight), np.asarray(bias), np.asarray(x, dtype=bool)
    z = weight @ x.astype(np.int64) + bias[:, None]
    made = lanes_of(weight, bias)
    bits = made.run(x, tally := Tally())
    assert bits.dtype == bool and bits.tolist() == (z >= 0).tolist()
    assert tally.ties == np.count_nonzero(z == 0)
    assert tally.peak == np.abs(z).max(initial=0)
    for group in made.groups:  # the bound of the lemma, for every sum on the way
        assert np.abs(group.weight).sum(axis=1).max() <= 2.0**53
    return made


@st.composite
def layers(draw):
    """(weight, bias, x) with units of all kinds: even and odd, with zeros only, of one sign."""
    units, inputs, points = (draw(st.integers(1, most)) for most in (20, 9, 9))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    most = draw(st.sampled_from([0, 1, 2, 28, 60, 7000]))
    weight = rng.integers(-most, most + 1, (units, inputs))
    weight[rng.random(units) < 0.2] = 0
    for change in (np.abs, np.negative):
        some = rng.random(units) < 0.2
        weight[some] = change(np.abs(weight[some]))
    weight <<= rng.integers(0, draw(st.integers(1, 20)), (units, 1))
    x = rng.random((inputs, points)) < draw(st.sampled_from([0, 0.5, 1]))
    z = weight @ x.astype(np.int64)
    near = -z[np.arange(units), rng.integers(0, points, units)] + rng.integers(-1, 2, units)
    far = rng.integers(-(2**40), 2**40, units)
    return weight, np.where(rng.random(units) < 0.8, near, far), x


@given(layers())
def test_lanes_give_what_integers_give(layer):
    check(*layer)


@given(layers(), st.integers(1, 3), st.integers(1, 3))
def test_tiles_of_any_size(layer, rows, points):
    with pytest.MonkeyPatch.context() as patch:
        for name, size in {
            "TILE": 1,
            "TILE_ROWS": rows,
            "TILE_INPUTS": 1,
            "TILE_POINTS": points,
            "_BLOCK": rows,
        }.items():
            patch.setattr(lanes, name, size)
        check(*layer)


@pytest.mark.parametrize("units", [*range(1, 8), 12, 13, 18])
@pytest.mark.parametrize("most", [3, 300])
def test_lanes_that_are_not_all_filled(units, most):
    rng = np.random.default_rng(units)
    weight = rng.integers(-most, most, (units, 5))
    for points in (0, 1, 2, 50):
        x = rng.random((5, points)) < 0.5
        check(weight, rng.integers(-3, 4, units), x)


# --- the edges -----------------------------------------------------------------------------------


@pytest.mark.proves("thm-foundations-sums")
@pytest.mark.parametrize("shift", [0, 1, 30])
def test_spans_at_the_edges_of_a_lane(shift):
    x = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
    for span, kind in (
        (BYTE, [np.uint8]),
        (BYTE + 1, [np.uint16]),
        (PAIR, [np.uint16]),
        (PAIR + 1, None),
    ):
        # all lanes are full, from above, from below, and from both
        for ends in ((span, 0), (0, -span), (span // 2, span // 2 - span), (1, 1 - span)):
            rows = [np.multiply(ends, 1 << shift)] * 7
            for bias in (0, -1, 1, -ends[0], -ends[1], span, -span, span + 1, -span - 1, 2**50):
                for more in (0, 1):
                    layer = rows, [(bias if bias == 2**50 else bias << shift) + more] * 7
                    assert kinds(*layer) == kind
                    if kind:
                        check(*layer, x)


def test_one_unit_too_wide_sends_the_layer_elsewhere():
    weight = np.ones((100, 70), int)
    assert kinds(weight, [0] * 100) == [np.uint8]
    weight[7] = 4
    weight[7, 0] = 1  # nothing but 1 divides all of them
    assert kinds(weight, [0] * 100) == [np.uint8, np.uint16]
    weight[7] = 1000
    weight[7, 0] = 1
    assert kinds(weight, [0] * 100) is None
    weight[7, 0] = 1000  # 125 times 8
    assert kinds(weight, [0] * 100) == [np.uint8, np.uint16]


def test_units_that_are_always_on_or_never():
    x = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
    for weight in ([2, -4], [0, 0], [-3, -1]):
        for bias in (-(2**52), -8, -7, 7, 8, 2**52):
            check([weight] * 2, [bias] * 2, x)


def test_ties_only_where_a_bias_is_a_multiple():
    """A power of two that divides all weights and not the bias: no sum is 0."""
    x = np.array([[0, 1, 1], [0, 0, 1]])
    for bias, ties in ((2, 1), (1, 0), (0, 1), (4, 1), (3, 0)):
        made = check([[-2, -2]], [bias], x)
        tally = Tally()
        made.run(x.astype(bool), tally)
        assert tally.ties == ties


def test_sums_that_cannot_be_larger_than_those_met_are_not_looked_at():
    made, x = lanes_of(np.array([[-7, 5]]), np.array([0])), np.array([[True], [False]])
    for bound, peak in ((7, 7), (6, 6), (np.inf, 7)):
        tally = Tally(peak=6)
        made.run(x, tally, bound)
        assert tally.peak == peak


# --- when they are chosen ------------------------------------------------------------------------


@pytest.fixture
def runs(monkeypatch):
    """The points of each run in lanes."""
    found, run = [], Lanes.run

    def noted(self, x, *given):
        found.append(x.shape[1])
        return run(self, x, *given)

    monkeypatch.setattr(Lanes, "run", noted)
    return found


UNITS, INPUTS, POINTS = arithmetic.LANE_UNITS, arithmetic.LANE_INPUTS, arithmetic.LANE_POINTS


def layer_of(units=UNITS, inputs=INPUTS, weight=1, activation="threshold", sparse=False):
    weight = np.full((units, inputs), weight)
    return ml.Layer(as_sparse(weight) if sparse else weight, [-3] * units, activation)


def test_lanes_are_for_wide_layers_of_thresholds_on_many_bits(runs):
    for change, points, kind, expected in (
        ({}, POINTS, bool, [POINTS]),
        ({"weight": 1024}, POINTS, bool, [POINTS]),
        ({"units": UNITS - 1}, POINTS, bool, []),
        ({"inputs": INPUTS - 1}, POINTS, bool, []),
        ({}, POINTS - 1, bool, []),
        ({}, POINTS, np.int64, []),
        ({"activation": "relu"}, POINTS, bool, []),
        ({"activation": "identity"}, POINTS, bool, []),
        ({"sparse": True}, POINTS, bool, []),
    ):
        runs.clear()
        layer = layer_of(**change)
        bits = Affine(layer)(np.ones((layer.inputs, points), kind), Tally())
        assert bits.shape == (layer.units, points) and runs == expected, change


def test_weights_that_do_not_fit_go_on_as_before(runs):
    weight = np.full((UNITS, INPUTS), 2**17 // INPUTS | 1)
    affine = Affine(ml.Layer(weight, -weight.sum(axis=1), "threshold"))
    assert lanes_of(weight, affine.layer.bias) is None
    bits = affine(np.ones((INPUTS, POINTS), bool), tally := Tally())
    assert bits.all() and tally.ties == UNITS * POINTS and not runs
    assert tally.arithmetic == {"float32"}


def test_weights_that_only_zeros_meet_do_not_overflow(runs):
    """Their sum is 0 modulo 2^64, and the bound for these points is small."""
    weight = np.ones((UNITS, INPUTS + 4), int)
    weight[:, :4] = 2**62
    weight[:, 0] -= INPUTS
    points = np.ones((INPUTS + 4, POINTS), bool)
    points[:4] = False
    affine = Affine(ml.Layer(weight, [-INPUTS] * UNITS, "threshold"))
    bits = affine(points, tally := Tally())
    assert bits.all() and not runs
    assert (tally.arithmetic, tally.peak, tally.ties) == ({"float32"}, 0, UNITS * POINTS)


def test_chunks_count_together(runs):
    affine = Affine(layer_of())
    for points in (POINTS - 1, 1, 600):
        affine(np.ones((INPUTS, points), bool), Tally())
    assert runs == [1, 600]


def test_bytes_the_other_way_round_are_not_read(runs, monkeypatch):
    monkeypatch.setattr(np, "little_endian", False)
    bits = Affine(layer_of())(np.ones((INPUTS, POINTS), bool), Tally())
    assert bits.all() and not runs


@pytest.mark.parametrize(("bias", "key"), [(-3, "float32"), (2**24, "float64"), (2**53, "slices")])
def test_a_certificate_calls_them_what_they_would_else_be(bias, key, runs):
    layer = replace(layer_of(), bias=np.full(UNITS, bias))
    Affine(layer)(np.ones((INPUTS, POINTS), bool), tally := Tally())
    assert tally.arithmetic == {key} and tally.peak == INPUTS + bias
    assert bool(runs) == (key != "slices")


@pytest.mark.parametrize("step", [10**9, 700])
def test_the_certificate_is_the_same(step, runs, monkeypatch):
    """A network as for all of MNIST."""
    data = ml.data.digits()
    network = ml.build(data, "beyond_worst_case", n=200, seed=1)
    monkeypatch.setattr(engines, "MOST_POINTS", step)
    found = ml.verify(network, data, progress=False)
    assert found.ok and runs
    used = list(runs)
    monkeypatch.setattr(arithmetic, "LANE_UNITS", 10**9)
    assert replace(ml.verify(network, data, progress=False), seconds=found.seconds) == found
    assert runs == used


def test_the_sums_are_never_in_memory_as_a_whole():
    layer = layer_of(units=24_000)
    affine, block = Affine(layer), np.ones((INPUTS, 2000), bool)
    affine(block, Tally())
    bits, peak = traced(affine, block, Tally())
    assert bits.all() and bits.nbytes == 48_000_000 < peak < 2 * bits.nbytes


def test_lanes_fill_a_number():
    for kind, fields in (BYTES, PAIRS):
        assert fields * np.iinfo(kind).bits == 48
