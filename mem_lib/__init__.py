"""Exact constructions of neural networks that memorize data, and certificates that they do.

>>> import mem_lib as ml
>>> dataset = ml.data.ball(N=200, d=8, margin=0.1, classes=2, seed=0)
>>> network = ml.beyond_worst_case.build(dataset)
>>> bool(ml.verify(network, dataset))
True

``import mem_lib`` needs numpy alone; everything heavier loads inside the functions that use it.
"""

from typing import Any

from mem_lib import beyond_worst_case, data, exact, foundations, optimal_relu, theorems, two_layer
from mem_lib.certificate import Certificate, verify
from mem_lib.data import Dataset
from mem_lib.errors import (
    ConstructionFailed,
    HypothesisViolated,
    InvalidArgument,
    InvalidCertificate,
    InvalidDataset,
    InvalidNetwork,
    MemorizationError,
    TooLarge,
)
from mem_lib.exact import evaluate, predict
from mem_lib.network import Layer, Network, Size, Sparse

__version__ = "0.1.0"


def _to_torch(
    network: Network, dataset: Dataset | None = None, *, exact: bool = True, device: str = "auto"
) -> Any:
    """The network as a ``torch.nn.Module`` in float64: see
    :func:`mem_lib.torch_backend.to_torch`, which says when it is exact."""
    from mem_lib.torch_backend import to_torch

    return to_torch(network, dataset, exact=exact, device=device)


Network.to_torch = _to_torch

__all__ = [
    "Certificate",
    "ConstructionFailed",
    "Dataset",
    "HypothesisViolated",
    "InvalidArgument",
    "InvalidCertificate",
    "InvalidDataset",
    "InvalidNetwork",
    "Layer",
    "MemorizationError",
    "Network",
    "Size",
    "Sparse",
    "TooLarge",
    "beyond_worst_case",
    "data",
    "evaluate",
    "exact",
    "foundations",
    "optimal_relu",
    "predict",
    "theorems",
    "two_layer",
    "verify",
]
