"""Numbers for readers."""

from fractions import Fraction

import numpy as np
import pytest

from mem_lib.figures.numbers import is_number, number_text, tick


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (9999, "9999"), (10000, "10 000"), (-1234567, "−1 234 567"), (np.int64(5), "5"),
        (10**30, "1 " + " ".join(["000"] * 10)), (Fraction(1, 3), "1/3"), ("0.10", "0.10"),
        (0.5, "0.5"), (2 / 3, "0.667"), (12345.678, "12 346"), (1.0, "1"), (-0.25, "−0.25"),
        (999.96, "1000"), (0.00012, "0.00012"), (1e-7, "1e-07"), (3e20, "3e+20"), (0.0, "0"),
        (float("inf"), "inf"), (np.float32(0.5), "0.5"), (None, "–"), (True, "yes"),
        (np.bool_(False), "no"),
    ],
)  # fmt: skip
def test_numbers_are_shown(value, text):
    assert number_text(value).replace("\u2009", " ") == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "1"), (100, "100"), (10_000, "10 000"), (1e5, "10⁵"), (1e-5, "10⁻⁵"), (0.001, "0.001"),
     (0, "0"), (-5, "−5"), (2.5, "2.5"), (2e5, "200 000")],
)  # fmt: skip
def test_numbers_on_an_axis(value, text):
    assert tick(value).replace("\u2009", " ") == text


def test_more_digits_where_asked():
    assert number_text(2 / 3, digits=5) == "0.66667"


def test_what_is_a_number():
    assert all(map(is_number, (1, 0.5, Fraction(1, 3), np.int64(3), np.float32(0.5))))
    assert not any(map(is_number, (True, None, "3", np.bool_(True))))
