"""The exact core: starting up, and evaluating against the definition."""

import subprocess
import sys
import time
from statistics import median

import mem_lib as ml
from mem_lib.exact import Engine, reference


def import_time() -> list[dict]:
    """``import mem_lib`` against ``import numpy``, whole processes, medians of 9."""

    def seconds(module: str) -> float:
        code = f"from time import perf_counter as now; t = now(); import {module}; print(now() - t)"
        command = [sys.executable, "-c", code]
        runs = [subprocess.run(command, capture_output=True, check=True) for _ in range(9)]
        return median(float(run.stdout) for run in runs)

    return [ratio("import mem_lib", seconds("mem_lib"), "s", "import numpy", seconds("numpy"))]


def digits() -> list[dict]:
    """The digits network on all 1,797 images, through the engine and through the definition."""
    dataset = ml.data.digits()
    network = ml.beyond_worst_case.build(dataset)
    integers = dataset.integers()[0]
    engine, fast = timed(lambda: Engine(network).run(integers)[0])
    points = integers.tolist()
    slow, definition = timed(lambda: [reference.evaluate(network, point) for point in points])
    assert engine.T.tolist() == slow
    what = f"evaluate {dataset.N} images, {network.size.neurons} neurons"
    return [ratio(what, fast, "s", "reference.evaluate", definition)]


def timed(work):
    """(result, seconds)."""
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def ratio(what: str, value: float, unit: str, baseline: str, baseline_value: float) -> dict:
    """One row; the ratio is baseline over value, so that larger is better."""
    return {
        "what": what,
        "value": f"{value:.3g}",
        "unit": unit,
        "baseline": baseline,
        "baseline_value": f"{baseline_value:.3g}",
        "ratio": f"{baseline_value / value:.3g}",
    }
