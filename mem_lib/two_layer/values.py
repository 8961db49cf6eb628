"""What a network is to give, and what it misses, in fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from mem_lib._base.arguments import instance
from mem_lib.data import Dataset
from mem_lib.exact import evaluate
from mem_lib.network import Network


def values_of(data: Dataset) -> list[Fraction]:
    """What a network is to give, exactly: the N targets, or the labels as numbers, in the order of
    the rows.

    Raises ``InvalidArgument`` when ``data`` is no Dataset.

    >>> values_of(Dataset([[0], [1]], targets=[0.5, -1.0]))
    [Fraction(1, 2), Fraction(-1, 1)]
    """
    if instance(data, "data", Dataset).targets is None:
        return [Fraction(label) for label in data.labels.tolist()]
    numerators, denominator = data.integer_targets()
    return [Fraction(int(t), denominator) for t in numerators]


def missed(network: Network, data: Dataset, values: Sequence[Fraction]) -> list[Fraction]:
    """``values`` less the outputs of ``network`` at the points, exactly."""
    numerators, denominator = evaluate(network, data.points)
    return [
        value - Fraction(int(out), denominator)
        for value, out in zip(values, numerators[:, 0], strict=True)
    ]


def signed_values(data: Dataset) -> list[Fraction]:
    """:func:`values_of`, with two classes as -1 and 1: what facts about the total weight are about.

    >>> signed_values(Dataset([[0], [1]], [0, 1]))
    [Fraction(-1, 1), Fraction(1, 1)]
    """
    values = values_of(data)
    if data.targets is None and data.classes <= 2:
        return [2 * value - 1 for value in values]
    return values
