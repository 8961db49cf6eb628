"""Making the environment ``.venv``, with a runner that only pretends."""

import io
import os
import shutil
import subprocess
import sys

import pytest

from tests.house.pretend import Pretend, answers, nothing
from tools import environment
from tools.steps import Failure, Steps


def ensure(root, run, extras=("book",), which=nothing, probe=answers, environ=None, out=None):
    steps = Steps(2, out or io.StringIO())
    return environment.ensure(root, extras, steps, run, which, probe, environ or {})


def lacks(*words):
    """Answers of a machine where commands that end in one of these words fail."""
    return lambda command: None if any(w in command[-1] for w in words) else answers(command)


def without_uv(command):
    return None if command[0].rpartition(os.sep)[2] == "uv" else answers(command)


def test_a_fresh_environment_is_made_once(place):
    run = Pretend(place)
    assert ensure(place, run, probe=without_uv) == environment.python_of(place)
    made, brought, installed = run.commands
    assert "-m venv" in made
    assert brought.endswith("-m pip install -c requirements.lock uv")
    assert installed.startswith(str(environment.python_of(place).with_name("uv")) + " pip install")
    assert installed.endswith(" --no-cache -c requirements.lock -e .[book]")
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


@pytest.mark.parametrize("package", ["numpy-2.4.6", "pip-25.0"])
@pytest.mark.parametrize("mark", ["", environment.MARK])
def test_an_environment_of_somebody_else_is_left_alone(place, package, mark):
    inner = "Lib" if os.name == "nt" else "lib/python3.12"
    there = place / ".venv" / inner / "site-packages" / f"{package}.dist-info"
    there.mkdir(parents=True)
    (place / ".venv" / (mark or "own")).write_text("")
    run = Pretend(place)
    if package.startswith("numpy") and not mark:
        with pytest.raises(Failure, match="is an environment that these commands did not"):
            ensure(place, run)
        assert there.exists() and run.commands == []
    else:
        ensure(place, run)
        assert not there.exists()


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


def test_uv_on_the_path_makes_and_installs_with_its_own_cache(place):
    run = Pretend(place)
    ensure(place, run, which=lambda name: name, environ={"PIP_FIND_LINKS": "a"})
    made, installed = run.commands
    assert made.startswith("uv venv --python ")
    assert installed.startswith("uv pip install --python ") and "--no-cache" not in installed


def test_uv_that_does_not_run_is_not_used(place):
    run = Pretend(place)
    ensure(place, run, which=lambda name: name, probe=without_uv)
    assert "-m venv" in run.commands[0]


def has(*settings):
    """Answers of a machine where pip has these settings."""
    return lambda command: "\n".join(settings) if "config" in command else answers(command)


def test_uv_is_told_what_pip_knows(place):
    told = has("global.find-links='a b'", "global.cert='c.pem'")
    run = Pretend(place)
    ensure(place, run, which=lambda name: name, probe=told)
    assert "--find-links a --find-links b" in run.commands[1]
    assert run.variables[1]["SSL_CERT_FILE"] == "c.pem"


def test_uv_that_was_brought_is_told_once_to_keep_nothing(place):
    run = Pretend(place)
    told = has("global.no-cache-dir='true'")
    ensure(place, run, probe=lambda c: without_uv(c) and told(c))
    assert run.commands[2].count("--no-cache") == 1


def test_what_uv_cannot_be_told_means_pip_and_is_said(place):
    out = io.StringIO()
    run = Pretend(place)
    told = has("global.keyring-provider='import'", "install.target='elsewhere'")
    ensure(place, run, probe=told, out=out)
    assert len(run.commands) == 2 and "-m pip install -c requirements.lock -e ." in run.commands[1]
    assert "with pip, since uv knows nothing like its setting keyring-provider (" in out.getvalue()
    assert run.variables[1]["PIP_KEYRING_PROVIDER"] == "import"
    assert run.variables[1]["PIP_CONFIG_FILE"] == os.devnull
    assert "PIP_TARGET" not in run.variables[1]


@pytest.mark.parametrize(
    ("fails", "said"), [("uv pip install", "uv did not succeed"), ("lock uv", "could not bring uv")]
)
def test_where_uv_fails_pip_goes_on_and_it_is_said(place, fails, said):
    out = io.StringIO()
    run = Pretend(place, fails, Failure("a mirror that it cannot read"))
    ensure(place, run, probe=without_uv, out=out)
    assert "-m pip install -c requirements.lock -e .[book]" in run.commands[-1]
    assert f"pip goes on, which takes longer: {said}" in out.getvalue().replace("it could", "could")


def test_an_environment_that_uv_made_gets_pip_first(place):
    run = Pretend(place, "uv pip install", Failure("a mirror that it cannot read"))
    no_pip = str(environment.python_of(place))
    ensure(
        place,
        run,
        which=lambda name: name,
        probe=lambda c: None if c[0] == no_pip and "--version" in c else answers(c),
    )
    assert run.commands[-2].endswith("-m ensurepip") and "-m pip install" in run.commands[-1]


def test_packages_that_cannot_be_imported_are_no_environment(place):
    with pytest.raises(Failure, match="cannot be imported"):
        ensure(place, Pretend(place), probe=lacks("import mem_lib"))
    assert environment.stamp(place) == {}


def test_nobodys_variables_take_part_in_the_installation(place):
    run = Pretend(place)
    given = {"PYTHONPATH": "/foreign", "PYTHONWARNINGS": "error", "PATH": "/bin", "HOME": "/h"}
    ensure(place, run, probe=without_uv, environ=given)
    for env in run.variables:
        assert "PYTHONPATH" not in env and "PYTHONWARNINGS" not in env
        assert env["PYTHONUTF8"] == "1" and env["LC_ALL"] == "C"
        assert env["PATH"] == "/bin" and env["HOME"] == "/h"


def test_the_environment_finds_the_library_by_a_path_in_ascii(place):
    ensure(place, Pretend(place))
    (pth,) = (place / ".venv").rglob("*mem_lib.pth")
    line = pth.read_text(encoding="ascii").strip()
    assert not os.path.isabs(line) and (pth.parent / line).resolve() == place.resolve()


@pytest.mark.skipif(os.name == "nt", reason="no locales there")
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_python_starts_in_a_folder_with_an_umlaut_in_every_locale(tmp_path, disk, locale):
    """Python 3.11 reads a ``.pth`` file in the locale's encoding, and stops where it cannot."""
    root = tmp_path / "Bücher ö"
    (root / "mem_lib").mkdir(parents=True)
    (root / "mem_lib/__init__.py").write_text("")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / ".venv"], check=True)
    (site,) = (root / ".venv/lib").glob("python*/site-packages")
    (site / "_editable_impl_mem_lib.pth").write_bytes(os.fsencode(root))
    environment._point_here(root)
    command = [root / ".venv/bin/python", "-I", "-c", "import mem_lib; print(mem_lib.__file__)"]
    env = {**os.environ, "LC_ALL": locale}
    done = subprocess.run(command, env=env, cwd=tmp_path, check=True, capture_output=True)
    assert done.stdout.strip() == os.fsencode(root / "mem_lib/__init__.py")


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


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names themselves")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        (b"B\xfccher", "not in UTF-8"),
        (b"a:b", "a name holds ':'"),
        (b"a\nb", r"a name holds '\\n'"),
    ],
)
def test_a_place_where_it_cannot_work_is_refused_before_anything_is_made(
    tmp_path, disk, name, said
):
    root = tmp_path / os.fsdecode(name)
    root.mkdir()
    run = Pretend(root)
    with pytest.raises(Failure, match=said):
        ensure(root, run)
    assert run.commands == [] and list(root.iterdir()) == []


def test_a_full_disk_is_said_before_anything_is_made_and_stops_no_finished_one(place, disk):
    disk(10**8)
    run = Pretend(place)
    with pytest.raises(Failure, match=r"need 2 GB of disk; 0\.1 GB are free"):
        ensure(place, run)
    assert run.commands == []
    disk(2**38)
    ensure(place, run)
    disk(10**8)
    assert ensure(place, Pretend(place))


def test_a_folder_that_cannot_be_written_is_said(place, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(Failure, match="cannot be written"):
        ensure(place, Pretend(place))
