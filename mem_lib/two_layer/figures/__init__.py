"""The figures of this chapter: slabs and strips in the plane, the residual game, weights against
neurons.

What is drawn are networks, fits and numbers that a page built.  Exact networks are drawn from
their exact outputs; only a float can show what floats do (:mod:`.floats`).
"""

from mem_lib.two_layer.figures.cuts import classes
from mem_lib.two_layer.figures.floats import FORMATS, Rounding, about, in_floats, rounding
from mem_lib.two_layer.figures.frontier import frontier
from mem_lib.two_layer.figures.game import (
    after,
    around,
    gate,
    playback,
    progress,
    ramp,
    ramps,
    reached,
    turned,
    wheel,
)
from mem_lib.two_layer.figures.laws import growth, pairs, power, tails
from mem_lib.two_layer.figures.near import moved, slabs_near
from mem_lib.two_layer.figures.orders import (
    biases,
    difference,
    interference,
    kernel_curves,
    kernels,
    ladder,
)
from mem_lib.two_layer.figures.plane import (
    Slab,
    borders,
    caps,
    directions,
    drawn,
    neurons,
    on_a_line,
    outputs,
    said,
    slab,
    slabs,
    strips,
)
from mem_lib.two_layer.figures.runs import (
    EXACT,
    KINDS,
    at_errors,
    coin_flips,
    compared,
    families,
    lucky,
    medians,
    played,
    units,
    weights_over,
)
from mem_lib.two_layer.figures.trade import (
    methods,
    residuals,
    rounded_floats,
)

__all__ = [
    "EXACT", "FORMATS", "KINDS", "Rounding", "Slab", "about", "after", "around", "at_errors",
    "biases", "borders", "caps", "classes", "coin_flips", "compared", "difference", "directions",
    "drawn", "families", "frontier", "gate", "growth", "in_floats", "interference", "kernel_curves",
    "kernels", "ladder", "lucky", "medians", "methods", "moved", "neurons", "on_a_line", "outputs",
    "pairs", "playback", "played", "power", "progress", "ramp", "ramps", "reached", "residuals",
    "rounded_floats", "rounding", "said", "slab", "slabs", "slabs_near", "strips", "tails",
    "turned", "units", "weights_over", "wheel",
]  # fmt: skip
