"""`ml.compare`: every construction on one data set, in one table."""

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

import mem_lib as ml
from mem_lib import Facts
from mem_lib.beyond_worst_case import Practical
from mem_lib.constructions import REGISTRY

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def found():
    return ml.compare(ml.data.ball(N=12, d=2, seed=2), progress=False)


def test_all_of_the_registry_is_built_and_verified(found):
    assert [entry.name for entry in found.entries] == list(REGISTRY)
    assert not found.refused
    for entry in found.entries:
        assert entry.certificate, entry.name
        assert entry.certificate.check(entry.network, found.dataset)


def test_no_network_is_larger_than_promised(found):
    promised = [entry for entry in found.entries if entry.promised is not None]
    assert len(promised) > len(found.entries) // 2
    for entry in promised:
        assert entry.network.size.weights <= entry.promised.weights, entry.name


def test_the_table_shows_what_was_built_and_marks_the_least(found):
    text, html = repr(found), found._repr_html_().replace("<wbr>", "")
    assert "Networks for 12 points in 2 dimensions with 2 classes" in text
    assert "all memorize" in text and "memorizes" not in text
    least = min(entry.network.size.weights for entry in found.entries)
    assert f"{least}*" in text
    for entry in found.entries:
        assert entry.name in text
        assert entry.name in html


def test_what_does_not_memorize_is_told():
    dataset = ml.data.ball(N=9, d=2, seed=0)
    found = ml.compare(dataset, "two_layer.sorted")
    (entry,) = found.entries
    wrong = replace(entry, certificate=replace(entry.certificate, ok=False))
    text = repr(replace(found, entries=(entry, wrong)))
    assert "all memorize" not in text and "memorizes" in text
    assert [line.split()[1] for line in text.splitlines()[2:]] == ["yes", "no"]


def test_what_is_refused_is_listed_with_its_reason():
    dataset = ml.data.ball(N=9, d=2, classes=3, seed=0)
    found = ml.compare(dataset, ["two_layer.threshold", "two_layer.sorted"])
    assert list(found.refused) == ["two_layer.threshold"]
    assert "at most 2 classes, got 3" in found.refused["two_layer.threshold"]
    assert [entry.name for entry in found.built] == ["two_layer.sorted"]
    assert "at most 2 classes, got 3" in repr(found)
    assert "at most 2 classes, got 3" in found._repr_html_()


def test_targets_are_verified_with_their_own_error():
    dataset = ml.Dataset([[0.0], [1.0], [2.0]], targets=[0.25, -1.0, 3.0])
    found = ml.compare(dataset)
    assert all("real targets" in why for why in found.refused.values())
    for entry in found.built:
        assert entry.certificate, entry.name
        assert (entry.certificate.max_error == 0) == entry.construction.exact


def test_one_construction_may_stand_alone():
    dataset = ml.data.ball(N=9, d=2, seed=0)
    for one in ("two_layer", "two_layer.sorted", REGISTRY["two_layer.sorted"]()):
        assert [e.name for e in ml.compare(dataset, one).entries] == ["two_layer.sorted"]


def test_labels_with_gaps_are_refused_by_those_that_give_each_class_an_output():
    dataset = ml.Dataset([[0], [1]], [0, 10**6])
    found = ml.compare(dataset, ["beyond_worst_case", "two_layer"])
    assert "from_arrays numbers the labels" in found.refused["beyond_worst_case.practical"]
    assert found.built[0].certificate


@pytest.mark.parametrize(
    ("dataset", "construction"),
    [
        (ml.Dataset([[1.0], [1.0 + 2**-15], [0.5]], [0, 1, 0]), "beyond_worst_case"),
        (ml.data.ball(N=20, d=3, seed=0), Practical(max_bias=0, n=400)),
    ],
    ids=["rounding may undo the margin", "no biases"],
)
def test_a_network_without_a_promise_stays_in_the_table(dataset, construction):
    (entry,) = ml.compare(dataset, [construction]).entries
    assert entry.certificate
    assert entry.promised is None
    assert "–" in repr(ml.compare(dataset, [construction]))


def test_errors_name_what_is_wrong():
    dataset = ml.data.ball(N=9, d=2, seed=0)
    with pytest.raises(ml.InvalidArgument, match=r"^dataset: a Dataset is needed, got 3"):
        ml.compare(3)
    with pytest.raises(ml.InvalidArgument, match=r"^constructions: a list is needed, got 3"):
        ml.compare(dataset, 3)
    with pytest.raises(ml.InvalidArgument, match=r"^construction: one of .* is needed, got 'none'"):
        ml.compare(dataset, ["none"])
    with pytest.raises(ml.InvalidArgument, match=r"^seed: "):
        ml.compare(dataset, ["two_layer"], seed=-1)


class TestFacts:
    def test_equal_numbers_make_equal_facts(self):
        told = Facts(N=3, d=2, separation=0.5)
        assert told == Facts(N=3, d=2, separation=Fraction(1, 2))
        assert hash(told) == hash(Facts(N=3, d=2, separation=0.5))
        assert told != Facts(N=3, d=2)

    def test_measured_facts_are_those_of_the_distinct_points(self):
        dataset = ml.Dataset([[0], [3], [3], [4]], [0, 1, 1, 1])
        facts = Facts.of(dataset)
        assert facts.N == 3
        for root, exact in [(facts.separation, 1), (facts.margin, 3), (facts.radius, 4)]:
            assert abs(root - exact) < Fraction(1, 2**60)
        assert facts.separation <= 1
        assert facts.radius >= 4  # rounded to the safe side
        assert facts == Facts.of(dataset)
        assert facts != Facts.of(ml.Dataset([[0], [3]], [0, 1]))

    def test_facts_do_not_change(self):
        for facts in (Facts(N=3, d=2), Facts.of(ml.Dataset([[0], [3]], [0, 1]))):
            with pytest.raises(AttributeError, match=r"^N: facts do not change"):
                facts.N = 4

    @pytest.mark.parametrize(
        ("numbers", "message"),
        [
            ({"N": 0}, "^N: a whole number >= 1 is needed, got 0"),
            ({"separation": 0}, "^separation: a finite number > 0 is needed, got 0"),
            ({"margin": float("nan")}, "^margin: a finite number > 0 is needed, got nan"),
            ({"separation": 3}, "^separation: .* at most 2 apart, got 3"),
            ({"margin": 3}, "^margin: .* at most 2 apart, got 3"),
            ({"separation": 0.3, "margin": 0.2}, "^margin: .* separation = 0.3, got 0.2"),
            ({"classes": 2, "value_bits": 3}, "^classes: give it or value_bits"),
        ],
    )
    def test_numbers_that_contradict_each_other(self, numbers, message):
        with pytest.raises(ml.InvalidArgument, match=message):
            Facts(**({"N": 10, "d": 2} | numbers))

    @pytest.mark.parametrize("name", ["optimal_relu", "beyond_worst_case"])
    def test_a_promise_says_which_fact_it_lacks(self, name):
        with pytest.raises(ml.InvalidArgument, match=r"separation: the promise depends on it"):
            ml.bound(Facts(N=10, d=2), name)

    def test_bound_names_its_argument(self):
        with pytest.raises(ml.InvalidArgument, match=r"^facts or dataset: Facts .* got 5"):
            ml.bound(5, "two_layer")
        dataset = ml.data.ball(N=9, d=2, seed=0)
        with pytest.raises(ml.InvalidArgument, match=r"^N: facts tell it already; omit it, got 3"):
            ml.bound(dataset, "two_layer", N=3)


@pytest.fixture(scope="module")
def three():
    dataset = ml.data.ball(N=9, d=2, classes=3, seed=0)
    names = ["two_layer.threshold", "two_layer.sorted", "optimal_relu.narrow"]
    return ml.compare(dataset, names)


class TestRows:
    """What pandas reads: ``pandas.DataFrame(comparison)``."""

    def test_there_is_a_row_for_each_construction(self, three):
        refused, built, narrow = three
        assert len(three) == 3 and list(refused) == list(built) == list(narrow)
        assert (refused["memorizes"], refused["bits"]) == (None, None)
        assert "at most 2 classes" in refused["refused"]
        entry = three.built[0]
        assert built["construction"] == "two_layer.sorted" and built["memorizes"] is True
        assert {name: built[name] for name in entry.network.size.as_dict()} == (
            entry.network.size.as_dict()
        )
        assert built["promised_weights"] == entry.promised.weights and built["refused"] == ""

    def test_a_wrong_network_is_a_row_too(self, three):
        entry = three.built[0]
        wrong = replace(entry, certificate=replace(entry.certificate, ok=False), promised=None)
        assert wrong.as_dict()["memorizes"] is False
        assert wrong.as_dict()["promised_weights"] is None

    def test_pandas_reads_it(self, three):
        pandas = pytest.importorskip("pandas")
        frame = pandas.DataFrame(three)
        assert frame["construction"].tolist() == [entry.name for entry in three.entries]
        assert frame["weights"].tolist()[1:] == [e.network.size.weights for e in three.built]
        evidence = pandas.DataFrame([entry.certificate.as_dict() for entry in three.built])
        assert evidence["ok"].all() and (evidence["ties"] == 0).all()

    def test_the_program_of_the_guide(self, capsys):
        pytest.importorskip("pandas")
        page = (ROOT / "book/appendix/scikit-learn-and-pytorch.md").read_text(encoding="utf-8")
        (program,) = re.findall(r"```python\n([^`]*import pandas[^`]*)```", page)
        exec(compile(program, "page", "exec"), {})
        assert "two_layer.sorted" in capsys.readouterr().out
