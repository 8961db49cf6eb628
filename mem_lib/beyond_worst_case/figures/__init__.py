"""The figures of this chapter: covers in the plane, rates over n and lambda, sizes over N.

What is drawn are networks and draws that a page built, or recorded results; each function says
which.
"""

from mem_lib.beyond_worst_case.figures.charts import (
    growth,
    images,
    probes,
    radii,
    rates,
    unions,
    widths,
)
from mem_lib.beyond_worst_case.figures.covers import cover, covers, isolated, outlines, steps
from mem_lib.beyond_worst_case.figures.orders import fewer
from mem_lib.beyond_worst_case.figures.reproduction import (
    against_samples,
    agreement,
    grouped,
    intervals,
    memorized,
    mnist_table,
    moons_widths,
    nearest_table,
    pairs_growth,
    percent,
    samples_table,
)
from mem_lib.beyond_worst_case.published import compared, published
from mem_lib.beyond_worst_case.rates import Cells, recorded_cells

__all__ = [
    "Cells",
    "against_samples",
    "agreement",
    "compared",
    "cover",
    "covers",
    "fewer",
    "grouped",
    "growth",
    "images",
    "intervals",
    "isolated",
    "memorized",
    "mnist_table",
    "moons_widths",
    "nearest_table",
    "outlines",
    "pairs_growth",
    "percent",
    "probes",
    "published",
    "radii",
    "rates",
    "recorded_cells",
    "samples_table",
    "steps",
    "unions",
    "widths",
]
