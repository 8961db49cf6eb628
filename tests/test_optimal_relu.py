"""The constructions of chapter ``optimal_relu``: right on every point, as large as stated."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mem_lib as ml
from mem_lib import optimal_relu
from mem_lib.data import hostile
from mem_lib.exact import reference
from mem_lib.optimal_relu import tables
from mem_lib.optimal_relu.paper import PaperShape
from mem_lib.parts import gf2, projection
from mem_lib.parts.strings import entries, stream, string_bits
from tests.datasets import datasets

VARIANTS = optimal_relu.VARIANTS
#: Without a budget the other two are a single block, as "wide" is.
SHAPES = [variant for variant in VARIANTS if variant not in ("parallel", "series")]
WIDTH = {
    "paper": {12}, "merged": {12, 14}, "narrow": {3}, "wide": {6, 7}, "parallel": {6, 7},
    "series": {6, 7, 8}, "retrieval": {8}, "rounds": {6, 7, 8},
}  # fmt: skip
BALL = ml.data.ball(N=200, d=5, seed=0)
#: For which no table of the last round is empty.
SEED = {"rounds": 1}


def check(network, dataset):
    """Exact on every row, and of the size that the formulas say."""
    assert ml.verify(network, dataset).ok
    size, formula = network.size, optimal_relu.size_formula(network)
    assert size.width == formula.width and size.width in WIDTH[network.about["variant"]]
    assert size.depth == formula.depth
    assert size.weights <= formula.weights and size.bits <= formula.bits
    assert network.readout == "value"
    assert {layer.activation for layer in network.layers[:-1]} == {"relu"}


def families(rng, N, d, C):
    """Small sets that break careless code; coinciding points are dropped."""
    alone = [0] * (d - 1)
    rows = {
        "grid": rng.integers(0, max(3, N), (N, d)).tolist(),
        "two clusters": [(rng.integers(0, 9, d) + i % 2 * 10**9).tolist() for i in range(N)],
        "multiples of 2^40": (rng.integers(-N, N + 1, (N, d)) << 40).tolist(),
        "powers of 8": [[8**i, *alone] for i in range(min(N, 12))],
        "progression": [[17 * i + 3] * d for i in range(N)],
        "multiples of p1 p2 p3": [[30 * 1001 * i] * d for i in range(N)],
        "bit boundaries": [[2 ** (2 + i // 3) + i % 3 - 1, *alone] for i in range(N)],
    }
    for name, points in rows.items():
        points = list(dict.fromkeys(map(tuple, points)))
        labels = rng.integers(0, C, len(points))
        yield name, ml.Dataset(np.array(points, dtype=object), labels, classes=C)


@pytest.mark.parametrize("variant", SHAPES)
@pytest.mark.parametrize("N", [1, 2, 3, 4, 5, 7, 10, 16, 25, 40])
def test_small_sets_of_every_kind(variant, N):
    rng = np.random.default_rng(N)
    kinds = list(zip([1, 2, 3, 7, 1, 2], [1, 2, 3, 4, 5, 10], strict=True))
    for d, C in kinds if N < 4 else kinds[N % 2 :: 2]:  # `slow` takes all
        for _, dataset in families(rng, N, d, C):
            check(optimal_relu.build(dataset, variant=variant, directions=2), dataset)
            size = int(rng.integers(1, min(2 * N + 2, 9)))
            network = optimal_relu.build(dataset, variant=variant, seed=1, folder_size=size)
            check(network, dataset)
            if variant == "rounds":
                size = min(size, dataset.N)
            assert variant == "retrieval" or network.about["folder_size"] == size


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("N", [1, 2, 3, 5, 10, 24])
def test_the_full_product(variant, N):
    rng = np.random.default_rng(N)
    for d in (1, 2, 3, 7):
        for C in (1, 2, 3, 4, 5, 10):
            for _, dataset in families(rng, N, d, C):
                for size in (None, 1, 2, 7):
                    network = optimal_relu.build(dataset, variant=variant, folder_size=size)
                    check(network, dataset)
                    for row in {0, dataset.N // 2, dataset.N - 1}:
                        point, label = dataset.integers()[0][row], int(dataset.labels[row])
                        out = reference.evaluate(network, point)
                        assert out == [label * network.output_denominator]


@pytest.mark.parametrize("variant", SHAPES)
@pytest.mark.parametrize("name", sorted(hostile))
def test_hostile_families(variant, name):
    for N in (1, 2, 3, 24):
        dataset = hostile[name](N, seed=N)
        check(optimal_relu.build(dataset, variant=variant), dataset)


EXTREME = {
    "powers of two": ([[1 << 13 * k, k] for k in range(23)], [k % 2 for k in range(23)]),
    "range above 2^1024": ([[0.0, 1.0], [1e308, 2.0], [-1e308, 0.5], [3.0, 1e-300]], [0, 1, 1, 0]),
    "denormals": ([[0.0], [5e-324], [1e-308], [1.0]], [0, 1, 2, 1]),
    "two scales": (
        [[k * 2.0**-30, 0.0] for k in range(8)] + [[1000.0 + k, 1.0] for k in range(8)],
        [k * k % 3 for k in range(16)],
    ),
}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", sorted(EXTREME))
def test_extreme_scales(variant, name):
    points, labels = EXTREME[name]
    kind = object if isinstance(points[0][0], int) else float
    dataset = ml.Dataset(np.array(points, dtype=kind), labels)
    check(optimal_relu.build(dataset, variant=variant), dataset)


@settings(max_examples=25, deadline=None)
@given(datasets(), st.sampled_from(VARIANTS), st.integers(1, 4) | st.none(), st.integers(0, 9))
def test_whatever_is_drawn(dataset, variant, folder_size, seed):
    network = optimal_relu.build(dataset, variant=variant, folder_size=folder_size, seed=seed)
    check(network, dataset)
    integers, shift = dataset.integers()
    for point, label in zip(integers, dataset.labels.tolist(), strict=True):
        scaled = [int(v) << network.input_shift - shift for v in point]
        assert reference.evaluate(network, scaled) == [label * network.output_denominator]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("classes", [2, 3, 10])
def test_the_unit_ball(variant, classes):
    dataset = ml.data.ball(N=120, d=10, classes=classes, seed=3)
    network = optimal_relu.build(dataset, variant=variant)
    check(network, dataset)
    assert (ml.predict(network, dataset) == dataset.labels).all()


@pytest.mark.parametrize("variant", VARIANTS)
def test_repeated_points(variant):
    twice = ml.Dataset(np.concatenate([BALL.points[:20]] * 2), np.tile(BALL.labels[:20], 2))
    network = optimal_relu.build(twice, variant=variant)
    check(network, twice)
    assert network == optimal_relu.build(twice.distinct(), variant=variant)


@pytest.mark.parametrize("variant", VARIANTS)
def test_seeds(variant):
    def build(seed):
        return optimal_relu.build(BALL, variant=variant, seed=seed)

    assert build(4) == build(4) != build(5)
    assert build(2**60).about["seed"] == hex(2**60)


@pytest.mark.parametrize("variant", VARIANTS)
def test_layers_tell_what_they_do(variant):
    network = optimal_relu.build(BALL, variant=variant)
    stages = list(dict.fromkeys(layer.stage for layer in network.layers))
    order = ["project", "hash", "find the folder", "read the folder", "decode", "answer"]
    assert set(stages) <= set(order) and stages[0] == "project" and stages[-1] == "answer"
    assert all(layer.names and all(layer.names) for layer in network.layers)
    assert network.layers[-1].names == ("label",)


def check_carried(network, dataset):
    """No unit that only passes on a value would be negative at a point."""
    values = dataset.integers()[0].astype(object).T
    for layer in network.layers[:-1]:
        passed = []
        for bias, terms in layer.rows():
            z = bias + sum((w * values[k] for k, w in terms), np.zeros(dataset.N, dtype=object))
            if len(terms) == 1 and terms[0][1] == 1 and not bias:
                assert (z >= 0).all()
            passed.append(np.maximum(z, 0))
        values = np.stack(passed)


@pytest.mark.parametrize("variant", VARIANTS)
def test_units_that_are_carried_are_never_negative(variant):
    """A value is passed on as relu(value), so it must not be negative at a data point."""
    check_carried(optimal_relu.build(BALL, variant=variant), BALL)


# -- sizes ---------------------------------------------------------------------------------------


@pytest.mark.proves("thm-optimal_relu-size")
@pytest.mark.parametrize("variant", ["paper", "merged"])
def test_weights_of_the_paper_are_counted_exactly(variant):
    """The formula counts every place; a folder of labels 0 alone leaves one empty, and the merged
    network takes the last one up twice."""
    for seed in range(5):
        dataset = ml.data.ball(N=60, d=3, classes=3, seed=seed)
        network = optimal_relu.build(dataset, variant=variant, seed=seed)
        labels = optimal_relu.folders(dataset, variant=variant, seed=seed).label_strings
        empty = labels.count(0) + (variant == "merged" and labels[-1] == 0)
        assert network.size.weights + empty == optimal_relu.size_formula(network).weights


@pytest.mark.parametrize("variant", [v for v in VARIANTS if v not in ("paper", "merged")])
def test_weights_and_bits_are_attained(variant):
    """Here; a table of labels 0 alone in the last of the rounds leaves a place empty."""
    network = optimal_relu.build(BALL, variant=variant, seed=SEED.get(variant, 0))
    formula = optimal_relu.size_formula(network)
    assert network.about["folders"] > 1
    assert (network.size.weights, network.size.bits) == (formula.weights, formula.bits)


def test_the_depths_in_full():
    about = optimal_relu.build(BALL).about
    hidden = 1 + 3 * about["folders"] + 1 + about["folder_size"] * (3 * about["key_bits"] + 2)
    assert optimal_relu.build(BALL).depth == hidden + 1
    network = optimal_relu.build(BALL, variant="narrow")
    about = network.about
    n, K = about["folder_size"], about["hash_steps"]
    bits = about["first_key_bits"] + (n - 1) * about["key_bits"]
    assert network.depth - 1 == 1 + 2 * K + 2 * (about["folders"] - 1) + 2 * bits + 6 * n
    network = optimal_relu.build(BALL, variant="retrieval")
    about = network.about
    steps = about["hash_steps"] + about["table_steps"] + sum(about["prime_steps"])
    cells = about["folder_size"]
    assert network.depth - 1 == 1 + steps + (about["folders"] - 1) + 3 + cells + 2


def test_the_default_folder_size_of_the_paper_is_best():
    for N, key, label in [(1, 1, 1), (2, 9, 1), (10, 3, 5), (200, 20, 1), (1000, 21, 1)]:

        def depth(n, N=N, key=key, label=label):
            return PaperShape.depth_of(-(-N // n), n, key, label)

        assert depth(PaperShape.best_folder_size(N, key, label)) == min(map(depth, range(1, N + 1)))
    assert PaperShape.depth_of(-(-1000 // 7), 7, 21, 1) == 887
    assert PaperShape.depth_of(100, 10, 21, 1) == 953


def test_depth_grows_like_the_root():
    depth = {
        (variant, N): optimal_relu.build(ml.data.ball(N=N, d=4, seed=0), variant=variant).depth
        for variant in VARIANTS
        for N in (250, 4000)
    }
    for variant in VARIANTS:  # 16 times as many points
        assert depth[variant, 4000] < 6 * depth[variant, 250]


@pytest.mark.parametrize("construction", optimal_relu.CONSTRUCTIONS)
def test_a_plan_a_network_and_its_description_have_one_shape(construction):
    plan = construction().plan(BALL, np.random.default_rng(0))
    network = construction().build(BALL)
    formula, about = optimal_relu.size_formula(network), network.about
    shape = construction.shape_class.read(about)
    assert shape == plan.shape(about["folders"]) and shape.formula == formula
    assert {name: about[name] for name in shape.told()} == shape.told()
    # before the folders are filled: at most so many; of tables, at least
    foreseen = plan.size()
    if construction is optimal_relu.Retrieval:
        assert foreseen.depth < formula.depth and plan.bytes < shape.bytes
    else:
        assert foreseen.depth >= formula.depth and plan.bytes >= shape.bytes
    assert plan.burden.startswith("folder_size: ")


def test_size_formula_of_another_network():
    other = ml.beyond_worst_case.build(ml.data.ball(N=10, d=2, margin=0.1, seed=0))
    for value in (other, {}, {"chapter": "optimal_relu", "variant": "thin"}, None):
        with pytest.raises(ml.InvalidArgument, match=r"network: one that .* made"):
            optimal_relu.size_formula(value)


# -- what happens elsewhere ----------------------------------------------------------------------


@pytest.mark.proves("thm-optimal_relu-intervals")
def test_the_plateaus_of_the_paper():
    """Right on the whole interval [key, key + 1], both ends included, in the unit of the keys; and
    one step of the grid above it no longer."""
    dataset = ml.Dataset([[0], [40], [100], [171], [213]], [2, 0, 3, 1, 2])
    for size in (1, 2, 3, 5):
        network = optimal_relu.build(dataset, folder_size=size)
        f = network.about["unit_bits"]
        assert 1 << f + 1 <= 40 < 1 << f + 2
        for x, label, key in zip(
            dataset.points[:, 0], dataset.labels, optimal_relu.folders(dataset).keys, strict=True
        ):
            begin = (int(key) - 1) << f  # z = x / 2^f + 1
            assert begin <= x < begin + (1 << f)
            inside = begin + np.linspace(0, 1, 9) * 2**f
            assert (ml.predict(network, inside[:, None]) == label).all()
            ((beyond,),), one = ml.evaluate(network, [[begin + 2**f + 1]])
            assert label == 0 or beyond < label * one


@pytest.mark.proves("thm-optimal_relu-total")
@pytest.mark.parametrize("folder_size", [1, 2, 3, 50])
def test_narrow_is_a_total_function(folder_size):
    """Without reduction: the label at a key, 0 at every other integer."""
    rng = np.random.default_rng(folder_size)
    keys = np.sort(rng.choice(60, 12, replace=False))
    dataset = ml.Dataset(keys[:, None], rng.integers(0, 5, 12), classes=5)
    network = optimal_relu.build(dataset, variant="narrow", folder_size=folder_size)
    Q, K = int(network.about["modulus"], 16), network.about["hash_steps"]
    everywhere = np.arange(keys[0], keys[0] + (Q << K))
    known = dict(zip(((keys - keys[0]) % Q).tolist(), dataset.labels.tolist(), strict=True))
    expected = [known.get(int(x - keys[0]) % Q, 0) for x in everywhere]
    assert ml.predict(network, everywhere[:, None]).tolist() == expected


# -- parts ---------------------------------------------------------------------------------------


@pytest.mark.proves("thm-optimal_relu-reading")
def test_the_bits_of_a_triangle_wave():
    """The fold reads every bit of every string of up to nine bits."""
    for L in range(1, 10):
        for U in range(1 << L):
            low, high, half = 4 * U + 1, 4 * U + 2, 1 << L + 1
            for i in reversed(range(L)):
                low, high = (v - 2 * max(v - half, 0) for v in (low, high))
                half >>= 1
                assert max(low - high, 0) == U >> i & 1


@pytest.mark.proves("thm-optimal_relu-entries")
@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, 3), st.integers(1, 7))
def test_streams_say_keys_and_labels(seed, key_bits, label_bits, n):
    rng = np.random.default_rng(seed)
    keys = np.sort(rng.choice(200, 15, replace=False))
    labels = rng.integers(0, 1 << label_bits, 15)
    firsts, strings = stream(keys, labels, key_bits, label_bits, n)
    assert len(firsts) <= -(-entries(keys, key_bits) // n)
    found = {}
    for first, string in zip(firsts, strings, strict=True):
        text = f"{string:0{string_bits(8, key_bits, label_bits, n)}b}"
        key, text = int(text[:8], 2), text[8:]
        assert key == first
        found[key], text = int(text[:label_bits], 2), text[label_bits:]
        while text:
            step, text = int(text[:key_bits], 2), text[key_bits:]
            label, text = int(text[:label_bits], 2), text[label_bits:]
            key += step
            found.setdefault(key, label)
    wanted = dict(zip(keys.tolist(), labels.tolist(), strict=True))
    assert {k: v for k, v in found.items() if k in wanted} == wanted
    assert not any(v for k, v in found.items() if k not in wanted)


@pytest.mark.proves("thm-optimal_relu-tables")
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 3), st.sampled_from([10, 15, 31]))
def test_tables_answer(seed, label_bits, cells):
    rng = np.random.default_rng(seed)
    primes = gf2.primes_near(cells)
    keys = np.sort(rng.choice(math.prod(primes), 25, replace=False))
    labels = rng.integers(0, 1 << label_bits, 25)
    rows = gf2.equations(keys, labels, primes, label_bits)
    starts, strings = gf2.fill(rows, sum(primes), label_bits)
    rows = gf2.equations(keys, labels, primes, label_bits)
    assert gf2.fill(rows, sum(primes), label_bits, solve=False) == (starts, [])
    for place, (x, label) in enumerate(zip(keys.tolist(), labels.tolist(), strict=True)):
        table = strings[np.searchsorted(starts, place, side="right") - 1]
        cell = [
            table >> label_bits * (sum(primes) - 1 - i) & (1 << label_bits) - 1
            for i in range(sum(primes))
        ]
        p1, p2, p3 = primes
        assert cell[x % p1] ^ cell[p1 + x % p2] ^ cell[p1 + p2 + x % p3] == label


def test_primes():
    assert [gf2.primes_near(m) for m in (1, 10, 12, 13, 15, 16)] == [
        (2, 3, 5), (2, 3, 5), (2, 3, 5), (3, 5, 7), (3, 5, 7), (3, 5, 7),
    ]  # fmt: skip


def test_keys_that_share_the_primes_are_mixed():
    """Multiples of p1 p2 p3 have the same three cells: hardly two of them fit into a table."""
    N, primes = 300, (5, 7, 11)
    rng = np.random.default_rng(0)
    dataset = ml.Dataset(np.arange(N)[:, None] * 5 * 7 * 11, rng.integers(0, 2, N))
    rows = gf2.equations(dataset.points[:, 0], dataset.labels, primes, 1)
    assert len(gf2.fill(rows, sum(primes), 1, solve=False)[0]) > N / 3
    network = optimal_relu.build(dataset, variant="retrieval", folder_size=sum(primes))
    assert network.about["primes"] == list(primes)
    assert network.about["folders"] < N / 8 and network.about["hash_steps"] > 0
    check(network, dataset)


def test_long_runs_are_judged_by_samples(monkeypatch):
    monkeypatch.setattr(tables, "MOST_JUDGED", 100)
    dataset = ml.data.ball(N=1500, d=2, seed=1)
    network = optimal_relu.build(dataset, variant="retrieval", folder_size=23)
    monkeypatch.undo()
    other = optimal_relu.build(dataset, variant="retrieval", folder_size=23)
    assert abs(network.depth - other.depth) < 0.1 * other.depth


def test_the_folders_are_those_of_the_network():
    for variant in VARIANTS:
        shelf = optimal_relu.folders(BALL, variant=variant)
        about = optimal_relu.build(BALL, variant=variant).about
        assert len(shelf.starts) == len(shelf.strings) == about["folders"]
        assert shelf.string_bits == about["string_bits"]
        assert max(shelf.strings).bit_length() <= shelf.string_bits
        rows = np.concatenate([shelf.members(j) for j in range(len(shelf.starts))])
        assert sorted(rows.tolist()) == list(range(BALL.N))
        assert (np.diff(shelf.keys[rows]) > 0).all()
        with pytest.raises(ml.InvalidArgument, match=f"folder: 0..{len(shelf.starts) - 1}"):
            shelf.members(len(shelf.starts))


def test_small_modulus():
    rng = np.random.default_rng(0)
    assert projection.small_modulus(np.array([0]), rng) == 1
    progression = np.arange(100) * 12345678901
    assert projection.small_modulus(progression, rng).bit_length() <= 8
    huge = np.array([0] + [1 << 40 * k for k in range(1, 30)], dtype=object)
    Q = projection.small_modulus(huge, rng)
    assert Q < 2**20 and len({int(k) % Q for k in huge}) == 30
    everything = np.arange(16)
    assert projection.small_modulus(everything, rng) == 16


def test_projections_are_exact():
    """Far beyond machine words, and equal to the definition."""
    points = np.array([[2**70, 1], [2**70, 2], [2**70 + 1, 0]], dtype=object)
    dataset = ml.Dataset(points, [0, 1, 0])
    found = projection.project(dataset, np.random.default_rng(0), 3)
    values = [sum(a * x for a, x in zip(found.direction, p, strict=True)) for p in points.tolist()]
    order = sorted(range(3), key=values.__getitem__)
    assert found.order.tolist() == order
    assert found.keys.tolist() == [values[i] - min(values) for i in order]
    assert found.gap == min(b - a for a, b in zip(found.keys, found.keys[1:], strict=False))
    assert found.times(2**70).keys.tolist() == [2**70 * k for k in found.keys.tolist()]


def test_more_directions_never_hurt_the_keys():
    def spread(directions):
        found = projection.project(BALL, np.random.default_rng(0), directions)
        return found.range / found.gap

    assert spread(8) <= spread(1)


# -- a wrong network is found out ----------------------------------------------------------------


def with_one_more(network, rng):
    """``network`` with 1 added to one of its nonzero weights, chosen at random."""
    places = [
        (depth, unit, place)
        for depth, layer in enumerate(network.layers)
        for unit, (_, terms) in enumerate(layer.rows())
        for place, _ in terms
    ]
    depth, unit, place = places[rng.integers(len(places))]
    layer = network.layers[depth]
    weight = layer.weight.astype(object)
    weight[unit, place] += 1
    layers = list(network.layers)
    layers[depth] = ml.Layer(weight, layer.bias, layer.activation)
    return ml.Network(layers, network.input_shift, network.output_denominator, network.readout)


@pytest.mark.parametrize(
    ("variant", "N", "least"), [("paper", 1000, 95), ("narrow", 200, 90), ("retrieval", 200, 90)]
)
def test_one_more_in_one_weight_is_noticed(variant, N, least):
    """Most weights matter.  Not all: a test of a bit may be off by one where no file is near, and
    what is left of a file may grow when the rest of its bits are 0."""
    dataset = ml.data.ball(N=N, d=10, margin=0.01, seed=0)
    network, rng = optimal_relu.build(dataset, variant=variant), np.random.default_rng(0)
    broken = sum(
        not ml.verify(with_one_more(network, rng), dataset, workers=1).ok for _ in range(100)
    )
    assert broken >= least


# -- errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"variant": "thin"}, "variant: one of .* got 'thin'"),
        ({"variant": None}, "variant: one of .* got None"),
        ({"seed": -1}, "seed: a whole number >= 0 is needed, got -1"),
        ({"seed": 0.5}, "seed: a whole number >= 0 is needed, got 0.5"),
        ({"folder_size": 0}, "folder_size: a whole number >= 1 is needed, got 0"),
        ({"folder_size": True}, "folder_size: a whole number >= 1 is needed, got True"),
        ({"folder_size": 2.0}, "folder_size: a whole number >= 1 is needed, got 2.0"),
        ({"directions": 0}, "directions: a whole number >= 1 is needed, got 0"),
    ],
)
def test_bad_arguments(arguments, message):
    for function in (optimal_relu.build, optimal_relu.folders):
        with pytest.raises(ml.InvalidArgument, match=message):
            function(BALL, **arguments)


@pytest.mark.parametrize("variant", VARIANTS)
def test_labels_of_machine_size(variant):
    dataset = ml.Dataset([[1], [2]], [0, 2**53 - 1])
    network = optimal_relu.build(dataset, variant=variant)
    assert ml.verify(network, dataset).ok
    assert network.about["classes"] == hex(2**53)


@pytest.mark.parametrize("folder", ["x", None, 0.5, True, -1, 99])
def test_a_folder_that_is_not_there(folder):
    with pytest.raises(ml.InvalidArgument, match="folder: "):
        optimal_relu.folders(BALL).members(folder)


@pytest.mark.parametrize(
    "change", [{"modulus": "zz"}, {"primes": []}, {"prime_steps": [1]}, {"folders": None}]
)
def test_a_damaged_description_has_no_size(change):
    about = optimal_relu.build(BALL, variant="retrieval").about
    with pytest.raises(ml.InvalidArgument, match="network: one that"):
        optimal_relu.size_formula(about | change)
    about = optimal_relu.build(BALL, variant="parallel").about
    with pytest.raises(ml.InvalidArgument, match="network: one that"):
        optimal_relu.size_formula(about | {"blocks": 0})


def test_bad_data():
    for variant in (np.array(["paper", "wide"]), ["paper"], 3):
        with pytest.raises(ml.InvalidArgument, match="variant: one of"):
            optimal_relu.build(BALL, variant=variant)
    with pytest.raises(ml.InvalidArgument, match="dataset: a Dataset is needed, got 7"):
        optimal_relu.build(7)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("folder_size", [10**6, 10**9, 2**80])
def test_a_network_that_no_machine_holds(variant, folder_size, monkeypatch):
    monkeypatch.setattr("mem_lib._base.memory.physical_memory", lambda: 8 << 30)
    with pytest.raises(ml.TooLarge, match=r"folder_size: .* need about .* GiB, .* 8.0"):
        optimal_relu.build(BALL, variant=variant, folder_size=folder_size)


@pytest.mark.parametrize("variant", VARIANTS)
def test_memory_is_refused_after_planning_too(variant, monkeypatch):
    """Where the folder size alone does not tell: long keys, or many tables."""
    monkeypatch.setattr("mem_lib._base.memory.physical_memory", lambda: 1 << 16)
    with pytest.raises(ml.TooLarge, match=r"folder_size: .* GiB"):
        optimal_relu.build(BALL, variant=variant)
    # a system that does not tell
    monkeypatch.setattr("mem_lib._base.memory.physical_memory", lambda: 0)
    check(optimal_relu.build(BALL, variant=variant), BALL)


def test_directions_that_do_not_separate(monkeypatch):
    """Both kinds of draw are used up; the message names two points that coincide."""
    monkeypatch.setattr(projection, "_direction", lambda shape, bits, rng: [0, 1])
    dataset = ml.Dataset([[0, 0], [0, 5], [1, 5]], [0, 1, 0])
    with pytest.raises(ml.ConstructionFailed, match="rows 1 and 2 of the distinct points coincide"):
        optimal_relu.build(dataset)


def test_a_small_grid_needs_longer_directions():
    """Few values a coordinate: most of the separation has to come from the direction."""
    dataset = ml.data.lattice(N=243, d=5, seed=0)
    check(optimal_relu.build(dataset, variant="retrieval"), dataset)
    far = ml.Dataset(dataset.points + 2**40, dataset.labels)
    check(optimal_relu.build(far, variant="retrieval"), far)
    cluster = np.array([[i % 20 / 2**30, i // 20 / 2**30] for i in range(200)] + [[1000.0, 999.0]])
    dataset = ml.Dataset(cluster, np.arange(201) % 2)
    check(optimal_relu.build(dataset, variant="narrow"), dataset)
