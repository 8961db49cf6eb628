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
from mem_lib.beyond_worst_case.rates import Cells, beside_published, recorded_cells

__all__ = [
    "Cells",
    "beside_published",
    "cover",
    "covers",
    "fewer",
    "growth",
    "images",
    "isolated",
    "outlines",
    "probes",
    "radii",
    "rates",
    "recorded_cells",
    "steps",
    "unions",
    "widths",
]
