"""The construction of chapter ``beyond_worst_case``: right on every point, as large as stated."""

import math
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mem_lib as ml
from mem_lib import beyond_worst_case as bwc
from mem_lib.data import hostile
from mem_lib.exact import reference
from mem_lib.parts.separation import Tallied

MOONS = ml.data.moons(N=200, noise=0.05, seed=0)

#: How messages begin in which the values are sound, and a theorem does not apply to them.
HYPOTHESES = (
    "weight_bits: rounding",
)  # fmt: skip


def refusal(message):
    """The type of the error with this message."""
    return ml.HypothesisViolated if message.startswith(HYPOTHESES) else ml.InvalidArgument


def brute_force_cover(own, rivals, order):
    """The algorithm as the theory tells it, one candidate after the other, in Python integers."""
    uncovered, candidates, neurons = set(order), list(order), []
    while candidates and uncovered:
        c = candidates.pop(0)
        off = [1 - bit for bit in own[c]]

        def score(bits, off=off):
            return sum(u * b for u, b in zip(off, bits, strict=True))

        m = min(map(score, rivals))
        if m > 0:
            covered = {i for i in range(len(own)) if score(own[i]) < m}
            candidates = [i for i in candidates if i not in covered]
            uncovered -= covered
            neurons.append((c, m))
    return neurons, sorted(uncovered)


@pytest.mark.proves("thm-beyond_worst_case-correct")
@settings(max_examples=150, deadline=None)
@given(st.integers(1, 30), st.integers(1, 12), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_cover_equals_brute_force(n_own, n_rivals, n, seed):
    rng = np.random.default_rng(seed)
    own = rng.integers(0, 2, (n_own, n), dtype=np.uint8)
    rivals = rng.integers(0, 2, (n_rivals, n), dtype=np.uint8)
    order = rng.permutation(n_own)
    neurons, uncovered = brute_force_cover(own.tolist(), rivals.tolist(), order.tolist())
    cover = bwc.by_candidates(own, rivals, order)
    found = list(zip(cover.centres.tolist(), cover.thresholds.tolist(), strict=True))
    assert found == neurons
    assert cover.uncovered.tolist() == uncovered


@pytest.mark.proves("thm-beyond_worst_case-correct")
def test_cover_by_hand():
    """d = 1, hyperplanes x > 1/2, x > 2, x < 1/2; X- = {0, 1}, X+ = {3}."""
    own = np.array([[0, 0, 1], [1, 0, 0]], dtype=np.uint8)
    rivals = np.array([[1, 1, 0]], dtype=np.uint8)
    first = bwc.by_candidates(own, rivals, np.array([0, 1]))
    assert (first.centres.tolist(), first.thresholds.tolist()) == ([0], [2])
    second = bwc.by_candidates(own, rivals, np.array([1, 0]))
    assert (second.centres.tolist(), second.thresholds.tolist()) == ([1, 0], [1, 2])


@pytest.mark.proves("thm-beyond_worst_case-correct")
def test_cover_is_strict_at_a_tie():
    """A point whose score equals the threshold is not covered: a rival has that score too."""
    own = np.array([[0, 0], [1, 0]], dtype=np.uint8)
    rivals = np.array([[1, 0]], dtype=np.uint8)
    cover = bwc.by_candidates(own, rivals, np.array([0, 1]))
    assert cover.centres.tolist() == [0] and cover.uncovered.tolist() == [1]


@pytest.mark.proves("thm-beyond_worst_case-succeeds")
@settings(max_examples=150, deadline=None)
@given(st.integers(1, 30), st.integers(1, 12), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_a_draw_succeeds_exactly_when_all_thresholds_are_positive(n_own, n_rivals, n, seed):
    """What stays uncovered are the points with threshold 0, in whatever order one visits."""
    rng = np.random.default_rng(seed)
    own = rng.integers(0, 2, (n_own, n), dtype=np.uint8)
    rivals = rng.integers(0, 2, (n_rivals, n), dtype=np.uint8)
    zero = [i for i in range(n_own) if rivals[:, own[i] == 0].sum(axis=1).min() == 0]
    for _ in range(2):
        assert bwc.by_candidates(own, rivals, rng.permutation(n_own)).uncovered.tolist() == zero
    assert bwc.by_centres(own, rivals, np.arange(n_own)).uncovered.tolist() == zero
    both, others = np.hstack([own, 1 - own]), np.hstack([rivals, 1 - rivals])
    equal = [i for i in range(n_own) if (own[i] == rivals).all(axis=1).any()]
    assert bwc.by_candidates(both, others, rng.permutation(n_own)).uncovered.tolist() == equal


# -- whole networks ------------------------------------------------------------------------------


def test_the_snippet_of_the_readme():
    dataset = ml.data.ball(N=200, d=8, margin=0.1, classes=2, seed=0)
    network = ml.beyond_worst_case.build(dataset)
    certificate = ml.verify(network, dataset)
    assert certificate.ok and certificate.slack == Fraction(1, 2)
    assert (ml.predict(network, dataset.points) == dataset.labels).all()


@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("d", [1, 2, 10])
def test_memorizes(classes, d):
    dataset = ml.data.ball(N=60, d=d, margin=0.004, classes=classes, seed=d)
    certificate = ml.verify(bwc.build(dataset, seed=1), dataset)
    assert certificate.ok and certificate.ties == 0 and certificate.slack == Fraction(1, 2)


def test_digits():
    dataset = ml.data.digits()
    network = bwc.build(dataset, n=300)
    assert ml.verify(network, dataset).ok
    rows = [0, 17, 1796]
    integers, _ = dataset.integers(slice(None))
    for row in rows:
        out = reference.evaluate(network, integers[row])
        assert [v > 0 for v in out] == [k == dataset.labels[row] for k in range(10)]


@pytest.mark.parametrize("name", sorted(hostile))
@pytest.mark.parametrize("N", [2, 3, 9])
def test_hostile_data(name, N):
    dataset = hostile[name](N, seed=N)
    try:
        network = bwc.build(dataset)
    except (ml.ConstructionFailed, ml.HypothesisViolated, ml.TooLarge) as error:
        assert str(error).split(":")[0] in ("n", "max_bias")  # refused, with the argument named
        return
    assert ml.verify(network, dataset).ok


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(hostile))
@pytest.mark.parametrize("variant", ["practical", "idealised", "two_sided", "relu"])
@pytest.mark.parametrize("weight_bits", [8, 16, 40])
def test_every_family_in_every_way(name, variant, weight_bits):
    """The full product, each network also through the definition."""
    for N in (1, 2, 3, 5, 8, 9):
        for covered in (0, 1):
            dataset = hostile[name](N, seed=N)
            try:
                network = bwc.build(
                    dataset, variant=variant, covered=covered, weight_bits=weight_bits
                )
            except (ml.ConstructionFailed, ml.HypothesisViolated, ml.TooLarge) as error:
                assert str(error).split(":")[0] in ("n", "max_bias")
                continue
            except ml.InvalidArgument as error:  # of three quarters of the radius
                assert weight_bits == 8 and dataset.radius * 2**dataset.shift < 4 / 3
                assert str(error).startswith("max_bias: biases on ")
                continue
            assert ml.verify(network, dataset).ok
            numerators, _ = ml.evaluate(network, dataset)
            network = network.refined(dataset.shift - network.input_shift)
            for point, outputs in zip(dataset.integers()[0], numerators, strict=True):
                assert reference.evaluate(network, point) == outputs.tolist()


@pytest.mark.parametrize("max_bias", [Fraction(3, 4), Fraction(1, 10), Fraction(1, 2**20), None])
def test_biases_have_256_steps_or_more(max_bias):
    """The message says how many bits are enough, and one less is refused as well."""
    dataset = ml.Dataset([[0.0, 1.0], [1.0, 0.0], [-1.0, 0.0]], [0, 1, 0])
    refused = r"^max_bias: biases on .* for weight_bits = 8; \d+ are enough$"
    with pytest.raises(ml.InvalidArgument, match=refused) as no:
        bwc.build(dataset, weight_bits=8, max_bias=max_bias)
    enough = int(re.search(r"(\d+) are enough", str(no.value))[1])
    with pytest.raises(ml.InvalidArgument, match=f"{enough} are enough"):
        bwc.build(dataset, weight_bits=enough - 1, max_bias=max_bias)
    attempt = bwc.attempt(dataset, 40, max_bias=max_bias, weight_bits=enough)
    assert attempt.network.depth == 3


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_small_sets_of_every_kind(data):
    d = data.draw(st.integers(1, 4))
    coordinate = st.one_of(st.integers(-3, 3), st.sampled_from([0.5, -0.25, 2.0**-10]))
    points = data.draw(st.lists(st.tuples(*[coordinate] * d), min_size=1, max_size=12))
    classes = data.draw(st.integers(1, 4))
    label = {p: data.draw(st.integers(0, classes - 1)) for p in dict.fromkeys(points)}
    dataset = ml.Dataset(np.array(points, dtype=float), [label[p] for p in points], classes=classes)
    variant = data.draw(st.sampled_from(["practical", "idealised", "two_sided", "relu"]))
    covered = data.draw(st.integers(0, 1)) if classes == 2 else 1
    network = bwc.build(dataset, variant=variant, covered=covered, seed=3)
    assert ml.verify(network, dataset).ok


@pytest.mark.parametrize("covered", [0, 1])
def test_either_class_can_be_covered(covered):
    network = bwc.build(MOONS, n=300, covered=covered)
    assert ml.verify(network, MOONS).ok
    beside = np.array([[50.0, 50.0]])  # far away no promise is made, but an answer is given
    assert ml.predict(network, beside)[0] in (0, 1)


def test_idealised_uses_the_given_centres_only():
    dataset = ml.data.balls(N=60, d=3, components=4, radius=0.01, margin=0.4, seed=0)
    integers = np.round(dataset.points, 1)
    own = [int(np.flatnonzero((integers == c).all(1))[0]) for c in np.unique(integers, axis=0)]
    network = bwc.build(dataset, n=400, variant="idealised", centres=own)
    assert ml.verify(network, dataset).ok
    assert network.layers[1].units <= len(own)
    everywhere = bwc.build(dataset, n=400, variant="idealised")
    assert everywhere.layers[1].units == int((dataset.labels == 1).sum())


@pytest.mark.parametrize("unit", [1, 0.5, 2**70])
def test_centres_are_rows_of_the_data_with_its_repetitions(unit):
    """Rows 1 and 3 are one point, which is row 1 of the distinct points as well."""
    points = [[x * unit, 0] for x in (0, 1, 2, 1, 3)]
    dataset = ml.Dataset(points, [1, 0, 1, 0, 1])
    network = bwc.build(dataset, n=4000, variant="idealised", covered=0, centres=[3, 3, 1])
    assert network.layers[1].names == ("class 0, centre 1",)
    network = bwc.build(dataset, n=4000, variant="idealised", centres=[4, 2, 0])
    assert network.layers[1].names == tuple(f"class 1, centre {row}" for row in (0, 2, 3))


def test_failure_is_reported_and_true():
    """With too few hyperplanes: silent on the uncovered points, right on all others."""
    result = bwc.attempt(MOONS, n=10, seed=0)
    assert len(result.uncovered)
    wrong = np.flatnonzero(ml.predict(result.network, MOONS.points) != MOONS.labels)
    assert wrong.tolist() == sorted(result.uncovered)
    assert not ml.verify(result.network, MOONS).ok
    c, x = result.offending
    bits = [ml.evaluate(ml.Network(result.network.layers[:1], MOONS.shift, readout="argmax"),
                        MOONS.points[[row]])[0][0] for row in (c, x)]  # fmt: skip
    assert not ((bits[0] == 0) & (bits[1] == 1)).any()


def test_nothing_can_be_covered():
    result = bwc.attempt(MOONS, n=1, seed=0)
    assert result.covering == (0,) and not ml.verify(result.network, MOONS).ok


def test_same_seed_same_network_and_prefix():
    assert bwc.build(MOONS, n=200, seed=4) == bwc.build(MOONS, n=200, seed=4)
    assert bwc.build(MOONS, n=200, seed=4) != bwc.build(MOONS, n=200, seed=5)
    few, many = (bwc.attempt(MOONS, n=n, seed=4).network.layers[0] for n in (50, 200))
    assert (many.weight[:50] == few.weight).all() and (many.bias[:50] == few.bias).all()


def test_a_seed_of_any_length_is_told():
    for seed, told in ((2**53 - 1, 2**53 - 1), (2**53, hex(2**53)), (10**400, hex(10**400))):
        network = bwc.build(MOONS, n=200, seed=seed)
        assert network.about["seed"] == told
        assert ml.Network.from_json(network.to_json()) == network


def test_scaling_data_and_bias_changes_nothing():
    scaled = ml.Dataset(MOONS.points * 4, MOONS.labels)
    one = bwc.attempt(MOONS, n=100, max_bias=0.75, seed=1)
    four = bwc.attempt(scaled, n=100, max_bias=3.0, seed=1)
    assert one.covering == four.covering
    assert (one.network.layers[1].weight == four.network.layers[1].weight).all()


@pytest.mark.parametrize("label", [0, 1, 2])
def test_one_class(label):
    dataset = ml.Dataset([[0.0, 1.0], [2.0, 3.0]], [label, label])
    network = bwc.build(dataset)
    assert network.depth == 1 and ml.verify(network, dataset).ok
    assert bwc.bound(dataset) == network.size


def test_one_point_and_repeated_points():
    assert ml.verify(bwc.build(ml.Dataset([[5.0]], [0])), ml.Dataset([[5.0]], [0])).ok
    repeated = ml.Dataset([[0.0], [1.0], [1.0], [0.0]], [0, 1, 1, 0])
    network = bwc.build(repeated)
    assert ml.verify(network, repeated).ok
    assert network == bwc.build(repeated.distinct())


def test_unused_class():
    dataset = ml.Dataset([[0.0], [1.0], [3.0]], [0, 3, 0], classes=5)
    network = bwc.build(dataset)
    assert network.outputs == 5 and ml.verify(network, dataset).ok


# -- sizes and bounds ----------------------------------------------------------------------------


@pytest.mark.proves("thm-beyond_worst_case-size")
@pytest.mark.parametrize("classes", [2, 4])
def test_size_formulas(classes):
    dataset = ml.data.ball(N=80, d=3, margin=0.02, classes=classes, seed=2)
    result = bwc.attempt(dataset, n=250, seed=0)
    size, n, d, M = result.network.size, 250, 3, sum(result.covering)
    outputs = 1 if classes == 2 else classes
    assert (size.depth, size.width, size.neurons) == (3, max(n, M), n + M)
    assert size.dense_weights == n * (d + 1) + M * (n + 1) + outputs * (M + 1)
    most = (dataset.labels == 1).sum() if classes == 2 else dataset.N
    assert most >= M
    mask, biases = result.network.layers[1].weight, result.network.layers[1].bias
    assert set(np.unique(mask)) <= {0, -2}
    assert (biases % 2 == 1).all() and biases.min() > 0 and biases.max() < 2 * n


@pytest.mark.proves("thm-beyond_worst_case-finite")
def test_finite_bound_holds():
    """Success at least as often as promised, and no entry of the size above the bound."""
    dataset = ml.data.ball(N=20, d=2, margin=0.2, classes=2, seed=0)
    promise = bwc.bound(dataset, failure=0.5)
    n = promise.width
    failures = 0
    for seed in range(40):
        result = bwc.attempt(dataset, n=n, seed=seed)
        failures += len(result.uncovered) > 0
        for name, value in vars(result.network.size).items():
            assert value <= getattr(promise, name), name
    assert failures <= 20


@pytest.mark.proves("thm-beyond_worst_case-data")
def test_data_bound_holds():
    """At most the promised share of draws fails; with a third of the hyperplanes most do."""
    dataset = ml.data.ball(N=20, d=2, margin=0.2, classes=2, seed=1)
    n = bwc.data_bound(dataset, failure=0.25)
    assert n <= bwc.bound(dataset, failure=0.25).width

    def share_of_failures(n):
        return np.mean([len(bwc.attempt(dataset, n=n, seed=s).uncovered) > 0 for s in range(300)])

    assert share_of_failures(n) <= 0.25
    assert share_of_failures(n // 3) > 0.5


@pytest.mark.parametrize("variant", ["practical", "two_sided"])
@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("failure", [0.5, 1e-9])
def test_data_bound_of_many_pairs_is_barely_larger(variant, classes, failure, monkeypatch):
    dataset = ml.data.ball(N=60, d=3, margin=0.01, classes=classes, seed=0)
    exact = bwc.data_bound(dataset, failure=failure, two_sided=variant == "two_sided")
    monkeypatch.setattr("mem_lib.beyond_worst_case.bounds.EXACT_PAIRS", 0)
    n = bwc.data_bound(dataset, failure=failure, two_sided=variant == "two_sided")
    assert exact <= n <= exact * (1 + 2**-15) + 1


@pytest.mark.parametrize("failure", [0.5, 1e-50, 1e-200])
def test_a_tally_of_probabilities_near_one(failure, monkeypatch):
    """Two clusters on both sides of the origin: nearly every hyperplane tells a pair apart."""
    rng = np.random.default_rng(0)
    points = np.array([[1.0, 0.0]] * 40 + [[-1.0, 0.0]] * 40) + 1e-7 * rng.standard_normal((80, 2))
    dataset = ml.Dataset(points, [0] * 40 + [1] * 40)
    options = {"two_sided": True, "max_bias": 0, "failure": failure}
    exact = bwc.data_bound(dataset, **options)
    monkeypatch.setattr("mem_lib.beyond_worst_case.bounds.EXACT_PAIRS", 0)
    assert exact <= bwc.data_bound(dataset, **options) <= exact + 1


def test_a_tally_of_probabilities_rounds_down_and_loses_none():
    p = np.tile(np.random.default_rng(0).random(5000) * 2.0 ** -(np.arange(5000) % 60), 2)
    tally = Tallied()
    for part in np.split(p, 5):
        tally.add(part)
    assert tally.times.sum() == len(p)
    assert len(tally.values) <= len(p) / 2
    rounded, sorted_ = np.repeat(tally.values, tally.times.astype(int)), np.sort(p)
    assert (rounded <= sorted_).all() and (rounded >= sorted_ * (1 - 2.0**-16)).all()


@pytest.mark.proves("thm-beyond_worst_case-data")
def test_data_bound_of_two_points_in_closed_form():
    dataset = ml.Dataset([[0.6, 0.8], [0.6, 0.7]], [1, 0])
    p = float(bwc.separation_probability([0.6, 0.8], [0.6, 0.7], 0.75))
    for failure in (0.5, 0.1, 1e-6):
        n = bwc.data_bound(dataset, max_bias=0.75, failure=failure, weight_bits=40)
        assert n == math.ceil(math.log(failure) / math.log1p(-p))


@pytest.mark.proves("thm-beyond_worst_case-covering")
def test_covering_bound_holds():
    """Two tiny clusters per class, radii as the theorem wants them: never more than M- neurons."""
    rng = np.random.default_rng(0)
    centres = np.array([[0.9, 0.0], [-0.9, 0.0], [0.0, 0.9], [0.0, -0.9]])
    labels = np.array([1, 1, 0, 0])
    D, bias = np.sqrt(2) * 0.9, 2.0
    r = D / (128 * math.sqrt(2 * math.log(512 * math.e * bias / D) + 2))
    which = rng.integers(0, 4, 400)
    offsets = rng.uniform(-r / 1.5, r / 1.5, (400, 2))  # norm below r
    offsets[:4], which[:4] = 0, range(4)  # the centres are data points
    dataset = ml.Dataset(centres[which] + offsets, labels[which]).rounded(30)
    width = r * math.sqrt(2)  # mean width of a disc of radius r: at most r sqrt(d)
    n = bwc.covering_hyperplanes((2, 2), D, bias, mean_width=width**2 / D**3)
    for seed in range(5):
        result = bwc.attempt(dataset, n=n, max_bias=bias, seed=seed)
        assert not len(result.uncovered) and result.covering[0] <= 2


@pytest.mark.proves("thm-beyond_worst_case-needed")
def test_fewer_hyperplanes_fail():
    """Two points at distance 1/16: at the needed number they stay together in half of the draws;
    at half as many again, in fewer.  (Neurons that look both ways need no more than that.)"""
    dataset = ml.Dataset([[0.5], [0.5 + 2.0**-4]], [1, 0])
    needed = bwc.hyperplanes_needed(2.0**-4, 1.0)

    def failed(n):
        options = {"n": int(n), "max_bias": 1.0, "variant": "two_sided"}
        return sum(
            bool(len(bwc.attempt(dataset, seed=seed, **options).uncovered)) for seed in range(200)
        )

    assert failed(needed) >= 100 > failed(1.5 * needed)


@pytest.mark.proves("thm-beyond_worst_case-covering")
def test_number_of_neurons_does_not_grow_with_N():
    sizes = []
    for N in (200, 2000):
        dataset = ml.data.balls(N=N, d=5, components=6, radius=0.02, margin=0.3, seed=0)
        sizes.append(bwc.attempt(dataset, n=400, seed=0).covering)
    assert sizes == [(3,), (3,)]


# -- the probability that one hyperplane separates -----------------------------------------------

GOLDEN = [
    ([1.0, 0.0], [0.0, 1.0], 1.0, 0.206014),
    ([0.5], [-0.5], 1.0, 0.195226),
    ([1.0], [-1.0], 1.0, 0.315627),
    ([0.6, 0.8], [0.6, 0.7], 0.75, 0.010711),
    ([1.0, 0.0], [0.0, 1.0], 0.0, 0.25),
]
#: Nearly on one ray, of very different norms; the angle from fractions.
FAR = ([2.3904114699529628e-11, 1.6601995292314472e-11], [0.8212694870599581, 0.5705404715042338])


@pytest.mark.proves("thm-beyond_worst_case-hyperplane")
@pytest.mark.parametrize(("c", "x", "bias", "p"), GOLDEN)
def test_probability_golden(c, x, bias, p):
    assert abs(float(bwc.separation_probability(c, x, bias)) - p) < 1e-6


def test_small_angles_at_the_origin():
    (a, b), (c, d) = ([Fraction(v) for v in point] for point in FAR)
    angle = math.atan2(abs(float(a * d - b * c)), float(a * c + b * d))
    p = angle / (2 * math.pi)
    for scale in (1.0, 2.0**40, 2.0**-600, 2.0**700):
        near = [scale * v for v in FAR[0]]
        assert float(bwc.separation_probability(near, FAR[1], 0.0)) == pytest.approx(p, rel=1e-9)
    n = bwc.data_bound(ml.Dataset(FAR, [1, 0]), max_bias=0)
    assert n == math.ceil(math.log(0.5) / math.log1p(-p))
    tiny = [[2.0**-600 * v for v in FAR[0]], FAR[1]]
    assert bwc.data_bound(ml.Dataset(tiny, [1, 0]), max_bias=0) == n


@pytest.mark.proves("thm-beyond_worst_case-hyperplane")
def test_probability_between_its_bounds():
    rng = np.random.default_rng(0)
    for bias in (0.05, 0.3, 0.75, 2.0, 10.0):
        for d in (1, 2, 5):
            c, x = rng.normal(size=(2, 50, d))
            norm = max(np.linalg.norm(c, axis=1).max(), np.linalg.norm(x, axis=1).max())
            c, x = c / norm, x / norm
            p = bwc.separation_probability(c, x, bias)
            upper = np.linalg.norm(x - c, axis=1) / (2 * math.sqrt(2 * math.pi) * bias)
            assert (p <= upper * (1 + 1e-9) + 1e-9).all()
            assert (p >= bwc.chi3(bias) * upper - 1e-6).all()
            assert np.allclose(p, bwc.separation_probability(x, c, bias), atol=1e-7)


@pytest.mark.proves("thm-beyond_worst_case-hyperplane")
def test_probability_is_the_share_of_hyperplanes():
    c, x, bias = np.array([0.9, -0.1, 0.2]), np.array([0.1, 0.3, -0.4]), 0.6
    rng = np.random.default_rng(0)
    w, b = rng.normal(size=(400_000, 3)), rng.uniform(-bias, bias, 400_000)
    share = np.mean((w @ c + b <= 0) & (w @ x + b > 0))
    p = float(bwc.separation_probability(c, x, bias))
    assert abs(share - p) < 5 * math.sqrt(p / 400_000)


@pytest.mark.proves("thm-beyond_worst_case-rounding")
def test_rounding_changes_few_bits():
    """Bits of the coarse draw differ from those of the fine one as seldom as the lemma says."""
    dataset = ml.Dataset(MOONS.points[:40], MOONS.labels[:40])
    n, bits = 4000, 6

    def pattern(weight_bits):
        layer = bwc.attempt(dataset, n=n, max_bias=1, seed=0, weight_bits=weight_bits).network
        first = ml.Network(layer.layers[:1], dataset.shift, readout="argmax")
        return ml.evaluate(first, dataset.points)[0]

    differ = (pattern(bits) != pattern(40)).mean(axis=1)
    allowed = bwc.rounding_loss(np.abs(dataset.points).sum(axis=1), 1.0, bits, dataset.shift)
    assert (differ <= allowed + 5 * np.sqrt(allowed / n)).all() and differ.any()


# -- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "n: a whole number >= 1"),
        ({"n": 2.5}, "n: a whole number"),
        ({"n": True}, "n: a whole number"),
        ({"n": 10**12}, "n: at most"),
        ({"max_bias": -1}, "max_bias: a finite number"),
        ({"max_bias": float("nan")}, "max_bias: a finite number"),
        ({"max_bias": float("inf")}, "max_bias: a finite number"),
        ({"max_bias": "x"}, "max_bias: a finite number"),
        ({"max_bias": 2.0**-40}, "max_bias: .*256"),
        ({"variant": "best"}, "variant: one of"),
        ({"seed": -1}, "seed: a whole number"),
        ({"covered": 2}, "covered: the class 0 or 1"),
        ({"weight_bits": 0}, "weight_bits: a whole number"),
        ({"weight_bits": 60}, "weight_bits: at most"),
        ({"centres": [0]}, "centres: it means nothing to 'beyond_worst_case.practical'"),
        ({"centres": [999], "variant": "idealised"}, "centres: row 999"),
        ({"centres": [-1], "variant": "idealised"}, "centres: a whole number"),
        ({"centres": [], "variant": "idealised"}, "centres: every class that gets"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(refusal(message), match=message):
        bwc.build(MOONS, **arguments)


def test_a_layer_that_no_machine_holds():
    wide = ml.Dataset(np.eye(2, 200_000, dtype=np.uint8), [0, 1])
    with pytest.raises(ml.TooLarge, match=r"n: .* GiB"):
        bwc.build(wide, n=2**24, max_operations=10**12)


def test_a_second_layer_that_does_not_fit(monkeypatch):
    """The hyperplanes and codes take a fifth of what 20 neurons over 10 hyperplanes take."""
    points = np.concatenate([np.arange(-100, -80), np.arange(80, 100)])
    dataset = ml.Dataset(points[:, None], [1] * 20 + [0] * 20)
    monkeypatch.setattr("mem_lib._base.memory.physical_memory", lambda: 25 * 20 * 10)
    assert bwc.attempt(dataset, 10, variant="idealised").covering == (20,)
    monkeypatch.setattr("mem_lib._base.memory.physical_memory", lambda: 25 * 20 * 10 - 1)
    with pytest.raises(ml.TooLarge, match="n: 20 covering neurons over 10 hyperplanes"):
        bwc.attempt(dataset, 10, variant="idealised")
    assert bwc.attempt(dataset, 10).covering == (1,)


def test_gaps_that_do_not_fit(monkeypatch):
    dataset = ml.Dataset([[0.0], [1.0], [3.0], [3.0]], [1, 1, 0, 0])
    monkeypatch.setattr("mem_lib._base.memory.physical_memory", lambda: 32 * 3**2)
    assert bwc.isolation_gap(dataset) <= 0
    monkeypatch.setattr("mem_lib._base.memory.physical_memory", lambda: 32 * 3**2 - 1)
    with pytest.raises(ml.TooLarge, match="dataset: the gaps between 3 points"):
        bwc.isolation_gap(dataset)


@pytest.mark.parametrize("dataset", [[[0.0]], None])
def test_not_a_dataset(dataset):
    with pytest.raises(ml.InvalidArgument, match="dataset: a Dataset"):
        bwc.build(dataset)


def test_targets_are_refused():
    with pytest.raises(ml.HypothesisViolated, match="labels"):
        bwc.build(ml.Dataset([[0.0], [1.0]], targets=[0.5, 1.0]))


@pytest.mark.proves("thm-beyond_worst_case-rays")
def test_no_bias_and_points_on_one_ray():
    for points, labels in (
        ([[1.0, 2.0], [0.25, 0.5]], [0, 1]),
        ([[3], [5]], [0, 1]),
        ([[2**70, 2**71], [1, 2]], [0, 1]),
    ):
        dataset = ml.Dataset(np.array(points, dtype=object if 2**70 in points[0] else None), labels)
        with pytest.raises(ml.HypothesisViolated, match=r"max_bias: .*rows 0 and 1"):
            bwc.build(dataset, max_bias=0)
    opposite = ml.Dataset([[1.0, 2.0], [-1.0, -2.0]], [0, 1])
    assert ml.verify(bwc.build(opposite, max_bias=0), opposite).ok


@pytest.mark.proves("thm-beyond_worst_case-rays")
def test_no_bias_and_the_origin():
    two = ml.Dataset([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], [0, 1, 1])
    with pytest.raises(ml.HypothesisViolated, match=r"origin.*covered = 0"):
        bwc.build(two, max_bias=0)
    assert ml.verify(bwc.build(two, max_bias=0, covered=0), two).ok
    three = ml.Dataset([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], [0, 1, 2])
    with pytest.raises(ml.HypothesisViolated, match="origin"):
        bwc.build(three, max_bias=0)
    assert ml.verify(bwc.build(three), three).ok


def test_draws_used_up():
    with pytest.raises(ml.ConstructionFailed, match=r"n: .*label 1.*label 0"):
        bwc.build(MOONS, n=3)


def test_far_from_the_origin():
    """A huge offset costs hyperplanes, nothing else."""
    dataset = ml.Dataset(np.array([[2**20], [2**20 + 2**14], [2**20 + 2**15]]), [0, 1, 0])
    assert ml.verify(bwc.build(dataset), dataset).ok


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"N": 0, "d": 1, "margin": 1}, "N: a whole number"),
        ({"N": 5, "d": 0, "margin": 1}, "d: a whole number"),
        ({"N": 5, "d": 1}, "margin or separation: the promise depends on it"),
        ({"N": 5, "d": 1, "margin": 0}, "margin: a finite number"),
        ({"N": 5, "d": 1, "margin": 3}, "at most 2"),
        ({"N": 5, "d": 1, "margin": 1, "failure": 1}, "failure: a probability"),
        ({"N": 5, "d": 1, "margin": 1, "radius": float("nan")}, "radius: a finite"),
        ({"N": 5, "d": 1, "margin": 1, "variant": "x"}, "variant: one of"),
        ({"N": 5, "d": 10**6, "margin": 1e-3, "weight_bits": 1}, "weight_bits: rounding"),
    ],
)
def test_bad_arguments_of_bound(arguments, message):
    with pytest.raises(refusal(message), match=message):
        bwc.bound(**arguments)


@pytest.mark.parametrize(
    "given",
    [{"N": 5}, {"d": 2}, {"margin": 1.0}, {"radius": 1.0}, {"classes": 2}, {"grid_bits": 20}],
)
def test_bound_takes_what_is_of_the_data_from_the_data(given):
    with pytest.raises(ml.InvalidArgument, match=r"^\w+: facts tell it already; omit it"):
        bwc.bound(MOONS, **given)
    facts = {"N": MOONS.N, "d": MOONS.d, "margin": MOONS.margin, "radius": MOONS.radius}
    assert bwc.bound(MOONS, failure=0.1) == bwc.bound(**facts, failure=0.1, grid_bits=MOONS.shift)


def test_data_bound_refuses_what_cannot_be_separated():
    with pytest.raises(ml.HypothesisViolated, match="rows"):
        bwc.data_bound(ml.Dataset([[1.0], [2.0]], [0, 1]), max_bias=0)


# -- ReLU units and two-sided neurons ------------------------------------------------------------


def brute_force_relu(network, dataset):
    """Codes and masks of the first layer in plain integers, one neuron after the other."""
    first, second, _ = network.layers
    points = dataset.integers()[0].tolist()
    rows = list(first.rows())
    codes = [[max(0, b + sum(w * x[k] for k, w in t)) for b, t in rows] for x in points]
    for bias, terms in second.rows():
        scores = [sum(code[k] for k, _ in terms) for code in codes]
        yield bias, scores


@pytest.mark.proves("thm-beyond_worst_case-relu")
@pytest.mark.parametrize("covered", [0, 1])
@pytest.mark.parametrize("bits", [8, 20, 45])
def test_relu_thresholds_lie_halfway_in_the_gap(covered, bits):
    """No data point on a threshold; grids from coarse to beyond float64."""
    rng = np.random.default_rng(bits)
    points = [[int(v) for v in row] for row in rng.integers(-(2**bits), 2**bits, (30, 2))]
    points = np.ldexp(np.array(points, dtype=float), -bits)
    dataset = ml.Dataset(points, (points[:, 0] > 0.1).astype(int))
    result = bwc.attempt(dataset, 400, variant="relu", covered=covered, weight_bits=16)
    certificate = ml.verify(result.network, dataset)
    assert certificate.ok
    own = dataset.labels == covered
    gaps = []
    for bias, scores in brute_force_relu(result.network, dataset):
        smallest = min(s for s, mine in zip(scores, own, strict=True) if not mine)
        largest = max(s for s, mine in zip(scores, own, strict=True) if mine and s < smallest)
        assert bias == smallest + largest
        gaps.append(smallest - largest)
    unit = 2 ** (16 + dataset.shift + 3)
    assert certificate.slack == Fraction(min(gaps), unit) > 0


def test_relu_cover_equals_brute_force():
    """The cover step on integers that no machine type holds."""
    rng = np.random.default_rng(0)
    for scale in (1, 2**40, 2**80):
        own, rivals = (rng.integers(-5, 6, (k, 7)).clip(0) for k in (12, 5))
        dtype = object if scale > 2**50 else np.int64
        own, rivals = own.astype(dtype) * scale, rivals.astype(dtype) * scale
        order = rng.permutation(12)
        cover = bwc.by_candidates(own, rivals, order)
        uncovered, neurons = set(range(12)), []
        visited = set()
        for c in order.tolist():
            if c in visited:
                continue
            off = [k for k in range(7) if own[c][k] == 0]
            m = min(sum(int(x[k]) for k in off) for x in rivals)
            hit = {i for i in range(12) if sum(int(own[i][k]) for k in off) < m}
            if m > 0:
                neurons.append((c, m))
                visited |= hit
                uncovered -= hit
        found = [(int(c), int(m)) for c, m in zip(cover.centres, cover.thresholds, strict=True)]
        assert found == neurons and set(cover.uncovered.tolist()) == uncovered


def test_relu_and_threshold_share_their_hyperplanes():
    one, other = (bwc.attempt(MOONS, 60, seed=2, variant=v).network for v in ("practical", "relu"))
    assert one.layers[0].weight.tolist() == other.layers[0].weight.tolist()
    assert one.layers[0].bias.tolist() == other.layers[0].bias.tolist()
    assert [layer.activation for layer in other.layers] == ["relu", "relu", "identity"]


def test_a_relu_threshold_on_a_data_point_is_not_safe():
    """The bias of the algorithm as printed: exactly 0 at the rival, which float sums may miss."""
    result = bwc.attempt(MOONS, 300, variant="relu", seed=0)
    assert ml.verify(result.network, MOONS).ok
    first, second, readout = result.network.layers
    own = MOONS.labels == 1
    smallest = [
        min(s for s, mine in zip(scores, own, strict=True) if not mine)
        for _, scores in brute_force_relu(result.network, MOONS)
    ]
    on_it = ml.Layer(second.weight, [2 * m for m in smallest], "relu")
    network = ml.Network([first, on_it, ml.Layer(readout.weight, [0], "identity")], MOONS.shift)
    values = ml.evaluate(network, MOONS)[0][:, 0]
    assert (values[own] > 0).all() and (values[~own] == 0).all()  # right, with nothing to spare
    rng = np.random.default_rng(0)
    w, b = np.asarray(first.weight, float), np.asarray(first.bias, float) * 2.0**-MOONS.shift
    mask = -np.asarray(second.weight, float) / 2
    seen = set()
    for _ in range(30):  # the same sums in float32, in another order each time
        order = rng.permutation(len(w))
        code = np.maximum(MOONS.points @ w[order].T + b[order], 0).astype(np.float32)
        score = code @ mask[:, order].T.astype(np.float32)
        tau = np.array(smallest, dtype=float) * 2.0**-MOONS.shift
        seen.add(bool((score[~own] < tau.astype(np.float32)).any()))
    assert True in seen  # a rival that is covered, in float


@pytest.mark.proves("thm-beyond_worst_case-two-sided")
def test_two_sided_neurons_are_hamming_balls():
    result = bwc.attempt(MOONS, 60, seed=1, variant="two_sided")
    network = result.network
    bits = ml.evaluate(ml.Network(network.layers[:1], MOONS.shift, readout="argmax"), MOONS)[0]
    fires = ml.evaluate(ml.Network(network.layers[:2], MOONS.shift, readout="argmax"), MOONS)[0]
    own = MOONS.labels == 1
    for i, name in enumerate(network.layers[1].names):
        centre = bits[int(name.split()[-1])]
        distance = (bits != centre).sum(axis=1)
        assert (fires[:, i] == (distance < distance[~own].min())).all()


@pytest.mark.proves("thm-beyond_worst_case-two-sided", "thm-beyond_worst_case-relu")
@pytest.mark.parametrize("variant", ["two_sided", "relu"])
@pytest.mark.parametrize("classes", [2, 4])
def test_variants_memorize_within_their_bounds(variant, classes):
    dataset = ml.data.ball(N=30, d=2, margin=0.1, classes=classes, seed=3)
    promise = bwc.bound(dataset, variant=variant)
    network = bwc.build(dataset, n=promise.width, variant=variant, seed=1)
    assert ml.verify(network, dataset).ok
    for name, value in vars(network.size).items():
        assert value <= getattr(promise, name), name


@pytest.mark.proves("thm-beyond_worst_case-two-sided")
def test_two_sided_bounds_hold_with_half_the_hyperplanes():
    dataset = ml.data.ball(N=20, d=2, margin=0.2, classes=2, seed=1)
    one, two = (
        bwc.data_bound(dataset, failure=0.25, two_sided=two_sided) for two_sided in (False, True)
    )
    assert 0.4 * one < two <= one / 2 + 1
    results = [bwc.attempt(dataset, two, seed=s, variant="two_sided") for s in range(300)]
    assert np.mean([len(r.uncovered) > 0 for r in results]) <= 0.25
    assert bwc.bound(dataset, variant="two_sided").width < bwc.bound(dataset).width


def test_two_sided_without_bias_takes_the_origin():
    three = ml.Dataset([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], [0, 1, 2])
    network = bwc.build(three, max_bias=0, variant="two_sided")
    assert ml.verify(network, three).ok
    rays = ml.Dataset([[1.0, 0.0], [2.0, 0.0]], [0, 1])
    for variant in ("two_sided", "relu"):
        with pytest.raises(ml.HypothesisViolated, match=r"max_bias: .*one ray"):
            bwc.build(rays, max_bias=0, variant=variant)


@pytest.mark.parametrize("variant", ["two_sided", "relu"])
def test_failures_of_the_variants_are_true(variant):
    result = bwc.attempt(MOONS, n=8, seed=0, variant=variant)
    wrong = np.flatnonzero(ml.predict(result.network, MOONS.points) != MOONS.labels)
    assert len(wrong) and wrong.tolist() == sorted(result.uncovered)
    nothing = bwc.attempt(MOONS, n=1, seed=0, variant=variant)
    assert len(nothing.uncovered) and not ml.verify(nothing.network, MOONS).ok
    with pytest.raises(ml.InvalidArgument, match=f"centres: it means nothing to .*{variant}"):
        bwc.build(MOONS, variant=variant, centres=[1])


# -- pieces --------------------------------------------------------------------------------------


def clusters(radius, N=200, seed=0):
    """Two small discs a class: the data, their centres and mean widths."""
    rng = np.random.default_rng(seed)
    centres = np.array([[0.9, 0.0], [-0.9, 0.0], [0.0, 0.9], [0.0, -0.9]])
    which = np.arange(N) % 4
    turn, length = rng.uniform(0, 2 * math.pi, N), 0.99 * radius * np.sqrt(rng.uniform(0, 1, N))
    length[:4] = 0  # the centres are data points
    offset = np.column_stack([length * np.cos(turn), length * np.sin(turn)])
    dataset = ml.Dataset(centres[which] + offset, (which < 2).astype(int)).rounded(30)
    width = bwc.mean_width(radius, dimension=2)
    return dataset, centres[:2], centres[2:], [width] * 2, [width] * 2


@pytest.mark.proves("thm-beyond_worst_case-pieces")
def test_small_pieces_bound_holds():
    """At most the promised share fails, and no success needs more neurons than pieces."""
    dataset, *pieces = clusters(0.02)
    n = bwc.small_pieces_hyperplanes(*pieces, 2.2, failure=0.5)
    assert n < bwc.small_pieces_hyperplanes(*pieces, 2.2, failure=0.5, exact=False)
    results = [bwc.attempt(dataset, n, 2.2, seed=s) for s in range(100)]
    assert sum(len(r.uncovered) > 0 or r.covering[0] > 2 for r in results) <= 50
    few = [bwc.attempt(dataset, n // 8, 2.2, seed=s) for s in range(100)]
    assert sum(len(r.uncovered) > 0 or r.covering[0] > 2 for r in few) > 50


@pytest.mark.proves("thm-beyond_worst_case-pieces")
def test_pieces_of_one_point_give_the_data_bound():
    """Width 0: the Chernoff bounds become (1 - p)^n."""
    dataset = ml.data.ball(N=12, d=3, margin=0.2, classes=2, seed=0)
    own, rivals = dataset.points[dataset.labels == 1], dataset.points[dataset.labels == 0]
    n = bwc.small_pieces_hyperplanes(own, rivals, [0] * 6, [0] * 6, 0.75, failure=0.1)
    assert abs(n - bwc.data_bound(dataset, max_bias=0.75, failure=0.1, weight_bits=40)) <= 1


def test_relative_entropy():
    assert bwc.relative_entropy(0.3, 0.3) == 0
    assert math.isinf(bwc.relative_entropy(0.1, 0.0))
    expected = 0.2 * math.log(0.2 / 0.5) + 0.8 * math.log(0.8 / 0.5)
    assert math.isclose(bwc.relative_entropy(0.2, 0.5), expected)


def test_mean_width_is_an_upper_bound():
    rng = np.random.default_rng(0)
    T = rng.normal(size=(50, 4))
    T /= np.linalg.norm(T, axis=1).max()
    width = np.abs(rng.normal(size=(20_000, 4)) @ T.T).max(axis=1).mean()
    for arguments in ({"dimension": 4}, {"points": 50}, {"dimension": 4, "points": 50}):
        assert width <= bwc.mean_width(1.0, **arguments)
    assert bwc.mean_width(1.0, points=50, dimension=4) == 2.0


@pytest.mark.proves("thm-beyond_worst_case-union")
def test_union_bound_does_not_know_N():
    """Admissible radii of segments: omega is below what the dimension alone allows."""
    for bias, D in ((2.0, 1.0), (5.0, 0.01), (2.0, 2.0)):
        r = bwc.admissible_radius(D, bias)
        for k in (1, 3, 50):
            omega = bwc.mean_width(r, dimension=k) ** 2 / D**3
            assert 2**22 * bias * omega <= 16 * k * bias / D
            by_omega = bwc.covering_hyperplanes((2, 2), D, bias, mean_width=omega)
            by_dimension = bwc.covering_hyperplanes((2, 2), D, bias, dimension=k)
            assert by_omega <= by_dimension
    assert bwc.covering_hyperplanes((1, 1), 1.0, 2.0, dimension=1000) == 32000
    sizes = []
    for N in (100, 3000):
        dataset, *_ = clusters(bwc.admissible_radius(0.9 * math.sqrt(2), 2.0), N=N)
        n = bwc.covering_hyperplanes((2, 2), 0.9 * math.sqrt(2), 2.0, dimension=2)
        result = bwc.attempt(dataset, n, 2.0, seed=0)
        sizes.append((result.covering, len(result.uncovered)))
    assert sizes == [((2,), 0), ((2,), 0)]


@pytest.mark.proves("thm-beyond_worst_case-infinite")
def test_whole_pieces_are_told_apart():
    """At the printed n, any point of a piece scores below all rivals, seen from any other."""
    gap, bias, pieces = 0.9 * math.sqrt(2), 2.0, np.arange(1200) % 4
    n = bwc.covering_hyperplanes((2, 2), gap, bias, dimension=2, failure=0.1)
    dataset, *_ = clusters(bwc.admissible_radius(gap, bias), N=1200)
    for seed in range(3):
        first = bwc.attempt(dataset, n, bias, seed=seed).network.layers[:1]
        bits = ml.evaluate(ml.Network(first, dataset.shift, readout="argmax"), dataset)[0]
        for c in range(0, 1200, 101):
            score = bits[:, bits[c] == 0].sum(axis=1)
            if dataset.labels[c] == 1:
                assert score[pieces == pieces[c]].max() < score[dataset.labels == 0].min()


@pytest.mark.proves("thm-beyond_worst_case-logarithm")
def test_many_close_pairs_need_a_logarithm_more():
    """M intervals on a line: at the printed n fewer than 1/e of the draws succeed."""
    M, gap, bias = 10, 0.02, 1.0
    starts = np.linspace(-0.95, 0.9, M)
    points = np.concatenate([starts, starts + gap])[:, None]
    dataset = ml.Dataset(points, [0] * M + [1] * M).rounded(20)
    n = bwc.hyperplanes_needed(gap, bias, 1 / math.e, pairs=M)
    assert n > 2 * bwc.hyperplanes_needed(gap, bias)
    assert math.log(M) / -math.log1p(-gap / math.sqrt(2 * math.pi)) <= n

    def successes(n):
        options = {"n": int(n), "max_bias": bias, "variant": "two_sided"}
        return sum(not len(bwc.attempt(dataset, seed=s, **options).uncovered) for s in range(60))

    assert successes(n) <= 60 / math.e < successes(1.5 * n)


@pytest.mark.proves("thm-beyond_worst_case-rays")
def test_on_a_ray_all_bits_agree():
    for c, x in (([1.0, 2.0], [0.5, 1.0]), ([3.0], [7.0])):
        assert bwc.separation_probability(c, x, 0.0) == 0
        dataset = ml.Dataset([c, x, [-v for v in c]], [1, 1, 0])
        first = bwc.attempt(dataset, 200, 0, seed=0).network.layers[:1]
        bits = ml.evaluate(ml.Network(first, dataset.shift, readout="argmax"), dataset)[0]
        assert (bits[0] == bits[1]).all() and (bits[0] != bits[2]).all()
    assert abs(bwc.separation_probability([1.0, 0.0], [1.0, 1.0], 0.0) - 1 / 16 * 2) < 1e-12


def two_lines(points=10, gap=0.1):
    t = np.linspace(-1, 1, points)
    pair = [np.column_stack([t, np.full(points, side)]) for side in (gap / 2, -gap / 2)]
    return ml.Dataset(np.vstack(pair), [1] * points + [0] * points).rounded(20)


@pytest.mark.proves("thm-beyond_worst_case-isolated")
def test_isolated_points_need_a_neuron_each():
    dataset = two_lines()
    assert bwc.isolation_gap(dataset, max_bias=1.0) > 0
    assert bwc.isolation_gap(dataset, max_bias=0.5) < 0  # the condition is about p, not distance
    results = [bwc.attempt(dataset, 20_000, 1.0, seed=s) for s in range(3)]
    assert [r.covering for r in results] == [(10,)] * 3
    close = bwc.attempt(ml.data.balls(N=40, d=3, components=2, radius=0.05), 500, seed=0)
    assert close.covering == (1,)


@pytest.mark.proves("thm-beyond_worst_case-isolated")
def test_isolation_gap_is_that_of_the_definition():
    dataset = ml.data.ball(N=14, d=2, margin=0.05, classes=2, seed=5)
    own, rivals = dataset.points[dataset.labels == 1], dataset.points[dataset.labels == 0]
    p = lambda a, b: float(bwc.separation_probability(a, b, 0.8))  # noqa: E731
    gaps = [
        min(p(c, x) for j, x in enumerate(own) if j != i) - min(p(c, x) for x in rivals)
        for i, c in enumerate(own)
    ]
    assert math.isclose(bwc.isolation_gap(dataset, max_bias=0.8), min(gaps), abs_tol=1e-7)
    assert bwc.isolation_gap(ml.Dataset([[0.0], [1.0]], [0, 1])) == math.inf


# -- robustness ----------------------------------------------------------------------------------


@pytest.mark.proves("thm-beyond_worst_case-robust")
@pytest.mark.parametrize("variant", ["practical", "two_sided", "idealised"])
def test_nothing_changes_inside_the_ball(variant):
    dataset = ml.data.moons(N=40, noise=0.05, margin=0.1, seed=3)
    network = bwc.build(dataset, n=80, variant=variant, seed=0)
    first = network.layers[0]
    w = np.asarray(first.weight, float) * 2.0**network.input_shift
    z = dataset.points @ w.T + np.asarray(first.bias, float)
    rng = np.random.default_rng(0)
    for row in range(0, 40, 3):
        point, radius = dataset.points[row], bwc.robustness_radius(network, dataset.points[row])
        assert 0 < radius < math.inf
        away = rng.normal(size=(100, 2))
        nearest = np.argsort(np.abs(z[row]) / np.linalg.norm(w, axis=1))[:50]
        toward = -np.sign(z[row, nearest])[:, None] * w[nearest]  # straight at the hyperplanes
        steps = np.vstack([away, toward])
        steps *= (1 - 1e-9) * radius / np.linalg.norm(steps, axis=1)[:, None]
        assert (ml.predict(network, point + steps) == dataset.labels[row]).all()


@pytest.mark.proves("thm-beyond_worst_case-robust")
def test_radius_by_hand():
    """The cover by hand: 1/2 < x, 2 < x, x < 1/2; centre 0, threshold 2."""
    first = ml.Layer([[2], [1], [-2]], [-1, -2, 1], "threshold")
    cover = ml.Layer([[-2, -2, 0]], [3], "threshold")
    network = ml.Network([first, cover, ml.Layer([[2]], [-1], "identity")], readout="sign")
    squares = {0: 4, 1: 1, 3: 1, -2: 16}  # the answer changes at x = 2 and nowhere else
    for x, square in squares.items():
        assert bwc.squared_robustness_radius(network, [x]) == square
        assert bwc.robustness_radius(network, [x]) == math.sqrt(square)
    assert bwc.squared_robustness_radius(network, [2]) == 0


@pytest.mark.proves("thm-beyond_worst_case-robust")
def test_radius_of_several_classes_and_of_one():
    dataset = ml.data.ball(N=30, d=2, margin=0.05, classes=3, seed=0)
    network = bwc.build(dataset)
    for row in range(0, 30, 5):
        radius = bwc.robustness_radius(network, dataset.points[row])
        assert radius > 0
        rng = np.random.default_rng(row)
        step = rng.normal(size=(200, 2))
        step *= (1 - 1e-9) * radius / np.linalg.norm(step, axis=1)[:, None]
        assert (ml.predict(network, dataset.points[row] + step) == dataset.labels[row]).all()
    alone = bwc.build(ml.Dataset([[1.0], [2.0]], [1, 1]))
    assert bwc.robustness_radius(alone, [5.0]) == math.inf


def test_rows_of_zeros_are_never_crossed():
    first = ml.Layer([[0], [2]], [-1, -1], "threshold")
    cover = ml.Layer([[-2, 0]], [1], "threshold")
    network = ml.Network([first, cover, ml.Layer([[2]], [-1], "identity")], readout="sign")
    assert bwc.squared_robustness_radius(network, [0.0]) == math.inf


def test_no_coordinate_is_rounded_on_the_way_to_the_radius():
    cover = ml.Layer([[-2]], [1], "threshold")
    layers = [ml.Layer([[1, 0]], [0], "threshold"), cover, ml.Layer([[2]], [-1], "identity")]
    network = ml.Network(layers, readout="sign")
    for x in (2**63, 2**63 + 1):  # beside -1 a float to numpy
        assert bwc.squared_robustness_radius(network, [x, -1]) == x**2
    assert bwc.squared_robustness_radius(network, [2**53, 0.5]) == 2**106
    assert bwc.robustness_radius(network, [2**53, 0.5]) == 2**53
    for radius in (bwc.squared_robustness_radius, bwc.robustness_radius):
        with pytest.raises(ml.InvalidDataset, match="mixes floats with 9007199254740993"):
            radius(network, [2**53 + 1, 0.5])


def test_scaling_scales_the_radius():
    network = bwc.build(MOONS, n=150, seed=0)
    scaled = ml.Network(network.layers, network.input_shift - 2, 2, "sign")
    for point in MOONS.points[:5]:
        one = bwc.squared_robustness_radius(network, point)
        assert bwc.squared_robustness_radius(scaled, 4 * point) == 16 * one


def test_radius_of_another_network_is_refused():
    relu = bwc.build(MOONS, n=200, variant="relu")
    for network, message in (
        (relu, "threshold units"),
        (None, "a Network is needed"),
        (ml.Network([ml.Layer([[1, 0]], [0], "identity")], readout="sign"), "threshold units"),
    ):
        with pytest.raises(ml.InvalidArgument, match=f"network: .*{message}"):
            bwc.robustness_radius(network, [0.0, 0.0])
    good = bwc.build(MOONS, n=200)
    two_of_two = ml.Layer(good.layers[2].weight, [-3], "identity")
    both = ml.Network([*good.layers[:2], two_of_two], good.input_shift, 2, "sign")
    with pytest.raises(ml.InvalidArgument, match="output 0"):
        bwc.robustness_radius(both, [0.0, 0.0])
    valued = ml.Network(good.layers, good.input_shift, 2, "value")
    with pytest.raises(ml.InvalidArgument, match="readout"):
        bwc.robustness_radius(valued, [0.0, 0.0])
    for point in ([0.0], [0.0, math.nan], [[0.0, 0.0]]):
        with pytest.raises(ml.InvalidDataset, match="point"):
            bwc.robustness_radius(good, point)


# -- what the new bounds refuse ------------------------------------------------------------------


pieces = bwc.small_pieces_hyperplanes


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pieces([[0]], [[1]], [0.5], [0], 1), "widths: pieces 0 and 0"),
        (lambda: pieces([[0]], [[1]], [-1], [0], 1), "widths: one finite"),
        (lambda: pieces([[0]], [[1]], [0], ["x"], 1), "rival_widths: one"),
        (lambda: pieces([[0]], [[1, 2]], [0], [0], 1), "rival_centres: points"),
        (lambda: pieces([], [[1]], [], [0], 1), "centres: a non-empty"),
        (lambda: pieces([[0]], "x", [0], [0], 1), "rival_centres: a non-empty"),
        (lambda: pieces([[0]], [[1]], [0], [0], 0), "max_bias: a finite"),
        (lambda: bwc.mean_width(-1.0, points=3), "radius: a finite"),
        (lambda: bwc.mean_width(1.0), "dimension: this or points"),
        (lambda: bwc.mean_width(1.0, points=0), "points: a whole number"),
        (lambda: bwc.covering_hyperplanes((1, 1), 1.0, 2.0, dimension=-1), "dimension: a whole"),
        (lambda: bwc.admissible_radius(2.0, 1.0), "max_bias: at least the distance"),
        (lambda: bwc.admissible_radius(0.0, 1.0), "distance: a finite"),
        (lambda: bwc.hyperplanes_needed(0.1, 1.0, pairs=0), "pairs: a whole number"),
        (lambda: bwc.hyperplanes_needed(0.1, 1.0, 1.5), "success: a probability"),
        (lambda: bwc.isolation_gap(MOONS, covered=2), "covered: class 2"),
        (lambda: bwc.isolation_gap([[0.0]]), "dataset: a Dataset"),
    ],
)  # fmt: skip
def test_bad_arguments_of_the_new_bounds(call, message):
    with pytest.raises(refusal(message), match=message):
        call()


# -- what a hostile reader found ------------------------------------------------------------------


def test_rare_classes_are_not_lost_in_the_sample():
    points = ml.data.ball(N=4000, d=2, margin=None, classes=2, seed=1).points
    labels = np.zeros(4000, dtype=int)
    labels[[17, 2500]] = 1
    dataset = ml.Dataset(points, labels)
    assert ml.verify(bwc.build(dataset), dataset).ok


def test_weights_get_the_bits_that_close_pairs_need():
    dataset = ml.Dataset([[0.9999], [1.0]], [0, 1])
    network = bwc.build(dataset)
    assert ml.verify(network, dataset).ok
    with pytest.raises(ml.HypothesisViolated, match="weight_bits = 16"):
        bwc.build(dataset, weight_bits=16)


def test_chi3_near_zero():
    """F3(k) is between its series cut after one and after two terms."""
    for kappa in (1e-8, 1e-6, 1e-4, 9.9e-3, 1.01e-2, 0.1):
        one = math.sqrt(2 / math.pi) * kappa**3 / 3
        assert one * (1 - 0.3 * kappa**2) * (1 - 1e-9) <= bwc.chi3(kappa) <= one * (1 + 1e-9)


def test_data_bound_of_an_origin_that_is_a_rival():
    dataset = ml.Dataset([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], [2, 0, 1])
    with pytest.raises(ml.HypothesisViolated, match="origin"):
        bwc.data_bound(dataset, max_bias=0)


def test_too_many_classes():
    with pytest.raises(ml.HypothesisViolated, match=r"65536 classes.* numbers the labels"):
        bwc.build(ml.Dataset([[0.0], [1.0]], [0, 10**12]))


def test_bounds_far_outside_the_ordinary():
    tiny = bwc.bound(N=2, d=1, margin=1e-3, radius=1, grid_bits=2000)
    assert tiny.bits > 2000
    assert bwc.bound(N=2, d=1, margin=1, radius=1, failure=1e-300).width > 100


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bwc.bound(5), "facts or dataset: Facts or a Dataset"),
        (lambda: bwc.bound(MOONS, N=7), "N: .*omit it, got 7"),
        (lambda: bwc.bound(N=5, d=1, margin=1, weight_bits="x"), "weight_bits: a whole number"),
        (
            lambda: bwc.bound(N=5, d=1, margin=10**400),
            r"margin: .*2 apart, got about 2\^1",
        ),
        (lambda: bwc.bound(N=5, d=1, margin=1, failure=10**-400), "failure: a probability"),
        (lambda: bwc.hyperplanes_enough(0.1, 1, 0, 5), "max_bias: a finite number > 0"),
        (lambda: bwc.hyperplanes_enough(0.1, 1, 1, 5, failure=0), "failure: a probability"),
        (lambda: bwc.hyperplanes_enough(100, 1, 1, 5), "margin: two points"),
        (lambda: bwc.hyperplanes_enough(0.1, 1, 1, "a"), "pairs: a whole number >= 0"),
        (lambda: bwc.hyperplanes_enough(0.1, 1, 1, 5, loss=math.nan), "loss: a finite number >= 0"),
        (lambda: bwc.hyperplanes_enough(1e-300, 1e-300, 1e300, 5), "weight_bits: rounding may"),
        (lambda: bwc.bound(N=5, d=10**400, margin=1), r"d: this is computed up to 10\^300"),
        (lambda: bwc.bound(N=5, d=10**299, margin=1e200, radius=1e200), "weight_bits: rounding"),
        (lambda: bwc.bound(N=5, d=1, margin=1, weight_bits=10**400), "weight_bits: at most 40"),
        (lambda: bwc.bound(N=5, d=1, margin=1, variant=np.array(["a", "b"])), "variant: one of"),
        (lambda: bwc.covering_hyperplanes((2, 2), 1e-300, 1e300), "max_bias: at least"),
        (lambda: bwc.covering_hyperplanes((2, 2), 1e-7, 1e300), "leaves the range of floats"),
        (lambda: bwc.covering_hyperplanes((2, 2), 1, 2, dimension=10**400), "dimension: this is"),
        (lambda: pieces([[0]], [[0]], [0], [0], 1, exact=False), "widths: pieces 0 and 0"),
        (lambda: bwc.rounding_loss(1.0, 0.0, 16, 20), "max_bias: a finite number > 0"),
        (lambda: bwc.separation_probability([0], [0, 1], 1), "c, x: points of one dimension"),
        (lambda: bwc.separation_probability(0, [0, 1], 1), "c, x: points of one dimension"),
        (lambda: bwc.separation_probability([10**400], [0], 1), "c, x: .* range of floats"),
        (lambda: bwc.separation_probability([0], [1], -1), "max_bias: a finite number >= 0"),
        (lambda: bwc.separation_probability([0], [1], math.nan), "max_bias: a finite number >= 0"),
        (lambda: bwc.chi3(-1.0), "kappa: a finite number >= 0 is needed, got -1.0"),
        (lambda: bwc.chi3(math.nan), "kappa: a finite number >= 0"),
        (lambda: bwc.covering_hyperplanes(5, 1, 2), "components: a pair"),
        (lambda: bwc.covering_hyperplanes((1, 2, 3), 1, 2), "components: a pair"),
        (lambda: bwc.covering_hyperplanes((1, 2), 1, 2, mean_width=math.nan), "mean_width"),
        (lambda: bwc.covering_hyperplanes((1, 2), 1, 2, mean_width=math.inf), "mean_width"),
        (lambda: bwc.data_bound(MOONS, weight_bits="x"), "weight_bits: a whole number >= 1"),
        (lambda: bwc.data_bound(MOONS, covered=7), "covered: the class 0 or 1"),
        (lambda: bwc.build(MOONS, variant="idealised", centres=5), "centres: rows"),
    ],
)
def test_bounds_name_what_is_wrong(call, message):
    with pytest.raises(refusal(message), match=message):
        call()


def test_probabilities_of_no_numbers():
    with pytest.raises(ml.InvalidDataset, match=r"x\[1\] = nan is not a finite number"):
        bwc.separation_probability([0.0, 1.0], [0.0, math.nan], 1.0)


def test_numbers_of_any_kind_are_numbers():
    for half in (0.5, np.float32(0.5), Fraction(1, 2)):
        assert bwc.mean_width(half, dimension=4) == 1.0
        assert bwc.covering_hyperplanes((2, 2), half, 2 * half) > 0
        assert bwc.separation_probability([0], [half], half).shape == ()
    assert bwc.chi3(np.float64(1e200)) == bwc.chi3(10) == 1.0
    assert bwc.mean_width(0, points=1) == 0


def test_numpy_numbers_are_numbers():
    dataset = ml.Dataset([[0.5], [0.5 + 2.0**-40]], [0, 1])
    network = bwc.attempt(dataset, n=np.int64(9), max_bias=np.int64(1), weight_bits=40).network
    assert network.layers[0].units == 9


@pytest.mark.parametrize("variant", ["practical", "relu", "two_sided", "idealised"])
def test_without_biases_no_size_is_promised(variant):
    facts = {"N": 30, "d": 2, "margin": 0.1, "radius": 1.0, "variant": variant}
    assert bwc.bound(**facts, max_bias=0) is None
    assert bwc.bound(**facts, max_bias=1).neurons > 0
    with pytest.raises(ml.InvalidArgument, match="max_bias: a finite number >= 0"):
        bwc.bound(**facts, max_bias=-1)
