"""Exact evaluation of any network.

``reference.evaluate`` is the definition: ten lines of plain integers.  ``evaluate`` gives the same
numbers fast, because it proves for every layer which machine arithmetic cannot round.
"""

from mem_lib.exact import reference
from mem_lib.exact._arithmetic import ARITHMETIC
from mem_lib.exact._arrays import TABLE, NumPyArrays, arrays_for
from mem_lib.exact._chunks import Chunks
from mem_lib.exact._engine import Engine, on_grid, times_power
from mem_lib.exact._evaluate import READ, evaluate, predict
from mem_lib.exact._tally import Tally

__all__ = [
    "ARITHMETIC",
    "READ",
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
