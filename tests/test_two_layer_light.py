"""Nearly the least weight, and exact: by programs, by least squares, and what happens elsewhere."""

import math

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import two_layer
from mem_lib.errors import ConstructionFailed


def signs(N, d, seed=0):
    found = ml.data.sphere(N=N, d=d, seed=seed)
    return ml.Dataset(found.points, targets=2 * found.labels - 1)


def build(dataset, **parameters):
    network = two_layer.build(dataset, variant="light", **parameters)
    certificate = ml.verify(network, dataset)
    assert certificate.ok and certificate.max_error == 0
    return network


@pytest.mark.proves("thm-two_layer-light")
@pytest.mark.parametrize("finish", ["strips", "caps"])
def test_neurons_and_weight(finish):
    """N and the repair; far below caps, and hardly above what the linear programs say."""
    dataset = signs(30, 6)
    network = build(dataset, finish=finish)
    repair = two_layer.bound(dataset).neurons if finish == "strips" else 30
    assert network.size.neurons <= 30 + repair
    weight = two_layer.total_weight(network)
    least = two_layer.optimal_weight(dataset, tolerance=0.05)
    assert weight <= 1.1 * least.weight
    assert weight < two_layer.total_weight(two_layer.build(dataset, variant="caps")) / 3
    assert network.about["fit"] == "programs" and network.about["finish"] == finish


@pytest.mark.proves("thm-two_layer-light")
def test_the_repair_fades_with_the_bits():
    dataset = signs(24, 5)
    heavy, fine = (
        two_layer.total_weight(build(dataset, bits=bits, finish="caps")) for bits in (8, 40)
    )
    assert fine < heavy


def test_least_squares_are_light_too():
    dataset = signs(60, 10)
    network = build(dataset, method="squares", rounds=12)
    assert network.size.neurons <= 2 * 60 + two_layer.bound(dataset).neurons
    assert network.about["fit"] == "squares" and network.about["rounds"] <= 12
    assert two_layer.total_weight(network) < 8 * math.sqrt(60)


def test_points_in_no_general_position_are_repaired_by_caps():
    grid = ml.Dataset(np.indices((3, 3)).reshape(2, -1).T, targets=[1, -1, 2, 0, 3, 1, -2, 1, 1])
    assert build(grid).about["finish"] == "caps"


@pytest.mark.parametrize("error", [ConstructionFailed, ml.HypothesisViolated])
def test_where_floats_fail_there_are_caps(monkeypatch, error):
    def fails(*arguments):
        raise error("dataset: not in floats")

    monkeypatch.setitem(two_layer.light.METHODS, "programs", fails)
    dataset = signs(12, 3)
    network = build(dataset)
    caps = two_layer.build(dataset, variant="caps")
    assert network.about["fit"] == "none" and network.layers == caps.layers


@pytest.mark.parametrize("targets", [[0, 0, 0], [5, 5, 5]])
def test_constant_values(targets):
    build(ml.Dataset([[0, 1], [2, 0], [1, 3]], targets=targets))


def test_never_heavier_than_caps():
    for dataset in (ml.Dataset([[2**-30], [1], [2**30]], targets=[1, 2**40, -3]), signs(2, 2)):
        light, caps = (two_layer.build(dataset, variant=name) for name in ("light", "caps"))
        assert two_layer.total_weight(light) <= two_layer.total_weight(caps)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"bits": 7}, "bits: "),
        ({"bits": 51}, "bits: "),
        ({"rounds": 0}, "rounds: "),
        ({"tolerance": 0}, "tolerance: a finite number"),
        ({"tolerance": math.nan}, "tolerance: a finite number"),
        ({"finish": "slabs"}, "finish: one of"),
        ({"method": "gradient"}, "method: one of"),
    ],
)
def test_bad_parameters(parameters, message):
    with pytest.raises(ml.InvalidArgument, match=message):
        two_layer.Light(**parameters)


# the moment curve --------------------------------------------------------------------------------


def curve(t, d):
    return np.stack([np.asarray(t) ** k for k in range(1, d + 1)], axis=1)


@pytest.mark.proves("thm-two_layer-moment-curve")
@pytest.mark.parametrize("d", [1, 2, 3, 4, 5, 6])
def test_the_moment_curve(d):
    """A neuron for each group and one more, fewer than strips from d = 3 on."""
    rng, size = np.random.default_rng(d), d if d % 2 else d - 1
    for N in (1, 2, d, d + 1, 2 * d + 1, 25):
        t = rng.choice(np.arange(-20, 21), N, replace=False)
        for values in (rng.integers(-(10**12), 10**12, N), rng.integers(0, 9, N) / 8):
            dataset = ml.Dataset(curve(t, d), targets=values)
            network = two_layer.build(dataset, variant="moment_curve")
            assert ml.verify(network, dataset).max_error == 0
            assert network.size.neurons == math.ceil(N / size) + 1
            promised = two_layer.bound(dataset, variant="moment_curve")
            assert network.size.bits <= promised.bits
            assert network.size.neurons == promised.neurons
    assert d in (1, 2, 4) or network.size.neurons < two_layer.bound(N=25, d=d).neurons


def test_points_on_no_such_curve_are_named():
    with pytest.raises(ml.HypothesisViolated, match="row 28 is on the wrong side of the hyperp"):
        two_layer.build(ml.data.sphere(N=36, d=12, seed=3), variant="moment_curve")
    ties = ml.Dataset([[0, 0], [0, 1]], [0, 1])
    with pytest.raises(ml.HypothesisViolated, match="row 1 is on the wrong side"):
        two_layer.build(ties, variant="moment_curve")
    line = ml.Dataset([[k, 0, 0] for k in range(4)], [0, 1, 0, 1])
    with pytest.raises(ml.HypothesisViolated, match="affinely dependent"):
        two_layer.build(line, variant="moment_curve")
