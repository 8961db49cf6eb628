"""An exercise that a machine can judge: what is handed out, what is asked, what is right.

The judges of a chapter lie in ``mem_lib.grading.judges.<slug>``, and nowhere else: the process that
runs a student's code does not need them, and a graded run hides them from it.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, ClassVar

import numpy as np

from mem_lib._base.arguments import one_of
from mem_lib.grading.values import Raised
from mem_lib.grading.verdict import Part, Sheet, Verdict, Wrong

#: The chapters that have exercises, in the order of the book.
SETS = (
    "foundations", "two_layer", "deep_threshold", "optimal_relu", "beyond_worst_case",
    "generalization",
)  # fmt: skip
#: The seed of the public exercises, whose solutions stand in the book.
PRACTICE = "practice"


@dataclass(frozen=True)
class Task:
    """What is handed out: ``given`` by name, and for a function the arguments of each of its
    ``calls``."""

    given: dict[str, Any]
    calls: list[list[Any]] = field(default_factory=list)

    def outcomes(self, answer: Any) -> list[tuple[list[Any], Any]]:
        """Each call with what the function gave there; with None where ``answer`` is none of a
        function's."""
        fits = isinstance(answer, list) and len(answer) == len(self.calls)
        return list(zip(self.calls, answer if fits else [None] * len(self.calls), strict=True))


class Exercise(ABC):
    """An exercise.  A subclass says what it is, draws a task, and judges an answer.

    The judge checks what was asked for (the network is right on every point, in integers) rather
    than compare with an answer of its own: there are many right networks.
    """

    #: ``chapter.name``; the exercise of the book has the label ``ex-chapter-name``.
    key: ClassVar[str]
    #: One line: what to hand in.
    title: ClassVar[str]
    #: What the answer is: a ``"network"`` (an object, a construction, a file), a ``"function"``,
    #: which is called with each of the task's ``calls``, or ``"values"``.
    asks: ClassVar[str]

    @abstractmethod
    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        """What is given, by name: values that :mod:`~mem_lib.grading.values` can write.  Data that
        ask for a different answer for each ``rng``, and none that is easier than the others."""

    def calls(self, given: dict[str, Any], rng: np.random.Generator) -> list[list[Any]]:
        """The lists of arguments on which a function is called; a graded run draws fresh ones."""
        return []

    @abstractmethod
    def judge(self, task: Task, answer: Any, sheet: Sheet) -> None:
        """Fill the sheet.  ``answer``: a network, values, or what a function gave at each call (an
        instance of ``values.Raised`` where it raised)."""

    def task(self, seed: str, *, fresh: str = "") -> Task:
        """The task of a course's ``seed``; the calls depend on ``fresh`` too."""
        given = self.draw(generator(seed, self.key))
        calls = self.calls(given, generator(seed, self.key, "calls", fresh))
        return Task(given, calls)

    def verdict(self, task: Task, answer: Any) -> Verdict:
        """The verdict on an answer, never an error: an answer of another kind is wrong."""
        sheet = Sheet(self.key)
        self.judge(task, answer, sheet)
        return sheet.verdict()

    @property
    def most(self) -> float:
        """The points of a perfect answer: what the parts add up to."""
        return self.nothing(self.task(PRACTICE)).most

    def nothing(self, task: Task, error: str = "nothing was handed in") -> Verdict:
        """The verdict on no answer to a task."""
        judged = self.verdict(task, None).parts
        parts = tuple(Part(part.asked, 0, part.most) for part in judged)
        return Verdict(self.key, parts, error)


def value_at(call: Sequence[Any], outcome: Any) -> Any:
    """What a function gave for these arguments; :class:`Wrong`, naming them, where it raised."""
    if isinstance(outcome, Raised):
        raise Wrong(f"for {arguments(call)} it raises {outcome.error}")
    return outcome


def arguments(call: Sequence[Any], most: int = 400) -> str:
    """The arguments of a call for a sentence."""
    text = ", ".join(map(repr, call))
    return f"({text if len(text) <= most else text[: most - 1] + '…'})"


def generator(*key: str) -> np.random.Generator:
    """The random numbers of a seed and a purpose; nothing of the seed can be read off them."""
    digest = hashlib.sha256("\0".join(key).encode()).digest()
    return np.random.default_rng(np.random.SeedSequence(int.from_bytes(digest, "big")))


def of_set(slug: str) -> tuple[Exercise, ...]:
    """The exercises of a chapter."""
    module = import_module(f"mem_lib.grading.judges.{one_of(slug, 'set', SETS)}")
    return tuple(cls() for cls in module.EXERCISES)


def everything() -> Iterator[Exercise]:
    """All exercises, in the order of the book."""
    for slug in SETS:
        yield from of_set(slug)


def find(key: object) -> Exercise:
    """The exercise of this key; ``InvalidArgument`` where there is none.  Of all judges, only those
    of its set are loaded."""
    slug = str(key).partition(".")[0]
    known = {one.key: one for one in (of_set(slug) if slug in SETS else everything())}
    return known[one_of(key, "exercise", known)]
