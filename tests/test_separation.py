"""How often a hyperplane tells two points apart, against another way to the same number.

With s, t the standard deviations of <w, c> and <w, x>, and b uniform on [-1, 1] times max_bias,
p(c, x) is the mean over b of P(<w, c> <= -b < <w, x>): two normal numbers, whose joint distribution
function is Owen's, integrated over b by adaptive quadrature.
"""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtr, owens_t

from mem_lib.parts.separation import separation_probability

#: Directions of x, as the angle to c; 0 and pi have a joint distribution of another form.
ANGLES = (0.3, 1.0, 1.5, 2.0, 3.0)


def by_owen(c, x, max_bias):
    s, t = np.linalg.norm(c), np.linalg.norm(x)
    correlation = float(np.dot(c, x)) / (s * t)
    rest = math.sqrt(1 - correlation**2)

    def apart(b):
        h, k = b / s, b / t
        both = (ndtr(h) + ndtr(k)) / 2 - owens_t(h, (s / t - correlation) / rest)
        both -= owens_t(k, (t / s - correlation) / rest)
        return ndtr(h) - both

    halves = ((-max_bias, 0), (0, max_bias))  # of the narrower normal number the middle is steep
    total = sum(quad(apart, *half, epsabs=1e-13, epsrel=1e-12, limit=200)[0] for half in halves)
    return total / (2 * max_bias)


def turned(norm, angle):
    return [norm * math.cos(angle), norm * math.sin(angle)]


def test_the_reference_is_right_where_it_is_known():
    """At right angles and equal norms two bits are independent, given the bias."""
    for max_bias in (0.5, 2.0):
        square = quad(lambda b: ndtr(b) * ndtr(-b), -max_bias, max_bias)[0] / (2 * max_bias)
        assert by_owen([1, 0], [0, 1], max_bias) == pytest.approx(square, abs=1e-12)
    assert by_owen([1, 0], [1, 1], 1e-6) == pytest.approx(1 / 8, abs=1e-5)  # the angle / 2 pi


@pytest.mark.parametrize("norm", [0.1, 0.5, 1.0, 3.0])
@pytest.mark.parametrize("far", [3.0, 20.0, 50.0])
def test_one_point_far_out_has_enough_nodes(norm, far):
    """Nodes are as many as the farthest point of all needs, 50 times max_bias at most, wherever it
    is among them; nearer points do not lose by it."""
    c, others = [norm, 0.0], [turned(far, angle) for angle in ANGLES]
    near = [turned(0.1, angle) for angle in ANGLES]
    wanted = [by_owen(c, x, 1.0) for x in near + others]
    for order in (slice(None), slice(None, None, -1)):
        points = (near + others)[order]
        assert np.abs(separation_probability(c, points, 1.0) - wanted[order]).max() < 1e-6
        back = [by_owen(x, c, 1.0) for x in points]
        assert np.abs(separation_probability(points, c, 1.0) - back).max() < 1e-6


@pytest.mark.parametrize("kappa", [1 / 50, 1 / 20, 0.5, 1.0, 1 / 0.67, 5.0])
def test_at_every_width_of_the_bias(kappa):
    """One pair at a time; around 48 nodes the error is largest."""
    for angle in ANGLES:
        c, x = [1.0, 0.0], turned(1.0, angle)
        assert abs(float(separation_probability(c, x, kappa)) - by_owen(c, x, kappa)) < 1e-7
