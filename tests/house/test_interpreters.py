"""Finding a Python that is new enough, or one of a version that is asked for."""

import os
import sys

import pytest

from tests.house.pretend import nothing
from tools import interpreters
from tools.steps import Failure


def named(*names):
    """Answers of a machine where these Pythons run, each of the version in its name."""
    return lambda command: command[0].rpartition("python")[2] if command[0] in names else None


def found(place, probe, wanted=None, which=lambda name: name, version=(3, 9, 2), home=None):
    environ = {"HOME": str(home or place / "nobody")}
    return interpreters.interpreter(place, wanted, which, probe, environ, version)


def test_this_python_is_taken_where_it_is_new_enough(place):
    here = found(place, named("python3.13"), version=(3, 12, 4))
    assert here == (interpreters.outside(place), "3.12")


@pytest.mark.parametrize("version", [(3, 9, 2), (3, 15, 0)])
def test_another_one_is_looked_for_where_it_is_too_old_or_too_new(place, version):
    assert found(place, named("python3.12"), version=version) == ("python3.12", "3.12")


def test_a_new_one_is_taken_where_there_is_no_other(place):
    here = found(place, named(), version=(3, 15, 0))
    assert here == (interpreters.outside(place), "3.15")


def test_an_old_python_alone_is_told_so(place):
    with pytest.raises(Failure, match=r"3\.11 or newer is needed, this is 3\.9\.2"):
        found(place, named(), which=nothing)


@pytest.mark.parametrize("answer", ["another kind of Python", "3.9", ""])
def test_a_name_that_runs_something_else_is_passed_over(place, answer):
    with pytest.raises(Failure, match="is needed"):
        found(place, lambda command: answer)


def test_a_version_that_is_asked_for_is_taken_or_missed(place):
    probe = named("python3.12", "python3.13")
    assert found(place, probe, "3.12", version=(3, 13, 0)) == ("python3.12", "3.12")
    with pytest.raises(Failure, match=r"There is no Python 3\.14: not on the PATH"):
        found(place, probe, "3.14", version=(3, 13, 0))


@pytest.mark.skipif(os.name == "nt", reason="their folders differ there")
@pytest.mark.parametrize(
    "folder",
    [
        ".pyenv/versions/3.12.1",
        ".local/share/uv/python/cpython-3.12.1-linux-x86_64-gnu",
        ".asdf/installs/python/3.12.1",
        ".local/share/mise/installs/python/3.12",
        "miniforge3/envs/book",
        "miniconda3",
    ],
)
def test_interpreters_of_a_version_manager_count(place, tmp_path, folder):
    home = tmp_path / "home"
    python = home / folder / "bin/python3.12"
    python.parent.mkdir(parents=True)
    python.touch()
    shim = named(str(python))  # the name on the PATH does not run
    assert found(place, shim, home=home) == (str(python), "3.12")
    with pytest.raises(Failure, match="There is no Python 3"):
        found(place, shim, "3.13", home=home)


def test_a_managers_own_variable_says_where_it_keeps_them(tmp_path):
    python = tmp_path / "versions/3.13.0/bin/python3.13"
    python.parent.mkdir(parents=True)
    python.touch()
    environ = {"HOME": str(tmp_path / "nobody"), "PYENV_ROOT": str(tmp_path)}
    assert list(interpreters.candidates("3.13", nothing, environ)) == [str(python)]


def test_an_interpreter_tells_its_version_itself():
    from tools.environment import probe

    told = probe([sys.executable, "-c", interpreters.TELLS])
    assert told == "{}.{}".format(*sys.version_info)
