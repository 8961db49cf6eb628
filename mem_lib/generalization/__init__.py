r"""Generalization: what a memorizing network says about points that it has not seen.

Paper: Yu, Gao, Zhang, Miao, *Generalizability of Memorization Neural Networks*, NeurIPS 2024,
arXiv:2411.00372.

Every network of this book gives the right labels at the N points that it was built from.  Here the
points are a sample, and the question is what happens elsewhere.

Constructions.  :class:`MaxNet` answers with the label of the nearest training point, at every point
of R^d; :class:`Cells`, the paper's network, does so where it is sure and is undecided elsewhere;
:class:`Condensed` is a max-net of few of the points, :class:`Pipelined` the max-net made narrow.
Two others show what a memorizer may also do: :class:`Projected` sees the points through few
directions, and :class:`Spike` gives one class to thin slabs through training points and the other
to everything else.

Distributions where the truth is known, from which samples and test sets are drawn:
:mod:`mem_lib.generalization.distributions`.

What can be said.

* A narrow first layer loses what it loses: ``thm-generalization-cap``, :func:`best_accuracy`.
* Samples that are enough for the nearest point, ``thm-generalization-samples``:
  :func:`samples_enough`; that any algorithm needs, ``thm-generalization-needed``:
  :func:`samples_needed`; parameters, ``thm-generalization-parameters``: :func:`parameters_needed`.
* Samples from which on every small memorizer is right, ``thm-generalization-smallest``:
  :func:`samples_for_size`.
* What a sample proves by itself: few points kept, ``thm-generalization-compression``,
  :func:`compression_certificate`; a short file, ``thm-generalization-occam``, :func:`occam`.

Measures: :func:`accuracy` with the abstention rate beside it, :func:`robustness_radius`.
"""

from typing import Any

from mem_lib import constructions
from mem_lib.constructions import Facts
from mem_lib.data import Dataset
from mem_lib.generalization.bounds import (
    missing_mass,
    paper_samples,
    parameters_needed,
    samples_enough,
    samples_needed,
    vc_samples,
)
from mem_lib.generalization.caps import best_accuracy
from mem_lib.generalization.cells import Cells
from mem_lib.generalization.compression import compression_certificate
from mem_lib.generalization.condensed import Condensed
from mem_lib.generalization.distributions import (
    BallAndShell,
    Balls,
    CubeVertices,
    Gadget,
    Separable,
    Shells,
)
from mem_lib.generalization.fibres import fibre, first_layer_rank
from mem_lib.generalization.gadget import Formula, fitting, gadget_data, gadget_network
from mem_lib.generalization.length import described_bytes, occam
from mem_lib.generalization.maxnet import MaxNet
from mem_lib.generalization.measures import (
    accuracy,
    fair_coin_accuracy,
    robustness_radius,
    squared_robustness_radius,
)
from mem_lib.generalization.narrow import ball_and_shell_bound, shells_needed
from mem_lib.generalization.packing import packing_bound, packing_exists
from mem_lib.generalization.pipelined import Pipelined
from mem_lib.generalization.projected import Projected
from mem_lib.generalization.safe import (
    cells_per_side,
    in_hit_cells,
    least_ratio,
    paper_cells,
    safe_cells,
)
from mem_lib.generalization.slabs import slab_share
from mem_lib.generalization.spike import Spike
from mem_lib.generalization.uniform import samples_for_size
from mem_lib.network import Network, Size

#: The constructions of this chapter, the default first.
CONSTRUCTIONS = (MaxNet, Cells, Condensed, Spike, Projected, Pipelined)
VARIANTS = tuple(cls.variant for cls in CONSTRUCTIONS)


def build(
    dataset: Dataset,
    *,
    seed: int = 0,
    variant: str = "maxnet",
    progress: bool | None = None,
    **parameters: Any,
) -> Network:
    """A network that memorizes ``dataset``: ``mem_lib.build`` with a construction of this chapter
    and its parameters.  The default answers with the label of the nearest training point (theorem
    ``thm-generalization-maxnet``).

    Raises
    ------
    InvalidArgument
        When an argument is of the wrong kind, out of range, or means nothing to the variant;
        ``TooLarge`` when the network would not fit into memory.
    HypothesisViolated
        When there are real targets, or more classes than the variant takes.
    ConstructionFailed
        When no direction that was drawn tells points of different labels apart.

    >>> import mem_lib as ml
    >>> dataset = ml.Dataset([[0, 0], [4, 0], [0, 3]], [1, 0, 0])
    >>> network = build(dataset)
    >>> ml.predict(network, [[1, 1], [3, 0], [2, 0]]).tolist()  # the last one is in the middle
    [1, 0, -1]
    """
    name = constructions.named("generalization", variant)
    return constructions.build(dataset, name, seed=seed, progress=progress, **parameters)


def bound(
    dataset: Dataset | Facts | None = None, *, variant: str = "maxnet", **parameters: Any
) -> Size:
    """What the theorems of this chapter promise of the size: ``mem_lib.bound`` with a construction
    of this chapter.

    ``bound(dataset)`` measures the facts; without a data set N and d are needed.  The default
    promises theorem ``thm-generalization-maxnet``.

    Raises ``InvalidArgument`` when an argument is missing, out of range or without a meaning,
    ``HypothesisViolated`` for real targets and for more classes than the variant takes.

    >>> bound(N=1000, d=10).weights, bound(N=1000, d=10, variant="cells").weights
    (15589, 6002000)
    """
    name = constructions.named("generalization", variant)
    size = constructions.bound(dataset, name, **parameters)
    assert size is not None
    return size


__all__ = [
    "CONSTRUCTIONS",
    "VARIANTS",
    "BallAndShell",
    "Balls",
    "Cells",
    "Condensed",
    "CubeVertices",
    "Formula",
    "Gadget",
    "MaxNet",
    "Pipelined",
    "Projected",
    "Separable",
    "Shells",
    "Spike",
    "accuracy",
    "ball_and_shell_bound",
    "best_accuracy",
    "bound",
    "build",
    "cells_per_side",
    "compression_certificate",
    "described_bytes",
    "fair_coin_accuracy",
    "fibre",
    "first_layer_rank",
    "fitting",
    "gadget_data",
    "gadget_network",
    "in_hit_cells",
    "least_ratio",
    "missing_mass",
    "occam",
    "packing_bound",
    "packing_exists",
    "paper_cells",
    "paper_samples",
    "parameters_needed",
    "robustness_radius",
    "safe_cells",
    "samples_enough",
    "samples_for_size",
    "samples_needed",
    "shells_needed",
    "slab_share",
    "squared_robustness_radius",
    "vc_samples",
]
