"""Intervals and tests of rates, against sums of binomial probabilities."""

import math
from fractions import Fraction
from itertools import pairwise

import pytest

from mem_lib._base.rates import holm, interval, same_rate
from mem_lib.errors import InvalidArgument


def tails(successes, trials, p):
    """P(at most so many), P(at least so many)."""
    chances = [math.comb(trials, k) * p**k * (1 - p) ** (trials - k) for k in range(trials + 1)]
    return sum(chances[: successes + 1]), sum(chances[successes:])


@pytest.mark.parametrize("trials", [1, 7, 50])
def test_an_interval_ends_where_a_tail_is_half_of_what_is_left(trials):
    for successes in range(trials + 1):
        low, high = interval(successes, trials, 0.9)
        assert (low == 0) == (successes == 0) and (high == 1) == (successes == trials)
        assert low <= successes / trials <= high
        if successes:
            assert tails(successes, trials, low)[1] == pytest.approx(0.05)
        if successes < trials:
            assert tails(successes, trials, high)[0] == pytest.approx(0.05)


@pytest.mark.parametrize("p", [0.01, 0.3, 0.5, 0.98])
def test_an_interval_holds_the_truth_as_often_as_it_says(p):
    trials = 40
    chances = [math.comb(trials, k) * p**k * (1 - p) ** (trials - k) for k in range(trials + 1)]
    inside = [low <= p <= high for low, high in (interval(k, trials) for k in range(41))]
    held = sum(c for c, good in zip(chances, inside, strict=True) if good)
    assert 0.95 <= held < 1


@pytest.mark.parametrize(
    ("one", "other"), [((3, 9), (8, 10)), ((0, 4), (4, 4)), ((5, 10), (5, 10)), ((1, 7), (6, 8))]
)
def test_fishers_test_by_fractions(one, other):
    (a, m), (b, n) = one, other
    chance = {
        k: Fraction(math.comb(m, k) * math.comb(n, a + b - k), math.comb(m + n, a + b))
        for k in range(max(0, a + b - n), min(m, a + b) + 1)
    }
    expected = sum(c for c in chance.values() if c <= chance[a])
    assert same_rate(one, other) == pytest.approx(float(expected))
    assert same_rate(other, one) == pytest.approx(float(expected))


def test_a_family_of_tests():
    assert holm([]) == [] and holm([0.2]) == [0.2] and holm([0.9, 0.8]) == [1.0, 1.0]
    chances = [0.001, 0.5, 0.02, 0.02, 0.3]
    raised = holm(chances)
    assert raised[0] == pytest.approx(0.005) and raised[2] == raised[3] == pytest.approx(0.08)
    assert all(a <= b for a, b in zip(chances, raised, strict=True))
    ordered = [r for _, r in sorted(zip(chances, raised, strict=True))]
    assert all(a <= b for a, b in pairwise(ordered))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: interval(-1, 5), "successes: "),
        (lambda: interval(6, 5), "successes: "),
        (lambda: interval(0, 0), "trials: "),
        (lambda: interval(1, 2, 0), "level: "),
        (lambda: same_rate((1, 2), (3, 2)), "other: 3 successes in 2 trials"),
        (lambda: same_rate((0.5, 2), (1, 2)), "one: a whole number >= 0 is needed, got 0.5"),
        (lambda: holm([0.5, 1.5]), "chances: numbers from 0 to 1 are needed"),
        (lambda: holm([float("nan")]), "chances: "),
    ],
)
def test_what_is_no_rate(call, message):
    with pytest.raises(InvalidArgument, match=message):
        call()
