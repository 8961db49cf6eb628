"""Without its library each entry says what to install, and the core works without any of them."""

import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import mem_lib as ml
from mem_lib.__main__ import main
from mem_lib._base import extras as _extras
from mem_lib.sweeps.schedulers import cluster, processes
from tests.house import PROJECT, ROOT, brought

BALL = ml.data.ball(N=20, d=3, margin=0.1, seed=0)
NETWORK = ml.Network([ml.Layer([[1]], [0], "identity")])
LINE = ml.Dataset([[0], [1]], [0, 1])

#: The module that is hidden: its extra, and calls that need it.
ENTRIES = {
    "distributed": ("cluster", [lambda: cluster.Cluster(None, 1, 1.0)]),
    "flint": ("exact", [
        lambda: ml.two_layer.build(BALL),
        lambda: ml.two_layer.build(BALL, variant="threshold"),
        lambda: ml.two_layer.build(BALL, variant="sorted"),
        lambda: ml.two_layer.build(BALL, variant="hybrid", relative_error=0.1),
    ]),
    "joblib": ("cluster", [lambda: processes.Processes(2)]),
    "matplotlib": ("figures", [lambda: ml.figures.show(lambda ax, colours: None, alt="empty")]),
    "sklearn": ("data", [ml.data.digits, lambda: ml.Memorizer, lambda: ml.MemorizerRegressor]),
    "torch": ("torch", [
        lambda: ml.verify(NETWORK, LINE, device="cpu"),
        lambda: ml.two_layer.build(BALL, variant="ntk", relative_error=0.1, device="cpu"),
        lambda: NETWORK.to_torch(LINE),
        lambda: ml.torch_backend,
    ]),
}  # fmt: skip
#: What of ours cannot be imported without it.
OURS = {"torch": ["mem_lib.torch_backend"], "sklearn": ["mem_lib.estimator"]}
CALLS = [
    pytest.param(module, extra, call, id=f"{module}-{k}")
    for module, (extra, calls) in ENTRIES.items()
    for k, call in enumerate(calls)
]


@pytest.fixture
def hide(monkeypatch):
    """Makes a library impossible to import, and what is loaded of it forgotten."""

    def hidden(library: str) -> None:
        forgotten = (library, *OURS.get(library, ()))
        for name in [*sys.modules]:
            if any(f"{name}.".startswith(f"{module}.") for module in forgotten):
                monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, library, None)
        for name in ("torch_backend", "Memorizer", "MemorizerRegressor"):
            monkeypatch.delitem(vars(ml), name, raising=False)

    return hidden


@pytest.mark.parametrize(("module", "extra", "call"), CALLS)
def test_a_missing_library_is_named_with_its_extra(module, extra, call, hide):
    hide(module)
    with pytest.raises(ImportError, match=rf'not installed: pip install "mem_lib\[{extra}\]"$'):
        call()


def test_each_library_has_an_entry_and_comes_with_its_extra():
    assert {module: extra for module, (_, extra) in _extras._EXTRAS.items()} == {
        module: extra for module, (extra, _) in ENTRIES.items()
    }
    for library, extra in _extras._EXTRAS.values():
        assert {"PyTorch": "torch"}.get(library, library.lower()) in brought(extra)


def test_another_failure_of_the_import_is_told_as_it_is(tmp_path, monkeypatch):
    (tmp_path / "flint.py").write_text("raise ImportError('libflint.so is broken')")
    for name in [name for name in sys.modules if name.partition(".")[0] == "flint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ImportError, match=r"^libflint.so is broken$"):
        ml.two_layer.build(BALL)


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("flint", ["build", "two_layer", "data.csv", "-o", "other.json"]),
        ("torch", ["verify", "network.json", "data.csv", "--device", "cpu"]),
    ],
)
def test_the_command_line_says_it_in_one_line(
    module, arguments, hide, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    Path("data.csv").write_text("x,label\n0,0\n1,1\n")
    NETWORK.save("network.json")
    hide(module)
    assert main(arguments) == 2
    line = capsys.readouterr().err
    assert line.startswith("mem_lib: ImportError: ") and line.count("\n") == 1
    assert f'pip install "mem_lib[{ENTRIES[module][0]}]"' in line


def core(code: str) -> subprocess.CompletedProcess[str]:
    """Run ``code`` where only we and our hard requirements can be imported."""
    ours = {"mem_lib", *(Requirement(line).name for line in PROJECT["dependencies"])}
    installed = packages_distributions()
    hidden = [name for name, libraries in installed.items() if ours.isdisjoint(libraries)]
    hide = f"import sys; sys.modules.update(dict.fromkeys({hidden!r}))\n"
    command = [sys.executable, "-c", hide + code]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


def test_the_core_works_with_its_hard_requirements_alone():
    done = core("""
import mem_lib as ml
ball = ml.data.ball(N=200, d=8, margin=0.1, classes=2, seed=0)
for network in (ml.beyond_worst_case.build(ball), ml.optimal_relu.build(ball)):
    print(ml.verify(network, ball, progress=True))
print(ball.margin > 0.1, ml.beyond_worst_case.data_bound(ball) > 0)
help(ml)
""")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("memorized: 200 of 200") == 2 and "\nTrue True\n" in done.stdout


@pytest.mark.parametrize("module", sorted(ENTRIES))
def test_what_hides_the_others_hides_them(module):
    assert "ModuleNotFoundError" in core(f"import {module}").stderr
