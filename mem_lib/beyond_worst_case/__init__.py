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
* ``thm-beyond_worst_case-isolated``: when every point ends up with its own neuron:
  :func:`isolation_gap`.
* ``thm-beyond_worst_case-robust``: a ball around any point on which the answer cannot change:
  :func:`robustness_radius`.

Variants.  ``"two_sided"`` neurons count the hyperplanes between centre and point in both
directions: half as many hyperplanes.  ``"relu"`` has ReLU units in both hidden layers; it needs the
exact thresholds of :func:`build`, whose docstring says why.

Conventions.  Units are 1 at z >= 0; the paper's "t > 0" is stored as 2t - 1 >= 0 in integers, so no
data point lies on a hyperplane, and the covering threshold is m - 1/2, strictly inside the gap.
Weights are rounded to a dyadic grid; the theorems account for it, the certificate speaks of the
rounded network.
"""

from mem_lib.beyond_worst_case._bounds import (
    bound,
    data_bound,
    hyperplanes_enough,
    hyperplanes_needed,
)
from mem_lib.beyond_worst_case._build import Attempt, attempt, build
from mem_lib.beyond_worst_case._cover import Cover, by_candidates, by_centres
from mem_lib.beyond_worst_case._geometry import (
    admissible_radius,
    covering_hyperplanes,
    isolation_gap,
    mean_width,
    relative_entropy,
    small_pieces_hyperplanes,
)
from mem_lib.beyond_worst_case._robustness import robustness_radius, squared_robustness_radius
from mem_lib.parts.separation import chi3, rounding_loss, separation_probability

__all__ = [
    "Attempt",
    "Cover",
    "admissible_radius",
    "attempt",
    "bound",
    "build",
    "by_candidates",
    "by_centres",
    "chi3",
    "covering_hyperplanes",
    "data_bound",
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
]
