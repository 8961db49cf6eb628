"""Exact constructions of neural networks that memorize data, and certificates that they do.

>>> import mem_lib as ml
>>> dataset = ml.data.ball(N=200, d=8, margin=0.1, classes=2, seed=0)
>>> network = ml.beyond_worst_case.build(dataset)
>>> bool(ml.verify(network, dataset))
True

``import mem_lib`` loads numpy and what a network is.  All else, from data sets to PyTorch, loads
when its name is first touched: ``ml.figures`` works without an import of its own.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mem_lib._base.version import VERSION
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
from mem_lib.network import Layer, Network, Size, Sparse

if TYPE_CHECKING:  # for those who read types; at run time `__getattr__` gives these names
    from mem_lib import (
        beyond_worst_case,
        constructions,
        data,
        deep_threshold,
        exact,
        explorer,
        figures,
        foundations,
        generalization,
        grading,
        optimal_relu,
        sweeps,
        theorems,
        two_layer,
    )
    from mem_lib import torch_backend as torch_backend
    from mem_lib.certificate import Certificate, verify
    from mem_lib.comparison import compare
    from mem_lib.constructions import Construction, Facts, bound, build
    from mem_lib.data import Dataset
    from mem_lib.estimator import Memorizer as Memorizer
    from mem_lib.estimator import MemorizerRegressor as MemorizerRegressor
    from mem_lib.exact import evaluate, predict

__version__ = VERSION


def _outputs(network: Network, points: object) -> Any:
    """``network(points)``: the exact outputs at ``points`` (M, d), an array of Fractions of shape
    (M, outputs).  :func:`mem_lib.evaluate` gives them as integers over one denominator, faster."""
    from mem_lib.exact import evaluate
    from mem_lib.exact.evaluation import fractions

    return fractions(*evaluate(network, points))


def _predict(network: Network, points: object) -> Any:
    """The labels that the network gives to ``points`` (M, d): see :func:`mem_lib.predict`."""
    from mem_lib.exact import predict

    return predict(network, points)


def _to_torch(
    network: Network,
    dataset: "Dataset | None" = None,
    *,
    exact: bool = True,
    device: Any = "auto",
    readout: bool = False,
) -> Any:
    """The network as a ``torch.nn.Module`` in float64: see
    :func:`mem_lib.torch_backend.to_torch`, which says when it is exact."""
    from mem_lib.torch_backend import to_torch

    return to_torch(network, dataset, exact=exact, device=device, readout=readout)


Network.__call__ = _outputs
Network.predict = _predict
Network.to_torch = _to_torch

#: Modules that load when they are first touched, and names that do with the module they are in.
_MODULES = (
    "beyond_worst_case", "constructions", "data", "deep_threshold", "exact", "explorer", "figures",
    "foundations", "generalization", "grading", "optimal_relu", "recorded", "sweeps", "theorems",
    "torch_backend", "two_layer",
)  # fmt: skip
_NAMES = {
    "Certificate": "certificate",
    "Construction": "constructions",
    "Dataset": "data",
    "Facts": "constructions",
    "Memorizer": "estimator",
    "MemorizerRegressor": "estimator",
    "bound": "constructions",
    "build": "constructions",
    "compare": "comparison",
    "evaluate": "exact",
    "predict": "exact",
    "verify": "certificate",
}

__all__ = [
    "Certificate",
    "Construction",
    "ConstructionFailed",
    "Dataset",
    "Facts",
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
    "bound",
    "build",
    "compare",
    "constructions",
    "data",
    "deep_threshold",
    "evaluate",
    "exact",
    "explorer",
    "figures",
    "foundations",
    "generalization",
    "grading",
    "optimal_relu",
    "predict",
    "sweeps",
    "theorems",
    "two_layer",
    "verify",
]


if not TYPE_CHECKING:  # to whom an unknown name is an error

    def __getattr__(name: str) -> object:
        """Load what ``name`` needs; later uses find it in the module and do not come here."""
        if name in _MODULES:
            return import_module(f"{__name__}.{name}")
        if name in _NAMES:
            value = getattr(import_module(f"{__name__}.{_NAMES[name]}"), name)
            globals()[name] = value
            return value
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    # without `torch_backend` and `Memorizer`: `help` touches every name, and PyTorch or
    # scikit-learn may not be there
    return [*__all__, "__version__"]
