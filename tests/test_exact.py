"""The engine against the definition, on thousands of networks and in every arithmetic."""

from fractions import Fraction

import numpy as np
import pytest

import mem_lib as ml
from mem_lib.exact import engine, reference
from mem_lib.exact.arithmetic import ARITHMETIC, Affine
from mem_lib.exact.engine import Engine
from tests.networks import as_sparse, big_integers, random_network


def check(network, integers):
    out, tally = Engine(network).run(integers)
    expected = [reference.evaluate(network, point) for point in integers]
    assert out.T.tolist() == expected
    return tally


@pytest.mark.parametrize("bits", [1, 4, 8, 16, 24, 30, 62, 70, 300])
def test_engine_equals_reference(bits):
    rng = np.random.default_rng(bits)
    used = set()
    for _ in range(120):
        network = random_network(
            rng, depth=int(rng.integers(1, 5)), bits=bits, inputs=int(rng.integers(1, 5))
        )
        points = big_integers(rng, (int(rng.integers(1, 9)), network.inputs), int(rng.integers(40)))
        used |= check(network, points).arithmetic
    assert used <= set(ARITHMETIC)


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize(
    ("w_bits", "x_bits", "expected"),
    [
        (8, 8, "float32"),
        (18, 22, "float64"),
        (30, 28, ("slices", "int64")),
        (2, 56, ("slices", "int64")),
        (57, 1, ("slices", "int64")),
        (40, 40, "python"),
        (80, 3, "python"),
    ],
)
def test_each_arithmetic_is_reached_and_exact(w_bits, x_bits, expected, sparse):
    expected = expected[sparse] if isinstance(expected, tuple) else expected
    rng = np.random.default_rng(w_bits)
    for _ in range(20):
        weight = big_integers(rng, (5, 7), w_bits)
        weight[0, 0] = (1 << w_bits) - 1
        points = big_integers(rng, (6, 7), x_bits)
        points[0, 0] = (1 << x_bits) - 1
        layer = ml.Layer(as_sparse(weight) if sparse else weight, [0] * 5, "identity")
        assert expected in check(ml.Network([layer], readout="argmax"), points).arithmetic


@pytest.mark.parametrize("limit", [24, 53, 62])
def test_bound_is_tight_and_never_too_small(limit):
    """One step above a limit must leave the arithmetic of that limit."""
    for value in (2**limit - 1, 2**limit, 2**limit + 1, 2 ** (limit + 1)):
        network = ml.Network([ml.Layer([[1, 1]], [1], "identity")], readout="value")
        check(network, np.array([[value, -1], [value, 0], [-value, -3]], dtype=object))
        check(network, np.array([[value - 3, 1]], dtype=object))
    affine = Affine(ml.Layer([[1]], [0], "identity"))
    key = {24: "float32", 53: "float64", 62: "slices"}[limit]
    found, _ = affine.arithmetic(np.array([[2**limit + 1]]))
    assert found is None if limit == 62 else found != key


def test_slices_of_many_inputs():
    rng = np.random.default_rng(5)
    weight = rng.integers(-(2**25), 2**25, (3, 700))
    points = rng.integers(-(2**26), 2**26, (4, 700))
    tally = check(ml.Network([ml.Layer(weight, [1, 2, 3], "relu")], readout="argmax"), points)
    assert tally.arithmetic == {"slices"}


def test_tally_does_not_depend_on_chunks():
    rng = np.random.default_rng(1)
    network = random_network(rng, depth=4, bits=3)
    points = big_integers(rng, (40, 3), 3)
    engine = Engine(network)
    whole = engine.run(points)[1]
    parts = [engine.run(points[i : i + 7])[1] for i in range(0, 40, 7)]
    assert whole.ties == sum(p.ties for p in parts)
    assert whole.peak == max(p.peak for p in parts)


def test_ties_are_counted():
    network = ml.Network([ml.Layer([[1], [2]], [0, -2], "threshold")], readout="argmax")
    assert Engine(network).run(np.array([[0], [1], [2]]))[1].ties == 2


def test_evaluate_floats_as_dyadic_rationals():
    network = ml.Network([ml.Layer([[2, -4]], [1], "identity")], input_shift=1)  # 4x - 8y + 1
    for x, y in [(0.5, 0.25), (0.1, -0.3), (5e-324, 1.0), (3, 2), (2.0**-40, 2.0**40)]:
        numerators, denominator = ml.evaluate(network, [[x, y]])
        value = Fraction(int(numerators[0, 0]), denominator)
        assert value == 4 * Fraction(x) - 8 * Fraction(y) + 1


def test_finer_points_through_thresholds():
    network = ml.Network(
        [ml.Layer([[2]], [-1], "threshold"), ml.Layer([[3]], [-1], "relu")], output_denominator=2
    )  # 1 where x >= 1/2
    numerators, denominator = ml.evaluate(network, [[0.5], [0.5 - 2.0**-50], [1.0]])
    assert [Fraction(int(v), denominator) for v in numerators[:, 0]] == [1, 0, 1]


@pytest.mark.parametrize("sign", [1, -1])
def test_a_power_of_two_times_machine_integers(sign):
    """Machine integers stay below 2^62, as all bounds take for granted."""
    for peak, k in ((2**40, 20), (2**40, 22), (2**61, 1), (2**61 - 1, 2), (2**61, 5), (1, 70)):
        for rest in ([], [0], [-sign]):
            numbers = [sign * peak, *rest]
            found = engine.times_power(np.array([numbers], dtype=np.int64), k)
            assert found.tolist() == [[number << k for number in numbers]]
            assert found.dtype == (np.int64 if peak << k <= 2**60 else object)


def test_evaluate_integers_beyond_machine_types():
    network = ml.Network([ml.Layer([[1]], [1], "identity")])
    numerators, _ = ml.evaluate(network, np.array([[2**80], [-(2**70)]], dtype=object))
    assert numerators[:, 0].tolist() == [2**80 + 1, 1 - 2**70]


def test_evaluate_in_chunks(monkeypatch):

    rng = np.random.default_rng(3)
    network = random_network(rng, depth=3, bits=60)
    points = rng.integers(-99, 99, (50, 3))
    whole = ml.evaluate(network, points)[0].tolist()
    monkeypatch.setattr(engine, "MOST_POINTS", 7)
    assert ml.evaluate(network, points)[0].tolist() == whole


@pytest.mark.parametrize(
    ("readout", "outputs", "labels"),
    [
        ("value", [[0], [2], [4], [1], [-2]], [0, 1, 2, -1, -1]),  # over the denominator 2
        ("sign", [[1], [-1], [0]], [1, 0, -1]),
        ("onehot", [[1, 0], [-1, 3], [1, 1], [0, 0]], [0, 1, -1, -1]),
        ("argmax", [[1, 0], [-3, -2], [1, 1]], [0, 1, -1]),
    ],
)
def test_predict(readout, outputs, labels):
    d = len(outputs[0])
    layer = ml.Layer(np.eye(d, dtype=int), [0] * d, "identity")
    network = ml.Network([layer], output_denominator=2, readout=readout)
    assert ml.predict(network, outputs).tolist() == labels


def test_integers_in_a_list_are_not_rounded_by_their_neighbours():
    network = ml.Network([ml.Layer([[1, 0]], [0], "identity")])
    for first in (2**53 + 1, 2**63 + 1):
        numerators, denominator = ml.evaluate(network, [[first, -1]])
        assert Fraction(int(numerators[0, 0]), denominator) == first
    mixed = np.array([[np.int64(3), 5]], dtype=object)
    assert ml.evaluate(network, mixed)[0].tolist() == [[3]]


def test_labels_beyond_machine_integers_are_undecided():
    network = ml.Network([ml.Layer([[2**70]], [0], "identity")])
    assert ml.predict(network, [[1], [0]]).tolist() == [-1, 0]
    assert ml.predict(ml.Network([ml.Layer([[1]], [0], "identity")]), [[2.0**-70]]).tolist() == [-1]


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([[1.0, float("nan")]], r"points\[0, 1\].*nan"),
        ([[float("inf"), 0.0]], r"points\[0, 0\].*inf"),
        ([1.0, 2.0], r"shape \(M, 2\)"),
        ([[1.0]], r"shape \(1, 1\)"),
        (np.empty((0, 2)), "empty"),
        ([["a", "b"]], "of type"),
        ([[1j, 0]], "of type"),
        ([[1], [1, 2]], "rectangular"),
        ("abc", "points is not an array of numbers but of type str"),
        (np.ma.masked_array([[1, 2]], mask=[[True, False]]), "masked"),
        ([[2**53 + 1, 0.5]], "mixes floats"),
        (np.array([[None, 1]], dtype=object), "None"),
    ],
)
def test_bad_points(points, message):
    for function in (ml.evaluate, ml.predict):
        with pytest.raises(ml.InvalidArgument, match="network: a Network is needed, got "):
            function(None, points)
    network = ml.Network([ml.Layer([[1, 1]], [0], "identity")])
    for function in (lambda p: ml.evaluate(network, p), network, network.predict):
        with pytest.raises(ml.InvalidDataset, match=message):
            function(points)


def test_a_network_is_called_at_points():
    layer = ml.Layer([[1, 0], [0, 3]], [0, 2**70], "identity")
    half = ml.Network([layer], output_denominator=2, readout="argmax")
    points = [[0.25, 1], [5, 0]]
    found = half(points)
    assert found.shape == (2, 2) and all(isinstance(value, Fraction) for value in found.flat)
    assert found.tolist() == [
        [Fraction(1, 8), Fraction(2**70 + 3, 2)], [Fraction(5, 2), Fraction(2**69)]
    ]  # fmt: skip
    data = ml.data.ball(N=9, d=2, seed=0)
    network = ml.build(data, "optimal_relu.narrow")
    assert network(data)[:, 0].tolist() == network(data.points)[:, 0].tolist() == [*data.labels]
    assert network.predict(data.points).tolist() == ml.predict(network, data).tolist()
