"""Starting up: little loads with ``import mem_lib``, and every name is there all the same."""

import json
import pydoc
import subprocess
import sys
from pathlib import Path

import pytest

import mem_lib as ml

ROOT = Path(__file__).resolve().parents[1]

HEAVY = (
    "scipy", "sklearn", "matplotlib", "joblib", "tqdm", "flint", "torch", "threadpoolctl",
    "ipywidgets",
)  # fmt: skip
CHAPTERS = (
    "beyond_worst_case", "deep_threshold", "foundations", "generalization", "optimal_relu",
    "two_layer",
)  # fmt: skip


def loaded(code: str) -> list[str]:
    """The modules that a fresh Python has loaded after ``code``."""
    code += "\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_import_loads_numpy_and_little_of_ours():
    modules = loaded("import mem_lib")
    ours = [name for name in modules if name.partition(".")[0] == "mem_lib"]
    assert "numpy" in modules and "mem_lib.network" in ours and len(ours) <= 40
    late = {f"mem_lib.{name}" for name in (*CHAPTERS, "figures", "explorer", "theorems")}
    assert late.isdisjoint(modules) and set(HEAVY).isdisjoint(modules)


@pytest.mark.parametrize("names", [("data", "verify"), CHAPTERS, ("figures", "explorer")])
def test_heavy_libraries_load_inside_the_functions_that_use_them(names):
    modules = loaded("import mem_lib as ml\n" + "\n".join(f"ml.{name}" for name in names))
    assert len(modules) > len(loaded("import mem_lib"))
    assert set(HEAVY).isdisjoint(modules)


def test_an_early_load_is_noticed():
    assert not set(HEAVY).isdisjoint(loaded("import mem_lib as ml; ml.data.digits()"))


def test_every_public_name_is_there_after_the_import_alone():
    loaded("""
import sys
from importlib import import_module

for name in import_module("mem_lib").__all__:
    for module in [module for module in sys.modules if module.partition(".")[0] == "mem_lib"]:
        del sys.modules[module]
    fresh = import_module("mem_lib")
    assert name in dir(fresh)
    assert getattr(fresh, name) is getattr(fresh, name) is not None
""")


def test_pytorch_too():
    pytest.importorskip("torch")
    assert "torch" in loaded("import mem_lib as ml; ml.torch_backend.to_torch")


def test_all_names_come_with_a_star():
    names: dict[str, object] = {}
    exec("from mem_lib import *", names)
    assert set(ml.__all__) <= set(names)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"^module 'mem_lib' has no attribute 'figure'$"):
        _ = ml.figure  # type: ignore[attr-defined]
    with pytest.raises(ImportError, match="cannot import name 'figure' from 'mem_lib'"):
        exec("from mem_lib import figure")
    assert not hasattr(ml, "figure") and "figure" not in dir(ml)


@pytest.mark.slow
def test_type_checkers_see_what_is_not_loaded_yet(tmp_path):
    names = (*ml.__all__, "torch_backend", "figure")
    program = tmp_path / "program.py"
    program.write_text("import mem_lib as ml\n" + "".join(f"print(ml.{n})\n" for n in names))
    options = ["--config-file=", "--ignore-missing-imports", "--follow-imports=silent", "--strict"]
    command = [sys.executable, "-m", "mypy", *options, str(program)]
    told = subprocess.run(command, capture_output=True, text=True, cwd=ROOT).stdout
    assert told.count("error:") == 1 and 'Module has no attribute "figure"' in told


def test_help_lists_what_is_not_loaded_yet():
    text = pydoc.render_doc(ml, renderer=pydoc.plaintext)
    assert "beyond_worst_case" in text and "class Certificate" in text
