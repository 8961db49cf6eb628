"""The chapter `optimal_relu`: its statements, tried on built networks and on everything small."""

import itertools
import math
import re
from dataclasses import asdict
from fractions import Fraction

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import foundations, optimal_relu
from mem_lib._base.roots import directed_root
from mem_lib.constructions import Facts
from mem_lib.optimal_relu import (
    bound,
    key_bits_bound,
    least_bits,
    least_depth,
    modulus_bound,
    paper_depth,
    spread_bound,
)
from mem_lib.parts import projection

#: The budgets, and the variants that keep to them.
BUDGETS = {
    name: [cls.variant for cls in optimal_relu.CONSTRUCTIONS if name in cls.parameters()]
    for name in ("depth", "max_weight_bits")
}


def data(N, d, classes=2, seed=0, **options):
    return ml.data.ball(N=N, d=d, classes=min(classes, N), seed=seed, **options)


def line(points, labels):
    return ml.Dataset(np.array(points)[:, None], labels)


def far_signs(N, d):
    """Corners of a large cube, a little moved: short directions bring many projections together."""
    rng = np.random.default_rng(1)
    corners = rng.choice([-1, 1], (N, d)) * 2**30
    return ml.Dataset(corners + rng.integers(-(2**9), 2**9 + 1, (N, d)), labels=np.arange(N) % 2)


FAMILIES = {
    "far signs": far_signs(600, 30),
    "one point": data(1, 3),
    "two points": data(2, 1),
    "three classes": data(3, 2, 3),
    "five": data(5, 7),
    "ten classes": data(60, 2, 10),
    "ball": data(200, 10),
    "one class": data(20, 3, 1),
    "progression": line([1001 * k for k in range(30)], [k % 2 for k in range(30)]),
    "clusters": line([*range(20), *range(10**6, 10**6 + 20)], [k % 3 // 2 for k in range(40)]),
    "powers": line([8**k for k in range(20)], [k % 2 for k in range(20)]),
    "scales": ml.Dataset(
        [[k * s, (k % 3) * s] for s in (2.0**-30, 1000.0) for k in range(1, 13)], [0, 1, 1] * 8
    ),
}


@pytest.fixture(params=FAMILIES, scope="module")
def family(request):
    return FAMILIES[request.param]


# -- promises --------------------------------------------------------------------------------------


def excess(size, most):
    """The entries of ``size`` that are larger than ``most`` says."""
    most = asdict(most)
    return {name: (n, most[name]) for name, n in asdict(size).items() if n > most[name]}


@pytest.mark.proves("thm-optimal_relu-paper")
@pytest.mark.parametrize("folder_size", [None, 1, 2, 7])
@pytest.mark.parametrize("variant", optimal_relu.VARIANTS)
def test_no_entry_is_larger_than_promised(family, variant, folder_size):
    network = optimal_relu.build(family, variant=variant, folder_size=folder_size)
    folders = network.about["folders"] if variant == "retrieval" else None
    most = bound(family, variant=variant, folder_size=folder_size, folders=folders)
    assert excess(network.size, most) == {}


def budgets(dataset, **options):
    """The least that is promised, a little more, and plenty; for every variant that has budgets."""
    few = {
        "depth": r"(\d+) layers are always enough",
        "max_weight_bits": r"(\d+) bits are always enough",
    }
    for name, variants in BUDGETS.items():
        for variant in variants:
            with pytest.raises(ml.HypothesisViolated) as error:
                bound(dataset, variant=variant, **options, **{name: 1})
            least = int(re.search(few[name], str(error.value)).group(1))
            for budget in (least, least + 3, least + 40, 2 * least + 100):
                yield variant, {name: budget}


@pytest.mark.parametrize("folder_size", [None, 2, 50])
def test_no_entry_is_larger_than_promised_for_a_budget(family, folder_size):
    for variant, budget in budgets(family, folder_size=folder_size):
        options = {"variant": variant, "folder_size": folder_size, **budget}
        network = optimal_relu.build(family, **options)
        most = bound(family, **options)
        assert most.depth < 10**9 and most.width < 10**9
        assert excess(network.size, most) == {}
        behind = ml.Network(network.layers[1:])
        assert behind.size.bits <= budget.get("max_weight_bits", math.inf)
        assert network.depth <= budget.get("depth", math.inf)
        assert ml.verify(network, family)


def test_least_budgets_are_the_least():
    """One less is refused; and what is refused is refused by `build` at some point as well."""
    dataset = FAMILIES["clusters"]
    least = {}
    for variant, budget in budgets(dataset):
        ((name, value),) = budget.items()
        least.setdefault((variant, name), value)
    for (variant, name), value in least.items():
        with pytest.raises(ml.HypothesisViolated, match=f"{name}: .* got {value - 1}"):
            bound(dataset, variant=variant, **{name: value - 1})
        with pytest.raises(ml.HypothesisViolated, match=f"{name}: .* got 2"):
            optimal_relu.build(dataset, variant=variant, **{name: 2})


@pytest.mark.parametrize("variant", optimal_relu.VARIANTS)
@pytest.mark.parametrize("tolerance", [0, Fraction(1, 1000), 3])
def test_promises_for_targets(variant, tolerance):
    points = data(50, 2).points
    dataset = ml.Dataset(points, targets=np.round(np.sinh(9 * points[:, 0]), 5))
    network = optimal_relu.build(dataset, variant=variant, tolerance=tolerance)
    most = bound(dataset, variant=variant, tolerance=tolerance, folders=(
        network.about["folders"] if variant == "retrieval" else None
    ))  # fmt: skip
    assert excess(network.size, most) == {}


def test_a_broken_promise_is_noticed():
    """The twin: the test above would see a network that is one layer too deep."""
    dataset = FAMILIES["ball"]
    most = bound(dataset)
    lower = ml.Size(**asdict(most) | {"depth": optimal_relu.build(dataset).depth - 1})
    assert set(excess(optimal_relu.build(dataset).size, lower)) == {"depth"}


@pytest.mark.proves("thm-optimal_relu-paper")
def test_paper_closed_form(family):
    """2 sqrt(3N (3m + 2)) + 3m + 8, with m from the theorem's spread and from the keys."""
    N = family.distinct().N
    c = max(1, (family.classes - 1).bit_length())

    def depth(key_bits):
        m = max(key_bits, c)
        return 2 * math.sqrt(3 * N * (3 * m + 2)) + 3 * m + 8

    network = optimal_relu.build(family)
    assert network.depth <= depth(network.about["key_bits"])
    promised = key_bits_bound(N, family.d, family.separation, family.radius)
    assert network.about["key_bits"] <= promised
    assert bound(family).depth <= depth(promised)


@pytest.mark.proves("thm-optimal_relu-narrow")
def test_narrow_closed_form(family):
    """4 sqrt(2N (rho + 3c)) + 2 log2 S + 6c + 6, with rho from the modulus that was found."""
    network = optimal_relu.build(family, variant="narrow")
    N, Q = family.distinct().N, int(network.about["modulus"], 16)
    rho, c = math.ceil(math.log2(1 + Q / N)), network.about["label_bits"]
    # the steps say S <= Q 2^K
    log_S = math.log2(Q) + network.about["hash_steps"]
    assert network.depth <= 4 * math.sqrt(2 * N * (rho + 3 * c)) + 2 * log_S + 6 * c + 6
    assert network.size.width == 3
    about = network.about
    K, N1, n, key = (about[k] for k in ("hash_steps", "folders", "folder_size", "key_bits"))
    first, T = about["first_key_bits"], about["string_bits"]
    assert first + c + (n - 1) * (key + c) == T
    assert network.depth == 2 + 2 * K + 2 * (N1 - 1) + 2 * (first + (n - 1) * key) + 6 * n * c
    behind = ml.Network(network.layers[1:]).size
    assert behind.bits <= max(T + c, projections(family, network).bit_length())
    keys = optimal_relu.folders(family, variant="narrow").keys
    assert len(set(keys.tolist())) == N and max(keys.tolist()) < Q


@pytest.mark.proves("thm-optimal_relu-size")
def test_size_formula_of_width_12(family):
    network = optimal_relu.build(family)
    about, size = network.about, network.size
    N1, n, rho, c = (about[k] for k in ("folders", "folder_size", "key_bits", "label_bits"))
    m = max(rho, c)
    assert (size.width, size.depth) == (12, 3 + 3 * N1 + n * (3 * m + 2))
    assert size.weights <= family.d + 12 + 18 * N1 + n * (34 * m + 9 * min(rho, c) + 24)
    behind = ml.Network(network.layers[1:])
    assert behind.size.bits <= about["unit_bits"] + n * m + 2


@pytest.mark.parametrize("variant", optimal_relu.VARIANTS)
def test_promises_grow(variant):
    """More points, classes or dimensions, closer points, a finer grid: never less depth."""
    start = {"N": 100, "d": 3, "separation": 0.1, "classes": 2, "grid_bits": 20}
    for name, value in [
        ("N", 101), ("N", 1000), ("d", 4), ("d", 50), ("separation", 0.01), ("classes", 9),
        ("grid_bits", 40),
    ]:  # fmt: skip
        more = bound(**start | {name: value}, variant=variant)
        assert more.depth >= bound(**start, variant=variant).depth


def test_what_a_promise_does_not_accept():
    dataset = FAMILIES["ball"]
    good = {"N": 10, "d": 2, "separation": 0.1}
    for arguments, words in [
        ({"N": 0, "d": 1, "separation": 1}, "N: a whole number >= 1"),
        ({"N": 10, "d": 2.5, "separation": 1}, "d: a whole number"),
        (
            {"N": 10, "d": 2, "separation": 3},
            "separation: .* norm at most radius = 1 are at most 2 apart",
        ),
        ({"N": 10, "d": 2, "separation": 0}, "separation: a finite number > 0"),
        ({"N": 10, "d": 2}, "separation: the promise depends on it"),
        ({"N": 10, "d": 2, "separation": float("nan")}, "separation: a finite number"),
        (good | {"radius": -1}, "radius: a finite number >= 0"),
        (good | {"classes": 0}, "classes: a whole number >= 1"),
        (good | {"variant": "broad"}, "variant: one of"),
        (good | {"folders": 3}, "folders: it means nothing to 'optimal_relu.paper'"),
        (good | {"max_weight_bits": 50}, "max_weight_bits: it means nothing .*paper.* got 50"),
        (good | {"depth": 50, "variant": "wide"}, "depth: it means nothing .*wide.*; got 50"),
        (good | {"depth": 0, "variant": "parallel"}, "depth: a whole number >= 1"),
        (good | {"tolerance": 0.5}, "tolerance: .* without one give classes"),
        (good | {"folder_size": 0}, "folder_size: a whole number >= 1"),
        (good | {"grid_bits": -1}, "grid_bits: a whole number >= 0"),
        (good | {"direction_bits": 0}, "direction_bits: a whole number >= 1"),
        ({"dataset": dataset, "N": 5, "classes": 2}, "N: facts tell it already; omit it"),
        ({"dataset": [[1, 2]]}, "facts or dataset: Facts or a Dataset"),
        ({"dataset": dataset, "tolerance": 0.5}, "tolerance: it is for real targets"),
    ]:
        with pytest.raises(ml.InvalidArgument, match=words):
            bound(**arguments)
    for arguments, words in [
        (good | {"depth": 9, "variant": "parallel"}, "depth: .* layers are always enough"),
        (
            good | {"max_weight_bits": 9, "variant": "narrow"},
            "max_weight_bits: .* bits are always enough",
        ),
        (good | {"value_bits": 8}, "value_bits: .* give a data set, or classes .* got 8"),
        (
            {
                "dataset": ml.Dataset([[0.0], [1.0]], targets=[0.0, 2.0**60]),
                "variant": "narrow",
                "max_weight_bits": 50,
            },
            "max_weight_bits: the last layer, which makes targets of codes, takes 6. bits, got 50",
        ),
        (
            {"dataset": ml.Dataset([[0], [1], [2]], targets=[0.0, 0.5, 2.0**-70])},
            "tolerance: exact targets take .* got None",
        ),
    ]:
        with pytest.raises(ml.HypothesisViolated, match=words):
            bound(**arguments)
    with pytest.raises(ml.InvalidArgument, match="folders: a whole number >= 1"):
        bound(**good, variant="retrieval", folders=0)


def test_a_promise_from_facts_is_that_of_the_construction():
    facts = Facts(N=1000, d=10, separation=0.28)
    narrow = optimal_relu.Narrow(max_weight_bits=60)
    promised = bound(N=1000, d=10, separation=0.28, variant="narrow", max_weight_bits=60)
    assert narrow.bound(facts) == promised == bound(facts, variant="narrow", max_weight_bits=60)
    short = narrow.bound(facts, direction_bits=5)
    assert short.depth < promised.depth
    retrieval = optimal_relu.Retrieval()
    assert retrieval.bound(facts, folders=9).depth < retrieval.bound(facts).depth
    for construction in optimal_relu.CONSTRUCTIONS:
        with pytest.raises(ml.InvalidArgument, match="facts: a Facts is needed, got 1000"):
            construction().bound(1000)


# -- directions and moduli -------------------------------------------------------------------------


@pytest.mark.proves("thm-optimal_relu-projection")
@pytest.mark.parametrize(("N", "d"), [(2, 2), (5, 2), (20, 3), (20, 50)])
def test_a_gaussian_direction_keeps_points_apart(N, d):
    """In at least half of the draws, by the theorem; measured with 200 of them."""
    points = data(N, d, margin=0.05).points
    gaps = points[:, None] - points[None]
    separation = np.linalg.norm(gaps, axis=2)[~np.eye(N, dtype=bool)].min()
    radius = np.linalg.norm(points, axis=1).max()
    most = float(spread_bound(N, d, separation, radius))
    good = 0
    for g in np.random.default_rng(1).standard_normal((200, d)):
        sizes = abs(gaps @ g)[~np.eye(N, dtype=bool)]
        good += sizes.max() <= most * sizes.min()
    assert good >= 100
    # with a bound ten thousand times smaller hardly any draw would pass: the test can fail
    assert most / 1e4 < sizes.max() / sizes.min()


@pytest.mark.proves("thm-optimal_relu-projection")
@pytest.mark.parametrize("N, d", [(600, 30), (1000, 20)])
def test_a_rounded_direction_keeps_points_apart(N, d):
    """In at least half of the draws with the bits of the theorem, and in none with a few bits."""
    dataset = far_signs(N, d)
    points = dataset.integers()[0]
    separation, radius = (
        directed_root(square, up=up)
        for square, up in ((dataset.squared_separation, False), (dataset.squared_radius, True))
    )
    most = spread_bound(N, d, separation, radius)

    def good(bits):
        rng, found = np.random.default_rng(0), 0
        for _ in range(30):
            image = projection._projected(points, projection._direction((N, d), bits, rng))
            apart = isinstance(image, projection.Projection)
            found += apart and image.range - 1 <= most * image.gap
        return found

    assert good(projection.proven_bits(N, d)) >= 15
    assert good(12) == 0


@pytest.mark.proves("thm-optimal_relu-projection")
def test_on_a_line_the_spread_is_that_of_the_points():
    assert spread_bound(5, 1, Fraction(1, 3), 2) == 12
    assert spread_bound(1, 7, None, 0) == 0
    with pytest.raises(ml.InvalidArgument, match="separation: a finite number"):
        spread_bound(2, 7, None, 1)


@pytest.mark.proves("thm-optimal_relu-integers")
def test_integer_directions():
    """Uniform from {0..N^2-1}^d: different projections in more than half of the draws."""
    X = np.array(list(itertools.product(range(3), repeat=3)))  # 27 points, many equal sums
    rng = np.random.default_rng(0)
    draws = rng.integers(0, len(X) ** 2, (400, 3))
    assert sum(len(set((X @ a).tolist())) == len(X) for a in draws) > 200
    small = rng.integers(0, 3, (400, 3))  # the twin: few directions do when entries are small
    assert sum(len(set((X @ a).tolist())) == len(X) for a in small) < 200


def least_modulus(P):
    return next(Q for Q in itertools.count(1, 2) if len({p % Q for p in P}) == len(P))


@pytest.mark.proves("thm-optimal_relu-modulus")
def test_a_short_modulus_exists():
    rng = np.random.default_rng(0)
    sets = [sorted(set(rng.integers(0, 10**6, k).tolist())) for k in range(2, 12) for _ in range(5)]
    odd = math.lcm(*range(1, 30, 2))
    sets += [[0, odd], [0, odd, 2 * odd], [odd * k for k in range(8)], [2**k for k in range(40)]]
    for P in sets:
        S = P[-1] - P[0] + 1
        assert least_modulus(P) <= modulus_bound(len(P), S)
        assert modulus_bound(len(P), S) <= len(P) ** 2 * math.log2(2 * S)
    # the resolution matters: no modulus below 31 tells these two apart
    assert least_modulus([0, odd]) == 31


def test_a_range_too_small_for_the_points():
    with pytest.raises(ml.InvalidArgument, match="range_: 5 different integers"):
        modulus_bound(5, 4)
    assert modulus_bound(5, 5) >= 5


# -- the parts of the constructions ----------------------------------------------------------------


def fold(v, half):
    return max(v, 0) - 2 * max(v - half, 0)


@pytest.mark.proves("thm-optimal_relu-reading")
@pytest.mark.parametrize("unit", [1, 8])
def test_folds_read_files(unit):
    for length in range(1, 9):
        for U in range(2**length):
            v, w, half = (4 * U + 1) * unit, (4 * U + 2) * unit, 2 ** (length + 1) * unit
            read = []
            for _ in range(length):
                v, w, half = fold(v, half), fold(w, half), half // 2
                read.append(max(v - w, 0))
            assert read == [unit * int(b) for b in f"{U:0{length}b}"]


@pytest.mark.proves("thm-optimal_relu-triangles")
def test_triangles_read_bits():
    def triangle(z):
        return max(max(2 * z, 0) - max(4 * z - 2, 0), 0)

    for length in range(1, 8):
        for U in range(2**length):
            near = Fraction(U, 2**length) + Fraction(1, 2 ** (length + 2))
            far = Fraction(U, 2**length) + Fraction(1, 2 ** (length + 1))
            for i in range(1, length + 1):
                near, far = triangle(near), triangle(far)
                bit = max(2 ** (length + 2 - i) * (near - far), 0)
                assert bit == U >> (length - i) & 1


@pytest.mark.proves("thm-optimal_relu-folder")
def test_the_files_of_the_folder_are_delivered(family):
    network = optimal_relu.build(family, folder_size=3)
    shelf = optimal_relu.folders(family, folder_size=3)
    place = max(i for i, layer in enumerate(network.layers) if layer.stage == "find the folder")
    part = ml.Network(network.layers[: place + 1], network.input_shift, readout="argmax")
    distinct = family.distinct()
    values, denominator = ml.evaluate(part, distinct)
    one = denominator << network.about["unit_bits"]
    names = network.layers[place].names
    for j, (u, w) in enumerate(zip(shelf.strings, shelf.label_strings, strict=True)):
        for row in shelf.members(j):
            assert values[row, names.index("U")] == u * one
            assert values[row, names.index("V")] == w * one


@pytest.mark.proves("thm-optimal_relu-intervals")
@pytest.mark.parametrize("variant", ["paper", "merged"])
@pytest.mark.parametrize("folder_size", [1, 3, None])
def test_right_on_intervals(folder_size, variant):
    """Everywhere on [key, key + 1), and somewhere just outside not."""
    points = [0, 7, 15, 16 + 8, 40, 41 + 8]  # smallest gap 7, so a unit is 2 and keys are halves
    dataset = line(points, [1, 0, 2, 2, 1, 0])
    network = optimal_relu.build(dataset, folder_size=folder_size, variant=variant)
    unit = 1 << network.about["unit_bits"]
    keys = optimal_relu.folders(dataset, folder_size=folder_size).keys.tolist()
    steps = np.arange(0, 16) / 16
    for key, label in zip(keys, dataset.labels, strict=True):
        x = points[0] - unit + unit * (key + steps)  # z = (x - least + unit) / unit
        assert (ml.predict(network, x[:, None]) == label).all()
    assert network.about["unit_bits"] == 1
    outside = np.arange(-64, 64 * 60)[:, None] / 64
    values, denominator = ml.evaluate(network, outside)
    assert len({Fraction(int(v), denominator) for v in values[:, 0]} - {0, 1, 2}) > 0


@pytest.mark.proves("thm-optimal_relu-tests")
def test_tests_and_remainders():
    for v, T in itertools.product(range(-5, 12), repeat=2):
        assert max(v - T + 1, 0) - max(v - T, 0) == (v >= T) == max(1 - max(T - v, 0), 0)
    assert [max(e - 2 * max(e - 1, 0), 0) for e in range(6)] == [0, 1, 0, 0, 0, 0]
    for S, Q in itertools.product(range(1, 60), range(1, 60)):
        K = 0 if Q >= S else math.ceil(math.log2(Fraction(S, Q)))
        for x in range(S):
            rest = x
            for k in reversed(range(K)):
                rest -= Q * 2**k * (rest >= Q * 2**k)
            assert rest == x % Q


@pytest.mark.proves("thm-optimal_relu-entries")
@pytest.mark.parametrize("folder_size", [1, 2, 5, None])
def test_few_entries(family, folder_size):
    network = optimal_relu.build(family, variant="narrow", folder_size=folder_size)
    about = network.about
    shelf = optimal_relu.folders(family, variant="narrow", folder_size=folder_size)
    keys = sorted(shelf.keys.tolist())
    N, Q = len(keys), int(about["modulus"], 16)

    def entries(rho):
        return N + sum((b - a - 1) // (2**rho - 1) for a, b in itertools.pairwise(keys))

    assert about["folders"] <= -(-entries(about["key_bits"]) // about["folder_size"])
    rho = math.ceil(math.log2(1 + Fraction(Q, N)))
    assert entries(max(rho, 1)) < 2 * N


@pytest.mark.proves("thm-optimal_relu-total")
def test_label_or_zero():
    """Width 3: the label at a key, 0 at every other integer, none forgotten; without reduction also
    beyond the last key, with it for remainders."""
    reduced = line([0, 1, 5, 6, 9, 17], [2, 1, 2, 1, 1, 2])
    whole = line([0, 1, 2, 4, 5, 7], [2, 1, 2, 1, 1, 2])
    for dataset, folder_size in itertools.product((reduced, whole), (1, 2, 3, None)):
        network = optimal_relu.build(dataset, variant="narrow", folder_size=folder_size)
        Q, reduces = int(network.about["modulus"], 16), network.about["hash_steps"] > 0
        assert reduces == (dataset is reduced)
        known = dict(zip((dataset.points[:, 0] % Q).tolist(), dataset.labels.tolist(), strict=True))
        x = np.arange(18)
        said = ml.predict(network, x[:, None])
        keys = x % Q if reduces else x
        assert said.tolist() == [known.get(k, 0) for k in keys.tolist()]
        assert len(known) == dataset.N


@pytest.mark.proves("thm-optimal_relu-tables")
@pytest.mark.parametrize("cells", [10, 15, None])
def test_a_network_of_tables(family, cells):
    """The depth of the theorem, and three cells that add up to the label of every key."""
    network = optimal_relu.build(family, variant="retrieval", folder_size=cells)
    shelf = optimal_relu.folders(family, variant="retrieval", folder_size=cells)
    about, c = network.about, network.about["label_bits"]
    m, primes = sum(about["primes"]), about["primes"]
    steps = about["hash_steps"] + about["table_steps"] + sum(about["prime_steps"])
    assert network.depth == 4 + about["folders"] + steps + m * c + 2 * c
    assert network.size.width <= 8 and about["folders"] <= family.distinct().N
    labels = family.distinct().labels
    for j, string in enumerate(shelf.strings):
        table = [string >> c * (m - 1 - i) & (1 << c) - 1 for i in range(m)]
        for row in shelf.members(j):
            key, first, found = int(shelf.keys[row]), 0, 0
            for p in primes:
                found ^= table[first + key % p]
                first += p
            assert found == labels[row]


# -- other shapes ----------------------------------------------------------------------------------


@pytest.mark.proves("thm-optimal_relu-merged")
def test_merged_layers(family):
    """The depth of the proposition; its values are tested with those of the first network."""
    network, paper = (optimal_relu.build(family, variant=v) for v in ("merged", "paper"))
    about, N = network.about, family.distinct().N
    N1, n, rho, c = (about[k] for k in ("folders", "folder_size", "key_bits", "label_bits"))
    m = max(rho, c)
    assert network.depth == 3 + 2 * N1 + n * (m + 3) <= 2 * math.sqrt(2 * N * (m + 3)) + m + 8
    assert network.size.width == (14 if min(rho, c) > 1 else 12)
    assert network.depth < paper.depth


def projections(dataset, network):
    """S, one more than the largest difference of two projections."""
    images = dataset.integers()[0].astype(object) @ network.layers[0].weight[0].astype(object)
    return int(images.max() - images.min()) + 1


def log_range(network):
    """An upper bound of log2 S: the steps say S <= Q 2^K."""
    return math.log2(int(network.about["modulus"], 16)) + network.about["hash_steps"]


def few_key_bits(network):
    return math.ceil(math.log2(1 + int(network.about["modulus"], 16) / network.about["N"]))


@pytest.mark.proves("thm-optimal_relu-wide")
def test_wide_closed_form(family):
    network = optimal_relu.build(family, variant="wide")
    about, N, c = network.about, network.about["N"], network.about["label_bits"]
    assert network.depth == about["hash_steps"] + about["folders"] + about["string_bits"] + 2
    rho = few_key_bits(network)
    assert network.depth <= 2 * math.sqrt(2 * N * (rho + c)) + log_range(network) + c + 5
    assert network.size.width <= 6 + (c > 1)
    behind = ml.Network(network.layers[1:])
    assert behind.size.bits <= max(about["string_bits"], math.floor(log_range(network)) + 1)


@pytest.mark.proves("thm-optimal_relu-parallel")
def test_blocks_side_by_side(family):
    """Depth and width of the theorem, with every number of blocks that a depth leads to; and the
    width that it promises for a depth."""
    wide = optimal_relu.build(family, variant="wide")
    N, seen = family.distinct().N, set()
    for depth in range(wide.depth, 0, -max(1, wide.depth // 12)):
        try:
            network = optimal_relu.build(family, variant="parallel", depth=depth)
        except ml.HypothesisViolated as error:
            least = int(re.search(r"at least (\d+) layers", str(error)).group(1))
            assert depth < least
            break
        about, c = network.about, network.about["label_bits"]
        G, J = about["blocks"], -(-about["folders"] // about["blocks"])
        assert network.depth == about["hash_steps"] + J + about["string_bits"] + 2 <= depth
        assert network.size.width <= (6 + (c > 1)) * G
        assert ml.verify(network, family)
        sigma = few_key_bits(network) + c
        if depth >= 2 * log_range(network) + 2 * c + 10:
            assert network.size.width <= 224 * N * sigma / depth**2 + 14
        seen.add(G)
    assert len(seen) > 1 or N < 30


@pytest.mark.proves("thm-optimal_relu-parallel")
def test_a_block_is_silent_at_the_keys_of_others():
    """Two blocks: the unit y of each holds the label at its own keys and 0 at the others."""
    dataset = FAMILIES["ball"]
    network = optimal_relu.build(dataset, variant="parallel", depth=70)
    blocks = network.about["blocks"]
    assert blocks > 2
    names = network.layers[-2].names
    ys = [i for i, name in enumerate(names) if name.startswith(("y", "gate"))]
    part = ml.Network(network.layers[:-1], network.input_shift, readout="argmax")
    values, _ = ml.evaluate(part, dataset)
    assert ((values[:, ys] != 0).sum(axis=1) == (dataset.labels != 0)).all()
    shelf = optimal_relu.folders(dataset, variant="parallel", depth=70)
    folder = np.searchsorted(shelf.starts, shelf.keys, side="right") - 1
    used = {tuple(row) for row in np.argwhere(values[:, ys] != 0).tolist()}
    by_unit = {}
    for row, unit in used:
        by_unit.setdefault(names[ys[unit]].split()[-1], set()).add(int(folder[row]))
    assert all(max(f) < len(shelf.starts) for f in by_unit.values())
    spans = sorted((min(f), max(f)) for f in by_unit.values())
    assert all(a[1] < b[0] for a, b in itertools.pairwise(spans))


@pytest.mark.proves("thm-optimal_relu-short")
def test_weights_times_bits(family):
    """Short weights of width 3: the depth and the product of the theorem."""
    least = optimal_relu.build(family, variant="narrow").about
    N, c = least["N"], least["label_bits"]
    start = 2 * (least["first_key_bits"] + 2 * c)
    for bits in range(start, 3 * start, max(1, start // 4)):
        try:
            network = optimal_relu.build(family, variant="narrow", max_weight_bits=bits)
        except ml.HypothesisViolated as error:
            # what the direction and the modulus of short weights need, which is not known before
            needed = int(re.search(r"at least (\d+) bits", str(error)).group(1))
            assert bits < needed
            network = optimal_relu.build(family, variant="narrow", max_weight_bits=needed)
            S = projections(family, network)
            rho_0 = network.about["first_key_bits"]
            assert bits < max(rho_0 + 2 * c, S.bit_length())
            continue
        log_S, sigma = math.log2(projections(family, network)), few_key_bits(network) + c
        if bits < 2 * (network.about["first_key_bits"] + 2 * c):
            continue
        assert network.depth <= 8 * N * sigma / bits + 6 * bits + 2 * log_S + 2
        behind = ml.Network(network.layers[1:]).size
        assert behind.bits <= bits
        assert behind.weights * bits <= 44 * N * sigma + 50 * bits**2
        assert behind.weights * (bits + 1) > N * math.log2(family.classes or 1)


@pytest.mark.proves("thm-optimal_relu-series")
def test_blocks_in_series(family):
    longest = optimal_relu.build(family, variant="wide", folder_size=1).size.bits
    for bits in (None, longest, longest + 30):
        network = optimal_relu.build(family, variant="series", max_weight_bits=bits)
        about = network.about
        K, N1, T, r = (about[k] for k in ("hash_steps", "folders", "string_bits", "rounds"))
        assert network.depth == K + N1 + r * (T - 1) + 3 <= K + 2 * N1 + T + 2
        assert r == -(-N1 // T)
        assert network.size.width <= 7 + (about["label_bits"] > 1)
        behind = ml.Network(network.layers[1:]).size
        assert behind.bits <= max(T, projections(family, network).bit_length())
        wide = optimal_relu.build(family, variant="wide", max_weight_bits=bits)
        assert wide.depth <= network.depth
        assert ml.verify(network, family)


@pytest.mark.proves("thm-optimal_relu-floats")
@pytest.mark.parametrize("folder_size", [1, 2, 5, 9, None])
def test_sums_are_as_small_as_promised(family, folder_size):
    """The p of the theorem; and float64 is right where it is at most 53."""
    network = optimal_relu.build(family, variant="narrow", folder_size=folder_size)
    about = network.about
    bias, terms = network.layers[0].row(0)
    points = family.integers()[0]
    sums = abs(bias) + sum(abs(a) * max(abs(int(v)) for v in points[:, k]) for k, a in terms)
    projected = [bias + sum(a * int(x[k]) for k, a in terms) for x in points]
    K, Q = about["hash_steps"], int(about["modulus"], 16)
    H = Q << (K - 1) if K else 0
    small = max(
        1 << (about["string_bits"] + about["label_bits"] + 1), max(projected) + 1 + (3 * H + 1) // 2
    )
    alone = max(abs(a) for _, a in terms), max(abs(int(v)) for v in points.ravel())
    p = (max(small, sums, *alone) - 1).bit_length()
    needed = foundations.bits_needed(network, family.points)
    assert needed <= p
    behind = ml.Network(network.layers[1:])
    assert small <= 1 << (behind.size.bits + 2)
    right = foundations.evaluate_in_floats(network, family.points)[:, 0] == family.labels
    assert right.all() or needed > 53


def test_longer_files_do_not_survive_float64():
    """The twin: a longer file is read wrongly, so the test above can fail."""
    dataset = ml.data.ball(N=600, d=3, margin=0.01, seed=0)
    network = optimal_relu.build(dataset, variant="narrow")
    assert foundations.bits_needed(network, dataset.points) > 53
    out = foundations.evaluate_in_floats(network, dataset.points)[:, 0]
    assert (out != dataset.labels).any()


def scattered(N, b, seed=0):
    """N integers in pairs at distance 1, at scales from 2^12 to 2^b."""
    rng = np.random.default_rng(seed)
    scales = np.linspace(12, b - 1, N // 2).astype(int)
    places = sorted({(1 << int(k)) + (int(rng.integers(2**10)) << int(k) - 11) * 2 for k in scales})
    points = [q for place in places for q in (place, place + 1)]
    return line(np.array(points, dtype=object), rng.permutation(len(points)) % 2)


@pytest.mark.proves("thm-optimal_relu-margin")
@pytest.mark.parametrize("b", [14, 24, 60, 200])
def test_the_logarithm_of_the_spread(b):
    """A factor for the paper's folders, a summand for the others; both as stated."""
    dataset = scattered(150, b)
    N = dataset.N
    keys = dataset.points[:, 0]
    kappa = int(keys.max() - keys.min())
    few = math.ceil(math.sqrt(N / math.log2(N)))
    for folder_size in (None, few, 1, 3):
        depth = optimal_relu.build(dataset, folder_size=folder_size).depth
        assert depth >= 2 * math.sqrt(3 * N * (3 * math.log2(kappa) + 5)) + 3
        if folder_size == few:
            assert depth >= 3 * math.sqrt(N / math.log2(N)) * math.log2(kappa)
    narrow, wide = (optimal_relu.build(dataset, variant=v) for v in ("narrow", "wide"))
    rho = math.ceil(math.log2(1 + N * math.log2(2 * kappa + 2)))
    log_S = math.log2(kappa + 1)
    assert narrow.depth <= 4 * math.sqrt(2 * N * (rho + 3)) + 2 * log_S + 12
    assert wide.depth <= 2 * math.sqrt(2 * N * (rho + 1)) + log_S + 6


@pytest.mark.proves("thm-optimal_relu-real")
@pytest.mark.parametrize("variant", optimal_relu.VARIANTS)
def test_real_targets(variant):
    """Bits and error of the proposition."""
    points = data(40, 2).points
    dataset = ml.Dataset(points, targets=np.round(5 * np.cos(7 * points[:, 0]), 3))
    targets = [Fraction(t) for t in dataset.targets.tolist()]
    D = max(targets) - min(targets)
    for eps in (Fraction(1, 10**4), Fraction(1, 7), Fraction(3), Fraction(100)):
        network = optimal_relu.build(dataset, variant=variant, tolerance=eps)
        certificate = ml.verify(network, dataset, tolerance=eps)
        assert certificate and certificate.max_error <= eps
        assert network.about["label_bits"] <= math.log2(D / eps + 1) + 1
    assert not ml.verify(network, dataset, tolerance=Fraction(1, 100))  # too coarse for that
    whole = ml.Dataset(points, targets=3 * (np.arange(40) % 6) - 7)
    network = optimal_relu.build(whole, variant=variant)
    assert ml.verify(network, whole).max_error == 0
    assert network.about["label_bits"] == 3  # 0..5 after dividing by 3


# -- what no network can do without ----------------------------------------------------------------


@pytest.mark.proves("thm-optimal_relu-precision")
def test_shorter_weights_are_too_few():
    for N, W, C, inputs in itertools.product((1, 7, 100), (1, 5, 30), (2, 5), (None, 3)):
        bits = least_bits(N, W, C, inputs=inputs)
        assert foundations.counting_bound(N, C, bits, inputs=inputs) <= W
        assert bits == 1 or foundations.counting_bound(N, C, bits - 1, inputs=inputs) > W
        if inputs is None:
            assert W * (bits + 1) > N * math.log2(C)
        else:
            wiring = math.log2(3) + math.log2((W + 1) * (W + inputs + 1))
            assert W * (bits + 1 + wiring) + math.log2(3) > N * math.log2(C)
    # all four labellings of two points by [w x + b >= 0] with one-bit weights: allowed
    assert len(foundations.labellings([1, 1], [[0], [1]], 1)) == 4
    assert least_bits(2, 2) == 1


@pytest.mark.proves("thm-optimal_relu-precision")
def test_built_networks_obey_the_count(family):
    for variant in optimal_relu.VARIANTS:
        size = optimal_relu.build(family, variant=variant).size
        assert size.bits >= least_bits(family.N, size.weights, family.classes)


def test_no_length_helps_without_weights():
    with pytest.raises(ml.InvalidArgument, match="weights: without a weight"):
        least_bits(10, 0)
    assert least_bits(10, 0, classes=1) == 1
    with pytest.raises(ml.InvalidArgument, match="N: a whole number"):
        least_bits(0, 5)


@pytest.mark.proves("thm-optimal_relu-depth")
def test_narrow_networks_are_deep():
    """Where all networks can be tried, those that shatter are at least that deep; and no built
    network is too shallow."""
    for N in range(1, 6):
        found = foundations.labellings([1, 1, 1], [[i] for i in range(-2, N - 2)], 3)
        if len(found) == 2**N:
            assert least_depth(N, 1) <= 2
    depths = [least_depth(10**k, 12, d=5) for k in range(1, 9)]
    assert depths == sorted(depths) and depths[-1] > 100
    for N, width in ((10**4, 3), (10**6, 12)):
        L = least_depth(N, width)
        units = [width] * (L - 2) + [1]
        places = [2 * width] + [width * (width + 1)] * (L - 3) + [width + 1]
        assert foundations.most_shattered(units, places) < N  # one layer less
        assert least_depth(N, width - 1) >= L and least_depth(2 * N, width) >= L
    for dataset in FAMILIES.values():
        network = optimal_relu.build(dataset, variant="narrow")
        assert network.depth >= least_depth(dataset.N, 3, dataset.d)


@pytest.mark.parametrize("arguments", [(0, 3), (5, 0), (5, 3, 0), (5, 2.5)])
def test_a_depth_needs_whole_numbers(arguments):
    with pytest.raises(ml.InvalidArgument, match="a whole number >= 1 is needed"):
        least_depth(*arguments)


def test_the_papers_curve():
    """The order of the theorem, with R = 10 r N^2 sqrt(pi d) / delta; a hand computation."""
    R = 10 * 1000**2 * math.sqrt(math.pi * 10) / 0.28
    root = math.sqrt(1000 * math.log2(1000))
    assert paper_depth(1000, 10, 0.28) == pytest.approx(
        3 * root + 1000 / root * (3 * math.log2(R) + 2) + 4
    )
    assert paper_depth(1000, 10, 0.28, classes=2**60) > paper_depth(1000, 10, 0.28)
    assert math.isfinite(paper_depth(10, 3, Fraction(1, 2**3000), 2**3000))  # beyond float64
    with pytest.raises(ml.InvalidArgument, match="N: a whole number >= 2"):
        paper_depth(1, 10, 0.28)


@pytest.mark.parametrize(
    ("points", "labels"),
    [([[2**1100], [0], [7]], [0, 1, 0]), ([[1.7e308, 1.7e308], [0, 0]], [0, 1])],
)
def test_points_beyond_the_range_of_floats_have_a_bound(points, labels):
    dataset = ml.Dataset(points, labels)
    for variant in ("paper", "merged", "narrow", "wide"):
        size = optimal_relu.build(dataset, variant=variant).size
        most = optimal_relu.bound(dataset, variant=variant)
        assert size.depth <= most.depth and size.bits <= most.bits


@pytest.mark.parametrize("name", ["N", "d", "separation", "radius", "classes", "grid_bits"])
def test_what_the_data_say_is_not_said_again(name):
    dataset = data(20, 2)
    with pytest.raises(ml.InvalidArgument, match=f"{name}: facts tell it already; omit it"):
        optimal_relu.bound(dataset, **{name: 2})


@pytest.mark.parametrize(
    "call",
    [
        lambda: optimal_relu.bound(N=10**12, d=2, separation=0.1),
        lambda: optimal_relu.bound(N=10**400, d=1, separation=0.1),
        lambda: optimal_relu.bound(N=10, d=10**400, separation=0.1),
        lambda: optimal_relu.bound(N=10, d=2, separation=0.1, folder_size=10**10),
        lambda: optimal_relu.bound(N=10, d=2, separation=0.1, grid_bits=10**10),
        lambda: optimal_relu.bound(N=10, d=2, separation=0.1, direction_bits=10**10),
        lambda: optimal_relu.least_depth(10**18, 12),
        lambda: optimal_relu.least_depth(10, 10**400),
        lambda: optimal_relu.modulus_bound(10**160, 10**400),
        lambda: least_bits(10**12, 10**9),
    ],
)
def test_numbers_that_no_search_comes_to_the_end_of(call):
    with pytest.raises(ml.InvalidArgument, match="this is computed up to"):
        call()


def test_weights_too_long_to_count():
    with pytest.raises(ml.InvalidArgument, match="weights: 1 weights would need more than"):
        least_bits(10**9, 1)
