"""The chapter `two_layer`: total weight, kernels, the optimum, and what the bounds promise."""

import math
from dataclasses import asdict, replace
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.polynomial.hermite_e import hermegauss, hermeval
from scipy.optimize import linprog
from scipy.special import ndtr

import mem_lib as ml
from mem_lib import HypothesisViolated, InvalidArgument, Layer, Network, TooLarge, two_layer
from mem_lib.two_layer import build, neurons_of, search
from tests.networks import big_integers


def network_of(weight, bias, outer, *, shift=0, denominator=1, offset=0, activation="relu"):
    hidden, output = Layer(weight, bias, activation), Layer([outer], [offset], "identity")
    return Network([hidden, output], shift, denominator)


def random_network(rng, k=6, d=3, bits=40, **options):
    options = {"shift": int(rng.integers(0, 30)), "denominator": int(rng.integers(1, 99))} | options
    weight, bias, outer = (big_integers(rng, shape, bits) for shape in ((k, d), (k,), (k,)))
    return network_of(weight, bias, outer.tolist(), **options)


def reference_weight(network):
    """The definition in decimals of 60 digits."""
    hidden, output = network.layers
    with localcontext() as context:
        context.prec = 60
        context.Emax, context.Emin = 10**9, -(10**9)
        total = abs(Decimal(int(output.bias[0])))
        for row, b, a in zip(hidden.weight, hidden.bias, output.weight[0], strict=True):
            square = sum((int(w) << network.input_shift) ** 2 for w in row) + int(b) ** 2
            total += abs(Decimal(int(a))) * Decimal(square).sqrt()
        return total / network.output_denominator


def relative(value, wanted):
    with localcontext() as context:
        context.prec = 60
        return abs(Decimal(value) - wanted) / wanted


# -- the total weight ------------------------------------------------------------------------------


@given(st.integers(0, 2**32), st.sampled_from([1, 30, 70, 300]), st.integers(-5, 5))
def test_total_weight_is_its_definition(seed, bits, offset):
    network = random_network(np.random.default_rng(seed), bits=bits, offset=offset)
    wanted = reference_weight(network)
    if wanted == 0:
        assert two_layer.total_weight(network) == 0
    else:
        assert relative(two_layer.total_weight(network), wanted) < 2.0**-52


def test_total_weight_of_weights_beyond_every_float():
    rng = np.random.default_rng(0)
    network = random_network(rng, bits=9000, shift=20)
    outer = network.layers[1].weight[0].tolist()
    one = max(map(abs, outer)) * max(abs(v) for v in network.layers[0].weight.flat)
    network = Network(network.layers, 20, one)
    assert max(abs(v) for v in network.layers[0].weight.flat) > 1 << 1100
    assert relative(two_layer.total_weight(network), reference_weight(network)) < 2.0**-52
    low, high = two_layer.weight_between(network)
    assert 0 < high - low < low / 2**100


def test_total_weight_of_a_sparse_layer_is_that_of_the_dense_one():
    dense = random_network(np.random.default_rng(1))
    rows = [dense.layers[0].row(i)[1] for i in range(6)]
    pointers = np.cumsum([0, *map(len, rows)])
    places, values = zip(*(term for row in rows for term in row), strict=True)
    weight = ml.Sparse(pointers, np.array(places), np.array(values, dtype=object), (6, 3))
    sparse = Network(
        [Layer(weight, dense.layers[0].bias, "relu"), dense.layers[1]],
        dense.input_shift,
        dense.output_denominator,
    )
    assert two_layer.total_weight(sparse) == two_layer.total_weight(dense)
    assert two_layer.rational_bits(sparse) == two_layer.rational_bits(dense)


@pytest.mark.proves("thm-two_layer-weight")
def test_total_weight_does_not_change_when_neurons_are_rescaled():
    """... and is the least cost of weight decay over all rescalings."""
    rng = np.random.default_rng(2)
    network = random_network(rng, bits=20, shift=3, denominator=7)
    hidden, output = network.layers
    factors = rng.integers(1, 50, 6).astype(object)
    common = math.prod(factors.tolist())
    scaled = network_of(
        hidden.weight * factors[:, None],
        hidden.bias * factors,
        (output.weight[0].astype(object) * common // factors).tolist(),
        shift=3,
        denominator=7 * common,
    )
    weight = two_layer.total_weight(network)
    assert two_layer.total_weight(scaled) == pytest.approx(weight, rel=2.0**-51)
    points = rng.integers(-9, 9, (5, 3))
    for one, other in zip(ml.evaluate(network, points)[0], ml.evaluate(scaled, points)[0],
                          strict=True):  # fmt: skip
        assert int(one[0]) * common == other[0]

    inner = np.hypot(
        np.linalg.norm(hidden.weight.astype(float) * 8, axis=1), hidden.bias.astype(float)
    )
    outer = np.abs(output.weight[0].astype(float)) / 7

    def cost(scale):
        return 0.5 * (((outer / scale) ** 2).sum() + ((inner * scale) ** 2).sum())

    assert cost(np.sqrt(outer / inner)) == pytest.approx(weight, rel=1e-9)
    assert all(cost(rng.lognormal(0, 2, 6)) >= weight for _ in range(100))


@pytest.mark.proves("thm-two_layer-weight")
def test_total_weight_bounds_values_and_slopes():
    rng = np.random.default_rng(3)
    network = random_network(rng, bits=10, shift=2, denominator=5)
    weight = two_layer.total_weight(network)
    points = rng.integers(-40, 40, (60, 3)) / 4
    numerators, denominator = ml.evaluate(network, points)
    values = numerators[:, 0].astype(float) / denominator
    norms = np.linalg.norm(points, axis=1)
    assert (np.abs(values) <= weight * np.sqrt(1 + norms**2)).all()
    gaps = np.linalg.norm(points[:, None] - points, axis=2)
    assert (np.abs(values[:, None] - values) <= weight * gaps + 1e-9).all()


@pytest.mark.parametrize("measure", [two_layer.total_weight, two_layer.rational_bits])
def test_finer_grids_change_nothing(measure):
    network = random_network(np.random.default_rng(4), shift=5)
    assert measure(network.refined(13)) == measure(network)


def test_an_output_bias_counts_like_a_neuron():
    as_bias = network_of([[3]], [4], [2], offset=-7, denominator=3)
    as_neuron = network_of([[3], [0]], [4, 1], [2, -7], denominator=3)
    assert two_layer.total_weight(as_bias) == two_layer.total_weight(as_neuron) == 17 / 3
    constant = Network([Layer([[0, 0]], [-3], "identity")], output_denominator=2)
    assert two_layer.total_weight(constant) == 1.5
    assert two_layer.neuron_weights(constant).size == 0


def test_the_weights_of_neurons_add_up():
    network = random_network(np.random.default_rng(5), k=200, d=7)
    parts = two_layer.neuron_weights(network)
    assert parts.shape == (200,)
    assert math.fsum(parts) == pytest.approx(two_layer.total_weight(network), rel=2.0**-50)
    alone = network_of(
        network.layers[0].weight[17:18], network.layers[0].bias[17:18],
        [int(network.layers[1].weight[0, 17])],
        shift=network.input_shift, denominator=network.output_denominator,
    )  # fmt: skip
    assert parts[17] == pytest.approx(two_layer.total_weight(alone), rel=2.0**-51)


@pytest.mark.parametrize(
    "measure",
    [
        two_layer.total_weight,
        two_layer.neuron_weights,
        two_layer.rational_bits,
        two_layer.rounding_bound,
    ],
)
def test_networks_without_a_total_weight(measure):
    one, two = Layer([[1]], [0], "relu"), Layer([[1], [2]], [0, 0], "relu")
    last = Layer([[1]], [0], "identity")
    for network, reason in [
        (Network([one, one, last]), "depth 2 is needed, got 3"),
        (Network([last]), "depth 2 is needed, got 1"),
        (Network([one, one]), "'relu'"),
        (Network([Layer([[1]], [0], "identity"), last]), "hidden units 'relu'"),
        (Network([two, Layer([[1, 1], [0, 1]], [0, 0], "identity")], readout="argmax"),
         "one output"),
        ("network", "a Network is needed"),
    ]:  # fmt: skip
        with pytest.raises(InvalidArgument, match=f"network: .*{reason}"):
            measure(network)


def test_threshold_units_have_bits_and_no_total_weight():
    network = network_of([[6, 3]], [9], [3], offset=-2, denominator=4, activation="threshold")
    assert two_layer.rational_bits(network) == 5  # (2, 1, 3) and 3/4, -1/2: 3 over 4
    with pytest.raises(InvalidArgument, match="network: hidden units 'relu' are needed, got 'th"):
        two_layer.total_weight(network)


def test_total_weight_beyond_floats_is_refused():
    with pytest.raises(InvalidArgument, match=r"network: .* about 2\^3\d{3} is too large"):
        two_layer.total_weight(network_of([[1 << 3000]], [0], [1 << 200]))
    with pytest.raises(InvalidArgument, match=r"network: .* about 2\^-2000 is too small"):
        two_layer.total_weight(network_of([[1]], [0], [1], denominator=1 << 2000))
    assert two_layer.total_weight(network_of([[1 << 3000]], [0], [0])) == 0


def test_rational_bits_are_those_of_lowest_terms():
    # 3/7 relu(<(4, 6), x> + 10) = 6/7 relu(<(2, 3), x> + 5)
    assert two_layer.rational_bits(network_of([[4, 6]], [10], [3], denominator=7)) == 6
    assert two_layer.rational_bits(network_of([[4, 6]], [10], [33], denominator=77)) == 6
    # relu(<w, 2^9 x> + 2^9) is 2^9 relu(<w, x> + 1)
    assert two_layer.rational_bits(network_of([[5]], [1 << 9], [1], shift=9)) == 11
    assert two_layer.rational_bits(network_of([[5]], [1], [1], shift=9)) == 13
    assert two_layer.rational_bits(network_of([[0]], [0], [0])) == 1


# -- rounding --------------------------------------------------------------------------------------


def in_floats(network, points, rng, kind=np.float64):
    """A floating-point evaluation: each weight rounded, each sum in a random order."""
    hidden, output = network.layers
    q, den = network.input_shift, network.output_denominator
    w = np.array([[float(Fraction(int(v) << q)) for v in row] for row in hidden.weight]).astype(
        kind
    )
    b = np.array([float(v) for v in hidden.bias]).astype(kind)
    a = np.array([float(Fraction(int(v), den)) for v in output.weight[0]]).astype(kind)
    return summed(w, b, a, points.astype(kind), rng)


def summed(w, b, a, points, rng):
    """sum_l a_l relu(<w_l, x> + b_l), each sum in a random order."""
    values = []
    for x in points:
        terms = np.column_stack([w * x, b])
        inner = added(terms[:, rng.permutation(terms.shape[1])].T).clip(0)
        values.append(added((a * inner)[rng.permutation(len(a))]))
    return np.array(values)


def added(terms):
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def largest_error(network, points, values):
    numerators, denominator = ml.evaluate(network, points)
    return max(
        abs(Fraction(int(out), denominator) - Fraction(float(value)))
        for out, value in zip(numerators[:, 0], values, strict=True)
    )


@pytest.mark.proves("thm-two_layer-rounding")
@pytest.mark.parametrize("rounded", [False, True])
@pytest.mark.parametrize("radius", [1, 20])
def test_rounding_stays_below_its_bound(rounded, radius):
    worst = 0.0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        k, d = int(rng.integers(1, 12)), int(rng.integers(1, 5))
        bits = 90 if rounded else 50  # 90 bits have to be rounded
        network = random_network(
            rng, k, d, bits=bits, shift=10,
            denominator=3**40 if rounded else 2**40, offset=int(rng.integers(-1, 2)),
        )  # fmt: skip
        points = rng.standard_normal((20, d))
        points *= radius * (1 - 1e-6) / np.linalg.norm(points, axis=1, keepdims=True)
        offset = float(Fraction(int(network.layers[1].bias[0]), network.output_denominator))
        values = in_floats(network, points, rng) + offset
        bound = two_layer.rounding_bound(network, radius=radius, rounded_weights=rounded)
        error = largest_error(network, points, values)
        assert error <= bound
        worst = max(worst, error / Fraction(bound))
    assert worst > 1e-4  # the bound is not out of the world


@pytest.mark.proves("thm-two_layer-rounding")
def test_rounding_in_single_precision():
    rng = np.random.default_rng(7)
    network = random_network(rng, 10, 3, bits=40, shift=0, denominator=999)
    points = rng.integers(-128, 129, (30, 3)) / 256
    values = in_floats(network, points, rng, np.float32)
    error = largest_error(network, points, values)
    double = two_layer.rounding_bound(network)
    single = two_layer.rounding_bound(network, roundoff=2.0**-24)
    assert double < error <= single


def test_rounding_bound_is_its_formula():
    network = network_of([[3, 0], [0, 0]], [4, 2], [1, 5])  # 5 + 10
    gamma = Fraction(7, 2**53 - 7)  # 2 + 2 + 3 roundings
    wanted = float(gamma) * 15 * math.sqrt(5)
    bound = two_layer.rounding_bound(network, radius=2)
    assert wanted * (1 - 1e-15) <= bound <= wanted * (1 + 1e-14)
    with_bias = network_of([[3, 0], [0, 0]], [4, 2], [1, 5], offset=1)
    assert two_layer.rounding_bound(with_bias, radius=2) > bound * 8 / 7


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"radius": -1}, "radius: .* >= 0 is needed, got -1"),
        ({"radius": math.inf}, "radius: .* got inf"),
        ({"roundoff": 0}, "roundoff: .* > 0 is needed, got 0"),
        ({"roundoff": Fraction(1, 6)}, "roundoff: 6 roundings .* lose everything"),
    ],
)
def test_rounding_bound_refuses(arguments, reason):
    network = network_of([[3]], [4], [1], offset=1)
    with pytest.raises(InvalidArgument, match=reason):
        two_layer.rounding_bound(network, **arguments)
    assert two_layer.rounding_bound(network, roundoff=Fraction(1, 7)) > 50


# -- no fit of random signs is light ---------------------------------------------------------------


def largest_correlation(points, y):
    """S(y) = sup |sum_i y_i relu(<w, x_i> + b)| over |(w, b)| = 1, for d = 1."""
    lifted = np.column_stack([points, np.ones(len(points))])
    (candidates,) = search.on_a_circle(lifted, y)
    return search.heights_of(lifted, y, candidates).max()


def test_the_largest_correlation_is_found_on_a_line():
    rng = np.random.default_rng(0)
    angles = np.linspace(0, 2 * math.pi, 40_001)
    units = np.array([np.cos(angles), np.sin(angles)])
    for N in (1, 2, 5, 30):
        points, y = rng.uniform(-1, 1, N), rng.standard_normal(N)
        lifted = np.column_stack([points, np.ones(N)])
        scanned = np.abs(y @ np.maximum(lifted @ units, 0)).max()
        assert scanned <= largest_correlation(points, y) * (1 + 1e-12) <= scanned * (1 + 1e-4)


@pytest.mark.proves("thm-two_layer-weight-bound")
@pytest.mark.parametrize("N", [20, 100])
def test_weight_bound_holds_for_random_signs(N):
    """sum_i y_i f(x_i) <= W_tot(f) S(y), so the bound says how large S(y) is at most."""
    rng = np.random.default_rng(N)
    points, failure, draws = rng.uniform(-1, 1, N), 0.05, 400
    allowed = N / two_layer.weight_bound(N, failure=failure)
    found = np.array([
        largest_correlation(points, rng.choice([-1.0, 1.0], N)) for _ in range(draws)
    ])  # fmt: skip
    assert (found > allowed).mean() <= failure
    assert np.quantile(found, 1 - failure) > allowed / 5


def test_weight_bound_values():
    known = two_layer.weight_bound(100, relative_error=0.1, failure=0.05)
    assert known == pytest.approx(1.3011, abs=5e-5)
    plain = two_layer.weight_bound(400)
    assert plain == pytest.approx(20 / (math.sqrt(2) + 2 * math.sqrt(math.log(40))), rel=1e-9)
    assert two_layer.weight_bound(400, radius=7) == pytest.approx(plain / 5, rel=1e-9)
    assert two_layer.weight_bound(400, radius=0) == pytest.approx(plain * 2**0.5, rel=1e-9)
    assert two_layer.weight_bound(400, relative_error=1) == 0
    tiny = two_layer.weight_bound(400, failure=Fraction(1, 10**1000))
    assert tiny == pytest.approx(20 / (2**0.5 + 2 * math.sqrt(math.log(2) + 1000 * math.log(10))))


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"N": 0}, "N: a whole number >= 1"),
        ({"relative_error": -0.1}, "relative_error: a number from 0 to 1 is needed, got -0.1"),
        ({"relative_error": math.nan}, "relative_error: .* got nan"),
        ({"failure": 0}, "failure: .* strictly between 0 and 1 is needed, got 0"),
        ({"failure": 1}, "failure: .* got 1"),
        ({"radius": -1}, "radius: .* got -1"),
        ({"radius": Fraction(10) ** 400}, "radius: .* too large"),
    ],
)
def test_weight_bound_refuses(arguments, reason):
    with pytest.raises(InvalidArgument, match=reason):
        two_layer.weight_bound(**({"N": 100} | arguments))


# -- kernels ---------------------------------------------------------------------------------------


def unit_vectors(rng, N, d):
    points = rng.standard_normal((N, d))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def assert_mean(samples, wanted):
    """The mean of independent samples is ``wanted``, up to five standard deviations."""
    spread = samples.std() / math.sqrt(len(samples))
    assert abs(samples.mean() - wanted) < 5 * spread
    assert spread < 0.02 * max(abs(wanted), 0.1)  # the samples are enough to say something


def test_values_of_kernels():
    wanted = {
        1: (0.238364, 0.496002, 0.820436),
        3: (0.008379, 0.080364, 0.434224),
        5: (0.000246, 0.011055, 0.205024),
    }
    for order, values in wanted.items():
        found = two_layer.harmonic_kernel(order, [0.3, 0.6, 0.9])
        assert found == pytest.approx(values, abs=6e-7)
        assert two_layer.harmonic_kernel(order, 1.0) == pytest.approx(1)
        assert two_layer.harmonic_kernel(order, -0.3) == pytest.approx(-values[0], abs=6e-7)
    taus = [two_layer.tau(q) for q in range(5)]
    assert taus == pytest.approx([0.25, 0.0908451, 0.0643192, 0.0523826, 0.0452775], abs=6e-8)
    kappas = [two_layer.kappa(p) for p in (1, 3, 5)]
    assert kappas == pytest.approx([0.3989423, -0.1628675, 0.1092548], abs=6e-8)
    gate = 0.6 * (0.25 + math.asin(0.6) / (2 * math.pi))
    assert two_layer.gate_kernel(0.6) == pytest.approx(gate)


def test_harmonic_kernel_begins_with_its_order():
    for order in (1, 2, 5):
        small = np.array([1e-3, 1e-2])
        ratio = two_layer.harmonic_kernel(order, small) / small**order
        front = math.gamma(1 + order / 2) ** 2 / math.gamma(order + 1)
        assert ratio == pytest.approx([front, front], rel=1e-3)


def test_multipliers_are_fourier_coefficients():
    t = (np.arange(2**16) + 0.5) * (2 * math.pi / 2**16)
    for order in range(7):
        wave = np.cos(order * t)
        gate, relu = (np.cos(t) > 0) * wave, np.maximum(np.cos(t), 0) * wave
        assert two_layer.gate_multiplier(order) == pytest.approx(gate.mean(), abs=1e-4)
        assert two_layer.relu_multiplier(order) == pytest.approx(relu.mean(), abs=1e-8)


@pytest.mark.parametrize("tau", [0.3, 1, 4])
def test_kappa_is_a_hermite_coefficient(tau):
    nodes, weights = hermegauss(200)
    for order in (1, 3, 7):
        polynomial = hermeval(nodes, [0] * order + [1]) / math.sqrt(math.factorial(order))
        integral = (weights * polynomial * ndtr(nodes / tau)).sum() / math.sqrt(2 * math.pi)
        assert two_layer.kappa(order, tau) == pytest.approx(integral, abs=1e-7)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: two_layer.gate_kernel([10**400]), "G: numbers in the range of floats"),
        (lambda: two_layer.gate_kernel([[1.0, 1.5]]), r"G: .* from -1 to 1, got \[\[1.0, 1.5\]\]"),
        (lambda: two_layer.harmonic_kernel(1, -1.1), "rho: .* from -1 to 1, got -1.1"),
        (lambda: two_layer.harmonic_kernel(-1, 0.5), "order: a whole number >= 0 .* got -1"),
        (lambda: two_layer.gate_multiplier(0.5), "order: a whole number >= 0 is needed, got 0.5"),
        (lambda: two_layer.relu_multiplier(True), "order: a whole number .* got True"),
        (lambda: two_layer.tau(10**8), "q: this is computed up to 10000000, got 100000000"),
        (lambda: two_layer.gate_multiplier(10**400), r"order: this is computed up to 10\^150"),
        (lambda: two_layer.relu_multiplier(10**400), r"order: this is computed up to 10\^150"),
        (lambda: two_layer.tau(-1), "q: a whole number >= 0 is needed, got -1"),
        (lambda: two_layer.kappa(2), "order: an odd number .* got 2"),
        (lambda: two_layer.kappa(101), "order: an odd number up to 99 is needed, got 101"),
        (lambda: two_layer.kappa(3, -1), "tau: .* got -1"),
    ],
)
def test_kernels_refuse(call, reason):
    with pytest.raises(InvalidArgument, match=reason):
        call()


def test_kernels_refuse_what_is_no_number():
    with pytest.raises(ml.InvalidDataset, match="G"):
        two_layer.gate_kernel([[0.5, math.nan]])
    with pytest.raises(ml.InvalidDataset, match="rho"):
        two_layer.harmonic_kernel(1, "half")


# -- one step of a fit, in expectation -------------------------------------------------------------


@pytest.mark.proves("thm-two_layer-ntk")
def test_a_gate_step_removes_its_share():
    """Points of different norms; the mean of |v|^2 is r^T H r, and the error falls as promised."""
    rng = np.random.default_rng(1)
    points = unit_vectors(rng, 12, 5) * rng.uniform(0.3, 1, (12, 1))
    points = np.round(points * 2**20) / 2**20
    spread = two_layer.dispersion(ml.Dataset(points, targets=np.zeros(12)))
    radius = np.linalg.norm(points, axis=1).max()
    r, x = rng.standard_normal(12), points / radius
    norms = np.linalg.norm(x, axis=1)
    gram = x @ x.T
    H = (0.25 + np.arcsin(np.clip(gram / np.outer(norms, norms), -1, 1)) / (2 * math.pi)) * gram
    assert spread.least == pytest.approx(np.linalg.eigvalsh(H)[0], rel=1e-6)
    assert spread.largest == pytest.approx(np.linalg.eigvalsh(gram)[-1], rel=1e-9)

    gates = rng.standard_normal((40_000, 5)) @ x.T > 0
    v = (gates * r) @ x
    assert_mean((v**2).sum(axis=1), r @ H @ r)
    g = gates * (v @ x.T)
    left = ((r - g / spread.largest) ** 2).sum(axis=1) / (r @ r)
    assert left.mean() + 5 * left.std() / 200 <= 1 - spread.contraction


@pytest.mark.proves("thm-two_layer-harmonic")
@pytest.mark.parametrize("order", [1, 3])
def test_a_harmonic_step_sees_its_kernel(order):
    rng = np.random.default_rng(order)
    x = unit_vectors(rng, 3, 4) * np.array([[1.0], [0.7], [1.2]])
    r, beta, draws = np.array([1.0, -0.6, 0.8]), 0.4, 400_000
    w = rng.standard_normal((draws, 4)) + 1j * rng.standard_normal((draws, 4))
    theta = np.angle(w @ x.T)
    v = (r * np.exp(-1j * order * theta)) @ x
    g = math.cos(beta) * (np.cos(theta) > 0) * np.real(np.exp(-1j * beta) * (v @ x.T))
    norms = np.linalg.norm(x, axis=1)
    cosines = np.clip(x @ x.T / np.outer(norms, norms), -1, 1)
    Q = r @ (two_layer.harmonic_kernel(order, cosines) * (x @ x.T)) @ r
    assert_mean((np.abs(v) ** 2).sum(axis=1), Q)
    s = two_layer.gate_multiplier(order)
    assert_mean(g @ r, s * math.cos(beta) ** 2 * Q)
    largest = np.linalg.eigvalsh(x @ x.T)[-1]
    left = ((r - 2 * s / largest * g) ** 2).sum(axis=1)
    promised = r @ r - 2 * s**2 * math.cos(beta) ** 2 / largest * Q
    assert left.mean() - 5 * left.std() / draws**0.5 <= promised
    # well dispersed points: the kernel is at least half the unit matrix
    noise = {1: 0.05, 3: 0.1}[order] * rng.standard_normal((12, 12))
    far = np.linalg.qr(rng.standard_normal((12, 12)))[0] + noise
    far /= np.linalg.norm(far, axis=1)[:, None]
    gram = far @ far.T
    chi = np.abs(gram - np.eye(12)).max()
    assert 11 * chi ** (order + 1) <= 1 / 2 < 11 * chi
    kernel = two_layer.harmonic_kernel(order, np.clip(gram, -1, 1)) * gram
    assert np.linalg.eigvalsh(kernel)[0] >= 1 / 2


@pytest.mark.proves("thm-two_layer-hermite")
def test_a_hermite_step_sees_powers():
    rng = np.random.default_rng(5)
    x, r, tau = unit_vectors(rng, 4, 3), np.array([1.0, -0.5, 0.7, 1.1]), 0.8
    t = rng.standard_normal((400_000, 3)) @ x.T
    v = (r * (t**3 - 3 * t) / math.sqrt(6)) @ x
    zeta = v @ x.T
    Q = r @ (x @ x.T) ** 4 @ r
    assert_mean((v**2).sum(axis=1), Q)
    assert_mean((zeta * ndtr(t / tau)) @ r, two_layer.kappa(3, tau) * Q)


@pytest.mark.proves("thm-two_layer-hermite")
@pytest.mark.parametrize("order", [1, 3])
def test_a_coarse_step_removes_its_share(order):
    """With the largest h that the theorem admits; its weight too is what was promised."""
    cloud, rng = ml.data.sphere(N=60, d=100, seed=0), np.random.default_rng(order)
    spread = two_layer.hermite_dispersion(cloud, order, tau=1)
    r = rng.choice([-1.0, 1.0], 60)
    h, x = two_layer.hermite_step(spread, r), cloud.points
    ratios, weights = [], []
    for _ in range(10):
        u, b = rng.standard_normal((1000, 100)), rng.standard_normal((1000, 1))
        t = u @ x.T
        he = t if order == 1 else (t**3 - 3 * t) / math.sqrt(6)
        v = (he * r) @ x
        up, down = t + h * (v @ x.T) + b, t - h * (v @ x.T) + b
        g = (np.maximum(up, 0) - np.maximum(down, 0)) / (2 * h)
        ratios.append(((r - spread.rate * g) ** 2).sum(axis=1) / 60)
        both = (np.linalg.norm(np.hstack([u + s * h * v, b]), axis=1) for s in (1, -1))
        weights.append(abs(spread.rate) / (2 * h) * sum(both))
    ratios, weights = np.concatenate(ratios), np.concatenate(weights)
    noise = 5 * ratios.std() / 100
    assert noise < spread.contraction
    assert ratios.mean() + noise <= 1 - spread.contraction
    promised = two_layer.step_weight(spread, r)
    assert weights.mean() + 5 * weights.std() / 100 <= promised < 1.2 * weights.mean()


# -- dispersion ------------------------------------------------------------------------------------


def test_dispersion_of_two_points():
    cloud = ml.Dataset([[1.0, 0.0], [0.6, 0.8]], [0, 1])
    spread = two_layer.dispersion(cloud)
    assert (spread.N, spread.d) == (2, 2)
    assert spread.coherence == pytest.approx(0.6) and spread.largest == pytest.approx(1.6)
    # H_12 = 0.6 (1/4 + arcsin(0.6) / (2 pi)) = 0.21145, H_11 = 1/2
    assert spread.least == pytest.approx(0.2885502, abs=1e-7)
    assert spread.least <= 0.5 - 0.6 * (0.25 + math.asin(0.6) / (2 * math.pi))
    assert two_layer.steps_needed(spread, relative_error=0.01, failure=0.1) == 39
    assert two_layer.steps_needed(spread, relative_error=1, failure=1) == 0
    doubled = ml.Dataset(np.array([[2.0, 0.0], [1.2, 1.6], [2.0, 0.0]]), [0, 1, 0])
    assert asdict(two_layer.dispersion(doubled)) == pytest.approx(asdict(spread))


def test_least_eigenvalue_of_well_dispersed_points():
    """(N - 1) g^(2q + 2) <= 1/2 makes it at least tau_q / 2."""
    for N, d in ((10, 400), (60, 400), (150, 100), (40, 12)):
        spread = two_layer.dispersion(ml.data.sphere(N=N, d=d, seed=N))
        q = next(q for q in range(100) if (N - 1) * spread.coherence ** (2 * q + 2) <= 0.5)
        assert spread.least >= two_layer.tau(q) / 2


def test_dispersion_of_special_points():
    single = two_layer.dispersion(ml.Dataset([[3, 4]], [0]))
    assert single.coherence == 0 and single.contraction == pytest.approx(0.5)
    opposite = two_layer.dispersion(ml.Dataset([[3, 4], [-3, -4]], [0, 1]))
    assert opposite.least == pytest.approx(0.5) and opposite.largest == pytest.approx(2)
    parallel = two_layer.dispersion(ml.Dataset([[1, 1], [2, 2]], [0, 1]))
    assert parallel.least == 0
    huge = two_layer.dispersion(ml.Dataset([[3 << 2000, 4 << 2000], [0, 5 << 2000]], [0, 1]))
    small = two_layer.dispersion(ml.Dataset([[3, 4], [0, 5]], [0, 1]))
    assert asdict(huge) == pytest.approx(asdict(small))
    close = ml.Dataset([[1.0, 0.0], [1.0, 1e-9]], [0, 1])
    assert 0 <= two_layer.dispersion(close).least < 1e-8


def test_hermite_dispersion_is_its_definition():
    cloud = ml.data.sphere(N=30, d=20, seed=3)
    spread = two_layer.hermite_dispersion(cloud, 3, tau=0.5)
    x = cloud.points / np.linalg.norm(cloud.points, axis=1, keepdims=True)
    gram = x @ x.T
    eigen = {p: np.linalg.eigvalsh(gram**p) for p in (1, 3, 4)}
    wanted = (eigen[1][-1], eigen[4][0], eigen[3][-1], eigen[4][-1])
    found = (spread.largest, spread.least, spread.power, spread.next_power)
    assert found == pytest.approx(wanted, rel=1e-9)
    kappa = two_layer.kappa(3, 0.5)
    assert spread.contraction == pytest.approx(9 / 16 * kappa**2 * wanted[1] / wanted[0])
    K = math.log(1 / (0.1 * 0.5)) / spread.contraction
    assert 0 <= two_layer.steps_needed(spread, relative_error=0.1) - K < 1
    r = np.arange(30.0)
    h = two_layer.hermite_step(spread, r)
    peak = 29**2 + math.sqrt(30) * spread.coherence**3 * (r @ r)
    square = 0.25 * abs(kappa) * wanted[1] / (3**3 * wanted[2] ** 1.5)
    constant = 6 * math.sqrt(2 * math.pi * math.e) / (4 * math.sqrt(2))
    assert h**2 * peak == pytest.approx(constant * square)
    assert two_layer.hermite_step(spread, 2 * r) == pytest.approx(h / 2)


CIRCLE = ml.Dataset([[3, 4], [5, 0], [0, 5]], [0, 1, 0])


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: two_layer.dispersion("data"), "dataset: a Dataset is needed"),
        (lambda: two_layer.dispersion(ml.data.lattice(5001, 3)), "dataset: .* got N = 5001"),
        (lambda: two_layer.hermite_dispersion(CIRCLE, 2), "order: an odd number .* got 2"),
        (lambda: two_layer.hermite_dispersion(CIRCLE, tau=0), "tau: .* got 0"),
        (
            lambda: two_layer.steps_needed(CIRCLE, relative_error=0.1),
            "spread: a Dispersion is needed",
        ),
        (lambda: two_layer.hermite_step(two_layer.dispersion(CIRCLE), [1, 1, 1]), "spread: a Herm"),
        (
            lambda: two_layer.hermite_step(two_layer.hermite_dispersion(CIRCLE), [1, 1]),
            "residual: 3 numbers",
        ),
        (
            lambda: two_layer.step_weight(two_layer.hermite_dispersion(CIRCLE), [0, 0, 0]),
            "residual: 3 numbers, not all 0",
        ),
    ],
)
def test_dispersion_refuses(call, reason):
    with pytest.raises(InvalidArgument, match=reason):
        call()


def test_dispersion_needs_points_in_several_directions_or_on_a_sphere():
    with pytest.raises(HypothesisViolated, match=r"dataset: .* other than 0"):
        two_layer.dispersion(ml.Dataset([[0, 0]], [0]))
    near = ml.Dataset([[3, 4], [5, 1]], [0, 1])
    with pytest.raises(HypothesisViolated, match=r"dataset: points on a sphere .* 0.98\d+ times"):
        two_layer.hermite_dispersion(near)


def test_steps_refuse():
    spread = two_layer.dispersion(CIRCLE)
    for arguments, reason in [
        ({"relative_error": 0}, "relative_error: a number above 0 and at most 1 is needed, got 0"),
        ({"relative_error": 2}, "relative_error: .* got 2"),
        ({"relative_error": 0.1, "failure": 0}, "failure: .* got 0"),
        ({"relative_error": None}, "relative_error: .* got None"),
    ]:
        with pytest.raises(InvalidArgument, match=reason):
            two_layer.steps_needed(spread, **arguments)
    with pytest.raises(HypothesisViolated, match="spread: its least eigenvalue is 0"):
        two_layer.steps_needed(replace(spread, least=0.0), relative_error=0.1)


@pytest.mark.parametrize("step", [two_layer.hermite_step, two_layer.step_weight])
def test_steps_that_no_float_can_hold(step):
    spread = two_layer.hermite_dispersion(ml.Dataset([[1, 0], [0, 1]], [0, 1]))
    with pytest.raises(InvalidArgument, match="residual: numbers in the range of floats"):
        step(spread, [10**400, 1])
    with pytest.raises(InvalidArgument, match="residual: its step leaves the range of floats"):
        step(spread, [1e-320, 0])
    close = two_layer.hermite_dispersion(ml.Dataset([[1.0, 0.0], [1.0, 1e-8]], [0, 1]))
    with pytest.raises(HypothesisViolated, match="spread: its least eigenvalue is 0"):
        step(close, [1, -1])


def test_dispersion_checks_memory(monkeypatch):
    monkeypatch.setattr("mem_lib._base.memory.physical_memory", lambda: 500)
    with pytest.raises(TooLarge, match="dataset: the kernels of N = 3 points need"):
        two_layer.dispersion(CIRCLE)


# -- the least total weight ------------------------------------------------------------------------


def least_on_a_grid(points, y, steps=4000):
    """The linear program over a fine grid of directions on the circle, d = 1: above W*."""
    angles = np.arange(steps) * (2 * math.pi / steps)
    lifted = np.column_stack([points, np.ones(len(points))])
    features = np.maximum(lifted @ np.array([np.cos(angles), np.sin(angles)]), 0)
    table = np.hstack([features, -features])
    return linprog(np.ones(2 * steps), A_eq=table, b_eq=y, bounds=(0, None)).fun


@pytest.mark.parametrize("N", [2, 4, 8])
def test_optimum_on_a_line(N):
    rng = np.random.default_rng(N)
    points = np.round(np.sort(rng.uniform(-1, 1, N)) * 64) / 64
    y = np.round(rng.standard_normal(N) * 64) / 64
    found = two_layer.optimal_weight(ml.Dataset(points[:, None], targets=y), tolerance=1e-5)
    assert found.proven and 0 <= found.gap < 1.1e-5
    on_grid = least_on_a_grid(points, y)
    assert found.lower <= on_grid * (1 + 1e-9) and on_grid < 1.01 * found.weight
    assert found.neurons <= N and found.max_error < 1e-9
    assert two_layer.total_weight(found.network) == found.weight


def test_optimum_of_one_point():
    """The best neuron points along (x, 1)."""
    found = two_layer.optimal_weight(ml.Dataset([[3.0, 4.0]], targets=[-7]), tolerance=1e-6)
    assert found.proven and found.neurons == 1
    assert found.weight == pytest.approx(7 / math.sqrt(26), rel=1e-6)


@pytest.mark.parametrize("d", [1, 2])
def test_the_largest_g_is_found_in_one_and_two_dimensions(d):
    """No search from many starts finds more, and the best start comes near."""
    rng = np.random.default_rng(d)
    for N in (1, 2, 3, 9, 25):
        lifted = np.column_stack([rng.uniform(-1, 1, (N, d)), np.ones(N)])
        prices = rng.standard_normal(N)
        blocks = search.on_a_circle if d == 1 else search.on_a_sphere
        most = max(
            search.heights_of(lifted, prices, block).max() for block in blocks(lifted, prices)
        )
        none = np.empty((d + 1, 0))
        _, heights = search.searched(lifted, prices, none, rng, 3000)
        assert heights.max() <= most * (1 + 1e-12)
        assert heights.max() >= most * (1 - 1e-5)


@pytest.mark.parametrize(
    ("N", "d", "low", "high"), [(12, 2, 0.5, 60), (40, 5, 4, 8), (50, 10, 2.5, 4)]
)
def test_optimum_of_random_signs(N, d, low, high):
    cloud = ml.data.sphere(N=N, d=d, seed=1)
    found = two_layer.optimal_weight(cloud, tolerance=0.02, progress=False)
    assert found.gap <= 0.02 and found.proven == (d <= 2)
    assert low < found.weight / math.sqrt(N) < high
    assert found.lower >= two_layer.weight_bound(N)
    assert found.neurons <= N and found.max_error < Fraction(1, 10**9)
    assert found.network.readout == "sign"
    assert (ml.predict(found.network, cloud.points) == cloud.labels).all()
    again = ml.verify(found.network, cloud)
    assert bool(again) and again.size.depth == 2


def test_optimum_is_far_below_exact_networks():
    cloud = ml.data.sphere(N=30, d=4, seed=2)
    signs = ml.Dataset(cloud.points, targets=2 * cloud.labels - 1)
    least = two_layer.optimal_weight(signs, tolerance=0.05)
    for variant in ("paper", "sorted"):
        assert least.weight < two_layer.total_weight(build(signs, variant=variant))


def test_optimum_scales_with_the_values_and_counts_points_once():
    cloud = ml.data.ball(N=9, d=2, seed=4)
    y = np.arange(9) - 4.0
    found = two_layer.optimal_weight(ml.Dataset(cloud.points, targets=y))
    twice = ml.Dataset(
        np.concatenate([cloud.points, cloud.points]), targets=np.concatenate([y, y]) * 2.0**60
    )
    scaled = two_layer.optimal_weight(twice)
    assert scaled.weight == pytest.approx(2.0**60 * found.weight, rel=0.01)
    assert scaled.lower == pytest.approx(2.0**60 * found.lower, rel=0.01)


def test_optimum_of_zeros_and_of_classes():
    points = [[0, 0], [1, 0], [0, 1]]
    zero = two_layer.optimal_weight(ml.Dataset(points, targets=[0, 0, 0]))
    assert (zero.weight, zero.lower, zero.gap, zero.neurons) == (0, 0, 0, 0)
    assert zero.proven and zero.max_error == 0
    classes = ml.Dataset(points, [2, 0, 1])
    numbers = ml.Dataset(points, targets=[2, 0, 1])
    found = [two_layer.optimal_weight(data) for data in (classes, numbers)]
    assert found[0].weight == found[1].weight and found[0].network.readout == "value"


def test_optimum_says_how_far_it_got():
    cloud = ml.data.sphere(N=30, d=6, seed=5)
    short = two_layer.optimal_weight(cloud, rounds=2)
    full = two_layer.optimal_weight(cloud)
    assert short.rounds == 2 and short.gap > full.gap
    assert short.weight >= full.weight >= full.lower * (1 - 1e-9) and full.gap <= 0.01


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"dataset": [[1]]}, "dataset: a Dataset is needed"),
        ({"dataset": ml.data.lattice(201, 2)}, "dataset: .* up to 200 points .* got N = 201"),
        ({"seed": -1}, "seed: a whole number >= 0"),
        ({"tolerance": 0}, "tolerance: a finite number >= 1e-06 is needed, got 0"),
        ({"rounds": 0}, "rounds: a whole number >= 1"),
    ],
)
def test_optimum_refuses(arguments, reason):
    with pytest.raises(InvalidArgument, match=reason):
        two_layer.optimal_weight(**({"dataset": ml.data.ball(N=4, d=2)} | arguments))


@pytest.mark.parametrize(
    ("dataset", "reason"),
    [
        (ml.Dataset([[1 << 500]], [0]), r"dataset: points of norm up to 2\^400"),
        (ml.Dataset([[1]], targets=[1 << 500]), "dataset: the largest target"),
    ],
)
def test_optimum_refuses_data_beyond_floats(dataset, reason):
    with pytest.raises(HypothesisViolated, match=reason):
        two_layer.optimal_weight(dataset)


def test_optimum_fails_where_floats_do():
    close = ml.Dataset([[1.0], [1.0 + 2.0**-52], [0.0]], [0, 1, 0])
    with pytest.raises(ml.ConstructionFailed, match="dataset: a linear program of 3 points"):
        two_layer.optimal_weight(close)


# -- promises about exact networks -----------------------------------------------------------------


def integer_cloud(N, d, most, seed=0):
    rng = np.random.default_rng(seed)
    return ml.Dataset(rng.integers(-most, most + 1, (N, d)), np.arange(N) % 2)


FAMILIES = {
    "one point": ml.data.ball(N=1, d=3, classes=1),
    "the origin": ml.Dataset([[0, 0]], [0]),
    "two points": ml.data.ball(N=2, d=1),
    "a line": ml.data.ball(N=17, d=1),
    "ball": ml.data.ball(N=40, d=3),
    "few": ml.data.ball(N=7, d=9),
    "as many as a simplex": ml.data.ball(N=10, d=9),
    "sphere": ml.data.sphere(N=60, d=10),
    "one class": ml.data.ball(N=20, d=3, classes=1),
    "moment curve": ml.data.moment_curve(N=30, d=4),
    "integers": integer_cloud(30, 3, 1000),
    "triangle": ml.Dataset([[0, 0], [0, 1], [1, 0]], [0, 1, 1]),
    "far": ml.Dataset(np.random.default_rng(0).standard_normal((12, 3)) * 2.0**200, [0, 1] * 6),
}
VALUED = {
    "targets": ml.Dataset(
        ml.data.ball(N=33, d=4).points, targets=np.random.default_rng(0).standard_normal(33)
    ),
    "fractions": ml.Dataset(
        ml.data.ball(N=20, d=3).points, targets=[Fraction(k, 3 * k + 1) for k in range(20)]
    ),
    "classes": ml.data.ball(N=30, d=2, classes=7),
    "constant": ml.Dataset(ml.data.ball(N=9, d=2).points, targets=[5] * 9),
    "zeros": ml.Dataset(ml.data.ball(N=9, d=2).points, targets=[0] * 9),
}


def excess(size, most):
    """The entries of ``size`` that are larger than ``most`` says."""
    most = asdict(most)
    return {name: (n, most[name]) for name, n in asdict(size).items() if n > most[name]}


@pytest.mark.parametrize("variant", ["threshold", "paper", "sorted"])
@pytest.mark.parametrize("name", FAMILIES)
def test_no_entry_is_larger_than_promised(name, variant):
    for seed in range(2):
        network = build(FAMILIES[name], variant=variant, seed=seed)
        assert excess(network.size, two_layer.bound(FAMILIES[name], variant=variant)) == {}


@pytest.mark.parametrize("variant", ["paper", "sorted"])
@pytest.mark.parametrize("name", VALUED)
def test_no_entry_is_larger_than_promised_for_values(name, variant):
    network = build(VALUED[name], variant=variant)
    assert excess(network.size, two_layer.bound(VALUED[name], variant=variant)) == {}


@pytest.mark.parametrize("size", [1, 2, 3])
def test_no_entry_is_larger_than_promised_for_groups_of_any_size(size):
    for cloud in (FAMILIES["ball"], FAMILIES["moment curve"], VALUED["targets"]):
        network, promised = build(cloud, group_size=size), two_layer.bound(cloud, group_size=size)
        assert excess(network.size, promised) == {}
        assert network.size.neurons == promised.neurons
        assert promised.neurons == 2 * math.ceil(cloud.N / size) - ((cloud.N - 1) % size == 0)


def test_promises_without_data_cover_those_of_data():
    for variant in ("threshold", "paper", "sorted"):
        general = two_layer.bound(N=60, d=10, variant=variant, radius=1.001)
        of_data = two_layer.bound(FAMILIES["sphere"], variant=variant)
        assert excess(of_data, general) == {}
    classes = two_layer.bound(N=30, d=2, classes=7)
    assert excess(two_layer.bound(VALUED["classes"]), classes) == {}
    assert excess(two_layer.bound(N=30, d=2), classes) == {}
    assert two_layer.bound(N=30, d=2, value_bits=64).bits > classes.bits


def test_promised_numbers_of_neurons_are_the_formulas():
    for N in range(1, 30):
        for d in (1, 2, 3, 7):
            sizes = {
                v: two_layer.bound(N=N, d=d, variant=v) for v in ("threshold", "paper", "sorted")
            }
            assert sizes["threshold"].neurons == math.ceil((N - 1) / d)
            assert sizes["paper"].neurons == 4 * math.ceil(N / d)
            strips = 2 * math.ceil(N / (d + 1)) - (N % (d + 1) == 1)
            assert sizes["sorted"].neurons == strips
            assert sizes["sorted"].neurons <= 2 * two_layer.least_neurons(N, d)
            assert sizes["threshold"].neurons == two_layer.least_neurons(N, d, "threshold")
    cloud = FAMILIES["ball"]  # where they are reached
    for variant in ("paper", "sorted"):
        made, promised = build(cloud, variant=variant).size, two_layer.bound(cloud, variant=variant)
        assert (made.neurons, made.width, made.dense_weights) == (
            promised.neurons, promised.width, promised.dense_weights,
        )  # fmt: skip


def test_promised_bits_are_not_out_of_the_world():
    cloud = FAMILIES["sphere"]
    for variant, factor in (("threshold", 4), ("paper", 2), ("sorted", 3)):
        made, promised = build(cloud, variant=variant).size, two_layer.bound(cloud, variant=variant)
        assert promised.bits < factor * made.bits and promised.total_bits < 4 * made.total_bits
    direction = two_layer.bound(cloud, direction_bits=2)
    assert direction.bits < two_layer.bound(cloud).bits
    assert excess(build(cloud).size, direction) == {}


@pytest.mark.proves("thm-two_layer-least-neurons")
@pytest.mark.parametrize(("N", "d"), [(1, 1), (5, 1), (12, 2), (13, 3), (30, 4)])
def test_fewer_relu_neurons_have_too_few_parameters(N, d):
    """a_l relu(<w_l, x> + b_l) has the scale of w_l and b_l in a_l: at points that stay on their
    side of all kinks, values of k neurons form a set of dimension at most k (d + 1)."""
    rng = np.random.default_rng(N)
    points = np.column_stack([rng.standard_normal((N, d)), np.ones(N)])
    least = two_layer.least_neurons(N, d)
    assert least == -(-N // (d + 1))
    for k, reached in ((least - 1, False), (4 * least, True)):
        outer, inner = rng.standard_normal(k), rng.standard_normal((d + 1, k))
        pre = points @ inner
        by_inner = ((pre > 0) * outer)[:, :, None] * points[:, None, :]
        jacobian = np.hstack([np.maximum(pre, 0), by_inner.reshape(N, k * (d + 1))])
        rank = np.linalg.matrix_rank(jacobian) if k else 0
        assert (rank == N) == reached


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({}, "N: a whole number >= 1 is needed, got None"),
        ({"N": 0, "d": 1}, "N: a whole number >= 1"),
        ({"N": 10**10, "d": 1}, "N: this is computed up to"),
        ({"N": 3, "d": 2.0}, "d: a whole number >= 1"),
        ({"N": 3, "d": 2, "variant": "slabs"}, "variant: one of .* got 'slabs'"),
        ({"N": 3, "d": 2, "radius": -1}, "radius: .* got -1"),
        ({"N": 3, "d": 2, "grid_bits": -1}, "grid_bits: a whole number >= 0"),
        ({"N": 3, "d": 2, "classes": 0}, "classes: a whole number >= 1"),
        ({"N": 3, "d": 2, "classes": 2, "value_bits": 3}, "classes: give it or value_bits"),
        ({"N": 3, "d": 2, "variant": "paper", "direction_bits": 3}, "direction_bits: .* nothing"),
        ({"N": 3, "d": 2, "direction_bits": 0}, "direction_bits: a whole number >= 1"),
        ({"N": 3, "d": 2, "value_bits": 10**8}, "value_bits: this is computed up to 10000000"),
        ({"N": 3, "d": 2, "group_size": 4}, "group_size: .* d . 1 = 3 points"),
        ({"dataset": FAMILIES["ball"], "N": 3}, "N: facts tell it already; omit it"),
        ({"dataset": [[1]]}, "facts or dataset: Facts or a Dataset"),
    ],
)
def test_bound_refuses(arguments, reason):
    with pytest.raises(InvalidArgument, match=reason):
        two_layer.bound(**arguments)


@pytest.mark.parametrize("name", ["classes", "targets"])
def test_threshold_units_have_no_bound_for_other_data(name):
    with pytest.raises(HypothesisViolated, match=r"dataset: .* (2 classes|real targets)"):
        two_layer.bound(VALUED[name], variant="threshold")


@pytest.mark.parametrize("variant", ["hybrid", "ntk", "antisymmetric", "harmonic", "hermite"])
def test_nothing_is_proved_about_the_size_of_fits(variant):
    assert two_layer.bound(N=3, d=2, variant=variant) is None
    assert two_layer.bound(FAMILIES["ball"], variant=variant) is None
    with pytest.raises(InvalidArgument, match="N: a whole number >= 1"):
        two_layer.bound(N=0, d=2, variant=variant)


def test_least_neurons_refuses():
    with pytest.raises(InvalidArgument, match="N: a whole number >= 1"):
        two_layer.least_neurons(0, 1)
    with pytest.raises(InvalidArgument, match=r"activation: one of .*'relu'.* got 'tanh'"):
        two_layer.least_neurons(3, 1, "tanh")


@pytest.mark.proves("thm-two_layer-rounding")
def test_rounding_of_exact_networks_stays_below_its_bound():
    """Their rows are too long for floats before they are scaled."""
    cloud, rng = ml.data.ball(N=24, d=3, seed=8), np.random.default_rng(0)
    for variant in ("paper", "sorted"):
        network = build(cloud, variant=variant)
        neurons = neurons_of(network)
        scales = [
            Fraction(2) ** max(abs(int(v)).bit_length() for v in (*row, bias))
            for row, bias in zip(neurons.rows, neurons.biases, strict=True)
        ]
        unit = 1 << network.input_shift
        rows = [[float(int(w) * unit / s) for w in row]
                for row, s in zip(neurons.rows, scales, strict=True)]  # fmt: skip
        biases = [float(int(b) / s) for b, s in zip(neurons.biases, scales, strict=True)]
        outer = [float(a * s) for a, s in zip(neurons.outer, scales, strict=True)]
        values = summed(np.array(rows), np.array(biases), np.array(outer), cloud.points, rng)
        error = largest_error(network, cloud.points, values)
        radius = cloud.radius * (1 + 2.0**-50)
        assert 0 < error <= two_layer.rounding_bound(network, radius=radius)


def test_arguments_beyond_floats():
    with pytest.raises(ml.InvalidArgument, match=r"N: less than 2\^1000 points"):
        two_layer.weight_bound(10**400)
    with pytest.raises(ml.InvalidArgument, match="order: computed up to 170"):
        two_layer.harmonic_kernel(171, [0.5])
    assert np.isfinite(two_layer.harmonic_kernel(170, [0.999, 1.0])).all()
    points = ml.data.sphere(N=5, d=20, seed=0)
    spread = two_layer.hermite_dispersion(points)
    one = two_layer.hermite_step(spread, [1.0] * 5)
    for size in (1e200, 1e-200):
        assert two_layer.hermite_step(spread, [size] * 5) == pytest.approx(one / size)
        assert math.isfinite(two_layer.step_weight(spread, [size] * 5))


def test_no_weight_at_all():
    zero = two_layer.build(ml.Dataset([[0.0], [1.0], [3.0]], targets=[0, 0, 0]))
    assert two_layer.weight_between(zero) == (0, 0) and two_layer.rounding_bound(zero) == 0


@pytest.mark.parametrize("arguments", [{"classes": 5}, {"value_bits": 5}])
def test_threshold_units_have_no_bound_for_other_values(arguments):
    with pytest.raises(ml.HypothesisViolated, match=r"2 classes, got 5|got real targets"):
        two_layer.bound(N=5, d=2, variant="threshold", **arguments)
    assert two_layer.bound(N=5, d=2, variant="threshold", classes=2).neurons == 2
