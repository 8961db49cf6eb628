"""Network files packed for a page: gzipped, coded in base64, the same bytes from the same zlib."""

import base64
import gzip
import hashlib
import zlib
from collections.abc import Sequence

from mem_lib.errors import InvalidNetwork
from mem_lib.network import Network


def pack(networks: Sequence[Network]) -> str:
    """The network files, one a line, gzipped together and coded in base64.

    Networks of one data set differ little, so they cost little together: sixty-four labellings of
    six points take a few kilobytes.  A page opens the text with ``DecompressionStream``.

    >>> from mem_lib import Layer
    >>> net = Network([Layer([[1]], [0], "identity")])
    >>> unpack(pack([net, net])) == [net, net]
    True
    """
    return coded("\n".join(network.to_json() for network in networks))


def unpack(packed: str) -> list[Network]:
    """The networks of ``pack``; raises ``InvalidNetwork`` when the text is damaged."""
    try:
        text = gzip.decompress(base64.b64decode(packed, validate=True)).decode("ascii")
    except (TypeError, ValueError, EOFError, OSError, zlib.error) as error:
        raise InvalidNetwork(f"packed: not a gzipped, base64-coded text: {error}") from None
    return [Network.from_json(line) for line in text.split("\n")]


def coded(text: str) -> str:
    """An ASCII text, gzipped and coded in base64."""
    packed = bytearray(gzip.compress(text.encode("ascii"), 9, mtime=0))
    packed[9] = 255  # the operating system: "unknown", whatever this Python writes
    return base64.b64encode(packed).decode("ascii")


def short_hash(text: str) -> str:
    """Eight hexadecimal digits that depend on ``text`` alone, for names within a page."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]
