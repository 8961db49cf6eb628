"""A Sphinx extension: the slides that the instructors' page offers lie beside it in the built book.

They are real files, with names, so that a link to one can be sent and saved.  They are made again
where anything of the library is newer.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

#: In the built book, beside the page that links them.
FOLDER = "book/appendix/slides"


def finish(app: Any, exception: Any) -> None:
    """Write the slides of a book of pages; of no other builder, and of no build that failed."""
    if exception is not None or app.builder.format != "html":
        return
    from mem_lib import slides

    place = Path(app.outdir) / FOLDER
    if stale([place / name for name in slides.NAMES], Path(slides.__file__).parent):
        slides.write(place)


def stale(files: list[Path], library: Path) -> bool:
    """Whether one of ``files`` is missing, or older than a module of ``library``."""
    if not all(path.is_file() for path in files):
        return True
    newest = max(path.stat().st_mtime for path in library.rglob("*.py"))
    return min(path.stat().st_mtime for path in files) < newest


def setup(app: Any) -> dict:
    app.connect("build-finished", finish)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
