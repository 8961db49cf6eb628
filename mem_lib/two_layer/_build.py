"""Check the arguments, choose the construction, show a bar."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from mem_lib._base.arguments import whole
from mem_lib._base.files import checked_path
from mem_lib._base.memory import check_memory
from mem_lib._base.progress import bar as progress_bar
from mem_lib._base.text import json_int
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated, show
from mem_lib.network import Network
from mem_lib.parts.neurons import Neurons
from mem_lib.two_layer._fit_options import METHODS
from mem_lib.two_layer._hybrid import corrected
from mem_lib.two_layer._residual import fit
from mem_lib.two_layer._slabs import slab_neurons
from mem_lib.two_layer._sorted import sorted_neurons
from mem_lib.two_layer._threshold import threshold_network
from mem_lib.two_layer._values import values_of

EXACT = ("threshold", "paper", "sorted", "hybrid")
VARIANTS = (*EXACT, *METHODS)
#: How a hybrid is fitted, and how far, unless the caller says otherwise.
METHOD, ERROR = "antisymmetric", 1e-6


def build(
    dataset: Dataset,
    *,
    seed: int = 0,
    variant: str = "sorted",
    group_size: int | None = None,
    method: str | None = None,
    error: Any = None,
    tolerance: Any = None,
    coarseness: float | None = None,
    damp: float | None = None,
    order: int | None = None,
    phases: int | None = None,
    tau: float | None = None,
    neurons: int | None = None,
    bits: int | None = None,
    device: str | None = None,
    checkpoint: str | Path | None = None,
    progress: bool | None = None,
) -> Network:
    """A network with one hidden layer that memorizes ``dataset``.

    Parameters
    ----------
    dataset : points with labels or real targets; repeated points allowed.
    seed : a whole number >= 0, from which everything random is drawn.
    variant : exact, for points in general position: ``"threshold"``, at most ceil((N-1)/d)
        threshold units for two classes (``thm-two_layer-threshold``); ``"paper"``, 4 ceil(N/d) ReLU
        neurons for any labels or targets (``thm-two_layer-slabs``); ``"sorted"``, 2 ceil(N/(d+1))
        of them (``thm-two_layer-sorted``); ``"hybrid"``, a residual fit corrected exactly, with
        more neurons and much smaller weights (``thm-two_layer-hybrid``).
        Approximate, with errors that :func:`mem_lib.verify` measures: ``"ntk"``,
        ``"antisymmetric"``, ``"harmonic"``, ``"hermite"``: see :func:`fit`.
    group_size : for ``"sorted"``: points in a group, from 1 to d + 1, the default.  Groups of two
        take any different points, in general position or not, and 2 ceil(N/2) neurons.
    method : for ``"hybrid"``: the variant of its fit; default ``"antisymmetric"``.
    error : for a fit: the relative squared error sum (f(x) - y)^2 / sum y^2 at which it stops;
        default 1e-6 for ``"hybrid"``, otherwise as in :func:`fit`.  A hybrid that has used up its
        ``neurons`` before is corrected from there.
    tolerance, coarseness, damp, order, phases, tau, neurons, bits, device, checkpoint : for a fit,
        as in :func:`fit`.
    progress : True shows a bar, False none; by default a terminal shows one when the work takes
        longer than two seconds.

    The readout is ``"sign"`` for ``"threshold"`` and for a fit of two classes (as -1 and 1), and
    ``"value"`` otherwise.  Exact variants compute in integers; floats enter as the dyadic numbers
    that they are.

    Raises
    ------
    HypothesisViolated
        When an argument is out of range or means nothing to the variant; when the points are not in
        general position (the message names the rows); when the network would not fit into memory.
    ConstructionFailed
        When a fit used up its neurons; the message tells the error that it reached.
    ImportError
        When ``device`` is given and PyTorch is not installed; when an exact variant is asked for
        and FLINT is not.

    >>> import mem_lib as ml
    >>> dataset = ml.data.sphere(N=50, d=4, seed=1)
    >>> [build(dataset, variant=name).size.neurons for name in ("threshold", "paper", "sorted")]
    [13, 52, 20]
    >>> ml.verify(build(dataset), dataset).max_error
    Fraction(0, 1)
    """
    if not isinstance(dataset, Dataset):
        raise HypothesisViolated(f"dataset: a Dataset is needed, got {show(dataset)}")
    if not isinstance(variant, str) or variant not in VARIANTS:
        raise HypothesisViolated(f"variant: one of {VARIANTS} is needed, got {show(variant)}")
    given = {
        "error": error, "tolerance": tolerance, "coarseness": coarseness, "damp": damp,
        "order": order, "phases": phases, "tau": tau, "neurons": neurons, "bits": bits,
        "device": device, "checkpoint": checkpoint,
    }  # fmt: skip
    fitting = {name: value for name, value in given.items() if value is not None}
    if variant != "sorted":
        _refuse(variant, group_size=group_size)
    if variant != "hybrid":
        _refuse(variant, method=method)
    if variant not in ("hybrid", *METHODS):
        _refuse(variant, **fitting)
    if variant in METHODS:
        return fit(dataset, variant=variant, seed=seed, progress=progress, **fitting).network
    seed, data = whole(seed, "seed", 0), dataset.distinct()
    about = {"chapter": "two_layer", "variant": variant, "N": data.N, "d": data.d}
    about["seed"] = json_int(seed)
    rng = np.random.default_rng(seed)
    size = data.d if variant in ("threshold", "paper") else _group_size(group_size, data.d)
    groups = math.ceil(data.N / size)
    if variant != "threshold":
        _check_memory(data, groups, 4 * groups if variant == "paper" else 2 * groups)
    if variant == "hybrid":
        made = _hybrid(data, rng, seed, method, fitting, progress)
        return made.network(about=about)
    with progress_bar(groups, "groups", "build", progress) as bar:
        if variant == "threshold":
            return threshold_network(data, rng, bar.update, about)
        (points, shift), values = data.integers(), values_of(data)
        if variant == "paper":
            made = slab_neurons(points, values, shift, rng, bar.update)
        else:
            made = sorted_neurons(points, values, shift, rng, bar.update, size)
        return made.network(about=about)


def _hybrid(
    data: Dataset,
    rng: np.random.Generator,
    seed: int,
    method: Any,
    fitting: dict[str, Any],
    progress: bool | None,
) -> Neurons:
    method = METHOD if method is None else method
    if not isinstance(method, str) or method not in METHODS:
        raise HypothesisViolated(f"method: one of {METHODS} is needed, got {show(method)}")
    values, (points, shift) = values_of(data), data.integers()
    # points that cannot be corrected are refused before the fit
    sorted_neurons(points, [Fraction(0)] * data.N, shift, np.random.default_rng(seed))
    numbers = data if data.labels is None else Dataset(data.points, targets=data.labels)
    # the file of an interrupted fit stays until the network is whole
    fitting = {"error": ERROR, **fitting, "partial": True, "keep": True}
    fitted = fit(numbers, variant=method, seed=seed, progress=progress, **fitting)
    with progress_bar(math.ceil(data.N / (data.d + 1)), "groups", "correct", progress) as bar:
        neurons = corrected(fitted.neurons, data, values, rng, bar.update)
    if "checkpoint" in fitting:
        checked_path(fitting["checkpoint"]).unlink(missing_ok=True)
    return neurons


def _refuse(variant: str, **given: Any) -> None:
    for name, value in given.items():
        if value is not None:
            raise HypothesisViolated(
                f"{name}: it has no meaning for variant {variant!r}, got {show(value)}"
            )


def _group_size(size: Any, d: int) -> int:
    size = d + 1 if size is None else whole(size, "group_size", 1)
    if size > d + 1:
        raise HypothesisViolated(
            f"group_size: an affine function has values of its own at d + 1 = {d + 1} points at "
            f"most, got {show(size)}"
        )
    return size


def _check_memory(data: Dataset, groups: int, neurons: int) -> None:
    """The outgoing weights have a common denominator, as long as all groups' determinants."""
    longest = max(int(np.abs(data.integers()[0]).max()).bit_length(), 1)
    bits = groups * (data.d + 1) * (longest + data.d.bit_length())
    check_memory(
        neurons * bits // 8,
        f"dataset: {data.N} points, that is {neurons} neurons with {bits} bits or more each,",
    )
