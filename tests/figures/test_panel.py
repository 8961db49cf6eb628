"""The panel of N, d, margin and seed: what it shows on a page, and how it answers when moved."""

import asyncio
import sys
import threading

import pytest

from mem_lib import figures
from mem_lib.errors import ConstructionFailed, InvalidArgument
from mem_lib.figures import panel as panels

VALUES = {"N": [6, 12, 24], "d": [2, 3], "margin": [0.1, 0.2], "seed": 0}


class Make:
    """What a page builds: a table; nothing for d = 3, and an error of its own for seed 13."""

    def __init__(self):
        self.calls = []

    def __call__(self, N, d, margin, seed):
        self.calls.append((N, d, margin, seed))
        if d == 3:
            raise ConstructionFailed(f"d: no <such> network, got {d}")
        if seed == 13:
            raise ZeroDivisionError("of the page")
        return [figures.table([(N, N**2)], ["N", "square"], caption="A square"), f"seed {seed} <"]


@pytest.fixture
def make():
    return Make()


@pytest.fixture
def panel(make):
    return figures.Panel(make, **VALUES, caption="What a < b gives.")


@pytest.fixture
def live(panel):
    return panels._Live(panel, pytest.importorskip("ipywidgets"))


def move(live, **values):
    for name, value in values.items():
        live.controls[name].value = value


def test_the_page_shows_the_start_and_says_where_the_controls_are(panel, make):
    html = panel._repr_html_()
    assert (
        make.calls == [(6, 2, 0.1, 0)]
        and html == figures.Panel(Make(), **VALUES, caption="What a < b gives.")._repr_html_()
    )
    assert "<p>N = 6, d = 2, margin = 0.1, seed = 0</p>" in html and ">36</td>" in html
    assert "seed 0 &lt;" in html and "What a &lt; b gives." in html
    assert html.count("Run this page to move N, d, margin and seed.") == 1
    assert repr(panel) == "Panel: N = 6, d = 2, margin = 0.1, seed = 0"
    assert set(panel._repr_mimebundle_()) == {"text/plain", "text/html"}


def test_a_start_that_is_no_choice_joins_them(make):
    panel = figures.Panel(make, **VALUES, start={"N": 8, "margin": 0.2, "seed": 5})
    assert make.calls == [(8, 2, 0.2, 5)]
    assert panel.choices == {"N": (6, 8, 12, 24), "d": (2, 3), "margin": (0.1, 0.2), "seed": ()}


def test_a_start_that_cannot_be_built_is_one_line(make):
    html = figures.Panel(make, **VALUES, start={"d": 3})._repr_html_()
    assert 'role="alert">ConstructionFailed: d: no &lt;such&gt; network, got 3</p>' in html
    assert "<table" not in html


def test_an_error_of_the_page_itself_passes(make):
    with pytest.raises(ZeroDivisionError, match="of the page"):
        figures.Panel(make, **VALUES | {"seed": 13})


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"make": 3}, "make: a function of N, d, margin, seed, got 3"),
        ({"d": []}, r"d: at least one value is needed, got \[\]"),
        ({"start": {"n": 4}}, "start: of N, d, margin, seed, got 'n'"),
    ],
)
def test_bad_arguments(make, changed, message):
    with pytest.raises(InvalidArgument, match=message):
        figures.Panel(**{"make": make, **VALUES, **changed})


def test_each_control_builds_anew(live, make):
    for name, value in (("N", 24), ("margin", 0.2), ("seed", 7)):
        move(live, **{name: value})
        assert f"{name} = {value}" in live.told.value and "alert" not in live.told.value
    assert make.calls[1:] == [(24, 2, 0.1, 0), (24, 2, 0.2, 0), (24, 2, 0.2, 7)]
    assert ">576</td>" in live.result.value and "seed 7" in live.result.value


@pytest.mark.parametrize(
    ("bad", "line"),
    [
        ({"d": 3}, "ConstructionFailed: d: no &lt;such&gt; network, got 3"),
        ({"seed": 13}, "ZeroDivisionError: of the page"),
    ],
)
def test_an_error_is_one_line_and_the_last_result_stays(live, bad, line):
    move(live, N=12)
    move(live, **bad)
    stays = "<p>Below stays the last result: N = 12, d = 2, margin = 0.1, seed = 0.</p>"
    assert f"{line}</p>{stays}" in live.told.value
    assert 'class="mem-last"' in live.result.value and ">144</td>" in live.result.value
    move(live, d=2, seed=0)
    assert "alert" not in live.told.value and 'mem-last"' not in live.result.value


def test_after_a_start_that_failed_nothing_stays(make):
    panel = figures.Panel(make, **VALUES, start={"d": 3})
    live = panels._Live(panel, pytest.importorskip("ipywidgets"))
    assert "Below stays" not in live.told.value and "<table" not in live.result.value
    move(live, d=2)
    assert "alert" not in live.told.value and ">36</td>" in live.result.value


def test_of_many_changes_the_last_is_built(live, make, monkeypatch):
    monkeypatch.setattr(panels, "PATIENCE", 0)

    async def moved():
        move(live, N=12)
        move(live, N=24)
        move(live, N=6, seed=3)
        assert len(make.calls) == 1
        await asyncio.sleep(0.05)

    asyncio.run(moved())
    assert make.calls[1:] == [(6, 2, 0.1, 3)]


def test_an_interrupted_build_leaves_the_last_result(live, monkeypatch):
    def interrupt(*values):
        raise KeyboardInterrupt

    monkeypatch.setattr(live.panel, "make", interrupt)
    move(live, N=12)
    assert "interrupted</p><p>Below stays the last result: N = 6" in live.told.value


def test_in_a_thread_of_its_own_it_builds_too(live, make):
    """JupyterLab has the messages of widgets answered in another thread than cells."""
    thread = threading.Thread(target=move, args=(live,), kwargs={"N": 12})
    thread.start()
    thread.join()
    assert make.calls[1:] == [(12, 2, 0.1, 0)] and ">144</td>" in live.result.value


def test_one_value_and_many_have_controls(make):
    pytest.importorskip("ipywidgets")
    panel = figures.Panel(make, N=[6], d=[2], margin=[0.1, 0.2], seed=range(3))
    kinds = [type(control).__name__ for control in panel.widget.children[0].children]
    assert kinds == ["Dropdown", "Dropdown", "SelectionSlider", "SelectionSlider"]
    assert panel.widget is panel.widget


def test_without_ipywidgets_there_is_the_page(panel, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    monkeypatch.setattr(panels, "in_kernel", lambda: True)
    assert panel.widget is None and set(panel._repr_mimebundle_()) == {"text/plain", "text/html"}
