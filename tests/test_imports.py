"""Who may import what: the storeys of the house, and no circles."""

import ast
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = ROOT / "mem_lib"

#: From the ground up; a module imports from storeys below its own, and from its own package.
STOREYS = (
    ("errors",),
    ("_base",),
    ("data", "network"),
    ("exact",),
    ("figures",),
    ("certificate",),
    ("parts", "recorded"),
    ("constructions", "foundations"),
    ("beyond_worst_case", "deep_threshold", "generalization", "optimal_relu", "two_layer"),
    ("theorems",),
    ("comparison", "grading", "manual", "slides", "torch_backend"),
    ("cli", "explorer"),
    ("estimator", "sweeps"),
    ("",),
    ("__main__",),
)
HEIGHT = {name: height for height, names in enumerate(STOREYS) for name in names}


def module_of(path: Path) -> str:
    """The dotted name of a file of the library."""
    parts = path.relative_to(LIBRARY.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in sorted(LIBRARY.rglob("*.py"))}


def imported(source: str, known=MODULES) -> set[str]:
    """The modules of ours that a source imports, wherever it does: in functions, for types."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in known else node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.partition(".")[0] == "mem_lib"}


def room(module: str) -> str:
    """The package or module at the top level to which a module belongs; "" is the roof."""
    return module.split(".")[1] if "." in module else ""


def upward(module: str, source: str, known=MODULES) -> list[str]:
    """The imports of a module that do not go down, or into its own package."""
    here = room(module)
    return sorted(
        name
        for name in imported(source, known)
        if room(name) != here and HEIGHT[room(name)] >= HEIGHT[here]
    )


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The modules of a circle, in order; none where there is none."""
    done: set[str] = set()

    def walk(name: str, path: list[str]) -> list[str]:
        if name in path:
            return path[path.index(name) :]
        if name in done:
            return []
        for other in sorted(graph.get(name, ())):
            if found := walk(other, [*path, name]):
                return found
        done.add(name)
        return []

    for start in sorted(graph):
        if found := walk(start, []):
            return found
    return []


def private_imports(source: str, module: str) -> list[str]:
    """What a module imports of the insides of other rooms: names or modules with an underscore.

    ``_base`` is for everybody, and ``theorems`` collects the chapters' ``_statements``.
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        if not node.module.startswith("mem_lib.") or room(node.module) == room(module):
            continue
        parts = [*node.module.split(".")[2:], *(alias.name for alias in node.names)]
        hidden = [p for p in parts if p.startswith("_") and not p.startswith("__")]
        if module == "mem_lib.theorems":
            hidden = [p for p in hidden if p != "_statements"]
        found += [f"{node.module}: {p}" for p in hidden]
    return found


@pytest.mark.parametrize("module", MODULES)
def test_arrows_go_down(module):
    assert upward(module, MODULES[module].read_text(encoding="utf-8")) == []


def test_every_room_has_a_storey():
    assert {room(module) for module in MODULES} == set(HEIGHT)


def test_nothing_runs_in_a_circle():
    graph = {m: imported(p.read_text(encoding="utf-8")) - {m} for m, p in MODULES.items()}
    del graph["mem_lib"]  # the roof is where everything meets
    assert circle(graph) == []


@pytest.mark.parametrize("module", MODULES)
def test_private_names_stay_within_their_room(module):
    assert private_imports(MODULES[module].read_text(encoding="utf-8"), module) == []


def test_arrows_that_run_up_are_found():
    def inside():
        return "def f():\n    from mem_lib.certificate import verify"

    assert upward("mem_lib.exact.engine", inside()) == ["mem_lib.certificate"]
    assert upward("mem_lib.data.csv", "from mem_lib.network import Layer") == ["mem_lib.network"]
    assert upward("mem_lib.certificate.judge", "from mem_lib.exact import engine") == []
    assert upward("mem_lib.data.csv", "from mem_lib.data.dataset import Dataset") == []


def test_circles_are_found():
    a, b, c = ("mem_lib.data.dataset", "mem_lib.data.file", "mem_lib.data.grid")
    assert circle({a: {b}, b: {c}, c: {a}}) == [a, b, c]
    assert circle({a: {b, c}, b: {c}, c: set()}) == []
    typed = f"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from {a} import Dataset"
    assert imported(typed) == {a} and imported("from mem_lib.data import file") == {b}
    assert all(name in MODULES for name, _ in pairwise([a, b, c]))


def test_private_imports_are_found():
    for line in ("from mem_lib.data._rows import x", "from mem_lib.data import x, _rows"):
        assert private_imports(line, "mem_lib.exact.engine")
        assert not private_imports(line, "mem_lib.data.csv")
    two = "from mem_lib._base.rows import x\nfrom mem_lib.data import y"
    assert not private_imports(two, "mem_lib.exact.engine")
    collected = "from mem_lib.two_layer._statements import STATEMENTS"
    assert private_imports(collected, "mem_lib.explorer")
    assert not private_imports(collected, "mem_lib.theorems")
