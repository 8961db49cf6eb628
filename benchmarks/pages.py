"""The book: a cold build, every notebook executed, against the same build with execution off."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.core import ratio, timed

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("book", "benchmarks", "_config.yml", "_toc.yml")


def cold_build() -> list[dict]:
    """``jupyter-book build --all -W -n`` in a fresh copy, with and without execution."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in PARTS:
            source = ROOT / part
            (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / part)
        _, cold = timed(lambda: _build(copy))
        text = (copy / "_config.yml").read_text(encoding="utf-8")
        text = text.replace("execute_notebooks: cache", 'execute_notebooks: "off"')
        (copy / "_config.yml").write_text(text, encoding="utf-8")
        _, static = timed(lambda: _build(copy, strict=False))
    return [ratio("whole book, cold", cold, "s", "the same without execution", static)]


def _build(folder: Path, strict: bool = True) -> None:
    program = "from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", program, "build", ".", "--all"]
    command += ["-W", "--keep-going", "-n"] if strict else []
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
