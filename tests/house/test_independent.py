"""Second derivations stay what they are: without the library, and in the nightly run."""

import ast
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "independent"
FILES = sorted(path for path in FOLDER.glob("*.py") if path.stem not in ("__init__", "conftest"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_second_derivation_imports_nothing_of_ours(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert names and not names & {"mem_lib", "tests", "tools", "benchmarks", ""}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_second_derivation_has_tests(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tests = [node for node in tree.body if getattr(node, "name", "").startswith("test_")]
    assert len(tests) > 10
    for test in tests:  # each names the statements that it derives, in its docstring or its mark
        marks = "".join(map(ast.unparse, test.decorator_list))
        assert "thm-" in (ast.get_docstring(test) or "") + marks, test.name


def test_there_are_some():
    assert {"deep_threshold", "generalization", "optimal_relu", "two_layer"} <= {
        path.stem for path in FILES
    }
