"""The figures of optimal_relu draw real networks, say what is true of them, and refuse others."""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import optimal_relu as relu
from mem_lib.errors import InvalidArgument, InvalidDataset, InvalidNetwork
from mem_lib.exact import reference
from mem_lib.optimal_relu import figures as drawing
from mem_lib.optimal_relu.figures import folding
from mem_lib.optimal_relu.figures.budgets import round_numbers

SMALL = ml.data.ball(N=12, d=2, margin=0.2, classes=4, bits=4, seed=1)
OPTIONS = {"paper": {"folder_size": 3}, "narrow": {"folder_size": 3}, "retrieval": {}}
BUILT = {
    v: (relu.build(SMALL, variant=v, **options), relu.folders(SMALL, variant=v, **options))
    for v, options in OPTIONS.items()
}
PAPER, SHELF = BUILT["paper"]
SPACE = ml.data.ball(N=6, d=3, seed=0)
TARGETS = ml.Dataset([[0, 1], [1, 0]], targets=[0.5, 1.5])

# -- finding a folder ------------------------------------------------------------------------------


def test_in_the_slab_of_a_folder_its_file_is_found():
    z = drawing.projections(PAPER, SMALL.points)
    assert (np.floor(z) == SHELF.keys).all()
    grid = np.stack(np.meshgrid(*[np.arange(-17, 18) / 16] * 2), axis=-1).reshape(-1, 2)
    z, finder = drawing.projections(PAPER, grid), drawing.finder(PAPER)
    out, over = ml.evaluate(finder, grid)
    held = out[:, finder.layers[-1].names.index("U")]
    for j, string in enumerate(SHELF.strings):
        keys = SHELF.keys[SHELF.members(j)]
        inside = (z >= keys.min()) & (z <= keys.max() + 1)
        assert inside.any() and (held[inside] == PAPER.output_denominator * over * string).all()
    drawn = drawing.slabs(SMALL, PAPER, SHELF)
    assert drawn.alt.startswith("12 points of 4 labels") and "4 parallel slabs" in drawn.alt


def test_the_finder_holds_the_file():
    finder, one = drawing.finder(PAPER), PAPER.output_denominator
    U = finder.layers[-1].names.index("U")
    for j, string in enumerate(SHELF.strings):
        held = ml.evaluate(finder, SMALL.points[SHELF.members(j)])[0][:, U]
        assert (held == one * string).all()


def test_files_are_cut_at_the_keys():
    cells = drawing.files(PAPER, SHELF).cells
    assert len(cells) == 4
    for j, (_, _, bits, keys) in enumerate(cells):
        read = [int(field, 2) for field in bits.split()]
        assert read == sorted(SHELF.keys[SHELF.members(j)]) == [int(k) for k in keys.split(",")]


def test_the_staircase_has_a_plateau_for_each_folder_and_gaps():
    z, bits = drawing.heights(PAPER, SHELF, steps=200)
    for place, found in zip(z, bits, strict=True):
        j = sum(start <= place for start in SHELF.starts) - 1
        keys = SHELF.keys[SHELF.members(max(j, 0))]
        if keys.min() <= place <= keys.max() + 1:
            assert found == math.log2(SHELF.strings[j])
    assert any(map(math.isnan, bits))
    assert "staircase" in drawing.staircase(PAPER, SHELF).alt


def test_what_is_stored_adds_up():
    network = BUILT["narrow"][0]
    found = drawing.by_stage(network)
    assert sum(weights for weights, _ in found.values()) == network.size.weights
    assert list(found) == list(dict.fromkeys(layer.stage for layer in network.layers))
    assert drawing.by_stage(ml.Network([ml.Layer([[12, 0]], [-3], "relu")]))[""] == (2, 4)
    assert [row[0] for row in drawing.stored(network).cells] == list(found)


def test_nudged_networks_differ_by_one_in_one_weight():
    for network, where in drawing.nudged(PAPER, 5):
        pairs = zip(network.layers, PAPER.layers, strict=True)
        ((ours, theirs),) = [(a, b) for a, b in pairs if a.weight.tolist() != b.weight.tolist()]
        difference = ours.weight.astype(object) - theirs.weight.astype(object)
        ((i, _),) = np.argwhere(difference)
        assert difference.sum() == 1 and where == f"{theirs.stage}, unit {theirs.names[i]}"
        assert (network.input_shift, network.readout) == (PAPER.input_shift, PAPER.readout)


def test_sparse_weights_are_nudged_too():
    row = ml.Layer(ml.Sparse([0, 1], [1], [7], (1, 2)), [0], "identity")
    (changed, where), *_ = drawing.nudged(ml.Network([row]), 1)
    assert changed.layers[0].weight.tolist() == [[0, 8]] and where.endswith("unit 0")


def test_nothing_is_nudged_where_nothing_is():
    with pytest.raises(InvalidNetwork, match="network: a nonzero weight is needed"):
        next(drawing.nudged(ml.Network([ml.Layer([[0]], [1], "relu")]), 1))
    with pytest.raises(InvalidArgument, match="trials: "):
        next(drawing.nudged(PAPER, 0))


# -- reading a folder ------------------------------------------------------------------------------


def test_folds_read_the_keys_of_the_folder():
    width = PAPER.about["key_bits"]
    for row in range(SMALL.N):
        found = drawing.folds(SMALL, PAPER, row)
        bits = "".join(str(bit) for _, bit in found)
        j = int(np.searchsorted(SHELF.starts, SHELF.keys[row], side="right")) - 1
        assert int(bits, 2) == SHELF.strings[j] and len(bits) == 3 * width
        lengths = [len(u1.lstrip(" ")) for u1, _ in found]
        assert lengths == list(range(len(bits) + 2, 2, -1)) and len({len(u) for u, _ in found}) == 1
        assert all(u1.endswith("10") for u1, _ in found)


def test_the_film_shows_each_fold_and_each_comparison():
    rho, length = PAPER.about["key_bits"], PAPER.about["string_bits"]
    for row in (0, 5):
        film = drawing.reading(SMALL, PAPER, SHELF, row)
        key, label = int(SHELF.keys[row]), SMALL.labels[row]
        assert list(film.frames) == list(range(1 + length + length // rho)) and film.play
        said = film.data["says"]
        (agrees,) = [text for text in said if "agrees with" in text]
        assert f"{key}, agrees with that of the point, {key}: the gate passes {label}" in agrees
        assert said[-1].endswith(f"the answer so far is {label}.") or "agrees" in said[-1]
        assert sum("Fold" in text for text in said) == length
        assert f"key {key}." in film.caption and f"the label {label} passes" in film.caption


def test_the_film_takes_a_bit_off_in_each_fold():
    steps = list(folding.steps(SMALL, PAPER, 5))
    bits = "".join(map(str, steps[-1].bits))
    j = int(np.searchsorted(SHELF.starts, SHELF.keys[5], side="right")) - 1
    assert int(bits, 2) == SHELF.strings[j] and sum(steps[-1].gates) == SMALL.labels[5]
    length = PAPER.about["string_bits"] + 2
    frames = drawing.reading(SMALL, PAPER, SHELF, 5).frames.values()
    for step, marks in zip(steps, frames, strict=True):
        assert step.u1 < 1 << length - len(step.bits)
        ones = [m for m in marks if m.kind == "bars" and m.ink == "class-0"]
        assert sum(len(m.rectangles) for m in ones) == step.u1.bit_count()


def test_the_stream_ends_in_the_label_after_a_match():
    network, shelf = BUILT["narrow"]
    for row in range(SMALL.N):
        found = drawing.stream(SMALL, network, row)
        assert len(found) == shelf.string_bits + 1 and found[-1][1:] == (0, "end")
        assert int(found[-1][0], 2) == SMALL.labels[row]
        starts = [i for i, (*_, kind) in enumerate(found) if kind == "label"][::2]
        assert any(found[i][1] == 1 for i in starts)  # twice where a dummy repeats the key
        j = int(np.searchsorted(shelf.starts, shelf.keys[row], side="right")) - 1
        assert int(found[0][0], 2) == shelf.strings[j] << network.about["label_bits"]
    picture = drawing.streaming(SMALL, network, shelf, 3)
    label = SMALL.labels[3]
    assert f"key {shelf.keys[3]}, label {label}" in picture.caption
    assert picture.caption.endswith(f"which end as {label:02b}.")


def test_three_cells_add_up_to_the_label():
    network, shelf = BUILT["retrieval"]
    for row in range(SMALL.N):
        _, (a, b, c), held = drawing.cells(network, shelf, row)
        assert held[a] ^ held[b] ^ held[c] == SMALL.labels[row]
        assert a < 2 <= b < 5 <= c < 10
    rows = drawing.lookups(SMALL, network, shelf).cells
    assert len(rows) == SMALL.N and all(row[-1].count("+") == 2 for row in rows)
    picture = drawing.tables(SMALL, network, shelf, 0)
    assert f"the label is {SMALL.labels[0]}" in picture.caption


PICTURES = {
    "slabs": ("paper", lambda net, shelf, data: drawing.slabs(data, net, shelf)),
    "reading": ("paper", lambda net, shelf, data: drawing.reading(data, net, shelf, 0)),
    "streaming": ("narrow", lambda net, shelf, data: drawing.streaming(data, net, shelf, 0)),
    "lookups": ("retrieval", lambda net, shelf, data: drawing.lookups(data, net, shelf)),
    "tables": ("retrieval", lambda net, shelf, data: drawing.tables(data, net, shelf, 0)),
    "files": ("paper", lambda net, shelf, data: drawing.files(net, shelf)),
    "staircase": ("paper", lambda net, shelf, data: drawing.staircase(net, shelf)),
    "cells": ("retrieval", lambda net, shelf, data: drawing.cells(net, shelf, 0)),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_need_their_variant_and_its_folders(name):
    variant, draw = PICTURES[name]
    network, shelf = BUILT[variant]
    other = BUILT["narrow" if variant == "paper" else "paper"][0]
    for wrong in (other, ml.foundations.staircase(ml.Dataset([[0], [1]], [0, 1])), None):
        with pytest.raises(InvalidNetwork, match=f"network: variant {variant}"):
            draw(wrong, shelf, SMALL)
    strange = relu.folders(SPACE, variant=variant)
    with pytest.raises(InvalidArgument, match="dataset, shelf: 12 points in"):
        draw(network, strange, SMALL)
    if name not in ("files", "staircase", "cells"):
        with pytest.raises(InvalidArgument, match="got 6 points"):
            draw(network, shelf, SPACE)


def test_slabs_are_of_the_plane():
    network, shelf = relu.build(SPACE), relu.folders(SPACE)
    with pytest.raises(InvalidDataset, match="dataset: labelled points of the plane"):
        drawing.slabs(SPACE, network, shelf)


@pytest.mark.parametrize("name", ["slabs", "reading", "streaming", "lookups", "tables"])
def test_a_list_is_no_data_set(name):
    variant, draw = PICTURES[name]
    with pytest.raises(InvalidArgument, match=r"^dataset: a Dataset is needed, got \[\[1, 0\]\]"):
        draw(*BUILT[variant], [[1, 0]])


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("dataset", lambda data: drawing.folds(data, PAPER, 0)),
        ("dataset", lambda data: drawing.stream(data, BUILT["narrow"][0], 0)),
        ("line", lambda data: drawing.between(data, {"paper": PAPER})),
    ],
)
def test_a_list_is_read_nowhere(name, call):
    with pytest.raises(InvalidArgument, match=rf"^{name}: a Dataset is needed, got \[\[1, 0\]\]"):
        call([[1, 0]])


@pytest.mark.parametrize("row", [-1, 12])
def test_only_rows_that_are_there_are_read(row):
    with pytest.raises(InvalidArgument, match=r"row: 0\.\.11 are there"):
        drawing.folds(SMALL, PAPER, row)


@pytest.mark.parametrize("name", ["reading", "streaming", "lookups", "tables"])
def test_labels_are_needed_where_a_label_is_read(name):
    variant, draw = PICTURES[name]
    network, shelf = (f(TARGETS, variant=variant) for f in (relu.build, relu.folders))
    with pytest.raises(InvalidDataset, match="dataset: labelled points are needed"):
        draw(network, shelf, TARGETS)


# -- sizes, floats, answers ------------------------------------------------------------------------


def test_growth_and_margins_draw():
    sizes = {v: {12: network.size} for v, (network, _) in BUILT.items()}
    pictures = drawing.growth(sizes, d=2, separation=0.2)
    assert "Depth against N" in pictures.alt and "weights against N" in pictures.beside[0].alt
    stepper = drawing.margins({100: {"paper": {12: 5, 64: 9}}, 300: {"paper": {12: 6, 64: 12}}})
    assert list(stepper.frames) == [100, 300]
    assert stepper.caption.endswith("100 and with 300 points: paper 4 and 6.")


RUNS = [
    drawing.Run("paper", name, N, bits, right)
    for N, bits in ((10, 20), (20, 40))
    for name, right in (("float32", 5), ("float32", 7), ("float64", 10), ("float64", 9))
]


def test_right_labels_are_added_up():
    table = drawing.right_labels(RUNS)
    assert table.columns == ("points N", "paper in float32", "paper in float64")
    assert table.cells == (("10", "60", "95"), ("20", "30", "47"))


def test_a_collapse_says_the_longest_file_that_was_right():
    runs = [*RUNS, drawing.Run("paper", "float64", 20, 40, 20)]
    runs += [
        drawing.Run("narrow", name, 5, 8, right) for name, right in (("float32", 1), ("float64", 5))
    ]
    stepper = drawing.collapse(runs)
    assert list(stepper.frames) == ["paper", "narrow"]
    told = [frame.beside[0].caption for frame in stepper.frames.values()]
    assert told[0].endswith("right have no file in float32, 40 bits in float64.")
    assert told[1].endswith("right have no file in float32, 8 bits in float64.")
    told = [frame.caption for frame in stepper.frames.values()]
    assert told[0].endswith("wrong at N = 10 in float32, N = 10 in float64.")
    assert told[1].endswith("wrong at N = 5 in float32, nowhere in float64.")


def test_runs_are_needed():
    with pytest.raises(InvalidArgument, match="runs: at least one"):
        drawing.collapse([])
    with pytest.raises(InvalidArgument, match="at least one"):
        drawing.right_labels([])


def test_answers_are_exact():
    line = ml.Dataset([[0], [2], [3]], [1, 0, 2])
    network = relu.build(line, variant="retrieval")
    said = drawing.answers(network, np.arange(0, 3.25, 0.25))
    for k, place in enumerate(np.arange(0, 3.25, 0.25)):
        fine = network.refined(2)
        out = reference.evaluate(fine, [int(4 * place)])[0]
        assert said[k] == Fraction(out, fine.output_denominator)
    assert [said[k] for k in (0, 8, 12)] == [1, 0, 2]


def test_between_draws_each_network():
    line = ml.Dataset([[0], [2], [3]], [1, 0, 2])
    networks = {v: relu.build(line, variant=v) for v in ("paper", "merged")}
    picture = drawing.between(line, networks)
    assert "of paper" in picture.alt and "merged" in picture.beside[0].alt
    others = [k / 16 for k in range(-16, 81) if k / 16 not in (0, 2, 3)]
    said = drawing.answers(networks["paper"], others)
    assert f"of {len(others)} places" in picture.caption
    assert f"{said.count(0)} are answered with 0" in picture.caption
    for data in (SMALL, ml.Dataset([[0]], targets=[0.5])):
        with pytest.raises(InvalidDataset, match="line: labelled points on a line"):
            drawing.between(data, networks)
    with pytest.raises(InvalidArgument, match="networks: at least one"):
        drawing.between(line, {})


def test_fill_draws():
    picture = drawing.fill({2: {100: 71.0, 300: 80.0}})
    assert picture.caption.endswith("the fill goes from 71 to 80 percent with 2 classes.")


def test_recorded_runs_are_complete_and_as_the_page_tells():
    runs = drawing.recorded_runs()
    assert len(runs) == 7 and all(len(run) == 9 for run in runs)
    tables = [run for run in runs if run["network"] == "retrieval"]
    times = [run["verify, times as long"] for run in tables]
    assert times == sorted(times, reverse=True)
    assert all(run["points a weight"] > 8 for run in tables)


def test_what_was_recorded_names_its_network(monkeypatch):
    monkeypatch.setattr(ml.recorded, "read", lambda name: [{"what": "build, 4 units"}])
    with pytest.raises(InvalidArgument, match="what: a recorded network is expected"):
        drawing.recorded_runs()


# -- budgets ---------------------------------------------------------------------------------------


def test_layers_are_counted_by_stage():
    network = BUILT["retrieval"][0]
    stages = [layer.stage for layer in network.layers]
    hashed, found, read = drawing.layers_of(network)
    assert read == stages.count("read the folder") + stages.count("decode") > 0
    assert hashed + found + read + 2 == network.depth and found == stages.count("find the folder")
    stepper = drawing.layers({12: {"retrieval": (hashed, found, read)}})
    assert f"retrieval {network.depth - 2}" in stepper.frames[12].alt
    stepper = drawing.layers({b: {"retrieval": (b, 3, 5)} for b in (12, 24)})
    assert stepper.caption.endswith("than b = 12. retrieval: 12, 12 of them to hash.")


def test_layers_come_in_three_stages():
    with pytest.raises(InvalidArgument, match="3 pieces are needed"):
        drawing.layers({12: {"paper": (1, 2)}})


def test_planes_and_shapes_draw():
    size = replace(PAPER.size, depth=100, weights=20_000)
    half = replace(size, depth=50, width=4 * size.width, weights=40_000)
    picture = drawing.shapes([size, half], 2000)
    assert "2.0 times fewer layers, the width grows 4 times" in picture.caption
    assert "grow 2.0 times, from 20\u2009000 to 40\u2009000" in picture.beside[0].caption
    few = replace(size, weights=3)
    picture = drawing.plane(12.0, {"a": [size], "b": [size, half]}, {"c": few, "d": size})
    assert "(a and b)" in picture.alt and "2 single marks (c and d)" in picture.alt
    times = [round(net.weights * (net.bits + 1) / 12) for net in (size, half, few)]
    assert f"{times[0]} to {times[1]} times (b)" in picture.caption
    assert picture.caption.endswith(f"Nearest is c, with {times[2]} times.")


def test_numbers_on_an_axis_are_round_and_few():
    assert round_numbers([60, 341]) == [100, 200]
    assert round_numbers([1, 10**6]) == [10**k for k in range(7)]


def test_sizes_beside_those_of_the_staircase():
    size = PAPER.size
    built = {"staircase": {10: size, 30: size}, "width 12": {10: size}}
    picture = drawing.beside(
        built,
        {"width 12": {10: size, 1000: replace(size, weights=77)}},
        {"staircase, coin flips": {1000: 5}},
    )
    assert picture.caption.endswith("at N = 1000 that is 77 (width 12), 5 (staircase, coin flips).")
    told = f"up to {size.bits} (staircase), {size.bits} (width 12) bits."
    assert picture.beside[0].caption.endswith(told)
    for built, promised in (({}, {}), ({"a": {10: size}}, {"b": {10: size}})):
        with pytest.raises(InvalidArgument, match="built, promised: networks"):
            drawing.beside(built, promised, {})


def test_stages_and_what_travels_between_them():
    picture = drawing.pipeline(
        [("find", "a layer", "U"), ("read", "two layers", "y")], "z",
        examples=["z = 1", "U = 2", "y = 3"], repeat=(0, 1, "twice"),
    )  # fmt: skip
    assert picture.alt.endswith("z enters. find (a layer) gives U; read (two layers) gives y.")
    assert "by hand" in picture.caption
    assert "by hand" not in drawing.pipeline([("find", "a layer", "U")], "z").caption
    for stages, examples in (([], []), ([("find", "a layer", "U")], ["z = 1"])):
        with pytest.raises(InvalidArgument, match="stages, examples: at least one stage"):
            drawing.pipeline(stages, "z", examples=examples)


def test_the_weights_that_know_the_labels():
    other = relu.build(ml.Dataset(SMALL.points, 3 - SMALL.labels), folder_size=3)
    found = relu.label_weights(PAPER, other)
    assert 0 < len(found.places) <= PAPER.about["folders"]
    picture = drawing.who_knows(PAPER, found)
    assert f"{len(found.places)} of {found.weights}" in picture.caption
    assert f"{found.bits} bits together" in picture.caption
    same = drawing.who_knows(PAPER, relu.label_weights(PAPER, PAPER))
    assert f"0 of {found.weights}" in same.caption
    with pytest.raises(InvalidNetwork, match="network: the first of the two"):
        drawing.who_knows(relu.build(SMALL, variant="narrow"), found)


def test_budgets_need_something_to_draw():
    with pytest.raises(InvalidArgument, match="sizes: at least one"):
        drawing.shapes([], 12)
    for curves, marks in (({}, {"c": PAPER.size}), ({"a": [PAPER.size]}, {})):
        with pytest.raises(InvalidArgument, match="curves, marks: at least one"):
            drawing.plane(12.0, curves, marks)


def test_what_the_page_tells_of_budgets():
    """Products within a factor of three; half as deep takes four times the width and twice the
    weights; one block needs fewer weights than a series."""
    data = ml.data.ball(N=2000, d=10, seed=0)
    deep = [
        relu.build(data, variant="parallel", depth=most).size for most in (341, 180, 135, 85, 60)
    ]
    products = [size.weights * size.depth for size in deep]
    assert max(products) < 3 * min(products)
    for many, few in ((0, 1), (1, 3), (2, 4)):  # about half as deep
        assert deep[few].width >= 4 * deep[many].width
        assert deep[few].weights >= 2 * deep[many].weights
    sizes = {
        (v, bits): ml.Network(relu.build(data, variant=v, max_weight_bits=bits).layers[1:]).size
        for v in ("narrow", "wide", "series")
        for bits in (34, 160)
    }
    for v in ("narrow", "wide", "series"):
        products = [sizes[v, bits].weights * sizes[v, bits].bits for bits in (34, 160)]
        assert min(products) > 100 * data.N and max(products) < 3 * min(products)
    for bits in (34, 160):
        series, wide = sizes["series", bits], sizes["wide", bits]
        assert 1.5 * max(wide.weights, sizes["narrow", bits].weights) < series.weights
        assert wide.depth < series.depth
    table = ml.Network(relu.build(data, variant="retrieval").layers[1:]).size
    assert 40 * data.N < table.weights * table.bits < 100 * data.N


def test_what_the_page_tells_of_the_margin():
    """With the paper's folders a factor, with keys that are reduced a summand."""
    depths = {
        b: {
            v: relu.build(ml.data.scattered(1000, b), variant=v, folder_size=n).depth
            for v, n in (("paper", 10), ("narrow", None), ("wide", None), ("retrieval", None))
        }
        for b in (48, 96)
    }
    more = {v: depths[96][v] - depths[48][v] for v in depths[48]}
    assert more.pop("paper") == 3 * 10 * 48
    assert all(layers < 3 * 48 for layers in more.values())
