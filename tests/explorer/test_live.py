"""Any network for an explorer: built for who asks, priced, cancelled, refused in one line."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

import mem_lib as ml
from mem_lib import explorer
from mem_lib.explorer import live
from mem_lib.explorer.views.optimal_relu import cell


class Asked:
    """A builder, and what it told."""

    def __init__(self, make=cell):
        self.told, self.news = [], threading.Condition()
        self.builder = live.Builder("optimal_relu", make, self._hear)
        self.id = 0

    def _hear(self, told):
        with self.news:
            self.told.append(told)
            self.news.notify_all()

    def ask(self, do="build", sure=False, **setting):
        self.id += 1
        setting = {"N": 12, "d": 2, "margin": 0.1, "seed": 1} | setting
        self.builder.ask({"id": self.id, "do": do, "sure": sure, "setting": setting})
        return self

    def last(self):
        """The last answer to the last question, which is not that it is being built."""
        with self.news:
            found = self.news.wait_for(
                lambda: [t for t in self.told if t["id"] == self.id and t["state"] != "building"],
                timeout=120,
            )
        return found[-1]


@pytest.mark.parametrize("setting", [{}, {"N": 7, "d": 5, "margin": 0.02, "seed": 3}])
def test_a_small_network_is_built_at_once(setting):
    told = Asked().ask(**setting).last()
    asked = {"N": 12, "d": 2, "margin": 0.1, "seed": 1} | setting
    here = cell(asked)
    assert told["state"] == "done" and told["cell"]["sha"] == here.network.sha256
    assert ml.Network.from_json(json.dumps(told["cell"]["network"])) == here.network
    assert len(told["data"]["values"]) == asked["N"]
    assert f"{asked['N']} of {asked['N']} points right" in told["text"]


def test_a_larger_one_is_built_beside_the_kernel():
    asked = Asked(make=None).ask(N=300, d=10)  # its own process has its own `cell`
    assert asked.told[0]["state"] == "building"
    told = asked.last()
    assert told["state"] == "done" and told["cell"]["correct"] == 300


@pytest.mark.parametrize(
    ("setting", "error"),
    [
        ({"N": 0}, "N: a whole number >= 1 is needed, got 0"),
        ({"N": None}, "N: a whole number >= 1 is needed, got None"),
        ({"d": 2.5}, "d: a whole number >= 1 is needed, got 2.5"),
        ({"margin": None}, "margin: a number > 0 is needed, got None"),
        ({"margin": -1}, "margin: a finite number > 0 is needed, got -1"),
        ({"N": 1}, "N: a whole number >= 2 is needed, got 1"),
        ({"margin": 0.9, "N": 40}, "margin=0.9: N=40 points in d=2 dimensions with room"),
        ({"N": 400, "d": 10, "margin": 1.5}, "margin=1.5: N=400 points in d=10"),
    ],
)
def test_what_cannot_be_built_is_one_line(setting, error):
    told = Asked().ask(**setting).last()
    assert told["state"] == "refused" and told["text"].startswith(error)
    assert "\n" not in told["text"]


@pytest.mark.parametrize("setting", [{"N": 10**6}, {"d": 10**5}])
def test_a_price_comes_first(setting):
    told = Asked().ask(**setting).last()
    assert told["state"] == "price" and f"{2 * 10**6:,}"[:1] in told["text"]
    assert "may take minutes" in told["text"]


def test_a_build_can_be_cancelled():
    asked = Asked().ask(sure=True, N=10**6, d=3, margin=0.001)
    process = asked.builder._process
    assert process.poll() is None
    asked.ask(do="cancel")
    assert asked.last()["state"] == "cancelled"
    assert process.wait(20) != 0
    assert [t["state"] for t in asked.told] == ["building", "cancelled"]


def test_a_newer_request_takes_the_place_of_an_older():
    asked = Asked().ask(sure=True, N=10**6, d=3, margin=0.001)
    process = asked.builder._process
    assert asked.ask().last()["state"] == "done"
    assert process.wait(20) != 0
    asked.builder.close()


def test_a_build_ends_with_the_kernel():
    script = (
        "from mem_lib.explorer import live\n"
        "b = live.Builder('optimal_relu', None, lambda told: None)\n"
        "b.ask({'id': 1, 'do': 'build', 'sure': True,"
        " 'setting': {'N': 10**6, 'd': 3, 'margin': 0.001, 'seed': 0}})\n"
        "print(b._process.pid, flush=True)\n"
        "input()\n"
    )
    kernel = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    child = int(kernel.stdout.readline())
    kernel.send_signal(signal.SIGKILL)
    kernel.communicate(timeout=20)
    for _ in range(200):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            break
        with open(f"/proc/{child}/stat") as status:
            if status.read().split()[2] == "Z":
                break
        time.sleep(0.1)
    else:
        pytest.fail("the build goes on without its kernel")


def test_what_is_too_large_for_a_page_is_told_in_numbers(monkeypatch):
    monkeypatch.setattr(live, "PAGE", 1000)
    told = Asked().ask().last()
    assert told["state"] == "told" and "cell" not in told
    assert "12 of 12 points right" in told["text"] and "too large for a page" in told["text"]


def test_too_little_memory_is_one_line():
    def make(setting):
        raise MemoryError

    told = Asked(make).ask().last()
    assert told == {
        "id": 1, "state": "refused", "text": "There is not enough memory for this network.",
    }  # fmt: skip


def test_a_study_answers_its_widget():
    pytest.importorskip("anywidget")
    study = explorer.optimal_relu()
    widget = study.widget()
    assert widget.live and set(widget.study["cells"]) == set(study.values["study"]["cells"])
    widget.asked = {"id": 1, "do": "build", "setting": {"N": 9, "d": 2, "margin": 0.1, "seed": 0}}
    assert widget.told["state"] == "done" and widget.told["cell"]["correct"] == 9
    widget.asked = {"id": 2, "do": "build", "setting": {"N": 9, "d": 2, "margin": 0, "seed": 0}}
    assert widget.told["state"] == "refused" and "margin" in widget.told["text"]


def test_the_form_asks_and_shows(chromium, folder):
    """The page's side, with a kernel that is played by the test."""
    from tests.explorer.pages import Live, saved

    study = explorer.optimal_relu()
    page = saved(folder, "live-form", study._repr_html_())
    told = live.built(cell, {"N": 7, "d": 2, "margin": 0.1, "folder_size": 4, "seed": 5})
    view = Live(chromium, page).ready()
    view.page.evaluate(
        """async ([told, code]) => {
          const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
          const { default: { render } } = await import(url);
          const values = JSON.parse(
            document.querySelector(".mem-host > script[type='application/json']").textContent);
          Object.assign(values, { live: true, asked: {}, told: {} });
          const heard = {};
          const model = {
            get: (name) => values[name],
            set: (name, value) => (values[name] = value),
            on: (name, f) => (heard[name] = f),
            save_changes() { window.asked = values.asked; },
          };
          window.tell = (more) => {
            values.told = { id: values.asked.id, ...more };
            heard["change:told"]();
          };
          window.told = told;
          const el = document.createElement("div");
          document.querySelector("article").replaceChildren(el);
          await render({ model, el });
        }""",
        [told, explorer.module("optimal_relu")],
    )
    view.page.get_by_label("N", exact=True).fill("7")
    view.page.get_by_label("seed", exact=True).fill("5")
    view.page.get_by_label("seed", exact=True).press("Enter")
    asked = view.page.evaluate("window.asked")
    assert asked["do"] == "build" and asked["setting"]["N"] == 7 and asked["setting"]["seed"] == 5
    view.page.evaluate("tell({ state: 'price', text: 'dear' })")
    button = view.page.get_by_role("button", name="Build it all the same")
    assert view.page.get_by_text("dear").is_visible()
    button.click()
    assert view.page.evaluate("window.asked.sure") is True
    view.page.evaluate("tell({ state: 'building', text: '' })")
    view.page.get_by_role("button", name="Cancel").click()
    assert view.page.evaluate("window.asked.do") == "cancel"
    view.page.evaluate("tell({ state: 'cancelled', text: 'Cancelled.' })")
    before = view.data("sha")
    view.page.get_by_role("button", name="Build and verify").click()
    view.page.evaluate("tell({ state: 'refused', text: 'N: no' })")
    assert view.page.get_by_text("N: no").is_visible() and view.data("sha") == before
    view.page.get_by_role("button", name="Build and verify").click()
    view.page.evaluate("tell(told)")
    view.page.wait_for_selector(".mem-explorer[data-certificate='7/7']")
    assert view.data("sha") == told["cell"]["sha"]
    view.page.get_by_role("button", name="Build and verify").click()
    view.page.get_by_text("The kernel does not answer").wait_for()
    assert view.data("sha") == told["cell"]["sha"]
    view.close()
