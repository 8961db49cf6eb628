"""Exact evaluation of any network.

``reference.evaluate`` is the definition: ten lines of plain integers.  ``evaluate`` gives the same
numbers fast, because it proves for every layer which machine arithmetic cannot round.
"""

from mem_lib.exact import reference
from mem_lib.exact.arithmetic import ARITHMETIC
from mem_lib.exact.arrays import TABLE, NumPyArrays, arrays_for
from mem_lib.exact.chunks import Chunks
from mem_lib.exact.engine import Engine, on_grid, times_power
from mem_lib.exact.evaluation import evaluate, predict
from mem_lib.exact.tally import Tally

__all__ = [
    "ARITHMETIC",
    "TABLE",
    "Chunks",
    "Engine",
    "NumPyArrays",
    "Tally",
    "arrays_for",
    "evaluate",
    "on_grid",
    "predict",
    "reference",
    "times_power",
]
