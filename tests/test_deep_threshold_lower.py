"""Lower bounds of chapter ``deep_threshold``, and the points and lines that meet them."""

import math
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import mem_lib as ml
from mem_lib import Dataset
from mem_lib._base.rows import collision
from mem_lib.deep_threshold.circle import (
    BITS,
    circle_lines,
    circle_lines_needed,
    circle_points,
    circle_size,
    size_for,
)
from mem_lib.deep_threshold.first_layer import KINDS, first_layer
from mem_lib.deep_threshold.frame import Frame
from mem_lib.deep_threshold.gaussian import Rows
from mem_lib.deep_threshold.lower import (
    ball_hyperplanes_needed,
    collector_bound,
    collector_mean,
    gates_needed,
    labels_out_of_reach,
    sphere_hyperplanes_needed,
    weights_needed,
    weights_needed_free,
)
from mem_lib.deep_threshold.separating import dichotomies, least_separating
from mem_lib.parts.hyperplanes import codes

BAD_COUNTS = [0, -1, 1.5, "3", None, True]


# counting --------------------------------------------------------------------------------------


@pytest.mark.proves("thm-deep_threshold-wiring")
def test_weights_of_a_fixed_wiring():
    # the theory's table, rounded up, since these are bounds on whole numbers
    stated = {(50, 2): 8, (100, 2): 13, (100, 10): 42, (1000, 2): 88, (1000, 10): 292}
    for (N, classes), W in stated.items():
        assert weights_needed(N, classes) == W
        real = N * math.log2(classes) / math.log2(math.e * N)
        assert W - 1 < real <= W
    assert weights_needed(20000) == 1272
    assert weights_needed(1) == 1  # one bit of a label: a threshold
    assert weights_needed(1000, 1) == 0


@pytest.mark.proves("thm-deep_threshold-wiring")
def test_weights_of_a_wiring_chosen_later():
    for N, d, classes in ((100, 10, 2), (1000, 2, 3), (20000, 20, 10)):
        W = weights_needed_free(N, d, classes)

        def enough(W, N=N, d=d, classes=classes):
            most = W * (math.log2(math.e * N) + math.log2(W * (W + d + 1)))
            return most >= N * math.log2(classes)

        assert enough(W) and not enough(W - 1)
        assert weights_needed(N, classes) >= W
    assert weights_needed_free(100, 3, 1) == 0


@pytest.mark.proves("thm-deep_threshold-gates")
def test_gates_of_any_wiring():
    for N, d, classes, q in ((1000, 10, 2, 1), (10**6, 2, 2, 1), (10**6, 2, 10, 4), (500, 1, 3, 2)):
        n = gates_needed(N, d, classes)

        def enough(n, N=N, d=d, classes=classes, q=q):
            most = n * (d + 1 + (n - 1) / 2) * math.log2(math.e * N) + q * math.log2(n)
            return most >= N * math.log2(classes)

        assert enough(n) and (n == 1 or not enough(n - 1))
    assert gates_needed(100, 3, 1) == 0


@pytest.mark.proves("thm-deep_threshold-labels")
def test_labels_out_of_reach_is_the_counting_of_the_theorem():
    for N, d in ((50, 1), (200, 2), (1000, 3)):
        for m in range(40):
            ways = 2 * sum(math.comb(N - 1, i) for i in range(d + 1))
            cells = sum(math.comb(m, i) for i in range(d + 1))
            for classes in (2, 3):
                missing = ways**m * classes**cells < classes**N  # in integers
                assert labels_out_of_reach(N, d, m, classes) == missing
    assert labels_out_of_reach(2, 1, 0) and not labels_out_of_reach(1, 1, 0)


@pytest.mark.parametrize("function", [weights_needed, circle_lines_needed])
def test_counts_of_points_are_whole(function):
    for N in BAD_COUNTS:
        with pytest.raises(ml.InvalidArgument, match=r"^N: a whole number >= 1"):
            function(N)


def test_other_counts_are_whole():
    for bad in BAD_COUNTS:
        for call, name in (
            (lambda v: weights_needed(5, v), "classes"),
            (lambda v: weights_needed_free(v, 2), "N"),
            (lambda v: weights_needed_free(5, v), "d"),
            (lambda v: weights_needed_free(5, 2, v), "classes"),
            (lambda v: gates_needed(v, 2), "N"),
            (lambda v: gates_needed(5, v), "d"),
            (lambda v: gates_needed(5, 2, v), "classes"),
            (lambda v: labels_out_of_reach(v, 2, 3), "N"),
            (lambda v: labels_out_of_reach(5, v, 3), "d"),
            (lambda v: labels_out_of_reach(5, 2, 3, v), "classes"),
            (lambda v: ball_hyperplanes_needed(v, 0.1), "d"),
            (lambda v: sphere_hyperplanes_needed(v, 0.1), "d"),
        ):
            with pytest.raises(ml.InvalidArgument, match=rf"^{name}: a whole number"):
                call(bad)
    with pytest.raises(ml.InvalidArgument, match=r"^m: a whole number >= 0"):
        labels_out_of_reach(5, 2, -1)
    with pytest.raises(ml.InvalidArgument, match=r"^N: a whole number >= 1"):
        sphere_hyperplanes_needed(3, 0.1, N=2.5)


# ball and sphere -------------------------------------------------------------------------------


@pytest.mark.proves("thm-deep_threshold-ball")
@pytest.mark.parametrize("d", [1, 2, 3, 10, 40])
@pytest.mark.parametrize("y", [2, 3, 10, 64])
def test_hyperplanes_in_a_ball(d, y):
    m = ball_hyperplanes_needed(d, Fraction(1, y))
    cells = [sum(math.comb(k, i) for i in range(d + 1)) for k in (m - 1, m)]
    assert cells[0] < y**d <= cells[1]
    assert m >= d * y / math.e


@pytest.mark.proves("thm-deep_threshold-sphere")
@pytest.mark.parametrize("d", [2, 3, 8, 20, 39])
@pytest.mark.parametrize("y", [2, 3, 8, 59])
def test_hyperplanes_on_a_sphere(d, y):
    m = sphere_hyperplanes_needed(d, Fraction(1, y))
    cells = [2 * sum(math.comb(k - 1, i) for i in range(d)) for k in (m - 1, m)]
    assert cells[0] < 2 * y ** (d - 1) <= cells[1]
    assert m >= 1 + (d - 1) * y / math.e


@pytest.mark.proves("thm-deep_threshold-sphere")
@pytest.mark.parametrize("d", [3, 4, 5, 8, 12, 20, 30])
@pytest.mark.parametrize("y", [2, 3, 4, 6, 8, 16, 32, 64])
def test_labels_on_a_sphere(d, y):
    m = sphere_hyperplanes_needed(d, Fraction(1, y), labels=True)
    assert m > (d - 1) * y / (2 * math.e)
    points = 2 * y ** (d - 1)
    assert labels_out_of_reach(points, d, m - 1, sphere=True)
    assert not labels_out_of_reach(points, d, m, sphere=True)
    assert m <= sphere_hyperplanes_needed(d, Fraction(1, y))


@pytest.mark.proves("thm-deep_threshold-sphere")
def test_labels_on_a_sphere_in_the_numbers_of_the_theory():
    stated = {(3, 8): 6, (3, 32): 33, (3, 64): 75, (8, 8): 30, (20, 4): 40}
    for (d, y), m in stated.items():
        assert sphere_hyperplanes_needed(d, Fraction(1, y), labels=True) == m


@pytest.mark.proves("thm-deep_threshold-sphere")
def test_fewer_points_use_fewer_dimensions():
    delta = Fraction(1, 8)
    for N, d in ((16, 2), (127, 2), (128, 3), (1023, 3), (1024, 4), (10**9, 5)):
        for labels in (False, True):
            found = sphere_hyperplanes_needed(5, delta, N=N, labels=labels)
            assert found == sphere_hyperplanes_needed(d, delta, labels=labels)


def test_margins_without_such_points_are_refused():
    for margin in (0, -1, math.nan, "1", 1.5):
        with pytest.raises(ml.InvalidArgument, match=r"^margin: "):
            ball_hyperplanes_needed(3, margin)
        with pytest.raises(ml.InvalidArgument, match=r"^margin: "):
            sphere_hyperplanes_needed(3, margin)
    with pytest.raises(ml.InvalidArgument, match=r"^margin: at most 1/2 is needed, got 0.6"):
        sphere_hyperplanes_needed(3, 0.6)
    with pytest.raises(ml.InvalidArgument, match=r"^d: a whole number >= 2"):
        sphere_hyperplanes_needed(1, 0.1)
    with pytest.raises(ml.InvalidArgument, match=r"^N: at least 2 / margin points"):
        sphere_hyperplanes_needed(3, 0.1, N=19)
    assert ball_hyperplanes_needed(3, 1) == 0


# the circle ------------------------------------------------------------------------------------


def bits_of(layer, points):
    """The bits of every point, in Python integers."""
    rows = list(layer.rows())
    return [
        tuple(bias + sum(w * p[k] for k, w in terms) >= 0 for bias, terms in rows) for p in points
    ]


@pytest.mark.proves("thm-deep_threshold-circle")
@pytest.mark.parametrize("N", [*range(2, 41), 101, 500])
def test_half_as_many_lines_as_points_tell_a_circle_apart(N):
    points = np.ldexp(circle_points(N), BITS).astype(int).tolist()
    layer = circle_lines(N)
    assert layer.units == circle_lines_needed(N) == -(-N // 2)
    assert len(set(bits_of(layer, points))) == N
    assert all(b % 2 for b in layer.bias.tolist())


@pytest.mark.proves("thm-deep_threshold-circle")
@pytest.mark.parametrize("N", [3, 4, 5, 12, 1000, 4095, 4096])
def test_points_of_the_circle_are_corners_of_a_convex_polygon(N):
    points = np.ldexp(circle_points(N), BITS).astype(int).tolist()
    for i in range(N):
        (x, y), (u, v), (p, q) = (points[(i + k) % N] for k in range(3))
        assert (u - x) * (q - v) - (v - y) * (p - u) > 0
    norms = np.hypot(*circle_points(N).T)
    assert norms.max() <= 1 and norms.min() > 1 - 2**-24


def rational_circle(numbers):
    """Different points of one circle, scaled to integers."""
    units = [((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)) for t in numbers]
    scale = math.lcm(*(v.denominator for point in units for v in point))
    return [[int(v * scale) for v in point] for point in units]


@pytest.mark.proves("thm-deep_threshold-circle")
@settings(max_examples=40, deadline=None)
@given(st.sets(st.fractions(-4, 4, max_denominator=9), min_size=1, max_size=9))
def test_no_fewer_lines_do_wherever_the_points_are(numbers):
    points = rational_circle(sorted(numbers))
    assert len(least_separating(points)) == circle_lines_needed(len(points))


@pytest.mark.proves("thm-deep_threshold-circle")
@pytest.mark.parametrize("N", range(1, 13))
def test_no_fewer_lines_do_at_equal_steps(N):
    points = circle_points(N)
    found = least_separating(points)
    assert len(found) == circle_lines_needed(N)
    assert len(set(map(tuple, found.T.tolist()))) == N or N == 1
    if N % 2 == 0:  # alternating labels ask for as many
        assert len(least_separating(points, np.arange(N) % 2)) == N // 2


@pytest.mark.proves("thm-deep_threshold-circle")
def test_the_size_of_a_circle_is_exact_where_floats_are_not():
    flint = pytest.importorskip("flint")
    with flint.ctx.extradps(60):
        for N in range(8, 400, 2):
            square = (2 * (flint.arb(1) / N).sin_pi()) ** 2
            low = Fraction(int((square * 10**40).floor().unique_fmpz()) - 1, 10**40)
            assert size_for(low) == N
            assert size_for(low + Fraction(2, 10**40)) == N - 2
    assert [size_for(Fraction(k)) for k in (4, 3, 2, 1)] == [2, 2, 4, 6]
    assert (circle_size(2), circle_size(1), circle_size(1.9)) == (2, 6, 2)
    # what floats make of it
    assert 2 * math.floor(math.pi / (2 * math.asin(0.5))) == 4


def test_no_circle_for_a_margin_out_of_range():
    for margin in (0, -1, math.nan, "1", 2.1):
        with pytest.raises(ml.InvalidArgument, match=r"^margin: "):
            circle_size(margin)
    for N in (1, 0, 2.5, 4097):
        with pytest.raises(ml.InvalidArgument, match=r"^N: "):
            circle_lines(N)
    for N in (0, 2.5, 4097):
        with pytest.raises(ml.InvalidArgument, match=r"^N: "):
            circle_points(N)


# the collector ---------------------------------------------------------------------------------


@pytest.mark.proves("thm-deep_threshold-collector")
def test_the_collector_needs_what_the_theory_says():
    sizes = [8, 16, 32, 64, 128, 256]
    assert [collector_bound(N) for N in sizes] == [8, 21, 54, 131, 309, 708]
    assert [round(float(collector_mean(N)), 1) for N in sizes] == [
        8.3, 21.7, 54.1, 129.9, 303.6, 695.4,
    ]  # fmt: skip
    assert collector_mean(4) == 3 and collector_mean(2) == 1


@pytest.mark.proves("thm-deep_threshold-collector")
def test_the_collector_bound_is_the_least():
    for N in range(2, 200, 2):
        half, m = N // 2, collector_bound(N)
        miss = 1 - Fraction(1, half)
        assert half * miss**m <= Fraction(1, 2)
        assert m == 1 or half * miss ** (m - 1) > Fraction(1, 2)


@pytest.mark.proves("thm-deep_threshold-collector")
def test_lines_through_the_centre_collect_gaps():
    """Random lines through the centre tell alternating points apart as soon as every pair of
    opposite gaps was hit, and not before."""
    N, rng = 16, np.random.default_rng(0)
    dataset = Dataset(circle_points(N), np.arange(N) % 2)
    rows, needed = Rows(Frame.of(dataset), 20), []
    for _ in range(200):
        bits = codes(rows.draw(150, rng, biased=False), dataset)
        apart = [collision(bits[:, :m], dataset.labels) is None for m in range(1, 151)]
        needed.append(apart.index(True) + 1)
    assert np.mean(needed) == pytest.approx(float(collector_mean(N)), rel=0.1)
    assert np.median(needed) <= collector_bound(N)
    # a line through gap g, turned by half a step from point g
    angle = 2 * np.pi * (np.arange(N // 2) + 0.5) / N
    side = circle_points(N) @ np.array([-np.sin(angle), np.cos(angle)]) > 0
    assert len(set(map(tuple, side.tolist()))) == N
    for left_out in range(N // 2):
        fewer = np.delete(side, left_out, axis=1)
        assert (fewer[left_out] == fewer[left_out + 1]).all()


@pytest.mark.parametrize("function", [collector_mean, collector_bound])
def test_collectors_need_an_even_number(function):
    for N in (3, 101):
        with pytest.raises(ml.InvalidArgument, match=r"^N: an even number is needed"):
            function(N)
    for N in (0, 1, 20_002, 2.0):
        with pytest.raises(ml.InvalidArgument, match=r"^N: "):
            function(N)


# least sets of lines ---------------------------------------------------------------------------


def separable(points, cut):
    """Whether a line has exactly these points on one side, by linear programming."""
    rows = [[*p, 1] if cut >> k & 1 else [-v for v in (*p, 1)] for k, p in enumerate(points)]
    found = linprog([0, 0, 0], A_ub=-np.array(rows), b_ub=-np.ones(len(rows)), bounds=(None, None))
    return found.status == 0


@settings(max_examples=20, deadline=None)
@given(st.sets(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=1, max_size=6))
def test_dichotomies_are_what_lines_cut_off(cells):
    points = [list(p) for p in sorted(cells)]
    expected = [c for c in range(2, 1 << len(points), 2) if separable(points, c)]
    assert dichotomies(points) == expected


@settings(max_examples=60, deadline=None)
@given(
    st.sets(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=1, max_size=6),
    st.integers(0, 2**32 - 1),
)
def test_no_fewer_cuts_do(cells, seed):
    points = [list(p) for p in sorted(cells)]
    labels = np.random.default_rng(seed).integers(0, 3, len(points))
    found = least_separating(points, labels)
    pairs = [p for p in combinations(range(len(points)), 2) if labels[p[0]] != labels[p[1]]]
    cuts = dichotomies(points)
    sides = [sum(int(b) << k for k, b in enumerate(row)) for row in found]
    assert set(sides) <= set(cuts)

    def apart(chosen):
        return all(any((c >> i ^ c >> j) & 1 for c in chosen) for i, j in pairs)

    assert apart(sides)
    assert not sides or not any(apart(c) for c in combinations(cuts, len(sides) - 1))


def test_points_on_a_line_need_one_cut_fewer_than_they_are():
    assert [len(least_separating([[k, 2 * k] for k in range(n)])) for n in (1, 2, 5, 12)] == [
        0, 1, 4, 11,
    ]  # fmt: skip


def test_points_that_are_not_searched():
    with pytest.raises(ml.errors.TooLarge, match=r"^points: the search .* got 13"):
        least_separating([[k, k * k] for k in range(13)])
    with pytest.raises(ml.InvalidDataset, match=r"^points: points of the plane"):
        least_separating([[0, 0, 0], [1, 1, 1]])
    with pytest.raises(ml.InvalidDataset, match="equal"):
        least_separating([[0, 0], [0, 0]])
    assert least_separating([[0, 0], [0, 0], [1, 1]], [1, 1, 0]).shape == (1, 3)


@pytest.mark.proves("thm-deep_threshold-circle")
@pytest.mark.parametrize("N", [4, 6, 16])
def test_no_first_layer_on_the_circle_has_fewer_rows(N):
    dataset = Dataset(circle_points(N), np.arange(N) % 2)
    for kind in KINDS:
        layer = first_layer(dataset, kind, np.random.default_rng(0)).layer
        assert layer.units >= circle_lines_needed(N)
