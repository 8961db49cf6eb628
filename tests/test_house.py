"""The folder itself: its files agree with one another, and its commands do what they promise."""

import ast
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import urllib.request
from pathlib import Path

import nbformat
import pytest
import yaml
from nbclient.exceptions import CellExecutionError
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from benchmarks import __main__ as benchmarks
from tests import browser as reader
from tools import book, browser, environment, lock, make, notebooks, repository, steps
from tools.steps import Failure, Steps

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def kept_files() -> list[Path]:
    """The files under version control and those about to be; all files where there is no git."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        command = [git, "ls-files", "-co", "--exclude-standard", "-z"]
        names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
        paths = [ROOT / name for name in names.decode().split("\0") if name]
    else:
        ignored = {".venv", "_build", ".git", "__pycache__", ".hypothesis"}
        paths = [p for p in ROOT.rglob("*") if not ignored & set(p.relative_to(ROOT).parts)]
    return [p for p in paths if p.is_file() and "vendor" not in p.parts and "_cache" not in str(p)]


# --- The commands are the same everywhere ---------------------------------------------------------


def makefile_targets(makefile: str) -> set[str]:
    phony = re.search(r"^\.PHONY:(.*)$", makefile, re.MULTILINE)
    return set(phony.group(1).split()) - {"help"}


def test_makefile_and_script_know_the_same_targets():
    assert makefile_targets(text("Makefile")) == set(make.TARGETS)
    assert makefile_targets(".PHONY: help book\n") != set(make.TARGETS)


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_make_alone_lists_the_targets():
    done = subprocess.run(
        ["make", f"PYTHON={sys.executable}"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for target in make.TARGETS:
        assert re.search(rf"^  {target} +\w", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_the_script_lists_the_targets(arguments, capsys):
    assert make.main(arguments) == 0
    printed = capsys.readouterr().out
    assert all(f"\n  {target} " in printed for target in make.TARGETS)


def test_an_unknown_target_is_refused(capsys):
    with pytest.raises(SystemExit) as stop:
        make.main(["bok"])
    assert stop.value.code == 2 and "bok" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_documented_commands_exist(name):
    page = text(name)
    assert set(re.findall(r"\bmake ([a-z-]+)\b", page.replace("make it", ""))) <= set(make.TARGETS)
    scripts = re.findall(r"\b((?:tools|tests)/\w+\.py)", page)
    assert scripts and all((ROOT / script).is_file() for script in scripts)


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "THIRD_PARTY.md"])
def test_linked_files_exist(name):
    links = re.findall(r"\]\(([^)#]+)\)", text(name))
    lacking = [link for link in links if "://" not in link and not (ROOT / link).exists()]
    assert lacking == []


def test_the_readme_says_the_two_commands_and_ci_runs_one_of_them():
    assert "```\nmake book\n```" in text("README.md") and "```\nmake test\n```" in text("README.md")
    assert text(".ci/run").rstrip().splitlines()[-1] == "make test"
    assert os.access(ROOT / ".ci/run", os.X_OK) or os.name == "nt"
    subprocess.run(["bash", "-n", str(ROOT / ".ci/run")], check=True)


def test_torch_is_installed_for_the_tests_only_where_it_is_small(tmp_path):
    links = {"PIP_FIND_LINKS": f"{tmp_path / 'none'} {tmp_path}"}
    assert environment.torch_is_small({}, "darwin")
    assert not environment.torch_is_small({}, "linux")
    assert not environment.torch_is_small(links, "linux")
    (tmp_path / "torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl").touch()  # with CUDA
    assert not environment.torch_is_small(links, "linux")
    (tmp_path / "torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl").touch()
    assert environment.torch_is_small(links, "linux")


def test_workflows_call_targets_that_exist():
    for path in sorted((ROOT / ".github/workflows").glob("*.yml")):
        steps_ = [s for j in yaml.safe_load(path.read_text())["jobs"].values() for s in j["steps"]]
        called = re.findall(r"make\.py ([\w-]+)", "\n".join(step.get("run", "") for step in steps_))
        assert called and set(called) <= set(make.TARGETS)
    assert book.REPOSITORY in text(".github/workflows/deploy.yml")


@pytest.mark.parametrize("path", sorted((ROOT / "tools").glob("*.py")), ids=lambda p: p.name)
def test_an_old_python_can_read_the_tools(path):
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))


# --- The files agree with one another -------------------------------------------------------------


def lock_problems(lock_text: str, requirements: list[str]) -> list[str]:
    """What is wrong with a lock file that is to hold ``requirements``."""
    found = [f"{word!r} in the lock" for word in ("://", "--", "@", "/") if word in lock_text]
    pins: dict[str, list[str]] = {}
    for line in lock_text.splitlines():
        if not line or line.startswith("#"):
            continue
        pin = Requirement(line)
        (spec,) = pin.specifier
        if spec.operator != "==" or "+" in spec.version or pin.extras:
            found.append(f"not a plain pin: {line}")
        pins.setdefault(canonicalize_name(pin.name), []).append(spec.version)
    for wanted in map(Requirement, requirements):
        versions = pins.get(canonicalize_name(wanted.name), [])
        if not versions:
            found.append(f"{wanted.name} is not locked")
        found += [f"{wanted} is locked at {v}" for v in versions if v not in wanted.specifier]
    return found


EXTRAS = PROJECT["optional-dependencies"]
REQUIREMENTS = [
    line
    for lines in (PROJECT["dependencies"], *EXTRAS.values())
    for line in lines
    if Requirement(line).name != PROJECT["name"]  # an extra that holds others of ours
]


def test_the_lock_pins_every_requirement_and_names_no_place():
    assert lock_problems(text("requirements.lock"), REQUIREMENTS) == []


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("torch==2.13.0+cpu", "not a plain pin"),
        ("dask[distributed]==1.0", "not a plain pin"),
        ("numpy>=2", "not a plain pin"),
        ("numpy==1.26", "numpy>=2.0 is locked at 1.26"),
        ("# --index-url x\nnumpy==2.0", "'--' in the lock"),
        ("# https://example.org\nnumpy==2.0", "'://' in the lock"),
        ("scipy==1.0", "numpy is not locked"),
    ],
)
def test_a_bad_lock_is_found_out(line, problem):
    assert any(problem in found for found in lock_problems(line + "\n", ["numpy>=2.0"]))


def test_resolving_leaves_out_options_comments_and_local_versions():
    resolved = "--index-url x\n# via y\ntorch==2.13.0+cpu ; sys_platform == 'linux'\nnumpy==2.4.6\n"
    cleaned = lock.clean(resolved)
    assert cleaned.startswith(lock.HEADER)
    assert cleaned.removeprefix(lock.HEADER) == (
        "torch==2.13.0 ; sys_platform == 'linux'\nnumpy==2.4.6\n"
    )


def test_the_lock_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    (tmp_path / "_build").mkdir()
    monkeypatch.setattr(shutil, "which", lambda name: name)
    path = tmp_path / "requirements.lock"
    path.write_text("old\n")

    def resolve(command, log, cwd, env):
        Path(command[-1]).write_text("numpy==2.4.6\r\n", encoding="utf-8", newline="")

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(os, "replace", interrupted)
        lock.lock(tmp_path, resolve)
    assert path.read_text() == "old\n"
    assert sorted(os.listdir(tmp_path)) == ["_build", "requirements.lock"]
    lock.lock(tmp_path, resolve)
    assert path.read_bytes() == (lock.HEADER + "numpy==2.4.6\n").encode()
    assert sorted(os.listdir(tmp_path)) == ["_build", "requirements.lock"]


def brought(extra: str) -> set[str]:
    """The packages that an extra brings, by way of others too."""
    found: set[str] = set()
    for wanted in map(Requirement, EXTRAS[extra]):
        inner = wanted.extras if wanted.name == PROJECT["name"] else ()
        found |= set().union(*map(brought, inner)) if inner else {canonicalize_name(wanted.name)}
    return found


def test_extras():
    parts = {"exact", "data", "figures", "parallel"}
    assert set(EXTRAS) == parts | {"all", "book", "test", "torch", "courses", "cluster"}
    assert brought("all") == set().union(*map(brought, parts))
    assert brought("all") == {"python-flint", "scikit-learn", "matplotlib", "joblib"}
    assert brought("all") < brought("book") and brought("all") < brought("test")
    assert "jupyter-book==1.0.4.post1" in EXTRAS["book"] and "nbgrader==0.9.6" in EXTRAS["courses"]
    assert "+" not in json.dumps(EXTRAS)
    names = {Requirement(line).name for line in PROJECT["dependencies"]}
    assert names == {"numpy", "scipy", "threadpoolctl", "tqdm"}


def environment_problems(content: str) -> list[str]:
    """What keeps an ``environment.yml`` from making this project's environment."""
    parsed = yaml.safe_load(content)
    (pip,) = [part["pip"] for part in parsed["dependencies"] if isinstance(part, dict)]
    found = [f"quotes in {line!r}" for line in pip if '"' in line or "'" in line]
    local = [line for line in pip if line.startswith("-e .[") and line.endswith("]")]
    if len(local) != 1:
        return [*found, "no `-e .[...]`"]
    named = local[0].removeprefix("-e .[").removesuffix("]").split(",")
    found += [f"no extra {extra}" for extra in named if extra not in EXTRAS]
    if "-c requirements.lock" not in pip:
        found.append("not constrained by the lock")
    return found


def test_environment_yml_installs_this_project():
    assert environment_problems(text("environment.yml")) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("-e .[book,torch]", "'-e \".[book,torch]\"'", "quotes"),
        ("-e .[book,torch]", "-e .[bok]", "no extra bok"),
        ("-e .[book,torch]", "mem_lib", "no `-e"),
        ("-c requirements.lock", "numpy", "not constrained"),
    ],
)
def test_a_bad_environment_yml_is_found_out(old, new, problem):
    content = text("environment.yml")
    assert old in content
    assert any(problem in found for found in environment_problems(content.replace(old, new)))


def test_versions_agree():
    version = PROJECT["version"]
    assert yaml.safe_load(text("CITATION.cff"))["version"] == version
    assert f"\n## {version}" in text("CHANGELOG.md")


def test_vendored_code_carries_its_licence_and_is_listed():
    for folder in (ROOT / "book/_static/vendor").iterdir():
        assert (folder / "LICENSE").is_file()
        assert folder.relative_to(ROOT).as_posix() in text("THIRD_PARTY.md")


SOMEBODYS_PATH = re.compile(r"(?<![\w.~])/(?:work|home|root|Users)/\w")
REGISTRIES = re.compile(
    r"pypi\.(?:org|python)|pythonhosted\.|npmjs\.|deb\.debian|anaconda\.org|crates\.io"
)


def test_no_file_names_somebodys_machine_or_a_registry():
    for path in kept_files():
        content = path.read_bytes().decode("utf-8", errors="replace")
        for pattern in (SOMEBODYS_PATH, REGISTRIES):
            found = pattern.search(content)
            assert found is None, f"{path.relative_to(ROOT)}: {found.group()!r}"


@pytest.mark.parametrize("path", ["/ho" + "me/ada/x", "see /wo" + "rk/main"])
def test_somebodys_path_is_found_out(path):
    assert SOMEBODYS_PATH.search(path) and not SOMEBODYS_PATH.search("example.org/work/x")
    assert REGISTRIES.search("https://py" + "pi.org/simple")


NOTEBOOKS = sorted(ROOT.glob("book/**/*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_notebook_keeps_its_outputs(path):
    """Without a stored output nothing is compared."""
    assert lacking_outputs(nbformat.read(path, as_version=4)) == []


def lacking_outputs(notebook):
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [cell.source for cell in cells if "print(" in cell.source and not cell.outputs]


def test_outputs_are_stored_without_times_and_chance(tmp_path):
    cells = [nbformat.v4.new_code_cell(f"print('a{i}')\nprint('b')") for i in range(2)]
    path = tmp_path / "n.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    assert len(lacking_outputs(nbformat.read(path, as_version=4))) == 2
    notebooks.refresh(path)
    stored = nbformat.read(path, as_version=4)
    assert [cell.outputs[0].text for cell in stored.cells] == ["a0\nb\n", "a1\nb\n"]
    assert [len(cell.outputs) for cell in stored.cells] == [1, 1]
    assert all("execution" not in cell.metadata for cell in stored.cells)
    first = path.read_bytes()
    notebooks.refresh(path)
    assert path.read_bytes() == first


def test_a_notebook_that_fails_is_left_as_it_is(tmp_path):
    path = tmp_path / "n.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")]), path)
    before = path.read_bytes()
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        notebooks.refresh(path)
    assert path.read_bytes() == before


def interrupted(*arguments):
    raise KeyboardInterrupt


def test_a_notebook_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "n.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), path)
    before = path.read_bytes()
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(os, "replace", interrupted)
        notebooks.refresh(path)
    assert path.read_bytes() == before and os.listdir(tmp_path) == ["n.ipynb"]
    notebooks.refresh(path)
    stored = path.read_bytes()
    nbformat.write(nbformat.read(path, as_version=4), path)
    assert path.read_bytes() == stored != before


def test_a_table_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "results" / "digits.csv"
    benchmarks.write(path, [{"what": "a"}, {"what": "γ, b"}])
    lines = path.read_bytes().decode().split("\n")
    assert lines[0].startswith("benchmark,what,python,") and lines[3:] == [""]
    assert lines[1].startswith("digits,a,") and lines[2].startswith('digits,"γ, b",')
    before = path.read_bytes()
    with pytest.raises(ValueError, match="more"):
        benchmarks.write(path, [{"what": "c"}, {"more": "d"}])
    assert path.read_bytes() == before and os.listdir(path.parent) == ["digits.csv"]


def test_the_benchmarks_start_on_every_system():
    code = "import sys; sys.modules['resource'] = None; import benchmarks.__main__"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_the_readme_example_runs(capsys):
    (example,) = re.findall(r"```python\n(.*?)```", text("README.md"), re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(example, "README.md", "exec"), names)
    assert names["certificate"].ok and capsys.readouterr().out.strip()


def test_code_is_tidy():
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=concise", "."]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_types_are_consistent():
    done = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


# --- Making the environment, with a runner that only pretends -------------------------------------


@pytest.fixture
def place(tmp_path):
    """A folder that looks like ours."""
    for name, content in {
        "pyproject.toml": "[project]",
        "requirements.lock": "numpy==2.4.6",
        "_config.yml": "title: t",
        "_toc.yml": "root: book/index",
        "book/index.md": "# Title",
        "mem_lib/__init__.py": "",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    return tmp_path


class Pretend:
    """Runs nothing; makes the files that the real commands would make, and may fail at one."""

    def __init__(self, root, fail_at="", error=None):
        self.root, self.fail_at, self.error, self.commands = root, fail_at, error, []

    def __call__(self, command, log, cwd, env=None):
        line = " ".join(command)
        self.commands.append(line)
        if self.fail_at and self.fail_at in line:
            raise self.error
        if line.endswith(".venv"):
            python = environment.python_of(self.root)
            python.parent.mkdir(parents=True)
            python.write_text("")
        elif " build . " in line:
            html = self.root / "_build/next/_build/html"
            html.mkdir(parents=True)
            source = (self.root / "book/index.md").read_text()
            (html / "index.html").write_text("built from " + source)


def nothing(name):
    return None


def answers(command):
    return "fine"


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


# --- Building the book, with the same runner ------------------------------------------------------


def build(root, run, environ=None):
    return book.build(root, Path("python"), Steps(1), run, environ or {})


def test_a_build_is_strict_and_happens_once(place):
    run = Pretend(place)
    assert build(place, run)
    assert "--all -W --keep-going -n" in run.commands[0]
    assert book.page(place).read_text() == "built from # Title"
    again = Pretend(place)
    assert not build(place, again) and again.commands == []
    assert not (place / "_build/next").exists() and not (place / "_build/old").exists()


@pytest.mark.parametrize(
    "name", ["book/index.md", "mem_lib/__init__.py", "_toc.yml", "pyproject.toml"]
)
def test_a_change_builds_again(place, name):
    build(place, Pretend(place))
    (place / name).write_text("# changed")
    assert build(place, Pretend(place))


def test_a_change_of_what_no_page_shows_builds_nothing(place):
    build(place, Pretend(place))
    (place / "CHANGELOG.md").write_text("# changed")
    assert not build(place, Pretend(place))


@pytest.mark.parametrize("error", [KeyboardInterrupt(), Failure("a warning")])
def test_a_build_that_ends_early_leaves_the_last_good_book(place, error):
    build(place, Pretend(place))
    (place / "book/index.md").write_text("# New")
    with pytest.raises(type(error)):
        build(place, Pretend(place, " build . ", error))
    assert book.page(place).read_text() == "built from # Title"
    assert build(place, Pretend(place)) and book.page(place).read_text() == "built from # New"


def test_a_build_without_a_page_is_a_failure(place):
    with pytest.raises(Failure, match="without an index page"):
        build(place, lambda *args, **kwargs: None)


def test_an_interrupted_exchange_is_undone(place):
    build(place, Pretend(place))
    (place / "_build/html").rename(place / "_build/old")
    run = Pretend(place)
    assert not build(place, run) and book.page(place).exists()


@pytest.mark.parametrize(
    ("name", "kept"), [("mem_lib/__init__.py", False), ("book/index.md", True)]
)
def test_notebooks_run_again_when_the_library_changes(place, name, kept):
    build(place, Pretend(place))
    cache = place / "_build/.jupyter_cache"
    cache.mkdir()
    (place / name).write_text("# changed")
    build(place, Pretend(place))
    assert cache.exists() is kept


def test_pages_are_freed_of_what_files_may_not_load():
    page = (
        '<link rel="preload" as="font" type="font/woff2" crossorigin href="a.woff2" />'
        '<script>const THEBE_JS_URL = "x"; const y = "z"</script><script async="async" '
        'src="_static/sphinx-thebe.js?v=1"></script><script src="book.js"></script>'
    )
    assert book.UNUSED.sub("", page) == '<script src="book.js"></script>'


def test_links_to_the_repository_need_its_address(place):
    run = Pretend(place)
    build(place, run, {book.REPOSITORY: "https://github.com/o/n"})
    assert "tools/repository.py" in run.commands[0]
    assert "--config _build/_config.yml" in run.commands[1]
    config = yaml.safe_load(text("_config.yml"))
    linked = repository.with_repository(config, "https://github.com/o/n", "main")
    assert linked["launch_buttons"]["binderhub_url"] and linked["html"]["use_issues_button"]
    assert "launch_buttons" not in config and not config["repository"]["url"]
    assert not any(key.startswith("use_") and "button" in key for key in config["html"])
    with pytest.raises(SystemExit, match="is needed"):
        repository.with_repository(config, "o/n", "main")


# --- The terminal ---------------------------------------------------------------------------------


def test_a_failing_command_shows_why(tmp_path):
    script = "print('page.md:3: WARNING: no such label'); print('x\\n' * 99); raise SystemExit(3)"
    with pytest.raises(Failure, match="no such label") as failure:
        steps.run([sys.executable, "-c", script], tmp_path / "_build/x.log", tmp_path)
    assert "_build/x.log" in str(failure.value) and str(failure.value).count("\n") < 60
    steps.run([sys.executable, "-c", "print(1)"], tmp_path / "_build/x.log", tmp_path)
    assert (tmp_path / "_build/x.log").read_text().strip() == "1"


@pytest.mark.parametrize(("error", "status"), [(Failure("oh"), 1), (KeyboardInterrupt(), 130)])
def test_the_exit_status_tells_what_happened(monkeypatch, error, status, capsys):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(environment, "ensure", fail)
    assert make.main(["book"]) == status
    assert ("oh" if status == 1 else "Stopped") in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="signals are different there")
def test_ctrl_c_ends_the_command_too(tmp_path):
    script = (
        "import sys; from pathlib import Path; from tools import steps\n"
        "steps.run([sys.executable, '-c', 'import os, time; print(os.getpid(), flush=True); "
        f"time.sleep(60)'], Path({str(tmp_path)!r}) / 'log', Path('.'))"
    )
    outer = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stderr=subprocess.DEVNULL)
    log = tmp_path / "log"
    while not (log.exists() and log.read_text().endswith("\n")):
        assert outer.poll() is None
        time.sleep(0.05)
    outer.send_signal(signal.SIGINT)
    outer.wait(timeout=15)
    with pytest.raises(ProcessLookupError):
        os.kill(int(log.read_text()), 0)


def test_pytest_runs_everything_unless_something_is_named():
    assert make.pytest_options(["-k", "x"])[:2] == ["tests", "book"]
    named = make.pytest_options(["tests/test_house.py::test_extras", "-q"])
    assert named[0] == "--nbval" and "book" not in named
    assert make.pytest_options(["-q", "book"])[0] == "--nbval"
    for option in ("-k", "-m"):  # what follows is a word, even where a folder has that name
        assert make.pytest_options([option, "book"])[:2] == ["tests", "book"]
        assert make.pytest_options([option, "book", "tests"])[0] == "--nbval"


# --- Serving and finding a browser ----------------------------------------------------------------


def test_the_book_is_served_on_loopback_with_right_types(tmp_path):
    (tmp_path / "a.js").write_text("1")
    with reader.served(tmp_path) as address, urllib.request.urlopen(address + "a.js") as answer:
        assert address.startswith("http://127.0.0.1:")
        assert answer.headers["Content-Type"] == "text/javascript"


def test_a_port_in_use_is_said(tmp_path):
    with book.server(tmp_path, 0) as taken, pytest.raises(Failure, match=str(taken.server_port)):
        book.serve(tmp_path, [taken.server_port])


def test_a_browser_is_found_by_name_or_place(tmp_path):
    assert browser.find({"MEM_LIB_BROWSER": "mine"}, lambda n: "/x/" + n) == "/x/mine"
    assert browser.find({}, lambda n: n if n == "msedge" else None) == "msedge"
    (tmp_path / "chrome.exe").write_text("")
    places = ("{PROGRAMFILES}/chrome.exe",)
    assert browser.find({"PROGRAMFILES": str(tmp_path)}, nothing, places)
    assert browser.find({}, nothing, places) is None
