"""A device of PyTorch that is not there, and is as strict as one that is.

Its tensors lie in the memory of the CPU, but as with a GPU

* an operation on tensors of both places fails (numbers, and tensors of no dimension, may come
  along),
* NumPy sees them only after ``.cpu()``.

So code that runs ``elsewhere()`` has put every tensor where it belongs, which no run on the CPU
could show.
"""

from contextlib import contextmanager

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

#: A name that PyTorch knows, of a device on which nothing can be computed.
NAME = "meta"
NEEDS_CPU = (torch.Tensor.numpy, torch.Tensor.__array__)
MOVES = (torch.Tensor.to, torch.Tensor.cpu, torch.Tensor.copy_)


class Elsewhere(torch.Tensor):
    """A tensor on the device; what is computed from it is there as well."""

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if func in NEEDS_CPU:
            raise TypeError(f"can't convert a tensor elsewhere to numpy: {func.__name__}")
        if func is torch.Tensor.cpu:
            return args[0].as_subclass(torch.Tensor)
        if func not in MOVES:
            _all_there(func, tree_leaves((args, kwargs)))
        return super().__torch_function__(func, types, args, kwargs)


def _all_there(func, leaves):
    for leaf in leaves:
        if isinstance(leaf, torch.Tensor) and not isinstance(leaf, Elsewhere) and leaf.dim():
            raise RuntimeError(f"{func.__name__}: tensors of two devices")


class _Mode(TorchFunctionMode):
    """Makes tensors there, when ``device=`` or ``.to()`` names the device."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        moved = func is torch.Tensor.to and len(args) > 1
        wanted = args[1] if moved else kwargs.get("device")
        if str(wanted) != NAME:
            return func(*args, **kwargs)
        result = args[0] if moved else func(*args, **kwargs | {"device": "cpu"})
        return result.as_subclass(Elsewhere)


@contextmanager
def elsewhere():
    """The name of the device, for as long as it is there."""
    with _Mode():
        yield torch.device(NAME)
