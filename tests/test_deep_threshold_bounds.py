"""Bounds of chapter ``deep_threshold``: recomputed in other ways, at their borders too."""

import math
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mem_lib as ml
from mem_lib import Dataset
from mem_lib.deep_threshold import bounds, decimals
from mem_lib.deep_threshold.bounds import (
    crossing,
    data_bound,
    exact_limit,
    gates_enough,
    grid_bound,
    grid_rows,
    hyperplanes_enough,
    largest_dimension,
    line_probability,
    vershynin_curve,
    weights_enough,
)
from mem_lib.deep_threshold.frame import Frame
from mem_lib.deep_threshold.rows_enough import pair_probability, pairs_of

NOT_POSITIVE = [0, -1, math.nan, math.inf, "1", None]


def angle(x, y, radius):
    """The angle of (x, radius) and (y, radius), in floats."""
    x, y = (np.append(np.asarray(v, float), float(radius)) for v in (x, y))
    x, y = x / np.linalg.norm(x), y / np.linalg.norm(y)
    return 2 * math.asin(min(1.0, np.linalg.norm(x - y) / 2))


# one row ---------------------------------------------------------------------------------------


@pytest.mark.proves("thm-deep_threshold-hyperplane")
@pytest.mark.parametrize("s", [0.01, 0.1, 0.5, 0.7, 0.73, 0.74, 1.0, 1.5, 1.9, 2.0])
def test_the_probability_is_attained(s):
    radial = angle([1, 0], [1 - s, 0], 1) / math.pi
    turn = 2 * math.asin(s / 2)
    round_ = angle([1, 0], [math.cos(turn), math.sin(turn)], 1) / math.pi
    assert line_probability(s) == pytest.approx(min(radial, round_), rel=1e-12)
    assert line_probability(s, d=1) == pytest.approx(radial, rel=1e-12)
    assert (radial < round_) == (s < math.sqrt(3) - 1) or s == 2


@pytest.mark.proves("thm-deep_threshold-hyperplane")
@settings(max_examples=200, deadline=None)
@given(st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_no_pair_is_told_apart_less_often(d, seed):
    rng = np.random.default_rng(seed)
    x, y = (v / max(1.0, np.linalg.norm(v)) for v in rng.standard_normal((2, d)))
    s = float(np.linalg.norm(x - y))
    if 1e-6 < s <= 2:
        assert angle(x, y, 1) / math.pi >= line_probability(s, d=d) * (1 - 1e-9)
        assert line_probability(s, d=d) >= math.asin(s / 2) / math.pi * (1 - 1e-12)


def test_the_probability_depends_on_the_quotient_alone():
    assert line_probability(Fraction(1, 3), Fraction(2, 3)) == line_probability(0.5)
    assert line_probability(10**400, 10**401) == line_probability(Fraction(1, 10))


@pytest.mark.parametrize("function", [line_probability, crossing])
def test_margins_that_do_not_exist_are_refused(function):
    for value in NOT_POSITIVE:
        with pytest.raises(ml.InvalidArgument, match=r"^margin: "):
            function(value)
        with pytest.raises(ml.InvalidArgument, match=r"^radius: "):
            function(0.1, value)
    with pytest.raises(ml.InvalidArgument, match=r"^margin: two points of norm at most"):
        function(2.1, 1)
    for d in (0, 1.5, True):
        with pytest.raises(ml.InvalidArgument, match=r"^d: a whole number >= 1"):
            function(0.1, d=d)


# many rows -------------------------------------------------------------------------------------


@pytest.mark.proves("thm-deep_threshold-first-layer")
@pytest.mark.parametrize("s", [Fraction(1, 100), Fraction(1, 3), Fraction(1), Fraction(19, 10)])
@pytest.mark.parametrize("pairs", [1, 10, 12345, 10**12])
@pytest.mark.parametrize("failure", [0.5, 0.01])
@pytest.mark.parametrize("d", [1, 3])
def test_rows_are_the_least_that_suffice(s, pairs, failure, d):
    m = hyperplanes_enough(s, 1, pairs, d=d, failure=failure)
    miss = 1 - Decimal(line_probability(s, d=d))
    assert pairs * miss**m <= Decimal(failure) * (1 + Decimal("1e-9"))
    assert m == 1 or pairs * miss ** (m - 1) > Decimal(failure) * (1 - Decimal("1e-9"))


@pytest.mark.proves("thm-deep_threshold-first-layer")
def test_rows_at_powers_of_two_are_not_one_too_many():
    # p = 1/2: the logarithms in floats go wrong at 2^28, 2^30 and others
    assert [hyperplanes_enough(2, 1, 2**k) for k in range(60)] == list(range(1, 61))
    assert [hyperplanes_enough(2, 1, 2**k + 1) for k in range(1, 60)] == list(range(3, 62))


@pytest.mark.proves("thm-deep_threshold-first-layer")
def test_rows_stay_below_the_simple_formula():
    for s in (0.01, 0.1, 0.5, 1.0, 2.0):
        for N in (2, 10, 10**3, 10**6):
            pairs = N * (N - 1) // 2
            m = hyperplanes_enough(s, 1, pairs)
            assert m <= math.ceil(2 * math.pi / s * math.log(2 * pairs))
            assert m <= math.ceil(4 * math.pi / s * math.log(N))


def test_no_pairs_need_one_row():
    assert hyperplanes_enough(0.1, 1, 0) == 1


def test_rows_for_arguments_out_of_range_are_refused():
    for pairs in (-1, 2.0, None):
        with pytest.raises(ml.InvalidArgument, match=r"^pairs: a whole number >= 0"):
            hyperplanes_enough(0.1, 1, pairs)
    for failure in (0, 1, 2, -0.5, "0.5"):
        with pytest.raises(ml.InvalidArgument, match=r"^failure: a probability"):
            hyperplanes_enough(0.1, 1, 5, failure=failure)
    with pytest.raises(ml.InvalidArgument, match=r"^margin: two points of norm at most"):
        hyperplanes_enough(3, 1, 5)


# all pairs of a data set -----------------------------------------------------------------------


def least_rows_by_hand(dataset, failure=0.5):
    """The least m of the theorem, from the angles of all pairs."""
    frame = Frame.of(dataset)
    Z, order = frame.points.astype(float), np.arange(dataset.N)
    pairs = [(i, j) for i in order for j in order[i + 1 :]]
    if dataset.d == 1:
        order = np.argsort(Z[:, 0])
        pairs = list(pairwise(order))
    chosen = [(i, j) for i, j in pairs if dataset.labels[i] != dataset.labels[j]]
    miss = np.array([1 - angle(Z[i], Z[j], frame.radius) / math.pi for i, j in chosen])
    m = 1
    while (miss**m).sum() > failure * (1 + 1e-9):
        m += 1
    return m


@pytest.mark.proves("thm-deep_threshold-adaptive")
@pytest.mark.parametrize("d", [1, 2, 5])
@pytest.mark.parametrize("classes", [2, 4])
def test_the_bound_from_all_pairs_is_the_least_one(d, classes):
    for seed in range(4):
        rng = np.random.default_rng(seed)
        points = np.unique(rng.integers(-60, 90, (30, d)), axis=0)
        dataset = Dataset(points, rng.integers(0, classes, len(points)))
        m, least = data_bound(dataset), least_rows_by_hand(dataset)
        assert least <= m <= least * (1 + 2**-11) + 1
        margin, frame = dataset.margin, Frame.of(dataset)
        most = hyperplanes_enough(2 * margin, frame.radius, pairs_of(dataset), d=d)
        assert m <= most
        assert data_bound(dataset, failure=0.01) > m


@pytest.mark.proves("thm-deep_threshold-adaptive")
def test_two_far_points_need_as_many_rows_as_the_theorem_says():
    assert data_bound(Dataset([[5], [6]], [0, 1])) == 1
    assert data_bound(Dataset([[0, 0], [0, 1], [5, 0]], [0, 0, 0])) == 1
    assert data_bound(Dataset([[0], [0]], [0, 0])) == 1


@pytest.mark.proves("thm-deep_threshold-adaptive")
def test_on_a_line_neighbours_count():
    points = np.arange(0, 1000, 10)[:, None]
    few = Dataset(points, np.arange(100) // 50)  # one change of label
    many = Dataset(points, np.arange(100) % 2)
    assert (pairs_of(few), pairs_of(many)) == (1, 99)
    assert data_bound(few) < data_bound(many) <= hyperplanes_enough(10, 495, 99, d=1)


@pytest.mark.proves("thm-deep_threshold-clear")
def test_a_loss_asks_for_more_rows():
    dataset = ml.data.ball(N=40, d=3, margin=0.1, seed=2)
    p = pair_probability(dataset)
    plain, lossy = data_bound(dataset), data_bound(dataset, loss=p / 2)
    assert plain < lossy <= 2.42 * plain + 1
    assert data_bound(dataset, loss=1.0) <= 2.42 * plain + 1  # never more than half is taken


def test_the_bound_of_what_is_no_labelled_data_is_refused():
    with pytest.raises(ml.HypothesisViolated, match=r"^dataset: .* got real targets"):
        data_bound(Dataset([[0.0]], targets=[0.5]))
    with pytest.raises(ml.InvalidArgument, match=r"^dataset: a Dataset"):
        data_bound([[0]])
    dataset = Dataset([[0], [1]], [0, 1])
    with pytest.raises(ml.InvalidArgument, match=r"^failure: "):
        data_bound(dataset, failure=1)
    with pytest.raises(ml.InvalidArgument, match=r"^loss: "):
        data_bound(dataset, loss=-0.1)


# grid, gates, weights, crossing ----------------------------------------------------------------


@pytest.mark.proves("thm-deep_threshold-grid")
@settings(max_examples=100, deadline=None)
@given(st.integers(1, 4), st.integers(2, 12), st.integers(0, 2**32 - 1))
def test_no_grid_has_more_rows_than_its_bound(d, N, seed):
    rng = np.random.default_rng(seed)
    points = np.unique(rng.integers(-9, 10, (N, d)), axis=0)
    dataset = Dataset(points, rng.integers(0, 2, len(points)))
    if dataset.squared_margin is None:
        return
    margin, radius = dataset.margin * (1 - 1e-12), dataset.radius * (1 + 1e-12)
    assert grid_rows(dataset) <= grid_bound(margin, radius, d)


@pytest.mark.proves("thm-deep_threshold-grid")
def test_the_bound_of_the_grid_is_rounded_down_exactly():
    for d in (1, 2, 3, 4, 100):
        for s in (Fraction(1, 7), Fraction(1, 2), Fraction(2), Fraction(1, 10**12)):
            rows = grid_bound(s, 1, d)
            assert rows**2 <= 4 * d**3 / s**2 < (rows + 1) ** 2


def test_a_grid_out_of_range_is_refused():
    for value in NOT_POSITIVE:
        with pytest.raises(ml.InvalidArgument, match=r"^margin: "):
            grid_bound(value, 1, 2)
    with pytest.raises(ml.InvalidArgument, match=r"^d: "):
        grid_bound(1, 1, 0)
    with pytest.raises(ml.InvalidArgument, match=r"^margin: two points"):
        grid_bound(3, 1, 2)


@pytest.mark.proves("thm-deep_threshold-main")
def test_gates_are_those_of_the_smaller_network():
    for classes, q in ((2, 1), (3, 2), (10, 4), (1, 1)):
        for N, m in ((2, 1), (100, 5), (5000, 300), (10**6, 1000)):
            table = 2 * m + math.floor(2 * math.sqrt(q * (N - 1))) + q + 1
            assert gates_enough(N, m, classes=classes) == min(N - 1, table)
    assert gates_enough(10**6, 100, breaks=50) == 50
    assert gates_enough(10**6, 100, breaks=0) == 0


def test_gates_and_weights_out_of_range_are_refused():
    for N in (0, 1.5, True):
        for call in (lambda N=N: gates_enough(N, 3), lambda N=N: weights_enough(N, 2, 3)):
            with pytest.raises(ml.InvalidArgument, match=r"^N: a whole number >= 1"):
                call()
    for name in ("m", "classes"):
        for call in (gates_enough, lambda N, **k: weights_enough(N, 2, **k)):
            with pytest.raises(ml.InvalidArgument, match=rf"^{name}: a whole number >= 1"):
                call(5, **({"m": 3} | {name: 0}))
    with pytest.raises(ml.InvalidArgument, match=r"^breaks: "):
        gates_enough(5, 3, breaks=-1)
    with pytest.raises(ml.InvalidArgument, match=r"^d: "):
        weights_enough(5, 0, 3)


@pytest.mark.proves("thm-deep_threshold-main")
def test_weights_are_those_of_the_note_once_biases_are_added():
    # widths and pattern counts of section 7 of the theory, m rows, one label bit
    for N, d, m in ((1000, 10, 755), (20000, 20, 502), (300, 100, 40)):
        B = N - 1
        S = math.isqrt(B - 1) + 1
        G = math.ceil(B / S)
        K = (m * (N * N // 2 - 1)).bit_length()
        table = (B + S - 1) + S  # rows to columns, and the output
        shallow = m * d + m + G * m + S * m + table + (2 * m + G + S + 1)
        hashed = m * d + (2 * K - 1) * m + K * (K - 1) + K + G * K + S * K + table
        hashed += m + (K - 1) * m + K * (K + 1) // 2 + K + G + S + 1
        staircase = (d + 1) * (N - 1) + N
        assert weights_enough(N, d, m) == min(shallow, hashed, staircase)
    assert weights_enough(1, 5, 3) == 1


@pytest.mark.proves("thm-deep_threshold-crossing")
@pytest.mark.parametrize(
    ("s", "stated"),
    [("0.5", 224), ("0.2", 774), ("0.1", 1809), ("0.05", 4021), ("0.02", 11538), ("0.01", 25003)],
)
def test_depth_pays_in_gates_from_the_crossing_on(s, stated):
    margin, N = Fraction(s), crossing(Fraction(s))
    # the theory's values were read off a grid of N whose steps are 2 percent
    assert stated / 1.02 <= N <= stated

    def pays(N):
        return gates_enough(N, hyperplanes_enough(margin, 1, N * N // 4)) < N - 1

    assert not pays(N - 1)
    assert all(pays(n) for n in [*range(N, N + 40), 2 * N, 10 * N])


@pytest.mark.proves("thm-deep_threshold-crossing")
@pytest.mark.parametrize(("d", "s"), [(2, "0.5"), (10, "0.5"), (50, "0.2")])
def test_depth_pays_in_weights_from_the_crossing_on(d, s):
    margin, N = Fraction(s), crossing(Fraction(s), d=d, count="weights")

    def pays(N):
        m = hyperplanes_enough(margin, 1, N * N // 4)
        return weights_enough(N, d, m) < (d + 2) * (N - 1) + 1

    assert not pays(N - 1)
    assert all(pays(n) for n in [*range(N, N + N // 5, 7), 2 * N, 10 * N])


def test_the_crossing_on_a_line_and_with_many_classes():
    assert crossing(0.2, d=1) < crossing(0.2) < crossing(0.2, classes=10)
    assert crossing(1, 5) == crossing(Fraction(1, 5))
    with pytest.raises(ml.InvalidArgument, match=r"^count: one of"):
        crossing(0.2, count="layers")
    with pytest.raises(ml.InvalidArgument, match=r"^classes: a whole number >= 2"):
        crossing(0.2, classes=1)


# digits ----------------------------------------------------------------------------------------


@pytest.mark.proves("thm-deep_threshold-integers")
def test_the_limits_are_those_of_the_sums():
    for arithmetic, limit, least, points in (
        ("int64", 2**63, 1.5e18, 7.5e8),
        ("float64", 2**53, 1.5e15, 2.3e7),
    ):
        for variant in ("hash", "shallow"):
            most = exact_limit(arithmetic, variant=variant)
            assert 6 * most + 1 < limit <= 6 * (most + 1) + 1
            assert least <= most <= least * 1.03
        N = exact_limit(arithmetic, variant="parity")
        assert 16 * N**2 + 1 < limit <= 16 * (N + 1) ** 2 + 1
        assert points <= N <= points * 1.04
    assert exact_limit("float32") == 2796202


@pytest.mark.proves("thm-deep_threshold-integers")
def test_the_largest_dimension_is_the_last_one():
    for arithmetic, limit, about in (("float64", 2**53, 2.6e5), ("int64", 2**63, 2.7e11)):
        d = largest_dimension(arithmetic)
        # 2^44 (sqrt(d) + 1) + 1 < limit, in integers
        room = limit - 2 - 2**44
        assert d * 2**88 <= room**2 < (d + 1) * 2**88
        assert about <= d <= about * 1.02
    assert largest_dimension("float32") == 0
    assert largest_dimension("float64", weight_bits=16, grid_bits=0, radius=3) > 10**12


def test_limits_of_other_arithmetic_are_refused():
    for function in (exact_limit, largest_dimension):
        with pytest.raises(ml.InvalidArgument, match=r"^arithmetic: one of"):
            function("int8")
    with pytest.raises(ml.InvalidArgument, match=r"^variant: one of"):
        exact_limit(variant="staircase")
    for name in ("weight_bits", "grid_bits", "radius"):
        with pytest.raises(ml.InvalidArgument, match=rf"^{name}: "):
            largest_dimension(**{name: -1})


def test_the_curve_of_what_was_known_before():
    assert vershynin_curve(1) == math.e
    assert vershynin_curve(0.2) == pytest.approx(math.exp(25))
    assert vershynin_curve(1e-200) == math.inf
    for value in NOT_POSITIVE:
        with pytest.raises(ml.InvalidArgument, match=r"^margin: "):
            vershynin_curve(value)


def test_fifty_digits():
    flint = pytest.importorskip("flint")
    with flint.ctx.extradps(160):
        for value in (Fraction(2), Fraction(10**40 + 1, 10**40), Fraction(1, 7), Fraction(10**90)):
            exact = flint.arb(flint.fmpq(value.numerator, value.denominator))
            for ours, theirs in (
                (decimals.ln(value), exact.log()),
                (decimals.arctan(decimals.decimal(value)), exact.atan()),
                (decimals.root(value), exact.sqrt()),
            ):
                digits = flint.arb(str(ours))
                assert abs(digits / theirs - 1) < flint.arb("1e-55")
        assert abs(flint.arb(str(decimals.pi())) / flint.arb.pi() - 1) < flint.arb("1e-55")


def test_rounding_to_whole_numbers_gives_the_last_digits_away():
    exact, more = Decimal(7), Decimal(f"7.{'0' * 29}1")
    assert (decimals.above(exact), decimals.needed(exact), decimals.below(exact)) == (8, 7, 6)
    assert (decimals.above(more), decimals.needed(more), decimals.below(more)) == (8, 8, 7)
    assert decimals.above(Decimal(10) ** 80) >= 10**80 >= decimals.below(Decimal(10) ** 80)


def test_everything_that_bounds_is_named_in_one_place():
    assert all(callable(getattr(bounds, name)) for name in bounds.__all__)
