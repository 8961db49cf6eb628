"""The figures of the chapter foundations draw real networks, and refuse what they cannot draw."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import mem_lib as ml
from mem_lib import figures, foundations
from mem_lib.errors import InvalidArgument, InvalidDataset, InvalidNetwork
from mem_lib.foundations import figures as drawing


def test_coins_and_the_staircase_that_knows_them():
    data = ml.Dataset([[0], [3], [7]], [1, 0, 1])
    picture = drawing.coins(data)
    assert picture.alt.startswith("3 points on a line") and len(picture.beside) == 1
    assert picture.light != picture.beside[0].light


@pytest.mark.parametrize(
    "data", [ml.Dataset([[0, 1]], [0]), ml.Dataset([[0]], targets=[0.5])], ids=["plane", "targets"]
)
def test_coins_lie_on_a_line(data):
    with pytest.raises(InvalidDataset, match="dataset: labelled points on a line"):
        drawing.coins(data)


def test_coins_are_a_data_set():
    with pytest.raises(InvalidArgument, match=r"^dataset: a Dataset is needed, got \[\[0\]\]"):
        drawing.coins([[0]])


def test_folds_are_tents():
    """After i folds the strip goes up and down with slope 1 between multiples of 16 / 2^i."""
    y = np.arange(0, 17)
    for count in range(1, 5):
        values, denominator = ml.evaluate(foundations.strip(4, count), y[:, None])
        period = 2 * (16 >> count)
        tents = np.minimum(y % period, -y % period)
        assert denominator == 1 and values[:, 0].tolist() == tents.tolist()
    assert len(drawing.folds().beside) == 1


@pytest.mark.parametrize("k", [1, 12, 13, 31, 33, 64])
def test_some_numbers_have_k_bits(k):
    numbers = drawing.some_numbers(k)
    assert len(numbers) == (2**k if k <= 12 else 2000)
    assert min(numbers) >= 0 and 2 ** (k - 1) <= max(numbers) < 2**k
    assert numbers == drawing.some_numbers(k)


@pytest.mark.parametrize("k", [0, 65, 1.5])
def test_some_numbers_of_no_length(k):
    with pytest.raises(InvalidArgument, match="k: "):
        drawing.some_numbers(k)


@pytest.mark.parametrize(("dtype", "bits"), [(np.float32, 24), (np.float64, 53)])
def test_floats_err_on_odd_numbers_only(dtype, bits):
    """What the page says of its experiment: inputs are exact, and only odd numbers go wrong."""
    for k in (bits, bits + 1, 64):
        x = drawing.some_numbers(k)
        points, odd = foundations.pieces_of(x, k, 3), np.array([v % 2 for v in x])
        assert points.max() < 2**24
        network, data = foundations.bit_reader(k, pieces=3), ml.Dataset(points, odd)
        right = foundations.evaluate_in_floats(network, points, dtype)[:, 0] == odd
        assert right.all() == (k <= bits) and right[odd == 0].all()
        assert foundations.right_in_floats(network, data, dtype) == right.sum()


def test_right_in_floats_reads_labels_from_values():
    one = ml.Network([ml.Layer([[1]], [0], "identity")])
    with pytest.raises(InvalidDataset, match="dataset: labelled points are needed"):
        foundations.right_in_floats(one, ml.Dataset([[0]], targets=[0.5]))
    with pytest.raises(InvalidArgument, match="dataset: a Dataset is needed"):
        foundations.right_in_floats(one, [[0]])
    sign = ml.Network(one.layers, readout="sign")
    with pytest.raises(InvalidNetwork, match='the readout "value" is needed'):
        foundations.right_in_floats(sign, ml.Dataset([[0]], [0]))
    with pytest.raises(InvalidArgument, match="network: a Network is needed"):
        foundations.right_in_floats(None, ml.Dataset([[0]], [0]))


def test_shares_of_right_answers():
    picture = drawing.right_answers([(8, 10, 10, 10, 10), (30, 10, 5, 10, 10)])
    assert "a fall to one half for float32" in picture.alt
    wanted = "float32 is right on all numbers tried up to 8 bits, and errs at 30."
    assert wanted in picture.caption
    assert "Integers are right on all numbers of every length." in picture.caption


@pytest.mark.parametrize("rows", [[], [(8, 10, 10)]])
def test_shares_need_counts(rows):
    with pytest.raises(InvalidArgument, match="rows: at least one"):
        drawing.right_answers(rows)


def test_networks_in_the_plane_of_weights_and_bits():
    strings = np.random.default_rng(0).integers(0, 2, (4, 4))
    table = foundations.table(strings)
    ax = Figure().subplots()
    drawing._plane(ax, figures.LIGHT, 16, {"table": [table]}, "16 coin flips", (1, 1000))
    bound, mark = ax.lines
    x, y = (np.asarray(v) for v in bound.get_data())
    assert np.allclose(x * (y + 1), 16)
    assert [v[0] for v in mark.get_data()] == [table.size.weights, table.size.bits]
    assert ax.get_title() == "16 coin flips"
    picture = drawing.weights_and_bits(
        16, {"table": [table]}, title="16 coin flips", xlim=(1, 1000), caption="One."
    )
    assert picture.caption == "One." and "1 of the kind table" in picture.alt


@pytest.mark.parametrize("networks", [{"table": []}, {"perceptron": [1]}])
def test_kinds_of_networks_in_the_plane(networks):
    with pytest.raises(InvalidArgument, match=r"networks.* of a kind in"):
        drawing.weights_and_bits(16, networks, title="16 coin flips", xlim=(1, 1000))


def test_what_is_needed_is_drawn():
    picture = drawing.needed()
    assert "forbidden" in picture.alt
    for number in (6 * 10**6 - 3, foundations.weights_needed(10**6)):
        assert f"{number:,}" in picture.caption


def test_a_refusal_is_shown_and_demanded():
    said = ml.errors.refusal(ml.Dataset, [[0], [0]], labels=[0, 1])
    assert said.startswith("points[0] and points[1] are equal")
    with pytest.raises(InvalidArgument, match="call: a refusal is expected, got Dataset"):
        ml.errors.refusal(ml.Dataset, [[0]], [0])
    with pytest.raises(ZeroDivisionError):
        ml.errors.refusal(lambda: 1 / 0)
