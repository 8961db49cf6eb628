"""Fewer layers, shorter weights, real targets: what the variants of ``optimal_relu`` trade."""

import re
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mem_lib as ml
from mem_lib import foundations, optimal_relu
from mem_lib.__main__ import main
from mem_lib.data import hostile
from mem_lib.exact import reference
from mem_lib.optimal_relu.codes import MOST_BITS, of_targets
from mem_lib.parts.strings import string_bits
from tests.datasets import datasets
from tests.test_optimal_relu import check_carried, families

BALL = ml.data.ball(N=200, d=5, classes=3, seed=0)
TWO = ml.data.ball(N=500, d=10, margin=0.1, seed=0)


def built(dataset, within=0, /, **parameters):
    """The network, certified, of the size that the formula says, within its budget."""
    network = optimal_relu.build(dataset, **parameters)
    assert ml.verify(network, dataset, tolerance=within).ok
    size, formula = network.size, optimal_relu.size_formula(network)
    assert (size.depth, size.width) == (formula.depth, formula.width)
    assert size.weights <= formula.weights and size.bits <= formula.bits
    assert size.depth <= (parameters.get("depth") or size.depth)
    if parameters.get("max_weight_bits") is not None:
        assert bits_behind(network) <= parameters["max_weight_bits"]
    return network


def bits_behind(network):
    """Bits of the longest weight or bias behind the first layer."""
    arrays = [a for layer in network.layers[1:] for a in (layer.entries, layer.bias)]
    return max(abs(v) for a in arrays for v in (int(a.max()), int(a.min()))).bit_length()


def least(dataset, **parameters):
    """The least budget, as the message about a smaller one states it."""
    with pytest.raises(ml.HypothesisViolated) as error:
        optimal_relu.build(dataset, **parameters)
    name = "depth" if "depth" in parameters else "max_weight_bits"
    text = str(error.value)
    assert text.startswith(f"{name}: ") and text.endswith(f"got {parameters[name]}")
    return int(re.search(r"at least (\d+)", text)[1])


# -- depth, width, bits: the closed forms ---------------------------------------------------------


def test_the_depths_in_full():
    network = built(BALL, variant="merged")
    about = network.about
    entry = max(about["key_bits"], about["label_bits"]) + 3
    assert network.depth - 1 == 1 + 2 * about["folders"] + 1 + about["folder_size"] * entry
    for variant, bits in (("wide", None), ("wide", 40), ("series", 40)):
        network = built(BALL, variant=variant, max_weight_bits=bits)
        about = network.about
        T = string_bits(
            *(about[k] for k in ("first_key_bits", "key_bits", "label_bits", "folder_size"))
        )
        K, rounds = about["hash_steps"], about["rounds"]
        assert about["string_bits"] == T and (rounds > 1) == (variant == "series")
        hidden = 1 + K + (about["folders"] - rounds) + rounds * T + 1
        assert network.depth - 1 == hidden
        assert network.size.width == 7 + (rounds > 1)
    network = built(BALL, variant="parallel", depth=70)
    about = network.about
    blocks, T = about["blocks"], about["string_bits"]
    hidden = 1 + about["hash_steps"] + (-(-about["folders"] // blocks) - 1) + T + 1
    assert network.depth - 1 == hidden and network.size.width == 7 * blocks and blocks > 1


def test_merging_about_halves_the_depth_of_the_paper():
    for classes, width in ((2, 12), (3, 14)):
        dataset = ml.data.ball(N=300, d=4, classes=classes, seed=classes)
        merged, paper = (built(dataset, variant=v, folder_size=5) for v in ("merged", "paper"))
        assert merged.size.width == width and 1.9 * merged.depth < paper.depth
        same = (
            optimal_relu.folders(dataset, variant=v, folder_size=5) for v in ("merged", "paper")
        )
        one, other = same
        assert one.strings == other.strings and one.label_strings == other.label_strings


@pytest.mark.proves("thm-optimal_relu-merged")
def test_merged_has_the_plateaus_of_the_paper():
    """Both networks are the same function, off the data too, up to the heights they reach."""
    dataset = ml.Dataset([[0], [40], [100], [171], [213]], [2, 0, 3, 1, 2])
    for size in (1, 2, 5):
        merged, paper = (
            optimal_relu.build(dataset, variant=v, folder_size=size) for v in ("merged", "paper")
        )
        x = np.arange(-40, 300)[:, None] / 2
        assert (ml.evaluate(merged, x)[0] == ml.evaluate(paper, x)[0]).all()


@pytest.mark.parametrize("variant", ["wide", "parallel", "series"])
@pytest.mark.parametrize("folder_size", [1, 2, 50])
def test_blocks_are_total_functions(variant, folder_size):
    """The label where the remainder is a key, 0 at every other integer, in every block."""
    rng = np.random.default_rng(folder_size)
    keys = np.sort(rng.choice(60, 12, replace=False))
    dataset = ml.Dataset(keys[:, None], rng.integers(0, 5, 12), classes=5)
    budget = {"wide": {}, "parallel": {"depth": 13 + 7 * folder_size}, "series": {}}[variant]
    network = built(dataset, variant=variant, folder_size=folder_size, **budget)
    Q, K = int(network.about["modulus"], 16), network.about["hash_steps"]
    everywhere = np.arange(keys[0], keys[0] + (Q << K))
    known = dict(zip(((keys - keys[0]) % Q).tolist(), dataset.labels.tolist(), strict=True))
    expected = [known.get(int(x - keys[0]) % Q, 0) for x in everywhere]
    assert ml.predict(network, everywhere[:, None]).tolist() == expected


def test_units_that_are_carried_are_never_negative():
    for parameters in (
        {"variant": "merged"}, {"variant": "wide"}, {"variant": "parallel", "depth": 60},
        {"variant": "series", "max_weight_bits": 30},
    ):  # fmt: skip
        check_carried(optimal_relu.build(BALL, **parameters), BALL)


# -- budgets --------------------------------------------------------------------------------------


@pytest.mark.parametrize("N", [1, 2, 3, 7, 25])
def test_budgets_on_small_sets_of_every_kind(N):
    rng = np.random.default_rng(N)
    for d, C in ((1, 2), (3, 5)):
        for _, dataset in families(rng, N, d, C):
            free = built(dataset, variant="parallel").depth
            fewest = least(dataset, variant="parallel", depth=1)
            assert built(dataset, variant="parallel", depth=fewest).depth == fewest
            for depth in {max(fewest, free // 2), free, free + 1}:
                built(dataset, variant="parallel", depth=depth)
            for variant in ("narrow", "wide", "series"):
                shortest = least(dataset, variant=variant, max_weight_bits=1)
                assert least(dataset, variant=variant, max_weight_bits=shortest - 1) == shortest
                for bits in (shortest, shortest + 9, 3 * shortest):
                    built(dataset, variant=variant, max_weight_bits=bits)


@pytest.mark.parametrize("name", sorted(hostile))
def test_budgets_on_hostile_families(name):
    for N in (1, 3, 24):
        dataset = hostile[name](N, seed=N)
        built(dataset, variant="parallel", depth=least(dataset, variant="parallel", depth=1))
        for variant in ("narrow", "wide", "series"):
            bits = least(dataset, variant=variant, max_weight_bits=1)
            built(dataset, variant=variant, max_weight_bits=bits)


@settings(max_examples=25, deadline=None)
@given(
    datasets(), st.integers(1, 4) | st.none(), st.integers(0, 9), st.integers(0, 30),
    st.sampled_from(["parallel", "series", "wide", "narrow"]),
)  # fmt: skip
def test_whatever_is_drawn(dataset, folder_size, seed, more, variant):
    name = "depth" if variant == "parallel" else "max_weight_bits"
    parameters = {"variant": variant, "folder_size": folder_size, "seed": seed}
    budget = least(dataset, **parameters, **{name: 1}) + more
    network = built(dataset, **parameters, **{name: budget})
    integers, shift = dataset.integers()
    for point, label in zip(integers, dataset.labels.tolist(), strict=True):
        scaled = [int(v) << network.input_shift - shift for v in point]
        assert reference.evaluate(network, scaled) == [label]


def test_budgets_go_with_folder_sizes():
    depth = least(BALL, variant="parallel", folder_size=4, depth=9)
    assert depth > least(BALL, variant="parallel", depth=9)
    assert built(BALL, variant="parallel", folder_size=4, depth=depth).about["folder_size"] == 4
    bits = least(BALL, variant="series", folder_size=4, max_weight_bits=9)
    assert bits > least(BALL, variant="series", max_weight_bits=9)
    network = built(BALL, variant="series", folder_size=4, max_weight_bits=bits)
    assert network.about["folder_size"] == 4


def test_fewer_layers_take_more_blocks():
    """Weights times depth stay about the same: theorem on blocks side by side."""
    sizes = []
    for depth in (200, 150, 110, 80, 65, 55, 50):
        network = built(TWO, variant="parallel", depth=depth)
        assert network.size.width == 6 * network.about["blocks"]
        sizes.append(network.size)
    assert all(a.width < b.width for a, b in pairwise(sizes))
    products = [size.weights * size.depth for size in sizes]
    assert max(products) < 3 * min(products)
    assert sizes[-1].depth * 3.5 < sizes[0].depth


def test_a_depth_below_its_bits_is_impossible():
    deep = least(TWO, variant="parallel", depth=10)
    network = built(TWO, variant="parallel", depth=deep)
    assert network.about["blocks"] == network.about["folders"] == TWO.N
    about = network.about
    assert deep == about["hash_steps"] + about["first_key_bits"] + 1 + 3


@pytest.mark.parametrize("variant", ["series", "wide", "narrow"])
def test_fewer_bits_take_more_layers(variant):
    """Weights times bits stay about the same, above the bits of a key: theorem on short weights."""
    products, depths = [], []
    for bits in (22, 30, 40, 53, 80):
        network = built(TWO, variant=variant, max_weight_bits=bits)
        products.append(network.size.weights * bits_behind(network))
        depths.append(network.depth)
    assert depths == sorted(depths, reverse=True) and depths[0] > 2 * depths[-1]
    assert max(products) < 3 * min(products)
    assert min(products) > TWO.N  # the labels have one bit each


def test_one_block_of_short_strings_is_smaller_than_several():
    for bits in (30, 40, 60):
        series, wide = (built(TWO, variant=v, max_weight_bits=bits) for v in ("series", "wide"))
        assert wide.depth < series.depth and wide.size.weights < series.size.weights


def test_short_directions():
    """A budget of bits asks for a direction of few bits; an axis has no choice."""
    far = ml.Dataset([[0], [1], [2**40]], [0, 1, 0])
    assert least(far, variant="wide", max_weight_bits=9) > 35
    free = optimal_relu.build(TWO, variant="narrow")
    assert built(TWO, variant="narrow", max_weight_bits=60).about["projection_bits"] < 26
    assert free.about["projection_bits"] > 30


# -- plain floats ---------------------------------------------------------------------------------


@pytest.mark.proves("thm-optimal_relu-floats")
@pytest.mark.parametrize("N", [500, 5000])
def test_51_bits_are_exact_in_float64(N):
    dataset = ml.data.ball(N=N, d=10, margin=0.1, seed=0)
    network = built(dataset, variant="narrow", max_weight_bits=51)
    assert foundations.bits_needed(network, dataset.points) <= 53
    floats = foundations.evaluate_in_floats(network, dataset.points)[:, 0]
    assert (floats == dataset.labels).all()
    long = optimal_relu.build(dataset, variant="narrow")
    floats = foundations.evaluate_in_floats(long, dataset.points)[:, 0]
    assert np.mean(floats != dataset.labels) > 0.1


@pytest.mark.proves("thm-optimal_relu-floats")
def test_22_bits_are_exact_in_float32():
    network = built(TWO, variant="narrow", max_weight_bits=22)
    assert foundations.bits_needed(network, TWO.points) <= 24
    floats = foundations.evaluate_in_floats(network, TWO.points, np.float32)[:, 0]
    assert (floats == TWO.labels).all()


@pytest.mark.proves("thm-optimal_relu-floats")
@pytest.mark.parametrize("bits", [22, 30, 51, 77])
def test_sums_of_narrow_stay_two_bits_above_its_weights(bits):
    """As the head of the module says: the first layer aside, no sum of absolute terms exceeds
    2^(bits + 2)."""
    for dataset in (TWO, BALL, hostile["mixed_scales"](40)):
        if bits < 40 and dataset is not TWO:
            continue
        network = built(dataset, variant="narrow", max_weight_bits=bits)
        rest = ml.Network(network.layers[1:])
        first = ml.Network(network.layers[:1], network.input_shift, readout="argmax")
        keys, _ = ml.evaluate(first, dataset.points)
        assert foundations.bits_needed(rest, keys) <= bits + 2


def test_steep_tests_round_earlier():
    """The same strings, read by differences of long products."""
    network = built(TWO, variant="wide", max_weight_bits=51)
    assert foundations.bits_needed(network, TWO.points) > 53
    floats = foundations.evaluate_in_floats(network, TWO.points)[:, 0]
    assert (floats != TWO.labels).any()


# -- the margin -----------------------------------------------------------------------------------


def scales(N, bits, seed=0):
    """Integer points of which neighbours are 1 apart, of 12 to ``bits`` bits."""
    rng, found = np.random.default_rng(seed), set()
    while len(found) < N:
        length = int(rng.integers(12, bits + 1))
        key = int.from_bytes(rng.bytes(bits // 8 + 1), "big") % 2**length
        found |= {key, key + 1}
    points = np.array(sorted(found)[:N], dtype=object)
    return ml.Dataset(points[:, None], rng.integers(0, 2, N))


@pytest.mark.proves("thm-optimal_relu-margin")
def test_the_margin_adds_or_multiplies():
    """Bits that tell nothing apart cost a layer each, or two, where keys are reduced first."""
    depth = {}
    for bits in (24, 256):
        dataset = scales(300, bits)
        for variant in ("paper", "narrow", "wide", "retrieval"):
            size = 6 if variant == "paper" else None
            depth[variant, bits] = built(dataset, variant=variant, folder_size=size).depth
    more = {v: depth[v, 256] - depth[v, 24] for v, bits in depth if bits == 24}
    assert 1.7 * 232 < more["narrow"] < 2.3 * 232
    assert 0.8 * 232 < more["wide"] < 1.3 * 232 and 0.8 * 232 < more["retrieval"] < 1.3 * 232
    assert more["paper"] > 0.8 * 3 * 6 * 232  # three layers for each bit of each key in a folder


# -- real targets ---------------------------------------------------------------------------------

POINTS = ml.data.ball(N=40, d=3, seed=1).points
RNG = np.random.default_rng(0)
TARGETS = {
    "normal": np.ldexp(np.rint(RNG.standard_normal(40) * 2**30), -30),
    "integers": RNG.integers(-5, 5, 40),
    "equal": np.full(40, -2.75),
    "thirds": np.array([Fraction(k - 9, 3) for k in range(40)], dtype=object),
    "two values": np.where(np.arange(40) % 3, 1e300, -1e-300),
    "far apart": np.where(np.arange(40) % 3, 1e300, -1e-300) * RNG.random(40),
}


@pytest.mark.proves("thm-optimal_relu-real")
@pytest.mark.parametrize("variant", optimal_relu.VARIANTS)
@pytest.mark.parametrize("name", sorted(TARGETS))
def test_targets(variant, name):
    dataset = ml.Dataset(POINTS, targets=TARGETS[name])
    if name not in ("two values", "far apart"):
        network = built(dataset, variant=variant)
        assert network.layers[-1].names == ("target",)
    for tolerance in (0.01, Fraction(1, 1000), 2.0**-20, 1, 1e6, 1e290):
        network = built(dataset, tolerance, variant=variant, tolerance=tolerance)
        exact = of_targets(*dataset.integer_targets(), 0)
        assert network.about["label_bits"] <= exact.bits


@pytest.mark.parametrize("variant", optimal_relu.VARIANTS)
def test_few_targets(variant):
    for N in (1, 2, 3):
        dataset = ml.Dataset(POINTS[:N], targets=[-0.3, 7.25, 1e-3][:N])
        for tolerance in (None, 0, 0.1, 1e9):
            built(dataset, tolerance or 0, variant=variant, tolerance=tolerance)
    twice = ml.Dataset(np.concatenate([POINTS[:5]] * 2), targets=[0.5, 2, -1, 8, 0.25] * 2)
    built(twice, variant=variant)


@pytest.mark.parametrize("variant", ["paper", "narrow", "wide"])
def test_long_targets_are_exact_when_asked_for(variant):
    """Two thousand bits between the largest and the smallest."""
    dataset = ml.Dataset(POINTS[:6], targets=[1e300, -1e-300, 5e-324, 0, 1.5, -2])
    network = built(dataset, variant=variant, tolerance=0)
    assert network.about["label_bits"] > 2000


def test_codes():
    """Exact targets in lowest terms; rounded ones are the nearest multiples of the step."""
    rng = np.random.default_rng(1)
    values = rng.standard_normal(50)
    dataset = ml.Dataset(np.arange(50)[:, None], targets=values)
    for tolerance in (0, 2.0**-40, 0.001, Fraction(1, 3), 0.75):
        found = of_targets(*dataset.integer_targets(), tolerance)
        assert found.values.min() >= 0 and int(found.values.max()).bit_length() <= found.bits
        grid = found.grid
        outputs = [
            Fraction(grid.offset + grid.factor * int(code), grid.denominator)
            for code in found.values
        ]
        off = [abs(out - Fraction(v)) for out, v in zip(outputs, values, strict=True)]
        assert max(off) <= tolerance
        if tolerance:
            step = max(Fraction(2) ** k for k in range(-50, 9) if 2**k <= 2 * Fraction(tolerance))
            assert outputs == [step * round(Fraction(v) / step) for v in values]
    coarse = of_targets(np.array([10, 250, 70]), 1)
    assert coarse.values.tolist() == [0, 4, 1] and coarse.grid.factor == 60


def test_targets_within_budgets():
    dataset = ml.Dataset(POINTS, targets=TARGETS["normal"])
    built(dataset, 0.01, variant="narrow", tolerance=0.01, max_weight_bits=40)
    built(dataset, 0.01, variant="parallel", tolerance=0.01, depth=60)
    network = built(dataset, variant="series", max_weight_bits=60)
    assert network.about["label_bits"] > 30
    apart = ml.Dataset(POINTS, targets=np.where(np.arange(40) % 2, 2.0**90, -1))
    assert least(apart, variant="wide", max_weight_bits=60) >= 91  # the last layer alone
    built(apart, variant="wide", max_weight_bits=least(apart, variant="wide", max_weight_bits=60))


def test_a_network_for_targets_is_saved_and_loaded(tmp_path):
    dataset = ml.Dataset(POINTS, targets=TARGETS["thirds"])
    for variant in ("paper", "parallel"):
        network = built(dataset, variant=variant)
        network.save(tmp_path / "network.json")
        again = ml.Network.load(tmp_path / "network.json")
        assert again == network
        assert optimal_relu.size_formula(again) == optimal_relu.size_formula(network)


# -- the folders ----------------------------------------------------------------------------------


def test_the_folders_are_those_of_the_network():
    for parameters in (
        {"variant": "parallel", "depth": 60}, {"variant": "series", "max_weight_bits": 40},
        {"variant": "narrow", "max_weight_bits": 40},
    ):  # fmt: skip
        shelf = optimal_relu.folders(BALL, **parameters)
        about = optimal_relu.build(BALL, **parameters).about
        assert len(shelf.starts) == about["folders"] and shelf.string_bits == about["string_bits"]
    dataset = ml.Dataset([[0], [1], [5]], targets=[0.5, -0.5, 2])
    assert optimal_relu.folders(dataset, folder_size=3).label_strings == (0b010_000_101,)


def test_the_command_line(tmp_path, capsys):
    BALL.save(tmp_path / "data.npz")
    data, out = str(tmp_path / "data.npz"), str(tmp_path / "network.json")
    command = ["build", "optimal_relu", data, "-o", out, "--set", "variant=series"]
    assert main([*command, "--set", "max_weight_bits=40"]) == 0
    assert ml.Network.load(out) == optimal_relu.build(BALL, variant="series", max_weight_bits=40)
    assert main(["verify", out, data, "--quiet"]) == 0
    assert main([*command, "--set", "max_weight_bits=4"]) == 2
    assert "max_weight_bits: the longest weight" in capsys.readouterr().err


# -- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"depth": 50}, "depth: it means nothing to 'optimal_relu.paper', .*; got 50"),
        ({"variant": "series", "depth": 50}, "depth: it means nothing to 'optimal_relu.series'"),
        (
            {"max_weight_bits": 50},
            "max_weight_bits: it means nothing to 'optimal_relu.paper', .*; got 50",
        ),
        (
            {"variant": "parallel", "max_weight_bits": 50},
            "max_weight_bits: it means nothing to 'optimal_relu.parallel'",
        ),
        (
            {"variant": "retrieval", "max_weight_bits": 50},
            "max_weight_bits: it means nothing to 'optimal_relu.retrieval'",
        ),
        ({"variant": "parallel", "depth": 0}, "depth: a whole number >= 1 is needed, got 0"),
        ({"variant": "parallel", "depth": 50.0}, "depth: a whole number >= 1 is needed, got 50.0"),
        (
            {"variant": "series", "max_weight_bits": True},
            "max_weight_bits: a whole number >= 1 is needed, got True",
        ),
        ({"tolerance": 0.1}, "tolerance: .* labels come out exactly, got 0.1"),
    ],
)
def test_bad_budgets(arguments, message):
    for function in (optimal_relu.build, optimal_relu.folders):
        with pytest.raises(ml.InvalidArgument, match=message):
            function(BALL, **arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"variant": "parallel", "depth": 7}, "depth: at least .* got 7"),
        ({"variant": "series", "max_weight_bits": 7}, "max_weight_bits: .* at least .* got 7"),
    ],
)
def test_budgets_that_these_data_do_not_allow(arguments, message):
    for function in (optimal_relu.build, optimal_relu.folders):
        with pytest.raises(ml.HypothesisViolated, match=message):
            function(BALL, **arguments)


@pytest.mark.parametrize("tolerance", [-1, float("nan"), float("inf"), "0.1", True])
def test_bad_tolerances(tolerance):
    dataset = ml.Dataset(POINTS, targets=TARGETS["normal"])
    with pytest.raises(ml.InvalidArgument, match="tolerance: a finite number >= 0 is needed"):
        optimal_relu.build(dataset, tolerance=tolerance)


def test_long_targets_need_a_tolerance():
    dataset = ml.Dataset(POINTS, targets=TARGETS["far apart"])
    with pytest.raises(ml.HypothesisViolated, match=rf"tolerance: .* above {MOST_BITS} bits"):
        optimal_relu.build(dataset)


@pytest.mark.parametrize("variant", optimal_relu.VARIANTS)
def test_targets_that_no_machine_holds(variant, monkeypatch):
    monkeypatch.setattr("mem_lib._base.memory.physical_memory", lambda: 8 << 30)
    dataset = ml.Dataset(POINTS[:3], targets=np.array([0, 1, 1 << 10**7], dtype=object))
    with pytest.raises(ml.TooLarge, match=r"tolerance: targets of 10000001 bits .* GiB"):
        optimal_relu.build(dataset, variant=variant, tolerance=0)


def test_blocks_that_no_machine_holds(monkeypatch):
    depth = least(BALL, variant="parallel", depth=1)
    monkeypatch.setattr("mem_lib._base.memory.physical_memory", lambda: 1 << 18)
    with pytest.raises(ml.TooLarge, match=r"depth: 200 blocks side by side.* GiB"):
        optimal_relu.build(BALL, variant="parallel", depth=depth)


@pytest.mark.parametrize("budget", [2**62, 2**63, 2**70, 10**25])
def test_a_budget_beyond_machine_integers_is_no_limit(budget):
    dataset = ml.data.ball(N=30, d=2, seed=0)
    for variant in ("parallel", "narrow", "series"):
        name = "depth" if variant == "parallel" else "max_weight_bits"
        network = optimal_relu.build(dataset, variant=variant, **{name: budget})
        assert ml.verify(network, dataset).ok
        promised = optimal_relu.bound(dataset, variant=variant, **{name: budget})
        assert network.size.depth <= promised.depth
