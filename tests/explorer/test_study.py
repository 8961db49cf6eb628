"""The frame of the chapters' explorers: grids of networks, their planes, and what the page does."""

import json

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import explorer
from mem_lib.explorer import grid as grids
from mem_lib.explorer.cells import Cell
from mem_lib.explorer.grid import Axis, key_of, settings
from mem_lib.explorer.samples import neighbours
from mem_lib.explorer.slices import slice_of
from mem_lib.explorer.study import Try, study
from mem_lib.optimal_relu import Merged
from tests.explorer.pages import Live, saved

AXES = (
    Axis("N", "points N", (6, 9), 9),
    Axis("d", "dimensions d", (2, 3), 2),
    Axis("margin", "margin", (0.1, 0.01), 0.1),
    Axis("folder_size", "points in a folder", (1, 3, 7), 3),
)


def cell(setting):
    data = neighbours(setting["N"], setting["d"], setting["margin"])
    data = ml.Dataset(data.points, data.labels + 1, classes=3)
    network = Merged(folder_size=setting["folder_size"]).build(data)
    return Cell(data, network, slice_of(data), ml.bound(data, "optimal_relu.merged"))


def small(**more):
    told = {
        "theorem": "its theorem",
        "marks": ((1, "disc"), (2, "diamond")),
        "tries": (
            Try("One", "Each alone?", {"folder_size": 1}, train=2),
            Try("Far", "?", {"d": 3}),
        ),
        "caption": lambda first: f"{first.dataset.N} points",
        "fallback": lambda first: ml.figures.show(lambda ax, colours: ax.plot([0, 1]), "A line."),
        "exists": lambda setting: setting["folder_size"] <= setting["N"],
    }
    return study("optimal_relu", AXES, cell, **(told | more))


@pytest.fixture(scope="module")
def made():
    return small()


@pytest.fixture(scope="module")
def address(made, folder):
    return saved(folder, "study", made._repr_html_())


@pytest.fixture
def page(chromium, address):
    live = Live(chromium, address).ready()
    yield live
    live.close()


# --- The grid -----------------------------------------------------------------------------------


def test_n_d_and_margin_are_complete_and_the_rest_is_in_the_plane():
    found = settings(AXES, lambda s: s["folder_size"] <= s["N"])
    keys = [key_of(setting) for setting in found]
    assert keys[0] == "9|2|0.1|3" and len(set(keys)) == len(keys)
    whole = {f"{N}|{d}|{m}|3" for N in (6, 9) for d in (2, 3) for m in (0.1, 0.01)}
    more = {f"{N}|2|{m}|1" for N in (6, 9) for m in (0.1, 0.01)} | {"9|2|0.1|7", "9|2|0.01|7"}
    assert set(keys) == whole | more


@pytest.mark.parametrize(
    ("axis", "told"),
    [
        ({"start": 3}, r"start: one of \[1, 2\] is needed for N, got 3"),
        ({"words": ("one",)}, r"words: 2 are needed for N, got \['one'\]"),
    ],
)
def test_a_control_is_checked(axis, told):
    with pytest.raises(ml.InvalidArgument, match=told):
        Axis(**({"name": "N", "label": "points", "values": (1, 2), "start": 1} | axis))


def test_a_grid_without_a_margin_is_refused():
    with pytest.raises(ml.InvalidArgument, match=r"axes: .* \['margin'\] are lacking"):
        settings(AXES[:2])


def test_data_that_begin_alike_are_packed_once(made):
    pools = made.values["study"]["pools"]
    data = [name for name in pools if name.startswith("data")]
    assert len(data) == 4  # two margins, two dimensions; N shares


def test_first_layers_that_begin_alike_are_packed_once():
    """A shorter first layer that is the beginning of a longer one names it; others stay."""
    rows = [{"bias": k, "weights": [[0, k]]} for k in range(6)]

    def cell_of(units, start=0):
        layers = [{"activation": "threshold", "rows": rows[start:][:units]}, {"readout": units}]
        return {"network": {"layers": layers}}

    long, short, other = cell_of(5), cell_of(3), cell_of(2, start=4)
    whole = [json.loads(json.dumps(one["network"])) for one in (long, short, other)]
    pools = grids._share_first_layers([short, other, long])
    assert pools == {"layer0": whole[0]["layers"][0]}
    assert long["first"] == {"pool": "layer0", "units": 5}
    assert short["first"] == {"pool": "layer0", "units": 3} and "first" not in other
    assert other["network"] == whole[2]
    for one, before in ((long, whole[0]), (short, whole[1])):
        first = grids._cut(pools["layer0"], one["first"]["units"])
        assert [first, *one["network"]["layers"]] == before["layers"]


def test_a_wrong_network_enters_no_page(monkeypatch):
    monkeypatch.delenv(grids.CELLS)  # no cell of an earlier run

    def wrong(setting):
        right = cell(setting)
        return Cell(ml.Dataset(right.dataset.points, [1] * setting["N"], classes=3),
                    right.network, right.view)  # fmt: skip

    with pytest.raises(ml.ConstructionFailed, match="does not fit an explorer"):
        grids.grid(wrong, settings(AXES)[:1])
    attempt = grids.grid(lambda s: Cell(**(vars(wrong(s)) | {"attempt": True})),
                            settings(AXES)[:1])  # fmt: skip
    assert len(attempt.cells) == 1


def test_cells_are_kept_by_what_they_are_made_from(tmp_path, monkeypatch):
    monkeypatch.setenv(grids.CELLS, str(tmp_path / "cells"))
    asked = []

    def make(setting):
        asked.append(setting)
        return cell(setting)

    wanted = settings(AXES)[:2]
    first = grids.grid(make, wanted, name="a")
    assert grids.grid(make, wanted, name="a") == first and asked == wanted
    grids.grid(make, wanted, name="b")
    assert asked == 2 * wanted
    for path in (tmp_path / "cells").iterdir():
        path.write_bytes(path.read_bytes()[:-9])
    assert grids.grid(make, wanted, name="a") == first and asked == 3 * wanted
    monkeypatch.setattr(grids, "_library", lambda: "another library")
    assert grids.grid(make, wanted, name="a") == first and asked == 4 * wanted


# --- Samples and planes -------------------------------------------------------------------------


@pytest.mark.parametrize("d", [1, 2, 3, 10])
@pytest.mark.parametrize("margin", [0.05, 0.001])
def test_neighbours_are_as_far_apart_as_is_said(d, margin):
    data = neighbours(12, d, margin, seed=3)
    assert margin <= data.margin < margin + 2**-19 and data.separation == data.margin
    assert data.labels[0] != data.labels[1] and data.radius <= 1 + 2**-19
    assert np.allclose(np.linalg.norm(data.points[0] - data.points[1]), data.margin)


def test_neighbours_are_nested_and_a_margin_moves_one_point():
    many, few = neighbours(40, 3, 0.01), neighbours(10, 3, 0.01)
    assert (many.points[:10] == few.points).all() and (many.labels[:10] == few.labels).all()
    nearer = neighbours(40, 3, 0.001)
    moved = np.flatnonzero((nearer.points != many.points).any(axis=1))
    assert moved.tolist() == [1]
    a, b, c = many.points[0], many.points[1], nearer.points[1]
    assert np.allclose((b - a) / 0.01, (c - a) / 0.001, atol=0.01)  # along one rail


@pytest.mark.parametrize(
    ("N", "margin", "error"),
    [(1, 0.1, "N: .* got 1"), (5, 0.0, "margin: .* got 0"), (5, float("nan"), "margin: .* nan")],
)
def test_neighbours_are_checked(N, margin, error):
    with pytest.raises(ml.InvalidArgument, match=error):
        neighbours(N, 2, margin)


def test_neighbours_that_do_not_fit_are_refused():
    with pytest.raises(ml.InvalidDataset, match="N=60"):
        neighbours(60, 2, 0.5)


@pytest.mark.parametrize("d", [1, 2, 3, 10])
@pytest.mark.parametrize("bits", [3, 20])
def test_a_plane_is_square_and_holds_its_points(d, bits):
    data = ml.data.ball(N=12, d=d, seed=1, bits=bits) if d > 1 else ml.Dataset(
        np.arange(-6, 6)[:, None] * 2.0**-bits, [0, 1] * 6)  # fmt: skip
    found = slice_of(data)
    u, v = np.array(found.u, float), np.array(found.v, float)
    assert abs(u @ v) <= 2**-7 * np.linalg.norm(u) ** 2
    if d > 1:
        assert 0.99 < np.linalg.norm(u) / np.linalg.norm(v) < 1.01
    points, shift = data.integers()
    spots, off = found.projected(points, int(shift))
    left, right, bottom, top = found.box
    assert right - left == top - bottom
    assert (spots > (left, bottom)).all() and (spots < (right, top)).all()
    if d <= 2:
        assert off.max() < 2**-bits
    else:
        assert off[0] < 1e-6 < off.max()


def test_a_direction_lies_horizontally():
    data = ml.data.ball(N=12, d=3, seed=1)
    found = slice_of(data, [3, 4, 0])
    u = np.array(found.u, float)
    assert np.allclose(u / np.linalg.norm(u), (0.6, 0.8, 0), atol=0.01)


@pytest.mark.parametrize("direction", [(0, 0, 0), (1, 2), ()])
def test_a_direction_is_checked(direction):
    with pytest.raises(ml.InvalidArgument, match="direction: 3 numbers"):
        slice_of(ml.data.ball(N=12, d=3, seed=1), direction)


# --- The page -----------------------------------------------------------------------------------


def dataset_on(live):
    """The library's cell for what the page shows."""
    N, d, margin, folder = live.data("key").split("|")
    return cell({"N": int(N), "d": int(d), "margin": float(margin), "folder_size": int(folder)})


def test_every_control_gives_another_network(page):
    seen = {page.data("sha")}
    for name, key in (("points N", "ArrowLeft"), ("dimensions d", "ArrowRight"),
                      ("margin", "ArrowRight")):  # fmt: skip
        before = page.data("key").split("|")
        page.page.get_by_role("slider", name=name).focus()
        page.page.keyboard.press(key)
        page.page.wait_for_function(
            "(old) => document.querySelector('.mem-explorer').dataset.key !== old",
            arg="|".join(before),
        )
        after = page.data("key").split("|")
        assert sum(a != b for a, b in zip(before, after, strict=True)) == 1
        here = dataset_on(page)
        assert page.data("sha") == here.network.sha256
        page.page.wait_for_selector(
            f".mem-explorer[data-certificate='{here.dataset.N}/{here.dataset.N}']"
        )
        for name, value in here.counts().items():
            shown = page.page.inner_text(f"[data-count={name}]")
            assert int("".join(c for c in shown if c.isdigit())) == value
        seen.add(page.data("sha"))
    assert len(seen) == 4


def test_what_is_in_the_plane_only_says_so(page):
    folder = page.page.get_by_role("slider", name="points in a folder")
    folder.focus()
    page.page.keyboard.press("ArrowLeft")
    page.page.wait_for_selector(".mem-explorer[data-key='9|2|0.1|1']")
    assert page.page.get_by_text("more stops at d = 2 only").is_visible()
    page.page.get_by_role("slider", name="dimensions d").focus()
    page.page.keyboard.press("ArrowRight")
    page.page.wait_for_selector(".mem-explorer[data-key='9|3|0.1|3']")
    assert folder.is_disabled()


def test_a_stop_that_is_not_there_moves_the_fourth_control_alone(page):
    page.page.get_by_role("slider", name="points in a folder").focus()
    page.page.keyboard.press("End")
    page.page.wait_for_selector(".mem-explorer[data-key='9|2|0.1|7']")
    page.page.get_by_role("slider", name="points N").focus()
    page.page.keyboard.press("ArrowLeft")
    page.page.wait_for_selector(".mem-explorer[data-key='6|2|0.1|3']")


def test_a_control_that_asks_for_a_stop_without_a_network_gets_the_nearest(page):
    page.page.get_by_role("slider", name="points N").focus()
    page.page.keyboard.press("ArrowLeft")
    page.page.wait_for_selector(".mem-explorer[data-key='6|2|0.1|3']")
    folder = page.page.get_by_role("slider", name="points in a folder")
    folder.focus()
    page.page.keyboard.press("End")
    page.page.wait_for_function(
        "() => document.querySelector('[data-axis=folder_size] input').value === '1'"
    )
    assert page.data("key") == "6|2|0.1|3" and folder.get_attribute("aria-valuetext") == "3"
    assert page.page.locator(".mem-report").first.inner_text() == ""


def test_the_query_stays_where_it_is(page):
    page.page.focus(".mem-ring")
    page.page.keyboard.press("ArrowRight")
    place = np.array(page.query())
    assert page.data("train") == "-1"
    page.page.get_by_role("slider", name="points N").focus()
    page.page.keyboard.press("ArrowLeft")
    page.page.wait_for_selector(".mem-explorer[data-key='6|2|0.1|3']")
    assert np.abs(np.array(page.query()) - place).max() <= 1
    page.page.focus(".mem-ring")
    page.page.keyboard.press("PageDown")
    assert page.data("train") == "0"


def test_tries_set_the_stage(page):
    page.page.get_by_role("button", name="One").click()
    page.page.wait_for_selector(".mem-explorer[data-key='9|2|0.1|1']")
    assert page.data("train") == "2"
    page.page.get_by_role("button", name="Far").click()
    page.page.wait_for_selector(".mem-explorer[data-key='9|3|0.1|3']")


def test_charts_say_what_moves_and_what_stands_still(page, made):
    counts = made.values["study"]["counts"]
    for name in ("depth", "bits"):
        page.page.get_by_role("combobox").select_option(name)
        for axis, at in (("N", 0), ("d", 1), ("margin", 2)):
            stops = [{**dict(zip("NdmF", ("9", "2", "0.1", "3"), strict=True)), "NdmF"[at]: str(v)}
                     for v in AXES[at].values]  # fmt: skip
            built = {counts["|".join(stop.values())]["built"][name] for stop in stops}
            told = page.page.get_attribute(f"[data-axis={axis}][data-moves]", "data-moves")
            assert told == ("moves" if len(built) > 1 else "stands still")


def damaged(made, change):
    values = json.loads(json.dumps(made.values))
    change(values["study"])
    return explorer.Explorer(made.view, values, {}, made.fallback, made.caption)


def test_a_damaged_grid_leaves_the_picture_and_says_so(chromium, folder, made):
    def change(values):
        values["cells"]["9|2|0.1|3"] = values["cells"]["9|2|0.1|3"][:200]

    live = Live(chromium, saved(folder, "damaged", damaged(made, change)._repr_html_()))
    live.page.wait_for_selector("[data-damaged]")
    assert live.page.get_by_text("are damaged, so that it stands still").is_visible()
    assert live.page.locator(".mem-static img.only-light").is_visible()
    live.close()


def test_one_damaged_cell_leaves_the_last_network(chromium, folder, made):
    def change(values):
        values["cells"]["6|2|0.1|3"] = "AAAA"

    live = Live(chromium, saved(folder, "one", damaged(made, change)._repr_html_())).ready()
    live.page.get_by_role("slider", name="points N").focus()
    live.page.keyboard.press("ArrowLeft")
    live.page.get_by_text("the last one stays on the screen").wait_for()
    assert live.data("key") == "9|2|0.1|3"
    assert live.page.get_by_role("slider", name="points N").get_attribute("aria-valuetext") == "9"
    live.page.keyboard.press("PageDown")
    live.close()
