"""The paper's network with fewer layers: affine maps that follow each other are one.

Two layers for each folder, where U + u t is taken up by the layer after it; and one for each bit.
There the four values that travel through the folds are kept as pairs (v, relu(v - half)): the
folded value v - 2 relu(v - half) is never negative, so the next layer can take it up as it is.
Width 14, or 12 when keys or labels have a single bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from mem_lib.network.builder import Builder, Value
from mem_lib.optimal_relu._paper import PROBES, PaperPlan
from mem_lib.optimal_relu._sizes import merged_depth_of
from mem_lib.parts.stages import READ


@dataclass(frozen=True)
class MergedPlan(PaperPlan):
    """The plan of the paper's network, wired in another way."""

    depth_of: ClassVar[Callable[[int, int, int, int], int]] = staticmethod(merged_depth_of)

    def _find(
        self, net: Builder, h: dict[str, Value], ends: tuple[int, int], u: int, w: int
    ) -> dict[str, Value]:
        """U += u, V += w if z is inside.  Two layers."""
        h, t = self._inside(net, h, ends)
        return h | {"U": h["U"] + u * t, "V": h["V"] + w * t}

    def _entry(self, net: Builder, h: dict[str, Value], half: dict[str, int]) -> dict[str, Value]:
        """One entry of the folder: max(key bits, label bits) + 3 layers."""
        bits = self.bits
        h |= {"key": 0, "label": 0}
        for i in range(max(bits.values()) + 1):
            # the bits of the fold before come in, while the next fold goes on
            found = {
                f"{field} bit": h[PROBES[field][1]] - h[PROBES[field][0]]
                for field in bits
                if 0 < i <= bits[field]
            }
            folds = {
                f"fold {v}": h[v] - half[field]
                for field in bits
                if i < bits[field]
                for v in PROBES[field]
            }
            h = net.layer(READ, h | folds | found)
            for name in folds:
                h[name.removeprefix("fold ")] -= 2 * h.pop(name)
            for field in bits:
                if i < bits[field]:
                    half[field] >>= 1
                if f"{field} bit" in h:
                    h[field] += (1 << (bits[field] - i)) * h.pop(f"{field} bit")
        return self._compare(net, h)
