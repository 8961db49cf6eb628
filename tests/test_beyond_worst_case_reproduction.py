"""The paper's cells beside ours: what is compared, how it is told, how rows are kept."""

import csv

import numpy as np
import pytest
from scipy.spatial.distance import cdist

import mem_lib as ml
from benchmarks import nearest, records, reproduction
from mem_lib import recorded
from mem_lib.beyond_worst_case import figures as drawing
from mem_lib.beyond_worst_case.figures.reproduction import percent
from mem_lib.beyond_worst_case.published import apart, compared, deviation, mean_error, published
from mem_lib.errors import InvalidArgument, InvalidDataset

EXPERIMENTS = {"moons": 18, "samples": 18, "mnist": 12, "mnist_grid": 1, "pairs_1_8": 4,
               "pairs_1_9": 4, "cifar10": 2}  # fmt: skip


# -- what is published -----------------------------------------------------------------------------


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_published_cells_are_facts_with_their_source(experiment):
    rows = published(experiment)
    assert len(rows) == EXPERIMENTS[experiment]
    for row in rows:
        assert row["source"].startswith("github.com/patrickfinke/memo, results.zip, ")
        if isinstance(row["rate"], float) and row["restarts"]:  # a share of the draws
            draws = row["rate"] * row["restarts"]
            assert 0 <= row["rate"] <= 1 and abs(draws - round(draws)) < 1e-9
    assert len({(r["n"], r["max_bias"], r["N"], r["width"]) for r in rows}) == len(rows)


def test_all_that_is_published_is_of_one_of_these_experiments():
    assert {row["experiment"] for row in recorded.read("reference")} == set(EXPERIMENTS)
    with pytest.raises(InvalidArgument, match=r"experiment: one of moons, samples, .* got 'rows'"):
        published("rows")


# -- what is compared ------------------------------------------------------------------------------


def ours(**changed):
    """As many of 50 draws as the paper, but for what is changed."""
    cells = {(r["n"], r["max_bias"]): (round(50 * r["rate"]), 50) for r in published("moons")}
    return cells | {(200, 1.5): changed.get("cell", (39, 50))}


def test_equal_rates_are_not_told_apart_and_different_ones_are():
    assert {pair.chance for pair in compared(ours())} == {pair.family for pair in compared(ours())}
    assert all(pair.chance == 1 for pair in compared(ours()))
    (pair,) = (pair for pair in compared(ours(cell=(5, 50))) if pair.chance < 1)
    assert (pair.n, pair.max_bias, pair.theirs, pair.ours) == (200, 1.5, (39, 50), (5, 50))
    assert pair.family == pytest.approx(18 * pair.chance) and pair.family < 1e-6


def test_the_table_says_how_many_cells_are_told_apart():
    table = drawing.agreement(compared(ours(cell=(5, 50))))
    assert "level 5%: 1 of 18 cells" in table.caption
    assert "level 5%: 0 of 18 cells" in drawing.agreement(compared(ours())).caption
    assert table.cells[10][:5] == ("200", "1.5", "39", "64.0 to 88.5", "5")
    assert table.columns[2:5:2] == ("paper, of 50", "ours, of 50")
    assert table.cells[10][6] == "0.0000" and table.cells[0][6] == "1.00"


def test_a_cell_that_is_missing_is_named():
    cells = ours()
    del cells[200, 1.5]
    with pytest.raises(InvalidArgument, match=r"ours: the published cell \(200, 1.5\) is missing"):
        compared(cells)
    for draw in (drawing.agreement, drawing.intervals):
        with pytest.raises(InvalidArgument, match="pairs: "):
            draw([])


def test_the_picture_counts_the_cells_that_are_outside_of_their_intervals():
    picture = drawing.intervals(compared(ours()))
    assert "for the 9 published cells" in picture.caption and "in 0: none." in picture.caption
    low, high = (float(end) / 100 for end in percent(39, 50).split(" to "))
    for good, where in ((50 * low - 1, "in 1: n = 200, λ = 1.5."), (50 * high - 1, "in 0: none.")):
        caption = drawing.intervals(compared(ours(cell=(int(good), 50)))).caption
        assert where in caption


def test_widths_apart_in_standard_errors():
    assert apart(7.0, 50, 6.0, 2.0, 50) == pytest.approx(1 / (2 * (2 / 50) ** 0.5))
    assert apart(6.0, 50, 7.0, 0.0, 50) == -np.inf
    values = [3, 5, 4, 8]
    mean, error = mean_error(values)
    assert (mean, error) == (5, pytest.approx(np.std(values, ddof=1) / 2))
    assert deviation([values]) == deviation([values, [7]]) == pytest.approx(2 * error)


# -- recorded rows ---------------------------------------------------------------------------------


def test_moons_are_recorded_for_every_published_cell_and_around_one():
    rows = recorded.read("reproduction_moons")
    assert sorted((r["n"], r["max_bias"]) for r in rows) == sorted(reproduction.cells())
    assert all(abs(r["memorized"] - r["memorized_float32"]) <= r["differ"] for r in rows)
    table = drawing.moons_widths(rows)
    (first,) = (r for r in rows if (r["n"], r["max_bias"]) == (50, 0))
    assert table.cells[0][2] == f"{published('moons')[0]['width']:.1f}"
    assert table.cells[0][3].startswith(f"{first['width']:.2f} ± ")


@pytest.mark.parametrize(
    ("name", "trials"),
    [("mnist", 36), ("samples", 180), ("grid", 16), ("pairs", 112), ("images", 48), ("nearest", 8)],
)
def test_every_trial_is_recorded_once(name, trials):
    rows = recorded.read(f"reproduction_{name}")
    assert len(rows) == trials
    if name != "nearest":
        assert len({row["seed"] for row in rows}) == trials
        assert all(row["width"] >= 1 and row["uncovered"] >= 0 for row in rows)


def test_a_class_without_a_neuron_counts_as_one():
    lines = ml.Dataset([[1, 0], [-1, 0], [0, 1]], [0, 1, 2])
    found = ml.beyond_worst_case.attempt(lines, 1, 1, seed=0)
    assert 0 in found.covering
    assert reproduction.width(found) == sum(found.covering) + found.covering.count(0)


MNIST = [
    {"n": n, "max_bias": b, "width": w, "uncovered": u, "not_of_the_last_class": v}
    for n, b, w, u, v in ((500, 0.5, 18000, 0, 0), (500, 0.5, 18200, 3, 0), (300, 0, 23028, 4, 1))
]


def test_mnist_strictly_and_as_the_authors_count():
    table = drawing.mnist_table(MNIST)
    assert [row[:2] for row in table.cells] == [("300", "0"), ("500", "0.5")]
    assert table.cells[0][2:] == ("1.00", "0 of 1", "0 of 1", "23\u2009028", "23028", "1.00")
    assert table.cells[1][2:5] == ("1.00", "1 of 2", "2 of 2")
    assert table.cells[1][6:] == ("18100 ± 100", "0.99")
    with pytest.raises(InvalidArgument, match="rows"):
        drawing.mnist_table([])


def samples(*uncovered):
    return [
        {"n": n, "N": N, "width": 6 + n // 1000, "uncovered": u}
        for n in (400, 1000) for N in (100_000, 1_000_000) for u in uncovered
    ]  # fmt: skip


def test_samples_beside_the_published_means():
    rows = samples(0, 0, 1)
    table = drawing.samples_table(rows)
    assert len(table.cells) == 4 and table.cells[0][3] == "2 of 3"
    assert table.cells[0][4] == percent(2, 3, 0) and table.cells[0][6:] == ("6.0 ± 0.0", "+inf")
    assert "5%: 0 of 4 cells" in table.caption
    assert "5%: 4 of 4 cells" in drawing.samples_table(samples(0, *[1] * 9)).caption
    picture = drawing.against_samples(rows)
    assert "n = 1000: 5.9 neurons for 100\u2009000 points, 7.1 for" in picture.caption
    assert "of 100 draws of the paper's and 3 of ours" in picture.beside[0].caption
    with pytest.raises(InvalidArgument, match="rows"):
        drawing.samples_table([])


def test_pairs_beside_the_published_ends():
    rows = [{"rival": r, "n": 500, "N": N, "width": N // 100} for r in (8, 9) for N in (2000, 5000)]
    picture = drawing.pairs_growth(rows)
    assert "against 8. Neurons with n = 500: 20 for 2000 images, 50 for 5000" in picture.caption
    assert len(picture.beside) == 1 and "against 9" in picture.beside[0].caption
    with pytest.raises(InvalidArgument, match="rows: at least one is needed"):
        drawing.pairs_growth([])


def test_images_in_per_cent():
    near = [
        {"images": "A", "N": 200, "nearest_is_a_rival": 50, "in_no_other_ball": 20, "balls": 90}
    ]
    drawn = [{"images": "A", "N": 200, "n": 10, "width": w} for w in (100, 120)]
    table = drawing.nearest_table(near, drawn)
    assert table.cells == (("A", "200", "25.0", "10.0", "45.0", "55.0"),)
    with pytest.raises(KeyError):
        drawing.nearest_table(near, [{**drawn[0], "N": 100}])


# -- balls -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_balls_by_the_definition(seed):
    rng = np.random.default_rng(seed)
    points = np.unique(rng.integers(0, 12, (60, 2)), axis=0)
    data = ml.Dataset(points, rng.integers(0, 3, len(points)))
    square = cdist(points, points, "sqeuclidean")
    assert np.array_equal(nearest.squares(data, np.arange(9), np.arange(data.N)), square[:9])
    same = data.labels[:, None] == data.labels
    reach = np.where(same, np.inf, square).min(axis=1)
    closed = same & (square <= reach[:, None])
    found = nearest.alone(data)
    assert found["nearest_is_a_rival"] == (closed.sum(axis=1) == 1).sum() > 0
    assert found["in_no_other_ball"] == (closed.sum(axis=0) == 1).sum() > 0
    assert found["in_no_other_ball"] <= float(found["balls"]) <= data.N


def test_balls_of_six_points_by_hand():
    """On a line with rivals at 0 and 19: the ball of 8 reaches to 0 and 16, and holds 2, 14, 15;
    that of 2 holds nothing, those of 14 and 15 each other, and no other holds 8."""
    data = ml.Dataset([[0], [19], [8], [2], [14], [15]], [0, 0, 1, 1, 1, 1])
    found = nearest.alone(data)
    assert found["nearest_is_a_rival"] == 2 + 1 and found["in_no_other_ball"] == 2 + 1
    assert 2 + 1 <= float(found["balls"]) <= 2 + 3


def test_a_tie_is_in_the_closed_ball_only():
    found = nearest.alone(ml.Dataset([[0], [2], [4]], [0, 1, 1]), orders=20)
    assert found["nearest_is_a_rival"] == 1  # 2 is as near to 4 as to 0
    assert found["in_no_other_ball"] == 1
    assert 2 < float(found["balls"]) < 3  # the open ball of 2 does not hold 4, that of 4 holds 2


@pytest.mark.parametrize("points", [[[0.5], [1]], [[2**26], [1]]])
def test_distances_that_floats_might_round_are_refused(points):
    with pytest.raises(InvalidDataset, match=r"dataset: integers are needed, with 4 d max\^2"):
        nearest.alone(ml.Dataset(points, [0, 1]))


# -- files that grow -------------------------------------------------------------------------------

TRIALS = [{"n": n, "seed": 0} for n in (3, 1, 2)]


def test_trials_go_on_where_they_were_stopped(tmp_path):
    path, asked = tmp_path / "some.csv", []

    def measure(n, seed):
        if n == 2 and len(asked) == 2:
            raise KeyboardInterrupt
        asked.append(n)
        return {"width": 10 * n}

    with pytest.raises(KeyboardInterrupt):
        records.resumed(path, TRIALS, measure)
    kept = path.read_text().splitlines()
    assert len(kept) == 3
    asked.append("again")
    rows = records.resumed(path, TRIALS, measure)
    assert asked == [3, 1, "again", 2]
    assert [int(row["width"]) for row in rows] == [30, 10, 20]
    with open(path) as file:
        assert [row["n"] for row in csv.DictReader(file)] == ["3", "1", "2"]
    assert path.read_text().splitlines()[:3] == kept


def test_rows_of_other_trials_are_not_thrown_away(tmp_path):
    path = tmp_path / "some.csv"
    records.resumed(path, TRIALS, lambda n, seed: {"width": n})
    before = path.read_bytes()
    with pytest.raises(InvalidArgument, match=r"path: .* has rows of other trials, such as"):
        records.resumed(path, TRIALS[1:], lambda n, seed: {"width": n})
    assert path.read_bytes() == before
