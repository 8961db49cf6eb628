"""Whether a module still is what was proven: a fingerprint of all that its outputs depend on.

PyTorch counts what is written into a tensor in place, but not what goes through ``.data``, and a
conversion puts other tensors in its place.  So the content itself is hashed, when somebody asks.
"""

from __future__ import annotations

import hashlib
from typing import Any

import torch
from torch import nn

Seal = dict[str, str]


def sealed(module: nn.Module, numbers: Any) -> Seal:
    """What each tensor of ``module`` holds, by its name; which modules it is made of, with hooks;
    and the ``numbers`` beside them."""
    seal = {name: _print(tensor) for name, tensor in module.state_dict().items()}
    parts = [
        (name, type(part), len(part._forward_hooks), len(part._forward_pre_hooks))
        for name, part in module.named_modules()
    ]
    return {**seal, "its modules or hooks": repr(parts), "its numbers": repr(numbers)}


def broken(before: Seal, now: Seal) -> str:
    """What has changed, in words; "" where nothing has."""
    changed = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    more = f" and {len(changed) - 1} more" if changed[1:] else ""
    return f"{changed[0]}{more} changed since" if changed else ""


def _print(tensor: torch.Tensor) -> str:
    """Type, shape and content, wherever it lives."""
    held = tensor.detach().cpu().contiguous().reshape(-1)
    content = hashlib.sha256(held.view(torch.uint8).numpy().data)
    return f"{held.dtype} {tuple(tensor.shape)} {content.hexdigest()}"
