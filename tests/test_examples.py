"""What the docstrings, the README and the guide show must run as shown."""

import doctest
import importlib.util
import pkgutil
import re
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
    results = doctest.testmod(importlib.import_module(name))
    assert results.failed == 0


def test_docstrings_are_looked_at():
    assert sum(doctest.testmod(importlib.import_module(n)).attempted for n in MODULES) > 20


@pytest.mark.parametrize("page", PAGES)
def test_snippets(page, capsys):
    snippets = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.S)
    assert snippets
    for snippet in snippets:
        exec(compile(snippet, page, "exec"), {})
    assert "memorized: 200 of 200" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["mem_lib", "mem_lib.data", "mem_lib.certificate"])
def test_starting_needs_numpy_alone(name):
    """Heavy libraries load inside the functions that use them."""
    import subprocess
    import sys

    heavy = ("scipy", "sklearn", "matplotlib", "torch", "ipywidgets", "tqdm", "joblib", "flint")
    code = f"import sys, {name}; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
