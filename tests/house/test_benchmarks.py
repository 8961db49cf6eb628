"""What the benchmarks record."""

import os
import subprocess
import sys

import pytest

from benchmarks import __main__ as benchmarks
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
