"""The names of the classes of a network: one for each label, all different, or none at all.

They are part of the file, and so of its hash, and not of the function.  A name is a text or a
finite number; an integer of 2^53 or more becomes a text, because readers of JSON would round it.
"""

from __future__ import annotations

from typing import Any

from mem_lib._base.names import Name, Names, checked, spelled
from mem_lib.errors import InvalidNetwork

#: Of the names of one network, written as JSON.
MAX_BYTES = 1 << 24


def named_classes(classes: Any, readout: str, outputs: int) -> Names | None:
    """The names, checked; as many as the readout tells apart."""
    if classes is None:
        return None
    names = tuple(_small(name) for name in checked(classes, "classes", InvalidNetwork))
    if readout in ("onehot", "argmax") and len(names) != outputs:
        raise InvalidNetwork(f"classes has {len(names)} names, the network has {outputs} outputs")
    if readout == "sign" and len(names) > 2:
        raise InvalidNetwork(f"classes has {len(names)} names, the readout 'sign' tells 2 classes")
    if (size := len(spelled(names))) > MAX_BYTES:
        raise InvalidNetwork(f"classes takes {size} bytes, more than {MAX_BYTES}")
    return names


def _small(name: Name) -> Name:
    is_long = isinstance(name, int) and not isinstance(name, bool) and abs(name) >= 2**53
    return str(name) if is_long else name
