"""Three networks to think with: one that always exists, one that reads a bit, one that stores.

*Staircase.*  Project the points to a line so that different labels do not meet, then climb from
label to label: N points, at most 2(N - 1) + 1 neurons, any labels.

*Fold.*  On [0, 2h] the map v -> relu(v) - 2 relu(v - h) goes up to h and down again.  Fold
[0, 2^m] with h = 2^(m-1), then with 2^(m-2), and so on: after i folds the interval [x, x + 1]
still has length 1, because its ends are integers and every crease is one of them; it points down
exactly when the i-th most significant bit of x is 1.  So two copies of the fold, one begun at x and
one at x + 1, end at a difference of -1 or +1, and this difference is the bit.

*Table.*  n strings of m bits in the weights of one hidden layer, and m folds that read the string
which was asked for: O(n + m) weights for n m labels.
"""

from itertools import pairwise
from typing import Any

import numpy as np

from mem_lib._base.arguments import instance, integer_in, listed
from mem_lib._base.memory import check_memory
from mem_lib._base.numbers import array_of
from mem_lib.data import Dataset
from mem_lib.errors import InvalidArgument, shown
from mem_lib.network import Layer, Network
from mem_lib.parts.line import line_apart

DRAWS = 64


def staircase(dataset: Dataset, *, seed: int = 0) -> Network:
    """The memorizer that always exists: depth 3, at most d + 6N - 4 weights (theorem
    ``thm-foundations-staircase``).

    A random integer direction takes the points to a line.  Where the label changes from one point
    of the line to the next, two ReLU neurons make a step.  Works for labels and for targets; one
    value alone gives a constant network of depth 1.

    Raises ``ConstructionFailed`` when 64 directions in a row take differently labelled points to
    one place; each does so with probability below 1/2.  ``InvalidArgument`` when ``dataset`` is
    no Dataset or ``seed`` no whole number >= 0.

    >>> from mem_lib import verify
    >>> xor = Dataset([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
    >>> bool(verify(staircase(xor), xor))
    True
    """
    seed, data = integer_in(seed, "seed", 0), instance(dataset, "dataset", Dataset).distinct()
    values, denominator = (data.labels, 1) if data.targets is None else data.integer_targets()
    if (values == values[0]).all():
        constant = Layer([[0] * data.d], [int(values[0])], "identity", stage="constant")
        return Network([constant], data.shift, denominator)
    rng = np.random.default_rng(seed)
    # a pair meets with probability at most 1/N^2, and there are fewer than N^2/2 pairs
    line = line_apart(
        data, values, lambda: rng.integers(0, data.N**2, data.d).tolist(), draws=DRAWS
    )
    at, value = [int(t) for t in line.places], [int(v) for v in values[line.order]]
    changes = [
        ((at[i] + at[i + 1]) // 2 - at[0], value[i + 1] - value[i]) for i in line.changes.tolist()
    ]
    # the step is between the integers t and t + 1: relu(z - t) - relu(z - t - 1)
    steps = Layer(
        [[1]] * (2 * len(changes)), [-t - k for t, _ in changes for k in (0, 1)], "relu",
        stage="steps",
    )  # fmt: skip
    climb = Layer(
        [[sign * jump for _, jump in changes for sign in (1, -1)]], [value[0]],
        "identity", stage="climb",
    )  # fmt: skip
    ground = Layer([line.direction], [-at[0]], "relu", stage="line")
    return Network([ground, steps, climb], data.shift, denominator)


def strip(bits: int, folds: int | None = None) -> Network:
    """The strip [0, 2^bits], folded in the middle ``folds`` times (default: ``bits`` times): where
    each of its places comes to lie; lemma ``thm-foundations-bits``.  Depth 2 ``folds``, width 2;
    every second layer holds the place after one fold more.

    Raises ``InvalidArgument`` when an argument is out of range.

    >>> from mem_lib import evaluate
    >>> evaluate(strip(4, 1), [[6], [7], [9], [16]])[0].ravel().tolist()
    [6, 7, 7, 0]
    """
    bits = integer_in(bits, "bits", 1)
    folds = bits if folds is None else integer_in(folds, "folds", 1, bits)
    layers = []
    for i in range(1, folds + 1):
        crease = Layer([[1], [1]], [0, -(2 ** (bits - i))], "relu", stage=f"fold {i}")
        layers += [crease, Layer([[1, -2]], [0], "relu", stage=f"after {i}")]
    return Network(layers)


def bit_reader(bits: int, place: int | None = None, *, pieces: int = 1) -> Network:
    """The network that reads one bit of a ``bits``-bit number x: depth ``place`` + 2, width 4;
    lemma ``thm-foundations-bits``.

    bits : 0 <= x < 2^bits.
    place : which bit, 1 for the most significant; default: the last one, so the label is the parity
        of x.
    pieces : x arrives as that many numbers, most significant first (:func:`pieces_of`), each small
        enough for any arithmetic; the first layer puts it together.

    Every weight and every bias is 0 or a power of two, up to its sign.

    Raises ``InvalidArgument`` when an argument is out of range, ``TooLarge`` when the weights would
    not fit into memory.

    >>> from mem_lib import predict
    >>> predict(bit_reader(4), [[x] for x in range(6)]).tolist()
    [0, 1, 0, 1, 0, 1]
    >>> predict(bit_reader(4, 1), [[7], [8]]).tolist()
    [0, 1]
    """
    bits, pieces = integer_in(bits, "bits", 1), integer_in(pieces, "pieces", 1)
    place = bits if place is None else integer_in(place, "place", 1)
    if place > bits:
        raise InvalidArgument(f"place: a number of {bits} bits has no bit {shown(place)}")
    check_memory(place * bits // 8, f"bits: {shown(bits)}, folded {shown(place)} times,")
    length = -(-bits // pieces)
    x = [2 ** (length * (pieces - 1 - p)) for p in range(pieces)]
    layers = [Layer([x, x], [0, 1], "relu", names=["x", "x + 1"], stage="number")]
    for i in range(1, place + 1):
        half = 2 ** (bits - i)
        copies = [[1, 0], [1, 0], [0, 1], [0, 1]] if i == 1 else _FOLD
        layers.append(Layer(copies, [0, -half, 0, -half], "relu", stage=f"fold {i}"))
    return Network([*layers, Layer([_DIFFERENCE], [0], "relu", stage="bit")])


# outputs of a fold layer: relu(v), relu(v - h), relu(w), relu(w - h); v becomes the first minus
# twice the second, w the third minus twice the fourth
_FOLD = [[1, -2, 0, 0], [1, -2, 0, 0], [0, 0, 1, -2], [0, 0, 1, -2]]
_DIFFERENCE = [1, -2, -1, 2]


def pieces_of(numbers: Any, bits: int, pieces: int) -> np.ndarray:
    """The points of :func:`bit_reader` (lemma ``thm-foundations-bits``): ``numbers`` (M,) of
    ``bits`` bits, cut into ``pieces`` pieces of ceil(bits / pieces) bits, most significant first:
    (M, pieces), int64 or object.

    Raises ``InvalidArgument`` when a number is negative or too long, or there is none.

    >>> pieces_of([0b110101], 6, 2).tolist()
    [[6, 5]]
    """
    bits, pieces = integer_in(bits, "bits", 1), integer_in(pieces, "pieces", 1)
    numbers = [integer_in(x, f"numbers[{i}]", 0) for i, x in enumerate(listed(numbers, "numbers"))]
    if not numbers or max(numbers) >> bits:
        raise InvalidArgument(
            f"numbers: at least one, all of at most {bits} bits, got {shown(numbers)}"
        )
    length = -(-bits // pieces)
    mask = 2**length - 1
    rows = [[x >> length * (pieces - 1 - p) & mask for p in range(pieces)] for x in numbers]
    return np.array(rows, dtype=np.int64 if length < 63 else object)


def table(strings: Any) -> Network:
    """A network of 3n + 15m - 4 weights that stores the n x m bits of ``strings``: its label at the
    point (i, j), integers, is ``strings[i][j]`` (theorem ``thm-foundations-table``).

    strings : (n, m) array of zeros and ones.

    Which weights may be nonzero depends on n and m alone: the wiring is fixed and shatters all n m
    points.  Depth m + 3; bits at most max(m + 1, bit length of n).

    Raises ``InvalidArgument`` for anything but zeros and ones, ``InvalidDataset`` for rows
    of different lengths.

    >>> from mem_lib import predict
    >>> predict(table([[0, 1, 1], [1, 0, 1]]), [[0, 0], [0, 1], [1, 0], [1, 1]]).tolist()
    [0, 1, 1, 0]
    """
    strings = array_of("strings", strings)
    if strings.ndim != 2 or not strings.size or not np.isin(strings, (0, 1)).all():
        raise InvalidArgument(
            f"strings: an (n, m) array of zeros and ones is needed, got {shown(strings)}"
        )
    m = strings.shape[1]
    numbers = [int("".join(str(int(bit)) for bit in row), 2) for row in strings]
    layers = [*_choose(numbers), _first_fold(m)]
    layers += [_fold_or_stop(i, m) for i in range(1, m)]
    last = layers[-1].units
    readout = [1, -2, -1, 2] + [0] * (last - 4)
    return Network([*layers, Layer([readout], [0], "identity", stage="bit")], readout="sign")


def _choose(numbers: list[int]) -> list[Layer]:
    """(i, j) -> (numbers[i], j): the piecewise linear function through the numbers."""
    n = len(numbers)
    rises = [b - a for a, b in pairwise(numbers)]
    bends = [b - a for a, b in pairwise([0, *rises])]  # at 0, 1, .., n - 2
    corners = Layer(
        [[1, 0]] * (n - 1) + [[0, 1]], [-t for t in range(n - 1)] + [0], "relu", stage="corners"
    )
    number = Layer(
        [[*bends, 0], [0] * (n - 1) + [1]], [numbers[0], 0], "relu", stage="the string",
        names=["string", "j"],
    )  # fmt: skip
    return [corners, number]


def _first_fold(m: int) -> Layer:
    half = 2 ** (m - 1)
    weight, bias = [[1, 0]] * 4, [0, -half, 1, 1 - half]
    if m > 1:  # j, and relu(1 - j): positive when bit 1 must not be folded any more
        weight, bias = [*weight, [0, 1], [0, -1]], [*bias, 0, 1]
    return Layer(weight, bias, "relu", stage="fold 0")


def _fold_or_stop(i: int, m: int) -> Layer:
    """Fold number i, unless i > j: then relu(i - j) >= 1 holds the crease beyond every value."""
    half, beyond = 2 ** (m - 1 - i), -(2 ** (m - 1))
    weight = [[*row, 0, beyond if k % 2 else 0] for k, row in enumerate(_FOLD)]
    bias = [0, -half, 0, -half]
    if i < m - 1:
        weight = [*weight, [0, 0, 0, 0, 1, 0], [0, 0, 0, 0, -1, 0]]
        bias = [*bias, 0, i + 1]
    return Layer(weight, bias, "relu", stage=f"fold {i}")
