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

* :class:`Threshold`, ``"threshold"``: a slab around the hyperplane through d points of one class is
  two threshold units.  At most ceil((N-1)/d) units, for every labelling
  (``thm-two_layer-threshold``), and some labellings need as many.
* :class:`Slabs`, ``"paper"``: four ReLU neurons make a thin slab on which an affine function of
  one's choice is given out, and 0 elsewhere: 4 ceil(N/d) neurons (``thm-two_layer-slabs``).
* :class:`Sorted`, ``"sorted"``: sorted along a direction, the points fall into groups of d + 1;
  each group gets an affine function, and two neurons change from one to the next:
  2 ceil(N/(d+1)) neurons, one fewer for N = 1 modulo d + 1 (``thm-two_layer-sorted``).  Fewer than
  ceil(N/(d+1)) cannot do.
* :class:`MomentCurve`, ``"moment_curve"``: where hyperplanes cut the points into groups in a row,
  one neuron for each group and one more (``thm-two_layer-moment-curve``).
* :class:`Caps`, ``"caps"``: for each of N points a neuron that opens there, whether in general
  position or not (``thm-two_layer-caps``, ``thm-two_layer-triangular``).
* :class:`Light`, ``"light"``: N + 2 ceil(N/(d+1)) neurons, nearly as light as can be: found in
  floating point, rounded, and repaired exactly (``thm-two_layer-light``).

The weights of slabs and strips grow with the inverse of tiny distances; on a sphere those of caps
do not.  Residual fits (:func:`fit`) add neurons that point along what is still missing, and stop at
a given error.

* :class:`Ntk`, ``"ntk"``: a random gate, and behind it one linear map, as the difference of two
  neurons (``thm-two_layer-ntk``).
* :class:`Antisymmetric`, ``"antisymmetric"``: the same with a central difference, which permits a
  coarse step.
* :class:`Harmonic` and :class:`Hermite`, ``"harmonic"`` and ``"hermite"``: other factors in place
  of the gate, which hide the neighbours of a point better (``thm-two_layer-harmonic``,
  ``thm-two_layer-hermite``).

:class:`Hybrid`, ``"hybrid"``, fits first and corrects the rest by an exact network: exact, and of
small weight (``thm-two_layer-hybrid``).
"""

from typing import Any

from mem_lib import constructions
from mem_lib._base.arguments import instance, one_of
from mem_lib.constructions import Facts
from mem_lib.data import Dataset
from mem_lib.network import Network, Size
from mem_lib.parts.neurons import Neurons, neurons_of
from mem_lib.two_layer.blind import blind_weight_bound, centred_square
from mem_lib.two_layer.bounds import least_neurons
from mem_lib.two_layer.caps import Caps
from mem_lib.two_layer.drawn import (
    Drawn,
    drawn_network,
    drawn_weight,
    draws_needed,
    relu_kernel,
)
from mem_lib.two_layer.few import few_error, few_neurons
from mem_lib.two_layer.guided import (
    Clipped,
    GuidedConditions,
    clipped,
    guided_conditions,
    guided_weight,
    random_coherence,
)
from mem_lib.two_layer.heavy import gate_weights, strips_weight, strips_weight_bound
from mem_lib.two_layer.hybrid import Hybrid
from mem_lib.two_layer.independent import (
    independent_weight,
    orthonormal_weight,
    two_neurons,
)
from mem_lib.two_layer.kernels import (
    gate_kernel,
    gate_multiplier,
    harmonic_kernel,
    kappa,
    relu_multiplier,
    tau,
)
from mem_lib.two_layer.light import Light
from mem_lib.two_layer.moment_curve import MomentCurve
from mem_lib.two_layer.optimum import Optimum, optimal_weight
from mem_lib.two_layer.pairs import Guided, guided_pairs
from mem_lib.two_layer.residual.antisymmetric import Antisymmetric
from mem_lib.two_layer.residual.fit import ResidualFit
from mem_lib.two_layer.residual.harmonic import Harmonic
from mem_lib.two_layer.residual.hermite import Hermite
from mem_lib.two_layer.residual.ntk import Ntk
from mem_lib.two_layer.residual.result import Fit, History
from mem_lib.two_layer.slabs import Slabs
from mem_lib.two_layer.sorted import Sorted
from mem_lib.two_layer.spread import (
    Dispersion,
    HermiteDispersion,
    dispersion,
    hermite_dispersion,
    hermite_step,
    step_weight,
    steps_needed,
)
from mem_lib.two_layer.threshold import Threshold
from mem_lib.two_layer.values import values_of
from mem_lib.two_layer.weight import (
    neuron_weights,
    rational_bits,
    rounding_bound,
    total_weight,
    weight_between,
    weight_bound,
)

#: The constructions of this chapter, the default first.
CONSTRUCTIONS = (
    Sorted, Slabs, Threshold, MomentCurve, Caps, Light, Hybrid,
    Ntk, Antisymmetric, Harmonic, Hermite,
)  # fmt: skip
VARIANTS = tuple(cls.variant for cls in CONSTRUCTIONS)


def build(
    dataset: Dataset,
    *,
    seed: int = 0,
    variant: str = "sorted",
    progress: bool | None = None,
    **parameters: Any,
) -> Network:
    """A network with one hidden layer that memorizes ``dataset``: ``mem_lib.build`` with a
    construction of this chapter and its parameters, by default that of theorem
    ``thm-two_layer-sorted``.

    Exact variants, all but the four fits, compute in integers what makes them exact; floats enter
    as the dyadic numbers that they are.  The readout is ``"sign"`` for ``"threshold"`` and for a
    fit of two classes (as -1 and 1), and ``"value"`` otherwise.

    Raises
    ------
    InvalidArgument
        When an argument is of the wrong kind, out of range, or means nothing to the variant;
        ``TooLarge`` when the network would not fit into memory.
    HypothesisViolated
        When an exact variant meets points that are not in general position, ``"threshold"`` targets
        or more than two classes, or a fit numbers beyond 2^400 or below 2^-400; when ``tau`` is
        given for points of different norms.
    ConstructionFailed
        When a random step used up its draws, or a fit its neurons.
    InvalidCertificate, MemorizationError
        When ``checkpoint`` is the file of another run; when the memory of ``device`` is too small.
    ImportError
        When python-flint, for the exact variants, or PyTorch, for a ``device``, is not installed.

    >>> import mem_lib as ml
    >>> dataset = ml.data.sphere(N=50, d=4, seed=1)
    >>> [build(dataset, variant=name).size.neurons for name in ("threshold", "paper", "sorted")]
    [13, 52, 20]
    >>> ml.verify(build(dataset), dataset).max_error
    Fraction(0, 1)
    """
    name = constructions.named("two_layer", variant)
    return constructions.build(dataset, name, seed=seed, progress=progress, **parameters)


def bound(
    dataset: Dataset | Facts | None = None, *, variant: str = "sorted", **parameters: Any
) -> Size | None:
    """What the theorem of an exact variant promises for points in general position:
    ``mem_lib.bound`` with a construction of this chapter, by default theorem
    ``thm-two_layer-sorted``.

    ``bound(dataset)`` measures the facts; without a data set N and d are needed, and the values are
    those of two classes, the radius 1 and the grid 2^-20 unless ``classes`` or ``value_bits``,
    ``radius`` and ``grid_bits`` are given.  Neurons, width and dense weights come from exact
    formulas; bits are generous.

    None for the others.  ``"light"`` has at most N + 2 ceil(N/(d+1)) neurons, of lengths that a
    search decides; ``"hybrid"`` as many as strips more than its fit, whose number is measured; of
    ``"ntk"`` and ``"hermite"`` :func:`steps_needed` promises the number of neurons for the step
    sizes of the theorem; nothing is proved about the rest.

    Raises ``InvalidArgument`` when N or d is missing, or an argument is out of range or without a
    meaning; ``HypothesisViolated`` for ``"threshold"`` with targets or more than two classes.

    >>> bound(N=1000, d=50).neurons, bound(N=1000, d=50, variant="paper").neurons
    (40, 80)
    >>> bound(N=1001, d=50, variant="threshold").neurons
    20
    """
    name = constructions.named("two_layer", variant)
    return constructions.bound(dataset, name, **parameters)


def fit(
    dataset: Dataset,
    *,
    variant: str,
    seed: int = 0,
    progress: bool | None = None,
    partial: bool = False,
    keep: bool = False,
    **parameters: Any,
) -> Fit:
    """A network with one hidden layer of ReLU neurons that fits the values of ``dataset`` up to a
    given error, and how the error fell: :meth:`ResidualFit.fit` with the variant ``"ntk"``,
    ``"antisymmetric"``, ``"harmonic"`` or ``"hermite"`` and its parameters.

    Targets are fitted as they are; labels of two classes as -1 and 1, with the readout ``"sign"``;
    labels of more classes as numbers.  The largest value is scaled to about 1 and rounded to
    float64; errors, weights and the network are in the units of the data.

    Points of equal norms, up to a thousandth of their spread, get neurons without biases, as in the
    theorems, unless two lie on one line through the origin; all others are centred, and neurons
    have biases.  In few dimensions the kernels are nearly singular: the default of ``"ntk"`` copes
    best, and many points need very many neurons.

    Raises
    ------
    InvalidArgument
        When an argument is out of range, or means nothing to the variant; ``TooLarge`` when the fit
        would not fit into memory.
    HypothesisViolated
        When the largest coordinate or value is beyond 2^400 or below 2^-400, or ``tau`` is given
        for points of different norms.
    ConstructionFailed
        Unless ``partial``: when the neurons are used up, or rounding is too coarse for the goal.
    InvalidCertificate, MemorizationError
        When ``checkpoint`` is the file of another run; when the memory of ``device`` is too small.
    ImportError
        When ``device`` is given and PyTorch is not installed.

    >>> import mem_lib as ml
    >>> dataset = ml.data.sphere(N=200, d=20, seed=1)
    >>> found = fit(dataset, variant="antisymmetric")
    >>> certificate = ml.verify(found.network, dataset)
    >>> bool(certificate), certificate.size.neurons == len(found.neurons)
    (True, True)
    """
    fits = [cls.variant for cls in CONSTRUCTIONS if issubclass(cls, ResidualFit)]
    name = constructions.named("two_layer", one_of(variant, "variant", fits))
    made = constructions.made(name, **parameters)
    found = instance(made, "variant", ResidualFit)  # type: ignore[type-abstract]
    return found.fit(dataset, seed=seed, progress=progress, partial=partial, keep=keep)


__all__ = [
    "CONSTRUCTIONS",
    "VARIANTS",
    "Antisymmetric",
    "Caps",
    "Clipped",
    "Dispersion",
    "Drawn",
    "Fit",
    "Guided",
    "GuidedConditions",
    "Harmonic",
    "Hermite",
    "HermiteDispersion",
    "History",
    "Hybrid",
    "Light",
    "MomentCurve",
    "Neurons",
    "Ntk",
    "Optimum",
    "ResidualFit",
    "Slabs",
    "Sorted",
    "Threshold",
    "blind_weight_bound",
    "bound",
    "build",
    "centred_square",
    "clipped",
    "dispersion",
    "drawn_network",
    "drawn_weight",
    "draws_needed",
    "few_error",
    "few_neurons",
    "fit",
    "gate_kernel",
    "gate_multiplier",
    "gate_weights",
    "guided_conditions",
    "guided_pairs",
    "guided_weight",
    "harmonic_kernel",
    "hermite_dispersion",
    "hermite_step",
    "independent_weight",
    "kappa",
    "least_neurons",
    "neuron_weights",
    "neurons_of",
    "optimal_weight",
    "orthonormal_weight",
    "random_coherence",
    "rational_bits",
    "relu_kernel",
    "relu_multiplier",
    "rounding_bound",
    "step_weight",
    "steps_needed",
    "strips_weight",
    "strips_weight_bound",
    "tau",
    "total_weight",
    "two_neurons",
    "values_of",
    "weight_between",
    "weight_bound",
]
