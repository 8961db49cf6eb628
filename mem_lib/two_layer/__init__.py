r"""Two layers: how few neurons memorize, and how large their weights must be.

Paper: Bubeck, Eldan, Lee, Mikulincer, *Network size and size of the weights in memorization with
two-layers neural networks*, NeurIPS 2020, arXiv:2006.02855.

Setting.  N different points of R^d with labels or real targets y, and one hidden layer:
f(x) = sum_l a_l relu(<w_l, x> + b_l).  Points are in *general position* when no hyperplane holds
more than d of them, and, for N <= d, when they are affinely independent.

The *total weight* of f is sum_l |a_l| |(w_l, b_l)|, which does not change when a neuron is scaled
by s and its outgoing weight by 1/s.  Neurons count numbers; the total weight tells how large they
are, and with it how far rounding carries (``thm-two_layer-rounding``).

Exact networks, in integers from end to end.

* ``"threshold"``: a slab around the hyperplane through d points of one class is two threshold
  units.  At most ceil((N-1)/d) units, for every labelling (``thm-two_layer-threshold``), and some
  labellings need as many.
* ``"paper"``: four ReLU neurons make a thin slab on which an affine function of one's choice is
  given out, and 0 elsewhere: 4 ceil(N/d) neurons (``thm-two_layer-slabs``).
* ``"sorted"``: sorted along a direction, the points fall into groups of d + 1; each group gets an
  affine function, and two neurons change from one to the next: 2 ceil(N/(d+1)) neurons
  (``thm-two_layer-sorted``).  Fewer than ceil(N/(d+1)) cannot do.

Their weights grow with the inverse of tiny distances.  Residual fits (:func:`fit`) add neurons that
point along what is still missing, and stop at a given error.

* ``"ntk"``: a random gate, and behind it one linear map, as the difference of two neurons.
* ``"antisymmetric"``: the same with a central difference, which permits a coarse step.
* ``"harmonic"``, ``"hermite"``: other factors in place of the gate, which hide the neighbours of a
  point better (``thm-two_layer-harmonic``, ``thm-two_layer-hermite``).

``"hybrid"`` fits first and corrects the rest by an exact network: exact, and of small weight
(``thm-two_layer-hybrid``).
"""

from mem_lib.parts.neurons import Neurons, neurons_of
from mem_lib.two_layer._bounds import bound, least_neurons
from mem_lib.two_layer._build import VARIANTS, build
from mem_lib.two_layer._kernels import (
    Dispersion,
    HermiteDispersion,
    dispersion,
    gate_kernel,
    gate_multiplier,
    harmonic_kernel,
    hermite_dispersion,
    hermite_step,
    kappa,
    relu_multiplier,
    step_weight,
    steps,
    tau,
)
from mem_lib.two_layer._optimum import Optimum, optimal_weight
from mem_lib.two_layer._residual import Fit, History, fit
from mem_lib.two_layer._values import values_of
from mem_lib.two_layer._weight import (
    neuron_weights,
    rational_bits,
    rounding_bound,
    total_weight,
    weight_between,
    weight_bound,
)

__all__ = [
    "VARIANTS",
    "Dispersion",
    "Fit",
    "HermiteDispersion",
    "History",
    "Neurons",
    "Optimum",
    "bound",
    "build",
    "dispersion",
    "fit",
    "gate_kernel",
    "gate_multiplier",
    "harmonic_kernel",
    "hermite_dispersion",
    "hermite_step",
    "kappa",
    "least_neurons",
    "neuron_weights",
    "neurons_of",
    "optimal_weight",
    "rational_bits",
    "relu_multiplier",
    "rounding_bound",
    "step_weight",
    "steps",
    "tau",
    "total_weight",
    "values_of",
    "weight_between",
    "weight_bound",
]
