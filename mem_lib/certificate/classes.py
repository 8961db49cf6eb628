"""What a certificate, and a run that was interrupted, know of the names of classes."""

from __future__ import annotations

from hashlib import sha256

from mem_lib._base.names import Names, listing, same, spelled
from mem_lib.errors import InvalidCertificate


def run_key(data: Names | None) -> dict[str, str]:
    """What tells a run with these names of the data from a run with others: the hash of the data
    knows labels only."""
    return {} if data is None else {"classes": sha256(spelled(data).encode()).hexdigest()}


def check_names(side: str, stated: Names | None, actual: Names | None) -> None:
    """``InvalidCertificate`` where a certificate states other names than a network or data set
    has; what it does not state, as in files of former versions, is not compared."""
    if stated is not None and not same(stated, actual):
        found = "no names" if actual is None else f"the classes {listing(actual)}"
        raise InvalidCertificate(
            f"{side}: the certificate belongs to another {side}: it states the classes "
            f"{listing(stated)}, this one has {found}"
        )
