"""Where the numbers of an evaluation live: NumPy's arrays, or tensors of digits for a GPU."""

from mem_lib.exact.arrays.numpy import NUMPY, TABLE, Codes, NumPyArrays, Values
from mem_lib.exact.device import device_named


def arrays_for(device: str | None) -> NumPyArrays:
    """The arrays that live on ``device``; None is NumPy, ``"auto"`` a GPU or NumPy.

    Raises ``InvalidArgument`` for a device that is not there, ``ImportError`` without PyTorch.
    """
    if device is None or (found := device_named(device)) is None:
        return NUMPY
    from mem_lib.exact.arrays.torch import TorchArrays

    return TorchArrays(found)


__all__ = ["NUMPY", "TABLE", "Codes", "NumPyArrays", "Values", "arrays_for"]
