"""A folder like ours, to make environments and books in."""

import shutil
from collections import namedtuple

import pytest


@pytest.fixture
def disk(monkeypatch):
    """A disk, of which a test may say how much is free."""
    usage = namedtuple("usage", "total used free")

    def has(free):
        monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(2**40, 0, free))

    has(2**38)
    return has


@pytest.fixture
def place(tmp_path, disk):
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
