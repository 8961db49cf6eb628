"""The workflows: right by their schema, safe by zizmor, and what they promise to test."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.house import EXTRAS, PROJECT, ROOT, text
from tools import book, make

FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
ZIZMOR = shutil.which("zizmor", path=str(Path(sys.executable).parent))
needs_zizmor = pytest.mark.skipif(not ZIZMOR, reason="zizmor has no wheel for this machine")


def judged(command: list, *paths) -> tuple[bool, str]:
    """Whether a judge has nothing to say of these files, and what it says."""
    done = subprocess.run([*command, *paths], cwd=ROOT, capture_output=True, text=True)
    return done.returncode == 0, done.stdout + done.stderr


def by_schema(*paths):
    builtin = ["--builtin-schema", "vendor.github-workflows"]
    return judged([sys.executable, "-m", "check_jsonschema", *builtin], *paths)


def by_zizmor(*paths):
    config = ["--config", ROOT / ".github" / "zizmor.yml"]
    return judged([ZIZMOR, "--offline", "--no-progress", "--quiet", *config], *paths)


def changed(tmp_path, name: str, old: str, new: str) -> Path:
    """A workflow of ours with a mistake."""
    content = (FOLDER / name).read_text(encoding="utf-8")
    assert old in content
    path = tmp_path / ".github" / "workflows" / name
    path.parent.mkdir(parents=True)
    path.write_text(content.replace(old, new, 1), encoding="utf-8")
    return path


def test_workflows_follow_their_schema():
    good, said = by_schema(*FILES)
    assert FILES and good, said


@pytest.mark.parametrize(
    ("old", "new"), [("runs-on:", "run-on:"), ("timeout-minutes: 60", "timeout-minutes: [60]")]
)
def test_a_workflow_against_its_schema_is_found_out(tmp_path, old, new):
    good, said = by_schema(changed(tmp_path, "test.yml", old, new))
    assert not good and new.partition(":")[0] in said


@needs_zizmor
def test_workflows_are_safe():
    good, said = by_zizmor(*FILES)
    assert FILES and good, said


@needs_zizmor
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("        with: {persist-credentials: false}\n", "", "artipacked"),
        ("actions/setup-python@v5", "somebody/setup-python@v5", "unpinned-uses"),
        ("  pull_request:", "  pull_request_target:", "dangerous-triggers"),
        ("- run: mypy", '- run: echo "${{ github.event.issue.title }}"', "template-injection"),
    ],
)
def test_a_workflow_that_is_not_safe_is_found_out(tmp_path, old, new, said):
    good, found = by_zizmor(changed(tmp_path, "test.yml", old, new))
    assert not good and said in found


def jobs(workflow: str) -> dict:
    return yaml.safe_load(workflow)["jobs"]


def commands(job: dict) -> list[str]:
    return [step.get("run", "") for step in job["steps"]]


def matrix(job: dict) -> list[dict]:
    return job.get("strategy", {}).get("matrix", {}).get("include", [])


def test_workflows_call_targets_that_exist():
    for path in FILES:
        run = "\n".join(c for job in jobs(path.read_text()).values() for c in commands(job))
        called = re.findall(r"make\.py ([\w-]+)", run)
        assert called and set(called) <= set(make.TARGETS)
    assert book.REPOSITORY in text(".github/workflows/deploy.yml")


def test_the_scripts_of_workflows_are_linted_too():
    assert any("actionlint" in command for command in commands(jobs(TEST)["style"]))


TEST = text(".github/workflows/test.yml")


def jobs_without_torch(workflow: str) -> list[str]:
    """The jobs on Linux that run the tests, and have not put a build of PyTorch for the CPU where
    ``settings.torch_is_small`` looks for it, or installed one."""
    found = []
    for name, job in jobs(workflow).items():
        systems = [job["runs-on"], *(m.get("os", "") for m in matrix(job))]
        lines = commands(job)
        tests = [i for i, c in enumerate(lines) if "tools/make.py test" in c or "pytest" in c]
        ready = [
            i
            for i, command in enumerate(lines)
            if (
                "pip download" in command
                and "https://download.pytorch.org/whl/cpu torch" in command
                and re.search(r'echo "PIP_FIND_LINKS=.*GITHUB_ENV', command)
            )
            or ("install" in command and "https://download.pytorch.org/whl/cpu -e" in command)
        ]
        if (
            any("ubuntu" in system for system in systems)
            and tests
            and not (ready and ready[0] < tests[0])
        ):
            found.append(name)
    return found


def test_linux_jobs_test_with_torch():
    assert jobs_without_torch(TEST) == []


@pytest.mark.parametrize(
    ("line", "jobs"),
    [
        ("download.pytorch.org/whl/cpu", ["test", "versions", "nightly"]),
        ("PIP_FIND_LINKS", ["test", "nightly"]),
        ("pip download", ["test", "nightly"]),
    ],
)
def test_a_linux_job_without_torch_is_found_out(line, jobs):
    assert TEST.count(line) >= 2
    assert jobs_without_torch(TEST.replace(line, "x")) == jobs


def untried(workflow: str) -> set[str]:
    """What the jobs leave out of: the Pythons that we know, oldest and newest dependencies."""
    (install,) = [c for c in commands(jobs(workflow)["versions"]) if "uv pip install" in c]
    found = {row["python"] for job in jobs(workflow).values() for row in matrix(job)}
    # Without its configuration uv does not see the constraints for `make lock` either.
    if "--no-config" in install and "--resolution ${{ matrix.resolution }}" in install:
        found |= {row.get("resolution", "") for row in matrix(jobs(workflow)["versions"])}
    return {"3.11", "3.12", "3.13", "3.14", "lowest-direct", "highest"} - found


def test_every_python_and_the_oldest_and_newest_versions_are_tried():
    assert untried(TEST) == set()
    assert untried(TEST.replace(" --no-config", "")) == {"lowest-direct", "highest"}


@pytest.mark.parametrize("what", ["3.14", "lowest-direct"])
def test_a_matrix_with_a_gap_is_found_out(what):
    assert untried(TEST.replace(what, "3.11")) == {what}


def test_the_oldest_versions_are_named():
    """Or the oldest that exist would be tried."""
    pinned = {"book", "courses"}
    lines = [line for extra in EXTRAS.keys() - pinned for line in EXTRAS[extra]]
    named = [line for line in lines + PROJECT["dependencies"] if PROJECT["name"] not in line]
    assert [line for line in named if ">=" not in line and "==" not in line] == []
