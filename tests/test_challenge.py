"""The challenges: their data never change, their judge counts right, a folder is a table."""

import csv
import gzip
import io
import math
import os
import re
import sys
from pathlib import Path

import numpy as np
import pytest

import mem_lib as ml
from mem_lib import deep_threshold, foundations, recorded, theorems, two_layer
from mem_lib.grading.challenges import SLUGS, challenge, standings
from mem_lib.grading.challenges.measures import MEASURES
from mem_lib.grading.challenges.plane import ticks
from mem_lib.grading.challenges.rules import Rule

ROOT = Path(__file__).resolve().parents[1]
#: The beginnings of the hashes of the data: who changes one makes all tables of results wrong.
DATA = {
    "foundations": ("d9bdbdb3d6392869", None),
    "two_layer": ("955ffd46a2d3c618", None),
    "deep_threshold": ("4a8068e1038fea3e", None),
    "optimal_relu": ("d1cc4475e3bdc646", None),
    "beyond_worst_case": ("fd3cea4b2b297639", None),
    "generalization": ("34f6fc8f437eb650", "844d053ccff0375f"),
}
#: Built in more than a second or two; the benchmark builds them.
SLOW = ("two_layer.light (tolerance=0.01)",)
RIVALS = [
    pytest.param(slug, rival, id=f"{slug}-{rival.name}")
    for slug in SLUGS
    for rival in challenge(slug).rivals
    if rival.name not in SLOW
]


def constant(inputs, value=0, activation="identity"):
    return ml.Network([ml.Layer([[0] * inputs], [value], activation)])


def changed(network, **arguments):
    """The network with other arguments."""
    names = ("layers", "input_shift", "output_denominator", "readout")
    return ml.Network(**{name: getattr(network, name) for name in names} | arguments)


def nudged(network):
    """The network with another last bias."""
    last = network.layers[-1]
    bias = [int(b) + network.output_denominator for b in last.bias]
    return changed(network, layers=[*network.layers[:-1], last.with_bias(bias)])


# -- the challenges ------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
def test_the_data_of_a_challenge_never_change(slug):
    one = challenge(slug)
    unseen = None if one.unseen is None else one.unseen.sha256[:16]
    assert (one.dataset.sha256[:16], unseen) == DATA[slug]


def test_the_sample_is_right_by_the_truth_and_the_further_points_are_others():
    one, world = challenge("generalization"), ml.generalization.BallAndShell(d=2)
    for data in (one.dataset, one.unseen):
        assert (world.label(data.points) == data.labels).all()
    assert one.unseen.N == 2000
    assert not set(map(tuple, one.dataset.points)) & set(map(tuple, one.unseen.points))


@pytest.mark.parametrize(("slug", "rival"), RIVALS)
def test_a_rival_is_what_was_recorded_of_it(slug, rival):
    one = challenge(slug)
    attempt = one.judge(rival.network(one.dataset))
    (row,) = (
        row
        for row in recorded.read("challenges")
        if (row["challenge"], row["rival"]) == (slug, rival.name)
    )
    assert attempt.ok and attempt.broken == ()
    assert {name: "" if v is None else v for name, v in attempt.values.items()} == {
        name: row[name] for name in MEASURES
    }
    assert row["file"] == attempt.certificate.network_sha256
    places = [standing["network"] for standing in one.standing()]
    assert attempt.rank == places.index(rival.name) + 1


def test_every_rival_was_recorded_and_no_other():
    rows = [(row["challenge"], row["rival"]) for row in recorded.read("challenges")]
    assert rows == [(slug, rival.name) for slug in SLUGS for rival in challenge(slug).rivals]


@pytest.mark.parametrize("slug", SLUGS)
def test_a_challenge_is_told_in_lines_in_html_and_in_a_picture(slug):
    one = challenge(slug)
    table = one.table()
    assert [row[0] for row in table.cells] == [row["network"] for row in one.standing()]
    values = [row[one.measures[0]] for row in one.standing()]
    assert values == sorted(values) and len(values) >= 4
    for told in (str(one), one._repr_html_()):
        assert one.question.split(",")[0] in told
        assert all(rule.text in told for rule in one.rules)
    picture = one.picture(name=f"fig-{slug}-plane")
    assert picture.light != picture.dark and "One data set" in picture.caption
    assert all(f"{i + 1}. {row['network']}" in picture.alt for i, row in enumerate(one.standing()))
    assert "Yours" not in picture.alt
    mine = one.judge(one.example())
    assert "Yours" in mine.picture().alt and mine.verdict in mine.picture().caption
    assert "yours" in mine._repr_html_() and str(mine).endswith(mine.verdict)
    assert repr(one) == f"<Challenge {slug}: {one.title}>"


@pytest.mark.parametrize("slug", SLUGS)
def test_the_exercises_of_a_chapter_end_with_it(slug):
    text = (ROOT / "book" / slug / "exercises.md").read_text(encoding="utf-8")
    section = re.split(r"^## ", text, flags=re.MULTILINE)[-1]
    assert section.startswith("The challenge\n")
    assert f'ml.grading.challenge("{slug}")' in section
    assert f"python -m mem_lib challenge {slug} mine.json" in section
    for label in challenge(slug).line.label.split(", "):
        assert f"{{prf:ref}}`{label}`" in section


def test_what_is_no_challenge():
    with pytest.raises(ml.InvalidArgument, match=r"slug: .*'three_layer'"):
        challenge("three_layer")
    assert ml.grading.challenge("two_layer") is challenge("two_layer")


# -- the line ------------------------------------------------------------------------------------


def test_a_line_is_what_its_theorem_says():
    labels = {statement.label for statement in theorems.STATEMENTS}
    for slug in SLUGS:
        assert set(challenge(slug).line.label.split(", ")) <= labels
    for slug, inputs in (("foundations", 1), ("optimal_relu", 2)):
        inner = [c for c in challenge(slug).line.corners if max(c) < math.inf]
        assert len(inner) == 64
        for weights, bits in inner:
            assert foundations.counting_bound(100, 2, bits=bits, inputs=inputs) == weights
    (x, y) = challenge("two_layer").line.corners[1]
    assert x == two_layer.least_neurons(60, 10)
    radius = challenge("two_layer").dataset.radius
    assert y == two_layer.weight_bound(60, radius=radius) < two_layer.weight_bound(61, radius=1)
    hidden, weights = challenge("deep_threshold").line.corners[1]
    assert hidden + 1 == deep_threshold.gates_needed(100, 3)
    assert weights == deep_threshold.weights_needed_free(100, 3)
    assert challenge("beyond_worst_case").line.corners[0][1] == min(
        foundations.weights_needed(400, 3, inputs=2),
        foundations.weights_needed(400, activation="threshold", inputs=2),
    )


def test_a_line_says_that_it_is_not_about_this_data_set():
    """A constant knows points of one label with less than every line."""
    one = challenge("foundations")
    alike = ml.Dataset(one.dataset.points, np.zeros(100, int))
    assert ml.verify(constant(1), alike)
    assert constant(1).size.weights < min(x for x, _ in one.line.corners)
    assert "may need less" in one.line.caveat


def test_ticks_are_few_and_round():
    for log, low, high in ((True, 1.3, 2000), (True, 5, 90), (True, 0.2, 10**7), (False, -1, 9)):
        found = ticks(log, low, high)
        assert 2 <= len(found) <= 7 and low <= found[0] and found[-1] <= high


# -- judging -------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
def test_a_network_that_does_not_know_the_points(slug):
    one = challenge(slug)
    attempt = one.judge(nudged(one.example()))
    assert not attempt and attempt.rank is None and not attempt.certificate.ok
    assert attempt.verdict.startswith("no: NOT memorized") and "row " in attempt.verdict
    assert attempt.as_dict()["remark"] in attempt.verdict
    dropped = one.judge(constant(one.dataset.d, 1))
    assert not dropped and dropped.values["weights"] == 1
    assert dropped.picture().alt.endswith(".")


def test_each_rule_is_broken_by_some_network_and_kept_by_another():
    two, deep = challenge("two_layer"), challenge("deep_threshold")
    moons = challenge("beyond_worst_case")
    example = two.example()
    identity = ml.Layer([[1]], [0], "identity")
    cases = {
        Rule("depth", 2): changed(example, layers=[*example.layers, identity]),
        Rule("units", ("relu",)): deep.example(),
        Rule("units", ("threshold",)): example,
        Rule("outputs"): changed(moons.example(), layers=[
            *moons.example().layers[:-1], ml.Layer([[1] * moons.example().layers[-1].inputs] * 2,
            [0, 0], "identity")], readout="argmax"),
        Rule("bits", 39): example,
    }  # fmt: skip
    for rule, network in cases.items():
        values = {"depth": network.size.depth, "bits": network.size.bits}
        words = rule.broken(network, values)
        assert words, rule
        assert "{" not in words + rule.text
    keepers = {"depth": 2, "units": ("relu",), "outputs": 1, "bits": 40}
    values = {"depth": 2, "bits": 40}
    assert not any(Rule(k, v).broken(example, values) for k, v in keepers.items())
    assert Rule("missed", 20).broken(example, {"missed": 21})
    assert not Rule("missed", 20).broken(example, {"missed": 20})
    with pytest.raises(ml.InvalidArgument, match=r"kind: one of .*'colour'"):
        Rule("colour")


def test_units_behind_the_output_count_too():
    rule = Rule("units", ("threshold",))
    hidden, last = ml.Layer([[1]], [0], "threshold"), ml.Layer([[1]], [-1], "relu")
    assert rule.broken(ml.Network([hidden, last]), {}) == (
        "hidden layer 2 has relu units; only threshold units are allowed"
    )
    assert not rule.broken(ml.Network([hidden, hidden]), {})


def test_a_network_that_keeps_no_rule_has_no_place():
    """Right at all points, and longer than a machine word."""
    one = challenge("optimal_relu")
    attempt = one.judge(ml.build(one.dataset, "two_layer.sorted", progress=False))
    assert attempt.certificate.ok and not attempt.ok and attempt.rank is None
    (words,) = attempt.broken
    assert words == f"its longest weight has {attempt.values['bits']} bits, at most 64 are allowed"
    assert attempt.verdict == f"no: {words}" and f"broken: {words}" in str(attempt)


def test_a_network_that_knows_the_sample_only():
    one = challenge("generalization")
    attempt = one.judge(ml.build(one.dataset, "optimal_relu.narrow", progress=False))
    answers = ml.predict(ml.build(one.dataset, "optimal_relu.narrow"), one.unseen.points)
    assert attempt.certificate.ok and not attempt
    assert attempt.values["missed"] == int((answers != one.unseen.labels).sum()) > 900


def octagon():
    """The disc as an octagon: label 1 where 7 (|x| + |y|) + 5 (|x + y| + |x - y|) < 12."""
    axes, diagonals = [(7, 0), (0, 7)], [(5, 5), (5, -5)]
    rows = [(sign * a, sign * b) for a, b in axes + diagonals for sign in (1, -1)]
    hidden = ml.Layer(rows, [0] * 8, "relu")
    last = ml.Layer([[-1] * 8], [12 << 20], "identity")
    return ml.Network([hidden, last], input_shift=20, readout="sign")


def test_a_better_network_is_first_and_an_equal_one_shares_the_place():
    one = challenge("generalization")
    attempt = one.judge(octagon())
    assert attempt.ok and attempt.rank == 1 and attempt.values["missed"] == 0
    assert attempt.values["weights"] == 21 < one.standing()[0]["weights"]
    assert attempt.verdict == "valid: 21 nonzero weights, place 1 of 5"
    assert one.judge(one.example()).rank == 1  # as good as the best rival
    second = challenge("foundations")
    assert second.judge(second.example()).rank == 2


@pytest.mark.parametrize("readout", ["sign", "argmax"])
def test_files_and_networks_that_cannot_be_judged(readout, tmp_path):
    one = challenge("two_layer")
    with pytest.raises(ml.InvalidNetwork, match=r"network: 10 inputs are needed .* got 3"):
        one.judge(challenge("deep_threshold").example())
    with pytest.raises(ml.InvalidNetwork, match="readout 'value'"):
        one.judge(changed(one.example(), readout=readout))
    with pytest.raises(FileNotFoundError):
        one.judge(tmp_path / "none.json")
    (tmp_path / "text.json").write_text("weights: 3")
    with pytest.raises(ml.InvalidNetwork, match="one JSON object"):
        one.judge(tmp_path / "text.json")


# -- a folder ------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """Two right files, and what may lie beside them."""
    one, place = challenge("deep_threshold"), tmp_path / "in"
    place.mkdir()
    one.example().save(place / "b.json")
    ml.build(one.dataset, "two_layer.threshold", progress=False).save(place / "=a,1.json.gz")
    nudged(one.example()).save(place / "wrong.json")
    (place / "empty.json").write_bytes(b"")
    (place / "text.json").write_text("=HYPERLINK(1)")
    (place / "cut.json.gz").write_bytes(gzip.compress(b'{"format":' * 20)[:-9])
    (place / "folder.json").mkdir()
    (place / "notes.txt").write_text("not judged")
    (place / ".hidden.json").write_text("not judged")
    challenge("foundations").example().save(place / "inputs.json")
    return place


def test_a_folder_is_a_table(folder, tmp_path):
    heard = []
    found = standings(challenge("deep_threshold"), folder, report=heard.append)
    assert [row["file"] for row in found.rows[:2]] == ["=a,1.json.gz", "b.json"]
    assert [row["place"] for row in found.rows[:2]] == [1, 2] and found.valid == 2
    assert [row["among_rivals"] for row in found.rows[:2]] == [1, 2]
    assert len(heard) == len(found.rows) == 8
    found.save(tmp_path / "out.csv")
    text = (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["file"] for row in rows[:2]] == ["'=a,1.json.gz", "b.json"]
    assert rows[1]["neurons"] == "42" and rows[1]["valid"] == "yes" and rows[1]["remark"] == ""
    told = {row["file"]: row["remark"] for row in rows if row["valid"] == "no"}
    for name, words in {
        "wrong.json": "NOT memorized", "empty.json": "JSON object", "text.json": "JSON object",
        "cut.json.gz": "gzip stream is damaged", "folder.json": "no file",
        "inputs.json": "3 inputs are needed",
    }.items():  # fmt: skip
        assert words in told[name], name
    assert all(row["neurons"] for row in rows if row["file"] in ("b.json", "wrong.json"))
    assert all(not row["place"] for row in rows if row["valid"] == "no")


@pytest.mark.skipif(sys.platform == "win32", reason="names and links of another kind")
def test_names_and_links_that_mean_no_good(tmp_path):
    one, place = challenge("foundations"), tmp_path / "in"
    place.mkdir()
    one.example().save(tmp_path / "outside.json")
    (place / "link.json").symlink_to(tmp_path / "outside.json")
    one.example().save(place / "inside.json")
    (place / "other.json").symlink_to(place / "inside.json")
    one.example().save(place / 'two\nlines, "quoted"\x1b[2J.json')
    with open(os.fsencode(place) + b"/\xff.json", "wb") as file:
        file.write(one.example().to_json().encode())
    os.mkfifo(place / "pipe.json")
    found = standings(one, place)
    rows = list(csv.DictReader(io.StringIO(found.to_csv())))
    valid = {row["file"] for row in rows if row["valid"] == "yes"}
    assert valid == {"inside.json", "other.json", "\\udcff.json",
                     'two\\nlines, "quoted"\\x1b[2J.json'}  # fmt: skip
    remarks = {row["file"]: row["remark"] for row in rows}
    assert "link out of the folder" in remarks["link.json"] and "no file" in remarks["pipe.json"]
    assert {row["place"] for row in rows if row["valid"] == "yes"} == {"1"}


def test_what_is_no_folder(tmp_path):
    with pytest.raises(ml.InvalidArgument, match="folder: a folder of network files is needed"):
        standings(challenge("foundations"), tmp_path / "none")
    assert standings(challenge("foundations"), tmp_path).rows == ()


def test_a_file_too_long_is_a_remark(tmp_path, monkeypatch):
    challenge("foundations").example().save(tmp_path / "a.json")
    monkeypatch.setattr(sys.modules[standings.__module__], "MOST", 100)
    (row,) = standings(challenge("foundations"), tmp_path).rows
    assert not row["valid"] and "bytes are more than 100" in row["remark"]
