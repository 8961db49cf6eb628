"""The book: built strictly, beside the last good one, and put in its place only when it is good.

``_build/html`` is the book that readers see.  A build writes ``_build/next`` and is renamed into
place at the end, so a failure or Ctrl-C changes nothing.  ``_build/html/.built-from`` holds the
hash of everything the book was made from; while it still agrees there is nothing to do.
"""

from __future__ import annotations

import hashlib
import http.server
import os
from pathlib import Path
from typing import Any, Iterable, Iterator, List, Mapping

from tools.environment import stamp
from tools.steps import Failure, Run, Steps, remove, run
from tools.variables import variables

# A notebook's stored outputs depend on these, beside its own cells; jupyter-cache sees only cells.
CODE = (
    "mem_lib", "pyproject.toml", "requirements.lock", "tools/variables.py",
)
SOURCES = (*CODE, "book", "tools", "_config.yml", "_toc.yml")
IGNORED = {"__pycache__", ".ipynb_checkpoints", ".DS_Store"}
# The command jupyter-book, without its own traceback below the error that matters.
JUPYTER_BOOK = """
from jupyter_book.cli.main import main
try:
    main(prog_name="jupyter-book")
except RuntimeError as error:
    raise SystemExit(str(error.__cause__ or "") + "\\nThe book was not built.")
"""
REPOSITORY = "MEM_LIB_REPOSITORY"
CELLS = "MEM_LIB_CELLS"  # where the explorers keep the networks that they have built


def fingerprint(root: Path, names: Iterable[str], *words: str) -> str:
    """A hash of the names and contents of all files below ``names``, and of ``words``."""
    digest = hashlib.sha256("\0".join(words).encode())
    for name in names:
        for path in _files(root / name):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(("%s\0%s\0" % (path.relative_to(root).as_posix(), content)).encode())
    return digest.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        for child in sorted(path.iterdir()):
            if child.name not in IGNORED:
                yield from _files(child)


def page(root: Path) -> Path:
    """Where a reader begins."""
    return root / "_build" / "html" / "index.html"


def build(
    root: Path, python: Path, step: Steps, run: Run = run, environ: Mapping[str, str] = os.environ
) -> bool:
    """Build the book if anything it is made from has changed; say whether it was built."""
    build, html = root / "_build", root / "_build" / "html"
    _restore(build)
    repository = environ.get(REPOSITORY, "")
    version = str(stamp(root).get("python", ""))
    made_from = fingerprint(root, SOURCES, repository, environ.get("MEM_LIB_BRANCH", ""), version)
    if _text(html / ".built-from") == made_from:
        step("the book is up to date")
        return False
    step("building the book (log: _build/book.log)")
    remove(build / "next")
    _forget_old_executions(root, version)
    env = dict(variables(root, environ), NO_COLOR="1")
    env[CELLS] = str(build / "cells")
    command = [str(python), "-c", JUPYTER_BOOK, "build", ".", "--path-output", "_build/next"]
    command += ["--all", "-W", "--keep-going", "-n"]
    if repository:
        command += ["--config", _launchable(root, python, run, env)]
    run(command, log=build / "book.log", cwd=root, env=env)
    new = build / "next" / "_build" / "html"
    if not (new / "index.html").exists():
        raise Failure("The build ended without an index page; see _build/book.log.")
    (new / ".built-from").write_text(made_from, encoding="utf-8")
    _swap(new, html, build / "old")
    remove(build / "next")
    return True


def _swap(new: Path, html: Path, old: Path) -> None:
    """Put ``new`` in the place of ``html`` by renaming, which is never half done."""
    remove(old)
    if html.exists():
        html.rename(old)
    new.rename(html)
    remove(old)


def _restore(build: Path) -> None:
    """Undo a swap that was interrupted between its two renames."""
    if (build / "old").exists() and not (build / "html").exists():
        (build / "old").rename(build / "html")


def _forget_old_executions(root: Path, version: str) -> None:
    """Drop the notebooks' cached outputs when the code behind them, or Python, has changed."""
    note = root / "_build" / "executed-with"
    code = fingerprint(root, CODE, version)
    if _text(note) != code:
        remove(root / "_build" / ".jupyter_cache")
        remove(root / "_build" / "cells")
        note.parent.mkdir(exist_ok=True)
        note.write_text(code, encoding="utf-8")


def _launchable(root: Path, python: Path, run: Run, env: Mapping[str, str]) -> str:
    """A configuration with the links that need the repository's address."""
    out = "_build/_config.yml"
    run([str(python), "tools/repository.py", out], root / "_build" / "book.log", root, env)
    return out


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the book; some systems register a wrong type for scripts, so types are given here."""

    extensions_map = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".svg": "image/svg+xml",
        ".woff": "font/woff",
        ".woff2": "font/woff2",
    }

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the terminal quiet."""


def server(folder: Path, port: int) -> http.server.ThreadingHTTPServer:
    """A server of ``folder`` on the loopback address; port 0 takes a free one."""

    def handler(*args: Any) -> Handler:
        return Handler(*args, directory=str(folder))

    return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)


def serve(root: Path, ports: List[int]) -> None:
    """Serve the book on the first port that is free, until Ctrl-C."""
    for port in ports:
        try:
            httpd = server(root / "_build" / "html", port)
            break
        except OSError as error:
            reason = error
    else:
        raise Failure("Port %d cannot be used: %s." % (ports[-1], reason.strerror))
    with httpd:
        print("\nThe book: http://127.0.0.1:%d/    (Ctrl-C ends)" % httpd.server_port, flush=True)
        try:
            httpd.serve_forever()
        except KeyboardInterrupt:
            print()
