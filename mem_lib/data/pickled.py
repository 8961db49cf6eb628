"""A batch of CIFAR-10's Python version: a pickle, of which nothing is run.

A pickle names functions and calls them.  The ones that such a batch names are replaced by objects
that keep what they are given and do nothing else; any other name ends the reading.
"""

import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np

from mem_lib.errors import InvalidDataset


class _Kept:
    """In place of an array, a type of entries, or of the class of either: what it was given."""

    def __init__(self, *given: Any) -> None:
        self.given, self.state = given, ()

    def __setstate__(self, state: Any) -> None:
        self.state = state


def _kept_array(*_: Any) -> _Kept:
    return _Kept()


def _bytes_of(text: Any, _: Any = "latin1") -> bytes:
    """How Python 3 writes bytes into an old pickle."""
    return str(text).encode("latin1")


_NAMES = {
    ("numpy.core.multiarray", "_reconstruct"): _kept_array,
    ("numpy._core.multiarray", "_reconstruct"): _kept_array,
    ("numpy", "ndarray"): _Kept,
    ("numpy", "dtype"): _Kept,
    ("_codecs", "encode"): _bytes_of,
}


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        try:
            return _NAMES[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"it names {module}.{name}") from None


def is_pickle(content: bytes) -> bool:
    """Whether it begins as a pickle and ends as one."""
    return content[:1] == b"\x80" and content[1:2] in b"\2\3\4\5" and content[-1:] == b"."


def pickled_batch(content: bytes, path: Path) -> bytes:
    """The records of the batch, as the binary version has them: label, then 3072 bytes.

    Raises InvalidDataset for anything that is no such batch.
    """
    try:
        batch = _Reader(io.BytesIO(content), encoding="bytes").load()
        labels = np.array(batch[b"labels"], dtype=np.uint8)
        _, shape, kind, by_columns, data = batch[b"data"].state
        if kind.given[0] not in ("u1", b"u1") or not isinstance(data, bytes):
            raise TypeError("the pixels are no bytes")
        pixels = np.frombuffer(data, np.uint8).reshape(shape, order="F" if by_columns else "C")
        return np.column_stack([labels, pixels]).tobytes()
    except MemoryError:
        raise
    except Exception as error:  # a pickle can be wrong in any way
        raise InvalidDataset(
            f"{path} is a pickle, but no batch of CIFAR-10's Python version ({error}); nothing of "
            "it was run"
        ) from error
