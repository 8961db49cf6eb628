"""What the theorems promise about size, and what no network can do without.

Floating point: spreads and lengths are computed with fractions, square roots and logarithms are
taken in binary64 and rounded outwards, so a promise is never too small and a limit never too
strong.  Only :func:`paper_depth` is a curve and not a bound.
"""

import math
from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from mem_lib import foundations
from mem_lib._base.arguments import at_least_zero, whole
from mem_lib._base.roots import directed_root
from mem_lib._base.search import least
from mem_lib.data import Dataset
from mem_lib.errors import HypothesisViolated, show
from mem_lib.network import MOST_SHIFT, Size
from mem_lib.optimal_relu._answers import answers_of
from mem_lib.optimal_relu._build import budget
from mem_lib.optimal_relu._fields import MOST_ENTRIES, TOO_MUCH
from mem_lib.optimal_relu._folders import VARIANTS, label_bits
from mem_lib.optimal_relu._paper import best_folder_size
from mem_lib.optimal_relu._retrieval import FILL, MIXING, WORD
from mem_lib.optimal_relu._sizes import (
    block_depth_of,
    merged_depth_of,
    merged_formula,
    narrow_depth_of,
    paper_depth_of,
    retrieval_formula,
)
from mem_lib.optimal_relu._wide import FINDING, READING
from mem_lib.parts.gf2 import primes_near
from mem_lib.parts.projection import halvings, proven_bits
from mem_lib.parts.strings import string_bits

_OUTWARDS = 1 + 1e-9
#: More is refused: searches for the best folders take time of the order of the root of N.
MOST_POINTS, MOST_FOLDER = 10**9, 10**6
#: Longer weights are refused by :func:`least_bits`, which counts with integers of that many bits.
MOST_WEIGHT_BITS = 10**7


def bound(
    dataset: Dataset | None = None,
    *,
    N: int | None = None,
    d: int | None = None,
    separation: Any = None,
    radius: Any = None,
    classes: int | None = None,
    variant: str = "paper",
    folder_size: int | None = None,
    depth: int | None = None,
    bits: int | None = None,
    accuracy: Any = None,
    folders: int | None = None,
    grid_bits: int | None = None,
    direction_bits: int | None = None,
) -> Size:
    """What the theorems of this chapter promise: no entry of ``Size`` of a network that
    :func:`build` makes is larger, when its random numbers are good.

    Theorems ``thm-optimal_relu-paper``, ``thm-optimal_relu-narrow``, ``thm-optimal_relu-wide``; to
    a budget of depth ``thm-optimal_relu-parallel`` and of bits ``thm-optimal_relu-short``; how the
    logarithm of the spread enters: proposition ``thm-optimal_relu-margin``.

    ``bound(dataset)`` fills in N (of distinct points), d, separation, radius, classes and grid_bits
    from the data.

    Parameters
    ----------
    separation : smallest distance of two points, whatever their labels.
    radius : largest norm of a point, in the same unit; default 1.
    classes : number of classes C, default 2; for targets 2^c, if they take c bits each.
    variant, folder_size, depth, bits : as in :func:`build`.
    accuracy : as in :func:`build`, where a dataset has targets.
    folders : for ``"retrieval"``, the number of folders that were filled.  No rate at which its
        tables fill is proved, so the default is what is: one point in each, N folders.
    grid_bits : points lie on the grid 2^-grid_bits; default 20.
    direction_bits : entries of the direction have at most that many bits; default: what
        :func:`build` stays below unless a standard Gaussian exceeds 8.  Most directions are much
        shorter, which matters for small budgets: a first layer counts for none of them, but what it
        computes does.

    The random numbers are good when the direction has at most the spread of :func:`spread_bound`
    (``"paper"``, ``"merged"``: below 100,000 points at least one draw has the bits that the theorem
    asks for, and then has this spread with probability at least 1/2; from there on the draw is
    shorter, and for most points as good), and when the modulus is at most
    :func:`modulus_bound` (the others but ``"retrieval"``).  Depth and width come from exact
    formulas; the other entries are generous.

    Raises
    ------
    HypothesisViolated
        When an argument is out of range or missing, or has no meaning for the variant; or when a
        budget, ``depth`` or ``bits``, cannot be kept for all such data: the message says which can.

    >>> bound(N=1000, d=10, separation=0.28).depth, bound(N=1000, d=10, separation=0.28).width
    (1002, 12)
    >>> bound(N=1000, d=10, separation=0.28, variant="narrow").width
    3
    >>> bound(N=1000, d=10, separation=0.28, variant="parallel", depth=150).width
    60
    """
    if dataset is not None:
        if any(value is not None for value in (N, d, separation, radius, classes, grid_bits)):
            raise HypothesisViolated(
                "dataset: N, d, separation, radius, classes and grid_bits are those of the data; "
                "omit them"
            )
        if not isinstance(dataset, Dataset):
            raise HypothesisViolated(f"dataset: a Dataset is needed, got {show(dataset)}")
        dataset = dataset.distinct()
        answers = answers_of(dataset, accuracy)
        N, d = dataset.N, dataset.d
        radius = directed_root(dataset.squared_radius, up=True)
        square = dataset.squared_separation
        separation = None if square is None else directed_root(square, up=False)
        c, grid_bits = answers.bits, dataset.shift
    elif accuracy is not None:
        raise HypothesisViolated(
            "accuracy: it says how many bits the targets of a dataset take; without one give "
            f"classes = 2^bits, got {show(accuracy)}"
        )
    else:
        c = label_bits(whole(2 if classes is None else classes, "classes", 1))
        answers, radius = None, 1 if radius is None else radius
        grid_bits = 20 if grid_bits is None else grid_bits
    N, d = whole(N, "N", 1, MOST_POINTS), whole(d, "d", 1, MOST_POINTS)
    if not isinstance(variant, str) or variant not in VARIANTS:
        raise HypothesisViolated(f"variant: one of {VARIANTS} is needed, got {show(variant)}")
    if folders is not None and variant != "retrieval":
        raise HypothesisViolated(
            f"folders: their number is proved for variant = {show(variant)}; give it for "
            f"'retrieval' only, got {show(folders)}"
        )
    depth, bits = budget(depth, "depth", variant), budget(bits, "bits", variant)
    n = None if folder_size is None else whole(folder_size, "folder_size", 1, MOST_FOLDER)
    spread_bound(N, d, separation, radius)  # separation and radius are sound
    reach = _Reach.of(
        N,
        d,
        at_least_zero(radius, "radius"),
        whole(grid_bits, "grid_bits", 0, MOST_SHIFT),
        direction_bits,
        proven=variant in ("paper", "merged"),
    )
    if variant in ("paper", "merged"):
        size = _paper(N, d, key_bits_bound(N, d, separation, radius), c, n, reach, variant)
    elif variant == "retrieval":
        size = _retrieval(N, d, c, n, N if folders is None else whole(folders, "folders", 1), reach)
    else:
        size = _stream(_Shape(variant, c, depth, bits), N, d, n, reach)
    if answers is None or dataset is None or dataset.targets is None:
        return size
    # a code leaves "narrow" as v - 2^c bit; and "paper" in units of 2^-f
    coefficient = 1 << c if variant == "narrow" else 1
    one = 1 << reach.unit_bits(N) if variant in ("paper", "merged") else 1
    return _answering(size, answers.longest(coefficient, one), bits)


def spread_bound(N: int, d: int, separation: Any, radius: Any) -> Fraction:
    """The spread that a good direction has: theorem ``thm-optimal_relu-projection``.

    The spread of a direction is (largest difference of two projections) / (smallest).  For N points
    of norm at most ``radius`` at distances of at least ``separation``, a Gaussian direction has a
    spread of at most 2 radius N^2 sqrt(2 d / pi) / separation with probability above 1/2; on a line
    (d = 1) every direction has at most 2 radius / separation.  One point has spread 0.

    Raises ``HypothesisViolated`` when an argument is out of range, or two points cannot be that far
    apart.

    >>> math.ceil(spread_bound(1000, 10, 0.28, 1))
    18022376
    """
    N, d = whole(N, "N", 1, MOST_POINTS), whole(d, "d", 1, MOST_POINTS)
    radius = at_least_zero(radius, "radius")
    if N == 1:
        return Fraction(0)
    separation = at_least_zero(separation, "separation")
    if separation == 0 or separation > 2 * radius:
        raise HypothesisViolated(
            f"separation: two points of norm at most radius = {_short(radius)} are more than "
            f"0 and at most {_short(2 * radius)} apart, got {_short(separation)}"
        )
    line = 2 * radius / separation
    return line if d == 1 else line * N * N * Fraction(math.sqrt(2 * d / math.pi) * _OUTWARDS)


def key_bits_bound(N: int, d: int, separation: Any, radius: Any) -> int:
    """How many bits a key of the ``"paper"`` variant has at most, when the direction has the spread
    of :func:`spread_bound`.

    Raises as :func:`spread_bound`.

    >>> key_bits_bound(1000, 10, 0.28, 1)
    27
    """
    return (math.floor(4 * spread_bound(N, d, separation, radius)) + 1).bit_length()


def modulus_bound(N: int, range_: int) -> int:
    """Some odd number up to this one tells N different integers 0 <= x < ``range_`` apart, that is,
    leaves N different remainders: lemma ``thm-optimal_relu-modulus``.

    Raises ``HypothesisViolated`` when an argument is out of range, or the range is smaller than
    N.

    >>> modulus_bound(2, 1000), modulus_bound(1000, 2**34)
    (16, 16983027)
    """
    N, range_ = whole(N, "N", 1, 10**100), whole(range_, "range_", 1)
    if range_ < N:
        raise HypothesisViolated(
            f"range_: {N} different integers need a range of at least {N}, got {show(range_)}"
        )
    product = N * (N - 1) // 2 * log2(range_) * _OUTWARDS  # log2 of the product of all differences
    return least(lambda m: m - 2 - math.log2(m) > product)


def paper_depth(N: int, d: int, separation: Any, radius: Any = 1, classes: int = 2) -> float:
    """The depth in the paper's theorem with the constants of its lemmas: a curve to compare with.

    3 sqrt(N log N) + sqrt(N / log N) (3 max(log R, log C) + 2) + 4 with
    R = 10 radius N^2 sqrt(pi d) / separation, logarithms to base 2, N >= 2.  Numbers of folders and
    of bits are not rounded to integers here, so no network has exactly this depth; what is promised
    is :func:`bound`.

    Raises as :func:`spread_bound`.

    >>> round(paper_depth(1000, 10, 0.28))
    1152
    """
    N, classes = whole(N, "N", 2), whole(classes, "classes", 1)
    line = spread_bound(N, 1, separation, radius) / 2
    log_R = log2(line) + math.log2(10 * N * N * math.sqrt(math.pi * whole(d, "d", 1, MOST_POINTS)))
    bits = max(log_R, math.log2(classes))
    folders = math.sqrt(N * math.log2(N))
    return 3 * folders + N / folders * (3 * bits + 2) + 4


# -- what no network can do without ---------------------------------------------------------------


def least_bits(
    N: int, weights: int, classes: int = 2, *, inputs: int | None = None, outputs: int = 1
) -> int:
    """The least number of bits that theorem ``thm-optimal_relu-precision`` leaves possible: with
    shorter weights, ``weights`` of them cannot realise all labellings of N points.

    The counting is that of ``foundations.counting_bound``, read the other way; ``inputs`` and
    ``outputs`` as there: with them the wiring may depend on the labels.

    Raises ``HypothesisViolated`` when a number is out of range, or no length suffices.

    >>> least_bits(10**6, 10_000), least_bits(10**6, 10_000, inputs=10)
    (100, 71)
    """
    N, weights, classes = (
        whole(N, "N", 1, MOST_POINTS),
        whole(weights, "weights", 0),
        whole(classes, "classes", 1),
    )
    if weights == 0 and classes > 1:
        raise HypothesisViolated(
            f"weights: without a weight all networks are the same, and {classes} labels need "
            "different ones; at least 1 is needed, got 0"
        )

    if weights and N * math.log2(classes) > MOST_WEIGHT_BITS * weights:
        raise HypothesisViolated(
            f"weights: {show(weights)} weights would need more than {MOST_WEIGHT_BITS} bits each, "
            "and longer ones are not counted"
        )

    def enough(bits: int) -> bool:
        needed = foundations.counting_bound(N, classes, bits, inputs=inputs, outputs=outputs)
        return needed <= weights

    return least(enough)


def least_depth(N: int, width: int, d: int = 1) -> int:
    """No wiring of ReLU layers of at most ``width`` units, with d inputs and one output, shatters N
    points with a smaller depth: proposition ``thm-optimal_relu-depth``.

    The bound is the product of ``foundations.log_labellings`` for dense layers.

    Raises ``HypothesisViolated`` when an argument is out of range.

    >>> [least_depth(N, 12) for N in (10**3, 10**6, 10**9)]
    [3, 27, 659]
    """
    N, width, d = (
        whole(N, "N", 1, MOST_POINTS),
        whole(width, "width", 1, MOST_POINTS),
        whole(d, "d", 1, MOST_POINTS),
    )

    def enough(depth: int) -> bool:
        if depth == 1:
            return foundations.most_shattered([1], [d + 1]) >= N
        inner = depth - 2
        units = [width] * (depth - 1) + [1]
        weights = [width * (d + 1)] + [width * (width + 1)] * inner + [width + 1]
        return foundations.log_labellings(N, units, weights) * _OUTWARDS >= N

    return least(enough)


# -- sizes ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Reach:
    """How long the integers behind a projection are at most.

    entry:      bits of an entry of the direction
    projection: |<a, X>| of a point
    """

    entry: int
    projection: int

    @classmethod
    def of(
        cls, N: int, d: int, radius: Fraction, grid_bits: int, bits: int | None, proven: bool
    ) -> "_Reach":
        if bits is not None:
            bits = whole(bits, "direction_bits", 1, MOST_SHIFT)
        elif d == 1:
            bits = 1
        else:
            bits = max(12, 2 * N.bit_length() + 6, proven_bits(N, d) if proven else 0) + 3
        norm = (1 << bits) * (Fraction(1, 2) if d == 1 else Fraction(math.sqrt(d) * _OUTWARDS))
        return cls(bits, math.ceil(norm * radius * Fraction(_OUTWARDS) * 2**grid_bits))

    def range(self, N: int) -> int:
        """One more than the largest difference of two projections."""
        return 1 if N == 1 else max(N, 2 * self.projection + 1)

    def unit_bits(self, N: int) -> int:
        """f, for the smallest gap of N projections."""
        gap = 2 if N == 1 else max(2, 2 * self.projection // (N - 1))
        return gap.bit_length() - 2


def _paper(N: int, d: int, key: int, c: int, n: int | None, reach: _Reach, variant: str) -> Size:
    """The largest over all lengths that the keys may have: fewer bits may mean larger folders."""
    f = reach.unit_bits(N)
    # a direction with smallest gap 1 is doubled
    first = max(reach.entry + 1, (2 * reach.projection + (1 << f)).bit_length())
    depth_of, size_of = {
        "paper": (paper_depth_of, _paper_size),
        "merged": (merged_depth_of, _merged_size),
    }[variant]
    return _largest(
        size_of(N, d, bits, c, best_folder_size(N, bits, c, depth_of) if n is None else n, f, first)
        for bits in range(1, key + 1)
    )


def _paper_size(N: int, d: int, key: int, c: int, n: int, f: int, first: int) -> Size:
    """Counted as in the proof of ``thm-optimal_relu-size``, for keys of ``key`` bits, in units of
    2^-f, with ``first`` bits in the layer that projects."""
    folders, both, either = -(-N // n), min(key, c), max(key, c)
    alone = either - both
    folder = n * (key + c) + 2 * (f + key + 1) + f + 1 + 13 * 2
    bit = 2 * (2 * f + n * (key + c) + 4) + key + c + 41 * 2
    field = 2 * (c + 1) + (f + 2) + 21 * 2
    return Size(
        depth=paper_depth_of(folders, n, key, c),
        width=12,
        neurons=7 + 12 * folders + n * (30 * both + 27 * alone + 16),
        weights=d + 12 + 18 * folders + n * (43 * both + 34 * alone + 24),
        dense_weights=d + 33 + 59 * folders + n * (326 * both + 279 * alone + 169),
        bits=max(first, f + n * either + 2),
        total_bits=(d + 1) * first
        + folders * folder
        + 4 * (f + 5)
        + 3
        + n * (either * bit + field),
    )


def _merged_size(N: int, d: int, key: int, c: int, n: int, f: int, first: int) -> Size:
    """The same for ``thm-optimal_relu-merged``."""
    folders = -(-N // n)
    formula = merged_formula(
        {
            "d": d,
            "folders": folders,
            "folder_size": n,
            "key_bits": key,
            "label_bits": c,
            "unit_bits": f,
            "string_bits": n * max(key, c),
            "projection_bits": first,
        }
    )
    reading, width = n * (max(key, c) + 3) + 1, formula.width
    return Size(
        depth=formula.depth,
        width=width,
        neurons=1 + 9 * folders + width * reading,  # five units and four for a folder
        weights=formula.weights,
        dense_weights=d + 1 + 50 * folders + width * (width + 1) * (reading + 1),
        bits=formula.bits,
        total_bits=(d + 1) * first + (formula.weights - d - 1) * formula.bits,
    )


# -- what reads a stream of keys and labels --------------------------------------------------------


@dataclass(frozen=True)
class _Shape:
    """A variant that reads a stream, and its budgets; ``c`` label bits."""

    variant: str
    c: int
    depth: int | None
    bits: int | None

    @property
    def beside(self) -> int:
        """By how many bits the longest weight is longer than a string."""
        return self.c if self.variant == "narrow" else 0

    def cost(self, ways: "_Ways", folders: np.ndarray) -> np.ndarray:
        """What :func:`build` makes as small as it can: the depth, or for blocks side by side about
        the number of weights.  ``TOO_MUCH`` beyond the budget."""
        K, T = ways.steps, ways.T
        if self.variant == "narrow":
            cost = narrow_depth_of(K, folders, ways.first, ways.n, ways.key, self.c)
        elif self.variant == "parallel":
            cost = FINDING * folders + READING * self.blocks(ways, folders) * T
            return np.where(self.room(ways) > 0, cost, TOO_MUCH)
        else:
            rounds = -(-folders // T) if self.variant == "series" else 1
            cost = block_depth_of(K, folders, T, rounds)
        return cost if self.bits is None else np.where(T + self.beside <= self.bits, cost, TOO_MUCH)

    def fewest(self, ways: "_Ways", N: int, chosen: bool) -> np.ndarray:
        """At least how many folders there are, if these ways cost least for some data.

        At least one entry a point.  And, where n was ``chosen`` by a cost of a for a folder and s
        for an entry of each string: as n - 1 was no better, s <= a (ceil(E / (n-1)) - ceil(E / n))
        < a E / (n (n-1)) + a.
        """
        fewest = -(-N // ways.n)
        if not chosen or self.variant == "series" or self.depth is not None:
            return fewest
        a, s = {
            "narrow": (2, 2 * ways.key + 6 * self.c),
            "wide": (1, ways.key + self.c),
            "parallel": (FINDING, READING * (ways.key + self.c)),
        }[self.variant]
        return np.maximum(fewest, (s - a) * (ways.n - 1) // a + 1)

    def room(self, ways: "_Ways") -> np.ndarray:
        """The most folders in a block."""
        if self.depth is None:
            return np.full_like(ways.T, TOO_MUCH)
        return self.depth - block_depth_of(ways.steps, 0, ways.T)

    def blocks(self, ways: "_Ways", folders: np.ndarray) -> np.ndarray:
        return -(-folders // np.maximum(self.room(ways), 1))

    def check(self, size: int, most: int, lengths: range, N: int, n: int | None) -> None:
        """Raise when a budget is too small for some modulus of these lengths, at most ``most``."""
        steps = {b: halvings(size, 1 << (b - 1)) for b in lengths}
        strings = {}
        for b in lengths:
            ways = _Ways.of(N, min(most, (1 << b) - 1), b, steps[b], self.c, n or 1, 1)
            strings[b] = int(ways.T.min())
        range_bits = size.bit_length()
        if self.depth is not None:
            fewest = max(block_depth_of(steps[b], 1, strings[b]) for b in lengths)
            if self.depth < fewest:
                raise HypothesisViolated(
                    f"depth: for projections of {range_bits} bits and keys of up to "
                    f"{lengths[-1]} bits {fewest} layers are always enough, and fewer may not be, "
                    f"got {self.depth}"
                )
        if self.bits is not None:
            fewest = max(
                max(strings[b] + self.beside, b + steps[b] - 1 if steps[b] else 0) for b in lengths
            )
            if self.bits < fewest:
                raise HypothesisViolated(
                    f"bits: for projections of {range_bits} bits and keys of up to {lengths[-1]} "
                    f"bits {fewest} bits are always enough, and fewer may not be, got {self.bits}"
                )


@dataclass(frozen=True)
class _Ways:
    """Ways to write the strings, for a modulus of ``first`` bits and ``steps`` steps.

    key, n, T: bits of an increment, entries in a folder, bits of a string; arrays
    most:      for each, the number of folders that suffices for all data
    """

    steps: int
    first: int
    key: np.ndarray
    n: np.ndarray
    T: np.ndarray
    most: np.ndarray

    @classmethod
    def of(
        cls, N: int, Q: int, first: int, steps: int, c: int, n: int | None, largest: int
    ) -> "_Ways":
        """For N keys below Q, with folders of ``n`` entries, or up to ``largest``."""
        entries = np.arange(1, largest + 1) if n is None else np.array([n])
        found = []
        for key in range(1, max(2, first)):
            E = N + (Q - N) // ((1 << key) - 1)
            if MOST_ENTRIES * N >= E or key >= first - 1:
                found.append((np.full_like(entries, key), entries, -(-E // entries)))
        keys, sizes, most = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
        return cls(steps, first, keys, sizes, string_bits(first, keys, c, sizes), most)


def _stream(shape: _Shape, N: int, d: int, n: int | None, reach: _Reach) -> Size:
    """The largest over all lengths that the modulus may have."""
    size = reach.range(N)
    most = min(size, modulus_bound(N, size))
    lengths = range(N.bit_length(), most.bit_length() + 1)  # Q is at least N
    shape.check(size, most, lengths, N, n)
    first_layer = max(reach.entry, (reach.projection + 1).bit_length())
    return _largest(
        _stream_size(shape, N, d, n, first_layer, size, min(most, (1 << b) - 1), b) for b in lengths
    )


def _stream_size(
    shape: _Shape, N: int, d: int, n: int | None, first_layer: int, size: int, Q: int, first: int
) -> Size:
    """For a modulus of ``first`` bits, at most Q; and projections in a range of ``size``.

    The data decide how many entries there are.  What costs least for the most entries is an upper
    bound of the cost; and what is built costs no more than that, with the fewest entries.
    """
    steps, c = halvings(size, 1 << (first - 1)), shape.c
    ways = _Ways.of(N, Q, first, steps, c, n, math.isqrt(2 * N) + 1)
    cost = int(shape.cost(ways, ways.most).min())
    # a folder size of least cost is at most sqrt(E) + 1, and E at most MOST_ENTRIES N
    built = _Ways.of(N, Q, first, steps, c, n, math.isqrt(MOST_ENTRIES * N) + 1)
    fewest = shape.fewest(built, N, n is None)
    possible = shape.cost(built, fewest) <= cost
    T, fewest = built.T[possible], fewest[possible]
    longest = int(T.max())
    blocks, depth, width = (
        1,
        cost,
        {"narrow": 3, "series": 7 + (c > 1)}.get(shape.variant, 6 + (c > 1)),
    )
    if shape.variant == "parallel":
        if shape.depth is None:  # one block; T bits leave so much for the folders
            depth = int(block_depth_of(steps, (cost - READING * T) // FINDING, T).max())
        else:
            depth = shape.depth
            blocks = int(((cost - FINDING * fewest) // (READING * T)).clip(1).max())
    behind = depth - 2
    bits = max(first_layer, size.bit_length() + 1, longest + shape.beside)
    if shape.variant == "narrow":
        entries, dense = 6 + 11 * behind // 2, 12 * behind + 4
        # of the entries of two layers at most four are long
        total = (2 * depth + 5) * bits + 2 * (d + 1 + entries)
    else:
        # a layer has up to 23 entries for each block that reads, and up to 11 to reduce
        wide = width * blocks
        entries = 23 * behind * blocks + 2
        dense = wide * (wide + 1) * behind + 2 * wide + 1
        total = entries * bits
    return Size(
        depth=depth,
        width=width * blocks,
        neurons=1 + width * blocks * behind,
        weights=d + 1 + entries,
        dense_weights=d + 1 + dense,
        bits=bits,
        total_bits=(d + 1) * first_layer + total,
    )


def _retrieval(N: int, d: int, c: int, cells: int | None, folders: int, reach: _Reach) -> Size:
    """The largest over the two ways to prepare the keys: as they are, or times a factor and modulo
    a number Q, both drawn."""
    size = reach.range(N)
    primes = primes_near(round((N / (FILL * c)) ** 0.5) if cells is None else cells)
    product = math.prod(primes)
    Q = (2 << (N * N).bit_length()) - 1
    mixed = max(size, 1 << min(Q.bit_length() + MIXING, WORD))  # the range times the factor
    formulas = []
    for modulus, before in ((size, size), (Q, mixed)):
        about = {
            "d": d,
            "folders": folders,
            "folder_size": sum(primes),
            "label_bits": c,
            "primes": primes,
            "string_bits": c * sum(primes),
            "hash_steps": 0 if before == modulus else halvings(before, modulus // 2 + 1),
            "table_steps": halvings(modulus, product),
            "prime_steps": [halvings(min(modulus, product), p) for p in primes],
            "modulus": hex(modulus),
            # the factor has at most WORD bits
            "projection_bits": max(reach.entry, (reach.projection + 1).bit_length()) + WORD,
        }
        formulas.append(retrieval_formula(about))
    depth, weights, bits = (
        max(getattr(f, name) for f in formulas) for name in ("depth", "weights", "bits")
    )
    return Size(
        depth=depth,
        width=8,
        neurons=1 + 8 * (depth - 2),
        weights=weights,
        dense_weights=d + 1 + 72 * (depth - 2) + 9,
        bits=bits,
        total_bits=weights * bits,
    )


def _answering(size: Size, longest: int, bits: int | None) -> Size:
    """``size`` with a last layer that makes targets of codes, with entries of ``longest`` bits."""
    if bits is not None and bits < longest:
        raise HypothesisViolated(
            f"bits: the last layer, which makes targets of codes, takes {longest} bits, got {bits}"
        )
    return replace(
        size,
        weights=size.weights + 1,
        bits=max(size.bits, longest),
        total_bits=size.total_bits + (size.width + 1) * longest,
    )


def _largest(sizes: Iterator[Size]) -> Size:
    """Entry by entry."""
    return Size(*(max(column) for column in zip(*map(astuple, sizes), strict=True)))


def _short(value: Fraction) -> str:
    """For a message: a float where there is one."""
    try:
        return str(float(value))
    except OverflowError:
        return f"about 2^{value.numerator.bit_length() - value.denominator.bit_length()}"


def log2(value: Fraction | int) -> float:
    """log2 of a positive fraction of any size."""
    value = Fraction(value)
    shift = value.numerator.bit_length() - value.denominator.bit_length()
    return shift + math.log2(value / Fraction(2) ** shift)
