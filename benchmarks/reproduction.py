"""The paper's experiments once more; what the authors publish is in results/reference.csv.

    python -m benchmarks reproduction_mnist

Each of these goes on where it was stopped.  Widths count neurons of the second layer, and one for a
class without any, as the authors' do.
"""

import time
from collections.abc import Callable
from functools import cache, partial
from itertools import product

import numpy as np
from threadpoolctl import threadpool_limits

import mem_lib as ml
from benchmarks.chapters import paper_moons, scaled_moons
from benchmarks.nearest import alone
from benchmarks.records import resumed
from mem_lib import beyond_worst_case as bwc
from mem_lib import recorded

BIAS = 0.5  # of the largest norm, where the experiment has one only


def width(found: bwc.Attempt) -> int:
    return sum(max(count, 1) for count in found.covering)


# -- two moons -------------------------------------------------------------------------------------

DRAWS = 2000
#: Where nearly all draws memorize, or none does, and each takes longer.
FEWER = 500


@cache
def cells() -> list[tuple[int, float]]:
    """(n, max_bias): those that are published, and around one of them those of the grid.  Their
    places here give the seeds."""
    published = [(r["n"], r["max_bias"]) for r in recorded.read("reference") if r["N"] == 1000]
    around = product((190, 200, 210), (1.45, 1.5, 1.55))
    return list(dict.fromkeys([*published, *around]))


def moons() -> list[dict]:
    """Each cell with 2,000 draws of its own, or 500 for n = 500: how many memorize the points on
    the grid 2^-20, how many those in single precision as they come, and of how many draws this
    differs."""
    data, exact = paper_moons(), scaled_moons(1000)

    def measure(n: int, max_bias: float, draws: int) -> dict:
        first = DRAWS * cells().index((n, max_bias))
        pairs = [
            [bwc.attempt(points, n, max_bias, seed=seed) for points in (data, exact)]
            for seed in range(first, first + draws)
        ]
        good = np.array([[not len(found.uncovered) for found in pair] for pair in pairs])
        widths = [width(found) for found, _ in pairs]
        return {
            "memorized": int(good[:, 0].sum()),
            "memorized_float32": int(good[:, 1].sum()),
            "differ": int((good[:, 0] != good[:, 1]).sum()),
            "width": f"{np.mean(widths):.4f}",
            "deviation": f"{np.std(widths, ddof=1):.4f}",
        }

    order = sorted(cells(), key=lambda cell: (cell[1] == 0, abs(cell[0] - 200)))
    trials = [{"n": n, "max_bias": bias, "draws": DRAWS if n < 500 else FEWER} for n, bias in order]
    return _recorded("reproduction_moons", trials, measure)


#: How many draws each n gets; the rate is in question at n = 400 only.
REPEATS = {2000: 5, 1000: 5, 400: 20}


def samples() -> list[dict]:
    """The first N of a million points on two moons, in units of the largest norm of all."""
    everything = paper_moons(10**6)

    def measure(n: int, N: int, seed: int) -> dict:
        found = bwc.attempt(everything.subset(slice(N)), n, 1, seed=seed)
        return {"width": width(found), "uncovered": len(found.uncovered)}

    sizes = [100_000, 200_000, 400_000, 600_000, 800_000, 1_000_000]
    cells = list(product(sorted(REPEATS), sizes))
    trials = [
        {"n": n, "N": N, "seed": turn * len(cells) + place}
        for turns in ([0], range(1, max(REPEATS.values())))
        for few in REPEATS
        for turn in turns
        for place, (n, N) in enumerate(cells)
        if n == few and turn < REPEATS[n]
    ]
    return _recorded("reproduction_samples", trials, measure)


# -- images ----------------------------------------------------------------------------------------

#: That of which the chapter speaks comes first.
CELLS = [(500, 0.5), *(c for c in product((500, 300, 100), (0, 0.5, 1.0, 2.5)) if c != (500, 0.5))]
ROUNDS = 3


def mnist() -> list[dict]:
    """All 70,000 images, ten classes: ``uncovered`` images in a draw, and those of them that are
    not nines.

    Strictly, a draw memorizes when none is left.  The authors' program gives an image for which all
    outputs are 0 to the last class, so for it an uncovered nine is right.
    """
    trials = [
        {"n": n, "max_bias": bias, "seed": seed} for seed, (n, bias) in enumerate(ROUNDS * CELLS)
    ]  # a seed for each draw: with the same one, cells would share their hyperplanes
    return _recorded("reproduction_mnist", trials, partial(_images, ml.data.mnist(download=False)))


def _images(data: ml.Dataset, n: int, max_bias: float, seed: int) -> dict:
    found = bwc.attempt(data, n, max_bias * data.radius, seed=seed)
    labels = data.distinct().labels[found.uncovered]
    return {
        "width": width(found),
        "uncovered": len(labels),
        "not_of_the_last_class": int((labels != 9).sum()),
    }


#: The authors' grid of 25 restarts each: 16,250 trials.  Twice so many of them are timed here.
GRID = list(product(range(20, 501, 20), range(26), range(25)))
TIMED = 8


def grid() -> list[dict]:
    """A thousandth of the authors' grid over all of MNIST, drawn at random: the seconds of one
    processor that each draw takes."""
    data = ml.data.mnist(download=False)

    def measure(n: int, max_bias: float, seed: int) -> dict:
        start = time.process_time()
        found = _images(data, n, max_bias, seed)
        return {**found, "cpu_seconds": f"{time.process_time() - start:.3g}"}

    _images(data, 20, BIAS, 0)  # what the data set computes once
    chosen = [
        int(i)
        for seed in (0, 1)
        for i in np.random.default_rng(seed).choice(len(GRID), TIMED, replace=False)
    ]
    trials = [{"n": GRID[i][0], "max_bias": GRID[i][1] / 10, "seed": i} for i in chosen]
    return _recorded("reproduction_grid", trials, measure)


SHARES = {500: (10, 20, 30, 40, 50, 60, 70, 80, 90, 100), 10000: (10, 40, 100)}


def pairs() -> list[dict]:
    """Ones of MNIST against eights and against nines, the ones covered: a growing share, in per
    cent, of the images of each class."""
    everything = ml.data.mnist(download=False)
    data = {k: everything.subset(np.isin(everything.labels, (1, k))) for k in (8, 9)}
    data = {k: ml.Dataset(one.points, 1 * (one.labels == 1), classes=2) for k, one in data.items()}

    def measure(rival: int, n: int, share: int, seed: int) -> dict:
        whole = data[rival]
        order = np.random.default_rng(seed).permutation(whole.N)
        kept = [rows[: len(rows) * share // 100] for k in (0, 1)
                for rows in [order[whole.labels[order] == k]]]  # fmt: skip
        part = whole.subset(np.sort(np.concatenate(kept)))
        found = bwc.attempt(part, n, BIAS * whole.radius, seed=seed)
        return {"N": part.N, "width": width(found), "uncovered": len(found.uncovered)}

    cells = [
        (rival, n, share)
        for n, shares in SHARES.items()
        for _ in range(5 if n == 500 else 2)
        for share in shares
        for rival in data
    ]
    trials = [
        {"rival": rival, "n": n, "share": share, "seed": seed}
        for seed, (rival, n, share) in enumerate(cells)
    ]
    return _recorded("reproduction_pairs", trials, measure)


def images() -> list[dict]:
    """The first N images of MNIST and of CIFAR-10, one draw each.  With the complete CIFAR-10 in
    the folder of the data, all of it too."""
    data = _both()

    def measure(images: str, N: int, n: int, seed: int) -> dict:
        whole = data[images]
        found = bwc.attempt(whole.subset(slice(N)), n, BIAS * whole.radius, seed=seed)
        return {"width": width(found), "uncovered": len(found.uncovered)}

    cells = 2 * [(*part, n) for n in (500, 1000, 2000) for part in _parts(data)]
    trials = [
        {"images": name, "N": N, "n": n, "seed": seed} for seed, (name, N, n) in enumerate(cells)
    ]
    return _recorded("reproduction_images", trials, measure)


def nearest() -> list[dict]:
    """Of the same images: how many are nearest to one of another class, how many lie in no other
    image's ball, and how many balls cover all in random order."""
    data = _both()
    trials = [{"images": name, "N": N} for name, N in _parts(data)]
    return _recorded(
        "reproduction_nearest", trials, lambda images, N: alone(data[images].subset(slice(N)))
    )


def _both() -> dict[str, ml.Dataset]:
    mnist, cifar10 = ml.data.mnist(download=False), ml.data.cifar10(download=False)
    return {"MNIST": mnist.subset(slice(10_000)), "CIFAR-10": cifar10}


def _parts(data: dict[str, ml.Dataset]) -> list[tuple[str, int]]:
    sizes = (1000, 2000, 5000, 10_000)
    more = [(name, one.N) for name, one in data.items() if sizes[-1] < one.N]
    return [*product(data, sizes), *more]


def _recorded(name: str, trials: list[dict], measure: Callable[..., dict]) -> list[dict]:
    with threadpool_limits(1):
        return resumed(recorded.FOLDER / f"{name}.csv", trials, measure)


BENCHMARKS = {
    f"reproduction_{run.__name__}": run
    for run in (moons, samples, mnist, grid, pairs, images, nearest)
}
