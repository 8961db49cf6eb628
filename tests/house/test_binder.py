"""``environment.yml``, from which conda and Binder make the environment.

Binder's repo2docker installs before it copies the repository, so that a changed page needs no new
installation, unless a line of the pip section names something local.  Ours does, and it has to see
that.
"""

import os
import re
import shutil
import subprocess

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from tests.house import EXTRAS, PROJECT, ROOT, brought, text

REPO2DOCKER = shutil.which("jupyter-repo2docker")
NEEDED = {
    "jupyter-book",
    "jupyterlab",
    "ipywidgets",
    "jupytext",
    "nbval",
    "pytest",
    "python-flint",
    "torch",
}


def environment_problems(content: str) -> list[str]:
    """What keeps an ``environment.yml`` from making this project's environment."""
    parsed = yaml.safe_load(content)
    (python,) = [line for line in parsed["dependencies"] if str(line).startswith("python=")]
    pip = pip_section(content)
    found = [f"quotes in {line!r}" for line in pip if '"' in line or "'" in line]
    if python.removeprefix("python=") not in SpecifierSet(PROJECT["requires-python"]):
        found.append(f"{python} is too old")
    if not copied_first(pip):
        found.append("installed before the repository is copied")
    files = [line.removeprefix("-c ") for line in pip if line.startswith("-c ")]
    found += [f"no file {name}" for name in files if not (ROOT / name).is_file()]
    if "requirements.lock" not in files:
        found.append("not constrained by the lock")
    local = [line for line in pip if line.startswith("-e .[") and line.endswith("]")]
    if len(local) != 1:
        return [*found, "no `-e .[...]`"]
    named = local[0].removeprefix("-e .[").removesuffix("]").split(",")
    known = [extra for extra in named if extra in EXTRAS]
    found += [f"no extra {extra}" for extra in named if extra not in EXTRAS]
    lacking = NEEDED - set().union(*map(brought, known))
    return found + [f"{name} is not installed" for name in sorted(lacking)]


def pip_section(content: str) -> list[str]:
    dependencies = yaml.safe_load(content)["dependencies"]
    (pip,) = [part["pip"] for part in dependencies if isinstance(part, dict)]
    return pip


def copied_first(pip: list[str]) -> bool:
    """Whether repo2docker copies the repository first: a line is local when it names a file of
    requirements or constraints, or, after its option, a path that begins with a dot."""
    return any(re.match(r"-r|-c|--requirement|--constraint|(-\w+ +)?\.", line) for line in pip)


def test_binder_makes_the_copy_for_jupyterlab():
    lines = [line for line in text("postBuild").splitlines() if line[:1] not in ("#", "")]
    assert lines == ["set -euo pipefail", 'python tools/lab.py --ipython "$HOME/.ipython"']
    assert text("postBuild").startswith("#!/usr/bin/env bash\n")
    assert os.access(ROOT / "postBuild", os.X_OK) or os.name == "nt"
    assert not (ROOT / "binder").exists()  # which would hide environment.yml


def test_environment_yml_installs_this_project():
    assert environment_problems(text("environment.yml")) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("-e .[book,test,torch]", "'-e \".[book,test,torch]\"'", "quotes"),
        ("-e .[book,test,torch]", "-e .[bok]", "no extra bok"),
        ("-e .[book,test,torch]", "-e .[book,torch]", "nbval is not installed"),
        ("-e .[book,test,torch]", "-e .[book,test]", "torch is not installed"),
        ("-e .[book,test,torch]", "mem_lib", "no `-e"),
        ("-c requirements.lock", "numpy", "not constrained"),
        ("-c requirements.lock", "-c requirements.txt", "no file requirements.txt"),
        ("python=3.11", "python=3.10", "too old"),
    ],
)
def test_a_bad_environment_yml_is_found_out(old, new, problem):
    content = text("environment.yml")
    assert old in content
    assert any(problem in found for found in environment_problems(content.replace(old, new)))


SECTIONS = [
    (["numpy", "--extra-index-url https://example.org/cpu"], False),
    (["-e '.[book]'"], False),
    (["numpy", "-e .[book]"], True),
    (["./here"], True),
    (["-c requirements.lock"], True),
    (pip_section(text("environment.yml")), True),
]


@pytest.mark.parametrize(("pip", "first"), SECTIONS)
def test_what_binder_copies_first(pip, first):
    assert copied_first(pip) is first


@pytest.mark.skipif(not REPO2DOCKER, reason="repo2docker is not installed")
@pytest.mark.parametrize(("pip", "first"), SECTIONS)
def test_repo2docker_sees_it_in_the_same_way(pip, first, tmp_path):
    content = yaml.safe_load(text("environment.yml"))
    content["dependencies"][-1]["pip"] = pip
    (tmp_path / "environment.yml").write_text(yaml.safe_dump(content))
    copy, install = copied_and_installed(tmp_path)
    assert (copy < install) is first


@pytest.mark.skipif(not REPO2DOCKER, reason="repo2docker is not installed")
def test_repo2docker_takes_conda_and_copies_the_repository_before_it_installs():
    copy, install = copied_and_installed(ROOT)
    assert copy < install


def copied_and_installed(folder) -> tuple[int, int]:
    """Where repo2docker's Dockerfile for a folder copies it, and where conda's pack installs."""
    command = [REPO2DOCKER, "--no-build", "--debug", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    dockerfile = done.stdout + done.stderr
    assert "Building conda environment for python=3.11" in dockerfile
    copies = re.search(r"^COPY .*\bsrc/ \${REPO_DIR}/?$", dockerfile, re.MULTILINE)
    installs = re.search(r'env update .*--file "environment.yml"', dockerfile)
    assert copies and installs
    return copies.start(), installs.start()
