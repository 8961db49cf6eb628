"""Which device a name means, and what happens when it is full."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from mem_lib.errors import HypothesisViolated, MemorizationError, show


def device_named(name: str) -> str | None:
    """``name`` itself where such a device is there; for ``"auto"`` a GPU, or None without one.

    Raises ``HypothesisViolated`` where the device is not there, or the name means none.
    """
    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if name == "auto":
        return "cuda" if gpus else None
    try:
        if not isinstance(name, str):
            raise TypeError
        device = torch.device(name)
    except (RuntimeError, TypeError):
        raise HypothesisViolated(
            f"device: 'auto', 'cpu', 'cuda' or 'cuda:0' is needed, got {show(name)}"
        ) from None
    if device.type == "cuda" and (device.index or 0) >= gpus:
        raise HypothesisViolated(f"device: PyTorch finds {gpus} GPUs here, got {show(name)}")
    if device.type not in ("cpu", "cuda"):
        raise HypothesisViolated(f"device: 'cpu' or a CUDA device is needed, got {show(name)}")
    return str(device)


@contextmanager
def room_for(what: str) -> Iterator[None]:
    """Raises ``MemorizationError`` where the memory of the device does not hold ``what``."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise MemorizationError(f"device: its memory does not hold {what} ({error})") from None
