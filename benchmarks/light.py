"""Light exact networks for random signs: how many neurons, of what total weight.

Each row is one network, built, verified at every point and measured; ``file`` is the hash of its
network file, ``times the baseline`` how often one round of products with the points, all N neurons
at all N points in float64, would have fitted into the time of building it.
"""

import math

import numpy as np

import mem_lib as ml
from benchmarks.core import timed
from benchmarks.two_layer import signs

#: (variant, N, d, parameters).
NETWORKS = [
    ("caps", 60, 10, {}),
    ("caps", 60, 10, {"weights": "rational"}),
    ("light", 60, 10, {"tolerance": 0.01}),
    ("caps", 300, 20, {}),
    ("caps", 300, 20, {"weights": "rational"}),
    ("light", 300, 20, {}),
    ("caps", 2000, 50, {}),
    ("light", 2000, 50, {"rounds": 12}),
    ("caps", 20_000, 100, {}),
]


def light() -> list[dict]:
    return [_row(*case) for case in NETWORKS]


def _row(variant: str, N: int, d: int, parameters: dict) -> dict:
    dataset = signs(N, d)
    network, building = timed(
        lambda: ml.build(dataset, f"two_layer.{variant}", progress=False, **parameters)
    )
    certificate, verifying = timed(lambda: ml.verify(network, dataset, progress=False))
    assert certificate.ok and certificate.max_error == 0, certificate
    baseline = _baseline(dataset.points)
    told = ", ".join(f'{name}="{value}"' if isinstance(value, str) else f"{name}={value}"
                     for name, value in parameters.items())  # fmt: skip
    weight = ml.two_layer.total_weight(network)
    row = {
        "variant": variant,
        "parameters": told,
        "N": N,
        "d": d,
        "neurons": network.size.neurons,
        "W_tot": f"{weight:.6g}",
        "W_tot/sqrt(N)": f"{weight / math.sqrt(N):.4g}",
        "bits": network.size.bits,
        "rounds": network.about.get("rounds", ""),
        "build, times the baseline": f"{building / baseline:.3g}",
        "verify, times the baseline": f"{verifying / baseline:.3g}",
        "baseline, s": f"{baseline:.3g}",
        "file": network.sha256,
        "command": "python -m benchmarks light",
    }
    print(*row.values(), sep="  ", flush=True)
    return row


def _baseline(points: np.ndarray) -> float:
    """Seconds for the values of a neuron at each point, at all points, in blocks."""

    def products() -> None:
        for k in range(0, len(points), 256):
            np.maximum(points[k : k + 256] @ points.T, 0)

    return min(timed(products)[1] for _ in range(3))
