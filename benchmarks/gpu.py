"""A GPU against the CPU: the same evidence, and how far both are from moving bytes only; and the
residual fits of two layers, and covers.

Needs PyTorch and a CUDA device.  What is evaluated are random integers of the plane: evaluation is
measured, not the making of data.
"""

import sys
from dataclasses import replace
from functools import partial

import mem_lib as ml
from benchmarks.core import ratio, timed
from benchmarks.optimal_relu import plane, tally_of
from benchmarks.two_layer import signs
from mem_lib import beyond_worst_case, optimal_relu

#: (variant, N, whether the CPU runs it too)
RUNS = [
    ("retrieval", 100_000, True),
    ("paper", 100_000, True),
    ("retrieval", 1_000_000, True),
    ("paper", 1_000_000, False),
    ("retrieval", 10_000_000, False),
]


def gpu() -> list[dict]:
    """Verify on the GPU; baselines: one CPU core, and copying the bytes that layers move."""
    import torch

    if not torch.cuda.is_available():
        sys.exit("gpu: PyTorch finds no CUDA device")
    rows = []
    for variant, N, on_cpu in RUNS:
        dataset = plane(N)
        network = optimal_relu.build(dataset, variant=variant, progress=False)
        ml.verify(network, plane(1000), device="cuda")  # the first call loads the kernels
        certificate, seconds = timed(
            lambda n=network, d=dataset: ml.verify(n, d, device="cuda", progress=False)
        )
        assert certificate.ok, certificate
        what = f"verify {variant}, N = {N}, depth {network.depth}, {torch.cuda.get_device_name()}"
        moved = tally_of(network, dataset, device="cuda").moved
        rows.append(
            ratio(what, seconds, "s", "copy the bytes that layers move", moved / _bandwidth())
        )
        if on_cpu:
            same, slow = timed(lambda n=network, d=dataset: ml.verify(n, d, workers=1))
            assert (same.ok, same.slack, same.max_bits) == (
                certificate.ok, certificate.slack, certificate.max_bits
            )  # fmt: skip
            rows.append(ratio(what, seconds, "s", "one CPU core", slow))
        print(rows[-1], flush=True)  # as they come, should the run be cut short
    return rows + _fits() + _covers(ml.data.mnist(download=False).distinct())


def _fits() -> list[dict]:
    """Residual fits on the GPU against NumPy, with networks verified exactly on the CPU."""
    rows = []
    for N, d in ((4000, 100), (20_000, 100), (20_000, 1000)):
        dataset = signs(N, d)
        construction = ml.two_layer.Antisymmetric(relative_error=0.1)
        here, there = (
            partial(replace(construction, device=device).fit, dataset, progress=False)
            for device in (None, "cuda")
        )
        there(seed=1)  # loads the kernels
        found, seconds = timed(there)
        _, slow = timed(here)
        assert ml.verify(found.network, dataset, tolerance=found.max_error + found.float_error)
        what = f"fit antisymmetric, N = {N}, d = {d}, {len(found.neurons)} neurons"
        rows.append(ratio(what, seconds, "s", "NumPy on the CPU", slow))
        print(rows[-1], flush=True)
    return rows


def _covers(dataset: ml.Dataset, device: str = "cuda") -> list[dict]:
    """A whole trial of covering on the GPU against NumPy: the same network."""
    construction = beyond_worst_case.Practical(n=500, max_bias=0.5 * dataset.radius)
    there = replace(construction, device=device)
    there.build(dataset, progress=False)  # loads the kernels
    found, seconds = timed(lambda: there.build(dataset, progress=False))
    same, slow = timed(lambda: construction.build(dataset, progress=False))
    assert found == same and ml.verify(found, dataset).ok
    what = f"cover N = {dataset.N}, d = {dataset.d}, {found.layers[1].units} neurons"
    return [ratio(what, seconds, "s", "NumPy on the CPU", slow)]


def _bandwidth() -> float:
    """Bytes a second that the GPU reads and writes when it copies a large tensor."""
    import torch

    source = torch.ones(2**28, dtype=torch.int64, device="cuda")
    target = torch.empty_like(source)

    def copy() -> None:
        target.copy_(source)
        torch.cuda.synchronize()

    copy()
    return 2 * source.nbytes / min(timed(copy)[1] for _ in range(9))
