"""Recorded results are found from anywhere, and what is missing is named."""

import csv

import pytest

from mem_lib import recorded
from mem_lib.errors import InvalidArgument

NAMES = sorted(path.stem for path in recorded.FOLDER.glob("*.csv"))


@pytest.mark.parametrize("name", NAMES)
def test_every_recorded_file_is_read_from_anywhere(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = recorded.read(name)
    with open(recorded.FOLDER / f"{name}.csv", encoding="utf-8") as file:
        texts = list(csv.DictReader(file))
    assert len(rows) == len(texts) > 0
    for row, text in zip(rows, texts, strict=True):
        assert row.keys() == text.keys()
        for key, value in row.items():
            assert value == (text[key] if isinstance(value, str) else float(text[key]))


def test_values_have_their_kinds(tmp_path, monkeypatch):
    (tmp_path / "some.csv").write_text("a,b,c,d,e\n3,0.5,1e3,nan,more than 50\n")
    monkeypatch.setattr(recorded, "FOLDER", tmp_path)
    (row,) = recorded.read("some")
    assert row == {"a": 3, "b": 0.5, "c": 1000.0, "d": "nan", "e": "more than 50"}
    assert [type(row[key]) for key in "abc"] == [int, float, float]


def test_what_was_not_recorded_is_named():
    with pytest.raises(FileNotFoundError, match=r"name: .*nothing\.csv holds no.*moons"):
        recorded.read("nothing")


@pytest.mark.parametrize("name", ["../results/moons", "moons.csv", "", None])
def test_what_is_no_name(name):
    with pytest.raises(InvalidArgument, match="name: a name such as 'moons' is needed"):
        recorded.read(name)
