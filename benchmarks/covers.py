"""How many covering neurons: random order, greedy order, both kinds of scores, and the floor.

All pairs of points are compared once for both kinds of scores: with G the number of hyperplanes on
at both c and x, the score of x for c is |x| - G, and in both directions |c| + |x| - 2G.  Every
order is then played on the sets of the points that neurons would cover; some of the networks are
built and verified, and have as many neurons.
"""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

import mem_lib as ml
from mem_lib import beyond_worst_case as bwc
from mem_lib.beyond_worst_case.greedy import greedy_family, irredundant, packed, sizes, unpacked
from mem_lib.parts.hyperplanes import codes, hyperplanes

#: Biases up to this share of the radius; random orders of each draw; points of a block of pairs.
BIAS, ORDERS, BLOCK = Fraction(1, 2), 5, 2048
#: (variant, factor of G): the score, less what belongs to the centre alone, is |x| - factor G.
SIDES = (("practical", 1), ("two_sided", 2))
#: The hyperplanes of each data set, and whether the floor by p is computed: 3 microseconds a pair.
SIZES = {
    "digits": ((150, 200, 300, 500, 1000, 2000, 5000), True),
    "cifar10": ((500, 1000, 2000, 5000), False),
    "mnist": ((300, 500, 1000), False),
}


#: Which of the networks are built and verified as well.
BUILT = {("digits", n): ("practical", "two_sided") for n in SIZES["digits"][0]} | {
    ("mnist", 500): ("two_sided",)
}


def covers() -> list[dict]:
    """Digits, the first batch of CIFAR-10 and all of MNIST, each class against the others, biases
    up to half the radius: mean numbers of covering neurons over n, and the floor.

    n = 0 stands for the floor: "open balls" are so many as do, "apart" so many as are needed, by
    the distance; "open sets of p" and "apart by p" by the p of these biases.
    """
    rows = []
    for name, (grid, by_p) in SIZES.items():
        dataset = _data(name).distinct()
        for n in grid:
            found = widths(dataset, n)
            _compare(dataset, n, found, BUILT.get((name, n), ()))
            rows += [_row(name, dataset, n, *line) for line in found]
        floors = [("open balls", "apart", None)]
        if by_p:
            floors.append(("open sets of p", "apart by p", BIAS * Fraction(dataset.radius)))
        for above, below, bias in floors:
            floor = bwc.covering_floor(dataset, max_bias=bias)
            rows.append(_row(name, dataset, 0, "", above, [sum(floor.balls)], 0))
            rows.append(_row(name, dataset, 0, "", below, [sum(floor.at_least)], 0))
    return rows


def _data(name: str) -> ml.Dataset:
    if name == "digits":
        return ml.data.digits()
    if name == "mnist":
        return ml.data.mnist(download=False)
    return ml.data.cifar10(download=False).subset(np.arange(10_000))


def _row(
    name: str, dataset: ml.Dataset, n: int, variant: str, order: str, neurons: list[int], left: int
) -> dict:
    return {
        "data": name,
        "N": dataset.N,
        "n": n,
        "variant": variant,
        "order": order,
        "neurons": f"{np.mean(neurons):g}",
        "least": min(neurons),
        "most": max(neurons),
        "left_out": left,
    }


def widths(dataset: ml.Dataset, n: int, seed: int = 0) -> list[tuple[str, str, list[int], int]]:
    """(variant, order, covering neurons of all classes for each random order, points left out) of
    one draw, the one that ``build`` begins with."""
    (draw,) = np.random.default_rng(seed).spawn(1)
    for_layer, _ = draw.spawn(2)
    bias = BIAS * Fraction(dataset.radius)
    layer = hyperplanes(n, dataset.d, bias, weight_bits=16, shift=dataset.shift, rng=for_layer)
    bits = codes(layer, dataset)
    rng = np.random.default_rng(seed)
    total: dict[tuple[str, str], np.ndarray] = {}
    left = {variant: 0 for variant, _ in SIDES}
    for variant, sets in families(bits, dataset.labels):
        count = len(sets)
        left[variant] += int((sizes(sets) == 0).sum())
        visits = [_visited(sets, rng.permutation(count)) for _ in range(ORDERS)]
        kept = [irredundant(sets[chosen], count) for chosen in visits]
        chosen = greedy_family(sets)
        few = [len(irredundant(sets[chosen], count))]
        for order, found in (
            ("random", [len(v) for v in visits]),
            ("random, irredundant", [len(k) for k in kept]),
            ("greedy", few),
        ):
            total[variant, order] = total.get((variant, order), 0) + np.array(found)
    return [(v, order, found.tolist(), left[v]) for (v, order), found in total.items()]


def _visited(sets: np.ndarray, order: np.ndarray) -> list[int]:
    """The centres of the practical algorithm: whoever is not covered when its turn comes."""
    covered, centres = sizes(sets) == 0, []  # whose neuron would cover nothing gets none
    for row in order.tolist():
        if not covered[row]:
            centres.append(row)
            covered |= unpacked(sets[row], len(sets))
    return centres


def families(bits: np.ndarray, labels: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """For every class and both kinds of scores the packed sets that its points would cover."""
    classes = [np.flatnonzero(labels == k) for k in np.unique(labels)]
    on = bits.sum(axis=1, dtype=np.float32)
    least = {factor: np.full(len(bits), np.inf, np.float32) for _, factor in SIDES}
    for i, own in enumerate(classes):
        for a in _blocks(own):
            for b in (b for other in classes[i + 1 :] for b in _blocks(other)):
                both = _both(bits, a, b)
                for factor, low in least.items():
                    low[a] = np.minimum(low[a], (on[b] - factor * both).min(axis=1))
                    low[b] = np.minimum(low[b], (on[a][:, None] - factor * both).min(axis=0))
    for own in classes:
        sets: dict[str, list[np.ndarray]] = {variant: [] for variant, _ in SIDES}
        for a in _blocks(own):
            both = np.concatenate([_both(bits, a, b) for b in _blocks(own)], axis=1)
            for variant, factor in SIDES:
                below = on[own] - factor * both < least[factor][a][:, None]
                sets[variant].append(packed([below], len(own)))
        for variant, parts in sets.items():
            yield variant, np.concatenate(parts)


def _blocks(rows: np.ndarray) -> list[np.ndarray]:
    return [rows[i : i + BLOCK] for i in range(0, len(rows), BLOCK)]


def _both(bits: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """How many hyperplanes are on at both points; below 2^24, so float32 counts exactly."""
    return bits[a].astype(np.float32) @ bits[b].astype(np.float32).T


def _compare(
    dataset: ml.Dataset,
    n: int,
    found: list[tuple[str, str, list[int], int]],
    variants: tuple[str, ...],
) -> None:
    """What ``build`` makes of the same draw, greedily: the same neurons, and right if complete."""
    for variant, order, neurons, left in found:
        if order != "greedy" or variant not in variants:
            continue
        bias = BIAS * Fraction(dataset.radius)
        made = bwc.attempt(dataset, n, bias, variant=variant, order=order)
        assert [sum(made.covering)] == neurons and len(made.uncovered) == left
        assert ml.verify(made.network, dataset).ok == (left == 0)
