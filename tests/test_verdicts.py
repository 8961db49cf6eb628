"""Where one sign, one bound or one bit decides a verdict or an exact number.

Each test holds a case that a neighbouring line of code would get wrong: a ceiling in place of a
floor, one slice bit too many, a sum that is exactly 0.
"""

import dataclasses
import json
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import mem_lib as ml
from mem_lib.beyond_worst_case import squared_robustness_radius
from mem_lib.beyond_worst_case.counting import Counting
from mem_lib.beyond_worst_case.cover import largest_covered
from mem_lib.certificate.checkpoint import _digest, _entry
from mem_lib.certificate.judge import Evidence
from mem_lib.exact import ARITHMETIC
from mem_lib.exact.slices import slice_bits
from mem_lib.exact.tally import Tally


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
        of_weight, of_point = slice_bits(*bits, inputs)
        # the largest sum of products of two unsigned slices
        assert inputs * (2**of_weight - 1) * (2**of_point - 1) < 2**53
        if min(bits) == 10:  # a short factor is one slice, and the other gets the rest
            assert min(of_weight, of_point) == 10
            assert max(of_weight, of_point) == 43 - inputs.bit_length()


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


def test_a_score_at_the_threshold_is_not_covered():
    own, centres = np.array([[0, 0], [1, 0], [1, 2]]), np.array([0, 1])  # scores 0, 1, 3; 0, 0, 2
    counting = Counting(own, own)
    assert largest_covered(counting, centres, np.array([3, 2])).tolist() == [1, 0]
    assert largest_covered(counting, centres, np.array([4, 3])).tolist() == [3, 2]


@pytest.mark.parametrize(("max_bias", "bits", "enough"), [(1, 8, True), (1, 7, False),
                         (Fraction(255, 2), 1, False), (128, 1, True)])  # fmt: skip
def test_biases_round_to_256_steps_at_least(max_bias, bits, enough):
    dataset = ml.Dataset([[-9, 0], [9, 0]], [0, 1])
    method = ml.beyond_worst_case.Practical(n=30, max_bias=max_bias, weight_bits=bits)
    if enough:
        assert method.attempt(dataset).network.layers[0].weight.shape == (30, 2)
    else:
        with pytest.raises(ml.InvalidArgument, match=r"max_bias: .* fewer than 256 steps"):
            method.attempt(dataset)


@pytest.mark.parametrize("bits", [48, 50, 52])
@pytest.mark.parametrize("variant", ["paper", "merged", "narrow"])
def test_projections_beyond_machine_integers(variant, bits):
    rng = np.random.default_rng(bits)
    points = rng.integers(-(2**bits), 2**bits, (40, 3))
    dataset = ml.Dataset(points, rng.integers(0, 2, 40), classes=2)
    network = ml.build(dataset, f"optimal_relu.{variant}", seed=0)
    assert ml.verify(network, dataset)


# --- what a certificate says, and what is refused before it takes for ever ------------------------


def test_a_certificate_names_its_arithmetic():
    dataset = ml.Dataset([[1], [2], [3]], [1, 1, 1], classes=2)
    for weight, words in ((2**70, "Python integers"), (2, "int64 below 2^62")):
        network = ml.Network([ml.Layer([[weight]], [0], "identity")], readout="sign")
        certificate = ml.verify(network, dataset)
        assert certificate and certificate.arithmetic
        if weight > 2**62:
            assert words in certificate.arithmetic


@pytest.mark.parametrize("arithmetic", ["", "Lean proof", "float64 below 2^53, luck"])
def test_a_certificate_of_unknown_arithmetic_is_refused(tmp_path, arithmetic):
    network, dataset = constant([1], readout="sign"), ml.Dataset([[0]], [1])
    certificate = ml.verify(network, dataset)
    certificate.save(tmp_path / "c.json")
    assert ml.Certificate.load(tmp_path / "c.json") == certificate
    dataclasses.replace(certificate, arithmetic=arithmetic).save(tmp_path / "c.json")
    with pytest.raises(ml.InvalidCertificate, match="arithmetic is"):
        ml.Certificate.load(tmp_path / "c.json")


def test_no_key_stands_twice_in_a_certificate(tmp_path):
    path = tmp_path / "c.json"
    ml.verify(constant([1], readout="sign"), ml.Dataset([[0]], [1])).save(path)
    path.write_text(path.read_text().replace('"ok": true', '"ok": false, "ok": true'))
    with pytest.raises(ml.InvalidCertificate, match="a key stands twice: 'ok'"):
        ml.Certificate.load(path)
    path.write_bytes(b" " * (2**24 + 1))
    with pytest.raises(ml.InvalidCertificate, match="longer than 16777216 bytes"):
        ml.Certificate.load(path)


def test_forged_lines_of_a_checkpoint_are_dropped():
    content = Evidence().content()
    for forged in ({"chunk": "x"}, {"chunk": -1}, {"chunk": [1]}, {"chunk": 0, "max_error": "1/0"}):
        entry = content | forged
        assert _entry(json.dumps(entry | {"sha256": _digest(entry)}) + "\n") is None
    every = Evidence(tally=Tally(arithmetic=set(ARITHMETIC)))
    for evidence in (every, Evidence()):
        entry = evidence.content() | {"chunk": 0}
        line = json.dumps(entry | {"sha256": _digest(entry)})
        assert _entry(line + "\n") == (0, evidence)
    assert _entry(line) is None  # cut just before its end: the next line would be glued to it


def test_endless_numbers_are_refused():
    network, dataset = constant([0], readout="value"), ml.Dataset([[0]], [0])
    with pytest.raises(ml.InvalidArgument, match="tolerance: a finite number >= 0"):
        ml.verify(network, dataset, tolerance=Decimal("1e999999999"))
    assert ml.verify(network, dataset, tolerance=Decimal("1e-9"))
    with pytest.raises(ml.TooLarge, match="bits: "):
        ml.foundations.bit_reader(10**30)


@pytest.mark.parametrize("load", [ml.data.read_csv, ml.Dataset.load, ml.Network.load])
def test_a_number_names_no_file(load):
    with pytest.raises(ml.InvalidArgument, match="path: the name of a file is needed, got 1"):
        load(1)
