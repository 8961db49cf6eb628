"""What comes from outside is priced before it is expanded: the price is never too low, and what is
more than the budget is refused with the need, the budget and what to do."""

import contextlib
import gzip
import json
import random
import tracemalloc
import zipfile
from fractions import Fraction

import numpy as np
import pytest

from mem_lib import Certificate, Dataset, Layer, Network, Sparse, verify
from mem_lib._base import budget as budgets
from mem_lib._base import memory
from mem_lib._base.budget import budget, keep_within, limited_to, size_named
from mem_lib._base.integers import bits_of, entry_bytes
from mem_lib._base.json_price import Price
from mem_lib._base.memory import free_memory, size_text
from mem_lib.certificate import file as certificate_file
from mem_lib.data import file as data_file
from mem_lib.data import mnist, read_csv
from mem_lib.errors import InvalidArgument, InvalidCertificate, InvalidDataset, TooLarge
from mem_lib.network import read
from tests.memory import traced

# -- the budget ----------------------------------------------------------------------------------


def test_the_call_comes_before_the_variable_and_that_before_the_machine(monkeypatch):
    monkeypatch.delenv(budgets.VARIABLE, raising=False)
    monkeypatch.setattr(budgets, "free_memory", lambda: 10_000)
    assert (budget(), budget(7)) == (5000, 7)
    monkeypatch.setenv(budgets.VARIABLE, "2K")
    assert (budget(), budget(7)) == (2048, 7)
    monkeypatch.delenv(budgets.VARIABLE)
    monkeypatch.setattr(budgets, "free_memory", lambda: 0)  # a system that does not tell
    assert budget() == 1 << 31


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "2G", True])
def test_a_budget_is_a_positive_number(wrong):
    with pytest.raises(InvalidArgument, match="max_bytes: a whole number > 0 is needed"):
        budget(wrong)


def test_sizes_are_read_as_people_write_them():
    told = {"1": 1, "500000": 500_000, "512M": 1 << 29, "2G": 2 << 30, "3 ": 3, "1KiB": 1024}
    assert {text: size_named(text, "--max-bytes") for text in told} == told
    for wrong in ("", "0", "-1", "1.5G", "G", "two", "1e9", "٣", "9" * 40):
        with pytest.raises(InvalidArgument, match="--max-bytes: a size such as"):
            size_named(wrong, "--max-bytes")


def test_a_variable_that_is_no_size_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setenv(budgets.VARIABLE, "much")
    with pytest.raises(InvalidArgument, match=r"MEM_LIB_MAX_BYTES: a size such as .*'much'"):
        Network.from_json("{}")


def test_a_limit_ends_with_its_block(monkeypatch):
    monkeypatch.setenv(budgets.VARIABLE, "5M")
    with limited_to("3K", "--max-bytes"):
        assert budget() == 3072
        with limited_to(None, "--max-bytes"):
            assert budget() == 3072
    assert budget() == 5 << 20
    monkeypatch.delenv(budgets.VARIABLE)
    with limited_to("3K", "--max-bytes"):
        assert budget() == 3072
    assert budgets.VARIABLE not in budgets.os.environ


def test_a_refusal_says_need_budget_and_what_to_do():
    keep_within(10, "all", 10)
    with pytest.raises(TooLarge) as error:
        keep_within(3 << 30, "path: 'x.json'", 1536 << 10)
    assert str(error.value).startswith(
        "path: 'x.json' needs about 3.0 GiB of memory, the budget is 1.5 MiB; max_bytes=, "
    )


def test_sizes_in_words():
    sizes = (0, 9999, 20_000, 3 << 20, 5 << 29, 1 << 200)
    texts = ["0 bytes", "9999 bytes", "19.5 kiB", "3.0 MiB", "2.5 GiB", "2^170 GiB"]
    assert [size_text(size) for size in sizes] == texts


# -- the machine ---------------------------------------------------------------------------------


@pytest.fixture
def container(tmp_path, monkeypatch):
    """A machine whose files say what the test wants."""
    files = {}

    def text(path):
        return files.get(str(path), "")

    monkeypatch.setattr(memory, "_text", text)
    monkeypatch.setattr(memory, "CGROUPS", tmp_path)
    monkeypatch.setattr(memory, "_address_space", lambda: None)
    monkeypatch.setattr(memory, "_meminfo", lambda: 1000)
    return files


@pytest.mark.parametrize(
    ("groups", "limit", "used", "stat"),
    [
        ("0::/a/b", "memory.max", "memory.current", "inactive_file"),
        ("4:memory:/a/b", "memory/limit", "memory/usage", "total_inactive_file"),
    ],
)
def test_each_level_of_containers_limits(container, tmp_path, groups, limit, used, stat):
    names = ("memory.max", "memory.current")
    root = tmp_path
    if "/" in limit:
        names, root = ("memory.limit_in_bytes", "memory.usage_in_bytes"), tmp_path / "memory"
    files = container
    files["/proc/self/cgroup"] = f"9:cpu,cpuacct:/elsewhere\n{groups}\n"
    assert free_memory() == 1000
    files[str(root / "a/b" / names[0])] = "max\n"
    files[str(root / "a/b" / names[1])] = "10\n"
    assert free_memory() == 1000
    files[str(root / "a" / names[0])] = "500\n"
    files[str(root / "a" / names[1])] = "200\n"
    assert free_memory() == 300
    files[str(root / "a" / "memory.stat")] = f"anon 5\n{stat} 40\n"
    assert free_memory() == 340
    files[str(root / names[0])] = "100\n"
    files[str(root / names[1])] = "150\n"  # the limit was lowered
    assert free_memory() == 0


def test_this_machine_tells_or_says_that_it_does_not(monkeypatch):
    assert free_memory() >= 0
    monkeypatch.setattr(memory, "_text", lambda path: "")
    monkeypatch.setattr(memory.Path, "read_text", lambda *_: (_ for _ in ()).throw(OSError()))
    assert free_memory() == 0


# -- integers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("bits", [1, 62, 63, 365, 10_000, 1_000_000])
def test_an_entry_is_priced_as_it_is(bits):
    values = np.empty(500, dtype=object if bits > 62 else np.int64)
    tracemalloc.start()
    try:
        values[:] = [(1 << bits) - 1 - i for i in range(500)] if bits > 62 else 0
        taken = tracemalloc.get_traced_memory()[0] + values.nbytes
    finally:
        tracemalloc.stop()
    assert 0.9 * taken <= 500 * entry_bytes(bits) + 600 <= 1.2 * taken + 5000


def test_bits_of_an_array_on_a_grid():
    assert bits_of(np.array([3, -8]), 0) == 4
    assert bits_of(np.array([0.5, -0.25]), 2) == 2
    assert bits_of(np.array([1 << 100], dtype=object), 7) == 108
    assert bits_of(np.array([0.0]), 1000) == 0


# -- JSON ----------------------------------------------------------------------------------------

DOCUMENTS = {
    "empty lists": "[],", "lists": "[1],", "pairs": "[1000,2000],", "five": "[1,2,3,4,5],",
    "nested": "[[[[[[1]]]]]],", "dicts": "{},", "a dict": '{"a":1},', "two": '{"a":1,"b":2},',
    "six": '{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6},', "texts": '"ab",', "empty texts": '"",',
    "numbers": "1000,", "long numbers": "9007199254740991,", "digits": "1,", "floats": "1.5,",
    "beyond 16 bits": '"ab\U0001f600",',
}  # fmt: skip


def _peak(call, *arguments, **named):
    """The most memory that the call takes, whether it is refused or not."""

    def unless_refused():
        with contextlib.suppress(TooLarge):
            call(*arguments, **named)

    return traced(unless_refused)[1]


def _price(text, extra=0):
    return _least(lambda most: Price("x", most, extra).add(text))


def _least(call):
    """The least budget with which ``call`` is not refused."""
    low, high = 0, 1 << 40
    while low < high:
        middle = (low + high) // 2
        try:
            call(middle)
            high = middle
        except TooLarge:
            low = middle + 1
    return low


def _parse(text):
    json.loads(text.decode(), object_pairs_hook=lambda pairs: dict(pairs))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_price_of_a_text_is_at_least_what_parsing_takes(name):
    text = f"[{DOCUMENTS[name] * 20_000}1]".encode()
    assert _peak(_parse, text) <= _price(text) <= 13 * _peak(_parse, text)


def test_the_price_of_other_texts():
    flat = "{%s}" % ",".join(f'"{i}":1000' for i in range(20_000))  # noqa: UP031
    longest = f'["{"a" * 10**5}\U0001f600"]'
    for text in (flat.encode(), longest.encode()):
        assert _peak(_parse, text) <= _price(text) <= 4 * _peak(_parse, text)


def test_a_price_does_not_depend_on_the_pieces():
    text = b'{"a":[1,2,{"b":"c"}]}' * 100
    whole, pieces = Price("x", 10**9), Price("x", 10**9)
    whole.add(text)
    for k in range(0, len(text), 7):
        pieces.add(text[k : k + 7])
    assert (whole.need, whole.length) == (pieces.need, pieces.length)


# -- networks ------------------------------------------------------------------------------------


def _networks():
    rng = random.Random(1)
    many = [[rng.randrange(-(10**6), 10**6) for _ in range(200)] for _ in range(200)]
    long = [[rng.getrandbits(3000) for _ in range(20)] for _ in range(20)]
    rows = np.arange(0, 20_001, 2)
    sparse = Sparse(rows, np.tile([0, 1], 10_000), np.arange(20_000) + 1000, (10_000, 2))
    yield Network([Layer(many, range(200), "relu")], readout="argmax")
    yield Network([Layer(long, range(20), "relu")], readout="argmax")
    yield Network([Layer(sparse, np.arange(10_000), "relu")], readout="argmax")


@pytest.mark.parametrize("case", range(3))
def test_a_network_is_priced_at_least_at_what_it_takes(case, tmp_path):
    network = list(_networks())[case]
    path = tmp_path / "network.json"
    network.save(path)
    assert Network.load(path) == network  # imports what is needed
    peak = _peak(Network.load, path)
    price = _price(path.read_bytes(), read.WEIGHT)
    assert peak <= price <= 4 * peak
    assert Network.load(path, max_bytes=price) == network
    with pytest.raises(TooLarge, match=r"network\.json needs about"):
        Network.load(path, max_bytes=price - 1)


@pytest.mark.parametrize("token", ["[],", '{"a":1},', "0,", '"",'])
def test_a_bomb_of_brackets_is_refused_before_it_is_parsed(token, tmp_path):
    text = f'{{"about":[{token * 400_000}1]}}'.encode()
    path = tmp_path / "bomb.json.gz"
    path.write_bytes(gzip.compress(text, 1))
    assert _peak(Network.load, path, max_bytes=1 << 20) < 8 << 20
    with pytest.raises(TooLarge, match=r"bomb\.json\.gz needs about"):
        Network.load(path, max_bytes=1 << 20)
    with pytest.raises(TooLarge, match="text needs about"):
        Network.from_json(text, max_bytes=1 << 20)


# -- data sets -----------------------------------------------------------------------------------


def _datasets():
    rng = np.random.default_rng(1)
    half = rng.random(3000) < 0.5
    labels = rng.integers(0, 3, 3000)
    yield Dataset(rng.normal(size=(3000, 50)), labels)
    yield Dataset(np.zeros((3000, 200), np.uint8), np.zeros(3000, int))
    yield Dataset(np.where(half, 5e-324, 1e300)[:, None] * np.ones(20), np.zeros(3000, int))
    yield Dataset([[int(v) << 1000] for v in range(3000)], labels)
    yield Dataset(np.arange(3000)[:, None], targets=[Fraction(int(v), 7) for v in range(3000)])
    yield Dataset(np.arange(3000)[:, None], targets=np.where(half, 5e-324, 1e300))


@pytest.mark.parametrize("case", range(6))
def test_a_data_set_is_priced_at_least_at_what_it_takes(case, tmp_path):
    dataset = list(_datasets())[case]
    path = tmp_path / "data.npz"
    dataset.save(path)
    assert Dataset.load(path) == dataset  # imports what is needed
    peak, price = _peak(Dataset.load, path), data_file._need(path)
    assert peak <= price <= 10 * peak
    assert Dataset.load(path, max_bytes=price) == dataset
    with pytest.raises(TooLarge, match=r"path: '.*data\.npz' unpacked needs about"):
        Dataset.load(path, max_bytes=price - 1)


def test_what_an_npz_tells_about_itself_is_priced_too(tmp_path):
    path = tmp_path / "data.npz"
    arrays = {"points": np.array([[1], [2]]), "labels": np.array([0, 1])}
    text = json.dumps({"format": data_file.FORMAT, "names": [[]] * 10**5})
    np.savez_compressed(path, about=np.array(text), **arrays)
    with pytest.raises(TooLarge, match=r"path: what .* tells about itself needs about"):
        Dataset.load(path, max_bytes=10**7)
    with pytest.raises(InvalidDataset):
        Dataset.load(path)


def test_a_header_that_promises_more_than_there_is(tmp_path):
    path = tmp_path / "data.npz"
    Dataset([[1.0], [2.0]], [0, 1]).save(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["points.npy"] = members["points.npy"].replace(b"(2, 1), }  ", b"(2**9, 9)}")
    members["labels.npy"] = members["labels.npy"].replace(b"(2,), }     ", b"(99999999,)}")
    for name in ("points.npy", "labels.npy"):
        with zipfile.ZipFile(path, "w") as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        with pytest.raises(InvalidDataset, match="is not a data set"):
            Dataset.load(path)
        del members[name]


def test_targets_whose_common_denominator_fits_no_machine(monkeypatch):
    monkeypatch.setattr(memory, "physical_memory", lambda: 10**7)
    targets = [Fraction(1, (1 << 5000) + 2 * k + 1) for k in range(200)]
    with pytest.raises(TooLarge, match="targets: as integers over one denominator, they need"):
        _ = Dataset(np.arange(200)[:, None], targets=targets).sha256
    assert Dataset([[0], [1]], targets=[Fraction(1, 2), Fraction(1, 3)]).integer_targets()[1] == 6


# -- tables --------------------------------------------------------------------------------------

TABLES = {
    "integers": ("{0},{1},{2}\n", 4000),
    "decimals": ("0.{0},1.{1},{2}\n", 4000),
    "long integers": ("9{0:0>60},8{1:0>60},{2}\n", 3000),
    "names": ("{0},{1},name{0}\n", 4000),
    "wide": (",".join(["{0}"] * 3000) + ",{2}\n", 4),
    "one column": ("{0},{2}\n", 8000),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_refused_before_it_takes_more_than_the_budget(name, tmp_path):
    line, lines = TABLES[name]
    path = tmp_path / "data.csv"
    path.write_text("".join(line.format(i + 10, i * i + 10, i % 2) for i in range(lines)))
    dataset = read_csv(path, header=False)
    peak = _peak(lambda: read_csv(path, header=False))
    price = _least(lambda most: read_csv(path, header=False, max_bytes=most))
    assert 0.8 * peak <= price <= 6 * peak
    assert read_csv(path, header=False, max_bytes=price) == dataset
    with pytest.raises(TooLarge, match=r"path: .*data\.csv.* needs about"):
        read_csv(path, header=False, max_bytes=price // 2)


@pytest.mark.parametrize("line", [b"1," * 10**6, b'"a\n",' * 10**6, b"1" * 10**7])
def test_a_line_without_end_is_not_read_to_its_end(line, tmp_path):
    path = tmp_path / "data.csv.gz"
    path.write_bytes(gzip.compress(b"x,y\n" + line))
    assert _peak(read_csv, path, max_bytes=4 << 20) < 8 << 20
    with pytest.raises(TooLarge, match=r"path: line \d+ of .*, with \d+ characters and more"):
        read_csv(path, max_bytes=4 << 20)


def test_a_label_of_ten_million_decimal_places_is_refused(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("x,l\n1,1e-9999999\n2,1\n")
    with pytest.raises(InvalidDataset, match="the label '1e-9999999' is beyond binary64"):
        read_csv(path)
    with pytest.raises(InvalidDataset, match="is none of the classes"):
        read_csv(path, classes=["1", "2"])
    path.write_text("x,l\n1,0e-9999999\n2,1\n")
    assert read_csv(path).names == (0, 1)


# -- certificates --------------------------------------------------------------------------------


def test_certificates_are_priced_too(tmp_path, monkeypatch):
    path = tmp_path / "certificate.json"
    network = Network([Layer([[1]], [0], "identity")])
    certificate = verify(network, Dataset([[0], [1]], [0, 1]))
    certificate.save(path)
    assert Certificate.load(path) == certificate
    path.write_text("[" + "[]," * 10**5 + "1]")
    monkeypatch.setenv(budgets.VARIABLE, "1M")
    with pytest.raises(TooLarge, match=r"path: .*certificate\.json needs about"):
        Certificate.load(path)
    monkeypatch.delenv(budgets.VARIABLE)
    with pytest.raises(InvalidCertificate, match="is not a certificate file"):
        Certificate.load(path)


def test_fractions_that_take_minutes_to_reduce_are_refused(tmp_path):
    path = tmp_path / "certificate.json"
    network = Network([Layer([[1]], [0], "identity")])
    verify(network, Dataset([[0], [1]], [0, 1])).save(path)
    content = json.loads(path.read_text())
    del content["sha256"]
    content["slack"] = "0x" + "7" * 10**6 + "/0x" + "3" * 10**6
    certificate_file.save(path, content)
    with pytest.raises(InvalidCertificate, match="fractions that would take minutes to reduce"):
        Certificate.load(path)
    content["slack"] = "0x7777/0x3335"
    certificate_file.save(path, content)
    assert Certificate.load(path).slack == Fraction(0x7777, 0x3335)


# -- images --------------------------------------------------------------------------------------


def test_images_are_refused_while_they_are_read(tmp_path, monkeypatch):
    (tmp_path / "mnist").mkdir()
    content = gzip.compress(bytes.fromhex("00000803") + bytes(1 << 22), 1)
    (tmp_path / "mnist" / "t10k-images-idx3-ubyte.gz").write_bytes(content)
    (tmp_path / "mnist" / "t10k-labels-idx1-ubyte").write_bytes(bytes.fromhex("0000080100000000"))
    with pytest.raises(InvalidDataset, match="bytes; its header promises 16"):
        mnist("test", tmp_path, download=False)
    monkeypatch.setenv(budgets.VARIABLE, "8M")
    with pytest.raises(TooLarge, match=r"path: '.*t10k-images.*' as a data set needs about 12\.0"):
        mnist("test", tmp_path, download=False)
