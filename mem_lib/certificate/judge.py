"""What is known of some rows after the network has been run on them: the parts of a certificate.

Evidence of disjoint sets of rows is merged in any order, so chunks may be run anywhere.
"""

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from mem_lib._base.integers import INT64_LIMIT
from mem_lib._base.text import read_fraction, written
from mem_lib.certificate.counterexample import Counterexample
from mem_lib.data import Dataset
from mem_lib.exact.classes import Classes
from mem_lib.exact.tally import Tally
from mem_lib.network import Network
from mem_lib.network.readout import JUDGES, READ


@dataclass
class Evidence:
    """``distance``: numerator of the smallest distance of an output from a wrong readout."""

    judged: int = 0
    correct: int = 0
    distance: int | None = None
    max_error: Fraction = Fraction(0)
    counterexample: Counterexample | None = None
    tally: Tally = field(default_factory=Tally)

    def merge(self, other: "Evidence") -> None:
        self.judged += other.judged
        self.correct += other.correct
        distances = [e.distance for e in (self, other) if e.distance is not None]
        self.distance = min(distances, default=None)
        self.max_error = max(self.max_error, other.max_error)
        wrong = [e.counterexample for e in (self, other) if e.counterexample is not None]
        self.counterexample = min(wrong, key=lambda w: w.row, default=None)
        self.tally.merge(other.tally)

    def content(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "judged": self.judged,
            "correct": self.correct,
            "distance": None if self.distance is None else hex(self.distance),
            "max_error": written(self.max_error),
            "counterexample": self.counterexample and self.counterexample.content(),
            "peak": hex(self.tally.peak),
            "ties": self.tally.ties,
            "arithmetic": sorted(self.tally.arithmetic),
        }

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> "Evidence":
        distance, wrong = content["distance"], content["counterexample"]
        return cls(
            judged=content["judged"],
            correct=content["correct"],
            distance=None if distance is None else int(distance, 16),
            max_error=read_fraction(content["max_error"]),
            counterexample=wrong and Counterexample.from_content(wrong),
            tally=Tally(int(content["peak"], 16), content["ties"], set(content["arithmetic"])),
        )


class Judge:
    """Compares outputs with what the data want."""

    def __init__(
        self, dataset: Dataset, network: Network, tolerance: Fraction, classes: Classes
    ) -> None:
        self.dataset, self.network, self.tolerance = dataset, network, tolerance
        self.classes = classes

    def __call__(self, rows: np.ndarray, out: np.ndarray, tally: Tally) -> Evidence:
        """Evidence of ``rows`` (indices), whose output numerators ``out`` has as columns."""
        evidence = Evidence(judged=len(rows), tally=tally)
        if self.dataset.targets is not None:
            right = self._near_targets(out[0], self.dataset.targets[rows], evidence)
        else:
            right = self._labels(out, self.classes.labels[rows], evidence)
        evidence.correct = int(np.count_nonzero(right))
        if not right.all():
            wrong = np.flatnonzero(~right)
            i = int(wrong[np.argmin(rows[wrong])])
            evidence.counterexample = self._counterexample(int(rows[i]), out[:, i])
        return evidence

    def _labels(self, out: np.ndarray, labels: np.ndarray, evidence: Evidence) -> np.ndarray:
        denominator, classes = self.network.output_denominator, self.classes.count
        if _might_overflow(out, denominator, classes):
            out = out.astype(object)
        right, distance = JUDGES[self.network.readout](out, denominator, labels, classes)
        if self.network.readout == "value":
            right = self._near_labels(out[0], labels.astype(out.dtype), evidence)
        if distance is not None:
            evidence.distance = int(distance.min())
        return right

    def _near_labels(self, out: np.ndarray, labels: np.ndarray, evidence: Evidence) -> np.ndarray:
        denominator = self.network.output_denominator
        errors = np.abs(out - labels * denominator)
        evidence.max_error = Fraction(int(errors.max()), denominator)
        allowed = math.floor(self.tolerance * denominator)
        if errors.dtype != object:
            allowed = min(allowed, INT64_LIMIT)  # errors are below, see _might_overflow
        return np.asarray(errors <= allowed, dtype=bool)

    def _near_targets(self, out: np.ndarray, targets: np.ndarray, evidence: Evidence) -> np.ndarray:
        denominator = self.network.output_denominator
        pairs = zip(out.tolist(), targets.tolist(), strict=True)
        errors = [abs(Fraction(value, denominator) - Fraction(target)) for value, target in pairs]
        evidence.max_error = max(errors)
        return np.array([error <= self.tolerance for error in errors])

    def _counterexample(self, row: int, out: np.ndarray) -> Counterexample:
        denominator = self.network.output_denominator
        labelled = self.dataset.targets is None
        read = READ[self.network.readout](out[None, :], denominator)
        return Counterexample(
            row=row,
            expected=int(self.classes.labels[row])
            if labelled
            else Fraction(self.dataset.targets[row : row + 1].tolist()[0]),
            outputs=tuple(Fraction(int(v), denominator) for v in out),
            predicted=int(read[0]) if labelled else None,
            readout=self.network.readout,
        )


def _might_overflow(out: np.ndarray, denominator: int, classes: int) -> bool:
    if out.dtype == object:
        return False
    return int(np.abs(out).max(initial=0)) + (classes + 2) * denominator >= INT64_LIMIT
