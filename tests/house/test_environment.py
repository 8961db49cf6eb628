"""Making the environment ``.venv``, with a runner that only pretends."""

import shutil
from pathlib import Path

import pytest

from tests.house.pretend import Pretend, answers, nothing
from tools import environment
from tools.steps import Failure, Steps


def test_torch_is_installed_for_the_tests_only_where_it_is_small(tmp_path):
    links = {"PIP_FIND_LINKS": f"{tmp_path / 'none'} {tmp_path}"}
    assert environment.torch_is_small({}, "darwin")
    assert not environment.torch_is_small({}, "linux")
    assert not environment.torch_is_small(links, "linux")
    (tmp_path / "torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl").touch()  # with CUDA
    assert not environment.torch_is_small(links, "linux")
    (tmp_path / "torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl").touch()
    assert environment.torch_is_small(links, "linux")


def ensure(root, run, extras=("book",), which=nothing, probe=answers, environ=None):
    return environment.ensure(root, extras, Steps(2), run, which, probe, environ or {})


def test_a_fresh_environment_is_made_once(place):
    run = Pretend(place)
    assert ensure(place, run) == environment.python_of(place)
    assert "-m venv" in run.commands[0] and "-c requirements.lock -e .[book]" in run.commands[1]
    again = Pretend(place)
    ensure(place, again)
    assert again.commands == []


@pytest.mark.parametrize("error", [KeyboardInterrupt(), Failure("no network")])
def test_an_interrupted_environment_is_made_again(place, error):
    with pytest.raises(type(error)):
        ensure(place, Pretend(place, "pip install", error))
    (place / ".venv/left-over").write_text("")
    run = Pretend(place)
    ensure(place, run)
    assert len(run.commands) == 2 and not (place / ".venv/left-over").exists()


def test_a_moved_folder_gets_a_new_environment(place, tmp_path_factory):
    ensure(place, Pretend(place))
    moved = tmp_path_factory.mktemp("moved") / "here"
    shutil.copytree(place, moved)
    run = Pretend(moved)
    ensure(moved, run)
    assert "-m venv" in run.commands[0]


def test_a_changed_lock_or_a_new_extra_is_installed_on_top(place):
    ensure(place, Pretend(place))
    (place / "requirements.lock").write_text("numpy==2.4.7")
    changed = Pretend(place)
    ensure(place, changed)
    more = Pretend(place)
    ensure(place, more, extras=("book", "test"))
    fewer = Pretend(place)
    ensure(place, fewer)
    assert [len(run.commands) for run in (changed, more, fewer)] == [1, 1, 0]
    assert "-e .[book,test]" in more.commands[0]


def test_uv_is_used_where_it_works_and_told_what_pip_knows(place):
    run = Pretend(place)
    ensure(place, run, which=lambda name: name, environ={"PIP_FIND_LINKS": "a b"})
    assert run.commands[0].startswith("uv venv --python ")
    assert run.commands[1].startswith("uv pip install --python ")
    assert "--find-links a --find-links b" in run.commands[1]


def test_uv_that_does_not_run_is_not_used(place):
    run = Pretend(place)
    ensure(place, run, which=lambda name: name, probe=lambda c: None if c[0] == "uv" else "fine")
    assert "-m venv" in run.commands[0]


def lacks(*modules):
    return lambda command: None if any(m in command[-1] for m in modules) else "fine"


def test_without_ensurepip_virtualenv_is_used(place):
    run = Pretend(place)
    ensure(place, run, probe=lacks("ensurepip"))
    assert "-m virtualenv" in run.commands[0]


def test_without_either_the_debian_package_is_named_and_nothing_is_lost(place):
    (place / ".venv").mkdir()
    (place / ".venv/mine").write_text("")
    with pytest.raises(Failure, match="apt install python3-venv"):
        ensure(place, Pretend(place), probe=lacks("ensurepip", "virtualenv"))
    assert (place / ".venv/mine").exists()


def test_an_old_python_finds_a_newer_one_that_runs(place):
    found = environment.interpreter(
        place,
        (3, 9, 2),
        which=lambda name: name,
        probe=lambda command: "fine" if command[0] == "python3.12" else None,
    )
    assert found == ("python3.12", "3.12")


def test_an_old_python_alone_is_told_so(place):
    with pytest.raises(Failure, match=r"3\.11 or newer is needed, this is 3\.9\.2"):
        environment.interpreter(place, (3, 9, 2), which=nothing, probe=answers)


def test_the_variables_keep_settings_out_and_files_in(place):
    given = {"PATH": "x", "PYTHONPATH": "y", "MPLBACKEND": "qt", "HOME": "h"}
    env = environment.variables(place, given)
    assert "PYTHONPATH" not in env and "MPLBACKEND" not in env and env["HOME"] == "h"
    for name in ("IPYTHONDIR", "JUPYTER_DATA_DIR", "MPLCONFIGDIR"):
        assert Path(env[name]).is_relative_to(place)
