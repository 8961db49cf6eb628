"""All constructions side by side on one data set: size, promise, certificate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

from mem_lib._base.arguments import instance, listed
from mem_lib._base.progress import progress_bar
from mem_lib.certificate import Certificate, verify
from mem_lib.constructions import REGISTRY, Construction, Facts, Named, made
from mem_lib.data import Dataset
from mem_lib.errors import ConstructionFailed, HypothesisViolated, TooLarge
from mem_lib.figures.tables import Table, table
from mem_lib.network import Network, Size

#: What a table shows of a size, in full words.
COLUMNS = {
    "depth": "depth",
    "width": "width",
    "neurons": "neurons",
    "weights": "nonzero weights",
    "bits": "bits of the longest",
}
PROMISED = "weights promised"


@dataclass(frozen=True)
class Entry:
    """One construction on the data.

    network, certificate: what was built, and what ``verify`` found; None where it was refused
    promised:             the size that the theorem promises; None where it promises nothing for
                          these data
    refused:              why there is no network: the message; else ""
    """

    construction: Construction
    network: Network | None
    certificate: Certificate | None
    promised: Size | None
    refused: str = ""

    @property
    def name(self) -> str:
        """In the registry."""
        return self.construction.name()

    def as_dict(self) -> dict[str, Any]:
        """A row of a table: the name, whether the network ``memorizes``, what its size is and what
        size is promised (``promised_weights``, ...), why there is none (``refused``, else "").
        What is not there is None."""
        row: dict[str, Any] = {"construction": self.name}
        row["memorizes"] = None if self.certificate is None else self.certificate.ok
        built = None if self.network is None else self.network.size
        for prefix, size in (("", built), ("promised_", self.promised)):
            row |= {
                prefix + field.name: None if size is None else getattr(size, field.name)
                for field in fields(Size)
            }
        return row | {"refused": self.refused}


@dataclass(frozen=True, repr=False)
class Comparison:
    """What :func:`compare` found; displayed as a table, printed as one.

    It iterates over rows, one for each construction, the refused ones too, each a dict with the
    same keys (:meth:`Entry.as_dict`): ``pandas.DataFrame(comparison)`` reads it.
    """

    dataset: Dataset
    entries: tuple[Entry, ...]

    @property
    def built(self) -> tuple[Entry, ...]:
        """The entries with a network."""
        return tuple(entry for entry in self.entries if entry.network is not None)

    @property
    def refused(self) -> dict[str, str]:
        """Why the others have none."""
        return {entry.name: entry.refused for entry in self.entries if entry.network is None}

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (entry.as_dict() for entry in self.entries)

    def table(self) -> Table:
        """The networks that were built, with the least of each column marked, and the weights
        that the theorems promise; whether they memorize is a column only where one does not."""
        wrong = not all(entry.certificate for entry in self.built)
        rows = []
        for entry in self.built:
            assert entry.network is not None
            verdict = ["yes" if entry.certificate else "no"] if wrong else []
            counts = [getattr(entry.network.size, column) for column in COLUMNS]
            promised = None if entry.promised is None else entry.promised.weights
            rows.append([entry.name, *verdict, *counts, promised])
        names = ["construction", *(["memorizes"] if wrong else []), *COLUMNS.values(), PROMISED]
        caption = f"Networks for {_told(self.dataset)}, verified at every point"
        if not wrong:
            caption += ": all memorize"
        best = {name: "min" for name in COLUMNS.values()}
        return table(rows, names, caption=caption, best=best, sortable=True)

    def __repr__(self) -> str:
        text = [repr(self.table()) if self.built else f"No network for {self.dataset}"]
        return "\n".join([*text, *(f"{name}: {why}" for name, why in self.refused.items())])

    def _repr_html_(self) -> str:
        from html import escape

        refused = "".join(
            f"<li>{escape(name)}: {escape(why)}</li>" for name, why in self.refused.items()
        )
        html = self.table()._repr_html_() if self.built else ""
        return html + (f"<p>Refused:</p><ul>{refused}</ul>" if refused else "")


def _told(dataset: Dataset) -> str:
    labels = "real targets" if dataset.targets is not None else f"{dataset.classes} classes"
    return f"{dataset.N} points in {dataset.d} dimensions with {labels}"


def compare(
    dataset: Dataset,
    constructions: Iterable[Named] | Named | None = None,
    *,
    seed: int = 0,
    progress: bool | None = None,
) -> Comparison:
    """Build every construction that applies to ``dataset``, and verify what was built.

    Parameters
    ----------
    constructions : names or objects, or a single one; default: all of the registry, with their
        defaults.
    seed : a whole number >= 0, from which everything random is drawn.
    progress : True shows a bar, False none; by default a terminal shows one when the work takes
        longer than two seconds.

    A construction whose theorem does not apply, whose draws fail, or whose network would not fit
    into memory is listed with the reason.  Approximations are verified with the tolerance at which
    labels are right; targets with their own largest error, so look at ``certificate.max_error``.

    Raises ``InvalidArgument`` when an argument is of the wrong kind.

    >>> import mem_lib as ml
    >>> found = compare(ml.data.ball(N=20, d=3, seed=0), ["two_layer", "optimal_relu.narrow"])
    >>> [(entry.name, bool(entry.certificate)) for entry in found.entries]
    [('two_layer.sorted', True), ('optimal_relu.narrow', True)]
    """
    data = instance(dataset, "dataset", Dataset)
    if isinstance(constructions, str | Construction):
        constructions = [constructions]
    wanted = REGISTRY if constructions is None else listed(constructions, "constructions")
    chosen = [made(named) for named in wanted]
    facts, entries = Facts.of(data), []
    with progress_bar(len(chosen), "constructions", "compare", progress) as bar:
        for construction in chosen:
            entries.append(_entry(construction, data, facts, seed))
            bar.update(1)
    return Comparison(data, tuple(entries))


def _entry(construction: Construction, dataset: Dataset, facts: Facts, seed: int) -> Entry:
    try:
        network = construction.build(dataset, seed=seed, progress=False)
    except (HypothesisViolated, ConstructionFailed, TooLarge) as error:
        return Entry(construction, None, None, None, str(error))
    certificate = verify(
        network, dataset, tolerance=allowed_error(construction, network, dataset), progress=False
    )
    try:
        promised = construction.bound(facts)
    except HypothesisViolated:  # of the theorem, with the parameters as they are
        promised = None
    return Entry(construction, network, certificate, promised)


def allowed_error(construction: Construction, network: Network, dataset: Dataset) -> Fraction:
    """How far an output may be from its value: nothing for what is exact, labels so far that they
    are told apart, targets as far as they are."""
    if construction.exact or network.readout != "value":
        return Fraction(0)
    if dataset.targets is None:
        return Fraction(2, 5)
    return verify(network, dataset, progress=False).max_error or Fraction(0)
