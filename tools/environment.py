"""The environment: a virtual environment ``.venv`` inside the folder, made from the lock file.

Python's own ``venv`` makes it, or ``uv`` where that is on the PATH, or ``virtualenv`` (Debian ships
a Python whose ``venv`` lacks ``ensurepip``).  ``uv`` installs, several times faster than pip: the
one on the PATH, else one that pip puts into ``.venv``.  pip does it alone where its settings say
what uv cannot be told (:mod:`tools.settings`), or where uv does not succeed.

The stamp ``.venv/mem_lib.json`` is written last: an environment without it was interrupted and is
made again.  The mark ``.venv/mem_lib.made`` is written first: one without either is somebody's own,
and is left alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, Iterable, List, Mapping, Optional, Tuple

from tools import interpreters, settings
from tools.interpreters import Which
from tools.settings import Probe, Settings
from tools.steps import Failure, Run, Steps, remove, run
from tools.variables import clean

ROOM = 2 * 2**30  # bytes: what the environment takes with PyTorch for the CPU, and a book

NO_VENV = """\
Python {version} ({python}) cannot make a virtual environment: its module ensurepip is missing.
On Debian and Ubuntu it is a package of its own:
    apt install python3-venv        (as an administrator)
Without one: put uv or virtualenv on the PATH, and run the same command again."""

LOG = "log: _build/install.log"
MARK = "mem_lib.made"
FOREIGN = """\
.venv is an environment that these commands did not make, with packages in it; they would replace
it.  Move it elsewhere or remove it, and run the same command again."""
PLACE = "This folder is %s.\n%s  Move it, and run the same command again."


def probe(command: List[str]) -> Optional[str]:
    """What ``command`` prints, or ``None`` when it cannot be run or fails."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=clean(os.environ),
        )
    except OSError:
        return None
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None


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
    wanted: Optional[str] = None,
) -> Path:
    """Make or complete ``.venv`` with the given extras and return its interpreter: two steps.

    ``wanted`` is a version such as ``"3.12"``; else this Python is taken if it is new enough.
    """
    _check(root)
    python, version = interpreters.interpreter(root, wanted, which, probe, environ)
    found, needed = stamp(root), _inputs(root, version)
    usable = python_of(root).exists() and all(
        found.get(key) == needed[key] for key in ("root", "python")
    )
    missing = set(extras) - set(found.get("extras", []))
    maker = Maker(root, python, version, step, run, which, probe, environ)
    if usable:
        step("the environment .venv (Python %s) is there" % version)
    else:
        maker.create()
        found = {}
    if usable and not missing and found.get("inputs") == needed["inputs"]:
        step("its packages are up to date")
        return python_of(root)
    every = sorted(set(extras) | set(found.get("extras", [])))
    maker.install(every)
    _point_here(root)
    if probe([str(python_of(root)), "-I", "-c", "import mem_lib"]) is None:
        raise Failure("The packages are installed, and cannot be imported (%s)." % LOG)
    text = json.dumps(dict(needed, extras=every))
    (root / ".venv" / "mem_lib.json").write_text(text, encoding="utf-8")
    return python_of(root)


def _check(root: Path) -> None:
    """Say before anything is installed why it could not end well.

    Raises ``Failure`` for a folder whose name Python, uv or Sphinx cannot deal with, that cannot be
    written, or whose disk is full.
    """
    try:
        name = os.fsencode(root).decode("utf-8")
    except UnicodeDecodeError:
        shown = os.fsencode(root).decode("utf-8", "backslashreplace")
        raise Failure(PLACE % (shown, "Its name is not in UTF-8, which is needed.")) from None
    for character in (os.pathsep, "\n"):
        if character in name:
            why = "No environment can be made where a name holds %r." % character
            raise Failure(PLACE % (name, why))
    if not os.access(root, os.W_OK):
        raise Failure(PLACE % (name, "It cannot be written."))
    free = shutil.disk_usage(root).free
    if not python_of(root).exists() and free < ROOM:
        raise Failure(
            "The environment and the book need %.0f GB of disk; %.1f GB are free."
            % (ROOM / 2**30, free / 2**30)
        )


def _point_here(root: Path) -> None:
    """Let the environment find ``mem_lib`` by a relative path, in ASCII: Python 3.11 reads such a
    file in the encoding of the locale, and does not start where that lacks a letter of our path."""
    lib = "Lib" if os.name == "nt" else "lib/python*"
    for pth in (root / ".venv").glob(lib + "/site-packages/*mem_lib*.pth"):
        pth.write_text(os.path.relpath(root, pth.parent) + "\n", encoding="ascii")


def _foreign(place: Path) -> bool:
    """Whether an environment is not ours, and holds more than what makes it one."""
    if (place / MARK).exists() or (place / "mem_lib.json").exists():
        return False
    lib = "Lib" if os.name == "nt" else "lib/python*"
    found = place.glob(lib + "/site-packages/*.dist-info")
    return any(not path.name.startswith(("pip-", "setuptools-", "wheel-")) for path in found)


class Maker:
    """Makes the environment of a folder, and installs into it."""

    def __init__(
        self,
        root: Path,
        python: str,
        version: str,
        step: Steps,
        run: Run,
        which: Which,
        probe: Probe,
        environ: Mapping[str, str],
    ) -> None:
        self.root, self.python, self.version, self.step = root, python, version, step
        self.which, self.probe, self.environ = which, probe, environ
        self._run = run
        uv = which("uv")
        self.uv = uv if uv and probe([uv, "--version"]) else None
        self.inner = str(python_of(root))

    def create(self) -> None:
        """Make ``.venv``, in the place of one that cannot be used."""
        name, command = self._tool()
        place = self.root / ".venv"
        if _foreign(place):
            raise Failure(FOREIGN)
        unfinished = place.exists()
        verb = "making .venv again" if unfinished else "making the environment .venv"
        self.step("%s (Python %s, %s)" % (verb, self.version, name))
        remove(place)
        self.run([*command, str(place)], {}, "environment.log")
        (place / MARK).write_text("", encoding="ascii")

    def _tool(self) -> Tuple[str, List[str]]:
        """The name of a tool that makes environments here, and its command."""
        if self.uv:
            return "uv", [self.uv, "venv", "--python", self.python]
        for name, needed in (("venv", "ensurepip, venv"), ("virtualenv", "virtualenv")):
            if self.probe([self.python, "-c", "import " + needed]) is not None:
                return name, [self.python, "-m", name]
        command = self.which("virtualenv")
        if command:
            return "virtualenv", [command, "--python", self.python]
        raise Failure(NO_VENV.format(version=self.version, python=self.python))

    def install(self, extras: List[str]) -> None:
        """Install the packages of these extras, with uv if that can be."""
        remove(self.root / ".venv" / "mem_lib.json")  # from here to the new stamp it is half made
        told = settings.read([self.python, self.inner], self.probe, self.environ)
        for_uv = settings.for_uv(told)
        if for_uv.unsaid:
            why = "uv knows nothing like its setting %s" % ", ".join(for_uv.unsaid)
            self.step("installing the packages with pip, since %s (%s)" % (why, LOG))
        else:
            self.step("installing the packages with uv (%s)" % LOG)
            why = self.with_uv(told, for_uv, extras)
            if why:
                self.step.note("pip goes on, which takes longer: %s" % why)
        if why:
            self.with_pip(told, extras)

    def with_uv(self, told: Settings, for_uv: settings.ForUv, extras: List[str]) -> str:
        """Install with uv; why that was not possible, in words, or nothing."""
        uv, own = self.uv, []
        if not uv:
            uv = str(python_of(self.root).with_name("uv"))
            # What is brought along leaves nothing outside this folder; uv wants the option once.
            own = [option for option in ["--no-cache"] if option not in for_uv.options]
            if not self.probe([uv, "--version"]):
                try:
                    self._pip(told, ["-c", "requirements.lock", "uv"], "uv.log")
                except Failure:
                    return "it could not bring uv (log: _build/uv.log)"
        command = [uv, "pip", "install", "--python", self.inner, *for_uv.options, *own]
        try:
            self.run(command + _packages(extras), for_uv.variables, "install.log")
        except Failure:
            log = self.root / "_build" / "install.log"
            if log.exists():
                os.replace(log, log.with_name("uv.log"))
            return "uv did not succeed (log: _build/uv.log)"
        return ""

    def with_pip(self, told: Settings, extras: List[str]) -> None:
        """Install with pip alone."""
        if self.probe([self.inner, "-m", "pip", "--version"]) is None:  # uv has made .venv
            self.run([self.inner, "-m", "ensurepip"], {}, "environment.log")
        self._pip(told, _packages(extras), "install.log")

    def _pip(self, told: Settings, what: List[str], log: str) -> None:
        self.run([self.inner, "-m", "pip", "install", *what], settings.for_pip(told), log)

    def run(self, command: List[str], variables: Mapping[str, str], log: str) -> None:
        """Run a command in the folder, with its output in a log and none of Python's variables."""
        env = clean(self.environ)
        if "PIP_CONFIG_FILE" in variables:
            env = {key: value for key, value in env.items() if not key.startswith("PIP_")}
        env.update(variables)
        self._run(command, log=self.root / "_build" / log, cwd=self.root, env=env)


def _packages(extras: List[str]) -> List[str]:
    """What is installed, as uv and pip are told."""
    return ["-c", "requirements.lock", "-e", ".[%s]" % ",".join(extras)]


def torch_is_small(root: Path, wanted: Optional[str] = None) -> bool:
    """Whether PyTorch comes without CUDA here; see :func:`tools.settings.torch_is_small`."""
    python, version = interpreters.interpreter(root, wanted, shutil.which, probe, os.environ)
    told = settings.read([python, str(python_of(root))], probe, os.environ)
    return settings.torch_is_small(told, version, sys.platform)


def _inputs(root: Path, version: str) -> Dict[str, str]:
    """What the environment depends on; it is bound to its place by the editable install."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "requirements.lock"):
        digest.update((root / name).read_bytes() + b"\0")
    place = os.fsencode(root).decode("utf-8", "surrogateescape")  # the same in every locale
    return {"root": place, "python": version, "inputs": digest.hexdigest()}


def stamp(root: Path) -> Dict[str, object]:
    """What is known of the environment; nothing of one that is half made."""
    try:
        found = json.loads((root / ".venv" / "mem_lib.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
