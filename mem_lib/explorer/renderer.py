"""The renderer: one ES module for one view, joined from the parts in ``static``, and its style.

A part is an ES module that editors, node and browsers can read as it lies there: its imports come
first, one statement ``import { … } from "…";`` for each part it needs, and its last statement
``export { … };`` lists what it gives.  A page can import nothing, so the parts are joined: each
becomes a function that is called at once, in a scope of its own, its imports become constants and
its export becomes what the function returns.  Two parts may therefore use the same names.

A part may bring its style: ``field.css`` beside ``field.mjs``.

Joining starts at the view and follows the imports, so a page carries what its own view needs and
no other view.  Parts must not import each other in a circle.
"""

import re
from importlib.resources import files
from posixpath import dirname, join, normpath
from typing import Any

from mem_lib.errors import InvalidArgument, shown
from mem_lib.figures.style import themed

STATIC = files(__package__) / "static"

#: The part that brings a plain page to life.
_START = "renderer.mjs"
_IMPORT = re.compile(r'^import (\{[^}]*\}) from "(\.[^"]*)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (\{[^}]*\});$", re.MULTILINE)


def views() -> list[str]:
    """The names of all views: what ``static/views`` holds, sorted.

    >>> "landing" in views()
    True
    """
    names = [path.name for path in (STATIC / "views").iterdir()]
    return sorted(name.removesuffix(".mjs") for name in names if name.endswith(".mjs"))


def module(view: str) -> str:
    """The renderer of one view: an ES module without imports, ``export default { render }``.

    On its top level are ``render({ model, el })``, the view, and ``start(root, render)``, which
    brings a plain page to life.  Raises ``InvalidArgument`` when there is no such view.

    >>> module("landing").startswith("const $parts = {};")
    True
    """
    drawing, scopes = f"views/{view}.mjs", _scopes(view)
    return "\n".join([
        "const $parts = {};",
        *(f'$parts["{name}"] = (() => {{\n{text}}})();' for name, text in scopes.items()),
        f'const {{ render }} = $parts["{drawing}"];',
        f'const {{ start }} = $parts["{_START}"];',
        "export default { render };\n",
    ])  # fmt: skip


def style(view: str) -> str:
    """The style of one view: that of all explorers, with the colours of :mod:`mem_lib.figures`,
    and those of the parts that the view is made of.  Raises as :func:`module`."""
    sheets = ["explorer.css", *(name.replace(".mjs", ".css") for name in _scopes(view))]
    there = "".join(_text(name) for name in sheets if _part(name).is_file())
    return themed(".mem-explorer") + "\n" + there


def _scopes(view: str) -> dict[str, str]:
    """The bodies of all parts of a view, each after those that it imports."""
    if view not in views():
        raise InvalidArgument(f"view: one of {views()} is needed, got {shown(view)}")
    scopes: dict[str, str] = {}
    for name in (f"views/{view}.mjs", _START):
        _add(name, scopes)
    return scopes


def _add(name: str, scopes: dict[str, str]) -> None:
    """Add the body of part ``name`` to ``scopes``, after the parts that it imports."""

    def constants(found: re.Match[str]) -> str:
        needed = normpath(join(dirname(name), found[2]))
        _add(needed, scopes)
        return f'const {found[1]} = $parts["{needed}"];'

    if name not in scopes:
        body = _IMPORT.sub(constants, _text(name))
        scopes[name] = _EXPORT.sub(r"return \1;", body)


def _text(name: str) -> str:
    return _part(name).read_text(encoding="utf-8")


def _part(name: str) -> Any:
    return STATIC.joinpath(*name.split("/"))
