"""Check, plan, refuse what does not fit, wire."""

from __future__ import annotations

from typing import Any

import numpy as np

from mem_lib._base.arguments import whole
from mem_lib._base.integers import INT64_LIMIT
from mem_lib._base.memory import check_memory
from mem_lib._base.progress import bar as progress_bar
from mem_lib._base.text import json_int
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated, show
from mem_lib.network import Network
from mem_lib.network.builder import Builder
from mem_lib.optimal_relu._answers import MOST_BITS, Answers, answers_of
from mem_lib.optimal_relu._fields import Budget, Keys
from mem_lib.optimal_relu._folders import VARIANTS, Folders
from mem_lib.optimal_relu._merged import MergedPlan
from mem_lib.optimal_relu._narrow import NarrowPlan
from mem_lib.optimal_relu._paper import PaperPlan
from mem_lib.optimal_relu._retrieval import RetrievalPlan
from mem_lib.optimal_relu._sizes import bytes_needed, reading_bytes, size_formula
from mem_lib.optimal_relu._wide import BlockPlan
from mem_lib.parts.projection import Projection, project
from mem_lib.parts.stages import ANSWER

Plan = PaperPlan | NarrowPlan | BlockPlan | RetrievalPlan

#: The budgets, and the variants that keep to them.
BUDGETS = {"depth": ("parallel",), "bits": ("narrow", "wide", "series")}


def build(
    dataset: Dataset,
    *,
    seed: int = 0,
    variant: str = "paper",
    folder_size: int | None = None,
    depth: int | None = None,
    bits: int | None = None,
    accuracy: Any = None,
    directions: int = 8,
    progress: bool | None = None,
) -> Network:
    """A deep ReLU network whose output is the label, exactly, at every point.

    Parameters
    ----------
    dataset : labelled points, any number of classes, or points with real targets; repeated points
        allowed.
    seed : a whole number >= 0, from which everything random is drawn.
    variant : ``"paper"`` has width 12 and follows the paper's construction: it finds the folder
        (``thm-optimal_relu-folder``) and is right on intervals (``thm-optimal_relu-intervals``);
        ``"merged"`` is the same in fewer layers, of width 14 (12 for two classes;
        ``thm-optimal_relu-merged``); ``"narrow"`` has width 3, is 0 elsewhere
        (``thm-optimal_relu-total``) and computes small sums (``thm-optimal_relu-floats``);
        ``"wide"`` has width 7 (6) and half as many layers as that; ``"parallel"`` puts blocks of
        ``"wide"`` side by side and ``"series"`` one after the other (``thm-optimal_relu-series``);
        ``"retrieval"`` has width 8 and, on large data, the least depth.
    folder_size : points in a folder (paper, merged), cells of a table (retrieval: the nearest sum
        of three consecutive primes is taken), or entries in a folder, dummies included (the
        others).  Default: the size of least depth, or for ``"parallel"`` of few weights; the
        paper's own choice is about sqrt(N / log2 N) points.
    depth : for ``"parallel"``: the most weight layers.  The fewer, the more blocks.
    bits : for ``"narrow"``, ``"wide"`` and ``"series"``: the most bits of a weight or a bias behind
        the first layer.  The fewer, the more layers.  With ``"narrow"`` and 51 bits, labels come
        out exactly in plain float64 too, if the first layer's sums stay below 2^53.
    accuracy : for targets: how far an output may be from its target.  The outputs are then the
        targets rounded to a power of two, if that takes fewer bits than the targets themselves.
        Default: exact, for targets that take at most 64 bits each; 0: exact, however long.
    directions : how many directions that separate the points are compared; fewer bits in a key
        make the network shallower.  From 100,000 points on the first one is taken.
    progress : True shows bars, False none; by default a terminal shows one when the work takes
        longer than two seconds.

    Raises
    ------
    HypothesisViolated
        When an argument is out of range or means nothing to the variant, when a budget cannot be
        met (the message says what can), or when the network would not fit into memory.
    ConstructionFailed
        When no direction was found that separates the points; the message names two of them.

    >>> import mem_lib as ml
    >>> dataset = ml.data.ball(N=40, d=3, classes=3, seed=1)
    >>> network = build(dataset, variant="narrow")
    >>> network.size.width, bool((ml.predict(network, dataset) == dataset.labels).all())
    (3, True)
    >>> dataset = ml.Dataset([[0], [1], [2]], targets=[-0.125, 0.25, 7.5])
    >>> ml.verify(build(dataset, accuracy=0.2), dataset, tolerance=0.2).max_error
    Fraction(1, 8)
    """
    plan, about, shift, answers = _planned(
        dataset, seed, variant, folder_size, depth, bits, accuracy, directions
    )
    contents = plan.folders(progress)
    about |= plan.about(contents)
    # tables may have come out more than the fewest that were checked before
    _check_memory(about, bytes_needed(about))
    with progress_bar(size_formula(about).depth, "layers", "build", progress) as bar:
        net = Builder(about["d"], bar.update)
        code, one = plan.wire(net, contents), 1 << about.get("unit_bits", 0)
        answer = answers.factor * code + answers.offset * one
        net.layer(ANSWER, {"label" if dataset.targets is None else "target": answer}, "identity")
    return Network(
        net.layers,
        input_shift=shift,
        output_denominator=answers.denominator * one,
        readout="value",
        about=about,
    )


def folders(
    dataset: Dataset,
    *,
    seed: int = 0,
    variant: str = "paper",
    folder_size: int | None = None,
    depth: int | None = None,
    bits: int | None = None,
    accuracy: Any = None,
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
    plan, *_ = _planned(dataset, seed, variant, folder_size, depth, bits, accuracy, directions)
    return plan.folders(progress)


def _planned(
    dataset: Any,
    seed: Any,
    variant: Any,
    folder_size: Any,
    depth: Any,
    bits: Any,
    accuracy: Any,
    directions: Any,
) -> tuple[Plan, dict[str, Any], int, Answers]:
    """The checked arguments as a plan, what the network will tell about itself, the shift of the
    points, and what the codes in the folders stand for."""
    if not isinstance(dataset, Dataset):
        raise HypothesisViolated(f"dataset: a Dataset is needed, got {show(dataset)}")
    if not isinstance(variant, str) or variant not in VARIANTS:
        raise HypothesisViolated(f"variant: one of {VARIANTS} is needed, got {show(variant)}")
    seed, directions = whole(seed, "seed", 0), whole(directions, "directions", 1)
    depth, bits = budget(depth, "depth", variant), budget(bits, "bits", variant)
    data = dataset.distinct()
    answers = answers_of(data, accuracy)
    about: dict[str, Any] = {
        "chapter": "optimal_relu",
        "variant": variant,
        "seed": json_int(seed),
        "N": data.N,
        "d": data.d,
        **({"classes": json_int(data.classes)} if data.targets is None else answers.about()),
    }
    if folder_size is not None:
        folder_size = whole(folder_size, "folder_size", 1)
    _check_strings(about, answers.bits, folder_size)
    # a code leaves "narrow" as v - 2^c bit
    coefficient = 1 << answers.bits if variant == "narrow" else 1
    limit = Budget(bits, 0 if data.targets is None else answers.longest(coefficient, 1))
    for_direction, for_keys = np.random.SeedSequence(seed).spawn(2)
    projection = project(
        data,
        np.random.default_rng(for_direction),
        directions,
        short=bits is not None,
        proven=variant in ("paper", "merged"),
    )
    rng = np.random.default_rng(for_keys)
    plan = _plan(variant, projection, answers, folder_size, depth, limit, rng)
    weights, bias = plan.first_layer
    about["projection_bits"] = max(map(int.bit_length, [*weights, bias]))
    about |= plan.about()
    if data.targets is not None:
        about["answer_bits"] = answers.longest(coefficient, 1 << about.get("unit_bits", 0))
    _check_memory(about, bytes_needed(about))
    return plan, about, data.shift, answers


def _plan(
    variant: str,
    projection: Projection,
    answers: Answers,
    folder_size: int | None,
    depth: int | None,
    budget: Budget,
    rng: np.random.Generator,
) -> Plan:
    codes = answers.codes[projection.order]
    if variant in ("paper", "merged"):
        kind = PaperPlan if variant == "paper" else MergedPlan
        return kind.of(projection, codes, answers.bits, folder_size)
    if variant == "retrieval":
        return RetrievalPlan.of(projection, codes, answers.bits, folder_size, rng)
    keys = Keys.of(projection, codes, answers.bits, rng)
    if variant == "narrow":
        return NarrowPlan.of(keys, folder_size, budget)
    if variant == "parallel":
        return BlockPlan.in_parallel(keys, folder_size, depth)
    if variant == "series":
        return BlockPlan.in_series(keys, folder_size, budget)
    return BlockPlan.wide(keys, folder_size, budget)


def budget(value: Any, name: str, variant: str) -> int | None:
    """``depth`` or ``bits`` as an integer, if it was given and the variant has such a budget;
    not larger than what int64 is compared with."""
    if value is not None and variant not in BUDGETS[name]:
        raise HypothesisViolated(
            f"{name}: only {' and '.join(map(repr, BUDGETS[name]))} keep to such a budget, got "
            f"{show(value)} for variant {variant!r}"
        )
    return None if value is None else min(whole(value, name, 1), INT64_LIMIT)


def _check_strings(about: dict[str, Any], label_bits: int, folder_size: int | None) -> None:
    """Before anything is planned: there are as many layers as a string has bits, or more."""
    longest = max(label_bits, folder_size or 1)
    known = {"folder_size": folder_size, "label_bits": label_bits, "string_bits": longest}
    _check_memory(about | known, reading_bytes(about["variant"], longest, longest))


def _check_memory(about: dict[str, Any], need: int) -> None:
    size, string, label = about["folder_size"], about["string_bits"], about["label_bits"]
    what = f"folder_size: {show(size)} makes"
    if label > MOST_BITS:
        what = f"accuracy: targets of {show(label)} bits make"
    elif about.get("blocks", 1) > 1:
        what = f"depth: {about['blocks']} blocks side by side, with"
    check_memory(need, f"{what} strings of {show(string)} bits or more; the layers that read them")
