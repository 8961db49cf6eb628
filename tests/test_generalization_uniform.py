"""Samples from which on every small memorizer is right."""

import math

import numpy as np
import pytest

import mem_lib as ml
from mem_lib.generalization import samples_for_halfspaces, samples_for_size
from mem_lib.generalization.uniform import _least


def log_answers(d=None, P=None, n=None):
    """log2 of the largest number of answers on n points."""
    if d is not None:
        return (d + 1) * math.log2(math.e * n / (d + 1))
    return 1.5 * P + P * P / 2 * math.log2(math.e * n * P)


@pytest.mark.proves("thm-generalization-smallest")
@pytest.mark.parametrize(("error", "failure"), [(0.1, 0.1), (0.02, 0.3), (0.5, 1e-9)])
@pytest.mark.parametrize("size", [1, 3, 40])
def test_the_union_bound_holds_from_there_on_and_not_much_before(size, error, failure):
    for N, family in (
        (samples_for_halfspaces(size, error, failure), {"d": size}),
        (samples_for_size(size, error, failure), {"P": size}),
    ):
        for more in (N, N + 1, 2 * N, 1000 * N):
            assert 1 + log_answers(**family, n=2 * more) - error * more / 2 <= math.log2(failure)
            assert error * more >= 8
        fewer = 0.98 * N
        bound = 1 + log_answers(**family, n=2 * fewer) - error * fewer / 2
        assert bound > math.log2(failure) or error * fewer < 8


@pytest.mark.proves("thm-generalization-smallest")
@pytest.mark.proves("thm-generalization-separable")
def test_the_worst_half_line_that_fits_is_right():
    """Uniform on [0, 1], label 1 above 1/2: between the neighbours of 1/2 any threshold fits."""
    error, failure = 0.05, 0.2
    N, broken = samples_for_halfspaces(1, error, failure), 0
    for seed in range(200):
        x = np.random.default_rng(seed).random(N)
        below, above = x[x < 0.5].max(initial=0), x[x >= 0.5].min(initial=1)
        broken += max(0.5 - below, above - 0.5) > error
    assert broken <= 200 * failure


def test_half_spaces_of_a_separable_distribution():
    """The network with d + 1 parameters that one finds is one of all that fit."""
    sides = ml.generalization.Separable(d=2)
    N = samples_for_halfspaces(2, 0.1, 0.1)
    sample, fresh = sides.sample(N), sides.test(4000)
    network = sides.smallest()
    assert ml.verify(network, sample)
    assert ml.generalization.accuracy(network, fresh).accuracy >= 0.9
    assert samples_for_size(3, 0.1, 0.1) > N


def test_more_is_needed_of_more():
    found = [samples_for_size(P, 0.1, 0.1) for P in (1, 2, 4, 8, 16)]
    assert found == sorted(set(found))
    assert samples_for_size(8, 0.05, 0.1) > found[3] and samples_for_size(8, 0.1, 0.01) > found[3]
    # of order P^2 log P and 1/error
    assert samples_for_size(2000, 0.1, 0.1) < 150 * samples_for_size(200, 0.1, 0.1)


@pytest.mark.parametrize("sample_size", [samples_for_halfspaces, samples_for_size])
@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((0, 0.1, 0.1), "[dP]"),
        ((2.5, 0.1, 0.1), "[dP]"),
        ((2, 0, 0.1), "error"),
        ((2, 1, 0.1), "error"),
        ((2, 0.1, 0), "failure"),
        ((2, 0.1, "x"), "failure"),
    ],
)
def test_bad_arguments_are_named(sample_size, arguments, name):
    with pytest.raises(ml.InvalidArgument, match=f"^{name}: "):
        sample_size(*arguments)


def test_the_search_starts_where_more_is_enough():
    """Below that the left side may grow more slowly than the right one."""
    assert _least(1.0, 1.0, 0.0, 10**6, 0.5, 0.5) == 10**6
