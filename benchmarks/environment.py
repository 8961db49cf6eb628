"""The environment of the book and the tests from nothing: with uv, which pip brings, against pip.

Both download everything; how long that takes depends on the connection too.
"""

import io
import os
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.core import ratio, timed
from tools import environment as house
from tools import interpreters, settings
from tools.steps import Steps, run

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("mem_lib", "pyproject.toml", "requirements.lock", "README.md", "LICENSE")
EXTRAS = ["book", "test"]


def environment() -> list[dict]:
    """``make book`` on a machine without uv, up to the book, and the same without uv at all."""
    told = settings.read([interpreters.outside(ROOT), sys.executable], house.probe, os.environ)
    told["no-cache-dir"] = "1"

    def with_uv(maker: house.Maker) -> None:
        if why := maker.with_uv(told, settings.for_uv(told), EXTRAS):
            raise RuntimeError(why + (maker.root / "_build" / "uv.log").read_text(encoding="utf-8"))

    _, fast = timed(lambda: _made(with_uv))
    _, slow = timed(lambda: _made(lambda maker: maker.with_pip(told, EXTRAS)))
    return [ratio("environment of the book and the tests", fast, "s", "the same with pip", slow)]


def _made(install) -> None:
    """Make an environment in a fresh copy, and check that it works."""
    with tempfile.TemporaryDirectory() as folder:
        for part in PARTS:
            source = ROOT / part
            (shutil.copytree if source.is_dir() else shutil.copy)(source, Path(folder, part))
        python = interpreters.outside(ROOT)
        version = "{}.{}".format(*sys.version_info)
        steps = Steps(2, io.StringIO())
        given = (python, version, steps, run, lambda name: None, house.probe, os.environ)
        maker = house.Maker(Path(folder), *given)
        maker.create()
        install(maker)
        if house.probe([maker.inner, "-c", "import mem_lib, jupyter_book, pytest"]) is None:
            raise RuntimeError("the packages cannot be imported")
