"""The neurons that a function gives for a class, and the visits of the practical algorithm."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from mem_lib.beyond_worst_case import by_candidates
from mem_lib.grading.exercise import value_at
from mem_lib.grading.judges.common import wholes
from mem_lib.grading.verdict import Wrong


def visits(own: Any, rivals: Any, order: Any) -> np.ndarray:
    """The centres of the practical algorithm."""
    own, rivals = (np.array(bits, dtype=np.uint8) for bits in (own, rivals))
    return by_candidates(own, rivals, np.array(order)).centres


def other_visits(call: Sequence[Any], found: list[list[int]]) -> str:
    """Where these neurons are not those that the visits make; empty where they are."""
    own, rivals = map(np.array, call[:2])
    thresholds = {pair[0]: pair[1] for pair in found}
    covered = np.zeros(len(own), dtype=bool)
    for c in call[2]:
        off = own[c] == 0
        m = int(rivals[:, off].sum(axis=1).min())
        if not m or covered[c]:
            if c in thresholds:
                return f"point {c} is no centre: it is {'covered already' if m else 'out of reach'}"
            continue
        if thresholds.get(c) != m:
            here = f"got {thresholds[c]}" if c in thresholds else "got none"
            return f"point {c} is not covered at its turn, so a centre with threshold {m}, {here}"
        covered |= own[:, off].sum(axis=1) < m
    return "some centre comes twice" if len(thresholds) < len(found) else ""


def neurons(call: Sequence[Any], outcome: Any) -> list[list[int]]:
    """The pairs that a function gave; :class:`Wrong` for anything else."""
    found, points = value_at(call, outcome), len(call[0])
    if not isinstance(found, list):
        raise Wrong(f"a list of pairs [centre, threshold] is needed, got {found!r}")
    pairs = list[list[int]]()
    for given in found:
        pair = wholes(given)
        if pair is None or len(pair) != 2 or not 0 <= pair[0] < points:
            raise Wrong(f"[centre below {points}, threshold] in whole numbers, got {given!r}")
        pairs.append(pair)
    return pairs
