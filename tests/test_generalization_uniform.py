"""Samples from which on every memorizer with P parameters is right."""

import math

import numpy as np
import pytest

import mem_lib as ml
from mem_lib.generalization import accuracy, samples_for_size


def log_failure(P, error, N):
    """log2 of 2 Pi(2N) 2^(-error N/2)."""
    return 1 + 1.5 * P + P * P / 2 * math.log2(2 * math.e * N * P) - error * N / 2


@pytest.mark.proves("thm-generalization-smallest")
@pytest.mark.parametrize(("error", "failure"), [(0.1, 0.1), (0.02, 0.3), (0.5, 1e-9)])
@pytest.mark.parametrize("P", [1, 3, 40, 1000])
def test_the_union_bound_holds_from_there_on_and_not_much_before(P, error, failure):
    N = samples_for_size(P, error, failure)
    assert min(N, error * N / 8) >= 1 and N >= P
    for more in (N, N + 1, 2 * N, 1000 * N):
        assert log_failure(P, error, more) <= math.log2(failure)
    fewer = 0.98 * N
    assert log_failure(P, error, fewer) > math.log2(failure) or error * fewer < 8


@pytest.mark.proves("thm-generalization-smallest")
def test_the_worst_network_of_two_parameters_that_fits_is_right():
    """On a line 2 parameters are an affine function.  Points uniform in [0, 1], label 1 above 1/2:
    between the neighbours of 1/2 any threshold fits, and the worst is at one of them."""
    error, failure, broken = 0.05, 0.2, 0
    N = samples_for_size(2, error, failure)
    for seed in range(200):
        x = np.random.default_rng(seed).random(N)
        below, above = x[x < 0.5].max(initial=0), x[x >= 0.5].min(initial=1)
        broken += max(0.5 - below, above - 0.5) > error
    assert broken <= 200 * failure


def test_a_network_of_this_size_is_one_of_them():
    sides = ml.generalization.Separable(d=2)
    sample = sides.sample(samples_for_size(3, 0.2, 0.1))
    network = sides.smallest()
    assert network.size.dense_weights == 3 and ml.verify(network, sample)
    assert accuracy(network, sides.test(2000)).accuracy >= 0.8


def test_more_is_needed_of_more():
    found = [samples_for_size(P, 0.1, 0.1) for P in (1, 2, 4, 8, 16)]
    assert found == sorted(set(found))
    assert samples_for_size(8, 0.05, 0.1) > found[3] and samples_for_size(8, 0.1, 0.01) > found[3]
    # of order P^2 log P
    assert 100 < samples_for_size(2000, 0.1, 0.1) / samples_for_size(200, 0.1, 0.1) < 150


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((0, 0.1, 0.1), "P"),
        ((2.5, 0.1, 0.1), "P"),
        ((2, 0, 0.1), "error"),
        ((2, 1, 0.1), "error"),
        ((2, 0.1, 0), "failure"),
        ((2, 0.1, "x"), "failure"),
    ],
)
def test_bad_arguments_are_named(arguments, name):
    with pytest.raises(ml.InvalidArgument, match=f"^{name}: "):
        samples_for_size(*arguments)
