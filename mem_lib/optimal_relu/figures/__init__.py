"""The figures of this chapter: where a file is found, how it is read, what networks cost.

What is drawn are networks that a page built, traced or evaluated exactly, or recorded results; each
function says which.
"""

from mem_lib.optimal_relu.figures.budgets import STAGES, layers, layers_of, plane, shapes
from mem_lib.optimal_relu.figures.charts import (
    Run,
    answers,
    between,
    collapse,
    fill,
    growth,
    margins,
    recorded_runs,
    right_labels,
)
from mem_lib.optimal_relu.figures.finding import (
    by_stage,
    files,
    finder,
    heights,
    nudged,
    projections,
    slabs,
    staircase,
    stored,
)
from mem_lib.optimal_relu.figures.folding import reading
from mem_lib.optimal_relu.figures.opening import beside, pipeline, who_knows
from mem_lib.optimal_relu.figures.reading import (
    cells,
    folds,
    lookups,
    stream,
    streaming,
    tables,
)

__all__ = [
    "STAGES",
    "Run",
    "answers",
    "beside",
    "between",
    "by_stage",
    "cells",
    "collapse",
    "files",
    "fill",
    "finder",
    "folds",
    "growth",
    "heights",
    "layers",
    "layers_of",
    "lookups",
    "margins",
    "nudged",
    "pipeline",
    "plane",
    "projections",
    "reading",
    "recorded_runs",
    "right_labels",
    "shapes",
    "slabs",
    "staircase",
    "stored",
    "stream",
    "streaming",
    "tables",
    "who_knows",
]
