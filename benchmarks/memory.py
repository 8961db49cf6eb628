"""What coin flips cost in memory: weights, the longest of them, and all bits together; what floats
make of it; and from which N on counting would object."""

import numpy as np

import mem_lib as ml
from mem_lib import foundations, optimal_relu
from mem_lib.optimal_relu.fields import Keys
from mem_lib.parts.projection import project

#: Numbers of points; in ten dimensions, at distances of at least 0.2.
SIZES = (300, 1_000, 10_000)
#: The part of the cells that tables fill, in the measurements of the chapter.
FILL = 0.85
DOUBLE = 53


def networks(dataset: ml.Dataset) -> dict[str, ml.Network]:
    """The staircase and four networks of the chapter."""
    return {
        "staircase": foundations.staircase(dataset),
        "width 12": optimal_relu.build(dataset),
        "width 3": optimal_relu.build(dataset, variant="narrow"),
        "width 3, 51 bits": optimal_relu.build(dataset, variant="narrow", max_weight_bits=51),
        "tables": optimal_relu.build(dataset, variant="retrieval"),
    }


def memory() -> list[dict]:
    """Coin flips for random points: every network is verified in integers and run in float64.

    ``needed`` is the least number of weights of 53 bits that counting leaves possible."""
    rows = []
    for N in SIZES:
        dataset = ml.data.ball(N=N, d=10, margin=0.2, classes=2, seed=1)
        for name, network in networks(dataset).items():
            assert ml.verify(network, dataset), (N, name)
            size = network.size
            rows.append({
                "N": N, "network": name, "depth": size.depth, "width": size.width,
                "weights": size.weights, "longest": size.bits, "total_bits": size.total_bits,
                "bits_per_label": round(size.total_bits / N, 1),
                "right_in_float64": foundations.right_in_floats(network, dataset, np.float64),
                "needed": foundations.counting_bound(N, 2, DOUBLE),
            })  # fmt: skip
    return rows


def forbidden() -> list[dict]:
    """From which N on, to two digits, as few weights as are promised cannot have 53 bits."""
    rows = []
    for variant in ("retrieval", "narrow", "wide", "merged", "paper"):
        fill = FILL if variant == "retrieval" else None
        first = optimal_relu.forbidden_from(variant, bits=DOUBLE, fill=fill)
        assert first is not None
        rows.append({"variant": variant, "bits": DOUBLE, "forbidden_from": first})
    return rows


def moduli() -> list[dict]:
    """The least modulus that the search finds for keys of several kinds, on three seeds."""
    rows = []
    for N in (40, 100, 1_000, 10_000):
        kinds = {
            "ball, d = 10": ml.data.ball(N=N, d=10, seed=1),
            "lattice points of the plane": ml.data.hostile["lattice"](N, seed=0).distinct(),
            "mixed scales": ml.data.hostile["mixed_scales"](N, seed=0).distinct(),
        }
        for kind, dataset in kinds.items():
            found = []
            for seed in range(3):
                rng = np.random.default_rng(seed)
                projection = project(dataset, rng, 8)
                found.append(Keys.of(projection, rng).modulus)
            rows.append({
                "points": kind, "N": dataset.N, "range_bits": projection.range.bit_length(),
                "least": min(found), "largest": max(found), "N_squared": dataset.N**2,
                "promised": optimal_relu.modulus_bound(dataset.N, projection.range),
            })  # fmt: skip
    return rows
