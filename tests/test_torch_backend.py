"""PyTorch: verification on tensors, and modules in float64 that are exact or refuse to be."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

import mem_lib as ml
from benchmarks.two_layer import signs
from mem_lib.exact import engine
from mem_lib.two_layer.residual.run import Run
from tests.networks import ladder, ladder_labels

torch = pytest.importorskip("torch")
torch.set_num_threads(1)  # small tensors; several threads would fight over the cores

from mem_lib import torch_backend  # noqa: E402
from mem_lib.torch_backend.module import box_bits  # noqa: E402
from tests.elsewhere import elsewhere  # noqa: E402

VARIANTS = ("paper", "narrow", "retrieval")
BALL = ml.data.ball(N=300, d=3, margin=0.01, classes=3, seed=0)


# -- evaluation on tensors -----------------------------------------------------------------------


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_same_certificate_on_tensors(variant):
    network = ml.optimal_relu.build(BALL, variant=variant, folder_size=80)
    here, there = ml.verify(network, BALL), ml.verify(network, BALL, device="cpu")
    assert there.ok
    assert replace(here, arithmetic="") == replace(there, arithmetic="")
    assert "digits of 48 bits" in there.arithmetic


def test_auto_is_numpy_without_a_gpu():
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    network = ml.optimal_relu.build(BALL)
    assert ml.verify(network, BALL, device="auto") == ml.verify(network, BALL)


@pytest.fixture(params=["elsewhere", "cuda"])
def other_device(request, monkeypatch):
    """The name of a device that is not the CPU: a GPU, or the one that stands in for it."""
    if request.param == "cuda":
        if not torch.cuda.is_available():
            pytest.skip("there is no GPU")
        yield "cuda"
        return
    monkeypatch.setattr("mem_lib.torch_backend.module.device_named", str)
    monkeypatch.setattr("mem_lib.exact.arrays.device_named", str)
    monkeypatch.setattr("mem_lib.exact.device.device_named", str)
    with elsewhere() as name:
        yield name


def test_the_device_that_stands_in_is_strict():
    here = torch.arange(3)
    with elsewhere() as name:
        there = torch.full((3,), 2, device=name)
        assert (there * here.to(name) + 1).cpu().numpy().tolist() == [1, 3, 5]
        for wrong in (lambda: there + here, lambda: here + there, lambda: torch.cat([here, there])):
            with pytest.raises(RuntimeError, match="two devices"):
                wrong()
        for wrong in (lambda: there[:2].numpy(), lambda: np.asarray(there * 2)):
            with pytest.raises(TypeError, match="numpy"):
                wrong()


@pytest.mark.parametrize("variant", ml.optimal_relu.VARIANTS)
def test_the_same_certificate_on_another_device(variant, other_device):
    network = ml.optimal_relu.build(BALL, variant=variant)
    here, there = ml.verify(network, BALL), ml.verify(network, BALL, device=other_device)
    assert there.ok
    assert replace(here, arithmetic="") == replace(there, arithmetic="")


def test_a_module_on_another_device(other_device):
    network = ml.optimal_relu.build(BALL, variant="narrow", max_weight_bits=51)
    module = network.to_torch(BALL, device=other_device)
    x = torch.tensor(BALL.points, device=other_device)
    assert torch.equal(module(x).cpu()[:, 0], torch.tensor(BALL.labels, dtype=torch.float64))


@pytest.mark.parametrize("variant", ["ntk", "antisymmetric", "harmonic", "hermite"])
def test_a_fit_on_another_device(variant, other_device):
    data = signs(200, 20)
    options = {"variant": variant, "relative_error": 0.1, "progress": False}
    found = ml.two_layer.fit(data, device=other_device, **options)
    assert found.error <= 0.1
    assert ml.verify(found.network, data, tolerance=found.max_error + found.float_error)
    assert not ml.verify(found.network, data, tolerance=found.max_error - found.float_error)


def test_wide_networks_run_in_numpy():
    moons = ml.data.moons(N=100, noise=0.05, margin=0.1, seed=1)
    curve = ml.data.moment_curve(N=150, d=2)
    for data, network in (
        (moons, ml.beyond_worst_case.build(moons, n=200, seed=4)),
        (curve, ml.two_layer.build(curve, variant="paper")),
    ):
        assert network.size.width > 64
        assert ml.verify(network, data, device="cpu") == ml.verify(network, data)


class Full:
    """Makes evaluation fail on more than ``most`` points, as a full device would.

    ``sizes``: of the pieces that the layers from ``start`` on were run on.
    """

    def __init__(self, monkeypatch, most):
        self.most, self.sizes = most, {}
        run = engine.Engine.run_layers

        def run_layers(engine, block, start=0, stop=None):
            if block.shape[1] > self.most:
                raise torch.OutOfMemoryError("CUDA out of memory")
            self.sizes.setdefault(start, []).append(block.shape[1])
            return run(engine, block, start, stop)

        monkeypatch.setattr(engine.Engine, "run_layers", run_layers)


@pytest.mark.parametrize("in_a_chunk", [10**9, 70])
def test_a_full_device_gets_smaller_pieces_and_verifies_nothing_twice(monkeypatch, in_a_chunk):
    monkeypatch.setattr(engine, "MOST_POINTS", in_a_chunk)
    shape = {"steps": 4, "width": 40, "bits": 80}
    x = np.arange(160)
    data = ml.Dataset(x[:, None], labels=ladder_labels(**shape, points=x))
    expected = ml.verify(ladder(**shape), data)
    full = Full(monkeypatch, 50)
    assert replace(ml.verify(ladder(**shape), data, device="cpu"), arithmetic="") == replace(
        expected, arithmetic=""
    )
    head, tail = full.sizes.values()
    pieces = [40, 40, 40, 40] if in_a_chunk > 160 else [35, 35, 35, 35, 20]
    assert head == tail == pieces


def test_a_device_that_holds_not_even_one_point(monkeypatch):
    network = ml.optimal_relu.build(BALL)
    Full(monkeypatch, 0)
    with pytest.raises(ml.MemorizationError, match="device: its memory does not hold"):
        ml.verify(network, BALL, device="cpu")


def full_device(*_, **__):
    raise torch.OutOfMemoryError("CUDA out of memory")


def test_a_device_that_is_too_small_for_a_module(monkeypatch):
    monkeypatch.setattr(torch.nn.Module, "to", full_device)
    with pytest.raises(ml.MemorizationError, match="device: its memory does not hold the weights"):
        ml.optimal_relu.build(BALL).to_torch(exact=False, device="cpu")


def test_a_fit_on_a_device_that_becomes_full_goes_on_where_it_was(monkeypatch, tmp_path):
    data, path = signs(200, 20), tmp_path / "fit"
    fit = partial(
        ml.two_layer.fit, data, variant="antisymmetric", relative_error=0.1, device="cpu",
        progress=False,
    )  # fmt: skip
    whole, steps = fit(), 0
    advance = Run._advance

    def twenty_steps(run):
        nonlocal steps
        steps += 1
        if steps > 20:
            full_device()
        advance(run)

    with monkeypatch.context() as context:
        context.setattr(Run, "_advance", twenty_steps)
        with pytest.raises(ml.MemorizationError, match="device: its memory does not hold a fit"):
            fit(checkpoint=path)
    assert path.exists()
    assert fit(checkpoint=path).network.sha256 == whole.network.sha256


@pytest.mark.parametrize("name", ["gpu", "tpu:7", "cuda:99", "meta", "", 3.5, "mps", b"cpu"])
def test_devices_that_are_not_there(name):
    network = ml.optimal_relu.build(BALL)
    with pytest.raises(ml.InvalidArgument, match="device: "):
        ml.verify(network, BALL, device=name)
    with pytest.raises(ml.InvalidArgument, match="device: "):
        network.to_torch(exact=False, device=name)


# -- modules -------------------------------------------------------------------------------------


def test_a_module_that_is_exact_on_the_box():
    data = ml.data.moons(N=100, noise=0.05, margin=0.1, seed=1)
    network = ml.beyond_worst_case.build(data, n=100, seed=4)
    module = network.to_torch(data, device="cpu")
    assert module.proven == "box" and module.bits <= 53
    rng = np.random.default_rng(0)
    low, high = data.points.min(axis=0), data.points.max(axis=0)
    inside = np.rint((low + rng.random((200, 2)) * (high - low)) * 2**20) / 2**20
    points = np.concatenate([data.points, np.clip(inside, low, high)])
    numerators, denominator = ml.evaluate(network, points)
    out = module(torch.from_numpy(points)).numpy()
    assert (out * denominator == numerators).all()


def test_a_module_that_is_exact_at_the_points_only():
    """The first layer cancels: 2^40 (x - x) is 0, but not in interval arithmetic."""
    layers = [
        ml.Layer([[1], [1]], [0, 0], "relu"),
        ml.Layer([[2**40, -(2**40)], [1, 0]], [0, 0], "relu"),
        ml.Layer([[2**20, 1]], [0], "identity"),
    ]
    network = ml.Network(layers)
    data = ml.Dataset(np.arange(10)[:, None] % 2, labels=np.arange(10) % 2)
    module = network.to_torch(data, device="cpu")
    assert module.proven == "points"
    assert (
        module(torch.from_numpy(data.points.copy())).numpy()[:, 0].tolist() == data.labels.tolist()
    )


def test_points_finer_than_the_network():
    network = ml.Network([ml.Layer([[2]], [-1], "relu"), ml.Layer([[3]], [1], "identity")], 1)
    data = ml.Dataset([[0.5], [0.375], [2.0**-20]], targets=[1.0, 1.0, 1.0])
    out = network.to_torch(data, device="cpu")(torch.from_numpy(data.points.copy())).numpy()
    numerators, denominator = ml.evaluate(network, data.points)
    assert (out * denominator == numerators).all()


@pytest.mark.parametrize("variant", VARIANTS)
def test_long_weights_are_refused_with_the_bits_they_need(variant):
    network = ml.optimal_relu.build(BALL, variant=variant, folder_size=80)
    with pytest.raises(
        ml.HypothesisViolated, match=r"exact: float64 has 53 bits, .* needs \d+ or more;"
    ):
        network.to_torch(BALL, device="cpu")
    module = network.to_torch(exact=False, device="cpu")
    assert (module.proven, module.bits) == (None, None)
    out = module(torch.from_numpy(BALL.points.copy())).numpy()[:, 0]
    assert (out == BALL.labels).mean() < 0.6  # it collapses


def test_short_weights_are_exact_in_plain_float64():
    """The witness of weights times bits: depth of the order of N, and not one wrong label."""
    data = ml.data.ball(N=5000, d=10, margin=0.1, seed=0)
    network = ml.optimal_relu.build(data, variant="narrow", max_weight_bits=51)
    module = network.to_torch(data, device="cpu")
    assert module.proven and module.bits <= 53
    out = module(torch.from_numpy(data.points.copy())).numpy()[:, 0]
    assert (out == data.labels).all()
    long = ml.optimal_relu.build(data, variant="narrow").to_torch(exact=False, device="cpu")
    out = long(torch.from_numpy(data.points.copy())).numpy()[:, 0]
    assert (out == data.labels).mean() < 0.6


SMALL, HUGE = 5e-324, 1.7e308


@pytest.mark.parametrize(
    ("points", "wanted"),
    [
        ([[SMALL], [2 * SMALL], [6 * SMALL]], {"labels": [0, 1, 0]}),
        ([[HUGE], [-HUGE], [0.0]], {"labels": [0, 1, 1]}),
        ([[0], [1], [2]], {"targets": [0.0, SMALL, 2 * SMALL]}),
        ([[0], [1], [2]], {"targets": [0.0, HUGE, -HUGE]}),
    ],
)
def test_exact_at_the_ends_of_the_range(points, wanted):
    """2^1074 is no float64, but it is a product of two."""
    data = ml.Dataset(points, **wanted)
    network = ml.optimal_relu.build(data, variant="narrow")
    try:
        module = network.to_torch(data, device="cpu")
    except ml.HypothesisViolated:
        assert ml.foundations.bits_needed(network, data.points) > 53
        return
    out = module(torch.from_numpy(data.points.astype(float))).numpy()[:, 0]
    expected = data.labels if data.targets is None else data.targets
    assert out.tolist() == expected.tolist()


@pytest.mark.parametrize("denominator", [3**700, 2**1080, 2**1075])
def test_outputs_that_no_float_holds_are_refused(denominator):
    layer = ml.Layer([[1]], [0], "identity")
    network = ml.Network([layer], output_denominator=denominator, readout="sign")
    data = ml.Dataset([[1], [-3]], [1, 0])
    assert ml.verify(network, data).ok
    with pytest.raises(ml.InvalidNetwork, match="network: outputs over a denominator of"):
        network.to_torch(data, device="cpu")


def test_a_division_that_rounds_keeps_outputs_apart():
    for bits, denominator in ((50, 7), (51, 3), (49, 10**9 + 7)):
        rows = ml.Layer([[1], [1]], [2**bits - 2, 2**bits - 3], "identity")
        network = ml.Network([rows], output_denominator=denominator, readout="argmax")
        data = ml.Dataset([[0]], [0], classes=2)
        out = network.to_torch(data, device="cpu")(torch.zeros(1, 1))
        assert out[0, 0] > out[0, 1]
    rows = ml.Layer([[1], [1]], [2**53 - 2, 2**53 - 3], "identity")
    network = ml.Network([rows], output_denominator=7, readout="argmax")
    with pytest.raises(ml.HypothesisViolated, match="needs 53, of 51 that it may have"):
        network.to_torch(ml.Dataset([[0]], [0], classes=2), device="cpu")


def test_a_module_leaves_the_random_generator_alone():
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    ml.optimal_relu.build(BALL).to_torch(exact=False, device="cpu")
    assert torch.equal(torch.rand(1), expected)


def test_layers_that_do_not_fit_as_dense_matrices_are_refused(monkeypatch):
    network = ml.optimal_relu.build(ml.data.ball(N=20, d=2, seed=0))
    monkeypatch.setattr("mem_lib._base.memory.physical_memory", lambda: 2**10)
    with pytest.raises(ml.TooLarge, match="network: its layers as dense float64"):
        network.to_torch(exact=False, device="cpu")


def test_box_bits_bound_what_points_need():
    rng = np.random.default_rng(0)
    for _ in range(200):
        units = [2, *rng.integers(1, 5, 2).tolist(), 1]
        layers = [
            ml.Layer(rng.integers(-9, 10, (b, a)), rng.integers(-9, 10, b), str(kind))
            for a, b, kind in zip(
                units, units[1:], rng.choice(["relu", "threshold", "identity"], 3), strict=False
            )
        ]
        network = ml.Network(layers)
        points = rng.integers(-20, 21, (5, 2))
        low, high = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        assert ml.foundations.bits_needed(network, points) <= box_bits(network, low, high)


def test_a_module_cannot_be_proven_exact_without_points():
    network = ml.Network([ml.Layer([[1]], [0], "identity")])
    with pytest.raises(ml.InvalidArgument, match="dataset: a Dataset is needed, got None"):
        network.to_torch(device="cpu")
    with pytest.raises(ml.InvalidNetwork, match="dataset: the network has 1 inputs"):
        network.to_torch(ml.Dataset([[0, 1]], [0]), device="cpu")
    with pytest.raises(ml.InvalidArgument, match="network: a Network is needed"):
        torch_backend.to_torch("network", device="cpu")


def test_modules_are_moved_saved_and_loaded(tmp_path):
    data = ml.data.moons(N=60, noise=0.05, margin=0.1, seed=1)
    network = ml.beyond_worst_case.build(data, n=60, seed=4)
    module = network.to_torch(data, device="cpu")
    torch.save(module.state_dict(), tmp_path / "weights.pt")
    fresh = network.to_torch(exact=False, device="cpu")
    fresh.load_state_dict(torch.load(tmp_path / "weights.pt", weights_only=True))
    points = torch.from_numpy(data.points.copy())
    assert torch.equal(module(points), fresh(points))
    assert not any(parameter.requires_grad for parameter in module.parameters())
