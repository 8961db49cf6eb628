"""What a network is compared with: rivals of this library, and a line that a theorem draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mem_lib.constructions import build
from mem_lib.data import Dataset
from mem_lib.network import Network


@dataclass(frozen=True)
class Rival:
    """A construction of the registry with its parameters, or a ``function`` of the data."""

    construction: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    function: Callable[[Dataset], Network] | None = None

    @property
    def name(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.parameters.items())
        return f"{self.construction} ({told})" if told else self.construction

    def network(self, dataset: Dataset) -> Network:
        """It, built anew."""
        if self.function is not None:
            return self.function(dataset)
        return build(dataset, self.construction, progress=False, **self.parameters)


@dataclass(frozen=True)
class Line:
    """What every construction that serves *all* labels needs: in the plane, nothing that serves all
    of them lies below or before it.  ``corners`` from the top to the far end; ``text`` says it in
    words, ``label`` is its theorem.  It is no bound for one data set."""

    label: str
    text: str
    corners: tuple[tuple[float, float], ...]

    @property
    def caveat(self) -> str:
        return "One data set with its own labels may need less."
