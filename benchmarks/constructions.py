"""Every construction of the registry, built and verified beside the staircase on the same data."""

import mem_lib as ml
from benchmarks.core import ratio, timed


def constructions() -> list[dict]:
    """Seconds to build and to verify; the baseline is the first memorizer anybody thinks of."""
    dataset = ml.data.sphere(N=400, d=40, seed=0)
    staircase, building = timed(lambda: ml.foundations.staircase(dataset))
    _, verifying = timed(lambda: ml.verify(staircase, dataset, workers=1))
    rows = []
    for name in ml.constructions.REGISTRY:
        network, seconds = timed(lambda: ml.build(dataset, name, progress=False))  # noqa: B023
        rows.append(ratio(f"build {name}", seconds, "s", "build the staircase", building))
        certificate, seconds = timed(lambda: ml.verify(network, dataset, workers=1))  # noqa: B023
        assert certificate or not ml.constructions.REGISTRY[name].exact
        rows.append(ratio(f"verify {name}", seconds, "s", "verify the staircase", verifying))
    return rows
