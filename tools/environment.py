"""The environment: a virtual environment ``.venv`` inside the folder, made from the lock file.

``uv`` makes it where it is installed, else Python's own ``venv``, else ``virtualenv`` (Debian ships
a Python whose ``venv`` lacks ``ensurepip``).  The stamp ``.venv/mem_lib.json`` is written last: an
environment without it was interrupted and is made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Callable, Dict, Iterable, List, Mapping, Optional, Tuple

from tools.steps import Failure, Run, Steps, remove, run

MINIMUM = (3, 11)
NEWEST_TRIED = (3, 14)
Which = Callable[[str], Optional[str]]
Probe = Callable[[List[str]], Optional[str]]

# uv reads none of pip's settings, so those that say where packages come from are handed on.
PIP_SETTINGS = {
    "PIP_INDEX_URL": "--index-url",
    "PIP_EXTRA_INDEX_URL": "--extra-index-url",
    "PIP_FIND_LINKS": "--find-links",
}

UNWANTED = ("PYTHONPATH", "PYTHONHOME", "MPLBACKEND")

NO_VENV = """\
Python {version} ({python}) cannot make a virtual environment: its module ensurepip is missing.
On Debian and Ubuntu it is a package of its own:
    apt install python3-venv        (as an administrator)
Without one: put uv or virtualenv on the PATH, and run the same command again."""

TOO_OLD = """\
Python 3.11 or newer is needed, this is {version} ({python}).
No python3.11, python3.12, python3.13 or python3.14 was found on the PATH either."""


def probe(command: List[str]) -> Optional[str]:
    """What ``command`` prints, or ``None`` when it cannot be run or fails."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError:
        return None
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None


def interpreter(
    root: Path,
    version: Tuple[int, ...] = tuple(sys.version_info[:3]),
    which: Which = shutil.which,
    probe: Probe = probe,
) -> Tuple[str, str]:
    """A Python that is new enough, as ``(path, "3.12")``: this one, else one on the PATH."""
    if version >= MINIMUM:
        return _outside(root), "%d.%d" % version[:2]
    for minor in range(NEWEST_TRIED[1], MINIMUM[1] - 1, -1):
        found = which("python3.%d" % minor)
        if found and probe([found, "--version"]):  # a version manager leaves names that do not run
            return found, "3.%d" % minor
    raise Failure(TOO_OLD.format(version=".".join(map(str, version)), python=sys.executable))


def _outside(root: Path) -> str:
    """This interpreter, or the one beneath it when it is the environment itself that runs us."""
    inside = Path(sys.prefix).resolve() == (root / ".venv").resolve()
    return getattr(sys, "_base_executable", sys.executable) if inside else sys.executable


def python_of(root: Path) -> Path:
    """The environment's interpreter."""
    inner = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    return root / ".venv" / inner


def ensure(
    root: Path,
    extras: Iterable[str],
    step: Steps,
    run: Run = run,
    which: Which = shutil.which,
    probe: Probe = probe,
    environ: Mapping[str, str] = os.environ,
) -> Path:
    """Make or complete ``.venv`` with the given extras and return its interpreter: two steps."""
    python, version = interpreter(root, which=which, probe=probe)
    found, wanted = _read(root), _inputs(root, version)
    usable = python_of(root).exists() and all(
        found.get(key) == wanted[key] for key in ("root", "python")
    )
    uv = which("uv")
    uv = uv if uv and probe([uv, "--version"]) else None
    if usable:
        step("the environment .venv (Python %s) is there" % version)
    else:
        _create(root, python, version, uv, step, run, which, probe)
        found = {}
    missing = sorted(set(extras) - set(found.get("extras", [])))
    if usable and not missing and found.get("inputs") == wanted["inputs"]:
        step("its packages are up to date")
        return python_of(root)
    every = sorted(set(extras) | set(found.get("extras", [])))
    _install(root, every, uv, step, run, environ)
    (root / ".venv" / "mem_lib.json").write_text(json.dumps(dict(wanted, extras=every)))
    return python_of(root)


def _create(
    root: Path,
    python: str,
    version: str,
    uv: Optional[str],
    step: Steps,
    run: Run,
    which: Which,
    probe: Probe,
) -> None:
    maker = _maker(python, version, uv, which, probe)
    unfinished = (root / ".venv").exists()
    verb = "making .venv again" if unfinished else "making the environment .venv"
    step("%s (Python %s, %s)" % (verb, version, maker[0]))
    remove(root / ".venv")
    run(maker[1] + [str(root / ".venv")], log=root / "_build" / "environment.log", cwd=root)


def _maker(
    python: str, version: str, uv: Optional[str], which: Which, probe: Probe
) -> Tuple[str, List[str]]:
    """The name of a tool that makes environments here, and its command."""
    if uv:
        return "uv", [uv, "venv", "--python", python]
    if probe([python, "-c", "import venv, ensurepip; ensurepip.version()"]) is not None:
        return "venv", [python, "-m", "venv"]
    if probe([python, "-c", "import virtualenv"]) is not None:
        return "virtualenv", [python, "-m", "virtualenv"]
    command = which("virtualenv")
    if command:
        return "virtualenv", [command, "--python", python]
    raise Failure(NO_VENV.format(version=version, python=python))


def _install(
    root: Path,
    extras: List[str],
    uv: Optional[str],
    step: Steps,
    run: Run,
    environ: Mapping[str, str],
) -> None:
    log = root / "_build" / "install.log"
    step("installing the packages (log: _build/install.log)")
    remove(root / ".venv" / "mem_lib.json")  # from here to the new stamp it is half made
    python = str(python_of(root))
    what = ["-c", "requirements.lock", "-e", ".[%s]" % ",".join(extras)]
    if uv:
        command = [uv, "pip", "install", "--python", python, *_pip_settings(environ)]
    else:
        command = [python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    run(command + what, log=log, cwd=root)


def torch_is_small(
    environ: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> bool:
    """Whether PyTorch comes without CUDA, which is several gigabytes: not on Linux, or where pip's
    setting find-links names a folder that holds a build for the CPU."""
    if platform != "linux":
        return True
    folders = [Path(place) for place in environ.get("PIP_FIND_LINKS", "").split()]
    return any(any(folder.glob("torch-*+cpu-*.whl")) for folder in folders)


def _pip_settings(environ: Mapping[str, str]) -> List[str]:
    options = []
    for name, option in PIP_SETTINGS.items():
        for value in environ.get(name, "").split():
            options += [option, value]
    return options


def _inputs(root: Path, version: str) -> Dict[str, str]:
    """What the environment depends on; it is bound to its place by the editable install."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "requirements.lock"):
        digest.update((root / name).read_bytes() + b"\0")
    return {"root": str(root), "python": version, "inputs": digest.hexdigest()}


def _read(root: Path) -> Dict[str, object]:
    try:
        stamp = json.loads((root / ".venv" / "mem_lib.json").read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def variables(root: Path, environ: Mapping[str, str] = os.environ) -> Dict[str, str]:
    """The variables under which the book and the tests run: the same everywhere, nothing outside.

    Jupyter, IPython and Matplotlib keep their files below ``_build`` instead of the home folder,
    so that nobody's settings change a page.
    """
    env = {key: value for key, value in environ.items() if key not in UNWANTED}
    scratch = root / "_build" / ".home"
    (scratch / "matplotlib").mkdir(parents=True, exist_ok=True)
    # In a file and not in MPLBACKEND, which would keep figures from showing in notebooks.
    (scratch / "matplotlib" / "matplotlibrc").write_text("backend: Agg\n")
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        env[name] = str(scratch / name.lower())
    env.update(
        MPLCONFIGDIR=str(scratch / "matplotlib"),
        PYTHONHASHSEED="0",
        PYTHONUTF8="1",
        VIRTUAL_ENV=str(root / ".venv"),
        PATH=str(python_of(root).parent) + os.pathsep + environ.get("PATH", ""),
    )
    return env
