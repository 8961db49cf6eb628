"""The practical algorithm: visit the points in random order, and cover each that is left."""

from dataclasses import dataclass
from typing import ClassVar

from mem_lib.beyond_worst_case.ordered import Ordered


@dataclass(frozen=True)
class Practical(Ordered):
    """Random hyperplanes, then a neuron for each point that is not covered yet: depth 3, threshold
    units (theorem ``thm-beyond_worst_case-finite``, size ``thm-beyond_worst_case-size``)."""

    variant: ClassVar[str] = "practical"
    title: ClassVar[str] = "random hyperplanes, then neurons for points in random order"
