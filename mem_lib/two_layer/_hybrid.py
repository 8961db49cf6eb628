"""Exact and of small weight: a residual fit, and exact neurons for the little that it leaves.

The fit carries almost all of the labels on small weights.  What is left is an exact dyadic number
at each point; a "sorted" network for these numbers is added.  Its weights are proportional to what
is left, so they fade with every further step of the fit.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from mem_lib.data import Dataset
from mem_lib.parts.neurons import Neurons, joined
from mem_lib.two_layer._sorted import sorted_neurons
from mem_lib.two_layer._values import missed


def corrected(
    fitted: Neurons,
    dataset: Dataset,
    values: list[Fraction],
    rng: np.random.Generator,
    advance: Callable[[int], object],
) -> Neurons:
    """``fitted`` and the neurons that make up what it leaves of ``values``, exactly: theorem
    ``thm-two_layer-hybrid``."""
    left = missed(fitted.network(), dataset, values)
    points, shift = dataset.integers()
    return joined([fitted, sorted_neurons(points, left, shift, rng, advance)])
