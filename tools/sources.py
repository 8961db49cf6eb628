"""The bibliography as plain text: what a citation says, and the list of references."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Dict, List, Tuple

from pybtex.database import parse_file
from pybtex.plugin import find_plugin


def citations(path: Path) -> Dict[str, Tuple[str, str]]:
    """Authors in short and the year, by key."""
    entries = parse_file(str(path)).entries
    return {key: (_short(entry), entry.fields.get("year", "")) for key, entry in entries.items()}


def _short(entry: Any) -> str:
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    names = [" ".join(map(str, p.rich_prelast_names + p.rich_last_names)) for p in people]
    if len(names) > 2:
        return "%s et al." % names[0]
    return " and ".join(names)


def references(path: Path) -> str:
    """The list of references in Markdown, by author."""
    style = find_plugin("pybtex.style.formatting", "plain")()
    backend = find_plugin("pybtex.backends", "markdown")()
    entries: List[Any] = list(parse_file(str(path)).entries.values())
    lines = [entry.text.render(backend) for entry in style.format_entries(entries)]
    return re.sub(r"\\([-.()#+!])", r"\1", "\n\n".join(lines))  # escapes that are not needed
