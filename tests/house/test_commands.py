"""The commands are the same everywhere, and are documented."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest
import yaml

from tests.house import ROOT, text
from tools import book, environment, make, steps
from tools.steps import Failure


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
    scripts = re.findall(r"\b((?:tools|tests)/[\w/]+\.py)", page)
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


def test_workflows_call_targets_that_exist():
    for path in sorted((ROOT / ".github/workflows").glob("*.yml")):
        steps_ = [s for j in yaml.safe_load(path.read_text())["jobs"].values() for s in j["steps"]]
        called = re.findall(r"make\.py ([\w-]+)", "\n".join(step.get("run", "") for step in steps_))
        assert called and set(called) <= set(make.TARGETS)
    assert book.REPOSITORY in text(".github/workflows/deploy.yml")


def jobs_without_torch(workflow: str) -> list[str]:
    """The jobs on Linux that run the tests, and have not put a build of PyTorch for the CPU where
    ``environment.torch_is_small`` looks for it."""
    found = []
    for name, job in yaml.safe_load(workflow)["jobs"].items():
        systems = [job["runs-on"], *(m["os"] for m in _matrix(job))]
        commands = [step.get("run", "") for step in job["steps"]]
        tests = [i for i, command in enumerate(commands) if "tools/make.py test" in command]
        ready = [
            i
            for i, command in enumerate(commands)
            if "pip download" in command
            and "https://download.pytorch.org/whl/cpu torch" in command
            and re.search(r'echo "PIP_FIND_LINKS=.*GITHUB_ENV', command)
        ]
        if (
            any("ubuntu" in system for system in systems)
            and tests
            and not (ready and ready[0] < tests[0])
        ):
            found.append(name)
    return found


def _matrix(job: dict) -> list[dict]:
    return job.get("strategy", {}).get("matrix", {}).get("include", [])


def test_linux_jobs_test_with_torch():
    assert jobs_without_torch(text(".github/workflows/test.yml")) == []


@pytest.mark.parametrize("line", ["download.pytorch.org/whl/cpu", "PIP_FIND_LINKS", "pip download"])
def test_a_linux_job_without_torch_is_found_out(line):
    workflow = text(".github/workflows/test.yml")
    assert workflow.count(line) >= 2
    assert jobs_without_torch(workflow.replace(line, "x")) == ["test", "nightly"]


def test_pytest_runs_everything_unless_something_is_named():
    paths = ["tests", "book"]
    assert make.pytest_options(["-k", "x"], paths)[:2] == paths
    assert make.pytest_options(["-k", "x"], paths[:1])[:2] == ["tests", "--nbval"]
    named = make.pytest_options(["tests/house/test_lock.py::test_extras", "-q"], paths)
    assert named[0] == "--nbval" and "book" not in named
    assert make.pytest_options(["-q", "book"], paths)[0] == "--nbval"
    for option in ("-k", "-m"):  # what follows is a word, even where a folder has that name
        assert make.pytest_options([option, "book"], paths)[:2] == paths
        assert make.pytest_options([option, "book", "tests"], paths)[0] == "--nbval"


@pytest.mark.parametrize(
    ("target", "paths"), [("test", ["tests", "--nbval"]), ("test-all", ["tests", "book"])]
)
def test_notebooks_are_run_once_more_in_the_full_run_only(monkeypatch, target, paths):
    """`make test` compares what the build of the book has run (tests/test_outputs.py)."""
    commands = []
    monkeypatch.setattr(make, "_built", lambda *args: True)
    monkeypatch.setattr(steps, "pass_through", lambda command, *rest: commands.append(command) or 0)
    assert make.main([target, "-q"]) == 0
    ((_, _, name, *rest),) = commands
    assert name == "pytest" and rest[:2] == paths
    assert rest[-1] == "-q" and ("slow or not slow" in rest) == (target == "test-all")


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
    outer = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
        # a shell lets what it starts in the background ignore Ctrl-C, which is inherited
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    log = tmp_path / "log"
    while not (log.exists() and log.read_text().endswith("\n")):
        assert outer.poll() is None
        time.sleep(0.05)
    outer.send_signal(signal.SIGINT)
    outer.wait(timeout=15)
    with pytest.raises(ProcessLookupError):
        os.kill(int(log.read_text()), 0)
