"""The idealised algorithm: one neuron for each of some centres, such as those of a covering."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from mem_lib._base.arguments import integer_in, listed
from mem_lib._base.rows import first_occurrence
from mem_lib.beyond_worst_case import cover
from mem_lib.beyond_worst_case.counting import Counting
from mem_lib.beyond_worst_case.cover import Cover
from mem_lib.beyond_worst_case.covering import Covering
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, shown


@dataclass(frozen=True)
class Idealised(Covering):
    """Random hyperplanes, then one neuron for each of ``centres``: the network of theorem
    ``thm-beyond_worst_case-covering``, in which no chance decides who gets a neuron.  Its size is
    promised by ``thm-beyond_worst_case-finite``.

    centres: rows of the data; default: every point
    """

    centres: Sequence[int] | None = None

    variant: ClassVar[str] = "idealised"
    title: ClassVar[str] = "random hyperplanes, then a neuron for each given centre"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.centres is not None:
            vars(self).update(centres=_rows(self.centres))

    def settled(self, dataset: Dataset) -> Self:
        """With rows of the distinct points, increasing."""
        if self.centres is None:
            return self
        if wrong := [row for row in self.centres if row >= dataset.N]:
            raise InvalidArgument(f"centres: row {wrong[0]} is out of range, N = {dataset.N}")
        first = first_occurrence(dataset.points)
        chosen = np.unique(first[np.array(self.centres, dtype=np.int64)])
        return replace(self, centres=np.searchsorted(np.unique(first), chosen).tolist())

    def cover_class(
        self,
        rows: np.ndarray,
        counting: Counting,
        rng: np.random.Generator,
        advance: Callable[[int], object],
    ) -> Cover:
        chosen = rows if self.centres is None else rows[np.isin(rows, self.centres)]
        if not len(chosen):
            raise InvalidArgument("centres: every class that gets covered needs one, got none")
        return cover.around(counting, np.searchsorted(rows, chosen))


def _rows(centres: Any) -> tuple[int, ...]:
    if not isinstance(centres, Iterable) or isinstance(centres, str):
        raise InvalidArgument(f"centres: rows of the data are needed, got {shown(centres)}")
    return tuple(integer_in(centre, "centres", 0) for centre in listed(centres, "centres"))
