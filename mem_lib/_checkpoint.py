"""Evidence that survives an interruption: one line of a file for each chunk that was run.

The file is a note of one run to itself, not a certificate: whoever can write it can forge it.
``Certificate.check`` runs everything again.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from mem_lib._evidence import Evidence
from mem_lib.errors import InvalidCertificate


class Checkpoint:
    """The file at ``path`` for the run that ``key`` describes; made when it does not exist.

    ``done`` maps chunks to evidence.  Lines behind the last complete one are dropped, since an
    interruption may have cut them short.
    """

    def __init__(self, path: str | Path, key: dict[str, Any]) -> None:
        self.path = Path(path)
        self.done: dict[int, Evidence] = {}
        self._key = {"format": "mem_lib.checkpoint", "version": 1, **key}
        lines = self._read() if self.path.exists() else []
        good = 1
        for line in lines[1:]:
            entry = _entry(line)
            if entry is None:
                break
            self.done[entry[0]] = entry[1]
            good += 1
        text = "".join(lines[:good]) if lines else json.dumps(self._key) + "\n"
        self.path.write_text(text, encoding="utf-8")

    def add(self, chunk: int, evidence: Evidence) -> None:
        """Note the evidence of one chunk."""
        content = {"chunk": chunk, **evidence.content()}
        line = json.dumps({**content, "sha256": _digest(content)})
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def remove(self) -> None:
        """The run is over."""
        self.path.unlink(missing_ok=True)

    def _read(self) -> list[str]:
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines(keepends=True)
            key = json.loads(lines[0]) if lines else self._key
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
        return content.pop("chunk"), Evidence.from_content(content)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _digest(content: dict[str, Any]) -> str:
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
