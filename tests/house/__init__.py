"""Tests of the folder itself: its files agree, its commands do what they promise."""

import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def brought(extra: str) -> set[str]:
    """The packages that an extra brings, by way of others too."""
    found: set[str] = set()
    for wanted in map(Requirement, EXTRAS[extra]):
        inner = wanted.extras if wanted.name == PROJECT["name"] else ()
        found |= set().union(*map(brought, inner)) if inner else {canonicalize_name(wanted.name)}
    return found


def interrupted(*arguments):
    raise KeyboardInterrupt
