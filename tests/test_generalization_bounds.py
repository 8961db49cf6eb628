"""What chapter generalization says about samples, parameters and narrow layers, tried."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

import mem_lib as ml
from mem_lib.generalization import (
    BallAndShell,
    Balls,
    Condensed,
    MaxNet,
    Projected,
    Separable,
    Shells,
    Spike,
    accuracy,
    ball_and_shell_bound,
    best_accuracy,
    cells_per_side,
    compression_certificate,
    described_bytes,
    fibre,
    first_layer_rank,
    in_hit_cells,
    least_ratio,
    missing_mass,
    occam,
    packing_bound,
    packing_exists,
    paper_cells,
    paper_samples,
    parameters_needed,
    safe_cells,
    samples_enough,
    samples_needed,
    shells_needed,
    slab_share,
    vc_samples,
)
from mem_lib.generalization.measures import nearest

TENTH = Fraction(1, 10)

# -- the cap of a narrow first layer ---------------------------------------------------------------


@pytest.mark.proves("thm-generalization-cap")
@pytest.mark.parametrize(
    ("d", "w", "cap"),
    [
        (2, 1, 0.7875),
        (10, 1, 0.5486),
        (10, 5, 0.6605),
        (10, 9, 0.8947),
        (50, 1, 0.5093),
        (50, 49, 0.9086),
        (1100, 1, 0.50042),
    ],
)
def test_caps_of_the_ball_and_shell(d, w, cap):
    assert BallAndShell(d).cap(w) == pytest.approx(cap, abs=0.6 * 10.0 ** -len(str(cap)[2:]))


def test_the_ball_and_shell_reaches_51_percent():
    for w, d in ((1, 47), (2, 72)):
        assert BallAndShell(d).cap(w) <= 0.51 < BallAndShell(d - 1).cap(w)


@pytest.mark.proves("thm-generalization-cap")
@pytest.mark.parametrize(
    ("d", "k", "w", "cap"),
    [
        (2, 4, 1, 0.659),
        (2, 8, 1, 0.613),
        (3, 2, 2, 0.768),
        (3, 2, 1, 0.624),
        (3, 4, 2, 0.694),
        (3, 4, 1, 0.577),
        (5, 2, 4, 0.799),
        (5, 2, 1, 0.560),
        (2, 2, 1, 0.7212),
        (2, 8, 1, 0.6126),
        (2, 32, 1, 0.5557),
        (2, 256, 1, 0.5195),
    ],
)
def test_caps_of_shells_of_equal_volume(d, k, w, cap):
    assert Shells(d, k).cap(w) == pytest.approx(cap, abs=0.6e-3 if cap * 1000 % 1 < 1e-9 else 6e-5)


def integral(d, w, rings, steps=200_000):
    """acc* by the midpoint rule, from the formula."""
    R = max(b for _, b, _ in rings)
    h = (np.arange(steps) + 0.5) * R / steps
    p = (d - w) / 2
    m = {y: np.zeros(steps) for _, _, y in rings}
    for a, b, y in rings:
        m[y] += np.maximum(b * b - h * h, 0) ** p - np.maximum(a * a - h * h, 0) ** p
    volume = {n: math.pi ** (n / 2) / math.gamma(n / 2 + 1) for n in (w, d - w, d)}
    V = volume[d] * sum(b**d - a**d for a, b, _ in rings)
    best = np.max(list(m.values()), axis=0)
    return w * volume[w] * volume[d - w] / V * (h ** (w - 1) * best).mean() * R


@pytest.mark.proves("thm-generalization-cap")
@pytest.mark.parametrize("seed", range(12))
def test_the_cap_is_the_integral(seed):
    rng = np.random.default_rng(seed)
    d = int(rng.integers(2, 8))
    radii = np.sort(rng.random(2 * int(rng.integers(1, 7)))).tolist()
    rings = [(a, b, int(rng.integers(3))) for a, b in zip(radii[::2], radii[1::2], strict=True)]
    rng.shuffle(rings)
    for w in range(1, d):
        cap = best_accuracy(d, w, rings)
        assert cap == pytest.approx(integral(d, w, rings), abs=2e-5)
        assert cap == pytest.approx(best_accuracy(d, w, [(9 * a, 9 * b, y) for a, b, y in rings]))
    caps = [best_accuracy(d, w, rings) for w in range(d + 1)]
    assert all(one <= other + 1e-9 for one, other in itertools.pairwise(caps)) and caps[-1] == 1


@pytest.mark.proves("thm-generalization-cap")
def test_narrow_networks_stay_below_the_cap_and_one_comes_near():
    """Networks of one projected coordinate, each choosing its answers in 60 slices after having
    seen the test points: what is above the cap is luck."""
    shells, M = Shells(3, 2), 20_000
    test = shells.test(M, seed=1)
    rng = np.random.default_rng(0)
    for direction in (np.eye(3)[0], rng.standard_normal(3), rng.standard_normal(3)):
        slices = np.floor(30 * test.points @ direction / np.linalg.norm(direction)).astype(int) + 30
        counts = [np.bincount(slices[test.labels == y], minlength=61) for y in (0, 1)]
        share = np.maximum(*counts).sum() / M
        assert abs(share - shells.cap(1)) < 0.015
    edge = ml.Network(
        [
            ml.Layer([[1, 0, 0], [-1, 0, 0]], [0, 0], "relu"),
            ml.Layer([[2, 2]], [-(2**20)], "identity"),
        ],
        input_shift=20,
        readout="sign",
    )  # |x_1| > 1/2
    assert 0.5 < accuracy(edge, test).accuracy < shells.cap(1) + 5 * 0.5 / math.sqrt(M)


@pytest.mark.proves("thm-generalization-cap", "thm-generalization-projected")
@pytest.mark.parametrize(
    ("shells", "N", "rank"),
    [
        (BallAndShell(2), 400, 1),
        (Shells(3, 2), 400, 1),
        (Shells(3, 2), 400, 2),
        (Shells(5, 4), 200, 3),
    ],
)
def test_memorizers_behind_a_narrow_layer_stay_below_the_cap(shells, N, rank):
    M, cap = 3000, shells.cap(rank)
    test, luck = shells.test(M), 5 * math.sqrt(cap * (1 - cap) / M)
    for seed in range(3):
        sample = shells.sample(N, seed)
        network = ml.build(sample, Projected(rank), seed=seed)
        assert accuracy(network, sample).right == N
        assert 0.4 < accuracy(network, test).accuracy <= cap + luck
    assert accuracy(ml.build(shells.sample(N), MaxNet()), test).accuracy > 0.5


def test_caps_at_the_edges():
    shells = [(0, 1, 0), (1, 2, 1)]
    assert best_accuracy(2, 0, shells) == pytest.approx(0.75) and best_accuracy(2, 2, shells) == 1
    assert best_accuracy(1, 0, [(0, 1, 5)]) == best_accuracy(7, 3, [(0.5, 1, 5)]) == 1
    assert best_accuracy(1, 0, [(0, 1, 0), (2, 3, 1)]) == pytest.approx(0.5)
    huge = best_accuracy(10**5, 5 * 10**4, ball_and_shell(10**5))
    assert 0.5 - 1e-12 < huge < 0.51


def ball_and_shell(d):
    return [(0, 3 ** (-1 / d), 1), ((2 / 3) ** (1 / d), 1, 0)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 0, [(0, 1, 0)]), "d: a whole number >= 1"),
        ((2, 3, [(0, 1, 0)]), "w: the rank of a layer on R.2 is at most 2, got 3"),
        ((2, -1, [(0, 1, 0)]), "w: a whole number >= 0"),
        ((2, 1, []), "shells: their number: a whole number >= 1"),
        ((2, 1, 3), "shells: a list"),
        ((2, 1, [(0, 1)]), r"shells\[0\]: two radii and a label"),
        ((2, 1, [(0, 1, -1)]), r"shells\[0\]\[2\]: a whole number >= 0"),
        ((2, 1, [(1, 1, 0)]), "inner radius < outer radius <= next inner radius"),
        ((2, 1, [(0, 2, 0), (1, 3, 1)]), "inner radius < outer radius <= next inner radius"),
        ((2, 1, [(-1, 1, 0)]), r"shells\[0\]\[0\]: a finite number >= 0"),
        ((2, 1, [(0, math.nan, 0)]), r"shells\[0\]\[1\]: a finite number > 0"),
        ((2, 1, [(j, j + 1, 0) for j in range(1025)]), "shells: their number: .* up to 1024"),
    ],
)
def test_bad_shells(arguments, message):
    with pytest.raises(ml.InvalidArgument, match=message):
        best_accuracy(*arguments)


# -- fibres and slabs -----------------------------------------------------------------------------


@pytest.mark.proves("thm-generalization-first-layer")
@pytest.mark.parametrize(("d", "rank"), [(2, 1), (4, 1), (4, 3), (6, 2)])
def test_a_network_is_constant_along_its_fibre(d, rank):
    sample = ml.data.ball(N=20, d=d, seed=rank)
    network = ml.build(sample, Projected(rank))
    assert first_layer_rank(network) == rank
    e = fibre(network)
    assert math.gcd(*e) == 1
    for steps in (1, -3, 1000):
        moved = sample.points + steps * np.array(e) / 2**10
        assert (ml.evaluate(network, moved)[0] == ml.evaluate(network, sample.points)[0]).all()
    assert (ml.predict(network, sample.points + np.array(e)) == sample.labels).all()


@pytest.mark.proves("thm-generalization-first-layer")
def test_ranks_by_hand():
    rng = np.random.default_rng(0)
    for _ in range(100):
        d, n, rank = (int(v) for v in rng.integers(1, 6, 3))
        weight = rng.integers(-3, 4, (n, rank)) @ rng.integers(-3, 4, (rank, d))
        network = ml.Network([ml.Layer(weight, [0] * n, "relu")], readout="argmax")
        found, e = np.linalg.matrix_rank(weight), fibre(network)
        assert first_layer_rank(network) == found
        assert (e is None) == (found == d)
        assert e is None or (any(e) and not (weight @ np.array(e)).any())


@pytest.mark.proves("thm-generalization-bad")
@pytest.mark.parametrize(("d", "N", "sign"), [(1, 6, 1), (2, 20, 1), (2, 20, -1), (3, 30, 1)])
def test_spikes_answer_their_class_on_few_slabs_only(d, N, sign):
    """Points of a cube of side 64 whose corners are among the data; new points off the grid."""
    rng = np.random.default_rng(d)
    points = np.unique(np.vstack([rng.integers(0, 65, (N, d)), [[0] * d, [64] * d]]), axis=0)
    sample = ml.Dataset(points, rng.integers(0, 2, len(points)))
    network = ml.build(sample, Spike(sign))
    assert ml.verify(network, sample)
    own, M = int(sign > 0), 6000
    u = np.array([w for _, w in network.layers[0].row(0)[1]], dtype=float)
    keys = int((sample.labels == own).sum())
    bound = slab_share(keys, 1 / (64 * np.linalg.norm(u)))
    found = ml.predict(network, np.round(64 * rng.random((M, d)) * 2**20) / 2**20)
    share = (found == own).mean()
    assert share <= bound + 5 * math.sqrt(bound * (1 - bound) / M)
    # fair coins: the accuracy is that of the other label, and no better than a half
    assert bound < 0.2 and (found == 1 - own).mean() > 0.8


def test_slabs():
    # the largest slab of the unit square, about its diagonal
    omega = 0.01
    x, y = np.random.default_rng(0).random((2, 400_000))
    share = (np.abs(x - y) <= omega * math.sqrt(2)).mean()
    assert 0.95 * slab_share(1, omega) < share < slab_share(1, omega)
    assert slab_share(0, 1) == 0 and slab_share(3, 0.01, 2) == pytest.approx(
        6 * slab_share(1, 0.01)
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fibre(3), "network: a Network"),
        (lambda: first_layer_rank([[1]]), "network: a Network"),
        (lambda: slab_share(-1, 0.1), "slabs: a whole number >= 0"),
        (lambda: slab_share(1, 0), "half_width: a finite number > 0"),
        (lambda: slab_share(1, 0.1, -1), "density: a finite number > 0"),
    ],
)
def test_bad_fibres_and_slabs(call, message):
    with pytest.raises(ml.InvalidArgument, match=message):
        call()


# -- bounds on the caps ----------------------------------------------------------------------------


@pytest.mark.proves("thm-generalization-ball-shell")
def test_the_bound_of_the_ball_and_shell_is_above_the_cap():
    for d in (1, 2, 3, 10, 50, 200):
        for w in {1, (d + 1) // 2, d - 1, d} - {0}:
            assert BallAndShell(d).cap(w) <= ball_and_shell_bound(d, w) + 1e-9
    for w in (1, 2, 7, 100):
        assert ball_and_shell_bound(95 * w, w) <= 0.51


@pytest.mark.proves("thm-generalization-shells")
@pytest.mark.parametrize("d", [2, 3, 5, 10])
def test_so_many_shells_of_equal_width_are_enough(d):
    def cap(k):
        return best_accuracy(d, d - 1, [((j + 0.5) / k, (j + 1) / k, j % 2) for j in range(k)])

    for excess in (0.3, 0.2):
        k = shells_needed(d, excess)
        assert cap(k) <= 0.5 + excess
        assert math.sqrt(3 * (d + 1) / (math.pi * k)) <= excess
        assert math.sqrt(3 * (d + 1) / (math.pi * (k - 1))) > excess
    if d == 2:
        assert [round(cap(k) - 0.5, 4) for k in (16, 64, 256)] == [0.0899, 0.0448, 0.0224]
        assert [round(math.sqrt(9 / (math.pi * k)), 4) for k in (16, 64, 256)] == [
            0.4231, 0.2116, 0.1058,
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ball_and_shell_bound(2, 3), "w: the rank of a layer"),
        (lambda: ball_and_shell_bound(2, 0), "w: a whole number >= 1"),
        (lambda: shells_needed(1, 0.1), "d: a whole number >= 2"),
        (lambda: shells_needed(2, 0), "excess: a finite number > 0"),
        (lambda: shells_needed(2, 0.5), "excess: a number below 1/2"),
    ],
)
def test_bad_narrow_arguments(call, message):
    with pytest.raises(ml.InvalidArgument, match=message):
        call()


# -- samples that are enough -----------------------------------------------------------------------


def test_the_numbers_of_samples():
    assert [samples_enough(S, 0.1, 0.1) for S in (1, 8, 32, 128, 1000)] == [24, 79, 245, 911, 6955]
    assert [paper_samples(S, 0.1, 0.1) for S in (1, 8, 32, 128, 1000)] == [
        24, 351, 1846, 9158, 92104,
    ]  # fmt: skip
    assert samples_enough(10**300, 0.5, 0.5) > 10**300


@pytest.mark.proves("thm-generalization-samples")
@pytest.mark.parametrize("S", [1, 2, 5, 9])
def test_missing_more_than_the_error_is_as_unlikely_as_promised(S):
    """S balls of equal mass, by inclusion and exclusion, in fractions."""
    for error, failure in ((TENTH, TENTH), (Fraction(1, 4), Fraction(1, 100))):
        N = samples_enough(S, error, failure)
        # exactly j balls are missed
        bad = sum(
            math.comb(S, j)
            * sum(
                (-1) ** i * math.comb(S - j, i) * Fraction(S - j - i, S) ** N
                for i in range(S - j + 1)
            )
            for j in range(S)
            if Fraction(j, S) > error
        )
        assert bad <= (2**S - 1) * (1 - error) ** N <= failure


@pytest.mark.proves("thm-generalization-samples", "thm-generalization-covering")
def test_the_nearest_point_is_right_with_so_many_samples():
    balls, failures = Balls(8, 3), 0
    N = samples_enough(balls.S_D, 0.1, 0.1)
    test = balls.test(300)
    for seed in range(60):
        wrong = (nearest(balls.sample(N, seed), test.points) != test.labels).mean()
        failures += wrong > 0.1
    assert failures <= 6


@pytest.mark.proves("thm-generalization-mass")
def test_the_missing_mass():
    rng = np.random.default_rng(0)
    for S, N in itertools.product((1, 3, 50), (1, 2, 10, 1000)):
        for power in (0, 1, 8):
            q = rng.random(S) ** power
            q /= q.sum()
            assert (q * (1 - q) ** N).sum() <= missing_mass(S, N)
        assert missing_mass(S, N) == pytest.approx(min(1, S / (math.e * N)))
    # with S masses of 1/(N + 1) it is nearly met
    assert (1000 * (1 / 1001) * (1 - 1 / 1001) ** 1000) / missing_mass(1000, 1000) > 0.99


@pytest.mark.proves("thm-generalization-separable")
def test_half_spaces_take_samples_of_order_d():
    """The last step of the proof, in logarithms; and order d, not d^2."""
    for V, error, failure in itertools.product((1, 2, 11, 1000), (0.5, 0.1, 1e-4), (0.9, 0.01)):
        N = vc_samples(V, error, failure)
        patterns = math.log(2) + V * math.log(2 * math.e * N / V)
        assert patterns - error * N * math.log(2) / 2 <= math.log(failure)
        assert error * N >= 8 * math.log(2) and 2 * N >= V
    assert vc_samples(1001, 0.1, 0.1) < 101 * vc_samples(11, 0.1, 0.1)


@pytest.mark.proves("thm-generalization-separable")
def test_a_half_space_that_memorizes_is_right_nearly_everywhere():
    """Found by the perceptron, which knows the sample only."""
    sides, error = Separable(3, 0.05), 0.3
    N = vc_samples(sides.d + 1, error, 0.1)
    for seed in range(5):
        sample, test = sides.sample(N, seed), sides.test(2000, seed)
        rows = np.hstack([np.ldexp(sample.points, 20), np.full((N, 1), 2**20)]).astype(np.int64)
        signs, w = 2 * sample.labels - 1, np.zeros(4, dtype=np.int64)
        while (wrong := np.flatnonzero(signs * (rows @ w) <= 0)).size:
            w += signs[wrong[0]] * rows[wrong[0]]
        last = ml.Layer([w[:3]], [w[3] * 2**20], "identity")
        network = ml.Network([last], input_shift=20, readout="sign")
        assert ml.verify(network, sample) and network.size.dense_weights == sides.N_D
        assert 1 - accuracy(network, test).accuracy <= error


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: vc_samples(0, 0.1, 0.1), "dimension: a whole number >= 1"),
        (lambda: vc_samples(1, 1, 0.1), "error: a probability"),
        (lambda: vc_samples(1, 0.1, 0), "failure: a probability"),
        (lambda: samples_enough(0, 0.1, 0.1), "S: a whole number >= 1"),
        (lambda: samples_enough(2, 0, 0.1), "error: a probability"),
        (lambda: samples_enough(2, 0.1, 1), "failure: a probability"),
        (lambda: samples_enough(10**300, 1e-300, 0.1), "error: the number of samples leaves"),
        (lambda: paper_samples(0, 0.1, 0.1), "S: a whole number >= 1"),
        (lambda: paper_samples(2, 1.5, 0.1), "error: a probability"),
        (lambda: missing_mass(0, 1), "S: a whole number >= 1"),
        (lambda: missing_mass(1, -1), "N: a whole number >= 0"),
        (lambda: samples_needed(0, 0.1, 0.1), "k: a whole number >= 1"),
        (lambda: samples_needed(8, -0.1, 0.1), "error: a finite number >= 0"),
        (lambda: samples_needed(8, 0.1, 0), "t: a number above 0"),
        (lambda: samples_needed(8, 0.45, 0.2), r"with 2 error \+ t <= 1, got t=0.2, error=0.45"),
        (lambda: parameters_needed(0, 0.1), "k: a whole number >= 1"),
        (lambda: parameters_needed(8, 0.5), "error: a number below 1/2"),
        (lambda: parameters_needed(8, -1), "error: a finite number >= 0"),
    ],
)
def test_bad_numbers(call, message):
    with pytest.raises(ml.InvalidArgument, match=message):
        call()


# -- samples and parameters that are needed --------------------------------------------------------


def few_wrong(n, most):
    """P(at most so many of n fair coins are heads)."""
    return Fraction(sum(math.comb(n, j) for j in range(math.floor(most) + 1)), 2**n)


@pytest.mark.proves("thm-generalization-needed")
def test_coins_that_were_not_seen_are_not_known():
    for k in (1, 4, 20, 64):
        for error, t in itertools.product((0, TENTH, Fraction(1, 4)), (TENTH, Fraction(1, 3), 1)):
            if 2 * error + t > 1:
                continue
            needed = samples_needed(k, error, t)
            assert 0 <= needed.samples <= (1 - 2 * error - t) * k < needed.samples + 1
            for seen in range(min(needed.samples, k) + 1):
                assert few_wrong(k - seen, error * k) <= needed.success


@pytest.mark.proves("thm-generalization-needed")
@pytest.mark.parametrize("rule", ["zero", "one", "majority"])
def test_three_algorithms_on_all_labellings(rule):
    """k = 6: all samples, all labellings, three memorizers."""
    k, error, t = 6, Fraction(1, 6), Fraction(1, 3)
    needed = samples_needed(k, error, t)
    assert needed.samples == 2
    good = 0
    for labels in itertools.product((0, 1), repeat=k):
        for sample in itertools.product(range(k), repeat=needed.samples):
            ones = sum(labels[i] for i in sample)
            guess = {"zero": 0, "one": 1, "majority": int(2 * ones > len(sample))}[rule]
            wrong = sum(labels[i] != guess for i in range(k) if i not in sample)
            good += wrong <= error * k
    assert good / (2**k * k**needed.samples) <= needed.success


@pytest.mark.proves("thm-generalization-parameters")
def test_parameters_that_are_needed():
    assert [parameters_needed(2**d, 0.1) for d in (10, 16, 20, 30)] == [9, 55, 196, 5105]
    for k in range(1, 300):
        for eps in (0, 0.1, 0.4):
            H = -sum(q * math.log2(q) for q in (eps, 1 - eps) if q)
            found = parameters_needed(k, eps)
            enough = [
                k < P or P * P / 2 * math.log2(math.e * k * P) + 1.5 * P >= (1 - H) * k - 1e-9
                for P in range(1, k + 2)
            ]
            assert found == 1 + enough.index(True)
    assert parameters_needed(10**300, 0.1) > 10**148


@pytest.mark.proves("thm-generalization-parameters")
def test_few_parameters_realise_few_labellings():
    """Networks [1, n, 1] and affine functions on 8 points of a line: far fewer sign patterns than
    the count in the proof allows."""
    rng, k = np.random.default_rng(0), 8
    x = np.arange(k)
    for n in (0, 1, 2):
        patterns, P = set(), 3 * n + 1 if n else 2
        for _ in range(20_000):
            if n == 0:
                F = rng.standard_normal() * x + 4 * rng.standard_normal()
            else:
                w, v = rng.standard_normal(n), rng.standard_normal(n)
                kinks = rng.uniform(0, k, n)
                F = rng.standard_normal() + v @ np.maximum(w[:, None] * (x - kinks[:, None]), 0)
            patterns.add(tuple(F > 0))
        assert math.log2(len(patterns)) <= P * P / 2 * math.log2(math.e * k * P) + 1.5 * P
        assert len(patterns) < 2**k


# -- safe cells ------------------------------------------------------------------------------------


def chequered(d, side, gap, N, seed):
    """Points of the cube with the colour of their field, none within gap/2 of a border."""
    rng = np.random.default_rng(seed)
    points = np.round(rng.random((4 * N, d)) * 2**20) / 2**20
    inner = np.abs(side * points - np.round(side * points)) / side
    edge = (inner > gap / 2) | (np.round(side * points) % side == 0)
    points = points[edge.all(axis=1)][:N]
    fields = np.minimum(np.floor(side * points), side - 1).astype(int)
    return ml.Dataset(points, fields.sum(axis=1) % 2, classes=2)


@pytest.mark.proves("thm-generalization-safe", "thm-generalization-cube")
@pytest.mark.parametrize(
    ("d", "side", "gap", "N"),
    [(1, 6, 0.1, 30), (2, 3, 0.1, 120), (2, 5, 0.1, 400), (3, 2, 0.3, 300)],
)
def test_everything_in_a_hit_cell_is_right(d, side, gap, N):
    cells, missed = cells_per_side(d, gap), []
    for seed in range(5):
        sample, test = (chequered(d, side, gap, n, s) for n, s in ((N, seed), (3000, seed + 100)))
        hit = in_hit_cells(sample, test.points, cells)
        found = nearest(sample, test.points)
        assert hit.sum() > 300 and (found[hit] == test.labels[hit]).all()
        missed.append(1 - hit.mean())
    assert 0 < np.mean(missed) <= missing_mass(safe_cells(d, gap), N) < 1


@pytest.mark.proves("thm-generalization-cube")
def test_cells_have_a_diameter_below_the_distance():
    for d in range(1, 30):
        for c in (TENTH, Fraction(1, 7), Fraction(2), 0.3):
            m = cells_per_side(d, c)
            assert Fraction(d, m * m) < Fraction(c) ** 2
            assert m == 1 or Fraction(d, (m - 1) ** 2) >= Fraction(c) ** 2
            assert safe_cells(d, c) == m**d <= paper_cells(d, c)
    assert [safe_cells(2, c) for c in (TENTH, 2 * TENTH)] == [225, 64]
    assert [paper_cells(2, c) for c in (TENTH, 2 * TENTH)] == [15625, 3969]


def test_cells_hold_their_lower_faces_and_the_cube_its_upper_ones():
    sample = ml.Dataset([[0.0, 0.0], [1.0, 1.0]], [0, 1])
    asked = [[0.24, 0.0], [0.25, 0.0], [0.75, 0.75], [1, 0.9], [1.001, 1], [-0.1, 0]]
    assert in_hit_cells(sample, asked, 4).tolist() == [True, False, True, True, False, False]
    integers = ml.Dataset([[2**70, 0]], [0])
    assert in_hit_cells(integers, [[2**70, 0], [2**70 + 1, 0]], 3).tolist() == [True, False]


@pytest.mark.proves("thm-generalization-covering")
@pytest.mark.parametrize("tau", [0, TENTH / 10, TENTH, Fraction(2, 5)])
def test_a_ball_that_is_hit_lies_in_the_cell_of_what_hit_it(tau):
    """v at the origin, the other label at distance >= 1: all z and x in the ball of radius
    1/kappa."""
    rng, kappa = np.random.default_rng(0), float(least_ratio(tau)) * (1 + 1e-9)
    ball = rng.standard_normal((4000, 2))
    ball *= (rng.random((4000, 1)) ** 0.2 / kappa) / np.linalg.norm(ball, axis=1, keepdims=True)
    z, x = ball[:2000], ball[2000:]
    other = rng.standard_normal((2000, 2))
    other *= (1 + rng.exponential(0.2, (2000, 1))) / np.linalg.norm(other, axis=1, keepdims=True)
    far, near, apart = (((a - b) ** 2).sum(axis=1) for a, b in ((z, other), (z, x), (x, other)))
    assert (far - near >= 2 * float(tau) * apart).all()
    # on a line the ratio cannot be smaller
    z, x, other, small = 1 / kappa, -1 / kappa, 1.0, 0.99 * kappa
    for scale, holds in ((1.0, True), (kappa / small, False)):
        a, b = z * scale, x * scale
        assert ((a - other) ** 2 - (a - b) ** 2 >= 2 * float(tau) * (b - other) ** 2) == holds


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: cells_per_side(0, 1), ml.InvalidArgument, "d: a whole number >= 1"),
        (lambda: safe_cells(2, 0), ml.InvalidArgument, "c: a finite number > 0"),
        (lambda: paper_cells(2, math.inf), ml.InvalidArgument, "c: a finite number > 0"),
        (lambda: least_ratio(0.5), ml.InvalidArgument, "tau: a number below 1/2"),
        (lambda: least_ratio(-1), ml.InvalidArgument, "tau: a finite number >= 0"),
        (lambda: in_hit_cells(3, [[0]], 2), ml.InvalidArgument, "sample: a Dataset"),
        (lambda: in_hit_cells(ml.Dataset([[0]], [0]), [[0]], 0), ml.InvalidArgument, "cells: a"),
        (lambda: in_hit_cells(ml.Dataset([[0]], [0]), [0], 1), ml.InvalidDataset, "points must"),
        (lambda: packing_bound(0, 1), ml.InvalidArgument, "d: a whole number >= 1"),
        (lambda: packing_bound(2, 0), ml.InvalidArgument, "c: a finite number > 0"),
        (lambda: packing_exists(10**5, 1), ml.InvalidArgument, "d: this is computed up to 10000"),
        (lambda: packing_exists(2, "a"), ml.InvalidArgument, "c: a finite number > 0"),
    ],
)
def test_bad_cells_and_packings(call, error, message):
    with pytest.raises(error, match=message):
        call()


# -- packings --------------------------------------------------------------------------------------


def test_packings_of_the_cube():
    for c in (Fraction(1), Fraction(1, 2), Fraction(1, 7), Fraction(3, 10)):
        on_a_line = math.floor(1 / c) + 1
        assert packing_exists(1, c) <= on_a_line <= packing_bound(1, c)
        for d in (2, 3, 5):
            assert on_a_line**d <= packing_bound(d, c)
            assert packing_exists(d, c) <= packing_bound(d, c)
    assert packing_bound(2, TENTH) == math.floor((2 * 11) ** 2 / math.pi)
    assert packing_exists(2, TENTH) == math.ceil(100 / math.pi)
    assert packing_exists(3, 1) == 1 and packing_bound(3, 1) == math.floor(4**3 / (4 * math.pi / 3))
    assert packing_exists(63, 1) > 2**63 and packing_exists(243, 1) * 243**2 > 4**243
    assert packing_exists(62, 1) <= 2**62 and packing_exists(242, 1) * 242**2 <= 4**242


@pytest.mark.proves("thm-generalization-condensed")
def test_a_condensed_network_keeps_no_more_points_than_can_be_packed():
    balls = Balls(8, 3)
    for N in (30, 300, 2000):
        network = ml.build(balls.sample(N), Condensed())
        assert network.about["kept"] <= packing_bound(3, balls.margin)


# -- certificates ----------------------------------------------------------------------------------


@pytest.mark.proves("thm-generalization-compression")
def test_the_certificate_is_its_formula():
    numbers = [round(compression_certificate(N, 8, 0.05), 3) for N in (100, 500, 2000)]
    assert numbers == [0.306, 0.093, 0.030]
    for N, kept in ((5, 1), (12, 4), (30, 29)):
        e = Fraction(compression_certificate(N, kept, 0.05))
        missed = N * math.comb(N, kept) * (1 - e) ** (N - kept)
        assert 0.05 * (1 - 1e-5) <= missed <= 0.05 * (1 + 1e-12)
        assert e <= (kept * math.log(math.e * N / kept) + math.log(N / 0.05)) / (N - kept)
    # vacuous for balanced classes: half of the digits that were kept
    assert compression_certificate(1000, 546, 0.05) > 0.75
    assert compression_certificate(7, 7, 0.05) == 1.0


@pytest.mark.proves("thm-generalization-compression")
def test_certificates_are_never_violated_in_200_runs():
    """Balls, thin shells and a ball in a shell: the condensed network and what it kept, on points
    it has not seen.  On thin shells the certificate says nothing of use."""
    held, vacuous, useful = 0, 0, 0
    for family, N in (
        (Balls(8, 2), 100),
        (BallAndShell(2), 150),
        (Shells(2, 8), 60),
        (Shells(3, 2), 200),
    ):
        test = family.test(400)
        for seed in range(50):
            sample = family.sample(N, seed)
            network = ml.build(sample, Condensed())
            assert accuracy(network, sample).right == N
            bound = compression_certificate(N, network.about["kept"], 0.05)
            measured = accuracy(network, test).accuracy
            noise = 4 * math.sqrt(max(bound * (1 - bound), 0) / test.N)
            assert 1 - measured <= bound + noise
            held, vacuous, useful = held + 1, vacuous + (bound >= 0.5), useful + (bound < 0.4)
    assert held == 200 and vacuous >= 50 and useful >= 50


@pytest.mark.proves("thm-generalization-occam")
def test_every_network_has_a_length():
    dataset = ml.data.ball(N=12, d=2, seed=1)  # points that every construction takes
    for name in ml.constructions.REGISTRY:
        network = ml.build(dataset, name)
        bare = ml.Network(
            [ml.Layer(layer.weight, layer.bias, layer.activation) for layer in network.layers],
            network.input_shift,
            network.output_denominator,
            network.readout,
        )
        length = described_bytes(network)
        assert length == described_bytes(bare) == len(bare.to_json()) <= len(network.to_json())
        value = (8 * length * math.log(2) + math.log(20)) / 12
        assert occam(network, 12, 0.05) == pytest.approx(value) and value > 1  # vacuous
        assert occam(network, 12 * 10**6, 0.05) < 1


@pytest.mark.proves("thm-generalization-occam")
def test_no_file_is_the_beginning_of_another():
    layers = [ml.Layer([[w]], [b], "identity") for w in range(-12, 13) for b in range(-12, 13)]
    files = sorted(
        ml.Network([layer], shift, readout=readout).to_json()
        for layer in layers
        for shift in (0, 1, 10)
        for readout in ("sign", "value")
    )
    assert not any(other.startswith(one) for one, other in itertools.pairwise(files))
    assert sum(Fraction(1, 2 ** (8 * len(file))) for file in files) <= 1


@pytest.mark.proves("thm-generalization-occam")
def test_short_networks_that_memorize_err_rarely():
    """Thresholds on a line, the truth x > 1/2: of all that memorize a sample, the worst one."""
    N, failures = 2000, 0
    thresholds = [k / 64 for k in range(65)]
    lengths = [
        described_bytes(ml.Network([ml.Layer([[64]], [-k], "identity")], readout="sign"))
        for k in range(65)
    ]
    rng = np.random.default_rng(0)
    for _ in range(50):
        x = rng.random(N)
        for t, length in zip(thresholds, lengths, strict=True):
            if ((x > t) == (x > 0.5)).all():
                failures += abs(t - 0.5) > (8 * length * math.log(2) + math.log(20)) / N
    assert failures == 0


def test_generated_layers_are_not_needed_whole():
    rows = ml.Layer.from_blocks(lambda a, b: np.full((b - a, 4), 3), 5, 4, "relu")
    last = ml.Layer([[1] * 5], [0], "identity")
    one = ml.Network([rows, last], readout="sign")
    other = ml.Network([ml.Layer([[3] * 4] * 5, [0] * 5, "relu"), last], readout="sign")
    assert described_bytes(one) == described_bytes(other)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: compression_certificate(0, 1, 0.1), "N: a whole number >= 1"),
        (lambda: compression_certificate(5, 0, 0.1), "kept: a whole number >= 1"),
        (lambda: compression_certificate(5, 6, 0.1), "kept: at most N = 5"),
        (lambda: compression_certificate(5, 2, 0), "failure: a probability"),
        (lambda: described_bytes(3), "network: a Network is needed"),
        (lambda: occam(ml.build(ml.data.ball(N=3, d=1), MaxNet()), 0, 0.1), "N: a whole number"),
        (lambda: occam(ml.build(ml.data.ball(N=3, d=1), MaxNet()), 3, 1), "failure: a probab"),
    ],
)
def test_bad_certificates(call, message):
    with pytest.raises(ml.InvalidArgument, match=message):
        call()
