"""Sweeps: a grid of trials as data, and rows that depend on the trial alone."""

import csv
import hashlib
import json
import math
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import mem_lib as ml
from mem_lib._base.text import rounded
from mem_lib.constructions import REGISTRY
from mem_lib.sweeps import Sweep, cells, interval, read, rows, run, sets, summary
from mem_lib.sweeps.__main__ import EXAMPLE, WITHOUT_DOCSTRINGS, _parser, main
from mem_lib.sweeps.compute import compute
from tests import golden

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "book/appendix/sweeps.md").read_text(encoding="utf-8")
BALL = {"name": "ball", "N": 20, "d": 3}
MOONS = {"name": "moons", "N": 40, "margin": 0.1}
DRAWS = {"name": "beyond_worst_case", "n": [5, 60], "attempt": True}

needs_joblib = pytest.mark.skipif(not find_spec("joblib"), reason="joblib is not installed")
needs_dask = pytest.mark.skipif(
    not find_spec("distributed"), reason='Dask is not installed: pip install "mem_lib[cluster]"'
)


def small(**changes):
    given = {"constructions": [DRAWS, "optimal_relu.narrow"], "data": MOONS, "seeds": "0:4"}
    return Sweep(**given | changes)


# -- the grid ----------------------------------------------------------------------------------


def test_trials_are_the_product_in_a_fixed_order():
    sweep = Sweep(
        [{"name": "two_layer.sorted", "group_size": [1, 2]}, "deep_threshold"],
        [{"name": "ball", "N": [10, 20], "d": 3}, {"name": "lattice", "N": 9, "d": 2}],
        seeds=[5, 3],
    )
    found = [
        (t.data["name"], t.data["N"], t.construction, t.parameters.get("group_size"), t.seed)
        for t in sweep.trials()
    ]
    default = REGISTRY.find("deep_threshold").name()
    wanted = [
        (name, N, construction, size, seed)
        for name, N in (("ball", 10), ("ball", 20), ("lattice", 9))
        for construction, size in (
            ("two_layer.sorted", 1),
            ("two_layer.sorted", 2),
            (default, None),
        )
        for seed in (5, 3)
    ]
    assert found == wanted and len(sweep) == len(wanted)
    assert [trial.index for trial in sweep.trials()] == list(range(len(wanted)))
    assert sweep[7] == list(sweep.trials())[7]


@pytest.mark.parametrize("index", [-1, 12, 0.0])
def test_there_is_no_trial_of_another_number(index):
    with pytest.raises(ml.InvalidArgument, match="index: "):
        small()[index]


def test_keys_are_digests_and_do_not_hang_on_the_spelling():
    sweep = Sweep({"name": "beyond_worst_case", "n": 50, "max_bias": 1}, BALL, seeds=7)
    text = (
        '{"attempt":false,"construction":"beyond_worst_case.practical",'
        '"data":{"N":20,"d":3,"name":"ball"},"parameters":{"max_bias":1,"n":50},"seed":7}'
    )
    assert sweep[0].key == f"t{hashlib.sha256(text.encode()).hexdigest()[:15]}"
    other = Sweep(
        [{"max_bias": 1.0, "covered": None, "name": "beyond_worst_case.practical", "n": 50}],
        [{"d": 3, "N": 20, "name": "ball"}],
        seeds=[9, 7],
    )
    assert other[1].key == sweep[0].key != other[0].key
    keys = [trial.key for trial in small().trials()]
    assert len(set(keys)) == len(keys) and all(re.fullmatch("t[0-9a-f]{15}", key) for key in keys)


def test_a_sweep_is_what_its_file_says(tmp_path):
    sweep = small(seeds=[0, 1, 4], metrics=["width", "build_seconds"])
    (tmp_path / "sweep.json").write_text(sweep.to_json())
    again = Sweep.from_file(tmp_path / "sweep.json")
    assert again == sweep and again.digest == sweep.digest
    assert small(seeds=range(4)).digest == small().digest != sweep.digest
    assert json.loads(small().to_json())["seeds"] == "0:4"


def test_values_of_numpy_and_fractions_are_plain_numbers():
    from fractions import Fraction

    import numpy as np

    given = {"name": "beyond_worst_case", "n": np.arange(50, 52), "max_bias": Fraction(1, 2)}
    sweep = Sweep(given, BALL)
    assert sweep.constructions[0]["n"] == [50, 51] and sweep[1].parameters["max_bias"] == 0.5
    assert all(type(n) is int for n in sweep.constructions[0]["n"])


def test_a_list_of_lists_has_lists_as_values():
    sweep = Sweep({"name": "beyond_worst_case.idealised", "centres": [[0, 3], [1]]}, BALL)
    assert [trial.parameters["centres"] for trial in sweep.trials()] == [[0, 3], [1]]


WRONG = [
    ({"constructions": []}, "constructions: the list is empty"),
    ({"constructions": 7}, "constructions: a list is needed"),
    ({"constructions": [7]}, r"constructions\[0\]: a name, or values by name"),
    ({"constructions": [{"n": 5}]}, r"constructions\[0\]: name is needed"),
    ({"constructions": ["two_layers"]}, r"constructions\[0\].name: construction: one of"),
    ({"constructions": [{"name": ["two_layer"]}]}, r"constructions\[0\].name: one name is needed"),
    ({"constructions": [{"name": "two_layer", "m": 5}]}, r"constructions\[0\]: m: it means no"),
    ({"constructions": [DRAWS | {"n": "50"}]}, r"constructions\[0\]: n: a whole number >= 1"),
    ({"constructions": [DRAWS | {"n": []}]}, r"constructions\[0\].n: the list is empty"),
    ({"constructions": [DRAWS | {"n": [5, 5.0]}]}, r"constructions\[0\].n: a value is there twice"),
    ({"constructions": [DRAWS | {"n": {}}]}, r"constructions\[0\].n: a finite binary64 number"),
    ({"constructions": [DRAWS | {"n": math.nan}]}, r"constructions\[0\].n: a finite binary64"),
    ({"constructions": [DRAWS | {"n": [[[5]]]}]}, r"constructions\[0\].n\[0\]\[0\]: a finite"),
    ({"constructions": [DRAWS | {"n": "\ud800"}]}, r"constructions\[0\].n: no text in UTF-8"),
    ({"constructions": [DRAWS | {"attempt": 1}]}, r"constructions\[0\].attempt: True or False"),
    ({"constructions": [{"name": "two_layer", "attempt": True}]}, "has no single draws"),
    ({"constructions": ["two_layer", "two_layer"]}, r"\[1\]: constructions\[0\] has the same"),
    ({"data": []}, "data: the list is empty"),
    ({"data": [{"N": 5}]}, r"data\[0\]: name or file is needed"),
    ({"data": [{"name": "ball", "file": "x.csv"}]}, r"data\[0\]: name or file is needed"),
    ({"data": "bal"}, r"data\[0\].name: one of"),
    ({"data": "ball"}, r"data\[0\].N: 'ball' needs it"),
    ({"data": BALL | {"N": "20"}}, r"data\[0\]: N: a whole number >= 1"),
    ({"data": BALL | {"noise": 1}}, r"data\[0\].noise: it means nothing to 'ball'"),
    ({"data": BALL | {"margin": 3}}, r"data\[0\]: margin"),
    ({"data": BALL | {"N": 10**13}}, r"data\[0\]: N, d: the coordinates of"),
    ({"data": BALL | {"labels": "1,x"}}, r"data\[0\].labels: numbers with commas"),
    ({"data": BALL | {"labels": "1,1"}}, r"data\[0\].labels: a label is named twice"),
    ({"data": BALL | {"rows": 0}}, r"data\[0\].rows: a whole number >= 1"),
    ({"data": {"file": "x.csv", "N": 5}}, r"data\[0\].N: it means nothing to 'x.csv'"),
    ({"data": [BALL, dict(reversed(BALL.items()))]}, r"data\[1\]: data\[0\] has the same trials"),
    ({"seeds": []}, "seeds: the list is empty"),
    ({"seeds": "5"}, "seeds: a range such as '0:100'"),
    ({"seeds": "5:5"}, "seeds: a range such as '0:100'"),
    ({"seeds": [0, -1]}, r"seeds\[1\]: a whole number >= 0"),
    ({"seeds": [1, 2, 1]}, "seeds: 1 is there twice"),
    ({"seeds": None}, r"seeds\[0\]: a whole number"),
    ({"metrics": []}, "metrics: a list of names"),
    ({"metrics": ["widths"]}, r"metrics\[0\]: one of"),
    ({"metrics": ["width", "width"]}, "metrics: one is there twice"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "message"), WRONG, ids=[m for _, m in WRONG])
def test_what_is_wrong_is_named(changes, message):
    with pytest.raises(ml.MemorizationError, match=message):
        small(**changes)


def test_a_sweep_has_a_million_trials_at_most():
    with pytest.raises(ml.TooLarge, match=r"seeds: 3 constructions × 1 data × 1000000 seeds are"):
        small(seeds="0:1000000")
    with pytest.raises(ml.TooLarge, match="seeds: 999999999999 seeds are 999999999999 trials"):
        small(seeds="0:999999999999")
    assert len(small(seeds="0:333333")) == 999_999


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("\xff", "is not JSON"),
        ("[]", "sweep: an object of"),
        ('{"data": "digits"}', "constructions: the sweep does not say which"),
        ('{"constructions": "two_layer"}', "data: the sweep does not say which"),
        ('{"construction": 1}', "sweep: one of"),
        ('{"format": "mem_lib.sweep 2"}', "format: 'mem_lib.sweep 1' is read here"),
        ('{"data": 1, "data": 2}', "data: it is there twice"),
        ('{"seeds": [NaN]}', "a finite number is needed, got NaN"),
        ('{"constructions": "two_layer", "data": "ball"}', r"data\[0\].N: 'ball' needs it"),
    ],
)
def test_a_file_that_is_no_sweep(tmp_path, text, message):
    path = tmp_path / "sweep.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ml.InvalidArgument, match=message) as caught:
        Sweep.from_file(path)
    assert "sweep.json" in str(caught.value)
    with pytest.raises(FileNotFoundError):
        Sweep.from_file(tmp_path / "none.json")


# -- data --------------------------------------------------------------------------------------


def test_data_are_those_of_the_library(tmp_path):
    assert sets.make(BALL | {"seed": 4}) == ml.data.ball(20, 3, seed=4)
    assert sets.make({"name": "hostile.rays", "N": 12}) == ml.data.hostile["rays"](12)
    path = tmp_path / "data.csv"
    path.write_text("x;kind;y\n0.5;cat;1\n0.25;dog;2\n3;cat;2\n")
    given = {"file": str(path), "label": "kind", "delimiter": ";"}
    assert sets.make(given).names == ("cat", "dog")
    assert sets.make(given) == ml.data.read_csv(path, label="kind", delimiter=";")


def test_labels_and_rows_are_chosen():
    whole = ml.data.lattice(60, 3, classes=5, seed=1)
    given = {"name": "lattice", "N": 60, "d": 3, "classes": 5, "seed": 1}
    few = sets.make(given | {"labels": "3,0", "rows": 20})
    kept = [i for i, label in enumerate(whole.labels) if label in (3, 0)][:20]
    assert few.points.tolist() == whole.points[kept].tolist() and few.classes == 2
    assert few.labels.tolist() == [[3, 0].index(label) for label in whole.labels[kept]]
    for wrong, message in (({"labels": "5"}, "labels below 5"), ({"rows": 61}, "has 60 rows")):
        with pytest.raises(ml.InvalidDataset, match=message):
            sets.make(given | wrong)


def test_a_missing_file_is_noticed_before_anything_is_computed(tmp_path):
    sweep = small(data={"file": str(tmp_path / "none.csv")})
    with pytest.raises(FileNotFoundError, match=r"none\.csv"):
        run(sweep, tmp_path / "results.csv", jobs=1)
    assert not list(tmp_path.iterdir())


# -- rows --------------------------------------------------------------------------------------


def test_rows_are_what_the_library_builds(tmp_path):
    found = run(small(), tmp_path / "results.csv", jobs=1)
    dataset = ml.data.moons(40, margin=0.1)
    assert [row["trial"] for row in found] == list(range(12))
    for row in found:
        if row["attempt"]:
            one = ml.beyond_worst_case.attempt(dataset, row["set.n"], seed=row["seed"])
            network = one.network
            assert (row["uncovered"], row["covering"]) == (len(one.uncovered), sum(one.covering))
            assert row["memorized"] == (len(one.uncovered) == 0)
        else:
            network = ml.build(dataset, "optimal_relu.narrow", seed=row["seed"])
            assert row["uncovered"] is row["covering"] is None and row["memorized"] == 1
        certificate = ml.verify(network, dataset)
        assert (row["memorized"], row["correct"]) == (certificate.ok, certificate.correct)
        assert {name: row[name] for name in network.size.as_dict()} == network.size.as_dict()
        assert row["layers"] == " ".join(str(layer.units) for layer in network.layers)
        assert (row["N"], row["d"], row["classes"]) == (40, 2, 2)
        assert (row["status"], row["message"], row["version"]) == ("ok", None, ml.__version__)
    assert {row["memorized"] for row in found if row["attempt"]} == {0, 1}


def test_the_file_is_a_plain_table(tmp_path):
    path = tmp_path / "results.csv"
    sweep = small(data={"name": "hostile.rays", "N": 12})
    found = run(sweep, path, jobs=1)
    with open(path, encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    assert tuple(listed[0]) == sweep.columns and len(listed) == 12
    assert all(None not in row and None not in row.values() for row in listed)
    assert [int(row["trial"]) for row in listed] == [row["trial"] for row in found]
    assert read(path) == found
    about = json.loads((tmp_path / "results.csv.json").read_text())
    assert Sweep.from_dict(about["sweep"]) == sweep and about["version"] == ml.__version__
    assert {entry.name for entry in tmp_path.iterdir()} == {"results.csv", "results.csv.json"}


def test_an_error_of_a_construction_is_a_result(tmp_path):
    sweep = Sweep(
        ["two_layer.threshold", DRAWS | {"n": 60, "max_bias": 1e-9}],
        [{"name": "hostile.progression", "N": 12}, BALL | {"d": 1, "margin": 0.5}],
        metrics=["memorized", "width"],
    )  # fmt: skip
    found = run(sweep, tmp_path / "results.csv", jobs=1)
    assert [row["status"] for row in found] == [
        "HypothesisViolated", "InvalidArgument", "InvalidDataset", "InvalidDataset",
    ]  # fmt: skip
    for row in found:
        assert row["memorized"] is row["width"] is None
        assert row["message"].isascii() and "\n" not in row["message"]
    assert run(sweep, tmp_path / "results.csv", jobs=1) == found  # and is not tried again


def test_messages_do_not_hang_on_what_a_worker_can_print(monkeypatch):
    from io import BytesIO, TextIOWrapper

    def refused(self, dataset, **how):
        raise ml.HypothesisViolated(f"margin: ε → 0, got {ml.errors.shown('ñ')}\n{'x' * 999}")

    monkeypatch.setattr(REGISTRY["optimal_relu.narrow"], "build", refused)
    messages = set()
    for encoding in ("utf-8", "latin-1", "ascii"):
        monkeypatch.setattr(sys, "stdout", TextIOWrapper(BytesIO(), encoding=encoding))
        messages.add(compute(task("optimal_relu.narrow")).message)
    monkeypatch.undo()
    (message,) = messages
    assert message.startswith(r"margin: \u03b5 -> 0, got '\xf1' xxx") and len(message) == 400


def task(construction, data=BALL, **changes):
    from mem_lib.sweeps.running import _task

    return _task(Sweep({"name": construction, **changes}, data)[0], small(), {})


def test_times_are_measured_where_they_are_asked_for(tmp_path):
    found = run(small(metrics=ml.sweeps.TIMES), tmp_path / "results.csv", jobs=1)
    assert all(0 <= row[name] < 100 for row in found for name in ml.sweeps.TIMES)
    assert any(row["build_seconds"] for row in found)
    assert set(ml.sweeps.TIMES).isdisjoint(ml.sweeps.DEFAULT)


def test_every_construction_can_be_swept(tmp_path):
    data = [{"name": "sphere", "N": 10, "d": 6}, {"name": "moment_curve", "N": 8, "d": 2}]
    sweep = Sweep(golden.BOOK, data, seeds=1)
    found = run(sweep, tmp_path / "results.csv", jobs=1)
    built = {row["construction"] for row in found if row["status"] == "ok"}
    assert built == set(golden.BOOK)
    for row in found:
        data = sets.make(sweep[row["trial"]].data)
        if row["status"] == "ok" and REGISTRY[row["construction"]].exact:
            assert row["memorized"] == 1 and row["correct"] == data.N
        elif row["status"] == "ok":
            network = ml.build(data, row["construction"], seed=1)
            assert row["max_error"] is None or network.readout == "value"
        else:
            with pytest.raises(getattr(ml, row["status"])):
                ml.build(data, row["construction"], seed=1)


# -- running -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    """The bytes of the results of ``small()``."""
    path = tmp_path_factory.mktemp("whole") / "results.csv"
    run(small(), path, jobs=1)
    return path.read_bytes()


def test_parts_in_any_order_make_the_same_file(tmp_path, uninterrupted):
    path = tmp_path / "results.csv"
    assert [r["trial"] for r in run(small(), path, jobs=1, only="6:9")] == [6, 7, 8]
    assert len(run(small(), path, jobs=1, only=range(2))) == 5
    assert len(run(small(), path, jobs=1)) == 12
    assert path.read_bytes() == uninterrupted


def test_a_complete_sweep_is_not_touched(tmp_path, uninterrupted, monkeypatch):
    path = tmp_path / "results.csv"
    run(small(), path, jobs=1)
    before = path.stat().st_mtime_ns
    monkeypatch.setattr("mem_lib.sweeps.schedulers.serial.compute", None)  # it would be an error
    assert len(run(small(), path, jobs=1)) == 12
    assert path.stat().st_mtime_ns == before and path.read_bytes() == uninterrupted


def test_without_joblib_there_is_one_process(tmp_path, uninterrupted, monkeypatch):
    monkeypatch.setattr("mem_lib.sweeps.schedulers.named.find_spec", lambda name: None)
    run(small(), tmp_path / "results.csv")
    assert (tmp_path / "results.csv").read_bytes() == uninterrupted


@needs_joblib
def test_processes_give_the_same_file(tmp_path, uninterrupted):
    path = tmp_path / "results.csv"
    assert len(run(small(), path, jobs=2)) == 12
    assert path.read_bytes() == uninterrupted


@needs_dask
def test_dask_gives_the_same_file(tmp_path, uninterrupted):
    path = tmp_path / "results.csv"
    assert len(run(small(), path, scheduler="dask", jobs=2)) == 12
    assert path.read_bytes() == uninterrupted


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scheduler": "slurm"}, "scheduler: one of"),
        ({"jobs": 0}, "jobs: a whole number >= 1"),
        ({"jobs": 2.5}, "jobs: a whole number >= 1"),
        ({"timeout": 0}, "timeout: a finite number > 0"),
        ({"address": "tcp://host:1"}, "address: .* with scheduler='dask'"),
        ({"scheduler": "dask", "address": 8786}, "address: "),
        ({"scheduler": "dask", "address": "tcp://host:1", "jobs": 2}, "jobs: the workers at"),
        ({"only": "12:13"}, "only: the trials are 0:12, got '12:13'"),
        ({"only": 3}, "only: a range is needed"),
        ({"only": range(0, 4, 2)}, "only: the trials are"),
        ({"jobs": 1, "progress": 1}, "progress: True or False"),
    ],
)
def test_wrong_arguments_are_named(tmp_path, arguments, message):
    with pytest.raises(ml.InvalidArgument, match=message):
        run(small(), tmp_path / "results.csv", **arguments)
    if "progress" not in arguments:  # which is looked at when the bar is made
        assert not any(tmp_path.iterdir())


def test_what_is_no_sweep(tmp_path):
    with pytest.raises(ml.InvalidArgument, match="sweep: a Sweep is needed"):
        run({"data": "digits"}, tmp_path / "results.csv")


# -- summaries ---------------------------------------------------------------------------------


def test_cells_are_means_over_seeds(tmp_path):
    sweep = small(data=[MOONS | {"seed": [0, 1]}, {"name": "hostile.rays", "N": 12}])
    found = run(sweep, tmp_path / "results.csv", jobs=1)
    grid = cells(found)
    assert [cell["trials"] for cell in grid] == [8, 8, 8, 4, 4, 4]  # both seeds of the moons
    for cell in grid:
        names = ("construction", "set.n", "data")
        mine = [row for row in found if all(row[name] == cell[name] for name in names)]
        built = [row for row in mine if row["status"] == "ok"]
        assert cell["built"] == len(built)
        right = sum(row["memorized"] for row in built)
        assert (cell["memorized"], cell["rate"]) == (right, right / len(mine))
        assert (cell["low"], cell["high"]) == interval(right, len(mine))
        widths = [row["width"] for row in built]
        mean = sum(widths) / len(widths)
        spread = math.sqrt(sum((w - mean) ** 2 for w in widths) / (len(widths) - 1))
        assert math.isclose(cell["width"], mean)
        assert math.isclose(cell["sd.width"], spread, abs_tol=1e-9)
    text = repr(summary(found, ["width", "bits"]))
    assert "mean width" in text and "mean bits" in text and "mean weights" not in text
    assert rounded(grid[0]["low"])[:5] in text and text.count("\n") == 1 + len(grid)


def test_parts_are_shown_together(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, part in (("a.csv", "0:5"), ("b.csv", "5:12"), ("c.csv", "4:6")):
        run(small(), name, jobs=1, only=part)
    assert command("show", "a.csv", "b.csv") == 0
    assert "12 trials" in capsys.readouterr().out
    assert command("show", "a.csv", "b.csv", "c.csv") == 2
    assert "rows: trial 4 (t" in capsys.readouterr().err
    run(small(metrics=["width"]), "d.csv", jobs=1)
    assert command("show", "a.csv", "d.csv") == 2
    assert "rows: they are of sweeps with other columns" in capsys.readouterr().err


def test_summaries_that_cannot_be(tmp_path):
    found = run(small(metrics=["width"]), tmp_path / "results.csv", jobs=1)
    with pytest.raises(ml.InvalidArgument, match="metrics: measured are"):
        summary(found, ["bits"])
    with pytest.raises(ml.InvalidArgument, match="rows: there are none yet"):
        summary([])
    assert "memorized" not in repr(summary(found))


# -- command line ------------------------------------------------------------------------------


def command(*arguments):
    return main([str(a) for a in arguments])


def test_from_the_example_to_the_table(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert command("example") == 0
    given = json.loads(capsys.readouterr().out)
    assert Sweep.from_dict(given) == Sweep.from_dict(EXAMPLE)
    assert command("example", "first.json") == 0
    assert json.loads(Path("first.json").read_text()) == given
    assert command("example", "first.json") == 2
    assert "there is a file 'first.json' already" in capsys.readouterr().err
    Path("sweep.json").write_text(json.dumps(given | {"seeds": "0:3"}))
    assert command("run", "sweep.json", "--jobs", 1, "--only", "0:5") == 0
    assert capsys.readouterr().out == "results.csv: 5 of 21 trials\n"
    assert command("run", "sweep.json", "--jobs", 1, "--quiet") == 0
    assert capsys.readouterr().out == "results.csv: 21 of 21 trials\n"
    assert command("show", "results.csv", "--metric", "bits") == 0
    shown = capsys.readouterr().out
    assert "21 trials, data = moons" in shown and "mean bits" in shown and "95 %" in shown


def test_times_on_the_command_line(tmp_path, capsys):
    (tmp_path / "sweep.json").write_text(small(metrics=["width"]).to_json())
    output = tmp_path / "results.csv"
    assert command("run", tmp_path / "sweep.json", "-o", output, "--times", "--jobs", 1) == 0
    assert {"width", *ml.sweeps.TIMES} <= set(read(output)[0])


def test_a_bad_command_is_one_line_and_status_2(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("sweep.json").write_text(small().to_json())
    Path("bad.json").write_text('{"constructions": "two_layer", "data": "bal"}')
    for arguments, said in (
        (["run", "none.json"], "FileNotFoundError"),
        (["run", "bad.json"], "bad.json: data[0].name: one of"),
        (["run", "sweep.json", "-o", "sweep.json"], "it would be overwritten"),
        (["run", "sweep.json", "-o", "none/results.csv"], "there is no folder"),
        (["run", "sweep.json", "--only", "a"], "only: a range such as"),
        (["run", "sweep.json", "--jobs", "0"], "jobs: a whole number"),
        (["show", "none.csv"], "FileNotFoundError"),
        (["show", "sweep.json"], "FileNotFoundError"),
    ):
        assert command(*arguments) == 2
        line = capsys.readouterr().err
        assert line.startswith("mem_lib: ") and line.count("\n") == 1 and said in line
    with pytest.raises(SystemExit) as ended:
        command("run", "sweep.json", "--scheduler", "slurm")
    assert ended.value.code == 2


def test_a_fault_of_ours_is_status_70(tmp_path, capsys, monkeypatch):
    def broken(self, dataset, **how):
        raise KeyError("w")

    monkeypatch.setattr(REGISTRY["optimal_relu.narrow"], "build", broken)
    (tmp_path / "sweep.json").write_text(small().to_json())
    output = tmp_path / "results.csv"
    assert command("run", tmp_path / "sweep.json", "-o", output, "--jobs", 1) == 70
    said = capsys.readouterr().err
    assert "trial 8, optimal_relu.narrow, seed 0: KeyError: 'w' at " in said
    assert len(read(output)) == 8  # what was finished is kept


@pytest.mark.parametrize("arguments", [[], ["run"], ["show"], ["example"]])
def test_help_without_docstrings(arguments):
    program = [sys.executable, "-OO", "-m", "mem_lib.sweeps", *arguments, "--help"]
    said = subprocess.run(program, capture_output=True, text=True, check=True).stdout
    assert "None" not in said and (arguments or WITHOUT_DOCSTRINGS in said)


SHOWN = re.findall(r"^python -m mem_lib\.sweeps (.*)$", PAGE, re.M)


@pytest.mark.parametrize("line", SHOWN)
def test_the_parser_takes_the_commands_of_the_page(line):
    assert _parser().parse_args(shlex.split(line))


def test_the_page_shows_what_there_is():
    assert len(SHOWN) > 3
    (shown,) = re.findall(r"```json\n(.*?)```", PAGE, re.S)
    assert len(Sweep.from_dict(json.loads(shown))) > 10
    for name in ml.sweeps.METRICS:
        assert f"`{name}`" in PAGE


def test_lines_that_are_no_rows():
    columns = ("trial", "seed", "check")
    line = rows._line(["1", "2", rows._checksum(["1", "2"])])
    assert rows.read_line(columns, line)["seed"] == "2"
    for wrong in (
        line[:-5],
        b"1,2\n",
        b"\xff" + line,
        b"1,3" + line[3:],
        b'"1",2' + line[3:],
        b'"',
    ):
        with pytest.raises(rows.Damaged):
            rows.read_line(columns, wrong)
