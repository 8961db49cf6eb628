"""What is chosen before hyperplanes are drawn."""

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from mem_lib.beyond_worst_case.bits import held_bytes
from mem_lib.beyond_worst_case.sizes import network_size
from mem_lib.data import Dataset
from mem_lib.network import Size

#: Drawing and keeping a hyperplane takes about as long as telling for so many points on which side
#: of it they lie: one operation each.
DRAWING = 2**12
#: A million points and two thousand hyperplanes, the largest experiment of the paper.
MOST_OPERATIONS = 2**31


@dataclass(frozen=True, eq=False)
class CoverPlan:
    """The data, and how they are to be covered.

    classes: the classes that get covered
    sizes:   numbers of hyperplanes to try in turn; none where the network is a constant
    device:  None for NumPy, or what PyTorch calls it
    rng:     spawns one generator for each draw
    """

    data: Dataset
    max_bias: Fraction
    weight_bits: int
    classes: tuple[int, ...]
    sizes: tuple[int, ...]
    code_bits: int
    rng: np.random.Generator = field(repr=False)
    device: str | None = None

    @property
    def bytes(self) -> int:
        """For the first number of hyperplanes; every further draw is checked by itself."""
        return self.bytes_of(self.sizes[0]) if self.sizes else 0

    @property
    def burden(self) -> str:
        return self.burden_of(self.sizes[0]) if self.sizes else "n: no hyperplanes"

    def bytes_of(self, n: int) -> int:
        """The first layer, the codes of all points, and what is made of them a block at a time."""
        return 24 * n * self.data.d + self._held(n)

    def _held(self, n: int) -> int:
        N = self.data.N
        if self.code_bits > 1:
            return self.code_bits * n * N // 8
        return n * N if self.device else held_bytes(N, n)

    def operations_of(self, n: int) -> int:
        """Of a draw with n hyperplanes, before anything is covered."""
        return n * (self.data.N + DRAWING)

    def burden_of(self, n: int) -> str:
        return f"n: {self.drawn(n)}"

    def drawn(self, n: int) -> str:
        """What a draw is of, in words."""
        return f"{n} hyperplanes in dimension {self.data.d} for {self.data.N} points"

    def size(self, covering: int, largest: float = 8.0) -> Size:
        """At most the size with the first number of hyperplanes, ``covering`` neurons in the second
        layer, and Gaussian weights up to ``largest``."""
        n, d, classes = self.sizes[0], self.data.d, int(self.data.classes)
        shift, bits = self.data.shift, self.weight_bits
        return network_size(n, d, covering, classes, largest, float(self.max_bias), bits, shift, n)
