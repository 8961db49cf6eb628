"""A neuron for every point: by hand, on every kind of points, against plain fractions."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mem_lib as ml
from mem_lib import two_layer
from mem_lib.two_layer.caps import cap_neurons, levels

WEIGHTS = ("dyadic", "rational")


def value(neurons, point):
    """The ten-line definition, in fractions."""
    total = Fraction(0)
    for row, bias, a in zip(neurons.rows.tolist(), neurons.biases.tolist(), neurons.outer,
                            strict=True):  # fmt: skip
        total += a * max(sum(w * z for w, z in zip(row, point, strict=True)) + bias, 0)
    return total


def signs(N, d, seed=0):
    found = ml.data.sphere(N=N, d=d, seed=seed)
    return ml.Dataset(found.points, targets=2 * found.labels - 1)


@pytest.mark.proves("thm-two_layer-caps")
@pytest.mark.parametrize("weights", WEIGHTS)
def test_three_points_of_the_circle_by_hand(weights):
    """(1,0), (0,1), (-1,0) with 3, -2, 1: every level is 0, and the weight 6."""
    dataset = ml.Dataset([[1, 0], [0, 1], [-1, 0]], targets=[3, -2, 1])
    network = two_layer.build(dataset, variant="caps", weights=weights)
    assert network.layers[0].bias.tolist() == [0, 0, 0]
    assert two_layer.total_weight(network) == 6


@pytest.mark.proves("thm-two_layer-triangular")
def test_points_on_a_ray_by_hand():
    """1, 2, 4 on the line with value 1 each: rational levels -1, 2, 8."""
    dataset = ml.Dataset([[1], [2], [4]], targets=[1, 1, 1])
    found = cap_neurons(np.array([[1], [2], [4]]), [1, 1, 1], 0, "rational")
    assert found.biases.tolist() == [1, -2, -8]
    assert [value(found, [z]) for z in (1, 2, 4)] == [1, 1, 1]
    assert found.outer == (Fraction(1, 2), Fraction(-1, 4), Fraction(0))
    assert ml.verify(two_layer.build(dataset, variant="caps"), dataset).max_error == 0


@pytest.mark.proves("thm-two_layer-caps", "thm-two_layer-triangular")
@given(
    st.lists(st.tuples(*[st.integers(-4, 4)] * 3), min_size=1, max_size=12, unique=True),
    st.integers(0, 40),
    st.sampled_from(WEIGHTS),
    st.randoms(use_true_random=False),
)
def test_any_different_integer_points(points, shift, weights, random):
    values = [Fraction(random.randint(-9, 9), random.choice([1, 1, 3, 8])) for _ in points]
    found = cap_neurons(np.array(points), values, shift, weights)
    assert len(found) == len(points)
    assert [value(found, point) for point in points] == values
    if weights == "dyadic":
        for row, bias in zip(found.rows.tolist(), found.biases.tolist(), strict=True):
            height = sum(w * w for w in row) + bias
            assert height > 0 and height & (height - 1) == 0


@pytest.mark.proves("thm-two_layer-caps")
@pytest.mark.parametrize(("N", "d"), [(60, 10), (100, 20)])
def test_weight_on_a_sphere(N, d):
    """No heavier than the bound, and dyadic levels less than 2.3 times as heavy."""
    dataset = signs(N, d)
    rational, dyadic = (
        two_layer.total_weight(two_layer.build(dataset, variant="caps", weights=w))
        for w in ("rational", "dyadic")
    )
    cosines = dataset.points @ dataset.points.T - 2 * np.eye(N)
    chi = max(0, cosines.max())
    assert rational <= N * math.sqrt(1 + chi**2) / (1 - chi) * (1 + 1e-5)
    assert rational <= dyadic < 2.3 * rational


def test_a_sphere_takes_short_weights_and_others_do_not():
    points, shift = signs(40, 8).integers()
    assert levels(points, shift).apart
    doubled = np.vstack([points, 2 * points[:1]])
    assert not levels(doubled, shift).apart
    short = two_layer.bound(N=40, d=8, variant="caps", one_sphere=True).bits
    assert two_layer.build(signs(40, 8), variant="caps").size.bits <= short + 1
    assert short < two_layer.bound(N=40, d=8, variant="caps").bits


def test_other_weights_are_refused():
    with pytest.raises(ml.InvalidArgument, match=r"weights: one of .* got 'floats'"):
        two_layer.Caps(weights="floats")


def test_weights_that_do_not_fit_are_refused(monkeypatch):
    monkeypatch.setattr("mem_lib._base.memory.physical_memory", lambda: 10**5)
    points = np.arange(1, 400)[:, None] ** 3
    with pytest.raises(ml.TooLarge, match="dataset: 399 points of different norms with"):
        cap_neurons(points, [Fraction(1)] * 399, 0)
