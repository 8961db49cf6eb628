"""The gadget of chapter generalization: a network of d + 8 parameters fits iff NAE-satisfying."""

import itertools
from fractions import Fraction

import numpy as np
import pytest

import mem_lib as ml
from mem_lib.generalization import Formula, Gadget, fitting, gadget_data, gadget_network
from mem_lib.generalization.gadget import SCALE, every_assignment

FORMULAS = [
    Formula(6, []),
    Formula.impossible(6),
    Formula(7, Formula.impossible(7).clauses[:-1]),
    *(Formula.random(6, n, seed) for seed, n in enumerate((1, 5, 20, 32))),
    *(Formula.random(7, n, seed) for seed, n in enumerate((2, 30, 60))),
]


@pytest.fixture(params=FORMULAS, ids=lambda f: f"d={f.d}, {len(f.clauses)} clauses")
def formula(request):
    return request.param


def nae(formula, s):
    """By the definition, without matrices."""
    return all(len({s[abs(x) - 1] * (1 if x > 0 else -1) for x in c}) == 2 for c in formula.clauses)


@pytest.mark.proves("thm-generalization-gadget")
def test_a_network_fits_exactly_when_its_assignment_satisfies(formula):
    """Every assignment, the network verified on all points."""
    dataset, fits = gadget_data(formula), set()
    for s in itertools.product((1, -1), repeat=formula.d):
        network = gadget_network(s)
        assert network.size.dense_weights == network.size.weights == formula.d + 8
        verified = ml.verify(network, dataset).ok
        assert verified == nae(formula, s) == formula.satisfied(s)
        if verified:
            fits.add(s)
    assert fits == set(formula.assignments()) == set(fitting(formula))
    assert (formula.d + 8 if fits else None) == Gadget(formula).N_D


@pytest.mark.proves("thm-generalization-gadget")
def test_the_points_are_those_of_the_book(formula):
    d, a = formula.d, Fraction(11, 30)
    expected = []
    for size, label in ((Fraction(1, 3), 1), (Fraction(11, 30), 0)):
        for i, sign in itertools.product(range(d), (1, -1)):
            expected.append((tuple(a + sign * size * (i == k) for k in range(d)), label))
    for clause in formula.clauses:
        signs = {abs(x) - 1: 1 if x > 0 else -1 for x in clause}
        expected.append((tuple(a + Fraction(signs.get(k, 0), 12) for k in range(d)), 1))
    dataset = gadget_data(formula)
    found = [
        (tuple(Fraction(v, SCALE) for v in row), label)
        for row, label in zip(dataset.points.tolist(), dataset.labels.tolist(), strict=True)
    ]
    assert sorted(found) == sorted(expected)
    assert all(0 <= v <= 1 for row, _ in found for v in row)
    assert dataset.squared_margin == Fraction(SCALE, 30) ** 2
    assert Gadget(formula).margin == dataset.margin


@pytest.mark.proves("thm-generalization-gadget")
def test_the_network_is_that_of_the_book_times_forty():
    rng = np.random.default_rng(0)
    s = [1, -1, 1, 1, -1, 1, -1]
    points = rng.integers(-10, 80, (200, 7))
    values, denominator = ml.evaluate(gadget_network(s), points)
    assert denominator == 1
    for row, (value,) in zip(points.tolist(), values.tolist(), strict=True):
        t = max(
            0,
            3
            + sum(
                3 * sign * (Fraction(x, 60) - Fraction(11, 30))
                for sign, x in zip(s, row, strict=True)
            ),
        )
        F = (
            max(0, t - Fraction(195, 100))
            - 50 * max(0, t - Fraction(405, 100))
            - Fraction(25, 1000)
        )
        assert value == 40 * F


def architectures(d, most):
    """The hidden widths of all ReLU networks on R^d with one output and at most so many parameters,
    counted densely."""

    def grow(widths, inputs, spent):
        if spent + inputs + 1 <= most:
            yield widths
        n = 1
        while spent + n * (inputs + 1) + n + 1 <= most:
            yield from grow([*widths, n], n, spent + n * (inputs + 1))
            n += 1

    return list(grow([], d, 0))


@pytest.mark.proves("thm-generalization-gadget")
@pytest.mark.parametrize("d", [6, 7, 40])
def test_which_networks_have_at_most_d_plus_8_parameters(d):
    """The case distinction of the proof: everything begins with one unit, and [1, 2] is the only
    one that is no chain."""
    assert architectures(d, d + 8) == [[], [1], [1, 1], [1, 1, 1], [1, 2]]


@pytest.mark.proves("thm-generalization-gadget")
def test_the_slope_behind_one_unit_changes_its_sign_once_at_most():
    rng = np.random.default_rng(1)
    t = np.arange(0, 60)
    for _ in range(3000):
        w, v, b = rng.integers(-4, 5, 2), rng.integers(-4, 5, 2), rng.integers(-25, 26, 2)
        steps = np.diff((v[:, None] * np.maximum(w[:, None] * t + b[:, None], 0)).sum(axis=0))
        signs = np.sign(steps[steps != 0])
        assert (signs[1:] != signs[:-1]).sum() <= 1


@pytest.mark.proves("thm-generalization-gadget")
def test_without_a_hidden_layer_nothing_fits():
    """The middle is the mean of two points of either label along each axis."""
    dataset = gadget_data(Formula(6, []))
    for label in (0, 1):
        assert (dataset.points[dataset.labels == label].mean(axis=0) == 22).all()


def test_samples_come_from_the_points():
    distribution = Gadget(Formula.random(8, 3))
    known = set(map(tuple, distribution.support().points.tolist()))
    sample = distribution.sample(500)
    assert set(map(tuple, sample.points.tolist())) == known
    assert distribution.label(sample.points + 0.5).tolist() == [-1] * 500


def test_assignments_in_order():
    assert list(every_assignment(1)) == [(1,), (-1,)]
    assert len(list(every_assignment(10))) == 1024


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Formula(5, []), "d: a whole number >= 6"),
        (lambda: Formula(6, [(1, 2, 3, 4, 5)]), r"clauses\[0\]: six different variables of 1 to 6"),
        (lambda: Formula(6, [(1, 2, 3, 4, 5, -5)]), r"clauses\[0\]: six different"),
        (lambda: Formula(7, [(1, 2, 3, 4, 5, 8)]), r"clauses\[0\]: .* 1 to 7"),
        (lambda: Formula(7, [(1, 2, 3, 4, 5, 0)]), r"clauses\[0\]"),
        (lambda: Formula(7, [(1, 2, 3, 4, 5, 6.0)]), r"clauses\[0\]"),
        (lambda: Formula(7, [3]), r"clauses\[0\]: a list"),
        (lambda: Formula(7, 3), "clauses: a list"),
        (lambda: Formula.random(6, -1), "clauses: a whole number >= 0"),
        (lambda: Formula.random(6, 1, seed=-1), "seed: a whole"),
        (lambda: Formula(6, []).satisfied([1] * 5), "assignment: 6 signs"),
        (lambda: Formula(6, []).satisfied([0] * 6), "assignment: 6 signs"),
        (lambda: gadget_network([]), "assignment: at least 1 signs"),
        (lambda: gadget_network([2]), "assignment: at least 1 signs"),
        (lambda: gadget_data(3), "formula: a Formula is needed"),
        (lambda: list(fitting(Formula(21, []))), "d: this is computed up to 20"),
        (lambda: list(Formula(21, []).assignments()), "d: this is computed up to 20"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(ml.InvalidArgument, match=message):
        call()
