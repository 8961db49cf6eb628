"""A thread that takes subnormal numbers for zero, or rounds elsewhere, is noticed where floats are
taken in; what rests on integers goes on."""

import copy
import re
import subprocess
import sys
import threading
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import mem_lib as ml
from mem_lib._base.floating import check_floats, check_rounding
from mem_lib.exact.floats import from_dyadic
from mem_lib.parts.separation import separation_probability
from tests.floating import DIRECTIONS, FLUSHING, flushing, known, rounding

pytestmark = known
TINY = 2.0**-1060
NEAR = ml.Dataset([[0.0], [3 * TINY]], [0, 1])  # one point, where numbers are flushed
WHOLE = ml.Dataset([[0, 5], [3, 1], [2**70, 4]], [0, 1, 1])
SUM = ml.Network([ml.Layer([[1]], [0], "identity")])
FLUSHED = r"floats: this thread takes numbers below 2\^-1022 for zero.*set_flush_denormal"
TURNED = "floats: this thread does not round to the nearest.*fesetround.*fesetenv"

#: Every door through which floats become something else.
DOORS = {
    "points": lambda: ml.Dataset([[0.5]], [0]),
    "array": lambda: ml.Dataset(np.array([[TINY]]), [0]),
    "narrow": lambda: ml.Dataset(np.array([[2.0**-140]], np.float32), [0]),
    "objects": lambda: ml.Dataset(np.array([[TINY], [2**60]], object), [0, 1]),
    "targets": lambda: ml.Dataset([[1]], targets=[TINY]),
    "mixed targets": lambda: ml.Dataset([[1], [2]], targets=[TINY, Fraction(1, 3)]),
    "names": lambda: ml.Dataset.from_arrays([[1], [2]], [0.0, TINY]),
    "known points": lambda: ml.Dataset(*MADE),
    "integers": lambda: NEAR.integers(),
    "fingerprint": lambda: fresh(NEAR).sha256,
    "separation": lambda: fresh(NEAR).squared_separation,
    "rounded": lambda: fresh(NEAR).rounded(1059),
    "targets' margin": lambda: fresh(TARGETS).squared_margin,
    "verify": lambda: ml.verify(SUM, NEAR),
    "predict": lambda: ml.predict(SUM, [[TINY]]),
    "evaluate": lambda: ml.evaluate(SUM, [[0.5]]),
    "weights": lambda: from_dyadic([([[TINY]], [0])], ["identity"]),
    "tolerance": lambda: ml.verify(SUM, ml.Dataset([[1]], targets=[1]), tolerance=TINY),
    "numbers": lambda: separation_probability([0.5], [0.25], 1),
}
MADE = (np.array([[0.25]]), [0])
TARGETS = ml.Dataset([[1], [2]], targets=[0.0, TINY])


def fresh(dataset):
    """The same without what it has computed already."""
    twin = copy.copy(dataset)
    for name in ("shift", "_wide", "sha256", "squared_separation", "squared_margin"):
        vars(twin).pop(name, None)
    return twin


@pytest.mark.parametrize("what", FLUSHING)
@pytest.mark.parametrize("door", DOORS)
def test_no_float_passes_where_numbers_are_flushed(door, what):
    DOORS[door]()
    with flushing(what), pytest.raises(ml.MemorizationError, match=FLUSHED):
        DOORS[door]()
    DOORS[door]()


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("door", ["points", "narrow", "targets", "predict", "weights", "rounded"])
def test_no_float_passes_where_rounding_is_another(door, direction):
    with rounding(direction), pytest.raises(ml.MemorizationError, match=TURNED):
        DOORS[door]()


def test_what_would_go_wrong():
    """The twin: each of the two spoils numbers that went in unchecked."""
    with flushing():
        assert np.array([TINY]) + 0.0 == 0.0
    with rounding("down"):
        assert np.signbit(np.add(np.array([-0.0]), 0.0))  # and points are compared by their bytes
    with rounding("up"):
        assert np.float64(1.0) + 2.0**-60 > 1.0


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_integers_need_neither(direction):
    """Products and sums of integers round nowhere and are not small: same certificate, any
    arithmetic."""
    rng = np.random.default_rng(0)
    for top in (9, 2**20, 2**31, 2**50, 2**80):
        draw = rng.integers(-9, 9, (7, 3)).astype(object) * top + rng.integers(0, 9, (7, 3))
        layers = [ml.Layer(draw, draw[:, 0], "relu"), ml.Layer(draw.T, draw[:3, 1], "identity")]
        network, data = ml.Network(layers, readout="argmax"), ml.Dataset(draw, [0, 1, 2] * 2 + [0])
        right = ml.verify(network, data)
        for changed in (rounding(direction), flushing()):
            with changed:
                again = ml.Dataset(draw, [0, 1, 2] * 2 + [0])
                assert ml.verify(network, again) == right and again == data


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_bounds_of_float_errors_need_rounding_to_the_nearest(direction):
    with rounding(direction):
        for compute in (
            lambda: fresh(WHOLE).squared_separation,
            lambda: ml.build(WHOLE, "optimal_relu"),
            check_rounding,
        ):
            with pytest.raises(ml.MemorizationError, match=TURNED):
                compute()
    assert fresh(WHOLE).squared_separation == 25
    with flushing():
        check_rounding()
        assert ml.verify(ml.build(WHOLE, "optimal_relu"), WHOLE)


def test_the_state_is_that_of_the_thread():
    told = []

    def inside():
        try:
            check_floats()
        except ml.MemorizationError as error:
            told.append(str(error))

    def flushed():
        with flushing():
            inside()
            child = threading.Thread(target=inside)  # takes over the state
            child.start()
            child.join()

    thread = threading.Thread(target=flushed)
    thread.start()
    thread.join()
    assert len(told) == 2 and all(re.match(FLUSHED, text) for text in told)
    check_floats()  # and this one never had it


CHILD = """
import ctypes
import sys
import mem_lib as ml
from tests.floating import flushing
near, net = ml.Dataset([[0.0], [2.0**-1060]], [0, 1]), ml.Network(
    [ml.Layer([[1]], [0], "threshold")], readout="value")
with flushing():
    for workers in (1, 2):
        try:
            ml.verify(net, near, workers=workers)
        except ml.MemorizationError as error:
            print("refused", "-ffast-math" in str(error))
    ctypes.CDLL(None).fesetenv(ctypes.c_void_p(-1))  # as the message says
    print("then", ml.verify(net, near).correct)
"""

WITH_TORCH = """
import torch
import mem_lib as ml
from mem_lib.torch_backend.flushing import check_tensors
small = torch.full((10**5, 1), 2.0**-1060, dtype=torch.float64)
data, net = ml.Dataset([[0.0], [2.0**-1060]], [0, 1]), ml.Network(
    [ml.Layer([[1]], [-1], "threshold")], input_shift=1060, readout="value")
module = net.to_torch(data, device="cpu")
print(int(module(small).sum()))
torch.set_num_threads(2)
torch.set_flush_denormal(True)
for call in (lambda: ml.Dataset([[0.5]], [0]), lambda: net.to_torch(data, device="cpu"),
             lambda: module(small), lambda: check_tensors(torch.ones(2), 127)):
    try:
        call()
    except ml.MemorizationError as error:
        print("refused", "set_flush_denormal(False)" in str(error))
check_tensors(torch.ones(2, dtype=torch.float64, device="meta"), 1060)
check_tensors(torch.ones(2, dtype=torch.float64), 1022)
check_tensors(torch.ones(2), 126)
torch.set_flush_denormal(False)
print(ml.Dataset([[0.5]], [0]).N)
"""

OF_THE_POOL = """
import torch
import mem_lib as ml
torch.set_num_threads(2)
torch.set_flush_denormal(True)
torch.ones(10**6).sum()  # starts another thread, which takes over the state and keeps it
torch.set_flush_denormal(False)
small = torch.full((10**6, 1), 2.0**-1060, dtype=torch.float64)
data, net = ml.Dataset([[0.0], [2.0**-1060]], [0, 1]), ml.Network(
    [ml.Layer([[1]], [-1], "threshold")], input_shift=1060, readout="value")
module = net.to_torch(data, device="cpu")
try:
    print(int(module(small).sum()) == 10**6)
except ml.MemorizationError as error:
    print("a thread of PyTorch" in str(error))
"""


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (CHILD, "refused True\nrefused True\nthen 1\n"),
        (WITH_TORCH, "100000\nrefused True\nrefused True\nrefused True\nrefused True\n1\n"),
        (OF_THE_POOL, "True\n"),
    ],
)
def test_a_process_that_flushes(program, expected):
    if "torch" in program:
        pytest.importorskip("torch")
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.stdout == expected, done.stderr


def test_a_module_knows_how_fine_its_numbers_are():
    pytest.importorskip("torch")
    layers, around = [ml.Layer([[1]], [0], "identity")], ml.Dataset([[-TINY], [TINY]], [0, 1])
    side = ml.Network(layers, readout="sign")
    assert side.to_torch(around, device="cpu")._finest == around.shift == 1060
    assert side.to_torch(exact=False, device="cpu")._finest == 1
    over = ml.Network(layers, output_denominator=2**1030)
    assert over.to_torch(ml.Dataset([[0], [2**1030]], [0, 1]), exact=False)._finest == 1031


def test_tables_and_their_labels(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("x,label\n1,0.25\n2,1e-320\n")
    assert ml.data.read_csv(path, label="label").names == (1e-320, 0.25)
    with flushing(), pytest.raises(ml.MemorizationError, match=FLUSHED):
        ml.data.read_csv(path, label="label")
    path.write_text("x,label\n1,0\n2,1\n")
    with flushing():
        assert ml.data.read_csv(path).points.tolist() == [[1], [2]]
    path.write_text("x,label\n1e-320,0\n2,1\n")
    with flushing(), pytest.raises(ml.MemorizationError, match=FLUSHED):
        ml.data.read_csv(path)


def test_a_fraction_is_no_float():
    with flushing():
        assert ml.Dataset([[Fraction(3)]], [0]).points.tolist() == [[3]]
        with pytest.raises(ml.MemorizationError, match=FLUSHED):
            ml.Dataset([[Fraction(1, 2)]], [0])
