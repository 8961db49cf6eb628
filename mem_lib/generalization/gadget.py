r"""Formulas as data: when the smallest network fits, the formula can be satisfied.

*Formula.*  Clauses of six different variables among d, each with a sign; an assignment s of signs
satisfies a clause when the six products of signs are *not all equal* (NAE).

*Points*, with x_0 = (11/30, ..., 11/30) and e_i the unit vectors:

    x_0 ± e_i/3  (label 1),    x_0 ± 1.1 e_i/3  (label 0),    x_0 + q/12  (label 1),

one q for each clause, its vector of signs.  All lie in [0, 1]^d, and the margin is 1/30.  Times 60
they are integers; that is how they are stored.

*The network* of an assignment s has the hidden widths 1 and 2, d + 8 parameters counted densely:

    t = relu(3 s·(x - x_0) + 3),      relu(t - 1.95) - 50 relu(t - 4.05) - 0.025.

It is positive for t in [2, 4], where s·(x - x_0) is within ±1/3, and negative at 1.9, 4.1 and
beyond.  A clause lands at 3 ± 1 or nearer to 3, unless all its six products are equal, which puts
it at 3 ± 1.5.  So the network fits exactly when s satisfies the formula.

Theorem thm-generalization-gadget: for d >= 6 *any* ReLU network with at most d + 8 parameters that
fits gives an assignment that satisfies the formula.  The proof is in the book; in short: such a
network is a function of one linear form u·x that is positive on one interval of its values, the
points along the axes force the |u_i| to agree up to a factor 1.1, and then a clause all of whose
products are equal would land outside.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from mem_lib._base.arguments import instance, integer_in, listed
from mem_lib._base.numbers import is_integer
from mem_lib.data import Dataset
from mem_lib.data.sampling import MOST, generator
from mem_lib.errors import InvalidArgument, shown
from mem_lib.exact import predict
from mem_lib.generalization.distribution import Distribution
from mem_lib.network import Layer, Network

#: The points are stored times this.
SCALE = 60
#: Searches over all assignments are refused above this dimension.
MOST_SEARCHED = 20


@dataclass(frozen=True)
class Formula:
    """Clauses of six different variables of d, each variable with a sign.

    d:       the number of variables, at least 6
    clauses: for each clause six integers ±1, ..., ±d, a minus sign for a negated variable

    Raises ``InvalidArgument`` for a d below 6, or a clause that is no such list.

    >>> formula = Formula(6, [(1, 2, 3, 4, 5, -6)])
    >>> formula.satisfied([1, 1, 1, 1, 1, 1]), formula.satisfied([1, 1, 1, 1, 1, -1])
    (True, False)
    """

    d: int
    clauses: tuple[tuple[int, ...], ...]

    def __init__(self, d: int, clauses: Iterable[Sequence[int]]) -> None:
        d = integer_in(d, "d", 6, MOST)
        found = []
        for i, clause in enumerate(listed(clauses, "clauses")):
            literals = listed(clause, f"clauses[{i}]")
            good = all(is_integer(x) and 1 <= abs(x) <= d for x in literals)
            if not good or len(literals) != 6 or len({abs(x) for x in literals}) != 6:
                raise InvalidArgument(
                    f"clauses[{i}]: six different variables of 1 to {d} are needed, each with a "
                    f"sign, got {shown(clause)}"
                )
            found.append(tuple(int(x) for x in literals))
        object.__setattr__(self, "d", d)
        object.__setattr__(self, "clauses", tuple(found))

    @classmethod
    def random(cls, d: int, clauses: int, seed: int = 0) -> Formula:
        """So many random clauses; ``InvalidArgument`` for a d below 6, fewer clauses than 0 or a
        negative seed.

        >>> Formula.random(7, 2).clauses[0]
        (-3, 5, 4, 7, 6, 1)
        """
        d, rng = integer_in(d, "d", 6, MOST), generator(seed)
        signs = (-1, 1)
        return cls(
            d,
            [
                [int(x + 1) * signs[rng.integers(2)] for x in rng.permutation(d)[:6]]
                for _ in range(integer_in(clauses, "clauses", 0, MOST))
            ],
        )

    @classmethod
    def impossible(cls, d: int) -> Formula:
        """All 32 sign patterns on the first six variables: every assignment breaks one clause.

        >>> any(True for _ in Formula.impossible(6).assignments())
        False
        """
        signs = itertools.product((1, -1), repeat=5)
        return cls(
            d, [(1, *(sign * x for sign, x in zip(s, range(2, 7), strict=True))) for s in signs]
        )

    @cached_property
    def _signs(self) -> np.ndarray:
        signs = np.zeros((len(self.clauses), self.d), np.int64)
        for i, clause in enumerate(self.clauses):
            for x in clause:
                signs[i, abs(x) - 1] = 1 if x > 0 else -1
        return signs

    def satisfied(self, assignment: Sequence[int]) -> bool:
        """Whether no clause has six equal products of signs; ``InvalidArgument`` for what is not d
        signs ±1."""
        return bool((np.abs(self._signs @ _signs(assignment, self.d)) < 6).all())

    def assignments(self) -> Iterator[tuple[int, ...]]:
        """All assignments that satisfy the formula; ``InvalidArgument`` above 20 variables."""
        for s in every_assignment(self.d):
            if self.satisfied(s):
                yield s


def every_assignment(d: int) -> Iterator[tuple[int, ...]]:
    """All 2^d assignments of signs ±1; ``InvalidArgument`` for a d outside 1 to 20.

    >>> list(every_assignment(2))
    [(1, 1), (1, -1), (-1, 1), (-1, -1)]
    """
    return itertools.product((1, -1), repeat=integer_in(d, "d", 1, MOST_SEARCHED))


def gadget_data(formula: Formula) -> Dataset:
    """The points of ``formula`` times 60, integers, with their labels: theorem
    ``thm-generalization-gadget``.  Repeated clauses are repeated points.

    Raises ``InvalidArgument`` for another object.

    >>> dataset = gadget_data(Formula(6, [(1, 2, 3, 4, 5, -6)]))
    >>> dataset.N, dataset.margin, dataset.points[-1].tolist()
    (25, 2.0, [27, 27, 27, 27, 27, 17])
    """
    unit = np.eye(instance(formula, "formula", Formula).d, dtype=np.int64)
    moved = [20 * unit, -20 * unit, 22 * unit, -22 * unit, 5 * formula._signs]
    labels = np.repeat([1, 1, 0, 0, 1], [len(part) for part in moved])
    return Dataset(22 + np.concatenate(moved), labels, classes=2)


def gadget_network(assignment: Sequence[int]) -> Network:
    """The network with d + 8 parameters of an assignment of d signs ±1, on points times 60: it fits
    :func:`gadget_data` of a formula exactly when the assignment satisfies it (theorem
    ``thm-generalization-gadget``).  It is that of the module's head, times 40.

    Raises ``InvalidArgument`` for what is not a list of signs.

    >>> from mem_lib import verify
    >>> dataset = gadget_data(Formula(6, [(1, 2, 3, 4, 5, -6)]))
    >>> fits, fails = gadget_network([1] * 6), gadget_network([1] * 5 + [-1])
    >>> fits.size.dense_weights, bool(verify(fits, dataset)), bool(verify(fails, dataset))
    (14, True, False)
    """
    s = _signs(assignment)
    return Network(
        [
            Layer([s], [60 - 22 * sum(s)], "relu"),
            Layer([[1], [1]], [-39, -81], "relu"),
            Layer([[2, -100]], [-1], "identity"),
        ],
        readout="sign",
    )


def fitting(formula: Formula) -> Iterator[tuple[int, ...]]:
    """The assignments whose network fits the points of the formula, found by evaluating all 2^d
    networks: those that satisfy it (theorem ``thm-generalization-gadget``).

    Raises ``InvalidArgument`` above 20 variables.

    >>> formula = Formula(6, [(1, 2, 3, 4, 5, 6), (1, 2, 3, 4, 5, -6)])
    >>> list(fitting(formula)) == list(formula.assignments()), len(list(fitting(formula)))
    (True, 60)
    """
    dataset = gadget_data(formula)
    for s in every_assignment(formula.d):
        if (predict(gadget_network(s), dataset.points) == dataset.labels).all():
            yield s


@dataclass(frozen=True)
class Gadget(Distribution):
    """The points of a formula, times 60, uniform.  N_D = d + 8 when the formula can be satisfied;
    finding a memorizer of that size is finding an assignment (theorem
    ``thm-generalization-gadget``).

    Raises ``InvalidArgument`` when ``formula`` is no :class:`Formula`.

    >>> Gadget(Formula.random(7, 5)).N_D, Gadget(Formula.impossible(6)).N_D
    (15, None)
    """

    formula: Formula

    def __post_init__(self) -> None:
        instance(self.formula, "formula", Formula)

    @property
    def d(self) -> int:  # type: ignore[override]
        """The number of variables."""
        return self.formula.d

    @cached_property
    def N_D(self) -> int | None:  # type: ignore[override]
        """d + 8; None, since it is larger, when the formula cannot be satisfied.  All assignments
        are tried: ``InvalidArgument`` above 20 variables."""
        return self.d + 8 if any(True for _ in self.formula.assignments()) else None

    @cached_property
    def _points(self) -> Dataset:
        return gadget_data(self.formula)

    def support(self) -> Dataset:
        """All points, with their labels."""
        return self._points

    @property
    def margin(self) -> float:
        """2, which is 1/30 before the points are multiplied by 60."""
        return 2.0

    def _draw(self, N: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        index = rng.integers(0, self._points.N, N)
        return self._points.points[index], self._points.labels[index]

    def _labels(self, integers: np.ndarray, shift: int) -> np.ndarray:
        known = dict(
            zip(map(tuple, self._points.points.tolist()), self._points.labels, strict=True)
        )
        one = 1 << shift
        rows = [
            tuple(v // one for v in row) if all(v % one == 0 for v in row) else ()
            for row in integers.tolist()
        ]
        return np.array([int(known.get(row, -1)) for row in rows], dtype=np.int64)


def _signs(assignment: Any, d: int | None = None) -> list[int]:
    signs = listed(assignment, "assignment")
    good = all(is_integer(x) and abs(x) == 1 for x in signs) and len(signs) == (d or len(signs))
    if not good or not signs:
        raise InvalidArgument(
            f"assignment: {d or 'at least 1'} signs ±1 are needed, got {shown(assignment)}"
        )
    return [int(x) for x in signs]
