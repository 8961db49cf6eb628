"""Without biases a hyperplane passes through the origin and sees only the ray of a point."""

from collections.abc import Sequence

import numpy as np

from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated


def check_rays(dataset: Dataset, targets: Sequence[int], two_sided: bool) -> None:
    """Refuse data whose classes (``targets`` get covered) share a ray, or the origin as a rival:
    proposition ``thm-beyond_worst_case-rays``."""
    integers, _ = dataset.integers()
    divisor = np.gcd.reduce(np.abs(integers), axis=1)
    if (divisor == 0).any() and not two_sided:
        origin = int(np.flatnonzero(divisor == 0)[0])
        if len(targets) > 1 or dataset.labels[origin] != targets[0]:
            raise HypothesisViolated(
                f"max_bias: with max_bias = 0 the origin (row {origin} of the distinct points) has "
                "all bits 0 and cannot be a rival; use max_bias > 0"
                + ("" if len(targets) > 1 else f", or covered = {int(dataset.labels[origin])}")
            )
    rays: dict[tuple, int] = {}
    primitive = integers // np.maximum(divisor, 1)[:, None]
    for row, ray in enumerate(map(tuple, primitive.tolist())):
        other = rays.setdefault(ray, row)
        if dataset.labels[other] != dataset.labels[row]:
            raise HypothesisViolated(
                f"max_bias: with max_bias = 0 rows {other} and {row} of the distinct points lie on "
                "one ray from the origin and have different labels, so no hyperplane through the "
                "origin tells them apart; use max_bias > 0"
            )
