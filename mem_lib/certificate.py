"""Run the network on every point and say, with evidence, whether every answer is right.

``verify`` is given a network and a data set and nothing about how the network came to be.  It
evaluates every layer on every point in arithmetic that provably does not round, reads every output
and compares it with the label.  The result carries the SHA-256 of both files, so that anyone can
recheck that it speaks of this network and these data.
"""

import json
import math
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, fields
from fractions import Fraction
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from mem_lib._files import write_atomically
from mem_lib._numbers import as_fraction, is_integer
from mem_lib._progress import bar as progress_bar
from mem_lib._readout import JUDGES
from mem_lib._threads import blas_threads
from mem_lib.data import Dataset
from mem_lib.errors import (
    HypothesisViolated,
    InvalidCertificate,
    InvalidDataset,
    InvalidNetwork,
    show,
)
from mem_lib.exact import READ, Engine, Tally, on_grid, times_power
from mem_lib.exact._arithmetic import ARITHMETIC
from mem_lib.network import Network, Size

FRACTIONS = ("margin", "max_error", "tolerance")


@dataclass(frozen=True)
class Counterexample:
    """The first row that is not right."""

    row: int
    expected: int | Fraction
    outputs: tuple[Fraction, ...]
    predicted: int | None  # None for targets, -1 where the readout is undecided

    def __str__(self) -> str:
        outputs = ", ".join(map(_short, self.outputs[:10]))
        outputs += ", …" if len(self.outputs) > 10 else ""
        read = {None: "", -1: ", read as undecided"}.get(
            self.predicted, f", read as {self.predicted}"
        )
        expected = _short(Fraction(self.expected))
        return f"row {self.row}: expected {expected}, the network gives {outputs}{read}"


@dataclass(frozen=True, repr=False)
class Certificate:
    """The outcome of :func:`verify`.

    ``ok``: every point right and no threshold unit on a tie.  ``points``, ``correct``: counts of
    rows.  ``margin``: the smallest distance of an output from a wrong readout (0 when a row is
    wrong, None when nothing could be read wrongly).  ``max_error``: for the readout ``"value"``
    the largest |output - wanted|.  ``ties``: threshold units with preactivation exactly 0, counted
    over all points.  ``max_bits``: bit length of the largest preactivation met.  ``arithmetic``:
    what was used, and why it is exact.  ``tolerance``: how far outputs were allowed to be off.
    ``seconds`` is not part of the evidence: it is neither compared, printed nor saved.
    """

    ok: bool
    points: int
    correct: int
    margin: Fraction | None
    max_error: Fraction | None
    ties: int
    max_bits: int
    arithmetic: str
    size: Size
    counterexample: Counterexample | None
    network_sha256: str
    dataset_sha256: str
    tolerance: Fraction = Fraction(0)
    seconds: float | None = field(default=None, compare=False, repr=False)

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        return f"<Certificate {self}>"

    def __str__(self) -> str:
        head = (
            f"{'memorized' if self.ok else 'NOT memorized'}: "
            f"{self.correct} of {self.points} points right"
        )
        margin = "" if self.margin is None else f", margin {_short(self.margin)}"
        error = "" if not self.max_error else f", largest error {_short(self.max_error)}"
        ties = "no ties" if self.ties == 0 else f"{self.ties} TIES"
        size = self.size
        text = (
            f"{head}{margin}{error}, {ties}; depth {size.depth}, width {size.width}, "
            f"{size.weights} weights of at most {size.bits} bits; exact: {self.arithmetic}"
        )
        return text if self.counterexample is None else f"{text}; {self.counterexample}"

    def _repr_html_(self) -> str:
        rows = {
            "verdict": "memorized" if self.ok else "not memorized",
            "points right": f"{self.correct} of {self.points}",
            "margin": "–" if self.margin is None else _short(self.margin),
            "largest error": "–" if self.max_error is None else _short(self.max_error),
            "ties": self.ties,
            "depth, width": f"{self.size.depth}, {self.size.width}",
            "nonzero weights": f"{self.size.weights} of at most {self.size.bits} bits",
            "largest preactivation": f"{self.max_bits} bits",
            "arithmetic": self.arithmetic,
            "first wrong row": self.counterexample or "none",
            "network": f"{self.network_sha256[:16]}…",
            "data": f"{self.dataset_sha256[:16]}…",
        }
        body = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(k)}</th>'
            f'<td style="text-align:left">{escape(str(v))}</td></tr>'
            for k, v in rows.items()
        )
        return f'<table class="certificate"><caption>Certificate</caption>{body}</table>'

    # -- file --------------------------------------------------------------------------------

    def save(self, path: str | Path) -> None:
        """Write the certificate as JSON with a checksum of its own content."""
        content = self._content()
        text = json.dumps({**content, "sha256": _digest(content)}, indent=1)
        write_atomically(Path(path), [text.encode() + b"\n"])

    @classmethod
    def load(cls, path: str | Path) -> "Certificate":
        """Read a saved certificate; ``InvalidCertificate`` if a single digit was changed."""
        text = Path(path).read_bytes()
        try:
            content = json.loads(text)
            stated = content.pop("sha256")
        except (ValueError, RecursionError, KeyError, AttributeError, TypeError) as error:
            raise InvalidCertificate(f"path: {path} is not a certificate file ({error})") from error
        if stated != _digest(content):
            raise InvalidCertificate(
                f"path: {path} was altered: its content has the SHA-256 {_digest(content)}, "
                f"it states {show(stated)}"
            )
        try:
            return cls._from_content(content)
        except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
            raise InvalidCertificate(
                f"path: {path} is not a certificate of this format ({error})"
            ) from error

    def check(self, network: Network, dataset: Dataset) -> None:
        """Raise ``InvalidCertificate`` unless this certificate is of this network and data set and
        a fresh verification gives the same evidence."""
        for name, stated, actual in (
            ("network", self.network_sha256, network.sha256),
            ("dataset", self.dataset_sha256, dataset.sha256),
        ):
            if stated != actual:
                raise InvalidCertificate(
                    f"{name}: the certificate belongs to another {name}: it states the SHA-256 "
                    f"{stated}, this one has {actual}"
                )
        fresh = verify(network, dataset, tolerance=self.tolerance)
        # which arithmetic was fast enough is no evidence; that it was exact is
        names = [f.name for f in fields(self) if f.compare and f.name != "arithmetic"]
        wrong = [name for name in names if getattr(self, name) != getattr(fresh, name)]
        if wrong:
            raise InvalidCertificate(
                f"{wrong[0]}: the certificate states {show(getattr(self, wrong[0]))}, "
                f"verification gives {show(getattr(fresh, wrong[0]))}"
            )

    def _content(self) -> dict[str, Any]:
        content: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self) if f.compare}
        content["size"] = asdict(self.size)
        for name in FRACTIONS:
            content[name] = None if content[name] is None else _written(content[name])
        if self.counterexample is not None:
            wrong = self.counterexample
            content["counterexample"] = {
                "row": wrong.row,
                "expected": _written(Fraction(wrong.expected)),
                "outputs": [_written(v) for v in wrong.outputs],
                "predicted": wrong.predicted,
            }
        return {"format": "mem_lib.certificate", "version": 1, **content}

    @classmethod
    def _from_content(cls, content: dict) -> "Certificate":
        content = dict(content)
        if (content.pop("format"), content.pop("version")) != ("mem_lib.certificate", 1):
            raise ValueError("unknown format or version")
        content["size"] = Size(**content["size"])
        for name in FRACTIONS:
            content[name] = None if content[name] is None else _read_fraction(content[name])
        _check_types(content)
        if content["counterexample"] is not None:
            wrong = content["counterexample"]
            expected = _read_fraction(wrong["expected"])
            content["counterexample"] = Counterexample(
                row=wrong["row"],
                expected=int(expected) if wrong["predicted"] is not None else expected,
                outputs=tuple(map(_read_fraction, wrong["outputs"])),
                predicted=wrong["predicted"],
            )
        return cls(**content)


def verify(
    network: Network,
    dataset: Dataset,
    *,
    tolerance: Any = 0,
    workers: int | None = None,
    progress: bool | None = None,
) -> Certificate:
    """Evaluate ``network`` exactly on every row of ``dataset`` and compare.

    Parameters
    ----------
    tolerance : how far an output may be from the wanted value; only for the readout ``"value"``,
        and below 1/2 where the wanted values are labels.
    workers : chunks of points evaluated at a time; default: the number of cores, at most 4.  The
        certificate does not depend on it.
    progress : True shows a progress bar, False none; by default a terminal shows one when the work
        takes longer than two seconds.

    Raises
    ------
    InvalidNetwork
        When the network's inputs, outputs or readout do not fit the data.
    InvalidDataset
        When ``dataset`` is no Dataset.
    HypothesisViolated
        When ``tolerance`` is negative, not finite, too large for labels, or given for another
        readout; when ``workers`` is not a positive integer.
    """
    start = time.perf_counter()
    _check_fit(network, dataset)
    tolerance = _tolerance(tolerance, network.readout, dataset)
    workers = _workers(workers)
    finer, k = on_grid(network, dataset.shift)
    engine = Engine(finer)
    verdict = _Verdict(dataset, finer, tolerance)
    for rows, out, tally in _outputs(engine, dataset, k, workers, progress):
        verdict.add(rows, out, tally)
    assert verdict.judged == dataset.N  # never a verdict on rows that were not run
    return Certificate(
        ok=verdict.correct == dataset.N and verdict.tally.ties == 0,
        points=dataset.N,
        correct=verdict.correct,
        margin=verdict.margin,
        max_error=verdict.max_error if network.readout == "value" else None,
        ties=verdict.tally.ties,
        max_bits=verdict.tally.peak.bit_length(),
        arithmetic=", ".join(v for key, v in ARITHMETIC.items() if key in verdict.tally.arithmetic),
        size=network.size,
        counterexample=verdict.counterexample,
        network_sha256=network.sha256,
        dataset_sha256=dataset.sha256,
        tolerance=tolerance,
        seconds=time.perf_counter() - start,
    )


def _outputs(
    engine: Engine, dataset: Dataset, k: int, workers: int, progress: bool | None
) -> Iterator[tuple[slice, np.ndarray, Tally]]:
    """(rows, output numerators, tally) chunk by chunk, in the order of the rows."""
    step = engine.chunk(dataset.N)
    chunks = [slice(i, min(i + step, dataset.N)) for i in range(0, dataset.N, step)]

    def run(rows: slice) -> tuple[slice, np.ndarray, Tally]:
        return rows, *engine.run(times_power(dataset.integers(rows)[0], k))

    workers = min(len(chunks), workers)
    # one BLAS thread for each worker: two pools of threads would fight over the cores
    blas = blas_threads(1 if workers > 1 else None)
    bar = progress_bar(dataset.N, "points", "verify", progress)
    with blas, bar, ThreadPoolExecutor(workers) as pool:
        for start in range(0, len(chunks), 4 * workers):  # a few at a time: outputs are not hoarded
            for rows, out, tally in pool.map(run, chunks[start : start + 4 * workers]):
                bar.update(rows.stop - rows.start)
                yield rows, out, tally


class _Verdict:
    """Collects chunk after chunk what the certificate states."""

    def __init__(self, dataset: Dataset, network: Network, tolerance: Fraction) -> None:
        self.dataset, self.network, self.tolerance = dataset, network, tolerance
        self.correct = self.judged = 0
        self.tally = Tally()
        self.max_error = Fraction(0)
        self.counterexample: Counterexample | None = None
        self._distance: int | None = None

    @property
    def margin(self) -> Fraction | None:
        if self.correct < self.dataset.N and self.dataset.targets is None:
            return Fraction(0)
        if self._distance is None:
            return None
        return Fraction(self._distance, self.network.output_denominator)

    def add(self, rows: slice, out: np.ndarray, tally: Tally) -> None:
        self.tally.merge(tally)
        right = self._judge(rows, out)
        self.judged += len(right)
        self.correct += int(np.count_nonzero(right))
        if self.counterexample is None and not right.all():
            self._remember(rows, out, int(np.argmin(right)))

    def _judge(self, rows: slice, out: np.ndarray) -> np.ndarray:
        if self.dataset.targets is not None:
            return self._near_targets(out[0], self.dataset.targets[rows])
        denominator, classes = self.network.output_denominator, self.dataset.classes
        labels = self.dataset.labels[rows]
        if _might_overflow(out, denominator, classes):
            out = out.astype(object)
        right, distance = JUDGES[self.network.readout](out, denominator, labels, classes)
        if self.network.readout == "value":
            right = self._near_labels(out[0], labels.astype(out.dtype))
        if distance is not None:
            least = int(distance.min())
            self._distance = least if self._distance is None else min(least, self._distance)
        return right

    def _near_labels(self, out: np.ndarray, labels: np.ndarray) -> np.ndarray:
        denominator = self.network.output_denominator
        errors = np.abs(out - labels * denominator)
        self.max_error = max(self.max_error, Fraction(int(errors.max()), denominator))
        allowed = math.floor(self.tolerance * denominator)
        if errors.dtype != object:
            allowed = min(allowed, 2**62)  # errors are below, see _might_overflow
        return np.asarray(errors <= allowed, dtype=bool)

    def _near_targets(self, out: np.ndarray, targets: np.ndarray) -> np.ndarray:
        denominator = self.network.output_denominator
        pairs = zip(out.tolist(), targets.tolist(), strict=True)
        errors = [abs(Fraction(value, denominator) - Fraction(target)) for value, target in pairs]
        self.max_error = max(self.max_error, *errors)
        return np.array([error <= self.tolerance for error in errors])

    def _remember(self, rows: slice, out: np.ndarray, i: int) -> None:
        row, denominator = rows.start + i, self.network.output_denominator
        labelled = self.dataset.targets is None
        read = READ[self.network.readout](out[:, i : i + 1].T, denominator)
        self.counterexample = Counterexample(
            row=row,
            expected=int(self.dataset.labels[row])
            if labelled
            else Fraction(self.dataset.targets[row : row + 1].tolist()[0]),
            outputs=tuple(Fraction(int(v), denominator) for v in out[:, i]),
            predicted=int(read[0]) if labelled else None,
        )


def _might_overflow(out: np.ndarray, denominator: int, classes: int) -> bool:
    if out.dtype == object:
        return False
    return int(np.abs(out).max(initial=0)) + (classes + 2) * denominator >= 2**62


def _tolerance(tolerance: Any, readout: str, dataset: Dataset) -> Fraction:
    value = as_fraction(tolerance)
    if value is None or value < 0:
        raise HypothesisViolated(
            f"tolerance: a finite number >= 0 is needed, got {show(tolerance)}"
        )
    if value and readout != "value":
        raise HypothesisViolated(
            f"tolerance: only the readout 'value' has one, this network has the readout "
            f"{readout!r}; got {show(tolerance)}"
        )
    if dataset.targets is None and value >= Fraction(1, 2):
        raise HypothesisViolated(
            f"tolerance: labels differ by 1, so it must be below 1/2; got {show(tolerance)}"
        )
    return value


def _workers(workers: Any) -> int:
    if workers is None:
        return min(4, os.cpu_count() or 1)
    if not is_integer(workers) or workers < 1:
        raise HypothesisViolated(f"workers: an integer >= 1 is needed, got {show(workers)}")
    return int(workers)


def _check_fit(network: Network, dataset: Dataset) -> None:
    if not isinstance(network, Network):
        raise InvalidNetwork(f"network: a Network is needed, got {show(network)}")
    if not isinstance(dataset, Dataset):
        raise InvalidDataset(f"dataset: a Dataset is needed, got {show(dataset)}")
    if network.inputs != dataset.d:
        raise InvalidNetwork(
            f"network: {network.inputs} inputs, but the data have d = {dataset.d} coordinates"
        )
    if dataset.targets is not None:
        if network.readout != "value":
            raise InvalidNetwork(
                f"network: real targets need the readout 'value', got {network.readout!r}"
            )
        return
    classes = dataset.classes
    if network.readout == "sign" and classes > 2:
        raise InvalidNetwork(
            f"network: the readout 'sign' tells 2 classes, the data have {classes}"
        )
    if network.readout in ("onehot", "argmax") and network.outputs != classes:
        raise InvalidNetwork(
            f"network: {network.outputs} outputs for {classes} classes (readout "
            f"{network.readout!r} needs one output a class)"
        )


def _digest(content: dict) -> str:
    return sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _short(value: Fraction) -> str:
    """``value`` for a sentence: itself where it is short, else its order of magnitude."""
    bits = value.numerator.bit_length() - value.denominator.bit_length()
    if value.numerator.bit_length() + value.denominator.bit_length() < 80:
        return str(value)
    return f"about {'-' if value < 0 else ''}2^{bits}"


def _written(value: Fraction) -> str:
    """``value`` for a file: decimal where it is short, else hexadecimal, which has no limit."""
    if value.numerator.bit_length() + value.denominator.bit_length() < 80:
        return str(value)
    return f"{value.numerator:#x}/{value.denominator:#x}"


def _read_fraction(text: str) -> Fraction:
    numerator, _, denominator = text.partition("/")
    return Fraction(int(numerator, 0), int(denominator or "1", 0))


def _check_types(content: dict[str, Any]) -> None:
    """Refuse a file whose entries have other types than a certificate's."""
    kinds = {bool: ("ok",), int: ("points", "correct", "ties", "max_bits"),
             str: ("arithmetic", "network_sha256", "dataset_sha256")}  # fmt: skip
    for kind, names in kinds.items():
        for name in names:
            if type(content[name]) is not kind:
                raise TypeError(f"{name} is {show(content[name])}")
    if not all(type(value) is int for value in vars(content["size"]).values()):
        raise TypeError(f"size is {show(content['size'])}")
