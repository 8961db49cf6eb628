"""The first row that is not right, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from mem_lib._base.names import Names, called, numbered
from mem_lib._base.text import apart, read_fraction, written
from mem_lib.errors import shown
from mem_lib.network import READOUTS

#: Outputs, and outputs that are equal, that a message lists.
MOST = 10


@dataclass(frozen=True)
class Counterexample:
    """The first row that is not right.

    row:       of the data set
    expected:  the class of the network that the row's label means, or the target
    outputs:   of the network, exactly
    predicted: the class that they are read as, -1 where the readout is undecided; None for targets
    readout:   of the network; None in files of former versions
    names:     of the classes, for the message; not part of the evidence
    """

    row: int
    expected: int | Fraction
    outputs: tuple[Fraction, ...]
    predicted: int | None
    readout: str | None = field(default=None, compare=False)
    names: Names | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        if self.predicted is None:
            expected, *found = apart([Fraction(self.expected), *self.outputs])
            return f"row {self.row}: expected {expected}, the network gives {', '.join(found)}"
        outputs = apart(self.outputs[:MOST])
        expected = called(int(self.expected), self.names)
        given = ", ".join(outputs + ["..."] * (len(self.outputs) > MOST))
        return f"row {self.row}: expected {expected}, the network gives {given}{self._read()}"

    def _read(self) -> str:
        assert self.predicted is not None
        if self.predicted >= 0:
            return f", read as {called(self.predicted, self.names)}"
        if self.tied:
            return f"; outputs {self._listed(self.tied)} are equal, so the readout is undecided"
        if self.readout == "onehot":
            above = [i for i, value in enumerate(self.outputs) if value > 0]
            which = f"outputs {self._listed(above)} are" if above else "no output is"
            return f"; {which} above 0, so the readout is undecided"
        return ", read as undecided"

    @property
    def tied(self) -> list[int]:
        """The largest outputs, where several are and the readout asks for the largest."""
        if self.readout != "argmax" or self.predicted != -1 or not self.outputs:
            return []
        most = max(self.outputs)
        return [i for i, value in enumerate(self.outputs) if value == most]

    def _listed(self, numbers: list[int]) -> str:
        """Outputs, by their numbers and names."""
        texts = [numbered(i, self.names) for i in numbers[:MOST]]
        if len(numbers) > MOST:
            texts.append(f"{len(numbers) - MOST} more")
        return f"{', '.join(texts[:-1])} and {texts[-1]}" if len(texts) > 1 else texts[0]

    def content(self) -> dict[str, Any]:
        """As JSON values."""
        told = {} if self.readout is None else {"readout": self.readout}
        return {
            "row": self.row,
            "expected": written(Fraction(self.expected)),
            "outputs": [written(v) for v in self.outputs],
            "predicted": self.predicted,
            **told,
        }

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> Counterexample:
        """The inverse of :meth:`content`; ``TypeError`` for entries of other types."""
        if not (
            type(content["row"]) is int
            and type(content["predicted"]) in (int, type(None))
            and content.get("readout", "value") in READOUTS
        ):
            raise TypeError(f"counterexample is {shown(content)}")
        expected = read_fraction(content["expected"])
        return cls(
            row=content["row"],
            expected=int(expected) if content["predicted"] is not None else expected,
            outputs=tuple(map(read_fraction, content["outputs"])),
            predicted=content["predicted"],
            readout=content.get("readout"),
        )
