"""``python -m mem_lib`` on streams that are closed, full, missing or of another encoding, with
files that are read and written at once, and with faults of our own."""

import os
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import pytest

import mem_lib as ml
from mem_lib import __main__ as command_line
from mem_lib._base import ending
from mem_lib._base.streams import complain, say
from mem_lib.errors import printable, shown

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell is needed")
FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """``right.json`` memorizes ``data.csv``, whose classes have names beyond ASCII; ``wrong.json``
    does not."""
    monkeypatch.chdir(tmp_path)
    Path("data.csv").write_text("x,label\n1,ñandú\n-1,emu\n", encoding="utf-8")
    for name, weight in (("right", 1), ("wrong", -1)):
        layer = ml.Layer([[weight]], [0], "identity", stage="grün")
        ml.Network([layer], readout="sign").save(f"{name}.json")
    return tmp_path


def run(*arguments):
    return command_line.main([str(a) for a in arguments])


def shell(command, **environment):
    """(exit status, output, errors) of a line in which ``$M`` is the program."""
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        env={**os.environ, "M": f"{sys.executable} -m mem_lib", **environment},
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr.decode(errors="replace")


# -- streams -------------------------------------------------------------------------------------


@POSIX
@pytest.mark.parametrize(("name", "status"), [("right", 0), ("wrong", 1)])
@pytest.mark.parametrize(
    "away",
    [
        ">&-",
        ">&- 2>&-",
        pytest.param("> /dev/full", marks=FULL),
        pytest.param("> /dev/full 2> /dev/full", marks=FULL),
    ],
)
def test_a_verdict_does_not_depend_on_who_hears_it(folder, name, status, away):
    found, _, err = shell(f"$M verify {name}.json data.csv --save c.json {away}")
    assert found == status
    assert bool(ml.Certificate.load("c.json")) == (status == 0)  # the work was done to its end
    assert "Traceback" not in err and "Exception" not in err
    assert ("could not be written: [Errno 28]" in err) == (away == "> /dev/full")


@POSIX
@pytest.mark.parametrize(("name", "status"), [("right", 0), ("wrong", 1)])
def test_a_reader_that_has_seen_enough(folder, name, status):
    """It is gone before there is any output."""
    line = f"{{ sleep 1; $M verify {name}.json data.csv; echo $? >&2; }} | true"
    assert shell(line)[2] == f"{status}\n"


@POSIX
@FULL
@pytest.mark.parametrize("command", ["--help", "verify --help", "constructions", "--version"])
def test_help_that_cannot_be_written_is_no_error(folder, command):
    status, _, err = shell(f"$M {command} > /dev/full")
    assert status == 0 and err.count("\n") == 1 and "could not be written" in err


@POSIX
@pytest.mark.parametrize(
    ("encoding", "name"),
    [("ascii", rb"\xf1and\xfa"), ("latin-1", "ñandú".encode("latin-1")),
     ("cp1252", "ñandú".encode("cp1252")), ("utf-8", "ñandú".encode())],
)  # fmt: skip
def test_every_encoding_shows_every_name(folder, encoding, name):
    status, out, err = shell("$M info data.csv", PYTHONIOENCODING=encoding)
    assert (status, err) == (0, "") and name in out
    stage = "grün".encode(encoding, "backslashreplace")
    status, out, err = shell("$M info right.json", PYTHONIOENCODING=encoding)
    assert (status, err) == (0, "") and stage in out
    assert shell("$M verify right.json missing-ñ.csv", PYTHONIOENCODING=encoding)[0] == 2


@POSIX
def test_the_locale_of_no_language(folder):
    plain = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    status, out, err = shell("$M verify wrong.json data.csv", **plain)
    assert status == 1 and out.startswith(b"NOT memorized: 0 of 2") and err == ""


def test_names_in_a_file_give_no_orders_to_a_terminal(folder, capsys):
    layer = ml.Layer([[1]], [0], "identity", stage="a\nmemorized\x1b[2J")
    ml.Network([layer]).save("odd.json")
    assert run("info", "odd.json") == 0
    out = capsys.readouterr().out
    assert "(a memorized\\x1b[2J)" in out and "\x1b" not in out


def test_streams_that_were_closed_since(monkeypatch, capsys):
    with open(os.devnull, "w") as closed:
        pass
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdout", closed)
        say("nobody hears it")
    assert capsys.readouterr().err.startswith("mem_lib: the output could not be written")
    for nobody in (None, closed):
        with monkeypatch.context() as patch:
            patch.setattr("sys.stdout", nobody)
            patch.setattr("sys.stderr", nobody)
            say("nobody hears it")
            complain("nor that")


@POSIX
def test_what_is_printed_is_printed_on_every_encoding():
    """By ``print`` of Python itself."""
    code = """
import numpy as np
import mem_lib as ml
dataset = ml.data.ball(N=20, d=3, margin=0.1, seed=0)
network = ml.build(dataset, "two_layer.sorted")
greek = ml.Layer([[1]], [0], "identity", stage="\\u03b3")
print(network, greek, *network.layers, ml.verify(network, dataset), dataset, ml.Facts.of(dataset))
wide = ml.Network([ml.Layer([[0]] * 12, [0] * 12, "identity")], readout="argmax")
print(ml.verify(wide, ml.Dataset([[0]], [3], classes=12)))
print(ml.compare(ml.data.ball(N=12, d=2, margin=0.1, seed=0)))
print(ml.figures.table([("\\u03b3", None, -12345)], ["a", "b", "c"], caption="\\u2026"))
for name in ("\\u03b3", "x" * 200):
    try:
        ml.build(dataset, name)
    except ml.MemorizationError as error:
        print(error, [error])
for name, cls in ml.constructions.REGISTRY.items():
    print(cls.help(), cls())
    if cls.slug == "two_layer":
        print(ml.bound(dataset, name), cls().plan(dataset, np.random.default_rng(0)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Layer(1 -> 1, identity, dense, stage '\\u03b3')" in done.stdout
    assert "-12 345" in done.stdout and "..." in done.stdout


def test_texts_in_the_characters_that_a_stream_has():
    class Stream:
        def __init__(self, encoding):
            self.encoding = encoding

    for encoding, text in (
        ("ascii", "1 -> 2..., \\u03b3"),
        ("utf-8", "1 → 2…, γ"),
        ("cp1253", "1 -> 2..., γ"),  # which has a Greek letter and no arrow
        (None, "1 → 2…, γ"),
    ):
        assert printable("1 → 2…, γ", Stream(encoding)) == text
    assert len(shown("x" * 1000)) == 80 and shown("x" * 1000).endswith("...")


# -- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["itself", "path", "hard link", "link"])
@pytest.mark.parametrize(
    ("arguments", "option", "name"),
    [
        (["build", "beyond_worst_case", "data.csv", "-o"], "--output", "data.csv"),
        (["verify", "right.json", "data.csv", "--save"], "--save", "data.csv"),
        (["verify", "right.json", "data.csv", "--save"], "--save", "right.json"),
        (["verify", "right.json", "data.csv", "--checkpoint"], "--checkpoint", "right.json"),
        (["verify", "right.json", "data.csv", "--against", "c.json", "--save"], "--save", "c.json"),
    ],
)
def test_what_is_read_is_not_written(folder, capsys, arguments, option, name, kind):
    assert run("verify", "right.json", "data.csv", "--save", "c.json") == 0
    other = {"itself": name, "path": f"../{folder.name}/./{name}"}.get(kind, "other")
    if kind == "hard link":
        os.link(name, "other")
    elif kind == "link":
        os.symlink(name, "other")
    before = Path(name).read_bytes()
    assert run(*arguments, other) == 2
    assert f"InvalidArgument: {option}: " in capsys.readouterr().err
    assert Path(name).read_bytes() == before


def test_two_outputs_are_two_files(folder, capsys):
    for save, checkpoint in (("a.json", "a.json"), ("a.json", "./A.JSON")):
        assert run("verify", "right.json", "data.csv", "--save", save, "--checkpoint", checkpoint)
        assert "--save, --checkpoint: both would be" in capsys.readouterr().err
    assert not Path("a.json").exists()
    assert (
        run("verify", "right.json", "data.csv", "--save", "a.json", "--checkpoint", "b.json") == 0
    )
    assert run("verify", "right.json", "data.csv", "--save", "a.json") == 0  # it may be there


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere/x", "no folder"),
        (".", "is a folder"),
        ("", "is a folder"),
        ("x" * 5000, "too long"),
    ],
)
def test_places_are_checked_before_the_work(folder, capsys, monkeypatch, name, message):
    monkeypatch.setattr(ml.constructions, "made", None)
    assert run("build", "beyond_worst_case", "data.csv", "-o", name) == 2
    assert message in capsys.readouterr().err
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert run("build", "beyond_worst_case", "data.csv", "-o", "x") == 2
    assert "PermissionError: --output" in capsys.readouterr().err


# -- endings -------------------------------------------------------------------------------------


def broken(*arguments, **more):
    raise AssertionError("an odd\nthing")


def test_a_fault_of_ours_is_no_verdict(folder, capsys, monkeypatch):
    monkeypatch.setattr(ml.certificate, "verify", broken)
    monkeypatch.setattr(ml, "verify", broken, raising=False)
    assert run("verify", "right.json", "data.csv") == ending.UNEXPECTED == 70
    err = capsys.readouterr().err
    assert err.startswith("mem_lib: unexpected AssertionError at ") and err.count("\n") == 1
    assert "an odd thing; this is a fault of mem_lib" in err and "please report it" in err
    assert run("--traceback", "verify", "right.json", "data.csv") == 70
    err = capsys.readouterr().err
    assert "Traceback" in err and "in broken" in err and err.splitlines()[-1].startswith("mem_lib:")


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (MemoryError(), 2, "MemoryError: there is too little memory for this"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (OSError(5, "Input/output error", "x"), 2, "OSError: [Errno 5] Input/output error: 'x'"),
        (RecursionError("deep"), 70, "unexpected RecursionError at "),
    ],
)
def test_each_ending_has_its_status(folder, capsys, monkeypatch, error, status, line):
    def raising(*arguments, **more):
        raise error

    monkeypatch.setattr(ml, "verify", raising, raising=False)
    assert run("verify", "right.json", "data.csv") == status
    assert capsys.readouterr().err.startswith(f"mem_lib: {line}")


def test_help_tells_the_statuses():
    text = " ".join(command_line.__doc__.split())
    for status in ("0 done", "1 verified", "2 bad", "70 a fault", "130 Ctrl-C", "129 and 143"):
        assert status in text


def test_signals_are_handled_in_the_main_thread_alone_and_given_back():
    signal = ending.signal
    before = signal.getsignal(signal.SIGTERM)
    with ending.signals():
        assert signal.getsignal(signal.SIGTERM) is not before
        with pytest.raises(ending.Ended, match="SIGTERM"):
            signal.raise_signal(signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) is before  # a second one is not waited for
    seen = []

    def elsewhere():
        with ending.signals():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [before] and signal.getsignal(signal.SIGTERM) is before


def test_a_signal_that_is_ignored_stays_ignored():
    signal = ending.signal
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with ending.signals():
            signal.raise_signal(signal.SIGTERM)
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)


def test_warnings_are_lines(folder, capsys, monkeypatch):
    verify = ml.verify

    def warned(*arguments, **more):
        warnings.warn("careful", UserWarning, stacklevel=2)
        return verify(*arguments, **more)

    monkeypatch.setattr(ml, "verify", warned, raising=False)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert run("verify", "right.json", "data.csv") == 0
    assert capsys.readouterr().err == "mem_lib: warning: careful\n"


@pytest.mark.parametrize(
    "options",
    [["--classes", "9" * 5000], ["--label", "9" * 5000], ["--tolerance", "0." + "1" * 100_001],
     ["--tolerance", "1e-999999999"], ["--workers", "0"]],
)  # fmt: skip
def test_numbers_beyond_all_use(folder, capsys, options):
    assert run("verify", "right.json", "data.csv", *options) == 2
    assert "unexpected" not in capsys.readouterr().err


def test_more_workers_than_are_of_use(folder):
    assert run("verify", "right.json", "data.csv", "--workers", 10**30) == 0


def test_the_guide_tells_the_statuses():
    page = Path(command_line.__file__).parents[1] / "book/appendix/command-line.md"
    rows = [line.split("|")[1].strip() for line in page.read_text().splitlines() if line[:1] == "|"]
    told = {int(n) for row in rows[2:] for n in row.split(", ")}
    assert told == {0, 1, 2, ending.UNEXPECTED, 130} | {128 + s for s in (1, 15)}


def test_nothing_is_printed_past_the_streams():
    """A bare ``print`` would end where a letter is missing or nobody reads."""
    source = Path(command_line.__file__).read_text(encoding="utf-8")
    assert "print(" not in source and "sys.stdout" not in source
