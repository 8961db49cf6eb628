r"""The paper's network: width 12, two strings for each folder, a triangle wave that reads them.

All values behind the projection are held in units of 2^-f: the unit "x" holds 2^f z, where z is
the number that the paper calls the projected point, and the gaps of z are at least 2.  In this
unit every step is whole, and no layer needs a division.

The fold.  v -> v - 2 relu(v - half) maps [0, 2 half] onto [0, half]: up on the left half, down on
the right one.  It is the triangle wave with the height halved, so that i folds leave a zigzag of
slopes +1 and -1 on 2^i intervals.  With a string U of L bits, 4U + 1 and 4U + 2 lie in the same
interval of every level up to L, and the slope there is -1 exactly when the i-th bit of U, from
the top, is 1.  So the difference of the two folded values is +1 or -1, and its ReLU is the bit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mem_lib.network import Size
from mem_lib.network.builder import Builder, Value
from mem_lib.optimal_relu.file_network import FileNetwork, FilePlan, Line
from mem_lib.optimal_relu.folder import Folders, in_rows
from mem_lib.optimal_relu.shape import Shape
from mem_lib.optimal_relu.worst_case import WorstCase, largest
from mem_lib.parts.projection import Projection
from mem_lib.parts.stages import FIND, PROJECT, READ
from mem_lib.parts.strings import joined


@dataclass(frozen=True)
class PaperShape(Shape):
    """key_bits: rho, the bits of a key; unit_bits: f, everything is held in units of 2^-f."""

    key_bits: int
    unit_bits: int

    units: ClassVar[int] = 12
    long_entries: ClassVar[int] = 2

    @staticmethod
    def depth_of(folders: int, folder_size: int, key_bits: int, label_bits: int) -> int:
        """1 + 3 N1 + 1 + n (3 max + 2) hidden layers, and the output."""
        return 3 + 3 * folders + folder_size * (3 * max(key_bits, label_bits) + 2)

    @classmethod
    def best_folder_size(cls, N: int, key_bits: int, label_bits: int) -> int:
        """The number of points in a folder that gives the least depth.

        ceil(N/n) folders cost three layers each and n entries 3 max(key, label bits) + 2: the real
        minimum, at sqrt(3N / (3 max + 2)), is below sqrt(N).  So is that of the merged network, at
        sqrt(2N / (max + 3)).
        """

        def depth(n: int) -> int:
            return cls.depth_of(-(-N // n), n, key_bits, label_bits)

        return min(range(1, math.isqrt(N) + 2), key=depth)

    @property
    def one(self) -> int:
        return 1 << self.unit_bits

    @property
    def string_bits(self) -> int:
        return self.folder_size * max(self.key_bits, self.label_bits)

    @property
    def depth(self) -> int:
        return self.depth_of(self.folders, self.folder_size, self.key_bits, self.label_bits)

    @property
    def width(self) -> int:
        return 12

    @property
    def weights(self) -> int:
        """Three layers for each folder, three for each bit, two for each comparison."""
        key, label = self.key_bits, self.label_bits
        longest = max(key, label)
        # a bit: 6 + 5 + 5 entries, 2 more where the field is not empty; an idle string: 3 + 3 + 3;
        # the last bit of a field is added one layer later, by one entry, or two for the key
        strings = 18 * (key + label) - 4 + 9 * (2 * longest - key - label) + 1
        strings += 2 if key == longest else 1
        carried = 6 * longest + 1  # x and y, and the gate that y takes up
        compare = 4 + 1 + 2 + 5 + 9  # probes, label, x and y, q1 and q2; then the gate's layer
        entries = self.folder_size * (strings + carried + compare)
        return self.d + 1 + 18 * self.folders - 2 + 9 + entries - 1 + 2

    @property
    def bits(self) -> int:
        return max(self.projection_bits, self.unit_bits + self.string_bits + 2)

    @property
    def most(self) -> Size:
        """No entry of the network's size is larger."""
        d, key, c, f = self.d, self.key_bits, self.label_bits, self.unit_bits
        first, folders, n = self.projection_bits, self.folders, self.folder_size
        both, either = min(key, c), max(key, c)
        alone = either - both
        folder = n * (key + c) + 2 * (f + key + 1) + f + 1 + 13 * 2
        bit = 2 * (2 * f + n * (key + c) + 4) + key + c + 41 * 2
        field = 2 * (c + 1) + (f + 2) + 21 * 2
        return Size(
            depth=self.depth,
            width=self.width,
            neurons=7 + 12 * folders + n * (30 * both + 27 * alone + 16),
            weights=d + 12 + 18 * folders + n * (43 * both + 34 * alone + 24),
            dense_weights=d + 33 + 59 * folders + n * (326 * both + 279 * alone + 169),
            bits=self.bits,
            total_bits=(d + 1) * first
            + folders * folder
            + 4 * (f + 5)
            + 3
            + n * (either * bit + field),
        )


@dataclass(frozen=True, eq=False)
class PaperPlan(FilePlan):
    """Everything that the layers are made of."""

    projection: Projection  # gap at least 2^(f+1)
    unit_bits: int  # f
    keys: np.ndarray  # floor(z), increasing; two of them differ by at least 2
    key_bits: int
    folder_size: int

    shape_class: ClassVar[type[PaperShape]] = PaperShape

    @property
    def first_layer(self) -> tuple[list[int], int]:
        """Weights and bias of the unit "x"; the leftmost point gets z = 1."""
        return self.projection.first_layer(1 << self.unit_bits)

    @property
    def N(self) -> int:
        """The number of points."""
        return len(self.keys)

    @property
    def count(self) -> int:
        """The number of folders."""
        return -(-self.N // self.folder_size)

    def shape(self, folders: int | None = None) -> PaperShape:
        return self.shape_class(
            **self.common(self.shape_class, 1 << self.unit_bits),
            folders=self.count,
            folder_size=self.folder_size,
            key_bits=self.key_bits,
            unit_bits=self.unit_bits,
        )

    def folders(self, progress: bool | None = None) -> Folders:
        """The keys of each folder as one integer, and its labels as another.

        The last folder is filled up with key 0 and label 0: whether the gate of an entry with
        label 0 opens or not, it passes 0.
        """
        n, keys, labels = self.folder_size, self.keys.tolist(), self.line.values.tolist()
        empty = [0] * (self.count * n - self.N)
        keys, labels = keys + empty, labels + empty
        places = range(0, len(keys), n)
        return Folders(
            in_rows(self.keys, self.projection.order),
            tuple(keys[::n]),
            tuple(joined(keys[i : i + n], self.key_bits) for i in places),
            tuple(joined(labels[i : i + n], self.label_bits) for i in places),
            n * max(self.key_bits, self.label_bits),
        )

    @property
    def bits(self) -> dict[str, int]:
        """The bits of the two fields of an entry."""
        return {"key": self.key_bits, "label": self.label_bits}

    def wire(self, net: Builder, folders: Folders) -> Value:
        """All hidden layers; returns the output, in units of 2^-f."""
        n = self.folder_size
        h = net.layer(PROJECT, {"x": net.first(*self.first_layer)})
        h |= {"U": 0, "V": 0}  # registers: units that hold 0 at first
        lasts = self.keys[np.append(np.arange(n, self.N, n), self.N) - 1].tolist()
        strings = zip(folders.strings, folders.label_strings, strict=True)
        for ends, (u, w) in zip(zip(folders.starts, lasts, strict=True), strings, strict=True):
            h = self._find(net, h, ends, u, w)
        return self._read(net, h)

    def _find(
        self, net: Builder, h: dict[str, Value], ends: tuple[int, int], u: int, w: int
    ) -> dict[str, Value]:
        """U += u, V += w if z is inside.  Three layers."""
        h, t = self._inside(net, h, ends)
        return net.layer(FIND, {"x": h["x"], "U": h["U"] + u * t, "V": h["V"] + w * t})

    def _inside(
        self, net: Builder, h: dict[str, Value], ends: tuple[int, int]
    ) -> tuple[dict[str, Value], Value]:
        """1 for first key <= z <= last key + 1; 0 outside (first key - 1/2, last key + 3/2).  Two
        layers."""
        first, last = ends
        one, x = 1 << self.unit_bits, h["x"]
        h = net.layer(FIND, h | {"q1": 2 * (first * one - x), "q2": 2 * (x - (last + 1) * one)})
        t = one - h.pop("q1") - h.pop("q2")
        h = net.layer(FIND, h | {"t": t})
        return h, h.pop("t")

    def _read(self, net: Builder, h: dict[str, Value]) -> Value:
        """The folder, entry by entry: its key, its label, and a gate that compares the key."""
        one = 1 << self.unit_bits
        half = {f: one << (self.folder_size * bits + 1) for f, bits in self.bits.items()}
        x, U, V = h["x"], h["U"], h["V"]
        h = {"u1": 4 * U + 2 * one, "u2": 4 * U + one, "w1": 4 * V + 2 * one, "w2": 4 * V + one}
        h = net.layer(READ, h | {"x": x, "y": 0})
        for _ in range(self.folder_size):
            h = self._entry(net, h, half)
        return h["y"]

    def _entry(self, net: Builder, h: dict[str, Value], half: dict[str, int]) -> dict[str, Value]:
        """One entry of the folder: 3 max(key bits, label bits) + 2 layers.  ``half`` is half the
        height of the two waves."""
        bits = self.bits
        h |= {"key": 0, "label": 0}
        for i in range(max(bits.values())):
            active = [field for field in bits if i < bits[field]]
            h = read_bit(net, h, {field: half[field] for field in active})
            for field in active:
                h[field] += (1 << (bits[field] - 1 - i)) * h.pop(f"{field} bit")
                half[field] >>= 1
        return self._compare(net, h)

    def _compare(self, net: Builder, h: dict[str, Value]) -> dict[str, Value]:
        """y += label if key <= z <= key + 1.  Two layers.

        Any other key is so far away that one of q1, q2 is 2 or more, and the label is below 2^c.
        """
        key, x, one = h.pop("key"), h["x"], 1 << self.unit_bits
        h = net.layer(READ, h | {"q1": 2 * (key - x), "q2": 2 * (x - key - one)})
        outside, label = h.pop("q1") + h.pop("q2"), h.pop("label")
        h = net.layer(READ, h | {"gate": label - (1 << self.label_bits) * outside})
        h["y"] += h.pop("gate")
        return h


#: The two values that travel through the folds, for each string.
PROBES = {"key": ("u1", "u2"), "label": ("w1", "w2")}


def read_bit(net: Builder, h: dict[str, Value], half: dict[str, int]) -> dict[str, Value]:
    """One bit of each string that still has one; ``half`` is half the height of its wave.  Three
    layers: both arms of the fold, the fold, and the sign of the slope (lemmas
    ``thm-optimal_relu-triangles`` and ``thm-optimal_relu-reading``)."""
    arms = {f"fold {v}": h[v] - half[field] for field in half for v in PROBES[field]}
    h = net.layer(READ, h | arms)
    for v in (v for field in half for v in PROBES[field]):
        h[v] -= 2 * h.pop(f"fold {v}")
    h = net.layer(READ, h)
    bits = {}
    for field in half:
        before, behind = PROBES[field]
        bits[f"{field} bit"] = h[behind] - h[before]
    return net.layer(READ, h | bits)


@dataclass(frozen=True)
class Paper(FileNetwork):
    """The paper's construction, of width 12 (theorem ``thm-optimal_relu-paper``): it finds the
    folder (lemma ``thm-optimal_relu-folder``), reads its two strings with triangle waves, and is
    right on a whole interval around each key (``thm-optimal_relu-intervals``).  What it weighs:
    proposition ``thm-optimal_relu-size``.

    Its promise is kept: directions are drawn until one has at most the spread of
    :func:`spread_bound`, which each does with probability at least 1/2, and
    ``ConstructionFailed`` is raised after 40 that have more.

    The theorem is for any real points (:func:`real_form`, :func:`real_bound`); here points are on a
    grid and all is integer, in units of 2^-f.  The output is 2^f times the label:
    ``output_denominator`` divides it.
    """

    variant: ClassVar[str] = "paper"
    title: ClassVar[str] = "two strings for each folder, read by triangle waves; width 12"
    theorem: ClassVar[str] = "thm-optimal_relu-paper"
    proven: ClassVar[bool] = True
    shape_class: ClassVar[type[PaperShape]] = PaperShape
    plan_class: ClassVar[type[PaperPlan]] = PaperPlan

    def filed(self, line: Line, rng: np.random.Generator) -> PaperPlan:
        projection, size = line.projection, self.folder_size
        if projection.gap == 1:  # z needs gaps of 2
            projection = projection.times(2)
        f = projection.gap.bit_length() - 2
        keys = (projection.keys + (1 << f)) >> f
        key_bits = int(keys[-1]).bit_length()
        if size is None:
            size = self.shape_class.best_folder_size(len(keys), key_bits, line.codes.bits)
        return self.plan_class(line, projection, f, keys, key_bits, size)

    def promised(self, worst: WorstCase) -> Size:
        """The largest over all lengths that the keys may have: fewer bits may mean larger
        folders."""
        return largest(self._shape(worst, bits).most for bits in range(1, worst.key_bits + 1))

    def _shape(self, worst: WorstCase, key_bits: int) -> PaperShape:
        N, c, n = worst.N, worst.label_bits, self.folder_size
        if n is None:
            n = self.shape_class.best_folder_size(N, key_bits, c)
        # a direction with smallest gap 1 is doubled
        first = max(worst.entry + 1, (2 * worst.projection + self.one(worst)).bit_length())
        return self.shape_class(
            d=worst.d,
            projection_bits=first,
            answer_bits=0,
            folders=-(-N // n),
            folder_size=n,
            label_bits=c,
            key_bits=key_bits,
            unit_bits=worst.unit_bits,
        )

    def one(self, worst: WorstCase) -> int:
        return 1 << worst.unit_bits
