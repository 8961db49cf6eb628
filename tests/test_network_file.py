"""The network file: exact round trips, one spelling, and no harm from a hostile one."""

import gzip
import hashlib
import json
import sys
import tracemalloc
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mem_lib.errors import InvalidNetwork, TooLarge
from mem_lib.network import Layer, Network, Sparse
from tests.network_strategies import matrices, networks, sparse

BIG = 2**53


def small():
    """Both forms of a layer, both spellings of an integer, every optional key."""
    first = Layer([[3, -1], [2**60, 0]], [-5, 7], "relu", names=["a", "é"], stage="keys")
    last = Layer([[1, -20]], [-64], "identity")
    return Network([first, last], 20, 2**70, "sign", {"by": "hand", "x": [1.5, None]})


# --- round trips ---------------------------------------------------------------------------------


@given(networks())
def test_round_trip(net):
    text = net.to_json()
    again = Network.from_json(text)
    assert again == net and again.to_json() == text and again.about == net.about
    assert (again.input_shift, again.output_denominator) == (
        net.input_shift,
        net.output_denominator,
    )
    for ours, theirs in zip(net.layers, again.layers, strict=True):
        assert list(ours.rows()) == list(theirs.rows())
        assert (ours.activation, ours.names, ours.stage, ours.inputs) == (
            theirs.activation,
            theirs.names,
            theirs.stage,
            theirs.inputs,
        )
    assert net.sha256 == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("name", ["net.json", "net.json.gz"])
def test_save_and_load(tmp_path, name):
    path = tmp_path / name
    small().save(path)
    assert Network.load(path) == small() == Network.load(str(path))
    written = path.read_bytes()
    text = gzip.decompress(written) if name.endswith(".gz") else written
    assert hashlib.sha256(text).hexdigest() == small().sha256
    assert text == b"".join(small().chunks())
    small().save(path)
    assert path.read_bytes() == written and [p.name for p in tmp_path.iterdir()] == [name]


def test_the_content_tells_whether_it_is_gzipped(tmp_path):
    text = b"".join(small().chunks())
    for name, data in [("a.gz", text), ("a", gzip.compress(text))]:
        (tmp_path / name).write_bytes(data)
        assert Network.load(tmp_path / name) == small()


def test_an_interrupted_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "net.json"
    small().save(path)

    def chunks(self):
        yield b"half"
        raise KeyboardInterrupt

    monkeypatch.setattr(Network, "chunks", chunks)
    with pytest.raises(KeyboardInterrupt):
        Network([Layer([[1]], [0], "relu")]).save(path)
    monkeypatch.undo()
    assert Network.load(path) == small() and list(tmp_path.iterdir()) == [path]


# --- what is written -----------------------------------------------------------------------------


def test_the_file_byte_by_byte():
    rows = Layer([[12, 0] + [0] * 20, [0] * 22], [-5, -(2**53)], "relu", stage="s")
    net = Network([rows, Layer([[3, -1]], [0], "identity", names=["out"])], 20, 2**64)
    assert net.to_json() == (
        '{"format":"mem_lib.network","version":1,"inputs":22,"input_shift":20,'
        '"output_denominator":"0x10000000000000000","readout":"value","about":{},"layers":['
        '{"activation":"relu","stage":"s","rows":[{"bias":-5,"weights":[[0,12]]},'
        '{"bias":"-0x20000000000000","weights":[]}]},'
        '{"activation":"identity","names":["out"],"weight":[[3,-1]],"bias":[0]}]}'
    )


@pytest.mark.parametrize(
    ("weight", "bias", "form"),
    [
        ([[1] + [0] * 7], 0, "rows"),  # exactly an eighth
        ([[1] + [0] * 6], 0, "weight"),
        ([[1, BIG - 1]], 1 - BIG, "weight"),
        ([[1, BIG]], 0, "rows"),
        ([[1, -BIG]], 0, "rows"),
        ([[1, 1]], BIG, "rows"),
        ([[0, 0]], 0, "rows"),
    ],
)
def test_the_content_chooses_the_form(weight, bias, form):
    for stored in (weight, sparse(weight)):
        text = Network([Layer(stored, [bias], "relu")]).to_json()
        assert form in json.loads(text)["layers"][0]


@pytest.mark.parametrize("edge", [(-99, 999), (-100, 999), (-99, 1000), (5, 5), (-1, 10)])
@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (3, 1), (40, 30)])
def test_short_numbers_are_written_as_others(edge, shape):
    """Within -99..999 they are looked up; the file is that of any JSON writer."""
    weight = np.random.default_rng(0).integers(edge[0], edge[1] + 1, shape)
    weight.flat[0], weight.flat[-1] = edge
    layer = Layer(weight, [7] * len(weight), "relu")
    written = Network([layer], readout="argmax").to_json()
    told = json.loads(written)
    assert told["layers"][0]["weight"] == weight.tolist()
    assert json.dumps(told, separators=(",", ":")) == written


@given(st.data())
def test_storage_does_not_change_the_bytes(data):
    units, inputs = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 12))
    rows, _ = data.draw(matrices(units, inputs))
    texts = {
        Network([Layer(stored, [0] * units, "relu")], readout="onehot").to_json()
        for stored in (rows, sparse(rows), np.array(rows, dtype=object))
    }
    assert len(texts) == 1


def test_many_chunks_are_one_text():
    rng = np.random.default_rng(0)
    dense = Layer(rng.integers(-9, 9, (700, 300)), np.arange(700), "relu")
    thin = Layer(rng.integers(0, 2, (700, 700)) * (rng.random((700, 700)) < 0.1), [0] * 700, "relu")
    net = Network([dense, thin], readout="argmax")
    assert sum(1 for _ in net.chunks()) > 5
    assert Network.from_json(net.to_json()) == net
    assert isinstance(Network.from_json(net.to_json()).layers[1].weight, Sparse)


# --- what is read --------------------------------------------------------------------------------

DENSE = {"activation": "identity", "weight": [[3, -1]], "bias": [0]}
ROWS = {"activation": "identity", "rows": [{"bias": 0, "weights": [[0, 3], [1, -1]]}]}


def document(layer=DENSE, **changes):
    data = {
        "format": "mem_lib.network",
        "version": 1,
        "inputs": 2,
        "input_shift": 0,
        "output_denominator": 1,
        "readout": "value",
        "layers": [layer],
    }
    return json.dumps({k: v for k, v in (data | changes).items() if v is not ...})


def dense(**changes):
    return document({k: v for k, v in (DENSE | changes).items() if v is not ...})


def rows(*given, **changes):
    return document({"activation": "identity", "rows": list(given)} | changes)


def row(*terms, bias=0):
    return {"bias": bias, "weights": list(terms)}


def test_both_spellings_anywhere():
    plain = Network.from_json(document())
    hexed = {"inputs": "0x2", "input_shift": "0x0", "output_denominator": "0x1", "version": "0x1"}
    assert Network.from_json(document(**hexed)) == plain
    assert Network.from_json(dense(weight=[["0x3", -1]], bias=["0x0"])) == plain
    assert Network.from_json(document(ROWS)) == plain
    assert Network.from_json(rows(row(["0x1", "-0x1"], [0, "0x3"], bias="0x0"))) == plain
    assert Network.from_json(json.dumps(json.loads(document()), indent=3)) == plain
    big = Network.from_json(dense(weight=[[hex(-(2**300)), 1]]))
    assert big.layers[0].row(0) == (0, [(0, -(2**300)), (1, 1)])


def test_zeros_in_rows_are_dropped():
    assert Network.from_json(rows(row([0, 0], [1, 0]))).layers[0].row(0) == (0, [])


def test_the_layer_before_gives_the_inputs():
    wide = {"activation": "relu", "rows": [row(), row(), row([1, 1])]}
    net = Network.from_json(document(layers=[wide, {"activation": "relu", "rows": [row([2, 1])]}]))
    assert (net.layers[1].inputs, net.inputs) == (3, 2)
    with pytest.raises(InvalidNetwork, match=r"layers\[1\]: row 0 has an entry in column 3"):
        Network.from_json(document(layers=[wide, {"activation": "relu", "rows": [row([3, 1])]}]))


LONG = "7" * 10**6
DEEP = "[" * 10**5

MALFORMED = {
    # not JSON
    "empty": ("", "does not begin with"),
    "blank": (" \n", "does not begin with"),
    "not an object": ("[1]", "does not begin with"),
    "a number": (LONG, "does not begin with"),
    "byte order mark": ("\ufeff" + document(), "does not begin with"),
    "utf-16": (document().encode("utf-16"), "does not begin with"),
    "truncated": (document()[:-1], "not JSON"),
    "trailing": (document() + "{}", "not JSON: Extra data"),
    "invalid utf-8": (document(about={"a": "X"}).replace("X", "\udcff"), "not UTF-8"),
    "latin-1": (document().encode().replace(b"value", b"\xe9"), "not UTF-8"),
    "NaN": (dense(bias=[float("nan")]), "NaN is not a JSON number"),
    "Infinity": (dense(bias=[float("-inf")]), "-Infinity is not a JSON number"),
    "1e400": (dense(bias=["B"]).replace('"B"', "1e400"), "too large or too long"),
    "long float": (dense(bias=["B"]).replace('"B"', "0." + LONG), "too large or too long"),
    "deep": (document(layers="L").replace('"L"', DEEP), "nested too deeply|not JSON"),
    "deep and closed": (
        document(layers="L").replace('"L"', DEEP + "]" * 10**5),
        "nested too deeply",
    ),
    "deep objects": (document(about="L").replace('"L"', '{"a":' * 10**5), "nested too deeply"),
    "deep about": (
        document(about="L").replace('"L"', '{"a":' * 90 + "1" + "}" * 90),
        "about is nested more than 64 deep",
    ),
    # keys
    "key twice": (document().replace('"version"', '"inputs": 2, "version"'), "'inputs' occurs"),
    "layer key twice": (document().replace('"bias"', '"bias": [1], "bias"'), "'bias' occurs twice"),
    "about key twice": (document(about="A").replace('"A"', '{"a": 1, "a": 2}'), "'a' occurs twice"),
    "row key twice": (document(ROWS).replace('"bias"', '"bias": 1, "bias"'), "'bias' occurs twice"),
    "unknown key": (document(extra=1), "the key 'extra' is unknown"),
    "unknown layer key": (dense(extra=1), r"layers\[0\]: the key 'extra' is unknown"),
    "unknown row key": (rows(row() | {"x": 1}), r"layers\[0\]: rows\[0\]: the key 'x' is unknown"),
    "both forms": (document(ROWS | DENSE), r"layers\[0\]: the key '(bias|weight)' is unknown"),
    "no weight": (dense(weight=...), "the key 'weight' is missing"),
    "no bias": (dense(bias=...), "the key 'bias' is missing"),
    "no activation": (dense(activation=...), "the key 'activation' is missing"),
    "no row bias": (rows({"weights": []}), r"rows\[0\]: the key 'bias' is missing"),
    **{f"no {key}": (document(**{key: ...}), f"{key}") for key in json.loads(document())},
    # the head
    "format": (document(format="onnx"), "format is 'onnx'"),
    "format list": (document(format=[1]), "format is"),
    "version": (document(version=2), "version is 2"),
    "version true": (document(version=True), "version = True is not an integer"),
    "inputs 0": (document(inputs=0), "inputs = 0"),
    "inputs huge": (document(inputs=hex(2**60)), "inputs = "),
    "inputs float": (document(inputs=2.0), "inputs = 2.0 is not an integer"),
    "inputs null": (document(inputs=None), "inputs = None is not an integer"),
    "shift negative": (document(input_shift=-1), "input_shift = -1"),
    "shift enormous": (document(input_shift=10**12), "input_shift = 1000000000000 exceeds"),
    "denominator 0": (document(output_denominator=0), "output_denominator = 0 must be positive"),
    "denominator -1": (document(output_denominator="-0x1"), "must be positive"),
    "denominator float": (document(output_denominator=1.5), "output_denominator = 1.5 is not"),
    "readout": (document(readout="max"), "readout = 'max'"),
    "readout list": (document(readout=[]), "readout = "),
    "about list": (document(about=[1]), "about = .* must be a dict"),
    "about null": (document(about=None), "the key 'about' is null"),
    "about integer": (document(about={"a": 2**53}), "as text"),
    "about huge": (document(about={"a": "x" * (1 << 24)}), "about takes"),
    # layers
    "no layers": (document(layers=[]), "at least one layer"),
    "layers object": (document(layers={}), "layers = {} is not a list"),
    "layer list": (document([]), r"layers\[0\]: \[\] is not an object"),
    "activation": (dense(activation="tanh"), r"layers\[0\]: activation = 'tanh'"),
    "names short": (dense(names=[]), r"layers\[0\]: names has 0 entries"),
    "names twice": (
        document(dict(DENSE, weight=[[1, 1]] * 2, bias=[0, 0], names=["a", "a"]), readout="argmax"),
        "occurs twice",
    ),
    "names integer": (dense(names=[1]), r"names\[0\] = 1 is not a text"),
    "names null": (dense(names=None), r"layers\[0\]: the key 'names' is null; leave it out"),
    "stage null": (dense(stage=None), r"layers\[0\]: the key 'stage' is null; leave it out"),
    "stage": (dense(stage=[]), r"stage = \[\] is not a text"),
    "surrogate": (dense(stage="\ud800"), "surrogate"),
    # the dense form
    "no rows": (dense(weight=[], bias=[]), "no rows"),
    "ragged": (dense(weight=[[1, 2], [3]], bias=[0, 0]), r"weight\[1\] has 1 entries"),
    "wide": (dense(weight=[[1, 2, 3]]), r"weight\[0\] has 3 entries, the layer has 2 inputs"),
    "weight flat": (dense(weight=[1, 2]), r"weight\[0\] = 1 is not a list"),
    "weight text": (dense(weight="0x1"), "weight = '0x1' is not a list"),
    "bias long": (dense(bias=[0, 0]), "bias has 2 entries, weight has 1 rows"),
    "bias number": (dense(bias=0), "bias = 0 is not a list"),
    # the rows form
    "rows empty": (rows(), "rows is empty"),
    "rows object": (document({"activation": "relu", "rows": {}}), "rows = {} is not a list"),
    "row number": (rows(3), r"rows\[0\] = 3 is not an object"),
    "row list": (rows([]), r"rows\[0\] = \[\] is not an object"),
    "weights object": (rows({"bias": 0, "weights": {}}), r"rows\[0\].weights = {} is not a list"),
    "term number": (rows(row(3)), r"rows\[0\].weights\[0\] = 3 is not a pair"),
    "term text": (rows(row("ab")), r"rows\[0\].weights\[0\] = 'ab' is not a pair"),
    "term long": (rows(row(), row([0, 1], [1, 1, 1])), r"weights\[1\] = .* is not a pair"),
    "index negative": (rows(row([-1, 1])), "row 0 has an entry in column -1"),
    "index large": (rows(row(), row([2, 1])), "row 1 has an entry in column 2; columns are 0..1"),
    "index huge": (rows(row([hex(2**80), 1])), "indices has an entry of 2"),
    "index twice": (rows(row([1, 1], [0, 1], [1, 2])), "row 0 has two entries in column 1"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed(name, tmp_path):
    text, message = MALFORMED[name]
    if isinstance(text, str):
        text = text.encode("utf-8", errors="surrogateescape")
    path = tmp_path / "net.json"
    path.write_bytes(text)
    for data in (text, gzip.compress(text, 1)):
        path.write_bytes(data)
        with pytest.raises(InvalidNetwork, match=message) as error:
            Network.load(path)
        assert str(path) in str(error.value) and len(str(error.value)) < 500
    with pytest.raises(InvalidNetwork, match=message):
        Network.from_json(text)


@pytest.mark.parametrize(
    "entry",
    [
        "1.0",
        "1e3",
        "-0.0",
        "true",
        "false",
        "null",
        "{}",
        "[]",
        '""',
        '"1"',
        '"0x"',
        '"0X1"',
        '"0xA"',
        '"0x01"',
        '"-0x0"',
        '"+0x1"',
        '" 0x1"',
        '"0x1 "',
        '"0x1\\n"',
        '"0x_1"',
        '"0x1_0"',
        '"0b1"',
        '"٣"',
        '"0x٣"',
        "9007199254740992",
        "-9007199254740992",
        "1" * 17,
        LONG,
        "-" + LONG,
    ],
)
def test_every_entry_must_be_an_integer_spelled_in_one_way(entry):
    for text, place in [
        (dense(weight=[[1, "E"]]), r"weight\[0\]\[1\]"),
        (dense(bias=["E"]), r"bias\[0\]"),
        (rows(row([0, 1]), row([0, 1], [1, "E"])), r"rows\[1\].weights\[1\]\[1\]"),
        (rows(row([0, 1]), row(), row([0, 1], ["E", 1])), r"rows\[2\].weights\[1\]\[0\]"),
        (rows(row(bias="E")), r"rows\[0\].bias"),
        (document(inputs="E"), "inputs"),
        (document(input_shift="E"), "input_shift"),
        (document(output_denominator="E"), "output_denominator"),
        (document(version="E"), "version"),
    ]:
        with pytest.raises(InvalidNetwork, match=f"{place} = |an integer of 100000. digits"):
            Network.from_json(text.replace('"E"', entry))


@pytest.mark.parametrize("limit", [0, 640])
def test_no_conversion_depends_on_the_interpreter(limit):
    """Long decimal numbers are refused before they are converted; hexadecimal ones are linear."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(limit)
    try:
        with pytest.raises(InvalidNetwork, match="an integer of 1000000 digits"):
            Network.from_json(dense(bias=["B"]).replace('"B"', LONG))
        value = int("7" * 900_000, 16)
        net = Network.from_json(dense(bias=[hex(value)]))
        assert net.layers[0].bias[0] == value and Network.from_json(net.to_json()) == net
    finally:
        sys.set_int_max_str_digits(before)


def test_long_digits_in_texts_are_harmless():
    about = {"a": "1" * 50, "b": " " + "1" * 50, "c": -0.1234567890123456}
    net = Network.from_json(dense(bias=[12], stage=", " + "1" * 50)).layers[0]
    net = Network([net], about=about)
    assert Network.from_json(net.to_json()) == net


def test_cap_on_digits():
    text = dense(bias=["0x" + "f" * 100])
    assert Network.from_json(text, max_digits=100).size.bits == 400
    with pytest.raises(InvalidNetwork, match=r"bias\[0\] has 102 characters.*max_digits = 98"):
        Network.from_json(text, max_digits=98)
    with pytest.raises(InvalidNetwork, match="max_digits"):
        Network.from_json(dense(bias=["0x" + "f" * (10**6 + 2)]))


def test_cap_on_bytes(tmp_path):
    text = document().encode()
    path = tmp_path / "net"
    for data in (text, gzip.compress(text)):
        path.write_bytes(data)
        assert Network.load(path, max_bytes=100 * len(text)) == Network.from_json(text)
        with pytest.raises(TooLarge, match=r"net needs about .* of memory, the budget is"):
            Network.load(path, max_bytes=4 * len(text))
    with pytest.raises(TooLarge, match=r"text needs about .*max_bytes="):
        Network.from_json(text, max_bytes=4 * len(text))


def test_a_gzip_bomb_stops_at_the_cap(tmp_path):
    path = tmp_path / "bomb.json.gz"
    path.write_bytes(gzip.compress(b" " * (1 << 26), 1))
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge, match=r"the budget is 97\.6 kiB"):
            Network.load(path, max_bytes=100_000)
        assert tracemalloc.get_traced_memory()[1] < 1 << 23
    finally:
        tracemalloc.stop()


def test_damaged_gzip(tmp_path):
    path = tmp_path / "net.json.gz"
    data = gzip.compress(document().encode())
    for broken in (
        data[:-1],
        data[: len(data) // 2],
        data[:2],
        data[:-8] + b"12345678",
        data + b"x",
    ):
        path.write_bytes(broken)
        with pytest.raises(InvalidNetwork, match="the gzip stream is damaged"):
            Network.load(path)


def test_no_file_and_a_directory(tmp_path):
    with pytest.raises(FileNotFoundError):
        Network.load(tmp_path / "missing.json")
    with pytest.raises(IsADirectoryError):
        Network.load(tmp_path)


# --- damage, byte by byte ------------------------------------------------------------------------


def damaged(data, alphabet):
    """Every deletion of one byte, and every replacement by a byte of the alphabet."""
    for i, byte in enumerate(data):
        yield data[:i] + data[i + 1 :]
        for other in alphabet:
            if other != byte:
                yield data[:i] + bytes([other]) + data[i + 1 :]


def check_damage(alphabet):
    net = small()
    data = net.to_json().encode()
    valid = 0
    for text in damaged(data, alphabet):
        try:
            other = Network.from_json(text)
        except InvalidNetwork:
            continue
        valid += 1
        assert (other == net) == (json.loads(text) == json.loads(data))
        assert Network.from_json(other.to_json()) == other
    assert valid > 100  # other digits, other names


def test_damaged_texts():
    check_damage(b'09-+.eEaxX"\\[]{},: \n\x00\x7f\x80\xff')


@pytest.mark.slow
def test_damaged_texts_with_every_byte():
    check_damage(range(256))


def test_damaged_gzip_streams(tmp_path):
    path = tmp_path / "net.json.gz"
    small().save(path)
    for data in damaged(path.read_bytes(), b"\x00\x01\x08\x10\x1f\x7f\x80\xff"):
        path.write_bytes(data)
        with suppress(InvalidNetwork):
            assert Network.load(path) == small()  # a byte of the header that means nothing


@given(st.binary(max_size=200))
def test_noise(data):
    with pytest.raises(InvalidNetwork):
        Network.from_json(b"{" + data)


# --- the size it is made for ---------------------------------------------------------------------


@pytest.mark.slow
def test_nine_million_weights(tmp_path):
    rng = np.random.default_rng(0)
    last = np.where(rng.random((10, 18000)) < 0.1, 1, 0)
    net = Network(
        [
            Layer(rng.integers(-(2**20), 2**20, (500, 784)), [1] * 500, "threshold"),
            Layer(-2 * rng.integers(0, 2, (18000, 500)), np.arange(18000), "threshold"),
            Layer(sparse(last.tolist()), [0] * 10, "identity"),
        ],
        readout="onehot",
    )
    path = tmp_path / "net.json.gz"
    net.save(path)
    assert path.stat().st_size < 10_000_000
    again = Network.load(path)
    assert again == net and again.size == net.size
