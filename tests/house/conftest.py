"""A folder like ours, to make environments and books in."""

import pytest


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
