"""The figures of this chapter: slabs and strips in the plane, the residual game, weights against
neurons.

What is drawn are networks, fits and numbers that a page built.  Exact networks are drawn from
their exact outputs; only a float can show what floats do (:mod:`.floats`).
"""

from mem_lib.two_layer.figures.floats import FORMATS, Rounding, about, rounding
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
    classes,
    directions,
    moved,
    neurons,
    on_a_line,
    outputs,
    said,
    slab,
    slabs,
    slabs_near,
    strips,
)
from mem_lib.two_layer.figures.trade import (
    growth,
    methods,
    opening,
    pairs,
    power,
    residuals,
    rounded_floats,
    tails,
)

__all__ = [
    "FORMATS", "Rounding", "Slab", "about", "after", "around", "biases", "borders", "classes",
    "difference", "directions", "gate", "growth", "interference", "kernel_curves", "kernels",
    "ladder", "methods", "moved", "neurons", "on_a_line", "opening", "outputs", "pairs", "playback",
    "power", "progress", "ramp", "ramps", "reached", "residuals", "rounded_floats", "rounding",
    "said", "slab", "slabs", "slabs_near", "strips", "tails", "turned", "wheel",
]  # fmt: skip
