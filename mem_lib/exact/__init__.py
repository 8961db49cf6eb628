"""Exact evaluation of any network.

``reference.evaluate`` is the definition: ten lines of plain integers.  ``evaluate`` gives the same
numbers fast, because it proves for every layer which machine arithmetic cannot round.
"""

from mem_lib.exact import reference
from mem_lib.exact.arithmetic import ARITHMETIC
from mem_lib.exact.evaluation import evaluate, predict

__all__ = ["ARITHMETIC", "evaluate", "predict", "reference"]
