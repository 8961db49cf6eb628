"""A coloured partition: the margin in integers, nested, balanced, and honest failure."""

import math
from fractions import Fraction
from hashlib import sha256

import numpy as np
import pytest

from mem_lib.data import cells, partition
from mem_lib.errors import InvalidArgument, InvalidDataset, TooLarge


def squares(dataset):
    """All squared distances, exactly."""
    points = dataset.integers()[0].astype(object)
    apart = ((points[:, None] - points[None]) ** 2).sum(axis=2)
    return apart, 4**dataset.shift


@pytest.mark.parametrize("margin", [0.5, 0.3, 0.2, 0.05])
@pytest.mark.parametrize("d", [1, 2, 3, 10, 50])
def test_margin_between_colours_of_every_dimension(margin, d):
    for seed in range(3):
        dataset = partition(90, d, margin=margin, seed=seed)
        assert (dataset.N, dataset.d, dataset.classes) == (90, d, 2) and dataset.shift <= 20
        apart, unit = squares(dataset)
        rivals = dataset.labels[:, None] != dataset.labels
        assert Fraction(int(apart[rivals].min()), unit) >= Fraction(margin) ** 2
        assert apart[~np.eye(90, dtype=bool)].min() > 0 and dataset.squared_radius <= 1
        assert dataset.separation_at_least == 2.0**-20


@pytest.mark.parametrize(
    ("N", "d", "arguments"),
    [
        (1, 1, {"margin": 1.0}),
        (2, 1, {"margin": 1.2}),
        (150, 2, {"margin": 0.2, "classes": 7}),
        (150, 2, {"margin": 0.1, "cells": 40, "classes": 5}),
        (60, 3, {"margin": 0.3, "classes": 1}),
        (60, 3, {"margin": 0.3, "classes": 1, "cells": 1}),
        (60, 2, {"margin": 0.3, "cells": 2}),
        (40, 2, {"margin": 0.25, "bits": 6}),
        (60, 3, {"margin": 1e-4, "bits": 52}),
        (60, 400, {"margin": 0.5}),
        (60, 2, {"margin": Fraction(1, 3)}),
    ],
)
def test_other_arguments(N, d, arguments):
    dataset = partition(N, d, seed=2, **arguments)
    apart, unit = squares(dataset)
    rivals = dataset.labels[:, None] != dataset.labels
    if rivals.any():
        assert Fraction(int(apart[rivals].min()), unit) >= Fraction(arguments["margin"]) ** 2
    classes = arguments.get("classes", 2)
    assert dataset.classes == classes and dataset.shift <= arguments.get("bits", 20)
    assert set(dataset.labels[:classes].tolist()) == set(range(min(N, classes)))
    counts = np.bincount(dataset.labels, minlength=classes)
    assert counts.max() - counts.min() <= 2 + N // 10


@pytest.mark.parametrize("d", [1, 2, 40])
@pytest.mark.parametrize("bits", [9, 20, 52])
def test_fewer_points_are_the_first_of_more(d, bits):
    many = partition(600, d, margin=0.3, classes=3 if d > 1 else 2, seed=5, bits=bits)
    for N in (1, 2, 255, 256, 257, 599):
        few = partition(N, d, margin=0.3, classes=3 if d > 1 else 2, seed=5, bits=bits)
        assert (few.points == many.points[:N]).all() and (few.labels == many.labels[:N]).all()


def test_equal_colours_may_be_close_and_fill_the_free_region():
    dataset = partition(4000, 2, margin=0.3, seed=1)
    assert dataset.squared_separation < Fraction(1, 10**6) < dataset.squared_margin
    plain = partition(4000, 3, margin=0.3, classes=1, seed=1)  # no walls: uniform in the ball
    inner = np.mean(plain.points[:, 0] ** 2 + (plain.points[:, 1:] ** 2).sum(axis=1) <= 0.25)
    assert abs(inner - 1 / 8) < 0.03
    crowded = partition(3000, 2, margin=0.05, cells=2, seed=1)
    walls = crowded.margin  # random points come close to the least distance allowed
    assert 0.05 <= walls < 0.06


def test_the_labels_are_those_of_the_nearest_site():
    dataset = partition(500, 2, margin=0.2, classes=3, seed=4)
    sites = cells._sites(2, 0.2, 12, 3, 4, 20)
    away = ((dataset.points[:, None] - sites[None]) ** 2).sum(axis=2)
    assert (away.argmin(axis=1) % 3 == dataset.labels).all()
    assert len(sites) > 3 and (dataset.points[:3] == sites[:3]).all()


def test_a_quarter_of_a_million_points():
    dataset = partition(250_000, 2, margin=0.2, seed=1)
    assert dataset.N == 250_000 and dataset.squared_margin >= Fraction(0.2) ** 2


def test_the_seed_decides():
    assert partition(30, margin=0.2, seed=3) == partition(30, margin=0.2, seed=np.int64(3))
    assert partition(30, margin=0.2, seed=3) != partition(30, margin=0.2, seed=4)


@pytest.mark.parametrize(("d", "digest"), [(2, "0b9efd8df0b26656"), (30, "6d2f8a06f66a66ea")])
def test_the_points_are_what_they_were(d, digest):
    """Recorded results and networks in files are about these very points."""
    dataset = partition(500, d, margin=0.2, classes=3, seed=3)
    assert sha256(dataset.points.tobytes()).hexdigest()[:16] == digest


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"margin": 1.9}, r"margin=1.9 in d=2 .*: 1 of 2 cells .* about 1.3 would fit"),
        ({"margin": 1.7e308}, "1 of 2 cells of different classes"),
        ({"margin": 0.5, "classes": 40, "cells": 50}, r"\d of 40 cells .* about 0\.\d+ would fit"),
        ({"margin": 0.5, "classes": 9, "d": 1}, r"margin=0.5 in d=1 .*: \d of 9 cells"),
        ({"margin": 0.1, "bits": 1, "N": 500}, "cells on the grid 2.-1: only 2 of N=500 points"),
        ({"margin": 0.4, "bits": 1, "d": 30}, "margin=0.4 in d=30 on the grid 2.-1: . of 2 cells"),
    ],
)
def test_no_room(arguments, message):
    with pytest.raises(InvalidDataset, match=message):
        partition(**{"N": 20, **arguments})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"N": 0}, "N: a whole number >= 1"),
        ({"d": 0}, "d: a whole number >= 1"),
        ({"d": 2.5}, "d: "),
        ({"margin": 0}, "margin: a finite number > 0 is needed, got 0"),
        ({"margin": math.nan}, "margin: .*got nan"),
        ({"margin": None}, "margin: "),
        ({"margin": 10**400}, "margin: "),
        ({"cells": 0}, "cells: a whole number >= 1"),
        ({"cells": 5000}, "cells: this is computed up to 4096, got 5000"),
        ({"cells": 2, "classes": 3}, "cells: 3 classes take as many cells, got 2"),
        ({"classes": 0}, "classes: "),
        ({"classes": True}, "classes: "),
        ({"seed": -1}, "seed: "),
        ({"seed": None}, "seed: "),
        ({"bits": 0}, "bits: "),
        ({"bits": 53}, "bits: this is computed up to 52, got 53"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(InvalidArgument, match=message):
        partition(**{"N": 5, "margin": 0.2, **arguments})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"N": 10**15}, "N, d: "), ({"d": 10**9, "N": 1}, "cells, d: "), ({"d": 10**15}, "N, d: ")],
)
def test_what_no_machine_holds(arguments, message):
    with pytest.raises(TooLarge, match=message):
        partition(**{"N": 5, "margin": 0.2, **arguments})
