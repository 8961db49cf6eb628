"""``python -m mem_lib challenge``: exit status, lines, and a table of a folder."""

import csv

import pytest

import mem_lib as ml
from mem_lib.__main__ import main
from mem_lib.grading.challenges import SLUGS, challenge


def run(*arguments):
    return main([str(a) for a in arguments])


@pytest.fixture
def files(tmp_path):
    """The folder of a good network, one that is wrong, and a text."""
    example = challenge("foundations").example()
    example.save(tmp_path / "good.json.gz")
    last = example.layers[-1]
    wrong = ml.Network([*example.layers[:-1], last.with_bias([int(last.bias[0]) + 1])])
    wrong.save(tmp_path / "wrong.json")
    (tmp_path / "text.json").write_text("no network")
    return tmp_path


def test_alone_it_lists_them(capsys):
    assert run("challenge") == 0
    out = capsys.readouterr().out
    assert all(f"{slug}: {challenge(slug).title}" in out for slug in SLUGS)
    assert "rule: hidden units are threshold units only" in out


def test_a_chapter_alone_shows_its_rivals_and_its_line(capsys):
    assert run("challenge", "two_layer") == 0
    out = capsys.readouterr().out
    assert all(row["network"] in out for row in challenge("two_layer").standing())
    assert "thm-two_layer-weight-bound" in out and "may need less" in out


def test_a_valid_network_exits_with_0(files, capsys):
    assert run("challenge", "foundations", files / "good.json.gz") == 0
    out = capsys.readouterr().out
    assert "memorized: 100 of 100" in out and "valid: 653 total bits, place 2 of 7" in out


def test_a_wrong_one_and_a_broken_rule_exit_with_1(files, capsys):
    assert run("challenge", "foundations", files / "wrong.json") == 1
    assert "NOT memorized" in capsys.readouterr().out
    data = challenge("optimal_relu").dataset
    ml.build(data, "two_layer.sorted", progress=False).save(files / "long.json")
    assert run("challenge", "optimal_relu", files / "long.json") == 1
    out = capsys.readouterr().out
    assert "memorized: 100 of 100" in out and "broken: its longest weight has" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["three_layer"], "slug: one of"),
        (["foundations", "text.json"], "one JSON object"),
        (["foundations", "none.json"], "FileNotFoundError"),
        (["two_layer", "good.json.gz"], "10 inputs are needed"),
        (["foundations", "good.json.gz", "--table", "t.csv"], "a folder is needed"),
        (["foundations", "--table", "t.csv"], "a folder of network files is needed"),
        (["foundations", ".", "--table", "."], "is a folder, a file is needed"),
        (["foundations", ".", "--table", "none/t.csv"], "no folder"),
    ],
)
def test_bad_input_exits_with_2(files, capsys, monkeypatch, arguments, message):
    monkeypatch.chdir(files)
    assert run("challenge", *arguments) == 2
    assert message in capsys.readouterr().err
    assert not (files / "t.csv").exists()


def test_a_folder_becomes_a_table(files, capsys):
    assert run("challenge", "foundations", files, "--table", files / "t.csv") == 0
    out = capsys.readouterr().out
    assert "good.json.gz: valid" in out and "3 files, 1 of them valid" in out
    with open(files / "t.csv", encoding="utf-8-sig", newline="") as file:
        rows = {row["file"]: row for row in csv.DictReader(file)}
    assert rows["good.json.gz"]["total_bits"] == "653" and rows["good.json.gz"]["place"] == "1"
    assert "NOT memorized" in rows["wrong.json"]["remark"]
    assert rows["text.json"]["valid"] == "no" and "JSON" in rows["text.json"]["remark"]
    assert run("challenge", "foundations", files) == 0  # without a table
    assert "of them valid" in capsys.readouterr().out
