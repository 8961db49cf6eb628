"""Networks packed for a page."""

import base64
import gzip

import pytest

import mem_lib as ml
from mem_lib import explorer
from tests.explorer.pages import SLUG


def test_a_pack_opens_to_the_same_files_and_has_the_same_bytes(networks):
    packed = explorer.pack(networks)
    assert explorer.unpack(packed) == networks
    assert explorer.pack(networks) == packed
    assert len(packed) < sum(len(net.to_json()) for net in networks) / 10


def test_a_pack_does_not_tell_where_and_when_it_was_made(networks):
    """RFC 1952: no name, no time, best compression, system unknown."""
    header = base64.b64decode(explorer.pack(networks))[:10]
    assert header == b"\x1f\x8b\x08" + bytes(5) + b"\x02\xff"


@pytest.mark.parametrize("damage", [lambda p: p[:40], lambda p: "!" + p, lambda p: "aGVsbG8="])
def test_a_damaged_pack_is_refused(networks, damage):
    with pytest.raises(ml.InvalidNetwork, match="packed"):
        explorer.unpack(damage(explorer.pack(networks[:2])))


def test_what_is_no_text_is_no_pack():
    with pytest.raises(ml.InvalidNetwork, match="packed: not a gzipped, base64-coded text"):
        explorer.unpack(None)


def test_the_packed_networks_are_small(landing):
    pack = landing.packs[SLUG]
    assert len(pack) <= 5000 and len(gzip.decompress(base64.b64decode(pack))) > 20 * len(pack)
