"""The file that keeps a residual fit.

It is an npz without pickle, replaced whole.  It is a note of one run to itself: whoever can write
it can forge it.  :func:`mem_lib.verify` looks at the network only.
"""

from __future__ import annotations

import io
import json
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from mem_lib._base.files import write_atomically
from mem_lib.errors import InvalidCertificate
from mem_lib.exact.device import Array
from mem_lib.two_layer.residual.state import Ledger, State

FORMAT = "mem_lib.two_layer.fit 1"
#: Seconds from one write to the next, at least, and what part of the time writing may take.
EVERY, PART = 5.0, 0.05


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
        try:
            with open(self.path, "rb") as plain:
                if plain.read(2) != b"PK":  # np.load would advise to unpickle it
                    raise ValueError("it does not begin as an npz file does")
            with np.load(self.path, allow_pickle=False) as file:
                self._check_key(json.loads(str(file["about"])))
                arrays = {name: file[name] for name in file.files if name != "about"}
            return self._read(arrays)
        except (
            ValueError, KeyError, TypeError, EOFError, OSError, zipfile.BadZipFile, zlib.error,
            RuntimeError,  # an encrypted file
        ) as error:  # fmt: skip
            if isinstance(error, InvalidCertificate):
                raise
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
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        write_atomically(self.path, [buffer.getvalue()])

    def remove(self) -> None:
        """The run is over."""
        self.path.unlink(missing_ok=True)

    def _read(self, arrays: dict[str, np.ndarray]) -> tuple[State, Ledger]:
        float_error, weight = arrays.pop("sums").tolist()
        steps, draws, idle = arrays.pop("counts").tolist()
        output = arrays.pop("output")
        empty = Ledger().arrays(0, self.shape)
        shapes = {name: (steps, *array.shape[1:]) for name, array in empty.items()}
        for name, array in empty.items():
            found = arrays[name]
            if found.shape != shapes[name] or found.dtype != array.dtype:
                raise ValueError(f"{name} has shape {found.shape}")
        if output.shape != (self.N,) or output.dtype != np.float64 or not 0 <= steps <= draws:
            raise ValueError(f"an output of shape {output.shape} after {steps} steps")
        numbers = [output, np.array([float_error, weight])]
        numbers += [array for array in arrays.values() if array.dtype.kind == "f"]
        if not all(np.isfinite(array).all() for array in numbers):
            raise ValueError("a number that is not finite")
        return State(output, float_error, weight, steps, draws, idle), Ledger.of(arrays)

    def _check_key(self, key: Any) -> None:
        if not isinstance(key, dict) or key.get("format") != FORMAT:
            raise self._foreign("")
        for name, value in self._key.items():
            if key.get(name) != value:
                raise InvalidCertificate(
                    f"checkpoint: {self.path} belongs to another run: its {name} is "
                    f"{key.get(name)!r}, this run has {value!r}"
                )

    def _foreign(self, reason: str) -> InvalidCertificate:
        return InvalidCertificate(
            f"checkpoint: {self.path} is not a checkpoint of a fit {reason}; it is left as it is"
        )
