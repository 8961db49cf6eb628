"""A Python that is new enough: this one, else one on the PATH, else one of a version manager."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Callable, Iterator, Mapping, Optional, Tuple

from tools.settings import Probe
from tools.steps import Failure

MINIMUM = (3, 11)
NEWEST_TRIED = (3, 14)
Which = Callable[[str], Optional[str]]

# Prints a version such as 3.12 where the packages of the lock have wheels for it.
TELLS = (
    "import sys, sysconfig; "
    "free = sysconfig.get_config_var('Py_GIL_DISABLED'); "
    "good = sys.implementation.name == 'cpython' and not free; "
    "print('%d.%d' % sys.version_info[:2] if good else 'another kind of Python')"
)

TOO_OLD = """\
Python 3.11 or newer is needed, this is {version} ({python}).
No python3.11, python3.12, python3.13 or python3.14 was found on the PATH either, nor with pyenv,
uv, conda, asdf or mise."""

NOT_THERE = """\
There is no Python {wanted}: not on the PATH, nor with pyenv, uv, conda, asdf or mise.
make test PYTHON=/path/to/python names one."""

# Where version managers keep their Pythons: a folder that a variable names, else one below the
# home folder, and what is in it.
MANAGERS = (
    ("PYENV_ROOT", ".pyenv", "versions/*/{python}"),
    ("PYENV_ROOT", ".pyenv/pyenv-win", "versions/*/python.exe"),
    ("UV_PYTHON_INSTALL_DIR", ".local/share/uv/python", "cpython-*/{python}"),
    ("UV_PYTHON_INSTALL_DIR", "AppData/Roaming/uv/python", "cpython-*/python.exe"),
    ("ASDF_DATA_DIR", ".asdf", "installs/python/*/{python}"),
    ("MISE_DATA_DIR", ".local/share/mise", "installs/python/*/{python}"),
    ("MAMBA_ROOT_PREFIX", "micromamba", "envs/*/{python}"),
    ("CONDA_ROOT", "miniconda3", "{python}"),
    ("CONDA_ROOT", "miniconda3", "envs/*/{python}"),
    ("CONDA_ROOT", "miniforge3", "{python}"),
    ("CONDA_ROOT", "miniforge3", "envs/*/{python}"),
    ("CONDA_ROOT", "anaconda3", "{python}"),
    ("CONDA_ROOT", "anaconda3", "envs/*/{python}"),
    ("LOCALAPPDATA", "AppData/Local", "Programs/Python/Python3*/python.exe"),
)


def interpreter(
    root: Path,
    wanted: Optional[str],
    which: Which,
    probe: Probe,
    environ: Mapping[str, str],
    version: Tuple[int, ...] = tuple(sys.version_info[:3]),
) -> Tuple[str, str]:
    """A Python as ``(path, "3.12")``: of the version ``wanted`` if there is such a wish, else this
    one if the packages are known to install on it, else one that is found.

    Raises ``Failure`` where there is none.
    """
    if wanted is None and MINIMUM <= version[:2] <= NEWEST_TRIED:
        return outside(root), "%d.%d" % version[:2]
    versions = [wanted] if wanted else ["3.%d" % minor for minor in _newest_first()]
    for one in versions:
        for python in candidates(one, which, environ):
            # A version manager leaves names that do not run.
            if probe([python, "-c", TELLS]) == one:
                return python, one
    if wanted:
        raise Failure(NOT_THERE.format(wanted=wanted))
    if version >= MINIMUM:  # newer than any that was tried
        return outside(root), "%d.%d" % version[:2]
    raise Failure(TOO_OLD.format(version=".".join(map(str, version)), python=sys.executable))


def _newest_first() -> "range":
    return range(NEWEST_TRIED[1], MINIMUM[1] - 1, -1)


def candidates(version: str, which: Which, environ: Mapping[str, str]) -> Iterator[str]:
    """Paths that may be a Python of this version, those on the PATH first."""
    name = "python" + version
    found = which(name)
    if found:
        yield found
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())
    for variable, below, pattern in MANAGERS:
        folder = Path(environ[variable]) if environ.get(variable) else home / below
        here = pattern.format(python="bin/" + name)
        for path in sorted(folder.glob(here), reverse=True) if folder.is_dir() else ():
            yield str(path)


def outside(root: Path) -> str:
    """This interpreter, or the one beneath it when it is the environment itself that runs us."""
    inside = Path(sys.prefix).resolve() == (root / ".venv").resolve()
    return getattr(sys, "_base_executable", sys.executable) if inside else sys.executable

