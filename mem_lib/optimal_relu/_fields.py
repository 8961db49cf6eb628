"""Keys modulo a small number, and the fields of the strings that hold them: which way to write a
stream costs least.  What a string looks like: :mod:`mem_lib.parts.strings`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mem_lib._base.integers import INT64_LIMIT
from mem_lib.errors import HypothesisViolated, show
from mem_lib.optimal_relu._folders import Folders, in_rows
from mem_lib.parts.projection import Projection, halvings, small_modulus
from mem_lib.parts.strings import entries, stream, string_bits

#: Key bits that need more than this many entries for each point are not considered.
MOST_ENTRIES = 64
#: The cost of fields that do not meet a budget.
TOO_MUCH = INT64_LIMIT


@dataclass(frozen=True)
class Keys:
    """The keys that a stream holds: what the projection leaves, modulo a small number."""

    projection: Projection
    labels: np.ndarray  # in the order of ``order``
    label_bits: int
    modulus: int  # Q
    residues: np.ndarray  # modulo Q, increasing
    order: np.ndarray  # rows of the data in that order

    @classmethod
    def of(
        cls, projection: Projection, labels: np.ndarray, label_bits: int, rng: np.random.Generator
    ) -> Keys:
        """``labels`` in the order of the projection's keys."""
        Q = small_modulus(projection.keys, rng)
        residues = projection.keys % Q
        if Q < INT64_LIMIT:
            residues = residues.astype(np.int64)
        by_key = np.argsort(residues)
        order = projection.order[by_key]
        return cls(projection, labels[by_key], label_bits, Q, residues[by_key], order)

    @property
    def bits(self) -> int:
        """rho_0, the bits of a key that is written out."""
        return max(1, (self.modulus - 1).bit_length())

    @property
    def hash_steps(self) -> int:
        """K, the conditional subtractions that reduce a projection modulo Q."""
        return halvings(self.projection.range, self.modulus)

    @property
    def hash_bits(self) -> int:
        """The bits of the largest number that they subtract."""
        return self.modulus.bit_length() + self.hash_steps - 1 if self.hash_steps else 0


@dataclass(frozen=True)
class StreamPlan:
    """The fields of the strings; what is common to all networks that read a stream."""

    keys: Keys
    key_bits: int
    folder_size: int
    most_folders: int

    @property
    def first_layer(self) -> tuple[list[int], int]:
        """Weights and bias of the unit "x"."""
        return self.keys.projection.first_layer()

    @property
    def string_bits(self) -> int:
        keys = self.keys
        return int(string_bits(keys.bits, self.key_bits, keys.label_bits, self.folder_size))

    def about(self, folders: Folders | None = None) -> dict[str, Any]:
        """With the number of folders, or the bound that is known before they are filled."""
        return {
            "folders": self.most_folders if folders is None else len(folders.starts),
            "folder_size": self.folder_size,
            "key_bits": self.key_bits,
            "first_key_bits": self.keys.bits,
            "label_bits": self.keys.label_bits,
            "string_bits": self.string_bits,
            "hash_steps": self.keys.hash_steps,
            "modulus": hex(self.keys.modulus),
        }

    def folders(self, progress: bool | None = None) -> Folders:
        keys = self.keys
        firsts, strings = stream(
            keys.residues, keys.labels, keys.bits, self.key_bits, keys.label_bits, self.folder_size
        )
        rows = in_rows(keys.residues, keys.order)
        return Folders(rows, tuple(firsts), tuple(strings), (), self.string_bits)


@dataclass(frozen=True)
class Fields:
    """One way to write the stream: ``folders`` is an upper bound of their number."""

    key_bits: int
    folder_size: int
    folders: int


def best_fields(
    keys: Keys, folder_size: int | None, cost: Callable[..., np.ndarray]
) -> Fields | None:
    """The fields of least ``cost(folders, folder_size, string_bits, key_bits)``; None when it is
    ``TOO_MUCH`` for all of them.

    E entries fill at most ceil(E/n) folders: a folder is closed when it and the bridge to the next
    point hold n entries or more.  With as many key bits as the first key has there are no dummies.
    """
    best: tuple[int, int, int, int] | None = None
    for key_bits in range(1, keys.bits + 1):
        E = entries(keys.residues, key_bits)
        if MOST_ENTRIES * len(keys.residues) < E:
            continue
        sizes = np.array([folder_size]) if folder_size else np.arange(1, math.isqrt(E) + 2)
        folders = -(-E // sizes)
        T = string_bits(keys.bits, key_bits, keys.label_bits, sizes)
        costs = cost(folders, sizes, T, key_bits)
        i = int(np.argmin(costs))
        found = int(costs[i]), key_bits, int(sizes[i]), int(folders[i])
        best = found if best is None else min(best, found)
    assert best is not None
    return None if best[0] >= TOO_MUCH else Fields(*best[1:])


@dataclass(frozen=True)
class Budget:
    """The most bits of a weight behind the first layer; None: as many as it takes.

    answer: the bits of the last layer
    """

    bits: int | None = None
    answer: int = 0


def fields_in_bits(
    keys: Keys,
    folder_size: int | None,
    budget: Budget,
    beside: int,
    cost: Callable[..., np.ndarray],
) -> Fields:
    """The best fields whose strings, with ``beside`` more bits, keep to the budget.

    Raises HypothesisViolated, with the least that is possible, when there are none.
    """
    bits = budget.bits

    def limited(folders: np.ndarray, n: np.ndarray, T: np.ndarray, key_bits: int) -> np.ndarray:
        costs = cost(folders, n, T, key_bits)
        return costs if bits is None else np.where(T + beside <= bits, costs, TOO_MUCH)

    found, elsewhere = best_fields(keys, folder_size, limited), max(keys.hash_bits, budget.answer)
    if found is None or (bits is not None and elsewhere > bits):
        least = max(shortest_string(keys, folder_size) + beside, elsewhere)
        raise HypothesisViolated(
            f"bits: the longest weight behind the first layer has at least {least} bits with this "
            f"direction, modulus and folder_size = {show(folder_size)}; got {show(bits)}"
        )
    return found


def shortest_string(keys: Keys, folder_size: int | None) -> int:
    """The bits of the strings in the fields that make them shortest."""
    found = best_fields(keys, folder_size, lambda folders, n, T, key_bits: T)
    assert found is not None
    return string_bits(keys.bits, found.key_bits, keys.label_bits, found.folder_size)
