"""Where one sign, one bound or one bit decides a verdict or an exact number.

Each test holds a case that a neighbouring line of code would get wrong: a ceiling in place of a
floor, one slice bit too many, a sum that is exactly 0.
"""

import math
from fractions import Fraction

import numpy as np
import pytest

import mem_lib as ml
from mem_lib.beyond_worst_case import squared_robustness_radius
from mem_lib.exact.arithmetic import _slice_bits


def constant(outputs, *, denominator=1, readout):
    """A network with these output numerators everywhere."""
    layer = ml.Layer(np.zeros((len(outputs), 1), dtype=np.int64), outputs, "identity")
    return ml.Network([layer], output_denominator=denominator, readout=readout)


@pytest.mark.parametrize(("numerator", "right"), [(3, True), (4, False), (-3, True), (-4, False)])
def test_an_output_beyond_the_tolerance_is_wrong(numerator, right):
    network = constant([numerator], denominator=10, readout="value")
    dataset = ml.Dataset([[0]], [0], classes=2)
    assert bool(ml.verify(network, dataset, tolerance=Fraction(1, 3))) is right
    if not right:  # and without a tolerance, both are
        assert not ml.verify(network, dataset)


@pytest.mark.parametrize(("other", "right"), [(-1, True), (0, True), (1, False)])
def test_another_output_at_zero_does_not_speak(other, right):
    network = constant([3, other], readout="onehot")
    assert bool(ml.verify(network, ml.Dataset([[0]], [0], classes=2))) is right


def test_the_slack_above_the_highest_label():
    network = constant([13], denominator=10, readout="value")
    certificate = ml.verify(network, ml.Dataset([[0]], [1], classes=2), tolerance=Fraction(2, 5))
    assert certificate and certificate.slack == Fraction(13, 10)


@pytest.mark.parametrize("inputs", [1, 2, 3, 4, 7, 8, 127, 128, 1023])
def test_slices_fill_a_binary64_and_no_more(inputs):
    for bits in ((31, 31), (10, 50), (50, 10), (60, 60)):
        of_weight, of_point = _slice_bits(*bits, inputs)
        # the largest sum of products of two unsigned slices
        assert inputs * (2**of_weight - 1) * (2**of_point - 1) < 2**53


def test_products_whose_low_slices_are_all_ones():
    numbers = [2**30 - 1 - k * 2**27 for k in range(3)]
    layer = ml.Layer([numbers, numbers[::-1]], [0, 1], "identity")
    points = [numbers, numbers[1:] + numbers[:1], [2**45 - 1, 2**44 - 1, 2**43 + 1]]
    found, denominator = ml.evaluate(ml.Network([layer], readout="argmax"), points)
    wanted = [
        [sum(w * x for w, x in zip(row, point, strict=True)) + bias for row, bias in rows]
        for point in points
        for rows in [[(numbers, 0), (numbers[::-1], 1)]]
    ]
    assert denominator == 1 and found.tolist() == wanted


@pytest.mark.parametrize("far", [10**9, 3 * 10**9, 4 * 10**9, 2**62])
def test_squared_distances_beyond_machine_integers(far):
    dataset = ml.Dataset([[0, 0], [far, far]], [0, 1])
    assert dataset.squared_separation == dataset.squared_margin == 2 * far**2
    assert dataset.squared_radius == 2 * far**2


def test_a_neuron_that_fires_at_exactly_zero():
    # both lines are on at 1, so that the neuron is at 1 - 1 = 0: it fires, until the first goes
    lines = ml.Layer([[2], [2]], [-1, 1], "threshold")
    cover = ml.Layer([[1, -1]], [0], "threshold")
    network = ml.Network([lines, cover, ml.Layer([[2]], [-1], "identity")], readout="sign")
    assert squared_robustness_radius(network, [1]) == Fraction(1, 4)
    answers = ml.predict(network, [[0.75], [0.25]]).tolist()
    assert answers == [1, 0]


def test_of_two_neurons_that_fire_one_is_enough():
    lines = ml.Layer([[1], [1]], [-1, -3], "threshold")  # x >= 1, x >= 3
    cover = ml.Layer([[1, 0], [0, 1]], [-1, -1], "threshold")
    network = ml.Network([lines, cover, ml.Layer([[2, 2]], [-1], "identity")], readout="sign")
    assert squared_robustness_radius(network, [4]) == 9
    assert squared_robustness_radius(network, [0]) == 1
    assert math.isinf(
        squared_robustness_radius(ml.Network([ml.Layer([[0]], [1], "identity")]), [0])
    )


@pytest.mark.parametrize("bits", [48, 50, 52])
@pytest.mark.parametrize("variant", ["paper", "merged", "narrow"])
def test_projections_beyond_machine_integers(variant, bits):
    rng = np.random.default_rng(bits)
    points = rng.integers(-(2**bits), 2**bits, (40, 3))
    dataset = ml.Dataset(points, rng.integers(0, 2, 40), classes=2)
    network = ml.build(dataset, f"optimal_relu.{variant}", seed=0)
    assert ml.verify(network, dataset)
