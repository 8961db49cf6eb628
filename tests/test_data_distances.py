"""Radius, separation and margin: exact squares against brute force in fractions."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mem_lib._base.dyadic import unit_box
from mem_lib._base.roots import nearest_root
from mem_lib.data import Dataset, ball, digits, hostile, lattice, sphere
from mem_lib.data import distances as distances
from tests.datasets import datasets, exact, smallest_square


def check_against_brute_force(dataset):
    rows = exact(dataset.points)
    values = (dataset.targets if dataset.labels is None else dataset.labels).tolist()
    assert dataset.squared_radius == max(sum(v * v for v in row) for row in rows)
    assert dataset.squared_separation == smallest_square(rows)
    assert dataset.squared_margin == smallest_square(rows, values)


@given(datasets(most=8))
def test_small_data_of_all_kinds(dataset):
    check_against_brute_force(dataset)


@settings(max_examples=40)
@given(st.integers(13, 15), st.integers(1, 7), st.integers(0, 2**32 - 1))
def test_many_dimensions(d, N, seed):
    rng = np.random.default_rng(seed)
    points = rng.integers(-3, 4, (N, d)) * 2.0 ** rng.integers(-300, 300, (N, 1))
    points[rng.random((N, d)) < 0.5] = 0
    first = {tuple(p): i for i, p in reversed(list(enumerate(points.tolist())))}
    check_against_brute_force(Dataset(points, [first[tuple(p)] % 3 for p in points.tolist()]))


@pytest.mark.parametrize("family", sorted(hostile))
@pytest.mark.parametrize("N", [1, 2, 3, 40])
def test_hostile_families(family, N):
    check_against_brute_force(hostile[family](N, seed=N))


@pytest.mark.parametrize("targets", [[1, 1, 2, 3], [0.5, Fraction(1, 3), 0.5, Fraction(1, 3)]])
def test_targets_have_a_margin_too(targets):
    check_against_brute_force(Dataset([[0, 0], [3, 4], [1, 1], [1, 3]], targets=targets))


def test_none_where_there_is_no_pair():
    single = Dataset([[3, 4]], [0])
    assert (single.separation, single.margin, single.radius) == (None, None, 5.0)
    same = Dataset([[1], [1], [4]], [0, 0, 0])
    assert (same.separation, same.margin) == (3.0, None)
    assert Dataset([[1], [1]], targets=[2, 2]).separation is None
    assert Dataset([[0, 0]], [0]).radius == 0.0


@pytest.mark.parametrize("d", [2, 20])  # trees, matrix products
def test_near_ties_are_decided_exactly(d):
    # squared distances 2 m^2 + 1 and 2 m^2 agree in binary64
    m = 2**40
    points = np.zeros((4, d), dtype=np.int64)
    points[1, :2] = m, m
    points[2:, 0] = 2**50
    points[3, :2] = 2**50 + m, m
    dataset = Dataset(points, [0, 1, 0, 1])
    assert dataset.squared_separation == 2 * m**2
    nudged = points.astype(object)
    nudged[1, 0] += 1  # (m+1)^2 + m^2
    assert Dataset(nudged, [0, 1, 0, 1]).squared_margin == 2 * m**2
    nudged[3, 0] -= 1
    assert Dataset(nudged, [0, 1, 0, 1]).squared_margin == m**2 + (m - 1) ** 2


@pytest.mark.parametrize("d", [2, 20])
def test_points_that_binary64_cannot_tell_apart(d):
    points = np.zeros((6, d), dtype=object)
    points[:, 0] = [2**200, 2**200 + 3, 2**200 + 7, 2**200 + 8, -(2**200), 5]
    dataset = Dataset(points, [0, 1, 0, 0, 1, 1])
    assert (dataset.squared_separation, dataset.squared_margin) == (1, 9)
    assert dataset.squared_radius == (2**200 + 8) ** 2


@pytest.mark.parametrize("d", [2, 20])
def test_rounding_to_binary64_does_not_choose_the_pair(d):
    # a and b round to different floats, c and e to the same one, yet a and b are nearer
    points = np.zeros((4, d), dtype=object)
    points[:, 0] = [2**200 + 2**147 - 1, 2**200 + 2**147 + 1, 2**201, 2**201 + 100]
    assert Dataset(points, [0, 1, 0, 1]).squared_margin == 4
    assert Dataset(points, [0, 1, 0, 1]).squared_separation == 4


@pytest.mark.parametrize("seed", range(5))
def test_nearly_equal_norms(seed):
    r, rng = 2**60, np.random.default_rng(seed)
    x, up = rng.integers(0, r, 100).tolist(), rng.integers(0, 2, 100).tolist()
    points = [[v, math.isqrt(r * r - v * v) + k] for v, k in zip(x, up, strict=True)]
    dataset = Dataset(points, [0] * 100)
    assert dataset.squared_radius == max(a * a + b * b for a, b in points)


@pytest.mark.parametrize("seed", range(5))
def test_clusters_far_from_the_origin(seed):
    rng = np.random.default_rng(seed)
    # squared distances are of the size of the rounding errors of squared norms
    points = rng.integers(2**34, 2**36, 14) + rng.integers(-1000, 1000, (60, 14))
    check_against_brute_force(Dataset(points, rng.integers(0, 3, 60)))
    check_against_brute_force(Dataset(points / 1024.0, rng.integers(0, 3, 60)))


@pytest.mark.parametrize("d", [2, 20])
@pytest.mark.parametrize("far", [2**60, -(2**61), 2**300])
def test_long_integers_close_together(d, far, monkeypatch):
    """Floats tell none of the points apart; the first one as origin, they tell all."""
    pairs = []
    squares = distances._squares

    def counted(rows, i, j):
        pairs.append(len(i))
        return squares(rows, i, j)

    monkeypatch.setattr(distances, "_squares", counted)
    rng = np.random.default_rng(d)
    points = far + rng.integers(-99, 100, (60, d)).astype(object)
    dataset = Dataset(points, rng.integers(0, 3, 60))
    check_against_brute_force(dataset)
    assert max(pairs[1:]) < 60 < pairs[0] + 1  # the radius came first: all norms look alike
    spread = Dataset(points - far, dataset.labels)
    assert dataset.squared_margin == spread.squared_margin


@pytest.mark.parametrize(
    "points",
    [
        [[2**70, 0]] + [[k, 0] for k in range(200)],
        [[8**k, 0] for k in range(200)],
        [[2**90, *range(20)]] + [[k] * 21 for k in range(200)],
    ],
)
def test_long_integers_that_floats_hold_stay_where_they_are(points, monkeypatch):
    """Less the first point they would be rounded, and all pairs would have to be tried."""
    pairs, squares = [], distances._squares

    def counted(rows, i, j):
        pairs.append(len(i))
        return squares(rows, i, j)

    monkeypatch.setattr(distances, "_squares", counted)
    dataset = Dataset(np.array(points, dtype=object), np.arange(len(points)) % 2)
    check_against_brute_force(dataset)
    assert max(pairs) < 10 * len(points)


@pytest.mark.parametrize("d", [2, 20])
def test_extreme_floats(d):
    points = np.zeros((4, d))
    points[:, 0] = [1e308, 1e-308, 3e-308, -1e308]
    dataset = Dataset(points, [0, 1, 0, 1])
    assert dataset.squared_margin == (Fraction(3e-308) - Fraction(1e-308)) ** 2
    assert dataset.margin == 3e-308 - 1e-308 and dataset.radius == 1e308


def test_integers_whose_squares_overflow_int64():
    points = np.array([[2**61, 2**61], [-(2**61), 2**61], [0, 0]])
    assert Dataset(points, [0, 1, 1]).squared_radius == 2**123
    assert Dataset(points, [0, 1, 1]).squared_margin == 2**123
    unsigned = np.array([[2**64 - 1], [0]], np.uint64)
    assert Dataset(unsigned, [0, 1]).squared_margin == (2**64 - 1) ** 2


def test_small_integer_types_do_not_wrap():
    assert Dataset(np.array([[255], [0]], np.uint8), [0, 1]).squared_margin == 255**2
    assert Dataset(np.array([[-128], [127]], np.int8), [0, 1]).squared_margin == 255**2


@pytest.mark.parametrize(
    "make",
    [
        lambda: ball(700, 2, seed=1, classes=5),
        lambda: ball(700, 20, seed=1, classes=5),
        lambda: sphere(600, 13, seed=2, classes=600),
        lambda: lattice(700, 3, classes=7),
        lambda: lattice(700, 14, classes=3),
    ],
)
def test_hundreds_of_points(make):
    dataset = make()
    array = dataset.integers()[0]
    squares = ((array[:, None, :] - array[None, :, :]) ** 2).sum(axis=2)
    far = squares.max() + 1
    unit = 4**dataset.shift
    apart = np.where(np.eye(dataset.N, dtype=bool), far, squares)
    assert dataset.squared_separation == Fraction(int(apart.min()), unit)
    rivals = np.where(dataset.labels[:, None] == dataset.labels, far, squares)
    assert dataset.squared_margin == Fraction(int(rivals.min()), unit)


def test_blocks_of_the_matrix_product(monkeypatch):
    monkeypatch.setattr(distances, "_BLOCK", 7)  # many blocks, the last one ragged
    for d in (2, 14):
        for classes in (1, 2, 50):
            check_against_brute_force(ball(50, d, seed=d, classes=classes))
    check_against_brute_force(digits().subset(slice(0, 60)))


@given(st.integers(0, 2**200), st.integers(1, 2**200))
def test_root_is_the_nearest_float(p, q):
    square = Fraction(p, q)
    root = Fraction(nearest_root(square))
    for neighbour in (math.nextafter(float(root), 0), math.nextafter(float(root), math.inf)):
        middle = (root + Fraction(neighbour)) / 2
        assert middle**2 >= square if neighbour > root else middle**2 <= square


def test_root_just_beside_the_middle_of_two_floats():
    middle, tiny = 1 + Fraction(1, 2**53), Fraction(1, 2**400)
    assert nearest_root(middle**2) == 1.0  # a tie goes to even
    assert nearest_root(middle**2 + tiny) == 1 + 2.0**-52
    assert nearest_root(middle**2 - tiny) == 1.0


@pytest.mark.parametrize(
    ("square", "root"),
    [(0, 0.0), (4, 2.0), (2, math.sqrt(2)), (Fraction(1, 4**1074), 5e-324), (4**5000, math.inf)],
)
def test_root_of_special_values(square, root):
    assert nearest_root(Fraction(square)) == root


def test_digits():
    dataset = digits()
    array = dataset.points.astype(np.int64)
    squares = ((array[:, None, :] - array[None, :300, :]) ** 2).sum(axis=2)
    squares[dataset.labels[:, None] == dataset.labels[:300]] = squares.max()
    assert dataset.subset(slice(0, 300)).squared_margin == squares[:300].min()
    assert dataset.squared_margin <= squares.min()
    assert dataset.squared_radius == (array**2).sum(axis=1).max()


@pytest.mark.parametrize("power", [-1074, -1060, -1002, -1001, -1000, -3, 0, 999, 1000, 1001, 1023])
def test_points_are_scaled_into_the_unit_box_exactly(power):
    """By a product where 2^-k is a normal float, else by a shift: the same, to the last bit."""
    points = np.ldexp(np.array([[1.0, -0.75], [0.5, 0.25], [-1.0, 1 - 2.0**-53]]), power)
    before = points.copy()
    unit, eta = unit_box(points)
    size = int(np.frexp(np.abs(points).max())[1])
    assert (unit == np.ldexp(points, -size)).all() and np.abs(unit).max() <= 1
    assert (points == before).all() and 0 < eta < 1e-150
