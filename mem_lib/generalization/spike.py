r"""Spikes: about sqrt(N) weights, every training point right, and one answer everywhere else.

Project the points to integer keys p = <u, z> + b_0 >= 0, and say "one class" exactly where p is the
key of a training point of that class.  All of the network behind the first unit is a look-up:

1. The m keys of the class, sorted, are cut into T blocks of g keys, the last one filled up with its
   last key.  The *code* Q_t of a block is its keys, rho bits each, one word after the other.
2. *Loader*, one layer a border: Q_(t+1) replaces Q_t where p > (last key of block t).
3. *Reading*, one layer a bit, from the top: bit = relu(Q - 2^i + 1) - relu(Q - 2^i), then Q loses
   2^i bit, and a word X becomes 2 X + bit.
4. After each word two layers: relu(p - X) and relu(X - p), then relu(1 - |p - X|), which is 1 on a
   match and 0 at every other integer; it is added to the score.

That makes T - 1 + g (rho + 2) layers of at most 6 units, about 2 sqrt(m (rho + 2)) for the g chosen
here.  The answer is the class where 2 score - 1 > 0.

*Off the integers*: outside the T - 1 open intervals between the last key of a block and the next
integer the state is that of an integer, and a positive score needs |p - a| < 1 for a key a: the
class is answered on slabs of thickness 2/|u| only.  Keys below 0, which lie outside the cube that
the training points span, are clipped to 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mem_lib._base.arguments import integer_in
from mem_lib.constructions import Construction, Facts
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, shown
from mem_lib.generalization.keys import separating
from mem_lib.generalization.nearest import integer_reach
from mem_lib.network import Network, Size
from mem_lib.network.builder import Builder, Value
from mem_lib.parts.constant import constant_network, constant_size
from mem_lib.parts.stages import FIND, PROJECT, READ
from mem_lib.parts.strings import joined

MATCH, ANSWER = "match", "answer"


@dataclass(frozen=True, eq=False)
class SpikePlan:
    """The keys that are answered, and the shape of their blocks.

    direction, offset: of the first unit
    keys:     of the class that gets the spikes, increasing
    key_bits: rho, of the largest key in the cube
    """

    data: Dataset
    sign: int
    direction: list[int]
    offset: int
    keys: list[int]
    key_bits: int

    @classmethod
    def along(cls, data: Dataset, sign: int, direction: list[int]) -> SpikePlan:
        """The plan for a direction on which points of different labels have different keys."""
        integers, _ = data.integers()
        low, high = int(integers.min()), int(integers.max())
        ups, downs = (sum(s * u for u in direction if s * u > 0) for s in (1, -1))
        offset = downs * high - ups * low
        rows = np.flatnonzero(data.labels == (sign > 0))
        own = integers[rows].astype(object) @ np.array(direction, dtype=object) + offset
        most = (ups + downs) * (high - low)
        keys = sorted({int(key) for key in own})
        return cls(data, sign, direction, offset, keys, max(1, most.bit_length()))

    @property
    def block(self) -> int:
        return block_size(len(self.keys), self.key_bits)

    @property
    def codes(self) -> list[int]:
        """V_1, ..., V_T."""
        g, found = self.block, []
        for start in range(0, len(self.keys), g):
            words = self.keys[start : start + g]
            found.append(joined(words + words[-1:] * (g - len(words)), self.key_bits))
        return found

    @property
    def bytes(self) -> int:
        """Each layer holds an entry or two as long as a code."""
        g, m, d = self.block, len(self.keys), len(self.direction)
        return 40 * d + layers_of(m, self.key_bits) * (3000 + g * self.key_bits)

    @property
    def burden(self) -> str:
        return f"dataset: {len(self.keys)} keys of {self.key_bits} bits"


@dataclass(frozen=True)
class Spike(Construction):
    """One class only on thin slabs through its training points, the other one everywhere else
    (theorem ``thm-generalization-spike``).

    sign: 1: class 1 has the slabs; -1: class 0 has them

    Width 6 and about 2 sqrt(N rho) layers, rho the bits of a key: among the smallest memorizers,
    and right elsewhere no more often than the other class occurs.
    """

    sign: int = 1

    slug: ClassVar[str] = "generalization"
    variant: ClassVar[str] = "spike"
    title: ClassVar[str] = "one class on thin slabs only, with about sqrt(N) weights"
    theorem: ClassVar[str] = "thm-generalization-spike"
    takes_targets: ClassVar[bool] = False
    most_classes: ClassVar[int | None] = 2

    def __post_init__(self) -> None:
        if isinstance(self.sign, bool) or self.sign not in (1, -1):
            raise InvalidArgument(f"sign: 1 or -1 is needed, got {shown(self.sign)}")
        vars(self).update(sign=integer_in(self.sign, "sign", -1))

    def plan(self, data: Dataset, rng: np.random.Generator) -> SpikePlan:
        if (data.labels == data.labels[0]).all():
            return SpikePlan(data, self.sign, [], 0, [], 1)
        return SpikePlan.along(data, self.sign, separating(data, rng, 1)[0])

    def network(self, plan: SpikePlan, progress: bool | None) -> Network:
        if not plan.keys:
            return constant_network(plan.data)
        net = Builder(plan.data.d)
        h = net.layer(PROJECT, {"p": net.first(plan.direction, plan.offset)})
        h["V"] = plan.codes[0]
        _load(net, h, plan)
        score = _matches(net, h, plan)
        net.layer(ANSWER, {"value": plan.sign * (2 * score - 1)}, "identity")
        return Network(net.layers, plan.data.shift, 1, "sign")

    def bound(self, facts: Facts) -> Size:
        """With rho, the bits of the largest key that may occur, and m <= N - 1 keys."""
        N, d, classes = facts.N, facts.d, self.labelled(facts.classes)
        if facts.one_class:
            return constant_size(d, classes)
        reach = integer_reach(facts.radius, facts.grid_bits)
        rho = (4 * d * N**2 * reach).bit_length()
        m, words = N - 1, rho + 2
        most = max(math.isqrt(4 * m * words) + 1 + words // 4 + 1, 5 * words // 4 + 1)
        bits = max((math.isqrt(4 * m * rho * rho // words) + 1 + rho) // 2 + 1, rho + 1)
        first = (2 * N**2).bit_length()
        return Size(
            depth=most + 1,
            width=6,
            neurons=6 * most,
            weights=d + 1 + 16 * most,
            dense_weights=d + 1 + 42 * most,
            bits=max(bits, first),
            total_bits=d * first + rho + 16 * most * bits,
        )


def block_size(keys: int, key_bits: int) -> int:
    """The keys in a block: sqrt(m / (rho + 2)) rounded, in integers, at least 1: the largest g with
    (2g - 1)^2 (rho + 2) <= 4m.

    >>> block_size(1, 3), block_size(25, 2), block_size(400, 2)
    (1, 3, 10)
    """
    return max(1, (math.isqrt(4 * keys // (key_bits + 2)) + 1) // 2)


def layers_of(keys: int, key_bits: int) -> int:
    """1 + (T - 1) + g (rho + 2) hidden layers, and the answer."""
    g = block_size(keys, key_bits)
    return 1 + -(-keys // g) + g * (key_bits + 2)


def dense_weights(d: int, keys: int, key_bits: int) -> int:
    """All entries of all layers, exactly.

    >>> dense_weights(2, 2, 3), dense_weights(2, 4, 6)
    (189, 355)
    """
    g = block_size(keys, key_bits)
    blocks = -(-keys // g)
    load = 12 if blocks == 1 else 20 * (blocks - 2) + 38
    return d + 1 + load + g * (42 * key_bits + 17) + 30 * (g - 1) + 5


def _load(net: Builder, h: dict[str, Value], plan: SpikePlan) -> None:
    """The code of the block in which the key would be."""
    codes = plan.codes
    for t in range(len(codes) - 1):
        last = plan.keys[(t + 1) * plan.block - 1]
        units = {"p": h["p"], "V": h["V"], "past": h["p"] - last, "far": h["p"] - last - 1}
        h |= net.layer(FIND, units)
        h["V"] += (codes[t + 1] - codes[t]) * (h.pop("past") - h.pop("far"))


def _matches(net: Builder, h: dict[str, Value], plan: SpikePlan) -> Value:
    """The number of words that equal the key."""
    B = plan.block * plan.key_bits
    h["score"] = 0
    for _ in range(plan.block):
        h["A"] = 0
        for _ in range(plan.key_bits):
            B -= 1
            units = {"p": h["p"], "V": h["V"], "on": h["V"] - 2**B + 1, "over": h["V"] - 2**B}
            h |= net.layer(READ, units | {"score": h["score"], "A": h["A"]})
            bit = h.pop("on") - h.pop("over")
            h["V"] -= 2**B * bit
            h["A"] = 2 * h["A"] + bit
        word = h.pop("A")
        units = {"p": h["p"], "V": h["V"], "above": h["p"] - word, "below": word - h["p"]}
        h |= net.layer(MATCH, units | {"score": h["score"]})
        near = 1 - (h.pop("above") + h.pop("below"))
        h |= net.layer(MATCH, {"p": h["p"], "V": h["V"], "match": near, "score": h["score"]})
        h["score"] += h.pop("match")
    return h["score"]
