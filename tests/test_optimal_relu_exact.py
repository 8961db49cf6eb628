"""The engine on networks of constant width: huge numbers once a folder, floats at chance level."""

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import foundations, optimal_relu
from mem_lib.exact import reference
from mem_lib.exact.chunks import Chunks
from mem_lib.exact.engine import Engine
from mem_lib.exact.tally import Tally

VARIANTS = ("paper", "narrow", "retrieval")


@pytest.fixture(scope="module")
def dataset():
    return ml.data.ball(N=2000, d=4, margin=0.001, classes=4, seed=3)


@pytest.fixture(scope="module")
def networks(dataset):
    return {v: optimal_relu.build(dataset, variant=v, seed=1) for v in VARIANTS}


def whole_tally(network, dataset):
    chunks = Chunks(Engine(network), dataset.N, lambda rows: dataset.integers(rows)[0], 64)
    total = Tally()
    total.merge(chunks.tally)
    for _, _, _, tally in chunks.run(workers=1, progress=False):
        total.merge(tally)
    return total


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_huge_number_is_held_once_a_point(networks, dataset, variant):
    tally = whole_tally(networks[variant], dataset)
    assert "python" in tally.arithmetic
    assert tally.expanded == 0


@pytest.mark.parametrize("variant", VARIANTS)
def test_memorized_and_equal_to_the_definition(networks, dataset, variant):
    network = networks[variant]
    assert ml.verify(network, dataset).ok
    for i in (0, 777, 1999):
        (value,) = reference.evaluate(network, dataset.integers()[0][i].tolist())
        assert value == dataset.labels[i] * network.output_denominator


@pytest.mark.parametrize("variant", VARIANTS)
def test_off_the_data_it_equals_the_definition_too(networks, dataset, variant):
    network = networks[variant]
    points = np.random.default_rng(0).integers(-(2**22), 2**22, (20, 4)) / 2**20
    points[::2] = dataset.points[:10] + 2.0**-20
    numerators, denominator = ml.evaluate(network, points)
    finer = network.refined(2)
    assert denominator == network.output_denominator
    for point, value in zip(points, numerators[:, 0], strict=True):
        integers = [int(x * 2**22) for x in point]
        assert reference.evaluate(finer, integers) == [value * 4]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_in_floats_the_same_network_is_at_chance_level(networks, dataset, variant, dtype):
    """Four classes: a guess is right once in four; the binomial spread at N = 2000 is 0.01.  What
    overflows or is no label at all is wrong as well."""
    out = foundations.evaluate_in_floats(networks[variant], dataset.points, dtype)[:, 0]
    assert (out == dataset.labels).mean() < 0.35
