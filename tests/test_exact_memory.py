"""How many points are taken at a time follows from how long their integers really are."""

from fractions import Fraction

import numpy as np
import pytest

from mem_lib import Dataset, Layer, Network, evaluate, verify
from mem_lib._base import budget as budgets
from mem_lib.errors import TooLarge
from mem_lib.exact import chunks as chunking
from mem_lib.exact import engine as engines
from mem_lib.exact.chunks import Chunks
from mem_lib.exact.engine import Engine
from tests.memory import traced

MEGABYTE = 2**20


def _peak(call, *arguments, **named):
    return traced(call, *arguments, **named)[1]


def _network(width, d, bits, shift=0):
    rng = np.random.default_rng(3)
    weight = [[int(v) << bits for v in row] for row in rng.integers(-9, 10, (width, d))]
    layers = [
        Layer(weight, rng.integers(-9, 10, width), "relu"),
        Layer(rng.integers(-9, 10, (1, width)), [0], "identity"),
    ]
    return Network(layers, input_shift=shift, readout="sign")


def _points(N, d, bits):
    rng = np.random.default_rng(4)
    points = [[int(v) << bits for v in row] for row in rng.integers(-(2**20), 2**20, (N, d))]
    return Dataset(points, rng.integers(0, 2, N), classes=2)


@pytest.mark.parametrize(
    ("data", "width", "weight"),
    [(0, 200, 0), (345, 200, 0), (345, 200, 300), (4000, 8, 0), (0, 8, 1000), (4000, 80, 1000)],
)
def test_a_chunk_takes_as_much_as_it_should(data, width, weight, monkeypatch):
    monkeypatch.setattr(engines, "CHUNK_BYTES", MEGABYTE // 4)
    monkeypatch.setattr(engines.NUMPY, "most_bytes", MEGABYTE // 4)
    network, dataset = _network(width, 3, weight), _points(400, 3, data)
    verify(network, dataset.subset(slice(2)), workers=1, progress=False)  # imports what is needed
    _ = dataset.sha256, network.sha256
    base = dataset.points.nbytes * 4 + MEGABYTE // 4
    bits = 20 + data
    step = Engine(network).chunk(10**6, bits)
    assert step * Engine(network).point_bytes(bits) <= MEGABYTE // 4
    peak = _peak(verify, network, dataset, workers=1, progress=False)
    assert peak <= chunking.SHARES * MEGABYTE // 4 + base


def test_machine_integers_take_as_many_points_as_before():
    assert Engine(_network(1000, 3, 0)).chunk(10**6, 20) == 64 * MEGABYTE // 8000
    assert Engine(_network(1000, 3, 0)).chunk(10**6, 365) == 64 * MEGABYTE // 88_000
    assert Engine(_network(8, 3, 100)).chunk(10**6, 20) == 25_000


def test_a_file_of_two_hundred_bytes_does_not_take_a_megabyte_a_point():
    text = (
        '{"format":"mem_lib.network","version":1,"inputs":1,"input_shift":4000000,'
        '"output_denominator":1,"readout":"sign","layers":[{"activation":"identity",'
        '"weight":[[1]],"bias":[0]}]}'
    )
    network = Network.from_json(text)
    dataset = Dataset(np.arange(1, 401)[:, None], np.ones(400, int), classes=2)
    assert Engine(network).chunk(400, 4_000_009) == 125
    peak = _peak(verify, network, dataset, workers=1, progress=False)
    assert peak < 4 * engines.CHUNK_BYTES < 400 * MEGABYTE
    assert verify(network, dataset, workers=1, progress=False)


def test_a_point_that_does_not_fit_is_refused(monkeypatch):
    network = _network(30, 1, 0, shift=100_000)
    dataset = Dataset([[1], [2]], [1, 0])
    assert verify(network, dataset, progress=False).points == 2
    monkeypatch.setenv(budgets.VARIABLE, "200K")
    message = "network: a single point in its widest layer needs about .* budget is 200.0 kiB"
    for call in (lambda: verify(network, dataset), lambda: evaluate(network, dataset)):
        with pytest.raises(TooLarge, match=message):
            call()


def _growing(depth, bits=2000):
    """x -> 2^(bits depth) x + ..., through ReLU."""
    layers = [Layer([[1 << bits], [1]], [0, -3], "relu")]
    layers += [Layer([[1 << bits, 0], [0, 1]], [1, 1], "relu") for _ in range(depth)]
    return Network([*layers, Layer([[1, -1]], [0], "identity")], readout="sign")


@pytest.mark.parametrize("wide", [False, True])
def test_where_numbers_grow_points_go_on_in_halves(wide, monkeypatch):
    network = _growing(6)
    if wide:  # more than NARROW units: no order of the points, and no head
        first = Layer([[k] for k in range(1, 101)], [0] * 100, "relu")
        second = Layer([[1 << 2000] * 100, [1] * 100], [0, -3], "relu")
        network = Network([first, second, *network.layers[1:]], readout="sign")
    points = np.arange(-50, 51)[:, None]
    expected = evaluate(network, points)
    whole = Engine(network).run(points)
    monkeypatch.setattr(engines, "CHUNK_BYTES", 60_000)
    monkeypatch.setattr(engines.NUMPY, "most_bytes", 60_000)
    lengths = []
    halves = Engine._halves
    monkeypatch.setattr(
        Engine, "_halves", lambda *given: lengths.append(given[4]) or halves(*given)
    )
    out, tally = Engine(network).run(points)
    assert lengths[0] == 101 and len(lengths) > 2
    assert out.tolist() == whole[0].tolist() == expected[0].T.tolist()
    assert (tally.peak, tally.ties) == (whole[1].peak, whole[1].ties)
    monkeypatch.setenv(budgets.VARIABLE, "1K")
    with pytest.raises(TooLarge, match=r"network: a single point in layers\[\d\] needs about"):
        monkeypatch.setattr(engines, "CHUNK_BYTES", 100)
        monkeypatch.setattr(engines.NUMPY, "most_bytes", 100)
        Engine(network).run(points)


def test_points_are_put_in_order_only_where_that_fits(monkeypatch):
    network, dataset = _growing(2), _points(200, 1, 0)
    ordered = verify(network, dataset, progress=False)
    made = []
    init = Chunks.__init__
    monkeypatch.setattr(Chunks, "__init__", lambda self, *a: made.append(self) or init(self, *a))
    verify(network, dataset, progress=False)
    monkeypatch.setattr(chunking, "MOST_STATE", 10)
    assert verify(network, dataset, progress=False) == ordered
    assert [chunks.head for chunks in made] == [1, 0]


def test_workers_share_the_budget(monkeypatch):
    network, dataset = _network(100, 3, 100), _points(4000, 3, 300)
    seen = []
    run = Chunks._run
    monkeypatch.setattr(Chunks, "_run", lambda self, todo, n: seen.append(n) or run(self, todo, n))
    monkeypatch.setattr(engines, "CHUNK_BYTES", 2**18)
    plain = verify(network, dataset, workers=4, progress=False)
    monkeypatch.setenv(budgets.VARIABLE, str(2 * chunking.SHARES * 2**18))
    assert verify(network, dataset, workers=4, progress=False) == plain
    monkeypatch.setenv(budgets.VARIABLE, str(chunking.SHARES * 2**17))
    assert verify(network, dataset, workers=4, progress=False) == plain
    assert seen == [4, 2, 1]


def test_outputs_that_do_not_fit_together_are_refused(monkeypatch):
    network = Network([Layer([[1]], [0], "identity")], input_shift=10_000)
    points = np.arange(1, 1001)[:, None]
    numerators, denominator = evaluate(network, points)
    assert Fraction(numerators[9, 0], denominator) == 10 << 10_000
    monkeypatch.setenv(budgets.VARIABLE, "2M")
    with pytest.raises(TooLarge, match="points: the outputs for 1000 of them, so far, needs about"):
        evaluate(network, points)
    assert verify(network, Dataset(points, np.zeros(1000, int)), progress=False).correct == 0
