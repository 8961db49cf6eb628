"""The commands are the same everywhere, and are documented."""

import io
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tests.house import ROOT, text
from tools import environment, make, steps
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
    before = signal.getsignal(signal.SIGTERM)
    assert make.main(arguments) == 0
    assert signal.getsignal(signal.SIGTERM) is before
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


class Clock:
    """Seconds that pass when a test says so."""

    now = 0.0

    def __call__(self):
        return self.now


def test_steps_say_what_they_do_and_how_long_each_took():
    out, clock = io.StringIO(), Clock()
    step = steps.Steps(3, out, clock)
    step("making")
    clock.now += 4
    step("installing")
    step.note("pip goes on")
    clock.now += 61
    step("nothing to do")
    clock.now += 0.2
    step.finish()
    assert out.getvalue().splitlines() == [
        "[1/3] making",
        "      4 s",
        "[2/3] installing",
        "      pip goes on",
        "      1 min 1 s",
        "[3/3] nothing to do",
        "done in 1 min 5 s",
    ]


def test_steps_that_took_no_time_say_none():
    out = io.StringIO()
    step = steps.Steps(1, out, Clock())
    step("nothing to do")
    step.finish()
    assert out.getvalue() == "[1/1] nothing to do\n"


@pytest.mark.parametrize(
    ("arguments", "python"), [(["book"], None), (["--python=3.12", "book"], "3.12")]
)
def test_a_python_may_be_asked_for(monkeypatch, arguments, python):
    asked = []
    monkeypatch.setattr(environment, "ensure", lambda *_, wanted: asked.append(wanted) or ROOT)
    monkeypatch.setattr(make.book, "build", lambda *_: True)
    assert make.main(arguments) == 0 and asked == [python]


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
@pytest.mark.parametrize(
    ("python", "command"),
    [
        ("3.12", "python3 tools/make.py --python=3.12 test -q"),
        ("python3.12", "python3.12 tools/make.py test -q"),
        ("/opt/python", "/opt/python tools/make.py test -q"),
    ],
)
def test_make_takes_a_version_or_a_path(python, command):
    line = ["make", "--dry-run", "test", f"PYTHON={python}", "ARGS=-q"]
    env = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}  # as if typed
    done = subprocess.run(line, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == command


def test_a_message_with_letters_that_the_terminal_lacks_is_printed():
    code = (
        "from tools import environment, make; from tools.steps import Failure\n"
        "def fail(*_, **__): raise Failure('\\u03b3')\n"
        "environment.ensure = fail; raise SystemExit(make.main(['book']))"
    )
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True)
    assert done.returncode == 1 and b"\\u03b3" in done.stderr and b"Traceback" not in done.stderr


# What a shell reads otherwise than it is meant, outside quotes: zsh takes brackets for a pattern
# of file names, and, typed, no comments.
TAKEN_AWRY = re.compile(r"[\[\]*?#<>(){}!~^$;`\\]|(?<![\w-])=")
COMMAND = re.compile(r"(python3?|py|pip|make|conda|pipx|ruff|mypy|git|source|uv) ")


def awry(page: str) -> list[str]:
    """The commands in a page's blocks of code that cannot be typed as they stand in every shell."""
    fenced, found = False, []
    for line in page.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif fenced and COMMAND.match(line):
            bare = re.sub(r"\"[^\"]*\"|'[^']*'", "", line)
            found += [line] if TAKEN_AWRY.search(bare) else []
    return found


BOOK = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("book/**/*.md"))
PAGES = ["README.md", "CONTRIBUTING.md", *BOOK]


@pytest.mark.parametrize("page", PAGES)
def test_commands_can_be_typed_in_any_shell(page):
    assert awry(text(page)) == []


@pytest.mark.parametrize(
    "line",
    [
        "pip install -e .[book,test]",
        "pip install -e .    # what every use needs",
        "git add *.csv",
        "python tool.py --out=~/x",
    ],
)
def test_a_command_that_zsh_would_refuse_is_found_out(line):
    assert awry(f"Text\n```\n{line}\n```\n") == [line]
    assert awry('Text\n```\npip install -e ".[book,test]" ARGS=--fresh a&&b\n```\n') == []


ZSH = shutil.which("zsh")


@pytest.mark.skipif(not ZSH, reason="zsh is not installed")
@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_zsh_takes_every_pip_command_as_it_stands(name, tmp_path):
    lines = re.findall(r"^pip .*$", text(name), re.MULTILINE)
    script = "pip() { print -r -- $#: $* }\n" + "\n".join(lines)
    done = subprocess.run([ZSH, "-fc", script], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == ""
    assert len(done.stdout.splitlines()) == len(lines)
