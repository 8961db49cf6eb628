"""What the constructions of this chapter have in common: draw hyperplanes, cover, redraw.

A covering construction draws n hyperplanes, turns points into codes, covers each class in turn and
writes the network.  When points stay uncovered it draws again, then with twice as many hyperplanes.
The four constructions differ in what a unit of the first layer does and in what a neuron of the
second one counts: the methods at the end of :class:`Covering`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from mem_lib._base.arguments import above_zero, at_least_zero, integer_in, probability
from mem_lib.beyond_worst_case.arguments import binary, default_bias
from mem_lib.beyond_worst_case.bounds import MOST, WEIGHT_BITS, data_bound, hyperplanes_enough
from mem_lib.beyond_worst_case.counting import MOST_HYPERPLANES
from mem_lib.beyond_worst_case.draw import Attempt, Rules, attempted
from mem_lib.beyond_worst_case.plan import MOST_OPERATIONS, CoverPlan
from mem_lib.beyond_worst_case.price import too_dear
from mem_lib.beyond_worst_case.rays import check_rays
from mem_lib.beyond_worst_case.sizes import network_size, steps
from mem_lib.constructions import Construction, Facts
from mem_lib.data import Dataset
from mem_lib.errors import (
    ConstructionFailed,
    HypothesisViolated,
    InvalidArgument,
    TooLarge,
    shown,
)
from mem_lib.exact.device import Device
from mem_lib.network import Network, Size
from mem_lib.parts.constant import constant_network, constant_size
from mem_lib.parts.separation import rounding_loss

#: Draws of the same size before n is doubled, and how often it is doubled.
DRAWS, DOUBLINGS = 4, 6
#: Bits of the weights that a search tries in turn, and the most that are drawn.
MORE_BITS, MOST_BITS = (WEIGHT_BITS, 24, 32, 40), 40
#: Biases are rounded to no fewer steps between 0 and the largest.
STEPS = 256
#: Above this many pairs the search for n starts from the bound of a sample of the points.
MOST_PAIRS = 2_000_000


@dataclass(frozen=True)
class Covering(Rules, Construction):
    """Parameters of every covering construction.

    n:           number of hyperplanes; by default found by doubling, from the bound that the data
                 give (:func:`data_bound`)
    max_bias:    biases are uniform on [-max_bias, max_bias], in the unit of the data; default:
                 three quarters of the radius
    covered:     with two classes, the one that gets covered; the size grows with its complexity
    weight_bits: the weights of the first layer are rounded to the grid 2^-weight_bits; default: 16,
                 or more where ``n`` is searched and rounding could undo a separation
    max_operations:
                 a draw that takes more is refused before it begins.  One with n hyperplanes takes
                 n (N + 4096); default: 2^31
    device:      None counts with NumPy; "auto" takes a GPU where there is one, "cuda" asks for it,
                 "cpu" takes PyTorch without one.  The network does not depend on it
    """

    n: int | None = None
    max_bias: float | Fraction | None = None
    covered: int = 1
    weight_bits: int | None = None
    max_operations: int = field(default=MOST_OPERATIONS, compare=False)
    device: str | None = field(default=None, compare=False)

    slug: ClassVar[str] = "beyond_worst_case"
    theorem: ClassVar[str] = "thm-beyond_worst_case-finite"
    takes_targets: ClassVar[bool] = False
    most_classes: ClassVar[int | None] = 2**16

    def __post_init__(self) -> None:
        checked: dict[str, Any] = {
            "covered": binary(self.covered),
            "max_operations": integer_in(self.max_operations, "max_operations", 1),
        }
        if self.n is not None:
            checked["n"] = integer_in(self.n, "n", 1)
            if checked["n"] > MOST_HYPERPLANES:
                raise InvalidArgument(
                    f"n: at most {MOST_HYPERPLANES} hyperplanes are counted exactly, got "
                    f"{shown(self.n)}"
                )
        if self.max_bias is not None:
            checked["max_bias"] = at_least_zero(self.max_bias, "max_bias")
        if self.weight_bits is not None:
            checked["weight_bits"] = integer_in(self.weight_bits, "weight_bits", 1)
            if checked["weight_bits"] > MOST_BITS:
                raise InvalidArgument(
                    f"weight_bits: at most {MOST_BITS} are drawn, got {shown(self.weight_bits)}"
                )
        vars(self).update(checked)

    def plan(self, data: Dataset, rng: np.random.Generator) -> CoverPlan:
        """The bias, the bits and the numbers of hyperplanes to try."""
        device = self._place()
        classes = (self.covered,) if data.classes == 2 else tuple(range(data.classes))
        bias = default_bias(data) if self.max_bias is None else Fraction(self.max_bias)
        bits = WEIGHT_BITS if self.weight_bits is None else self.weight_bits
        sizes: tuple[int, ...] = ()
        if (data.labels != data.labels[0]).any():
            self._check_bias(data, bias, bits, classes)
            bits, sizes = (bits, (self.n,)) if self.n else self._search(data, bias, bits)
        plan = CoverPlan(data, bias, bits, classes, sizes, self.code_bits, rng, device)
        if sizes and plan.operations_of(sizes[0]) > self.max_operations:
            raise TooLarge(too_dear(self, plan, _sample(data)))
        return plan

    def network(self, plan: CoverPlan, progress: bool | None) -> Network:
        """The first draw that covers all points."""
        if not plan.sizes:
            return constant_network(plan.data)
        affordable = [n for n in plan.sizes if plan.operations_of(n) <= self.max_operations]
        for i, size in enumerate(affordable):
            for draw in range(DRAWS):
                result = attempted(self, plan, size, i * DRAWS + draw, progress)
                if not len(result.uncovered):
                    return result.network
        raise ConstructionFailed(_failure_text(replace(plan, sizes=tuple(affordable)), result))

    def attempt(self, dataset: Dataset, *, seed: int = 0, progress: bool | None = None) -> Attempt:
        """One draw with ``n`` hyperplanes, whether it memorizes the data or not."""
        data, seed = self.accepted(dataset), integer_in(seed, "seed", 0)
        integer_in(self.n, "n", 1)
        settled = self.settled(dataset)
        plan = settled.plan(data, np.random.default_rng(seed))
        if plan.sizes:
            found = attempted(settled, plan, plan.sizes[0], 0, progress)
        else:
            found = Attempt(constant_network(data), np.array([], dtype=np.int64), (), None)
        return replace(found, network=self.told(found.network, data, seed))

    def bound(self, facts: Facts, *, failure: float = 0.5) -> Size | None:
        """What theorem ``thm-beyond_worst_case-finite`` promises: with probability at least
        1 - ``failure`` one draw of so many hyperplanes yields a network that memorizes any N
        points, and no entry of ``Size`` is larger than stated.  None for ``max_bias = 0``."""
        return promised(self, facts, failure)

    def _place(self) -> str | None:
        device = Device.named(self.device).name
        if device is not None and self.activation == "relu":
            raise InvalidArgument(
                "device: ReLU units give integers of any size, which are added up in NumPy; got "
                f"{shown(self.device)}"
            )
        return device

    # -- the search for n ----------------------------------------------------------------------

    def _check_bias(
        self, data: Dataset, bias: Fraction, bits: int, classes: tuple[int, ...]
    ) -> None:
        if bias == 0:
            return check_rays(data, classes, self.two_sided)
        scaled = bias * 2 ** (bits + data.shift)
        if scaled < STEPS:
            lacking = (math.ceil(STEPS / scaled) - 1).bit_length()
            raise InvalidArgument(
                f"max_bias: biases on [-{float(bias):g}, {float(bias):g}] would round to fewer "
                f"than {STEPS} steps: max_bias * 2^(weight_bits + {data.shift}) = "
                f"{float(scaled):g} for weight_bits = {bits}; {bits + lacking} are enough"
            )

    def _search(self, data: Dataset, bias: Fraction, bits: int) -> tuple[int, tuple[int, ...]]:
        """(bits of the weights, the numbers to try): from the bound that the data give, doubling.

        Unless they were given, weights get as many bits as the bound needs.  The bound of a large
        data set is that of a sample, a guess that is too small where the sample misses the close
        pairs; then doubling goes on for longer.
        """
        sample = _sample(data)
        for weight_bits in (bits,) if self.weight_bits else MORE_BITS:
            try:
                start = data_bound(
                    sample,
                    max_bias=bias,
                    covered=self.covered,
                    weight_bits=weight_bits,
                    two_sided=self.two_sided,
                )
                break
            except HypothesisViolated as error:
                refused = error
        else:
            raise refused
        doublings = DOUBLINGS if sample is data else 2 * DOUBLINGS
        return weight_bits, tuple(start << i for i in range(doublings + 1))


def promised(construction: Covering, facts: Facts, failure: float) -> Size | None:
    """The bound of a covering construction; None without biases."""
    N, d = integer_in(facts.N, "N", 1, MOST), integer_in(facts.d, "d", 1, MOST)
    classes, failure = construction.labelled(facts.classes), probability(failure, "failure")
    if facts.one_class:
        return constant_size(d, classes)
    max_bias = construction.max_bias
    if max_bias == 0:
        return None
    margin = facts.known("margin", "separation")
    distance, radius = above_zero(margin, "margin"), above_zero(facts.radius, "radius")
    bias = 0.75 * radius if max_bias is None else above_zero(max_bias, "max_bias")
    bits = WEIGHT_BITS if construction.weight_bits is None else construction.weight_bits
    pairs = N * N // 4 if classes == 2 else N * N * (classes - 1) // classes
    loss = rounding_loss(2 * math.sqrt(d) * radius, bias, bits, facts.grid_bits)
    n = hyperplanes_enough(
        distance, radius, bias, pairs,
        failure=failure / 2, loss=min(float(loss), 1.0), two_sided=construction.two_sided,
    )  # fmt: skip
    covering = N - 1 if classes == 2 else N
    # failure / 2 is left for the event that some |w_ij| exceeds this
    largest = math.sqrt(2 * (math.log(4 * n * d) - math.log(failure)))
    reach = 2 * steps(math.sqrt(d) * (largest + 1) * radius + bias, bits + facts.grid_bits) + 2
    score = construction.largest_score(n, reach)
    return network_size(n, d, covering, classes, largest, bias, bits, facts.grid_bits, score)


def _sample(data: Dataset) -> Dataset:
    """The data, or a part with few enough pairs; rare classes are kept as far as possible."""
    most = math.isqrt(2 * MOST_PAIRS)
    if most >= data.N:
        return data
    rng = np.random.default_rng(0)
    classes = [rng.permutation(np.flatnonzero(data.labels == k)) for k in np.unique(data.labels)]
    classes.sort(key=len)
    kept: list[np.ndarray] = []
    for i, rows in enumerate(classes):
        share = (most - sum(map(len, kept))) // (len(classes) - i)
        kept.append(rows[: max(share, 1)])
    return data.subset(np.sort(np.concatenate(kept)))


def _failure_text(plan: CoverPlan, result: Attempt) -> str:
    labels = plan.data.labels
    text = (
        f"n: {DRAWS} draws each of {', '.join(map(str, plan.sizes))} hyperplanes at max_bias = "
        f"{float(plan.max_bias):g} left points uncovered; the last draw left "
        f"{len(result.uncovered)} of {plan.data.N}"
    )
    if result.offending is None:
        return f"{text}, among them row {int(result.uncovered[0])} of the distinct points"
    a, b = result.offending
    return (
        f"{text}; no hyperplane is off at row {a} (label {labels[a]}) and on at row {b} (label "
        f"{labels[b]}) of the distinct points"
    )
