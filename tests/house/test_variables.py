"""The variables that the book, the tests and JupyterLab run under."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import ROOT
from tools.variables import clean, for_lab, variables

FOREIGN = {
    "PYTHONPATH": "/foreign",
    "PYTHONHOME": "/foreign",
    "PYTHONOPTIMIZE": "2",
    "PYTHONWARNINGS": "error",
    "PYTHONIOENCODING": "ascii",
    "PYTHONSAFEPATH": "1",
    "PYTHONSTARTUP": "/foreign.py",
    "PYTHONDONTWRITEBYTECODE": "1",
    "JUPYTER_PATH": "/foreign",
    "JUPYTER_CONFIG_DIR": "/mine",
    "IPYTHONDIR": "/foreign",
    "MPLBACKEND": "qt",
    "MATPLOTLIBRC": "/foreign",
    "PYTEST_PLUGINS": "foreign",
    "FORCE_COLOR": "1",
    "LC_ALL": "de_DE.ISO-8859-1",
}


def test_settings_stay_out_and_files_stay_in(place):
    given = {**FOREIGN, "PATH": "x", "HOME": "h", "PYTEST_ADDOPTS": "-x"}
    env = variables(place, given)
    assert not {key for key, value in FOREIGN.items() if env.get(key) == value}
    assert env["HOME"] == "h" and env["PYTEST_ADDOPTS"] == "-x"
    assert env["PATH"].split(os.pathsep) == [str(Path(env["VIRTUAL_ENV"]) / BIN), "x"]
    for name in ("IPYTHONDIR", "JUPYTER_DATA_DIR", "MPLCONFIGDIR"):
        assert Path(env[name]).is_relative_to(place)


BIN = "Scripts" if os.name == "nt" else "bin"


def test_a_readers_jupyterlab_keeps_its_settings_but_for_foreign_kernels(place):
    env = for_lab(place, place / "home", {**FOREIGN, "PATH": "x"})
    assert env["JUPYTER_CONFIG_DIR"] == "/mine" and env["LC_ALL"] == FOREIGN["LC_ALL"]
    assert "JUPYTER_PATH" not in env and "PYTHONPATH" not in env and "PYTHONOPTIMIZE" not in env
    assert env["IPYTHONDIR"] == str(place / "home") and env["PYTHONUTF8"] == "1"
    assert "LC_ALL" not in for_lab(place, place / "home", {"PATH": "x"})


def test_python_under_them_asserts_and_writes_utf_8(tmp_path):
    (tmp_path / "json.py").write_text("raise RuntimeError('foreign')")
    given = {**os.environ, **FOREIGN, "PYTHONPATH": str(tmp_path)}
    del given["PYTHONHOME"]
    code = (
        "import json, sys, warnings; warnings.warn('a'); print(sys.getfilesystemencoding(), 'γ')\n"
        "try:\n    assert False\nexcept AssertionError:\n    print('asserts')"
    )
    done = subprocess.run([sys.executable, "-c", code], env=clean(given), capture_output=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode("utf-8").split() == ["utf-8", "γ", "asserts"]


@pytest.mark.parametrize("name", ["PYTHONOPTIMIZE", "PYTHONWARNINGS", "PYTHONIOENCODING", "all"])
def test_the_script_runs_under_any_of_them(name, tmp_path):
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools/__init__.py").write_text("raise RuntimeError('foreign')")
    (tmp_path / "argparse.py").write_text("raise RuntimeError('foreign')")
    foreign = {**FOREIGN, "PYTHONPATH": str(tmp_path)}
    del foreign["PYTHONHOME"]
    given = foreign if name == "all" else {name: foreign[name]}
    script = [sys.executable, str(ROOT / "tools/make.py")]
    done = subprocess.run(script, env={**os.environ, **given}, cwd=ROOT, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert b"build the book and say where it is" in done.stdout
