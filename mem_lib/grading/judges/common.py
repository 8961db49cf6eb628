"""What several judges ask of an answer, and how they tell where it fails.

An answer is judged by what it is, not by how it is written: 5, ``Fraction(5)`` and 5.0 are one
number.  A counterexample is told by its point, since a student may never have seen the data set.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from mem_lib.certificate import Certificate, verify
from mem_lib.data import Dataset
from mem_lib.exact.reference import ACTIVATIONS
from mem_lib.grading.verdict import Sheet, Wrong
from mem_lib.network import Network


def whole(value: Any) -> int | None:
    """The whole number that ``value`` is, or None: 5, ``Fraction(5)`` and 5.0 are 5.

    >>> [whole(v) for v in (5, Fraction(5), 5.0, 5.5, True, "5")]
    [5, 5, 5, None, None, None]
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        return None
    number = Fraction(value)
    return int(number) if number.denominator == 1 else None


def wholes(value: Any) -> list[int] | None:
    """The same for a list of whole numbers."""
    if not isinstance(value, list):
        return None
    numbers = [number for number in map(whole, value) if number is not None]
    return numbers if len(numbers) == len(value) else None


def memorizes(sheet: Sheet, answer: Any, dataset: Dataset, where: str = "") -> None:
    """This part needs a network that memorizes ``dataset``; ``where`` begins the sentence that
    says on what it fails."""
    if not isinstance(answer, Network):
        raise Wrong(f"{where}a network is needed, got {answer!r}")
    certificate = verify(answer, dataset)
    sheet.need(certificate.ok, where + failure(certificate, answer, dataset))


def failure(certificate: Certificate, network: Network, dataset: Dataset) -> str:
    """On which point a network fails, and how; empty where it does not.

    >>> from mem_lib.network import Layer
    >>> step = Network([Layer([[1]], [-1], "threshold"), Layer([[1]], [0], "identity")])
    >>> for labels in ([0, 1], [1, 0]):
    ...     dataset = Dataset([[0], [1]], labels)
    ...     print(failure(verify(step, dataset), step, dataset))
    at [1] unit 0 of layer 0 is exactly 0 before its threshold
    at [0] (row 0): expected 1, the network gives 0, read as 0
    """
    found = certificate.counterexample
    if found is not None:
        told = str(found).removeprefix(f"row {found.row}")
        return f"at {dataset.points[found.row].tolist()} (row {found.row}){told}"
    for point in dataset.points.tolist() if certificate.ties else ():
        for layer, unit in _ties(network, point):
            return f"at {point} unit {unit} of layer {layer} is exactly 0 before its threshold"
    return "" if certificate.ok else str(certificate)


def _ties(network: Network, point: list[Any]) -> Iterator[tuple[int, int]]:
    """The threshold units, (layer, unit), that have exactly 0 to decide on."""
    values = [Fraction(v) * 2**network.input_shift for v in point]
    for place, layer in enumerate(network.layers):
        before = [bias + sum(w * values[k] for k, w in terms) for bias, terms in layer.rows()]
        if layer.activation == "threshold":
            yield from ((place, unit) for unit, z in enumerate(before) if z == 0)
        values = [ACTIVATIONS[layer.activation](z) for z in before]
