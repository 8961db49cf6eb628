"""Small changes are made where they can matter, and the tool tells which of them tests notice."""

import subprocess
import sys

import pytest

from tests.house import ROOT
from tools import mutants as tool
from tools.changes import KINDS, Change, changed, changes

SOURCE = '''\
"""A text with a < b in it."""

def clipped(values: list, most: int = 2 - 1) -> "list[a < b]":
    if most < 0:
        raise ValueError(f"{most - 1} and {max(1, 2)}")
    checked(values)
    if not values and (most) >= len(values[1:]) or -most == 3:
        return [min(v + 1, most - v, 5) for v in values if math.floor(v) <= most]
    return values + [
        1]
'''

WANTED = {
    (3, "bound", "2 - 2"),
    (3, "sign", "2 + 1"),
    (4, "comparison", "most <= 0"),
    (4, "bound", "most < 1"),
    (4, "check", "if False:"),
    (6, "check", "pass"),
    (7, "logic", "if values and"),
    (7, "logic", "not values or (most)"),
    (7, "comparison", "(most) > len"),
    (7, "bound", "values[2:]"),
    (7, "logic", "[1:]) and -most"),
    (7, "sign", "or most =="),
    (7, "comparison", "-most != 3"),
    (7, "bound", "-most == 4"),
    (7, "check", "if False:"),
    (8, "swap", "[max(v + 1"),
    (8, "sign", "min(v - 1"),
    (8, "bound", "min(v + 2"),
    (8, "sign", "most + v"),
    (8, "bound", "v, 6)"),
    (8, "swap", "math.ceil(v)"),
    (8, "comparison", "(v) < most"),
}


def test_every_kind_of_change_is_found_and_nothing_else():
    found = changes(SOURCE)
    for line, kind, part in WANTED:
        assert [c for c in found if c[:2] == (line, kind) and part in c.new], (line, kind, part)
    assert len(found) == len(WANTED) and {change.kind for change in found} == set(KINDS)


def test_a_change_is_made_in_its_line():
    source = "é = 'ü'; a = 1 if b < c else 2\n    if a < 0:\n        pass\nif a < 0:\n"
    for line, blank in ((1, "    "), (2, "    "), (4, ""), (9, "")):
        new = changed(source, Change(line, "check", "if a < 0:", "if False:")).split("\n")
        assert new.count(blank + "if False:") == 1 and len(new) == len(source.split("\n"))
    (change,) = changes("é = 'ü'; a = 1 if b < c else 2\n")
    assert change.new == "é = 'ü'; a = 1 if b <= c else 2"
    with pytest.raises(ValueError, match="no line is 'if a > 0:'"):
        changed(source, Change(1, "check", "if a > 0:", "if False:"))


@pytest.fixture
def toy(tmp_path):
    """A library with a package of one module, and its tests."""
    for name, content in {
        "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]',
        "mem_lib/__init__.py": "",
        "mem_lib/toy/__init__.py": "",
        "mem_lib/toy/sums.py": "def least(a, b):\n    return min(a, b)\n\n\n"
        "def clipped(a):\n    if a < 0:\n        return 0\n    return a\n\n\n"
        "def down(a):\n    while a > 0:\n        a = a - 1\n    return a\n",
        "tests/test_toy.py": "import time\n\nfrom mem_lib.toy.sums import *\n\n\n"
        "def test_least(): assert least(1, 2) == 1\n\n\n"
        "def test_clipped(): assert [clipped(a) for a in (-1, 0, 1)] == [0, 0, 1]\n\n\n"
        "def test_down(): assert down(3) == 0\n",
        "tests/test_toy_other.py": "def test_nothing(): pass\n",
        "tests/test_else.py": "def test_of_another_module(): assert False\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    return tmp_path


def test_it_tells_what_tests_notice(toy, tmp_path, capsys):
    sums = "mem_lib/toy/sums.py"
    before = {path: path.read_bytes() for path in toy.rglob("*.py")}
    assert tool.tests_of(toy, sums) == [["tests/test_toy.py"], ["tests/test_toy_other.py"]]
    chosen = [
        tool.Mutant(sums, Change(2, "swap", "return min(a, b)", "return max(a, b)")),
        tool.Mutant(sums, Change(6, "comparison", "if a < 0:", "if a <= 0:")),
        tool.Mutant(sums, Change(13, "sign", "a = a - 1", "a = a + 1")),
        tool.Mutant(sums, Change(1, "check", "def least(a, b):", "def least(a, b)")),
        tool.Mutant(sums, Change(1, "swap", "no such line", "none")),
        tool.Mutant("mem_lib/toy/gone.py", Change(1, "swap", "a", "b")),
    ]
    table = tmp_path / "table.csv"
    rows = tool.run(toy, chosen, table, jobs=2, seconds=4)
    assert [(row["result"], row["by"]) for row in rows] == [
        ("killed", "tests/test_toy.py::test_least"),
        ("survived", ""),
        ("timeout", "tests/test_toy.py::test_down"),
        ("killed", "import of tests/test_toy.py"),
        ("gone", ""),
        ("gone", ""),
    ]
    assert tool.read(table) == rows and capsys.readouterr().out.count("\n") == len(chosen)
    assert tool.run(toy, chosen, table) == rows  # nothing is run twice
    assert capsys.readouterr().out == ""
    rows[1].update(result="", why="0 is 0")  # but what has no result yet is
    tool.write(table, rows)
    tool.run(toy, chosen, table)
    assert tool.read(table)[1]["result"] == "survived" and tool.read(table)[1]["why"] == "0 is 0"
    assert capsys.readouterr().out.startswith("survived  mem_lib/toy/sums.py:6  if a < 0:")
    assert before == {path: path.read_bytes() for path in before}


def test_a_test_that_fails_anyway_notices_nothing(toy, tmp_path):
    (toy / "tests/test_toy.py").write_text("def test_broken(): assert False\n")
    swap = Change(2, "swap", "return min(a, b)", "return max(a, b)")
    (row,) = tool.run(toy, [tool.Mutant("mem_lib/toy/sums.py", swap)], tmp_path / "table.csv")
    assert (row["result"], row["by"]) == ("unknown", "tests/test_toy.py::test_broken")


def test_chance_is_repeatable():
    some = tool.drawn(ROOT, "mem_lib/certificate", 9, seed=3)
    assert some == tool.drawn(ROOT, "mem_lib/certificate", 9, seed=3) and len(set(some)) == 9
    assert some != tool.drawn(ROOT, "mem_lib/certificate", 9, seed=4)
    assert {mutant.module.rpartition("/")[0] for mutant in some} == {"mem_lib/certificate"}
    assert tool.drawn(ROOT, "mem_lib/py.typed", 9, seed=3) == []


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--help"], 0, "python tools/mutants.py mem_lib/exact"),
        (["mem_lib/nothing"], 2, "there is no mem_lib/nothing"),
        (["mem_lib/exact", "--count", "2", "--list"], 0, "  ->  "),
    ],
)
def test_the_command(arguments, status, words):
    command = [sys.executable, "tools/mutants.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == status and words in done.stdout + done.stderr


def test_what_is_recorded_is_noticed_or_explained():
    rows = tool.read(ROOT / tool.TABLE)
    assert len(rows) >= 50
    for row in rows:
        noticed = row["result"] in ("killed", "timeout") and row["by"]
        assert bool(noticed) != bool(row["why"]), row
