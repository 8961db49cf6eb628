"""Draw hyperplanes, cover the classes, assemble the network; redraw until all is covered."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from mem_lib._base.arguments import at_least_zero, whole
from mem_lib._base.memory import check_memory
from mem_lib._base.progress import bar as progress_bar
from mem_lib._base.rows import first_occurrence
from mem_lib._base.text import json_int
from mem_lib._base.threads import blas_threads
from mem_lib.beyond_worst_case import _cover
from mem_lib.beyond_worst_case._arguments import (
    binary,
    classes_of,
    default_bias,
    known_variant,
)
from mem_lib.beyond_worst_case._bounds import WEIGHT_BITS, data_bound
from mem_lib.beyond_worst_case._cover import Cover
from mem_lib.beyond_worst_case._rays import check_rays
from mem_lib.data import Dataset
from mem_lib.errors import ConstructionFailed, HypothesisViolated, show
from mem_lib.network import Layer, Network
from mem_lib.parts.hyperplanes import codes, hyperplanes

#: Draws of the same size before n is doubled, and how often it is doubled.
DRAWS, DOUBLINGS = 4, 6
#: Bits of the weights that ``build`` tries in turn.
MORE_BITS = (WEIGHT_BITS, 24, 32, 40)
MOST_CLASSES = 2**16
#: Below this many bits the matrix products are too small for more than one thread.
SMALL = 2**23
#: Above this many pairs the search for n starts from the bound of a sample of the points.
MOST_PAIRS = 2_000_000


@dataclass(frozen=True)
class Attempt:
    """One draw: the network it gives, and what that network leaves out.

    ``uncovered`` holds rows of ``dataset.distinct()``; the network memorizes the data exactly when
    it is empty.  ``covering`` counts the neurons of the second layer of each class (of the covered
    class alone when there are two classes).
    """

    network: Network
    uncovered: np.ndarray
    covering: tuple[int, ...]
    offending: tuple[int, int] | None  # a row and a rival that no hyperplane tells apart


def build(
    dataset: Dataset,
    n: int | None = None,
    max_bias: float | Fraction | None = None,
    *,
    variant: str = "practical",
    seed: int = 0,
    centres: Sequence[int] | None = None,
    covered: int = 1,
    weight_bits: int | None = None,
    progress: bool | None = None,
) -> Network:
    """A network of depth 3 that memorizes ``dataset``, with threshold units unless ``variant``
    says otherwise (theorem ``thm-beyond_worst_case-finite``; its size, once built: proposition
    ``thm-beyond_worst_case-size``).

    Parameters
    ----------
    dataset : labelled points; any number of classes, repeated points allowed.
    n : number of hyperplanes; by default found by doubling, from the bound that the data give
        (:func:`data_bound`).
    max_bias : biases are uniform on [-max_bias, max_bias], in the unit of the data; default: three
        quarters of the radius.
    variant : ``"practical"`` visits the points in random order and gives a neuron to each that is
        not covered yet; ``"idealised"`` gives one to each of ``centres``; ``"two_sided"`` is the
        practical one with neurons that count all hyperplanes between centre and point, not those
        in one direction only (``thm-beyond_worst_case-two-sided``); ``"relu"`` is
        the practical one with ReLU in both hidden layers.
    seed : a whole number >= 0, from which everything random is drawn.
    centres : rows of ``dataset``, for ``"idealised"``; default: every point.
    covered : with two classes, the one that gets covered; the size grows with its complexity.
    weight_bits : the weights of the first layer are rounded to the grid 2^-weight_bits; default:
        16, or more where ``n`` is searched and rounding could undo a separation.
    progress : True shows a bar of the points covered, False none; by default a terminal shows one
        when the work takes longer than two seconds.

    Raises
    ------
    HypothesisViolated
        When an argument is out of range; when ``max_bias`` is 0 and points of different classes
        lie on one ray from the origin; when the layers would not fit into memory.
    ConstructionFailed
        When the draws are used up; the message names a pair that stayed together.

    Floating point and ``"relu"``.  A threshold unit of the second layer has margin 1/2 in a count;
    no float evaluation that adds small integers can miss it.  A ReLU unit decides between real
    sums of n terms.  Written with the smallest score m of a rival as its bias, as the algorithm
    suggests, it is exactly 0 at that rival, and a sum in another order may come out positive: the
    answer at a *training point* would depend on the order of summation.  Here the bias lies halfway
    between the largest covered score and m, both exact integers, so that every data point keeps
    its distance: ``verify(...).margin`` is a quarter of the smallest gap, in the unit of the
    preactivations <w, x> + b.  It is positive, and it may be small; a float evaluation is safe as
    far as its error is below it (proposition ``thm-beyond_worst_case-relu``).
    """
    bits = WEIGHT_BITS if weight_bits is None else weight_bits
    options = _Options.checked(dataset, max_bias, variant, seed, centres, covered, bits)
    if options.constant:
        return _constant(options.dataset)
    if n is not None:
        sizes = [whole(n, "n", 1)]
    else:
        options, sizes = _search(options, weight_bits is None)
    for i, size in enumerate(sizes):
        for draw in range(DRAWS):
            result = _attempt(options, size, i * DRAWS + draw, progress)
            if not len(result.uncovered):
                return result.network
    raise ConstructionFailed(_failure_text(options, sizes, result))


def attempt(
    dataset: Dataset,
    n: int,
    max_bias: float | Fraction | None = None,
    *,
    variant: str = "practical",
    seed: int = 0,
    centres: Sequence[int] | None = None,
    covered: int = 1,
    weight_bits: int = WEIGHT_BITS,
    progress: bool | None = None,
) -> Attempt:
    """One draw of ``build``, returned whether it memorizes the data or not: for experiments.

    When a draw succeeds: proposition ``thm-beyond_worst_case-succeeds``.

    Parameters and errors as in :func:`build`; two classes or more must occur.
    """
    options = _Options.checked(dataset, max_bias, variant, seed, centres, covered, weight_bits)
    if options.constant:
        return Attempt(_constant(options.dataset), np.array([], dtype=np.int64), (), None)
    return _attempt(options, whole(n, "n", 1), 0, progress)


@dataclass(frozen=True)
class _Options:
    """The arguments of ``build``, checked."""

    dataset: Dataset  # distinct points
    max_bias: Fraction
    variant: str
    seed: int
    centres: np.ndarray | None
    covered: int
    weight_bits: int

    @classmethod
    def checked(
        cls,
        dataset: Any,
        max_bias: Any,
        variant: str,
        seed: int,
        centres: Sequence[int] | None,
        covered: int,
        weight_bits: int,
    ) -> "_Options":
        classes = classes_of(dataset)
        known_variant(variant)
        if classes > MOST_CLASSES:
            raise HypothesisViolated(
                f"dataset: at most {MOST_CLASSES} classes get an output each, got "
                f"{show(classes)}; Dataset.from_arrays numbers the labels that occur"
            )
        if centres is not None and variant != "idealised":
            raise HypothesisViolated("centres: only the variant 'idealised' takes centres")
        distinct = dataset.distinct()
        options = cls(
            dataset=distinct,
            max_bias=default_bias(distinct)
            if max_bias is None
            else at_least_zero(max_bias, "max_bias"),
            variant=variant,
            seed=whole(seed, "seed", 0),
            centres=None if centres is None else _rows(dataset, centres),
            covered=binary(covered),
            weight_bits=whole(weight_bits, "weight_bits", 1),
        )
        if weight_bits > 40:
            raise HypothesisViolated(f"weight_bits: at most 40 are drawn, got {weight_bits}")
        if not options.constant:
            options.check_bias()
        return options

    @property
    def constant(self) -> bool:
        labels = self.dataset.labels
        return bool((labels == labels[0]).all())

    @property
    def targets(self) -> tuple[int, ...]:
        """The classes that get covered."""
        classes = self.dataset.classes
        return (self.covered,) if classes == 2 else tuple(range(classes))

    def check_bias(self) -> None:
        if self.max_bias == 0:
            return check_rays(self.dataset, self.targets, self.variant)
        steps = self.max_bias * 2 ** (self.weight_bits + self.dataset.shift)
        if steps < 256:
            raise HypothesisViolated(
                f"max_bias: biases on [-{float(self.max_bias):g}, {float(self.max_bias):g}] would "
                f"round to fewer than 256 steps; max_bias * 2^(weight_bits + {self.dataset.shift}) "
                f"must be at least 256, got {float(steps):g}"
            )


def _attempt(options: _Options, n: int, draw: int, progress: bool | None) -> Attempt:
    _check_memory(options, n)
    threads = 1 if n * options.dataset.N < SMALL else None
    with blas_threads(threads):
        return _drawn(options, n, draw, progress)


def _drawn(options: _Options, n: int, draw: int, progress: bool | None) -> Attempt:
    data = options.dataset
    for_layer, for_order = np.random.SeedSequence(options.seed, spawn_key=(draw,)).spawn(2)
    layer = hyperplanes(
        n, data.d, options.max_bias,
        weight_bits=options.weight_bits, shift=data.shift, seed=for_layer,
        activation="relu" if options.variant == "relu" else "threshold",
    )  # fmt: skip
    code = codes(layer, data)
    if options.variant == "two_sided":  # off where on: the score becomes the Hamming distance
        code = np.hstack([code, 1 - code])
    rng = np.random.default_rng(for_order)
    total = int(np.isin(data.labels, options.targets).sum())
    with progress_bar(total, "points", f"cover, n = {n}", progress) as bar:
        covers = {k: _cover_class(options, code, k, rng, bar.update) for k in options.targets}
    neurons = sum(len(c.centres) for c in covers.values())
    need = 25 * neurons * code.shape[1]
    check_memory(need, f"n: {neurons} covering neurons over {n} hyperplanes")
    uncovered = np.concatenate([c.uncovered for c in covers.values()])
    network = Network(
        [layer, *_upper_layers(options, code, covers)],
        input_shift=data.shift,
        output_denominator=_denominator(options),
        readout="sign" if data.classes == 2 else "onehot",
        about={
            "chapter": "beyond_worst_case",
            "variant": options.variant,
            "hyperplanes": n,
            "max_bias": str(options.max_bias),
            "seed": json_int(options.seed),
            "draw": draw,
        },
    )
    return Attempt(
        network,
        uncovered,
        tuple(len(c.centres) for c in covers.values()),
        _offending(data, code, uncovered) if len(uncovered) else None,
    )


def _cover_class(
    options: _Options,
    code: np.ndarray,
    k: int,
    rng: np.random.Generator,
    advance: Callable[[int], object],
) -> Cover:
    """Cover class k; centres and uncovered points as rows of the data."""
    labels = options.dataset.labels
    rows = np.flatnonzero(labels == k)
    own, rivals = code[rows], code[labels != k]
    if not len(rows):
        cover = Cover(rows, rows, rows)
    elif options.variant != "idealised":
        cover = _cover.by_candidates(own, rivals, rng.permutation(len(rows)), advance)
    else:
        chosen = rows if options.centres is None else options.centres[labels[options.centres] == k]
        if not len(chosen):
            raise HypothesisViolated(f"centres: class {k} needs at least one centre, got none")
        cover = _cover.by_centres(own, rivals, np.searchsorted(rows, chosen))
    return Cover(rows[cover.centres], cover.thresholds, rows[cover.uncovered])


def _upper_layers(options: _Options, code: np.ndarray, covers: dict[int, Cover]) -> list[Layer]:
    """The covering neurons of every class, and one output per class that is positive where at
    least one of them fires."""
    centres = np.concatenate([c.centres for c in covers.values()]).astype(np.int64)
    owner = np.repeat(list(covers), [len(c.centres) for c in covers.values()])
    outputs, gap = np.array(list(covers)), 1
    if not len(centres):  # nothing could be covered: the network is silent everywhere
        units = code.shape[1] // (2 if options.variant == "two_sided" else 1)
        weight, bias, names = np.zeros((1, units), dtype=np.int64), np.array([-1]), ["silent"]
        owner = np.array([-1])
    else:
        names = [f"class {k}, centre {c}" for k, c in zip(owner, centres, strict=True)]
        thresholds = np.concatenate([c.thresholds for c in covers.values()])
        weight, bias = -2 * (code[centres] == 0).astype(np.int64), 2 * thresholds - 1
        if options.variant == "two_sided":
            # <off, bits> + <on, 1 - bits> = <off - on, bits> + |on|
            off, on = np.hsplit(weight, 2)
            weight, bias = off - on, bias + on.sum(axis=1)
        elif options.variant == "relu":
            reach = np.concatenate([_reach(options, code, k, c) for k, c in covers.items()])
            bias, gap = thresholds + reach, int((thresholds - reach).min())
    activation = "relu" if options.variant == "relu" else "threshold"
    cover = Layer(weight, bias, activation, names=names, stage="cover")
    weight = 2 * (outputs[:, None] == owner[None, :]).astype(np.int64)
    bias = np.array([-gap] * len(outputs))
    if options.dataset.classes == 2 and options.covered == 0:
        weight, bias = -weight, -bias
    return [cover, Layer(weight, bias, "identity", stage="readout")]


def _reach(options: _Options, code: np.ndarray, k: int, cover: Cover) -> np.ndarray:
    """The largest score that each neuron of class k has to cover."""
    rows = np.flatnonzero(options.dataset.labels == k)
    return _cover.largest_covered(
        code[rows], np.searchsorted(rows, cover.centres), cover.thresholds
    )


def _denominator(options: _Options) -> int:
    """Outputs count neurons, less 1/2; those of ReLU units are in the unit of <w, x> + b."""
    if options.variant != "relu":
        return 2
    return 1 << (options.weight_bits + options.dataset.shift + 3)


def _constant(dataset: Dataset) -> Network:
    """One class: the output is constant."""
    label, classes = int(dataset.labels[0]), dataset.classes
    outputs = 1 if classes <= 2 else classes
    own = np.arange(outputs) == label if classes > 2 else np.array([label == 1])
    layer = Layer(np.zeros((outputs, dataset.d), dtype=np.int64), np.where(own, 1, -1), "identity")
    return Network(
        [layer],
        output_denominator=2,
        readout="sign" if classes <= 2 else "onehot",
        about={"chapter": "beyond_worst_case", "variant": "constant"},
    )


def _search(options: _Options, more_bits: bool) -> tuple[_Options, list[int]]:
    """(options, the sizes to try): from the bound that the data give, doubling.

    With ``more_bits`` weights get as many bits as the bound needs.  The bound of a large data set
    is that of a sample, a guess that is too small where the sample misses the close pairs; then
    doubling goes on for longer.
    """
    sample = _sample(options.dataset)
    tried = [b for b in MORE_BITS if b >= options.weight_bits] if more_bits else []
    for weight_bits in tried or [options.weight_bits]:
        options = replace(options, weight_bits=weight_bits)
        try:
            start = data_bound(
                sample,
                max_bias=options.max_bias,
                covered=options.covered,
                weight_bits=weight_bits,
                variant=options.variant,
            )
            break
        except HypothesisViolated as error:
            refused = error
    else:
        raise refused
    doublings = DOUBLINGS if sample is options.dataset else 2 * DOUBLINGS
    return options, [start << i for i in range(doublings + 1)]


def _sample(data: Dataset) -> Dataset:
    """The data, or a part with few enough pairs; rare classes are kept as far as possible."""
    most = math.isqrt(2 * MOST_PAIRS)
    if most >= data.N:
        return data
    rng = np.random.default_rng(0)
    classes = [rng.permutation(np.flatnonzero(data.labels == k)) for k in np.unique(data.labels)]
    classes.sort(key=len)
    kept: list[np.ndarray] = []
    for i, rows in enumerate(classes):
        share = (most - sum(map(len, kept))) // (len(classes) - i)
        kept.append(rows[: max(share, 1)])
    return data.subset(np.sort(np.concatenate(kept)))


def _rows(dataset: Dataset, centres: Any) -> np.ndarray:
    """Rows of ``dataset`` as rows of its distinct points, increasing."""
    if not isinstance(centres, Iterable) or isinstance(centres, str):
        raise HypothesisViolated(f"centres: rows of the data are needed, got {show(centres)}")
    rows = []
    for centre in centres:
        row = whole(centre, "centres", 0)
        if row >= dataset.N:
            raise HypothesisViolated(f"centres: row {row} is out of range, N = {dataset.N}")
        rows.append(row)
    first = first_occurrence(dataset.points)
    return np.searchsorted(np.unique(first), np.unique(first[np.array(rows, dtype=np.int64)]))


def _offending(data: Dataset, code: np.ndarray, uncovered: np.ndarray) -> tuple[int, int] | None:
    """An uncovered point and a rival that scores 0 for it: no hyperplane tells them apart in the
    needed direction."""
    for row in uncovered[:64].tolist():
        rivals = np.flatnonzero(data.labels != data.labels[row])
        score = _cover.scores(_cover.off_at(code[[row]]), code[rivals])[0]
        if score.min() == 0:
            return row, int(rivals[score.argmin()])
    return None


def _failure_text(options: _Options, sizes: list[int], result: Attempt) -> str:
    labels = options.dataset.labels
    text = (
        f"n: {DRAWS} draws each of {', '.join(map(str, sizes))} hyperplanes at max_bias = "
        f"{float(options.max_bias):g} left points uncovered; the last draw left "
        f"{len(result.uncovered)} of {options.dataset.N}"
    )
    if result.offending is None:
        return f"{text}, among them row {int(result.uncovered[0])} of the distinct points"
    a, b = result.offending
    return (
        f"{text}; no hyperplane is off at row {a} (label {labels[a]}) and on at row {b} (label "
        f"{labels[b]}) of the distinct points"
    )


def _check_memory(options: _Options, n: int) -> None:
    data = options.dataset
    if n > _cover.MOST_HYPERPLANES:
        raise HypothesisViolated(
            f"n: at most {_cover.MOST_HYPERPLANES} hyperplanes are counted exactly, got {show(n)}"
        )
    per_code = {"relu": 16, "two_sided": 4}.get(options.variant, 2)
    need = 24 * n * data.d + per_code * n * data.N
    check_memory(need, f"n: {n} hyperplanes in dimension {data.d} for {data.N} points")
