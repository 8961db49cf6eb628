"""What a residual fit gives: neurons, and how the error fell."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from mem_lib._base.names import Names
from mem_lib.network import Network
from mem_lib.parts.neurons import Neurons


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
    """A network, and how it came about.

    neurons:     of the network, on integer points
    history:     what each step left
    redrawn:     how many directions gave no step, because all gates were closed on the residual
    error:       the relative squared error, as tracked in floats
    max_error:   the largest error, in the same way
    float_error: no error at a data point is farther than this from the tracked one
    offset:      the output bias: 0 but for labels of a single class, which need no neuron
    readout:     of the network
    about:       what the network tells about itself
    classes:     what its classes are called, where the data say so
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
    classes: Names | None = None

    @cached_property
    def network(self) -> Network:
        """The network of the neurons."""
        network = self.neurons.network(offset=self.offset, readout=self.readout, about=self.about)
        return network.named(self.classes)
