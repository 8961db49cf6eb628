"""What a draw costs, told before it begins: refused, with what would help.

The hyperplanes that the data ask for grow like the range of the biases over the margin, so points
of mixed scales ask for millions of them.  What helps is tried: other ranges, and with biases 0 the
directions of the points decide and not their scales.
"""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from typing import Any

from mem_lib._base.roots import nearest_root
from mem_lib._base.text import rounded
from mem_lib.beyond_worst_case.bounds import data_bound
from mem_lib.beyond_worst_case.plan import DRAWING, CoverPlan
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated, InvalidArgument

#: Ranges of the biases that are tried, over the one that was too dear.
TRIED = (Fraction(4), Fraction(1, 4), Fraction(0))


def too_dear(construction: Any, plan: CoverPlan, sample: Dataset) -> str:
    """The message about a plan whose first draw takes more than ``max_operations``; ``sample`` are
    the data, or points that stand for them."""
    n, data, most = plan.sizes[0], plan.data, construction.max_operations
    text = (
        f"n: {n} hyperplanes for {data.N} points take n (N + {DRAWING}) = "
        f"{plan.operations_of(n)} operations, and max_operations = {most} allows "
        f"{most // (data.N + DRAWING)} hyperplanes"
    )
    if construction.n is not None:
        return f"{text}; give a smaller n, or a larger max_operations"
    helps = _cheaper_bias(construction, plan, sample)
    return (
        f"{text}. The data ask for so many because their radius, {rounded(data.radius)}, is "
        f"{rounded(_ratio(data))} times their margin. {helps}"
        "Fewer may do, which n=... sets; two_layer.sorted and generalization.maxnet have as many "
        "neurons at any margin; a larger max_operations lets it be tried"
    )


def _ratio(data: Dataset) -> float:
    """Of radius and margin."""
    assert data.squared_margin is not None  # there are hyperplanes only for two classes or more
    return nearest_root(data.squared_radius / data.squared_margin)


def _cheaper_bias(construction: Any, plan: CoverPlan, sample: Dataset) -> str:
    """A sentence on the best of the other ranges, where it is affordable."""
    counts = {}
    for factor in TRIED:
        bias = factor * plan.max_bias
        with suppress(HypothesisViolated, InvalidArgument):  # it does not separate these points
            counts[bias] = data_bound(
                sample,
                max_bias=bias,
                covered=construction.covered,
                weight_bits=plan.weight_bits,
                two_sided=construction.two_sided,
            )
    if not counts:
        return ""
    bias = min(counts, key=lambda bias: counts[bias])
    if plan.operations_of(counts[bias]) > construction.max_operations:
        return ""
    return f"At max_bias = {rounded(bias)} they ask for {counts[bias]}. "
