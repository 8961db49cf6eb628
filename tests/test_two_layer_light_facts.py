"""The chapter `two_layer`: what is proved about light and heavy networks."""

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import linprog

import mem_lib as ml
from mem_lib import HypothesisViolated, InvalidArgument, Layer, Network, TooLarge, two_layer
from mem_lib.two_layer import drawn, guided, pairs
from mem_lib.two_layer.programs import Problem
from mem_lib.two_layer.values import missed, signed_values


def signs(points, seed=0):
    """Random signs as targets; the points as they are."""
    y = np.random.default_rng(seed).choice([-1, 1], len(points))
    return ml.Dataset(points, targets=y)


def floats(data):
    return data.points.astype(float), np.array([float(v) for v in signed_values(data)])


def features(points, units):
    """relu(<w, x_i> + b) for the columns (w, b) of ``units``."""
    return np.maximum(np.column_stack([points, np.ones(len(points))]) @ units, 0)


def unit_columns(rng, rows, count, scale=1.0):
    """Unit vectors (w, b), with biases of the size ``scale`` before they are scaled."""
    units = rng.standard_normal((rows, count))
    units[-1] *= scale
    return units / np.linalg.norm(units, axis=0)


def least_weight(columns, y):
    """min sum |a| with columns @ a = y."""
    k = columns.shape[1]
    found = linprog(np.ones(2 * k), A_eq=np.hstack([columns, -columns]), b_eq=y, bounds=(0, None))
    assert found.status == 0
    return found.fun


SIMPLEX = ml.Dataset(np.eye(2, dtype=int), targets=[1, -1])


# -- duality ---------------------------------------------------------------------------------------


@pytest.mark.proves("thm-two_layer-optimum")
@pytest.mark.parametrize(("N", "d", "seed"), [(5, 1, 0), (6, 2, 1), (9, 2, 2)])
def test_no_price_promises_more_than_the_optimum_and_no_network_is_below(N, d, seed):
    """<y, alpha> / S(alpha) <= W* for every alpha; the optimum has at most N neurons, and linear
    programs over other neurons stay above it."""
    rng = np.random.default_rng(seed)
    data = signs(rng.integers(-8, 9, (N, d)) / 8 + np.arange(N)[:, None], seed)
    found = two_layer.optimal_weight(data, tolerance=1e-5)
    assert found.proven and found.neurons <= N
    assert found.lower <= found.weight <= found.lower * (1 + 1e-4)
    points, y = floats(data)
    net, problem = features(points, unit_columns(rng, d + 1, 4000, scale=5)), Problem.of(data)
    for alpha in (y, *rng.standard_normal((20, N))):
        _, peaks = problem.thoroughly_searched(alpha, np.empty((d + 1, 0)), rng)
        largest = peaks.max() * problem.unit  # S(alpha), for d <= 2
        assert np.abs(alpha @ net).max() <= largest * (1 + 1e-9)
        assert y @ alpha / largest <= found.weight * (1 + 1e-9)
    assert least_weight(net, y) >= found.lower * (1 - 1e-6)


# -- two neurons -----------------------------------------------------------------------------------


@pytest.mark.proves("thm-two_layer-independent")
@pytest.mark.parametrize(("N", "d"), [(1, 1), (2, 1), (3, 5), (6, 5), (4, 4)])
def test_two_neurons_are_exact_and_weigh_what_the_formula_says(N, d):
    rng = np.random.default_rng(10 * N + d)
    for _ in range(5):
        z = rng.integers(-50, 51, (N, d))
        targets = [Fraction(int(v), 7) for v in rng.integers(-20, 21, N)]
        data = ml.Dataset(z, targets=targets)
        if np.linalg.matrix_rank(np.column_stack([z, np.ones(N)])) < N or data.distinct().N < N:
            continue
        network = two_layer.two_neurons(data)
        assert network.size.neurons == 2 and ml.verify(network, data).max_error == 0
        y = np.array([float(v) for v in targets])
        inverse = np.linalg.inv(z @ z.T + 1.0)

        def length(values, inverse=inverse):
            return math.sqrt(max(values @ inverse @ values, 0))

        weight = two_layer.total_weight(network)
        lightest = min(length(y.clip(0)) + length((-y).clip(0)), 2 * length(y))
        assert weight == pytest.approx(lightest, rel=1e-6)
        assert weight <= two_layer.independent_weight(data)


@pytest.mark.proves("thm-two_layer-independent")
@pytest.mark.parametrize("N", [2, 4, 6])
def test_nothing_is_lighter_on_orthonormal_points(N):
    """The optimum agrees with the formula, and so does the pair of neurons."""
    data = ml.Dataset(np.eye(N, dtype=int), targets=[1, -1] * (N // 2))
    exact = two_layer.orthonormal_weight(N)
    assert exact**2 == pytest.approx(N * (N + 2) / (N + 1))
    assert two_layer.total_weight(two_layer.two_neurons(data)) == pytest.approx(exact, rel=1e-12)
    found = two_layer.optimal_weight(data, tolerance=1e-3)
    assert found.lower * (1 - 1e-6) <= exact <= found.weight * (1 + 1e-6)
    assert found.weight <= exact * 1.002
    more = ml.Dataset(np.eye(N, N + 2, dtype=int), targets=[1, -1] * (N // 2))
    assert two_layer.total_weight(two_layer.two_neurons(more)) == pytest.approx(exact, rel=1e-12)


def test_two_neurons_of_classes_and_of_constants():
    data = ml.Dataset([[0, 0], [1, 0], [0, 1]], [0, 1, 1])
    network = two_layer.two_neurons(data)
    assert network.readout == "sign" and bool(ml.verify(network, data))
    assert max(map(abs, missed(network, data, signed_values(data)))) == 0
    three = ml.Dataset([[0, 0], [1, 0], [0, 1]], [0, 1, 2])
    assert ml.verify(two_layer.two_neurons(three), three).max_error == 0
    zero = ml.Dataset([[0], [1]], targets=[0, 0])
    assert two_layer.total_weight(two_layer.two_neurons(zero)) == 0
    assert two_layer.independent_weight(zero) == 0


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ([[0], [1], [2]], r"at most d . 1 of them, got 3 different points in 1 dimensions"),
        ([[0, 0], [1, 1], [2, 2]], "affinely independent points"),
    ],
)
def test_two_neurons_refuse_dependent_points(points, reason):
    data = ml.Dataset(points, targets=[1, 2, 4])
    for function in (two_layer.two_neurons, two_layer.independent_weight):
        with pytest.raises(HypothesisViolated, match=reason):
            function(data)
    with pytest.raises(InvalidArgument, match="dataset: a Dataset is needed"):
        two_layer.two_neurons([[1]])


# -- drawn neurons ---------------------------------------------------------------------------------


@pytest.mark.proves("thm-two_layer-drawn")
@pytest.mark.parametrize("biases", [False, True])
def test_the_kernel_is_the_mean_over_drawn_neurons(biases):
    rng = np.random.default_rng(0)
    data = signs(rng.integers(-4, 5, (4, 3)) * 2.0 + [[0.5, 0, 0]])
    points, y = floats(data)
    rows = np.column_stack([points, np.ones(4)]) if biases else points
    m = 400_000
    g = np.maximum(rows @ unit_columns(rng, rows.shape[1], m), 0)
    products = g[:, None] * g
    spread = products.std(axis=2) / math.sqrt(m)
    norms = np.linalg.norm(rows, axis=1)
    cosines = np.clip(rows @ rows.T / np.outer(norms, norms), -1, 1)
    kernel = np.outer(norms, norms) * two_layer.relu_kernel(cosines) / rows.shape[1]
    assert (np.abs(products.mean(axis=2) - kernel) <= 5 * spread + 1e-12).all()
    promised = two_layer.drawn_weight(data, biases=biases)
    assert promised == pytest.approx(math.sqrt(y @ np.linalg.solve(kernel, y)), rel=1e-6)
    # W* is not larger
    assert two_layer.optimal_weight(data).lower <= promised


@pytest.mark.proves("thm-two_layer-drawn")
@pytest.mark.parametrize("biases", [False, True])
def test_drawn_networks_are_as_light_as_promised(biases):
    data = signs(ml.data.sphere(N=12, d=5, seed=1).points, 1)
    found = two_layer.drawn_network(data, biases=biases, seed=2)
    assert found.draws == two_layer.draws_needed(12) and found.max_error < Fraction(1, 10**9)
    assert found.weight <= 2 * found.bound * (1 + 1e-9)
    assert found.weight <= math.sqrt(2) * found.certificate * (1 + 1e-9)
    plain = two_layer.drawn_network(data, biases=biases, draws=96, leverage=False, seed=3)
    assert plain.weight <= plain.certificate * (1 + 1e-9)
    scaled = ml.Dataset(data.points * 4, targets=data.targets * 8.0)
    if not biases:
        assert two_layer.drawn_weight(scaled) == pytest.approx(2 * found.bound)


@pytest.mark.proves("thm-two_layer-drawn")
def test_draws_by_leverage_have_their_density():
    """The mean of 1 / (density) is 1, and weighted products have the mean K."""
    data = signs(ml.data.sphere(N=4, d=2, seed=5).points)
    law = drawn._Law.of(Problem.of(data), False)
    units, shares = law.drawn(20_000, np.random.default_rng(1))
    assert shares.max() <= 2 and shares.mean() == pytest.approx(1, abs=0.03)
    g = law.features(units)
    kernel = law.vectors * law.values @ law.vectors.T
    assert (g * shares) @ g.T / g.shape[1] == pytest.approx(kernel, abs=0.05 * kernel.max())


@pytest.mark.parametrize(
    ("points", "arguments", "error", "reason"),
    [
        ([[1, 0], [2, 0]], {}, HypothesisViolated, "biases=True takes any different points"),
        ([[0, 0], [2, 0]], {}, HypothesisViolated, "or a point 0; biases=True"),
        ([[0, 1], [2, 0]], {"draws": 1}, ml.ConstructionFailed, "draws: 1 neurons span values"),
        ([[0, 1], [2, 0]], {"draws": 0}, InvalidArgument, "draws: a whole number >= 1"),
        ([[0, 1], [2, 0]], {"failure": 1}, InvalidArgument, "failure: a probability"),
    ],
)
def test_drawn_networks_refuse(points, arguments, error, reason):
    data = ml.Dataset(points, targets=[1, -1])
    with pytest.raises(error, match=reason):
        two_layer.drawn_network(data, **arguments)
    if not arguments:
        assert two_layer.drawn_weight(data, biases=True) > 0


# -- neurons that do not look at the labels --------------------------------------------------------


@pytest.mark.proves("thm-two_layer-blind")
@pytest.mark.parametrize("scale", [0.0, 0.3, 3.0])
def test_blind_neurons_are_never_lighter_than_promised(scale):
    """Exact least weights, over several draws of the signs; and the inequality of the proof."""
    N, d, m = 40, 8, 240
    rng = np.random.default_rng(int(10 * scale))
    points = ml.data.sphere(N=N, d=d, seed=3).points
    largest = float(np.linalg.eigvalsh(points @ points.T)[-1])
    units = unit_columns(rng, d + 1, m, scale)
    columns = features(points, units)
    centred = ((columns - columns.mean(axis=0)) ** 2).sum(axis=0)
    assert centred.max() <= largest * (1 + 1e-9)
    bound = two_layer.blind_weight_bound(N, m, largest)
    sharper = two_layer.blind_weight_bound(N, m, float(centred.max()))
    assert 0 < bound <= sharper
    for seed in range(6):
        y = np.random.default_rng(seed).choice([-1.0, 1.0], N)
        weight = least_weight(columns, y)
        assert weight >= sharper
        # duality with alpha = P y, for these very signs
        middle = y - y.mean()
        assert weight >= y @ middle / np.abs(middle @ columns).max() * (1 - 1e-6)


def test_centred_squares_of_a_network():
    data = signs(ml.data.sphere(N=12, d=4, seed=0).points)
    network = two_layer.build(data)
    largest = np.linalg.eigvalsh(data.points @ data.points.T)[-1]
    assert 0 < two_layer.centred_square(network, data) <= largest
    with pytest.raises(InvalidArgument, match="network: its points have 4 coordinates"):
        two_layer.centred_square(network, SIMPLEX)
    hidden, output = Layer([[1, 2]], [3], "threshold"), Layer([[1]], [0], "identity")
    with pytest.raises(InvalidArgument, match="network: ReLU units are needed"):
        two_layer.centred_square(Network([hidden, output]), SIMPLEX)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"N": 0}, "N: a whole number >= 1"),
        ({"neurons": 0}, "neurons: a whole number >= 1"),
        ({"largest": 0}, "largest: a finite number > 0"),
        ({"failure": 0}, "failure: a probability"),
    ],
)
def test_blind_bound_refuses(arguments, reason):
    with pytest.raises(InvalidArgument, match=reason):
        two_layer.blind_weight_bound(**({"N": 9, "neurons": 9, "largest": 1} | arguments))
    assert two_layer.blind_weight_bound(1, 5, 1) == 0


# -- few neurons -----------------------------------------------------------------------------------


@pytest.mark.proves("thm-two_layer-few")
def test_few_neurons_have_the_error_and_the_weight_of_the_proof():
    data = signs(ml.data.sphere(N=12, d=4, seed=2).points, 4)
    f = two_layer.optimal_weight(data, tolerance=0.05).network
    W, k, draws = two_layer.total_weight(f), 25, 60
    largest = float(np.linalg.eigvalsh(data.points @ data.points.T)[-1])
    errors, weights = [], []
    for seed in range(draws):
        few = two_layer.few_neurons(f, data, k, seed=seed)
        assert few.size.neurons == k + 1
        errors.append(sum(float(v) ** 2 for v in missed(few, data, signed_values(data))))
        weights.append(two_layer.total_weight(few))
    assert 0 < np.mean(errors) <= two_layer.few_error(W, largest, k)
    assert np.mean(weights) <= W * (1 + 1 / math.sqrt(k))
    # the mean falls as 1 / k
    long = [
        sum(
            float(v) ** 2
            for v in missed(
                two_layer.few_neurons(f, data, 16 * k, seed=s), data, signed_values(data)
            )
        )
        for s in range(20)
    ]
    assert 8 < np.mean(errors) / np.mean(long) < 32


@pytest.mark.proves("thm-two_layer-few")
def test_constants_cost_no_accuracy():
    """Neurons with large biases: without the extra neuron the error would be W^2 N / k or so."""
    data = signs(ml.data.sphere(N=50, d=10, seed=2).points)
    rows = np.random.default_rng(0).integers(-9, 10, (20, 10))
    hidden = Layer(rows, [100 * np.abs(rows).sum()] * 20, "relu")
    f = Network([hidden, Layer([[1, -1] * 10], [7], "identity")])
    target = ml.Dataset(data.points, targets=[0] * 50)
    few = two_layer.few_neurons(f, data, 40)
    wanted = [-v for v in missed(f, target, [Fraction(0)] * 50)]
    error = sum(float(v) ** 2 for v in missed(few, target, wanted))
    W = two_layer.total_weight(f)
    largest = float(np.linalg.eigvalsh(data.points @ data.points.T)[-1])
    assert error <= 4 * two_layer.few_error(W, largest, 40) < W**2 * 50 / 40


def test_few_neurons_refuse():
    network = two_layer.build(SIMPLEX)
    with pytest.raises(InvalidArgument, match="neurons: a whole number >= 1"):
        two_layer.few_neurons(network, SIMPLEX, 0)
    with pytest.raises(InvalidArgument, match="weight: a finite number > 0"):
        two_layer.few_error(0, 1, 1)


# -- guided pairs ----------------------------------------------------------------------------------


def drawn_gains(points, alpha, chi, p, draws, seed):
    """(<alpha, g>, |g|^2, weight) of many pairs."""
    conditions = two_layer.guided_conditions(len(points), chi, p=p)
    cut, rng = two_layer.clipped(alpha, chi), np.random.default_rng(seed)
    found = np.empty((draws, 3))
    for k in range(draws):
        pair = pairs.drawn_pair(points, cut, conditions, rng)
        g = pair.at(points)
        found[k] = alpha @ g, g @ g, pair.weight
    return conditions, cut, found


@pytest.mark.proves("thm-two_layer-guided")
@pytest.mark.parametrize("alpha", [[1, -1, 1], [1, 1, 1], [5, -1, 0.5]])
def test_one_pair_gains_what_the_lemma_says(alpha):
    """On orthonormal points chi = 0 and (A)-(F) hold.  The mean of <alpha, g> is above
    (1/2) kappa delta Gamma by more than four standard errors, and below kappa delta Gamma."""
    points, alpha = np.eye(3), np.array(alpha, dtype=float)
    conditions, cut, found = drawn_gains(points, alpha, 0, 3, 40_000, 1)
    assert conditions.hold
    mean, error = found.mean(axis=0), found.std(axis=0) / math.sqrt(len(found))
    first = conditions.kappa * conditions.delta * cut.gain
    assert first / 2 + 3 * error[0] < mean[0] < first + 3 * error[0]
    assert mean[1] <= 1.1 * conditions.delta**2 * conditions.nu
    assert mean[2] <= conditions.pair_weight(3)


@pytest.mark.proves("thm-two_layer-guided")
def test_clipping_gives_what_the_proof_needs():
    rng = np.random.default_rng(3)
    for _ in range(400):
        N = int(rng.integers(1, 14))
        alpha = rng.standard_normal(N) * np.exp(3 * rng.standard_normal(N))
        alpha[rng.random(N) < 0.2] = 0
        alpha = np.round(alpha) if rng.random() < 0.4 else alpha
        if not alpha.any():
            continue
        chi = float(rng.choice([1, 0.5, 3**-0.5, rng.uniform(0.1, 1)]))
        cut, norm = two_layer.clipped(alpha, chi), np.linalg.norm(alpha)
        slack = 1 + 1e-9
        if np.count_nonzero(alpha) >= chi**-2 * slack:
            count = np.minimum(alpha**2 / cut.theta**2, 1).sum()
            assert count == pytest.approx(chi**-2, rel=1e-9)
        assert np.linalg.norm(cut.a) <= cut.theta / chi * slack
        assert np.abs(cut.a).max() <= cut.theta * slack
        assert np.abs(alpha).sum() <= (1 + chi * math.sqrt(N)) * cut.gain * slack
        assert cut.gain >= norm / math.sqrt(1 + chi**2) / slack
        for y in rng.standard_normal((5, N)):
            assert alpha @ y <= (np.abs(y).max() + chi * np.linalg.norm(y)) * cut.gain * slack


@pytest.mark.proves("thm-two_layer-guided")
@pytest.mark.parametrize(("N", "d"), [(4, 4), (3, 6)])
def test_the_optimum_is_below_the_guided_weight(N, d):
    data = signs(np.eye(N, d, dtype=int))
    conditions = two_layer.guided_conditions(N, 0)
    found = two_layer.optimal_weight(data, tolerance=0.01)
    assert conditions.hold and found.weight <= two_layer.guided_weight(conditions, d)


@pytest.mark.proves("thm-two_layer-guided")
def test_the_mean_of_pairs_approaches_the_values():
    """E |r_K|^2 <= D^2/K and the mean weight at most W_y, where (A)-(F) hold; the error falls."""
    data = ml.Dataset(np.eye(3, dtype=int), targets=[1, -1, 1])
    runs = [two_layer.guided_pairs(data, steps=4000, seed=seed) for seed in range(4)]
    conditions = runs[0].conditions
    assert conditions.hold and conditions.nu == 3
    top = conditions.error(1, math.sqrt(3), 1)
    for K in (1000, 4000):
        assert np.mean([3 * run.errors[K] for run in runs]) <= 1.5 * top / K
    weight = np.mean([run.weights.mean() for run in runs])
    assert weight <= two_layer.guided_weight(conditions, 3) * 1.01
    run = runs[0]
    assert run.network.size.neurons == 8000
    exact = sum(float(v) ** 2 for v in missed(run.network, data, signed_values(data)))
    assert exact == pytest.approx(3 * run.errors[-1], rel=1e-6)
    assert two_layer.total_weight(run.network) == pytest.approx(run.weights.mean(), rel=1e-9)


@pytest.mark.proves("thm-two_layer-guided")
def test_the_sum_of_pairs_loses_the_share_of_its_steps():
    data = ml.Dataset(2 * np.eye(4, dtype=int), targets=[3, -3, 3, -3])
    run = two_layer.guided_pairs(data, steps=3000, method="sum")
    share = run.conditions.kappa**2 / (4.4 * run.conditions.nu)  # Gamma >= |r|, lambda = 1
    assert run.errors[-1] < math.exp(-3000 * share)
    exact = sum(float(v) ** 2 for v in missed(run.network, data, signed_values(data)))
    assert exact == pytest.approx(36 * run.errors[-1], rel=1e-5)
    assert two_layer.total_weight(run.network) <= run.weights.sum() * (1 + 1e-9)


@pytest.mark.proves("thm-two_layer-guided")
@pytest.mark.parametrize(("p", "factor"), [(3, 548), (5, 7.9e3), (7, 8.8e4)])
def test_constants_and_where_the_conditions_begin_to_hold(p, factor):
    conditions = two_layer.guided_conditions(1000, 0, p=p)
    assert conditions.hold and conditions.factor == pytest.approx(factor, rel=0.01)
    assert max(conditions.sizes["A"], conditions.sizes["B"]) == pytest.approx(1, abs=1e-9)
    smaller = two_layer.guided_conditions(1000, 0, p=p, delta=conditions.delta / 2)
    assert smaller.hold and smaller.factor == pytest.approx(2 * conditions.factor)
    if p == 3:
        for d, holds in ((2_300_000, False), (25_000_000, True)):
            chi = two_layer.random_coherence(2 * d, d, failure=0.01)
            assert two_layer.guided_conditions(2 * d, chi).hold is holds


def test_conditions_are_of_the_direct_integrals():
    """kappa from its mean over Gaussians, psi_n as the largest value of a derivative."""
    tau, p = 0.5, 3
    rng = np.random.default_rng(0)
    z = rng.standard_normal((p, 2_000_000))
    gate = (z.sum(axis=0) / math.sqrt(p) / tau + rng.standard_normal(z.shape[1])) > 0
    direct = z.prod(axis=0) * gate
    assert -direct.mean() == pytest.approx(
        guided._kappa(p, tau), abs=4 * direct.std() / math.sqrt(z.shape[1])
    )
    t = np.linspace(-3, 3, 20001)
    density = np.exp(-(t**2) / (2 * tau**2)) / math.sqrt(2 * math.pi) / tau
    for n in range(2, 6):
        assert np.abs(density[: len(t) - 2 * (n - 2)]).max() <= guided._psi(n, tau) * (1 + 1e-6)
        density = np.gradient(density, t)
    assert guided._psi(2, tau) == pytest.approx(1 / math.sqrt(2 * math.pi) / tau)


@pytest.mark.proves("thm-two_layer-guided")
def test_random_points_are_as_incoherent_as_promised():
    misses = 0
    for seed in range(40):
        x = np.random.default_rng(seed).standard_normal((30, 50))
        x /= np.linalg.norm(x, axis=1)[:, None]
        misses += np.abs(x @ x.T - np.eye(30)).max() > two_layer.random_coherence(
            30, 50, failure=0.5
        )
    assert misses <= 20
    assert two_layer.random_coherence(1, 5) == 0 and two_layer.random_coherence(9, 1) == 1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"N": 0}, "N: a whole number >= 1"),
        ({"chi": 2}, "chi: a number above 0 and at most 1"),
        ({"p": 4}, "p: an odd number is needed, got 4"),
        ({"p": 1}, "p: a whole number >= 3"),
        ({"delta": 0}, "delta: a finite number > 0"),
        ({"tau": -1}, "tau: a finite number > 0"),
    ],
)
def test_conditions_refuse(arguments, reason):
    with pytest.raises(InvalidArgument, match=reason):
        two_layer.guided_conditions(**({"N": 4, "chi": 0.5} | arguments))


def test_guided_functions_refuse():
    failing = two_layer.guided_conditions(300, 0.6)
    assert failing.failing == ("C", "D", "E", "F")
    with pytest.raises(HypothesisViolated, match=r"conditions: all of \(A\) to \(F\)"):
        two_layer.guided_weight(failing, 20)
    with pytest.raises(InvalidArgument, match="conditions: GuidedConditions are needed"):
        two_layer.guided_weight(3, 20)
    with pytest.raises(InvalidArgument, match="alpha: a list of numbers, not all 0"):
        two_layer.clipped([0, 0], 0.5)
    with pytest.raises(HypothesisViolated, match="dataset: points on a sphere are needed"):
        two_layer.guided_pairs(ml.Dataset([[1], [2]], targets=[1, 2]))
    with pytest.raises(HypothesisViolated, match="dataset: a value other than 0"):
        two_layer.guided_pairs(ml.Dataset([[1], [-1]], targets=[0, 0]))
    with pytest.raises(InvalidArgument, match="method: one of"):
        two_layer.guided_pairs(SIMPLEX, method="both")


# -- heavy networks --------------------------------------------------------------------------------


@pytest.mark.proves("thm-two_layer-gates-heavy")
def test_gates_weigh_more_than_any_bound_on_one_side_of_a_hyperplane():
    """u = rho x_i/|x_i| + u': the floor is at least |u'| |r_i| |x_i| / (lambda |rho|) for one sign
    of rho, as small as rho may be."""
    points = ml.data.sphere(N=8, d=3, seed=4).points
    data, rng = signs(points, 1), np.random.default_rng(0)
    largest = float(np.linalg.eigvalsh(points @ points.T)[-1])
    for i, x in enumerate(points):
        axis = x / np.linalg.norm(x)
        across = rng.standard_normal(3)
        across -= (across @ axis) * axis
        for rho in (1e-4, 1e-6, 1e-8):
            both = two_layer.gate_weights(data, [across + rho * axis, across - rho * axis])
            floor = np.linalg.norm(across) * np.linalg.norm(points[i]) / (largest * rho)
            assert both.max() >= floor * (1 - 1e-6)


@pytest.mark.proves("thm-two_layer-gates-heavy")
def test_weights_of_gates_have_a_tail_without_a_mean():
    """T P(weight > T) stays: a mean over draws would need it to fall."""
    data = signs(ml.data.sphere(N=20, d=5, seed=0).points)
    directions = np.random.default_rng(0).standard_normal((200_000, 5))
    weights = two_layer.gate_weights(data, directions)
    tails = [T * (weights > T).mean() for T in np.quantile(weights, [0.9, 0.99, 0.999])]
    assert min(tails) > 0.5 * max(tails)
    # below the weight of an actual step
    step = two_layer.fit(data, variant="ntk", neurons=2, partial=True, relative_error=0.01)
    assert two_layer.total_weight(step.network) >= weights.min()


@pytest.mark.proves("thm-two_layer-strips-heavy")
@pytest.mark.parametrize(("N", "d"), [(100, 2), (100, 18), (60, 5)])
def test_strips_weigh_at_least_the_sum_over_their_levels(N, d):
    heavy = []
    for seed in range(10):
        rng = np.random.default_rng([seed, d])
        data = ml.Dataset(
            rng.standard_normal((N, d)) / math.sqrt(d), targets=rng.choice([-1, 1], N)
        )
        network = two_layer.build(data, variant="sorted", seed=seed)
        floor = two_layer.strips_weight(data, network)
        assert 0 < floor <= two_layer.total_weight(network)
        if N >= 100:
            heavy.append(floor >= two_layer.strips_weight_bound(N, d))
    assert N < 100 or np.mean(heavy) >= 0.2


def test_heavy_functions_refuse():
    with pytest.raises(HypothesisViolated, match="N, d: d >= 2 and N >= max"):
        two_layer.strips_weight_bound(99, 2)
    with pytest.raises(HypothesisViolated, match="N, d: d >= 2"):
        two_layer.strips_weight_bound(1000, 1)
    with pytest.raises(HypothesisViolated, match="row 1 of the distinct points is 0"):
        two_layer.gate_weights(ml.Dataset([[1], [0]], targets=[1, 1]), [[1.0]])
    with pytest.raises(InvalidArgument, match=r"directions: \(K, 2\) numbers are needed"):
        two_layer.gate_weights(SIMPLEX, [1.0])
    with pytest.raises(InvalidArgument, match="network: its points have 2 coordinates"):
        two_layer.strips_weight(ml.data.ball(N=9, d=1), two_layer.build(SIMPLEX))
    assert two_layer.strips_weight(SIMPLEX, two_layer.build(SIMPLEX)) == 0
    with pytest.raises(TooLarge, match="dataset: this is computed for up to 5000 points"):
        two_layer.gate_weights(ml.data.lattice(5001, 2), [[1.0, 2.0]])


def test_a_zero_point_is_named():
    spread = two_layer.dispersion(ml.Dataset([[1, 0], [0, 0], [0, 1]], [0, 1, 0]))
    assert spread.zero == 1 and spread.least == 0
    with pytest.raises(HypothesisViolated, match="row 1 of the distinct points is 0"):
        two_layer.steps_needed(spread, relative_error=0.1)
    assert two_layer.dispersion(SIMPLEX).zero is None
