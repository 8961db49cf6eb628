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
  of an admissible covering, whatever N is: :func:`covering_hyperplanes`.

Conventions.  Units are 1 at z >= 0; the paper's "t > 0" is stored as 2t - 1 >= 0 in integers, so no
data point lies on a hyperplane, and the covering threshold is m - 1/2, strictly inside the gap.
Weights are rounded to a dyadic grid; the theorems account for it, the certificate speaks of the
rounded network.
"""

from mem_lib.beyond_worst_case._bounds import (
    bound,
    covering_hyperplanes,
    data_bound,
    hyperplanes_enough,
    hyperplanes_needed,
)
from mem_lib.beyond_worst_case._build import Attempt, attempt, build
from mem_lib.beyond_worst_case._cover import Cover, by_candidates, by_centres
from mem_lib.beyond_worst_case._probability import chi3, rounding_loss, separation_probability

__all__ = [
    "Attempt",
    "Cover",
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
    "rounding_loss",
    "separation_probability",
]
