"""Names of classes: they travel with a network, and a label means the class of its name."""

import dataclasses
import json
import math
import pickle

import numpy as np
import pytest

import mem_lib as ml
from mem_lib.__main__ import main
from mem_lib._base import names
from mem_lib.certificate import file
from mem_lib.constructions import REGISTRY
from mem_lib.exact.floats import right_in_floats
from mem_lib.generalization import accuracy
from mem_lib.generalization.length import described_bytes
from mem_lib.network.classes import MAX_BYTES
from tests.test_every_construction import is_approximate

POINTS = [[0], [1], [2]]
THREE = ml.Dataset.from_arrays(POINTS, ["cat", "dog", "emu"])
TWO = ml.Dataset.from_arrays(POINTS[1:], ["dog", "emu"])
TURNED = ml.Dataset(POINTS, [2, 1, 0], names=["emu", "dog", "cat"])
OTHERS = ml.Dataset.from_arrays(POINTS, ["fox", "gnu", "owl"])


def identity(readout="value", classes=("cat", "dog", "emu"), **more):
    """The label is the point."""
    return ml.Network([ml.Layer([[1]], [0], "identity")], readout=readout, classes=classes, **more)


def one_output_a_class(readout, classes=("cat", "dog", "emu")):
    """Output k is 1 where the point is k, at most 0 elsewhere."""
    sides = ml.Layer([[1], [1], [1], [-1], [-1], [-1]], [0, -1, -2, 0, 1, 2], "relu")  # |x - k|
    rows = [[-2 * int(j % 3 == k) for j in range(6)] for k in range(3)]
    last = ml.Layer(rows, [1, 1, 1], "identity")
    return ml.Network([sides, last], readout=readout, classes=classes)


# --- what a name is ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1.0, True),
        (1, "1", True),
        (1e22, 10**22, True),
        (-0.0, 0, True),
        (0.5, "0.5", True),
        (True, "True", True),
        ("01", "1", False),
        (True, 1, False),
        ("1.0", 1, False),
        ("a", "A", False),
        ("", " ", False),
    ],
)
def test_names_that_are_written_the_same_are_the_same(one, other, same):
    assert names.same((one,), (other,)) is same
    if same:
        with pytest.raises(ml.InvalidNetwork, match=r"classes\[0\] = .* are the same name"):
            identity(classes=[one, other])
        with pytest.raises(ml.InvalidDataset, match=r"names\[0\] = .* are the same name"):
            ml.Dataset([[0]], [0], names=[one, other], classes=2)
    else:
        assert identity(classes=[one, other]).classes == (one, other)
        assert ml.Dataset([[0]], [0], names=[one, other], classes=2).names == (one, other)


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        ("ab", "must be one name for each class"),
        (3, "must be one name for each class"),
        ([], "must be one name for each class"),
        ({"a", "b"}, "must be one name for each class"),
        ({0: "a", 1: "b"}, "must be one name for each class"),
        (np.array("ab"), "must be one name for each class"),
        (["a", None], r"strings or numbers, got {}\[1\] = None"),
        (["a", ["b"]], r"strings or numbers, got {}\[1\] = \['b'\]"),
        (["a", float("nan")], r"strings or numbers, got {}\[1\] = nan"),
        (["a", math.inf], r"strings or numbers, got {}\[1\] = inf"),
        (["a", b"b"], "strings or numbers"),
        (["a", "\ud800"], "strings or numbers"),
        (["a", 2**3001], "strings or numbers, got .* an integer of 3002 bits"),
        (["a", "b", "a"], r"{0}\[0\] = 'a' and {0}\[2\] = 'a' are the same name"),
    ],
)
def test_what_is_no_name(classes, message):
    with pytest.raises(ml.InvalidNetwork, match=message.format("classes")):
        identity(classes=classes)
    with pytest.raises(ml.InvalidDataset, match=message.format("names")):
        ml.Dataset([[0]], [0], names=classes, classes=3)


@pytest.mark.parametrize(
    ("network", "classes", "message"),
    [
        (one_output_a_class("argmax", None), ["a", "b"], "2 names, the network has 3 outputs"),
        (one_output_a_class("onehot", None), list("abcd"), "4 names, the network has 3 outputs"),
        (identity("sign", None), ["a", "b", "c"], "3 names, the readout 'sign' tells 2 classes"),
        (identity(classes=None), ["x" * MAX_BYTES], "bytes, more than 16777216"),
    ],
)
def test_names_that_do_not_fit(network, classes, message):
    with pytest.raises(ml.InvalidNetwork, match=message):
        network.named(classes)


def test_names_are_plain_values():
    given = [np.str_("a"), np.int64(3), np.float32(0.5), np.bool_(True), 2**60]
    network = identity(classes=given)
    assert network.classes == ("a", 3, 0.5, True, str(2**60))  # JSON would round the last one
    assert [type(name) for name in network.classes] == [str, int, float, bool, str]
    assert ml.verify(network, ml.Dataset([[4]], [0], names=[2**60]))  # it is the same name
    edge = identity(classes=[2**53 - 1, 2**53, -(2**53)])
    assert edge.classes == (2**53 - 1, str(2**53), str(-(2**53)))
    assert ml.Network.from_json(edge.to_json()) == edge


# --- they travel ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["n.json", "n.json.gz"])
def test_names_are_in_the_file_and_its_hash(tmp_path, name):
    network = identity(classes=["Å", 2, -0.5, False])
    network.save(tmp_path / name)
    again = ml.Network.load(tmp_path / name)
    assert again == network and again.classes == ("Å", 2, -0.5, False)
    hashes = {network.named(c).sha256 for c in (network.classes, None, [1], ["1"], ["a"])}
    assert len(hashes) == 5 and network.named(None) == identity(classes=None)


def test_a_file_without_names_is_what_it_was():
    text = (
        '{"format":"mem_lib.network","version":1,"inputs":1,"input_shift":0,'
        '"output_denominator":1,"readout":"value","about":{},"layers":[{"activation":"identity",'
        '"weight":[[1]],"bias":[0]}]}'
    )
    network = ml.Network.from_json(text)
    assert network.classes is None and network.to_json() == text
    assert network.sha256 == "9ba85649746a37353a0ad38b1f95234b6b60dc7692834f7a6e535bdbf4f09346"
    assert described_bytes(network) == described_bytes(identity()) == len(text)


@pytest.mark.parametrize(
    ("spelled", "message"),
    [
        ("null", "the key 'classes' is null"),
        ('"ab"', "classes = 'ab' is not a list"),
        ("[]", "one name for each class"),
        ('["a",null]', "strings or numbers"),
        ('["a",{}]', "strings or numbers"),
        ('["a","a"]', "are the same name"),
        ("[9007199254740992]", "2^53 and more must be a text"),
        ("[1e400]", "too large"),
        ("[NaN]", "not a JSON number"),
        ('["\\ud800"]', "strings or numbers"),
    ],
)
def test_hostile_names_in_a_file(spelled, message):
    text = identity(classes=["x"]).to_json().replace('["x"]', spelled)
    with pytest.raises(ml.InvalidNetwork) as error:
        ml.Network.from_json(text)
    assert message in str(error.value)


def test_copies_keep_their_names():
    network = identity()
    for copy in (
        network.refined(3),
        network.telling({"by": "hand"}),
        pickle.loads(pickle.dumps(network)),
        ml.Network.from_json(network.to_json()),
    ):
        assert copy.classes == ("cat", "dog", "emu")
    assert network.named(["x"]).telling({}).named(None).classes is None
    assert repr(network).endswith("readout 'value', classes 'cat', 'dog', 'emu')")
    many = identity(classes=range(1000))
    assert repr(many).endswith("classes 0, 1, 2, 3, 4, 5, 6, 7 and 992 more)")
    assert "classes" not in repr(network.named(None))


@pytest.mark.parametrize("name", REGISTRY)
def test_every_construction_names_its_classes(name):
    dataset = TWO if REGISTRY[name].most_classes == 2 else THREE
    network = ml.build(dataset, name)
    assert network.classes == dataset.names
    tolerance = 0.4 if is_approximate(name) and network.readout == "value" else 0
    for row in range(dataset.N):
        one = ml.Dataset(dataset.points[[row]], [0], names=[dataset.names[row]])
        assert ml.verify(network, one, tolerance=tolerance)
    with pytest.raises(ml.InvalidDataset, match="does not know the classes 'fox', 'gnu', 'owl'"):
        ml.verify(network, OTHERS, tolerance=tolerance)
    without = ml.Dataset(dataset.points, dataset.labels)
    bare = ml.build(without, name)
    assert bare.classes is None and bare == network.named(None)  # the same function, and file


@pytest.mark.parametrize("labels", [[1, 3, 1], [2, 2, 2]])
@pytest.mark.parametrize("name", REGISTRY)
def test_classes_without_a_point_keep_their_names(name, labels):
    dataset = ml.Dataset(POINTS, labels, classes=4, names=list("abcd"))
    if REGISTRY[name].most_classes == 2:
        with pytest.raises(ml.HypothesisViolated, match="at most 2 classes, got 4"):
            ml.build(dataset, name)
        return
    network = ml.build(dataset, name)
    tolerance = 0.4 if is_approximate(name) and network.readout == "value" else 0
    assert network.classes == dataset.names and ml.verify(network, dataset, tolerance=tolerance)


def test_other_ways_to_a_network_of_data():
    assert ml.foundations.staircase(THREE).classes == THREE.names
    constant = ml.Dataset.from_arrays([[0], [1]], ["one", "one"])
    assert ml.foundations.staircase(constant).classes == ("one",)
    ntk = ml.constructions.made("two_layer.ntk").fit(THREE)
    assert ntk.network.classes == THREE.names
    few = ml.two_layer.few_neurons(ml.two_layer.build(THREE), THREE, 5)
    assert few.classes == THREE.names
    real = ml.Dataset(POINTS, targets=[0, 1, 2])
    assert ml.two_layer.build(real).classes is None


# --- what a label means --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "network",
    [identity(), one_output_a_class("argmax"), one_output_a_class("onehot")],
    ids=lambda n: n.readout,
)
@pytest.mark.parametrize("dataset", [THREE, TWO, TURNED], ids=["all", "some", "turned"])
def test_labels_mean_the_class_of_their_name(network, dataset):
    certificate = ml.verify(network, dataset)
    assert certificate and certificate.correct == dataset.N
    assert certificate.classes == network.classes and certificate.data_classes == dataset.names
    assert "classes by" not in str(certificate)
    assert "by name: " in certificate._repr_html_()
    wrong = ml.Dataset(dataset.points, dataset.labels[::-1].copy(), names=dataset.names)
    if dataset.N == 2:
        assert ml.verify(network, wrong).correct == 0


@pytest.mark.parametrize("readout", ["argmax", "onehot", "value"])
@pytest.mark.parametrize("seed", range(10))
def test_by_name_is_as_if_the_labels_were_translated(seed, readout):
    rng = np.random.default_rng(seed)
    units = 1 if readout == "value" else 5
    layer = ml.Layer(rng.integers(-3, 4, (units, 2)), rng.integers(-2, 3, units), "identity")
    network = ml.Network([layer], readout=readout, classes=list("abcde"))
    own = rng.permutation(5)[: int(rng.integers(1, 6))]  # the classes of the data, in their order
    labels, points = rng.integers(0, len(own), 30), np.argwhere(np.ones((6, 5))) - 2
    named = ml.Dataset(points, labels, classes=len(own), names=["abcde"[k] for k in own.tolist()])
    translated = ml.Dataset(points, own[labels], classes=5)
    found, wanted = ml.verify(network, named), ml.verify(network.named(None), translated)
    for name in ("ok", "correct", "slack", "max_error", "ties", "max_bits", "counterexample"):
        assert getattr(found, name) == getattr(wanted, name)
    assert 0 <= found.correct < 30


def test_two_classes_by_sign():
    network = ml.Network(
        [ml.Layer([[2]], [-1], "identity")], readout="sign", classes=["low", "high"]
    )
    assert ml.verify(network, ml.Dataset([[0], [1]], [1, 0], names=["high", "low"]))
    assert ml.verify(network, ml.Dataset([[1]], [0], names=["high"]))
    assert not ml.verify(network, ml.Dataset([[1]], [0]))
    with pytest.raises(ml.InvalidDataset, match="does not know the class 'mid'; it knows 'low', "):
        ml.verify(network, ml.Dataset([[1]], [0], names=["high", "mid"], classes=2))


def test_the_slack_counts_the_classes_of_the_network():
    """'dog' is the highest class of the data, and another one is above it."""
    data = ml.Dataset([[1]], [0], names=["dog"])
    assert ml.verify(identity(), data).slack == 1
    alone = ml.Network([ml.Layer([[0]], [0], "identity")], classes=["dog"])
    assert ml.verify(alone, data).slack is None


def test_numbers_and_words_name_the_same_class():
    years = ml.build(ml.Dataset.from_arrays(POINTS, [2019, 2020, 2021]), "optimal_relu")
    for labels in ([2020, 2021], [2020.0, 2021.0], ["2020", "2021"]):
        assert ml.verify(years, ml.Dataset.from_arrays(POINTS[1:], labels))
    with pytest.raises(ml.InvalidDataset, match="does not know the class 2022; it knows 2019"):
        ml.verify(years, ml.Dataset.from_arrays(POINTS[1:], [2021, 2022]))


@pytest.mark.parametrize(
    ("network", "dataset", "says"),
    [
        (identity(), ml.Dataset(POINTS, [0, 1, 2]), "since only the network has names"),
        (identity(classes=None), THREE, "since only the data have names"),
    ],
)
def test_with_names_on_one_side_it_goes_by_number_and_says_so(network, dataset, says):
    certificate = ml.verify(network, dataset)
    assert certificate
    assert str(certificate).endswith(f"; classes by number, {says}")
    assert says in certificate._repr_html_()
    neither = ml.verify(network.named(None), ml.Dataset(POINTS, [0, 1, 2]))
    assert "classes" not in str(neither) and ">classes<" not in neither._repr_html_()


@pytest.mark.parametrize("readout", ["argmax", "onehot"])
def test_by_number_there_are_as_many_classes_as_outputs(readout):
    network = one_output_a_class(readout)
    for named, data in (
        (network, ml.Dataset(POINTS[:2], [0, 1])),
        (network.named(None), ml.Dataset(POINTS[:2], [0, 1], names=["cat", "dog"])),
    ):
        with pytest.raises(ml.InvalidNetwork, match="3 outputs for 2 classes"):
            ml.verify(named, data)
    assert ml.verify(network, ml.Dataset(POINTS[:2], [0, 1], classes=3))


def test_targets_have_no_classes():
    certificate = ml.verify(identity(), ml.Dataset(POINTS, targets=[0, 1, 2]))
    assert certificate and certificate.classes is None and certificate.data_classes is None


def test_other_comparisons_with_labels_go_by_name_too():
    network = identity()
    for dataset in (THREE, TWO, TURNED):
        assert accuracy(network, dataset).accuracy == 1
        assert right_in_floats(network, dataset) == dataset.N
    for compared in (accuracy, right_in_floats):
        with pytest.raises(ml.InvalidDataset, match="does not know the classes 'fox', 'gnu'"):
            compared(network, OTHERS)


# --- what it says --------------------------------------------------------------------------------


def test_predictions_have_names():
    network = identity()
    said = ml.predict(network, [[0], [2], [3], [0.5], [-1]])
    assert said.dtype == object and said.tolist() == ["cat", "emu", None, None, None]
    bare = ml.predict(network, [[0], [2], [3], [0.5], [-1]], names=False)
    assert bare.dtype == np.int64 and bare.tolist() == [0, 2, 3, -1, -1]
    assert ml.predict(network.named(None), [[0], [2]]).dtype == np.int64
    years = identity(classes=[2019, 2020])
    assert ml.predict(years, [[1], [2]]).tolist() == [2020, None]
    with pytest.raises(ml.InvalidDataset, match="points must have shape"):
        ml.predict(network, [[0, 1]])


def test_a_wrong_row_is_told_by_names():
    wrong = ml.verify(identity(), ml.Dataset([[1]], [0], names=["emu"]))
    assert str(wrong.counterexample) == (
        "row 0: expected 'emu' (label 2), the network gives 1, read as 'dog' (label 1)"
    )
    unknown = ml.verify(identity(), ml.Dataset([[5]], [0], names=["emu"]))
    assert str(unknown.counterexample).endswith(
        "expected 'emu' (label 2), the network gives 5, read as 5"
    )
    by_number = ml.verify(identity(classes=None), ml.Dataset([[1]], [0], names=["emu"]))
    assert "expected 'emu' (label 0), the network gives 1, read as 1" in str(by_number)
    plain = ml.verify(identity(classes=range(3)), ml.Dataset([[1]], [0], names=[2]))
    assert "expected 2, the network gives 1, read as 1" in str(plain)  # names that are numbers
    odd = ml.verify(identity(classes=["a\nb", "c" * 99]), ml.Dataset([[1]], [0], names=["a\nb"]))
    assert r"expected 'a\nb' (label 0)" in str(odd) and "\n" not in str(odd)
    assert len(str(odd)) < 400


# --- the certificate -----------------------------------------------------------------------------


@pytest.mark.parametrize("dataset", [TWO, ml.Dataset([[1], [2]], [0, 0], names=["cat"])])
def test_names_in_the_file_of_a_certificate(tmp_path, dataset):
    certificate = ml.verify(identity(), dataset)
    certificate.save(tmp_path / "c.json")
    again = ml.Certificate.load(tmp_path / "c.json")
    assert again == certificate and str(again) == str(certificate)
    assert again.classes == ("cat", "dog", "emu") and again.data_classes == dataset.names
    assert again.check(identity(), dataset) == certificate
    content = json.loads((tmp_path / "c.json").read_text())
    assert content["classes"] == ["cat", "dog", "emu"]
    bare = ml.verify(identity(classes=None), ml.Dataset(POINTS, [0, 1, 2]))
    assert bare._content().keys().isdisjoint({"classes", "data_classes"})


def test_a_certificate_of_other_names_is_refused(tmp_path):
    """The hash of a data set knows labels, and not what they are called."""
    assert THREE.sha256 == OTHERS.sha256
    for network in (identity(), identity(classes=None)):
        certificate = ml.verify(network, THREE)
        with pytest.raises(ml.InvalidCertificate) as error:
            certificate.check(network, OTHERS)
        assert str(error.value) == (
            "dataset: the certificate belongs to another dataset: it states the classes "
            "'cat', 'dog', 'emu', this one has the classes 'fox', 'gnu', 'owl'"
        )
        with pytest.raises(ml.InvalidCertificate, match="this one has no names"):
            certificate.check(network, ml.Dataset(POINTS, [0, 1, 2]))
        with pytest.raises(ml.InvalidCertificate, match="network: the certificate belongs to"):
            certificate.check(network.named(["fox", "gnu", "owl"]), THREE)
    forged = dataclasses.replace(ml.verify(identity(), THREE), classes=("fox", "gnu", "owl"))
    with pytest.raises(ml.InvalidCertificate, match=r"network: .* states the classes 'fox', 'gnu'"):
        forged.check(identity(), THREE)


def test_a_certificate_that_states_no_names_says_nothing_of_them(tmp_path):
    """As one of a former version."""
    certificate = ml.verify(identity(), THREE)
    content = certificate._content()
    for name in ("classes", "data_classes"):
        del content[name]
    file.save(tmp_path / "old.json", content)
    old = ml.Certificate.load(tmp_path / "old.json")
    assert old.classes is None and old.check(identity(), THREE) == certificate
    with pytest.raises(ml.InvalidDataset, match="does not know the classes 'fox', 'gnu', 'owl'"):
        old.check(identity(), OTHERS)


@pytest.mark.parametrize("stated", ["ab", 5, [], ["a", None], ["a", "a"], [[1]], {"a": 1}])
def test_forged_names_are_refused(tmp_path, stated):
    content = ml.verify(identity(), THREE)._content()
    for name in ("classes", "data_classes"):
        file.save(tmp_path / "c.json", content | {name: stated})
        with pytest.raises(ml.InvalidCertificate, match="not a certificate of this format"):
            ml.Certificate.load(tmp_path / "c.json")


def test_a_checkpoint_belongs_to_names(tmp_path, monkeypatch):
    """Equal labels may mean other classes."""
    turned = ml.Dataset(POINTS, [0, 1, 2], names=["emu", "dog", "cat"])
    assert turned.sha256 == THREE.sha256
    path = tmp_path / "run"
    monkeypatch.setattr("mem_lib.certificate.checkpoint.Checkpoint.remove", lambda self: None)
    assert ml.verify(identity(), THREE, checkpoint=path)
    assert ml.verify(identity(), THREE, checkpoint=path)
    with pytest.raises(ml.InvalidCertificate, match="belongs to another run: its classes"):
        ml.verify(identity(), turned, checkpoint=path)
    other = tmp_path / "other"
    wrong = ml.verify(identity(), turned, checkpoint=other)
    assert not wrong and wrong.correct == 1
    again = ml.verify(identity(), turned, checkpoint=other)  # from the file
    assert again == wrong and str(again) == str(wrong) and "'emu' (label 2)" in str(again)


# --- the command line ----------------------------------------------------------------------------


def run(*arguments):
    return main([str(a) for a in arguments])


@pytest.fixture
def tables(tmp_path, monkeypatch):
    """A network of three classes, and tables of some of them, of others, of another order."""
    monkeypatch.chdir(tmp_path)
    rows = {"train": "cat dog emu", "others": "fox gnu owl"}
    for name, words in rows.items():
        lines = [f"{x},{word}" for x, word in enumerate(words.split())]
        (tmp_path / f"{name}.csv").write_text("\n".join(["x,label", *lines]) + "\n")
    (tmp_path / "some.csv").write_text("x,label\n2,emu\n1,dog\n")
    assert run("build", "optimal_relu", "train.csv", "-o", "n.json") == 0
    return tmp_path


def test_a_subset_of_the_classes_on_the_command_line(tables, capsys):
    for data in ("train.csv", "some.csv"):
        assert run("verify", "n.json", data, "--save", "c.json") == 0
        assert run("verify", "n.json", data, "--against", "c.json") == 0
        assert "holds\nmemorized: " in capsys.readouterr().out
    assert run("verify", "n.json", "some.csv", "--classes", "emu,dog,cat") == 0  # another order
    assert run("verify", "n.json", "train.csv", "--classes", "3") == 2  # words are no numbers
    assert run("info", "n.json") == 0
    assert "classes ['cat', 'dog', 'emu']" in capsys.readouterr().out


def test_other_classes_on_the_command_line(tables, capsys):
    assert run("verify", "n.json", "others.csv") == 2
    assert "InvalidDataset: dataset: the network does not know the classes 'fox', 'gnu', 'owl'" in (
        capsys.readouterr().err
    )
    for data in ("train.csv", "some.csv"):
        assert run("verify", "n.json", data, "--save", "c.json") == 0
        assert run("verify", "n.json", "others.csv", "--against", "c.json") == 2
        error = capsys.readouterr().err
        assert "InvalidCertificate: dataset: the certificate belongs to another dataset" in error
        assert "this one has the classes 'fox', 'gnu', 'owl'" in error
    bare = ml.Network.load("n.json").named(None)
    bare.save("bare.json")
    assert run("verify", "bare.json", "others.csv") == 0  # by number, which is said
    assert "classes by number, since only the data have names" in capsys.readouterr().out


def test_predictions_on_the_command_line(tables, capsys):
    capsys.readouterr()
    ml.data.read_csv("some.csv").save("some.npz")
    (tables / "bare.csv").write_text("x\n2\n1\n")
    (tables / "plain.csv").write_text("2\n1\n")
    for data in ("some.csv", "some.npz", "bare.csv", "plain.csv"):
        assert run("predict", "n.json", data) == 0
        assert capsys.readouterr().out == "emu\ndog\n"
    identity(classes=None).save("i.json")
    identity(classes=[-1, 1]).save("signs.json")  # -1 is a name here
    identity(classes=["a\nb", "c"]).save("odd.json")
    (tables / "half.csv").write_text("0\n0.5\n1\n")
    for network, said in (
        ("i.json", ["0", "undecided", "1"]),
        ("signs.json", ["-1", "undecided", "1"]),
        ("odd.json", [r"'a\nb'", "undecided", "c"]),
    ):
        assert run("predict", network, "half.csv") == 0
        assert capsys.readouterr().out.splitlines() == said


def test_what_may_be_points_on_the_command_line(tables, capsys):
    net = ml.Network([ml.Layer([[1, 1, 1]], [0], "identity")])
    net.save("three.json")
    (tables / "count.csv").write_text("0,1,2\n1,1,1\n")
    assert run("predict", "three.json", "count.csv") == 2
    assert "line 1 may be a header or a point" in capsys.readouterr().err
    assert run("predict", "three.json", "count.csv", "--header") == 0
    assert capsys.readouterr().out == "3\n"
    assert run("predict", "three.json", "count.csv", "--no-header") == 0
    assert capsys.readouterr().out == "3\n3\n"
    (tables / "tabs.csv").write_text("a\tb\tc\n1\t1\t2\n")
    assert run("predict", "three.json", "tabs.csv", "--delimiter", "TAB") == 0
    assert capsys.readouterr().out == "4\n"
    for text, message in (
        ("1,2\n3,4\n", "the network has 3 inputs"),
        ("a,b,c\n", "a header and no data"),
        ("1,2,4\n1,2\n", "line 2 has 2 cells, the first has 3"),
        ("1,2,4\n1,x,2\n", "line 2, column '1': 'x' is not a number"),
        ("1,2,4\n1,nan,2\n", "is not a finite number"),
        ("", "the file is empty"),
        ('1,2,"3\n', "unexpected end of data"),
        (f"{2**53 + 1},1,2\n1,0.5,2\n", "points"),
    ):
        (tables / "bad.csv").write_text(text)
        assert run("predict", "three.json", "bad.csv") == 2
        assert message in capsys.readouterr().err
    assert run("predict", "three.json", "nothere.csv") == 2
    assert run("predict", "three.json", "three.json") == 2
