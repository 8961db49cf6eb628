"""Files of public data sets, fetched once.

A file appears under its name only when it is complete and its checksum is right; what an
interruption leaves behind is removed, and the next attempt starts afresh.
"""

import gzip
import hashlib
import os
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from mem_lib._base.files import write_atomically
from mem_lib.errors import InvalidDataset

TIMEOUT = 30.0  # seconds without an answer or a byte
_BLOCK = 1 << 16
_LIMIT = 1 << 30  # no file of these data sets is longer


def data_folder(folder: str | os.PathLike[str] | None) -> Path:
    """``folder``, else ``$MEM_LIB_DATA``, else ``mem_lib`` in the user's cache."""
    if folder is not None:
        return Path(folder).expanduser()
    if chosen := os.environ.get("MEM_LIB_DATA"):
        return Path(chosen).expanduser()
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "mem_lib"


def fetch(mirrors: tuple[str, ...], checksum: str, path: Path, progress: bool | None) -> None:
    """Download the first of ``mirrors`` that answers to ``path``, and verify it.

    ``checksum`` reads ``algorithm:hexadecimal``.  ``progress`` shows a bar; None shows it in a
    terminal only.

    Raises, with what each mirror answered: InvalidDataset for wrong content, ConnectionError when
    no mirror sent the file, another OSError when it could not be written.
    """
    from http.client import HTTPException
    from urllib.error import URLError

    problems: list[Exception] = []
    for url in mirrors:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, _stream(url, checksum, progress))
            return
        except (OSError, HTTPException, InvalidDataset) as error:
            problems.append(error)
    told = "; ".join(f"{url}: {error}" for url, error in zip(mirrors, problems, strict=True))
    kind: type[InvalidDataset] | type[OSError] = OSError
    if any(isinstance(error, InvalidDataset) for error in problems):
        kind = InvalidDataset
    elif isinstance(problems[-1], URLError | ConnectionError | TimeoutError | HTTPException):
        kind = ConnectionError
    raise kind(f"{path.name} could not be downloaded to {path.parent} ({told})") from problems[-1]


def _stream(url: str, checksum: str, progress: bool | None) -> Iterator[bytes]:
    """The bytes behind ``url``; raises after the last one unless they are the right ones."""
    from urllib.request import urlopen

    from tqdm.auto import tqdm

    algorithm, _, expected = checksum.partition(":")
    digest, received = hashlib.new(algorithm, usedforsecurity=False), 0
    with urlopen(url, timeout=TIMEOUT) as answer:
        total = int(answer.headers["Content-Length"] or 0) or None
        hide = None if progress is None else not progress
        name = url.rpartition("/")[2]
        with tqdm(total=total, desc=name, unit="B", unit_scale=True, disable=hide) as bar:
            while block := answer.read(_BLOCK):
                digest.update(block)
                received += len(block)
                if received > _LIMIT:
                    raise InvalidDataset(f"more than {_LIMIT} bytes")
                bar.update(len(block))
                yield block
    if total is not None and received < total:
        raise ConnectionError(f"the connection ended after {received} of {total} bytes")
    if digest.hexdigest() != expected:
        raise InvalidDataset(f"wrong checksum: {algorithm} {digest.hexdigest()}, not {expected}")


def extract(archive: Path, names: set[str], folder: Path) -> None:
    """Write the regular files of a tar.gz whose last path component is in ``names``.

    Nothing else of the archive is used: no folders, links, owners or modes.  Raises InvalidDataset
    for a damaged archive; an OSError of a file stays one.
    """
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                name = PurePosixPath(member.name).name
                content = tar.extractfile(member) if member.isfile() and name in names else None
                if content is not None:
                    write_atomically(folder / name, _blocks(content))
    except (gzip.BadGzipFile, EOFError, tarfile.TarError, zlib.error) as error:
        raise InvalidDataset(f"{archive} cannot be unpacked: {error}") from error


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(1 << 20):
        yield block
