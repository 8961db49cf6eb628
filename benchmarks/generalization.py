"""Pairs of digits: what networks that memorize 1,000 images say of all test images of these digits,
and how long the nearest-point network of all training images takes."""

from fractions import Fraction
from itertools import combinations

import numpy as np

import mem_lib as ml
from benchmarks.core import ratio, timed

#: Training images of each digit, as in the paper's table.
IMAGES = 500
#: Pairs whose training images are verified as well, and whose cells are evaluated in layers.
VERIFIED = [(1, 7), (4, 9), (3, 8)]
VARIANTS = ("cells", "maxnet", "condensed", "spike", "projected")
#: Test images of a pair at which the cells are evaluated through their layers.
LAYERED = 40


def generalization() -> list[dict]:
    """A row for each pair: the share of test images with the right label, undecided ones counted as
    wrong, and of each network how many those are; beside it what always saying the smaller digit
    would get.

    Networks are evaluated through their layers.  The cells, whose first layer has 500,000 units of
    784 weights, are so at ``LAYERED`` images of three pairs, and at all images through distances:
    by theorem ``thm-generalization-cells`` only the cells of points nearer than any point of the
    other label can be on.  The two have to agree."""
    train, test = (ml.data.mnist(part, download=False) for part in ("train", "test"))
    return [_row(train, test, a, b) for a, b in combinations(range(10), 2)]


def pairs() -> list[dict]:
    """The max-net of all training images of two digits, for all pairs: build, and evaluate all test
    images; for three pairs all training images are verified.

    The baseline is the first layer alone: one product in float64 with as many rows.
    """
    train, test = (ml.data.mnist(part, download=False) for part in ("train", "test"))
    seconds = dict.fromkeys(("build", "test", "product", "verify", "training product"), 0.0)
    right = total = 0
    for a, b in combinations(range(10), 2):
        dataset, asked = (between(part, a, b) for part in (train, test))
        network, building = timed(lambda dataset=dataset: ml.generalization.build(dataset))
        found, testing = timed(
            lambda network=network, asked=asked: ml.predict(network, asked.points)
        )
        right, total = right + int((found == asked.labels).sum()), total + asked.N
        seconds["build"] += building
        seconds["test"] += testing
        seconds["product"] += _product(network, asked)
        if (a, b) in VERIFIED:
            certificate, verifying = timed(
                lambda network=network, dataset=dataset: ml.verify(network, dataset)
            )
            assert certificate.ok, certificate
            seconds["verify"] += verifying
            seconds["training product"] += _product(network, dataset)
    all_of_it = seconds["build"] + seconds["test"] + seconds["verify"]
    alone = seconds["product"] + seconds["training product"]
    share, what = right / total, "float64 products of the first layer"
    return [
        ratio("build, 45 pairs", seconds["build"], "s", what, seconds["product"]),
        ratio("all test images, 45 pairs", seconds["test"], "s", what, seconds["product"]),
        ratio(
            "verify all training images, 3 pairs", seconds["verify"], "s", what,
            seconds["training product"],
        ),
        ratio("all of it", all_of_it, "s", what, alone),
        ratio("test images right", share, "", "half of them", 0.5),
    ]  # fmt: skip


def between(dataset: ml.Dataset, a: int, b: int, images: int | None = None) -> ml.Dataset:
    """The images of two digits, labels 0 and 1; ``images`` of each at random, or all."""
    rng, rows = np.random.default_rng(0), []
    for digit in (a, b):
        own = np.flatnonzero(dataset.labels == digit)
        rows.append(own if images is None else rng.choice(own, images, replace=False))
    chosen = np.concatenate(rows)
    return ml.Dataset(dataset.points[chosen], (dataset.labels[chosen] == b).astype(int))


def _row(train: ml.Dataset, test: ml.Dataset, a: int, b: int) -> dict:
    dataset, asked = between(train, a, b, IMAGES), between(test, a, b)
    row = {"a": a, "b": b, "N": dataset.N, "tested": asked.N}
    for variant in VARIANTS:
        network = ml.generalization.build(dataset, variant=variant)
        if variant == "cells":
            found = cells_by_distances(dataset, asked.points, Fraction(1, 100))
            if (a, b) in VERIFIED:
                layered = ml.predict(network, asked.points[:LAYERED])
                assert (found[:LAYERED] == layered).all()
        else:
            found = ml.predict(network, asked.points)
        row[variant] = f"{(found == asked.labels).mean():.4f}"
        row[f"undecided {variant}"] = f"{(found == -1).mean():.4f}"
        if variant == "condensed":
            row["kept"] = network.about["kept"]
    return row | {"always a": f"{(asked.labels == 0).mean():.4f}"}


def cells_by_distances(dataset: ml.Dataset, points: np.ndarray, tau: Fraction) -> np.ndarray:
    """What the network of cells says at integer points, -1 where it is undecided."""
    p, q = tau.as_integer_ratio()
    own, least = dataset.labels == 1, int(dataset.squared_margin)
    between, to = (_squares(a, dataset.points) for a in (dataset.points, points))
    found = np.full(len(points), -1)
    for row, square in enumerate(to):
        label = int(square[own].min() < square[~own].min())
        other = own if label == 0 else ~own
        near = np.flatnonzero(~other & (square < square[other].min()))
        sides = q * (square[other] - square[near][:, None]) - 2 * p * between[near][:, other]
        if (np.maximum(-sides, 0).sum(axis=1) < 2 * p * least).any():
            found[row] = label
    return found


def _squares(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Squared distances of images, exact: every sum is below 2^53."""
    a, b = points.astype(np.float64), others.astype(np.float64)
    squares = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1) - 2 * (a @ b.T)
    return squares.astype(np.int64)


def _product(network: ml.Network, dataset: ml.Dataset) -> float:
    """Seconds of the first layer's product, 1,000 points at a time."""
    weight, points = network.layers[0].dense.astype(np.float64), dataset.points
    blocks = [points[i : i + 1000].astype(np.float64).T for i in range(0, len(points), 1000)]
    return timed(lambda: [weight @ block for block in blocks])[1]
