"""Checked numbers, words and objects, and the search for the least number."""

import math
from fractions import Fraction

import numpy as np
import pytest

from mem_lib._base.arguments import above_zero, at_least_zero, between, integer_in, probability
from mem_lib._base.search import least_integer
from mem_lib.errors import InvalidArgument

TINY = Fraction(1, 10**400)  # positive, and 0 as a float
NONE_OF_ALL = (None, "1", True, float("nan"), float("inf"), 1j, [1])


def test_numbers_of_any_kind_come_out_plain():
    assert [integer_in(v, "n", 0, 7) for v in (0, 7, np.int8(3), np.array(5))] == [0, 7, 3, 5]
    assert at_least_zero(np.float32(0.1), "x") == Fraction(float(np.float32(0.1)))
    assert at_least_zero(TINY, "x") == TINY
    assert above_zero(Fraction(1, 2), "x") == above_zero(np.float16(0.5), "x") == 0.5
    assert between(1, "x", 0, 1, closed=True) == 1 and between(np.int64(2), "x", 1, 3) == 2
    assert probability(np.float32(0.25), "p") == 0.25
    found = (integer_in(np.int8(3), "n", 0), above_zero(np.float16(0.5), "x"))
    assert [type(v) for v in found] == [int, float]


@pytest.mark.parametrize(
    ("check", "wrong", "message"),
    [
        (lambda v: integer_in(v, "n", 2), (1, -5, 2.0, *NONE_OF_ALL), "n: a whole number >= 2 is"),
        (lambda v: integer_in(v, "n", 0, 9), (10, 10**5000), "n: this is computed up to 9, got"),
        (lambda v: integer_in(v, "n", 0, 10**300), (10**301,), r"up to 10\^300, got an integer of"),
        (lambda v: at_least_zero(v, "x"), (-TINY, *NONE_OF_ALL), "x: a finite number >= 0"),
        (lambda v: above_zero(v, "x"), (0, TINY, 10**400, *NONE_OF_ALL), "x: a finite number > 0"),
        (lambda v: between(v, "x", 1, 3), (1, 3, *NONE_OF_ALL), "x: a number above 1 and below 3"),
        (lambda v: between(v, "x", 0, 1, closed=True), (0, TINY, 1 + TINY), "above 0 and at most"),
        (lambda v: probability(v, "p"), (0, 1, TINY, 1 - TINY), "p: a probability above 0 and bel"),
    ],
)
def test_other_numbers_are_refused(check, wrong, message):
    for value in wrong:
        with pytest.raises(InvalidArgument, match=message):
            check(value)


@pytest.mark.parametrize("start", [0, 1, 7])
@pytest.mark.parametrize("wanted", [0, 1, 2, 5, 6, 7, 8, 1000, 1023, 1024, 1025])
def test_the_least_that_is_enough(start, wanted):
    asked = []
    found = least_integer(lambda n: asked.append(n) or n >= wanted, start)
    assert found == max(wanted, start)
    assert min(asked) >= start and len(asked) <= 4 + 2 * math.log2(found + 1)
