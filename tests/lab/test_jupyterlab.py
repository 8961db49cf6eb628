"""The copy of the book in a real JupyterLab: its pages open, and run; a panel answers."""

import posixpath
import re
from urllib.parse import unquote, urlsplit

import nbformat
import pytest

from tests.browser import ROOT
from tests.house.test_plain import MYST
from tests.lab import server
from tests.lab.test_kernel import FAILING, MESSAGE, PANEL
from tools import lab

PAGES = [posixpath.splitext(page)[0] + ".ipynb" for page in lab.pages(ROOT)]
RUN = [f"book/{slug}/construction.ipynb" for slug in ("beyond_worst_case", "optimal_relu")]
RUN += ["book/foundations/index.ipynb", "book/appendix/ledger.ipynb"]
OWN = {
    "panel.ipynb": PANEL,
    "error.ipynb": f"{FAILING}\npoints(60)",
    "explorer.ipynb": "from mem_lib import explorer\nexplorer.optimal_relu()",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The copy, and two notebooks of a reader."""
    folder = tmp_path_factory.mktemp("lab")
    assert lab.make(ROOT, folder) == []
    for name, source in OWN.items():
        cells = [nbformat.v4.new_code_cell(source)]
        notebook = nbformat.v4.new_notebook(cells=cells, metadata=lab.KERNEL)
        nbformat.write(notebook, folder / name)
    return folder


@pytest.fixture(scope="module")
def window(folder, chromium, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    lab.sign(folder, home)
    lab.teach(folder, home)
    with server.served(folder, home) as address:
        window = server.Lab(chromium, address, PAGES[0])
        window.close()
        yield window
        window.page.close()


@pytest.fixture
def opened(window):
    """Opens notebooks, and closes them in the end."""

    def opened(path):
        opened.count += 1
        return window.open(path)

    opened.count = 0
    yield opened
    for _ in range(opened.count):
        window.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_as_a_notebook(path, opened, window, folder):
    seen = opened(path)
    assert seen["path"] == path and seen["cells"] > 0 and window.dialogs() == []
    assert seen["errors"] == seen["failed"] == seen["said"] == []
    assert seen["trusted"] and not seen["changed"]
    assert not MYST.search(seen["text"]) and not re.search(r"\$\$|\\(R|norm|relu)\b", seen["text"])
    inside = [unquote(urlsplit(link).path) for link in seen["links"] if "/files/" in link]
    assert [link for link in inside if not (folder / link.partition("/files/")[2]).is_file()] == []


@pytest.mark.parametrize(
    "path", [p if p in RUN else pytest.param(p, marks=pytest.mark.slow) for p in PAGES]
)
def test_a_page_runs_to_the_end(path, opened, window):
    opened(path)
    window.run()
    seen = window.seen()
    assert seen["failed"] == seen["said"] == [] and seen["unfinished"] == 0
    assert not MYST.search(seen["text"])


def test_an_error_of_ours_is_one_line(opened, window):
    opened("error.ipynb")
    window.run()
    shown = window.page.locator(".jp-OutputArea-output").inner_text().strip().splitlines()
    assert [line.partition(": ")[0] for line in shown[:-1]] == [
        "Cell In[1], line 6", "Cell In[1], line 4",
    ]  # fmt: skip
    assert shown[-1].startswith(MESSAGE)


def test_a_panel_moves_by_keyboard_and_outlives_its_kernel(opened, window):
    opened("panel.ipynb")
    window.run()
    page = window.page
    panel = page.locator(".jp-OutputArea-output .widget-vbox")
    handles = panel.locator(".noUi-handle")

    def press(control, key, said):
        handles.nth(control).focus()
        page.keyboard.press(key)
        panel.get_by_text(said, exact=True).wait_for()

    panel.get_by_text("6 of 6 are right").wait_for()
    press(0, "ArrowRight", "N = 12, d = 2, margin = 0.1, seed = 0")
    panel.get_by_text("12 of 12 are right").wait_for()
    press(1, "ArrowRight", "N = 12, d = 2, margin = 0.9, seed = 0")
    alert = panel.get_by_role("alert")
    assert alert.inner_text().startswith("InvalidDataset: margin=0.9 in d=2: N=12")
    assert "\n" not in alert.inner_text() and panel.get_by_text("12 of 12 are right").is_visible()
    press(1, "ArrowLeft", "N = 12, d = 2, margin = 0.1, seed = 0")
    page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.shutdown()"
    )
    handles.nth(0).focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(1000)
    assert panel.get_by_text("12 of 12 are right").is_visible()


def test_an_explorer_builds_any_network_and_outlives_its_kernel(opened, window):
    opened("explorer.ipynb")
    window.run()
    page = window.page
    live = page.locator(".jp-OutputArea-output .mem-explorer")
    page.wait_for_selector(".jp-OutputArea-output .mem-explorer[data-certificate='24/24']")
    slider = live.get_by_role("slider", name="points N")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector(".mem-explorer[data-certificate='8/8']")

    def ask(**values):
        for name, value in values.items():
            live.get_by_role("spinbutton", name=name, exact=True).fill(str(value))
        live.get_by_role("button", name="Build and verify").click()

    ask(N=7, d=5, margin=0.05, seed=3)
    page.wait_for_selector(".mem-explorer[data-certificate='7/7']")
    ask(N=40, d=2, margin=0.9)
    refused = live.get_by_text("margin=0.9: N=40 points in d=2 dimensions")
    refused.wait_for()
    assert "\n" not in refused.inner_text()
    ask(N=1_000_000, d=3, margin=0.001)
    live.get_by_text("may take minutes and gigabytes").wait_for()
    live.get_by_role("button", name="Build it all the same").click()
    live.get_by_text("Building, ").wait_for()
    live.get_by_role("button", name="Cancel").click()
    live.get_by_text("Cancelled").wait_for()
    page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.shutdown()"
    )
    ask(N=9)
    live.get_by_text("The kernel does not answer").wait_for()
    assert live.get_attribute("data-certificate") == "7/7"
