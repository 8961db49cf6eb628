"""Generators: guarantees checked in integers, determinism, and honest failure."""

import math
from fractions import Fraction
from hashlib import sha256

import numpy as np
import pytest

from mem_lib.data import (
    ball,
    balls,
    hostile,
    lattice,
    moment_curve,
    moons,
    pairs,
    scattered,
    shells,
    sphere,
)  # fmt: skip
from mem_lib.data import packing as packing
from mem_lib.data.generators import _displacements
from mem_lib.errors import InvalidArgument, InvalidDataset, TooLarge
from tests.datasets import exact


def check(dataset, N, d, *, margin=None, bits=20):
    """Shape, grid, distinctness, and both guarantees, from all pairs in exact integers."""
    assert (dataset.N, dataset.d) == (N, d) and dataset.shift <= bits
    assert dataset.distinct() is dataset
    array = dataset.integers()[0].astype(object)
    unit = 2 ** (2 * dataset.shift)
    if N > 1:
        squares = ((array[:, None, :] - array[None, :, :]) ** 2).sum(axis=2)
        apart = min(squares[i, j] for i in range(N) for j in range(i))
        assert Fraction(int(apart), unit) >= Fraction(dataset.separation_at_least) ** 2
    if margin is not None and len(set(dataset.labels.tolist())) > 1:
        rivals = squares[dataset.labels[:, None] != dataset.labels].min()
        assert Fraction(int(rivals), unit) >= Fraction(margin) ** 2


def squared_norms(dataset):
    return [sum(v * v for v in row) for row in exact(dataset.points)]


# --- ball and sphere ------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [ball, sphere])
@pytest.mark.parametrize(
    ("N", "d", "margin", "classes", "bits"),
    [
        (1, 1, None, 2, 20),
        (2, 1, 0.5, 2, 20),
        (60, 2, 0.05, 2, 20),
        (150, 3, 0.1, 5, 20),
        (150, 8, 0.3, 1, 6),
        (100, 20, 0.9, 2, 20),
        (100, 100, 1.2, 3, 12),
        (40, 3, None, 2, 3),
        (20, 3, 1e-3, 2, 52),
    ],
)
def test_ball_and_sphere(make, N, d, margin, classes, bits):
    dataset = make(N, d, margin=margin, classes=classes, bits=bits, seed=N)
    check(dataset, N, d, margin=margin, bits=bits)
    assert dataset.separation_at_least == max(margin or 0, 2.0**-bits)
    counts = np.bincount(dataset.labels, minlength=classes)
    assert counts.max() - counts.min() <= 1 and dataset.classes == classes
    norms = squared_norms(dataset)
    if make is ball:
        assert max(norms) <= 1
    else:
        slack = Fraction(math.sqrt(d)) / 2 ** (bits + 1) + Fraction(1, 2**40)
        assert all((1 - slack) ** 2 <= s <= (1 + slack) ** 2 for s in norms)


def test_ball_fills_the_ball():
    dataset = ball(4000, 2, seed=5)
    share = np.mean((dataset.points**2).sum(axis=1) <= 0.5)
    assert abs(share - 0.5) < 0.04  # five standard deviations
    assert np.abs(dataset.points.mean(axis=0)).max() < 0.04


def test_labels_do_not_depend_on_places():
    dataset = ball(2000, 2, margin=0.001, seed=5)
    right = dataset.points[:, 0] > 0
    assert abs(dataset.labels[right].mean() - 0.5) < 0.08


@pytest.mark.parametrize("d", [5, 12])
def test_packing_by_trees_and_by_products_agree(monkeypatch, d):
    few = ball(300, d, margin=0.4, seed=4)
    monkeypatch.setattr(packing, "_telling", lambda left, right, reach: None)
    assert ball(300, d, margin=0.4, seed=4) == few
    monkeypatch.setattr(packing, "_telling", lambda left, right, reach: 2)
    assert ball(300, d, margin=0.4, seed=4) == few


@pytest.mark.parametrize("d", [1, 2, 30])
def test_packing_in_small_batches(monkeypatch, d):
    monkeypatch.setattr(packing, "_BATCH", 5)
    check(ball(12, d, margin=0.05, seed=1), 12, d, margin=0.05)


def test_packing_keeps_the_first_of_two_close_candidates():
    line = np.array([[0.0], [0.5], [1.0], [1.4], [2.0], [2.0], [0.9]])

    asked = []

    def draw(n):
        asked.append(n)
        return line[:n], np.arange(min(n, len(line)))

    points, tags = packing.packed(draw, 3, 0.999)
    assert points.ravel().tolist() == [0.0, 1.0, 2.0] and tags.tolist() == [0, 2, 4]
    assert len(asked) == 2  # a rejected candidate rejects nobody: one batch was enough


def test_a_hundred_thousand_points():
    dataset = ball(100_000, 2, margin=0.002, seed=1)
    assert dataset.squared_separation >= Fraction(0.002) ** 2
    assert ball(20_000, 100, margin=0.01, seed=1).separation_at_least == 0.01


@pytest.mark.parametrize(
    ("make", "arguments", "message"),
    [
        (ball, {"N": 1000, "d": 2, "margin": 0.5}, "margin=0.5.*N=1000.*at most 25 could fit"),
        (ball, {"N": 19, "d": 1, "margin": 0.1}, r"margin=0.1 .*only 1\d of N=19 points fitted"),
        (sphere, {"N": 3, "d": 1, "margin": 0.1}, "only 2 of N=3 points fitted"),
        (ball, {"N": 100, "d": 2, "bits": 1}, "margin=None.*only 13 of N=100 points fitted"),
        (ball, {"N": 2, "d": 3, "margin": 1e300}, "margin=1e.300.*at most 1 could fit"),
        (shells, {"N": 9, "d": 2, "shells": 100, "bits": 1}, "100 shells.*only 0 of N=9"),
        (balls, {"N": 9, "d": 2, "components": 50}, "margin=0.2 between 50 balls.*counts the"),
        (balls, {"N": 99, "d": 1, "components": 1, "radius": 1e-6}, "radius=1e-06.*only 3 of N=99"),
        (moons, {"N": 99, "d": 3, "bits": 1, "noise": 0.0}, "only 1?[0-9] of N=99 points fitted"),
        (moons, {"N": 99, "bits": 1, "noise": 0.0}, "only 1?[0-9] of N=99 points fitted"),
    ],
)
def test_what_cannot_be_packed(make, arguments, message):
    with pytest.raises(InvalidDataset, match=message):
        make(**arguments)


# --- the other families ---------------------------------------------------------------------------


@pytest.mark.parametrize("N", [1, 2, 120])
@pytest.mark.parametrize("noise", [0.0, 0.05, 3.0])
@pytest.mark.parametrize(("gap", "margin"), [(0.5, None), (0.5, 0.1), (1.0, 0.99), (0.1, 0.05)])
def test_moons(N, noise, gap, margin):
    dataset = moons(N, noise=noise, gap=gap, margin=margin, seed=1)
    check(dataset, N, 2, margin=margin)
    assert dataset.labels.tolist() == [i % 2 for i in range(N)]


def test_the_margin_of_moons_holds_and_is_used():
    dataset = moons(20_000, noise=3.0, margin=0.1)
    assert 0.1 <= dataset.margin < 0.15


@pytest.mark.parametrize("d", [2, 3, 10, 1000])
@pytest.mark.parametrize(
    ("gap", "margin"), [(0.5, 0.1), (1.0, 0.999), (0.2, 0.15), (0.5, 0.5 - 2**-14)]
)
@pytest.mark.parametrize("noise", [0.0, 0.05, 3.0])
def test_moons_in_space(d, gap, margin, noise):
    """The margin holds in all d dimensions, and the noise is in all of them."""
    N = 120 if d < 1000 else 20
    dataset = moons(N, d, gap=gap, margin=margin, noise=noise, seed=1)
    check(dataset, N, d, margin=margin)
    assert dataset.labels.tolist() == [i % 2 for i in range(N)]
    assert bool(noise) == dataset.points[:, 2:].any(axis=0).all() or d == 2


def test_moons_of_the_plane_are_what_they_were():
    """Recorded results and networks in files are about these very points."""
    digest = sha256(moons(500, noise=0.08, margin=0.1, seed=3).points.tobytes()).hexdigest()
    assert digest[:16] == "ab4fa70f007897d2"
    digest = sha256(moons(500, noise=0.08, seed=3).points.tobytes()).hexdigest()
    assert digest[:16] == "923a164ff6263557"


def test_noise_is_gaussian_in_each_coordinate():
    points = moons(4000, 5, noise=0.05, seed=0).points[:, 2:]
    assert np.abs(points.std(axis=0) - 0.05).max() < 0.003
    assert abs(np.abs(points).max() - 0.05 * 4.0) < 0.05
    correlation = np.corrcoef(points.T) - np.eye(3)
    assert np.abs(correlation).max() < 0.06


@pytest.mark.parametrize(
    ("d", "noise"), [(3, 0.05), (10, 0.1), (100, 0.05), (1500, 0.05), (1500, 3.0)]
)
def test_restricted_noise_is_that_of_rejection(d, noise):
    """The lengths, over the largest allowed, against a sum over the density on a fine grid; the
    last two cases are those which the distribution function of floats cannot invert."""
    limit = 0.2
    lengths = np.linalg.norm(
        _displacements(np.random.default_rng(0), d, noise, limit)(4000), axis=1
    )
    assert lengths.max() <= limit * (1 + 1e-12)
    r = np.linspace(0, limit, 200_001)[1:]
    density = (d - 1) * np.log(r / limit) - (r**2 - limit**2) / (2 * noise**2)
    density = np.exp(density - density.max())
    expected = np.cumsum(density) / density.sum()
    levels = np.interp(lengths, r, expected)
    for level in (0.1, 0.5, 0.9):
        assert abs((levels < level).mean() - level) < 0.03


@pytest.mark.parametrize("gap", [0.05, 0.3, 0.5, 1.0])
def test_half_circles_are_a_gap_apart(gap):
    t = np.linspace(0, math.pi, 1001)
    upper = np.stack([np.cos(t), np.sin(t)], axis=1)
    lower = np.stack([1 - np.cos(t), 1 - gap - np.sin(t)], axis=1)
    distance = np.sqrt(((upper[:, None] - lower[None]) ** 2).sum(axis=2))
    assert abs(distance.min() - gap) < 1e-12
    points = moons(2000, noise=0, gap=gap).points
    centre = np.where(np.arange(2000)[:, None] % 2, [1, 1 - gap], [0, 0])
    assert np.abs(np.hypot(*(points - centre).T) - 1).max() < 2e-6
    assert moons(2000, noise=0, gap=gap).margin >= gap - 3e-6


def test_moons_match_the_usual_picture():
    from sklearn.datasets import make_moons

    theirs, labels = make_moons(4000, noise=0.05, random_state=0)
    ours = moons(4000, seed=0)
    for c in (0, 1):
        mine, usual = ours.points[ours.labels == c], theirs[labels == c]
        assert np.abs(mine.mean(axis=0) - usual.mean(axis=0)).max() < 0.08
        assert np.abs(mine.std(axis=0) - usual.std(axis=0)).max() < 0.05


@pytest.mark.parametrize(("d", "k", "gamma"), [(1, 2, 0.2), (2, 4, 0.2), (3, 5, 0.6), (10, 2, 0.2)])
def test_shells(d, k, gamma):
    dataset = shells(160, d, shells=k, gamma=gamma, seed=1)
    width = (1 + gamma / (k - 1)) ** (1 / d) - 1
    check(dataset, 160, d, margin=width * ((k - 1) / k) ** (1 / d) * (1 - 1e-12))
    where = [k * Fraction(math.sqrt(s)) ** d for s in squared_norms(dataset)]
    shell = [math.floor(x) for x in where]
    assert all(gamma - 1e-9 <= x - j for x, j in zip(where, shell, strict=True))
    assert [j % 2 for j in shell] == dataset.labels.tolist()
    counts = np.bincount(shell, minlength=k)
    assert len(counts) == k and counts.max() - counts.min() <= 2


def test_one_shell_is_one_class():
    assert shells(10, 2, shells=1).classes == 1


@pytest.mark.parametrize(("N", "d", "side"), [(1, 3, 1), (8, 3, 2), (9, 3, 3), (100, 1, 100)])
def test_lattice(N, d, side):
    dataset = lattice(N, d, classes=3, seed=4)
    check(dataset, N, d, bits=0)
    order = sorted(range(side**d), key=lambda k: [k // side**j for j in range(d - 1, -1, -1)])
    first = [tuple(k // side**j % side for j in range(d - 1, -1, -1)) for k in order[:N]]
    assert sorted(map(tuple, dataset.points.tolist())) == first
    assert lattice(100, 60).points.max() == 1


def test_balls():
    arguments = {"components": 7, "radius": 0.05, "margin": 0.25, "classes": 3, "seed": 2}
    small, large = (balls(N, 3, **arguments) for N in (70, 140))
    check(small, 70, 3, margin=0.25)
    check(large, 140, 3, margin=0.25)
    for c in range(7):
        mine = np.concatenate([small.points[c::7], large.points[c::7]])
        assert np.linalg.norm(mine[:, None] - mine[None], axis=2).max() <= 0.1 + 1e-9
        assert set(small.labels[c::7].tolist()) == {c % 3}
    assert balls(60, 3, components=4, radius=0.01, margin=0.4).margin >= 0.4


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("bits", [6, 20])
def test_crowded_balls(seed, bits):
    arguments = {"components": 4, "classes": 4, "radius": 0.09, "margin": 0.15}
    dataset = balls(24, 1, **arguments, seed=seed, bits=bits)
    check(dataset, 24, 1, margin=0.15, bits=bits)
    for c in range(4):
        mine = dataset.points[dataset.labels == c].ravel()
        assert mine.max() - mine.min() <= 0.18


@pytest.mark.parametrize(
    ("N", "d", "bits"), [(1, 3, 0), (2, 1, 1), (3, 2, 1), (4, 2, 2), (100, 8, 6)]
)
def test_moment_curve(N, d, bits):
    dataset = moment_curve(N, d, seed=1)
    check(dataset, N, d, bits=bits * d)
    order = np.argsort(dataset.points[:, 0])
    assert (dataset.labels[order] == np.arange(N) % 2).all()
    t = dataset.points[order, 0]
    assert (t * 2**bits == np.arange(N) - N // 2).all() and (abs(t) < 1).all()
    for k, row in zip(t.tolist(), exact(dataset.points[order]), strict=True):
        assert list(row) == [Fraction(k) ** (j + 1) for j in range(d)]


@pytest.mark.parametrize("bits", [12, 60, 300])
def test_pairs_of_neighbours(bits):
    """Half of the points are at distance 1 to the right of the other half, and no two are closer;
    together they fill the region."""
    square, line = pairs(60, bits, seed=1), scattered(60, bits, seed=1)
    one, other = square.points[:30], square.points[30:]
    assert ((other - one) == [1, 0]).all() and not (one % 2 ** (bits - 11)).any()
    assert 2**bits < one.max() < 2 ** (bits + 1)
    keys = line.points[:, 0]
    assert (np.diff(keys)[::2] == 1).all() and (np.diff(keys)[1::2] > 1).all()
    assert keys.min() < 2**13 and 2**bits <= keys.max() < 2 ** (bits + 1)
    for data in (square, line):
        assert data.separation == 1 and np.bincount(data.labels).tolist() == [30, 30]


# --- all of them ----------------------------------------------------------------------------------

ALL = {
    "ball": lambda seed: ball(30, 3, margin=0.1, seed=seed),
    "sphere": lambda seed: sphere(30, 3, margin=0.1, seed=seed),
    "moons": lambda seed: moons(30, seed=seed),
    "shells": lambda seed: shells(30, 3, seed=seed),
    "lattice": lambda seed: lattice(30, 3, seed=seed),
    "balls": lambda seed: balls(30, 3, seed=seed),
    "moment_curve": lambda seed: moment_curve(30, 3, seed=seed),
    "pairs": lambda seed: pairs(30, 40, seed=seed),
    "scattered": lambda seed: scattered(30, 40, seed=seed),
}


@pytest.mark.parametrize("name", ALL)
def test_the_seed_decides(name):
    assert ALL[name](3) == ALL[name](3) == ALL[name](np.int64(3))
    assert ALL[name](3) != ALL[name](4)
    for seed in (-1, 0.5, None, True):
        with pytest.raises(InvalidArgument, match="seed: a whole number >= 0"):
            ALL[name](seed)


@pytest.mark.parametrize("make", [pairs, scattered])
@pytest.mark.parametrize("bits", [11, 2.5, None, 2**21])
def test_pairs_need_room(make, bits):
    with pytest.raises(InvalidArgument, match="bits: "):
        make(10, bits)


def test_generators_do_not_touch_the_global_state():
    np.random.seed(0)
    before = np.random.get_state()[1].tolist()
    ball(10, 2)
    assert np.random.get_state()[1].tolist() == before


@pytest.mark.parametrize(
    ("make", "arguments", "message"),
    [
        (ball, {"N": 0, "d": 2}, "N: a whole number >= 1 is needed, got 0"),
        (ball, {"N": 10.0, "d": 2}, "N: a whole number"),
        (lattice, {"N": 2, "d": 2, "classes": 10**400}, r"classes: this is computed up to 10\^12"),
        (ball, {"N": True, "d": 2}, "N: a whole number"),
        (ball, {"N": 5, "d": 0}, "d: a whole number >= 1"),
        (ball, {"N": 5, "d": 2, "classes": 0}, "classes: "),
        (ball, {"N": 5, "d": 2, "bits": 53}, "bits: this is computed up to 52, got 53"),
        (ball, {"N": 5, "d": 2, "bits": 0}, "bits: "),
        (ball, {"N": 5, "d": 2, "margin": 0}, "margin: a finite number > 0 is needed, got 0"),
        (ball, {"N": 5, "d": 2, "margin": -0.1}, "margin: "),
        (ball, {"N": 5, "d": 2, "margin": math.nan}, "margin: .*got nan"),
        (ball, {"N": 5, "d": 2, "margin": math.inf}, "margin: .*got inf"),
        (ball, {"N": 5, "d": 2, "margin": "0.1"}, "margin: "),
        (ball, {"N": 5, "d": 2, "margin": 10**400}, "margin: "),
        (sphere, {"N": 5, "d": 2, "margin": 0}, "margin: "),
        (moons, {"N": 5, "d": 1}, "d: a whole number >= 2 is needed, got 1"),
        (moons, {"N": 5, "d": 2.5}, "d: a whole number >= 2"),
        (moons, {"N": 5, "d": 3, "margin": 0.5}, "margin=0.5 does not fit.*gap=0.5"),
        (moons, {"N": 5, "d": 10, "margin": -1}, "margin: "),
        (moons, {"N": 5, "noise": -1}, "noise: a finite number >= 0"),
        (moons, {"N": 5, "gap": 0}, "gap: a number above 0 and at most 1"),
        (moons, {"N": 5, "gap": 1.5}, "gap: a number above 0 and at most 1"),
        (moons, {"N": 5, "margin": 0}, "margin: "),
        (moons, {"N": 9, "gap": 0.2, "margin": 0.3}, "margin=0.3 does not fit.*gap=0.2: 0 of N=9"),
        (shells, {"N": 5, "d": 2, "gamma": 1}, "gamma: a number above 0 and below 1"),
        (shells, {"N": 5, "d": 2, "gamma": 0}, "gamma: "),
        (shells, {"N": 5, "d": 2, "shells": 0}, "shells: "),
        (lattice, {"N": 5, "d": 2, "classes": 1.0}, "classes: "),
        (pairs, {"N": 5, "bits": 20}, "N: an even number of at most 16777216 is needed, got 5"),
        (scattered, {"N": 2050, "bits": 20}, "N: an even number of at most 2048 is needed"),
        (balls, {"N": 5, "d": 2, "radius": 0}, "radius: "),
        (balls, {"N": 5, "d": 2, "margin": math.nan}, "margin: "),
        (balls, {"N": 5, "d": 2, "components": 0}, "components: "),
        (moment_curve, {"N": 0, "d": 2}, "N: "),
        (moment_curve, {"N": 100, "d": 9}, "up to d = 9 take 54 bits; a float64 holds 53"),
    ],
)
def test_bad_arguments(make, arguments, message):
    with pytest.raises(InvalidArgument, match=message):
        make(**arguments)


@pytest.mark.parametrize(
    ("make", "arguments", "message"),
    [
        (ball, {"N": 10**400, "d": 2}, "N, d: .* an integer of 1329 bits points"),
        (ball, {"N": 2, "d": 10**400}, "N, d: .* in dimension an integer of 1329 bits"),
        (moons, {"N": 10**15}, "N, d: "),
        (moons, {"N": 5, "d": 10**15}, "N, d: .* in dimension 10"),
        (lattice, {"N": 10**15, "d": 1}, "N, d: "),
        (balls, {"N": 5, "d": 2, "components": 10**15}, "components, d: "),
        (hostile["circle"], {"N": 10**15}, "N, d: "),
    ],
)
@pytest.mark.parametrize("told", [True, False])
def test_what_no_machine_holds(make, arguments, message, told, monkeypatch):
    if not told:  # as on Windows
        monkeypatch.setattr("mem_lib._base.memory.physical_memory", lambda: 0)
    with pytest.raises(TooLarge, match=message):
        make(**arguments)


def test_long_coordinates_that_do_not_fit_are_refused(monkeypatch):
    monkeypatch.setattr("mem_lib._base.memory.physical_memory", lambda: 2**20)
    for make in (pairs, scattered):
        with pytest.raises(TooLarge, match="N, bits: 2000 points of 10000 bits"):
            make(2000, 10_000)


# --- hostile families -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(hostile))
def test_hostile_families_of_every_size(name):
    for N in (1, 2, 3, 4, 5, 17, 200):
        dataset = hostile[name](N, seed=N)
        assert dataset.N == N and dataset == hostile[name](N, seed=N)
        assert (dataset.distinct() is dataset) == (name != "duplicates" or N == 1)
    assert hostile[name](200, seed=1) != hostile[name](200, seed=2)
    assert hostile[name].__doc__ and hostile[name].__name__ == name
    for N in (0, 2.0):
        with pytest.raises(InvalidArgument, match="N: a whole number"):
            hostile[name](N)


def test_hostile_families_are_what_they_say():
    lines = hostile["two_lines"](20)
    along, across = map(np.unique, lines.points.T)
    assert lines.margin < 0.5 * min(np.diff(along))
    assert np.allclose(along, np.linspace(-1, 1, 10), atol=2**-39) and len(across) == 2
    rays = hostile["rays"](40)
    label = {tuple(p): c for p, c in zip(rays.points.tolist(), rays.labels.tolist(), strict=True)}
    assert all(label[p] != label[tuple(2 * v for v in p)] for p in label if p[0] == 1)
    scales = hostile["mixed_scales"](100)
    assert scales.separation == 2.0**-30 and scales.radius > 1000
    line = hostile["progression"](50).points
    assert np.linalg.matrix_rank(line - line[0]) == 1 and hostile["progression"](50).classes == 3
    curve = hostile["moment_curve"](500)
    rows = curve.points.tolist()
    assert curve.points.dtype == object
    assert all(row == [row[0] ** k for k in range(1, 9)] for row in rows)
    signs = {row[0]: c for row, c in zip(rows, curve.labels, strict=True)}
    assert all(signs[t] != signs[t + 1] for t in range(-250, 249))
    powers = hostile["powers_of_two"](400).points
    assert max(powers.ravel()) == 2**299 and all(v & (v - 1) == 0 for v in powers.ravel())
    circle = hostile["circle"](64)
    order = np.argsort(np.arctan2(*circle.points.T))
    assert (circle.labels[order] != np.roll(circle.labels[order], 1)).all()
    assert hostile["duplicates"](90).distinct().N == 30
    assert hostile["one_class"](9).margin is None
    with pytest.raises(InvalidArgument, match="N: this is computed up to 90000"):
        hostile["powers_of_two"](90001)
