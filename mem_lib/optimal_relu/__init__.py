r"""Optimal memorization: a network of constant width whose depth grows like the root of N.

Paper: Vardi, Yehudai, Shamir, *On the Optimal Memorization Power of ReLU Neural Networks*, ICLR
2022, arXiv:2110.03187.

Setting.  N different points of R^d, with labels 0..C-1; c = max(1, ceil(log2 C)) bits a label.  A
long weight serves as a file, and the depth as the machine that reads it.

1. *Project.*  One unit holds an integer key for each point: <a, x> for a direction a on which all
   points differ.
2. *Find the folder.*  The sorted keys are cut into N1 folders.  A cascade of N1 small steps adds
   up, as a weight, the integer that holds everything about the folder of the input.
3. *Read the folder.*  A deep and thin network reads that integer bit by bit and picks the label.

Finding costs N1 layers and reading about N/N1 times the bits of an entry: the product of the two
is N up to logarithms, so that both can be of the order of sqrt(N).

Constructions.

* :class:`Paper`: width 12.  A file lists the keys of its folder, a second one the labels; two
  triangle waves read each of them.  The network is right on a whole interval around each key.
* :class:`Merged`: the same with affine maps put together; width 14, or 12 for two classes, and
  about half as many layers.
* :class:`Narrow`: width 3.  Keys are reduced modulo a number of about 2 log2 N bits and stored as
  increments; the label is collected in the low bits of the file.
* :class:`Wide`: the same files in one layer for each bit instead of two; width 6, or 7 for more
  than two classes.
* :class:`Parallel`: blocks of that side by side, to keep to a ``depth``.
* :class:`Series`: blocks one after the other.  To keep to ``max_weight_bits``, :class:`Narrow` and
  :class:`Wide` with more folders that are smaller do better.
* :class:`Retrieval`: width 8, and no keys at all.  A file is a table, filled by elimination over
  GF(2), of which three cells add up to the label.
* :class:`Rounds`: width 8, no keys, and a depth that is proved.  A file is a table of cells that
  hash to one key each; what shares a cell is left to the next round.

Real targets: ``tolerance=``.  A folder holds integers, and the last layer makes targets of them.

Integer form.  All weights are integers and the points enter as 2^q x.  In :class:`Paper` and
:class:`Merged` everything behind the projection is held in units of 2^-f (the ``unit_bits`` of
``network.about``), and the last layer gives 2^f times the label, which ``output_denominator``
divides; the other variants compute in plain integers.  So the output is the label or target itself
(readout ``"value"``).  The network for real points: :func:`real_form`, :func:`real_bound`.

What the theorems promise: :func:`bound`; the size of a built network from a few numbers:
:func:`size_formula`; what no network can do without: :func:`least_bits`, :func:`least_depth`, and
:func:`forbidden_from`; which weights know the labels: :func:`label_weights`.
"""

from typing import Any

from mem_lib import constructions
from mem_lib._base.arguments import instance
from mem_lib.constructions import Facts
from mem_lib.data import Dataset
from mem_lib.network import Network, Size
from mem_lib.optimal_relu.bounds import (
    key_bits_bound,
    least_bits,
    least_depth,
    modulus_bound,
    paper_depth,
    spread_bound,
)
from mem_lib.optimal_relu.difference import Difference, label_weights
from mem_lib.optimal_relu.file_network import FileNetwork, FilePlan, size_formula
from mem_lib.optimal_relu.folder import Folders
from mem_lib.optimal_relu.merged import Merged
from mem_lib.optimal_relu.narrow import Narrow
from mem_lib.optimal_relu.paper import Paper
from mem_lib.optimal_relu.parallel import Parallel
from mem_lib.optimal_relu.real_points import RealForm, real_bound, real_form
from mem_lib.optimal_relu.regimes import forbidden_from
from mem_lib.optimal_relu.retrieval import Retrieval
from mem_lib.optimal_relu.rounds import Rounds
from mem_lib.optimal_relu.series import Series
from mem_lib.optimal_relu.shape import Formula
from mem_lib.optimal_relu.wide import Wide

#: The constructions of this chapter, the default first.
CONSTRUCTIONS = (Paper, Merged, Narrow, Wide, Parallel, Series, Retrieval, Rounds)
VARIANTS = tuple(cls.variant for cls in CONSTRUCTIONS)


def build(
    dataset: Dataset,
    *,
    seed: int = 0,
    variant: str = "paper",
    progress: bool | None = None,
    **parameters: Any,
) -> Network:
    """A deep ReLU network whose output is the label, exactly, at every point: ``mem_lib.build``
    with a construction of this chapter and its parameters.  By default the network of theorem
    ``thm-optimal_relu-paper``.  Real targets come out exactly, or up to ``tolerance``.

    Raises
    ------
    InvalidArgument
        When an argument is of the wrong kind, out of range, or means nothing to the variant, as
        ``tolerance`` for labels; ``TooLarge`` when the network would not fit into memory.
    HypothesisViolated
        When ``depth`` or ``max_weight_bits`` is too small, or exact targets take more than 64 bits
        each and there is no ``tolerance``.
    ConstructionFailed
        When no direction that was drawn tells all points apart, or none has the promised spread.

    >>> import mem_lib as ml
    >>> dataset = ml.data.ball(N=40, d=3, classes=3, seed=1)
    >>> network = build(dataset, variant="narrow")
    >>> network.size.width, bool((ml.predict(network, dataset) == dataset.labels).all())
    (3, True)
    >>> dataset = ml.Dataset([[0], [1], [2]], targets=[-0.125, 0.25, 7.5])
    >>> ml.verify(build(dataset, tolerance=0.2), dataset, tolerance=0.2).max_error
    Fraction(1, 8)
    """
    name = constructions.named("optimal_relu", variant)
    return constructions.build(dataset, name, seed=seed, progress=progress, **parameters)


def bound(
    dataset: Dataset | Facts | None = None, *, variant: str = "paper", **parameters: Any
) -> Size:
    """What the theorems of this chapter promise: ``mem_lib.bound`` with a construction of this
    chapter.  Depth and width come from exact formulas; the other entries are generous.

    ``bound(dataset)`` measures the facts; without a data set N, d and the separation are needed.
    The default promises theorem ``thm-optimal_relu-paper`` in integers; for real points, without
    the bits of a grid, see :func:`real_bound`.

    Raises ``InvalidArgument`` when an argument is missing, out of range or without a meaning;
    ``HypothesisViolated`` when ``depth`` or ``max_weight_bits`` may be too small, or targets are
    not given by a data set, or too long.

    >>> bound(N=1000, d=10, separation=0.28).depth, bound(N=1000, d=10, separation=0.28).width
    (1002, 12)
    >>> bound(N=1000, d=10, separation=0.28, variant="narrow").width
    3
    >>> bound(N=1000, d=10, separation=0.28, variant="parallel", depth=150).width
    60
    """
    name = constructions.named("optimal_relu", variant)
    size = constructions.bound(dataset, name, **parameters)
    assert size is not None
    return size


def folders(
    dataset: Dataset,
    *,
    seed: int = 0,
    variant: str = "paper",
    progress: bool | None = None,
    **parameters: Any,
) -> Folders:
    """The keys, the folders and their strings of the network that :func:`build` makes of the same
    arguments.

    Raises ``InvalidArgument`` when an argument is of the wrong kind, out of range or without a
    meaning, ``TooLarge`` when the network would not fit into memory, ``HypothesisViolated`` when a
    budget is too small or exact targets are too long, ``ConstructionFailed`` when no direction that
    was drawn tells all points apart.

    >>> import mem_lib as ml
    >>> dataset = ml.Dataset([[0], [1], [5], [6]], [0, 1, 1, 0])
    >>> shelf = folders(dataset, folder_size=2)
    >>> shelf.keys.tolist(), [f"{u:0{shelf.string_bits}b}" for u in shelf.strings]
    ([1, 3, 11, 13], ['00010011', '10111101'])
    >>> shelf.members(1).tolist(), shelf.label_strings
    ([2, 3], (1, 2))
    """
    made = constructions.made(constructions.named("optimal_relu", variant), **parameters)
    found = instance(made, "variant", FileNetwork)  # type: ignore[type-abstract]
    return found.folders(dataset, seed=seed, progress=progress)


__all__ = [
    "CONSTRUCTIONS",
    "VARIANTS",
    "Difference",
    "FilePlan",
    "Folders",
    "Formula",
    "Merged",
    "Narrow",
    "Paper",
    "Parallel",
    "RealForm",
    "Retrieval",
    "Rounds",
    "Series",
    "Wide",
    "bound",
    "build",
    "folders",
    "forbidden_from",
    "key_bits_bound",
    "label_weights",
    "least_bits",
    "least_depth",
    "modulus_bound",
    "paper_depth",
    "real_bound",
    "real_form",
    "size_formula",
    "spread_bound",
]
