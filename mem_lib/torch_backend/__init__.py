"""Networks in PyTorch: as a module in float64, and exactly on a GPU.

* :func:`to_torch` (also ``network.to_torch``) makes an ``nn.Module`` that computes in float64, as
  PyTorch does.  It is made only where that is proven to be exact, unless ``exact=False`` asks for
  the rounding.
* ``verify(..., device="cuda")`` evaluates in integers on the GPU: :mod:`mem_lib.exact.arrays.torch`
  brings long integers as digits in int64 tensors to the evaluator.

PyTorch is optional; without it, importing this module raises ``ImportError``.
"""

from mem_lib._base.extras import need

need("torch", "devices and modules")  # before a module of ours says it in Python's words

from mem_lib.torch_backend.module import MemorizingModule, to_torch  # noqa: E402

__all__ = ["MemorizingModule", "to_torch"]
