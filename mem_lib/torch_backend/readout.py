"""The labels that outputs in float64 are read as: :mod:`mem_lib.network.readout` on tensors.

Each takes outputs (M, outputs) and returns int64 labels (M,), -1 where the readout is undecided; an
output that is no number decides nothing.  Where the outputs are proven exact, so are the labels:
the division by the network's denominator, which may round, keeps signs and different outputs apart,
and gives an integer only where the quotient is one, because it is off by less than the distance of
any other quotient from an integer.
"""

from __future__ import annotations

import torch


def _value(out: torch.Tensor) -> torch.Tensor:
    value = out[:, 0]
    known = (value == value.round()) & (value >= 0) & (value < 2.0**63)
    return torch.where(known, value, -1.0).long()


def _sign(out: torch.Tensor) -> torch.Tensor:
    value = out[:, 0]
    return (value > 0).long() - (~(value > 0) & ~(value < 0)).long()


def _onehot(out: torch.Tensor) -> torch.Tensor:
    return _only(out > 0)


def _argmax(out: torch.Tensor) -> torch.Tensor:
    return _only(out == out.amax(dim=1, keepdim=True))


def _only(marks: torch.Tensor) -> torch.Tensor:
    """The place of the one mark in each row."""
    return torch.where(marks.sum(dim=1) == 1, marks.long().argmax(dim=1), -1)


#: readout -> labels from outputs of shape (M, outputs)
READ = {"value": _value, "sign": _sign, "onehot": _onehot, "argmax": _argmax}
