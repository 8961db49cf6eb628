"""The one place through which tests of every construction reach them."""

from typing import Any

import mem_lib as ml

BEYOND = ("practical", "idealised", "two_sided", "relu")
NAMES = [
    *(f"beyond_worst_case.{variant}" for variant in BEYOND),
    *(f"optimal_relu.{variant}" for variant in ml.optimal_relu.VARIANTS),
    *(f"two_layer.{variant}" for variant in ml.two_layer.VARIANTS),
]
_TODAY = {"rounding_bits": "bits", "relative_error": "error"}


def build(name: str, dataset: Any, **parameters: Any) -> ml.Network:
    """The network of the construction ``chapter.variant``."""
    slug, variant = name.split(".")
    if slug == "two_layer":
        parameters = {_TODAY.get(key, key): value for key, value in parameters.items()}
    try:
        return getattr(ml, slug).build(dataset, variant=variant, **parameters)
    except TypeError as error:
        text = str(error)
        for new, old in _TODAY.items():
            text = text.replace(old, new)
        raise ml.InvalidArgument(text) from None


def bound(name: str, dataset: Any) -> ml.Size | None:
    """What a theorem promises; None where nothing is proved."""
    slug, variant = name.split(".")
    if slug == "two_layer" and variant in ("hybrid", "ntk", "antisymmetric", "harmonic", "hermite"):
        return None
    return getattr(ml, slug).bound(dataset, variant=variant)


#: What refuses a value of the wrong kind, out of range, or without a meaning.
UNWELCOME = (ml.HypothesisViolated, ml.InvalidArgument)
#: One value for each parameter that some construction takes.
MEANINGLESS = [
    ("n", 50), ("max_bias", 1.0), ("centres", [0]), ("covered", 1), ("weight_bits", 16),
    ("folder_size", 3), ("depth", 100), ("max_weight_bits", 60), ("directions", 4),
    ("group_size", 2), ("method", "ntk"), ("relative_error", 0.1), ("coarseness", 0.3),
    ("damp", 0.5), ("order", 3), ("phases", 3), ("tau", 1.0), ("neurons", 100),
    ("rounding_bits", 8),
]  # fmt: skip
_FIT = {
    "relative_error", "tolerance", "coarseness", "damp", "neurons", "rounding_bits", "device",
    "checkpoint",
}  # fmt: skip
_BEYOND = {"n", "max_bias", "covered", "weight_bits"}
_OPTIMAL = {"folder_size", "directions", "tolerance"}
_TAKES = {
    "practical": _BEYOND, "idealised": _BEYOND | {"centres"}, "two_sided": _BEYOND,
    "relu": _BEYOND, "narrow": _OPTIMAL | {"max_weight_bits"},
    "wide": _OPTIMAL | {"max_weight_bits"}, "series": _OPTIMAL | {"max_weight_bits"},
    "parallel": _OPTIMAL | {"depth"}, "merged": _OPTIMAL, "retrieval": _OPTIMAL,
    "threshold": set(), "sorted": {"group_size"},
    "hybrid": _FIT | {"method", "order", "phases", "tau"}, "ntk": _FIT, "antisymmetric": _FIT,
    "harmonic": _FIT | {"order", "phases"}, "hermite": _FIT | {"order", "tau"},
}  # fmt: skip


def takes(name: str) -> set[str]:
    """The parameters of a construction."""
    slug, variant = name.split(".")
    if variant == "paper":
        return _OPTIMAL if slug == "optimal_relu" else set()
    return _TAKES[variant]


def is_approximate(name: str) -> bool:
    """Whether the network comes near its values only."""
    return name.split(".")[1] in ("ntk", "antisymmetric", "harmonic", "hermite")


def takes_targets(name: str) -> bool:
    """Whether real targets are taken, beside labels."""
    return not name.startswith("beyond") and name != "two_layer.threshold"
