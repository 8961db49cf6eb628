"""The lock file and the extras of ``pyproject.toml``."""

import json
import os
import shutil
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house import EXTRAS, PROJECT, brought, interrupted, text
from tools import lock


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


def test_extras():
    parts = {"exact", "data", "figures", "fast"}
    assert set(EXTRAS) == parts | {"all", "book", "test", "torch", "courses", "cluster", "uv"}
    assert brought("all") == set().union(*map(brought, parts))
    assert brought("all") == {"python-flint", "scikit-learn", "matplotlib", "numba"}
    assert brought("all") < brought("book") and brought("all") < brought("test")
    assert "jupyter-book==1.0.4.post1" in EXTRAS["book"] and "nbgrader==0.9.6" in EXTRAS["courses"]
    assert "+" not in json.dumps(EXTRAS)
    names = {Requirement(line).name for line in PROJECT["dependencies"]}
    assert names == {"numpy", "scipy", "threadpoolctl", "tqdm"}
