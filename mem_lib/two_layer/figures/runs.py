"""The runs behind the page of experiments: games of many kinds on many data sets.

A fit is called by its kind of pairs and its coarseness, ``"antisymmetric 0.3"``; ``"one-sided
exact"`` takes the exact derivative.  Neurons are counted in units of N/d, total weights in units of
|y|, which is the root of N for signs.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mem_lib import figures
from mem_lib._base.arguments import integer_in, one_of
from mem_lib.data import Dataset, sphere
from mem_lib.errors import InvalidArgument, shown
from mem_lib.figures import Table
from mem_lib.two_layer import History, build, fit, total_weight
from mem_lib.two_layer.figures.game import reached

#: What the pages call the variants of ``fit`` and of the exact networks.
KINDS = {
    "one-sided": "ntk", "antisymmetric": "antisymmetric", "harmonic": "harmonic",
    "Hermite": "hermite",
}  # fmt: skip
EXACT = {"slabs": "paper", "strips": "sorted", "caps": "caps", "corrected fit": "hybrid"}
PAIRS = ("one-sided", "antisymmetric", "harmonic")
MOST_NEURONS = 10**5


def coin_flips(points: np.ndarray, seed: int = 0) -> Dataset:
    """``points`` (N, d) with independent random targets -1 and 1.

    >>> coin_flips(np.eye(3)).targets.tolist()
    [1, 1, 1]
    """
    flips = np.random.default_rng(seed).choice([-1, 1], len(points))
    return Dataset(points, targets=flips)


def played(dataset: Dataset, name: str, error: float, **options: Any) -> History:
    """The history of the fit ``name`` to the relative squared ``error``; ``options`` go to
    :func:`mem_lib.two_layer.fit`.

    ``InvalidArgument`` for a name of another form, else as ``fit``.
    """
    kind, _, coarseness = str(name).partition(" ")
    variant = KINDS[one_of(kind, "name", KINDS)]
    try:
        step = None if coarseness == "exact" else float(coarseness)
    except ValueError:
        raise InvalidArgument(
            f"name: a kind and 'exact' or a coarseness are needed, got {shown(name)}"
        ) from None
    given = {"neurons": MOST_NEURONS, **options}
    return fit(dataset, variant=variant, coarseness=step, relative_error=error, **given).history


def units(dataset: Dataset, neurons: float, weight: float) -> tuple[float, float]:
    """Neurons over N/d, and total weight over the length of the targets."""
    y = dataset.labels if dataset.targets is None else dataset.targets
    length = float(np.linalg.norm(np.asarray(y, float)))
    return neurons * dataset.d / dataset.N, weight / length


def at_errors(
    dataset: Dataset, past: History, errors: Sequence[float]
) -> dict[float, tuple[float, float]]:
    """:func:`units` of a game when it reached each of ``errors``.  Raises as :func:`reached`."""
    steps = {error: reached(past, error) for error in errors}
    return {
        error: units(dataset, float(past.neurons[at]), float(past.weight[at]))
        for error, at in steps.items()
    }


def families(N: int, d: int, seed: int = 0) -> dict[str, Dataset]:
    """Five data sets on the sphere: signs, one constant and five spikes at independent points;
    signs at points in groups of ten neighbours, and at points about a common direction.

    ``InvalidArgument`` for fewer than ten points.
    """
    N, d = integer_in(N, "N", 10), integer_in(d, "d", 1)
    rng = np.random.default_rng(seed)
    normal = rng.standard_normal((N, d))
    centres = np.repeat(rng.standard_normal((-(-N // 10), d)), 10, axis=0)[:N]
    signs = rng.choice([-1, 1], N)
    return {
        "signs": _on_sphere(normal, signs),
        "constant": _on_sphere(normal, np.ones(N, int)),
        "spikes": _on_sphere(normal, (np.arange(N) < 5).astype(int)),
        "groups": _on_sphere(centres + 0.3 * normal, signs),
        "common direction": _on_sphere(normal + 1.0, signs),
    }


def _on_sphere(points: np.ndarray, targets: np.ndarray) -> Dataset:
    points = points / np.linalg.norm(points, axis=1)[:, None]
    return Dataset(points, targets=targets).rounded(20)


def medians(
    dataset: Dataset, coarseness: float, *, games: int = 3, error: float = 0.1
) -> dict[str, tuple[float, float]]:
    """:func:`units` of each of three kinds of pairs, medians over some games."""
    games = integer_in(games, "games", 1)
    found = {}
    for kind in PAIRS:
        pasts = [played(dataset, f"{kind} {coarseness}", error, seed=s) for s in range(games)]
        ends = [units(dataset, past.neurons[-1], past.weight[-1]) for past in pasts]
        neurons, weight = np.median(ends, axis=0).tolist()
        found[kind] = neurons, weight
    return found


def compared(
    control: Mapping[str, Mapping[str, Sequence[float]]], what: int, caption: str
) -> Table:
    """Kinds of pairs below each other, a column for each data set: neurons (``what`` = 0) or total
    weights (1) of ``control[case][kind]``, the least of each data set marked."""
    what = integer_in(what, "what", 0, 1)
    kinds = list(next(iter(control.values()), {}))
    rows = [(kind, *(round(found[kind][what]) for found in control.values())) for kind in kinds]
    best = dict.fromkeys(control, "min")
    return figures.table(rows, ["pairs", *control], caption=caption, best=best)


def weights_over(sizes: Sequence[int], d: int, names: Sequence[str]) -> dict[str, dict[int, float]]:
    """Median total weights for random signs at N points of the sphere, ``{name: {N: weight}}``: of
    fits to the relative error 0.1 over three data sets, of exact networks over seven, these up to
    half of the largest size."""
    lines: dict[str, dict[int, float]] = {name: {} for name in names}
    for n in sizes:
        sets = [coin_flips(sphere(N=n, d=d, seed=seed).points, seed) for seed in range(7)]
        for name, line in lines.items():
            if name not in EXACT:
                found = [played(one, name, 0.1).weight[-1] for one in sets[:3]]
            elif 2 * n <= max(sizes):
                found = [total_weight(build(one, variant=EXACT[name])) for one in sets]
            else:
                continue
            line[n] = float(np.median(found))
    return lines


def lucky(N: int, d: int, draws: int) -> dict[str, list[float]]:
    """Total weight over the root of N of slabs and of strips, for so many draws of N points of the
    sphere and random signs."""
    found: dict[str, list[float]] = {"slabs": [], "strips": []}
    for seed in range(integer_in(draws, "draws", 1)):
        one = coin_flips(sphere(N=N, d=d, seed=seed).points, seed)
        for name, weights in found.items():
            network = build(one, variant=EXACT[name], seed=seed)
            weights.append(total_weight(network) / N**0.5)
    return found
