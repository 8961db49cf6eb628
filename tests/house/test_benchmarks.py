"""What the benchmarks record."""

import os
import subprocess
import sys

import pytest

import mem_lib as ml
from benchmarks import __main__ as benchmarks
from benchmarks import generalization
from mem_lib import recorded
from tests.house import ROOT


def test_a_table_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "results" / "digits.csv"
    benchmarks.write(path, [{"what": "a"}, {"what": "γ, b"}])
    lines = path.read_bytes().decode().split("\n")
    assert lines[0].startswith("benchmark,what,python,") and lines[3:] == [""]
    assert lines[1].startswith("digits,a,") and lines[2].startswith('digits,"γ, b",')
    before = path.read_bytes()
    with pytest.raises(ValueError, match="more"):
        benchmarks.write(path, [{"what": "c"}, {"more": "d"}])
    assert path.read_bytes() == before and os.listdir(path.parent) == ["digits.csv"]


def test_the_benchmarks_start_on_every_system():
    code = "import sys; sys.modules['resource'] = None; import benchmarks.__main__"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_undecided_images_are_told_from_wrong_ones(monkeypatch):
    """One point of each label, and new ones: nearer to the first, in the middle, nearer to the
    second with the label of the first."""
    monkeypatch.setattr(generalization, "IMAGES", 1)
    train = ml.Dataset([[0, 0], [4, 0]], [0, 1])
    test = ml.Dataset([[1, 0], [2, 0], [3, 0], [0, 1]], [0, 1, 0, 1])
    row = generalization._row(train, test, 0, 1)
    assert (row["maxnet"], row["undecided maxnet"]) == ("0.2500", "0.2500")
    assert row["undecided cells"] == row["undecided condensed"] == row["undecided maxnet"]
    for variant in generalization.VARIANTS:
        assert 0 <= float(row[f"undecided {variant}"]) <= 1 - float(row[variant])


def test_the_recorded_pairs_tell_undecided_images_of_every_network():
    rows = recorded.read("generalization")
    for row in rows:
        for variant in generalization.VARIANTS:
            for share in (row[variant], row[f"undecided {variant}"]):
                images = round(share * row["tested"])
                assert abs(share - images / row["tested"]) <= 5.1e-5  # a count, to four digits
            assert row[variant] + row[f"undecided {variant}"] <= 1 + 1e-4
    assert len(rows) == 45 and any(row["undecided projected"] for row in rows)
