"""What the docstrings, the README and the guide show must run as shown."""

import doctest
import importlib.util
import inspect
import pkgutil
import re
import types
from pathlib import Path

import pytest

import mem_lib

ROOT = Path(__file__).parent.parent
HAS_TORCH = importlib.util.find_spec("torch") is not None
MODULES = [
    info.name
    for info in pkgutil.walk_packages(mem_lib.__path__, "mem_lib.", onerror=lambda name: None)
    if not info.name.endswith("__main__")
    and (HAS_TORCH or not info.name.startswith("mem_lib.torch_backend"))
]
PAGES = ["README.md", "book/how-to-use.md"]


@pytest.mark.parametrize("name", ["mem_lib", *MODULES])
def test_docstrings(name):
    """Every example runs: as many as the module's text shows."""
    module = importlib.import_module(name)
    results = doctest.testmod(module)
    assert (results.failed, results.attempted) == (0, written(inspect.getsource(module)))


def written(source: str) -> int:
    """How many examples a text shows."""
    return len(re.findall(r"^ *>>> ", source, re.MULTILINE))


def test_an_example_that_does_not_run_is_noticed():
    module = types.ModuleType("module")
    source = '"""\n>>> 1 + 1\n2\n"""\ndef f():\n    x = """\n    >>> 1 + 1\n    3\n    """\n'
    exec(source, module.__dict__)
    assert doctest.testmod(module).attempted == 1 and written(source) == 2


@pytest.mark.parametrize("page", PAGES)
def test_snippets(page, capsys):
    snippets = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.S)
    assert snippets
    for snippet in snippets:
        exec(compile(snippet, page, "exec"), {})
    assert "memorized: 200 of 200" in capsys.readouterr().out
