r"""Memorization beyond the worst case: random hyperplanes, then a cover.

Paper: Dirksen, Finke, Genzel, *Memorization With Neural Nets: Going Beyond the Worst Case*, Journal
of Machine Learning Research 25(347), 2024, arXiv:2310.00327.

Setting.  Points in R^d of norm at most R, in two classes; X- gets covered, X+ are its rivals.  With
more classes every class is covered in turn (one versus rest) over one shared first layer.

1. *Hyperplanes.*  n random pairs (w, b), w ~ N(0, I), b uniform on [-lambda, lambda].  A point
   becomes the n bits [<w, x> + b > 0].
2. *Cover.*  The neuron of a centre c counts the hyperplanes that are off at c and on at x.  Its
   threshold m is the smallest count of a rival; it fires below m.  By the choice of m it never
   fires on a rival, and if m > 0 it fires at c and at everything with few bits in between.
3. *Readout.*  (number of neurons that fire) - 1/2 is positive exactly on the covered points.

Statements (ours, with explicit constants; the paper gives the order).

* ``thm-beyond_worst_case-finite``: n >= (2 sqrt(2 pi) lambda / (F3(lambda/R) delta))
  log(N- N+ / eta) hyperplanes suffice with probability 1 - eta, delta the margin: :func:`bound`.
* ``thm-beyond_worst_case-data``: so does any n with sum over pairs (1 - p)^n <= eta, with the exact
  p of each pair of these data: :func:`data_bound`.
* ``thm-beyond_worst_case-covering``: the number of covering neurons is at most the number of balls
  of an admissible covering, whatever N is: :func:`covering_hyperplanes`; with sharper numbers for
  small pieces, ``thm-beyond_worst_case-pieces``: :func:`small_pieces_hyperplanes`.
* ``thm-beyond_worst_case-needed``, ``-logarithm``: what no second layer can do without:
  :func:`hyperplanes_needed`.
* ``thm-beyond_worst_case-greedy``: how far greedy covers are from the smallest ones, at most:
  :func:`by_greedy`; ``thm-beyond_worst_case-limit``: what no cover falls below however many
  hyperplanes there are: :func:`covering_floor`.
* ``thm-beyond_worst_case-isolated``: when every point ends up with its own neuron:
  :func:`isolation_gap`.
* ``thm-beyond_worst_case-robust``: a ball around any point on which the answer cannot change:
  :func:`robustness_radius`.

Constructions.  :class:`Practical` visits the points in random order and gives a neuron to each that
is not covered yet; :class:`Idealised` gives one to each of given centres; the neurons of
:class:`TwoSided` count the hyperplanes between centre and point in both directions: half as many
hyperplanes; :class:`Relu` has ReLU units in both hidden layers.  All but the idealised one take
``order="greedy"``: fewer neurons for the same hyperplanes.

Conventions.  Units are 1 at z >= 0; the paper's "t > 0" is stored as 2t - 1 >= 0 in integers, so no
data point lies on a hyperplane, and the covering threshold is m - 1/2, strictly inside the gap.
Weights are rounded to a dyadic grid; the theorems account for it, the certificate speaks of the
rounded network.
"""

from typing import Any

from mem_lib import constructions
from mem_lib._base.arguments import instance
from mem_lib.beyond_worst_case.bounds import data_bound, hyperplanes_enough, hyperplanes_needed
from mem_lib.beyond_worst_case.cover import Cover, by_candidates, by_centres
from mem_lib.beyond_worst_case.covering import Covering
from mem_lib.beyond_worst_case.draw import Attempt
from mem_lib.beyond_worst_case.floor import Floor, covering_floor
from mem_lib.beyond_worst_case.geometry import (
    admissible_radius,
    covering_hyperplanes,
    isolation_gap,
    mean_width,
    relative_entropy,
    small_pieces_hyperplanes,
)
from mem_lib.beyond_worst_case.greedy import by_greedy, harmonic, without_redundant
from mem_lib.beyond_worst_case.idealised import Idealised
from mem_lib.beyond_worst_case.ordered import ORDERS
from mem_lib.beyond_worst_case.plan import CoverPlan
from mem_lib.beyond_worst_case.practical import Practical
from mem_lib.beyond_worst_case.relu import Relu
from mem_lib.beyond_worst_case.robustness import robustness_radius, squared_robustness_radius
from mem_lib.beyond_worst_case.two_sided import TwoSided
from mem_lib.constructions import Facts
from mem_lib.data import Dataset
from mem_lib.network import Network, Size
from mem_lib.parts.separation import chi3, rounding_loss, separation_probability

#: The constructions of this chapter, the default first.
CONSTRUCTIONS = (Practical, TwoSided, Relu, Idealised)
VARIANTS = tuple(cls.variant for cls in CONSTRUCTIONS)


def build(
    dataset: Dataset,
    *,
    seed: int = 0,
    variant: str = "practical",
    progress: bool | None = None,
    **parameters: Any,
) -> Network:
    """A network of depth 3 that memorizes ``dataset``: ``mem_lib.build`` with a construction of
    this chapter, ``"practical"``, ``"two_sided"``, ``"relu"`` or ``"idealised"``, and its
    parameters.  The default is the algorithm of theorem ``thm-beyond_worst_case-correct``.

    Raises
    ------
    InvalidArgument
        When an argument is of the wrong kind, out of range, or means nothing to the variant;
        ``TooLarge`` when a draw would not fit into memory, or takes more than 2^24 hyperplanes or
        ``max_operations``: the message says what would help.
    HypothesisViolated
        When there are real targets or more than 2^16 classes; when rounding could undo every
        separation of two points; when ``max_bias`` is 0 and classes share a ray from the origin, or
        a rival is the origin.
    ConstructionFailed
        When points stayed uncovered in all draws.

    >>> import mem_lib as ml
    >>> dataset = ml.data.moons(N=60, noise=0.05, margin=0.1, seed=1)
    >>> network = build(dataset, n=120)
    >>> network.depth, bool(ml.verify(network, dataset))
    (3, True)
    """
    name = constructions.named("beyond_worst_case", variant)
    return constructions.build(dataset, name, seed=seed, progress=progress, **parameters)


def bound(
    dataset: Dataset | Facts | None = None, *, variant: str = "practical", **parameters: Any
) -> Size | None:
    """What theorem ``thm-beyond_worst_case-finite`` promises: ``mem_lib.bound`` with a construction
    of this chapter.

    ``bound(dataset)`` measures the facts; without a data set N, d and the margin are needed (the
    separation will do, since it is never larger); the radius is 1 unless it is given.  ``failure``
    is the probability that the promise may fail with, default 1/2.  None for ``max_bias = 0``.

    Raises ``InvalidArgument`` when an argument is missing, out of range or without a meaning, as a
    margin above twice the radius; ``HypothesisViolated`` for real targets or more than 2^16
    classes, and when rounding may undo every separation.

    >>> bound(N=100, d=2, margin=0.1).depth
    3
    """
    name = constructions.named("beyond_worst_case", variant)
    return constructions.bound(dataset, name, **parameters)


def attempt(
    dataset: Dataset,
    n: int,
    max_bias: Any = None,
    *,
    variant: str = "practical",
    seed: int = 0,
    progress: bool | None = None,
    **parameters: Any,
) -> Attempt:
    """One draw of :func:`build` with n hyperplanes, returned whether it memorizes the data or not,
    which is when all thresholds are positive (lemma ``thm-beyond_worst_case-succeeds``): for
    experiments.

    n : number of hyperplanes, at most 2^24.
    max_bias : biases are uniform on [-max_bias, max_bias], in the unit of the data; default: three
        quarters of the radius.
    parameters : of the variant, as in :func:`build`.

    Raises ``InvalidArgument`` when an argument is of the wrong kind, out of range, or means nothing
    to the variant, ``TooLarge`` when the draw would not fit into memory or takes more than
    ``max_operations``, ``HypothesisViolated`` for real targets or more than 2^16 classes and, when
    ``max_bias`` is 0, for classes that share a ray from the origin or a rival at it.

    >>> import mem_lib as ml
    >>> dataset = ml.Dataset([[0.0], [1.0], [2.0]], [0, 1, 0])
    >>> found = attempt(dataset, 100)
    >>> len(found.uncovered), bool(ml.verify(found.network, dataset))
    (0, True)
    """
    name = constructions.named("beyond_worst_case", variant)
    made = constructions.made(name, n=n, max_bias=max_bias, **parameters)
    return instance(made, "variant", Covering).attempt(dataset, seed=seed, progress=progress)


__all__ = [
    "CONSTRUCTIONS",
    "ORDERS",
    "VARIANTS",
    "Attempt",
    "Cover",
    "CoverPlan",
    "Floor",
    "Idealised",
    "Practical",
    "Relu",
    "TwoSided",
    "admissible_radius",
    "attempt",
    "bound",
    "build",
    "by_candidates",
    "by_centres",
    "by_greedy",
    "chi3",
    "covering_floor",
    "covering_hyperplanes",
    "data_bound",
    "harmonic",
    "hyperplanes_enough",
    "hyperplanes_needed",
    "isolation_gap",
    "mean_width",
    "relative_entropy",
    "robustness_radius",
    "rounding_loss",
    "separation_probability",
    "small_pieces_hyperplanes",
    "squared_robustness_radius",
    "without_redundant",
]
