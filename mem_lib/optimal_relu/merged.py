"""The paper's network with fewer layers: affine maps that follow each other are one.

Two layers for each folder, where U + u t is taken up by the layer after it; and one for each bit.
There the four values that travel through the folds are kept as pairs (v, relu(v - half)): the
folded value v - 2 relu(v - half) is never negative, so the next layer can take it up as it is.
Width 14, or 12 when keys or labels have a single bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mem_lib.network import Size
from mem_lib.network.builder import Builder, Value
from mem_lib.optimal_relu.paper import PROBES, Paper, PaperPlan, PaperShape
from mem_lib.parts.stages import READ


@dataclass(frozen=True)
class MergedShape(PaperShape):
    """The numbers of the paper's network, and other formulas."""

    units: ClassVar[int] = 14

    @staticmethod
    def depth_of(folders: int, folder_size: int, key_bits: int, label_bits: int) -> int:
        """1 + 2 N1 + 1 + n (max + 3) hidden layers, and the output."""
        return 3 + 2 * folders + folder_size * (max(key_bits, label_bits) + 3)

    @property
    def width(self) -> int:
        return 14 if min(self.key_bits, self.label_bits) > 1 else 12

    @property
    def weights(self) -> int:
        """Two layers for each folder, one for each bit, three more for each entry."""
        key, label = self.key_bits, self.label_bits
        longest = max(key, label)
        # a string of b bits: 6 entries at its first bit, 10 at the others, then 4, then 2 in each
        # layer
        strings = 8 * (key + label) + 4 * longest + 8
        bits = 4 * (key + label)
        # the sums of the bits, and how they enter the comparison, which takes a bit more if the
        # last bit of the key is the last of the entry
        sums = (longest + key + 5 + (key == longest)) + (longest + label + 4)
        carried = 2 * (longest + 3) + 1  # x and y, and the gate that y takes up
        entries = self.folder_size * (strings + bits + sums + carried)
        return self.d + 1 + 15 * self.folders - 4 + 13 + entries + 1

    @property
    def most(self) -> Size:
        d, folders, width = self.d, self.folders, self.width
        reading = self.folder_size * (max(self.key_bits, self.label_bits) + 3) + 1
        return Size(
            depth=self.depth,
            width=width,
            neurons=1 + 9 * folders + width * reading,  # five units and four for a folder
            weights=self.weights,
            dense_weights=d + 1 + 50 * folders + width * (width + 1) * (reading + 1),
            bits=self.bits,
            total_bits=(d + 1) * self.projection_bits + (self.weights - d - 1) * self.bits,
        )


@dataclass(frozen=True, eq=False)
class MergedPlan(PaperPlan):
    """The plan of the paper's network, wired in another way."""

    shape_class: ClassVar[type[PaperShape]] = MergedShape

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


@dataclass(frozen=True)
class Merged(Paper):
    """The paper's construction with affine maps put together (theorem
    ``thm-optimal_relu-merged``): the same function in about half as many layers, of width 14, or 12
    for two classes."""

    variant: ClassVar[str] = "merged"
    title: ClassVar[str] = "the same in about half as many layers; width 14, or 12 for two classes"
    theorem: ClassVar[str] = "thm-optimal_relu-merged"
    shape_class: ClassVar[type[PaperShape]] = MergedShape
    plan_class: ClassVar[type[PaperPlan]] = MergedPlan
