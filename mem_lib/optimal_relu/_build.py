"""Check, plan, refuse what does not fit, wire."""

from __future__ import annotations

from typing import Any

import numpy as np

from mem_lib._memory import check_memory
from mem_lib._numbers import is_integer
from mem_lib._progress import bar as progress_bar
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated, show
from mem_lib.network import Network
from mem_lib.optimal_relu._folders import VARIANTS, Folders, label_bits
from mem_lib.optimal_relu._narrow import NarrowPlan
from mem_lib.optimal_relu._paper import PaperPlan
from mem_lib.optimal_relu._projection import project
from mem_lib.optimal_relu._retrieval import RetrievalPlan
from mem_lib.optimal_relu._sizes import bytes_needed, reading_bytes, size_formula
from mem_lib.optimal_relu._wires import ANSWER, Wires

Plan = PaperPlan | NarrowPlan | RetrievalPlan


def build(
    dataset: Dataset,
    *,
    seed: int = 0,
    variant: str = "paper",
    folder_size: int | None = None,
    directions: int = 8,
    progress: bool | None = None,
) -> Network:
    """A deep ReLU network of constant width whose output is the label, exactly, at every point.

    Parameters
    ----------
    dataset : labelled points; any number of classes, repeated points allowed.
    variant : ``"paper"`` has width 12 and follows the paper's construction; ``"narrow"`` has width
        3; ``"retrieval"`` has width 8 and, on large data, the least depth.
    folder_size : points in a folder (paper), entries in a folder, dummies included (narrow), or
        cells of a table (retrieval: the nearest sum of three consecutive primes is taken).
        Default: the size of least depth; the paper's own choice is about sqrt(N / log2 N) points.
    directions : how many directions that separate the points are compared; fewer bits in a key
        make the network shallower.  From 100,000 points on the first one is taken.
    progress : True shows bars, False none; by default a terminal shows one when the work takes
        longer than two seconds.

    Raises
    ------
    HypothesisViolated
        When an argument is out of range, the data have targets, or the network would not fit into
        memory.
    ConstructionFailed
        When no direction was found that separates the points; the message names two of them.

    >>> import mem_lib as ml
    >>> dataset = ml.data.ball(N=40, d=3, classes=3, seed=1)
    >>> network = build(dataset, variant="narrow")
    >>> network.size.width, bool((ml.predict(network, dataset) == dataset.labels).all())
    (3, True)
    """
    plan, about, shift = _planned(dataset, seed, variant, folder_size, directions)
    contents = plan.folders(progress)
    about |= plan.about(contents)
    # tables may have come out more than the fewest that were checked before
    _check_memory(about["folder_size"], about["string_bits"], bytes_needed(about))
    formula = size_formula(about)
    with progress_bar(formula.depth, "layers", "build", progress) as bar:
        net = Wires(about["d"], bar.update)
        output = plan.wire(net, contents)
        net.layer(ANSWER, {"label": output}, "identity")
    return Network(
        net.layers,
        input_shift=shift,
        output_denominator=1 << about.get("unit_bits", 0),
        readout="value",
        about=about,
    )


def folders(
    dataset: Dataset,
    *,
    seed: int = 0,
    variant: str = "paper",
    folder_size: int | None = None,
    directions: int = 8,
    progress: bool | None = None,
) -> Folders:
    """The keys, the folders and their strings of the network that ``build`` makes of the same
    arguments; errors as there.

    >>> import mem_lib as ml
    >>> dataset = ml.Dataset([[0], [1], [5], [6]], [0, 1, 1, 0])
    >>> shelf = folders(dataset, folder_size=2)
    >>> shelf.keys.tolist(), [f"{u:0{shelf.string_bits}b}" for u in shelf.strings]
    ([1, 3, 11, 13], ['00010011', '10111101'])
    >>> shelf.members(1).tolist(), shelf.label_strings
    ([2, 3], (1, 2))
    """
    return _planned(dataset, seed, variant, folder_size, directions)[0].folders(progress)


def _planned(
    dataset: Any, seed: Any, variant: Any, folder_size: Any, directions: Any
) -> tuple[Plan, dict[str, Any], int]:
    """The checked arguments as a plan, what the network will tell about itself, and the shift of
    the points."""
    if not isinstance(dataset, Dataset):
        raise HypothesisViolated(f"dataset: a Dataset is needed, got {show(dataset)}")
    if dataset.targets is not None:
        raise HypothesisViolated("dataset: this construction needs labels 0..C-1, got real targets")
    if variant not in VARIANTS:
        raise HypothesisViolated(f"variant: one of {VARIANTS} is needed, got {show(variant)}")
    seed, directions = _whole("seed", seed, 0), _whole("directions", directions, 1)
    if folder_size is not None:
        folder_size = _whole("folder_size", folder_size, 1)
        _check_memory(folder_size, folder_size, reading_bytes(variant, folder_size, folder_size))
    data = dataset.distinct()
    about = {
        "chapter": "optimal_relu",
        "variant": variant,
        "seed": seed if seed < 2**53 else hex(seed),
        "N": data.N,
        "d": data.d,
        "classes": int(data.classes),
    }
    for_direction, for_keys = np.random.SeedSequence(seed).spawn(2)
    projection = project(data, np.random.default_rng(for_direction), directions)
    rng, c = np.random.default_rng(for_keys), label_bits(data.classes)
    labels = data.labels[projection.order]
    plan: Plan
    if variant == "paper":
        plan = PaperPlan.of(projection, labels, c, folder_size)
    elif variant == "narrow":
        plan = NarrowPlan.of(projection, labels, c, folder_size, rng)
    else:
        plan = RetrievalPlan.of(projection, labels, c, folder_size, rng)
    weights, bias = plan.first_layer
    about["projection_bits"] = max(map(int.bit_length, [*weights, bias]))
    about |= plan.about()
    _check_memory(about["folder_size"], about["string_bits"], bytes_needed(about))
    return plan, about, data.shift


def _check_memory(folder_size: int, string_bits: int, need: int) -> None:
    check_memory(
        need,
        f"folder_size: {show(folder_size)} makes strings of {show(string_bits)} bits or more; "
        f"the layers that read them",
    )


def _whole(name: str, value: Any, least: int) -> int:
    if not is_integer(value) or value < least:
        raise HypothesisViolated(f"{name}: an integer >= {least} is needed, got {show(value)}")
    return int(value)
