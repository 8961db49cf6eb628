"""What the constructions of this chapter have in common: one line, folders, a last layer.

A construction projects the points to a line, chooses folders, and refuses what does not fit: that
is its plan.  The plan fills the folders and wires the layers that find and read them; the last
layer makes labels or targets of the codes that were read.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from mem_lib._base.arguments import at_least_zero, instance, integer_in
from mem_lib._base.integers import INT64_LIMIT
from mem_lib._base.memory import check_memory
from mem_lib._base.progress import progress_bar
from mem_lib.constructions import REGISTRY, Construction, Facts
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, shown
from mem_lib.network import Network, Size
from mem_lib.network.builder import Builder, Value
from mem_lib.optimal_relu.bounds import MOST_FOLDER
from mem_lib.optimal_relu.codes import Codes, Grid
from mem_lib.optimal_relu.folder import Folders
from mem_lib.optimal_relu.shape import Formula, Shape, burden
from mem_lib.optimal_relu.spread import SpreadTest
from mem_lib.optimal_relu.worst_case import WorstCase, answering
from mem_lib.parts.projection import Projection, project
from mem_lib.parts.stages import ANSWER


@dataclass(frozen=True, eq=False)
class Line:
    """The points on a line, and the codes that belong to them: what every plan begins with."""

    projection: Projection
    codes: Codes
    input_shift: int

    @property
    def d(self) -> int:
        return len(self.projection.direction)

    @cached_property
    def values(self) -> np.ndarray:
        """The codes in the order of the projections."""
        return self.codes.values[self.projection.order]


@dataclass(frozen=True, eq=False)
class FilePlan(ABC):
    """Everything that the layers are made of, but the strings."""

    line: Line

    @property
    @abstractmethod
    def first_layer(self) -> tuple[list[int], int]:
        """Weights and bias of the unit "x"."""

    @abstractmethod
    def shape(self, folders: int | None = None) -> Shape:
        """With the number of folders, or with what is known of it before they are filled."""

    @abstractmethod
    def folders(self, progress: bool | None = None) -> Folders:
        """The folders, filled."""

    @abstractmethod
    def wire(self, net: Builder, folders: Folders) -> Value:
        """All hidden layers; returns the code, in the unit of the shape."""

    @property
    def label_bits(self) -> int:
        """c, the bits of a code."""
        return self.line.codes.bits

    def common(self, shape: type[Shape], one: int = 1) -> dict[str, int]:
        """What every shape tells of its first and its last layer."""
        weights, bias = self.first_layer
        return {
            "d": self.line.d,
            "projection_bits": max(map(int.bit_length, [*weights, bias])),
            "answer_bits": shape.answer(self.line.codes.grid, self.label_bits, one),
            "label_bits": self.label_bits,
        }

    @property
    def bytes(self) -> int:
        return self.shape().bytes

    @property
    def burden(self) -> str:
        return self.shape().burden

    def size(self) -> Formula:
        """The size in closed form; tables may come out more than the fewest there can be."""
        return self.shape().formula


@dataclass(frozen=True)
class FileNetwork(Construction):
    """Parameters of every construction of this chapter.

    folder_size: points in a folder (paper, merged), cells of a table (retrieval: the nearest sum of
                 three consecutive primes is taken), keys in a folder (rounds: in every round, if as
                 many are left), or entries in a folder, dummies included (the others).  Default:
                 the size of least depth, or for ``"parallel"`` of few weights, for ``"rounds"``
                 that of its theorem; the paper's own choice is about sqrt(N / log2 N) points
    directions:  how many directions that separate the points are compared; fewer bits in a key make
                 the network shallower.  From 100,000 points on the first one is taken
    tolerance:   for real targets: how far an output may be from its target.  The outputs are then
                 the targets rounded to a power of two, if that takes fewer bits than the targets
                 themselves.  Default: exact, for targets that take at most 64 bits each; 0: exact,
                 however long
    """

    folder_size: int | None = None
    directions: int = 8
    tolerance: float | Fraction | None = None

    slug: ClassVar[str] = "optimal_relu"
    #: What the size of its networks depends on.
    shape_class: ClassVar[type[Shape]]
    #: Whether the direction has the bits of the theorem on its spread, and keeps to that spread.
    proven: ClassVar[bool] = False

    def __post_init__(self) -> None:
        vars(self).update(directions=integer_in(self.directions, "directions", 1))
        if self.folder_size is not None:
            vars(self).update(folder_size=integer_in(self.folder_size, "folder_size", 1))
        if self.tolerance is not None:
            at_least_zero(self.tolerance, "tolerance")

    # -- building ------------------------------------------------------------------------------

    @property
    def short_direction(self) -> bool:
        """Whether the direction has to be short."""
        return False

    @abstractmethod
    def filed(self, line: Line, rng: np.random.Generator) -> FilePlan:
        """What is chosen for these points and codes."""

    def plan(self, data: Dataset, rng: np.random.Generator) -> FilePlan:
        """The direction, the keys and the fields of the folders."""
        codes = Codes.of(data, self.tolerance)
        self._check_strings(codes.bits)
        for_direction, for_keys = rng.spawn(2)
        projection = project(
            data,
            for_direction,
            self.directions,
            short=self.short_direction,
            proven=self.proven,
            enough=SpreadTest(data) if self.proven else None,
        )
        return self.filed(Line(projection, codes, data.shift), for_keys)

    def network(self, plan: FilePlan, progress: bool | None) -> Network:
        """The folders filled, found and read."""
        contents = plan.folders(progress)
        shape, grid = plan.shape(len(contents.starts)), plan.line.codes.grid
        # tables may have come out more than the fewest that were checked before
        check_memory(shape.bytes, shape.burden)
        with progress_bar(shape.depth, "layers", "build", progress) as bar:
            net = Builder(shape.d, bar.update)
            code, last = plan.wire(net, contents), grid or Grid()
            answer = last.factor * code + last.offset * shape.one
            net.layer(ANSWER, {"target" if grid else "label": answer}, "identity")
        return Network(
            net.layers,
            input_shift=plan.line.input_shift,
            output_denominator=last.denominator * shape.one,
            readout="value",
            about=shape.told() | ({"targets": grid.told()} if grid else {}),
        )

    def folders(self, dataset: Dataset, *, seed: int = 0, progress: bool | None = None) -> Folders:
        """The keys, the folders and their strings of the network that :meth:`build` makes of the
        same arguments.

        Raises ``InvalidArgument`` for what is no data set and no seed, ``TooLarge`` when the
        network would not fit into memory, ``HypothesisViolated`` when a budget is too small or
        exact targets are too long, ``ConstructionFailed`` when no direction separates the points.
        """
        data, seed = self.accepted(dataset), integer_in(seed, "seed", 0)
        plan = self.plan(data, np.random.default_rng(seed))
        check_memory(plan.bytes, plan.burden)
        return plan.folders(progress)

    def _check_strings(self, label_bits: int) -> None:
        """Before anything is planned: there are as many layers as a string has bits, or more."""
        longest = max(label_bits, self.folder_size or 1)
        need = self.shape_class.reading_bytes(longest, longest)
        check_memory(need, burden(self.folder_size, label_bits, longest))

    # -- promises ------------------------------------------------------------------------------

    @abstractmethod
    def promised(self, worst: WorstCase) -> Size:
        """The largest size for all such data, when the last layer passes on a label."""

    def one(self, worst: WorstCase) -> int:
        """What stands for 1 behind the projection, at most."""
        return 1

    def bound(self, facts: Facts, *, direction_bits: int | None = None) -> Size:
        """What the theorem promises: no entry of the network's ``Size`` is larger, when its random
        numbers are good.

        facts:          the separation is needed, of all points, whatever their labels; for targets
                        without a data set give ``classes`` = 2^c, if they take c bits each
        direction_bits: entries of the direction have at most that many bits; default: what
                        :meth:`build` stays below unless a standard Gaussian exceeds 8.  Most
                        directions are much shorter, which matters for small budgets: a first layer
                        counts for none of them, but what it computes does
        """
        worst = self.worst_case(facts, direction_bits)
        return self.answered(worst, self.promised(worst))

    def worst_case(self, facts: Facts, direction_bits: int | None) -> WorstCase:
        """The longest integers there may be, for sound facts."""
        instance(facts, "facts", Facts)
        if self.folder_size is not None:
            integer_in(self.folder_size, "folder_size", 1, MOST_FOLDER)
        return WorstCase.of(facts, self.tolerance, direction_bits, self.proven)

    def answered(self, worst: WorstCase, size: Size) -> Size:
        """``size`` with the last layer that these data need."""
        longest = self.shape_class.answer(worst.grid, worst.label_bits, self.one(worst))
        return answering(size, longest) if longest else size


def budget(value: int | None, name: str) -> int | None:
    """A budget as an integer, not larger than what int64 is compared with."""
    return None if value is None else min(integer_in(value, name, 1), INT64_LIMIT)


def size_formula(network: Network | Mapping[str, Any]) -> Formula:
    """The size of a network of this chapter, computed from its ``about`` and from nothing else: for
    ``"paper"`` proposition ``thm-optimal_relu-size``.

    Raises ``InvalidArgument`` for a network that another chapter built, or that tells nonsense.

    >>> import mem_lib as ml
    >>> network = ml.optimal_relu.build(ml.data.ball(N=50, d=3, seed=0), variant="narrow")
    >>> formula, size = ml.optimal_relu.size_formula(network), network.size
    >>> (formula.depth, formula.width) == (size.depth, size.width)
    True
    >>> size.weights <= formula.weights and size.bits <= formula.bits
    True
    """
    about = network.about if isinstance(network, Network) else network
    try:
        found = REGISTRY[f"{about['chapter']}.{about['variant']}"]
        if issubclass(found, FileNetwork):
            return found.shape_class.read(about).formula
    except (LookupError, TypeError, ValueError, ArithmeticError):
        pass
    raise InvalidArgument(
        "network: one that mem_lib.optimal_relu.build made is needed, got " + shown(network)
    )
