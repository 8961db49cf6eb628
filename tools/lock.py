"""The lock file: one version of every package for every system and every Python we support.

It serves as *constraints* (``pip install -c requirements.lock``): it says which versions, never
which packages.  So the CUDA packages in it, which ``torch`` needs on Linux, are installed only
with the extra ``torch``.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Mapping

from tools.environment import python_of
from tools.steps import Failure, Run, run

HEADER = """\
# Made by `make lock` from pyproject.toml, for every system and Python 3.11 or newer.
# Used as constraints: pip install -c requirements.lock -e ".[book,test]"
"""
LOCAL = re.compile(r"(==[^\s;+]+)\+[^\s;]+")


def clean(text: str) -> str:
    """The resolved pins without options, comments and local versions such as ``+cpu``."""
    lines = (line.strip() for line in text.splitlines())
    pins = (LOCAL.sub(r"\1", line) for line in lines if line and line[0] not in "#-")
    return HEADER + "".join(pin + "\n" for pin in pins)


def lock(root: Path, run: Run = run, environ: Mapping[str, str] = os.environ) -> None:
    """Resolve ``pyproject.toml`` again and write ``requirements.lock``."""
    uv = shutil.which("uv") or shutil.which(str(python_of(root).with_name("uv")))
    if not uv:
        raise Failure("`make lock` needs uv: on the PATH, or in .venv, where `make book` puts it.")
    resolved = root / "_build" / "resolved.txt"
    command = [uv, "pip", "compile", "--universal", "--python-version", "3.11", "--all-extras"]
    command += ["--upgrade", "--no-header", "--no-annotate", "pyproject.toml", "-o", str(resolved)]
    # Only the public versions count here, whatever this machine keeps beside the index.
    env = {key: value for key, value in environ.items() if not key.startswith("UV_FIND")}
    run(command, log=root / "_build" / "lock.log", cwd=root, env=env)
    text = clean(resolved.read_text(encoding="utf-8"))
    part = root / "_build" / "requirements.lock"  # a folder that git ignores
    part.write_bytes(text.encode("utf-8"))  # as bytes: the same line ends on every system
    os.replace(part, root / "requirements.lock")
