"""Decimals that the proofs print: each is on the safe side, and the next digit would not be."""

import math

import pytest

from mem_lib import deep_threshold, generalization


def shell_ratio(share):
    """beta, where ``share`` is w/d."""
    return 3 ** (1 - share) - 2 ** (1 - share)


def first_summand(y, d):
    """The left side in the last part of the proof on spheres."""
    return (d - 1) * y / (2 * math.e) * (1 + d * math.log2(2 * math.e * y ** (d - 1) / d))


PRINTED = {
    # statement: (a number, at most this, but more than that)
    "thm-deep_threshold-rounding": [
        (2 / math.sqrt(2 * math.pi), 0.8, 0.79),
        (math.erfc(8 / math.sqrt(2)), 1.3e-15, 1.2e-15),
        (1.6 / 80, 0.02, 0.019),
        (2 * 1.3e-15 * 10**12, 0.003, 0.002),
        (math.exp(0.023) / 2, 0.512, 0.511),
        (1 / (1 - 0.512), 2.05, 2.04),
    ],
    "thm-deep_threshold-clear": [(2 * math.pi * 1.6, 10.1, 10.0)],
    "thm-deep_threshold-integers": [
        (6 * 1.5e18 + 1, 2**63, 0.9 * 2**63),
        (6 * 1.5e15 + 1, 2**53, 0.9 * 2**53),
        (16 * 7.5e8**2 + 1, 2**63, 0.9 * 2**63),
        (16 * 2.3e7**2 + 1, 2**53, 0.9 * 2**53),
    ],
    "thm-deep_threshold-sphere": [
        (first_summand(8, 3), 63.5, 63.4),
        (1 + 1 / (2 * math.log(2)), 1.73, 1.72),
        (-math.log2(2 * math.e * 8**2 / 3), -6.8, -6.9),
    ],
    "thm-foundations-threshold": [(2 / math.log(2), 3, 2.8)],
    "thm-foundations-vc": [(8 / math.log(2), 12, 11)],
    "thm-generalization-ball-shell": [
        (-shell_ratio(1 / 95), -0.98004, -0.98005),
        (1 - shell_ratio(1 / 95) / 2, 0.51, 0.5099),
    ],
    "thm-generalization-covering": [(3.02 / 0.98, 3.0817, 3.0816)],
    "thm-generalization-balls": [
        (-0.8 / 3.1, -0.258, -0.259),
        (math.sqrt(6) / 3.1, 0.791, 0.790),
    ],
    "thm-generalization-gadget": [(-1 / 2.2, -0.45, -0.46), (1.1 / 3, 0.37, 0.36)],
}


@pytest.mark.parametrize("label", PRINTED)
def test_a_printed_decimal_is_on_the_safe_side(label):
    for value, most, too_little in PRINTED[label]:
        assert too_little < value <= most, (value, most)


def test_the_grid_on_a_circle_has_nine_tenths_of_the_points():
    for count in (10**3, 10**5):
        gates = 2**2.5 / (2 * math.sin(math.pi / count))
        assert 0.89 < gates / count < 0.91
        assert gates > deep_threshold.circle_lines_needed(count)


def test_the_formula_for_ball_and_shell_is_the_printed_one():
    for d, w in ((95, 1), (190, 2), (3, 3)):
        assert generalization.ball_and_shell_bound(d, w) == pytest.approx(
            1 - shell_ratio(w / d) / 2
        )
    assert generalization.ball_and_shell_bound(95, 1) <= 0.51
    assert generalization.ball_and_shell_bound(94, 1) > 0.51
