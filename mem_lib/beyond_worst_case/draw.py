"""One draw: hyperplanes, codes, a cover of every class, and the network of these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from mem_lib._base.memory import check_memory
from mem_lib._base.progress import progress_bar
from mem_lib._base.threads import blas_threads
from mem_lib.beyond_worst_case import cover
from mem_lib.beyond_worst_case.cells import CellBits
from mem_lib.beyond_worst_case.counting import MOST_HYPERPLANES, Codes, Counting, Integers, bits_of
from mem_lib.beyond_worst_case.cover import Cover
from mem_lib.beyond_worst_case.plan import CoverPlan
from mem_lib.data import Dataset
from mem_lib.errors import TooLarge
from mem_lib.network import Layer, Network
from mem_lib.parts.hyperplanes import codes, hyperplanes, sides

#: Below this many bits the matrix products are too small for more than one thread.
SMALL = 2**23


class Rules:
    """What the constructions do differently in a draw: those of threshold units that count in one
    direction, unless a subclass says otherwise."""

    #: What the units of the first layer are, and the bits that an entry of a code takes.
    activation: ClassVar[str] = "threshold"
    code_bits: ClassVar[int] = 1
    #: Whether a neuron counts hyperplanes in both directions.
    two_sided: ClassVar[bool] = False

    def held(
        self,
        layer: Layer,
        data: Dataset,
        rows: np.ndarray,
        advance: Callable[[int], object],
        device: str | None,
    ) -> Codes:
        """What the layer gives at the points in ``rows``, held on ``device``."""
        if self.activation == "relu":
            return Integers(codes(layer, data, advance)[rows])
        if device is None:
            cells = CellBits.of(layer, data, rows, self.two_sided, advance)
            if cells is not None:
                return cells
        blocks = sides(layer, data, rows, advance, device)
        return bits_of(blocks, len(rows), layer.units, self.two_sided, device)

    def code(self, code: np.ndarray) -> np.ndarray:
        """What neurons count, from what the first layer gives at each point: (N, counted)."""
        return code

    def cover_class(
        self,
        rows: np.ndarray,
        counting: Counting,
        rng: np.random.Generator,
        advance: Callable[[int], object],
    ) -> Cover:
        """Neurons for one class: ``rows`` of the data, whose codes are those of ``counting``; all
        indices of the result count within the class."""
        return cover.in_order(counting, rng.permutation(len(rows)), advance)

    def neurons(
        self, weight: np.ndarray, thresholds: np.ndarray, reach: Callable[[], np.ndarray]
    ) -> tuple[np.ndarray, np.ndarray, int]:
        """(weight, bias, gap) of the second layer, from -2 where a neuron counts a hyperplane, its
        threshold m, and the largest score that it has to cover.  ``gap`` is what a neuron that
        fires gives at least, in the units of the output."""
        return weight, 2 * thresholds - 1, 1

    def denominator(self, plan: CoverPlan) -> int:
        """Of the outputs: they count neurons, less 1/2."""
        return 2

    def largest_score(self, n: int, reach: int) -> int:
        """Of a point, when the first layer gives at most ``reach`` in its integers."""
        return n


@dataclass(frozen=True)
class Attempt:
    """One draw: the network it gives, and what that network leaves out.

    ``uncovered`` holds rows of ``dataset.distinct()``; the network memorizes the data exactly when
    it is empty.  ``covering`` counts the neurons of the second layer of each class (of the covered
    class alone when there are two classes).
    """

    network: Network
    uncovered: np.ndarray
    covering: tuple[int, ...]
    offending: tuple[int, int] | None  # a row and a rival that no hyperplane tells apart


@dataclass(frozen=True)
class _Points:
    """The codes of all points, one class after the other, and the rows in that ``order``."""

    labels: np.ndarray
    order: np.ndarray
    codes: Codes

    @cached_property
    def places(self) -> np.ndarray:
        """Where each row of the data is found among the codes."""
        places = np.empty(len(self.order), dtype=np.int64)
        places[self.order] = np.arange(len(self.order))
        return places

    @cached_property
    def _sorted(self) -> np.ndarray:
        return self.labels[self.order]

    def _ends(self, k: int) -> tuple[int, int]:
        first, stop = np.searchsorted(self._sorted, [k, k + 1]).tolist()
        return first, stop

    def of_class(self, k: int) -> np.ndarray:
        """The rows of the data in class k."""
        return self.order[slice(*self._ends(k))]

    def counting(self, k: int) -> Counting:
        """What its neurons count."""
        return Counting.within(self.codes, *self._ends(k))

    def reach(self, k: int, found: Cover) -> np.ndarray:
        """The largest score that each neuron of class k has to cover."""
        centres = self.places[found.centres] - self._ends(k)[0]
        return cover.largest_covered(self.counting(k), centres, found.thresholds)


def attempted(rules: Rules, plan: CoverPlan, n: int, draw: int, progress: bool | None) -> Attempt:
    """Draw number ``draw`` with n hyperplanes; the draws of a plan come one after the other."""
    if n > MOST_HYPERPLANES:
        raise TooLarge(f"n: at most {MOST_HYPERPLANES} hyperplanes are counted exactly, got {n}")
    check_memory(plan.bytes_of(n), plan.burden_of(n))
    with blas_threads(1 if n * plan.data.N < SMALL else None):
        return _drawn(rules, plan, n, draw, progress)


def _drawn(rules: Rules, plan: CoverPlan, n: int, draw: int, progress: bool | None) -> Attempt:
    data = plan.data
    (rng,) = plan.rng.spawn(1)
    for_layer, for_order = rng.spawn(2)
    with progress_bar(n, "hyperplanes", f"draw, n = {n}", progress) as bar:
        layer = hyperplanes(
            n, data.d, plan.max_bias,
            weight_bits=plan.weight_bits, shift=data.shift, rng=for_layer,
            activation=rules.activation, advance=bar.update,
        )  # fmt: skip
    with progress_bar(n * data.N, "bits", f"code, n = {n}", progress) as bar:
        order = np.argsort(data.labels, kind="stable")
        points = _Points(
            data.labels, order, rules.held(layer, data, order, bar.update, plan.device)
        )
    total = int(np.isin(data.labels, plan.classes).sum())
    covers = {}
    with progress_bar(total, "points", f"cover, n = {n}", progress) as bar:
        for k in plan.classes:
            rows = points.of_class(k)
            found = Cover(rows, rows, rows)
            if len(rows):
                found = rules.cover_class(rows, points.counting(k), for_order, bar.update)
            covers[k] = Cover(rows[found.centres], found.thresholds, rows[found.uncovered])
    neurons = sum(len(c.centres) for c in covers.values())
    need = 25 * neurons * n * (1 + rules.two_sided)
    check_memory(need, f"n: {neurons} covering neurons over {n} hyperplanes")
    uncovered = np.concatenate([c.uncovered for c in covers.values()])
    network = Network(
        [layer, *_upper_layers(rules, plan, n, points, covers)],
        input_shift=data.shift,
        output_denominator=rules.denominator(plan),
        readout="sign" if data.classes == 2 else "onehot",
        about={"hyperplanes": n, "max_bias": str(plan.max_bias), "draw": draw},
    )
    return Attempt(
        network,
        uncovered,
        tuple(len(c.centres) for c in covers.values()),
        _offending(data, points, uncovered) if len(uncovered) else None,
    )


def _upper_layers(
    rules: Rules, plan: CoverPlan, n: int, points: _Points, covers: dict[int, Cover]
) -> list[Layer]:
    """The covering neurons of every class, and one output per class that is positive where at
    least one of them fires."""
    centres = np.concatenate([c.centres for c in covers.values()]).astype(np.int64)
    owner = np.repeat(list(covers), [len(c.centres) for c in covers.values()])
    outputs, gap = np.array(list(covers)), 1
    if not len(centres):  # nothing could be covered: the network is silent everywhere
        weight, bias, names = np.zeros((1, n), dtype=np.int64), np.array([-1]), ["silent"]
        owner = np.array([-1])
    else:
        names = [f"class {k}, centre {c}" for k, c in zip(owner, centres, strict=True)]
        thresholds = np.concatenate([c.thresholds for c in covers.values()])
        weight, bias, gap = rules.neurons(
            -2 * (rules.code(points.codes.codes(points.places[centres])) == 0).astype(np.int64),
            thresholds,
            lambda: np.concatenate([points.reach(k, c) for k, c in covers.items()]),
        )
    layer = Layer(weight, bias, rules.activation, names=names, stage="cover")
    weight = 2 * (outputs[:, None] == owner[None, :]).astype(np.int64)
    bias = np.array([-gap] * len(outputs))
    if plan.data.classes == 2 and plan.classes == (0,):
        weight, bias = -weight, -bias
    return [layer, Layer(weight, bias, "identity", stage="readout")]


def _offending(data: Dataset, points: _Points, uncovered: np.ndarray) -> tuple[int, int] | None:
    """An uncovered point and a rival that scores 0 for it: no hyperplane tells them apart in the
    needed direction."""
    for row in uncovered[:64].tolist():
        rivals = np.flatnonzero(data.labels != data.labels[row])
        score = points.codes.scores(points.places[[row]], points.places[rivals])[0]
        if score.min() == 0:
            return row, int(rivals[score.argmin()])
    return None
