r"""Residual fitting: neurons are added a few at a time, each lot fitted to what is still missing.

One step (see :mod:`._steps`) draws a random direction and makes of the residual r = y - f(x) a
bundle of neurons g.  It is rounded to integers over a power of two; its values on the data are
those of the rounded neurons; and eta = <r, g> / |g|^2, the best step size, times ``damp``, rounded,
goes into the outgoing weights.  So r is always the residual of the actual finite network, as it is
returned, and its norm never grows.

How fast it falls depends on mu / lambda, where lambda is the largest eigenvalue of the Gram matrix
of the points and mu the least one of the kernel of the step: with eta = 1 / lambda, exact gates
remove that part of the squared error in expectation, at least (``thm-two_layer-ntk``; see also
``thm-two_layer-hermite``).  For every draw the best step size does better, up to its rounding.

Floating point.  The neurons are exact, their values at the data points are tracked in float64.  The
rounding is bounded as in ``thm-two_layer-rounding``, step by step, and a fit is over when its goal
is met with that bound added.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from mem_lib._base.arguments import whole
from mem_lib._base.files import checked_path
from mem_lib._base.memory import check_memory
from mem_lib._base.progress import bar as progress_bar
from mem_lib._base.threads import blas_threads
from mem_lib.data import Dataset
from mem_lib.errors import ConstructionFailed, HypothesisViolated, show
from mem_lib.exact.device import Array, Device
from mem_lib.network import Network
from mem_lib.parts.neurons import Neurons
from mem_lib.two_layer._cloud import Cloud, cloud_of
from mem_lib.two_layer._fit_options import Goal, Options, Values
from mem_lib.two_layer._fit_state import FitFile, Ledger, State
from mem_lib.two_layer._steps import Bundle, Draw, drawn, rounded

#: Directions that are multiplied with the points at a time.
BLOCK = 64
#: Draws without a step, one after the other, until a fit gives up.
MOST_IDLE = 1000
#: A residual below that many times the bound of its rounding may be nothing but rounding.
ROUNDING = 8
#: Below this many coordinates, products are limited by memory and threads only disturb.
SMALL = 2**23
#: Up to this many points the least eigenvalue of the kernel is worth its time, for a message.
MOST_EIGEN = 1000


@dataclass(frozen=True, eq=False)
class History:
    """After each step: how many neurons there are, the relative squared error
    sum (f(x) - y)^2 / sum y^2, the largest error, and the total weight."""

    neurons: np.ndarray
    error: np.ndarray
    largest: np.ndarray
    weight: np.ndarray


@dataclass(frozen=True, eq=False)
class Fit:
    """What :func:`fit` returns.

    neurons:     of the network, on integer points
    history:     what each step left
    redrawn:     how many directions gave no step, because all gates were closed on the residual
    error:       the relative squared error, as tracked in floats
    max_error:   the largest error, in the same way
    float_error: no error at a data point is farther than this from the tracked one
    offset:      the output bias: 0 but for labels of a single class, which need no neuron
    readout:     of the network
    about:       the options
    """

    neurons: Neurons
    history: History
    redrawn: int
    error: float
    max_error: float
    float_error: float
    offset: Fraction
    readout: str
    about: dict[str, Any]

    @cached_property
    def network(self) -> Network:
        return self.neurons.network(offset=self.offset, readout=self.readout, about=self.about)


def fit(
    dataset: Dataset,
    *,
    variant: str,
    seed: int = 0,
    error: Any = None,
    tolerance: Any = None,
    coarseness: float | None = None,
    damp: float = 1.0,
    order: int | None = None,
    phases: int | None = None,
    tau: float | None = None,
    neurons: int | None = None,
    bits: int = 10,
    device: str | None = None,
    progress: bool | None = None,
    checkpoint: str | Path | None = None,
    partial: bool = False,
    keep: bool = False,
) -> Fit:
    """A network with one hidden layer of ReLU neurons that fits the values of ``dataset`` up to a
    given error.

    Targets are fitted as they are; labels of two classes as -1 and 1, with the readout ``"sign"``;
    labels of more classes as numbers.  The largest value is scaled to about 1 and rounded to
    float64; errors, weights and the network are in the units of the data.

    Parameters
    ----------
    dataset : points with labels or targets, repeated points allowed.  Points of equal norms, up to
        a thousandth of their spread, get neurons without biases, as in the theorems, unless two lie
        on one line through the origin; all others are centred, and neurons have biases.  In few
        dimensions the kernels are nearly singular: the default of ``"ntk"`` copes best, and many
        points need very many neurons.
    variant : ``"ntk"``, one-sided pairs of neurons behind gates; ``"antisymmetric"``, two-sided
        ones; ``"harmonic"``, combinations of complex phases; ``"hermite"``, two-sided pairs with a
        Hermite polynomial for a gate.
    seed : a whole number >= 0, from which everything random is drawn.
    error : the relative squared error sum (f(x) - y)^2 / sum y^2 at which the fit stops.  Default:
        0.01 for targets without a tolerance, no condition otherwise.
    tolerance : how far an output may be from its value.  Default: no condition for targets; 9/10
        for two classes and 2/5 for more, so that every label is right.
    coarseness : the root mean square of the change of a preactivation by the finite difference, for
        points of norm 1.  The larger, the smaller the weights, and the more neurons.  Default: 0.3;
        for ``"ntk"`` the exact derivative on the data, which has enormous weights.
    damp : the part of the best step size that is taken; below 1, smaller weights and more neurons.
    order : for ``"harmonic"`` the even order m, default 2; for ``"hermite"`` the odd degree p,
        default 3.
    phases : for ``"harmonic"``, neurons in a step; default 2.
    tau : for ``"hermite"`` on points of equal norms: biases are drawn from N(0, tau^2), for points
        of norm 1.  Default: no biases.
    neurons : the most neurons; default: 400 N/d for each factor of ten in the error, and at least
        10,000.
    bits : to how many bits the largest coordinate of a finite difference and the outgoing weights
        are rounded.  The fit sees the rounding and makes up for it, so few bits do.
    device : None computes with NumPy; ``"auto"`` takes a GPU where there is one, ``"cuda"`` asks
        for it, ``"cpu"`` takes PyTorch without one.  Directions do not depend on it; roundings, and
        so the last bits of the weights, do.
    progress : True shows a bar, False none; by default a terminal shows one when the fit takes
        longer than two seconds.
    checkpoint : a file that keeps the neurons every few seconds, when the fit is interrupted, and
        when it fails, so that the same call goes on there, with another ``error``, ``tolerance`` or
        ``neurons`` if that is wanted.  It is removed at the end.
    partial : whether a fit that cannot go on is returned as it is, in place of an error: when its
        neurons are used up, or when what is left is about as small as what rounding does.
    keep : whether the file of ``checkpoint`` stays at the end.

    Raises
    ------
    HypothesisViolated
        When an argument is out of range or means nothing to the variant, or when the data are
        beyond the range of floats.
    ConstructionFailed
        When the neurons are used up: the message tells the error reached and the eigenvalues that
        decide the speed; when rounding is too coarse for the goal.
    InvalidCertificate
        When ``checkpoint`` is another file, or that of another run.
    ImportError
        When ``device`` is given and PyTorch is not installed.
    MemorizationError
        When the memory of ``device`` is too small; with ``checkpoint`` the neurons found are kept.

    >>> import mem_lib as ml
    >>> dataset = ml.data.sphere(N=200, d=20, seed=1)
    >>> found = fit(dataset, variant="antisymmetric")
    >>> certificate = ml.verify(found.network, dataset)
    >>> bool(certificate), certificate.size.neurons == len(found.neurons)
    (True, True)
    """
    if not isinstance(dataset, Dataset):
        raise HypothesisViolated(f"dataset: a Dataset is needed, got {show(dataset)}")
    options = Options.checked(variant, seed, coarseness, damp, order, phases, tau, bits)
    path = None if checkpoint is None else checked_path(checkpoint)
    place, data = Device.named(device), dataset.distinct()
    values = Values.of(data)
    goal = Goal.checked(data, values, error, tolerance)
    most = _most_neurons(data, goal, values, neurons)
    about = {"chapter": "two_layer", "N": data.N, "d": data.d} | options.about()
    if values.constant is not None or not values.numbers.any():
        return _constant(data, values, about)
    what = f"a fit of {data.N} points in dimension {data.d}"
    _check_memory(data, options, what)
    file = None
    with place.room_for(what):
        cloud = cloud_of(data, place, bias=options.tau > 0)
        if path is not None:
            key = {"dataset": data.sha256, **asdict(options)}
            file = FitFile(path, key, data.N, (options.phases, cloud.D))
        run = _Run(options, cloud, values, goal, most, file, bool(partial))
        with blas_threads(1 if cloud.D * cloud.N < SMALL else None):
            run.run(progress)
    if file is not None:
        file.write(run.state, run.ledger, cloud.device.get)
    found = run.result(about)
    if file is not None and not keep:
        file.remove()
    return found


def _most_neurons(data: Dataset, goal: Goal, values: Values, neurons: Any) -> int:
    if neurons is not None:
        return whole(neurons, "neurons", 1)
    tens = 1.0
    if goal.squared:
        tens = max(tens, math.log10(float(values.numbers @ values.numbers) / goal.squared))
    if goal.largest:
        tens = max(tens, -2 * math.log10(goal.largest))
    return max(10_000, math.ceil(400 * tens * data.N / data.d))


def _check_memory(data: Dataset, options: Options, what: str) -> None:
    """For the points, a block of products, the neurons of a step and the Gram matrix."""
    D, products = data.d + 1, BLOCK * options.step.vectors
    need = 8 * data.N * (2 * D + 2 * products + 2 * options.phases) + 8 * min(data.N, D) * D
    check_memory(need, f"dataset: {what}")


def _constant(data: Dataset, values: Values, about: dict[str, Any]) -> Fit:
    none, ints = np.zeros(0), np.zeros(0, dtype=np.int64)
    return Fit(
        neurons=Neurons(np.zeros((0, data.d), dtype=np.int64), ints, (), data.shift),
        history=History(ints, none, none, none),
        redrawn=0,
        error=0.0,
        max_error=0.0,
        float_error=0.0,
        offset=values.constant or Fraction(0),
        readout=values.readout,
        about=about,
    )


class _Run:
    """A fit under way.  ``state`` is replaced in one go, so that an interruption finds it whole."""

    def __init__(
        self,
        options: Options,
        cloud: Cloud,
        values: Values,
        goal: Goal,
        most: int,
        file: FitFile | None,
        partial: bool,
    ) -> None:
        self.partial = partial
        self.options, self.cloud, self.values, self.goal = options, cloud, values, goal
        self.step, self.most, self.file = options.step, most, file
        self.wanted = cloud.device.put(values.numbers)
        self.start = self._measured(self.wanted)
        kept = None if file is None else file.load()
        self.state, self.ledger = kept or (State(np.zeros(cloud.N)), Ledger())
        self.state = replace(self.state, output=cloud.device.put(self.state.output))
        self.residual = self.wanted - self.state.output
        self.left = self._measured(self.residual)
        self._block: tuple[int, Any, Any, Any] = (-1, None, None, None)

    def run(self, progress: bool | None) -> None:
        """Take steps until the goal is met."""
        try:
            with progress_bar(100, "%", "fit", progress) as bar:
                while not self.goal.met(*self.left, self.bound):
                    failure = self._failure()
                    if failure and self.partial:
                        break
                    if failure:
                        raise ConstructionFailed(failure())
                    self._advance()
                    if self.file is not None:
                        self.file.keep(self.state, self.ledger, self.cloud.device.get)
                    done = math.floor(100 * self.goal.part(self.start, self.left))
                    if done > bar.n:
                        bar.update(done - bar.n)
        except BaseException:
            if self.file is not None:
                self.file.write(self.state, self.ledger, self.cloud.device.get)
            raise

    @property
    def bound(self) -> float:
        """How far an entry of the residual may be from the exact one."""
        return self.state.float_error + 2.0**-52 * (1 + self.left[1])

    def result(self, about: dict[str, Any]) -> Fit:
        steps, scale = self.state.steps, self.values.scale
        shape = (self.step.neurons, self.cloud.D)
        arrays = self.ledger.arrays(steps, shape)
        squares, largest, weight = arrays["left"].T
        exponents = np.repeat(arrays["exponents"], shape[0])
        rows, outer = arrays["rows"].reshape(-1, shape[1]), arrays["outer"].ravel()
        return Fit(
            neurons=self.cloud.neurons(rows, exponents, outer, scale),
            history=History(
                neurons=shape[0] * np.arange(1, steps + 1),
                error=squares / self.start[0],
                largest=np.ldexp(largest, scale),
                weight=np.ldexp(weight, scale),
            ),
            redrawn=self.state.draws - steps,
            error=self.left[0] / self.start[0],
            max_error=math.ldexp(self.left[1], scale),
            float_error=math.ldexp(self.bound, scale),
            offset=Fraction(0),
            readout=self.values.readout,
            about=about,
        )

    # -- one step ----------------------------------------------------------------------------

    def _advance(self) -> None:
        """One draw, and a step if it gives one that lowers the error."""
        state = replace(self.state, draws=self.state.draws + 1, idle=self.state.idle + 1)
        bundle = self.step.bundle(self.cloud, self.residual, self._draw(self.state.draws))
        if bundle is not None:
            rows, exponent = rounded(bundle, self.options.bits)
            floats = np.ldexp(rows.astype(np.float64), exponent)
            hidden = (self.cloud.device.put(floats) @ self.cloud.points).clip(0)
            outer = self._outer(bundle, hidden)
            output = self.state.output + self.cloud.device.put(outer) @ hidden
            residual = self.wanted - output
            left = self._measured(residual)
            if left[0] < self.left[0]:
                weights = np.abs(outer) * self.cloud.weights(floats)
                state = replace(
                    state,
                    output=output,
                    float_error=state.float_error + self._rounding(floats, outer, left[1]),
                    weight=state.weight + float(weights.sum()),
                    steps=state.steps + 1,
                    idle=0,
                )
                self.ledger.rows.append(rows)
                self.ledger.exponents.append(exponent)
                self.ledger.outer.append(outer)
                self.ledger.left.append((*left, state.weight))
                self.residual, self.left = residual, left
        self.state = state

    def _draw(self, number: int) -> Draw:
        """Draw ``number``; the products of a block of directions with the points are made at
        once."""
        block, i = divmod(number, BLOCK)
        if self._block[0] != block:
            u, phases = drawn(self.step, self.cloud, self.options.seed, block, BLOCK)
            products = self.cloud.device.put(u.reshape(-1, self.cloud.D)) @ self.cloud.points
            self._block = block, u, products, phases
        _, u, products, phases = self._block
        k = self.step.vectors
        return Draw(u[i], products[k * i : k * (i + 1)], float(phases[i]))

    def _outer(self, bundle: Bundle, hidden: Array) -> np.ndarray:
        """The outgoing weights with the best step size, damped and rounded; zeros where the neurons
        cancel at all points."""
        g = self.cloud.device.put(bundle.outer) @ hidden
        square = float(g @ g)
        if not 0 < square < math.inf:
            return np.zeros_like(bundle.outer)
        size = self.options.damp * float(self.residual @ g) / square
        mantissa, exponent = np.frexp(size * bundle.outer)
        bits = self.options.bits
        return np.ldexp(np.rint(np.ldexp(mantissa, bits)), exponent - bits)

    def _measured(self, residual: Array) -> tuple[float, float]:
        """The sum of squares and the largest absolute value."""
        return float(residual @ residual), float(abs(residual).max())

    def _rounding(self, rows: np.ndarray, outer: np.ndarray, largest: float) -> float:
        """A bound on what rounding adds to the error of the output in a step.

        A preactivation is a sum of D products with rounded coordinates, the contribution of the
        step one of J products; gamma_m with m = D + J + 2 counts these roundings in any order.  The
        sum with the output before rounds its result, below 1 + largest, once.
        """
        m = (self.cloud.D + len(outer) + 2) * 2.0**-53
        preactivations = np.linalg.norm(rows, axis=1) * self.cloud.reach
        inner = m / (1 - m) * float(np.abs(outer) @ preactivations)
        return (inner + 2.0**-53 * (1 + largest)) * (1 + 2.0**-20)

    # -- failures ----------------------------------------------------------------------------

    def _failure(self) -> Callable[[], str] | None:
        """Why no further step may be taken, or none was found for long, as the text of an error."""
        taken = self.state.steps * self.step.neurons
        if self.state.idle >= MOST_IDLE:
            return lambda: (
                f"dataset: {MOST_IDLE} directions in a row gave no step; {self._reached()}.  The "
                "kernel, or float64, or a network of so few bits, hardly tells some points apart"
            )
        # a partial fit goes on as long as there is something left beside rounding
        if self.goal.out_of_reach(self.bound) and (
            not self.partial or self.left[1] < ROUNDING * self.bound
        ):
            bound = math.ldexp(self.bound, self.values.scale)
            return lambda: (
                f"error, tolerance: in float64 the outputs are known up to {bound:.1e}, too little "
                f"for this goal; {self._reached()}.  A larger coarseness helps"
            )
        if taken + self.step.neurons > self.most:
            return lambda: (
                f"neurons: {taken} of at most {self.most} are used up; {self._reached()}.  More "
                "neurons, a smaller coarseness, damp = 1 or a larger error may help"
            )
        return None

    def _reached(self) -> str:
        """The errors, and the eigenvalues that decide how fast they fall: those of the points
        divided by their norms, mu where it is cheap."""
        error = self.left[0] / self.start[0]
        largest = math.ldexp(self.left[1], self.values.scale)
        points = self.cloud.device.get(self.cloud.points / self.cloud.norms)
        points = points[:-1] if self.step.tau else points
        small = points.T @ points if self.cloud.N < self.cloud.D else points @ points.T
        top = float(np.linalg.eigvalsh(small)[-1])
        text = f"the relative squared error is {error:.3g}, the largest error {largest:.3g}"
        text += f", lambda = {top:.4g}"
        if self.cloud.N > MOST_EIGEN:
            return text
        kernel = self.step.kernel(np.clip(points.T @ points, -1, 1))
        least = float(np.linalg.eigvalsh(kernel)[0])
        clear = least > self.cloud.N * 2.0**-50
        return f"{text}, mu = {least:.3g}" if clear else f"{text}, mu = 0 up to rounding"
