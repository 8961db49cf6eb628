"""The file of a certificate: JSON with a checksum of its own content."""

import json
import re
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

from mem_lib._base.budget import budget
from mem_lib._base.files import named, write_atomically
from mem_lib._base.json_price import check as check_price
from mem_lib.errors import InvalidCertificate, shown
from mem_lib.exact import ARITHMETIC

#: A certificate holds a few numbers; the longest are those of weights of a million digits.
MOST_BYTES = 1 << 24
#: Digits above times digits below the line, all fractions together: reducing them takes seconds.
MOST_PRODUCT = 1 << 37


def save(path: str | Path, content: dict[str, Any]) -> None:
    """Write ``content``, JSON values, with its SHA-256."""
    text = json.dumps({**content, "sha256": digest(content)}, indent=1)
    write_atomically(named(path), [text.encode() + b"\n"])


def load(path: str | Path) -> dict[str, Any]:
    """What :func:`save` wrote; ``InvalidCertificate`` if a single digit was changed."""
    with open(named(path), "rb") as file:
        text = file.read(MOST_BYTES + 1)
    if len(text) > MOST_BYTES:
        raise InvalidCertificate(f"path: {path} is longer than {MOST_BYTES} bytes")
    check_price(text, f"path: {path}", budget())
    if sum(len(n) * len(d) for n, d in re.findall(rb'"([^"/]*)/([^"]*)"', text)) > MOST_PRODUCT:
        raise InvalidCertificate(f"path: {path} holds fractions that would take minutes to reduce")
    try:
        content: dict[str, Any] = json.loads(text, object_pairs_hook=_once)
        stated = content.pop("sha256")
        actual = digest(content)
    except (ValueError, RecursionError, KeyError, AttributeError, TypeError) as error:
        raise InvalidCertificate(f"path: {path} is not a certificate file ({error})") from error
    if stated != actual:
        raise InvalidCertificate(
            f"path: {path} was altered: its content has the SHA-256 {actual}, "
            f"it states {shown(stated)}"
        )
    return content


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object in which no key stands twice, so that all readers see the same."""
    content = dict(pairs)
    if len(content) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"a key stands twice: {next(n for n in names if names.count(n) > 1)!r}")
    return content


def digest(content: dict[str, Any]) -> str:
    """The checksum of JSON values: SHA-256 of their one spelling."""
    return sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def check_types(content: dict[str, Any]) -> None:
    """Refuse a file whose entries have other types than a certificate's."""
    kinds = {bool: ("ok",), int: ("points", "correct", "ties", "max_bits"),
             str: ("arithmetic", "network_sha256", "dataset_sha256"),
             Fraction: ("tolerance",)}  # fmt: skip
    for kind, names in kinds.items():
        for name in names:
            if type(content[name]) is not kind:
                raise TypeError(f"{name} is {shown(content[name])}")
    if not set(content["arithmetic"].split(", ")) <= set(ARITHMETIC.values()):
        raise ValueError(f"arithmetic is {shown(content['arithmetic'])}")
    if not all(type(value) is int for value in vars(content["size"]).values()):
        raise TypeError(f"size is {shown(content['size'])}")
