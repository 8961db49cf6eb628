"""Tables in rounds: the theorem on their depth, tried on everything small and on built networks."""

import math
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mem_lib as ml
from mem_lib import optimal_relu
from mem_lib.optimal_relu import hashing
from mem_lib.optimal_relu.hashing import Round, best_size, drawn
from mem_lib.optimal_relu.rounds import hash_layers
from mem_lib.parts.primes import SURE, is_prime, prime_from
from mem_lib.parts.projection import subtrahends
from tests.test_optimal_relu import check, with_one_more
from tests.test_optimal_relu_bounds import FAMILIES

BALL = ml.data.ball(N=300, d=5, classes=3, seed=0)


def built(dataset, **options):
    return optimal_relu.build(dataset, variant="rounds", progress=False, **options)


def plan(dataset, seed=0, **options):
    return optimal_relu.Rounds(**options).plan(dataset, np.random.default_rng(seed))


# -- the hash --------------------------------------------------------------------------------------


@pytest.mark.proves("thm-optimal_relu-provable-tables")
@pytest.mark.parametrize("prime", [2, 3, 5, 7, 11, 13])
def test_two_keys_meet_with_probability_1_in_m(prime):
    """Counted, for all pairs (a, b)."""
    hashes = list(product(range(1, prime), range(prime)))
    for m in range(2, prime + 1, 2):
        for x, y in product(range(prime), repeat=2):
            met = sum((a * x + b) % prime % m == (a * y + b) % prime % m for a, b in hashes)
            assert x == y or met * m <= len(hashes)


@pytest.mark.proves("thm-optimal_relu-provable-tables")
@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize(
    "keys", [range(13), range(0, 17, 2), (0, 1, 5, 10, 11, 16), (0, 4, 8, 12, 16), (7,)]
)
def test_one_draw_in_n_answers_half(keys, size):
    """Counted, for all pairs (a, b) modulo 17."""
    keys = np.array(keys)
    good = total = 0
    for a, b in product(range(1, 17), range(17)):
        good += 2 * len(Round(keys, keys, size, 17, a, b).left) <= len(keys)
        total += 1
    assert good * size >= total


@pytest.mark.proves("thm-optimal_relu-provable-tables")
@pytest.mark.parametrize("prime", [2, 3, 5, 7, 11, 13])
def test_a_marked_key_lies_beyond_all_cells(prime):
    """The least mark, and the next numbers; an unmarked key comes to its own hash."""
    for n, a, b in product(range(1, prime // 2 + 1), range(1, prime), range(prime)):
        least = -(-2 * prime**2 // a)
        for x in [*range(prime), *range(least, least + 2 * prime)]:
            r = a * x + b
            for T in subtrahends(prime**2, prime) + subtrahends(prime, 2 * n):
                r -= T * (r >= T)
            assert r > 2 * n if x >= least else r == (a * x + b) % prime % (2 * n)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 9), st.booleans())
def test_a_cell_holds_the_code_of_its_only_key(seed, label_bits, size, marks):
    rng = np.random.default_rng(seed)
    keys = np.sort(rng.choice(997, 40, replace=False))
    codes = rng.integers(0, 1 << label_bits, 40)
    one = drawn(keys, codes, size, 997, rng)
    strings, bits = one.strings(label_bits, marks), label_bits + marks
    assert one.starts == tuple(keys[::size].tolist()) and len(strings) == len(one.starts)
    for folder, string in enumerate(strings):
        inside = slice(folder * size, (folder + 1) * size)
        places = [(one.a * k + one.b) % 997 % (2 * size) for k in keys[inside].tolist()]
        for cell in range(2 * size):
            held = string >> bits * (2 * size - 1 - cell) & (1 << bits) - 1
            owners = [i for i, place in enumerate(places) if place == cell]
            if len(owners) == 1:
                assert held == codes[inside][owners[0]] + (marks << label_bits)
            else:
                assert held == 0
                assert {folder * size + i for i in owners} <= set(one.left.tolist())
    assert 2 * len(one.left) <= len(keys)


def test_hashes_beyond_machine_words():
    """The same cells from Python integers."""
    prime = prime_from(2**61)
    keys = np.array([0, 5, 2**60 - 1, 2**61 - 1])
    one = Round(keys, keys, 2, prime, prime - 1, prime - 2)
    assert one.cell.tolist() == [((prime - 1) * k + prime - 2) % prime % 4 for k in map(int, keys)]


def test_folders_are_about_the_root():
    for N, c in product((1, 2, 3, 4, 5, 8, 9, 99, 100, 101, 1000), (1, 2, 5)):
        n = best_size(N, c)
        assert n == math.ceil(math.sqrt(N / (2 + 2 * c)))


def test_draws_are_uniform_below_any_limit():
    rng = np.random.default_rng(0)
    counts = np.bincount([hashing._below(3, rng) for _ in range(3000)], minlength=3)
    assert len(counts) == 3 and counts.min() > 900 and counts.max() < 1100
    assert {hashing._below(1, rng) for _ in range(9)} == {0}
    long = [hashing._below(10**40, rng) for _ in range(200)]
    assert max(long) < 10**40 and max(long) > 9 * 10**39 and min(long) < 10**39


def test_a_bad_draw_is_drawn_again(monkeypatch):
    """All of the first draws send multiples of 2n to one cell, and are not kept."""
    keys, size, prime = np.arange(8) * 4, 2, 31
    bad = [0] * 2 * (hashing.HASHES + 5)  # a = 1, b = 0: all in cell 0
    true = hashing._below

    def given(limit, rng):
        return bad.pop() if bad else true(limit, rng)

    monkeypatch.setattr(hashing, "_below", given)
    one = drawn(keys, keys, size, prime, np.random.default_rng(0))
    assert not bad and 2 * len(one.left) <= len(keys)


def test_hashes_that_answer_too_few_are_given_up(monkeypatch):
    monkeypatch.setattr(hashing, "_below", lambda limit, rng: 0)
    keys = np.arange(8) * 4
    assert len(Round(keys, keys, 2, 31, 1, 0).left) == 8
    message = "seed: 80 hashes .* 8 keys in folders of 2.* leaves 8 keys that share a cell"
    with pytest.raises(ml.ConstructionFailed, match=message):
        drawn(keys, keys, 2, 31, np.random.default_rng(0))
    monkeypatch.setattr(Round, "left", property(lambda self: np.arange(len(self.keys))))
    with pytest.raises(ml.ConstructionFailed, match=r"seed: .* hashes were drawn for 300 keys"):
        built(BALL)


# -- the network -----------------------------------------------------------------------------------


def closed_form(N, c, hash_steps, prime):
    """What the theorem says."""
    root = (4 + 4 * math.sqrt(2)) * math.sqrt((1 + c) * N)
    rounds = math.floor(math.log2(N)) + 1
    return 2 + hash_steps + root + rounds * (2 * (1 + c) + 2 * math.log2(prime) + 3)


@pytest.mark.proves("thm-optimal_relu-provable-tables")
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("name", FAMILIES)
def test_the_depth_is_at_most_that_of_the_theorem(name, seed):
    family = FAMILIES[name]
    network, rounds = built(family, seed=seed), plan(family, seed).rounds
    check(network, family)
    about, N = network.about, family.distinct().N
    c, prime = about["label_bits"], int(about["prime"], 16)
    Q = int(about["modulus"], 16)
    assert max(Q, 2 * about["folder_size"]) <= prime < 2 * max(Q, 2 * about["folder_size"])
    assert network.depth <= closed_form(N, c, about["hash_steps"], prime)
    assert network.size.width <= 8
    left = [len(one.keys) for one in rounds]
    assert left[0] == N and len(left) <= math.floor(math.log2(N)) + 1
    assert all(2 * after <= before for before, after in pairwise(left))
    assert about["round_sizes"] == [best_size(keys, c) for keys in left]
    folders = [-(-keys // n) for keys, n in zip(left, about["round_sizes"], strict=True)]
    assert about["round_folders"] == folders
    marks = [True] * (len(left) - 1) + [False]
    layers = sum(
        F - 1 + sum(hash_layers(prime, n)) + 2 * n * (c + mark) + 1
        for F, n, mark in zip(folders, about["round_sizes"], marks, strict=True)
    )
    assert network.depth == 2 + about["hash_steps"] + layers


@pytest.mark.proves("thm-optimal_relu-provable-tables")
@pytest.mark.parametrize("classes", [1, 2, 3, 100])
@pytest.mark.parametrize("N", [2, 3, 7, 8, 100, 10**4, 10**6, 10**9])
def test_the_promise_is_that_of_the_theorem(N, classes):
    """Its prime is below 2 max(Q, 2n), with the longest Q and with the shortest."""
    c = max(1, (classes - 1).bit_length())
    given = {"N": N, "d": 10, "separation": 1e-6, "classes": classes, "grid_bits": 30}
    most = optimal_relu.bound(**given, variant="rounds")
    worst = optimal_relu.Rounds().worst_case(ml.Facts(**given), None)
    forms = []
    for Q, hash_steps, _ in worst.moduli:
        prime = 2 * max(Q, 2 * best_size(N, c))
        forms.append(closed_form(N, c, hash_steps, prime))
    assert most.width == 8 and most.depth <= max(forms)


@pytest.mark.parametrize(("N", "grid_bits"), [(2, 0), (100, 2), (100, 30), (10**6, 60)])
def test_a_modulus_is_no_longer_than_the_keys_or_the_lemma_ask_for(N, grid_bits):
    """Few bits to a key: its range; many: the bound of the lemma."""
    facts = ml.Facts(N=N, d=3, separation=2.0**-grid_bits, grid_bits=grid_bits, classes=2)
    worst = optimal_relu.Rounds().worst_case(facts, None)
    most = min(worst.range, optimal_relu.modulus_bound(N, worst.range))
    lengths = [bits for _, _, bits in worst.moduli]
    assert lengths == list(range(N.bit_length(), most.bit_length() + 1))
    assert all(Q.bit_length() == bits for Q, _, bits in worst.moduli)
    assert worst.moduli[-1][0] == most


@pytest.mark.parametrize("folder_size", [1, 2, 7, 50, 10**4])
def test_any_folders_in_any_round(folder_size):
    network = built(BALL, folder_size=folder_size)
    check(network, BALL)
    left = [len(one.keys) for one in plan(BALL, folder_size=folder_size).rounds]
    assert network.about["round_sizes"] == [min(folder_size, keys) for keys in left]
    assert all(2 * after <= before for before, after in pairwise(left))
    most = optimal_relu.bound(BALL, variant="rounds", folder_size=folder_size)
    assert network.depth <= most.depth


def test_only_files_know_the_labels():
    """The same points, other labels: the places that differ all enter the unit that holds a
    file."""
    other = ml.Dataset(BALL.points, (BALL.labels + 1) % 3)
    network = built(BALL)
    found = optimal_relu.label_weights(network, built(other))
    assert found.places
    for place in found.places:
        assert network.layers[place.layer].names[place.unit] in ("U", "A", "B")
        assert network.layers[place.layer].stage in ("find the folder", "hash")


def test_every_key_is_answered_once():
    """The label of every key, from the strings and the hashes of the plan alone."""
    made = plan(BALL)
    labels = dict(zip(made.keys.residues.tolist(), made.line.values[made.keys.by_key], strict=True))
    for k, one in enumerate(made.rounds):
        marks = k + 1 < len(made.rounds)
        strings, bits = one.strings(2, marks), 2 + marks
        waiting = set(one.left.tolist())
        for place, key in enumerate(one.keys.tolist()):
            shift = bits * (one.cells - 1 - int(one.cell[place]))
            cell = strings[place // one.size] >> shift & (1 << bits) - 1
            assert cell == (0 if place in waiting else labels[key] | marks << 2)
        assert marks == bool(waiting)


@pytest.mark.parametrize("tolerance", [0, 0.25])
def test_real_targets(tolerance):
    targets = np.round(np.sinh(5 * BALL.points[:60, 0]), 4)
    dataset = ml.Dataset(BALL.points[:60], targets=targets)
    network = built(dataset, tolerance=tolerance)
    assert ml.verify(network, dataset, tolerance=tolerance).ok


def test_one_more_in_one_weight_is_noticed():
    dataset = ml.data.ball(N=200, d=10, margin=0.01, seed=0)
    network, rng = built(dataset), np.random.default_rng(0)
    broken = sum(
        not ml.verify(with_one_more(network, rng), dataset, workers=1).ok for _ in range(60)
    )
    assert broken >= 48


@pytest.mark.parametrize(
    "change",
    [
        {"prime": "zz"}, {"prime": "0x0"}, {"mark": None}, {"round_sizes": []},
        {"round_sizes": [0]}, {"round_sizes": [], "round_folders": []},
        {"round_folders": [1]}, {"round_folders": "many"},
    ],
)  # fmt: skip
def test_a_damaged_description_has_no_size(change):
    about = built(BALL).about
    assert optimal_relu.size_formula(about).depth > 100
    with pytest.raises(ml.InvalidArgument, match="network: one that"):
        optimal_relu.size_formula(about | change)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"folder_size": 0}, "folder_size: a whole number >= 1 is needed, got 0"),
        ({"max_weight_bits": 50}, "max_weight_bits: it means nothing to 'optimal_relu.rounds'"),
        ({"folders": 3}, "folders: it means nothing"),
    ],
)
def test_what_rounds_do_not_accept(options, message):
    with pytest.raises(ml.InvalidArgument, match=message):
        built(BALL, **options)


# -- primes ----------------------------------------------------------------------------------------


def test_primes():
    sieve = [n for n in range(3000) if n > 1 and all(n % k for k in range(2, math.isqrt(n) + 1))]
    assert [n for n in range(3000) if is_prime(n)] == sieve
    assert prime_from(2**89 - 2) == 2**89 - 1 > SURE > 2**64
    # composite numbers that many bases take for primes, and a square
    for n in (3215031751, 3825123056546413051, 318665857834031151167461, (2**31 - 1) ** 2):
        assert not is_prime(n)
    for least in (0, 1, 2, 3, 8, 100, 10**6, 10**18):
        assert least <= prime_from(least) < 2 * max(least, 2)
