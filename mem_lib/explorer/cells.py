"""Cells of a grid: a data set, the network built for it, and the plane in which it is shown.

A cell enters a page only verified.  What is packed is the data set's integers, the network's file
and numbers of the library beside it; the page evaluates the file again by itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from mem_lib.certificate import Certificate, verify
from mem_lib.data import Dataset
from mem_lib.errors import ConstructionFailed
from mem_lib.explorer.slices import Slice
from mem_lib.network import Network, Size

#: What the counters of an explorer show, of what is built and of what is promised.
COUNTS = ("depth", "width", "neurons", "weights", "bits")


def fitting(
    network: Network, dataset: Dataset, *, name: str = "", attempt: bool = False
) -> Certificate:
    """The certificate of a network for an explorer; ``ConstructionFailed`` where it is wrong and no
    ``attempt``, with its ``name``."""
    certificate = verify(network, dataset)
    if not certificate and not attempt:
        which = f"{name}: " if name else ""
        raise ConstructionFailed(f"{which}a network does not fit an explorer: {certificate}")
    return certificate


@dataclass(frozen=True)
class Cell:
    """One network of a grid.

    ``view`` is the plane that the page shows, ``bound`` what a theorem promises for these data,
    ``counters`` further counts of the network with what is promised for them (None: nothing), and
    ``more`` JSON values that only this explorer's view reads.  ``attempt``: the network may be
    wrong on some points, and the page says on which; all other cells are right on every point.
    """

    dataset: Dataset
    network: Network
    view: Slice
    bound: Size | None = None
    counters: Mapping[str, tuple[float, float | str | None]] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)
    attempt: bool = False

    def certified(self) -> Certificate:
        """The certificate; ``ConstructionFailed`` where the network is wrong and should not be."""
        return fitting(self.network, self.dataset, attempt=self.attempt)

    def counts(self) -> dict[str, Any]:
        """What is counted: the size, and the further counts."""
        size = asdict(self.network.size)
        return {name: size[name] for name in COUNTS} | {
            name: built for name, (built, _) in self.counters.items()
        }

    def promised(self) -> dict[str, Any]:
        """What the theorem promises for the same counts, as far as it speaks of them."""
        told = {} if self.bound is None else asdict(self.bound)
        found = {name: told[name] for name in COUNTS if name in told}
        return found | {k: v for k, (_, v) in self.counters.items() if v is not None}

    def packed(self, setting: Mapping[str, Any], most: int | None = None) -> dict[str, Any]:
        """The cell as the page holds it, its points apart: they may be shared.  ``most``: so many
        of the points are shown."""
        certificate = self.certified()
        _, shift = self.dataset.integers()
        found: dict[str, Any] = {
            "setting": dict(setting),
            "shift": int(shift),
            "view": self.view.packed(int(shift)),
            "counts": self.counts(),
            "promised": self.promised(),
            "correct": certificate.correct,
            "arithmetic": certificate.arithmetic,
            "sha": certificate.network_sha256,
            "more": dict(self.more),
            "network": json.loads(self.network.to_json()),
        }
        return found

    def points(self, most: int | None = None) -> dict[str, Any]:
        """The data as the page holds them: integers, and the label of each; the first ``most``."""
        points = self.dataset.integers()[0][:most]
        values = self.dataset.labels if self.dataset.targets is None else self.dataset.targets
        return {
            "points": [[int(x) for x in row] for row in points.tolist()],
            "values": [int(value) for value in values[:most].tolist()],
        }
