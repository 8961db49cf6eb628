"""The code is tidy, typed, and readable where it has to be."""

import ast
import subprocess
import sys

import pytest

from tests.house import ROOT


def test_code_is_tidy():
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=concise", "."]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_types_are_consistent():
    done = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", sorted((ROOT / "tools").glob("*.py")), ids=lambda p: p.name)
def test_an_old_python_can_read_the_tools(path):
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))
