r"""Deep threshold networks: geometry first, then bookkeeping.

Paper: Rajput, Sreenivasan, Papailiopoulos, Karbasi, *An Exponential Improvement on the Memorization
Capacity of Deep Threshold Networks*, NeurIPS 2021, arXiv:2106.07724.

Setting.  N points in R^d of norm at most r in C classes, differently labelled ones at least delta
apart.  Gates are [<w, z> >= theta], 0 or 1.

1. *Hyperplanes.*  A random hyperplane tells two points apart with probability p of about
   delta / (2 pi r) or more, whatever the dimension.  So m = (2 pi r / delta) ln(2D) of them give
   all D differently labelled pairs different codes of m bits.
2. *Compression.*  A random hash, or random parities, of the code: an integer v that still differs
   where labels do, as O(log N) bits.
3. *Table.*  Read in the order of v, the labels change B < N times.  About sqrt(B) row gates and
   sqrt(B) column gates per label bit look the label up, with one weight for each row and column.

Together O~(1/delta + sqrt(N)) gates and O~(d/delta + N) weights, integers from the second layer on.

Statements (ours, with explicit constants; the paper gives the order).

* ``thm-deep_threshold-hyperplane``, ``-first-layer``, ``-rounding``: one hyperplane, m of them, and
  what rounding their weights costs: :func:`line_probability`, :func:`hyperplanes_enough`.
* ``thm-deep_threshold-grid``: rows parallel to the axes, one weight each, nothing random.
* ``thm-deep_threshold-hash``, ``-parity``: the compressions: :class:`Hash`, :class:`Parity`.
* ``thm-deep_threshold-table``: the table alone: :func:`table_network`.
* ``thm-deep_threshold-main``: all of it, in numbers: :func:`bound`; ``-staircase``, ``-crossing``:
  from which N on it pays: :func:`crossing`.
* ``thm-deep_threshold-integers``: up to where machine numbers are exact: :func:`exact_limit`.
* ``thm-deep_threshold-adaptive``, ``-clear``: fewer rows for these data: :func:`data_bound`; how
  far points may move: :func:`robustness_radius`.
* ``thm-deep_threshold-wiring``, ``-gates``, ``-labels``: what no network does without:
  :func:`weights_needed`, :func:`gates_needed`, :func:`labels_out_of_reach`.
* ``thm-deep_threshold-circle``, ``-ball``, ``-sphere``, ``-collector``: how many hyperplanes tell
  points of a circle, a ball, a sphere apart: :func:`least_separating`,
  :func:`ball_hyperplanes_needed`, :func:`sphere_hyperplanes_needed`, :func:`collector_mean`.

Constructions.  :class:`Hash` takes the hash apart into bits, one layer for each; :class:`Shallow`
lets the table read the code itself, in depth 4 with the fewest gates and more weights;
:class:`Parity` computes a random linear code in trees.  Each takes any first layer.
:class:`Staircase` is what they have to beat: one direction, a gate at each change of label.

Conventions.  Units are 1 at z >= 0; [z >= theta] is stored as 2z - 2 theta + 1 >= 0, so no gate is
0 at a point.  Every bias of a gate is odd, hence counts as a weight.  The output is one linear
unit, the label; what the paper's networks have as output gates, one for each label bit, is counted
in the lower bounds alone.
"""

from typing import Any

from mem_lib import constructions
from mem_lib.constructions import Facts
from mem_lib.data import Dataset
from mem_lib.deep_threshold.bounds import (
    crossing,
    exact_limit,
    gates_enough,
    grid_bound,
    largest_dimension,
    vershynin_curve,
    weights_enough,
)
from mem_lib.deep_threshold.circle import (
    circle_lines,
    circle_lines_needed,
    circle_points,
    circle_size,
)
from mem_lib.deep_threshold.compressing import Compressing, DeepPlan
from mem_lib.deep_threshold.first_layer import FirstLayer, first_layer
from mem_lib.deep_threshold.gaussian import weight_bits
from mem_lib.deep_threshold.grid import grid_rows
from mem_lib.deep_threshold.hash import Hash
from mem_lib.deep_threshold.lower import (
    ball_hyperplanes_needed,
    collector_bound,
    collector_mean,
    gates_needed,
    labels_out_of_reach,
    sphere_hyperplanes_needed,
    weights_needed,
    weights_needed_free,
)
from mem_lib.deep_threshold.parity import Parity
from mem_lib.deep_threshold.robustness import (
    robustness_radius,
    squared_distances,
    squared_robustness_radius,
)
from mem_lib.deep_threshold.rows_enough import (
    data_bound,
    hyperplanes_enough,
    line_probability,
)
from mem_lib.deep_threshold.separating import least_separating
from mem_lib.deep_threshold.shallow import Shallow
from mem_lib.deep_threshold.staircase import Staircase
from mem_lib.deep_threshold.table import Table, bits_of, table_network
from mem_lib.network import Network, Size

#: The constructions of this chapter, the default first.
CONSTRUCTIONS = (Hash, Shallow, Parity, Staircase)
VARIANTS = tuple(cls.variant for cls in CONSTRUCTIONS)


def build(
    dataset: Dataset,
    *,
    seed: int = 0,
    variant: str = "hash",
    progress: bool | None = None,
    **parameters: Any,
) -> Network:
    """A threshold network that memorizes ``dataset``: ``mem_lib.build`` with a construction of this
    chapter, one of ``VARIANTS``, and its parameters.

    Raises
    ------
    InvalidArgument
        When an argument is of the wrong kind, out of range, or means nothing to the variant;
        ``TooLarge`` when the first layer or the network would not fit into memory.
    HypothesisViolated
        When there are real targets, which the staircase alone takes.
    ConstructionFailed
        When all draws left two differently labelled points together: their rows are named.

    >>> import mem_lib as ml
    >>> dataset = ml.data.ball(N=60, d=3, margin=0.2, seed=1)
    >>> network = build(dataset, variant="shallow")
    >>> network.depth, bool(ml.verify(network, dataset))
    (4, True)
    """
    name = constructions.named("deep_threshold", variant)
    return constructions.build(dataset, name, seed=seed, progress=progress, **parameters)


def bound(
    dataset: Dataset | Facts | None = None, *, variant: str = "hash", **parameters: Any
) -> Size | None:
    """What theorem ``thm-deep_threshold-main`` promises: ``mem_lib.bound`` with a construction of
    this chapter.

    ``bound(dataset)`` measures the facts; without a data set N, d and the margin are needed (the
    separation will do, since it is never larger); the radius is 1 unless it is given.

    Raises ``InvalidArgument`` when an argument is missing, out of range or without a meaning, as a
    margin above twice the radius; ``HypothesisViolated`` for real targets.

    >>> size = bound(N=4000, d=10, margin=0.2, variant="shallow")
    >>> size.depth, size.neurons
    (4, 1015)
    """
    name = constructions.named("deep_threshold", variant)
    return constructions.bound(dataset, name, **parameters)


__all__ = [
    "CONSTRUCTIONS",
    "VARIANTS",
    "Compressing",
    "DeepPlan",
    "FirstLayer",
    "Hash",
    "Parity",
    "Shallow",
    "Staircase",
    "Table",
    "ball_hyperplanes_needed",
    "bits_of",
    "bound",
    "build",
    "circle_lines",
    "circle_lines_needed",
    "circle_points",
    "circle_size",
    "collector_bound",
    "collector_mean",
    "crossing",
    "data_bound",
    "exact_limit",
    "first_layer",
    "gates_enough",
    "gates_needed",
    "grid_bound",
    "grid_rows",
    "hyperplanes_enough",
    "labels_out_of_reach",
    "largest_dimension",
    "least_separating",
    "line_probability",
    "robustness_radius",
    "sphere_hyperplanes_needed",
    "squared_distances",
    "squared_robustness_radius",
    "table_network",
    "vershynin_curve",
    "weight_bits",
    "weights_enough",
    "weights_needed",
    "weights_needed_free",
]
