"""The rules of a challenge: what a network must be, beside right at every point.

A rule is a predicate with its words.  The page of the book applies the same ones by their ``kind``
(``explorer/static/rules.mjs``), so that each is told by its kind and one value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mem_lib.errors import InvalidArgument
from mem_lib.grading.challenges.measures import Number
from mem_lib.network import Network

#: Units as they are written.
NAMES = {"relu": "ReLU"}
Values = Mapping[str, Number | None]
#: The words of a rule of each kind, and what is said of a network that breaks it.
WORDS = {
    "depth": ("at most {0} weight layers", "it has {1} weight layers, at most {0} are allowed"),
    "units": (
        "hidden units are {0} units only",
        "hidden layer {1} has {2} units; only {0} units are allowed",
    ),
    "outputs": ("one output, behind no activation", "it has {1}; one output, behind no activation, "
                "is needed"),
    "bits": ("no weight longer than {0} bits", "its longest weight has {1} bits, at most {0} are "
             "allowed"),
    "missed": ("wrong or silent on at most {0} of the further points",
               "it is wrong or silent on {1} of the further points, at most {0} are allowed"),
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """One rule: its kind, and the number or the words that it is about.

    >>> Rule("depth", 2).text
    'at most 2 weight layers'
    """

    kind: str
    value: Any = 1

    def __post_init__(self) -> None:
        if self.kind not in WORDS:
            raise InvalidArgument(f"kind: one of {sorted(WORDS)} is needed, got {self.kind!r}")

    @property
    def text(self) -> str:
        return WORDS[self.kind][0].format(self.about)

    @property
    def about(self) -> str:
        """Its value in words."""
        if self.kind != "units":
            return str(self.value)
        return " or ".join(NAMES.get(unit, unit) for unit in self.value)

    def broken(self, network: Network, values: Values) -> str:
        """What is wrong with this network, of the measured ``values``; "" where it keeps the
        rule."""
        found = self._found(network, values)
        return WORDS[self.kind][1].format(self.about, *found) if found else ""

    def _found(self, network: Network, values: Values) -> tuple[Any, ...]:
        if self.kind == "units":
            for i, layer in enumerate(network.layers[:-1], 1):
                if layer.activation not in self.value:
                    return i, layer.activation
            said = network.layers[-1].activation
            return () if said in ("identity", *self.value) else (network.depth, said)
        if self.kind == "outputs":
            last = network.layers[-1]
            if network.outputs == self.value and last.activation == "identity":
                return ()
            return (f"{network.outputs} outputs behind {last.activation}",)
        value = values[self.kind]
        return () if value is not None and value <= self.value else (value,)
