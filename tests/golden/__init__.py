"""A hash of the function of every construction on data of many kinds: what a change may not change.

The *function* is layers, input_shift, output_denominator and readout; not ``about``, not the names
of units and stages.  ``tests/golden/functions.json`` holds a SHA-256 for each pair of construction
and data set, or the type of the error where the data are refused.

    python -m tests.golden            # compare with what the code builds now
    python -m tests.golden --record   # write what differs, and say what that was

The neurons of a search (``SEARCHED``) hang on the last bits of floats, and on nothing that a reader
relies on; their rows hold the hash of what the network gives at the points.

Whoever means to change a network records exactly its rows, in a commit of its own that says why.
The rows of residual fits go through float64 sums; their weights are rounded to ten bits, so that
the last bit of a sum does not show.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

import mem_lib as ml
from mem_lib.constructions import CHAPTERS, REGISTRY
from mem_lib.data import hostile

#: The constructions of the book; others that are registered have no rows.
BOOK = [name for name, cls in REGISTRY.items() if cls.slug in CHAPTERS]
FILE = Path(__file__).with_name("functions.json")


def _targets(points: ml.Dataset) -> ml.Dataset:
    values = np.random.default_rng(5).integers(-40, 90, points.N) / 16
    return ml.Dataset(points.points, targets=values)


SEARCHED = ("two_layer.light",)

#: Small, since every construction builds all of them in every run.
DATA: dict[str, Callable[[], ml.Dataset]] = {
    "ball, 2 classes": lambda: ml.data.ball(N=40, d=5, margin=0.1, seed=1),
    "ball, 3 classes": lambda: ml.data.ball(N=30, d=3, classes=3, seed=2),
    "sphere, d = 12": lambda: ml.data.sphere(N=36, d=12, seed=3),
    "moons": lambda: ml.data.moons(N=24, noise=0.05, margin=0.1, seed=1),
    "mixed scales": lambda: hostile["mixed_scales"](18, seed=4),
    "lattice, 3 classes": lambda: hostile["lattice"](18, seed=0),
    "duplicates": lambda: hostile["duplicates"](24, seed=0),
    "powers of two": lambda: hostile["powers_of_two"](12, seed=0),
    "targets": lambda: _targets(ml.data.sphere(N=28, d=9, seed=6)),
    "targets in a ball": lambda: _targets(ml.data.ball(N=14, d=2, seed=7)),
    "one class": lambda: hostile["one_class"](9, seed=0),
    "one point": lambda: ml.Dataset([[3, -5]], [1]),
}
#: Parameters other than the defaults: (construction, data, parameters).
FURTHER: list[tuple[str, str, dict[str, Any]]] = [
    ("beyond_worst_case.practical", "ball, 2 classes", {"n": 200, "max_bias": 1.5, "covered": 0}),
    ("beyond_worst_case.practical", "ball, 3 classes", {"weight_bits": 24, "seed": 3}),
    ("beyond_worst_case.idealised", "moons", {"centres": list(range(1, 24)), "n": 400}),
    ("beyond_worst_case.two_sided", "ball, 2 classes", {"covered": 0, "seed": 1}),
    ("beyond_worst_case.relu", "ball, 2 classes", {"covered": 0, "seed": 1}),
    ("generalization.cells", "ball, 3 classes", {"tau": Fraction(2, 5)}),
    ("generalization.spike", "ball, 2 classes", {"sign": -1, "seed": 1}),
    ("generalization.projected", "ball, 3 classes", {"rank": 2}),
    ("deep_threshold.hash", "ball, 3 classes", {"first_layer": "grid", "clear": True}),
    ("deep_threshold.shallow", "ball, 2 classes", {"first_layer": "greedy", "seed": 1}),
    ("deep_threshold.shallow", "moons", {"hyperplanes": 99, "clear": True}),
    ("deep_threshold.parity", "ball, 3 classes", {"first_layer": "greedy", "fan_in": 3}),
    ("optimal_relu.paper", "ball, 2 classes", {"folder_size": 3, "directions": 1}),
    ("optimal_relu.merged", "ball, 3 classes", {"folder_size": 3, "seed": 1}),
    ("optimal_relu.narrow", "ball, 2 classes", {"max_weight_bits": 30}),
    ("optimal_relu.wide", "ball, 3 classes", {"max_weight_bits": 40, "seed": 2}),
    ("optimal_relu.parallel", "ball, 2 classes", {"depth": 40}),
    ("optimal_relu.series", "ball, 2 classes", {"max_weight_bits": 30}),
    ("optimal_relu.retrieval", "ball, 3 classes", {"folder_size": 23}),
    ("optimal_relu.rounds", "ball, 3 classes", {"folder_size": 3, "seed": 1}),
    ("optimal_relu.paper", "targets", {"tolerance": 0.125}),
    ("optimal_relu.narrow", "targets", {"tolerance": 0.5, "seed": 1}),
    ("two_layer.sorted", "mixed scales", {"group_size": 2}),
    ("two_layer.caps", "ball, 3 classes", {"weights": "rational"}),
    ("two_layer.light", "targets", {"method": "squares", "finish": "caps", "rounds": 3}),
    ("two_layer.hybrid", "sphere, d = 12", {"method": "ntk", "relative_error": 1e-3}),
    ("two_layer.ntk", "sphere, d = 12", {"coarseness": 0.3, "damp": 0.5}),
    ("two_layer.antisymmetric", "targets", {"tolerance": 0.5, "rounding_bits": 6}),
    ("two_layer.harmonic", "sphere, d = 12", {"order": 4, "phases": 5}),
    ("two_layer.hermite", "sphere, d = 12", {"order": 5, "tau": 1.0}),
]


def function_sha256(network: ml.Network) -> str:
    """The hash of the network file without what it tells about itself."""
    layers = [ml.Layer(layer.weight, layer.bias, layer.activation) for layer in network.layers]
    bare = ml.Network(layers, network.input_shift, network.output_denominator, network.readout)
    return bare.sha256


def cases() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """(key, construction, data, parameters) of every row."""
    for name in BOOK:
        for data in DATA:
            yield f"{name} | {data}", name, data, {}
    for name, data, parameters in FURTHER:
        told = ", ".join(f"{key}={value}" for key, value in parameters.items() if key != "centres")
        yield f"{name} | {data} | {told}", name, data, parameters


def computed(name: str, data: str, parameters: dict[str, Any]) -> str:
    """The row as the code stands."""
    try:
        network = ml.build(DATA[data](), name, **parameters)
    except ml.MemorizationError as error:
        return type(error).__name__
    if name in SEARCHED:
        out, denominator = ml.evaluate(network, DATA[data]())
        given = [str(Fraction(int(top), denominator)) for top in out[:, 0]]
        return hashlib.sha256(" ".join(given).encode()).hexdigest()
    return function_sha256(network)


def recorded() -> dict[str, str]:
    rows: dict[str, str] = json.loads(FILE.read_text(encoding="utf-8"))
    return rows
