"""The construction of chapter ``beyond_worst_case``: right on every point, as large as stated."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mem_lib as ml
from mem_lib import beyond_worst_case as bwc
from mem_lib.data import hostile
from mem_lib.exact import reference

MOONS = ml.data.moons(N=200, noise=0.05, seed=0)


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


def test_cover_by_hand():
    """d = 1, hyperplanes x > 1/2, x > 2, x < 1/2; X- = {0, 1}, X+ = {3}."""
    own = np.array([[0, 0, 1], [1, 0, 0]], dtype=np.uint8)
    rivals = np.array([[1, 1, 0]], dtype=np.uint8)
    first = bwc.by_candidates(own, rivals, np.array([0, 1]))
    assert (first.centres.tolist(), first.thresholds.tolist()) == ([0], [2])
    second = bwc.by_candidates(own, rivals, np.array([1, 0]))
    assert (second.centres.tolist(), second.thresholds.tolist()) == ([1, 0], [1, 2])


def test_cover_is_strict_at_a_tie():
    """A point whose score equals the threshold is not covered: a rival has that score too."""
    own = np.array([[0, 0], [1, 0]], dtype=np.uint8)
    rivals = np.array([[1, 0]], dtype=np.uint8)
    cover = bwc.by_candidates(own, rivals, np.array([0, 1]))
    assert cover.centres.tolist() == [0] and cover.uncovered.tolist() == [1]


# -- whole networks ------------------------------------------------------------------------------


def test_the_snippet_of_the_readme():
    dataset = ml.data.ball(N=200, d=8, margin=0.1, classes=2, seed=0)
    network = ml.beyond_worst_case.build(dataset)
    certificate = ml.verify(network, dataset)
    assert certificate.ok and certificate.margin == Fraction(1, 2)
    assert (ml.predict(network, dataset.points) == dataset.labels).all()


@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("d", [1, 2, 10])
def test_memorizes(classes, d):
    dataset = ml.data.ball(N=60, d=d, margin=0.004, classes=classes, seed=d)
    certificate = ml.verify(bwc.build(dataset, seed=1), dataset)
    assert certificate.ok and certificate.ties == 0 and certificate.margin == Fraction(1, 2)


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
    except (ml.ConstructionFailed, ml.HypothesisViolated) as error:
        assert str(error).split(":")[0] in ("n", "max_bias")  # refused, with the argument named
        return
    assert ml.verify(network, dataset).ok


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(hostile))
@pytest.mark.parametrize("variant", ["practical", "idealised"])
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
            except (ml.ConstructionFailed, ml.HypothesisViolated) as error:
                assert str(error).split(":")[0] in ("n", "max_bias")
                continue
            assert ml.verify(network, dataset).ok
            numerators, _ = ml.evaluate(network, dataset)
            network = network.refined(dataset.shift - network.input_shift)
            for point, outputs in zip(dataset.integers()[0], numerators, strict=True):
                assert reference.evaluate(network, point) == outputs.tolist()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_small_sets_of_every_kind(data):
    d = data.draw(st.integers(1, 4))
    coordinate = st.one_of(st.integers(-3, 3), st.sampled_from([0.5, -0.25, 2.0**-10]))
    points = data.draw(st.lists(st.tuples(*[coordinate] * d), min_size=1, max_size=12))
    classes = data.draw(st.integers(1, 4))
    label = {p: data.draw(st.integers(0, classes - 1)) for p in dict.fromkeys(points)}
    dataset = ml.Dataset(np.array(points, dtype=float), [label[p] for p in points], classes=classes)
    variant = data.draw(st.sampled_from(["practical", "idealised"]))
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
    mask = result.network.layers[1].weight
    assert set(np.unique(mask)) <= {0, -2}


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


def test_data_bound_holds():
    """At most the promised share of draws fails; with a third of the hyperplanes most do."""
    dataset = ml.data.ball(N=20, d=2, margin=0.2, classes=2, seed=1)
    n = bwc.data_bound(dataset, failure=0.25)
    assert n <= bwc.bound(dataset, failure=0.25).width

    def share_of_failures(n):
        return np.mean([len(bwc.attempt(dataset, n=n, seed=s).uncovered) > 0 for s in range(300)])

    assert share_of_failures(n) <= 0.25
    assert share_of_failures(n // 3) > 0.5


def test_data_bound_of_two_points_in_closed_form():
    dataset = ml.Dataset([[0.6, 0.8], [0.6, 0.7]], [1, 0])
    p = float(bwc.separation_probability([0.6, 0.8], [0.6, 0.7], 0.75))
    for failure in (0.5, 0.1, 1e-6):
        n = bwc.data_bound(dataset, max_bias=0.75, failure=failure, weight_bits=40)
        assert n == math.ceil(math.log(failure) / math.log1p(-p))


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


def test_fewer_hyperplanes_fail():
    """Two points at distance 1/16: at half the needed number they stay together more often."""
    dataset = ml.Dataset([[0.5], [0.5 + 2.0**-4]], [1, 0])
    needed = bwc.hyperplanes_needed(2.0**-4, 1.0)
    n = int(needed) // 2
    failed = sum(
        bool(len(bwc.attempt(dataset, n=n, max_bias=1.0, seed=seed).uncovered))
        for seed in range(200)
    )
    assert failed > 100


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


@pytest.mark.parametrize(("c", "x", "bias", "p"), GOLDEN)
def test_probability_golden(c, x, bias, p):
    assert abs(float(bwc.separation_probability(c, x, bias)) - p) < 1e-6


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


def test_probability_is_the_share_of_hyperplanes():
    c, x, bias = np.array([0.9, -0.1, 0.2]), np.array([0.1, 0.3, -0.4]), 0.6
    rng = np.random.default_rng(0)
    w, b = rng.normal(size=(400_000, 3)), rng.uniform(-bias, bias, 400_000)
    share = np.mean((w @ c + b <= 0) & (w @ x + b > 0))
    p = float(bwc.separation_probability(c, x, bias))
    assert abs(share - p) < 5 * math.sqrt(p / 400_000)


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
        ({"n": 0}, "n: an integer >= 1"),
        ({"n": 2.5}, "n: an integer"),
        ({"n": True}, "n: an integer"),
        ({"n": 10**12}, "n: at most"),
        ({"max_bias": -1}, "max_bias: a finite number"),
        ({"max_bias": float("nan")}, "max_bias: a finite number"),
        ({"max_bias": float("inf")}, "max_bias: a finite number"),
        ({"max_bias": "x"}, "max_bias: a finite number"),
        ({"max_bias": 2.0**-40}, "max_bias: .*256"),
        ({"variant": "best"}, "variant: one of"),
        ({"seed": -1}, "seed: an integer"),
        ({"covered": 2}, "covered: the class 0 or 1"),
        ({"weight_bits": 0}, "weight_bits: an integer"),
        ({"weight_bits": 60}, "weight_bits: at most"),
        ({"centres": [0]}, "centres: only the variant"),
        ({"centres": [999], "variant": "idealised"}, "centres: row 999"),
        ({"centres": [-1], "variant": "idealised"}, "centres: an integer"),
        ({"centres": [], "variant": "idealised"}, "centres: class 1 needs"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ml.HypothesisViolated, match=message):
        bwc.build(MOONS, **arguments)


def test_a_layer_that_no_machine_holds():
    wide = ml.Dataset(np.eye(2, 200_000, dtype=np.uint8), [0, 1])
    with pytest.raises(ml.HypothesisViolated, match=r"n: .* GiB"):
        bwc.build(wide, n=2**24)


@pytest.mark.parametrize("dataset", [[[0.0]], None])
def test_not_a_dataset(dataset):
    with pytest.raises(ml.HypothesisViolated, match="dataset: a Dataset"):
        bwc.build(dataset)


def test_targets_are_refused():
    with pytest.raises(ml.HypothesisViolated, match="labels"):
        bwc.build(ml.Dataset([[0.0], [1.0]], targets=[0.5, 1.0]))


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
        ({"N": 0, "d": 1, "margin": 1}, "N: an integer"),
        ({"N": 5, "d": 0, "margin": 1}, "d: an integer"),
        ({"N": 5, "d": 1}, "margin: a finite number"),
        ({"N": 5, "d": 1, "margin": 0}, "margin: a finite number"),
        ({"N": 5, "d": 1, "margin": 3}, "at most 2"),
        ({"N": 5, "d": 1, "margin": 1, "failure": 1}, "failure: a probability"),
        ({"N": 5, "d": 1, "margin": 1, "radius": float("nan")}, "radius: a finite"),
        ({"N": 5, "d": 1, "margin": 1, "variant": "x"}, "variant: one of"),
        ({"N": 5, "d": 10**6, "margin": 1e-3, "weight_bits": 1}, "weight_bits: rounding"),
    ],
)
def test_bad_arguments_of_bound(arguments, message):
    with pytest.raises(ml.HypothesisViolated, match=message):
        bwc.bound(**arguments)


def test_data_bound_refuses_what_cannot_be_separated():
    with pytest.raises(ml.HypothesisViolated, match="rows"):
        bwc.data_bound(ml.Dataset([[1.0], [2.0]], [0, 1]), max_bias=0)
