"""Residual fits of chapter ``two_layer``: the finite network is what is measured, and the steps are
those of the theorems."""

import itertools
import json
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mem_lib as ml
from benchmarks.two_layer import signs
from mem_lib import two_layer
from mem_lib.data import hostile
from mem_lib.exact import reference
from mem_lib.exact.device import Device
from mem_lib.two_layer import fit
from mem_lib.two_layer.hybrid import METHODS
from mem_lib.two_layer.residual import file, run
from mem_lib.two_layer.residual.points import fit_points
from mem_lib.two_layer.residual.steps import (
    Bundle,
    Draw,
    HarmonicStep,
    HermiteStep,
    Step,
    TwoSided,
    drawn,
    harmonic,
    hermite,
    rounded,
)

ANY = 10**400  # a tolerance with which verify only measures


def on_cloud(dataset, bias=False):
    return fit_points(dataset, Device(None), bias=bias)


def draws(step, cloud, number, seed=0):
    """Draws, with the products that a fit would make."""
    u, phases = drawn(step, cloud, seed, 0, number)
    for vectors, phase in zip(u, phases, strict=True):
        yield Draw(vectors, vectors @ cloud.points, float(phase))


def function(bundle, cloud):
    """g at the points."""
    return bundle.outer @ np.maximum(bundle.rows @ cloud.points, 0)


def exact_errors(found, dataset):
    """|f(x) - y| at each point, exactly, from the network alone."""
    numerators, denominator = ml.evaluate(found.network, dataset.points)
    outputs = [Fraction(int(v), denominator) for v in numerators[:, 0]]
    if dataset.targets is None:
        values = dataset.labels if found.readout == "value" else 2 * dataset.labels - 1
    else:
        values = dataset.targets
    return [abs(f - Fraction(y)) for f, y in zip(outputs, values.tolist(), strict=True)]


# -- the network is what was measured --------------------------------------------------------------


@pytest.mark.parametrize("variant", METHODS)
def test_the_error_is_that_of_the_network(variant):
    dataset = signs(300, 20)
    found = fit(dataset, variant=variant, relative_error=0.01, tolerance=0.5)
    certificate = ml.verify(found.network, dataset, tolerance=Fraction(1, 2))
    assert certificate.ok
    assert abs(certificate.max_error - Fraction(found.max_error)) <= Fraction(found.float_error)
    errors = exact_errors(found, dataset)
    assert max(errors) == certificate.max_error
    squared = sum(e * e for e in errors) / dataset.N
    assert squared <= Fraction(1, 100)
    assert float(squared) == pytest.approx(found.error, rel=1e-9)
    assert found.error == found.history.error[-1]
    assert found.max_error == found.history.largest[-1]
    assert found.float_error < 1e-6


@pytest.mark.parametrize("variant", METHODS)
def test_the_definition_gives_the_same_outputs(variant):
    dataset = ml.data.ball(N=12, d=3, seed=2)
    network = fit(dataset, variant=variant).network
    numerators, _ = ml.evaluate(network, dataset.points)
    for point, outputs in zip(dataset.integers()[0], numerators.tolist(), strict=True):
        assert reference.evaluate(network, point) == outputs


@pytest.mark.parametrize(
    ("variant", "parameters", "at_a_time"),
    [
        ("ntk", {}, 2),
        ("ntk", {"coarseness": 0.2}, 2),
        ("antisymmetric", {"damp": 0.5}, 2),
        ("harmonic", {}, 2),
        ("harmonic", {"phases": 3}, 3),
        ("harmonic", {"phases": 6, "order": 4}, 6),
        ("hermite", {}, 2),
        ("hermite", {"order": 1, "tau": 0.5}, 2),
    ],
)
def test_the_history(variant, parameters, at_a_time):
    """Neurons are counted, errors fall, and the weight is that of the network."""
    dataset = signs(120, 20)
    found = fit(dataset, variant=variant, relative_error=0.3, **parameters)
    history = found.history
    steps = len(history.neurons)
    assert history.neurons.tolist() == [at_a_time * k for k in range(1, steps + 1)]
    assert len(found.neurons) == found.network.size.neurons == history.neurons[-1]
    assert (np.diff(history.error, prepend=1.0) < 0).all()
    assert (np.diff(history.weight, prepend=0.0) > 0).all()
    assert history.weight[-1] == pytest.approx(two_layer.total_weight(found.network), rel=1e-9)
    assert history.error[-1] <= 0.3 < history.error[-2]
    biased = found.neurons.biases.any()
    assert biased == ("tau" in parameters)


def test_the_weight_with_biases_is_that_of_the_network():
    dataset = ml.data.moons(N=60, noise=0.05, seed=0)
    found = fit(dataset, variant="antisymmetric")
    assert found.neurons.biases.any()
    assert found.history.weight[-1] == pytest.approx(
        two_layer.total_weight(found.network), rel=1e-9
    )


@pytest.mark.parametrize(
    ("variant", "parameters", "neurons", "weight"),
    [
        ("antisymmetric", {}, 13, 11.5),
        ("harmonic", {}, 18.5, 12),
        ("antisymmetric", {"coarseness": 1.0}, 35, 7.9),
        ("hermite", {}, 38, 16.5),
    ],
)
def test_known_sizes(variant, parameters, neurons, weight):
    """Neurons over N/d and W_tot / |y| at N = 1000, d = 50, error 0.1, measured before with other
    seeds."""
    dataset = signs(1000, 50, seed=3)
    found = fit(dataset, variant=variant, relative_error=0.1, **parameters)
    assert len(found.neurons) / 20 == pytest.approx(neurons, rel=0.25)
    assert found.history.weight[-1] / math.sqrt(1000) == pytest.approx(weight, rel=0.25)


def test_coarse_steps_make_small_weights():
    """Exact derivatives need the fewest neurons and weights that are larger by orders."""
    dataset = signs(400, 30)
    exact, coarse = (fit(dataset, variant=v, relative_error=0.1) for v in ("ntk", "antisymmetric"))
    assert len(exact.neurons) < len(coarse.neurons)
    assert exact.history.weight[-1] > 50 * coarse.history.weight[-1]


def test_damping_takes_a_part_of_the_step():
    """Of the same first step, the part 1 - (1 - damp)^2 of what it would remove."""
    dataset = signs(100, 10)
    options = {"variant": "antisymmetric", "relative_error": 0.2, "rounding_bits": 48}
    whole, damped = fit(dataset, **options), fit(dataset, damp=0.25, **options)
    removed = [1 - found.history.error[0] for found in (whole, damped)]
    assert removed[1] == pytest.approx((1 - 0.75**2) * removed[0], rel=1e-9)
    assert damped.history.weight[0] == pytest.approx(whole.history.weight[0] / 4, rel=1e-9)
    assert len(damped.neurons) > len(whole.neurons)
    assert damped.history.weight[-1] < whole.history.weight[-1]


@pytest.mark.parametrize("variant", METHODS)
def test_the_bound_on_rounding_follows_the_total_weight(variant):
    """Each of the d products of a preactivation is rounded; the theorem, which lets all neurons be
    summed in any order, allows for more."""
    dataset = signs(200, 20)
    found = fit(dataset, variant=variant)
    weight = two_layer.total_weight(found.network)
    assert 20 * 2.0**-53 * weight < found.float_error
    assert found.float_error < two_layer.rounding_bound(
        found.network, dataset.radius, rounded_weights=False
    )


def test_few_bits_cost_little():
    """The residual is that of the rounded network, so the next steps make up for the rounding."""
    dataset = signs(300, 20)
    options = {"variant": "antisymmetric", "relative_error": 0.1}
    found = {b: fit(dataset, rounding_bits=b, **options) for b in (4, 10, 24)}
    assert len(found[4].neurons) <= 1.2 * len(found[24].neurons)
    longest = {b: int(np.abs(f.neurons.rows).max()).bit_length() for b, f in found.items()}
    assert longest[4] < 10 and 24 <= longest[24] < 30
    assert longest[10] - longest[4] == longest[24] - longest[10] - 8 == 6
    outer = [a.numerator.bit_length() for a in found[4].neurons.outer]
    assert max(outer) <= 4
    certificate = ml.verify(found[10].network, dataset, tolerance=ANY)
    assert certificate.arithmetic == "float64 below 2^53"


# -- the steps of the theorems ---------------------------------------------------------------------


@pytest.mark.proves("thm-two_layer-ntk")
def test_gates_remove_what_the_kernel_promises():
    """E <r, g> = r^T H r; with the step size 1 / lambda at least r^T H r / lambda is removed."""
    dataset = signs(200, 20)
    step, cloud = Step(None), on_cloud(dataset)
    r = dataset.targets.astype(float)
    gram = cloud.points.T @ cloud.points
    top = np.linalg.eigvalsh(gram)[-1]
    H = two_layer.gate_kernel(np.clip(gram / np.outer(cloud.norms, cloud.norms), -1, 1))
    promised = r @ (H * np.outer(cloud.norms, cloud.norms)) @ r
    inner, left = [], []
    for draw in draws(step, cloud, 2000):
        g = function(step.bundle(cloud, r, draw), cloud)
        inner.append(r @ g)
        left.append((r - g / top) @ (r - g / top) / (r @ r))
    error = np.std(inner) / math.sqrt(len(inner))
    assert abs(np.mean(inner) - promised) < 4 * error < 0.1 * promised
    removed, error = 1 - np.mean(left), np.std(left) / math.sqrt(len(left))
    assert removed - 4 * error > promised / (top * (r @ r))
    least = np.linalg.eigvalsh(H)[0]
    assert removed - 4 * error > least / top > 0


def test_the_best_step_size_removes_more():
    """Over seeds, the first step of a fit beats the promise for fixed steps."""
    dataset = signs(200, 20)
    spread = two_layer.dispersion(dataset)
    fits = (fit(dataset, variant="ntk", seed=s, relative_error=0.9) for s in range(40))
    first = [1 - found.history.error[0] for found in fits]
    assert np.mean(first) - 4 * np.std(first) / math.sqrt(40) > spread.contraction


def test_the_exact_pair_is_a_gated_linear_map():
    dataset = signs(50, 6)
    step, cloud = Step(None), on_cloud(dataset)
    r = dataset.targets.astype(float)
    for draw in draws(step, cloud, 20):
        v = step.direction(cloud, r, draw)
        gate = draw.products[0] > 0
        assert v == pytest.approx(cloud.points @ (gate * r))
        g = function(step.bundle(cloud, r, draw), cloud)
        assert g == pytest.approx(gate * (v @ cloud.points), rel=1e-6, abs=1e-6)


@pytest.mark.proves("thm-two_layer-hermite")
@pytest.mark.parametrize(("order", "tau", "number"), [(1, 1.0, 1500), (3, 1.0, 6000)])
def test_hermite_steps_remove_what_the_theorem_promises(order, tau, number):
    """With the largest h that it admits and its step size; and they weigh no more."""
    dataset = signs(60, 100, seed=1)
    spread = two_layer.hermite_dispersion(dataset, order, tau)
    step = HermiteStep(1.0, order, tau=tau)
    cloud = on_cloud(dataset, bias=True)
    r = dataset.targets.astype(float)
    # in units of the radius: v is a multiple of it, and so are g's values of its square
    radius = cloud.size
    h = two_layer.hermite_step(spread, r) / radius
    left, weights = [], []
    for draw in draws(step, cloud, number):
        v = step.direction(cloud, r, draw)
        assert v[-1] == 0
        bundle = step.difference(draw.u[0], v, h)
        g = function(bundle, cloud) / radius**2
        left.append(np.sum((r - spread.rate * g) ** 2) / (r @ r))
        rows = bundle.rows * ([1.0] * 100 + [cloud.constant / radius])
        outer = spread.rate * bundle.outer / radius
        weights.append(np.abs(outer) @ np.linalg.norm(rows, axis=1))
    removed, error = 1 - np.mean(left), np.std(left) / math.sqrt(number)
    assert removed - 3 * error > spread.contraction > 0
    assert np.mean(weights) < two_layer.step_weight(spread, r)
    assert np.mean(weights) > 0.5 * two_layer.step_weight(spread, r)


def test_biases_of_hermite_steps():
    step = HermiteStep(0.3, 3, tau=0.25)
    cloud = on_cloud(signs(40, 5), bias=True)
    u, _ = drawn(step, cloud, 0, 0, 4000)
    biases = u[:, 0, -1] * cloud.constant / cloud.size
    assert np.std(biases) == pytest.approx(0.25, rel=0.1)


def test_two_phases_are_the_antisymmetric_pair_along_the_real_part():
    dataset = signs(40, 8)
    cloud, r = on_cloud(dataset), dataset.targets.astype(float)
    for order in (2, 4):
        step = HarmonicStep(0.3, order)
        for draw in draws(step, cloud, 10):
            theta = np.arctan2(draw.products[1], draw.products[0])
            v = (cloud.points * r) @ np.exp(-1j * (order - 1) * theta)
            h = 0.3 * cloud.size / math.sqrt(np.mean((v.real @ cloud.points) ** 2))
            pair = step.bundle(cloud, r, draw)
            expected = TwoSided(0.3).difference(draw.u[0], v.real, h)
            assert pair.rows == pytest.approx(expected.rows)
            assert pair.outer == pytest.approx(expected.outer)
            circle = step.circle(draw.u[0], v.real, v.imag, h, 0.0)
            assert circle.rows == pytest.approx(expected.rows)
            assert circle.outer == pytest.approx(expected.outer)


@pytest.mark.parametrize("phases", [3, 4, 5])
def test_phases_average_out_what_is_not_of_first_order(phases):
    """For a step so small that no neuron changes its sign, what stays is half the real part of
    <v, x> behind the gate, whatever the angle."""
    dataset = signs(30, 6)
    step, cloud = HarmonicStep(1e-6, 2, phases), on_cloud(dataset)
    r = dataset.targets.astype(float)
    for draw in draws(step, cloud, 10):
        real, imaginary = step.parts(cloud, r, draw)
        theta = np.arctan2(draw.products[1], draw.products[0])
        v = (cloud.points * r) @ np.exp(-1j * theta)
        assert real + 1j * imaginary == pytest.approx(v)
        g = function(step.bundle(cloud, r, draw), cloud)
        assert g == pytest.approx((draw.products[0] > 0) * (real @ cloud.points) / 2, abs=1e-3)


def test_antisymmetric_pairs_have_no_second_order():
    """On open gates both are linear, so the error sits at the kink: one point, by hand."""
    v, u = np.array([1.0]), np.array([1.0])
    cloud = on_cloud(ml.Dataset([[1.0]], targets=[1]))
    x = float(cloud.points[0, 0])
    for h, one, two in [(0.5, x, x), (2.0, x, 0.75 * x)]:  # relu(1 + h), relu(1 - h)
        assert function(Step(1.0).difference(u, v, h), cloud)[0] == pytest.approx(one)
        assert function(TwoSided(1.0).difference(u, v, h), cloud)[0] == pytest.approx(two)


@pytest.mark.parametrize("variant", METHODS)
def test_coarseness_is_the_mean_move(variant):
    dataset = signs(100, 10)
    step = METHODS[variant](coarseness=0.2).step()
    cloud, r = on_cloud(dataset), dataset.targets.astype(float)
    for draw in draws(step, cloud, 5):
        rows = step.bundle(cloud, r, draw).rows
        sides = 1 if variant == "ntk" else 2
        moves = (rows[0] - rows[1]) @ cloud.points / (sides * cloud.norms)
        assert math.sqrt(np.mean(moves**2)) == pytest.approx(0.2)


def test_multipliers():
    t = np.linspace(-3, 3, 7)
    assert hermite(1, t) == pytest.approx(t)
    assert hermite(3, t) == pytest.approx((t**3 - 3 * t) / math.sqrt(6))
    assert hermite(5, t) == pytest.approx((t**5 - 10 * t**3 + 15 * t) / math.sqrt(120))
    x, y = np.array([1.0, -2.0, 0.5]), np.array([0.3, 1.0, -4.0])
    for k in (1, 2, 5):
        cosine, sine = harmonic(k, x, y)
        assert cosine + 1j * sine == pytest.approx(((x + 1j * y) / abs(x + 1j * y)) ** k)


@pytest.mark.parametrize("variant", METHODS)
def test_the_kernel_is_the_mean_over_draws(variant):
    dataset = signs(4, 3, seed=5)
    step = METHODS[variant]().step()
    cloud = on_cloud(dataset)
    directions = cloud.points / cloud.norms
    r, found = np.array([1.0, -2.0, 0.5, 1.5]), []
    for draw in draws(step, cloud, 4000):
        if variant == "harmonic":
            real, imaginary = step.parts(cloud, r, draw)
            found.append(real @ real + imaginary @ imaginary)
        else:
            v = step.direction(cloud, r, draw)
            found.append(v @ v)
    scale = cloud.size**2
    expected = scale * r @ step.kernel(np.clip(directions.T @ directions, -1, 1)) @ r
    assert abs(np.mean(found) - expected) < 4 * np.std(found) / math.sqrt(len(found))
    assert np.std(found) / math.sqrt(len(found)) < 0.2 * expected


def test_rounding_to_a_grid():
    bundle = Bundle(np.array([[1.0, -0.3], [1.1, -0.2]]), np.array([1.0, -1.0]), spread=0.1)
    rows, exponent = rounded(bundle, 8)
    assert exponent == -11 and rows.tolist() == [[2048, -614], [2253, -410]]
    tiny = Bundle(np.array([[1.0, 0.5]]), np.array([1.0]), spread=2.0**-60)
    rows, exponent = rounded(tiny, 24)
    assert exponent == -51 and rows.tolist() == [[2**51, 2**50]]


# -- points and values of all kinds ----------------------------------------------------------------


@pytest.mark.parametrize("variant", METHODS)
@pytest.mark.parametrize("classes", [1, 2, 3, 5])
def test_labels_are_memorized(variant, classes):
    dataset = ml.data.ball(N=40, d=10, classes=classes, seed=classes)
    found = fit(dataset, variant=variant)
    readout = "sign" if classes <= 2 else "value"
    tolerance = 0 if classes <= 2 else Fraction(2, 5)
    certificate = ml.verify(found.network, dataset, tolerance=tolerance)
    assert certificate.ok and found.network.readout == readout
    if classes == 1:
        assert len(found.neurons) == 0 and found.network.size.neurons == 0
    else:
        assert certificate.slack >= Fraction(1, 10)


def test_one_of_several_classes_is_a_constant():
    found = fit(ml.Dataset([[0.0], [1.0]], [2, 2], classes=4), variant="ntk")
    assert found.offset == 2 and len(found.neurons) == 0 and found.history.neurons.tolist() == []
    assert ml.predict(found.network, np.array([[0.0], [7.0]])).tolist() == [2, 2]


@pytest.mark.parametrize("variant", METHODS)
@pytest.mark.parametrize(
    ("points", "targets"),
    [
        ([[0.5, 1.0]], [3.0]),
        ([[0.0, 0.0]], [-7]),
        ([[0.0, 0.0], [1.0, 1.0]], [0, 0]),
        ([[1.0, 0.0], [-1.0, 0.0]], [1, -1]),
        ([[1.0], [-1.0]], [1, -1]),
        ([[0.0], [1.0], [2.0]], [1, -1, 1]),
        ([[0, 0], [0, 1], [1, 0], [1, 1], [1, 1]], [0, 1, 1, 0, 0]),
        ([[2**70, 0], [2**70 + 2**40, 1], [2**70, 2**41]], [Fraction(1, 3), 10**25, -(10**25)]),
        ([[2.0**-300, 2.0**-301], [2.0**-301, 2.0**-303]], [2.0**90, -(2.0**89)]),
        ([[1e-300, 1.0], [1.0, 2.0], [2.0, 0.1]], [1, 2, 3]),
        ([[1e6, 1e6], [1e6 + 1, 1e6], [1e6, 1e6 + 1]], [1.5, -0.5, 2.5]),
        (np.eye(3, 40), [1.0, -2.0, 0.25]),
    ],
)
def test_small_and_hostile_points(variant, points, targets):
    wide = any(isinstance(v, int) and v > 2**62 for row in points for v in list(row))
    dataset = ml.Dataset(np.array(points, dtype=object if wide else None), targets=targets)
    found = fit(dataset, variant=variant)
    certificate = ml.verify(found.network, dataset, tolerance=ANY)
    assert abs(certificate.max_error - Fraction(found.max_error)) <= Fraction(found.float_error)
    squared = sum(e * e for e in exact_errors(found, dataset.distinct()))
    assert squared <= sum(Fraction(t) ** 2 for t in dataset.distinct().targets.tolist()) / 100


@pytest.mark.parametrize("name", sorted(hostile))
@pytest.mark.parametrize("N", [2, 3, 9])
def test_hostile_data(name, N):
    dataset = hostile[name](N, seed=N)
    try:
        found = fit(dataset, variant="ntk", neurons=2000)
    except ml.MemorizationError as error:
        assert str(error).split(":")[0] in ("dataset", "neurons")  # refused, and it is said why
        assert name in ("mixed_scales", "moment_curve")
        return
    tolerance = 0 if found.readout == "sign" else Fraction(2, 5)
    assert ml.verify(found.network, dataset, tolerance=tolerance).ok


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_tracked_errors_are_within_their_bound(data):
    d = data.draw(st.integers(1, 4))
    coordinate = st.one_of(st.integers(-3, 3), st.sampled_from([0.5, -0.25, 2.0**-10, 1e5]))
    points = data.draw(st.lists(st.tuples(*[coordinate] * d), min_size=1, max_size=10, unique=True))
    targets = data.draw(st.lists(st.fractions(-9, 9), min_size=len(points), max_size=len(points)))
    dataset = ml.Dataset(np.array(points, dtype=float), targets=targets)
    variant = data.draw(st.sampled_from(list(METHODS)))
    bits = data.draw(st.integers(1, 48))
    try:
        found = fit(dataset, variant=variant, rounding_bits=bits, relative_error=0.5, neurons=200)
    except ml.ConstructionFailed:
        return  # two points of very different norms look much the same from far away
    certificate = ml.verify(found.network, dataset, tolerance=ANY)
    assert abs(certificate.max_error - Fraction(found.max_error)) <= Fraction(found.float_error)


def test_repeated_points_are_fitted_once():
    dataset = signs(30, 6)
    twice = ml.Dataset(np.tile(dataset.points, (2, 1)), targets=np.tile(dataset.targets, 2))
    once, again = (fit(data, variant="antisymmetric") for data in (dataset, twice))
    assert once.network == again.network
    assert ml.verify(again.network, twice, tolerance=0.5).ok


def test_no_neurons_where_none_are_needed():
    found = fit(signs(10, 3), variant="ntk", tolerance=2)
    assert len(found.neurons) == 0 and found.max_error == found.error == 1
    assert ml.verify(found.network, signs(10, 3), tolerance=1).ok


def test_a_scale_changes_nothing():
    """Powers of two for points and targets only move exponents."""
    dataset = signs(60, 10)
    scaled = ml.Dataset(dataset.points * 2.0**30, targets=dataset.targets * 2.0**-20)
    for variant in METHODS:
        one, other = (fit(data, variant=variant) for data in (dataset, scaled))
        assert one.history.error.tolist() == other.history.error.tolist()
        assert other.max_error == math.ldexp(one.max_error, -20)
        assert other.float_error == math.ldexp(one.float_error, -20)
        assert other.history.weight == pytest.approx(one.history.weight * 2.0**-50)


def test_clusters_far_from_the_origin_are_centred():
    dataset = ml.data.ball(N=60, d=8, seed=1)
    far = ml.Dataset(dataset.points + 2.0**10, dataset.labels)
    cloud = on_cloud(far)
    assert cloud.constant > 0 and np.abs(cloud.origin).min() > 100
    near, moved = fit(dataset, variant="antisymmetric"), fit(far, variant="antisymmetric")
    assert len(moved.neurons) < 2 * len(near.neurons)
    assert ml.verify(moved.network, far).ok


def test_points_on_a_sphere_get_no_biases_and_others_do():
    sphere = signs(40, 4)
    assert on_cloud(sphere).constant == 0
    both = ml.Dataset(np.concatenate([sphere.points, -sphere.points]), targets=np.arange(80))
    assert on_cloud(both).constant > 0  # f(x) - f(-x) is linear without biases
    coarse = sphere.rounded(20)
    near = np.concatenate([coarse.points, (1 + 2.0**-11) * coarse.points[:1]])
    assert on_cloud(ml.Dataset(near, targets=np.arange(41))).constant > 0  # f(cx) = c f(x), c > 0
    near[-1, 0] += 2.0**-30
    assert on_cloud(ml.Dataset(near, targets=np.arange(41))).constant == 0
    many = fit(both, variant="ntk", relative_error=0.1)
    assert ml.verify(many.network, both, tolerance=1.01 * many.max_error)
    assert on_cloud(ml.data.ball(N=40, d=4, seed=0)).constant > 0
    assert on_cloud(ml.Dataset([[1.0, 2.0]], [0])).constant == 0
    with_origin = ml.Dataset(np.concatenate([sphere.points, np.zeros((1, 4))]), [0] * 41)
    assert on_cloud(with_origin).constant > 0


def test_directions_that_give_no_step_are_redrawn():
    """With a single point half of the gates are closed."""
    point = ml.Dataset([[0.6, 0.8]], targets=[1])
    found = [fit(point, variant="ntk", relative_error=1e-4, seed=seed) for seed in range(60)]
    assert 30 < sum(f.redrawn for f in found) < 90  # a geometric number each, of mean 1
    assert all(len(f.neurons) == 2 * len(f.history.error) for f in found)
    assert all(ml.verify(f.network, point, tolerance=0.01).ok for f in found)


# -- goals and failures ----------------------------------------------------------------------------


def test_the_goals():
    dataset = signs(100, 10)
    squared = fit(dataset, variant="antisymmetric", relative_error=0.2)
    assert squared.error <= 0.2 and squared.max_error > 0.5
    largest = fit(dataset, variant="antisymmetric", tolerance=0.5)
    assert largest.max_error <= 0.5 and largest.error > 0.01
    default = fit(dataset, variant="antisymmetric")
    assert default.error <= 0.01 < default.history.error[-2]
    both = fit(dataset, variant="antisymmetric", relative_error=0.01, tolerance=0.05)
    assert both.error <= 0.01 and both.max_error <= 0.05 < both.history.largest[-2]
    assert len(both.neurons) > len(default.neurons)


def test_labels_are_right_whatever_the_error():
    """A large error is no excuse for a wrong label; a small one is met beyond that."""
    dataset = ml.data.sphere(N=100, d=10, seed=0)
    loose, plain, close = (
        fit(dataset, variant="antisymmetric", relative_error=e) for e in (0.9, None, 1e-4)
    )
    assert len(loose.neurons) == len(plain.neurons) < len(close.neurons)
    assert close.error <= 1e-4
    assert all(ml.verify(f.network, dataset).ok for f in (loose, plain, close))


def test_smaller_errors_are_reached():
    found = fit(signs(100, 20), variant="antisymmetric", relative_error=1e-10)
    assert found.error <= 1e-10
    squared = sum(e * e for e in exact_errors(found, signs(100, 20)))
    assert squared <= Fraction(100, 10**10)


def test_a_cap_is_reported_with_what_was_reached():
    with pytest.raises(ml.ConstructionFailed) as failure:
        fit(signs(100, 10), variant="antisymmetric", neurons=21)
    text = str(failure.value)
    assert text.startswith("neurons: 20 of at most 21 are used up")
    spread = two_layer.dispersion(signs(100, 10))
    assert f"lambda = {spread.largest:.4g}, mu = {spread.least:.3g}" in text
    reached = float(text.split("relative squared error is ")[1].split(",")[0])
    enough = fit(signs(100, 10), variant="antisymmetric", relative_error=reached * 1.001)
    assert len(enough.neurons) == 20
    with pytest.raises(ml.ConstructionFailed, match=r"^neurons: 0 of at most 1 "):
        fit(signs(100, 10), variant="antisymmetric", neurons=1)


def test_many_points_are_told_lambda_only():
    with pytest.raises(ml.ConstructionFailed, match=r"lambda = \d") as failure:
        fit(signs(1200, 5), variant="hermite", neurons=2)
    assert "mu" not in str(failure.value)


def test_what_rounding_forbids_is_refused():
    with pytest.raises(ml.ConstructionFailed, match=r"^relative_error, tolerance: in float64"):
        fit(signs(20, 10), variant="antisymmetric", relative_error=1e-30)
    with pytest.raises(ml.ConstructionFailed, match=r"^relative_error, tolerance: in float64"):
        fit(signs(20, 10), variant="ntk", tolerance=1e-16)


def test_what_floats_cannot_see_is_refused():
    """Points at relative distances of 2^-40 give kernels that are singular in float64."""
    dataset = hostile["mixed_scales"](3, seed=3)
    for variant in ("antisymmetric", "harmonic", "hermite"):
        with pytest.raises(ml.ConstructionFailed, match=r"^dataset: 1000 directions .* mu = 0"):
            fit(dataset, variant=variant)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"variant": "ntK"}, "variant: one of"),
        ({"variant": None}, "variant: one of"),
        ({"variant": ["ntk"]}, "variant: one of"),
        ({"seed": -1}, "seed: "),
        ({"seed": 1.5}, "seed: "),
        ({"relative_error": 0}, "relative_error: a number above 0 and below 1 is needed, got 0"),
        ({"relative_error": 1}, "relative_error: "),
        ({"relative_error": math.nan}, "relative_error: "),
        ({"relative_error": "0.1"}, "relative_error: "),
        ({"relative_error": Fraction(1, 10**400)}, "relative_error: "),
        ({"tolerance": 0}, "tolerance: a finite number > 0"),
        ({"tolerance": -1}, "tolerance: "),
        ({"tolerance": math.inf}, "tolerance: "),
        ({"coarseness": 0}, "coarseness: "),
        ({"coarseness": -0.3}, "coarseness: "),
        ({"coarseness": math.nan}, "coarseness: "),
        ({"coarseness": 1e300}, "coarseness: "),
        ({"coarseness": "fine"}, "coarseness: "),
        ({"damp": 0}, "damp: a number above 0 and at most 1 is needed, got 0"),
        ({"damp": 1.01}, "damp: "),
        ({"damp": math.nan}, "damp: "),
        ({"order": 3}, "order: it means nothing to 'two_layer.antisymmetric'"),
        ({"phases": 2}, "phases: it means nothing to 'two_layer.antisymmetric'"),
        ({"tau": 0.5}, "tau: it means nothing to 'two_layer.antisymmetric'"),
        ({"variant": "harmonic", "order": 3}, "order: harmonic steps of odd order"),
        ({"variant": "harmonic", "order": 0}, "order: "),
        ({"variant": "harmonic", "order": 66}, "order: at most 64"),
        ({"variant": "harmonic", "phases": 1}, "phases: "),
        ({"variant": "harmonic", "phases": 2.0}, "phases: "),
        ({"variant": "harmonic", "phases": 10**9}, "phases: at most 1024"),
        ({"variant": "harmonic", "tau": 1}, "tau: it means nothing"),
        ({"variant": "hermite", "order": 2}, "order: Hermite steps of even order"),
        ({"variant": "hermite", "order": -1}, "order: "),
        ({"variant": "hermite", "order": "3"}, "order: "),
        ({"variant": "hermite", "phases": 2}, "phases: it means nothing"),
        ({"variant": "hermite", "tau": 0}, "tau: "),
        ({"variant": "hermite", "tau": -1}, "tau: "),
        ({"variant": "hermite", "tau": math.nan}, "tau: "),
        ({"neurons": 0}, "neurons: "),
        ({"neurons": 1e3}, "neurons: "),
        ({"rounding_bits": 0}, "rounding_bits: "),
        ({"rounding_bits": 49}, "rounding_bits: at most 48"),
        ({"rounding_bits": True}, "rounding_bits: "),
        ({"checkpoint": 7}, "checkpoint: the path of a file"),
        ({"checkpoint": "/no/such/folder/x"}, "checkpoint: there is no folder"),
    ],
)
def test_arguments_that_are_refused(parameters, message):
    with pytest.raises(ml.InvalidArgument) as refused:
        fit(signs(5, 3), **({"variant": "antisymmetric"} | parameters))
    assert str(refused.value).startswith(message)


def test_data_that_are_refused():
    with pytest.raises(ml.InvalidArgument, match=r"^dataset: a Dataset is needed, got \["):
        fit([[1.0, 2.0]], variant="ntk")
    labelled = ml.data.sphere(N=5, d=3, classes=2, seed=0)
    with pytest.raises(ml.InvalidArgument, match=r"^tolerance: below 1 every label is right"):
        fit(labelled, variant="ntk", tolerance=1)
    several = ml.data.sphere(N=6, d=3, classes=3, seed=0)
    with pytest.raises(ml.InvalidArgument, match=r"^tolerance: below 1/2 every label is right"):
        fit(several, variant="ntk", tolerance=0.5)
    for points, targets in [
        ([[2.0**500]], [1]),
        ([[2.0**-500]], [1]),
        ([[1.0]], [2**500]),
        ([[1.0]], [Fraction(1, 2**500)]),
    ]:
        with pytest.raises(ml.HypothesisViolated, match=r"^dataset: the largest .* power of two"):
            fit(ml.Dataset(np.array(points), targets=targets), variant="ntk")
    with pytest.raises(ml.HypothesisViolated, match=r"^tau: it is for points of equal norms"):
        fit(ml.Dataset([[1.0], [3.0]], [0, 1]), variant="hermite", tau=1)


def test_data_that_do_not_fit_into_memory_are_refused(monkeypatch):
    monkeypatch.setattr("mem_lib._base.memory.physical_memory", lambda: 10_000)
    with pytest.raises(ml.TooLarge, match=r"^dataset: a fit of 100 points"):
        fit(signs(100, 5), variant="ntk")


# -- the same again, elsewhere, and later ----------------------------------------------------------


def test_the_seed_decides():
    dataset = signs(60, 8)
    one, again, other = (fit(dataset, variant="harmonic", seed=s, phases=3) for s in (4, 4, 5))
    assert one.network == again.network and one.network != other.network
    assert one.network.about["variant"] == "harmonic" and one.network.about["phases"] == 3


def test_the_bar(capsys):
    fit(signs(60, 8), variant="ntk", progress=True)
    assert "fit: 100%" in capsys.readouterr().err
    fit(signs(60, 8), variant="ntk", progress=False)
    assert capsys.readouterr().err == ""


def interrupted(monkeypatch, after, every=0.0):
    """Let the next fit be interrupted after so many draws; returns the numbers of the draws."""
    advance, drawn_ = run.Run._advance, []

    def stopping(self):
        if len(drawn_) == after:
            raise KeyboardInterrupt
        drawn_.append(self.state.draws)
        advance(self)

    monkeypatch.setattr(run.Run, "_advance", stopping)
    monkeypatch.setattr(file, "EVERY", every)
    return drawn_


@pytest.mark.parametrize("variant", METHODS)
@pytest.mark.parametrize(("after", "every"), [(0, 9.0), (5, 0.0), (70, 9.0)])
def test_a_fit_goes_on_after_an_interruption(variant, after, every, monkeypatch, tmp_path):
    dataset, path = ml.data.ball(N=150, d=10, seed=3), tmp_path / "fit.npz"
    whole = fit(dataset, variant=variant, relative_error=0.01)
    assert len(whole.history.error) > 75
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        interrupted(patch, after, every)
        fit(dataset, variant=variant, relative_error=0.01, checkpoint=path)
    assert path.exists()
    with monkeypatch.context() as patch:
        numbers = interrupted(patch, 10**9, every)
        resumed = fit(dataset, variant=variant, relative_error=0.01, checkpoint=path)
    assert numbers[0] == after
    assert resumed.network == whole.network
    assert (resumed.redrawn, resumed.float_error) == (whole.redrawn, whole.float_error)
    for name in ("neurons", "error", "largest", "weight"):
        assert (getattr(resumed.history, name) == getattr(whole.history, name)).all()
    assert not path.exists()


def test_a_kill_loses_what_was_not_written_only(monkeypatch, tmp_path):
    """The file is written while the fit runs: a copy made in the middle goes on as well."""
    dataset, path, copy = signs(100, 10), tmp_path / "fit.npz", tmp_path / "copy.npz"
    advance = run.Run._advance

    def copying(self):
        advance(self)
        if self.state.draws == 9:
            copy.write_bytes(path.read_bytes())

    with monkeypatch.context() as patch:
        patch.setattr(file, "EVERY", 0.0)
        patch.setattr(file, "PART", math.inf)
        patch.setattr(run.Run, "_advance", copying)
        whole = fit(dataset, variant="antisymmetric", checkpoint=path)
    with monkeypatch.context() as patch:
        numbers = interrupted(patch, 10**9)
        assert fit(dataset, variant="antisymmetric", checkpoint=copy).network == whole.network
    assert numbers[0] == 8


def test_a_fit_that_failed_goes_on_with_more_neurons(tmp_path):
    dataset, path = signs(100, 10), tmp_path / "fit.npz"
    with pytest.raises(ml.ConstructionFailed):
        fit(dataset, variant="antisymmetric", neurons=40, checkpoint=path)
    found = fit(dataset, variant="antisymmetric", relative_error=0.02, checkpoint=path)
    assert found.network == fit(dataset, variant="antisymmetric", relative_error=0.02).network


def test_checkpoints_of_other_runs_are_refused_and_kept(tmp_path):
    dataset, path = signs(60, 8), tmp_path / "fit.npz"
    with pytest.raises(ml.ConstructionFailed):
        fit(dataset, variant="harmonic", neurons=8, checkpoint=path)
    content = path.read_bytes()
    for told, changed in [
        ("seed", {"seed": 1}),
        ("phases", {"phases": 3}),
        ("coarseness", {"coarseness": 0.2}),
        ("damp", {"damp": 0.5}),
        ("bits", {"rounding_bits": 11}),
    ]:
        with pytest.raises(ml.InvalidCertificate, match=f"belongs to another run: its {told}"):
            fit(dataset, variant="harmonic", checkpoint=path, **changed)
    with pytest.raises(ml.InvalidCertificate, match="its variant is 'harmonic', this run has"):
        fit(dataset, variant="hermite", checkpoint=path)
    with pytest.raises(ml.InvalidCertificate, match="its dataset"):
        fit(signs(60, 8, seed=1), variant="harmonic", checkpoint=path)
    assert path.read_bytes() == content


def test_an_exact_pair_is_no_coarse_one(tmp_path):
    dataset, path = signs(60, 8), tmp_path / "fit.npz"
    with pytest.raises(ml.ConstructionFailed):
        fit(dataset, variant="ntk", coarseness=0.1, neurons=8, checkpoint=path)
    with pytest.raises(ml.InvalidCertificate, match=r"its coarseness is 0\.1, this run has None"):
        fit(dataset, variant="ntk", checkpoint=path)


def test_a_seed_of_any_length_is_told():
    dataset = signs(20, 10)
    for seed, told in ((2**53 - 1, 2**53 - 1), (2**53, hex(2**53)), (10**400, hex(10**400))):
        network = fit(dataset, variant="antisymmetric", relative_error=0.5, seed=seed).network
        assert network.about["seed"] == told
        assert ml.Network.from_json(network.to_json()) == network


def foreign_files(path, content):
    """Files that are no checkpoint of a fit of 60 points."""
    yield b""
    yield b"some text\n"
    yield content[: len(content) // 2]
    yield content[:-1]
    yield b"x,y,label\n0.5,1,yes\n"
    flags = bytearray(content)  # of the first file, in its own header and in the directory
    for header, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        flags[content.index(header) + place] |= 1
    yield bytes(flags)  # encrypted
    with np.load(path) as file:
        arrays = dict(file)
    for name in ("about", "rows", "counts", "output"):
        yield {key: value for key, value in arrays.items() if key != name}
    yield {"x": np.arange(3)}
    yield arrays | {"about": np.array("[]")}
    yield arrays | {"about": np.array("{")}
    yield arrays | {"about": np.array(json.dumps({"format": "other"}))}
    yield arrays | {"about": np.array([json.dumps(1)], dtype=object)}
    yield arrays | {"rows": arrays["rows"][1:]}
    yield arrays | {"outer": arrays["outer"].astype(np.float32)}
    yield arrays | {"output": arrays["output"][1:]}
    yield arrays | {"counts": np.array([5, 2, 0])}
    yield arrays | {"counts": np.array([4, 4])}
    yield arrays | {"sums": np.array([[0.0]])}


def test_foreign_files_are_refused_and_kept(tmp_path):
    dataset, path = signs(60, 8), tmp_path / "fit.npz"
    with pytest.raises(ml.ConstructionFailed):
        fit(dataset, variant="antisymmetric", neurons=8, checkpoint=path)
    for wrong in list(foreign_files(path, path.read_bytes())):
        if isinstance(wrong, bytes):
            path.write_bytes(wrong)
        else:
            np.savez(path, **wrong)
        content = path.read_bytes()
        with pytest.raises(
            ml.InvalidCertificate, match=r"^checkpoint: .* is not a checkpoint"
        ) as refused:
            fit(dataset, variant="antisymmetric", checkpoint=path)
        assert "unsafe" not in str(refused.value) and path.read_bytes() == content


@pytest.fixture
def torch():
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)  # small tensors; several threads would fight over the cores
    return torch


@pytest.mark.parametrize("variant", METHODS)
def test_tensors_give_the_same(variant, torch):
    dataset = signs(200, 20)
    here = fit(dataset, variant=variant)
    there = fit(dataset, variant=variant, device="cpu")
    assert len(here.neurons) == len(there.neurons)
    assert here.history.error == pytest.approx(there.history.error, rel=1e-6)
    assert here.max_error == pytest.approx(there.max_error, rel=1e-6)
    certificate = ml.verify(there.network, dataset, tolerance=ANY)
    assert abs(certificate.max_error - Fraction(there.max_error)) <= Fraction(there.float_error)


def test_tensors_for_all_kinds_of_steps(tmp_path, torch):
    ball, sphere = ml.data.ball(N=30, d=6, seed=0), signs(30, 6)
    for dataset, variant, parameters in [
        (ball, "antisymmetric", {}),
        (ball, "harmonic", {"phases": 3}),
        (sphere, "hermite", {"tau": 1.0}),
        (ml.Dataset(np.eye(4, 30), targets=[1, -1, 1, 1]), "antisymmetric", {}),
    ]:
        here = fit(dataset, variant=variant, **parameters)
        path = tmp_path / "fit.npz"
        with pytest.raises(ml.ConstructionFailed, match="lambda"):
            fit(dataset, variant=variant, device="cpu", checkpoint=path, neurons=3, **parameters)
        there = fit(dataset, variant=variant, device="cpu", checkpoint=path, **parameters)
        assert here.history.error == pytest.approx(there.history.error, rel=1e-6)


def test_on_a_gpu(torch):
    if not torch.cuda.is_available():
        pytest.skip("there is no GPU")
    dataset = signs(500, 20)
    for variant in METHODS:
        here = fit(dataset, variant=variant)
        there = fit(dataset, variant=variant, device="cuda")
        assert here.history.error == pytest.approx(there.history.error, rel=1e-6)
        certificate = ml.verify(there.network, dataset, tolerance=ANY)
        assert abs(certificate.max_error - Fraction(there.max_error)) <= Fraction(there.float_error)


def test_devices_that_are_not_there(torch):
    for name in ("cuda:99", "tpu", 7):
        with pytest.raises(ml.InvalidArgument, match=r"^device: "):
            fit(signs(5, 3), variant="ntk", device=name)
    if not torch.cuda.is_available():
        same = fit(signs(20, 5), variant="ntk", device="auto")
        assert same.network == fit(signs(20, 5), variant="ntk").network


@pytest.mark.proves("thm-two_layer-hybrid")
@pytest.mark.parametrize("N, d", [(7, 3), (40, 10), (60, 20)])
def test_the_corrected_fit_is_exact_and_light(N, d):
    """The neurons of a fit and 2 ceil(N/(d+1)) more; exact; and what the correction adds to the
    total weight fades with the error of the fit, since strips are homogeneous in their values
    (``test_strips_scale_with_powers_of_two``)."""
    dataset = signs(N, d)
    added = []
    for error in (1e-2, 1e-6, 1e-10):
        fit = two_layer.fit(dataset, variant="antisymmetric", relative_error=error)
        network = two_layer.build(dataset, variant="hybrid", relative_error=error)
        certificate = ml.verify(network, dataset)
        assert certificate.ok and certificate.max_error == 0
        assert network.size.neurons == len(fit.neurons) + two_layer.bound(dataset).neurons
        total = two_layer.total_weight(fit.network)
        added.append(two_layer.total_weight(network) - total)
        assert ml.verify(fit.network, dataset).ok is False
    strips = two_layer.total_weight(two_layer.build(dataset))
    assert added[0] < strips
    assert added[1] < added[0] / 20 and added[2] < added[1] / 20


@pytest.mark.proves("thm-two_layer-exact-light")
def test_corrected_coarse_steps_have_the_promised_neurons_and_correction():
    """Orthonormal points, where the conditions hold.  With one group strips weigh at most
    2 |P|/h + |V| and at least max(|P|/h, |V|); V is linear in the values, and 1/h is within a
    factor 2 of a maximum of their absolute values.  So the supremum over all values up to 1 is at
    most five times the largest over all signs."""
    N, d, correction, failure = 6, 7, 0.01, 0.1
    points = np.eye(d, dtype=int)[:N]
    heavy = 5 * max(
        two_layer.total_weight(two_layer.build(ml.Dataset(points, targets=list(targets))))
        for targets in itertools.product([-1, 1], repeat=N)
    )
    dataset = ml.Dataset(points, targets=[1, -1] * (N // 2))
    error = (correction / (2 * heavy * math.sqrt(N))) ** 2
    spread = two_layer.hermite_dispersion(dataset, 3, 1)
    steps = two_layer.steps_needed(spread, relative_error=error, failure=failure)
    given = {"order": 3, "tau": 1.0, "relative_error": error, "neurons": 2 * steps}
    network = two_layer.build(dataset, variant="hybrid", method="hermite", **given)
    assert ml.verify(network, dataset).max_error == 0
    assert network.size.neurons <= 2 * steps + 2 * math.ceil(N / (d + 1))
    fitted = two_layer.fit(dataset, variant="hermite", **given).network
    assert two_layer.total_weight(network) <= two_layer.total_weight(fitted) + correction


def test_a_partial_fit_is_returned_and_a_hybrid_goes_on_from_it():
    dataset = signs(50, 4)
    found = fit(dataset, variant="antisymmetric", relative_error=1e-6, neurons=40, partial=True)
    assert len(found.neurons) == 40 and found.error > 1e-6
    with pytest.raises(ml.ConstructionFailed, match="neurons: 40 of at most 40 are used up"):
        fit(dataset, variant="antisymmetric", relative_error=1e-6, neurons=40)
    network = two_layer.build(dataset, variant="hybrid", neurons=40)
    assert network.size.neurons == 40 + 20 and ml.verify(network, dataset).max_error == 0


def test_a_hybrid_of_labels_gives_the_labels():
    for classes in (1, 2, 3):
        dataset = ml.data.sphere(N=30, d=5, classes=classes, seed=0)
        network = two_layer.build(dataset, variant="hybrid", method="ntk", relative_error=0.1)
        certificate = ml.verify(network, dataset)
        assert certificate.ok and certificate.max_error == 0 and network.readout == "value"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"variant": "slabs"}, "variant: one of"),
        ({"variant": None}, "variant: one of"),
        ({"method": "ntk"}, "method: it means nothing to 'two_layer.sorted'"),
        ({"variant": "ntk", "method": "ntk"}, "method: it means nothing to 'two_layer.ntk'"),
        ({"variant": "paper", "coarseness": 0.3}, "coarseness: it means nothing to"),
        ({"variant": "threshold", "checkpoint": "c"}, "checkpoint: it means nothing to"),
        ({"variant": "hybrid", "method": "threshold"}, "method: one of"),
        ({"variant": "hybrid", "relative_error": 2}, "relative_error: "),
        ({"seed": -1}, "seed: a whole number >= 0"),
        ({"variant": "hybrid", "seed": 0.5}, "seed: a whole number >= 0"),
    ],
)
def test_what_build_refuses(arguments, message):
    with pytest.raises(ml.InvalidArgument, match=message):
        two_layer.build(signs(12, 3), **arguments)


def test_build_refuses_what_is_no_dataset_and_what_no_machine_can_hold(monkeypatch):
    with pytest.raises(ml.InvalidArgument, match="dataset: a Dataset is needed"):
        two_layer.build([[1.0]])
    monkeypatch.setattr("mem_lib._base.memory.physical_memory", lambda: 10_000)
    with pytest.raises(ml.TooLarge, match="dataset: 200 points, that is 268 neurons"):
        two_layer.build(signs(200, 3), variant="paper")


def test_a_hybrid_goes_on_to_what_rounding_leaves():
    """An error out of reach of float64 costs neurons, not weight."""
    dataset = signs(20, 10)
    weights = [
        two_layer.total_weight(two_layer.build(dataset, variant="hybrid", relative_error=error))
        for error in (1e-6, 1e-20, 1e-30)
    ]
    assert max(weights[1:]) < 1.1 * weights[0]


def test_a_hybrid_keeps_its_fit_until_it_is_whole(tmp_path, monkeypatch):
    dataset, path = signs(30, 6), tmp_path / "fit.npz"

    def interrupted(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("mem_lib.two_layer.hybrid.corrected", interrupted)
        with pytest.raises(KeyboardInterrupt):
            two_layer.build(dataset, variant="hybrid", checkpoint=path)
    assert path.exists()
    with monkeypatch.context() as patch:
        patch.setattr(run.Run, "_advance", interrupted)  # no step is taken again
        network = two_layer.build(dataset, variant="hybrid", checkpoint=path)
    assert not path.exists() and network == two_layer.build(dataset, variant="hybrid")


def test_a_kept_file_lets_a_later_fit_go_on(tmp_path):
    dataset, path = signs(30, 6), tmp_path / "fit.npz"
    fit(dataset, variant="antisymmetric", relative_error=0.1, checkpoint=path, keep=True)
    assert path.exists()
    found = fit(dataset, variant="antisymmetric", relative_error=0.01, checkpoint=path)
    assert not path.exists()
    assert found.network == fit(dataset, variant="antisymmetric", relative_error=0.01).network


@pytest.mark.parametrize("name", ["output", "outer", "sums"])
def test_a_checkpoint_with_numbers_that_are_none_is_refused(tmp_path, name):
    dataset, path = signs(30, 6), tmp_path / "fit.npz"
    fit(dataset, variant="antisymmetric", relative_error=0.1, checkpoint=path, keep=True)
    arrays = dict(np.load(path))
    arrays[name].ravel()[0] = np.nan
    np.savez(path, **arrays)
    with pytest.raises(ml.InvalidCertificate, match="a number that is not finite"):
        fit(dataset, variant="antisymmetric", relative_error=0.01, checkpoint=path)


# -- constructions ---------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", METHODS)
def test_build_gives_the_network_of_the_fit(variant):
    dataset = signs(40, 8)
    construction = METHODS[variant](relative_error=0.1, damp=0.5)
    found = construction.fit(dataset, seed=3)
    assert construction.build(dataset, seed=3) == found.network
    parameters = {"variant": variant, "relative_error": 0.1, "damp": 0.5}
    assert two_layer.build(dataset, seed=3, **parameters) == found.network
    assert fit(dataset, seed=3, **parameters).about == found.about == found.network.about
    told = {"chapter": "two_layer", "variant": variant, "seed": 3, "N": 40, "d": 8}
    assert found.about.items() >= (told | {"damp": 0.5, "bits": 10}).items()


def test_where_and_how_is_no_part_of_what():
    plain = two_layer.Ntk(damp=0.5)
    assert two_layer.Ntk(damp=0.5, device="cpu", checkpoint="a") == plain != two_layer.Ntk()
    hybrid = two_layer.Hybrid(device="cpu", checkpoint="a")
    assert hybrid == two_layer.Hybrid() and hash(hybrid) == hash(two_layer.Hybrid())


def test_a_hybrid_passes_its_parameters_on():
    hybrid = two_layer.Hybrid(method="harmonic", phases=3, neurons=np.int64(90), device="cpu")
    wanted = two_layer.Harmonic(relative_error=1e-6, phases=3, neurons=90)
    assert hybrid.residual_fit() == wanted and hybrid.residual_fit().device == "cpu"
    assert two_layer.Hybrid().residual_fit() == two_layer.Antisymmetric(relative_error=1e-6)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: two_layer.Ntk(damp=2), "damp: "),
        (lambda: two_layer.Ntk(relative_error=0), "relative_error: "),
        (lambda: two_layer.Antisymmetric(coarseness=None), "coarseness: .* got None"),
        (lambda: two_layer.Harmonic(order=3), "order: harmonic steps of odd order"),
        (lambda: two_layer.Hermite(tau=0), "tau: "),
        (lambda: two_layer.Hybrid(method="sorted"), "method: one of .* got 'sorted'"),
        (lambda: two_layer.Hybrid(method=None), "method: one of .* got None"),
        (lambda: two_layer.Hybrid(relative_error=None), "relative_error: .* got None"),
        (lambda: two_layer.Hybrid(order=3), "order: it means nothing to the method 'antisymm"),
        (lambda: two_layer.Hybrid(method="hermite", phases=2), "phases: it means nothing to the"),
        (lambda: two_layer.Hybrid(method="harmonic", order=3), "order: harmonic steps of odd"),
    ],
)
def test_parameters_are_checked_where_they_are_given(make, message):
    with pytest.raises(ml.InvalidArgument, match=f"^{message}"):
        make()
