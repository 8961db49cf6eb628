"""Which device a name means, how arrays come there and back, and what happens when it is full.

PyTorch is loaded when a device is named, and not before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np

from mem_lib._base.extras import need
from mem_lib.errors import InvalidArgument, MemorizationError, shown

Array = Any  # float64, of NumPy or of PyTorch: an operator or a method of both is all that is used


def pytorch() -> Any:
    """The module ``torch``; ``ImportError`` that says what to install, where it is missing."""
    return need("torch", "devices and modules")


def device_named(name: Any) -> str | None:
    """``name``, a text or a ``torch.device``, as a text where such a device is there; for
    ``"auto"`` a GPU, or None without one.

    Raises ``InvalidArgument`` where the device is not there, or the name means none.
    """
    torch = pytorch()
    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if isinstance(name, str) and name == "auto":
        return "cuda" if gpus else None
    try:
        if not isinstance(name, str | torch.device):
            raise TypeError
        device = torch.device(name)
    except (RuntimeError, TypeError):
        raise InvalidArgument(
            f"device: 'auto', 'cpu', 'cuda' or 'cuda:0' is needed, got {shown(name)}"
        ) from None
    if device.type == "cuda" and (device.index or 0) >= gpus:
        raise InvalidArgument(f"device: PyTorch finds {gpus} GPUs here, got {shown(name)}")
    if device.type not in ("cpu", "cuda"):
        raise InvalidArgument(f"device: 'cpu' or a CUDA device is needed, got {shown(name)}")
    return str(device)


@contextmanager
def room_for(what: str) -> Iterator[None]:
    """Raises ``MemorizationError`` where the memory of the device does not hold ``what``."""
    try:
        yield
    except pytorch().OutOfMemoryError as error:
        raise MemorizationError(f"device: its memory does not hold {what} ({error})") from None


@dataclass(frozen=True)
class Device:
    """Where arrays of floats live: None is NumPy, else the name of a device of PyTorch."""

    name: str | None

    @classmethod
    def named(cls, name: str | None) -> Device:
        """NumPy for None; raises as :func:`device_named`."""
        return cls(None if name is None else device_named(name))

    def put(self, array: np.ndarray) -> Array:
        """The array, on the device."""
        if self.name is None:
            return array
        return pytorch().tensor(array, dtype=pytorch().float64, device=self.name)

    def get(self, array: Array) -> np.ndarray:
        """The inverse of :meth:`put`."""
        return np.asarray(array if self.name is None else array.cpu())

    def room_for(self, what: str) -> AbstractContextManager[None]:
        """Turns what PyTorch says of a full device into a ``MemorizationError``."""
        return nullcontext() if self.name is None else room_for(what)
