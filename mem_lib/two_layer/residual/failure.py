"""Why a residual fit cannot go on, in words."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

#: A fit under way, of :mod:`mem_lib.two_layer.residual.run`, which asks the questions.
Run: TypeAlias = Any

#: Draws without a step, one after the other, until a fit gives up.
MOST_IDLE = 1000
#: A residual below that many times the bound of its rounding may be nothing but rounding.
ROUNDING = 8
#: Up to this many points the least eigenvalue of the kernel is worth its time, for a message.
MOST_EIGEN = 1000


def failure_of(run: Run) -> Callable[[], str] | None:
    """Why no further step may be taken, or none was found for long, as the text of an error."""
    taken = run.state.steps * run.step.neurons
    if run.state.idle >= MOST_IDLE:
        return lambda: (
            f"dataset: {MOST_IDLE} directions in a row gave no step; {_reached(run)}.  The "
            "kernel, or float64, or a network of so few bits, hardly tells some points apart"
        )
    # a partial fit goes on as long as there is something left beside rounding
    if run.goal.out_of_reach(run.bound) and (not run.partial or run.left[1] < ROUNDING * run.bound):
        bound = math.ldexp(run.bound, run.plan.values.scale)
        return lambda: (
            f"relative_error, tolerance: in float64 the outputs are known up to {bound:.1e}, too "
            f"little for this goal; {_reached(run)}.  A larger coarseness helps"
        )
    if taken + run.step.neurons > run.plan.most:
        return lambda: (
            f"neurons: {taken} of at most {run.plan.most} are used up; {_reached(run)}.  More "
            "neurons, a smaller coarseness, damp = 1 or a larger relative_error may help"
        )
    return None


def _reached(run: Run) -> str:
    """The errors, and the eigenvalues that decide how fast they fall: those of the points divided
    by their norms; mu where it is cheap."""
    error = run.left[0] / run.start[0]
    largest = math.ldexp(run.left[1], run.plan.values.scale)
    points = run.cloud.device.get(run.cloud.points / run.cloud.norms)
    points = points[:-1] if run.step.tau else points
    small = points.T @ points if run.cloud.N < run.cloud.D else points @ points.T
    top = float(np.linalg.eigvalsh(small)[-1])
    text = f"the relative squared error is {error:.3g}, the largest error {largest:.3g}"
    text += f", lambda = {top:.4g}"
    if run.cloud.N > MOST_EIGEN:
        return text
    kernel = run.step.kernel(np.clip(points.T @ points, -1, 1))
    least = float(np.linalg.eigvalsh(kernel)[0])
    clear = least > run.cloud.N * 2.0**-50
    return f"{text}, mu = {least:.3g}" if clear else f"{text}, mu = 0 up to rounding"
