"""Run the network on every point and say, with evidence, whether every answer is right.

``verify`` is given a network and a data set and nothing about how the network came to be.  It
evaluates every layer on every point in arithmetic that provably does not round, reads every output
and compares it with the label.  The result carries the SHA-256 of both files, so that anyone can
recheck that it speaks of this network and these data.
"""

import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, fields, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from mem_lib._base.files import checked_path
from mem_lib._base.integers import INT64_LIMIT, bits_of
from mem_lib._base.names import Names, checked
from mem_lib._base.text import read_fraction, written
from mem_lib.certificate import file, words
from mem_lib.certificate.checkpoint import Checkpoint
from mem_lib.certificate.classes import check_names, run_key
from mem_lib.certificate.counterexample import Counterexample
from mem_lib.certificate.judge import Evidence, Judge
from mem_lib.certificate.options import allowed, workers_of
from mem_lib.data import Dataset
from mem_lib.errors import InvalidCertificate, shown
from mem_lib.exact import ARITHMETIC
from mem_lib.exact.arrays import arrays_for
from mem_lib.exact.chunks import Chunks
from mem_lib.exact.classes import Classes
from mem_lib.exact.engine import Engine, on_grid, times_power
from mem_lib.network import Network, Size

FRACTIONS = ("slack", "max_error", "tolerance")
CLASSES = ("classes", "data_classes")
#: What is no evidence, or is compared in another way: files of former versions state no names.
_APART = ("arithmetic", *CLASSES)


@dataclass(frozen=True, repr=False)
class Certificate:
    """The outcome of :func:`verify`.

    ``ok``: every point right and no threshold unit on a tie.  ``points``, ``correct``: counts of
    rows.  ``slack``: the smallest distance of an output from a wrong readout (0 when a row is
    wrong, None when nothing could be read wrongly).  ``max_error``: for the readout ``"value"``
    the largest |output - wanted|.  ``ties``: threshold units with preactivation exactly 0, counted
    over all points.  ``max_bits``: bit length of the largest preactivation met.  ``arithmetic``:
    what was used, and why it is exact.  ``tolerance``: how far outputs were allowed to be off.
    ``classes``, ``data_classes``: the names of the classes of the network and of the data, where
    they have any; with both, labels mean classes by name, else by number.  ``seconds`` is not part
    of the evidence: it is neither compared, printed nor saved.
    """

    ok: bool
    points: int
    correct: int
    slack: Fraction | None
    max_error: Fraction | None
    ties: int
    max_bits: int
    arithmetic: str
    size: Size
    counterexample: Counterexample | None
    network_sha256: str
    dataset_sha256: str
    tolerance: Fraction = Fraction(0)
    classes: Names | None = None
    data_classes: Names | None = None
    seconds: float | None = field(default=None, compare=False, repr=False)

    def __bool__(self) -> bool:
        return self.ok

    @property
    def margin(self) -> Fraction | None:
        """The former name of ``slack``; warns."""
        warnings.warn(
            "margin: a certificate's is named slack now, a margin is a distance of points",
            DeprecationWarning,
            stacklevel=2,
        )
        return self.slack

    def __repr__(self) -> str:
        return f"<Certificate {self}>"

    def __str__(self) -> str:
        return words.line(self)

    def _repr_html_(self) -> str:
        return words.sheet(self)._repr_html_()

    def as_dict(self) -> dict[str, Any]:
        """The evidence as one flat row of a table: fractions as they are, the counts of ``size``
        beside the rest, the counterexample in words; without ``seconds``, as in a file."""
        row = {f.name: getattr(self, f.name) for f in fields(self) if f.compare}
        wrong = row.pop("counterexample")
        return row | row.pop("size").as_dict() | {"counterexample": wrong and str(wrong)}

    # -- file --------------------------------------------------------------------------------

    def save(self, path: str | Path) -> None:
        """Write the certificate as JSON with a checksum of its own content."""
        file.save(path, self._content())

    @classmethod
    def load(cls, path: str | Path) -> "Certificate":
        """Read a saved certificate; ``InvalidCertificate`` if a single digit was changed,
        ``TooLarge`` where the text might take more memory than half of what is free, and an
        ``OSError``, such as ``FileNotFoundError``, where the file cannot be read."""
        content = file.load(path)
        try:
            return cls._from_content(content)
        except (KeyError, TypeError, ValueError, ZeroDivisionError, AttributeError) as error:
            raise InvalidCertificate(
                f"path: {path} is not a certificate of this format ({error})"
            ) from error

    def check(self, network: Network, dataset: Dataset, **how: Any) -> "Certificate":
        """Raise ``InvalidCertificate`` unless this certificate is of this network and data set and
        a fresh verification gives the same evidence; that one is returned.  ``how``: ``workers``,
        ``progress``, ``checkpoint``, ``device`` of :func:`verify`."""
        check_names("network", self.classes, network.classes)
        check_names("dataset", self.data_classes, dataset.names)
        for name, stated, actual in (
            ("network", self.network_sha256, network.sha256),
            ("dataset", self.dataset_sha256, dataset.sha256),
        ):
            if stated != actual:
                raise InvalidCertificate(
                    f"{name}: the certificate belongs to another {name}: it states the SHA-256 "
                    f"{stated}, this one has {actual}"
                )
        fresh = verify(network, dataset, tolerance=self.tolerance, **how)
        # which arithmetic was fast enough is no evidence; that it was exact is
        names = [f.name for f in fields(self) if f.compare and f.name not in _APART]
        wrong = [name for name in names if getattr(self, name) != getattr(fresh, name)]
        if wrong:
            raise InvalidCertificate(
                f"{wrong[0]}: the certificate states {shown(getattr(self, wrong[0]))}, "
                f"verification gives {shown(getattr(fresh, wrong[0]))}"
            )
        return fresh

    def _content(self) -> dict[str, Any]:
        content: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self) if f.compare}
        content["size"] = asdict(self.size)
        for name in FRACTIONS:
            content[name] = None if content[name] is None else written(content[name])
        for name in CLASSES:
            names = content.pop(name)
            content |= {} if names is None else {name: list(names)}
        if self.counterexample is not None:
            content["counterexample"] = self.counterexample.content()
        return {"format": "mem_lib.certificate", "version": 1, **content}

    @classmethod
    def _from_content(cls, content: dict) -> "Certificate":
        content = dict(content)
        if (content.pop("format"), content.pop("version")) != ("mem_lib.certificate", 1):
            raise ValueError("unknown format or version")
        if "slack" not in content:  # files of former versions
            content["slack"] = content.pop("margin")
        content["size"] = Size(**content["size"])
        for name in FRACTIONS:
            content[name] = None if content[name] is None else read_fraction(content[name])
        file.check_types(content)
        for name in content.keys() & CLASSES:
            content[name] = checked(content[name], name, ValueError)
        if content["counterexample"] is not None:
            names = content.get("classes", content.get("data_classes"))
            wrong = Counterexample.from_content(content["counterexample"])
            content["counterexample"] = replace(wrong, names=names)
        return cls(**content)


def verify(
    network: Network,
    dataset: Dataset,
    *,
    tolerance: Any = 0,
    workers: int | None = None,
    progress: bool | None = None,
    checkpoint: str | Path | None = None,
    device: str | None = None,
) -> Certificate:
    """Evaluate ``network`` exactly on every row of ``dataset`` and compare.

    Where both have names of classes, a label means the class of that name, so the data may list
    them in another order, or only some; otherwise label k means class k.

    Parameters
    ----------
    tolerance : how far an output may be from the wanted value; only for the readout ``"value"``,
        and below 1/2 where the wanted values are labels.
    workers : chunks of points evaluated at a time; default: the number of cores, at most 4; four
        for each core are the most that are of use.  Deep networks have processes for it, which end
        with this one.  The certificate does not depend on it.
    progress : True shows a progress bar, False none; by default a terminal shows one when the work
        takes longer than two seconds.
    checkpoint : a file that keeps the chunks that were verified, so that a run that was stopped
        goes on where it was; it is removed at the end.  What it holds is believed: give none that
        others could write.
    device : None evaluates with NumPy.  ``"auto"`` takes a GPU where there is one, ``"cuda"`` asks
        for it, ``"cpu"`` runs the same tensors without one; these need PyTorch and serve narrow,
        deep networks (wide ones go on in NumPy).  The evidence does not depend on it.

    Raises
    ------
    InvalidCertificate
        When ``checkpoint`` is another file, or belongs to another network or data set.
    OSError
        When ``checkpoint`` cannot be written at the beginning; later the work goes on without it,
        with a ``RuntimeWarning``.
    InvalidNetwork
        When the network's inputs, outputs or readout do not fit the data.
    InvalidDataset
        When the data have a class that the network, which has names of its own, does not know.
    InvalidArgument
        When ``network`` or ``dataset`` is none; when ``tolerance`` is negative, not finite, too
        large for labels, or given for another readout; when ``workers`` is not a positive
        integer; when ``checkpoint`` cannot be a file; when ``device`` is not there.
    TooLarge
        When the activations of a single point take more than half of the free memory, or than
        the variable ``MEM_LIB_MAX_BYTES`` says.
    MemorizationError
        When ``device`` has no room even for a single point; until then it gets fewer at a time.
        When points are floats in a process that flushes or rounds them, as :func:`evaluate`.
    ImportError
        When ``device`` is given and PyTorch is not installed.

    >>> import mem_lib as ml
    >>> side = ml.Network([ml.Layer([[1, -1]], [0], "identity")], readout="sign")  # x > y
    >>> right = verify(side, ml.Dataset([[2, 1], [1, 3]], [1, 0]))
    >>> bool(right), right.correct, right.slack
    (True, 2, Fraction(1, 1))
    >>> print(verify(side, ml.Dataset([[2, 1], [1, 3]], [1, 1])).counterexample)
    row 1: expected 1, the network gives -2, read as 0
    """
    start = time.perf_counter()
    classes = Classes.of(network, dataset)
    tolerance = allowed(tolerance, network.readout, dataset)
    workers = workers_of(workers)
    path = None if checkpoint is None else checked_path(checkpoint)
    finer, k = on_grid(network, dataset.shift)
    chunks = Chunks(
        Engine(finer, arrays_for(device)),
        dataset.N,
        lambda rows: times_power(dataset.integers(rows)[0], k),
        bits_of(dataset.points, dataset.shift + k),
    )
    judge = Judge(dataset, finer, tolerance, classes)
    evidence = Evidence(tally=chunks.tally)
    kept = _checkpoint(path, network, dataset, tolerance, chunks, classes)
    done = {} if kept is None else kept.done
    for part in done.values():
        evidence.merge(part)
    with ThreadPoolExecutor(1) as meanwhile:
        if chunks.lets_go:  # both are kept, and asked for at the end
            meanwhile.submit(lambda: (network.sha256, dataset.sha256))
        for i, rows, out, tally in chunks.run(workers, progress, done.keys()):
            part = judge(rows, out, tally)
            evidence.merge(part)
            if kept is not None:
                kept.add(i, part)
    if evidence.judged != dataset.N:  # never a verdict on rows that were not run
        raise RuntimeError(f"{evidence.judged} of {dataset.N} rows were run; this is a bug")
    certificate = _certificate(
        evidence, network, dataset, tolerance, finer.output_denominator, classes
    )
    if kept is not None:
        kept.remove()
    return replace(certificate, seconds=time.perf_counter() - start)


def _certificate(
    evidence: Evidence,
    network: Network,
    dataset: Dataset,
    tolerance: Fraction,
    denominator: int,
    classes: Classes,
) -> Certificate:
    slack = None if evidence.distance is None else Fraction(evidence.distance, denominator)
    if evidence.correct < dataset.N and dataset.targets is None:
        slack = Fraction(0)
    arithmetic, wrong = _arithmetic(evidence), evidence.counterexample
    return Certificate(
        ok=evidence.correct == dataset.N and evidence.tally.ties == 0,
        points=dataset.N,
        correct=evidence.correct,
        slack=slack,
        max_error=evidence.max_error if network.readout == "value" else None,
        ties=evidence.tally.ties,
        max_bits=evidence.tally.peak.bit_length(),
        arithmetic=", ".join(v for k, v in ARITHMETIC.items() if k in arithmetic),
        size=network.size,
        counterexample=wrong and replace(wrong, names=classes.names),
        network_sha256=network.sha256,
        dataset_sha256=dataset.sha256,
        tolerance=tolerance,
        classes=classes.network,
        data_classes=classes.data,
    )


def _checkpoint(
    path: Path | None,
    network: Network,
    dataset: Dataset,
    tolerance: Fraction,
    chunks: Chunks,
    classes: Classes,
) -> Checkpoint | None:
    if path is None:
        return None
    key: dict[str, Any] = {
        "network": network.sha256,
        "dataset": dataset.sha256,
        "tolerance": written(tolerance),
        **run_key(classes.data),
    }
    # which rows chunk i holds depends on both
    key |= {"points_per_chunk": chunks.step, "head": chunks.head}
    return Checkpoint(path, key, [len(chunks.rows(i)) for i in range(len(chunks))])


def _arithmetic(evidence: Evidence) -> set[str]:
    """What the engine noted, which is points and products: numbers that are only scaled and shifted
    are machine integers below 2^62 and Python integers beyond."""
    noted = evidence.tally.arithmetic
    if evidence.tally.peak >= INT64_LIMIT and not noted & {"python", "limbs", "digits"}:
        return noted | {"python"}
    return noted or {"int64"}
