"""Whether PyTorch's threads compute with small numbers as they are.

Each thread of its pool has a processor state of its own, taken over from the thread that started
it: after ``torch.set_flush_denormal(False)`` the others may go on taking subnormal numbers for
zero.  So all of them are asked, where numbers so small may occur.
"""

import torch

from mem_lib.errors import MemorizationError

#: Elements that PyTorch gives to a thread at least.
_GRAIN = 1 << 15
#: Bits behind the point down to which float64, and narrower types, have no subnormal numbers.
_NORMAL, _NARROW = 1022, 126


def check_tensors(x: torch.Tensor, finest: int) -> None:
    """``MemorizationError`` where operations on ``x``, a multiple of 2^-finest, may flush numbers
    to zero."""
    fine = finest > (_NORMAL if x.dtype == torch.float64 else _NARROW)
    if not fine or x.device.type != "cpu":
        return
    tiny = torch.full((2 * _GRAIN * torch.get_num_threads(),), 2.0**-1030, dtype=torch.float64)
    if not bool((tiny * 2.0**1000).all()):
        raise MemorizationError(
            "x: a thread of PyTorch takes subnormal numbers for zero, so that this would not be "
            "the network; torch.set_flush_denormal(False) before the first operation of this "
            "process, or a process in which nobody set it, ends it"
        )
