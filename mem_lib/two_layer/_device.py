"""Where the arrays of a fit live: NumPy, or PyTorch on one of its devices."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = Any  # float64, of NumPy or of PyTorch: an operator or a method of both is all that is used


@dataclass(frozen=True)
class Device:
    """Where arrays live: None is NumPy, else the name of a device of PyTorch."""

    name: str | None

    @classmethod
    def named(cls, name: str | None) -> Device:
        if name is None:
            return cls(None)
        from mem_lib.torch_backend import device_named

        return cls(device_named(name))

    def put(self, array: np.ndarray) -> Array:
        if self.name is None:
            return array
        import torch

        return torch.tensor(array, dtype=torch.float64, device=self.name)

    def room_for(self, what: str) -> AbstractContextManager[None]:
        """Turns what PyTorch says of a full device into a ``MemorizationError``."""
        if self.name is None:
            return nullcontext()
        from mem_lib.torch_backend import room_for

        return room_for(what)

    def get(self, array: Array) -> np.ndarray:
        return np.asarray(array if self.name is None else array.cpu())
