"""What an evaluation met on its way."""

from dataclasses import dataclass, field


@dataclass
class Tally:
    """``peak`` and ``ties`` are the same for every way of cutting the points into chunks;
    ``arithmetic`` is chosen chunk by chunk, and ``expanded`` and ``moved`` speak of speed only."""

    peak: int = 0  # the largest |preactivation|
    ties: int = 0  # threshold units with z = 0 at a point
    arithmetic: set[str] = field(default_factory=set)
    expanded: int = 0  # arrays of Python integers that hold one for each point
    moved: int = 0  # bytes that layers run on columns had to read and write

    def merge(self, other: "Tally") -> None:
        """Count in what ``other`` met, at other points or in other layers."""
        self.peak = max(self.peak, other.peak)
        self.ties += other.ties
        self.arithmetic |= other.arithmetic
        self.expanded += other.expanded
        self.moved += other.moved
