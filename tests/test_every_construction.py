"""Every construction, on every kind of data: what holds for all of them, tested once.

A new construction gets all of this by being in the registry.
"""

import pickle
from dataclasses import astuple
from fractions import Fraction

import numpy as np
import pytest

import mem_lib as ml
from mem_lib.constructions import REGISTRY, Construction
from mem_lib.exact import reference
from tests import golden
from tests.golden import DATA

GOLDEN = golden.recorded()
NAMES = list(REGISTRY)
#: The data that a construction takes; that it refuses the others is recorded, and tested, too.
TAKEN = [
    (name, data)
    for name in NAMES
    for data in DATA
    if len(GOLDEN.get(f"{name} | {data}", 64 * "0")) == 64
]
#: A value for each parameter that some construction takes, as its default where there is one.
MEANINGLESS = {
    "n": 50, "max_bias": 1.0, "centres": [0], "covered": 1, "weight_bits": 16, "folder_size": 3,
    "depth": 100, "max_weight_bits": 60, "directions": 4, "group_size": 2, "method": "ntk",
    "relative_error": 0.1, "tolerance": 0.1, "coarseness": 0.3, "damp": 0.5, "order": 3,
    "phases": 3, "tau": 1.0, "neurons": 100, "rounding_bits": 8, "device": "cpu",
    "checkpoint": "fit.npz", "first_layer": "grid", "hyperplanes": 50, "clear": True, "fan_in": 3,
    "sign": 1, "rank": 1, "weights": "dyadic", "bits": 24,
    "finish": "caps", "rounds": 3, "max_operations": 10**9,
}  # fmt: skip


#: For each construction some points that it takes.
SOME = {
    name: next(data for data in ("sphere, d = 12", "moons") if (name, data) in TAKEN)
    for name in NAMES
}


def build(name, dataset, **parameters):
    return ml.build(dataset, name, **parameters)


def is_approximate(name):
    return not REGISTRY[name].exact


@pytest.fixture(scope="module")
def built():
    """The network of a construction on a data set; built once."""
    made = {}

    def get(name, data):
        if (name, data) not in made:
            made[name, data] = build(name, DATA[data]())
        return made[name, data]

    return get


def wanted(dataset, row, readout):
    """What the network has to give at a row, as the definition of its readout says."""
    if dataset.targets is not None:
        return Fraction(dataset.targets[row])
    return int(dataset.labels[row])


def read(network, outputs):
    """The label of outputs (numerators), by the definition; None where it is undecided."""
    if network.readout == "value":
        return Fraction(outputs[0], network.output_denominator)
    if network.readout == "sign":
        return None if outputs[0] == 0 else int(outputs[0] > 0)
    if network.readout == "argmax":
        largest = [c for c, value in enumerate(outputs) if value == max(outputs)]
        return largest[0] if len(largest) == 1 else None
    assert network.readout == "onehot"
    positive = [c for c, value in enumerate(outputs) if value > 0]
    return positive[0] if len(positive) == 1 else None


@pytest.mark.parametrize(("name", "data"), TAKEN)
def test_memorizes(name, data, built):
    """By the ten-line definition, at every point, in Python integers."""
    network, dataset = built(name, data), DATA[data]()
    integers, shift = dataset.integers()
    finer = network.refined(max(shift - network.input_shift, 0))
    integers = integers.astype(object) * (1 << (finer.input_shift - shift))
    for row in range(dataset.N):
        answer = read(finer, reference.evaluate(finer, integers[row]))
        if dataset.targets is not None and is_approximate(name):
            assert answer is not None  # how near, is asked of the sum below
        elif dataset.labels is not None and is_approximate(name) and network.readout == "value":
            assert abs(answer - int(dataset.labels[row])) < Fraction(1, 2)
        else:
            assert answer == wanted(dataset, row, network.readout)
    if dataset.targets is not None and is_approximate(name):
        out, denominator = ml.evaluate(network, dataset)
        errors = [
            (float(Fraction(int(v), denominator)) - t) ** 2
            for v, t in zip(out[:, 0], dataset.targets, strict=True)
        ]
        assert sum(errors) <= 0.01 * float((dataset.targets**2).sum()) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("name", "data"), [case for case in TAKEN if REGISTRY[case[0]].bound is not Construction.bound]
)
def test_no_entry_of_the_size_is_larger_than_promised(name, data, built):
    network, promised = built(name, data), ml.bound(DATA[data](), name)
    for entry, most in zip(astuple(network.size), astuple(promised), strict=True):
        assert entry <= most


@pytest.mark.parametrize(
    "name", [name for name in NAMES if REGISTRY[name].bound is Construction.bound]
)
def test_where_nothing_is_proved_nothing_is_promised(name):
    assert ml.bound(DATA["sphere, d = 12"](), name) is None


@pytest.mark.parametrize(
    ("key", "name", "data", "parameters"), list(golden.cases()), ids=[c[0] for c in golden.cases()]
)
def test_the_function_is_the_recorded_one(key, name, data, parameters):
    """Which network a construction builds changes on purpose only: see ``tests.golden``."""
    assert golden.computed(name, data, parameters) == GOLDEN[key]


def test_no_recorded_row_is_without_a_construction():
    assert set(GOLDEN) == {key for key, *_ in golden.cases()}


@pytest.mark.parametrize("name", NAMES)
def test_same_seed_same_bytes(name):
    dataset = DATA[SOME[name]]()
    first, again = (build(name, dataset, seed=7).to_json() for _ in range(2))
    assert first == again
    assert build(name, dataset, seed=8).to_json() != first


@pytest.mark.parametrize("name", NAMES)
def test_repeated_points_change_nothing(name):
    """Every row is verified; the network is that of the distinct points."""
    few = DATA[SOME[name]]()
    rows = np.array([*range(few.N), 3, 0, 3])
    repeated = few.subset(rows)
    network = build(name, repeated)
    assert golden.function_sha256(network) == golden.function_sha256(build(name, few))
    if not is_approximate(name) or network.readout == "sign":
        assert ml.verify(network, repeated).points == few.N + 3
        assert ml.verify(network, repeated).ok


@pytest.mark.parametrize(
    ("name", "label"),
    [(name, k) for name in NAMES for k in range(min(REGISTRY[name].most_classes or 3, 3))],
)
def test_a_single_point(name, label):
    dataset = ml.Dataset([[0.5, -3.0]], [label])
    network = build(name, dataset)
    tolerance = Fraction(2, 5) if is_approximate(name) and network.readout == "value" else 0
    assert ml.verify(network, dataset, tolerance=tolerance).ok


@pytest.mark.parametrize("name", NAMES)
def test_one_class_is_a_constant(name):
    dataset = DATA["one class"]()
    network = build(name, dataset)
    tolerance = Fraction(2, 5) if is_approximate(name) and network.readout == "value" else 0
    assert ml.verify(network, dataset, tolerance=tolerance).ok
    far = ml.predict(network, [[1000.0, -7.5]]) if tolerance == 0 else [dataset.labels[0]]
    if network.depth == 1:
        assert far[0] == dataset.labels[0]


@pytest.mark.parametrize("name", NAMES)
def test_pickled_saved_and_loaded(name, tmp_path):
    dataset = DATA[SOME[name]]()
    network = build(name, dataset)
    assert pickle.loads(pickle.dumps(network)) == network
    network.save(tmp_path / "network.json.gz")
    loaded = ml.Network.load(tmp_path / "network.json.gz")
    assert loaded == network and loaded.size == network.size
    assert loaded.about == network.about


@pytest.mark.parametrize("name", NAMES)
def test_it_tells_what_it_is(name):
    about = build(name, DATA[SOME[name]]()).about
    assert f"{about['chapter']}.{about['variant']}" == name
    assert about["seed"] == 0


@pytest.mark.parametrize(
    ("name", "parameter"),
    [(name, p) for name in NAMES for p in MEANINGLESS if p not in REGISTRY[name].parameters()],
)
def test_meaningless_arguments_are_refused(name, parameter):
    """What another construction takes and this one does not; the message names it."""
    with pytest.raises(ml.InvalidArgument, match=f"{parameter}: it means nothing to '{name}'"):
        build(name, DATA["sphere, d = 12"](), **{parameter: MEANINGLESS[parameter]})


def test_every_parameter_is_tried_where_it_means_nothing():
    taken = {p for name in golden.BOOK for p in REGISTRY[name].parameters()}
    assert taken == set(MEANINGLESS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seed": -1}, "seed: a whole number >= 0"),
        ({"seed": "a"}, "seed: a whole number >= 0"),
        ({"seed": 1.0}, "seed: a whole number >= 0"),
    ],
)
@pytest.mark.parametrize("name", NAMES)
def test_bad_seeds(name, arguments, message):
    with pytest.raises(ml.InvalidArgument, match=message):
        build(name, DATA["sphere, d = 12"](), **arguments)


@pytest.mark.parametrize("dataset", [None, [[0.0], [1.0]], "data.csv"], ids=repr)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_dataset(name, dataset):
    with pytest.raises(ml.InvalidArgument, match="dataset: a Dataset is needed"):
        build(name, dataset)


@pytest.mark.parametrize("name", [name for name in NAMES if not REGISTRY[name].takes_targets])
def test_targets_where_only_labels_are_taken(name):
    with pytest.raises(ml.HypothesisViolated, match="dataset: "):
        build(name, DATA["targets"]())
