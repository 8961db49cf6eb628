"""Distributions of chapter generalization: what is said to be known of them is true."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

import mem_lib as ml
from mem_lib.generalization import (
    BallAndShell,
    Balls,
    CubeVertices,
    Formula,
    Gadget,
    Separable,
    Shells,
)
from mem_lib.generalization.distribution import BITS

ALL = [
    Shells(1),
    Shells(2, 4),
    Shells(3, 8, 0.5),
    Shells(10, 2),
    Shells(2, 1),
    Shells(300, 2),
    BallAndShell(1),
    BallAndShell(2),
    BallAndShell(7),
    CubeVertices(1),
    CubeVertices(5, labelling_seed=3),
    Balls(1, 2),
    Balls(8, 3),
    Balls(5, 1),
    Balls(30, 2, labelling_seed=1),
    Balls(3, 40),
    Gadget(Formula.random(6, 4)),
    Separable(1),
    Separable(3, 0.4),
    Separable(50),
]


@pytest.fixture(params=ALL, ids=repr)
def distribution(request):
    return request.param


# -- all of them -----------------------------------------------------------------------------------


def test_labels_are_the_truth_and_margins_hold(distribution):
    for dataset in (distribution.sample(200, seed=1), distribution.test(200, seed=1)):
        assert (dataset.N, dataset.d, dataset.classes) == (200, distribution.d, 2)
        assert (distribution.label(dataset.points) == dataset.labels).all()
        assert dataset.shift <= BITS
        if dataset.margin is not None:
            assert dataset.margin >= distribution.margin > 0
        if distribution.margin is None:
            assert len(set(dataset.labels.tolist())) == 1


def test_seeds(distribution):
    one = distribution.sample(200, seed=5)
    assert one == distribution.sample(200, seed=5)
    assert one != distribution.sample(200, seed=6) and one != distribution.test(200, seed=5)


def test_points_far_away_have_no_label(distribution):
    far = np.full((1, distribution.d), 1000.0)
    assert distribution.label(far).tolist() == distribution.label(-far).tolist() == [-1]
    assert distribution.label(far + 2.0**-40).tolist() == [-1]


def test_bad_points(distribution):
    with pytest.raises(ml.InvalidDataset, match=r"points must have shape \(M, "):
        distribution.label([[0.0] * (distribution.d + 1)])
    with pytest.raises(ml.InvalidDataset, match="not a finite"):
        distribution.label([[math.nan] * distribution.d])


def test_bad_numbers(distribution):
    for call, name in ((distribution.sample, "N"), (distribution.test, "M")):
        with pytest.raises(ml.InvalidArgument, match=f"{name}: a whole number >= 1"):
            call(0)
        with pytest.raises(ml.InvalidArgument, match="seed: a whole number >= 0"):
            call(3, seed=-1)
        with pytest.raises(ml.TooLarge, match=f"{name}, d: the coordinates"):
            call(10**15)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Shells(0), "d: a whole number >= 1"),
        (lambda: Shells(10**6), "d: this is computed up to 2000"),
        (lambda: Shells(2, 3), "shells: an even number is needed, or 1, got 3"),
        (lambda: Shells(2, 0), "shells: a whole number >= 1"),
        (lambda: Shells(2, 2, 1), "gamma: a number above 0 and below 1"),
        (lambda: Shells(2000, 1024, 1 - 2**-30), "d: ring . is thinner than the grid"),
        (lambda: BallAndShell(2.5), "d: a whole number"),
        (lambda: CubeVertices(25), "d: this is computed up to 24"),
        (lambda: CubeVertices(2, -1), "labelling_seed: a whole"),
        (lambda: Balls(0, 2), "M: a whole number >= 1"),
        (lambda: Balls(2, 0), "d: a whole number >= 1"),
        (lambda: Balls(10**6, 1), "M, d: the grid 2.-20 is too coarse"),
        (lambda: Balls(2, 2, 0.5), "labelling_seed: a whole"),
        (lambda: Separable(0), "d: a whole number >= 1"),
        (lambda: Separable(2, 0), "gap: a finite number > 0"),
        (lambda: Separable(2, 0.6), "gap: at most 1/2"),
        (lambda: Gadget([1]), "formula: a Formula is needed"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises(ml.InvalidArgument, match=message):
        make()


def test_numbers_of_any_kind_are_taken():
    assert Shells(np.int64(300), np.int8(2), np.float32(0.25)) == Shells(300, 2, 0.25)
    assert Balls(np.int64(8), np.int64(3), np.int64(0)) == Balls(8, 3)
    sides = Separable(np.int64(2), Fraction(1, 10))
    assert Fraction(sides.margin) <= Fraction(1, 10) and sides.sample(40).margin >= sides.margin
    assert CubeVertices(np.int8(9)).k == 512 and type(BallAndShell(np.int64(2)).d) is int


# -- rings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("shells", [Shells(1, 2, 0.25), Shells(2, 4), Shells(3, 2), Shells(5, 6)])
def test_the_border_of_a_shell_is_exact(shells):
    """Along an axis, the points of the grid next to each radius, decided by fractions."""
    d, k, gamma = shells.d, shells.shells, Fraction(shells.gamma)
    for j in range(k):
        for volume in ((j + gamma) / k, Fraction(j + 1, k)):
            near = round(float(volume) ** (1 / d) * 2**BITS)
            for X in range(near - 3, near + 4):
                point = [Fraction(X, 2**BITS)] + [0] * (d - 1)
                inside = (j + gamma) / k <= point[0] ** d <= Fraction(j + 1, k)
                found = shells.label([[X / 2**BITS] + [0.0] * (d - 1)])[0]
                assert found == (j % 2 if inside else -1)


def test_the_margin_is_the_gap():
    shells = Shells(3, 4, 0.2)
    gap = min(((j + 0.2) / 4) ** (1 / 3) - (j / 4) ** (1 / 3) for j in range(1, 4))
    assert gap - 1e-5 < shells.margin
    assert shells.margin <= gap + 2.0**-BITS
    ball = BallAndShell(2)
    assert ball.margin == pytest.approx((2 / 3) ** 0.5 - (1 / 3) ** 0.5, abs=1e-5)


@pytest.mark.parametrize("rings", [Shells(2, 4), Shells(10, 8), BallAndShell(3)])
def test_points_are_uniform_in_volume(rings):
    """Each ring has its share, and within it volumes are uniform."""
    N = 20_000
    volume = np.linalg.norm(rings.sample(N, seed=2).points, axis=1) ** rings.d
    total = sum(float(v - u) for u, v, _ in rings.volumes)
    for u, v, _ in rings.volumes:
        inside = volume[(volume >= float(u) - 1e-4) & (volume <= float(v) + 1e-4)]
        share = float(v - u) / total
        assert abs(len(inside) - N * share) < 5 * math.sqrt(N * share * (1 - share))
        deviation = float(v - u) / math.sqrt(12 * len(inside))
        assert abs(inside.mean() - float(u + v) / 2) < 5 * deviation


def test_samples_are_independent_and_not_spread_evenly():
    """Eight draws from eight balls miss a ball with probability (7/8)^8, on average."""
    balls, runs = Balls(8, 3), 200
    missed = 0
    for seed in range(runs):
        points = balls.sample(8, seed=seed).points
        near = ((points[:, None] - balls.centres[None]) ** 2).sum(axis=2).argmin(axis=1)
        missed += 8 - len(set(near.tolist()))
    assert abs(missed / runs / 8 - (7 / 8) ** 8) < 0.05


# -- the cube --------------------------------------------------------------------------------------


def test_vertices_and_their_coins():
    cube = CubeVertices(4, labelling_seed=1)
    everything = cube.support()
    assert sorted(map(tuple, everything.points.tolist())) == sorted(
        itertools.product((0, 1), repeat=4)
    )
    assert (cube.label(everything.points) == everything.labels).all()
    assert everything.margin == cube.margin == 1.0
    assert cube.label([[0, 1, 0.5, 0], [2, 0, 0, 0]]).tolist() == [-1, -1]
    coins = np.concatenate([CubeVertices(4, seed).support().labels for seed in range(200)])
    assert abs(coins.mean() - 0.5) < 5 * 0.5 / math.sqrt(len(coins))


@pytest.mark.proves("thm-generalization-needed")
@pytest.mark.parametrize(("d", "N"), [(1, 0), (1, 3), (2, 2)])
def test_the_curve_of_the_cube_is_its_average_over_all_labellings(d, N):
    """A memorizer that answers 1 on what it has not seen, over all samples and labellings."""
    k, right = 2**d, 0
    for labels in itertools.product((0, 1), repeat=k):
        for sample in itertools.product(range(k), repeat=N):
            answers = [labels[i] if i in sample else 1 for i in range(k)]
            right += sum(a == b for a, b in zip(answers, labels, strict=True))
    expected = Fraction(right, k * 2**k * k**N)
    assert CubeVertices(d).expected_accuracy(N) == expected


def test_the_curve_of_the_note():
    cube = CubeVertices(10)
    Ns = (128, 256, 512, 768, 1024, 2048, 4096)
    curve = [round(float(cube.expected_accuracy(N)), 3) for N in Ns]
    assert curve == [0.559, 0.611, 0.697, 0.764, 0.816, 0.932, 0.991]
    with pytest.raises(ml.InvalidArgument, match="N: a whole number >= 0"):
        cube.expected_accuracy(-1)


# -- balls -----------------------------------------------------------------------------------------


@pytest.mark.proves("thm-generalization-balls")
@pytest.mark.parametrize(
    "balls", [Balls(8, 3), Balls(40, 2, 1), Balls(20, 1), Balls(128, 3), Balls(6, 30)]
)
def test_each_nearby_ball_holds_one_ball_of_the_support(balls):
    """For support points v, real distances: B(v, L/3.1) contains v's ball and meets no other."""
    points = balls.sample(300, seed=0).points
    centres, a, labels = balls.centres, balls.radius, balls.labels
    distance = np.linalg.norm(points[:, None] - centres[None], axis=2)
    home = distance.argmin(axis=1)
    to_balls = distance - a
    for i in range(len(points)):
        L = to_balls[i, labels != labels[home[i]]].min()
        reach = L / 3.1
        assert distance[i, home[i]] + a <= reach
        assert reach < np.delete(to_balls[i], home[i]).min()
    assert balls.S_D == balls.M == len(centres)


@pytest.mark.proves("thm-generalization-balls")
@pytest.mark.parametrize("seed", range(5))
def test_every_centre_has_a_rival_near(seed):
    balls = Balls(60, 2, seed)
    square = ((balls.centres[:, None] - balls.centres[None]) ** 2).sum(axis=2)
    rivals = np.where(balls.labels[:, None] != balls.labels, square, np.inf).min(axis=1)
    h2 = np.where(square > 0, square, np.inf).min()
    assert (rivals <= 6 * h2 * (1 + 1e-12)).all()


def test_a_single_ball_has_one_label():
    ball = Balls(1, 3)
    assert ball.S_D == 1 and ball.margin is None and len(set(ball.sample(9).labels.tolist())) == 1


# -- separable -------------------------------------------------------------------------------------


@pytest.mark.proves("thm-generalization-separable")
@pytest.mark.parametrize("d", [1, 2, 9])
def test_one_affine_function_memorizes_every_sample(d):
    sides = Separable(d, 0.2)
    network = sides.smallest()
    assert network.size.dense_weights == sides.N_D == d + 1
    assert ml.verify(network, sides.sample(500)) and ml.verify(network, sides.test(500))
    # a hidden layer of n >= 1 units has n (d + 1) parameters, and behind it come n + 1 at least
    assert min(n * (d + 1) + n + 1 for n in range(1, 9)) == d + 3
