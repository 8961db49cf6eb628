"""``python -m mem_lib``: the whole way from a CSV file to a rechecked certificate."""

import gzip
import re
import subprocess
import sys
from importlib import import_module

import numpy as np
import pytest

import mem_lib as ml
from mem_lib.__main__ import WITHOUT_DOCSTRINGS, main
from mem_lib.exact import chunks as chunks_module

ROWS = "x,y,label\n0.5,1,yes\n0.25,-1,no\n3,2,yes\n-1,-2.5,no\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text(ROWS)
    return path


def run(*arguments):
    return main([str(a) for a in arguments])


def test_build_verify_recheck(table, tmp_path, capsys):
    network, certificate = tmp_path / "n.json.gz", tmp_path / "c.json"
    assert run("build", "beyond_worst_case", table, "-o", network, "--seed", 3) == 0
    assert run("verify", network, table, "--save", certificate) == 0
    assert "memorized: 4 of 4" in capsys.readouterr().out
    assert run("verify", network, table, "--against", certificate) == 0
    assert "holds" in capsys.readouterr().out
    assert run("info", network) == 0
    assert run("info", table) == 0
    out = capsys.readouterr().out
    assert "depth          3" in out and "N = 4, d = 2, 2 classes" in out


def test_as_a_program(table, tmp_path):
    command = [sys.executable, "-m", "mem_lib", "build", "beyond_worst_case", str(table)]
    done = subprocess.run(
        [*command, "-o", str(tmp_path / "n.json")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert ml.Network.load(tmp_path / "n.json").depth == 3
    usage = subprocess.run(
        [sys.executable, "-m", "mem_lib", "--help"], capture_output=True, text=True, check=True
    )
    assert "verify" in usage.stdout


PROGRAMS = ("mem_lib", "mem_lib.grading", "mem_lib.slides", "mem_lib.sweeps")


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_program_tells_its_version(name, capsys):
    module = import_module("mem_lib.slides" if name == "mem_lib.slides" else f"{name}.__main__")
    with pytest.raises(SystemExit) as ended:
        module.main(["--version"])
    assert ended.value.code == 0 and capsys.readouterr().out == f"mem_lib {ml.__version__}\n"


def test_an_unexpected_error_is_a_line_and_whole_on_request(tmp_path, monkeypatch, capsys):
    slides = import_module("mem_lib.slides")

    def fails(folder):
        raise ZeroDivisionError("no slide")

    monkeypatch.setattr(slides, "write", fails)
    assert slides.main([str(tmp_path)]) == 70
    assert "Traceback" not in (said := capsys.readouterr().err) and "no slide" in said
    assert slides.main(["--traceback", str(tmp_path)]) == 70
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("command", [[], ["build"], ["verify"], ["info"]])
def test_help_without_docstrings(command):
    """Under -OO there are none."""
    usage = subprocess.run(
        [sys.executable, "-OO", "-m", "mem_lib", *command, "--help"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "None" not in usage.stdout
    assert command or WITHOUT_DOCSTRINGS in usage.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end in another way")
def test_output_that_nobody_reads_is_no_error(tmp_path):
    network = ml.Network([ml.Layer([[1]], [0], "relu")] * 5000 + [ml.Layer([[1]], [0], "identity")])
    network.save(tmp_path / "deep.json")
    command = f"'{sys.executable}' -m mem_lib info '{tmp_path / 'deep.json'}' | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert "depth 5001" in done.stdout and done.stderr == ""


def test_every_variant_of_a_deep_chapter(table, tmp_path):
    for variant in ("paper", "narrow", "retrieval"):
        network = tmp_path / f"{variant}.json"
        arguments = ["-o", network, "--set", f"variant={variant}", "--set", "folder_size=2"]
        assert run("build", "optimal_relu", table, *arguments) == 0
        assert ml.Network.load(network).about["variant"] == variant
        assert run("verify", network, table, "--checkpoint", tmp_path / "c.jsonl") == 0


def test_two_layers(table, tmp_path):
    for variant in ("threshold", "paper", "sorted", "hybrid", "ntk"):
        network = tmp_path / f"{variant}.json"
        arguments = ["--set", f"variant={variant}"]
        arguments += ["--set", "relative_error=0.1"] * (variant == "ntk")
        assert run("build", "two_layer", table, "-o", network, *arguments) == 0
        assert run("verify", network, table) == 0


def test_a_tolerance_is_read_as_written(tmp_path):
    ml.Dataset([[0], [1]], targets=[0, 1]).save(tmp_path / "d.npz")
    net = ml.Network([ml.Layer([[9]], [1], "identity")], output_denominator=10, readout="value")
    net.save(tmp_path / "n.json")  # off by exactly 1/10 at the point 0
    assert run("verify", tmp_path / "n.json", tmp_path / "d.npz", "--tolerance", "0.1") == 0
    assert run("verify", tmp_path / "n.json", tmp_path / "d.npz", "--tolerance", "0.099") == 1
    assert run("verify", tmp_path / "n.json", tmp_path / "d.npz") == 1


@pytest.fixture
def runs(monkeypatch):
    """How often a network was run on data."""
    chunks, counted = chunks_module.Chunks.run, []

    def run(self, *arguments):
        counted.append(arguments)
        return chunks(self, *arguments)

    monkeypatch.setattr(chunks_module.Chunks, "run", run)
    return counted


def off_by_a_tenth(folder):
    ml.Dataset([[0], [1]], targets=[0, 1]).save(folder / "d.npz")
    net = ml.Network([ml.Layer([[9]], [1], "identity")], output_denominator=10, readout="value")
    net.save(folder / "n.json")
    return folder / "n.json", folder / "d.npz"


def test_rechecking_runs_the_network_once(tmp_path, capsys, runs):
    network, data = off_by_a_tenth(tmp_path)
    certificate, again = tmp_path / "c.json", tmp_path / "again.json"
    assert run("verify", network, data, "--tolerance", "0.1", "--save", certificate) == 0
    for told in ([], ["--tolerance", "1/10"], ["--tolerance", "0.10"]):
        runs.clear()
        arguments = ["--against", certificate, "--save", again, "--workers", 2, *told]
        assert run("verify", network, data, *arguments) == 0
        assert [arguments[0] for arguments in runs] == [2]
        out = capsys.readouterr().out
        assert "belongs to this network and these data, and holds\nmemorized: 2 of 2" in out
        assert again.read_bytes() == certificate.read_bytes()


def test_rechecking_with_another_tolerance_is_refused(tmp_path, capsys, runs):
    network, data = off_by_a_tenth(tmp_path)
    certificate = tmp_path / "c.json"
    assert run("verify", network, data, "--save", certificate) == 1
    runs.clear()
    assert run("verify", network, data, "--against", certificate, "--tolerance", "0.1") == 2
    assert "--tolerance: the certificate states 0, got 0.1" in capsys.readouterr().err
    assert runs == []
    assert run("verify", network, data, "--against", certificate) == 1  # it holds, and says no
    assert "and holds\nNOT memorized: 1 of 2" in capsys.readouterr().out


def test_parameters_and_npz(tmp_path):
    dataset = ml.data.ball(N=20, d=2, margin=0.1, classes=2, seed=0)
    dataset.save(tmp_path / "d.npz")
    network = tmp_path / "n.json"
    arguments = ["--set", "n=150", "--set", "variant=idealised"]
    assert run("build", "beyond_worst_case", tmp_path / "d.npz", "-o", network, *arguments) == 0
    assert ml.Network.load(network).layers[0].units == 150
    assert run("verify", network, tmp_path / "d.npz") == 0


def test_a_file_is_what_it_holds(table, tmp_path, capsys):
    (tmp_path / "text").write_bytes(gzip.compress(ROWS.encode()))
    ml.data.read_csv(table).save(tmp_path / "data.csv.csv")  # an npz file, whatever its name
    assert run("build", "optimal_relu", tmp_path / "text", "-o", tmp_path / "n.csv") == 0
    capsys.readouterr()
    for name in ("text", "data.csv.csv", "data.csv"):
        assert run("info", tmp_path / name) == 0
        assert "data, N = 4, d = 2, 2 classes" in capsys.readouterr().out
        assert run("verify", tmp_path / "n.csv", tmp_path / name) == 0
    assert run("info", tmp_path / "n.csv") == 0 and "a network of" in capsys.readouterr().out
    assert run("verify", tmp_path / "n.csv", tmp_path / "n.csv") == 2
    assert "data are needed" in capsys.readouterr().err
    np.savez(tmp_path / "other.npz", X=np.zeros((4, 2)), y=np.arange(4))
    assert run("info", tmp_path / "other.npz") == 2
    assert "it holds X (4, 2) float64, y (4,) int64" in capsys.readouterr().err


def test_options_for_tables(tmp_path, capsys):
    (tmp_path / "t").write_text("0;0.5;2\n1;-0.5;0\n")
    options = ["--delimiter", ";", "--no-header", "--target", "1"]
    assert run("info", tmp_path / "t", *options) == 0
    assert "no header, targets from column '1', cells separated by semi" in capsys.readouterr().out
    assert run("info", tmp_path / "t", "--classes", "3") == 0
    assert "3 classes" in capsys.readouterr().out
    assert run("info", tmp_path / "t", "--classes", "0,1,2") == 0
    assert "classes ['0', '1', '2']" in capsys.readouterr().out
    assert run("info", tmp_path / "t", "--classes", "2") == 2
    assert "none of the labels 0..1" in capsys.readouterr().err


def test_label_column(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("kind,x\na,1\nb,2\n")
    for label in ("kind", "0", "-2"):
        network = tmp_path / f"n{label}.json"
        assert run("build", "beyond_worst_case", path, "-o", network, "--label", label) == 0


def test_wrong_network_exits_with_1(table, tmp_path, capsys):
    silent = ml.Network([ml.Layer(np.zeros((1, 2), int), [-1], "identity")], readout="sign")
    silent.save(tmp_path / "n.json")
    assert run("verify", tmp_path / "n.json", table) == 1
    assert "NOT memorized: 2 of 4" in capsys.readouterr().out


def test_constructions_are_listed_and_explained(capsys):
    assert run("constructions") == 0
    listed = capsys.readouterr().out
    for name, cls in ml.constructions.REGISTRY.items():
        assert name in listed and cls.title in listed
        assert run("constructions", name) == 0
        text = capsys.readouterr().out
        assert text.startswith(f"{name}: {cls.title}; ")
        assert cls.theorem in text
        for parameter in cls.parameters():
            assert re.search(rf"^[`\w, ]*\b{parameter}\b[`\w, ]*:", text, flags=re.M), parameter


def test_constructions_are_explained_without_docstrings():
    """In one line: what is left under ``python -OO``."""
    for name in ("beyond_worst_case.idealised", "beyond_worst_case"):
        command = [sys.executable, "-OO", "-m", "mem_lib", "constructions", name]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout.count("\n") == 1 and "n, max_bias, covered, weight_bits" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["verify", "missing.json", "data.csv"], "missing.json"),
        (["build", "beyond_worst_case", "missing.csv"], "missing.csv"),
        (["build", "beyond_worst_case", "data.csv", "--set", "n"], "--set: NAME=VALUE"),
        (["build", "beyond_worst_case", "data.csv", "--set", "m=3"], "m: it means nothing to"),
        (["build", "beyond_worst_case", "data.csv", "--set", "seed=3"], "seed: it means nothing"),
        (["build", "nowhere", "data.csv"], "construction: one of ('two_layer.sorted'"),
        (["build", "beyond_worst_case", "data.csv", "--set", "variant=best"], "variant: one of"),
        (["constructions", "best"], "construction: one of"),
        (["build", "beyond_worst_case", "data.csv", "--set", "n=0"], "n: a whole number"),
        (["build", "beyond_worst_case", "data.csv", "--label", "colour"], "colour"),
        (["build", "beyond_worst_case", "data.csv", "--label", "²"], "²"),
        (["build", "beyond_worst_case", "data.csv", "-o", "nowhere/n.json"], "nowhere"),
        (["verify", "good.json", "data.csv", "--workers", "-1"], "workers"),
        (["build", "beyond_worst_case", "data.csv", "--set", "n={[]:1}"], "n: a whole number"),
        (
            ["build", "beyond_worst_case", "data.csv", "--set", "n=" + "-" * 50_000 + "1"],
            "n: a whole",
        ),
        (["verify", "good.json", "data.csv", "--checkpoint", "a.csv"], "not a checkpoint file"),
        (["verify", "good.json", "data.csv", "--device", "abacus"], "abacus"),
        (["verify", "good.json", "data.csv", "--tolerance", "some"], "--tolerance: a number"),
        (["verify", "good.json", "data.csv", "--tolerance", "1/0"], "--tolerance: a number"),
        (["verify", "good.json", "data.csv", "--tolerance", ""], "--tolerance: a number"),
        (["verify", "good.json", "data.csv", "--checkpoint", "."], "checkpoint: '.' is a folder"),
        (["info", "broken.json"], "InvalidNetwork"),
        (["verify", "good.json", "data.csv", "--against", "good.json"], "InvalidCertificate"),
    ],
)
def test_bad_input_exits_with_2(table, tmp_path, capsys, monkeypatch, arguments, message):
    if "--device" in arguments:
        pytest.importorskip("torch")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.json").write_text('{"format": ')
    (tmp_path / "a.csv").write_text("x,label\n")
    ml.Network([ml.Layer([[1, 1]], [0], "identity")], readout="sign").save("good.json")
    assert run(*arguments) == 2
    captured = capsys.readouterr()
    assert message in captured.err and "Traceback" not in captured.err


def test_a_budget_of_memory(table, tmp_path, capsys, monkeypatch):
    network = tmp_path / "network.json"
    assert run("build", "beyond_worst_case", table, "-o", network, "--max-bytes", "50M") == 0
    for command in (["info", network], ["verify", network, table], ["info", table]):
        assert run(*command, "--max-bytes", "1G") == 0
        capsys.readouterr()
        assert run(*command, "--max-bytes", "100") == 2
        error = capsys.readouterr().err
        assert "mem_lib: TooLarge: " in error and "the budget is 100 bytes" in error
        assert "--max-bytes" in error
        assert run(*command, "--max-bytes", "plenty") == 2
        assert "--max-bytes: a size such as 500000, 512M or 2G" in capsys.readouterr().err
    monkeypatch.setenv("MEM_LIB_MAX_BYTES", "100")
    assert run("info", network) == 2
    assert run("info", network, "--max-bytes", "1M") == 0
