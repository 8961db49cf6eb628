"""What a draw costs is told before it begins; and the draws themselves are what they were."""

import warnings
from fractions import Fraction

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import beyond_worst_case as bwc
from mem_lib.beyond_worst_case import draw
from mem_lib.beyond_worst_case.plan import DRAWING, MOST_OPERATIONS
from mem_lib.parts import hyperplanes as drawn
from mem_lib.parts.separation import separation_probability


def mixed(bits=37):
    """14 points in seven dimensions, of scales from 1 to 2^bits."""
    rng = np.random.default_rng(0)
    scales = 2.0 ** np.linspace(0, bits, 14).round()
    return ml.Dataset(np.rint(rng.standard_normal((14, 7)) * 8 * scales[:, None]), [0, 1] * 7)


@pytest.fixture
def no_draw(monkeypatch):
    """Whoever begins to draw fails."""
    monkeypatch.setattr(draw, "hyperplanes", None)


@pytest.mark.parametrize("variant", bwc.VARIANTS)
def test_points_of_mixed_scales_are_refused_before_the_first_draw(no_draw, variant):
    dataset = mixed()
    with pytest.raises(ml.TooLarge, match=r"^n: \d+ hyperplanes for 14 points take") as refused:
        bwc.build(dataset, variant=variant)
    text = str(refused.value)
    n = int(text.split()[1])
    assert n > 2_000_000
    assert f"n (N + {DRAWING}) = {n * (14 + DRAWING)} operations" in text
    assert f"max_operations = {MOST_OPERATIONS} allows {MOST_OPERATIONS // (14 + DRAWING)}" in text
    for help in ("At max_bias = 0 they ask for", "n=...", "two_layer.sorted", "max_operations"):
        assert help in text


def test_what_is_said_to_help_does():
    dataset = mixed()
    network = bwc.build(dataset, max_bias=0)
    assert ml.verify(network, dataset).ok and network.size.width < 1000
    for name in ("two_layer.sorted", "generalization.maxnet"):
        assert ml.verify(ml.build(dataset, name), dataset).ok


def test_nothing_is_said_to_help_that_does_not(no_draw):
    """Two points on a ray, so close that every range of the biases needs too many."""
    dataset = ml.Dataset([[2**20], [2**20 + 1], [-(2**20)]], [0, 1, 0])
    with pytest.raises(ml.TooLarge) as refused:
        bwc.build(dataset)
    assert "they ask for" not in str(refused.value).partition("their margin")[2]


def test_the_border(monkeypatch):
    """One operation less than a draw takes, and it is refused."""
    dataset = ml.data.moons(N=60, noise=0.05, margin=0.1, seed=1)
    takes = 120 * (60 + DRAWING)
    allowed = bwc.build(dataset, n=120, max_operations=takes)
    assert allowed == bwc.build(dataset, n=120)  # which is no part of the network
    monkeypatch.setattr(draw, "hyperplanes", None)
    for call in (bwc.build, bwc.attempt):
        with pytest.raises(ml.TooLarge, match=r"give a smaller n, or a larger max_operations$"):
            call(dataset, n=120, max_operations=takes - 1)


def test_doubling_ends_where_it_is_too_dear(monkeypatch):
    dataset, sizes = ml.data.moons(N=60, noise=0.05, margin=0.1, seed=1), []
    start = bwc.Practical().plan(dataset, np.random.default_rng(0)).sizes[0]

    def missing(rules, plan, n, number, progress):
        sizes.append(n)
        return draw.Attempt(None, np.array([0]), (), None)

    monkeypatch.setattr("mem_lib.beyond_worst_case.covering.attempted", missing)
    most = 3 * start * (60 + DRAWING)
    with pytest.raises(ml.ConstructionFailed, match=f"4 draws each of {start}, {2 * start} hyper"):
        bwc.build(dataset, max_operations=most)
    assert sizes == [start] * 4 + [2 * start] * 4


def test_one_class_costs_nothing():
    assert bwc.build(ml.Dataset([[0], [1]], [0, 0], classes=2), max_operations=1).depth == 1


@pytest.mark.parametrize("value", [0, -1, 1.5, "many", True, np.array([1, 2])])
def test_allowances_that_are_none(value):
    with pytest.raises(ml.InvalidArgument, match="max_operations: a whole number >= 1"):
        bwc.Practical(max_operations=value)


def test_bars_for_every_stage(capsys):
    dataset = ml.data.moons(N=60, noise=0.05, margin=0.1, seed=1)
    bwc.attempt(dataset, 120, progress=True)
    err = capsys.readouterr().err
    for bar in ("draw, n = 120: 100%", "code, n = 120: 100%", "cover, n = 120: 100%"):
        assert bar in err
    bwc.attempt(dataset, 120, progress=False)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("bias", "bits", "shift"),
    [(Fraction(3, 7), 16, 5), (Fraction(1, 4), 10, 0), (Fraction(10**30), 16, 0),
     (Fraction(3, 2**40), 40, 30), (Fraction(0), 16, 3)],
)  # fmt: skip
def test_biases_are_rounded_as_fractions_are(monkeypatch, bias, bits, shift):
    """To the nearest step, halves to even; in blocks of any size."""
    monkeypatch.setattr(drawn, "BLOCK", 7)
    told = []
    layer = drawn.hyperplanes(
        300, 2, bias, weight_bits=bits, shift=shift, rng=np.random.default_rng(4),
        advance=told.append,
    )  # fmt: skip
    uniform = np.random.default_rng(4).spawn(2)[1].random(300).tolist()
    steps = [(2 * Fraction(u) - 1) * bias * 2 ** (bits + shift) for u in uniform]
    assert layer.bias.tolist() == [2 * round(step) - 1 for step in steps]
    assert sum(told) == 300 and max(told) == 7


@pytest.mark.parametrize("denominator", [1, 2, 3, 4, 6, 10, 1 << 53])
def test_the_nearest_integer(denominator):
    for numerator in [*range(-45, 46), (1 << 60) + 1, -(3 << 52)]:
        expected = round(Fraction(numerator, denominator))
        assert drawn._nearest(numerator, denominator) == expected


@pytest.mark.parametrize("variant", ["practical", "relu"])
def test_codes_do_not_depend_on_blocks(monkeypatch, variant):
    dataset = ml.data.moons(N=40, noise=0.05, margin=0.1, seed=1)
    whole = bwc.attempt(dataset, 50, variant=variant).network
    monkeypatch.setattr(drawn, "BLOCK", 8)
    assert bwc.attempt(dataset, 50, variant=variant).network == whole


@pytest.mark.parametrize("max_bias", [1e300, 1.7e308])
def test_extreme_biases_warn_of_nothing(max_bias):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        p = separation_probability([[1.0, 0.0]], [[0.0, 1.0]], max_bias)
        assert 0 <= p[0] <= 1
        dataset = ml.Dataset([[1.0, 0.0], [0.0, 1.0]], [0, 1])
        for call in (
            lambda: bwc.data_bound(dataset, max_bias=max_bias),
            lambda: bwc.build(dataset, max_bias=max_bias),
            lambda: bwc.bound(dataset, max_bias=max_bias),
            lambda: bwc.hyperplanes_enough(1.0, 1.0, max_bias, 5),
        ):
            try:
                call()
            except ml.MemorizationError as error:
                assert str(error).split(":")[0].split(",")[0] in ("n", "max_bias", "weight_bits")
