"""The file that keeps a residual fit.

It is an npz without pickle, replaced whole, with a SHA-256 of its content, so that damage is
noticed.  It is a note of one run to itself: whoever can write it can forge it, and so decide which
network comes out.  :func:`mem_lib.verify` looks at the network only.
"""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from mem_lib._base.files import warn_of_lost, write_atomically
from mem_lib.errors import InvalidCertificate, shown
from mem_lib.exact.device import Array
from mem_lib.two_layer.residual.state import Ledger, State

FORMAT = "mem_lib.two_layer.fit 2"
#: Seconds from one write to the next, at least, and what part of the time writing may take.
EVERY, PART = 5.0, 0.05
#: Rounded rows are floats, times powers of two that are.
MOST_ROW, MOST_EXPONENT = 2**53, 2048
#: Residuals and weights are measured in the unit of the targets, far below.
MOST_FLOAT = 2.0**400


class FitFile:
    """The file at ``path`` for the run that ``key`` describes."""

    def __init__(self, path: Path, key: dict[str, Any], N: int, shape: tuple[int, int]) -> None:
        self.path, self.N, self.shape = path, N, shape
        self._key = {"format": FORMAT, **key}
        self._next = time.monotonic() + EVERY

    def load(self) -> tuple[State, Ledger] | None:
        """What the file says, the output on the host; None where there is no file.

        Raises ``InvalidCertificate`` for another file, or that of another run.
        """
        if not self.path.exists():
            return None
        content = self.path.read_bytes()
        try:
            if content[:2] != b"PK":  # np.load would advise to unpickle it
                raise ValueError("it does not begin as an npz file does")
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                if sum(info.file_size for info in archive.infolist()) > len(content):
                    raise ValueError("it is compressed")
                if damaged := archive.testzip():
                    raise ValueError(f"{shown(damaged)} is damaged")
            with np.load(io.BytesIO(content), allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            self._check_key(json.loads(str(arrays["about"])))
            return self._read(arrays)
        except InvalidCertificate:
            raise
        except Exception as error:  # whatever decoders raise on damaged bytes
            raise self._foreign(f"({error})") from None

    def keep(self, state: State, ledger: Ledger, get: Callable[[Array], np.ndarray]) -> None:
        """Write, if the last time was long enough ago."""
        if time.monotonic() >= self._next:
            start = time.monotonic()
            self.write(state, ledger, get)
            end = time.monotonic()
            self._next = end + max(EVERY, (end - start) / PART)

    def write(self, state: State, ledger: Ledger, get: Callable[[Array], np.ndarray]) -> None:
        arrays: dict[str, Any] = {
            "about": np.array(json.dumps(self._key)),
            "output": get(state.output),
            "sums": np.array([state.float_error, state.weight]),
            "counts": np.array([state.steps, state.draws, state.idle]),
            **ledger.arrays(state.steps, self.shape),
        }
        arrays["sha256"] = np.array(_digest(arrays))
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        try:
            write_atomically(self.path, [buffer.getvalue()])
        except OSError as error:
            warn_of_lost(self.path, error)

    def remove(self) -> None:
        """The run is over."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            warn_of_lost(self.path, error)

    def _read(self, arrays: dict[str, np.ndarray]) -> tuple[State, Ledger]:
        del arrays["about"]
        stated = str(arrays.pop("sha256"))
        actual = _digest({"about": np.array(json.dumps(self._key)), **arrays})
        sums, counts, output = (arrays.pop(name) for name in ("sums", "counts", "output"))
        for name, array, kind, size in (("sums", sums, "f8", 2), ("counts", counts, "i8", 3)):
            if array.dtype != np.dtype(kind) or array.shape != (size,):
                raise ValueError(f"{name} has shape {array.shape} and type {array.dtype}")
        (float_error, weight), (steps, draws, idle) = sums.tolist(), counts.tolist()
        empty = Ledger().arrays(0, self.shape)
        shapes = {name: (steps, *array.shape[1:]) for name, array in empty.items()}
        for name, array in empty.items():
            found = arrays[name]
            if found.shape != shapes[name] or found.dtype != array.dtype:
                raise ValueError(f"{name} has shape {found.shape}")
        if output.shape != (self.N,) or output.dtype != np.float64:
            raise ValueError(f"an output of shape {output.shape}")
        if not 0 <= steps <= draws < 2**53 or not 0 <= idle <= draws:
            raise ValueError(f"{steps} steps in {draws} draws, {idle} of them idle")
        for name, most in (("rows", MOST_ROW), ("exponents", MOST_EXPONENT)):
            found = arrays[name]
            if found.size and not -most <= int(found.min()) <= int(found.max()) <= most:
                raise ValueError(f"a number in {name} is beyond {most}")
        numbers = [output, np.array([float_error, weight])]
        numbers += [array for array in arrays.values() if array.dtype.kind == "f"]
        if not all((np.abs(array) <= MOST_FLOAT).all() for array in numbers):
            raise ValueError("a number that is not finite, or beyond all measure")
        if stated != actual:
            raise ValueError(f"its content has the SHA-256 {actual}, it states {shown(stated)}")
        return State(output, float_error, weight, steps, draws, idle), Ledger.of(arrays)

    def _check_key(self, key: Any) -> None:
        if not isinstance(key, dict) or key.get("format") != FORMAT:
            raise self._foreign("")
        for name, value in self._key.items():
            if key.get(name) != value:
                raise InvalidCertificate(
                    f"checkpoint: {self.path} belongs to another run: its {name} is "
                    f"{shown(key.get(name))}, this run has {shown(value)}"
                )

    def _foreign(self, reason: str) -> InvalidCertificate:
        return InvalidCertificate(
            f"checkpoint: {self.path} is not a checkpoint of a fit {reason}; it is left as it is"
        )


def _digest(arrays: dict[str, np.ndarray]) -> str:
    digest = sha256()
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
