"""Versions, licences, and what no file may name."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.house import PROJECT, ROOT, text


def test_versions_agree():
    version = PROJECT["version"]
    assert yaml.safe_load(text("CITATION.cff"))["version"] == version
    assert f"\n## {version}" in text("CHANGELOG.md")


def test_vendored_code_carries_its_licence_and_is_listed():
    for folder in (ROOT / "book/_static/vendor").iterdir():
        assert (folder / "LICENSE").is_file()
        assert folder.relative_to(ROOT).as_posix() in text("THIRD_PARTY.md")


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
