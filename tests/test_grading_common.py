"""An answer is judged by what it is: the same numbers, written in another way, are as right."""

from fractions import Fraction

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import grading
from mem_lib.grading.exercise import everything
from mem_lib.grading.judges.common import failure, whole, wholes
from tests import test_grading_beyond_worst_case as beyond
from tests import test_grading_deep_threshold as deep
from tests import test_grading_foundations as foundations
from tests import test_grading_generalization as generalization
from tests import test_grading_optimal_relu as optimal
from tests import test_grading_two_layer as two_layer


def right(key):
    given = grading.given(key)
    match key:
        case "foundations.precision":
            return (given["factor"] * given["bits"]) ** 2 + 1
        case "generalization.break":
            return [
                generalization.unknown(given[n], given[f"{n}_points"]) for n in ("two", "three")
            ]
        case _:
            return WAYS[key](**given)


WAYS = {
    "foundations.threshold": foundations.least,
    "two_layer.moment": two_layer.moment,
    "deep_threshold.by-hand": deep.two_bits,
    "deep_threshold.collector": deep.lines,
    "deep_threshold.skip": deep.second_look,
    "optimal_relu.folder": optimal.best,
}
FUNCTIONS = {
    "foundations.unfold": foundations.wrong,
    "two_layer.caps": two_layer.levels,
    "deep_threshold.table": deep.table,
    "optimal_relu.fold": optimal.keys,
    "beyond_worst_case.cover": beyond.second_layer,
    "beyond_worst_case.bound": beyond.least_n,
}


def each(change, value):
    """The same lists, with every number changed."""
    if isinstance(value, list | tuple):
        return [each(change, entry) for entry in value]
    return value if value is None else change(int(value))


def in_floats(number):
    return float(number) if float(number) == number else number


OTHERWISE = (Fraction, in_floats, lambda n: np.int64(n) if abs(n) < 2**63 else n)


@pytest.mark.parametrize("change", OTHERWISE)
@pytest.mark.parametrize("key", ["foundations.precision", "generalization.break", *WAYS])
def test_values_may_be_written_otherwise(key, change):
    verdict = grading.check(key, each(change, right(key)))
    assert verdict, verdict


@pytest.mark.parametrize("change", OTHERWISE)
@pytest.mark.parametrize("key", FUNCTIONS)
def test_what_functions_return_may_be_written_otherwise(key, change):
    verdict = grading.check(key, lambda *call: each(change, FUNCTIONS[key](*call)))
    assert verdict, verdict


def test_whole_numbers_and_no_others():
    assert [whole(v) for v in (5, Fraction(5), 5.0, -0.0, 2.0**70)] == [5, 5, 5, 0, 2**70]
    assert [whole(v) for v in (5.5, Fraction(1, 2), True, "5", None, [5])] == [None] * 6
    assert (wholes([1.0, 2]), wholes([]), wholes([1, 2.5]), wholes(5)) == ([1, 2], [], None, None)


def test_a_failure_names_the_point_and_the_unit():
    gate = ml.Layer([[1, 0], [0, 2]], [0, -1], "threshold")
    network = ml.Network([gate, ml.Layer([[1, 0]], [0], "identity")], input_shift=1)
    for points, labels, told in (
        ([[1, 0], [0.5, 0.25]], [1, 1], "at [0.5, 0.25] unit 1 of layer 0 is exactly 0"),
        ([[1, 0], [-2, 1]], [1, 1], "at [-2, 1] (row 1): expected 1, the network gives 0"),
    ):
        dataset = ml.Dataset(points, labels)
        assert failure(ml.verify(network, dataset), network, dataset).startswith(told)
    dataset = ml.Dataset([[1, 0], [-2, 1]], [1, 0])
    assert failure(ml.verify(network, dataset), network, dataset) == ""


def test_a_function_handed_in_for_fewer_calls_is_judged_too():
    """As when a set was handed out anew: the outcomes of other calls are no answer."""
    for exercise in everything():
        task = exercise.task("practice")
        if exercise.asks == "function":
            for answer in ([], [1], 5, {"a": [1]}, None):
                told = str(exercise.verdict(task, answer))
                assert ": 0 of " in told and "cannot be judged" not in told, told
