"""The exact core: starting up, and evaluating against the definition."""

import subprocess
import sys
import time
from statistics import median

import mem_lib as ml
from mem_lib.exact import reference
from mem_lib.exact.engine import Engine


def import_time() -> list[dict]:
    """``import mem_lib`` against ``import numpy``, whole processes: 20 pairs, in turns, so that a
    busy moment of the machine falls on both."""

    def seconds(module: str) -> float:
        command = [sys.executable, "-c", f"import {module}"]
        return timed(lambda: subprocess.run(command, check=True))[1]

    for module in ("numpy", "mem_lib"):
        seconds(module)  # writes what is compiled
    pairs = [(seconds("mem_lib"), seconds("numpy")) for _ in range(20)]
    ours, numpy = (median(times) for times in zip(*pairs, strict=True))
    times = median(a / b for a, b in pairs)
    return [
        ratio("import mem_lib", ours, "s", "import numpy", numpy),
        ratio("import mem_lib, median of pairs", times, "times import numpy", "at most", 1.5),
    ]


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
