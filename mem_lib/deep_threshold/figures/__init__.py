"""The figures of this chapter: lines that cut, the table that looks up, and what both cost.

What is drawn are networks and data that a page built; each function says which.
"""

from mem_lib.deep_threshold.figures.charts import (
    collector,
    over_depth,
    over_dimension,
    over_margin,
    over_points,
    radii,
    wrong_points,
)
from mem_lib.deep_threshold.figures.cuts import cuts, cutting, pairs_together, segments
from mem_lib.deep_threshold.figures.lookup import bookkeeping, values_in

__all__ = [
    "bookkeeping",
    "collector",
    "cuts",
    "cutting",
    "over_depth",
    "over_dimension",
    "over_margin",
    "over_points",
    "pairs_together",
    "radii",
    "segments",
    "values_in",
    "wrong_points",
]
