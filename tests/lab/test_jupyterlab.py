"""The copy of the book in a real JupyterLab: its pages open, and run; a panel answers, and so does
every explorer, each control of it, by the page and by the kernel."""

import json
import posixpath
import re
from urllib.parse import unquote, urlsplit

import nbformat
import pytest

import mem_lib as ml
from mem_lib import explorer
from tests.at_once import at_once
from tests.browser import ROOT
from tests.explorer.pages import SHOWN, exactly, some
from tests.explorer.test_every_study import STUDIES
from tests.explorer.test_foundations_view import answers, of
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
    **{f"{view}.ipynb": f"from mem_lib import explorer\nexplorer.{view}()" for view in STUDIES},
    **{
        f"{view}.ipynb": f"from mem_lib import explorer\nshown = {made}.widget()\nshown"
        for view, made in {
            "staircase": "explorer.staircase()",
            "weights_bits": "explorer.weights_bits(numbers=(10, 30))",
            "fold": "explorer.fold()",
            "landing": "explorer.landing(numbers=(6, 100), cards=["
            f"card for card in explorer.cards() if card.slug in {SHOWN}])",
        }.items()
    },
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The copy, and notebooks of a reader."""
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


@pytest.mark.parametrize("path", at_once(PAGES, *RUN))
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
    window.end_kernel()
    handles.nth(0).focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(1000)
    assert panel.get_by_text("12 of 12 are right").is_visible()


class Shown:
    """The explorer of the notebook that is open."""

    def __init__(self, window):
        self.page = window.page
        self.root = self.page.locator(".jp-OutputArea-output .mem-explorer")

    def wait(self, **data):
        """Until the explorer says so much about itself."""
        said = "".join(f"[data-{name}='{value}']" for name, value in data.items())
        self.page.wait_for_selector(f".jp-OutputArea-output .mem-explorer{said}")

    def data(self, name):
        return self.root.get_attribute(f"data-{name}")

    def press(self, slider, key):
        self.root.get_by_role("slider", name=slider, exact=True).focus()
        self.page.keyboard.press(key)

    def move(self, axis, i, to):
        """A control of a study from its stop i to the next one, or to the one before."""
        if axis["words"]:
            self.root.get_by_role("button", name=axis["words"][to], exact=True).click()
        else:
            self.press(axis["label"], "ArrowRight" if to > i else "ArrowLeft")

    def ask(self, **values):
        for name, value in values.items():
            self.root.get_by_role("spinbutton", name=name, exact=True).fill(str(value))
        self.root.get_by_role("button", name="Build and verify").click()

    def checked(self, cell):
        """The page shows the network of ``cell`` and is right where the library is right."""
        right = ml.verify(cell.network, cell.dataset).correct
        self.wait(sha=cell.network.sha256, certificate=f"{right}/{cell.dataset.N}")


@pytest.mark.parametrize("view", at_once(STUDIES, "optimal_relu"))
def test_an_explorer_builds_any_network_and_outlives_its_kernel(view, opened, window):
    study = getattr(explorer, view)()
    axes = study.values["study"]["axes"]
    start = {axis["name"]: axis["start"] for axis in axes}
    opened(f"{view}.ipynb")
    window.run()
    live = Shown(window)
    live.checked(study.make(start))
    for axis in axes:
        i = axis["values"].index(axis["start"])
        to = i - 1 if i else 1
        live.move(axis, i, to)
        live.checked(study.make(start | {axis["name"]: axis["values"][to]}))
        live.move(axis, to, i)
        live.checked(study.make(start))
    asked = {"N": 7, "d": 5, "margin": 0.05, "seed": 3}
    live.ask(**asked)
    live.checked(study.make(start | asked))
    built = live.data("sha")
    live.ask(N=40, d=2, margin=100)
    refused = live.root.get_by_text("margin=100.0")
    refused.wait_for()
    assert "\n" not in refused.inner_text() and live.data("sha") == built
    live.ask(N=1_000_000, d=3, margin=0.001)
    live.root.get_by_text("may take minutes and gigabytes").wait_for()
    live.root.get_by_role("button", name="Build it all the same").click()
    live.root.get_by_text("Building, ").wait_for()
    live.root.get_by_role("button", name="Cancel").click()
    live.root.get_by_text("Cancelled").wait_for()
    window.end_kernel()
    live.ask(N=9)
    live.root.get_by_text("The kernel does not answer").wait_for()
    assert live.data("sha") == built


@pytest.mark.slow
def test_a_staircase_follows_its_slider_and_its_kernel(opened, window):
    opened("staircase.ipynb")
    window.run()
    live = Shown(window)
    live.wait(n=14, certificate="14/14")
    live.press("Number of points N", "ArrowLeft")
    live.wait(n=13, certificate="13/13")
    points = json.loads(window.prints("print(shown.points[:shown.N])"))
    assert json.loads(live.data("points")) == points and len(points) == 13
    assert live.data("output") == "".join(map(str, answers(of(points))))
    window.prints("shown.N = 8")
    live.wait(n=8, certificate="8/8")


@pytest.mark.slow
def test_a_plane_of_weights_and_bits_follows_its_controls_and_its_kernel(opened, window):
    opened("weights_bits.ipynb")
    window.run()
    live = Shown(window)
    shown = explorer.weights_bits(numbers=(10, 30)).values
    numbers, n = shown["explorer"]["numbers"], shown["n"]
    places = {one["name"]: one["places"] for one in shown["explorer"]["networks"]}

    def lies(name, i):
        place = places[name][i]
        output = "" if isinstance(place, str) else ",".join(map(str, place))
        live.wait(n=numbers[i], chosen=name, output=output)

    lies(shown["chosen"], n)
    to = n - 1 if n else 1
    live.press("Number of points N", "ArrowLeft" if n else "ArrowRight")
    lies(shown["chosen"], to)
    other = next(name for name in places if name != shown["chosen"])
    live.root.locator(f"[data-name='{other}']").click()
    lies(other, to)
    assert window.prints("print(shown.n, shown.chosen)") == f"{to} {other}"
    window.prints(f"shown.chosen = {shown['chosen']!r}")
    lies(shown["chosen"], to)


@pytest.mark.slow
def test_a_fold_follows_its_strip_and_its_kernel(opened, window):
    opened("fold.ipynb")
    window.run()
    live = Shown(window)
    stops = explorer.fold().values["explorer"]["stops"]
    live.press("The number x", "ArrowRight")
    live.press("Folding", "End")
    live.wait(state=f"4,7,{4 * stops}", read="0111")
    assert window.prints("print(shown.x, shown.t)") == f"7 {4 * stops}"
    window.prints("shown.x = 10")
    live.wait(state=f"4,10,{4 * stops}", read="1010")


@pytest.mark.slow
def test_the_landing_explorer_follows_its_ring_and_its_kernel(opened, window):
    opened("landing.ipynb")
    window.run()
    live = Shown(window)
    shown = explorer.landing(cards=some(), numbers=(6, 100))
    x, y = shown.values["query"]
    labelling = shown.values["labelling"]
    slug = shown.values["explorer"]["cards"][shown.values["explorer"]["start"]]["slug"]

    def answered(labelling, place):
        output = exactly(shown.networks(slug)[labelling], place)
        live.wait(labelling=labelling, query=f"{place[0]},{place[1]}", output=output)

    answered(labelling, (x, y))
    live.root.locator(".mem-ring").focus()
    window.page.keyboard.press("Shift+ArrowRight")
    answered(labelling, (x + 16, y))
    live.root.locator(".mem-point").first.focus()
    window.page.keyboard.press("Space")
    answered(labelling ^ 1, (x + 16, y))
    assert (
        window.prints("print(shown.labelling, shown.query)") == f"{labelling ^ 1} [{x + 16}, {y}]"
    )
    window.prints("shown.labelling = 5")
    answered(5, (x + 16, y))
