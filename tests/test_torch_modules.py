"""Modules in PyTorch: labels, devices as objects, and a proof that falls when weights change."""

import copy
import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import mem_lib as ml

torch = pytest.importorskip("torch")
torch.set_num_threads(1)

from mem_lib import torch_backend  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
DATA = ml.data.moons(N=40, noise=0.05, margin=0.1, seed=1)
NETWORK = ml.beyond_worst_case.build(DATA, n=60, seed=4)
POINTS = torch.from_numpy(DATA.points.copy())


def made(**how):
    return NETWORK.to_torch(DATA, device="cpu", **how)


# -- labels --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("readout", "outputs"),
    [
        ("value", [[0], [2], [4], [1], [-2], [2**48], [3]]),  # over the denominators below
        ("sign", [[1], [-1], [0]]),
        ("onehot", [[1, 0, 0], [-1, 3, -2], [1, 1, 0], [0, 0, 0], [2, 1, -1]]),
        ("argmax", [[1, 0, 0], [-3, -2, -3], [1, 1, 0], [0, 0, 0]]),
    ],
)
@pytest.mark.parametrize("denominator", [1, 2, 3, 6, 2**200, 3**300])
def test_labels_are_those_of_predict(readout, outputs, denominator):
    d = len(outputs[0])
    layer = ml.Layer(np.eye(d, dtype=int), [0] * d, "identity")
    network = ml.Network([layer], output_denominator=denominator, readout=readout)
    module = network.to_torch(exact=False, device="cpu", readout=True)
    found = module(torch.tensor(outputs, dtype=torch.float64))
    assert found.dtype == torch.int64
    assert found.tolist() == ml.predict(network, outputs).tolist()


def test_quotients_that_round_are_no_integers():
    """All remainders of the largest outputs whose quotients are proven to stay apart."""
    layer = ml.Layer([[1]], [0], "identity")
    for denominator in (3, 5 * 2**7, 10**9 + 7):
        network = ml.Network([layer], output_denominator=denominator)
        top = 2**51 // denominator * denominator
        outputs = [[top - k] for k in (0, 1, denominator - 1, denominator, denominator + 1)]
        data = ml.Dataset(outputs, targets=[0, 1, 2, 3, 4])
        module = network.to_torch(data, device="cpu", readout=True)
        found = module(torch.tensor(outputs, dtype=torch.float64)).tolist()
        assert found == ml.predict(network, outputs).tolist()
        assert [label >= 0 for label in found] == [True, False, False, True, False]


def test_outputs_that_are_no_numbers_decide_nothing():
    for readout, units in (("value", 1), ("sign", 1), ("onehot", 2), ("argmax", 2)):
        layer = ml.Layer([[1]] * units, [0] * units, "identity")
        network = ml.Network([layer], readout=readout)
        module = network.to_torch(exact=False, device="cpu", readout=True)
        outputs = torch.tensor([[torch.nan], [torch.inf], [-torch.inf]], dtype=torch.float64)
        wanted = {"sign": [-1, 1, 0]}.get(readout, [-1, -1, -1])
        assert module(outputs).tolist() == wanted, readout


def test_outputs_come_by_default_and_labels_when_asked():
    module = made(readout=True)
    assert module.proven == "box" and module(POINTS).tolist() == DATA.labels.tolist()
    assert made()(POINTS).dtype == torch.float64 and made()(POINTS).shape == (40, 1)
    with pytest.raises(ml.InvalidArgument, match="readout: a bool is needed, got 'labels'"):
        made(readout="labels")


# -- devices -------------------------------------------------------------------------------------


def test_a_device_may_be_an_object():
    module = NETWORK.to_torch(DATA, device=torch.device("cpu"))
    assert module.layers[0].weight.device == torch.device("cpu")
    there = ml.verify(NETWORK, DATA, device=torch.device("cpu"))
    assert there == ml.verify(NETWORK, DATA, device="cpu")


@pytest.mark.parametrize("device", [torch.device("meta"), torch.device("cuda:99")])
def test_an_object_may_be_of_a_device_that_is_not_there(device):
    with pytest.raises(ml.InvalidArgument, match=r"^device: .*device\(type="):
        NETWORK.to_torch(DATA, device=device)


def test_the_program_of_the_guide_prints_what_it_shows(capsys):
    page = (ROOT / "book/appendix/scikit-learn-and-pytorch.md").read_text(encoding="utf-8")
    ((program, output),) = re.findall(
        r"```python\n([^`]*import torch[^`]*)```\n\nprints\n\n```text\n([^`]*)```", page
    )
    exec(compile(program, "page", "exec"), {})
    assert capsys.readouterr().out == output


# -- the proof -----------------------------------------------------------------------------------


def in_place(module):
    module.layers[0].weight[0, 0] += 1


def through_data(module):
    module.layers[2].bias.data[0] += 1


def by_an_optimizer(module):
    module.requires_grad_(True)
    optimizer = torch.optim.SGD(module.layers[0].parameters(), lr=0.1)
    module(POINTS).sum().backward()
    module.layers[0].weight.grad = torch.ones_like(module.layers[0].weight)
    optimizer.step()


def by_a_file(module):
    other = {name: 2 * tensor for name, tensor in module.state_dict().items()}
    module.load_state_dict(other)


def by_another_part(module):
    module.layers[1] = torch.nn.ReLU6()


def by_a_hook(module):
    module.layers[0].register_forward_hook(lambda *_: None)


def by_a_number(module):
    module.odd = 7.0


def by_parameters(module):
    torch.nn.utils.parametrizations.weight_norm(module.layers[0])


CHANGES = {
    in_place: "layers.0.weight changed since",
    through_data: "layers.2.bias changed since",
    by_an_optimizer: "layers.0.",
    by_a_file: "layers.0.weight and .* more changed since",
    by_another_part: "its modules or hooks changed since",
    by_a_hook: "its modules or hooks changed since",
    by_a_number: "its numbers changed since",
    by_parameters: "layers.0.weight",
    torch.nn.Module.float: "layers.0.weight and .* more changed since",
    torch.nn.Module.half: "layers.0.weight and .* more changed since",
    partial(torch.nn.Module.to, dtype=torch.bfloat16): "layers.0.weight",
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_proof_falls_when_weights_are_changed(change):
    module = made()
    assert (module.proven, module.reason) == ("box", "") and module.bits <= 53
    change(module)
    assert module.proven is False and module.bits is None
    assert re.match(CHANGES[change], module.reason), module.reason


def test_the_proof_stands_where_nothing_changed():
    module = made()
    module.load_state_dict({k: v.clone() for k, v in module.state_dict().items()})
    module.eval().requires_grad_(True).to(torch.device("cpu")).double()
    assert (module.proven, module.reason) == ("box", "")
    weight = module.layers[0].weight
    with torch.no_grad():
        before = weight[0, 0].item()
        weight[0, 0] = 5
        assert module.proven is False
        weight[0, 0] = before
    assert module.proven == "box"  # it is the same function again
    assert copy.deepcopy(module).proven == "box"


def test_nothing_was_proven_and_nothing_falls():
    module = NETWORK.to_torch(exact=False, device="cpu")
    assert (module.proven, module.bits) == (None, None)
    assert module.reason == "exact=False: nobody looked"
    in_place(module)
    assert module.proven is None


def test_converted_modules_compute_in_their_type():
    for kind in (torch.float32, torch.bfloat16):
        module = made(readout=True).to(kind)
        assert module(POINTS).shape == (40,) and module.proven is False
        assert made().to(kind)(POINTS).dtype == kind


def test_a_saved_module_comes_back_with_its_proof(tmp_path):
    torch.save(made(), tmp_path / "module.pt")
    module = torch.load(tmp_path / "module.pt", weights_only=False)
    assert isinstance(module, torch_backend.MemorizingModule) and module.proven == "box"
    in_place(module)
    assert module.proven is False
