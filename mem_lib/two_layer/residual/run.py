r"""Residual fitting: neurons are added a few at a time, each lot fitted to what is still missing.

One step (see :mod:`.steps`) draws a random direction and makes of the residual r = y - f(x) a
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
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from mem_lib._base.progress import progress_bar
from mem_lib._base.threads import blas_threads
from mem_lib.errors import ConstructionFailed
from mem_lib.exact.device import Array
from mem_lib.parts.neurons import Neurons
from mem_lib.two_layer.residual.failure import failure_of
from mem_lib.two_layer.residual.file import FitFile
from mem_lib.two_layer.residual.plan import BLOCK, FitPlan
from mem_lib.two_layer.residual.points import FitPoints, fit_points
from mem_lib.two_layer.residual.result import Fit, History
from mem_lib.two_layer.residual.state import Ledger, State
from mem_lib.two_layer.residual.steps import Bundle, Draw, drawn, rounded

#: Below this many coordinates, products are limited by memory and threads only disturb.
SMALL = 2**23


def fitted(
    plan: FitPlan, progress: bool | None, *, partial: bool = False, keep: bool = False
) -> Fit:
    """The fit of a plan; ``partial`` and ``keep`` as in ``ResidualFit.fit``."""
    if plan.needs_no_neuron:
        return _constant(plan)
    file = None
    with plan.device.room_for(plan.what):
        cloud = fit_points(plan.data, plan.device, bias=plan.step.tau > 0)
        if plan.path is not None:
            file = FitFile(plan.path, plan.key, cloud.N, (plan.step.neurons, cloud.D))
        run = Run(plan, cloud, file, partial)
        with blas_threads(1 if cloud.D * cloud.N < SMALL else None):
            run.run(progress)
    if file is not None:
        file.write(run.state, run.ledger, cloud.device.get)
    found = run.result()
    if file is not None and not keep:
        file.remove()
    return found


def _constant(plan: FitPlan) -> Fit:
    none, ints = np.zeros(0), np.zeros(0, dtype=np.int64)
    rows = np.zeros((0, plan.data.d), dtype=np.int64)
    return Fit(
        neurons=Neurons(rows, ints, (), plan.data.shift),
        history=History(ints, none, none, none),
        redrawn=0,
        error=0.0,
        max_error=0.0,
        float_error=0.0,
        offset=plan.values.constant or Fraction(0),
        readout=plan.values.readout,
        about=plan.about,
    )


class Run:
    """A fit under way.  ``state`` is replaced in one go, so that an interruption finds it whole."""

    def __init__(
        self, plan: FitPlan, cloud: FitPoints, file: FitFile | None, partial: bool
    ) -> None:
        self.plan, self.cloud, self.file, self.partial = plan, cloud, file, partial
        self.step, self.goal = plan.step, plan.goal
        self.wanted = cloud.device.put(plan.values.numbers)
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
                    failure = failure_of(self)
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

    def result(self) -> Fit:
        """What was found."""
        steps, scale = self.state.steps, self.plan.values.scale
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
            readout=self.plan.values.readout,
            about=self.plan.about,
        )

    # -- one step ----------------------------------------------------------------------------

    def _advance(self) -> None:
        """One draw, and a step if it gives one that lowers the error."""
        state = replace(self.state, draws=self.state.draws + 1, idle=self.state.idle + 1)
        bundle = self.step.bundle(self.cloud, self.residual, self._draw(self.state.draws))
        if bundle is not None:
            rows, exponent = rounded(bundle, self.plan.rounding_bits)
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
            u, phases = drawn(self.step, self.cloud, self.plan.seed, block, BLOCK)
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
        size = self.plan.damp * float(self.residual @ g) / square
        mantissa, exponent = np.frexp(size * bundle.outer)
        bits = self.plan.rounding_bits
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
