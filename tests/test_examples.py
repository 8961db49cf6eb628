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
NEED_TORCH = ("mem_lib.torch_backend", "mem_lib.exact.arrays.torch")
MODULES = [
    info.name
    for info in pkgutil.walk_packages(mem_lib.__path__, "mem_lib.", onerror=lambda name: None)
    if not info.name.endswith("__main__") and (HAS_TORCH or not info.name.startswith(NEED_TORCH))
]
PAGES = ["README.md", "book/how-to-use.md"]


@pytest.mark.parametrize("name", ["mem_lib", *MODULES])
def test_docstrings(name):
    """Every example runs that is not skipped: as many as the module's text shows."""
    module = importlib.import_module(name)
    results = doctest.testmod(module)
    attempted = results.attempted - getattr(results, "skipped", 0)  # which Python 3.13 counts
    assert (results.failed, attempted) == (0, written(inspect.getsource(module)))


def written(source: str) -> int:
    """How many examples a text shows that are not skipped."""
    return len(re.findall(r"^ *>>> (?!.*# doctest: \+SKIP$)", source, re.MULTILINE))


def test_an_example_that_does_not_run_is_noticed():
    module = types.ModuleType("module")
    source = '"""\n>>> 1 + 1\n2\n"""\ndef f():\n    x = """\n    >>> 1 + 1\n    3\n    """\n'
    exec(source, module.__dict__)
    assert doctest.testmod(module).attempted == 1 and written(source) == 2


def snippets(page: str) -> list[str]:
    """The programs that a page shows."""
    return re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.S)


@pytest.mark.parametrize(
    ("page", "i"), [(page, i) for page in PAGES for i in range(len(snippets(page)))]
)
def test_snippets(page, i, capsys, tmp_path, monkeypatch):
    """Every program runs as it is shown, and says that its networks memorize."""
    monkeypatch.chdir(tmp_path)
    exec(compile(snippets(page)[i], page, "exec"), {})
    out = capsys.readouterr().out
    assert "NOT memorized" not in out
    if "ml.verify" in snippets(page)[i]:
        assert re.search(r"memorized: (\d+) of \1 points right", out)


def shown_outputs(page: str) -> list[tuple[str, str]]:
    """The programs of a page that are followed by what they print, with that."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(r"```python\n([^`]*)```\n\nprints\n\n```text\n([^`]*)```", text)


@pytest.mark.parametrize("program, output", shown_outputs("README.md"))
def test_a_program_prints_what_the_readme_shows(program, output, capsys):
    exec(compile(program, "README.md", "exec"), {})
    assert capsys.readouterr().out == output


def test_the_readme_shows_a_certificate():
    ((program, output),) = shown_outputs("README.md")
    assert program == snippets("README.md")[0] and output.startswith("memorized: 200 of 200")


def test_the_map_of_the_readme_marks_what_is_to_come():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)`(, to come)? \|", text, re.MULTILINE)
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    there = re.findall(r"book/(\w+)/index", toc)
    assert [slug for slug, to_come in rows if not to_come] == there
    assert len(rows) == 6


def test_the_programs_of_the_readme(tmp_path, monkeypatch, capsys):
    """What they leave behind, and what they say."""
    monkeypatch.chdir(tmp_path)
    first, csv, comparison, sweep = snippets("README.md")
    for program in (first, csv, comparison, sweep):
        exec(compile(program, "README.md", "exec"), {})
    out = capsys.readouterr().out
    assert "memorized: 200 of 200" in out and "memorized: 4 of 4" in out and "[1 0]" in out
    network, dataset = mem_lib.Network.load("network.json"), mem_lib.data.read_csv("data.csv")
    assert mem_lib.Certificate.load("certificate.json").check(network, dataset).ok
    assert all(name in out for name in mem_lib.constructions.REGISTRY)
    assert Path("sweep.svg").read_bytes().startswith(b"<?xml")
