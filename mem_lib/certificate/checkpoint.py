"""Evidence that survives an interruption: one line of a file for each chunk that was run.

The file is a note of one run to itself, not a certificate: whoever can write it can forge it, and
so the verdict.  A line that was damaged is noticed, by its SHA-256, and its chunk is run again.
``Certificate.check`` without a checkpoint runs everything again.
"""

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from mem_lib._base.files import warn_of_lost, write_atomically
from mem_lib.certificate.judge import Evidence
from mem_lib.errors import InvalidCertificate
from mem_lib.exact import ARITHMETIC


class Checkpoint:
    """The file at ``path`` for the run that ``key`` describes; made when it does not exist.

    ``done`` maps chunks to evidence.  Lines behind the last complete one are dropped, since an
    interruption may have cut them short; a line that no run of ours would have written is none.
    ``sizes`` are the numbers of rows of the chunks, where they are known.
    """

    def __init__(self, path: Path, key: dict[str, Any], sizes: Sequence[int] | None = None) -> None:
        self.path = path
        self.done: dict[int, Evidence] = {}
        self._key = {"format": "mem_lib.checkpoint", "version": 2, **key}
        self._lines = [json.dumps(self._key) + "\n"]
        self._whole = True  # whether the file holds all lines
        for line in self._read():
            entry = _entry(line)
            if entry is None or not (sizes is None or _has_rows(*entry, sizes)):
                break
            self.done[entry[0]] = entry[1]
            self._lines.append(line)
        self._write()

    def add(self, chunk: int, evidence: Evidence) -> None:
        """Note the evidence of one chunk."""
        content = {"chunk": chunk, **evidence.content()}
        self._lines.append(json.dumps({**content, "sha256": _digest(content)}) + "\n")
        try:
            if self._whole and self.path.exists():
                with self.path.open("a", encoding="utf-8") as file:
                    file.write(self._lines[-1])
            else:  # another run on the same file came to its end, or a line was cut short
                self._write()
            self._whole = True
        except OSError as error:
            if self._whole:
                warn_of_lost(self.path, error)
            self._whole = False

    def remove(self) -> None:
        """The run is over."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            warn_of_lost(self.path, error)

    def _write(self) -> None:
        write_atomically(self.path, (line.encode() for line in self._lines))

    def _read(self) -> list[str]:
        """The lines behind the header; none where there is no file, or only a part of a header."""
        try:
            text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
            if self._lines[0].startswith(text):
                return []
            header, *lines = text.splitlines(keepends=True)
            key = json.loads(header)
        except (ValueError, RecursionError) as error:
            raise InvalidCertificate(
                f"checkpoint: {self.path} is not a checkpoint file ({error}); it is left as it is"
            ) from None
        if not isinstance(key, dict) or key.get("format") != self._key["format"]:
            raise InvalidCertificate(
                f"checkpoint: {self.path} is not a checkpoint file; it is left as it is"
            )
        for name, value in self._key.items():
            if key.get(name) != value:
                raise InvalidCertificate(
                    f"checkpoint: {self.path} belongs to another run: its {name} is "
                    f"{key.get(name)!r}, this run has {value!r}"
                )
        return lines


def _entry(line: str) -> tuple[int, Evidence] | None:
    """(chunk, evidence), or None where the line is damaged."""
    try:
        content = json.loads(line)
        if not line.endswith("\n") or content.pop("sha256") != _digest(content):
            return None
        chunk, evidence = content.pop("chunk"), Evidence.from_content(content)
        return (chunk, evidence) if _is_count(chunk) and _is_possible(evidence) else None
    except (ArithmeticError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def _is_possible(found: Evidence) -> bool:
    """Whether the judge could have said so of some rows."""
    counts, wrong = (found.judged, found.correct, found.tally.ties), found.counterexample
    return (
        all(map(_is_count, counts))
        and found.correct <= found.judged
        and (found.correct == found.judged) == (wrong is None)
        and (wrong is None or _is_count(getattr(wrong, "row", None)))
        and all(v >= 0 for v in (found.distance or 0, found.max_error, found.tally.peak))
        and found.tally.arithmetic <= set(ARITHMETIC)
    )


def _has_rows(chunk: int, found: Evidence, sizes: Sequence[int]) -> bool:
    """Whether that chunk is one, and all its rows were judged."""
    return chunk < len(sizes) and found.judged == sizes[chunk]


def _digest(content: dict[str, Any]) -> str:
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
