"""The figures of this chapter: what networks answer between their points, and what that is worth.

What is drawn are networks, samples and numbers that a page made; each function says which.
"""

from mem_lib.generalization.figures.charts import (
    accuracies,
    both_ends,
    caps,
    parameters,
    unseen,
)
from mem_lib.generalization.figures.fibres import fibres, lengths
from mem_lib.generalization.figures.hits import cells_met, hit_cells
from mem_lib.generalization.figures.matrix import pairs
from mem_lib.generalization.figures.planes import answers, answers_at

__all__ = [
    "accuracies",
    "answers",
    "answers_at",
    "both_ends",
    "caps",
    "cells_met",
    "fibres",
    "hit_cells",
    "lengths",
    "pairs",
    "parameters",
    "unseen",
]
