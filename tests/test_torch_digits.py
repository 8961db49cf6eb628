"""Long integers in tensors against Python integers."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
torch.set_num_threads(1)  # small tensors; several threads would fight over the cores

from mem_lib.exact.arrays.torch import Long, TorchArrays, digits_of, integers_of  # noqa: E402
from mem_lib.exact.engine import Engine  # noqa: E402
from tests.networks import ladder  # noqa: E402
from tests.test_exact_columns import deep_network, met  # noqa: E402

ARRAYS = TorchArrays("cpu")
EDGES = [0, 1, 2**46, 2**47 - 1, 2**47, 2**47 + 1, 2**48 - 1, 2**48, 2**94, 2**95, 2**96, 2**143]


def numbers(rng, n, bits):
    values = [
        int.from_bytes(rng.bytes(bits // 8 + 1), "big") >> int(rng.integers(bits)) for _ in range(n)
    ]
    edges = [int(v) for v in rng.choice(np.array(EDGES, object), n)]
    return [
        int(rng.choice([-1, 1])) * (v if rng.random() < 0.7 else e)
        for v, e in zip(values, edges, strict=True)
    ]


def long(values):
    return ARRAYS.load(np.array([*values, 2**200], dtype=object)[:-1]) if values else None


def ints(values):
    return [int(v) for v in ARRAYS.dump(values)]


@pytest.mark.parametrize("seed", range(30))
def test_arithmetic_of_digits(seed):
    rng = np.random.default_rng(seed)
    bits = int(rng.choice([40, 47, 48, 62, 100, 500]))
    a, b = numbers(rng, 40, bits), numbers(rng, 40, int(rng.choice([30, 100, 300])))
    x, y = long(a), long(b)
    assert ints(x) == a
    for scale in (1, -1, 2, -5000, 2**13, 2**40 + 3, -(2**97) - 2**47, 3**200):
        assert ints(ARRAYS.times(x, scale)) == [scale * v for v in a]
        total = ARRAYS.plus(x, y, scale)
        assert ints(total) == [v + scale * w for v, w in zip(a, b, strict=True)]
    z = ARRAYS.shifted(x, -(2**95) + 7)
    expected = [v - 2**95 + 7 for v in a]
    assert ints(ARRAYS.relu(z)) == [max(v, 0) for v in expected]
    assert ARRAYS.step(z).tolist() == [int(v >= 0) for v in expected]
    assert ARRAYS.extremes(z) == (min(expected), max(expected))
    difference = ARRAYS.plus(x, x, -1)
    assert ARRAYS.zeros(difference).all()
    doubled = Long(torch.cat([x.digits, x.digits], dim=1))
    distinct, codes = ARRAYS.distinct(doubled, 0, 0)
    assert ints(ARRAYS.take(distinct, codes)) == a + a
    assert len(distinct) == len(set(a))
    peak = max(map(abs, a))
    assert ints(ARRAYS.fitted(x, peak)) == a


def test_digits_and_back_at_every_boundary():
    values = [s * ((1 << k) + e) for k in range(200) for e in (-1, 0, 1) for s in (-1, 1)]
    for value in values:
        digits = digits_of([value])
        assert abs(digits).max() <= 2**47
        assert integers_of(digits) == [value]
    assert integers_of(digits_of(values)) == values


@pytest.mark.parametrize("seed", range(10))
def test_the_engine_on_tensors_equals_the_definition(seed):
    rng = np.random.default_rng(seed)
    for _ in range(30):
        network = deep_network(rng, 2, int(rng.integers(1, 10)), 5, 4, big=0.6)
        points = rng.integers(-9, 10, (int(rng.integers(1, 60)), 2))
        if rng.random() < 0.2:
            points = points.astype(object) * 2**70
        engine = Engine(network, ARRAYS)
        engine.head = engine.head or 1
        out, tally = engine.run(points)
        outputs, peak, ties = met(network, points)
        assert out.T.tolist() == outputs
        assert (tally.peak, tally.ties) == (peak, ties)


def test_a_ladder_of_huge_steps():
    network = ladder(steps=20, width=50, bits=304)
    points = np.arange(1000)[:, None]
    here, there = Engine(network).run(points), Engine(network, ARRAYS).run(points)
    assert (here[0] == there[0]).all()
    assert here[1].peak == there[1].peak
    assert there[1].expanded == 0
