"""How valid files are damaged: changes that know nothing of a format, and changes of JSON documents
and of the members of an npz."""

import io
import json
import zipfile
from typing import Any

import numpy as np

EXTREME = [
    b"0", b"-1", b"1e999", b"-0.0", b"9" * 400, b"1" + b"0" * 5000, b"4194304", b"9007199254740993",
    b"0x" + b"f" * 3000, b"-0x1", b"1e-999999999", b"NaN", b"Infinity", b"18446744073709551616",
]  # fmt: skip
TOKENS = {
    "json": [b"[", b"]", b"{", b"}", b",", b":", b'"', b"null", b"true", b"\\u0000", b"[" * 3000,
             b"[]," * 3000, b'"a":', b"\xff", b"\xef\xbb\xbf", b"\xf0\x9f\x98\x80"],
    "csv": [b",", b";", b"\t", b'"', b"\n", b"\r", b"\0", b"NA", b"nan", b"inf", b"0x10", b"1_0",
            b"\xff\xfe", b"," * 3000, b"\n" * 3000, b"'", b"1,5", b"\xe2\x88\x921", b"#"],
    "binary": [b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"\0" * 64, b"\xff" * 64, b"\x93NUMPY",
               b"\x80\x00\x00\x00", b"(99999999999,)", b"|O", b"<f16", b"|S9"],
}  # fmt: skip
VALUES = [
    None, True, 0, -1, 1 << 22, 1 << 53, 1 << 70, 0.5, 1e308, "", "0x", "0x1/0x0", "1/0",
    "0x" + "f" * 3000, "-0x" + "1" * 9, "text", "\ud800", [], [[]], {}, [[1, 2], [3]], {"a": [0]},
    [0] * 3000, "a" * 3000, "1e-99999999", "1e999999999",
]  # fmt: skip


def mutated(kind: Any, rng: np.random.Generator) -> bytes:
    """A valid file with one to four changes, the first of which may know the format."""
    content = kind.seeds[int(rng.integers(len(kind.seeds)))]
    changes = int(rng.integers(1, 5))
    if rng.random() < 0.6:
        content, changes = kind.edited(content, rng), changes - int(rng.integers(1, 5))
    for _ in range(changes):
        content = CHANGES[int(rng.integers(len(CHANGES)))](content, kind, rng)
    return content


def _place(content: bytes, rng: np.random.Generator) -> int:
    return int(rng.integers(len(content) + 1))


def _flipped(content: bytes, kind: Any, rng: np.random.Generator) -> bytes:
    changed = bytearray(content)
    if changed:
        changed[int(rng.integers(len(changed)))] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def _cut(content: bytes, kind: Any, rng: np.random.Generator) -> bytes:
    return content[: _place(content, rng)]


def _doubled(content: bytes, kind: Any, rng: np.random.Generator) -> bytes:
    a, b = sorted((_place(content, rng), _place(content, rng)))
    return content[:b] + content[a:b] * int(rng.integers(1, 4)) + content[b:]


def _spliced(content: bytes, kind: Any, rng: np.random.Generator) -> bytes:
    other = kind.seeds[int(rng.integers(len(kind.seeds)))]
    return content[: _place(content, rng)] + other[_place(other, rng) :]


def _token(content: bytes, kind: Any, rng: np.random.Generator) -> bytes:
    tokens, k = TOKENS[kind.tokens], _place(content, rng)
    return content[:k] + tokens[int(rng.integers(len(tokens)))] + content[k:]


def _number(content: bytes, kind: Any, rng: np.random.Generator) -> bytes:
    digits = [k for k, c in enumerate(content[:20_000]) if chr(c) in "0123456789"]
    if not digits:
        return content
    start = stop = digits[int(rng.integers(len(digits)))]
    while stop < len(content) and chr(content[stop]) in "0123456789":
        stop += 1
    return content[:start] + EXTREME[int(rng.integers(len(EXTREME)))] + content[stop:]


CHANGES = [_flipped, _cut, _doubled, _spliced, _token, _number]


def replaced(document: Any, rng: np.random.Generator) -> None:
    """Replace, double or drop a value somewhere in a JSON document."""
    while isinstance(document, dict | list) and document:
        keys = list(document) if isinstance(document, dict) else list(range(len(document)))
        key = keys[int(rng.integers(len(keys)))]
        if isinstance(document[key], dict | list) and document[key] and rng.random() < 0.8:
            document = document[key]
            continue
        way = rng.random()
        if way < 0.15:
            del document[key]
        elif way < 0.25 and isinstance(document, list):
            document.append(document[key])
        else:
            document[key] = VALUES[int(rng.integers(len(VALUES)))]
        return


def changed_npz(content: bytes, rng: np.random.Generator) -> bytes:
    """One member of an npz as another array, without it, or under another name."""
    members = members_of(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        method = archive.infolist()[0].compress_type
    names = list(members)
    name = names[int(rng.integers(len(names)))]
    array = np.load(io.BytesIO(members[name]), allow_pickle=False)
    way = int(rng.integers(8))
    if way == 0:
        del members[name]
    elif way == 1:
        members[names[0]], members[name] = members[name], members[names[0]]
    elif way == 2:
        members[name] = b"no array"
    elif way == 3 and name == "about.npy":
        document = json.loads(str(array))
        replaced(document, rng)
        members[name] = npy(np.array(json.dumps(document)))
    elif way == 4:
        kinds = ["u1", "i8", "f4", "f8", "f2", "c8", "U4", "S9", "M8[s]", "?"]
        kind = kinds[int(rng.integers(len(kinds)))]
        members[name] = npy(np.zeros(array.shape, dtype=kind))
    elif way == 5:
        shapes = [(), (0,), (1,), (3,), (0, 2), (2, 0), (2, 2), (1, 1, 1), (3000, 1)]
        members[name] = npy(np.resize(array, shapes[int(rng.integers(len(shapes)))]))
    elif array.dtype.kind in "iuf" and array.size:
        extreme = [0, -1, 1, 1 << 31, 1 << 62, -(1 << 63), np.nan, np.inf, 1e308, 5e-324, 10**6]
        value = extreme[int(rng.integers(len(extreme)))]
        changed = np.array(array)
        with np.errstate(all="ignore"):
            changed.flat[int(rng.integers(array.size))] = np.array(value).astype(array.dtype)
        members[name] = npy(changed)
    return zipped(members, method)


def members_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def zipped(members: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these members; the same at all times, since it tells no date."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, member in members.items():
            archive.writestr(zipfile.ZipInfo(name), member, kind)
    return made.getvalue()


def all_arrays(members: dict[str, Any]) -> bool:
    return all(isinstance(member, np.ndarray) for member in members.values())


def npy(array: np.ndarray) -> bytes:
    made = io.BytesIO()
    np.save(made, array)
    return made.getvalue()
